// SPDX-License-Identifier: EUPL-1.2
//! The conservation laws, asserted after every event, in release builds too.
//!
//! What an event touched is checked at once; nothing else can have changed, because one function
//! each changes contacts and agents. The whole centre is checked by [`Centre::audit`], which the
//! simulator calls often and the event loop now and then.

use crate::Centre;
use crate::place::{Contact, Standing};
use crate::timers::Timer;
use acd::{LaneId, agent, contact};
use stdx::limits::{CONTACTS_MAX, REMEMBERED_CALLERS_MAX};
use stdx::{AgentId, ContactId, PartnerId, TrunkId};

/// How many contacts are in each place, counted along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Census {
    pub(crate) arrived: u64,
    /// At the client's own switchboard, ringing or talking.
    pub(crate) local: u64,
    pub(crate) entering: u64,
    pub(crate) waiting: u64,
    /// Talking to an agent of ours.
    pub(crate) talking: u64,
    /// Talking to the partner.
    pub(crate) overflowed: u64,
    /// Rung at an office, or talking there.
    pub(crate) at_office: u64,
    /// Waiting for a call-back.
    pub(crate) promised: u64,
    /// Being called back, with an agent who waits.
    pub(crate) calling_back: u64,
    pub(crate) gone: u64,
}

impl Census {
    /// A contact went from one place to another; who is gone is counted with the record.
    pub(crate) fn moved(&mut self, from: contact::State, to: contact::State) {
        if let Some(place) = self.place(from) {
            *place -= 1;
        }
        self.came(to);
    }

    /// A contact came in.
    pub(crate) fn came(&mut self, to: contact::State) {
        if let Some(place) = self.place(to) {
            *place += 1;
        }
    }

    fn place(&mut self, state: contact::State) -> Option<&mut u64> {
        match state {
            contact::State::AtSwitchboard { .. } | contact::State::Local { .. } => {
                Some(&mut self.local)
            }
            contact::State::Entering { .. } => Some(&mut self.entering),
            contact::State::Waiting { .. } => Some(&mut self.waiting),
            contact::State::Talking { .. } => Some(&mut self.talking),
            contact::State::AtPartner { .. } => Some(&mut self.overflowed),
            contact::State::ToOffice { .. } | contact::State::AtOffice { .. } => {
                Some(&mut self.at_office)
            }
            contact::State::Promised { .. } => Some(&mut self.promised),
            contact::State::CallingBack { .. } => Some(&mut self.calling_back),
            contact::State::Gone(_) => None,
        }
    }

    fn inside(&self) -> u64 {
        self.local
            + self.entering
            + self.waiting
            + self.talking
            + self.overflowed
            + self.at_office
            + self.promised
            + self.calling_back
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
            + self.contacts.values().filter(|it| it.deadline().is_some()).count()
            + self.partners.iter().filter(|it| it.wake_at.is_some()).count()
            + self.acts.deadlines();
        assert_eq!(self.timers.len(), with_deadline, "a deadline without its owner");
        let queued = self.census.waiting + self.census.promised;
        assert_eq!(self.queues.total() as u64, queued, "the queues hold others");
        let entering: u32 = self.entering.iter().sum();
        assert_eq!(u64::from(entering), self.census.entering, "the door counted wrongly");
        for lane in (0..).map(LaneId).take(self.lanes.count()) {
            let (ready, waits) = (self.ready.best(lane), self.queues.first(lane));
            assert!(
                ready.is_none() || waits.is_none(),
                "{lane:?}: {ready:?} could serve {waits:?}"
            );
        }
        self.check_partners();
        self.check_callbacks();
        self.check_channels();
        self.check_signed_on();
    }

    /// What the partners are counted to have and to be wanted for is what the contacts say.
    fn check_partners(&self) {
        for id in (0..).map(PartnerId).take(self.partners.len()) {
            let partner = &self.partners[id.index()];
            let standings = self.contacts.values().map(|it| Standing::of(it, &self.lanes));
            let (mut has, mut wanted) = (0, 0);
            for standing in standings {
                has += u32::from(standing.partner == Some(id));
                let wants = standing.wants == Some(id);
                wanted += usize::from(wants);
                assert!(!wants || partner.is_wanted_by(standing.turn), "{id:?} forgot somebody");
            }
            assert_eq!(partner.in_flight, has, "{id:?} has others");
            assert_eq!(partner.wanted(), wanted, "{id:?} is wanted by others");
        }
    }

    /// Invariant 4: one call-back for one caller, and each that is being made has an agent of its own.
    fn check_callbacks(&self) {
        let promised = self.contacts.values().filter(|it| it.callback.is_some()).count();
        assert_eq!(self.callbacks.len(), promised, "a call-back was lost or promised twice");
        for (caller, id) in &self.callbacks {
            let it = self.contacts.get(id).expect("a call-back without its contact");
            let is_promised = it.caller == Some(*caller) && it.callback.is_some();
            assert!(is_promised, "{id:?}: another's call-back");
            let has_channel = self.channels.has_free(it.trunk);
            assert_eq!(it.no_channel, !has_channel, "{id:?}: asked for without a channel, or not");
        }
    }

    fn check_channels(&self) {
        for trunk in (0..).map(TrunkId).take(self.setup.trunks.len()) {
            let uses = |it: &Contact| {
                let legs = self.channels.of(it).into_iter().flatten();
                legs.filter(|&used| used == trunk).count() as u32
            };
            let used: u32 = self.contacts.values().map(uses).sum();
            assert_eq!(self.channels.in_use(trunk), used, "{trunk:?} carries others");
        }
    }

    fn check_signed_on(&self) {
        for lane in (0..).map(LaneId).take(self.lanes.count()) {
            let agents = (0..).map(AgentId).take(self.agents.len());
            let there = agents.filter(|agent| {
                self.agents[agent.index()].state != agent::State::SignedOff
                    && self.ready.serves(*agent, lane)
            });
            assert_eq!(there.count() as u32, self.ready.signed_on(lane), "{lane:?}");
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
        assert!(self.callbacks.len() <= self.contacts.len(), "more call-backs than contacts");
        if let Some(lane) = self.ready.ready_lanes().and(self.queues.waiting_lanes()).next() {
            panic!("{lane:?}: somebody waits although somebody is ready");
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
                Some(
                    contact::State::Waiting { offered_to: Some(agent), .. }
                    | contact::State::Promised { offered_to: Some(agent), .. },
                ) if agent == id => {}
                Some(contact::State::CallingBack { agent, .. })
                    if agent == id && self.contacts[&contact].is_called_first() => {}
                other => panic!("{id:?} is offered {contact:?}, which is {other:?}"),
            },
            agent::State::Talking { contact, .. } => match self.contact(contact) {
                Some(contact::State::CallingBack { agent, .. })
                    if agent == id && !self.contacts[&contact].is_called_first() => {}
                Some(contact::State::Talking { agent }) if agent == id => {}
                other => panic!("{id:?} talks to {contact:?}, which is {other:?}"),
            },
        }
    }

    /// Invariants 1 and 3 for one contact: it stands where it says, and the agent agrees.
    fn check_contact(&self, id: ContactId, it: &Contact) {
        if let Some((at, why)) = it.deadline() {
            assert!(self.timers.contains(at, Timer::Contact(id)), "{id:?}: {why}: not set");
        }
        let standing = Standing::of(it, &self.lanes);
        let in_queue = self.queues.holds(it.queue, it.turn);
        let lane = self.lanes.lane(it.asked_as, it.stage);
        let unoffered = self.queues.is_unoffered(lane, it.turn);
        assert_eq!(standing.queue.is_some(), in_queue, "{id:?} stands at no place or at two");
        assert_eq!(standing.lane.is_some(), unoffered, "{id:?} is asked for wrongly");
        match it.state {
            contact::State::Waiting { offered_to: Some(agent), .. }
            | contact::State::Promised { offered_to: Some(agent), .. } => {
                assert!(in_queue && !unoffered, "{id:?} lost its place by an offer");
                let state = self.agents[agent.index()].state;
                let rings = matches!(state, agent::State::Offered { contact, .. } if contact == id);
                assert!(rings, "{id:?} is offered to {agent:?}, who is {state:?}");
            }
            contact::State::CallingBack { agent, .. } if it.is_called_first() => {
                assert!(!in_queue && !unoffered, "{id:?} waits and is called");
                let state = self.agents[agent.index()].state;
                let is_reserved =
                    matches!(state, agent::State::Offered { contact, .. } if contact == id);
                assert!(is_reserved, "{id:?} is called for {agent:?}, who is {state:?}");
            }
            contact::State::Talking { agent } | contact::State::CallingBack { agent, .. } => {
                assert!(!in_queue && !unoffered, "{id:?} waits and talks");
                let state = self.agents[agent.index()].state;
                let talks = matches!(state, agent::State::Talking { contact, .. } if contact == id);
                assert!(talks, "{id:?} talks to {agent:?}, who is {state:?}");
            }
            contact::State::AtSwitchboard { .. }
            | contact::State::Local { .. }
            | contact::State::Entering { .. }
            | contact::State::ToOffice { .. }
            | contact::State::AtOffice { .. }
            | contact::State::AtPartner { .. } => assert!(!in_queue, "{id:?} waits elsewhere"),
            contact::State::Waiting { offered_to: None, .. }
            | contact::State::Promised { offered_to: None, .. } => {}
            contact::State::Gone(_) => panic!("{id:?} is gone and still here"),
        }
    }
}
