// SPDX-License-Identifier: EUPL-1.2
//! Which documents hold which terms, and how much each says about them.
//!
//! Every weight is worked out when the index is made: a question only adds up.

use super::alike::Alike;
use super::compound::Lexicon;
use super::german::{is_stop, stem, words};
use super::synonyms::Synonyms;
use knowledge::AreaKey;
use std::collections::{BTreeMap, BTreeSet};

/// Documents in one index: 8,557 services of the national catalogue, and as many again that Länder and towns
/// have added, rounded up. What is beyond is not found, and [`Index::left_out`] says how much.
pub const DOCUMENTS_MAX: usize = 32_768;

/// What a part of a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The name that is shown.
    Title,
    /// Other names: official, colloquial.
    Name,
    /// A few sentences.
    Summary,
    /// Everything else.
    Text,
}

/// For each field how much a word in it says, and how much less in a longer one.
const WEIGHTS: [(Field, f32, f32); 4] = [
    (Field::Title, 5.0, 0.5),
    (Field::Name, 4.0, 0.1),
    (Field::Summary, 1.2, 0.6),
    (Field::Text, 0.6, 0.75),
];

/// How fast more of the same word stops saying more.
const SATURATION: f32 = 2.5;

/// What a part of a compound says beside a word of its own: the last part more, because it says what it is.
const PART: f32 = 0.6;
const LAST_PART: f32 = 0.75;

/// What the known beginning or end of an unknown compound says.
const EDGE: f32 = 0.35;

/// A word of a long text belongs to the lexicon if so many documents have it: a slip of the pen is in one.
const KNOWN_BY: u32 = 2;

/// A document to be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its texts, as plain text.
    pub fields: Vec<(Field, String)>,
    /// Where it is offered; none for everywhere.
    pub areas: Vec<AreaKey>,
}

/// That a document holds a term.
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting {
    pub(super) document: u32,
    /// How much the term says about it, from 0 to 1.
    pub(super) impact: f32,
    /// Whether it stands in the title.
    pub(super) in_title: bool,
}

/// Documents, ready to be asked for.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// In the order of the alphabet, so that all that begin alike stand together.
    pub(super) terms: Vec<String>,
    /// For each term its letters as bits.
    pub(super) letters: Vec<u32>,
    /// For each sequence of letters the terms that have it.
    pub(super) alike: Alike,
    pub(super) postings: Vec<Vec<Posting>>,
    pub(super) lexicon: Lexicon,
    pub(super) synonyms: Synonyms,
    /// Whole names, as the stems of their words joined, with the documents that are called so.
    pub(super) names: BTreeMap<String, Vec<u32>>,
    /// For each document where it is offered, and how many terms its title has.
    pub(super) areas: Vec<Vec<AreaKey>>,
    pub(super) title_terms: Vec<u32>,
    /// How long each field is on average, in words.
    average: [f32; 4],
    left_out: usize,
    /// How many documents have changed since it was made.
    renewals: usize,
}

/// A word that occurs, with the terms that it is found by.
#[derive(Default)]
struct Word {
    /// Documents that have it, at most as many as matter.
    documents: u32,
    last: Option<usize>,
    is_name: bool,
    terms: Vec<(u32, f32)>,
}

impl Index {
    /// Makes an index; documents are called by their place in the list.
    #[must_use]
    pub fn new(documents: &[Document], synonyms: Synonyms) -> Index {
        let taken = documents.get(..DOCUMENTS_MAX).unwrap_or(documents);
        let (mut known, texts) = read(taken);
        let parts = known.iter().filter(|(_, word)| word.is_name || word.documents >= KNOWN_BY);
        let lexicon = Lexicon::new(parts.map(|(word, _)| word.as_str()));
        let terms = name_terms(&mut known, &lexicon);
        let by_word: Vec<&Word> = in_order(&known);
        let mut index = Index { left_out: documents.len() - taken.len(), ..Index::default() };
        index.postings = vec![Vec::new(); terms.len()];
        index.average = averages(&texts);
        index.title_terms = vec![0; taken.len()];
        for (number, text) in texts.iter().enumerate() {
            index.add(number, text, &by_word);
        }
        for (number, document) in taken.iter().enumerate() {
            index.call(number, document);
        }
        index.letters = terms.iter().map(|term| super::distance::letters(term)).collect();
        index.alike = Alike::new(&terms);
        index.areas = taken.iter().map(|document| document.areas.clone()).collect();
        Index { terms, lexicon, synonyms, ..index }
    }

    /// The same documents with other synonyms.
    #[must_use]
    pub fn with(mut self, synonyms: Synonyms) -> Index {
        self.synonyms = synonyms;
        self
    }

    /// How many documents were too many.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// How many documents can be found.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.areas.len()
    }

    /// How many documents have changed since it was made.
    pub(super) fn renewals(&self) -> usize {
        self.renewals
    }

    pub(super) fn note_renewals(&mut self, count: usize) {
        self.renewals = count;
    }

    fn add(&mut self, number: usize, text: &Read, words: &[&Word]) {
        let mut weights: Vec<(u32, f32, bool)> = Vec::new();
        let mut title_terms = BTreeSet::new();
        for (place, (field, weight, slope)) in WEIGHTS.into_iter().enumerate() {
            let length = text[place].len() as f32;
            let norm = 1.0 - slope + slope * length / self.average[place].max(1.0);
            for word in &text[place] {
                for (at, (term, share)) in words[*word as usize].terms.iter().enumerate() {
                    weights.push((*term, weight * share / norm, field == Field::Title));
                    if field == Field::Title && at == 0 {
                        title_terms.insert(*term);
                    }
                }
            }
        }
        // Stable, so that sums are added up in the same order everywhere.
        weights.sort_by_key(|(term, ..)| *term);
        for same in weights.chunk_by(|a, b| a.0 == b.0) {
            let sum: f32 = same.iter().map(|(_, weight, _)| weight).sum();
            let impact = sum / (SATURATION + sum);
            let in_title = same.iter().any(|(_, _, in_title)| *in_title);
            let document = number as u32;
            self.postings[same[0].0 as usize].push(Posting { document, impact, in_title });
        }
        self.title_terms[number] = title_terms.len() as u32;
    }

    /// Adds documents, each with its number, which none has that is found. Their words come apart as those of all others
    /// do, and their lengths are measured by the others': made anew, an index may weigh them a little otherwise.
    pub(super) fn add_some(&mut self, some: &[(usize, &Document)]) {
        let documents: Vec<Document> = some.iter().map(|(_, it)| (*it).clone()).collect();
        let (mut known, texts) = read(&documents);
        let terms = name_terms(&mut known, &self.lexicon);
        let numbers = self.make_room(&terms);
        for word in known.values_mut() {
            word.terms.iter_mut().for_each(|(term, _)| *term = numbers[*term as usize]);
        }
        let by_word: Vec<&Word> = in_order(&known);
        for ((number, document), text) in some.iter().zip(&texts) {
            if self.areas.len() <= *number {
                self.areas.resize(number + 1, Vec::new());
                self.title_terms.resize(number + 1, 0);
            }
            self.areas[*number] = document.areas.clone();
            self.add(*number, text, &by_word);
            self.call(*number, document);
        }
    }

    /// Notes what a document is called.
    fn call(&mut self, number: usize, document: &Document) {
        let is_name = |field: &Field| matches!(field, Field::Title | Field::Name);
        let fields = document.fields.iter().filter(|(field, _)| is_name(field));
        for name in fields.flat_map(|(_, text)| text.split(NAMES_PART)) {
            let stems = name_of(name);
            let called = self.names.entry(stems).or_default();
            if called.last() != Some(&(number as u32)) {
                called.push(number as u32);
            }
        }
    }

    /// The number of a term.
    pub(super) fn term(&self, term: &str) -> Option<usize> {
        self.terms.binary_search_by(|known| known.as_str().cmp(term)).ok()
    }

    /// How much a term tells documents apart (Robertson, Spärck Jones).
    pub(super) fn rarity(&self, term: usize) -> f32 {
        self.rarity_of(self.postings[term].len())
    }

    /// The same for what so many documents have.
    pub(super) fn rarity_of(&self, documents: usize) -> f32 {
        let all = self.documents() as f32;
        let with = (documents as f32).min(all);
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }
}

/// Several names of one field stand apart by this.
pub(super) const NAMES_PART: char = '\n';

/// A name as it is compared: the stems of its words, in order.
pub(super) fn name_of(name: &str) -> String {
    let words = words(name).into_iter().filter(|word| !is_stop(word));
    words.map(|word| stem(&word)).collect::<Vec<_>>().join(" ")
}

/// A document's words by number, for each field.
type Read = [Vec<u32>; 4];

/// Every word with what is known of it, its number in `number`.
type Known = BTreeMap<String, Word>;

fn read(documents: &[Document]) -> (Known, Vec<Read>) {
    // Numbers are given when all words are there, in the order of the alphabet; until then as they come.
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    let mut seen: Vec<Word> = Vec::new();
    let mut texts = Vec::with_capacity(documents.len());
    for (document, it) in documents.iter().enumerate() {
        let mut read = Read::default();
        for (field, text) in &it.fields {
            let place = WEIGHTS.iter().position(|(known, ..)| known == field).unwrap_or(3);
            for text in words(text).into_iter().filter(|word| !is_stop(word)) {
                let next = seen.len() as u32;
                let number = *numbers.entry(text).or_insert(next);
                if number == next {
                    seen.push(Word::default());
                }
                read[place].push(number);
                let word = &mut seen[number as usize];
                word.documents += u32::from(word.last != Some(document));
                word.last = Some(document);
                word.is_name |= matches!(field, Field::Title | Field::Name);
            }
        }
        texts.push(read);
    }
    renumber(&numbers, &mut texts);
    let mut word = |number: u32| std::mem::take(&mut seen[number as usize]);
    let known = numbers.into_iter().map(|(text, number)| (text, word(number))).collect();
    (known, texts)
}

/// From the order of their coming to that of the alphabet.
fn renumber(numbers: &BTreeMap<String, u32>, texts: &mut [Read]) {
    let mut new = vec![0; numbers.len()];
    for (place, old) in numbers.values().enumerate() {
        new[*old as usize] = place as u32;
    }
    for word in texts.iter_mut().flatten().flatten() {
        *word = new[*word as usize];
    }
}

fn in_order(known: &Known) -> Vec<&Word> {
    known.values().collect()
}

/// Gives each word its terms: its stem, and the stems of its parts; returns all terms in order.
fn name_terms(known: &mut Known, lexicon: &Lexicon) -> Vec<String> {
    let found: Vec<Vec<(String, f32)>> = known.keys().map(|word| terms_of(word, lexicon)).collect();
    let all: BTreeSet<&str> = found.iter().flatten().map(|(term, _)| term.as_str()).collect();
    let all: Vec<String> = all.into_iter().map(str::to_owned).collect();
    for (word, terms) in known.values_mut().zip(&found) {
        let number = |term: &String| all.binary_search(term).ok().map(|number| number as u32);
        word.terms =
            terms.iter().filter_map(|(term, share)| Some((number(term)?, *share))).collect();
    }
    all
}

fn terms_of(word: &str, lexicon: &Lexicon) -> Vec<(String, f32)> {
    let whole = stem(word);
    let parts = lexicon.parts(word);
    let last = parts.len().saturating_sub(1);
    let mut terms = vec![(whole, 1.0)];
    if parts.is_empty() {
        terms.extend(lexicon.edges(word).into_iter().map(|edge| (edge, EDGE)));
    }
    for (at, part) in parts.into_iter().enumerate() {
        if terms.iter().all(|(term, _)| *term != part) {
            terms.push((part, if at == last { LAST_PART } else { PART }));
        }
    }
    terms
}

fn averages(texts: &[Read]) -> [f32; 4] {
    let mut average = [0.0; 4];
    for (place, value) in average.iter_mut().enumerate() {
        let lengths = texts.iter().map(|text| text[place].len()).filter(|length| *length > 0);
        let (sum, count) = lengths.fold((0, 0_usize), |(sum, count), it| (sum + it, count + 1));
        *value = sum as f32 / count.max(1) as f32;
    }
    average
}
