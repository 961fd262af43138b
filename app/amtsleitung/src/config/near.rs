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

/// The words among `known` that `given` may have been meant to be, the likeliest first: those that
/// are close, and those that go on where it ends. At most `count`.
#[must_use]
pub fn nearest_few<'a>(
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Vec<&'a str> {
    let begins = format!("{given}-");
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .filter(|word| word.starts_with(&begins) || nearest(given, [*word]).is_some())
        .map(|word| (distance(given, word), word))
        .collect();
    near.sort_unstable();
    near.into_iter().map(|(_, word)| word).take(count).collect()
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

    #[test]
    fn several_words_may_be_meant() {
        let known = ["115-busy", "115-closed", "116-busy", "busy", "music"];
        assert_eq!(nearest_few("115", known, 3), ["115-busy", "115-closed"]);
        assert_eq!(nearest_few("115_bussy", known, 3), ["115-busy", "116-busy"]);
        assert_eq!(nearest_few("115_bussy", known, 1), ["115-busy"]);
        assert!(nearest_few(&"x".repeat(100_000), known, 3).is_empty());
    }
}
