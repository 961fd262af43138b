// SPDX-License-Identifier: EUPL-1.2
//! `check`: is this configuration good?

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use crate::clock::wall_now;
use crate::config::places::Places;
use crate::config::problem::{Problem, ProductionProblem};
use crate::config::report::Found;
use crate::config::{Checked, County};
use crate::prompts::look::{folders, look};
use crate::prompts::production::problems;
use crate::service::certificates::{self, Whose};
use crate::{Lang, output};
use hours::LocalDates;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "check",
    usage: "check DATEI [--production [--data ORDNER]]",
    summary_de: "prüft eine Konfiguration und nennt alle Fehler mit Zeile und Spalte",
    summary_en: "checks a configuration and names every error with line and column",
    help_de: "  --production     auch: darf so ein öffentlicher Betrieb beginnen? Kein Ton einer öffentlichen Leitung\n                   fehlt, ist defekt oder von einer Maschine gesprochen; kein Prüfstand, keine Rufnummern,\n                   Adressen und Namen aus Beispielen\n  --data ORDNER    dazu der Datenordner, in dessen „prompts“ die eigenen Töne liegen; sonst nur die im\n                   Ordner „prompts“ neben der Datei\n\nEndet mit 0, wenn die Datei gut ist (Warnungen sind erlaubt), sonst mit 1.\nAlle Felder beschreibt docs/configuration.md.\n",
    help_en: "  --production     also: may a public service begin like this? No sound of a public line is missing,\n                   broken or spoken by a machine; no bench, and no numbers, addresses and names of examples\n  --data FOLDER    with it the data folder, in whose `prompts` your own sounds lie; otherwise only those\n                   in the folder `prompts` beside the file\n\nExits with 0 if the file is good (warnings are allowed), otherwise with 1.\nEvery field is described in docs/configuration.md.\n",
    valued: &["data"],
    flags: &["production"],
    run,
};

/// Checks the file that the arguments name.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    match check(&arguments) {
        Ok(code) | Err(code) => code,
    }
}

fn check(arguments: &Arguments) -> Result<ExitCode, ExitCode> {
    let lang = arguments.lang;
    let path = arguments.only_plain()?;
    let is_production = arguments.flag("production");
    let data = arguments.value("data").map(PathBuf::from);
    if data.is_some() && !is_production {
        let what = lang.pick("Diese Option gilt nur mit", "This option is for a check with");
        return Err(arguments.wrong_value(what, "--production", None));
    }
    let source = Source::read(lang, path)?;
    let mut checked = source.check(lang)?;
    let sounds = is_production.then(|| go_public(&source, Path::new(path), data, &mut checked));
    let mut text = checked.printed(&source.name, lang);
    let code = match (&checked.county, checked.checked) {
        (Some(county), Some(dates)) if !checked.report().has_errors() => {
            text.push_str(&summary(lang, &source.name, county, dates));
            text.push_str(&ways(lang, county));
            text.push_str(&telephones(lang, county));
            text.push_str(&sounds.map_or_else(String::new, |sounds| public(lang, sounds)));
            ExitCode::SUCCESS
        }
        (Some(_) | None, _) => ExitCode::from(BAD_FILE),
    };
    output::out(&text);
    Ok(code)
}

/// Notes what keeps a good file from going public; how many sounds were looked at.
fn go_public(
    source: &Source,
    path: &Path,
    data: Option<PathBuf>,
    checked: &mut Checked<'_>,
) -> usize {
    let Some(county) = &checked.county else { return 0 };
    let looked = look(county, &folders(data.as_deref(), Some(path)));
    let today = county.zone().local(wall_now()).date();
    let own = data.as_deref().map(|data| data.join("prompts"));
    let mut found = problems(source.text(), county, (&looked, own.as_deref()), today);
    found.extend(certificates(source.text(), county, data.as_deref()));
    let sounds = looked.len();
    checked.note(found);
    sounds
}

/// Files for TLS that cannot be used, as far as it is known where they are.
fn certificates(text: &str, county: &County, data: Option<&Path>) -> Vec<Found> {
    let defects = certificates::load(county, data.unwrap_or(Path::new(""))).err();
    let defects = defects.into_iter().flatten();
    let known = defects.filter(|(_, it)| data.is_some() || it.file.is_absolute());
    let places = Places::of(text);
    let found = known.map(|(whose, defect)| {
        let at = match whose {
            Whose::Centre => places.table("telephony").key("certificate"),
            Whose::Trunk(id) => places.entry("trunk", id).key("authority"),
        };
        Found { at, problem: Problem::Production(ProductionProblem::Certificate(defect)) }
    });
    found.collect()
}

fn public(lang: Lang, sounds: usize) -> String {
    lang.pick(
        format!("  bereit für den öffentlichen Betrieb: {sounds} Töne geprüft\n"),
        format!("  ready to go public: {sounds} sounds checked\n"),
    )
}

fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What the file holds, in plain words.
fn summary(lang: Lang, file: &str, county: &County, dates: LocalDates) -> String {
    let numbers: u64 =
        county.lines.iter().flat_map(|line| &line.numbers).map(|numbers| numbers.count()).sum();
    let (lines, queues) = (county.lines.len(), county.queues.len());
    let (agents, teams, sites) = (county.agents.len(), county.teams.len(), county.sites.len());
    let (hours, closures) = (county.hours.len(), county.closures.len());
    let (from, until) = (dates.from(), dates.until());
    let state = county.centre.holidays.name_de();
    match lang {
        Lang::De => format!(
            "{file} ist in Ordnung: {}.\n\
                \x20 {} mit {}, {}\n\
                \x20 {} in {}, {}\n\
                \x20 {} und {}, geprüft vom {from} bis zum {until} mit den Feiertagen von {state}\n",
            county.centre.name,
            count(lines, "Leitung", "Leitungen"),
            count(numbers as usize, "Nummer", "Nummern"),
            count(queues, "Warteschlange", "Warteschlangen"),
            count(agents, "Person", "Personen"),
            count(teams, "Team", "Teams"),
            count(sites, "Standort", "Standorte"),
            count(hours, "Öffnungszeit", "Öffnungszeiten"),
            count(closures, "Schließung", "Schließungen"),
        ),
        Lang::En => format!(
            "{file} is good: {}.\n\
                \x20 {} with {}, {}\n\
                \x20 {} in {}, {}\n\
                \x20 {} and {}, checked from {from} to {until} with the holidays of {state}\n",
            county.centre.name,
            count(lines, "line", "lines"),
            count(numbers as usize, "number", "numbers"),
            count(queues, "queue", "queues"),
            count(agents, "agent", "agents"),
            count(teams, "team", "teams"),
            count(sites, "site", "sites"),
            count(hours, "set of hours", "sets of hours"),
            count(closures, "closure", "closures"),
        ),
    }
}

/// What there is beside lines and agents, and which entries begin or end on a day; nothing if nothing.
fn ways(lang: Lang, county: &County) -> String {
    let named = |number: usize, de: [&str; 2], en: [&str; 2]| {
        let [one, many] = lang.pick(de, en);
        (number > 0).then(|| count(number, one, many))
    };
    let there = [
        named(county.partners.len(), ["Partner"; 2], ["partner", "partners"]),
        named(
            county.switchboards.len(),
            ["Vermittlung", "Vermittlungen"],
            ["switchboard", "switchboards"],
        ),
        named(county.plans.len(), ["Krisenplan", "Krisenpläne"], ["crisis plan", "crisis plans"]),
    ];
    let lines = county.lines.iter().filter(|line| !line.in_force.is_always()).count();
    let agents = county.agents.iter().filter(|agent| !agent.in_force.is_always()).count();
    let dated = [
        named(lines, ["Leitung", "Leitungen"], ["line", "lines"]),
        named(agents, ["Person", "Personen"], ["agent", "agents"]),
    ];
    let row = |title: &str, parts: &[Option<String>]| {
        let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
        if parts.is_empty() { String::new() } else { format!("  {title}{}\n", parts.join(", ")) }
    };
    let title = lang.pick("mit erstem oder letztem Tag: ", "with a first or last day: ");
    row("", &there) + &row(title, &dated)
}

/// Where the centre is reached, if the file says so.
fn telephones(lang: Lang, county: &County) -> String {
    let Some(telephony) = &county.telephony else { return String::new() };
    let addresses: Vec<String> = telephony.listen.iter().map(ToString::to_string).collect();
    let (listen, trunks, phones) = (addresses.join(", "), county.trunks.len(), county.phones.len());
    let channels = county.trunks.iter().map(|trunk| usize::from(trunk.channels)).sum();
    let bench = county.bench.as_ref().map(|bench| usize::from(bench.count));
    match lang {
        Lang::De => format!(
            "  {} mit {}, {}{}, erreichbar unter {listen}\n",
            count(trunks, "Trunk", "Trunks"),
            count(channels, "Kanal", "Kanälen"),
            count(phones, "Telefon", "Telefone"),
            bench.map_or_else(String::new, |bench| format!(", dazu {bench} erdachte im Prüfstand")),
        ),
        Lang::En => format!(
            "  {} with {}, {}{}, reached at {listen}\n",
            count(trunks, "trunk", "trunks"),
            count(channels, "channel", "channels"),
            count(phones, "telephone", "telephones"),
            bench.map_or_else(String::new, |bench| format!(
                " and {bench} made-up ones of the bench"
            )),
        ),
    }
}
