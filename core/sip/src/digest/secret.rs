// SPDX-License-Identifier: EUPL-1.2
//! What the server knows of a password: its hash with name and realm, one for each algorithm.

use super::algorithm::{Hash, Hex, md5, sha256};
use stdx::Redacted;

/// H(A1) of one account (RFC 7616, 3.4.2). Whoever has it can sign in, so it never prints.
///
/// Made once when the accounts are loaded, so that every verification takes the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    md5: Option<Redacted<[u8; 16]>>,
    sha256: Option<Redacted<[u8; 32]>>,
}

impl Secret {
    /// From the password.
    #[must_use]
    pub fn of<P: AsRef<[u8]>>(username: &[u8], realm: &[u8], password: &Redacted<P>) -> Secret {
        let parts = [username, realm, password.expose().as_ref()];
        Secret::from_hashes(Some(md5(&parts)), Some(sha256(&parts)))
    }

    /// From stored hashes of `username:realm:password`. With an algorithm that has none, the account
    /// cannot sign in; nobody is told so.
    #[must_use]
    pub fn from_hashes(md5: Option<[u8; 16]>, sha256: Option<[u8; 32]>) -> Secret {
        Secret { md5: md5.map(Redacted::new), sha256: sha256.map(Redacted::new) }
    }

    pub(super) fn hash(&self, hash: Hash) -> Option<Hex> {
        match hash {
            Hash::Md5 => self.md5.as_ref().map(|it| Hex::of(it.expose())),
            Hash::Sha256 => self.sha256.as_ref().map(|it| Hex::of(it.expose())),
        }
    }

    /// What is calculated with when there is no such account: of the same length as a real one.
    pub(super) fn nobody(hash: Hash) -> Hex {
        match hash {
            Hash::Md5 => Hex::of(&[0; 16]),
            Hash::Sha256 => Hex::of(&[0; 32]),
        }
    }
}
