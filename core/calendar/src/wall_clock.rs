// SPDX-License-Identifier: EUPL-1.2
//! What the clock on the wall shows: the zone's offsets from UTC, written out for a horizon, as opening hours are.

use crate::{Interval, Timetable};
use alloc::vec::Vec;
use core::ops::Range;
use stdx::{Micros, Timestamp, limits::OFFSETS_MAX};

/// Microseconds of a local day: the clock on the wall counts to 24 hours on every day.
const DAY: i64 = 24 * 3600 * 1_000_000;

/// No zone has ever been farther from UTC.
const OFFSET_MAX: i64 = 26 * 3600 * 1_000_000;

/// What the clock on the wall shows, in microseconds since 1970-01-01T00:00 of the same clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime(pub i64);

/// A local date, in days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalDate(pub i64);

impl LocalTime {
    /// Its date.
    #[must_use]
    pub const fn date(self) -> LocalDate {
        LocalDate(self.0.div_euclid(DAY))
    }

    /// The same time of day on another date.
    #[must_use]
    pub const fn on(self, date: LocalDate) -> LocalTime {
        LocalTime(date.0 * DAY + self.0.rem_euclid(DAY))
    }

    /// The clock shows so much more.
    #[must_use]
    pub const fn plus(self, length: Micros) -> LocalTime {
        LocalTime(self.0.saturating_add_unsigned(length.0))
    }
}

impl LocalDate {
    /// The next day.
    #[must_use]
    pub const fn next(self) -> LocalDate {
        LocalDate(self.0 + 1)
    }

    const fn midnight(self) -> LocalTime {
        LocalTime(self.0 * DAY)
    }
}

/// From when on the clock is how far ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetChange {
    /// The first moment.
    pub from: Timestamp,
    /// Microseconds; negative west of Greenwich.
    pub ahead: i64,
}

/// Why a list of changes is no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WallClockError {
    /// The horizon ends before or when it begins.
    Reversed(Interval),
    /// The first change is not the horizon's beginning: until then nobody would know what the clock shows.
    Unknown,
    /// A change is not behind the one before it, or not within the horizon.
    Unsorted(OffsetChange),
    /// No zone is so far from UTC.
    TooFar(OffsetChange),
    /// More than [`OFFSETS_MAX`] changes.
    TooMany(usize),
}

/// The clock on the wall, within a horizon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WallClock {
    horizon: Interval,
    changes: Vec<OffsetChange>,
}

impl WallClock {
    /// Takes sorted changes, the first at the horizon's beginning.
    ///
    /// # Errors
    /// If they are no clock.
    pub fn new(horizon: Interval, changes: Vec<OffsetChange>) -> Result<WallClock, WallClockError> {
        if horizon.until <= horizon.from {
            return Err(WallClockError::Reversed(horizon));
        }
        if changes.len() > OFFSETS_MAX {
            return Err(WallClockError::TooMany(changes.len()));
        }
        if changes.first().is_none_or(|first| first.from != horizon.from) {
            return Err(WallClockError::Unknown);
        }
        let is_far = |it: &&OffsetChange| it.ahead.abs() > OFFSET_MAX;
        if let Some(far) = changes.iter().find(is_far) {
            return Err(WallClockError::TooFar(*far));
        }
        let wrong = changes.windows(2).find(|pair| pair[1].from <= pair[0].from);
        let outside = changes.last().filter(|last| horizon.until <= last.from);
        if let Some(change) = wrong.map(|pair| &pair[1]).or(outside) {
            return Err(WallClockError::Unsorted(*change));
        }
        Ok(WallClock { horizon, changes })
    }

    /// The time this clock speaks about.
    #[must_use]
    pub fn horizon(&self) -> Interval {
        self.horizon
    }

    /// What it shows at this moment; none outside the horizon.
    #[must_use]
    pub fn shows(&self, at: Timestamp) -> Option<LocalTime> {
        if !self.horizon.contains(at) {
            return None;
        }
        let behind = self.changes.partition_point(|change| change.from <= at);
        let change = behind.checked_sub(1).and_then(|last| self.changes.get(last))?;
        Some(LocalTime(at.0 + change.ahead))
    }

    /// The first moment at which it shows at least this much. In autumn, when an hour is lived twice, its first pass
    /// is meant (as in RFC 5545, 3.3.5); a time that is skipped in spring means the moment of the jump. None outside
    /// the horizon.
    #[must_use]
    pub fn moment(&self, local: LocalTime) -> Option<Timestamp> {
        let first = self.changes.first()?;
        if local.0 - first.ahead < self.horizon.from.0 {
            return None;
        }
        let ends = self.changes.iter().skip(1).map(|change| change.from);
        let mut spans = self.changes.iter().zip(ends.chain([self.horizon.until]));
        spans.find_map(|(change, until)| {
            let at = Timestamp(local.0 - change.ahead).max(change.from);
            (at < until).then_some(at)
        })
    }

    /// The moments of a date, from its midnight to the next; none if it is not wholly within the horizon.
    #[must_use]
    pub fn day(&self, date: LocalDate) -> Option<Range<Timestamp>> {
        let midnight = |date: LocalDate| self.moment(date.midnight());
        let until = midnight(date.next()).or_else(|| self.ends_with(date));
        Some(midnight(date)?..until?)
    }

    /// The horizon's end, if that is the end of this date.
    fn ends_with(&self, date: LocalDate) -> Option<Timestamp> {
        let last = self.changes.last()?;
        let shown = LocalTime(self.horizon.until.0 + last.ahead);
        (shown == date.next().midnight()).then_some(self.horizon.until)
    }

    /// Whether anybody is to be there at any time of this date, by this timetable; none if one of both does not reach
    /// so far.
    #[must_use]
    pub fn is_service_day(&self, date: LocalDate, open: &Timetable) -> Option<bool> {
        let day = self.day(date)?;
        let known = open.horizon();
        if day.start < known.from || known.until < day.end {
            return None;
        }
        let next = open.intervals().partition_point(|it| it.until <= day.start);
        Some(open.intervals().get(next).is_some_and(|it| it.from < day.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const HOUR: i64 = 3600 * 1_000_000;

    const fn utc(day: i64, hour: i64) -> Timestamp {
        Timestamp(day * DAY + hour * HOUR)
    }

    const fn local(day: i64, hour: i64) -> LocalTime {
        LocalTime(day * DAY + hour * HOUR)
    }

    /// An hour ahead, on day 10 at one o'clock UTC two, on day 20 one again; from day 0 at 23:00 UTC to day 40.
    fn clock() -> WallClock {
        let horizon = Interval { from: utc(0, 23), until: utc(40, 23) };
        let change = |day, hour, ahead| OffsetChange { from: utc(day, hour), ahead: ahead * HOUR };
        let changes = vec![change(0, 23, 1), change(10, 1, 2), change(20, 1, 1)];
        WallClock::new(horizon, changes).expect("a clock")
    }

    #[test]
    fn the_clock_jumps_in_spring_and_goes_back_in_autumn() {
        let clock = clock();
        assert_eq!(clock.shows(utc(10, 0)), Some(local(10, 1)));
        assert_eq!(clock.shows(utc(10, 1)), Some(local(10, 3)));
        assert_eq!(clock.moment(local(10, 2)), Some(utc(10, 1)), "skipped: the jump");
        assert_eq!(clock.moment(local(10, 3)), Some(utc(10, 1)));
        assert_eq!(clock.moment(local(20, 2)), Some(utc(20, 0)), "twice: the first");
        assert_eq!(clock.shows(utc(20, 1)), Some(local(20, 2)));
        assert_eq!(clock.moment(local(20, 3)), Some(utc(20, 2)));
    }

    #[test]
    fn days_are_as_long_as_they_are() {
        let hours = |date| {
            let day = clock().day(LocalDate(date)).expect("within");
            (day.end.0 - day.start.0) / HOUR
        };
        assert_eq!((hours(9), hours(10), hours(20), hours(40)), (24, 23, 25, 24));
        assert_eq!(clock().day(LocalDate(1)).map(|it| it.start), Some(utc(0, 23)));
        assert_eq!(clock().day(LocalDate(0)), None);
        assert_eq!(clock().day(LocalDate(41)), None);
    }

    #[test]
    fn nothing_is_said_outside_the_horizon() {
        let clock = clock();
        assert_eq!(clock.shows(utc(0, 22)), None);
        assert_eq!(clock.shows(utc(40, 23)), None);
        assert_eq!(clock.moment(local(0, 23)), None);
        assert_eq!(clock.moment(local(1, 0)), Some(utc(0, 23)));
        assert_eq!(clock.moment(local(41, 0)), None);
    }

    #[test]
    fn a_day_is_one_of_service_if_anybody_is_there_at_any_time() {
        let span = |from, until| Interval { from, until };
        let horizon = span(utc(0, 23), utc(30, 23));
        let open = vec![span(utc(4, 22), utc(4, 23)), span(utc(7, 8), utc(7, 9))];
        let open = Timetable::new(horizon, open).expect("a timetable");
        let is = |date| clock().is_service_day(LocalDate(date), &open);
        assert_eq!((is(4), is(5), is(7)), (Some(true), Some(false), Some(true)));
        assert_eq!((is(30), is(31)), (Some(false), None));
    }

    #[test]
    fn nonsense_is_refused() {
        let horizon = Interval { from: utc(0, 0), until: utc(1, 0) };
        let change = |hour, ahead| OffsetChange { from: utc(0, hour), ahead };
        let refused = |changes| WallClock::new(horizon, changes).expect_err("refused");
        assert_eq!(refused(vec![]), WallClockError::Unknown);
        assert_eq!(refused(vec![change(1, 0)]), WallClockError::Unknown);
        let twice = vec![change(0, 0), change(0, 1)];
        assert_eq!(refused(twice), WallClockError::Unsorted(change(0, 1)));
        let late = vec![change(0, 0), change(24, 1)];
        assert_eq!(refused(late), WallClockError::Unsorted(change(24, 1)));
        let far = change(0, OFFSET_MAX + 1);
        assert_eq!(refused(vec![far]), WallClockError::TooFar(far));
        let many =
            (0..=OFFSETS_MAX).map(|it| OffsetChange { from: Timestamp(it as i64), ahead: 0 });
        assert_eq!(refused(many.collect()), WallClockError::TooMany(OFFSETS_MAX + 1));
        let reversed = Interval { from: utc(1, 0), until: utc(1, 0) };
        let error = WallClock::new(reversed, vec![]).expect_err("refused");
        assert_eq!(error, WallClockError::Reversed(reversed));
    }
}
