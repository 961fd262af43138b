// SPDX-License-Identifier: EUPL-1.2
//! The client's side of every request but INVITE and ACK (RFC 3261, 17.1.2, figure 6).
//!
//! ```text
//!   request from user: send      timer E: send again     timer E: send again, T2 apart
//!          │                        ┌──┐                    ┌──┐
//!          ▼                        ▼  │        1xx         ▼  │
//!        Trying ──────────────────────────────────────▶ Proceeding
//!          │ │                                              │ │
//!          │ └────────── 200–699 ──▶ Completed ◀── 200–699 ─┘ │
//!          │ timer F, transport error    │ timer K            │ timer F, transport error
//!          ▼                             ▼                    ▼
//!        ───────────────────────── Terminated ──────────────────────
//! ```
//!
//! The rule to keep: it always ends within 64·T1 and what it waits for repetitions; timer F is never
//! moved.

use super::{Backoff, ClientEvent, Effect, Effects, Notice, Refusal, Rules, sooner};
use crate::Status;
use stdx::Tick;

/// A request that was sent, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NonInviteClient {
    /// Sent; nothing has come back.
    Trying {
        /// The next retransmission; none over a reliable transport.
        timer_e: Option<Backoff>,
        /// When nobody is there.
        timer_f: Tick,
    },
    /// A provisional response has come.
    Proceeding {
        /// The next retransmission; none over a reliable transport.
        timer_e: Option<Backoff>,
        /// When nobody is there any more.
        timer_f: Tick,
    },
    /// The final response has come; its repetitions are absorbed.
    Completed {
        /// When none can come any more.
        timer_k: Tick,
    },
    /// Over.
    Terminated,
}

impl NonInviteClient {
    /// Sends the request.
    #[must_use]
    pub fn begin(now: Tick, rules: Rules) -> (NonInviteClient, Effects) {
        let timer_e = rules.retransmission(now);
        let timer_f = now + rules.timing.patience();
        (NonInviteClient::Trying { timer_e, timer_f }, Effects::one(Effect::SendRequest))
    }

    /// What becomes of the transaction, and what has to be done about it.
    #[must_use]
    pub fn next(self, now: Tick, event: ClientEvent, rules: Rules) -> (NonInviteClient, Effects) {
        match self {
            NonInviteClient::Trying { timer_e, timer_f } => {
                self.next_trying(now, event, timer_e, timer_f, rules)
            }
            NonInviteClient::Proceeding { timer_e, timer_f } => {
                self.next_proceeding(now, event, timer_e, timer_f, rules)
            }
            NonInviteClient::Completed { timer_k } => self.next_completed(now, event, timer_k),
            NonInviteClient::Terminated => (self, Effects::refused(Refusal::Terminated)),
        }
    }

    /// When this state wants a [`ClientEvent::Timeout`], and for which timer.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match *self {
            NonInviteClient::Trying { timer_e, timer_f }
            | NonInviteClient::Proceeding { timer_e, timer_f } => {
                Some(sooner(timer_e, "timer E", timer_f, "timer F"))
            }
            NonInviteClient::Completed { timer_k } => Some((timer_k, "timer K")),
            NonInviteClient::Terminated => None,
        }
    }

    fn next_trying(
        self,
        now: Tick,
        event: ClientEvent,
        timer_e: Option<Backoff>,
        timer_f: Tick,
        rules: Rules,
    ) -> (NonInviteClient, Effects) {
        match event {
            ClientEvent::Response(status) => answered(now, status, timer_e, timer_f, rules),
            // RFC 3261, 9.1: a CANCEL is for INVITE only.
            ClientEvent::Cancelled => self.refuse(Refusal::NotForThisMethod),
            // It ends by itself.
            ClientEvent::Abandoned => (self, Effects::NONE),
            ClientEvent::TransportError => over(Notice::TransportFailed),
            ClientEvent::Timeout if timer_f <= now => over(Notice::TimedOut),
            ClientEvent::Timeout => match timer_e {
                Some(due) if due.at <= now => {
                    let timer_e = Some(due.doubled_to(now, rules.timing.t2));
                    let trying = NonInviteClient::Trying { timer_e, timer_f };
                    (trying, Effects::one(Effect::RetransmitRequest))
                }
                Some(_) | None => self.refuse(Refusal::NotDue),
            },
        }
    }

    fn next_proceeding(
        self,
        now: Tick,
        event: ClientEvent,
        timer_e: Option<Backoff>,
        timer_f: Tick,
        rules: Rules,
    ) -> (NonInviteClient, Effects) {
        match event {
            ClientEvent::Response(status) => answered(now, status, timer_e, timer_f, rules),
            ClientEvent::Cancelled => self.refuse(Refusal::NotForThisMethod),
            ClientEvent::Abandoned => (self, Effects::NONE),
            ClientEvent::TransportError => over(Notice::TransportFailed),
            ClientEvent::Timeout if timer_f <= now => over(Notice::TimedOut),
            ClientEvent::Timeout => match timer_e {
                Some(due) if due.at <= now => {
                    // RFC 3261, 17.1.2.2: in this state always T2.
                    let timer_e = Some(Backoff::starting(now, rules.timing.t2));
                    let proceeding = NonInviteClient::Proceeding { timer_e, timer_f };
                    (proceeding, Effects::one(Effect::RetransmitRequest))
                }
                Some(_) | None => self.refuse(Refusal::NotDue),
            },
        }
    }

    fn next_completed(
        self,
        now: Tick,
        event: ClientEvent,
        timer_k: Tick,
    ) -> (NonInviteClient, Effects) {
        match event {
            ClientEvent::Response(_) | ClientEvent::Abandoned | ClientEvent::TransportError => {
                (self, Effects::NONE)
            }
            ClientEvent::Cancelled => self.refuse(Refusal::NotForThisMethod),
            ClientEvent::Timeout if timer_k <= now => (NonInviteClient::Terminated, Effects::NONE),
            ClientEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn refuse(self, why: Refusal) -> (NonInviteClient, Effects) {
        (self, Effects::refused(why))
    }
}

fn answered(
    now: Tick,
    status: Status,
    timer_e: Option<Backoff>,
    timer_f: Tick,
    rules: Rules,
) -> (NonInviteClient, Effects) {
    let effects = Effects::to_user(Notice::Response(status));
    if status.is_provisional() {
        return (NonInviteClient::Proceeding { timer_e, timer_f }, effects);
    }
    let timer_k = now + rules.unless_reliable(rules.timing.t4);
    (NonInviteClient::Completed { timer_k }, effects)
}

fn over(notice: Notice) -> (NonInviteClient, Effects) {
    (NonInviteClient::Terminated, Effects::to_user(notice))
}
