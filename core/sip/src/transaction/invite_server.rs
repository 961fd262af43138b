// SPDX-License-Identifier: EUPL-1.2
//! The server's side of an INVITE (RFC 3261, 17.2.1, figure 7, as replaced by RFC 6026, 8.5 to 8.7).
//!
//! ```text
//!   INVITE: pass to user           INVITE: last 1xx again
//!          │ 200 ms: send 100          ┌──┐
//!          ▼                           ▼  │
//!      Proceeding ────────────────────────── 101–199 from user: send
//!        │      │
//!        │ 2xx  └─ 300–699 from user: send ─▶ Completed ──ACK──▶ Confirmed
//!        ▼                       INVITE, timer G: │ again            │
//!     Accepted ◀─┐ 2xx from user: send            │ timer H          │ timer I
//!        │  └────┘ ACK: pass to user              │                  │
//!        │ timer L                                ▼                  ▼
//!        └──────────────────────────────────── Terminated ───────────┘
//! ```
//!
//! The rule to keep: a 2xx is repeated by the transaction user alone; a failing transport never ends
//! the transaction (RFC 6026, 8.8), so that repetitions of the INVITE keep being recognised.

use super::{Backoff, Effect, Effects, Notice, Refusal, Rules, ServerEvent, TRYING_AFTER, sooner};
use crate::Status;
use stdx::Tick;

const TRYING: Status = match Status::new(100) {
    Some(status) => status,
    None => unreachable!(),
};

/// An INVITE that has come, and what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InviteServer {
    /// No final response yet. How long this may last is the transaction user's matter.
    Proceeding {
        /// The last provisional response.
        last: Option<Status>,
        /// When a 100 is sent because the user is slow.
        trying_at: Option<Tick>,
    },
    /// A 2xx was sent; the user repeats it until the ACK (RFC 6026, 7.1).
    Accepted {
        /// When nobody repeats anything any more.
        timer_l: Tick,
    },
    /// Another final response was sent; the ACK has not come.
    Completed {
        /// Which.
        last: Status,
        /// Its next repetition; none over a reliable transport.
        timer_g: Option<Backoff>,
        /// When the ACK is given up.
        timer_h: Tick,
    },
    /// The ACK has come; its repetitions are absorbed.
    Confirmed {
        /// When none can come any more.
        timer_i: Tick,
    },
    /// Over.
    Terminated,
}

impl InviteServer {
    /// An INVITE came. The caller passes it to the transaction user.
    #[must_use]
    pub fn begin(now: Tick) -> InviteServer {
        InviteServer::Proceeding { last: None, trying_at: Some(now + TRYING_AFTER) }
    }

    /// What becomes of the transaction, and what has to be done about it.
    #[must_use]
    pub fn next(self, now: Tick, event: ServerEvent, rules: Rules) -> (InviteServer, Effects) {
        match self {
            InviteServer::Proceeding { last, trying_at } => {
                self.next_proceeding(now, event, last, trying_at, rules)
            }
            InviteServer::Accepted { timer_l } => self.next_accepted(now, event, timer_l),
            InviteServer::Completed { last, timer_g, timer_h } => {
                self.next_completed(now, event, last, timer_g, timer_h, rules)
            }
            InviteServer::Confirmed { timer_i } => self.next_confirmed(now, event, timer_i),
            InviteServer::Terminated => (self, Effects::refused(Refusal::Terminated)),
        }
    }

    /// When this state wants a [`ServerEvent::Timeout`], and for which timer.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match *self {
            InviteServer::Proceeding { trying_at, .. } => {
                trying_at.map(|at| (at, "100 after 200 ms"))
            }
            InviteServer::Accepted { timer_l } => Some((timer_l, "timer L")),
            InviteServer::Completed { timer_g, timer_h, .. } => {
                Some(sooner(timer_g, "timer G", timer_h, "timer H"))
            }
            InviteServer::Confirmed { timer_i } => Some((timer_i, "timer I")),
            InviteServer::Terminated => None,
        }
    }

    fn next_proceeding(
        self,
        now: Tick,
        event: ServerEvent,
        last: Option<Status>,
        trying_at: Option<Tick>,
        rules: Rules,
    ) -> (InviteServer, Effects) {
        match event {
            ServerEvent::Retransmission => {
                let again = last.map(Effect::RetransmitResponse);
                (self, again.map_or(Effects::NONE, Effects::one))
            }
            ServerEvent::Ack => self.refuse(Refusal::NotAnswered),
            // Would take a ringing telephone back to nothing.
            ServerEvent::FromUser(TRYING) if last.is_some() => {
                self.refuse(Refusal::AlreadyProvisional)
            }
            ServerEvent::FromUser(status) => answer(now, status, rules),
            ServerEvent::TransportError => (self, Effects::to_user(Notice::TransportFailed)),
            ServerEvent::Timeout if trying_at.is_some_and(|at| at <= now) => {
                answer(now, TRYING, rules)
            }
            ServerEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_accepted(
        self,
        now: Tick,
        event: ServerEvent,
        timer_l: Tick,
    ) -> (InviteServer, Effects) {
        match event {
            // RFC 6026, 8.7: absorbed; the 2xx is on its way again at the user's pace.
            ServerEvent::Retransmission => (self, Effects::NONE),
            ServerEvent::Ack => (self, Effects::to_user(Notice::Ack)),
            ServerEvent::FromUser(status) if status.is_success() => {
                (self, Effects::one(Effect::SendResponse(status)))
            }
            ServerEvent::FromUser(_) => self.refuse(Refusal::AlreadyFinal),
            ServerEvent::TransportError => (self, Effects::to_user(Notice::TransportFailed)),
            ServerEvent::Timeout if timer_l <= now => (InviteServer::Terminated, Effects::NONE),
            ServerEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_completed(
        self,
        now: Tick,
        event: ServerEvent,
        last: Status,
        timer_g: Option<Backoff>,
        timer_h: Tick,
        rules: Rules,
    ) -> (InviteServer, Effects) {
        match event {
            ServerEvent::Retransmission => (self, Effects::one(Effect::RetransmitResponse(last))),
            ServerEvent::Ack => {
                let timer_i = now + rules.unless_reliable(rules.timing.t4);
                (InviteServer::Confirmed { timer_i }, Effects::NONE)
            }
            ServerEvent::FromUser(_) => self.refuse(Refusal::AlreadyFinal),
            ServerEvent::TransportError => (self, Effects::to_user(Notice::TransportFailed)),
            ServerEvent::Timeout if timer_h <= now => {
                (InviteServer::Terminated, Effects::to_user(Notice::TimedOut))
            }
            ServerEvent::Timeout => match timer_g {
                Some(due) if due.at <= now => {
                    let timer_g = Some(due.doubled_to(now, rules.timing.t2));
                    let completed = InviteServer::Completed { last, timer_g, timer_h };
                    (completed, Effects::one(Effect::RetransmitResponse(last)))
                }
                Some(_) | None => self.refuse(Refusal::NotDue),
            },
        }
    }

    fn next_confirmed(
        self,
        now: Tick,
        event: ServerEvent,
        timer_i: Tick,
    ) -> (InviteServer, Effects) {
        match event {
            // An INVITE that was overtaken by the ACK, an ACK to a repetition, a late error.
            ServerEvent::Retransmission | ServerEvent::Ack | ServerEvent::TransportError => {
                (self, Effects::NONE)
            }
            ServerEvent::FromUser(_) => self.refuse(Refusal::AlreadyFinal),
            ServerEvent::Timeout if timer_i <= now => (InviteServer::Terminated, Effects::NONE),
            ServerEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn refuse(self, why: Refusal) -> (InviteServer, Effects) {
        (self, Effects::refused(why))
    }
}

fn answer(now: Tick, status: Status, rules: Rules) -> (InviteServer, Effects) {
    let effects = Effects::one(Effect::SendResponse(status));
    if status.is_provisional() {
        return (InviteServer::Proceeding { last: Some(status), trying_at: None }, effects);
    }
    let patience_over = now + rules.timing.patience();
    if status.is_success() {
        return (InviteServer::Accepted { timer_l: patience_over }, effects);
    }
    let timer_g = rules.retransmission(now);
    (InviteServer::Completed { last: status, timer_g, timer_h: patience_over }, effects)
}
