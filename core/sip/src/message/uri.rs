// SPDX-License-Identifier: EUPL-1.2
//! URIs: `sip`, `sips`, `tel`, and any other kept as it came (RFC 3261, 19.1; RFC 3966).
//!
//! Strict about what routes a call (host, port, a second `@`), tolerant of what people put in front
//! of the `@`. Escapes are undone when somebody asks.

use alloc::borrow::Cow;

use super::host::{Host, split_port};
use super::limits::PARAMS_MAX;
use super::scan::{
    all, around, is_not_in_uri, is_scheme, number, position, position_or_end, steps,
};
use super::text::{UriBytes, percent_decode};

/// A URI.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Uri<'a> {
    /// `sip:` or `sips:`.
    Sip(SipUri<'a>),
    /// `tel:`.
    Tel(TelUri<'a>),
    /// Any other scheme; a request to it is answered with 416 (RFC 3261, 8.2.2.1).
    Other(OtherUri<'a>),
}

/// `sip:user:password@host:port;params?headers` (RFC 3261, 19.1.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SipUri<'a> {
    raw: &'a [u8],
    /// Whether it is `sips:`.
    pub secure: bool,
    /// The user part as written, escapes included; none if there is none or it is empty.
    pub user: Option<&'a [u8]>,
    /// The password as written.
    pub password: Option<&'a [u8]>,
    /// The host.
    pub host: Host<'a>,
    /// The port, if it is written.
    pub port: Option<u16>,
    /// The parameters.
    pub params: UriParams<'a>,
    /// What follows `?`, undivided.
    headers: Option<&'a [u8]>,
}

/// `tel:number;params` (RFC 3966).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TelUri<'a> {
    raw: &'a [u8],
    /// The number and its parameters.
    pub subscriber: Subscriber<'a>,
}

/// A URI of a scheme that we do not read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OtherUri<'a> {
    raw: &'a [u8],
    /// The scheme as written.
    pub scheme: &'a [u8],
}

/// A telephone number as `tel:` has it, and `sip:` with `user=phone` in its user part
/// (RFC 3261, 19.1.6).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Subscriber<'a> {
    /// The number as written, visual separators included.
    pub number: &'a [u8],
    /// `phone-context`, `ext`, `isub` and others.
    pub params: UriParams<'a>,
}

/// Parameters of a URI: `;name=value;name`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UriParams<'a> {
    raw: &'a [u8],
}

super::sealed_debug!(Uri, SipUri, TelUri, OtherUri, Subscriber, UriParams);

/// Parameters that make two URIs differ if only one has them (RFC 3261, 19.1.4; `transport` by its
/// example).
const NEVER_IGNORED: [&[u8]; 5] = [b"user", b"ttl", b"method", b"maddr", b"transport"];

/// Characters that differ from their own escapes (RFC 3261, 25.1: `reserved`).
const RESERVED: &[u8] = b";/?:@&=+$,";

/// Characters that only help the eye (RFC 3966, 5.1.1).
const VISUAL_SEPARATORS: &[u8] = b"-.()";

impl<'a> Uri<'a> {
    /// Reads a URI and nothing else.
    #[must_use]
    pub fn parse(raw: &'a [u8]) -> Option<Uri<'a>> {
        if position(raw, is_not_in_uri).is_some() {
            return None;
        }
        let (scheme, rest) = around(raw, position(raw, |byte| !is_scheme(byte))?);
        if raw.get(scheme.len()) != Some(&b':') || !scheme.first()?.is_ascii_alphabetic() {
            return None;
        }
        if scheme.eq_ignore_ascii_case(b"sip") {
            return SipUri::parse(raw, rest, false).map(Uri::Sip);
        }
        if scheme.eq_ignore_ascii_case(b"sips") {
            return SipUri::parse(raw, rest, true).map(Uri::Sip);
        }
        if scheme.eq_ignore_ascii_case(b"tel") {
            let subscriber = Subscriber::parse(rest)?;
            return Some(Uri::Tel(TelUri { raw, subscriber }));
        }
        (!rest.is_empty()).then_some(Uri::Other(OtherUri { raw, scheme }))
    }

    /// The whole URI as it came.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        match self {
            Uri::Sip(uri) => uri.raw,
            Uri::Tel(uri) => uri.raw,
            Uri::Other(uri) => uri.raw,
        }
    }

    /// The URI if it is a `sip:` or `sips:` one.
    #[must_use]
    pub fn sip(&self) -> Option<&SipUri<'a>> {
        match self {
            Uri::Sip(uri) => Some(uri),
            Uri::Tel(_) | Uri::Other(_) => None,
        }
    }

    /// The telephone number, from `tel:` or from `sip:` with `user=phone`.
    #[must_use]
    pub fn subscriber(&self) -> Option<Subscriber<'a>> {
        match self {
            Uri::Sip(uri) => uri.subscriber(),
            Uri::Tel(uri) => Some(uri.subscriber),
            Uri::Other(_) => None,
        }
    }

    /// Whether both name the same (RFC 3261, 19.1.4; RFC 3966, 5). Not transitive, by the standard.
    #[must_use]
    pub fn equivalent(&self, other: &Uri<'_>) -> bool {
        if self.raw() == other.raw() {
            return true;
        }
        match (self, other) {
            (Uri::Sip(one), Uri::Sip(two)) => one.equivalent(two),
            (Uri::Tel(one), Uri::Tel(two)) => one.subscriber.equivalent(&two.subscriber),
            (Uri::Other(one), Uri::Other(two)) => one.equivalent(two),
            (Uri::Sip(_) | Uri::Tel(_) | Uri::Other(_), _) => false,
        }
    }
}

impl<'a> SipUri<'a> {
    fn parse(raw: &'a [u8], rest: &'a [u8], secure: bool) -> Option<SipUri<'a>> {
        let (userinfo, rest) = match position(rest, |byte| byte == b'@') {
            Some(at) => around(rest, at),
            None => (&[][..], rest),
        };
        // A second `@` would let two readers see two hosts.
        if position(rest, |byte| byte == b'@').is_some() {
            return None;
        }
        let (user, password) = split_once(userinfo, b':');
        let (host, rest) = Host::split(rest)?;
        let (port, rest) = split_port(rest)?;
        let (params, headers) = split_once(rest, b'?');
        let params = UriParams::parse(params)?;
        if headers.is_some_and(|headers| too_many(headers, b'&')) {
            return None;
        }
        let user = Some(user).filter(|user| !user.is_empty());
        Some(SipUri { raw, secure, user, password, host, port, params, headers })
    }

    /// The whole URI as it came.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The user with its escapes undone; it may contain any byte, NUL too.
    #[must_use]
    pub fn decoded_user(&self) -> Option<Cow<'a, [u8]>> {
        self.user.map(percent_decode)
    }

    /// Whether there is anything behind a `?`.
    #[must_use]
    pub fn has_headers(&self) -> bool {
        self.headers.is_some()
    }

    /// The URI without what stands behind its `?`.
    #[must_use]
    pub fn without_headers(&self) -> &'a [u8] {
        let headers = self.headers.map_or(0, |headers| headers.len() + 1);
        self.raw.get(..self.raw.len() - headers).unwrap_or(self.raw)
    }

    /// The header fields to put into a request that is made from this URI: names and values as
    /// written, escapes included (RFC 3261, 19.1.1).
    pub fn headers(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        pairs(self.headers.unwrap_or_default(), b'&')
    }

    /// The telephone number in the user part, if `user=phone` says that it is one.
    #[must_use]
    pub fn subscriber(&self) -> Option<Subscriber<'a>> {
        let phone = self.params.get("user")?.eq_ignore_ascii_case(b"phone");
        if phone { Subscriber::parse(self.user?) } else { None }
    }

    /// Whether a proxy at this address routes loosely: `lr` (RFC 3261, 16.12).
    #[must_use]
    pub fn is_loose(&self) -> bool {
        self.params.get("lr").is_some()
    }

    /// The transport that it asks for.
    #[must_use]
    pub fn transport(&self) -> Option<&'a [u8]> {
        self.params.get("transport")
    }

    /// The address to send to instead of the host.
    #[must_use]
    pub fn maddr(&self) -> Option<Host<'a>> {
        self.params.get("maddr").and_then(Host::parse)
    }

    /// How many hops a multicast may live.
    #[must_use]
    pub fn ttl(&self) -> Option<u8> {
        self.params.get("ttl").and_then(number)
    }

    fn equivalent(&self, other: &SipUri<'_>) -> bool {
        self.secure == other.secure
            && same_option(self.user, other.user)
            && same_option(self.password, other.password)
            && self.host == other.host
            && self.port == other.port
            && params_within(self.params, other.params)
            && params_within(other.params, self.params)
            && headers_within(self, other)
            && headers_within(other, self)
    }
}

impl OtherUri<'_> {
    fn equivalent(&self, other: &OtherUri<'_>) -> bool {
        self.scheme.eq_ignore_ascii_case(other.scheme)
            && self.raw.get(self.scheme.len()..) == other.raw.get(other.scheme.len()..)
    }
}

impl<'a> Subscriber<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Subscriber<'a>> {
        let at = position_or_end(bytes, |byte| byte == b';');
        let (number, params) = bytes.split_at(at);
        let digits = |byte: u8| {
            byte.is_ascii_hexdigit() || b"+*#%".contains(&byte) || VISUAL_SEPARATORS.contains(&byte)
        };
        if !all(number, digits) {
            return None;
        }
        Some(Subscriber { number, params: UriParams::parse(params)? })
    }

    /// Whether the number is a global one: `+` and country code.
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.number.first() == Some(&b'+')
    }

    /// The number without what only helps the eye: `+`, digits, `*`, `#`, `A` to `F`.
    pub fn digits(&self) -> impl Iterator<Item = u8> + use<'a> {
        let bytes = UriBytes::new(self.number).map(|(byte, _)| byte);
        bytes.filter(|byte| !VISUAL_SEPARATORS.contains(byte))
    }

    /// Where a local number holds: a domain or a prefix such as `+49`.
    #[must_use]
    pub fn phone_context(&self) -> Option<&'a [u8]> {
        self.params.get("phone-context")
    }

    /// The extension.
    #[must_use]
    pub fn extension(&self) -> Option<&'a [u8]> {
        self.params.get("ext")
    }

    fn equivalent(&self, other: &Subscriber<'_>) -> bool {
        let both = |one: UriParams<'_>, two: UriParams<'_>| {
            one.iter().all(|(name, value)| {
                two.get_decoded(name).is_some_and(|other| same(value, other, Case::Folded))
            })
        };
        self.is_global() == other.is_global()
            && self.digits().map(fold).eq(other.digits().map(fold))
            && both(self.params, other.params)
            && both(other.params, self.params)
    }
}

impl<'a> UriParams<'a> {
    fn parse(raw: &'a [u8]) -> Option<UriParams<'a>> {
        let begins = raw.first().is_none_or(|&first| first == b';');
        (begins && !too_many(raw, b';')).then_some(UriParams { raw })
    }

    /// Names and values as written; a parameter without value has an empty one.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        pairs(self.raw, b';')
    }

    /// The value of a parameter, its name in any case; empty if it has none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        let mut all = self.iter();
        all.find(|(there, _)| there.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    fn get_decoded(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.iter().find(|(there, _)| same(there, name, Case::Folded)).map(|(_, value)| value)
    }
}

fn split_once(bytes: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match position(bytes, |byte| byte == separator) {
        Some(at) => {
            let (before, after) = around(bytes, at);
            (before, Some(after))
        }
        None => (bytes, None),
    }
}

fn too_many(bytes: &[u8], separator: u8) -> bool {
    steps::count(bytes.len());
    PARAMS_MAX < bytes.iter().filter(|&&byte| byte == separator).count()
}

fn pairs(bytes: &[u8], separator: u8) -> impl Iterator<Item = (&[u8], &[u8])> {
    let items = bytes.split(move |&byte| byte == separator).filter(|item| !item.is_empty());
    items.map(|item| {
        let (name, value) = split_once(item, b'=');
        (name, value.unwrap_or_default())
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Kept,
    Folded,
}

/// Whether two parts of URIs stand for the same bytes (RFC 3261, 19.1.4).
fn same(one: &[u8], two: &[u8], case: Case) -> bool {
    let meaning = |(byte, escaped): (u8, bool)| {
        let byte = if case == Case::Folded { fold(byte) } else { byte };
        (byte, escaped && RESERVED.contains(&byte))
    };
    UriBytes::new(one).map(meaning).eq(UriBytes::new(two).map(meaning))
}

fn fold(byte: u8) -> u8 {
    byte.to_ascii_lowercase()
}

fn same_option(one: Option<&[u8]>, two: Option<&[u8]>) -> bool {
    match (one, two) {
        (Some(one), Some(two)) => same(one, two, Case::Kept),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Whether every parameter of the one is the other's too, or may be ignored.
fn params_within(one: UriParams<'_>, two: UriParams<'_>) -> bool {
    one.iter().all(|(name, value)| match two.get_decoded(name) {
        Some(other) => same(value, other, Case::Folded),
        None => !NEVER_IGNORED.iter().any(|counts| same(name, counts, Case::Folded)),
    })
}

/// Whether every header of the one is the other's too; none is ever ignored.
fn headers_within(one: &SipUri<'_>, two: &SipUri<'_>) -> bool {
    one.headers().all(|(name, value)| {
        let there = |(other, its): (&[u8], &[u8])| {
            same(name, other, Case::Folded) && same(value, its, Case::Kept)
        };
        two.headers().any(there)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn uri(text: &str) -> Uri<'_> {
        Uri::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn a_full_uri_has_all_its_parts() {
        let uri =
            uri("sips:alice:secret@[2001:db8::1]:5061;transport=tcp;lr?Subject=a%20b&Priority=");
        let sip = uri.sip().unwrap();
        assert!(sip.secure && sip.is_loose() && sip.has_headers());
        assert_eq!(sip.user, Some(&b"alice"[..]));
        assert_eq!(sip.password, Some(&b"secret"[..]));
        assert_eq!(sip.host.address(), Some("2001:db8::1".parse().unwrap()));
        assert_eq!(sip.port, Some(5061));
        assert_eq!(sip.transport(), Some(&b"tcp"[..]));
        let headers: Vec<_> = sip.headers().collect();
        assert_eq!(headers, [(&b"Subject"[..], &b"a%20b"[..]), (b"Priority", b"")]);
    }

    #[test]
    fn users_may_contain_what_looks_like_the_rest() {
        let sip = |text| *uri(text).sip().unwrap();
        assert_eq!(sip("sip:a;b?c/d,e@h;p").user, Some(&b"a;b?c/d,e"[..]));
        assert_eq!(sip("sip:*21#@h").user, Some(&b"*21#"[..]));
        assert_eq!(sip("sip:@h").user, None);
        assert_eq!(sip("sip:h").user, None);
        assert_eq!(sip("sip:null-%00@h").decoded_user().unwrap().as_ref(), b"null-\0");
    }

    #[test]
    fn bad_uris_are_refused() {
        let many = alloc::format!("sip:h{}", ";p".repeat(PARAMS_MAX + 1));
        for text in [
            "",
            "sip",
            ":",
            "sip:",
            "sip:a@",
            "sip:a@b@c",
            "sip:a b@h",
            "sip:h:",
            "sip:h:0",
            "sip:h:99999",
            "sip:h x",
            "<sip:h>",
            "sip:h>",
            "1x:y",
            "tel:",
            "tel:anna",
            "x:",
            "sip:a@[::",
            "sip:h\u{7f}",
            "sip:h/path",
            "sip:\"h\"",
            &many,
        ] {
            assert!(Uri::parse(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn other_schemes_are_kept() {
        let Uri::Other(other) = uri("nobodyKnowsThisScheme:totallyopaquecontent") else { panic!() };
        assert_eq!(other.scheme, b"nobodyKnowsThisScheme");
        assert!(matches!(uri("soap.beep://192.0.2.103:3002"), Uri::Other(_)));
        assert!(matches!(uri("http://www.example.com?a@b"), Uri::Other(_)));
    }

    #[test]
    fn numbers_are_read_from_both_kinds() {
        let local = uri("tel:04171-77(0);ext=12;phone-context=+49").subscriber().unwrap();
        assert!(!local.is_global());
        assert_eq!(local.digits().collect::<Vec<_>>(), b"04171770");
        assert_eq!(local.phone_context(), Some(&b"+49"[..]));
        assert_eq!(local.extension(), Some(&b"12"[..]));
        let phone = uri("sip:+49-4171-770;isub=1@h;user=phone").subscriber().unwrap();
        assert!(phone.is_global());
        assert_eq!(phone.digits().collect::<Vec<_>>(), b"+494171770");
        assert!(uri("sip:+494171770@h").subscriber().is_none());
        assert!(uri("sip:anna@h;user=phone").subscriber().is_none());
    }

    /// The examples of RFC 3261, 19.1.4, and a few between.
    #[test]
    fn equivalence_is_that_of_the_rfc() {
        for (one, two) in [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
            ),
            (
                "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
            ),
            ("sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0:0::1]"),
            ("tel:+49-4171-770", "tel:+494171770"),
            ("tel:770;phone-context=+494171;ext=1", "TEL:7-7-0;EXT=1;phone-context=+494171"),
            ("ISBN:2983792873", "isbn:2983792873"),
        ] {
            assert!(uri(one).equivalent(&uri(two)), "{one} {two}");
            assert!(uri(two).equivalent(&uri(one)), "{two} {one}");
        }
    }

    #[test]
    fn difference_is_that_of_the_rfc() {
        for (one, two) in [
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
            ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
            ("sip:carol@chicago.com", "sips:carol@chicago.com"),
            ("sip:carol@chicago.com", "sip:carol:pw@chicago.com"),
            ("sip:a%3bb@h", "sip:a;b@h"),
            ("sip:h", "sip:a@h"),
            ("tel:+494171770", "tel:494171770"),
            ("tel:770;phone-context=+494171", "tel:770;phone-context=+4940"),
            ("tel:+494171770", "sip:+494171770@h;user=phone"),
        ] {
            assert!(!uri(one).equivalent(&uri(two)), "{one} {two}");
            assert!(!uri(two).equivalent(&uri(one)), "{two} {one}");
        }
    }
}
