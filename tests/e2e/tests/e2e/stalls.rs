// SPDX-License-Identifier: EUPL-1.2
//! The log does not keep up: its disk is slow or full, its server stands still or is away. Talks go on,
//! who waits hears music, new callers are refused, and nothing is lost.

use acd::contact::Parting;
use centre::{Event, RefusedBy};
use e2e::baresip::{Baresip, PORTS, Phone};
use e2e::clock::{SOON, Stopwatch, poll, wait_for};
use e2e::county::County;
use e2e::database::{Database, Held};
use e2e::folder::{Disk, Folder};
use e2e::log::Log;
use e2e::process::Process;
use e2e::runner::Case;
use e2e::server::{Server, serve};
use e2e::sipp::Sipp;
use promise::Fate;
use std::time::Duration;
use stdx::{ContactId, Micros};
use store::Gap;

/// They measure how soon a stall is known, so nothing else may keep the machine.
pub(crate) const BUSY: &[Case] = &[
    ("a_slow_disk", a_slow_disk),
    ("a_server_that_stands_still", a_server_that_stands_still),
    ("a_server_that_is_away", a_server_that_is_away),
    ("a_full_disk", a_full_disk),
    ("a_service_ends_though_its_log_stalls_sqlite", ends_sqlite),
    ("a_service_ends_though_its_log_stalls_postgres", ends_postgres),
];

/// How long nothing can be written after all has been looked at: with what came before, more than two
/// seconds, and less than a server is waited for.
const HELD_ON: Duration = Duration::from_millis(1_500);

fn a_slow_disk() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    let mut server = stalls(folder, |server| database.hold(&server.folder));
    is_good_again(&mut server, "slow");
}

fn a_server_that_stands_still() {
    let folder = Folder::new();
    let Some(database) = Database::postgres(&folder) else { return };
    let mut server = stalls(folder, |server| database.hold(&server.folder));
    is_good_again(&mut server, "slow");
}

fn a_server_that_is_away() {
    let folder = Folder::new();
    let Some(database) = Database::postgres(&folder) else { return };
    let mut server = stalls(folder, |_| database.goes_away());
    is_good_again(&mut server, "");
}

fn a_full_disk() {
    let folder = Folder::new();
    let Some(disk) = Disk::mount(folder.join("data"), 2) else { return };
    let mut server = stalls(folder, |server| Held::full(&server.data()));
    // A start finds the disk full.
    server.process.kill();
    let full = Held::full(&server.data());
    let mut refused = serve(&server.folder, "off", 1);
    let ended = Process::start(server.folder.path(), "full", &mut refused).wait(SOON);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("full"), "{}", ended.stderr);
    drop(full);
    server.start_again();
    is_good_again(&mut server, "");
    // A folder goes only when no disk is in it.
    drop(disk);
    drop(server);
}

fn ends_sqlite() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    ends(folder, &database);
}

fn ends_postgres() {
    let folder = Folder::new();
    if let Some(database) = Database::postgres(&folder) {
        ends(folder, &database);
    }
}

/// What could not be written is lost then, and it says so.
fn ends(folder: Folder, database: &Database) {
    let mut server = Server::start_in(folder, County::new());
    let waits = Sipp::from(server.county.caller(0), server.sip(), "117", "caller_listens");
    let mut waits = waits.start(&server);
    server.wait_until("one waits", SOON, |it| it.of("contacts_waiting") == 1);
    let held = database.hold(&server.folder);
    let early = Sipp::from(server.county.caller(1), server.sip(), "117", "caller_finds_no_channel");
    early.run(&server);
    let watch = Stopwatch::start();
    server.process.signal("TERM");
    let ended = server.process.wait(SOON);
    println!("{}: ended after {:.1} s", held.name(), watch.read().as_secs_f64());
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("<3>log=ended facts_not_written="), "{}", ended.stderr);
    waits.succeeds();
    drop(held);
    server.start_again();
    let figures = server.figures();
    assert_eq!(figures.of("contacts"), 0, "the one who waited was cut off");
    server.process.signal("TERM");
    server.process.wait(SOON);
    let log = Log::read(&server.data());
    assert!(log.ends.iter().any(|it| it.2.contact == ContactId(1)), "it has its record");
}

/// Two talk and one waits when the log begins to stall. Returns the server when all is well again.
fn stalls(folder: Folder, hold: impl FnOnce(&Server) -> Held) -> Server {
    let mut county = County::new().bench(2);
    let port = county.ports.row(PORTS);
    county.peers.push(format!("udp:127.0.0.1:{port}"));
    let server = Server::start_in(folder, county);
    let call = |number: u16, line: &str, scenario| {
        Sipp::from(server.county.caller(number), server.sip(), line, scenario)
    };
    let _agent =
        Sipp::at(server.county.bench_phone(1), "agent_talks").with("ring", 50).start(&server);
    let mut talks = call(0, "116", "caller_talks").with("talk", 12_000).start(&server);
    server.wait_until("one talks", SOON, |it| it.agents("talking") == 1);
    let leaves = Sipp::at(server.county.bench_phone(2), "agent_hangs_up").with("talk", 2_500);
    let mut leaves = leaves.start(&server);
    let waits = Phone::new("+4941718001", port, 440).start(&server);
    waits.dial("117");
    waits.hears(300.0);
    let mut left = call(1, "116", "caller_listens").start(&server);
    server.wait_until("two talk, one waits", SOON, |it| {
        it.agents("talking") == 2 && it.of("contacts_waiting") == 1
    });
    assert_eq!(server.health(), Ok(()));

    let held = hold(&server);
    let music = tenths_of_music(&waits);
    // The first thing that happens is that an agent hangs up: the caller is let go without a decision.
    leaves.succeeds();
    let watch = Stopwatch::start();
    // Who comes before the stall is known waits for that, and is refused too.
    let mut early = call(2, "115", "caller_finds_no_channel").start(&server);
    left.succeeds();
    let let_go_after = watch.read();
    let known = wait_for("it is known", SOON, || server.health().err());
    assert_eq!(known, "the log stalls\n");
    let known_after = watch.read();
    is_said(&server);
    early.succeeds();
    let watch = Stopwatch::start();
    call(4, "115", "caller_finds_no_channel").run(&server);
    let refused_after = watch.read();
    assert!(tenths_of_music(&waits) > music, "the music goes on");
    let _never: Option<()> = poll(HELD_ON, || None);
    assert!(talks.process.ended().is_none(), "a talk that is up goes on");
    assert_eq!(server.figures().agents("talking"), 2, "nothing was decided");
    println!(
        "{}: the caller was let go after {:.0} ms, the stall known after {:.0}, the next call refused in {:.0}",
        held.name(),
        let_go_after.as_secs_f64() * 1e3,
        known_after.as_secs_f64() * 1e3,
        refused_after.as_secs_f64() * 1e3,
    );
    assert!(let_go_after < Duration::from_secs(2) && refused_after < Duration::from_secs(2));

    drop(held);
    wait_for("all is well", SOON, || server.health().ok());
    server.wait_until("what happened is decided", SOON, |it| it.agents("talking") == 1);
    call(3, "117", "caller_talks").with("talk", 100).run(&server);
    waits.hang_up();
    talks.succeeds();
    server.is_empty();
    server
}

/// `status` and `/metrics` name what stalls.
fn is_said(server: &Server) {
    let figures = server.figures();
    assert_eq!(figures.of("log_stalled"), 1);
    assert!(figures.of("log_facts_waiting") >= 1, "{figures:?}");
    let status = server.ask(&["status"]);
    assert!(status.contains("THE LOG STALLS"), "{status}");
}

fn tenths_of_music(phone: &Baresip) -> usize {
    phone.heard().iter().map(|it| it.tenths_with(300.0)).sum()
}

/// Everything stands in the log, in order and with the time at which it happened.
fn is_good_again(server: &mut Server, why: &str) {
    let figures = server.figures();
    assert_eq!((figures.of("log_stalled"), figures.of("log_facts_waiting")), (0, 0));
    server.process.signal("TERM");
    server.process.wait(SOON);
    let said = std::fs::read_to_string(server.folder.join("server.stderr")).expect("it said much");
    assert!(said.contains("log=stalled facts_waiting=") && said.contains(why), "{said}");
    assert!(said.contains("log=good new_calls=taken lost_refused_calls=0 lost_others=0"), "{said}");

    let log = Log::read(&server.data());
    assert_eq!(log.gap, Gap::default());
    let hung_up = log.happened(|it| matches!(it, Event::HangUp { .. })).next().expect("hung up");
    let refused =
        Event::CallRefused { contact: ContactId(5), line: stdx::LineId(0), by: RefusedBy::Door };
    let refused = log.happened(|it| *it == refused).next().expect("it counts as offered");
    assert!(hung_up.sequence < refused.sequence);
    let between = refused.tick.since(hung_up.tick);
    let known_after = if why == "slow" { Micros::from_secs(1) } else { Micros::ZERO };
    assert!(between > known_after && hung_up.wall < refused.wall, "{between:?}");
    let ended = log.ends.iter().find(|it| it.2.contact == ContactId(3)).expect("it has a record");
    assert_eq!(ended.0, hung_up.tick, "decided late, counted as it was");
    let ends: Vec<(ContactId, Fate)> =
        log.ends.iter().map(|it| (it.2.contact, it.2.fate)).collect();
    let mut sorted = ends.clone();
    sorted.sort();
    let fates = [
        (ContactId(1), Fate::Accepted),
        (ContactId(2), Fate::Abandoned),
        (ContactId(3), Fate::Accepted),
        (ContactId(4), if why == "slow" { Fate::Abandoned } else { Fate::Refused }),
        (ContactId(5), Fate::Refused),
        (ContactId(6), Fate::Abandoned),
    ];
    assert_eq!(sorted, fates);
    let cut_off = |it: &Event| matches!(it, Event::CallerLeft { parting: Parting::CutOff, .. });
    let early = if why == "slow" { 1 } else { 0 };
    assert_eq!(log.happened(cut_off).count(), early, "nobody else was cut off");
}
