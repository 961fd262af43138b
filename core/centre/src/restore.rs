// SPDX-License-Identifier: EUPL-1.2
//! A centre made anew from what was saved of one.
//!
//! The rule to keep: everybody takes their seats and places by the same functions as in life, and
//! what was read from a disk is not believed before it was checked.

use crate::timers::Timer;
use crate::{Acts, Centre, Contact, Learned, Saved, Setup, SetupError};
use stdx::{AgentId, ContactId, LineId, PartnerId, PlanId};

/// Why nothing can be restored from this. Each names the place and what is wrong there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestoreError {
    /// The setup makes no centre.
    Setup(SetupError),
    /// A list is not as long as the setup's.
    Length {
        /// Of what.
        what: &'static str,
        /// How many were saved.
        saved: usize,
        /// How many the setup has.
        setup: usize,
    },
    /// More of something than its limit in [`stdx::limits`] allows.
    TooMany(&'static str, usize),
    /// A time or a number that no centre reaches.
    OutOfRange(&'static str),
    /// What is said of an agent.
    Agent(AgentId, &'static str),
    /// What is said of a contact.
    Contact(ContactId, &'static str),
    /// What is said of a line.
    Line(LineId, &'static str),
    /// What is said of a partner.
    Partner(PartnerId, &'static str),
    /// What is said of a crisis plan.
    Plan(PlanId, &'static str),
    /// What is said of a caller whose place is kept, by the position in the list.
    Remembered(usize, &'static str),
}

impl Centre {
    /// A centre that goes on where the saved one was: the same events lead to the same commands.
    ///
    /// The setup is the one that the saved centre had; a new one is taken up with [`Centre::adopt`].
    ///
    /// # Errors
    /// If the setup is unlawful, or if no centre of this setup can have saved this.
    pub fn restore(setup: Setup, saved: Saved) -> Result<Centre, RestoreError> {
        setup.check().map_err(RestoreError::Setup)?;
        saved.check(&setup)?;
        let centre = Centre::rebuild(setup, saved);
        centre.check_what_follows()?;
        centre.audit();
        Ok(centre)
    }

    /// The same of what is known to be sound.
    pub(crate) fn rebuild(setup: Setup, saved: Saved) -> Centre {
        let mut centre = Centre::of(setup);
        centre.now = saved.now;
        centre.last_contact = saved.last_contact;
        centre.census.gone = saved.gone;
        centre.census.arrived = saved.gone + saved.contacts.len() as u64;
        centre.learned = Learned::restored(saved.learned);
        centre.staffed = saved.staffed;
        for it in saved.remembered {
            centre.remembered.keep(it.caller, it.line, it.gone_at, it.place);
        }
        for (partner, until) in centre.partners.iter_mut().zip(saved.partners_rest_until) {
            partner.not_before = until;
        }
        for (&agent, skills) in &saved.changed_skills {
            centre.teach(agent, skills);
        }
        centre.changed_skills = saved.changed_skills;
        for (id, agent) in (0..).map(AgentId).zip(saved.agents) {
            centre.seat(id, agent);
        }
        for (id, it) in saved.contacts {
            centre.take_in_again(id, it);
        }
        centre.take_up_acts(Acts { closed: saved.closed, running: saved.running });
        centre.set_wakes();
        centre.touched_agents.clear();
        centre.touched_contacts.clear();
        centre
    }

    fn take_in_again(&mut self, id: ContactId, it: Contact) {
        for trunk in self.channels.of(&it) {
            self.channels.carry(trunk);
        }
        if let Some(caller) = it.caller.filter(|_| it.callback.is_some()) {
            self.callbacks.insert(caller, id);
        }
        self.take_in(id, it);
    }

    fn take_up_acts(&mut self, acts: Acts) {
        for (&line, &until) in &acts.closed {
            self.timers.set(Timer::Line(line), None, Some(until));
        }
        for (&plan, running) in &acts.running {
            self.timers.set(Timer::Plan(plan), None, Some(running.until));
        }
        self.acts = acts;
    }

    /// What can be said only of the whole: after every event nobody waits for whom somebody is ready,
    /// and no agent is asked for a call-back without a channel.
    fn check_what_follows(&self) -> Result<(), RestoreError> {
        let both = self.ready.ready_lanes().and(self.queues.waiting_lanes()).next();
        if let Some(agent) = both.and_then(|lane| self.ready.best(lane)) {
            return Err(RestoreError::Agent(agent, "is ready for somebody who waits"));
        }
        for (&id, it) in &self.contacts {
            let has_channel = it.callback.is_none() || self.channels.has_free(it.trunk);
            if it.no_channel == has_channel {
                return Err(RestoreError::Contact(id, "the channel for a call-back"));
            }
        }
        Ok(())
    }
}
