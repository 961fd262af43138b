// SPDX-License-Identifier: EUPL-1.2
//! The numbers from which citizens call: none of them is anybody's.
//!
//! The Bundesnetzagentur keeps these free for films and examples (Rufnummern für Medienproduktionen).
//! Those of Hamburg are left out: the example county has its lines there.

/// The first digits behind `+`; three more make a number.
const STEMS: [u64; 4] = [
    493_023_125, // Berlin, 030 23125
    496_990_009, // Frankfurt am Main, 069 90009
    492_214_710, // Köln, 0221 4710
    498_999_998, // München, 089 99998
];

/// Numbers of one stem.
const EACH: u64 = 1_000;

/// The number of a person; after 4,000 persons they come round.
pub(super) const fn number_of(person: u64) -> u64 {
    let stem = STEMS[(person / EACH % STEMS.len() as u64) as usize];
    stem * EACH + person % EACH
}

/// The number that a telephone shows, if it shows one.
pub(super) fn shown(from: &[u8]) -> Option<u64> {
    let address = sip::message::Address::parse(from)?;
    let user = address.uri.sip()?.decoded_user()?;
    let digits = user.strip_prefix(b"+")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn everybody_has_a_number_of_their_own() {
        let numbers: BTreeSet<u64> = (0..4_000).map(number_of).collect();
        assert_eq!(numbers.len(), 4_000);
        assert_eq!(number_of(7), 493_023_125_007);
        assert_eq!(number_of(2_042), 492_214_710_042);
        assert_eq!(number_of(4_007), number_of(7));
    }

    #[test]
    fn a_number_is_read_from_what_is_shown() {
        let from = b"\"Kreis: 115\" <sip:+493023125007@x.example>;tag=1";
        assert_eq!(shown(from), Some(number_of(7)));
        assert_eq!(shown(b"<sip:anonymous@anonymous.invalid>"), None);
    }
}
