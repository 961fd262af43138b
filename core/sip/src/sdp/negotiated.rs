// SPDX-License-Identifier: EUPL-1.2
//! What both sides agreed on, seen from ours.

use super::codec::{Codec, Format, Keys};
use super::session::{Kind, Security, Session};
use super::stream::{Rtcp, Stream};
use super::{Direction, Host, Refusal, SrtpKeys};
use alloc::vec::Vec;
use core::net::IpAddr;

/// An agreement on one stream of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// Which stream of the descriptions it is, from 0.
    pub at: usize,
    /// The codec to send.
    pub codec: Codec,
    /// Its numbers.
    pub payload: Payload,
    /// Codecs that the other side may change to without asking, because it named them too (RFC 3264,
    /// 7). A relay that must not be surprised offers again with one only (RFC 3264, 10.2).
    pub others: Vec<(Codec, Payload)>,
    /// Key presses in RTP; none if they were not agreed.
    pub keys: Option<KeyPresses>,
    /// Where to send.
    pub remote: Remote,
    /// Whether we send and receive.
    pub direction: Direction,
    /// The length of the packets that we send, in milliseconds.
    pub ptime_ms: u8,
    /// How RTP is protected.
    pub security: Security,
    /// The keys; always there with [`Security::Sdes`], and never otherwise.
    pub srtp: Option<SrtpKeys>,
    /// Which stream offers us real-time text (RFC 4103). It is declined for now.
    pub text_at: Option<usize>,
}

/// The payload type numbers of a format: each side says which it wants to receive (RFC 3264, 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payload {
    /// What we write into our packets.
    pub send: u8,
    /// What stands in theirs.
    pub receive: u8,
}

/// Key presses in RTP (RFC 4733).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPresses {
    /// The numbers.
    pub payload: Payload,
    /// Which keys.
    pub keys: Keys,
}

/// Where media goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remote {
    /// The host; unspecified if nothing is to be sent.
    pub host: Host,
    /// The port of RTP.
    pub rtp: u16,
    /// Where RTCP goes.
    pub rtcp: Rtcp,
}

impl Remote {
    pub(super) fn of(stream: Stream<'_>, muxed: bool, ours: IpAddr) -> Result<Remote, Refusal> {
        let usable = |host: &Host| host.is_single() && host.is_reachable_from(ours);
        let host = stream.host().filter(usable);
        let host = host.ok_or(Refusal::Address)?;
        let rtcp = if muxed { Rtcp::Muxed } else { stream.rtcp() };
        Ok(Remote { host, rtp: stream.media().port(), rtcp })
    }
}

/// The key presses of a stream, whose formats these are, that run on the clock of this codec.
pub(super) fn keys_for(
    codec: Codec,
    stream: Stream<'_>,
    formats: &[(u8, Format)],
) -> Option<(u8, Keys)> {
    let wanted = Format::Events { clock: codec.clock() };
    let mut events = formats.iter().filter(|&&(_, format)| format == wanted);
    events.find_map(|&(payload, _)| {
        let keys = stream.keys(payload);
        (!keys.is_empty()).then_some((payload, keys))
    })
}

/// Which stream offers real-time text.
pub(super) fn text_at(session: &Session) -> Option<usize> {
    session.media().iter().position(|media| media.kind() == Kind::Text && !media.is_declined())
}
