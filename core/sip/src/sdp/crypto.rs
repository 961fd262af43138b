// SPDX-License-Identifier: EUPL-1.2
//! One a=crypto line: how a side protects what it sends, and with which key (RFC 4568).
//!
//! ```text
//! a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQ…aVBR|2^20|1:4 WSH=128
//!          tag        suite                 key  lifetime MKI  parameters
//! ```
//!
//! The key stands in clear in the description, so the description has to travel in TLS (RFC 4568, 7).
//! The rule to keep: nothing here prints it, but what is written to be sent.

use super::Line;
use super::limits::{CRYPTO_TAG_MAX, LIFETIME_MAX, MKI_BYTES_MAX};
use super::text::{Text, cut, number, words};
use alloc::format;
use alloc::string::String;
use base64ct::{Base64, Encoding};
use core::fmt::Write;
use stdx::Redacted;

/// Bytes of a master key and its salt with both suites (RFC 4568, 6.2).
pub const MASTER_BYTES: usize = 30;

/// The same in base64, without padding.
const MASTER_DIGITS: usize = MASTER_BYTES / 3 * 4;

/// A master key of 16 bytes and its salt of 14.
pub type Master = Redacted<[u8; MASTER_BYTES]>;

/// How packets are protected (RFC 4568, 6.2): of the suites, those that we have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`, which every implementation has.
    Tag80,
    /// `AES_CM_128_HMAC_SHA1_32`, with a shorter tag.
    Tag32,
}

impl Suite {
    /// Every suite, the stronger first.
    pub const ALL: [Suite; 2] = [Suite::Tag80, Suite::Tag32];

    /// The name in a=crypto.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Suite::Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Suite::Tag32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    fn of(name: &[u8]) -> Option<Suite> {
        Suite::ALL.into_iter().find(|suite| name.eq_ignore_ascii_case(suite.name().as_bytes()))
    }
}

/// A master key identifier: a number that stands in each packet and names the key (RFC 4568, 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mki {
    value: u64,
    length: u8,
}

impl Mki {
    /// A number in so many bytes; none if they are none, more than [`MKI_BYTES_MAX`], or too few for it.
    #[must_use]
    pub const fn new(value: u64, length: u8) -> Option<Mki> {
        let fits = length >= 8 || value >> (8 * length as u32) == 0;
        if length > 0 && length <= MKI_BYTES_MAX && fits {
            Some(Mki { value, length })
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.value
    }

    /// In how many bytes of a packet it stands.
    #[must_use]
    pub const fn length(self) -> u8 {
        self.length
    }
}

/// What a side says of the key that it sends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crypto {
    /// Names the line, for the answer; up to [`CRYPTO_TAG_MAX`].
    pub tag: u32,
    /// How packets are protected.
    pub suite: Suite,
    /// The key.
    pub master: Master,
    /// For how many packets, from 1 to [`LIFETIME_MAX`]; as many as there can be if nothing is written.
    pub lifetime: Option<u64>,
    /// What stands in each packet to name the key.
    pub mki: Option<Mki>,
}

/// Why a line cannot be used. The others of the same stream still can (RFC 4568, 5.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unusable {
    /// Not a tag, a suite and a key.
    Form,
    /// No number of at most nine digits.
    Tag,
    /// Not a suite of ours.
    Suite,
    /// The key is not in the line.
    Method,
    /// No base64 of 30 bytes.
    Key,
    /// Several keys, one after the other.
    SeveralKeys,
    /// No number of packets, or more than there can be.
    Lifetime,
    /// No identifier of a number and a length that holds it.
    Mki,
    /// A parameter that must be understood, and is not, or takes away protection.
    Parameter,
}

impl Crypto {
    /// A line of ours, with nothing but what has to be in it.
    #[must_use]
    pub const fn new(tag: u32, suite: Suite, master: Master) -> Crypto {
        Crypto { tag, suite, master, lifetime: None, mki: None }
    }

    /// Reads what stands behind `a=crypto:`.
    ///
    /// # Errors
    /// Why the line has to be passed over.
    pub fn parse(value: &[u8]) -> Result<Crypto, Unusable> {
        let mut words = words(value);
        let [Some(tag), Some(suite), Some(key)] = [words.next(), words.next(), words.next()] else {
            return Err(Unusable::Form);
        };
        let tag = number(tag).ok().filter(|&tag| tag <= CRYPTO_TAG_MAX).ok_or(Unusable::Tag)?;
        let suite = Suite::of(suite).ok_or(Unusable::Suite)?;
        let (master, lifetime, mki) = key_info(key)?;
        if !words.all(is_harmless) {
            return Err(Unusable::Parameter);
        }
        Ok(Crypto { tag, suite, master, lifetime, mki })
    }

    /// What stands behind `a=crypto:`; to be sent, never to be shown.
    #[must_use]
    pub fn value(&self) -> String {
        let mut digits = [0; MASTER_DIGITS];
        let key = Base64::encode(self.master.expose(), &mut digits);
        let key = key.expect("40 digits hold 30 bytes");
        let mut value = format!("{} {} inline:{key}", self.tag, self.suite.name());
        let written = match self.lifetime {
            Some(packets) if packets.is_power_of_two() => write!(value, "|2^{}", packets.ilog2()),
            Some(packets) => write!(value, "|{packets}"),
            None => Ok(()),
        };
        let written = written.and(match self.mki {
            Some(Mki { value: mki, length }) => write!(value, "|{mki}:{length}"),
            None => Ok(()),
        });
        written.expect("a text takes everything");
        value
    }

    /// The line.
    pub(super) fn line(&self) -> Line {
        let text = Text::new(format!("crypto:{}", self.value()).as_bytes());
        Line::new(b'a', text.expect("names, numbers and base64 are one line"))
    }
}

/// `inline:key|lifetime|MKI:length`, of which the last two may be missing (RFC 4568, 6.1).
fn key_info(word: &[u8]) -> Result<(Master, Option<u64>, Option<Mki>), Unusable> {
    let (method, info) = cut(word, b':');
    let info = info.filter(|_| method.eq_ignore_ascii_case(b"inline")).ok_or(Unusable::Method)?;
    if info.contains(&b';') {
        return Err(Unusable::SeveralKeys);
    }
    let mut parts = info.split(|&byte| byte == b'|');
    let master = master(parts.next().unwrap_or_default())?;
    let mut next = parts.next();
    let lifetime = match next {
        Some(part) if !part.contains(&b':') => {
            next = parts.next();
            Some(packets(part).ok_or(Unusable::Lifetime)?)
        }
        Some(_) | None => None,
    };
    let mki = next.map(|part| identifier(part).ok_or(Unusable::Mki)).transpose()?;
    if parts.next().is_some() { Err(Unusable::Form) } else { Ok((master, lifetime, mki)) }
}

fn master(digits: &[u8]) -> Result<Master, Unusable> {
    // Longer ones would be read by part.
    if digits.len() != MASTER_DIGITS {
        return Err(Unusable::Key);
    }
    let mut master = [0; MASTER_BYTES];
    let read = Base64::decode(digits, &mut master).map_err(|_| Unusable::Key)?;
    if read.len() == MASTER_BYTES { Ok(Redacted::new(master)) } else { Err(Unusable::Key) }
}

/// `2^20`, or in digits.
fn packets(part: &[u8]) -> Option<u64> {
    let packets = match part.strip_prefix(b"2^") {
        Some(power) => 1_u64.checked_shl(number(power).ok()?)?,
        None => number(part).ok()?,
    };
    (1..=LIFETIME_MAX).contains(&packets).then_some(packets)
}

/// `1:4`.
fn identifier(part: &[u8]) -> Option<Mki> {
    let (value, length) = cut(part, b':');
    Mki::new(number(value).ok()?, number(length?).ok()?)
}

/// Whether a session parameter changes nothing for us: those with a minus need not be understood
/// (RFC 4568, 6.3.7), and the size of the replay window is a hint (RFC 4568, 6.3.6). All others derive
/// keys otherwise, correct errors, or leave something in clear or unauthenticated, which nobody gets
/// from us.
fn is_harmless(parameter: &[u8]) -> bool {
    let (name, value) = cut(parameter, b'=');
    let is_hint = name.eq_ignore_ascii_case(b"WSH");
    name.starts_with(b"-") || is_hint && value.is_some_and(|value| number::<u64>(value).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR";

    /// The line with `KEY` for the key, and what is written again of it.
    fn read(line: &str) -> Result<String, Unusable> {
        let line = line.replace("KEY", KEY);
        Crypto::parse(line.as_bytes()).map(|crypto| crypto.value().replace(KEY, "KEY"))
    }

    #[test]
    fn lines_are_read_and_written() {
        for (line, written) in [
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY", "1 AES_CM_128_HMAC_SHA1_80 inline:KEY"),
            ("2 aes_cm_128_hmac_sha1_32 INLINE:KEY", "2 AES_CM_128_HMAC_SHA1_32 inline:KEY"),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4",
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4",
            ),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:4",
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:4",
            ),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1048576",
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20",
            ),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1000",
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1000",
            ),
            (
                "999999999  AES_CM_128_HMAC_SHA1_80\tinline:KEY|2^48 ",
                "999999999 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^48",
            ),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY WSH=128 -new=1 -other",
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY",
            ),
        ] {
            assert_eq!(read(line).as_deref(), Ok(written), "{line}");
        }
    }

    #[test]
    fn lines_that_cannot_be_used_say_why() {
        for (line, why) in [
            ("", Unusable::Form),
            ("1 AES_CM_128_HMAC_SHA1_80", Unusable::Form),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4|5", Unusable::Form),
            ("one AES_CM_128_HMAC_SHA1_80 inline:KEY", Unusable::Tag),
            ("1000000000 AES_CM_128_HMAC_SHA1_80 inline:KEY", Unusable::Tag),
            ("1 F8_128_HMAC_SHA1_80 inline:KEY", Unusable::Suite),
            ("1 AEAD_AES_128_GCM inline:KEY", Unusable::Suite),
            ("1 AES_CM_128_HMAC_SHA1_80 uri:KEY", Unusable::Method),
            ("1 AES_CM_128_HMAC_SHA1_80 inline", Unusable::Method),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:", Unusable::Key),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEYA", Unusable::Key),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVA=",
                Unusable::Key,
            ),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaV-_",
                Unusable::Key,
            ),
            (
                "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4;inline:KEY|2^20|2:4",
                Unusable::SeveralKeys,
            ),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^49", Unusable::Lifetime),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^64", Unusable::Lifetime),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|0", Unusable::Lifetime),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|", Unusable::Lifetime),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1", Unusable::Mki),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|256:1", Unusable::Mki),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:0", Unusable::Mki),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY|1:129", Unusable::Mki),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY KDR=1", Unusable::Parameter),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNENCRYPTED_SRTP", Unusable::Parameter),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNENCRYPTED_SRTCP", Unusable::Parameter),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY UNAUTHENTICATED_SRTP", Unusable::Parameter),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY WSH", Unusable::Parameter),
            ("1 AES_CM_128_HMAC_SHA1_80 inline:KEY -a FEC_ORDER=FEC_SRTP", Unusable::Parameter),
        ] {
            assert_eq!(read(line), Err(why), "{line}");
        }
    }

    #[test]
    fn a_key_is_not_shown() {
        let crypto = Crypto::parse(format!("1 {} inline:{KEY}", Suite::Tag80.name()).as_bytes());
        let crypto = crypto.expect("a line");
        let shown = format!("{crypto:?} {:?}", crypto.line());
        assert!(!shown.contains("PS1u") && !shown.contains("61, 45"), "{shown}");
    }

    fn cryptos() -> impl Strategy<Value = Crypto> {
        let mki = (any::<u64>(), 1..=MKI_BYTES_MAX).prop_map(|(value, length)| {
            Mki::new(value >> (64 - 8 * u32::from(length.min(8))), length).expect("it fits")
        });
        let lifetime = prop_oneof![1..=LIFETIME_MAX, (0..=48_u32).prop_map(|power| 1 << power)];
        let key = (prop::array::uniform15(any::<u8>()), prop::array::uniform15(any::<u8>()));
        let key = key
            .prop_map(|(a, b)| core::array::from_fn(|at| if at < 15 { a[at] } else { b[at - 15] }));
        let suite = prop::sample::select(&Suite::ALL);
        (0..=CRYPTO_TAG_MAX, suite, key, prop::option::of(lifetime), prop::option::of(mki))
            .prop_map(|(tag, suite, key, lifetime, mki)| Crypto {
                tag,
                suite,
                master: Redacted::new(key),
                lifetime,
                mki,
            })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(crypto in cryptos()) {
            prop_assert_eq!(Crypto::parse(crypto.value().as_bytes()), Ok(crypto));
        }

        #[test]
        fn anything_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = Crypto::parse(&bytes).is_ok();
        }

        #[test]
        fn anything_like_a_line_is_read_or_refused(
            tail in "[0-9a-zA-Z+/=|:;^ -]{0,60}", cut in 0..100_usize,
        ) {
            let line = format!("1 {} inline:{KEY}{tail}", Suite::Tag80.name());
            let line = line.get(..cut.max(line.len() / 2).min(line.len())).unwrap_or(&line);
            if let Ok(crypto) = Crypto::parse(line.as_bytes()) {
                prop_assert_eq!(Crypto::parse(crypto.value().as_bytes()), Ok(crypto));
            }
        }
    }
}
