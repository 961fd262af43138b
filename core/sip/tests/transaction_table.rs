// SPDX-License-Identifier: EUPL-1.2
//! Every state of the four transactions with every event, as a table to be read beside the RFCs.
//!
//! The rule to keep: a state or an event that is added to a machine is added here.

#[path = "../../acd/tests/common/golden.rs"]
mod golden;

use sip::Status;
use sip::transaction::{
    Backoff, ClientEvent, Effect, Effects, InviteClient, InviteServer, NonInviteClient,
    NonInviteServer, Notice, Rules, ServerEvent, Timing, Transport,
};
use stdx::{Micros, Tick};

const NOW: Tick = Tick(36_000_000_000);
const UNRELIABLE: Rules = Rules { timing: Timing::DEFAULT, transport: Transport::Unreliable };
const RELIABLE: Rules = Rules { timing: Timing::DEFAULT, transport: Transport::Reliable };

fn status(code: u16) -> Status {
    Status::new(code).expect("a code in a test is a code")
}

fn after(millis: u64) -> Tick {
    NOW + Micros::from_millis(millis)
}

fn again(millis: u64, interval: u64) -> Option<Backoff> {
    Some(Backoff { at: after(millis), interval: Micros::from_millis(interval) })
}

fn client_events() -> Vec<(String, ClientEvent)> {
    let mut events: Vec<_> = [100, 180, 200, 202, 300, 408, 486, 503, 603]
        .map(|code| (format!("response {code}"), ClientEvent::Response(status(code))))
        .into();
    events.push(("CANCEL was sent".to_owned(), ClientEvent::Cancelled));
    events.push(("abandoned".to_owned(), ClientEvent::Abandoned));
    events.push(("transport error".to_owned(), ClientEvent::TransportError));
    events.push(("timeout".to_owned(), ClientEvent::Timeout));
    events
}

fn server_events() -> Vec<(String, ServerEvent)> {
    let mut events = vec![
        ("request again".to_owned(), ServerEvent::Retransmission),
        ("ACK".to_owned(), ServerEvent::Ack),
    ];
    events.extend(
        [100, 183, 200, 202, 302, 408, 486, 603]
            .map(|code| (format!("from user {code}"), ServerEvent::FromUser(status(code)))),
    );
    events.push(("transport error".to_owned(), ServerEvent::TransportError));
    events.push(("timeout".to_owned(), ServerEvent::Timeout));
    events
}

#[test]
fn every_state_of_the_transactions_decides_every_event_as_the_table_says() {
    let mut text = String::from(
        "# What the four transactions of RFC 3261, 17 (with RFC 6026 and RFC 4320) make of every event.\n\
         # \"=\" is no change; T1 500 ms, T2 4 s, T4 5 s. Written by tests/transaction_table.rs.\n",
    );
    text.push_str(&invite_client());
    text.push_str(&non_invite_client());
    text.push_str(&invite_server());
    text.push_str(&non_invite_server());
    golden::compare("transaction_table.txt", &text);
}

fn invite_client() -> String {
    let calling = |timer_a, timer_b| InviteClient::Calling {
        timer_a,
        timer_b: after(timer_b),
        abandoned: false,
    };
    let abandoned = InviteClient::Calling { timer_a: None, timer_b: after(9_000), abandoned: true };
    let situations = [
        (InviteClient::begin(NOW, UNRELIABLE).0, UNRELIABLE),
        (calling(again(0, 500), 31_500), UNRELIABLE),
        (calling(again(0, 8_000), 16_500), UNRELIABLE),
        (calling(again(0, 16_000), 0), UNRELIABLE),
        (InviteClient::begin(NOW, RELIABLE).0, RELIABLE),
        (calling(None, 0), RELIABLE),
        (abandoned, RELIABLE),
        (InviteClient::Proceeding { give_up_at: None }, UNRELIABLE),
        (InviteClient::Proceeding { give_up_at: None }, RELIABLE),
        (InviteClient::Proceeding { give_up_at: Some(after(20_000)) }, UNRELIABLE),
        (InviteClient::Proceeding { give_up_at: Some(NOW) }, UNRELIABLE),
        (InviteClient::Accepted { timer_m: after(32_000) }, UNRELIABLE),
        (InviteClient::Accepted { timer_m: NOW }, UNRELIABLE),
        (InviteClient::Completed { timer_d: after(32_000) }, UNRELIABLE),
        (InviteClient::Completed { timer_d: NOW }, RELIABLE),
        (InviteClient::Terminated, UNRELIABLE),
    ];
    let next = |(state, rules): (InviteClient, Rules), event| state.next(NOW, event, rules);
    section("INVITE client", &situations, &client_events(), next, InviteClient::deadline, |state| {
        match *state {
            InviteClient::Calling { timer_a, timer_b, abandoned } => format!(
                "Calling, {}B {}{}",
                backoff("A", timer_a),
                when(timer_b),
                if abandoned { ", abandoned" } else { "" }
            ),
            InviteClient::Proceeding { give_up_at: None } => "Proceeding".to_owned(),
            InviteClient::Proceeding { give_up_at: Some(at) } => {
                format!("Proceeding, gives up {}", when(at))
            }
            InviteClient::Accepted { timer_m } => format!("Accepted, M {}", when(timer_m)),
            InviteClient::Completed { timer_d } => format!("Completed, D {}", when(timer_d)),
            InviteClient::Terminated => "Terminated".to_owned(),
        }
    })
}

fn non_invite_client() -> String {
    let trying = |timer_e, timer_f| NonInviteClient::Trying { timer_e, timer_f: after(timer_f) };
    let proceeding =
        |timer_e, timer_f| NonInviteClient::Proceeding { timer_e, timer_f: after(timer_f) };
    let situations = [
        (NonInviteClient::begin(NOW, UNRELIABLE).0, UNRELIABLE),
        (trying(again(0, 500), 31_500), UNRELIABLE),
        (trying(again(0, 4_000), 20_000), UNRELIABLE),
        (trying(again(0, 4_000), 0), UNRELIABLE),
        (NonInviteClient::begin(NOW, RELIABLE).0, RELIABLE),
        (trying(None, 0), RELIABLE),
        (proceeding(again(300, 1_000), 30_000), UNRELIABLE),
        (proceeding(again(0, 1_000), 30_000), UNRELIABLE),
        (proceeding(None, 30_000), RELIABLE),
        (proceeding(again(1_000, 4_000), 0), UNRELIABLE),
        (NonInviteClient::Completed { timer_k: after(5_000) }, UNRELIABLE),
        (NonInviteClient::Completed { timer_k: NOW }, RELIABLE),
        (NonInviteClient::Terminated, UNRELIABLE),
    ];
    let next = |(state, rules): (NonInviteClient, Rules), event| state.next(NOW, event, rules);
    let deadline = NonInviteClient::deadline;
    section(
        "Non-INVITE client",
        &situations,
        &client_events(),
        next,
        deadline,
        |state| match *state {
            NonInviteClient::Trying { timer_e, timer_f } => {
                format!("Trying, {}F {}", backoff("E", timer_e), when(timer_f))
            }
            NonInviteClient::Proceeding { timer_e, timer_f } => {
                format!("Proceeding, {}F {}", backoff("E", timer_e), when(timer_f))
            }
            NonInviteClient::Completed { timer_k } => format!("Completed, K {}", when(timer_k)),
            NonInviteClient::Terminated => "Terminated".to_owned(),
        },
    )
}

fn invite_server() -> String {
    let proceeding = |last, trying_at| InviteServer::Proceeding { last, trying_at };
    let completed = |timer_g, timer_h| InviteServer::Completed {
        last: status(486),
        timer_g,
        timer_h: after(timer_h),
    };
    let situations = [
        (InviteServer::begin(NOW), UNRELIABLE),
        (proceeding(None, Some(NOW)), UNRELIABLE),
        (proceeding(Some(status(180)), None), UNRELIABLE),
        (proceeding(Some(status(180)), None), RELIABLE),
        (InviteServer::Accepted { timer_l: after(32_000) }, UNRELIABLE),
        (InviteServer::Accepted { timer_l: NOW }, UNRELIABLE),
        (completed(again(500, 500), 32_000), UNRELIABLE),
        (completed(again(0, 500), 31_500), UNRELIABLE),
        (completed(again(0, 4_000), 20_000), UNRELIABLE),
        (completed(again(0, 4_000), 0), UNRELIABLE),
        (completed(None, 32_000), RELIABLE),
        (completed(None, 0), RELIABLE),
        (InviteServer::Confirmed { timer_i: after(5_000) }, UNRELIABLE),
        (InviteServer::Confirmed { timer_i: NOW }, RELIABLE),
        (InviteServer::Terminated, UNRELIABLE),
    ];
    let next = |(state, rules): (InviteServer, Rules), event| state.next(NOW, event, rules);
    section("INVITE server", &situations, &server_events(), next, InviteServer::deadline, |state| {
        match *state {
            InviteServer::Proceeding { last, trying_at } => format!(
                "Proceeding, {}{}",
                last.map_or("nothing sent".to_owned(), |last| format!("last {}", last.code())),
                trying_at.map_or(String::new(), |at| format!(", 100 {}", when(at)))
            ),
            InviteServer::Accepted { timer_l } => format!("Accepted, L {}", when(timer_l)),
            InviteServer::Completed { last, timer_g, timer_h } => {
                format!("Completed {}, {}H {}", last.code(), backoff("G", timer_g), when(timer_h))
            }
            InviteServer::Confirmed { timer_i } => format!("Confirmed, I {}", when(timer_i)),
            InviteServer::Terminated => "Terminated".to_owned(),
        }
    })
}

fn non_invite_server() -> String {
    let trying = |trying_at, client_gone_at| NonInviteServer::Trying {
        trying_at: after(trying_at),
        client_gone_at: after(client_gone_at),
    };
    let proceeding =
        |client_gone_at| NonInviteServer::Proceeding { client_gone_at: after(client_gone_at) };
    let completed =
        |timer_j| NonInviteServer::Completed { last: status(200), timer_j: after(timer_j) };
    let situations = [
        (NonInviteServer::begin(NOW, UNRELIABLE), UNRELIABLE),
        (NonInviteServer::begin(NOW, RELIABLE), RELIABLE),
        (trying(0, 28_500), UNRELIABLE),
        (trying(0, 0), UNRELIABLE),
        (proceeding(28_500), UNRELIABLE),
        (proceeding(28_500), RELIABLE),
        (proceeding(0), UNRELIABLE),
        (completed(32_000), UNRELIABLE),
        (completed(0), RELIABLE),
        (NonInviteServer::Terminated, UNRELIABLE),
    ];
    let next = |(state, rules): (NonInviteServer, Rules), event| state.next(NOW, event, rules);
    let deadline = NonInviteServer::deadline;
    section(
        "Non-INVITE server",
        &situations,
        &server_events(),
        next,
        deadline,
        |state| match *state {
            NonInviteServer::Trying { trying_at, client_gone_at } => {
                format!("Trying, 100 {}, client gone {}", when(trying_at), when(client_gone_at))
            }
            NonInviteServer::Proceeding { client_gone_at } => {
                format!("Proceeding, client gone {}", when(client_gone_at))
            }
            NonInviteServer::Completed { last, timer_j } => {
                format!("Completed {}, J {}", last.code(), when(timer_j))
            }
            NonInviteServer::Terminated => "Terminated".to_owned(),
        },
    )
}

/// One machine's situations; every refusal is checked to change nothing, every state to be either
/// over or reached by a deadline.
fn section<S: Copy + PartialEq, E: Copy>(
    title: &str,
    situations: &[(S, Rules)],
    events: &[(String, E)],
    next: impl Fn((S, Rules), E) -> (S, Effects),
    deadline: impl Fn(&S) -> Option<(Tick, &'static str)>,
    describe: impl Fn(&S) -> String,
) -> String {
    let mut text = String::new();
    for &(state, rules) in situations {
        let due = |state: &S| {
            deadline(state).map_or("none".to_owned(), |(at, name)| format!("{name} {}", when(at)))
        };
        let mut rows = vec![
            ["event", "new state", "effects", "next deadline"].map(String::from).to_vec(),
            vec!["(before)".to_owned(), describe(&state), String::new(), due(&state)],
        ];
        for (name, event) in events {
            let (new, effects) = next((state, rules), *event);
            assert!(effects.refusal().is_none() || new == state, "{title}: {name} refused");
            let described = if new == state { "=".to_owned() } else { describe(&new) };
            rows.push(vec![name.clone(), described, in_words(effects), due(&new)]);
        }
        let transport = match rules.transport {
            Transport::Reliable => "reliable",
            Transport::Unreliable => "unreliable",
        };
        text.push_str(&format!("\n## {title}, {transport}: {}\n", describe(&state)));
        text.push_str(&golden::table(&rows));
    }
    text
}

fn in_words(effects: Effects) -> String {
    let words: Vec<String> = effects
        .into_iter()
        .map(|effect| match effect {
            Effect::Refused(why) => format!("refused: {why:?}"),
            Effect::SendRequest => "send request".to_owned(),
            Effect::RetransmitRequest => "request again".to_owned(),
            Effect::SendAck => "send ACK".to_owned(),
            Effect::SendResponse(status) => format!("send {}", status.code()),
            Effect::RetransmitResponse(status) => format!("{} again", status.code()),
            Effect::ToUser(Notice::Response(status)) => format!("to user: {}", status.code()),
            Effect::ToUser(Notice::Ack) => "to user: ACK".to_owned(),
            Effect::ToUser(Notice::TimedOut) => "to user: timed out".to_owned(),
            Effect::ToUser(Notice::TransportFailed) => "to user: transport failed".to_owned(),
        })
        .collect();
    words.join("; ")
}

fn backoff(name: &str, backoff: Option<Backoff>) -> String {
    backoff.map_or(String::new(), |Backoff { at, interval }| {
        format!("{name} {} (waited {}), ", when(at), length(interval))
    })
}

fn when(at: Tick) -> String {
    if at == NOW { "now".to_owned() } else { format!("in {}", length(at.since(NOW))) }
}

fn length(length: Micros) -> String {
    let millis = length.0 / 1_000;
    if millis.is_multiple_of(1_000) {
        format!("{} s", millis / 1_000)
    } else {
        format!("{millis} ms")
    }
}
