// SPDX-License-Identifier: EUPL-1.2
//! RTP and RTCP that only the other side can read, and only it can have written (RFC 3711).
//!
//! ```text
//!  header | sources | extension | payload, encrypted | tag              SRTP
//!  header | SSRC | reports, encrypted | E, index     | tag              SRTCP
//!  └──────── what the tag is computed over ─────────┘
//! ```
//!
//! A [`Sender`] protects what we send, a [`Receiver`] reads what comes; each has the key of its
//! direction (RFC 4568 §6.1). The rule to keep: no index is ever used twice under one key, because two
//! packets under the same keystream give each other away. Whoever goes on with a key after a restart
//! sets the [`Progress`] ahead of everything that may have been sent.

mod derive;
mod index;
mod keys;
mod keystream;
mod receiver;
mod sender;
mod sources;
#[cfg(test)]
mod vectors;

pub use receiver::{Mki, Receiver};
pub use sender::Sender;
pub use sources::Progress;

use core::fmt;
use stdx::Redacted;

/// Bytes of a master key of 128 bits and its salt of 112 bits, as a=crypto carries them (RFC 4568
/// §6.2).
pub const MASTER_BYTES: usize = 30;

/// A master key with the master salt behind it.
pub type Master = Redacted<[u8; MASTER_BYTES]>;

/// How packets are protected (RFC 4568 §6.2): both encrypt by AES in counter mode with 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`: a tag of ten bytes.
    Tag80,
    /// `AES_CM_128_HMAC_SHA1_32`: a tag of four bytes for RTP, of ten for RTCP all the same.
    Tag32,
}

impl Suite {
    /// Bytes of the tag behind RTP.
    #[must_use]
    pub const fn rtp_tag(self) -> usize {
        match self {
            Suite::Tag80 => 10,
            Suite::Tag32 => 4,
        }
    }
}

/// Bytes of the tag behind RTCP, with every suite (RFC 4568 §6.2.2: nobody forges a farewell).
const RTCP_TAG: usize = 10;

/// Bytes of the index behind RTCP.
const RTCP_INDEX: usize = 4;

/// Bytes of RTCP that stay in clear: the first header, and who sends it (RFC 3711 §3.4).
const RTCP_CLEAR: usize = 8;

/// Why a packet was not protected, or not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// No RTP, by what stands in clear.
    NotRtp(crate::Refused),
    /// No RTCP of version 2.
    NotRtcp,
    /// Longer than [`DATAGRAM_MAX`](crate::limits::DATAGRAM_MAX).
    TooLong,
    /// Shorter than its header, index and tag.
    TooShort,
    /// The buffer has no room for what is put behind the packet.
    NoRoom,
    /// Under another key than ours, by its master key identifier.
    OtherKey,
    /// The tag is wrong: altered on its way, or written by somebody without the key.
    Forged,
    /// Authentic, but not encrypted, which was not agreed.
    InClear,
    /// This index was used before.
    Replayed,
    /// Further behind the newest than [`SRTP_WINDOW`](crate::limits::SRTP_WINDOW).
    TooOld,
    /// Every index of this source under this key is used up: a new key has to be agreed on.
    Exhausted,
    /// One source more than [`SRTP_SOURCES_MAX`](crate::limits::SRTP_SOURCES_MAX).
    TooManySources,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refused::NotRtp(_) => "not RTP",
            Refused::NotRtcp => "not RTCP",
            Refused::TooLong => "too long",
            Refused::TooShort => "too short for its tag",
            Refused::NoRoom => "no room for the tag",
            Refused::OtherKey => "under another key",
            Refused::Forged => "forged or altered",
            Refused::InClear => "not encrypted",
            Refused::Replayed => "replayed",
            Refused::TooOld => "too old",
            Refused::Exhausted => "key used up",
            Refused::TooManySources => "too many sources",
        })
    }
}

/// Who sends this RTCP; none if it is not RTCP of version 2.
fn rtcp_ssrc(packet: &[u8]) -> Result<u32, Refused> {
    let clear = packet.first_chunk::<RTCP_CLEAR>().ok_or(Refused::TooShort)?;
    let [first, _, _, _, s0, s1, s2, s3] = *clear;
    if first >> 6 == 2 { Ok(u32::from_be_bytes([s0, s1, s2, s3])) } else { Err(Refused::NotRtcp) }
}

/// Whose RTP this is, which number it has, and where its payload begins.
fn rtp_parts(packet: &[u8]) -> Result<(u32, u16, usize), Refused> {
    let start = crate::packet::payload_start(packet).map_err(Refused::NotRtp)?;
    let short = Refused::NotRtp(crate::Refused::TooShort);
    let [_, _, q0, q1, _, _, _, _, s0, s1, s2, s3] = *packet.first_chunk().ok_or(short)?;
    Ok((u32::from_be_bytes([s0, s1, s2, s3]), u16::from_be_bytes([q0, q1]), start))
}
