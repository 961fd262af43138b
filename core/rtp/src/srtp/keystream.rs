// SPDX-License-Identifier: EUPL-1.2
//! AES in counter mode as SRTP wants it (RFC 3711 §4.1.1).
//!
//! ```text
//!  0                     4              8                         14    16
//!  |        salt         | salt ⊕ SSRC  |      salt ⊕ index       | block |
//! ```

use aes::Aes128;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use core::fmt;

/// Bytes of a block.
const BLOCK: usize = 16;

/// Blocks that are made together: as many as a processor with AES of its own works on at once.
const TOGETHER: usize = 8;

/// One key with its salt.
#[derive(Clone)]
pub(super) struct Keystream {
    cipher: Aes128,
    /// Where the counter begins, before source and index go in.
    salt: u128,
}

impl Keystream {
    pub(super) fn new(key: &[u8; 16], salt: &[u8; 14]) -> Keystream {
        let salt = salt.iter().fold(0, |number, &byte| number << 8 | u128::from(byte));
        Keystream { cipher: Aes128::new(&Array::from(*key)), salt: salt << 16 }
    }

    /// Encrypts or decrypts: it is the same. Twice under the same source and index gives both away.
    pub(super) fn apply(&self, ssrc: u32, index: u64, bytes: &mut [u8]) {
        self.apply_from(u128::from(ssrc) << 64 | u128::from(index) << 16, bytes);
    }

    /// The same with everything that goes into the counter beside the salt (RFC 3711 §4.1.1).
    pub(super) fn apply_from(&self, start: u128, bytes: &mut [u8]) {
        let mut counter = self.salt ^ start;
        for piece in bytes.chunks_mut(TOGETHER * BLOCK) {
            let count = piece.len().div_ceil(BLOCK);
            let mut blocks = [Array::from([0; BLOCK]); TOGETHER];
            for block in &mut blocks[..count] {
                *block = Array::from(counter.to_be_bytes());
                // No packet has as many as the 2¹⁶ blocks that would carry over into the index.
                counter = counter.wrapping_add(1);
            }
            self.cipher.encrypt_blocks(&mut blocks[..count]);
            for (bytes, block) in piece.chunks_mut(BLOCK).zip(&blocks) {
                bytes.iter_mut().zip(block).for_each(|(byte, key)| *byte ^= key);
            }
        }
    }
}

impl fmt::Debug for Keystream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keystream(…)")
    }
}
