// SPDX-License-Identifier: EUPL-1.2
//! What the pages ask of the running centre, and what it answers: the only way between both.

use crate::cases::{self, Dossier, Wanted};
use acd::Refusal;
use centre::{Event, SteeringReason};
use promise::{ContactRecord, Resolution, Tally, ToldWait};
use std::sync::Arc;
use std::time::Duration;
use stdx::{AgentId, ContactId, LineId, Micros, PartnerId, PlanId, Redacted, SkillId, Timestamp};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::limits::ANSWER_WITHIN;

/// Where an answer goes. Who does not wait for it any more gets none.
pub type Reply<T> = oneshot::Sender<T>;

/// What the centre made of an event: the place in the queue, where a caller has one.
pub type Outcome = Result<Option<usize>, Refusal>;

/// What can be asked.
#[derive(Debug)]
pub enum Question {
    /// Let this be decided, and say what has become of it.
    Act(Event, Reply<Outcome>),
    /// Let this be decided, which a supervisor wants, for a reason if it has none in it; both are told to the operator.
    Steer(Steering, Option<String>, Reply<Outcome>),
    /// How is this agent?
    Desk(AgentId, Reply<DeskFacts>),
    /// How is everything?
    Board(Reply<BoardFacts>),
    /// Let this agent's last word on a contact be kept, and say when it is durable; false if there is nobody to say it.
    WrapUp(AgentId, ContactId, Said, Reply<bool>),
    /// Let this be done to a case, and say when it is durable what has become of it.
    Case(Box<Wanted>, Reply<cases::Outcome>),
    /// Which cases are there? The first first.
    Cases(Reply<Vec<Arc<Dossier>>>),
    /// Which contacts ended today?
    Contacts(Reply<Vec<ContactRecord>>),
}

/// What an agent says of a talk.
#[derive(Debug)]
pub struct Said {
    /// What came of it; none while the agent has not said.
    pub resolution: Option<Resolution>,
    /// What it was about, and anything else that was written, as [`crate::words::Written`] spells it.
    pub words: Redacted<Vec<u8>>,
}

/// Why something was not asked, or not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAsked {
    /// The centre has too much to do.
    Full,
    /// It did not answer in time.
    Silent,
    /// It has ended.
    Ended,
}

/// The running centre.
pub trait Centre: Send + Sync + 'static {
    /// Asks something, without waiting for the answer.
    ///
    /// # Errors
    /// If it cannot be asked now.
    fn ask(&self, question: Question) -> Result<(), NotAsked>;
}

/// Asks and waits, on a thread that has nothing else to do, until there is an answer or the centre has ended.
///
/// # Errors
/// If it cannot be asked now, or has ended.
pub fn waited<T>(ask: impl FnOnce(Reply<T>) -> Result<(), NotAsked>) -> Result<T, NotAsked> {
    let (reply, answer) = oneshot::channel();
    ask(reply)?;
    answer.blocking_recv().map_err(|_| NotAsked::Ended)
}

/// Asks and waits, for a bounded time.
pub(crate) async fn answered<T>(
    ask: impl FnOnce(Reply<T>) -> Result<(), NotAsked>,
) -> Result<T, NotAsked> {
    answered_within(ANSWER_WITHIN, ask).await
}

async fn answered_within<T>(
    within: Duration,
    ask: impl FnOnce(Reply<T>) -> Result<(), NotAsked>,
) -> Result<T, NotAsked> {
    let (reply, answer) = oneshot::channel();
    ask(reply)?;
    match timeout(within, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Err(NotAsked::Ended),
        Err(_) => Err(NotAsked::Silent),
    }
}

/// How an agent is at this moment. Times are the calendar's.
#[derive(Clone, Debug)]
pub struct DeskFacts {
    /// This moment.
    pub now: Timestamp,
    /// What the agent is doing.
    pub agent: acd::agent::Agent,
    /// Since when, as far as it was seen since the start.
    pub since: Timestamp,
    /// When the state ends by itself.
    pub until: Option<Timestamp>,
    /// Whom the agent is offered, talks to, or talked to.
    pub contact: Option<ContactFacts>,
    /// Who waits on the lines that the agent answers.
    pub waiting: Vec<WaitingFacts>,
    /// Whether the desk telephone of the agent is registered, or stands at a fixed address.
    pub desk_phone: bool,
}

/// A contact as the agent sees it.
#[derive(Clone, Debug)]
pub struct ContactFacts {
    /// Its id.
    pub contact: ContactId,
    /// On which line it came; none if it has gone meanwhile.
    pub line: Option<LineId>,
    /// When its call was set up.
    pub arrived: Option<Timestamp>,
    /// Who calls, as far as the number is shown.
    pub number: Option<Redacted<String>>,
    /// Whether the centre calls the citizen, who was promised it.
    pub is_callback: bool,
}

/// Who waits on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingFacts {
    /// Which line.
    pub line: LineId,
    /// How many.
    pub count: usize,
    /// Since when the one waits who has waited longest.
    pub longest_since: Option<Timestamp>,
}

/// How everything stands.
#[derive(Clone, Debug)]
pub struct BoardFacts {
    /// This moment.
    pub now: Timestamp,
    /// Whether nothing is decided, because the log does not keep up.
    pub log_stalled: bool,
    /// Every line, in the order of the county's file.
    pub lines: Vec<LineFacts>,
    /// What every agent is doing, in the order of the file; none for who has no seat.
    pub agents: Vec<Option<acd::agent::State>>,
    /// The trunks.
    pub trunks: Vec<TrunkFacts>,
    /// Calls at each partner.
    pub partners: Vec<(PartnerId, usize)>,
    /// Crisis plans that run, and until when.
    pub plans: Vec<(PlanId, Timestamp)>,
    /// Who waits.
    pub waiting: Vec<Waiter>,
    /// Today so far, by line and half-hour in which the contacts came.
    pub half_hours: Vec<HalfHour>,
}

/// The contacts of a line that came in one half-hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HalfHour {
    /// Its beginning.
    pub at: Timestamp,
    /// The line.
    pub line: LineId,
    /// All of them.
    pub offered: u64,
    /// Those whom somebody answered.
    pub answered: u64,
    /// Those that count for the service level.
    pub counted: u64,
    /// Those for which it was kept.
    pub kept: u64,
}

/// One line at this moment.
#[derive(Clone, Debug)]
pub struct LineFacts {
    /// Whether it is open.
    pub open: bool,
    /// When it opens, if it is closed and that is known.
    pub opens: Option<Timestamp>,
    /// When it opens by itself, if it was closed by an act.
    pub closed_until: Option<Timestamp>,
    /// What somebody who calls now would be told.
    pub predicted: Option<ToldWait>,
    /// How its contacts ended today.
    pub today: Tally,
    /// Those of them that count for the service level.
    pub counted: u64,
    /// Those of them for which it was kept.
    pub kept: u64,
}

/// One trunk at this moment.
#[derive(Clone, Debug)]
pub struct TrunkFacts {
    /// Its id.
    pub id: String,
    /// Whether it answers; none if nobody knows.
    pub up: Option<bool>,
    /// Whether the centre is registered there; none if it need not be.
    pub registered: Option<bool>,
    /// Calls.
    pub calls: u32,
    /// Calls at the most.
    pub channels: u32,
}

/// Somebody who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// Who.
    pub contact: ContactId,
    /// On which line.
    pub line: LineId,
    /// Since when.
    pub since: Timestamp,
    /// Whether a supervisor changed its place.
    pub moved: bool,
}

/// What a supervisor wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steering {
    /// Put a waiting call at the front.
    Pull(ContactId, SteeringReason),
    /// Let the agents of another line answer it.
    Move(ContactId, LineId, SteeringReason),
    /// Take both back.
    Undo(ContactId),
    /// Sign an agent off, after the call if there is one.
    SignOff(AgentId),
    /// Change a skill to a level until the agent signs off.
    Skill(AgentId, SkillId, u8),
    /// Close a line for so long.
    Close(LineId, Micros),
    /// Take the closing back.
    Open(LineId),
    /// Start a crisis plan.
    StartPlan(PlanId),
    /// End it before its time.
    EndPlan(PlanId),
}

impl Steering {
    /// The event by which the centre is told.
    #[must_use]
    pub fn event(self) -> Event {
        match self {
            Steering::Pull(contact, reason) => Event::PullForward { contact, reason },
            Steering::Move(contact, line, reason) => Event::MoveToLine { contact, line, reason },
            Steering::Undo(contact) => Event::UndoSteering { contact },
            Steering::SignOff(agent) => Event::SendHome { agent },
            Steering::Skill(agent, skill, level) => Event::SetSkill { agent, skill, level },
            Steering::Close(line, lasts) => Event::CloseLine { line, lasts },
            Steering::Open(line) => Event::OpenLine { line },
            Steering::StartPlan(plan) => Event::StartPlan { plan },
            Steering::EndPlan(plan) => Event::EndPlan { plan },
        }
    }
}
