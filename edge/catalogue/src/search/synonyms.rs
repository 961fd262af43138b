// SPDX-License-Identifier: EUPL-1.2
//! Words that mean the same: those of callers and those of authorities, and an operator's own.
//!
//! ```text
//!   Perso;Personalausweis               each for each other
//!   Hund gestorben => Hund abmelden     what is said for what it is called, not the other way round
//! ```
//!
//! The first form is that of OpenThesaurus; the second one is ours, because *buying a dog* leads to the tax, but
//! the tax to no purchase. Several words of a question are met in any order, with others between them.

use super::german::{is_stop, stem, words};
use super::groups::{Groups, Name};
use std::collections::{BTreeMap, BTreeSet};

/// What a name is worth beside the word itself: of ours, which are about authorities alone, and of an operator's file,
/// which may be a thesaurus of everything.
const OURS: f32 = 0.8;
const OPERATORS: f32 = 0.5;

/// What callers say and what it is called.
const OWN: &str = include_str!("synonyms.txt");

/// Groups of words that mean the same.
#[derive(Clone, Debug, Default)]
pub struct Synonyms {
    /// For each word or several, as stems in the order of the alphabet, what else it is called.
    of: BTreeMap<Vec<String>, Names>,
    /// The names of several words by each of their stems.
    phrases: BTreeMap<String, BTreeSet<Vec<String>>>,
}

/// Names as the folded words that say something, each with what it is worth.
type Names = BTreeMap<Name, f32>;

impl Synonyms {
    /// Those that the program brings.
    #[must_use]
    pub fn own() -> Synonyms {
        let groups = Groups::read(OWN).unwrap_or_else(|bad| unreachable!("our own list: {bad:?}"));
        let mut own = Synonyms::default();
        own.add_all(&groups, OURS);
        own
    }

    /// Adds an operator's groups.
    pub fn add(&mut self, groups: &Groups) {
        self.add_all(groups, OPERATORS);
    }

    fn add_all(&mut self, groups: &Groups, worth: f32) {
        for group in &groups.all {
            self.lead(&group.said, &group.called, worth);
        }
    }

    /// Notes that each of these is called like each of those.
    fn lead(&mut self, said: &[Name], called: &[Name], worth: f32) {
        for name in said {
            let stems = in_order(name);
            for stem in stems.iter().filter(|_| stems.len() > 1) {
                self.phrases.entry(stem.clone()).or_default().insert(stems.clone());
            }
            let known = self.of.entry(stems).or_default();
            for other in called.iter().filter(|other| *other != name) {
                let there = known.entry(other.clone()).or_default();
                *there = there.max(worth);
            }
        }
    }

    /// What else a word is called, with what it is worth.
    pub(super) fn of<'s>(
        &'s self,
        stem: &str,
    ) -> impl Iterator<Item = (&'s [String], f32)> + use<'s> {
        self.of_several(&[stem.to_owned()])
    }

    /// What else several words are called, by their stems in order.
    pub(super) fn of_several<'s>(
        &'s self,
        stems: &[String],
    ) -> impl Iterator<Item = (&'s [String], f32)> + use<'s> {
        let names = self.of.get(stems).into_iter().flatten();
        names.map(|(name, worth)| (name.as_slice(), *worth))
    }

    /// The names of several words that are all among these, each for a word of its own, with the places of those words;
    /// none that is part of another one.
    pub(super) fn phrases<'s>(&'s self, said: &Said) -> BTreeMap<&'s [String], BTreeSet<usize>> {
        let begun: BTreeSet<&Vec<String>> =
            said.keys().filter_map(|stem| self.phrases.get(stem)).flatten().collect();
        let whole: BTreeMap<&[String], BTreeSet<usize>> = begun
            .into_iter()
            .filter_map(|phrase| Some((phrase.as_slice(), places(phrase, said)?)))
            .collect();
        let is_part = |of: &[String], it: &[String]| {
            it.len() < of.len() && it.iter().all(|stem| of.contains(stem))
        };
        let mut longest = whole.clone();
        longest.retain(|it, _| !whole.keys().any(|of| is_part(of, it)));
        longest
    }

    /// The words of a question by their stems, and by what else each of them is called in one word.
    pub(super) fn said(&self, stems: &[String]) -> Said {
        let mut said = Said::new();
        for (place, own) in stems.iter().enumerate() {
            let others = self.of(own).filter(|(name, _)| name.len() == 1);
            let others = others.flat_map(|(name, _)| name.iter().map(|word| stem(word)));
            for stem in others.chain([own.clone()]) {
                said.entry(stem).or_default().insert(place);
            }
        }
        said
    }
}

/// For each stem the places of the words of a question that may mean it.
pub(super) type Said = BTreeMap<String, BTreeSet<usize>>;

/// The places of the words that a name of several words is made of; none if one is missing, or one word would have to
/// stand for two.
fn places(phrase: &[String], said: &Said) -> Option<BTreeSet<usize>> {
    let mut places = BTreeSet::new();
    for stem in phrase {
        places.extend(said.get(stem)?);
    }
    Some(places).filter(|places| places.len() >= phrase.len())
}

/// The words that our own list is made of, folded: compounds are made of them too.
pub(super) fn own_words() -> BTreeSet<String> {
    let lines = OWN.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(words).filter(|word| !is_stop(word)).collect()
}

/// A name as it is looked for: stems, each once, in the order of the alphabet.
fn in_order(name: &[String]) -> Vec<String> {
    let stems: BTreeSet<String> = name.iter().map(|word| stem(word)).collect();
    stems.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn synonyms(text: &str) -> Synonyms {
        let mut synonyms = Synonyms::default();
        synonyms.add(&Groups::read(text).expect("groups"));
        synonyms
    }

    fn of(synonyms: &Synonyms, word: &str) -> Vec<String> {
        synonyms.of(&stem(word)).map(|(name, _)| name.join(" ")).collect()
    }

    #[test]
    fn each_name_of_a_group_stands_for_each_other() {
        let synonyms = synonyms("Führerschein;Lappen (ugs.);Fahrerlaubnis (fachspr.)\n");
        assert_eq!(of(&synonyms, "lappen"), ["fahrerlaubnis", "fuehrerschein"]);
        assert_eq!(of(&synonyms, "fahrerlaubnis"), ["fuehrerschein", "lappen"]);
        assert!(of(&synonyms, "ugs").is_empty());
    }

    #[test]
    fn what_is_said_leads_to_what_it_is_called_and_not_back() {
        let synonyms = synonyms("umgezogen; neue Wohnung => Wohnsitz anmelden");
        assert_eq!(of(&synonyms, "umgezogen"), ["wohnsitz anmelden"]);
        assert!(of(&synonyms, "anmelden").is_empty());
    }

    #[test]
    fn several_words_are_met_in_any_order_and_the_longest_counts() {
        let synonyms =
            synonyms("Hund tot => A\nHund tot gefunden => B\nKatze tot => C\nMieze;Katze");
        let found = |text: &str| {
            let stems: Vec<String> = words(text).iter().map(|word| stem(word)).collect();
            let found = synonyms.phrases(&synonyms.said(&stems));
            found.into_iter().map(|(phrase, places)| (phrase.to_vec(), places)).collect::<Vec<_>>()
        };
        let whole = (in_order(&words("hund tot gefunden")), BTreeSet::from([0, 2, 4]));
        assert_eq!(found("gefunden ein Hund der tot war"), [whole]);
        let alike = (in_order(&words("katze tot")), BTreeSet::from([0, 1]));
        assert_eq!(found("Mieze tot"), [alike]);
        assert!(found("Hund").is_empty());
        assert!(found("Mieze").is_empty());
    }

    #[test]
    fn our_own_list_is_read_whole() {
        let groups = Groups::read(OWN).expect("our own list is good");
        assert_eq!(groups.passed(), 0, "a name is too long");
        assert!(groups.lines().len() > 400, "{}", groups.lines().len());
    }
}
