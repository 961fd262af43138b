// SPDX-License-Identifier: EUPL-1.2
//! The table of transactions: duplicates, merged requests, CANCEL, ACK, its bound and its timers.

use proptest::prelude::*;
use sip::transaction::{
    Arrival, Arrived, BeginRefused, ClientEvent, Effect, Fields, MergeKey, Notice, Refusal, Room,
    ServerEvent, Timing, TopVia, TransactionId, TransactionKey, Transactions, Transport,
};
use sip::{Method, Status};
use stdx::{Micros, Tick};

const START: Tick = Tick(1_000_000);
const ROOMY: Room = Room { fresh: 100, all: 120 };

fn status(code: u16) -> Status {
    Status::new(code).expect("a code in a test is a code")
}

fn server_key(method: Method, branch: &str) -> TransactionKey {
    let via = TopVia { branch: Some(branch.as_bytes()), sent_by: b"a.example", whole: b"" };
    let fields =
        Fields { call_id: b"c", cseq: 1, from_tag: b"f", to_tag: b"", request_uri: b"sip:115@b" };
    TransactionKey::server(method, via, fields)
}

fn in_dialog(method: Method, branch: &str) -> Arrival {
    let key = server_key(method, branch);
    Arrival { method, key, merge: None, transport: Transport::Unreliable }
}

fn opening(method: Method, branch: &str, call_id: &str) -> Arrival {
    let merge = MergeKey::of(method, call_id.as_bytes(), b"f", None, 1);
    Arrival { merge, ..in_dialog(method, branch) }
}

fn new_id(arrived: Arrived) -> TransactionId {
    match arrived {
        Arrived::New(id) => id,
        Arrived::Known(..) | Arrived::StrayAck | Arrived::Merged | Arrived::Full => {
            panic!("expected a new transaction, not {arrived:?}")
        }
    }
}

fn table() -> Transactions<&'static str> {
    Transactions::new(Timing::DEFAULT, ROOMY)
}

#[test]
fn a_repeated_invite_is_absorbed_and_gets_the_last_response() {
    let mut table = table();
    let invite = opening(Method::Invite, "z9hG4bK1", "c");
    let id = new_id(table.arrive(START, invite.clone(), || "leg 1"));
    let Arrived::Known(same, effects) = table.arrive(START, invite.clone(), || unreachable!())
    else {
        panic!("a repetition is known")
    };
    assert_eq!((same, effects.iter().count()), (id, 0));
    table.server(START, id, ServerEvent::FromUser(status(180)));
    let Arrived::Known(_, effects) = table.arrive(START, invite, || unreachable!()) else {
        panic!("a repetition is known")
    };
    assert_eq!(effects.iter().collect::<Vec<_>>(), [Effect::RetransmitResponse(status(180))]);
    assert_eq!(table.len(), 1);
}

#[test]
fn the_ack_to_a_refusal_ends_its_repetitions_and_a_stray_one_is_nobody_s() {
    let mut table = table();
    let id = new_id(table.arrive(START, opening(Method::Invite, "z9hG4bK1", "c"), || ""));
    table.server(START, id, ServerEvent::FromUser(status(486)));
    assert_eq!(table.deadline(), Some((START + Timing::DEFAULT.t1, "timer G")));
    let ack = in_dialog(Method::Ack, "z9hG4bK1");
    assert!(matches!(table.arrive(START, ack, || ""), Arrived::Known(same, _) if same == id));
    assert_eq!(table.deadline(), Some((START + Timing::DEFAULT.t4, "timer I")));
    let stray = in_dialog(Method::Ack, "z9hG4bK2");
    assert_eq!(table.arrive(START, stray, || unreachable!()), Arrived::StrayAck);
    let elapsed = table.elapse(START + Timing::DEFAULT.t4).expect("timer I is due");
    assert_eq!((elapsed.id, elapsed.ended), (id, Some("")));
    assert!(table.is_empty() && table.deadline().is_none());
}

#[test]
fn a_cancel_finds_its_invite_by_the_branch_and_has_a_transaction_of_its_own() {
    let mut table = table();
    let invite = new_id(table.arrive(START, opening(Method::Invite, "z9hG4bK1", "c"), || ""));
    let other = new_id(table.arrive(START, opening(Method::Options, "z9hG4bK2", "d"), || ""));
    let cancel = in_dialog(Method::Cancel, "z9hG4bK1");
    let id = new_id(table.arrive(START, cancel.clone(), || ""));
    assert!(id != invite);
    assert_eq!(table.cancelled_by(&cancel.key), Some(invite));
    assert_eq!(table.cancelled_by(&server_key(Method::Cancel, "z9hG4bK2")), Some(other));
    assert_eq!(table.cancelled_by(&server_key(Method::Cancel, "z9hG4bK0")), None);
    table.forget(invite);
    assert_eq!(table.cancelled_by(&cancel.key), None);
}

/// T13.
#[test]
fn a_merged_request_is_told_from_a_new_one_and_from_a_repetition() {
    let mut table = table();
    let first = new_id(table.arrive(START, opening(Method::Invite, "z9hG4bK1", "c"), || ""));
    let copy = opening(Method::Invite, "z9hG4bK2", "c");
    assert_eq!(table.arrive(START, copy.clone(), || unreachable!()), Arrived::Merged);
    new_id(table.arrive(START, opening(Method::Invite, "z9hG4bK3", "other"), || ""));
    new_id(table.arrive(START, in_dialog(Method::Invite, "z9hG4bK4"), || ""));
    // Only ongoing transactions count (RFC 3261, 8.2.2.2).
    table.forget(first);
    new_id(table.arrive(START, copy, || ""));
}

/// T16.
#[test]
fn a_full_table_refuses_what_is_new_and_still_absorbs_what_is_known() {
    let mut table: Transactions<u8> = Transactions::new(Timing::DEFAULT, Room { fresh: 2, all: 3 });
    for call in ["1", "2"] {
        let branch = format!("z9hG4bK{call}");
        new_id(table.arrive(START, opening(Method::Invite, &branch, call), || 0));
    }
    let third = opening(Method::Invite, "z9hG4bK3", "3");
    assert_eq!(table.arrive(START, third, || unreachable!()), Arrived::Full);
    new_id(table.arrive(START, in_dialog(Method::Bye, "z9hG4bK4"), || 0));
    let fifth = in_dialog(Method::Bye, "z9hG4bK5");
    assert_eq!(table.arrive(START, fifth, || unreachable!()), Arrived::Full);
    let known = opening(Method::Invite, "z9hG4bK1", "1");
    assert!(matches!(table.arrive(START, known, || unreachable!()), Arrived::Known(..)));
    let ours = TransactionKey::client(b"z9hG4bK6", Method::Bye);
    let begun = table.begin(START, Method::Bye, ours, Transport::Unreliable, 0);
    assert_eq!(begun.err(), Some(BeginRefused::Full));
}

#[test]
fn a_client_transaction_gives_its_request_back_when_nobody_answers() {
    let mut table = table();
    let key = TransactionKey::client(b"z9hG4bK1", Method::Bye);
    let unreliable = Transport::Unreliable;
    let (id, effects) = table.begin(START, Method::Bye, key.clone(), unreliable, "BYE").unwrap();
    assert_eq!(effects.iter().collect::<Vec<_>>(), [Effect::SendRequest]);
    let twice = table.begin(START, Method::Bye, key.clone(), unreliable, "BYE");
    assert_eq!(twice.err(), Some(BeginRefused::KeyInUse));
    let mut sent = Vec::new();
    let ended = loop {
        let (at, _) = table.deadline().expect("a transaction without an answer has a timer");
        let elapsed = table.elapse(at).expect("the deadline is due");
        assert_eq!(elapsed.id, id);
        match elapsed.ended {
            Some(payload) => break (at, payload, elapsed.effects),
            None => sent.push(at.since(START).0 / 1_000),
        }
    };
    // RFC 3261, 17.1.2.2: 500 ms, 1 s, 2 s, 4 s, 4 s …
    let expected = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert_eq!(sent, expected);
    let (at, payload, effects) = ended;
    assert_eq!((at, payload), (START + Timing::DEFAULT.patience(), "BYE"));
    assert_eq!(effects.iter().collect::<Vec<_>>(), [Effect::ToUser(Notice::TimedOut)]);
    assert_eq!(table.find(&key), None);
}

#[test]
fn events_of_the_other_side_and_of_unknown_transactions_find_nothing() {
    let mut table = table();
    let id = new_id(table.arrive(START, opening(Method::Options, "z9hG4bK1", "c"), || ""));
    assert_eq!(table.client(START, id, ClientEvent::TransportError), None);
    assert_eq!(table.payload(id), Some(&""));
    assert_eq!(table.forget(id), Some(""));
    assert_eq!(table.server(START, id, ServerEvent::Retransmission), None);
    assert_eq!(table.forget(id), None);
    let server = server_key(Method::Bye, "z9hG4bK1");
    let begun = table.begin(START, Method::Bye, server, Transport::Reliable, "");
    assert_eq!(begun.err(), Some(BeginRefused::NotAClient));
}

#[derive(Clone, Debug)]
enum Step {
    Wait(u64),
    Arrive { method: usize, branch: u8, call: u8, fresh: bool },
    Begin { invite: bool, branch: u8, reliable: bool },
    Answer { nth: usize, code: u16 },
    Response { nth: usize, code: u16 },
    Cancelled { nth: usize },
    Error { nth: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..5_000_u64).prop_map(Step::Wait),
        (0..5_usize, 0..6_u8, 0..3_u8, any::<bool>())
            .prop_map(|(method, branch, call, fresh)| Step::Arrive { method, branch, call, fresh }),
        (any::<bool>(), 0..6_u8, any::<bool>())
            .prop_map(|(invite, branch, reliable)| Step::Begin { invite, branch, reliable }),
        (0..12_usize, 100..700_u16).prop_map(|(nth, code)| Step::Answer { nth, code }),
        (0..12_usize, 100..700_u16).prop_map(|(nth, code)| Step::Response { nth, code }),
        (0..12_usize).prop_map(|nth| Step::Cancelled { nth }),
        (0..12_usize).prop_map(|nth| Step::Error { nth }),
    ];
    prop::collection::vec(step, 0..80)
}

const ARRIVING: [Method; 5] =
    [Method::Invite, Method::Ack, Method::Cancel, Method::Bye, Method::Options];

fn play(table: &mut Transactions<u32>, ids: &mut Vec<TransactionId>, now: Tick, step: &Step) {
    let pick = |nth: usize| ids.get(nth % ids.len().max(1)).copied();
    match *step {
        Step::Wait(_) => {}
        Step::Arrive { method, branch, call, fresh } => {
            let (branch, call) = (format!("z9hG4bK{branch}"), call.to_string());
            let arrival = if fresh {
                opening(ARRIVING[method], &branch, &call)
            } else {
                in_dialog(ARRIVING[method], &branch)
            };
            if let Arrived::New(id) = table.arrive(now, arrival, || 0) {
                ids.push(id);
            }
        }
        Step::Begin { invite, branch, reliable } => {
            let method = if invite { Method::Invite } else { Method::Info };
            let key = TransactionKey::client(format!("z9hG4bK{branch}").as_bytes(), method);
            let transport = if reliable { Transport::Reliable } else { Transport::Unreliable };
            ids.extend(table.begin(now, method, key, transport, 0).ok().map(|(id, _)| id));
        }
        Step::Answer { nth, code } => {
            pick(nth).and_then(|id| table.server(now, id, ServerEvent::FromUser(status(code))));
        }
        Step::Response { nth, code } => {
            pick(nth).and_then(|id| table.client(now, id, ClientEvent::Response(status(code))));
        }
        Step::Cancelled { nth } => {
            pick(nth).and_then(|id| table.client(now, id, ClientEvent::Cancelled));
        }
        Step::Error { nth } => {
            if let Some(id) = pick(nth) {
                table.client(now, id, ClientEvent::TransportError);
                table.server(now, id, ServerEvent::TransportError);
            }
        }
    }
}

proptest! {
    /// Whatever arrives: timers never refuse, never run backwards, and when users have answered
    /// everything the table empties itself within two patiences.
    #[test]
    fn a_table_whose_users_answer_empties_itself(steps in steps()) {
        let mut table: Transactions<u32> =
            Transactions::new(Timing::DEFAULT, Room { fresh: 6, all: 8 });
        let mut ids = Vec::new();
        let mut now = START;
        for step in &steps {
            if let Step::Wait(millis) = step {
                now = now + Micros::from_millis(*millis);
            }
            while let Some(elapsed) = table.elapse(now) {
                prop_assert_ne!(elapsed.effects.refusal(), Some(Refusal::NotDue));
            }
            play(&mut table, &mut ids, now, step);
            prop_assert!(table.len() <= 8);
        }
        for &id in &ids {
            table.server(now, id, ServerEvent::FromUser(status(500)));
            table.client(now, id, ClientEvent::Cancelled);
            table.client(now, id, ClientEvent::Response(status(180)));
            table.client(now, id, ClientEvent::Cancelled);
        }
        let end = now + Timing::DEFAULT.patience() + Timing::DEFAULT.patience();
        let mut fired = 0;
        while let Some((at, _)) = table.deadline() {
            prop_assert!(at <= end);
            prop_assert!(table.elapse(at.max(now)).is_some());
            fired += 1;
            prop_assert!(fired < 10_000);
        }
        prop_assert!(table.is_empty());
    }
}
