// SPDX-License-Identifier: EUPL-1.2
//! Which packet of all this is: the index, guessed from 16 bits, and the window of those that came.

use super::Refused;
use crate::limits::SRTP_WINDOW;

/// Half of the sequence numbers: further away than this, the other way round is nearer.
const HALF: i32 = 1 << 15;

/// The index of a packet with this sequence number, where `highest` is the highest that came
/// (RFC 3711 §3.3.1): roll-over counter and sequence number in one. It may lie beyond the last one
/// that a key has, which the limit tells.
pub(super) fn guess(highest: Option<u64>, sequence: u16) -> Result<u64, Refused> {
    let Some(highest) = highest else { return Ok(u64::from(sequence)) };
    let rolled = highest >> 16;
    let last = i32::from(highest as u16);
    let here = i32::from(sequence);
    let rolled = if last < HALF && here - last > HALF {
        // From before the last roll-over; before the first one there was nothing.
        rolled.checked_sub(1).ok_or(Refused::TooOld)?
    } else if last >= HALF && last - HALF > here {
        rolled + 1
    } else {
        rolled
    };
    Ok(rolled << 16 | u64::from(sequence))
}

/// Which of the newest packets came (RFC 3711 §3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    highest: Option<u64>,
    /// The lowest bit is the highest index, the next one that before it.
    came: u128,
    /// How many indexes there are under one key.
    limit: u64,
}

const _: () = assert!(SRTP_WINDOW == u128::BITS as u64, "a bit for each packet of the window");

impl Window {
    /// Everything up to `highest` counts as come: nobody knows any more what did not. Beyond the limit
    /// all is the same: nothing is left.
    pub(super) fn after(highest: Option<u64>, limit: u64) -> Window {
        let highest = highest.map(|index| index.min(limit));
        Window { highest, came: u128::MAX, limit }
    }

    pub(super) const fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// The index after the highest.
    pub(super) fn next(&self) -> u64 {
        self.highest.map_or(0, |highest| highest.saturating_add(1))
    }

    /// Whether a packet of this index may be used; changes nothing.
    pub(super) fn check(&self, index: u64) -> Result<(), Refused> {
        if index >= self.limit {
            return Err(Refused::Exhausted);
        }
        match self.behind(index) {
            None => Ok(()),
            Some(behind) if behind >= SRTP_WINDOW => Err(Refused::TooOld),
            Some(behind) if self.came >> behind & 1 == 1 => Err(Refused::Replayed),
            Some(_) => Ok(()),
        }
    }

    /// How far an index is behind the highest; none if it is higher.
    fn behind(&self, index: u64) -> Option<u64> {
        self.highest.and_then(|highest| highest.checked_sub(index))
    }

    /// A packet of this index is used; it was checked before.
    pub(super) fn take(&mut self, index: u64) {
        match (self.behind(index), self.highest) {
            (Some(behind), _) => self.came |= 1_u128.checked_shl(behind as u32).unwrap_or(0),
            (None, Some(highest)) => {
                let ahead = index - highest;
                let came = if ahead < SRTP_WINDOW { self.came << ahead } else { 0 };
                (self.highest, self.came) = (Some(index), came | 1);
            }
            (None, None) => (self.highest, self.came) = (Some(index), 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_guess_is_the_nearest_index() {
        let at = |rolled: u64, sequence: u64| Some(rolled << 16 | sequence);
        for (highest, sequence, expected) in [
            (None, 65_535, Ok(65_535)),
            (at(0, 65_535), 0, Ok(65_536)),
            (at(0, 65_000), 32_232, Ok(65_536 + 32_232 - 65_536)),
            (at(0, 65_000), 32_231, Ok(65_536 + 32_231)),
            (at(1, 3), 65_534, Ok(65_534)),
            (at(0, 3), 65_534, Err(Refused::TooOld)),
            (at(7, 100), 101, Ok(7 << 16 | 101)),
            (at(7, 100), 32_868, Ok(7 << 16 | 32_868)),
            (at(7, 100), 32_869, Ok(6 << 16 | 32_869)),
            (at(0xffff_ffff, 65_535), 0, Ok(1 << 48)),
        ] {
            assert_eq!(guess(highest, sequence), expected, "{highest:?} {sequence}");
        }
    }

    #[test]
    fn the_window_ends_where_it_says() {
        let mut window = Window::after(None, 1 << 48);
        window.take(1_000);
        assert_eq!(window.check(1_000), Err(Refused::Replayed));
        assert_eq!(window.check(1_001 - SRTP_WINDOW), Ok(()));
        assert_eq!(window.check(1_000 - SRTP_WINDOW), Err(Refused::TooOld));
        window.take(1_001 - SRTP_WINDOW);
        assert_eq!(window.check(1_001 - SRTP_WINDOW), Err(Refused::Replayed));
        assert_eq!(window.check((1 << 48) - 1), Ok(()));
        assert_eq!(window.check(1 << 48), Err(Refused::Exhausted));
    }

    #[test]
    fn what_came_before_a_restart_counts_as_come() {
        let window = Window::after(Some(500), 1 << 48);
        assert_eq!((window.check(500), window.check(400)), replayed_twice());
        assert_eq!((window.check(501), window.next()), (Ok(()), 501));
    }

    fn replayed_twice() -> (Result<(), Refused>, Result<(), Refused>) {
        (Err(Refused::Replayed), Err(Refused::Replayed))
    }

    proptest! {
        /// From wherever a source is, the guess finds every packet that is less than half of all
        /// numbers away.
        #[test]
        fn the_guess_is_right_within_half_of_the_numbers(
            highest in 40_000..(1_u64 << 48) - 40_000, away in -32_767_i64..=32_767,
        ) {
            let index = highest.checked_add_signed(away).expect("far from both ends");
            prop_assert_eq!(guess(Some(highest), index as u16), Ok(index));
        }

        /// The window decides as a list of everything that came would.
        #[test]
        fn the_window_is_a_list_that_forgets(
            steps in proptest::collection::vec(0_u64..400, 1..300),
        ) {
            let mut window = Window::after(None, 1 << 48);
            let mut came = alloc::vec::Vec::new();
            for (at, step) in steps.into_iter().enumerate() {
                let index = at as u64 / 2 + step;
                let highest = came.iter().copied().max().unwrap_or(0_u64);
                let expected = if index + SRTP_WINDOW <= highest {
                    Err(Refused::TooOld)
                } else if came.contains(&index) {
                    Err(Refused::Replayed)
                } else {
                    Ok(())
                };
                prop_assert_eq!(window.check(index), expected);
                if expected.is_ok() {
                    window.take(index);
                    came.push(index);
                }
            }
        }
    }
}
