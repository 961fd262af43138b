// SPDX-License-Identifier: EUPL-1.2
//! The log becomes the centre again: the same entries lead to the same state, and nothing is carried out.
//!
//! An event that breaks an assertion stops nobody's next start: it is left out, and the log is told so.

use crate::views::Views;
use centre::{Centre, Command, Event, Note};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use stdx::{AgentId, ContactId, Now, Tick, Timestamp};
use store::{
    Caller, CaseEntry, Configured, Damage, Entry, Error, Fact, Gap, Link, Row, Said, Seated,
    Sequence, Snapshot, Store,
};

/// Contacts that are written into the views at once.
const TOLD_AT_ONCE: usize = 1_000;

/// Rows that are played between two looks at what was heard.
const ROWS_AT_ONCE: i64 = 500;

/// What the log says.
#[derive(Clone)]
pub struct Recalled {
    /// The centre as it was after the last entry; none if the log never said what was agreed.
    pub centre: Option<Centre>,
    /// What else is known along the log.
    pub chronicle: Chronicle,
    /// Behind the last entry.
    pub link: Link,
    /// Events that break an assertion and that the log does not know to be such yet.
    pub poisoned: Vec<Sequence>,
    /// Where the log is damaged; what is here stands before.
    pub damage: Option<Damage>,
}

/// What is known along the log beside the centre.
#[derive(Clone, Debug, Default)]
pub struct Chronicle {
    /// What was agreed last.
    pub configured: Option<Configured>,
    /// When the last entry was written, by the latest clock that any had; none if there is none.
    pub last: Option<(Tick, Timestamp)>,
    /// The highest number of a contact.
    pub last_contact: ContactId,
    /// What could not be written down.
    pub gap: Gap,
    /// How many entries there are.
    pub entries: u64,
    /// What is heard for reports; none before anything was agreed.
    pub views: Option<Views>,
    /// Who calls, of those who are still inside.
    pub callers: BTreeMap<ContactId, Caller>,
    /// Who took which seat last, and by which entry.
    pub seated: BTreeMap<AgentId, (Sequence, Seated)>,
    /// Whether anything is sealed.
    pub is_sealed: bool,
}

impl Chronicle {
    /// One more entry, and its time.
    pub fn pass(&mut self, at: (Tick, Timestamp), fact: &Fact) {
        self.entries += 1;
        // An entry whose time runs backwards is poison; who goes on behind it does not go back with it.
        self.last = Some(self.last.map_or(at, |last| if at.0 < last.0 { last } else { at }));
        if let Some(views) = &mut self.views {
            views.pass(Now { mono: at.0, wall: at.1 });
        }
        match fact {
            Fact::Happened(
                Event::CallArrived { contact, .. } | Event::CallRefused { contact, .. },
            ) => self.last_contact = self.last_contact.max(*contact),
            Fact::Lost(gap) => {
                self.gap.refused_calls += gap.refused_calls;
                self.gap.others += gap.others;
                if let Some(views) = &mut self.views {
                    views.lose(*gap);
                }
            }
            Fact::Caller(caller) => {
                self.is_sealed = true;
                self.callers.insert(caller.contact, caller.clone());
            }
            Fact::Seated(seated) => {
                self.is_sealed = true;
                // Entries are numbered from 1 without gaps.
                self.seated.insert(seated.seat, (self.entries, seated.clone()));
            }
            Fact::WrappedUp(it) => {
                self.is_sealed = true;
                if let Some(views) = &mut self.views {
                    views.say(Said { entry: self.entries, wrapped_up: it.clone() });
                }
            }
            Fact::CaseActed(it) => {
                self.is_sealed = true;
                if let Some(views) = &mut self.views {
                    let entry = CaseEntry { entry: self.entries, at: at.1, acted: (**it).clone() };
                    views.act(entry);
                }
            }
            Fact::Happened(_) | Fact::Configured(_) | Fact::Begun(_) | Fact::Poisoned(_) => {}
        }
    }

    /// What was agreed holds from now on.
    pub fn agree(&mut self, now: Now, agreed: Configured) {
        match &mut self.views {
            Some(views) => views.agree(&agreed.setup),
            None => {
                let mut views = Views::new(&agreed.setup);
                views.pass(now);
                self.views = Some(views);
            }
        }
        self.configured = Some(agreed);
    }

    /// Hears what the centre orders.
    pub fn hear(&mut self, now: Tick, command: &Command) {
        if let Command::Note(Note::Ended(record)) = command {
            self.callers.remove(&record.contact);
        }
        if let Some(views) = &mut self.views {
            views.hear(now, command);
        }
    }

    /// With this centre, as it is now; none before anything was agreed.
    #[must_use]
    pub fn snapshot(&self, centre: &Centre) -> Option<Snapshot> {
        let views = self.views.as_ref()?;
        Some(Snapshot {
            configured: self.configured.clone()?,
            saved: centre.save(),
            outcome: views.outcome.clone(),
            stories: views.stories.clone(),
            last: self.last?,
            last_contact: self.last_contact,
            gap: self.gap,
            lost: views.lost(),
            entries: self.entries,
            callers: self.callers.values().cloned().collect(),
            seated: self.seated.values().cloned().collect(),
            is_sealed: self.is_sealed,
        })
    }
}

/// Why a log makes no centre.
#[derive(Debug)]
pub enum CannotRecall {
    /// The database.
    Store(Error),
    /// What this entry says was agreed makes no centre; the core's own word for why.
    Setup(Sequence, String),
}

impl CannotRecall {
    /// As the database's error; what was agreed made a centre when it was read before.
    pub fn into_error(self) -> Error {
        match self {
            CannotRecall::Store(error) => error,
            CannotRecall::Setup(sequence, why) => {
                Error::Database(format!("entry {sequence}: {why}"))
            }
        }
    }
}

impl From<Error> for CannotRecall {
    fn from(error: Error) -> CannotRecall {
        CannotRecall::Store(error)
    }
}

/// Rebuilds the centre from the last snapshot and what came after it, and brings the views up to date.
///
/// # Errors
/// If the database cannot be read, or what was agreed makes no centre.
pub fn recall(store: &mut Store) -> Result<Recalled, CannotRecall> {
    let restored =
        store.snapshot()?.and_then(|(link, snapshot)| Recalled::restored(link, snapshot));
    if let Some(restored) = restored {
        let recalled = go_on(store, restored, &mut keep)?;
        if recalled.damage.is_none() || !is_snapshot_wrong(store, &recalled)? {
            return Ok(recalled);
        }
    }
    // Views that no snapshot goes with cannot be gone on with.
    store.drop_views()?;
    let nothing = Recalled::of_nothing(Link::first(store.centre()));
    go_on(store, nothing, &mut keep)
}

/// Whether the log is whole behind a snapshot that does not fit to it: then nothing of it may be put aside.
fn is_snapshot_wrong(store: &mut Store, recalled: &Recalled) -> Result<bool, CannotRecall> {
    let whole = recall_up_to(store, Sequence::MAX, &mut |_, _| Ok(()))?;
    Ok(whole.link.next > recalled.link.next)
}

/// What is done with what was heard, now and then.
pub type Keep<'a> = &'a mut dyn FnMut(&mut Store, &mut Recalled) -> Result<(), Error>;

/// Writes what was heard into the views, with the snapshot that goes with it.
fn keep(store: &mut Store, recalled: &mut Recalled) -> Result<(), Error> {
    let Some(snapshot) = recalled.snapshot() else { return Ok(()) };
    let Some(views) = &mut recalled.chronicle.views else { return Ok(()) };
    let heard = views.take();
    store.add_to_views(&heard, recalled.link, &snapshot)
}

/// Rebuilds the centre from the first entry up to this one, without looking at snapshot and views. `keep` is
/// handed what was heard, now and then and at the end.
///
/// # Errors
/// As [`recall`].
pub fn recall_up_to(
    store: &mut Store,
    last: Sequence,
    keep: Keep<'_>,
) -> Result<Recalled, CannotRecall> {
    let nothing = Recalled::of_nothing(Link::first(store.centre()));
    play_up_to(store, nothing, last, keep)
}

/// Goes on behind what was recalled, to the end of the log.
///
/// # Errors
/// As [`recall`].
pub fn go_on(
    store: &mut Store,
    recalled: Recalled,
    keep: Keep<'_>,
) -> Result<Recalled, CannotRecall> {
    play_up_to(store, recalled, Sequence::MAX, keep)
}

fn play_up_to(
    store: &mut Store,
    mut recalled: Recalled,
    last: Sequence,
    keep: Keep<'_>,
) -> Result<Recalled, CannotRecall> {
    let mut left_out = BTreeSet::new();
    store.read_from(recalled.link, &mut |entry| {
        if let Fact::Poisoned(sequence) = entry.fact {
            left_out.insert(sequence);
        }
    })?;
    loop {
        let before = recalled.link.next;
        let rows = store.rows_from(before, ROWS_AT_ONCE)?;
        let new: Vec<Row> =
            rows.into_iter().filter(|row| before <= row.first && row.first <= last).collect();
        recalled = recalled.play_rows(&new, &mut left_out)?;
        let is_over = recalled.link.next == before || recalled.damage.is_some();
        let many =
            recalled.chronicle.views.as_ref().is_some_and(|views| views.waiting() >= TOLD_AT_ONCE);
        // What is left out for the first time has to be said before anybody goes on behind it.
        if (is_over || many) && recalled.poisoned.is_empty() {
            keep(store, &mut recalled)?;
        }
        if is_over {
            return Ok(recalled);
        }
    }
}

/// Why the play cannot go on.
enum Stop {
    /// The event of this number broke an assertion.
    Poison(Sequence),
    /// What was agreed here makes no centre.
    Setup(Sequence, String),
}

impl Recalled {
    fn of_nothing(link: Link) -> Recalled {
        let chronicle = Chronicle::default();
        Recalled { centre: None, chronicle, link, poisoned: Vec::new(), damage: None }
    }

    /// From a snapshot; none if it makes no centre: then the log does.
    fn restored(link: Link, snapshot: Snapshot) -> Option<Recalled> {
        let Snapshot { configured, saved, outcome, stories, last, last_contact, .. } = snapshot;
        let Snapshot { gap, lost, entries, callers, seated, is_sealed, .. } = snapshot;
        let centre = Centre::restore(configured.setup.clone(), saved).ok()?;
        let now = Now { mono: last.0, wall: last.1 };
        let chronicle = Chronicle {
            configured: Some(configured),
            last: Some(last),
            last_contact,
            gap,
            entries,
            views: Some(Views::go_on(outcome, stories, Some(now), lost)),
            callers: callers.into_iter().map(|it| (it.contact, it)).collect(),
            seated: seated.into_iter().map(|it| (it.1.seat, it)).collect(),
            is_sealed,
        };
        Some(Recalled { centre: Some(centre), chronicle, ..Recalled::of_nothing(link) })
    }

    /// As it is now; none before anything was agreed.
    #[must_use]
    pub fn snapshot(&self) -> Option<Snapshot> {
        self.chronicle.snapshot(self.centre.as_ref()?)
    }

    /// Plays rows; if an event breaks an assertion they are played again without it.
    fn play_rows(
        self,
        rows: &[Row],
        left_out: &mut BTreeSet<Sequence>,
    ) -> Result<Recalled, CannotRecall> {
        let mut poisoned = Vec::new();
        loop {
            let mut after = self.clone();
            match after.try_rows(rows, left_out) {
                Ok(()) => {
                    after.poisoned.extend(poisoned);
                    return Ok(after);
                }
                Err(Stop::Poison(sequence)) => {
                    assert!(left_out.insert(sequence), "what is left out breaks nothing");
                    poisoned.push(sequence);
                }
                Err(Stop::Setup(sequence, why)) => {
                    return Err(CannotRecall::Setup(sequence, why));
                }
            }
        }
    }

    fn try_rows(&mut self, rows: &[Row], left_out: &BTreeSet<Sequence>) -> Result<(), Stop> {
        for row in rows {
            let mut link = self.link;
            let mut stopped = Ok(());
            let read = link.read(row, &mut |entry| {
                if stopped.is_ok() {
                    stopped = self.take(&entry, left_out);
                }
            });
            stopped?;
            self.link = link;
            if let Err(damage) = read {
                self.damage = Some(damage);
                return Ok(());
            }
        }
        Ok(())
    }

    fn take(&mut self, entry: &Entry, left_out: &BTreeSet<Sequence>) -> Result<(), Stop> {
        let (sequence, at) = (entry.sequence, (entry.tick, entry.wall));
        if left_out.contains(&sequence) {
            self.chronicle.pass(at, &entry.fact);
            return Ok(());
        }
        self.follow(at, &entry.fact).map_err(|why| match entry.fact {
            Fact::Happened(_) => Stop::Poison(sequence),
            Fact::Begun(_)
            | Fact::Configured(_)
            | Fact::Lost(_)
            | Fact::Poisoned(_)
            | Fact::Caller(_)
            | Fact::Seated(_)
            | Fact::WrappedUp(_)
            | Fact::CaseActed(_) => Stop::Setup(sequence, why),
        })
    }

    /// Goes on behind one more fact.
    ///
    /// # Errors
    /// With the core's own word, if what is agreed makes no centre or an assertion broke: then there is no
    /// centre any more.
    pub fn follow(&mut self, at: (Tick, Timestamp), fact: &Fact) -> Result<(), String> {
        self.chronicle.pass(at, fact);
        let now = Now { mono: at.0, wall: at.1 };
        match fact {
            Fact::Configured(agreed) => self.agree(now, agreed),
            Fact::Happened(event) => self.happen(now, *event),
            Fact::Lost(_)
            | Fact::Begun(_)
            | Fact::Poisoned(_)
            | Fact::Caller(_)
            | Fact::Seated(_)
            | Fact::WrappedUp(_)
            | Fact::CaseActed(_) => Ok(()),
        }
    }

    /// Takes up what is agreed from now on.
    fn agree(&mut self, now: Now, agreed: &Configured) -> Result<(), String> {
        let setup = agreed.setup.clone();
        match &mut self.centre {
            None => self.centre = Some(Centre::new(setup).map_err(|why| format!("{why:?}"))?),
            Some(centre) => centre.adopt(now, setup).map_err(|why| format!("{why:?}"))?,
        }
        self.chronicle.agree(now, agreed.clone());
        self.hear_all(now.mono);
        Ok(())
    }

    /// Lets the centre decide.
    fn happen(&mut self, now: Now, event: Event) -> Result<(), String> {
        // What happens before anything was agreed happens to nobody.
        let Some(centre) = &mut self.centre else { return Ok(()) };
        // A centre that broke is thrown away.
        let handled = catch_unwind(AssertUnwindSafe(|| centre.handle(now, event)));
        if handled.is_err() {
            self.centre = None;
            return Err("an assertion broke".to_owned());
        }
        self.hear_all(now.mono);
        Ok(())
    }

    fn hear_all(&mut self, now: Tick) {
        let Some(centre) = &mut self.centre else { return };
        while let Some(command) = centre.poll() {
            self.chronicle.hear(now, &command);
        }
    }
}
