// SPDX-License-Identifier: EUPL-1.2
//! A call of ours for which somebody on the way wants a password (RFC 3261, 22.2 and 22.3).
//!
//! ```text
//!   INVITE n ──▶ 401, 407: ACK ──▶ INVITE n + 1 with an answer for every realm ──▶ goes on
//!                  └── wrong password, a realm too many, a round too many ──▶ Refused 401, 407
//! ```
//!
//! The rule to keep: an answer that was refused is not given again, because the next one might lock
//! the account; and whatever the peers ask, the rounds are counted.

use super::limits::{AUTHENTICATION_ROUNDS_MAX, REALMS_MAX};
use crate::digest::{Challenge, Credentials, Session, choose, scheme};
use crate::message::{Headers, Message, Name, parse_datagram};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The server that the call reached: 401.
    Server,
    /// A proxy on the way: 407.
    Proxy,
}

impl Who {
    const ALL: [Who; 2] = [Who::Server, Who::Proxy];

    /// Where the question stands.
    fn asks_in(self) -> Name {
        match self {
            Who::Server => Name::WwwAuthenticate,
            Who::Proxy => Name::ProxyAuthenticate,
        }
    }

    /// Where the answer stands.
    fn answered_in(self) -> Name {
        match self {
            Who::Server => Name::Authorization,
            Who::Proxy => Name::ProxyAuthorization,
        }
    }
}

/// What is proved to whom, for one call that is not up yet.
pub(super) struct Authentication {
    credentials: Credentials,
    /// One for each realm that has asked, in that order.
    sessions: Vec<(Who, Session)>,
    rounds: u8,
}

impl Authentication {
    pub(super) fn with(credentials: Credentials) -> Authentication {
        Authentication { credentials, sessions: Vec::new(), rounds: 0 }
    }

    /// A 401 or 407 came; whether it makes sense to ask again with what [`Authentication::answers`]
    /// says. A fork may bring questions of several servers and proxies in one response (RFC 3261,
    /// 22.3), so both kinds are read whatever the status is.
    pub(super) fn challenged(
        &mut self,
        headers: &Headers<'_>,
        mut draw: impl FnMut() -> Box<[u8]>,
    ) -> bool {
        if self.rounds == AUTHENTICATION_ROUNDS_MAX {
            return false;
        }
        self.rounds += 1;
        let [server, proxy] = Who::ALL.map(|who| (who, challenges(headers, who)));
        // A question of the server has passed all proxies: they have taken their answers.
        if proxy.1.is_empty() {
            for (_, session) in self.sessions.iter_mut().filter(|(who, _)| *who == Who::Proxy) {
                session.accepted();
            }
        }
        let mut answerable = false;
        for (who, asked) in [server, proxy] {
            for challenge in asked {
                if !self.take(who, challenge, &draw()) {
                    return false;
                }
                answerable = true;
            }
        }
        answerable
    }

    fn take(&mut self, who: Who, challenge: Challenge, cnonce: &[u8]) -> bool {
        let room = self.sessions.len() < REALMS_MAX;
        let mut sessions = self.sessions.iter_mut();
        let of_realm = |it: &Session| it.challenge().realm() == challenge.realm();
        match sessions.find(|(by, it)| *by == who && of_realm(it)) {
            Some((_, session)) => session.challenged_again(challenge, cnonce).is_ok(),
            None if !room => false,
            None => {
                self.sessions.push((who, Session::new(challenge, cnonce)));
                true
            }
        }
    }

    /// Whether an answer was given that was not taken yet.
    pub(super) fn has_answered(&self) -> bool {
        self.rounds > 0
    }

    /// All answers were taken: the next questions are new ones.
    pub(super) fn accepted(&mut self) {
        self.rounds = 0;
        self.sessions.iter_mut().for_each(|(_, session)| session.accepted());
    }

    /// Forgets what was asked: for another server.
    pub(super) fn forget(&mut self) {
        self.rounds = 0;
        self.sessions.clear();
    }

    /// The fields that answer every realm, for one request; none if they cannot be written.
    pub(super) fn answers(&mut self, method: &[u8], uri: &[u8]) -> Option<Vec<(Name, Vec<u8>)>> {
        let mut fields = Vec::with_capacity(self.sessions.len());
        for (who, session) in &mut self.sessions {
            let value = session.answer(&self.credentials, method, uri).ok()?;
            fields.push((who.answered_in(), value));
        }
        Some(fields)
    }
}

/// Of each realm the strongest challenge that we can answer; what cannot be read is passed over.
fn challenges(headers: &Headers<'_>, who: Who) -> Vec<Challenge> {
    let read = headers.all(who.asks_in()).filter_map(|field| {
        let value = field.value();
        let (scheme, params) = scheme(&value);
        Challenge::read(scheme, params).ok()
    });
    choose(read)
}

/// The credentials of an INVITE: the ACK to its 2xx repeats them, because nobody may ask for them
/// there (RFC 3261, 13.2.2.4 and 22.1).
pub(super) fn credentials_of(invite: &[u8]) -> Vec<(Name, Vec<u8>)> {
    let Ok(Message::Request(request)) = parse_datagram(invite) else { return Vec::new() };
    let fields = request.headers.fields().iter();
    let proofs = fields.filter(|it| Who::ALL.iter().any(|who| who.answered_in() == it.name));
    proofs.map(|field| (field.name, field.raw.to_vec())).collect()
}
