// SPDX-License-Identifier: EUPL-1.2
//! The second opinion on agents, and on who answers whom.

use super::callbacks::Attempt;
use super::{Key, Reference, can_be_offered};
use acd::Refusal;
use acd::agent::{AfterCall, Agent, Lease, NotReadyReason, ReturnReason, State as Doing};
use acd::contact::{Parting, State as Place};
use centre::{Command, Event, Note};
use stdx::limits::{
    DECLINE_PAUSE_MIN, SHIFT_MAX, TALK_CHECK_EVERY, TALK_CHECK_GRACE, UNREACHABLE_PAUSE_MIN,
    WRAP_UP_EXTENSIONS_MAX,
};
use stdx::{AgentId, ContactId, LineId, Micros, TeamId, Tick};

/// A line at one of its stages.
pub(super) type Lane = (LineId, usize);

impl Reference {
    pub(super) fn agent_is_due(&mut self, at: usize) {
        let agent = self.agents[at];
        let now = self.now.mono;
        match agent.state {
            Doing::SignedOff => unreachable!("who is signed off has no deadline"),
            Doing::Ready { .. } => self.sign_off(at),
            Doing::NotReady { .. } => self.free(at, now),
            Doing::Offered { .. } => {
                self.give_back(at, ReturnReason::NoAnswer);
            }
            Doing::Talking { contact, lease: Lease::Held { .. } } => {
                let lease = Lease::Questioned { lost_at: now + TALK_CHECK_GRACE };
                self.becomes(at, Doing::Talking { contact, lease });
                self.said.push(Command::AskAlive { contact });
            }
            Doing::Talking { contact, lease: Lease::Questioned { .. } } => {
                self.agent_ends_talk(at, contact, Parting::CutOff);
            }
            Doing::WrapUp { .. } => self.free(at, now),
        }
    }

    pub(super) fn key_pressed(&mut self, agent: AgentId, event: Event) {
        let at = agent.index();
        let Some(state) = self.agents.get(at).map(|it| it.state) else {
            return self.refuse(Refusal::UnknownAgent);
        };
        let signs_on = matches!(event, Event::SignOn { .. });
        if state == Doing::SignedOff {
            if !signs_on {
                return self.refuse(Refusal::NotSignedOn);
            }
            return self.sign_on(at);
        }
        match event {
            Event::SignOn { .. } => self.refuse(Refusal::AlreadySignedOn),
            Event::SignOff { .. } => self.wish(at, AfterCall::SignOff),
            Event::MakeReady { .. } => self.wish(at, AfterCall::Ready),
            Event::MakeNotReady { pause, .. } => self.wish(at, AfterCall::Pause(pause)),
            Event::Answer { contact, .. }
                if rings_for(state, contact) && !self.is_being_called(contact) =>
            {
                self.connect(at, contact);
            }
            Event::Decline { contact, .. } if rings_for(state, contact) => {
                self.give_back(at, ReturnReason::Declined);
            }
            Event::Answer { .. } | Event::Decline { .. } => self.refuse(Refusal::NotOffered),
            Event::HangUp { .. } => self.hang_up(at),
            Event::ExtendWrapUp { .. } => self.extend(at),
            Event::EndWrapUp { .. } if matches!(state, Doing::WrapUp { .. }) => {
                self.free(at, self.now.mono);
            }
            Event::EndWrapUp { .. } => self.refuse(Refusal::NotInWrapUp),
            other => unreachable!("{other:?} is no key of an agent"),
        }
    }

    fn hang_up(&mut self, at: usize) {
        let Doing::Talking { contact, .. } = self.agents[at].state else {
            return self.refuse(Refusal::NotTalking);
        };
        let caller = self.inside(contact).expect("both talk");
        if matches!(self.callers[caller].place, Place::CallingBack { .. }) {
            self.callback_failed(contact, Attempt::GivenUp);
        } else {
            self.agent_ends_talk(at, contact, Parting::HungUp);
        }
    }

    /// No telephone rang.
    pub(super) fn dead(&mut self, agent: AgentId, contact: ContactId) {
        match self.agents.get(agent.index()).map(|it| it.state) {
            None => self.refuse(Refusal::UnknownAgent),
            Some(Doing::SignedOff) => self.refuse(Refusal::NotSignedOn),
            Some(state) if rings_for(state, contact) => {
                self.give_back(agent.index(), ReturnReason::Unreachable);
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
    pub(super) fn wish(&mut self, at: usize, wanted: AfterCall) {
        let state = self.agents[at].state;
        let rings = matches!(state, Doing::Offered { .. });
        let in_wrap_up = matches!(state, Doing::WrapUp { .. });
        let in_call = rings || matches!(state, Doing::Talking { .. });
        let ready = matches!(state, Doing::Ready { .. });
        let wants_pause = matches!(wanted, AfterCall::Pause(_));
        if rings && wanted == AfterCall::SignOff {
            self.give_back(at, ReturnReason::SignedOff);
        } else if in_call || (in_wrap_up && wants_pause) {
            if self.agents[at].after_call != wanted {
                self.agents[at].after_call = wanted;
                let agent = AgentId(at as u16);
                self.said.push(Command::Note(Note::AgentPlans { agent, after_call: wanted }));
            }
        } else if !(ready && wanted == AfterCall::Ready) {
            self.agents[at].after_call = wanted;
            self.free(at, self.now.mono);
        }
    }

    fn is_being_called(&self, contact: ContactId) -> bool {
        let place = self.inside(contact).map(|at| self.callers[at].place);
        matches!(place, Some(Place::CallingBack { .. }))
    }

    fn connect(&mut self, at: usize, contact: ContactId) {
        let agent = AgentId(at as u16);
        let lease = Lease::Held { check_at: self.now.mono + TALK_CHECK_EVERY };
        self.becomes(at, Doing::Talking { contact, lease });
        let caller = self.inside(contact).expect("it rang for this caller");
        if matches!(self.callers[caller].place, Place::Promised { .. }) {
            return self.call_back(caller, agent);
        }
        self.stop_partner(caller);
        self.said.push(Command::Connect { contact, agent });
        self.callers[caller].answered.get_or_insert((self.now.mono, Some(agent)));
        self.callers[caller].place = Place::Talking { agent };
    }

    /// An offer was not taken; the caller keeps the place.
    fn give_back(&mut self, at: usize, why: ReturnReason) {
        let Doing::Offered { contact, .. } = self.agents[at].state else {
            unreachable!("it rings there")
        };
        let now = self.now.mono;
        let agent = AgentId(at as u16);
        let rules = self.setup.rules;
        let keeps_on =
            self.agents[at].after_call == AfterCall::Ready && now < self.agents[at].shift_until;
        let out_of_reach = |reason, pause| not_ready(reason, Some(now + pause));
        let mut left = match why {
            ReturnReason::SignedOff => self.leave_the_desk(at),
            ReturnReason::NoAnswer if keeps_on => {
                self.becomes(at, out_of_reach(NotReadyReason::NoAnswer, rules.no_answer_pause));
                Vec::new()
            }
            ReturnReason::Declined if keeps_on => {
                let pause = rules.decline_pause.max(DECLINE_PAUSE_MIN);
                self.becomes(at, out_of_reach(NotReadyReason::Declined, pause));
                Vec::new()
            }
            ReturnReason::Unreachable if keeps_on => {
                let pause = rules.no_answer_pause.max(UNREACHABLE_PAUSE_MIN);
                self.becomes(at, out_of_reach(NotReadyReason::Unreachable, pause));
                Vec::new()
            }
            ReturnReason::NoAnswer | ReturnReason::Declined | ReturnReason::Unreachable => {
                self.go_on(at, now)
            }
        };
        if self.is_being_called(contact) {
            self.callback_failed(contact, Attempt::AgentLeft);
            return self.nobody_left(&left);
        }
        self.said.push(Command::StopRinging { agent, contact });
        self.said.push(Command::Note(Note::Returned { contact, agent, why }));
        let caller = self.inside(contact).expect("it rang for this caller");
        self.rings_at(caller, None);
        self.comes_back(caller);
        // The agent may have lost the skill for this caller while it rang, and nobody else has it.
        if let Some(caller) = self.inside(contact) {
            let lane = self.alike((self.callers[caller].asked, self.callers[caller].stage));
            if self.signed_on(lane) == 0 && !left.contains(&lane) {
                left.push(lane);
            }
        }
        self.nobody_left(&left);
    }

    fn rings_at(&mut self, caller: usize, agent: Option<AgentId>) {
        match &mut self.callers[caller].place {
            Place::Waiting { offered_to, .. } | Place::Promised { offered_to, .. } => {
                *offered_to = agent;
            }
            other => unreachable!("nobody is offered who is {other:?}"),
        }
    }

    fn agent_ends_talk(&mut self, at: usize, contact: ContactId, parting: Parting) {
        self.after_talk(at, contact);
        self.said.push(Command::Release { contact });
        self.end_of_talk(contact, parting);
    }

    pub(super) fn after_talk(&mut self, at: usize, contact: ContactId) {
        let caller = self.inside(contact).expect("both talked");
        let now = self.now.mono;
        let length = self.setup.lines[self.callers[caller].line.index()].wrap_up;
        if length == Micros::ZERO {
            self.free(at, now);
        } else {
            self.becomes(at, Doing::WrapUp { contact, until: now + length, length, extensions: 0 });
        }
    }

    /// Nothing holds the agent any more: the shift's end, the plan, or the next call.
    pub(super) fn free(&mut self, at: usize, idle_since: Tick) {
        let left = self.go_on(at, idle_since);
        self.nobody_left(&left);
    }

    /// The same; the lanes for which nobody is left are still to be looked after.
    fn go_on(&mut self, at: usize, idle_since: Tick) -> Vec<Lane> {
        let agent = self.agents[at];
        if agent.shift_until <= self.now.mono || agent.after_call == AfterCall::SignOff {
            return self.leave_the_desk(at);
        }
        self.agents[at].after_call = AfterCall::Ready;
        match agent.after_call {
            AfterCall::Pause(pause) => {
                self.becomes(at, not_ready(NotReadyReason::Pause(pause), None));
            }
            AfterCall::Ready | AfterCall::SignOff => self.becomes(at, Doing::Ready { idle_since }),
        }
        Vec::new()
    }

    pub(super) fn sign_on(&mut self, at: usize) {
        self.agents[at].shift_until = self.now.mono + SHIFT_MAX;
        self.agents[at].after_call = AfterCall::Ready;
        self.becomes(at, not_ready(NotReadyReason::SignedOn, None));
    }

    fn sign_off(&mut self, at: usize) {
        let left = self.leave_the_desk(at);
        self.nobody_left(&left);
    }

    fn leave_the_desk(&mut self, at: usize) -> Vec<Lane> {
        let served = self.lanes_of(at);
        self.becomes(at, Doing::SignedOff);
        self.agents[at] = Agent::SIGNED_OFF;
        self.skills[at] = self.setup.agents[at].skills.clone();
        for plan in &mut self.running {
            plan.helpers.retain(|helper| helper.index() != at);
        }
        served.into_iter().filter(|lane| self.signed_on(*lane) == 0).collect()
    }

    pub(super) fn becomes(&mut self, at: usize, state: Doing) {
        let goes_on = matches!(
            (self.agents[at].state, state),
            (Doing::Talking { contact, .. }, Doing::Talking { contact: same, .. })
            | (Doing::Offered { contact, .. }, Doing::Offered { contact: same, .. })
                if contact == same
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

    /// The callers in their order; each gets the best who is ready for that lane, if anybody is.
    pub(super) fn ring_whom_it_concerns(&mut self) {
        let mut order: Vec<(Key, usize)> = (0..self.callers.len())
            .filter(|&at| can_be_offered(&self.callers[at]))
            .map(|at| (self.callers[at].key, at))
            .collect();
        order.sort();
        for (_, at) in order {
            let it = &self.callers[at];
            let best = self.best_for((it.asked, it.stage)).filter(|_| can_be_offered(it));
            if let Some((agent, _)) = best {
                self.ring_at(agent, at);
                self.look_for_channels();
            }
        }
    }

    /// An agent's telephone rings for one who waits.
    pub(super) fn ring_at(&mut self, agent: AgentId, caller: usize) {
        let it = &self.callers[caller];
        let (contact, line, queue) = (it.id, it.line, self.queue_of(it));
        let idle_since = match self.agents[agent.index()].state {
            Doing::Ready { idle_since } => idle_since,
            // What the agent planned for after this caller comes after this caller.
            _ => self.now.mono,
        };
        let is_promised = matches!(it.place, Place::Promised { .. });
        if is_promised && self.is_called_first(caller) {
            return self.call_first(caller, agent, idle_since);
        }
        let until = self.now.mono + self.setup.queues[queue.index()].ring;
        self.becomes(agent.index(), Doing::Offered { contact, idle_since, ring_until: until });
        self.said.push(Command::Ring { agent, contact, line, until });
        self.rings_at(caller, Some(agent));
    }

    pub(super) fn best_for(&self, lane: Lane) -> Option<(AgentId, Tick)> {
        let rules = &self.setup.lines[lane.0.index()];
        let mut best: Option<(u32, Tick, AgentId)> = None;
        for (at, agent) in self.agents.iter().enumerate() {
            let Doing::Ready { idle_since } = agent.state else { continue };
            if !self.serves(at, lane) {
                continue;
            }
            let liking = rules.preferred.iter().map(|&skill| self.level(at, skill)).sum::<u32>();
            let better = best.is_none_or(|(most, longest, _)| {
                liking > most || (liking == most && idle_since < longest)
            });
            if better {
                best = Some((liking, idle_since, AgentId(at as u16)));
            }
        }
        best.map(|(_, idle_since, agent)| (agent, idle_since))
    }

    fn level(&self, agent: usize, skill: stdx::SkillId) -> u32 {
        let has = self.skills[agent].iter().filter(|has| has.skill == skill);
        has.map(|has| u32::from(has.level)).sum()
    }

    /// Whether an agent is asked for a line's callers at a stage: every skill, and the own team or the
    /// whole centre named at this stage or one before.
    pub(super) fn serves(&self, agent: usize, (line, stage): Lane) -> bool {
        let rules = &self.setup.lines[line.index()];
        let team = self.setup.agents[agent].team;
        let so_far = &rules.stages[..rules.stages.len().min(stage + 1)];
        let is_asked = rules.stages.is_empty()
            || so_far.iter().any(|it| it.teams.is_empty() || it.teams.contains(&team));
        let able = |need: &acd::SkillNeed| self.level(agent, need.skill) >= u32::from(need.level);
        is_asked && rules.required.iter().all(able)
    }

    /// How many who serve a lane are signed on.
    pub(super) fn signed_on(&self, lane: Lane) -> usize {
        let there = |at: &usize| self.agents[*at].state != Doing::SignedOff;
        (0..self.agents.len()).filter(there).filter(|&at| self.serves(at, lane)).count()
    }

    /// Whether one of those who serve a lane will take another call.
    pub(super) fn somebody_stays(&self, lane: Lane) -> bool {
        (0..self.agents.len()).any(|at| {
            let agent = self.agents[at];
            let leaves = agent.after_call == AfterCall::SignOff;
            agent.state != Doing::SignedOff && !leaves && self.serves(at, lane)
        })
    }

    /// The lane at which everybody is asked who ever is.
    pub(super) fn widest(&self, line: LineId) -> Lane {
        (line, super::stages(&self.setup.lines[line.index()]) - 1)
    }

    /// All lanes that an agent serves, by line and stage; of those that are alike the first.
    pub(super) fn lanes_of(&self, agent: usize) -> Vec<Lane> {
        let lines = (0..self.setup.lines.len()).map(|at| LineId(at as u16));
        let lanes =
            lines.flat_map(|line| (0..=self.widest(line).1).map(move |stage| (line, stage)));
        lanes.filter(|&lane| self.alike(lane) == lane && self.serves(agent, lane)).collect()
    }

    /// The first lane for which the same agents are asked, alike gladly: those who stand in either are
    /// looked after together.
    pub(super) fn alike(&self, lane: Lane) -> Lane {
        let demand = |(line, stage): Lane| {
            let rules = &self.setup.lines[line.index()];
            let so_far = &rules.stages[..rules.stages.len().min(stage + 1)];
            let everybody = so_far.is_empty() || so_far.iter().any(|it| it.teams.is_empty());
            let mut teams: Vec<TeamId> =
                so_far.iter().filter(|_| !everybody).flat_map(|it| it.teams.clone()).collect();
            teams.sort();
            teams.dedup();
            (everybody, teams, &rules.required, &rules.preferred)
        };
        let lines = (0..=lane.0.0).map(LineId);
        let mut lanes =
            lines.flat_map(|line| (0..=self.widest(line).1).map(move |stage| (line, stage)));
        lanes.find(|&other| demand(other) == demand(lane)).expect("it is one of them")
    }
}

fn not_ready(reason: NotReadyReason, until: Option<Tick>) -> Doing {
    Doing::NotReady { reason, until }
}

fn rings_for(state: Doing, wanted: ContactId) -> bool {
    matches!(state, Doing::Offered { contact, .. } if contact == wanted)
}

pub(super) fn in_lease(lease: Lease) -> Tick {
    match lease {
        Lease::Held { check_at } => check_at,
        Lease::Questioned { lost_at } => lost_at,
    }
}

pub(super) fn due_of_agent(agent: &Agent) -> Option<Tick> {
    match agent.state {
        Doing::SignedOff => None,
        Doing::NotReady { until, .. } => {
            Some(until.map_or(agent.shift_until, |until| until.min(agent.shift_until)))
        }
        Doing::Ready { .. } => Some(agent.shift_until),
        Doing::Offered { ring_until, .. } => Some(ring_until),
        Doing::Talking { lease, .. } => Some(in_lease(lease)),
        Doing::WrapUp { until, .. } => Some(until),
    }
}
