// SPDX-License-Identifier: EUPL-1.2
//! Recordings as operators bring them: what is taken, what is refused, and what becomes of it.

use hound::{SampleFormat, WavSpec};
use rtp::g711::{alaw_encode, ulaw_encode};

use super::defect::Defect;
use super::import::{Imported, Kind, Unfit, import};
use super::limits::{MUSIC_LUFS, RATE, RATES, SPEECH_LUFS};
use super::tests::{file, sine, spec};
use super::wav::{self, Coding};

/// Something like a voice: a tone that swells and ebbs four times a second.
fn voice(rate: u32, seconds: f64, peak: f64) -> Vec<f32> {
    let swell = sine(2.0, rate, seconds, 1.0);
    sine(300.0, rate, seconds, peak).iter().zip(swell).map(|(tone, swell)| tone * swell).collect()
}

fn speech(spec: WavSpec, samples: &[f32]) -> Result<Imported, Unfit> {
    import(&file(spec, samples), Kind::Speech)
}

#[test]
fn every_form_comes_to_one_form_and_one_loudness() {
    for rate in RATES {
        for channels in [1, 2] {
            let whole = [8, 16, 24, 32].map(|bits| spec(rate, channels, bits));
            let float = WavSpec { sample_format: SampleFormat::Float, ..spec(rate, channels, 32) };
            for form in whole.into_iter().chain([float]) {
                let imported = speech(form, &voice(rate, 2.0, 0.3)).unwrap();
                let off = imported.level.lufs - SPEECH_LUFS;
                assert!(off.abs() < 0.1, "{form:?} has {:.2} LUFS", imported.level.lufs);
                assert!(imported.level.peak_dbfs < -3.4, "{form:?}: {:?}", imported.level);
                assert!((imported.seconds - 2.0).abs() < 0.001, "{form:?}");
                assert_eq!((imported.was.form.hz, imported.was.form.channels), (rate, channels));
                let kept = wav::read_raw(&imported.bytes).unwrap();
                assert_eq!(kept.spec, spec(RATE, 1, 16), "{form:?}");
            }
        }
    }
}

#[test]
fn what_was_imported_once_changes_no_more() {
    let once = speech(spec(44_100, 2, 24), &voice(44_100, 2.0, 0.02)).unwrap();
    let twice = import(&once.bytes, Kind::Speech).unwrap();
    assert!((once.level.lufs - twice.level.lufs).abs() < 0.05);
    assert_eq!((once.bytes.len(), twice.taken_off), (twice.bytes.len(), [0.0; 2]));
}

#[test]
fn peaks_are_turned_down_and_never_cut() {
    let mut shouted = voice(RATE, 4.0, 0.02);
    for at in (8_000..9_000).chain(40_000..40_100) {
        shouted[at] *= 40.0;
    }
    let imported = speech(spec(RATE, 1, 16), &shouted).unwrap();
    assert!(imported.is_limited && imported.level.peak_dbfs < -3.4, "{:?}", imported.level);
    assert!((imported.level.lufs - SPEECH_LUFS).abs() < 0.5, "{:?}", imported.level);
    let ordinary = speech(spec(RATE, 1, 16), &sine(300.0, RATE, 2.0, 0.1)).unwrap();
    assert!(!ordinary.is_limited);
}

#[test]
fn music_is_quieter_and_keeps_its_rests() {
    let rests = [vec![0.0; 32_000], voice(RATE, 4.0, 0.3), vec![0.0; 32_000]].concat();
    let imported = import(&file(spec(RATE, 1, 16), &rests), Kind::Music).unwrap();
    assert!((imported.level.lufs - MUSIC_LUFS).abs() < 0.1, "{:?}", imported.level);
    assert_eq!((imported.seconds, imported.taken_off), (8.0, [0.0; 2]));
}

#[test]
fn silence_at_the_ends_is_taken_off_and_inside_it_is_noted() {
    let said = sine(300.0, RATE, 1.0, 0.1);
    let pause = |seconds: usize| vec![0.0; RATE as usize * seconds];
    let long = [pause(3), said.clone(), pause(4), said.clone(), pause(2)].concat();
    let imported = speech(spec(RATE, 1, 16), &long).unwrap();
    let near = |one: f64, other: f64| (one - other).abs() < 0.03;
    assert!(near(imported.taken_off[0], 2.8) && near(imported.taken_off[1], 1.7));
    assert!(near(imported.seconds, 6.5), "{}", imported.seconds);
    let (at, length) = imported.pause.unwrap();
    assert!(near(at, 1.2) && near(length, 4.0), "{length} s at {at} s");
    let short = [vec![0.0; 8_000], said, vec![0.0; 8_000]].concat();
    let imported = speech(spec(RATE, 1, 16), &short).unwrap();
    assert_eq!((imported.seconds, imported.taken_off, imported.pause), (2.0, [0.0; 2], None));
}

#[test]
fn what_callers_could_not_understand_is_refused() {
    let form = spec(RATE, 1, 16);
    let refused = |samples: &[f32]| speech(form, samples).unwrap_err();
    assert_eq!(refused(&voice(RATE, 0.3, 0.3)), Unfit::TooShort { seconds: 0.3 });
    assert_eq!(refused(&vec![0.0; 32_000]), Unfit::Silent);
    assert_eq!(refused(&sine(300.0, RATE, 1.0, 0.0005)), Unfit::Silent);
    assert!(matches!(refused(&sine(300.0, RATE, 1.0, 0.004)), Unfit::TooQuiet { .. }));
    assert_eq!(import(&[], Kind::Speech), Err(Unfit::Defect(Defect::Empty)));
    assert_eq!(import(b"ID3", Kind::Speech), Err(Unfit::Defect(Defect::Torn)));
}

#[test]
fn what_was_cut_off_at_full_scale_is_found_in_every_width() {
    let cut = |samples: Vec<f32>| -> Vec<f32> {
        samples.into_iter().map(|sample| (sample * 3.0).clamp(-1.0, 1.0)).collect()
    };
    for bits in [8, 16, 24, 32] {
        let loud = cut(sine(300.0, RATE, 1.0, 0.9));
        let refused = speech(spec(RATE, 2, bits), &loud).unwrap_err();
        assert!(matches!(refused, Unfit::Clipped { share } if share > 0.5), "{bits}: {refused:?}");
    }
    let exchange = cut(sine(300.0, 8_000, 1.0, 0.9));
    let bytes: Vec<u8> = exchange.iter().map(|it| alaw_encode((it * 32_767.0) as i16)).collect();
    let refused = import(&g711(6, 8_000, &bytes), Kind::Speech).unwrap_err();
    assert!(matches!(refused, Unfit::Clipped { .. }), "{refused:?}");
    // One shout of 3 ms in ten seconds is borne, and told.
    let mut once = sine(300.0, RATE, 10.0, 0.3);
    once[80_000..80_048].fill(1.0);
    assert_eq!(speech(spec(RATE, 1, 24), &once).unwrap().was.clipped, 1);
    let full = sine(300.0, RATE, 1.0, 1.0);
    assert_eq!(speech(spec(RATE, 1, 16), &full).unwrap().was.clipped, 0, "it only touches it");
}

/// What an exchange gives out: the parts of a file with one byte a sample.
fn g711(tag: u16, rate: u32, bytes: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVEfact\x03\0\0\0odd\0fmt \x12\0\0\0".to_vec();
    file.extend(tag.to_le_bytes());
    file.extend([1, 0]);
    file.extend(rate.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend([1, 0, 8, 0, 0, 0]);
    file.extend(b"data");
    file.extend((bytes.len() as u32).to_le_bytes());
    file.extend(bytes);
    file
}

#[test]
fn what_an_older_exchange_gives_out_is_taken() {
    let samples = voice(8_000, 2.0, 0.3);
    let linear = samples.iter().map(|sample| (sample * 32_768.0) as i16);
    let a_law: Vec<u8> = linear.clone().map(alaw_encode).collect();
    let mu_law: Vec<u8> = linear.map(ulaw_encode).collect();
    for (tag, bytes, coding) in [(6, &a_law, Coding::ALaw), (7, &mu_law, Coding::MuLaw)] {
        let imported = import(&g711(tag, 8_000, bytes), Kind::Speech).unwrap();
        assert_eq!((imported.was.form.coding, imported.was.form.bits), (coding, 8));
        assert_eq!((imported.seconds, imported.was.clipped), (2.0, 0), "{coding:?}");
        let plain = speech(spec(8_000, 1, 16), &samples).unwrap();
        assert!((imported.was.level.lufs - plain.was.level.lufs).abs() < 0.1, "{coding:?}");
        let torn = &g711(tag, 8_000, bytes)[..9_000];
        assert_eq!(import(torn, Kind::Speech), Err(Unfit::Defect(Defect::Torn)));
        let odd = Unfit::Defect(Defect::Rate { hz: 8_001 });
        assert_eq!(import(&g711(tag, 8_001, bytes), Kind::Speech), Err(odd));
    }
    assert_eq!(import(&g711(6, 8_000, &[]), Kind::Speech), Err(Unfit::Defect(Defect::Empty)));
}

#[test]
fn no_bytes_of_an_exchange_make_it_panic() {
    let good = g711(6, 8_000, &[0x55; 8_000]);
    for at in 0..80 {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[at] = value;
            let _either = import(&bytes, Kind::Speech);
        }
        let _torn = import(&good[..at], Kind::Speech);
    }
}

#[test]
fn the_noise_of_a_room_is_no_speech() {
    // −66 dBFS under a voice of −26 dBFS.
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(seed) / f64::from(u32::MAX) - 0.5) as f32 * 0.001_7
    };
    let quiet = vec![0.0; 2 * RATE as usize];
    let said = [quiet.clone(), sine(300.0, RATE, 2.0, 0.07), quiet].concat();
    let said: Vec<f32> = said.into_iter().map(|sample| sample + noise()).collect();
    let imported = speech(spec(RATE, 1, 24), &said).unwrap();
    assert!((imported.seconds - 2.5).abs() < 0.05, "{} s", imported.seconds);
}

#[test]
fn channels_against_each_other_are_silence_to_one_ear() {
    let tone = sine(300.0, RATE, 1.0, 0.3);
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec(RATE, 2, 16)).unwrap();
    for value in tone.iter().map(|value| (value * 32_767.0) as i16) {
        writer.write_sample(value).unwrap();
        writer.write_sample(-value).unwrap();
    }
    writer.finalize().unwrap();
    assert_eq!(import(&bytes.into_inner(), Kind::Speech), Err(Unfit::Silent));
}
