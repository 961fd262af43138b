// SPDX-License-Identifier: EUPL-1.2
//! Every contact's record and every team's time.

use acd::agent;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec;
use alloc::vec::Vec;
use centre::{Command, Note, Setup};
use core::mem;
use promise::{ContactRecord, Tally, WorkTime};
use stdx::{AgentId, ContactId, TeamId, Tick};

/// What an agent has been doing and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// What.
    pub state: agent::State,
    /// Since when, or since the stretch began.
    pub at: Tick,
}

/// What a stretch of time brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Every contact's record, in the order of their ends.
    pub records: Vec<ContactRecord>,
    /// Each team's time, by [`TeamId`].
    pub work: Vec<WorkTime>,
    /// Who was signed on at any time.
    pub there: BTreeSet<AgentId>,
    /// How many events the centre took in.
    pub events: u64,
    /// How many of them it refused.
    pub refused_events: u64,
    /// Tasks that were opened: promises that could not be kept in time.
    pub tasks: u64,
    /// Contacts that waited without being told how long, or by a crisis plan why.
    pub untold: u64,
    /// The longest that a queue was when somebody joined it.
    pub longest_queue: usize,
    /// Who waits without having been told, and since when.
    pub untold_since: BTreeMap<ContactId, Tick>,
    /// Who heard from a crisis plan why.
    pub told_by_plan: BTreeSet<ContactId>,
    /// By [`AgentId`].
    pub agents: Vec<Since>,
    /// By [`AgentId`].
    pub teams: Vec<TeamId>,
}

impl Outcome {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        let mut outcome = Outcome::of_nobody();
        outcome.agree(setup);
        outcome
    }

    fn of_nobody() -> Outcome {
        Outcome {
            records: Vec::new(),
            work: Vec::new(),
            there: BTreeSet::new(),
            events: 0,
            refused_events: 0,
            tasks: 0,
            untold: 0,
            longest_queue: 0,
            untold_since: BTreeMap::new(),
            told_by_plan: BTreeSet::new(),
            agents: Vec::new(),
            teams: Vec::new(),
        }
    }

    /// From here on this was agreed: there may be more agents and teams.
    pub fn agree(&mut self, setup: &Setup) {
        self.teams = setup.agents.iter().map(|agent| agent.team).collect();
        let count = self.teams.iter().map(|team| team.index() + 1).max().unwrap_or(0);
        let idle = Since { state: agent::State::SignedOff, at: Tick(0) };
        self.work.resize(count.max(self.work.len()), WorkTime::default());
        self.agents.resize(self.teams.len(), idle);
    }

    /// Takes down what the centre orders and notes.
    pub fn note(&mut self, now: Tick, command: &Command) {
        match *command {
            Command::Note(Note::Ended(record)) => self.end(record),
            Command::Note(Note::AgentChanged { agent, state }) => self.change(now, agent, state),
            Command::Refuse(_) => self.refused_events += 1,
            Command::OpenTask { .. } => self.tasks += 1,
            Command::Wait { contact, told, position } => {
                self.longest_queue = self.longest_queue.max(position);
                if told.is_none() {
                    self.untold_since.insert(contact, now);
                }
            }
            Command::WaitAgain { position, .. } => {
                self.longest_queue = self.longest_queue.max(position);
            }
            // Who is offered to somebody at once needs no telling.
            Command::Ring { contact, .. } | Command::TryPartner { contact, .. } => {
                if self.untold_since.get(&contact) == Some(&now) {
                    self.untold_since.remove(&contact);
                }
            }
            Command::Announce { contact, plan: Some(_), .. } => {
                self.told_by_plan.insert(contact);
            }
            Command::Note(_)
            | Command::Announce { .. }
            | Command::StopRinging { .. }
            | Command::RingSwitchboard { .. }
            | Command::StopSwitchboard { .. }
            | Command::StopPartner { .. }
            | Command::LetGo { .. }
            | Command::RingOffice { .. }
            | Command::StopOffice { .. }
            | Command::PutThrough { .. }
            | Command::ConnectElsewhere { .. }
            | Command::Deflect { .. }
            | Command::PromiseCallback { .. }
            | Command::CallBack { .. }
            | Command::StopCallback { .. }
            | Command::Inform { .. }
            | Command::Notify { .. }
            | Command::Connect { .. }
            | Command::Dismiss { .. }
            | Command::Release { .. }
            | Command::AskAlive { .. } => {}
        }
    }

    fn end(&mut self, record: ContactRecord) {
        let told_by_plan = self.told_by_plan.remove(&record.contact);
        if self.untold_since.remove(&record.contact).is_some() && !told_by_plan {
            self.untold += 1;
        }
        self.records.push(record);
    }

    fn change(&mut self, now: Tick, agent: AgentId, state: agent::State) {
        let since = mem::replace(&mut self.agents[agent.index()], Since { state, at: now });
        let time = now.since(since.at);
        let work = &mut self.work[self.teams[agent.index()].index()];
        match since.state {
            agent::State::SignedOff => {}
            agent::State::NotReady { .. } => work.not_ready += time,
            agent::State::Ready { .. } => work.ready += time,
            agent::State::Offered { .. } => work.offered += time,
            agent::State::Talking { .. } => work.talking += time,
            agent::State::WrapUp { .. } => work.wrap_up += time,
        }
        if state != agent::State::SignedOff {
            self.there.insert(agent);
        }
    }

    /// Ends the stretch at this moment and begins the next: what was brought until now is returned, with the
    /// working time up to now. Whoever is inside or signed on goes on.
    pub fn cut(&mut self, now: Tick) -> Outcome {
        for agent in (0..).map(AgentId).take(self.agents.len()) {
            let state = self.agents[agent.index()].state;
            self.change(now, agent, state);
        }
        let mut next = Outcome {
            work: vec![WorkTime::default(); self.work.len()],
            untold_since: self.untold_since.clone(),
            told_by_plan: self.told_by_plan.clone(),
            agents: self.agents.clone(),
            teams: self.teams.clone(),
            ..Outcome::of_nobody()
        };
        let still = (0..).map(AgentId).zip(&self.agents);
        next.there = still
            .filter(|(_, since)| since.state != agent::State::SignedOff)
            .map(|(agent, _)| agent)
            .collect();
        mem::replace(self, next)
    }

    /// How many agents of each team were signed on at any time, by [`TeamId`].
    #[must_use]
    pub fn there_by_team(&self) -> Vec<u16> {
        let mut counts = vec![0; self.work.len()];
        for agent in &self.there {
            counts[self.teams[agent.index()].index()] += 1;
        }
        counts
    }

    /// How many contacts ended how.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.records.iter().collect()
    }
}
