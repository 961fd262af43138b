// SPDX-License-Identifier: EUPL-1.2
//! Telephones with real sound: what one says is what the other hears.

use e2e::baresip::{Baresip, PORTS, Phone};
use e2e::capture::Capture;
use e2e::clock::{SOON, wait_for};
use e2e::county::County;
use e2e::runner::Case;
use e2e::server::Server;
use std::time::Duration;

pub(crate) const LONG: &[Case] = &[("phones_vanish_while_talking", phones_vanish_while_talking)];

pub(crate) const CASES: &[Case] = &[
    ("sound_and_keys_both_ways", sound_and_keys_both_ways),
    ("other_codecs", other_codecs),
    ("telephones_over_tcp", telephones_over_tcp),
];

/// A centre whose one agent has a telephone that registers, is signed on, and says 620 Hz.
fn with_agent(county: County, change: impl FnOnce(Phone) -> Phone) -> (Server, Baresip) {
    let mut county = county.agent("k1").phone("k1", "k1");
    county.bench = 0;
    let port = county.ports.row(PORTS);
    let server = Server::start(county);
    let phone = Phone::new("k1", port, 620).registering(server.password("k1"));
    let mut phone = change(phone).start(&server);
    phone.is_registered();
    server.wait_until("registered", SOON, |it| it.of("telephones_registered") == 1);
    phone.dial("*10");
    server.wait_until("the agent is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    (server, phone)
}

/// A caller at the trunk who says 440 Hz.
fn caller(server: &Server, change: impl FnOnce(Phone) -> Phone) -> Baresip {
    change(Phone::new("+4941718001", server.county.callers, 440)).start(server)
}

fn sound_and_keys_both_ways() {
    let (server, mut agent) = with_agent(County::new(), |phone| phone);
    let capture = Capture::start(&server);
    let mut caller = caller(&server, |phone| phone);
    caller.dial("115");
    // The greeting, the music, then the agent.
    caller.hears(600.0);
    caller.hears(620.0);
    agent.hears(440.0);
    // Keys as named events (RFC 4733) pass through, and are no sound.
    caller.press("7");
    agent.wait_for_words("received event: '7'");
    agent.press("9");
    caller.wait_for_words("received event: '9'");
    let keys = |it: &str| it.matches("DTMF").count() >= 2;
    wait_for("both keys in the ladder", SOON, || keys(&server.ask(&["trace", "1"])).then_some(()));
    caller.hang_up();
    let figures = server.is_empty();
    assert_eq!(figures.fate("115", "accepted"), 1);
    let judged = capture.judge(&server);
    assert_eq!(judged.wrong, "");
    assert!(judged.seen[0] >= 5 && judged.seen[1] >= 50, "{judged:?}");
    server.is_as_new();
}

fn other_codecs() {
    let wide = |phone: Phone| Phone { codec: "G722/16000", ..phone };
    let (server, agent) = with_agent(County::new(), wide);
    let wide = caller(&server, wide);
    wide.dial("116");
    wide.hears(620.0);
    agent.hears(440.0);
    wide.hang_up();
    server.is_empty();
    drop((wide, agent, server));

    // Both sides speak G.711, each another one.
    let (server, agent) = with_agent(County::new(), |phone| phone);
    let american = caller(&server, |phone| Phone { codec: "PCMU/8000", ..phone });
    american.dial("116");
    american.hears(620.0);
    agent.hears(440.0);
    agent.hang_up();
    assert_eq!(server.is_empty().fate("116", "accepted"), 1);
}

/// Nobody says goodbye: neither who calls nor who answers.
fn phones_vanish_while_talking() {
    let mut county = County::new().agent("k1").phone("k1", "k1").agent("k2").phone("k2", "k2");
    county.bench = 0;
    let ports = [county.ports.row(PORTS), county.ports.row(PORTS), county.ports.row(PORTS)];
    county.peers.push(format!("udp:127.0.0.1:{}", ports[2]));
    let server = Server::start(county);
    let capture = Capture::start(&server);
    let agent = |nth: usize, id: &str| {
        let phone = Phone::new(id, ports[nth], 620).registering(server.password(id));
        let mut phone = phone.start(&server);
        phone.is_registered();
        phone.dial("*10");
        server.wait_until("ready", SOON, |it| it.agents("ready") == 1);
        phone
    };
    let talk = |port: u16| {
        let caller = Phone::new("+4941718001", port, 440).start(&server);
        caller.dial("116");
        caller.hears(620.0);
        caller
    };
    let mut first = agent(0, "k1");
    let mut caller = talk(server.county.callers);
    let second = agent(1, "k2");
    let mut other = talk(ports[2]);
    assert_eq!(server.figures().agents("talking"), 2);
    // One telephone loses its power, and one caller's trunk dies.
    first.process.kill();
    other.process.kill();
    // Silence is noticed after 60 s, and that nobody answers after 32 s more.
    let ends = Duration::from_secs(110);
    server.wait_until("both talks end", ends, |it| it.of("contacts") == 0);
    caller.wait_for_words("session closed");
    let figures = server.is_empty();
    assert_eq!(figures.fate("116", "accepted"), 2);
    let judged = capture.judge(&server);
    assert_eq!(judged.wrong, "");
    assert!(judged.seen.iter().all(|&seen| seen >= 10), "{judged:?}");
    drop(second);
}

fn telephones_over_tcp() {
    let mut county = County::new();
    county.listens.push(format!("tcp:127.0.0.1:{}", county.sip));
    let (server, agent) = with_agent(county, |phone| Phone { tcp: true, ..phone });
    let caller = caller(&server, |phone| phone);
    caller.dial("116");
    caller.hears(620.0);
    agent.hears(440.0);
    agent.hang_up();
    assert_eq!(server.is_empty().fate("116", "accepted"), 1);
    caller.dial("115");
    server.wait_until("the second talk", SOON, |it| it.agents("talking") == 1);
    caller.hang_up();
    assert_eq!(server.is_as_new().fate("115", "accepted"), 1);
}
