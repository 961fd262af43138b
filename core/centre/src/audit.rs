// SPDX-License-Identifier: EUPL-1.2
//! The conservation laws, asserted after every event, in release builds too.
//!
//! What an event touched is checked at once; nothing else can have changed, because one function
//! each changes contacts and agents. The whole centre is checked by [`Centre::audit`], which the
//! simulator calls often and the event loop now and then.

use crate::timers::Timer;
use crate::{Centre, Contact};
use acd::{agent, contact};
use stdx::limits::{CONTACTS_MAX, REMEMBERED_CALLERS_MAX};
use stdx::{AgentId, ContactId, LineId};

/// How many contacts are in each place, counted along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Census {
    pub(crate) arrived: u64,
    pub(crate) entering: u64,
    pub(crate) waiting: u64,
    pub(crate) talking: u64,
    pub(crate) gone: u64,
}

impl Census {
    /// A contact went from one place to another; who is gone is counted with the record.
    pub(crate) fn moved(&mut self, from: contact::State, to: contact::State) {
        if let Some(place) = self.place(from) {
            *place -= 1;
        }
        if let Some(place) = self.place(to) {
            *place += 1;
        }
    }

    fn place(&mut self, state: contact::State) -> Option<&mut u64> {
        match state {
            contact::State::Entering { .. } => Some(&mut self.entering),
            contact::State::Waiting { .. } => Some(&mut self.waiting),
            contact::State::Talking { .. } => Some(&mut self.talking),
            contact::State::Gone(_) => None,
        }
    }

    fn inside(&self) -> u64 {
        self.entering + self.waiting + self.talking
    }
}

impl Centre {
    /// Checks what the present event touched, and the sums.
    pub(crate) fn check_touched(&mut self) {
        self.check_sums();
        while let Some(agent) = self.touched_agents.pop() {
            self.check_agent(agent);
        }
        while let Some(contact) = self.touched_contacts.pop() {
            if let Some(it) = self.contacts.get(&contact) {
                self.check_contact(contact, it);
            }
        }
    }

    /// Checks every agent, every contact and every sum. Takes time in proportion to their number.
    ///
    /// # Panics
    /// If a conservation law is broken.
    pub fn audit(&self) {
        self.check_sums();
        for agent in (0..).map(AgentId).take(self.agents.len()) {
            self.check_agent(agent);
        }
        for (&contact, it) in &self.contacts {
            self.check_contact(contact, it);
        }
        let with_deadline = self.agents.iter().filter(|it| it.deadline().is_some()).count()
            + self.contacts.values().filter(|it| it.state.deadline().is_some()).count();
        assert_eq!(self.timers.len(), with_deadline, "a deadline without its owner");
        assert_eq!(self.queues.total() as u64, self.census.waiting, "the queues hold others");
        let entering: u32 = self.entering.iter().sum();
        assert_eq!(u64::from(entering), self.census.entering, "the door counted wrongly");
        for line in (0..).map(LineId).take(self.setup.lines.len()) {
            let (ready, waits) = (self.ready.best(line), self.queues.first(line));
            assert!(
                ready.is_none() || waits.is_none(),
                "{line:?}: {ready:?} could serve {waits:?}"
            );
        }
    }

    /// Invariants 1 and 8: every contact in exactly one place, nothing beyond its bound, and nobody
    /// waits for whom somebody is ready.
    fn check_sums(&self) {
        let census = self.census;
        assert_eq!(census.arrived, census.inside() + census.gone, "a contact was lost: {census:?}");
        assert_eq!(self.contacts.len() as u64, census.inside(), "not all inside: {census:?}");
        assert!(self.contacts.len() <= CONTACTS_MAX, "too many contacts");
        assert!(self.remembered.len() <= REMEMBERED_CALLERS_MAX, "too many remembered callers");
        if let Some(line) = self.ready.ready_lines().and(self.queues.waiting_lines()).next() {
            panic!("{line:?}: somebody waits although somebody is ready");
        }
    }

    /// Invariants 2 and 3 for one agent: the state has a live cause and a deadline, and the contact
    /// agrees.
    fn check_agent(&self, id: AgentId) {
        let agent = &self.agents[id.index()];
        match agent.deadline() {
            Some((at, why)) => {
                assert!(self.timers.contains(at, Timer::Agent(id)), "{id:?}: {why}: not set");
            }
            None => assert_eq!(agent.state, agent::State::SignedOff, "{id:?} has no deadline"),
        }
        match agent.state {
            agent::State::SignedOff
            | agent::State::NotReady { .. }
            | agent::State::WrapUp { .. } => {}
            agent::State::Ready { idle_since } => {
                assert!(self.ready.contains(id, idle_since), "{id:?} is ready but unknown to be");
            }
            agent::State::Offered { contact, .. } => match self.contact(contact) {
                Some(contact::State::Waiting { offered_to: Some(agent), .. }) if agent == id => {}
                other => panic!("{id:?} is offered {contact:?}, which is {other:?}"),
            },
            agent::State::Talking { contact, .. } => match self.contact(contact) {
                Some(contact::State::Talking { agent }) if agent == id => {}
                other => panic!("{id:?} talks to {contact:?}, which is {other:?}"),
            },
        }
    }

    /// Invariants 1 and 3 for one contact: it stands where it says, and the agent agrees.
    fn check_contact(&self, id: ContactId, it: &Contact) {
        if let Some((at, why)) = it.state.deadline() {
            assert!(self.timers.contains(at, Timer::Contact(id)), "{id:?}: {why}: not set");
        }
        let in_queue = self.queues.holds(it.queue, it.turn);
        let unoffered = self.queues.is_unoffered(it.line, it.turn);
        match it.state {
            contact::State::Entering { .. } => assert!(!in_queue, "{id:?} waits too early"),
            contact::State::Waiting { offered_to: None, .. } => {
                assert!(in_queue && unoffered, "{id:?} waits at no place");
            }
            contact::State::Waiting { offered_to: Some(agent), .. } => {
                assert!(in_queue && !unoffered, "{id:?} lost its place by an offer");
                let state = self.agents[agent.index()].state;
                let rings = matches!(state, agent::State::Offered { contact, .. } if contact == id);
                assert!(rings, "{id:?} is offered to {agent:?}, who is {state:?}");
            }
            contact::State::Talking { agent } => {
                assert!(!in_queue && !unoffered, "{id:?} waits and talks");
                let state = self.agents[agent.index()].state;
                let talks = matches!(state, agent::State::Talking { contact, .. } if contact == id);
                assert!(talks, "{id:?} talks to {agent:?}, who is {state:?}");
            }
            contact::State::Gone(_) => panic!("{id:?} is gone and still here"),
        }
    }
}
