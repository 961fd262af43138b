// SPDX-License-Identifier: EUPL-1.2
//! From 8,000 samples a second to 16,000 and back, so that G.711 and G.722 meet in one mix.
//!
//! One low pass for both ways: of its 43 taps every second one is nothing and the middle one is a half, so that 11
//! pairs are left. Up to 3,400 Hz it is even within 0.02 dB; from 4,600 Hz on it lets less than −54 dB through
//! (Kaiser window, β = 5).

/// Half the taps, the inner ones first, in 1/65,536.
const TAPS: [i32; PAIRS] = [20_745, -6_663, 3_709, -2_362, 1_570, -1_047, 685, -430, 253, -135, 60];

const PAIRS: usize = 11;

/// Samples that one output looks at.
const WINDOW: usize = 2 * PAIRS;

/// Samples of 20 ms at 8 kHz.
pub(crate) const NARROW: usize = 160;

/// Samples of 20 ms at 16 kHz.
pub const WIDE: usize = 2 * NARROW;

/// What is kept of one stream from frame to frame, and the frame behind it.
#[derive(Clone)]
struct Line([i16; WINDOW - 1 + NARROW]);

impl Line {
    const fn silent() -> Line {
        Line([0; WINDOW - 1 + NARROW])
    }

    /// Puts a frame behind what is kept.
    fn append(&mut self, frame: impl Iterator<Item = i16>) {
        self.0.copy_within(NARROW.., 0);
        for (place, sample) in self.0[WINDOW - 1..].iter_mut().zip(frame) {
            *place = sample;
        }
    }

    /// The windows that end with each sample of the frame.
    fn windows(&self) -> impl Iterator<Item = &[i16]> {
        self.0.windows(WINDOW)
    }
}

/// What lies in the middle between the two inner samples, in 1/65,536 of a half. Samples that are as loud as they can
/// be add up to more than 32 bits hold.
fn between(window: &[i16]) -> i64 {
    let (before, after) = window.split_at(PAIRS);
    let pairs = before.iter().rev().zip(after);
    let both = pairs.map(|(&a, &b)| i64::from(a) + i64::from(b));
    TAPS.iter().zip(both).map(|(&tap, both)| i64::from(tap) * both).sum()
}

fn clip(sample: i64) -> i16 {
    sample.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

/// From 8 kHz to 16 kHz; 1.4 ms late.
#[derive(Clone)]
pub(crate) struct Upsampler(Line);

impl Default for Upsampler {
    fn default() -> Self {
        Upsampler(Line::silent())
    }
}

impl Upsampler {
    /// The next frame.
    pub(crate) fn frame(&mut self, narrow: &[i16; NARROW], wide: &mut [i16; WIDE]) {
        self.0.append(narrow.iter().copied());
        for (pair, window) in wide.chunks_exact_mut(2).zip(self.0.windows()) {
            pair[0] = window[PAIRS - 1];
            pair[1] = clip((between(window) + (1 << 14)) >> 15);
        }
    }
}

/// From 16 kHz to 8 kHz; 1.4 ms late.
#[derive(Clone)]
pub(crate) struct Downsampler {
    even: Line,
    odd: Line,
}

impl Default for Downsampler {
    fn default() -> Self {
        Downsampler { even: Line::silent(), odd: Line::silent() }
    }
}

impl Downsampler {
    /// The next frame.
    pub(crate) fn frame(&mut self, wide: &[i16; WIDE], narrow: &mut [i16; NARROW]) {
        self.even.append(wide.iter().step_by(2).copied());
        self.odd.append(wide.iter().skip(1).step_by(2).copied());
        let both = self.even.windows().zip(self.odd.windows());
        for (out, (even, odd)) in narrow.iter_mut().zip(both) {
            // An even sample stands before the odd one of its number.
            let middle = i64::from(even[PAIRS]) << 15;
            *out = clip((middle + between(odd) + (1 << 15)) >> 16);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::f64::consts::TAU;
    use std::vec::Vec;

    fn tone(hertz: f64, rate: f64, at: usize) -> i16 {
        ((at as f64 * TAU * hertz / rate).sin() * 10_000.0) as i16
    }

    /// The level of what comes out, in dB of what went in.
    fn gain(out: &[i16], amplitude: f64) -> f64 {
        let power: f64 = out.iter().map(|&it| f64::from(it) * f64::from(it)).sum();
        10.0 * (2.0 * power / out.len() as f64 / (amplitude * amplitude)).log10()
    }

    fn up(hertz: f64) -> Vec<i16> {
        let (mut it, mut out) = (Upsampler::default(), Vec::new());
        for frame in 0..20 {
            let narrow = core::array::from_fn(|at| tone(hertz, 8_000.0, frame * NARROW + at));
            let mut wide = [0; WIDE];
            it.frame(&narrow, &mut wide);
            out.extend(wide);
        }
        out.split_off(WIDE)
    }

    fn down(hertz: f64) -> Vec<i16> {
        let (mut it, mut out) = (Downsampler::default(), Vec::new());
        for frame in 0..20 {
            let wide = core::array::from_fn(|at| tone(hertz, 16_000.0, frame * WIDE + at));
            let mut narrow = [0; NARROW];
            it.frame(&wide, &mut narrow);
            out.extend(narrow);
        }
        out.split_off(NARROW)
    }

    #[test]
    fn speech_passes_as_it_is_both_ways() {
        for hertz in [200.0, 1_000.0, 2_500.0, 3_400.0] {
            assert!(gain(&up(hertz), 10_000.0).abs() < 0.1, "up {hertz}");
            assert!(gain(&down(hertz), 10_000.0).abs() < 0.1, "down {hertz}");
        }
    }

    #[test]
    fn what_would_be_heard_at_a_wrong_pitch_does_not_pass() {
        for hertz in [4_700.0, 5_500.0, 7_000.0] {
            assert!(gain(&down(hertz), 10_000.0) < -50.0, "{hertz}");
        }
        // The mirror of 1 kHz at 7 kHz: what is left beside the tone.
        let wide = up(1_000.0);
        let step = TAU * 7_000.0 / 16_000.0;
        let at = |f: fn(f64) -> f64| -> f64 {
            wide.iter().enumerate().map(|(n, &it)| f64::from(it) * f(step * n as f64)).sum()
        };
        let mirror = (at(f64::sin).powi(2) + at(f64::cos).powi(2)).sqrt() * 2.0 / wide.len() as f64;
        assert!(mirror < 30.0, "{mirror} of 10,000");
    }

    /// Which full scale adds up to most: each sample has the sign of its tap. And whatever else anybody sends.
    #[test]
    fn the_loudest_that_can_be_sent_is_clipped() {
        let sign = |at: usize| {
            let tap = TAPS[if at < PAIRS { PAIRS - 1 - at } else { at - PAIRS }];
            if tap > 0 { i16::MAX } else { i16::MIN }
        };
        let mut rng = stdx::Rng::new(115);
        for round in 0..200 {
            let (mut up, mut down) = (Upsampler::default(), Downsampler::default());
            let mut any = |at: usize| match round % 4 {
                0 => sign(at % WINDOW),
                1 => i16::MAX,
                2 => {
                    if (at / 40).is_multiple_of(2) {
                        i16::MAX
                    } else {
                        i16::MIN
                    }
                }
                _ => {
                    if rng.chance(0.5) {
                        i16::MAX
                    } else {
                        i16::MIN
                    }
                }
            };
            let narrow: [i16; NARROW] = core::array::from_fn(&mut any);
            let loud: [i16; WIDE] = core::array::from_fn(&mut any);
            let doubled: [i16; WIDE] = core::array::from_fn(|at| narrow[at / 2]);
            for _ in 0..3 {
                let (mut wide, mut out) = ([0; WIDE], [0; NARROW]);
                up.frame(&narrow, &mut wide);
                down.frame(&loud, &mut out);
                down.frame(&doubled, &mut out);
                down.frame(&wide, &mut out);
            }
        }
    }

    #[test]
    fn full_scale_does_not_wrap() {
        let mut wide = [0; WIDE];
        let mut it = Upsampler::default();
        for square in 0..4_usize {
            let sample = if square % 2 == 0 { i16::MAX } else { i16::MIN };
            it.frame(&[sample; NARROW], &mut wide);
            assert!(wide[64..].iter().all(|it| it.signum() == sample.signum()));
        }
    }
}
