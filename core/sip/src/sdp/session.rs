// SPDX-License-Identifier: EUPL-1.2
//! A session description: who wrote it, its lines, its streams.

use super::limits::{ATTRIBUTES_MAX, BYTES_MAX, FORMATS_MAX, LINES_MAX, MEDIA_MAX, WORD_BYTES_MAX};
use super::text::Text;
use super::{Fault, Host, Lines, Rule, Stream, parse, write};
use alloc::format;
use alloc::vec::Vec;
use core::net::IpAddr;

/// A session description within the limits of [`limits`](super::limits) (RFC 8866).
///
/// Every value of this type can be written, and what is written is read as the same value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub(super) origin: Origin,
    pub(super) lines: Lines,
    pub(super) media: Vec<Media>,
}

impl Session {
    /// Reads a description.
    ///
    /// Taken as meant: LF for CRLF, empty lines, spaces at line ends, a missing s= or t= line (both
    /// are filled in), lines out of order, lines that nobody knows.
    ///
    /// # Errors
    /// The line, and the rule that it breaks.
    pub fn parse(bytes: &[u8]) -> Result<Session, Fault> {
        parse::session(bytes)
    }

    /// Writes it, with CRLF.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        write::session(self)
    }

    /// A description within the limits, or the rule that it breaks.
    pub(super) fn new(origin: Origin, lines: Lines, media: Vec<Media>) -> Result<Session, Rule> {
        let session = Session { origin, lines, media };
        session.check().map(|()| session)
    }

    fn check(&self) -> Result<(), Rule> {
        // v=, o= and one m= line for each stream are not among the lines.
        let lines = self.media.iter().map(|media| media.lines.len() + 1).sum::<usize>();
        if self.media.len() > MEDIA_MAX {
            return Err(Rule::TooManyMedia);
        }
        if 2 + self.lines.len() + lines > LINES_MAX {
            return Err(Rule::TooManyLines);
        }
        if self.lines.unordered() > ATTRIBUTES_MAX {
            return Err(Rule::TooManyAttributes);
        }
        self.media.iter().try_for_each(Media::check)?;
        if write::length(self) > BYTES_MAX { Err(Rule::TooLong) } else { Ok(()) }
    }

    /// Who wrote it, and which version it is.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The lines before the first stream, but for v= and o=.
    #[must_use]
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The streams as they are written.
    #[must_use]
    pub fn media(&self) -> &[Media] {
        &self.media
    }

    /// The streams, each with what the session says for all.
    pub fn streams(&self) -> impl Iterator<Item = Stream<'_>> {
        self.media.iter().map(move |media| Stream::new(self, media))
    }

    /// One of them.
    #[must_use]
    pub fn stream(&self, at: usize) -> Option<Stream<'_>> {
        self.media.get(at).map(|media| Stream::new(self, media))
    }

    /// Whether both say the same; the version does not count.
    pub(super) fn says_the_same(&self, other: &Session) -> bool {
        let (Origin { user, id, version: _, address }, them) = (&self.origin, &other.origin);
        let same_origin = *user == them.user && *id == them.id && *address == them.address;
        same_origin && self.lines == other.lines && self.media == other.media
    }
}

/// The o= line: who wrote the description, and which version it is (RFC 8866, 5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub(super) user: Text,
    pub(super) id: u64,
    pub(super) version: u64,
    pub(super) address: Text,
}

impl Origin {
    /// Our own. The id must be new for each session; it is drawn at the edge, as the first version
    /// may be. RFC 3264, 5 wants both to fit 63 bits; 32 leave room for every change that a call can
    /// live to see.
    #[must_use]
    pub fn ours(id: u32, version: u32, ip: IpAddr) -> Origin {
        let address = address_of(ip);
        Origin { user: Text::from("-"), id: id.into(), version: version.into(), address }
    }

    /// The name before the numbers, `-` if there is none.
    #[must_use]
    pub fn user(&self) -> &[u8] {
        self.user.as_bytes()
    }

    /// The session's id.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Grows with every change.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Where the description was written; media goes elsewhere.
    #[must_use]
    pub fn host(&self) -> Option<Host> {
        Host::of(self.address.as_bytes())
    }
}

/// `IN IP4 …` or `IN IP6 …`.
pub(super) fn address_of(ip: IpAddr) -> Text {
    let family = if ip.is_ipv4() { "IP4" } else { "IP6" };
    Text::new(format!("IN {family} {ip}").as_bytes()).expect("an address is printed on one line")
}

/// One stream: the m= line and what follows it (RFC 8866, 5.14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    pub(super) kind: Text,
    pub(super) port: u16,
    pub(super) count: u16,
    pub(super) protocol: Text,
    pub(super) formats: Vec<Text>,
    pub(super) lines: Lines,
}

impl Media {
    /// What the stream carries.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::of(self.kind.as_bytes())
    }

    /// The same, as it is written.
    #[must_use]
    pub fn kind_name(&self) -> &[u8] {
        self.kind.as_bytes()
    }

    /// The port; 0 means declined (RFC 3264, 6).
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the stream is declined.
    #[must_use]
    pub fn is_declined(&self) -> bool {
        self.port == 0
    }

    /// How many ports in a row; 1 if nothing is written.
    #[must_use]
    pub fn count(&self) -> u16 {
        self.count
    }

    /// What it travels in.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        Protocol::of(self.protocol.as_bytes())
    }

    /// The same, as it is written.
    #[must_use]
    pub fn protocol_name(&self) -> &[u8] {
        self.protocol.as_bytes()
    }

    /// The formats, best first; payload type numbers if the protocol is RTP.
    pub fn formats(&self) -> impl Iterator<Item = &[u8]> {
        self.formats.iter().map(Text::as_bytes)
    }

    /// The lines below the m= line.
    #[must_use]
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The same stream declined: at its place, with one of its formats, because an m= line needs one
    /// and nobody reads it (RFC 3264, 6).
    pub(super) fn declined(&self) -> Media {
        let formats = [self.formats.first().cloned().unwrap_or(Text::from("0"))].into();
        let (kind, protocol) = (self.kind.clone(), self.protocol.clone());
        Media { kind, port: 0, count: 1, protocol, formats, lines: Lines::default() }
    }

    pub(super) fn check(&self) -> Result<(), Rule> {
        if self.formats.len() > FORMATS_MAX {
            return Err(Rule::TooManyFormats);
        }
        if self.lines.unordered() > ATTRIBUTES_MAX {
            return Err(Rule::TooManyAttributes);
        }
        let words = [&self.kind, &self.protocol].into_iter().chain(&self.formats);
        let too_long = |word: &Text| word.as_bytes().len() > WORD_BYTES_MAX;
        if words.into_iter().any(too_long) { Err(Rule::WordTooLong) } else { Ok(()) }
    }
}

/// What a stream carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the RFC's")]
pub enum Kind {
    Audio,
    Video,
    /// Real-time text (RFC 4103).
    Text,
    Application,
    Message,
    /// Fax (T.38).
    Image,
    /// Any other word.
    Unknown,
}

impl Kind {
    const NAMED: [(Kind, &'static str); 6] = [
        (Kind::Audio, "audio"),
        (Kind::Video, "video"),
        (Kind::Text, "text"),
        (Kind::Application, "application"),
        (Kind::Message, "message"),
        (Kind::Image, "image"),
    ];

    fn of(name: &[u8]) -> Kind {
        let named = |(_, known): &&(_, &str)| name.eq_ignore_ascii_case(known.as_bytes());
        Kind::NAMED.iter().find(named).map_or(Kind::Unknown, |&(kind, _)| kind)
    }
}

/// What a stream travels in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the RFCs'")]
pub enum Protocol {
    RtpAvp,
    RtpAvpf,
    RtpSavp,
    RtpSavpf,
    UdpTlsRtpSavp,
    UdpTlsRtpSavpf,
    /// Fax (T.38) over UDP.
    Udptl,
    /// Anything over TCP: `TCP/…`.
    Tcp,
    /// Any other word.
    Unknown,
}

impl Protocol {
    const NAMED: [(Protocol, &'static str); 8] = [
        (Protocol::RtpAvp, "RTP/AVP"),
        (Protocol::RtpAvpf, "RTP/AVPF"),
        (Protocol::RtpSavp, "RTP/SAVP"),
        (Protocol::RtpSavpf, "RTP/SAVPF"),
        (Protocol::UdpTlsRtpSavp, "UDP/TLS/RTP/SAVP"),
        (Protocol::UdpTlsRtpSavpf, "UDP/TLS/RTP/SAVPF"),
        (Protocol::Udptl, "udptl"),
        (Protocol::Tcp, "TCP"),
    ];

    fn of(name: &[u8]) -> Protocol {
        if name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"TCP/")) {
            return Protocol::Tcp;
        }
        let named = |(_, known): &&(_, &str)| name.eq_ignore_ascii_case(known.as_bytes());
        Protocol::NAMED.iter().find(named).map_or(Protocol::Unknown, |&(protocol, _)| protocol)
    }

    /// How RTP over UDP is protected; none for what is not RTP over UDP.
    #[must_use]
    pub fn security(self) -> Option<Security> {
        match self {
            Protocol::RtpAvp | Protocol::RtpAvpf => Some(Security::Plain),
            Protocol::RtpSavp | Protocol::RtpSavpf => Some(Security::Sdes),
            Protocol::UdpTlsRtpSavp | Protocol::UdpTlsRtpSavpf => Some(Security::Dtls),
            Protocol::Udptl | Protocol::Tcp | Protocol::Unknown => None,
        }
    }
}

/// How RTP is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Security {
    /// Not at all.
    Plain,
    /// SRTP with keys in a=crypto lines (RFC 4568).
    Sdes,
    /// SRTP with keys from a DTLS handshake (RFC 5764).
    Dtls,
}
