// SPDX-License-Identifier: EUPL-1.2
//! The offers and answers of one dialog, in turn (RFC 3264, 4; RFC 6337).
//!
//! ```text
//!              ┌───── offer, repeat ─────▶ HaveLocalOffer ──▶ preview: stays
//!              │                             │
//!           Stable ◀── answer, rollback ─────┘
//!            ▲ │
//!            │ └───── their offer ───────▶ HaveRemoteOffer ──▶ answer refused: stays
//!            │                               │
//!            └─────── our answer, rollback ──┘
//! ```
//!
//! What was agreed stays in force until something else is: an exchange that fails leaves no trace
//! but the version number that it used (RFC 3261, 14.1; RFC 6141, 3).

use super::answer::again;
use super::session::{Origin, Security, Session};
use super::{Answer, Negotiated, Numbers, Offer, Refusal, Terms, accept_answer};

/// Whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing is pending.
    Stable,
    /// We wait for the answer to this.
    HaveLocalOffer(Offer),
    /// They wait for the answer to this.
    HaveRemoteOffer(Session),
}

/// What is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// What we said.
    pub ours: Session,
    /// What they said.
    pub theirs: Session,
    /// What it means.
    pub negotiated: Negotiated,
}

/// The offers and answers of one dialog. Plain data: it can be saved field by field, descriptions as
/// their bytes, and continued elsewhere. For an early dialog of its own it is cloned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiation {
    /// Our o= line with its first version.
    pub origin: Origin,
    /// What we sent last, agreed or not: the next version counts from it.
    pub sent: Option<Session>,
    /// What is in force.
    pub agreed: Option<Agreed>,
    /// What payload type numbers have meant.
    pub numbers: Numbers,
    /// Whose turn it is.
    pub state: State,
}

impl Negotiation {
    /// Nothing is offered yet.
    #[must_use]
    pub fn new(origin: Origin) -> Negotiation {
        let numbers = Numbers::default();
        Negotiation { origin, sent: None, agreed: None, numbers, state: State::Stable }
    }

    /// What is in force.
    #[must_use]
    pub fn negotiated(&self) -> Option<&Negotiated> {
        self.agreed.as_ref().map(|agreed| &agreed.negotiated)
    }

    /// Makes an offer: for an INVITE or UPDATE, or for the response to an INVITE that has none.
    ///
    /// # Errors
    /// An offer is pending, or there is nothing to offer.
    pub fn offer(&mut self, terms: &Terms) -> Result<&Offer, Refusal> {
        self.may_offer()?;
        let mut numbers = self.numbers.clone();
        let offer = Offer::again(self.next_origin(), terms, &mut numbers, self.agreed.as_ref())?;
        self.numbers = numbers;
        Ok(self.send_offer(offer))
    }

    /// Offers once more what is in force, word for word: a refresh of the session (RFC 4028, 7.4).
    ///
    /// # Errors
    /// An offer is pending, or nothing is in force.
    pub fn repeat(&mut self) -> Result<&Offer, Refusal> {
        self.may_offer()?;
        let agreed = self.agreed.as_ref().ok_or(Refusal::NoOffer)?;
        let audio = agreed.negotiated.at;
        // A refresh changes nothing: what is encrypted stays so.
        let must_encrypt = agreed.negotiated.security != Security::Plain;
        let Session { origin: _, lines, media } = agreed.ours.clone();
        let session = Session::new(self.next_origin(), lines, media);
        let session = session.map_err(|_| Refusal::TooLarge)?;
        Ok(self.send_offer(Offer { session, audio, must_encrypt }))
    }

    fn may_offer(&self) -> Result<(), Refusal> {
        match self.state {
            State::Stable => Ok(()),
            State::HaveLocalOffer(_) => Err(Refusal::OurOfferPending),
            State::HaveRemoteOffer(_) => Err(Refusal::TheirOfferPending),
        }
    }

    fn send_offer(&mut self, offer: Offer) -> &Offer {
        let Offer { session, audio, must_encrypt } = offer;
        let session = self.send(session);
        self.state = State::HaveLocalOffer(Offer { session, audio, must_encrypt });
        match &self.state {
            State::HaveLocalOffer(offer) => offer,
            State::Stable | State::HaveRemoteOffer(_) => unreachable!("set one line above"),
        }
    }

    /// Reads a description in an unreliable provisional response to our offer: what may come to be
    /// agreed, so that early media is heard. It is not the answer yet (RFC 6337, 3.1.1).
    ///
    /// # Errors
    /// None of our offers waits, or this cannot be its answer.
    pub fn preview(&self, answer: &Session) -> Result<Negotiated, Refusal> {
        match &self.state {
            State::HaveLocalOffer(offer) => accept_answer(offer, answer),
            State::HaveRemoteOffer(_) => Err(Refusal::TheirOfferPending),
            State::Stable => Err(Refusal::NoOffer),
        }
    }

    /// Takes the answer to our offer. The exchange is over with it, even if the answer cannot be
    /// used: then what was in force before still is, and without that the call has to end.
    ///
    /// # Errors
    /// None of our offers waits, or this cannot be its answer.
    pub fn accept_answer(&mut self, answer: Session) -> Result<&Negotiated, Refusal> {
        let negotiated = self.preview(&answer);
        match core::mem::replace(&mut self.state, State::Stable) {
            State::HaveLocalOffer(offer) => Ok(self.agree(offer.session, answer, negotiated?)),
            state @ (State::Stable | State::HaveRemoteOffer(_)) => {
                self.state = state;
                Err(negotiated.err().unwrap_or(Refusal::NoOffer))
            }
        }
    }

    /// Takes their offer; it waits for our answer.
    ///
    /// # Errors
    /// An offer is pending: 491 if it is ours, 500 if it is theirs (RFC 3261, 14.2).
    pub fn take_offer(&mut self, offer: Session) -> Result<(), Refusal> {
        self.may_offer()?;
        self.state = State::HaveRemoteOffer(offer);
        Ok(())
    }

    /// Answers their offer. If it is refused, it waits on: for an answer on other terms, or for
    /// [`Negotiation::rollback`] together with the refusal's status.
    ///
    /// # Errors
    /// None of their offers waits, or it cannot be taken on these terms.
    pub fn answer(&mut self, terms: &Terms) -> Result<(Answer, &Negotiated), Refusal> {
        let offer = match &self.state {
            State::HaveRemoteOffer(offer) => offer.clone(),
            State::HaveLocalOffer(_) => return Err(Refusal::OurOfferPending),
            State::Stable => return Err(Refusal::NoOffer),
        };
        let in_force = self.negotiated().and_then(|negotiated| negotiated.srtp.as_ref());
        let origin = self.next_origin();
        let (Answer { session, audio }, negotiated) = again(&offer, origin, terms, in_force)?;
        let session = self.send(session);
        self.state = State::Stable;
        let negotiated = self.agree(session.clone(), offer, negotiated);
        Ok((Answer { session, audio }, negotiated))
    }

    /// Forgets the pending offer: it was refused, or the request that carried it failed.
    ///
    /// # Errors
    /// Nothing is pending.
    pub fn rollback(&mut self) -> Result<(), Refusal> {
        match core::mem::replace(&mut self.state, State::Stable) {
            State::HaveLocalOffer(_) | State::HaveRemoteOffer(_) => Ok(()),
            State::Stable => Err(Refusal::NoOffer),
        }
    }

    fn agree(&mut self, ours: Session, theirs: Session, negotiated: Negotiated) -> &Negotiated {
        // Ours first: a number that we chose keeps its meaning for us.
        let streams = [ours.stream(negotiated.at), theirs.stream(negotiated.at)];
        streams.into_iter().flatten().for_each(|stream| self.numbers.learn(stream));
        &self.agreed.insert(Agreed { ours, theirs, negotiated }).negotiated
    }

    /// Our o= line for a description that changes something.
    fn next_origin(&self) -> Origin {
        match &self.sent {
            None => self.origin.clone(),
            Some(sent) => {
                let version = sent.origin.version.saturating_add(1);
                Origin { version, ..self.origin.clone() }
            }
        }
    }

    /// Notes what we send. The version grows if it changes something, and only then (RFC 3264, 8).
    fn send(&mut self, session: Session) -> Session {
        let session = match self.sent.take() {
            Some(sent) if sent.says_the_same(&session) => sent,
            Some(_) | None => session,
        };
        self.sent.insert(session).clone()
    }
}
