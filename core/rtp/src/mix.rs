// SPDX-License-Identifier: EUPL-1.2
//! Three parties in one talk: each hears the others and never itself.

use crate::limits::MIX_RECOVERY;

/// Who hears whom: `hears[listener][speaker]`. Nobody hears itself, whatever stands there.
///
/// A supervisor who listens in hears both and is heard by none; who whispers is heard by the agent.
pub type Hears = [[bool; 3]; 3];

/// Loud enough as it is, in 1/32,768.
const FULL: u16 = 1 << 15;

/// Samples within which a level falls: at 16 kHz 2 ms, so that nothing clicks.
const FALLS_WITHIN: usize = 32;

/// Mixes the frames of three parties.
///
/// Two who speak at once can be louder than a sample can hold. Then what a listener hears is made quieter as a
/// whole, at once, and as loud as before within half a second: cut off, it would crackle.
#[derive(Clone, Debug)]
pub struct Mixer {
    /// How loud each listener hears, at most [`FULL`].
    levels: [u16; 3],
}

impl Default for Mixer {
    fn default() -> Self {
        Mixer { levels: [FULL; 3] }
    }
}

impl Mixer {
    /// Mixes one frame: `out[n]` becomes the sum of all that party `n` hears.
    ///
    /// A party that sends nothing at the moment is an empty slice; every sample that is missing is
    /// silence.
    pub fn mix(&mut self, frames: [&[i16]; 3], hears: &Hears, out: [&mut [i16]; 3]) {
        for (listener, out) in out.into_iter().enumerate() {
            let sum = |at: usize| -> i32 {
                let speakers = frames.iter().enumerate();
                let heard = speakers.filter(|&(it, _)| it != listener && hears[listener][it]);
                heard.map(|(_, frame)| i32::from(frame.get(at).copied().unwrap_or(0))).sum()
            };
            let peak = (0..out.len()).map(|at| sum(at).unsigned_abs()).max().unwrap_or(0);
            let before = self.levels[listener];
            let level = before.saturating_add(MIX_RECOVERY).min(level_for(peak));
            for (at, sample) in out.iter_mut().enumerate() {
                *sample = scale(sum(at), between(before, level, at));
            }
            self.levels[listener] = level;
        }
    }
}

/// How loud a frame may be heard whose loudest sample is this one.
const fn level_for(peak: u32) -> u16 {
    let loudest = i16::MAX as u32;
    if peak > loudest { (loudest * FULL as u32 / peak) as u16 } else { FULL }
}

/// The level on its way from one frame's to the next one's.
fn between(before: u16, level: u16, at: usize) -> u16 {
    if at >= FALLS_WITHIN {
        return level;
    }
    let change = i32::from(level) - i32::from(before);
    (i32::from(before) + change * at as i32 / FALLS_WITHIN as i32) as u16
}

/// The nearest sample: on its way down a level may still be too high.
fn scale(sum: i32, level: u16) -> i16 {
    // Three samples of 16 bits times 15 bits need 33: only two are ever heard.
    ((sum * i32::from(level)) >> 15).clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    const ALL: Hears = [[true; 3]; 3];

    fn mixed(frames: [&[i16]; 3], hears: &Hears) -> [[i16; 2]; 3] {
        let [mut a, mut b, mut c] = [[99_i16; 2]; 3];
        Mixer::default().mix(frames, hears, [&mut a, &mut b, &mut c]);
        [a, b, c]
    }

    #[test]
    fn each_hears_the_others_and_not_itself() {
        let out = mixed([&[1, 2], &[10, 20], &[100, 200]], &ALL);
        assert_eq!(out, [[110, 220], [101, 202], [11, 22]]);
    }

    #[test]
    fn too_loud_is_made_quieter_and_neither_wraps_nor_is_cut_off() {
        let step = std::f64::consts::TAU / 32.0;
        let loud: [i16; 320] =
            core::array::from_fn(|at| ((at as f64 * step).sin() * 32_000.0) as i16);
        let (mut mixer, mut out) = (Mixer::default(), [[0; 320]; 3]);
        for _ in 0..3 {
            let [a, b, c] = &mut out;
            mixer.mix([&[], &loud, &loud], &ALL, [a, b, c]);
            // Whoever hears one alone hears it as it is.
            assert_eq!(out[1], loud);
            for (at, &sample) in out[0].iter().enumerate().skip(FALLS_WITHIN) {
                let expected = (at as f64 * step).sin() * 32_767.0;
                assert!((f64::from(sample) - expected).abs() < 4.0, "{at}: {sample}, {expected}");
            }
        }
        // As loud as before within half a second.
        let quiet = [1_000; 320];
        let mut heard = Vec::new();
        for _ in 0..25 {
            let [a, b, c] = &mut out;
            mixer.mix([&[], &quiet, &[]], &ALL, [a, b, c]);
            heard.push(out[0][319]);
        }
        assert!(heard.is_sorted() && heard[0] < 600, "{heard:?}");
        assert_eq!(heard.last(), Some(&1_000));
    }

    #[test]
    fn the_loudest_and_the_lowest_do_not_wrap() {
        let (loud, low) = (i16::MAX, i16::MIN);
        let out = mixed([&[loud, low], &[loud, low], &[loud, low]], &ALL);
        assert_eq!(out, [[loud, low]; 3]);
    }

    #[test]
    fn who_listens_in_is_not_heard_and_who_whispers_only_by_the_agent() {
        let [caller, agent] = [[false, true, false], [true, false, false]];
        let listening: Hears = [caller, agent, [true, true, false]];
        let frames: [&[i16]; 3] = [&[1, 1], &[10, 10], &[100, 100]];
        assert_eq!(mixed(frames, &listening), [[10, 10], [1, 1], [11, 11]]);
        let whispering: Hears = [caller, [true, false, true], [true, true, false]];
        assert_eq!(mixed(frames, &whispering), [[10, 10], [101, 101], [11, 11]]);
    }

    #[test]
    fn what_is_missing_is_silence() {
        let out = mixed([&[], &[10], &[100, 200]], &ALL);
        assert_eq!(out, [[110, 200], [100, 200], [10, 0]]);
    }
}
