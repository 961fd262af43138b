// SPDX-License-Identifier: EUPL-1.2
//! The processor's time of this thread: on a busy machine it says what the work costs, and the clock on the wall
//! what others do.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// What something gives, and the processor's time that it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = on_processor();
    let given = work();
    (given, on_processor().saturating_sub(start))
}

/// How long this thread has been on a processor.
fn on_processor() -> Duration {
    let told = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(told.tv_sec).expect("time on a processor only grows");
    Duration::new(seconds, u32::try_from(told.tv_nsec).expect("nanoseconds of a second"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time() {
        let (sum, took) =
            timed(|| (0..10_000_000_u64).fold(0, |sum: u64, it| sum ^ it.rotate_left(7)));
        assert!(sum > 0 && took > Duration::ZERO);
    }
}
