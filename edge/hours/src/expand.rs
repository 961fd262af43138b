// SPDX-License-Identifier: EUPL-1.2
//! Rules, holidays and closures become explicit open intervals.
//!
//! The clock on the wall decides. On the day in spring that has 23 hours and on the day in autumn that
//! has 25, an opening is as much longer or shorter as the day; it is never split or begun twice
//! (see [`Zone::timestamp`]).

use crate::days::Days;
use crate::holidays::{HolidayCalendar, State};
use crate::local::{LocalDates, Zone, day_after};
use crate::rules::{DAY, Rules, Span};
use calendar::{Interval, Timetable, TimetableError};
use jiff::civil::{Date, DateTime, Time};
use std::fmt;
use stdx::limits::INTERVALS_MAX;

/// One-off closures in one expansion: one a week for ten years, doubled.
pub const CLOSURES_MAX: usize = 1_000;

/// A one-off closing, such as a staff meeting or Christmas Eve.
///
/// It cuts out of the openings; what is left of them does not move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// The first local moment that is closed.
    pub from: DateTime,
    /// The first local moment after it.
    pub until: DateTime,
    /// What callers and staff are told.
    pub reason: String,
}

/// Why rules could not be expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpandError {
    /// More than [`CLOSURES_MAX`] closures; so many there are.
    TooManyClosures(usize),
    /// A closure ends before or when it begins; which one, counted from 0.
    ReversedClosure(usize),
    /// More than [`INTERVALS_MAX`] openings in the horizon.
    TooManyOpenings,
    /// The zone or the dates gave something that is no timetable.
    Timetable(TimetableError),
}

impl ExpandError {
    /// What is wrong and what was expected, in German.
    #[must_use]
    pub fn message_de(&self) -> String {
        match self {
            ExpandError::TooManyClosures(count) => {
                format!("{count} Schließungen; erwartet: höchstens {CLOSURES_MAX}")
            }
            ExpandError::ReversedClosure(index) => {
                format!("Schließung {} endet, bevor sie beginnt", index + 1)
            }
            ExpandError::TooManyOpenings => {
                format!("zu viele Öffnungen im Zeitraum; erwartet: höchstens {INTERVALS_MAX}")
            }
            ExpandError::Timetable(error) => format!("kein Zeitplan: {error:?}"),
        }
    }

    /// What is wrong and what was expected, in English.
    #[must_use]
    pub fn message_en(&self) -> String {
        match self {
            ExpandError::TooManyClosures(count) => {
                format!("{count} closures; expected at most {CLOSURES_MAX}")
            }
            ExpandError::ReversedClosure(index) => {
                format!("closure {} ends before it begins", index + 1)
            }
            ExpandError::TooManyOpenings => {
                format!("too many openings in the horizon; expected at most {INTERVALS_MAX}")
            }
            ExpandError::Timetable(error) => format!("no timetable: {error:?}"),
        }
    }
}

impl fmt::Display for ExpandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_en())
    }
}

impl std::error::Error for ExpandError {}

/// A timetable, and what is needed to explain it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// When it is open, everything taken into account.
    pub timetable: Timetable,
    /// When it would be open without the closures.
    pub(crate) without_closures: Timetable,
    /// When it would be open without closures and holidays.
    pub(crate) without_holidays: Timetable,
    /// Each closure as a moment to a moment.
    pub(crate) closures: Vec<(Interval, String)>,
    pub(crate) holidays: HolidayCalendar,
    /// By how many days the rules move a holiday's effect.
    pub(crate) holiday_offsets: Vec<i16>,
    pub(crate) zone: Zone,
}

/// Expands rules into explicit intervals for whole local days.
///
/// Closures outside the horizon are of no effect. The work is bounded by the length of an expression,
/// the horizon and [`INTERVALS_MAX`].
///
/// # Errors
/// If there are too many closures or openings, or a closure is reversed.
pub fn expand(
    rules: &Rules,
    state: State,
    closures: &[Closure],
    horizon: LocalDates,
    zone: &Zone,
) -> Result<Expansion, ExpandError> {
    let closures = closed_moments(closures, zone)?;
    // Offsets reach at most a year beyond the horizon.
    let (first, last) = (horizon.from().year() - 2, horizon.until().year() + 2);
    let holidays = HolidayCalendar::new(state, first, last);
    let without_closures = openings(rules, &holidays, horizon, zone)?;
    let without_holidays = if rules.mentions_holidays() {
        openings(rules, &HolidayCalendar::default(), horizon, zone)?
    } else {
        without_closures.clone()
    };
    let timetable = cut_out(&without_closures, &closures)?;
    let mut holiday_offsets: Vec<i16> = rules.holiday_offsets().collect();
    holiday_offsets.sort_unstable_by_key(|days| days.unsigned_abs());
    holiday_offsets.dedup();
    let zone = zone.clone();
    Ok(Expansion {
        timetable,
        without_closures,
        without_holidays,
        closures,
        holidays,
        holiday_offsets,
        zone,
    })
}

fn closed_moments(
    closures: &[Closure],
    zone: &Zone,
) -> Result<Vec<(Interval, String)>, ExpandError> {
    if closures.len() > CLOSURES_MAX {
        return Err(ExpandError::TooManyClosures(closures.len()));
    }
    let mut closed = Vec::with_capacity(closures.len());
    for (index, closure) in closures.iter().enumerate() {
        if closure.until <= closure.from {
            return Err(ExpandError::ReversedClosure(index));
        }
        let interval =
            Interval { from: zone.timestamp(closure.from), until: zone.timestamp(closure.until) };
        closed.push((interval, closure.reason.clone()));
    }
    closed.sort();
    Ok(closed)
}

/// The openings of rules and holidays alone.
fn openings(
    rules: &Rules,
    holidays: &HolidayCalendar,
    horizon: LocalDates,
    zone: &Zone,
) -> Result<Timetable, ExpandError> {
    let mut open: Vec<Interval> = Vec::new();
    let mut days = Days::new(rules.rules(), holidays, horizon.from());
    for date in horizon.days() {
        for Span { from, until } in days.open_minutes() {
            let interval =
                Interval { from: moment(date, from, zone), until: moment(date, until, zone) };
            let full = open.len() >= INTERVALS_MAX;
            match open.last_mut() {
                // Over midnight, so that a night counts as one opening.
                Some(last) if last.until == interval.from => last.until = interval.until,
                // All of it lies in the hour that spring skips.
                Some(_) | None if interval.from == interval.until => {}
                Some(_) | None if full => return Err(ExpandError::TooManyOpenings),
                Some(_) | None => open.push(interval),
            }
        }
    }
    Timetable::new(horizon.moments(zone), open).map_err(ExpandError::Timetable)
}

/// The moment at a minute of a local day, midnight at its end included.
fn moment(date: Date, minute: u16, zone: &Zone) -> stdx::Timestamp {
    let (date, minute) =
        if minute < DAY { (date, minute) } else { (day_after(date, 1), minute - DAY) };
    let time = Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0);
    zone.timestamp(date.to_datetime(time.expect("a span ends at the latest at the day's end")))
}

/// Takes closed moments, sorted by their beginning, out of a timetable.
fn cut_out(
    timetable: &Timetable,
    closures: &[(Interval, String)],
) -> Result<Timetable, ExpandError> {
    let mut left = Vec::with_capacity(timetable.intervals().len());
    let mut next = 0;
    for &interval in timetable.intervals() {
        let mut from = interval.from;
        // Closures may overlap: those that end before this opening are done with, but only from the front.
        while closures.get(next).is_some_and(|(closed, _)| closed.until <= from) {
            next += 1;
        }
        for (closed, _) in closures[next..].iter().take_while(|(c, _)| c.from < interval.until) {
            if from < closed.from {
                left.push(Interval { from, until: closed.from });
            }
            from = from.max(closed.until);
        }
        if from < interval.until {
            left.push(Interval { from, until: interval.until });
        }
    }
    match Timetable::new(timetable.horizon(), left) {
        Err(TimetableError::TooMany(_)) => Err(ExpandError::TooManyOpenings),
        made => made.map_err(ExpandError::Timetable),
    }
}
