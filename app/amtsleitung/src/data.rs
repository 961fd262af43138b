// SPDX-License-Identifier: EUPL-1.2
//! A data folder: the log in it, opened, recalled, and gone on with.

use crate::Lang;
use crate::output;
use crate::recall::{CannotRecall, Recalled, recall};
use crate::service::LEASE;
use centre::{Centre, Event};
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
    /// Behind its last entry.
    pub link: Link,
    /// Under which number we write.
    pub epoch: Epoch,
    /// The centre as it is now.
    pub centre: Centre,
    /// The log's time now.
    pub at: Tick,
    /// The highest number of a contact.
    pub last_contact: ContactId,
    /// What the operator has to know: each a sentence.
    pub warnings: Vec<String>,
}

impl Data {
    /// Opens the log in this folder; none if there is none.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn open(folder: &Path, lang: Lang) -> Result<Option<Data>, String> {
        let text = |error: &Error| cannot_open(folder, error, lang);
        let place = Place::of_folder(folder).map_err(|error| text(&error))?;
        let store = Store::open_any(&place).map_err(|error| text(&error))?;
        store.map(|store| Data::read(store, folder, lang)).transpose()
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
        let recalled = recall(&mut store, &mut |_| ());
        let recalled = recalled.map_err(|why| cannot_recall(folder, &why, lang))?;
        Ok(Data { store, recalled })
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
        lang: Lang,
    ) -> Result<Continued, String> {
        let Data { mut store, mut recalled } = self;
        for _ in 0..BEGINS_MAX {
            match begin(store, recalled, (holder, wall), agreed, lang)? {
                Begins::Begun(continued) => return Ok(*continued),
                Begins::TooEarly(again) => store = *again,
            }
            recalled = recall(&mut store, &mut |_| ())
                .map_err(|why| cannot_write(&why.into_error(), lang))?;
        }
        Err(cannot_write(&Error::Fenced, lang))
    }
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
    (holder, wall): (&str, Timestamp),
    agreed: &Configured,
    lang: Lang,
) -> Result<Begins, String> {
    let mut warnings = Vec::new();
    let failed = |error: Error| cannot_write(&error, lang);
    let link = recalled.link;
    // First of all: who does not hold the lease puts nothing aside either.
    let lease = store.take_lease(holder, wall, LEASE, link.epoch).map_err(failed)?;
    let epoch = lease.map_err(|held| is_held(&held.holder, lang))?;
    let lost = match &recalled.damage {
        Some(damage) => {
            let lost = store.put_aside(damage).map_err(failed)?;
            warnings.push(damaged(damage.sequence, lost, lang));
            lost
        }
        None => 0,
    };
    let (tick, last) = recalled.last.unwrap_or((Tick(0), wall));
    // The calendar may have been set back meanwhile; the log's time never goes back.
    let now = Now { mono: tick + wall.since(last), wall };
    let mut facts = Facts::new(link, epoch, now);
    facts.tell(Fact::Begun(Begun { program: env!("CARGO_PKG_VERSION").to_owned() }));
    if lost > 0 {
        facts.tell(Fact::Lost(Gap { refused_calls: 0, others: lost }));
    }
    for &sequence in &recalled.poisoned {
        facts.tell(Fact::Poisoned(sequence));
        warnings.push(poisoned(sequence, lang));
    }
    let centre = match (recalled.centre, recalled.configured) {
        (Some(centre), Some(before)) if before == *agreed => centre,
        (before, _) => {
            let centre = taken_up(before, now, agreed).map_err(|why| no_centre(&why, lang))?;
            facts.tell(Fact::Configured(Box::new(agreed.clone())));
            centre
        }
    };
    let centre = facts.cut_off(centre);
    let (link, row) = facts.row();
    match store.append(&row) {
        Ok(()) => {}
        Err(Error::Fenced) => return Ok(Begins::TooEarly(Box::new(store))),
        Err(error) => return Err(failed(error)),
    }
    let last_contact = recalled.last_contact;
    let at = now.mono;
    Ok(Begins::Begun(Box::new(Continued {
        store,
        link,
        epoch,
        centre,
        at,
        last_contact,
        warnings,
    })))
}

/// Facts of one moment, written together.
struct Facts {
    link: Link,
    now: Now,
    row: Row,
}

impl Facts {
    fn new(link: Link, epoch: Epoch, now: Now) -> Facts {
        Facts { link, now, row: Row { first: link.next, epoch, entries: Vec::new() } }
    }

    fn tell(&mut self, fact: Fact) {
        let at = (self.now.mono, self.now.wall);
        self.link.write(self.row.epoch, at, &fact, &mut self.row.entries);
    }

    /// No leg lives through a restart yet: every contact that needs one is told so.
    fn cut_off(&mut self, mut centre: Centre) -> Centre {
        let events: Vec<Event> = centre.without_legs(&|_| false);
        for event in events {
            self.tell(Fact::Happened(event));
            centre.handle(self.now, event);
            while centre.poll().is_some() {}
        }
        centre
    }

    fn row(self) -> (Link, Row) {
        (self.link, self.row)
    }
}

/// The centre under what is agreed now.
///
/// # Errors
/// With the core's own word for why it makes no centre.
pub fn taken_up(before: Option<Centre>, now: Now, agreed: &Configured) -> Result<Centre, String> {
    let setup = agreed.setup.clone();
    match before {
        None => Centre::new(setup).map_err(|why| format!("{why:?}")),
        Some(centre) if *centre.setup() == setup => Ok(centre),
        Some(_) => Err(format!("not yet at {now:?}")),
    }
}

fn cannot_open(folder: &Path, error: &Error, lang: Lang) -> String {
    let (folder, why) = (folder.display(), said(error, lang));
    lang.pick(
        format!("{folder}: Die Aufzeichnung lässt sich nicht öffnen: {why}"),
        format!("{folder}: The log cannot be opened: {why}"),
    )
}

fn said(error: &Error, lang: Lang) -> String {
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

fn cannot_recall(folder: &Path, why: &CannotRecall, lang: Lang) -> String {
    match why {
        CannotRecall::Store(error) => cannot_open(folder, error, lang),
        CannotRecall::Setup(sequence) => {
            let folder = folder.display();
            lang.pick(
                format!("{folder}: Eintrag {sequence} der Aufzeichnung nennt eine Konfiguration, aus der kein Servicecenter wird."),
                format!("{folder}: Entry {sequence} of the log names a configuration that makes no centre."),
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
