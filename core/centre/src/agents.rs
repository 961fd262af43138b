// SPDX-License-Identifier: EUPL-1.2
//! What becomes of agents, and who is offered to whom.

use crate::callbacks::CallbackEnd;
use crate::timers::Timer;
use crate::{Centre, Command, Note};
use acd::agent::{self, Agent};
use acd::contact::{self, Parting, State};
use acd::{LaneId, Refusal};
use alloc::vec::Vec;
use stdx::{AgentId, ContactId, Micros, Tick};

impl Centre {
    /// Moves one agent; the only place that changes an agent's state.
    pub(crate) fn agent_event(&mut self, now: Tick, id: AgentId, event: agent::Event) {
        let Some(&before) = self.agents.get(id.index()) else {
            return self.refuse(Refusal::UnknownAgent);
        };
        let rules = self.setup.rules;
        let pauses =
            agent::Pauses { no_answer: rules.no_answer_pause, decline: rules.decline_pause };
        let (after, effect) = before.next(now, event, pauses);
        if let agent::Effect::Refused(why) = effect {
            return self.refuse(why);
        }
        let mut left = self.replace_agent(id, before, after);
        match effect {
            agent::Effect::None | agent::Effect::Refused(_) => {}
            agent::Effect::Returned(contact, _) if self.is_being_called(contact) => {
                self.callback_failed(now, contact, CallbackEnd::AgentLeft);
            }
            agent::Effect::Returned(contact, why) => {
                self.commands.push_back(Command::StopRinging { agent: id, contact });
                self.note(Note::Returned { contact, agent: id, why });
                self.contact_event(now, contact, contact::Event::OfferReturned);
                self.come_back(now, contact);
                // A supervisor may have taken the skill for this caller away while it rang.
                let lane = self.contacts.contains_key(&contact).then(|| self.lane_of(contact));
                let is_left = |lane: &LaneId| self.ready.signed_on(*lane) == 0;
                left.extend(lane.filter(|lane| is_left(lane) && !left.contains(lane)));
            }
            agent::Effect::Connected(contact) => {
                if let agent::State::Offered { ring_until, .. } = before.state {
                    let queue = self.contacts[&contact].queue;
                    let ring = self.setup.queues[queue.index()].ring;
                    let rang = Micros(ring.0.saturating_sub(ring_until.since(now).0));
                    self.learned.picked_up(rang);
                }
                self.take(now, contact);
            }
            agent::Effect::Question(contact) => {
                self.commands.push_back(Command::AskAlive { contact });
            }
            agent::Effect::TalkLost(contact) => {
                self.end_call(now, id, contact);
                let lost = contact::Event::AgentLeft(Parting::CutOff);
                self.contact_event(now, contact, lost);
            }
        }
        if !left.is_empty() {
            self.nobody_left(now, &left);
        }
    }

    /// An agent takes an offer. While the caller's telephone rings first there is nothing to take yet.
    pub(crate) fn answer(&mut self, now: Tick, id: AgentId, contact: ContactId) {
        let state = self.agents.get(id.index()).map(|agent| agent.state);
        let is_asked =
            matches!(state, Some(agent::State::Offered { contact: to, .. }) if to == contact);
        if is_asked && self.is_being_called(contact) {
            return self.refuse(Refusal::NotOffered);
        }
        self.agent_event(now, id, agent::Event::Answer(contact));
    }

    fn is_being_called(&self, contact: ContactId) -> bool {
        matches!(self.contact(contact), Some(State::CallingBack { .. }))
    }

    /// An agent took a contact: a caller on the line, or one to be called back.
    fn take(&mut self, now: Tick, id: ContactId) {
        let it = &self.contacts[&id];
        let (State::Promised { expires_at, .. }, Some(rules)) = (it.state, it.callback) else {
            return self.contact_event(now, id, contact::Event::Answered { ring_until: now });
        };
        if self.channels.has_free(it.trunk) {
            let event = contact::Event::Answered { ring_until: now + rules.ring };
            return self.contact_event(now, id, event);
        }
        let again_at = Some(now + rules.retry_after).filter(|&at| at < expires_at);
        if let Some(again_at) = again_at {
            self.note(Note::CallbackReturned { contact: id, again_at, why: None });
        }
        let event = contact::Event::CallbackFailed { again_at, counts: false };
        self.contact_event(now, id, event);
    }

    /// Tells what became of an agent; the lanes for which nobody is left.
    fn replace_agent(&mut self, id: AgentId, before: Agent, after: Agent) -> Vec<LaneId> {
        let left = self.seat(id, after);
        if before.state == after.state {
            if before.after_call != after.after_call {
                self.note(Note::AgentPlans { agent: id, after_call: after.after_call });
            }
        } else if !goes_on(before.state, after.state) {
            self.note(Note::AgentChanged { agent: id, state: after.state });
        }
        left
    }

    /// An agent is another now, and every list knows it; the lanes for which nobody is left.
    pub(crate) fn seat(&mut self, id: AgentId, after: Agent) -> Vec<LaneId> {
        let before = core::mem::replace(&mut self.agents[id.index()], after);
        self.touched_agents.push(id);
        let deadline = |agent: &Agent| agent.deadline().map(|(at, _)| at);
        self.timers.set(Timer::Agent(id), deadline(&before), deadline(&after));
        if before.state == after.state {
            return Vec::new();
        }
        if let agent::State::Ready { idle_since } = before.state {
            self.ready.remove(id, idle_since);
        }
        let left = self.come_or_go(id, before.state, after.state);
        if let agent::State::Ready { idle_since } = after.state {
            self.ready.add(id, idle_since);
        }
        left
    }

    fn come_or_go(
        &mut self,
        id: AgentId,
        before: agent::State,
        after: agent::State,
    ) -> Vec<LaneId> {
        let off = |state| state == agent::State::SignedOff;
        match (off(before), off(after)) {
            (true, false) => {
                self.ready.come(id);
                Vec::new()
            }
            (false, true) => {
                self.ready.go(id);
                let nobody = |lane: &LaneId| self.ready.signed_on(*lane) == 0;
                let lanes = self.ready.lanes(id).iter().map(|&(lane, _)| lane);
                let left = lanes.filter(nobody).collect();
                self.forget_skills(id);
                self.acts.forget_helper(id);
                left
            }
            (true, true) | (false, false) => Vec::new(),
        }
    }

    pub(crate) fn hang_up(&mut self, now: Tick, id: AgentId) {
        match self.agents.get(id.index()).map(|agent| agent.state) {
            Some(agent::State::Talking { contact, .. }) => {
                if let State::CallingBack { .. } = self.contacts[&contact].state {
                    return self.callback_failed(now, contact, CallbackEnd::GivenUp);
                }
                self.end_call(now, id, contact);
                let left = contact::Event::AgentLeft(Parting::HungUp);
                self.contact_event(now, contact, left);
            }
            Some(agent::State::SignedOff) => self.refuse(Refusal::NotSignedOn),
            Some(
                agent::State::NotReady { .. }
                | agent::State::Ready { .. }
                | agent::State::Offered { .. }
                | agent::State::WrapUp { .. },
            ) => self.refuse(Refusal::NotTalking),
            None => self.refuse(Refusal::UnknownAgent),
        }
    }

    /// The agent's side of a talk is over: wrap-up as the contact's line grants it.
    pub(crate) fn end_call(&mut self, now: Tick, id: AgentId, contact: ContactId) {
        let line = self.contacts[&contact].line;
        let wrap_up = self.setup.lines[line.index()].wrap_up;
        self.agent_event(now, id, agent::Event::CallEnded { wrap_up });
    }

    /// Offers as long as somebody waits for whom somebody is ready: always the caller whose turn
    /// it is among those who can be served, always to the best agent for that line.
    pub(crate) fn offer(&mut self, now: Tick) {
        while let Some((contact, agent)) = self.next_match() {
            self.offer_to(now, agent, contact);
            // Who is called first takes a channel at once.
            self.look_for_channels();
        }
    }

    /// An agent's telephone rings for one who waits.
    pub(crate) fn offer_to(&mut self, now: Tick, agent: AgentId, contact: ContactId) {
        let it = &self.contacts[&contact];
        if matches!(it.state, State::Promised { .. }) && it.is_called_first() {
            return self.call_first(now, agent, contact);
        }
        let (line, ring) = (it.line, self.setup.queues[it.queue.index()].ring);
        self.agent_event(now, agent, agent::Event::Offer { contact, ring });
        self.contact_event(now, contact, contact::Event::Offered(agent));
        let until = now + ring;
        self.commands.push_back(Command::Ring { agent, contact, line, until });
    }

    fn next_match(&self) -> Option<(ContactId, AgentId)> {
        let lanes = self.ready.ready_lanes().and(self.queues.waiting_lanes());
        let served = lanes.filter_map(|lane| {
            let agent = self.ready.best(lane)?;
            Some((self.queues.first(lane)?, agent))
        });
        let (turn, agent) = served.min_by_key(|&(turn, _)| turn)?;
        Some((turn.contact(), agent))
    }
}

/// Whether a talk or an offer merely goes on, which is no news to anybody.
fn goes_on(before: agent::State, after: agent::State) -> bool {
    let with = |state| match state {
        agent::State::Talking { contact, .. } => Some((contact, true)),
        agent::State::Offered { contact, .. } => Some((contact, false)),
        agent::State::SignedOff
        | agent::State::NotReady { .. }
        | agent::State::Ready { .. }
        | agent::State::WrapUp { .. } => None,
    };
    with(before).is_some() && with(before) == with(after)
}
