// SPDX-License-Identifier: EUPL-1.2
//! Encodes a sound once in every codec that a leg may speak.

use rtp::g711::{alaw_encode, ulaw_encode};
use rtp::g722::Encoder;

use super::limits::RATE;
use super::resample::resample;
use crate::clip::{Clip, ClipCodec, FRAME_BYTES};
use crate::media::Clips;

/// Samples a second of G.711.
const NARROW: u32 = 8_000;

/// Samples of 20 ms at [`RATE`].
const FRAME_SAMPLES: usize = RATE as usize / 50;

/// Samples at both ends that are faded, 5 ms: what begins or repeats in the middle of a wave clicks.
const EDGE_SAMPLES: usize = RATE as usize / 200;

/// Samples of silence that a G.722 encoder hears first, 400 ms. A telephone that plays one of our spoken
/// sounds for the second time is then off by 0.1 % of full scale, after 200 ms by 5 %, after none by 8 %;
/// with the music by 6, 8 and 84 %.
const SETTLING_SAMPLES: usize = RATE as usize * 2 / 5;

/// One sound in every codec, each with the same number of frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    pcma: Clip,
    pcmu: Clip,
    g722: Clip,
}

impl Sound {
    /// Encodes samples between −1 and 1 at [`RATE`]; the last frame is filled up with silence. None
    /// if there are no samples.
    pub(super) fn encode(mut samples: Vec<f32>) -> Option<Sound> {
        fade_edges(&mut samples);
        samples.resize(samples.len().next_multiple_of(FRAME_SAMPLES), 0.0);
        let narrow = linear(&resample(&samples, RATE, NARROW));
        let wide = linear(&samples);
        Some(Sound {
            pcma: Clip::new(narrow.iter().copied().map(alaw_encode).collect())?,
            pcmu: Clip::new(narrow.iter().copied().map(ulaw_encode).collect())?,
            g722: Clip::new(g722(&wide))?,
        })
    }

    /// What a leg with this codec is sent.
    #[must_use]
    pub fn clip(&self, codec: ClipCodec) -> &Clip {
        match codec {
            ClipCodec::Pcma => &self.pcma,
            ClipCodec::Pcmu => &self.pcmu,
            ClipCodec::G722 => &self.g722,
        }
    }

    /// The sound in every codec, as media wants it.
    #[must_use]
    pub fn clips(&self) -> Clips {
        Clips {
            pcma: Some(self.pcma.clone()),
            pcmu: Some(self.pcmu.clone()),
            g722: Some(self.g722.clone()),
        }
    }

    /// Frames of 20 ms, in each codec alike.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.pcma.frames()
    }
}

/// Encodes as if silence had gone before.
///
/// An encoder at its start agrees with a telephone at its start, but most sounds come after others,
/// and every round of the music does: then the telephone's predictor is about as silence left it, and
/// a sound that assumes another begins with a crack. (Without one encoder for a leg's whole stream,
/// the two agree for certain only some 100 ms into the sound.)
fn g722(samples: &[i16]) -> Vec<u8> {
    let mut encoder = Encoder::new();
    let _heard_by_nobody = encoder.encode(&[0; SETTLING_SAMPLES]);
    encoder.encode(samples)
}

/// How many frames a sound of so many samples at [`RATE`] has.
pub(super) fn frames_of(samples: usize) -> usize {
    samples.div_ceil(FRAME_SAMPLES)
}

/// Lets the first samples come from zero and the last go there.
fn fade_edges(samples: &mut [f32]) {
    let edge = EDGE_SAMPLES.min(samples.len() / 2);
    let gain = |index: usize| index as f32 / edge as f32;
    for (index, sample) in samples.iter_mut().take(edge).enumerate() {
        *sample *= gain(index);
    }
    for (index, sample) in samples.iter_mut().rev().take(edge).enumerate() {
        *sample *= gain(index);
    }
}

/// 16-bit samples; what the filter made louder than full scale is cut.
fn linear(samples: &[f32]) -> Vec<i16> {
    samples.iter().map(|sample| (sample * 32_768.0).round() as i16).collect()
}

const _: () = assert!(FRAME_SAMPLES / 2 == FRAME_BYTES, "all codecs have one byte for 125 µs");
