// SPDX-License-Identifier: EUPL-1.2
//! Figures as a workbook (Office Open XML, ECMA-376): the figures, and the calls and cases behind them. Nothing is computed
//! here, and what people wrote is text whatever it begins with, never a formula.

use crate::Lang;
use crate::commands::report::Found;
use crate::config::County;
use crate::feedback::{FeedbackFigures, Known};
use crate::figures::{Figures, HalfHourFigures, LevelFigures, LineFigures};
use hours::Zone;
use promise::{DEFINITIONS, FEEDBACK_DEFINITIONS, judge};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError,
};
use stdx::Timestamp;
use web::verdict_words;

/// Calls in one sheet: what a spreadsheet holds, less its heading. A larger county asks for a shorter time.
const ROWS_MAX: usize = 1_000_000;

/// A share as people read it.
const PERCENT: &str = "0.0%";

/// A moment as people read it.
const MOMENT: &str = "yyyy-mm-dd hh:mm:ss";

/// A heading, in both languages, and how wide its column is.
type Column = (&'static str, &'static str, f64);

struct Sheet<'a> {
    lang: Lang,
    it: &'a mut Worksheet,
    row: u32,
    column: u16,
}

/// A workbook of these figures, and of what is behind them.
///
/// # Errors
/// If a sheet cannot be written: more rows than a spreadsheet holds are cut off, and it is said in the last one.
pub fn workbook(
    lang: Lang,
    county: &County,
    figures: &Figures,
    found: &Found,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The same figures are the same bytes.
    let created = ExcelDateTime::parse_from_str(&figures.to)?;
    let name = county.centre.name.as_str();
    book.set_properties(&DocProperties::new().set_company(name).set_creation_datetime(&created));
    let sheet = |book: &mut Workbook, de: &str, en: &str| -> Result<(), XlsxError> {
        book.add_worksheet().set_name(lang.pick(de, en)).map(|_| ())
    };
    let titles = [
        ("Anrufe je Leitung", "Calls by line"),
        ("Zusagen", "Promises"),
        ("Halbe Stunden", "Half-hours"),
        ("Rückmeldung", "Feedback"),
        ("Einzelne Anrufe", "Single calls"),
        ("Einzelne Vorgänge", "Single cases"),
    ];
    for (de, en) in titles {
        sheet(&mut book, de, en)?;
    }
    let mut on = |index: usize, fill: &dyn Fn(&mut Sheet<'_>) -> Result<(), XlsxError>| {
        let it = book.worksheet_from_index(index)?;
        it.set_landscape().set_print_fit_to_pages(1, 0);
        fill(&mut Sheet { lang, it, row: 0, column: 0 })
    };
    on(0, &|sheet| counts(sheet, name, figures))?;
    on(1, &|sheet| promises(sheet, figures))?;
    on(2, &|sheet| half_hours(sheet, &figures.total.half_hours))?;
    on(3, &|sheet| feedback(sheet, figures.feedback.as_ref()))?;
    on(4, &|sheet| calls(sheet, county, found))?;
    on(5, &|sheet| cases(sheet, &county.zone(), &found.cases))?;
    book.save_to_buffer()
}

impl Sheet<'_> {
    fn head(&mut self, columns: &[Column]) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap();
        for (de, en, width) in columns {
            self.it.set_column_width(self.column, *width)?;
            self.it.write_string_with_format(
                self.row,
                self.column,
                self.lang.pick(*de, *en),
                &bold,
            )?;
            self.column += 1;
        }
        self.it.set_freeze_panes(self.row + 1, 0)?;
        self.it.set_repeat_rows(self.row, self.row)?;
        self.next_row();
        Ok(())
    }

    const fn next_row(&mut self) {
        self.row += 1;
        self.column = 0;
    }

    fn text(&mut self, text: &str) -> Result<(), XlsxError> {
        self.it.write_string(self.row, self.column, text)?;
        self.column += 1;
        Ok(())
    }

    fn count(&mut self, count: u64) -> Result<(), XlsxError> {
        self.number(count as f64)
    }

    fn number(&mut self, number: f64) -> Result<(), XlsxError> {
        self.it.write_number(self.row, self.column, number)?;
        self.column += 1;
        Ok(())
    }

    fn share(&mut self, share: Option<f64>) -> Result<(), XlsxError> {
        if let Some(share) = share {
            let format = Format::new().set_num_format(PERCENT);
            self.it.write_number_with_format(self.row, self.column, share, &format)?;
        }
        self.column += 1;
        Ok(())
    }

    /// By the clock on the wall.
    fn moment(&mut self, zone: &Zone, at: Option<Timestamp>) -> Result<(), XlsxError> {
        if let Some(at) = at {
            let local = zone.local(at);
            let seconds = f64::from(local.second()) + f64::from(local.subsec_nanosecond()) / 1e9;
            let [month, day, hour, minute] =
                [local.month(), local.day(), local.hour(), local.minute()]
                    .map(|it| u8::try_from(it).unwrap_or_default());
            let year = u16::try_from(local.year()).unwrap_or_default();
            let it = ExcelDateTime::from_ymd(year, month, day)?.and_hms(
                u16::from(hour),
                minute,
                seconds,
            )?;
            let format = Format::new().set_num_format(MOMENT);
            self.it.write_datetime_with_format(self.row, self.column, &it, &format)?;
        }
        self.column += 1;
        Ok(())
    }

    fn yes(&mut self, is_so: bool) -> Result<(), XlsxError> {
        self.text(if is_so { self.lang.pick("ja", "yes") } else { self.lang.pick("nein", "no") })
    }
}

fn counts(sheet: &mut Sheet<'_>, name: &str, figures: &Figures) -> Result<(), XlsxError> {
    sheet.text(name)?;
    sheet.next_row();
    let (from, to) = (&figures.from, &figures.to);
    let span = sheet.lang.pick(format!("{from} bis {to}"), format!("{from} to {to}"));
    sheet.text(&span)?;
    sheet.next_row();
    sheet.next_row();
    sheet.head(&[
        ("Leitung", "Line", 34.0),
        ("Angeboten", "Offered", 11.0),
        ("Angenommen", "Accepted", 11.0),
        ("davon in 30 s", "within 30 s", 11.0),
        ("Verloren", "Abandoned", 11.0),
        ("Kurz verloren", "Short abandons", 11.0),
        ("Überlauf", "Overflowed", 11.0),
        ("Rückruf", "Called back", 11.0),
        ("Geschlossen", "Closed", 11.0),
        ("Abgewiesen", "Refused", 11.0),
        ("Vor Ort", "Local", 11.0),
        ("Erledigt", "Settled", 11.0),
        ("Weitergegeben", "Handed on", 13.0),
        ("Rückmeldung", "To be answered", 13.0),
        ("Ohne Angabe", "Not said", 11.0),
    ])?;
    for line in figures.lines.iter().chain([&figures.total]) {
        sheet.text(titled(sheet.lang, line))?;
        for count in [
            line.offered,
            line.accepted,
            line.accepted_in_time,
            line.abandoned,
            line.short_abandoned,
            line.overflowed,
            line.called_back,
            line.closed,
            line.refused,
            line.local,
        ] {
            sheet.count(count)?;
        }
        if let Some(it) = &line.resolutions {
            for count in [it.settled, it.transferred, it.to_be_answered, it.unsaid] {
                sheet.count(count)?;
            }
        }
        sheet.next_row();
    }
    Ok(())
}

fn titled(lang: Lang, line: &LineFigures) -> &str {
    if line.name.is_empty() { lang.pick("Summe", "Total") } else { &line.name }
}

fn promises(sheet: &mut Sheet<'_>, figures: &Figures) -> Result<(), XlsxError> {
    sheet.head(&[
        ("Leitung", "Line", 34.0),
        ("Formel", "Definition", 28.0),
        ("Fassung", "Version", 9.0),
        ("Sekunden", "Seconds", 10.0),
        ("Gehalten", "Kept", 10.0),
        ("Von", "Of", 10.0),
        ("Anteil", "Share", 10.0),
        ("mindestens", "at least", 11.0),
        ("höchstens", "at most", 11.0),
        ("Ziel", "Target", 10.0),
        ("Erreicht", "Met", 10.0),
    ])?;
    for line in figures.lines.iter().chain([&figures.total]) {
        let title = titled(sheet.lang, line).to_owned();
        for (id, level) in &line.service_level {
            promise(sheet, &title, id, level)?;
        }
        promise(sheet, &title, "reachability", &line.reachability)?;
        if let Some(level) = &line.first_contact_resolution {
            promise(sheet, &title, "first-contact-resolution", level)?;
        }
    }
    Ok(())
}

fn promise(
    sheet: &mut Sheet<'_>,
    line: &str,
    id: &str,
    level: &LevelFigures,
) -> Result<(), XlsxError> {
    sheet.text(line)?;
    sheet.text(id)?;
    sheet.count(u64::from(level.version))?;
    match level.within {
        Some(seconds) => sheet.number(seconds)?,
        None => sheet.text("")?,
    }
    sheet.count(level.numerator)?;
    sheet.count(level.denominator)?;
    sheet.share(level.share)?;
    sheet.share(level.interval.map(|[low, _]| low))?;
    sheet.share(level.interval.map(|[_, high]| high))?;
    sheet.share(level.target)?;
    if let Some(met) = level.met {
        sheet.yes(met)?;
    }
    sheet.next_row();
    Ok(())
}

const WEEKDAYS: [(&str, &str); 7] = [
    ("Montag", "Monday"),
    ("Dienstag", "Tuesday"),
    ("Mittwoch", "Wednesday"),
    ("Donnerstag", "Thursday"),
    ("Freitag", "Friday"),
    ("Samstag", "Saturday"),
    ("Sonntag", "Sunday"),
];

fn half_hours(sheet: &mut Sheet<'_>, slots: &[HalfHourFigures]) -> Result<(), XlsxError> {
    sheet.head(&[
        ("Wochentag", "Weekday", 14.0),
        ("Ab", "From", 8.0),
        ("Angeboten", "Offered", 12.0),
        ("Angenommen", "Accepted", 12.0),
        ("davon in 30 s", "within 30 s", 12.0),
    ])?;
    for slot in slots {
        let place = usize::try_from(slot.weekday - 1).unwrap_or_default();
        let (de, en) = WEEKDAYS.get(place).copied().unwrap_or_default();
        sheet.text(sheet.lang.pick(de, en))?;
        sheet.text(&slot.from)?;
        sheet.count(slot.offered)?;
        sheet.count(slot.accepted)?;
        sheet.count(slot.accepted_in_time)?;
        sheet.next_row();
    }
    Ok(())
}

fn feedback(sheet: &mut Sheet<'_>, figures: Option<&FeedbackFigures>) -> Result<(), XlsxError> {
    sheet.head(&[
        ("Formel", "Definition", 30.0),
        ("Fassung", "Version", 9.0),
        ("Vereinbart", "Agreed", 11.0),
        ("In der Frist", "In time", 11.0),
        ("Fällig", "Due", 9.0),
        ("Anteil", "Share", 10.0),
        ("mindestens", "at least", 11.0),
        ("höchstens", "at most", 11.0),
        ("Gespräch", "By call", 11.0),
        ("E-Mail", "By mail", 11.0),
        ("Nach Angabe", "As stated", 12.0),
        ("Zu spät", "Late", 9.0),
        ("Überfällig", "Overdue", 11.0),
        ("Nicht erreicht", "Not reached", 13.0),
        ("Noch nicht fällig", "Not due yet", 15.0),
        ("Ohne Kontaktweg", "Unreachable", 16.0),
        ("Zurückgezogen", "Withdrawn", 14.0),
        ("Zusammengelegt", "Merged", 15.0),
    ])?;
    let Some(figures) = figures else { return Ok(()) };
    for definition in &FEEDBACK_DEFINITIONS {
        let Some(it) = figures.definitions.get(definition.id) else { continue };
        sheet.text(definition.id)?;
        sheet.count(u64::from(it.version))?;
        sheet.yes(definition.id == figures.agreed)?;
        sheet.count(it.numerator)?;
        sheet.count(it.denominator)?;
        sheet.share(it.share)?;
        sheet.share(it.interval.map(|[low, _]| low))?;
        sheet.share(it.interval.map(|[_, high]| high))?;
        let late = it.late.spoken_call + it.late.mail_accepted + it.late.stated_by_staff;
        for count in [
            it.in_time.spoken_call,
            it.in_time.mail_accepted,
            it.in_time.stated_by_staff,
            late,
            it.missed,
            it.not_reached,
            it.open,
            it.unreachable,
            it.withdrawn,
            it.merged,
        ] {
            sheet.count(count)?;
        }
        sheet.next_row();
    }
    Ok(())
}

fn calls(sheet: &mut Sheet<'_>, county: &County, found: &Found) -> Result<(), XlsxError> {
    let mut head = vec![
        ("Anruf", "Call", 10.0),
        ("Leitung", "Line", 30.0),
        ("Aufbau", "Set-up", 20.0),
        ("Sekunden bis zum Abnehmen", "Seconds until answered", 14.0),
        ("Sekunden insgesamt", "Seconds in all", 14.0),
        ("Ende", "Fate", 16.0),
    ];
    head.extend(DEFINITIONS.iter().map(|it| (it.id, it.id, 34.0)));
    sheet.head(&head)?;
    let zone = county.zone();
    for told in found.told.iter().take(ROWS_MAX) {
        let record = &told.record;
        sheet.count(record.contact.0)?;
        sheet.text(county.lines.get(record.line.index()).map_or("", |line| &line.name))?;
        sheet.moment(&zone, Some(record.set_up_at))?;
        match record.answered_after {
            Some(after) => sheet.number(after.as_secs_f64())?,
            None => sheet.text("")?,
        }
        sheet.number(record.ended_after.as_secs_f64())?;
        sheet.text(record.fate.key())?;
        for plain in &DEFINITIONS {
            let definition = county.target(plain.id, &[record.line]).unwrap_or(*plain);
            let within = definition.within.as_secs().to_string();
            let (_, because) = verdict_words(sheet.lang, judge(&definition, record), &within);
            sheet.text(&because)?;
        }
        sheet.next_row();
    }
    cut_off(sheet, found.told.len())
}

fn cases(sheet: &mut Sheet<'_>, zone: &Zone, cases: &[Known]) -> Result<(), XlsxError> {
    sheet.head(&[
        ("Vorgang", "Case", 10.0),
        ("Mandant", "Client", 24.0),
        ("Eingang", "Came in", 20.0),
        ("Genannte Frist", "Told by when", 20.0),
        ("Rückmeldung", "Feedback", 20.0),
        ("Handlungen", "Acts", 11.0),
    ])?;
    for it in cases.iter().take(ROWS_MAX) {
        sheet.count(it.case.id.0)?;
        sheet.text(&it.matter.client)?;
        sheet.moment(zone, Some(it.case.opened_at))?;
        sheet.moment(zone, it.case.told)?;
        sheet.moment(zone, it.case.feedback.map(|it| it.at))?;
        sheet.count(u64::from(it.case.acts))?;
        sheet.next_row();
    }
    cut_off(sheet, cases.len())
}

/// What a spreadsheet does not hold is not left out silently.
fn cut_off(sheet: &mut Sheet<'_>, count: usize) -> Result<(), XlsxError> {
    let more = count.saturating_sub(ROWS_MAX);
    if more == 0 {
        return Ok(());
    }
    let said = sheet.lang.pick(
        format!(
            "… und {more} weitere, die in kein Blatt passen; bitte einen kürzeren Zeitraum wählen."
        ),
        format!("… and {more} more that fit into no sheet; please choose a shorter time."),
    );
    sheet.text(&said)
}
