// SPDX-License-Identifier: EUPL-1.2
//! The only place of this crate that reads a clock: for durations that are printed and for fresh seeds.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Measures how long something took.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    pub(crate) fn start() -> Self {
        Stopwatch(now())
    }

    /// The time since the start.
    pub(crate) fn read(&self) -> Duration {
        now().duration_since(self.0)
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a part took is printed, never decided on")]
fn now() -> Instant {
    Instant::now()
}

/// Nanoseconds of the calendar, as a source of fresh seeds.
#[expect(
    clippy::disallowed_methods,
    reason = "a fresh seed; it is printed, so every run can be repeated"
)]
pub(crate) fn calendar_nanos() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() * 1_000_000_000 + u64::from(since.subsec_nanos()))
}
