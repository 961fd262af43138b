// SPDX-License-Identifier: EUPL-1.2
//! `search`: what an agent would be shown for these words and this place.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::place::{area, county_of, known_places};
use super::simulate::{Format, format};
use crate::clock::wall_now;
use crate::config::moment;
use crate::config::problem::visible;
use crate::shelf::answer::Services;
use crate::shelf::places::closures;
use crate::shelf::told::told;
use crate::shelf::{open_there, unreadable};
use crate::{Lang, output};
use catalogue::search::Query;
use catalogue::xzufi::Ident;
use hours::Zone;
use knowledge::{AreaKey, Opening, Part, Reached, Role, Told, ToldUnit, Who, WhyNone};
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
    help_de: "  TEXT              was gesucht wird, in den Worten der anrufenden Person\n  --data ORDNER     der Datenordner mit dem Katalog\n  --place GEBIET    wo sie wohnt: Regionalschlüssel aus 2 bis 12 Ziffern, etwa 033530026026, oder Name, Postleitzahl\n                    oder Gemeindeschlüssel\n  --at ZEITPUNKT    wann (sonst jetzt), etwa 2014-12-24T12:05\n  --limit ZAHL      wie viele Leistungen (sonst 5)\n  --format FORM     text oder json; docs/operation.md erklärt die Schlüssel\n",
    help_en: "  TEXT              what is looked for, in the caller's words\n  --data FOLDER     the data folder with the catalogue\n  --place AREA      where the caller lives: a regional key of 2 to 12 digits, 033530026026 for example, or a name, a\n                    postcode or the digits of a municipality\n  --at MOMENT       when (otherwise now), 2014-12-24T12:05 for example\n  --limit NUMBER    how many services (otherwise 5)\n  --format FORM     text or json; docs/operation.md explains the keys\n",
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
struct Shown {
    told: Told,
    score: f32,
}

fn found(arguments: &Arguments) -> Result<String, ExitCode> {
    let lang = arguments.lang;
    let (mut asked, format) = (asked(arguments)?, format(arguments)?);
    let data = PathBuf::from(arguments.required("data")?);
    let mut catalogue = open_there(&data, lang).map_err(|why| fail(&why))?;
    let county = county_of(arguments, &data)?;
    if let Some(place) = arguments.value("place") {
        let known = known_places(arguments, county.as_ref(), &mut catalogue)?;
        asked.place = Some(area(arguments, &known, &place)?);
    }
    let closures = county.as_ref().map(closures).unwrap_or_default();
    let services = Services::read(&mut catalogue, lang).map_err(|why| fail(&why))?;
    let query = Query { text: &asked.text, is_typing: false, place: asked.place };
    let mut shown = Vec::new();
    for (service, hit) in services.search(&query, asked.limit) {
        let told = told(&mut catalogue, service, asked.place, (asked.at, &closures));
        let told = told.map_err(|error| fail(&unreadable(lang, &error)))?;
        shown.push(Shown { told, score: hit.score });
    }
    Ok(match format {
        Format::Text => text(lang, &shown),
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
    Ok(Asked { text, place: None, at: at(arguments)?, limit })
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

fn text(lang: Lang, shown: &[Shown]) -> String {
    let Some((first, rest)) = shown.split_first() else {
        return lang.pick("Nichts gefunden.\n", "Nothing was found.\n").to_owned();
    };
    let mut text = whole(lang, &first.told);
    if !rest.is_empty() {
        text.push_str(lang.pick("\nAuch möglich:\n", "\nAlso possible:\n"));
    }
    for (number, Shown { told, .. }) in rest.iter().enumerate() {
        let (title, id) = (visible(&told.title), visible(&ident(told)));
        text.push_str(&format!("{}. {title}  [{id}]\n", number + 2));
    }
    text
}

fn ident(told: &Told) -> String {
    Ident { agency: told.agency.clone(), id: told.id.clone() }.to_string()
}

fn name(lang: Lang, part: Part) -> &'static str {
    match part {
        Part::Papers => lang.pick("Mitbringen", "To bring"),
        Part::Costs => lang.pick("Kosten", "Costs"),
        Part::Duration => lang.pick("Dauer", "Takes"),
        Part::Deadline => lang.pick("Frist", "Deadline"),
        Part::Conditions => lang.pick("Voraussetzung", "Condition"),
    }
}

fn whole(lang: Lang, told: &Told) -> String {
    let mut text = format!("1. {}  [{}]\n", visible(&told.title), visible(&ident(told)));
    match &told.text {
        Some(sentence) => text.push_str(&format!("   {}\n", visible(sentence))),
        None => text.push_str(
            lang.pick("   Dazu gibt es noch keinen Text.\n", "   There is no text about it yet.\n"),
        ),
    }
    for (part, said) in &told.parts {
        let lines: Vec<_> = said.lines().map(visible).collect();
        text.push_str(&format!("   {}: {}\n", name(lang, *part), lines.join("\n     ")));
    }
    match &told.who {
        None => {}
        Some(Ok(who)) => text.push_str(&responsible(lang, who)),
        Some(Err(why)) => text.push_str(&format!("   {}\n", why_none(lang, why))),
    }
    text
}

fn responsible(lang: Lang, who: &Who) -> String {
    let mut text = String::new();
    for it in &who.units {
        let role = role(lang, it.role);
        match &it.reached {
            Some(unit) => text.push_str(&reached(lang, role, unit)),
            None => text.push_str(&lang.pick(
                format!("   {role}: Diese Stelle ist nicht im Katalog.\n"),
                format!("   {role}: This unit is not in the catalogue.\n"),
            )),
        }
    }
    if !who.exceptions.is_empty() {
        let parts = areas(&who.exceptions);
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

fn reached(lang: Lang, role: &str, unit: &Reached) -> String {
    let mut text = format!("   {role}: {}\n", visible(&unit.name));
    if let Some(address) = &unit.address {
        text.push_str(&format!("     {}\n", visible(address)));
    }
    let channels = [
        (&unit.telephone, lang.pick("Telefon", "Telephone")),
        (&unit.mobile, lang.pick("Mobil", "Mobile")),
        (&unit.email, "E-Mail"),
    ];
    for (value, name) in channels {
        if let Some(value) = value {
            text.push_str(&format!("     {name}: {}\n", visible(value)));
        }
    }
    if let (Some(rules), Some(now)) = (&unit.hours, unit.opening) {
        text.push_str(&format!("     {}\n", opening(lang, now, rules)));
    }
    text
}

fn opening(lang: Lang, now: Opening, rules: &str) -> String {
    let moment = |at: Timestamp| Zone::berlin().format(at);
    match now {
        Opening::Open(Some(until)) => {
            let until = moment(until);
            lang.pick(format!("Offen bis {until}"), format!("Open until {until}"))
        }
        Opening::Open(None) => lang.pick("Offen", "Open").to_owned(),
        Opening::Closed(Some(opens)) => {
            let opens = moment(opens);
            lang.pick(format!("Geschlossen, öffnet {opens}"), format!("Closed, opens {opens}"))
        }
        Opening::Closed(None) => lang.pick("Geschlossen", "Closed").to_owned(),
        Opening::InWords => {
            let rules = visible(rules);
            lang.pick(format!("Öffnungszeiten: {rules}"), format!("Opening hours: {rules}"))
        }
    }
}

/// Why nobody is responsible, in plain words.
pub(super) fn why_none(lang: Lang, why: &WhyNone) -> String {
    web::knowledge::why_none(lang, why, |area| area.to_string())
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
    text: Option<&'s str>,
    aloud: Option<String>,
    papers: Option<&'s str>,
    costs: Option<&'s str>,
    duration: Option<&'s str>,
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

fn json(asked: &Asked, shown: &[Shown]) -> String {
    let printed = Printed {
        query: &asked.text,
        place: asked.place.map(|place| place.to_string()),
        hits: shown.iter().map(printed_hit).collect(),
    };
    let text = serde_json::to_string_pretty(&printed).expect("texts and numbers are JSON");
    format!("{text}\n")
}

fn printed_hit(shown: &Shown) -> PrintedHit<'_> {
    let told = &shown.told;
    let who = told.who.as_ref();
    let units = who.and_then(|who| who.as_ref().ok()).into_iter().flat_map(|who| &who.units);
    let why_none = who.and_then(|who| who.as_ref().err());
    PrintedHit {
        id: &told.id,
        agency: &told.agency,
        title: &told.title,
        score: shown.score,
        text: told.text.as_deref(),
        aloud: told.aloud(),
        papers: told.part(Part::Papers),
        costs: told.part(Part::Costs),
        duration: told.part(Part::Duration),
        units: units.filter_map(printed_unit).collect(),
        why_none: why_none.map(|why| self::why_none(Lang::De, why)),
    }
}

fn printed_unit(it: &ToldUnit) -> Option<PrintedUnit<'_>> {
    let unit = it.reached.as_ref()?;
    Some(PrintedUnit {
        id: &unit.id,
        name: &unit.name,
        role: role(Lang::De, it.role),
        area: it.area.to_string(),
        address: unit.address.as_deref(),
        telephone: unit.telephone.as_deref(),
        email: unit.email.as_deref(),
        hours: unit.hours.as_deref(),
        open: unit.opening.and_then(|now| match now {
            Opening::Open(_) => Some(true),
            Opening::Closed(_) => Some(false),
            Opening::InWords => None,
        }),
    })
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
