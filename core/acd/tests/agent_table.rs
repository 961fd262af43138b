// SPDX-License-Identifier: EUPL-1.2
//! Every state of an agent with every event, as a table that a team leader can read.
//!
//! The rule to keep: a state or an event that is added to the machine is added here.

#[path = "common/golden.rs"]
mod golden;

use acd::agent::{
    AfterCall, Agent, Effect, Event, Lease, NotReadyReason, Pause, Pauses, ReturnReason, State,
};
use stdx::limits::{UNREACHABLE_PAUSE_MIN, WRAP_UP_EXTENSIONS_MAX};
use stdx::{ContactId, Micros, Tick};

const NOW: Tick = Tick(36_000_000_000);
const ANNA: ContactId = ContactId(1);
const BERT: ContactId = ContactId(2);
const PAUSES: Pauses = Pauses { no_answer: Micros::from_secs(90), decline: Micros::from_secs(45) };

fn before(secs: u64) -> Tick {
    NOW.saturating_sub(Micros::from_secs(secs))
}

fn after(secs: u64) -> Tick {
    NOW + Micros::from_secs(secs)
}

/// Every situation that the machine tells apart, in the middle of a shift.
fn situations() -> Vec<Agent> {
    let mut all = vec![Agent::SIGNED_OFF];
    all.extend(off_the_queue().into_iter().map(|state| in_shift(state, AfterCall::Ready)));
    for after_call in [AfterCall::Ready, AfterCall::Pause(Pause::Break)] {
        all.extend(offers().map(|state| in_shift(state, after_call)));
    }
    for after_call in [AfterCall::Ready, AfterCall::Pause(Pause::Break), AfterCall::SignOff] {
        all.extend(talks().map(|state| in_shift(state, after_call)));
    }
    for after_call in [AfterCall::Ready, AfterCall::Pause(Pause::Break), AfterCall::SignOff] {
        all.extend([after(30), NOW].map(|until| in_shift(wrap_up(until, 0), after_call)));
    }
    let extended = (1..=WRAP_UP_EXTENSIONS_MAX).map(|times| wrap_up(after(30), times));
    all.extend(extended.map(|state| in_shift(state, AfterCall::Ready)));
    all.extend(after_the_shift());
    all
}

fn in_shift(state: State, after_call: AfterCall) -> Agent {
    Agent { state, shift_until: after(4 * 3600), after_call }
}

fn off_the_queue() -> Vec<State> {
    let not_ready = |reason, until| State::NotReady { reason, until };
    vec![
        not_ready(NotReadyReason::SignedOn, None),
        not_ready(NotReadyReason::Pause(Pause::Break), None),
        not_ready(NotReadyReason::NoAnswer, Some(after(60))),
        not_ready(NotReadyReason::NoAnswer, Some(NOW)),
        not_ready(NotReadyReason::Declined, Some(after(60))),
        not_ready(NotReadyReason::Declined, Some(NOW)),
        not_ready(NotReadyReason::Unreachable, Some(after(60))),
        not_ready(NotReadyReason::Unreachable, Some(NOW)),
        State::Ready { idle_since: before(300) },
    ]
}

fn offers() -> [State; 2] {
    [after(10), NOW].map(|ring_until| State::Offered {
        contact: ANNA,
        idle_since: before(300),
        ring_until,
    })
}

fn talks() -> [State; 4] {
    [
        Lease::Held { check_at: after(600) },
        Lease::Held { check_at: NOW },
        Lease::Questioned { lost_at: after(20) },
        Lease::Questioned { lost_at: NOW },
    ]
    .map(|lease| State::Talking { contact: ANNA, lease })
}

fn wrap_up(until: Tick, extensions: u8) -> State {
    State::WrapUp { contact: ANNA, until, length: Micros::from_secs(40), extensions }
}

/// The sign-on is older than a shift may be.
fn after_the_shift() -> Vec<Agent> {
    let [_, rang_out] = offers();
    let [offered, _] = offers();
    let [talking, _, _, lost] = talks();
    let not_ready = |until| State::NotReady { reason: NotReadyReason::NoAnswer, until };
    let states = [
        not_ready(None),
        not_ready(Some(after(60))),
        not_ready(Some(NOW)),
        State::Ready { idle_since: before(300) },
        offered,
        rang_out,
        talking,
        lost,
        wrap_up(after(30), 0),
        wrap_up(NOW, 0),
    ];
    states
        .into_iter()
        .map(|state| Agent { state, shift_until: NOW, after_call: AfterCall::Ready })
        .collect()
}

fn events() -> [(&'static str, Event); 22] {
    [
        ("signs on", Event::SignOn),
        ("signs off", Event::SignOff),
        ("makes ready", Event::MakeReady),
        ("wants a break", Event::MakeNotReady(Pause::Break)),
        ("wants desk work", Event::MakeNotReady(Pause::DeskWork)),
        ("is offered Bert, 20 s", Event::Offer { contact: BERT, ring: Micros::from_secs(20) }),
        ("is offered Anna, 20 s", Event::Offer { contact: ANNA, ring: Micros::from_secs(20) }),
        ("takes over Anna", Event::TakeOver(ANNA)),
        ("takes over Bert", Event::TakeOver(BERT)),
        ("answers Anna", Event::Answer(ANNA)),
        ("answers Bert", Event::Answer(BERT)),
        ("declines Anna", Event::Decline(ANNA)),
        ("declines Bert", Event::Decline(BERT)),
        ("cannot be reached for Anna", Event::Unreachable(ANNA)),
        ("cannot be reached for Bert", Event::Unreachable(BERT)),
        ("the offer is withdrawn", Event::OfferWithdrawn),
        ("the call ends, no wrap-up", Event::CallEnded { wrap_up: Micros::ZERO }),
        ("the call ends, 40 s wrap-up", Event::CallEnded { wrap_up: Micros::from_secs(40) }),
        ("extends wrap-up", Event::ExtendWrapUp),
        ("ends wrap-up", Event::EndWrapUp),
        ("the talk is alive", Event::TalkAlive),
        ("timeout", Event::Timeout),
    ]
}

#[test]
fn every_state_of_an_agent_decides_every_event_as_the_table_says() {
    let mut text = String::from(
        "# What an agent's state makes of every event. \"=\" is no change; callers are Anna and Bert.\n\
         # Out of reach: 90 s after no answer and if unreachable, 45 s after a decline. Written by tests/agent_table.rs.\n",
    );
    for agent in situations() {
        let mut rows = vec![
            ["event", "new state", "effect", "next deadline"].map(String::from).to_vec(),
            row("(before)", &describe(&agent), "", &agent),
        ];
        for (name, event) in events() {
            let (next, effect) = agent.next(NOW, event, PAUSES);
            let state = if next == agent { "=".to_owned() } else { describe(&next) };
            rows.push(row(name, &state, &effect_in_words(effect), &next));
        }
        text.push_str(&format!("\n## {}\n", describe(&agent)));
        text.push_str(&golden::table(&rows));
    }
    golden::compare("agent_table.txt", &text);
}

#[test]
fn a_dead_telephone_is_never_tried_again_at_once() {
    let at_once = Pauses { no_answer: Micros::ZERO, decline: Micros::ZERO };
    let [offered, _] = offers();
    let agent = in_shift(offered, AfterCall::Ready);
    let (next, _) = agent.next(NOW, Event::Unreachable(ANNA), at_once);
    let until = Some(NOW + UNREACHABLE_PAUSE_MIN);
    assert_eq!(next.state, State::NotReady { reason: NotReadyReason::Unreachable, until });
}

#[test]
fn a_refused_event_changes_nothing() {
    for agent in situations() {
        for (name, event) in events() {
            let (next, effect) = agent.next(NOW, event, PAUSES);
            if let Effect::Refused(_) = effect {
                assert_eq!(next, agent, "{name}");
            }
        }
    }
}

fn row(event: &str, state: &str, effect: &str, agent: &Agent) -> Vec<String> {
    let deadline =
        agent.deadline().map_or("none".to_owned(), |(at, why)| format!("{}: {why}", when(at)));
    vec![event.to_owned(), state.to_owned(), effect.to_owned(), deadline]
}

fn describe(agent: &Agent) -> String {
    let state = match agent.state {
        State::SignedOff => return "signed off".to_owned(),
        State::NotReady { reason, until: None } => format!("not ready ({})", reason_word(reason)),
        State::NotReady { reason, until: Some(until) } => {
            format!("not ready ({}) until {}", reason_word(reason), when(until))
        }
        State::Ready { idle_since } => format!("ready since {}", when(idle_since)),
        State::Offered { contact, idle_since, ring_until } => format!(
            "offered {}, rings until {}, idle since {}",
            name(contact),
            when(ring_until),
            when(idle_since)
        ),
        State::Talking { contact, lease: Lease::Held { check_at } } => {
            format!("talks to {}, asked {}", name(contact), when(check_at))
        }
        State::Talking { contact, lease: Lease::Questioned { lost_at } } => {
            format!("talks to {}, lost {}", name(contact), when(lost_at))
        }
        State::WrapUp { contact, until, length, extensions } => format!(
            "wrap-up of {} until {}, {} s each, extended {extensions}×",
            name(contact),
            when(until),
            length.as_secs()
        ),
    };
    let plan = match agent.after_call {
        AfterCall::Ready => "",
        AfterCall::Pause(Pause::Break) => ", then a break",
        AfterCall::Pause(Pause::DeskWork) => ", then desk work",
        AfterCall::SignOff => ", then signs off",
    };
    let shift = if agent.shift_until <= NOW { ", shift over" } else { "" };
    format!("{state}{plan}{shift}")
}

fn name(contact: ContactId) -> &'static str {
    if contact == ANNA { "Anna" } else { "Bert" }
}

fn reason_word(reason: NotReadyReason) -> &'static str {
    match reason {
        NotReadyReason::SignedOn => "signed on",
        NotReadyReason::Pause(Pause::Break) => "break",
        NotReadyReason::Pause(Pause::DeskWork) => "desk work",
        NotReadyReason::NoAnswer => "no answer",
        NotReadyReason::Declined => "declined",
        NotReadyReason::Unreachable => "unreachable",
    }
}

fn effect_in_words(effect: Effect) -> String {
    match effect {
        Effect::None => String::new(),
        Effect::Refused(why) => format!("refused: {why:?}"),
        Effect::Returned(contact, ReturnReason::NoAnswer) => {
            format!("{} returned: no answer", name(contact))
        }
        Effect::Returned(contact, ReturnReason::Declined) => {
            format!("{} returned: declined", name(contact))
        }
        Effect::Returned(contact, ReturnReason::Unreachable) => {
            format!("{} returned: unreachable", name(contact))
        }
        Effect::Returned(contact, ReturnReason::SignedOff) => {
            format!("{} returned: signed off", name(contact))
        }
        Effect::Connected(contact) => format!("connected to {}", name(contact)),
        Effect::Question(contact) => format!("is the talk with {} alive?", name(contact)),
        Effect::TalkLost(contact) => format!("the talk with {} is lost", name(contact)),
    }
}

fn when(at: Tick) -> String {
    let (length, past) = if at < NOW { (NOW.since(at), true) } else { (at.since(NOW), false) };
    if length == Micros::ZERO {
        return "now".to_owned();
    }
    let hour = Micros::from_mins(60);
    let length = if length.0.is_multiple_of(hour.0) {
        format!("{} h", length.0 / hour.0)
    } else if length == Micros::from_secs(length.as_secs()) {
        format!("{} s", length.as_secs())
    } else {
        format!("{length:?}")
    };
    if past { format!("{length} ago") } else { format!("in {length}") }
}
