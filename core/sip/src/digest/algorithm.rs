// SPDX-License-Identifier: EUPL-1.2
//! The hashes, and what is hashed (RFC 7616, 3.4).

use md5::Md5;
use sha2::{Digest, Sha256};

/// How an answer is calculated; the later one is the stronger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// `MD5`, also if none is named (RFC 3261, 22.4).
    Md5,
    /// `MD5-sess`: the password's part is hashed with the first nonces.
    Md5Sess,
    /// `SHA-256` (RFC 8760).
    Sha256,
    /// `SHA-256-sess`.
    Sha256Sess,
}

impl Algorithm {
    const ALL: [Algorithm; 4] =
        [Algorithm::Md5, Algorithm::Md5Sess, Algorithm::Sha256, Algorithm::Sha256Sess];

    /// The name in headers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Md5Sess => "MD5-sess",
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Sha256Sess => "SHA-256-sess",
        }
    }

    /// The algorithm of this name, in any case; none if we do not speak it.
    #[must_use]
    pub fn of(name: &[u8]) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|it| it.name().as_bytes().eq_ignore_ascii_case(name))
    }

    pub(super) const fn hash(self) -> Hash {
        match self {
            Algorithm::Md5 | Algorithm::Md5Sess => Hash::Md5,
            Algorithm::Sha256 | Algorithm::Sha256Sess => Hash::Sha256,
        }
    }

    pub(super) const fn is_session(self) -> bool {
        match self {
            Algorithm::Md5 | Algorithm::Sha256 => false,
            Algorithm::Md5Sess | Algorithm::Sha256Sess => true,
        }
    }
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Md5,
    Sha256,
}

impl Hash {
    /// The hash of the parts with colons between them, in lower-case hex: `H(a ":" b)`.
    pub(super) fn joined(self, parts: &[&[u8]]) -> Hex {
        match self {
            Hash::Md5 => Hex::of(&md5(parts)),
            Hash::Sha256 => Hex::of(&sha256(parts)),
        }
    }
}

/// MD5 of the parts with colons between them.
pub(super) fn md5(parts: &[&[u8]]) -> [u8; 16] {
    feed::<Md5>(parts).finalize().into()
}

/// SHA-256 of the parts with colons between them.
pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    feed::<Sha256>(parts).finalize().into()
}

fn feed<H: Digest>(parts: &[&[u8]]) -> H {
    let mut hash = H::new();
    for (nth, part) in parts.iter().enumerate() {
        if nth > 0 {
            hash.update(b":");
        }
        hash.update(part);
    }
    hash
}

/// A hash in lower-case hex.
#[derive(Clone, Copy)]
pub(super) struct Hex {
    digits: [u8; 64],
    length: usize,
}

impl Hex {
    pub(super) fn of(bytes: &[u8]) -> Hex {
        assert!(bytes.len() <= 32, "no hash here is longer than 32 bytes");
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
            pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
            pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
        Hex { digits, length: bytes.len() * 2 }
    }

    pub(super) fn digits(&self) -> &[u8] {
        &self.digits[..self.length]
    }
}

/// What an answer is calculated from, beside the password.
#[derive(Clone, Copy)]
pub(super) struct Proof<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) method: &'a [u8],
    pub(super) uri: &'a [u8],
    pub(super) nonce: &'a [u8],
    pub(super) cnonce: &'a [u8],
    /// `nc` and `qop` as they stand in the header; none for an answer after RFC 2069.
    pub(super) protection: Option<(&'a [u8], &'a [u8])>,
}

impl Proof<'_> {
    /// `response` for one who knows H(A1), the hash of `username:realm:password` (RFC 7616, 3.4.1).
    pub(super) fn response(&self, secret: &Hex) -> Hex {
        let hash = self.algorithm.hash();
        let secret = match self.algorithm.is_session() {
            true => hash.joined(&[secret.digits(), self.nonce, self.cnonce]),
            false => *secret,
        };
        let target = hash.joined(&[self.method, self.uri]);
        match self.protection {
            Some((nc, qop)) => {
                let parts = [secret.digits(), self.nonce, nc, self.cnonce, qop, target.digits()];
                hash.joined(&parts)
            }
            None => hash.joined(&[secret.digits(), self.nonce, target.digits()]),
        }
    }
}

/// HMAC-SHA-256 (RFC 2104), for a key of 32 bytes.
pub(super) fn keyed(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        Sha256::new().chain_update(block)
    };
    let mut inner = pad(0x36);
    parts.iter().for_each(|part| inner.update(part));
    pad(0x5c).chain_update(inner.finalize()).finalize().into()
}

/// Whether both are the same, in a time that does not depend on where they differ.
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let differing =
        one.iter().zip(other).fold(0, |all, (a, b)| core::hint::black_box(all | (a ^ b)));
    core::hint::black_box(differing) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mufasa(algorithm: Algorithm, password: &[u8], proof: Proof<'_>, realm: &[u8]) -> Hex {
        let secret = algorithm.hash().joined(&[b"Mufasa", realm, password]);
        proof.response(&secret)
    }

    /// RFC 7616, 3.9.1, with its two algorithms; the -sess values are calculated with Python's hashlib.
    #[test]
    fn examples_of_rfc_7616() {
        for (algorithm, expected) in [
            (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
            (Algorithm::Md5Sess, "e783283f46242139c486a698fec7211d"),
            (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
            (
                Algorithm::Sha256Sess,
                "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7",
            ),
        ] {
            let proof = Proof {
                algorithm,
                method: b"GET",
                uri: b"/dir/index.html",
                nonce: b"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                cnonce: b"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                protection: Some((b"00000001", b"auth")),
            };
            let response = mufasa(algorithm, b"Circle of Life", proof, b"http-auth@example.org");
            assert_eq!(response.digits(), expected.as_bytes(), "{algorithm:?}");
        }
    }

    /// RFC 2617, 3.5, and the same without `qop` as in RFC 2069 (calculated with Python's hashlib).
    #[test]
    fn examples_of_rfc_2617() {
        let proof = Proof {
            algorithm: Algorithm::Md5,
            method: b"GET",
            uri: b"/dir/index.html",
            nonce: b"dcd98b7102dd2f0e8b11d0f600bfb0c093",
            cnonce: b"0a4f113b",
            protection: Some((b"00000001", b"auth")),
        };
        let realm = b"testrealm@host.com";
        let response = mufasa(Algorithm::Md5, b"Circle Of Life", proof, realm);
        assert_eq!(response.digits(), b"6629fae49393a05397450978507c4ef1");
        let legacy = Proof { protection: None, ..proof };
        let response = mufasa(Algorithm::Md5, b"Circle Of Life", legacy, realm);
        assert_eq!(response.digits(), b"670fd8c2df070c60b045671b8b24ff02");
    }

    /// Calculated with Python's `hmac` for a key of 32 bytes of 0x0b.
    #[test]
    fn the_keyed_hash_is_hmac() {
        let mac = keyed(&[0x0b; 32], &[b"Hi ", b"There"]);
        assert_eq!(
            Hex::of(&mac).digits(),
            b"198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7"
        );
    }

    #[test]
    fn names_are_read_in_any_case() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::of(algorithm.name().as_bytes()), Some(algorithm));
        }
        assert_eq!(Algorithm::of(b"md5"), Some(Algorithm::Md5));
        assert_eq!(Algorithm::of(b"sha-256"), Some(Algorithm::Sha256));
        assert_eq!(Algorithm::of(b"SHA-512-256"), None);
        assert_eq!(Algorithm::of(b""), None);
        assert_eq!(Algorithm::of(b"AKAv1-MD5"), None);
    }

    #[test]
    fn same_means_every_byte() {
        assert!(same(b"", b""));
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"ab"));
    }
}
