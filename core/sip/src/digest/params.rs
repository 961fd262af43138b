// SPDX-License-Identifier: EUPL-1.2
//! Splits the value of a challenge or an answer into its parameters, tolerantly.
//!
//! Nothing is refused here: extra commas are skipped, a missing comma after a value is overlooked, a
//! name without a value has an empty one. Values keep their quotes, so that nothing is copied;
//! [`unquote`] takes them off.

use alloc::borrow::Cow;
use alloc::vec::Vec;

/// Splits off the scheme: `Digest realm="x"` is `Digest` and the parameters.
#[must_use]
pub fn scheme(value: &[u8]) -> (&[u8], Params<'_>) {
    let value = value.trim_ascii_start();
    let end = value.iter().position(|byte| byte.is_ascii_whitespace()).unwrap_or(value.len());
    let (scheme, rest) = value.split_at(end);
    (scheme, params(rest))
}

/// The parameters of `name=value, name="value"`, each with its value as it stands, quotes included.
#[must_use]
pub fn params(bytes: &[u8]) -> Params<'_> {
    Params { rest: bytes }
}

/// See [`params`].
#[derive(Clone, Debug)]
pub struct Params<'a> {
    rest: &'a [u8],
}

impl<'a> Params<'a> {
    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|&byte| !wanted(byte));
        self.take(end.unwrap_or(self.rest.len()))
    }

    fn skip_spaces(&mut self) {
        self.take_while(|byte| byte.is_ascii_whitespace());
    }

    fn value(&mut self) -> &'a [u8] {
        if self.rest.first() == Some(&b'"') {
            return self.take(quoted_length(self.rest));
        }
        self.take_while(|byte| byte != b',' && !byte.is_ascii_whitespace())
    }
}

impl<'a> Iterator for Params<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        self.take_while(|byte| byte == b',' || byte.is_ascii_whitespace());
        if self.rest.is_empty() {
            return None;
        }
        let ends_name = |byte: u8| byte == b',' || byte == b'=' || byte.is_ascii_whitespace();
        let name = self.take_while(|byte| !ends_name(byte));
        self.skip_spaces();
        if self.rest.first() != Some(&b'=') {
            return Some((name, &[]));
        }
        self.take(1);
        self.skip_spaces();
        Some((name, self.value()))
    }
}

/// How far a quoted string reaches; to the end if its last quote is missing.
fn quoted_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Whether a backslash before this byte is an escape.
fn escapes(next: Option<&u8>) -> bool {
    matches!(next, Some(b'"' | b'\\'))
}

/// The value without quotes and escapes; none if the quotes do not balance.
pub(super) fn unquote(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    let Some(open) = raw.strip_prefix(b"\"") else {
        return Some(Cow::Borrowed(raw));
    };
    if quoted_length(raw) != raw.len() {
        return None;
    }
    let inner = open.strip_suffix(b"\"")?;
    if !inner.contains(&b'\\') {
        return Some(Cow::Borrowed(inner));
    }
    unescape(inner).map(Cow::Owned)
}

/// Takes the escapes out; none if the last quote was itself escaped.
fn unescape(inner: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(inner.len());
    let mut at = 0;
    while at < inner.len() {
        if inner[at] == b'\\' {
            if at + 1 == inner.len() {
                return None;
            }
            at += usize::from(escapes(inner.get(at + 1)));
        }
        text.push(inner[at]);
        at += 1;
    }
    Some(text)
}

/// Writes `text` as a quoted string.
pub(super) fn quote(text: &[u8], into: &mut Vec<u8>) {
    into.push(b'"');
    for &byte in text {
        if escapes(Some(&byte)) {
            into.push(b'\\');
        }
        into.push(byte);
    }
    into.push(b'"');
}

/// Whether a header may carry this text: no control characters but the tab, so that a value cannot
/// become a second header line.
pub(super) fn writable(text: &[u8]) -> bool {
    text.iter().all(|&byte| byte == b'\t' || !byte.is_ascii_control())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::String;
    use std::vec;

    fn check(value: &str, expected: &[(&str, &str)]) {
        let read: Vec<_> = params(value.as_bytes())
            .map(|(name, value)| {
                (String::from_utf8_lossy(name), String::from_utf8_lossy(value).into_owned())
            })
            .collect();
        let read: Vec<_> = read.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(read, expected, "{value}");
    }

    #[test]
    fn parameters_are_found_in_tidy_and_in_untidy_values() {
        check("", &[]);
        check(" , ,, ", &[]);
        check(r#"realm="a",nonce="b""#, &[("realm", r#""a""#), ("nonce", r#""b""#)]);
        check(r#",, realm = "a" ,, qop=auth,"#, &[("realm", r#""a""#), ("qop", "auth")]);
        check("realm=\"a\",\r\n\tnonce=\"b\"", &[("realm", r#""a""#), ("nonce", r#""b""#)]);
        check(r#"realm="a" nonce="b""#, &[("realm", r#""a""#), ("nonce", r#""b""#)]);
        check(r#"qop="auth,auth-int""#, &[("qop", r#""auth,auth-int""#)]);
        check("qop=auth,auth-int", &[("qop", "auth"), ("auth-int", "")]);
        check("nonce=YWJj==, x", &[("nonce", "YWJj=="), ("x", "")]);
        check("=, realm=", &[("", ""), ("realm", "")]);
        check(r#"realm="a, b=c"#, &[("realm", r#""a, b=c"#)]);
        check(r#"realm="a\"b", x=1"#, &[("realm", r#""a\"b""#), ("x", "1")]);
        check(r#"username="AMT\anna", x=1"#, &[("username", r#""AMT\anna""#), ("x", "1")]);
    }

    #[test]
    fn the_scheme_is_the_first_word() {
        let (name, mut rest) = scheme(b"  Digest  realm=\"a\"");
        assert_eq!(name, b"Digest");
        assert_eq!(rest.next(), Some((&b"realm"[..], &b"\"a\""[..])));
        assert_eq!(scheme(b"").0, b"");
        assert_eq!(scheme(b"Basic").0, b"Basic");
    }

    #[test]
    fn a_backslash_escapes_quotes_and_itself_only() {
        let unquoted = |raw: &[u8]| unquote(raw).map(Cow::into_owned);
        assert_eq!(unquoted(b"token"), Some(b"token".to_vec()));
        assert_eq!(unquoted(br#""""#), Some(vec![]));
        assert_eq!(unquoted(br#""a\"b\\c""#), Some(br#"a"b\c"#.to_vec()));
        assert_eq!(unquoted(br#""AMT\anna""#), Some(br"AMT\anna".to_vec()));
        assert_eq!(unquoted(br#"""#), None);
        assert_eq!(unquoted(br#""a"#), None);
        assert_eq!(unquoted(br#""a\""#), None);
        assert_eq!(unquoted(br#""a"b""#), None);
    }
}
