// SPDX-License-Identifier: EUPL-1.2
//! Feedback within 24 hours: three versions of what that means, and what became of each case.
//!
//! The sources of 115 say "24 hours" and, some of them, "within service hours"; none gives a formula. So the clock is
//! data with a name and a version, like the service level, and reports can show all three.
//!
//! ```text
//!   opened ──┐
//!   pauses ──┼─▶ due ─▶ when, or stopped ──┐
//!   service ─┘                             ├─▶ judge ─▶ in time, late, missed, open, out
//!   feedback, and how it is proven ────────┘
//! ```

mod due;
mod verdict;

pub use due::{Clock, Due, Pause, Service, due};
pub use verdict::{
    CaseRecord, Ended, FeedbackGiven, FeedbackShare, FeedbackVerdict, Feedbacks, Proof, judge_case,
};

use stdx::Micros;

/// One definition of feedback in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedbackDefinition {
    /// The name in configurations and reports.
    pub id: &'static str,
    /// Raised with every change of meaning; starts at 1.
    pub version: u16,
    /// How the time runs.
    pub clock: Clock,
}

/// How long it may take, on the clocks that count hours.
pub const FEEDBACK_WITHIN: Micros = Micros::from_mins(24 * 60);

/// The definitions that are delivered, the usual one first.
pub const FEEDBACK_DEFINITIONS: [FeedbackDefinition; 3] = [
    FeedbackDefinition {
        id: "feedback-next-service-day",
        version: 1,
        clock: Clock::NextServiceDay,
    },
    FeedbackDefinition { id: "feedback-24-hours", version: 1, clock: Clock::PlainHours },
    FeedbackDefinition { id: "feedback-24-service-hours", version: 1, clock: Clock::ServiceHours },
];

/// The definition of this name.
#[must_use]
pub fn feedback_definition(id: &str) -> Option<FeedbackDefinition> {
    FEEDBACK_DEFINITIONS.into_iter().find(|definition| definition.id == id)
}
