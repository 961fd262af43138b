// SPDX-License-Identifier: EUPL-1.2
//! What a datagram is, by its first two bytes, when several protocols share one port.

/// The protocols that may share a port with RTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// STUN (RFC 8489), first byte 0–3.
    Stun,
    /// ZRTP (RFC 6189), first byte 16–19.
    Zrtp,
    /// DTLS (RFC 5764), first byte 20–63.
    Dtls,
    /// A TURN channel (RFC 8656), first byte 64–79.
    TurnChannel,
    /// RTP (RFC 3550), first byte 128–191.
    Rtp,
    /// RTCP (RFC 3550), as RTP, and the second byte is 192–223.
    Rtcp,
    /// None of these: drop it.
    Other,
}

/// Tells the protocols apart (RFC 7983 §7; RTP from RTCP by RFC 5761 §4).
///
/// Looks at two bytes only: what it names must still be parsed.
#[must_use]
pub const fn kind(datagram: &[u8]) -> Kind {
    match datagram {
        [0..=3, ..] => Kind::Stun,
        [16..=19, ..] => Kind::Zrtp,
        [20..=63, ..] => Kind::Dtls,
        [64..=79, ..] => Kind::TurnChannel,
        // With one port for both, payload types 64–95 are forbidden to RTP: with a marker they
        // would look like these.
        [128..=191, 192..=223, ..] => Kind::Rtcp,
        [128..=191, _, ..] => Kind::Rtp,
        [] | [_, ..] => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: core::ops::RangeInclusive<u8>, second: u8, expected: Kind) {
        for byte in first {
            assert_eq!(kind(&[byte, second, 0, 0]), expected, "first byte {byte}");
        }
    }

    #[test]
    fn every_first_byte_is_told_apart_as_rfc_7983_says() {
        check(0..=3, 1, Kind::Stun);
        check(4..=15, 0, Kind::Other);
        check(16..=19, 0, Kind::Zrtp);
        check(20..=63, 254, Kind::Dtls);
        check(64..=79, 0, Kind::TurnChannel);
        check(80..=127, 0, Kind::Other);
        check(128..=191, 8, Kind::Rtp);
        check(128..=191, 200, Kind::Rtcp);
        check(192..=255, 0, Kind::Other);
    }

    #[test]
    fn only_packet_types_192_to_223_are_rtcp() {
        for second in 0..=255_u8 {
            let expected = if (192..=223).contains(&second) { Kind::Rtcp } else { Kind::Rtp };
            assert_eq!(kind(&[0x80, second]), expected, "second byte {second}");
        }
    }

    #[test]
    fn too_short_to_tell_is_nothing() {
        assert_eq!(kind(&[]), Kind::Other);
        assert_eq!(kind(&[0x80]), Kind::Other);
    }
}
