// SPDX-License-Identifier: EUPL-1.2
//! One contact, from call set-up to the moment it is gone.
//!
//! ```text
//!   (arrives) ──▶ AtSwitchboard ──answered──▶ Local
//!       │              │ busy, silent, back
//!       │              ▼
//!       ├────────▶ Entering ──announcement over──▶ Waiting ──answered──▶ Talking
//!       │                                          │  │  └─partner answers─▶ AtPartner
//!       │                       call-back wanted ──┘  │ offer │ returned
//!       │                             ▼               ▼
//!       │                         Promised ──agent──▶ CallingBack ──reached──▶ Talking, or Waiting
//!       ▼                             ▲────not reached────┘
//!    Gone: reached from every state
//! ```
//!
//! An agent may hand on whom they talk to: back to the queue, from where others are asked, or to an office.
//!
//! ```text
//!   Talking ──to a queue──▶ Waiting ◀──nobody answers── ToOffice ◀──to an office── Talking
//!      │ └──put through to another agent──▶ Talking         │ answers
//!      └────put through to an office──────▶ AtOffice ◀──────┘
//! ```
//!
//! Who is called back waits at the old place again if the caller was to be called first: the reserved agent's
//! telephone rings from then on.
//!
//! An offer never moves a contact, nor does an attempt at the partner: it waits on at its place
//! meanwhile. The rule to keep: while a telephone rings for a caller, or somebody is ready who could
//! answer, no limit sends the caller away.

use crate::Refusal;
use crate::agent::Lease;
use stdx::limits::{TALK_CHECK_EVERY, TALK_CHECK_GRACE};
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
    /// No channel of the trunk was free.
    NoChannel,
    /// The carrier refused the call before we saw it, and told us so.
    Carrier,
    /// Our own door refused it before the centre was asked: overload, draining, no port.
    Door,
    /// The line is closed by now, and everybody who could have answered has gone.
    NobodyLeft,
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
    /// Closed by an act.
    Act,
    /// The line is open only while its crisis plan runs.
    PlanRunsNot,
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
    /// The client's own switchboard answered; that talk is over.
    Local,
    /// Left while the client's own switchboard was rung.
    LeftSwitchboard,
    /// The partner answered; that talk is over.
    Overflowed,
    /// Was sent on to the partner; whether anybody answered there is not proved.
    Deflected,
    /// The call-back was not possible in time.
    CallbackExpired,
    /// The caller did not wait for the call-back and called again.
    CalledAgain,
}

/// Where a contact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The client's own switchboard is rung.
    AtSwitchboard {
        /// Until when; then the centre takes over.
        ring_until: Tick,
    },
    /// Talks to the client's own switchboard.
    Local {
        /// How we know that it goes on.
        lease: Lease,
    },
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
    /// Talks to the partner centre.
    AtPartner {
        /// How we know that it goes on.
        lease: Lease,
    },
    /// An agent handed it on to an office, whose telephone rings.
    ToOffice {
        /// Until when.
        ring_until: Tick,
    },
    /// Talks to an office.
    AtOffice {
        /// How we know that it goes on.
        lease: Lease,
    },
    /// Hung up with the promise of a call-back, whose place in the queue it keeps.
    Promised {
        /// At whose telephone it rings.
        offered_to: Option<AgentId>,
        /// Until when nobody is asked, after an attempt that failed.
        rests_until: Option<Tick>,
        /// When the promise becomes a task.
        expires_at: Tick,
        /// How often the caller has been tried.
        attempts: u8,
    },
    /// An agent waits, or is reserved, while the caller's telephone rings.
    CallingBack {
        /// Who.
        agent: AgentId,
        /// Until when it rings.
        ring_until: Tick,
        /// When the promise becomes a task.
        expires_at: Tick,
        /// How often the caller has been tried, this time included.
        attempts: u8,
    },
    /// Is gone.
    Gone(Departure),
}

/// All that can happen to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The client's switchboard answered.
    SwitchboardAnswered,
    /// It did not, and the centre lets the caller in.
    TurnsToCentre {
        /// When the greeting is over at the latest.
        until: Tick,
        /// When waiting ends at the latest.
        limit_at: Tick,
    },
    /// It did not, and the centre cannot let the caller in; or nobody is left for one who waits.
    TurnedAway(Departure),
    /// The announcement has been played.
    AnnouncementOver,
    /// A telephone rings for it.
    Offered(AgentId),
    /// It rings no longer.
    OfferReturned,
    /// The agent took it.
    Answered {
        /// Until when the caller's telephone rings, if it is to be called back.
        ring_until: Tick,
    },
    /// The partner took it.
    PartnerAnswered,
    /// The partner took the call that was sent on.
    Deflected,
    /// The caller's side is gone.
    CallerLeft(Parting),
    /// The agent's side is gone.
    AgentLeft(Parting),
    /// The side of the switchboard or of the partner is gone.
    OtherLeft(Parting),
    /// The edge confirms that the talk goes on.
    TalkAlive,
    /// The agent hands it on, or what came of that.
    Transfer(Transfer),
    /// A call-back is promised instead of waiting.
    CallbackPromised {
        /// When it becomes a task.
        expires_at: Tick,
    },
    /// The caller is called first, and this agent reserved meanwhile.
    CalledFirst {
        /// Who.
        agent: AgentId,
        /// Until when the caller's telephone rings.
        ring_until: Tick,
    },
    /// The caller answered the call-back, and hears the agent.
    CallbackReached,
    /// The caller answered the call-back, and waits for the agent.
    CallbackWaits {
        /// When waiting ends at the latest.
        limit_at: Tick,
    },
    /// The caller did not, or could not be dialled; none if it was the last attempt.
    CallbackFailed {
        /// When the next attempt is due.
        again_at: Option<Tick>,
        /// Whether it was an attempt at all.
        counts: bool,
    },
    /// The caller called again, and the new contact takes this one's place.
    CalledAgain,
    /// A deadline has come.
    Timeout,
}

/// How an agent hands on whom they talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// Others are asked; it waits at its place.
    ToQueue {
        /// When waiting ends at the latest.
        limit_at: Tick,
    },
    /// An office's telephone rings.
    ToOffice {
        /// Until when.
        ring_until: Tick,
    },
    /// Another agent, whom the first one asked before, takes over.
    ToAgent(AgentId),
    /// An office, which the agent asked before, takes over.
    OfficeTakesOver,
    /// The office that was rung answered.
    OfficeAnswered,
    /// It did not.
    OfficeFailed {
        /// When waiting ends at the latest.
        limit_at: Tick,
    },
}

impl Transfer {
    /// What is said where this makes no sense.
    fn refusal(self) -> Refusal {
        match self {
            Transfer::ToQueue { .. }
            | Transfer::ToOffice { .. }
            | Transfer::ToAgent(_)
            | Transfer::OfficeTakesOver => Refusal::NotTalking,
            Transfer::OfficeAnswered | Transfer::OfficeFailed { .. } => Refusal::NotAtOffice,
        }
    }
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
    /// The caller is gone or somewhere else while this agent's telephone rang.
    Withdraw(AgentId),
    /// The talk with this agent is over.
    Part(AgentId),
    /// The edge is to be asked whether this talk is alive.
    Question,
    /// The caller's telephone is to ring for this agent.
    CallBack(AgentId),
    /// Agent and caller are to hear each other.
    Connect(AgentId),
    /// The attempt to call back is over, and the agent free.
    GiveUp(AgentId),
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
            State::AtSwitchboard { .. } => self.next_at_switchboard(now, event),
            State::Local { lease } => self.next_elsewhere(now, event, lease, Departure::Local),
            State::Entering { until, limit_at } => self.next_entering(now, event, until, limit_at),
            State::Waiting { offered_to: None, limit_at } => {
                self.next_waiting(now, event, limit_at)
            }
            State::Waiting { offered_to: Some(agent), limit_at } => {
                self.next_offered(now, event, agent, limit_at)
            }
            State::Talking { agent } => self.next_talking(now, event, agent),
            State::AtPartner { lease } => {
                self.next_elsewhere(now, event, lease, Departure::Overflowed)
            }
            State::ToOffice { .. } => self.next_to_office(now, event),
            State::AtOffice { lease } => {
                self.next_elsewhere(now, event, lease, Departure::Answered(Parting::HungUp))
            }
            State::Promised { .. } => self.next_promised(now, event),
            State::CallingBack { agent, .. } => self.next_calling_back(event, agent),
            State::Gone(_) => (self, Effect::Refused(Refusal::UnknownContact)),
        }
    }

    /// When this state wants a [`Event::Timeout`], and why. A ringing telephone and a talk with an
    /// agent have their deadline at the agent. What follows a silent switchboard or a call-back that
    /// nobody answers is decided above, where load and plan are known.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match *self {
            State::AtSwitchboard { ring_until } => {
                Some((ring_until, "the switchboard does not answer"))
            }
            State::Entering { until, .. } => Some((until, "the announcement is over")),
            State::Waiting { offered_to: None, limit_at } => Some((limit_at, "waited too long")),
            State::ToOffice { ring_until } => Some((ring_until, "the office does not answer")),
            State::Local { lease } | State::AtPartner { lease } | State::AtOffice { lease } => {
                Some(match lease {
                    Lease::Held { check_at } => (check_at, "is the talk alive?"),
                    Lease::Questioned { lost_at } => (lost_at, "the talk is lost"),
                })
            }
            State::Promised { offered_to: None, rests_until, expires_at, .. } => {
                match rests_until {
                    Some(until) if until < expires_at => Some((until, "the next attempt is due")),
                    Some(_) | None => Some((expires_at, "the call-back expired")),
                }
            }
            State::CallingBack { ring_until, .. } => {
                Some((ring_until, "the caller is not reached"))
            }
            State::Waiting { offered_to: Some(_), .. }
            | State::Promised { offered_to: Some(_), .. }
            | State::Talking { .. }
            | State::Gone(_) => None,
        }
    }

    fn next_at_switchboard(self, now: Tick, event: Event) -> (State, Effect) {
        match event {
            Event::Transfer(step) => refuse(self, step.refusal()),
            Event::SwitchboardAnswered => (State::Local { lease: held(now) }, Effect::None),
            Event::TurnsToCentre { until, limit_at } => {
                (State::Entering { until, limit_at }, Effect::None)
            }
            Event::TurnedAway(departure) => (State::Gone(departure), Effect::None),
            Event::CallerLeft(_) => (State::Gone(Departure::LeftSwitchboard), Effect::None),
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            Event::Offered(_)
            | Event::OfferReturned
            | Event::Answered { .. }
            | Event::CalledFirst { .. }
            | Event::CallbackPromised { .. }
            | Event::CalledAgain => refuse(self, Refusal::NotWaiting),
            Event::PartnerAnswered | Event::Deflected => refuse(self, Refusal::NotAtPartner),
            Event::AgentLeft(_) | Event::OtherLeft(_) | Event::TalkAlive => {
                refuse(self, Refusal::NotTalking)
            }
            Event::CallbackReached | Event::CallbackWaits { .. } | Event::CallbackFailed { .. } => {
                refuse(self, Refusal::NotCallingBack)
            }
            Event::Timeout => refuse(self, Refusal::NotDue),
        }
    }

    /// A talk that is not with an agent of ours: at the switchboard or at the partner.
    fn next_elsewhere(
        self,
        now: Tick,
        event: Event,
        lease: Lease,
        over: Departure,
    ) -> (State, Effect) {
        match event {
            Event::Transfer(step) => refuse(self, step.refusal()),
            Event::CallerLeft(_) | Event::OtherLeft(_) => (State::Gone(over), Effect::None),
            Event::TalkAlive => (self.leased(held(now)), Effect::None),
            Event::Timeout => match lease {
                Lease::Held { check_at } if check_at <= now => {
                    let lost_at = now + TALK_CHECK_GRACE;
                    (self.leased(Lease::Questioned { lost_at }), Effect::Question)
                }
                Lease::Questioned { lost_at } if lost_at <= now => {
                    (State::Gone(over), Effect::None)
                }
                Lease::Held { .. } | Lease::Questioned { .. } => refuse(self, Refusal::NotDue),
            },
            Event::SwitchboardAnswered | Event::TurnsToCentre { .. } | Event::TurnedAway(_) => {
                refuse(self, Refusal::NotAtSwitchboard)
            }
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            Event::Offered(_)
            | Event::CalledFirst { .. }
            | Event::CallbackPromised { .. }
            | Event::CalledAgain => refuse(self, Refusal::NotWaiting),
            Event::OfferReturned | Event::Answered { .. } => refuse(self, Refusal::NotOffered),
            Event::PartnerAnswered | Event::Deflected => refuse(self, Refusal::NotAtPartner),
            Event::AgentLeft(_) => refuse(self, Refusal::NotTalking),
            Event::CallbackReached | Event::CallbackWaits { .. } | Event::CallbackFailed { .. } => {
                refuse(self, Refusal::NotCallingBack)
            }
        }
    }

    fn leased(self, lease: Lease) -> State {
        match self {
            State::Local { .. } => State::Local { lease },
            State::AtPartner { .. } => State::AtPartner { lease },
            State::AtOffice { .. } => State::AtOffice { lease },
            State::AtSwitchboard { .. }
            | State::ToOffice { .. }
            | State::Entering { .. }
            | State::Waiting { .. }
            | State::Talking { .. }
            | State::Promised { .. }
            | State::CallingBack { .. }
            | State::Gone(_) => unreachable!("these talks are held by their agent"),
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
            Event::Transfer(step) => refuse(self, step.refusal()),
            Event::AnnouncementOver => (State::waiting(limit_at), Effect::Waits),
            Event::Timeout if until <= now => (State::waiting(limit_at), Effect::Waits),
            Event::Timeout => refuse(self, Refusal::NotDue),
            Event::CallerLeft(parting) => {
                (State::Gone(Departure::Unanswered(parting)), Effect::None)
            }
            Event::SwitchboardAnswered | Event::TurnsToCentre { .. } | Event::TurnedAway(_) => {
                refuse(self, Refusal::NotAtSwitchboard)
            }
            Event::Offered(_)
            | Event::OfferReturned
            | Event::Answered { .. }
            | Event::CalledFirst { .. }
            | Event::CallbackPromised { .. }
            | Event::CalledAgain => refuse(self, Refusal::NotWaiting),
            Event::PartnerAnswered | Event::Deflected => refuse(self, Refusal::NotAtPartner),
            Event::AgentLeft(_) | Event::OtherLeft(_) | Event::TalkAlive => {
                refuse(self, Refusal::NotTalking)
            }
            Event::CallbackReached | Event::CallbackWaits { .. } | Event::CallbackFailed { .. } => {
                refuse(self, Refusal::NotCallingBack)
            }
        }
    }

    fn next_waiting(self, now: Tick, event: Event, limit_at: Tick) -> (State, Effect) {
        match event {
            Event::Transfer(step) => refuse(self, step.refusal()),
            Event::Offered(agent) => {
                (State::Waiting { offered_to: Some(agent), limit_at }, Effect::None)
            }
            Event::PartnerAnswered => (State::AtPartner { lease: held(now) }, Effect::None),
            Event::Deflected => (State::Gone(Departure::Deflected), Effect::None),
            Event::CallbackPromised { expires_at } => (promised(expires_at), Effect::None),
            Event::CallerLeft(parting) => {
                (State::Gone(Departure::Unanswered(parting)), Effect::None)
            }
            Event::TurnedAway(departure) => (State::Gone(departure), Effect::None),
            Event::Timeout if limit_at <= now => (State::waited_too_long(), Effect::None),
            Event::Timeout => refuse(self, Refusal::NotDue),
            Event::SwitchboardAnswered | Event::TurnsToCentre { .. } => {
                refuse(self, Refusal::NotAtSwitchboard)
            }
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            Event::OfferReturned | Event::Answered { .. } => refuse(self, Refusal::NotOffered),
            Event::AgentLeft(_) | Event::OtherLeft(_) | Event::TalkAlive => {
                refuse(self, Refusal::NotTalking)
            }
            Event::CalledFirst { .. }
            | Event::CallbackReached
            | Event::CallbackWaits { .. }
            | Event::CallbackFailed { .. }
            | Event::CalledAgain => refuse(self, Refusal::NotCallingBack),
        }
    }

    fn next_offered(
        self,
        now: Tick,
        event: Event,
        agent: AgentId,
        limit_at: Tick,
    ) -> (State, Effect) {
        match event {
            Event::Transfer(step) => refuse(self, step.refusal()),
            // Even past the limit: somebody else may be ready, and only who finds nobody is sent away.
            Event::OfferReturned => (State::waiting(limit_at), Effect::None),
            Event::Answered { .. } => (State::Talking { agent }, Effect::Connect(agent)),
            // The partner was faster than the agent.
            Event::PartnerAnswered => {
                (State::AtPartner { lease: held(now) }, Effect::Withdraw(agent))
            }
            Event::Deflected => (State::Gone(Departure::Deflected), Effect::Withdraw(agent)),
            Event::CallerLeft(parting) => {
                (State::Gone(Departure::Unanswered(parting)), Effect::Withdraw(agent))
            }
            Event::Timeout => refuse(self, Refusal::NotDue),
            Event::SwitchboardAnswered | Event::TurnsToCentre { .. } | Event::TurnedAway(_) => {
                refuse(self, Refusal::NotAtSwitchboard)
            }
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            Event::Offered(_) | Event::CalledFirst { .. } => refuse(self, Refusal::NotWaiting),
            Event::CallbackPromised { .. } => refuse(self, Refusal::RingsAlready),
            Event::AgentLeft(_) | Event::OtherLeft(_) | Event::TalkAlive => {
                refuse(self, Refusal::NotTalking)
            }
            Event::CallbackReached
            | Event::CallbackWaits { .. }
            | Event::CallbackFailed { .. }
            | Event::CalledAgain => refuse(self, Refusal::NotCallingBack),
        }
    }

    fn next_talking(self, now: Tick, event: Event, agent: AgentId) -> (State, Effect) {
        match event {
            Event::Transfer(step) => self.next_handed_on(step, now),
            Event::CallerLeft(parting) => {
                (State::Gone(Departure::Answered(parting)), Effect::Part(agent))
            }
            Event::AgentLeft(parting) => (State::Gone(Departure::Answered(parting)), Effect::None),
            Event::SwitchboardAnswered | Event::TurnsToCentre { .. } | Event::TurnedAway(_) => {
                refuse(self, Refusal::NotAtSwitchboard)
            }
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            Event::Offered(_)
            | Event::CalledFirst { .. }
            | Event::CallbackPromised { .. }
            | Event::CalledAgain => refuse(self, Refusal::NotWaiting),
            Event::OfferReturned | Event::Answered { .. } => refuse(self, Refusal::NotOffered),
            Event::PartnerAnswered | Event::Deflected | Event::OtherLeft(_) => {
                refuse(self, Refusal::NotAtPartner)
            }
            Event::CallbackReached | Event::CallbackWaits { .. } | Event::CallbackFailed { .. } => {
                refuse(self, Refusal::NotCallingBack)
            }
            Event::TalkAlive | Event::Timeout => refuse(self, Refusal::NotDue),
        }
    }

    /// The agent hands it on, and is let go when the caller has the new place: nobody is sent home because
    /// that agent leaves.
    fn next_handed_on(self, step: Transfer, now: Tick) -> (State, Effect) {
        let after = match step {
            Transfer::ToQueue { limit_at } => State::waiting(limit_at),
            Transfer::ToOffice { ring_until } => State::ToOffice { ring_until },
            Transfer::ToAgent(agent) => State::Talking { agent },
            Transfer::OfficeTakesOver => State::AtOffice { lease: held(now) },
            Transfer::OfficeAnswered | Transfer::OfficeFailed { .. } => {
                return refuse(self, step.refusal());
            }
        };
        (after, Effect::None)
    }

    fn next_to_office(self, now: Tick, event: Event) -> (State, Effect) {
        match event {
            Event::Transfer(Transfer::OfficeAnswered) => {
                (State::AtOffice { lease: held(now) }, Effect::None)
            }
            Event::Transfer(Transfer::OfficeFailed { limit_at }) => {
                (State::waiting(limit_at), Effect::None)
            }
            Event::Transfer(step) => refuse(self, step.refusal()),
            Event::CallerLeft(parting) => {
                (State::Gone(Departure::Unanswered(parting)), Effect::None)
            }
            Event::SwitchboardAnswered | Event::TurnsToCentre { .. } | Event::TurnedAway(_) => {
                refuse(self, Refusal::NotAtSwitchboard)
            }
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            Event::Offered(_)
            | Event::OfferReturned
            | Event::Answered { .. }
            | Event::CalledFirst { .. }
            | Event::CallbackPromised { .. }
            | Event::CalledAgain => refuse(self, Refusal::NotWaiting),
            Event::PartnerAnswered | Event::Deflected => refuse(self, Refusal::NotAtPartner),
            Event::AgentLeft(_) | Event::OtherLeft(_) | Event::TalkAlive => {
                refuse(self, Refusal::NotTalking)
            }
            Event::CallbackReached | Event::CallbackWaits { .. } | Event::CallbackFailed { .. } => {
                refuse(self, Refusal::NotCallingBack)
            }
            Event::Timeout => refuse(self, Refusal::NotDue),
        }
    }

    fn next_promised(self, now: Tick, event: Event) -> (State, Effect) {
        let State::Promised { offered_to, rests_until, expires_at, attempts } = self else {
            unreachable!("only called while promised")
        };
        let rests = |offered_to, rests_until| State::Promised {
            offered_to,
            rests_until,
            expires_at,
            attempts,
        };
        match event {
            Event::Transfer(step) => refuse(self, step.refusal()),
            Event::Offered(agent) if offered_to.is_none() && rests_until.is_none() => {
                (rests(Some(agent), None), Effect::None)
            }
            Event::CalledFirst { agent, ring_until }
                if offered_to.is_none() && rests_until.is_none() =>
            {
                let attempts = attempts + 1;
                let state = State::CallingBack { agent, ring_until, expires_at, attempts };
                (state, Effect::CallBack(agent))
            }
            Event::Offered(_) | Event::CalledFirst { .. } => refuse(self, Refusal::NotWaiting),
            Event::OfferReturned if offered_to.is_some() => (rests(None, None), Effect::None),
            Event::OfferReturned => refuse(self, Refusal::NotOffered),
            Event::Answered { ring_until } => match offered_to {
                Some(agent) => {
                    let attempts = attempts + 1;
                    let state = State::CallingBack { agent, ring_until, expires_at, attempts };
                    (state, Effect::CallBack(agent))
                }
                None => refuse(self, Refusal::NotOffered),
            },
            Event::CalledAgain => {
                let effect = offered_to.map_or(Effect::None, Effect::Withdraw);
                (State::Gone(Departure::CalledAgain), effect)
            }
            Event::Timeout if offered_to.is_some() => refuse(self, Refusal::NotDue),
            Event::Timeout if expires_at <= now => {
                (State::Gone(Departure::CallbackExpired), Effect::None)
            }
            Event::Timeout if rests_until.is_some_and(|until| until <= now) => {
                (rests(None, None), Effect::None)
            }
            Event::Timeout => refuse(self, Refusal::NotDue),
            Event::SwitchboardAnswered | Event::TurnsToCentre { .. } | Event::TurnedAway(_) => {
                refuse(self, Refusal::NotAtSwitchboard)
            }
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            // The caller's leg ended when the call-back was promised.
            Event::CallerLeft(_) | Event::PartnerAnswered | Event::Deflected => {
                refuse(self, Refusal::NotWaiting)
            }
            Event::AgentLeft(_) | Event::OtherLeft(_) | Event::TalkAlive => {
                refuse(self, Refusal::NotTalking)
            }
            Event::CallbackPromised { .. } => refuse(self, Refusal::CallbackTwice),
            // The agent took it, but there is no channel to dial on.
            Event::CallbackFailed { again_at, .. } => match offered_to {
                Some(agent) => {
                    let at = again_at.filter(|&at| at < expires_at).unwrap_or(expires_at);
                    (rests(None, Some(at)), Effect::GiveUp(agent))
                }
                None => refuse(self, Refusal::NotCallingBack),
            },
            Event::CallbackReached | Event::CallbackWaits { .. } => {
                refuse(self, Refusal::NotCallingBack)
            }
        }
    }

    fn next_calling_back(self, event: Event, agent: AgentId) -> (State, Effect) {
        let State::CallingBack { expires_at, attempts, .. } = self else {
            unreachable!("only called while the caller's telephone rings")
        };
        match event {
            Event::Transfer(step) => refuse(self, step.refusal()),
            Event::CallbackReached => (State::Talking { agent }, Effect::Connect(agent)),
            Event::CallbackWaits { limit_at } => {
                (State::Waiting { offered_to: Some(agent), limit_at }, Effect::None)
            }
            Event::CallbackFailed { again_at: Some(again_at), counts } => {
                let rests_until = Some(again_at);
                let attempts = attempts - u8::from(!counts);
                let state = State::Promised { offered_to: None, rests_until, expires_at, attempts };
                (state, Effect::GiveUp(agent))
            }
            // The caller's own call crosses ours: that one goes on.
            Event::CalledAgain => (State::Gone(Departure::CalledAgain), Effect::GiveUp(agent)),
            Event::CallbackFailed { again_at: None, .. } => {
                (State::Gone(Departure::CallbackExpired), Effect::GiveUp(agent))
            }
            Event::SwitchboardAnswered | Event::TurnsToCentre { .. } | Event::TurnedAway(_) => {
                refuse(self, Refusal::NotAtSwitchboard)
            }
            Event::AnnouncementOver => refuse(self, Refusal::NotEntering),
            Event::Offered(_) | Event::CalledFirst { .. } => refuse(self, Refusal::NotWaiting),
            Event::OfferReturned | Event::Answered { .. } => refuse(self, Refusal::NotOffered),
            Event::PartnerAnswered | Event::Deflected => refuse(self, Refusal::NotAtPartner),
            // Neither side's end is the end of the promise: the one who dials says that it failed.
            Event::CallerLeft(_) | Event::AgentLeft(_) | Event::OtherLeft(_) | Event::TalkAlive => {
                refuse(self, Refusal::NotTalking)
            }
            Event::CallbackPromised { .. } => refuse(self, Refusal::CallbackTwice),
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

fn promised(expires_at: Tick) -> State {
    State::Promised { offered_to: None, rests_until: None, expires_at, attempts: 0 }
}

fn held(now: Tick) -> Lease {
    Lease::Held { check_at: now + TALK_CHECK_EVERY }
}

fn refuse(state: State, why: Refusal) -> (State, Effect) {
    (state, Effect::Refused(why))
}
