// SPDX-License-Identifier: EUPL-1.2
//! What a rehearsal brought: every contact's record and every team's time.

use acd::agent;
use centre::{Command, Note, Setup};
use promise::{ContactRecord, Tally, WorkTime};
use stdx::{AgentId, TeamId, Tick};

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
            agents: vec![Since { state: agent::State::SignedOff, at: Tick(0) }; teams.len()],
            teams,
        }
    }

    /// Takes down what the centre noted.
    pub fn note(&mut self, now: Tick, command: &Command) {
        match *command {
            Command::Note(Note::Ended(record)) => self.records.push(record),
            Command::Note(Note::AgentChanged { agent, state }) => self.change(now, agent, state),
            Command::Refuse(_) => self.refused_events += 1,
            Command::Note(Note::Returned { .. } | Note::AgentPlans { .. })
            | Command::Announce { .. }
            | Command::Wait { .. }
            | Command::Ring { .. }
            | Command::StopRinging { .. }
            | Command::Connect { .. }
            | Command::Dismiss { .. }
            | Command::Release { .. }
            | Command::AskAlive { .. } => {}
        }
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
