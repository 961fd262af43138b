// SPDX-License-Identifier: EUPL-1.2
//! Recorded pieces of sentences, joined without a gap.
//!
//! Each piece is its own file with the silence that a recording has; here it is taken off, and a breath is put where
//! a sentence ends. Rule: a sentence of which a piece is missing is not said at all.

use std::collections::BTreeMap;
use std::path::PathBuf;

use call::{PHRASES, Phrase};

use super::Loader;
use super::defect::Missing;
use super::encode::Sound;
use super::import::without_silence;
use super::limits::RATE;
use super::name::PromptName;
use crate::media::Clips;

/// Seconds of silence that stay around a piece: with less, words run into each other.
const AROUND: f64 = 0.03;

/// Seconds of silence between two sentences.
const BREATH: f64 = 0.35;

/// Every piece that could be loaded.
#[derive(Clone, Debug, Default)]
pub struct Phrases {
    sounds: BTreeMap<Phrase, Sound>,
    breath: Option<Sound>,
}

impl Phrases {
    /// Loads every piece, from the folders in which announcements lie; and what is missing.
    #[must_use]
    pub fn load(folders: &[PathBuf]) -> (Phrases, Vec<Missing>) {
        let mut loader =
            Loader::new(|_, samples| Sound::encode(without_silence(&samples, AROUND).to_vec()));
        let breath = Sound::encode(vec![0.0; (BREATH * f64::from(RATE)) as usize]);
        let (mut sounds, mut missing) = (BTreeMap::new(), Vec::new());
        for (phrase, ..) in PHRASES {
            match loader.find_and_load(folders, &name(phrase)) {
                Ok(sound) => drop(sounds.insert(phrase, sound)),
                Err(it) => missing.push(it),
            }
        }
        (Phrases { sounds, breath }, missing)
    }

    /// These pieces one after the other; none if there are none, or one of them is missing.
    #[must_use]
    pub fn joined(&self, phrases: &[Phrase]) -> Option<Clips> {
        let mut sounds = Vec::new();
        for phrase in phrases {
            sounds.push(self.sounds.get(phrase)?);
            if phrase.ends_sentence() {
                sounds.extend(&self.breath);
            }
        }
        let clips: Vec<Clips> = sounds.into_iter().map(Sound::clips).collect();
        Clips::joined(&clips)
    }
}

/// What the sound of a piece is called.
///
/// # Panics
/// If the table of the pieces has a name that no file can have.
#[must_use]
pub fn name(phrase: Phrase) -> PromptName {
    PromptName::new(phrase.name()).expect("the pieces are named in small letters")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{file, sine, spec};
    use super::*;
    use crate::clip::ClipCodec;
    use std::fs;

    /// A folder with these files, in the system's one for what is thrown away.
    fn folder_with(name: &str, files: &[(String, Vec<u8>)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder of our own");
        for (name, bytes) in files {
            fs::write(folder.join(name), bytes).expect("a file of our own");
        }
        folder
    }

    /// Half a second of tone with as much silence at each end.
    fn recorded() -> Vec<u8> {
        let silence = vec![0.0; 8_000];
        let samples = [silence.clone(), sine(440.0, RATE, 0.5, 0.3), silence].concat();
        file(spec(RATE, 1, 16), &samples)
    }

    #[test]
    fn pieces_are_joined_without_their_silence() {
        let all = PHRASES.map(|(_, name, _)| (format!("{name}.wav"), recorded()));
        let (phrases, missing) = Phrases::load(&[folder_with("phrases", &all)]);
        assert!(missing.is_empty());
        let frames = |of: &[Phrase]| {
            let clips = phrases.joined(of).expect("all are there");
            let frames = |codec| clips.of(codec).map(|clip| clip.frames());
            let g722 = frames(ClipCodec::G722);
            assert_eq!((frames(ClipCodec::Pcma), frames(ClipCodec::Pcmu)), (g722, g722));
            g722.unwrap_or_default()
        };
        // 25 frames of tone, and two or three of silence.
        let one = frames(&[Phrase::Number(5)]);
        assert!((27..=29).contains(&one), "{one}");
        assert_eq!(frames(&[Phrase::Number(5), Phrase::To, Phrase::Number(7)]), 3 * one);
        assert_eq!(frames(&[Phrase::Minutes]), one + 18, "a breath of 0.35 s");
        assert!(phrases.joined(&[]).is_none());
    }

    #[test]
    fn a_sentence_with_a_missing_piece_is_not_said() {
        let there =
            [Phrase::Wait, Phrase::Minutes].map(|it| (format!("{}.wav", it.name()), recorded()));
        let (phrases, missing) = Phrases::load(&[folder_with("some-phrases", &there)]);
        assert_eq!(missing.len(), PHRASES.len() - 2);
        assert!(phrases.joined(&[Phrase::Wait, Phrase::Minutes]).is_some());
        assert!(phrases.joined(&[Phrase::Wait, Phrase::Number(2), Phrase::Minutes]).is_none());
    }
}
