// SPDX-License-Identifier: EUPL-1.2
//! One call of a handset, as the exchange sees it: its dialog's descriptions, its port, the stream that it sends.
//!
//! The rule to keep: a call that nobody hears is on hold, and sends nothing.

use super::common::{Common, Slot};
use super::limits::KEY_LENGTH;
use super::page::Numbers;
use super::words::{CallNr, Codec, With};
use crate::media::{KeysOut, Remote, first_sequence};
use crate::signalling::remote;
use mio::Token;
use mio::net::UdpSocket;
use rtp::keys::{Key, KeyPress};
use rtp::limits::DATAGRAM_MAX;
use rtp::{Header, Kind, OutStream, Outgoing, Packet, kind};
use sip::agent::CallId;
use sip::message::Address;
use sip::sdp::{self, Capabilities, Direction, Format, Local, Negotiation, Session, State, Terms};
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use stdx::{Redacted, Tick};

/// What our descriptions offer, best first: the browser speaks these too, so that nothing is decoded here.
const CODECS: [Codec; 3] = [Codec::G722, Codec::Pcma, Codec::Pcmu];

/// The clock of all of them, and of keys.
const CLOCK: u32 = 8_000;

/// How loud keys are, in dB below 0 dBm0: what telephones send.
const KEY_VOLUME: u8 = 10;

/// One call.
pub(super) struct Line {
    pub(super) nr: CallNr,
    /// None until it was sent.
    pub(super) call: Option<CallId>,
    pub(super) with: With,
    /// Whom the person dialled; none for a call that came.
    pub(super) dialled: Option<String>,
    negotiation: Negotiation,
    codecs: Vec<Codec>,
    /// What will be agreed on when the call is answered.
    expected: Option<Codec>,
    socket: UdpSocket,
    pub(super) token: Token,
    port: NonZeroU16,
    remote: Option<Remote>,
    out: OutStream,
    keys: KeysOut,
    hold: Hold,
}

/// Whether the other side is on hold: what is wanted, what is so, and what is being done about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Hold {
    wanted: bool,
    in_force: bool,
    /// What an offer of ours that waits for its answer says.
    asked: Option<bool>,
    /// What the exchange refused; it is asked again only if the wish has changed meanwhile.
    refused: Option<bool>,
}

impl Line {
    /// A call whose sound comes by a port of its own. The codecs that the page does not speak are not offered.
    pub(super) fn open(
        common: &mut Common,
        slot: Slot,
        nr: CallNr,
        (with, page): (With, Option<&Numbers>),
    ) -> io::Result<Line> {
        let (socket, token) = common.open_sound(slot, nr)?;
        let port = NonZeroU16::new(socket.local_addr()?.port());
        let port = port.ok_or(io::ErrorKind::AddrNotAvailable)?;
        let speaks = |codec: &Codec| page.is_none_or(|page| page.sound(*codec).is_some());
        let rng = &mut common.rng;
        let (ssrc, sequence) = (rng.next_u64() as u32, first_sequence(rng.next_u64()));
        let out = OutStream::new(ssrc, CLOCK, sequence, rng.next_u64() as u32);
        Ok(Line {
            nr,
            call: None,
            with,
            dialled: None,
            negotiation: Negotiation::new(common.draw_origin()),
            codecs: CODECS.into_iter().filter(speaks).collect(),
            expected: None,
            socket,
            token,
            port,
            remote: None,
            out,
            keys: KeysOut::default(),
            hold: Hold::default(),
        })
    }

    /// Gives the port back.
    pub(super) fn close(self, common: &mut Common) {
        common.close_sound(self.socket, self.token);
    }

    /// What is spoken, or will be when the call is answered.
    pub(super) fn codec(&self) -> Option<Codec> {
        self.negotiation.negotiated().map(|it| it.codec).or(self.expected)
    }

    // ---- descriptions ----

    fn terms(&self, common: &Common, only: Option<Codec>) -> Terms {
        let direction = if self.hold.wanted { Direction::Inactive } else { Direction::SendRecv };
        let (ip, rtp) = (common.ip(), self.port);
        let capabilities = Capabilities::new(&self.codecs);
        let capabilities = match only {
            Some(codec) => capabilities.only(codec),
            None => capabilities,
        };
        // Reports come to the port of the sound, where they are passed over.
        let local = Local { ip, rtp, rtcp: rtp, attributes: Vec::new() };
        Terms { local, capabilities, direction }
    }

    /// Our first offer: the codec of the call beside it first, so that both can be joined as they are.
    pub(super) fn offer(&mut self, common: &Common, beside: Option<Codec>) -> Option<Vec<u8>> {
        self.codecs.sort_by_key(|&codec| Some(codec) != beside);
        self.propose(common, None)
    }

    fn propose(&mut self, common: &Common, only: Option<Codec>) -> Option<Vec<u8>> {
        let terms = self.terms(common, only);
        let sdp = self.negotiation.offer(&terms).ok()?.session.to_bytes();
        self.hold.asked = Some(self.hold.wanted);
        Some(sdp)
    }

    /// Takes the first offer of a call that came; whether anything can be agreed on.
    pub(super) fn take_offer(&mut self, common: &Common, offer: &[u8]) -> bool {
        let Ok(session) = Session::parse(offer) else { return false };
        // The other side's order is ours (RFC 3264, 6.1): it knows what it can pass on as it is.
        let formats: Vec<Format> =
            session.streams().flat_map(|it| it.formats()).map(|it| it.1).collect();
        let place = |codec| formats.iter().position(|&it| it == Format::Audio(codec));
        self.codecs.sort_by_key(|&codec| place(codec).unwrap_or(usize::MAX));
        let terms = self.terms(common, None);
        let agreed = sdp::answer(&session, self.negotiation.origin.clone(), &terms);
        self.expected = agreed.ok().map(|(_, agreed)| agreed.codec);
        self.expected.is_some() && self.negotiation.take_offer(session).is_ok()
    }

    /// Our answer to the offer that was taken.
    pub(super) fn answer(&mut self, common: &Common) -> Option<Vec<u8>> {
        let terms = self.terms(common, None);
        let (answer, agreed) = self.negotiation.answer(&terms).ok()?;
        self.remote = remote(agreed, common.ip());
        self.hold.in_force = self.hold.wanted;
        Some(answer.session.to_bytes())
    }

    /// Takes the answer to our offer; whether there is anything to hear.
    pub(super) fn accept(&mut self, common: &Common, answer: &[u8]) -> bool {
        self.hold.in_force = self.hold.asked.take().unwrap_or(self.hold.in_force);
        let session = Session::parse(answer).ok();
        let agreed = session.and_then(|it| self.negotiation.accept_answer(it).ok());
        let agreed = agreed.and_then(|agreed| remote(agreed, common.ip()));
        let is_agreed = agreed.is_some();
        self.remote = agreed.or(self.remote.take());
        is_agreed
    }

    /// What the far end plays before it answers can be heard from now on; nothing is sent there before the page
    /// speaks in this call. What cannot be read may still be an answer (RFC 6337, 3.1.1).
    pub(super) fn hear_early(&mut self, common: &Common, description: &[u8]) {
        let session = Session::parse(description).ok();
        let Some(previewed) = session.and_then(|it| self.negotiation.preview(&it).ok()) else {
            return;
        };
        self.expected = Some(previewed.codec);
        self.remote = remote(&previewed, common.ip());
    }

    /// Our offer was refused: what was agreed before stays.
    pub(super) fn refused(&mut self) {
        self.hold.refused = self.hold.asked;
        self.not_asked();
    }

    /// Our offer could not be made at this moment.
    pub(super) fn not_asked(&mut self) {
        self.hold.asked = None;
        self.forget_offers();
    }

    /// From now on the other side is to be on hold, or not.
    pub(super) fn set_hold(&mut self, wanted: bool) {
        (self.hold.wanted, self.hold.refused) = (wanted, None);
    }

    /// The exchange wants another session: our answer. Without an offer, ours once more.
    pub(super) fn change(&mut self, common: &Common, offer: Option<&[u8]>) -> Option<Vec<u8>> {
        let Some(offer) = offer else {
            return Some(self.negotiation.repeat().ok()?.session.to_bytes());
        };
        let session = Session::parse(offer).ok()?;
        self.negotiation.take_offer(session).ok()?;
        let answer = self.answer(common);
        if answer.is_none() {
            self.forget_offers();
        }
        answer
    }

    /// What is pending will not be answered.
    pub(super) fn forget_offers(&mut self) {
        match self.negotiation.state {
            State::Stable => {}
            State::HaveLocalOffer(_) | State::HaveRemoteOffer(_) => {
                let _ = self.negotiation.rollback();
            }
        }
    }

    /// The offer that makes the session as it shall be: on hold, or not; none if it is so, or is being made so.
    pub(super) fn settle(&mut self, common: &Common) -> Option<Vec<u8>> {
        let Hold { wanted, in_force, asked, refused } = self.hold;
        let codec = self.codec()?;
        let is_to_do = wanted != in_force && asked.is_none() && refused != Some(wanted);
        is_to_do.then(|| self.propose(common, Some(codec)))?
    }

    // ---- sound ----

    /// The next datagram of the exchange; none if there is none.
    pub(super) fn read<'a>(&self, buffer: &'a mut [u8; DATAGRAM_MAX]) -> Option<&'a [u8]> {
        let (length, _) = self.socket.recv_from(buffer).ok()?;
        buffer.get(..length)
    }

    /// What a datagram of the exchange is to the page: header, its number there, payload.
    pub(super) fn heard_as<'a>(
        &self,
        numbers: &Numbers,
        datagram: &'a [u8],
    ) -> Option<(Header, u8, &'a [u8])> {
        if kind(datagram) != Kind::Rtp {
            return None;
        }
        let remote = self.remote.as_ref()?;
        let Packet { header, payload, .. } = Packet::parse(datagram).ok()?;
        let number = if header.payload_type == remote.incoming.sound {
            numbers.sound(self.codec()?)
        } else if Some(header.payload_type) == remote.incoming.event {
            numbers.keys
        } else {
            None
        };
        number.map(|number| (header, number, payload))
    }

    /// Sends what the page says; whether it came in the codec that was agreed.
    pub(super) fn say(
        &mut self,
        now: Tick,
        numbers: &Numbers,
        header: &Header,
        payload: &[u8],
    ) -> bool {
        let Some(remote) = self.remote.as_ref() else { return true };
        let is_sound =
            self.codec().is_some_and(|codec| numbers.sound(codec) == Some(header.payload_type));
        let is_key = numbers.keys == Some(header.payload_type);
        let number = match (is_sound, is_key) {
            (true, _) => Some(remote.outgoing.sound),
            (false, true) => remote.outgoing.event,
            (false, false) => return false,
        };
        let to = remote.address;
        let number = number.filter(|_| remote.we_send && !self.keys.is_pressing());
        match number {
            Some(number) => {
                if let Ok(header) = self.out.relay(now, header, number) {
                    self.send(to, header, payload);
                }
            }
            None => self.out.suppress(now, header),
        }
        true
    }

    fn send(&self, to: SocketAddr, header: Header, payload: &[u8]) {
        let mut datagram = [0; DATAGRAM_MAX];
        if let Ok(length) = Outgoing::new(header, payload).write(&mut datagram) {
            // Full buffers lose packets as networks do; the exchange counts them.
            let _ = self.socket.send_to(&datagram[..length], to);
        }
    }

    // ---- keys ----

    /// Sends these keys, one after the other; whether they can be sent. Those behind the bound are left out.
    pub(super) fn press(&mut self, keys: &str) -> bool {
        let takes = self.remote.as_ref().is_some_and(|it| it.outgoing.event.is_some());
        let known: Option<Vec<Key>> = keys.chars().map(Key::from_char).collect();
        let Some(known) = known.filter(|_| takes) else { return false };
        let mut has_room = true;
        for key in known {
            let (volume, length) = (KEY_VOLUME, KEY_LENGTH);
            has_room &= self.keys.press(KeyPress { key, volume, length, clock_rate: CLOCK });
        }
        has_room
    }

    /// When [`Line::elapse`] is wanted.
    pub(super) fn deadline(&self) -> Option<Tick> {
        self.keys.deadline()
    }

    /// Sends what is due of keys.
    pub(super) fn elapse(&mut self, now: Tick) {
        let Some(remote) = self.remote.as_ref() else { return };
        let (to, number) = (remote.address, remote.outgoing.event);
        while self.keys.deadline().is_some_and(|at| at <= now) {
            let Some(packet) = self.keys.due(now, &self.out, now) else { return };
            if let Some(number) = number {
                let header = self.out.key(now, number, packet.marker, packet.timestamp);
                self.send(to, header, &packet.payload.bytes());
            }
        }
    }
}

/// Who is at the other side, by its own word.
pub(super) fn with(address: &[u8]) -> With {
    let read = Address::parse(address);
    let name = read.and_then(|it| it.display_text().map(|it| it.into_owned()));
    let uri = read.map(|it| it.uri);
    let user = uri.and_then(|uri| match uri.subscriber() {
        Some(subscriber) => Some(subscriber.digits().collect()),
        None => uri.sip()?.decoded_user().map(|it| it.into_owned()),
    });
    let user = user.map(|user| String::from_utf8_lossy(&user).into_owned()).unwrap_or_default();
    // RFC 3323, 4.1.1.3: who withholds the number.
    let user = if user == "anonymous" { String::new() } else { user };
    With { name: Redacted::new(name.unwrap_or_default()), user: Redacted::new(user) }
}
