// SPDX-License-Identifier: EUPL-1.2
//! Keywords as questions, honestly: none of them may be found by itself.

use std::collections::BTreeSet;

use catalogue::search::{Document, Synonyms};

use crate::catalogues::{Services, same};
use crate::engines::{NAMES, Scores, score};
use crate::questions::Question;

/// Making an index for every keyword takes minutes: each time one keyword in so many is left out of all services.
const PARTS: usize = 50;

/// What each engine reaches if a keyword is left out of the catalogue when it is asked for, and all others stay.
pub(crate) fn left_out(
    services: &Services,
    questions: &[Question],
    synonyms: &Synonyms,
) -> String {
    let mut scores = Scores::default();
    for part in 0..PARTS {
        let asked: Vec<Question> = questions.iter().skip(part).step_by(PARTS).cloned().collect();
        let left_out: BTreeSet<String> = asked.iter().map(|it| same(&it.text)).collect();
        let documents: Vec<Document> = services.documents_without(&left_out);
        for (sum, score) in scores.iter_mut().zip(score(&documents, &asked, synonyms)) {
            sum.add(&score);
        }
    }
    NAMES.iter().zip(scores).map(|(name, score)| format!("{name}: {score}\n")).collect()
}
