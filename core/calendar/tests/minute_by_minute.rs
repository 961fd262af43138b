// SPDX-License-Identifier: EUPL-1.2
//! A timetable against a sheet of paper with one square for each minute.

use calendar::{Interval, Opening, Timetable, TimetableError};
use proptest::prelude::*;
use stdx::{Micros, Timestamp};

/// The sheet has this many squares; the horizon lies within it.
const MINUTES: usize = 240;

/// The sheet begins before 1970, so that times below zero are ordinary ones.
fn minute(number: usize) -> Timestamp {
    Timestamp::from_secs(-6_000) + Micros::from_mins(number as u64)
}

fn span(from: usize, until: usize) -> Interval {
    Interval { from: minute(from), until: minute(until) }
}

/// Intervals in order, apart or touching, and the horizon around them.
fn any_hours() -> impl Strategy<Value = (usize, Vec<(usize, usize)>, usize)> {
    (0..20usize, prop::collection::vec((0..15usize, 1..15usize), 0..7), 1..20usize).prop_map(
        |(begin, lengths, rest)| {
            let mut at = begin;
            let mut hours = Vec::new();
            for (closed, open) in lengths {
                hours.push((at + closed, at + closed + open));
                at += closed + open;
            }
            // One more closed minute is not needed: hours may end with the horizon.
            (begin, hours, (at + rest - 1).max(begin + 1))
        },
    )
}

/// What a person reads off the sheet: go on from square to square.
fn read_off(sheet: &[bool], horizon: (usize, usize), at: usize) -> Opening {
    if at < horizon.0 || horizon.1 <= at {
        return Opening::BeyondHorizon;
    }
    let change = (at..horizon.1).find(|&later| sheet[later] != sheet[at]);
    if sheet[at] {
        Opening::Open { until: minute(change.unwrap_or(horizon.1)) }
    } else {
        Opening::Closed { opens: change.map(minute) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn a_timetable_says_what_is_read_off_minute_by_minute((begin, hours, end) in any_hours()) {
        let mut sheet = [false; MINUTES];
        for &(from, until) in &hours {
            sheet[from..until].fill(true);
        }
        let intervals = hours.iter().map(|&(from, until)| span(from, until)).collect();
        let timetable = Timetable::new(span(begin, end), intervals).expect("in order and apart");
        for at in 0..MINUTES {
            let expected = read_off(&sheet, (begin, end), at);
            prop_assert_eq!(timetable.at(minute(at)), expected, "minute {}", at);
            // The last microsecond of a minute belongs to it.
            let last = minute(at + 1) - Micros(1);
            prop_assert_eq!(timetable.at(last), expected, "end of minute {}", at);
            let open = matches!(expected, Opening::Open { .. });
            prop_assert_eq!(timetable.is_open(minute(at)), open);
        }
    }

    #[test]
    fn every_boundary_is_a_real_change((begin, hours, end) in any_hours()) {
        let intervals = hours.iter().map(|&(from, until)| span(from, until)).collect();
        let timetable = Timetable::new(span(begin, end), intervals).expect("in order and apart");
        for pair in timetable.intervals().windows(2) {
            prop_assert!(pair[0].until < pair[1].from, "{pair:?}");
        }
        for interval in timetable.intervals() {
            prop_assert!(timetable.is_open(interval.from));
            prop_assert!(!timetable.is_open(interval.until));
            prop_assert!(!timetable.is_open(interval.from - Micros(1)));
        }
    }

    #[test]
    fn intervals_in_any_other_order_or_place_are_refused(
        mut spans in prop::collection::vec((0..100usize, 0..100usize), 1..6)
    ) {
        let intervals: Vec<Interval> = spans.iter().map(|&(from, until)| span(from, until)).collect();
        let found = Timetable::new(span(10, 90), intervals);
        let reversed = spans.iter().any(|&(from, until)| until <= from);
        let outside = spans.iter().any(|&(from, until)| from < 10 || 90 < until);
        let in_order = spans.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        prop_assert_eq!(found.is_ok(), !reversed && !outside && in_order, "{:?}", found);
        spans.sort_unstable();
        let apart = spans.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        if !reversed && !outside && apart {
            let sorted = spans.iter().map(|&(from, until)| span(from, until)).collect();
            prop_assert!(Timetable::new(span(10, 90), sorted).is_ok());
        }
    }
}

#[test]
fn always_is_open_from_the_first_moment_of_the_horizon_to_the_last() {
    let always = Timetable::always(span(10, 20)).expect("a horizon");
    assert_eq!(always.at(minute(10)), Opening::Open { until: minute(20) });
    assert_eq!(always.at(minute(20) - Micros(1)), Opening::Open { until: minute(20) });
    assert_eq!(always.at(minute(20)), Opening::BeyondHorizon);
    assert_eq!(Timetable::always(span(20, 10)), Err(TimetableError::Reversed(span(20, 10))));
}

#[test]
fn without_hours_it_is_closed_for_the_whole_horizon_and_never_opens() {
    let never = Timetable::new(span(10, 20), vec![]).expect("a horizon");
    for at in [10, 15, 19] {
        assert_eq!(never.at(minute(at)), Opening::Closed { opens: None });
    }
}
