// SPDX-License-Identifier: EUPL-1.2
//! Erasure: the keys of the days, drawn when a day begins and destroyed when they are due.
//!
//! ```text
//!   keys ◀── Erasing (a thread): looks at the calendar, destroys, draws ──▶ Ask::NewDay ──▶ decisions
//!                ▲
//!   amtsleitung erase ──▶ control
//! ```
//!
//! The day that holds is the one whose keys the decisions were given last: they never look at the calendar
//! for it, and a disk that does not take the new keys leaves yesterday's in use.
//!
//! The rule to keep: keys are durable before anything is sealed under them, and the decisions wait for none
//! of this.

use crate::entropy::Entropy;
use crate::output;
use crate::service::log::Level;
use crate::service::{Ask, Inbox, Log};
use crate::{Lang, clock};
use hours::{LocalDate, Zone};
use privacy::{Purpose, Retention, due, due_before};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;
use stdx::{Day, Timestamp};
use store::{Key, Keys, KeysError};

/// How often the calendar is looked at: a new day begins at most so late.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// How long who asks for an erasure waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Erasures that may wait for the one before.
const WAITING_MAX: usize = 8;

const DAY: Duration = Duration::from_secs(86_400);

/// The keys under which one day's values are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayKeys {
    /// The day.
    pub day: Day,
    /// Makes callers' tokens.
    pub token: Key,
    /// Seals numbers.
    pub number: Key,
    /// Seals who sat where.
    pub seat: Key,
    /// Seals what legs need to go on.
    pub leg: Key,
    /// Seals what agents wrote of talks.
    pub note: Key,
    /// Seals what is written of cases.
    pub case: Key,
}

/// Keys that were destroyed.
pub type Destroyed = Vec<(Day, Purpose)>;

/// The keys of a data folder, and what is decided about them.
#[derive(Debug)]
pub struct KeyRing {
    keys: Keys,
    retention: Retention,
    zone: Zone,
    entropy: Entropy,
}

impl KeyRing {
    /// Takes the keys of this folder.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn take(
        folder: &Path,
        retention: Retention,
        zone: Zone,
        lang: Lang,
    ) -> Result<KeyRing, String> {
        let entropy = Entropy::open().map_err(|error| error.to_string())?;
        let keys = take_keys(folder, lang)?;
        Ok(KeyRing { keys, retention, zone, entropy })
    }

    /// The keys.
    #[must_use]
    pub const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The keys of this moment's day, drawn if there are none; and what was due and is destroyed.
    ///
    /// # Errors
    /// If they cannot be written.
    ///
    /// # Panics
    /// Never: a key that was added is there.
    pub fn look(&mut self, wall: Timestamp) -> io::Result<(DayKeys, Destroyed)> {
        let today = day(&self.zone, wall);
        if Purpose::ALL.iter().any(|&purpose| self.keys.get(today, purpose).is_none()) {
            let fresh = Purpose::ALL.map(|_| self.entropy.bytes());
            self.keys.add(today, fresh)?;
        }
        let due = due(today, &self.retention, self.keys.kept());
        self.keys.destroy(&due)?;
        let key = |purpose| *self.keys.get(today, purpose).expect("never due on its own day");
        let [token, number, seat, leg, note, case] = Purpose::ALL.map(key);
        Ok((DayKeys { day: today, token, number, seat, leg, note, case }, due))
    }

    /// Destroys every key of the days before this one, but those in use.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn erase(&mut self, before: Day, wall: Timestamp) -> io::Result<Destroyed> {
        let gone = due_before(before, day(&self.zone, wall), self.keys.kept());
        self.keys.destroy(&gone)?;
        Ok(gone)
    }
}

/// The day on which this moment falls.
#[must_use]
pub fn day(zone: &Zone, at: Timestamp) -> Day {
    day_of(zone.local(at).date())
}

/// A date's day.
///
/// # Panics
/// Never: the calendar has four million days.
#[must_use]
pub fn day_of(date: LocalDate) -> Day {
    let hours = date.duration_since(epoch()).as_hours();
    Day(i32::try_from(hours / 24).expect("the calendar has four million days"))
}

fn date_of(day: Day) -> Option<LocalDate> {
    let days = DAY.checked_mul(day.0.unsigned_abs())?;
    let date = if day.0 < 0 { epoch().checked_sub(days) } else { epoch().checked_add(days) };
    date.ok()
}

fn epoch() -> LocalDate {
    LocalDate::new(1970, 1, 1).expect("a date")
}

/// Who asks for an erasure, and where it is said what was destroyed.
type Job = (Day, SyncSender<io::Result<Destroyed>>);

/// Where the thread is asked. It ends when nobody can ask any more.
#[derive(Clone, Debug)]
pub struct Erasing(SyncSender<Job>);

impl Erasing {
    /// Starts the thread. The decisions have the keys of `given` already.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        ring: KeyRing,
        given: Day,
        inbox: Inbox,
        log: Log,
        lang: Lang,
    ) -> io::Result<Erasing> {
        let (to, jobs) = sync_channel(WAITING_MAX);
        let watching = Watching { ring, given, inbox, log, lang };
        thread::Builder::new().name("erasure".to_owned()).spawn(move || watching.run(&jobs))?;
        Ok(Erasing(to))
    }

    /// Destroys every key of the days before this one; none if it takes too long.
    #[must_use]
    pub fn erase(&self, before: Day) -> Option<io::Result<Destroyed>> {
        let (to, answer) = sync_channel(1);
        self.0.try_send((before, to)).ok()?;
        answer.recv_timeout(PATIENCE).ok()
    }
}

/// The thread.
struct Watching {
    ring: KeyRing,
    /// The day whose keys the decisions have.
    given: Day,
    inbox: Inbox,
    log: Log,
    lang: Lang,
}

impl Watching {
    fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            match jobs.recv_timeout(LOOK_EVERY) {
                Ok((before, to)) => {
                    let erased = self.ring.erase(before, clock::wall_now());
                    if let Ok(gone) = &erased {
                        self.tell(gone);
                    }
                    // Who does not wait any more reads it in the log.
                    let _ = to.try_send(erased);
                }
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Begins a new day, if there is one. What fails is tried again with the next look.
    fn look(&mut self) {
        let wall = clock::wall_now();
        if day(&self.ring.zone, wall) == self.given {
            return;
        }
        match self.ring.look(wall) {
            Ok((keys, gone)) => {
                self.tell(&gone);
                if self.inbox.ask(Ask::NewDay(Box::new(keys))).is_ok() {
                    self.given = keys.day;
                }
            }
            Err(error) => self.log.say(Level::Error, &cannot_write(&error, self.lang)),
        }
    }

    /// Says what was destroyed, and has forgotten what lies open in memory.
    fn tell(&self, gone: &Destroyed) {
        if gone.is_empty() {
            return;
        }
        self.log.say(Level::Notice, &destroyed(gone, self.lang));
        let cases = gone.iter().filter(|(_, purpose)| *purpose == Purpose::Case);
        let days: BTreeSet<Day> = cases.map(|&(day, _)| day).collect();
        if self.inbox.ask(Ask::Forget(days)).is_err() {
            self.log.say(Level::Error, not_forgotten(self.lang));
        }
    }
}

/// The centre was too busy to be told.
fn not_forgotten(lang: Lang) -> &'static str {
    lang.pick(
        "Was von Vorgängen dieser Tage noch im Speicher liegt, ist bis zum nächsten Start lesbar: Der Dienst war zu beschäftigt, es zu vergessen.",
        "What of the cases of these days lies in memory can be read until the next start: the service was too busy to forget it.",
    )
}

/// What was destroyed, in a sentence.
#[must_use]
pub fn destroyed(gone: &Destroyed, lang: Lang) -> String {
    let days: BTreeSet<Day> = gone.iter().map(|&(day, _)| day).collect();
    let date = |day: Option<&Day>| {
        day.and_then(|&day| date_of(day)).map_or_else(String::new, |date| date.to_string())
    };
    let count = |purpose| gone.iter().filter(|&&(_, it)| it == purpose).count();
    let [tokens, numbers, seats, legs, notes, cases] = Purpose::ALL.map(count);
    let (first, last) = (date(days.first()), date(days.last()));
    if days.is_empty() {
        return lang
            .pick("Es gab nichts zu vernichten.", "There was nothing to destroy.")
            .to_owned();
    }
    lang.pick(
        format!("Vernichtet sind Schlüssel von {first} bis {last}: {numbers} für Rufnummern, {tokens} für Anruferkennungen, {seats} für Plätze, {legs} für Gesprächswege, {notes} für Notizen, {cases} für Vorgänge. Was unter ihnen versiegelt ist, kann niemand mehr lesen."),
        format!("Destroyed were keys from {first} to {last}: {numbers} of numbers, {tokens} of caller tokens, {seats} of seats, {legs} of call legs, {notes} of notes, {cases} of cases. Nobody can read any more what is sealed under them."),
    )
}

/// Why keys could not be written.
#[must_use]
pub fn cannot_write(error: &io::Error, lang: Lang) -> String {
    let why = output::why(lang, error);
    lang.pick(
        format!("Die Schlüssel lassen sich nicht schreiben: {why}"),
        format!("The keys cannot be written: {why}"),
    )
}

/// Takes the keys of this folder.
///
/// # Errors
/// With a sentence for people.
pub fn take_keys(folder: &Path, lang: Lang) -> Result<Keys, String> {
    Keys::take(folder).map_err(|why| cannot_take(&why, lang))
}

fn cannot_take(why: &KeysError, lang: Lang) -> String {
    match why {
        KeysError::File(path, error) => {
            let (path, why) = (path.display(), output::why(lang, error));
            format!("{path}: {why}")
        }
        KeysError::InUse(path) => {
            let path = path.display();
            lang.pick(
                format!("{path}: Die Schlüssel hat schon ein anderer Dienst."),
                format!("{path}: Another service has the keys already."),
            )
        }
        KeysError::Torn(path, line) => {
            let path = path.display();
            lang.pick(
                format!("{path}:{line}: Diese Datei ist beschädigt; sie wurde nicht verändert. Ohne sie sind die Rufnummern der Aufzeichnung für immer unlesbar; wer das will, entfernt sie."),
                format!("{path}:{line}: This file is damaged; it was not changed. Without it the numbers in the log can never be read again; who wants that removes it."),
            )
        }
    }
}

/// The log holds what the keys' file has no keys for any more.
#[must_use]
pub fn are_missing(folder: &Path, lang: Lang) -> String {
    let file = folder.join(store::KEYS_FILE);
    let file = file.display();
    lang.pick(
        format!("{file} fehlt: Die Rufnummern der Aufzeichnung sind unlesbar, und wer wo saß, ist vergessen. Neue Schlüssel sind gezogen."),
        format!("{file} is missing: the numbers in the log cannot be read, and who sat where is forgotten. New keys were drawn."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use hours::parse_date;

    #[test]
    fn a_day_is_a_date_and_begins_at_midnight_of_the_place() {
        for text in ["1969-12-31", "1970-01-01", "2014-05-02", "2024-02-29", "2100-03-01"] {
            let date = parse_date(text).expect("a date");
            assert_eq!(date_of(day_of(date)), Some(date));
        }
        assert_eq!(day_of(parse_date("1970-01-02").expect("a date")), Day(1));
        let zone = Zone::berlin();
        let midnight = hours::parse_datetime("2014-05-02T00:00").expect("a moment");
        let midnight = zone.timestamp(midnight);
        let today = day_of(parse_date("2014-05-02").expect("a date"));
        assert_eq!(day(&zone, midnight), today);
        assert_eq!(day(&zone, midnight - stdx::Micros(1)).tomorrow(), today);
    }
}
