// SPDX-License-Identifier: EUPL-1.2
//! Sound that was encoded once and is shared by all who hear it.

use std::sync::Arc;

/// Bytes of one packet of 20 ms: PCMA, PCMU and G.722 all carry 64 kbit/s.
pub const FRAME_BYTES: usize = 160;

/// The codecs in which clips are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClipCodec {
    /// G.711 A-law, payload type 8.
    Pcma,
    /// G.711 µ-law, payload type 0.
    Pcmu,
    /// G.722 at 64 kbit/s, payload type 9; its RTP clock runs at 8 kHz (RFC 3551, 4.5.2).
    G722,
}

/// One sound in one codec: whole frames of [`FRAME_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    bytes: Arc<[u8]>,
}

impl Clip {
    /// Takes whole frames; none if there are none or the last is not whole.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Option<Clip> {
        let whole = !bytes.is_empty() && bytes.len().is_multiple_of(FRAME_BYTES);
        whole.then(|| Clip { bytes: bytes.into() })
    }

    /// Clips of one codec one after the other; none if there are none.
    #[must_use]
    pub fn joined(clips: &[&Clip]) -> Option<Clip> {
        Clip::new(clips.iter().flat_map(|clip| clip.bytes.iter().copied()).collect())
    }

    /// How many frames there are; at least one.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.bytes.len() / FRAME_BYTES
    }

    /// One frame; none behind the end.
    #[must_use]
    pub fn frame(&self, index: usize) -> Option<&[u8]> {
        self.bytes.chunks_exact(FRAME_BYTES).nth(index)
    }
}
