// SPDX-License-Identifier: EUPL-1.2
//! A second opinion: the same centre as plain lists that are searched from end to end.
//!
//! The rule to keep: nothing of the core is used but its public types and limits. Where the two
//! differ, one of them is wrong.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what its days do not know must stop it loudly"
)]

use acd::agent::{AfterCall, Agent, Lease, NotReadyReason, ReturnReason, State as Doing};
use acd::contact::{Parting, State as Place};
use acd::{LineRules, Refusal};
use centre::{Command, Event, Note, Setup};
use promise::{ContactRecord, Fate, FateReason};
use stdx::limits::{
    CONTACTS_MAX, DECLINE_PAUSE_MIN, REMEMBERED_CALLERS_MAX, SHIFT_MAX, TALK_CHECK_EVERY,
    TALK_CHECK_GRACE, UNREACHABLE_PAUSE_MIN, WRAP_UP_EXTENSIONS_MAX,
};
use stdx::{AgentId, CallerToken, ContactId, LineId, Micros, Now, QueueId, Tick, Timestamp};

/// Smaller comes first: the moment from which waiting counts, then the id.
type Key = (i128, ContactId);

#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) id: ContactId,
    pub(crate) line: LineId,
    pub(crate) queue: QueueId,
    token: Option<CallerToken>,
    follows: Option<ContactId>,
    key: Key,
    pub(crate) arrived: Tick,
    set_up_at: Timestamp,
    pub(crate) place: Place,
    queued: Option<Tick>,
    answered: Option<(Tick, AgentId)>,
}

#[derive(Clone, Debug)]
struct Kept {
    token: CallerToken,
    line: LineId,
    gone_at: Tick,
    contact: ContactId,
    counted_from: i128,
}

#[derive(Clone, Debug)]
pub(crate) struct Reference {
    setup: Setup,
    pub(crate) agents: Vec<Agent>,
    pub(crate) callers: Vec<Caller>,
    kept: Vec<Kept>,
    highest: Option<ContactId>,
    said: Vec<Command>,
}

impl Reference {
    pub(crate) fn new(setup: &Setup) -> Self {
        Reference {
            setup: setup.clone(),
            agents: vec![Agent::SIGNED_OFF; setup.agents.len()],
            callers: Vec::new(),
            kept: Vec::new(),
            highest: None,
            said: Vec::new(),
        }
    }

    pub(crate) fn handle(&mut self, now: Now, event: Event) -> Vec<Command> {
        self.let_time_pass(now.mono);
        match event {
            Event::CallArrived { contact, line, caller, .. } => {
                self.call(now, contact, line, caller)
            }
            Event::AnnouncementOver { contact } => self.announcement_over(now.mono, contact),
            Event::CallerLeft { contact, parting } => self.caller_left(now.mono, contact, parting),
            Event::TalkAlive { contact } => self.talk_alive(now.mono, contact),
            Event::Unreachable { agent, contact } => self.dead(now.mono, agent, contact),
            Event::Deadline => {}
            Event::SignOn { agent }
            | Event::SignOff { agent }
            | Event::MakeReady { agent }
            | Event::MakeNotReady { agent, .. }
            | Event::Answer { agent, .. }
            | Event::Decline { agent, .. }
            | Event::HangUp { agent }
            | Event::ExtendWrapUp { agent }
            | Event::EndWrapUp { agent } => self.key_pressed(now.mono, agent, event),
            other => unreachable!("these days know nothing of {other:?}"),
        }
        self.let_time_pass(now.mono);
        std::mem::take(&mut self.said)
    }

    /// When something happens by itself; for the comparison with the centre's own answer.
    pub(crate) fn next_deadline(&self) -> Option<Tick> {
        let agents = self.agents.iter().filter_map(due_of_agent);
        agents.chain(self.callers.iter().filter_map(due_of_caller)).min()
    }

    pub(crate) fn waiting(&self, queue: QueueId) -> Vec<ContactId> {
        let mut waiting: Vec<&Caller> =
            self.callers.iter().filter(|it| it.queue == queue && waits(it)).collect();
        waiting.sort_by_key(|it| it.key);
        waiting.iter().map(|it| it.id).collect()
    }

    /// The caller whose place was kept last, and the line.
    pub(crate) fn lately_gone(&self) -> Option<(CallerToken, LineId)> {
        self.kept.last().map(|kept| (kept.token, kept.line))
    }

    // What happens by itself.

    fn let_time_pass(&mut self, now: Tick) {
        loop {
            self.ring_whom_it_concerns(now);
            let agents = (0..self.agents.len())
                .filter_map(|at| due_of_agent(&self.agents[at]).map(|due| (due, 0, at as u64)));
            let callers =
                self.callers.iter().filter_map(|it| due_of_caller(it).map(|due| (due, 1, it.id.0)));
            let Some((_, kind, which)) = agents.chain(callers).filter(|it| it.0 <= now).min()
            else {
                return;
            };
            if kind == 0 {
                self.agent_is_due(now, which as usize);
            } else {
                self.caller_is_due(now, ContactId(which));
            }
        }
    }

    fn agent_is_due(&mut self, now: Tick, at: usize) {
        let agent = self.agents[at];
        match agent.state {
            Doing::SignedOff => unreachable!("who is signed off has no deadline"),
            Doing::Ready { .. } => self.sign_off(at),
            Doing::NotReady { .. } => self.free(now, at, now),
            Doing::Offered { .. } => {
                self.give_back(now, at, ReturnReason::NoAnswer);
            }
            Doing::Talking { contact, lease: Lease::Held { .. } } => {
                let lease = Lease::Questioned { lost_at: now + TALK_CHECK_GRACE };
                self.becomes(at, Doing::Talking { contact, lease });
                self.said.push(Command::AskAlive { contact });
            }
            Doing::Talking { contact, lease: Lease::Questioned { .. } } => {
                self.agent_ends_talk(now, at, contact, Parting::CutOff);
            }
            Doing::WrapUp { .. } => self.free(now, at, now),
        }
    }

    fn caller_is_due(&mut self, now: Tick, contact: ContactId) {
        let at = self.inside(contact).expect("only who is inside has a deadline");
        match self.callers[at].place {
            Place::Entering { .. } => self.begins_to_wait(now, at),
            Place::Waiting { .. } => self.send_away(now, at),
            other => unreachable!("{other:?} has no deadline here"),
        }
    }

    // Callers.

    fn call(&mut self, now: Now, id: ContactId, line: LineId, token: Option<CallerToken>) {
        if self.highest.is_some_and(|highest| id <= highest) {
            return self.refuse(Refusal::UsedContactId);
        }
        let Some(rules) = self.setup.lines.get(line.index()).cloned() else {
            return self.refuse(Refusal::UnknownLine);
        };
        self.highest = Some(id);
        let comes_back = rules.queue.is_some()
            && self.callers.len() < CONTACTS_MAX
            && token.is_some_and(|token| self.find_place(now.mono, token, line).is_some());
        if comes_back {
            return self.enter(now, id, line, &rules, token);
        }
        let (fate, reason) = match self.objection(now.wall, &rules) {
            None => return self.enter(now, id, line, &rules, token),
            Some(reason @ (FateReason::QueueFull | FateReason::CentreFull)) => {
                (Fate::Refused, reason)
            }
            Some(reason) => (Fate::Closed, reason),
        };
        self.said.push(Command::Dismiss { contact: id, line, fate, reason });
        self.said.push(Command::Note(Note::Ended(ContactRecord {
            contact: id,
            line,
            follows: None,
            set_up_at: now.wall,
            queued_after: None,
            answered_after: None,
            ended_after: Micros::ZERO,
            team: None,
            told: None,
            fate,
            reason,
        })));
    }

    fn objection(&self, wall: Timestamp, line: &LineRules) -> Option<FateReason> {
        let timetable = &self.setup.timetables[line.timetable.index()];
        let horizon = timetable.horizon();
        if wall < horizon.from || horizon.until <= wall {
            return Some(FateReason::TimetableEnded);
        }
        if !timetable.intervals().iter().any(|it| it.from <= wall && wall < it.until) {
            return Some(FateReason::OutsideHours);
        }
        let Some(queue) = line.queue else { return Some(FateReason::AnnouncementOnly) };
        if self.callers.len() >= CONTACTS_MAX {
            return Some(FateReason::CentreFull);
        }
        let on_the_way =
            |it: &&Caller| it.queue == queue && !matches!(it.place, Place::Talking { .. });
        let there = self.callers.iter().filter(on_the_way).count();
        (there >= self.setup.queues[queue.index()].length_max as usize)
            .then_some(FateReason::QueueFull)
    }

    fn enter(
        &mut self,
        now: Now,
        id: ContactId,
        line: LineId,
        rules: &LineRules,
        token: Option<CallerToken>,
    ) {
        let queue = rules.queue.expect("the door lets nobody in without a queue");
        let ahead = i128::from(self.setup.rules.head_start.0) * i128::from(rules.priority);
        let old = token.and_then(|token| self.old_place(now.mono, token, line));
        let counted_from =
            old.as_ref().map_or(i128::from(now.mono.0) - ahead, |kept| kept.counted_from);
        let limit_at = now.mono + self.setup.queues[queue.index()].waiting_max;
        let until = now.mono + rules.greeting.unwrap_or(Micros::ZERO);
        self.callers.push(Caller {
            id,
            line,
            queue,
            token,
            follows: old.map(|kept| kept.contact),
            key: (counted_from, id),
            arrived: now.mono,
            set_up_at: now.wall,
            place: Place::Entering { until, limit_at },
            queued: None,
            answered: None,
        });
        if rules.greeting.is_some() {
            self.said.push(Command::Announce { contact: id, line, plan: None });
        } else {
            self.begins_to_wait(now.mono, self.callers.len() - 1);
        }
    }

    fn old_place(&mut self, now: Tick, token: CallerToken, line: LineId) -> Option<Kept> {
        let at = self.find_place(now, token, line)?;
        Some(self.kept.remove(at))
    }

    fn find_place(&self, now: Tick, token: CallerToken, line: LineId) -> Option<usize> {
        let kept_for = self.setup.rules.place_kept;
        let fits =
            |it: &Kept| it.token == token && it.line == line && now.since(it.gone_at) <= kept_for;
        self.kept.iter().rposition(fits)
    }

    fn announcement_over(&mut self, now: Tick, contact: ContactId) {
        match self.inside(contact) {
            None => self.refuse(Refusal::UnknownContact),
            Some(at) if matches!(self.callers[at].place, Place::Entering { .. }) => {
                self.begins_to_wait(now, at);
            }
            Some(_) => self.refuse(Refusal::NotEntering),
        }
    }

    fn begins_to_wait(&mut self, now: Tick, at: usize) {
        let Place::Entering { limit_at, .. } = self.callers[at].place else {
            unreachable!("asked before")
        };
        self.callers[at].place = Place::Waiting { offered_to: None, limit_at };
        self.callers[at].queued = Some(now);
        let (contact, queue) = (self.callers[at].id, self.callers[at].queue);
        let before = self.waiting(queue).iter().position(|&other| other == contact);
        let position = before.expect("waits since this moment") + 1;
        self.said.push(Command::Wait { contact, position, told: None });
    }

    fn caller_left(&mut self, now: Tick, contact: ContactId, parting: Parting) {
        let Some(at) = self.inside(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        match self.callers[at].place {
            Place::Entering { .. } | Place::Waiting { offered_to: None, .. } => {}
            Place::Waiting { offered_to: Some(agent), .. } => {
                self.said.push(Command::StopRinging { agent, contact });
                let Doing::Offered { idle_since, .. } = self.agents[agent.index()].state else {
                    unreachable!("it rings there")
                };
                self.free(now, agent.index(), idle_since);
            }
            Place::Talking { agent } => self.after_talk(now, agent.index(), contact),
            other => unreachable!("nobody here is {other:?}"),
        }
        self.end(now, at, Some(parting));
    }

    fn talk_alive(&mut self, now: Tick, contact: ContactId) {
        let Some(at) = self.inside(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let Place::Talking { agent } = self.callers[at].place else {
            return self.refuse(Refusal::NotTalking);
        };
        let lease = Lease::Held { check_at: now + TALK_CHECK_EVERY };
        self.becomes(agent.index(), Doing::Talking { contact, lease });
    }

    fn send_away(&mut self, now: Tick, at: usize) {
        let (contact, line) = (self.callers[at].id, self.callers[at].line);
        let (fate, reason) = (Fate::Refused, FateReason::WaitedTooLong);
        self.said.push(Command::Dismiss { contact, line, fate, reason });
        self.end(now, at, None);
    }

    /// The one record of a caller; no parting for who was sent away.
    fn end(&mut self, now: Tick, at: usize, parting: Option<Parting>) {
        let it = self.callers.remove(at);
        let ended_after = now.since(it.arrived);
        let short = self.setup.lines[it.line.index()].short_abandon;
        let (fate, reason, may_come_back) = match (parting, it.answered) {
            (None, _) => (Fate::Refused, FateReason::WaitedTooLong, false),
            (Some(Parting::HungUp), Some(_)) => (Fate::Accepted, FateReason::TalkEnded, false),
            (Some(Parting::CutOff), Some(_)) => (Fate::Accepted, FateReason::TalkCutOff, true),
            (Some(Parting::CutOff), None) => (Fate::Abandoned, FateReason::CutOff, true),
            (Some(Parting::HungUp), None) if ended_after < short => {
                (Fate::ShortAbandoned, FateReason::HungUp, true)
            }
            (Some(Parting::HungUp), None) => (Fate::Abandoned, FateReason::HungUp, true),
        };
        if let (Some(token), true) = (it.token, may_come_back) {
            let counted_from = it.key.0;
            self.kept.push(Kept {
                token,
                line: it.line,
                gone_at: now,
                contact: it.id,
                counted_from,
            });
            assert!(self.kept.len() <= REMEMBERED_CALLERS_MAX, "these days are too busy");
        }
        self.said.push(Command::Note(Note::Ended(ContactRecord {
            contact: it.id,
            line: it.line,
            follows: it.follows,
            set_up_at: it.set_up_at,
            queued_after: it.queued.map(|at| at.since(it.arrived)),
            answered_after: it.answered.map(|(at, _)| at.since(it.arrived)),
            ended_after,
            team: it.answered.map(|(_, agent)| self.setup.agents[agent.index()].team),
            told: None,
            fate,
            reason,
        })));
    }

    // Agents.

    fn key_pressed(&mut self, now: Tick, agent: AgentId, event: Event) {
        let at = agent.index();
        let Some(state) = self.agents.get(at).map(|it| it.state) else {
            return self.refuse(Refusal::UnknownAgent);
        };
        let signs_on = matches!(event, Event::SignOn { .. });
        if state == Doing::SignedOff {
            if !signs_on {
                return self.refuse(Refusal::NotSignedOn);
            }
            self.agents[at].shift_until = now + SHIFT_MAX;
            self.agents[at].after_call = AfterCall::Ready;
            return self.becomes(at, not_ready(NotReadyReason::SignedOn, None));
        }
        match event {
            Event::SignOn { .. } => self.refuse(Refusal::AlreadySignedOn),
            Event::SignOff { .. } => self.wish(now, at, AfterCall::SignOff),
            Event::MakeReady { .. } => self.wish(now, at, AfterCall::Ready),
            Event::MakeNotReady { pause, .. } => self.wish(now, at, AfterCall::Pause(pause)),
            Event::Answer { contact, .. } if rings_for(state, contact) => {
                self.connect(now, at, contact);
            }
            Event::Decline { contact, .. } if rings_for(state, contact) => {
                self.give_back(now, at, ReturnReason::Declined);
            }
            Event::Answer { .. } | Event::Decline { .. } => self.refuse(Refusal::NotOffered),
            Event::HangUp { .. } => {
                if let Doing::Talking { contact, .. } = state {
                    self.agent_ends_talk(now, at, contact, Parting::HungUp);
                } else {
                    self.refuse(Refusal::NotTalking);
                }
            }
            Event::ExtendWrapUp { .. } => self.extend(at),
            Event::EndWrapUp { .. } if matches!(state, Doing::WrapUp { .. }) => {
                self.free(now, at, now);
            }
            Event::EndWrapUp { .. } => self.refuse(Refusal::NotInWrapUp),
            other => unreachable!("{other:?} is no key of an agent"),
        }
    }

    /// No telephone rang.
    fn dead(&mut self, now: Tick, agent: AgentId, contact: ContactId) {
        match self.agents.get(agent.index()).map(|it| it.state) {
            None => self.refuse(Refusal::UnknownAgent),
            Some(Doing::SignedOff) => self.refuse(Refusal::NotSignedOn),
            Some(state) if rings_for(state, contact) => {
                self.give_back(now, agent.index(), ReturnReason::Unreachable);
            }
            Some(_) => self.refuse(Refusal::NotOffered),
        }
    }

    fn extend(&mut self, at: usize) {
        let Doing::WrapUp { contact, until, length, extensions } = self.agents[at].state else {
            return self.refuse(Refusal::NotInWrapUp);
        };
        if extensions == WRAP_UP_EXTENSIONS_MAX {
            return self.refuse(Refusal::ExtendedEnough);
        }
        let (until, extensions) = (until + length, extensions + 1);
        self.becomes(at, Doing::WrapUp { contact, until, length, extensions });
    }

    /// What an agent wants next: at once, or after the call.
    fn wish(&mut self, now: Tick, at: usize, wanted: AfterCall) {
        let state = self.agents[at].state;
        let rings = matches!(state, Doing::Offered { .. });
        let in_wrap_up = matches!(state, Doing::WrapUp { .. });
        let in_call = rings || matches!(state, Doing::Talking { .. });
        let ready = matches!(state, Doing::Ready { .. });
        let wants_pause = matches!(wanted, AfterCall::Pause(_));
        if rings && wanted == AfterCall::SignOff {
            self.give_back(now, at, ReturnReason::SignedOff);
        } else if in_call || (in_wrap_up && wants_pause) {
            if self.agents[at].after_call != wanted {
                self.agents[at].after_call = wanted;
                let agent = AgentId(at as u16);
                self.said.push(Command::Note(Note::AgentPlans { agent, after_call: wanted }));
            }
        } else if !(ready && wanted == AfterCall::Ready) {
            self.agents[at].after_call = wanted;
            self.free(now, at, now);
        }
    }

    fn connect(&mut self, now: Tick, at: usize, contact: ContactId) {
        let agent = AgentId(at as u16);
        let lease = Lease::Held { check_at: now + TALK_CHECK_EVERY };
        self.becomes(at, Doing::Talking { contact, lease });
        self.said.push(Command::Connect { contact, agent });
        let caller = self.inside(contact).expect("it rang for this caller");
        self.callers[caller].answered = Some((now, agent));
        self.callers[caller].place = Place::Talking { agent };
    }

    /// An offer was not taken; the caller keeps the place.
    fn give_back(&mut self, now: Tick, at: usize, why: ReturnReason) {
        let Doing::Offered { contact, .. } = self.agents[at].state else {
            unreachable!("it rings there")
        };
        let agent = AgentId(at as u16);
        let rules = self.setup.rules;
        let keeps_on =
            self.agents[at].after_call == AfterCall::Ready && now < self.agents[at].shift_until;
        let out_of_reach = |reason, pause| not_ready(reason, Some(now + pause));
        match why {
            ReturnReason::SignedOff => self.sign_off(at),
            ReturnReason::NoAnswer if keeps_on => {
                self.becomes(at, out_of_reach(NotReadyReason::NoAnswer, rules.no_answer_pause));
            }
            ReturnReason::Declined if keeps_on => {
                let pause = rules.decline_pause.max(DECLINE_PAUSE_MIN);
                self.becomes(at, out_of_reach(NotReadyReason::Declined, pause));
            }
            ReturnReason::Unreachable if keeps_on => {
                let pause = rules.no_answer_pause.max(UNREACHABLE_PAUSE_MIN);
                self.becomes(at, out_of_reach(NotReadyReason::Unreachable, pause));
            }
            ReturnReason::NoAnswer | ReturnReason::Declined | ReturnReason::Unreachable => {
                self.free(now, at, now);
            }
        }
        self.said.push(Command::StopRinging { agent, contact });
        self.said.push(Command::Note(Note::Returned { contact, agent, why }));
        let caller = self.inside(contact).expect("it rang for this caller");
        let Place::Waiting { limit_at, .. } = self.callers[caller].place else {
            unreachable!("who is offered waits")
        };
        self.callers[caller].place = Place::Waiting { offered_to: None, limit_at };
    }

    fn agent_ends_talk(&mut self, now: Tick, at: usize, contact: ContactId, parting: Parting) {
        self.after_talk(now, at, contact);
        self.said.push(Command::Release { contact });
        let caller = self.inside(contact).expect("both talked");
        self.end(now, caller, Some(parting));
    }

    fn after_talk(&mut self, now: Tick, at: usize, contact: ContactId) {
        let caller = self.inside(contact).expect("both talked");
        let length = self.setup.lines[self.callers[caller].line.index()].wrap_up;
        if length == Micros::ZERO {
            self.free(now, at, now);
        } else {
            self.becomes(at, Doing::WrapUp { contact, until: now + length, length, extensions: 0 });
        }
    }

    /// Nothing holds the agent any more: the shift's end, the plan, or the next call.
    fn free(&mut self, now: Tick, at: usize, idle_since: Tick) {
        let agent = self.agents[at];
        if agent.shift_until <= now || agent.after_call == AfterCall::SignOff {
            return self.sign_off(at);
        }
        self.agents[at].after_call = AfterCall::Ready;
        match agent.after_call {
            AfterCall::Pause(pause) => {
                self.becomes(at, not_ready(NotReadyReason::Pause(pause), None))
            }
            AfterCall::Ready | AfterCall::SignOff => self.becomes(at, Doing::Ready { idle_since }),
        }
    }

    fn sign_off(&mut self, at: usize) {
        self.becomes(at, Doing::SignedOff);
        self.agents[at] = Agent::SIGNED_OFF;
    }

    fn becomes(&mut self, at: usize, state: Doing) {
        let goes_on = matches!(
            (self.agents[at].state, state),
            (Doing::Talking { contact, .. }, Doing::Talking { contact: same, .. }) if contact == same
        );
        if goes_on {
            self.agents[at].state = state;
        } else if self.agents[at].state != state {
            self.agents[at].state = state;
            let agent = AgentId(at as u16);
            self.said.push(Command::Note(Note::AgentChanged { agent, state }));
        }
    }

    // Who answers whom.

    /// The callers in their order; each gets the best who is ready for that line, if anybody is.
    fn ring_whom_it_concerns(&mut self, now: Tick) {
        let mut order: Vec<(Key, usize)> = (0..self.callers.len())
            .filter(|&at| matches!(self.callers[at].place, Place::Waiting { offered_to: None, .. }))
            .map(|at| (self.callers[at].key, at))
            .collect();
        order.sort();
        for (_, at) in order {
            let (contact, line, queue) =
                (self.callers[at].id, self.callers[at].line, self.callers[at].queue);
            let Some((agent, idle_since)) = self.best_for(line) else { continue };
            let until = now + self.setup.queues[queue.index()].ring;
            self.agents[agent.index()].after_call = AfterCall::Ready;
            self.becomes(agent.index(), Doing::Offered { contact, idle_since, ring_until: until });
            self.said.push(Command::Ring { agent, contact, line, until });
            let Place::Waiting { limit_at, .. } = self.callers[at].place else {
                unreachable!("only those who wait are listed")
            };
            self.callers[at].place = Place::Waiting { offered_to: Some(agent), limit_at };
        }
    }

    fn best_for(&self, line: LineId) -> Option<(AgentId, Tick)> {
        let rules = &self.setup.lines[line.index()];
        let mut best: Option<(u32, Tick, AgentId)> = None;
        for (at, agent) in self.agents.iter().enumerate() {
            let Doing::Ready { idle_since } = agent.state else { continue };
            let level = |skill| {
                let skills = &self.setup.agents[at].skills;
                skills
                    .iter()
                    .filter(|has| has.skill == skill)
                    .map(|has| u32::from(has.level))
                    .sum::<u32>()
            };
            if rules.required.iter().any(|need| level(need.skill) < u32::from(need.level)) {
                continue;
            }
            let liking = rules.preferred.iter().map(|&skill| level(skill)).sum::<u32>();
            let better = best.is_none_or(|(most, longest, _)| {
                liking > most || (liking == most && idle_since < longest)
            });
            if better {
                best = Some((liking, idle_since, AgentId(at as u16)));
            }
        }
        best.map(|(_, idle_since, agent)| (agent, idle_since))
    }

    fn inside(&self, contact: ContactId) -> Option<usize> {
        self.callers.iter().position(|it| it.id == contact)
    }

    fn refuse(&mut self, why: Refusal) {
        self.said.push(Command::Refuse(why));
    }
}

fn not_ready(reason: NotReadyReason, until: Option<Tick>) -> Doing {
    Doing::NotReady { reason, until }
}

fn rings_for(state: Doing, wanted: ContactId) -> bool {
    matches!(state, Doing::Offered { contact, .. } if contact == wanted)
}

fn waits(caller: &Caller) -> bool {
    matches!(caller.place, Place::Waiting { .. })
}

fn due_of_agent(agent: &Agent) -> Option<Tick> {
    match agent.state {
        Doing::SignedOff => None,
        Doing::NotReady { until, .. } => {
            Some(until.map_or(agent.shift_until, |until| until.min(agent.shift_until)))
        }
        Doing::Ready { .. } => Some(agent.shift_until),
        Doing::Offered { ring_until, .. } => Some(ring_until),
        Doing::Talking { lease: Lease::Held { check_at }, .. } => Some(check_at),
        Doing::Talking { lease: Lease::Questioned { lost_at }, .. } => Some(lost_at),
        Doing::WrapUp { until, .. } => Some(until),
    }
}

fn due_of_caller(caller: &Caller) -> Option<Tick> {
    match caller.place {
        Place::Entering { until, .. } => Some(until),
        Place::Waiting { offered_to: None, limit_at } => Some(limit_at),
        _ => None,
    }
}
