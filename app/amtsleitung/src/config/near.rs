// SPDX-License-Identifier: EUPL-1.2
//! "Did you mean …?"

/// Longer words are not compared: nobody mistypes 64 characters by one.
const COMPARED_MAX: usize = 64;

/// The word among `known` that `given` was most likely meant to be, if one is close enough.
///
/// Close enough is one slip in a short word and up to a third of a long one; case does not count.
#[must_use]
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if given.chars().count() > COMPARED_MAX {
        return None;
    }
    let given = given.to_lowercase();
    let slips_max = (given.chars().count() / 3).max(1);
    known
        .into_iter()
        .filter(|word| word.len() <= COMPARED_MAX)
        .map(|word| (distance(&given, &word.to_lowercase()), word))
        .filter(|(slips, _)| *slips <= slips_max)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, word)| word)
}

/// Slips between two words; `-`, `_` and blanks are as good as each other.
fn distance(one: &str, other: &str) -> usize {
    let plain = |word: &str| word.replace(['_', ' '], "-");
    strsim::damerau_levenshtein(&plain(one), &plain(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let known = ["greeting", "closed", "busy", "wrap_up"];
        assert_eq!(nearest("greting", known), Some("greeting"));
        assert_eq!(nearest("Closed", known), Some("closed"));
        assert_eq!(nearest("wrap-up", known), Some("wrap_up"));
        assert_eq!(nearest("wartezeit", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }
}
