// SPDX-License-Identifier: EUPL-1.2
//! Agents who do not take a call, telephones that nobody reaches, and agents with more than one.

use e2e::baresip::{self, PORTS};
use e2e::capture::Capture;
use e2e::clock::{SOON, wait_for};
use e2e::county::County;
use e2e::figures::Figures;
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::{Running, Sipp};
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

pub(crate) const LONG: &[Case] = &[("telephones_that_go_are_forgotten", telephones_that_go)];

pub(crate) const CASES: &[Case] = &[
    ("a_telephone_vanishes_while_it_rings", a_telephone_vanishes_while_it_rings),
    ("who_refuses_is_passed_over", who_refuses_is_passed_over),
    ("who_does_not_answer_is_passed_over", who_does_not_answer_is_passed_over),
    ("a_black_hole_is_passed_over", a_black_hole_is_passed_over),
    ("telephones_register_in_its_name", telephones_register_in_its_name),
    ("two_telephones_of_one_agent", two_telephones_of_one_agent),
    ("feature_codes", feature_codes),
];

fn who_refuses_is_passed_over() {
    let server = Server::start(County::new().bench(5));
    let (to, caller) = (server.sip(), server.county.caller(0));
    let phone = |number| server.county.bench_phone(number);
    let refuses =
        |number, code| Sipp::at(phone(number), "agent_refuses").with("code", code).start(&server);
    let mut refusing: Vec<Running> =
        [(1, 486), (2, 603), (3, 404), (4, 500)].map(|(number, code)| refuses(number, code)).into();
    let mut last = Sipp::at(phone(5), "agent_talks").with("ring", 100).start(&server);
    Sipp::from(caller, to, "116", "caller_talks").with("talk", 300).run(&server);
    last.succeeds();
    refusing.iter_mut().for_each(Running::succeeds);
    let figures = server.is_as_new();
    assert_eq!((figures.fate("116", "accepted"), figures.contacts()), (1, 1));
    assert_eq!(figures.of("rings_total"), 5);
    assert_eq!(figures.agents("ready"), 5, "those of the bench come back");
}

fn who_does_not_answer_is_passed_over() {
    let mut county = County::new().bench(2);
    county.ring = "1s";
    let server = Server::start(county);
    let (to, caller) = (server.sip(), server.county.caller(0));
    let mut silent = Sipp::at(server.county.bench_phone(1), "agent_is_cancelled").start(&server);
    let other = Sipp::at(server.county.bench_phone(2), "agent_talks").with("ring", 100);
    let mut other = other.start(&server);
    Sipp::from(caller, to, "115", "caller_talks").with("talk", 3_000).run(&server);
    other.succeeds();
    silent.succeeds();
    let figures = server.is_as_new();
    assert_eq!((figures.fate("115", "accepted"), figures.contacts()), (1, 1));
}

fn a_black_hole_is_passed_over() {
    let mut county = County::new().bench(2);
    county.ring = "1s";
    let server = Server::start(county);
    let (to, caller) = (server.sip(), server.county.caller(0));
    // Takes every datagram and says nothing.
    let hole = UdpSocket::bind((Ipv4Addr::LOCALHOST, server.county.bench_phone(1)));
    let other = Sipp::at(server.county.bench_phone(2), "agent_talks").with("ring", 100);
    let mut other = other.start(&server);
    Sipp::from(caller, to, "116", "caller_talks").with("talk", 500).run(&server);
    other.succeeds();
    let figures = server.is_as_new();
    assert_eq!((figures.fate("116", "accepted"), figures.contacts()), (1, 1));
    drop(hole);
}

fn a_telephone_vanishes_while_it_rings() {
    let mut county = County::new().bench(2);
    county.ring = "3s";
    let server = Server::start(county);
    let mut dies = Sipp::at(server.county.bench_phone(1), "agent_is_cancelled").start(&server);
    let other = Sipp::at(server.county.bench_phone(2), "agent_talks").with("ring", 100);
    let mut other = other.start(&server);
    let call = Sipp::from(server.county.caller(0), server.sip(), "116", "caller_talks");
    let mut call = call.with("talk", 500).start(&server);
    wait_for("it rings", SOON, || dies.messages().contains("180 Ringing").then_some(()));
    dies.process.kill();
    call.succeeds();
    other.succeeds();
    let figures = server.is_as_new();
    assert_eq!((figures.fate("116", "accepted"), figures.contacts()), (1, 1));
}

/// One takes its leave, one has no power any more.
fn telephones_that_go() {
    let mut county = County::new().agent("k1").phone("k1", "k1").phone("k2", "k1");
    county.bench = 0;
    let (port, dead) = (county.ports.row(PORTS), county.ports.one());
    let server = Server::start(county);
    let registers = |expires: u32, code: u16| {
        let it = registering(&server, dead, "k2", "127.0.0.1");
        it.with("expires", expires).with("code", code).run(&server);
    };
    // Less than a minute is too brief (RFC 3261, 10.2.8).
    registers(30, 423);
    registers(60, 200);
    let phone = baresip::Phone::new("k1", port, 620).registering(server.password("k1"));
    let mut phone = phone.start(&server);
    phone.is_registered();
    let registered = |it: &Figures| it.of("telephones_registered");
    server.wait_until("both are registered", SOON, |it| registered(it) == 2);
    phone.press("/quit\n");
    server.wait_until("one has taken its leave", SOON, |it| registered(it) == 1);
    phone.process.wait(SOON);
    let minute = Duration::from_secs(70);
    server.wait_until("the other is forgotten", minute, |it| registered(it) == 0);
}

/// A telephone that registers with its password in this host's name.
fn registering(server: &Server, port: u16, id: &str, domain: &str) -> Sipp {
    let registers = Sipp::from(port, server.sip(), id, "register").with("user", id);
    registers.with("password", server.password(id)).with("domain", domain)
}

/// Registers a telephone.
pub(crate) fn register(server: &Server, port: u16, id: &str) {
    let registers = registering(server, port, id, server.county.domain);
    registers.with("expires", 300).with("code", 200).run(server);
}

/// In the name of the centre, which may be an address at which it does not listen itself, and of
/// the address that the telephone knows.
fn telephones_register_in_its_name() {
    let mut county = County::new().agent("k1").phone("k1", "k1");
    (county.bench, county.domain) = (0, "192.0.2.1");
    let phone = county.ports.one();
    let server = Server::start(county);
    for (domain, code) in [("192.0.2.1", 200), ("127.0.0.1", 200), ("192.0.2.2", 404)] {
        let registers = registering(&server, phone, "k1", domain);
        registers.with("expires", 300).with("code", code).run(&server);
    }
    assert_eq!(server.is_as_new().of("telephones_registered"), 1);
}

/// Lets a telephone dial a feature code.
pub(crate) fn dial(server: &Server, port: u16, id: &str, code: &str) {
    let dials = Sipp::from(port, server.sip(), code, "phone_dials").with("user", id);
    dials.with("password", server.password(id)).run(server);
}

fn two_telephones_of_one_agent() {
    let mut county = County::new().agent("k1").phone("k1-desk", "k1").phone("k1-home", "k1");
    county.bench = 0;
    let (desk, home) = (county.ports.one(), county.ports.one());
    let server = Server::start(county);
    let (to, caller) = (server.sip(), server.county.caller(0));
    let capture = Capture::start(&server);
    register(&server, desk, "k1-desk");
    register(&server, home, "k1-home");
    dial(&server, desk, "k1-desk", "*10");
    let figures = server.wait_until("the agent is ready", SOON, |it| it.agents("ready") == 1);
    assert_eq!(figures.of("telephones_registered"), 2);

    let mut slower = Sipp::at(home, "agent_loses_to_another").start(&server);
    let mut faster = Sipp::at(desk, "agent_talks").with("ring", 300).start(&server);
    Sipp::from(caller, to, "116", "caller_talks").with("talk", 400).run(&server);
    faster.succeeds();
    slower.succeeds();
    capture.conforms(&server);
    let figures = server.is_as_new();
    assert_eq!((figures.fate("116", "accepted"), figures.of("rings_total")), (1, 2));
    assert_eq!(figures.of("telephones_registered"), 2);
}

fn feature_codes() {
    let mut county = County::new().agent("k1").phone("k1", "k1");
    county.bench = 0;
    let phone = county.ports.one();
    let server = Server::start(county);
    register(&server, phone, "k1");
    let becomes = |code: &str, state: &str| {
        dial(&server, phone, "k1", code);
        server.wait_until(&format!("{code} makes {state}"), SOON, |it| it.agents(state) >= 1)
    };
    becomes("*10", "ready");
    becomes("*12", "not_ready");
    becomes("*11", "ready");
    assert_eq!(becomes("*19", "signed_off").agents("ready"), 0);

    let dials = |number: &str, code: u16| {
        let dials = Sipp::from(phone, server.sip(), number, "phone_is_refused").with("user", "k1");
        dials.with("password", server.password("k1")).with("code", code).run(&server);
    };
    dials("*99", 404);
    // An emergency call leaves by the site's own way, never by us.
    dials("112", 380);
    dials("110", 380);
    let wrong = Sipp::from(phone, server.sip(), "k1", "register").with("user", "k1");
    let wrong = wrong.with("password", "wrong").with("domain", "127.0.0.1");
    wrong.with("expires", 300).with("code", 401).run(&server);
    let figures = server.is_as_new();
    assert_eq!((figures.refused("emergency"), figures.refused("wrong_password")), (2, 1));
    assert_eq!((figures.contacts(), figures.of("telephones_registered")), (0, 1));
}
