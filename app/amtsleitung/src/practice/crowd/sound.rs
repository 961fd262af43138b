// SPDX-License-Identifier: EUPL-1.2
//! What the crowd's telephones send and hear: real ports, real packets, and a soft tone for a voice.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU16;
use std::ops::RangeInclusive;
use std::sync::mpsc::Receiver;

use sip::sdp::{Capabilities, Codec, Direction, Local, Negotiation, Origin, Session, Terms};
use stdx::Rng;
use telephony::media::{
    Clips, Config, Drawn, Event, LegId, LocalPorts, Media, Opening, PlayId, Refused, Repeat,
};
use telephony::prompts::{TonePattern, tone};
use telephony::signalling::{nowhere, remote};

/// The crowd never leaves this machine.
pub(super) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What comes through an exchange is G.711.
const OF_CITIZENS: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

/// What telephones at desks speak.
const OF_DESKS: [Codec; 3] = [Codec::G722, Codec::Pcma, Codec::Pcmu];

/// A citizen speaks: so soft that a newcomer with a telephone of their own is not startled.
const CITIZEN: TonePattern =
    TonePattern { hz: 330.0, on_ms: 700, off_ms: 1_300, times: 1, peak: 0.05 };

/// A colleague speaks.
const COLLEAGUE: TonePattern =
    TonePattern { hz: 247.0, on_ms: 700, off_ms: 1_300, times: 1, peak: 0.05 };

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    Citizen,
    Colleague,
}

/// The sound of one call.
#[derive(Debug)]
pub(super) struct Sound {
    id: LegId,
    voice: Voice,
    ports: LocalPorts,
    negotiation: Negotiation,
}

/// All sound of the crowd.
pub(super) struct Sounds {
    media: Media,
    events: Receiver<Event>,
    rng: Rng,
    next: u64,
    citizen: Clips,
    colleague: Clips,
    /// Legs whose thread was behind when they were to be closed.
    to_close: Vec<LegId>,
    /// Legs that have heard something.
    pub(super) heard: u64,
}

impl Sounds {
    /// Starts one thread for sound.
    pub(super) fn start(
        ports: RangeInclusive<u16>,
        rng: Rng,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Sounds> {
        let (media, events) = Media::start(&Config { threads: 1, ports }, wake)?;
        let clips = |pattern| tone(pattern).map_or_else(Clips::default, |sound| sound.clips());
        Ok(Sounds {
            media,
            events,
            rng,
            next: 0,
            citizen: clips(CITIZEN),
            colleague: clips(COLLEAGUE),
            to_close: Vec::new(),
            heard: 0,
        })
    }

    /// Opens ports for a call of ours, with what is offered.
    pub(super) fn offer(&mut self, voice: Voice) -> Option<(Sound, Vec<u8>)> {
        let mut sound = self.open(voice)?;
        let offer = sound.negotiation.offer(&sound.terms()?).ok()?.session.to_bytes();
        Some((sound, offer))
    }

    /// Opens ports for a call that came, with what it is answered.
    pub(super) fn answer(&mut self, voice: Voice, offer: &[u8]) -> Option<(Sound, Vec<u8>)> {
        let mut sound = self.open(voice)?;
        match self.change(&mut sound, Some(offer)) {
            Some(answer) => Some((sound, answer)),
            None => {
                self.close(sound);
                None
            }
        }
    }

    /// Takes their answer to our offer; says whether there is anything to hear.
    pub(super) fn accept(&mut self, sound: &mut Sound, answer: &[u8]) -> bool {
        let session = Session::parse(answer).ok();
        let agreed = session.and_then(|it| sound.negotiation.accept_answer(it).ok());
        let remote = agreed.and_then(|agreed| remote(agreed, HERE));
        remote.is_some_and(|remote| self.media.update(sound.id, &remote).is_ok())
    }

    /// They want another session: what it is answered; none if it cannot be.
    pub(super) fn change(&mut self, sound: &mut Sound, offer: Option<&[u8]>) -> Option<Vec<u8>> {
        let Some(offer) = offer else {
            return Some(sound.negotiation.repeat().ok()?.session.to_bytes());
        };
        let terms = sound.terms()?;
        sound.negotiation.take_offer(Session::parse(offer).ok()?).ok()?;
        let Ok((answer, agreed)) = sound.negotiation.answer(&terms) else {
            // It was offered just now.
            let _ = sound.negotiation.rollback();
            return None;
        };
        let remote = remote(agreed, HERE)?;
        self.media.update(sound.id, &remote).ok()?;
        Some(answer.session.to_bytes())
    }

    /// From now on somebody speaks.
    pub(super) fn speak(&mut self, sound: &Sound) {
        let clips = match sound.voice {
            Voice::Citizen => &self.citizen,
            Voice::Colleague => &self.colleague,
        };
        self.next += 1;
        // A call without a voice is a call all the same.
        let _ = self.media.play(sound.id, PlayId(self.next), clips, Repeat::Forever);
    }

    /// Gives the ports back.
    pub(super) fn close(&mut self, sound: Sound) {
        self.close_leg(sound.id);
    }

    fn close_leg(&mut self, id: LegId) {
        if self.media.close(id) == Err(Refused::Busy) {
            self.to_close.push(id);
        }
    }

    /// Hears what the thread tells.
    pub(super) fn listen(&mut self) {
        for id in std::mem::take(&mut self.to_close) {
            self.close_leg(id);
        }
        while let Ok(event) = self.events.try_recv() {
            match event {
                Event::Latched { .. } => self.heard += 1,
                Event::Key { .. }
                | Event::PlayedOut { .. }
                | Event::Silent { .. }
                | Event::SoundAgain { .. }
                | Event::Reported { .. }
                | Event::PeerLeft { .. }
                | Event::Closed { .. }
                | Event::Failed { .. } => {}
            }
        }
    }

    /// Ends the thread.
    pub(super) fn end(self) {
        self.media.shutdown();
    }

    fn open(&mut self, voice: Voice) -> Option<Sound> {
        self.next += 1;
        let id = LegId(self.next);
        let drawn = Drawn {
            ssrc: self.rng.next_u64() as u32,
            sequence: self.rng.next_u64() as u16,
            timestamp: self.rng.next_u64() as u32,
            seed: self.rng.next_u64(),
        };
        let opening = Opening { local: HERE, remote: nowhere(HERE), drawn, beside: None };
        let ports = self.media.open(id, &opening).ok()?;
        let origin = Origin::ours(self.rng.next_u64() as u32, 1, HERE);
        Some(Sound { id, voice, ports, negotiation: Negotiation::new(origin) })
    }
}

impl Sound {
    fn terms(&self) -> Option<Terms> {
        let codecs = match self.voice {
            Voice::Citizen => &OF_CITIZENS[..],
            Voice::Colleague => &OF_DESKS[..],
        };
        let local = Local {
            ip: HERE,
            rtp: NonZeroU16::new(self.ports.rtp)?,
            rtcp: NonZeroU16::new(self.ports.rtcp)?,
            attributes: Vec::new(),
        };
        let capabilities = Capabilities::new(codecs);
        Some(Terms { local, capabilities, direction: Direction::SendRecv })
    }
}
