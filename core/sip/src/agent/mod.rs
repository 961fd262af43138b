// SPDX-License-Identifier: EUPL-1.2
//! The user agent: bytes in, events out; commands in, bytes out.
//!
//! ```text
//!   socket ── receive ──▶ Admission ──▶ Transactions ──▶ Dialogs ──▶ Call ── Event ──▶ user
//!                             │              ▲                         │     (B2BUA)
//!                400 405 416 420 481 482     │                         │
//!                501 503 505, without state  └── request, response ────┤
//!   socket ◀─ poll_transmit ─────────────────────────────────────────  ◀── command ──── user
//! ```
//!
//! Joins [`crate::message`], [`crate::transaction`] and [`crate::dialog`]. Sessions are bytes here:
//! offer and answer are the user's. Time is an argument, randomness a generator that the edge seeds. A
//! call that is up can be saved, and another agent goes on with it ([`SavedCall`]).
//!
//! The rule to keep: what is refused costs no memory; what is accepted ends with exactly one last
//! event, and leaves nothing behind when its timers are over.

mod admission;
mod again;
mod answers;
mod calls;
mod challenged;
mod compose;
mod early;
mod established;
mod incoming;
mod lamp;
pub mod limits;
mod outgoing;
mod refer;
mod referral;
mod referring;
mod registering;
mod saved;
mod subscribing;
mod subscription;
mod transport;
mod words;

pub use calls::UserAgent;
pub use lamp::Lamp;
pub use registering::Standing;
pub use saved::{SavedAnswer, SavedCall, SavedRequest, SavedTimer};
pub use subscribing::Watched;
pub use subscription::Ceasing;
pub use words::{
    Account, CallId, CommandRefused, Config, DialogFound, Event, Flow, Invite, InviteInfo, ProbeId,
    Raw, ReferInfo, RegisterContact, RegisterId, RegisterInfo, RegistrantId, ReplacesInfo,
    SubscribeInfo, SubscriptionId, Transmit, Way,
};
