// SPDX-License-Identifier: EUPL-1.2
//! `search`: what an agent would be shown for these words and this place.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::simulate::{Format, format};
use crate::clock::wall_now;
use crate::config::moment;
use crate::config::problem::visible;
use crate::shelf::answer::{Answer, Services, answer};
use crate::shelf::opening::{Now, now};
use crate::shelf::{open_there, unreadable};
use crate::{Lang, output};
use catalogue::search::Query;
use catalogue::{Channel, Service, TextCode, Unit};
use hours::Zone;
use knowledge::{AreaKey, AreaKeyError, Role, WhyNone};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;
use stdx::Timestamp;

/// Services that are shown, unless it is said.
const LIMIT: usize = 5;

/// The most that are shown: nobody reads more while somebody waits.
const LIMIT_MAX: usize = 50;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "search",
    usage: "search TEXT --data ORDNER [--place GEBIET] [--at ZEITPUNKT] [--limit ZAHL] [--format text|json]",
    summary_de: "sucht eine Leistung und sagt, wer dort zuständig ist, wo die anrufende Person wohnt",
    summary_en: "looks a service up, and says who is responsible where the caller lives",
    help_de: "  TEXT              was gesucht wird, in den Worten der anrufenden Person\n  --data ORDNER     der Datenordner mit dem Katalog\n  --place GEBIET    wo sie wohnt: Regionalschlüssel aus 2 bis 12 Ziffern, etwa 033530026026\n  --at ZEITPUNKT    wann (sonst jetzt), etwa 2014-12-24T12:05\n  --limit ZAHL      wie viele Leistungen (sonst 5)\n  --format FORM     text oder json; docs/operation.md erklärt die Schlüssel\n",
    help_en: "  TEXT              what is looked for, in the caller's words\n  --data FOLDER     the data folder with the catalogue\n  --place AREA      where the caller lives: a regional key of 2 to 12 digits, 033530026026 for example\n  --at MOMENT       when (otherwise now), 2014-12-24T12:05 for example\n  --limit NUMBER    how many services (otherwise 5)\n  --format FORM     text or json; docs/operation.md explains the keys\n",
    valued: &["data", "place", "at", "limit", "format"],
    flags: &[],
    run,
};

fn run(arguments: Arguments) -> ExitCode {
    match found(&arguments) {
        Ok(text) => {
            output::out(&text);
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

/// What is asked for.
struct Asked {
    text: String,
    place: Option<AreaKey>,
    at: Timestamp,
    limit: usize,
}

/// A service as it is shown.
struct Shown<'s> {
    service: &'s Service,
    score: f32,
    /// Who is responsible; none without a place.
    answer: Option<Answer>,
}

fn found(arguments: &Arguments) -> Result<String, ExitCode> {
    let lang = arguments.lang;
    let (asked, format) = (asked(arguments)?, format(arguments)?);
    let data = PathBuf::from(arguments.required("data")?);
    let mut catalogue = open_there(&data, lang).map_err(|why| fail(&why))?;
    let services = Services::read(&mut catalogue, lang).map_err(|why| fail(&why))?;
    let query = Query { text: &asked.text, is_typing: false, place: asked.place };
    let mut shown = Vec::new();
    for (service, hit) in services.search(&query, asked.limit) {
        let place = asked.place;
        let answer = place.map(|place| answer(&mut catalogue, service, place, asked.at));
        let answer = answer.transpose().map_err(|error| fail(&unreadable(lang, &error)))?;
        shown.push(Shown { service, score: hit.score, answer });
    }
    Ok(match format {
        Format::Text => text(lang, &asked, &shown),
        Format::Json => json(&asked, &shown),
    })
}

fn asked(arguments: &Arguments) -> Result<Asked, ExitCode> {
    let lang = arguments.lang;
    let words = arguments.plain.iter().map(|word| word.to_string_lossy().into_owned());
    let text = words.collect::<Vec<_>>().join(" ");
    if text.trim().is_empty() {
        let what = lang.pick("Es fehlt, was gesucht wird", "What is looked for is missing");
        return Err(arguments.wrong_value(what, "search \"Perso verloren\"", None));
    }
    let limit = match arguments.value("limit") {
        None => LIMIT,
        Some(number) => {
            let known = number.parse().ok().filter(|number| (1..=LIMIT_MAX).contains(number));
            known.ok_or_else(|| {
                let what = lang.pick(
                    format!("Das ist keine Zahl von 1 bis {LIMIT_MAX}"),
                    format!("This is no number from 1 to {LIMIT_MAX}"),
                );
                arguments.wrong_value(&what, &number, None)
            })?
        }
    };
    let place = arguments.value("place").map(|key| place(arguments, &key)).transpose()?;
    Ok(Asked { text, place, at: at(arguments)?, limit })
}

/// A regional key that an argument names.
pub(super) fn place(arguments: &Arguments, key: &str) -> Result<AreaKey, ExitCode> {
    let lang = arguments.lang;
    AreaKey::parse(key.trim()).map_err(|error| {
        let what = match error {
            AreaKeyError::Length(_) => lang.pick(
                "Ein Regionalschlüssel hat 2 bis 12 Ziffern",
                "A regional key has 2 to 12 digits",
            ),
            AreaKeyError::NoDigit(_) => lang.pick(
                "Ein Regionalschlüssel besteht nur aus Ziffern",
                "A regional key has digits only",
            ),
        };
        arguments.wrong_value(what, key, None)
    })
}

/// The moment that `--at` names, or now.
pub(super) fn at(arguments: &Arguments) -> Result<Timestamp, ExitCode> {
    let Some(text) = arguments.value("at") else { return Ok(wall_now()) };
    let zone = Zone::berlin();
    let known = moment::read(&text, &zone).map(|local| zone.timestamp(local));
    known.map_err(|_| {
        let what = arguments.lang.pick(
            "Das ist kein Zeitpunkt (erwartet: Datum und Uhrzeit wie 2014-12-24T12:05)",
            "This is no date and time (expected: something like 2014-12-24T12:05)",
        );
        arguments.wrong_value(what, &text, None)
    })
}

fn text(lang: Lang, asked: &Asked, shown: &[Shown<'_>]) -> String {
    let Some((first, rest)) = shown.split_first() else {
        return lang.pick("Nichts gefunden.\n", "Nothing was found.\n").to_owned();
    };
    let mut text = whole(lang, asked, first);
    if !rest.is_empty() {
        text.push_str(lang.pick("\nAuch möglich:\n", "\nAlso possible:\n"));
    }
    for (number, other) in rest.iter().enumerate() {
        let (title, id) =
            (visible(&other.service.title), visible(&other.service.ident.to_string()));
        text.push_str(&format!("{}. {title}  [{id}]\n", number + 2));
    }
    text
}

/// Parts of a description, in the order in which they are told.
const PARTS: [(TextCode, &str, &str); 5] = [
    (TextCode::Papers, "Mitbringen", "To bring"),
    (TextCode::Costs, "Kosten", "Costs"),
    (TextCode::Duration, "Dauer", "Takes"),
    (TextCode::Deadline, "Frist", "Deadline"),
    (TextCode::Conditions, "Voraussetzung", "Condition"),
];

fn whole(lang: Lang, asked: &Asked, shown: &Shown<'_>) -> String {
    let service = shown.service;
    let (title, id) = (visible(&service.title), visible(&service.ident.to_string()));
    let mut text = format!("1. {title}  [{id}]\n");
    match aloud(service) {
        Some(sentence) => text.push_str(&format!("   {}\n", visible(&sentence))),
        None => text.push_str(
            lang.pick("   Dazu gibt es noch keinen Text.\n", "   There is no text about it yet.\n"),
        ),
    }
    for (code, de, en) in PARTS {
        if let Some(part) = service.plain(code) {
            let lines: Vec<_> = part.lines().map(visible).collect();
            let (name, part) = (lang.pick(de, en), lines.join("\n     "));
            text.push_str(&format!("   {name}: {part}\n"));
        }
    }
    if let Some(answer) = &shown.answer {
        text.push_str(&responsible(lang, asked, answer));
    }
    text
}

/// The first sentences, to be read aloud.
fn aloud(service: &Service) -> Option<String> {
    let parts = [TextCode::Teaser, TextCode::Summary, TextCode::Full, TextCode::Procedure];
    let text = parts.into_iter().find_map(|code| service.plain(code))?;
    text.lines().next().map(str::to_owned)
}

fn responsible(lang: Lang, asked: &Asked, answer: &Answer) -> String {
    let found = match &answer.responsible {
        Ok(found) => found,
        Err(why) => return format!("   {}\n", why_none(lang, why)),
    };
    let mut text = String::new();
    for it in &found.units {
        let role = role(lang, it.role);
        match answer.units.get(&it.unit.0) {
            Some(unit) => text.push_str(&reached(lang, asked, role, unit)),
            None => text.push_str(&lang.pick(
                format!("   {role}: Diese Stelle ist nicht im Katalog.\n"),
                format!("   {role}: This unit is not in the catalogue.\n"),
            )),
        }
    }
    if !found.exceptions.is_empty() {
        let parts = areas(&found.exceptions);
        text.push_str(
            &lang.pick(format!("   Anders in: {parts}\n"), format!("   Different in: {parts}\n")),
        );
    }
    text
}

fn areas(areas: &[AreaKey]) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = areas.iter().take(SHOWN).map(ToString::to_string).collect();
    if areas.len() > SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

fn role(lang: Lang, role: Role) -> &'static str {
    match role {
        Role::ContactPoint => lang.pick("Ansprechpunkt", "Contact point"),
        Role::Responsible => lang.pick("Zuständig", "Responsible"),
        Role::Other(_) => lang.pick("Beteiligt", "Takes part"),
    }
}

fn reached(lang: Lang, asked: &Asked, role: &str, unit: &Unit) -> String {
    let mut text = format!("   {role}: {}\n", visible(&unit.name));
    if let Some(address) = &unit.address {
        text.push_str(&format!("     {}\n", visible(address)));
    }
    let channels = [
        (Channel::Telephone, lang.pick("Telefon", "Telephone")),
        (Channel::Mobile, lang.pick("Mobil", "Mobile")),
        (Channel::Email, "E-Mail"),
    ];
    for (channel, name) in channels {
        if let Some(value) = unit.channel(channel) {
            text.push_str(&format!("     {name}: {}\n", visible(value)));
        }
    }
    if let (Some(rules), Some(place)) = (&unit.hours, asked.place) {
        text.push_str(&format!("     {}\n", opening(lang, now(rules, place, asked.at), rules)));
    }
    text
}

fn opening(lang: Lang, now: Now, rules: &str) -> String {
    let moment = |at: Timestamp| Zone::berlin().format(at);
    match now {
        Now::Open(Some(until)) => {
            let until = moment(until);
            lang.pick(format!("Offen bis {until}"), format!("Open until {until}"))
        }
        Now::Open(None) => lang.pick("Offen", "Open").to_owned(),
        Now::Closed(Some(opens)) => {
            let opens = moment(opens);
            lang.pick(format!("Geschlossen, öffnet {opens}"), format!("Closed, opens {opens}"))
        }
        Now::Closed(None) => lang.pick("Geschlossen", "Closed").to_owned(),
        Now::InWords => {
            let rules = visible(rules);
            lang.pick(format!("Öffnungszeiten: {rules}"), format!("Opening hours: {rules}"))
        }
    }
}

/// Why nobody is responsible, in plain words.
pub(super) fn why_none(lang: Lang, why: &WhyNone) -> String {
    let moment = |at: &Timestamp| Zone::berlin().format(*at);
    match why {
        WhyNone::NotOfferedHere => lang
            .pick("Diese Leistung gibt es an diesem Ort nicht.", "There is no such service here.")
            .to_owned(),
        WhyNone::NothingRecorded => lang
            .pick(
                "Zu dieser Leistung ist keine Zuständigkeit eingetragen.",
                "Nobody is recorded as responsible for this service.",
            )
            .to_owned(),
        WhyNone::DependsOnPart(parts) => {
            let parts = areas(parts);
            lang.pick(
                format!("Das hängt vom genauen Ort ab. Zuständigkeiten gibt es für: {parts}"),
                format!("This depends on where exactly. There are responsibilities for: {parts}"),
            )
        }
        WhyNone::Over(until) => {
            let until = moment(until);
            lang.pick(
                format!("Die Zuständigkeit endete am {until}."),
                format!("The responsibility ended on {until}."),
            )
        }
        WhyNone::Ahead(from) => {
            let from = moment(from);
            lang.pick(
                format!("Die Zuständigkeit beginnt erst am {from}."),
                format!("The responsibility begins on {from}."),
            )
        }
        WhyNone::OtherRole => lang
            .pick(
                "Hier ist nur jemand in anderer Rolle zuständig.",
                "Only another role is filled here.",
            )
            .to_owned(),
        WhyNone::Elsewhere => lang
            .pick(
                "Zuständigkeiten gibt es nur für andere Orte.",
                "Only other places have a unit for this.",
            )
            .to_owned(),
    }
}

#[derive(Serialize)]
struct Printed<'s> {
    query: &'s str,
    place: Option<String>,
    hits: Vec<PrintedHit<'s>>,
}

#[derive(Serialize)]
struct PrintedHit<'s> {
    id: &'s str,
    agency: &'s str,
    title: &'s str,
    score: f32,
    text: Option<String>,
    papers: Option<String>,
    costs: Option<String>,
    duration: Option<String>,
    units: Vec<PrintedUnit<'s>>,
    why_none: Option<String>,
}

#[derive(Serialize)]
struct PrintedUnit<'s> {
    id: &'s str,
    name: &'s str,
    role: &'static str,
    area: String,
    address: Option<&'s str>,
    telephone: Option<&'s str>,
    email: Option<&'s str>,
    hours: Option<&'s str>,
    open: Option<bool>,
}

fn json(asked: &Asked, shown: &[Shown<'_>]) -> String {
    let printed = Printed {
        query: &asked.text,
        place: asked.place.map(|place| place.to_string()),
        hits: shown.iter().map(|shown| printed_hit(asked, shown)).collect(),
    };
    let text = serde_json::to_string_pretty(&printed).expect("texts and numbers are JSON");
    format!("{text}\n")
}

fn printed_hit<'s>(asked: &Asked, shown: &'s Shown<'s>) -> PrintedHit<'s> {
    let service = shown.service;
    let responsible = shown.answer.as_ref().map(|answer| (&answer.responsible, answer));
    let (units, why) = match responsible {
        None => (Vec::new(), None),
        Some((Err(why), _)) => (Vec::new(), Some(why_none(Lang::De, why))),
        Some((Ok(found), answer)) => {
            let unit = |it: &knowledge::Match| {
                let unit = answer.units.get(&it.unit.0)?;
                Some(printed_unit(asked, unit, it))
            };
            (found.units.iter().filter_map(unit).collect(), None)
        }
    };
    PrintedHit {
        id: &service.ident.id,
        agency: &service.ident.agency,
        title: &service.title,
        score: shown.score,
        text: aloud(service),
        papers: service.plain(TextCode::Papers),
        costs: service.plain(TextCode::Costs),
        duration: service.plain(TextCode::Duration),
        units,
        why_none: why,
    }
}

fn printed_unit<'s>(asked: &Asked, unit: &'s Unit, it: &knowledge::Match) -> PrintedUnit<'s> {
    let place = asked.place.unwrap_or(AreaKey::GERMANY);
    let open = unit.hours.as_deref().map(|rules| now(rules, place, asked.at));
    PrintedUnit {
        id: &unit.ident.id,
        name: &unit.name,
        role: role(Lang::De, it.role),
        area: it.area.to_string(),
        address: unit.address.as_deref(),
        telephone: unit.channel(Channel::Telephone),
        email: unit.channel(Channel::Email),
        hours: unit.hours.as_deref(),
        open: open.and_then(|now| match now {
            Now::Open(_) => Some(true),
            Now::Closed(_) => Some(false),
            Now::InWords => None,
        }),
    }
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
