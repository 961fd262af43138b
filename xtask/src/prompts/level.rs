// SPDX-License-Identifier: EUPL-1.2
//! Brings a sound to its loudness without a peak above the limit.

use super::loudness::measure;

/// The highest sample that we let through: −3.5 dBFS, half a decibel below what is allowed.
const CEILING: f32 = 0.668;

/// Samples that the limiter looks ahead and lets pass before it lets go, 10 ms.
const REACH: usize = 160;

/// Rounds of gain and limiting; each comes closer, because the limiter takes some loudness away.
const ROUNDS: usize = 12;

/// The sound at `target` LUFS.
pub(crate) fn bring_to(samples: &[f32], target: f64) -> Vec<f32> {
    let mut gain_db = 0.0;
    let mut sound = samples.to_vec();
    for _ in 0..ROUNDS {
        gain_db += target - measure(&sound).lufs;
        let gain = 10_f64.powf(gain_db / 20.0) as f32;
        let louder: Vec<f32> = samples.iter().map(|sample| sample * gain).collect();
        sound = limit(&louder);
    }
    sound
}

/// Turns down around every peak: the lowest gain that any sample within reach needs, smoothed over
/// the same reach, so that the gain is never above what the sample itself needs.
fn limit(samples: &[f32]) -> Vec<f32> {
    let needed: Vec<f32> =
        samples.iter().map(|it| (CEILING / it.abs().max(f32::MIN_POSITIVE)).min(1.0)).collect();
    let around = |index: usize| index.saturating_sub(REACH)..(index + REACH + 1).min(needed.len());
    let lowest = |index: usize| needed[around(index)].iter().copied().fold(1.0, f32::min);
    let held: Vec<f32> = (0..needed.len()).map(lowest).collect();
    let smooth = |index: usize| {
        let part = &held[around(index)];
        part.iter().sum::<f32>() / part.len() as f32
    };
    samples.iter().enumerate().map(|(index, sample)| sample * smooth(index)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_with_peaks_gets_its_loudness_and_keeps_below_the_ceiling() {
        let click = |i: usize| if i.is_multiple_of(1_600) { 6.0 } else { 1.0 };
        let wave = |i: usize| (i as f32 * 0.4).sin() * 0.1 * click(i);
        let sound: Vec<f32> = (0..48_000).map(wave).collect();
        let measures = measure(&bring_to(&sound, -16.0));
        assert!((measures.lufs + 16.0).abs() < 0.1, "{measures:?}");
        assert!(measures.peak_dbfs < -3.4, "{measures:?}");
    }

    #[test]
    fn silence_stays_silence() {
        let silent = vec![0.0; 16_000];
        assert!(limit(&silent).iter().all(|sample| *sample == 0.0));
    }
}
