// SPDX-License-Identifier: EUPL-1.2
//! Is somebody on shift whenever a line is open?

use super::opening::Calendar;
use crate::Lang;
use crate::config::county::{County, Line, Service, SkillLevel};
use crate::config::moment;
use crate::config::problem::{PlanProblem, Problem};
use crate::config::reader::Reader;
use crate::config::schema::Kind;
use crate::config::ways::{InForce, Overflow};
use calendar::Interval;
use hours::{Expansion, LocalDates};
use std::collections::BTreeMap;
use stdx::{LineId, Timestamp};

/// Intervals that are looked at in all; a county has some 100,000. Beyond, the rest is not checked.
const INTERVALS_LOOKED_AT_MAX: usize = 3_000_000;

/// The times at which somebody with all of a set of skills is on shift, sorted and apart.
type Covered = BTreeMap<Vec<SkillLevel>, Vec<Interval>>;

/// Notes for every line the first moment of the year at which it is open and nobody is there.
pub(super) fn check(
    reader: &mut Reader<'_>,
    county: &County,
    shifts: &BTreeMap<String, Expansion>,
    calendar: &Calendar,
) {
    let Some(year) = calendar.first_year() else { return };
    let mut covered = Covered::new();
    let mut opened = Opened { county, year, known: BTreeMap::new() };
    let mut budget = INTERVALS_LOOKED_AT_MAX;
    for (index, line) in (0..).zip(&county.lines) {
        let Some(service) = line.service().filter(|service| needs_a_roster(county, service)) else {
            continue;
        };
        if !covered.contains_key(&service.required) {
            let Some(times) = on_shift(county, LineId(index), shifts, &mut budget) else { return };
            covered.insert(service.required.clone(), times);
        }
        let open = in_force(opened.at(line.hours), line, calendar);
        let helped = service.ways.overflow.map(|it| partner_takes(&mut opened, it));
        let looked_at = open.len() + helped.as_ref().map_or(0, Vec::len);
        let Some(cost) = budget.checked_sub(looked_at) else { return };
        budget = cost;
        let times = covered.get(&service.required).map_or(&[][..], Vec::as_slice);
        let together = helped.map(|helped| joined([times, &helped].concat()));
        if let Some(first) = first_uncovered(&open, together.as_deref().unwrap_or(times)) {
            let problem = PlanProblem::NobodyOnShift {
                line: line.id.clone(),
                de: moment::spoken(Lang::De, first, &calendar.zone),
                en: moment::spoken(Lang::En, first, &calendar.zone),
            };
            reader.note(reader.place_of(Kind::Line, usize::from(index)), Problem::Plan(problem));
        }
    }
}

/// Whether somebody has to be on shift for a line: the bench is always ready, and who serves a line of a
/// crisis plan comes with the plan.
fn needs_a_roster(county: &County, service: &Service) -> bool {
    let bench = county.bench.as_ref();
    let is_bench_ready = bench.is_some_and(|bench| bench.has_all(&service.required));
    !is_bench_ready && service.ways.only_in.is_none()
}

/// The open times of a line on the days on which it is in service.
fn in_force(open: &[Interval], line: &Line, calendar: &Calendar) -> Vec<Interval> {
    clipped(open, line.in_force.interval(&calendar.zone))
}

/// The parts of intervals that lie within another one.
fn clipped(intervals: &[Interval], within: Option<Interval>) -> Vec<Interval> {
    let Some(within) = within else { return intervals.to_vec() };
    let part = |interval: &Interval| {
        let from = interval.from.max(within.from);
        let until = interval.until.min(within.until);
        (from < until).then_some(Interval { from, until })
    };
    intervals.iter().filter_map(part).collect()
}

/// When the partner takes the line's calls although nobody of ours is there.
fn partner_takes(opened: &mut Opened<'_>, overflow: Overflow) -> Vec<Interval> {
    let county = opened.county;
    let Some(partner) = county.partners.get(overflow.partner.index()) else { return Vec::new() };
    let open = opened.at(partner.hours).to_vec();
    if overflow.nobody_signed_on {
        return open;
    }
    overflow.hours.map_or_else(Vec::new, |hours| common(&open, opened.at(hours)))
}

/// What two lists of intervals, each sorted and apart, have in common.
fn common(one: &[Interval], other: &[Interval]) -> Vec<Interval> {
    let first = |interval: &Interval| other.partition_point(|it| it.until <= interval.from);
    let met = one.iter().flat_map(|interval| {
        let meets = other.iter().skip(first(interval));
        let meets = meets.take_while(|it| it.from < interval.until);
        meets.map(|it| Interval {
            from: it.from.max(interval.from),
            until: it.until.min(interval.until),
        })
    });
    met.collect()
}

/// When hours are open in a year, expanded once for each.
struct Opened<'a> {
    county: &'a County,
    year: LocalDates,
    known: BTreeMap<usize, Vec<Interval>>,
}

impl Opened<'_> {
    fn at(&mut self, hours: usize) -> &[Interval] {
        let (county, year) = (self.county, self.year);
        self.known.entry(hours).or_insert_with(|| {
            let expansion = county.opening(hours, year).ok().flatten();
            expansion.map_or_else(Vec::new, |it| it.timetable.intervals().to_vec())
        })
    }
}

/// When somebody who can serve the line is on shift; `None` when the budget is used up or a shift is
/// unknown.
fn on_shift(
    county: &County,
    line: LineId,
    shifts: &BTreeMap<String, Expansion>,
    budget: &mut usize,
) -> Option<Vec<Interval>> {
    let mut different: BTreeMap<(&str, InForce), &[Interval]> = BTreeMap::new();
    for (_, agent) in county.agents_for(line) {
        let rules = agent.shift.as_str();
        let intervals = shifts.get(rules)?.timetable.intervals();
        different.insert((rules, agent.in_force), intervals);
    }
    let count: usize = different.values().map(|intervals| intervals.len()).sum();
    *budget = budget.checked_sub(count + county.agents.len())?;
    let zone = county.zone();
    let there = different
        .into_iter()
        .flat_map(|((_, in_force), intervals)| clipped(intervals, in_force.interval(&zone)));
    Some(joined(there.collect()))
}

/// The same times, sorted and apart.
fn joined(mut all: Vec<Interval>) -> Vec<Interval> {
    all.sort_unstable();
    let mut joined: Vec<Interval> = Vec::new();
    for next in all {
        match joined.last_mut() {
            Some(last) if next.from <= last.until => last.until = last.until.max(next.until),
            Some(_) | None => joined.push(next),
        }
    }
    joined
}

/// The first moment inside `open` that is not inside `covered`; both sorted and apart.
fn first_uncovered(open: &[Interval], covered: &[Interval]) -> Option<Timestamp> {
    open.iter().find_map(|interval| {
        let index = covered.partition_point(|times| times.until <= interval.from);
        match covered.get(index) {
            Some(times) if times.from <= interval.from => {
                (times.until < interval.until).then_some(times.until)
            }
            Some(_) | None => Some(interval.from),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, until: i64) -> Interval {
        Interval { from: Timestamp::from_secs(from), until: Timestamp::from_secs(until) }
    }

    #[test]
    fn what_is_common_is_cut_on_both_sides() {
        let one = [span(0, 10), span(20, 30)];
        assert_eq!(
            common(&one, &[span(5, 22), span(25, 26)]),
            [span(5, 10), span(20, 22), span(25, 26)]
        );
        assert_eq!(common(&one, &[span(10, 20)]), []);
        assert_eq!(clipped(&one, Some(span(5, 21))), [span(5, 10), span(20, 21)]);
        assert_eq!(clipped(&one, None), one);
    }

    #[test]
    fn the_first_gap_is_found() {
        let at = |secs| Some(Timestamp::from_secs(secs));
        assert_eq!(first_uncovered(&[span(10, 20)], &[span(5, 25)]), None);
        assert_eq!(first_uncovered(&[span(10, 20)], &[span(10, 20)]), None);
        assert_eq!(first_uncovered(&[span(10, 20)], &[span(5, 15), span(16, 30)]), at(15));
        assert_eq!(first_uncovered(&[span(10, 20)], &[span(12, 30)]), at(10));
        assert_eq!(first_uncovered(&[span(0, 1), span(10, 20)], &[span(0, 5)]), at(10));
        assert_eq!(first_uncovered(&[span(10, 20)], &[]), at(10));
        assert_eq!(first_uncovered(&[], &[]), None);
    }
}
