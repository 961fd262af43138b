// SPDX-License-Identifier: EUPL-1.2
//! The service is killed at any moment and started again: nothing that was answered is lost, nobody is
//! counted twice, and who worked works on.

use crate::agents::{dial, register};
use acd::contact::Parting;
use amtsleitung::Lang;
use amtsleitung::data::Data;
use centre::{Centre, Command, Event, Via};
use e2e::clock::{SOON, poll, wait_for};
use e2e::county::County;
use e2e::database::Database;
use e2e::folder::Folder;
use e2e::log::Log;
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::{Running, Sipp};
use std::fs::File;
use std::io::Read as _;
use std::time::Duration;
use stdx::{AgentId, ContactId, LineId, Micros, Now, Rng, Tick, Timestamp};
use store::{Begun, Fact, Link, Place, Row, Store};

pub(crate) const LONG: &[Case] = &[
    ("killed_again_and_again_sqlite", killed_again_and_again_sqlite),
    ("killed_again_and_again_postgres", killed_again_and_again_postgres),
];

pub(crate) const CASES: &[Case] = &[
    ("a_day_is_recalled_at_once", a_day_is_recalled_at_once),
    ("who_was_cut_off_is_known_again", who_was_cut_off_is_known_again),
    ("telephones_are_reached_after_a_restart", telephones_are_reached_after_a_restart),
    ("who_is_left_over_hears_goodbye", who_is_left_over_hears_goodbye),
];

/// How often the live service is killed, unless the environment says otherwise.
const KILLS: usize = 30;

/// How often it is killed instead.
const KILLS_WANTED: &str = "E2E_KILLS";

/// The latest moment of a kill after callers began.
const KILLED_WITHIN_MILLIS: u64 = 1_300;

/// Repeats the moments of the kills.
const SEED: &str = "E2E_SEED";

/// A number from the environment.
pub(crate) fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn killed_again_and_again_sqlite() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    killed_again_and_again("SQLite", folder, &database);
}

fn killed_again_and_again_postgres() {
    let folder = Folder::new();
    if let Some(database) = Database::postgres(&folder) {
        killed_again_and_again("PostgreSQL", folder, &database);
    }
}

fn killed_again_and_again(engine: &str, folder: Folder, _goes_last: &Database) {
    let seed = number(SEED).unwrap_or_else(drawn);
    println!("{engine}, to repeat: {SEED}={seed}");
    let kills = number(KILLS_WANTED).map_or(KILLS, |it| it as usize);
    let mut rng = Rng::new(seed);
    let mut county = County::new().agent("k1").phone("k1", "k1");
    (county.bench, county.spread) = (6, 1);
    let phone = county.ports.one();
    let mut server = Server::start_in(folder, county);
    let answers = Sipp::at(server.county.bench_phone(1), "agent_talks").with("ring", 50);
    let _agents =
        answers.calls(100_000).within(Duration::from_secs(60 + 8 * kills as u64)).start(&server);
    register(&server, phone, "k1");
    dial(&server, phone, "k1", "*10");
    dial(&server, phone, "k1", "*12");
    is_staffed(&server);

    let (mut calls, mut times) = (Vec::new(), Vec::new());
    for _ in 0..kills {
        let callers: Vec<Running> =
            [(0, "115", 900), (1, "116", 300), (2, "117", 200)].map(|it| many(&server, it)).into();
        nothing_happens_for(Duration::from_millis(rng.below(KILLED_WITHIN_MILLIS)));
        server.process.kill();
        calls.push(callers.iter().map(Running::calls).collect::<Vec<_>>());
        drop(callers);
        times.push(server.start_again());
        is_staffed(&server);
    }
    server.process.signal("TERM");
    server.process.wait(SOON);
    times.sort();
    let log = Log::read(&server.data());
    println!(
        "{engine}: {kills} kills, {} contacts, {} entries; ready again after {:.0} to {:.0} ms, mostly {:.0}",
        log.last_contact.0,
        log.entries.len(),
        times[0].as_secs_f64() * 1e3,
        times[kills - 1].as_secs_f64() * 1e3,
        times[kills / 2].as_secs_f64() * 1e3,
    );
    is_counted_once(&log);
    is_cut_off_at_the_next_start(&log);
    let begun = begun(&log);
    assert_eq!(begun.len(), kills + 1);
    let (mut answered_in_all, mut arrived_in_all) = (0, 0);
    for (calls, (epoch, _)) in calls.iter().zip(&begun) {
        let count = |of: usize| calls.iter().map(|it| it[of].len()).sum::<usize>();
        let (invited, answered, arrived) = (count(0), count(1), log.arrived(*epoch).count());
        assert!(
            answered <= arrived && arrived <= invited,
            "{answered} answered, {arrived} recorded, {invited} began"
        );
        answered_in_all += answered;
        arrived_in_all += arrived;
    }
    println!("{engine}: {answered_in_all} calls were answered, {arrived_in_all} are recorded");
    assert!(answered_in_all > kills, "the load was none");
}

fn many(server: &Server, (caller, line, talk): (u16, &str, u32)) -> Running {
    let call = Sipp::from(server.county.caller(caller), server.sip(), line, "caller_talks");
    call.with("talk", talk).calls(60).args(&["-r", "20"]).start(server)
}

/// Everybody is who they were: those of the bench are there for calls, one has a break, one never came.
#[track_caller]
fn is_staffed(server: &Server) {
    server.wait_until("the agents are as they were", SOON, |it| {
        (it.agents("ready"), it.agents("not_ready"), it.agents("signed_off")) == (6, 1, 1)
    });
    let status = server.ask(&["status"]);
    assert!(status.contains("1 not ready, 1 signed off"), "{status}");
}

/// The numbers of contacts go on without a gap, and each has exactly one record.
fn is_counted_once(log: &Log) {
    let came: Vec<ContactId> = log.came().collect();
    let numbers: Vec<ContactId> = (1..=log.last_contact.0).map(ContactId).collect();
    assert_eq!(came, numbers);
    let mut recorded: Vec<ContactId> = log.ends.iter().map(|it| it.2.contact).collect();
    recorded.sort();
    assert_eq!(recorded, numbers);
}

/// Under which number each start wrote, and when it began.
fn begun(log: &Log) -> Vec<(u64, Tick)> {
    let begun = log.entries.iter().filter(|it| matches!(it.fact, Fact::Begun(_)));
    begun.map(|it| (it.epoch, it.tick)).collect()
}

/// Who was inside at a kill ends as cut off when the service was last alive, by the first that the next start
/// writes.
fn is_cut_off_at_the_next_start(log: &Log) {
    let begun = begun(log);
    let mut cut_off = 0;
    for (&(epoch, _), &(next, began)) in begun.iter().zip(&begun[1..]) {
        for contact in log.arrived(epoch) {
            let (ended, why, _) =
                log.ends.iter().find(|it| it.2.contact == contact).expect("it has a record");
            let left = Event::CallerLeft { contact, parting: Parting::CutOff };
            let mut left = log.happened(|it| *it == left).filter(|it| it.epoch != epoch);
            let Some(entry) = left.next() else { continue };
            assert_eq!((entry.epoch, entry.tick), (next, *ended), "{contact:?}");
            assert!(*ended <= began, "{contact:?} lived longer than its legs");
            assert_eq!(*why, Event::CallerLeft { contact, parting: Parting::CutOff });
            cut_off += 1;
        }
    }
    println!("{cut_off} contacts were cut off");
    assert!(cut_off > (begun.len() - 1) / 3, "kills met nobody");
}

/// A day of 10,000 calls, and how much longer a start takes behind it than with an empty folder.
fn a_day_is_recalled_at_once() {
    let mut server = Server::start(County::new());
    let of_nothing = fastest(&mut server);
    server.process.kill();
    let entries = write_a_day(&server);
    let of_a_day = fastest(&mut server);
    println!(
        "a start takes {:.0} ms, behind a day of {entries} entries {:.0} ms",
        of_nothing.as_secs_f64() * 1e3,
        of_a_day.as_secs_f64() * 1e3
    );
    assert!(of_a_day < of_nothing + Duration::from_secs(1), "the day takes too long");
    Sipp::from(server.county.caller(0), server.sip(), "117", "caller_talks")
        .with("talk", 100)
        .run(&server);
    server.is_empty();
    server.process.signal("TERM");
    server.process.wait(SOON);
    assert_eq!(Log::read(&server.data()).last_contact, ContactId(DAYS_CALLS + 1));
}

fn fastest(server: &mut Server) -> Duration {
    let times = (0..3).map(|_| server.start_again());
    times.min().expect("three")
}

const DAYS_CALLS: u64 = 10_000;

/// Replaces the log by one of a whole day under the same agreement. Returns how many entries it has.
fn write_a_day(server: &Server) -> u64 {
    let data = server.data();
    let recalled = Data::open(&data, Lang::En).expect("readable").expect("a log").recalled;
    let agreed = recalled.chronicle.configured.expect("it was agreed");
    let (_, ended) = recalled.chronicle.last.expect("it has entries");
    for file in ["log.sqlite", "log.sqlite-wal", "log.sqlite-shm"] {
        let _gone_is_as_good = std::fs::remove_file(data.join(file));
    }
    let began = Timestamp(ended.0 - 24 * 3_600 * 1_000_000);
    let centre = Centre::new(agreed.setup.clone()).expect("lawful");
    let mut day = Day { centre, began, at: Tick(0), facts: Vec::new() };
    day.note(Fact::Begun(Begun { program: "0.1.0".to_owned() }));
    day.note(Fact::Configured(Box::new(agreed)));
    // The bench's agent is the last one.
    let agent = AgentId(1);
    day.happens(Event::SignOn { agent });
    day.happens(Event::MakeReady { agent });
    for contact in (1..=DAYS_CALLS).map(ContactId) {
        // Nobody stays longer than the longest shift.
        if contact.0.is_multiple_of(DAYS_CALLS / 4) {
            day.happens(Event::SignOff { agent });
            day.happens(Event::SignOn { agent });
            day.happens(Event::MakeReady { agent });
        }
        let arrived =
            Event::CallArrived { contact, line: LineId(0), caller: None, via: Via::default() };
        day.after(Micros::from_millis(4_000), arrived);
        day.after(Micros::from_millis(600), Event::AnnouncementOver { contact });
        day.after(Micros::from_millis(1_000), Event::Answer { agent, contact });
        day.after(Micros::from_millis(3_000), Event::HangUp { agent });
    }
    assert_eq!(day.centre.contacts_inside(), 0, "everybody was answered");
    let mut store = Store::open(&Place::Sqlite(data.join("log.sqlite")), "e2e").expect("new");
    let mut link = Link::first("e2e");
    for facts in day.facts.chunks(20) {
        let mut row = Row { first: link.next, epoch: 1, entries: Vec::new() };
        for (at, fact) in facts {
            link.write(1, (at.mono, at.wall), fact, &mut row.entries);
        }
        store.append(&row).expect("written");
    }
    link.next - 1
}

struct Day {
    centre: Centre,
    began: Timestamp,
    at: Tick,
    facts: Vec<(Now, Fact)>,
}

impl Day {
    fn now(&self) -> Now {
        Now { mono: self.at, wall: Timestamp(self.began.0 + self.at.0 as i64) }
    }

    fn note(&mut self, fact: Fact) {
        self.facts.push((self.now(), fact));
    }

    fn after(&mut self, time: Micros, event: Event) {
        let until = self.at + time;
        while let Some((due, _)) = self.centre.deadline().filter(|(due, _)| *due <= until) {
            self.at = due.max(self.at);
            self.happens(Event::Deadline);
        }
        self.at = until;
        self.happens(event);
    }

    fn happens(&mut self, event: Event) {
        self.note(Fact::Happened(event));
        self.centre.handle(self.now(), event);
        while let Some(command) = self.centre.poll() {
            assert!(!matches!(command, Command::Refuse(_)), "{event:?}");
        }
    }
}

/// Two wait when the service dies. One calls again, and is known.
fn who_was_cut_off_is_known_again() {
    let mut county = County::new();
    county.place_kept = "5min";
    let mut server = Server::start(county);
    let waits = |server: &Server, calls: u32| {
        let call = Sipp::from(server.county.caller(0), server.sip(), "117", "caller_listens");
        let call = call.calls(calls).start(server);
        server.wait_until("they wait", SOON, |it| it.of("contacts_waiting") == u64::from(calls));
        call
    };
    drop(waits(&server, 2));
    server.start_again();
    let mut again = waits(&server, 1);
    server.process.signal("TERM");
    server.process.wait(SOON);
    again.succeeds();
    let log = Log::read(&server.data());
    let third = log.ends.iter().find(|it| it.2.contact == ContactId(3)).expect("a third contact");
    assert_eq!(third.2.follows, Some(ContactId(1)));
}

/// A telephone registers for five minutes, and the service dies. Nobody at the telephone notices.
fn telephones_are_reached_after_a_restart() {
    let mut county = County::new().agent("k1").phone("k1", "k1");
    county.bench = 0;
    let phone = county.ports.one();
    let mut server = Server::start(county);
    register(&server, phone, "k1");
    dial(&server, phone, "k1", "*10");
    server.wait_until("k1 is ready", SOON, |it| it.agents("ready") == 1);
    let kept = server.data().join("registrations.json");
    wait_for("the registration is kept", SOON, || kept.exists().then_some(()));
    server.start_again();
    assert_eq!(server.figures().of("telephones_registered"), 1);
    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
    let call = Sipp::from(server.county.caller(0), server.sip(), "116", "caller_talks");
    call.with("talk", 100).within(Duration::from_secs(10)).run(&server);
    agent.succeeds();
}

/// One talks and one waits when the service dies. Nobody sits in silence until a timer ends it: the next start
/// hangs up the three telephones that still hold a call.
fn who_is_left_over_hears_goodbye() {
    let mut server = Server::start(County::new());
    let agent = Sipp::at(server.county.bench_phone(1), "agent_talks").with("ring", 50);
    let mut agent = agent.start(&server);
    let call = |server: &Server, number, line| {
        let call = Sipp::from(server.county.caller(number), server.sip(), line, "caller_listens");
        call.start(server)
    };
    let mut talks = call(&server, 0, "116");
    server.wait_until("one talks", SOON, |it| it.agents("talking") == 1);
    let mut waits = call(&server, 1, "117");
    server.wait_until("one waits", SOON, |it| it.of("contacts_waiting") == 1);
    let kept = server.data().join("legs");
    let length = || std::fs::metadata(&kept).map_or(0, |it| it.len());
    let all = poll(SOON, || (length() > 3 * LEG_MIN).then_some(()));
    assert!(all.is_some(), "all legs are kept: {} bytes", length());
    server.start_again();
    assert!(
        server.process.stderr().contains("Hung up 3 call legs that the run before had left open.")
    );
    for peer in [&mut agent, &mut talks, &mut waits] {
        peer.succeeds();
    }
    server.start_again();
    assert!(!server.process.stderr().contains("call legs"), "each is hung up once");
}

/// The least that is kept of a leg: two descriptions and a dialog.
const LEG_MIN: u64 = 600;

fn nothing_happens_for(time: Duration) {
    let _never: Option<()> = poll(time, || None);
}

fn drawn() -> u64 {
    let mut bytes = [0; 4];
    let read = File::open("/dev/urandom").and_then(|mut it| it.read_exact(&mut bytes));
    read.expect("every machine of ours has it");
    u32::from_le_bytes(bytes).into()
}
