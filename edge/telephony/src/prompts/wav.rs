// SPDX-License-Identifier: EUPL-1.2
//! Reads a WAV file of the operator's into the one form that we encode: 16,000 Hz, one channel.
//!
//! Rule: whatever the file says about its own size is believed only as far as the file reaches.

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use rtp::g711::{ALAW_TO_LINEAR, ULAW_TO_LINEAR};

use super::defect::Defect;
use super::limits::{CHANNELS_MAX, FILE_BYTES_MAX, RATE, RATES, SECONDS_MAX};
use super::resample::resample;

/// Bits that a sample may have.
const WIDTHS: [u16; 4] = [8, 16, 24, 32];

/// What a file says of itself if its samples are A-law (RFC 2361).
const A_LAW: u16 = 6;

/// The same for µ-law.
const MU_LAW: u16 = 7;

/// The one form of the sounds that we write.
const KEPT: WavSpec = WavSpec {
    channels: 1,
    sample_rate: RATE,
    bits_per_sample: 16,
    sample_format: SampleFormat::Int,
};

/// All bytes of a file, if it may be a sound by its size.
pub(super) fn bytes_of(path: &Path) -> Result<Vec<u8>, Defect> {
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
    let mut bytes = Vec::new();
    // The file may grow while it is read.
    let read = file.take(FILE_BYTES_MAX).read_to_end(&mut bytes);
    read.map_err(|error| refused(&error))?;
    Ok(bytes)
}

fn refused(error: &io::Error) -> Defect {
    if error.kind() == io::ErrorKind::NotFound {
        Defect::Absent
    } else {
        Defect::Unreadable(error.kind())
    }
}

/// Reads the bytes of a file; samples lie between −1 and 1, [`RATE`] of them a second.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<f32>, Defect> {
    read_raw(bytes).map(|raw| raw.samples())
}

/// How the samples of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Whole numbers.
    Int,
    /// Floating-point numbers.
    Float,
    /// A-law, as European telephone exchanges keep it (ITU-T G.711).
    ALaw,
    /// µ-law, as American ones do.
    MuLaw,
}

/// A sound as it stands in its file.
pub(super) struct Raw {
    /// Rate, channels and bits of its samples.
    pub(super) spec: WavSpec,
    /// How these are written.
    pub(super) coding: Coding,
    /// Between −1 and 1, channel by channel in turn.
    pub(super) values: Vec<f32>,
}

impl Raw {
    /// One channel, [`RATE`] samples a second.
    pub(super) fn samples(&self) -> Vec<f32> {
        let channels = mono(&self.values, usize::from(self.spec.channels));
        resample(&channels, self.spec.sample_rate, RATE)
    }

    /// What is as loud as a file of this form can be.
    pub(super) fn full_scale(&self) -> f32 {
        let loudest = |table: &[i16; 256]| f32::from(*table.iter().max().unwrap_or(&0)) / 32_768.0;
        match self.coding {
            // A recording of 16 bits that was saved with more was cut off at the full scale of 16.
            Coding::Int | Coding::Float => {
                let steps = (1_u32 << (self.spec.bits_per_sample.min(16) - 1)) as f32;
                1.0 - 1.5 / steps
            }
            Coding::ALaw => loudest(&ALAW_TO_LINEAR),
            Coding::MuLaw => loudest(&ULAW_TO_LINEAR),
        }
    }
}

/// Reads the bytes of a file, and leaves its sound as it is.
pub(super) fn read_raw(bytes: &[u8]) -> Result<Raw, Defect> {
    if let Some(raw) = read_g711(bytes) {
        return raw;
    }
    let reader = WavReader::new(bytes).map_err(defect)?;
    let spec = reader.spec();
    check(spec, reader.duration())?;
    let coding = match spec.sample_format {
        SampleFormat::Int => Coding::Int,
        SampleFormat::Float => Coding::Float,
    };
    Ok(Raw { spec, coding, values: values(reader)? })
}

/// Reads what an older telephone exchange gives out, which `hound` does not know; none if it is another
/// form of file.
fn read_g711(bytes: &[u8]) -> Option<Result<Raw, Defect>> {
    let format = part(bytes, *b"fmt ")?.0;
    let two = |at: usize| Some(u16::from_le_bytes([*format.get(at)?, *format.get(at + 1)?]));
    let (coding, table) = match two(0)? {
        A_LAW => (Coding::ALaw, &ALAW_TO_LINEAR),
        MU_LAW => (Coding::MuLaw, &ULAW_TO_LINEAR),
        _ => return None,
    };
    let (channels, bits_per_sample) = (two(2)?, two(14)?);
    let sample_rate = u32::from(two(4)?) | u32::from(two(6)?) << 16;
    let spec = WavSpec { channels, sample_rate, bits_per_sample, sample_format: SampleFormat::Int };
    if bits_per_sample != 8 || channels == 0 {
        return Some(Err(Defect::Coding));
    }
    let Some((data, claimed)) = part(bytes, *b"data") else { return Some(Err(Defect::Empty)) };
    let frames = claimed / usize::from(channels);
    let checked = check(spec, u32::try_from(frames).unwrap_or(u32::MAX));
    if checked.is_ok() && data.len() < claimed {
        return Some(Err(Defect::Torn));
    }
    let value = |byte: &u8| f32::from(table[usize::from(*byte)]) / 32_768.0;
    let values = data.iter().map(value).collect();
    Some(checked.map(|()| Raw { spec, coding, values }))
}

/// The part of a RIFF file with this name, as far as the file reaches, and how long it says it is.
fn part(bytes: &[u8], name: [u8; 4]) -> Option<(&[u8], usize)> {
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12)? != b"WAVE" {
        return None;
    }
    let mut rest = bytes.get(12..)?;
    loop {
        let (head, body) = rest.split_first_chunk::<8>()?;
        let [found @ .., a, b, c, d] = head;
        let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        if *found == name {
            return Some((body.get(..length).unwrap_or(body), length));
        }
        // Parts of odd length have a byte behind them.
        rest = body.get(length.checked_next_multiple_of(2)?..)?;
    }
}

/// The bytes of a file with these samples, in the form in which sounds are kept: [`RATE`] samples a
/// second, one channel, 16 bits.
pub(super) fn bytes(samples: &[f32]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, KEPT).expect("memory takes a header");
    for sample in samples {
        writer.write_sample((sample * 32_768.0).round() as i16).expect("memory takes a sample");
    }
    writer.finalize().expect("a sound of minutes has fewer bytes than a header can say");
    bytes.into_inner()
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
