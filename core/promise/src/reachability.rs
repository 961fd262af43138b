// SPDX-License-Identifier: EUPL-1.2
//! How many of those who called while somebody was promised to be there spoke to somebody.

use crate::record::{Fate, Tally};

/// Reachability (*Annahmequote*), definition "reachability" version 1: accepted and overflowed ÷ offered
/// less closed. An overflowed call counts because the partner's agent spoke or took it; short abandons
/// stay in the base, so that nobody can hide behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reachability {
    /// Spoke to an agent of ours or of the partner.
    pub reached: u64,
    /// Called while the line was open.
    pub called: u64,
}

impl Reachability {
    /// The definition's name.
    pub const ID: &'static str = "reachability";
    /// The definition's version.
    pub const VERSION: u16 = 1;

    /// The reachability of these contacts.
    #[must_use]
    pub fn of(tally: &Tally) -> Reachability {
        let reached = tally.of(Fate::Accepted) + tally.of(Fate::Overflowed);
        let called = tally.offered() - tally.of(Fate::Closed);
        assert!(reached <= called, "more were reached than called: {tally:?}");
        Reachability { reached, called }
    }

    /// Whether somebody with this fate was reached; none if it does not count.
    #[must_use]
    pub const fn reached(fate: Fate) -> Option<bool> {
        match fate {
            Fate::Accepted | Fate::Overflowed => Some(true),
            Fate::Abandoned | Fate::ShortAbandoned | Fate::CalledBack | Fate::Refused => {
                Some(false)
            }
            Fate::Closed | Fate::Local => None,
        }
    }

    /// Between 0 and 1; none if nobody called.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.called > 0).then(|| self.reached as f64 / self.called as f64)
    }

    /// Whether a target in parts of a thousand was met, decided on whole numbers; none if nobody called.
    #[must_use]
    pub fn meets(&self, target_permille: u16) -> Option<bool> {
        let target = u128::from(target_permille) * u128::from(self.called);
        (self.called > 0).then(|| u128::from(self.reached) * 1000 >= target)
    }
}
