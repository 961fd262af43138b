// SPDX-License-Identifier: EUPL-1.2
//! A lane: the callers for whom the same agents are asked, and alike well.
//!
//! A line has a lane at each of its stages. Lines that ask for the same share theirs: what a ready agent
//! costs then grows with the different demands, of which a county has few, and not with its numbers.

use crate::rules::{LineRules, SkillNeed};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use stdx::{LineId, SkillId, TeamId};

/// The callers for whom the same agents are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LaneId(pub u16);

impl LaneId {
    /// The position among all lanes, for indexing.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What decides who is asked, and how gladly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Demand {
    pub(crate) required: Vec<SkillNeed>,
    pub(crate) preferred: Vec<SkillId>,
    /// None for the whole centre.
    teams: Option<BTreeSet<TeamId>>,
}

impl Demand {
    /// What a line asks for at a stage: its teams and those of the stages before.
    fn of(line: &LineRules, stage: usize) -> Demand {
        let stages = line.stages.get(..=stage).unwrap_or(&[]);
        let everybody = stages.is_empty() || stages.iter().any(|stage| stage.teams.is_empty());
        let teams = || stages.iter().flat_map(|stage| stage.teams.iter().copied()).collect();
        Demand {
            required: line.required.clone(),
            preferred: line.preferred.clone(),
            teams: (!everybody).then(teams),
        }
    }

    pub(crate) fn asks(&self, team: TeamId) -> bool {
        self.teams.as_ref().is_none_or(|teams| teams.contains(&team))
    }
}

/// Which lanes there are, and which each line has.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// Where each line's lanes begin in [`Lanes::lane_at`], and after the last line its length.
    first: Vec<usize>,
    lane_at: Vec<LaneId>,
    demands: Vec<Demand>,
}

impl Lanes {
    /// The lanes of these lines.
    #[must_use]
    pub fn of(lines: &[LineRules]) -> Self {
        let mut lanes = Lanes { first: Vec::new(), lane_at: Vec::new(), demands: Vec::new() };
        for line in lines {
            lanes.first.push(lanes.lane_at.len());
            for stage in 0..line.stage_count() {
                let lane = lanes.known(Demand::of(line, stage));
                lanes.lane_at.push(lane);
            }
        }
        lanes.first.push(lanes.lane_at.len());
        lanes
    }

    fn known(&mut self, demand: Demand) -> LaneId {
        let known = self.demands.iter().position(|known| *known == demand);
        let index = known.unwrap_or_else(|| {
            self.demands.push(demand);
            self.demands.len() - 1
        });
        LaneId(u16::try_from(index).expect("lines and stages are bounded"))
    }

    /// The lane of a line at a stage, from 0.
    #[must_use]
    pub fn lane(&self, line: LineId, stage: u8) -> LaneId {
        self.lane_at[self.first[line.index()] + usize::from(stage)]
    }

    /// The lane at which everybody of a line is asked.
    #[must_use]
    pub fn widest(&self, line: LineId) -> LaneId {
        self.lane_at[self.first[line.index() + 1] - 1]
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.demands.len()
    }

    pub(crate) fn demands(&self) -> impl Iterator<Item = (LaneId, &Demand)> {
        (0u16..).map(LaneId).zip(&self.demands)
    }
}
