// SPDX-License-Identifier: EUPL-1.2
//! G.722 from end to end: what comes back of tones, silence and noise, and bytes that are known.

use std::f64::consts::TAU;

use rtp::g722::{Decoder, Encoder};
use stdx::Rng;

/// Samples a second.
const RATE: usize = 16_000;

/// One wave of 1 kHz.
const WAVE: [i16; 16] = [
    0, 3827, 7071, 9239, 10000, 9239, 7071, 3827, 0, -3827, -7071, -9239, -10000, -9239, -7071,
    -3827,
];

fn tone(hz: f64, peak: f64) -> Vec<i16> {
    let sample = |index: usize| (peak * (TAU * hz * index as f64 / RATE as f64).sin()).round();
    (0..RATE).map(|index| sample(index) as i16).collect()
}

fn there_and_back(samples: &[i16]) -> Vec<i16> {
    Decoder::new().decode(&Encoder::new().encode(samples))
}

/// The peak of the wave of `hz` in the second half second, and how far all else lies below it in dB.
fn fitted(samples: &[i16], hz: f64) -> (f64, f64) {
    let (mut sine, mut cosine, mut power) = (0.0, 0.0, 0.0);
    let half = &samples[samples.len() / 2..];
    for (index, sample) in half.iter().enumerate() {
        let (at, sample) = (TAU * hz * index as f64 / RATE as f64, f64::from(*sample));
        sine += at.sin() * sample;
        cosine += at.cos() * sample;
        power += sample * sample;
    }
    let count = half.len() as f64;
    let peak = 2.0 * sine.hypot(cosine) / count;
    let noise = power / count - peak * peak / 2.0;
    (peak, 10.0 * (peak * peak / 2.0 / noise).log10())
}

fn peak(samples: &[i16]) -> u16 {
    samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0)
}

/// One figure for many: none can change without it.
fn folded(values: impl IntoIterator<Item = i32>) -> u32 {
    values.into_iter().fold(0, |sum: u32, value| sum.wrapping_mul(31).wrapping_add(value as u32))
}

/// Numbers in no order.
fn scattered() -> impl Iterator<Item = u32> {
    (0..65_536_u32).map(|it| it.wrapping_mul(it).wrapping_mul(0x9e37_79b1) >> 16)
}

#[test]
fn tones_come_back_as_loud_as_they_went() {
    for hz in [100.0, 440.0, 1_000.0, 3_000.0, 5_000.0, 6_500.0] {
        for level in [300.0, 3_000.0, 10_000.0, 16_000.0] {
            let (back, _) = fitted(&there_and_back(&tone(hz, level)), hz);
            let off = 20.0 * (back / level).log10();
            assert!(off.abs() < 1.0, "{hz} Hz at {level} is off by {off:.2} dB");
        }
    }
}

#[test]
fn noise_lies_far_below_a_tone() {
    for (hz, at_least) in [(440.0, 40.0), (1_000.0, 40.0), (3_000.0, 35.0), (5_000.0, 20.0)] {
        for level in [1_000.0, 10_000.0] {
            let (_, ratio) = fitted(&there_and_back(&tone(hz, level)), hz);
            assert!(ratio > at_least, "{hz} Hz at {level}: {ratio:.1} dB");
        }
    }
}

#[test]
fn silence_stays_silent() {
    let bytes = Encoder::new().encode(&vec![0; 60 * RATE]);
    // There is no byte for nothing: 0xfa is the smallest step up, and 5.5 ms of it are needed
    // until the other end is as far up as a step down is wide.
    assert_eq!(bytes[..44], [0xfa; 44]);
    assert_eq!(bytes[44..48], [0xf7; 4]);
    // 78 dB below full scale.
    let back = Decoder::new().decode(&bytes);
    assert!(peak(&back) <= 4, "{}", peak(&back));
    // A stream that never says anything else drifts, but not far.
    assert!(peak(&Decoder::new().decode(&[0xfa; RATE])) <= 200);
}

#[test]
fn a_sound_begins_without_a_crack() {
    let mut samples = tone(440.0, 8_000.0);
    for (index, sample) in samples.iter_mut().take(80).enumerate() {
        *sample = (i32::from(*sample) * index as i32 / 80) as i16;
    }
    let back = there_and_back(&samples);
    // Both filters together take 22 samples.
    let error = back[22..].iter().zip(&samples).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(error < Some(200), "{error:?}");
    assert!(peak(&back[..22]) < 16, "{:?}", &back[..22]);
}

#[test]
fn known_samples_become_known_bytes() {
    let ramp: Vec<i16> = (0..64).map(|index| index * 300 - 9_600).collect();
    let expected = [
        0x30, 0x85, 0x20, 0x85, 0x22, 0x84, 0x04, 0x8d, 0x0f, 0x90, 0xd2, 0xd4, 0xd6, 0xd8, 0xd9,
        0xdb, 0xdc, 0xde, 0xdf, 0xff, 0xfc, 0xfb, 0xfa, 0xf9, 0xf6, 0xf5, 0xf4, 0xf2, 0xf1, 0xf1,
        0xf0, 0xf0,
    ];
    assert_eq!(Encoder::new().encode(&ramp), expected);
    let expected = [
        0xfa, 0x92, 0x23, 0x8d, 0x23, 0x93, 0xa0, 0xa0, 0x20, 0xb0, 0xca, 0xc8, 0xce, 0xdc, 0xed,
        0xe9, 0xeb, 0x7a, 0xd1, 0xce, 0xd1, 0xdf, 0xae, 0xea, 0xee, 0xfc, 0x53, 0xcf, 0x92, 0xdf,
        0xf0, 0xab,
    ];
    assert_eq!(Encoder::new().encode(&WAVE.repeat(4)), expected);
    let noise: Vec<i16> = scattered().map(|it| it as u16 as i16 >> 2).collect();
    let bytes = Encoder::new().encode(&noise);
    assert_eq!(folded(bytes.into_iter().map(i32::from)), 0x81f9_f895);
}

#[test]
fn known_bytes_become_known_samples() {
    let back = there_and_back(&WAVE.repeat(4));
    let expected = [
        0, -1, -1, 0, 0, -1, -1, 1, 0, -4, 0, 10, -3, -27, -3, 51, 13, -99, -33, 145, 93, -182,
        -55, 446, 705, 982, 1994, 3472, 4283, 3303, 382, -3491, -6852, -8820, -9491, -8949, -7018,
        -3878, 3, 3945, 7129, 9111, 9954, 9516, 7418, 3910, -182, -4092, -7222, -9189, -9823,
        -9104, -7002, -3794, 9, 3844, 7267, 9655, 10323, 9209, 6845, 3683, -32, -3855,
    ];
    assert_eq!(back, expected);
    let bytes: Vec<u8> = scattered().map(|it| (it >> 8) as u8).collect();
    let back = Decoder::new().decode(&bytes);
    assert_eq!(folded(back.into_iter().map(i32::from)), 0x5997_d711);
}

#[test]
fn whatever_arrives_is_decoded() {
    let mut rng = Rng::new(722);
    let mut decoder = Decoder::new();
    let mut loudest = 0;
    for _ in 0..2_000 {
        // Long runs of one byte drive everything to its limits, noise leads back.
        let (byte, run) = (rng.next_u64() as u8, rng.below(1_000) as usize);
        loudest = loudest.max(peak(&decoder.decode(&vec![byte; run])));
        let noise: Vec<u8> = (0..rng.below(500)).map(|_| rng.next_u64() as u8).collect();
        loudest = loudest.max(peak(&decoder.decode(&noise)));
        for byte in 0..=255 {
            let _samples = decoder.clone().pair_of(byte);
        }
    }
    assert!(loudest >= 0x7fff, "the limits were reached");
}

#[test]
fn the_loudest_waves_are_cut_and_forgotten() {
    for half in [1, 2, 3, 7, 20, 160, 1_600] {
        let sample =
            |index: usize| if (index / half).is_multiple_of(2) { i16::MAX } else { i16::MIN };
        let square: Vec<i16> = (0..2 * RATE).map(sample).collect();
        let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
        let back = decoder.decode(&encoder.encode(&square));
        // A wave at 8 kHz lies between the bands' ends, where the filters let little through.
        assert!(half == 1 || peak(&back) > 16_000, "{half}: {}", peak(&back));
        let silence = decoder.decode(&encoder.encode(&vec![0; 2 * RATE]));
        assert!(peak(&silence[RATE..]) <= 16, "{half}: {}", peak(&silence[RATE..]));
    }
    for extreme in [i16::MIN, i16::MAX] {
        let back = there_and_back(&[extreme; RATE]);
        let off = back[RATE / 2..].iter().map(|it| it.abs_diff(extreme)).max();
        assert!(off < Some(1_200), "{extreme}: {off:?}");
    }
}

#[test]
fn pieces_are_as_good_as_the_whole() {
    let samples = tone(700.0, 9_000.0);
    let whole = Encoder::new().encode(&samples);
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
    let mut pieces = Vec::new();
    let mut back = Vec::new();
    for frame in samples.chunks(320) {
        // A copy goes on alike.
        let bytes = encoder.clone().encode(frame);
        assert_eq!(encoder.encode(frame), bytes);
        back.extend(decoder.decode(&bytes));
        pieces.extend(bytes);
    }
    assert_eq!(pieces, whole);
    assert_eq!(back, Decoder::new().decode(&whole));
}

#[test]
#[should_panic(expected = "one of 3 samples is alone")]
fn half_a_byte_is_not_encoded() {
    let _bytes = Encoder::new().encode(&[1, 2, 3]);
}
