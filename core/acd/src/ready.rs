// SPDX-License-Identifier: EUPL-1.2
//! Who could answer: the ready agents of each line, the best first, among equals the longest idle.

use crate::line_set::LineSet;
use crate::rules::{AgentRules, LineRules};
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;
use stdx::{AgentId, LineId, SkillId, Tick};

/// How well an agent suits a line; the greater the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fit(pub u16);

/// How well this agent suits this line: the sum of the levels of the preferred skills; none without
/// every required skill at its level.
#[must_use]
pub fn fit(agent: &AgentRules, line: &LineRules) -> Option<Fit> {
    let serves = line.required.iter().all(|need| level(agent, need.skill) >= need.level);
    let liking = line.preferred.iter().map(|&skill| u16::from(level(agent, skill))).sum();
    serves.then_some(Fit(liking))
}

fn level(agent: &AgentRules, skill: SkillId) -> u8 {
    agent.skills.iter().find(|has| has.skill == skill).map_or(0, |has| has.level)
}

/// Smaller is asked first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    misfit: core::cmp::Reverse<Fit>,
    idle_since: Tick,
    agent: AgentId,
}

/// The ready agents of each line.
#[derive(Clone, Debug)]
pub struct ReadyAgents {
    /// For each agent the lines that it serves, and how well.
    serves: Vec<Vec<(LineId, Fit)>>,
    by_line: Vec<BTreeSet<Candidate>>,
    /// The lines for which somebody is ready.
    lines: LineSet,
}

impl ReadyAgents {
    /// Nobody is ready; who could serve which line is worked out once.
    #[must_use]
    pub fn new(agents: &[AgentRules], lines: &[LineRules]) -> Self {
        let serves = agents.iter().map(|agent| lines_of(agent, lines)).collect();
        ReadyAgents {
            serves,
            by_line: vec![BTreeSet::new(); lines.len()],
            lines: LineSet::none_of(lines.len()),
        }
    }

    /// The lines for which somebody is ready.
    #[must_use]
    pub fn ready_lines(&self) -> &LineSet {
        &self.lines
    }

    /// The lines that an agent serves, and how well.
    #[must_use]
    pub fn lines(&self, agent: AgentId) -> &[(LineId, Fit)] {
        &self.serves[agent.index()]
    }

    /// An agent becomes ready.
    pub fn add(&mut self, agent: AgentId, idle_since: Tick) {
        for &(line, fit) in &self.serves[agent.index()] {
            let candidate = Candidate { misfit: core::cmp::Reverse(fit), idle_since, agent };
            self.by_line[line.index()].insert(candidate);
            self.lines.set(line, true);
        }
    }

    /// An agent is ready no longer.
    pub fn remove(&mut self, agent: AgentId, idle_since: Tick) {
        for &(line, fit) in &self.serves[agent.index()] {
            let candidate = Candidate { misfit: core::cmp::Reverse(fit), idle_since, agent };
            self.by_line[line.index()].remove(&candidate);
            self.lines.set(line, !self.by_line[line.index()].is_empty());
        }
    }

    /// Whether this agent stands among the ready of each of its lines.
    #[must_use]
    pub fn contains(&self, agent: AgentId, idle_since: Tick) -> bool {
        self.serves[agent.index()].iter().all(|&(line, fit)| {
            let candidate = Candidate { misfit: core::cmp::Reverse(fit), idle_since, agent };
            self.by_line[line.index()].contains(&candidate)
        })
    }

    /// The best ready agent of a line; among equals the one idle longest.
    #[must_use]
    pub fn best(&self, line: LineId) -> Option<AgentId> {
        self.by_line[line.index()].first().map(|candidate| candidate.agent)
    }
}

fn lines_of(agent: &AgentRules, lines: &[LineRules]) -> Vec<(LineId, Fit)> {
    let numbered = (0u16..).map(LineId).zip(lines);
    numbered.filter_map(|(id, line)| fit(agent, line).map(|fit| (id, fit))).collect()
}
