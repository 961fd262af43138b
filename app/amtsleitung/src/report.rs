// SPDX-License-Identifier: EUPL-1.2
//! Figures as a page of text or as JSON. Nothing is computed here.

use crate::Lang;
use crate::config::County;
use crate::feedback;
use crate::figures::{Figures, LevelFigures, LineFigures, LostFigures, ResolutionFigures};
use privacy::Hidden;
use std::fmt::Write as _;

/// The figures as JSON, with a line break at the end; keys as in docs/figures.md.
///
/// # Panics
/// Never: the figures hold nothing that JSON cannot say.
#[must_use]
pub fn json(figures: &Figures) -> String {
    let mut text = serde_json::to_string_pretty(figures).expect("plain numbers and strings");
    text.push('\n');
    text
}

/// What is counted of a line.
type Count = fn(&LineFigures) -> u64;

/// The counts of a row, by their key.
const CSV_COUNTS: [(&str, Count); 10] = [
    ("offered", |line| line.offered),
    ("accepted", |line| line.accepted),
    ("abandoned", |line| line.abandoned),
    ("short_abandoned", |line| line.short_abandoned),
    ("overflowed", |line| line.overflowed),
    ("called_back", |line| line.called_back),
    ("closed", |line| line.closed),
    ("refused", |line| line.refused),
    ("local", |line| line.local),
    ("accepted_in_time", |line| line.accepted_in_time),
];

/// The figures as CSV (RFC 4180): a row for each line and one for the total; numerator and denominator of each
/// rate.
#[must_use]
pub fn csv(figures: &Figures) -> String {
    let mut text = String::from("id");
    CSV_COUNTS.iter().for_each(|(key, _)| text.extend([",", key]));
    let levels = figures.total.service_level.iter().map(|(id, level)| (*id, level.version));
    for (id, version) in levels.chain([("reachability", figures.total.reachability.version)]) {
        let _ = write!(text, ",{id}/{version} numerator,{id}/{version} denominator");
    }
    text.push_str("\r\n");
    for line in figures.lines.iter().chain([&figures.total]) {
        text.push_str(&line.id);
        for (_, count) in CSV_COUNTS {
            let _ = write!(text, ",{}", count(line));
        }
        for level in line.service_level.values().chain([&line.reachability]) {
            let _ = write!(text, ",{},{}", level.numerator, level.denominator);
        }
        text.push_str("\r\n");
    }
    text
}

/// The figures as a page of text.
#[must_use]
pub fn text(lang: Lang, county: &County, figures: &Figures) -> String {
    let feedback = figures.feedback.as_ref().map(|it| feedback::text(lang, county, it));
    heading(lang, county, figures) + &tables(lang, figures) + &feedback.unwrap_or_default()
}

/// The figures as tables, without a heading.
#[must_use]
pub fn tables(lang: Lang, figures: &Figures) -> String {
    let mut text = counts(lang, figures);
    text.push_str(&resolutions(lang, figures));
    text.push_str(&waits(lang, figures));
    text.push_str(&levels(lang, figures));
    text.push_str(&told(lang, figures));
    text.push_str(&occupancy(lang, figures));
    text.push_str(&lost(lang, figures));
    text
}

fn heading(lang: Lang, county: &County, figures: &Figures) -> String {
    let (Figures { from, to, .. }, name) = (figures, &county.centre.name);
    let (Some(seed), Some(calls), Some(load)) = (figures.seed, figures.calls, figures.load) else {
        return lang.pick(
            format!("{name}\nBericht vom {from} bis zum {to}\n\n"),
            format!("{name}\nReport from {from} to {to}\n\n"),
        );
    };
    let (calls, load) = (decimal(lang, calls, 0), decimal(lang, load, 2));
    lang.pick(
        format!(
            "{name}\nProbe vom {from} bis zum {to}: {calls} Anrufe erwartet, Last × {load}, Startwert {seed}\n\n"
        ),
        format!(
            "{name}\nRehearsal from {from} to {to}: {calls} calls expected, load × {load}, seed {seed}\n\n"
        ),
    )
}

/// What happened and could not be written down: whoever reads the figures must know that it is missing.
fn lost(lang: Lang, figures: &Figures) -> String {
    let LostFigures { refused_calls, others } = figures.lost;
    if refused_calls + others == 0 {
        return String::new();
    }
    lang.pick(
        format!("\nLücke: {refused_calls} abgewiesene Anrufe und {others} weitere Einträge konnten nicht aufgezeichnet werden; sie fehlen in allen Zahlen.\n"),
        format!("\nGap: {refused_calls} refused calls and {others} further entries could not be recorded; no figure has them.\n"),
    )
}

/// Why working times are not shown.
fn hidden(lang: Lang, why: Hidden) -> &'static str {
    match why {
        Hidden::NotWholeCentre => lang.pick(
            "Arbeitszeiten gehören zum ganzen Servicecenter; ein Bericht nach Leitung oder Mandant zeigt keine.",
            "Working times belong to the whole centre; a report by line or client shows none.",
        ),
        Hidden::NotWholeMonths => lang.pick(
            "Arbeitszeiten werden nur für ganze Monate gezeigt.",
            "Working times are shown for whole months only.",
        ),
        Hidden::NotOver => lang.pick(
            "Arbeitszeiten werden gezeigt, wenn der Monat vorbei ist.",
            "Working times are shown when the month is over.",
        ),
        Hidden::TooFew => lang.pick(
            "Arbeitszeiten werden nicht gezeigt: Es waren zu wenige im Dienst, als dass niemand einzeln zu erkennen wäre.",
            "Working times are not shown: too few worked for nobody to be recognised.",
        ),
    }
}

/// One row of a table: a title and cells; columns are as wide as their widest cell.
type Row = (String, Vec<String>);

/// Rows as a table.
pub(crate) fn table(rows: &[Row]) -> String {
    let title = rows.iter().map(|(title, _)| title.chars().count()).max().unwrap_or(0);
    let columns = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|(_, cells)| cells.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (name, cells) in rows {
        let _ = write!(text, "{name:title$}");
        for (cell, &width) in cells.iter().zip(&widths) {
            let _ = write!(text, "  {cell:>width$}");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

fn strings(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|&cell| cell.to_owned()).collect()
}

/// The lines that had a call, and the total.
fn lines_and_total(figures: &Figures) -> impl Iterator<Item = &LineFigures> {
    figures.lines.iter().filter(|line| has_calls(line)).chain([&figures.total])
}

fn has_calls(line: &LineFigures) -> bool {
    line.offered + line.local > 0
}

fn title(lang: Lang, line: &LineFigures) -> String {
    if line.name.is_empty() { lang.pick("Summe", "total").to_owned() } else { line.name.clone() }
}

/// A column of the first table: its heading, and what it counts.
type Column = (&'static str, &'static str, Count);

/// Columns that always stand there.
const COLUMNS: [Column; 4] = [
    ("angeboten", "offered", |line| line.offered),
    ("angenommen", "accepted", |line| line.accepted),
    ("in 30 s", "in 30 s", |line| line.accepted_in_time),
    ("verloren", "abandoned", |line| line.abandoned),
];

/// Columns that stand there if any line has something in them.
const MORE_COLUMNS: [Column; 6] = [
    ("kurz", "short", |line| line.short_abandoned),
    ("Überlauf", "overflow", |line| line.overflowed),
    ("Rückruf", "call-back", |line| line.called_back),
    ("geschlossen", "closed", |line| line.closed),
    ("abgewiesen", "refused", |line| line.refused),
    ("vor Ort", "local", |line| line.local),
];

fn counts(lang: Lang, figures: &Figures) -> String {
    let is_used = |column: &Column| lines_and_total(figures).any(|line| column.2(line) > 0);
    let more = MORE_COLUMNS.into_iter().filter(is_used);
    let columns: Vec<Column> = COLUMNS.into_iter().chain(more).collect();
    let head = columns.iter().map(|(de, en, _)| lang.pick(*de, *en).to_owned()).collect();
    let mut rows = vec![(lang.pick("Anrufe", "Calls").to_owned(), head)];
    for line in lines_and_total(figures) {
        let cells = columns.iter().map(|(_, _, count)| decimal(lang, count(line) as f64, 0));
        rows.push((title(lang, line), cells.collect()));
    }
    table(&rows) + &without_calls(lang, figures)
}

/// Names the lines that are not in the tables, so that nobody looks for them in vain.
fn without_calls(lang: Lang, figures: &Figures) -> String {
    let silent: Vec<&str> = figures
        .lines
        .iter()
        .filter(|line| !has_calls(line))
        .map(|line| line.name.as_str())
        .collect();
    if silent.is_empty() {
        return String::new();
    }
    format!("{}: {}\n", lang.pick("Ohne Anruf", "Without a call"), silent.join(", "))
}

/// What is counted of what agents said.
type Said = fn(&ResolutionFigures) -> u64;

const RESOLUTIONS: [(&str, &str, Said); 6] = [
    ("erledigt", "settled", |it| it.settled),
    ("weitergegeben", "handed on", |it| it.transferred),
    ("Rückmeldung", "feedback", |it| it.to_be_answered),
    ("verwählt", "misdial", |it| it.misdial),
    ("Missbrauch", "abuse", |it| it.abusive),
    ("ohne Angabe", "not said", |it| it.unsaid),
];

/// What came of the talks, if anybody said so of any of them.
fn resolutions(lang: Lang, figures: &Figures) -> String {
    if figures.total.resolutions.is_none() {
        return String::new();
    }
    let head = RESOLUTIONS.map(|(de, en, _)| lang.pick(de, en).to_owned());
    let mut rows =
        vec![(lang.pick("Ergebnis der Gespräche", "Result of talks").to_owned(), head.to_vec())];
    for line in lines_and_total(figures) {
        let Some(it) = line.resolutions else { continue };
        let cells = RESOLUTIONS.map(|(_, _, count)| decimal(lang, count(&it) as f64, 0));
        rows.push((title(lang, line), cells.to_vec()));
    }
    format!("\n{}", table(&rows))
}

fn waits(lang: Lang, figures: &Figures) -> String {
    let what = lang.pick("Sekunden bis zum Abnehmen", "Seconds until answered");
    let head = lang.pick(
        ["Median", "90 von 100", "95 von 100", "längste"],
        ["median", "90 of 100", "95 of 100", "longest"],
    );
    let mut rows = vec![(what.to_owned(), strings(&head))];
    for line in lines_and_total(figures) {
        let cells = line.waits.map_or_else(
            || strings(&["–"; 4]),
            |it| [it.median, it.p90, it.p95, it.max].map(|secs| decimal(lang, secs, 1)).to_vec(),
        );
        rows.push((title(lang, line), cells));
    }
    format!("\n{}", table(&rows))
}

/// Each line with its promises below it, indented.
fn levels(lang: Lang, figures: &Figures) -> String {
    let what = lang.pick("Zusage nach Formel/Fassung", "Promise by formula/version");
    let head = lang.pick(["gehalten", "Ziel", ""], ["kept", "target", ""]);
    let mut rows = vec![(what.to_owned(), strings(&head))];
    for line in lines_and_total(figures) {
        rows.push((title(lang, line), Vec::new()));
        for (id, level) in &line.service_level {
            rows.push((format!("  {id}/{}", level.version), level_cells(lang, level)));
        }
        let name = lang.pick("Annahmequote", "reachability");
        let name = format!("  {name}/{}", line.reachability.version);
        rows.push((name, level_cells(lang, &line.reachability)));
        if let Some(level) = line.first_contact_resolution.filter(|it| it.denominator > 0) {
            let name = lang.pick("Erstkontakt", "first contact");
            rows.push((format!("  {name}/{}", level.version), level_cells(lang, &level)));
        }
    }
    rows.extend(first_contact(lang, figures));
    rows.extend(promised_feedback(lang, figures));
    format!("\n{}", table(&rows))
}

/// What a rehearsal was told and cannot find out stands there once, under the total.
fn first_contact(lang: Lang, figures: &Figures) -> Option<Row> {
    let assumed = figures.total.first_contact?;
    let what = lang.pick("  Erstkontakt (Annahme)", "  first contact (assumed)");
    let target = assumed.target.map_or(String::new(), |target| percent(lang, target));
    // What was assumed has not been met by anybody.
    Some((what.to_owned(), vec![percent(lang, assumed.share), target]))
}

/// The shortest and the longest time in which feedback is promised on any line.
fn promised_feedback(lang: Lang, figures: &Figures) -> Option<Row> {
    let hours = || figures.lines.iter().filter_map(|line| line.feedback_within_hours);
    if figures.feedback.as_ref().is_some_and(|it| it.cases > 0) {
        return None;
    }
    let (shortest, longest) = (hours().reduce(f64::min)?, hours().reduce(f64::max)?);
    let whole = |hours: f64| decimal(lang, hours, if hours.fract() == 0.0 { 0 } else { 1 });
    let within = if shortest == longest {
        whole(shortest)
    } else {
        format!("{}–{}", whole(shortest), whole(longest))
    };
    let what = if figures.seed.is_some() {
        lang.pick("  Rückmeldung (nicht geprobt)", "  feedback (not rehearsed)")
    } else {
        lang.pick("  Rückmeldung (keine Vorgänge)", "  feedback (no cases)")
    };
    let target = format!("{} {within} h", lang.pick("binnen", "within"));
    Some((what.to_owned(), vec!["–".to_owned(), target]))
}

/// A share of so few that chance could have made it is shown with its bounds.
const FEW: u64 = 400;

/// Between which shares it lies, if few count.
pub(crate) fn certainty(lang: Lang, counted: u64, interval: Option<[f64; 2]>) -> String {
    let Some([low, high]) = interval.filter(|_| counted < FEW) else { return String::new() };
    let [low, high] = [low, high].map(|share| decimal(lang, share * 100.0, 0));
    format!(" ({low}–{high} %)")
}

fn level_cells(lang: Lang, level: &LevelFigures) -> Vec<String> {
    let of = lang.pick("von", "of");
    let (kept, counted) = (level.numerator as f64, level.denominator as f64);
    let share = level.share.map_or("–".to_owned(), |share| percent(lang, share));
    let (kept, counted) = (decimal(lang, kept, 0), decimal(lang, counted, 0));
    let share = share + &certainty(lang, level.denominator, level.interval);
    let target = level.target.map_or(String::new(), |target| {
        let within = level.within.map(|secs| format!(" in {} s", decimal(lang, secs, 0)));
        format!("{}{}", percent(lang, target), within.unwrap_or_default())
    });
    vec![format!("{kept} {of} {counted} = {share}"), target, met(lang, level.met).to_owned()]
}

fn met(lang: Lang, met: Option<bool>) -> &'static str {
    match met {
        Some(true) => lang.pick("erreicht", "met"),
        Some(false) => lang.pick("verfehlt", "missed"),
        None => "",
    }
}

/// How often the told wait was right, if anybody was told one, and what call-backs left behind.
fn told(lang: Lang, figures: &Figures) -> String {
    let told = &figures.total.told_wait;
    let known = told.right + told.sooner + told.later;
    let mut text = String::new();
    if let Some(share) = told.share {
        let counts = [known, told.right, told.sooner, told.later];
        let [known, right, sooner, later] = counts.map(|count| decimal(lang, count as f64, 0));
        let (share, version) = (percent(lang, share), told.version);
        text.push_str(&lang.pick(
            format!("\nAngesagte Wartezeit (told-wait/{version}): {right} von {known} richtig = {share}; {sooner} kamen früher, {later} später dran.\n"),
            format!("\nTold wait (told-wait/{version}): {right} of {known} right = {share}; {sooner} were answered sooner, {later} later.\n"),
        ));
    }
    if figures.total.called_back + figures.tasks > 0 {
        let [called, tasks] =
            [figures.total.called_back, figures.tasks].map(|count| decimal(lang, count as f64, 0));
        text.push_str(&lang.pick(
            format!("Rückrufe: {called} erreicht, {tasks} nicht und als Aufgabe hinterlegt.\n"),
            format!("Call-backs: {called} reached, {tasks} not and left as a task.\n"),
        ));
    }
    text
}

fn occupancy(lang: Lang, figures: &Figures) -> String {
    if let Some(why) = figures.hidden {
        return format!("\n{}\n", hidden(lang, why));
    }
    let what = lang.pick("Auslastung je Team", "Occupancy by team");
    let head = lang.pick(
        ["", "beschäftigt", "bereit oder beschäftigt", "angemeldet"],
        ["", "busy", "ready or busy", "signed on"],
    );
    let mut rows = vec![(what.to_owned(), strings(&head))];
    for team in figures.occupancy.values() {
        // A year is read in hours, a practice in hundredths of them.
        let decimals = if team.signed_on_hours < 10.0 { 2 } else { 0 };
        let hours = |hours: f64| format!("{} h", decimal(lang, hours, decimals));
        let share = team.share.map_or("–".to_owned(), |share| percent(lang, share));
        let cells = vec![
            share,
            hours(team.busy_hours),
            hours(team.there_hours),
            hours(team.signed_on_hours),
        ];
        rows.push((team.name.clone(), cells));
    }
    format!("\n{}", table(&rows))
}

/// A share as a percentage with one decimal.
#[must_use]
pub fn percent(lang: Lang, share: f64) -> String {
    format!("{} %", decimal(lang, share * 100.0, 1))
}

/// A number as the language writes it: thousands apart, the decimal mark its own.
pub(crate) fn decimal(lang: Lang, number: f64, decimals: usize) -> String {
    let (thousands, mark) = lang.pick(('.', ','), (',', '.'));
    let plain = format!("{number:.decimals$}");
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(thousands);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(mark);
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{AssumedFigures, ToldFigures};

    fn line(name: &str, offered: u64) -> LineFigures {
        let level = LevelFigures {
            version: 1,
            within: None,
            numerator: offered,
            denominator: offered,
            share: (offered > 0).then_some(1.0),
            interval: None,
            target: None,
            met: None,
        };
        LineFigures {
            id: name.to_owned(),
            name: name.to_owned(),
            offered,
            accepted: offered,
            abandoned: 0,
            short_abandoned: 0,
            overflowed: 0,
            called_back: 0,
            closed: 0,
            refused: 0,
            local: 0,
            accepted_in_time: offered,
            half_hours: Vec::new(),
            service_level: [("115-published", level)].into(),
            waits: None,
            reachability: level,
            told_wait: ToldFigures { version: 1, right: 0, sooner: 0, later: 0, share: None },
            first_contact: None,
            resolutions: None,
            first_contact_resolution: None,
            feedback_within_hours: None,
        }
    }

    fn figures(lines: Vec<LineFigures>) -> Figures {
        let offered = lines.iter().map(|line| line.offered).sum();
        Figures {
            centre: "c".to_owned(),
            from: "2014-01-01".to_owned(),
            to: "2014-12-31".to_owned(),
            feedback: None,
            seed: Some(1),
            calls: Some(1.0),
            load: Some(1.0),
            total: line("", offered),
            lines,
            tasks: 0,
            untold: 0,
            longest_queue: 0,
            lost: LostFigures::default(),
            occupancy: [].into(),
            hidden: None,
        }
    }

    #[test]
    fn what_is_empty_has_neither_row_nor_column() {
        let mut it = figures(vec![line("Rathaus", 7), line("Stumm", 0), line("Leise", 0)]);
        let heading = "Anrufe   angeboten  angenommen  in 30 s  verloren\n";
        assert!(counts(Lang::De, &it).starts_with(heading), "{}", counts(Lang::De, &it));
        assert!(counts(Lang::De, &it).ends_with("\nOhne Anruf: Stumm, Leise\n"));
        assert!(!levels(Lang::De, &it).contains("Stumm"));
        // Whoever was answered at the switchboard called, too.
        it.lines[1].local = 3;
        it.total.local = 3;
        assert!(counts(Lang::En, &it).contains("  local\n"));
        assert!(counts(Lang::En, &it).ends_with("\nWithout a call: Leise\n"));
    }

    #[test]
    fn what_is_assumed_stands_there_once() {
        let mut it = figures(vec![line("A", 7), line("B", 5)]);
        assert!(!levels(Lang::De, &it).contains("Erstkontakt"));
        let assumed = AssumedFigures { assumed: true, share: 0.66, target: Some(0.7) };
        it.total.first_contact = Some(assumed);
        it.lines.iter_mut().for_each(|line| line.first_contact = Some(assumed));
        it.lines[0].feedback_within_hours = Some(24.0);
        let said = levels(Lang::De, &it);
        assert_eq!(said.matches("Erstkontakt (Annahme)").count(), 1, "{said}");
        assert!(said.contains("66,0 %") && said.contains("70,0 %\n"), "{said}");
        assert!(said.contains("binnen 24 h"), "{said}");
        it.lines[1].feedback_within_hours = Some(1.5);
        assert!(levels(Lang::En, &it).contains("within 1.5–24 h"));
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        assert_eq!(decimal(Lang::De, 1_234_567.0, 0), "1.234.567");
        assert_eq!(decimal(Lang::De, 999.96, 1), "1.000,0");
        assert_eq!(decimal(Lang::En, 100_000.0, 2), "100,000.00");
        assert_eq!(percent(Lang::De, 0.8349), "83,5 %");
    }
}
