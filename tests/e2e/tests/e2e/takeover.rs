// SPDX-License-Identifier: EUPL-1.2
//! Two services and one log: one of them writes, and the other takes over when the first stands still.

use e2e::clock::{SOON, Stopwatch, wait_for};
use e2e::county::County;
use e2e::database::Database;
use e2e::folder::{Folder, is_root};
use e2e::log::Log;
use e2e::process::Process;
use e2e::runner::Case;
use e2e::server::{Server, serve};
use e2e::sipp::Sipp;
use std::process::Command;
use std::time::Duration;
use store::Fact;

pub(crate) const LONG: &[Case] = &[("another_takes_over", another_takes_over)];

/// Longer than the lease of ten seconds.
const FROZEN: Duration = Duration::from_millis(10_500);

fn another_takes_over() {
    if !is_root() {
        println!("not root: no second machine can be made, nothing tried");
        return;
    }
    let folder = Folder::new();
    let Some(database) = Database::postgres(&folder) else { return };
    let mut first = Server::start_in(folder, County::new());
    let phone = first.county.bench_phone(1);
    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 50).start(&first);
    let call = |number, line| {
        let call = Sipp::from(first.county.caller(number), first.sip(), line, "caller_listens");
        call.start(&first)
    };
    let (mut talks, mut waits) = (call(0, "116"), call(1, "117"));
    first.wait_until("one talks, one waits", SOON, |it| {
        it.agents("talking") == 1 && it.of("contacts_waiting") == 1
    });

    // The same agreement on another machine: the same addresses, which are its own there.
    let other = Folder::new();
    database.is_named_in(&other);
    other.write("county.toml", first.county.text());
    let ended = Process::start(other.path(), "refused", &mut elsewhere(&other)).wait(SOON);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("Another service keeps this log already"), "{}", ended.stderr);

    first.process.signal("STOP");
    let frozen = Stopwatch::start();
    wait_for("the lease is over", SOON, || (frozen.read() >= FROZEN).then_some(()));
    let mut second = Process::start(other.path(), "second", &mut elsewhere(&other));
    wait_for("the second is ready", SOON, || second.stderr().contains("Ready.").then_some(()));

    first.process.signal("CONT");
    let watch = Stopwatch::start();
    let ended = first.process.wait(SOON);
    println!("the first ended {:.0} ms after it went on", watch.read().as_secs_f64() * 1e3);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
    let said = "Another service has taken the log over; this one has ended.";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
    for peer in [&mut agent, &mut talks, &mut waits] {
        peer.succeeds();
    }
    second.signal("TERM");
    let ended = second.wait(SOON);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);

    let log = Log::read(&other.join("data"));
    // Who takes over first ends the calls of who is gone, then says that it begins.
    let taken_over = log.entries.partition_point(|it| it.epoch == log.entries[0].epoch);
    let (before, after) = log.entries.split_at(taken_over);
    for entries in [before, after] {
        assert!(entries.iter().all(|it| it.epoch == entries[0].epoch), "the first wrote on");
        let begun = entries.iter().filter(|it| matches!(it.fact, Fact::Begun(_)));
        assert_eq!(begun.count(), 1);
    }
    assert_eq!(log.ends.len(), 2, "both calls have their record");
}

/// The program on a machine of its own: its loopback is another one.
fn elsewhere(folder: &Folder) -> Command {
    let serves = serve(folder, "off", 1);
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]);
    command.arg(serves.get_program()).args(serves.get_args());
    command
}
