// SPDX-License-Identifier: EUPL-1.2
//! Which rules match a day, and which minutes of it are open.
//!
//! Evaluated here and not by the crate `opening-hours` 2.1.4, which loses or invents hours after
//! midnight where rules meet (`Sa 10:00-12:00; Fr 22:00-02:00` closes on Friday at midnight) and
//! reads `2014Jan-Mar` as one day. A test compares the two wherever they should agree.

use crate::holidays::{HolidayCalendar, easter_sunday};
use crate::local::day_after;
use crate::rules::{DAY, Effect, Rule, Span, united};
use jiff::civil::{Date, Weekday};
use opening_hours_syntax::rules::day as rule;
use std::cmp::Ordering;

/// Walks from day to day, carrying what reaches over midnight.
pub(crate) struct Days<'r> {
    rules: &'r [Rule],
    holidays: &'r HolidayCalendar,
    /// Which rules matched the day before.
    matched: Vec<bool>,
    /// What began on the day before and goes on after midnight, in minutes of the day to come.
    carried: Vec<Span>,
    next: Date,
}

impl<'r> Days<'r> {
    /// The first call of [`Days::open_minutes`] speaks of `first`.
    pub(crate) fn new(rules: &'r [Rule], holidays: &'r HolidayCalendar, first: Date) -> Self {
        let matched = vec![false; rules.len()];
        let mut days =
            Days { rules, holidays, matched, carried: Vec::new(), next: day_after(first, -2) };
        // Two days earlier: the day before may carry over, and the one before it may have cut into that.
        days.open_minutes();
        days.open_minutes();
        days
    }

    /// The open minutes of the next day, sorted and apart, all before its midnight.
    pub(crate) fn open_minutes(&mut self) -> Vec<Span> {
        let date = self.next;
        self.next = day_after(date, 1);
        let mut begins: Vec<Span> = Vec::new();
        let mut carried = std::mem::take(&mut self.carried);
        for (rule, matched_before) in self.rules.iter().zip(&mut self.matched) {
            let matches = matches_day(&rule.days, date, self.holidays);
            let matched_yesterday = std::mem::replace(matched_before, matches);
            if rule.effect == Effect::Close && matched_yesterday {
                for span in rule.spans.iter().copied().filter_map(after_midnight) {
                    cut(&mut begins, span);
                    cut(&mut carried, span);
                }
            }
            if matches {
                apply(rule, &mut begins, &mut carried);
            }
        }
        self.carried = begins.iter().copied().filter_map(after_midnight).collect();
        begins.extend(carried);
        let today = begins.into_iter().filter(|span| span.from < DAY);
        united(today.map(|span| Span { until: span.until.min(DAY), ..span }).collect())
    }
}

/// What a rule does to the openings that begin on a day, and to those carried into it.
fn apply(rule: &Rule, begins: &mut Vec<Span>, carried: &mut Vec<Span>) {
    match rule.effect {
        Effect::Replace => begins.clone_from(&rule.spans),
        Effect::Add => {
            begins.extend_from_slice(&rule.spans);
            *begins = united(std::mem::take(begins));
        }
        Effect::Close => {
            for &span in &rule.spans {
                cut(begins, span);
                cut(carried, span);
            }
        }
        Effect::CloseDay => {
            begins.clear();
            cut(carried, Span { from: 0, until: DAY });
        }
    }
}

/// The part of a span that lies on the next day, in minutes of that day.
fn after_midnight(span: Span) -> Option<Span> {
    let until = span.until.checked_sub(DAY).filter(|&until| until > 0)?;
    Some(Span { from: span.from.saturating_sub(DAY), until })
}

/// Takes a span out of others.
fn cut(spans: &mut Vec<Span>, out: Span) {
    if !spans.iter().any(|span| span.from < out.until && out.from < span.until) {
        return;
    }
    let parts = |span: &Span| {
        [
            Span { from: span.from, until: span.until.min(out.from) },
            Span { from: span.from.max(out.until), until: span.until },
        ]
    };
    *spans = spans.iter().flat_map(parts).filter(|part| part.from < part.until).collect();
}

/// Whether all selectors of a rule match a day; of each kind one is enough, and none means any day.
fn matches_day(days: &rule::DaySelector, date: Date, holidays: &HolidayCalendar) -> bool {
    any(&days.year, |range| in_years(range, date))
        && any(&days.week, |range| in_weeks(range, date))
        && any(&days.weekday, |range| in_weekdays(range, date, holidays))
        && any(&days.monthday, |range| in_dates(range, date))
}

fn any<T>(selectors: &[T], matches: impl Fn(&T) -> bool) -> bool {
    selectors.is_empty() || selectors.iter().any(matches)
}

fn in_years(range: &rule::YearRange, date: Date) -> bool {
    let (range, step) = range.into_parts();
    let year = i32::from(date.year());
    let (first, last) = (**range.start(), **range.end());
    (first..=last).contains(&year) && (year - first) % i32::from(step) == 0
}

/// ISO 8601 weeks.
fn in_weeks(range: &rule::WeekRange, date: Date) -> bool {
    let (range, step) = range.into_parts();
    let week = date.iso_week_date().week().unsigned_abs();
    let (first, last) = (range.start().0, range.end().0);
    (first..=last).contains(&week) && (week - first).is_multiple_of(step)
}

fn in_weekdays(range: &rule::WeekDayRange, date: Date, holidays: &HolidayCalendar) -> bool {
    match range {
        // School holidays are refused when the rules are read.
        rule::WeekDayRange::Holiday { kind: _, offset } => {
            holidays.contains(moved(date, -i32::from(*offset)))
        }
        rule::WeekDayRange::Fixed { range, offset, nth_from_start, nth_from_end } => {
            let date = moved(date, -i32::from(*offset));
            let (first, last) = (weekday(*range.start()), weekday(*range.end()));
            let reach = last.since(first);
            let from_start = usize::from((date.day() - 1).unsigned_abs() / 7);
            let from_end = usize::from((date.days_in_month() - date.day()).unsigned_abs() / 7);
            date.weekday().since(first) <= reach
                && (nth_from_start[from_start] || nth_from_end[from_end])
        }
    }
}

/// Most offsets are zero, and adding days is not free.
fn moved(date: Date, days: i32) -> Date {
    if days == 0 { date } else { day_after(date, days) }
}

pub(crate) const fn weekday(weekday: rule::Weekday) -> Weekday {
    match weekday {
        rule::Weekday::Mon => Weekday::Monday,
        rule::Weekday::Tue => Weekday::Tuesday,
        rule::Weekday::Wed => Weekday::Wednesday,
        rule::Weekday::Thu => Weekday::Thursday,
        rule::Weekday::Fri => Weekday::Friday,
        rule::Weekday::Sat => Weekday::Saturday,
        rule::Weekday::Sun => Weekday::Sunday,
    }
}

fn in_dates(range: &rule::MonthdayRange, date: Date) -> bool {
    match range {
        rule::MonthdayRange::Month { range, year } => {
            in_months(*range.start() as i8, *range.end() as i8, *year, date)
        }
        rule::MonthdayRange::Date { start, end } => in_day_range(*start, *end, date),
    }
}

/// Months, perhaps over the turn of the year, perhaps beginning in one year only.
fn in_months(first: i8, last: i8, year: Option<rule::Year>, date: Date) -> bool {
    let month = date.month();
    let wraps = last < first;
    let inside =
        if wraps { first <= month || month <= last } else { (first..=last).contains(&month) };
    let began = if wraps && month <= last { date.year() - 1 } else { date.year() };
    inside && year.is_none_or(|year| *year == i32::from(began))
}

type Moved = (rule::Date, rule::DateOffset);

/// Dates, perhaps over the turn of the year; a year may stand with either.
fn in_day_range(start: Moved, end: Moved, date: Date) -> bool {
    // An offset reaches at most a year, a range over the turn of the year one more.
    let around = date.year() - 2..=date.year() + 1;
    let mut begins = match (given_year(start), given_year(end)) {
        (Some(year), _) => year..=year,
        (None, Some(year)) => match range_from(start, end, year) {
            Some(_) => year..=year,
            None => year - 1..=year - 1,
        },
        (None, None) => around,
    };
    begins.any(|year| {
        range_from(start, end, year).is_some_and(|(from, until)| from <= date && date <= until)
    })
}

/// The range that begins in a year; none if it would end before it begins.
fn range_from(start: Moved, end: Moved, year: i16) -> Option<(Date, Date)> {
    if start == end {
        let day = shifted(exact(start.0, year)?, start.1);
        return Some((day, day));
    }
    let from = exact(start.0, year).or_else(|| beside(start.0, year, 1))?;
    let until_in = |year| exact(end.0, year).or_else(|| beside(end.0, year, -1));
    let until = match given_year(end) {
        Some(year) => until_in(year)?,
        None => match until_in(year)? {
            same_year if from <= same_year => same_year,
            _ => until_in(year + 1)?,
        },
    };
    let (from, until) = (shifted(from, start.1), shifted(until, end.1));
    (from <= until).then_some((from, until))
}

fn given_year((date, _): Moved) -> Option<i16> {
    // The grammar has four digits.
    date.year().and_then(|year| i16::try_from(*year).ok())
}

/// The date in a year, if the year has it.
fn exact(date: rule::Date, year: i16) -> Option<Date> {
    match date {
        rule::Date::Fixed { month, day, .. } => Date::new(year, month as i8, day as i8).ok(),
        rule::Date::Weekday { month, wday, nth, .. } => {
            Date::new(year, month as i8, 1).ok()?.nth_weekday_of_month(nth, weekday(wday)).ok()
        }
        rule::Date::Easter { .. } => Some(easter_sunday(year)),
    }
}

/// A range from or until 29 February begins a day later or ends a day earlier in other years.
fn beside(date: rule::Date, year: i16, days: i32) -> Option<Date> {
    match (date, days.cmp(&0)) {
        (rule::Date::Fixed { .. }, Ordering::Greater) => Date::new(year, 3, 1).ok(),
        (rule::Date::Fixed { .. }, Ordering::Less | Ordering::Equal) => Date::new(year, 2, 28).ok(),
        (rule::Date::Weekday { .. } | rule::Date::Easter { .. }, _) => None,
    }
}

/// First to the weekday on or after (before) the date, then by days, in the order in which it is written.
fn shifted(date: Date, offset: rule::DateOffset) -> Date {
    let date = match offset.wday_offset {
        rule::WeekDayOffset::None => date,
        rule::WeekDayOffset::Next(target) => {
            moved(date, i32::from(weekday(target).since(date.weekday())))
        }
        rule::WeekDayOffset::Prev(target) => {
            moved(date, -i32::from(date.weekday().since(weekday(target))))
        }
    };
    moved(date, i32::from(offset.day_offset))
}
