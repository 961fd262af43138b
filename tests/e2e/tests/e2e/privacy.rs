// SPDX-License-Identifier: EUPL-1.2
//! What lies in the data folder: no number, not even before anything was erased.

use crate::agents::{dial, register};
use centre::Event;
use e2e::clock::{SOON, wait_for};
use e2e::county::County;
use e2e::process::Process;
use e2e::runner::Case;
use e2e::server::{Server, run_program, serve};
use e2e::sipp::Sipp;
use privacy::Purpose;
use std::fs;
use std::path::Path;
use stdx::{CallerToken, Day};
use store::{About, Caller, Fact, KEYS_FILE, Keys, Link, Place, Store};

pub(crate) const CASES: &[Case] = &[
    ("no_number_lies_on_the_disk", no_number_lies_on_the_disk),
    ("what_is_erased_is_gone", what_is_erased_is_gone),
    ("keys_that_are_torn_or_lost", keys_that_are_torn_or_lost),
    ("a_restart_finds_everybody_at_their_seat", a_restart_finds_everybody_at_their_seat),
    ("another_skill_finds_the_person_at_the_seat", another_skill_finds_the_person_at_the_seat),
];

/// Of the caller in the scenario `caller_talks`, as a trunk writes it: whole, within the country, its end.
const NUMBER: &str = "49417180001";
const FORMS: [&str; 3] = [NUMBER, "417180001", "17180001"];

/// One call that waits for a moment.
fn call(server: &Server) {
    let call = Sipp::from(server.county.caller(0), server.sip(), "117", "caller_talks");
    call.with("talk", 200).run(server);
    wait_for("nobody is inside", SOON, || {
        server.ask(&["status"]).contains("calls inside: 0").then_some(())
    });
}

/// Every file of the data folder in which these bytes stand.
fn files_with(server: &Server, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files(&server.folder.join("data")) {
        let name = file.display().to_string();
        // A socket is no file.
        let Ok(content) = fs::read(&file) else { continue };
        if content.windows(bytes.len()).any(|it| it == bytes) || name.as_bytes() == bytes {
            found.push(name);
        }
    }
    found
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the test");
    let paths = entries.map(|entry| entry.expect("an entry of it").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[track_caller]
fn no_number_is_anywhere(server: &Server, said: &str) {
    for form in FORMS {
        assert_eq!(files_with(server, form.as_bytes()), [""; 0], "{form}");
        assert!(!said.contains(form), "no line for the operator holds a number: {said}");
    }
}

fn started_again(server: &Server) -> Process {
    let mut command = serve(&server.folder, "off", server.county.spread);
    let again = Process::start(server.folder.path(), "again", &mut command);
    wait_for("it is ready again", SOON, || again.stderr().contains("Ready.").then_some(()));
    again
}

fn facts(server: &Server) -> (String, Vec<Fact>) {
    let place = Place::of_folder(&server.folder.join("data")).expect("a place");
    let mut store = Store::open_any(&place).expect("readable").expect("a log");
    let centre = store.centre().to_owned();
    let mut facts = Vec::new();
    let read = store.read_from(Link::first(&centre), &mut |entry| facts.push(entry.fact));
    assert_eq!(read.expect("readable").1, None, "whole");
    (centre, facts)
}

fn no_number_lies_on_the_disk() {
    let mut server = Server::start(County::new());
    call(&server);
    let log = server.folder.join("data/log.sqlite-wal");
    assert!(log.exists(), "the log is open, with what was written last beside it");
    no_number_is_anywhere(&server, &server.process.stderr());
    server.process.signal("TERM");
    let said = server.process.wait(SOON).stderr;
    no_number_is_anywhere(&server, &said);

    let mut again = started_again(&server);
    call(&server);
    again.signal("TERM");
    no_number_is_anywhere(&server, &again.wait(SOON).stderr);

    let (centre, facts) = facts(&server);
    let token = |fact: &Fact| {
        let Fact::Happened(Event::CallArrived { caller, .. }) = fact else { return None };
        *caller
    };
    let tokens: Vec<CallerToken> = facts.iter().filter_map(token).collect();
    assert!(tokens.len() == 2 && tokens[0] == tokens[1], "the same caller as before the restart");
    let keys = Keys::take(&server.folder.join("data")).expect("nobody else has them");
    let numbers: Vec<Vec<u8>> = facts.iter().filter_map(|it| opened(it, &keys, &centre)).collect();
    assert_eq!(numbers, [format!("e{NUMBER}").into_bytes(), format!("e{NUMBER}").into_bytes()]);
}

/// Whose number it was, for who has the keys.
fn opened(fact: &Fact, keys: &Keys, centre: &str) -> Option<Vec<u8>> {
    let Fact::Caller(Caller { contact, day, number }) = fact else { return None };
    let about = About { centre, day: *day, purpose: Purpose::Number, subject: contact.0 };
    number.open(keys.get(*day, Purpose::Number)?, &about)
}

fn what_is_erased_is_gone() {
    let mut server = Server::start(County::new());
    call(&server);
    server.process.signal("TERM");
    server.process.wait(SOON);
    let data = server.folder.join("data");
    let mut keys = Keys::take(&data).expect("nobody else has them");
    let today = keys.kept().map(|(day, _)| day).max().expect("of today");
    let planted = [(Day(today.0 - 1), 0xA1), (Day(today.0 - 40), 0xB1)];
    for (day, byte) in planted {
        keys.add(day, [0, 1, 2, 3, 4, 5].map(|it| [byte + it; 32])).expect("written");
    }
    drop(keys);
    let is_there = |server: &Server, byte: u8| {
        let hex = format!("{byte:02x}").repeat(32);
        !files_with(server, hex.as_bytes()).is_empty()
    };
    let planted_bytes = [0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xB1, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6];
    assert!(planted_bytes.iter().all(|&byte| is_there(&server, byte)));

    // What is due goes with the start, and it is said.
    let mut again = started_again(&server);
    assert!(again.stderr().contains("Destroyed were keys"), "{}", again.stderr());
    let left = planted_bytes.map(|byte| is_there(&server, byte));
    let of_yesterday = [false, true, true, true, true, true];
    let of_long_ago = [false, false, false, false, false, true];
    assert_eq!(left, [of_yesterday, of_long_ago].concat()[..]);

    // The rest goes at once, beside the running service; what is in use stays.
    let said = server.ask(&["erase", "--before", "2100-01-01"]);
    assert!(
        said.contains(
            "1 of numbers, 0 of caller tokens, 1 of seats, 1 of call legs, 1 of notes, 2 of cases"
        ),
        "{said}"
    );
    assert!([0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xB6].iter().all(|&byte| !is_there(&server, byte)));
    call(&server);
    again.signal("TERM");
    again.wait(SOON);

    // And without one.
    let mut keys = Keys::take(&data).expect("nobody else has them");
    assert_eq!(keys.kept().map(|(day, _)| day).collect::<Vec<_>>(), [today; 6]);
    keys.add(planted[0].0, [[0xC1; 32]; 6]).expect("written");
    drop(keys);
    let folder = data.display().to_string();
    let args = ["--lang", "en", "erase", "--data", &folder, "--before", "2100-01-01"];
    let ended = run_program(&server.folder, &args);
    assert!(
        ended.stdout.contains(
            "1 of numbers, 1 of caller tokens, 1 of seats, 1 of call legs, 1 of notes, 1 of cases"
        ),
        "{ended:?}"
    );
    assert!(!is_there(&server, 0xC1));
}

fn keys_that_are_torn_or_lost() {
    let mut server = Server::start(County::new());
    call(&server);
    server.process.signal("TERM");
    server.process.wait(SOON);

    // A file that cannot be understood is nobody's to replace.
    let file = server.folder.join("data").join(KEYS_FILE);
    let whole = fs::read(&file).expect("there");
    fs::write(&file, &whole[..whole.len() / 2]).expect("a file of the test");
    let mut torn = Process::start(
        server.folder.path(),
        "torn",
        &mut serve(&server.folder, "off", server.county.spread),
    );
    let ended = torn.wait(SOON);
    assert!(ended.status.code() == Some(1) && ended.stderr.contains("is damaged"), "{ended:?}");
    assert_eq!(fs::read(&file).expect("there"), &whole[..whole.len() / 2]);

    // One that is missing costs the numbers, not the start.
    fs::remove_file(&file).expect("a file of the test");
    let mut without = started_again(&server);
    assert!(without.stderr().contains("keys is missing"), "{}", without.stderr());
    call(&server);
    without.signal("TERM");
    without.wait(SOON);
}

fn a_restart_finds_everybody_at_their_seat() {
    let mut county = County::new();
    county.bench = 0;
    let (one, two) = (county.ports.one(), county.ports.one());
    for id in ["k1", "k2", "k3", "k4"] {
        county = county.agent(id).phone(id, id);
    }
    let mut server = Server::start(county);
    for (phone, id, codes) in [(one, "k1", &["*10"][..]), (two, "k2", &["*10", "*12"])] {
        register(&server, phone, id);
        codes.iter().for_each(|code| dial(&server, phone, id, code));
    }
    let are = |server: &Server, words: &str| {
        wait_for(words, SOON, || server.ask(&["status"]).contains(words).then_some(()));
    };
    are(&server, "agents: 1 ready, 0 ringing, 0 talking, 0 in wrap-up, 1 not ready");
    server.process.signal("TERM");
    server.process.wait(SOON);
    assert_eq!(seated(&server).len(), 2, "who sat where is in the log, for who has the keys");

    // The same person's telephone rings, whatever the seat is called.
    let mut again = started_again(&server);
    are(&server, "agents: 1 ready, 0 ringing, 0 talking, 0 in wrap-up, 1 not ready");
    register(&server, one, "k1");
    let mut agent = Sipp::at(one, "agent_talks").with("ring", 100).start(&server);
    let call = Sipp::from(server.county.caller(0), server.sip(), "116", "caller_talks");
    call.with("talk", 300).run(&server);
    agent.succeeds();
    again.signal("TERM");
    again.wait(SOON);

    // Whose seat nobody knows any more is signed off: nobody else could do it.
    fs::remove_file(server.folder.join("data").join(KEYS_FILE)).expect("a file of the test");
    let mut without = started_again(&server);
    are(&server, "agents: 0 ready, 0 ringing, 0 talking, 0 in wrap-up, 0 not ready");
    register(&server, two, "k2");
    dial(&server, two, "k2", "*10");
    are(&server, "agents: 1 ready");
    without.signal("TERM");
    without.wait(SOON);
}

/// Who sat where, by the id of the configuration.
fn seated(server: &Server) -> Vec<String> {
    let (centre, facts) = facts(server);
    let keys = Keys::take(&server.folder.join("data")).expect("nobody else has them");
    let person = |fact: &Fact| {
        let Fact::Seated(it) = fact else { return None };
        let subject = u64::from(it.seat.0);
        let about = About { centre: &centre, day: it.day, purpose: Purpose::Seat, subject };
        let id = it.person.open(keys.get(it.day, Purpose::Seat)?, &about)?;
        String::from_utf8(id).ok()
    };
    facts.iter().filter_map(person).collect()
}

/// The file names persons; who sits at which seat is chance.
fn another_skill_finds_the_person_at_the_seat() {
    let mut county = County::new();
    county.bench = 0;
    let phones = ["k1", "k2", "k3", "k4"].map(|id| (county.ports.one(), id));
    for (_, id) in phones {
        county = county.agent(id).phone(id, id);
    }
    let server = Server::start(county);
    for (phone, id) in phones {
        register(&server, phone, id);
        dial(&server, phone, id, "*10");
    }
    for (phone, id) in phones {
        let plain = "team = \"bench\"\nskills = { auskunft = 5 }";
        let knows = "team = \"bench\"\nskills = { auskunft = 5, music = 1 }";
        let (head, rest) = (format!("[[agent]]\nid = \"{id}\"\n"), server.county.text());
        let changed = rest.replace(&format!("{head}{plain}"), &format!("{head}{knows}"));
        assert_ne!(changed, rest);
        let file = server.folder.write("changed.toml", changed).display().to_string();
        server.ask(&["apply", &file]);
        let mut agent = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
        let call = Sipp::from(server.county.caller(0), server.sip(), "117", "caller_talks");
        call.with("talk", 300).run(&server);
        agent.succeeds();
    }
    assert_eq!(server.is_empty().fate("117", "accepted"), 4);
}
