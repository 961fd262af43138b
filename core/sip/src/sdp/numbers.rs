// SPDX-License-Identifier: EUPL-1.2
//! Which payload type number has stood for what, since the session began.
//!
//! A number never changes its meaning while a session lasts (RFC 3264, 8.3.2): packets sent under
//! the old meaning may still be on their way.

use super::codec::Format;
use super::stream::{Stream, is_payload};
use alloc::vec::Vec;

/// The numbers in the order in which they got their meaning; none is a format that is not ours. At
/// most one entry for each of the 128 numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers(pub Vec<(u8, Option<Format>)>);

impl Numbers {
    /// Takes note of what a description says.
    pub(super) fn learn(&mut self, stream: Stream<'_>) {
        for (number, encoding) in stream.encodings() {
            let format = encoding.and_then(|encoding| Format::of(number, &encoding));
            self.bind(number, format);
        }
    }

    fn bind(&mut self, number: u8, format: Option<Format>) {
        if !self.is_bound(number) {
            self.0.push((number, format));
        }
    }

    fn is_bound(&self, number: u8) -> bool {
        self.0.iter().any(|(bound, _)| *bound == number)
    }

    /// The number of a format: the one that it has, its usual one, or the next free dynamic one.
    /// None if all are taken.
    pub(super) fn number(&mut self, format: Format) -> Option<u8> {
        if let Some((number, _)) = self.0.iter().find(|(_, bound)| *bound == Some(format)) {
            return Some(*number);
        }
        let mut candidates = core::iter::once(format.usual_payload()).chain(96..128);
        let number = candidates.find(|&number| is_payload(number) && !self.is_bound(number))?;
        self.bind(number, Some(format));
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::Codec;

    const EVENTS: Format = Format::Events { clock: 8_000 };

    #[test]
    fn a_number_keeps_its_meaning() {
        let mut numbers = Numbers::default();
        assert_eq!(numbers.number(EVENTS), Some(101));
        numbers.bind(101, Some(Format::Audio(Codec::Opus)));
        assert_eq!(numbers.number(EVENTS), Some(101));
        assert_eq!(numbers.number(Format::Audio(Codec::Opus)), Some(111));
    }

    #[test]
    fn a_number_of_something_else_is_not_taken() {
        let mut numbers = Numbers::default();
        numbers.bind(101, None);
        numbers.bind(96, None);
        assert_eq!(numbers.number(EVENTS), Some(97));
        assert_eq!(numbers.number(Format::Audio(Codec::Pcma)), Some(8));
    }

    #[test]
    fn no_number_is_left_when_all_are_taken() {
        let mut numbers = Numbers::default();
        (96..128).for_each(|number| numbers.bind(number, None));
        assert_eq!(numbers.number(EVENTS), None);
        assert_eq!(numbers.number(Format::Audio(Codec::Pcmu)), Some(0));
    }
}
