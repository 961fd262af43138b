// SPDX-License-Identifier: EUPL-1.2
//! Versioned definitions of the service level, and what each says about each contact.
//!
//! No public formula of 115 exists; ours is written down here and carries a version. A definition
//! is never changed, only followed by a new version.

use crate::record::{ContactRecord, Fate, FateReason};
use stdx::{ContactId, Micros};

/// What is done with callers who left before anybody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Formula {
    /// The published promise of 115 (75 % within 30 s, Mon–Fri 8–18; pilot 2009, regular operation
    /// since April 2011): offered while open, less those who hung up within the first seconds.
    /// An abandon counts against the promise.
    Published115,
    /// The centre's own: the same base, short abandons by the line's own threshold; an abandon
    /// counts against the promise.
    AbandonsCount,
    /// The centre's own in the other treatment: abandons of any length are left out.
    AbandonsIgnored,
}

/// One definition of the service level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name in configurations and reports.
    pub id: &'static str,
    /// Raised with every change of meaning; starts at 1.
    pub version: u16,
    /// The treatment of those who were not answered.
    pub formula: Formula,
    /// From call set-up to the agent, at most this; the announcement is part of the wait.
    pub within: Micros,
    /// Hanging up before this is no attempt to reach us. Only [`Formula::Published115`] uses it;
    /// the others go by the fate, which has the line's threshold in it.
    pub short_abandon: Micros,
    /// The share that is promised, in parts of a thousand.
    pub target_permille: u16,
}

/// The definitions that are delivered. Targets and times of a configuration may differ; formulas not.
pub const DEFINITIONS: [Definition; 3] = [
    Definition {
        id: "115-published",
        version: 1,
        formula: Formula::Published115,
        within: Micros::from_secs(30),
        short_abandon: Micros::from_secs(5),
        target_permille: 750,
    },
    Definition {
        id: "centre-abandons-count",
        version: 1,
        formula: Formula::AbandonsCount,
        within: Micros::from_secs(30),
        short_abandon: Micros::from_secs(5),
        target_permille: 800,
    },
    Definition {
        id: "centre-abandons-ignored",
        version: 1,
        formula: Formula::AbandonsIgnored,
        within: Micros::from_secs(30),
        short_abandon: Micros::from_secs(5),
        target_permille: 800,
    },
];

/// The delivered definition of this name.
#[must_use]
pub fn definition(id: &str) -> Option<Definition> {
    DEFINITIONS.into_iter().find(|definition| definition.id == id)
}

/// What one contact means for one definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Counts as kept: answered in time.
    AnsweredInTime,
    /// Counts as broken: answered, but later.
    AnsweredLate,
    /// Counts as broken: left before anybody answered.
    Abandoned,
    /// Counts as broken: sent away at a limit.
    Refused,
    /// Counts as broken: called back instead of answered, or deflected without proof.
    NotAnsweredAtOnce,
    /// Does not count: nobody was promised to be there.
    OutClosed,
    /// Does not count: hung up too soon to be an attempt.
    OutShortAbandoned,
    /// Does not count: this definition leaves abandons out.
    OutAbandoned,
    /// Does not count: never reached the centre.
    OutLocal,
}

impl Verdict {
    /// Whether the contact is in the denominator.
    #[must_use]
    pub const fn counts(self) -> bool {
        match self {
            Verdict::AnsweredInTime
            | Verdict::AnsweredLate
            | Verdict::Abandoned
            | Verdict::Refused
            | Verdict::NotAnsweredAtOnce => true,
            Verdict::OutClosed
            | Verdict::OutShortAbandoned
            | Verdict::OutAbandoned
            | Verdict::OutLocal => false,
        }
    }

    /// Whether the contact is in the numerator.
    #[must_use]
    pub const fn kept(self) -> bool {
        matches!(self, Verdict::AnsweredInTime)
    }
}

/// What this contact means for this definition.
#[must_use]
pub fn judge(definition: &Definition, record: &ContactRecord) -> Verdict {
    match record.fate {
        // A call-back was promised instead of an answer: that it came to nothing excuses nobody.
        Fate::Abandoned
            if matches!(record.reason, FateReason::CallbackExpired | FateReason::CalledAgain) =>
        {
            Verdict::NotAnsweredAtOnce
        }
        // Where a deflected call was answered is not proved, whatever was reported.
        Fate::Overflowed if record.reason == FateReason::DeflectedUnproved => {
            Verdict::NotAnsweredAtOnce
        }
        Fate::Accepted | Fate::Overflowed => match record.answered_after {
            Some(after) if after <= definition.within => Verdict::AnsweredInTime,
            Some(_) => Verdict::AnsweredLate,
            None => Verdict::NotAnsweredAtOnce,
        },
        Fate::CalledBack => Verdict::NotAnsweredAtOnce,
        Fate::Refused => Verdict::Refused,
        Fate::Closed => Verdict::OutClosed,
        Fate::Local => Verdict::OutLocal,
        Fate::Abandoned | Fate::ShortAbandoned => judge_abandoned(definition, record),
    }
}

fn judge_abandoned(definition: &Definition, record: &ContactRecord) -> Verdict {
    match definition.formula {
        Formula::Published115 if record.ended_after < definition.short_abandon => {
            Verdict::OutShortAbandoned
        }
        Formula::Published115 => Verdict::Abandoned,
        Formula::AbandonsCount if record.fate == Fate::ShortAbandoned => Verdict::OutShortAbandoned,
        Formula::AbandonsCount => Verdict::Abandoned,
        Formula::AbandonsIgnored if record.fate == Fate::ShortAbandoned => {
            Verdict::OutShortAbandoned
        }
        Formula::AbandonsIgnored => Verdict::OutAbandoned,
    }
}

/// A service level: numerator, denominator, the definition that made them, and the contacts
/// behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessment<'a> {
    /// By which definition.
    pub definition: Definition,
    /// Contacts that count as kept.
    pub kept: u64,
    /// Contacts that count at all.
    pub counted: u64,
    /// The contacts that were looked at.
    pub records: &'a [ContactRecord],
}

impl<'a> Assessment<'a> {
    /// Every contact that was looked at, with the reason why it counts or does not.
    pub fn contacts(&self) -> impl Iterator<Item = (ContactId, Verdict)> + use<'a> {
        let Assessment { definition, records, .. } = *self;
        records.iter().map(move |record| (record.contact, judge(&definition, record)))
    }

    /// The share that was kept, 0 to 1; none if nothing counts.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.counted > 0).then(|| self.kept as f64 / self.counted as f64)
    }

    /// Whether the target was met, decided on whole numbers; none if nothing counts.
    #[must_use]
    pub fn met(&self) -> Option<bool> {
        let target = u128::from(self.definition.target_permille) * u128::from(self.counted);
        (self.counted > 0).then(|| u128::from(self.kept) * 1000 >= target)
    }
}

/// The service level of these contacts by this definition.
#[must_use]
pub fn assess(definition: Definition, records: &[ContactRecord]) -> Assessment<'_> {
    let mut assessment = Assessment { definition, kept: 0, counted: 0, records };
    for (_, verdict) in assessment.contacts() {
        assessment.counted += u64::from(verdict.counts());
        assessment.kept += u64::from(verdict.kept());
    }
    assert!(assessment.kept <= assessment.counted, "more kept than counted: {assessment:?}");
    assessment
}
