// SPDX-License-Identifier: EUPL-1.2
//! From a master key to the keys of a session (RFC 3711 §4.3).
//!
//! The key derivation rate is 0: keys are derived once, because nobody agrees on anything else.

use super::MASTER_BYTES;
use super::keystream::Keystream;

/// What a session key is for: the label of RFC 3711 §4.3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Label {
    RtpEncryption = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpEncryption = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}

/// Gives session keys from one master key.
pub(super) struct Derivation(Keystream);

impl Derivation {
    pub(super) fn new(master: &[u8; MASTER_BYTES]) -> Derivation {
        let (key, salt) = master.split_first_chunk().expect("a master key has 16 bytes");
        let salt = salt.first_chunk().expect("14 of 30 bytes are left");
        Derivation(Keystream::new(key, salt))
    }

    /// The label stands above the 48 bits of the index, which is 0 at this rate.
    pub(super) fn key<const LENGTH: usize>(&self, label: Label) -> [u8; LENGTH] {
        let mut key = [0; LENGTH];
        self.0.apply_from(u128::from(label as u8) << 64, &mut key);
        key
    }
}
