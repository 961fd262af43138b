// SPDX-License-Identifier: EUPL-1.2
//! Seeds of the simulation, as they are printed and pasted.

use std::fmt;

use crate::clock;

/// Where a simulation begins. Two runs with the same seed are the same run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seed(u64);

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl Seed {
    /// The number, for those who read no hexadecimal.
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

/// A seed that was hardly used before: 48 bits, so that counting on from it never overflows.
pub(crate) fn fresh() -> Seed {
    Seed(mix(clock::calendar_nanos()) >> 16)
}

/// Reads `0x5eed` or `115`.
pub(crate) fn parse(text: &str) -> Result<Seed, String> {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map(Seed).map_err(|_| format!("\"{text}\" is no seed; expected 0x… or a whole number"))
}

/// The last steps of SplitMix64: neighbouring moments give distant seeds.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_can_be_pasted() {
        let seed = Seed(0x5eed);
        assert_eq!(seed.to_string(), "0x5eed");
        assert_eq!(parse("0x5eed"), Ok(seed));
        assert_eq!(parse("24301"), Ok(seed));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "0x", "-1", "0x1_0", "one", "0x10000000000000000"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn neighbours_are_far_apart() {
        assert_ne!(mix(1) >> 16, mix(2) >> 16);
    }
}
