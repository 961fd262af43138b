// SPDX-License-Identifier: EUPL-1.2
//! Bytes that fit on one line, and how words and numbers are read from them.

use super::Rule;
use alloc::boxed::Box;
use core::fmt;

/// Bytes without CR, LF and NUL (RFC 8866, 9: `byte-string`), so that what is written with them
/// stays on its line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(Box<[u8]>);

impl Text {
    /// A text; none if it would not stay on its line.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Text> {
        let breaks = |byte: &u8| matches!(byte, b'\r' | b'\n' | 0);
        (!bytes.iter().any(breaks)).then(|| Text(bytes.into()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&'static str> for Text {
    /// # Panics
    /// If the text does not fit on one line.
    fn from(text: &'static str) -> Text {
        Text::new(text.as_bytes()).expect("a text of ours is one line")
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

/// The words of a line. Several spaces, tabs and spaces at the ends are tolerated.
pub(super) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| is_space(*byte)).filter(|word| !word.is_empty())
}

/// A line without the spaces at its ends.
pub(super) fn trimmed(line: &[u8]) -> &[u8] {
    let start = line.iter().position(|&byte| !is_space(byte)).unwrap_or(line.len());
    let end = line.iter().rposition(|&byte| !is_space(byte)).map_or(start, |last| last + 1);
    &line[start..end]
}

/// The last word of a line, and what stands before it.
pub(super) fn last_word(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = trimmed(line);
    let start = line.iter().rposition(|&byte| is_space(byte)).map_or(0, |space| space + 1);
    (!line.is_empty()).then(|| (&line[..start], &line[start..]))
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// What stands before the first `mark`, and after it.
pub(super) fn cut(text: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|&byte| byte == mark) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// A number of digits only: no sign, no fraction.
pub(super) fn number<T: TryFrom<u64>>(word: &[u8]) -> Result<T, Rule> {
    if word.is_empty() || !word.iter().all(u8::is_ascii_digit) {
        return Err(Rule::NotANumber);
    }
    let shift = |value: u64, digit: &u8| value.checked_mul(10)?.checked_add((digit - b'0').into());
    let value = word.iter().try_fold(0, shift);
    value.and_then(|value| T::try_from(value).ok()).ok_or(Rule::NumberTooLarge)
}
