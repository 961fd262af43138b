// SPDX-License-Identifier: EUPL-1.2
//! Words that mean the same: those of callers and those of authorities, and an operator's own.

use super::german::{fold, stem, words};
use std::collections::{BTreeMap, BTreeSet};

/// Groups of an operator's file at most; OpenThesaurus has 31,602.
const GROUPS_MAX: usize = 200_000;

/// Words in a group at most; more are no synonyms of each other.
const GROUP_MAX: usize = 40;

/// What callers say and what it is called, each line a group.
const OWN: &str = include_str!("synonyms.txt");

/// Groups of words that mean the same.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    /// For each word, as the stems of its words joined, what else it is called.
    of: BTreeMap<String, BTreeSet<Vec<String>>>,
}

/// Why a file of synonyms is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynonymsError {
    /// It has more groups than are taken; how many are.
    TooMany(usize),
}

impl Synonyms {
    /// Those that the program brings.
    #[must_use]
    pub fn own() -> Synonyms {
        let mut own = Synonyms::default();
        own.add(OWN).unwrap_or_else(|_| unreachable!("our own list is short"));
        own
    }

    /// Adds groups in the format of OpenThesaurus: one a line, words parted by `;`, marks in brackets, comments
    /// behind `#`.
    ///
    /// # Errors
    /// If there are too many.
    pub fn add(&mut self, text: &str) -> Result<(), SynonymsError> {
        let lines = text.lines().map(str::trim);
        let groups = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        for (number, line) in groups.enumerate() {
            if number >= GROUPS_MAX {
                return Err(SynonymsError::TooMany(GROUPS_MAX));
            }
            self.group(line);
        }
        Ok(())
    }

    fn group(&mut self, line: &str) {
        let terms = line.split(';').map(|term| stems(&without_brackets(term)));
        let terms: Vec<Vec<String>> =
            terms.filter(|term| !term.is_empty()).take(GROUP_MAX).collect();
        for term in &terms {
            let others = terms.iter().filter(|other| *other != term).cloned();
            self.of.entry(term.join(" ")).or_default().extend(others);
        }
    }

    /// What else these words are called; each as the stems of its words.
    pub(super) fn of<'s>(&'s self, stems: &[String]) -> impl Iterator<Item = &'s Vec<String>> {
        self.of.get(&stems.join(" ")).into_iter().flatten()
    }
}

fn stems(term: &str) -> Vec<String> {
    // A hyphen gives the whole and its halves; a synonym is the whole.
    term.split_whitespace()
        .filter_map(|word| words(word).into_iter().next())
        .map(|word| stem(&fold(&word)))
        .collect()
}

fn without_brackets(term: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::new();
    for letter in term.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            letter if depth == 0 => out.push(letter),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_as_open_thesaurus_writes_them() {
        let mut synonyms = Synonyms::default();
        let text = "# Kopf\nFührerschein;Lappen (ugs.);Fahrerlaubnis (fachspr.)\n\nallein\n";
        synonyms.add(text).expect("few");
        let others: Vec<_> = synonyms.of(&[stem("lappen")]).flatten().cloned().collect();
        assert_eq!(others, [stem("fahrerlaubnis"), stem("fuehrerschein")]);
        assert_eq!(synonyms.of(&[stem("allein")]).count(), 0);
    }
}
