// SPDX-License-Identifier: EUPL-1.2
//! Local dates and times, and the zone that turns them into moments and back.

use crate::holidays::{HolidayCalendar, State};
use calendar::{OffsetChange, WallClock};
use jiff::Span;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use std::fmt;
use std::ops::RangeInclusive;
use stdx::{Micros, Timestamp};

/// Years that dates for opening hours may have: from the last great change of the holiday laws to
/// far beyond any contract. The laws are taken as they stand today.
pub const YEARS: RangeInclusive<i16> = 1995..=2199;

/// The longest stretch of dates, in years: five for a replay of the past, five ahead.
pub const HORIZON_YEARS_MAX: i16 = 10;

/// `days` after `date`, before it if negative; the ends of the calendar hold.
///
/// `days` must be within ±1,000,000, far more than any rule may ask for.
pub(crate) fn day_after(date: Date, days: i32) -> Date {
    date.saturating_add(Span::new().days(days))
}

/// The text is no local date or date and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalTimeError {
    found: String,
    example: &'static str,
}

impl LocalTimeError {
    fn new(found: &str, example: &'static str) -> Self {
        LocalTimeError { found: found.chars().take(40).collect(), example }
    }

    /// What is wrong and what was expected, in German; the text itself is for the caller to show.
    #[must_use]
    pub fn message_de(&self) -> String {
        format!("Das gibt es im Kalender nicht (erwartet: eine Angabe wie {})", self.example)
    }

    /// What is wrong and what was expected, in English; the text itself is for the caller to show.
    #[must_use]
    pub fn message_en(&self) -> String {
        format!("This is not in the calendar (expected: something like {})", self.example)
    }
}

impl fmt::Display for LocalTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\": {}", self.found, self.message_en())
    }
}

impl std::error::Error for LocalTimeError {}

/// Reads a date such as `2014-12-24`, and nothing else.
///
/// # Errors
/// If the text has another shape or the day does not exist.
pub fn parse_date(text: &str) -> Result<Date, LocalTimeError> {
    date_of(text).ok_or_else(|| LocalTimeError::new(text, "2014-12-24"))
}

/// Reads a local date and time such as `2014-12-24T12:05`, and nothing else: no seconds, no zone.
///
/// # Errors
/// If the text has another shape, or the day or time does not exist in the calendar. A time that a
/// zone skips in spring is accepted; see [`Zone::timestamp`].
pub fn parse_datetime(text: &str) -> Result<DateTime, LocalTimeError> {
    let read = || {
        let (date, time) = text.split_once('T')?;
        Some(date_of(date)?.to_datetime(time_of(time)?))
    };
    read().ok_or_else(|| LocalTimeError::new(text, "2014-12-24T12:05"))
}

fn date_of(text: &str) -> Option<Date> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    Date::new(number(year, 4)?, number(month, 2)? as i8, number(day, 2)? as i8).ok()
}

fn time_of(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::new(number(hour, 2)? as i8, number(minute, 2)? as i8, 0, 0).ok()
}

/// Exactly `digits` ASCII digits; two of them always fit an `i8`, four an `i16`.
fn number(text: &str, digits: usize) -> Option<i16> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// The German name of a weekday.
#[must_use]
pub const fn weekday_de(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Montag",
        Weekday::Tuesday => "Dienstag",
        Weekday::Wednesday => "Mittwoch",
        Weekday::Thursday => "Donnerstag",
        Weekday::Friday => "Freitag",
        Weekday::Saturday => "Samstag",
        Weekday::Sunday => "Sonntag",
    }
}

/// The English name of a weekday.
#[must_use]
pub const fn weekday_en(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// Why two dates are no [`LocalDates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatesError {
    /// The last day is before the first.
    Reversed,
    /// More than [`HORIZON_YEARS_MAX`] years.
    TooLong,
    /// A year outside [`YEARS`].
    OutsideYears,
}

impl DatesError {
    /// What is wrong, in German.
    #[must_use]
    pub fn message_de(self) -> String {
        match self {
            DatesError::Reversed => "der letzte Tag liegt vor dem ersten".into(),
            DatesError::TooLong => format!("mehr als {HORIZON_YEARS_MAX} Jahre"),
            DatesError::OutsideYears => {
                format!("nur Jahre von {} bis {}", YEARS.start(), YEARS.end())
            }
        }
    }

    /// What is wrong, in English.
    #[must_use]
    pub fn message_en(self) -> String {
        match self {
            DatesError::Reversed => "the last day is before the first".into(),
            DatesError::TooLong => format!("more than {HORIZON_YEARS_MAX} years"),
            DatesError::OutsideYears => {
                format!("only years from {} to {}", YEARS.start(), YEARS.end())
            }
        }
    }
}

impl fmt::Display for DatesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_en())
    }
}

impl std::error::Error for DatesError {}

/// Whole local days, the first and the last included: at most [`HORIZON_YEARS_MAX`] years within [`YEARS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalDates {
    from: Date,
    until: Date,
}

impl LocalDates {
    /// The days from `from` to `until`, both included.
    ///
    /// # Errors
    /// If they are reversed, too many, or in years that are not supported.
    pub fn new(from: Date, until: Date) -> Result<Self, DatesError> {
        if until < from {
            return Err(DatesError::Reversed);
        }
        if !YEARS.contains(&from.year()) || !YEARS.contains(&until.year()) {
            return Err(DatesError::OutsideYears);
        }
        if until >= from.saturating_add(Span::new().years(HORIZON_YEARS_MAX)) {
            return Err(DatesError::TooLong);
        }
        Ok(LocalDates { from, until })
    }

    /// The first day.
    #[must_use]
    pub fn from(&self) -> Date {
        self.from
    }

    /// The last day, which is included.
    #[must_use]
    pub fn until(&self) -> Date {
        self.until
    }

    /// Every day in order.
    pub fn days(&self) -> impl Iterator<Item = Date> + use<> {
        let LocalDates { from, until } = *self;
        std::iter::successors(Some(from), move |&day| {
            Some(day_after(day, 1)).filter(|d| *d <= until)
        })
    }

    /// The first moment of the first day and the first moment after the last.
    pub(crate) fn moments(&self, zone: &Zone) -> calendar::Interval {
        let midnight = |date: Date| zone.timestamp(date.to_datetime(Time::midnight()));
        calendar::Interval { from: midnight(self.from), until: midnight(day_after(self.until, 1)) }
    }
}

/// The compiled-in database knows no zone of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneError {
    found: String,
}

impl ZoneError {
    /// What is wrong and what was expected, in German.
    #[must_use]
    pub fn message_de(&self) -> String {
        format!("Zeitzone „{}“ ist unbekannt; erwartet: ein Name wie Europe/Berlin", self.found)
    }

    /// What is wrong and what was expected, in English.
    #[must_use]
    pub fn message_en(&self) -> String {
        format!("time zone \"{}\" is not known; expected a name such as Europe/Berlin", self.found)
    }
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_en())
    }
}

impl std::error::Error for ZoneError {}

/// A time zone of the IANA database that is compiled in; the machine's is never asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    zone: TimeZone,
}

impl Zone {
    /// Europe/Berlin, the zone of every German authority (§ 4 EinhZeitG).
    ///
    /// # Panics
    /// Never: the compiled-in database has this zone (tested).
    #[must_use]
    pub fn berlin() -> Zone {
        Zone::parse("Europe/Berlin").expect("the compiled-in database has Europe/Berlin")
    }

    /// A zone by its IANA name.
    ///
    /// # Errors
    /// If the compiled-in database does not have it.
    pub fn parse(name: &str) -> Result<Zone, ZoneError> {
        match TimeZoneDatabase::bundled().get(name) {
            Ok(zone) => Ok(Zone { zone }),
            Err(_) => Err(ZoneError { found: name.chars().take(40).collect() }),
        }
    }

    /// The moment that a local time means. A later local time never means an earlier moment.
    ///
    /// In autumn, when an hour is lived twice, its first pass is meant (as in RFC 5545, 3.3.5). In
    /// spring, a time that is skipped means the moment of the jump: both edges of a rule that fall into the
    /// gap collapse there, so no opening begins after it has ended.
    #[must_use]
    pub fn timestamp(&self, local: DateTime) -> Timestamp {
        let (offset, skipped) = match self.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset, false),
            AmbiguousOffset::Fold { before, .. } => (before, false),
            AmbiguousOffset::Gap { after, .. } => (after, true),
        };
        let nearest = if local.year() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        let moment = offset.to_timestamp(local).unwrap_or(nearest);
        // Read with the later offset, a skipped time lies just before the jump.
        let jump = if skipped { self.zone.following(moment).next() } else { None };
        Timestamp(jump.map_or(moment, |jump| jump.timestamp()).as_microsecond())
    }

    /// What the clock on the wall shows at a moment, to the microsecond.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> DateTime {
        let nearest = if at.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        self.zone.to_datetime(jiff::Timestamp::from_microsecond(at.0).unwrap_or(nearest))
    }

    /// A moment as local text such as `2014-12-24 12:05`, seconds cut off.
    #[must_use]
    pub fn format(&self, at: Timestamp) -> String {
        let local = self.local(at);
        let (date, hour, minute) = (local.date(), local.hour(), local.minute());
        format!("{date} {hour:02}:{minute:02}")
    }

    /// What the clock on the wall shows on these days, written out for core.
    ///
    /// # Panics
    /// If the zone changes its clock more than [`stdx::limits::OFFSETS_MAX`] times within the days: no zone does.
    #[must_use]
    pub fn wall_clock(&self, dates: &LocalDates) -> WallClock {
        let horizon = dates.moments(self);
        let first = jiff::Timestamp::from_microsecond(horizon.from.0).expect("within YEARS");
        let micros = |offset: Offset| i64::from(offset.seconds()) * 1_000_000;
        let change = |from, offset| OffsetChange { from, ahead: micros(offset) };
        let mut changes = vec![change(horizon.from, self.zone.to_offset(first))];
        for transition in self.zone.following(first) {
            let at = Timestamp(transition.timestamp().as_microsecond());
            if horizon.until <= at {
                break;
            }
            // A transition may change the zone's name alone.
            if changes.last().is_some_and(|last| last.ahead != micros(transition.offset())) {
                changes.push(change(at, transition.offset()));
            }
        }
        WallClock::new(horizon, changes).expect("a zone's transitions are sorted")
    }

    /// The local weekday of a moment.
    #[must_use]
    pub fn weekday(&self, at: Timestamp) -> Weekday {
        self.local(at).weekday()
    }
}

/// A moment in UTC with milliseconds, such as `2014-12-24T11:05:00.000Z` (RFC 3339): what programs read.
#[must_use]
pub fn rfc3339(at: Timestamp) -> String {
    let nearest = if at.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    let at = jiff::Timestamp::from_microsecond(at.0).unwrap_or(nearest);
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// One local half-hour of real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HalfHour {
    /// Its first moment; it lasts 30 minutes.
    pub start: Timestamp,
    /// The local day.
    pub date: Date,
    /// The local year.
    pub year: i16,
    /// The local month, 1 to 12.
    pub month: u8,
    /// The local weekday.
    pub weekday: Weekday,
    /// The half-hour of the local day, 0 (00:00) to 47 (23:30).
    pub half_hour: u8,
    /// Whether the local day is a public holiday of the Land.
    pub is_holiday: bool,
}

/// Every half-hour of `dates`, in the order of real time: 46 on the day in spring on which the clock
/// jumps (4 and 5 are missing), 50 on the day in autumn (4 and 5 come twice), otherwise 48.
pub fn half_hours(
    dates: LocalDates,
    state: State,
    zone: &Zone,
) -> impl Iterator<Item = HalfHour> + use<> {
    let holidays = HolidayCalendar::new(state, dates.from.year(), dates.until.year());
    let span = dates.moments(zone);
    let zone = zone.clone();
    let starts =
        std::iter::successors(Some(span.from), |&start| Some(start + Micros::from_mins(30)));
    starts.take_while(move |&start| start < span.until).map(move |start| {
        let local = zone.local(start);
        let date = local.date();
        HalfHour {
            start,
            date,
            year: date.year(),
            month: date.month().unsigned_abs(),
            weekday: date.weekday(),
            half_hour: local.hour().unsigned_abs() * 2 + u8::from(local.minute() >= 30),
            is_holiday: holidays.contains(date),
        }
    })
}
