// SPDX-License-Identifier: EUPL-1.2
//! The four transactions of SIP, the keys that match messages to them, and a bounded table of them.
//!
//! ```text
//!           transaction user (dialogs, registrar, trunks)
//!              │ FromUser            ▲ ToUser
//!              ▼                     │
//!   ┌─ Transactions: key ──▶ one of four machines, its payload, its timers ─┐
//!   │  InviteClient   NonInviteClient   InviteServer   NonInviteServer      │
//!   └───────────────────────────────────────────────────────────────────────┘
//!              │ Send, Retransmit    ▲ Response, Retransmission, Ack
//!              ▼                     │
//!                        transport
//! ```
//!
//! RFC 3261, 17, as amended by RFC 6026 (`Accepted`, timers L and M) and RFC 4320 (non-INVITE). The
//! machines know statuses, never messages: whoever drives them keeps the bytes to be sent again. The
//! rule to keep: what a network may repeat, delay or reorder is absorbed without a word; what only a
//! mistake of ours can cause is refused with a reason.

mod invite_client;
mod invite_server;
mod key;
mod merged;
mod non_invite_client;
mod non_invite_server;
mod table;

pub use invite_client::InviteClient;
pub use invite_server::InviteServer;
pub use key::{Fields, MAGIC_COOKIE, Side, TopVia, TransactionKey};
pub use merged::MergeKey;
pub use non_invite_client::NonInviteClient;
pub use non_invite_server::NonInviteServer;
pub use table::{
    Arrival, Arrived, BeginRefused, Elapsed, Handled, LINGERS_TOGETHER, Machine, Room,
    TRANSACTIONS_MAX, TransactionId, Transactions,
};

use crate::Status;
use stdx::{Micros, Tick};

/// The times from which every timer follows (RFC 3261, 17.1.1.1 and table 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// An estimate of the round trip.
    pub t1: Micros,
    /// The longest interval between retransmissions of a non-INVITE request or a response to INVITE.
    pub t2: Micros,
    /// The longest time that a message stays in the network.
    pub t4: Micros,
}

impl Timing {
    /// T1 = 500 ms, T2 = 4 s, T4 = 5 s.
    pub const DEFAULT: Timing = Timing {
        t1: Micros::from_millis(500),
        t2: Micros::from_millis(4_000),
        t4: Micros::from_millis(5_000),
    };

    /// 64·T1: how long a message is worth repeating (timers B, F, H, J, L, M).
    #[must_use]
    pub const fn patience(self) -> Micros {
        self.t1.times(64)
    }

    /// Timer D: at least 32 s, and never shorter than a peer repeats its final response.
    #[must_use]
    pub const fn timer_d(self) -> Micros {
        let patience = self.patience();
        if patience.0 < TIMER_D_MIN.0 { TIMER_D_MIN } else { patience }
    }

    /// How long until a client's timer E has been reset to T2; only then may a 100 to a non-INVITE
    /// request be sent over an unreliable transport (RFC 4320, 4.1). 3.5 s with the default times.
    #[must_use]
    pub const fn until_timer_e_is_t2(self) -> Micros {
        let mut interval = self.t1;
        let mut elapsed = Micros::ZERO;
        while interval.0 > 0 && interval.0 < self.t2.0 {
            elapsed = Micros(elapsed.0 + interval.0);
            interval = interval.times(2);
        }
        elapsed
    }
}

impl Default for Timing {
    fn default() -> Self {
        Timing::DEFAULT
    }
}

/// RFC 3261, 17.1.1.2: timer D is at least 32 seconds over an unreliable transport.
const TIMER_D_MIN: Micros = Micros::from_secs(32);

/// RFC 3261, 17.2.1: a 100 is sent unless the transaction user answers within 200 ms.
const TRYING_AFTER: Micros = Micros::from_millis(200);

/// Whether the transport repeats what is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// TCP, TLS, WebSocket: nothing is retransmitted by the transaction.
    Reliable,
    /// UDP.
    Unreliable,
}

/// What a transaction has to know besides its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The base times.
    pub timing: Timing,
    /// What it runs over.
    pub transport: Transport,
}

impl Rules {
    /// A length of time that counts only over an unreliable transport and is zero otherwise.
    const fn unless_reliable(self, length: Micros) -> Micros {
        match self.transport {
            Transport::Reliable => Micros::ZERO,
            Transport::Unreliable => length,
        }
    }

    /// The first retransmission, T1 from now; none over a reliable transport.
    fn retransmission(self, now: Tick) -> Option<Backoff> {
        match self.transport {
            Transport::Reliable => None,
            Transport::Unreliable => Some(Backoff::starting(now, self.timing.t1)),
        }
    }
}

/// A retransmission that is due, with the interval that led to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Backoff {
    /// When it is due.
    pub at: Tick,
    /// The time waited for it; the next one is longer.
    pub interval: Micros,
}

impl Backoff {
    /// The first, one interval from now.
    #[must_use]
    pub fn starting(now: Tick, interval: Micros) -> Backoff {
        Backoff { at: now + interval, interval }
    }

    /// The next one, after twice the time.
    #[must_use]
    pub fn doubled(self, now: Tick) -> Backoff {
        Backoff::starting(now, self.interval.times(2))
    }

    /// The next one, after twice the time but not more than `most`.
    #[must_use]
    pub fn doubled_to(self, now: Tick, most: Micros) -> Backoff {
        Backoff::starting(now, self.interval.times(2).min(most))
    }
}

/// All that can happen to a client transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientEvent {
    /// A response came from the network.
    Response(Status),
    /// The transaction user has sent a CANCEL for this INVITE.
    Cancelled,
    /// The transaction user wants nothing more of it, for its dialog is over. An INVITE without a
    /// final response ends within 64·T1, and is acknowledged as long as it lives.
    Abandoned,
    /// The transport could not send what it was given.
    TransportError,
    /// A deadline has come.
    Timeout,
}

/// All that can happen to a server transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerEvent {
    /// The request came again.
    Retransmission,
    /// An ACK that matches this transaction.
    Ack,
    /// The transaction user answers.
    FromUser(Status),
    /// The transport could not send what it was given.
    TransportError,
    /// A deadline has come.
    Timeout,
}

/// What has to be done because a transaction changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The event makes no sense in this state; nothing changed.
    Refused(Refusal),
    /// Send the request for the first time.
    SendRequest,
    /// Send the same request again.
    RetransmitRequest,
    /// Send the ACK to a final response that is no 2xx (RFC 3261, 17.1.1.3).
    SendAck,
    /// Send this response.
    SendResponse(Status),
    /// Send the last response again.
    RetransmitResponse(Status),
    /// Tell the transaction user.
    ToUser(Notice),
}

/// What the transaction user hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// A response.
    Response(Status),
    /// An ACK to a 2xx that matches the transaction (RFC 6026, 7.1).
    Ack,
    /// Nobody answered in time: for a client this is as if 408 had come (RFC 3261, 8.1.3.1); for an
    /// INVITE server no ACK came to its final response; for a non-INVITE server the client has given
    /// up, and nothing more is sent (RFC 4320, 4.2).
    TimedOut,
    /// The transport failed: for a client as if 503 had come (RFC 3261, 8.1.3.1).
    TransportFailed,
}

/// Why an event was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// No timer of this state is due.
    NotDue,
    /// The transaction is over.
    Terminated,
    /// A final response was sent or received already.
    AlreadyFinal,
    /// A 100 to an INVITE to which a provisional response was sent already.
    AlreadyProvisional,
    /// An ACK before any final response.
    NotAnswered,
    /// Not before a provisional response has come (CANCEL, RFC 3261, 9.1) or time has passed (100 to
    /// a non-INVITE request, RFC 4320, 4.1).
    TooEarly,
    /// Never for this kind of transaction: CANCEL and ACK of a non-INVITE request, and as answers to
    /// one any provisional but 100, and 408 (RFC 4320, 4.1 and 4.2).
    NotForThisMethod,
}

/// What one event leads to: at most two effects, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects([Option<Effect>; 2]);

impl Effects {
    /// Nothing to do.
    pub const NONE: Effects = Effects([None, None]);

    const fn one(effect: Effect) -> Effects {
        Effects([Some(effect), None])
    }

    const fn two(first: Effect, second: Effect) -> Effects {
        Effects([Some(first), Some(second)])
    }

    const fn to_user(notice: Notice) -> Effects {
        Effects::one(Effect::ToUser(notice))
    }

    const fn refused(why: Refusal) -> Effects {
        Effects::one(Effect::Refused(why))
    }

    /// Why the event was refused, if it was.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match self.0 {
            [Some(Effect::Refused(why)), _] => Some(why),
            [_, _] => None,
        }
    }

    /// The effects in order.
    pub fn iter(&self) -> impl Iterator<Item = Effect> {
        self.0.into_iter().flatten()
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = core::iter::Flatten<core::array::IntoIter<Option<Effect>, 2>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().flatten()
    }
}

/// The sooner of a retransmission and the end of patience, each with its name.
fn sooner(
    retransmission: Option<Backoff>,
    its_name: &'static str,
    end: Tick,
    its_end: &'static str,
) -> (Tick, &'static str) {
    match retransmission {
        Some(Backoff { at, .. }) if at < end => (at, its_name),
        Some(_) | None => (end, its_end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_times_are_those_of_table_4() {
        assert_eq!(Timing::DEFAULT.patience(), Micros::from_secs(32));
        assert_eq!(Timing::DEFAULT.timer_d(), Micros::from_secs(32));
        assert_eq!(Timing::DEFAULT.until_timer_e_is_t2(), Micros::from_millis(3_500));
    }

    #[test]
    fn a_slow_network_repeats_for_longer_and_a_t1_of_zero_does_not_loop() {
        let slow = Timing { t1: Micros::from_secs(1), ..Timing::DEFAULT };
        assert_eq!(slow.timer_d(), Micros::from_secs(64));
        let none = Timing { t1: Micros::ZERO, ..Timing::DEFAULT };
        assert_eq!(none.until_timer_e_is_t2(), Micros::ZERO);
    }
}
