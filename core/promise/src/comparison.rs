// SPDX-License-Identifier: EUPL-1.2
//! Definitions that nobody promises here: how others would count the same contacts.
//!
//! The rule to keep: they take part in no promise. Each says by itself where it leaves out, or counts
//! as kept, what ours count as broken.

use crate::definition::{Definition, Formula, Verdict};
use crate::record::{ContactRecord, Fate, FateReason};
use stdx::Micros;

/// The definitions for comparison. They have no target: zero of a thousand is promised.
pub const COMPARISONS: [Definition; 3] = [
    Definition {
        id: "asterisk-1",
        version: 1,
        formula: Formula::AsteriskCompleted,
        within: Micros::from_secs(30),
        short_abandon: Micros::ZERO,
        target_permille: 0,
    },
    Definition {
        id: "asterisk-2",
        version: 1,
        formula: Formula::AsteriskAbandonsInTimeKept,
        within: Micros::from_secs(30),
        short_abandon: Micros::ZERO,
        target_permille: 0,
    },
    Definition {
        id: "answered-of-offered",
        version: 1,
        formula: Formula::AnsweredOfOffered,
        within: Definition::ANY_TIME,
        short_abandon: Micros::ZERO,
        target_permille: 0,
    },
];

/// How a contact left the queue, in the eyes of Asterisk's `app_queue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeftQueue {
    /// `app_queue` never saw it.
    NeverJoined,
    /// The client's own switchboard had it.
    Elsewhere,
    /// Left by a key (`EXITWITHKEY`): neither completed nor abandoned.
    ByKey,
    /// An agent answered: completed.
    Completed {
        /// Not later than the service level after joining.
        in_time: bool,
    },
    /// Left in any other way: abandoned.
    Abandoned {
        /// Not later than the service level after joining.
        in_time: bool,
    },
}

/// [`Formula::AsteriskCompleted`] of one contact.
pub(crate) fn judge_completed(within: Micros, record: &ContactRecord) -> Verdict {
    match left_queue(within, record) {
        LeftQueue::NeverJoined => Verdict::OutNeverQueued,
        LeftQueue::Elsewhere => Verdict::OutLocal,
        LeftQueue::ByKey => Verdict::OutLeftByKey,
        LeftQueue::Completed { in_time: true } => Verdict::AnsweredInTime,
        LeftQueue::Completed { in_time: false } => Verdict::AnsweredLate,
        LeftQueue::Abandoned { .. } => Verdict::OutAbandoned,
    }
}

/// [`Formula::AsteriskAbandonsInTimeKept`] of one contact: only abandons differ from the first formula.
pub(crate) fn judge_abandons_in_time_kept(within: Micros, record: &ContactRecord) -> Verdict {
    match left_queue(within, record) {
        LeftQueue::Abandoned { in_time: true } => Verdict::AbandonedInTime,
        LeftQueue::Abandoned { in_time: false } => Verdict::Abandoned,
        LeftQueue::NeverJoined
        | LeftQueue::Elsewhere
        | LeftQueue::ByKey
        | LeftQueue::Completed { .. } => judge_completed(within, record),
    }
}

/// `app_queue` counts a caller as abandoned not only who hangs up, but also who is taken out at the
/// time limit (`EXITWITHTIMEOUT`) or because no agent is left (`EXITEMPTY`): `record_abandoned` is called
/// for all three.
fn left_queue(within: Micros, record: &ContactRecord) -> LeftQueue {
    let Some(joined) = record.queued_after else { return LeftQueue::NeverJoined };
    let left = record.answered_after.unwrap_or(record.ended_after);
    let in_time = left.0.saturating_sub(joined.0) <= within.0;
    match record.fate {
        Fate::Local => LeftQueue::Elsewhere,
        Fate::Accepted => LeftQueue::Completed { in_time },
        Fate::CalledBack => LeftQueue::ByKey,
        Fate::Abandoned
            if matches!(record.reason, FateReason::CallbackExpired | FateReason::CalledAgain) =>
        {
            LeftQueue::ByKey
        }
        Fate::Abandoned
        | Fate::ShortAbandoned
        | Fate::Overflowed
        | Fate::Refused
        | Fate::Closed => LeftQueue::Abandoned { in_time },
    }
}

/// [`Formula::AnsweredOfOffered`] of one contact.
pub(crate) fn judge_answered_of_offered(record: &ContactRecord) -> Verdict {
    match record.fate {
        Fate::Accepted => Verdict::AnsweredAtAll,
        Fate::Overflowed => Verdict::AnsweredElsewhere,
        Fate::CalledBack => Verdict::NotAnsweredAtOnce,
        Fate::Abandoned
            if matches!(record.reason, FateReason::CallbackExpired | FateReason::CalledAgain) =>
        {
            Verdict::NotAnsweredAtOnce
        }
        Fate::Abandoned | Fate::ShortAbandoned => Verdict::Abandoned,
        Fate::Refused => Verdict::Refused,
        Fate::Closed => Verdict::FoundClosed,
        Fate::Local => Verdict::OutLocal,
    }
}
