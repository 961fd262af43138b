// SPDX-License-Identifier: EUPL-1.2
//! What callers hear where a sound is missing: not nothing, or they would think the line is dead.

use std::f64::consts::TAU;

use super::limits::RATE;

/// A tone that comes and goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TonePattern {
    /// Waves a second.
    pub hz: f64,
    /// Milliseconds with the tone.
    pub on_ms: u32,
    /// Milliseconds of silence after it.
    pub off_ms: u32,
    /// How often both come before the sound ends, or begins again.
    pub times: usize,
    /// The tone's peak, 1 is full scale.
    pub peak: f32,
}

/// The replacement: 425 Hz as German exchanges use, three times, at about −17 dBFS RMS.
pub const REPLACEMENT: TonePattern =
    TonePattern { hz: 425.0, on_ms: 500, off_ms: 500, times: 3, peak: 0.2 };

/// It rings at the other end, as in German exchanges: 425 Hz, one second in five (ITU-T E.180, supplement 2).
pub const RINGING: TonePattern =
    TonePattern { hz: 425.0, on_ms: 1_000, off_ms: 4_000, times: 1, peak: 0.2 };

/// A feature code was carried out: two short high tones.
pub const DONE: TonePattern =
    TonePattern { hz: 850.0, on_ms: 150, off_ms: 100, times: 2, peak: 0.2 };

/// A feature code was not: one long low tone.
pub const NOT_DONE: TonePattern =
    TonePattern { hz: 300.0, on_ms: 800, off_ms: 100, times: 1, peak: 0.2 };

/// Milliseconds in which the tone swells and dies away, so that it does not click.
const SWELL_MS: u32 = 10;

/// The pattern's samples at [`RATE`].
pub(super) fn samples(pattern: TonePattern) -> Vec<f32> {
    let on = count(pattern.on_ms);
    let once = (0..on + count(pattern.off_ms)).map(|index| {
        if index >= on {
            return 0.0;
        }
        let swell = (index.min(on - 1 - index) as f32 / count(SWELL_MS) as f32).min(1.0);
        let wave = (TAU * pattern.hz * index as f64 / f64::from(RATE)).sin() as f32;
        pattern.peak * swell * wave
    });
    once.collect::<Vec<f32>>().repeat(pattern.times)
}

fn count(milliseconds: u32) -> usize {
    (milliseconds * RATE / 1_000) as usize
}
