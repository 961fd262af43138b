// SPDX-License-Identifier: EUPL-1.2
//! The media threads' own clock.
//!
//! The rule to keep: no decision about a contact ever sees this clock; it paces packets only.

use std::time::{Duration, Instant};
use stdx::Tick;

/// Counts from the moment it was made; copies count the same.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: Instant,
}

impl Clock {
    /// A clock that begins at zero.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the media thread's own clock")]
    pub fn start() -> Clock {
        Clock { began: Instant::now() }
    }

    /// Microseconds since the beginning.
    #[must_use]
    pub fn now(&self) -> Tick {
        Tick(self.nanos() / 1_000)
    }

    /// A moment in the machine's own terms, for who asks for them.
    #[must_use]
    pub fn instant(&self, at: Tick) -> Instant {
        self.began + Duration::from_micros(at.0)
    }

    /// The same the other way, rounded up; zero for what was before the beginning.
    #[must_use]
    pub fn tick(&self, at: Instant) -> Tick {
        let since = at.saturating_duration_since(self.began).as_nanos().div_ceil(1_000);
        Tick(u64::try_from(since).unwrap_or(u64::MAX))
    }

    /// Nanoseconds since the beginning, for measuring.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the media thread's own clock")]
    pub fn nanos(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}
