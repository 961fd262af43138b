// SPDX-License-Identifier: EUPL-1.2
//! The second opinion on call-backs.

use super::{Caller, Reference, can_be_offered};
use acd::agent::State as Doing;
use acd::contact::State as Place;
use acd::{CallbackRules, First, LineRules, Refusal};
use centre::{Command, NotReached, Note, TaskReason};
use promise::{Fate, FateReason};
use stdx::limits::LEARNED_TALKS;
use stdx::{CallerToken, ContactId, LineId, Micros, Tick};

/// Before a line has learned from its own talks: eight that are spread as chance would spread them.
pub(super) fn first_talks(line: &LineRules) -> Vec<Micros> {
    let expected = line.expected_talk + line.wrap_up;
    let quantile = |eighth: u32| {
        let share = (f64::from(eighth * 8 + 4) + 0.5) / 64.0;
        (-(1.0 - share).ln() * 1_000.0).round() as u64
    };
    (0..8).map(|eighth| Micros(expected.0 / 1_000 * quantile(eighth))).collect()
}

/// How an attempt to call back ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Attempt {
    /// The telephone rings no longer: busy, out of reach.
    Failed(NotReached),
    /// It was cut off.
    Lost,
    /// It rang for its time.
    RangInVain,
    /// The agent hung up while it rang.
    GivenUp,
    /// The agent who was reserved has gone.
    AgentLeft,
}

impl Reference {
    /// How long a talk of this line takes on average.
    fn handling(&self, line: LineId) -> u64 {
        let talks = &self.talks[line.index()];
        let latest = &talks[talks.len().saturating_sub(LEARNED_TALKS)..];
        latest.iter().map(|talk| talk.0).sum::<u64>() / latest.len() as u64
    }

    pub(super) fn callback_wanted(&mut self, contact: ContactId) {
        let rules = match self.may_be_called_back(contact) {
            Ok(rules) => rules,
            Err(why) => return self.refuse(why),
        };
        let at = self.inside(contact).expect("it waits");
        self.stop_partner(at);
        let line = self.callers[at].line;
        self.callers[at].called_back = true;
        self.callers[at].place = Place::Promised {
            offered_to: None,
            rests_until: None,
            expires_at: self.now.mono + rules.expires_after,
            attempts: 0,
        };
        self.said.push(Command::PromiseCallback { contact, line });
    }

    fn may_be_called_back(&self, contact: ContactId) -> Result<CallbackRules, Refusal> {
        let at = self.inside(contact).ok_or(Refusal::UnknownContact)?;
        let it = &self.callers[at];
        match it.place {
            Place::Waiting { offered_to: None, .. } => {}
            Place::Waiting { .. } => return Err(Refusal::RingsAlready),
            Place::Promised { .. } | Place::CallingBack { .. } => {
                return Err(Refusal::CallbackTwice);
            }
            _ => return Err(Refusal::NotWaiting),
        }
        let rules = self.setup.lines[it.line.index()].callback.ok_or(Refusal::NoCallback)?;
        let token = it.token.ok_or(Refusal::NoNumber)?;
        if it.partner_only.is_some() || it.handed_on.is_some() {
            return Err(Refusal::NoCallback);
        }
        if self.callers.iter().any(|other| other.called_back && other.token == Some(token)) {
            return Err(Refusal::CallbackTwice);
        }
        let owed: u64 = self
            .callers
            .iter()
            .filter(|other| other.waits())
            .filter(|other| self.share_an_agent(it, other))
            .map(|other| self.handling(other.line))
            .sum();
        let repays = self.time_there(it.line, it.asked).is_some_and(|there| owed <= there);
        if repays { Ok(rules) } else { Err(Refusal::CallbackTooMany) }
    }

    /// Whether somebody who is signed on could answer both.
    fn share_an_agent(&self, it: &Caller, other: &Caller) -> bool {
        let answers = |at: usize, it: &Caller| self.serves(at, self.widest(it.asked));
        let is_there = |at: &usize| self.agents[*at].state != Doing::SignedOff;
        it.id == other.id
            || (0..self.agents.len())
                .filter(is_there)
                .any(|at| answers(at, it) && answers(at, other))
    }

    /// The time that those who are signed on are still there for this line's callers; none outside
    /// its hours.
    fn time_there(&self, line: LineId, asked: LineId) -> Option<u64> {
        let closes = self.open_until(self.setup.lines[line.index()].timetable)?;
        let mut sum = 0;
        for (at, agent) in self.agents.iter().enumerate() {
            if agent.state == Doing::SignedOff || !self.serves(at, self.widest(asked)) {
                continue;
            }
            let wall = self.now.wall;
            let shift = self.setup.agents[at].shift;
            let goes = shift.map_or(closes, |shift| {
                self.open_until(shift).map_or(wall, |until| until.min(closes))
            });
            let left = goes.since(wall).min(agent.shift_until.since(self.now.mono)).0;
            let is_busy = matches!(
                agent.state,
                Doing::Offered { .. } | Doing::Talking { .. } | Doing::WrapUp { .. }
            );
            sum += left.saturating_sub(if is_busy { self.handling(line) } else { 0 });
        }
        Some(sum)
    }

    /// An agent took one who hung up long ago: the caller's telephone rings, if there is a channel.
    pub(super) fn call_back(&mut self, at: usize, agent: stdx::AgentId) {
        let it = &self.callers[at];
        let Place::Promised { expires_at, attempts, .. } = it.place else {
            unreachable!("asked before")
        };
        let (contact, line, now) = (it.id, it.line, self.now.mono);
        let rules = self.setup.lines[line.index()].callback.expect("it was promised");
        if self.has_channel(it.trunk) {
            let (attempts, until) = (attempts + 1, now + rules.ring);
            self.callers[at].place =
                Place::CallingBack { agent, ring_until: until, expires_at, attempts };
            let first = First::Agent;
            self.said.push(Command::CallBack { contact, agent, line, until, first });
        } else {
            let again_at = now + rules.retry_after;
            if again_at < expires_at {
                self.said.push(Command::Note(Note::CallbackReturned {
                    contact,
                    again_at,
                    why: None,
                }));
            }
            let rests_until = Some(again_at.min(expires_at));
            self.callers[at].place =
                Place::Promised { offered_to: None, rests_until, expires_at, attempts };
            self.free(agent.index(), now);
        }
    }

    /// Whether the caller is called before the agent.
    pub(super) fn is_called_first(&self, at: usize) -> bool {
        let it = &self.callers[at];
        let rules = self.setup.lines[it.line.index()].callback;
        it.called_back && rules.expect("it was promised").first == First::Caller
    }

    /// The caller's telephone rings at once; the agent's waits for the answer.
    pub(super) fn call_first(&mut self, at: usize, agent: stdx::AgentId, idle_since: Tick) {
        let it = &self.callers[at];
        let Place::Promised { expires_at, attempts, .. } = it.place else {
            unreachable!("asked before")
        };
        let (contact, line, now) = (it.id, it.line, self.now.mono);
        let rules = self.setup.lines[line.index()].callback.expect("it was promised");
        let until = now + rules.ring;
        let ring_until = until + self.setup.queues[self.queue_of(it).index()].ring;
        self.becomes(agent.index(), Doing::Offered { contact, idle_since, ring_until });
        let attempts = attempts + 1;
        self.callers[at].place =
            Place::CallingBack { agent, ring_until: until, expires_at, attempts };
        let first = First::Caller;
        self.said.push(Command::CallBack { contact, agent, line, until, first });
    }

    pub(super) fn callback_reached(&mut self, contact: ContactId) {
        match self.inside(contact).map(|at| (at, self.callers[at].place)) {
            None => self.refuse(Refusal::UnknownContact),
            Some((at, Place::CallingBack { agent, .. })) if self.is_called_first(at) => {
                let (line, queue) = (self.callers[at].line, self.queue_of(&self.callers[at]));
                let now = self.now.mono;
                let limit_at = now + self.may_wait(line, queue);
                self.callers[at].place = Place::Waiting { offered_to: Some(agent), limit_at };
                self.choose_stage(at);
                let until = now + self.setup.queues[queue.index()].ring;
                let Doing::Offered { idle_since, .. } = self.agents[agent.index()].state else {
                    unreachable!("it is reserved")
                };
                self.becomes(
                    agent.index(),
                    Doing::Offered { contact, idle_since, ring_until: until },
                );
                self.said.push(Command::Ring { agent, contact, line, until });
            }
            Some((at, Place::CallingBack { agent, .. })) => {
                self.callers[at].place = Place::Talking { agent };
                self.callers[at].answered = Some((self.now.mono, Some(agent)));
                self.said.push(Command::Connect { contact, agent });
            }
            Some(_) => self.refuse(Refusal::NotCallingBack),
        }
    }

    /// Not reached. What the agent breaks off was no attempt.
    pub(super) fn callback_failed(&mut self, contact: ContactId, how: Attempt) {
        let Some(at) = self.inside(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let it = &self.callers[at];
        let Place::CallingBack { agent, expires_at, attempts, .. } = it.place else {
            return self.refuse(Refusal::NotCallingBack);
        };
        let (line, now) = (it.line, self.now.mono);
        let rules = self.setup.lines[line.index()].callback.expect("it was promised");
        let (rings, why) = match how {
            Attempt::Failed(why) => (false, Some(why)),
            Attempt::Lost => (false, None),
            Attempt::RangInVain => (true, Some(NotReached::NoAnswer)),
            Attempt::GivenUp | Attempt::AgentLeft => (true, None),
        };
        if rings {
            self.said.push(Command::StopCallback { contact });
        }
        let left = how == Attempt::AgentLeft;
        let again_at = if left { now } else { now + rules.retry_after };
        let was_none = left || how == Attempt::GivenUp;
        let attempts = if was_none { attempts - 1 } else { attempts };
        if attempts < rules.attempts && again_at < expires_at {
            self.said.push(Command::Note(Note::CallbackReturned { contact, again_at, why }));
            let rests_until = Some(again_at);
            self.callers[at].place =
                Place::Promised { offered_to: None, rests_until, expires_at, attempts };
            self.free_for(agent.index(), contact);
        } else {
            self.free_for(agent.index(), contact);
            let reason = TaskReason::NotReached;
            self.said.push(Command::OpenTask { contact, line, reason });
            self.end(contact, Fate::Abandoned, FateReason::CallbackExpired, false);
        }
    }

    /// Who waited for this caller, or was reserved, is free again; who has left is not.
    fn free_for(&mut self, at: usize, contact: ContactId) {
        match self.agents[at].state {
            Doing::Talking { contact: with, .. } if with == contact => {
                self.free(at, self.now.mono);
            }
            Doing::Offered { contact: to, idle_since, .. } if to == contact => {
                self.free(at, idle_since);
            }
            _ => {}
        }
    }

    pub(super) fn look_for_channels(&mut self) {
        let promised = self.callers.iter().filter(|it| it.called_back);
        let mut promised: Vec<ContactId> = promised.map(|it| it.id).collect();
        promised.sort();
        for contact in promised {
            let at = self.inside(contact).expect("nobody leaves by this");
            let had_none = self.callers[at].no_channel;
            self.callers[at].no_channel = !self.has_channel(self.callers[at].trunk);
            let is_promised = matches!(self.callers[at].place, Place::Promised { .. });
            if had_none && is_promised && can_be_offered(&self.callers[at]) {
                self.ask_wider_if_nobody_is_there(at);
            }
        }
    }

    pub(super) fn expire(&mut self, at: usize) {
        let (contact, line) = (self.callers[at].id, self.callers[at].line);
        let reason = TaskReason::CallbackExpired;
        self.said.push(Command::OpenTask { contact, line, reason });
        self.end(contact, Fate::Abandoned, FateReason::CallbackExpired, false);
    }

    /// After an attempt that failed agents are asked again.
    pub(super) fn rested(&mut self, at: usize) {
        if let Place::Promised { expires_at, attempts, .. } = self.callers[at].place {
            self.callers[at].place =
                Place::Promised { offered_to: None, rests_until: None, expires_at, attempts };
            self.ask_wider_if_nobody_is_there(at);
        }
    }

    /// Who calls the same line again instead of waiting for the call-back takes its place. Whether one did.
    pub(super) fn does_not_wait_for_the_callback(
        &mut self,
        token: Option<CallerToken>,
        line: LineId,
    ) -> bool {
        let promised = self.callers.iter().position(|it| {
            let is_promised =
                matches!(it.place, Place::Promised { .. } | Place::CallingBack { .. });
            is_promised && it.token.is_some() && it.token == token && it.line == line
        });
        if let Some(at) = promised {
            let contact = self.callers[at].id;
            self.stop_ringing(at);
            if let Place::CallingBack { agent, .. } = self.callers[at].place {
                self.said.push(Command::StopCallback { contact });
                self.free_for(agent.index(), contact);
            }
            self.end(contact, Fate::Abandoned, FateReason::CalledAgain, true);
        }
        promised.is_some()
    }
}
