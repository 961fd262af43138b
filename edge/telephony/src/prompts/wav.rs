// SPDX-License-Identifier: EUPL-1.2
//! Reads a WAV file of the operator's into the one form that we encode: 16,000 Hz, one channel.
//!
//! Rule: whatever the file says about its own size is believed only as far as the file reaches.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec};

use super::defect::Defect;
use super::limits::{CHANNELS_MAX, FILE_BYTES_MAX, RATE, RATES, SECONDS_MAX};
use super::resample::resample;

/// Bits that a sample may have.
const WIDTHS: [u16; 4] = [8, 16, 24, 32];

/// Reads a file; samples lie between −1 and 1, [`RATE`] of them a second.
pub(super) fn read_file(path: &Path) -> Result<Vec<f32>, Defect> {
    let about = fs::metadata(path).map_err(|error| refused(&error))?;
    // Opening a pipe would wait for somebody who writes.
    if !about.is_file() {
        return Err(Defect::NoFile);
    }
    if about.len() == 0 {
        return Err(Defect::Empty);
    }
    if about.len() > FILE_BYTES_MAX {
        return Err(Defect::TooLarge { bytes: about.len() });
    }
    let file = File::open(path).map_err(|error| refused(&error))?;
    // The file may grow while it is read.
    read(BufReader::new(file.take(FILE_BYTES_MAX)))
}

fn refused(error: &io::Error) -> Defect {
    if error.kind() == io::ErrorKind::NotFound {
        Defect::Absent
    } else {
        Defect::Unreadable(error.kind())
    }
}

/// Reads what `source` yields.
pub(super) fn read(source: impl Read) -> Result<Vec<f32>, Defect> {
    let reader = WavReader::new(source).map_err(defect)?;
    let spec = reader.spec();
    check(spec, reader.duration())?;
    let channels = mono(&values(reader)?, usize::from(spec.channels));
    Ok(resample(&channels, spec.sample_rate, RATE))
}

/// Refuses what we do not read, before any sample is.
fn check(spec: WavSpec, duration: u32) -> Result<(), Defect> {
    if !RATES.contains(&spec.sample_rate) {
        return Err(Defect::Rate { hz: spec.sample_rate });
    }
    // A header may say anything, and `hound` only looks when it meets a sample.
    if !WIDTHS.contains(&spec.bits_per_sample) {
        return Err(Defect::Coding);
    }
    if spec.channels > CHANNELS_MAX {
        return Err(Defect::Channels { count: spec.channels });
    }
    if duration == 0 {
        return Err(Defect::Empty);
    }
    let seconds = duration.div_ceil(spec.sample_rate);
    if seconds > SECONDS_MAX { Err(Defect::TooLong { seconds }) } else { Ok(()) }
}

/// All samples as they stand in the file, channel by channel in turn, between −1 and 1.
fn values<R: Read>(mut reader: WavReader<R>) -> Result<Vec<f32>, Defect> {
    let spec = reader.spec();
    match spec.sample_format {
        SampleFormat::Float => {
            reader.samples::<f32>().map(|it| number(it.map_err(defect)?)).collect()
        }
        SampleFormat::Int => {
            let full_scale = (1_u64 << (spec.bits_per_sample - 1)) as f32;
            let samples = reader.samples::<i32>();
            samples.map(|it| Ok(it.map_err(defect)? as f32 / full_scale)).collect()
        }
    }
}

fn number(value: f32) -> Result<f32, Defect> {
    if value.is_finite() { Ok(value.clamp(-1.0, 1.0)) } else { Err(Defect::NoNumber) }
}

/// The mean of the channels: whoever hears with one ear hears both.
fn mono(values: &[f32], channels: usize) -> Vec<f32> {
    let frames = values.chunks_exact(channels);
    frames.map(|frame| frame.iter().sum::<f32>() / channels as f32).collect()
}

fn defect(error: hound::Error) -> Defect {
    match error {
        hound::Error::IoError(error) => torn(&error),
        hound::Error::FormatError(reason) => Defect::NoWav(reason.to_owned()),
        hound::Error::Unsupported | hound::Error::TooWide | hound::Error::InvalidSampleFormat => {
            Defect::Coding
        }
        hound::Error::UnfinishedSample => Defect::Torn,
    }
}

/// An end before its time is what `hound` calls "other"; the rest comes from the disk.
fn torn(error: &io::Error) -> Defect {
    if [io::ErrorKind::Other, io::ErrorKind::UnexpectedEof].contains(&error.kind()) {
        Defect::Torn
    } else {
        Defect::Unreadable(error.kind())
    }
}
