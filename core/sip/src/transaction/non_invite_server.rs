// SPDX-License-Identifier: EUPL-1.2
//! The server's side of every request but INVITE and ACK (RFC 3261, 17.2.2, figure 8; RFC 4320).
//!
//! ```text
//!   request: pass to user
//!          │
//!          ▼        100 from user, or 3.5 s: send
//!        Trying ───────────────────────────────────▶ Proceeding ◀─┐ request: 100 again
//!          │ │                                          │ │  └────┘
//!          │ └─ 200–699: send ─▶ Completed ◀─ 200–699 ──┘ │
//!          │            request: │ again                  │
//!          │ 64·T1               │ timer J                │ 64·T1
//!          ▼                     ▼                        ▼
//!        ─────────────────── Terminated ──────────────────────
//! ```
//!
//! The rule to keep: no provisional but 100, no early 100, and never 408 (RFC 4320, 4.1 and 4.2). When
//! the client's timer F must have fired, a late answer would only be a stray one: nothing is sent.

use super::{Effect, Effects, Notice, Refusal, Rules, ServerEvent, Transport};
use crate::Status;
use stdx::Tick;

const TRYING: Status = match Status::new(100) {
    Some(status) => status,
    None => unreachable!(),
};

const REQUEST_TIMEOUT: Status = match Status::new(408) {
    Some(status) => status,
    None => unreachable!(),
};

/// A request that has come, and what was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NonInviteServer {
    /// Passed to the user; nothing was answered.
    Trying {
        /// When a 100 may be sent, and is if the user is that slow.
        trying_at: Tick,
        /// When the client has given up.
        client_gone_at: Tick,
    },
    /// A 100 was sent.
    Proceeding {
        /// When the client has given up.
        client_gone_at: Tick,
    },
    /// The final response was sent; repetitions of the request get it again.
    Completed {
        /// Which.
        last: Status,
        /// When none can come any more.
        timer_j: Tick,
    },
    /// Over.
    Terminated,
}

impl NonInviteServer {
    /// A request came. The caller passes it to the transaction user.
    #[must_use]
    pub fn begin(now: Tick, rules: Rules) -> NonInviteServer {
        let trying_at = now + rules.timing.until_timer_e_is_t2();
        NonInviteServer::Trying { trying_at, client_gone_at: now + rules.timing.patience() }
    }

    /// What becomes of the transaction, and what has to be done about it.
    #[must_use]
    pub fn next(self, now: Tick, event: ServerEvent, rules: Rules) -> (NonInviteServer, Effects) {
        match self {
            NonInviteServer::Trying { trying_at, client_gone_at } => {
                self.next_trying(now, event, trying_at, client_gone_at, rules)
            }
            NonInviteServer::Proceeding { client_gone_at } => {
                self.next_proceeding(now, event, client_gone_at, rules)
            }
            NonInviteServer::Completed { last, timer_j } => {
                self.next_completed(now, event, last, timer_j)
            }
            NonInviteServer::Terminated => (self, Effects::refused(Refusal::Terminated)),
        }
    }

    /// When this state wants a [`ServerEvent::Timeout`], and for which timer.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match *self {
            NonInviteServer::Trying { trying_at, client_gone_at } if trying_at < client_gone_at => {
                Some((trying_at, "100 when timer E is T2"))
            }
            NonInviteServer::Trying { client_gone_at, .. }
            | NonInviteServer::Proceeding { client_gone_at } => {
                Some((client_gone_at, "timer F of the client"))
            }
            NonInviteServer::Completed { timer_j, .. } => Some((timer_j, "timer J")),
            NonInviteServer::Terminated => None,
        }
    }

    fn next_trying(
        self,
        now: Tick,
        event: ServerEvent,
        trying_at: Tick,
        client_gone_at: Tick,
        rules: Rules,
    ) -> (NonInviteServer, Effects) {
        let may_say_100 = match rules.transport {
            Transport::Reliable => true,
            Transport::Unreliable => trying_at <= now,
        };
        match event {
            ServerEvent::Retransmission => (self, Effects::NONE),
            ServerEvent::Ack => self.refuse(Refusal::NotForThisMethod),
            ServerEvent::FromUser(status) if status == TRYING && !may_say_100 => {
                self.refuse(Refusal::TooEarly)
            }
            ServerEvent::FromUser(status) => self.answer(now, status, client_gone_at, rules),
            // Nothing was sent: a late word about another message.
            ServerEvent::TransportError => (self, Effects::NONE),
            ServerEvent::Timeout if client_gone_at <= now => over(),
            ServerEvent::Timeout if trying_at <= now => {
                self.answer(now, TRYING, client_gone_at, rules)
            }
            ServerEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_proceeding(
        self,
        now: Tick,
        event: ServerEvent,
        client_gone_at: Tick,
        rules: Rules,
    ) -> (NonInviteServer, Effects) {
        match event {
            ServerEvent::Retransmission => (self, Effects::one(Effect::RetransmitResponse(TRYING))),
            ServerEvent::Ack => self.refuse(Refusal::NotForThisMethod),
            ServerEvent::FromUser(status) => self.answer(now, status, client_gone_at, rules),
            ServerEvent::TransportError => (self, Effects::to_user(Notice::TransportFailed)),
            ServerEvent::Timeout if client_gone_at <= now => over(),
            ServerEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_completed(
        self,
        now: Tick,
        event: ServerEvent,
        last: Status,
        timer_j: Tick,
    ) -> (NonInviteServer, Effects) {
        match event {
            ServerEvent::Retransmission => (self, Effects::one(Effect::RetransmitResponse(last))),
            ServerEvent::Ack => self.refuse(Refusal::NotForThisMethod),
            ServerEvent::FromUser(_) => self.refuse(Refusal::AlreadyFinal),
            // RFC 6026, 8.8: the state stays. Figure 8 of RFC 3261 would end here, and would take
            // the client's next repetition for a new request.
            ServerEvent::TransportError => (self, Effects::to_user(Notice::TransportFailed)),
            ServerEvent::Timeout if timer_j <= now => (NonInviteServer::Terminated, Effects::NONE),
            ServerEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn answer(
        self,
        now: Tick,
        status: Status,
        client_gone_at: Tick,
        rules: Rules,
    ) -> (NonInviteServer, Effects) {
        let effects = Effects::one(Effect::SendResponse(status));
        if status == TRYING {
            return (NonInviteServer::Proceeding { client_gone_at }, effects);
        }
        if status.is_provisional() || status == REQUEST_TIMEOUT {
            return self.refuse(Refusal::NotForThisMethod);
        }
        let timer_j = now + rules.unless_reliable(rules.timing.patience());
        (NonInviteServer::Completed { last: status, timer_j }, effects)
    }

    fn refuse(self, why: Refusal) -> (NonInviteServer, Effects) {
        (self, Effects::refused(why))
    }
}

fn over() -> (NonInviteServer, Effects) {
    (NonInviteServer::Terminated, Effects::to_user(Notice::TimedOut))
}
