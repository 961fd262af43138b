// SPDX-License-Identifier: EUPL-1.2
//! Reading a configuration file from disk, with a clear word when it cannot be read.

use super::arguments::BAD_FILE;
use crate::config::place_in_file::LineColumn;
use crate::config::problem::visible;
use crate::config::{self, Checked, FILE_MAX, NoText};
use crate::{Lang, output, table};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;
use std::process::ExitCode;

/// A file's name and bytes.
#[derive(Debug)]
pub struct Source {
    /// Its name as it was given, fit for printing.
    pub name: String,
    bytes: Vec<u8>,
}

impl Source {
    /// Reads a file, at most one byte more than a configuration may have.
    ///
    /// # Errors
    /// With the exit code, after saying why it cannot be read.
    pub fn read(lang: Lang, path: &OsStr) -> Result<Self, ExitCode> {
        let name: String =
            path.to_string_lossy().chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        match bytes(path) {
            Ok(bytes) => Ok(Source { name, bytes }),
            Err(error) => Err(refuse(lang, &name, &reason(lang, &error))),
        }
    }

    /// What was read, if it is text; empty otherwise, which the check says.
    #[must_use]
    pub fn text(&self) -> &str {
        config::text_of(&self.bytes).unwrap_or_default()
    }

    /// Checks what was read.
    ///
    /// # Errors
    /// With the exit code, after saying why, if it is no text.
    pub fn check(&self, lang: Lang) -> Result<Checked<'_>, ExitCode> {
        match config::text_of(&self.bytes) {
            Ok(text) => Ok(config::check(text)),
            Err(no_text) => {
                let LineColumn { line, column } = no_text.place();
                let place = format!("{}:{line}:{column}", self.name);
                Err(refuse(lang, &place, &why_no_text(lang, no_text)))
            }
        }
    }
}

fn bytes(path: &OsStr) -> io::Result<Vec<u8>> {
    // Asked before it is opened: opening a pipe waits until somebody writes to it.
    let kind = std::fs::metadata(path)?.file_type();
    if kind.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !kind.is_file() {
        return Err(ErrorKind::Unsupported.into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(FILE_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn refuse(lang: Lang, name: &str, reason: &str) -> ExitCode {
    let error = lang.pick("Fehler", "error");
    output::err(&format!("{name}: {error}: {reason}\n"));
    ExitCode::from(BAD_FILE)
}

fn reason(lang: Lang, error: &io::Error) -> String {
    let kind = error.kind();
    if kind == ErrorKind::NotFound {
        lang.pick("Diese Datei gibt es nicht.", "There is no such file.").to_owned()
    } else if kind == ErrorKind::PermissionDenied {
        lang.pick("Diese Datei darf nicht gelesen werden.", "This file must not be read.")
            .to_owned()
    } else if kind == ErrorKind::IsADirectory {
        lang.pick("Das ist ein Ordner, keine Datei.", "This is a folder, not a file.").to_owned()
    } else if kind == ErrorKind::Unsupported {
        lang.pick(
            "Das ist keine gewöhnliche Datei, sondern etwa eine Pipe oder ein Gerät.",
            "This is no regular file, but a pipe or a device, for example.",
        )
        .to_owned()
    } else {
        lang.pick(
            format!("Die Datei ist nicht lesbar ({error})."),
            format!("The file cannot be read ({error})."),
        )
    }
}

fn why_no_text(lang: Lang, no_text: NoText) -> String {
    match no_text {
        NoText::TooLarge => lang.pick(
            format!("Die Datei ist zu groß. Erwartet: höchstens {FILE_MAX} Bytes."),
            format!("The file is too large. Expected: {FILE_MAX} bytes at most."),
        ),
        NoText::NotUtf8(_) => lang
            .pick(
                "Dieses Zeichen ist kein UTF-8. Die Datei im Texteditor als UTF-8 speichern.",
                "This character is not UTF-8. Save the file as UTF-8 in a text editor.",
            )
            .to_owned(),
    }
}

/// The text of a file that an office made, unless it is larger than this; what is wrong with it is said.
///
/// # Errors
/// With the exit code, after saying why.
pub(super) fn text_of(lang: Lang, file: &Path, bytes_max: u64) -> Result<String, ExitCode> {
    table::read(file, bytes_max).map_err(|error| {
        let name = visible(&file.to_string_lossy());
        let why = if error.kind() == ErrorKind::FileTooLarge {
            lang.pick(
                format!("Die Datei ist größer als {bytes_max} Bytes"),
                format!("The file is larger than {bytes_max} bytes"),
            )
        } else {
            output::why(lang, &error)
        };
        output::err(&lang.pick(
            format!("{name}: Nicht eingespielt: {why}.\n"),
            format!("{name}: Not brought in: {why}.\n"),
        ));
        ExitCode::from(BAD_FILE)
    })
}
