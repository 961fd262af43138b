// SPDX-License-Identifier: EUPL-1.2
//! A centre as plain data: all that it knows beyond its setup, to be written down and gone on with.
//!
//! The rule to keep: what follows from something else is not in here. Queues, lanes, deadlines,
//! channels, who is ready and what partners have are worked out anew by [`Centre::restore`], so that
//! they can never contradict what they follow from.

use crate::{Centre, Contact, Lessons, RunningPlan};
use acd::agent::Agent;
use acd::{Remembered, SkillNeed};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use stdx::{AgentId, ContactId, LineId, Now, PlanId, Tick};

/// All that a centre knows beyond its setup. Two centres of one setup are the same if and only if
/// this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The time of the last event.
    pub now: Now,
    /// The last contact that came, so that no id is used twice.
    pub last_contact: Option<ContactId>,
    /// How many contacts have come and gone.
    pub gone: u64,
    /// By [`AgentId`].
    pub agents: Vec<Agent>,
    /// All skills of those of whose skills a supervisor changed one, until they sign off.
    pub changed_skills: BTreeMap<AgentId, Vec<SkillNeed>>,
    /// Who is inside.
    pub contacts: BTreeMap<ContactId, Contact>,
    /// Callers who were cut off and whose place is kept, the oldest first.
    pub remembered: Vec<Remembered>,
    /// Until when each partner is left alone, by [`stdx::PartnerId`].
    pub partners_rest_until: Vec<Tick>,
    /// Whether somebody is at each switchboard, by [`stdx::SwitchboardId`].
    pub staffed: Vec<bool>,
    /// Which lines are closed by an act, and until when.
    pub closed: BTreeMap<LineId, Tick>,
    /// Which crisis plans run.
    pub running: BTreeMap<PlanId, RunningPlan>,
    /// What the estimate has learned.
    pub learned: Lessons,
}

impl Centre {
    /// All that this centre knows beyond its setup.
    ///
    /// # Panics
    /// If commands of the last event were not fetched: they would be lost.
    #[must_use]
    pub fn save(&self) -> Saved {
        assert!(self.commands.is_empty(), "commands of the last event were not fetched");
        self.known()
    }

    /// The same in the middle of an event.
    pub(crate) fn known(&self) -> Saved {
        Saved {
            now: self.now,
            last_contact: self.last_contact,
            gone: self.census.gone,
            agents: self.agents.clone(),
            changed_skills: self.changed_skills.clone(),
            contacts: self.contacts.clone(),
            remembered: self.remembered.iter().copied().collect(),
            partners_rest_until: self.partners.iter().map(|it| it.not_before).collect(),
            staffed: self.staffed.clone(),
            closed: self.acts.closed.clone(),
            running: self.acts.running.clone(),
            learned: self.learned.save(),
        }
    }
}
