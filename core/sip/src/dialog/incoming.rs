// SPDX-License-Identifier: EUPL-1.2
//! An INVITE that came, until its final response (RFC 3261, 13.3).
//!
//! ```text
//!   INVITE ──▶ Proceeding ──answer──▶ Accepted      (Established goes on, and repeats the 2xx)
//!               │ ▲  │ └─ answer while a reliable 1xx with SDP waits: held until its PRACK
//!               └─┘  └─ rejected, CANCEL: 487, BYE: 487, no PRACK: 504, rang out: 480 ─▶ Refused
//!             1xx from user, and again each minute
//! ```
//!
//! The rule to keep: one final response, once. What was decided first wins: a CANCEL behind the 200
//! gets its 200 and changes nothing; the caller will say BYE.

use super::{Few, Party, RAck, Refusal, ReliableEffect, ReliableProvisionals};
use crate::Status;
use crate::transaction::Timing;
use stdx::{Micros, Tick};

/// RFC 3261, 13.3.1.1: proxies give a call three minutes; a provisional response each minute keeps it
/// alive though some are lost.
pub const PROVISIONAL_EVERY: Micros = Micros::from_mins(1);

const TERMINATED: Status = status(487);
const RANG_OUT: Status = status(480);
const NO_PRACK: Status = status(504);
const OK: Status = status(200);
const NO_SUCH: Status = status(481);

const fn status(code: u16) -> Status {
    match Status::new(code) {
        Some(status) => status,
        None => unreachable!(),
    }
}

/// An INVITE that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncomingInvite {
    /// How far it is.
    pub state: IncomingState,
    /// Its reliable provisional responses.
    pub reliable: ReliableProvisionals,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncomingState {
    /// No final response yet.
    Proceeding {
        /// The last provisional response of the user.
        last: Option<Status>,
        /// Whether it was sent reliably; then all are.
        reliably: bool,
        /// The 2xx that waits for a PRACK.
        held: Option<Status>,
        /// When the last one is sent again.
        again_at: Option<Tick>,
        /// When nobody will answer any more.
        ring_until: Tick,
    },
    /// A 2xx was sent.
    Accepted,
    /// Another final response was sent.
    Refused {
        /// Which.
        status: Status,
        /// Whose wish it was: the peer's after CANCEL or BYE.
        by: Party,
    },
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncomingEvent {
    /// The user says how it goes on: 101 to 199.
    Progress {
        /// The status.
        status: Status,
        /// Whether it must arrive.
        reliably: bool,
        /// Whether it carries a session description.
        carries_sdp: bool,
    },
    /// The user takes the call: 2xx.
    Answer(Status),
    /// The user does not: 300 to 699.
    Reject(Status),
    /// A CANCEL that matches came.
    Cancel,
    /// A BYE in the early dialog came.
    Bye,
    /// A PRACK came.
    Prack(RAck),
    /// A deadline has come.
    Timeout,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncomingEffect {
    /// Not possible; nothing changed.
    Refused(Refusal),
    /// Send this provisional response.
    SendProvisional {
        /// Its status.
        status: Status,
        /// Its RSeq, if it must arrive.
        rseq: Option<u32>,
    },
    /// Send this reliable one again.
    RepeatProvisional {
        /// Its status.
        status: Status,
        /// Its RSeq.
        rseq: u32,
    },
    /// Send the final response; with 2xx, [`super::Established`] begins.
    SendFinal(Status),
    /// Answer the PRACK.
    AnswerPrack(Status),
    /// Answer the CANCEL.
    AnswerCancel(Status),
    /// Answer the BYE.
    AnswerBye(Status),
    /// Tell the user that its last reliable response has arrived.
    Arrived,
    /// Tell the user that the call is gone.
    Ended {
        /// The final response.
        status: Status,
        /// Whose wish it was.
        by: Party,
    },
}

type Step = (IncomingInvite, Few<IncomingEffect>);

impl IncomingInvite {
    /// An INVITE came; `first_rseq` is drawn from 1 to 2³¹ − 1.
    #[must_use]
    pub fn begin(ring_until: Tick, invite_cseq: u32, first_rseq: u32) -> IncomingInvite {
        let state = IncomingState::Proceeding {
            last: None,
            reliably: false,
            held: None,
            again_at: None,
            ring_until,
        };
        IncomingInvite { state, reliable: ReliableProvisionals::new(invite_cseq, first_rseq) }
    }

    /// What becomes of it, and what has to be done about it.
    #[must_use]
    pub fn next(self, now: Tick, event: IncomingEvent, timing: Timing) -> Step {
        match self.state {
            IncomingState::Proceeding { held, ring_until, .. } => match event {
                IncomingEvent::Progress { status, reliably, carries_sdp } => {
                    self.progress(now, status, reliably, carries_sdp, timing)
                }
                IncomingEvent::Answer(status) if !status.is_success() => {
                    self.refuse(Refusal::WrongStatus)
                }
                IncomingEvent::Answer(_) if held.is_some() => self.refuse(Refusal::AlreadyFinal),
                IncomingEvent::Answer(status) => self.answer(status),
                IncomingEvent::Reject(status) if status.is_provisional() || status.is_success() => {
                    self.refuse(Refusal::WrongStatus)
                }
                IncomingEvent::Reject(status) => self.end(status, Party::Us, None),
                IncomingEvent::Cancel => {
                    self.end(TERMINATED, Party::Peer, Some(IncomingEffect::AnswerCancel(OK)))
                }
                // RFC 3261, 15.1.2: pending requests are still answered, with 487.
                IncomingEvent::Bye => {
                    self.end(TERMINATED, Party::Peer, Some(IncomingEffect::AnswerBye(OK)))
                }
                IncomingEvent::Prack(rack) => self.prack(rack, held),
                IncomingEvent::Timeout if ring_until <= now => self.end(RANG_OUT, Party::Us, None),
                IncomingEvent::Timeout => self.elapse(now, timing),
            },
            IncomingState::Accepted | IncomingState::Refused { .. } => match event {
                IncomingEvent::Progress { .. }
                | IncomingEvent::Answer(_)
                | IncomingEvent::Reject(_) => self.refuse(Refusal::AlreadyFinal),
                // RFC 3261, 9.2: no effect on what has been answered, and 200 to the CANCEL.
                IncomingEvent::Cancel => (self, Few::one(IncomingEffect::AnswerCancel(OK))),
                // In a refused INVITE there is no dialog left; in an accepted one the BYE is not
                // for this machine.
                IncomingEvent::Bye => (self, Few::one(IncomingEffect::AnswerBye(NO_SUCH))),
                IncomingEvent::Prack(rack) => self.prack(rack, None),
                IncomingEvent::Timeout => self.refuse(Refusal::NotDue),
            },
        }
    }

    /// When it wants a [`IncomingEvent::Timeout`], and why.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match self.state {
            IncomingState::Proceeding { again_at, ring_until, .. } => {
                let again = again_at.map(|at| (at, "1xx each minute"));
                let all = [self.reliable.deadline(), again, Some((ring_until, "rang out"))];
                all.into_iter().flatten().min_by_key(|(at, _)| *at)
            }
            IncomingState::Accepted | IncomingState::Refused { .. } => None,
        }
    }

    fn progress(
        self,
        now: Tick,
        status: Status,
        reliably: bool,
        carries_sdp: bool,
        timing: Timing,
    ) -> Step {
        let IncomingState::Proceeding { held, ring_until, .. } = self.state else {
            return self.refuse(Refusal::AlreadyFinal);
        };
        if !status.is_provisional() || status.code() == 100 {
            return self.refuse(Refusal::WrongStatus);
        }
        if held.is_some() {
            return self.refuse(Refusal::AlreadyFinal);
        }
        let again_at = Some(now + PROVISIONAL_EVERY);
        let last = Some(status);
        let state = IncomingState::Proceeding { last, reliably, held, again_at, ring_until };
        if !reliably {
            let effect = IncomingEffect::SendProvisional { status, rseq: None };
            return (IncomingInvite { state, ..self }, Few::one(effect));
        }
        match self.reliable.send(now, status, carries_sdp, timing) {
            Ok((reliable, rseq)) => {
                let effect = IncomingEffect::SendProvisional { status, rseq: Some(rseq) };
                (IncomingInvite { state, reliable }, Few::one(effect))
            }
            Err(why) => self.refuse(why),
        }
    }

    fn answer(self, status: Status) -> Step {
        if self.reliable.holds_2xx() {
            return (self.holding(Some(status)), Few::NONE);
        }
        let accepted =
            IncomingInvite { state: IncomingState::Accepted, reliable: self.reliable.silent() };
        (accepted, Few::one(IncomingEffect::SendFinal(status)))
    }

    fn prack(self, rack: RAck, held: Option<Status>) -> Step {
        let (reliable, matches) = self.reliable.acknowledge(rack);
        let invite = IncomingInvite { reliable, ..self };
        if !matches {
            // RFC 3262, 3.
            return (invite, Few::one(IncomingEffect::AnswerPrack(NO_SUCH)));
        }
        let answered = IncomingEffect::AnswerPrack(OK);
        match held {
            Some(status) => {
                let accepted = IncomingInvite { state: IncomingState::Accepted, reliable };
                (accepted, Few::two(answered, IncomingEffect::SendFinal(status)))
            }
            None => (invite, Few::two(answered, IncomingEffect::Arrived)),
        }
    }

    fn elapse(self, now: Tick, timing: Timing) -> Step {
        let (reliable, effect) = self.reliable.elapse(now);
        let invite = IncomingInvite { reliable, ..self };
        match effect {
            ReliableEffect::Repeat { status, rseq } => {
                (invite, Few::one(IncomingEffect::RepeatProvisional { status, rseq }))
            }
            // RFC 3262, 3: 64·T1 without a PRACK ends the call with a 5xx.
            ReliableEffect::GiveUp => invite.end(NO_PRACK, Party::Us, None),
            ReliableEffect::Refused(why) => self.say_again(now, timing, why),
        }
    }

    fn say_again(self, now: Tick, timing: Timing, otherwise: Refusal) -> Step {
        let IncomingState::Proceeding { last, reliably, again_at, .. } = self.state else {
            return self.refuse(otherwise);
        };
        match last {
            Some(status) if again_at.is_some_and(|at| at <= now) => {
                let (next, effects) = self.progress(now, status, reliably, false, timing);
                // One that waits for its PRACK is being repeated anyway, and so does a held 2xx.
                if next == self { (self.again_after(now), Few::NONE) } else { (next, effects) }
            }
            Some(_) | None => self.refuse(otherwise),
        }
    }

    fn again_after(self, now: Tick) -> IncomingInvite {
        match self.state {
            IncomingState::Proceeding { last, reliably, held, ring_until, .. } => {
                let again_at = Some(now + PROVISIONAL_EVERY);
                let state =
                    IncomingState::Proceeding { last, reliably, held, again_at, ring_until };
                IncomingInvite { state, ..self }
            }
            IncomingState::Accepted | IncomingState::Refused { .. } => self,
        }
    }

    fn holding(self, held: Option<Status>) -> IncomingInvite {
        match self.state {
            IncomingState::Proceeding { last, reliably, again_at, ring_until, .. } => {
                let state =
                    IncomingState::Proceeding { last, reliably, held, again_at, ring_until };
                IncomingInvite { state, ..self }
            }
            IncomingState::Accepted | IncomingState::Refused { .. } => self,
        }
    }

    fn end(self, status: Status, by: Party, answer: Option<IncomingEffect>) -> Step {
        let state = IncomingState::Refused { status, by };
        let effects = match answer {
            Some(answer) => Few::two(answer, IncomingEffect::SendFinal(status)),
            None => Few::one(IncomingEffect::SendFinal(status)),
        };
        let ended = IncomingInvite { state, reliable: self.reliable.silent() };
        (ended, effects.and(IncomingEffect::Ended { status, by }))
    }

    fn refuse(self, why: Refusal) -> Step {
        (self, Few::one(IncomingEffect::Refused(why)))
    }
}
