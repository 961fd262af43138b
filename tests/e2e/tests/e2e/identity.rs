// SPDX-License-Identifier: EUPL-1.2
//! Who calls, as Wireshark reads it in what leaves us: shown and withheld, to a switchboard, a partner, an office and
//! somebody who is called back; and what an agent's telephone and the log learn of a number that is withheld.

use e2e::baresip::{Baresip, PORTS, Phone};
use e2e::capture::Capture;
use e2e::clock::{SOON, shift_of_now};
use e2e::county::County;
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;
use std::fs;
use std::path::Path;

pub(crate) const CASES: &[Case] = &[
    ("who_calls_a_switchboard_and_a_partner", switchboard_and_partner),
    ("who_calls_an_office", office),
    ("who_calls_back", call_back),
    ("a_withheld_number_is_nowhere", a_withheld_number_is_nowhere),
];

/// What is read of each INVITE, as Wireshark names it.
const FIELDS: [&str; 6] = [
    "sip.from.addr",
    "sip.P-Asserted-Identity",
    "sip.P-Preferred-Identity",
    "sip.Privacy",
    "sip.Diversion",
    "sip.History-Info",
];

/// The number of the callers, without what each form of it begins with.
const DIGITS: &str = "417180001";
const WITHHELD: &str = "      Privacy: id\n      P-Asserted-Identity: <tel:+49417180001>\n";
const LOCAL_FIRST: &str = "local_first = { switchboard = \"rathaus\", ring = \"5s\" }";
const TO_THE_PARTNER: &str = "overflow = { partner = \"oldenburg\", nobody_signed_on = true }";

/// A carrier that knows one number as ours, and lets no others through.
const CARRIER: &str = "shows = \"own\"\nidentity = \"preferred\"\nnumbers = [\"+494171693100\"]\n";

/// What may be behind a number: `sip:…@host;user=phone`.
fn number(digits: &str) -> String {
    format!("<sip:{digits}@127.0.0.1;user=phone>")
}

/// What the carrier reads of a call on this line: the line answers for it and was dialled first.
fn by_line(line: &str, from: &str, privacy: &str) -> [String; 6] {
    let diversion = format!("{};reason=unconditional;counter=1", number(line));
    let history = format!("{};index=1", number(line));
    [from.to_owned(), number(line), String::new(), privacy.to_owned(), diversion, history]
}

/// The INVITE that have left for this port; each has to be well-formed.
fn invites(capture: Capture, server: &Server, to: u16) -> Vec<Vec<String>> {
    let filter = format!(
        "sip.Method == \"INVITE\" && udp.srcport == {} && udp.dstport == {to}",
        server.county.sip
    );
    capture.fields(server, &filter, &FIELDS)
}

fn switchboard_and_partner() {
    for (carrier, is_own) in [("", false), (CARRIER, true)] {
        let mut county = County::new().outside(1).way("116", LOCAL_FIRST);
        county.outside_trunk = carrier.to_owned();
        let server = Server::start(county.way("117", TO_THE_PARTNER));
        let outside = server.county.outside[0];
        let capture = Capture::start(&server);
        for (line, extra) in [("116", ""), ("116", WITHHELD), ("117", ""), ("117", WITHHELD)] {
            let mut there = Sipp::at(outside, "agent_talks").with("ring", 50).start(&server);
            let call = Sipp::from(server.county.caller(0), server.sip(), line, "caller_talks");
            call.with("talk", 600).with("extra", extra).run(&server);
            there.succeeds();
            let names_caller = there.messages().contains(DIGITS);
            assert_eq!(names_caller, extra.is_empty() && !is_own, "{}", there.messages());
        }
        let shown = "sip:+49417180001@127.0.0.1;user=phone";
        let expected = |line: &str, withheld: bool| {
            if is_own {
                let own = number("+494171693100");
                let from = own.trim_matches(['<', '>']).to_owned();
                let [.., diversion, history] = by_line(line, "", "");
                return [from, String::new(), own, String::new(), diversion, history];
            }
            match withheld {
                false => by_line(line, shown, ""),
                true => by_line(line, "sip:anonymous@anonymous.invalid", "id"),
            }
        };
        let calls = [("116", false), ("116", true), ("117", false), ("117", true)];
        let expected: Vec<_> = calls.map(|(line, withheld)| expected(line, withheld)).into();
        assert_eq!(invites(capture, &server, outside), expected);
    }
}

/// The one agent, whose telephone registers and answers by itself.
fn agent(server: &Server, port: u16) -> Baresip {
    let mut agent = Phone::new("k1", port, 620).registering(server.password("k1")).start(server);
    agent.is_registered();
    server.wait_until("registered", SOON, |it| it.of("telephones_registered") == 1);
    agent.dial("*10");
    server.wait_until("the agent is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    agent
}

/// The agent hands the caller on.
fn office() {
    let mut county = County::new().agent("k1").phone("k1", "k1").outside(1);
    county.bench = 0;
    let port = county.ports.row(PORTS);
    let server = Server::start(county);
    let outside = server.county.outside[0];
    let agent = agent(&server, port);
    let capture = Capture::start(&server);
    for extra in ["", WITHHELD] {
        let mut there = Sipp::at(outside, "agent_hangs_up").with("talk", 200).start(&server);
        let call = Sipp::from(server.county.caller(0), server.sip(), "116", "caller_listens");
        let mut caller = call.with("extra", extra).start(&server);
        server.wait_until("they talk", SOON, |it| it.agents("talking") == 1);
        agent.press("/transfer +4940123456\n");
        there.succeeds();
        caller.succeeds();
        assert_eq!(there.messages().contains(DIGITS), extra.is_empty(), "{}", there.messages());
        server.is_empty();
        server.wait_until("the agent is free", SOON, |it| it.agents("ready") == 1);
    }
    let expected = [
        by_line("116", "sip:+49417180001@127.0.0.1;user=phone", ""),
        by_line("116", "sip:anonymous@anonymous.invalid", "id"),
    ];
    assert_eq!(invites(capture, &server, outside), expected);
}

/// Who is called back sees the line, and nothing was diverted.
fn call_back() {
    const CALLBACK: &str =
        "tells_wait = true\ncallback = { attempts = 1, ring = \"30s\", retry_after = \"30min\" }";
    let mut county = County::new().agent("k1").phone("k1", "k1").way("115", CALLBACK);
    (county.bench, county.shift) = (0, shift_of_now());
    let port = county.ports.row(PORTS);
    let server = Server::start(county);
    let agent = agent(&server, port);
    let dials = |code: &str, ready| {
        agent.dial(code);
        server.wait_until(code, SOON, |it| it.agents("ready") == ready && it.of("media_legs") == 0);
    };
    dials("*12", 0);
    let caller = server.county.callers;
    let citizen = Phone::new("+4941718001", caller, 440).start(&server);
    citizen.dial("115");
    citizen.hears(300.0);
    citizen.press("1");
    citizen.hears(900.0);
    server.wait_until("promised", SOON, |it| it.of("media_legs") == 0);
    let capture = Capture::start(&server);
    agent.dial("*11");
    server.wait_until("they talk", SOON, |it| it.agents("talking") == 1);
    citizen.hang_up();
    server.is_empty();
    let own = "sip:115@127.0.0.1;user=phone".to_owned();
    let none = String::new;
    let expected = [own, number("115"), none(), none(), none(), none()];
    assert_eq!(invites(capture, &server, caller), [expected]);
}

/// Not in what goes to the agent's telephone, not in the log, not in the data folder.
fn a_withheld_number_is_nowhere() {
    let server = Server::start(County::new());
    let phone = server.county.bench_phone(1);
    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 50).start(&server);
    let call = Sipp::from(server.county.caller(0), server.sip(), "115", "caller_talks");
    call.with("talk", 1_500).with("extra", WITHHELD).run(&server);
    agent.succeeds();
    server.is_empty();
    assert!(agent.received("INVITE sip:"), "{}", agent.messages());
    assert!(agent.received("anonymous.invalid"), "{}", agent.messages());
    assert!(!agent.messages().contains(DIGITS), "{}", agent.messages());
    let told = [server.process.stderr(), server.process.stdout(), server.ask(&["trace", "1"])];
    assert!(told.iter().all(|it| !it.contains(DIGITS)), "{told:?}");
    assert!(!lies_in(&server.data()));
}

fn lies_in(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).expect("a folder of the test");
    entries.map(|entry| entry.expect("an entry of it").path()).any(|path| match path.is_dir() {
        true => lies_in(&path),
        // A socket is no file.
        false => fs::read(&path)
            .is_ok_and(|bytes| bytes.windows(DIGITS.len()).any(|it| it == DIGITS.as_bytes())),
    })
}
