// SPDX-License-Identifier: EUPL-1.2
//! What was agreed for lines, queues and agents, as plain data.

use alloc::vec::Vec;
use stdx::{Micros, QueueId, SkillId, TeamId, TimetableId};

/// A skill that a line demands, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkillNeed {
    /// The skill.
    pub skill: SkillId,
    /// The least level, 1 to [`stdx::limits::SKILL_LEVEL_MAX`].
    pub level: u8,
}

/// One line's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRules {
    /// Where its callers wait; a line without a queue only plays its announcement.
    pub queue: Option<QueueId>,
    /// When it is open.
    pub timetable: TimetableId,
    /// Priority class, 0 (ordinary) to [`stdx::limits::PRIORITY_MAX`].
    pub priority: u8,
    /// Skills without which nobody may answer.
    pub required: Vec<SkillNeed>,
    /// Skills that make one agent better than another.
    pub preferred: Vec<SkillId>,
    /// How long the announcement before the queue takes, at the most; none if there is none.
    pub greeting: Option<Micros>,
    /// Time to finish after a talk; zero for none.
    pub wrap_up: Micros,
    /// Who hangs up before this has passed is not counted as lost.
    pub short_abandon: Micros,
}

/// One queue's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueRules {
    /// How long one agent's telephone rings before the next is asked; at least a second.
    pub ring: Micros,
    /// How many may be on their way into the queue or wait in it.
    pub length_max: u32,
    /// How long a caller may wait, from call set-up.
    pub waiting_max: Micros,
}

/// One agent as the rules know one: a team and skills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRules {
    /// The team, the smallest unit of any report.
    pub team: TeamId,
    /// Skills with their level, each at most once.
    pub skills: Vec<SkillNeed>,
}

/// Rules that hold for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CentreRules {
    /// What one priority class is worth: it counts as if the caller had come so much earlier.
    /// Nobody is overtaken by a caller who came later by more than this times the classes between,
    /// but for the time in which a telephone rings in vain.
    pub head_start: Micros,
    /// How long an agent who did not answer, or whose telephone could not be reached, is out of
    /// reach, unless ready before; in the latter case at least
    /// [`stdx::limits::UNREACHABLE_PAUSE_MIN`].
    pub no_answer_pause: Micros,
    /// How long an agent who declined is out of reach, unless ready before; at least
    /// [`stdx::limits::DECLINE_PAUSE_MIN`].
    pub decline_pause: Micros,
    /// How long the place of a caller who was cut off is kept.
    pub place_kept: Micros,
}
