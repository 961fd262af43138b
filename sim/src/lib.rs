// SPDX-License-Identifier: EUPL-1.2
//! A county in one thread: callers with patience, agents with shifts, faults – around the very core
//! that runs live.
//!
//! The rule to keep: everything drawn by chance comes from one seed, and each caller from a stream
//! of its own, so that two rehearsals of different rules meet the same callers.
#![forbid(unsafe_code)]

mod any_county;
pub mod chance;
pub mod erlang;
mod people;
mod plain_county;
mod run;
pub mod scenario;
mod shape;
pub mod shrink;
mod spec;

pub use account::Outcome;
pub use any_county::any_county;
pub use people::People;
pub use plain_county::{TALK, many_days, one_line};
pub use run::{play, play_and_hear, play_and_tell};
pub use shape::{Slot, TrafficShape, Weekday};
pub use spec::{
    Behaviour, Faults, LineTraffic, PartnerBehaviour, Spec, SwitchboardBehaviour, TalkLength,
};
