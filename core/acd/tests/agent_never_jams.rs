// SPDX-License-Identifier: EUPL-1.2
//! Whatever an agent did and whoever falls silent: the states run out by themselves.

use acd::agent::{Agent, Effect, Event, Pause, Pauses, State};
use proptest::prelude::*;
use stdx::limits::{SHIFT_MAX, TALK_CHECK_EVERY, TALK_CHECK_GRACE};
use stdx::{ContactId, Micros, Tick};

const PAUSES: Pauses = Pauses { no_answer: Micros::from_secs(60), decline: Micros::from_secs(30) };
const WRAP_UP: Micros = Micros::from_secs(40);

/// From any state: ring out, come back, or be asked, be lost, wrap up; then the shift's end.
const STEPS_TO_SIGNED_OFF: usize = 5;

/// Lets one deadline pass as the centre does: a lost talk is an ended call.
fn time_out(agent: Agent, at: Tick) -> Agent {
    let (next, effect) = agent.next(at, Event::Timeout, PAUSES);
    match effect {
        Effect::Refused(why) => panic!("refused its own deadline: {why:?}: {agent:?}"),
        Effect::TalkLost(_) => next.next(at, Event::CallEnded { wrap_up: WRAP_UP }, PAUSES).0,
        Effect::None | Effect::Returned(..) | Effect::Connected(_) | Effect::Question(_) => next,
    }
}

fn any_event() -> impl Strategy<Value = Event> {
    let contact = || (1..3u64).prop_map(ContactId);
    prop_oneof![
        4 => Just(Event::SignOn),
        1 => Just(Event::SignOff),
        4 => Just(Event::MakeReady),
        1 => Just(Event::MakeNotReady(Pause::Break)),
        1 => Just(Event::MakeNotReady(Pause::DeskWork)),
        6 => (contact(), 1..60u64)
            .prop_map(|(contact, ring)| Event::Offer { contact, ring: Micros::from_secs(ring) }),
        2 => contact().prop_map(Event::TakeOver),
        6 => contact().prop_map(Event::Answer),
        1 => contact().prop_map(Event::Decline),
        1 => contact().prop_map(Event::Unreachable),
        1 => Just(Event::OfferWithdrawn),
        2 => Just(Event::CallEnded { wrap_up: Micros::ZERO }),
        2 => Just(Event::CallEnded { wrap_up: WRAP_UP }),
        2 => Just(Event::ExtendWrapUp),
        1 => Just(Event::EndWrapUp),
        1 => Just(Event::TalkAlive),
        1 => Just(Event::Timeout),
    ]
}

/// Mostly seconds; sometimes as long as a talk is trusted, sometimes most of a shift.
fn any_delay() -> impl Strategy<Value = Micros> {
    prop_oneof![
        4 => Just(Micros::ZERO),
        8 => (1..50u64).prop_map(Micros::from_secs),
        2 => Just(TALK_CHECK_EVERY),
        1 => Just(TALK_CHECK_GRACE),
        1 => (1..14u64).prop_map(|hours| Micros::from_mins(60 * hours)),
        1 => Just(SHIFT_MAX),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    #[test]
    fn every_state_but_signed_off_has_a_deadline_ahead_and_runs_out(
        steps in prop::collection::vec((any_delay(), any_event()), 1..30)
    ) {
        let mut now = Tick(0);
        let mut agent = Agent::SIGNED_OFF;
        for (delay, event) in steps {
            now = now + delay;
            while let Some((at, _)) = agent.deadline() && at <= now {
                agent = time_out(agent, now);
            }
            agent = agent.next(now, event, PAUSES).0;
            match agent.deadline() {
                None => prop_assert_eq!(agent.state, State::SignedOff),
                Some((at, why)) => {
                    prop_assert!(at > now, "{event:?} left {agent:?} overdue: {why}");
                    prop_assert!(!why.is_empty());
                }
            }
        }
        let signed_off_by = now + SHIFT_MAX + TALK_CHECK_EVERY + TALK_CHECK_GRACE
            + Micros::from_mins(10);
        for _ in 0..STEPS_TO_SIGNED_OFF {
            let Some((at, _)) = agent.deadline() else { break };
            let before = agent;
            agent = time_out(agent, at);
            prop_assert_ne!(agent, before);
            prop_assert!(at <= signed_off_by, "still {before:?}");
        }
        prop_assert_eq!(agent.state, State::SignedOff);
    }

    #[test]
    fn a_deadline_that_has_not_come_is_refused_and_changes_nothing(
        steps in prop::collection::vec(any_event(), 1..30)
    ) {
        let mut agent = Agent::SIGNED_OFF;
        for (second, event) in (0..).zip(steps) {
            let now = Tick(0) + Micros::from_millis(second);
            agent = agent.next(now, event, PAUSES).0;
            let (after, effect) = agent.next(now, Event::Timeout, PAUSES);
            prop_assert!(matches!(effect, Effect::Refused(acd::Refusal::NotDue)), "{effect:?}");
            prop_assert_eq!(after, agent);
        }
    }
}
