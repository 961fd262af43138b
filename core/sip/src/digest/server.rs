// SPDX-License-Identifier: EUPL-1.2
//! As server: challenge a device, and judge its answer.

use super::algorithm::{Algorithm, Hash, Proof, same};
use super::client::Value;
use super::fields::{Fault, Fields, Param};
use super::nonce::{Mint, NonceId};
use super::params::writable;
use super::replay::ReplayGuard;
use super::secret::Secret;
use super::source::Source;
use super::uri::same_resource;
use crate::Status;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use stdx::{Micros, Tick};

/// Which algorithms a challenger offers. An answer with another one is not taken, so nobody can talk
/// the server down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offers {
    /// MD5 only: for phones that stumble over a second challenge.
    Md5,
    /// SHA-256 only.
    Sha256,
    /// Both, SHA-256 first (RFC 8760, 2.3).
    Both,
}

impl Offers {
    const fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Offers::Md5 => &[Algorithm::Md5],
            Offers::Sha256 => &[Algorithm::Sha256],
            Offers::Both => &[Algorithm::Sha256, Algorithm::Md5],
        }
    }
}

/// What a device answered: one `Authorization` or `Proxy-Authorization`.
#[derive(Clone)]
pub struct Answer<'a> {
    username: Cow<'a, [u8]>,
    realm: Cow<'a, [u8]>,
    nonce: Cow<'a, [u8]>,
    uri: Cow<'a, [u8]>,
    response: Vec<u8>,
    /// None for one that we do not speak.
    algorithm: Option<Algorithm>,
    protection: Option<Protection<'a>>,
}

#[derive(Clone)]
struct Protection<'a> {
    qop: Cow<'a, [u8]>,
    cnonce: Cow<'a, [u8]>,
    nc: Cow<'a, [u8]>,
    count: u32,
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl<'a> Answer<'a> {
    /// Reads an answer from its scheme and parameters (values as they stand, quotes included).
    ///
    /// # Errors
    /// If it cannot be judged; the answer to it is 400.
    pub fn read(
        scheme: &[u8],
        params: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<Answer<'a>, Fault> {
        let mut fields = Fields::read(scheme, params)?;
        if fields.is_true(Param::Userhash) {
            return Err(Fault::NotAccepted(Param::Userhash));
        }
        if fields.get(Param::UsernameExtended).is_some() {
            return Err(Fault::NotAccepted(Param::UsernameExtended));
        }
        let named = fields.get(Param::Algorithm).filter(|name| !name.is_empty());
        let algorithm = named.map_or(Some(Algorithm::Md5), Algorithm::of);
        let protection = Protection::read(&mut fields)?;
        // RFC 7616, 3.4: all but the old MD5 answers are protected.
        if protection.is_none() && algorithm != Some(Algorithm::Md5) {
            return Err(Fault::Missing(Param::Qop));
        }
        Ok(Answer {
            username: fields.need(Param::Username)?,
            realm: fields.need(Param::Realm)?,
            nonce: fields.need(Param::Nonce)?,
            uri: fields.need(Param::Uri)?,
            response: fields.need(Param::Response)?.to_ascii_lowercase(),
            algorithm,
            protection,
        })
    }

    /// Who claims to be calling. Look the secret up by this name.
    #[must_use]
    pub fn username(&self) -> &[u8] {
        &self.username
    }

    /// For which realm; with several answers, take the one that is for ours.
    #[must_use]
    pub fn realm(&self) -> &[u8] {
        &self.realm
    }

    fn proof<'b>(&'b self, algorithm: Algorithm, request: Request<'b>) -> Proof<'b> {
        let protection = self.protection.as_ref();
        Proof {
            algorithm,
            method: request.method,
            uri: &self.uri,
            nonce: &self.nonce,
            cnonce: protection.map_or(&[], |it| &it.cnonce),
            protection: protection.map(|it| (&*it.nc, &*it.qop)),
        }
    }

    /// How often the nonce was used, as the device counts; once without protection.
    fn count(&self) -> u32 {
        self.protection.as_ref().map_or(1, |it| it.count)
    }
}

impl<'a> Protection<'a> {
    fn read(fields: &mut Fields<'a>) -> Result<Option<Protection<'a>>, Fault> {
        let Some(qop) = fields.take(Param::Qop) else {
            return Ok(None);
        };
        if !qop.eq_ignore_ascii_case(b"auth") {
            return Err(Fault::NotAccepted(Param::Qop));
        }
        let nc = fields.need(Param::Nc)?;
        let count = count(&nc).ok_or(Fault::Bad(Param::Nc))?;
        Ok(Some(Protection { qop, cnonce: fields.need(Param::Cnonce)?, nc, count }))
    }
}

/// `nc`: up to eight hex digits (the RFC has exactly eight), and not zero.
fn count(nc: &[u8]) -> Option<u32> {
    if nc.is_empty() || nc.len() > 8 {
        return None;
    }
    let number = nc
        .iter()
        .try_fold(0_u32, |number, &digit| Some(number << 4 | char::from(digit).to_digit(16)?))?;
    (number > 0).then_some(number)
}

/// The request that an answer belongs to.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method's name.
    pub method: &'a [u8],
    /// The Request-URI.
    pub uri: &'a [u8],
}

/// Why a nonce is not good any more. The device may be right all the same and tries again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Staleness {
    /// Not made by us, or for another source, or before we began anew.
    NotOurs,
    /// Older than nonces live.
    Expired,
    /// Used with this count before, or with a far higher one.
    Replayed,
    /// Forgotten at the bound ([`super::NONCES_MAX`]).
    Forgotten,
}

/// What an answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Right: the device is who it claims to be.
    Accepted,
    /// Wrong password or unknown user, which nobody can tell apart. Count it as a guess.
    Denied,
    /// The nonce is to be renewed; nothing was learnt about the password, except for
    /// [`Staleness::Replayed`] and [`Staleness::Forgotten`], where it was right.
    Stale(Staleness),
    /// For somebody else's realm; the same as no answer.
    WrongRealm,
    /// With an algorithm that was not offered; the same as no answer.
    UnknownAlgorithm,
    /// For another request (RFC 7616, 3.4.6).
    WrongUri,
    /// Not to be read.
    Malformed(Fault),
}

impl Verdict {
    /// The response that it calls for; none if the request goes on. A proxy says 407 instead of 401.
    #[must_use]
    pub fn status(self) -> Option<Status> {
        match self {
            Verdict::Accepted => None,
            Verdict::Denied
            | Verdict::Stale(_)
            | Verdict::WrongRealm
            | Verdict::UnknownAlgorithm => Status::new(401),
            Verdict::WrongUri | Verdict::Malformed(_) => Status::new(400),
        }
    }

    /// Whether the device has shown a nonce that was made for it, so that its source address is its own
    /// (if nonces are made for sources). Without that a 401 may go to somebody who asked for nothing.
    #[must_use]
    pub fn shows_our_nonce(self) -> bool {
        match self {
            Verdict::Accepted | Verdict::Denied => true,
            Verdict::Stale(why) => match why {
                Staleness::Expired | Staleness::Replayed | Staleness::Forgotten => true,
                Staleness::NotOurs => false,
            },
            Verdict::WrongRealm
            | Verdict::UnknownAlgorithm
            | Verdict::WrongUri
            | Verdict::Malformed(_) => false,
        }
    }

    /// Whether the challenge that follows says `stale=true`.
    #[must_use]
    pub fn is_stale(self) -> bool {
        matches!(self, Verdict::Stale(_))
    }
}

impl From<Fault> for Verdict {
    fn from(fault: Fault) -> Verdict {
        Verdict::Malformed(fault)
    }
}

/// Challenges devices for one realm and judges their answers.
#[derive(Clone, Debug)]
pub struct Challenger {
    realm: Vec<u8>,
    mint: Mint,
    offers: Offers,
    nonce_life: Micros,
    used: ReplayGuard,
}

impl Challenger {
    /// A challenger with a fresh secret key; none if a header cannot carry the realm.
    ///
    /// Draw the key anew at every start: which nonces were used is not kept, so all of them must be
    /// stale then.
    #[must_use]
    pub fn new(
        realm: &[u8],
        key: [u8; 32],
        offers: Offers,
        nonce_life: Micros,
    ) -> Option<Challenger> {
        writable(realm).then(|| Challenger {
            realm: realm.to_vec(),
            mint: Mint::new(key, realm),
            offers,
            nonce_life,
            used: ReplayGuard::default(),
        })
    }

    /// The values of `WWW-Authenticate`, one header line each, strongest first.
    ///
    /// `salt` is drawn at the edge and makes the nonce unique. With a `source` the nonce is good for
    /// that address only: give it wherever [`Throttle`](crate::registrar::Throttle) is told of guesses,
    /// because then nobody can guess in another's name over UDP.
    #[must_use]
    pub fn challenges(
        &self,
        now: Tick,
        salt: u64,
        source: Option<Source>,
        stale: bool,
    ) -> Vec<Vec<u8>> {
        let nonce = self.mint.text(NonceId { made_at: now, salt }, source);
        let one = |&algorithm: &Algorithm| {
            let mut value = Value(b"Digest ".to_vec());
            value.quoted(Param::Realm, &self.realm);
            value.quoted(Param::Nonce, nonce.digits());
            value.token(Param::Algorithm, algorithm.name().as_bytes());
            value.quoted(Param::Qop, b"auth");
            if stale {
                value.token(Param::Stale, b"true");
            }
            value.0
        };
        self.offers.algorithms().iter().map(one).collect()
    }

    /// Judges an answer; `secret` is what is known of its user, if anything.
    ///
    /// The cheap questions come first, the nonce before the password. An unknown user costs the same
    /// time as a wrong password.
    pub fn verify(
        &mut self,
        now: Tick,
        source: Option<Source>,
        request: Request<'_>,
        answer: &Answer<'_>,
        secret: Option<&Secret>,
    ) -> Verdict {
        if *answer.realm != *self.realm {
            return Verdict::WrongRealm;
        }
        let offered = |algorithm: &Algorithm| self.offers.algorithms().contains(algorithm);
        let Some(algorithm) = answer.algorithm.filter(offered) else {
            return Verdict::UnknownAlgorithm;
        };
        if !same_resource(&answer.uri, request.uri) {
            return Verdict::WrongUri;
        }
        let id = match self.living(now, source, &answer.nonce) {
            Ok(id) => id,
            Err(staleness) => return Verdict::Stale(staleness),
        };
        if !proves(answer, algorithm, request, secret) {
            return Verdict::Denied;
        }
        self.used.drop_before(now.saturating_sub(self.nonce_life));
        self.used.admit(id, answer.count()).map_or_else(Verdict::Stale, |()| Verdict::Accepted)
    }

    fn living(
        &self,
        now: Tick,
        source: Option<Source>,
        nonce: &[u8],
    ) -> Result<NonceId, Staleness> {
        let id = self.mint.read(nonce, source).ok_or(Staleness::NotOurs)?;
        // One from the future was made before time was set back by a restore: as good as not ours.
        match id.made_at <= now {
            true if now.since(id.made_at) <= self.nonce_life => Ok(id),
            true => Err(Staleness::Expired),
            false => Err(Staleness::NotOurs),
        }
    }

    /// How many nonces are remembered as used; never more than [`super::NONCES_MAX`].
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.used.len()
    }
}

/// Whether the answer was made by one who knows the password. Takes the same steps without a secret.
fn proves(
    answer: &Answer<'_>,
    algorithm: Algorithm,
    request: Request<'_>,
    secret: Option<&Secret>,
) -> bool {
    let hash: Hash = algorithm.hash();
    let known = secret.and_then(|secret| secret.hash(hash));
    let expected =
        answer.proof(algorithm, request).response(&known.unwrap_or_else(|| Secret::nobody(hash)));
    same(expected.digits(), &answer.response) & known.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_hex_of_up_to_eight_digits_and_never_zero() {
        assert_eq!(count(b"00000001"), Some(1));
        assert_eq!(count(b"0000000a"), Some(10));
        assert_eq!(count(b"FFFFFFFF"), Some(u32::MAX));
        assert_eq!(count(b"1"), Some(1));
        for bad in ["", "00000000", "000000001", "0x000001", "-1", "1 "] {
            assert_eq!(count(bad.as_bytes()), None, "{bad}");
        }
    }
}
