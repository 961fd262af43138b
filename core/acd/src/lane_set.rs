// SPDX-License-Identifier: EUPL-1.2
//! A set of lanes as bits, so that "who waits where somebody is ready" costs next to nothing,
//! however many lanes there are.

use crate::lanes::LaneId;
use alloc::vec;
use alloc::vec::Vec;

/// A set of lanes out of a fixed number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneSet {
    words: Vec<u64>,
}

impl LaneSet {
    /// None of `lanes` lanes.
    #[must_use]
    pub fn none_of(lanes: usize) -> Self {
        LaneSet { words: vec![0; lanes.div_ceil(64)] }
    }

    /// Says whether a lane is in the set.
    pub fn set(&mut self, lane: LaneId, is_in: bool) {
        let bit = 1 << (lane.index() % 64);
        let word = &mut self.words[lane.index() / 64];
        *word = if is_in { *word | bit } else { *word & !bit };
    }

    /// The lanes that are in both sets, in order.
    pub fn and<'a>(&'a self, other: &'a LaneSet) -> impl Iterator<Item = LaneId> + 'a {
        let words = self.words.iter().zip(&other.words).map(|(mine, theirs)| mine & theirs);
        (0u16..)
            .zip(words)
            .flat_map(|(index, word)| bits(word).map(move |bit| LaneId(index * 64 + bit)))
    }
}

fn bits(word: u64) -> impl Iterator<Item = u16> {
    let lowest_off = |&word: &u64| Some(word & (word - 1)).filter(|&rest| rest != 0);
    let words = core::iter::successors(Some(word).filter(|&word| word != 0), lowest_off);
    words.map(|word| word.trailing_zeros() as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sets_are_cut_in_order_over_the_words_borders() {
        let mut a = LaneSet::none_of(200);
        let mut b = LaneSet::none_of(200);
        for lane in [0, 1, 63, 64, 127, 128, 199] {
            a.set(LaneId(lane), true);
        }
        for lane in [1, 2, 63, 64, 128, 130, 199] {
            b.set(LaneId(lane), true);
        }
        b.set(LaneId(64), false);
        let both: Vec<u16> = a.and(&b).map(|lane| lane.0).collect();
        assert_eq!(both, [1, 63, 128, 199]);
        assert_eq!(a.and(&LaneSet::none_of(200)).count(), 0);
    }
}
