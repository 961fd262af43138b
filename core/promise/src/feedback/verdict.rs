// SPDX-License-Identifier: EUPL-1.2
//! What became of a case, for one definition.

use super::due::Pause;
use super::{Due, FeedbackDefinition, Service, due};
use alloc::vec::Vec;
use stdx::{CaseId, Timestamp};

/// How it is proven that somebody came back to the citizen, the strongest first. They are never added up without
/// being shown apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// A talk that we know of as a contact.
    SpokenCall,
    /// A mail that the receiving server has accepted.
    MailAccepted,
    /// Somebody of the staff says so.
    StatedByStaff,
}

impl Proof {
    /// Every proof.
    pub const ALL: [Proof; 3] = [Proof::SpokenCall, Proof::MailAccepted, Proof::StatedByStaff];
}

/// Somebody came back to the citizen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedbackGiven {
    /// When.
    pub at: Timestamp,
    /// How we know.
    pub proof: Proof,
}

/// Why a case ended without feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The citizen wants nothing any more.
    Withdrawn(Timestamp),
    /// Nobody was reached, however often it was tried.
    NotReached(Timestamp),
    /// It goes on in an older case.
    Merged(Timestamp),
}

/// What a figure needs to know of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRecord {
    /// Which.
    pub case: CaseId,
    /// When it came in.
    pub opened: Timestamp,
    /// For which times its clock was stopped.
    pub pauses: Vec<Pause>,
    /// Whether the citizen can be reached in any way.
    pub is_reachable: bool,
    /// The first feedback: a case that is opened again keeps its clock.
    pub feedback: Option<FeedbackGiven>,
    /// How it ended without any.
    pub ended: Option<Ended>,
}

/// What a case means for a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeedbackVerdict {
    /// Counts as kept.
    InTime(Proof),
    /// Counts as broken: later than due.
    Late(Proof),
    /// Counts as broken: it was due, and nobody has come back.
    Missed,
    /// Counts as broken: it was tried, and nobody was reached. A message on a mailbox is no feedback.
    NotReached,
    /// Does not count yet: it is not due, or its clock is stopped.
    Open,
    /// Does not count: the citizen left no way to be reached.
    OutUnreachable,
    /// Does not count: the citizen took it back before it was due.
    OutWithdrawn,
    /// Does not count: it goes on in an older case, which counts.
    OutMerged,
    /// Does not count: the calendar does not reach so far.
    OutBeyondHorizon,
}

impl FeedbackVerdict {
    /// Whether the case is in the denominator.
    #[must_use]
    pub const fn counts(self) -> bool {
        match self {
            FeedbackVerdict::InTime(_)
            | FeedbackVerdict::Late(_)
            | FeedbackVerdict::Missed
            | FeedbackVerdict::NotReached => true,
            FeedbackVerdict::Open
            | FeedbackVerdict::OutUnreachable
            | FeedbackVerdict::OutWithdrawn
            | FeedbackVerdict::OutMerged
            | FeedbackVerdict::OutBeyondHorizon => false,
        }
    }
}

/// What this case means for this definition at this moment, and by when feedback was or is due.
#[must_use]
pub fn judge_case(
    definition: &FeedbackDefinition,
    case: &CaseRecord,
    service: Service<'_>,
    now: Timestamp,
) -> (FeedbackVerdict, Due) {
    let due = due(definition.clock, case.opened, &case.pauses, service);
    (verdict(case, due, now), due)
}

fn verdict(case: &CaseRecord, due: Due, now: Timestamp) -> FeedbackVerdict {
    if let Some(Ended::Merged(_)) = case.ended {
        return FeedbackVerdict::OutMerged;
    }
    if !case.is_reachable && case.feedback.is_none() {
        return FeedbackVerdict::OutUnreachable;
    }
    let is_past = |at: Timestamp| match due {
        Due::At(due) => due < at,
        Due::Stopped | Due::BeyondHorizon => false,
    };
    if let Some(FeedbackGiven { at, proof }) = case.feedback {
        return match due {
            Due::BeyondHorizon => FeedbackVerdict::OutBeyondHorizon,
            Due::At(_) if is_past(at) => FeedbackVerdict::Late(proof),
            // While its clock was stopped somebody came back all the same.
            Due::At(_) | Due::Stopped => FeedbackVerdict::InTime(proof),
        };
    }
    match case.ended {
        Some(Ended::Withdrawn(at)) if !is_past(at) => FeedbackVerdict::OutWithdrawn,
        Some(Ended::NotReached(_)) => FeedbackVerdict::NotReached,
        Some(Ended::Withdrawn(_)) => FeedbackVerdict::Missed,
        Some(Ended::Merged(_)) | None => match due {
            Due::BeyondHorizon => FeedbackVerdict::OutBeyondHorizon,
            Due::At(_) if is_past(now) => FeedbackVerdict::Missed,
            Due::At(_) | Due::Stopped => FeedbackVerdict::Open,
        },
    }
}

/// How many cases came to what. Every case is in exactly one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Feedbacks {
    /// In time, by the order of [`Proof::ALL`].
    pub in_time: [u64; 3],
    /// Late, by the order of [`Proof::ALL`].
    pub late: [u64; 3],
    /// See [`FeedbackVerdict::Missed`].
    pub missed: u64,
    /// See [`FeedbackVerdict::NotReached`].
    pub not_reached: u64,
    /// See [`FeedbackVerdict::Open`].
    pub open: u64,
    /// See [`FeedbackVerdict::OutUnreachable`].
    pub unreachable: u64,
    /// See [`FeedbackVerdict::OutWithdrawn`].
    pub withdrawn: u64,
    /// See [`FeedbackVerdict::OutMerged`].
    pub merged: u64,
    /// See [`FeedbackVerdict::OutBeyondHorizon`].
    pub beyond_horizon: u64,
}

impl Feedbacks {
    /// Adds a case.
    pub fn add(&mut self, verdict: FeedbackVerdict) {
        let count = match verdict {
            FeedbackVerdict::InTime(proof) => &mut self.in_time[place(proof)],
            FeedbackVerdict::Late(proof) => &mut self.late[place(proof)],
            FeedbackVerdict::Missed => &mut self.missed,
            FeedbackVerdict::NotReached => &mut self.not_reached,
            FeedbackVerdict::Open => &mut self.open,
            FeedbackVerdict::OutUnreachable => &mut self.unreachable,
            FeedbackVerdict::OutWithdrawn => &mut self.withdrawn,
            FeedbackVerdict::OutMerged => &mut self.merged,
            FeedbackVerdict::OutBeyondHorizon => &mut self.beyond_horizon,
        };
        *count += 1;
    }

    /// All cases.
    #[must_use]
    pub fn total(&self) -> u64 {
        let out = self.open + self.unreachable + self.withdrawn + self.merged + self.beyond_horizon;
        FeedbackShare::of(self).counted + out
    }
}

const fn place(proof: Proof) -> usize {
    match proof {
        Proof::SpokenCall => 0,
        Proof::MailAccepted => 1,
        Proof::StatedByStaff => 2,
    }
}

/// Feedback in time: cases with feedback in time, however it is proven ÷ all cases that were due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedbackShare {
    /// In time.
    pub kept: u64,
    /// All that were due.
    pub counted: u64,
}

impl FeedbackShare {
    /// Of these cases.
    #[must_use]
    pub fn of(it: &Feedbacks) -> FeedbackShare {
        let kept = it.in_time.iter().sum();
        let late: u64 = it.late.iter().sum();
        FeedbackShare { kept, counted: kept + late + it.missed + it.not_reached }
    }

    /// Between 0 and 1; none if nothing was due.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        crate::definition::share(self.kept, self.counted)
    }
}
