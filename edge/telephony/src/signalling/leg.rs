// SPDX-License-Identifier: EUPL-1.2
//! One leg: its SIP call, its descriptions, its ports.

use super::counts::Counters;
use super::door::status;
use crate::clip::ClipCodec;
use crate::media::{
    Drawn, LegId, LocalPorts, Media, Opening, PayloadMap, Refused, Remote, Srtp, SrtpKey,
    first_sequence,
};
use crate::tls;
use rtp::srtp::Mki;
use sip::Status;
use sip::agent::{CallId, Flow};
use sip::registrar::Transport;
use sip::sdp::{
    self, Capabilities, Codec, Crypto, Direction, Format, Host, Kind, Local, MASTER_BYTES,
    Negotiated, Negotiation, Origin, OwnKey, Protection, Rtcp, SrtpKeys, State, Suite, Terms,
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU16;
use stdx::{Redacted, Rng, Tick};

use super::limits::SILENCE;
use super::words::SrtpUse;

/// What our legs speak, best first: 7 kHz where both ends have it (EN 301 549, 6.1), then Europe's.
pub(super) const CODECS: [Codec; 3] = [Codec::G722, Codec::Pcma, Codec::Pcmu];

/// Who is at the other end, for channels and rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// A trunk, by its position in the setup.
    Trunk(usize),
    /// A telephone of ours, by its position in the setup.
    Phone(usize),
}

/// One leg of a conversation.
pub(super) struct Leg {
    pub(super) call: CallId,
    pub(super) peer: Peer,
    pub(super) negotiation: Negotiation,
    pub(super) sound: Sound,
    /// When its user pressed the star, if that was the last key.
    pub(super) star: Option<Tick>,
}

/// What is wanted for the sound of one leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// No keys.
    Plain,
    /// Encrypted if the other side can (RFC 8643).
    Preferred,
    /// Encrypted, or no call.
    Required,
    /// Encrypted, where keys would go in clear: no call.
    Impossible,
}

impl Wanted {
    /// What the configuration means on this flow. A key that everybody on the way can read protects nothing
    /// (RFC 4568, 7): it is given out within TLS alone. Who requires it over the loopback has something on
    /// this machine that carries TLS for us.
    pub(super) fn on(flow: &Flow, srtp: SrtpUse) -> Wanted {
        let is_secret = flow.transport == Transport::Tls;
        let stays_here = flow.remote.ip().is_loopback();
        match srtp {
            SrtpUse::Off => Wanted::Plain,
            SrtpUse::Offered if is_secret => Wanted::Preferred,
            SrtpUse::Offered => Wanted::Plain,
            SrtpUse::Required if is_secret || stays_here => Wanted::Required,
            SrtpUse::Required => Wanted::Impossible,
        }
    }

    /// Who calls for help is taken as he comes, encrypted or not, whatever the configuration wants.
    pub(super) const OF_HELP: Wanted = Wanted::Preferred;

    /// Towards whom help is called by: no call fails for want of secrecy of its keys.
    pub(super) const fn for_help_outside(self) -> Wanted {
        match self {
            Wanted::Plain | Wanted::Impossible => Wanted::Plain,
            Wanted::Preferred => Wanted::Preferred,
            Wanted::Required => Wanted::Required,
        }
    }

    /// Keys for one description. Without the system's generator there are none, and what must be encrypted
    /// is not agreed on.
    fn protection(self) -> Protection {
        match self {
            Wanted::Plain => Protection::Plain,
            Wanted::Preferred => Protection::Preferred(own_keys()),
            Wanted::Required => Protection::Required(own_keys()),
            Wanted::Impossible => Protection::Required(Vec::new()),
        }
    }
}

/// A key for each suite, which nobody can guess: the generator of tags and branches would not do.
fn own_keys() -> Vec<OwnKey> {
    let key = |suite| {
        let master = Redacted::new(tls::unguessable::<MASTER_BYTES>()?);
        Some(OwnKey { suite, master })
    };
    Suite::ALL.into_iter().filter_map(key).collect()
}

/// Where a leg sends and receives.
pub(super) struct Sound {
    pub(super) id: LegId,
    /// Our address towards this peer.
    pub(super) ip: IpAddr,
    /// None until the leg is opened.
    pub(super) ports: Option<LocalPorts>,
    /// What the legs of this call may speak.
    pub(super) codecs: Vec<Codec>,
    /// Whether it is encrypted.
    pub(super) wanted: Wanted,
    /// Whether it was heard since it was opened.
    pub(super) latched: bool,
    /// Whether it is heard now.
    pub(super) sounding: bool,
}

impl Sound {
    /// Not opened yet, with every codec of ours.
    pub(super) fn new(id: LegId, ip: IpAddr, wanted: Wanted) -> Sound {
        let codecs = CODECS.to_vec();
        Sound { id, ip, ports: None, codecs, wanted, latched: false, sounding: false }
    }

    /// Opens the leg's ports. Without a remote it waits for the answer.
    pub(super) fn open(
        &mut self,
        media: &mut Media,
        rng: &mut Rng,
        remote: Option<Remote>,
        beside: Option<LegId>,
        counters: &mut Counters,
    ) -> Result<(), Refused> {
        let drawn = Drawn {
            ssrc: rng.next_u64() as u32,
            sequence: first_sequence(rng.next_u64()),
            timestamp: rng.next_u64() as u32,
            seed: rng.next_u64(),
        };
        let remote = remote.unwrap_or_else(|| nowhere(self.ip));
        let opening = Opening { local: self.ip, remote, drawn, beside };
        match media.open(self.id, &opening) {
            Ok(ports) => {
                self.ports = Some(ports);
                Ok(())
            }
            Err(why) => {
                counters.media_refused += 1;
                Err(why)
            }
        }
    }

    /// What we bring to an offer or answer; none before the leg is open.
    pub(super) fn terms(&self, capabilities: Capabilities, direction: Direction) -> Option<Terms> {
        let ports = self.ports?;
        let local = Local {
            ip: self.ip,
            rtp: NonZeroU16::new(ports.rtp)?,
            rtcp: NonZeroU16::new(ports.rtcp)?,
            attributes: Vec::new(),
        };
        Some(Terms { local, capabilities, direction })
    }

    /// Those that can be relayed with what the other leg speaks, that one first; all if it speaks nothing yet.
    pub(super) fn capabilities_beside(&self, other: Option<Codec>) -> Capabilities {
        let mut capabilities = self.capabilities();
        match other {
            Some(codec) => {
                capabilities.codecs.retain(|&own| relayed(own, codec));
                capabilities.preferring(codec)
            }
            None => capabilities,
        }
    }

    /// The codecs of this call, and new keys for one description.
    pub(super) fn capabilities(&self) -> Capabilities {
        let protection = self.wanted.protection();
        Capabilities { protection, ..Capabilities::new(&self.codecs) }
    }
}

impl Leg {
    /// The codec that both sides agreed on.
    pub(super) fn codec(&self) -> Option<Codec> {
        self.negotiation.negotiated().map(|it| it.codec)
    }

    /// The codec of ours that the description which waits for our answer names first: what its sender would like best
    /// (RFC 3264, 5.1).
    pub(super) fn would_like(&self) -> Option<Codec> {
        let State::HaveRemoteOffer(session) = &self.negotiation.state else { return None };
        let sounds = session.streams().filter(|it| it.media().kind() == Kind::Audio);
        let ours = |(_, format)| match format {
            Format::Audio(codec) => self.sound.codecs.contains(&codec).then_some(codec),
            Format::Events { .. } => None,
        };
        sounds.flat_map(|stream| stream.formats()).find_map(ours)
    }

    /// Whether its user wants to hear nothing.
    pub(super) fn holds(&self) -> bool {
        self.negotiation.negotiated().is_some_and(|it| !it.direction.sends())
    }

    /// The description that offers what is wanted now.
    pub(super) fn offer(&mut self, capabilities: Capabilities) -> Option<Vec<u8>> {
        let terms = self.sound.terms(capabilities, Direction::SendRecv)?;
        Some(self.negotiation.offer(&terms).ok()?.session.to_bytes())
    }

    /// The answer to their offer, and what was agreed on.
    pub(super) fn answer(&mut self, capabilities: Capabilities) -> Option<(Vec<u8>, Remote)> {
        let terms = self.sound.terms(capabilities, Direction::SendRecv)?;
        let ip = self.sound.ip;
        let (answer, negotiated) = self.negotiation.answer(&terms).ok()?;
        Some((answer.session.to_bytes(), remote(negotiated, ip)?))
    }

    /// What is heard from the far end before it answers, and in which codec. Nothing is sent there: who is called
    /// and has not answered hears nobody, and no call is free of charge by staying unanswered (RFC 3960, 3; RFC
    /// 5009, 5).
    pub(super) fn hears_early(&self, description: &[u8]) -> Option<(Remote, Codec)> {
        let session = sdp::Session::parse(description).ok()?;
        let previewed = self.negotiation.preview(&session).ok()?;
        let remote = remote(&previewed, self.sound.ip)?;
        let early = Remote { we_send: false, silent_after: None, ..remote };
        remote.we_receive.then_some((early, previewed.codec))
    }

    /// Takes their answer to our offer.
    pub(super) fn accept(&mut self, answer: &[u8]) -> Option<Remote> {
        let session = sdp::Session::parse(answer).ok()?;
        let negotiated = self.negotiation.accept_answer(session).ok()?;
        remote(negotiated, self.sound.ip)
    }

    /// Takes their offer of another session, in a codec that the other leg's can be relayed with; without an offer,
    /// ours again. The answer, and what was agreed on if it is new.
    pub(super) fn take_change(
        &mut self,
        offer: Option<&[u8]>,
        other: Option<Codec>,
    ) -> Result<(Vec<u8>, Option<Remote>), Status> {
        let Some(offer) = offer else {
            let again = self.negotiation.repeat().map_err(|why| why.status())?;
            return Ok((again.session.to_bytes(), None));
        };
        let session = sdp::Session::parse(offer).map_err(|_| status(488))?;
        self.negotiation.take_offer(session).map_err(|why| why.status())?;
        match self.answer(self.sound.capabilities_beside(other)) {
            Some((sdp, remote)) => Ok((sdp, Some(remote))),
            None => {
                let _ = self.negotiation.rollback();
                Err(status(488))
            }
        }
    }

    /// An offer of ours that still waits will not be answered: what was agreed before stays in force.
    pub(super) fn forget_offer(&mut self) {
        if matches!(self.negotiation.state, State::HaveLocalOffer(_)) {
            let _pending = self.negotiation.rollback();
        }
    }
}

/// What an offer would come to; none if nothing can be agreed on.
pub(super) fn preview(offer: &sdp::Session, sound: &Sound) -> Result<Negotiated, sdp::Refusal> {
    let (port, ip) = (NonZeroU16::MIN, sound.ip);
    let local = Local { ip, rtp: port, rtcp: port, attributes: Vec::new() };
    let capabilities = sound.capabilities();
    let terms = Terms { local, capabilities, direction: Direction::SendRecv };
    sdp::answer(offer, Origin::ours(0, 0, ip), &terms).map(|(_, negotiated)| negotiated)
}

/// What was agreed on, in the words of media. None for a codec that is not relayed.
#[must_use]
pub fn remote(negotiated: &Negotiated, ours: IpAddr) -> Option<Remote> {
    let to = &negotiated.remote;
    let address = address_of(&to.host, to.rtp, ours);
    let (rtcp, mux) = match &to.rtcp {
        Rtcp::Muxed => (None, true),
        Rtcp::At(host, port) => (Some(address_of(host, *port, ours)), false),
        Rtcp::Nowhere => (None, false),
    };
    let keys = negotiated.keys.map(|keys| keys.payload);
    let srtp = match &negotiated.srtp {
        None => None,
        Some(keys) => Some(srtp_keys(keys)?),
    };
    Some(Remote {
        address,
        rtcp,
        mux,
        codec: clip_codec(negotiated.codec)?,
        incoming: PayloadMap {
            sound: negotiated.payload.receive,
            event: keys.map(|payload| payload.receive),
        },
        outgoing: PayloadMap {
            sound: negotiated.payload.send,
            event: keys.map(|payload| payload.send),
        },
        we_send: negotiated.direction.sends(),
        we_receive: negotiated.direction.receives(),
        srtp,
        other_address: None,
        silent_after: Some(SILENCE),
    })
}

/// Keys in the words of media. None for an identifier that no packet could hold.
fn srtp_keys(agreed: &SrtpKeys) -> Option<Srtp> {
    Some(Srtp { send: srtp_key(&agreed.send)?, receive: srtp_key(&agreed.receive)? })
}

fn srtp_key(line: &Crypto) -> Option<SrtpKey> {
    let suite = match line.suite {
        Suite::Tag80 => rtp::srtp::Suite::Tag80,
        Suite::Tag32 => rtp::srtp::Suite::Tag32,
    };
    let mki = match line.mki {
        None => None,
        Some(mki) => Some(Mki::new(mki.value(), mki.length())?),
    };
    Some(SrtpKey { suite, master: line.master, mki })
}

/// A name cannot be sent to before somebody has looked it up: the leg waits until it is heard.
fn address_of(host: &Host, port: u16, ours: IpAddr) -> SocketAddr {
    match host {
        Host::Ip(ip) => SocketAddr::new(ip.to_canonical(), port),
        Host::Name(_) => SocketAddr::new(any_of(ours), 0),
    }
}

fn any_of(family: IpAddr) -> IpAddr {
    match family {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

/// A leg whose peer has not said yet where it receives.
#[must_use]
pub fn nowhere(ours: IpAddr) -> Remote {
    let none = PayloadMap { sound: 8, event: None };
    Remote {
        address: SocketAddr::new(any_of(ours), 0),
        rtcp: None,
        mux: false,
        codec: ClipCodec::Pcma,
        incoming: none,
        outgoing: none,
        we_send: false,
        we_receive: false,
        srtp: None,
        other_address: None,
        silent_after: None,
    }
}

const fn clip_codec(codec: Codec) -> Option<ClipCodec> {
    match codec {
        Codec::G722 => Some(ClipCodec::G722),
        Codec::Pcma => Some(ClipCodec::Pcma),
        Codec::Pcmu => Some(ClipCodec::Pcmu),
        Codec::Opus => None,
    }
}

/// Whether sound of one is relayed to the other without decoding.
pub(super) const fn relayed(a: Codec, b: Codec) -> bool {
    match (a, b) {
        (Codec::G722, Codec::G722) | (Codec::Pcma | Codec::Pcmu, Codec::Pcma | Codec::Pcmu) => true,
        (
            Codec::G722 | Codec::Pcma | Codec::Pcmu | Codec::Opus,
            Codec::G722 | Codec::Pcma | Codec::Pcmu | Codec::Opus,
        ) => false,
    }
}
