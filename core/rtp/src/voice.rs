// SPDX-License-Identifier: EUPL-1.2
//! One party of a mix: what arrives becomes frames at 16 kHz, and the mix becomes what its leg speaks.

use crate::framer::{FRAME_BYTES, Framer};
use crate::g711::{ALAW_TO_LINEAR, ULAW_TO_LINEAR, alaw_encode, ulaw_encode};
use crate::g722;
use crate::halfband::{Downsampler, NARROW, Upsampler, WIDE};
use crate::limits::MIX_DEPTH;
use crate::packet::Header;
use crate::playout::{Played, Playout};
use core::fmt;

/// What a party speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spoken {
    /// G.711, A-law.
    Pcma,
    /// G.711, µ-law.
    Pcmu,
    /// G.722.
    G722,
}

/// A party's sound, both ways. What it holds is what somebody says: it is not printed.
pub struct Voice {
    spoken: Spoken,
    framer: Framer,
    playout: Playout<WIDE>,
    up: Upsampler,
    down: Downsampler,
    decoder: g722::Decoder,
    encoder: g722::Encoder,
}

impl Voice {
    /// Nothing was heard yet.
    #[must_use]
    pub fn new(spoken: Spoken) -> Voice {
        Voice {
            spoken,
            framer: Framer::default(),
            playout: Playout::new(MIX_DEPTH),
            up: Upsampler::default(),
            down: Downsampler::default(),
            decoder: g722::Decoder::new(),
            encoder: g722::Encoder::new(),
        }
    }

    /// What the party speaks.
    #[must_use]
    pub fn spoken(&self) -> Spoken {
        self.spoken
    }

    /// A packet of sound arrived.
    pub fn arrived(&mut self, header: &Header, payload: &[u8]) {
        let Voice { spoken, framer, playout, up, decoder, .. } = self;
        framer.arrived(header, payload, |number, bytes| {
            let mut frame = [0; WIDE];
            match spoken {
                Spoken::Pcma => {
                    up.frame(&bytes.map(|it| ALAW_TO_LINEAR[usize::from(it)]), &mut frame)
                }
                Spoken::Pcmu => {
                    up.frame(&bytes.map(|it| ULAW_TO_LINEAR[usize::from(it)]), &mut frame)
                }
                Spoken::G722 => {
                    for (pair, &byte) in frame.chunks_exact_mut(2).zip(bytes) {
                        pair.copy_from_slice(&decoder.pair_of(byte));
                    }
                }
            }
            playout.push(number, &frame);
        });
    }

    /// What the party says in the next 20 ms.
    pub fn say(&mut self, frame: &mut [i16; WIDE]) -> Played {
        self.playout.pop(frame)
    }

    /// What the party hears, in its own words.
    pub fn hear(&mut self, frame: &[i16; WIDE]) -> [u8; FRAME_BYTES] {
        let mut narrow = [0; NARROW];
        match self.spoken {
            Spoken::Pcma => {
                self.down.frame(frame, &mut narrow);
                narrow.map(alaw_encode)
            }
            Spoken::Pcmu => {
                self.down.frame(frame, &mut narrow);
                narrow.map(ulaw_encode)
            }
            Spoken::G722 => {
                let mut bytes = [0; FRAME_BYTES];
                for (byte, pair) in bytes.iter_mut().zip(frame.chunks_exact(2)) {
                    *byte = self.encoder.byte_of([pair[0], pair[1]]);
                }
                bytes
            }
        }
    }
}

impl fmt::Debug for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a voice in {:?}, {:?}", self.spoken, self.playout)
    }
}
