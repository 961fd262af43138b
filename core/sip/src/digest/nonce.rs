// SPDX-License-Identifier: EUPL-1.2
//! Nonces that prove by themselves when, for whom and by whom they were made.
//!
//! Hex of time (8 bytes), salt (8 bytes) and the first half of an HMAC-SHA-256 over both, the source
//! and the realm. So a challenge costs no memory, however many are asked for.

use super::algorithm::{Hex, keyed, same};
use super::source::Source;
use alloc::vec::Vec;
use stdx::{Redacted, Tick};

/// A nonce of ours: when it was made, and what makes it unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NonceId {
    pub(super) made_at: Tick,
    pub(super) salt: u64,
}

const MAC_LENGTH: usize = 16;
const LENGTH: usize = 16 + MAC_LENGTH;

/// Makes nonces and knows its own again.
#[derive(Clone, Debug)]
pub(super) struct Mint {
    key: Redacted<[u8; 32]>,
    realm: Vec<u8>,
}

impl Mint {
    pub(super) fn new(key: [u8; 32], realm: &[u8]) -> Mint {
        Mint { key: Redacted::new(key), realm: realm.to_vec() }
    }

    /// The nonce as it stands in the challenge.
    pub(super) fn text(&self, id: NonceId, source: Option<Source>) -> Hex {
        let mut bytes = [0; LENGTH];
        bytes[..8].copy_from_slice(&id.made_at.0.to_be_bytes());
        bytes[8..16].copy_from_slice(&id.salt.to_be_bytes());
        bytes[16..].copy_from_slice(&self.seal(id, source));
        Hex::of(&bytes)
    }

    /// Which nonce this is; none if it is not one of ours for this source.
    pub(super) fn read(&self, text: &[u8], source: Option<Source>) -> Option<NonceId> {
        let bytes = unhex(text)?;
        let number = |at: usize| bytes[at..at + 8].iter().fold(0, |n, &b| n << 8 | u64::from(b));
        let id = NonceId { made_at: Tick(number(0)), salt: number(8) };
        same(&self.seal(id, source), &bytes[16..]).then_some(id)
    }

    fn seal(&self, id: NonceId, source: Option<Source>) -> [u8; MAC_LENGTH] {
        let time = id.made_at.0.to_be_bytes();
        let salt = id.salt.to_be_bytes();
        let bound = [u8::from(source.is_some())];
        let source = source.map_or([0; 16], |source| source.0);
        let parts: [&[u8]; 5] = [&time, &salt, &bound, &source, &self.realm];
        let full = keyed(self.key.expose(), &parts);
        let mut seal = [0; MAC_LENGTH];
        seal.copy_from_slice(&full[..MAC_LENGTH]);
        seal
    }
}

fn unhex(text: &[u8]) -> Option<[u8; LENGTH]> {
    if text.len() != LENGTH * 2 {
        return None;
    }
    let mut bytes = [0; LENGTH];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// Lower case only: another spelling would be another nonce to whoever compares bytes.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: NonceId = NonceId { made_at: Tick(115_000_000), salt: 7 };

    #[test]
    fn a_nonce_is_known_again_by_its_maker_for_its_source_only() {
        let mint = Mint::new([1; 32], b"amt");
        let phone = Some(Source::v4([192, 0, 2, 7]));
        let text = mint.text(ID, phone);
        assert_eq!(mint.read(text.digits(), phone), Some(ID));
        assert_eq!(mint.read(text.digits(), None), None);
        assert_eq!(mint.read(text.digits(), Some(Source::v4([192, 0, 2, 8]))), None);
        assert_eq!(Mint::new([2; 32], b"amt").read(text.digits(), phone), None);
        assert_eq!(Mint::new([1; 32], b"rat").read(text.digits(), phone), None);
    }

    #[test]
    fn every_changed_digit_is_noticed() {
        let mint = Mint::new([1; 32], b"amt");
        let text = mint.text(ID, None);
        for at in 0..text.digits().len() {
            let mut forged = text.digits().to_vec();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(mint.read(&forged, None), None, "digit {at}");
        }
        assert_eq!(mint.read(&text.digits()[1..], None), None);
        assert_eq!(mint.read(&text.digits().to_ascii_uppercase(), None), None);
        assert_eq!(mint.read(b"", None), None);
    }
}
