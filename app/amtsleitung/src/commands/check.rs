// SPDX-License-Identifier: EUPL-1.2
//! `check`: is this configuration good?

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use crate::config::County;
use crate::{Lang, output};
use hours::LocalDates;
use std::process::ExitCode;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "check",
    usage: "check DATEI",
    summary_de: "prüft eine Konfiguration und nennt alle Fehler mit Zeile und Spalte",
    summary_en: "checks a configuration and names every error with line and column",
    help_de: "Endet mit 0, wenn die Datei gut ist (Warnungen sind erlaubt), sonst mit 1.\n\
        Alle Felder beschreibt docs/configuration.md.\n",
    help_en: "Exits with 0 if the file is good (warnings are allowed), otherwise with 1.\n\
        Every field is described in docs/configuration.md.\n",
    valued: &[],
    flags: &[],
    run,
};

/// Checks the file that the arguments name.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    let lang = arguments.lang;
    let source = match arguments.only_plain().and_then(|path| Source::read(lang, path)) {
        Ok(source) => source,
        Err(code) => return code,
    };
    let checked = match source.check(lang) {
        Ok(checked) => checked,
        Err(code) => return code,
    };
    let mut text = checked.printed(&source.name, lang);
    let code = match (&checked.county, checked.checked) {
        (Some(county), Some(dates)) => {
            text.push_str(&summary(lang, &source.name, county, dates));
            text.push_str(&ways(lang, county));
            text.push_str(&telephones(lang, county));
            ExitCode::SUCCESS
        }
        (None, _) | (_, None) => ExitCode::from(BAD_FILE),
    };
    output::out(&text);
    code
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
