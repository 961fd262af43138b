// SPDX-License-Identifier: EUPL-1.2
//! Logs that are damaged, poisoned, no logs at all, or out of reach: a start says what is wrong, and goes on
//! with what is whole or changes nothing.

use crate::agents::{dial, register};
use amtsleitung::Lang;
use amtsleitung::data::Data;
use centre::Event;
use e2e::clock::SOON;
use e2e::county::County;
use e2e::database::Database;
use e2e::folder::{Folder, is_root};
use e2e::log::Log;
use e2e::process::{Ended, Process};
use e2e::runner::Case;
use e2e::server::{Server, serve};
use e2e::sipp::Sipp;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use stdx::{AgentId, Tick};
use store::{Fact, Gap, Row};

pub(crate) const CASES: &[Case] = &[
    ("a_damaged_log_goes_on_before_the_damage_sqlite", damaged_sqlite),
    ("a_damaged_log_goes_on_before_the_damage_postgres", damaged_postgres),
    ("a_file_that_is_no_log_is_left_as_it_is", no_log),
    ("a_folder_that_cannot_be_written_is_said", not_writable),
    ("a_server_that_is_not_there_is_said", unreachable),
    ("a_poisoned_event_is_left_out_once_and_for_all", poisoned),
];

fn damaged_sqlite() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    damaged(folder, &database);
}

fn damaged_postgres() {
    let folder = Folder::new();
    if let Some(database) = Database::postgres(&folder) {
        damaged(folder, &database);
    }
}

fn damaged(folder: Folder, database: &Database) {
    let mut server = Server::start_in(folder, County::new());
    let call = |server: &Server| {
        let call = Sipp::from(server.county.caller(0), server.sip(), "117", "caller_talks");
        call.with("talk", 100).run(server);
        server.is_empty();
    };
    (0..3).for_each(|_| call(&server));
    server.process.kill();
    let before = Log::read(&server.data());
    let second = before.happened(|it| matches!(it, Event::CallArrived { .. })).nth(1);
    let second = second.expect("three calls").sequence;
    // Behind the last snapshot: what stands before one is not read at a start, but by `replay`.
    database.execute("DELETE FROM snapshot");
    database.alter_row_of(second);
    // The damage is at the last entry of that row.
    server.start_again();
    let said = server.process.stderr();
    let (from, lost) = numbers(&said, "damaged from entry ", "before holds; ");
    assert!(second <= from && from < second + 3, "{said}");
    assert_eq!(from + lost, before.entries.len() as u64 + 1, "{said}");
    call(&server);
    server.start_again();
    assert!(!server.process.stderr().contains("damaged"), "it is mended");
    server.process.kill();
    let log = Log::read(&server.data());
    assert_eq!(log.gap, Gap { refused_calls: 0, others: lost });
    let whole = usize::try_from(from - 1).expect("few");
    assert_eq!(log.entries[..whole], before.entries[..whole]);
    let aside = database.execute("SELECT COUNT(*) FROM aside");
    assert_ne!(aside.trim(), "0", "what is damaged is kept");
}

/// The numbers behind these words.
#[track_caller]
fn numbers(said: &str, first: &str, second: &str) -> (u64, u64) {
    let behind = |words: &str| {
        let (_, rest) = said.split_once(words).unwrap_or_else(|| panic!("{words}: {said}"));
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
    };
    (behind(first), behind(second))
}

fn no_log() {
    let mut server = Server::start(County::new());
    server.process.signal("TERM");
    server.process.wait(SOON);
    let file = server.data().join("log.sqlite");
    let whole = fs::read(&file).expect("a log");
    let half = &whole[..whole.len() / 2];
    for content in [&b""[..], &b"no database ".repeat(500), half] {
        fs::write(&file, content).expect("a folder of our own");
        let ended = starts_in_vain(&server.folder, "en");
        let said = "log.sqlite is damaged or no database (";
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
        let ended = starts_in_vain(&server.folder, "de");
        let said = "log.sqlite ist beschädigt oder keine Datenbank (";
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
        assert!(fs::read(&file).expect("a file") == content, "it was changed");
    }
    fs::write(&file, whole).expect("a folder of our own");
    server.start_again();
}

/// Starts it in a language; it has to end with code 1.
#[track_caller]
fn starts_in_vain(folder: &Folder, lang: &str) -> Ended {
    in_vain(folder, &mut in_language(&serve(folder, "off", 1), lang))
}

#[track_caller]
fn in_vain(folder: &Folder, command: &mut Command) -> Ended {
    let ended = Process::start(folder.path(), "in-vain", command).wait(SOON);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
    ended
}

fn in_language(command: &Command, lang: &str) -> Command {
    let mut other = Command::new(command.get_program());
    let args = command.get_args().map(|it| if it == "en" { OsStr::new(lang) } else { it });
    other.args(args);
    other
}

fn not_writable() {
    let folder = Folder::new();
    folder.write("county.toml", County::new().text());
    folder.write("data/prompts/music.wav", "");
    let data = folder.join("data");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o555)).expect("our own");
    // Root may write everywhere; so somebody else tries.
    let command = in_language(&serve(&folder, "off", 1), "en");
    let mut command = if is_root() { as_nobody(&folder, &command) } else { command };
    let ended = in_vain(&folder, &mut command);
    assert!(ended.stderr.contains("this is not allowed"), "{}", ended.stderr);
    assert!(!data.join("log.sqlite").exists(), "nothing was made");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).expect("our own");
}

/// The same as a user who owns nothing; the program is copied to where that user may read it.
fn as_nobody(folder: &Folder, command: &Command) -> Command {
    let program = folder.join("amtsleitung");
    fs::copy(command.get_program(), &program).expect("a folder of our own");
    let mut other = Command::new("setpriv");
    other.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(program);
    other.args(command.get_args());
    other
}

fn unreachable() {
    let folder = Folder::new();
    folder.write("county.toml", County::new().text());
    folder.write("data/database", "postgres://somebody:secret@127.0.0.1:9/log\n");
    let ended = starts_in_vain(&folder, "en");
    let said = "The database server that the file database names cannot be reached (";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    let ended = starts_in_vain(&folder, "de");
    let said = "Der Datenbankserver, den die Datei database nennt, ist nicht zu erreichen (";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
}

/// An event whose time runs backwards, which the centre asserts never to see, in the middle and at the end
/// of the log.
fn poisoned() {
    let mut county = County::new().agent("k1").phone("k1", "k1");
    county.bench = 0;
    let phone = county.ports.one();
    let mut server = Server::start(county);
    register(&server, phone, "k1");
    dial(&server, phone, "k1", "*10");
    server.wait_until("k1 is ready", SOON, |it| it.agents("ready") == 1);
    server.process.kill();

    let Data { mut store, recalled } =
        Data::open(&server.data(), Lang::En).expect("readable").expect("a log");
    let (mut link, (tick, wall)) =
        (recalled.link, recalled.chronicle.last.expect("it has entries"));
    let mut row = Row { first: link.next, epoch: link.epoch, entries: Vec::new() };
    let first = link.next;
    // The bench has none, and nobody is agent 0.
    let agent = AgentId(1);
    let pause = Event::MakeNotReady { agent, pause: acd::agent::Pause::Break };
    for (tick, event) in
        [(Tick(tick.0 / 2), Event::SignOff { agent }), (tick, pause), (Tick(1), Event::Deadline)]
    {
        link.write(row.epoch, (tick, wall), &Fact::Happened(event), &mut row.entries);
    }
    store.append(&row).expect("written");
    drop(store);

    server.start_again();
    let said = server.process.stderr();
    for sequence in [first, first + 2] {
        let words = format!("Entry {sequence} of the log breaks an invariant of the program.");
        assert!(said.contains(&words), "{said}");
    }
    assert_eq!(said.matches("breaks an invariant").count(), 2, "{said}");
    // The one in the middle is left out, what came after it holds.
    server.wait_until("k1 has a break", SOON, |it| it.agents("not_ready") == 1);
    server.start_again();
    let said = server.process.stderr();
    assert!(!said.contains("invariant") && !said.contains("panicked"), "{said}");
    assert_eq!(server.figures().agents("not_ready"), 1);
    server.process.kill();
    let log = Log::read(&server.data());
    let poisoned: Vec<&Fact> = log
        .entries
        .iter()
        .map(|it| &it.fact)
        .filter(|it| matches!(it, Fact::Poisoned(_)))
        .collect();
    assert_eq!(poisoned, [&Fact::Poisoned(first), &Fact::Poisoned(first + 2)]);
}
