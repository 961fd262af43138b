// SPDX-License-Identifier: EUPL-1.2
//! The parameters that digest knows, each at most once, checked and unquoted.

use super::params::{unquote, writable};
use alloc::borrow::Cow;
use core::fmt;

/// Parameters in one challenge or answer. The RFCs define 13; carriers add a few of their own. With
/// more, the value is refused.
pub const PARAMS_MAX: usize = 32;

/// A parameter of digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the RFC's")]
pub enum Param {
    Algorithm,
    Cnonce,
    Nc,
    Nonce,
    Opaque,
    Qop,
    Realm,
    Response,
    Stale,
    Uri,
    Userhash,
    Username,
    /// `username*` (RFC 7616, 3.4).
    UsernameExtended,
}

impl Param {
    const NAMED: [(Param, &'static str); 13] = [
        (Param::Algorithm, "algorithm"),
        (Param::Cnonce, "cnonce"),
        (Param::Nc, "nc"),
        (Param::Nonce, "nonce"),
        (Param::Opaque, "opaque"),
        (Param::Qop, "qop"),
        (Param::Realm, "realm"),
        (Param::Response, "response"),
        (Param::Stale, "stale"),
        (Param::Uri, "uri"),
        (Param::Userhash, "userhash"),
        (Param::Username, "username"),
        (Param::UsernameExtended, "username*"),
    ];

    /// The name in headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        Param::NAMED[self as usize].1
    }

    fn of(name: &[u8]) -> Option<Param> {
        let known = Param::NAMED.iter();
        known.clone().find(|(_, it)| it.as_bytes().eq_ignore_ascii_case(name)).map(|it| it.0)
    }
}

/// What is wrong with a challenge or an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The scheme is not `Digest`.
    NotDigest,
    /// More than [`PARAMS_MAX`] parameters.
    TooManyParams,
    /// A parameter stands there twice.
    Twice(Param),
    /// The quotes of its value do not balance.
    Quotes(Param),
    /// Its value has a control character.
    Control(Param),
    /// It is needed and not there.
    Missing(Param),
    /// Its value makes no sense.
    Bad(Param),
    /// We do not accept it.
    NotAccepted(Param),
    /// Its value is longer than we keep.
    TooLong(Param),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Fault::NotDigest => f.write_str("the scheme is not Digest"),
            Fault::TooManyParams => write!(f, "more than {PARAMS_MAX} parameters"),
            Fault::Twice(param) => write!(f, "{} twice", param.name()),
            Fault::Quotes(param) => write!(f, "unbalanced quotes in {}", param.name()),
            Fault::Control(param) => write!(f, "control character in {}", param.name()),
            Fault::Missing(param) => write!(f, "{} missing", param.name()),
            Fault::Bad(param) => write!(f, "{} not understood", param.name()),
            Fault::NotAccepted(param) => write!(f, "{} not accepted", param.name()),
            Fault::TooLong(param) => write!(f, "{} too long", param.name()),
        }
    }
}

/// The values by parameter; unknown parameters are left out.
pub(super) struct Fields<'a>([Option<Cow<'a, [u8]>>; Param::NAMED.len()]);

impl<'a> Fields<'a> {
    pub(super) fn read(
        scheme: &[u8],
        params: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<Fields<'a>, Fault> {
        if !scheme.eq_ignore_ascii_case(b"Digest") {
            return Err(Fault::NotDigest);
        }
        let mut fields = Fields(Default::default());
        for (nth, (name, raw)) in params.enumerate() {
            if nth == PARAMS_MAX {
                return Err(Fault::TooManyParams);
            }
            if let Some(param) = Param::of(name) {
                fields.put(param, raw)?;
            }
        }
        Ok(fields)
    }

    fn put(&mut self, param: Param, raw: &'a [u8]) -> Result<(), Fault> {
        let place = &mut self.0[param as usize];
        if place.is_some() {
            return Err(Fault::Twice(param));
        }
        let value = unquote(raw).ok_or(Fault::Quotes(param))?;
        if !writable(&value) {
            return Err(Fault::Control(param));
        }
        *place = Some(value);
        Ok(())
    }

    pub(super) fn get(&self, param: Param) -> Option<&[u8]> {
        self.0[param as usize].as_deref()
    }

    pub(super) fn take(&mut self, param: Param) -> Option<Cow<'a, [u8]>> {
        self.0[param as usize].take()
    }

    pub(super) fn need(&mut self, param: Param) -> Result<Cow<'a, [u8]>, Fault> {
        self.take(param).ok_or(Fault::Missing(param))
    }

    pub(super) fn is_true(&self, param: Param) -> bool {
        self.get(param).is_some_and(|value| value.eq_ignore_ascii_case(b"true"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::params::params;
    use super::*;

    fn fault(value: &[u8]) -> Option<Fault> {
        Fields::read(b"digest", params(value)).err()
    }

    #[test]
    fn each_parameter_stands_in_its_place() {
        for (at, (param, name)) in Param::NAMED.into_iter().enumerate() {
            assert_eq!(param as usize, at);
            assert_eq!(Param::of(name.to_ascii_uppercase().as_bytes()), Some(param));
        }
        assert_eq!(Param::of(b"domain"), None);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(fault(b"realm=\"a\", domain=\"x\", charset=UTF-8"), None);
        assert_eq!(fault(b"realm=\"a\", Realm=\"a\""), Some(Fault::Twice(Param::Realm)));
        assert_eq!(fault(b"x=1, nonce=\"a"), Some(Fault::Quotes(Param::Nonce)));
        assert_eq!(fault(b"opaque=\"a\r\nVia: b\""), Some(Fault::Control(Param::Opaque)));
        assert!(Fields::read(b"Basic", params(b"realm=\"a\"")).is_err());
    }

    #[test]
    fn parameters_are_counted() {
        assert_eq!(fault(&b"x=1,".repeat(PARAMS_MAX)), None);
        assert_eq!(fault(&b"x=1,".repeat(PARAMS_MAX + 1)), Some(Fault::TooManyParams));
    }
}
