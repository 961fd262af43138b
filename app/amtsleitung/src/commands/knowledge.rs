// SPDX-License-Identifier: EUPL-1.2
//! `knowledge coverage`: what callers of each administration would be told about each service, and what is missing.
//! `knowledge tasks`: what desks have told the editors; `knowledge done`: a task is done. `knowledge synonyms`: the
//! operator's own. `knowledge places`: the register of municipalities and postcodes. `knowledge
//! export-csv` and `knowledge reviews`: for editors.

mod editors;
mod places;
mod synonyms;

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::place::{area, county_of, known_places};
use super::prompts::{county, path};
use super::search::{at, why_none};
use crate::config::near::nearest;
use crate::config::problem::visible;
use crate::shelf::answer::Services;
use crate::shelf::coverage::{Covered, covered};
use crate::shelf::{open, open_there, unreadable};
use crate::{Lang, output};
use catalogue::xzufi::object_from_xml;
use catalogue::{Channel, Service, Unit};
use hours::Zone;
use knowledge::{AreaKey, Coverage, Gap};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use stdx::Timestamp;
use store::{Catalogue, ObjectKey, Task, catalogue_place};
use web::knowledge::MissedKind;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "knowledge",
    usage: "knowledge coverage|tasks|done NUMMER|synonyms DATEI|places DATEI|export-csv DATEI|reviews --data ORDNER [--config DATEI] [--place GEBIET] [--at ZEITPUNKT] [--gaps] [--list] [--dry-run] [--allow-deletions]",
    summary_de: "was zu jeder Leistung an jedem Ort gesagt werden kann, und was fehlt",
    summary_en: "what can be said about each service at each place, and what is missing",
    help_de: "  coverage         was zu jeder Leistung an jedem Ort gesagt wird\n  tasks            was an den Plätzen nicht gefunden wurde oder falsch war: die Aufgaben der Redaktion\n  done NUMMER      die Aufgabe ist erledigt und verschwindet\n  synonyms DATEI   ersetzt die eigenen Synonyme: je Zeile eine Gruppe wie „Perso;Personalausweis“ (das Format von\n                   OpenThesaurus) oder „was gesagt wird => wie es heißt“; mit --list statt der Datei zeigt es sie\n  places DATEI …   ersetzt das Gemeindeverzeichnis (GV100AD, oder die vierteljährliche Tabelle von Destatis als CSV) und\n                   die Postleitzahlen (CSV mit den Spalten plz und ags oder ars); --list zeigt sie\n  export-csv DATEI gibt Titel, Umgangssprache, Kosten, Dauer, Frist und Prüfdatum jeder Leistung als Tabelle aus;\n                   „amtsleitung import DATEI“ spielt die geänderte ein\n  reviews          welche Leistungen zu prüfen sind\n  --data ORDNER    der Datenordner mit dem Katalog\n  --config DATEI   die Konfiguration, deren Orte (place) gemeint sind; ohne sie die des Datenordners\n  --place GEBIET   nur dieser Ort: Regionalschlüssel aus 2 bis 12 Ziffern, Name, Postleitzahl oder Gemeindeschlüssel\n  --at ZEITPUNKT   wann (sonst jetzt), etwa 2014-12-24T12:05\n  --gaps           nur, was fehlt\n  --dry-run        sagt nur, was sich ändern würde\n  --allow-deletions  löscht auch mehr als ein Zehntel dessen, was da ist\n\nJe Zeile von coverage: Ort, Leistung, zuständige Stelle, Telefon, Öffnungszeiten, Alter der Quelle in Tagen; oder warum nichts\ngesagt werden kann. Zuletzt die Summe je Ort.\n",
    help_en: "  coverage         what is told about each service at each place\n  tasks            what desks did not find, or what was wrong: the editors' tasks\n  done NUMBER      the task is done, and goes\n  synonyms FILE    replaces the own synonyms: in each line a group like “Perso;Personalausweis” (the format of\n                   OpenThesaurus) or “what is said => what it is called”; with --list instead of the file it shows them\n  places FILE …    replaces the register of municipalities (GV100AD, or the quarterly table of Destatis as CSV) and the\n                   postcodes (CSV with the columns plz and ags or ars); --list shows them\n  export-csv FILE  gives title, colloquial names, costs, duration, deadline and review date of each service out as a\n                   table; `amtsleitung import FILE` brings the changed one in\n  reviews          which services are to be reviewed\n  --data FOLDER    the data folder with the catalogue\n  --config FILE    the configuration whose places are meant; without it that of the data folder\n  --place AREA     only this place: a regional key of 2 to 12 digits, a name, a postcode or the digits of a municipality\n  --at MOMENT      when (otherwise now), 2014-12-24T12:05 for example\n  --gaps           only what is missing\n  --dry-run        only says what would change\n  --allow-deletions  deletes also more than a tenth of what is there\n\nIn each line of coverage: place, service, responsible unit, telephone, opening hours, age of the source in days; or why nothing\ncan be said. Last the sum for each place.\n",
    valued: &["data", "config", "place", "at"],
    flags: &["gaps", "list", "dry-run", "allow-deletions"],
    run,
};

/// What it can be asked for.
const WHAT: [&str; 7] =
    ["coverage", "tasks", "done", "synonyms", "places", "export-csv", "reviews"];

fn run(arguments: Arguments) -> ExitCode {
    let lang = arguments.lang;
    let words: Vec<String> =
        arguments.plain.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let done = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["coverage"] => list(&arguments),
        ["tasks"] => tasks(&arguments),
        ["done", number] => done(&arguments, number),
        ["done"] => {
            let what = lang.pick("Es fehlt die Nummer der Aufgabe", "The task's number is missing");
            Err(arguments.wrong_value(what, "done 7", None))
        }
        ["synonyms"] if arguments.flag("list") => synonyms::list(&arguments),
        ["synonyms"] => {
            let what = lang.pick("Es fehlt die Datei oder --list", "The file or --list is missing");
            Err(arguments.wrong_value(what, "synonyms synonyme.txt", None))
        }
        ["synonyms", file] => synonyms::bring_in(&arguments, file),
        ["places"] if arguments.flag("list") => places::list(&arguments),
        ["places", ref files @ ..] if !files.is_empty() => places::bring_in(&arguments, files),
        ["places" | "export-csv", ..] if words.len() == 1 => {
            let what = lang.pick("Es fehlt die Datei", "The file is missing");
            Err(arguments.wrong_value(what, &format!("{} datei.csv", words[0]), None))
        }
        ["export-csv", file] => editors::export(&arguments, file),
        ["reviews"] => editors::reviews(&arguments),
        ["done" | "synonyms" | "export-csv", _, extra, ..]
        | ["coverage" | "tasks" | "reviews", extra, ..] => {
            let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
            Err(arguments.wrong_value(what, extra, None))
        }
        [other, ..] => {
            let what = lang.pick(
                "Das gibt es nicht (möglich: coverage, tasks, done, synonyms, places, export-csv, reviews)",
                "There is no such thing (possible: coverage, tasks, done, synonyms, places, export-csv, reviews)",
            );
            Err(arguments.wrong_value(what, other, nearest(other, WHAT)))
        }
        [] => {
            let what = lang.pick("Es fehlt, was zu tun ist", "What to do is missing");
            Err(arguments.wrong_value(what, "coverage", None))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn list(arguments: &Arguments) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    let at = at(arguments)?;
    let data = PathBuf::from(arguments.required("data")?);
    let mut catalogue = open_there(&data, lang).map_err(|why| fail(&why))?;
    let places = match arguments.value("place") {
        Some(place) => {
            let county = county_of(arguments, &data)?;
            let known = known_places(arguments, county.as_ref(), &mut catalogue)?;
            let area = area(arguments, &known, &place)?;
            vec![(place, area)]
        }
        None => places_of_county(arguments)?,
    };
    let services = Services::read(&mut catalogue, lang).map_err(|why| fail(&why))?;
    let mut sums = String::new();
    for (name, area) in places {
        let all = covered(&mut catalogue, &services.all, area, at);
        let all = all.map_err(|error| fail(&unreadable(lang, &error)))?;
        let mut text = String::new();
        let mut gaps: BTreeMap<String, usize> = BTreeMap::new();
        for it in &all {
            let (line, gap) = line(lang, &name, it, at);
            if gap.is_some() || !arguments.flag("gaps") {
                text.push_str(&line);
            }
            gap.into_iter().for_each(|gap| *gaps.entry(gap).or_default() += 1);
        }
        output::out(&text);
        sums.push_str(&sum(lang, &name, all.len(), &gaps));
    }
    output::out(&format!("\n{sums}"));
    Ok(())
}

/// The editors' list, a line for each task: number, when, what is the matter, where, which service, in whose words.
fn tasks(arguments: &Arguments) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    let mut catalogue = catalogue_to_write(arguments)?;
    let tasks = catalogue.tasks().map_err(|error| fail(&unreadable(lang, &error)))?;
    let mut text = String::new();
    for task in &tasks {
        let service = ObjectKey {
            kind: "leistung".to_owned(),
            agency: task.service.0.clone(),
            id: task.service.1.clone(),
        };
        let xml = catalogue.object(&service).map_err(|error| fail(&unreadable(lang, &error)))?;
        let object = xml.and_then(|xml| object_from_xml(&xml).ok());
        text.push_str(&task_line(lang, task, object.map(|object| Service::of(&object).title)));
    }
    text.push_str(
        &lang.pick(format!("{} Aufgaben\n", tasks.len()), format!("{} tasks\n", tasks.len())),
    );
    output::out(&text);
    Ok(())
}

fn task_line(lang: Lang, task: &Task, title: Option<String>) -> String {
    let kind = match MissedKind::ALL.into_iter().find(|kind| kind.word() == task.kind) {
        Some(MissedKind::NotFound) => lang.pick("nicht gefunden", "not found"),
        Some(MissedKind::Wrong) => lang.pick("falsch", "wrong"),
        None => lang.pick("unbekannt", "unknown"),
    };
    let known = |text: &str| if text.is_empty() { "–".to_owned() } else { visible(text) };
    let at = Zone::berlin().format(Timestamp(task.at));
    let service = title.unwrap_or_else(|| task.service.1.clone());
    let (number, area, words) = (task.number, known(&task.area), visible(&task.words));
    format!("{number} | {at} | {kind} | {area} | {} | {words}\n", known(&service))
}

fn done(arguments: &Arguments, number: &str) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    let Ok(task) = number.parse() else {
        let what = lang.pick("Das ist keine Nummer", "This is no number");
        return Err(arguments.wrong_value(what, number, None));
    };
    let mut catalogue = catalogue_to_write(arguments)?;
    let was_there =
        catalogue.task_is_done(task).map_err(|error| fail(&unreadable(lang, &error)))?;
    if !was_there {
        return Err(fail(&lang.pick(
            format!("Eine Aufgabe {task} gibt es nicht."),
            format!("There is no task {task}."),
        )));
    }
    output::out(
        &lang.pick(format!("Aufgabe {task} ist erledigt.\n"), format!("Task {task} is done.\n")),
    );
    Ok(())
}

/// The catalogue with what people add to it; there may be that and nothing else.
fn catalogue_to_write(arguments: &Arguments) -> Result<Catalogue, ExitCode> {
    let data = PathBuf::from(arguments.required("data")?);
    let is_there = data.is_dir() && catalogue_place(&data).is_ok_and(|place| place.may_exist());
    if !is_there {
        // With the sentence about what is missing.
        return open_there(&data, arguments.lang).map_err(|why| fail(&why));
    }
    open(&data, arguments.lang).map_err(|why| fail(&why))
}

/// The places of the county: name and area.
fn places_of_county(arguments: &Arguments) -> Result<Vec<(String, AreaKey)>, ExitCode> {
    let (config, data) = (path(arguments, "config"), path(arguments, "data"));
    let county = county(arguments, config.as_deref(), data.as_deref())?;
    let known = county.places.iter();
    // The configuration was checked: each place has a key.
    let known = known.filter_map(|it| Some((it.name.clone(), AreaKey::parse(&it.ars).ok()?)));
    Ok(known.collect())
}

/// A line, and what is missing, if something is.
fn line(lang: Lang, place: &str, it: &Covered<'_>, now: Timestamp) -> (String, Option<String>) {
    let title = visible(&it.service.title);
    match (&it.coverage, &it.unit) {
        (Coverage::Answered { changed, .. }, Some(unit)) => {
            let told = [
                visible(&unit.name),
                telephone(lang, unit),
                opening(lang, unit),
                age(lang, *changed, now),
            ];
            (format!("{place} | {title} | {}\n", told.join(" | ")), None)
        }
        (Coverage::Answered { .. }, None) => unreachable!("an answer has its unit"),
        (Coverage::Unanswered(gap), _) => {
            let gap = missing(lang, gap);
            (format!("{place} | {title} | – {gap}\n"), Some(gap))
        }
    }
}

fn telephone(lang: Lang, unit: &Unit) -> String {
    let number = unit.channel(Channel::Telephone).or_else(|| unit.channel(Channel::Mobile));
    let none = lang.pick("kein Telefon", "no telephone");
    number.map_or_else(|| none.to_owned(), visible)
}

fn opening(lang: Lang, unit: &Unit) -> String {
    let none = lang.pick("keine Öffnungszeiten", "no opening hours");
    unit.hours.as_deref().map_or_else(|| none.to_owned(), visible)
}

fn age(lang: Lang, changed: Option<Timestamp>, now: Timestamp) -> String {
    const DAY: i64 = 86_400_000_000;
    match changed {
        Some(at) => {
            let days = now.0.saturating_sub(at.0).div_euclid(DAY);
            let day = Zone::berlin().local(at).date();
            lang.pick(format!("Stand {day} ({days} Tage)"), format!("of {day} ({days} days)"))
        }
        None => lang.pick("Stand unbekannt", "age unknown").to_owned(),
    }
}

fn missing(lang: Lang, gap: &Gap) -> String {
    match gap {
        Gap::NoText => lang.pick("Es gibt keinen Text.", "There is no text.").to_owned(),
        Gap::NoUnit(why) => why_none(lang, why),
        Gap::UnknownUnit(_) => lang
            .pick(
                "Die zuständige Stelle ist nicht im Katalog.",
                "The unit is not in the catalogue.",
            )
            .to_owned(),
    }
}

fn sum(lang: Lang, place: &str, all: usize, gaps: &BTreeMap<String, usize>) -> String {
    let answered = all - gaps.values().sum::<usize>();
    let mut text = lang.pick(
        format!("{place}: {answered} von {all} Leistungen beantwortet\n"),
        format!("{place}: {answered} of {all} services answered\n"),
    );
    for (gap, count) in gaps {
        text.push_str(&format!("  {count} × {gap}\n"));
    }
    text
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
