// SPDX-License-Identifier: EUPL-1.2
//! Which legs' packets wake the thread while packets are dense; those of the others wait for them.
//!
//! ```text
//!  packets  | | ||  |  || | |  |||  |  | || |  ▶ time
//!  wake     ▲           ▲           ▲           each reads what came since the one before
//!               gap         gap
//! ```
//!
//! Being woken costs as much as relaying a packet or two, and a timer's wake-up on a virtual machine
//! several times that. So nothing rests by a timer: the streams themselves beat the time, as each has
//! its own place within the frame. A leg without which the gap would still be short becomes quiet,
//! and one that waited in a long gap wakes again. The rule to keep: with few packets every leg wakes,
//! and each packet goes on at once.

use super::limits::{DENSE_FROM, FRAME, GAP_LONG, GAP_SHORT};
use mio::Token;
use stdx::{Micros, Tick};

/// How many datagrams come within a frame, and which gaps are between the wake-ups.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    since: Tick,
    datagrams: u32,
    dense: bool,
    /// When a packet woke the thread last, whose it was, and the gap that it ended.
    woke_at: Tick,
    woke: Option<usize>,
    gap: Micros,
}

/// What one turn found, by the slots of the legs.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Datagrams in all.
    pub(super) datagrams: u32,
    /// The first whose packet woke the thread.
    pub(super) woke: Option<usize>,
    /// Another whose packet would have done it, too.
    pub(super) also_woke: Option<usize>,
    /// Whose packets had waited, as they came.
    pub(super) waited: Vec<usize>,
}

impl Found {
    /// A socket that wakes was read; the tokens are those of [`watch`](super::watch).
    pub(super) fn add_waking(&mut self, token: Token, datagrams: u32) {
        self.datagrams += datagrams;
        if datagrams > 0 && token.0.is_multiple_of(2) {
            let place = if self.woke.is_none() { &mut self.woke } else { &mut self.also_woke };
            *place = Some(token.0 / 2);
        }
    }

    /// A socket that waits was read.
    pub(super) fn add_waiting(&mut self, token: Token, datagrams: u32) {
        self.datagrams += datagrams;
        if datagrams > 0 {
            self.waited.push(token.0 / 2);
        }
    }

    /// For the next turn.
    pub(super) fn clear(&mut self) {
        (self.datagrams, self.woke, self.also_woke) = (0, None, None);
        self.waited.clear();
    }
}

/// Whose part changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Wakes no longer.
    pub(super) quieten: Option<usize>,
    /// Wakes from now on.
    pub(super) rouse: Option<usize>,
}

impl Pace {
    /// A turn that began at `now` is over.
    pub(super) fn turn(&mut self, now: Tick, found: &Found) -> Change {
        self.count(now, found.datagrams);
        let gap = self.gap(now);
        // Several would have woken the thread: it came late itself, and nothing follows from that.
        let late = found.also_woke.is_some() && gap > GAP_SHORT;
        // The one in the middle parts the gap best.
        let middle = found.waited.get(found.waited.len() / 2).copied();
        let rouse = middle.filter(|_| !self.dense || gap > GAP_LONG && !late);
        let quieten = found.woke.and_then(|woke| self.woken(now, gap, woke));
        let quieten = quieten.or(found.also_woke).filter(|_| self.dense && !late);
        Change { quieten, rouse }
    }

    /// A packet woke the thread. Says whose wake-up before was not needed.
    fn woken(&mut self, now: Tick, gap: Micros, woke: usize) -> Option<usize> {
        let without = Micros(self.gap.0.saturating_add(gap.0));
        let before = self.woke.replace(woke).filter(|_| self.dense && without <= GAP_SHORT);
        self.gap = if before.is_some() { without } else { gap };
        self.woke_at = now;
        before
    }

    /// How long ago a packet woke the thread.
    pub(super) fn gap(&self, now: Tick) -> Micros {
        now.since(self.woke_at)
    }

    fn count(&mut self, now: Tick, datagrams: u32) {
        self.datagrams = self.datagrams.saturating_add(datagrams);
        let length = now.since(self.since);
        if length >= FRAME {
            let in_a_frame = u64::from(self.datagrams) * FRAME.0 / length.0;
            (self.since, self.datagrams) = (now, 0);
            self.dense = in_a_frame >= DENSE_FROM;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::Rng;

    /// Streams that are spread over the frame, each with its place and all uneven by so much. Keeps
    /// who wakes, and of the last frame the wake-ups, the longest gap and how long packets waited.
    struct Play {
        pace: Pace,
        places: Vec<u64>,
        quiet: Vec<bool>,
        uneven: u64,
        random: Rng,
        now: u64,
        wake_ups: u64,
        longest: u64,
        waits: Vec<u64>,
    }

    impl Play {
        fn new(places: impl IntoIterator<Item = u64>) -> Play {
            let places: Vec<u64> = places.into_iter().collect();
            let quiet = vec![false; places.len()];
            Play {
                pace: Pace::default(),
                places,
                quiet,
                uneven: 0,
                random: Rng::new(1),
                now: 0,
                wake_ups: 0,
                longest: 0,
                waits: Vec::new(),
            }
        }

        fn frames(&mut self, frames: u64) {
            for _ in 0..frames {
                self.frame();
            }
        }

        fn frame(&mut self) {
            (self.wake_ups, self.longest) = (0, 0);
            self.waits.clear();
            let mut waited = Vec::new();
            for (at, slot) in self.arrivals() {
                if self.quiet[slot] {
                    waited.push((at, slot));
                    continue;
                }
                let now = Tick(at);
                self.longest = self.longest.max(now.since(self.pace.woke_at).0);
                self.waits.push(0);
                self.waits.extend(waited.iter().map(|(came, _)| at - came));
                let waited: Vec<usize> = waited.drain(..).map(|(_, slot)| slot).collect();
                let datagrams = 1 + waited.len() as u32;
                let found = Found { datagrams, woke: Some(slot), also_woke: None, waited };
                let change = self.pace.turn(now, &found);
                self.wake_ups += 1;
                change.quieten.into_iter().for_each(|it| self.quiet[it] = true);
                change.rouse.into_iter().for_each(|it| self.quiet[it] = false);
            }
            self.now += FRAME.0;
        }

        /// The packets of one frame in the order in which they come.
        fn arrivals(&mut self) -> Vec<(u64, usize)> {
            let Play { random, places, uneven, now, .. } = self;
            let at = |place| *now + place + random.below(*uneven + 1);
            let mut arrivals: Vec<_> = places.iter().copied().map(at).zip(0..).collect();
            arrivals.sort_unstable();
            arrivals
        }
    }

    fn spread(streams: u64) -> Play {
        Play::new((0..streams).map(|it| it * FRAME.0 / streams))
    }

    #[test]
    fn few_streams_all_wake() {
        let mut play = spread(DENSE_FROM - 1);
        play.frames(50);
        assert!(play.quiet.iter().all(|quiet| !quiet));
    }

    #[test]
    fn of_many_streams_some_wake_at_gaps_that_are_neither_long_nor_short() {
        for streams in [100, 200, 600, 2_000] {
            let mut play = spread(streams);
            play.frames(100);
            assert!(play.longest <= GAP_LONG.0, "{streams}: {} µs", play.longest);
            let most = 2 * FRAME.0 / GAP_SHORT.0 + 2;
            assert!(play.wake_ups <= most, "{streams}: {} wake-ups", play.wake_ups);
        }
    }

    #[test]
    fn when_streams_are_uneven_few_packets_wait_long() {
        for streams in [100, 200, 600] {
            let mut play = spread(streams);
            play.uneven = 2_000;
            play.frames(50);
            let (mut waits, mut wake_ups) = (Vec::new(), 0);
            for _ in 0..100 {
                play.frame();
                waits.append(&mut play.waits);
                wake_ups += play.wake_ups;
            }
            waits.sort_unstable();
            let (median, p99) = (waits[waits.len() / 2], waits[waits.len() * 99 / 100]);
            assert!(median <= 300 && p99 <= 1_500, "{streams}: {median} and {p99} µs");
            assert!(wake_ups <= 100 * 2 * FRAME.0 / GAP_SHORT.0, "{streams}: {wake_ups}");
        }
    }

    #[test]
    fn a_thread_that_comes_late_changes_nothing() {
        let mut play = spread(400);
        play.frames(100);
        let found = Found { datagrams: 40, woke: Some(0), also_woke: Some(50), waited: vec![1] };
        let now = play.pace.woke_at + FRAME;
        assert_eq!(play.pace.turn(now, &found), Change::default());
    }

    #[test]
    fn who_falls_silent_is_replaced() {
        let mut play = spread(400);
        play.frames(100);
        let kept = play.quiet.clone();
        let mut places = play.places.iter().zip(&kept);
        play.places = places.by_ref().filter(|(_, quiet)| **quiet).map(|(it, _)| *it).collect();
        play.places.push(FRAME.0 - 1);
        play.quiet = vec![true; play.places.len()];
        // Somebody has to wake it: a timer does.
        *play.quiet.last_mut().unwrap() = false;
        play.frames(100);
        assert!(play.longest <= GAP_LONG.0, "{} µs", play.longest);
    }

    #[test]
    fn when_they_become_few_who_waits_wakes_again() {
        let mut play = spread(200);
        play.frames(100);
        play.places.truncate(20);
        play.quiet.truncate(20);
        play.quiet[19] = false;
        play.frames(60);
        assert!(play.quiet.iter().all(|quiet| !quiet));
    }
}
