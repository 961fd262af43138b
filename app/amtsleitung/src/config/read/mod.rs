// SPDX-License-Identifier: EUPL-1.2
//! Reads the tree, table by table, in an order in which everything is known before it is referred to.

mod account;
mod bench;
mod cases;
mod coverage;
mod fit;
mod lines;
mod mail;
mod openid;
mod opening;
mod people;
mod places;
mod retention;
mod telephony;
mod tls;
mod ways;
mod web;

use super::Order;
use super::county::{Centre, Client, County, Definition, PHONES_MAX, Place, Rehearsal, TRUNKS_MAX};
use super::emergency::{self, AreaCodes, Look};
use super::near::nearest;
use super::problem::{Emergency, Problem, ValueProblem};
use super::reader::{DurationRule, Fields, Reader, start};
use super::schema::{Kind, Table};
use super::ways::{PARTNERS_IN_FILE_MAX, PLANS_IN_FILE_MAX, SWITCHBOARDS_IN_FILE_MAX};
use hours::{LocalDates, State};
use opening::Calendar;
use std::collections::BTreeMap;
use stdx::Micros;
use stdx::limits::{AGENTS_MAX, LINES_MAX, QUEUES_MAX, RULE_DURATION_MAX, SKILLS_MAX, TEAMS_MAX};
use toml::de::{DeTable, DeValue};

/// Opening hours: one for each line.
const HOURS_MAX: usize = LINES_MAX;

/// Clients and sites: never more than lines.
const CLIENTS_MAX: usize = LINES_MAX;

/// Places: all municipalities of a large county, ten times over.
const PLACES_MAX: usize = 2_000;

/// Targets: each definition for each line.
const TARGETS_MAX: usize = Definition::ALL.len() * LINES_MAX;

/// The codes of the Länder, for "did you mean".
const STATE_CODES: [&str; 16] = [
    "BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH",
];

/// The tables of every list that has ids.
type Lists<'a, 'i> = BTreeMap<Kind, Vec<Fields<'a, 'i>>>;

/// Reads everything. The county is only good if nothing was noted that is an error.
pub(super) fn read<'i>(reader: &mut Reader<'_>, tree: &DeTable<'i>, order: &Order) -> Option<Read> {
    let root = reader.open(0, tree, Table::Root);
    read_format(reader, &root);
    let lists = collect(reader, &root, order);
    let list = |kind: Kind| lists.get(&kind).map_or(&[][..], Vec::as_slice);
    let mut codes = AreaCodes::default();
    let places = places::places(reader, &root, PLACES_MAX, &mut codes);
    telephony::learn_area_codes(list(Kind::Trunk), &mut codes);
    look_for_emergency_numbers(reader, tree, &codes);
    let centre = read_centre(reader, &root);
    let hours = opening::hours(reader, list(Kind::Hours));
    let closures = opening::closures(reader, &root, &places);
    let clients = clients(reader, list(Kind::Client), &places);
    let sites = places::sites(reader, list(Kind::Site));
    let skills = people::skills(reader, list(Kind::Skill));
    let teams = people::teams(reader, list(Kind::Team));
    let agents = people::agents(reader, list(Kind::Agent));
    let queues = lines::queues(reader, list(Kind::Queue));
    let (telephony, mut known) = telephony::telephony(reader, &root);
    let trunks = telephony::trunks(reader, list(Kind::Trunk), &codes, &mut known);
    let phones = telephony::phones(reader, list(Kind::Phone), &codes, &known);
    let web = web::web(reader, &root);
    web::check_browsers(reader, &root, list(Kind::Phone), &phones, telephony.as_ref());
    let bench = bench::bench(reader, &root, &known);
    let partners = ways::partners(reader, list(Kind::Partner));
    let switchboards = ways::switchboards(reader, list(Kind::Switchboard));
    let plans = ways::plans(reader, list(Kind::Plan));
    let lines = lines::lines(reader, list(Kind::Line), (&agents, &bench), &codes);
    let targets = lines::targets(reader, &root, TARGETS_MAX);
    let rehearsal = read_rehearsal(reader, &root);
    let retention = retention::retention(reader, &root);
    let cases = cases::cases(reader, &root);
    let mail = mail::mail(reader, &root);
    people::check_teams(reader, (&agents, &bench));
    people::check_skills(reader, (&agents, &bench), &lines);
    telephony::check_use(reader, &root, list(Kind::Phone), (&trunks, &phones));
    lines::check_queues(reader, &lines);
    lines::check_waiting(reader, (list(Kind::Line), list(Kind::Queue)), &lines, &queues);
    // Without a Land the hours are still looked at, with the holidays of the example's.
    let land = centre.as_ref().map_or(State::LowerSaxony, |centre| centre.holidays);
    let calendar = Calendar::new(land, &closures)?;
    opening::check_hours(reader, list(Kind::Hours), &hours, &closures, &calendar);
    let shifts = opening::check_shifts(reader, list(Kind::Agent), &agents, &calendar);
    let county = County {
        centre: centre?,
        hours: hours.into_iter().collect::<Option<_>>()?,
        closures: closures.into_iter().map(|(_, closure)| closure).collect(),
        clients,
        places,
        sites,
        skills,
        teams,
        agents: agents.into_iter().collect::<Option<_>>()?,
        queues,
        lines: lines.into_iter().collect::<Option<_>>()?,
        targets,
        rehearsal,
        telephony,
        web,
        trunks,
        phones,
        bench: bench.bench,
        partners,
        switchboards,
        plans,
        retention,
        cases,
        mail,
    };
    if !reader.report.has_errors() {
        coverage::check(reader, &county, &shifts, &calendar);
        fit::check(reader, &lists, &county, &calendar);
        account::check_shown(reader, list(Kind::Trunk), &county.trunks, &county.lines);
    }
    Some(Read { county, checked: calendar.dates })
}

/// What a file without errors gives.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) county: County,
    /// The years for which hours were expanded.
    pub(super) checked: LocalDates,
}

fn collect<'a, 'i>(reader: &mut Reader<'_>, root: &Fields<'a, 'i>, order: &Order) -> Lists<'a, 'i> {
    let mut lists = Lists::new();
    for kind in Kind::ALL {
        let (key, max) = match kind {
            Kind::Hours => ("hours", HOURS_MAX),
            Kind::Client => ("client", CLIENTS_MAX),
            Kind::Site => ("site", CLIENTS_MAX),
            Kind::Skill => ("skill", SKILLS_MAX),
            Kind::Team => ("team", TEAMS_MAX),
            Kind::Agent => ("agent", AGENTS_MAX),
            Kind::Queue => ("queue", QUEUES_MAX),
            Kind::Line => ("line", LINES_MAX),
            Kind::Trunk => ("trunk", TRUNKS_MAX),
            Kind::Phone => ("phone", PHONES_MAX),
            Kind::Partner => ("partner", PARTNERS_IN_FILE_MAX),
            Kind::Switchboard => ("switchboard", SWITCHBOARDS_IN_FILE_MAX),
            Kind::Plan => ("plan", PLANS_IN_FILE_MAX),
        };
        let mut tables = reader.tables(root, key, kind.table(), max);
        if let Some(known) = order.get(key) {
            sort(&mut tables, known);
        }
        reader.collect_ids(kind, &tables);
        lists.insert(kind, tables);
    }
    if lists.get(&Kind::Line).is_some_and(Vec::is_empty) && root.get("line").is_none() {
        reader.required(root, "line");
    }
    lists
}

/// Known entries at their positions, the others behind them as they stand in the file.
fn sort(tables: &mut [Fields<'_, '_>], known: &[String]) {
    let index: BTreeMap<&str, usize> =
        known.iter().enumerate().map(|(index, id)| (id.as_str(), index)).collect();
    let position = |fields: &Fields<'_, '_>| match fields.get("id").map(|id| id.get_ref()) {
        Some(DeValue::String(id)) => index.get(id.as_ref()).copied(),
        Some(_) | None => None,
    };
    tables.sort_by_key(|fields| position(fields).unwrap_or(known.len()));
}

fn read_format(reader: &mut Reader<'_>, root: &Fields<'_, '_>) {
    let before = reader.report.found().len();
    let format = reader.whole(root, "format", i64::MIN..=i64::MAX, None);
    if format != 1 && reader.report.found().len() == before {
        reader.note(root.place("format"), Problem::Value(ValueProblem::OtherFormat(format)));
    }
}

fn read_centre(reader: &mut Reader<'_>, root: &Fields<'_, '_>) -> Option<Centre> {
    reader.required(root, "centre")?;
    let fields = reader.table(root, "centre", Table::Centre)?;
    let pause = |default| DurationRule {
        min: Micros::ZERO,
        max: RULE_DURATION_MAX,
        default: Some(default),
    };
    let id = reader.id(&fields).map(|id| id.value);
    let name = reader.name(&fields);
    reader.word(&fields, "time_zone", &["Europe/Berlin"]);
    let holidays = reader.word(&fields, "holidays", &STATE_CODES);
    let head_start = reader.duration(&fields, "head_start", pause(Micros::from_secs(15)));
    let no_answer_pause = reader.duration(&fields, "no_answer_pause", pause(Micros::from_mins(3)));
    let decline_pause = reader.duration(&fields, "decline_pause", pause(Micros::from_secs(30)));
    let place_kept = reader.duration(&fields, "place_kept", pause(Micros::from_secs(60)));
    let holidays = holidays.and_then(|index| STATE_CODES.get(index))?;
    Some(Centre {
        id: id?,
        name,
        holidays: State::parse(holidays).ok()?,
        head_start,
        no_answer_pause,
        decline_pause,
        place_kept,
    })
}

fn clients(reader: &mut Reader<'_>, tables: &[Fields<'_, '_>], places: &[Place]) -> Vec<Client> {
    let mut clients = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let name = reader.name(fields);
        let place = places::named(reader, fields, places);
        clients.push(Client { id: reader.id_of(Kind::Client, index), name, place });
    }
    clients
}

fn read_rehearsal(reader: &mut Reader<'_>, root: &Fields<'_, '_>) -> Rehearsal {
    let empty = DeTable::new();
    let fields = reader
        .table(root, "rehearsal", Table::Rehearsal)
        .unwrap_or_else(|| reader.open(0, &empty, Table::Rehearsal));
    let length = |default| DurationRule {
        min: Micros::from_secs(1),
        max: RULE_DURATION_MAX,
        default: Some(Micros::from_secs(default)),
    };
    Rehearsal {
        talk_spread: reader.fraction(&fields, "talk_spread", 0.0..=3.0, Some(0.8)),
        patience: reader.duration(&fields, "patience", length(150)),
        redial: reader.fraction(&fields, "redial", 0.0..=1.0, Some(0.5)),
        pick_up: reader.duration(&fields, "pick_up", length(4)),
        no_answer: reader.fraction(&fields, "no_answer", 0.0..=1.0, Some(0.01)),
        decline: reader.fraction(&fields, "decline", 0.0..=1.0, Some(0.003)),
        call_back: reader.fraction(&fields, "call_back", 0.0..=1.0, Some(0.2)),
        reached: reader.fraction(&fields, "reached", 0.0..=1.0, Some(0.8)),
        asks_information: reader.fraction(&fields, "asks_information", 0.0..=1.0, Some(0.3)),
        first_contact: fields
            .get("first_contact")
            .map(|_| reader.fraction(&fields, "first_contact", 0.0..=1.0, None)),
    }
}

/// The emergency numbers may stand in a site's route and in the sentence that says it has none, and
/// nowhere else: also not in fields that nobody reads.
fn look_for_emergency_numbers(reader: &mut Reader<'_>, tree: &DeTable<'_>, codes: &AreaCodes) {
    let mut path = Vec::new();
    for (key, value) in tree {
        path.push(key.get_ref().to_string());
        look_into(reader, &mut path, value, codes);
        path.pop();
    }
}

fn look_into(
    reader: &mut Reader<'_>,
    path: &mut Vec<String>,
    value: &super::reader::Value<'_>,
    codes: &AreaCodes,
) {
    match value.get_ref() {
        DeValue::String(text) => look_at(reader, path, start(value), text, codes),
        DeValue::Integer(integer) if path.last().is_some_and(|key| is_numberlike(key)) => {
            look_at(reader, path, start(value), &integer.to_string(), codes);
        }
        DeValue::Array(entries) => {
            for entry in entries.iter() {
                look_into(reader, path, entry, codes);
            }
        }
        DeValue::Table(table) => {
            for (key, value) in table {
                path.push(key.get_ref().to_string());
                look_into(reader, path, value, codes);
                path.pop();
            }
        }
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

fn look_at(reader: &mut Reader<'_>, path: &[String], at: usize, text: &str, codes: &AreaCodes) {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let look = match names.as_slice() {
        ["site", key, ..] if is_route(key) => return,
        ["line", "numbers"] => Look::Number,
        ["hours", "open"] | ["agent", "shift"] => Look::Rules,
        [.., key] if is_key(key) => Look::Key,
        [.., key] if is_numberlike(key) => Look::Number,
        _ => Look::Text,
    };
    if let Some(number) = emergency::find(text, look, codes) {
        let problem = Emergency::Mentioned { number, value: text.to_owned() };
        reader.note(at, Problem::Emergency(problem));
    }
}

/// A site's way for emergency calls, or what was meant to be it: an unknown key is said already.
fn is_route(key: &str) -> bool {
    let known = Table::Site.keys().iter().copied();
    matches!(nearest(key, known), Some("emergency_route" | "no_emergency_route"))
}

/// Fields that hold no text and no number, but something of which every form is checked.
fn is_key(key: &str) -> bool {
    let keys = [
        "id",
        "client",
        "hours",
        "queue",
        "team",
        "site",
        "preferred",
        "lines",
        "definition",
        "kind",
        "ars",
        "postcodes",
        "time_zone",
        "holidays",
        "head_start",
        "no_answer_pause",
        "decline_pause",
        "place_kept",
        "from",
        "until",
        "ring",
        "waiting_max",
        "wrap_up",
        "short_abandon",
        "length",
        "talk",
        "within",
        "patience",
        "pick_up",
        "domain",
        "listen",
        "media_ports",
        "media_addresses",
        "digest",
        "peers",
        "country_code",
        "area_code",
        "probe",
        "outbound",
        "extensions",
        "caller_id",
        "agent",
        "at",
        "phones_at",
        "partner",
        "reach",
        "waited",
        "predicted",
        "switchboard",
        "teams",
        "after",
        "helpers",
        "lasts",
        "pause",
        "trunk",
        "answers_in",
        "retry_after",
        "expires_after",
        "received_from",
        "only_in",
    ];
    keys.contains(&key)
}

/// Fields in which a whole number is a telephone number that lost its quotes.
fn is_numberlike(key: &str) -> bool {
    matches!(
        key,
        "number"
            | "numbers"
            | "caller_id"
            | "outbound"
            | "extensions"
            | "area_codes"
            | "area_code"
            | "stem"
            | "postcodes"
            | "ars"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_holiday_tables() {
        for code in STATE_CODES {
            assert_eq!(State::parse(code).unwrap().code(), code);
        }
        assert_eq!(STATE_CODES.len(), State::ALL.len());
    }
}
