// SPDX-License-Identifier: EUPL-1.2
//! `import`: brings a catalogue of services in, file by file, and says what it changes; tables (CSV) too.

mod table;

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::progress::Progress;
use crate::config::problem::visible;
use crate::shelf::import::{ImportError, LISTED_MAX, Order, Outcome, import, listed, put_aside};
use crate::shelf::open;
use crate::{Lang, output};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Whose catalogue it is, unless it is said.
const FEED: &str = "katalog";

/// How it is called.
pub const COMMAND: Command = Command {
    name: "import",
    usage: "import DATEI … --data ORDNER [--feed QUELLE] [--complete] [--dry-run] [--allow-deletions]",
    summary_de: "spielt einen Leistungskatalog (XZuFi) oder Tabellen (CSV) ein",
    summary_en: "brings a catalogue of services (XZuFi) or tables (CSV) in",
    help_de: "  DATEI …             Nachrichten in XZuFi 2.2 oder 2.1; oder eine einzige Datei .txt, die je Zeile eine Datei\n                      nennt: dann ist das der ganze Bestand, und was keine nennt, wird gelöscht; oder Tabellen .csv\n                      mit Stellen (name, telefon, ort …) oder mit Leistungen (aus „knowledge export-csv“)\n  --data ORDNER       der Datenordner; er entsteht, wenn es ihn nicht gibt\n  --feed QUELLE       von wem der Katalog ist (sonst „katalog“); ein ganzer Bestand löscht nur, was von derselben\n                      Quelle kam\n  --complete          die Tabelle nennt alle Stellen ihrer Quelle: die übrigen werden gelöscht\n  --dry-run           sagt nur, was sich ändern würde\n  --allow-deletions   löscht auch, wenn es mehr als ein Zehntel des Bestands ist; leert ebenso viele Felder einer\n                      Tabelle\n\nJede Datei kommt ganz hinein oder gar nicht; eine fehlerhafte bleibt liegen und wird mit Zeile und Grund genannt.\nVon einer Tabelle bleiben nur die fehlerhaften Zeilen liegen. Was abbricht, macht der nächste Aufruf fertig. Unbekanntes bleibt erhalten.\n",
    help_en: "  FILE …              messages of XZuFi 2.2 or 2.1; or one single file .txt that names a file in each line: then\n                      this is everything there is, and what none of them names is deleted; or tables .csv of\n                      offices (name, telefon, ort …) or of services (by `knowledge export-csv`)\n  --data FOLDER       the data folder; it is made if there is none\n  --feed SOURCE       whose catalogue it is (otherwise “katalog”); everything there is deletes only what came from\n                      the same source\n  --complete          the table names all offices of its source: the others are deleted\n  --dry-run           only says what would change\n  --allow-deletions   deletes also more than a tenth of what is there; empties as many fields of a table\n\nEach file comes in whole or not at all; a bad one is left and named with line and reason.\nOf a table only bad rows are left. What was broken off is\ngone on with by the next call. What nobody knows is kept.\n",
    valued: &["data", "feed"],
    flags: &["complete", "dry-run", "allow-deletions"],
    run,
};

fn run(arguments: Arguments) -> ExitCode {
    match bring_in(&arguments) {
        Ok(code) | Err(code) => code,
    }
}

fn bring_in(arguments: &Arguments) -> Result<ExitCode, ExitCode> {
    let lang = arguments.lang;
    let given: Vec<PathBuf> = arguments.plain.iter().map(PathBuf::from).collect();
    let tables = given.iter().filter(|path| table::is_table(path)).count();
    if tables > 0 && tables == given.len() {
        return table::bring_in(arguments, &given);
    }
    if tables > 0 || arguments.flag("complete") {
        let what = lang.pick(
            "Tabellen (.csv) kommen für sich; nur für sie gilt --complete",
            "Tables (.csv) come by themselves; --complete is for them alone",
        );
        return Err(arguments.wrong_value(what, "import stellen.csv", None));
    }
    let order = order(arguments, given)?;
    let data = PathBuf::from(arguments.required("data")?);
    let mut catalogue = open(&data, lang).map_err(|why| fail(&why))?;
    let mut progress = Progress::of("Import");
    let done = import(&mut catalogue, &order, &mut |share| progress.show(share));
    progress.finish();
    let outcome = done.map_err(|error| fail(&error.text(lang)))?;
    output::out(&told(lang, &order, &outcome));
    let is_whole = outcome.quarantined.is_empty() && outcome.kept.is_none();
    output::err(&complaints(lang, &outcome));
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(BAD_FILE) })
}

fn order(arguments: &Arguments, given: Vec<PathBuf>) -> Result<Order, ExitCode> {
    let lang = arguments.lang;
    let is_index = |path: &Path| path.extension().is_some_and(|ending| ending == "txt");
    let (files, is_snapshot) = match given.as_slice() {
        [] => {
            let what = lang.pick("Es fehlt die Datei", "The file is missing");
            return Err(arguments.wrong_value(what, "import katalog.xml", None));
        }
        [index] if is_index(index) => {
            let files = listed(index).map_err(|error: ImportError| fail(&error.text(lang)))?;
            (files, true)
        }
        _ => (given, false),
    };
    Ok(Order {
        files,
        feed: arguments.value("feed").unwrap_or_else(|| FEED.to_owned()),
        is_snapshot,
        is_dry: arguments.flag("dry-run"),
        may_delete: arguments.flag("allow-deletions"),
    })
}

fn told(lang: Lang, order: &Order, outcome: &Outcome) -> String {
    let Outcome { new, changed, same, deleted, .. } = outcome;
    let mut text = String::new();
    for (sign, kind, name) in &outcome.listed {
        text.push_str(&format!("{sign} {kind}: {}\n", visible(name)));
    }
    let more = (new + changed + deleted).saturating_sub(outcome.listed.len() as u64);
    if more > 0 && outcome.listed.len() >= LISTED_MAX {
        text.push_str(
            &lang.pick(format!("… und {more} weitere\n"), format!("… and {more} more\n")),
        );
    }
    if outcome.skipped > 0 {
        let count = outcome.skipped;
        text.push_str(&lang.pick(
            format!("{count} Dateien waren schon vollständig eingespielt.\n"),
            format!("{count} files were in already.\n"),
        ));
    }
    for (name, count) in &outcome.passed {
        let name = visible(name);
        text.push_str(&lang.pick(
            format!(
                "Hinweis: „{name}“ steht {count}-mal, wo kein Objekt steht; es wurde übergangen.\n"
            ),
            format!("Note: “{name}” stands {count} times where no object is; it was passed by.\n"),
        ));
    }
    text.push_str(&match order.is_dry {
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

fn complaints(lang: Lang, outcome: &Outcome) -> String {
    let mut text = String::new();
    for (path, problem) in &outcome.quarantined {
        text.push_str(&put_aside(lang, path, problem));
    }
    if let Some((deletions, there)) = outcome.kept {
        text.push_str(&lang.pick(
            format!("Nicht gelöscht: {deletions} von {there} Objekten wären gelöscht worden. Ist das gewollt: --allow-deletions.\n"),
            format!("Not deleted: {deletions} of {there} objects would have been deleted. If this is meant: --allow-deletions.\n"),
        ));
    }
    text
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
