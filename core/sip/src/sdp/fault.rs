// SPDX-License-Identifier: EUPL-1.2
//! Why bytes are not a session description that we take.

use crate::Status;
use core::fmt;

/// Where a description breaks which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, from 1; 0 is the whole.
    pub line: usize,
    /// The rule.
    pub rule: Rule,
}

/// What a description must keep to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// More than [`BYTES_MAX`](super::limits::BYTES_MAX) bytes.
    TooLong,
    /// More than [`LINES_MAX`](super::limits::LINES_MAX) lines.
    TooManyLines,
    /// More than [`MEDIA_MAX`](super::limits::MEDIA_MAX) streams.
    TooManyMedia,
    /// More than [`ATTRIBUTES_MAX`](super::limits::ATTRIBUTES_MAX) attributes in one place.
    TooManyAttributes,
    /// More than [`FORMATS_MAX`](super::limits::FORMATS_MAX) formats in one stream.
    TooManyFormats,
    /// A word of an m= line has more than [`WORD_BYTES_MAX`](super::limits::WORD_BYTES_MAX) bytes.
    WordTooLong,
    /// Not a letter, an equals sign and a value.
    NotALine,
    /// A NUL, or a CR within a line.
    ControlByte,
    /// No v= line, or one that does not say 0.
    Version,
    /// No o= line, or one with fewer than its six words.
    Origin,
    /// A c= line with fewer than its three words.
    Connection,
    /// An m= line without kind, port or protocol.
    Media,
    /// A second v= or o= line: two descriptions in one body.
    SecondDescription,
    /// Something else stands where a number must be.
    NotANumber,
    /// A number that its type cannot hold.
    NumberTooLarge,
}

impl Fault {
    /// The status of the response to a request that carries such a description: the fault is in the
    /// request's form, not in what it asks for.
    #[must_use]
    pub fn status(self) -> Status {
        Status::new(400).expect("400 is a status")
    }
}

impl Rule {
    fn words(self) -> &'static str {
        match self {
            Rule::TooLong => "too many bytes",
            Rule::TooManyLines => "too many lines",
            Rule::TooManyMedia => "too many media",
            Rule::TooManyAttributes => "too many attributes",
            Rule::TooManyFormats => "too many formats",
            Rule::WordTooLong => "word too long",
            Rule::NotALine => "not a line of the form x=value",
            Rule::ControlByte => "control byte in a line",
            Rule::Version => "no v=0",
            Rule::Origin => "no usable o= line",
            Rule::Connection => "unusable c= line",
            Rule::Media => "unusable m= line",
            Rule::SecondDescription => "second v= or o= line",
            Rule::NotANumber => "not a number",
            Rule::NumberTooLarge => "number too large",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "session description: {}", self.rule.words()),
            line => write!(f, "session description, line {line}: {}", self.rule.words()),
        }
    }
}
