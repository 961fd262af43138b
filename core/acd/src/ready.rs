// SPDX-License-Identifier: EUPL-1.2
//! Who could answer: the ready agents of each lane, the best first, among equals the longest idle.

use crate::lane_set::LaneSet;
use crate::lanes::{Demand, LaneId, Lanes};
use crate::rules::AgentRules;
use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;
use stdx::{AgentId, SkillId, Tick};

/// How well an agent suits a lane; the greater the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fit(pub u16);

/// How well this agent suits a demand: the sum of the levels of the preferred skills; none without
/// every required skill at its level.
fn fit(agent: &AgentRules, demand: &Demand) -> Option<Fit> {
    let serves = demand.required.iter().all(|need| level(agent, need.skill) >= need.level);
    let liking = demand.preferred.iter().map(|&skill| u16::from(level(agent, skill))).sum();
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

/// The ready agents of each lane, and how many are signed on for it.
#[derive(Clone, Debug)]
pub struct ReadyAgents {
    /// For each agent the lanes that it serves, and how well.
    serves: Vec<Vec<(LaneId, Fit)>>,
    /// For each agent which of [`ReadyAgents::kinds`] it is.
    kind: Vec<usize>,
    /// The different sets of lanes that agents serve: a large centre has few.
    kinds: Vec<Vec<LaneId>>,
    by_lane: Vec<BTreeSet<Candidate>>,
    /// The lanes for which somebody is ready.
    lanes: LaneSet,
    signed_on: Vec<u32>,
}

impl ReadyAgents {
    /// Nobody is ready; who could serve which lane is worked out once.
    #[must_use]
    pub fn new(agents: &[AgentRules], lanes: &Lanes) -> Self {
        let mut all = ReadyAgents {
            serves: vec![Vec::new(); agents.len()],
            kind: vec![0; agents.len()],
            kinds: Vec::new(),
            by_lane: vec![BTreeSet::new(); lanes.count()],
            lanes: LaneSet::none_of(lanes.count()),
            signed_on: vec![0; lanes.count()],
        };
        for (id, agent) in (0..).map(AgentId).zip(agents) {
            all.learn(id, agent, lanes);
        }
        all
    }

    /// An agent's skills are others now; the agent may be neither ready nor signed on meanwhile.
    pub fn learn(&mut self, id: AgentId, agent: &AgentRules, lanes: &Lanes) {
        let serves = lanes_of(agent, lanes);
        let alone = serves.iter().map(|&(lane, _)| lane).collect();
        let known = self.kind_of(alone);
        self.kind[id.index()] = known;
        self.serves[id.index()] = serves;
        // Kinds that nobody is any more are left behind by every change of skills.
        if self.kinds.len() > 2 * self.serves.len() {
            self.sort_into_kinds();
        }
    }

    fn sort_into_kinds(&mut self) {
        self.kinds.clear();
        for index in 0..self.serves.len() {
            let alone = self.serves[index].iter().map(|&(lane, _)| lane).collect();
            self.kind[index] = self.kind_of(alone);
        }
    }

    fn kind_of(&mut self, lanes: Vec<LaneId>) -> usize {
        self.kinds.iter().position(|kind| *kind == lanes).unwrap_or_else(|| {
            self.kinds.push(lanes);
            self.kinds.len() - 1
        })
    }

    /// Which kind an agent is: agents of one kind serve the same lanes.
    #[must_use]
    pub fn kind(&self, agent: AgentId) -> usize {
        self.kind[agent.index()]
    }

    /// The lanes that each kind of agent serves, in order.
    #[must_use]
    pub fn kinds(&self) -> &[Vec<LaneId>] {
        &self.kinds
    }

    /// The lanes for which somebody is ready.
    #[must_use]
    pub fn ready_lanes(&self) -> &LaneSet {
        &self.lanes
    }

    /// The lanes that an agent serves, and how well.
    #[must_use]
    pub fn lanes(&self, agent: AgentId) -> &[(LaneId, Fit)] {
        &self.serves[agent.index()]
    }

    /// Whether an agent serves a lane.
    #[must_use]
    pub fn serves(&self, agent: AgentId, lane: LaneId) -> bool {
        self.serves[agent.index()].binary_search_by_key(&lane, |&(lane, _)| lane).is_ok()
    }

    /// An agent signs on.
    pub fn come(&mut self, agent: AgentId) {
        for &(lane, _) in &self.serves[agent.index()] {
            self.signed_on[lane.index()] += 1;
        }
    }

    /// An agent signs off.
    pub fn go(&mut self, agent: AgentId) {
        for &(lane, _) in &self.serves[agent.index()] {
            self.signed_on[lane.index()] -= 1;
        }
    }

    /// How many who serve a lane are signed on, whatever they do.
    #[must_use]
    pub fn signed_on(&self, lane: LaneId) -> u32 {
        self.signed_on[lane.index()]
    }

    /// An agent becomes ready.
    pub fn add(&mut self, agent: AgentId, idle_since: Tick) {
        for &(lane, fit) in &self.serves[agent.index()] {
            let candidate = Candidate { misfit: core::cmp::Reverse(fit), idle_since, agent };
            self.by_lane[lane.index()].insert(candidate);
            self.lanes.set(lane, true);
        }
    }

    /// An agent is ready no longer.
    pub fn remove(&mut self, agent: AgentId, idle_since: Tick) {
        for &(lane, fit) in &self.serves[agent.index()] {
            let candidate = Candidate { misfit: core::cmp::Reverse(fit), idle_since, agent };
            self.by_lane[lane.index()].remove(&candidate);
            self.lanes.set(lane, !self.by_lane[lane.index()].is_empty());
        }
    }

    /// Whether this agent stands among the ready of each of its lanes.
    #[must_use]
    pub fn contains(&self, agent: AgentId, idle_since: Tick) -> bool {
        self.serves[agent.index()].iter().all(|&(lane, fit)| {
            let candidate = Candidate { misfit: core::cmp::Reverse(fit), idle_since, agent };
            self.by_lane[lane.index()].contains(&candidate)
        })
    }

    /// The best ready agent of a lane; among equals the one idle longest.
    #[must_use]
    pub fn best(&self, lane: LaneId) -> Option<AgentId> {
        self.by_lane[lane.index()].first().map(|candidate| candidate.agent)
    }
}

fn lanes_of(agent: &AgentRules, lanes: &Lanes) -> Vec<(LaneId, Fit)> {
    let asking = lanes.demands().filter(|(_, demand)| demand.asks(agent.team));
    asking.filter_map(|(lane, demand)| Some((lane, fit(agent, demand)?))).collect()
}
