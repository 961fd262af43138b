// SPDX-License-Identifier: EUPL-1.2
//! One codec for both legs of a call, so that what is relayed need not be decoded.

use super::answer::Usable;
use super::codec::Format;
use super::{Capabilities, Codec, Session, Terms};
use alloc::vec::Vec;

/// The codecs that both legs can carry, in the order of leg B: those of B's that the offer of leg A
/// names, in the stream that [`answer`](super::answer()) would take on A's terms.
///
/// The first is what leg B is offered first ([`Capabilities::preferring`]); what B then takes is what
/// A is answered. If there is none, one leg has to be transcoded, or refused.
#[must_use]
pub fn common(offer_a: &Session, a: &Terms, b: &Capabilities) -> Vec<Codec> {
    let Ok(usable) = Usable::first(offer_a, a, None) else {
        return Vec::new();
    };
    let formats: Vec<Format> = usable.stream.formats().map(|(_, format)| format).collect();
    let carries = |codec: &Codec| {
        a.capabilities.codecs.contains(codec) && formats.contains(&Format::Audio(*codec))
    };
    b.codecs.iter().copied().filter(carries).collect()
}
