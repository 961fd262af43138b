// SPDX-License-Identifier: EUPL-1.2
//! One agent's shift, from sign-on to sign-off.
//!
//! ```text
//!  SignedOff ──sign on──▶ NotReady ◀── no answer, decline, dead ───┐
//!      ▲                   │    ▲            telephone             │
//!      │              make ready │ make not ready                  │
//!      │                   ▼    │                                  │
//!  sign off, ┌───────────▶ Ready ───offer──▶ Offered ───answer──▶ Talking
//!  shift over│               ▲                  │                   │
//!            │               └── caller left ───┘                   │
//!            └─ wrap-up over ─── WrapUp ◀──────── call ended ───────┘
//! ```
//!
//! An agent who lets an offer ring out, or whose telephone is dead, is taken out of the queue's
//! reach: a second caller must not wait on the same empty chair. Every state but `SignedOff` has a deadline ([`Agent::deadline`]),
//! so none can jam.

use crate::Refusal;
use stdx::limits::{
    DECLINE_PAUSE_MIN, SHIFT_MAX, TALK_CHECK_EVERY, TALK_CHECK_GRACE, UNREACHABLE_PAUSE_MIN,
    WRAP_UP_EXTENSIONS_MAX,
};
use stdx::{ContactId, Micros, Tick};

/// Why an agent who is signed on takes no calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotReadyReason {
    /// Signed on and not yet ready.
    SignedOn,
    /// Chosen by the agent.
    Pause(Pause),
    /// Let an offer ring out.
    NoAnswer,
    /// Declined an offer.
    Declined,
    /// The telephone could not be reached with an offer.
    Unreachable,
}

impl NotReadyReason {
    /// What comes after a call that was taken over meanwhile: only a pause is something to go back to.
    fn after_call(self) -> AfterCall {
        match self {
            NotReadyReason::Pause(pause) => AfterCall::Pause(pause),
            NotReadyReason::SignedOn
            | NotReadyReason::NoAnswer
            | NotReadyReason::Declined
            | NotReadyReason::Unreachable => AfterCall::Ready,
        }
    }
}

/// What an agent may choose to do instead of taking calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pause {
    /// A break.
    Break,
    /// Other work at the desk.
    DeskWork,
}

/// What comes after the present call and its wrap-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AfterCall {
    /// The next call.
    Ready,
    /// A pause that the agent asked for during the call.
    Pause(Pause),
    /// The end of the shift.
    SignOff,
}

/// How we know that a talk goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lease {
    /// Known to be alive; asked again at this time.
    Held {
        /// When the edge is asked.
        check_at: Tick,
    },
    /// The edge has been asked and has not answered yet.
    Questioned {
        /// When silence means that the talk is lost.
        lost_at: Tick,
    },
}

/// What an agent is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Not at work.
    SignedOff,
    /// At work, not taking calls.
    NotReady {
        /// Why.
        reason: NotReadyReason,
        /// When the rules make the agent ready again; none if only the agent does.
        until: Option<Tick>,
    },
    /// Waiting for a call.
    Ready {
        /// Since when.
        idle_since: Tick,
    },
    /// The telephone rings; or it will as soon as the caller, who is called back first, has answered.
    Offered {
        /// For whom.
        contact: ContactId,
        /// Since when the agent had been idle; kept if the caller leaves.
        idle_since: Tick,
        /// When it stops ringing.
        ring_until: Tick,
    },
    /// In a talk.
    Talking {
        /// With whom.
        contact: ContactId,
        /// How we know that it goes on.
        lease: Lease,
    },
    /// Finishing what the talk left to do.
    WrapUp {
        /// Which contact left it.
        contact: ContactId,
        /// When it is over.
        until: Tick,
        /// What the line grants at first, and again with each extension.
        length: Micros,
        /// How often it was extended.
        extensions: u8,
    },
}

/// All that can happen to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Begins a shift.
    SignOn,
    /// Ends it; after the call if there is one.
    SignOff,
    /// Wants the next call now.
    MakeReady,
    /// Wants a pause; after the call if there is one.
    MakeNotReady(Pause),
    /// The queue offers a contact.
    Offer {
        /// Which.
        contact: ContactId,
        /// For how long it rings.
        ring: Micros,
    },
    /// Takes over, from a colleague who asked before, a contact that was not offered.
    TakeOver(ContactId),
    /// Takes the offer.
    Answer(ContactId),
    /// Turns the offer down.
    Decline(ContactId),
    /// The telephone that should ring for the offer cannot be reached.
    Unreachable(ContactId),
    /// The offer is gone, because the caller is.
    OfferWithdrawn,
    /// The talk is over.
    CallEnded {
        /// What the line grants for wrap-up.
        wrap_up: Micros,
    },
    /// Wants more time for wrap-up.
    ExtendWrapUp,
    /// Is done with it.
    EndWrapUp,
    /// The edge confirms that the talk goes on.
    TalkAlive,
    /// A deadline has come.
    Timeout,
}

/// What has to be done because an agent changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing more.
    None,
    /// The event makes no sense in this state; nothing changed.
    Refused(Refusal),
    /// The contact goes back to the place in the queue that it never lost.
    Returned(ContactId, ReturnReason),
    /// Both talk to each other now.
    Connected(ContactId),
    /// The edge is to be asked whether this talk is alive.
    Question(ContactId),
    /// The edge did not answer: the talk is lost.
    TalkLost(ContactId),
}

/// Why an offer came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReturnReason {
    /// It rang out.
    NoAnswer,
    /// It was turned down.
    Declined,
    /// The telephone could not be reached.
    Unreachable,
    /// The agent signed off meanwhile.
    SignedOff,
}

/// The rules that an agent's states need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pauses {
    /// After an offer that rang out, or that reached no telephone.
    pub no_answer: Micros,
    /// After an offer that was turned down.
    pub decline: Micros,
}

impl Pauses {
    /// After an offer that reached no telephone: that of an offer that rang out, but never none. A
    /// person lets it ring for a while, a dead telephone fails at once; without a pause the offer
    /// would go round in circles between the centre and it.
    fn dead(self) -> Micros {
        self.no_answer.max(UNREACHABLE_PAUSE_MIN)
    }

    /// After an offer that was turned down.
    fn declined(self) -> Micros {
        self.decline.max(DECLINE_PAUSE_MIN)
    }
}

/// An agent: a state, the end of the shift, and what comes after the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    /// What the agent is doing.
    pub state: State,
    /// When the sign-on runs out; without meaning for [`State::SignedOff`].
    pub shift_until: Tick,
    /// What comes after the present call.
    pub after_call: AfterCall,
}

impl Agent {
    /// An agent before the first shift.
    pub const SIGNED_OFF: Agent =
        Agent { state: State::SignedOff, shift_until: Tick(0), after_call: AfterCall::Ready };

    /// What becomes of the agent, and what has to be done about it.
    #[must_use]
    pub fn next(self, now: Tick, event: Event, pauses: Pauses) -> (Agent, Effect) {
        match self.state {
            State::SignedOff => self.next_signed_off(now, event),
            State::NotReady { reason, until } => self.next_not_ready(now, event, reason, until),
            State::Ready { idle_since } => self.next_ready(now, event, idle_since),
            State::Offered { contact, idle_since, ring_until } => {
                let offer = Offer { contact, idle_since, ring_until };
                self.next_offered(now, event, offer, pauses)
            }
            State::Talking { contact, lease } => self.next_talking(now, event, contact, lease),
            State::WrapUp { .. } => self.next_wrap_up(now, event),
        }
    }

    /// When this state wants a [`Event::Timeout`], and why. None only for [`State::SignedOff`].
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        match self.state {
            State::SignedOff => None,
            State::NotReady { until: Some(until), .. } if until < self.shift_until => {
                Some((until, "out of reach is over"))
            }
            State::NotReady { .. } | State::Ready { .. } => {
                Some((self.shift_until, "the shift is over"))
            }
            State::Offered { ring_until, .. } => Some((ring_until, "the telephone rang out")),
            State::Talking { lease: Lease::Held { check_at }, .. } => {
                Some((check_at, "is the talk alive?"))
            }
            State::Talking { lease: Lease::Questioned { lost_at }, .. } => {
                Some((lost_at, "the talk is lost"))
            }
            State::WrapUp { until, .. } => Some((until, "wrap-up is over")),
        }
    }

    fn next_signed_off(self, now: Tick, event: Event) -> (Agent, Effect) {
        match event {
            Event::SignOn => {
                let state = State::NotReady { reason: NotReadyReason::SignedOn, until: None };
                let shift_until = now + SHIFT_MAX;
                (Agent { state, shift_until, after_call: AfterCall::Ready }, Effect::None)
            }
            Event::SignOff
            | Event::MakeReady
            | Event::MakeNotReady(_)
            | Event::Offer { .. }
            | Event::TakeOver(_)
            | Event::Answer(_)
            | Event::Decline(_)
            | Event::Unreachable(_)
            | Event::OfferWithdrawn
            | Event::CallEnded { .. }
            | Event::ExtendWrapUp
            | Event::EndWrapUp
            | Event::TalkAlive => self.refuse(Refusal::NotSignedOn),
            Event::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_not_ready(
        self,
        now: Tick,
        event: Event,
        reason: NotReadyReason,
        until: Option<Tick>,
    ) -> (Agent, Effect) {
        match event {
            Event::SignOn => self.refuse(Refusal::AlreadySignedOn),
            Event::SignOff => (Agent::SIGNED_OFF, Effect::None),
            Event::MakeReady => (self.ready(now), Effect::None),
            Event::MakeNotReady(pause) => (self.paused(pause), Effect::None),
            // A colleague is helped out; then the pause goes on.
            Event::TakeOver(contact) => {
                let after_call = reason.after_call();
                (Agent { after_call, ..self }.talking(contact, held(now)), Effect::None)
            }
            Event::Offer { .. } => self.refuse(Refusal::NotReady),
            Event::Answer(_)
            | Event::Decline(_)
            | Event::Unreachable(_)
            | Event::OfferWithdrawn => self.refuse(Refusal::NotOffered),
            Event::CallEnded { .. } | Event::TalkAlive => self.refuse(Refusal::NotTalking),
            Event::ExtendWrapUp | Event::EndWrapUp => self.refuse(Refusal::NotInWrapUp),
            Event::Timeout if self.shift_until <= now => (Agent::SIGNED_OFF, Effect::None),
            Event::Timeout if until.is_some_and(|until| until <= now) => {
                (self.ready(now), Effect::None)
            }
            Event::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_ready(self, now: Tick, event: Event, idle_since: Tick) -> (Agent, Effect) {
        match event {
            Event::SignOn => self.refuse(Refusal::AlreadySignedOn),
            Event::SignOff => (Agent::SIGNED_OFF, Effect::None),
            // Ready again is no news; above all it must not cost the place among the idle.
            Event::MakeReady => (self, Effect::None),
            Event::MakeNotReady(pause) => (self.paused(pause), Effect::None),
            Event::TakeOver(contact) => {
                let agent = Agent { after_call: AfterCall::Ready, ..self };
                (agent.talking(contact, held(now)), Effect::None)
            }
            Event::Offer { contact, ring } => {
                let state = State::Offered { contact, idle_since, ring_until: now + ring };
                (Agent { state, after_call: AfterCall::Ready, ..self }, Effect::None)
            }
            Event::Answer(_)
            | Event::Decline(_)
            | Event::Unreachable(_)
            | Event::OfferWithdrawn => self.refuse(Refusal::NotOffered),
            Event::CallEnded { .. } | Event::TalkAlive => self.refuse(Refusal::NotTalking),
            Event::ExtendWrapUp | Event::EndWrapUp => self.refuse(Refusal::NotInWrapUp),
            Event::Timeout if self.shift_until <= now => (Agent::SIGNED_OFF, Effect::None),
            Event::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_offered(
        self,
        now: Tick,
        event: Event,
        offer: Offer,
        pauses: Pauses,
    ) -> (Agent, Effect) {
        let Offer { contact, idle_since, ring_until } = offer;
        match event {
            Event::SignOn => self.refuse(Refusal::AlreadySignedOn),
            Event::SignOff => {
                (Agent::SIGNED_OFF, Effect::Returned(contact, ReturnReason::SignedOff))
            }
            Event::MakeReady => self.planning(AfterCall::Ready),
            Event::MakeNotReady(pause) => self.planning(AfterCall::Pause(pause)),
            // Who was reserved while the caller was called is asked from now on.
            Event::Offer { contact: again, ring } if again == contact => {
                let ring_until = now + ring;
                (self.offered(Offer { contact, idle_since, ring_until }), Effect::None)
            }
            Event::Offer { .. } | Event::TakeOver(_) => self.refuse(Refusal::NotReady),
            Event::Answer(answered) if answered == contact => {
                let lease = Lease::Held { check_at: now + TALK_CHECK_EVERY };
                let state = State::Talking { contact, lease };
                (Agent { state, ..self }, Effect::Connected(contact))
            }
            Event::Decline(declined) if declined == contact => {
                let agent = self.out_of_reach(now, NotReadyReason::Declined, pauses.declined());
                (agent, Effect::Returned(contact, ReturnReason::Declined))
            }
            Event::Unreachable(unreached) if unreached == contact => {
                let agent = self.out_of_reach(now, NotReadyReason::Unreachable, pauses.dead());
                (agent, Effect::Returned(contact, ReturnReason::Unreachable))
            }
            Event::Answer(_) | Event::Decline(_) | Event::Unreachable(_) => {
                self.refuse(Refusal::NotOffered)
            }
            Event::OfferWithdrawn => (self.carry_on(now, idle_since), Effect::None),
            Event::CallEnded { .. } | Event::TalkAlive => self.refuse(Refusal::NotTalking),
            Event::ExtendWrapUp | Event::EndWrapUp => self.refuse(Refusal::NotInWrapUp),
            Event::Timeout if ring_until <= now => {
                let agent = self.out_of_reach(now, NotReadyReason::NoAnswer, pauses.no_answer);
                (agent, Effect::Returned(contact, ReturnReason::NoAnswer))
            }
            Event::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn next_talking(
        self,
        now: Tick,
        event: Event,
        contact: ContactId,
        lease: Lease,
    ) -> (Agent, Effect) {
        match event {
            Event::SignOn => self.refuse(Refusal::AlreadySignedOn),
            // A call that is up stays up: whatever the agent wants next comes after it.
            Event::SignOff => self.planning(AfterCall::SignOff),
            Event::MakeReady => self.planning(AfterCall::Ready),
            Event::MakeNotReady(pause) => self.planning(AfterCall::Pause(pause)),
            Event::Offer { .. } | Event::TakeOver(_) => self.refuse(Refusal::NotReady),
            Event::Answer(_)
            | Event::Decline(_)
            | Event::Unreachable(_)
            | Event::OfferWithdrawn => self.refuse(Refusal::NotOffered),
            Event::CallEnded { wrap_up } if wrap_up == Micros::ZERO => {
                (self.carry_on(now, now), Effect::None)
            }
            Event::CallEnded { wrap_up } => {
                let until = now + wrap_up;
                let state = State::WrapUp { contact, until, length: wrap_up, extensions: 0 };
                (Agent { state, ..self }, Effect::None)
            }
            Event::ExtendWrapUp | Event::EndWrapUp => self.refuse(Refusal::NotInWrapUp),
            Event::TalkAlive => (self.talking(contact, held(now)), Effect::None),
            Event::Timeout => match lease {
                Lease::Held { check_at } if check_at <= now => {
                    let lost_at = now + TALK_CHECK_GRACE;
                    let agent = self.talking(contact, Lease::Questioned { lost_at });
                    (agent, Effect::Question(contact))
                }
                Lease::Questioned { lost_at } if lost_at <= now => {
                    (self, Effect::TalkLost(contact))
                }
                Lease::Held { .. } | Lease::Questioned { .. } => self.refuse(Refusal::NotDue),
            },
        }
    }

    fn next_wrap_up(self, now: Tick, event: Event) -> (Agent, Effect) {
        let State::WrapUp { contact, until, length, extensions } = self.state else {
            unreachable!("only called in wrap-up")
        };
        match event {
            Event::SignOn => self.refuse(Refusal::AlreadySignedOn),
            Event::SignOff => (Agent::SIGNED_OFF, Effect::None),
            Event::MakeReady => {
                (Agent { after_call: AfterCall::Ready, ..self }.carry_on(now, now), Effect::None)
            }
            Event::MakeNotReady(pause) => self.planning(AfterCall::Pause(pause)),
            Event::TakeOver(contact) => (self.talking(contact, held(now)), Effect::None),
            // Whom this agent handed on comes back: nobody knows better what it is about.
            Event::Offer { contact: back, ring } if back == contact => {
                let ring_until = now + ring;
                (self.offered(Offer { contact, idle_since: now, ring_until }), Effect::None)
            }
            Event::Offer { .. } => self.refuse(Refusal::NotReady),
            Event::Answer(_)
            | Event::Decline(_)
            | Event::Unreachable(_)
            | Event::OfferWithdrawn => self.refuse(Refusal::NotOffered),
            Event::CallEnded { .. } | Event::TalkAlive => self.refuse(Refusal::NotTalking),
            Event::ExtendWrapUp if extensions < WRAP_UP_EXTENSIONS_MAX => {
                let extensions = extensions + 1;
                let state = State::WrapUp { contact, until: until + length, length, extensions };
                (Agent { state, ..self }, Effect::None)
            }
            Event::ExtendWrapUp => self.refuse(Refusal::ExtendedEnough),
            Event::EndWrapUp => (self.carry_on(now, now), Effect::None),
            Event::Timeout if until <= now => (self.carry_on(now, now), Effect::None),
            Event::Timeout => self.refuse(Refusal::NotDue),
        }
    }

    fn refuse(self, why: Refusal) -> (Agent, Effect) {
        (self, Effect::Refused(why))
    }

    fn planning(self, after_call: AfterCall) -> (Agent, Effect) {
        (Agent { after_call, ..self }, Effect::None)
    }

    fn talking(self, contact: ContactId, lease: Lease) -> Agent {
        Agent { state: State::Talking { contact, lease }, ..self }
    }

    fn offered(self, offer: Offer) -> Agent {
        let Offer { contact, idle_since, ring_until } = offer;
        Agent { state: State::Offered { contact, idle_since, ring_until }, ..self }
    }

    fn ready(self, idle_since: Tick) -> Agent {
        Agent { state: State::Ready { idle_since }, after_call: AfterCall::Ready, ..self }
    }

    fn paused(self, pause: Pause) -> Agent {
        let state = State::NotReady { reason: NotReadyReason::Pause(pause), until: None };
        Agent { state, after_call: AfterCall::Ready, ..self }
    }

    /// Out of reach for a while; a plan that the agent made during the offer goes first, and the
    /// end of the shift before both.
    fn out_of_reach(self, now: Tick, reason: NotReadyReason, pause: Micros) -> Agent {
        match self.after_call {
            AfterCall::Ready if now < self.shift_until => {
                let until = Some(now + pause);
                Agent { state: State::NotReady { reason, until }, ..self }
            }
            AfterCall::Ready | AfterCall::Pause(_) | AfterCall::SignOff => self.carry_on(now, now),
        }
    }

    /// What the agent planned for after this call; the end of the shift goes before every plan.
    fn carry_on(self, now: Tick, idle_since: Tick) -> Agent {
        if self.shift_until <= now {
            return Agent::SIGNED_OFF;
        }
        match self.after_call {
            AfterCall::Ready => self.ready(idle_since),
            AfterCall::Pause(pause) => self.paused(pause),
            AfterCall::SignOff => Agent::SIGNED_OFF,
        }
    }
}

#[derive(Clone, Copy)]
struct Offer {
    contact: ContactId,
    idle_since: Tick,
    ring_until: Tick,
}

fn held(now: Tick) -> Lease {
    Lease::Held { check_at: now + TALK_CHECK_EVERY }
}
