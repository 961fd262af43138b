// SPDX-License-Identifier: EUPL-1.2
//! `import` of tables (CSV): offices with their telephones, and services as editors have changed them.

use super::fail;
use crate::commands::arguments::{Arguments, BAD_FILE};
use crate::commands::files::text_of;
use crate::config::problem::visible;
use crate::shelf::import::LISTED_MAX;
use crate::shelf::tables::{
    BYTES_MAX, Bad, CELL_MAX, Change, Listed, Order, Outcome, ROWS_MAX, TableError, import,
};
use crate::shelf::{open, unreadable};
use crate::{Lang, output};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// From whom offices come, unless it is said. What tables bring is never taken for what a catalogue has brought.
const FEED: &str = "stellen";
const FEEDS: &str = "csv:";

/// Characters of a value that are shown of a difference.
const SHOWN_MAX: usize = 60;

/// Rows that are named at once.
const NAMED_MAX: usize = 40;

/// Whether a file is a table, by its name.
pub(super) fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Brings tables in, one after the other.
pub(super) fn bring_in(arguments: &Arguments, files: &[PathBuf]) -> Result<ExitCode, ExitCode> {
    let lang = arguments.lang;
    let feed = arguments.value("feed").unwrap_or_else(|| FEED.to_owned());
    let feed = format!("{FEEDS}{feed}");
    let order = Order {
        feed: &feed,
        is_whole: arguments.flag("complete"),
        is_dry: arguments.flag("dry-run"),
        may_delete: arguments.flag("allow-deletions"),
    };
    let data = PathBuf::from(arguments.required("data")?);
    let texts = files.iter().map(|file| Ok((file, text_of(lang, file, BYTES_MAX)?)));
    let texts = texts.collect::<Result<Vec<_>, ExitCode>>()?;
    let mut catalogue = open(&data, lang).map_err(|why| fail(&why))?;
    let mut is_whole = true;
    for (file, text) in texts {
        let name = visible(&file.to_string_lossy());
        let outcome = import(&mut catalogue, &text, order);
        let outcome = outcome.map_err(|error| fail(&format!("{name}: {}", why(lang, &error))))?;
        output::out(&told(lang, order, &outcome));
        output::err(&complaints(lang, &name, &outcome));
        is_whole &= outcome.bad.is_empty();
        is_whole &= outcome.kept.is_none() && outcome.emptied.is_none();
    }
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(BAD_FILE) })
}

fn why(lang: Lang, error: &TableError) -> String {
    match error {
        TableError::NoColumns => lang.pick(
            "Die erste Zeile nennt keine Spalten, die hier jemand kennt. Erwartet: für Stellen „name“ und etwa „telefon“, „ort“; für Leistungen „kennung“ und „titel“.".to_owned(),
            "The first line names no columns that are known here. Expected: for offices `name` and, for example, `telefon`, `ort`; for services `kennung` and `titel`.".to_owned(),
        ),
        TableError::TooManyRows => lang.pick(
            format!("Die Tabelle hat mehr als {ROWS_MAX} Zeilen."),
            format!("The table has more than {ROWS_MAX} rows."),
        ),
        TableError::NotWhole => lang.pick(
            "--complete gilt für Stellen: Leistungen löscht keine Tabelle.".to_owned(),
            "--complete is for offices: no table deletes services.".to_owned(),
        ),
        TableError::Store(error) => unreadable(lang, error),
    }
}

fn told(lang: Lang, order: Order<'_>, outcome: &Outcome) -> String {
    let Outcome { new, changed, same, deleted, .. } = outcome;
    let mut text: String = outcome.listed.iter().map(listed).collect();
    let more = (new + changed + deleted).saturating_sub(outcome.listed.len() as u64);
    if more > 0 && outcome.listed.len() >= LISTED_MAX {
        text.push_str(
            &lang.pick(format!("… und {more} weitere\n"), format!("… and {more} more\n")),
        );
    }
    for column in &outcome.unread {
        let column = visible(column);
        text.push_str(&lang.pick(
            format!("Hinweis: Die Spalte „{column}“ liest hier niemand.\n"),
            format!("Note: nobody here reads the column “{column}”.\n"),
        ));
    }
    text.push_str(&match order.is_dry || outcome.emptied.is_some() {
        true => lang.pick(
            format!("Probelauf: neu {new}, geändert {changed}, gleich {same}, gelöscht {deleted}. Nichts wurde geschrieben.\n"),
            format!("Dry run: new {new}, changed {changed}, same {same}, deleted {deleted}. Nothing was written.\n"),
        ),
        false => lang.pick(
            format!("Eingespielt: neu {new}, geändert {changed}, gleich {same}, gelöscht {deleted}.\n"),
            format!("Brought in: new {new}, changed {changed}, same {same}, deleted {deleted}.\n"),
        ),
    });
    text
}

fn listed(it: &Listed) -> String {
    let Listed { sign, kind, name, changes } = it;
    let changes = changes.iter().map(|Change { column, from, to }| {
        format!("{column}: {} → {}", shortened(from), shortened(to))
    });
    let changes = changes.collect::<Vec<_>>().join(", ");
    let changes = if changes.is_empty() { changes } else { format!(" ({changes})") };
    format!("{sign} {kind}: {}{changes}\n", visible(name))
}

fn shortened(text: &str) -> String {
    if text.is_empty() {
        return "–".to_owned();
    }
    let text = text.replace('\n', " / ");
    let mut short: String = text.chars().take(SHOWN_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    visible(&short)
}

fn complaints(lang: Lang, name: &str, outcome: &Outcome) -> String {
    let mut text = String::new();
    for (line, bad) in outcome.bad.iter().take(NAMED_MAX) {
        let bad = put_aside(lang, bad);
        text.push_str(&lang.pick(
            format!("{name}:{line}: Nicht eingespielt: {bad}.\n"),
            format!("{name}:{line}: Not brought in: {bad}.\n"),
        ));
    }
    if let Some(more) = outcome.bad.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
        text.push_str(
            &lang.pick(format!("… und {more} weitere\n"), format!("… and {more} more\n")),
        );
    }
    if let Some((emptied, filled)) = outcome.emptied {
        text.push_str(&lang.pick(
            format!("{name}: Nicht eingespielt: {emptied} von {filled} Feldern wären geleert worden. Ist das gewollt: --allow-deletions.\n"),
            format!("{name}: Not brought in: {emptied} of {filled} fields would have been emptied. If this is meant: --allow-deletions.\n"),
        ));
    }
    if let Some((deletions, there)) = outcome.kept {
        text.push_str(&lang.pick(
            format!("Nicht gelöscht: {deletions} von {there} Stellen wären gelöscht worden. Ist das gewollt: --allow-deletions.\n"),
            format!("Not deleted: {deletions} of {there} offices would have been deleted. If this is meant: --allow-deletions.\n"),
        ));
    }
    text
}

fn put_aside(lang: Lang, bad: &Bad) -> String {
    match bad {
        Bad::Columns => lang.pick(
            "Die Zeile hat mehr oder weniger Spalten als die erste, oder ein Anführungszeichen zu viel".to_owned(),
            "The row has more or fewer columns than the first line, or a quote too many".to_owned(),
        ),
        Bad::Cell(column) => lang.pick(
            format!("„{column}“ hat mehr als {CELL_MAX} Zeichen oder ein Steuerzeichen"),
            format!("`{column}` has more than {CELL_MAX} characters, or a control character"),
        ),
        Bad::Unknown(id) => lang.pick(
            format!("Eine Leistung „{}“ gibt es nicht", visible(id)),
            format!("There is no service “{}”", visible(id)),
        ),
        Bad::Ambiguous(name) => lang.pick(
            format!("„{}“ gibt es mehrmals; die Spalte „kennung“ sagt, was gemeint ist (Behörde:Kennung)", visible(name)),
            format!("There are several “{}”; the column `kennung` says which is meant (office:id)", visible(name)),
        ),
        Bad::Twice(line) => lang.pick(
            format!("Dasselbe steht schon in Zeile {line}"),
            format!("The same stands in line {line} already"),
        ),
        Bad::Empty(column) => lang.pick(
            format!("„{column}“ darf nicht leer sein"),
            format!("`{column}` must not be empty"),
        ),
        Bad::Telephone(text) => lang.pick(
            format!("„{}“ ist keine Rufnummer", visible(text)),
            format!("“{}” is no telephone number", visible(text)),
        ),
        Bad::Email(text) => lang.pick(
            format!("„{}“ ist keine E-Mail-Adresse", visible(text)),
            format!("“{}” is no e-mail address", visible(text)),
        ),
        Bad::Postcode(text) => lang.pick(
            format!("„{}“ ist keine Postleitzahl aus fünf Ziffern", visible(text)),
            format!("“{}” is no postcode of five digits", visible(text)),
        ),
        Bad::Day(text) => lang.pick(
            format!("„{}“ ist kein Tag (erwartet: 2014-05-02 oder 02.05.2014)", visible(text)),
            format!("“{}” is no day (expected: 2014-05-02 or 02.05.2014)", visible(text)),
        ),
        Bad::Outdated => lang.pick(
            "Die Leistung ist seit dem Ausgeben der Tabelle geändert worden; neu ausgeben und noch einmal ändern".to_owned(),
            "The service was changed since the table was given out; give it out anew and change it again".to_owned(),
        ),
    }
}
