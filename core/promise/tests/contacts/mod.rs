// SPDX-License-Identifier: EUPL-1.2
//! Made-up contacts for the tests.

use promise::{ContactRecord, Fate, FateReason};
use stdx::{ContactId, LineId, Micros, TeamId, Timestamp};

/// Every reason.
pub(crate) const REASONS: [FateReason; 24] = [
    FateReason::TalkEnded,
    FateReason::TalkCutOff,
    FateReason::HungUp,
    FateReason::CutOff,
    FateReason::CallbackExpired,
    FateReason::PartnerAnswered,
    FateReason::DeflectedUnproved,
    FateReason::CallbackReached,
    FateReason::LeftInformed,
    FateReason::CalledAgain,
    FateReason::OutsideHours,
    FateReason::TimetableEnded,
    FateReason::AnnouncementOnly,
    FateReason::ClosedByAct,
    FateReason::PlanRunsNot,
    FateReason::QueueFull,
    FateReason::CentreFull,
    FateReason::WaitedTooLong,
    FateReason::NobodyLeft,
    FateReason::NoChannel,
    FateReason::RefusedByCarrier,
    FateReason::RefusedAtDoor,
    FateReason::SwitchboardAnswered,
    FateReason::LeftSwitchboard,
];

/// In microseconds.
pub(crate) const SECOND: u64 = 1_000_000;

/// A contact that was answered after some microseconds, or never, and gone after some more.
pub(crate) fn contact(
    fate: Fate,
    reason: FateReason,
    answered: Option<u64>,
    ended: u64,
) -> ContactRecord {
    ContactRecord {
        contact: ContactId(1),
        line: LineId(0),
        follows: None,
        set_up_at: Timestamp(0),
        queued_after: answered.map(|_| Micros::ZERO),
        answered_after: answered.map(Micros),
        ended_after: Micros(ended),
        team: answered.map(|_| TeamId(0)),
        told: None,
        fate,
        reason,
    }
}
