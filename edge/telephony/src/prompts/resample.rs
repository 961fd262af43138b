// SPDX-License-Identifier: EUPL-1.2
//! Sound at one sampling rate, as it would be at another.
//!
//! A polyphase filter: the sound is thought of as spread out to a rate that both rates divide, freed
//! from everything above the lower rate's half by one windowed sinc, and picked from again; only the
//! samples that are picked are ever computed.
//!
//! The task that makes our own announcements compiles this very file, so it uses nothing beside it.

use std::f64::consts::PI;

/// Zero crossings of the sinc on each side, in samples of the lower rate. With [`KAISER_BETA`] the
/// pass band ends at 0.86 of the lower rate's half: at 3.4 kHz for 8 kHz, where a telephone's ends.
const CROSSINGS: usize = 32;

/// Shape of the Kaiser window: 75 dB from pass band to stop band, β = 0.1102 · (75 − 8.7).
const KAISER_BETA: f64 = 7.31;

/// Middle of the slope between pass band and stop band, as a part of the lower rate's half. The
/// slope is (75 − 8) / (2.285 · π · 2 · CROSSINGS) ≈ 0.146 wide, so it ends at 1.
const CUT_OFF: f64 = 0.927;

/// The same sound at `to` samples a second instead of `from`. Both must be above zero.
pub(crate) fn resample(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    let divisor = gcd(from, to);
    let (up, down) = ((to / divisor) as usize, (from / divisor) as usize);
    if up == down {
        return samples.to_vec();
    }
    let reach = CROSSINGS * up.max(down);
    let taps = taps(reach, up);
    let length = (samples.len() * up).div_ceil(down);
    (0..length).map(|index| pick(samples, &taps, reach, up, index * down)).collect()
}

/// The sample at `place` of the spread sound, where every `up`-th is one of `samples` and the rest zero.
fn pick(samples: &[f32], taps: &[f32], reach: usize, up: usize, place: usize) -> f32 {
    let first = place.saturating_sub(reach).div_ceil(up);
    let behind = ((place + reach) / up + 1).min(samples.len());
    let heard = samples.get(first..behind).unwrap_or_default();
    // The filter is its own mirror image: reading it forwards and the samples too is the convolution.
    let filter = taps.iter().skip(first * up + reach - place).step_by(up);
    let sum: f64 = heard.iter().zip(filter).map(|(s, t)| f64::from(*s) * f64::from(*t)).sum();
    sum as f32
}

/// The filter at the spread rate: `2 · reach + 1` taps, loud enough to make up for the zeros.
fn taps(reach: usize, up: usize) -> Vec<f32> {
    let slope = CUT_OFF * CROSSINGS as f64 / reach as f64;
    let taps = (0..=2 * reach).map(|index| {
        let off = index as f64 - reach as f64;
        sinc(off * slope) * kaiser(off / reach as f64)
    });
    let taps: Vec<f64> = taps.collect();
    let gain = up as f64 / taps.iter().sum::<f64>();
    taps.into_iter().map(|tap| (tap * gain) as f32).collect()
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// The window from −1 to 1; its scale is taken off by the gain.
fn kaiser(x: f64) -> f64 {
    bessel_i0(KAISER_BETA * (1.0 - x * x).max(0.0).sqrt())
}

/// The modified Bessel function of the first kind and order zero, by its series.
fn bessel_i0(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    // For arguments up to β the 25th term is below 10⁻¹² of the sum.
    for k in 1..=25 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
