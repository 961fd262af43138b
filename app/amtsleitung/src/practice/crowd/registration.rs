// SPDX-License-Identifier: EUPL-1.2
//! A telephone registers, looks whether another one has its place, and makes way for it.
//!
//! ```text
//!   REGISTER ─▶ 401 ─▶ REGISTER with the proof ─▶ 200: who else is reached there?
//!       ▲                                           │ nobody          │ another one
//!       └───────────── after a while ◀──────────────┘                 ▼
//!       ▲                                            REGISTER, Expires: 0: stands back
//!       └── REGISTER without Contact, after a while: the other one is gone ◀──┘
//! ```
//!
//! The rule to keep: it knows what the answers say and nothing else, as any telephone.

use sip::agent::limits::MAX_FORWARDS;
use sip::digest::{Challenge, Credentials, Session, choose, scheme};
use sip::message::{MessageWriter, Name, Response};
use sip::transaction::{Backoff, Timing};
use std::net::SocketAddr;
use stdx::{Micros, Rng, Tick};

/// For how long a telephone registers, in seconds.
const EXPIRES: u32 = 300;

/// How often a telephone registers anew.
const AGAIN: Micros = Micros::from_secs(120);

/// How often one that makes way looks whether it has to.
const LOOKS: Micros = Micros::from_secs(2);

/// How long one that was refused waits.
const REFUSED: Micros = Micros::from_secs(10);

/// Where a telephone registers, and as whom.
#[derive(Clone, Debug)]
pub(in crate::practice) struct Account {
    /// Its id, the user part of its address.
    pub(in crate::practice) id: String,
    /// The domain.
    pub(in crate::practice) domain: String,
    /// Name and password.
    pub(in crate::practice) credentials: Credentials,
}

/// What it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    /// To be reached.
    Reached,
    /// To be reached no longer.
    Away,
    /// Only to know who is reached.
    Look,
}

/// A REGISTER without an answer yet.
#[derive(Debug)]
struct Sent {
    bytes: Vec<u8>,
    again: Backoff,
    until: Tick,
}

/// One telephone's registration.
pub(in crate::practice) struct Registration {
    account: Account,
    local: SocketAddr,
    call_id: Vec<u8>,
    tag: u64,
    cseq: u32,
    session: Option<Session>,
    want: Want,
    sent: Option<Sent>,
    next_at: Tick,
    /// Whether it makes way for another telephone.
    makes_way: bool,
    stands_back: bool,
    reached: bool,
}

impl Registration {
    /// A telephone that registers as soon as it is asked.
    pub(in crate::practice) fn new(
        now: Tick,
        account: Account,
        local: SocketAddr,
        makes_way: bool,
        rng: &mut Rng,
    ) -> Registration {
        Registration {
            account,
            local,
            call_id: format!("{:016x}", rng.next_u64()).into_bytes(),
            tag: rng.next_u64(),
            cseq: 0,
            session: None,
            want: Want::Reached,
            sent: None,
            next_at: now,
            makes_way,
            stands_back: false,
            reached: false,
        }
    }

    /// Is to be reached no longer, from the next REGISTER on.
    #[cfg(test)]
    pub(in crate::practice) fn leave(&mut self, now: Tick) {
        (self.want, self.next_at) = (Want::Away, now);
    }

    /// Whose it is.
    pub(in crate::practice) fn account(&self) -> &Account {
        &self.account
    }

    /// Whether another telephone has the place.
    pub(in crate::practice) fn stands_back(&self) -> bool {
        self.stands_back
    }

    /// Whether it has been taken once: then somebody can work with it.
    pub(in crate::practice) fn is_reached(&self) -> bool {
        self.reached
    }

    /// When [`Registration::due`] is wanted.
    pub(in crate::practice) fn deadline(&self) -> Tick {
        self.sent.as_ref().map_or(self.next_at, |sent| sent.again.at.min(sent.until))
    }

    /// What is to be sent now.
    pub(in crate::practice) fn due(&mut self, now: Tick, rng: &mut Rng) -> Option<Vec<u8>> {
        if self.deadline() > now {
            return None;
        }
        match &mut self.sent {
            Some(sent) if sent.until <= now => {
                self.sent = None;
                self.next_at = now + REFUSED;
                None
            }
            Some(sent) => {
                sent.again = sent.again.doubled_to(now, Timing::DEFAULT.t2);
                Some(sent.bytes.clone())
            }
            None => self.ask(now, rng),
        }
    }

    /// An answer came; what is to be sent now.
    pub(in crate::practice) fn answered(
        &mut self,
        now: Tick,
        response: &Response<'_>,
        rng: &mut Rng,
    ) -> Option<Vec<u8>> {
        let headers = &response.headers;
        let ours = headers.call_id == self.call_id && headers.cseq.number == self.cseq;
        if !ours || response.status.is_provisional() || self.sent.is_none() {
            return None;
        }
        self.sent = None;
        match response.status.code() {
            200 => {
                self.taken(now, response);
                None
            }
            401 if self.challenged(response, rng) => self.ask(now, rng),
            _ => {
                self.next_at = now + REFUSED;
                None
            }
        }
    }

    /// It was taken: the answer says who is reached.
    fn taken(&mut self, now: Tick, response: &Response<'_>) {
        if let Some(session) = &mut self.session {
            session.accepted();
        }
        self.reached = true;
        self.next_at = now + AGAIN;
        if self.makes_way {
            self.make_way(now, response);
        }
    }

    fn make_way(&mut self, now: Tick, response: &Response<'_>) {
        let own = self.contact();
        let mut contacts = response.headers.contacts();
        self.stands_back = contacts.any(|it| it.uri.raw() != own.as_bytes());
        let (want, at) = match (self.want, self.stands_back) {
            (Want::Reached, false) => (Want::Reached, now + LOOKS),
            (Want::Reached, true) => (Want::Away, now),
            (Want::Away | Want::Look, true) => (Want::Look, now + LOOKS),
            (Want::Away | Want::Look, false) => (Want::Reached, now),
        };
        (self.want, self.next_at) = (want, at);
    }

    fn challenged(&mut self, response: &Response<'_>, rng: &mut Rng) -> bool {
        let read = response.headers.all(Name::WwwAuthenticate).filter_map(|field| {
            let value = field.value();
            let (scheme, params) = scheme(&value);
            Challenge::read(scheme, params).ok()
        });
        let Some(challenge) = choose(read).into_iter().next() else { return false };
        let cnonce = format!("{:016x}", rng.next_u64());
        match &mut self.session {
            Some(session) => session.challenged_again(challenge, cnonce.as_bytes()).is_ok(),
            None => {
                self.session = Some(Session::new(challenge, cnonce.as_bytes()));
                true
            }
        }
    }

    fn ask(&mut self, now: Tick, rng: &mut Rng) -> Option<Vec<u8>> {
        let bytes = self.compose(rng.next_u64())?;
        let timing = Timing::DEFAULT;
        let again = Backoff::starting(now, timing.t1);
        self.sent = Some(Sent { bytes: bytes.clone(), again, until: now + timing.patience() });
        Some(bytes)
    }

    fn compose(&mut self, branch: u64) -> Option<Vec<u8>> {
        self.cseq += 1;
        let Account { id, domain, credentials } = &self.account;
        let registrar = format!("sip:{domain}");
        let record = format!("<sip:{id}@{domain}>");
        let (local, cseq, tag) = (self.local, self.cseq, self.tag);
        let contact = self.contact();
        let proof = match &mut self.session {
            Some(session) => {
                Some(session.answer(credentials, b"REGISTER", registrar.as_bytes()).ok()?)
            }
            None => None,
        };
        let mut bytes = Vec::new();
        let mut writer = MessageWriter::request(&mut bytes, b"REGISTER", registrar.as_bytes());
        writer
            .text(Name::Via, format_args!("SIP/2.0/UDP {local};rport;branch=z9hG4bK{branch:016x}"))
            .text(Name::MaxForwards, format_args!("{MAX_FORWARDS}"))
            .text(Name::From, format_args!("{record};tag={tag:016x}"))
            .text(Name::To, format_args!("{record}"))
            .field(Name::CallId, &self.call_id)
            .text(Name::CSeq, format_args!("{cseq} REGISTER"));
        if let Some(proof) = &proof {
            writer.field(Name::Authorization, proof);
        }
        let expires = match self.want {
            Want::Reached => Some(EXPIRES),
            Want::Away => Some(0),
            Want::Look => None,
        };
        if let Some(expires) = expires {
            writer.text(Name::Contact, format_args!("<{contact}>;expires={expires}"));
        }
        writer.finish(&[]).ok()?;
        Some(bytes)
    }

    fn contact(&self) -> String {
        format!("sip:{}@{}", self.account.id, self.local)
    }
}
