// SPDX-License-Identifier: EUPL-1.2
//! Call-back instead of waiting.
//!
//! The rules to keep: a call-back stands where its caller would stand and never overtakes; there are
//! never two for one caller; none is promised that the rest of the shift cannot repay; and who is not
//! reached becomes a task, never silence.

use crate::{Centre, Command, NotReached, Note};
use acd::agent;
use acd::contact::{self, State};
use acd::{CallbackRules, Refusal};
use alloc::vec;
use alloc::vec::Vec;
use stdx::limits::CALLBACK_ATTEMPTS_MAX;
use stdx::{AgentId, ContactId, LineId, Micros, QueueId, Tick, Timestamp};

/// How an attempt to call back ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallbackEnd {
    /// The edge says how the caller was not reached.
    Told(NotReached),
    /// By a fault of ours.
    Lost,
    /// It rang for its time.
    Silent,
    /// The agent hung up before.
    GivenUp,
    /// The agent who was reserved for the caller cannot be asked any more.
    AgentLeft,
}

impl Centre {
    pub(crate) fn want_callback(&mut self, now: Tick, id: ContactId) {
        match self.callback_rules(id) {
            Err(why) => self.refuse(why),
            Ok(rules) => {
                let expires_at = now + rules.expires_after;
                self.contact_event(now, id, contact::Event::CallbackPromised { expires_at });
                let (line, caller) = self.alter(id, |it| {
                    it.callback = Some(rules);
                    (it.line, it.caller)
                });
                if let Some(caller) = caller {
                    self.callbacks.insert(caller, id);
                }
                self.commands.push_back(Command::PromiseCallback { contact: id, line });
            }
        }
    }

    /// The rules by which this caller can be promised a call-back, or why not.
    pub(crate) fn callback_rules(&self, id: ContactId) -> Result<CallbackRules, Refusal> {
        let it = self.contacts.get(&id).ok_or(Refusal::UnknownContact)?;
        match it.state {
            State::Waiting { offered_to: None, .. } => {}
            State::Waiting { offered_to: Some(_), .. } => return Err(Refusal::RingsAlready),
            State::Promised { .. } | State::CallingBack { .. } => {
                return Err(Refusal::CallbackTwice);
            }
            State::AtSwitchboard { .. }
            | State::Local { .. }
            | State::Entering { .. }
            | State::Talking { .. }
            | State::AtPartner { .. }
            | State::ToOffice { .. }
            | State::AtOffice { .. }
            | State::Gone(_) => return Err(Refusal::NotWaiting),
        }
        let rules = self.setup.lines[it.line.index()].callback.ok_or(Refusal::NoCallback)?;
        let caller = it.caller.ok_or(Refusal::NoNumber)?;
        // Whom an agent has answered already waits on the line, or calls again.
        if it.partner_only.is_some() || it.transfer.is_some() {
            return Err(Refusal::NoCallback);
        }
        if self.callbacks.contains_key(&caller) {
            return Err(Refusal::CallbackTwice);
        }
        if !self.can_repay(id) {
            return Err(Refusal::CallbackTooMany);
        }
        Ok(rules)
    }

    /// Whether those who are signed on have the time, until the line closes or their shifts end, for
    /// everybody who waits or is promised a call-back and whom one of them could answer, in whatever queue.
    fn can_repay(&self, id: ContactId) -> bool {
        let it = &self.contacts[&id];
        let Some(closes) = self.closes_at(it.line) else { return false };
        let lane = self.lanes.widest(it.asked_as);
        let mut there = 0;
        // Whoever could be answered by them has a claim to their time.
        let mut has_claim = vec![false; self.lanes.count()];
        has_claim[lane.index()] = true;
        for agent in (0..).map(AgentId).take(self.agents.len()) {
            let is_there = self.agents[agent.index()].state != agent::State::SignedOff;
            if is_there && self.ready.serves(agent, lane) {
                there += self.time_left(agent, it.line, closes).0;
                let serves = self.ready.lanes(agent);
                serves.iter().for_each(|&(lane, _)| has_claim[lane.index()] = true);
            }
        }
        let queues = (0..).map(QueueId).take(self.setup.queues.len());
        let waiting = queues.flat_map(|queue| self.queues.waiting(queue));
        let waiting = waiting.map(|other| &self.contacts[&other]);
        let owed = waiting.filter(|other| has_claim[self.lanes.widest(other.asked_as).index()]);
        owed.map(|other| self.learned.handling(other.line).0).sum::<u64>() <= there
    }

    /// How long an agent is still there for callers; the rest of a present talk is taken off.
    fn time_left(&self, id: AgentId, line: LineId, closes: Timestamp) -> Micros {
        let agent = &self.agents[id.index()];
        let busy = match agent.state {
            agent::State::SignedOff => return Micros::ZERO,
            agent::State::NotReady { .. } | agent::State::Ready { .. } => Micros::ZERO,
            agent::State::Offered { .. }
            | agent::State::Talking { .. }
            | agent::State::WrapUp { .. } => self.learned.handling(line),
        };
        let shift = self.setup.agents[id.index()].shift;
        let goes = shift.map_or(closes, |shift| match self.timetable(shift).at(self.now.wall) {
            calendar::Opening::Open { until } => until.min(closes),
            // Signed on outside the roster: nobody knows for how long.
            calendar::Opening::Closed { .. } | calendar::Opening::BeyondHorizon => self.now.wall,
        });
        let left = goes.since(self.now.wall);
        let signed_off_by = agent.shift_until.since(self.now.mono);
        Micros(left.min(signed_off_by).0.saturating_sub(busy.0))
    }

    /// No agent is asked for a call-back while there is no channel to make it.
    pub(crate) fn look_for_channels(&mut self) {
        if !self.channels.take_turn() {
            return;
        }
        let has_none = |id: &ContactId| !self.channels.has_free(self.contacts[id].trunk);
        let differs = |id: &ContactId| self.contacts[id].no_channel != has_none(id);
        let mut turned: Vec<ContactId> = self.callbacks.values().copied().filter(differs).collect();
        turned.sort_unstable();
        for id in turned {
            let state = self.alter(id, |it| {
                it.no_channel = !it.no_channel;
                it.state
            });
            let is_asked_for =
                matches!(state, State::Promised { offered_to: None, rests_until: None, .. });
            if is_asked_for && !self.contacts[&id].no_channel {
                self.widen_if_nobody_is_there(id);
            }
        }
    }

    /// The caller's telephone rings first, for an agent who is reserved meanwhile: as long as it rings, and then
    /// as long as the agent's does, so that nobody is called who would find nobody.
    pub(crate) fn call_first(&mut self, now: Tick, agent: AgentId, id: ContactId) {
        let it = &self.contacts[&id];
        let rings = it.callback.map_or(Micros::ZERO, |rules| rules.ring);
        let ring = rings + self.setup.queues[it.queue.index()].ring;
        self.agent_event(now, agent, agent::Event::Offer { contact: id, ring });
        let ring_until = now + rings;
        self.contact_event(now, id, contact::Event::CalledFirst { agent, ring_until });
    }

    /// The caller answered: the agent is there already, or is asked from now on while the caller waits.
    pub(crate) fn callback_reached(&mut self, now: Tick, id: ContactId) {
        let reserved = self.contacts.get(&id).filter(|it| it.is_called_first());
        let Some(&State::CallingBack { agent, .. }) = reserved.map(|it| &it.state) else {
            return self.contact_event(now, id, contact::Event::CallbackReached);
        };
        let it = &self.contacts[&id];
        let (line, ring) = (it.line, self.setup.queues[it.queue.index()].ring);
        let limit_at = self.limit_at(now, id);
        self.contact_event(now, id, contact::Event::CallbackWaits { limit_at });
        self.choose_stage(now, id);
        self.agent_event(now, agent, agent::Event::Offer { contact: id, ring });
        let until = now + ring;
        self.commands.push_back(Command::Ring { agent, contact: id, line, until });
    }

    /// The caller was not reached: the next attempt is planned, or the promise becomes a task.
    pub(crate) fn callback_failed(&mut self, now: Tick, id: ContactId, end: CallbackEnd) {
        let Some(it) = self.contacts.get(&id) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let State::CallingBack { expires_at, attempts, .. } = it.state else {
            return self.refuse(Refusal::NotCallingBack);
        };
        let rules = it.callback;
        let most = rules.map_or(1, |rules| rules.attempts).min(CALLBACK_ATTEMPTS_MAX);
        // Who was not let ring to the end was not tried.
        let (rests, counts, why) = match end {
            CallbackEnd::Told(why) => (true, true, Some(why)),
            CallbackEnd::Silent => (true, true, Some(NotReached::NoAnswer)),
            CallbackEnd::Lost => (true, true, None),
            CallbackEnd::GivenUp => (true, false, None),
            // Somebody else may be ready at this moment.
            CallbackEnd::AgentLeft => (false, false, None),
        };
        let next = now + rules.filter(|_| rests).map_or(Micros::ZERO, |rules| rules.retry_after);
        let again_at = ((attempts < most || !counts) && next < expires_at).then_some(next);
        let is_over_there = matches!(end, CallbackEnd::Told(_) | CallbackEnd::Lost);
        if !is_over_there {
            self.commands.push_back(Command::StopCallback { contact: id });
        }
        if let Some(again_at) = again_at {
            self.note(Note::CallbackReturned { contact: id, again_at, why });
        }
        self.contact_event(now, id, contact::Event::CallbackFailed { again_at, counts });
    }

    /// Who waits for a call-back at this moment, and on which line.
    pub fn promised(&self) -> impl Iterator<Item = (ContactId, LineId)> {
        let waits = |it: &crate::place::Contact| matches!(it.state, State::Promised { .. });
        self.contacts.iter().filter(move |(_, it)| waits(it)).map(|(&id, it)| (id, it.line))
    }

    /// How many call-backs are promised and not over yet: a talk that one led to counts until its end.
    #[must_use]
    pub fn callbacks_promised(&self) -> usize {
        self.callbacks.len()
    }
}
