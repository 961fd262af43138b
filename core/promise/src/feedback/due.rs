// SPDX-License-Identifier: EUPL-1.2
//! By when somebody has to have come back to the citizen.

use super::FEEDBACK_WITHIN;
use calendar::{LocalTime, Timetable, WallClock};
use stdx::{Micros, Timestamp};

/// How the time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// 24 hours, by day and night, on every day.
    PlainHours,
    /// The same time of day on the next service day, whatever its hours are: what a citizen understands. A service
    /// day is one on which anybody is to be there at any time. Who writes on a Saturday at ten is told Monday at ten.
    NextServiceDay,
    /// 24 hours of service, added up: outside of them the time stands still.
    ServiceHours,
}

/// A time for which the clock is stopped, for a stated reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it; none while it lasts.
    pub until: Option<Timestamp>,
}

/// When somebody is there, closures and holidays included, and what the clock on the wall shows.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// The opening hours.
    pub open: &'a Timetable,
    /// The clock.
    pub wall: &'a WallClock,
}

/// By when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// By this moment, itself included.
    At(Timestamp),
    /// The clock is stopped: nobody knows until it goes on.
    Stopped,
    /// The calendar does not reach so far.
    BeyondHorizon,
}

/// By when feedback is due for what came in at `opened`.
///
/// Pauses are sorted and apart, only the last may last still; one that begins when it is due, or later, changes nothing.
/// On the clocks that count hours a pause is left out of the count. On [`Clock::NextServiceDay`] the moment moves on by
/// the pause's length, then to a service day, but never further than to what would be due for a case that came in
/// when the pause ended: so a pause never gives more time than it took, nor more than the promise.
///
/// # Panics
/// If the pauses are not sorted and apart.
#[must_use]
pub fn due(clock: Clock, opened: Timestamp, pauses: &[Pause], service: Service<'_>) -> Due {
    assert_apart(pauses);
    let is_old = |pause: &&Pause| pause.until.is_none_or(|until| until > opened);
    let pauses = pauses.iter().filter(is_old);
    let found = match clock {
        Clock::PlainHours => {
            counted(opened, pauses, |from, until| until.since(from), |from, left| Some(from + left))
        }
        // Of what lies before the horizon nobody knows how much of it was service.
        Clock::ServiceHours if opened < service.open.horizon().from => None,
        Clock::ServiceHours => {
            let count = |from, until| open_between(service.open, from, until);
            counted(opened, pauses, count, |from, left| after_service(service.open, from, left))
        }
        Clock::NextServiceDay => next_service_day(opened, pauses, service),
    };
    let Some(found) = found else { return Due::BeyondHorizon };
    if let Due::At(at) = found {
        assert!(opened < at, "due before it came in: {opened:?}, {at:?}");
    }
    found
}

fn assert_apart(pauses: &[Pause]) {
    let lasts = pauses.iter().rev().skip(1).all(|it| it.until.is_some());
    let sorted = pauses.windows(2).all(|two| two[0].until <= Some(two[1].from));
    let forward = pauses.iter().all(|it| it.until.is_none_or(|until| it.from <= until));
    assert!(lasts && sorted && forward, "pauses: {pauses:?}");
}

/// Counts from pause to pause until the time is used up.
fn counted<'a>(
    opened: Timestamp,
    pauses: impl Iterator<Item = &'a Pause>,
    count: impl Fn(Timestamp, Timestamp) -> Micros,
    after: impl Fn(Timestamp, Micros) -> Option<Timestamp>,
) -> Option<Due> {
    let (mut from, mut left) = (opened, FEEDBACK_WITHIN);
    for pause in pauses {
        let ran = count(from, pause.from);
        if left <= ran {
            break;
        }
        let Some(until) = pause.until else { return Some(Due::Stopped) };
        left = Micros(left.0 - ran.0);
        from = from.max(until);
    }
    after(from, left).map(Due::At)
}

/// How much of this time somebody is to be there.
fn open_between(open: &Timetable, from: Timestamp, until: Timestamp) -> Micros {
    let first = open.intervals().partition_point(|it| it.until <= from);
    let spans = open.intervals()[first..].iter().take_while(|it| it.from < until);
    let lengths = spans.map(|it| it.until.min(until).since(it.from.max(from)));
    lengths.fold(Micros::ZERO, |sum, length| sum + length)
}

/// The moment at which so much service has passed; none if the timetable does not reach to it.
fn after_service(open: &Timetable, from: Timestamp, mut left: Micros) -> Option<Timestamp> {
    let first = open.intervals().partition_point(|it| it.until <= from);
    for span in &open.intervals()[first..] {
        let begins = span.from.max(from);
        let lasts = span.until.since(begins);
        if left <= lasts {
            return Some(begins + left);
        }
        left = Micros(left.0 - lasts.0);
    }
    None
}

fn next_service_day<'a>(
    opened: Timestamp,
    pauses: impl Iterator<Item = &'a Pause>,
    service: Service<'_>,
) -> Option<Due> {
    let mut at = same_time_later(opened, service)?;
    for pause in pauses {
        if at <= pause.from {
            break;
        }
        let Some(until) = pause.until else { return Some(Due::Stopped) };
        let moved = on_service_day(at + until.since(pause.from.max(opened)), service)?;
        let anew = same_time_later(until.max(opened), service)?;
        at = moved.min(anew);
    }
    Some(Due::At(at))
}

/// The same time of day on the next service day.
fn same_time_later(at: Timestamp, service: Service<'_>) -> Option<Timestamp> {
    let local = service.wall.shows(at)?;
    from_date(local, local.date().next(), service)
}

/// This moment, or the same time of day on the next service day if its own is none.
fn on_service_day(at: Timestamp, service: Service<'_>) -> Option<Timestamp> {
    let local = service.wall.shows(at)?;
    match service.wall.is_service_day(local.date(), service.open)? {
        true => Some(at),
        false => same_time_later(at, service),
    }
}

fn from_date(
    local: LocalTime,
    first: calendar::LocalDate,
    service: Service<'_>,
) -> Option<Timestamp> {
    let mut date = first;
    while !service.wall.is_service_day(date, service.open)? {
        date = date.next();
    }
    service.wall.moment(local.on(date))
}
