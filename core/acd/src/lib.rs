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
mod lane_set;
mod lanes;
mod order;
mod ready;
mod remembered;
mod rules;

pub use entry::{Admission, Load, admit};
pub use lane_set::LaneSet;
pub use lanes::{LaneId, Lanes};
pub use order::{Queues, Turn};
pub use ready::{Fit, ReadyAgents};
pub use remembered::{KeptPlace, Remembered, RememberedCallers};
pub use rules::{
    AgentRules, CallbackRules, CentreRules, CrisisPlan, First, LineRules, LocalFirst, Overflow,
    PartnerRules, QueueRules, Reach, SkillNeed, Stage, SwitchboardRules,
};

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
    /// The client's switchboard is not being rung for the contact.
    NotAtSwitchboard,
    /// The partner is not being asked for the contact.
    NotAtPartner,
    /// No office is being rung for the contact.
    NotAtOffice,
    /// The contact is not being called back.
    NotCallingBack,
    /// The line promises no call-backs.
    NoCallback,
    /// The caller's number is not known.
    NoNumber,
    /// A call-back is promised to this caller already.
    CallbackTwice,
    /// The rest of the shift would not suffice for one more call-back.
    CallbackTooMany,
    /// A telephone rings for the caller at this moment.
    RingsAlready,
    /// There is no information by key for this line now.
    NoInformation,
    /// There is no such trunk.
    UnknownTrunk,
    /// There is no such skill, or the level is out of range.
    UnknownSkill,
    /// There is no such plan.
    UnknownPlan,
    /// There is no such switchboard.
    UnknownSwitchboard,
    /// The plan runs already.
    PlanRuns,
    /// The plan does not run.
    PlanRunsNot,
    /// The line is not closed by an act.
    NotClosed,
    /// Nobody may wait on that line.
    NoQueue,
    /// A call received from a partner stays on its line.
    FromPartner,
    /// Nobody can be put through there now: it is closed, full, or not there.
    NotReachable,
    /// The contact stands where it came in; there is nothing to undo.
    NotSteered,
    /// Longer than an act may last, or no time at all.
    OutOfRange,
}
