// SPDX-License-Identifier: EUPL-1.2
//! What a centre is made of, as it is handed over by the app.

use acd::{AgentRules, CentreRules, LineRules, QueueRules, SkillNeed};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use calendar::Timetable;
use stdx::limits::{
    AGENTS_MAX, LINES_MAX, PRIORITY_MAX, QUEUES_MAX, RULE_DURATION_MAX, SKILL_LEVEL_MAX,
    SKILLS_MAX, SKILLS_PER_LINE_MAX, TEAMS_MAX, TIMETABLES_MAX,
};
use stdx::{AgentId, LineId, Micros, QueueId};

/// What a centre is made of. Ids are positions in these lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Rules for everybody.
    pub rules: CentreRules,
    /// By [`stdx::LineId`].
    pub lines: Vec<LineRules>,
    /// By [`stdx::QueueId`].
    pub queues: Vec<QueueRules>,
    /// By [`stdx::AgentId`].
    pub agents: Vec<AgentRules>,
    /// By [`stdx::TimetableId`].
    pub timetables: Vec<Timetable>,
}

/// Why a setup makes no centre. The app checks its configuration in the user's words before; this
/// is the core's own guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// More of something than its limit in [`stdx::limits`] allows.
    TooMany(&'static str, usize),
    /// A line refers to a queue that is not there.
    NoSuchQueue(LineId),
    /// A line refers to a timetable that is not there.
    NoSuchTimetable(LineId),
    /// A line's priority class is above [`PRIORITY_MAX`].
    Priority(LineId),
    /// A line asks for a level outside 1 to [`SKILL_LEVEL_MAX`], or for a skill beyond
    /// [`SKILLS_MAX`].
    Needs(LineId),
    /// A queue rings for less than a second.
    RingTooShort(QueueId),
    /// An agent has a skill twice or beyond [`SKILLS_MAX`], or a level outside 1 to
    /// [`SKILL_LEVEL_MAX`].
    Skills(AgentId),
    /// An agent's team is beyond [`TEAMS_MAX`].
    Team(AgentId),
    /// A duration is longer than [`RULE_DURATION_MAX`].
    TooLong(Micros),
}

impl Setup {
    /// Whether every reference leads somewhere and every limit holds.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check(&self) -> Result<(), SetupError> {
        at_most("lines", self.lines.len(), LINES_MAX)?;
        at_most("queues", self.queues.len(), QUEUES_MAX)?;
        at_most("agents", self.agents.len(), AGENTS_MAX)?;
        at_most("timetables", self.timetables.len(), TIMETABLES_MAX)?;
        let rules = self.rules;
        for pause in
            [rules.head_start, rules.no_answer_pause, rules.decline_pause, rules.place_kept]
        {
            bounded(pause)?;
        }
        for (id, line) in (0..).map(LineId).zip(&self.lines) {
            self.check_line(id, line)?;
        }
        for (id, queue) in (0..).map(QueueId).zip(&self.queues) {
            check_queue(id, queue)?;
        }
        for (id, agent) in (0..).map(AgentId).zip(&self.agents) {
            check_agent(id, agent)?;
        }
        Ok(())
    }

    fn check_line(&self, id: LineId, line: &LineRules) -> Result<(), SetupError> {
        if line.queue.is_some_and(|queue| queue.index() >= self.queues.len()) {
            return Err(SetupError::NoSuchQueue(id));
        }
        if line.timetable.index() >= self.timetables.len() {
            return Err(SetupError::NoSuchTimetable(id));
        }
        if line.priority > PRIORITY_MAX {
            return Err(SetupError::Priority(id));
        }
        let skills = line.required.len() + line.preferred.len();
        at_most("skills of a line", skills, SKILLS_PER_LINE_MAX)?;
        let sane = line.required.iter().all(is_sane)
            && line.preferred.iter().all(|skill| skill.index() < SKILLS_MAX);
        if !sane {
            return Err(SetupError::Needs(id));
        }
        bounded(line.greeting.unwrap_or(Micros::ZERO))?;
        bounded(line.wrap_up)?;
        bounded(line.short_abandon)
    }
}

fn check_queue(id: QueueId, queue: &QueueRules) -> Result<(), SetupError> {
    if queue.ring < Micros::from_secs(1) {
        return Err(SetupError::RingTooShort(id));
    }
    bounded(queue.ring)?;
    bounded(queue.waiting_max)
}

fn check_agent(id: AgentId, agent: &AgentRules) -> Result<(), SetupError> {
    at_most("skills of an agent", agent.skills.len(), SKILLS_MAX)?;
    let mut seen = BTreeSet::new();
    if agent.team.index() >= TEAMS_MAX {
        return Err(SetupError::Team(id));
    }
    let in_order = agent.skills.iter().all(|has| is_sane(has) && seen.insert(has.skill));
    if in_order { Ok(()) } else { Err(SetupError::Skills(id)) }
}

fn is_sane(need: &SkillNeed) -> bool {
    (1..=SKILL_LEVEL_MAX).contains(&need.level) && need.skill.index() < SKILLS_MAX
}

fn at_most(what: &'static str, count: usize, max: usize) -> Result<(), SetupError> {
    if count > max { Err(SetupError::TooMany(what, count)) } else { Ok(()) }
}

fn bounded(duration: Micros) -> Result<(), SetupError> {
    if duration > RULE_DURATION_MAX { Err(SetupError::TooLong(duration)) } else { Ok(()) }
}
