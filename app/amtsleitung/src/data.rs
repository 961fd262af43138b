// SPDX-License-Identifier: EUPL-1.2
//! A data folder: the log in it, opened, recalled, and gone on with.

use crate::Lang;
use crate::config::Order;
use crate::output;
use crate::recall::{CannotRecall, Recalled, recall};
use crate::service::LEASE;
use centre::Event;
use std::path::Path;
use stdx::{ContactId, Now, Tick, Timestamp};
use store::{Begun, Configured, Epoch, Error, Fact, Gap, Link, Place, Row, Store};

/// How often a beginning that came too early is tried: the one who was killed had asked for one thing.
const BEGINS_MAX: u32 = 5;

/// A log that was read.
pub struct Data {
    /// Where it is kept.
    pub store: Store,
    /// What it says.
    pub recalled: Recalled,
}

/// A log that is gone on with.
pub struct Continued {
    /// Where it is kept.
    pub store: Store,
    /// The centre as it is now, and the place behind the last entry.
    pub recalled: Recalled,
    /// Under which number we write.
    pub epoch: Epoch,
    /// The log's time now.
    pub at: Tick,
    /// What the operator has to know: each a sentence.
    pub warnings: Vec<String>,
}

impl Data {
    /// Opens the log in this folder; none if there is none.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn open(folder: &Path, lang: Lang) -> Result<Option<Data>, String> {
        let store = Data::store(folder, lang)?;
        store.map(|store| Data::read(store, folder, lang)).transpose()
    }

    /// Opens the log in this folder and does not read it; none if there is none.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn store(folder: &Path, lang: Lang) -> Result<Option<Store>, String> {
        let text = |error: Error| cannot_open(folder, &error, lang);
        let place = Place::of_folder(folder).map_err(text)?;
        Store::open_any(&place).map_err(text)
    }

    /// Opens the log of this centre; folder and log are made if there are none.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn make(folder: &Path, centre: &str, lang: Lang) -> Result<Data, String> {
        let text = |error: &Error| cannot_open(folder, error, lang);
        std::fs::create_dir_all(folder).map_err(|error| text(&Error::Folder(error)))?;
        let place = Place::of_folder(folder).map_err(|error| text(&error))?;
        let store = Store::open(&place, centre).map_err(|error| text(&error))?;
        Data::read(store, folder, lang)
    }

    fn read(mut store: Store, folder: &Path, lang: Lang) -> Result<Data, String> {
        let recalled = recall(&mut store);
        let recalled = recalled.map_err(|why| cannot_recall(folder, &why, lang))?;
        Ok(Data { store, recalled })
    }

    /// The log's time of this moment. The calendar may have been set back meanwhile; the log's time never goes
    /// back.
    #[must_use]
    pub fn now(&self, wall: Timestamp) -> Now {
        now(&self.recalled, wall)
    }

    /// Goes on with the log as its one writer: takes the lease, says that it begins, takes up what is agreed
    /// now, and ends every contact whose legs are not among those alive.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn go_on(
        self,
        holder: &str,
        wall: Timestamp,
        agreed: &Configured,
        is_alive: &dyn Fn(ContactId) -> bool,
        lang: Lang,
    ) -> Result<Continued, String> {
        let Data { mut store, mut recalled } = self;
        // A lease is kept every few seconds: that was the last sign of life of who wrote before.
        let held = store.lease().map_err(|error| cannot_write(&error, lang))?;
        let alive = held.map(|held| held.until - LEASE);
        let before = agreed_in(&recalled);
        for _ in 0..BEGINS_MAX {
            match begin(store, recalled, (holder, wall, alive), (agreed, is_alive), lang)? {
                Begins::Begun(continued) => return Ok(*continued),
                Begins::TooEarly(again) => store = *again,
            }
            recalled = recall(&mut store).map_err(|why| cannot_write(&why.into_error(), lang))?;
            if agreed_in(&recalled) != before {
                return Err(changed_meanwhile(lang));
            }
        }
        Err(cannot_write(&Error::Fenced, lang))
    }
}

/// What people agreed on last; not what the program made of it.
fn agreed_in(recalled: &Recalled) -> Option<(String, Order)> {
    let agreed = recalled.chronicle.configured.as_ref();
    agreed.map(|it| (it.text.clone(), it.ids.clone()))
}

fn now(recalled: &Recalled, wall: Timestamp) -> Now {
    let (tick, last) = recalled.chronicle.last.unwrap_or((Tick(0), wall));
    Now { mono: tick + wall.since(last), wall }
}

/// What becomes of a beginning.
enum Begins {
    Begun(Box<Continued>),
    /// Meanwhile the log has grown: a server carried out what one who was killed had asked for. We hold the
    /// lease, so who reads once more finds the end.
    TooEarly(Box<Store>),
}

fn begin(
    mut store: Store,
    recalled: Recalled,
    (holder, wall, alive): (&str, Timestamp, Option<Timestamp>),
    (agreed, is_alive): (&Configured, &dyn Fn(ContactId) -> bool),
    lang: Lang,
) -> Result<Begins, String> {
    let mut warnings = Vec::new();
    let failed = |error: Error| cannot_write(&error, lang);
    // First of all: who does not hold the lease puts nothing aside either.
    let lease = store.take_lease(holder, wall, LEASE, recalled.link.epoch).map_err(failed)?;
    let epoch = lease.map_err(|held| is_held(&held.holder, lang))?;
    let lost = match &recalled.damage {
        Some(damage) => {
            let lost = store.put_aside(damage).map_err(failed)?;
            warnings.push(damaged(damage.sequence, lost, lang));
            lost
        }
        None => 0,
    };
    let (tick, last) = recalled.chronicle.last.unwrap_or((Tick(0), wall));
    let now = now(&recalled, wall);
    let mut facts = Facts::new(recalled, epoch);
    let alive = alive.map_or(last, |alive| alive.max(last)).min(wall.max(last));
    facts
        .cut_off(Now { mono: tick + alive.since(last), wall: alive }, is_alive)
        .map_err(|why| no_centre(&why, lang))?;
    facts.begin(now, lost, agreed).map_err(|why| no_centre(&why, lang))?;
    warnings.extend(facts.recalled.poisoned.iter().map(|&it| poisoned(it, lang)));
    let Facts { recalled, row, .. } = facts;
    let at = now.mono;
    match store.append(&row) {
        Ok(()) => {
            let continued = Continued { store, recalled, epoch, at, warnings };
            Ok(Begins::Begun(Box::new(continued)))
        }
        Err(Error::Fenced) => Ok(Begins::TooEarly(Box::new(store))),
        Err(error) => Err(failed(error)),
    }
}

impl Continued {
    /// Ends here: whoever comes next need not wait until the lease has run out.
    pub fn let_go(&mut self, wall: Timestamp) {
        // A lease that cannot be given back runs out by itself.
        let _ = self.store.keep_lease(self.epoch, wall);
    }
}

/// Facts of one moment, told to the log and to the centre at once.
struct Facts {
    recalled: Recalled,
    row: Row,
}

impl Facts {
    fn new(recalled: Recalled, epoch: Epoch) -> Facts {
        let row = Row { first: recalled.link.next, epoch, entries: Vec::new() };
        Facts { recalled, row }
    }

    /// Whoever has no leg any more was cut off, at the last moment at which the service was known to live: nobody
    /// talked until the next start.
    fn cut_off(&mut self, alive: Now, is_alive: &dyn Fn(ContactId) -> bool) -> Result<(), String> {
        let centre = self.recalled.centre.as_ref();
        let events: Vec<Event> = centre.map_or(Vec::new(), |it| it.without_legs(is_alive));
        events.into_iter().try_for_each(|event| self.tell(alive, Fact::Happened(event)))
    }

    /// A writer begins: says so, what was lost and what is left out, and what is agreed now.
    fn begin(&mut self, now: Now, lost: u64, agreed: &Configured) -> Result<(), String> {
        self.tell(now, Fact::Begun(Begun { program: env!("CARGO_PKG_VERSION").to_owned() }))?;
        if lost > 0 {
            self.tell(now, Fact::Lost(Gap { refused_calls: 0, others: lost }))?;
        }
        for sequence in self.recalled.poisoned.clone() {
            self.tell(now, Fact::Poisoned(sequence))?;
        }
        if self.recalled.chronicle.configured.as_ref() != Some(agreed) {
            self.tell(now, Fact::Configured(Box::new(agreed.clone())))?;
        }
        Ok(())
    }

    fn tell(&mut self, now: Now, fact: Fact) -> Result<(), String> {
        let Facts { recalled, row } = self;
        let (epoch, at) = (row.epoch, (now.mono, now.wall));
        recalled.link.write(epoch, at, &fact, &mut row.entries);
        recalled.follow(at, &fact)
    }
}

/// Events of one row of a new log.
const ROW_OF_NEW_LOG: usize = 500;

/// A log that is made of what was played.
pub struct NewLog {
    store: Store,
    link: Link,
    row: Row,
    told: usize,
    failed: Option<Error>,
}

impl NewLog {
    /// A new data folder with a log that begins at this time.
    ///
    /// # Errors
    /// With a sentence for people; also if there is a log already.
    pub fn create(
        folder: &Path,
        centre: &str,
        begins: Timestamp,
        agreed: Configured,
        lang: Lang,
    ) -> Result<NewLog, String> {
        let Data { store, recalled } = Data::make(folder, centre, lang)?;
        if recalled.chronicle.entries > 0 {
            return Err(is_there(folder, lang));
        }
        let (link, epoch) = (recalled.link, recalled.link.epoch + 1);
        let row = Row { first: link.next, epoch, entries: Vec::new() };
        let mut log = NewLog { store, link, row, told: 0, failed: None };
        let now = Now { mono: Tick(0), wall: begins };
        log.write(now, &Fact::Begun(Begun { program: env!("CARGO_PKG_VERSION").to_owned() }));
        log.write(now, &Fact::Configured(Box::new(agreed)));
        Ok(log)
    }

    /// Tells an event. A failure is said at the end.
    pub fn tell(&mut self, now: Now, event: Event) {
        self.write(now, &Fact::Happened(event));
        if self.told >= ROW_OF_NEW_LOG {
            self.append();
        }
    }

    fn write(&mut self, now: Now, fact: &Fact) {
        let (epoch, at) = (self.row.epoch, (now.mono, now.wall));
        self.link.write(epoch, at, fact, &mut self.row.entries);
        self.told += 1;
    }

    fn append(&mut self) {
        let next = Row { first: self.link.next, epoch: self.row.epoch, entries: Vec::new() };
        let row = std::mem::replace(&mut self.row, next);
        self.told = 0;
        if self.failed.is_none() && !row.entries.is_empty() {
            self.failed = self.store.append(&row).err();
        }
    }

    /// Appends the rest, and makes the views.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn finish(mut self, lang: Lang) -> Result<(), String> {
        self.append();
        if let Some(error) = self.failed {
            return Err(cannot_write(&error, lang));
        }
        recall(&mut self.store).map(drop).map_err(|why| match why {
            CannotRecall::Store(error) => cannot_write(&error, lang),
            CannotRecall::Setup(_, why) => no_centre(&why, lang),
        })
    }
}

/// There is nothing to read.
#[must_use]
pub fn no_log(lang: Lang, folder: &Path) -> String {
    let folder = folder.display();
    lang.pick(
        format!("{folder}: In diesem Ordner gibt es keine Aufzeichnung."),
        format!("{folder}: There is no log in this folder."),
    )
}

fn is_there(folder: &Path, lang: Lang) -> String {
    let folder = folder.display();
    lang.pick(
        format!("{folder}: Hier gibt es schon eine Aufzeichnung; sie bleibt, wie sie ist."),
        format!("{folder}: There is a log here already; it stays as it is."),
    )
}

fn cannot_open(folder: &Path, error: &Error, lang: Lang) -> String {
    let (folder, why) = (folder.display(), said(error, lang));
    lang.pick(
        format!("{folder}: Die Aufzeichnung lässt sich nicht öffnen: {why}"),
        format!("{folder}: The log cannot be opened: {why}"),
    )
}

/// What is wrong with the database, in people's words.
#[must_use]
pub fn said(error: &Error, lang: Lang) -> String {
    match error {
        Error::Folder(error) => output::why(lang, error),
        Error::Database(why) => why.clone(),
        Error::Damaged(why) => lang.pick(
            format!("Die Datei log.sqlite ist beschädigt oder keine Datenbank ({why}). Sie wurde nicht verändert. Heben Sie sie auf, und spielen Sie eine Sicherung zurück; ohne Sicherung beginnt ein neuer Datenordner."),
            format!("The file log.sqlite is damaged or no database ({why}). It was not changed. Keep it, and restore a back-up; without one a new data folder begins."),
        ),
        Error::Unreachable(why) => lang.pick(
            format!("Der Datenbankserver, den die Datei database nennt, ist nicht zu erreichen ({why})."),
            format!("The database server that the file database names cannot be reached ({why})."),
        ),
        Error::OtherCentre(id) => lang.pick(
            format!("Sie gehört dem Servicecenter „{id}“."),
            format!("It belongs to the centre \"{id}\"."),
        ),
        Error::View => lang
            .pick(
                "Eine Auswertungstabelle ist beschädigt; „amtsleitung replay --mend“ legt sie neu an.",
                "A view is damaged; `amtsleitung replay --mend` makes it anew.",
            )
            .to_owned(),
        Error::Newer => lang
            .pick(
                "Sie stammt von einer neueren Fassung dieses Programms.",
                "It was made by a newer version of this program.",
            )
            .to_owned(),
        Error::Fenced => lang
            .pick(
                "Ein anderer Dienst hat sie inzwischen übernommen.",
                "Another service has taken it over meanwhile.",
            )
            .to_owned(),
    }
}

/// Why the log makes no centre, in people's words.
#[must_use]
pub fn cannot_recall(folder: &Path, why: &CannotRecall, lang: Lang) -> String {
    match why {
        CannotRecall::Store(error) => cannot_open(folder, error, lang),
        CannotRecall::Setup(sequence, why) => {
            let folder = folder.display();
            lang.pick(
                format!("{folder}: Eintrag {sequence} der Aufzeichnung nennt eine Konfiguration, aus der kein Servicecenter wird: {why}"),
                format!("{folder}: Entry {sequence} of the log names a configuration that makes no centre: {why}"),
            )
        }
    }
}

fn cannot_write(error: &Error, lang: Lang) -> String {
    let why = said(error, lang);
    lang.pick(
        format!("Die Aufzeichnung lässt sich nicht fortsetzen: {why}"),
        format!("The log cannot be gone on with: {why}"),
    )
}

fn changed_meanwhile(lang: Lang) -> String {
    lang.pick(
        "Inzwischen wurde eine andere Konfiguration übernommen; diese nicht. Bitte noch einmal versuchen.",
        "Another configuration has been taken up meanwhile; this one was not. Please try again.",
    )
    .to_owned()
}

fn is_held(holder: &str, lang: Lang) -> String {
    lang.pick(
        format!("Diese Aufzeichnung führt schon ein anderer Dienst: {holder}. Endet er, ist sie nach zehn Sekunden frei."),
        format!("Another service keeps this log already: {holder}. When it ends, the log is free after ten seconds."),
    )
}

fn no_centre(why: &str, lang: Lang) -> String {
    lang.pick(
        format!("Diese Konfiguration lässt sich nicht übernehmen: {why}"),
        format!("This configuration cannot be taken up: {why}"),
    )
}

fn damaged(sequence: u64, lost: u64, lang: Lang) -> String {
    lang.pick(
        format!("Die Aufzeichnung ist ab Eintrag {sequence} beschädigt. Was davor steht, gilt; {lost} Einträge wurden beiseitegelegt (Tabelle aside) und als Lücke vermerkt."),
        format!("The log is damaged from entry {sequence} on. What stands before holds; {lost} entries were put aside (table aside) and are noted as a gap."),
    )
}

fn poisoned(sequence: u64, lang: Lang) -> String {
    lang.pick(
        format!("Eintrag {sequence} der Aufzeichnung verletzt eine Zusicherung des Programms. Er wird ausgelassen und ist als vergiftet vermerkt; bitte melden."),
        format!("Entry {sequence} of the log breaks an invariant of the program. It is left out and noted as poisoned; please report it."),
    )
}
