// SPDX-License-Identifier: EUPL-1.2
//! The header of an accepted message: every field in its order, and the typed values of those that
//! every message needs.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::address::Address;
use super::name::Name;
use super::scan::{List, all, is_space, is_token, number, position_or_end};
use super::text::unfold;
use super::values::{
    Auth, CSeq, EXPIRES_IF_MALFORMED, History, Malformed, MediaType, RAck, Reason, Replaces,
    RetryAfter, SessionExpires, UserToUser,
};
use super::via::Via;

/// One header field as it came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// The name, if we know it.
    pub name: Name,
    /// The name as written.
    pub raw_name: &'a [u8],
    /// The value as written, without the white space around it, folds included.
    pub raw: &'a [u8],
}

super::sealed_debug!(Field);

impl<'a> Field<'a> {
    /// The value on one line.
    #[must_use]
    pub fn value(&self) -> Cow<'a, [u8]> {
        unfold(self.raw)
    }

    /// The values of a field that is a list, each as it stands in the message.
    pub fn values(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        List::new(self.raw)
    }
}

/// The header of an accepted message.
#[derive(Clone, PartialEq, Eq)]
pub struct Headers<'a> {
    pub(super) fields: Vec<Field<'a>>,
    /// The topmost Via.
    pub via: Via<'a>,
    /// From.
    pub from: Address<'a>,
    /// To.
    pub to: Address<'a>,
    /// Call-ID.
    pub call_id: &'a [u8],
    /// CSeq.
    pub cseq: CSeq<'a>,
    /// Max-Forwards (RFC 3261, 20.22); older devices do not send it.
    pub max_forwards: Option<u8>,
}

super::sealed_debug!(Headers);

impl<'a> Headers<'a> {
    /// All fields in their order.
    #[must_use]
    pub fn fields(&self) -> &[Field<'a>] {
        &self.fields
    }

    /// All fields of this name.
    pub fn all(&self, name: Name) -> impl Iterator<Item = Field<'a>> {
        self.fields.iter().filter(move |field| field.name == name).copied()
    }

    /// The first field of this name.
    #[must_use]
    pub fn first(&self, name: Name) -> Option<Field<'a>> {
        self.all(name).next()
    }

    /// All fields with a name that we do not know, such as `X-Ticket`.
    pub fn other(&self, name: &str) -> impl Iterator<Item = Field<'a>> {
        self.fields.iter().copied().filter(move |field| {
            field.name == Name::Other && field.raw_name.eq_ignore_ascii_case(name.as_bytes())
        })
    }

    /// All Vias, the topmost first.
    pub fn vias(&self) -> impl Iterator<Item = Via<'a>> {
        self.values(Name::Via).filter_map(Via::parse)
    }

    /// The addresses of Contact; none if it is `*`.
    pub fn contacts(&self) -> impl Iterator<Item = Address<'a>> {
        self.values(Name::Contact).filter_map(Address::parse)
    }

    /// Whether Contact is `*`: all bindings are meant (RFC 3261, 10.2.2).
    #[must_use]
    pub fn is_contact_star(&self) -> bool {
        self.first(Name::Contact).is_some_and(|field| field.raw == b"*")
    }

    /// The addresses of Route, the next hop first.
    pub fn routes(&self) -> impl Iterator<Item = Address<'a>> {
        self.values(Name::Route).filter_map(Address::parse)
    }

    /// The addresses of Record-Route in the order of the message.
    pub fn record_routes(&self) -> impl Iterator<Item = Address<'a>> {
        self.values(Name::RecordRoute).filter_map(Address::parse)
    }

    /// The addresses of any other field that is a list of them: P-Asserted-Identity,
    /// P-Preferred-Identity, Diversion, Remote-Party-ID, Path, Service-Route, …
    pub fn addresses(&self, name: Name) -> impl Iterator<Item = Result<Address<'a>, Malformed>> {
        self.values(name).map(move |value| Address::parse(value).ok_or(Malformed(name)))
    }

    /// The only address of a field: Refer-To, Referred-By, P-Called-Party-ID.
    pub fn address(&self, name: Name) -> Result<Option<Address<'a>>, Malformed> {
        self.one(name, Address::parse)
    }

    /// The entries of History-Info (RFC 7044).
    pub fn history(&self) -> impl Iterator<Item = Result<History<'a>, Malformed>> {
        let name = Name::HistoryInfo;
        self.values(name).map(move |value| History::parse(value).ok_or(Malformed(name)))
    }

    /// Reasons (RFC 3326); one that cannot be read is passed over.
    pub fn reasons(&self) -> impl Iterator<Item = Reason<'a>> {
        self.values(Name::Reason).filter_map(Reason::parse)
    }

    /// User-to-User (RFC 7433); what cannot be read is passed over.
    pub fn user_to_user(&self) -> impl Iterator<Item = UserToUser<'a>> {
        self.values(Name::UserToUser).filter_map(UserToUser::parse)
    }

    /// The tokens of Require, Proxy-Require, Supported, Unsupported, Allow, Allow-Events and the
    /// like; empty places in the list are passed over.
    pub fn tokens(&self, name: Name) -> impl Iterator<Item = &'a [u8]> {
        self.values(name).filter(|value| !value.is_empty())
    }

    /// Whether a list of tokens has this one, in any case.
    #[must_use]
    pub fn lists(&self, name: Name, token: &str) -> bool {
        self.tokens(name).any(|there| there.eq_ignore_ascii_case(token.as_bytes()))
    }

    /// What shall stay private: `id`, `header`, `user`, … (RFC 3323, 4.2; RFC 3325, 9.3).
    pub fn privacy(&self) -> impl Iterator<Item = &'a [u8]> {
        self.values(Name::Privacy).flat_map(|value| {
            let items = value.split(|&byte| byte == b';' || is_space(byte));
            items.filter(|item| all(item, is_token))
        })
    }

    /// Content-Type.
    pub fn content_type(&self) -> Result<Option<MediaType<'a>>, Malformed> {
        self.one(Name::ContentType, MediaType::parse)
    }

    /// Seconds that the message's matter holds; an unreadable number counts as an hour
    /// (RFC 3261, 20.19).
    #[must_use]
    pub fn expires(&self) -> Option<u32> {
        let field = self.first(Name::Expires)?;
        Some(number(field.raw).unwrap_or(EXPIRES_IF_MALFORMED))
    }

    /// Min-Expires (RFC 3261, 20.23).
    pub fn min_expires(&self) -> Result<Option<u32>, Malformed> {
        self.one(Name::MinExpires, number)
    }

    /// Session-Expires (RFC 4028, 4).
    pub fn session_expires(&self) -> Result<Option<SessionExpires>, Malformed> {
        self.one(Name::SessionExpires, SessionExpires::parse)
    }

    /// Min-SE (RFC 4028, 5).
    pub fn min_se(&self) -> Result<Option<u32>, Malformed> {
        let seconds = |value| SessionExpires::parse(value).map(|read| read.seconds);
        self.one(Name::MinSe, seconds)
    }

    /// RSeq (RFC 3262, 7.1).
    pub fn rseq(&self) -> Result<Option<u32>, Malformed> {
        self.one(Name::RSeq, number)
    }

    /// RAck (RFC 3262, 7.2).
    pub fn rack(&self) -> Result<Option<RAck<'a>>, Malformed> {
        self.one(Name::RAck, RAck::parse)
    }

    /// Replaces (RFC 3891).
    pub fn replaces(&self) -> Result<Option<Replaces<'a>>, Malformed> {
        self.one(Name::Replaces, Replaces::parse)
    }

    /// Retry-After; none if it cannot be read.
    #[must_use]
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.first(Name::RetryAfter).and_then(|field| RetryAfter::parse(field.raw))
    }

    /// Credentials and challenges of Authorization, WWW-Authenticate, Proxy-Authorization,
    /// Proxy-Authenticate: one a line (RFC 3261, 7.3.1). What cannot be read is passed over.
    pub fn auth(&self, name: Name) -> impl Iterator<Item = Auth<'a>> {
        self.all(name).filter_map(|field| Auth::parse(field.raw))
    }

    /// The event of SUBSCRIBE and NOTIFY: its package, without parameters.
    #[must_use]
    pub fn event(&self) -> Option<&'a [u8]> {
        let raw = self.first(Name::Event)?.raw;
        Some(&raw[..position_or_end(raw, |byte| byte == b';' || is_space(byte))])
    }

    fn values(&self, name: Name) -> impl Iterator<Item = &'a [u8]> {
        self.all(name).flat_map(|field| field.values())
    }

    fn one<T>(
        &self,
        name: Name,
        read: impl FnOnce(&'a [u8]) -> Option<T>,
    ) -> Result<Option<T>, Malformed> {
        let Some(field) = self.first(name) else { return Ok(None) };
        read(field.raw).map(Some).ok_or(Malformed(name))
    }
}
