// SPDX-License-Identifier: EUPL-1.2
//! Who answers whom: lines, queues, skills, agents, and the one fair order of those who wait.
//!
//! The parts decide for themselves and know nothing of each other; `centre` joins them. The rule to
//! keep: a state machine answers every event in every state, the impossible one with a refusal.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod agent;
pub mod contact;
mod entry;
mod line_set;
mod order;
mod ready;
mod remembered;
mod rules;

pub use entry::{Admission, Load, admit};
pub use line_set::LineSet;
pub use order::{Queues, Turn};
pub use ready::{Fit, ReadyAgents, fit};
pub use remembered::{KeptPlace, RememberedCallers};
pub use rules::{AgentRules, CentreRules, LineRules, QueueRules, SkillNeed};

/// Why an event changed nothing. Never silence: the person who pressed the key is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The agent has signed on already.
    AlreadySignedOn,
    /// The agent is not signed on.
    NotSignedOn,
    /// The agent is not ready for an offer.
    NotReady,
    /// This contact is not being offered to this agent (any more).
    NotOffered,
    /// The agent is not in a talk.
    NotTalking,
    /// The agent is not in wrap-up.
    NotInWrapUp,
    /// The wrap-up was extended as often as the rules allow.
    ExtendedEnough,
    /// Nothing is due yet.
    NotDue,
    /// There is no such contact, or it has ended.
    UnknownContact,
    /// This id was used before.
    UsedContactId,
    /// There is no such agent.
    UnknownAgent,
    /// There is no such line.
    UnknownLine,
    /// The contact hears no announcement at the moment.
    NotEntering,
    /// The contact is not waiting.
    NotWaiting,
}
