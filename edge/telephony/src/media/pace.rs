// SPDX-License-Identifier: EUPL-1.2
//! When a thread rests a moment before it reads on, so that one wake-up serves several packets.
//!
//! Being woken costs as much as relaying two packets. Network cards wait in the same way before they
//! interrupt. The rule to keep: with few packets nothing rests, and each goes on at once.

use super::limits::{DENSE_FROM, FRAME, REST};
use stdx::{Micros, Tick};

/// How many datagrams come within a frame, and when the last were read.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    read_at: Tick,
    since: Tick,
    datagrams: u32,
    dense: bool,
}

impl Pace {
    /// So many datagrams were found by a reading that began at `now`.
    pub(super) fn read(&mut self, now: Tick, datagrams: u32) {
        self.read_at = now;
        self.datagrams = self.datagrams.saturating_add(datagrams);
        let length = now.since(self.since);
        if length >= FRAME {
            let in_a_frame = u64::from(self.datagrams) * FRAME.0 / length.0;
            (self.since, self.datagrams) = (now, 0);
            self.dense = in_a_frame >= DENSE_FROM;
        }
    }

    /// How long to rest before reading on; zero if packets are few.
    pub(super) fn rest(&self, now: Tick) -> Micros {
        if self.dense { (self.read_at + REST).since(now) } else { Micros::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads one datagram every so many microseconds for 100 ms.
    fn after(pace: &mut Pace, from: u64, every: u64) -> bool {
        (from..from + 100_000).step_by(every as usize).for_each(|at| pace.read(Tick(at), 1));
        pace.dense
    }

    #[test]
    fn many_packets_are_dense_until_they_are_few_again() {
        let mut pace = Pace::default();
        assert!(!after(&mut pace, 0, 1_000));
        assert!(after(&mut pace, 100_000, 100));
        assert!(!after(&mut pace, 200_000, 1_000));
        // A long silence ends it with the first packet.
        assert!(after(&mut pace, 300_000, 100));
        pace.read(Tick(10_000_000), 1);
        assert!(!pace.dense);
    }

    #[test]
    fn work_counts_as_rest() {
        let mut pace = Pace::default();
        assert!(after(&mut pace, 0, 100));
        let read_at = pace.read_at;
        assert_eq!(pace.rest(read_at + Micros(100)), Micros(REST.0 - 100));
        assert_eq!(pace.rest(read_at + Micros(1_000)), Micros::ZERO);
    }
}
