// SPDX-License-Identifier: EUPL-1.2
//! The service promise as a function: from what happened to each contact to every figure we show.
//!
//! The rule to keep: a rate is computed here or nowhere, and it carries its definition, the
//! definition's version and, on demand, each contact with the reason why it counts.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod comparison;
mod definition;
mod feedback;
mod interval;
mod occupancy;
mod reachability;
mod record;
mod resolution;
mod told;
mod waits;

pub use comparison::COMPARISONS;
pub use definition::{
    Assessment, DEFINITIONS, Definition, Formula, Verdict, assess, definition, judge, share,
};
pub use feedback::{
    CaseRecord, Clock, Due, Ended, FEEDBACK_DEFINITIONS, FEEDBACK_WITHIN, FeedbackDefinition,
    FeedbackGiven, FeedbackShare, FeedbackVerdict, Feedbacks, Pause, Proof, Service, due,
    feedback_definition, judge_case,
};
pub use interval::{Interval, interval};
pub use occupancy::{Occupancy, WorkTime};
pub use reachability::Reachability;
pub use record::{ContactRecord, Fate, FateReason, Tally, ToldWait};
pub use resolution::{FirstContact, Resolution, Resolutions, Resolved};
pub use told::{Told, ToldRecord, told};
pub use waits::{Waits, waits};
