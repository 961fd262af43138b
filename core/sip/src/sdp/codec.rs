// SPDX-License-Identifier: EUPL-1.2
//! Codecs, key presses, and the payload type numbers that stand for them.

use super::text::{cut, number, trimmed, words};
use alloc::string::String;
use core::fmt;

/// A codec that our legs speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    /// 7 kHz in 64 kbit/s; its RTP clock says 8,000 by an old mistake (RFC 3551, 4.5.2).
    G722,
    /// G.711 A-law, the telephone of Europe.
    Pcma,
    /// G.711 µ-law.
    Pcmu,
    /// RFC 7587.
    Opus,
}

impl Codec {
    /// Every codec.
    pub const ALL: [Codec; 4] = [Codec::G722, Codec::Pcma, Codec::Pcmu, Codec::Opus];

    /// The RTP clock in Hz.
    #[must_use]
    pub const fn clock(self) -> u32 {
        match self {
            Codec::G722 | Codec::Pcma | Codec::Pcmu => 8_000,
            Codec::Opus => 48_000,
        }
    }

    /// What stands behind the number in a=rtpmap.
    #[must_use]
    pub const fn encoding(self) -> &'static str {
        match self {
            Codec::G722 => "G722/8000",
            Codec::Pcma => "PCMA/8000",
            Codec::Pcmu => "PCMU/8000",
            Codec::Opus => "opus/48000/2",
        }
    }
}

/// What a payload type number can stand for in our streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Sound.
    Audio(Codec),
    /// Key presses, on the clock of the sound beside them (RFC 4733, 2.1).
    Events {
        /// In Hz.
        clock: u32,
    },
}

impl Format {
    /// The number that we offer if it is free: the static one (RFC 3551, 6), or what everybody uses.
    #[must_use]
    pub const fn usual_payload(self) -> u8 {
        match self {
            Format::Audio(Codec::Pcmu) => 0,
            Format::Audio(Codec::Pcma) => 8,
            Format::Audio(Codec::G722) => 9,
            Format::Audio(Codec::Opus) => 111,
            Format::Events { clock: 48_000 } => 110,
            Format::Events { .. } => 101,
        }
    }

    /// The format of this number and encoding; none if it is not one of ours.
    #[must_use]
    pub fn of(payload: u8, encoding: &Encoding<'_>) -> Option<Format> {
        let is = |name: &str| encoding.name.eq_ignore_ascii_case(name.as_bytes());
        let narrow = encoding.clock == 8_000;
        let mono = encoding.channels <= 1;
        // Some phones write what G.722 really samples, against RFC 3551; the number shows what they
        // mean.
        let wide_g722 = payload == 9 && encoding.clock == 16_000;
        if is("telephone-event") {
            return Some(Format::Events { clock: encoding.clock });
        }
        let means = |codec: &Codec| match codec {
            Codec::G722 => is("G722") && mono && (narrow || wide_g722),
            Codec::Pcma => is("PCMA") && mono && narrow,
            Codec::Pcmu => is("PCMU") && mono && narrow,
            Codec::Opus => is("opus") && encoding.clock == 48_000,
        };
        Codec::ALL.into_iter().find(means).map(Format::Audio)
    }

    /// What stands behind the number in a=rtpmap.
    pub(super) fn encoding(self) -> String {
        match self {
            Format::Audio(codec) => codec.encoding().into(),
            Format::Events { clock } => alloc::format!("telephone-event/{clock}"),
        }
    }
}

/// An encoding as a=rtpmap names it (RFC 8866, 6.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding<'a> {
    /// The name; case does not matter.
    pub name: &'a [u8],
    /// The RTP clock in Hz.
    pub clock: u32,
    /// Channels; 1 if nothing is written.
    pub channels: u8,
}

/// Numbers that need no a=rtpmap (RFC 3551, 6): what phones still send.
const STATIC: [(u8, &str); 7] =
    [(0, "PCMU"), (3, "GSM"), (4, "G723"), (8, "PCMA"), (9, "G722"), (13, "CN"), (18, "G729")];

impl<'a> Encoding<'a> {
    /// Reads the value of a=rtpmap: the number, and what it stands for.
    pub(super) fn of(rtpmap: &'a [u8]) -> Option<(u8, Encoding<'a>)> {
        let mut words = words(rtpmap);
        let payload = number(words.next()?).ok()?;
        let (name, rest) = cut(words.next()?, b'/');
        let (clock, channels) = cut(rest?, b'/');
        let channels = channels.map_or(Some(1), |count| number(count).ok())?;
        Some((payload, Encoding { name, clock: number(clock).ok()?, channels }))
    }

    /// What a number stands for without a=rtpmap.
    pub(super) fn of_static(payload: u8) -> Option<Encoding<'static>> {
        let known = STATIC.iter().find(|(number, _)| *number == payload);
        known.map(|(_, name)| Encoding { name: name.as_bytes(), clock: 8_000, channels: 1 })
    }
}

/// Which key presses, as bits: 0–9, `*`, `#`, A–D (RFC 4733, 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Keys(u16);

impl Keys {
    /// All sixteen: what holds if nothing is written (RFC 4733, 2.4.1).
    pub const ALL: Keys = Keys(u16::MAX);

    /// Reads the value of a=fmtp behind the number, such as `0-15,66`. Events that are no keys are
    /// left out; what cannot be read stands for all keys, as if it were missing.
    #[must_use]
    pub fn of(fmtp: &[u8]) -> Keys {
        let mut keys = 0;
        for part in fmtp.split(|&byte| byte == b',') {
            let (first, last) = cut(trimmed(part), b'-');
            let first = number::<u8>(trimmed(first)).ok();
            let last = last.map_or(first, |last| number(trimmed(last)).ok());
            let (Some(first), Some(last)) = (first, last) else {
                return Keys::ALL;
            };
            keys |= (first..=last.min(15)).fold(0, |keys, key| keys | 1 << key);
        }
        Keys(keys)
    }

    /// Those that both know.
    #[must_use]
    pub const fn and(self, other: Keys) -> Keys {
        Keys(self.0 & other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this one is among them; 10 is `*`, 11 is `#`.
    #[must_use]
    pub const fn contains(self, key: u8) -> bool {
        key < 16 && self.0 & 1 << key != 0
    }
}

impl fmt::Display for Keys {
    /// As a=fmtp wants it: `0-11,13`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = 0;
        let mut comma = "";
        while key < 16 {
            let end = (key..16).find(|&key| !self.contains(key)).unwrap_or(16);
            match end - key {
                0 => {}
                1 => write!(f, "{comma}{key}")?,
                _ => write!(f, "{comma}{key}-{}", end - 1)?,
            }
            if end > key {
                comma = ",";
            }
            key = end + 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn keys_are_read_and_written_as_ranges() {
        for (fmtp, expected) in [
            ("0-15", "0-15"),
            ("0-16", "0-15"),
            ("0-15,66,70", "0-15"),
            ("0-11", "0-11"),
            ("0, 2-4 ,11", "0,2-4,11"),
            ("5", "5"),
            ("15", "15"),
            ("9-3", ""),
            ("32-36", ""),
            ("", "0-15"),
            ("events=0-15", "0-15"),
            ("0-999", "0-15"),
        ] {
            assert_eq!(Keys::of(fmtp.as_bytes()).to_string(), expected, "{fmtp}");
        }
        assert!(Keys::of(b"0-11").contains(11) && !Keys::of(b"0-11").contains(12));
        assert!(!Keys::ALL.contains(16));
    }

    #[test]
    fn encodings_are_ours_by_name_clock_and_channels() {
        let format = |rtpmap: &'static str| {
            let (payload, encoding) = Encoding::of(rtpmap.as_bytes())?;
            Format::of(payload, &encoding)
        };
        assert_eq!(format("9 G722/8000"), Some(Format::Audio(Codec::G722)));
        assert_eq!(format("9 g722/16000"), Some(Format::Audio(Codec::G722)));
        assert_eq!(format("96 G722/16000"), None);
        assert_eq!(format("8 pcma/8000/1"), Some(Format::Audio(Codec::Pcma)));
        assert_eq!(format("97 PCMA/16000"), None);
        assert_eq!(format("97 PCMU/8000/2"), None);
        assert_eq!(format("96 opus/48000"), Some(Format::Audio(Codec::Opus)));
        assert_eq!(format("96 opus/48000/2"), Some(Format::Audio(Codec::Opus)));
        assert_eq!(format("96 opus/16000"), None);
        assert_eq!(format("101 telephone-event/8000"), Some(Format::Events { clock: 8_000 }));
        assert_eq!(format("101 telephone-event"), None);
        assert_eq!(format("x PCMA/8000"), None);
    }

    #[test]
    fn each_format_reads_what_it_writes() {
        for codec in Codec::ALL {
            for format in [Format::Audio(codec), Format::Events { clock: codec.clock() }] {
                let rtpmap = alloc::format!("{} {}", format.usual_payload(), format.encoding());
                let (payload, encoding) = Encoding::of(rtpmap.as_bytes()).expect("an rtpmap");
                assert_eq!(Format::of(payload, &encoding), Some(format));
            }
        }
    }
}
