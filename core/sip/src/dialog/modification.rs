// SPDX-License-Identifier: EUPL-1.2
//! Who may change the session now: re-INVITE and UPDATE, and what happens when both want to.
//!
//! ```text
//!   theirs comes while …            re-INVITE                 UPDATE
//!   theirs of the kind unanswered   500, Retry-After 0–10 s   500, Retry-After 0–10 s
//!   our INVITE unanswered           491                       491 if both carry offers
//!   our offer unanswered, or owed   491                       491 if it carries an offer
//!   theirs unanswered, or owed      500, Retry-After 0–10 s   500, Retry-After, if it carries one
//! ```
//!
//! RFC 3261, 14.2, RFC 3311, 5.2, and RFC 6337 for offers in other transactions. The rule to keep: at
//! most one offer is under way in a dialog, whichever side made it and whatever carried it.

use super::{Party, Refusal, Role};
use stdx::Micros;

/// What carries a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carrier {
    /// INVITE.
    Invite,
    /// UPDATE (RFC 3311).
    Update,
}

/// The offer without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferUnderWay {
    /// None: both sides agree on the session.
    None,
    /// Ours.
    Ours(Carrier),
    /// Theirs.
    Theirs(Carrier),
    /// An INVITE without an offer is under way: who answers it has to make one (RFC 3264, 4;
    /// RFC 3261, 14.2), and nobody else may.
    Owed(Party),
}

/// What is under way in a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Modification {
    /// Whose INVITE has no final response.
    pub invite: Option<Party>,
    /// Whether our UPDATE has no final response.
    pub our_update: bool,
    /// Whether theirs has none.
    pub their_update: bool,
    /// The offer without an answer.
    pub offer: OfferUnderWay,
}

/// What becomes of a request of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// It goes to the user.
    Take,
    /// 491 Request Pending.
    Pending,
    /// 500 with a Retry-After of 0 to 10 s.
    RetryAfter,
}

impl Modification {
    /// Nothing is under way.
    pub const SETTLED: Modification = Modification {
        invite: None,
        our_update: false,
        their_update: false,
        offer: OfferUnderWay::None,
    };

    /// The initial INVITE is under way, with an offer or without.
    #[must_use]
    pub fn of_initial_invite(by: Party, with_offer: bool) -> Modification {
        let offer = match (with_offer, by) {
            (false, Party::Us) => OfferUnderWay::Owed(Party::Peer),
            (false, Party::Peer) => OfferUnderWay::Owed(Party::Us),
            (true, Party::Us) => OfferUnderWay::Ours(Carrier::Invite),
            (true, Party::Peer) => OfferUnderWay::Theirs(Carrier::Invite),
        };
        Modification { invite: Some(by), offer, ..Modification::SETTLED }
    }

    /// A request of theirs comes.
    #[must_use]
    pub fn incoming(self, carrier: Carrier, with_offer: bool) -> (Modification, Decision) {
        let decision = match carrier {
            Carrier::Invite => self.decide_invite(),
            Carrier::Update => self.decide_update(with_offer),
        };
        let taken = match decision {
            Decision::Take => self.with_theirs(carrier, with_offer),
            Decision::Pending | Decision::RetryAfter => self,
        };
        (taken, decision)
    }

    /// We answer theirs with a final response. Our 2xx to an INVITE without an offer carries ours,
    /// which the ACK answers (RFC 3261, 14.2).
    ///
    /// # Errors
    /// When there is nothing to answer.
    pub fn answer_theirs(self, carrier: Carrier, success: bool) -> Result<Modification, Refusal> {
        let offer = match self.offer {
            OfferUnderWay::Theirs(of) if of == carrier => OfferUnderWay::None,
            OfferUnderWay::Owed(Party::Us) if carrier == Carrier::Invite && success => {
                OfferUnderWay::Ours(Carrier::Invite)
            }
            OfferUnderWay::Owed(Party::Us) if carrier == Carrier::Invite => OfferUnderWay::None,
            OfferUnderWay::None
            | OfferUnderWay::Ours(_)
            | OfferUnderWay::Theirs(_)
            | OfferUnderWay::Owed(_) => self.offer,
        };
        match carrier {
            Carrier::Invite if self.invite == Some(Party::Peer) => {
                Ok(Modification { invite: None, offer, ..self })
            }
            Carrier::Update if self.their_update => {
                Ok(Modification { their_update: false, offer, ..self })
            }
            Carrier::Invite | Carrier::Update => Err(Refusal::NothingUnderWay),
        }
    }

    /// The ACK to our 2xx came, with the answer if our 2xx carried an offer.
    #[must_use]
    pub fn acknowledged(self) -> Modification {
        match (self.invite, self.offer) {
            (None, OfferUnderWay::Ours(Carrier::Invite)) => {
                Modification { offer: OfferUnderWay::None, ..self }
            }
            (None | Some(_), _) => self,
        }
    }

    /// The answer to an offer arrived by another way: in a reliable 1xx or its PRACK.
    #[must_use]
    pub fn answered_early(self) -> Modification {
        Modification { offer: OfferUnderWay::None, ..self }
    }

    /// We send one.
    ///
    /// # Errors
    /// While it may not be sent (RFC 3261, 14.1; RFC 3311, 5.1).
    pub fn begin_ours(self, carrier: Carrier, with_offer: bool) -> Result<Modification, Refusal> {
        let offer_free = self.offer == OfferUnderWay::None;
        let free = match carrier {
            Carrier::Invite => self.invite.is_none() && offer_free,
            Carrier::Update => !self.our_update && (!with_offer || offer_free),
        };
        if !free {
            return Err(Refusal::ChangeUnderWay);
        }
        let offer = match (with_offer, carrier) {
            (true, _) => OfferUnderWay::Ours(carrier),
            (false, Carrier::Invite) => OfferUnderWay::Owed(Party::Peer),
            (false, Carrier::Update) => self.offer,
        };
        Ok(match carrier {
            Carrier::Invite => Modification { invite: Some(Party::Us), offer, ..self },
            Carrier::Update => Modification { our_update: true, offer, ..self },
        })
    }

    /// The final response to ours came. If our INVITE carried no offer, the answer to theirs goes
    /// into the ACK at once.
    #[must_use]
    pub fn ours_answered(self, carrier: Carrier) -> Modification {
        let offer = match self.offer {
            OfferUnderWay::Ours(of) if of == carrier => OfferUnderWay::None,
            OfferUnderWay::Owed(Party::Peer) if carrier == Carrier::Invite => OfferUnderWay::None,
            OfferUnderWay::None
            | OfferUnderWay::Ours(_)
            | OfferUnderWay::Theirs(_)
            | OfferUnderWay::Owed(_) => self.offer,
        };
        match carrier {
            Carrier::Invite => Modification { invite: None, offer, ..self },
            Carrier::Update => Modification { our_update: false, offer, ..self },
        }
    }

    fn decide_invite(self) -> Decision {
        match (self.invite, self.offer) {
            (Some(Party::Peer), _) => Decision::RetryAfter,
            (Some(Party::Us), _) | (None, OfferUnderWay::Ours(_)) => Decision::Pending,
            // Without an INVITE nobody owes an offer.
            (None, OfferUnderWay::Theirs(_) | OfferUnderWay::Owed(_)) => Decision::RetryAfter,
            (None, OfferUnderWay::None) => Decision::Take,
        }
    }

    fn decide_update(self, with_offer: bool) -> Decision {
        if self.their_update {
            return Decision::RetryAfter;
        }
        match (with_offer, self.offer) {
            (false, _) | (true, OfferUnderWay::None) => Decision::Take,
            (true, OfferUnderWay::Ours(_) | OfferUnderWay::Owed(Party::Us)) => Decision::Pending,
            (true, OfferUnderWay::Theirs(_) | OfferUnderWay::Owed(Party::Peer)) => {
                Decision::RetryAfter
            }
        }
    }

    fn with_theirs(self, carrier: Carrier, with_offer: bool) -> Modification {
        let offer = match (with_offer, carrier) {
            (true, _) => OfferUnderWay::Theirs(carrier),
            (false, Carrier::Invite) => OfferUnderWay::Owed(Party::Us),
            (false, Carrier::Update) => self.offer,
        };
        match carrier {
            Carrier::Invite => Modification { invite: Some(Party::Peer), offer, ..self },
            Carrier::Update => Modification { their_update: true, offer, ..self },
        }
    }
}

/// How long to wait after a 491 (RFC 3261, 14.1), in steps of 10 ms: 2.1 to 4 s for the owner of the
/// Call-ID, 0 to 2 s for the other side, so that they do not meet again. `draw` is any random number.
#[must_use]
pub fn glare_wait(role: Role, draw: u64) -> Micros {
    match role {
        Role::UserAgentClient => Micros::from_millis(2_100 + draw % 191 * 10),
        Role::UserAgentServer => Micros::from_millis(draw % 201 * 10),
    }
}

/// The seconds of a Retry-After (RFC 3261, 14.2): 0 to 10. `draw` is any random number.
#[must_use]
pub fn retry_after(draw: u64) -> u8 {
    (draw % 11) as u8
}
