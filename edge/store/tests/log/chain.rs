// SPDX-License-Identifier: EUPL-1.2
//! Whatever is done to a row is found, and what stands before it is read.

use crate::samples::{self, AT};
use proptest::prelude::*;
use store::{Entry, Fact, Fault, Link, Row};

const CENTRE: &str = "chain";

/// All samples, several in each row.
fn rows(per_row: usize) -> Vec<Row> {
    let mut link = Link::first(CENTRE);
    let facts = samples::facts();
    facts
        .chunks(per_row)
        .map(|facts| {
            let mut row = Row { first: link.next, epoch: 1, entries: Vec::new() };
            facts.iter().for_each(|fact| link.write(1, AT, fact, &mut row.entries));
            row
        })
        .collect()
}

fn read(rows: &[Row]) -> (Vec<Entry>, Option<store::Damage>) {
    let (mut link, mut entries) = (Link::first(CENTRE), Vec::new());
    for row in rows {
        if let Err(damage) = link.read(row, &mut |entry| entries.push(entry)) {
            return (entries, Some(damage));
        }
    }
    (entries, None)
}

#[test]
fn a_whole_log_is_read() {
    for per_row in [1, 3, 100] {
        let (entries, damage) = read(&rows(per_row));
        assert_eq!(damage, None);
        let facts: Vec<Fact> = entries.iter().map(|entry| entry.fact.clone()).collect();
        assert_eq!(facts, samples::facts());
        assert!(entries.iter().zip(1..).all(|(entry, number)| entry.sequence == number));
    }
}

#[test]
fn another_centre_s_log_is_none_of_ours() {
    let damage = Link::first("another").read(&rows(1)[0], &mut |_| ()).expect_err("not ours");
    assert_eq!((damage.sequence, damage.what), (1, Fault::Altered));
}

#[test]
fn a_row_that_is_missing_or_twice_or_older_is_found() {
    let whole = rows(2);
    let mut missing = whole.clone();
    missing.remove(3);
    assert_eq!(read(&missing).1.map(|it| (it.sequence, it.what)), Some((7, Fault::Missing)));
    let mut twice = whole.clone();
    twice.insert(3, whole[2].clone());
    assert_eq!(read(&twice).1.map(|it| (it.sequence, it.what)), Some((7, Fault::Missing)));
    let mut older = whole;
    older[4].epoch = 0;
    assert_eq!(read(&older).1.map(|it| (it.sequence, it.what)), Some((9, Fault::OldEpoch)));
}

#[test]
fn a_newer_program_s_entry_is_not_guessed_at() {
    // The same bytes under a version that is not known, with a check that is right.
    let mut entries = Vec::new();
    Link::first(CENTRE).write(1, AT, &samples::facts()[0], &mut entries);
    let mut row = Row { first: 1, epoch: 1, entries };
    row.entries[1] = 200;
    let damage = Link::first(CENTRE).read(&row, &mut |_| ()).expect_err("another version");
    assert_eq!(damage.what, Fault::Altered, "the version is under the check too");
}

proptest! {
    #[test]
    fn any_byte_that_is_altered_is_found(at in any::<prop::sample::Index>(), bits in 1_u8.., per_row in 1_usize..9) {
        let mut rows = rows(per_row);
        let sizes: Vec<usize> = rows.iter().map(|row| row.entries.len()).collect();
        let mut at = at.index(sizes.iter().sum());
        let mut row = 0;
        while at >= sizes[row] {
            at -= sizes[row];
            row += 1;
        }
        rows[row].entries[at] ^= bits;
        let (entries, damage) = read(&rows);
        let damage = damage.expect("the alteration is found");
        prop_assert_eq!(damage.sequence, entries.len() as u64 + 1);
        prop_assert!(damage.sequence >= rows[row].first);
        prop_assert!(damage.sequence < rows[row].first + per_row as u64);
        let facts = samples::facts();
        prop_assert!(entries.iter().zip(&facts).all(|(entry, fact)| entry.fact == *fact));
    }

    #[test]
    fn a_torn_row_is_read_up_to_the_tear(length in any::<prop::sample::Index>()) {
        let mut rows = rows(100);
        let length = length.index(rows[0].entries.len());
        rows[0].entries.truncate(length);
        let (entries, damage) = read(&rows);
        // A tear between two entries is found when the next row is read, which does not follow.
        if let Some(damage) = damage {
            prop_assert_eq!((damage.sequence, damage.what), (entries.len() as u64 + 1, Fault::Torn));
        }
        prop_assert!(entries.len() < samples::facts().len());
    }

    #[test]
    fn whatever_bytes_there_are_nothing_breaks(entries in prop::collection::vec(any::<u8>(), 0..300)) {
        let row = Row { first: 1, epoch: 1, entries };
        prop_assert!(Link::first(CENTRE).read(&row, &mut |_| ()).is_err());
    }
}

#[test]
fn a_place_in_the_chain_is_kept_as_bytes() {
    let mut link = Link::first(CENTRE);
    for row in rows(4) {
        link.read(&row, &mut |_| ()).expect("whole");
        assert_eq!(Link::of_bytes(&link.to_bytes()), Some(link));
    }
    assert_eq!(Link::of_bytes(&[0; 7]), None);
}
