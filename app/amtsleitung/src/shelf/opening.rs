// SPDX-License-Identifier: EUPL-1.2
//! Is a unit open now, and until when? By its rules, and the holidays of the Land that it lies in.

use hours::{CLOSURES_MAX, Expansion, LocalDate, LocalDates, Rules, State, Zone, expand};
use knowledge::{AreaKey, Closure, Opening};
use stdx::Timestamp;

/// The Land of each pair of digits that a regional key begins with, from 01.
const LAENDER: [State; 16] = [
    State::SchleswigHolstein,
    State::Hamburg,
    State::LowerSaxony,
    State::Bremen,
    State::NorthRhineWestphalia,
    State::Hesse,
    State::RhinelandPalatinate,
    State::BadenWuerttemberg,
    State::Bavaria,
    State::Saarland,
    State::Berlin,
    State::Brandenburg,
    State::MecklenburgWesternPomerania,
    State::Saxony,
    State::SaxonyAnhalt,
    State::Thuringia,
];

/// The Land that an area lies in; none for all of Germany.
#[must_use]
pub fn land(area: AreaKey) -> Option<State> {
    let digits = area.to_string();
    let number: usize = digits.get(..2)?.parse().ok()?;
    LAENDER.get(number.checked_sub(1)?).copied()
}

/// What the rules say of this moment, at this place; `closures` are those of the office.
#[must_use]
pub fn opening(rules: &str, place: AreaKey, at: Timestamp, closures: &[Closure]) -> Opening {
    let Some(expanded) = expanded(rules, place, at, closures) else {
        // Nobody knows when it opens, but now it does not.
        let is_closed = closures.iter().any(|it| it.from <= at && at < it.until);
        return if is_closed { Opening::Closed(None) } else { Opening::InWords };
    };
    let told = expanded.explain_at(at);
    match told.is_open() {
        true => Opening::Open(told.next_change),
        false => Opening::Closed(told.next_change),
    }
}

fn expanded(rules: &str, place: AreaKey, at: Timestamp, closures: &[Closure]) -> Option<Expansion> {
    let (rules, state, zone) = (Rules::parse(rules).ok()?, land(place)?, Zone::berlin());
    let today = zone.local(at).date();
    let day = |year: i16, month, day| LocalDate::new(year, month, day).ok();
    let around = LocalDates::new(day(today.year(), 1, 1)?, day(today.year() + 1, 12, 31)?).ok()?;
    // Those that are over say nothing about what comes.
    let coming = closures.iter().filter(|it| it.until > at).take(CLOSURES_MAX);
    let closed = |it: &Closure| hours::Closure {
        from: zone.local(it.from),
        until: zone.local(it.until),
        reason: String::new(),
    };
    let coming: Vec<hours::Closure> = coming.map(closed).collect();
    expand(&rules, state, &coming, around, &zone).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hours::parse_datetime;

    #[track_caller]
    fn check(at: &str, place: &str, expected: &str) {
        let zone = Zone::berlin();
        let at = zone.timestamp(parse_datetime(at).expect("a time"));
        let place = AreaKey::parse(place).expect("a key");
        let told = match opening("Mo-Fr 08:00-12:00; PH off", place, at, &[]) {
            Opening::Open(until) => format!("open {}", zone.format(until.expect("an end"))),
            Opening::Closed(opens) => format!("closed {}", zone.format(opens.expect("an end"))),
            Opening::InWords => "in words".to_owned(),
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn the_holidays_are_those_of_the_land() {
        check("2025-10-31T10:00", "033530026", "closed 2025-11-03 08:00");
        check("2025-10-31T10:00", "06412", "open 2025-10-31 12:00");
        check("2014-05-02T12:00", "033530026", "closed 2014-05-05 08:00");
    }

    #[test]
    fn a_bridge_day_that_the_unit_takes_off_is_closed() {
        let at = |text| Zone::berlin().timestamp(parse_datetime(text).expect("a time"));
        let place = AreaKey::parse("033530026").expect("a key");
        let rules = "Mo-Fr 08:00-12:00; PH off; 2014 May 02 off";
        let monday = Some(at("2014-05-05T08:00"));
        assert_eq!(opening(rules, place, at("2014-05-02T09:00"), &[]), Opening::Closed(monday));
        let noon = Some(at("2014-05-05T12:00"));
        assert_eq!(opening(rules, place, at("2014-05-05T09:00"), &[]), Opening::Open(noon));
    }

    #[test]
    fn words_are_no_rule() {
        let place = AreaKey::parse("033530026").expect("a key");
        assert_eq!(opening("nach Vereinbarung", place, Timestamp(0), &[]), Opening::InWords);
        let closed = Closure { area: place, from: Timestamp(0), until: Timestamp(9) };
        let told = |at| opening("nach Vereinbarung", place, Timestamp(at), &[closed]);
        assert_eq!((told(8), told(9)), (Opening::Closed(None), Opening::InWords));
    }

    #[test]
    fn a_closure_of_the_county_closes_the_office_and_it_opens_afterwards() {
        let at = |text| Zone::berlin().timestamp(parse_datetime(text).expect("a time"));
        let place = AreaKey::parse("033530026").expect("a key");
        let closed = |from, until| Closure { area: place, from: at(from), until: at(until) };
        let closures = [
            closed("2014-05-02T00:00", "2014-05-03T00:00"),
            closed("2014-05-05T10:00", "2014-05-06T00:00"),
        ];
        let told = |moment| opening("Mo-Fr 08:00-12:00; PH off", place, at(moment), &closures);
        assert_eq!(told("2014-05-02T09:00"), Opening::Closed(Some(at("2014-05-05T08:00"))));
        assert_eq!(told("2014-05-05T09:00"), Opening::Open(Some(at("2014-05-05T10:00"))));
        assert_eq!(told("2014-05-05T11:00"), Opening::Closed(Some(at("2014-05-06T08:00"))));
    }
}
