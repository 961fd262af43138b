// SPDX-License-Identifier: EUPL-1.2
//! The hold music: our own, computed from the notes below.
//!
//! Eight slow bars in C major. A soft chord, a plucked figure over it, a few long notes on top; all
//! below 1,100 Hz, so that a narrow-band telephone loses nothing but overtones. It comes from
//! silence and goes there, so it can repeat itself for ever.

use std::f64::consts::TAU;

use super::RATE;

/// Seconds of one eighth: 80 quarters a minute.
const EIGHTH: f64 = 0.375;

/// Eighths in a bar.
const BAR: usize = 8;

/// Seconds at the end in which everything dies away.
const FADE: f64 = 1.2;

/// One bar: the four notes of its chord from below (MIDI numbers, 60 is the middle C), and the long
/// note on top with the eighth that it begins on.
struct Bar {
    chord: [i32; 4],
    song: [(usize, i32); 2],
}

/// C – a – F – G, C – e – F – C: every chord shares a note with the next.
const BARS: [Bar; 8] = [
    Bar { chord: [48, 60, 64, 67], song: [(0, 79), (4, 76)] },
    Bar { chord: [45, 60, 64, 69], song: [(0, 76), (6, 74)] },
    Bar { chord: [53, 60, 65, 69], song: [(0, 72), (4, 77)] },
    Bar { chord: [55, 59, 62, 67], song: [(0, 74), (4, 79)] },
    Bar { chord: [48, 60, 64, 67], song: [(0, 84), (4, 79)] },
    Bar { chord: [52, 59, 64, 67], song: [(0, 79), (6, 76)] },
    Bar { chord: [53, 60, 65, 69], song: [(0, 77), (4, 72)] },
    Bar { chord: [48, 60, 64, 67], song: [(0, 76), (2, 72)] },
];

/// In which order the chord's notes are plucked, one an eighth; 3 is the highest.
const FIGURE: [usize; BAR] = [0, 2, 3, 1, 2, 3, 2, 1];

/// How an instrument sounds: overtones (their strength beside the first), how fast it swells, and how
/// fast it dies away, both as seconds to a factor of e.
struct Voice {
    overtones: &'static [f64],
    swell: f64,
    decay: f64,
}

const PLUCKED: Voice = Voice { overtones: &[1.0, 0.35, 0.12, 0.05], swell: 0.006, decay: 0.45 };
const SINGING: Voice = Voice { overtones: &[1.0, 0.20, 0.06], swell: 0.05, decay: 1.1 };
const SOFT: Voice = Voice { overtones: &[1.0, 0.15], swell: 0.6, decay: 1.8 };

/// The whole piece, between −1 and 1 but at no particular loudness.
pub(crate) fn compose() -> Vec<f32> {
    let mut sound = vec![0.0; samples(EIGHTH) * BAR * BARS.len()];
    for (index, bar) in BARS.iter().enumerate() {
        let start = index * BAR;
        for note in bar.chord {
            play(&mut sound, &SOFT, start, note, 0.10);
        }
        for (eighth, step) in FIGURE.into_iter().enumerate() {
            play(&mut sound, &PLUCKED, start + eighth, bar.chord[step], 0.22);
        }
        for (eighth, note) in bar.song {
            play(&mut sound, &SINGING, start + eighth, note, 0.18);
        }
    }
    fade_out(&mut sound);
    sound
}

fn samples(seconds: f64) -> usize {
    (seconds * f64::from(RATE)).round() as usize
}

/// Adds one note from the given eighth until it has died away.
fn play(sound: &mut [f32], voice: &Voice, eighth: usize, note: i32, strength: f64) {
    let hz = 440.0 * 2_f64.powf(f64::from(note - 69) / 12.0);
    let start = eighth * samples(EIGHTH);
    // After seven times the decay a thousandth is left.
    let length = samples(7.0 * voice.decay);
    for (index, sample) in sound[start..].iter_mut().take(length).enumerate() {
        let time = index as f64 / f64::from(RATE);
        let envelope = (1.0 - (-time / voice.swell).exp()) * (-time / voice.decay).exp();
        *sample += (strength * envelope * wave(voice, TAU * hz * time)) as f32;
    }
}

fn wave(voice: &Voice, phase: f64) -> f64 {
    let overtones = voice.overtones.iter().zip(1..);
    overtones.map(|(strength, times)| strength * (phase * f64::from(times)).sin()).sum()
}

fn fade_out(sound: &mut [f32]) {
    let length = samples(FADE);
    for (index, sample) in sound.iter_mut().rev().take(length).enumerate() {
        let gain = index as f32 / length as f32;
        *sample *= gain * gain;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_from_silence_and_goes_there() {
        let sound = compose();
        let edge = RATE as usize / 500;
        let loudest = |part: &[f32]| part.iter().fold(0.0_f32, |peak, it| peak.max(it.abs()));
        let whole = loudest(&sound);
        assert!(sound[0] == 0.0 && loudest(&sound[sound.len() - edge..]) < whole / 1_000.0);
        assert!(loudest(&sound[..4]) < whole / 100.0);
    }

    #[test]
    fn it_takes_twenty_to_thirty_seconds() {
        let seconds = compose().len() / RATE as usize;
        assert!((20..=30).contains(&seconds), "{seconds} s");
    }
}
