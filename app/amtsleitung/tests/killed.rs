// SPDX-License-Identifier: EUPL-1.2
//! A simulated day is told to the log, and whoever tells it is killed hundreds of times: what was
//! acknowledged is there, and what is there is what happened.
//!
//! The one who is killed is this very program, started anew with what it shall do in its environment.

use amtsleitung::Lang;
use amtsleitung::data::Data;
use amtsleitung::recall::recall;
use centre::{Centre, Event, Via};
use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;
use stdx::{ContactId, LineId, Micros, Now, Rng, Timestamp};
use store::{Begun, Configured, Entry, Fact, Link, Place, Row, Store, Writer};

/// Names a PostgreSQL server, if one was started for the tests.
const SERVER: &str = "AMTSLEITUNG_POSTGRES";

/// Repeats a run; the moments of the kills differ all the same.
const SEED: &str = "KILLED_SEED";

/// What the one who is killed shall do: the folder with the script, the place, its own seed.
const PART: [&str; 3] = ["KILLED_FOLDER", "KILLED_PLACE", "KILLED_ROUND"];

const CENTRE: &str = "harburg";
const LEASE: Micros = Micros::from_secs(10);

/// Events of the day: enough for hundreds of kills, few enough for half a minute.
const EVENTS: std::ops::Range<usize> = 15_000..30_000;

/// How often the one who tells is killed, about.
const KILLS: u64 = 300;

/// Facts that are told before the first of them is durable, at most.
const TOLD_AHEAD: u64 = 40;

/// After how many kills the whole centre is made anew from the log.
const RECALLED_EVERY: u64 = 20;

#[test]
fn a_day_with_hundreds_of_kills_sqlite() {
    let ground = Ground::new("sqlite");
    let place = Place::Sqlite(ground.folder.join("log.sqlite"));
    killed(&ground.folder, &place);
}

#[test]
fn a_day_with_hundreds_of_kills_postgres() {
    let Ok(server) = env::var(SERVER) else {
        println!("{SERVER} is not set: no PostgreSQL, nothing tried");
        return;
    };
    let mut ground = Ground::new("postgres");
    let name = format!("killed_{}", std::process::id());
    psql(&server, &format!("CREATE DATABASE {name}"));
    let address = server.replace("/postgres?", &format!("/{name}?"));
    ground.drop_at = Some((server, name));
    killed(&ground.folder, &Place::Postgres(address));
}

/// A server carries out what a killed one had asked for when the next one has read the log already: the
/// start reads once more, and numbers contacts behind what it finds.
#[test]
fn a_start_that_was_too_early_reads_once_more() {
    let ground = Ground::new("early");
    let agreed =
        Configured { text: String::new(), ids: BTreeMap::new(), setup: sim::any_county(1).setup };
    let wall = Timestamp::from_secs(1_398_931_200);
    let data = Data::make(&ground.folder, CENTRE, Lang::En).expect("a new folder");
    let first = data.go_on("killed", wall, &agreed, &|_| false, Lang::En).expect("it begins");
    let data = Data::open(&ground.folder, Lang::En).expect("readable").expect("a log");
    let (mut link, contact) = (first.recalled.link, ContactId(7));
    let mut row = Row { first: link.next, epoch: first.epoch, entries: Vec::new() };
    let arrived =
        Event::CallArrived { contact, line: LineId(0), caller: None, via: Via::default() };
    link.write(first.epoch, (first.at, wall), &Fact::Happened(arrived), &mut row.entries);
    let mut late = first.store;
    late.append(&row).expect("nobody began meanwhile");
    let second =
        data.go_on("killed", wall, &agreed, &|_| false, Lang::En).expect("it begins all the same");
    assert_eq!(second.recalled.chronicle.last_contact, contact);
    let centre = second.recalled.centre.expect("it was agreed");
    assert_eq!(centre.contacts_inside(), 0, "whose call nobody has any more");
    let (saved, link) = (Some(centre.save()), second.recalled.link);
    let mut store = second.store;
    let recalled = recall(&mut store).expect("readable");
    assert!(recalled.damage.is_none());
    assert_eq!((recalled.link, recalled.chronicle.last_contact), (link, contact));
    assert_eq!(recalled.centre.map(|it| it.save()), saved);
}

/// The part of the one who is killed; nothing where nobody gives it one.
#[test]
fn tells_the_day() {
    let Some([folder, place, round]) = part() else { return };
    let place = place_of(&place);
    let script = read(&mut script(Path::new(&folder)));
    let mut store = Store::open(&place, CENTRE).expect("the log");
    let (link, damage) = store.read_from(Link::first(CENTRE), &mut |_| ()).expect("readable");
    assert_eq!(damage, None);
    let lease = store.take_lease("killed", Timestamp(0), LEASE, link.epoch).expect("written");
    let (wake, woken) = channel();
    let wake = move || {
        // Nobody waits any more after the last one.
        let _ = wake.send(());
    };
    let epoch = lease.expect("its own");
    let mut writer = Writer::start(store, link, epoch, wake).expect("a thread");
    let mut rng = Rng::new(round.parse().expect("a number"));
    let mut ahead = 1;
    let acknowledge = |writer: &Writer| {
        assert_eq!(writer.trouble(), None);
        // At once, so that nobody reads half a number.
        let line = format!("{}\n", writer.durable());
        std::io::stderr().write_all(line.as_bytes()).expect("somebody reads");
    };
    for it in script.into_iter().skip(link.next as usize - 1) {
        while writer.in_flight() >= ahead {
            woken.recv().expect("the writer wakes");
            acknowledge(&writer);
        }
        writer.tell((it.tick, it.wall), it.fact).expect("there is room");
        if rng.chance(0.2) {
            ahead = 1 + rng.below(TOLD_AHEAD);
        }
    }
    assert_eq!(writer.close(), 0);
}

/// Lets the day be told, kills who tells it again and again, and looks at the log each time.
fn killed(folder: &Path, place: &Place) {
    let seed = env::var(SEED).ok().and_then(|it| it.parse().ok()).unwrap_or_else(drawn);
    println!("to repeat: {SEED}={seed}");
    let day = write_script(folder, seed);
    let mut known = Known::of(&day);
    let mut rng = Rng::new(seed);
    let (mut kills, mut fenced, mut acknowledged) = (0_u64, 0_u64, 0_u64);
    let step = day.len() as u64 / KILLS;
    drop(Store::open(place, CENTRE).expect("a new log"));
    loop {
        let (mut child, mut said) = start(folder, place, rng.next_u64());
        let mut text = String::new();
        hear(&mut said, &mut text, known.length() + rng.below(step));
        thread::park_timeout(Duration::from_micros(rng.below(1_000)));
        let ended = child.try_wait().expect("a child of ours");
        child.kill().expect("a child of ours");
        child.wait().expect("a child of ours");
        said.read_to_string(&mut text).expect("text");
        acknowledged = text.lines().filter_map(number).fold(acknowledged, u64::max);
        let mut store = Store::open(place, CENTRE).expect("the log");
        known.is_what_is_there(&mut store, acknowledged);
        match ended {
            Some(status) if status.success() => break,
            // A server may carry out what a killed one asked for after the next one has read the log.
            Some(_) => {
                assert!(text.contains("Fenced") && fenced < KILLS / 10, "{text}");
                fenced += 1;
            }
            None => kills += 1,
        }
        if kills.is_multiple_of(RECALLED_EVERY) {
            known.is_what_is_recalled(&mut store);
        }
    }
    known.is_what_is_recalled(&mut Store::open(place, CENTRE).expect("the log"));
    assert_eq!(known.length(), day.len() as u64);
    assert!(kills >= KILLS / 2, "{kills} kills");
    println!("{place:?}: {} facts, {kills} kills, {fenced} starts were too early", day.len());
}

/// What happened, and the centre after as much of it as the log was seen to hold.
struct Known<'a> {
    day: &'a [Entry],
    centre: Option<Centre>,
    taken: usize,
}

impl Known<'_> {
    fn of(day: &[Entry]) -> Known<'_> {
        Known { day, centre: None, taken: 0 }
    }

    fn length(&self) -> u64 {
        self.taken as u64
    }

    /// The chain is whole, nothing that was acknowledged is missing, and nothing else is there.
    fn is_what_is_there(&mut self, store: &mut Store, acknowledged: u64) {
        let there = read(store);
        assert!(there.len() as u64 >= acknowledged, "{} of {acknowledged}", there.len());
        assert!(there.len() >= self.taken, "what was there is gone");
        for (there, known) in there.iter().zip(self.day) {
            let (there, known) =
                [there, known].map(|it| (it.sequence, it.tick, it.wall, &it.fact)).into();
            assert_eq!(there, known);
        }
        for entry in &self.day[self.taken..there.len()] {
            take(&mut self.centre, entry);
        }
        self.taken = there.len();
    }

    fn is_what_is_recalled(&mut self, store: &mut Store) {
        let recalled = loop {
            let recalled = recall(store).expect("readable");
            self.is_what_is_there(store, recalled.chronicle.entries);
            // A server may have carried out one more of what was asked for.
            if recalled.chronicle.entries == self.length() {
                break recalled;
            }
        };
        assert!(recalled.damage.is_none() && recalled.poisoned.is_empty());
        assert_eq!(recalled.centre.map(|it| it.save()), self.centre.as_ref().map(Centre::save));
    }
}

fn take(centre: &mut Option<Centre>, entry: &Entry) {
    match &entry.fact {
        Fact::Configured(it) => *centre = Some(Centre::new(it.setup.clone()).expect("lawful")),
        Fact::Happened(event) => {
            let centre = centre.as_mut().expect("it was configured before");
            centre.handle(Now { mono: entry.tick, wall: entry.wall }, *event);
            while centre.poll().is_some() {}
        }
        Fact::Begun(_)
        | Fact::Lost(_)
        | Fact::Poisoned(_)
        | Fact::Caller(_)
        | Fact::Seated(_)
        | Fact::WrappedUp(_)
        | Fact::CaseActed(_) => {}
    }
}

/// A day of any county as a log of its own, which who is killed reads.
fn write_script(folder: &Path, seed: u64) -> Vec<Entry> {
    let (spec, events) = (seed..)
        .map(|seed| {
            let spec = sim::any_county(seed);
            let mut events = Vec::new();
            sim::play_and_hear(&spec, seed, &mut |_| {}, &mut |now, it| events.push((now, it)))
                .expect("lawful");
            (spec, events)
        })
        .find(|(_, events)| EVENTS.start <= events.len())
        .expect("counties without end");
    let began = events[0].0;
    let begun = Fact::Begun(Begun { program: "0.1.0".to_owned() });
    let agreed = Configured { text: String::new(), ids: BTreeMap::new(), setup: spec.setup };
    let first = [begun, Fact::Configured(Box::new(agreed))].map(|fact| (began, fact));
    let happened = events.into_iter().take(EVENTS.end).map(|(at, it)| (at, Fact::Happened(it)));
    let mut link = Link::first(CENTRE);
    let mut row = Row { first: 1, epoch: 1, entries: Vec::new() };
    for (at, fact) in first.into_iter().chain(happened) {
        link.write(1, (at.mono, at.wall), &fact, &mut row.entries);
    }
    let mut script = script(folder);
    script.append(&row).expect("written");
    read(&mut script)
}

fn script(folder: &Path) -> Store {
    Store::open(&Place::Sqlite(folder.join("script.sqlite")), CENTRE).expect("the script")
}

fn read(store: &mut Store) -> Vec<Entry> {
    let mut entries = Vec::new();
    let (_, damage) =
        store.read_from(Link::first(CENTRE), &mut |entry| entries.push(entry)).expect("readable");
    assert_eq!(damage, None);
    entries
}

fn start(folder: &Path, place: &Place, round: u64) -> (Child, BufReader<ChildStderr>) {
    let place = match place {
        Place::Sqlite(file) => file.display().to_string(),
        Place::Postgres(address) => address.clone(),
    };
    let mut child = Command::new(env::current_exe().expect("a program knows where it is"))
        .args(["--exact", "tells_the_day", "--nocapture"])
        .envs(PART.into_iter().zip([folder.display().to_string(), place, round.to_string()]))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this program can be started");
    let said = BufReader::new(child.stderr.take().expect("piped"));
    (child, said)
}

/// Hears until this many were acknowledged, or nobody says anything any more.
fn hear(said: &mut BufReader<ChildStderr>, text: &mut String, until: u64) {
    let mut from = 0;
    while said.read_line(text).is_ok_and(|length| length > 0) {
        if number(text[from..].trim()).is_some_and(|it| it >= until) {
            return;
        }
        from = text.len();
    }
}

fn number(line: &str) -> Option<u64> {
    line.parse().ok()
}

fn part() -> Option<[String; 3]> {
    let [folder, place, round] = PART.map(|name| env::var(name).ok());
    Some([folder?, place?, round?])
}

fn place_of(text: &str) -> Place {
    if text.starts_with("postgres:") {
        Place::Postgres(text.to_owned())
    } else {
        Place::Sqlite(PathBuf::from(text))
    }
}

fn drawn() -> u64 {
    let mut bytes = [0; 4];
    let read = File::open("/dev/urandom").and_then(|mut it| it.read_exact(&mut bytes));
    read.expect("every machine of ours has it");
    u32::from_le_bytes(bytes).into()
}

/// A folder, and a database on a server, that go with their value.
struct Ground {
    folder: PathBuf,
    drop_at: Option<(String, String)>,
}

impl Ground {
    fn new(name: &str) -> Ground {
        let folder = env::temp_dir().join(format!("killed-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        Ground { folder, drop_at: None }
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.drop_at {
            psql(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
        let _gone_is_as_good = fs::remove_dir_all(&self.folder);
    }
}

fn psql(address: &str, statement: &str) {
    let done = Command::new("psql").args(["-qX", "-d", address, "-c", statement]).output();
    let done = done.expect("psql is there");
    assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
}
