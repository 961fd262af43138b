// SPDX-License-Identifier: EUPL-1.2
//! A caller and two called telephones on a network that loses, doubles, delays and reorders.
//!
//! ```text
//!   caller ──┬── 15 % lost, 10 % doubled, up to 300 ms, reordered ──┬── called
//!            └── some calls fork, some go dark in the middle ───────┴── called too
//! ```
//!
//! The rule to keep: whatever the network does, each endpoint tells each call's end once, forgets
//! everything about it, and repeats nothing for longer than 64·T1. Every call is taken apart and put
//! together again at each step. `AMTSLEITUNG_SIP_CALL` prints one call's messages.

mod endpoint;
mod message;
mod network;
mod take_apart;

use endpoint::{Act, Endpoint, World};
use message::CALLER;
use network::Network;
use std::collections::BTreeMap;
use stdx::{Micros, Rng, Tick};

/// How many messages travel in the ordinary test; `AMTSLEITUNG_SIP_MESSAGES` raises it for a soak.
const MESSAGES: u64 = 1_000_000;

/// The seed of the ordinary test; `AMTSLEITUNG_SIP_SEED` gives another.
const SEED: u64 = 0x5157_0115;

/// What has to happen, or the simulation proves less than it says.
const HAPPENS: [&str; 10] = [
    "200 after CANCEL, or of a fork: ACK and BYE",
    "2xx acknowledged again",
    "2xx repeated",
    "CANCEL sent",
    "PRACK: 200",
    "answered Invite: 491",
    "re-INVITE cancelled by the peer",
    "reliable 1xx repeated",
    "repeated requests absorbed",
    "session refreshed",
];

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn place_call(world: &mut World, endpoints: &mut [Endpoint; 3], call: u32) {
    if world.rng.chance(0.15) {
        world.network.forked.insert(call);
    }
    if world.rng.chance(0.05) {
        let at = world.now + Micros::from_millis(world.rng.below(40_000));
        world.network.dark_from.insert(call, at);
    }
    if world.rng.chance(0.25) {
        let at = world.rng.below(6_000);
        world.plan(at, CALLER, call, Act::HangUp);
    }
    endpoints[CALLER].place(world, call);
}

/// The next moment at which anything happens.
fn next_at(world: &World, endpoints: &[Endpoint; 3]) -> Option<Tick> {
    let acts = world.agenda.first_key_value().map(|(&(at, _), _)| at);
    let timers = endpoints.iter().filter_map(Endpoint::next_at);
    timers.chain(acts).chain(world.network.next_at()).min()
}

fn live(world: &mut World, endpoints: &mut [Endpoint; 3]) {
    while let Some((to, message)) = world.network.deliver(world.now) {
        endpoints[to].receive(world, message);
    }
    while let Some(first) = world.agenda.first_entry().filter(|first| first.key().0 <= world.now) {
        let (endpoint, call, act) = first.remove();
        endpoints[endpoint].act(world, call, act);
    }
    for endpoint in endpoints {
        endpoint.elapse(world);
    }
}

/// One fate for a call, whichever side is asked. Only a caller who hangs up while it rings cannot know
/// what the CANCEL crosses.
fn agree(fates: &[(usize, String)]) -> bool {
    let [(_, caller), (_, called)] = fates else { return fates.len() == 1 };
    if caller.starts_with("no call") {
        let refused = caller.replace("by Peer", "by Us");
        return caller.ends_with("by Us") || *called == refused;
    }
    let talked = !called.starts_with("no call");
    talked && [caller, called].iter().any(|fate| *fate == "HungUp(Us)")
}

/// What both sides say of a call that the network left alone and did not fork.
fn compare(world: &mut World, call: u32, mut fates: Vec<(usize, String)>) {
    let dark = world.network.dark_from.contains_key(&call);
    if dark || world.network.forked.contains(&call) {
        return world.count(if dark { "dark" } else { "forked" });
    }
    fates.sort();
    let both = fates.iter().map(|(_, fate)| fate.clone()).collect::<Vec<_>>().join(" / ");
    assert!(agree(&fates), "call {call}: {both}");
    world.count(format!("caller / called: {both}"));
}

#[test]
fn every_call_ends_once_on_both_sides_and_nothing_is_left() {
    let seed = from_environment("AMTSLEITUNG_SIP_SEED", SEED);
    let messages = from_environment("AMTSLEITUNG_SIP_MESSAGES", MESSAGES);
    println!("to repeat: AMTSLEITUNG_SIP_SEED={seed} AMTSLEITUNG_SIP_MESSAGES={messages}");
    let rng = Rng::new(seed);
    let mut world = World {
        now: Tick(0),
        network: Network::new(rng.split(1)),
        agenda: BTreeMap::new(),
        rng: rng.split(2),
        drawn: 0,
        tally: BTreeMap::new(),
        fates: BTreeMap::new(),
    };
    world.network.ladder_of =
        std::env::var("AMTSLEITUNG_SIP_CALL").ok().and_then(|call| call.parse().ok());
    let mut endpoints = [0, 1, 2].map(Endpoint::new);
    let (mut call, mut next_call) = (0, Tick(0));
    let mut most = 0;
    loop {
        let placing = world.network.sent < messages;
        let Some(at) =
            next_at(&world, &endpoints).into_iter().chain(placing.then_some(next_call)).min()
        else {
            break;
        };
        assert!(at >= world.now, "time runs forwards");
        world.now = at;
        if placing && next_call <= at {
            call += 1;
            place_call(&mut world, &mut endpoints, call);
            next_call = at + Micros::from_millis(1 + world.rng.below(400));
            most = most.max(endpoints[CALLER].transactions.len());
            world.network.tidy(at);
        }
        live(&mut world, &mut endpoints);
    }
    println!(
        "{} messages, {call} calls, {} s, up to {most} transactions at the caller",
        world.network.sent,
        world.now.0 / 1_000_000
    );
    for (call, fates) in std::mem::take(&mut world.fates) {
        compare(&mut world, call, fates);
    }
    for (what, times) in &world.tally {
        println!("{times:8}  {what}");
    }
    for what in HAPPENS {
        assert!(world.tally.contains_key(what), "{what} never happened");
    }
    for endpoint in &endpoints {
        assert_eq!(endpoint.begun, endpoint.ended, "every call ends");
        assert_eq!(endpoint.calls(), 0);
        assert!(endpoint.transactions.is_empty(), "left: {:#?}", endpoint.left());
        assert!(endpoint.dialogs.is_empty(), "no dialog is left");
    }
    assert_eq!(endpoints[CALLER].begun, u64::from(call));
}
