// SPDX-License-Identifier: EUPL-1.2
//! Hours, shifts and closures: can they be read, do they ever open, does a shift end?

use crate::config::county::{Agent, Closure, Hours, Place};
use crate::config::moment::{self, date};
use crate::config::problem::{Opening, Problem, Shape};
use crate::config::reader::{Fields, Reader, start};
use crate::config::schema::{Kind, Table};
use hours::{
    CLOSURES_MAX, Expansion, HORIZON_YEARS_MAX, LocalDateTime, LocalDates, Rules, State, YEARS,
    Zone, expand,
};
use std::collections::BTreeMap;
use stdx::limits::SHIFT_MAX;

/// Closures in one file: as many as one timetable may have, for every administration of a county.
const CLOSURES_IN_FILE_MAX: usize = 4 * CLOSURES_MAX;

/// Characters of a closure's reason.
const REASON_MAX: usize = 300;

/// The year from which a file without closures is checked.
const FIRST_YEAR: i16 = 2025;

/// Different shifts that are checked for their length. A whole year is expanded for each; a centre
/// has a few dozen.
const SHIFTS_CHECKED_MAX: usize = 1_000;

/// Hours that do not open in the checked years are looked for in all others, but only so many.
const SEARCHED_MAX: usize = 4;

/// What the checks of times need to know.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    pub(super) state: State,
    pub(super) zone: Zone,
    /// The years that are checked.
    pub(super) dates: LocalDates,
}

impl Calendar {
    /// The years from the first closure on, as many as the rules can be expanded for at once.
    pub(super) fn new(state: State, closures: &[(usize, Closure)]) -> Option<Self> {
        let years = closures.iter().map(|(_, closure)| closure.from.year());
        let first = years.filter(|year| YEARS.contains(year)).min().unwrap_or(FIRST_YEAR);
        Some(Calendar { state, zone: Zone::berlin(), dates: decade(first)? })
    }

    /// The first of the checked years.
    pub(super) fn first_year(&self) -> Option<LocalDates> {
        let first = self.dates.from();
        LocalDates::new(first, date(first.year(), 12, 31)?).ok()
    }
}

fn decade(first: i16) -> Option<LocalDates> {
    let last = (first + HORIZON_YEARS_MAX - 1).min(*YEARS.end());
    LocalDates::new(date(first, 1, 1)?, date(last, 12, 31)?).ok()
}

/// The rules at `key`, if they can be read.
pub(super) fn rules(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    key: &'static str,
) -> Option<Rules> {
    let value = reader.required(fields, key)?;
    let text = reader.string(key, value)?;
    match Rules::parse(text) {
        Ok(rules) => {
            if !rules.mentions_holidays() && text.trim() != "24/7" {
                reader.note_opening(start(value), Opening::NoHolidays(text.to_owned()));
            }
            Some(rules)
        }
        Err(error) => {
            let problem = Opening::BadRules { de: error.message_de(), en: error.message_en() };
            reader.note_opening(reader.inside(value, error.offset), problem);
            None
        }
    }
}

pub(super) fn hours(reader: &mut Reader<'_>, tables: &[Fields<'_, '_>]) -> Vec<Option<Hours>> {
    let mut hours = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let id = reader.id_of(Kind::Hours, index);
        let name = reader.name(fields);
        let rules = rules(reader, fields, "open");
        hours.push(rules.map(|rules| Hours { id, name, rules }));
    }
    hours
}

/// The closures that can be read, each with its place.
pub(super) fn closures(
    reader: &mut Reader<'_>,
    root: &Fields<'_, '_>,
    places: &[Place],
) -> Vec<(usize, Closure)> {
    let zone = Zone::berlin();
    let tables = reader.tables(root, "closure", Table::Closure, CLOSURES_IN_FILE_MAX);
    let mut closures = Vec::new();
    for fields in &tables {
        let closed = super::places::all_named(reader, fields, places);
        // Whoever closes offices alone need not close any hours of lines.
        let hours = match fields.get("places") {
            Some(_) => reader.optional_references(fields, "hours", Kind::Hours),
            None => reader.references(fields, "hours", Kind::Hours),
        };
        let from = moment(reader, fields, "from", &zone);
        let until = moment(reader, fields, "until", &zone);
        let reason = reader.text(fields, "reason", REASON_MAX);
        let (Some(from), Some(until)) = (from, until) else { continue };
        if until <= from {
            reader.note_opening(fields.place("until"), Opening::Reversed);
            continue;
        }
        if until.year() < *YEARS.start() || *YEARS.end() < from.year() {
            let (first, last) = (*YEARS.start(), *YEARS.end());
            reader.note_opening(fields.place("from"), Opening::OutsideYears { first, last });
        } else if *YEARS.end() < until.year() {
            let last = *YEARS.end();
            reader.note_opening(fields.place("until"), Opening::WithoutEnd { last });
        }
        let hours = hours.into_iter().map(|found| found.value).collect();
        closures.push((fields.at, Closure { hours, places: closed, from, until, reason }));
    }
    closures
}

fn moment(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    key: &'static str,
    zone: &Zone,
) -> Option<LocalDateTime> {
    let value = reader.required(fields, key)?;
    let text = reader.string(key, value)?;
    let error = match moment::read(text, zone) {
        Ok(moment) => return Some(moment),
        Err(error) => error,
    };
    let problem = Opening::BadMoment { given: text.to_owned(), error };
    reader.note_opening(start(value), problem);
    None
}

/// Notes hours that never open and closures that close nothing.
pub(super) fn check_hours(
    reader: &mut Reader<'_>,
    tables: &[Fields<'_, '_>],
    hours: &[Option<Hours>],
    closures: &[(usize, Closure)],
    calendar: &Calendar,
) {
    let mut searches_left = SEARCHED_MAX;
    for (index, (fields, hours)) in tables.iter().zip(hours).enumerate() {
        let Some(hours) = hours else { continue };
        let own: Vec<&(usize, Closure)> =
            closures.iter().filter(|(_, closure)| closure.hours.contains(&index)).collect();
        let at = fields.place("open");
        if own.len() > CLOSURES_MAX {
            let problem =
                Shape::TooMany { key: format!("closure ({})", hours.id), max: CLOSURES_MAX };
            reader.note(at, Problem::Shape(problem));
            continue;
        }
        let closed: Vec<hours::Closure> = own.iter().map(|(_, closure)| closure.plain()).collect();
        match expand(&hours.rules, calendar.state, &closed, calendar.dates, &calendar.zone) {
            Ok(expansion) => {
                check_rules(reader, at, &hours.rules, &expansion, calendar);
                let closed_now = expansion.timetable.intervals().is_empty();
                if closed_now && never_opens(&hours.rules, &closed, calendar, &mut searches_left) {
                    let from = calendar.dates.from().to_string();
                    let until = calendar.dates.until().to_string();
                    reader.note_opening(at, Opening::NeverOpen { from, until });
                } else {
                    let would_open = check_closures(reader, hours, &own, calendar);
                    if closed_now && would_open {
                        let from = calendar.dates.from().to_string();
                        let until = calendar.dates.until().to_string();
                        reader.note_opening(at, Opening::AllClosed { from, until });
                    }
                }
            }
            Err(error) => {
                let problem = Opening::BadRules { de: error.message_de(), en: error.message_en() };
                reader.note_opening(at, problem);
            }
        }
    }
}

/// Whether rules that do not open in the checked years open in no others either.
fn never_opens(
    rules: &Rules,
    closures: &[hours::Closure],
    calendar: &Calendar,
    searches_left: &mut usize,
) -> bool {
    if *searches_left == 0 {
        return true;
    }
    *searches_left -= 1;
    let firsts = YEARS.step_by(HORIZON_YEARS_MAX.unsigned_abs().into());
    !firsts.filter_map(decade).any(|dates| {
        expand(rules, calendar.state, closures, dates, &calendar.zone)
            .is_ok_and(|expansion| !expansion.timetable.intervals().is_empty())
    })
}

/// Rules that can be read, and probably do not say what was meant.
fn check_rules(
    reader: &mut Reader<'_>,
    at: usize,
    rules: &Rules,
    expansion: &Expansion,
    calendar: &Calendar,
) {
    if let Some(minute) = rules.full_circle() {
        let time = format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
        reader.note_opening(at, Opening::FullCircle { time });
    }
    if let Some(weekday) = rules.replaced_weekday() {
        let (de, en) = (hours::weekday_de(weekday), hours::weekday_en(weekday));
        reader.note_opening(at, Opening::ReplacedDay { de, en });
    }
    if !rules.mentions_holidays() || expansion.holidays_matter() {
        return;
    }
    let horizon = expansion.timetable.horizon();
    let (from, until) = (calendar.zone.local(horizon.from), calendar.zone.local(horizon.until));
    let last_day = until.date().yesterday().unwrap_or(until.date());
    let Ok(dates) = LocalDates::new(from.date(), last_day) else { return };
    let other = rules
        .with_holidays_last()
        .and_then(|rules| expand(&rules, calendar.state, &[], dates, &calendar.zone).ok());
    if other.is_some_and(|other| other.holidays_matter()) {
        reader.note_opening(at, Opening::HolidaysOverridden);
    }
}

/// A closure at a time that is closed anyway is a slip in its date. Whether the rules open at all.
fn check_closures(
    reader: &mut Reader<'_>,
    hours: &Hours,
    closures: &[&(usize, Closure)],
    calendar: &Calendar,
) -> bool {
    let Ok(open) = expand(&hours.rules, calendar.state, &[], calendar.dates, &calendar.zone) else {
        return false;
    };
    let horizon = open.timetable.horizon();
    let intervals = open.timetable.intervals();
    for (at, closure) in closures {
        let from = calendar.zone.timestamp(closure.from);
        let until = calendar.zone.timestamp(closure.until);
        let next = intervals.partition_point(|interval| interval.until <= from);
        let hits = intervals.get(next).is_some_and(|interval| interval.from < until);
        if !hits && horizon.from <= from && until <= horizon.until {
            let hours = hours.id.clone();
            reader.note_opening(*at, Opening::NothingToClose { hours });
        }
    }
    !intervals.is_empty()
}

/// The shifts in the first of the checked years, by their rules; one that is too long is noted.
pub(super) fn check_shifts(
    reader: &mut Reader<'_>,
    tables: &[Fields<'_, '_>],
    agents: &[Option<Agent>],
    calendar: &Calendar,
) -> BTreeMap<String, Expansion> {
    let mut shifts: BTreeMap<String, Expansion> = BTreeMap::new();
    let Some(year) = calendar.first_year() else { return shifts };
    for (fields, agent) in tables.iter().zip(agents) {
        let Some(agent) = agent else { continue };
        let text = agent.shift.as_str();
        if !shifts.contains_key(text) {
            if shifts.len() == SHIFTS_CHECKED_MAX {
                continue;
            }
            match expand(&agent.shift, calendar.state, &[], year, &calendar.zone) {
                Ok(shift) => {
                    check_rules(reader, fields.place("shift"), &agent.shift, &shift, calendar);
                    shifts.insert(text.to_owned(), shift);
                }
                Err(error) => {
                    let problem =
                        Opening::BadRules { de: error.message_de(), en: error.message_en() };
                    reader.note_opening(fields.place("shift"), problem);
                    continue;
                }
            }
        }
        let long = shifts.get(text).and_then(|shift| too_long(shift, calendar));
        if let Some(problem) = long {
            reader.note_opening(fields.place("shift"), problem);
        }
    }
    shifts
}

fn too_long(shift: &Expansion, calendar: &Calendar) -> Option<Opening> {
    let intervals = shift.timetable.intervals();
    let interval = intervals.iter().find(|i| i.until.since(i.from) > SHIFT_MAX)?;
    let day = calendar.zone.local(interval.from).date().to_string();
    let hours = interval.until.since(interval.from).as_secs() / 3_600;
    Some(Opening::LongShift { day, hours, max: SHIFT_MAX.as_secs() / 3_600 })
}
