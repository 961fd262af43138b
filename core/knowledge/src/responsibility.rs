// SPDX-License-Identifier: EUPL-1.2
//! Which unit is responsible for a service at a place, and why; or why none is.
//!
//! A responsibility holds for an area and all that lies in it. Of two that hold for a place the one of the
//! smaller area wins, for each role by itself: the Samtgemeinde's town hall answers for its municipalities,
//! unless one of them has kept the service to itself.

use crate::AreaKey;
use alloc::vec::Vec;
use core::cmp::Reverse;
use stdx::Timestamp;

/// A unit of an administration, by the number that the catalogue has given it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unit(pub u64);

/// What a unit is for a service. In the order in which a caller is told them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Where people turn to (Ansprechpunkt).
    ContactPoint,
    /// Who decides (zuständige Stelle).
    Responsible,
    /// Another role of the source, by the number that the catalogue has given it.
    Other(u64),
}

/// When something holds: from a moment (included) until a moment (not included).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first moment; none for always.
    pub from: Option<Timestamp>,
    /// The first moment after it; none for ever.
    pub until: Option<Timestamp>,
}

impl Validity {
    /// Whether it holds at this moment.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        !self.is_over(at) && !self.is_ahead(at)
    }

    fn is_over(&self, at: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= at)
    }

    fn is_ahead(&self, at: Timestamp) -> bool {
        self.from.is_some_and(|from| at < from)
    }
}

/// One row: for one service, in this area, this unit has this role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Responsibility {
    /// Where it holds.
    pub area: AreaKey,
    /// As what.
    pub role: Role,
    /// Who.
    pub unit: Unit,
    /// When.
    pub validity: Validity,
}

/// Why a unit answers here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// Who.
    pub unit: Unit,
    /// As what.
    pub role: Role,
    /// Because of the responsibility for this area: the place itself, or what it lies in.
    pub area: AreaKey,
}

/// Who is responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsible {
    /// Never empty: the smallest area first, then in the order of roles, then of units.
    pub units: Vec<Match>,
    /// Parts of the place where somebody else answers in one of these roles, in the order of keys: whoever
    /// asks about a Samtgemeinde may mean one of its municipalities.
    pub exceptions: Vec<AreaKey>,
}

/// Why nobody is responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNone {
    /// The service is not offered here: it has an area of its own.
    NotOfferedHere,
    /// Nobody has said who is responsible, anywhere.
    NothingRecorded,
    /// Only for parts of the place: which, in the order of keys. The caller has to say where exactly.
    DependsOnPart(Vec<AreaKey>),
    /// Somebody was responsible here, until then.
    Over(Timestamp),
    /// Somebody will be, from then on.
    Ahead(Timestamp),
    /// Somebody is responsible here, but not in the role that was asked for.
    OtherRole,
    /// Only elsewhere.
    Elsewhere,
}

/// Who is responsible at this place and moment.
///
/// `rows` are all responsibilities for the service; `offered` are the areas in which there is the service,
/// none for everywhere; `role` asks for one role alone.
///
/// # Errors
/// With the reason why there is none: the one that is nearest to an answer.
pub fn responsible(
    rows: &[Responsibility],
    offered: &[AreaKey],
    place: AreaKey,
    role: Option<Role>,
    at: Timestamp,
) -> Result<Responsible, WhyNone> {
    let is_offered = |area: &AreaKey| area.contains(place) || place.contains(*area);
    if !offered.is_empty() && !offered.iter().any(is_offered) {
        return Err(WhyNone::NotOfferedHere);
    }
    let asked = |row: &&Responsibility| role.is_none_or(|role| row.role == role);
    let now = |row: &&Responsibility| row.validity.holds(at);
    let covers = |row: &&Responsibility| row.area.contains(place);
    let units = nearest(rows.iter().filter(asked).filter(now).filter(covers));
    if units.is_empty() {
        return Err(why_none(rows, place, role, at));
    }
    let answered = |row: &&Responsibility| units.iter().any(|unit| unit.role == row.role);
    let elsewhere = |row: &&Responsibility| !units.iter().any(|it| same_answer(it, row));
    let apart = rows.iter().filter(now).filter(answered).filter(elsewhere);
    let exceptions = parts(apart, place);
    Ok(Responsible { units, exceptions })
}

fn same_answer(it: &Match, row: &Responsibility) -> bool {
    (it.unit, it.role) == (row.unit, row.role)
}

/// Of each role the rows of the smallest area.
fn nearest<'a>(rows: impl Iterator<Item = &'a Responsibility>) -> Vec<Match> {
    let as_match = |row: &Responsibility| Match { unit: row.unit, role: row.role, area: row.area };
    let mut found: Vec<Match> = rows.map(as_match).collect();
    found.sort_by_key(|it| (it.role, Reverse(it.area.specificity()), it.unit));
    found.dedup();
    let mut best: Option<Match> = None;
    found.retain(|it| match best {
        Some(first) if first.role == it.role => first.area == it.area,
        Some(_) | None => {
            best = Some(*it);
            true
        }
    });
    found.sort_by_key(|it| (Reverse(it.area.specificity()), it.role, it.unit));
    found
}

/// The areas of these rows that lie inside the place and are not all of it.
fn parts<'a>(rows: impl Iterator<Item = &'a Responsibility>, place: AreaKey) -> Vec<AreaKey> {
    let inside = |area: &AreaKey| place.contains(*area) && *area != place;
    let mut parts: Vec<AreaKey> = rows.map(|row| row.area).filter(inside).collect();
    parts.sort();
    parts.dedup();
    parts
}

/// The reason that is nearest to an answer.
fn why_none(rows: &[Responsibility], place: AreaKey, role: Option<Role>, at: Timestamp) -> WhyNone {
    let asked = |row: &&Responsibility| role.is_none_or(|role| row.role == role);
    let now = |row: &&Responsibility| row.validity.holds(at);
    let here = || rows.iter().filter(|row| row.area.contains(place));
    let parts = parts(rows.iter().filter(asked).filter(now), place);
    if !parts.is_empty() {
        return WhyNone::DependsOnPart(parts);
    }
    let ahead = here().filter(asked).filter(|row| row.validity.is_ahead(at));
    if let Some(from) = ahead.filter_map(|row| row.validity.from).min() {
        return WhyNone::Ahead(from);
    }
    if here().any(|row| now(&row)) {
        return WhyNone::OtherRole;
    }
    let over = here().filter(asked).filter(|row| row.validity.is_over(at));
    if let Some(until) = over.filter_map(|row| row.validity.until).max() {
        return WhyNone::Over(until);
    }
    if rows.is_empty() { WhyNone::NothingRecorded } else { WhyNone::Elsewhere }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    const NOW: Timestamp = Timestamp(1_000);
    const DRAGE: &str = "033535401007";
    const ELBMARSCH: &str = "033535401";

    fn key(text: &str) -> AreaKey {
        AreaKey::parse(text).expect("a key")
    }

    fn row(area: &str, role: Role, unit: u64) -> Responsibility {
        Responsibility { area: key(area), role, unit: Unit(unit), validity: Validity::default() }
    }

    fn asked(rows: &[Responsibility], place: &str) -> Result<Responsible, WhyNone> {
        responsible(rows, &[], key(place), None, NOW)
    }

    fn units(answer: &Result<Responsible, WhyNone>) -> Vec<u64> {
        answer.iter().flat_map(|it| &it.units).map(|it| it.unit.0).collect()
    }

    #[test]
    fn the_samtgemeinde_answers_unless_the_municipality_kept_it() {
        let rows = [row(ELBMARSCH, Role::Responsible, 1), row(DRAGE, Role::Responsible, 2)];
        assert_eq!(units(&asked(&rows, DRAGE)), [2]);
        assert_eq!(units(&asked(&rows, "033535401023")), [1]);
        let whole = asked(&rows, ELBMARSCH).expect("the Samtgemeinde");
        assert_eq!((whole.units[0].unit, whole.exceptions), (Unit(1), vec![key(DRAGE)]));
    }

    #[test]
    fn each_role_is_looked_for_by_itself() {
        let rows = [
            row("03353", Role::Responsible, 1),
            row(ELBMARSCH, Role::ContactPoint, 2),
            row("03", Role::ContactPoint, 3),
        ];
        assert_eq!(units(&asked(&rows, DRAGE)), [2, 1]);
        let only = responsible(&rows, &[], key(DRAGE), Some(Role::Responsible), NOW);
        assert_eq!(units(&only), [1]);
    }

    #[test]
    fn two_units_of_one_area_are_both_told() {
        let rows = [row("03353", Role::Responsible, 7), row("03353", Role::Responsible, 4)];
        assert_eq!(units(&asked(&rows, DRAGE)), [4, 7]);
    }

    #[test]
    fn the_padded_county_and_the_long_municipality_are_found() {
        let rows = [row("033530000000", Role::Responsible, 1)];
        assert_eq!(units(&asked(&rows, DRAGE)), [1]);
        let rows = [row("033530026026", Role::Responsible, 2)];
        assert_eq!(units(&asked(&rows, "033530026")), [2]);
    }

    #[test]
    fn nobody_is_responsible_for_a_reason() {
        let drage = row(DRAGE, Role::Responsible, 1);
        let why = |rows: &[Responsibility], place| asked(rows, place).expect_err("nobody");
        assert_eq!(why(&[], DRAGE), WhyNone::NothingRecorded);
        assert_eq!(why(&[drage], "033530026"), WhyNone::Elsewhere);
        assert_eq!(why(&[drage], ELBMARSCH), WhyNone::DependsOnPart(vec![key(DRAGE)]));
        let until = |at: i64| Validity { from: None, until: Some(Timestamp(at)) };
        let over = Responsibility { validity: until(1_000), ..drage };
        assert_eq!(why(&[over], DRAGE), WhyNone::Over(NOW));
        let from = Timestamp(1_001);
        let ahead = Validity { from: Some(from), until: None };
        let ahead = Responsibility { validity: ahead, ..drage };
        assert_eq!(why(&[over, ahead], DRAGE), WhyNone::Ahead(from));
        let role = responsible(&[drage], &[], key(DRAGE), Some(Role::ContactPoint), NOW);
        assert_eq!(role, Err(WhyNone::OtherRole));
    }

    #[test]
    fn a_service_of_another_land_is_not_offered_here() {
        let rows = [row("00", Role::Responsible, 1)];
        let offered = [key("02")];
        let answer = responsible(&rows, &offered, key(DRAGE), None, NOW);
        assert_eq!(answer, Err(WhyNone::NotOfferedHere));
        let answer = responsible(&rows, &[key("03353")], key(DRAGE), None, NOW);
        assert_eq!(units(&answer), [1]);
    }
}
