// SPDX-License-Identifier: EUPL-1.2
//! A message's lines: where they end, where they are folded, which are header fields.
//!
//! The rule to keep: a line ends with CRLF and nothing else. A CR, LF or NUL alone is a fault and
//! never a line's end, so that no other reader sees other lines than we do.

use super::fault::Fault;
use super::fields::Field;
use super::limits::LINE_MAX;
use super::name::Name;
use super::scan::{is_token, line_break, position, position_or_end, trim, trim_start};

/// What one line is.
pub(super) enum Line<'a> {
    /// A header field.
    Field(Field<'a>),
    /// A line that is none.
    Bad(Fault),
    /// The empty line; the body begins here.
    End(usize),
    /// The bytes are over, and no empty line was among them.
    Cut,
}

/// Walks over the lines of a header from a place in the bytes on.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Where a line ends, where the next begins, and what is wrong inside.
struct Span {
    end: usize,
    next: usize,
    fault: Option<Fault>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Lines<'a> {
        Lines { bytes, at }
    }

    /// The next line; once the header has ended, the same end again and again.
    pub(super) fn next(&mut self) -> Line<'a> {
        if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(b"\r\n")) {
            return Line::End(self.at + 2);
        }
        let Some(span) = span(self.bytes, self.at, true) else { return Line::Cut };
        let line = &self.bytes[self.at..span.end];
        self.at = span.next;
        match span.fault {
            Some(fault) => Line::Bad(fault),
            None if LINE_MAX < line.len() => Line::Bad(Fault::LineTooLong),
            None => field(line),
        }
    }
}

/// The first line, which has no folds, and where the header begins.
pub(super) fn first_line(bytes: &[u8]) -> Option<(&[u8], usize, Option<Fault>)> {
    let span = span(bytes, 0, false)?;
    Some((&bytes[..span.end], span.next, span.fault))
}

fn span(bytes: &[u8], from: usize, folds: bool) -> Option<Span> {
    let mut fault = None;
    let mut at = from;
    loop {
        at = line_break(bytes, at)?;
        let after = bytes.get(at + 1..).unwrap_or_default();
        match (bytes[at], after) {
            (b'\r', [b'\n', b' ' | b'\t', ..]) if folds => at += 3,
            (b'\r', [b'\n', ..]) => return Some(Span { end: at, next: at + 2, fault }),
            (0, _) if is_escaped(bytes, at) => at += 1,
            (0, _) => {
                fault = fault.or(Some(Fault::Nul));
                at += 1;
            }
            _ => {
                fault = fault.or(Some(Fault::LineBreak));
                at += 1;
            }
        }
    }
}

/// A NUL is legal in one place only: as a quoted pair (RFC 3261, 25.1).
pub(super) fn is_escaped(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\\')
}

fn field(line: &[u8]) -> Line<'_> {
    let (name, rest) = line.split_at(position_or_end(line, |byte| !is_token(byte)));
    match trim_start(rest).strip_prefix(b":") {
        Some(value) if !name.is_empty() => {
            let raw = trim(value);
            // As long as it is when it is written with its blank.
            if LINE_MAX < name.len() + ": ".len() + raw.len() {
                return Line::Bad(Fault::LineTooLong);
            }
            Line::Field(Field { name: Name::of(name), raw_name: name, raw })
        }
        Some(_) => Line::Bad(Fault::FieldName),
        None if position(line, |byte| byte == b':').is_none() => Line::Bad(Fault::NoColon),
        None => Line::Bad(Fault::FieldName),
    }
}
