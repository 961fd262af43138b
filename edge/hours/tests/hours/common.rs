// SPDX-License-Identifier: EUPL-1.2
//! Short ways to say dates, rules and expansions in tests.

use hours::{
    Closure, Expansion, LocalDate, LocalDateTime, LocalDates, Rules, State, Zone, expand,
    parse_date, parse_datetime,
};
use stdx::Timestamp;

pub(crate) const WINSEN: &str = "Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off";

pub(crate) fn date(text: &str) -> LocalDate {
    parse_date(text).unwrap()
}

pub(crate) fn time(text: &str) -> LocalDateTime {
    parse_datetime(text).unwrap()
}

pub(crate) fn dates(from: &str, until: &str) -> LocalDates {
    LocalDates::new(date(from), date(until)).unwrap()
}

pub(crate) fn rules(expression: &str) -> Rules {
    Rules::parse(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
}

pub(crate) fn closure(from: &str, until: &str, reason: &str) -> Closure {
    Closure { from: time(from), until: time(until), reason: reason.into() }
}

/// In Lower Saxony, Europe/Berlin.
pub(crate) fn expanded(text: &str, closures: &[Closure], from: &str, until: &str) -> Expansion {
    let horizon = dates(from, until);
    expand(&rules(text), State::LowerSaxony, closures, horizon, &Zone::berlin()).unwrap()
}

/// A moment in UTC.
pub(crate) fn utc(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
}

/// The openings in UTC, to the minute.
pub(crate) fn openings(expansion: &Expansion) -> Vec<String> {
    let utc = |at: Timestamp| jiff::Timestamp::from_microsecond(at.0).unwrap();
    let text = |at| utc(at).strftime("%m-%d %H:%M").to_string();
    let open = expansion.timetable.intervals();
    open.iter().map(|i| format!("{} to {}", text(i.from), text(i.until))).collect()
}

/// The openings in local time.
pub(crate) fn local_openings(expansion: &Expansion) -> Vec<String> {
    let zone = Zone::berlin();
    let text = |at| zone.format(at)[5..].to_owned();
    let open = expansion.timetable.intervals();
    open.iter().map(|i| format!("{} to {}", text(i.from), text(i.until))).collect()
}

/// Hours open in all.
pub(crate) fn hours_open(expansion: &Expansion) -> f64 {
    let open = expansion.timetable.intervals();
    open.iter().map(|i| i.until.since(i.from).as_secs_f64() / 3600.0).sum()
}
