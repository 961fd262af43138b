// SPDX-License-Identifier: EUPL-1.2
//! How long it takes: to make the index of a large catalogue, to find while somebody types, and until an edit
//! is found.

use std::collections::BTreeSet;
use std::time::Duration;

use catalogue::search::{Document, Field, Index, Query, Synonyms};

use crate::catalogues::Services;
use crate::clock::timed;

/// A national catalogue with the supplements of many towns, and one of a county.
const LARGE: usize = 20_000;
const COUNTY: usize = 1_150;

/// Words in a made-up service.
const WORDS: usize = 170;

/// Questions that are typed letter by letter.
const TYPED: usize = 150;

/// Numbers that look thrown, the same each time (Steele, Lea, Flood: SplitMix).
struct Thrown(u64);

impl Thrown {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % bound
    }

    /// One of them; the first ones far more often, as in any language.
    fn word<'w>(&mut self, words: &'w [String]) -> &'w str {
        let bound = self.below(words.len()) + 1;
        &words[self.below(bound)]
    }
}

/// Prints the figures, for made-up services out of the words of these.
pub(crate) fn show(services: &Services, synonyms: &Synonyms) {
    let words = vocabulary(services);
    println!("\nProcessor time, with made-up services of {WORDS} words out of {}", words.len());
    for count in [COUNTY, LARGE] {
        let documents = made_up(count, &words);
        let (index, made) = timed(|| Index::new(&documents, synonyms.clone()));
        let times = typed(&index, &words);
        let at = |share: usize| times[(times.len() - 1) * share / 100];
        println!(
            "{count} services: index in {:.2} s; while typing p50 {} p99 {} longest {} ({} times)",
            made.as_secs_f64(),
            ms(at(50)),
            ms(at(99)),
            ms(at(100)),
            times.len()
        );
        println!("  an edit is found after {}", ms(edited(&index, documents)));
    }
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

/// The words of a catalogue, and as many pairs of them as a large one has compounds.
fn vocabulary(services: &Services) -> Vec<String> {
    let words = services.text().flat_map(|text| text.split(|it: char| !it.is_alphabetic()));
    let words: BTreeSet<String> =
        words.filter(|word| word.chars().count() > 3).map(str::to_lowercase).collect();
    let mut words: Vec<String> = words.into_iter().collect();
    let mut thrown = Thrown(115);
    let own = words.len();
    for _ in 0..20 * own {
        let pair = format!("{}{}", words[thrown.below(own)], words[thrown.below(own)]);
        words.push(pair);
    }
    words
}

fn made_up(count: usize, words: &[String]) -> Vec<Document> {
    let mut thrown = Thrown(2014);
    let mut text = |count| {
        let picked: Vec<&str> = (0..count).map(|_| thrown.word(words)).collect();
        picked.join(" ")
    };
    let mut document = || Document {
        fields: vec![
            (Field::Title, text(3)),
            (Field::Name, text(7)),
            (Field::Summary, text(20)),
            (Field::Text, text(WORDS - 30)),
        ],
        areas: Vec::new(),
    };
    (0..count).map(|_| document()).collect()
}

/// How long each answer took while questions were typed, the shortest first.
fn typed(index: &Index, words: &[String]) -> Vec<Duration> {
    let mut thrown = Thrown(79_000);
    let mut times = Vec::new();
    for _ in 0..TYPED {
        let question = format!("{} {}", thrown.word(words), thrown.word(words));
        for (end, _) in question.char_indices().skip(2) {
            let query = Query { text: &question[..end], is_typing: true, place: None };
            times.push(timed(|| index.search(&query, 5)).1);
        }
    }
    times.sort_unstable();
    times
}

/// How long it takes until a changed service is found by its new name.
fn edited(index: &Index, mut documents: Vec<Document>) -> Duration {
    let last = documents.len() - 1;
    documents[last].fields[0].1 = "Ballonfahrtgenehmigung".to_owned();
    let query = Query { text: "Ballonfahrtgenehmigung", is_typing: false, place: None };
    let find = || {
        let renewed = index.renewed(&[(last, Some(&documents[last]))]).expect("one has changed");
        renewed.search(&query, 1).first().copied()
    };
    let (found, took) = timed(find);
    assert_eq!(found.map(|hit| hit.document), Some(last), "the edit is not found");
    took
}
