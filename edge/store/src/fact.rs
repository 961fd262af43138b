// SPDX-License-Identifier: EUPL-1.2
//! What the log says.

use crate::seal::Sealed;
use case::{Acted, By, Matter};
use centre::{Event, Setup};
use promise::Resolution;
use std::collections::BTreeMap;
use stdx::{AgentId, CaseId, ContactId, Day, Tick, Timestamp};

/// The number of an entry, from 1 without gaps.
pub type Sequence = u64;

/// Which writer wrote: from 1, one more with every start and every takeover.
pub type Epoch = u64;

/// One thing that is known for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A writer began. Whoever wrote before can append nothing any more.
    Begun(Begun),
    /// From here on this was agreed.
    Configured(Box<Configured>),
    /// Something happened to the centre.
    Happened(Event),
    /// What happened here could not be written down.
    Lost(Gap),
    /// The event of this number broke an assertion: whoever replays leaves it out.
    Poisoned(Sequence),
    /// Who calls, for whom may know. It stands before the arrival of the contact.
    Caller(Caller),
    /// Somebody has a seat from here on.
    Seated(Seated),
    /// An agent said what came of a talk. Of one agent and one contact the last word holds.
    WrappedUp(WrappedUp),
    /// A case came in, or something was done to one.
    CaseActed(Box<CaseActed>),
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The contact.
    pub contact: ContactId,
    /// Under the key of which day the number is sealed.
    pub day: Day,
    /// The number.
    pub number: Sealed,
}

/// Who has which seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seated {
    /// The seat.
    pub seat: AgentId,
    /// Under the key of which day the person is sealed.
    pub day: Day,
    /// The person.
    pub person: Sealed,
}

/// What an agent said of a talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedUp {
    /// Of which contact.
    pub contact: ContactId,
    /// Where the agent sat.
    pub seat: AgentId,
    /// What came of it; none while the agent has not said.
    pub resolution: Option<Resolution>,
    /// Under the key of which day the words are sealed.
    pub day: Day,
    /// What it was about, and anything else that was written: it may be of persons.
    pub words: Sealed,
}

/// Something was done to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseActed {
    /// Which.
    pub case: CaseId,
    /// By whom.
    pub by: By,
    /// What.
    pub acted: Acted,
    /// What it is about, from here on; none if that is as before.
    pub matter: Option<Matter>,
    /// Under the key of which day the words are sealed.
    pub day: Day,
    /// What was written: it may be of persons.
    pub words: Sealed,
}

/// A writer began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The program's version.
    pub program: String,
}

/// What was agreed, as people wrote it and as the centre takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// The county's file.
    pub text: String,
    /// Which id each number of core means, by the list's key in the file.
    pub ids: BTreeMap<String, Vec<String>>,
    /// The centre's rules, with every timetable as it was expanded then: a newer table of holidays never
    /// changes what a replay decides.
    pub setup: Setup,
}

/// How much could not be written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// Calls that were refused at the door.
    pub refused_calls: u64,
    /// Everything else.
    pub others: u64,
}

impl Gap {
    /// Whether nothing is missing.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.refused_calls == 0 && self.others == 0
    }
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub sequence: Sequence,
    /// Who wrote it.
    pub epoch: Epoch,
    /// The log's time.
    pub tick: Tick,
    /// The calendar's time.
    pub wall: Timestamp,
    /// What it says.
    pub fact: Fact,
}
