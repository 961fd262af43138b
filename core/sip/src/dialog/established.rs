// SPDX-License-Identifier: EUPL-1.2
//! A call that is up, in its dialog, until it is over on both sides.
//!
//! ```text
//!   2xx sent, or received: Up ──hang up, before the ACK to our first 2xx──▶ Leaving
//!                          │ ▲│                                               │ ACK, 64·T1
//!        re-INVITE, UPDATE └─┘└─ hang up, no ACK, expired, 481, 408: BYE ─▶ Ending ◀┘
//!                          │                                                  │ BYE answered
//!                          └──────────────── BYE came: 200 ───────────────▶ Ended
//! ```
//!
//! The rule to keep: [`EstablishedEffect::Ended`] is told once. Whatever comes for an ending call is
//! answered, so that the peer's transactions end too.

use super::{
    AckEffect, AckEvent, Agreed, AwaitedAck, Carrier, Decision, Few, Modification, OfferUnderWay,
    Party, Refusal, Role, SessionTimer, TimerEffect, TimerEvent, glare_wait, retry_after,
};
use crate::Status;
use crate::transaction::Timing;
use stdx::{Micros, Tick};

/// How often a change is tried again after 491; each time somebody else's change was in the way.
const GLARE_TRIES_MAX: u8 = 5;

/// How long our re-INVITE may stay without a final response before we cancel it: longer than a person
/// thinks about a question on the telephone's screen, and no change of theirs is possible meanwhile.
const REINVITE_MAX: Micros = Micros::from_mins(1);

/// How long a change waits for one of theirs that is under way when it should be tried again.
const BUSY_WAIT: Micros = Micros::from_secs(1);

const OK: Status = status(200);
const NOBODY: Status = status(408);
const NO_SUCH: Status = status(481);
const TERMINATED: Status = status(487);
const PENDING: Status = status(491);
const SERVER_ERROR: Status = status(500);

const fn status(code: u16) -> Status {
    match Status::new(code) {
        Some(status) => status,
        None => unreachable!(),
    }
}

/// How a call that was up ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Somebody hung up.
    HungUp(Party),
    /// Our 2xx was never acknowledged.
    NotAcknowledged,
    /// Nobody refreshed the session.
    Expired,
    /// The peer does not know the dialog any more, or does not answer (RFC 3261, 12.2.1.2).
    PeerGone,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// It is up.
    Up,
    /// We have hung up, but the called side may not send BYE before the ACK (RFC 3261, 15).
    Leaving,
    /// Our BYE has no answer yet.
    Ending,
    /// Over; it can be forgotten.
    Ended,
}

/// A change of ours that met one of theirs and is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Retry {
    /// When.
    pub at: Tick,
    /// What carries it.
    pub carrier: Carrier,
    /// Whether it carries an offer.
    pub with_offer: bool,
    /// How often it was tried.
    pub tries: u8,
}

/// A call that is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Established {
    /// How far it is.
    pub phase: Phase,
    /// Which side we were at its beginning.
    pub role: Role,
    /// Our 2xx that waits for its ACK.
    pub ack: Option<AwaitedAck>,
    /// Whether that is the 2xx to the first INVITE.
    pub ack_is_first: bool,
    /// The CSeq of the last INVITE of ours that a 2xx has answered: what comes for it again is a
    /// repetition, even while another is under way.
    pub our_cseq: u32,
    /// The CSeq of their re-INVITE, while it is under way.
    pub their_cseq: u32,
    /// What is under way.
    pub modification: Modification,
    /// When our re-INVITE under way is cancelled.
    pub cancel_at: Option<Tick>,
    /// Our change that is tried again.
    pub retry: Option<Retry>,
    /// How often it was.
    pub tries: u8,
    /// The session timer.
    pub timer: SessionTimer,
    /// What carries a refresh: UPDATE, if the peer allows it.
    pub refresh_by: Carrier,
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstablishedEvent {
    /// The user hangs up.
    HangUp,
    /// The user wants another session.
    Modify {
        /// By what.
        carrier: Carrier,
        /// Whether it carries an offer.
        with_offer: bool,
    },
    /// The user answers theirs, finally.
    Answer {
        /// Which.
        carrier: Carrier,
        /// With what.
        status: Status,
        /// The session timer that the 2xx agrees on.
        agreed: Option<Agreed>,
    },
    /// A re-INVITE or UPDATE came, in order.
    Request {
        /// Which.
        carrier: Carrier,
        /// Its CSeq.
        cseq: u32,
        /// Whether it carries an offer.
        with_offer: bool,
        /// A random number, for a Retry-After.
        draw: u64,
    },
    /// A CANCEL for their re-INVITE came; it has its own 200.
    Cancel,
    /// The final response to ours came; 408 if none did.
    Answered {
        /// To which.
        carrier: Carrier,
        /// Its CSeq.
        cseq: u32,
        /// What it says.
        status: Status,
        /// The session timer that the 2xx agrees on.
        agreed: Option<Agreed>,
        /// A random number, for the time after a 491.
        draw: u64,
    },
    /// The final response to any other request of ours in the dialog came; 408 if none did.
    OtherAnswered(Status),
    /// An ACK came.
    Ack {
        /// Its CSeq.
        cseq: u32,
    },
    /// A BYE came.
    Bye,
    /// The final response to our BYE came, or none did.
    ByeAnswered,
    /// A deadline has come.
    Timeout,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstablishedEffect {
    /// Not possible; nothing changed.
    Refused(Refusal),
    /// Send a re-INVITE or UPDATE.
    Send {
        /// Which.
        carrier: Carrier,
        /// Whether it carries an offer.
        with_offer: bool,
    },
    /// Send CANCEL for our re-INVITE, and tell its transaction. It has had a provisional response: none
    /// and timer B would have ended it before.
    CancelOurs,
    /// Tell the transaction of our re-INVITE that it is abandoned: the BYE makes the peer answer it, and
    /// if the peer is gone nothing else would ever end it.
    AbandonOurs,
    /// Send BYE.
    SendBye,
    /// Send the ACK to a 2xx, perhaps again.
    SendAck {
        /// The CSeq of its INVITE.
        cseq: u32,
    },
    /// Send our 2xx again.
    Repeat2xx,
    /// Answer theirs.
    Answer {
        /// Which.
        carrier: Carrier,
        /// With what.
        status: Status,
        /// Retry-After in seconds.
        retry_after: Option<u8>,
    },
    /// Answer their BYE.
    AnswerBye(Status),
    /// Tell the user that our 2xx was acknowledged.
    Confirmed,
    /// Ask the user, who answers.
    Asked {
        /// What came.
        carrier: Carrier,
        /// Whether it carries an offer.
        with_offer: bool,
    },
    /// Tell the user that nobody waits for the answer to their re-INVITE any more.
    Withdrawn,
    /// Tell the user that the session is as it wanted, or refreshed.
    Changed(Carrier),
    /// Tell the user that the session is as it was before (RFC 3261, 14.1). What was agreed on the way
    /// by a reliable 1xx stays; who wants it otherwise sends another (RFC 6141, 3.4).
    NotChanged(Carrier, Status),
    /// Tell the user, once.
    Ended(End),
}

type Effects = Few<EstablishedEffect>;
type Step = (Established, Effects);

impl Established {
    /// The caller's side: a 2xx came, and its ACK was sent.
    #[must_use]
    pub fn as_client(invite_cseq: u32, timer: SessionTimer, refresh_by: Carrier) -> Established {
        Established {
            phase: Phase::Up,
            role: Role::UserAgentClient,
            ack: None,
            ack_is_first: false,
            our_cseq: invite_cseq,
            their_cseq: 0,
            modification: Modification::SETTLED,
            cancel_at: None,
            retry: None,
            tries: 0,
            timer,
            refresh_by,
        }
    }

    /// The called side: our 2xx was sent, with an offer if the INVITE had none.
    #[must_use]
    pub fn as_server(
        now: Tick,
        invite_cseq: u32,
        with_offer: bool,
        timer: SessionTimer,
        refresh_by: Carrier,
        timing: Timing,
    ) -> Established {
        let offer =
            if with_offer { OfferUnderWay::Ours(Carrier::Invite) } else { OfferUnderWay::None };
        Established {
            role: Role::UserAgentServer,
            ack: Some(AwaitedAck::begin(now, invite_cseq, timing)),
            ack_is_first: true,
            modification: Modification { offer, ..Modification::SETTLED },
            ..Established::as_client(0, timer, refresh_by)
        }
    }

    /// An UPDATE of theirs with an offer came before the 2xx, and has no answer yet (RFC 3311, 5.2).
    #[must_use]
    pub fn with_their_update(self) -> Established {
        let offer = OfferUnderWay::Theirs(Carrier::Update);
        let modification = Modification { their_update: true, offer, ..self.modification };
        Established { modification, ..self }
    }

    /// What becomes of it, and what has to be done about it.
    #[must_use]
    pub fn next(self, now: Tick, event: EstablishedEvent, timing: Timing) -> Step {
        match self.phase {
            Phase::Up => self.next_up(now, event, timing),
            Phase::Leaving => self.next_leaving(now, event, timing),
            Phase::Ending | Phase::Ended => self.next_ending(event),
        }
    }

    /// When it wants a [`EstablishedEvent::Timeout`], and why. None while a BYE is under way, whose
    /// transaction has timer F.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        let ack = self.ack.and_then(|ack| ack.deadline());
        let retry = self.retry.map(|retry| (retry.at, "change again after 491"));
        let cancel = self.cancel_at.map(|at| (at, "re-INVITE without an answer"));
        match self.phase {
            Phase::Up => {
                let all = [ack, self.timer.deadline(), retry, cancel];
                all.into_iter().flatten().min_by_key(|(at, _)| *at)
            }
            Phase::Leaving => ack,
            Phase::Ending | Phase::Ended => None,
        }
    }

    /// Whether the peer is known to have our first 2xx. Before that a request of ours could overtake
    /// it, find no dialog, and its 481 would end a call that has just begun.
    #[must_use]
    pub fn peer_knows(&self) -> bool {
        !(self.ack_is_first && self.awaits_ack())
    }

    fn next_up(self, now: Tick, event: EstablishedEvent, timing: Timing) -> Step {
        match event {
            EstablishedEvent::HangUp if !self.peer_knows() => self.leave(),
            EstablishedEvent::HangUp => self.hang_up(End::HungUp(Party::Us)),
            EstablishedEvent::Modify { carrier, with_offer } => {
                self.modify(now, carrier, with_offer)
            }
            EstablishedEvent::Answer { carrier, status, agreed } => {
                self.answer(now, carrier, status, agreed, timing)
            }
            EstablishedEvent::Request { carrier, cseq, with_offer, draw } => {
                self.asked(carrier, cseq, with_offer, draw)
            }
            EstablishedEvent::Cancel => self.withdrawn(),
            EstablishedEvent::Answered { carrier, cseq, status, agreed, draw } => {
                let (next, effects) = self.answered(now, carrier, cseq, status, agreed, draw);
                let ack = ack_to(carrier, cseq, status);
                (next, Few::NONE.and_maybe(ack).and_all(effects))
            }
            EstablishedEvent::OtherAnswered(status) if means_gone(status) => {
                self.hang_up(End::PeerGone)
            }
            EstablishedEvent::OtherAnswered(_) => (self, Few::NONE),
            EstablishedEvent::Ack { cseq } => self.acknowledged(now, cseq, timing),
            EstablishedEvent::Bye => self.hung_up(),
            EstablishedEvent::ByeAnswered => self.refuse(Refusal::NothingUnderWay),
            EstablishedEvent::Timeout => self.elapse(now, timing),
        }
    }

    /// We have hung up, and wait for the ACK; their UPDATE need not wait so long (RFC 3261, 15.1.2).
    fn leave(self) -> Step {
        let leaving = Established { phase: Phase::Leaving, ..self };
        match self.modification.answer_theirs(Carrier::Update, false) {
            Ok(modification) => {
                let answer = answer_with(Carrier::Update, TERMINATED);
                (Established { modification, ..leaving }, Few::one(answer))
            }
            Err(_) => (leaving, Few::NONE),
        }
    }

    fn next_leaving(self, now: Tick, event: EstablishedEvent, timing: Timing) -> Step {
        let leave = End::HungUp(Party::Us);
        match event {
            EstablishedEvent::HangUp
            | EstablishedEvent::Modify { .. }
            | EstablishedEvent::Answer { .. } => self.refuse(Refusal::Over),
            // It follows our 2xx, so its ACK was lost: we may go.
            EstablishedEvent::Request { carrier: Carrier::Invite, .. } => {
                let answer = answer_with(Carrier::Invite, TERMINATED);
                let (over, effects) = self.hang_up(leave);
                (over, effects.and(answer))
            }
            // An UPDATE may have been sent before our 2xx arrived.
            EstablishedEvent::Request { carrier: Carrier::Update, draw, .. } => {
                (self, Few::one(later(Carrier::Update, draw)))
            }
            EstablishedEvent::Answered { carrier, cseq, status, .. } => {
                (self, Few::NONE.and_maybe(ack_to(carrier, cseq, status)))
            }
            EstablishedEvent::OtherAnswered(_) | EstablishedEvent::Cancel => (self, Few::NONE),
            EstablishedEvent::Ack { cseq } => {
                match self.with_ack(now, AckEvent::Ack { cseq }, timing) {
                    (next, AckEffect::Confirmed) => next.hang_up(leave),
                    (_, AckEffect::Repeat | AckEffect::GiveUp | AckEffect::Swallowed)
                    | (_, AckEffect::Refused(_)) => (self, Few::NONE),
                }
            }
            EstablishedEvent::Bye => self.hung_up(),
            EstablishedEvent::ByeAnswered => self.refuse(Refusal::NothingUnderWay),
            EstablishedEvent::Timeout => match self.with_ack(now, AckEvent::Timeout, timing) {
                (next, AckEffect::Repeat) => (next, Few::one(EstablishedEffect::Repeat2xx)),
                (next, AckEffect::GiveUp) => next.hang_up(leave),
                (_, AckEffect::Refused(why)) => self.refuse(why),
                (_, AckEffect::Confirmed | AckEffect::Swallowed) => (self, Few::NONE),
            },
        }
    }

    fn next_ending(self, event: EstablishedEvent) -> Step {
        match event {
            EstablishedEvent::HangUp
            | EstablishedEvent::Modify { .. }
            | EstablishedEvent::Answer { .. } => self.refuse(Refusal::Over),
            EstablishedEvent::Request { carrier, .. } => {
                (self, Few::one(answer_with(carrier, NO_SUCH)))
            }
            EstablishedEvent::Answered { carrier, cseq, status, .. } => {
                (self, Few::NONE.and_maybe(ack_to(carrier, cseq, status)))
            }
            // T17: a late ACK is swallowed, never answered.
            EstablishedEvent::OtherAnswered(_)
            | EstablishedEvent::Cancel
            | EstablishedEvent::Ack { .. } => (self, Few::NONE),
            // Both hung up at once.
            EstablishedEvent::Bye => (self, Few::one(EstablishedEffect::AnswerBye(OK))),
            EstablishedEvent::ByeAnswered => {
                (Established { phase: Phase::Ended, ..self }, Few::NONE)
            }
            EstablishedEvent::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn modify(self, now: Tick, carrier: Carrier, with_offer: bool) -> Step {
        if self.retry.is_some() || !self.may_send(carrier) {
            return self.refuse(Refusal::ChangeUnderWay);
        }
        self.send(now, Established { tries: 0, ..self }, carrier, with_offer)
    }

    fn send(self, now: Tick, next: Established, carrier: Carrier, with_offer: bool) -> Step {
        match next.modification.begin_ours(carrier, with_offer) {
            Ok(modification) => {
                // A non-INVITE transaction ends by itself.
                let cancel_at = match carrier {
                    Carrier::Invite => Some(now + REINVITE_MAX),
                    Carrier::Update => self.cancel_at,
                };
                let effects = Few::one(EstablishedEffect::Send { carrier, with_offer });
                (Established { modification, cancel_at, ..next }, effects)
            }
            Err(why) => self.refuse(why),
        }
    }

    fn answer(
        self,
        now: Tick,
        carrier: Carrier,
        status: Status,
        agreed: Option<Agreed>,
        timing: Timing,
    ) -> Step {
        if status.is_provisional() {
            return self.refuse(Refusal::WrongStatus);
        }
        let modification = match self.modification.answer_theirs(carrier, status.is_success()) {
            Ok(modification) => modification,
            Err(why) => return self.refuse(why),
        };
        let effects = Few::one(answer_with(carrier, status));
        let mut next = Established { modification, ..self };
        if !status.is_success() {
            return (next, effects);
        }
        if let Some(agreed) = agreed {
            next.timer = SessionTimer::agreed(now, agreed);
        }
        if carrier == Carrier::Invite {
            next.ack = Some(AwaitedAck::begin(now, self.their_cseq, timing));
            next.ack_is_first = false;
        }
        (next, effects)
    }

    /// RFC 3261, 9.2: no effect on what has been answered.
    fn withdrawn(self) -> Step {
        match self.modification.answer_theirs(Carrier::Invite, false) {
            Ok(modification) => {
                let answer = answer_with(Carrier::Invite, TERMINATED);
                let next = Established { modification, ..self };
                (next, Few::two(answer, EstablishedEffect::Withdrawn))
            }
            Err(_) => (self, Few::NONE),
        }
    }

    fn asked(self, carrier: Carrier, cseq: u32, with_offer: bool, draw: u64) -> Step {
        let (modification, decision) = self.modification.incoming(carrier, with_offer);
        match decision {
            Decision::Take => {}
            Decision::Pending => return (self, Few::one(answer_with(carrier, PENDING))),
            Decision::RetryAfter => return (self, Few::one(later(carrier, draw))),
        }
        let asked = Few::one(EstablishedEffect::Asked { carrier, with_offer });
        let next = Established { modification, ..self };
        match carrier {
            Carrier::Update => (next, asked),
            // Nobody sends a re-INVITE before the ACK to the last one (RFC 3261, 14.1): it was lost.
            Carrier::Invite if self.awaits_ack() => {
                let next = Established { their_cseq: cseq, ack: None, ..next };
                (next, Few::one(EstablishedEffect::Confirmed).and_all(asked))
            }
            Carrier::Invite => (Established { their_cseq: cseq, ..next }, asked),
        }
    }

    fn answered(
        self,
        now: Tick,
        carrier: Carrier,
        cseq: u32,
        status: Status,
        agreed: Option<Agreed>,
        draw: u64,
    ) -> Step {
        // A repetition of a 2xx: its ACK was lost.
        let repeated = carrier == Carrier::Invite && cseq <= self.our_cseq;
        if repeated || !self.has_under_way(carrier) {
            return (self, Few::NONE);
        }
        let modification = self.modification.ours_answered(carrier);
        let cancel_at = self.cancel_at.filter(|_| carrier != Carrier::Invite);
        let next = Established { modification, cancel_at, ..self };
        if status.is_success() {
            let timer = agreed.map_or(self.timer, |agreed| SessionTimer::agreed(now, agreed));
            let our_cseq = if carrier == Carrier::Invite { cseq } else { self.our_cseq };
            let changed = Few::one(EstablishedEffect::Changed(carrier));
            return (Established { timer, our_cseq, ..next }, changed);
        }
        if means_gone(status) {
            return next.hang_up(End::PeerGone);
        }
        if status == PENDING && self.tries < GLARE_TRIES_MAX {
            let at = now + glare_wait(self.role, draw);
            let tries = self.tries + 1;
            let with_offer = self.modification.offer == OfferUnderWay::Ours(carrier);
            let retry = Some(Retry { at, carrier, with_offer, tries });
            return (Established { retry, ..next }, Few::NONE);
        }
        next.not_changed(now, carrier, status)
    }

    /// The session stays as it was; a refresh is tried again before it expires.
    fn not_changed(self, now: Tick, carrier: Carrier, status: Status) -> Step {
        let (timer, _) = self.timer.next(now, TimerEvent::RefreshFailed);
        let next = Established { timer, retry: None, ..self };
        (next, Few::one(EstablishedEffect::NotChanged(carrier, status)))
    }

    fn acknowledged(self, now: Tick, cseq: u32, timing: Timing) -> Step {
        match self.with_ack(now, AckEvent::Ack { cseq }, timing) {
            (next, AckEffect::Confirmed) => (next, Few::one(EstablishedEffect::Confirmed)),
            (_, AckEffect::Repeat | AckEffect::GiveUp | AckEffect::Swallowed)
            | (_, AckEffect::Refused(_)) => (self, Few::NONE),
        }
    }

    fn elapse(self, now: Tick, timing: Timing) -> Step {
        match self.with_ack(now, AckEvent::Timeout, timing) {
            (next, AckEffect::Repeat) => return (next, Few::one(EstablishedEffect::Repeat2xx)),
            (next, AckEffect::GiveUp) => return next.hang_up(End::NotAcknowledged),
            (_, AckEffect::Confirmed | AckEffect::Swallowed | AckEffect::Refused(_)) => {}
        }
        match self.timer.next(now, TimerEvent::Timeout) {
            (timer, TimerEffect::Refresh) => Established { timer, ..self }.refresh(now),
            (timer, TimerEffect::Expired) => Established { timer, ..self }.hang_up(End::Expired),
            (_, TimerEffect::None | TimerEffect::Refused(_)) => self.elapse_ours(now),
        }
    }

    fn refresh(self, now: Tick) -> Step {
        let carrier = self.refresh_by;
        let (next, effects) = self.modify(now, carrier, carrier == Carrier::Invite);
        if next != self {
            return (next, effects);
        }
        // Another change is under way; it may itself refresh the session.
        let (timer, _) = self.timer.next(now, TimerEvent::RefreshFailed);
        (Established { timer, ..self }, Few::NONE)
    }

    fn elapse_ours(self, now: Tick) -> Step {
        if self.cancel_at.is_some_and(|at| at <= now) {
            let cancelled = Established { cancel_at: None, ..self };
            return (cancelled, Few::one(EstablishedEffect::CancelOurs));
        }
        self.try_again(now)
    }

    fn try_again(self, now: Tick) -> Step {
        let Some(retry) = self.retry.filter(|retry| retry.at <= now) else {
            return self.refuse(Refusal::NotDue);
        };
        let Retry { carrier, with_offer, tries, .. } = retry;
        if self.may_send(carrier) && self.modification.begin_ours(carrier, with_offer).is_ok() {
            let next = Established { retry: None, tries, ..self };
            return next.send(now, next, carrier, with_offer);
        }
        if tries >= GLARE_TRIES_MAX {
            return self.not_changed(now, carrier, PENDING);
        }
        let retry = Some(Retry { at: now + BUSY_WAIT, tries: tries + 1, ..retry });
        (Established { retry, ..self }, Few::NONE)
    }

    /// We end it: BYE, and 487 to whatever of theirs is under way (RFC 3261, 15.1.2).
    fn hang_up(self, end: End) -> Step {
        let effects = Few::two(EstablishedEffect::SendBye, EstablishedEffect::Ended(end));
        (self.over(Phase::Ending), self.with_answers(effects))
    }

    /// They end it.
    fn hung_up(self) -> Step {
        let ended = EstablishedEffect::Ended(End::HungUp(Party::Peer));
        let effects = Few::two(EstablishedEffect::AnswerBye(OK), ended);
        (self.over(Phase::Ended), self.with_answers(effects))
    }

    fn over(self, phase: Phase) -> Established {
        let (ack, retry, cancel_at) = (None, None, None);
        let (modification, timer) = (Modification::SETTLED, SessionTimer::Off);
        Established { phase, ack, retry, cancel_at, modification, timer, ..self }
    }

    fn with_answers(&self, effects: Effects) -> Effects {
        let invite = self.modification.invite.map(|party| match party {
            Party::Us => EstablishedEffect::AbandonOurs,
            Party::Peer => answer_with(Carrier::Invite, TERMINATED),
        });
        let update = self.modification.their_update;
        let update = update.then_some(answer_with(Carrier::Update, TERMINATED));
        effects.and_maybe(invite).and_maybe(update)
    }

    fn with_ack(self, now: Tick, event: AckEvent, timing: Timing) -> (Established, AckEffect) {
        let Some(ack) = self.ack else {
            return match event {
                AckEvent::Ack { .. } => (self, AckEffect::Swallowed),
                AckEvent::Timeout => (self, AckEffect::Refused(Refusal::NotDue)),
            };
        };
        let (ack, effect) = ack.next(now, event, timing);
        let modification = match effect {
            AckEffect::Confirmed => self.modification.acknowledged(),
            AckEffect::Repeat
            | AckEffect::GiveUp
            | AckEffect::Swallowed
            | AckEffect::Refused(_) => self.modification,
        };
        let ack = Some(ack).filter(AwaitedAck::is_open);
        (Established { ack, modification, ..self }, effect)
    }

    /// An INVITE waits for the ACK to the last one (RFC 3261, 14.1).
    fn may_send(&self, carrier: Carrier) -> bool {
        match carrier {
            Carrier::Invite => !self.awaits_ack(),
            Carrier::Update => self.peer_knows(),
        }
    }

    fn awaits_ack(&self) -> bool {
        self.ack.is_some_and(|ack| ack.is_open())
    }

    fn has_under_way(&self, carrier: Carrier) -> bool {
        match carrier {
            Carrier::Invite => self.modification.invite == Some(Party::Us),
            Carrier::Update => self.modification.our_update,
        }
    }

    fn refuse(self, why: Refusal) -> Step {
        (self, Few::one(EstablishedEffect::Refused(why)))
    }
}

/// RFC 3261, 12.2.1.2, and 14.1 for re-INVITE: these two end the dialog. RFC 5057 lists more, which end
/// nothing here: a peer that means it says BYE.
fn means_gone(status: Status) -> bool {
    status == NOBODY || status == NO_SUCH
}

/// Every 2xx to INVITE gets its ACK, each time it comes and whatever else is going on.
fn ack_to(carrier: Carrier, cseq: u32, status: Status) -> Option<EstablishedEffect> {
    match carrier {
        Carrier::Invite if status.is_success() => Some(EstablishedEffect::SendAck { cseq }),
        Carrier::Invite | Carrier::Update => None,
    }
}

fn answer_with(carrier: Carrier, status: Status) -> EstablishedEffect {
    EstablishedEffect::Answer { carrier, status, retry_after: None }
}

fn later(carrier: Carrier, draw: u64) -> EstablishedEffect {
    let retry_after = Some(retry_after(draw));
    EstablishedEffect::Answer { carrier, status: SERVER_ERROR, retry_after }
}
