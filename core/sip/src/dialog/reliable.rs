// SPDX-License-Identifier: EUPL-1.2
//! Provisional responses that must arrive, and the PRACK that says so (RFC 3262).
//!
//! ```text
//!   called:  send 1xx, RSeq n ──T1, doubled: again──▶ PRACK n: 200 ──▶ RSeq n + 1 may follow
//!                └──── 64·T1 ──▶ the INVITE is refused with 504
//!   caller:  first RSeq m: PRACK m ──▶ m + 1: PRACK ──▶ …   others: not a word
//! ```
//!
//! The rule to keep: one at a time. The second waits for the first one's PRACK, and so does a 2xx when
//! the first carried a session description.

use super::Refusal;
use crate::transaction::{Backoff, Timing};
use crate::{Method, Status};
use stdx::Tick;

/// What a PRACK acknowledges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RAck {
    /// The RSeq of the response.
    pub rseq: u32,
    /// The CSeq of the request.
    pub cseq: u32,
    /// The method of the request.
    pub method: Method,
}

/// The called side of an INVITE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReliableProvisionals {
    /// The CSeq of the INVITE.
    pub invite_cseq: u32,
    /// The next RSeq; the first is drawn from 1 to 2³¹ − 1.
    pub next_rseq: u32,
    /// The one that waits for its PRACK.
    pub unacknowledged: Option<Unacknowledged>,
}

/// A reliable provisional response without its PRACK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unacknowledged {
    /// Its number.
    pub rseq: u32,
    /// Its status.
    pub status: Status,
    /// Whether it carries an offer or an answer.
    pub carries_sdp: bool,
    /// Its next repetition; none after the final response (RFC 3262, 3).
    pub again: Option<Backoff>,
    /// When hope ends.
    pub give_up_at: Tick,
}

/// What a timer of the called side leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReliableEffect {
    /// Send it again.
    Repeat {
        /// Its status.
        status: Status,
        /// Its number.
        rseq: u32,
    },
    /// Refuse the INVITE with a 5xx.
    GiveUp,
    /// No timer is due.
    Refused(Refusal),
}

impl ReliableProvisionals {
    /// Nothing was sent yet.
    #[must_use]
    pub const fn new(invite_cseq: u32, first_rseq: u32) -> ReliableProvisionals {
        ReliableProvisionals { invite_cseq, next_rseq: first_rseq, unacknowledged: None }
    }

    /// Numbers a response that is about to be sent.
    ///
    /// # Errors
    /// While another one waits.
    pub fn send(
        self,
        now: Tick,
        status: Status,
        carries_sdp: bool,
        timing: Timing,
    ) -> Result<(ReliableProvisionals, u32), Refusal> {
        if self.unacknowledged.is_some() {
            return Err(Refusal::AwaitingPrack);
        }
        let rseq = self.next_rseq;
        let again = Some(Backoff::starting(now, timing.t1));
        let give_up_at = now + timing.patience();
        let sent = Unacknowledged { rseq, status, carries_sdp, again, give_up_at };
        let unacknowledged = Some(sent);
        Ok((ReliableProvisionals { next_rseq: rseq + 1, unacknowledged, ..self }, rseq))
    }

    /// A PRACK came; whether it matches (200) or not (481).
    #[must_use]
    pub fn acknowledge(self, rack: RAck) -> (ReliableProvisionals, bool) {
        let matches = rack.method == Method::Invite
            && rack.cseq == self.invite_cseq
            && self.unacknowledged.is_some_and(|sent| sent.rseq == rack.rseq);
        let unacknowledged = if matches { None } else { self.unacknowledged };
        (ReliableProvisionals { unacknowledged, ..self }, matches)
    }

    /// A timer is due.
    #[must_use]
    pub fn elapse(self, now: Tick) -> (ReliableProvisionals, ReliableEffect) {
        let not_due = (self, ReliableEffect::Refused(Refusal::NotDue));
        let Some(sent) = self.unacknowledged else { return not_due };
        let Some(again) = sent.again else { return not_due };
        if sent.give_up_at <= now {
            return (self.silent(), ReliableEffect::GiveUp);
        }
        if again.at > now {
            return not_due;
        }
        // RFC 3262, 3: doubled without a bound.
        let sent = Unacknowledged { again: Some(again.doubled(now)), ..sent };
        let effect = ReliableEffect::Repeat { status: sent.status, rseq: sent.rseq };
        (ReliableProvisionals { unacknowledged: Some(sent), ..self }, effect)
    }

    /// The final response was sent: repeated no more, but a PRACK may still come.
    #[must_use]
    pub fn silent(self) -> ReliableProvisionals {
        let unacknowledged = self.unacknowledged.map(|sent| Unacknowledged { again: None, ..sent });
        ReliableProvisionals { unacknowledged, ..self }
    }

    /// Whether a 2xx has to wait (RFC 3262, 3).
    #[must_use]
    pub fn holds_2xx(&self) -> bool {
        self.unacknowledged.is_some_and(|sent| sent.carries_sdp)
    }

    /// When a timer is due, and why.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        let sent = self.unacknowledged?;
        let again = sent.again?;
        if again.at < sent.give_up_at {
            Some((again.at, "reliable 1xx again"))
        } else {
            Some((sent.give_up_at, "no PRACK"))
        }
    }
}

/// The calling side of an INVITE, one for each early dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReliableReceiver {
    /// The RSeq of the last one that was taken.
    pub last: Option<u32>,
}

impl ReliableReceiver {
    /// A reliable provisional response came; whether it is taken, and a PRACK sent (RFC 3262, 4). A
    /// repetition, or one that overtook another, is dropped: the called side sends it again.
    #[must_use]
    pub fn take(self, rseq: u32) -> (ReliableReceiver, bool) {
        match self.last {
            Some(last) if last.checked_add(1) != Some(rseq) => (self, false),
            Some(_) | None => (ReliableReceiver { last: Some(rseq) }, true),
        }
    }
}
