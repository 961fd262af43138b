// SPDX-License-Identifier: EUPL-1.2
//! What is asked for, and what is meant by it.
//!
//! Each word of a question is taken in every way that makes sense: as it stands, as the beginning of a word, by
//! its parts, by what else it is called, and last by what is spelt almost like it. The best way counts, for
//! each document by itself.

use super::distance::{forgiven, letters, slips};
use super::german::{infinitive, is_stop, says, stem, words};
use super::index::{Index, Posting, name_of};
use knowledge::AreaKey;

/// The longest question, in characters; what is beyond is not looked at. Two sentences have 200.
pub const QUERY_CHARS_MAX: usize = 400;

/// Words of a question that are looked at.
const WORDS_MAX: usize = 24;

/// Ways that one word is taken at most: of a beginning the commonest words, of a slip the nearest.
const WAYS_MAX: usize = 96;

/// What a way is worth beside the word itself.
const BEGINNING: f32 = 0.75;
const LONGER_THAN_KNOWN: f32 = 0.6;
const PARTS: f32 = 0.9;
const TOGETHER: f32 = 1.2;
const SYNONYM_OF_PART: f32 = 0.8;
const EDGE: f32 = 0.5;
const SLIP: f32 = 0.65;
const SLIP_IN_FIRST_LETTER: f32 = 0.8;
const ALIKE: f32 = 0.5;

/// What the second best way of a word adds: a document that is called so in one way and in another one is meant more
/// likely than one that only shares the word.
const BESIDE: f32 = 0.1;

/// How much of the score hangs on whether every word was found.
const ALL_FOUND: f32 = 0.5;

/// What it adds if the words make up the whole title.
const WHOLE_TITLE: f32 = 0.35;

/// What it adds if it is called just so.
const CALLED_SO: f32 = 0.8;

/// What it adds if the service is one of this place alone, and what is left if it is not offered here.
const OF_THIS_PLACE: f32 = 1.15;
const NOT_OFFERED_HERE: f32 = 0.1;

/// Words that an unknown one is taken for at most.
const ALIKE_MAX: usize = 8;

/// A question.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// What is typed.
    pub text: &'a str,
    /// Whether more may be typed: then the last word is also taken for a beginning.
    pub is_typing: bool,
    /// Where the caller lives, if that is known.
    pub place: Option<AreaKey>,
}

/// A document that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Which, by its place in the list that the index was made of.
    pub document: usize,
    /// How well it fits; comparable within one question only.
    pub score: f32,
}

/// A way to take a word: terms that count together, and what the way is worth.
#[derive(Debug)]
struct Way {
    terms: Vec<usize>,
    worth: f32,
    /// How much it tells documents apart, if not as much as its terms do.
    rarity: Option<f32>,
}

impl Way {
    fn of(terms: Vec<usize>, worth: f32) -> Way {
        Way { terms, worth, rarity: None }
    }
}

/// A word of the question with all its ways; the words that it stands for, by bits.
#[derive(Debug)]
struct Asked {
    ways: Vec<Way>,
    /// How much the word tells documents apart.
    rarity: f32,
}

/// The best ways of a word in a document.
#[derive(Clone, Copy, Debug, Default)]
struct Best {
    value: f32,
    second: f32,
    in_title: bool,
}

impl Best {
    fn take(&mut self, value: f32, in_title: bool) {
        if value > self.value {
            *self = Best { value, second: self.value, in_title };
        } else {
            self.second = self.second.max(value);
        }
    }
}

/// What a document has gathered.
#[derive(Clone, Copy, Debug, Default)]
struct Gathered {
    score: f32,
    found: f32,
    in_title: f32,
    is_called_so: bool,
}

impl Index {
    /// The documents that fit best, the best first, at most so many.
    #[must_use]
    pub fn search(&self, query: &Query<'_>, limit: usize) -> Vec<Hit> {
        let asked = self.asked(query);
        let total: f32 = asked.iter().map(|word| word.rarity).sum();
        let mut all = vec![Gathered::default(); self.documents()];
        let mut best = vec![Best::default(); self.documents()];
        for word in &asked {
            self.gather(word, &mut best, &mut all);
        }
        for document in self.names.get(&name_of(query.text)).into_iter().flatten() {
            all[*document as usize].is_called_so = true;
        }
        let scored = all.iter().enumerate().filter(|(_, it)| it.score > 0.0);
        let mut hits: Vec<Hit> = scored
            .map(|(document, it)| Hit { document, score: self.score(document, it, total, query) })
            .collect();
        let order =
            |a: &Hit, b: &Hit| b.score.total_cmp(&a.score).then(a.document.cmp(&b.document));
        if hits.len() > limit && limit > 0 {
            hits.select_nth_unstable_by(limit - 1, order);
        }
        hits.truncate(limit);
        hits.sort_by(order);
        hits
    }

    /// Adds to each document the best way of a word.
    fn gather(&self, word: &Asked, best: &mut [Best], all: &mut [Gathered]) {
        let mut touched: Vec<u32> = Vec::new();
        let mut take = |document: u32, value: f32, in_title: bool| {
            let there = &mut best[document as usize];
            if there.value == 0.0 {
                touched.push(document);
            }
            there.take(value, in_title);
        };
        for way in &word.ways {
            if let [term] = way.terms.as_slice() {
                let worth = way.worth * way.rarity.unwrap_or_else(|| self.rarity(*term));
                for posting in &self.postings[*term] {
                    take(posting.document, worth * posting.impact, posting.in_title);
                }
            } else {
                self.together(&way.terms, way.worth, &mut take);
            }
        }
        for document in touched {
            let best = std::mem::take(&mut best[document as usize]);
            let gathered = &mut all[document as usize];
            gathered.score += best.value + BESIDE * best.second;
            gathered.found += word.rarity;
            gathered.in_title += f32::from(u8::from(best.in_title));
        }
    }

    /// What documents get from several terms that belong together: the sum over those that they have, and less if
    /// some are missing. One part of a compound is a weak hint, all of them are the word. Each term has the share that
    /// it says: of a *fee for an identity card* the card is what is meant.
    fn together(&self, terms: &[usize], worth: f32, take: &mut impl FnMut(u32, f32, bool)) {
        let says = |term: usize| says(&self.terms[term]).sqrt();
        let all: f32 = terms.iter().map(|term| says(*term)).sum();
        let lists = terms.iter().map(|term| {
            let share = says(*term) / all;
            let worth = worth * share * self.rarity(*term);
            let posted = move |it: &Posting| (it.document, share, worth * it.impact, it.in_title);
            self.postings[*term].iter().map(posted)
        });
        let mut posted: Vec<(u32, f32, f32, bool)> = lists.flatten().collect();
        posted.sort_by_key(|(document, ..)| *document);
        for same in posted.chunk_by(|a, b| a.0 == b.0) {
            let found = same.len() as f32 / terms.len() as f32;
            let sum: f32 = same.iter().map(|(_, _, value, _)| value).sum();
            take(same[0].0, sum * found, same.iter().any(|(.., in_title)| *in_title));
        }
    }

    fn score(&self, document: usize, it: &Gathered, total: f32, query: &Query<'_>) -> f32 {
        let found = if total > 0.0 { it.found / total } else { 1.0 };
        let title = self.title_terms[document].max(1) as f32;
        let whole = (it.in_title / title).min(1.0);
        let score = it.score * (1.0 - ALL_FOUND + ALL_FOUND * found) * (1.0 + WHOLE_TITLE * whole);
        let called = if it.is_called_so { 1.0 + CALLED_SO } else { 1.0 };
        score * called * self.fits(document, query.place)
    }

    fn fits(&self, document: usize, place: Option<AreaKey>) -> f32 {
        let areas = &self.areas[document];
        match place {
            Some(_) | None if areas.is_empty() => 1.0,
            Some(place) if areas.iter().any(|area| area.contains(place)) => OF_THIS_PLACE,
            Some(place) if areas.iter().any(|area| place.contains(*area)) => 1.0,
            Some(_) => NOT_OFFERED_HERE,
            None => 1.0,
        }
    }

    /// The words of a question with their ways, and what several of them are called together.
    fn asked(&self, query: &Query<'_>) -> Vec<Asked> {
        let text: String = query.text.chars().take(QUERY_CHARS_MAX).collect();
        let mut meant = self.meant(&words(&text));
        meant.truncate(WORDS_MAX);
        let ends = text.chars().next_back().is_some_and(char::is_alphanumeric);
        let last = (query.is_typing && ends).then(|| meant.len().saturating_sub(1));
        let stems: Vec<String> = meant.iter().map(|word| stem(word)).collect();
        let phrases = self.synonyms.phrases(&self.synonyms.said(&stems));
        let is_covered = |at: usize| phrases.values().any(|places| places.contains(&at));
        let words = meant.iter().zip(&stems).enumerate();
        let mut asked: Vec<Asked> = words
            .map(|(at, (word, stem))| self.ways(word, stem, last == Some(at), is_covered(at)))
            .collect();
        asked.extend(phrases.keys().map(|phrase| self.called_together(phrase)));
        asked.retain(|word| !word.ways.is_empty());
        asked
    }

    /// The words that say something, verbs in the form that stands in a title.
    fn meant(&self, all: &[String]) -> Vec<String> {
        let said = all.iter().enumerate().filter(|(_, word)| !is_stop(word));
        let is_known = |word: &str| {
            let stem = stem(word);
            self.term(&stem).is_some() || self.synonyms.of(&stem).next().is_some()
        };
        let mut meant: Vec<String> =
            said.map(|(at, word)| infinitive(word, &all[at + 1..], is_known)).collect();
        // *Kfz Schein* is *Kfz-Schein*. First, so that the last word stays the one that is being typed.
        let joined = all.windows(2).map(<[String]>::concat).filter(|word| is_known(word));
        meant.splice(0..0, joined.collect::<Vec<_>>());
        if meant.is_empty() { all.to_vec() } else { meant }
    }

    fn ways(&self, word: &str, stem: &str, is_beginning: bool, is_covered: bool) -> Asked {
        let mut ways = Vec::new();
        let exact = self.term(stem);
        ways.extend(exact.map(|term| Way::of(vec![term], 1.0)));
        let parts = self.lexicon.parts(word);
        self.add_parts(&parts, &mut ways);
        if !is_covered {
            for (name, worth) in self.synonyms.of(stem) {
                self.add_name(name, worth, &mut ways);
            }
        }
        if is_beginning {
            self.add_beginnings(word, &mut ways);
        }
        // What somebody has said what it is called nobody has to guess.
        let is_named = self.synonyms.of(stem).next().is_some();
        if exact.is_none() && parts.is_empty() && !is_named {
            self.add_slips(stem, &mut ways);
            for edge in self.lexicon.edges(word) {
                self.add_term_list(&[edge], EDGE, &mut ways);
            }
        }
        if ways.is_empty() {
            self.add_alike(stem, &mut ways);
        }
        let rarest = || self.rarest(&ways);
        let rarity = exact.map_or_else(rarest, |term| self.rarity(term));
        let says = says(stem);
        ways.iter_mut().for_each(|way| way.worth *= says);
        Asked { ways, rarity: rarity * says }
    }

    /// What several words are called together: beside what each of them says.
    fn called_together(&self, phrase: &[String]) -> Asked {
        let mut ways = Vec::new();
        for (name, worth) in self.synonyms.of_several(phrase) {
            self.add_name(name, worth * TOGETHER, &mut ways);
        }
        let rarity = self.rarest(&ways);
        Asked { ways, rarity }
    }

    fn rarest(&self, ways: &[Way]) -> f32 {
        let of = |way: &Way| {
            let terms = way.terms.iter().map(|term| self.rarity(*term));
            way.rarity.unwrap_or_else(|| terms.fold(0.0, f32::max))
        };
        ways.iter().map(of).fold(0.0, f32::max)
    }

    fn add_parts(&self, parts: &[String], ways: &mut Vec<Way>) {
        let terms: Vec<usize> = parts.iter().filter_map(|part| self.term(part)).collect();
        let alone = PARTS / parts.len().max(2) as f32;
        for part in parts {
            self.add_term_list(std::slice::from_ref(part), alone * says(part), ways);
        }
        if terms.len() == parts.len() && !terms.is_empty() {
            ways.push(Way::of(terms, PARTS));
        }
        for (at, part) in parts.iter().enumerate() {
            for (name, worth) in self.synonyms.of(part) {
                let stems = || name.iter().map(|word| stem(word));
                let mut whole = parts.to_vec();
                whole.splice(at..=at, stems());
                self.add_term_list(&whole, SYNONYM_OF_PART * worth, ways);
                let share = SYNONYM_OF_PART * worth * says(part) / parts.len() as f32;
                self.add_term_list(&stems().collect::<Vec<_>>(), share, ways);
            }
        }
    }

    /// Words that begin like this one, and words that this one has outgrown.
    fn add_beginnings(&self, word: &str, ways: &mut Vec<Way>) {
        let typed = word.replace("ae", "a").replace("oe", "o").replace("ue", "u");
        let from = self.terms.partition_point(|term| term.as_str() < typed.as_str());
        let begin = self.terms[from..].iter().take_while(|term| term.starts_with(&typed));
        let mut found: Vec<usize> = (from..from + begin.count()).collect();
        found.sort_by_key(|term| std::cmp::Reverse(self.postings[*term].len()));
        found.truncate(WAYS_MAX);
        // What is typed tells apart as much as all that begins so, however rare one of its words is.
        let with = found.iter().map(|term| self.postings[*term].len()).sum();
        let rarity = self.rarity_of(with);
        for term in found {
            // The more of a word is there, the likelier it is the one.
            let typed = typed.len() as f32 / self.terms[term].len().max(1) as f32;
            let worth = BEGINNING * typed.sqrt();
            ways.push(Way { terms: vec![term], worth, rarity: Some(rarity) });
        }
        for length in (5..typed.len()).rev().take(4) {
            let known = typed.get(..length).and_then(|shorter| self.term(shorter));
            ways.extend(known.map(|term| Way::of(vec![term], LONGER_THAN_KNOWN)));
        }
    }

    /// Words that are spelt almost like this one, and what else they are called.
    fn add_slips(&self, stem: &str, ways: &mut Vec<Way>) {
        let most = forgiven(stem.len());
        if most == 0 {
            return;
        }
        let bits = letters(stem);
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (term, other) in self.letters.iter().enumerate() {
            // Each slip changes at most two letters of the set.
            if (bits ^ other).count_ones() as usize <= 2 * most
                && let Some(slips) = slips(stem, &self.terms[term], most)
            {
                found.push((slips, term));
            }
        }
        found.sort_by_key(|(slips, term)| (*slips, usize::MAX - self.postings[*term].len()));
        found.truncate(WAYS_MAX / 4);
        let first = stem.chars().next();
        for (slips, term) in found {
            let same_first = self.terms[term].chars().next() == first;
            let worth = if same_first { 1.0 } else { SLIP_IN_FIRST_LETTER };
            let worth = (0..slips).fold(worth, |worth, _| worth * SLIP);
            ways.push(Way::of(vec![term], worth));
        }
    }

    /// The words that share most with one that nothing else is known of: better than no answer.
    fn add_alike(&self, stem: &str, ways: &mut Vec<Way>) {
        let alike = self.alike.most(stem, ALIKE_MAX);
        let ways_of = alike.into_iter().map(|(term, share)| Way::of(vec![term], ALIKE * share));
        ways.extend(ways_of);
    }

    /// A name of several words; a compound that no document has is taken by its parts.
    fn add_name(&self, name: &[String], worth: f32, ways: &mut Vec<Way>) {
        let mut stems = Vec::new();
        for word in name {
            let stem = stem(word);
            if self.term(&stem).is_some() {
                stems.push(stem);
            } else {
                let parts = self.lexicon.parts(word);
                stems.extend(if parts.is_empty() { vec![stem] } else { parts });
            }
        }
        self.add_term_list(&stems, worth, ways);
    }

    /// Terms that count together, if all of them are known.
    fn add_term_list(&self, stems: &[String], worth: f32, ways: &mut Vec<Way>) {
        let terms: Option<Vec<usize>> = stems.iter().map(|stem| self.term(stem)).collect();
        if let Some(terms) = terms
            && !terms.is_empty()
        {
            ways.push(Way::of(terms, worth));
        }
    }
}
