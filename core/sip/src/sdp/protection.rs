// SPDX-License-Identifier: EUPL-1.2
//! Whether sound is encrypted, and with which keys, when both sides have said what they can
//! (RFC 4568, 7; RFC 8643).
//!
//! ```text
//!  this leg      their offer: RTP/SAVP, key   RTP/AVP, key   RTP/AVP     we offer
//!  Plain         488                          plain          plain       RTP/AVP
//!  Preferred     encrypted                    encrypted      plain       RTP/AVP, keys
//!  Required      encrypted                    encrypted      488         RTP/SAVP, keys
//! ```
//!
//! A key stays for as long as the other side's does. The rule to keep: what must be encrypted never
//! becomes plain, whatever is answered.

use super::Refusal;
use super::crypto::{Crypto, Master, Suite};
use super::session::{Protocol, Security};
use super::stream::Stream;
use alloc::vec::Vec;

/// What a leg wants for its sound. Keys are drawn at the edge, new ones for each description: those that
/// stay are taken from what was agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Nothing: keys in an offer are not looked at, and an offer that asks for them is refused.
    Plain,
    /// Encrypted if the other side can, plain if not (RFC 8643).
    Preferred(Vec<OwnKey>),
    /// Encrypted, or no call.
    Required(Vec<OwnKey>),
    /// By DTLS (RFC 5764), whose fingerprint the edge writes.
    Dtls,
}

/// A key of ours for one suite. No two suites share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnKey {
    /// What it is for.
    pub suite: Suite,
    /// The key.
    pub master: Master,
}

/// Keys that both sides agreed on.
///
/// Between two agreements each direction goes on for itself: with the same suite and key its context
/// stays, with another a new one begins. If their key changed and ours did not, somebody else may be
/// there who knows nothing of our roll-over counter: then our stream goes on under a new SSRC, which
/// begins at 0 (RFC 3711, 3.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SrtpKeys {
    /// What we send with; its tag is that of both lines.
    pub send: Crypto,
    /// What they send with.
    pub receive: Crypto,
}

impl Protection {
    /// The keys that this leg can offer or answer with.
    pub(super) fn keys(&self) -> &[OwnKey] {
        match self {
            Protection::Plain | Protection::Dtls => &[],
            Protection::Preferred(keys) | Protection::Required(keys) => keys,
        }
    }

    /// The protocol of a first offer.
    pub(super) fn protocol(&self) -> &'static str {
        match self {
            Protection::Plain | Protection::Preferred(_) => "RTP/AVP",
            Protection::Required(_) => "RTP/SAVP",
            Protection::Dtls => "UDP/TLS/RTP/SAVPF",
        }
    }

    /// Whether an offer within a session may keep this protocol: the other side has shown that it takes
    /// it, and with keys also where the protocol does not ask for them.
    pub(super) fn keeps(&self, protocol: Protocol, encrypted: bool) -> bool {
        match (self, protocol.security()) {
            (Protection::Plain, Some(Security::Plain))
            | (Protection::Preferred(_), Some(Security::Plain | Security::Sdes))
            | (Protection::Required(_), Some(Security::Sdes))
            | (Protection::Dtls, Some(Security::Dtls)) => true,
            (Protection::Required(_), Some(Security::Plain)) => encrypted,
            (
                Protection::Plain
                | Protection::Preferred(_)
                | Protection::Required(_)
                | Protection::Dtls,
                Some(Security::Plain | Security::Sdes | Security::Dtls) | None,
            ) => false,
        }
    }

    /// Whether nothing in clear may come of it.
    pub(super) fn must_encrypt(&self) -> bool {
        match self {
            Protection::Required(_) | Protection::Dtls => true,
            Protection::Plain | Protection::Preferred(_) => false,
        }
    }

    /// The lines of an offer: first the suite that is in force, and for each suite the key and the tag
    /// that we said before (RFC 4568, 7.1.4).
    pub(super) fn offered(
        &self,
        before: Option<Stream<'_>>,
        in_force: Option<Suite>,
    ) -> Vec<Crypto> {
        let before: Vec<Crypto> = before.map_or(Vec::new(), |ours| ours.cryptos().collect());
        let mut lines: Vec<Crypto> = Vec::new();
        let mut keys: Vec<&OwnKey> = self.keys().iter().collect();
        keys.sort_by_key(|key| Some(key.suite) != in_force);
        for OwnKey { suite, master } in keys {
            let known = before.iter().find(|line| line.suite == *suite);
            let taken = |tag| lines.iter().chain(&before).any(|line| line.tag == tag);
            let line = known.copied().or_else(|| {
                let tag = (1..).find(|&tag| !taken(tag))?;
                Some(Crypto::new(tag, *suite, *master))
            });
            lines.extend(line.filter(|line| lines.iter().all(|it| it.suite != line.suite)));
        }
        lines
    }

    /// What becomes of an offered stream: keys, or none if it is plain or DTLS. The first line that we
    /// can use is taken (RFC 4568, 7.1.2).
    pub(super) fn taken(
        &self,
        stream: Stream<'_>,
        before: Option<&SrtpKeys>,
    ) -> Result<Option<SrtpKeys>, Refusal> {
        let security = stream.media().protocol().security().ok_or(Refusal::Transport)?;
        match (self, security) {
            (Protection::Plain, Security::Plain) => Ok(None),
            (Protection::Dtls, Security::Dtls) if stream.is_keyed() => Ok(None),
            (Protection::Preferred(keys), Security::Plain) => Ok(chosen(keys, stream, before)),
            (Protection::Preferred(keys), Security::Sdes)
            | (Protection::Required(keys), Security::Plain | Security::Sdes) => {
                chosen(keys, stream, before).map(Some).ok_or(Refusal::Security)
            }
            (Protection::Plain, Security::Sdes | Security::Dtls)
            | (Protection::Preferred(_) | Protection::Required(_), Security::Dtls)
            | (Protection::Dtls, Security::Plain | Security::Sdes | Security::Dtls) => {
                Err(Refusal::Security)
            }
        }
    }
}

/// Their first line that we have a key for. Ours is the one in force if theirs is.
///
/// A key of ours that comes back is not theirs: with one key in both directions two packets could have
/// the same keystream (RFC 3711, 9.1).
fn chosen(keys: &[OwnKey], stream: Stream<'_>, before: Option<&SrtpKeys>) -> Option<SrtpKeys> {
    stream.cryptos().find_map(|receive| {
        let key = keys.iter().find(|key| key.suite == receive.suite)?;
        let same = |before: &&SrtpKeys| {
            let was = before.receive;
            was.suite == receive.suite && was.master == receive.master
        };
        let master = before.filter(same).map_or(key.master, |before| before.send.master);
        let send = Crypto::new(receive.tag, receive.suite, master);
        (receive.master != master).then_some(SrtpKeys { send, receive })
    })
}

/// What an answer makes of the lines that we offered: it has one line, with the tag and the suite of
/// one of ours (RFC 4568, 7.1.3).
pub(super) fn answered(ours: Stream<'_>, theirs: Stream<'_>) -> Result<Option<SrtpKeys>, Refusal> {
    if theirs.values("crypto").next().is_none() {
        return Ok(None);
    }
    let offered: Vec<Crypto> = ours.cryptos().collect();
    // Whoever was offered none has to be read in clear.
    if offered.is_empty() {
        return Ok(None);
    }
    let mut lines = theirs.cryptos();
    let (receive, second) = (lines.next().ok_or(Refusal::Security)?, lines.next());
    let is_meant = |line: &&Crypto| {
        line.tag == receive.tag && line.suite == receive.suite && line.master != receive.master
    };
    let send = offered.iter().find(is_meant).filter(|_| second.is_none());
    send.map(|&send| Some(SrtpKeys { send, receive })).ok_or(Refusal::Security)
}
