// SPDX-License-Identifier: EUPL-1.2
//! Every state of a latch with every event, as a table; and that nobody takes a latched leg over.
//!
//! The rule to keep: a state or an event that is added to the machine is added here.

#[path = "../../acd/tests/common/golden.rs"]
mod golden;

use proptest::collection::vec;
use proptest::prelude::*;
use rtp::Header;
use rtp::latch::{Candidate, Latch, OtherAddress, PayloadTypes, Rules, State, Verdict};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use stdx::{Micros, Tick};

const NOW: Tick = Tick(60_000_000);
const PCMA: u8 = 8;

/// Documentation addresses: the peer's, another one's, a third one's (RFC 5737).
const PEER: [u8; 4] = [192, 0, 2, 1];
const OTHER: [u8; 4] = [198, 51, 100, 1];
const THIRD: [u8; 4] = [203, 0, 113, 1];

fn address(ip: [u8; 4], port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::from(ip)), port)
}

fn rules(nat: bool) -> Rules {
    let other = OtherAddress { within: Micros::from_secs(5), packets: 3 };
    let payload_types = PayloadTypes::of(&[PCMA, 101]);
    Rules { payload_types, other_address: nat.then_some(other) }
}

fn packet(payload_type: u8, ssrc: u32, sequence: u16) -> Header {
    Header { marker: false, payload_type, sequence, timestamp: 0, ssrc }
}

fn expecting(signalled: SocketAddr, nat: bool, secs_ago: u64) -> Latch {
    Latch::new(NOW.saturating_sub(Micros::from_secs(secs_ago)), signalled, rules(nat))
}

/// A latch after packets with these numbers from this address.
fn after(mut latch: Latch, from: SocketAddr, sequences: &[u16]) -> Latch {
    for &sequence in sequences {
        latch.arrived(NOW, from, &packet(PCMA, 1, sequence));
    }
    latch
}

fn situations() -> Vec<(&'static str, Latch)> {
    let peer = address(PEER, 4000);
    let silent = address([0; 4], 4000);
    let fresh = |nat| expecting(peer, nat, 1);
    vec![
        ("expecting, no translation", fresh(false)),
        ("expecting, translation allowed", fresh(true)),
        (
            "expecting, other address proved itself once",
            after(fresh(true), address(OTHER, 9), &[10]),
        ),
        (
            "expecting, other address proved itself twice",
            after(fresh(true), address(OTHER, 9), &[9, 10]),
        ),
        ("expecting, translation allowed but too late", expecting(peer, true, 6)),
        ("expecting, no address was signalled", expecting(silent, false, 1)),
        ("expecting, no address was signalled, translation allowed", expecting(silent, true, 1)),
        ("latched to the signalled address", after(fresh(false), peer, &[1])),
        ("latched to another port", after(fresh(true), address(PEER, 4444), &[1, 2])),
        ("latched to another address", after(fresh(true), address(OTHER, 9), &[8, 9, 10])),
    ]
}

enum Event {
    Packet(SocketAddr, Header),
    Signalled(SocketAddr),
    Answered,
}

fn events() -> Vec<(&'static str, Event)> {
    let next = packet(PCMA, 1, 11);
    let from = |ip, port, header| Event::Packet(address(ip, port), header);
    vec![
        ("from the signalled address and port", from(PEER, 4000, next)),
        ("the same with a type not negotiated", from(PEER, 4000, packet(0, 1, 11))),
        ("from the signalled address, port 4444", from(PEER, 4444, next)),
        ("from the other address, next in a row", from(OTHER, 9, next)),
        ("the same with a gap", from(OTHER, 9, packet(PCMA, 1, 12))),
        ("the same again", from(OTHER, 9, packet(PCMA, 1, 10))),
        ("the same of another source", from(OTHER, 9, packet(PCMA, 2, 11))),
        ("the same with a type not negotiated", from(OTHER, 9, packet(0, 1, 11))),
        ("from the other address, port 10", from(OTHER, 10, next)),
        ("from a third address", from(THIRD, 9, next)),
        ("signalling: the same address", Event::Signalled(address(PEER, 4000))),
        ("signalling: another port", Event::Signalled(address(PEER, 4002))),
        ("signalling: a third address", Event::Signalled(address(THIRD, 9))),
        ("signalling: answered", Event::Answered),
        ("signalling: no address", Event::Signalled(address([0; 4], 4000))),
    ]
}

fn describe(latch: &Latch) -> String {
    let target = latch.target().map_or("nowhere".to_owned(), |it| it.to_string());
    let state = match latch.state() {
        State::Expecting { since, candidate: None } => {
            format!("expecting for {} s", NOW.since(since).as_secs())
        }
        State::Expecting {
            candidate: Some(Candidate { from, ssrc, sequence, packets }), ..
        } => format!("expecting, {from} source {ssrc} at {sequence}, {packets} in a row"),
        State::Latched { .. } => "latched".to_owned(),
    };
    format!("{state}, sends to {target}")
}

#[test]
fn every_state_of_a_latch_decides_every_event_as_the_table_says() {
    let mut text = String::from(
        "# What a latch makes of every event. \"=\" is no change. The peer is 192.0.2.1:4000.\n\
         # Written by tests/latch_table.rs.\n",
    );
    for (name, latch) in situations() {
        let mut rows = vec![["event", "verdict", "new state"].map(String::from).to_vec()];
        for (event, what) in events() {
            let mut next = latch.clone();
            let verdict = match what {
                Event::Packet(from, header) => format!("{:?}", next.arrived(NOW, from, &header)),
                Event::Answered => {
                    next.answered(NOW);
                    String::new()
                }
                Event::Signalled(address) => {
                    next.signalled(NOW, address, rules(true));
                    String::new()
                }
            };
            let changed = next.state() != latch.state() || next.target() != latch.target();
            let state = if changed { describe(&next) } else { "=".to_owned() };
            rows.push(vec![event.to_owned(), verdict, state]);
        }
        text.push_str(&format!("\n## {name}: {}\n", describe(&latch)));
        text.push_str(&golden::table(&rows));
    }
    golden::compare("latch_table.txt", &text);
}

#[test]
fn an_ipv4_peer_on_a_socket_for_both_families_is_the_same_peer() {
    let mapped = "[::ffff:192.0.2.1]:4000".parse().unwrap();
    let mut latch = expecting(address(PEER, 4000), false, 1);
    assert_eq!(latch.arrived(NOW, mapped, &packet(PCMA, 1, 1)), Verdict::Latched);
    assert_eq!(latch.arrived(NOW, address(PEER, 4000), &packet(PCMA, 1, 2)), Verdict::Accepted);
    assert!(latch.is_from_peer(mapped) && !latch.is_from_peer(address(OTHER, 9)));
}

#[test]
fn a_stream_of_an_ended_call_does_not_keep_the_leg_of_the_next_one() {
    let mut latch = expecting(address(PEER, 4000), false, 1);
    // Carriers send all calls from one host: this one was hung up and goes on.
    latch.arrived(NOW, address(PEER, 4444), &packet(PCMA, 7, 1));
    assert_eq!(latch.arrived(NOW, address(PEER, 4444), &packet(PCMA, 7, 2)), Verdict::Latched);
    assert_eq!(latch.arrived(NOW, address(PEER, 4000), &packet(PCMA, 1, 1)), Verdict::Latched);
    assert_eq!(latch.target(), Some(address(PEER, 4000)));
    let late = latch.arrived(NOW, address(PEER, 4444), &packet(PCMA, 7, 3));
    assert!(matches!(late, Verdict::Refused(_)));
}

#[test]
fn refused_packets_are_counted_by_their_reason() {
    let mut latch = expecting(address(PEER, 4000), false, 1);
    latch.arrived(NOW, address(OTHER, 9), &packet(PCMA, 1, 1));
    latch.arrived(NOW, address(PEER, 4000), &packet(0, 1, 1));
    latch.arrived(NOW, address(PEER, 4000), &packet(PCMA, 1, 1));
    for sequence in 0..5 {
        latch.arrived(NOW, address(OTHER, 9), &packet(PCMA, 1, sequence));
    }
    let refused = latch.refused();
    assert_eq!((refused.other_address, refused.payload_type, refused.too_late), (1, 1, 0));
    assert_eq!(refused.hijack, 5);
}

fn packets() -> impl Strategy<Value = Vec<(SocketAddr, Header, u64)>> {
    let ip = prop::sample::select(vec![PEER, OTHER, THIRD]);
    let port = prop::sample::select(vec![9_u16, 4000, 4444]);
    let kind = prop::sample::select(vec![PCMA, PCMA, 101, 0]);
    let step = prop_oneof![Just(0_u64), 0..2_000_000_u64];
    vec(
        (ip, port, kind, 0..3_u32, 0..6_u16, step).prop_map(
            |(ip, port, kind, ssrc, sequence, step)| {
                (address(ip, port), packet(kind, ssrc, sequence), step)
            },
        ),
        0..80,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn once_latched_no_packets_move_a_leg_but_home(packets in packets(), nat in any::<bool>()) {
        let mut latch = expecting(address(PEER, 4000), nat, 0);
        let mut now = NOW;
        let mut latched_to = None;
        for (from, header, step) in packets {
            now = now + Micros(step);
            let verdict = latch.arrived(now, from, &header);
            match verdict {
                Verdict::Latched => {
                    let home = from == address(PEER, 4000) && latched_to != Some(from);
                    let from_there = |to: SocketAddr| home && to.ip() == IpAddr::from(PEER);
                    prop_assert!(latched_to.is_none_or(from_there), "latches once, and goes home");
                    prop_assert!(nat || from.ip() == IpAddr::from(PEER));
                    prop_assert!(from.ip() == IpAddr::from(PEER) || now.since(NOW) <= Micros::from_secs(5));
                    latched_to = Some(from);
                }
                Verdict::Accepted => prop_assert_eq!(latched_to, Some(from)),
                Verdict::OnTrial => {
                    prop_assert!(latched_to.is_none());
                    prop_assert!(nat || from.ip() == IpAddr::from(PEER));
                }
                Verdict::Refused(_) => {}
            }
            prop_assert_eq!(latch.target(), Some(latched_to.unwrap_or(address(PEER, 4000))));
        }
    }
}
