// SPDX-License-Identifier: EUPL-1.2
//! Parties of a mix, each in its own codec: who hears whom, measured as tones.

use rtp::{FRAME_BYTES, Header, Hears, Mixer, Played, Spoken, Voice, WIDE};
use std::f64::consts::TAU;

const EVERYBODY: Hears = [[true; 3]; 3];
const FRAMES: usize = 50;
const SPOKEN: [Spoken; 3] = [Spoken::Pcma, Spoken::Pcmu, Spoken::G722];

/// A party of the test: a tone that it says, and what it has heard, at 16 kHz.
struct Party {
    /// Its own side of its line, which speaks what the mix's side speaks.
    own: Voice,
    mixed: Voice,
    hertz: f64,
    heard: Vec<i16>,
    /// What it hears is played a frame later than it comes: an own voice again, as a listener.
    ear: Voice,
}

impl Party {
    fn new(spoken: Spoken, hertz: f64) -> Party {
        let voice = || Voice::new(spoken);
        Party { own: voice(), mixed: voice(), ear: voice(), hertz, heard: Vec::new() }
    }

    fn says(&mut self, number: usize, amplitude: f64) {
        let step = TAU * self.hertz / 16_000.0;
        let frame = std::array::from_fn(|at| {
            (((number * WIDE + at) as f64 * step).sin() * amplitude) as i16
        });
        let bytes = self.own.hear(&frame);
        self.mixed.arrived(&header(number), &bytes);
    }

    fn hears(&mut self, number: usize, frame: &[i16; WIDE]) {
        let bytes: [u8; FRAME_BYTES] = self.mixed.hear(frame);
        self.ear.arrived(&header(number), &bytes);
        let mut out = [0; WIDE];
        if self.ear.say(&mut out) == Played::Frame {
            self.heard.extend(out);
        }
    }

    /// How loud it hears this tone, as an amplitude.
    fn level(&self, hertz: f64) -> f64 {
        let heard = &self.heard[10 * WIDE..];
        let step = TAU * hertz / 16_000.0;
        let part = |f: fn(f64) -> f64| -> f64 {
            heard.iter().enumerate().map(|(at, &it)| f64::from(it) * f(step * at as f64)).sum()
        };
        2.0 * part(f64::sin).hypot(part(f64::cos)) / heard.len() as f64
    }

    /// The amplitude of everything else.
    fn rest(&self, tones: &[f64]) -> f64 {
        let heard = &self.heard[10 * WIDE..];
        let power: f64 = heard.iter().map(|&it| f64::from(it).powi(2)).sum();
        let known: f64 = tones.iter().map(|&it| self.level(it).powi(2)).sum();
        (2.0 * power / heard.len() as f64 - known).max(0.0).sqrt()
    }
}

fn header(number: usize) -> Header {
    let (sequence, timestamp) = (number as u16, (number * FRAME_BYTES) as u32);
    Header { marker: false, payload_type: 8, sequence, timestamp, ssrc: 7 }
}

fn talk(parties: &mut [Party; 3], amplitude: f64) {
    let mut mixer = Mixer::default();
    for number in 0..FRAMES {
        let mut said = [[0; WIDE]; 3];
        for (party, said) in parties.iter_mut().zip(&mut said) {
            party.says(number, amplitude);
            let _filling = party.mixed.say(said);
        }
        let mut out = [[0; WIDE]; 3];
        let [a, b, c] = &mut out;
        mixer.mix([&said[0], &said[1], &said[2]], &EVERYBODY, [a, b, c]);
        for (party, frame) in parties.iter_mut().zip(&out) {
            party.hears(number, frame);
        }
    }
}

/// 50 whole periods and more in what is measured, so that the tones do not leak into each other.
const TONES: [f64; 3] = [400.0, 1_000.0, 2_200.0];

#[test]
fn each_hears_the_others_and_not_itself_whatever_they_speak() {
    for first in SPOKEN {
        for second in SPOKEN {
            for third in SPOKEN {
                let mut parties = [
                    Party::new(first, TONES[0]),
                    Party::new(second, TONES[1]),
                    Party::new(third, TONES[2]),
                ];
                talk(&mut parties, 8_000.0);
                for (at, party) in parties.iter().enumerate() {
                    for (of, &hertz) in TONES.iter().enumerate() {
                        let level = party.level(hertz);
                        let expected = if at == of { 0.0..150.0 } else { 7_200.0..8_800.0 };
                        let who = format!("{at} hears {of}, {first:?} {second:?} {third:?}");
                        assert!(expected.contains(&level), "{who}: {level}");
                    }
                }
            }
        }
    }
}

/// Two who shout: cut off, a third of the power would be tones that nobody said.
#[test]
fn two_who_shout_are_made_quieter_and_do_not_crackle() {
    let mut parties = TONES.map(|hertz| Party::new(Spoken::Pcma, hertz));
    talk(&mut parties, 30_000.0);
    for (at, party) in parties.iter().enumerate() {
        let others: Vec<f64> =
            TONES.iter().enumerate().filter(|&(of, _)| of != at).map(|(_, &it)| it).collect();
        let loud: f64 = others.iter().map(|&it| party.level(it)).sum();
        assert!((29_000.0..36_000.0).contains(&loud), "{at}: {loud}");
        let rest = party.rest(&TONES);
        assert!(rest < loud / 30.0, "{at}: {rest} beside {loud}");
    }
}
