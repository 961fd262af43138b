// SPDX-License-Identifier: EUPL-1.2
//! The only place of this crate that reads a clock and waits.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long somebody who is waited for may take, on a machine that is busy with other things.
pub const SOON: Duration = Duration::from_secs(15);

/// How often a condition is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// A moment until which something has to have happened.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    /// So long from now on.
    #[must_use]
    pub fn after(time: Duration) -> Deadline {
        Deadline(now() + time)
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(self) -> bool {
        now() >= self.0
    }
}

/// Measures how long something took.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[must_use]
    pub fn start() -> Stopwatch {
        Stopwatch(now())
    }

    /// The time since the start.
    #[must_use]
    pub fn read(self) -> Duration {
        now().duration_since(self.0)
    }
}

/// Looks again and again until there is a value; none if there is none in time.
pub fn poll<T>(time: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Deadline::after(time);
    loop {
        if let Some(value) = look() {
            return Some(value);
        }
        if deadline.is_over() {
            return None;
        }
        thread::park_timeout(EVERY);
    }
}

/// Like [`poll`], and panics with what was expected if it does not come.
///
/// # Panics
/// If the value does not come in time.
#[track_caller]
pub fn wait_for<T>(what: &str, time: Duration, look: impl FnMut() -> Option<T>) -> T {
    match poll(time, look) {
        Some(value) => value,
        None => panic!("{what}: not within {:.0} s", time.as_secs_f64()),
    }
}

#[expect(clippy::disallowed_methods, reason = "deadlines of tests, never of decisions")]
fn now() -> Instant {
    Instant::now()
}

/// A shift in Berlin that lasts for an hour at least from now on, as the file writes it: 14 hours at a stretch are
/// the most that it takes, also in the night in which the clocks are set back.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the program that is tested reads the same clock")]
pub fn shift_of_now() -> &'static str {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // One hour behind Berlin, in summer two.
    match since.as_secs() / 3_600 % 24 {
        1..=9 => "Mo-Su,PH 00:00-13:00",
        10..=20 => "Mo-Su,PH 10:00-24:00",
        _ => "Mo-Su,PH 18:00-07:00",
    }
}

/// The days around this one, as reports take them.
///
/// # Panics
/// If the system has no calendar.
#[must_use]
pub fn yesterday_and_tomorrow() -> (String, String) {
    let day = |word: &str| {
        let said = Command::new("date").args(["-d", word, "+%F"]).output().expect("date is there");
        String::from_utf8(said.stdout).expect("digits").trim().to_owned()
    };
    (day("yesterday"), day("tomorrow"))
}
