// SPDX-License-Identifier: EUPL-1.2
//! Cases: matters that could not be settled in the talk, to which somebody comes back.
//!
//! ```text
//!            Forward ─▶ Unit, TakeOver          Complete
//!   Centre ◀─ Return ──┘               Open ──────────────▶ Completed
//!                                      │  ▲ ◀─── Reopen ────┘
//!                                Pause ▼  │ Resume          Merge ─▶ Merged, for ever
//!                                     Paused
//! ```
//!
//! Who has it, how its clock stands and whether feedback was given are three different things. When feedback is due
//! and whether it came in time is not known here: `promise` says so, for each of its definitions.
//!
//! The rule to keep: only somebody's word or a sure proof is feedback. A message on a mailbox, a mail that nobody has
//! accepted and a change of state are none.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod act;
mod cases;
mod matter;

pub use act::{
    Act, Attempt, By, Completion, Matter, Opening, PauseReason, Proof, Reach, Refusal, Source,
};
pub use cases::{Acted, Cases};
pub use matter::{ACTS_MAX, Case, Feedback, Holder, Notice, PAUSES_MAX, Pause, State};
