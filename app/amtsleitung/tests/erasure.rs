// SPDX-License-Identifier: EUPL-1.2
//! Erasure: what was sealed is closed for ever, and nothing that was decided changes.

use acd::{AgentRules, CentreRules, LineRules, QueueRules};
use amtsleitung::Lang;
use amtsleitung::data::Data;
use amtsleitung::entropy::Entropy;
use amtsleitung::erasure::{KeyRing, day, day_of};
use amtsleitung::recall::{Recalled, recall, recall_up_to};
use amtsleitung::service::{Sealing, opened};
use amtsleitung::views::Views;
use calendar::{Interval, Timetable};
use centre::{Event, Setup, Via};
use hours::Zone;
use privacy::{Purpose, Retention};
use sip::number::{Digits, Number};
use std::fs;
use std::path::{Path, PathBuf};
use stdx::{
    CallerToken, ContactId, Day, LineId, Micros, QueueId, Redacted, TeamId, Tick, Timestamp,
    TimetableId,
};
use store::{Configured, Fact, Store, Writer};

const CENTRE: &str = "harburg";
const LANG: Lang = Lang::En;
const CONTACT: ContactId = ContactId(1);
const NUMBER: &[u8] = b"494171693100";

/// A folder for one case, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Noon of that day of May 2014.
fn noon(of_may: i64) -> Timestamp {
    Timestamp::from_secs(1_398_938_400 + (of_may - 1) * 86_400)
}

fn agreed() -> Configured {
    let horizon = Interval { from: Timestamp(0), until: Timestamp(i64::MAX) };
    let rules = CentreRules {
        head_start: Micros::ZERO,
        no_answer_pause: Micros::ZERO,
        decline_pause: Micros::ZERO,
        place_kept: Micros::ZERO,
    };
    let queue = QueueRules {
        ring: Micros::from_secs(20),
        length_max: 10,
        waiting_max: Micros::from_mins(10),
    };
    let setup = Setup {
        lines: vec![LineRules::plain(Some(QueueId(0)), TimetableId(0))],
        queues: vec![queue],
        agents: vec![AgentRules { team: TeamId(0), skills: vec![], shift: None }],
        timetables: vec![Timetable::always(horizon).expect("always")],
        ..Setup::empty(rules)
    };
    Configured { text: String::new(), ids: [].into(), setup }
}

fn number() -> Number {
    Number::E164(Digits::new(NUMBER).expect("digits"))
}

fn ring(folder: &Path) -> KeyRing {
    KeyRing::take(folder, Retention::USUAL, Zone::berlin(), LANG).expect("keys")
}

/// A call that waits is in the log, with its number.
fn call_waits(folder: &Path, wall: Timestamp) {
    let (today, _) = ring(folder).look(wall).expect("written");
    let mut sealing = Sealing::new(CENTRE.to_owned(), today, Entropy::open().expect("random"));
    let data = Data::make(folder, CENTRE, LANG).expect("a new log");
    let gone_on = data.go_on("test", wall, &agreed(), &|_| false, LANG).expect("a lease");
    let mut writer = Writer::start(gone_on.store, gone_on.recalled.link, gone_on.epoch, || ())
        .expect("a thread");
    let caller = Some(CallerToken::new(7));
    let arrives =
        Event::CallArrived { contact: CONTACT, line: LineId(0), caller, via: Via::default() };
    let before = sealing.caller(CONTACT, &number()).into_iter().collect();
    writer.tell_with((Tick(5), wall), before, Fact::Happened(arrives));
}

/// What the log says, and what is decided when it is played.
fn played(folder: &Path) -> (Recalled, Vec<String>) {
    let place = store::Place::of_folder(folder).expect("a place");
    let mut store = Store::open_any(&place).expect("readable").expect("a log");
    let last = recall(&mut store).expect("a log that can be played").link.next - 1;
    let mut heard = Vec::new();
    let keep = &mut |_: &mut Store, it: &mut Recalled| {
        heard.push(format!("{:?}", it.chronicle.views.as_mut().map(Views::take)));
        Ok(())
    };
    let recalled = recall_up_to(&mut store, last, keep);
    (recalled.expect("a log that can be played"), heard)
}

fn read(ring: &KeyRing, recalled: &Recalled) -> Option<Redacted<Number>> {
    opened(ring.keys(), CENTRE, recalled.chronicle.callers.get(&CONTACT).expect("still inside"))
}

#[test]
fn what_was_decided_is_the_same_before_and_after() {
    let folder = Folder::new("erased");
    call_waits(&folder.0, noon(2));
    let (before, heard_before) = played(&folder.0);
    let mut ring = ring(&folder.0);
    assert_eq!(read(&ring, &before), Some(Redacted::new(number())));
    let third = day_of(hours::parse_date("2014-05-03").expect("a date"));
    assert_eq!(day(&Zone::berlin(), noon(3)), third);

    let gone = ring.erase(third, noon(2)).expect("written");
    assert_eq!(gone, [], "what is in use stays");
    let gone = ring.erase(third, noon(3)).expect("written");
    assert_eq!(gone.len(), Purpose::ALL.len());
    let (after, heard_after) = played(&folder.0);
    assert_eq!(read(&ring, &after), None, "closed for ever");
    assert!(
        after.chronicle.callers == before.chronicle.callers && after.chronicle.is_sealed,
        "the entry stays"
    );
    assert_eq!(heard_after, heard_before);
    let saved = |it: &Recalled| it.centre.as_ref().map(centre::Centre::save);
    assert!(saved(&after) == saved(&before));
    assert_eq!(
        (after.link, after.chronicle.entries),
        (before.link, before.chronicle.entries),
        "so is the chain"
    );
}

#[test]
fn keys_that_are_lost_stop_nothing() {
    let folder = Folder::new("lost-keys");
    call_waits(&folder.0, noon(2));
    fs::remove_file(folder.0.join(store::KEYS_FILE)).expect("ours");
    let mut ring = ring(&folder.0);
    let (recalled, _) = played(&folder.0);
    assert!(recalled.chronicle.is_sealed && !ring.keys().was_there());
    let (_, gone) = ring.look(noon(2)).expect("new keys for the same day");
    assert_eq!(gone, []);
    assert_eq!(read(&ring, &recalled), None, "and these open nothing");
}

#[test]
fn each_day_has_keys_of_its_own_and_each_kind_goes_in_its_time() {
    let folder = Folder::new("days");
    let mut ring = ring(&folder.0);
    let mut days = Vec::new();
    for of_may in 1..=31 {
        let (keys, gone) = ring.look(noon(of_may)).expect("written");
        assert_eq!(ring.look(noon(of_may)).expect("nothing to do"), (keys, Vec::new()));
        let ago = |days: i32| Day(keys.day.0 - days);
        let mut expected = Vec::new();
        if of_may > 4 {
            expected.push((ago(4), Purpose::Seat));
        }
        if of_may > 2 {
            expected.push((ago(2), Purpose::Leg));
        }
        if of_may > 1 {
            expected.push((ago(1), Purpose::Token));
        }
        assert_eq!(gone, expected);
        days.push(keys);
    }
    let tokens: Vec<_> = days.iter().map(|keys| *keys.token.expose()).collect();
    assert!(tokens.iter().all(|one| tokens.iter().filter(|it| *it == one).count() == 1));
    let (_, gone) = ring.look(noon(32)).expect("written");
    assert!(gone.contains(&(days[0].day, Purpose::Number)));
}
