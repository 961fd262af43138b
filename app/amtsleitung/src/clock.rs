// SPDX-License-Identifier: EUPL-1.2
//! The one clock that decisions see. Nobody else in the program asks what time it is.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use stdx::{Micros, Now, Tick, Timestamp};

/// The log's time goes on from `began_at` with the machine's monotonic clock; the calendar follows
/// the machine's wall clock, jumps and all.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began_at: Tick,
    began: Instant,
}

impl Clock {
    /// A clock whose log time is `began_at` at this moment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn starting_at(began_at: Tick) -> Self {
        Clock { began_at, began: Instant::now() }
    }

    /// What time it is.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn now(&self) -> Now {
        let elapsed = self.began.elapsed();
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now { mono: self.began_at + micros(elapsed), wall: Timestamp(0) + micros(wall) }
    }

    /// How long from `now` until `at`; nothing if it has passed.
    #[must_use]
    pub fn until(&self, at: Tick) -> Duration {
        Duration::from_micros(at.since(self.now().mono).0)
    }
}

/// The calendar's time at which the program was started, for what needs no clock of its own.
#[must_use]
pub fn wall_now() -> Timestamp {
    Clock::starting_at(Tick(0)).now().wall
}

fn micros(duration: Duration) -> Micros {
    Micros(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX / 4))
}
