// SPDX-License-Identifier: EUPL-1.2
//! When which group of listeners gets its next packet.
//!
//! The rule to keep: the next time is reckoned from the last due time, never from the clock, so that
//! lateness does not add up; and a thread that slept long skips instead of bursting.

use super::limits::{BURST_MAX, FRAME, PHASES, STEP};
use stdx::{Micros, Tick};

/// A packet that is later than this is skipped.
const LATE_MAX: Micros = FRAME.times(BURST_MAX);

/// The beat of one thread; it runs only while somebody listens.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    next: Tick,
    phase: usize,
    skipped: u64,
}

/// One group's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// When it was due.
    pub(super) at: Tick,
    /// Which group, below [`PHASES`].
    pub(super) phase: usize,
}

impl Schedule {
    pub(super) const fn new(now: Tick) -> Self {
        Schedule { next: now, phase: 0, skipped: 0 }
    }

    /// When the next turn of a group with somebody in it is.
    pub(super) fn deadline(&self, is_empty: impl Fn(usize) -> bool) -> Option<Tick> {
        let ahead = (0..PHASES).find(|ahead| !is_empty((self.phase + ahead) % PHASES))?;
        Some(self.next + STEP.times(ahead as u64))
    }

    /// Turns that were left out because the thread came too late.
    pub(super) const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The next turn that is due. Called until there is none.
    pub(super) fn due(&mut self, now: Tick) -> Option<Turn> {
        if now < self.next {
            return None;
        }
        let late = now.since(self.next);
        if late >= LATE_MAX {
            self.skip((late.0 - LATE_MAX.0) / STEP.0 + 1);
        }
        let turn = Turn { at: self.next, phase: self.phase };
        self.forward(1);
        Some(turn)
    }

    fn skip(&mut self, turns: u64) {
        self.skipped += turns;
        self.forward(turns);
    }

    fn forward(&mut self, turns: u64) {
        self.next = self.next + STEP.times(turns);
        self.phase = (self.phase + (turns % PHASES as u64) as usize) % PHASES;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(schedule: &mut Schedule, now: u64) -> Vec<(u64, usize)> {
        std::iter::from_fn(|| schedule.due(Tick(now))).map(|it| (it.at.0, it.phase)).collect()
    }

    #[test]
    fn lateness_does_not_add_up() {
        let mut schedule = Schedule::new(Tick(0));
        assert_eq!(turns(&mut schedule, 900), [(0, 0)]);
        assert_eq!(turns(&mut schedule, 5_900), [(5_000, 1)]);
        assert_eq!(turns(&mut schedule, 15_100), [(10_000, 2), (15_000, 3)]);
        assert_eq!(turns(&mut schedule, 19_999), []);
        assert_eq!(turns(&mut schedule, 20_000), [(20_000, 0)]);
        assert_eq!(schedule.skipped(), 0);
    }

    #[test]
    fn empty_groups_wake_nobody() {
        let mut schedule = Schedule::new(Tick(0));
        assert_eq!(schedule.deadline(|group| group != 0), Some(Tick(0)));
        assert_eq!(turns(&mut schedule, 0), [(0, 0)]);
        assert_eq!(schedule.deadline(|group| group != 0), Some(Tick(20_000)));
        assert_eq!(schedule.deadline(|group| group != 3), Some(Tick(15_000)));
        assert_eq!(schedule.deadline(|_| true), None);
    }

    #[test]
    fn a_long_sleep_is_skipped_but_for_three_packets_each() {
        let mut schedule = Schedule::new(Tick(0));
        let hour = 3_600_000_000;
        let late = turns(&mut schedule, hour);
        assert_eq!(late.len() as u64, BURST_MAX * PHASES as u64);
        assert_eq!(late.last(), Some(&(hour, 0)));
        assert_eq!(schedule.skipped() as usize + late.len(), hour as usize / 5_000 + 1);
        // Each group still has its own place in the frame.
        assert!(late.iter().all(|&(at, phase)| at / 5_000 % 4 == phase as u64));
    }
}
