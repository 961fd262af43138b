// SPDX-License-Identifier: EUPL-1.2
//! What we bring to an offer or an answer: ports, codecs, and the direction that we want.

use super::limits::PTIME_DEFAULT_MS;
use super::{Codec, Direction, Line, Protection};
use alloc::vec::Vec;
use core::net::IpAddr;
use core::num::NonZeroU16;

/// What a leg can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The codecs, best first.
    pub codecs: Vec<Codec>,
    /// Whether it takes key presses in RTP (RFC 4733).
    pub keys: bool,
    /// Whether it takes RTCP on the port of RTP, if the other side does too.
    pub rtcp_mux: bool,
    /// Whether its RTP is to be protected, and with which keys.
    pub protection: Protection,
    /// The packet length that it asks for, in milliseconds.
    pub ptime_ms: u8,
}

impl Capabilities {
    /// Plain RTP with key presses, RTCP on its own port, packets of 20 ms.
    #[must_use]
    pub fn new(codecs: &[Codec]) -> Capabilities {
        Capabilities {
            codecs: codecs.into(),
            keys: true,
            rtcp_mux: false,
            protection: Protection::Plain,
            ptime_ms: PTIME_DEFAULT_MS,
        }
    }

    /// The same with this codec first, if it is there.
    #[must_use]
    pub fn preferring(mut self, codec: Codec) -> Capabilities {
        self.codecs.sort_by_key(|&has| has != codec);
        self
    }

    /// The same with this codec alone, if it is there: to change the direction and nothing else.
    #[must_use]
    pub fn only(mut self, codec: Codec) -> Capabilities {
        self.codecs.retain(|&has| has == codec);
        self
    }
}

/// Where we receive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// The address that the other side reaches us at.
    pub ip: IpAddr,
    /// The port of RTP.
    pub rtp: NonZeroU16,
    /// The port of RTCP.
    pub rtcp: NonZeroU16,
    /// More lines for the stream that are made at the edge, such as a=fingerprint.
    pub attributes: Vec<Line>,
}

/// What we bring to one offer or answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Where we receive.
    pub local: Local,
    /// What the leg can do.
    pub capabilities: Capabilities,
    /// What we want, whatever the other side wants: `sendrecv`, or `sendonly` to hold with music,
    /// `inactive` to hold in silence. An offer says this, not what was agreed last (RFC 6337, 5.3).
    pub direction: Direction,
}
