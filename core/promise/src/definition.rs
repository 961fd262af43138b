// SPDX-License-Identifier: EUPL-1.2
//! Versioned definitions of the service level, and what each says about each contact.
//!
//! No public formula of 115 exists; ours is written down here and carries a version. A definition
//! is never changed, only followed by a new version.

use crate::comparison::{
    COMPARISONS, judge_abandons_in_time_kept, judge_answered_of_offered, judge_completed,
};
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
    /// For comparison: `ServicelevelPerf` of Asterisk's `app_queue`, calls completed within the service
    /// level ÷ calls completed. A call counts that joined a queue (ours: `queued_after` is known) and was
    /// answered by an agent of that queue, however the talk ended. Callers who left unanswered are left
    /// out entirely. The time counts from joining the queue, so the announcement before it is no part of
    /// the wait.
    ///
    /// What differs from a real Asterisk: it counts in whole seconds of its clock, so that a wait of up to
    /// one second more may count as in time there; it counts a call when the talk ends; and its
    /// `servicelevel` is set for each queue (unset it is 0), ours compares with 30 s.
    AsteriskCompleted,
    /// For comparison: `ServicelevelPerf2` of Asterisk's `app_queue` (since 13.21 and 15.4), calls
    /// completed *or abandoned* within the service level ÷ calls completed or abandoned. Whoever gives up
    /// early enough counts as kept.
    ///
    /// Abandoned is there whoever joined and left unanswered: who hung up or was cut off after any time, was
    /// sent away at the time limit or because nobody was left, and who was handed on to a partner – in
    /// Asterisk a matter of the dialplan, after a time-out of the queue – at the moment in which the partner
    /// answered or the call was sent on. (A partner who is a member of the queue there would count as
    /// completed.) Who leaves by a key is neither: so are those who chose a call-back, whatever became of
    /// it. Where Asterisk's caller has to leave the queue by a key to hear the information of a crisis,
    /// ours keeps the place; whoever hangs up then counts as abandoned.
    AsteriskAbandonsInTimeKept,
    /// For comparison: the field's simplest reachability, answered by an agent of ours ÷ offered. All of
    /// `offered` counts, who found the line closed and short abandons included; the partner's answers and
    /// call-backs do not help. No time is in it. [`crate::Reachability`] leaves out the closed and counts
    /// the partner.
    AnsweredOfOffered,
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
    /// From call set-up to the agent, at most this; the announcement is part of the wait. Asterisk's two
    /// formulas count from joining the queue; [`Formula::AnsweredOfOffered`] has no time in it.
    pub within: Micros,
    /// Hanging up before this is no attempt to reach us. Only [`Formula::Published115`] uses it;
    /// the others go by the fate, which has the line's threshold in it, or count every abandon alike.
    pub short_abandon: Micros,
    /// The share that is promised, in parts of a thousand; zero where nothing is promised.
    pub target_permille: u16,
}

impl Definition {
    /// The time of a definition that has no time in it.
    pub const ANY_TIME: Micros = Micros(u64::MAX);
}

/// The definitions that are delivered: only these can be promised. Targets and times of a configuration may
/// differ; formulas not.
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

/// The definition of this name: a delivered one or one for comparison.
#[must_use]
pub fn definition(id: &str) -> Option<Definition> {
    DEFINITIONS.into_iter().chain(COMPARISONS).find(|definition| definition.id == id)
}

/// What one contact means for one definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Counts as kept: answered in time.
    AnsweredInTime,
    /// Counts as kept: answered by an agent of ours, after whatever time.
    AnsweredAtAll,
    /// Counts as kept: left unanswered, but before the time was over.
    AbandonedInTime,
    /// Counts as broken: answered, but later.
    AnsweredLate,
    /// Counts as broken: the partner answered or was to answer, and only agents of ours count.
    AnsweredElsewhere,
    /// Counts as broken: left before anybody answered.
    Abandoned,
    /// Counts as broken: sent away at a limit.
    Refused,
    /// Counts as broken: called back instead of answered, or deflected without proof.
    NotAnsweredAtOnce,
    /// Counts as broken: nobody was promised to be there, and this definition does not ask.
    FoundClosed,
    /// Does not count: nobody was promised to be there.
    OutClosed,
    /// Does not count: hung up too soon to be an attempt.
    OutShortAbandoned,
    /// Does not count: this definition leaves abandons out.
    OutAbandoned,
    /// Does not count: never reached the centre.
    OutLocal,
    /// Does not count: never joined a queue, so that a queue's own counters know nothing of it.
    OutNeverQueued,
    /// Does not count: left the queue by a key, which is neither completed nor abandoned.
    OutLeftByKey,
}

impl Verdict {
    /// Whether the contact is in the denominator.
    #[must_use]
    pub const fn counts(self) -> bool {
        match self {
            Verdict::AnsweredInTime
            | Verdict::AnsweredAtAll
            | Verdict::AbandonedInTime
            | Verdict::AnsweredLate
            | Verdict::AnsweredElsewhere
            | Verdict::Abandoned
            | Verdict::Refused
            | Verdict::NotAnsweredAtOnce
            | Verdict::FoundClosed => true,
            Verdict::OutClosed
            | Verdict::OutShortAbandoned
            | Verdict::OutAbandoned
            | Verdict::OutLocal
            | Verdict::OutNeverQueued
            | Verdict::OutLeftByKey => false,
        }
    }

    /// Whether the contact is in the numerator.
    #[must_use]
    pub const fn kept(self) -> bool {
        matches!(self, Verdict::AnsweredInTime | Verdict::AnsweredAtAll | Verdict::AbandonedInTime)
    }
}

/// What this contact means for this definition.
#[must_use]
pub fn judge(definition: &Definition, record: &ContactRecord) -> Verdict {
    let within = definition.within;
    match definition.formula {
        Formula::Published115 if record.ended_after < definition.short_abandon => {
            judge_promised(within, record, Verdict::OutShortAbandoned)
        }
        Formula::Published115 => judge_promised(within, record, Verdict::Abandoned),
        Formula::AbandonsCount => {
            judge_promised(within, record, by_threshold(record, Verdict::Abandoned))
        }
        Formula::AbandonsIgnored => {
            judge_promised(within, record, by_threshold(record, Verdict::OutAbandoned))
        }
        Formula::AsteriskCompleted => judge_completed(within, record),
        Formula::AsteriskAbandonsInTimeKept => judge_abandons_in_time_kept(within, record),
        Formula::AnsweredOfOffered => judge_answered_of_offered(record),
    }
}

/// What all delivered definitions say alike; they differ in what an abandoned contact means.
fn judge_promised(within: Micros, record: &ContactRecord, abandoned: Verdict) -> Verdict {
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
            Some(after) if after <= within => Verdict::AnsweredInTime,
            Some(_) => Verdict::AnsweredLate,
            None => Verdict::NotAnsweredAtOnce,
        },
        Fate::CalledBack => Verdict::NotAnsweredAtOnce,
        Fate::Refused => Verdict::Refused,
        Fate::Closed => Verdict::OutClosed,
        Fate::Local => Verdict::OutLocal,
        Fate::Abandoned | Fate::ShortAbandoned => abandoned,
    }
}

/// What an abandoned contact means where the line's own threshold says what is short.
fn by_threshold(record: &ContactRecord, long: Verdict) -> Verdict {
    if record.fate == Fate::ShortAbandoned { Verdict::OutShortAbandoned } else { long }
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
        share(self.kept, self.counted)
    }

    /// Whether the target was met, decided on whole numbers; none if nothing counts.
    #[must_use]
    pub fn met(&self) -> Option<bool> {
        let target = u128::from(self.definition.target_permille) * u128::from(self.counted);
        (self.counted > 0).then(|| u128::from(self.kept) * 1000 >= target)
    }
}

/// The share that was kept, 0 to 1, of contacts that were judged one by one; none if nothing counts.
#[must_use]
pub fn share(kept: u64, counted: u64) -> Option<f64> {
    assert!(kept <= counted, "more kept than counted: {kept} of {counted}");
    (counted > 0).then(|| kept as f64 / counted as f64)
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
