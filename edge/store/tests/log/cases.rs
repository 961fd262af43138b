// SPDX-License-Identifier: EUPL-1.2
//! What was done to cases, in the views: everything, in the order of the log.

use crate::on_both;
use crate::place::Ground;
use crate::samples;
use crate::wrap_ups::{CENTRE, snapshot};
use store::{CaseEntry, Digest, Fact, Heard, Link, Store};

/// From this entry on.
fn entries(first: u64) -> Vec<CaseEntry> {
    let acted = samples::facts().into_iter().filter_map(|fact| {
        let Fact::CaseActed(acted) = fact else { return None };
        Some(*acted)
    });
    let entry = |(entry, acted)| CaseEntry { entry, at: samples::AT.1, acted };
    (first..).zip(acted).map(entry).collect()
}

fn heard(cases: Vec<CaseEntry>) -> Heard {
    Heard { cases, ..Heard::default() }
}

fn everything_is_there_in_order(ground: Ground) {
    let mut store = Store::open(&ground.place, CENTRE).expect("a new log");
    let (link, snapshot) = (Link::first(CENTRE), snapshot());
    assert!(store.has_no_views().expect("readable"));
    let (first, second) = (heard(entries(100)), heard(entries(900)));
    assert!(first.cases.len() > 20);
    store.add_to_views(&first, link, &snapshot).expect("written");
    store.add_to_views(&second, link, &snapshot).expect("written");
    // Who writes the same again changes nothing.
    store.add_to_views(&first, link, &snapshot).expect("written");
    let all = [first.cases.clone(), second.cases.clone()].concat();
    assert_eq!(store.case_entries().expect("readable"), all);
    let mut digest = Digest::default();
    digest.add(&second);
    digest.add(&first);
    assert_eq!(store.digest().expect("readable"), digest);
    store.drop_views().expect("written");
    assert!(store.has_no_views().expect("readable"));
    assert_eq!(store.case_entries().expect("readable"), []);
}

on_both!(everything_is_there_in_order);
