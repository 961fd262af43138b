// SPDX-License-Identifier: EUPL-1.2
//! A set of lines as bits, so that "who waits where somebody is ready" costs next to nothing,
//! however many lines there are.

use alloc::vec;
use alloc::vec::Vec;
use stdx::LineId;

/// A set of lines out of a fixed number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineSet {
    words: Vec<u64>,
}

impl LineSet {
    /// None of `lines` lines.
    #[must_use]
    pub fn none_of(lines: usize) -> Self {
        LineSet { words: vec![0; lines.div_ceil(64)] }
    }

    /// Says whether a line is in the set.
    pub fn set(&mut self, line: LineId, is_in: bool) {
        let bit = 1 << (line.index() % 64);
        let word = &mut self.words[line.index() / 64];
        *word = if is_in { *word | bit } else { *word & !bit };
    }

    /// The lines that are in both sets, in order.
    pub fn and<'a>(&'a self, other: &'a LineSet) -> impl Iterator<Item = LineId> + 'a {
        let words = self.words.iter().zip(&other.words).map(|(mine, theirs)| mine & theirs);
        (0u16..)
            .zip(words)
            .flat_map(|(index, word)| bits(word).map(move |bit| LineId(index * 64 + bit)))
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
        let mut a = LineSet::none_of(200);
        let mut b = LineSet::none_of(200);
        for line in [0, 1, 63, 64, 127, 128, 199] {
            a.set(LineId(line), true);
        }
        for line in [1, 2, 63, 64, 128, 130, 199] {
            b.set(LineId(line), true);
        }
        b.set(LineId(64), false);
        let both: Vec<u16> = a.and(&b).map(|line| line.0).collect();
        assert_eq!(both, [1, 63, 128, 199]);
        assert_eq!(a.and(&LineSet::none_of(200)).count(), 0);
    }
}
