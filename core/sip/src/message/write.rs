// SPDX-License-Identifier: EUPL-1.2
//! Writing messages.
//!
//! The rule to keep: what is written is read by our own parser before anybody else sees it, and a
//! value can never end its line. CR, LF and NUL in a value are refused, not mended: who sends them
//! means harm, or is broken. Two exceptions lose nothing: a fold becomes a space, and a NUL may
//! stand where the parser takes it, in a quoted pair.

use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use super::fault::Fault;
use super::lines::is_escaped;
use super::name::Name;
use super::parse::{Message, Request, Response, parse_datagram};
use super::scan::{all, is_token, line_break, trim};
use super::text::push_unfolded;
use crate::{Method, Status};

/// Why a message could not be written; nothing of it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// A value with a CR, LF or NUL.
    LineBreak,
    /// A method or a header field's name that is no token.
    NoToken,
    /// Content-Length is ours to write.
    OwnLength,
    /// The parts do not make a message.
    Refused(Fault),
    /// The first line is not one of SIP.
    NotSip,
}

/// Writes one message: the first line, then fields in the order of the calls, then the body.
pub struct MessageWriter<'b> {
    out: &'b mut Vec<u8>,
    begin: usize,
    fields: usize,
    fault: Option<Unwritable>,
}

/// Header fields up to which a message of known parts is not near the limit of them.
const FEW_FIELDS: usize = super::limits::FIELDS_MAX / 4;

/// Bytes up to which no line of a message can be too long, nor its header.
const FEW_BYTES: usize = super::limits::LINE_MAX;

/// How much of what was written is read again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checked {
    /// The whole message.
    Whole,
    /// Every value was read from a message that was accepted, or is of our own making: only a message
    /// that comes near a limit is read again.
    Parts,
    /// Only that no value ends its line: the message may lack what was missing in another one.
    LinesOnly,
}

impl<'b> MessageWriter<'b> {
    /// Begins a request at the end of `out`.
    pub fn request(out: &'b mut Vec<u8>, method: &[u8], uri: &[u8]) -> MessageWriter<'b> {
        let mut writer = MessageWriter { begin: out.len(), out, fields: 0, fault: None };
        if !all(method, is_token) {
            writer.note(Unwritable::NoToken);
        }
        writer.push_line(|out| {
            out.extend_from_slice(method);
            out.push(b' ');
            out.extend_from_slice(uri);
            out.extend_from_slice(b" SIP/2.0");
        });
        writer
    }

    /// Begins a response at the end of `out`.
    pub fn response(
        out: &'b mut Vec<u8>,
        status: Status,
        reason: fmt::Arguments<'_>,
    ) -> MessageWriter<'b> {
        let mut writer = MessageWriter { begin: out.len(), out, fields: 0, fault: None };
        writer.push_line(|out| {
            // Writing into memory does not fail.
            let _ = write!(Text(out), "SIP/2.0 {} {reason}", status.code());
        });
        writer
    }

    /// Adds a field; folds in the value become spaces.
    pub fn field(&mut self, name: Name, value: &[u8]) -> &mut Self {
        if !is_one_line(value) {
            self.note(Unwritable::LineBreak);
            return self;
        }
        self.push_named(name, |out| push_unfolded(out, trim(value)))
    }

    /// Adds a field with a name of any kind.
    pub fn other(&mut self, name: &[u8], value: &[u8]) -> &mut Self {
        if !is_one_line(value) {
            self.note(Unwritable::LineBreak);
            return self;
        }
        self.push_field(name, |out| push_unfolded(out, trim(value)))
    }

    /// Adds a field with a value that is written as text.
    pub fn text(&mut self, name: Name, value: fmt::Arguments<'_>) -> &mut Self {
        self.built(name, |out| {
            let _ = Text(out).write_fmt(value);
        })
    }

    /// Adds a field whose value is appended by a function, so that nothing has to be copied.
    pub fn built(&mut self, name: Name, value: impl FnOnce(&mut Vec<u8>)) -> &mut Self {
        self.push_named(name, value)
    }

    /// What was written behind the first line, if nothing is wrong with it.
    pub(crate) fn into_lines(self) -> Option<&'b [u8]> {
        let MessageWriter { out, begin, fault, .. } = self;
        let written = out.get(begin..).filter(|_| fault.is_none())?;
        let first = line_break(written, 0)?;
        written.get(first + 2..)
    }

    /// Adds fields that a writer has [written](MessageWriter::into_lines).
    pub(crate) fn lines(&mut self, lines: &[u8]) {
        self.fields += lines.iter().filter(|&&byte| byte == b'\n').count();
        self.out.extend_from_slice(lines);
    }

    /// Adds Content-Length and the body. If anything is wrong, `out` is as it was before.
    pub fn finish(self, body: &[u8]) -> Result<(), Unwritable> {
        self.finish_as(body, Checked::Whole)
    }

    pub(crate) fn finish_as(self, body: &[u8], checked: Checked) -> Result<(), Unwritable> {
        let MessageWriter { out, begin, fields, mut fault } = self;
        let _ = write!(Text(out), "Content-Length: {}\r\n\r\n", body.len());
        out.extend_from_slice(body);
        let small = fields <= FEW_FIELDS && out.len() - begin <= FEW_BYTES;
        let read_again = match checked {
            Checked::Whole => true,
            Checked::Parts => !small,
            Checked::LinesOnly => false,
        };
        if fault.is_none() && read_again {
            fault = read(&out[begin..]);
        }
        debug_assert!(
            fault.is_some() || checked == Checked::LinesOnly || read(&out[begin..]).is_none(),
            "what was written of good parts cannot be read"
        );
        if fault.is_some() {
            out.truncate(begin);
        }
        fault.map_or(Ok(()), Err)
    }

    /// A field whose name we know.
    fn push_named(&mut self, name: Name, value: impl FnOnce(&mut Vec<u8>)) -> &mut Self {
        if name == Name::ContentLength {
            self.note(Unwritable::OwnLength);
        } else if name == Name::Other {
            self.note(Unwritable::NoToken);
        }
        self.push_value(name.as_str().as_bytes(), value)
    }

    fn push_field(&mut self, name: &[u8], value: impl FnOnce(&mut Vec<u8>)) -> &mut Self {
        if !all(name, is_token) {
            self.note(Unwritable::NoToken);
        }
        if Name::of(name) == Name::ContentLength {
            self.note(Unwritable::OwnLength);
        }
        self.push_value(name, value)
    }

    fn push_value(&mut self, name: &[u8], value: impl FnOnce(&mut Vec<u8>)) -> &mut Self {
        self.fields += 1;
        self.push_line(|out| {
            out.extend_from_slice(name);
            out.extend_from_slice(b": ");
            value(out);
        });
        self
    }

    fn push_line(&mut self, line: impl FnOnce(&mut Vec<u8>)) {
        let from = self.out.len();
        line(self.out);
        let line = self.out.get(from..).unwrap_or_default();
        // Folds are gone by now, so any line break is one too many.
        if line.contains(&b'\r') || !is_one_line(line) {
            self.note(Unwritable::LineBreak);
        }
        self.out.extend_from_slice(b"\r\n");
    }

    fn note(&mut self, fault: Unwritable) {
        self.fault = self.fault.or(Some(fault));
    }
}

/// What is wrong with a written message, if anything is.
fn read(message: &[u8]) -> Option<Unwritable> {
    let refusal = parse_datagram(message).err()?;
    Some(refusal.fault().map_or(Unwritable::NotSip, Unwritable::Refused))
}

/// Whether nothing in this value ends a line, folds apart.
fn is_one_line(value: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = line_break(value, at) {
        let fold = matches!(value.get(found..), Some([b'\r', b'\n', b' ' | b'\t', ..]));
        at = match value[found] {
            b'\r' if fold => found + 3,
            0 if is_escaped(value, found) => found + 1,
            _ => return false,
        };
    }
    true
}

impl Message<'_> {
    /// Writes the message as it came, folds apart, with a Content-Length at its end.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), Unwritable> {
        let mut writer = match self {
            Message::Request(Request { method_name, uri, .. }) => {
                MessageWriter::request(out, method_name, uri.raw())
            }
            Message::Response(Response { status, reason, .. }) => {
                let mut writer = MessageWriter { begin: out.len(), out, fields: 0, fault: None };
                writer.push_line(|out| {
                    let _ = write!(Text(out), "SIP/2.0 {} ", status.code());
                    out.extend_from_slice(reason);
                });
                writer
            }
        };
        for field in self.headers().fields() {
            if field.name != Name::ContentLength {
                writer.other(field.raw_name, field.raw);
            }
        }
        writer.finish(self.body())
    }
}

/// A method's name for [`MessageWriter::request`]; none for [`Method::Unknown`].
#[must_use]
pub fn method_bytes(method: Method) -> Option<&'static [u8]> {
    method.name().map(str::as_bytes)
}

/// Text into bytes.
pub(super) struct Text<'b>(pub(super) &'b mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An OPTIONS with one more field.
    fn with(name: &[u8], value: &[u8]) -> Result<Vec<u8>, Unwritable> {
        let mut out = b"before".to_vec();
        let mut writer = MessageWriter::request(&mut out, b"OPTIONS", b"sip:115@centre.example");
        writer
            .text(Name::Via, format_args!("SIP/2.0/UDP {};branch=z9hG4bK{}", "192.0.2.1", 1))
            .field(Name::From, b"<sip:a@h>;tag=1")
            .field(Name::To, b"<sip:115@centre.example>")
            .field(Name::CallId, b"1@h")
            .field(Name::CSeq, b"1 OPTIONS")
            .other(name, value);
        let result = writer.finish(b"body");
        match result {
            Ok(()) => assert!(out.ends_with(b"\r\nContent-Length: 4\r\n\r\nbody")),
            Err(_) => assert_eq!(out, b"before"),
        }
        result.map(|()| out)
    }

    #[test]
    fn no_value_can_end_its_line() {
        let bad: [&[u8]; 8] = [
            b"a\r\nX: y",
            b"a\rb",
            b"a\nb",
            b"a\0b",
            b"\r\n\r\nbody",
            b"a\r",
            b"a\n",
            b"\"\\\r\n\"",
        ];
        for value in bad {
            assert_eq!(
                with(b"Subject", value),
                Err(Unwritable::LineBreak),
                "{}",
                value.escape_ascii()
            );
        }
        assert!(with(b"Subject", b"\"\\\0\"").is_ok());
    }

    #[test]
    fn folds_become_spaces() {
        let out = with(b"Subject", b"a\r\n\t b\r\n c").unwrap();
        assert!(out.windows(16).any(|part| part == b"Subject: a b c\r\n"));
    }

    #[test]
    fn names_are_tokens_and_the_length_is_ours() {
        for name in [&b""[..], b"a b", b"a:", b"a\r\nb", b"M\xfcller"] {
            assert!(matches!(with(name, b"x"), Err(Unwritable::NoToken | Unwritable::LineBreak)));
        }
        assert_eq!(with(b"l", b"4"), Err(Unwritable::OwnLength));
        assert_eq!(with(b"content-length", b"4"), Err(Unwritable::OwnLength));
    }

    #[test]
    fn what_the_parser_refuses_is_not_written() {
        assert_eq!(
            with(b"From", b"<sip:b@h>"),
            Err(Unwritable::Refused(Fault::Repeated(Name::From)))
        );
        assert_eq!(
            with(b"m", b"sip:a@h?x=y"),
            Err(Unwritable::Refused(Fault::Malformed(Name::Contact)))
        );
        let mut out = Vec::new();
        let writer = MessageWriter::request(&mut out, b"OPTIONS", b"sip:a b");
        assert_eq!(writer.finish(b""), Err(Unwritable::Refused(Fault::RequestLine)));
        let writer = MessageWriter::request(&mut out, b"SIP/2.0", b"200");
        assert_eq!(writer.finish(b""), Err(Unwritable::NoToken));
        let writer =
            MessageWriter::response(&mut out, Status::new(200).unwrap(), format_args!("a\nb"));
        assert_eq!(writer.finish(b""), Err(Unwritable::LineBreak));
        assert!(out.is_empty());
    }
}
