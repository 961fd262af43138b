// SPDX-License-Identifier: EUPL-1.2
//! One attempt to call somebody back: the agent's telephone first, then the citizen's; or the citizen's first.
//!
//! ```text
//!   CallingFirst ──answers──▶ Over: a Call that waits for an agent
//!
//!   Ringing ──answers──▶ PickedUp ──call──▶ Calling ──answers──▶ Reached ──connect──▶ Over: a joined Call
//!      └───────────────────┴──────────────────┴────────────────────┴─ stopped, or somebody is gone ─▶ Over
//! ```
//!
//! The rules to keep: no leg outlives the attempt, but for the two that are joined; a citizen who answers is
//! hung up rather than left in silence; and the centre is told once how the attempt ended, unless it said so.

use crate::Ending;
use CallbackAction as Do;
use alloc::vec;
use alloc::vec::Vec;
use stdx::AgentId;

/// Where the attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallbackState {
    /// The agent's telephone rings.
    Ringing,
    /// The agent answered; the centre has not said yet that the citizen is to be called.
    PickedUp,
    /// The citizen's telephone rings; the agent hears that.
    Calling,
    /// The citizen answered; the centre has not said yet that both are to hear each other.
    Reached,
    /// The citizen's telephone rings first; no telephone of an agent does yet.
    CallingFirst,
    /// Nothing is left of it.
    Over,
}

/// All that can happen to the attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackEvent {
    /// The centre: let the citizen's telephone ring.
    Call,
    /// The centre: let both hear each other.
    Connect,
    /// The centre: this attempt is over.
    Stop,
    /// The agent's telephone was answered.
    AgentAnswered,
    /// The agent's last leg is gone.
    AgentGone(Ending),
    /// The citizen answered.
    CitizenAnswered,
    /// The citizen's leg is gone, or nobody can be called.
    CitizenGone(Ending),
}

/// What the legs have to do, and what the centre has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackAction {
    /// Take the call back from the agent's telephones, or hang up.
    DropAgent,
    /// Let the agent hear that it rings.
    PlayRinging,
    /// Let the agent hear that no longer.
    Silence,
    /// Send the call to the citizen.
    InviteCitizen,
    /// Take it back from there, or hang up.
    DropCitizen,
    /// Both legs become a [`crate::Call`].
    Join,
    /// The citizen's leg becomes a [`crate::Call`] that waits: the citizen hears who calls.
    Welcome,
    /// Tell the centre that the agent answered.
    TellAnswered,
    /// Tell the centre that the agent's telephone turned the call down or cannot be reached.
    TellNotTaken(Ending),
    /// Tell the centre that the agent hung up.
    TellAgentHungUp,
    /// Tell the centre that the citizen answered.
    TellReached,
    /// Tell the centre that the citizen was not reached.
    TellNotReached(Ending),
    /// Tell the centre that the citizen hung up after all.
    TellCitizenLeft(Ending),
}

/// One attempt with its two sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    state: CallbackState,
    agent: AgentId,
}

impl Callback {
    /// The agent's telephone is made to ring.
    #[must_use]
    pub const fn ringing(agent: AgentId) -> Callback {
        Callback { state: CallbackState::Ringing, agent }
    }

    /// The citizen's telephone is made to ring, for an agent who is reserved.
    #[must_use]
    pub const fn calling_first(agent: AgentId) -> Callback {
        Callback { state: CallbackState::CallingFirst, agent }
    }

    /// Where it is.
    #[must_use]
    pub const fn state(&self) -> CallbackState {
        self.state
    }

    /// Who calls back.
    #[must_use]
    pub const fn agent(&self) -> AgentId {
        self.agent
    }

    /// What has to be done. An event that makes no sense in this state – it crossed another one on its way –
    /// leads to nothing, but never leaves a leg behind.
    pub fn handle(&mut self, event: CallbackEvent) -> Vec<CallbackAction> {
        let (after, actions) = match self.state {
            CallbackState::Ringing => ringing(event),
            CallbackState::PickedUp => picked_up(event),
            CallbackState::Calling => calling(event),
            CallbackState::Reached => reached(event),
            CallbackState::CallingFirst => calling_first(event),
            CallbackState::Over => over(event),
        };
        self.state = after;
        actions
    }
}

type Decided = (CallbackState, Vec<Do>);

fn ringing(event: CallbackEvent) -> Decided {
    match event {
        CallbackEvent::AgentAnswered => (CallbackState::PickedUp, vec![Do::TellAnswered]),
        CallbackEvent::AgentGone(ending) => (CallbackState::Over, vec![Do::TellNotTaken(ending)]),
        CallbackEvent::Stop => (CallbackState::Over, vec![Do::DropAgent]),
        CallbackEvent::CitizenAnswered => (CallbackState::Ringing, vec![Do::DropCitizen]),
        CallbackEvent::Call | CallbackEvent::Connect | CallbackEvent::CitizenGone(_) => {
            (CallbackState::Ringing, vec![])
        }
    }
}

fn picked_up(event: CallbackEvent) -> Decided {
    match event {
        CallbackEvent::Call => (CallbackState::Calling, vec![Do::PlayRinging, Do::InviteCitizen]),
        // That the agent answered was told already.
        CallbackEvent::AgentGone(_) => (CallbackState::Over, vec![Do::TellAgentHungUp]),
        CallbackEvent::Stop => (CallbackState::Over, vec![Do::DropAgent]),
        CallbackEvent::CitizenAnswered => (CallbackState::PickedUp, vec![Do::DropCitizen]),
        CallbackEvent::Connect | CallbackEvent::AgentAnswered | CallbackEvent::CitizenGone(_) => {
            (CallbackState::PickedUp, vec![])
        }
    }
}

fn calling(event: CallbackEvent) -> Decided {
    match event {
        CallbackEvent::CitizenAnswered => {
            (CallbackState::Reached, vec![Do::Silence, Do::TellReached])
        }
        CallbackEvent::CitizenGone(ending) => {
            (CallbackState::Over, vec![Do::DropAgent, Do::TellNotReached(ending)])
        }
        CallbackEvent::AgentGone(_) => {
            (CallbackState::Over, vec![Do::DropCitizen, Do::TellAgentHungUp])
        }
        CallbackEvent::Stop => (CallbackState::Over, vec![Do::DropCitizen, Do::DropAgent]),
        CallbackEvent::Call | CallbackEvent::Connect | CallbackEvent::AgentAnswered => {
            (CallbackState::Calling, vec![])
        }
    }
}

fn reached(event: CallbackEvent) -> Decided {
    match event {
        CallbackEvent::Connect => (CallbackState::Over, vec![Do::Join]),
        // That the citizen was reached was told already: what follows is told of a talk.
        CallbackEvent::CitizenGone(ending) => {
            (CallbackState::Over, vec![Do::DropAgent, Do::TellCitizenLeft(ending)])
        }
        CallbackEvent::AgentGone(_) => {
            (CallbackState::Over, vec![Do::DropCitizen, Do::TellAgentHungUp])
        }
        CallbackEvent::Stop => (CallbackState::Over, vec![Do::DropCitizen, Do::DropAgent]),
        CallbackEvent::Call | CallbackEvent::AgentAnswered | CallbackEvent::CitizenAnswered => {
            (CallbackState::Reached, vec![])
        }
    }
}

fn calling_first(event: CallbackEvent) -> Decided {
    match event {
        CallbackEvent::CitizenAnswered => (CallbackState::Over, vec![Do::Welcome, Do::TellReached]),
        CallbackEvent::CitizenGone(ending) => {
            (CallbackState::Over, vec![Do::TellNotReached(ending)])
        }
        CallbackEvent::Stop => (CallbackState::Over, vec![Do::DropCitizen]),
        CallbackEvent::AgentAnswered => (CallbackState::CallingFirst, vec![Do::DropAgent]),
        CallbackEvent::Call | CallbackEvent::Connect | CallbackEvent::AgentGone(_) => {
            (CallbackState::CallingFirst, vec![])
        }
    }
}

fn over(event: CallbackEvent) -> Decided {
    let actions = match event {
        // It answers although it was taken back: the two crossed.
        CallbackEvent::AgentAnswered => vec![Do::DropAgent],
        CallbackEvent::CitizenAnswered => vec![Do::DropCitizen],
        CallbackEvent::Call
        | CallbackEvent::Connect
        | CallbackEvent::Stop
        | CallbackEvent::AgentGone(_)
        | CallbackEvent::CitizenGone(_) => vec![],
    };
    (CallbackState::Over, actions)
}
