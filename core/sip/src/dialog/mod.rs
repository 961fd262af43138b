// SPDX-License-Identifier: EUPL-1.2
//! Dialogs, and the calls within them, from the first INVITE to the answer to BYE.
//!
//! ```text
//!   caller                                                     called
//!   OutgoingInvite, Forks ──INVITE──────────────────────────▶ IncomingInvite
//!     1xx: early Dialogs  ◀─1xx, reliable: PRACK───────────── ReliableProvisionals
//!     2xx: Dialog         ◀─2xx───────────────────────────────  2xx: AwaitedAck
//!          │               ─ACK──────────────────────────────▶       │
//!          ▼                                                         ▼
//!     Established ◀─ re-INVITE, UPDATE: Modification; SessionTimer ─▶ Established
//!          └──────────────── BYE, once, from whichever side ─────────┘
//! ```
//!
//! Everything here is plain data with public fields: it can be written down at any moment and go on in
//! another process. The rule to keep: nothing here parses, prints, or draws a tag; and whatever the
//! network does, a call ends once, with one [`End`].

mod awaited_ack;
mod established;
mod few;
mod fork;
mod incoming;
mod modification;
mod outgoing;
mod reliable;
mod session_timer;
mod state;
mod table;

pub use awaited_ack::{AckEffect, AckEvent, AwaitedAck};
pub use established::{End, Established, EstablishedEffect, EstablishedEvent, Phase, Retry};
pub use few::Few;
pub use fork::{Branch, FORKS_MAX, ForkEffect, Forks};
pub use incoming::{
    IncomingEffect, IncomingEvent, IncomingInvite, IncomingState, PROVISIONAL_EVERY,
};
pub use modification::{Carrier, Decision, Modification, OfferUnderWay, glare_wait, retry_after};
pub use outgoing::{OutgoingEffect, OutgoingEvent, OutgoingInvite};
pub use reliable::{RAck, ReliableEffect, ReliableProvisionals, ReliableReceiver, Unacknowledged};
pub use session_timer::{
    Agreed, Answer as TimerAnswer, Asked, Policy, Proposal, Refresher, SESSION_EXPIRES_FLOOR,
    SESSION_EXPIRES_MAX, SessionTimer, TimerEffect, TimerEvent,
};
pub use state::{
    Dialog, DialogId, InviteReceived, InviteSent, PeerSaid, RequestRefused, Role, Stage, Targets,
};
pub use table::{DIALOGS_MAX, Dialogs, InsertRefused};

/// Which of the two parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// This side.
    Us,
    /// The other side.
    Peer,
}

/// Why an event was refused; it changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// No timer of this state is due.
    NotDue,
    /// The call is over, or is ending.
    Over,
    /// A final response was sent or received already.
    AlreadyFinal,
    /// A reliable provisional response has not been acknowledged (RFC 3262, 3).
    AwaitingPrack,
    /// Another change of the session is under way (RFC 3261, 14.1; RFC 3311, 5.1).
    ChangeUnderWay,
    /// There is nothing of the kind under way.
    NothingUnderWay,
    /// The status does not fit.
    WrongStatus,
}
