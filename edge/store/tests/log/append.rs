// SPDX-License-Identifier: EUPL-1.2
//! Append, read from, lease, wait: one writer at a time, whatever the others believe.

use crate::on_both;
use crate::place::Ground;
use crate::samples::{self, AT};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;
use stdx::{Micros, Timestamp};
use store::{Damage, Entry, Epoch, Error, Fact, Fault, Link, Row, Store};

const CENTRE: &str = "harburg";
const LEASE: Micros = Micros::from_secs(10);

fn row(link: &mut Link, epoch: Epoch, facts: &[Fact]) -> Row {
    let mut row = Row { first: link.next, epoch, entries: Vec::new() };
    facts.iter().for_each(|fact| link.write(epoch, AT, fact, &mut row.entries));
    row
}

fn read(store: &mut Store, from: Link) -> (Vec<Entry>, Link, Option<Damage>) {
    let mut entries = Vec::new();
    let (link, damage) = store.read_from(from, &mut |entry| entries.push(entry)).expect("readable");
    (entries, link, damage)
}

fn what_was_appended_is_read(ground: Ground) {
    let mut store = Store::open(&ground.place, CENTRE).expect("a new log");
    let facts = samples::facts();
    let (mut link, mut middle) = (Link::first(CENTRE), Link::first(CENTRE));
    for (index, facts) in facts.chunks(3).enumerate() {
        if index == 5 {
            middle = link;
        }
        let row = row(&mut link, 1, facts);
        store.append(&row).expect("appended");
        store.append(&row).expect("the same once more is no error");
    }
    drop(store);
    let mut store = Store::open_any(&ground.place).expect("readable").expect("there is one");
    assert_eq!(store.centre(), CENTRE);
    let (entries, end, damage) = read(&mut store, Link::first(CENTRE));
    assert_eq!((end, damage), (link, None));
    let all: Vec<Fact> = entries.into_iter().map(|entry| entry.fact).collect();
    assert_eq!(all, facts);
    let (rest, end, _) = read(&mut store, middle);
    assert_eq!((rest.len(), end), (facts.len() - 15, link));
    assert_eq!(rest[0].sequence, 16);
    assert_eq!(read(&mut store, link).0, [], "there is nothing after the end");
}

fn a_log_belongs_to_one_centre(ground: Ground) {
    drop(Store::open(&ground.place, CENTRE).expect("a new log"));
    let other = Store::open(&ground.place, "oldenburg");
    assert!(matches!(other, Err(Error::OtherCentre(it)) if it == CENTRE));
    ground.spoil("UPDATE about SET value = '2' WHERE name = 'format'");
    assert!(matches!(Store::open(&ground.place, CENTRE), Err(Error::Newer)));
}

fn a_writer_who_was_replaced_appends_nothing(ground: Ground) {
    let mut old = Store::open(&ground.place, CENTRE).expect("a new log");
    let mut new = Store::open(&ground.place, CENTRE).expect("the same log");
    let facts = samples::facts();
    let now = Timestamp::from_secs(1_000);
    let first = old.take_lease("a", now, LEASE, 0).expect("written").expect("free");
    let mut link = Link::first(CENTRE);
    old.append(&row(&mut link, first, &facts[..2])).expect("appended");
    // While the lease holds nobody else gets it.
    let held = new.take_lease("b", now + Micros::from_secs(9), LEASE, first).expect("written");
    let held = held.expect_err("held");
    assert_eq!((held.holder.as_str(), held.until), ("a", now + LEASE));
    // The old one is frozen for longer than its lease.
    let later = now + Micros::from_secs(11);
    let second = new.take_lease("b", later, LEASE, first).expect("written").expect("free");
    assert!(first < second);
    let (_, mut its, _) = read(&mut new, Link::first(CENTRE));
    new.append(&row(&mut its, second, &facts[2..3])).expect("the new one begins");
    let mut believed = link;
    let late = row(&mut believed, first, &facts[3..9]);
    assert!(matches!(old.append(&late), Err(Error::Fenced)));
    assert!(!old.keep_lease(first, later + LEASE).expect("written"), "the lease is another's");
    assert!(new.keep_lease(second, later + LEASE).expect("written"));
    new.append(&row(&mut its, second, &facts[4..6])).expect("it goes on");
    assert!(matches!(old.append(&late), Err(Error::Fenced)));
    let (entries, ..) = read(&mut new, Link::first(CENTRE));
    let epochs: Vec<Epoch> = entries.iter().map(|entry| entry.epoch).collect();
    assert_eq!(epochs, [first, first, second, second, second]);
}

fn of_two_who_begin_at_once_one_does(ground: Ground) {
    drop(Store::open(&ground.place, CENTRE).expect("a new log"));
    let facts = samples::facts();
    for round in 0..20_u64 {
        let (told, said) = channel();
        thread::scope(|scope| {
            for count in [1, 3] {
                let (told, place, facts) = (told.clone(), &ground.place, &facts);
                scope.spawn(move || {
                    let mut store = Store::open(place, CENTRE).expect("the log");
                    let now = Timestamp::from_secs(1_000);
                    let taken = store.take_lease("the same", now, LEASE, 0).expect("written");
                    let (_, mut link, _) = read(&mut store, Link::first(CENTRE));
                    let epoch = taken.expect("its own");
                    // Who finds a younger one in the log was too late already.
                    let began = link.epoch < epoch
                        && store.append(&row(&mut link, epoch, &facts[..count])).is_ok();
                    told.send(began).expect("somebody listens");
                });
            }
        });
        drop(told);
        let began = said.iter().filter(|&it| it).count();
        // Both may begin, one after the other: then the second had read the first one's entry.
        assert!((1..=2).contains(&began), "round {round}: {began} began");
        let mut store = Store::open(&ground.place, CENTRE).expect("the log");
        assert_eq!(read(&mut store, Link::first(CENTRE)).2, None, "round {round}");
    }
}

fn a_start_after_a_crash_gets_its_own_lease_back(ground: Ground) {
    let mut store = Store::open(&ground.place, CENTRE).expect("a new log");
    let now = Timestamp::from_secs(1_000);
    let first = store.take_lease("a", now, LEASE, 0).expect("written").expect("free");
    let second = store.take_lease("a", now, LEASE, first).expect("written").expect("its own");
    assert!(first < second);
    // A lease table that was lost or is older than the log never leads back.
    let third = store.take_lease("a", now, LEASE, 99).expect("written").expect("its own");
    assert_eq!(third, 100);
}

fn damage_is_put_aside_and_the_log_goes_on(ground: Ground) {
    let mut store = Store::open(&ground.place, CENTRE).expect("a new log");
    let facts = samples::facts();
    let mut link = Link::first(CENTRE);
    for facts in facts[..12].chunks(4) {
        store.append(&row(&mut link, 1, facts)).expect("appended");
    }
    let mut broken = store.rows_from(5, 1).expect("readable").remove(0);
    let last = broken.entries.len() - 1;
    broken.entries[last] ^= 1;
    let hex: String = broken.entries.iter().map(|byte| format!("{byte:02x}")).collect();
    let bytes = match ground.place {
        store::Place::Sqlite(_) => format!("x'{hex}'"),
        store::Place::Postgres(_) => format!("'\\x{hex}'"),
    };
    ground.spoil(&format!("UPDATE log SET entries = {bytes} WHERE seq = 5"));
    let (entries, end, damage) = read(&mut store, Link::first(CENTRE));
    let damage = damage.expect("found");
    assert_eq!((entries.len(), damage.sequence, damage.what), (7, 8, Fault::Altered));
    assert_eq!(end.next, 8);
    assert_eq!(store.put_aside(&damage).expect("written"), 5, "12 less those before");
    let (entries, mut end, damage) = read(&mut store, Link::first(CENTRE));
    assert_eq!((entries.len(), damage), (7, None));
    store.append(&row(&mut end, 2, &facts[20..21])).expect("it goes on");
    assert_eq!(read(&mut store, Link::first(CENTRE)).0.len(), 8);
}

fn who_waits_for_more_is_woken(ground: Ground) {
    let mut store = Store::open(&ground.place, CENTRE).expect("a new log");
    assert!(!store.wait_for(1, Duration::from_millis(60)).expect("readable"));
    let place = ground.place.clone();
    let appending = thread::spawn(move || {
        let mut other = Store::open(&place, CENTRE).expect("the same log");
        let mut link = Link::first(CENTRE);
        for fact in &samples::facts()[..3] {
            other.append(&row(&mut link, 1, std::slice::from_ref(fact))).expect("appended");
        }
    });
    assert!(store.wait_for(3, Duration::from_secs(30)).expect("readable"));
    appending.join().expect("it appended");
    assert!(store.wait_for(2, Duration::ZERO).expect("readable"), "it is there already");
}

on_both!(
    what_was_appended_is_read,
    a_log_belongs_to_one_centre,
    a_writer_who_was_replaced_appends_nothing,
    of_two_who_begin_at_once_one_does,
    a_start_after_a_crash_gets_its_own_lease_back,
    damage_is_put_aside_and_the_log_goes_on,
    who_waits_for_more_is_woken,
);

#[test]
fn a_new_log_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let ground = Ground::sqlite();
    drop(Store::open(&ground.place, CENTRE).expect("a new log"));
    let store::Place::Sqlite(file) = &ground.place else { unreachable!("a file") };
    let mode = std::fs::metadata(file).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn where_there_is_no_log_none_is_made() {
    let ground = Ground::sqlite();
    assert!(Store::open_any(&ground.place).expect("readable").is_none());
    let store::Place::Sqlite(file) = &ground.place else { unreachable!("a file") };
    assert!(!file.exists());
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    for content in [&b""[..], b"this is no database at all, but a text that somebody wrote"] {
        let ground = Ground::sqlite();
        let store::Place::Sqlite(file) = &ground.place else { unreachable!("a file") };
        std::fs::write(file, content).expect("a folder of ours");
        let opened = Store::open(&ground.place, CENTRE);
        assert!(matches!(opened, Err(Error::Damaged(_))), "{opened:?}");
        let opened = Store::open_any(&ground.place);
        assert!(matches!(opened, Err(Error::Damaged(_))), "{opened:?}");
        assert_eq!(std::fs::read(file).expect("it is there"), content);
    }
}

#[test]
fn a_server_that_is_not_there_is_told_apart() {
    let place = store::Place::Postgres("postgres:///log?host=/nowhere&user=x".to_owned());
    assert!(matches!(Store::open(&place, CENTRE), Err(Error::Unreachable(_))));
}
