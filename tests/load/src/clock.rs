// SPDX-License-Identifier: EUPL-1.2
//! The only place of this crate that reads a clock: for what is measured, and when the next packet leaves.

use std::time::{Duration, Instant};

/// One second in the clock's unit.
pub const SECOND: u64 = 1_000_000_000;

/// One thousandth of a second in the clock's unit.
pub const MILLISECOND: u64 = 1_000_000;

/// Counts from the moment it was made; copies count the same.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

impl Clock {
    /// A clock that begins at zero.
    #[expect(clippy::disallowed_methods, reason = "durations are what this program measures")]
    pub fn start() -> Clock {
        Clock(Instant::now())
    }

    /// Nanoseconds since the beginning.
    #[expect(clippy::disallowed_methods, reason = "durations are what this program measures")]
    pub fn nanos(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Rests until then.
    pub fn rest_until(&self, at: u64) {
        while let Some(left) = at.checked_sub(self.nanos()).filter(|&left| left > 0) {
            std::thread::park_timeout(Duration::from_nanos(left));
        }
    }
}
