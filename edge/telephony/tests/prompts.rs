// SPDX-License-Identifier: EUPL-1.2
//! Folders of sounds, as an operator and a release leave them.

use std::fs;
use std::path::{Path, PathBuf};

use rtp::g722::Decoder;
use telephony::clip::{Clip, ClipCodec};
use telephony::prompts::limits::FILE_BYTES_MAX;
use telephony::prompts::{Defect, Missing, Occasion, PromptName, Prompts};

/// The frames of the replacement: three seconds.
const TONE: usize = 150;

/// Two empty folders, the operator's and the shipped one.
fn folders(test: &str) -> [PathBuf; 2] {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("prompts").join(test);
    let _absent = fs::remove_dir_all(&root);
    ["own", "shipped"].map(|name| {
        let folder = root.join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    })
}

/// A file of so many frames of 20 ms.
fn put(folder: &Path, file: &str, frames: usize) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(folder.join(file), spec).unwrap();
    (0..frames * 320).for_each(|_| writer.write_sample(1_000_i16).unwrap());
    writer.finalize().unwrap();
}

fn name(line: &str, occasion: Occasion) -> PromptName {
    PromptName::of_line(line, occasion).unwrap()
}

fn frames(prompts: &Prompts, names: &[PromptName]) -> Vec<usize> {
    names.iter().map(|name| prompts.sound(name).frames()).collect()
}

fn defects(missing: Vec<Missing>) -> Vec<(String, Defect)> {
    missing.into_iter().map(|it| (it.name.to_string(), it.defect)).collect()
}

#[test]
fn the_operator_s_file_stands_before_ours_one_by_one() {
    let [own, shipped] = folders("override");
    put(&own, "115-greeting.wav", 7);
    put(&shipped, "115-greeting.wav", 8);
    put(&shipped, "115-closed.wav", 9);
    let wanted = [name("115", Occasion::Greeting), name("115", Occasion::Closed)];
    let (prompts, missing) = Prompts::load(&[own, shipped], &wanted);
    assert_eq!((frames(&prompts, &wanted), missing), (vec![7, 9], vec![]));
}

#[test]
fn lines_share_a_file_unless_they_have_their_own() {
    let [own, shipped] = folders("shared");
    put(&shipped, "busy.wav", 5);
    put(&shipped, "115-busy.wav", 6);
    let wanted = ["115", "a", "b"].map(|line| name(line, Occasion::Busy));
    let (prompts, missing) = Prompts::load(&[own.clone(), shipped.clone()], &wanted);
    assert_eq!((frames(&prompts, &wanted), missing), (vec![6, 5, 5], vec![]));
    // One for all that the operator recorded stands before anything of ours.
    put(&own, "busy.wav", 3);
    let (prompts, _) = Prompts::load(&[own, shipped], &wanted);
    assert_eq!(frames(&prompts, &wanted), [3, 3, 3]);
}

#[test]
fn what_is_missing_is_said_and_becomes_a_tone() {
    let wanted = [name("115", Occasion::Busy), PromptName::music()];
    let (prompts, missing) = Prompts::load(&["nowhere".into()], &wanted);
    let texts: Vec<[String; 2]> = missing.iter().map(|it| [it.german(), it.english()]).collect();
    let expected = [
        [
            "Ton „115-busy“ (nowhere/115-busy.wav oder nowhere/busy.wav): Es gibt keine solche \
             Datei. Anrufende hören stattdessen einen Signalton.",
            "Sound \"115-busy\" (nowhere/115-busy.wav or nowhere/busy.wav): There is no such \
             file. Callers hear a tone instead.",
        ],
        [
            "Ton „music“ (nowhere/music.wav): Es gibt keine solche Datei. Anrufende hören \
             stattdessen einen Signalton.",
            "Sound \"music\" (nowhere/music.wav): There is no such file. Callers hear a tone \
             instead.",
        ],
    ];
    assert_eq!(texts, expected);
    assert_eq!(frames(&prompts, &wanted), [TONE, TONE]);
    let never_asked_for = [PromptName::new("other").unwrap()];
    assert_eq!(frames(&prompts, &never_asked_for), [TONE]);
}

#[test]
fn a_broken_file_is_not_passed_over_for_ours() {
    let [own, shipped] = folders("broken");
    put(&shipped, "115-closed.wav", 9);
    fs::write(own.join("115-closed.wav"), "This is no sound.").unwrap();
    let wanted = [name("115", Occasion::Closed)];
    let (prompts, missing) = Prompts::load(&[own.clone(), shipped], &wanted);
    assert_eq!(missing[0].files, [own.join("115-closed.wav")]);
    let reason = Defect::NoWav("no RIFF tag found".into());
    assert_eq!(defects(missing), [("115-closed".into(), reason)]);
    assert_eq!(frames(&prompts, &wanted), [TONE]);
}

#[test]
fn files_that_nobody_should_read_are_refused_at_once() {
    let [own, _] = folders("refused");
    fs::write(own.join("empty.wav"), "").unwrap();
    fs::create_dir(own.join("folder.wav")).unwrap();
    let huge = fs::File::create(own.join("huge.wav")).unwrap();
    huge.set_len(FILE_BYTES_MAX + 1).unwrap();
    let wanted = ["empty", "folder", "huge"].map(|it| PromptName::new(it).unwrap());
    let (_, missing) = Prompts::load(&[own], &wanted);
    let bytes = FILE_BYTES_MAX + 1;
    let expected = [Defect::Empty, Defect::NoFile, Defect::TooLarge { bytes }];
    assert_eq!(missing.into_iter().map(|it| it.defect).collect::<Vec<_>>(), expected);
}

#[test]
fn a_name_cannot_lead_out_of_a_folder() {
    for bad in ["../115", "a/b", "a.b", "Ansage", "straße", "a b", &"x".repeat(81)] {
        assert_eq!(PromptName::new(bad), None, "{bad}");
        assert_eq!(PromptName::of_line(bad, Occasion::Busy), None, "{bad}");
    }
    assert_eq!(PromptName::new(""), None);
}

#[test]
fn every_defect_is_a_sentence_in_both_languages() {
    let defects = [
        Defect::Absent,
        Defect::NoFile,
        Defect::Unreadable(std::io::ErrorKind::PermissionDenied),
        Defect::TooLarge { bytes: 123_456_789 },
        Defect::NoWav("no RIFF tag found".into()),
        Defect::Coding,
        Defect::Torn,
        Defect::Rate { hz: 12_345 },
        Defect::Channels { count: 6 },
        Defect::Empty,
        Defect::TooLong { seconds: 301 },
        Defect::NoNumber,
        Defect::NoRoom,
    ];
    for defect in defects {
        let (german, english) = (defect.german(), defect.english());
        assert!(german.ends_with('.') && english.ends_with('.') && german != english, "{german}");
        assert!(!german.contains("  ") && !english.contains("  "), "{german} {english}");
    }
    let large = Defect::TooLarge { bytes: 123_456_789 };
    assert_eq!(large.german(), "Die Datei ist 124 MB groß, erlaubt sind 90 MB.");
}

/// The sounds that come with the example county.
fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/prompts")
}

/// What a wide-band telephone hears of so many rounds.
fn heard(clip: &Clip, rounds: usize) -> Vec<i16> {
    let mut decoder = Decoder::new();
    let frames = (0..rounds).flat_map(|_| 0..clip.frames());
    frames.flat_map(|index| decoder.decode(clip.frame(index).unwrap())).collect()
}

#[test]
fn the_shipped_sounds_are_complete() {
    let lines = ["115", "kreis-zentrale", "buergerservice", "neu-wulmstorf"];
    let occasions = [Occasion::Greeting, Occasion::Closed, Occasion::Busy];
    let of_lines = lines.iter().flat_map(|line| occasions.map(|occasion| name(line, occasion)));
    let wanted: Vec<PromptName> = of_lines.chain([PromptName::music()]).collect();
    let (prompts, missing) = Prompts::load(&[shipped()], &wanted);
    assert_eq!(missing, []);
    for name in &wanted {
        let sound = prompts.sound(name);
        let seconds = sound.frames() / 50;
        assert!((2..=30).contains(&seconds), "{name} takes {seconds} s");
        let samples = heard(sound.clip(ClipCodec::G722), 1);
        let loudest = samples.into_iter().map(i16::unsigned_abs).max();
        assert!(loudest > Some(3_000), "{name} is too quiet: {loudest:?}");
    }
}

#[test]
fn hold_music_begins_again_without_a_click() {
    let music = PromptName::music();
    let (prompts, _) = Prompts::load(&[shipped()], std::slice::from_ref(&music));
    let samples = heard(prompts.clip(&music, ClipCodec::G722), 2);
    let seam = samples.len() / 2;
    // From 10 ms before to 2 ms after, where the first note swells; a click would be louder.
    let around = &samples[seam - 160..seam + 32];
    let loudest = around.iter().map(|it| it.unsigned_abs()).max();
    assert!(loudest < Some(160), "{loudest:?} around the seam");
}
