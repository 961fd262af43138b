// SPDX-License-Identifier: EUPL-1.2
//! As client: read challenges, choose one, answer it again and again until the server wants another.

use super::algorithm::{Algorithm, Hash, Hex, Proof};
use super::fields::{Fault, Fields, Param};
use super::params::{quote, writable};
use alloc::vec::Vec;
use core::fmt;
use stdx::Redacted;

/// Challenges looked at in one response: three algorithms for each of five proxies. The rest is ignored.
pub const CHALLENGES_MAX: usize = 16;

/// Bytes of realm, nonce and opaque together. They are echoed in every request, so a server must not
/// make our requests as long as it likes; the longest nonces in the field have about 200.
pub const CHALLENGE_TEXT_MAX: usize = 1_024;

/// How often one request is answered anew because the server calls our nonce stale. Twice is enough
/// for a server with several nodes; then it is a loop.
pub const TRIES_MAX: u8 = 3;

/// What a server asks for: one `WWW-Authenticate` or `Proxy-Authenticate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    algorithm: Algorithm,
    algorithm_named: bool,
    realm: Vec<u8>,
    nonce: Vec<u8>,
    opaque: Option<Vec<u8>>,
    protected: bool,
    stale: bool,
}

impl Challenge {
    /// Reads a challenge from its scheme and parameters (values as they stand, quotes included).
    ///
    /// # Errors
    /// If it is not one that we can answer.
    pub fn read<'a>(
        scheme: &[u8],
        params: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<Challenge, Fault> {
        let mut fields = Fields::read(scheme, params)?;
        let named = fields.get(Param::Algorithm).filter(|name| !name.is_empty());
        let algorithm = named.map_or(Some(Algorithm::Md5), Algorithm::of);
        let challenge = Challenge {
            algorithm: algorithm.ok_or(Fault::NotAccepted(Param::Algorithm))?,
            algorithm_named: named.is_some(),
            protected: protection(fields.get(Param::Qop))?,
            stale: fields.is_true(Param::Stale),
            realm: fields.need(Param::Realm)?.into_owned(),
            nonce: fields.need(Param::Nonce)?.into_owned(),
            opaque: fields.take(Param::Opaque).map(|it| it.into_owned()),
        };
        challenge.checked()
    }

    fn checked(self) -> Result<Challenge, Fault> {
        let opaque = self.opaque.as_ref().map_or(0, Vec::len);
        if self.realm.len() + self.nonce.len() + opaque > CHALLENGE_TEXT_MAX {
            return Err(Fault::TooLong(Param::Nonce));
        }
        // Without qop there is no cnonce in the answer, and -sess needs one (RFC 2617, 3.2.2).
        if self.algorithm.is_session() && !self.protected {
            return Err(Fault::Missing(Param::Qop));
        }
        Ok(self)
    }

    /// Whose password is asked for.
    #[must_use]
    pub fn realm(&self) -> &[u8] {
        &self.realm
    }

    /// What the answer will be calculated with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether the server says that only the nonce was wrong, not the password.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.stale
    }
}

/// Whether `qop` lets us protect the answer with `auth`; an empty one counts as none (RFC 2069).
fn protection(qop: Option<&[u8]>) -> Result<bool, Fault> {
    let mut options = qop.unwrap_or_default().split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    if options.clone().any(|option| option.eq_ignore_ascii_case(b"auth")) {
        return Ok(true);
    }
    match options.all(<[u8]>::is_empty) {
        true => Ok(false),
        false => Err(Fault::NotAccepted(Param::Qop)),
    }
}

/// The challenges to answer: for each realm the one with the strongest algorithm, in the order of the
/// realms (RFC 3261, 22.3). Among equals the first, as the server prefers it (RFC 8760, 2.4).
///
/// RFC 8760 would take the first one that we speak; but a server with MD5 on top has not meant to
/// forbid SHA-256 below it.
#[must_use]
pub fn choose(challenges: impl IntoIterator<Item = Challenge>) -> Vec<Challenge> {
    let mut chosen: Vec<Challenge> = Vec::new();
    for challenge in challenges.into_iter().take(CHALLENGES_MAX) {
        match chosen.iter_mut().find(|it| it.realm == challenge.realm) {
            Some(rival) if rival.strength() < challenge.strength() => *rival = challenge,
            Some(_) => {}
            None => chosen.push(challenge),
        }
    }
    chosen
}

impl Challenge {
    fn strength(&self) -> (bool, bool) {
        (self.algorithm.hash() == Hash::Sha256, self.protected)
    }
}

/// Name and password at somebody else's registrar or proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The name.
    pub username: Redacted<Vec<u8>>,
    /// The password.
    pub password: Redacted<Vec<u8>>,
}

/// Why no answer can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unanswerable {
    /// Name, method, address or cnonce has a control character, which no header can carry.
    Unwritable,
    /// This nonce was used as often as `nc` can count.
    CountUsedUp,
}

/// Why a challenge is not answered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rejected {
    /// The answer was refused: the password is wrong. Asking again would lock the account.
    Password,
    /// The server calls every nonce of its own stale ([`TRIES_MAX`]).
    AlwaysStale,
}

/// A challenge that is being answered: requests with the same nonce, counted.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    challenge: Challenge,
    cnonce: Vec<u8>,
    count: u32,
    /// Challenges in a row without a success between them.
    tries: u8,
}

impl Session {
    /// Begins to answer; `cnonce` is drawn at the edge and stays the same for this nonce, so that
    /// `-sess` has one meaning.
    #[must_use]
    pub fn new(challenge: Challenge, cnonce: &[u8]) -> Session {
        Session { challenge, cnonce: cnonce.to_vec(), count: 0, tries: 1 }
    }

    /// What is being answered.
    #[must_use]
    pub fn challenge(&self) -> &Challenge {
        &self.challenge
    }

    /// The value of `Authorization` (or `Proxy-Authorization`) for the next request.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn answer(
        &mut self,
        credentials: &Credentials,
        method: &[u8],
        uri: &[u8],
    ) -> Result<Vec<u8>, Unanswerable> {
        let username = credentials.username.expose();
        if ![&**username, method, uri, &*self.cnonce].into_iter().all(writable) {
            return Err(Unanswerable::Unwritable);
        }
        self.count = self.count.checked_add(1).ok_or(Unanswerable::CountUsedUp)?;
        let nc = Hex::of(&self.count.to_be_bytes());
        let proof = Proof {
            algorithm: self.challenge.algorithm,
            method,
            uri,
            nonce: &self.challenge.nonce,
            cnonce: &self.cnonce,
            protection: self.challenge.protected.then_some((nc.digits(), b"auth")),
        };
        let secret = [username, &*self.challenge.realm, credentials.password.expose()];
        let response = proof.response(&proof.algorithm.hash().joined(&secret));
        Ok(self.write(username, &proof, &response))
    }

    fn write(&self, username: &[u8], proof: &Proof<'_>, response: &Hex) -> Vec<u8> {
        let mut value = Value(b"Digest ".to_vec());
        value.quoted(Param::Username, username);
        value.quoted(Param::Realm, &self.challenge.realm);
        value.quoted(Param::Nonce, &self.challenge.nonce);
        value.quoted(Param::Uri, proof.uri);
        value.quoted(Param::Response, response.digits());
        // Unquoted, as RFC 3261, 25.1 has them; some servers compare them as they stand.
        if self.challenge.algorithm_named {
            value.token(Param::Algorithm, proof.algorithm.name().as_bytes());
        }
        if let Some((nc, qop)) = proof.protection {
            value.quoted(Param::Cnonce, proof.cnonce);
            value.token(Param::Qop, qop);
            value.token(Param::Nc, nc);
        }
        if let Some(opaque) = &self.challenge.opaque {
            value.quoted(Param::Opaque, opaque);
        }
        value.0
    }

    /// The last answer was taken.
    pub fn accepted(&mut self) {
        self.tries = 0;
    }

    /// The answer was met with another challenge: whether to answer that one (RFC 3261, 22.2).
    ///
    /// A nonce that had been accepted may be too old by now, and many servers do not say `stale` then;
    /// so the first challenge after a success is always answered.
    ///
    /// # Errors
    /// If another answer would be refused as well.
    pub fn challenged_again(&mut self, by: Challenge, cnonce: &[u8]) -> Result<(), Rejected> {
        if self.tries > 0 && !by.stale {
            return Err(Rejected::Password);
        }
        if self.tries == TRIES_MAX {
            return Err(Rejected::AlwaysStale);
        }
        *self = Session { tries: self.tries + 1, ..Session::new(by, cnonce) };
        Ok(())
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("algorithm", &self.challenge.algorithm)
            .field("count", &self.count)
            .field("tries", &self.tries)
            .finish_non_exhaustive()
    }
}

/// A header value in the making.
pub(super) struct Value(pub(super) Vec<u8>);

impl Value {
    pub(super) fn quoted(&mut self, param: Param, text: &[u8]) {
        self.name(param);
        quote(text, &mut self.0);
    }

    pub(super) fn token(&mut self, param: Param, text: &[u8]) {
        self.name(param);
        self.0.extend_from_slice(text);
    }

    fn name(&mut self, param: Param) {
        if !self.0.ends_with(b" ") {
            self.0.extend_from_slice(b", ");
        }
        self.0.extend_from_slice(param.name().as_bytes());
        self.0.push(b'=');
    }
}
