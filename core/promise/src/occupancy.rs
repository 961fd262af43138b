// SPDX-License-Identifier: EUPL-1.2
//! How much of the time in which a team was there for callers it was busy with them.

use stdx::Micros;

/// How the agents of a team spent their shifts, added up over the team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkTime {
    /// Ready, waiting for a call.
    pub ready: Micros,
    /// The telephone rang.
    pub offered: Micros,
    /// In talks.
    pub talking: Micros,
    /// In wrap-up.
    pub wrap_up: Micros,
    /// Signed on but not ready.
    pub not_ready: Micros,
}

impl WorkTime {
    /// Adds another's time.
    pub fn merge(&mut self, other: &WorkTime) {
        self.ready += other.ready;
        self.offered += other.offered;
        self.talking += other.talking;
        self.wrap_up += other.wrap_up;
        self.not_ready += other.not_ready;
    }

    /// From sign-on to sign-off, all together.
    #[must_use]
    pub fn signed_on(&self) -> Micros {
        self.ready + self.offered + self.talking + self.wrap_up + self.not_ready
    }
}

/// Occupancy, definition "occupancy" version 1: offered, talking and wrap-up time ÷ the same plus
/// ready time. Pauses are in neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occupancy {
    /// With callers.
    pub busy: Micros,
    /// There for callers.
    pub there: Micros,
}

impl Occupancy {
    /// The definition's name.
    pub const ID: &'static str = "occupancy";
    /// The definition's version.
    pub const VERSION: u16 = 1;

    /// The occupancy of this time.
    #[must_use]
    pub fn of(time: &WorkTime) -> Occupancy {
        let busy = time.offered + time.talking + time.wrap_up;
        Occupancy { busy, there: busy + time.ready }
    }

    /// Between 0 and 1; none if nobody was there.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.there > Micros::ZERO).then(|| self.busy.0 as f64 / self.there.0 as f64)
    }
}
