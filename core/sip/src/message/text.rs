// SPDX-License-Identifier: EUPL-1.2
//! From bytes on the wire to bytes and text that mean something: folds, quotes, escapes, umlauts.
//!
//! Everything here borrows unless there is something to undo.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::scan::{is_space, position, position_or_end, trim_start};

/// A value on one line: each fold becomes one space (RFC 3261, 7.3.1).
#[must_use]
pub fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    if position(value, |byte| byte == b'\r').is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    push_unfolded(&mut out, value);
    Cow::Owned(out)
}

pub(super) fn push_unfolded(out: &mut Vec<u8>, value: &[u8]) {
    let mut rest = value;
    while let Some(at) = position(rest, |byte| byte == b'\r') {
        out.extend_from_slice(&rest[..at]);
        while out.last().is_some_and(|&byte| byte == b' ' || byte == b'\t') {
            out.pop();
        }
        out.push(b' ');
        rest = trim_start(&rest[at..]);
    }
    out.extend_from_slice(rest);
}

/// A quoted string's or a token's content: without the quotes, `\x` as `x`, folds as one space
/// (RFC 3261, 25.1). What is not in quotes stays as it is.
#[must_use]
pub fn unquote(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(inside) = between_quotes(value) else { return Cow::Borrowed(value) };
    if position(inside, |byte| byte == b'\\' || byte == b'\r').is_none() {
        return Cow::Borrowed(inside);
    }
    let mut out = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\\' => {
                out.extend(after.first());
                rest = after.get(1..).unwrap_or_default();
            }
            b'\r' => {
                out.push(b' ');
                rest = &after[position_or_end(after, |byte| !is_space(byte))..];
            }
            _ => out.push(byte),
        }
    }
    Cow::Owned(out)
}

/// What stands between the quotes, escapes untouched; none if it is not quoted.
pub(super) fn between_quotes(value: &[u8]) -> Option<&[u8]> {
    value.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

/// Percent escapes undone (RFC 3261, 19.1.2). A `%` that begins no escape stays as it is.
#[must_use]
pub fn percent_decode(bytes: &[u8]) -> Cow<'_, [u8]> {
    if position(bytes, |byte| byte == b'%').is_none() {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(UriBytes::new(bytes).map(|(byte, _)| byte).collect())
}

/// The bytes that a part of a URI stands for, each with whether it was escaped.
#[derive(Clone)]
pub(super) struct UriBytes<'a> {
    rest: &'a [u8],
}

impl<'a> UriBytes<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> UriBytes<'a> {
        UriBytes { rest: bytes }
    }
}

impl Iterator for UriBytes<'_> {
    type Item = (u8, bool);

    fn next(&mut self) -> Option<(u8, bool)> {
        if let [b'%', high, low, rest @ ..] = self.rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            self.rest = rest;
            return Some((high * 16 + low, true));
        }
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some((byte, false))
    }
}

fn hex(digit: u8) -> Option<u8> {
    // At most 15.
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Text for people: UTF-8 as the standard wants it, else Latin-1, which older PBXs send.
#[must_use]
pub fn decode_text(bytes: &[u8]) -> Cow<'_, str> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect::<String>()),
    }
}

/// A display name or another text of ours as a quoted string: `"` and `\` escaped, control
/// characters left out, so that no text can end the line or the string.
pub fn push_quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            0..=0x1f | 0x7f => {}
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Bytes as a part of a URI: all but letters, digits and `-_.!~*'()` escaped (RFC 3261, 19.1.2).
pub fn push_percent_encoded(out: &mut Vec<u8>, bytes: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(byte);
        } else {
            out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_become_one_space_and_nothing_else_is_copied() {
        assert!(matches!(unfold(b"plain \t text"), Cow::Borrowed(b"plain \t text")));
        assert_eq!(unfold(b"a \t\r\n \tb\r\n c").as_ref(), b"a b c");
        assert_eq!(unfold(b"a\r\n \r\n b").as_ref(), b"a b");
    }

    #[test]
    fn quotes_and_escapes_are_undone() {
        assert!(matches!(unquote(b"token"), Cow::Borrowed(b"token")));
        assert!(matches!(unquote(b"\"plain\""), Cow::Borrowed(b"plain")));
        assert_eq!(unquote(br#""J \\\"R\"""#).as_ref(), br#"J \"R""#);
        assert_eq!(unquote(b"\"a\r\n  b\"").as_ref(), b"a b");
        assert_eq!(unquote(b"\"").as_ref(), b"\"");
    }

    #[test]
    fn percent_escapes_are_undone_where_they_are_escapes() {
        assert!(matches!(percent_decode(b"plain"), Cow::Borrowed(b"plain")));
        assert_eq!(percent_decode(b"null-%00-%C3%bc").as_ref(), b"null-\0-\xc3\xbc");
        assert_eq!(percent_decode(b"100%,%4,%zz%").as_ref(), b"100%,%4,%zz%");
    }

    #[test]
    fn umlauts_are_read_in_both_encodings() {
        assert_eq!(decode_text("Müller".as_bytes()), "Müller");
        assert_eq!(decode_text(b"M\xfcller"), "Müller");
    }

    #[test]
    fn a_quoted_text_cannot_end_its_line_or_its_string() {
        let mut out = Vec::new();
        push_quoted(&mut out, "a\"b\\c\r\nX: y\0\u{7f}ü");
        assert_eq!(out, "\"a\\\"b\\\\cX: yü\"".as_bytes());
        assert_eq!(unquote(&out).as_ref(), "a\"b\\cX: yü".as_bytes());
    }

    #[test]
    fn percent_encoding_leads_there_and_back() {
        let all: Vec<u8> = (0..=255).collect();
        let mut out = Vec::new();
        push_percent_encoded(&mut out, &all);
        assert_eq!(percent_decode(&out).as_ref(), all);
    }
}
