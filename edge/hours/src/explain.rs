// SPDX-License-Identifier: EUPL-1.2
//! Why is it open or closed at a moment, and until when?

use crate::expand::Expansion;
use crate::holidays::Holiday;
use crate::local::{LocalDates, day_after};
use calendar::{Interval, Opening, Timetable};
use jiff::civil::{Date, DateTime};
use stdx::Timestamp;

/// What there is to say about one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The moment.
    pub at: Timestamp,
    /// Open, or closed and why.
    pub state: Explained,
    /// When this ends: the closing if open, the next opening if closed; none if nothing changes within
    /// the horizon (whose end is no closing), or outside of it.
    pub next_change: Option<Timestamp>,
}

impl Explanation {
    /// Whether it is certainly open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == Explained::Open
    }
}

/// Open, or closed and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Explained {
    /// It is open.
    Open,
    /// It is closed, for this reason.
    Closed(ClosedBecause),
    /// The horizon does not reach to this moment.
    BeyondHorizon,
}

/// Why it is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClosedBecause {
    /// The rules close for this public holiday. With `PH -1 day` it is the one that moved the hours.
    Holiday(Holiday),
    /// A one-off closure with this reason.
    Closure(String),
    /// No rule opens then.
    OutsideHours,
}

impl Expansion {
    /// Explains a local time; one that is lived twice in autumn means its first pass
    /// ([`crate::Zone::timestamp`]).
    #[must_use]
    pub fn explain(&self, at: DateTime) -> Explanation {
        self.explain_at(self.zone.timestamp(at))
    }

    /// Explains a moment. Whether it is open, and the next change, are those of the timetable.
    ///
    /// The reason is what would have to be otherwise: a closure or holiday is named if without it the line
    /// would be open at this moment. Failing that – it is evening, say – the holiday is named if
    /// it changed the hours of this local day, then the closure that covers the moment if
    /// the day has any openings; otherwise it is outside the hours.
    #[must_use]
    pub fn explain_at(&self, at: Timestamp) -> Explanation {
        let (state, next_change) = match self.timetable.at(at) {
            Opening::Open { until } => {
                let closes = until < self.timetable.horizon().until;
                (Explained::Open, closes.then_some(until))
            }
            Opening::Closed { opens } => (Explained::Closed(self.closed_because(at)), opens),
            Opening::BeyondHorizon => (Explained::BeyondHorizon, None),
        };
        Explanation { at, state, next_change }
    }

    /// Whether the rules say anything about holidays that makes a difference within the horizon.
    #[must_use]
    pub fn holidays_matter(&self) -> bool {
        self.without_closures != self.without_holidays
    }

    fn closed_because(&self, at: Timestamp) -> ClosedBecause {
        let closure = self.closures.iter().find(|(closed, _)| closed.contains(at));
        let closure = closure.map(|(_, reason)| ClosedBecause::Closure(reason.clone()));
        if self.without_closures.is_open(at) {
            // Only closures differ between the two timetables.
            return closure.unwrap_or(ClosedBecause::OutsideHours);
        }
        let date = self.zone.local(at).date();
        if let Some(holiday) = self.closing_holiday(at, date) {
            return ClosedBecause::Holiday(holiday);
        }
        let opens_today = !within(&self.without_closures, self.day(date)).is_empty();
        closure.filter(|_| opens_today).unwrap_or(ClosedBecause::OutsideHours)
    }

    /// The holiday without which it would be open at the moment, or which changed the hours of its day.
    fn closing_holiday(&self, at: Timestamp, date: Date) -> Option<Holiday> {
        let day = self.day(date);
        if self.without_holidays.is_open(at) {
            // After midnight it may be the day before that was a holiday.
            return self.holiday_behind(date).or_else(|| self.holiday_behind(day_after(date, -1)));
        }
        let changed = within(&self.without_holidays, day) != within(&self.without_closures, day);
        if changed { self.holiday_behind(date) } else { None }
    }

    /// The holiday that the rules mean on a day, by the smallest `± N days` that they write behind `PH`.
    fn holiday_behind(&self, date: Date) -> Option<Holiday> {
        let meant = |days: &i16| self.holidays.on(day_after(date, -i32::from(*days)));
        self.holiday_offsets.iter().find_map(meant)
    }

    fn day(&self, date: Date) -> Interval {
        let day = LocalDates::new(date, date);
        // Outside the supported years nothing is within the horizon, which was asked before.
        day.map_or(self.timetable.horizon(), |day| day.moments(&self.zone))
    }
}

/// The openings of a timetable within a stretch of time, cut to it.
fn within(timetable: &Timetable, span: Interval) -> Vec<Interval> {
    let open = timetable.intervals();
    let first = open.partition_point(|interval| interval.until <= span.from);
    let inside = open[first..].iter().take_while(|interval| interval.from < span.until);
    inside
        .map(|interval| Interval {
            from: interval.from.max(span.from),
            until: interval.until.min(span.until),
        })
        .collect()
}
