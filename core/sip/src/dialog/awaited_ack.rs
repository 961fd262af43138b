// SPDX-License-Identifier: EUPL-1.2
//! A 2xx to INVITE that waits for its ACK (RFC 3261, 13.3.1.4).
//!
//! ```text
//!   2xx sent ──▶ Repeating ──ACK──▶ Acknowledged
//!                 │    ▲ └─ T1, doubled up to T2: 2xx again
//!                 │    └────────────┘
//!                 └── 64·T1 ──▶ GivenUp: BYE
//! ```
//!
//! The rule to keep: the 2xx is repeated over every transport, for a hop behind may lose it; an ACK
//! that comes too late is swallowed and never answered.

use super::Refusal;
use crate::transaction::{Backoff, Timing};
use stdx::Tick;

/// How a 2xx fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AwaitedAck {
    /// Sent again and again.
    Repeating {
        /// The CSeq of the INVITE, which its ACK repeats.
        invite_cseq: u32,
        /// The next repetition.
        again: Backoff,
        /// When hope ends.
        give_up_at: Tick,
    },
    /// The ACK has come.
    Acknowledged,
    /// It has not.
    GivenUp,
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckEvent {
    /// An ACK came.
    Ack {
        /// Its CSeq.
        cseq: u32,
    },
    /// A deadline has come.
    Timeout,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckEffect {
    /// Send the 2xx again.
    Repeat,
    /// The session stands.
    Confirmed,
    /// Send BYE.
    GiveUp,
    /// A repeated, late or foreign ACK: nothing.
    Swallowed,
    /// Not now.
    Refused(Refusal),
}

impl AwaitedAck {
    /// The 2xx was sent for the first time.
    #[must_use]
    pub fn begin(now: Tick, invite_cseq: u32, timing: Timing) -> AwaitedAck {
        let again = Backoff::starting(now, timing.t1);
        AwaitedAck::Repeating { invite_cseq, again, give_up_at: now + timing.patience() }
    }

    /// What becomes of it.
    #[must_use]
    pub fn next(self, now: Tick, event: AckEvent, timing: Timing) -> (AwaitedAck, AckEffect) {
        match self {
            AwaitedAck::Repeating { invite_cseq, again, give_up_at } => match event {
                AckEvent::Ack { cseq } if cseq == invite_cseq => {
                    (AwaitedAck::Acknowledged, AckEffect::Confirmed)
                }
                AckEvent::Ack { .. } => (self, AckEffect::Swallowed),
                AckEvent::Timeout if give_up_at <= now => (AwaitedAck::GivenUp, AckEffect::GiveUp),
                AckEvent::Timeout if again.at <= now => {
                    let again = again.doubled_to(now, timing.t2);
                    let repeating = AwaitedAck::Repeating { invite_cseq, again, give_up_at };
                    (repeating, AckEffect::Repeat)
                }
                AckEvent::Timeout => (self, AckEffect::Refused(Refusal::NotDue)),
            },
            AwaitedAck::Acknowledged | AwaitedAck::GivenUp => match event {
                AckEvent::Ack { .. } => (self, AckEffect::Swallowed),
                AckEvent::Timeout => (self, AckEffect::Refused(Refusal::NotDue)),
            },
        }
    }

    /// When it wants a [`AckEvent::Timeout`], and why.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match *self {
            AwaitedAck::Repeating { again, give_up_at, .. } if again.at < give_up_at => {
                Some((again.at, "2xx again"))
            }
            AwaitedAck::Repeating { give_up_at, .. } => Some((give_up_at, "no ACK to the 2xx")),
            AwaitedAck::Acknowledged | AwaitedAck::GivenUp => None,
        }
    }

    /// Whether the ACK is still missing.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            AwaitedAck::Repeating { .. } => true,
            AwaitedAck::Acknowledged | AwaitedAck::GivenUp => false,
        }
    }
}
