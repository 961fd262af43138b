// SPDX-License-Identifier: EUPL-1.2
//! The session keys of one direction: for RTP, and for RTCP.

use super::Master;
use super::derive::{Derivation, Label};
use super::keystream::Keystream;
use core::fmt;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Bytes of a session key for authentication (RFC 3711 §5.2).
const AUTHENTICATION_BYTES: usize = 20;

/// Encrypts and authenticates RTP, or RTCP.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) stream: Keystream,
    /// Keyed once; each packet goes on from a copy.
    mac: Hmac<Sha1>,
}

impl Keys {
    /// For RTP.
    pub(super) fn rtp(master: &Master) -> Keys {
        use Label::{RtpAuthentication, RtpEncryption, RtpSalt};
        Keys::new(master, [RtpEncryption, RtpAuthentication, RtpSalt])
    }

    /// For RTCP.
    pub(super) fn rtcp(master: &Master) -> Keys {
        use Label::{RtcpAuthentication, RtcpEncryption, RtcpSalt};
        Keys::new(master, [RtcpEncryption, RtcpAuthentication, RtcpSalt])
    }

    fn new(master: &Master, [encryption, authentication, salt]: [Label; 3]) -> Keys {
        let derivation = Derivation::new(master.expose());
        let stream = Keystream::new(&derivation.key(encryption), &derivation.key(salt));
        let key = derivation.key::<AUTHENTICATION_BYTES>(authentication);
        let mac = Hmac::new_from_slice(&key).expect("HMAC takes keys of any length");
        Keys { stream, mac }
    }

    /// Writes the first bytes of the tag over these bytes and what follows them in thought
    /// (RFC 3711 §4.2).
    pub(super) fn sign(&self, bytes: &[u8], and: &[u8], tag: &mut [u8]) {
        let whole = self.over(bytes, and).finalize().into_bytes();
        tag.iter_mut().zip(whole).for_each(|(byte, made)| *byte = made);
    }

    /// Whether the tag is right; takes the same time wherever it is wrong.
    pub(super) fn verifies(&self, bytes: &[u8], and: &[u8], tag: &[u8]) -> bool {
        self.over(bytes, and).verify_truncated_left(tag).is_ok()
    }

    fn over(&self, bytes: &[u8], and: &[u8]) -> Hmac<Sha1> {
        self.mac.clone().chain_update(bytes).chain_update(and)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}
