// SPDX-License-Identifier: EUPL-1.2
//! Callers who are handed on by the keys of a desk telephone: to a colleague, to a line, to an office.

use e2e::baresip::{Baresip, PORTS, Phone};
use e2e::clock::SOON;
use e2e::county::County;
use e2e::linphone::{self, Linphone};
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;

pub(crate) const CASES: &[Case] = &[
    ("a_colleague_takes_over", a_colleague_takes_over),
    ("who_cannot_be_handed_on_stays", who_cannot_be_handed_on_stays),
    ("an_office_is_busy_and_the_caller_comes_back", an_office_is_busy),
    ("a_line_s_queue_takes_over", a_line_s_queue_takes_over),
    ("the_partner_takes_over", the_partner_takes_over),
    ("after_asking_a_colleague", after_asking_a_colleague),
    ("after_asking_an_office", after_asking_an_office),
];

/// The agents' tones.
const FIRST: u32 = 620;
const SECOND: u32 = 740;
const CALLER: u32 = 440;
const MUSIC: f64 = 300.0;

struct Desk {
    server: Server,
    first: Baresip,
    second: Baresip,
}

fn county() -> County {
    let county = County::new().agent("k1").phone("k1", "k1").agent("k2").phone("k2", "k2");
    let mut county = county.outside(1);
    county.bench = 0;
    county
}

/// Two agents with telephones that register; the first one talks to a caller.
fn desk(county: County) -> (Desk, Baresip) {
    let mut county = county;
    let ports = [county.ports.row(PORTS), county.ports.row(PORTS)];
    let server = Server::start(county);
    let phone = |user: &str, port, hertz| {
        let phone = Phone::new(user, port, hertz).registering(server.password(user));
        let mut phone = phone.start(&server);
        phone.is_registered();
        phone
    };
    let (first, second) = (phone("k1", ports[0], FIRST), phone("k2", ports[1], SECOND));
    server.wait_until("both registered", SOON, |it| it.of("telephones_registered") == 2);
    first.dial("*10");
    server.wait_until("one is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    let caller = Phone::new("+4941718001", server.county.callers, CALLER).start(&server);
    caller.dial("116");
    caller.hears(FIRST.into());
    first.hears(CALLER.into());
    (Desk { server, first, second }, caller)
}

impl Desk {
    fn second_is_ready(&self) {
        let legs = self.server.figures().of("media_legs");
        self.second.dial("*10");
        self.server.wait_until("the second is ready", SOON, |it| it.agents("ready") == 1);
        let over = |it: &e2e::figures::Figures| it.of("media_legs") == legs;
        self.server.wait_until("the code's call is over", SOON, over);
    }

    fn first_transfers_to(&self, to: &str) {
        self.first.press(&format!("/transfer {to}\n"));
    }

    /// The caller hangs up: one contact, accepted, and nothing is left behind.
    fn ends(&self, caller: &Baresip) {
        caller.hang_up();
        let figures = self.server.is_empty();
        assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (1, 1));
        self.server.is_as_new();
    }
}

/// At once, without asking: the first is free for the next call, the second talks.
fn a_colleague_takes_over() {
    let (desk, caller) = desk(county());
    desk.second_is_ready();
    desk.first_transfers_to("k2");
    caller.hears(SECOND.into());
    desk.second.hears(CALLER.into());
    let figures = desk.server.wait_until("one talks", SOON, |it| it.agents("talking") == 1);
    assert_eq!(figures.agents("ready"), 1, "the first is free");
    desk.ends(&caller);
    let explained = desk.server.ask(&["trace", "1"]);
    assert!(explained.contains("REFER") && explained.contains("NOTIFY"), "{explained}");
}

/// The colleague is not ready: this telephone hangs up by itself, and the caller rings there again. The same where
/// nobody has the number, nobody may be called, and least of all 112.
fn who_cannot_be_handed_on_stays() {
    let (mut desk, caller) = desk(county());
    for (nth, to) in ["k2", "999", "+4930123456", "112", "k1"].into_iter().enumerate() {
        desk.first_transfers_to(to);
        desk.first.wait_for_count("transfer fail", nth + 1);
        // Once for the feature code, once for each time.
        desk.first.wait_for_count("Call established", nth + 3);
        desk.server.wait_until("they talk", SOON, |it| it.agents("talking") == 1);
    }
    desk.ends(&caller);
}

/// Busy there: it rings at the first's again, who knows what it is about.
fn an_office_is_busy() {
    let (desk, caller) = desk(county());
    let outside = desk.server.county.outside[0];
    let mut busy = Sipp::at(outside, "agent_refuses").with("code", 486).start(&desk.server);
    desk.first_transfers_to("+4940123456");
    busy.succeeds();
    assert!(busy.received("INVITE sip:+4940123456@"), "{}", busy.messages());
    desk.server.wait_until("back at the first", SOON, |it| it.agents("talking") == 1);
    let mut there = Sipp::at(outside, "agent_hangs_up").with("talk", 500).start(&desk.server);
    desk.first_transfers_to("+4940123456");
    there.succeeds();
    // Who calls is seen there, and the centre answers for it.
    for said in ["From: \"Kreis: Leitung 116\" <sip:+4941718001@", "P-Asserted-Identity: <sip:116@"]
    {
        assert!(there.received(said), "{said}\n{}", there.messages());
    }
    let figures = desk.server.is_empty();
    assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (1, 1));
    desk.server.is_as_new();
    drop(caller);
}

/// On line 117 nobody answers: the caller hears music, and leaves; accepted it was all the same.
fn a_line_s_queue_takes_over() {
    let (desk, caller) = desk(county());
    desk.first_transfers_to("117");
    caller.hears(MUSIC);
    desk.server
        .wait_until("waits", SOON, |it| it.agents("ready") == 1 && it.of("contacts_waiting") == 1);
    desk.ends(&caller);
}

/// The partner of the caller's line.
fn the_partner_takes_over() {
    let way = "overflow = { partner = \"oldenburg\", waited = \"10min\" }";
    let (desk, caller) = desk(county().way("116", way));
    let outside = desk.server.county.outside[0];
    let mut there = Sipp::at(outside, "agent_hangs_up").with("talk", 500).start(&desk.server);
    desk.first_transfers_to("+492214710900");
    there.succeeds();
    assert!(there.received("User-to-User: "), "{}", there.messages());
    let figures = desk.server.is_empty();
    assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (1, 1));
    desk.server.is_as_new();
    drop(caller);
}

/// A desk telephone with two calls: the caller on hold, and the colleague who is asked.
fn asking(county: County) -> (Server, Linphone, Baresip, Baresip) {
    let mut county = county;
    let (first, second) = (county.ports.row(linphone::PORTS), county.ports.row(PORTS));
    let server = Server::start(county);
    let colleague = Phone::new("k2", second, SECOND).registering(server.password("k2"));
    let mut colleague = colleague.start(&server);
    colleague.is_registered();
    let asks = Linphone::start(&server, "k1", first, FIRST);
    server.wait_until("both registered", SOON, |it| it.of("telephones_registered") == 2);
    asks.call("*10");
    server.wait_until("one is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    let caller = Phone::new("+4941718001", server.county.callers, CALLER).start(&server);
    caller.dial("116");
    caller.hears(FIRST.into());
    (server, asks, colleague, caller)
}

/// The caller waits on hold while this telephone asks somebody; then both are connected.
fn puts_through(asks: &Linphone, to: &str, caller: &Baresip, they_talk: impl FnOnce()) {
    let held = asks.last_call();
    asks.talks(held);
    asks.press("pause");
    caller.hears(MUSIC);
    let asked = asks.call(to);
    they_talk();
    asks.press(&format!("transfer {held} --to-call {asked}"));
}

fn after_asking_a_colleague() {
    let (server, asks, colleague, caller) = asking(county());
    puts_through(&asks, "k2", &caller, || colleague.hears(FIRST.into()));
    caller.hears(SECOND.into());
    colleague.hears(CALLER.into());
    // The colleague is not at work as an agent, and answers as an office does.
    server.wait_until("the first is free", SOON, |it| it.agents("ready") == 1);
    caller.hang_up();
    let figures = server.is_empty();
    assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (1, 1));
    server.is_as_new();

    // The same with one who is at work, in a pause: talking afterwards, and free when the talk is over.
    colleague.dial("*10");
    server.wait_until("both are ready", SOON, |it| it.agents("ready") == 2);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    colleague.dial("*12");
    server.wait_until("one has a pause", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    caller.dial("116");
    server.wait_until("the first talks", SOON, |it| it.agents("talking") == 1);
    puts_through(&asks, "k2", &caller, || ());
    let both = |it: &e2e::figures::Figures| {
        it.agents("talking") == 1 && it.agents("ready") == 1 && it.of("media_legs") == 2
    };
    server.wait_until("the colleague talks, the first is free", SOON, both);
    caller.hang_up();
    let figures = server.is_empty();
    assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (2, 2));
    server.is_as_new();
}

fn after_asking_an_office() {
    let (server, asks, _colleague, caller) = asking(county());
    let outside = server.county.outside[0];
    let mut there = Sipp::at(outside, "agent_hangs_up").with("talk", 3_000).start(&server);
    puts_through(&asks, "+4940123456", &caller, || ());
    server.wait_until("the first is free", SOON, |it| it.agents("ready") == 1);
    assert_eq!(server.figures().of("media_legs"), 2, "the caller and the office");
    there.succeeds();
    for said in ["INVITE sip:+4940123456@", "P-Asserted-Identity: <sip:+494171693100@"] {
        assert!(there.received(said), "{said}\n{}", there.messages());
    }
    let figures = server.is_empty();
    assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (1, 1));
    server.is_as_new();
}
