// SPDX-License-Identifier: EUPL-1.2
//! A supervisor steers the running centre from the command line.

use crate::agents::{dial, register};
use e2e::baresip::{PORTS, Phone};
use e2e::clock::{SOON, wait_for};
use e2e::county::County;
use e2e::folder::Folder;
use e2e::runner::Case;
use e2e::server::{Server, run_program};
use e2e::sipp::Sipp;
use e2e::tone;

pub(crate) const CASES: &[Case] =
    &[("a_supervisor_steers", a_supervisor_steers), ("a_crisis_plan_runs", a_crisis_plan_runs)];

/// Nobody takes calls of 117 at first; k1 takes those of 115.
fn a_supervisor_steers() {
    let mut county = County::new().agent("k1").phone("k1", "k1").phone("k1-mobile", "k1");
    county.bench = 0;
    let (phone, mobile) = (county.ports.one(), county.ports.one());
    let server = Server::start(county);
    register(&server, phone, "k1");
    dial(&server, phone, "k1", "*10");
    let waits = |caller: u16, waiting: u64| {
        let call = Sipp::from(server.county.caller(caller), server.sip(), "117", "caller_listens");
        let call = call.start(&server);
        server.wait_until("the call waits", SOON, |it| it.of("contacts_waiting") == waiting);
        call
    };
    let (mut first, mut second) = (waits(0, 1), waits(1, 2));
    let answers = || Sipp::at(phone, "agent_hangs_up").with("talk", 100).start(&server);
    let steer = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        server.ask(&[&["steer"], words.as_slice()].concat())
    };

    assert_eq!(steer("pull 2 waited-long"), "Call 2 is at place 1 now.\n");
    assert_eq!(steer("undo 2"), "Call 2 is at place 2 now.\n");
    refusals(&server);

    // With nobody for 117, a waiting call goes to those who answer 115.
    let mut agent = answers();
    let moved = "Call 2 is at place 1 now. The agents of 115 answer it now.\n";
    assert_eq!(steer("move 2 115 wrong-line"), moved);
    second.succeeds();
    agent.succeeds();
    server.wait_until("k1 is ready again", SOON, |it| it.agents("ready") == 1);

    // With the skill for today k1 takes the calls of 117 too, after the pause.
    dial(&server, phone, "k1", "*12");
    server.wait_until("k1 pauses", SOON, |it| it.agents("not_ready") == 1);
    assert!(steer("skill k1 music 3").starts_with("k1 has “music” at level 3 now"));

    // Who waits already goes on waiting behind the closed door: somebody is there who can answer.
    assert!(steer("close 117 1h 30min").starts_with("117 is closed"));
    Sipp::from(server.county.caller(2), server.sip(), "117", "caller_listens").run(&server);
    let figures = server.figures();
    assert_eq!((figures.fate("117", "closed"), figures.of("contacts_waiting")), (1, 1));
    assert_eq!(steer("open 117"), "117 is open again as its hours say.\n");
    is_refused(&server, "open 117", "The line is not closed by an act.\n");

    // The desk phone is about to ring, so that the mobile one says when.
    let mut agent = answers();
    dial(&server, mobile, "k1-mobile", "*11");
    first.succeeds();
    agent.succeeds();
    server.wait_until("k1 is ready again", SOON, |it| it.agents("ready") == 1);
    assert!(steer("sign-off k1").starts_with("k1 is given no further call"));
    server.wait_until("k1 is signed off", SOON, |it| it.agents("ready") == 0);
    is_refused(&server, "skill k1 music 3", "The agent is not signed on.\n");

    let figures = server.is_as_new();
    assert_eq!((figures.fate("117", "accepted"), figures.contacts()), (2, 3));
    let log = server.process.stderr();
    assert!(log.contains("steering=move contact=2 line=115 reason=wrong-line"), "{log}");
    assert!(log.contains("steering=open line=117 refused=NotClosed"), "{log}");
    assert!(log.contains("steering=sign-off") && !log.contains("k1"), "no agent is named: {log}");
}

/// Of 117 and of a telephone for citizens that is open with it alone.
const PLAN: &str = r#"[[plan]]
id = "flut"
name = "Flut"
lines = ["115", "117", "118"]
announcement = { text = "Es ist Hochwasser.", length = "1s" }
information = "Sandsäcke gibt es beim Bauhof."
length_max = 2
waiting_max = "30min"
helpers = ["k2"]
lasts = "2h"

"#;

const ANNOUNCEMENT: f64 = 1_000.0;
const INFORMATION: f64 = 1_100.0;
const MUSIC: f64 = 300.0;

/// Who waits hears of it, and so does who calls; its key, limit and helper are there at once; it survives a restart.
fn a_crisis_plan_runs() {
    let mut county = County::new().agent("k2").phone("k2", "k2");
    (county.bench, county.plans) = (0, PLAN);
    let ports = [county.ports.row(PORTS), county.ports.row(PORTS)];
    county.peers.extend(ports.map(|port| format!("udp:127.0.0.1:{port}")));
    let folder = Folder::new();
    for (name, hertz) in [("flut-announcement", 1_000), ("flut-information", 1_100)] {
        folder.write(&format!("data/prompts/{name}.wav"), tone::wav(hertz, 1_000));
    }
    let mut server = Server::start_in(folder, county);
    let waits = |port: u16, waiting: u64| {
        let caller = Phone::new("+4941718001", port, 440).start(&server);
        caller.dial("117");
        caller.hears(MUSIC);
        server.wait_until("the call waits", SOON, |it| it.of("contacts_waiting") == waiting);
        caller
    };
    let first = waits(ports[0], 1);
    let steer = |words: &[&str]| server.ask(&[&["steer"], words].concat());
    is_refused(&server, "plan-end flut", "The crisis plan does not run.\n");
    let (_, said) = steered(&server, "plan-start ebbe");
    assert!(said.contains("There is no such crisis plan: “ebbe”. There are: flut"), "{said}");
    // Nothing is told by key before the plan runs.
    first.press("2");
    let pressed = || server.ask(&["trace", "1"]).contains("DTMF").then_some(());
    wait_for("the key", SOON, pressed);

    assert!(steer(&["plan-start", "flut"]).starts_with("The crisis plan “flut” runs now"));
    first.hears(ANNOUNCEMENT);
    assert!(!first.heard().iter().any(|it| it.tenths_with(INFORMATION) > 0), "not before the plan");
    first.press("2");
    first.hears(INFORMATION);
    is_refused(&server, "plan-start flut", "The crisis plan runs already.\n");
    assert!(server.ask(&["status"]).contains("CRISIS PLAN RUNS: flut, for 1h 59min"));
    server.wait_until("the helper is there", SOON, |it| it.agents("ready") == 1);

    // Who comes now hears it first; for a third there is no room.
    let second = waits(ports[1], 2);
    second.hears(ANNOUNCEMENT);
    Sipp::from(server.county.caller(0), server.sip(), "117", "caller_listens").run(&server);
    assert_eq!(server.figures().fate("117", "refused"), 1);

    server.start_again();
    assert!(server.ask(&["status"]).contains("CRISIS PLAN RUNS: flut, for 1h 59min"));
    let ended = server.ask(&["steer", "plan-end", "flut"]);
    assert_eq!(ended, "The crisis plan “flut” has ended.\n");
    assert!(!server.ask(&["status"]).contains("CRISIS PLAN"));
    for said in ["crisis_plan=flut ended", "steering=plan-end plan=flut"] {
        wait_for(said, SOON, || server.process.stderr().contains(said).then_some(()));
    }
    server.is_as_new();
}

/// What cannot be done is said, and changes nothing.
fn refusals(server: &Server) {
    for (words, said) in [
        ("pull 9 load", "There is no such call any more.\n"),
        ("undo 1", "The place of this call has not been changed.\n"),
        ("move 1 119 load", "This line has no queue, it only plays announcements.\n"),
        ("sign-off nobody", "The agent is not signed on.\n"),
    ] {
        is_refused(server, words, said);
    }
    for (words, said) in [
        ("pull one load", "The number of a call is a whole number, not “one”."),
        ("pull 1 because", "There are: distress, waited-long, wrong-line, load"),
        ("move 1 999 load", "There are: 115, 116, 117"),
        ("skill k1 music 11", "A level lies between 0 and 9, not “11”."),
        ("skill k1 singing 1", "There are: auskunft, music"),
        ("close 117 forever", "not “forever”"),
        ("close 117 169h", "A closing lasts at most 168h"),
        ("close 117 0s", "not “0s”"),
        ("dance 1", "close LINE DURATION"),
        ("pull", "pull CALL REASON"),
    ] {
        let ended = steered(server, words);
        assert!(ended.1.contains(said), "{words}: {}", ended.1);
        assert_eq!(ended.0, Some(1), "{words}");
    }
    let long = format!("pull {} load", "1".repeat(300));
    assert!(steered(server, &long).1.contains("These are too many words."));
    let figures = server.figures();
    assert_eq!((figures.of("contacts_waiting"), figures.agents("ready")), (2, 1));
}

#[track_caller]
fn is_refused(server: &Server, words: &str, said: &str) {
    assert_eq!(steered(server, words), (Some(1), said.to_owned()), "{words}");
}

/// The exit code and what is said on the error output.
fn steered(server: &Server, words: &str) -> (Option<i32>, String) {
    let data = server.folder.join("data");
    let data = data.to_string_lossy();
    let words: Vec<&str> = words.split(' ').collect();
    let args = [&["--lang", "en", "steer", "--data", &data], words.as_slice()].concat();
    let ended = run_program(&server.folder, &args);
    (ended.status.code(), ended.stderr)
}
