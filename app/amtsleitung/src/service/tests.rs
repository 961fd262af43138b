// SPDX-License-Identifier: EUPL-1.2
//! The running centre on the wall clock, with its telephones on free ports of this machine.

use super::*;
use crate::entropy::Entropy;
use acd::{AgentRules, CentreRules, LineRules, QueueRules};
use calendar::{Interval, Timetable};
use centre::RefusedBy;
use privacy::Purpose;
use promise::Fate;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use stdx::{Day, LineId, Micros, QueueId, TeamId, Timestamp, TimetableId};
use store::{Fact, Keys, Link, Place, SPOOL_FOR_REFUSED, SPOOL_MAX, Store, Writer};
use telephony::media::Clips;
use telephony::signalling::{Answering, Carrier, Line, Listen, Setup};

const PATIENCE: Duration = Duration::from_secs(20);
const AGENT: AgentId = AgentId(0);
const CONTACT: ContactId = ContactId(1);

fn centre(ring: Micros) -> Centre {
    Centre::new(setup(ring, 1)).expect("a good setup")
}

fn setup(ring: Micros, agents: usize) -> centre::Setup {
    let horizon = Interval { from: Timestamp(0), until: Timestamp(i64::MAX) };
    let line = LineRules::plain(Some(QueueId(0)), TimetableId(0));
    let rules = CentreRules {
        head_start: Micros::ZERO,
        no_answer_pause: Micros::from_secs(60),
        decline_pause: Micros::from_secs(60),
        place_kept: Micros::ZERO,
    };
    let waiting_max = Micros::from_mins(10);
    centre::Setup {
        lines: vec![line],
        queues: vec![QueueRules { ring, length_max: 10, waiting_max }],
        agents: vec![AgentRules { team: TeamId(0), skills: vec![], shift: None }; agents],
        timetables: vec![Timetable::always(horizon).unwrap()],
        ..centre::Setup::empty(rules)
    }
}

fn signalling() -> Signalling {
    let line = Line {
        id: "buergertelefon".to_owned(),
        shown: "Bürgertelefon".to_owned(),
        numbers: Vec::new(),
        answering: Answering::AtOnce,
        greeting: Clips::default(),
        closed: Clips::default(),
        busy: Clips::default(),
        callback: Clips::default(),
        callback_greeting: Clips::default(),
        offer: Clips::default(),
        between: call::between::Rules::default(),
        greetings: Vec::new(),
        town_hall: None,
        tells_opening: false,
    };
    let setup = Setup {
        domain: "centre.example".to_owned(),
        listen: vec![Listen { carrier: Carrier::Udp, address: "127.0.0.1:0".parse().unwrap() }],
        certificates: telephony::tls::Certificates::default(),
        name_servers: Vec::new(),
        addresses: Vec::new(),
        media_ports: 20_000..=39_999,
        media_threads: 1,
        trunks: Vec::new(),
        phones: Vec::new(),
        switchboards: Vec::new(),
        partners: Vec::new(),
        lines: vec![line],
        plans: Vec::new(),
        phrases: telephony::prompts::Phrases::default(),
        music: Clips::default(),
        ringing: Clips::default(),
        done: Clips::default(),
        refused: Clips::default(),
        seed: 115,
        offers: sip::digest::Offers::Md5,
        nonce_key: [0; 32],
        token_key: stdx::Redacted::new([0; 32]),
    };
    Signalling::start(setup, 1).expect("a free port of this machine")
}

fn running(ring: Micros, listeners: Vec<SyncSender<Decided>>) -> (Inbox, Service) {
    running_on(ring, listeners, signalling(), Kept::InMemory)
}

fn running_on(
    ring: Micros,
    listeners: Vec<SyncSender<Decided>>,
    signalling: Signalling,
    kept: Kept,
) -> (Inbox, Service) {
    let parts = Parts {
        centre: centre(ring),
        signalling,
        clock: Clock::starting_at(Tick(7)),
        kept,
        hiding: None,
        registrations: None,
        legs: None,
        always_ready: Vec::new(),
        log: Log::silent(),
        names: Names { lines: vec!["115".to_owned()], ..Names::default() },
        order: Arc::default(),
        listeners,
        ended_today: Vec::new(),
        cases: Vec::new(),
    };
    Service::start(parts).expect("a thread")
}

fn until(heard: &Receiver<Decided>, wanted: impl Fn(&Command) -> bool) -> Decided {
    loop {
        let decided = heard.recv_timeout(PATIENCE).expect("the loop decides in time");
        if wanted(&decided.command) {
            return decided;
        }
    }
}

fn arrives(inbox: &Inbox) {
    inbox.tell(Event::SignOn { agent: AGENT }).unwrap();
    inbox.tell(Event::MakeReady { agent: AGENT }).unwrap();
    let line = LineId(0);
    inbox
        .tell(Event::CallArrived {
            contact: CONTACT,
            line,
            caller: None,
            via: centre::Via::default(),
        })
        .unwrap();
}

#[test]
fn a_call_goes_through_the_loop_on_the_wall_clock() {
    let (listener, heard) = listener();
    let (inbox, service) = running(Micros::from_secs(60), vec![listener]);
    arrives(&inbox);
    until(&heard, |command| matches!(command, Command::Ring { .. }));
    inbox.tell(Event::Answer { agent: AGENT, contact: CONTACT }).unwrap();
    until(&heard, |command| matches!(command, Command::Connect { .. }));
    inbox.tell(Event::HangUp { agent: AGENT }).unwrap();
    let ended = |command: &Command| matches!(command, Command::Note(Note::Ended(record)) if record.fate == Fate::Accepted);
    until(&heard, ended);
    inbox.ask(Ask::Stop).unwrap();
    assert_eq!(service.join().expect("no invariant broken").centre.contacts_inside(), 0);
}

#[test]
fn a_deadline_fires_without_any_event() {
    let (listener, heard) = listener();
    let (inbox, service) = running(Micros::from_secs(1), vec![listener]);
    arrives(&inbox);
    let rings = until(&heard, |command| matches!(command, Command::Ring { .. }));
    let stops = until(&heard, |command| matches!(command, Command::StopRinging { .. }));
    assert!(stops.at.since(rings.at) >= Micros::from_secs(1));
    inbox.ask(Ask::Stop).unwrap();
    service.join().expect("no invariant broken").centre.audit();
}

#[test]
fn a_listener_that_does_not_keep_up_is_let_go_and_the_loop_goes_on() {
    let (slow, forgotten) = sync_channel(0);
    let (listener, heard) = listener();
    let (inbox, service) = running(Micros::from_secs(60), vec![slow, listener]);
    inbox.tell(Event::SignOn { agent: AGENT }).unwrap();
    until(&heard, |command| matches!(command, Command::Note(_)));
    assert!(forgotten.recv_timeout(PATIENCE).is_err(), "the slow one was let go");
    inbox.ask(Ask::Stop).unwrap();
    service.join().expect("no invariant broken");
}

#[test]
fn it_ends_when_nobody_can_ask_any_more() {
    let (listener, heard) = listener();
    let (inbox, service) = running(Micros::from_secs(60), vec![listener]);
    drop(inbox);
    service.join().expect("no invariant broken");
    assert!(heard.recv().is_err(), "nothing happened");
}

#[test]
fn clients_that_ask_nothing_keep_no_watcher_waiting() {
    let (inbox, service) = running(Micros::from_secs(60), vec![]);
    let at = http::serve("127.0.0.1:0".parse().unwrap(), inbox.clone()).expect("a free port");
    let idle: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(at).unwrap()).collect();
    let answer = watched(at, "/healthz");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    drop(idle);
    inbox.ask(Ask::Stop).unwrap();
    service.join().expect("no invariant is broken");
}

/// What a machine that watches is answered.
fn watched(at: SocketAddr, path: &str) -> String {
    let mut watcher = TcpStream::connect(at).unwrap();
    watcher.set_read_timeout(Some(Duration::from_millis(900))).unwrap();
    watcher.write_all(format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    watcher.read_to_string(&mut answer).expect("an answer at once");
    answer
}

#[test]
fn whatever_media_lost_is_among_the_metrics() {
    let (inbox, service) = running(Micros::from_secs(60), vec![]);
    let at = http::serve("127.0.0.1:0".parse().unwrap(), inbox.clone()).expect("a free port");
    let answer = watched(at, "/metrics");
    for lost in ["refused", "malformed", "turns_skipped", "events_dropped"] {
        assert!(answer.contains(&format!("\namtsleitung_media_{lost}_total 0\n")), "{answer}");
    }
    inbox.ask(Ask::Stop).unwrap();
    service.join().expect("no invariant is broken");
}

/// A log that cannot be written, and how it can be again.
struct Spoiled {
    folder: PathBuf,
    place: Place,
}

impl Spoiled {
    fn new() -> Spoiled {
        let folder = std::env::temp_dir().join(format!("spoiled-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Spoiled { place: Place::Sqlite(folder.join("log.sqlite")), folder }
    }

    fn rename(&self, from: &str, to: &str) {
        let script = format!(
            "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('ALTER TABLE {from} RENAME TO {to}')"
        );
        let file = self.folder.join("log.sqlite");
        let done = std::process::Command::new("python3").args(["-c", &script]).arg(file).status();
        assert!(done.unwrap().success());
    }
}

impl Drop for Spoiled {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn insist(inbox: &Inbox, event: Event) {
    while inbox.tell(event) == Err(NotTaken::Full) {
        thread::park_timeout(Duration::from_millis(1));
    }
}

fn snapshot_until(inbox: &Inbox, so: impl Fn(&Snapshot) -> bool) -> Snapshot {
    for _ in 0..2_000 {
        let asked = control::reply(inbox, Ask::Snapshot);
        if let Some(snapshot) = asked.filter(|it| so(it)) {
            return snapshot;
        }
        thread::park_timeout(Duration::from_millis(10));
    }
    panic!("it did not come to this in time");
}

/// The disk is away for so long that facts find no room: the numbers are right wherever they are said.
#[test]
fn what_finds_no_room_is_counted_said_and_written() {
    let spoiled = Spoiled::new();
    let store = Store::open(&spoiled.place, "e2e").expect("a new log");
    let signalling = signalling();
    let waker = signalling.waker();
    let wake = move || drop(waker.wake());
    let link = Link::first("e2e");
    let kept = Kept::InLog(store::Writer::start(store, link, 1, wake).expect("a thread"));
    spoiled.rename("log", "away");
    let (inbox, service) = running_on(Micros::from_secs(60), vec![], signalling, kept);
    let at = http::serve("127.0.0.1:0".parse().unwrap(), inbox.clone()).expect("a free port");
    for contact in (1..=SPOOL_FOR_REFUSED + 9).map(ContactId) {
        insist(&inbox, Event::CallRefused { contact, line: LineId(0), by: RefusedBy::Door });
    }
    for _ in 0..SPOOL_MAX - SPOOL_FOR_REFUSED + 4 {
        insist(&inbox, Event::MakeReady { agent: AGENT });
    }
    let lost = Gap { refused_calls: 9, others: 4 };
    let snapshot = snapshot_until(&inbox, |it| it.log.lost == lost);
    assert_eq!((snapshot.log.waiting, snapshot.log.is_stalled), (SPOOL_MAX, true));
    assert!(watched(at, "/healthz").ends_with("\r\n\r\nthe log stalls\n"));
    let answer = watched(at, "/metrics");
    let figures = [
        format!("log_facts_waiting {SPOOL_MAX}"),
        "log_stalled 1".to_owned(),
        "log_facts_lost_total{kind=\"refused_call\"} 9".to_owned(),
        "log_facts_lost_total{kind=\"other\"} 4".to_owned(),
    ];
    for figure in figures {
        assert!(answer.contains(&format!("\namtsleitung_{figure}\n")), "{figure}: {answer}");
    }
    spoiled.rename("away", "log");
    snapshot_until(&inbox, |it| !it.log.is_stalled && it.log.waiting == 0);
    inbox.ask(Ask::Stop).unwrap();
    service.join().expect("no invariant broken");
    let mut facts = Vec::new();
    let mut store = Store::open(&spoiled.place, "e2e").expect("the log");
    store.read_from(link, &mut |entry| facts.push(entry.fact)).expect("readable");
    let losses = facts.iter().filter(|it| matches!(it, store::Fact::Lost(_)));
    assert_eq!(losses.collect::<Vec<_>>(), [&store::Fact::Lost(lost)]);
    let is_refused =
        |it: &&store::Fact| matches!(it, store::Fact::Happened(Event::CallRefused { .. }));
    assert_eq!(facts.iter().filter(is_refused).count() as u64, SPOOL_FOR_REFUSED);
    assert_eq!(facts.len() as u64, SPOOL_MAX + 1);
}

const CENTRE_ID: &str = "harburg";
const FIRST: Day = Day(16_191);
const PERSONS: u16 = 20;

fn keys_of(keys: &Keys, day: Day) -> DayKeys {
    let [token, number, seat, leg, note, case] =
        Purpose::ALL.map(|it| *keys.get(day, it).expect("added"));
    DayKeys { day, token, number, seat, leg, note, case }
}

/// A centre whose log lies in this folder, with persons who all do the same work.
fn logged(folder: &Path, keys: &Keys, listeners: Vec<SyncSender<Decided>>) -> (Inbox, Service) {
    let place = Place::Sqlite(folder.join("log.sqlite"));
    let store = Store::open(&place, CENTRE_ID).expect("a new log");
    let signalling = signalling();
    let waker = signalling.waker();
    let wake = move || drop(waker.wake());
    let writer = Writer::start(store, Link::first(CENTRE_ID), 1, wake).expect("a thread");
    let setup = setup(Micros::from_secs(60), usize::from(PERSONS));
    let entropy = Entropy::open().expect("random");
    let sealing = Sealing::new(CENTRE_ID.to_owned(), keys_of(keys, FIRST), entropy);
    let (seats, setup) = Seats::arrange(&setup, &[], &setup, &[], FIRST);
    let ids = (0..PERSONS).map(|number| format!("k{number}")).collect();
    let parts = Parts {
        centre: Centre::new(setup).expect("a good setup"),
        signalling,
        clock: Clock::starting_at(Tick(7)),
        kept: Kept::InLog(writer),
        registrations: None,
        legs: None,
        hiding: Some(Hiding::new(sealing, seats, Vec::new(), ids)),
        always_ready: Vec::new(),
        log: Log::silent(),
        names: Names { lines: vec!["115".to_owned()], ..Names::default() },
        order: Arc::default(),
        listeners,
        ended_today: Vec::new(),
        cases: Vec::new(),
    };
    Service::start(parts).expect("a thread")
}

/// Everybody comes and goes again; whoever listens hears of persons.
fn a_day_at_work(inbox: &Inbox, heard: &Receiver<Decided>) {
    let changed = |agent: AgentId, there: bool| {
        move |command: &Command| {
            let Command::Note(Note::AgentChanged { agent: who, state }) = *command else {
                return false;
            };
            who == agent && there == (state != State::SignedOff)
        }
    };
    for agent in (0..PERSONS).map(AgentId) {
        inbox.tell(Event::SignOn { agent }).unwrap();
        assert_eq!(until(heard, changed(agent, true)).cause, Event::SignOn { agent });
    }
    for agent in (0..PERSONS).map(AgentId) {
        inbox.tell(Event::SignOff { agent }).unwrap();
        until(heard, changed(agent, false));
    }
}

/// Who had which seat, day by day, as the log says for who has the keys; and who signed on.
fn sat(folder: &Path, keys: &Keys) -> (Vec<BTreeMap<AgentId, String>>, Vec<AgentId>) {
    let place = Place::Sqlite(folder.join("log.sqlite"));
    let mut store = Store::open(&place, CENTRE_ID).expect("the log");
    let (mut days, mut signed_on) = (vec![BTreeMap::new(); 3], Vec::new());
    let mut hear = |fact: Fact| match fact {
        Fact::Seated(seated) => {
            let day = usize::try_from(seated.day.0 - FIRST.0).expect("one of the three");
            let person = person_of(keys, CENTRE_ID, &seated).unwrap_or_default();
            assert_eq!(days[day].insert(seated.seat, person), None, "two at one seat");
        }
        Fact::Happened(Event::SignOn { agent }) => signed_on.push(agent),
        Fact::Begun(_)
        | Fact::Configured(_)
        | Fact::Happened(_)
        | Fact::Lost(_)
        | Fact::Poisoned(_)
        | Fact::Caller(_)
        | Fact::WrappedUp(_)
        | Fact::CaseActed(_) => {}
    };
    let read = store.read_from(Link::first(CENTRE_ID), &mut |entry| hear(entry.fact));
    assert_eq!(read.expect("readable").1, None, "whole");
    (days, signed_on)
}

#[test]
fn who_did_what_on_two_days_only_the_keys_can_tell() {
    let folder = std::env::temp_dir().join(format!("seats-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder of our own");
    let mut keys = Keys::take(&folder).expect("keys");
    let days = [FIRST, FIRST.tomorrow(), FIRST.tomorrow().tomorrow()];
    for (day, byte) in days.into_iter().zip([1, 11, 21]) {
        keys.add(day, [0, 1, 2, 3, 4, 5].map(|it| [byte + it; 32])).expect("written");
    }
    let (listener, heard) = listener();
    let (inbox, service) = logged(&folder, &keys, vec![listener]);
    for day in days {
        if day != FIRST {
            inbox.ask(Ask::NewDay(Box::new(keys_of(&keys, day)))).unwrap();
        }
        a_day_at_work(&inbox, &heard);
    }
    inbox.ask(Ask::Stop).unwrap();
    service.join().expect("no invariant is broken");

    let (sat_at, signed_on) = sat(&folder, &keys);
    let everybody: BTreeSet<String> = (0..PERSONS).map(|number| format!("k{number}")).collect();
    for day in &sat_at {
        assert_eq!(day.values().cloned().collect::<BTreeSet<_>>(), everybody);
    }
    assert!(sat_at[0] != sat_at[1] && sat_at[1] != sat_at[2], "seats are taken anew");
    // Persons came in their order; the log knows seats alone, in the order of chance.
    let in_order: Vec<AgentId> = (0..PERSONS).map(AgentId).collect();
    for (day, seats) in signed_on.chunks(usize::from(PERSONS)).enumerate() {
        assert_ne!(seats, in_order, "day {day}");
        assert_eq!(seats.iter().collect::<BTreeSet<_>>().len(), usize::from(PERSONS));
    }
    keys.destroy(&[(FIRST, Purpose::Seat)]).expect("written");
    let (left, _) = sat(&folder, &keys);
    assert!(left[0].values().all(String::is_empty), "nobody can tell any more");
    assert_eq!(left[1..], sat_at[1..]);
    std::fs::remove_dir_all(&folder).expect("our own");
}
