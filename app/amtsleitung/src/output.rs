// SPDX-License-Identifier: EUPL-1.2
//! Printing that bears a reader who has gone: `amtsleitung … | head` ends quietly.

use std::io::{self, Write};

/// Prints `text`; a closed pipe is no error, and nobody is left to be told of any other.
pub fn out(text: &str) {
    let _heard = heard(text);
}

/// Prints `text`, and says whether anybody was there to read it.
#[must_use]
pub fn heard(text: &str) -> bool {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}

/// Prints `text` to the error output, with the same patience.
pub fn err(text: &str) {
    write_all(&mut io::stderr().lock(), text);
}

fn write_all(to: &mut dyn Write, text: &str) {
    // The only failures are a closed pipe and a full disk behind a redirect; both ends of the
    // matter, the reader and the shell, see them without our help.
    let _unheard = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}
