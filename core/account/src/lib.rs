// SPDX-License-Identifier: EUPL-1.2
//! What a stretch of time brought, heard from what the centre orders: in the rehearsal, in a practice, and
//! from the log.
//!
//! The rule to keep: nothing is decided and no rate is computed here; what is written down is what
//! `promise` is asked about.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod outcome;
mod story;

pub use outcome::{Outcome, Since};
pub use story::{HandedTo, Step, Stories, Story, is_untold, place_in_queue, tasks, was_handed_on};
