// SPDX-License-Identifier: EUPL-1.2
//! Brings files of a catalogue in: each whole or not at all, and deletions last.
//!
//! ```text
//!   every file is read to its end ─▶ bad ones are put aside, with line and reason
//!   every good file is written, in one stroke each ─▶ broken off, it goes on with the next one
//!   a snapshot: what no file has named goes, if every file was good and it is not too much
//! ```

use super::{key, stored};
use crate::config::problem::visible;
use crate::{Lang, output};
use catalogue::xzufi::{Act, Kind, Object, Problem, Read, read};
use catalogue::{Service, Unit};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Component, Path, PathBuf};
use store::{Catalogue, OBJECTS_AT_ONCE, ObjectKey, StoredObject, Written};

/// Deletions that need no leave, however small the catalogue: an office has been dissolved.
const DELETIONS_FREE: u64 = 20;

/// Deletions that need no leave: one in so many objects.
const DELETIONS_SHARE: u64 = 10;

/// Differences that are listed; the rest is counted.
pub const LISTED_MAX: usize = 40;

/// The longest list of files, in bytes: a Land's has 2,000 lines.
const INDEX_MAX: u64 = 4 << 20;

/// What is to be brought in.
#[derive(Clone, Debug)]
pub struct Order {
    /// The files, in order.
    pub files: Vec<PathBuf>,
    /// From whom: a snapshot deletes only what came from the same.
    pub feed: String,
    /// Whether the files are everything that there is.
    pub is_snapshot: bool,
    /// Whether only to say what would be.
    pub is_dry: bool,
    /// Whether many deletions are meant.
    pub may_delete: bool,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Objects that are new.
    pub new: u64,
    /// Objects that are different now.
    pub changed: u64,
    /// Objects that came just as they were.
    pub same: u64,
    /// Objects that are no more.
    pub deleted: u64,
    /// Some of the differences: sign, kind, name.
    pub listed: Vec<(char, String, String)>,
    /// Files that were put aside.
    pub quarantined: Vec<(PathBuf, Problem)>,
    /// Files that an import that was broken off had brought in already.
    pub skipped: u64,
    /// Elements that stand where nobody looks for them.
    pub passed: BTreeMap<String, u64>,
    /// Deletions that were not made, and of how many objects.
    pub kept: Option<(u64, u64)>,
}

/// What went wrong so that nothing more was done.
#[derive(Debug)]
pub enum ImportError {
    /// A file that lists the others, or one of those that it lists.
    List(PathBuf, &'static str, &'static str),
    /// The tables.
    Store(store::Error),
    /// A file changed while it was read.
    Moved(PathBuf),
}

impl From<store::Error> for ImportError {
    fn from(error: store::Error) -> ImportError {
        ImportError::Store(error)
    }
}

impl ImportError {
    /// In plain words.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match self {
            ImportError::List(file, de, en) => {
                let name = file.display();
                lang.pick(format!("{name}: {de}."), format!("{name}: {en}."))
            }
            ImportError::Store(error) => lang.pick(
                format!(
                    "Der Katalog lässt sich nicht schreiben: {error}. Was schon darin ist, bleibt."
                ),
                format!("The catalogue cannot be written: {error}. What is in it stays."),
            ),
            ImportError::Moved(file) => {
                let name = file.display();
                lang.pick(
                    format!("{name}: Die Datei hat sich geändert, während sie gelesen wurde."),
                    format!("{name}: The file has changed while it was read."),
                )
            }
        }
    }
}

/// Why a file was put aside, as a line.
#[must_use]
pub fn put_aside(lang: Lang, path: &Path, problem: &Problem) -> String {
    let (name, line) = (visible(&path.to_string_lossy()), problem.line);
    let why = visible(&lang.pick(problem.why.de(), problem.why.en()));
    lang.pick(
        format!("{name}:{line}: Nicht eingespielt: {why}.\n"),
        format!("{name}:{line}: Not brought in: {why}.\n"),
    )
}

/// The files that an index lists, one a line, beside it or in folders below.
///
/// # Errors
/// If it lists none, or something that is no file beside it.
pub fn listed(index: &Path) -> Result<Vec<PathBuf>, ImportError> {
    let cannot = |de, en| ImportError::List(index.to_owned(), de, en);
    let unreadable = |_| cannot("Das Verzeichnis ist nicht lesbar", "The index cannot be read");
    let mut text = String::new();
    let file = File::open(index).map_err(unreadable)?;
    file.take(INDEX_MAX).read_to_string(&mut text).map_err(unreadable)?;
    let folder = index.parent().unwrap_or(Path::new(""));
    let mut files = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let path = Path::new(line);
        let is_below = path.components().all(|part| matches!(part, Component::Normal(_)));
        if !is_below {
            return Err(cannot(
                "Das Verzeichnis nennt eine Datei außerhalb seines Ordners",
                "The index names a file outside of its folder",
            ));
        }
        let file = folder.join(path);
        if !file.is_file() {
            let (de, en) = (
                "Diese Datei nennt das Verzeichnis, aber es gibt sie nicht",
                "The index names this file, but there is none",
            );
            return Err(ImportError::List(file, de, en));
        }
        files.push(file);
    }
    // An empty list would say that there is nothing any more.
    if files.is_empty() {
        return Err(cannot("Das Verzeichnis nennt keine Datei", "The index names no file"));
    }
    Ok(files)
}

/// A file that was read to its end.
struct Checked {
    path: PathBuf,
    digest: String,
    deletions: u64,
}

/// Does it. `progress` hears how much is done, from 0 to 1.
///
/// # Errors
/// If it cannot go on; what was brought in so far stays, and the next try goes on behind it.
pub fn import(
    catalogue: &mut Catalogue,
    order: &Order,
    progress: &mut dyn FnMut(f64),
) -> Result<Outcome, ImportError> {
    let mut outcome = Outcome::default();
    let all = order.files.len() * 2;
    let mut good = Vec::new();
    for (number, path) in order.files.iter().enumerate() {
        match check(path) {
            Ok((checked, read)) => {
                for (name, count) in read.passed {
                    *outcome.passed.entry(name).or_default() += count;
                }
                good.push(checked);
            }
            Err(problem) => outcome.quarantined.push((path.clone(), problem)),
        }
        progress((number + 1) as f64 / all as f64);
    }
    let deletions = good.iter().map(|file| file.deletions).sum();
    let there = catalogue.counts()?.values().sum();
    if !order.may_delete && is_mass(deletions, there) {
        outcome.kept = Some((deletions, there));
        return Ok(outcome);
    }
    if order.is_dry {
        catalogue.begin()?;
        let done = bring_all(catalogue, order, &good, &mut outcome, progress);
        catalogue.roll_back()?;
        done?;
    } else {
        bring_all(catalogue, order, &good, &mut outcome, progress)?;
    }
    Ok(outcome)
}

/// Whether so many deletions in a catalogue of this size are hardly meant.
pub(super) fn is_mass(deletions: u64, there: u64) -> bool {
    deletions > DELETIONS_FREE.max(there / DELETIONS_SHARE)
}

/// Reads a file to its end and writes nothing.
fn check(path: &Path) -> Result<(Checked, Read), Problem> {
    let (mut digest, mut deletions) = (Sha256::new(), 0);
    let read = read(hashed(path, &mut digest)?, &mut |act| {
        deletions += u64::from(matches!(act, Act::Delete(..)));
        Ok(())
    })?;
    Ok((Checked { path: path.to_owned(), digest: hex(&digest.finalize()), deletions }, read))
}

fn bring_all(
    catalogue: &mut Catalogue,
    order: &Order,
    files: &[Checked],
    outcome: &mut Outcome,
    progress: &mut dyn FnMut(f64),
) -> Result<(), ImportError> {
    let run = catalogue.run(&order.feed, &digest_of(order))?;
    for (number, file) in files.iter().enumerate() {
        let name = file.path.to_string_lossy();
        if run.files.get(&*name) == Some(&file.digest) {
            outcome.skipped += 1;
            continue;
        }
        if !order.is_dry {
            catalogue.begin()?;
        }
        let mut brought = outcome.clone();
        let done = bring(catalogue, order, run.number, file, &mut brought);
        let done = done.and_then(|()| Ok(catalogue.file_is_in(run.number, &name, &file.digest)?));
        match (done, order.is_dry) {
            (Ok(()), true) => {}
            (Ok(()), false) => catalogue.commit()?,
            (Err(error), true) => return Err(error),
            (Err(error), false) => {
                catalogue.roll_back()?;
                return Err(error);
            }
        }
        *outcome = brought;
        progress(0.5 + (number + 1) as f64 / (2 * files.len()) as f64);
    }
    if order.is_snapshot && outcome.quarantined.is_empty() {
        sweep(catalogue, order, run.number, outcome)?;
    }
    // What was put aside or kept is tried again by the next one.
    if outcome.quarantined.is_empty() && outcome.kept.is_none() {
        catalogue.run_has_ended(run.number)?;
    }
    Ok(())
}

/// Deletes what no file of a snapshot has named.
fn sweep(
    catalogue: &mut Catalogue,
    order: &Order,
    run: i64,
    outcome: &mut Outcome,
) -> Result<(), ImportError> {
    let (there, unseen) = catalogue.unseen(&order.feed, run)?;
    if !order.may_delete && is_mass(unseen, there) {
        outcome.kept = Some((unseen, there));
        return Ok(());
    }
    let room = LISTED_MAX.saturating_sub(outcome.listed.len());
    for key in catalogue.unseen_keys(&order.feed, run, i64::try_from(room).unwrap_or_default())? {
        outcome.listed.push(('-', key.kind, key.id));
    }
    if !order.is_dry {
        catalogue.begin()?;
    }
    outcome.deleted += catalogue.delete_unseen(&order.feed, run)?;
    if !order.is_dry {
        catalogue.commit()?;
    }
    Ok(())
}

/// Writes what a file says.
fn bring(
    catalogue: &mut Catalogue,
    order: &Order,
    run: i64,
    file: &Checked,
    outcome: &mut Outcome,
) -> Result<(), ImportError> {
    let mut digest = Sha256::new();
    let mut waiting = Waiting { catalogue, order, run, outcome, objects: BTreeMap::new() };
    let mut failed = None;
    let input =
        hashed(&file.path, &mut digest).map_err(|_| ImportError::Moved(file.path.clone()))?;
    let read = read(input, &mut |act| {
        waiting.take(act).map_err(|error| {
            failed = Some(error);
            String::new()
        })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    // It was good a moment ago.
    let is_same = read.is_ok() && hex(&digest.finalize()) == file.digest;
    if !is_same {
        return Err(ImportError::Moved(file.path.clone()));
    }
    waiting.write()
}

/// Objects that wait to be written together.
struct Waiting<'a> {
    catalogue: &'a mut Catalogue,
    order: &'a Order,
    run: i64,
    outcome: &'a mut Outcome,
    objects: BTreeMap<ObjectKey, (StoredObject, Object)>,
}

impl Waiting<'_> {
    fn take(&mut self, act: Act) -> Result<(), ImportError> {
        match act {
            Act::Write(object) => {
                let stored = stored(&object);
                if self.objects.contains_key(&stored.key) {
                    self.write()?;
                }
                self.objects.insert(stored.key.clone(), (stored, object));
                if self.objects.len() == OBJECTS_AT_ONCE {
                    self.write()?;
                }
            }
            Act::Delete(kind, ident) => {
                self.write()?;
                if self.catalogue.delete(&key(&kind, &ident))? {
                    self.outcome.deleted += 1;
                    self.list('-', kind.element().to_owned(), ident.to_string());
                }
            }
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), ImportError> {
        let (stored, objects): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.objects).into_values().unzip();
        let written = self.catalogue.put(&self.order.feed, self.run, &stored)?;
        for (written, object) in written.iter().zip(&objects) {
            match written {
                Written::New => {
                    self.outcome.new += 1;
                    self.list('+', object.kind.element().to_owned(), name(object));
                }
                Written::Changed => {
                    self.outcome.changed += 1;
                    self.list('~', object.kind.element().to_owned(), name(object));
                }
                Written::Same => self.outcome.same += 1,
            }
        }
        Ok(())
    }

    fn list(&mut self, sign: char, kind: String, name: String) {
        if self.outcome.listed.len() < LISTED_MAX {
            self.outcome.listed.push((sign, kind, name));
        }
    }
}

fn name(object: &Object) -> String {
    match object.kind {
        Kind::Service => Service::of(object).title,
        Kind::Unit => Unit::of(object).name,
        Kind::Specialisation | Kind::OnlineService | Kind::Responsibility | Kind::Other(_) => {
            object.ident.to_string()
        }
    }
}

/// A file, and the digest of what was read of it.
fn hashed<'d>(path: &Path, digest: &'d mut Sha256) -> Result<impl BufRead + use<'d>, Problem> {
    let unreadable = |error: io::Error| {
        let why = output::why(Lang::De, &error);
        Problem { line: 1, why: catalogue::xzufi::Why::Unreadable(why) }
    };
    // Asked before it is opened: opening a pipe waits until somebody writes to it.
    let kind = std::fs::metadata(path).map_err(unreadable)?.file_type();
    if !kind.is_file() {
        let error =
            if kind.is_dir() { io::ErrorKind::IsADirectory } else { io::ErrorKind::Unsupported };
        return Err(unreadable(error.into()));
    }
    let file = File::open(path).map_err(unreadable)?;
    Ok(BufReader::with_capacity(1 << 16, Hashed { file, digest }))
}

struct Hashed<'d> {
    file: File,
    digest: &'d mut Sha256,
}

impl io::Read for Hashed<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(to)?;
        self.digest.update(&to[..read]);
        Ok(read)
    }
}

/// What an import is over: it goes on only where the same is asked for again.
fn digest_of(order: &Order) -> String {
    let mut digest = Sha256::new();
    digest.update([u8::from(order.is_snapshot)]);
    for file in &order.files {
        digest.update(file.to_string_lossy().as_bytes());
        digest.update([0]);
    }
    hex(&digest.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
