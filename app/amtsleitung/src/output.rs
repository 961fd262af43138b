// SPDX-License-Identifier: EUPL-1.2
//! Printing that bears a reader who has gone: `amtsleitung … | head` ends quietly.
//!
//! Anything else that keeps the output from being written, a full disk behind a redirect for example, is
//! said once, and the program ends as failed.

use crate::Lang;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether something that was to be printed is lost.
static LOST: AtomicBool = AtomicBool::new(false);

/// Prints `text`; a closed pipe is no error.
pub fn out(text: &str) {
    let _heard = heard(text);
}

/// Prints `text`, and says whether it was written.
#[must_use]
pub fn heard(text: &str) -> bool {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if let Err(error) = &written
        && error.kind() != ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        let lang = Lang::from_environment();
        let what = lang.pick(
            "Fehler: Die Ausgabe lässt sich nicht schreiben",
            "error: the output cannot be written",
        );
        err(&format!("{what}: {}\n", why(lang, error)));
    }
    written.is_ok()
}

/// Whether something that was to be printed is lost.
#[must_use]
pub fn is_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Prints `text` to the error output; who does not hear it cannot be told so.
pub fn err(text: &str) {
    let mut to = io::stderr().lock();
    let _unheard = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}

/// What the system says about files and addresses, in words of ours.
const WORDS: [(ErrorKind, &str, &str); 9] = [
    (
        ErrorKind::NotFound,
        "den Ordner oder die Datei gibt es nicht",
        "there is no such folder or file",
    ),
    (ErrorKind::PermissionDenied, "das ist nicht erlaubt", "this is not allowed"),
    (
        ErrorKind::AlreadyExists,
        "eine Datei dieses Namens gibt es schon",
        "a file of this name exists already",
    ),
    (ErrorKind::NotADirectory, "das ist kein Ordner", "this is no folder"),
    (ErrorKind::IsADirectory, "das ist ein Ordner, keine Datei", "this is a folder, not a file"),
    (ErrorKind::StorageFull, "der Datenträger ist voll", "the disk is full"),
    (ErrorKind::ReadOnlyFilesystem, "der Datenträger ist nur lesbar", "the disk is read-only"),
    (
        ErrorKind::AddrInUse,
        "ein anderes Programm benutzt diese Adresse schon",
        "another program uses this address already",
    ),
    (
        ErrorKind::AddrNotAvailable,
        "diese Adresse hat dieser Rechner nicht",
        "this machine does not have this address",
    ),
];

/// What the system says about a file or an address, in the reader's language as far as we know words.
#[must_use]
pub fn why(lang: Lang, error: &io::Error) -> String {
    let known = WORDS.iter().find(|(kind, ..)| *kind == error.kind());
    known.map_or_else(|| error.to_string(), |(_, de, en)| lang.pick(*de, *en).to_owned())
}
