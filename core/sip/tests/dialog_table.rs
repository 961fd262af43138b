// SPDX-License-Identifier: EUPL-1.2
//! Every state of the machines of a call with every event, as tables to be read beside the RFCs.
//!
//! The rule to keep: a state or an event that is added to a machine is added here.

#[path = "../../acd/tests/common/golden.rs"]
mod golden;

use core::fmt::Debug;
use sip::dialog::{
    AckEvent, Agreed, AwaitedAck, Carrier, Decision, Established, EstablishedEvent, Few,
    IncomingEvent, IncomingInvite, Modification, OfferUnderWay, OutgoingEvent, OutgoingInvite,
    Party, Phase, RAck, Retry, SessionTimer, TimerEvent,
};
use sip::transaction::{Backoff, Timing};
use sip::{Method, Status};
use stdx::{Micros, Tick};

const NOW: Tick = Tick(36_000_000_000);
const T: Timing = Timing::DEFAULT;

fn status(code: u16) -> Status {
    Status::new(code).expect("a code in a test is a code")
}

fn after(secs: u64) -> Tick {
    NOW + Micros::from_secs(secs)
}

/// Debug text, with times as distances from now.
fn words(value: &impl Debug) -> String {
    let mut text = format!("{value:?}").replace("Status(", "(");
    while let Some(start) = text.find("tick ") {
        let digits: String = text[start + 5..].chars().take_while(char::is_ascii_digit).collect();
        let at = Tick(digits.parse().expect("a tick is a number"));
        let end = start + 5 + digits.len();
        text.replace_range(start..end, &when(at));
    }
    while let Some(end) = text.find(" µs") {
        let start = text[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        let micros: u64 = text[start..end].parse().expect("a length is a number");
        text.replace_range(start..end + " µs".len(), &length(Micros(micros)));
    }
    text
}

fn when(at: Tick) -> String {
    if at == NOW { "now".to_owned() } else { format!("+{}", length(at.since(NOW))) }
}

fn length(length: Micros) -> String {
    let millis = length.0 / 1_000;
    if millis.is_multiple_of(1_000) {
        format!("{}s", millis / 1_000)
    } else {
        format!("{millis}ms")
    }
}

fn section<S: Copy + PartialEq + Debug, E: Debug + Copy, F: Debug>(
    title: &str,
    situations: &[S],
    events: &[E],
    next: impl Fn(S, E) -> (S, Vec<F>),
    deadline: impl Fn(&S) -> Option<(Tick, &'static str)>,
) -> String {
    let mut text = String::new();
    for &state in situations {
        let due = |state: &S| {
            deadline(state).map_or("none".to_owned(), |(at, why)| format!("{why} {}", when(at)))
        };
        let mut rows = vec![
            ["event", "effects", "next deadline", "new state"].map(String::from).to_vec(),
            vec!["(before)".to_owned(), String::new(), due(&state), words(&state)],
        ];
        for &event in events {
            let (new, effects) = next(state, event);
            let effects: Vec<String> = effects.iter().map(words).collect();
            let refused = effects.iter().any(|effect| effect.starts_with("Refused"));
            assert!(!refused || new == state, "{title}: {event:?} is refused and changes nothing");
            let new_words = if new == state { "=".to_owned() } else { words(&new) };
            rows.push(vec![words(&event), effects.join("; "), due(&new), new_words]);
        }
        text.push_str(&format!("\n## {title}: {}\n{}", words(&state), golden::table(&rows)));
    }
    text
}

fn list<E: Copy>(effects: Few<E>) -> Vec<E> {
    effects.into_iter().collect()
}

#[test]
fn an_incoming_invite_decides_every_event_as_the_table_says() {
    let rack = |rseq| IncomingEvent::Prack(RAck { rseq, cseq: 7, method: Method::Invite });
    let progress = |reliably, carries_sdp| IncomingEvent::Progress {
        status: status(183),
        reliably,
        carries_sdp,
    };
    let play = |events: &[IncomingEvent]| {
        events.iter().fold(IncomingInvite::begin(after(90), 7, 500), |invite, &event| {
            invite.next(NOW, event, T).0
        })
    };
    let (ok, busy) = (IncomingEvent::Answer(status(200)), IncomingEvent::Reject(status(486)));
    let due = |mut invite: IncomingInvite| {
        let waiting = invite.reliable.unacknowledged.as_mut().expect("one waits");
        waiting.again = Some(Backoff { at: NOW, interval: T.t1 });
        invite
    };
    let given_up = |mut invite: IncomingInvite| {
        invite.reliable.unacknowledged.as_mut().expect("one waits").give_up_at = NOW;
        due(invite)
    };
    let situations = [
        play(&[]),
        IncomingInvite::begin(NOW, 7, 500),
        play(&[progress(false, false)]),
        play(&[progress(true, false)]),
        play(&[progress(true, true)]),
        due(play(&[progress(true, true)])),
        given_up(play(&[progress(true, true)])),
        play(&[progress(true, true), ok]),
        play(&[progress(true, true), rack(500)]),
        play(&[ok]),
        play(&[progress(true, false), ok]),
        play(&[busy]),
        play(&[progress(true, true), IncomingEvent::Cancel]),
    ];
    let events = [
        progress(false, false),
        progress(true, true),
        ok,
        IncomingEvent::Answer(status(486)),
        busy,
        IncomingEvent::Reject(status(200)),
        IncomingEvent::Cancel,
        IncomingEvent::Bye,
        rack(500),
        rack(501),
        IncomingEvent::Prack(RAck { rseq: 500, cseq: 8, method: Method::Invite }),
        IncomingEvent::Timeout,
    ];
    let next = |invite: IncomingInvite, event| {
        let (invite, effects) = invite.next(NOW, event, T);
        (invite, list(effects))
    };
    let text = section("Incoming INVITE", &situations, &events, next, IncomingInvite::deadline);
    golden::compare("dialog_incoming_table.txt", &text);
}

#[test]
fn an_outgoing_invite_decides_every_event_as_the_table_says() {
    let situations = [
        OutgoingInvite::begin(after(60)),
        OutgoingInvite::begin(NOW),
        OutgoingInvite::Calling { hang_up: true, ring_until: after(60) },
        OutgoingInvite::Proceeding { ring_until: after(60) },
        OutgoingInvite::Proceeding { ring_until: NOW },
        OutgoingInvite::Cancelling { by: Party::Us },
        OutgoingInvite::Cancelling { by: Party::Peer },
        OutgoingInvite::Accepted,
        OutgoingInvite::Ended { status: status(486), by: Party::Peer },
    ];
    let events = [
        OutgoingEvent::Provisional(status(180)),
        OutgoingEvent::Success(status(200)),
        OutgoingEvent::Failure(status(486)),
        OutgoingEvent::TimedOut,
        OutgoingEvent::TransportFailed,
        OutgoingEvent::HangUp,
        OutgoingEvent::Bye,
        OutgoingEvent::Timeout,
    ];
    let next = |invite: OutgoingInvite, event| {
        let (invite, effects) = invite.next(NOW, event);
        (invite, list(effects))
    };
    let text = section("Outgoing INVITE", &situations, &events, next, OutgoingInvite::deadline);
    golden::compare("dialog_outgoing_table.txt", &text);
}

fn established_situations() -> Vec<Established> {
    let timer = SessionTimer::Ours { refresh_at: after(900), end_at: after(1_768) };
    let up = Established::as_client(3, timer, Carrier::Update);
    let change = |modification| Established { modification, ..up };
    let settled = Modification::SETTLED;
    let answering = AwaitedAck::begin(NOW, 7, T);
    let due = |again, give_up| AwaitedAck::Repeating {
        invite_cseq: 7,
        again: Backoff { at: after(again), interval: T.t2 },
        give_up_at: after(give_up),
    };
    let called = Established::as_server(NOW, 7, true, SessionTimer::Off, Carrier::Invite, T);
    let retry = Retry { at: NOW, carrier: Carrier::Invite, with_offer: true, tries: 1 };
    let tired = Retry { tries: 5, ..retry };
    let ours = Modification {
        invite: Some(Party::Us),
        offer: OfferUnderWay::Ours(Carrier::Invite),
        ..settled
    };
    let theirs = Modification {
        invite: Some(Party::Peer),
        offer: OfferUnderWay::Theirs(Carrier::Invite),
        ..settled
    };
    let their_update = Modification { their_update: true, ..settled };
    let our_update =
        Modification { our_update: true, offer: OfferUnderWay::Ours(Carrier::Update), ..settled };
    let refreshing = SessionTimer::Refreshing { end_at: after(60) };
    vec![
        up,
        Established { timer: SessionTimer::Ours { refresh_at: NOW, end_at: after(868) }, ..up },
        Established { timer: SessionTimer::Peers { end_at: NOW }, ..up },
        change(ours),
        Established { cancel_at: Some(NOW), ..change(ours) },
        Established { tries: 5, timer: refreshing, ..change(ours) },
        change(theirs),
        change(Modification { their_update: true, ..theirs }),
        change(our_update),
        change(their_update),
        Established { retry: Some(retry), ..up },
        Established { retry: Some(tired), ..change(theirs) },
        called,
        Established { modification: their_update, ..called },
        Established { ack: Some(due(0, 20)), ..called },
        Established { ack: Some(due(0, 0)), ..called },
        Established { ack: Some(answering), ack_is_first: false, ..up },
        Established { phase: Phase::Leaving, ..called },
        Established { phase: Phase::Leaving, ack: Some(due(0, 0)), ..called },
        Established { phase: Phase::Ending, ..up },
        Established { phase: Phase::Ended, ..up },
    ]
}

fn established_events() -> Vec<EstablishedEvent> {
    let request =
        |carrier, with_offer| EstablishedEvent::Request { carrier, cseq: 11, with_offer, draw: 9 };
    let agreed = Some(Agreed { interval: Micros::from_secs(1_800), refresher: Party::Peer });
    let answered = |carrier, cseq, code| EstablishedEvent::Answered {
        carrier,
        cseq,
        status: status(code),
        agreed: agreed.filter(|_| code == 200),
        draw: 10,
    };
    let answer = |carrier, code| EstablishedEvent::Answer {
        carrier,
        status: status(code),
        agreed: agreed.filter(|_| code == 200),
    };
    vec![
        EstablishedEvent::HangUp,
        EstablishedEvent::Modify { carrier: Carrier::Invite, with_offer: true },
        EstablishedEvent::Modify { carrier: Carrier::Update, with_offer: false },
        request(Carrier::Invite, true),
        request(Carrier::Update, true),
        request(Carrier::Update, false),
        answer(Carrier::Invite, 200),
        answer(Carrier::Invite, 488),
        answer(Carrier::Update, 200),
        answer(Carrier::Update, 183),
        answered(Carrier::Invite, 4, 200),
        answered(Carrier::Invite, 3, 200),
        answered(Carrier::Invite, 4, 488),
        answered(Carrier::Invite, 4, 491),
        answered(Carrier::Invite, 4, 481),
        answered(Carrier::Update, 4, 200),
        answered(Carrier::Update, 4, 408),
        EstablishedEvent::Cancel,
        EstablishedEvent::OtherAnswered(status(200)),
        EstablishedEvent::OtherAnswered(status(481)),
        EstablishedEvent::Ack { cseq: 7 },
        EstablishedEvent::Ack { cseq: 6 },
        EstablishedEvent::Bye,
        EstablishedEvent::ByeAnswered,
        EstablishedEvent::Timeout,
    ]
}

#[test]
fn a_call_that_is_up_decides_every_event_as_the_table_says() {
    let next = |call: Established, event| {
        let (call, effects) = call.next(NOW, event, T);
        (call, list(effects))
    };
    let text = section(
        "Established",
        &established_situations(),
        &established_events(),
        next,
        Established::deadline,
    );
    golden::compare("dialog_established_table.txt", &text);
}

#[test]
fn an_awaited_ack_and_a_session_timer_decide_every_event_as_the_table_says() {
    let repeating = |again, interval, give_up| AwaitedAck::Repeating {
        invite_cseq: 7,
        again: Backoff { at: after(again), interval: Micros::from_millis(interval) },
        give_up_at: after(give_up),
    };
    let situations = [
        AwaitedAck::begin(NOW, 7, T),
        repeating(0, 500, 31),
        repeating(0, 4_000, 20),
        repeating(0, 4_000, 0),
        AwaitedAck::Acknowledged,
        AwaitedAck::GivenUp,
    ];
    let events = [AckEvent::Ack { cseq: 7 }, AckEvent::Ack { cseq: 6 }, AckEvent::Timeout];
    let next = |ack: AwaitedAck, event| {
        let (ack, effect) = ack.next(NOW, event, T);
        (ack, vec![effect])
    };
    let mut text = section("2xx and its ACK", &situations, &events, next, AwaitedAck::deadline);

    let situations = [
        SessionTimer::Off,
        SessionTimer::Ours { refresh_at: after(900), end_at: after(1_768) },
        SessionTimer::Ours { refresh_at: NOW, end_at: after(868) },
        SessionTimer::Ours { refresh_at: NOW, end_at: NOW },
        SessionTimer::Refreshing { end_at: after(60) },
        SessionTimer::Refreshing { end_at: after(1) },
        SessionTimer::Refreshing { end_at: NOW },
        SessionTimer::Peers { end_at: after(60) },
        SessionTimer::Peers { end_at: NOW },
    ];
    let agreed = |secs, refresher| {
        TimerEvent::Agreed(Agreed { interval: Micros::from_secs(secs), refresher })
    };
    let events = [
        agreed(1_800, Party::Us),
        agreed(90, Party::Us),
        agreed(1_800, Party::Peer),
        agreed(90, Party::Peer),
        TimerEvent::RefreshFailed,
        TimerEvent::Timeout,
    ];
    let next = |timer: SessionTimer, event| {
        let (timer, effect) = timer.next(NOW, event);
        (timer, vec![effect])
    };
    let timers = section("Session timer", &situations, &events, next, SessionTimer::deadline);
    text.push_str(&timers);
    golden::compare("dialog_timers_table.txt", &text);
}

#[test]
fn glare_is_decided_as_the_table_says() {
    let heading = ["under way", "re-INVITE, offer", "re-INVITE", "UPDATE, offer", "UPDATE"];
    let mut rows = vec![heading.map(String::from).to_vec()];
    let offers = [
        OfferUnderWay::None,
        OfferUnderWay::Ours(Carrier::Invite),
        OfferUnderWay::Theirs(Carrier::Invite),
        OfferUnderWay::Owed(Party::Us),
        OfferUnderWay::Owed(Party::Peer),
        OfferUnderWay::Ours(Carrier::Update),
        OfferUnderWay::Theirs(Carrier::Update),
    ];
    for invite in [None, Some(Party::Us), Some(Party::Peer)] {
        for (our_update, their_update) in [(false, false), (true, false), (false, true)] {
            for offer in offers {
                let state = Modification { invite, our_update, their_update, offer };
                let mut row = vec![format!(
                    "INVITE {invite:?}, UPDATE {our_update}/{their_update}, offer {offer:?}"
                )];
                for (carrier, with_offer) in [
                    (Carrier::Invite, true),
                    (Carrier::Invite, false),
                    (Carrier::Update, true),
                    (Carrier::Update, false),
                ] {
                    let theirs = match state.incoming(carrier, with_offer).1 {
                        Decision::Take => "take",
                        Decision::Pending => "491",
                        Decision::RetryAfter => "500",
                    };
                    let ours = state.begin_ours(carrier, with_offer).is_ok();
                    row.push(format!("{theirs}{}", if ours { ", may send" } else { "" }));
                }
                rows.push(row);
            }
        }
    }
    golden::compare("dialog_glare_table.txt", &golden::table(&rows));
}
