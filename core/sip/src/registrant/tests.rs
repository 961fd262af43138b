// SPDX-License-Identifier: EUPL-1.2

use super::*;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest};
use stdx::Rng;

const BEGIN: Tick = Tick(1_000_000_000);

fn status(code: u16) -> Status {
    Status::new(code).expect("a code in a test is a code")
}

fn with_peers(count: usize) -> (Registrant, Rng, Action) {
    let (mut it, mut rng) = (Registrant::new(600), Rng::new(115));
    let action = it.next(BEGIN, Event::Peers { count, holder: None }, &mut rng);
    (it, rng, action)
}

const fn ask(peer: usize) -> Action {
    Action::Ask { peer, expires: 600 }
}

#[test]
fn nobody_is_asked_before_somebody_is_known() {
    let (mut it, mut rng, action) = with_peers(0);
    assert_eq!((action, it.trouble(), it.deadline()), (Action::Wait, Some(Trouble::NoPeer), None));
    let peers = Event::Peers { count: 1, holder: None };
    assert_eq!(it.next(BEGIN, peers, &mut rng), ask(0));
}

#[test]
fn a_registration_is_refreshed_before_it_ends_where_it_is_held() {
    let (mut it, mut rng, action) = with_peers(2);
    assert_eq!(action, ask(0));
    assert_eq!(it.next(BEGIN, Event::Said(Said::Silent), &mut rng), ask(1));
    it.next(BEGIN, Event::Said(Said::Granted(300)), &mut rng);
    let until = BEGIN + Micros::from_secs(300);
    assert_eq!((it.held(), it.trouble()), (Some(Held { peer: 1, until }), None));
    let refresh = it.deadline().expect("it has to be refreshed");
    let after = refresh.since(BEGIN).as_secs();
    assert!((180..240).contains(&after), "{after}");
    assert_eq!(it.next(refresh, Event::Due, &mut rng), ask(1));
    // Nobody answers, and it holds all the same until its end.
    it.next(refresh, Event::Said(Said::Silent), &mut rng);
    it.next(refresh, Event::Said(Said::Silent), &mut rng);
    assert_eq!((it.held().is_some(), it.trouble()), (true, Some(Trouble::Silent)));
    it.next(until, Event::Due, &mut rng);
    assert_eq!(it.held(), None);
}

#[test]
fn pauses_grow_to_a_bound_and_differ() {
    let (mut it, mut rng, _) = with_peers(1);
    let mut now = BEGIN;
    let mut longest = PAUSE_BASE;
    for _ in 0..40 {
        longest = Micros((longest.0 * 2).min(PAUSE_MAX.0));
        let why = Said::Unavailable(status(503), None);
        assert_eq!(it.next(now, Event::Said(why), &mut rng), Action::Wait);
        let next = it.deadline().expect("it is tried again");
        let pause = next.since(now);
        assert!(pause >= Micros(longest.0 / 2) && pause < longest, "{pause:?} of {longest:?}");
        now = next;
        assert_eq!(it.next(now, Event::Due, &mut rng), ask(0));
    }
}

#[test]
fn a_registrar_that_wants_to_be_left_alone_is() {
    let (mut it, mut rng, _) = with_peers(2);
    it.next(BEGIN, Event::Said(Said::Unavailable(status(503), Some(900))), &mut rng);
    it.next(BEGIN, Event::Said(Said::Silent), &mut rng);
    assert_eq!(it.deadline(), Some(BEGIN + Micros::from_secs(900)));
}

#[test]
fn who_is_refused_does_not_ask_another_nor_soon() {
    for (said, why) in [
        (Said::WrongPassword, Trouble::WrongPassword),
        (Said::NoProof, Trouble::NoProof),
        (Said::Refused(status(404)), Trouble::Refused(status(404))),
        (Said::TooBrief(1_000_000), Trouble::Refused(status(423))),
        (Said::TooBrief(600), Trouble::Refused(status(423))),
    ] {
        let (mut it, mut rng, _) = with_peers(2);
        assert_eq!(it.next(BEGIN, Event::Said(said), &mut rng), Action::Wait);
        assert_eq!(it.trouble(), Some(why));
        assert_eq!(it.deadline(), Some(BEGIN + PAUSE_REFUSED));
    }
}

#[test]
fn a_longer_time_is_asked_for_and_kept() {
    let (mut it, mut rng, _) = with_peers(1);
    let longer = Action::Ask { peer: 0, expires: 3_600 };
    assert_eq!(it.next(BEGIN, Event::Said(Said::TooBrief(3_600)), &mut rng), longer);
    it.next(BEGIN, Event::Said(Said::Granted(3_600)), &mut rng);
    let refresh = it.deadline().expect("it has to be refreshed");
    assert_eq!(it.next(refresh, Event::Due, &mut rng), longer);
}

#[test]
fn a_registrar_that_asks_for_ever_is_given_up() {
    let (mut it, mut rng, _) = with_peers(1);
    let asked =
        (0..100).take_while(|_| it.next(BEGIN, Event::Said(Said::Asks), &mut rng) == ask(0));
    assert_eq!(asked.count(), usize::from(ROUNDS_MAX) - 1);
    assert_eq!(it.trouble(), Some(Trouble::NoProof));
}

#[test]
fn a_lost_connection_is_made_anew_at_once() {
    let (mut it, mut rng, _) = with_peers(1);
    it.next(BEGIN, Event::Said(Said::Granted(300)), &mut rng);
    let later = BEGIN + Micros::from_secs(30);
    assert_eq!(it.next(later, Event::Lost, &mut rng), ask(0));
    assert_eq!((it.held(), it.trouble()), (None, Some(Trouble::NotYet)));
}

#[test]
fn a_registrar_that_closes_after_each_answer_is_not_hammered() {
    let (mut it, mut rng, mut action) = with_peers(1);
    let (mut now, mut asked) = (BEGIN, 0);
    while now < BEGIN + Micros::from_mins(10) {
        if action != Action::Wait {
            asked += 1;
            it.next(now, Event::Said(Said::Granted(300)), &mut rng);
            now = now + Micros::from_millis(5);
            action = it.next(now, Event::Lost, &mut rng);
            assert_eq!((it.held(), it.trouble()), (None, Some(Trouble::NotYet)));
        } else {
            now = it.deadline().expect("it goes on");
            action = it.next(now, Event::Due, &mut rng);
        }
        assert!(asked <= 20, "{asked} times in {} s", now.since(BEGIN).as_secs());
    }
    assert_eq!(asked, 20);
}

#[test]
fn a_late_yes_is_a_yes() {
    let (mut it, mut rng, _) = with_peers(1);
    it.next(BEGIN, Event::Said(Said::Silent), &mut rng);
    it.next(BEGIN, Event::Said(Said::Granted(300)), &mut rng);
    assert_eq!((it.held().is_some(), it.trouble()), (true, None));
}

#[test]
fn who_holds_us_and_is_no_peer_any_more_is_left_for_one_that_is() {
    let (mut it, mut rng, _) = with_peers(2);
    it.next(BEGIN, Event::Said(Said::Granted(300)), &mut rng);
    let moved = Event::Peers { count: 3, holder: Some(2) };
    assert_eq!(it.next(BEGIN, moved, &mut rng), Action::Wait);
    assert_eq!(it.held().map(|held| held.peer), Some(2));
    let gone = Event::Peers { count: 1, holder: None };
    assert_eq!(it.next(BEGIN, gone, &mut rng), ask(0));
}

#[test]
fn a_farewell_is_said_once_where_we_are_known() {
    let (mut it, mut rng, _) = with_peers(2);
    it.next(BEGIN, Event::Said(Said::Granted(300)), &mut rng);
    let goodbye = Action::Ask { peer: 0, expires: 0 };
    assert_eq!(it.next(BEGIN, Event::Leave, &mut rng), goodbye);
    assert_eq!(it.next(BEGIN, Event::Said(Said::Asks), &mut rng), goodbye);
    it.next(BEGIN, Event::Said(Said::Granted(0)), &mut rng);
    assert!(it.has_left() && it.held().is_none() && it.deadline().is_none());
    // Nobody knows us: there is nothing to be said.
    let (mut it, mut rng, _) = with_peers(0);
    assert_eq!(it.next(BEGIN, Event::Leave, &mut rng), Action::Wait);
    assert!(it.has_left());
}

fn any_said() -> impl Strategy<Value = Said> {
    prop_oneof![
        any::<u32>().prop_map(Said::Granted),
        Just(Said::Asks),
        any::<u32>().prop_map(Said::TooBrief),
        Just(Said::WrongPassword),
        Just(Said::NoProof),
        Just(Said::Refused(status(404))),
        proptest::option::of(any::<u32>()).prop_map(|after| Said::Unavailable(status(503), after)),
        Just(Said::Silent),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    let holder = proptest::option::of(0..3_usize);
    let peers = (0..4_usize, holder).prop_map(|(count, holder)| Event::Peers {
        count,
        holder: holder.filter(|&it| it < count),
    });
    prop_oneof![
        4 => Just(Event::Due),
        8 => any_said().prop_map(Event::Said),
        2 => peers,
        1 => Just(Event::Lost),
        1 => Just(Event::Leave),
    ]
}

proptest! {
    /// Whatever happens: who asks, asks a peer that there is; what is held ends; it always goes on; and within a
    /// day nobody is asked more often than the pauses allow.
    #[test]
    fn it_never_hammers_and_never_sticks(
        seed: u64,
        events in proptest::collection::vec((0..400_000_000_u64, any_event()), 1..200),
    ) {
        let (mut it, mut rng) = (Registrant::new(600), Rng::new(seed));
        let (mut now, mut peers) = (BEGIN, 0);
        for (pause, event) in events {
            now = now + Micros(pause);
            if let Event::Peers { count, .. } = event {
                peers = count;
            }
            let left = it.has_left();
            if let Action::Ask { peer, expires } = it.next(now, event, &mut rng) {
                prop_assert!(!left, "over is over");
                prop_assert!(peer < peers.max(1) || expires == 0);
                prop_assert!(expires <= EXPIRES_MAX);
            }
            prop_assert!(it.held().is_none_or(|held| held.until > now));
            prop_assert!(it.held().is_some() || it.trouble().is_some() || it.has_left());
            let waits = it.deadline().is_some() || it.has_left() || peers == 0;
            prop_assert!(waits, "{it:?}");
        }
    }

    /// A registrar that never answers is asked rarely, whatever the dice say.
    #[test]
    fn silence_is_answered_by_patience(seed: u64, count in 1..4_usize) {
        let (mut it, mut rng) = (Registrant::new(600), Rng::new(seed));
        let mut action = it.next(BEGIN, Event::Peers { count, holder: None }, &mut rng);
        let mut asked = 0;
        let end = BEGIN + Micros::from_mins(60);
        loop {
            asked += usize::from(action != Action::Wait);
            let Some(at) = it.deadline().filter(|&at| at < end) else { break };
            action = it.next(at, Event::Due, &mut rng);
        }
        prop_assert!(asked <= 28 * count, "{asked} times in an hour");
        prop_assert!(asked >= 10 * count, "{asked} times in an hour");
    }
}
