// SPDX-License-Identifier: EUPL-1.2
//! Hits and ranks, summed up.

use std::fmt;

/// As far down as anybody looks; what comes later was not found.
pub(crate) const LIMIT: usize = 10;

/// How often the right one comes first, how often among five, and the mean of one over its rank.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Score {
    questions: usize,
    first: usize,
    five: usize,
    reciprocal: f64,
}

impl Score {
    /// Counts a question whose right answer has this place, from 0.
    pub(crate) fn count(&mut self, place: Option<usize>) {
        self.questions += 1;
        self.first += usize::from(place == Some(0));
        self.five += usize::from(place.is_some_and(|place| place < 5));
        self.reciprocal += place.map_or(0.0, |place| 1.0 / (place + 1) as f64);
    }

    /// Both together.
    pub(crate) fn add(&mut self, other: &Score) {
        self.questions += other.questions;
        self.first += other.first;
        self.five += other.five;
        self.reciprocal += other.reciprocal;
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.questions.max(1) as f64;
        let (first, five) = (self.first as f64 / all, self.five as f64 / all);
        write!(f, "hit@1 {first:.3} hit@5 {five:.3} MRR {:.3}", self.reciprocal / all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_made_of_fractions() {
        let mut score = Score::default();
        for place in [Some(0), Some(3), Some(5), None] {
            score.count(place);
        }
        assert_eq!(score.to_string(), "hit@1 0.250 hit@5 0.500 MRR 0.354");
        assert_eq!(Score::default().to_string(), "hit@1 0.000 hit@5 0.000 MRR 0.000");
    }
}
