// SPDX-License-Identifier: EUPL-1.2
//! What a desk knows: made of nothing but the commands that the centre sent.

use crate::service::Decided;
use acd::agent::{self, AfterCall};
use centre::{Command, Note, Setup};
use sim::Outcome;
use std::collections::BTreeMap;
use stdx::{AgentId, ContactId, LineId, Tick};

/// One who hears the announcement or waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Since when the desk knows of the caller.
    pub(super) since: Tick,
    /// The line, once it was told.
    pub(super) line: Option<LineId>,
    /// Whether a telephone rings for this one.
    pub(super) rings: bool,
}

/// The desk's picture of the centre.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// What each agent is doing and since when, by [`AgentId`].
    pub(super) agents: Vec<(agent::State, Tick)>,
    /// What each agent wants after the present call, by [`AgentId`].
    pub(super) plans: Vec<AfterCall>,
    /// Who hears the announcement or waits.
    pub(super) waiting: BTreeMap<ContactId, Waiting>,
    /// Records and work time so far.
    pub(super) outcome: Outcome,
    /// The last refusal of something that an agent did: who, why, and when it came.
    pub(super) refused: Option<(AgentId, acd::Refusal, Tick)>,
    /// The lines of those whose telephone rings or who talk.
    lines: BTreeMap<ContactId, LineId>,
}

impl View {
    /// A desk that has heard nothing yet.
    #[must_use]
    pub(super) fn new(setup: &Setup) -> Self {
        View {
            agents: vec![(agent::State::SignedOff, Tick(0)); setup.agents.len()],
            plans: vec![AfterCall::Ready; setup.agents.len()],
            waiting: BTreeMap::new(),
            outcome: Outcome::new(setup),
            refused: None,
            lines: BTreeMap::new(),
        }
    }

    /// Takes one command in.
    pub(super) fn hear(&mut self, decided: &Decided) {
        let at = decided.at;
        self.outcome.note(at, &decided.command);
        match decided.command {
            Command::Announce { contact, line, .. } => self.come(contact, at, Some(line)),
            Command::Wait { contact, .. } | Command::WaitAgain { contact, .. } => {
                self.come(contact, at, None);
            }
            Command::Ring { contact, line, .. } => {
                self.lines.insert(contact, line);
                self.ring(contact, true);
            }
            Command::StopRinging { contact, .. } => self.ring(contact, false),
            Command::Connect { contact, .. } => {
                self.waiting.remove(&contact);
            }
            Command::Refuse(why) => {
                self.refused = decided.cause.agent().map(|agent| (agent, why, at));
            }
            Command::Note(Note::AgentChanged { agent, state }) => {
                self.agents[agent.index()] = (state, at);
                if let agent::State::Offered { .. } | agent::State::SignedOff = state {
                    self.plans[agent.index()] = AfterCall::Ready;
                }
            }
            Command::Note(Note::Ended(record)) => {
                self.waiting.remove(&record.contact);
                self.lines.remove(&record.contact);
            }
            Command::LetGo { .. }
            | Command::RingOffice { .. }
            | Command::StopOffice { .. }
            | Command::PutThrough { .. }
            | Command::Dismiss { .. }
            | Command::Release { .. }
            | Command::AskAlive { .. }
            | Command::RingSwitchboard { .. }
            | Command::StopSwitchboard { .. }
            | Command::TryPartner { .. }
            | Command::StopPartner { .. }
            | Command::ConnectElsewhere { .. }
            | Command::Deflect { .. }
            | Command::PromiseCallback { .. }
            | Command::CallBack { .. }
            | Command::StopCallback { .. }
            | Command::Inform { .. }
            | Command::Notify { .. }
            | Command::OpenTask { .. } => {}
            Command::Note(Note::AgentPlans { agent, after_call }) => {
                self.plans[agent.index()] = after_call;
            }
            Command::Note(_) => {}
        }
    }

    /// The line of somebody for whom a telephone rings or who talks.
    #[must_use]
    pub(super) fn line_of(&self, contact: ContactId) -> Option<LineId> {
        self.lines.get(&contact).copied()
    }

    /// What an agent is doing and since when.
    #[must_use]
    pub(super) fn agent(&self, agent: AgentId) -> (agent::State, Tick) {
        self.agents[agent.index()]
    }

    fn come(&mut self, contact: ContactId, at: Tick, line: Option<LineId>) {
        let new = Waiting { since: at, line, rings: false };
        self.waiting.entry(contact).or_insert(new);
    }

    fn ring(&mut self, contact: ContactId, rings: bool) {
        let line = self.line_of(contact);
        if let Some(waiting) = self.waiting.get_mut(&contact) {
            waiting.rings = rings;
            waiting.line = waiting.line.or(line);
        }
    }
}
