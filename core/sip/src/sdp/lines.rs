// SPDX-License-Identifier: EUPL-1.2
//! The lines of a session or of one stream, byte for byte, in the order of RFC 8866.
//!
//! Lines that came out of order are put in order once, when they are read; among lines of one kind,
//! and among attributes and lines that we do not know, the order is kept.

use super::text::{Text, cut, trimmed};
use alloc::vec::Vec;
use core::fmt;

/// The letters after v= and o=, or after m=, as RFC 8866, 5 orders them. Attributes, and letters
/// that nobody knows, come after.
const ORDER: &[u8] = b"siuepcbtrzk";

/// One line.
///
/// A key in it is not printed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    kind: u8,
    value: Text,
}

impl Line {
    pub(super) fn new(kind: u8, value: Text) -> Line {
        Line { kind, value }
    }

    /// An attribute line: `a=name` or `a=name:value`. None if that would not stay on its line.
    #[must_use]
    pub fn attribute(name: &str, value: Option<&[u8]>) -> Option<Line> {
        let mut text = Vec::from(name.as_bytes());
        if let Some(value) = value {
            text.push(b':');
            text.extend_from_slice(value);
        }
        Text::new(&text).map(|value| Line { kind: b'a', value })
    }

    /// The letter before the equals sign.
    #[must_use]
    pub fn kind(&self) -> u8 {
        self.kind
    }

    /// What stands behind it.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        self.value.as_bytes()
    }

    /// Name and value of an attribute, without spaces at the line's end; none for another line.
    #[must_use]
    pub fn as_attribute(&self) -> Option<(&[u8], Option<&[u8]>)> {
        if self.kind != b'a' {
            return None;
        }
        let (name, value) = cut(trimmed(self.value()), b':');
        Some((name, value.map(trimmed)))
    }

    /// The value of the attribute of this name. Compares the name before it looks for the colon:
    /// most lines are another attribute's.
    fn value_of(&self, name: &[u8]) -> Option<&[u8]> {
        let attribute = trimmed(self.value());
        let (start, rest) = attribute.split_at_checked(name.len())?;
        if self.kind != b'a' || !start.eq_ignore_ascii_case(name) {
            return None;
        }
        match rest {
            [] => Some(rest),
            [b':', value @ ..] => Some(trimmed(value)),
            [_, ..] => None,
        }
    }

    fn rank(&self) -> usize {
        ORDER.iter().position(|&letter| letter == self.kind).unwrap_or(ORDER.len())
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = char::from(self.kind);
        match self.value_of(b"crypto") {
            Some(_) => write!(f, "{kind}=crypto:…"),
            None => write!(f, "{kind}={:?}", self.value),
        }
    }
}

/// Lines in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(Vec<Line>);

impl Lines {
    /// Puts a line behind those that may stand before it.
    pub(super) fn add(&mut self, line: Line) {
        let rank = line.rank();
        let at = self.0.partition_point(|earlier| earlier.rank() <= rank);
        self.0.insert(at, line);
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Line> {
        self.0.iter()
    }

    /// The values of the lines with this letter.
    pub fn of_kind(&self, kind: u8) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter(move |line| line.kind == kind).map(Line::value)
    }

    /// Every attribute: name and value.
    pub fn attributes(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.0.iter().filter_map(Line::as_attribute)
    }

    /// The values of the attributes of this name, empty for those without. Names are compared
    /// without regard to case: no two differ by it alone.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter_map(|line| line.value_of(name.as_bytes()))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Attributes and unknown lines.
    pub(super) fn unordered(&self) -> usize {
        self.0.len() - self.0.partition_point(|line| line.rank() < ORDER.len())
    }
}
