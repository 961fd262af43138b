// SPDX-License-Identifier: EUPL-1.2
//! What both sides of a dialog remember (RFC 3261, 12).
//!
//! ```text
//!   INVITE, 1xx with a tag ──▶ Early ──2xx──▶ Confirmed ──BYE──▶ (gone)
//!                                └── other final response, 64·T1 ──▶ (gone)
//! ```
//!
//! The rule to keep: the route set is fixed by the response that makes the dialog, once more by the
//! 2xx that confirms it, and never again; only the remote target moves.

use crate::Method;
use alloc::boxed::Box;
use alloc::vec::Vec;
use stdx::Redacted;

/// What a dialog is known by: equal for both sides, with the tags exchanged.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DialogId {
    /// Call-ID.
    pub call_id: Box<[u8]>,
    /// Our tag.
    pub local_tag: Box<[u8]>,
    /// The peer's tag; empty if it is older than RFC 3261.
    pub remote_tag: Box<[u8]>,
}

impl DialogId {
    /// Of a request that came: To is we.
    #[must_use]
    pub fn of_request(call_id: &[u8], from_tag: &[u8], to_tag: &[u8]) -> DialogId {
        let (local_tag, remote_tag) = (to_tag.into(), from_tag.into());
        DialogId { call_id: call_id.into(), local_tag, remote_tag }
    }

    /// Of a response that came: From is we.
    #[must_use]
    pub fn of_response(call_id: &[u8], from_tag: &[u8], to_tag: &[u8]) -> DialogId {
        let (local_tag, remote_tag) = (from_tag.into(), to_tag.into());
        DialogId { call_id: call_id.into(), local_tag, remote_tag }
    }
}

/// Which side we were in the transaction that made the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// We sent the INVITE, and own the Call-ID.
    UserAgentClient,
    /// We received it.
    UserAgentServer,
}

/// How far a dialog is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Made by a provisional response.
    Early,
    /// Made or confirmed by a 2xx.
    Confirmed,
}

/// One side of a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    /// What it is known by.
    pub id: DialogId,
    /// Which side we were at its beginning.
    pub role: Role,
    /// How far it is.
    pub stage: Stage,
    /// The number of the last request that we sent; the next is one more.
    pub local_cseq: u32,
    /// The number of the last request that came; none if none did.
    pub remote_cseq: Option<u32>,
    /// Our address.
    pub local_uri: Redacted<Box<[u8]>>,
    /// The peer's address.
    pub remote_uri: Redacted<Box<[u8]>>,
    /// Where requests go: the peer's Contact.
    pub remote_target: Redacted<Box<[u8]>>,
    /// The proxies in between, in the order in which a request of ours meets them.
    pub route_set: Vec<Box<[u8]>>,
    /// Whether every request must take TLS (RFC 3261, 12.1.1).
    pub secure: bool,
}

/// An INVITE that came, as far as a dialog needs it.
#[derive(Clone, Copy, Debug)]
pub struct InviteReceived<'a> {
    /// Call-ID.
    pub call_id: &'a [u8],
    /// The tag in From; empty if the peer is older than RFC 3261.
    pub from_tag: &'a [u8],
    /// The address in From.
    pub from_uri: &'a [u8],
    /// The address in To.
    pub to_uri: &'a [u8],
    /// The address in Contact.
    pub contact: &'a [u8],
    /// The number of the CSeq.
    pub cseq: u32,
    /// Record-Route, topmost first.
    pub record_route: &'a [&'a [u8]],
    /// Whether it came over TLS and its Request-URI is a sips URI.
    pub secure: bool,
}

/// An INVITE that we sent, as far as a dialog needs it.
#[derive(Clone, Copy, Debug)]
pub struct InviteSent<'a> {
    /// Call-ID.
    pub call_id: &'a [u8],
    /// Our tag in From.
    pub from_tag: &'a [u8],
    /// Our address in From.
    pub from_uri: &'a [u8],
    /// The address in To.
    pub to_uri: &'a [u8],
    /// Where it went.
    pub request_uri: &'a [u8],
    /// The number of the CSeq.
    pub cseq: u32,
    /// Whether it went over TLS to a sips URI.
    pub secure: bool,
}

/// What a response to an INVITE, or a target refresh, says about the peer.
#[derive(Clone, Copy, Debug)]
pub struct PeerSaid<'a> {
    /// The tag in To.
    pub to_tag: &'a [u8],
    /// The address in Contact. Some peers forget it in a 1xx.
    pub contact: Option<&'a [u8]>,
    /// Record-Route, topmost first.
    pub record_route: &'a [&'a [u8]],
}

/// Why a request within a dialog is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestRefused {
    /// 481.
    NoSuchDialog,
    /// 500: its CSeq is not higher than the last one's (RFC 3261, 12.2.2).
    OutOfOrder,
}

impl RequestRefused {
    /// The status code of the answer.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            RequestRefused::NoSuchDialog => 481,
            RequestRefused::OutOfOrder => 500,
        }
    }
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets<'a> {
    /// The Request-URI.
    pub request_uri: &'a [u8],
    /// The Route header fields, in order.
    pub routes: Vec<&'a [u8]>,
}

impl Dialog {
    /// The called side's dialog: Record-Route is taken in order (RFC 3261, 12.1.1).
    ///
    /// `local_cseq` is the number before our first request, below 2³¹.
    #[must_use]
    pub fn incoming(invite: &InviteReceived<'_>, local_tag: &[u8], local_cseq: u32) -> Dialog {
        Dialog {
            id: DialogId::of_request(invite.call_id, invite.from_tag, local_tag),
            role: Role::UserAgentServer,
            stage: Stage::Early,
            local_cseq,
            remote_cseq: Some(invite.cseq),
            local_uri: Redacted::new(invite.to_uri.into()),
            remote_uri: Redacted::new(invite.from_uri.into()),
            remote_target: Redacted::new(invite.contact.into()),
            route_set: invite.record_route.iter().map(|&route| route.into()).collect(),
            secure: invite.secure,
        }
    }

    /// The calling side's dialog, one for each tag that answers: Record-Route is taken in reverse
    /// order (RFC 3261, 12.1.2).
    #[must_use]
    pub fn outgoing(invite: &InviteSent<'_>, peer: &PeerSaid<'_>, stage: Stage) -> Dialog {
        Dialog {
            id: DialogId::of_response(invite.call_id, invite.from_tag, peer.to_tag),
            role: Role::UserAgentClient,
            stage,
            local_cseq: invite.cseq,
            remote_cseq: None,
            local_uri: Redacted::new(invite.from_uri.into()),
            remote_uri: Redacted::new(invite.to_uri.into()),
            remote_target: Redacted::new(peer.contact.unwrap_or(invite.request_uri).into()),
            route_set: reversed(peer.record_route),
            secure: invite.secure,
        }
    }

    /// Our 2xx was sent.
    pub fn confirm(&mut self) {
        self.stage = Stage::Confirmed;
    }

    /// The peer's 2xx came: the route set is computed anew, and nothing else (RFC 3261, 13.2.2.4),
    /// but for the target, which a response to INVITE refreshes (12.2.1.2).
    pub fn confirm_by(&mut self, peer: &PeerSaid<'_>) {
        if self.stage == Stage::Early {
            self.route_set = reversed(peer.record_route);
        }
        self.stage = Stage::Confirmed;
        self.refresh_target(peer.contact);
    }

    /// A target refresh by re-INVITE or UPDATE, request or 2xx (RFC 3261, 12.2; RFC 3311, 5.1). Not
    /// taken back when the re-INVITE fails afterwards (RFC 6141, 4).
    pub fn refresh_target(&mut self, contact: Option<&[u8]>) {
        if let Some(contact) = contact {
            self.remote_target = Redacted::new(contact.into());
        }
    }

    /// The CSeq of the next request of ours. ACK and CANCEL take their INVITE's instead.
    pub fn next_cseq(&mut self) -> u32 {
        self.local_cseq += 1;
        self.local_cseq
    }

    /// Takes a request that came, or refuses it for its CSeq (RFC 3261, 12.2.2). Gaps are lawful. An
    /// equal number is refused too: a repetition is absorbed by its transaction before it gets here.
    ///
    /// # Errors
    /// When the number is not higher than the last one.
    pub fn admit(&mut self, method: Method, cseq: u32) -> Result<(), RequestRefused> {
        // An ACK repeats its INVITE's number, at any time.
        if method == Method::Ack {
            return Ok(());
        }
        if self.remote_cseq.is_some_and(|last| cseq <= last) {
            return Err(RequestRefused::OutOfOrder);
        }
        self.remote_cseq = Some(cseq);
        Ok(())
    }

    /// Where a request goes (RFC 3261, 12.2.1.1). Whether the first route has the parameter `lr` is
    /// for the caller to say, who can parse it; a strict router gets itself as the Request-URI and
    /// the target at the end.
    #[must_use]
    pub fn targets(&self, first_route_is_loose: bool) -> Targets<'_> {
        let target: &[u8] = self.remote_target.expose();
        let routes = self.route_set.iter().map(|route| &**route);
        match self.route_set.first() {
            Some(strict) if !first_route_is_loose => {
                Targets { request_uri: strict, routes: routes.skip(1).chain([target]).collect() }
            }
            Some(_) | None => Targets { request_uri: target, routes: routes.collect() },
        }
    }
}

fn reversed(record_route: &[&[u8]]) -> Vec<Box<[u8]>> {
    record_route.iter().rev().map(|&route| route.into()).collect()
}
