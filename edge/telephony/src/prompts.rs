// SPDX-License-Identifier: EUPL-1.2
//! Announcements and hold music: from files of a folder to frames that media threads send.
//!
//! ```text
//!  115-busy.wav ─┐
//!  busy.wav ─────┴▶ read ─▶ 16,000 Hz mono ─┬▶ encode ─▶ Sound: PCMA, PCMU, G.722
//!  none, broken ──────────▶ 425 Hz tone ────┘           shared by all who hear it
//!
//!  a recording ─▶ read ─▶ import: fit for callers? ─▶ one loudness ─▶ a file of the folder
//! ```
//!
//! Rule: there is always something to play. What cannot be read is reported and replaced by a tone.

mod defect;
mod digest;
mod encode;
mod import;
mod inspect;
mod level;
pub mod limits;
mod loudness;
mod name;
mod phrases;
mod resample;
mod tone;
mod wav;

#[cfg(test)]
mod import_tests;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use defect::{Defect, Missing};
pub use digest::{Digest, Made};
pub use encode::Sound;
pub use import::{Imported, Kind, Recording, SourceForm, Unfit, bytes_of, import};
pub use inspect::{Inspected, Level, inspect};
pub use name::{Occasion, PromptName};
pub use phrases::{Phrases, name as phrase_name};
pub use tone::{DONE, NOT_DONE, REPLACEMENT, RINGING, TonePattern};
pub use wav::Coding;

use crate::clip::{Clip, ClipCodec};
use limits::{RATE, SECONDS_TOGETHER_MAX};

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
        let mut loader = Loader::new(|_, samples| Sound::encode(samples));
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

/// What is made of a file's bytes and samples; none if there is no sound in them.
type Make<T> = fn(&[u8], Vec<f32>) -> Option<T>;

/// Reads each file once, also if several lines share it.
struct Loader<T> {
    make: Make<T>,
    read: BTreeMap<PathBuf, Result<T, Defect>>,
    frames: usize,
}

impl<T: Clone> Loader<T> {
    fn new(make: Make<T>) -> Loader<T> {
        Loader { make, read: BTreeMap::new(), frames: 0 }
    }

    fn find_and_load(&mut self, folders: &[PathBuf], name: &PromptName) -> Result<T, Missing> {
        self.find(folders, name).map(|(_, found)| found)
    }

    /// The first file that there is, and what it holds.
    fn find(&mut self, folders: &[PathBuf], name: &PromptName) -> Result<(PathBuf, T), Missing> {
        let files = name.files();
        let places = folders.iter().flat_map(|folder| files.iter().map(|file| folder.join(file)));
        let places: Vec<PathBuf> = places.collect();
        let missing = |files, defect| Missing { name: name.clone(), files, defect };
        for place in &places {
            match self.load(place) {
                Ok(found) => return Ok((place.clone(), found)),
                Err(Defect::Absent) => {}
                Err(defect) => return Err(missing(vec![place.clone()], defect)),
            }
        }
        Err(missing(places, Defect::Absent))
    }

    fn load(&mut self, file: &Path) -> Result<T, Defect> {
        if let Some(known) = self.read.get(file) {
            return known.clone();
        }
        let found = self.load_new(file);
        self.read.insert(file.to_owned(), found.clone());
        found
    }

    fn load_new(&mut self, file: &Path) -> Result<T, Defect> {
        let bytes = wav::bytes_of(file)?;
        let samples = wav::read(&bytes)?;
        self.reserve(encode::frames_of(samples.len()))?;
        (self.make)(&bytes, samples).ok_or(Defect::Empty)
    }

    fn reserve(&mut self, frames: usize) -> Result<(), Defect> {
        if self.frames + frames > FRAMES_TOGETHER_MAX {
            return Err(Defect::NoRoom);
        }
        self.frames += frames;
        Ok(())
    }
}
