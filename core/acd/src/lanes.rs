// SPDX-License-Identifier: EUPL-1.2
//! A lane is a line at one of its stages: the callers for whom the same agents are asked.

use crate::rules::LineRules;
use alloc::vec::Vec;
use stdx::LineId;

/// A line at one of its stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LaneId(pub u16);

impl LaneId {
    /// The position among all lanes, for indexing.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Which lanes there are: the stages of every line, one after the other.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// Each line's first lane, and after the last line the number of lanes.
    first: Vec<u16>,
}

impl Lanes {
    /// The lanes of these lines.
    #[must_use]
    pub fn of(lines: &[LineRules]) -> Self {
        let mut next = 0;
        let mut first = Vec::with_capacity(lines.len() + 1);
        for line in lines {
            first.push(next);
            next += u16::try_from(line.stage_count()).expect("stages are bounded");
        }
        first.push(next);
        Lanes { first }
    }

    /// The lane of a line at a stage, from 0.
    #[must_use]
    pub fn lane(&self, line: LineId, stage: u8) -> LaneId {
        LaneId(self.first[line.index()] + u16::from(stage))
    }

    /// The lane at which everybody of a line is asked.
    #[must_use]
    pub fn widest(&self, line: LineId) -> LaneId {
        LaneId(self.first[line.index() + 1] - 1)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.first.last().map_or(0, |&count| usize::from(count))
    }
}
