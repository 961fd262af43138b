// SPDX-License-Identifier: EUPL-1.2
//! The client's side of an INVITE (RFC 3261, 17.1.1, figure 5, as replaced by RFC 6026, 8.4).
//!
//! ```text
//!   INVITE from user: send            timer A: send again
//!          │                              ┌──┐
//!          ▼            1xx               ▼  │
//!       Calling ───────────────▶ Proceeding  (A stops)
//!        │ │ │ └── 2xx ──▶ Accepted ◀── 2xx ──┤ │ 64·T1 after CANCEL
//!        │ │ └─ 300–699: ACK ─▶ Completed ◀────┘ │
//!        │ │ timer B,              │ 300–699: ACK│
//!        │ │ transport error       │ timer D     │
//!        ▼ ▼          timer M      ▼             ▼
//!       ───────────────────── Terminated ──────────────
//! ```
//!
//! The rule to keep: the ACK to a 2xx is the transaction user's, every other ACK is sent here.

use super::{Backoff, ClientEvent, Effect, Effects, Notice, Refusal, Rules, sooner};
use crate::Status;
use stdx::Tick;

/// An INVITE that was sent, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InviteClient {
    /// Sent; nothing has come back.
    Calling {
        /// The next retransmission; none over a reliable transport.
        timer_a: Option<Backoff>,
        /// When nobody is there.
        timer_b: Tick,
        /// Whether the user wants nothing more of it.
        abandoned: bool,
    },
    /// A provisional response has come.
    Proceeding {
        /// When a request that was cancelled or abandoned is given up though no final response came.
        give_up_at: Option<Tick>,
    },
    /// A 2xx has come; more may, from other branches or repeated (RFC 6026, 7.2).
    Accepted {
        /// When no more can come.
        timer_m: Tick,
    },
    /// Another final response has come; its repetitions get the same ACK.
    Completed {
        /// When none can come any more.
        timer_d: Tick,
    },
    /// Over.
    Terminated,
}

impl InviteClient {
    /// Sends the INVITE.
    #[must_use]
    pub fn begin(now: Tick, rules: Rules) -> (InviteClient, Effects) {
        let timer_a = rules.retransmission(now);
        let timer_b = now + rules.timing.patience();
        let calling = InviteClient::Calling { timer_a, timer_b, abandoned: false };
        (calling, Effects::one(Effect::SendRequest))
    }

    /// What becomes of the transaction, and what has to be done about it.
    #[must_use]
    pub fn next(self, now: Tick, event: ClientEvent, rules: Rules) -> (InviteClient, Effects) {
        match self {
            InviteClient::Calling { timer_a, timer_b, abandoned } => {
                self.next_calling(now, event, timer_a, timer_b, abandoned, rules)
            }
            InviteClient::Proceeding { give_up_at } => {
                self.next_proceeding(now, event, give_up_at, rules)
            }
            InviteClient::Accepted { timer_m } => self.next_accepted(now, event, timer_m),
            InviteClient::Completed { timer_d } => self.next_completed(now, event, timer_d),
            InviteClient::Terminated => (self, Effects::refused(Refusal::Terminated)),
        }
    }

    /// When this state wants a [`ClientEvent::Timeout`], and for which timer.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match *self {
            InviteClient::Calling { timer_a, timer_b, .. } => {
                Some(sooner(timer_a, "timer A", timer_b, "timer B"))
            }
            InviteClient::Proceeding { give_up_at } => {
                give_up_at.map(|at| (at, "64·T1 after CANCEL"))
            }
            InviteClient::Accepted { timer_m } => Some((timer_m, "timer M")),
            InviteClient::Completed { timer_d } => Some((timer_d, "timer D")),
            InviteClient::Terminated => None,
        }
    }

    fn next_calling(
        self,
        now: Tick,
        event: ClientEvent,
        timer_a: Option<Backoff>,
        timer_b: Tick,
        abandoned: bool,
        rules: Rules,
    ) -> (InviteClient, Effects) {
        match event {
            ClientEvent::Response(status) => {
                let give_up_at = abandoned.then(|| now + rules.timing.patience());
                self.answered(now, status, give_up_at, rules)
            }
            ClientEvent::Abandoned => {
                (InviteClient::Calling { timer_a, timer_b, abandoned: true }, Effects::NONE)
            }
            // RFC 3261, 9.1: before a provisional response a CANCEL could overtake its INVITE.
            ClientEvent::Cancelled => self.refuse(Refusal::TooEarly),
            ClientEvent::TransportError => over(Notice::TransportFailed),
            ClientEvent::Timeout if timer_b <= now => over(Notice::TimedOut),
            ClientEvent::Timeout => match timer_a {
                Some(due) if due.at <= now => {
                    // RFC 3261, 17.1.1.2: doubled each time, without the bound T2.
                    let timer_a = Some(due.doubled(now));
                    let calling = InviteClient::Calling { timer_a, timer_b, abandoned };
                    (calling, Effects::one(Effect::RetransmitRequest))
                }
                Some(_) | None => self.refuse(Refusal::NotDue),
            },
        }
    }

    fn next_proceeding(
        self,
        now: Tick,
        event: ClientEvent,
        give_up_at: Option<Tick>,
        rules: Rules,
    ) -> (InviteClient, Effects) {
        match event {
            ClientEvent::Response(status) => self.answered(now, status, give_up_at, rules),
            // RFC 3261, 9.1: without a final response within 64·T1 the request counts as cancelled.
            ClientEvent::Cancelled | ClientEvent::Abandoned => {
                let give_up_at = give_up_at.or(Some(now + rules.timing.patience()));
                (InviteClient::Proceeding { give_up_at }, Effects::NONE)
            }
            // Nothing is sent in this state: a late word about an INVITE that has arrived.
            ClientEvent::TransportError => (self, Effects::NONE),
            ClientEvent::Timeout if give_up_at.is_some_and(|at| at <= now) => {
                over(Notice::TimedOut)
            }
            ClientEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_accepted(
        self,
        now: Tick,
        event: ClientEvent,
        timer_m: Tick,
    ) -> (InviteClient, Effects) {
        match event {
            ClientEvent::Response(status) if status.is_success() => {
                (self, Effects::to_user(Notice::Response(status)))
            }
            // Overtaken by the 2xx, or a proxy's mistake.
            ClientEvent::Response(_) | ClientEvent::Abandoned | ClientEvent::TransportError => {
                (self, Effects::NONE)
            }
            ClientEvent::Cancelled => self.refuse(Refusal::AlreadyFinal),
            ClientEvent::Timeout if timer_m <= now => (InviteClient::Terminated, Effects::NONE),
            ClientEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_completed(
        self,
        now: Tick,
        event: ClientEvent,
        timer_d: Tick,
    ) -> (InviteClient, Effects) {
        match event {
            // RFC 3261, 17.1.1.2: acknowledged again, not passed up again.
            ClientEvent::Response(status) if status.is_final() && !status.is_success() => {
                (self, Effects::one(Effect::SendAck))
            }
            ClientEvent::Response(_) | ClientEvent::Abandoned => (self, Effects::NONE),
            ClientEvent::Cancelled => self.refuse(Refusal::AlreadyFinal),
            ClientEvent::TransportError => over(Notice::TransportFailed),
            ClientEvent::Timeout if timer_d <= now => (InviteClient::Terminated, Effects::NONE),
            ClientEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn answered(
        self,
        now: Tick,
        status: Status,
        give_up_at: Option<Tick>,
        rules: Rules,
    ) -> (InviteClient, Effects) {
        let notice = Notice::Response(status);
        if status.is_provisional() {
            return (InviteClient::Proceeding { give_up_at }, Effects::to_user(notice));
        }
        if status.is_success() {
            // RFC 6026, 8.4: 64·T1 over every transport, because another branch may answer later.
            let timer_m = now + rules.timing.patience();
            return (InviteClient::Accepted { timer_m }, Effects::to_user(notice));
        }
        let timer_d = now + rules.unless_reliable(rules.timing.timer_d());
        let effects = Effects::two(Effect::SendAck, Effect::ToUser(notice));
        (InviteClient::Completed { timer_d }, effects)
    }

    fn refuse(self, why: Refusal) -> (InviteClient, Effects) {
        (self, Effects::refused(why))
    }
}

fn over(notice: Notice) -> (InviteClient, Effects) {
    (InviteClient::Terminated, Effects::to_user(notice))
}
