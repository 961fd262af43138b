// SPDX-License-Identifier: EUPL-1.2
//! One contact, from call set-up to the moment it is gone.
//!
//! ```text
//!   (arrives) ──▶ Entering ──announcement over──▶ Waiting ──answered──▶ Talking
//!       │            │                            │    ▲                  │
//!       │            │                      offer │    │ returned         │
//!       │            │                            ▼    │                  │
//!       │            │                     Waiting, offered               │
//!       ▼            ▼                            ▼                       ▼
//!    ───────────────────────────────── Gone ─────────────────────────────────
//! ```
//!
//! An offer never moves a contact: it waits on at its place while a telephone rings. The rule to
//! keep: while a telephone rings for a caller, or somebody is ready who could answer, no limit sends
//! the caller away.

use crate::Refusal;
use stdx::{AgentId, Tick};

/// How the caller's side ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parting {
    /// Somebody hung up.
    HungUp,
    /// The connection was lost by a fault of ours or of the network.
    CutOff,
}

/// Why a caller was sent away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SentAway {
    /// The queue was as long as it may be.
    QueueFull,
    /// The centre held as many contacts as it can.
    CentreFull,
    /// The caller waited as long as the queue allows.
    WaitedTooLong,
}

/// Why a caller heard that nobody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClosedBecause {
    /// Outside the line's hours.
    Hours,
    /// The timetable does not reach to this day: the configuration has to be renewed.
    TimetableEnded,
    /// The line only plays an announcement.
    AnnouncementOnly,
}

/// How a contact left; what it counts as is the promise's matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Departure {
    /// Heard that nobody is there.
    Closed(ClosedBecause),
    /// Was sent away at a limit.
    SentAway(SentAway),
    /// Left before anybody answered.
    Unanswered(Parting),
    /// Was answered; the talk is over.
    Answered(Parting),
}

/// Where a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Hears the announcement.
    Entering {
        /// When it is over at the latest.
        until: Tick,
        /// When waiting ends at the latest.
        limit_at: Tick,
    },
    /// Waits, perhaps while a telephone rings.
    Waiting {
        /// At whose telephone it rings.
        offered_to: Option<AgentId>,
        /// When waiting ends at the latest.
        limit_at: Tick,
    },
    /// Talks.
    Talking {
        /// With whom.
        agent: AgentId,
    },
    /// Is gone.
    Gone(Departure),
}

/// All that can happen to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The announcement has been played.
    AnnouncementOver,
    /// A telephone rings for it.
    Offered(AgentId),
    /// It rings no longer.
    OfferReturned,
    /// The agent took it.
    Answered,
    /// The caller's side is gone.
    CallerLeft(Parting),
    /// The agent's side is gone.
    AgentLeft(Parting),
    /// A deadline has come.
    Timeout,
}

/// What has to be done because a contact changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing more.
    None,
    /// The event makes no sense in this state; nothing changed.
    Refused(Refusal),
    /// It begins to wait.
    Waits,
    /// The caller left while this agent's telephone rang.
    Withdraw(AgentId),
    /// The talk with this agent is over.
    Part(AgentId),
}

impl State {
    /// The first state of a contact that was let in.
    #[must_use]
    pub fn entering(until: Tick, limit_at: Tick) -> State {
        State::Entering { until, limit_at }
    }

    /// What becomes of the contact, and what has to be done about it.
    #[must_use]
    pub fn next(self, now: Tick, event: Event) -> (State, Effect) {
        match self {
            State::Entering { until, limit_at } => self.next_entering(now, event, until, limit_at),
            State::Waiting { offered_to: None, limit_at } => {
                self.next_waiting(now, event, limit_at)
            }
            State::Waiting { offered_to: Some(agent), limit_at } => {
                self.next_offered(event, agent, limit_at)
            }
            State::Talking { agent } => self.next_talking(event, agent),
            State::Gone(_) => (self, Effect::Refused(Refusal::UnknownContact)),
        }
    }

    /// When this state wants a [`Event::Timeout`], and why. A ringing telephone and a talk have
    /// their deadline at the agent.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match self {
            State::Entering { until, .. } => Some((*until, "the announcement is over")),
            State::Waiting { offered_to: None, limit_at } => Some((*limit_at, "waited too long")),
            State::Waiting { offered_to: Some(_), .. } | State::Talking { .. } | State::Gone(_) => {
                None
            }
        }
    }

    fn next_entering(
        self,
        now: Tick,
        event: Event,
        until: Tick,
        limit_at: Tick,
    ) -> (State, Effect) {
        match event {
            Event::AnnouncementOver => (State::waiting(limit_at), Effect::Waits),
            Event::Timeout if until <= now => (State::waiting(limit_at), Effect::Waits),
            Event::Timeout => refuse(self, Refusal::NotDue),
            Event::CallerLeft(parting) => {
                (State::Gone(Departure::Unanswered(parting)), Effect::None)
            }
            Event::Offered(_) | Event::OfferReturned | Event::Answered => {
                refuse(self, Refusal::NotWaiting)
            }
            Event::AgentLeft(_) => refuse(self, Refusal::NotTalking),
        }
    }

    fn next_waiting(self, now: Tick, event: Event, limit_at: Tick) -> (State, Effect) {
        match event {
            Event::Offered(agent) => {
                (State::Waiting { offered_to: Some(agent), limit_at }, Effect::None)
            }
            Event::CallerLeft(parting) => {
                (State::Gone(Departure::Unanswered(parting)), Effect::None)
            }
            Event::Timeout if limit_at <= now => (State::waited_too_long(), Effect::None),
            Event::Timeout => refuse(self, Refusal::NotDue),
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            Event::OfferReturned | Event::Answered => refuse(self, Refusal::NotOffered),
            Event::AgentLeft(_) => refuse(self, Refusal::NotTalking),
        }
    }

    fn next_offered(self, event: Event, agent: AgentId, limit_at: Tick) -> (State, Effect) {
        match event {
            // Even past the limit: somebody else may be ready, and only who finds nobody is sent away.
            Event::OfferReturned => (State::waiting(limit_at), Effect::None),
            Event::Answered => (State::Talking { agent }, Effect::None),
            Event::CallerLeft(parting) => {
                (State::Gone(Departure::Unanswered(parting)), Effect::Withdraw(agent))
            }
            Event::Timeout => refuse(self, Refusal::NotDue),
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            Event::Offered(_) => refuse(self, Refusal::NotWaiting),
            Event::AgentLeft(_) => refuse(self, Refusal::NotTalking),
        }
    }

    fn next_talking(self, event: Event, agent: AgentId) -> (State, Effect) {
        match event {
            Event::CallerLeft(parting) => {
                (State::Gone(Departure::Answered(parting)), Effect::Part(agent))
            }
            Event::AgentLeft(parting) => (State::Gone(Departure::Answered(parting)), Effect::None),
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            Event::Offered(_) => refuse(self, Refusal::NotWaiting),
            Event::OfferReturned | Event::Answered => refuse(self, Refusal::NotOffered),
            Event::Timeout => refuse(self, Refusal::NotDue),
        }
    }

    fn waiting(limit_at: Tick) -> State {
        State::Waiting { offered_to: None, limit_at }
    }

    fn waited_too_long() -> State {
        State::Gone(Departure::SentAway(SentAway::WaitedTooLong))
    }
}

fn refuse(state: State, why: Refusal) -> (State, Effect) {
    (state, Effect::Refused(why))
}
