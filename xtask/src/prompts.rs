// SPDX-License-Identifier: EUPL-1.2
//! The announcements and the hold music of the example county: makes them, and checks them.
//!
//! Rule: checking needs nothing but Rust; only making them anew needs espeak-ng.

mod county;
mod music;
// The product's own filter, limiter and measure, so that there is only one of each; a task must not use
// a crate of another layer.
#[path = "../../edge/telephony/src/prompts/level.rs"]
mod level;
#[path = "../../edge/telephony/src/prompts/loudness.rs"]
mod loudness;
#[path = "../../core/call/src/phrase.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "which pieces make a sentence is decided where they are said"
)]
mod phrase;
#[path = "../../edge/telephony/src/prompts/resample.rs"]
mod resample;
mod sound;
mod speech;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::Outcome;
use crate::cargo::root;
use county::Saying;
use loudness::{Measures, measure, rms_dbfs};

/// Samples a second of everything in here.
const RATE: u32 = 16_000;

/// The sound that has no text.
const MUSIC: &str = "music";

/// The file with the fingerprint of every text at the time when its sound was made, and the digest of the
/// sound. By the digest the product knows that a machine has spoken it, so music is not in it.
const MADE: &str = "made.list";

/// Loudness of speech in LUFS: what broadcasters of spoken words for small loudspeakers use.
const SPEECH_LUFS: f64 = -16.0;

/// Loudness of music in LUFS: those who wait want to do something else meanwhile.
const MUSIC_LUFS: f64 = -22.0;

/// How far a sound may be from its loudness.
const LUFS_OFF: f64 = 0.5;

/// How far a single word may be: there the limiter weighs more.
const WORD_LUFS_OFF: f64 = 1.5;

/// The highest sample allowed: codecs overshoot.
const PEAK_DBFS_MAX: f64 = -3.0;

/// A first or last sample above this, −60 dBFS, clicks.
const CLICK: f32 = 0.001;

/// Characters of a text from which on it is more than a word with silence around it.
const SENTENCE_FROM: usize = 30;

/// Bytes of all sounds together: everybody who clones the repository gets them.
const BYTES_MAX: u64 = 8_500_000;

/// Makes every sound that is not there yet, or older than its text.
pub(crate) fn make() -> Outcome {
    let folder = folder();
    for (_, name, words) in phrase::PHRASES {
        write(&folder.join(format!("{name}.txt")), &format!("{words}\n"))?;
    }
    let scratch = root().join("target");
    fs::create_dir_all(&scratch).map_err(|error| format!("{}: {error}", scratch.display()))?;
    let mut made = String::new();
    let before = read(&folder.join(MADE)).unwrap_or_default();
    for (name, text) in texts(&folder)? {
        if let Some(line) = still_good(&folder, &name, &text, &before) {
            made.push_str(&format!("{line}\n"));
            continue;
        }
        let speech = speech::speak(&text, &scratch.join("prompt.wav"))?;
        let file = wav(&folder, &name);
        sound::write(&file, &level::bring_to(&speech, SPEECH_LUFS))?;
        made.push_str(&format!("{name} {} {}\n", fingerprint(&text), digest(&file)?));
    }
    let music = level::bring_to(&music::compose(), MUSIC_LUFS);
    sound::write(&wav(&folder, MUSIC), &music)?;
    write(&folder.join(MADE), &made)?;
    check()
}

/// The line of the list for a sound that needs not be made: as it was made, of the text as it is. A voice does not say
/// the same twice, and whoever clones the repository gets every version.
fn still_good<'m>(folder: &Path, name: &str, text: &str, made: &'m str) -> Option<&'m str> {
    let digest = digest(&wav(folder, name)).ok()?;
    let as_made = [name, &fingerprint(text), &digest];
    made.lines().find(|line| line.split(' ').eq(as_made))
}

/// Checks every sound, and prints what it measures.
pub(crate) fn check() -> Outcome {
    let folder = folder();
    let texts = texts(&folder)?;
    let sounds = names(&folder, "wav")?;
    let made = read(&folder.join(MADE)).unwrap_or_default();
    let county = root().join("examples/harburg.toml");
    let mut sayings = county::sayings(&read(&county)?)?;
    sayings.extend(phrase::PHRASES.iter().filter_map(|(_, name, words)| {
        let (whose, occasion) = name.split_once('-')?;
        Some(Saying { whose: whose.into(), occasion: occasion.into(), text: (*words).into() })
    }));
    let mut problems = wrong_texts(&texts, &sayings);
    problems.extend(wrong_files(&texts, &sounds, &made));
    problems.extend(unlisted(&folder, &texts, &made)?);
    let mut bytes = 0;
    println!(
        "{:<26} {:>7} {:>9} {:>7} {:>7} {:>7}",
        "sound", "seconds", "bytes", "LUFS", "peak", "RMS"
    );
    for name in &sounds {
        let file = wav(&folder, name);
        let size = fs::metadata(&file).map_or(0, |about| about.len());
        bytes += size;
        match sound::read(&file) {
            Ok((samples, rate)) => {
                let measures = measure(&samples);
                println!("{}", row(name, samples.len(), size, measures));
                let text = texts.get(name).map(String::as_str);
                let wrong = wrong_sound(text, &samples, rate, measures);
                problems.extend(wrong.into_iter().map(|it| format!("{name}.wav: {it}")));
            }
            Err(problem) => problems.push(problem),
        }
    }
    println!("{:<26} {:>17}", "together", bytes);
    if bytes > BYTES_MAX {
        problems.push(format!("all sounds together have {bytes} bytes, allowed are {BYTES_MAX}"));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn row(name: &str, samples: usize, bytes: u64, measures: Measures) -> String {
    let seconds = samples as f64 / f64::from(RATE);
    let Measures { lufs, peak_dbfs, rms_dbfs } = measures;
    format!("{name:<26} {seconds:>7.2} {bytes:>9} {lufs:>7.1} {peak_dbfs:>7.1} {rms_dbfs:>7.1}")
}

/// Where the county's texts and ours differ.
fn wrong_texts(texts: &BTreeMap<String, String>, sayings: &[Saying]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for saying in sayings {
        let own = format!("{}-{}", saying.whose, saying.occasion);
        let name = if texts.contains_key(&own) { own.as_str() } else { saying.occasion.as_str() };
        used.insert(name.to_owned());
        match texts.get(name) {
            Some(text) if *text == saying.text => {}
            Some(text) => wrong.push(format!(
                "{name}.txt says \"{text}\", but in examples/harburg.toml \"{}\" says \"{}\": \
                 change {own}.txt, then cargo xtask prompts",
                saying.whose, saying.text
            )),
            None => wrong.push(format!("{own}.txt is missing; it has to say \"{}\"", saying.text)),
        }
    }
    for (name, text) in texts {
        if !used.contains(name) {
            wrong.push(format!("{name}.txt: nobody in examples/harburg.toml says this"));
        }
        if text.chars().any(|it| it.is_ascii_digit()) {
            wrong.push(format!("{name}.txt: write numbers in words, 115 is \"eins eins fünf\""));
        }
    }
    wrong
}

/// Texts without a sound, sounds without a text, and sounds that are older than their text.
fn wrong_files(texts: &BTreeMap<String, String>, sounds: &[String], made: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, text) in texts {
        let made_of = [name.as_str(), &fingerprint(text)];
        if !sounds.contains(name) {
            wrong.push(format!("{name}.txt has no sound: cargo xtask prompts"));
        } else if !made.lines().any(|it| it.split(' ').take(2).eq(made_of)) {
            wrong.push(format!("{name}.wav is older than its text: cargo xtask prompts"));
        }
    }
    let mut silent = sounds.iter().filter(|name| *name != MUSIC && !texts.contains_key(*name));
    wrong.extend(silent.by_ref().map(|name| format!("{name}.wav has no text")));
    if !sounds.iter().any(|name| name == MUSIC) {
        wrong.push(format!("{MUSIC}.wav is missing: cargo xtask prompts"));
    }
    wrong
}

/// Spoken sounds whose digest is missing: the product would take them for a person's.
fn unlisted(
    folder: &Path,
    texts: &BTreeMap<String, String>,
    made: &str,
) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for file in texts.keys().map(|name| wav(folder, name)).filter(|file| file.exists()) {
        let digest = digest(&file)?;
        if !made.lines().any(|line| line.split(' ').any(|word| word == digest)) {
            let name = file.display();
            wrong.push(format!("{name}: its digest is not in {MADE}: cargo xtask prompts"));
        }
    }
    Ok(wrong)
}

/// What a sound measures otherwise than it should.
fn wrong_sound(text: Option<&str>, samples: &[f32], rate: u32, measures: Measures) -> Vec<String> {
    let mut wrong = Vec::new();
    if rate != RATE {
        wrong.push(format!("{rate} samples a second instead of {RATE}"));
    }
    let target = if text.is_some() { SPEECH_LUFS } else { MUSIC_LUFS };
    let off = if is_word(text) { WORD_LUFS_OFF } else { LUFS_OFF };
    if (measures.lufs - target).abs() > off {
        wrong.push(format!("{:.1} LUFS instead of {target:.0}", measures.lufs));
    }
    if measures.peak_dbfs > PEAK_DBFS_MAX {
        let peak = measures.peak_dbfs;
        wrong.push(format!("its peak is {peak:.1} dBFS, allowed are {PEAK_DBFS_MAX}"));
    }
    let ends = [samples.first(), samples.last()];
    if ends.iter().any(|end| end.is_none_or(|sample| sample.abs() > CLICK)) {
        wrong.push("it begins or ends with a click".to_owned());
    }
    wrong.extend(text.and_then(|text| wrong_speech(text, samples)));
    wrong
}

/// Whether a text is so short that its sound is mostly the silence around it.
fn is_word(text: Option<&str>) -> bool {
    text.is_some_and(|text| text.chars().count() < SENTENCE_FROM)
}

/// Speech has words all along, at the speed of somebody who speaks clearly.
fn wrong_speech(text: &str, samples: &[f32]) -> Option<String> {
    let speed = text.chars().count() as f64 / (samples.len() as f64 / f64::from(RATE));
    if !is_word(Some(text)) && !(9.0..=20.0).contains(&speed) {
        return Some(format!("{speed:.1} characters a second are not the speed of speech"));
    }
    let silent = samples.chunks_exact(RATE as usize).position(|second| voiced(second) < 0.1);
    silent.map(|at| format!("there is no speech in second {at}"))
}

/// Which part of the sound, in pieces of 20 ms, is louder than −40 dBFS.
fn voiced(samples: &[f32]) -> f64 {
    let pieces = samples.chunks(RATE as usize / 50);
    let all = pieces.len().max(1);
    pieces.filter(|piece| rms_dbfs(piece) > -40.0).count() as f64 / all as f64
}

/// FNV-1a of 64 bits: whether a text changed, nothing more.
fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// SHA-256 of a file, as `sha256sum` writes it.
fn digest(file: &Path) -> Result<String, String> {
    let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn folder() -> PathBuf {
    root().join("examples/prompts")
}

fn wav(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.wav"))
}

/// Every text by its name, without the line break at its end.
fn texts(folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let with_text = |name: String| {
        let text = read(&folder.join(format!("{name}.txt")))?;
        Ok((name, text.trim_end().to_owned()))
    };
    names(folder, "txt")?.into_iter().map(with_text).collect()
}

/// The files with that ending, sorted, without it.
fn names(folder: &Path, ending: &str) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let ours = paths.filter(|path| path.extension().is_some_and(|it| it == ending));
    let mut names: Vec<String> =
        ours.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_s_sounds_are_as_they_should_be() {
        assert_eq!(check(), Ok(()));
    }

    fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    fn saying(whose: &str, occasion: &str, text: &str) -> Saying {
        Saying { whose: whose.into(), occasion: occasion.into(), text: text.into() }
    }

    #[test]
    fn texts_that_differ_are_found() {
        let county = [saying("a", "busy", "Besetzt."), saying("b", "busy", "Voll.")];
        assert!(
            wrong_texts(&texts(&[("busy", "Besetzt."), ("b-busy", "Voll.")]), &county).is_empty()
        );
        assert!(
            wrong_texts(&texts(&[("a-busy", "Besetzt."), ("b-busy", "Voll.")]), &county).is_empty()
        );
        assert_eq!(
            wrong_texts(&texts(&[("busy", "Besetzt."), ("c-busy", "Nanu, 115?")]), &county),
            [
                "busy.txt says \"Besetzt.\", but in examples/harburg.toml \"b\" says \"Voll.\": \
                 change b-busy.txt, then cargo xtask prompts",
                "c-busy.txt: nobody in examples/harburg.toml says this",
                "c-busy.txt: write numbers in words, 115 is \"eins eins fünf\"",
            ]
        );
        assert_eq!(
            wrong_texts(&texts(&[]), &county[..1]),
            ["a-busy.txt is missing; it has to say \"Besetzt.\""]
        );
    }

    #[test]
    fn files_without_their_other_half_are_found() {
        let sounds = ["alone", "music", "old"].map(str::to_owned);
        let made = format!("old {} digest\n", fingerprint("before"));
        assert_eq!(
            wrong_files(&texts(&[("new", "x"), ("old", "after")]), &sounds, &made),
            [
                "new.txt has no sound: cargo xtask prompts",
                "old.wav is older than its text: cargo xtask prompts",
                "alone.wav has no text",
            ]
        );
        let fresh = wrong_files(&texts(&[("old", "before")]), &sounds[1..], &made);
        assert!(fresh.is_empty(), "{fresh:?}");
        assert_eq!(
            wrong_files(&texts(&[]), &[], ""),
            ["music.wav is missing: cargo xtask prompts"]
        );
    }

    #[test]
    fn sounds_that_are_no_speech_are_found() {
        let noise = |i: usize| if i.is_multiple_of(7) { 0.3 } else { -0.1 };
        let said: Vec<f32> = (0..48_000).map(noise).collect();
        let text = "Das sind ungefähr vierzig Zeichen davon.";
        assert_eq!(wrong_speech(text, &said), None);
        let fast = wrong_speech(text, &said[..16_000]);
        assert_eq!(fast.as_deref(), Some("40.0 characters a second are not the speed of speech"));
        let gap: Vec<f32> = [&said[..20_000], &[0.0; 28_000]].concat();
        assert_eq!(wrong_speech(text, &gap).as_deref(), Some("there is no speech in second 2"));
    }

    #[test]
    fn a_sound_that_is_too_loud_or_clicks_is_found() {
        let wrong = wrong_sound(None, &[0.9; 16_000], 8_000, measure(&[0.9; 16_000]));
        assert_eq!(wrong.len(), 4, "{wrong:?}");
    }
}
