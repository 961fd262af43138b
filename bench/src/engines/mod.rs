// SPDX-License-Identifier: EUPL-1.2
//! Those that are measured: ours, and two others with the same documents.

mod fts5;
mod ours;
mod stock;

use catalogue::search::{Document, Field, Synonyms};

use crate::questions::Question;
use crate::score::{LIMIT, Score};

/// What they are called, ours first.
pub(crate) const NAMES: [&str; 3] = ["ours", "SQLite FTS5", "tantivy, stock German analyser"];

/// One for each.
pub(crate) type Scores = [Score; NAMES.len()];

/// Weights of title, names, first sentences and text for those that do not bring their own.
const WEIGHTS: [(Field, f32); 4] =
    [(Field::Title, 5.0), (Field::Name, 4.0), (Field::Summary, 1.2), (Field::Text, 0.6)];

/// Something that finds documents.
trait Engine {
    /// The places of those that fit best, the best first.
    fn search(&self, text: &str) -> Vec<usize>;
}

/// One line for each engine, ours first.
pub(crate) fn measure(
    documents: &[Document],
    questions: &[Question],
    synonyms: &Synonyms,
) -> String {
    let scores = score(documents, questions, synonyms);
    NAMES.iter().zip(scores).map(|(name, score)| format!("{name}: {score}\n")).collect()
}

/// What each engine reaches with these questions; the synonyms are for ours alone.
pub(crate) fn score(
    documents: &[Document],
    questions: &[Question],
    synonyms: &Synonyms,
) -> Scores {
    [
        of(&ours::Ours::new(documents, synonyms), questions),
        of(&fts5::Fts5::new(documents), questions),
        of(&stock::Stock::new(documents), questions),
    ]
}

fn of(engine: &dyn Engine, questions: &[Question]) -> Score {
    let mut score = Score::default();
    for question in questions {
        let found = engine.search(&question.text);
        assert!(found.len() <= LIMIT, "more than were asked for");
        let place = found.iter().position(|place| question.accepted.contains(place));
        score.count(place);
    }
    score
}

/// All texts of a field, one after the other.
fn text(document: &Document, wanted: Field) -> String {
    let fields = document.fields.iter().filter(|(field, _)| *field == wanted);
    fields.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
}

/// The words of a question, without what would be an operator to somebody.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_engine_finds_a_title_and_survives_what_is_no_word() {
        let titles = ["Hund anmelden", "Personalausweis beantragen", "Wohngeld"];
        let document = |title: &&str| Document {
            fields: vec![(Field::Title, (*title).to_owned())],
            areas: Vec::new(),
        };
        let documents: Vec<Document> = titles.iter().map(document).collect();
        let question = |(place, text): (usize, &str)| Question {
            text: text.to_owned(),
            accepted: BTreeSet::from([place]),
        };
        let questions: Vec<Question> =
            [(0, "hund"), (1, "Personalausweis"), (2, "\"Wohngeld\" AND (")].map(question).into();
        for score in score(&documents, &questions, &Synonyms::own()) {
            assert_eq!(score.to_string(), "hit@1 1.000 hit@5 1.000 MRR 1.000");
        }
        let senseless = [question((0, "\"*-")), question((0, ""))];
        for score in score(&documents, &senseless, &Synonyms::own()) {
            assert_eq!(score.to_string(), "hit@1 0.000 hit@5 0.000 MRR 0.000");
        }
    }
}
