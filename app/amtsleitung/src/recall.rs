// SPDX-License-Identifier: EUPL-1.2
//! The log becomes the centre again: the same entries lead to the same state, and nothing is carried out.
//!
//! An event that breaks an assertion stops nobody's next start: it is left out, and the log is told so.

use crate::data::taken_up;
use centre::{Centre, Command, Event, Note};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use stdx::{AgentId, ContactId, Now, Tick, Timestamp};
use store::{Caller, Configured, Damage, Entry, Error, Fact, Gap, Link, Seated, Sequence, Store};

/// What the log says.
pub struct Recalled {
    /// The centre as it was after the last entry; none if the log never said what was agreed.
    pub centre: Option<Centre>,
    /// What was agreed last.
    pub configured: Option<Configured>,
    /// When the last entry was written; none if there is none.
    pub last: Option<(Tick, Timestamp)>,
    /// Behind the last entry.
    pub link: Link,
    /// The highest number of a contact.
    pub last_contact: ContactId,
    /// Events that break an assertion and that the log does not know to be such yet.
    pub poisoned: Vec<Sequence>,
    /// What could not be written down.
    pub gap: Gap,
    /// Who calls, of those who are still inside.
    pub callers: BTreeMap<ContactId, Caller>,
    /// Who took which seat last, and by which entry.
    pub seated: BTreeMap<AgentId, (Sequence, Seated)>,
    /// Whether anything is sealed.
    pub is_sealed: bool,
    /// Where the log is damaged; what is here stands before.
    pub damage: Option<Damage>,
    /// How many entries there are.
    pub entries: u64,
}

/// Why a log makes no centre.
#[derive(Debug)]
pub enum CannotRecall {
    /// The database.
    Store(Error),
    /// What this entry says was agreed makes no centre.
    Setup(Sequence),
}

impl From<Error> for CannotRecall {
    fn from(error: Error) -> CannotRecall {
        CannotRecall::Store(error)
    }
}

/// What is heard while the log is played.
pub enum Heard<'a> {
    /// It is played from its beginning: what was heard before is to be forgotten.
    Anew,
    /// From here on this was agreed.
    Agreed(&'a Configured),
    /// What the centre decided once more because of an event, or of what was agreed anew.
    Decided(Now, Option<&'a Event>, &'a Command),
}

/// Rebuilds the centre. Whoever listens hears everything that happened.
///
/// # Errors
/// If the database cannot be read, or what was agreed makes no centre.
pub fn recall(
    store: &mut Store,
    hear: &mut dyn FnMut(Heard<'_>),
) -> Result<Recalled, CannotRecall> {
    let first = Link::first(store.centre());
    let mut left_out = BTreeSet::new();
    store.read_from(first, &mut |entry| {
        if let Fact::Poisoned(sequence) = entry.fact {
            left_out.insert(sequence);
        }
    })?;
    let mut poisoned = Vec::new();
    loop {
        hear(Heard::Anew);
        let mut played = Recalled::of_nothing(first);
        let mut stopped = None;
        let (link, damage) = store.read_from(first, &mut |entry| {
            if stopped.is_none() {
                stopped = played.take(&entry, &left_out, hear).err();
            }
        })?;
        match stopped {
            None => return Ok(Recalled { link, damage, poisoned, ..played }),
            Some(Stop::Poison(sequence)) => {
                assert!(left_out.insert(sequence), "what is left out breaks nothing");
                poisoned.push(sequence);
            }
            Some(Stop::Setup(sequence)) => return Err(CannotRecall::Setup(sequence)),
        }
    }
}

/// Why the play cannot go on.
enum Stop {
    /// The event of this number broke an assertion.
    Poison(Sequence),
    /// What was agreed here makes no centre.
    Setup(Sequence),
}

impl Recalled {
    fn of_nothing(link: Link) -> Recalled {
        Recalled {
            centre: None,
            configured: None,
            last: None,
            link,
            last_contact: ContactId::default(),
            poisoned: Vec::new(),
            gap: Gap::default(),
            callers: BTreeMap::new(),
            seated: BTreeMap::new(),
            is_sealed: false,
            damage: None,
            entries: 0,
        }
    }

    fn take(
        &mut self,
        entry: &Entry,
        left_out: &BTreeSet<Sequence>,
        hear: &mut dyn FnMut(Heard<'_>),
    ) -> Result<(), Stop> {
        self.entries += 1;
        self.last = Some((entry.tick, entry.wall));
        let now = Now { mono: entry.tick, wall: entry.wall };
        match &entry.fact {
            Fact::Configured(agreed) => {
                hear(Heard::Agreed(agreed));
                self.agree(now, agreed, hear).map_err(|()| Stop::Setup(entry.sequence))?;
            }
            Fact::Happened(event) => {
                if let Event::CallArrived { contact, .. } | Event::CallRefused { contact, .. } =
                    event
                {
                    self.last_contact = self.last_contact.max(*contact);
                }
                if !left_out.contains(&entry.sequence) {
                    self.happen(now, event, hear).map_err(|()| Stop::Poison(entry.sequence))?;
                }
            }
            Fact::Lost(gap) => {
                self.gap.refused_calls += gap.refused_calls;
                self.gap.others += gap.others;
            }
            Fact::Caller(caller) => {
                self.is_sealed = true;
                self.callers.insert(caller.contact, caller.clone());
            }
            Fact::Seated(seated) => {
                self.is_sealed = true;
                self.seated.insert(seated.seat, (entry.sequence, seated.clone()));
            }
            Fact::Begun(_) | Fact::Poisoned(_) => {}
        }
        Ok(())
    }

    /// Takes up what was agreed.
    fn agree(
        &mut self,
        now: Now,
        agreed: &Configured,
        hear: &mut dyn FnMut(Heard<'_>),
    ) -> Result<(), ()> {
        let mut centre = taken_up(self.centre.take(), now, agreed).map_err(drop)?;
        while let Some(command) = centre.poll() {
            hear(Heard::Decided(now, None, &command));
        }
        self.centre = Some(centre);
        self.configured = Some(agreed.clone());
        Ok(())
    }

    /// Lets the centre decide once more; an error if that breaks an assertion.
    fn happen(
        &mut self,
        now: Now,
        event: &Event,
        hear: &mut dyn FnMut(Heard<'_>),
    ) -> Result<(), ()> {
        // What happens before anything was agreed happens to nobody.
        let Some(centre) = &mut self.centre else { return Ok(()) };
        // A centre that broke is thrown away.
        let handled = catch_unwind(AssertUnwindSafe(|| centre.handle(now, *event)));
        if handled.is_err() {
            self.centre = None;
            return Err(());
        }
        while let Some(command) = centre.poll() {
            if let Command::Note(Note::Ended(record)) = command {
                self.callers.remove(&record.contact);
            }
            hear(Heard::Decided(now, Some(event), &command));
        }
        Ok(())
    }
}
