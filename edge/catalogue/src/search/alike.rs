// SPDX-License-Identifier: EUPL-1.2
//! Words that share letters in a row: what is left when a word is known in no other way.

use std::collections::BTreeMap;

/// Letters in a row; a word's ends count as letters.
const ROW: usize = 3;

/// What two words have to share at least, of what both have, in hundredths.
const SHARE_MIN: usize = 40;

/// For each row of letters the terms that have it, by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Alike {
    terms: BTreeMap<[u8; ROW], Vec<u32>>,
    /// How many rows each term has.
    rows: Vec<u16>,
}

impl Alike {
    pub(super) fn new(terms: &[String]) -> Alike {
        let mut alike = Alike { terms: BTreeMap::new(), rows: Vec::with_capacity(terms.len()) };
        for (number, term) in terms.iter().enumerate() {
            let rows = rows(term);
            alike.rows.push(rows.len() as u16);
            for row in rows {
                alike.terms.entry(row).or_default().push(number as u32);
            }
        }
        alike
    }

    /// Other terms have come among those that are known: `numbers` says which number each has now, `terms` are all of
    /// them.
    pub(super) fn renumber(&mut self, numbers: &[u32], terms: &[String]) {
        for known in self.terms.values_mut().flatten() {
            *known = numbers[*known as usize];
        }
        let mut rows_of = vec![0; terms.len()];
        for (before, count) in self.rows.iter().enumerate() {
            rows_of[numbers[before] as usize] = *count;
        }
        let is_old: std::collections::BTreeSet<u32> = numbers.iter().copied().collect();
        for (number, term) in (0..).zip(terms).filter(|(number, _)| !is_old.contains(number)) {
            let rows = rows(term);
            rows_of[number as usize] = rows.len() as u16;
            for row in rows {
                let with = self.terms.entry(row).or_default();
                let at = with.partition_point(|known| *known < number);
                with.insert(at, number);
            }
        }
        self.rows = rows_of;
    }

    /// The terms that share most with a word (Dice), at most so many, each with how much it is, from 0 to 1.
    pub(super) fn most(&self, word: &str, limit: usize) -> Vec<(usize, f32)> {
        let asked = rows(word);
        let mut shared = vec![0_u16; self.rows.len()];
        for term in asked.iter().filter_map(|row| self.terms.get(row)).flatten() {
            shared[*term as usize] += 1;
        }
        let dice = |(term, both): (usize, &u16)| {
            let all = asked.len() + usize::from(self.rows[term]);
            (200 * usize::from(*both) / all.max(1), term)
        };
        let shared = shared.iter().enumerate().filter(|(_, both)| **both > 0);
        let mut found: Vec<(usize, usize)> =
            shared.map(dice).filter(|(share, _)| *share >= SHARE_MIN).collect();
        found.sort_by_key(|(share, term)| (usize::MAX - share, *term));
        found.truncate(limit);
        found.into_iter().map(|(share, term)| (term, share as f32 / 100.0)).collect()
    }
}

/// The rows of letters of a word, each once.
fn rows(word: &str) -> Vec<[u8; ROW]> {
    let letters: Vec<u8> = [b'^'].into_iter().chain(word.bytes()).chain([b'$']).collect();
    let mut rows: Vec<[u8; ROW]> =
        letters.windows(ROW).filter_map(|row| row.try_into().ok()).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_that_shares_most_comes_first() {
        let terms = ["abfallgebuhr", "feuerwehr", "gebuhr"].map(str::to_owned);
        let alike = Alike::new(&terms);
        let most = alike.most("mullabfallgebuhr", 5);
        assert_eq!(most.first().map(|(term, _)| *term), Some(0));
        assert!(most.iter().all(|(_, share)| (0.4..=1.0).contains(share)), "{most:?}");
        assert!(alike.most("xyz", 5).is_empty());
        assert!(alike.most("", 5).is_empty());
    }
}
