// SPDX-License-Identifier: EUPL-1.2
//! The ways that a call takes beside the queue, for `when`: in service at all, own switchboard, partner.

use crate::Lang;
use crate::config::ways::InForce;
use crate::config::{County, Line, duration, moment};
use calendar::Opening;
use hours::{ExpandError, LocalDate, LocalDates};
use stdx::Timestamp;

/// That the line is not in service on a day, if it is not.
pub(super) fn out_of_service(lang: Lang, line: &Line, day: LocalDate) -> Option<String> {
    let InForce { from, until } = line.in_force;
    if line.in_force.on(day) {
        return None;
    }
    let since = from.filter(|from| day < *from).map(|from| {
        lang.pick(
            format!("Noch nicht in Betrieb: erst ab {from}.\n"),
            format!("Not in service yet: only from {from} on.\n"),
        )
    });
    let over = until.map(|until| {
        lang.pick(
            format!("Nicht mehr in Betrieb: bis {until}.\n"),
            format!("In service no longer: until {until}.\n"),
        )
    });
    since.or(over)
}

/// The partner that takes every call at this moment by the calendar, in words; none if none does.
///
/// # Errors
/// If hours open too often for a timetable.
pub(super) fn given_away(
    lang: Lang,
    county: &County,
    line: &Line,
    at: Timestamp,
    days: LocalDates,
) -> Result<Option<String>, ExpandError> {
    let overflow = line.service().and_then(|service| service.ways.overflow);
    let Some((overflow, hours)) = overflow.and_then(|it| Some((it, it.hours?))) else {
        return Ok(None);
    };
    let Some(partner) = county.partners.get(overflow.partner.index()) else { return Ok(None) };
    let name = &partner.name;
    let until = open_until(county, hours, at, days)?;
    let until = until.zip(open_until(county, partner.hours, at, days)?);
    Ok(until.map(|(calendar, partner)| {
        let until = moment::spoken(lang, calendar.min(partner), &county.zone());
        lang.pick(
            format!("Nach dem Kalender nimmt jeden Anruf an: {name}. Bis: {until}.\n"),
            format!("By the calendar every call is taken by: {name}. Until: {until}.\n"),
        )
    }))
}

/// What else can happen to a call on an open line.
///
/// # Errors
/// If hours open too often for a timetable.
pub(super) fn ways(
    lang: Lang,
    county: &County,
    line: &Line,
    at: Timestamp,
    days: LocalDates,
) -> Result<String, ExpandError> {
    let Some(service) = line.service() else { return Ok(String::new()) };
    let mut text = String::new();
    if let Some(overflow) = service.ways.overflow
        && let Some(partner) = county.partners.get(overflow.partner.index())
        && let Some(waited) = overflow.waited
    {
        let (name, after) = (&partner.name, duration::written(waited));
        text.push_str(&if is_open(county, partner.hours, at, days)? {
            lang.pick(
                format!("Sind alle belegt, hilft nach {after}: {name}.\n"),
                format!("If all are busy, help comes after {after} from: {name}.\n"),
            )
        } else {
            lang.pick(
                format!("Der Partner hilft zu dieser Zeit nicht: {name}.\n"),
                format!("The partner does not help at this time: {name}.\n"),
            )
        });
    }
    if service.ways.callback.is_some() {
        text.push_str(lang.pick(
            "Statt zu warten, kann man um Rückruf bitten.\n",
            "Instead of waiting callers may ask for a call-back.\n",
        ));
    }
    Ok(text)
}

/// Whether the client's own switchboard goes first now; it may on a line that is closed itself.
pub(super) fn local(
    lang: Lang,
    county: &County,
    line: &Line,
    at: Timestamp,
    days: LocalDates,
) -> Result<String, ExpandError> {
    let first = line.service().and_then(|service| service.ways.local_first);
    let Some(first) = first else { return Ok(String::new()) };
    let Some(board) = county.switchboards.get(first.switchboard.index()) else {
        return Ok(String::new());
    };
    let (name, ring) = (&board.name, duration::written(first.ring));
    Ok(if is_open(county, board.hours, at, days)? {
        lang.pick(
            format!("Zuerst klingelt es höchstens {ring} bei: {name}.\n"),
            format!("First it rings, {ring} at most, at: {name}.\n"),
        )
    } else {
        lang.pick(
            format!("Zu dieser Zeit nicht besetzt ist: {name}.\n"),
            format!("Not staffed at this time is: {name}.\n"),
        )
    })
}

fn is_open(
    county: &County,
    hours: usize,
    at: Timestamp,
    days: LocalDates,
) -> Result<bool, ExpandError> {
    Ok(open_until(county, hours, at, days)?.is_some())
}

/// When these hours close, if they are open.
fn open_until(
    county: &County,
    hours: usize,
    at: Timestamp,
    days: LocalDates,
) -> Result<Option<Timestamp>, ExpandError> {
    let opening = county.opening(hours, days)?;
    Ok(opening.and_then(|opening| match opening.timetable.at(at) {
        Opening::Open { until } => Some(until),
        Opening::Closed { .. } | Opening::BeyondHorizon => None,
    }))
}
