// SPDX-License-Identifier: EUPL-1.2
//! Addresses: `"Display name" <uri>;params` or `uri;params` (RFC 3261, 20.10 and 25.1).
//!
//! The rule to keep: without `<>` everything from the first `;` on belongs to the header field, and
//! `?` and `,` may not stand in the URI.

use alloc::borrow::Cow;

use super::params::Params;
use super::scan::{around, closing_quote, position, position_or_end, trim, trim_start};
use super::text::{decode_text, unfold, unquote};
use super::uri::Uri;

/// An address as From, To, Contact, Route, P-Asserted-Identity, Diversion, Refer-To and others have
/// it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    display: Option<&'a [u8]>,
    /// The URI.
    pub uri: Uri<'a>,
    /// The header field's parameters, not the URI's.
    pub params: Params<'a>,
}

super::sealed_debug!(Address);

impl<'a> Address<'a> {
    /// Reads one address and nothing else.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<Address<'a>> {
        let value = trim(value);
        if let Some(inside) = value.strip_prefix(b"\"") {
            let (display, rest) = value.split_at(closing_quote(inside)? + 2);
            return Address::bracketed(Some(display), trim_start(rest).strip_prefix(b"<")?);
        }
        let at = position_or_end(value, |byte| matches!(byte, b'<' | b';' | b',' | b'"'));
        match value.get(at) {
            Some(b'<') => {
                let (display, rest) = around(value, at);
                let display = trim(display);
                Address::bracketed((!display.is_empty()).then_some(display), rest)
            }
            Some(b';') | None => {
                let (uri, params) = value.split_at(at);
                let uri = trim(uri);
                if position(uri, |byte| byte == b'?').is_some() {
                    return None;
                }
                let (uri, params) = (Uri::parse(uri)?, Params::parse(params)?);
                Some(Address { display: None, uri, params })
            }
            Some(_) => None,
        }
    }

    /// What stands behind `<`.
    fn bracketed(display: Option<&'a [u8]>, rest: &'a [u8]) -> Option<Address<'a>> {
        let (uri, params) = around(rest, position(rest, |byte| byte == b'>')?);
        // Blanks inside of the brackets leave nothing to guess (RFC 4475, 3.1.2.14).
        let (uri, params) = (Uri::parse(trim(uri))?, Params::parse(params)?);
        Some(Address { display, uri, params })
    }

    /// The display name without quotes, escapes and folds; none if there is none. It may be empty.
    #[must_use]
    pub fn display(&self) -> Option<Cow<'a, [u8]>> {
        let display = self.display?;
        Some(if display.starts_with(b"\"") { unquote(display) } else { unfold(display) })
    }

    /// The display name as text, whether it came in UTF-8 or in Latin-1.
    #[must_use]
    pub fn display_text(&self) -> Option<Cow<'a, str>> {
        Some(match self.display()? {
            Cow::Borrowed(bytes) => decode_text(bytes),
            Cow::Owned(bytes) => Cow::Owned(decode_text(&bytes).into_owned()),
        })
    }

    /// The tag of a From or To (RFC 3261, 19.3); none in the first request's To, and with RFC 2543.
    #[must_use]
    pub fn tag(&self) -> Option<&'a [u8]> {
        self.params.get("tag")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &[u8]) -> Address<'_> {
        Address::parse(text).unwrap_or_else(|| panic!("{}", text.escape_ascii()))
    }

    #[test]
    fn display_names_come_quoted_plain_empty_or_not_at_all() {
        let display = |text| address(text).display_text();
        assert_eq!(display(br#""A. G. \"Bell\"" <sip:a@h>"#).unwrap(), "A. G. \"Bell\"");
        assert_eq!(display(b"Anna  Schmidt<sip:a@h>").unwrap(), "Anna  Schmidt");
        assert_eq!(display(b"\"M\xfcller\" <sip:a@h>").unwrap(), "Müller");
        assert_eq!(display("Müller <sip:a@h>".as_bytes()).unwrap(), "Müller");
        assert_eq!(display(b"\"\" <sip:a@h>").unwrap(), "");
        assert_eq!(display(b"\"a\r\n b\"\r\n <sip:a@h>").unwrap(), "a b");
        assert_eq!(display(b"<sip:a@h>"), None);
        assert_eq!(display(b"sip:a@h"), None);
    }

    #[test]
    fn semicolons_belong_to_the_uri_only_inside_of_brackets() {
        let inside = address(b"<sip:a@h;user=phone>;tag=1");
        assert!(inside.uri.sip().unwrap().params.get("user").is_some());
        assert_eq!(inside.tag(), Some(&b"1"[..]));
        let outside = address(b"sip:a@h;user=phone ; tag = 1");
        assert!(outside.uri.sip().unwrap().params.get("user").is_none());
        assert!(outside.params.has("user"));
        assert_eq!(outside.tag(), Some(&b"1"[..]));
    }

    #[test]
    fn bad_addresses_are_refused() {
        let bad: [&[u8]; 14] = [
            b"",
            b"\"a <sip:a@h>",
            b"\"a\" sip:a@h",
            b"a, b <sip:a@h>",
            b"<sip:a@h",
            b"sip:a@h>",
            b"<sip:a@h>x",
            b"sip:a@h?Route=x",
            b"sip:a@h,sip:b@h",
            b"<>",
            b"a",
            b"<sip:a@h> <sip:b@h>",
            b"a \"b\" <sip:a@h>",
            b"<sip:a@h>;tag=1,",
        ];
        for text in bad {
            assert!(Address::parse(text).is_none(), "{}", text.escape_ascii());
        }
    }
}
