// SPDX-License-Identifier: EUPL-1.2
//! The decision beside a naive one that knows keys only as texts and looks at every row for every question.

use knowledge::{AreaKey, Responsibility, Role, Unit, Validity, WhyNone, responsible};
use proptest::prelude::*;
use stdx::Timestamp;

/// Areas that stand in each other in every way: Lands, counties, associations, municipalities.
const AREAS: [&str; 12] = [
    "00",
    "03",
    "02",
    "03353",
    "03354",
    "033535401",
    "033535402",
    "033535401007",
    "033535401023",
    "033535402002",
    "033530026",
    "0335354",
];

const ROLES: [Role; 3] = [Role::ContactPoint, Role::Responsible, Role::Other(5)];

fn key(text: &str) -> AreaKey {
    AreaKey::parse(text).expect("a key")
}

/// A row as the naive model has it: area, role, unit, from, until.
type Row = (&'static str, Role, u64, Option<i64>, Option<i64>);

fn row() -> impl Strategy<Value = Row> {
    let area = prop::sample::select(&AREAS[..]);
    let role = prop::sample::select(&ROLES[..]);
    let moment = || prop::option::weighted(0.2, -2..3_i64);
    (area, role, 0..4_u64, moment(), moment())
}

fn ours(row: &Row) -> Responsibility {
    let (area, role, unit, from, until) = *row;
    let validity = Validity { from: from.map(Timestamp), until: until.map(Timestamp) };
    Responsibility { area: key(area), role, unit: Unit(unit), validity }
}

/// Whether `place` is `area` or lies in it, by the beginning of the text.
fn lies_in(place: &str, area: &str) -> bool {
    area == "00" || place.starts_with(area)
}

fn holds(row: &Row, at: i64) -> bool {
    row.3.is_none_or(|from| from <= at) && row.4.is_none_or(|until| at < until)
}

/// For each role on its own: all units of the longest key that the place begins with.
fn naive(rows: &[Row], place: &str, at: i64) -> Vec<(u64, Role)> {
    let mut found = Vec::new();
    for role in ROLES {
        let fits = |row: &&Row| row.1 == role && holds(row, at) && lies_in(place, row.0);
        let length = |row: &Row| if row.0 == "00" { 0 } else { row.0.len() };
        let longest = rows.iter().filter(fits).map(length).max();
        let best = rows.iter().filter(fits).filter(|row| Some(length(row)) == longest);
        found.extend(best.map(|row| (row.2, role)));
    }
    found.sort();
    found.dedup();
    found
}

proptest! {
    #[test]
    fn both_find_the_same_units(
        rows in prop::collection::vec(row(), 0..12),
        place in prop::sample::select(&AREAS[..]),
        at in -1..2_i64,
    ) {
        let ours: Vec<Responsibility> = rows.iter().map(ours).collect();
        let answer = responsible(&ours, &[], key(place), None, Timestamp(at));
        let mut found: Vec<(u64, Role)> =
            answer.iter().flat_map(|it| &it.units).map(|it| (it.unit.0, it.role)).collect();
        found.sort();
        prop_assert_eq!(found, naive(&rows, place, at));
        match answer {
            Ok(answer) => {
                prop_assert!(!answer.units.is_empty());
                let sizes = answer.units.iter().map(|it| it.area.specificity());
                prop_assert!(sizes.rev().is_sorted(), "the smallest area first");
                for part in answer.exceptions {
                    prop_assert!(key(place).contains(part) && part != key(place));
                }
            }
            Err(WhyNone::DependsOnPart(parts)) => {
                let part = parts.first().copied().expect("at least one");
                let there = responsible(&ours, &[], part, None, Timestamp(at));
                prop_assert!(there.is_ok(), "asked for a part of it, there is an answer");
            }
            Err(_) => {}
        }
    }

    /// What holds for a place is not changed by what holds elsewhere.
    #[test]
    fn rows_of_other_areas_change_no_unit(rows in prop::collection::vec(row(), 0..12)) {
        let place = "033535401007";
        let ours: Vec<Responsibility> = rows.iter().map(ours).collect();
        let here = ours.iter().filter(|row| row.area.contains(key(place))).copied();
        let here: Vec<Responsibility> = here.collect();
        let now = Timestamp(0);
        let all = responsible(&ours, &[], key(place), None, now).map(|it| it.units).ok();
        let alone = responsible(&here, &[], key(place), None, now).map(|it| it.units).ok();
        prop_assert_eq!(all, alone);
    }

    #[test]
    fn any_text_is_a_key_or_says_why(text in "[0-9]{0,14}|.{0,14}") {
        if let Ok(key) = AreaKey::parse(&text) {
            prop_assert_eq!(AreaKey::parse(&key.to_string()), Ok(key), "written and read again");
            prop_assert_eq!(key.and_above().last(), Some(key));
            prop_assert!(key.and_above().all(|above| above.contains(key)));
        }
    }
}
