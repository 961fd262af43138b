// SPDX-License-Identifier: EUPL-1.2
//! Peers with ways of their own, slow ones, and many at once.

use e2e::capture::Capture;
use e2e::clock::SOON;
use e2e::county::{County, Phone};
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::{Running, Sipp};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    ("slow_connections_are_closed", slow_connections_are_closed),
    ("telephones_with_ways_of_their_own", telephones_with_ways_of_their_own),
    ("callers_with_ways_of_their_own", callers_with_ways_of_their_own),
    ("many_calls_at_once", many_calls_at_once),
    ("calls_that_were_sent_on", calls_that_were_sent_on),
    ("requests_of_every_kind", requests_of_every_kind),
    ("telephones_call_lines", telephones_call_lines),
];

fn slow_connections_are_closed() {
    let mut county = County::new();
    county.listens.push(format!("tcp:127.0.0.1:{}", county.sip));
    let server = Server::start(county);
    let connect = || {
        let stream = TcpStream::connect(server.sip()).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(50))).expect("a timeout is lawful");
        stream
    };
    let (mut silent, mut half) = (connect(), connect());
    half.write_all(b"INVITE sip:116@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127").expect("taken");
    for slow in [&mut silent, &mut half] {
        let mut rest = Vec::new();
        // Closed is closed, with or without a reset.
        let _ = slow.read_to_end(&mut rest);
        assert!(rest.is_empty());
    }
    let figures =
        server.wait_until("both are closed", SOON, |it| it.of("sip_connections_closed_total") == 2);
    assert_eq!(figures.of("sip_transactions"), 0);
}

fn telephones_with_ways_of_their_own() {
    let server = Server::start(County::new().bench(6));
    let (to, caller) = (server.sip(), server.county.caller(0));
    let phone = |number| server.county.bench_phone(number);
    let refuses = |number, code: u16| {
        Sipp::at(phone(number), "agent_refuses").with("code", code).start(&server)
    };
    let mut passed: Vec<Running> =
        [(1, 302), (2, 407), (3, 488), (4, 480)].map(|(number, code)| refuses(number, code)).into();
    passed.push(Sipp::at(phone(5), "agent_speaks_another_codec").start(&server));
    let mut last = Sipp::at(phone(6), "agent_plays_early").start(&server);
    Sipp::from(caller, to, "116", "caller_talks").with("talk", 300).run(&server);
    last.succeeds();
    passed.iter_mut().for_each(Running::succeeds);
    let figures = server.is_as_new();
    assert_eq!((figures.fate("116", "accepted"), figures.of("rings_total")), (1, 6));
}

fn callers_with_ways_of_their_own() {
    let server = Server::start(County::new());
    let capture = Capture::start(&server);
    let (to, caller, phone) = (server.sip(), server.county.caller(0), server.county.bench_phone(1));
    for scenario in ["caller_offers_video", "caller_holds_the_old_way"] {
        let mut agent = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
        Sipp::from(caller, to, "116", scenario).with("talk", 300).run(&server);
        agent.succeeds();
        server.is_empty();
    }
    Sipp::from(caller, to, "117", "caller_is_hasty").run(&server);
    Sipp::from(caller, to, "116", "caller_speaks_another_codec").run(&server);
    capture.conforms(&server);
    let figures = server.is_as_new();
    assert_eq!((figures.fate("116", "accepted"), figures.fate("117", "abandoned")), (2, 1));
    assert_eq!((figures.contacts(), figures.fate("116", "refused")), (4, 1));
    assert_eq!(figures.refused("no_session"), 1);
}

/// A town's exchange sends calls on: they are calls of the number that was dialled first.
fn calls_that_were_sent_on() {
    let server = Server::start(County::new());
    let capture = Capture::start(&server);
    let sent_on = |header: &str| {
        let call = Sipp::from(server.county.caller(0), server.sip(), "115", "caller_talks");
        call.with("extra", format!("      {header}\n")).with("talk", 300).run(&server);
        server.is_empty();
    };
    sent_on("Diversion: <sip:116@pbx>;reason=unconditional, <sip:117@pbx>;reason=no-answer");
    sent_on("History-Info: <sip:117@pbx>;index=1, <sip:115@pbx;cause=408>;index=1.1");
    sent_on("History-Info: <sip:115@pbx>;index=1");
    sent_on("Diversion: <sip:04131999999@pbx>;reason=no-answer");
    capture.conforms(&server);
    let figures = server.is_as_new();
    assert_eq!((figures.fate("117", "abandoned"), figures.contacts()), (2, 4));
    assert_eq!(figures.fate("115", "abandoned"), 2, "nobody sent them on, or from elsewhere");
}

fn requests_of_every_kind() {
    let server = Server::start(County::new());
    let capture = Capture::start(&server);
    let (to, caller, phone) = (server.sip(), server.county.caller(0), server.county.bench_phone(1));
    let asks = Sipp::at(phone, "agent_asks_much").with("unknown", 405).with("odd", 415);
    let mut agent = asks.start(&server);
    Sipp::from(caller, to, "116", "caller_talks").with("talk", 3_000).run(&server);
    agent.succeeds();
    Sipp::from(caller, to, "117", "caller_refreshes").with("talk", 200).run(&server);
    Sipp::from(caller, to, "117", "caller_invites_twice").run(&server);
    for (method, extra, code) in [
        ("SUBSCRIBE", "Event: presence\n", 489),
        ("REFER", "Refer-To: <sip:117@127.0.0.1>\n", 481),
        ("PUBLISH", "Event: presence\n", 405),
        ("BYE", "", 481),
        ("UPDATE", "", 481),
        ("REGISTER", "", 403),
    ] {
        let ask = Sipp::from(caller, to, "116", "asks_strangely").with("method", method);
        ask.with("extra", extra).with("code", code).run(&server);
    }
    server.is_empty();
    capture.conforms(&server);
    let figures = server.is_as_new();
    assert_eq!((figures.fate("116", "accepted"), figures.fate("117", "abandoned")), (1, 2));
}

fn many_calls_at_once() {
    let mut county = County::new().bench(10);
    county.spread = 1;
    let server = Server::start(county);
    let agents = Sipp::at(server.county.bench_phone(1), "agent_talks").with("ring", 100);
    let mut agents = agents.calls(40).start(&server);
    // More callers than agents: they wait for each other.
    let callers = Sipp::from(server.county.caller(0), server.sip(), "116", "caller_meets_anybody");
    callers.calls(40).args(&["-r", "20"]).run(&server);
    agents.succeeds();
    let figures = server.is_as_new();
    assert_eq!((figures.fate("116", "accepted"), figures.contacts()), (40, 40));
    assert_eq!((figures.of("rings_total"), figures.agents("ready")), (40, 10));
}

fn telephones_call_lines() {
    let mut county = County::new().agent("k1").phone("k1", "k1").agent("k2");
    let (first, second) = (county.ports.one(), county.ports.one());
    county.bench = 0;
    let at = Some(format!("udp:127.0.0.1:{second}"));
    county.own_phones.push(Phone { id: "k2", agent: "k2", at, browser: false });
    let server = Server::start(county);
    // At a fixed address there is no password; the code is dialled as by any caller.
    Sipp::from(second, server.sip(), "*10", "caller_listens").run(&server);
    server.wait_until("the second is ready", SOON, |it| it.agents("ready") == 1);
    super::agents::register(&server, first, "k1");
    super::agents::dial(&server, first, "k1", "119");
    let mut agent = Sipp::at(second, "agent_hangs_up").with("talk", 300).start(&server);
    super::agents::dial(&server, first, "k1", "116");
    agent.succeeds();
    let figures = server.is_as_new();
    assert_eq!((figures.fate("116", "accepted"), figures.fate("119", "closed")), (1, 1));
}
