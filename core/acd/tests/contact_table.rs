// SPDX-License-Identifier: EUPL-1.2
//! Every state of a contact with every event, as a table that a team leader can read.
//!
//! The rule to keep: a state or an event that is added to the machine is added here.

#[path = "common/golden.rs"]
mod golden;

use acd::agent::Lease;
use acd::contact::{ClosedBecause, Departure, Effect, Event, Parting, SentAway, State, Transfer};
use stdx::{AgentId, Micros, Tick};

const NOW: Tick = Tick(3_600_000_000);
const LATER: Tick = Tick(3_610_000_000);
const GONE_BY: Tick = Tick(3_590_000_000);
const XAVER: AgentId = AgentId(1);
const YVONNE: AgentId = AgentId(2);

fn situations() -> Vec<State> {
    let waiting = |offered_to, limit_at| State::Waiting { offered_to, limit_at };
    vec![
        State::entering(LATER, LATER + Micros::from_secs(50)),
        State::entering(NOW, LATER + Micros::from_secs(50)),
        State::entering(LATER, GONE_BY),
        State::entering(NOW, GONE_BY),
        waiting(None, LATER),
        waiting(None, NOW),
        waiting(Some(XAVER), LATER),
        waiting(Some(XAVER), NOW),
        waiting(Some(XAVER), GONE_BY),
        State::Talking { agent: XAVER },
        State::AtSwitchboard { ring_until: LATER },
        State::AtSwitchboard { ring_until: NOW },
        State::Local { lease: Lease::Held { check_at: LATER } },
        State::Local { lease: Lease::Held { check_at: NOW } },
        State::Local { lease: Lease::Questioned { lost_at: NOW } },
        State::AtPartner { lease: Lease::Held { check_at: LATER } },
        State::AtPartner { lease: Lease::Held { check_at: NOW } },
        State::AtPartner { lease: Lease::Questioned { lost_at: LATER } },
        State::AtPartner { lease: Lease::Questioned { lost_at: NOW } },
        State::ToOffice { ring_until: LATER },
        State::ToOffice { ring_until: NOW },
        State::AtOffice { lease: Lease::Held { check_at: NOW } },
        State::AtOffice { lease: Lease::Questioned { lost_at: NOW } },
        promised(None, None, LATER),
        promised(None, None, NOW),
        promised(None, Some(NOW), LATER),
        promised(None, Some(LATER), LATER + Micros::from_secs(50)),
        promised(Some(XAVER), None, LATER),
        promised(Some(XAVER), None, GONE_BY),
        State::CallingBack { agent: XAVER, ring_until: LATER, expires_at: LATER, attempts: 1 },
        State::CallingBack { agent: XAVER, ring_until: NOW, expires_at: GONE_BY, attempts: 2 },
        State::Gone(Departure::Answered(Parting::HungUp)),
        State::Gone(Departure::Unanswered(Parting::CutOff)),
        State::Gone(Departure::Closed(ClosedBecause::Hours)),
        State::Gone(Departure::SentAway(SentAway::QueueFull)),
    ]
}

fn promised(offered_to: Option<AgentId>, rests_until: Option<Tick>, expires_at: Tick) -> State {
    State::Promised { offered_to, rests_until, expires_at, attempts: 1 }
}

fn transfer(step: Transfer) -> Event {
    Event::Transfer(step)
}

fn events() -> [(&'static str, Event); 30] {
    [
        ("the announcement is over", Event::AnnouncementOver),
        ("is offered to Yvonne", Event::Offered(YVONNE)),
        ("the offer returns", Event::OfferReturned),
        ("is answered", Event::Answered { ring_until: LATER }),
        ("the switchboard answers", Event::SwitchboardAnswered),
        ("turns to the centre", Event::TurnsToCentre { until: LATER, limit_at: LATER }),
        ("is turned away", Event::TurnedAway(Departure::Closed(ClosedBecause::Hours))),
        ("the partner answers", Event::PartnerAnswered),
        ("the partner takes it over", Event::Deflected),
        ("the other side hangs up", Event::OtherLeft(Parting::HungUp)),
        ("the talk is alive", Event::TalkAlive),
        ("a call-back is promised", Event::CallbackPromised { expires_at: LATER }),
        ("is called first for Yvonne", Event::CalledFirst { agent: YVONNE, ring_until: LATER }),
        ("the caller is reached", Event::CallbackReached),
        ("the caller is reached and waits", Event::CallbackWaits { limit_at: LATER }),
        (
            "is not reached, again later",
            Event::CallbackFailed { again_at: Some(LATER), counts: true },
        ),
        (
            "is not reached, for the last time",
            Event::CallbackFailed { again_at: None, counts: true },
        ),
        ("the caller calls again", Event::CalledAgain),
        ("the switchboard's side is cut off", Event::OtherLeft(Parting::CutOff)),
        ("the caller hangs up", Event::CallerLeft(Parting::HungUp)),
        ("the caller is cut off", Event::CallerLeft(Parting::CutOff)),
        ("the agent hangs up", Event::AgentLeft(Parting::HungUp)),
        ("the agent is cut off", Event::AgentLeft(Parting::CutOff)),
        ("is handed on to a queue", transfer(Transfer::ToQueue { limit_at: LATER })),
        ("is handed on to an office", transfer(Transfer::ToOffice { ring_until: LATER })),
        ("is put through to Yvonne", transfer(Transfer::ToAgent(YVONNE))),
        ("is put through to an office", transfer(Transfer::OfficeTakesOver)),
        ("the office answers", transfer(Transfer::OfficeAnswered)),
        ("the office does not", transfer(Transfer::OfficeFailed { limit_at: LATER })),
        ("timeout", Event::Timeout),
    ]
}

#[test]
fn every_state_of_a_contact_decides_every_event_as_the_table_says() {
    let mut text = String::from(
        "# What a contact's state makes of every event. \"=\" is no change; agents are Xaver and Yvonne.\n\
         # Written by tests/contact_table.rs.\n",
    );
    for state in situations() {
        let mut rows = vec![
            ["event", "new state", "effect", "next deadline"].map(String::from).to_vec(),
            row("(before)", &describe(state), "", state),
        ];
        for (name, event) in events() {
            let (next, effect) = state.next(NOW, event);
            let shown = if next == state { "=".to_owned() } else { describe(next) };
            rows.push(row(name, &shown, &effect_in_words(effect), next));
        }
        text.push_str(&format!("\n## {}\n", describe(state)));
        text.push_str(&golden::table(&rows));
    }
    golden::compare("contact_table.txt", &text);
}

#[test]
fn a_refused_event_changes_nothing_and_a_contact_that_is_gone_refuses_all() {
    for state in situations() {
        for (name, event) in events() {
            let (next, effect) = state.next(NOW, event);
            if let Effect::Refused(_) = effect {
                assert_eq!(next, state, "{name}");
            } else {
                assert!(!matches!(state, State::Gone(_)), "{name}: {state:?} gave {effect:?}");
            }
        }
    }
}

#[test]
fn while_a_telephone_rings_no_limit_and_no_timeout_sends_a_caller_away() {
    let ringing = State::Waiting { offered_to: Some(XAVER), limit_at: GONE_BY };
    assert_eq!(ringing.deadline(), None);
    assert_eq!(ringing.next(NOW, Event::Timeout).0, ringing);
    assert_eq!(
        ringing.next(NOW, Event::Answered { ring_until: NOW }).0,
        State::Talking { agent: XAVER }
    );
    let promised = promised(Some(XAVER), None, GONE_BY);
    assert_eq!(promised.deadline(), None);
    assert_eq!(promised.next(NOW, Event::Timeout).0, promised);
}

fn row(event: &str, state: &str, effect: &str, after: State) -> Vec<String> {
    let deadline =
        after.deadline().map_or("none".to_owned(), |(at, why)| format!("{}: {why}", when(at)));
    vec![event.to_owned(), state.to_owned(), effect.to_owned(), deadline]
}

fn describe(state: State) -> String {
    match state {
        State::Entering { until, limit_at } => {
            format!("hears the announcement until {}, limit {}", when(until), when(limit_at))
        }
        State::Waiting { offered_to: None, limit_at } => format!("waits, limit {}", when(limit_at)),
        State::Waiting { offered_to: Some(agent), limit_at } => {
            format!("waits, rings at {}, limit {}", name(agent), when(limit_at))
        }
        State::Talking { agent } => format!("talks to {}", name(agent)),
        State::AtSwitchboard { ring_until } => {
            format!("rings at the switchboard until {}", when(ring_until))
        }
        State::Local { lease } => format!("talks to the switchboard, {}", lease_in_words(lease)),
        State::AtPartner { lease } => format!("talks to the partner, {}", lease_in_words(lease)),
        State::ToOffice { ring_until } => format!("rings at an office until {}", when(ring_until)),
        State::AtOffice { lease } => format!("talks to an office, {}", lease_in_words(lease)),
        State::Promised { offered_to, rests_until, expires_at, attempts } => {
            let rings = offered_to.map(|agent| format!(", rings at {}", name(agent)));
            let rests = rests_until.map(|at| format!(", rests until {}", when(at)));
            let (rings, rests) = (rings.unwrap_or_default(), rests.unwrap_or_default());
            format!(
                "promised a call-back{rings}{rests}, tried {attempts}, expires {}",
                when(expires_at)
            )
        }
        State::CallingBack { agent, ring_until, expires_at, attempts } => format!(
            "called back by {} until {}, tried {attempts}, expires {}",
            name(agent),
            when(ring_until),
            when(expires_at)
        ),
        State::Gone(departure) => format!("gone: {}", departure_in_words(departure)),
    }
}

fn departure_in_words(departure: Departure) -> &'static str {
    match departure {
        Departure::Closed(ClosedBecause::Hours) => "closed",
        Departure::Closed(ClosedBecause::TimetableEnded) => "closed, timetable ended",
        Departure::Closed(ClosedBecause::AnnouncementOnly) => "closed, announcement only",
        Departure::SentAway(SentAway::QueueFull) => "sent away, queue full",
        Departure::SentAway(SentAway::CentreFull) => "sent away, centre full",
        Departure::SentAway(SentAway::WaitedTooLong) => "sent away, waited too long",
        Departure::Unanswered(Parting::HungUp) => "not answered, hung up",
        Departure::Unanswered(Parting::CutOff) => "not answered, cut off",
        Departure::Closed(ClosedBecause::Act) => "closed by an act",
        Departure::Closed(ClosedBecause::PlanRunsNot) => "closed, the plan does not run",
        Departure::SentAway(SentAway::NoChannel) => "sent away, no channel",
        Departure::SentAway(SentAway::Carrier) => "refused by the carrier",
        Departure::SentAway(SentAway::NobodyLeft) => "sent away, nobody left",
        Departure::SentAway(SentAway::Door) => "refused at the door",
        Departure::Local => "after the talk with the switchboard",
        Departure::LeftSwitchboard => "left while the switchboard was rung",
        Departure::Overflowed => "after the talk with the partner",
        Departure::Deflected => "sent on to the partner",
        Departure::CallbackExpired => "the call-back expired",
        Departure::CalledAgain => "called again",
        Departure::Answered(Parting::HungUp) => "after the talk",
        Departure::Answered(Parting::CutOff) => "cut off in the talk",
    }
}

fn effect_in_words(effect: Effect) -> String {
    match effect {
        Effect::None => String::new(),
        Effect::Refused(why) => format!("refused: {why:?}"),
        Effect::Waits => "begins to wait".to_owned(),
        Effect::Withdraw(agent) => format!("{}'s telephone stops ringing", name(agent)),
        Effect::Part(agent) => format!("{}'s talk is over", name(agent)),
        Effect::Question => "is the talk alive?".to_owned(),
        Effect::CallBack(agent) => format!("the caller is dialled for {}", name(agent)),
        Effect::Connect(agent) => format!("is connected to {}", name(agent)),
        Effect::GiveUp(agent) => format!("{} is free again", name(agent)),
    }
}

fn lease_in_words(lease: Lease) -> String {
    match lease {
        Lease::Held { check_at } => format!("asked after {}", when(check_at)),
        Lease::Questioned { lost_at } => format!("lost {}", when(lost_at)),
    }
}

fn name(agent: AgentId) -> &'static str {
    if agent == XAVER { "Xaver" } else { "Yvonne" }
}

fn when(at: Tick) -> String {
    if at < NOW {
        format!("{} s ago", NOW.since(at).as_secs())
    } else if at == NOW {
        "now".to_owned()
    } else {
        format!("in {} s", at.since(NOW).as_secs())
    }
}
