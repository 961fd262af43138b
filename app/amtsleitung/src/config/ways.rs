// SPDX-License-Identifier: EUPL-1.2
//! The ways that a call can take beside the queue: a client's own switchboard, the partner, a call-back,
//! a crisis plan; and from when until when an entry holds.

use super::county::Announcement;
use super::number::Numbers;
use calendar::Interval;
use hours::{LocalDate, LocalDateTime, Zone};
use stdx::limits::{PARTNERS_MAX, PLANS_MAX, STAGES_MAX, SWITCHBOARDS_MAX};
use stdx::{AgentId, LineId, Micros, PartnerId, PlanId, SwitchboardId, TeamId, Timestamp};

/// Partners in one file.
pub const PARTNERS_IN_FILE_MAX: usize = PARTNERS_MAX;
/// Switchboards in one file.
pub const SWITCHBOARDS_IN_FILE_MAX: usize = SWITCHBOARDS_MAX;
/// Crisis plans in one file.
pub const PLANS_IN_FILE_MAX: usize = PLANS_MAX;
/// Stages of one line.
pub const STAGES_OF_LINE_MAX: usize = STAGES_MAX;

/// The days on which an entry holds, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct InForce {
    /// The first day; always, if there is none.
    pub from: Option<LocalDate>,
    /// The last day; for ever, if there is none.
    pub until: Option<LocalDate>,
}

impl InForce {
    /// Whether it holds without end on both sides.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.from.is_none() && self.until.is_none()
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn on(&self, day: LocalDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// The same in timestamps; none if it always holds.
    #[must_use]
    pub fn interval(&self, zone: &Zone) -> Option<Interval> {
        let midnight = |day: LocalDate| zone.timestamp(LocalDateTime::from(day));
        let from = self.from.map_or(Timestamp(i64::MIN), midnight);
        let after = self.until.and_then(|until| until.tomorrow().ok());
        let until = after.map_or(Timestamp(i64::MAX), midnight);
        (!self.is_always()).then_some(Interval { from, until })
    }
}

/// A partner centre that helps.
#[derive(Clone, Debug, PartialEq)]
pub struct Partner {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it takes our calls, as an index into [`super::County::hours`].
    pub hours: usize,
    /// How many of ours at once.
    pub capacity: u32,
    /// How long it is rung.
    pub ring: Micros,
    /// How long it is left alone after an attempt that failed.
    pub pause: Micros,
    /// By which number it is called; none if it is only rehearsed.
    pub number: Option<Numbers>,
    /// The trunk over which it is called and whose channels a second leg uses, as an index into [`super::County::trunks`].
    pub trunk: Option<usize>,
    /// What a rehearsal assumes.
    pub rehearsal: PartnerRehearsal,
}

/// What a rehearsal assumes about a partner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartnerRehearsal {
    /// Mean time until its agent answers.
    pub answers_in: Micros,
    /// Share of attempts that it refuses at an ordinary load.
    pub refuses: f64,
    /// Share of attempts that ring in vain.
    pub silent: f64,
}

/// A client's own switchboard.
#[derive(Clone, Debug, PartialEq)]
pub struct Switchboard {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it is staffed, as an index into [`super::County::hours`].
    pub hours: usize,
    /// By which number it is called; none if it is only rehearsed.
    pub number: Option<Numbers>,
    /// The trunk over which it is called and whose channels the leg to it uses, as an index into [`super::County::trunks`].
    pub trunk: Option<usize>,
    /// What a rehearsal assumes.
    pub rehearsal: SwitchboardRehearsal,
}

/// What a rehearsal assumes about a switchboard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwitchboardRehearsal {
    /// How many talks it can have at once.
    pub telephones: u32,
    /// Mean time until it answers.
    pub answers_in: Micros,
    /// Share of calls that it lets ring.
    pub silent: f64,
    /// Share of calls that its forwarding sends back to us.
    pub comes_back: f64,
    /// The mean length of its talks.
    pub talk: Micros,
}

/// A crisis that was thought of before it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose callers it concerns.
    pub lines: Vec<LineId>,
    /// Heard before the greeting.
    pub announcement: Option<Announcement>,
    /// Heard by key while waiting.
    pub information: Option<Announcement>,
    /// How many may wait while it runs.
    pub length_max: Option<u16>,
    /// How long anybody may wait while it runs.
    pub waiting_max: Option<Micros>,
    /// Who is signed on when it begins.
    pub helpers: Vec<AgentId>,
    /// When it ends by itself.
    pub lasts: Micros,
}

/// Who is asked from when on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// From this time after call set-up on.
    pub after: Micros,
    /// Which teams; none for the whole centre.
    pub teams: Vec<TeamId>,
}

/// The client's own switchboard goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalFirst {
    /// Which.
    pub switchboard: SwitchboardId,
    /// For how long it is rung.
    pub ring: Micros,
}

/// How a partner gets a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// By a second leg, the place kept.
    SecondLeg,
    /// By sending it on.
    Deflect,
}

impl Reach {
    /// Every way, in the order of [`Reach::WORDS`].
    pub const ALL: [Reach; 2] = [Reach::SecondLeg, Reach::Deflect];

    /// The words of the file.
    pub const WORDS: [&str; 2] = ["second-leg", "deflect"];
}

/// When a line's callers go to a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// Which partner.
    pub partner: PartnerId,
    /// How.
    pub reach: Reach,
    /// Who has waited so long since call set-up with all agents busy.
    pub waited: Option<Micros>,
    /// Who would wait longer than this.
    pub predicted: Option<Micros>,
    /// While these hours are open every call does, as an index into [`super::County::hours`].
    pub hours: Option<usize>,
    /// While nobody who could answer is signed on.
    pub nobody_signed_on: bool,
    /// While the line is closed by an act.
    pub closed: bool,
    /// When no channel of the trunk is free.
    pub no_channel: bool,
}

/// A call-back instead of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Callback {
    /// How often the caller is tried.
    pub attempts: u8,
    /// The pause between two attempts.
    pub retry_after: Micros,
    /// When the promise becomes a task.
    pub expires_after: Micros,
    /// How long the caller's telephone rings.
    pub ring: Micros,
    /// How long after the wait has begun it is offered; never if none.
    pub offer_after: Option<Micros>,
    /// Whose telephone rings first.
    pub first: First,
}

/// Whose telephone rings first when somebody is called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// The agent's.
    Agent,
    /// The caller's, while an agent is reserved.
    Caller,
}

impl First {
    /// Everybody, in the order of [`First::WORDS`].
    pub const ALL: [First; 2] = [First::Agent, First::Caller];

    /// The words of the file.
    pub const WORDS: [&str; 2] = ["agent", "caller"];
}

/// All of a line's ways.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Who is asked from when on; empty for the whole centre at once.
    pub stages: Vec<Stage>,
    /// The client's own switchboard goes first.
    pub local_first: Option<LocalFirst>,
    /// The way to a partner.
    pub overflow: Option<Overflow>,
    /// A call-back may be asked for.
    pub callback: Option<Callback>,
    /// Who begins to wait is told how long.
    pub tells_wait: bool,
    /// Who begins to wait is told how many wait before.
    pub tells_position: bool,
    /// How often both are told again; never if none.
    pub tells_every: Option<Micros>,
    /// Who hears that it is closed also hears when it opens.
    pub tells_opening: bool,
    /// The hours of the client's own town hall, by their position in the file: who waits while they are closed is told.
    pub town_hall_hours: Option<usize>,
    /// The partner whose calls come on this line.
    pub received_from: Option<PartnerId>,
    /// The crisis plan in which alone it is open.
    pub only_in: Option<PlanId>,
}
