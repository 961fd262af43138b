// SPDX-License-Identifier: EUPL-1.2
//! What was agreed for lines, queues and agents, as plain data.

use alloc::vec::Vec;
use stdx::{
    AgentId, LineId, Micros, PartnerId, PlanId, QueueId, SkillId, SwitchboardId, TeamId,
    TimetableId, TrunkId,
};

/// A skill that a line demands, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkillNeed {
    /// The skill.
    pub skill: SkillId,
    /// The least level, 1 to [`stdx::limits::SKILL_LEVEL_MAX`].
    pub level: u8,
}

/// Who is asked from when on. Stages widen: whoever was asked once stays asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// From this time after call set-up on; zero for the first stage.
    pub after: Micros,
    /// Which teams; none for the whole centre.
    pub teams: Vec<TeamId>,
}

/// A client's own switchboard goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalFirst {
    /// Whose telephone rings.
    pub switchboard: SwitchboardId,
    /// For how long before the centre takes over.
    pub ring: Micros,
}

/// How a partner gets a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// A second leg: the call stays with us, its place is kept until the partner answers, and one
    /// more channel is used.
    SecondLeg,
    /// The call is sent on: no channel of ours is used any more, and whether anybody answers is not
    /// proved.
    Deflect,
}

/// When a line's callers are taken to a partner. Every cause stands for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// Which partner.
    pub partner: PartnerId,
    /// How.
    pub reach: Reach,
    /// Who has waited so long since call set-up while all agents were busy; zero for at once.
    pub waited: Option<Micros>,
    /// Who would wait longer than this by the estimate, when the wait begins.
    pub predicted: Option<Micros>,
    /// While this timetable is open every call goes to the partner.
    pub calendar: Option<TimetableId>,
    /// While nobody who could answer is signed on.
    pub nobody_signed_on: bool,
    /// While the line is closed by an act.
    pub closed: bool,
    /// When no channel of the trunk is free; only by [`Reach::Deflect`].
    pub no_channel: bool,
}

/// A call-back instead of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallbackRules {
    /// How often the caller is tried, 1 to [`stdx::limits::CALLBACK_ATTEMPTS_MAX`].
    pub attempts: u8,
    /// How long after an attempt that failed the next one is due.
    pub retry_after: Micros,
    /// How long the promise holds; then it becomes a task.
    pub expires_after: Micros,
    /// How long the caller's telephone rings.
    pub ring: Micros,
    /// Whose telephone rings first.
    pub first: First,
}

/// Whose telephone rings first when somebody is called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// The agent's: the caller never waits, but the agent does, also for who does not answer.
    Agent,
    /// The caller's, while an agent is reserved, whose telephone rings the moment the caller has answered: the
    /// agent's time is not spent on who does not answer, but the caller waits until somebody picks up.
    Caller,
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
    /// Who is asked from when on, in order; none for the whole centre at once.
    pub stages: Vec<Stage>,
    /// The client's own switchboard goes first.
    pub local: Option<LocalFirst>,
    /// The way to a partner.
    pub overflow: Option<Overflow>,
    /// Received from a partner: then never passed on to one.
    pub from_partner: bool,
    /// A call-back may be asked for.
    pub callback: Option<CallbackRules>,
    /// How long a talk is expected to be until the line has learned it from its own.
    pub expected_talk: Micros,
    /// Whether callers who begin to wait are told how long.
    pub tells_wait: bool,
    /// The line is open only while this crisis plan runs.
    pub only_in: Option<PlanId>,
}

impl LineRules {
    /// A line with a queue (or none) and a timetable, and nothing beyond.
    #[must_use]
    pub fn plain(queue: Option<QueueId>, timetable: TimetableId) -> LineRules {
        LineRules {
            queue,
            timetable,
            priority: 0,
            required: Vec::new(),
            preferred: Vec::new(),
            greeting: None,
            wrap_up: Micros::ZERO,
            short_abandon: Micros::ZERO,
            stages: Vec::new(),
            local: None,
            overflow: None,
            from_partner: false,
            callback: None,
            expected_talk: Micros::from_mins(3),
            tells_wait: false,
            only_in: None,
        }
    }

    /// How many stages it has; one if none was named.
    #[must_use]
    pub fn stage_count(&self) -> usize {
        self.stages.len().max(1)
    }
}

/// A partner centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartnerRules {
    /// When it takes calls of ours.
    pub timetable: TimetableId,
    /// How many of ours it takes at once.
    pub capacity: u32,
    /// How long it is rung before silence counts as no.
    pub ring: Micros,
    /// How long it is left alone after an attempt that failed, at least
    /// [`stdx::limits::PARTNER_PAUSE_MIN`].
    pub pause: Micros,
    /// The trunk of which a second leg uses a channel.
    pub trunk: Option<TrunkId>,
}

/// A client's own switchboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwitchboardRules {
    /// When it is staffed.
    pub timetable: TimetableId,
    /// The trunk of which the leg to it uses a channel.
    pub trunk: Option<TrunkId>,
}

/// A crisis that was thought of before it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrisisPlan {
    /// Whose callers it concerns.
    pub lines: Vec<LineId>,
    /// How long the announcement before the greeting takes; none if there is none.
    pub announcement: Option<Micros>,
    /// Whether who waits may hear information by key.
    pub information: bool,
    /// How many may wait in a queue while it runs, if fewer than else.
    pub length_max: Option<u32>,
    /// How long anybody may wait while it runs, if shorter than else.
    pub waiting_max: Option<Micros>,
    /// Who is signed on when it begins, and off when it ends.
    pub helpers: Vec<AgentId>,
    /// When it ends by itself, at most [`stdx::limits::ACT_MAX`] after its beginning.
    pub lasts: Micros,
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
    /// When the agent is to be there, if it is known: a call-back is promised only for time in which
    /// somebody is.
    pub shift: Option<TimetableId>,
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
