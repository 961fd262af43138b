// SPDX-License-Identifier: EUPL-1.2
//! One stream with what its session says for all: the typed view of attributes.

use super::codec::{Encoding, Format, Keys};
use super::limits::{PTIME_DEFAULT_MS, PTIME_MAX_MS, PTIME_MIN_MS};
use super::session::{Media, Security, Session};
use super::text::{number, trimmed, words};
use super::{Crypto, Direction, Host};

/// A stream of a description.
#[derive(Clone, Copy, Debug)]
pub struct Stream<'a> {
    session: &'a Session,
    media: &'a Media,
}

/// Where RTCP goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rtcp {
    /// To the port of RTP (RFC 5761).
    Muxed,
    /// To a place of its own (RFC 3605), the next port by default (RFC 3550, 11).
    At(Host, u16),
    /// Nowhere: 0.0.0.0, or what is written cannot be used.
    Nowhere,
}

impl<'a> Stream<'a> {
    pub(super) fn new(session: &'a Session, media: &'a Media) -> Stream<'a> {
        Stream { session, media }
    }

    /// The stream as it is written.
    #[must_use]
    pub fn media(&self) -> &'a Media {
        self.media
    }

    /// The values of an attribute of this stream.
    pub fn values(&self, name: &'a str) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.media.lines.values(name)
    }

    /// The first value of an attribute of this stream, or else of the session: for setup,
    /// fingerprint, ice-ufrag, ice-pwd and others that may stand in either place.
    #[must_use]
    pub fn value(&self, name: &'a str) -> Option<&'a [u8]> {
        self.values(name).next().or_else(|| self.session.lines.values(name).next())
    }

    /// Where media goes: the stream's own c= line, or else the session's (RFC 8866, 5.7).
    #[must_use]
    pub fn host(&self) -> Option<Host> {
        let own = self.media.lines.of_kind(b'c').next();
        own.or_else(|| self.session.lines.of_kind(b'c').next()).and_then(Host::of)
    }

    /// The direction as it is written, by the stream or else by the session; `sendrecv` if it is not
    /// (RFC 8866, 6.7).
    #[must_use]
    pub fn direction(&self) -> Direction {
        let of =
            |media: &'a super::Lines| media.attributes().find_map(|(name, _)| Direction::of(name));
        of(&self.media.lines).or_else(|| of(&self.session.lines)).unwrap_or(Direction::SendRecv)
    }

    /// The direction as it is meant: whoever gives 0.0.0.0 as address receives nothing, whatever is
    /// written (RFC 3264, 8.4). Browsers are the exception: there it means that ICE will find the
    /// address (RFC 8840).
    #[must_use]
    pub fn meant_direction(&self) -> Direction {
        let ice = self.media.protocol().security() == Some(Security::Dtls);
        let unspecified = !ice && self.host().is_some_and(|host| host.is_unspecified());
        let written = self.direction();
        if unspecified { written.and(Direction::SendOnly) } else { written }
    }

    /// Whether the stream brings what its protection needs: a usable a=crypto (RFC 4568) or a=fingerprint
    /// (RFC 5763).
    #[must_use]
    pub fn is_keyed(&self) -> bool {
        match self.media.protocol().security() {
            Some(Security::Plain) | None => true,
            Some(Security::Sdes) => self.cryptos().next().is_some(),
            Some(Security::Dtls) => self.value("fingerprint").is_some(),
        }
    }

    /// The a=crypto lines that can be used, in the order of preference (RFC 4568); the others are
    /// passed over.
    pub fn cryptos(&self) -> impl Iterator<Item = Crypto> + use<'a> {
        self.values("crypto").filter_map(|value| Crypto::parse(value).ok())
    }

    /// Whether the stream takes RTCP on the port of RTP.
    #[must_use]
    pub fn muxes_rtcp(&self) -> bool {
        self.values("rtcp-mux").next().is_some()
    }

    /// Where RTCP goes if it is not multiplexed (RFC 3605).
    #[must_use]
    pub fn rtcp(&self) -> Rtcp {
        let Some(value) = self.values("rtcp").next() else {
            return at(self.host(), self.media.port.checked_add(1));
        };
        let (port, host) = match value.iter().position(|&byte| byte == b' ') {
            Some(space) => (&value[..space], Host::of(&value[space..])),
            None => (value, self.host()),
        };
        at(host, number(port).ok())
    }

    /// a=ptime in milliseconds; none if it is missing or no whole number.
    #[must_use]
    pub fn ptime_ms(&self) -> Option<u16> {
        self.values("ptime").next().and_then(|value| number(value).ok())
    }

    /// a=maxptime in milliseconds; none if it is missing or no whole number.
    #[must_use]
    pub fn max_ptime_ms(&self) -> Option<u16> {
        self.values("maxptime").next().and_then(|value| number(value).ok())
    }

    /// The packet length to send: what is asked for, in tens, within what we grant and what the
    /// stream allows.
    #[must_use]
    pub fn granted_ptime_ms(&self) -> u8 {
        let said = |ptime: &u16| *ptime != 0;
        let asked = self.ptime_ms().filter(said).unwrap_or(PTIME_DEFAULT_MS.into());
        let asked = asked.min(self.max_ptime_ms().filter(said).unwrap_or(u16::MAX));
        let granted = asked.clamp(PTIME_MIN_MS.into(), PTIME_MAX_MS.into()) / 10 * 10;
        u8::try_from(granted).unwrap_or(PTIME_MAX_MS)
    }

    /// The payload types in the order of preference, each with what it stands for, if that is said.
    pub fn encodings(&self) -> impl Iterator<Item = (u8, Option<Encoding<'a>>)> + use<'a> {
        let stream = *self;
        let numbers = self.media.formats().filter_map(|format| number::<u8>(format).ok());
        let payloads = numbers.filter(|&payload| is_payload(payload));
        payloads.map(move |payload| (payload, stream.encoding(payload)))
    }

    /// What a payload type stands for: by a=rtpmap, or by RFC 3551.
    fn encoding(&self, payload: u8) -> Option<Encoding<'a>> {
        let about = |value: &&[u8]| leading_number(value) == Some(payload);
        let mapped = self.values("rtpmap").filter(about).find_map(Encoding::of);
        mapped.map(|(_, encoding)| encoding).or_else(|| Encoding::of_static(payload))
    }

    /// The payload types that are formats of ours.
    pub fn formats(&self) -> impl Iterator<Item = (u8, Format)> + use<'a> {
        let ours = |(payload, encoding): (u8, Option<Encoding<'a>>)| {
            Some((payload, Format::of(payload, &encoding?)?))
        };
        self.encodings().filter_map(ours)
    }

    /// What a=fmtp says of a payload type (RFC 8866, 6.15).
    #[must_use]
    pub fn fmtp(&self, payload: u8) -> Option<&'a [u8]> {
        let about = |value: &&[u8]| leading_number(value) == Some(payload);
        let value = self.values("fmtp").find(about)?;
        let after = value.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(value.len());
        Some(trimmed(&value[after..]))
    }

    /// Which keys a payload type of telephone-event carries.
    #[must_use]
    pub fn keys(&self, payload: u8) -> Keys {
        self.fmtp(payload).map_or(Keys::ALL, Keys::of)
    }
}

/// The payload type that a=rtpmap or a=fmtp is about.
fn leading_number(value: &[u8]) -> Option<u8> {
    words(value).next().and_then(|word| number(word).ok())
}

fn at(host: Option<Host>, port: Option<u16>) -> Rtcp {
    match (host, port) {
        (Some(host), Some(port)) if port != 0 && host.is_single() && !host.is_unspecified() => {
            Rtcp::At(host, port)
        }
        (Some(_) | None, Some(_) | None) => Rtcp::Nowhere,
    }
}

/// 72 to 76 would look like RTCP (RFC 3551, 6).
pub(super) fn is_payload(number: u8) -> bool {
    number < 128 && !(72..=76).contains(&number)
}
