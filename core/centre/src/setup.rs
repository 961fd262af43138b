// SPDX-License-Identifier: EUPL-1.2
//! What a centre is made of, as it is handed over by the app.

use acd::{
    AgentRules, CallbackRules, CentreRules, CrisisPlan, LineRules, PartnerRules, QueueRules, Reach,
    SkillNeed, SwitchboardRules,
};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use calendar::Timetable;
use stdx::limits::{
    ACT_MAX, AGENTS_MAX, CALLBACK_ATTEMPTS_MAX, LINES_MAX, PARTNERS_MAX, PLANS_MAX, PRIORITY_MAX,
    QUEUES_MAX, RULE_DURATION_MAX, SKILL_LEVEL_MAX, SKILLS_MAX, SKILLS_PER_LINE_MAX, STAGES_MAX,
    SWITCHBOARDS_MAX, TALK_CHECK_EVERY, TEAMS_MAX, TIMETABLES_MAX, TRUNKS_MAX,
};
use stdx::{
    AgentId, LineId, Micros, PartnerId, PlanId, QueueId, SwitchboardId, TimetableId, TrunkId,
};

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
    /// By [`stdx::PartnerId`].
    pub partners: Vec<PartnerRules>,
    /// By [`stdx::SwitchboardId`].
    pub switchboards: Vec<SwitchboardRules>,
    /// How many channels each trunk has, by [`stdx::TrunkId`].
    pub trunks: Vec<u32>,
    /// By [`stdx::PlanId`].
    pub plans: Vec<CrisisPlan>,
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
    /// A line's talks are expected to be shorter than a second: then any number of call-backs could be
    /// promised.
    TalkTooShort(LineId),
    /// A queue rings for less than a second.
    RingTooShort(QueueId),
    /// An agent has a skill twice or beyond [`SKILLS_MAX`], or a level outside 1 to
    /// [`SKILL_LEVEL_MAX`].
    Skills(AgentId),
    /// An agent's team is beyond [`TEAMS_MAX`].
    Team(AgentId),
    /// A duration is longer than [`RULE_DURATION_MAX`].
    TooLong(Micros),
    /// A line's stages do not begin at once, do not come one after the other, or are too many.
    Stages(LineId),
    /// A line's switchboard, partner, calendar or plan is not there, or makes no sense with the rest of
    /// the line: without a queue nobody can be sent anywhere.
    Way(LineId),
    /// A call that was received from a partner would be passed on to one.
    PassedOn(LineId),
    /// A call-back is tried never or too often, or rings longer than a talk may go unasked.
    Callback(LineId),
    /// A partner refers to a timetable or trunk that is not there.
    Partner(PartnerId),
    /// A switchboard refers to a timetable or trunk that is not there.
    Switchboard(SwitchboardId),
    /// A plan refers to a line or an agent that is not there, or lasts no time or too long.
    Plan(PlanId),
    /// An agent's shift is not there.
    Shift(AgentId),
}

impl Setup {
    /// A centre that has these rules and nothing yet.
    #[must_use]
    pub fn empty(rules: CentreRules) -> Setup {
        Setup {
            rules,
            lines: Vec::new(),
            queues: Vec::new(),
            agents: Vec::new(),
            timetables: Vec::new(),
            partners: Vec::new(),
            switchboards: Vec::new(),
            trunks: Vec::new(),
            plans: Vec::new(),
        }
    }

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
            if agent.shift.is_some_and(|shift| !self.has_timetable(shift)) {
                return Err(SetupError::Shift(id));
            }
        }
        at_most("partners", self.partners.len(), PARTNERS_MAX)?;
        at_most("switchboards", self.switchboards.len(), SWITCHBOARDS_MAX)?;
        at_most("trunks", self.trunks.len(), TRUNKS_MAX)?;
        at_most("plans", self.plans.len(), PLANS_MAX)?;
        for (id, partner) in (0..).map(PartnerId).zip(&self.partners) {
            self.check_partner(id, partner)?;
        }
        for (id, it) in (0..).map(SwitchboardId).zip(&self.switchboards) {
            if !self.has_timetable(it.timetable) || !self.has_trunk(it.trunk) {
                return Err(SetupError::Switchboard(id));
            }
        }
        for (id, plan) in (0..).map(PlanId).zip(&self.plans) {
            self.check_plan(id, plan)?;
        }
        Ok(())
    }

    fn has_timetable(&self, id: TimetableId) -> bool {
        id.index() < self.timetables.len()
    }

    fn has_trunk(&self, id: Option<TrunkId>) -> bool {
        id.is_none_or(|id| id.index() < self.trunks.len())
    }

    fn check_partner(&self, id: PartnerId, partner: &PartnerRules) -> Result<(), SetupError> {
        if !self.has_timetable(partner.timetable) || !self.has_trunk(partner.trunk) {
            return Err(SetupError::Partner(id));
        }
        if partner.ring < Micros::from_secs(1) {
            return Err(SetupError::Partner(id));
        }
        bounded(partner.ring)?;
        bounded(partner.pause)
    }

    fn check_plan(&self, id: PlanId, plan: &CrisisPlan) -> Result<(), SetupError> {
        let known = plan.lines.iter().all(|line| line.index() < self.lines.len())
            && plan.helpers.iter().all(|agent| agent.index() < self.agents.len());
        let lasts = Micros::ZERO < plan.lasts && plan.lasts <= ACT_MAX;
        bounded(plan.announcement.unwrap_or(Micros::ZERO))?;
        bounded(plan.waiting_max.unwrap_or(Micros::ZERO))?;
        if known && lasts { Ok(()) } else { Err(SetupError::Plan(id)) }
    }

    fn check_ways(&self, id: LineId, line: &LineRules) -> Result<(), SetupError> {
        let local = line.local.is_none_or(|it| it.switchboard.index() < self.switchboards.len());
        let overflow = line.overflow.is_none_or(|it| {
            it.partner.index() < self.partners.len()
                && it.calendar.is_none_or(|calendar| self.has_timetable(calendar))
                && (!it.no_channel || it.reach == Reach::Deflect)
        });
        let plan = line.only_in.is_none_or(|plan| plan.index() < self.plans.len());
        let goes_nowhere =
            line.local.is_none() && line.overflow.is_none() && line.callback.is_none();
        if !(local && overflow && plan && (line.queue.is_some() || goes_nowhere)) {
            return Err(SetupError::Way(id));
        }
        if line.from_partner && line.overflow.is_some() {
            return Err(SetupError::PassedOn(id));
        }
        if line.expected_talk < Micros::from_secs(1) {
            return Err(SetupError::TalkTooShort(id));
        }
        bounded(line.expected_talk)?;
        if let Some(local) = line.local {
            bounded(local.ring)?;
        }
        if let Some(overflow) = line.overflow {
            bounded(overflow.waited.unwrap_or(Micros::ZERO))?;
            bounded(overflow.predicted.unwrap_or(Micros::ZERO))?;
        }
        line.callback.map_or(Ok(()), |callback| check_callback(id, callback))
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
        bounded(line.short_abandon)?;
        check_stages(id, line)?;
        self.check_ways(id, line)
    }
}

fn check_stages(id: LineId, line: &LineRules) -> Result<(), SetupError> {
    let begins = line.stages.first().is_none_or(|stage| stage.after == Micros::ZERO);
    let ordered = line.stages.windows(2).all(|two| two[0].after < two[1].after);
    let few = line.stages.len() <= STAGES_MAX;
    for stage in &line.stages {
        bounded(stage.after)?;
    }
    if begins && ordered && few { Ok(()) } else { Err(SetupError::Stages(id)) }
}

pub(crate) fn check_callback(id: LineId, callback: CallbackRules) -> Result<(), SetupError> {
    bounded(callback.retry_after)?;
    bounded(callback.expires_after)?;
    let tried = (1..=CALLBACK_ATTEMPTS_MAX).contains(&callback.attempts);
    let rings = Micros::ZERO < callback.ring && callback.ring < TALK_CHECK_EVERY;
    if tried && rings { Ok(()) } else { Err(SetupError::Callback(id)) }
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
    if agent.team.index() >= TEAMS_MAX {
        return Err(SetupError::Team(id));
    }
    if are_sane(&agent.skills) { Ok(()) } else { Err(SetupError::Skills(id)) }
}

/// Whether an agent can have these skills: each known, at a level there is, and once.
pub(crate) fn are_sane(skills: &[SkillNeed]) -> bool {
    let mut seen = BTreeSet::new();
    skills.iter().all(|has| is_sane(has) && seen.insert(has.skill))
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
