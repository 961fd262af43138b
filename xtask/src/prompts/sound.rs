// SPDX-License-Identifier: EUPL-1.2
//! Reads and writes the WAV files of the example.

use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use super::RATE;

/// The one form in which sounds lie in the repository.
pub(crate) const FORM: WavSpec = WavSpec {
    channels: 1,
    sample_rate: RATE,
    bits_per_sample: 16,
    sample_format: SampleFormat::Int,
};

/// Reads one channel of 16 bits: samples between −1 and 1, and how many there are a second.
pub(crate) fn read(path: &Path) -> Result<(Vec<f32>, u32), String> {
    let failed = |error: hound::Error| format!("{}: {error}", path.display());
    let mut reader = WavReader::open(path).map_err(failed)?;
    let spec = reader.spec();
    if (WavSpec { sample_rate: RATE, ..spec }) != FORM {
        return Err(format!("{}: not one channel of 16 bit integers", path.display()));
    }
    let samples: Result<Vec<i16>, hound::Error> = reader.samples::<i16>().collect();
    let samples = samples.map_err(failed)?;
    Ok((samples.into_iter().map(|it| f32::from(it) / 32_768.0).collect(), spec.sample_rate))
}

/// Writes samples between −1 and 1 in [`FORM`].
pub(crate) fn write(path: &Path, samples: &[f32]) -> Result<(), String> {
    let failed = |error: hound::Error| format!("{}: {error}", path.display());
    let mut writer = WavWriter::create(path, FORM).map_err(failed)?;
    for sample in samples {
        writer.write_sample((sample * 32_768.0).round() as i16).map_err(failed)?;
    }
    writer.finalize().map_err(failed)
}
