// SPDX-License-Identifier: EUPL-1.2
//! A file for what a command found.

use super::arguments::BAD_FILE;
use crate::{Lang, output};
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// A file that was not there before, and is not there afterwards unless it is whole.
pub(super) struct NewFile<'a> {
    path: &'a Path,
    file: File,
    is_whole: bool,
}

impl<'a> NewFile<'a> {
    /// A file that exists already is left alone.
    pub(super) fn create(lang: Lang, path: &'a Path) -> Result<NewFile<'a>, ExitCode> {
        match File::create_new(path) {
            Ok(file) => Ok(NewFile { path, file, is_whole: false }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let name = path.display();
                Err(fail(&lang.pick(
                    format!("{name}: Diese Datei gibt es schon; sie bleibt, wie sie ist."),
                    format!("{name}: This file exists already; it stays as it is."),
                )))
            }
            Err(error) => Err(cannot_write(lang, path, &error)),
        }
    }

    /// Writes all of it.
    pub(super) fn write(mut self, lang: Lang, bytes: &[u8]) -> Result<(), ExitCode> {
        let written = self.file.write_all(bytes);
        written.map_err(|error| cannot_write(lang, self.path, &error))?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for NewFile<'_> {
    fn drop(&mut self) {
        if !self.is_whole {
            // What cannot be removed is at least empty or cut off visibly: it has been said why.
            let _ = std::fs::remove_file(self.path);
        }
    }
}

fn cannot_write(lang: Lang, path: &Path, error: &std::io::Error) -> ExitCode {
    let (name, why) = (path.display(), output::why(lang, error));
    fail(&lang.pick(
        format!("{name}: Die Datei lässt sich nicht schreiben: {why}."),
        format!("{name}: The file cannot be written: {why}."),
    ))
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
