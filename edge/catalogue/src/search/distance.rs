// SPDX-License-Identifier: EUPL-1.2
//! How many slips of the keyboard lie between two words: a letter too many, missing, wrong, or two exchanged.

/// The longest words that are compared.
const LENGTH_MAX: usize = 40;

/// How many slips a word of this length forgives.
pub(super) fn forgiven(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The letters of a word as bits: two words whose letters differ too much need not be compared.
pub(super) fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |bits, byte| bits | 1 << (byte & 31))
}

/// The slips between two words, if there are not more than `most` (Damerau, without a letter moved twice).
pub(super) fn slips(a: &str, b: &str, most: usize) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > most || a.len() > LENGTH_MAX || b.len() > LENGTH_MAX {
        return None;
    }
    let mut rows = [[0_usize; LENGTH_MAX + 1]; 3];
    for (at, cell) in rows[0].iter_mut().enumerate() {
        *cell = at;
    }
    for i in 1..=a.len() {
        let (row, above, two_above) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        rows[row][0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut cost = rows[above][j - 1] + same;
            cost = cost.min(rows[above][j] + 1).min(rows[row][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(rows[two_above][j - 2] + 1);
            }
            rows[row][j] = cost;
            least = least.min(cost);
        }
        if least > most {
            return None;
        }
    }
    Some(rows[a.len() % 3][b.len()]).filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_up_to_a_bound() {
        assert_eq!(slips("ausweis", "ausweis", 2), Some(0));
        assert_eq!(slips("ausweiss", "ausweis", 2), Some(1));
        assert_eq!(slips("asuweis", "ausweis", 2), Some(1));
        assert_eq!(slips("auswies", "ausweis", 1), Some(1));
        assert_eq!(slips("fuhrerschien", "fuhrerschein", 2), Some(1));
        assert_eq!(slips("pass", "hund", 2), None);
        assert_eq!(slips("", "ab", 2), Some(2));
    }
}
