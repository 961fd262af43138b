// SPDX-License-Identifier: EUPL-1.2
//! Which sounds a machine has spoken.
//!
//! Rule: it is told by the sound itself, never by its name: a person's recording may have the name
//! of one that a machine made, and a machine's may be copied anywhere.

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest as _, Sha256};

/// SHA-256 of a file's bytes, written as `sha256sum` writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// The digest that a word spells in 64 hexadecimal digits; none if it does not.
    fn spelt(word: &str) -> Option<Digest> {
        let (pairs, []) = word.as_bytes().as_chunks::<2>() else { return None };
        let mut bytes = [0; 32];
        if pairs.len() != bytes.len() {
            return None;
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let digit = |character: u8| char::from(character).to_digit(16);
            *byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
        }
        Some(Digest(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The sounds that a machine has spoken, by their digests.
#[derive(Clone, Debug, Default)]
pub struct Made(BTreeSet<Digest>);

impl Made {
    /// The file beside the sounds in which their digests stand.
    pub const FILE: &'static str = "made.list";

    /// Adds every digest of such a file, wherever it stands in its line; the rest is for people.
    pub fn read(&mut self, text: &str) {
        self.0.extend(text.split_whitespace().filter_map(Digest::spelt));
    }

    /// Whether a machine has spoken it.
    #[must_use]
    pub fn has(&self, digest: Digest) -> bool {
        self.0.contains(&digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_spelt_as_sha256sum_does() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), empty);
        assert_eq!(Digest::spelt(empty), Some(Digest::of(b"")));
        for no_digest in ["", "e3", &empty[1..], &empty.replace('e', "g"), &"ä".repeat(32)] {
            assert_eq!(Digest::spelt(no_digest), None, "{no_digest}");
        }
    }

    #[test]
    fn a_list_is_read_whatever_else_stands_in_it() {
        let mut made = Made::default();
        made.read(&format!("busy 31e9b4f99562df78 {}\n# no digest\n", Digest::of(b"busy")));
        made.read(&format!("{}  music.wav\r\n", Digest::of(b"music")));
        assert!(made.has(Digest::of(b"busy")) && made.has(Digest::of(b"music")));
        assert!(!made.has(Digest::of(b"a person")));
    }
}
