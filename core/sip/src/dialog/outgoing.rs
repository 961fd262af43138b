// SPDX-License-Identifier: EUPL-1.2
//! An INVITE that we sent, until it is a call or not (RFC 3261, 13.2 and 9.1).
//!
//! ```text
//!   INVITE ──▶ Calling ──1xx──▶ Proceeding ──2xx: ACK──▶ Accepted   (Established goes on)
//!                │ hang up:        │ hang up, rang out, BYE: CANCEL
//!                │ CANCEL at 1xx   ▼
//!                │             Cancelling ──487, 64·T1──▶ Ended
//!                │                 └──2xx: ACK, BYE──────▶ Ended
//!                └── other final response, nobody there ─▶ Ended
//! ```
//!
//! The rule to keep: a 200 that crosses our CANCEL wins the transaction, gets its ACK, and then a BYE
//! (RFC 3261, 9.1 and 15); the user hears one end, whichever way it went.

use super::{Few, Party, Refusal};
use crate::Status;
use stdx::Tick;

const TERMINATED: Status = status(487);
const OK: Status = status(200);
const NO_SUCH: Status = status(481);
const NOBODY: Status = status(408);
const UNREACHABLE: Status = status(503);

const fn status(code: u16) -> Status {
    match Status::new(code) {
        Some(status) => status,
        None => unreachable!(),
    }
}

/// An INVITE that we sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutgoingInvite {
    /// Nothing has come back; the transaction's timer B ends it.
    Calling {
        /// Whether the user has hung up already.
        hang_up: bool,
        /// When nobody will answer any more.
        ring_until: Tick,
    },
    /// A provisional response has come.
    Proceeding {
        /// When nobody will answer any more.
        ring_until: Tick,
    },
    /// A CANCEL was sent; the transaction ends it after 64·T1.
    Cancelling {
        /// Whose wish it was.
        by: Party,
    },
    /// A 2xx has come.
    Accepted,
    /// It did not become a call.
    Ended {
        /// The final response, or what stands for it (RFC 3261, 8.1.3.1).
        status: Status,
        /// Whose wish it was: ours after a CANCEL.
        by: Party,
    },
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutgoingEvent {
    /// A provisional response came.
    Provisional(Status),
    /// A 2xx from a branch that had sent none.
    Success(Status),
    /// Another final response.
    Failure(Status),
    /// The transaction has timed out.
    TimedOut,
    /// The transport has failed.
    TransportFailed,
    /// The user hangs up.
    HangUp,
    /// A BYE in an early dialog came: the called side gave up waiting for our ACK.
    Bye,
    /// A deadline has come.
    Timeout,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutgoingEffect {
    /// Not possible; nothing changed.
    Refused(Refusal),
    /// Send CANCEL, and tell the transaction.
    SendCancel,
    /// Send ACK: this branch is the call.
    SendAck,
    /// Send ACK, then BYE: this branch came too late.
    AckThenBye,
    /// Answer the BYE.
    AnswerBye(Status),
    /// Tell the user how it goes on.
    Progress(Status),
    /// Tell the user that it is a call.
    Connected,
    /// Tell the user that it is none.
    Ended {
        /// The final response.
        status: Status,
        /// Whose wish it was.
        by: Party,
    },
}

type Step = (OutgoingInvite, Few<OutgoingEffect>);

impl OutgoingInvite {
    /// The INVITE is sent.
    #[must_use]
    pub fn begin(ring_until: Tick) -> OutgoingInvite {
        OutgoingInvite::Calling { hang_up: false, ring_until }
    }

    /// What becomes of it, and what has to be done about it.
    #[must_use]
    pub fn next(self, now: Tick, event: OutgoingEvent) -> Step {
        match self {
            OutgoingInvite::Calling { hang_up, ring_until } => {
                self.next_calling(now, event, hang_up, ring_until)
            }
            OutgoingInvite::Proceeding { ring_until } => {
                self.next_proceeding(now, event, ring_until)
            }
            OutgoingInvite::Cancelling { by } => self.next_cancelling(event, by),
            OutgoingInvite::Accepted | OutgoingInvite::Ended { .. } => match event {
                OutgoingEvent::Success(_) => (self, Few::one(OutgoingEffect::AckThenBye)),
                OutgoingEvent::HangUp => self.refuse(Refusal::AlreadyFinal),
                OutgoingEvent::Bye => (self, Few::one(OutgoingEffect::AnswerBye(NO_SUCH))),
                // Of other branches, and of the transaction's own end.
                OutgoingEvent::Provisional(_)
                | OutgoingEvent::Failure(_)
                | OutgoingEvent::TimedOut
                | OutgoingEvent::TransportFailed => (self, Few::NONE),
                OutgoingEvent::Timeout => self.refuse(Refusal::NotDue),
            },
        }
    }

    /// When it wants a [`OutgoingEvent::Timeout`], and why.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match *self {
            OutgoingInvite::Calling { hang_up: false, ring_until }
            | OutgoingInvite::Proceeding { ring_until } => Some((ring_until, "nobody answers")),
            OutgoingInvite::Calling { hang_up: true, .. }
            | OutgoingInvite::Cancelling { .. }
            | OutgoingInvite::Accepted
            | OutgoingInvite::Ended { .. } => None,
        }
    }

    fn next_calling(
        self,
        now: Tick,
        event: OutgoingEvent,
        hang_up: bool,
        ring_until: Tick,
    ) -> Step {
        match event {
            OutgoingEvent::Provisional(_) if hang_up => cancel(Party::Us, None),
            OutgoingEvent::Provisional(status) => (
                OutgoingInvite::Proceeding { ring_until },
                Few::one(OutgoingEffect::Progress(status)),
            ),
            OutgoingEvent::Success(_) if hang_up => ended_by_200(Party::Us),
            OutgoingEvent::Success(_) => connected(),
            OutgoingEvent::Failure(status) => ended(status, failed_by(hang_up)),
            OutgoingEvent::TimedOut => ended(NOBODY, failed_by(hang_up)),
            OutgoingEvent::TransportFailed => ended(UNREACHABLE, failed_by(hang_up)),
            // RFC 3261, 9.1: a CANCEL has to wait for a provisional response.
            OutgoingEvent::HangUp => {
                (OutgoingInvite::Calling { hang_up: true, ring_until }, Few::NONE)
            }
            OutgoingEvent::Bye => (self, Few::one(OutgoingEffect::AnswerBye(NO_SUCH))),
            OutgoingEvent::Timeout if ring_until <= now && !hang_up => {
                (OutgoingInvite::Calling { hang_up: true, ring_until }, Few::NONE)
            }
            OutgoingEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_proceeding(self, now: Tick, event: OutgoingEvent, ring_until: Tick) -> Step {
        match event {
            OutgoingEvent::Provisional(status) => {
                (self, Few::one(OutgoingEffect::Progress(status)))
            }
            OutgoingEvent::Success(_) => connected(),
            OutgoingEvent::Failure(status) => ended(status, Party::Peer),
            OutgoingEvent::TimedOut => ended(NOBODY, Party::Peer),
            OutgoingEvent::TransportFailed => ended(UNREACHABLE, Party::Peer),
            OutgoingEvent::HangUp => cancel(Party::Us, None),
            // Every 2xx was lost. Other branches may still ring.
            OutgoingEvent::Bye => cancel(Party::Peer, Some(OutgoingEffect::AnswerBye(OK))),
            OutgoingEvent::Timeout if ring_until <= now => cancel(Party::Us, None),
            OutgoingEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_cancelling(self, event: OutgoingEvent, by: Party) -> Step {
        match event {
            OutgoingEvent::Provisional(_) => (self, Few::NONE),
            OutgoingEvent::Success(_) => ended_by_200(by),
            // Whatever the status: the user had hung up, and that is how it ended.
            OutgoingEvent::Failure(_)
            | OutgoingEvent::TimedOut
            | OutgoingEvent::TransportFailed => ended(TERMINATED, by),
            OutgoingEvent::HangUp => (self, Few::NONE),
            OutgoingEvent::Bye => (self, Few::one(OutgoingEffect::AnswerBye(OK))),
            OutgoingEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn refuse(self, why: Refusal) -> Step {
        (self, Few::one(OutgoingEffect::Refused(why)))
    }
}

fn failed_by(hang_up: bool) -> Party {
    if hang_up { Party::Us } else { Party::Peer }
}

fn cancel(by: Party, first: Option<OutgoingEffect>) -> Step {
    let effects = Few::NONE.and_maybe(first).and(OutgoingEffect::SendCancel);
    (OutgoingInvite::Cancelling { by }, effects)
}

fn connected() -> Step {
    let effects = Few::two(OutgoingEffect::SendAck, OutgoingEffect::Connected);
    (OutgoingInvite::Accepted, effects)
}

fn ended(status: Status, by: Party) -> Step {
    let effects = Few::one(OutgoingEffect::Ended { status, by });
    (OutgoingInvite::Ended { status, by }, effects)
}

fn ended_by_200(by: Party) -> Step {
    let (state, effects) = ended(TERMINATED, by);
    (state, Few::one(OutgoingEffect::AckThenBye).and_maybe(effects.into_iter().next()))
}
