// SPDX-License-Identifier: EUPL-1.2
//! The place of a caller who was cut off: for a minute, for that caller, on that line, once.

use acd::{KeptPlace, RememberedCallers, Turn};
use proptest::prelude::*;
use stdx::limits::REMEMBERED_CALLERS_MAX;
use stdx::{CallerToken, ContactId, LineId, Micros, Tick};

const MINUTE: Micros = Micros::from_mins(1);
const ANNA: CallerToken = CallerToken::new(1);
const BERT: CallerToken = CallerToken::new(2);
const DESK: LineId = LineId(0);
const TOWN_HALL: LineId = LineId(1);
const GONE_AT: Tick = Tick(1_000_000_000);

fn place(contact: u64) -> KeptPlace {
    let contact = ContactId(contact);
    KeptPlace { contact, turn: Turn::new(Tick(contact.0), 0, Micros::ZERO, contact) }
}

fn anna_was_cut_off() -> RememberedCallers {
    let mut callers = RememberedCallers::default();
    callers.keep(ANNA, DESK, GONE_AT, place(7));
    callers
}

#[test]
fn exactly_one_minute_still_counts_and_a_microsecond_more_does_not() {
    let on_time = GONE_AT + MINUTE;
    let too_late = on_time + Micros(1);
    assert_eq!(anna_was_cut_off().take(ANNA, DESK, GONE_AT, MINUTE), Some(place(7)));
    assert_eq!(anna_was_cut_off().take(ANNA, DESK, on_time, MINUTE), Some(place(7)));
    assert_eq!(anna_was_cut_off().take(ANNA, DESK, too_late, MINUTE), None);
}

#[test]
fn a_place_is_given_out_once() {
    let mut callers = anna_was_cut_off();
    assert_eq!(callers.take(ANNA, DESK, GONE_AT, MINUTE), Some(place(7)));
    assert_eq!(callers.take(ANNA, DESK, GONE_AT, MINUTE), None);
    assert!(callers.is_empty());
}

#[test]
fn a_place_is_kept_for_that_caller_on_that_line() {
    let mut callers = anna_was_cut_off();
    assert_eq!(callers.take(BERT, DESK, GONE_AT, MINUTE), None);
    assert_eq!(callers.take(ANNA, TOWN_HALL, GONE_AT, MINUTE), None);
    assert_eq!(callers.take(ANNA, DESK, GONE_AT, MINUTE), Some(place(7)), "asking took nothing");
}

#[test]
fn who_was_cut_off_twice_gets_the_latest_place_first() {
    let mut callers = anna_was_cut_off();
    callers.keep(ANNA, DESK, GONE_AT + Micros(5), place(8));
    assert_eq!(callers.take(ANNA, DESK, GONE_AT + MINUTE, MINUTE), Some(place(8)));
    assert_eq!(callers.take(ANNA, DESK, GONE_AT + MINUTE, MINUTE), Some(place(7)));
}

#[test]
fn the_old_are_forgotten_when_anybody_asks() {
    let mut callers = anna_was_cut_off();
    callers.keep(BERT, DESK, GONE_AT + MINUTE, place(8));
    assert_eq!(callers.take(BERT, TOWN_HALL, GONE_AT + MINUTE + Micros(1), MINUTE), None);
    assert_eq!(callers.len(), 1, "only Bert's is left");
}

#[test]
fn at_the_bound_the_oldest_is_forgotten() {
    let mut callers = RememberedCallers::default();
    let many = REMEMBERED_CALLERS_MAX as u64;
    for caller in 0..=many {
        callers.keep(CallerToken::new(caller), DESK, GONE_AT, place(caller));
        assert!(callers.len() <= REMEMBERED_CALLERS_MAX);
    }
    assert_eq!(callers.len(), REMEMBERED_CALLERS_MAX);
    let mut take = |caller| callers.take(CallerToken::new(caller), DESK, GONE_AT, MINUTE);
    assert_eq!(take(0), None, "the first of {} is forgotten", many + 1);
    assert_eq!(take(1), Some(place(1)));
    assert_eq!(take(many), Some(place(many)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn places_are_kept_as_in_a_plain_list(
        steps in prop::collection::vec((0..2u64, 0..3u64, 0..2u16, 0..40u64), 1..80)
    ) {
        let mut callers = RememberedCallers::default();
        let mut list: Vec<(u64, u16, Tick, KeptPlace)> = Vec::new();
        let mut now = GONE_AT;
        for ((kind, caller, line, delay), contact) in steps.into_iter().zip(1..) {
            now = now + Micros::from_secs(delay);
            let token = CallerToken::new(caller);
            if kind == 0 {
                callers.keep(token, LineId(line), now, place(contact));
                list.push((caller, line, now, place(contact)));
            } else {
                let fits = |it: &(u64, u16, Tick, KeptPlace)| {
                    it.0 == caller && it.1 == line && now.since(it.2) <= MINUTE
                };
                let expected = list.iter().rposition(fits).map(|at| list.remove(at).3);
                prop_assert_eq!(callers.take(token, LineId(line), now, MINUTE), expected);
            }
        }
    }
}
