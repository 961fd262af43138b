// SPDX-License-Identifier: EUPL-1.2
//! What lies in the folders, as callers would hear it: how long it is, how loud, and whose file.

use std::path::PathBuf;

use super::digest::Digest;
use super::limits::RATE;
use super::loudness::{Measures, measure};
use super::name::PromptName;
use super::{Loader, Missing};

/// How loud a sound is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Loudness as people hear it, in LUFS (ITU-R BS.1770, gated).
    pub lufs: f64,
    /// The highest sample, in dB of full scale.
    pub peak_dbfs: f64,
    /// The root of the mean square over its whole length, in dB of full scale.
    pub rms_dbfs: f64,
}

impl Level {
    /// Of samples between −1 and 1, [`RATE`] a second.
    pub(super) fn of(samples: &[f32]) -> Level {
        let Measures { lufs, peak_dbfs, rms_dbfs } = measure(samples);
        Level { lufs, peak_dbfs, rms_dbfs }
    }
}

/// A sound that callers would hear.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspected {
    /// The file that it lies in.
    pub file: PathBuf,
    /// Its length.
    pub seconds: f64,
    /// How loud it is.
    pub level: Level,
    /// Of the file's bytes.
    pub digest: Digest,
}

/// Looks at what [`Prompts::load`](super::Prompts::load) would take for each name, with the same
/// verdict.
#[must_use]
pub fn inspect(folders: &[PathBuf], wanted: &[PromptName]) -> Vec<Result<Inspected, Missing>> {
    let mut loader = Loader::new(look);
    let look_at = |name| {
        let (file, (seconds, level, digest)) = loader.find(folders, name)?;
        Ok(Inspected { file, seconds, level, digest })
    };
    wanted.iter().map(look_at).collect()
}

fn look(bytes: &[u8], samples: Vec<f32>) -> Option<(f64, Level, Digest)> {
    let seconds = seconds(samples.len());
    (!samples.is_empty()).then(|| (seconds, Level::of(&samples), Digest::of(bytes)))
}

/// How long so many samples at [`RATE`] take.
pub(super) fn seconds(samples: usize) -> f64 {
    samples as f64 / f64::from(RATE)
}
