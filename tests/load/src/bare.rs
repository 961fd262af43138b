// SPDX-License-Identifier: EUPL-1.2
//! What the disk alone takes for a small row: the floor under every log.

use crate::clock::Clock;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Bytes of a row with one event in it, and what a database adds to it.
const ROW: [u8; 128] = [115; 128];

/// A file of its own on that disk; it goes when this is dropped.
#[derive(Debug)]
pub struct Bare {
    file: File,
    path: PathBuf,
    /// What each row took.
    pub nanos: Vec<u64>,
}

impl Bare {
    /// Makes the file in this folder.
    ///
    /// # Errors
    /// If that is not possible.
    pub fn open(folder: &Path) -> Result<Bare, String> {
        let path = folder.join(format!("bare-{}", std::process::id()));
        let opened = OpenOptions::new().create(true).append(true).open(&path);
        let file = opened.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Bare { file, path, nanos: Vec::new() })
    }

    /// Writes a row behind the others, and waits until it is on the disk.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn write(&mut self) -> Result<(), String> {
        let clock = Clock::start();
        let written = self.file.write_all(&ROW).and_then(|()| self.file.sync_data());
        written.map_err(|error| format!("{}: {error}", self.path.display()))?;
        self.nanos.push(clock.nanos());
        Ok(())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // What stays behind is in a folder of the bench.
        let _ = std::fs::remove_file(&self.path);
    }
}
