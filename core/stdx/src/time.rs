// SPDX-License-Identifier: EUPL-1.2
//! Time is a number that somebody else stamped.
//!
//! [`Tick`] is for timers: the log's own time, which never goes backwards.
//! [`Timestamp`] is for calendars and people: UTC, which may jump.

use core::fmt;
use core::ops::{Add, AddAssign, Sub};

/// A length of time in microseconds, never negative.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Micros(pub u64);

impl Micros {
    /// No time at all.
    pub const ZERO: Micros = Micros(0);

    /// Whole seconds.
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Micros(secs * 1_000_000)
    }

    /// Whole minutes.
    #[must_use]
    pub const fn from_mins(mins: u64) -> Self {
        Micros::from_secs(mins * 60)
    }

    /// Whole milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Micros(millis * 1_000)
    }

    /// Whole seconds, the rest cut off.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000
    }

    /// Seconds with their fraction, for reports.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// `self * factor`.
    #[must_use]
    pub const fn times(self, factor: u64) -> Self {
        Micros(self.0 * factor)
    }
}

impl fmt::Debug for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} µs", self.0)
    }
}

impl Add for Micros {
    type Output = Micros;
    fn add(self, other: Micros) -> Micros {
        Micros(self.0 + other.0)
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, other: Micros) {
        self.0 += other.0;
    }
}

/// A moment on the log's monotonic time, in microseconds since the log began.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tick(pub u64);

impl Tick {
    /// The time from `earlier` to `self`; zero if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Tick) -> Micros {
        Micros(self.0.saturating_sub(earlier.0))
    }

    /// `self` minus a length of time, not before the log began.
    #[must_use]
    pub const fn saturating_sub(self, length: Micros) -> Tick {
        Tick(self.0.saturating_sub(length.0))
    }
}

impl fmt::Debug for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tick {}", self.0)
    }
}

impl Add<Micros> for Tick {
    type Output = Tick;
    fn add(self, length: Micros) -> Tick {
        Tick(self.0 + length.0)
    }
}

/// A moment of the calendar: UTC microseconds since 1970-01-01T00:00:00Z.
///
/// Local time, daylight saving and holidays are the edge's matter; it hands over timetables of these.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// From whole UTC seconds.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Timestamp(secs * 1_000_000)
    }

    /// Whole UTC seconds, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The time from `earlier` to `self`; zero if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Timestamp) -> Micros {
        let micros = self.0.saturating_sub(earlier.0);
        Micros(if micros < 0 { 0 } else { micros as u64 })
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "utc {} µs", self.0)
    }
}

impl Add<Micros> for Timestamp {
    type Output = Timestamp;
    fn add(self, length: Micros) -> Timestamp {
        Timestamp(self.0.saturating_add_unsigned(length.0))
    }
}

impl Sub<Micros> for Timestamp {
    type Output = Timestamp;
    fn sub(self, length: Micros) -> Timestamp {
        Timestamp(self.0.saturating_sub_unsigned(length.0))
    }
}

/// A day of the local calendar: days since 1970-01-01. Which moment belongs to which day is the edge's matter.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i32);

impl Day {
    /// The day after it.
    #[must_use]
    pub const fn tomorrow(self) -> Day {
        Day(self.0.saturating_add(1))
    }

    /// How many days ago it was at `today`; none if it is still to come.
    #[must_use]
    pub const fn ago(self, today: Day) -> Option<u32> {
        let days = today.0 as i64 - self.0 as i64;
        if days < 0 { None } else { Some(days as u32) }
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "day {}", self.0)
    }
}

/// What time it is, stamped once for each event by the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// For timers; never goes backwards.
    pub mono: Tick,
    /// For calendars; may jump when the machine's clock is set.
    pub wall: Timestamp,
}
