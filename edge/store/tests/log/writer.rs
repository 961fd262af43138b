// SPDX-License-Identifier: EUPL-1.2
//! The thread that appends: everything in order, nothing lost without being counted.

use crate::on_both;
use crate::place::{Frozen, Ground};
use crate::samples::AT;
use centre::{Event, RefusedBy};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use stdx::{ContactId, LineId, Micros, Timestamp};
use store::{Fact, Gap, Link, SPOOL_FOR_REFUSED, SPOOL_MAX, Store, Trouble, Writer};

const CENTRE: &str = "harburg";
const PATIENCE: Duration = Duration::from_secs(30);

fn fact(contact: u64) -> Fact {
    Fact::Happened(Event::AnnouncementOver { contact: ContactId(contact) })
}

fn refused(contact: u64) -> Fact {
    let (contact, line, by) = (ContactId(contact), LineId(0), RefusedBy::Door);
    Fact::Happened(Event::CallRefused { contact, line, by })
}

fn started(ground: &Ground) -> (Writer, Receiver<()>) {
    let store = Store::open(&ground.place, CENTRE).expect("a new log");
    let (wake, woken) = channel();
    let wake = move || {
        // The case may be over.
        let _ = wake.send(());
    };
    (Writer::start(store, Link::first(CENTRE), 1, wake).expect("a thread"), woken)
}

fn until(woken: &Receiver<()>, is_so: impl Fn() -> bool) {
    while !is_so() {
        woken.recv_timeout(PATIENCE).expect("the writer wakes who waits");
    }
}

fn facts(ground: &Ground) -> Vec<Fact> {
    let mut store = Store::open(&ground.place, CENTRE).expect("the log");
    let mut facts = Vec::new();
    let (_, damage) = store
        .read_from(Link::first(CENTRE), &mut |entry| facts.push(entry.fact))
        .expect("readable");
    assert_eq!(damage, None);
    facts
}

fn all_facts_come_through_in_order(ground: Ground) {
    let (mut writer, woken) = started(&ground);
    let told: Vec<Fact> = (1..=5_000).map(fact).collect();
    for (fact, number) in told.iter().zip(1..) {
        assert_eq!(writer.tell(AT, fact.clone()), Some(number));
    }
    until(&woken, || writer.durable() == 5_000);
    assert_eq!((writer.in_flight(), writer.trouble()), (0, None));
    assert_eq!(facts(&ground), told);
}

fn what_stands_before_a_fact_is_in_its_row(ground: Ground) {
    let (mut writer, woken) = started(&ground);
    for number in 1..=300 {
        let told = writer.tell_with(AT, vec![fact(number)], fact(number));
        assert_eq!(told, Some(2 * number));
    }
    until(&woken, || writer.durable() == 600);
    drop(writer);
    let mut store = Store::open(&ground.place, CENTRE).expect("the log");
    let rows = store.rows_from(1, i64::MAX).expect("readable");
    assert!(rows.iter().all(|row| row.first % 2 == 1), "no pair is cut");
    assert_eq!(facts(&ground).len(), 600);
}

fn what_was_told_before_the_end_is_durable(ground: Ground) {
    let (mut writer, _woken) = started(&ground);
    let told: Vec<Fact> = (1..=300).map(fact).collect();
    assert!(told.iter().all(|fact| writer.tell(AT, fact.clone()).is_some()));
    drop(writer);
    assert_eq!(facts(&ground), told);
}

fn a_database_that_fails_is_tried_again(ground: Ground) {
    let (mut writer, woken) = started(&ground);
    writer.tell(AT, fact(1));
    until(&woken, || writer.durable() == 1);
    ground.spoil("ALTER TABLE log RENAME TO away");
    writer.tell(AT, fact(2));
    until(&woken, || matches!(writer.trouble(), Some(Trouble::Fails(_))));
    // Calls go on meanwhile, and more are refused than there is room for.
    for contact in 3..=SPOOL_FOR_REFUSED + 10 {
        writer.tell(AT, refused(contact));
    }
    assert_eq!(writer.gap(), Gap { refused_calls: 9, others: 0 });
    for contact in 0..SPOOL_MAX {
        writer.tell(AT, fact(contact));
    }
    assert_eq!(writer.in_flight(), SPOOL_MAX);
    assert_eq!(writer.gap(), Gap { refused_calls: 9, others: SPOOL_FOR_REFUSED });
    assert_eq!(writer.lost(), writer.gap());
    ground.spoil("ALTER TABLE away RENAME TO log");
    until(&woken, || writer.in_flight() == 0);
    assert_eq!(writer.trouble(), None);
    writer.tell(AT, fact(7));
    let lost = Gap { refused_calls: 9, others: SPOOL_FOR_REFUSED };
    assert_eq!((writer.gap(), writer.lost()), (Gap::default(), lost));
    drop(writer);
    let facts = facts(&ground);
    assert_eq!(facts.len() as u64, 1 + SPOOL_MAX + 2);
    assert_eq!(facts[facts.len() - 2..], [Fact::Lost(lost), fact(7)]);
}

fn a_writer_that_is_fenced_says_so_and_writes_nothing(ground: Ground) {
    let (mut writer, woken) = started(&ground);
    writer.tell(AT, fact(1));
    until(&woken, || writer.durable() == 1);
    let mut other = Store::open(&ground.place, CENTRE).expect("the same log");
    let (link, _) = other.read_from(Link::first(CENTRE), &mut |_| ()).expect("readable");
    let mut new = Writer::start(other, link, 2, || ()).expect("a thread");
    new.tell(AT, fact(2));
    drop(new);
    writer.tell(AT, fact(3));
    until(&woken, || writer.trouble() == Some(Trouble::Fenced));
    assert_eq!(writer.durable(), 1);
    drop(writer);
    assert_eq!(facts(&ground), [fact(1), fact(2)]);
}

#[test]
fn a_server_that_stands_still_is_left_and_does_no_harm_later() {
    let Some(ground) = Ground::postgres() else { return };
    let (mut writer, woken) = started(&ground);
    writer.tell(AT, fact(1));
    until(&woken, || writer.durable() == 1);
    let frozen = Frozen::of(&ground);
    writer.tell(AT, fact(2));
    until(&woken, || matches!(writer.trouble(), Some(Trouble::Fails(_))));
    // Another process of the server serves us from now on.
    until(&woken, || writer.durable() == 2);
    drop(frozen);
    writer.tell(AT, fact(3));
    until(&woken, || writer.durable() == 3);
    let trouble = writer.trouble();
    assert_eq!((writer.close(), trouble), (0, None));
    assert_eq!(facts(&ground), [fact(1), fact(2), fact(3)]);
}

#[test]
fn who_ends_does_not_wait_for_a_server_that_stands_still() {
    let Some(ground) = Ground::postgres() else { return };
    let (mut writer, woken) = started(&ground);
    writer.tell(AT, fact(1));
    until(&woken, || writer.durable() == 1);
    let _frozen = Frozen::of(&ground);
    writer.tell(AT, fact(2));
    assert_eq!(writer.close(), 1, "it is said that this one is not written");
}

/// Nothing happens at night, the server starts anew, and the lease is kept all the same.
#[test]
fn a_lease_is_kept_though_the_server_was_away() {
    let Some(ground) = Ground::postgres() else { return };
    let mut store = Store::open(&ground.place, CENTRE).expect("a new log");
    let (now, lasts) = (Timestamp::from_secs(1_000), Micros::from_secs(10));
    let epoch = store.take_lease("a", now, lasts, 0).expect("written").expect("free");
    let (wake, woken) = channel();
    let wake = move || {
        let _ = wake.send(());
    };
    let writer = Writer::start(store, Link::first(CENTRE), epoch, wake).expect("a thread");
    ground.spoil(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND application_name = 'amtsleitung'",
    );
    writer.keep_lease(now + Micros::from_secs(60));
    until(&woken, || writer.trouble().is_some());
    until(&woken, || writer.trouble().is_none());
    drop(writer);
    let mut other = Store::open(&ground.place, CENTRE).expect("the log");
    let later = now + Micros::from_secs(30);
    let held = other.take_lease("b", later, lasts, 0).expect("written").expect_err("held");
    assert_eq!(held.until, now + Micros::from_secs(60));
}

#[test]
fn after_the_end_all_of_it_is_in_the_one_file() {
    let ground = Ground::sqlite();
    let store::Place::Sqlite(file) = &ground.place else { unreachable!("a file") };
    let (mut writer, _woken) = started(&ground);
    let told: Vec<Fact> = (1..=300).map(fact).collect();
    assert!(told.iter().all(|fact| writer.tell(AT, fact.clone()).is_some()));
    assert_eq!(writer.close(), 0);
    let copy = Ground::sqlite();
    let store::Place::Sqlite(copied) = &copy.place else { unreachable!("a file") };
    std::fs::copy(file, copied).expect("a folder of ours");
    assert_eq!(facts(&copy), told);
}

on_both!(
    all_facts_come_through_in_order,
    what_stands_before_a_fact_is_in_its_row,
    what_was_told_before_the_end_is_durable,
    a_database_that_fails_is_tried_again,
    a_writer_that_is_fenced_says_so_and_writes_nothing,
);
