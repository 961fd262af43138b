// SPDX-License-Identifier: EUPL-1.2
//! Looks at the folders in which sounds lie: what is there, what is missing, what a machine has spoken.

use super::script::{self, Piece};
use crate::config::County;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use telephony::prompts::{Defect, Digest, Inspected, Made, Missing, inspect};

/// The sounds of ours that a machine has spoken: they stay known as that wherever somebody copies them.
const OURS: &str = include_str!("../../../../examples/prompts/made.list");

/// Bytes of a list of sounds that a machine has spoken: ten thousand lines.
const MADE_BYTES_MAX: u64 = 1 << 20;

/// Bytes of a text beside a sound: an announcement has 1,000 characters at most.
const TEXT_BYTES_MAX: u64 = 1 << 14;

/// How it is with one sound.
#[derive(Clone, Debug)]
pub enum State {
    /// A person's recording, or music.
    There(Inspected),
    /// A machine has spoken it.
    Synthetic(Inspected),
    /// There is a file, and it cannot be used.
    Broken(Missing),
    /// There is no file.
    Missing(Missing),
}

impl State {
    /// The sound, if callers would hear it.
    #[must_use]
    pub fn heard(&self) -> Option<&Inspected> {
        match self {
            State::There(sound) | State::Synthetic(sound) => Some(sound),
            State::Broken(_) | State::Missing(_) => None,
        }
    }

    /// The file, if there is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            State::There(sound) | State::Synthetic(sound) => Some(&sound.file),
            State::Broken(missing) => missing.files.first().map(PathBuf::as_path),
            State::Missing(_) => None,
        }
    }
}

/// A piece of the script, and what became of it.
#[derive(Clone, Debug)]
pub struct Looked<'c> {
    /// The piece.
    pub piece: Piece<'c>,
    /// How it is with its sound.
    pub state: State,
    /// What stands in the text beside the sound, if there is one.
    pub text: Option<String>,
}

/// Where the service looks for sounds: the operator's folder, then the one beside the configuration.
#[must_use]
pub fn folders(data: Option<&Path>, config: Option<&Path>) -> Vec<PathBuf> {
    let beside = config.map(|file| file.parent().unwrap_or(Path::new("")));
    [data, beside].into_iter().flatten().map(|folder| folder.join("prompts")).collect()
}

/// The sounds that a machine has spoken: ours, and what the lists in these folders say.
#[must_use]
pub fn made(folders: &[PathBuf]) -> Made {
    let mut made = Made::default();
    made.read(OURS);
    for folder in folders {
        // A folder without a list has no such sounds.
        made.read(&text(&folder.join(Made::FILE), MADE_BYTES_MAX).unwrap_or_default());
    }
    made
}

/// Looks for every sound of a county.
#[must_use]
pub fn look<'c>(county: &'c County, folders: &[PathBuf]) -> Vec<Looked<'c>> {
    let made = made(folders);
    let pieces = script::pieces(county);
    let names: Vec<_> = pieces.iter().map(|piece| piece.name.clone()).collect();
    let found = inspect(folders, &names).into_iter().map(|found| judged(found, &made));
    let looked = pieces.into_iter().zip(found).map(|(piece, state)| {
        let text = text_beside(folders, &piece, &state);
        Looked { piece, state, text }
    });
    looked.collect()
}

fn judged(found: Result<Inspected, Missing>, made: &Made) -> State {
    match found {
        Ok(sound) if made.has(sound.digest) => State::Synthetic(sound),
        Ok(sound) => State::There(sound),
        Err(missing) if missing.defect == Defect::Absent => State::Missing(missing),
        Err(missing) => State::Broken(missing),
    }
}

/// The text beside the file; where there is no file, the first that could belong to one.
fn text_beside(folders: &[PathBuf], piece: &Piece<'_>, state: &State) -> Option<String> {
    let places: Vec<PathBuf> = match state.file() {
        Some(file) => vec![file.with_extension("txt")],
        None => {
            let of = |folder: &PathBuf| {
                let names = piece.name.names();
                names.map(|name| folder.join(format!("{name}.txt"))).collect::<Vec<_>>()
            };
            folders.iter().flat_map(of).collect()
        }
    };
    let words = places.iter().find_map(|place| text(place, TEXT_BYTES_MAX))?;
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then_some(words)
}

/// What a small file says; none if it cannot be read, or is no file.
fn text(path: &Path, bytes_max: u64) -> Option<String> {
    // Asked before it is opened: opening a pipe waits until somebody writes to it.
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(bytes_max).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether a machine has spoken what is in this file: by our list, or one beside it.
#[must_use]
pub fn is_made(file: &Path, bytes: &[u8]) -> bool {
    let beside = file.parent().map(Path::to_owned);
    made(beside.as_slice()).has(Digest::of(bytes))
}
