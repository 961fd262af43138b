// SPDX-License-Identifier: EUPL-1.2
//! All that can ever happen to the centre, and all that it can ever ask for.

use acd::Refusal;
use acd::agent::{self, AfterCall, Pause, ReturnReason};
use acd::contact::Parting;
use promise::{ContactRecord, Fate, FateReason};
use stdx::{AgentId, CallerToken, ContactId, LineId, Tick};

/// All that can ever happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A call is set up on a line. The id is greater than every one before.
    CallArrived {
        /// The new contact's id, drawn by the app.
        contact: ContactId,
        /// The line that was dialled.
        line: LineId,
        /// Who calls, unless the number is withheld.
        caller: Option<CallerToken>,
    },
    /// The greeting has been played to its end.
    AnnouncementOver {
        /// To whom.
        contact: ContactId,
    },
    /// The caller's leg is gone.
    CallerLeft {
        /// Whose.
        contact: ContactId,
        /// Hung up, or lost.
        parting: Parting,
    },
    /// Both legs of a talk are alive; the answer to [`Command::AskAlive`].
    TalkAlive {
        /// Whose talk.
        contact: ContactId,
    },
    /// An agent begins a shift.
    SignOn {
        /// Who.
        agent: AgentId,
    },
    /// An agent ends the shift, after the call if there is one.
    SignOff {
        /// Who.
        agent: AgentId,
    },
    /// An agent wants calls.
    MakeReady {
        /// Who.
        agent: AgentId,
    },
    /// An agent wants a pause, after the call if there is one.
    MakeNotReady {
        /// Who.
        agent: AgentId,
        /// What for.
        pause: Pause,
    },
    /// An agent takes an offer.
    Answer {
        /// Who.
        agent: AgentId,
        /// Which offer: a late click on an old one must not take a new one.
        contact: ContactId,
    },
    /// An agent turns an offer down.
    Decline {
        /// Who.
        agent: AgentId,
        /// Which offer.
        contact: ContactId,
    },
    /// An agent's telephone cannot be reached with an offer: not registered, silent, or out of
    /// order. The agent did nothing, and perhaps knows nothing of it.
    Unreachable {
        /// Whose telephone.
        agent: AgentId,
        /// Which offer.
        contact: ContactId,
    },
    /// An agent hangs up.
    HangUp {
        /// Who.
        agent: AgentId,
    },
    /// An agent needs more time for wrap-up.
    ExtendWrapUp {
        /// Who.
        agent: AgentId,
    },
    /// An agent is done with wrap-up.
    EndWrapUp {
        /// Who.
        agent: AgentId,
    },
    /// The moment that [`crate::Centre::deadline`] named has come.
    Deadline,
}

impl Event {
    /// The agent who did this, if one did.
    #[must_use]
    pub fn agent(&self) -> Option<AgentId> {
        match *self {
            Event::SignOn { agent }
            | Event::SignOff { agent }
            | Event::MakeReady { agent }
            | Event::MakeNotReady { agent, .. }
            | Event::Answer { agent, .. }
            | Event::Decline { agent, .. }
            | Event::HangUp { agent }
            | Event::ExtendWrapUp { agent }
            | Event::EndWrapUp { agent } => Some(agent),
            Event::CallArrived { .. }
            | Event::AnnouncementOver { .. }
            | Event::CallerLeft { .. }
            | Event::TalkAlive { .. }
            | Event::Unreachable { .. }
            | Event::Deadline => None,
        }
    }
}

/// All that the centre can ever ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Play the line's greeting; then [`Event::AnnouncementOver`].
    Announce {
        /// To whom.
        contact: ContactId,
        /// Whose greeting.
        line: LineId,
    },
    /// Play music: the caller waits.
    Wait {
        /// Who.
        contact: ContactId,
        /// The exact position in the queue, from 1.
        position: usize,
    },
    /// Let an agent's telephone ring.
    Ring {
        /// Whose.
        agent: AgentId,
        /// For whom.
        contact: ContactId,
        /// On which line, for the greeting to read.
        line: LineId,
        /// When it will be taken back.
        until: Tick,
    },
    /// Let it ring no longer.
    StopRinging {
        /// Whose.
        agent: AgentId,
        /// For whom it rang.
        contact: ContactId,
    },
    /// Let both hear each other.
    Connect {
        /// The caller.
        contact: ContactId,
        /// The agent.
        agent: AgentId,
    },
    /// Play the text that belongs to this end, then hang up. The contact is gone already.
    Dismiss {
        /// To whom.
        contact: ContactId,
        /// Whose text.
        line: LineId,
        /// [`Fate::Closed`] or [`Fate::Refused`].
        fate: Fate,
        /// Why.
        reason: FateReason,
    },
    /// Hang up the caller's leg. The contact is gone already.
    Release {
        /// Whose.
        contact: ContactId,
    },
    /// Say whether both legs of this talk are alive, by [`Event::TalkAlive`]; silence means no.
    AskAlive {
        /// Whose talk.
        contact: ContactId,
    },
    /// The event made no sense; nothing changed. Whoever sent it is told.
    Refuse(Refusal),
    /// Something to be shown or counted.
    Note(Note),
}

/// What has happened, for wallboards, desks and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// An agent does something else now.
    AgentChanged {
        /// Who.
        agent: AgentId,
        /// What.
        state: agent::State,
    },
    /// An agent wants something else after the present call.
    AgentPlans {
        /// Who.
        agent: AgentId,
        /// What.
        after_call: AfterCall,
    },
    /// An offer came back; the caller waits on at the old place.
    Returned {
        /// Who waits on.
        contact: ContactId,
        /// Who did not take the offer.
        agent: AgentId,
        /// Why.
        why: ReturnReason,
    },
    /// A contact is gone; its one record.
    Ended(ContactRecord),
}
