// SPDX-License-Identifier: EUPL-1.2
//! Each stage by itself: files, filter, codecs.

use std::f64::consts::TAU;
use std::io::Cursor;

use hound::{SampleFormat, WavSpec, WavWriter};
use rtp::g711::{ALAW_SILENCE, ALAW_TO_LINEAR, ULAW_SILENCE, ULAW_TO_LINEAR};
use rtp::g722::Decoder;

use super::defect::Defect;
use super::encode::Sound;
use super::limits::{RATE, RATES, SECONDS_MAX};
use super::resample::resample;
use super::{Loader, REPLACEMENT, tone, wav};
use crate::clip::{ClipCodec, FRAME_BYTES};

/// A sine of this many waves a second.
pub(super) fn sine(hz: f64, rate: u32, seconds: f64, peak: f64) -> Vec<f32> {
    let count = (f64::from(rate) * seconds) as usize;
    let wave = |i: usize| peak * (TAU * hz * i as f64 / f64::from(rate)).sin();
    (0..count).map(|i| wave(i) as f32).collect()
}

/// The peak of the wave of `hz` in the middle half, by Goertzel's algorithm with a Hann window, so
/// that other waves do not leak into it.
fn level(samples: &[f32], hz: f64, rate: u32) -> f64 {
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    let turn = TAU * hz / f64::from(rate);
    let (mut last, mut before) = (0.0, 0.0);
    for (index, sample) in middle.iter().enumerate() {
        let hann = 1.0 - (TAU * index as f64 / middle.len() as f64).cos();
        let next = f64::from(*sample) * hann + 2.0 * turn.cos() * last - before;
        (before, last) = (last, next);
    }
    let power = last * last + before * before - 2.0 * turn.cos() * last * before;
    2.0 * power.max(0.0).sqrt() / middle.len() as f64
}

fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.max(1e-9).log10()
}

pub(super) fn file(spec: WavSpec, values: &[f32]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
    let full_scale = 2_f64.powi(i32::from(spec.bits_per_sample) - 1) - 1.0;
    for value in values.iter().flat_map(|it| vec![*it; usize::from(spec.channels)]) {
        match spec.sample_format {
            SampleFormat::Float => writer.write_sample(value).unwrap(),
            SampleFormat::Int => {
                writer.write_sample((f64::from(value) * full_scale).round() as i32).unwrap();
            }
        }
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

pub(super) const fn spec(sample_rate: u32, channels: u16, bits_per_sample: u16) -> WavSpec {
    WavSpec { channels, sample_rate, bits_per_sample, sample_format: SampleFormat::Int }
}

const FLOAT: WavSpec = WavSpec { sample_format: SampleFormat::Float, ..spec(RATE, 1, 32) };

#[test]
fn every_form_of_file_gives_the_same_tone() {
    for rate in RATES {
        for channels in [1, 2] {
            for form in [8, 16, 24, 32]
                .map(|bits| spec(rate, channels, bits))
                .into_iter()
                .chain([WavSpec { sample_rate: rate, channels, ..FLOAT }])
            {
                let samples = wav::read(&file(form, &sine(440.0, rate, 0.5, 0.5))).unwrap();
                assert!(samples.len().abs_diff(RATE as usize / 2) <= 1, "{form:?}");
                let off = decibels(level(&samples, 440.0, RATE) / 0.5);
                assert!(off.abs() < 0.1, "{form:?} is off by {off:.2} dB");
            }
        }
    }
}

#[test]
fn two_channels_are_mixed_to_their_mean() {
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec(RATE, 2, 16)).unwrap();
    for value in [16_384, 8_192, -32_768, 32_767_i16] {
        writer.write_sample(value).unwrap();
    }
    writer.finalize().unwrap();
    assert_eq!(wav::read(&bytes.into_inner()), Ok(vec![0.375, -1.0 / 65_536.0]));
}

#[test]
fn a_broken_file_says_what_is_wrong() {
    let good = file(spec(RATE, 1, 16), &sine(440.0, RATE, 0.1, 0.5));
    let claims = |bytes: u32| {
        let mut file = good.clone();
        file[40..44].copy_from_slice(&bytes.to_le_bytes());
        file
    };
    let coded = |tag: u16| {
        let mut file = good.clone();
        file[20..22].copy_from_slice(&tag.to_le_bytes());
        file
    };
    let float = |value: f32| file(FLOAT, &[0.0, value]);
    let silence =
        |rate: u32, seconds: u32| file(spec(rate, 1, 8), &vec![0.0; (rate * seconds) as usize]);
    let cases: [(&str, Vec<u8>, Defect); 15] = [
        ("nothing", vec![], Defect::Torn),
        ("half a header", good[..30].to_vec(), Defect::Torn),
        ("half the sound", good[..1_000].to_vec(), Defect::Torn),
        ("half a sample", good[..good.len() - 1].to_vec(), Defect::Torn),
        ("claims 100 MB", claims(100_000_000), Defect::TooLong { seconds: 3_125 }),
        ("claims 9 MB", claims(9_000_000), Defect::Torn),
        (
            "odd claim",
            claims(3),
            Defect::NoWav("data chunk length is not a multiple of sample size".into()),
        ),
        (
            "an MP3",
            b"ID3\x04 and so on and so on".to_vec(),
            Defect::NoWav("no RIFF tag found".into()),
        ),
        (
            "a film",
            b"RIFF\x10\0\0\0AVI LIST and so on".to_vec(),
            Defect::NoWav("no WAVE tag found".into()),
        ),
        ("µ-law", coded(7), Defect::Coding),
        ("no sound", file(spec(RATE, 1, 16), &[]), Defect::Empty),
        ("NaN", float(f32::NAN), Defect::NoNumber),
        ("infinite", float(f32::NEG_INFINITY), Defect::NoNumber),
        ("odd rate", silence(12_345, 1), Defect::Rate { hz: 12_345 }),
        ("too long", silence(8_000, SECONDS_MAX + 1), Defect::TooLong { seconds: 301 }),
    ];
    for (case, bytes, defect) in cases {
        assert_eq!(wav::read(&bytes).unwrap_err(), defect, "{case}");
    }
    let surround = file(spec(RATE, 6, 16), &[0.0; 100]);
    assert_eq!(wav::read(&surround), Err(Defect::Channels { count: 6 }));
}

#[test]
fn no_bytes_make_it_panic() {
    let good = file(spec(44_100, 2, 24), &sine(440.0, 44_100, 0.01, 0.5));
    for at in 0..good.len().min(80) {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[at] = value;
            let _either = wav::read(&bytes);
        }
        let _torn = wav::read(&good[..at]);
    }
}

#[test]
fn floats_beyond_full_scale_are_cut() {
    assert_eq!(wav::read(&file(FLOAT, &[1.5, -7.0, 0.25])), Ok(vec![1.0, -1.0, 0.25]));
}

#[test]
fn what_a_telephone_carries_passes_the_filter_unchanged() {
    let mut worst: f64 = 0.0;
    for hz in (100..=3_400).step_by(100).map(f64::from) {
        let narrow = resample(&sine(hz, RATE, 0.4, 0.5), RATE, 8_000);
        worst = worst.max(decibels(level(&narrow, hz, 8_000) / 0.5).abs());
    }
    assert!(worst < 0.05, "the pass band of 16 → 8 kHz is flat to {worst:.3} dB");
    for rate in RATES {
        let end = f64::from(rate.min(RATE)) * 0.425;
        for hz in [100.0, end / 3.0, end] {
            let sound = resample(&sine(hz, rate, 0.4, 0.5), rate, RATE);
            let off = decibels(level(&sound, hz, RATE) / 0.5);
            assert!(off.abs() < 0.05, "{hz} Hz from {rate} Hz is off by {off:.3} dB");
        }
    }
}

#[test]
fn what_would_come_back_as_another_tone_is_suppressed() {
    let mut loudest = f64::NEG_INFINITY;
    for hz in (4_050..=7_950).step_by(50).map(f64::from) {
        let narrow = resample(&sine(hz, RATE, 0.4, 0.5), RATE, 8_000);
        loudest = loudest.max(decibels(level(&narrow, 8_000.0 - hz, 8_000) / 0.5));
    }
    assert!(loudest < -60.0, "the loudest alias of 16 → 8 kHz has {loudest:.1} dB");
    for rate in RATES.into_iter().filter(|rate| *rate > RATE) {
        for hz in [8_100.0, 9_700.0, f64::from(rate) / 2.0 - 50.0] {
            let sound = resample(&sine(hz, rate, 0.4, 0.5), rate, RATE);
            let folded = (hz + 8_000.0).rem_euclid(16_000.0) - 8_000.0;
            let alias = decibels(level(&sound, folded.abs(), RATE) / 0.5);
            assert!(alias < -60.0, "{hz} Hz from {rate} Hz comes back with {alias:.1} dB");
        }
    }
    // The mirror images that a slower file would get above its own half.
    for hz in [300.0, 1_000.0, 3_400.0] {
        let wide = resample(&sine(hz, 8_000, 0.4, 0.5), 8_000, RATE);
        let image = decibels(level(&wide, 8_000.0 - hz, RATE) / 0.5);
        assert!(image < -60.0, "the image of {hz} Hz has {image:.1} dB");
    }
}

#[test]
fn lengths_and_places_are_kept() {
    for rate in RATES {
        let sound = resample(&vec![0.5; rate as usize / 10], rate, RATE);
        assert!(sound.len().abs_diff(RATE as usize / 10) <= 1, "{rate} Hz");
        assert!((sound[sound.len() / 2] - 0.5).abs() < 0.001, "{rate} Hz: a constant stays");
    }
    let mut click = vec![0.0; 1_600];
    click[800] = 1.0;
    let narrow = resample(&click, RATE, 8_000);
    let loudest = (0..narrow.len()).max_by(|a, b| narrow[*a].total_cmp(&narrow[*b]));
    assert_eq!(loudest, Some(400), "the filter delays nothing");
    assert!(resample(&[], 44_100, RATE).is_empty());
}

fn bytes_of(sound: &Sound, codec: ClipCodec) -> Vec<u8> {
    let clip = sound.clip(codec);
    (0..clip.frames()).flat_map(|index| clip.frame(index).unwrap().to_vec()).collect()
}

/// What a telephone makes of the frames, and its samples a second.
fn heard(sound: &Sound, codec: ClipCodec) -> (Vec<f32>, u32) {
    let bytes = bytes_of(sound, codec);
    let by_table =
        |table: &[i16; 256]| bytes.iter().map(|byte| table[usize::from(*byte)]).collect();
    let (linear, rate): (Vec<i16>, u32) = match codec {
        ClipCodec::Pcma => (by_table(&ALAW_TO_LINEAR), 8_000),
        ClipCodec::Pcmu => (by_table(&ULAW_TO_LINEAR), 8_000),
        ClipCodec::G722 => (Decoder::new().decode(&bytes), RATE),
    };
    (linear.into_iter().map(|it| f32::from(it) / 32_768.0).collect(), rate)
}

#[test]
fn tones_come_through_every_codec() {
    let cases = [
        (ClipCodec::Pcma, 440.0),
        (ClipCodec::Pcmu, 440.0),
        (ClipCodec::G722, 440.0),
        (ClipCodec::G722, 5_000.0),
    ];
    for (codec, hz) in cases {
        let sound = Sound::encode(sine(hz, RATE, 1.0, 0.3)).unwrap();
        let (samples, rate) = heard(&sound, codec);
        let off = decibels(level(&samples, hz, rate) / 0.3);
        assert!(off.abs() < 0.5, "{codec:?}: {hz} Hz is off by {off:.2} dB");
        let other = decibels(level(&samples, 1_900.0, rate) / 0.3);
        assert!(other < -40.0, "{codec:?}: {hz} Hz makes 1,900 Hz with {other:.1} dB");
    }
}

#[test]
fn a_wide_band_telephone_hears_no_crack_where_a_sound_begins() {
    let silence = bytes_of(&Sound::encode(vec![0.0; 8_000]).unwrap(), ClipCodec::G722);
    let mut decoder = Decoder::new();
    let played = decoder.decode(&silence.repeat(3));
    // The codec's own noise at −63 dBFS; the crack has half of full scale.
    assert!(played.iter().all(|sample| sample.abs() < 32));
}

#[test]
fn g711_does_not_hear_what_is_above_its_band() {
    let sound = Sound::encode(sine(5_000.0, RATE, 1.0, 0.3)).unwrap();
    let (samples, rate) = heard(&sound, ClipCodec::Pcma);
    let alias = decibels(level(&samples, 3_000.0, rate) / 0.3);
    assert!(alias < -50.0, "5 kHz comes back as 3 kHz with {alias:.1} dB");
}

#[test]
fn a_constant_becomes_the_known_byte() {
    let sound = Sound::encode(vec![0.25; RATE as usize]).unwrap();
    // 8,192 lies in A-law's segment 6, step 0, which is sent as 0xb5; in µ-law it is 0x9f.
    assert_eq!(bytes_of(&sound, ClipCodec::Pcma)[4_000], 0xb5);
    assert_eq!(bytes_of(&sound, ClipCodec::Pcmu)[4_000], 0x9f);
    let silence = Sound::encode(vec![0.0; 1]).unwrap();
    assert_eq!(bytes_of(&silence, ClipCodec::Pcma), [ALAW_SILENCE; FRAME_BYTES]);
    assert_eq!(bytes_of(&silence, ClipCodec::Pcmu), [ULAW_SILENCE; FRAME_BYTES]);
}

#[test]
fn the_last_frame_is_filled_with_silence() {
    for (samples, frames) in [(1, 1), (319, 1), (320, 1), (321, 2), (16_000, 50), (16_001, 51)] {
        let sound = Sound::encode(vec![0.5; samples]).unwrap();
        assert_eq!(sound.frames(), frames, "{samples} samples");
        for codec in [ClipCodec::Pcma, ClipCodec::Pcmu, ClipCodec::G722] {
            assert_eq!(sound.clip(codec).frames(), frames, "{samples} samples in {codec:?}");
        }
    }
    let sound = Sound::encode(sine(440.0, RATE, 0.025, 0.5)).unwrap();
    let end = bytes_of(&sound, ClipCodec::Pcma)[FRAME_BYTES + 80..].to_vec();
    assert!(end.iter().all(|byte| ALAW_TO_LINEAR[usize::from(*byte)].abs() <= 24), "{end:x?}");
    assert!(Sound::encode(vec![]).is_none());
}

#[test]
fn edges_are_faded_so_that_a_loop_does_not_click() {
    let sound = Sound::encode(vec![0.5; 3_200]).unwrap();
    let bytes = bytes_of(&sound, ClipCodec::Pcma);
    let at = |index: usize| ALAW_TO_LINEAR[usize::from(bytes[index])];
    assert!(
        at(0).abs() < 400 && at(bytes.len() - 1).abs() < 800,
        "{} {}",
        at(0),
        at(bytes.len() - 1)
    );
    assert!(at(200) > 16_000);
}

#[test]
fn the_replacement_sounds_as_its_pattern_says() {
    let samples = tone::samples(REPLACEMENT);
    let sound = Sound::encode(samples.clone()).unwrap();
    assert_eq!(sound.frames(), 150);
    for second in samples.chunks_exact(RATE as usize) {
        let (on, off) = second.split_at(RATE as usize / 2);
        assert!(decibels(level(on, 425.0, RATE) / f64::from(REPLACEMENT.peak)).abs() < 0.1);
        assert!(off.iter().all(|sample| *sample == 0.0));
        assert!(on[0].abs() < 0.001 && on[on.len() - 1].abs() < 0.001);
    }
}

#[test]
fn all_sounds_together_are_bounded() {
    let mut loader = Loader::new(|_, samples| Sound::encode(samples));
    let minutes = |count: usize| count * 60 * 50;
    assert_eq!(loader.reserve(minutes(59)), Ok(()));
    assert_eq!(loader.reserve(minutes(2)), Err(Defect::NoRoom));
    assert_eq!(loader.reserve(minutes(1)), Ok(()), "what was refused takes no room");
    assert_eq!(loader.reserve(1), Err(Defect::NoRoom));
}
