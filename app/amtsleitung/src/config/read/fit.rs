// SPDX-License-Identifier: EUPL-1.2
//! Do the ways beside the queue fit together? Looked at when everything else is right.

use super::Lists;
use super::opening::Calendar;
use crate::config::county::{Answering, County, Line, Queue, Service};
use crate::config::duration;
use crate::config::number::Numbers;
use crate::config::problem::{Problem, WayProblem};
use crate::config::reader::{Fields, Reader, start};
use crate::config::schema::Kind;
use crate::config::ways::{InForce, Overflow, Plan, Reach, Stage};
use calendar::Interval;
use hours::LocalDates;
use std::collections::{BTreeMap, BTreeSet};
use stdx::{AgentId, LineId, Micros, TeamId};
use toml::de::DeValue;

/// Pairs of hours that do not meet in the first checked year are looked for in all others, but only so
/// many.
const SEARCHED_MAX: usize = 16;

/// Notes whatever of the ways cannot be meant.
pub(super) fn check(
    reader: &mut Reader<'_>,
    lists: &Lists<'_, '_>,
    county: &County,
    calendar: &Calendar,
) {
    let tables = |kind: Kind| lists.get(&kind).map_or(&[][..], Vec::as_slice);
    check_use(reader, county);
    check_called(reader, tables(Kind::Partner), tables(Kind::Switchboard), county);
    check_shares(reader, tables(Kind::Partner), tables(Kind::Switchboard), county);
    let mut meetings = Meetings::new(county, calendar);
    for (fields, line) in tables(Kind::Line).iter().zip(&county.lines) {
        check_days(reader, fields, line.in_force, calendar);
        check_rehearsal(reader, fields, line);
        check_second_leg(reader, fields, line, county);
        if let Some(service) = line.service() {
            check_service(reader, fields, service, county, &mut meetings);
        }
    }
    for (fields, agent) in tables(Kind::Agent).iter().zip(&county.agents) {
        check_days(reader, fields, agent.in_force, calendar);
    }
    for (index, (fields, plan)) in tables(Kind::Plan).iter().zip(&county.plans).enumerate() {
        check_plan(reader, fields, (index, plan), county);
    }
}

/// Whoever is called by one of our own numbers would be us.
fn check_called(
    reader: &mut Reader<'_>,
    partners: &[Fields<'_, '_>],
    switchboards: &[Fields<'_, '_>],
    county: &County,
) {
    let partners = partners.iter().zip(county.partners.iter().map(|it| it.number));
    let switchboards = switchboards.iter().zip(county.switchboards.iter().map(|it| it.number));
    for (fields, number) in partners.chain(switchboards) {
        let Some(number) = number else { continue };
        let is_met = |own: &Numbers| own.plan == number.plan && own.contains(number);
        let ours = county.lines.iter().find(|line| line.numbers.iter().any(is_met));
        if let Some(line) = ours {
            note(reader, fields.place("number"), WayProblem::CallsUs { line: line.id.clone() });
        }
    }
}

fn note(reader: &mut Reader<'_>, at: usize, problem: WayProblem) {
    reader.note(at, Problem::Way(problem));
}

/// Where a key of the table at `table` stands, or the table, or the entry.
fn inside(fields: &Fields<'_, '_>, table: &'static str, key: &str) -> usize {
    match fields.get(table).map(|value| value.get_ref()) {
        Some(DeValue::Table(inner)) => inner.get(key).map_or_else(|| fields.place(table), start),
        Some(_) | None => fields.place(table),
    }
}

/// Where entry `index` of the list at `list` stands, or the list.
fn entry(fields: &Fields<'_, '_>, list: &'static str, index: usize) -> usize {
    match fields.get(list).map(|value| value.get_ref()) {
        Some(DeValue::Array(entries)) => {
            entries.get(index).map_or_else(|| fields.place(list), start)
        }
        Some(_) | None => fields.place(list),
    }
}

/// A partner or switchboard that no line uses is a slip, or left over.
fn check_use(reader: &mut Reader<'_>, county: &County) {
    let ways = || county.lines.iter().filter_map(Line::service).map(|service| &service.ways);
    let partners: BTreeSet<usize> = ways()
        .flat_map(|ways| ways.overflow.map(|it| it.partner).into_iter().chain(ways.received_from))
        .map(|partner| partner.index())
        .collect();
    for (index, partner) in county.partners.iter().enumerate() {
        if !partners.contains(&index) {
            let problem = WayProblem::PartnerUnused { partner: partner.id.clone() };
            note(reader, reader.place_of(Kind::Partner, index), problem);
        }
    }
    let switchboards: BTreeSet<usize> =
        ways().filter_map(|ways| ways.local_first).map(|local| local.switchboard.index()).collect();
    for (index, switchboard) in county.switchboards.iter().enumerate() {
        if !switchboards.contains(&index) {
            let switchboard = switchboard.id.clone();
            let problem = WayProblem::SwitchboardUnused { switchboard };
            note(reader, reader.place_of(Kind::Switchboard, index), problem);
        }
    }
}

/// A century that was mistyped, or an entry that is over.
fn check_days(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    in_force: InForce,
    calendar: &Calendar,
) {
    let (first, last) = (calendar.dates.from(), calendar.dates.until());
    let begins_later = in_force.from.is_some_and(|from| last < from);
    let is_over = in_force.until.is_some_and(|until| until < first);
    if begins_later || is_over {
        let (from, until) = (first.to_string(), last.to_string());
        let at = fields.place(if begins_later { "from" } else { "until" });
        note(reader, at, WayProblem::NotInCheckedYears { from, until });
    }
}

/// Of the calls that a partner or a switchboard is offered each meets one fate.
fn check_shares(
    reader: &mut Reader<'_>,
    partners: &[Fields<'_, '_>],
    switchboards: &[Fields<'_, '_>],
    county: &County,
) {
    for (fields, it) in partners.iter().zip(&county.partners) {
        if it.rehearsal.refuses + it.rehearsal.silent > 1.0 {
            let problem = WayProblem::MoreThanAll { one: "refuses", other: "silent" };
            note(reader, inside(fields, "rehearsal", "silent"), problem);
        }
    }
    for (fields, it) in switchboards.iter().zip(&county.switchboards) {
        if it.rehearsal.silent + it.rehearsal.comes_back > 1.0 {
            let problem = WayProblem::MoreThanAll { one: "silent", other: "comes_back" };
            note(reader, inside(fields, "rehearsal", "comes_back"), problem);
        }
    }
}

/// A second leg needs a channel of its own.
fn check_second_leg(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    line: &Line,
    county: &County,
) {
    let overflow = line.service().and_then(|service| service.ways.overflow);
    let Some(overflow) = overflow.filter(|it| it.reach == Reach::SecondLeg) else { return };
    let Some(partner) = county.partners.get(overflow.partner.index()) else { return };
    let comes_over = line.rehearsal.and_then(|it| it.trunk);
    let Some(trunk) = partner.trunk.filter(|_| comes_over == partner.trunk) else { return };
    if let Some(trunk) = county.trunks.get(trunk).filter(|it| it.channels < 2) {
        let (trunk, partner) = (trunk.id.clone(), partner.id.clone());
        let problem = WayProblem::NoSecondChannel { trunk, partner };
        note(reader, inside(fields, "overflow", "reach"), problem);
    }
}

/// What is dialled and what reaches the centre differ only behind a switchboard.
fn check_rehearsal(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, line: &Line) {
    if line.rehearsal.is_some_and(|it| it.calls_per_year == 0 && it.dialled_per_year > 0) {
        note(reader, inside(fields, "rehearsal", "calls_per_year"), WayProblem::NothingArrives);
    }
    let goes_first = line.service().is_some_and(|service| service.ways.local_first.is_some());
    let Some(rehearsal) = line.rehearsal.filter(|_| !goes_first) else { return };
    let dialled = rehearsal.dialled_per_year != rehearsal.calls_per_year;
    for (key, is_there) in [("dialled_per_year", dialled), ("forwarded", rehearsal.forwarded > 0.0)]
    {
        if is_there {
            let at = inside(fields, "rehearsal", key);
            note(reader, at, WayProblem::NeedsLocalFirst { key });
        }
    }
}

fn check_service(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    service: &Service,
    county: &County,
    meetings: &mut Meetings<'_>,
) {
    let Some(queue) = county.queues.get(service.queue.index()) else { return };
    check_heard(reader, fields, service);
    check_ring(reader, fields, service, queue);
    check_stages(reader, fields, (service, queue), county);
    if let Some(overflow) = service.ways.overflow {
        check_overflow(reader, fields, (service, overflow, queue), meetings);
    }
    check_callback(reader, fields, service);
}

/// Nothing is said to callers who hear the ringing tone, and nothing can be asked of them.
fn check_heard(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, service: &Service) {
    if service.answering == Answering::AtOnce {
        return;
    }
    let ways = &service.ways;
    for (key, is_there) in [
        ("tells_wait", ways.tells_wait),
        ("tells_position", ways.tells_position),
        ("callback", ways.callback.is_some()),
    ] {
        if is_there {
            note(reader, fields.place(key), WayProblem::Unheard { key });
        }
    }
}

/// What passes before the wait begins, from call set-up on.
fn before_waiting(service: &Service) -> Micros {
    let ring = service.ways.local_first.map_or(Micros::ZERO, |local| local.ring);
    ring + service.greeting.as_ref().map_or(Micros::ZERO, |greeting| greeting.length)
}

/// The switchboard's time is part of the wait: it must leave some of the longest wait over.
fn check_ring(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, service: &Service, queue: &Queue) {
    let before = before_waiting(service);
    if service.ways.local_first.is_some() && queue.waiting_max <= before {
        let problem = WayProblem::RingOutlastsWait {
            before: duration::written(before),
            queue: queue.id.clone(),
            longest: duration::written(queue.waiting_max),
        };
        note(reader, inside(fields, "local_first", "ring"), problem);
    }
}

fn check_stages(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    (service, queue): (&Service, &Queue),
    county: &County,
) {
    let mut asked = BTreeSet::new();
    for (index, stage) in service.ways.stages.iter().enumerate() {
        let at = entry(fields, "stages", index);
        let before = asked.len();
        asked.extend(able_in(county, service, stage));
        if asked.len() == before {
            note(reader, at, WayProblem::StageAsksNobody { first: index == 0 });
        }
        if queue.waiting_max <= stage.after {
            note(reader, at, never_so_long("after", stage.after, queue));
        }
    }
}

/// The teams of a stage in which somebody can serve the line.
fn able_in(county: &County, service: &Service, stage: &Stage) -> BTreeSet<TeamId> {
    let agents = county.agents.iter().filter(|agent| agent.has_all(&service.required));
    let bench = county.bench.iter().filter(|bench| bench.has_all(&service.required));
    let teams = agents.map(|agent| agent.team).chain(bench.map(|bench| bench.team));
    teams.filter(|team| stage.teams.is_empty() || stage.teams.contains(team)).collect()
}

fn never_so_long(key: &'static str, given: Micros, queue: &Queue) -> WayProblem {
    WayProblem::NeverSoLong {
        key,
        given: duration::written(given),
        queue: queue.id.clone(),
        longest: duration::written(queue.waiting_max),
    }
}

fn check_overflow(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    (service, overflow, queue): (&Service, Overflow, &Queue),
    meetings: &mut Meetings<'_>,
) {
    if let Some(waited) = overflow.waited {
        let at = inside(fields, "overflow", "waited");
        let begins = |stage: &Stage| (stage.after < queue.waiting_max).then_some(stage.after);
        let last = service.ways.stages.iter().filter_map(begins).next_back();
        if queue.waiting_max <= waited {
            note(reader, at, never_so_long("waited", waited, queue));
        } else if let Some(after) = last.filter(|&after| waited < after) {
            let (waited, after) = (duration::written(waited), duration::written(after));
            note(reader, at, WayProblem::PartnerBeforeColleagues { waited, after });
        }
    }
    let county = meetings.county;
    let Some(partner) = county.partners.get(overflow.partner.index()) else { return };
    if let Some(hours) = overflow.hours
        && !meetings.meet(hours, partner.hours)
    {
        let hours = county.hours.get(hours).map_or_else(String::new, |hours| hours.id.clone());
        let problem = WayProblem::PartnerClosedThen { partner: partner.id.clone(), hours };
        note(reader, inside(fields, "overflow", "hours"), problem);
    }
}

/// Which hours have a moment in common in the checked years.
struct Meetings<'a> {
    county: &'a County,
    calendar: &'a Calendar,
    known: BTreeMap<(usize, usize), bool>,
    searches_left: usize,
}

impl<'a> Meetings<'a> {
    fn new(county: &'a County, calendar: &'a Calendar) -> Self {
        Meetings { county, calendar, known: BTreeMap::new(), searches_left: SEARCHED_MAX }
    }

    fn meet(&mut self, one: usize, other: usize) -> bool {
        if let Some(&known) = self.known.get(&(one, other)) {
            return known;
        }
        let year = self.calendar.first_year();
        let meet = one == other
            || year.is_some_and(|year| self.meet_within(one, other, year))
            || self.search(one, other);
        self.known.insert((one, other), meet);
        meet
    }

    /// Looks at all checked years, which takes long; what is not looked at any more is thought to meet.
    fn search(&mut self, one: usize, other: usize) -> bool {
        let Some(left) = self.searches_left.checked_sub(1) else { return true };
        self.searches_left = left;
        self.meet_within(one, other, self.calendar.dates)
    }

    fn meet_within(&self, one: usize, other: usize, dates: LocalDates) -> bool {
        let open = |hours: usize| {
            let expansion = self.county.opening(hours, dates).ok().flatten();
            expansion.map_or_else(Vec::new, |it| it.timetable.intervals().to_vec())
        };
        overlap(&open(one), &open(other))
    }
}

/// Whether two lists of intervals, each sorted and apart, have a moment in common.
fn overlap(one: &[Interval], other: &[Interval]) -> bool {
    one.iter().any(|interval| {
        let index = other.partition_point(|times| times.until <= interval.from);
        other.get(index).is_some_and(|times| times.from < interval.until)
    })
}

fn check_callback(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, service: &Service) {
    let Some(callback) = service.ways.callback else { return };
    if !service.ways.tells_wait && service.answering == Answering::AtOnce {
        note(reader, fields.place("callback"), WayProblem::CallbackUnoffered);
    }
    if callback.attempts > 1 && callback.expires_after <= callback.retry_after {
        let expires = duration::written(callback.expires_after);
        let at = inside(fields, "callback", "retry_after");
        note(reader, at, WayProblem::RetryTooLate { expires });
    }
}

fn check_plan(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    (index, plan): (usize, &Plan),
    county: &County,
) {
    let opens_a_line = |line: &Line| {
        line.service().is_some_and(|it| it.ways.only_in.is_some_and(|it| it.index() == index))
    };
    let is_idle = plan.announcement.is_none()
        && plan.information.is_none()
        && plan.length_max.is_none()
        && plan.waiting_max.is_none()
        && plan.helpers.is_empty();
    if is_idle && !county.lines.iter().any(opens_a_line) {
        note(reader, reader.place_of(Kind::Plan, index), WayProblem::PlanDoesNothing);
    }
    for (place, &line) in plan.lines.iter().enumerate() {
        let Some(line) = county.lines.get(line.index()) else { continue };
        let at = entry(fields, "lines", place);
        match line.service() {
            None => note(reader, at, WayProblem::PlanWithoutQueue { line: line.id.clone() }),
            Some(service) => check_plan_wait(reader, fields, (plan, line, service), county),
        }
    }
    check_plan_limits(reader, fields, plan, county);
    check_helpers(reader, fields, (index, plan), county);
}

/// What is announced is part of the wait, in a crisis too.
fn check_plan_wait(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    (plan, line, service): (&Plan, &Line, &Service),
    county: &County,
) {
    let Some(queue) = county.queues.get(service.queue.index()) else { return };
    let announcement = plan.announcement.as_ref().map_or(Micros::ZERO, |text| text.length);
    let before = announcement + before_waiting(service);
    let longest = plan.waiting_max.map_or(queue.waiting_max, |it| it.min(queue.waiting_max));
    let is_in_any_case = queue.waiting_max <= before_waiting(service);
    if longest <= before && !is_in_any_case {
        let key = if plan.waiting_max.is_some() { "waiting_max" } else { "announcement" };
        let problem = WayProblem::PlanOutlastsWait {
            line: line.id.clone(),
            before: duration::written(before),
            longest: duration::written(longest),
        };
        note(reader, fields.place(key), problem);
    }
}

/// A plan only lowers limits.
fn check_plan_limits(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    plan: &Plan,
    county: &County,
) {
    let lines = plan.lines.iter().filter_map(|line| county.lines.get(line.index()));
    let queues: Vec<&Queue> = lines
        .filter_map(Line::service)
        .filter_map(|service| county.queues.get(service.queue.index()))
        .collect();
    let lowers_length = |most: u16| queues.iter().any(|queue| most < queue.length_max);
    let lowers_wait = |most: Micros| queues.iter().any(|queue| most < queue.waiting_max);
    for (key, idle) in [
        ("length_max", plan.length_max.is_some_and(|most| !lowers_length(most))),
        ("waiting_max", plan.waiting_max.is_some_and(|most| !lowers_wait(most))),
    ] {
        if idle && !queues.is_empty() {
            note(reader, fields.place(key), WayProblem::PlanLimitIdle { key });
        }
    }
}

fn check_helpers(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    (index, plan): (usize, &Plan),
    county: &County,
) {
    let served = |(id, line): &(LineId, &Line)| {
        let only_in = line.service().and_then(|service| service.ways.only_in);
        plan.lines.contains(id) || only_in.is_some_and(|it| it.index() == index)
    };
    let lines: Vec<&Service> = (0..)
        .map(LineId)
        .zip(&county.lines)
        .filter(served)
        .filter_map(|(_, line)| line.service())
        .collect();
    let cannot = |helper: AgentId| {
        let agent = county.agents.get(helper.index());
        agent.filter(|agent| !lines.iter().any(|service| agent.has_all(&service.required)))
    };
    for (place, &helper) in plan.helpers.iter().enumerate() {
        if let Some(agent) = cannot(helper) {
            let problem = WayProblem::HelperCannotHelp { helper: agent.id.clone() };
            note(reader, entry(fields, "helpers", place), problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::Timestamp;

    #[test]
    fn what_ends_when_the_other_begins_does_not_meet_it() {
        let span = |from, until| Interval {
            from: Timestamp::from_secs(from),
            until: Timestamp::from_secs(until),
        };
        assert!(overlap(&[span(0, 10), span(20, 30)], &[span(10, 20), span(29, 40)]));
        assert!(!overlap(&[span(0, 10), span(20, 30)], &[span(10, 20), span(30, 40)]));
        assert!(!overlap(&[], &[span(0, 1)]));
    }
}
