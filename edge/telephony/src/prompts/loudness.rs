// SPDX-License-Identifier: EUPL-1.2
//! How loud a sound is to people: ITU-R BS.1770-4 for one channel, and its peak and RMS.
//!
//! The task that makes our own announcements compiles this very file too.

use std::f64::consts::PI;

use super::RATE;

/// What a sound measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measures {
    /// Integrated loudness.
    pub(crate) lufs: f64,
    /// The highest sample, in dB below full scale.
    pub(crate) peak_dbfs: f64,
    /// The root of the mean square, in dB below full scale.
    pub(crate) rms_dbfs: f64,
}

/// Measures samples between −1 and 1 at [`RATE`].
pub(crate) fn measure(samples: &[f32]) -> Measures {
    let peak = samples.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
    Measures {
        lufs: integrated(samples),
        peak_dbfs: 20.0 * f64::from(peak).max(1e-9).log10(),
        rms_dbfs: rms_dbfs(samples),
    }
}

/// The root of the mean square, in dB below full scale.
pub(crate) fn rms_dbfs(samples: &[f32]) -> f64 {
    10.0 * mean_square(samples).max(1e-18).log10()
}

fn mean_square(samples: &[f32]) -> f64 {
    let sum: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    sum / samples.len().max(1) as f64
}

/// Loudness over blocks of 400 ms, each 100 ms after the last; first without those below −70 LUFS,
/// then without those 10 LU below the mean of the rest.
fn integrated(samples: &[f32]) -> f64 {
    let weighted = weigh(samples);
    let blocks = weighted.windows(RATE as usize * 2 / 5).step_by(RATE as usize / 10);
    let powers: Vec<f64> = blocks.map(mean_square).collect();
    let heard = mean_above(&powers, -70.0);
    lufs(mean_above(&powers, lufs(heard) - 10.0))
}

fn mean_above(powers: &[f64], gate: f64) -> f64 {
    let above: Vec<f64> = powers.iter().copied().filter(|power| lufs(*power) > gate).collect();
    above.iter().sum::<f64>() / above.len().max(1) as f64
}

fn lufs(power: f64) -> f64 {
    -0.691 + 10.0 * power.max(1e-18).log10()
}

/// The K-weighting: a shelf for the head, then a high pass. The recommendation gives coefficients for
/// 48 kHz only; these are the same analogue filters at our rate.
fn weigh(samples: &[f32]) -> Vec<f32> {
    let shelf = Biquad::shelf(1_681.974, 3.999_84, 0.707_175);
    let high_pass = Biquad::high_pass(38.135, 0.500_327);
    high_pass.run(&shelf.run(samples))
}

struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
}

impl Biquad {
    fn shelf(hz: f64, gain_db: f64, q: f64) -> Biquad {
        let k = (PI * hz / f64::from(RATE)).tan();
        let high = 10_f64.powf(gain_db / 20.0);
        let middle = high.powf(0.499_667);
        let norm = 1.0 + k / q + k * k;
        Biquad {
            b: [
                (high + middle * k / q + k * k) / norm,
                2.0 * (k * k - high) / norm,
                (high - middle * k / q + k * k) / norm,
            ],
            a: [2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm],
        }
    }

    fn high_pass(hz: f64, q: f64) -> Biquad {
        let k = (PI * hz / f64::from(RATE)).tan();
        let norm = 1.0 + k / q + k * k;
        Biquad {
            b: [1.0, -2.0, 1.0],
            a: [2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm],
        }
    }

    fn run(&self, samples: &[f32]) -> Vec<f32> {
        let (mut first, mut second) = (0.0, 0.0);
        let step = |sample: &f32| {
            let x = f64::from(*sample);
            let y = self.b[0] * x + first;
            first = self.b[1] * x - self.a[0] * y + second;
            second = self.b[2] * x - self.a[1] * y;
            y as f32
        };
        samples.iter().map(step).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    /// The recommendation's own anchor: 997 Hz at full scale is −3.01 LUFS in one channel.
    #[test]
    fn a_tone_at_full_scale_measures_as_the_recommendation_says() {
        let wave = |i: usize| (TAU * 997.0 * i as f64 / f64::from(RATE)).sin() as f32;
        let tone: Vec<f32> = (0..RATE as usize * 3).map(wave).collect();
        let measures = measure(&tone);
        assert!((measures.lufs + 3.01).abs() < 0.05, "{measures:?}");
        assert!((measures.rms_dbfs + 3.01).abs() < 0.01, "{measures:?}");
        assert!(measures.peak_dbfs.abs() < 0.01, "{measures:?}");
    }

    #[test]
    fn silence_between_words_does_not_count() {
        let wave = |i: usize| (TAU * 997.0 * i as f64 / f64::from(RATE)).sin() as f32 * 0.1;
        let mut tone: Vec<f32> = (0..RATE as usize * 4).map(wave).collect();
        let alone = measure(&tone).lufs;
        tone.resize(tone.len() * 3, 0.0);
        assert!((measure(&tone).lufs - alone).abs() < 0.3);
        assert!(measure(&[]).lufs < -100.0);
    }
}
