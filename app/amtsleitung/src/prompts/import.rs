// SPDX-License-Identifier: EUPL-1.2
//! Brings an operator's recordings into a folder, each by itself, and says what was done.
//!
//! Rule: a sound in the folder is always whole, the old one or the new one; and what a machine has
//! spoken stays known as that.

use super::list::{level, signed};
use super::look::is_made;
use crate::config::near::nearest_few;
use crate::config::problem::{quoted, visible};
use crate::report::decimal;
use crate::{Lang, output};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use telephony::prompts::{
    Coding, Digest, Imported, Kind, Made, SourceForm, Unfit, bytes_of, import,
};

/// Names that are suggested for one that nobody needs.
const SUGGESTED_MAX: usize = 3;

/// A change of loudness, in dB, that nobody hears.
const GAIN_TOLD: f64 = 0.5;

/// Where recordings go, and which are needed.
#[derive(Debug)]
pub struct Target<'t> {
    /// The folder of the sounds; it is made.
    pub folder: &'t Path,
    /// The names that are needed.
    pub names: &'t BTreeMap<String, Kind>,
    /// Whether a file that is there may be replaced.
    pub replaces: bool,
}

/// A recording that was brought in.
#[derive(Debug)]
pub struct Done {
    /// The sound's name.
    pub name: String,
    /// What was made of it.
    pub imported: Imported,
    /// Whether a machine has spoken it.
    pub is_made: bool,
    /// Whether another one was there before.
    pub has_replaced: bool,
}

/// Why a recording was not brought in.
#[derive(Debug)]
pub enum Refused {
    /// No line, plan or queue needs this name.
    Unneeded {
        /// The name.
        name: String,
        /// Names that may have been meant, the likeliest first.
        near: Vec<String>,
    },
    /// Another recording of the same call has this name.
    Twice {
        /// The name.
        name: String,
    },
    /// There is such a sound already.
    Exists(PathBuf),
    /// Callers should not hear it.
    Unfit(Unfit),
    /// The folder cannot be written.
    Folder(PathBuf, io::Error),
}

/// The name that a recording gets by its file.
#[must_use]
pub fn name_of(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Brings one recording in under this name.
///
/// # Errors
/// With the reason; then nothing in the folder has changed that callers could hear.
pub fn bring_in(recording: &Path, name: &str, target: &Target<'_>) -> Result<Done, Refused> {
    let kind = target.names.get(name).copied().ok_or_else(|| unneeded(name, target.names))?;
    let file = target.folder.join(format!("{name}.wav"));
    // Also a link that leads nowhere is there.
    let exists = fs::symlink_metadata(&file).is_ok();
    if exists && !target.replaces {
        return Err(Refused::Exists(file));
    }
    let unfit = |unfit: Unfit| Refused::Unfit(unfit);
    let bytes = bytes_of(recording).map_err(|defect| unfit(defect.into()))?;
    let imported = import(&bytes, kind).map_err(unfit)?;
    let is_made = kind == Kind::Speech && is_made(recording, &bytes);
    let failed = |error| Refused::Folder(target.folder.to_owned(), error);
    fs::create_dir_all(target.folder).map_err(failed)?;
    if is_made {
        // Before the sound: a digest too many harms nobody.
        list_as_made(target.folder, name, &imported.bytes).map_err(failed)?;
    }
    put(target.folder, &file, &imported.bytes).map_err(failed)?;
    Ok(Done { name: name.to_owned(), imported, is_made, has_replaced: exists })
}

fn unneeded(name: &str, names: &BTreeMap<String, Kind>) -> Refused {
    let near = nearest_few(name, names.keys().map(String::as_str), SUGGESTED_MAX);
    Refused::Unneeded { name: name.to_owned(), near: near.into_iter().map(str::to_owned).collect() }
}

/// Adds a sound to those that a machine has spoken.
fn list_as_made(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let list = folder.join(Made::FILE);
    let mut text = match fs::read_to_string(&list) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let digest = Digest::of(bytes).to_string();
    if text.split_whitespace().any(|word| word == digest) {
        return Ok(());
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&format!("{name} {digest}\n"));
    put(folder, &list, text.as_bytes())
}

/// Beside it first, so that a half-written one never stands in its place, after a failure of power either.
fn put(folder: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = file.with_extension("new");
    let mut new = File::create(&beside)?;
    let written = new.write_all(bytes).and_then(|()| new.sync_all());
    let moved = written.and_then(|()| fs::rename(&beside, file));
    if moved.is_err() {
        // It has been said why; what cannot be removed has a name that nobody plays.
        let _ = fs::remove_file(&beside);
    }
    moved?;
    File::open(folder)?.sync_all()
}

impl Done {
    /// What was done, for people.
    #[must_use]
    pub fn said(&self, lang: Lang, recording: &str) -> String {
        let Done { name, imported, .. } = self;
        let recording = visible(recording);
        let done = if self.has_replaced {
            lang.pick("ersetzt durch", "replaced by")
        } else {
            lang.pick("eingespielt aus", "brought in from")
        };
        let mut lines = vec![format!("{name}.wav {done} {recording}")];
        lines.push(format!("    {}", was(lang, imported)));
        lines.push(format!("    {}", is_now(lang, imported)));
        lines.extend(silence(lang, imported).map(|it| format!("    {it}")));
        let note = lang.pick("Achtung", "Note");
        let notes = notes(lang, imported, self.is_made);
        lines.extend(notes.into_iter().map(|it| format!("    {note}: {it}")));
        lines.join("\n") + "\n"
    }
}

fn was(lang: Lang, imported: &Imported) -> String {
    let was = &imported.was;
    let SourceForm { hz, channels, bits, coding } = was.form;
    let (seconds, hz) = (decimal(lang, was.seconds, 1), decimal(lang, f64::from(hz), 0));
    let channels = match channels {
        1 => lang.pick("mono", "mono"),
        _ => lang.pick("stereo", "stereo"),
    };
    let coding = match coding {
        Coding::Int => "",
        Coding::Float => lang.pick(" Gleitkomma", " float"),
        Coding::ALaw => " A-law",
        Coding::MuLaw => " µ-law",
    };
    let rms = signed(lang, was.level.rms_dbfs);
    let level = level(lang, was.level);
    lang.pick(
        format!(
            "war: {seconds} s, {hz} Hz, {channels}, {bits} Bit{coding}; Pegel {rms} dBFS, {level}"
        ),
        format!(
            "was: {seconds} s, {hz} Hz, {channels}, {bits} bit{coding}; level {rms} dBFS, {level}"
        ),
    )
}

fn is_now(lang: Lang, imported: &Imported) -> String {
    let gain = imported.level.lufs - imported.was.level.lufs;
    let by = decimal(lang, gain.abs(), 1);
    let changed = if gain > GAIN_TOLD {
        lang.pick(format!("; um {by} dB angehoben"), format!("; raised by {by} dB"))
    } else if gain < -GAIN_TOLD {
        lang.pick(format!("; um {by} dB abgesenkt"), format!("; lowered by {by} dB"))
    } else {
        String::new()
    };
    let limited = if imported.is_limited {
        lang.pick(", Spitzen sanft begrenzt", ", peaks gently limited")
    } else {
        ""
    };
    let seconds = decimal(lang, imported.seconds, 1);
    let rms = signed(lang, imported.level.rms_dbfs);
    let level = level(lang, imported.level);
    lang.pick(
        format!("ist: {seconds} s; Pegel {rms} dBFS, {level}{changed}{limited}"),
        format!("is: {seconds} s; level {rms} dBFS, {level}{changed}{limited}"),
    )
}

fn silence(lang: Lang, imported: &Imported) -> Option<String> {
    let at = [lang.pick("am Anfang", "at the beginning"), lang.pick("am Ende", "at the end")];
    let taken = imported.taken_off.iter().zip(at).filter(|(seconds, _)| **seconds > 0.0);
    let taken = taken.map(|(seconds, at)| format!("{} s {at}", decimal(lang, *seconds, 1)));
    let taken: Vec<String> = taken.collect();
    let and = lang.pick(" und ", " and ");
    let said = lang.pick("Stille abgeschnitten", "silence cut off");
    (!taken.is_empty()).then(|| format!("{said}: {}", taken.join(and)))
}

/// What somebody should listen to or know.
fn notes(lang: Lang, imported: &Imported, is_made: bool) -> Vec<String> {
    let mut notes = Vec::new();
    match imported.was.clipped {
        0 => {}
        1 => notes.push(
            lang.pick(
                "Eine Stelle ist übersteuert. Bitte anhören.",
                "One place is clipped. Please listen to it.",
            )
            .to_owned(),
        ),
        places => notes.push(lang.pick(
            format!("{places} Stellen sind übersteuert. Bitte anhören."),
            format!("{places} places are clipped. Please listen to it."),
        )),
    }
    if let Some((at, length)) = imported.pause {
        let (at, length) = (decimal(lang, at, 1), decimal(lang, length, 1));
        notes.push(lang.pick(
            format!("Nach {at} s ist {length} s lang nichts zu hören. Ist das gewollt?"),
            format!("After {at} s nothing is heard for {length} s. Is this intended?"),
        ));
    }
    if is_made {
        notes.push(
            lang.pick(
                "Das hat eine Maschine gesprochen; „check --production“ lässt es nicht zu.",
                "A machine has spoken this; `check --production` does not allow it.",
            )
            .to_owned(),
        );
    }
    notes
}

impl Refused {
    /// Why, and what to do, in a sentence or two.
    #[must_use]
    pub fn said(&self, lang: Lang) -> String {
        match self {
            Refused::Unneeded { name, near } => unneeded_said(lang, name, near),
            Refused::Twice { name } => {
                let name = quoted(lang, name);
                lang.pick(
                    format!("Eine andere Datei dieses Aufrufs heißt auch {name}."),
                    format!("Another file of this call is called {name} too."),
                )
            }
            Refused::Exists(file) => {
                let file = visible(&file.display().to_string());
                lang.pick(
                    format!("Es gibt schon {file}; sie bleibt. Ersetzen: --replace"),
                    format!("There is {file} already; it stays. To replace it: --replace"),
                )
            }
            Refused::Unfit(unfit) => lang.pick(unfit.german(), unfit.english()),
            Refused::Folder(folder, error) => {
                let (folder, why) = (folder.display(), output::why(lang, error));
                lang.pick(
                    format!("In {folder} lässt sich nicht schreiben: {why}."),
                    format!("{folder} cannot be written: {why}."),
                )
            }
        }
    }
}

fn unneeded_said(lang: Lang, name: &str, near: &[String]) -> String {
    let said = quoted(lang, name);
    let near: Vec<String> = near.iter().map(|it| quoted(lang, it)).collect();
    let near = near.join(lang.pick(" oder ", " or "));
    let meant = if near.is_empty() {
        lang.pick(
            "Welche Namen es gibt: amtsleitung prompts list".to_owned(),
            "Which names there are: amtsleitung prompts list".to_owned(),
        )
    } else {
        lang.pick(format!("Gemeint {near}? Mit --as."), format!("Did you mean {near}? Use --as."))
    };
    lang.pick(
        format!("Einen Ton {said} braucht keine Leitung. {meant}"),
        format!("No line needs a sound {said}. {meant}"),
    )
}
