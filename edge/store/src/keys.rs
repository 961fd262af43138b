// SPDX-License-Identifier: EUPL-1.2
//! The keys of the days: a file of their own beside the log, which no back-up holds.
//!
//! Destroying a key is the erasure of everything that was sealed under it, in log, copies, and back-ups at
//! once. So the file is the one place from which something has to be gone: it is written anew as a whole, put
//! in the old one's place, and the old one's bytes are overwritten. What a file system or a disk that
//! remaps keeps of them all the same is out of our reach.
//!
//! ```text
//!   amtsleitung keys 1
//!   16191 number 4d6f…      day, purpose, key
//!   end 9a1b…               a check over the lines above: a torn file is no file
//! ```
//!
//! The rule to keep: a file that cannot be understood is left as it is; keys are never made up in its place.

use privacy::Purpose;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use stdx::{Day, Redacted};

/// The file's name in the data folder.
pub const KEYS_FILE: &str = "keys";

/// What is being written, before it takes the file's place.
const NEW: &str = "keys.new";

const HEAD: &str = "amtsleitung keys 1\n";

/// Bytes of a key.
pub const KEY: usize = 32;

/// Bytes of the file: six keys a day for thirty years, rounded up.
const FILE_MAX: u64 = 8 << 20;

/// The key of one day for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(Redacted<[u8; KEY]>);

impl Key {
    /// A key of bytes that nobody can guess.
    #[must_use]
    pub const fn new(bytes: [u8; KEY]) -> Key {
        Key(Redacted::new(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub const fn expose(&self) -> &[u8; KEY] {
        self.0.expose()
    }
}

/// Why there are no keys.
#[derive(Debug)]
pub enum KeysError {
    /// The file cannot be read or written.
    File(PathBuf, io::Error),
    /// Another process has the keys of this folder in its hands.
    InUse(PathBuf),
    /// The file is there and cannot be understood; from which line on.
    Torn(PathBuf, usize),
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeysError::File(path, error) => write!(f, "{}: {error}", path.display()),
            KeysError::InUse(path) => write!(f, "{}: in use", path.display()),
            KeysError::Torn(path, line) => write!(f, "{}:{line}: torn", path.display()),
        }
    }
}

type ByDay = BTreeMap<(Day, Purpose), Key>;

/// The keys of a folder, in the hands of this process alone.
#[derive(Debug)]
pub struct Keys {
    folder: PathBuf,
    /// Locked while we have it.
    locked: File,
    keys: ByDay,
    was_there: bool,
}

impl Keys {
    /// Takes the keys of this folder; none are in it if there is no file.
    ///
    /// # Errors
    /// If another process has them, or the file cannot be read or understood: then it is left as it is.
    pub fn take(folder: &Path) -> Result<Keys, KeysError> {
        let file = folder.join(KEYS_FILE);
        let failed = |error| KeysError::File(file.clone(), error);
        let locked = File::open(folder).map_err(failed)?;
        match locked.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(KeysError::InUse(file)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let found = read(&file)?;
        // Left by a process that died while it wrote: the file itself is whole, this holds keys nobody uses.
        remove(&folder.join(NEW)).map_err(failed)?;
        let (keys, was_there) = (found.clone().unwrap_or_default(), found.is_some());
        Ok(Keys { folder: folder.to_owned(), locked, keys, was_there })
    }

    /// Whether there was a file.
    #[must_use]
    pub const fn was_there(&self) -> bool {
        self.was_there
    }

    /// The key of this day for this purpose; none if there never was one, or it was destroyed.
    #[must_use]
    pub fn get(&self, day: Day, purpose: Purpose) -> Option<&Key> {
        self.keys.get(&(day, purpose))
    }

    /// Which there are.
    pub fn kept(&self) -> impl Iterator<Item = (Day, Purpose)> + '_ {
        self.keys.keys().copied()
    }

    /// Keeps keys for a day, for those purposes that it has none for, and returns when they are durable. Who
    /// has a key already keeps it: something may be sealed under it.
    ///
    /// # Errors
    /// If the file cannot be written: then there are none, and it has to be tried again.
    pub fn add(&mut self, day: Day, fresh: [[u8; KEY]; Purpose::ALL.len()]) -> io::Result<()> {
        let mut keys = self.keys.clone();
        for (purpose, bytes) in Purpose::ALL.into_iter().zip(fresh) {
            keys.entry((day, purpose)).or_insert(Key::new(bytes));
        }
        self.become_durable(keys)
    }

    /// Destroys keys, and returns when they are gone. What was sealed under them can never be opened again.
    ///
    /// # Errors
    /// If the file cannot be written: then it has to be tried again.
    pub fn destroy(&mut self, gone: &[(Day, Purpose)]) -> io::Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        let mut keys = self.keys.clone();
        keys.retain(|it, _| !gone.contains(it));
        self.become_durable(keys)
    }

    fn become_durable(&mut self, keys: ByDay) -> io::Result<()> {
        if keys == self.keys && self.was_there {
            return Ok(());
        }
        let (file, new) = (self.folder.join(KEYS_FILE), self.folder.join(NEW));
        let old = opened_for_writing(&file)?;
        write_new(&new, &written(&keys)).inspect_err(|_| drop(fs::remove_file(&new)))?;
        fs::rename(&new, &file)?;
        self.locked.sync_all()?;
        // Not before: after a crash the old one could be there again.
        old.map_or(Ok(()), |old| overwrite(&old))?;
        (self.keys, self.was_there) = (keys, true);
        Ok(())
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // Closing alone would not do: a program that is being started has our open files for a moment.
        let _ = self.locked.unlock();
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn opened_for_writing(path: &Path) -> io::Result<Option<File>> {
    match OpenOptions::new().write(true).open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Overwrites a file and removes it, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    let Some(file) = opened_for_writing(path)? else { return Ok(()) };
    overwrite(&file)?;
    fs::remove_file(path)
}

/// Writes nothing over everything that stands in it.
fn overwrite(mut file: &File) -> io::Result<()> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    file.write_all(&vec![0; length])?;
    file.sync_all()
}

const fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Token => "token",
        Purpose::Number => "number",
        Purpose::Seat => "seat",
        Purpose::Leg => "leg",
        Purpose::Note => "note",
        Purpose::Case => "case",
    }
}

fn written(keys: &ByDay) -> String {
    let mut text = HEAD.to_owned();
    for ((day, purpose), key) in keys {
        let _infallible = writeln!(text, "{} {} {}", day.0, word(*purpose), hex(key.expose()));
    }
    let check = check(&text);
    let _infallible = writeln!(text, "end {check}");
    text
}

fn read(path: &Path) -> Result<Option<ByDay>, KeysError> {
    let failed = |error| KeysError::File(path.to_owned(), error);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    file.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    understood(&text).map(Some).map_err(|line| KeysError::Torn(path.to_owned(), line))
}

/// The keys in this text, or the line that cannot be understood.
fn understood(text: &str) -> Result<ByDay, usize> {
    let mut rest = text.strip_prefix(HEAD).ok_or(1_usize)?;
    let mut keys = ByDay::new();
    for number in 2.. {
        let (line, after) = rest.split_once('\n').ok_or(number)?;
        let above = &text[..text.len() - rest.len()];
        if let Some(said) = line.strip_prefix("end ") {
            let is_whole = after.is_empty() && said == check(above);
            return if is_whole { Ok(keys) } else { Err(number) };
        }
        let (of, key) = one(line).ok_or(number)?;
        keys.insert(of, key);
        rest = after;
    }
    unreachable!("a text has an end")
}

fn one(line: &str) -> Option<((Day, Purpose), Key)> {
    let mut words = line.split(' ');
    let day = Day(words.next()?.parse().ok()?);
    let said = words.next()?;
    let purpose = Purpose::ALL.into_iter().find(|&it| word(it) == said)?;
    let key = Key::new(of_hex(words.next()?)?);
    words.next().is_none().then_some(((day, purpose), key))
}

fn check(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..16])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

fn of_hex(text: &str) -> Option<[u8; KEY]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || !text.is_ascii() {
        return None;
    }
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes?.try_into().ok()
}
