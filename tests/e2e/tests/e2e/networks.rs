// SPDX-License-Identifier: EUPL-1.2
//! Networks that lose, double and reorder; trunks that die; TCP and IPv6.

use e2e::capture::Capture;
use e2e::clock::SOON;
use e2e::county::County;
use e2e::figures::Figures;
use e2e::relay::{Relay, Weather};
use e2e::runner::Case;
use e2e::server::{Server, TIMERS};
use e2e::sipp::Sipp;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

pub(crate) const LONG: &[Case] = &[("a_third_of_all_datagrams_is_lost", a_third_is_lost)];

pub(crate) const CASES: &[Case] = &[
    ("datagrams_come_twice_and_in_another_order", doubled_and_reordered),
    ("a_trunk_dies", a_trunk_dies),
    ("callers_over_tcp", callers_over_tcp),
    ("callers_over_ipv6", callers_over_ipv6),
];

/// Where everything random of a network begins, unless `E2E_SEED` says another number.
const SEED: u64 = 0x0115;

fn seed() -> u64 {
    let seed = std::env::var("E2E_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(SEED);
    eprintln!("the networks' seed: E2E_SEED={seed}");
    seed
}

/// Callers and agents behind relays with this weather: agents hang up in one half, callers in the other.
/// Says how many of the calls were a success for the callers, and how many datagrams were lost.
fn through_weather(weather: Weather, calls: u32, patience: Duration) -> (u32, u64) {
    let mut county = County::new().bench(2);
    let near = [county.ports.one(), county.ports.one(), county.ports.one(), county.ports.one()];
    let own = [county.ports.one(), county.ports.one(), county.ports.one(), county.ports.one()];
    let server = Server::start(county);
    let (sip, seed) = (server.county.sip, seed());
    // The server knows each peer by the relay's port that is turned towards it.
    let faces = [0, 1].map(|nth| server.county.caller(nth));
    let faces = [faces[0], faces[1], server.county.bench_phone(1), server.county.bench_phone(2)];
    let relays: Vec<Relay> = (0..4)
        .map(|at| Relay::start((own[at], near[at]), (sip, faces[at]), weather, seed + at as u64))
        .collect();

    let agent = |at: usize, scenario| {
        let agent = Sipp::at(own[at], scenario).behind(faces[at]);
        // How many come to each is theirs to share; they are ended when the callers have ended.
        agent.calls(10_000).within(patience * 2).start(&server)
    };
    let mut agents = [agent(2, "agent_is_patient"), agent(3, "agent_is_brief")];
    let caller = |at: usize| {
        let to = SocketAddr::from(([127, 0, 0, 1], near[at]));
        // Either side may be the first to hang up.
        let caller = Sipp::from(own[at], to, "116", "caller_meets_anybody").behind(faces[at]);
        caller.calls(calls).within(patience).args(&["-max_invite_retrans", "8"]).start(&server)
    };
    let good: u32 = [0, 1].map(caller).iter_mut().map(e2e::sipp::Running::ends).sum();
    // Who is not acknowledged for 32 s is told goodbye for 32 s more.
    let figures = server.is_as_new_within(TIMERS * 2);
    assert_eq!(figures.contacts(), figures.of("calls_total"), "every contact has its fate");
    assert!(figures.of("calls_total") <= u64::from(2 * calls), "no call came in twice");
    agents.iter_mut().for_each(|agent| agent.process.kill());
    (good, relays.iter().map(Relay::lost).sum())
}

fn a_third_is_lost() {
    let weather = Weather { loses: 0.3, doubles: 0.0, reorders: 0.0 };
    let calls = 10;
    let (good, lost) = through_weather(weather, calls, Duration::from_secs(70));
    assert!(lost > 0, "the network is a bad one");
    // SIP repeats a request seven times: nearly all come through.
    assert!(good >= 2 * calls * 7 / 10, "{good} of {}", 2 * calls);
}

fn doubled_and_reordered() {
    let weather = Weather { loses: 0.0, doubles: 0.3, reorders: 0.3 };
    let calls = 10;
    let (good, _) = through_weather(weather, calls, Duration::from_secs(30));
    assert!(good >= 2 * calls * 9 / 10, "{good} of {}", 2 * calls);
}

fn a_trunk_dies() {
    let server = Server::start(County::new().bench(2));
    let to = server.sip();
    // While it rings: the telephone is answered, and nobody acknowledges that the caller is through.
    let rings = Sipp::at(server.county.bench_phone(1), "agent_talks").with("ring", 2_000);
    let mut agent = rings.within(Duration::from_secs(60)).start(&server);
    let caller = Sipp::from(server.county.caller(0), to, "116", "caller_listens");
    let mut caller = caller.start(&server);
    server.wait_for_call("a telephone rings for it");
    caller.process.kill();

    // While talking: the agent hangs up, and BYE goes nowhere.
    let talks = Sipp::at(server.county.bench_phone(2), "agent_hangs_up").with("talk", 3_000);
    let mut other = talks.start(&server);
    let caller = Sipp::from(server.county.caller(1), to, "116", "caller_listens");
    let mut caller = caller.start(&server);
    server.wait_until("one talks", SOON, |it| it.agents("talking") >= 1);
    caller.process.kill();
    other.succeeds();
    agent.succeeds();
    let figures = server.is_as_new();
    assert_eq!(figures.contacts(), 2);
}

fn callers_over_tcp() {
    let mut county = County::new();
    county.listens.push(format!("tcp:127.0.0.1:{}", county.sip));
    county.peers.push("tcp:127.0.0.1:9".to_owned());
    let server = Server::start(county);
    let capture = Capture::start(&server);
    let (to, caller, phone) = (server.sip(), server.county.caller(0), server.county.bench_phone(1));
    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
    let call = Sipp::from(caller, to, "116", "caller_talks").with("talk", 300);
    call.over_tcp().run(&server);
    agent.succeeds();

    let mut agent = Sipp::at(phone, "agent_is_cancelled").start(&server);
    let call = Sipp::from(server.county.caller(1), to, "116", "caller_cancels").with("ring", 800);
    call.over_tcp().run(&server);
    agent.succeeds();

    // The connection breaks while music is heard: the next one is a new one all the same.
    let call = Sipp::from(server.county.caller(2), to, "117", "caller_listens").over_tcp();
    let mut call = call.start(&server);
    server.wait_until("one waits", SOON, |it| it.of("contacts_waiting") == 1);
    call.process.kill();
    let call = Sipp::from(server.county.caller(3), to, "117", "caller_talks").with("talk", 300);
    call.over_tcp().run(&server);
    capture.conforms(&server);
    let left = |it: &Figures| it.fate("117", "abandoned") == 1;
    let figures = server.wait_until("the last one is gone", SOON, left);
    assert_eq!((figures.fate("116", "accepted"), figures.fate("116", "abandoned")), (1, 1));
    // Nothing is sent to who waits, so that its end is not noticed before the session's own (30 min).
    assert_eq!(figures.of("contacts"), 1);
}

fn callers_over_ipv6() {
    let mut county = County::new();
    let port = county.ports.one();
    county.listens.push(format!("udp:[::1]:{}", county.sip));
    county.peers.push(format!("udp:[::1]:{port}"));
    let server = Server::start(county);
    let to = SocketAddr::from((Ipv6Addr::LOCALHOST, server.county.sip));
    let phone = server.county.bench_phone(1);
    let own = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
    Sipp::from(port, to, "116", "caller_talks").with("talk", 300).on(own).run(&server);
    agent.succeeds();
    let call = Sipp::from(port, to, "119", "caller_listens").on(own).run(&server);
    assert!(call.received("c=IN IP6 ::1"), "{}", call.messages());
    let figures = server.is_as_new();
    assert_eq!(figures.fate("116", "accepted"), 1);
}
