// SPDX-License-Identifier: EUPL-1.2
//! What a rehearsal brought: every contact's record and every team's time.

use acd::agent;
use centre::{Command, Note, Setup};
use promise::{ContactRecord, Tally, WorkTime};
use std::collections::{BTreeMap, BTreeSet};
use stdx::{AgentId, ContactId, TeamId, Tick};

/// What an agent has been doing and since when.
#[derive(Clone, Copy, Debug)]
struct Since {
    state: agent::State,
    at: Tick,
}

/// What a rehearsal brought.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Every contact's record, in the order of their ends.
    pub records: Vec<ContactRecord>,
    /// Each team's time, by [`TeamId`].
    pub work: Vec<WorkTime>,
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
    untold_since: BTreeMap<ContactId, Tick>,
    told_by_plan: BTreeSet<ContactId>,
    teams: Vec<TeamId>,
    agents: Vec<Since>,
}

impl Outcome {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        let teams: Vec<TeamId> = setup.agents.iter().map(|agent| agent.team).collect();
        let count = teams.iter().map(|team| team.index() + 1).max().unwrap_or(0);
        Outcome {
            records: Vec::new(),
            work: vec![WorkTime::default(); count],
            events: 0,
            refused_events: 0,
            tasks: 0,
            untold: 0,
            longest_queue: 0,
            untold_since: BTreeMap::new(),
            told_by_plan: BTreeSet::new(),
            agents: vec![Since { state: agent::State::SignedOff, at: Tick(0) }; teams.len()],
            teams,
        }
    }

    /// Takes down what the centre noted.
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
            | Command::ConnectElsewhere { .. }
            | Command::Deflect { .. }
            | Command::PromiseCallback { .. }
            | Command::CallBack { .. }
            | Command::StopCallback { .. }
            | Command::Inform { .. }
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
        let since = std::mem::replace(&mut self.agents[agent.index()], Since { state, at: now });
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
    }

    /// How many contacts ended how.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.records.iter().collect()
    }
}
