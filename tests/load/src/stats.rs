// SPDX-License-Identifier: EUPL-1.2
//! Many times in few words.

use crate::clock::MILLISECOND;

/// Median, 99th percentile and maximum, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Half of them took no longer.
    pub median: f64,
    /// All but one of a hundred took no longer.
    pub p99: f64,
    /// The longest.
    pub most: f64,
}

impl Spread {
    /// Of these times in nanoseconds, which are sorted on the way; by nearest rank.
    pub fn of(nanos: &mut [u64]) -> Spread {
        nanos.sort_unstable();
        let at = |percent: usize| {
            let rank = (nanos.len() * percent).div_ceil(100).max(1);
            nanos.get(rank - 1).map_or(0.0, |&it| it as f64 / MILLISECOND as f64)
        };
        Spread { median: at(50), p99: at(99), most: at(100) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let mut nanos: Vec<u64> = (1..=200).rev().map(|it| it * MILLISECOND).collect();
        assert_eq!(Spread::of(&mut nanos), Spread { median: 100.0, p99: 198.0, most: 200.0 });
        assert_eq!(Spread::of(&mut [MILLISECOND]), Spread { median: 1.0, p99: 1.0, most: 1.0 });
        assert_eq!(Spread::of(&mut []), Spread::default());
    }
}
