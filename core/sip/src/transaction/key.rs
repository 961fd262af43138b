// SPDX-License-Identifier: EUPL-1.2
//! What makes two messages belong to one transaction (RFC 3261, 17.1.3 and 17.2.3).
//!
//! The rule to keep: a branch is compared byte by byte. Parameter values are case-insensitive by the
//! letter (RFC 3261, 7.3.1), but everybody copies a branch, and some draw it from upper and lower case.

use crate::Method;
use alloc::boxed::Box;

/// A branch that begins so was made by RFC 3261 and is unique by itself (8.1.1.7).
pub const MAGIC_COOKIE: &[u8] = b"z9hG4bK";

/// Who began the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// We sent the request.
    Client,
    /// We received it.
    Server,
}

/// The topmost Via of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopVia<'a> {
    /// Its branch parameter.
    pub branch: Option<&'a [u8]>,
    /// Host and port as they stand there.
    pub sent_by: &'a [u8],
    /// The whole value, for clients older than RFC 3261.
    pub whole: &'a [u8],
}

/// What a request of a client older than RFC 3261 is known by, besides its Via.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields<'a> {
    /// Call-ID.
    pub call_id: &'a [u8],
    /// The number of the CSeq.
    pub cseq: u32,
    /// The tag in From; empty if there is none.
    pub from_tag: &'a [u8],
    /// The tag in To; empty if there is none.
    pub to_tag: &'a [u8],
    /// The Request-URI.
    pub request_uri: &'a [u8],
}

/// The key of one transaction. Ordered so that the requests which share a branch stand together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransactionKey {
    side: Side,
    identity: Identity,
    /// ACK counts as INVITE here.
    method: Method,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    Branch {
        branch: Box<[u8]>,
        sent_by: Box<[u8]>,
    },
    Old {
        call_id: Box<[u8]>,
        cseq: u32,
        from_tag: Box<[u8]>,
        to_tag: Box<[u8]>,
        request_uri: Box<[u8]>,
        top_via: Box<[u8]>,
    },
}

impl TransactionKey {
    /// The key of a request that came, or of an ACK that belongs to one.
    #[must_use]
    pub fn server(method: Method, via: TopVia<'_>, fields: Fields<'_>) -> TransactionKey {
        let identity = match via.branch {
            Some(branch) if is_unique(branch) => {
                Identity::Branch { branch: branch.into(), sent_by: lower_case(via.sent_by) }
            }
            Some(_) | None => old_identity(method, via, fields),
        };
        TransactionKey { side: Side::Server, identity, method: transaction_method(method) }
    }

    /// The key of a request that we send, or of a response to it: our branch and the CSeq's method.
    #[must_use]
    pub fn client(branch: &[u8], method: Method) -> TransactionKey {
        let identity = Identity::Branch { branch: branch.into(), sent_by: Box::default() };
        TransactionKey { side: Side::Client, identity, method: transaction_method(method) }
    }

    /// Who began it.
    #[must_use]
    pub fn side(&self) -> Side {
        self.side
    }

    /// The method of the request; INVITE for an ACK.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The least key that shares everything but the method: where a search for what a CANCEL means
    /// begins (RFC 3261, 9.2).
    pub(super) fn first_of_branch(&self) -> TransactionKey {
        TransactionKey { method: Method::Invite, ..self.clone() }
    }

    pub(super) fn shares_branch_with(&self, other: &TransactionKey) -> bool {
        self.side == other.side && self.identity == other.identity
    }
}

/// The cookie and something behind it: the cookie alone says nothing (RFC 4475, 3.2.1).
fn is_unique(branch: &[u8]) -> bool {
    branch.len() > MAGIC_COOKIE.len()
        && branch[..MAGIC_COOKIE.len()].eq_ignore_ascii_case(MAGIC_COOKIE)
}

fn old_identity(method: Method, via: TopVia<'_>, fields: Fields<'_>) -> Identity {
    // The ACK carries the To tag of our response, which its INVITE had not (RFC 3261, 17.2.3). CSeq
    // and Via tell INVITEs apart without it.
    let to_tag = match method {
        Method::Invite | Method::Ack | Method::Cancel => Box::default(),
        Method::Bye
        | Method::Options
        | Method::Register
        | Method::Prack
        | Method::Update
        | Method::Info
        | Method::Refer
        | Method::Subscribe
        | Method::Notify
        | Method::Message
        | Method::Publish
        | Method::Unknown => fields.to_tag.into(),
    };
    Identity::Old {
        call_id: fields.call_id.into(),
        cseq: fields.cseq,
        from_tag: fields.from_tag.into(),
        to_tag,
        request_uri: fields.request_uri.into(),
        top_via: via.whole.into(),
    }
}

fn transaction_method(method: Method) -> Method {
    if method == Method::Ack { Method::Invite } else { method }
}

fn lower_case(bytes: &[u8]) -> Box<[u8]> {
    bytes.to_ascii_lowercase().into_boxed_slice()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: Fields<'static> = Fields {
        call_id: b"a84b4c76e66710",
        cseq: 314_159,
        from_tag: b"1928301774",
        to_tag: b"",
        request_uri: b"sip:115@example.de",
    };

    fn via<'a>(branch: Option<&'a [u8]>, whole: &'a [u8]) -> TopVia<'a> {
        TopVia { branch, sent_by: b"pc33.Example.de:5060", whole }
    }

    fn new_key(method: Method, branch: &[u8]) -> TransactionKey {
        TransactionKey::server(method, via(Some(branch), b""), FIELDS)
    }

    #[test]
    fn a_branch_with_the_cookie_decides_alone() {
        let invite = new_key(Method::Invite, b"z9hG4bK776asdhds");
        let elsewhere = Fields { call_id: b"other", cseq: 1, ..FIELDS };
        let branch: &[u8] = b"z9hG4bK776asdhds";
        assert_eq!(
            invite,
            TransactionKey::server(Method::Invite, via(Some(branch), b"x"), elsewhere)
        );
        assert_ne!(invite, new_key(Method::Invite, b"z9hG4bK776asdhdS"));
        let other_host = TopVia { sent_by: b"pc34.example.de:5060", ..via(Some(branch), b"") };
        assert_ne!(invite, TransactionKey::server(Method::Invite, other_host, FIELDS));
        let same_host = TopVia { sent_by: b"PC33.example.de:5060", ..via(Some(branch), b"") };
        assert_eq!(invite, TransactionKey::server(Method::Invite, same_host, FIELDS));
    }

    #[test]
    fn an_ack_is_its_invite_s_and_a_cancel_shares_only_the_branch() {
        let invite = new_key(Method::Invite, b"z9hG4bK1");
        assert_eq!(invite, new_key(Method::Ack, b"z9hG4bK1"));
        let cancel = new_key(Method::Cancel, b"z9hG4bK1");
        assert_ne!(invite, cancel);
        assert!(invite.shares_branch_with(&cancel));
        assert_eq!(cancel.first_of_branch(), invite);
    }

    #[test]
    fn without_a_unique_branch_the_old_fields_decide() {
        for branch in [None, Some(&b"1"[..]), Some(MAGIC_COOKIE)] {
            let key = |method, fields| TransactionKey::server(method, via(branch, b"v1"), fields);
            let invite = key(Method::Invite, FIELDS);
            assert_eq!(invite, key(Method::Ack, Fields { to_tag: b"ours", ..FIELDS }));
            assert_ne!(invite, key(Method::Invite, Fields { cseq: 314_160, ..FIELDS }));
            assert_ne!(invite, key(Method::Invite, Fields { call_id: b"b", ..FIELDS }));
            assert_ne!(invite, key(Method::Invite, Fields { from_tag: b"2", ..FIELDS }));
            assert_ne!(invite, key(Method::Invite, Fields { request_uri: b"sip:b", ..FIELDS }));
            assert_ne!(invite, TransactionKey::server(Method::Invite, via(branch, b"v2"), FIELDS));
            let bye = key(Method::Bye, FIELDS);
            assert_ne!(bye, key(Method::Bye, Fields { to_tag: b"ours", ..FIELDS }));
            assert!(invite.shares_branch_with(&key(Method::Cancel, FIELDS)));
        }
    }

    #[test]
    fn a_client_s_key_is_branch_and_method() {
        let invite = TransactionKey::client(b"z9hG4bK1", Method::Invite);
        assert_ne!(invite, TransactionKey::client(b"z9hG4bK1", Method::Cancel));
        assert_ne!(invite, new_key(Method::Invite, b"z9hG4bK1"));
        assert_eq!((invite.side(), invite.method()), (Side::Client, Method::Invite));
    }
}
