// SPDX-License-Identifier: EUPL-1.2
//! How sure a share is: fourteen calls a day say little about a promise.

/// Where the true share lies with 95 % certainty, if the contacts are a sample of what could have been: the score
/// interval of Wilson (1927), which is right for few contacts and for shares near 0 and 1 as well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// From.
    pub low: f64,
    /// To.
    pub high: f64,
}

/// The quantile of the normal distribution for 95 %, both sides together.
const Z: f64 = 1.959_963_984_540_054;

/// The interval of a share; none if nothing counts.
///
/// # Panics
/// If more were kept than counted.
#[must_use]
pub fn interval(kept: u64, counted: u64) -> Option<Interval> {
    assert!(kept <= counted, "more kept than counted: {kept} of {counted}");
    if counted == 0 {
        return None;
    }
    let (n, p) = (counted as f64, kept as f64 / counted as f64);
    let (z2, whole) = (Z * Z, 1.0 + Z * Z / n);
    let middle = p + z2 / (2.0 * n);
    let half = Z * root(p * (1.0 - p) / n + z2 / (4.0 * n * n));
    // Of none and of all the end is known exactly, whatever rounding says.
    let low = if kept == 0 { 0.0 } else { (middle - half) / whole };
    let high = if kept == counted { 1.0 } else { (middle + half) / whole };
    Some(Interval { low, high })
}

/// The square root of a number between 0 and 1, by Newton's method from above: `core` has none.
fn root(of: f64) -> f64 {
    let mut root = 1.0;
    for _ in 0..NEWTON_STEPS {
        root = (root + of / root) / 2.0;
    }
    root
}

/// From 1 down to 1e-10, the root for 10^20 contacts, it is halved 34 times, and then right to the last digit after six.
const NEWTON_STEPS: u32 = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(kept: u64, counted: u64) -> (f64, f64) {
        let it = interval(kept, counted).expect("something counts");
        ((it.low * 1e4).round() / 1e4, (it.high * 1e4).round() / 1e4)
    }

    #[test]
    fn it_is_that_of_the_textbook() {
        // Newcombe (1998), table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        assert_eq!(rounded(81, 263), (0.2553, 0.3662));
        assert_eq!(rounded(15, 148), (0.0624, 0.1605));
        assert_eq!(rounded(0, 20), (0.0, 0.1611));
        assert_eq!(rounded(1, 29), (0.0061, 0.1718));
        assert_eq!(interval(0, 0), None);
    }

    #[test]
    fn it_holds_the_share_and_narrows_with_more_contacts() {
        for counted in [1, 2, 14, 300, 100_000] {
            for kept in [0, counted / 3, counted / 2, counted] {
                let it = interval(kept, counted).expect("something counts");
                let share = kept as f64 / counted as f64;
                assert!(0.0 <= it.low && it.low <= share && share <= it.high && it.high <= 1.0);
                let more = interval(kept * 10, counted * 10).expect("something counts");
                assert!(more.high - more.low < it.high - it.low, "{kept} of {counted}");
            }
        }
    }
}
