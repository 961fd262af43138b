// SPDX-License-Identifier: EUPL-1.2
//! Smaller values of header fields, each read when somebody asks.

use alloc::borrow::Cow;

use super::address::Address;
use super::name::Name;
use super::params::{Params, split_params};
use super::scan::{List, all, around, between_spaces, is_space, is_token, number, position, trim};
use super::text::between_quotes;
use crate::Method;

/// A header field that cannot be read; a request is answered with 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(pub Name);

/// How long something holds whose own word about it cannot be read (RFC 3261, 20.10 and 20.19).
pub const EXPIRES_IF_MALFORMED: u32 = 3_600;

/// CSeq (RFC 3261, 20.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CSeq<'a> {
    /// The number.
    pub number: u32,
    /// The method.
    pub method: Method,
    /// The method as written.
    pub method_name: &'a [u8],
}

/// RAck (RFC 3262, 7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RAck<'a> {
    /// The RSeq of the response that is acknowledged.
    pub response: u32,
    /// The CSeq of the request that it answered.
    pub cseq: CSeq<'a>,
}

/// Content-Type (RFC 3261, 20.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaType<'a> {
    /// `application`, in the case that it came in.
    pub kind: &'a [u8],
    /// `sdp`.
    pub subtype: &'a [u8],
    /// `charset`, `boundary` and others.
    pub params: Params<'a>,
}

/// Who refreshes a session (RFC 4028, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// The client of the transaction.
    Uac,
    /// The server of the transaction.
    Uas,
}

/// Session-Expires (RFC 4028, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    /// Seconds from one refresh to the end.
    pub seconds: u32,
    /// Who refreshes, if it is said.
    pub refresher: Option<Refresher>,
}

/// Replaces (RFC 3891, 6.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Replaces<'a> {
    /// The dialog's Call-ID.
    pub call_id: &'a [u8],
    /// The tag on the side of who receives this.
    pub to_tag: &'a [u8],
    /// The other tag.
    pub from_tag: &'a [u8],
    /// Only if that dialog is still early.
    pub early_only: bool,
}

/// Retry-After (RFC 3261, 20.33); the comment is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter {
    /// Not before so many seconds.
    pub seconds: u32,
    /// For how long the peer will be there then.
    pub duration: Option<u32>,
}

/// One Reason (RFC 3326): `Q.850;cause=16;text="Normal call clearing"`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reason<'a> {
    /// `SIP`, `Q.850`, or another.
    pub protocol: &'a [u8],
    /// `text` and others.
    pub params: Params<'a>,
}

/// One User-to-User (RFC 7433): its content is not ours to read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UserToUser<'a> {
    /// As written, quotes included.
    pub content: &'a [u8],
    /// `encoding`, `purpose`, `content`.
    pub params: Params<'a>,
}

/// One entry of History-Info (RFC 7044).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct History<'a> {
    /// Who was called; a reason stands in the headers of its URI, or as `cause` in its parameters.
    pub target: Address<'a>,
    /// Its place in the tree: `1.1.2`. None with devices that forget it.
    pub index: Option<&'a [u8]>,
}

/// Credentials or a challenge (RFC 3261, 20.7 and 20.44): a scheme and what follows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Auth<'a> {
    /// `Digest`, or another.
    pub scheme: &'a [u8],
    rest: &'a [u8],
}

super::sealed_debug!(Replaces, Reason, UserToUser, History, Auth);

impl<'a> CSeq<'a> {
    /// Reads `314159 INVITE`.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<CSeq<'a>> {
        let (digits, rest) = between_spaces(trim(value))?;
        if !all(rest, is_token) {
            return None;
        }
        Some(CSeq { number: number(digits)?, method: Method::of(rest), method_name: rest })
    }
}

impl<'a> RAck<'a> {
    /// Reads `776656 1 INVITE`.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<RAck<'a>> {
        let (response, rest) = between_spaces(trim(value))?;
        Some(RAck { response: number(response)?, cseq: CSeq::parse(rest)? })
    }
}

impl<'a> MediaType<'a> {
    /// Reads `application/sdp;charset=utf-8`.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<MediaType<'a>> {
        let (name, params) = split_params(value)?;
        let (kind, subtype) = around(name, position(name, |byte| byte == b'/')?);
        let (kind, subtype) = (trim(kind), trim(subtype));
        (all(kind, is_token) && all(subtype, is_token)).then_some(MediaType {
            kind,
            subtype,
            params,
        })
    }

    /// Whether it is this one, in any case: `is("application", "sdp")`.
    #[must_use]
    pub fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind.as_bytes())
            && self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
    }
}

impl SessionExpires {
    /// Reads `1800;refresher=uas`. A refresher that is neither is taken as not said.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<SessionExpires> {
        let (seconds, params) = split_params(value)?;
        let refresher = params.get("refresher").and_then(Refresher::parse);
        Some(SessionExpires { seconds: number(seconds)?, refresher })
    }
}

impl Refresher {
    fn parse(value: &[u8]) -> Option<Refresher> {
        let known = [(&b"uac"[..], Refresher::Uac), (b"uas", Refresher::Uas)];
        known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(value)).map(|(_, who)| who)
    }
}

impl<'a> Replaces<'a> {
    /// Reads `call-id;to-tag=a;from-tag=b;early-only`; each tag exactly once. In a Refer-To its
    /// escapes have to be undone first.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<Replaces<'a>> {
        let (call_id, params) = split_params(value)?;
        let once = |name: &str| {
            let mut all =
                params.iter().filter(|param| param.name.eq_ignore_ascii_case(name.as_bytes()));
            let value = all.next()?.value.filter(|value| !value.is_empty())?;
            all.next().is_none().then_some(value)
        };
        let (to_tag, from_tag) = (once("to-tag")?, once("from-tag")?);
        let early_only = params.has("early-only");
        is_call_id(call_id).then_some(Replaces { call_id, to_tag, from_tag, early_only })
    }
}

impl RetryAfter {
    /// Reads `18000;duration=3600` and `120 (in a meeting)`.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<RetryAfter> {
        let value = trim(value);
        let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = value.split_at(digits);
        let params = match position(rest, |byte| byte == b')') {
            Some(end) => around(trim(rest).strip_prefix(b"(").map(|_| rest)?, end).1,
            None => rest,
        };
        let duration = Params::parse(params)?.get("duration").and_then(number);
        Some(RetryAfter { seconds: number(digits)?, duration })
    }
}

impl<'a> Reason<'a> {
    pub(super) fn parse(value: &'a [u8]) -> Option<Reason<'a>> {
        let (protocol, params) = split_params(value)?;
        all(protocol, is_token).then_some(Reason { protocol, params })
    }

    /// The cause, by the protocol's own numbers.
    #[must_use]
    pub fn cause(&self) -> Option<u16> {
        self.params.get("cause").and_then(number)
    }

    /// The text for people.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'a, [u8]>> {
        self.params.find("text").map(|param| param.text())
    }

    /// Whether the protocol is this one, in any case.
    #[must_use]
    pub fn is(&self, protocol: &str) -> bool {
        self.protocol.eq_ignore_ascii_case(protocol.as_bytes())
    }
}

impl<'a> UserToUser<'a> {
    pub(super) fn parse(value: &'a [u8]) -> Option<UserToUser<'a>> {
        let (content, params) = match value.strip_prefix(b"\"") {
            Some(inside) => {
                let end = super::scan::closing_quote(inside)? + 2;
                (&value[..end], Params::parse(&value[end..])?)
            }
            None => split_params(value)?,
        };
        (!content.is_empty()).then_some(UserToUser { content, params })
    }
}

impl<'a> History<'a> {
    /// Reads `<sip:115@centre?Reason=SIP%3Bcause%3D408>;index=1`.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<History<'a>> {
        let target = Address::parse(value)?;
        Some(History { target, index: target.params.get("index") })
    }
}

impl<'a> Auth<'a> {
    /// Reads `Digest realm="a", nonce="b"`.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<Auth<'a>> {
        let value = trim(value);
        let (scheme, rest) = between_spaces(value).unwrap_or((value, &[]));
        all(scheme, is_token).then_some(Auth { scheme, rest })
    }

    /// Whether the scheme is this one, in any case.
    #[must_use]
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme.as_bytes())
    }

    /// The parameters: the name as written, the value without its quotes. Escapes stay, because
    /// digests are computed over them (RFC 7616, 3.4). What is no `name=value` is left out.
    pub fn params(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        List::new(self.rest).filter_map(|item| {
            let (name, value) = around(item, position(item, |byte| byte == b'=')?);
            let (name, value) = (trim(name), trim(value));
            all(name, is_token).then_some((name, between_quotes(value).unwrap_or(value)))
        })
    }

    /// The value of the first parameter of this name, in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        let mut all = self.params();
        all.find(|(there, _)| there.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    /// Everything behind the scheme, for schemes without parameters.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.rest
    }
}

/// RFC 3261, 20.8, without its finer points: one word without blanks.
pub(super) fn is_call_id(value: &[u8]) -> bool {
    all(value, |byte| !is_space(byte) && byte != b',' && byte != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn cseq_and_rack_are_numbers_and_a_method() {
        let cseq = CSeq::parse(b"0009\r\n  INVITE").unwrap();
        assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
        assert_eq!(CSeq::parse(b"4294967295 X").unwrap().method, Method::Unknown);
        for bad in [
            &b""[..],
            b"1",
            b"INVITE",
            b"1 ",
            b"-1 INVITE",
            b"4294967296 INVITE",
            b"1 A B",
            b"1 A;b",
        ] {
            assert_eq!(CSeq::parse(bad), None);
        }
        let rack = RAck::parse(b"776656 \t1 INVITE").unwrap();
        assert_eq!((rack.response, rack.cseq.number), (776_656, 1));
        assert_eq!(RAck::parse(b"1 INVITE"), None);
    }

    #[test]
    fn media_types_are_compared_in_any_case() {
        let sdp = MediaType::parse(b"Application / SDP ; charset=utf-8").unwrap();
        assert!(sdp.is("application", "sdp") && sdp.params.has("charset"));
        assert_eq!(MediaType::parse(b"application"), None);
        assert_eq!(MediaType::parse(b"/sdp"), None);
    }

    #[test]
    fn session_timers_and_retry_after() {
        let timer = SessionExpires::parse(b"1800;refresher=UAS").unwrap();
        assert_eq!(timer, SessionExpires { seconds: 1800, refresher: Some(Refresher::Uas) });
        assert_eq!(SessionExpires::parse(b"90;x").unwrap().refresher, None);
        assert_eq!(SessionExpires::parse(b"soon"), None);
        let later = RetryAfter::parse(b"18000;duration=3600").unwrap();
        assert_eq!(later, RetryAfter { seconds: 18_000, duration: Some(3_600) });
        assert_eq!(RetryAfter::parse(b"120 (I'm in a meeting)").unwrap().seconds, 120);
        assert_eq!(RetryAfter::parse(b"120 (a) ;duration=7").unwrap().duration, Some(7));
        for bad in [&b"949302838503028349304023988"[..], b"x", b"1 x)", b"1 x"] {
            assert_eq!(RetryAfter::parse(bad), None, "{}", bad.escape_ascii());
        }
    }

    #[test]
    fn replaces_needs_each_tag_once() {
        let replaces = Replaces::parse(b"a@h;to-tag=1;From-Tag=2;early-only").unwrap();
        assert_eq!((replaces.to_tag, replaces.from_tag), (&b"1"[..], &b"2"[..]));
        assert!(replaces.early_only);
        for bad in [
            &b"a@h"[..],
            b"a@h;to-tag=1",
            b";to-tag=1;from-tag=2",
            b"a;to-tag=1;to-tag=1;from-tag=2",
        ] {
            assert!(Replaces::parse(bad).is_none());
        }
    }

    #[test]
    fn auth_parameters_lose_their_quotes_and_keep_their_escapes() {
        let auth = Auth::parse(br#"Digest realm="a,b", nonce = "c\"d" ,algorithm=MD5,, =x, stale"#)
            .unwrap();
        assert!(auth.is("digest"));
        let params: Vec<_> = auth.params().collect();
        assert_eq!(
            params,
            [(&b"realm"[..], &b"a,b"[..]), (b"nonce", br#"c\"d"#), (b"algorithm", b"MD5")]
        );
        assert_eq!(auth.get("NONCE"), Some(&br#"c\"d"#[..]));
        assert_eq!(Auth::parse(b"Negotiate").unwrap().params().count(), 0);
        assert_eq!(Auth::parse(b"Basic YWJj==").unwrap().raw(), b"YWJj==");
        assert!(Auth::parse(b"").is_none());
    }

    #[test]
    fn user_to_user_and_reason() {
        let user =
            UserToUser::parse(b"56a390f3d2b7310023a2;encoding=hex;purpose=isdn-uui").unwrap();
        assert_eq!(user.content, b"56a390f3d2b7310023a2");
        let quoted = UserToUser::parse(b"\"a;b\";encoding=x").unwrap();
        assert_eq!(quoted.content, b"\"a;b\"");
        let reason = Reason::parse(br#"Q.850 ;cause=16 ;text="Normal \"call\" clearing""#).unwrap();
        assert!(reason.is("q.850"));
        assert_eq!(reason.cause(), Some(16));
        assert_eq!(reason.text().unwrap().as_ref(), br#"Normal "call" clearing"#);
    }
}
