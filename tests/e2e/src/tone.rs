// SPDX-License-Identifier: EUPL-1.2
//! Tones: made for prompts and found in recordings, with the Goertzel algorithm.

use std::f64::consts::TAU;
use std::path::Path;

/// Samples a second of what we make.
const RATE: u32 = 16_000;

/// A WAV file with one tone: mono, 16 bit.
#[must_use]
pub fn wav(hertz: u32, millis: u32) -> Vec<u8> {
    let count = RATE / 1_000 * millis;
    let step = TAU * f64::from(hertz) / f64::from(RATE);
    let sample = |at: u32| ((f64::from(at) * step).sin() * 8_000.0) as i16;
    let sound: Vec<u8> = (0..count).flat_map(|at| sample(at).to_le_bytes()).collect();
    let size = sound.len() as u32;
    let mut file = b"RIFF".to_vec();
    file.extend_from_slice(&(36 + size).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    for half in [1_u16, 1] {
        file.extend_from_slice(&half.to_le_bytes());
    }
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    for half in [2_u16, 16] {
        file.extend_from_slice(&half.to_le_bytes());
    }
    file.extend_from_slice(b"data");
    file.extend_from_slice(&size.to_le_bytes());
    file.extend_from_slice(&sound);
    file
}

/// A recording: samples of its first channel, and how many there are in a second.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    rate: u32,
    samples: Vec<i16>,
}

impl Recording {
    /// Reads a WAV file with 16 bits; also one whose writer was ended before it wrote the length.
    /// None if there is none yet.
    #[must_use]
    pub fn read(path: &Path) -> Option<Recording> {
        let bytes = std::fs::read(path).ok()?;
        let format = chunk(&bytes, *b"fmt ")?;
        let channels = usize::from(u16::from_le_bytes(*format.get(2..)?.first_chunk()?));
        let rate = u32::from_le_bytes(*format.get(4..)?.first_chunk()?);
        let data = chunk(&bytes, *b"data")?;
        let sample = |frame: &[u8]| frame.first_chunk().map(|it| i16::from_le_bytes(*it));
        let samples = data.chunks_exact(2 * channels.max(1)).filter_map(sample).collect();
        Some(Recording { rate, samples })
    }

    /// In how many tenths of a second this tone stands out: it has most of the power.
    #[must_use]
    pub fn tenths_with(&self, hertz: f64) -> usize {
        let length = (self.rate / 10).max(1) as usize;
        self.samples.chunks_exact(length).filter(|part| share(part, self.rate, hertz) > 0.6).count()
    }

    /// In how many tenths of a second these tones are heard, about as loud as each other, and nothing else.
    #[must_use]
    pub fn tenths_with_just(&self, tones: &[f64]) -> usize {
        let length = (self.rate / 10).max(1) as usize;
        let least = 0.5 / tones.len().max(1) as f64;
        let just = |part: &&[i16]| {
            let shares: Vec<f64> = tones.iter().map(|&it| share(part, self.rate, it)).collect();
            shares.iter().all(|&it| it > least) && shares.iter().sum::<f64>() > 0.9
        };
        self.samples.chunks_exact(length).filter(just).count()
    }

    /// When this tone is heard first and last, in milliseconds from the beginning, to 20 ms; none if never.
    #[must_use]
    pub fn heard_between(&self, hertz: f64) -> Option<(u64, u64)> {
        let length = (self.rate / 50).max(1) as usize;
        let frames = (0_u64..).zip(self.samples.chunks_exact(length));
        let with = |(_, part): &(u64, &[i16])| share(part, self.rate, hertz) > 0.6;
        let mut heard = frames.filter(with).map(|(at, _)| at * 20);
        let first = heard.next()?;
        Some((first, heard.last().unwrap_or(first) + 20))
    }

    /// How often this tone begins after half a second without it.
    #[must_use]
    pub fn beginnings_of(&self, hertz: f64) -> usize {
        let length = (self.rate / 10).max(1) as usize;
        let parts = self.samples.chunks_exact(length);
        let with: Vec<bool> = parts.map(|part| share(part, self.rate, hertz) > 0.6).collect();
        let begins =
            |&at: &usize| with[at] && with[at.saturating_sub(5)..at].iter().all(|before| !before);
        (0..with.len()).filter(begins).count()
    }

    /// Tenths of a second that are no silence.
    #[must_use]
    pub fn tenths_with_sound(&self) -> usize {
        let length = (self.rate / 10).max(1) as usize;
        let loud = |part: &&[i16]| part.iter().any(|sample| sample.unsigned_abs() > 500);
        self.samples.chunks_exact(length).filter(loud).count()
    }
}

fn chunk(bytes: &[u8], wanted: [u8; 4]) -> Option<&[u8]> {
    let mut at = 12;
    loop {
        let name = bytes.get(at..at + 4)?;
        let size = u32::from_le_bytes(*bytes.get(at + 4..)?.first_chunk()?) as usize;
        let begin = at + 8;
        if name == wanted {
            let end = if size == 0 { bytes.len() } else { (begin + size).min(bytes.len()) };
            return Some(&bytes[begin..end]);
        }
        at = begin.checked_add(size + size % 2)?;
    }
}

/// The part of the power that lies at this frequency; nothing for silence.
fn share(samples: &[i16], rate: u32, hertz: f64) -> f64 {
    let factor = 2.0 * (TAU * hertz / f64::from(rate)).cos();
    let (mut last, mut before, mut power) = (0.0, 0.0, 0.0);
    for &sample in samples {
        let sample = f64::from(sample);
        let next = sample + factor * last - before;
        (before, last) = (last, next);
        power += sample * sample;
    }
    let count = samples.len() as f64;
    if power / count < 100.0 * 100.0 {
        return 0.0;
    }
    let tone = last * last + before * before - factor * last * before;
    2.0 * tone / (count * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_found_and_another_one_is_not() {
        let folder = crate::folder::Folder::new();
        let recording = Recording::read(&folder.write("tone.wav", wav(440, 1_000))).expect("ours");
        assert_eq!(recording.tenths_with(440.0), 10);
        assert_eq!(recording.tenths_with(620.0), 0);
        assert_eq!(recording.tenths_with_sound(), 10);
        assert_eq!(recording.heard_between(440.0), Some((0, 1_000)));
        assert_eq!(recording.heard_between(620.0), None);
    }

    #[test]
    fn two_tones_are_told_from_one_and_from_three() {
        let of = |tones: &[f64]| {
            let step = |hertz: f64| TAU * hertz / 8_000.0;
            let sum = |at: usize| tones.iter().map(|&it| (step(it) * at as f64).sin()).sum::<f64>();
            let samples = (0..8_000).map(|at| (sum(at) * 5_000.0) as i16).collect();
            Recording { rate: 8_000, samples }
        };
        let both = [440.0, 620.0];
        assert_eq!(of(&both).tenths_with_just(&both), 10);
        assert_eq!(of(&both).tenths_with_just(&both[..1]), 0);
        assert_eq!(of(&both[..1]).tenths_with_just(&both), 0);
        assert_eq!(of(&[440.0, 620.0, 740.0]).tenths_with_just(&both), 0);
    }

    #[test]
    fn silence_has_no_tone() {
        let silence = Recording { rate: 8_000, samples: vec![0; 8_000] };
        assert_eq!((silence.tenths_with(440.0), silence.tenths_with_sound()), (0, 0));
    }
}
