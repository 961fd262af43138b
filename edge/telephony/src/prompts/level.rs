// SPDX-License-Identifier: EUPL-1.2
//! Brings a sound to its loudness without a peak above the limit.
//!
//! The task that makes our own announcements compiles this very file too.

use std::collections::VecDeque;

use super::loudness::measure;

/// The highest sample that we let through: −3.5 dBFS, half a decibel below what is allowed.
pub(crate) const CEILING: f32 = 0.668;

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
    let gains = means_around(&lowest_around(&needed));
    samples.iter().zip(gains).map(|(sample, gain)| sample * gain).collect()
}

/// The lowest value within reach of each.
fn lowest_around(values: &[f32]) -> Vec<f32> {
    // Places whose values rise from front to back: the front is the lowest within reach, and what a
    // lower one came after can never be the lowest again. So each is looked at twice, not 321 times.
    let mut rising: VecDeque<usize> = VecDeque::new();
    let mut coming = 0;
    let mut lowest = Vec::with_capacity(values.len());
    for index in 0..values.len() {
        while coming < (index + REACH + 1).min(values.len()) {
            while rising.back().is_some_and(|last| values[*last] >= values[coming]) {
                rising.pop_back();
            }
            rising.push_back(coming);
            coming += 1;
        }
        while rising.front().is_some_and(|first| first + REACH < index) {
            rising.pop_front();
        }
        lowest.push(values[rising[0]]);
    }
    lowest
}

/// The mean of what lies within reach of each.
fn means_around(values: &[f32]) -> Vec<f32> {
    let sums = values.iter().scan(0.0, |sum: &mut f64, value| {
        *sum += f64::from(*value);
        Some(*sum)
    });
    let sums: Vec<f64> = std::iter::once(0.0).chain(sums).collect();
    let mean = |index: usize| {
        let (from, behind) = (index.saturating_sub(REACH), (index + REACH + 1).min(values.len()));
        ((sums[behind] - sums[from]) / (behind - from) as f64) as f32
    };
    (0..values.len()).map(mean).collect()
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
    fn what_lies_within_reach_is_what_a_slow_reader_finds() {
        let values: Vec<f32> = (0..2_000_u32).map(|i| (i * 7_919 % 1_009) as f32).collect();
        let around = |index: usize| {
            &values[index.saturating_sub(REACH)..(index + REACH + 1).min(values.len())]
        };
        let (lowest, means) = (lowest_around(&values), means_around(&values));
        for index in 0..values.len() {
            let part = around(index);
            assert_eq!(lowest[index], part.iter().copied().fold(f32::MAX, f32::min), "{index}");
            let mean = part.iter().sum::<f32>() / part.len() as f32;
            assert!((means[index] - mean).abs() < 0.1, "{index}");
        }
        assert!(lowest_around(&[]).is_empty() && means_around(&[]).is_empty());
    }

    #[test]
    fn silence_stays_silence() {
        let silent = vec![0.0; 16_000];
        assert!(limit(&silent).iter().all(|sample| *sample == 0.0));
    }
}
