// SPDX-License-Identifier: EUPL-1.2
//! When is it open? A timetable is a list of explicit open intervals within a horizon.
//!
//! Rules (weekdays, holidays, daylight saving) are expanded at the edge, so that a newer holiday
//! table never changes what a replay decides. The one rule to keep: a timetable says nothing about
//! the time outside its horizon, and says so.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod wall_clock;

pub use wall_clock::{LocalDate, LocalTime, OffsetChange, WallClock, WallClockError};

use alloc::vec::Vec;
use stdx::{Timestamp, limits::INTERVALS_MAX};

/// A stretch of time from `from` (included) to `until` (not included).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// The first moment inside.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Interval {
    /// Whether `at` lies inside.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// Why a list of intervals is no timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimetableError {
    /// An interval ends before or when it begins.
    Reversed(Interval),
    /// An interval begins before the one ahead of it has ended.
    Overlapping(Interval),
    /// An interval reaches over the horizon.
    OutsideHorizon(Interval),
    /// More than [`INTERVALS_MAX`] intervals.
    TooMany(usize),
}

/// What a timetable says about one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Open, and until when (the horizon's end if nothing closes before).
    Open {
        /// The next moment at which it is no longer open.
        until: Timestamp,
    },
    /// Closed, and when it opens next, if it does within the horizon.
    Closed {
        /// The next moment at which it is open.
        opens: Option<Timestamp>,
    },
    /// The timetable does not reach to this moment.
    BeyondHorizon,
}

/// Explicit open intervals, sorted, apart, within a horizon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timetable {
    horizon: Interval,
    open: Vec<Interval>,
}

impl Timetable {
    /// Takes sorted intervals; those that touch are joined, so that every boundary is a real change.
    ///
    /// # Errors
    /// If an interval is reversed, overlaps its predecessor or leaves the horizon, or if there are too many.
    pub fn new(horizon: Interval, intervals: Vec<Interval>) -> Result<Self, TimetableError> {
        if horizon.until <= horizon.from {
            return Err(TimetableError::Reversed(horizon));
        }
        if intervals.len() > INTERVALS_MAX {
            return Err(TimetableError::TooMany(intervals.len()));
        }
        let mut open: Vec<Interval> = Vec::with_capacity(intervals.len());
        for interval in intervals {
            if interval.until <= interval.from {
                return Err(TimetableError::Reversed(interval));
            }
            if interval.from < horizon.from || horizon.until < interval.until {
                return Err(TimetableError::OutsideHorizon(interval));
            }
            match open.last_mut() {
                Some(last) if interval.from < last.until => {
                    return Err(TimetableError::Overlapping(interval));
                }
                Some(last) if interval.from == last.until => last.until = interval.until,
                Some(_) | None => open.push(interval),
            }
        }
        Ok(Timetable { horizon, open })
    }

    /// Open for the whole horizon.
    ///
    /// # Errors
    /// If the horizon is reversed.
    pub fn always(horizon: Interval) -> Result<Self, TimetableError> {
        Timetable::new(horizon, alloc::vec![horizon])
    }

    /// The time this timetable speaks about.
    #[must_use]
    pub fn horizon(&self) -> Interval {
        self.horizon
    }

    /// The open intervals, sorted and apart.
    #[must_use]
    pub fn intervals(&self) -> &[Interval] {
        &self.open
    }

    /// What the timetable says about `at`.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Opening {
        if !self.horizon.contains(at) {
            return Opening::BeyondHorizon;
        }
        let next = self.open.partition_point(|interval| interval.until <= at);
        match self.open.get(next) {
            Some(interval) if interval.contains(at) => Opening::Open { until: interval.until },
            Some(interval) => Opening::Closed { opens: Some(interval.from) },
            None => Opening::Closed { opens: None },
        }
    }

    /// Whether it is certainly open at `at`.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        match self.at(at) {
            Opening::Open { .. } => true,
            Opening::Closed { .. } | Opening::BeyondHorizon => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    const fn span(from: i64, until: i64) -> Interval {
        Interval { from: at(from), until: at(until) }
    }

    fn table(intervals: &[Interval]) -> Result<Timetable, TimetableError> {
        Timetable::new(span(0, 100), intervals.to_vec())
    }

    #[test]
    fn boundaries_belong_to_what_begins() {
        let table = table(&[span(10, 20), span(30, 40)]).unwrap();
        assert_eq!(table.at(at(9)), Opening::Closed { opens: Some(at(10)) });
        assert_eq!(table.at(at(10)), Opening::Open { until: at(20) });
        assert_eq!(table.at(at(19)), Opening::Open { until: at(20) });
        assert_eq!(table.at(at(20)), Opening::Closed { opens: Some(at(30)) });
        assert_eq!(table.at(at(40)), Opening::Closed { opens: None });
    }

    #[test]
    fn the_horizon_is_not_guessed_beyond() {
        let table = table(&[span(0, 100)]).unwrap();
        assert_eq!(table.at(at(-1)), Opening::BeyondHorizon);
        assert_eq!(table.at(at(100)), Opening::BeyondHorizon);
        assert!(!table.is_open(at(100)));
    }

    #[test]
    fn touching_intervals_are_one() {
        let table = table(&[span(10, 20), span(20, 30)]).unwrap();
        assert_eq!(table.intervals(), &[span(10, 30)]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(table(&[span(20, 10)]), Err(TimetableError::Reversed(span(20, 10))));
        assert_eq!(table(&[span(10, 10)]), Err(TimetableError::Reversed(span(10, 10))));
        assert_eq!(
            table(&[span(10, 20), span(15, 30)]),
            Err(TimetableError::Overlapping(span(15, 30)))
        );
        assert_eq!(table(&[span(90, 101)]), Err(TimetableError::OutsideHorizon(span(90, 101))));
        assert_eq!(
            Timetable::new(span(0, 100), vec![span(0, 1); INTERVALS_MAX + 1]),
            Err(TimetableError::TooMany(INTERVALS_MAX + 1))
        );
        assert_eq!(Timetable::new(span(5, 5), vec![]), Err(TimetableError::Reversed(span(5, 5))));
    }
}
