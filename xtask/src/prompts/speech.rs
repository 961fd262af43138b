// SPDX-License-Identifier: EUPL-1.2
//! Lets espeak-ng say a text, and makes an announcement of it.

use std::f32::consts::TAU;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::RATE;
use super::resample::resample;
use super::sound;

/// The voice: German, as the language's own rules have it.
const VOICE: &str = "de";

/// Words a minute: slow enough for opening hours to be remembered.
const SPEED: &str = "150";

/// What is quieter than this, −50 dBFS, is not yet or no longer speech.
const SILENCE: f32 = 0.003_2;

/// Seconds before the first word: the first packets of a call get lost easily.
const BEFORE: f64 = 0.2;

/// Seconds after the last word.
const AFTER: f64 = 0.3;

/// The text as speech, trimmed, at no particular loudness. `scratch` is a file to be made and removed.
pub(crate) fn speak(text: &str, scratch: &Path) -> Result<Vec<f32>, String> {
    let said = Command::new("espeak-ng")
        .args(["-v", VOICE, "-s", SPEED, "-w"])
        .args([scratch.as_os_str(), "--".as_ref(), text.as_ref()])
        .output()
        .map_err(|error| format!("Cannot start espeak-ng ({error}).\n{INSTALL}"))?;
    if !said.status.success() {
        let reason = String::from_utf8_lossy(&said.stderr).into_owned();
        return Err(format!("espeak-ng failed: {}\n{INSTALL}", reason.trim()));
    }
    let (samples, rate) = sound::read(scratch)?;
    fs::remove_file(scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    Ok(trim(&without_rumble(&resample(&samples, rate, RATE))))
}

/// What to do where there is no voice.
const INSTALL: &str = "To make the announcements anew, install it:\n  \
                       sudo apt-get install espeak-ng    (Debian, Ubuntu)\n\
                       The sounds that are there can be used and checked without it.";

/// Takes off what lies below 40 Hz, at 6 dB an octave: the voice's zero is not quite zero, and cutting
/// silence off would click.
fn without_rumble(samples: &[f32]) -> Vec<f32> {
    let keep = 1.0 - TAU * 40.0 / RATE as f32;
    let (mut before, mut out) = (0.0, 0.0);
    let step = |sample: &f32| {
        out = keep * out + sample - before;
        before = *sample;
        out
    };
    samples.iter().map(step).collect()
}

/// Takes off silence at both ends and puts as much there as an announcement needs.
fn trim(samples: &[f32]) -> Vec<f32> {
    let loud = |sample: &f32| sample.abs() > SILENCE;
    let first = samples.iter().position(loud).unwrap_or(0);
    let last = samples.iter().rposition(loud).unwrap_or(0);
    let quiet = |seconds: f64| vec![0.0; (seconds * f64::from(RATE)) as usize];
    let speech = samples.get(first..=last).unwrap_or_default();
    [quiet(BEFORE).as_slice(), speech, quiet(AFTER).as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_at_both_ends_has_one_length() {
        let said = [vec![0.001; 50_000], vec![0.5; 1_000], vec![0.0; 99]].concat();
        let trimmed = trim(&said);
        assert_eq!(trimmed.len(), 3_200 + 1_000 + 4_800);
        assert_eq!(trimmed[3_199..3_201], [0.0, 0.5]);
        assert_eq!(trim(&[]).len(), 8_000);
    }

    #[test]
    fn a_constant_is_taken_off_and_a_voice_stays() {
        let still = without_rumble(&[0.1; 16_000]);
        assert!(still[8_000].abs() < 0.000_01, "{}", still[8_000]);
        let voice: Vec<f32> = (0..16_000).map(|i| (i as f32 * 0.1).sin()).collect();
        let loudest =
            without_rumble(&voice)[8_000..].iter().fold(0.0_f32, |peak, it| peak.max(*it));
        assert!((loudest - 1.0).abs() < 0.02, "{loudest}");
    }
}
