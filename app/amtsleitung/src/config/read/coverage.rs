// SPDX-License-Identifier: EUPL-1.2
//! Is somebody on shift whenever a line is open?

use super::opening::Calendar;
use crate::Lang;
use crate::config::county::{County, SkillLevel};
use crate::config::moment;
use crate::config::problem::{PlanProblem, Problem};
use crate::config::reader::Reader;
use crate::config::schema::Kind;
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
    let mut opened: BTreeMap<usize, Vec<Interval>> = BTreeMap::new();
    let mut budget = INTERVALS_LOOKED_AT_MAX;
    for (index, line) in (0..).zip(&county.lines) {
        let Some(service) = line.service() else { continue };
        // The bench is always ready.
        if county.bench.as_ref().is_some_and(|bench| bench.has_all(&service.required)) {
            continue;
        }
        if !covered.contains_key(&service.required) {
            let Some(times) = on_shift(county, LineId(index), shifts, &mut budget) else { return };
            covered.insert(service.required.clone(), times);
        }
        let open = opened.entry(line.hours).or_insert_with(|| open_times(county, line.hours, year));
        let Some(cost) = budget.checked_sub(open.len()) else { return };
        budget = cost;
        let times = covered.get(&service.required).map_or(&[][..], Vec::as_slice);
        if let Some(first) = first_uncovered(open, times) {
            let problem = PlanProblem::NobodyOnShift {
                line: line.id.clone(),
                de: moment::spoken(Lang::De, first, &calendar.zone),
                en: moment::spoken(Lang::En, first, &calendar.zone),
            };
            reader.note(reader.place_of(Kind::Line, usize::from(index)), Problem::Plan(problem));
        }
    }
}

fn open_times(county: &County, hours: usize, year: LocalDates) -> Vec<Interval> {
    let expansion = county.opening(hours, year).ok().flatten();
    expansion.map_or_else(Vec::new, |expansion| expansion.timetable.intervals().to_vec())
}

/// When somebody who can serve the line is on shift; `None` when the budget is used up or a shift is
/// unknown.
fn on_shift(
    county: &County,
    line: LineId,
    shifts: &BTreeMap<String, Expansion>,
    budget: &mut usize,
) -> Option<Vec<Interval>> {
    let mut different: BTreeMap<&str, &[Interval]> = BTreeMap::new();
    for (_, agent) in county.agents_for(line) {
        let rules = agent.shift.as_str();
        different.insert(rules, shifts.get(rules)?.timetable.intervals());
    }
    let count: usize = different.values().map(|intervals| intervals.len()).sum();
    *budget = budget.checked_sub(count + county.agents.len())?;
    let mut all: Vec<Interval> = different.into_values().flatten().copied().collect();
    all.sort_unstable();
    let mut joined: Vec<Interval> = Vec::new();
    for next in all {
        match joined.last_mut() {
            Some(last) if next.from <= last.until => last.until = last.until.max(next.until),
            Some(_) | None => joined.push(next),
        }
    }
    Some(joined)
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
