// SPDX-License-Identifier: EUPL-1.2
//! The program as an operator meets it: how it starts, why it does not, and how it ends.

use e2e::clock::{SOON, Stopwatch, wait_for};
use e2e::county::County;
use e2e::folder::Folder;
use e2e::process::Process;
use e2e::runner::Case;
use e2e::server::{Server, run_program, serve};
use e2e::sipp::Sipp;
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    ("sigterm_says_goodbye", sigterm_says_goodbye),
    ("who_does_not_answer_does_not_keep_us", who_does_not_answer_does_not_keep_us),
    ("a_machine_that_stood_still_goes_on", a_machine_that_stood_still_goes_on),
    ("it_starts_again_after_a_power_cut", it_starts_again_after_a_power_cut),
    ("what_cannot_start_says_why", what_cannot_start_says_why),
];

fn sigterm_says_goodbye() {
    let mut server = Server::start(County::new());
    let (to, phone) = (server.sip(), server.county.bench_phone(1));
    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
    let call = |number, line| Sipp::from(server.county.caller(number), to, line, "caller_listens");
    let (mut talks, mut waits) = (call(0, "116").start(&server), call(1, "117").start(&server));
    server.wait_until("one talks, one waits", SOON, |it| {
        it.agents("talking") == 1 && it.of("contacts_waiting") == 1
    });
    server.process.signal("TERM");
    let ended = server.process.wait(SOON);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("Service ended."), "{}", ended.stderr);
    agent.succeeds();
    talks.succeeds();
    waits.succeeds();
}

fn who_does_not_answer_does_not_keep_us() {
    let mut server = Server::start(County::new());
    let (to, phone) = (server.sip(), server.county.bench_phone(1));
    let mut agent = Sipp::at(phone, "agent_is_cancelled").start(&server);
    let call = |number, line| Sipp::from(server.county.caller(number), to, line, "caller_listens");
    let (mut waits, mut rings) = (call(0, "117").start(&server), call(1, "116").start(&server));
    server.wait_for_call("a telephone rings for it");
    server.wait_until("the other waits", SOON, |it| it.of("contacts") == 2);
    for peer in [&mut agent, &mut waits, &mut rings] {
        peer.process.kill();
    }
    let watch = Stopwatch::start();
    server.process.signal("INT");
    let ended = server.process.wait(SOON);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert!(watch.read() < SOON / 2, "its farewell takes two seconds");
}

/// A virtual machine is frozen for a back-up: for the process all timers are due at once afterwards.
fn a_machine_that_stood_still_goes_on() {
    let server = Server::start(County::new());
    let (to, phone) = (server.sip(), server.county.bench_phone(1));
    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
    let call = |number, line, talk| {
        let call = Sipp::from(server.county.caller(number), to, line, "caller_talks");
        call.with("talk", talk).start(&server)
    };
    // One hangs up while nobody hears it, the other long after.
    let (mut talks, mut waits) = (call(0, "116", 3_000), call(1, "117", 10_000));
    server.wait_until("one talks, one waits", SOON, |it| {
        it.agents("talking") == 1 && it.of("contacts_waiting") == 1
    });
    server.process.signal("STOP");
    let still = Stopwatch::start();
    let frozen = Duration::from_secs(6);
    wait_for("the time goes on", SOON, || (still.read() >= frozen).then_some(()));
    server.process.signal("CONT");
    server.wait_until("the talk is over, the other waits on", SOON, |it| {
        it.agents("talking") == 0 && it.of("contacts_waiting") == 1
    });
    talks.succeeds();
    agent.succeeds();
    waits.succeeds();
    let figures = server.is_empty();
    assert_eq!(figures.fate("116", "accepted"), 1);
    assert_eq!(figures.fate("117", "abandoned"), 1);
}

fn it_starts_again_after_a_power_cut() {
    let mut server = Server::start(County::new().agent("k1").phone("k1", "k1"));
    let password = server.password("k1");
    server.process.kill();
    let data = server.folder.join("data").display().to_string();
    let ended = run_program(&server.folder, &["--lang", "en", "status", "--data", &data]);
    assert!(ended.stderr.contains("No service runs"), "{}", ended.stderr);
    // It finds the socket, the ports and the passwords of the one before.
    let mut command = serve(&server.folder, "off", server.county.spread);
    let again = Process::start(server.folder.path(), "again", &mut command);
    wait_for("it is ready again", SOON, || again.stderr().contains("Ready.").then_some(()));
    assert_eq!(server.password("k1"), password);
    assert!(server.ask(&["status"]).contains("calls inside: 0"));
    let phone = server.county.bench_phone(1);
    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
    let call = Sipp::from(server.county.caller(0), server.sip(), "116", "caller_talks");
    call.with("talk", 100).run(&server);
    agent.succeeds();
}

fn what_cannot_start_says_why() {
    let server = Server::start(County::new());

    // The same ports, another data folder.
    let other = Folder::new();
    other.write("county.toml", server.county.text());
    let refused = |folder: &Folder, name: &str, words: &str| {
        let mut process = Process::start(folder.path(), name, &mut serve(folder, "off", 1));
        let ended = process.wait(SOON);
        assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    };
    refused(&other, "port", "Another program uses this port already.");

    // Other ports, the same data folder.
    let county = County::new();
    server.folder.write("county.toml", county.text());
    refused(&server.folder, "second", "A service runs with this data folder already.");

    // No configuration at all, and one without telephones.
    std::fs::remove_file(other.join("county.toml")).expect("written above");
    refused(&other, "none", "county.toml");
    let without = county.text();
    let without = without.replace("[telephony]", "[telefonie]");
    other.write("county.toml", without);
    refused(&other, "wrong", "telefonie");

    let ended = run_program(&other, &["--lang", "en", "serve"]);
    assert_eq!(ended.status.code(), Some(2), "{}", ended.stderr);
    let data = other.join("data").display().to_string();
    let ended = run_program(&other, &["--lang", "en", "status", "--data", &data]);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("No service runs"), "{}", ended.stderr);

    // The first one has noticed nothing.
    assert!(server.ask(&["status"]).contains("calls inside: 0"));
}
