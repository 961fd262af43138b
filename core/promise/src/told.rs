// SPDX-License-Identifier: EUPL-1.2
//! How often the wait that callers were told was right.

use crate::record::{ContactRecord, Fate};

/// How a told wait turned out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// The caller was answered within the range.
    Right,
    /// The caller was answered before it.
    Sooner,
    /// The caller was answered or left after it, or was sent away unanswered at whatever time.
    Later,
    /// Not known: the caller left before the range was over, or nothing was told.
    Open,
}

/// What became of the wait that this caller was told. Definition "told-wait", version 1: the range counts
/// from call set-up, its limits belong to it, and whoever answers, an agent or the partner, ends the wait;
/// a caller who was told of an answer and sent away without one was told wrongly.
#[must_use]
pub fn told(record: &ContactRecord) -> Told {
    let Some(range) = record.told else { return Told::Open };
    let answered = match record.fate {
        Fate::Accepted | Fate::Overflowed => record.answered_after,
        Fate::Abandoned
        | Fate::ShortAbandoned
        | Fate::CalledBack
        | Fate::Closed
        | Fate::Refused
        | Fate::Local => None,
    };
    match answered {
        Some(after) if after < range.from => Told::Sooner,
        Some(after) if after <= range.until => Told::Right,
        Some(_) => Told::Later,
        // Told when somebody would answer, and nobody did.
        None if record.fate == Fate::Refused => Told::Later,
        None if record.fate != Fate::CalledBack && record.ended_after > range.until => Told::Later,
        None => Told::Open,
    }
}

/// The record of all told waits of some contacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToldRecord {
    /// Answered within the range.
    pub right: u64,
    /// Answered before it.
    pub sooner: u64,
    /// Answered or left after it, or sent away.
    pub later: u64,
}

impl ToldRecord {
    /// The definition's name.
    pub const ID: &'static str = "told-wait";
    /// The definition's version.
    pub const VERSION: u16 = 1;

    /// The share of [`ToldRecord::right`], 0 to 1; none if nothing is known.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        let known = self.right + self.sooner + self.later;
        (known > 0).then(|| self.right as f64 / known as f64)
    }
}

impl<'a> FromIterator<&'a ContactRecord> for ToldRecord {
    fn from_iter<I: IntoIterator<Item = &'a ContactRecord>>(records: I) -> Self {
        let mut sum = ToldRecord::default();
        for record in records {
            match told(record) {
                Told::Right => sum.right += 1,
                Told::Sooner => sum.sooner += 1,
                Told::Later => sum.later += 1,
                Told::Open => {}
            }
        }
        sum
    }
}
