// SPDX-License-Identifier: EUPL-1.2
//! Partners, switchboards, crisis plans, and the ways of each line that lead to them.

use super::lines::announcement;
use super::people::short;
use crate::config::number::Numbers;
use crate::config::problem::{Opening, PlanProblem, Problem, WayProblem};
use crate::config::reader::{At, DurationRule, Fields, Reader, start};
use crate::config::schema::{Kind, Table};
use crate::config::ways::{
    Callback, First, InForce, LocalFirst, Overflow, Partner, PartnerRehearsal, Plan, Reach,
    STAGES_OF_LINE_MAX, Stage, Switchboard, SwitchboardRehearsal, Ways,
};
use hours::{LocalDate, YEARS, parse_date};
use stdx::limits::{
    ACT_MAX, CALLBACK_ATTEMPTS_MAX, CONTACTS_MAX, PARTNER_PAUSE_MIN, RULE_DURATION_MAX,
};
use stdx::{AgentId, LineId, Micros, PartnerId, PlanId, SwitchboardId, TeamId};
use toml::de::{DeTable, DeValue};

/// Telephones of one switchboard.
const TELEPHONES_MAX: i64 = 100;

/// The longest that a call-back rings: a talk is asked for a sign of life after 15 minutes.
const CALLBACK_RING_MAX: Micros = Micros::from_mins(5);

fn between(min: Micros, max: Micros, default: Option<Micros>) -> DurationRule {
    DurationRule { min, max, default }
}

fn up_to_a_day(default: Option<Micros>) -> DurationRule {
    between(Micros::ZERO, RULE_DURATION_MAX, default)
}

/// A duration that may be missing.
fn some_duration(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    key: &'static str,
    rule: DurationRule,
) -> Option<Micros> {
    fields.get(key).map(|_| reader.duration(fields, key, rule))
}

fn some_reference(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    key: &'static str,
    kind: Kind,
) -> Option<usize> {
    fields.get(key).map(|_| reader.reference(fields, key, kind))
}

/// `from` and `until`: days on which the entry holds, both included.
pub(super) fn in_force(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> InForce {
    let from = day(reader, fields, "from");
    let until = day(reader, fields, "until");
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        reader.note_opening(fields.place("until"), Opening::DaysReversed);
    }
    InForce { from, until }
}

fn day(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, key: &'static str) -> Option<LocalDate> {
    let value = fields.get(key)?;
    let text = reader.string(key, value)?;
    match parse_date(text) {
        Ok(day) if YEARS.contains(&day.year()) => Some(day),
        Ok(_) | Err(_) => {
            reader.note_opening(start(value), Opening::BadDay { given: text.to_owned() });
            None
        }
    }
}

pub(super) fn partners(reader: &mut Reader<'_>, tables: &[Fields<'_, '_>]) -> Vec<Partner> {
    let mut partners = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let ring = between(Micros::from_secs(1), Micros::from_mins(5), Some(Micros::from_secs(20)));
        let pause = between(PARTNER_PAUSE_MIN, RULE_DURATION_MAX, Some(Micros::from_secs(30)));
        partners.push(Partner {
            id: reader.id_of(Kind::Partner, index),
            name: reader.name(fields),
            hours: reader.reference(fields, "hours", Kind::Hours),
            capacity: reader.whole(fields, "capacity", 1..=CONTACTS_MAX as i64, None) as u32,
            ring: reader.duration(fields, "ring", ring),
            pause: reader.duration(fields, "pause", pause),
            number: called(reader, fields),
            trunk: some_reference(reader, fields, "trunk", Kind::Trunk),
            rehearsal: partner_rehearsal(reader, fields),
        });
    }
    partners
}

/// The number by which somebody outside is called.
fn called(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<Numbers> {
    let number = one_number(reader, fields, "number")?;
    if fields.get("trunk").is_none() {
        reader.note(fields.place("number"), Problem::Way(WayProblem::NumberWithoutTrunk));
    }
    Some(number)
}

/// A number, and no block of them.
pub(super) fn one_number(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    key: &'static str,
) -> Option<Numbers> {
    let value = fields.get(key)?;
    let at = start(value);
    let text = reader.string(key, value)?;
    let number = reader.numbers(At { at, value: text })?.value;
    if number.count() > 1 {
        reader.note(at, Problem::Way(WayProblem::NumberIsBlock));
        return None;
    }
    Some(number)
}

fn partner_rehearsal(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> PartnerRehearsal {
    let empty = DeTable::new();
    let fields = reader
        .table(fields, "rehearsal", Table::PartnerRehearsal)
        .unwrap_or_else(|| reader.open(fields.at, &empty, Table::PartnerRehearsal));
    PartnerRehearsal {
        answers_in: reader.duration(&fields, "answers_in", at_least_a_second(8)),
        refuses: reader.fraction(&fields, "refuses", 0.0..=1.0, Some(0.05)),
        silent: reader.fraction(&fields, "silent", 0.0..=1.0, Some(0.01)),
    }
}

fn at_least_a_second(default: u64) -> DurationRule {
    between(Micros::from_secs(1), RULE_DURATION_MAX, Some(Micros::from_secs(default)))
}

pub(super) fn switchboards(reader: &mut Reader<'_>, tables: &[Fields<'_, '_>]) -> Vec<Switchboard> {
    let mut switchboards = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        switchboards.push(Switchboard {
            id: reader.id_of(Kind::Switchboard, index),
            name: reader.name(fields),
            hours: reader.reference(fields, "hours", Kind::Hours),
            number: called(reader, fields),
            trunk: some_reference(reader, fields, "trunk", Kind::Trunk),
            rehearsal: switchboard_rehearsal(reader, fields),
        });
    }
    switchboards
}

fn switchboard_rehearsal(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> SwitchboardRehearsal {
    let empty = DeTable::new();
    let fields = reader
        .table(fields, "rehearsal", Table::SwitchboardRehearsal)
        .unwrap_or_else(|| reader.open(fields.at, &empty, Table::SwitchboardRehearsal));
    SwitchboardRehearsal {
        telephones: reader.whole(&fields, "telephones", 0..=TELEPHONES_MAX, Some(1)) as u32,
        answers_in: reader.duration(&fields, "answers_in", at_least_a_second(6)),
        silent: reader.fraction(&fields, "silent", 0.0..=1.0, Some(0.05)),
        comes_back: reader.fraction(&fields, "comes_back", 0.0..=1.0, Some(0.0)),
        talk: reader.duration(&fields, "talk", at_least_a_second(60)),
    }
}

pub(super) fn plans(reader: &mut Reader<'_>, tables: &[Fields<'_, '_>]) -> Vec<Plan> {
    let mut plans = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let lasts = between(Micros::from_mins(1), ACT_MAX, None);
        let length = 1..=CONTACTS_MAX as i64;
        let length_max = fields
            .get("length_max")
            .map(|_| short(reader.whole(fields, "length_max", length, None) as usize));
        let waiting = between(Micros::from_secs(1), RULE_DURATION_MAX, None);
        let lines = reader.references(fields, "lines", Kind::Line);
        let helpers = reader.optional_references(fields, "helpers", Kind::Agent);
        plans.push(Plan {
            id: reader.id_of(Kind::Plan, index),
            name: reader.name(fields),
            lines: lines.into_iter().map(|line| LineId(short(line.value))).collect(),
            announcement: announcement(reader, fields, "announcement"),
            information: announcement(reader, fields, "information"),
            length_max,
            waiting_max: some_duration(reader, fields, "waiting_max", waiting),
            helpers: helpers.into_iter().map(|agent| AgentId(short(agent.value))).collect(),
            lasts: reader.duration(fields, "lasts", lasts),
        });
    }
    plans
}

/// The keys of a line that lead somewhere: without a queue there is nobody to lead.
pub(super) const KEYS: [&str; 11] = [
    "stages",
    "local_first",
    "overflow",
    "callback",
    "tells_wait",
    "tells_position",
    "tells_every",
    "tells_opening",
    "town_hall_hours",
    "received_from",
    "only_in",
];

/// The ways of one line.
pub(super) fn ways(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Ways {
    let partner = some_reference(reader, fields, "received_from", Kind::Partner);
    let plan = some_reference(reader, fields, "only_in", Kind::Plan);
    let ways = Ways {
        stages: stages(reader, fields),
        local_first: local_first(reader, fields),
        overflow: overflow(reader, fields),
        callback: callback(reader, fields),
        tells_wait: reader.flag(fields, "tells_wait"),
        tells_position: reader.flag(fields, "tells_position"),
        tells_every: some_duration(reader, fields, "tells_every", between_messages()),
        tells_opening: reader.flag(fields, "tells_opening"),
        town_hall_hours: some_reference(reader, fields, "town_hall_hours", Kind::Hours),
        received_from: partner.map(|partner| PartnerId(short(partner))),
        only_in: plan.map(|plan| PlanId(short(plan))),
    };
    if ways.received_from.is_some() && ways.overflow.is_some() {
        reader.note(fields.place("overflow"), Problem::Plan(PlanProblem::PassedOn));
    }
    if ways.tells_every.is_some() && !ways.tells_wait && !ways.tells_position {
        reader.note(fields.place("tells_every"), Problem::Plan(PlanProblem::NothingToRepeat));
    }
    ways
}

/// More often is a nuisance, more seldom nobody hears it.
fn between_messages() -> DurationRule {
    between(Micros::from_secs(10), Micros::from_mins(30), None)
}

fn stages(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Vec<Stage> {
    if fields.get("stages").is_none() {
        return Vec::new();
    }
    let tables = reader.tables(fields, "stages", Table::Stage, STAGES_OF_LINE_MAX);
    let mut stages: Vec<Stage> = Vec::new();
    for fields in &tables {
        let noted = reader.report.found().len();
        let after = reader.duration(fields, "after", up_to_a_day(Some(Micros::ZERO)));
        let is_good = reader.report.found().len() == noted;
        let teams = reader.optional_references(fields, "teams", Kind::Team);
        let is_next = match stages.last() {
            None => after == Micros::ZERO,
            Some(before) => before.after < after,
        };
        if !is_next && is_good {
            let first = stages.is_empty();
            let problem = PlanProblem::StageOrder { first };
            reader.note(fields.place("after"), Problem::Plan(problem));
        }
        let teams = teams.into_iter().map(|team| TeamId(short(team.value))).collect();
        stages.push(Stage { after, teams });
    }
    stages
}

fn local_first(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<LocalFirst> {
    let fields = reader.table(fields, "local_first", Table::LocalFirst)?;
    let ring = between(Micros::from_secs(1), Micros::from_mins(5), None);
    let switchboard = reader.reference(&fields, "switchboard", Kind::Switchboard);
    Some(LocalFirst {
        switchboard: SwitchboardId(short(switchboard)),
        ring: reader.duration(&fields, "ring", ring),
    })
}

fn overflow(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<Overflow> {
    let fields = reader.table(fields, "overflow", Table::Overflow)?;
    let partner = reader.reference(&fields, "partner", Kind::Partner);
    let reach = fields.get("reach").and_then(|_| reader.word(&fields, "reach", &Reach::WORDS));
    let reach = reach.and_then(|index| Reach::ALL.get(index)).copied();
    let overflow = Overflow {
        partner: PartnerId(short(partner)),
        reach: reach.unwrap_or(Reach::SecondLeg),
        waited: some_duration(reader, &fields, "waited", up_to_a_day(None)),
        predicted: some_duration(reader, &fields, "predicted", up_to_a_day(None)),
        hours: some_reference(reader, &fields, "hours", Kind::Hours),
        nobody_signed_on: reader.flag(&fields, "nobody_signed_on"),
        closed: reader.flag(&fields, "closed"),
        no_channel: reader.flag(&fields, "no_channel"),
    };
    let causes = ["waited", "predicted", "hours", "nobody_signed_on", "closed", "no_channel"];
    let says = |key: &&'static str| match fields.get(key).map(|value| value.get_ref()) {
        Some(DeValue::Boolean(yes)) => *yes,
        Some(_) => true,
        // With a slip in it, it is said already.
        None => fields.mistypes(key),
    };
    if !causes.iter().any(says) {
        reader.note(fields.at, Problem::Plan(PlanProblem::OverflowNever));
    }
    if overflow.no_channel && overflow.reach == Reach::SecondLeg {
        let problem = PlanProblem::ChannelForSecondLeg;
        reader.note(fields.place("no_channel"), Problem::Plan(problem));
    }
    Some(overflow)
}

fn callback(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<Callback> {
    let fields = reader.table(fields, "callback", Table::Callback)?;
    let attempts = 1..=i64::from(CALLBACK_ATTEMPTS_MAX);
    let retry = between(Micros::from_secs(1), RULE_DURATION_MAX, Some(Micros::from_mins(10)));
    let expires = between(Micros::from_mins(1), RULE_DURATION_MAX, Some(Micros::from_mins(180)));
    let ring = between(Micros::from_secs(5), CALLBACK_RING_MAX, Some(Micros::from_secs(30)));
    Some(Callback {
        attempts: reader.whole(&fields, "attempts", attempts, Some(3)) as u8,
        retry_after: reader.duration(&fields, "retry_after", retry),
        expires_after: reader.duration(&fields, "expires_after", expires),
        ring: reader.duration(&fields, "ring", ring),
        offer_after: some_duration(reader, &fields, "offer_after", between_messages()),
        first: first(reader, &fields),
    })
}

/// Whose telephone rings first; the agent's, if the file does not say.
fn first(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> First {
    let index = fields.get("first").and_then(|_| reader.word(fields, "first", &First::WORDS));
    index.and_then(|index| First::ALL.get(index)).copied().unwrap_or(First::Agent)
}
