// SPDX-License-Identifier: EUPL-1.2
//! An answer is taken once: which counts of which nonces were seen.
//!
//! Only a nonce with a right answer gets a place, so nobody without a password can fill the table.

use super::nonce::NonceId;
use super::server::Staleness;
use alloc::collections::BTreeMap;
use stdx::Tick;

/// Nonces whose counts are remembered: one for each of 4,096 devices, doubled for those that ask for
/// a new one with every request. At the bound the oldest nonce is forgotten and counts as stale from
/// then on: its device is challenged once more.
pub const NONCES_MAX: usize = 8_192;

/// How far behind the highest count an answer may be, for requests that overtake each other.
pub const NC_WINDOW: u32 = 64;

/// The counts of one nonce.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    highest: u32,
    /// Bit n: the count `highest - n` was seen.
    seen: u64,
}

impl Window {
    /// Whether this count is seen for the first time.
    fn admit(&mut self, count: u32) -> bool {
        if count > self.highest {
            let ahead = count - self.highest;
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = count;
            return true;
        }
        let behind = self.highest - count;
        let bit = 1_u64.checked_shl(behind).unwrap_or(0);
        let new = bit != 0 && self.seen & bit == 0;
        self.seen |= bit;
        new
    }
}

/// The counts seen, by nonce; the oldest nonce first.
#[derive(Clone, Debug, Default)]
pub(super) struct ReplayGuard {
    windows: BTreeMap<NonceId, Window>,
}

impl ReplayGuard {
    /// A right answer with this nonce and count came.
    pub(super) fn admit(&mut self, id: NonceId, count: u32) -> Result<(), Staleness> {
        if !self.windows.contains_key(&id) {
            self.make_room(id)?;
        }
        match self.windows.entry(id).or_default().admit(count) {
            true => Ok(()),
            false => Err(Staleness::Replayed),
        }
    }

    /// What was forgotten cannot come back: it is older than all the others, so there is no room for it
    /// until they are past their life, and then so is it.
    fn make_room(&mut self, id: NonceId) -> Result<(), Staleness> {
        if self.windows.len() < NONCES_MAX {
            return Ok(());
        }
        match self.windows.first_entry() {
            Some(oldest) if *oldest.key() < id => {
                oldest.remove();
                Ok(())
            }
            Some(_) | None => Err(Staleness::Forgotten),
        }
    }

    /// Drops the nonces made before this time: they are stale by their age.
    pub(super) fn drop_before(&mut self, time: Tick) {
        while let Some(entry) = self.windows.first_entry() {
            if entry.key().made_at >= time {
                break;
            }
            entry.remove();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.windows.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(made_at: u64) -> NonceId {
        NonceId { made_at: Tick(made_at), salt: 0 }
    }

    #[test]
    fn a_count_is_taken_once_and_may_be_a_little_late() {
        let mut window = Window::default();
        let mut takes = |count| window.admit(count);
        assert!(takes(1));
        assert!(!takes(1));
        assert!(takes(3));
        assert!(takes(2));
        assert!(!takes(2));
        assert!(takes(3 + NC_WINDOW));
        assert!(takes(4));
        assert!(!takes(3), "behind the window");
        assert!(takes(u32::MAX));
        assert!(!takes(4 + NC_WINDOW));
        assert!(takes(u32::MAX - (NC_WINDOW - 1)));
    }

    #[test]
    fn at_the_bound_the_oldest_nonce_becomes_stale() {
        let mut guard = ReplayGuard::default();
        for made_at in 1..=NONCES_MAX as u64 {
            assert_eq!(guard.admit(id(made_at), 1), Ok(()));
        }
        assert_eq!(guard.admit(id(0), 1), Err(Staleness::Forgotten), "older than all");
        assert_eq!(guard.admit(id(1_000_000), 1), Ok(()));
        assert_eq!(guard.len(), NONCES_MAX);
        assert_eq!(guard.admit(id(1), 2), Err(Staleness::Forgotten));
        assert_eq!(guard.admit(id(2), 2), Ok(()));
        guard.drop_before(Tick(1_000_000));
        assert_eq!(guard.len(), 1);
    }
}
