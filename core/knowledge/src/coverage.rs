// SPDX-License-Identifier: EUPL-1.2
//! What an administration's callers would be told about a service today, or what is missing.

use crate::{Responsible, Unit, WhyNone};
use stdx::Timestamp;

/// What the catalogue has about a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described {
    /// Whether there is a text to read from; a name alone is none.
    pub has_text: bool,
    /// When the source was changed last; none if it does not say.
    pub changed: Option<Timestamp>,
}

/// How a unit can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reachable {
    /// Whether a telephone number is known.
    pub telephone: bool,
    /// Whether its opening hours are known.
    pub hours: bool,
}

/// What a caller is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// A text and who is responsible.
    Answered {
        /// The first of those who are responsible.
        unit: Unit,
        /// How to reach it.
        reachable: Reachable,
        /// When the source was changed last.
        changed: Option<Timestamp>,
    },
    /// Nothing that helps.
    Unanswered(Gap),
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Only the name is known.
    NoText,
    /// Nobody is responsible.
    NoUnit(WhyNone),
    /// Somebody is, but the catalogue does not have that unit: a responsibility outlived it.
    UnknownUnit(Unit),
}

/// What callers would be told. `unit` looks a unit up.
///
/// The text comes first: a unit without a text is a telephone number, not an answer.
#[must_use]
pub fn coverage(
    service: Described,
    responsible: Result<Responsible, WhyNone>,
    unit: impl Fn(Unit) -> Option<Reachable>,
) -> Coverage {
    if !service.has_text {
        return Coverage::Unanswered(Gap::NoText);
    }
    let found = match responsible {
        Ok(found) => found,
        Err(why) => return Coverage::Unanswered(Gap::NoUnit(why)),
    };
    let known = found.units.iter().find_map(|it| Some((it.unit, unit(it.unit)?)));
    match (known, found.units.first()) {
        (Some((unit, reachable)), _) => {
            Coverage::Answered { unit, reachable, changed: service.changed }
        }
        (None, Some(first)) => Coverage::Unanswered(Gap::UnknownUnit(first.unit)),
        (None, None) => unreachable!("whoever is responsible is at least one"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AreaKey, Match, Role};
    use alloc::vec;

    const TEXT: Described = Described { has_text: true, changed: None };
    const BOTH: Reachable = Reachable { telephone: true, hours: true };

    fn two() -> Responsible {
        let unit =
            |unit| Match { unit: Unit(unit), role: Role::Responsible, area: AreaKey::GERMANY };
        Responsible { units: vec![unit(1), unit(2)], exceptions: vec![] }
    }

    #[test]
    fn a_name_alone_is_no_answer() {
        let named = Described { has_text: false, ..TEXT };
        let told = coverage(named, Ok(two()), |_| Some(BOTH));
        assert_eq!(told, Coverage::Unanswered(Gap::NoText));
    }

    #[test]
    fn the_first_unit_that_there_is_answers() {
        let told = coverage(TEXT, Ok(two()), |unit| (unit == Unit(2)).then_some(BOTH));
        let answered = Coverage::Answered { unit: Unit(2), reachable: BOTH, changed: None };
        assert_eq!(told, answered);
    }

    #[test]
    fn what_is_missing_is_said() {
        let told = coverage(TEXT, Ok(two()), |_| None);
        assert_eq!(told, Coverage::Unanswered(Gap::UnknownUnit(Unit(1))));
        let told = coverage(TEXT, Err(WhyNone::Elsewhere), |_| Some(BOTH));
        assert_eq!(told, Coverage::Unanswered(Gap::NoUnit(WhyNone::Elsewhere)));
    }
}
