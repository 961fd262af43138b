// SPDX-License-Identifier: EUPL-1.2
//! Is a unit open now, and until when? By its rules, and the holidays of the Land that it lies in.

use hours::{Expansion, LocalDate, LocalDates, Rules, State, Zone, expand};
use knowledge::AreaKey;
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

/// What is known about a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Now {
    /// Open, and until when, if that is known.
    Open(Option<Timestamp>),
    /// Closed, and when it opens, if that is known.
    Closed(Option<Timestamp>),
    /// The source says it in words that no rule is.
    InWords,
}

/// The Land that an area lies in; none for all of Germany.
#[must_use]
pub fn land(area: AreaKey) -> Option<State> {
    let digits = area.to_string();
    let number: usize = digits.get(..2)?.parse().ok()?;
    LAENDER.get(number.checked_sub(1)?).copied()
}

/// What the rules say of this moment, at this place.
#[must_use]
pub fn now(rules: &str, place: AreaKey, at: Timestamp) -> Now {
    let Some(expanded) = expanded(rules, place, at) else { return Now::InWords };
    let told = expanded.explain_at(at);
    if told.is_open() { Now::Open(told.next_change) } else { Now::Closed(told.next_change) }
}

fn expanded(rules: &str, place: AreaKey, at: Timestamp) -> Option<Expansion> {
    let (rules, state, zone) = (Rules::parse(rules).ok()?, land(place)?, Zone::berlin());
    let today = zone.local(at).date();
    let day = |year: i16, month, day| LocalDate::new(year, month, day).ok();
    let around = LocalDates::new(day(today.year(), 1, 1)?, day(today.year() + 1, 12, 31)?).ok()?;
    expand(&rules, state, &[], around, &zone).ok()
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
        let told = match now("Mo-Fr 08:00-12:00; PH off", place, at) {
            Now::Open(until) => format!("open {}", zone.format(until.expect("an end"))),
            Now::Closed(opens) => format!("closed {}", zone.format(opens.expect("an end"))),
            Now::InWords => "in words".to_owned(),
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
    fn words_are_no_rule() {
        let place = AreaKey::parse("033530026").expect("a key");
        assert_eq!(now("nach Vereinbarung", place, Timestamp(0)), Now::InWords);
    }
}
