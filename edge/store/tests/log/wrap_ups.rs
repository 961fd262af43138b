// SPDX-License-Identifier: EUPL-1.2
//! What agents said of talks, in the views: of one agent and one contact the last word holds.

use crate::on_both;
use crate::place::Ground;
use crate::samples;
use account::{Outcome, Stories};
use centre::Centre;
use privacy::Purpose;
use promise::{ContactRecord, Fate, FateReason, Resolution};
use stdx::{AgentId, ContactId, Day, LineId, Micros, Tick, Timestamp};
use store::{Digest, Gap, Heard, Link, Said, Snapshot, Store, Told, WrappedUp};

pub(crate) const CENTRE: &str = "harburg";

pub(crate) fn snapshot() -> Snapshot {
    let configured = samples::configured();
    let saved = Centre::new(configured.setup.clone()).expect("it is sound").save();
    Snapshot {
        saved,
        outcome: Outcome::new(&configured.setup),
        stories: Stories::default(),
        configured,
        last: (Tick(7), Timestamp(8)),
        last_contact: ContactId(9),
        gap: Gap::default(),
        lost: Gap::default(),
        entries: 3,
        callers: Vec::new(),
        seated: Vec::new(),
        is_sealed: true,
    }
}

fn told(contact: u64, set_up_at: i64) -> Told {
    let record = ContactRecord {
        contact: ContactId(contact),
        line: LineId(0),
        follows: None,
        set_up_at: Timestamp(set_up_at),
        queued_after: Some(Micros(0)),
        answered_after: Some(Micros(1)),
        ended_after: Micros(2),
        team: None,
        told: None,
        fate: Fate::Accepted,
        reason: FateReason::TalkEnded,
    };
    Told { record, story: Vec::new() }
}

fn said(entry: u64, contact: u64, seat: u16, resolution: Resolution) -> Said {
    let (contact, seat, resolution) = (ContactId(contact), AgentId(seat), Some(resolution));
    let day = Day(16_191);
    let words = samples::sealed(day, Purpose::Note, contact.0, b"{}");
    Said { entry, wrapped_up: WrappedUp { contact, seat, resolution, day, words } }
}

fn the_last_word_of_each_holds(ground: Ground) {
    let mut store = Store::open(&ground.place, CENTRE).expect("a new log");
    let (link, snapshot) = (Link::first(CENTRE), snapshot());
    let first = Heard {
        told: vec![told(1, 100)],
        said: vec![
            said(10, 1, 4, Resolution::ToBeAnswered),
            said(11, 1, 3, Resolution::Transferred),
            said(12, 2, 3, Resolution::Misdial),
        ],
        ..Heard::default()
    };
    // The second contact ends later; and the first agent corrects what was said.
    let second = Heard {
        told: vec![told(2, 200)],
        said: vec![said(13, 1, 4, Resolution::Settled)],
        ..Heard::default()
    };
    let all = (Timestamp(0), Timestamp(1_000));
    store.add_to_views(&first, link, &snapshot).expect("written");
    let inside = store.said(all.0, all.1).expect("readable");
    assert_eq!(inside.len(), 2, "of who is still inside nothing is reported");
    store.add_to_views(&second, link, &snapshot).expect("written");
    let expected = [
        said(11, 1, 3, Resolution::Transferred),
        said(13, 1, 4, Resolution::Settled),
        said(12, 2, 3, Resolution::Misdial),
    ];
    assert_eq!(store.said(all.0, all.1).expect("readable"), expected);
    assert_eq!(store.said(Timestamp(101), all.1).expect("readable"), expected[2..]);

    let mut again = Digest::default();
    again.add(&first);
    assert_ne!(store.digest().expect("readable"), again);
    again.add(&second);
    assert_eq!(store.digest().expect("readable"), again);
    store.drop_views().expect("dropped");
    assert!(store.has_no_views().expect("readable"));
    assert_eq!(store.said(all.0, all.1).expect("readable"), []);
}

on_both!(the_last_word_of_each_holds);
