// SPDX-License-Identifier: EUPL-1.2
//! What happens within a call: hold, late offers, reliable provisional answers, session timers, keys.

use e2e::capture::Capture;
use e2e::clock::SOON;
use e2e::county::County;
use e2e::figures::{Figures, get};
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;
use std::time::Duration;

pub(crate) const LONG: &[Case] =
    &[("session_timers", session_timers), ("trunk_is_asked_and_asks", trunk_is_asked_and_asks)];

pub(crate) const CASES: &[Case] = &[
    ("hold_and_resume", hold_and_resume),
    ("unusual_callers", unusual_callers),
    ("callers_that_are_refused", callers_that_are_refused),
];

fn hold_and_resume() {
    let server = Server::start(County::new());
    let capture = Capture::start(&server);
    let (to, caller, phone) = (server.sip(), server.county.caller(0), server.county.bench_phone(1));

    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
    let holds = Sipp::from(caller, to, "116", "caller_holds");
    holds.with("talk", 300).with("hold", 200).run(&server);
    agent.succeeds();
    assert_eq!(server.is_empty().fate("116", "accepted"), 1);

    let holds = Sipp::at(phone, "agent_holds").with("talk", 300).with("hold", 200);
    let mut agent = holds.start(&server);
    Sipp::from(caller, to, "116", "caller_talks").with("talk", 3_000).run(&server);
    agent.succeeds();
    assert_eq!(server.is_empty().fate("116", "accepted"), 2);

    // On a line where nobody answers yet: music is put on hold.
    let holds = Sipp::from(caller, to, "117", "caller_holds");
    holds.with("talk", 100).with("hold", 100).run(&server);
    server.is_empty();
    capture.conforms(&server);
    assert_eq!(server.is_as_new().fate("117", "abandoned"), 1);
}

fn unusual_callers() {
    let server = Server::start(County::new());
    let capture = Capture::start(&server);
    let (to, caller, phone) = (server.sip(), server.county.caller(0), server.county.bench_phone(1));
    let agent = || Sipp::at(phone, "agent_talks").with("ring", 300).start(&server);

    for line in ["115", "116"] {
        let mut agent = agent();
        Sipp::from(caller, to, line, "caller_offers_late").with("talk", 2_000).run(&server);
        agent.succeeds();
        assert_eq!(server.is_empty().fate(line, "accepted"), 1);
    }
    let mut wanted = agent();
    Sipp::from(caller, to, "116", "caller_wants_prack").with("talk", 300).run(&server);
    wanted.succeeds();
    assert_eq!(server.is_empty().fate("116", "accepted"), 2);

    let mut listening = agent();
    Sipp::from(caller, to, "116", "caller_presses_key").with("talk", 300).run(&server);
    listening.succeeds();
    server.is_empty();
    capture.conforms(&server);
    let trace = server.ask(&["trace", "4"]);
    assert!(trace.contains("INFO"), "{trace}");
    let figures = server.is_as_new();
    assert_eq!((figures.fate("116", "accepted"), figures.contacts()), (3, 4));
}

fn callers_that_are_refused() {
    let mut county = County::new();
    county.channels = 1;
    let stranger = county.ports.one();
    let server = Server::start(county);
    let capture = Capture::start(&server);
    let (to, caller) = (server.sip(), server.county.caller(0));
    let refused = |number: &str, hops: u8, extra: &str, code: u16| {
        let call = Sipp::from(caller, to, number, "caller_refused").with("hops", hops);
        call.with("extra", extra).with("code", code).run(&server);
    };
    refused("199", 70, "", 404);
    refused("116", 0, "", 483);
    refused("116", 70, "Require: teleportation\n", 420);
    Sipp::from(caller, to, "116", "caller_brief_session").run(&server);

    let other = Sipp::from(server.county.caller(1), to, "117", "caller_talks").with("talk", 2_000);
    let mut other = other.start(&server);
    server.wait_until("the channel is taken", SOON, |it| it.of("contacts_waiting") == 1);
    Sipp::from(caller, to, "116", "caller_finds_no_channel").run(&server);
    other.succeeds();

    // From an address that is no trunk's; nobody can register here.
    let call = Sipp::from(stranger, to, "116", "caller_refused").with("hops", 70);
    call.with("extra", "").with("code", 403).run(&server);
    capture.conforms(&server);
    let figures = server.is_as_new();
    // Who dialled a line and found no channel is a call of that line all the same.
    let fates = (figures.fate("117", "abandoned"), figures.fate("116", "refused"));
    assert_eq!((figures.contacts(), fates), (3, (1, 2)));
    assert_eq!((figures.refused("no_such_number"), figures.refused("no_channel")), (1, 1));
    assert_eq!(figures.refused("unknown_peer"), 1);
}

fn trunk_is_asked_and_asks() {
    let mut county = County::new();
    county.probe = "5s";
    let answers = Sipp::at(county.caller(0), "answers_options").calls(2);
    let server = Server::start(county);
    let mut trunk = answers.start(&server);
    server.wait_until("the trunk answers", SOON, |it| it.of("trunk_up{trunk=\"amt\"}") == 1);
    Sipp::from(server.county.caller(1), server.sip(), "116", "options").run(&server);
    trunk.succeeds();
    assert_eq!(get(server.http(), "/healthz").as_deref(), Some("ok\n"));
    let lost = Duration::from_secs(50);
    let asks = |it: &Figures| it.of("trunk_up{trunk=\"amt\"}") == 0;
    server.wait_until("the trunk does not answer any more", lost, asks);
    assert!(server.ask(&["status"]).contains("DOES NOT ANSWER"));
    assert_eq!(get(server.http(), "/healthz"), None, "it is not well");
}

fn session_timers() {
    let server = Server::start(County::new());
    let to = server.sip();
    let minute = Duration::from_secs(75);
    let caller = |number, scenario, expires: &str| {
        let call = Sipp::from(server.county.caller(number), to, "117", scenario);
        call.with("expires", expires).within(minute).start(&server)
    };
    // We refresh after half of the time; who says that it will and does not is hung up.
    let mut refreshed = caller(0, "caller_is_refreshed", "90;refresher=uas");
    let mut silent = caller(1, "caller_lets_session_expire", "90;refresher=uac");
    refreshed.succeeds();
    silent.succeeds();
    assert_eq!(server.is_empty().fate("117", "abandoned"), 2);
}
