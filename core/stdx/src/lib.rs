// SPDX-License-Identifier: EUPL-1.2
//! The few words that every other part of the core speaks: time, ids, bounds.
//!
//! Rule: nothing in here knows what a telephone call is.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod ids;
pub mod limits;
mod redacted;
mod rng;
mod time;

pub use ids::{
    AgentId, CaseId, ContactId, LineId, PartnerId, PlanId, QueueId, SkillId, SwitchboardId, TeamId,
    TimetableId, TrunkId,
};
pub use redacted::{CallerToken, Redacted};
pub use rng::Rng;
pub use time::{Day, Micros, Now, Tick, Timestamp};
