// SPDX-License-Identifier: EUPL-1.2
//! What the door decides, for every opening and every load.

use acd::contact::{ClosedBecause, Departure, SentAway};
use acd::{Admission, Load, admit};
use calendar::Opening;
use stdx::Timestamp;
use stdx::limits::CONTACTS_MAX;

const OPEN: Opening = Opening::Open { until: Timestamp(1) };
const CLOSED: Opening = Opening::Closed { opens: None };
const OPENS_LATER: Opening = Opening::Closed { opens: Some(Timestamp(1)) };

fn load(contacts: usize, in_queue: u32, length_max: u32) -> Option<Load> {
    Some(Load { contacts, in_queue, length_max })
}

fn away(departure: Departure) -> Admission {
    Admission::TurnAway(departure)
}

#[test]
fn the_door_decides_by_hours_then_queue_then_room() {
    let hours = away(Departure::Closed(ClosedBecause::Hours));
    let ended = away(Departure::Closed(ClosedBecause::TimetableEnded));
    let announcement = away(Departure::Closed(ClosedBecause::AnnouncementOnly));
    let centre_full = away(Departure::SentAway(SentAway::CentreFull));
    let queue_full = away(Departure::SentAway(SentAway::QueueFull));
    let full = load(CONTACTS_MAX, 3, 3);
    let table = [
        ("open, nobody there", OPEN, load(0, 0, 3), Admission::Enter),
        ("open, the last place", OPEN, load(2, 2, 3), Admission::Enter),
        ("open, the queue is full", OPEN, load(3, 3, 3), queue_full),
        ("open, the queue is over its length", OPEN, load(5, 4, 3), queue_full),
        ("open, a queue for nobody", OPEN, load(0, 0, 0), queue_full),
        (
            "open, the last place in the centre",
            OPEN,
            load(CONTACTS_MAX - 1, 0, 3),
            Admission::Enter,
        ),
        ("open, the centre is full", OPEN, load(CONTACTS_MAX, 0, 3), centre_full),
        ("open, both are full", OPEN, full, centre_full),
        ("open, no queue", OPEN, None, announcement),
        ("closed for good", CLOSED, load(0, 0, 3), hours),
        ("closed until later", OPENS_LATER, load(0, 0, 3), hours),
        ("closed and full: closed is the truth", CLOSED, full, hours),
        ("closed, no queue", CLOSED, None, hours),
        ("beyond the horizon", Opening::BeyondHorizon, load(0, 0, 3), ended),
        ("beyond the horizon and full", Opening::BeyondHorizon, full, ended),
        ("beyond the horizon, no queue", Opening::BeyondHorizon, None, ended),
    ];
    for (situation, opening, load, decision) in table {
        assert_eq!(admit(None, opening, load, false), decision, "{situation}");
    }
}

#[test]
fn who_comes_back_in_time_is_as_one_who_never_left() {
    let full = away(Departure::SentAway(SentAway::CentreFull));
    for opening in [OPEN, CLOSED, OPENS_LATER, Opening::BeyondHorizon] {
        assert_eq!(admit(None, opening, load(3, 3, 3), true), Admission::Enter, "{opening:?}");
        assert_ne!(admit(None, opening, load(CONTACTS_MAX, 3, 3), true), Admission::Enter);
        assert_ne!(admit(None, opening, None, true), Admission::Enter, "no queue, no place");
    }
    assert_eq!(admit(None, OPEN, load(CONTACTS_MAX, 3, 3), true), full);
}

#[test]
fn an_act_closes_whatever_the_timetable_says_but_not_for_who_comes_back() {
    let act = away(Departure::Closed(ClosedBecause::Act));
    for opening in [OPEN, CLOSED, Opening::BeyondHorizon] {
        assert_eq!(admit(Some(ClosedBecause::Act), opening, load(0, 0, 3), false), act);
        let back = admit(Some(ClosedBecause::Act), opening, load(0, 0, 3), true);
        assert_eq!(back, Admission::Enter);
    }
}
