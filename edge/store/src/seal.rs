// SPDX-License-Identifier: EUPL-1.2
//! Personal values as they lie on disk: sealed under the key of their day.
//!
//! XChaCha20-Poly1305. What a value is about – centre, day, purpose, subject – is sealed with it, so that
//! one that was moved to another entry cannot be opened there. Values are padded, so that their lengths tell
//! nothing.
//!
//! The nonce is 24 random bytes, drawn for each value by the program and kept in front of it. A counter or
//! the contact's number would be shorter and is not safe: what was told to a disk that failed may lie on it
//! all the same, and after a restart the same number is given again. Of 2^96 values under one key two would
//! have the same random nonce by chance; a day has some thousand.
//!
//! The rule to keep: a nonce is never derived from anything and never used twice.

use crate::keys::Key;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use privacy::Purpose;
use stdx::Day;

/// Bytes of a nonce.
pub const NONCE: usize = 24;

/// Sealed values have a multiple of so many bytes: a number with its kind has at most sixteen.
const BLOCK: usize = 24;

/// Where the padding begins.
const END: u8 = 0x80;

/// A sealed value: nobody can read it without the key of its day.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub(crate) Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "sealed in {} bytes", self.0.len())
    }
}

/// What a value is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About<'a> {
    /// Whose log it lies in.
    pub centre: &'a str,
    /// Under the key of which day.
    pub day: Day,
    /// What for.
    pub purpose: Purpose,
    /// The number of the contact, the seat, the leg, or the case.
    pub subject: u64,
}

impl About<'_> {
    /// Everything of a fixed length first, so that no two are the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let purpose = match self.purpose {
            Purpose::Token => 0,
            Purpose::Number => 1,
            Purpose::Seat => 2,
            Purpose::Leg => 3,
            Purpose::Note => 4,
            Purpose::Case => 5,
        };
        let mut bytes = b"amtsleitung sealed 1".to_vec();
        bytes.push(purpose);
        bytes.extend_from_slice(&self.day.0.to_le_bytes());
        bytes.extend_from_slice(&self.subject.to_le_bytes());
        bytes.extend_from_slice(self.centre.as_bytes());
        bytes
    }
}

impl Sealed {
    /// Seals a value.
    ///
    /// # Panics
    /// If the value has some 256 GiB.
    #[must_use]
    pub fn new(key: &Key, about: &About<'_>, nonce: [u8; NONCE], value: &[u8]) -> Sealed {
        let mut padded = value.to_vec();
        padded.push(END);
        padded.resize(padded.len().next_multiple_of(BLOCK), 0);
        let payload = Payload { msg: &padded, aad: &about.bytes() };
        let sealed = cipher(key).encrypt(&nonce.into(), payload).expect("a short value");
        Sealed([&nonce[..], &sealed].concat())
    }

    /// As it lies on disk.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What lay on disk.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Sealed {
        Sealed(bytes)
    }

    /// The value; none if this is another key, it was about something else, or it was altered.
    #[must_use]
    pub fn open(&self, key: &Key, about: &About<'_>) -> Option<Vec<u8>> {
        let (nonce, sealed) = self.0.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: &about.bytes() };
        let mut value = cipher(key).decrypt(&(*nonce).into(), payload).ok()?;
        let end = value.iter().rposition(|&byte| byte != 0).filter(|&at| value[at] == END)?;
        value.truncate(end);
        Some(value)
    }
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose().into())
}
