// SPDX-License-Identifier: EUPL-1.2
//! The words between the browsers' telephones and the app.

pub use call::handset::{CallNr, CallState, Direction, Refusal};
pub use sip::sdp::Codec;

use std::net::SocketAddr;
use stdx::Redacted;

/// What the thread of the browsers' telephones has to know.
pub struct Config {
    /// Where browsers send sound to (ICE, DTLS and SRTP on one port, by UDP, or by TCP where they cannot). A port of 0
    /// takes a free one.
    pub listen: SocketAddr,
    /// The addresses by which browsers reach [`Config::listen`]: the candidates that every answer names, at most
    /// [`super::limits::SHOWN_MAX`]. A port of 0 stands for the one that is listened on. None: the address that is
    /// listened on, which must not be unspecified then.
    pub shown: Vec<SocketAddr>,
    /// Where our signalling listens by UDP.
    pub exchange: SocketAddr,
    /// The domain of the telephones' addresses and of their registrar.
    pub domain: String,
    /// From what tags, sources and numbers are drawn; to be drawn anew at every start from the system's generator.
    pub seed: [u8; 32],
}

/// What the person at a desk, or the desk itself, wants of its telephone. What cannot be done is told by
/// [`News::Refused`].
#[derive(Debug)]
pub enum Order {
    /// The desk is open: the telephone of this id is registered as soon as its page is connected. Once more with
    /// another password: registers anew.
    Open {
        /// The telephone's password, as the county's file has it.
        password: Redacted<String>,
    },
    /// The desk is closed: every call is hung up, and the telephone takes its leave.
    Close,
    /// The page's offer (SDP). Answered by [`News::Answer`]. A second one on a connection that is there is a
    /// re-negotiation, or an ICE restart; one of a page that was loaded anew makes a connection of its own.
    Offer(String),
    /// The page is gone: its socket was closed. What is up is put on hold until a page is back.
    PageGone,
    /// Answers a call that rings; another one that is up is put on hold.
    Answer(CallNr),
    /// Declines a call that rings (603).
    Decline(CallNr),
    /// Ends a call, whatever it is doing.
    HangUp(CallNr),
    /// Puts a call on hold; the other side hears music.
    Hold(CallNr),
    /// Takes a call back from hold; another one that is up is put on hold.
    Resume(CallNr),
    /// Calls this user part ([`super::destination`]): a consultation beside the call, which is put on hold, or a
    /// call of one's own.
    Dial(String),
    /// Hands the caller on without asking (REFER): to the user part of an agent's telephone, or to a number – that of
    /// a line, an office, a partner ([`super::destination`]).
    Transfer {
        /// The user part.
        to: String,
    },
    /// Hands the caller to whom was asked (REFER with Replaces); one who still rings gets the caller unasked.
    Complete,
    /// Brings whom was asked into the talk (`*3`).
    Confer,
    /// Takes who was brought in out of the talk again (`*3`).
    TakeOut,
    /// Sends keys in a call (RFC 4733): `0`–`9`, `*`, `#`, `A`–`D`, at most [`crate::media::limits::KEYS_WAITING_MAX`].
    Keys(CallNr, Redacted<String>),
}

/// Why an order was not even taken; nothing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// [`super::limits::ORDERS_MAX`] orders wait already: the thread is far behind.
    Busy,
    /// The thread has ended.
    Ended,
}

/// What the thread tells of one telephone. Told from its own thread: whoever hears it must not wait.
#[derive(Debug)]
pub enum News {
    /// Whether the exchange can reach the telephone.
    Registered(bool),
    /// The answer to the page's offer, or why there is none.
    Answer(Result<String, NoAnswer>),
    /// Whether sound flows between the page and us.
    PageConnected(bool),
    /// Every call of the telephone, whenever one changed.
    Calls(Vec<CallView>),
    /// How handing on goes.
    Transfer(TransferState),
    /// A call is over; [`News::Calls`] without it came before.
    Ended {
        /// Which.
        call: CallNr,
        /// Why.
        why: Why,
    },
    /// What was ordered cannot be done; nothing changed.
    Refused(Refusal),
    /// How the page hears and is heard, every [`super::limits::QUALITY_EVERY`] while there is anything
    /// to tell.
    Quality(Quality),
}

/// Why an offer has no answer; the connection that was there before, if any, stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// Longer than [`super::limits::OFFER_MAX`].
    TooLong,
    /// Not a session description that can be read.
    Unreadable,
    /// No stream of sound that is sent and received, or more than one.
    NoAudio,
    /// Without ICE or without the fingerprint of a certificate (RFC 8839, 8842).
    NoIce,
    /// No codec of ours: G.722, PCMA or PCMU.
    NoCodec,
    /// No desk is open under this telephone's id, or [`super::limits::DESKS_MAX`] are open.
    NoDesk,
}

/// One call as the desk shows it.
#[derive(Clone, Debug)]
pub struct CallView {
    /// Which.
    pub nr: CallNr,
    /// Who called.
    pub direction: Direction,
    /// What it is doing.
    pub state: CallState,
    /// Whether whom the person asked was brought in: three talk.
    pub three: bool,
    /// The other side.
    pub with: With,
    /// What is spoken, or will be when a call that rings is answered; none until that is known. The page is to send this
    /// codec while the call is heard, and does best to send it when the call rings already.
    pub codec: Option<Codec>,
    /// Whether this is the call that the page hears and speaks in.
    pub heard: bool,
}

/// The other side of a call, by its own word.
#[derive(Clone, Debug)]
pub struct With {
    /// The display name; empty without one.
    pub name: Redacted<String>,
    /// The user part of the address: a number, or a telephone's id; empty if it is withheld.
    pub user: Redacted<String>,
}

/// How handing on goes. When it has worked, the calls end ([`News::Ended`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferState {
    /// The exchange was asked.
    Trying,
    /// It agreed.
    Done,
    /// It did not, with this status (RFC 3261, 21); the caller stays.
    Failed(u16),
}

/// Why a call is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// We ended it.
    Ours,
    /// The other side hung up, or handed it on.
    Theirs,
    /// The other side gave up before there was an answer.
    Missed,
    /// It did not come about, with this status (RFC 3261, 21).
    Refused(u16),
    /// The connection to the exchange was lost.
    Lost,
}

/// How the page hears and is heard, since the last time that this was told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// Of the packets that the page sent, which part did not come: 0 to 1; none if nothing was to come.
    pub loss: Option<f32>,
    /// Of the packets that we sent, which part the page reports as lost: 0 to 1; none without a report.
    pub loss_there: Option<f32>,
    /// To the page and back, in milliseconds; none without a report.
    pub rtt_ms: Option<u32>,
    /// Packets of the page that came in another codec than agreed, and were dropped.
    pub wrong_codec: u32,
}
