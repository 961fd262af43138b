// SPDX-License-Identifier: EUPL-1.2
//! What of persons is forgotten when.
//!
//! Nothing personal is ever deleted from the log: it lies there sealed, and each day has a key of its own
//! for each purpose. Destroying that key is the erasure, everywhere at once. This decides which keys are
//! due; who has the keys destroys them.
//!
//! The rule to keep: a key is never due before its day is over, because it is in use until then.

use alloc::vec::Vec;
use stdx::Day;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Makes a caller's token out of the number.
    Token,
    /// Seals callers' numbers.
    Number,
    /// Seals who sat where.
    Seat,
    /// Seals what a leg needs to go on after a restart.
    Leg,
    /// Seals what agents wrote of a talk.
    Note,
    /// Seals what is written of a case: the citizen's name, address and matter.
    Case,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Purpose; 6] = [
        Purpose::Token,
        Purpose::Number,
        Purpose::Seat,
        Purpose::Leg,
        Purpose::Note,
        Purpose::Case,
    ];
}

/// For how many days after its own a key of legs is kept: a call that was up at midnight is over by the next.
const LEGS: u16 = 1;

/// For how many days after its own a day's key is kept, by purpose; with none it goes when the day is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Afterwards nobody can try out whose token it was.
    pub tokens: u16,
    /// Afterwards nobody can read a number.
    pub numbers: u16,
    /// Afterwards nobody can tell who did what.
    pub seats: u16,
    /// Afterwards nobody can read what agents wrote of a talk; what came of it stays counted.
    pub notes: u16,
    /// Afterwards nobody can read what was written of a case on that day; that it was there, and whether feedback came
    /// in time, stays counted.
    pub cases: u16,
}

impl Retention {
    /// Where nothing else was agreed: a token is needed on its own day alone; numbers as long as somebody may
    /// come back to a call, and what was written of it as long; seats until a restart cannot fall into the same shift any more;
    /// cases for half a year, in which somebody may ask what has become of a matter.
    pub const USUAL: Retention =
        Retention { tokens: 0, numbers: 30, seats: 3, notes: 30, cases: 183 };

    /// For how many days after its own a key of this purpose is kept.
    #[must_use]
    pub const fn days(&self, purpose: Purpose) -> u16 {
        match purpose {
            Purpose::Token => self.tokens,
            Purpose::Number => self.numbers,
            Purpose::Seat => self.seats,
            Purpose::Leg => LEGS,
            Purpose::Note => self.notes,
            Purpose::Case => self.cases,
        }
    }
}

/// The keys, of those that there are, that are to be destroyed on this day.
#[must_use]
pub fn due(
    today: Day,
    retention: &Retention,
    kept: impl Iterator<Item = (Day, Purpose)>,
) -> Vec<(Day, Purpose)> {
    let is_due = |&(day, purpose): &(Day, Purpose)| {
        day.ago(today).is_some_and(|ago| ago > u32::from(retention.days(purpose)))
    };
    kept.filter(is_due).collect()
}

/// The keys, of those that there are, whose day lies before this one; none that is in use.
#[must_use]
pub fn due_before(
    before: Day,
    today: Day,
    kept: impl Iterator<Item = (Day, Purpose)>,
) -> Vec<(Day, Purpose)> {
    kept.filter(|&(day, _)| day < before.min(today)).collect()
}
