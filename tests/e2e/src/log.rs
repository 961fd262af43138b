// SPDX-License-Identifier: EUPL-1.2
//! What stands in a server's log, read as the program itself reads it.

use amtsleitung::Lang;
use amtsleitung::data::Data;
use amtsleitung::recall::{Chronicle, recall};
use centre::{Centre, Command, Event, Note};
use promise::ContactRecord;
use std::path::Path;
use stdx::{ContactId, Now, Tick};
use store::{Entry, Epoch, Fact, Gap, Link, Sequence};

/// A log.
#[derive(Debug)]
pub struct Log {
    /// Every entry.
    pub entries: Vec<Entry>,
    /// The record of every contact that has ended, when it did, and because of what.
    pub ends: Vec<(Tick, Event, ContactRecord)>,
    /// What could not be written down.
    pub gap: Gap,
    /// The highest number of a contact.
    pub last_contact: ContactId,
}

impl Log {
    /// Reads the log of a data folder.
    ///
    /// # Panics
    /// If there is none, or it is damaged.
    #[must_use]
    #[track_caller]
    pub fn read(data: &Path) -> Log {
        let opened = Data::open(data, Lang::En).unwrap_or_else(|why| panic!("{why}"));
        let mut store = opened.expect("there is a log").store;
        let recalled = recall(&mut store).expect("it makes a centre");
        assert_eq!(recalled.damage, None);
        let mut entries = Vec::new();
        let first = Link::first(store.centre());
        store.read_from(first, &mut |entry| entries.push(entry)).expect("it was read before");
        let Chronicle { gap, last_contact, .. } = recalled.chronicle;
        Log { ends: ends(&entries), entries, gap, last_contact }
    }

    /// Every contact that came, also those that were refused.
    pub fn came(&self) -> impl Iterator<Item = ContactId> {
        self.events().filter_map(|(_, event)| {
            let (Event::CallArrived { contact, .. } | Event::CallRefused { contact, .. }) = *event
            else {
                return None;
            };
            Some(contact)
        })
    }

    /// Contacts that came in while this writer wrote.
    pub fn arrived(&self, epoch: Epoch) -> impl Iterator<Item = ContactId> {
        let of = self.events().filter(move |(it, _)| it.epoch == epoch);
        of.filter_map(|(_, event)| {
            let Event::CallArrived { contact, .. } = *event else { return None };
            Some(contact)
        })
    }

    fn events(&self) -> impl Iterator<Item = (&Entry, &Event)> {
        self.entries.iter().filter_map(|it| match &it.fact {
            Fact::Happened(event) => Some((it, event)),
            Fact::Begun(_)
            | Fact::Configured(_)
            | Fact::Lost(_)
            | Fact::Poisoned(_)
            | Fact::Caller(_)
            | Fact::Seated(_)
            | Fact::WrappedUp(_)
            | Fact::CaseActed(_) => None,
        })
    }

    /// The entries of this kind.
    pub fn happened<'a>(
        &'a self,
        is: impl Fn(&Event) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Entry> {
        self.events().filter(move |(_, event)| is(event)).map(|(it, _)| it)
    }
}

/// The records that the entries lead to.
fn ends(entries: &[Entry]) -> Vec<(Tick, Event, ContactRecord)> {
    let poisoned: Vec<Sequence> = entries
        .iter()
        .filter_map(|it| if let Fact::Poisoned(of) = it.fact { Some(of) } else { None })
        .collect();
    let (mut centre, mut ends) = (None, Vec::new());
    for entry in entries.iter().filter(|it| !poisoned.contains(&it.sequence)) {
        let now = Now { mono: entry.tick, wall: entry.wall };
        match (&entry.fact, &mut centre) {
            (Fact::Configured(agreed), None) => {
                centre = Some(Centre::new(agreed.setup.clone()).expect("it made a centre"));
            }
            (Fact::Configured(agreed), Some(centre)) => {
                centre.adopt(now, agreed.setup.clone()).expect("it was taken up");
                while centre.poll().is_some() {}
            }
            (Fact::Happened(event), Some(centre)) => {
                centre.handle(now, *event);
                while let Some(command) = centre.poll() {
                    if let Command::Note(Note::Ended(record)) = command {
                        ends.push((entry.tick, *event, record));
                    }
                }
            }
            (Fact::Happened(_), None) => {}
            (Fact::Begun(_) | Fact::Lost(_) | Fact::Poisoned(_), _) => {}
            (Fact::Caller(_) | Fact::Seated(_) | Fact::WrappedUp(_) | Fact::CaseActed(_), _) => {}
        }
    }
    ends
}
