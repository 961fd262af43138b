// SPDX-License-Identifier: EUPL-1.2
//! The words between the user agent and its user: what happened, and what to do.

use crate::Status;
use crate::dialog::{Carrier, End, Party, Policy};
use crate::digest::Credentials;
use crate::message::Name;
use crate::registrar::Transport;
use crate::transaction::{Room, Timing};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;
use stdx::{Micros, Redacted};

/// The way between us and a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// By what.
    pub transport: Transport,
    /// Our address, as the peer can reach it.
    pub local: SocketAddr,
    /// The peer's address.
    pub remote: SocketAddr,
    /// Which connection, drawn at the edge; none for datagrams.
    pub connection: Option<u64>,
}

impl Flow {
    /// A flow of datagrams.
    #[must_use]
    pub const fn udp(local: SocketAddr, remote: SocketAddr) -> Flow {
        Flow { transport: Transport::Udp, local, remote, connection: None }
    }

    /// Whether what is lost on it is repeated by somebody else.
    #[must_use]
    pub const fn reliability(&self) -> crate::transaction::Transport {
        match self.transport {
            Transport::Udp => crate::transaction::Transport::Unreliable,
            Transport::Tcp | Transport::Tls | Transport::WebSocket => {
                crate::transaction::Transport::Reliable
            }
        }
    }
}

/// Bytes to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Which way.
    pub flow: Flow,
    /// One whole message.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Transmit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transmit({} bytes)", self.bytes.len())
    }
}

/// Where requests within a call go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Always the flow that the call came by: for devices behind a NAT.
    Flow,
    /// By the route set and the peer's Contact (RFC 3261, 12.2.1.1), if that is an address; names are
    /// not looked up here, and the flow is taken.
    Routes,
}

/// One leg; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId(pub(super) u64);

impl CallId {
    /// No call's: that of a leg before it is called.
    pub const NONE: CallId = CallId(u64::MAX);

    /// The number, for logs.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// A question about a peer's health; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProbeId(pub(super) u64);

/// A REGISTER that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegisterId(pub(super) crate::transaction::TransactionId);

/// A registration of ours at somebody else's registrar; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegistrantId(pub(super) u64);

/// What we register as, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The registrar's domain: the host of the Request-URI and of the address-of-record.
    pub registrar: Vec<u8>,
    /// The user part of the address-of-record, for example `+494171693000`.
    pub user: Raw,
    /// Name and password. Whoever asks gets the proof, as in [`Invite::credentials`].
    pub credentials: Credentials,
    /// Seconds to ask for.
    pub expires: u32,
    /// The user part of our Contact; not used in bulk.
    pub contact_user: Vec<u8>,
    /// Whether all numbers of the account are registered at once (RFC 6140): then the Contact has no user
    /// part, and calls come with the dialled number in the Request-URI.
    pub bulk: bool,
}

/// One who watches; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubscriptionId(pub(super) u64);

/// A header field's value as it came: it may lead to a person.
pub type Raw = Redacted<Vec<u8>>;

/// An INVITE that came.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteInfo {
    /// The Request-URI.
    pub request_uri: Raw,
    /// From.
    pub from: Raw,
    /// To.
    pub to: Raw,
    /// The Call-ID.
    pub sip_call_id: Raw,
    /// The values of P-Asserted-Identity, P-Preferred-Identity, P-Called-Party-ID, Privacy, Diversion,
    /// History-Info, User-to-User, Replaces and P-Early-Media in their order, each by itself though several stand in one
    /// field, as far as they fit into the bounds.
    pub copies: Vec<(Name, Raw)>,
    /// How many hops a call that leaves us again may take; at 0 that is 483.
    pub max_forwards: Option<u8>,
    /// The offer; none if we have to make one, or if the body is something else.
    pub offer: Option<Vec<u8>>,
    /// Whether there is a body that is no session description: 415.
    pub other_body: bool,
    /// What it came by.
    pub flow: Flow,
}

impl InviteInfo {
    /// All copied values of this name.
    pub fn all(&self, name: Name) -> impl Iterator<Item = &[u8]> {
        self.copies.iter().filter(move |(of, _)| *of == name).map(|(_, raw)| &raw.expose()[..])
    }
}

/// A REFER that came in a call that is up: the peer wants the other side of it to be connected with
/// somebody else.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferInfo {
    /// Whom to call: the URI in Refer-To, `sip`, `sips` or `tel`, without header fields. Its escapes
    /// are as they came.
    pub refer_to: Raw,
    /// Which dialog that call shall take the place of, seen from who is called:
    /// [`super::UserAgent::find_dialog`] says whether it is one of ours. None if it is a new call.
    pub replaces: Option<ReplacesInfo>,
    /// Referred-By: who refers, by its own word (RFC 3892).
    pub referred_by: Option<Raw>,
    /// Whether it wants to hear how it goes; false with `Refer-Sub: false` (RFC 4488).
    pub wants_reports: bool,
    /// What requests of this call go by.
    pub flow: Flow,
}

/// A Replaces in a Refer-To, its escapes undone (RFC 3891, 6.1).
#[derive(Clone, PartialEq, Eq)]
pub struct ReplacesInfo {
    /// The dialog's Call-ID.
    pub call_id: Raw,
    /// The tag on the side of who is called.
    pub to_tag: Vec<u8>,
    /// The other tag.
    pub from_tag: Vec<u8>,
    /// Only if that dialog is still early.
    pub early_only: bool,
}

/// A dialog that somebody wants to replace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DialogFound {
    /// Its call.
    pub call: CallId,
    /// Whether that is up; if not it rings.
    pub is_up: bool,
    /// Whether we have called. An early dialog of others may not be replaced (RFC 3891, 3).
    pub is_ours: bool,
}

/// One contact of a REGISTER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterContact {
    /// Its URI.
    pub uri: Raw,
    /// The parameter `expires`.
    pub expires: Option<u32>,
    /// The parameter `q` as written.
    pub quality: Option<Vec<u8>>,
    /// The parameter `+sip.instance` as written.
    pub instance: Option<Raw>,
    /// The parameter `reg-id`.
    pub reg_id: Option<u32>,
}

/// A REGISTER that came.
#[derive(Clone, PartialEq, Eq)]
pub struct RegisterInfo {
    /// The Request-URI, as the digest needs it.
    pub request_uri: Raw,
    /// The URI in To: the address-of-record, not yet canonical.
    pub record: Raw,
    /// The Call-ID.
    pub sip_call_id: Raw,
    /// The number of the CSeq.
    pub cseq: u32,
    /// Expires.
    pub expires: Option<u32>,
    /// Whether Contact is `*`.
    pub all: bool,
    /// The contacts; none and not all: a question only.
    pub contacts: Vec<RegisterContact>,
    /// The values of Authorization, each one whole.
    pub authorization: Vec<Raw>,
    /// The values of Path (RFC 3327), each by itself.
    pub path: Vec<Raw>,
    /// Whether the device knows of Path: then the answer repeats it.
    pub knows_path: bool,
    /// What it came by.
    pub flow: Flow,
}

/// A SUBSCRIBE that came: somebody wants to watch a telephone.
#[derive(Clone, PartialEq, Eq)]
pub struct SubscribeInfo {
    /// The Request-URI: which telephone.
    pub request_uri: Raw,
    /// What it came by.
    pub flow: Flow,
}

/// All that the user hears. [`Event::Cancelled`], [`Event::Refused`] and [`Event::Ended`] are a
/// call's last word: exactly one of them comes for every call, and nothing behind it.
#[derive(Clone, PartialEq, Eq)]
pub enum Event {
    /// A call came in.
    Incoming(CallId, Box<InviteInfo>),
    /// Its caller gave up before there was an answer; with the Reason if there was one.
    Cancelled(CallId, Option<Vec<u8>>),
    /// The ACK to our answer came, with the answer to our offer if we had to make one.
    Acked(CallId, Option<Vec<u8>>),
    /// The called side says how it goes on.
    Provisional(CallId, Status, Option<Vec<u8>>),
    /// The called side answered; none if an earlier provisional response carried the description.
    Answered(CallId, Option<Vec<u8>>),
    /// The call did not come about.
    Refused {
        /// Which.
        call: CallId,
        /// The final response, or what stands for it.
        status: Status,
        /// Whose wish it was: ours after `refuse`, `cancel` and when nobody answered.
        by: Party,
        /// Seconds until it may be tried again.
        retry_after: Option<u32>,
    },
    /// A call that was up is over.
    Ended(CallId, End),
    /// The peer wants another session: `accept_change` or `refuse_change`. Without an offer we make
    /// one in the answer.
    Reinvite(CallId, Carrier, Option<Vec<u8>>),
    /// Nobody waits for the answer to that any more.
    Withdrawn(CallId),
    /// The session is as we wanted, with their answer.
    Changed(CallId, Option<Vec<u8>>),
    /// The session is as it was before.
    NotChanged(CallId, Status),
    /// DTMF by INFO: `application/dtmf-relay` or `application/dtmf`.
    Info(CallId, Vec<u8>),
    /// The peer wants the call to be transferred: `accept_refer` or `refuse_refer`, and then
    /// `report_refer`. After [`super::limits::REFER_ANSWER_MAX`] it is refused.
    Refer(CallId, Box<ReferInfo>),
    /// How it goes with whom we have referred the peer to: what the peer reports, the final response if
    /// it refuses, 408 if it says no more. The first final status is the last word.
    Referred(CallId, Status),
    /// A device wants to be reached: `reply_register`.
    Register(RegisterId, Box<RegisterInfo>),
    /// Somebody wants to watch: `accept_subscription` or `refuse_subscription`. After
    /// [`super::limits::SUBSCRIBE_ANSWER_MAX`] it is refused.
    Subscribe(SubscriptionId, Box<SubscribeInfo>),
    /// Who watched watches no longer; the last word about it, but if our user has refused it.
    Unsubscribed(SubscriptionId),
    /// A peer answered our OPTIONS, or 408 if it did not.
    Probed(ProbeId, Status),
    /// It goes on with a registration of ours: [`super::UserAgent::standing`].
    Registration(RegistrantId),
}

impl Event {
    /// Which call it is about; none for what is about no call.
    #[must_use]
    pub const fn call(&self) -> Option<CallId> {
        match self {
            Event::Incoming(call, _)
            | Event::Cancelled(call, _)
            | Event::Acked(call, _)
            | Event::Provisional(call, ..)
            | Event::Answered(call, _)
            | Event::Refused { call, .. }
            | Event::Ended(call, _)
            | Event::Reinvite(call, ..)
            | Event::Withdrawn(call)
            | Event::Changed(call, _)
            | Event::NotChanged(call, _)
            | Event::Info(call, _)
            | Event::Refer(call, _)
            | Event::Referred(call, _) => Some(*call),
            Event::Register(..)
            | Event::Subscribe(..)
            | Event::Unsubscribed(_)
            | Event::Probed(..)
            | Event::Registration(_) => None,
        }
    }
}

/// Prints what happened and to which call; never a number, a description or a digit that was dialled.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Incoming(call, _) => write!(f, "Incoming({})", call.0),
            Event::Cancelled(call, _) => write!(f, "Cancelled({})", call.0),
            Event::Acked(call, _) => write!(f, "Acked({})", call.0),
            Event::Provisional(call, status, _) => {
                write!(f, "Provisional({}, {})", call.0, status.code())
            }
            Event::Answered(call, _) => write!(f, "Answered({})", call.0),
            Event::Refused { call, status, by, .. } => {
                write!(f, "Refused({}, {}, {by:?})", call.0, status.code())
            }
            Event::Ended(call, end) => write!(f, "Ended({}, {end:?})", call.0),
            Event::Reinvite(call, carrier, _) => write!(f, "Reinvite({}, {carrier:?})", call.0),
            Event::Withdrawn(call) => write!(f, "Withdrawn({})", call.0),
            Event::Changed(call, _) => write!(f, "Changed({})", call.0),
            Event::NotChanged(call, status) => {
                write!(f, "NotChanged({}, {})", call.0, status.code())
            }
            Event::Info(call, _) => write!(f, "Info({})", call.0),
            Event::Refer(call, _) => write!(f, "Refer({})", call.0),
            Event::Referred(call, status) => write!(f, "Referred({}, {})", call.0, status.code()),
            Event::Register(..) => f.write_str("Register"),
            Event::Subscribe(it, _) => write!(f, "Subscribe({})", it.0),
            Event::Unsubscribed(it) => write!(f, "Unsubscribed({})", it.0),
            Event::Probed(probe, status) => write!(f, "Probed({}, {})", probe.0, status.code()),
            Event::Registration(id) => write!(f, "Registration({})", id.0),
        }
    }
}

/// Prints the type and nothing of its content.
macro_rules! sealed_debug {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
pub(super) use sealed_debug;

sealed_debug!(Account, Invite, InviteInfo, ReferInfo, ReplacesInfo, RegisterInfo, SubscribeInfo);

/// A call that we want to make.
#[derive(Clone, PartialEq, Eq)]
pub struct Invite {
    /// The Request-URI and To.
    pub target: Raw,
    /// From, without a tag: `"Name" <sip:115@centre>`.
    pub from: Raw,
    /// Where to.
    pub flow: Flow,
    /// Where requests within the call go.
    pub way: Way,
    /// Further header fields.
    pub headers: Vec<(Name, Raw)>,
    /// The offer.
    pub offer: Vec<u8>,
    /// How many hops it may take; [`super::limits::MAX_FORWARDS`] if it begins here.
    pub max_forwards: u8,
    /// After how long it is cancelled.
    pub ring_for: Micros,
    /// Name and password, if a proxy or the called server asks for them with 401 or 407: then the call
    /// is sent again with the proof, without a word to the user (RFC 3261, 22.2 and 22.3). Whoever asks
    /// gets the proof, whatever its realm; so give them only to a peer that is meant to have them. None,
    /// and the call is refused with that status.
    pub credentials: Option<Credentials>,
    /// URIs of the proxies that it has to pass first (Route): the Service-Route of a registration (RFC 3608).
    pub routes: Vec<Vec<u8>>,
    /// The user part of our Contact, if it is not the usual one: that of a registration, because some
    /// registrars know a caller by it.
    pub contact_user: Option<Vec<u8>>,
}

/// Why a command was not carried out; nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommandRefused {
    /// The call is over, or was never there.
    NoSuchCall,
    /// Not in this state of the call.
    NotNow(crate::dialog::Refusal),
    /// At a bound, or draining.
    NoRoom,
    /// A value cannot be written.
    Unwritable,
}

/// What the edge hands in once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The base times.
    pub timing: Timing,
    /// How many transactions there may be.
    pub room: Room,
    /// How many calls there may be, and how many before none may come in.
    pub calls: Room,
    /// The session timers that we want.
    pub session: Policy,
    /// The user part of our Contact.
    pub contact_user: Vec<u8>,
    /// After how long an incoming call that is not answered ends with 480.
    pub ring_max: Micros,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            timing: Timing::DEFAULT,
            room: Room::DEFAULT,
            calls: Room { fresh: super::limits::CALLS_MAX / 2, all: super::limits::CALLS_MAX },
            session: Policy { interval: 1_800, least: 90 },
            contact_user: b"amtsleitung".to_vec(),
            ring_max: Micros::from_mins(60),
        }
    }
}
