// SPDX-License-Identifier: EUPL-1.2
//! An operator's recording becomes a sound like the others: one rate, one channel, one loudness.
//!
//! ```text
//!  file ─▶ read ─▶ clipped? ─▶ 16,000 Hz mono ─▶ too short, silent, quiet? ─▶ one loudness ─▶ shorter ends ─▶ file
//! ```
//!
//! Rule: what callers could not understand is refused here, with a reason, and not mended by guessing.

use std::path::Path;

use super::defect::Defect;
use super::inspect::{Level, seconds};
use super::level::{CEILING, bring_to};
use super::limits::{
    CLIPPED_SHARE_MAX, END_KEPT, END_LONGEST, GAIN_DB_MAX, MUSIC_LUFS, PAUSE_DBFS, PAUSE_NOTED,
    RATE, SECONDS_MIN, SILENT_DBFS, SPEECH_LUFS, START_KEPT,
};
use super::loudness::rms_dbfs;
use super::wav::{self, Coding, Raw};

/// Neighbours at full scale that make a place where a recording was cut off: a wave that just
/// touches it has one or two.
const CLIPPED_RUN: usize = 3;

/// Samples of the pieces in which a pause is looked for, 20 ms.
const PIECE: usize = RATE as usize / 50;

/// What a recording is of: music is heard for longer, and quieter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Speech,
    /// What those hear who wait.
    Music,
}

impl Kind {
    /// The loudness to which it is brought, in LUFS.
    #[must_use]
    pub fn target(self) -> f64 {
        match self {
            Kind::Speech => SPEECH_LUFS,
            Kind::Music => MUSIC_LUFS,
        }
    }
}

/// Why a recording that can be read is not fit for callers.
#[derive(Clone, Debug, PartialEq)]
pub enum Unfit {
    /// It cannot be used at all.
    Defect(Defect),
    /// Shorter than [`SECONDS_MIN`].
    TooShort {
        /// Its length.
        seconds: f64,
    },
    /// Nothing in it is louder than [`SILENT_DBFS`].
    Silent,
    /// It would have to be raised by more than [`GAIN_DB_MAX`], and its noise with it.
    TooQuiet {
        /// Its loudness.
        lufs: f64,
    },
    /// More than [`CLIPPED_SHARE_MAX`] of it was cut off at full scale.
    Clipped {
        /// The share of samples that were, 0 to 1.
        share: f64,
    },
}

impl From<Defect> for Unfit {
    fn from(defect: Defect) -> Unfit {
        Unfit::Defect(defect)
    }
}

/// The form in which a recording came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceForm {
    /// Samples a second.
    pub hz: u32,
    /// One or two.
    pub channels: u16,
    /// Bits of a sample.
    pub bits: u16,
    /// How samples are written.
    pub coding: Coding,
}

/// A recording as it came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recording {
    /// Its form.
    pub form: SourceForm,
    /// Its length.
    pub seconds: f64,
    /// How loud it was.
    pub level: Level,
    /// Places at which it was cut off at full scale, few enough to be borne.
    pub clipped: usize,
}

/// A recording that is fit for callers.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// What it was.
    pub was: Recording,
    /// The bytes of the file to be kept.
    pub bytes: Vec<u8>,
    /// The length of the sound in it.
    pub seconds: f64,
    /// How loud it is now.
    pub level: Level,
    /// Whether peaks had to be turned down to reach the loudness.
    pub is_limited: bool,
    /// Seconds of silence that were taken off at the beginning and at the end.
    pub taken_off: [f64; 2],
    /// The longest pause inside, if it takes [`PAUSE_NOTED`]: when it begins, and how long it takes,
    /// in seconds of the sound that is kept.
    pub pause: Option<(f64, f64)>,
}

/// All bytes of a recording's file.
///
/// # Errors
/// If there is none, or it is larger than a sound may be.
pub fn bytes_of(path: &Path) -> Result<Vec<u8>, Defect> {
    wav::bytes_of(path)
}

/// Makes of a file's bytes a sound for callers.
///
/// # Errors
/// With the reason why callers should not hear it.
pub fn import(bytes: &[u8], kind: Kind) -> Result<Imported, Unfit> {
    if bytes.is_empty() {
        return Err(Defect::Empty.into());
    }
    let raw = wav::read_raw(bytes)?;
    let samples = raw.samples();
    let was = recording(&raw, &samples);
    is_fit(&raw, &was, kind)?;
    let louder = bring_to(&samples, kind.target());
    let (sound, taken_off) = match kind {
        Kind::Speech => with_shorter_ends(&louder),
        Kind::Music => (louder.as_slice(), [0.0; 2]),
    };
    let level = Level::of(sound);
    let raised = Level::of(&samples).peak_dbfs + level.lufs - was.level.lufs;
    Ok(Imported {
        was,
        bytes: wav::bytes(sound),
        seconds: seconds(sound.len()),
        level,
        is_limited: raised > 20.0 * f64::from(CEILING).log10() + 0.1,
        taken_off,
        pause: longest_pause(sound).filter(|(_, length)| *length >= PAUSE_NOTED),
    })
}

fn recording(raw: &Raw, samples: &[f32]) -> Recording {
    let spec = raw.spec;
    let form = SourceForm {
        hz: spec.sample_rate,
        channels: spec.channels,
        bits: spec.bits_per_sample,
        coding: raw.coding,
    };
    let (clipped, _) = clipped(raw);
    let level = Level::of(samples);
    // Between the samples a wave may rise above full scale, which the file itself never does.
    let level = Level { peak_dbfs: level.peak_dbfs.min(0.0), ..level };
    Recording { form, seconds: seconds(samples.len()), level, clipped }
}

/// # Errors
/// With the first reason why it is not.
fn is_fit(raw: &Raw, was: &Recording, kind: Kind) -> Result<(), Unfit> {
    if was.seconds < SECONDS_MIN {
        return Err(Unfit::TooShort { seconds: was.seconds });
    }
    if was.level.peak_dbfs < SILENT_DBFS {
        return Err(Unfit::Silent);
    }
    let (_, samples) = clipped(raw);
    let share = samples as f64 / raw.values.len() as f64;
    if share > CLIPPED_SHARE_MAX {
        return Err(Unfit::Clipped { share });
    }
    if kind.target() - was.level.lufs > GAIN_DB_MAX {
        return Err(Unfit::TooQuiet { lufs: was.level.lufs });
    }
    Ok(())
}

/// At how many places the file was cut off at full scale, and how many samples these have.
fn clipped(raw: &Raw) -> (usize, usize) {
    let end = raw.full_scale();
    let (mut places, mut samples) = (0, 0);
    let channels = usize::from(raw.spec.channels);
    for channel in 0..channels {
        let values: Vec<f32> = raw.values.iter().skip(channel).step_by(channels).copied().collect();
        let side = |value: &f32| i8::from(*value >= end) - i8::from(*value <= -end);
        let runs = values.chunk_by(|one, next| side(one) != 0 && side(one) == side(next));
        for run in runs.filter(|run| run.len() >= CLIPPED_RUN) {
            places += 1;
            samples += run.len();
        }
    }
    (places, samples)
}

/// The sound without silence that makes callers wait, and how many seconds were taken off at both ends.
fn with_shorter_ends(samples: &[f32]) -> (&[f32], [f64; 2]) {
    let heard = heard(samples);
    let (Some(first), Some(last)) = (heard.first(), heard.last()) else {
        return (samples, [0.0; 2]);
    };
    let surplus = |silent: usize, kept: f64| {
        if seconds(silent) > END_LONGEST { silent - (kept * f64::from(RATE)) as usize } else { 0 }
    };
    let before = surplus(first * PIECE, START_KEPT);
    let behind = surplus(samples.len().saturating_sub((last + 1) * PIECE), END_KEPT);
    let kept = samples.get(before..samples.len() - behind).unwrap_or_default();
    (kept, [seconds(before), seconds(behind)])
}

/// The sound without the silence at its ends, but for so many seconds of it.
pub(super) fn without_silence(samples: &[f32], kept: f64) -> &[f32] {
    let heard = heard(samples);
    let (Some(first), Some(last)) = (heard.first(), heard.last()) else { return samples };
    let kept = (kept * f64::from(RATE)) as usize;
    let from = (first * PIECE).saturating_sub(kept);
    let until = ((last + 1) * PIECE + kept).min(samples.len());
    samples.get(from..until).unwrap_or(samples)
}

/// When the longest silence between two sounds begins, and how long it takes.
fn longest_pause(samples: &[f32]) -> Option<(f64, f64)> {
    let heard = heard(samples);
    let pauses = heard.array_windows().map(|[one, next]| (one + 1, next - one - 1));
    let (at, length) = pauses.max_by_key(|(_, length)| *length)?;
    Some((seconds(at * PIECE), seconds(length * PIECE)))
}

/// Which pieces of [`PIECE`] samples are more than silence.
fn heard(samples: &[f32]) -> Vec<usize> {
    let pieces = (0..).zip(samples.chunks(PIECE));
    pieces.filter(|(_, piece)| rms_dbfs(piece) > PAUSE_DBFS).map(|(index, _)| index).collect()
}
