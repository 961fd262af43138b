// SPDX-License-Identifier: EUPL-1.2
//! Announcements and hold music: from files of a folder to frames that media threads send.
//!
//! ```text
//!  115-busy.wav ─┐
//!  busy.wav ─────┴▶ read ─▶ 16,000 Hz mono ─▶ encode ─▶ Sound: PCMA, PCMU, G.722
//!  none, broken ──────────▶ 425 Hz tone ────────▶ │      shared by all who hear it
//! ```
//!
//! Rule: there is always something to play. What cannot be read is reported and replaced by a tone.

mod defect;
mod encode;
pub mod limits;
mod name;
mod resample;
mod tone;
mod wav;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use defect::{Defect, Missing};
pub use encode::Sound;
pub use name::{Occasion, PromptName};
pub use tone::{DONE, NOT_DONE, REPLACEMENT, TonePattern};

use crate::clip::{Clip, ClipCodec};
use limits::SECONDS_TOGETHER_MAX;

/// Frames of 20 ms in [`SECONDS_TOGETHER_MAX`].
const FRAMES_TOGETHER_MAX: usize = SECONDS_TOGETHER_MAX as usize * 50;

/// Every sound of a centre, encoded.
#[derive(Clone, Debug)]
pub struct Prompts {
    sounds: BTreeMap<PromptName, Sound>,
    tone: Sound,
}

impl Prompts {
    /// Loads what is wanted. The first folder that has a file for a name wins, so the operator's
    /// stands before the one that we ship.
    ///
    /// A broken file of the operator's is not passed over for ours: ours may say something else.
    #[must_use]
    pub fn load(folders: &[PathBuf], wanted: &[PromptName]) -> (Prompts, Vec<Missing>) {
        let mut loader = Loader::default();
        let mut sounds = BTreeMap::new();
        let mut missing = Vec::new();
        for name in wanted {
            match loader.find_and_load(folders, name) {
                Ok(sound) => drop(sounds.insert(name.clone(), sound)),
                Err(it) => missing.push(it),
            }
        }
        (Prompts { sounds, tone: replacement() }, missing)
    }

    /// The sound of that name; the tone if it could not be loaded or was not wanted.
    #[must_use]
    pub fn sound(&self, name: &PromptName) -> &Sound {
        self.sounds.get(name).unwrap_or(&self.tone)
    }

    /// The same where a tone would mislead: none if it could not be loaded or was not wanted.
    #[must_use]
    pub fn spoken(&self, name: &PromptName) -> Option<&Sound> {
        self.sounds.get(name)
    }

    /// What a leg with this codec is sent for that name.
    #[must_use]
    pub fn clip(&self, name: &PromptName, codec: ClipCodec) -> &Clip {
        self.sound(name).clip(codec)
    }
}

fn replacement() -> Sound {
    tone(REPLACEMENT).expect("the pattern has samples")
}

/// A tone as a sound; none if the pattern has no length.
#[must_use]
pub fn tone(pattern: TonePattern) -> Option<Sound> {
    Sound::encode(tone::samples(pattern))
}

/// Reads each file once, also if several lines share it.
#[derive(Default)]
struct Loader {
    read: BTreeMap<PathBuf, Result<Sound, Defect>>,
    frames: usize,
}

impl Loader {
    fn find_and_load(&mut self, folders: &[PathBuf], name: &PromptName) -> Result<Sound, Missing> {
        let files = name.files();
        let places = folders.iter().flat_map(|folder| files.iter().map(|file| folder.join(file)));
        let places: Vec<PathBuf> = places.collect();
        let missing = |files, defect| Missing { name: name.clone(), files, defect };
        for place in &places {
            match self.load(place) {
                Ok(sound) => return Ok(sound),
                Err(Defect::Absent) => {}
                Err(defect) => return Err(missing(vec![place.clone()], defect)),
            }
        }
        Err(missing(places, Defect::Absent))
    }

    fn load(&mut self, file: &Path) -> Result<Sound, Defect> {
        if let Some(known) = self.read.get(file) {
            return known.clone();
        }
        let sound = self.load_new(file);
        self.read.insert(file.to_owned(), sound.clone());
        sound
    }

    fn load_new(&mut self, file: &Path) -> Result<Sound, Defect> {
        let samples = wav::read_file(file)?;
        self.reserve(encode::frames_of(samples.len()))?;
        Sound::encode(samples).ok_or(Defect::Empty)
    }

    fn reserve(&mut self, frames: usize) -> Result<(), Defect> {
        if self.frames + frames > FRAMES_TOGETHER_MAX {
            return Err(Defect::NoRoom);
        }
        self.frames += frames;
        Ok(())
    }
}
