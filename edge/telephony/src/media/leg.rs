// SPDX-License-Identifier: EUPL-1.2
//! One leg: its sockets, what it hears, the one stream that it sends.
//!
//! ```text
//!  datagram ─▶ latch ─▶ reception ─▶ sound, key or nothing ─▶ the peer leg's stream ─▶ its socket
//!  clip ────────────────────────────────────────────────────▶ the leg's own stream ─▶ its socket
//! ```
//!
//! The rule to keep: whatever is sent goes through the leg's one [`OutStream`], so that the far end
//! never sees where the sound comes from.

use super::keys::KeysOut;
use super::limits::FRAME;
use super::ports::Pair;
use super::protection::{Protection, Stream};
use super::words::{Clips, Drawn, Figures, LegId, PlayId, Remote, Repeat};
use crate::clip::ClipCodec;
use mio::net::UdpSocket;
use rtp::keys::{Heard as HeardKey, Key, KeyPress, KeyReceiver};
use rtp::latch::{Latch, PayloadTypes, Rules, Verdict};
use rtp::quality::{Codec, summary};
use rtp::rtcp::{self, Compound};
use rtp::srtp;
use rtp::{Exchange, Header, OutStream, Outgoing, Packet, Reception, Sent, Spoken, Voice, WIDE};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use stdx::{Rng, Tick};

/// G.711, and G.722 by RFC 3551 §4.5.2; telephone-event beside them.
pub(super) const CLOCK_RATE: u32 = 8_000;

/// Units of the clock in one frame.
const FRAME_UNITS: u32 = rtp::clock_units(FRAME, CLOCK_RATE);

/// Comfort noise (RFC 3389): accepted, never passed on.
const COMFORT_NOISE: u8 = 13;

/// Counts the legs that exist, whatever way they end.
#[derive(Debug)]
pub(super) struct Counted(Arc<AtomicUsize>);

impl Counted {
    pub(super) fn one(of: &Arc<AtomicUsize>) -> Counted {
        of.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(of))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A sound that is being played.
#[derive(Debug)]
pub(super) struct Playing {
    pub(super) play: PlayId,
    clips: Clips,
    repeat: Repeat,
    next: usize,
}

impl Playing {
    pub(super) const fn new(play: PlayId, clips: Clips, repeat: Repeat) -> Self {
        Playing { play, clips, repeat, next: 0 }
    }

    /// The next frame; none at the end.
    fn frame(&mut self, codec: ClipCodec) -> Option<&[u8]> {
        let clip = self.clips.of(codec)?;
        if self.next >= clip.frames() {
            match self.repeat {
                Repeat::Once => return None,
                Repeat::Forever => self.next = 0,
            }
        }
        self.next += 1;
        clip.frame(self.next - 1)
    }
}

/// What one datagram is to the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    /// Whether the leg latched with it.
    pub(super) latched: bool,
    /// Whether it ended a silence that was told.
    pub(super) again: bool,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Not from the peer, or nothing to hear.
    Nothing,
    /// Goes on to the other leg.
    Sound,
    /// Goes on, and may be a key.
    Key,
    /// Comfort noise: leaves no gap in the other leg's numbers.
    Noise,
}

const NOTHING: Heard = Heard { latched: false, again: false, what: What::Nothing };

#[derive(Debug)]
pub(super) struct Leg {
    pub(super) id: LegId,
    pub(super) remote: Remote,
    pub(super) rtp: UdpSocket,
    pub(super) rtcp: Option<UdpSocket>,
    /// The slot of the leg with which it is joined.
    pub(super) peer: Option<usize>,
    pub(super) playing: Option<Playing>,
    /// Its group in the thread's beat.
    pub(super) group: Option<usize>,
    /// Whether its packets wait until others wake the thread.
    pub(super) quiet: bool,
    keys_in: KeyReceiver,
    /// Its part in a mix, while it is in one.
    voice: Option<Box<Voice>>,
    latch: Latch,
    reception: Reception,
    exchange: Exchange,
    out: OutStream,
    protection: Option<Box<Protection>>,
    keys: KeysOut,
    /// Where the peer's RTCP was seen to come from.
    rtcp_from: Option<SocketAddr>,
    heard_at: Tick,
    silent: bool,
    peer_left: bool,
    sent: u64,
    octets: u64,
    unsent: u64,
    random: Rng,
    cname: [u8; 16],
    _counted: Counted,
}

impl Leg {
    pub(super) fn new(
        now: Tick,
        id: LegId,
        remote: Remote,
        drawn: &Drawn,
        pair: Pair,
        counted: Counted,
    ) -> Leg {
        let mut random = Rng::new(drawn.seed);
        let cname = name(random.next_u64());
        Leg {
            id,
            rtp: pair.rtp,
            rtcp: pair.rtcp,
            peer: None,
            playing: None,
            group: None,
            quiet: false,
            keys_in: KeyReceiver::new(CLOCK_RATE),
            voice: None,
            latch: Latch::new(now, remote.address, rules(&remote)),
            reception: Reception::new(CLOCK_RATE),
            exchange: Exchange::new(now, random.next_u64() as u32),
            out: OutStream::new(drawn.ssrc, CLOCK_RATE, drawn.sequence, drawn.timestamp),
            protection: remote.srtp.as_ref().map(Protection::new),
            keys: KeysOut::default(),
            rtcp_from: None,
            heard_at: now,
            silent: false,
            peer_left: false,
            sent: 0,
            octets: 0,
            unsent: 0,
            remote,
            random,
            cname,
            _counted: counted,
        }
    }

    /// Signalling agreed on something new.
    pub(super) fn update(&mut self, now: Tick, remote: Remote) {
        self.latch.signalled(now, remote.address, rules(&remote));
        if remote.address != self.remote.address {
            self.rtcp_from = None;
        }
        self.heard_at = now;
        self.silent = false;
        let (protection, stream) = Protection::agreed(self.protection.take(), remote.srtp.as_ref());
        self.protection = protection;
        if stream == Stream::Another && self.out.clock().is_some() {
            self.begin_another_stream();
        }
        self.remote = remote;
        let speaks = spoken(self.remote.codec);
        if self.voice.as_ref().is_some_and(|voice| voice.spoken() != speaks) {
            self.begin_to_mix();
        }
    }

    fn begin_another_stream(&mut self) {
        let [ssrc, timestamp] = [(); 2].map(|()| self.random.next_u64() as u32);
        let sequence = first_sequence(self.random.next_u64());
        self.out = OutStream::new(ssrc, CLOCK_RATE, sequence, timestamp);
        (self.sent, self.octets) = (0, 0);
    }

    // ---- protection ----

    /// Checks and decrypts a datagram of RTP, if the leg is protected; how long the packet is.
    pub(super) fn open_rtp(&mut self, datagram: &mut [u8]) -> Result<usize, srtp::Refused> {
        match &mut self.protection {
            None => Ok(datagram.len()),
            Some(protection) => protection.open_rtp(datagram),
        }
    }

    /// The same of RTCP.
    pub(super) fn open_rtcp(&mut self, datagram: &mut [u8]) -> Result<usize, srtp::Refused> {
        match &mut self.protection {
            None => Ok(datagram.len()),
            Some(protection) => protection.open_rtcp(datagram),
        }
    }

    // ---- hearing ----

    /// An RTP packet arrived.
    pub(super) fn hear(&mut self, now: Tick, from: SocketAddr, packet: &Packet<'_>) -> Heard {
        let latched = match self.latch.arrived(now, from, &packet.header) {
            Verdict::Accepted => false,
            Verdict::Latched => true,
            Verdict::OnTrial | Verdict::Refused(_) => return NOTHING,
        };
        self.reception.arrived(now, &packet.header);
        self.heard_at = now;
        let again = std::mem::take(&mut self.silent);
        Heard { latched, again, what: self.what(packet) }
    }

    fn what(&self, packet: &Packet<'_>) -> What {
        let payload_type = packet.header.payload_type;
        if packet.payload.is_empty() {
            What::Noise
        } else if payload_type == self.remote.incoming.sound {
            What::Sound
        } else if Some(payload_type) == self.remote.incoming.event {
            What::Key
        } else {
            What::Noise
        }
    }

    /// RTCP arrived; whether it is believed, and whether it says farewell for the first time.
    pub(super) fn hear_reports(
        &mut self,
        now: Tick,
        from: SocketAddr,
        compound: &Compound<'_>,
    ) -> Option<bool> {
        if !self.latch.is_from_peer(from) {
            return None;
        }
        // Only the source whose sound we hear may move the reports: its address alone may be shared.
        let source = compound.packets().next().and_then(|it| source(&it));
        if source.is_some() && source == self.reception.source() {
            self.rtcp_from = Some(from);
        }
        self.exchange.arrived(now, compound, self.out.ssrc());
        let left = self.exchange.peer_left();
        let first = left && !self.peer_left;
        self.peer_left = left;
        Some(first)
    }

    /// Whether the peer became silent; told once.
    pub(super) fn falls_silent(&mut self, now: Tick) -> bool {
        let Some(after) = self.remote.silent_after else { return false };
        let falls = !self.silent && now.since(self.heard_at) >= after;
        self.silent |= falls;
        falls
    }

    /// The key that a packet of telephone-event presses, the first time that it tells so.
    pub(super) fn key_heard(&mut self, packet: &Packet<'_>) -> Option<Key> {
        match self.keys_in.arrived(&packet.header, packet.payload) {
            HeardKey::Pressed(key) => Some(key),
            HeardKey::Again | HeardKey::NoKey | HeardKey::TooShort => None,
        }
    }

    // ---- a mix ----

    /// It hears and is heard decoded from now on.
    pub(super) fn begin_to_mix(&mut self) {
        self.voice = Some(Box::new(Voice::new(spoken(self.remote.codec))));
    }

    pub(super) fn end_mixing(&mut self) {
        self.voice = None;
    }

    pub(super) fn is_mixed(&self) -> bool {
        self.voice.is_some()
    }

    /// Sound arrived. Who holds is not heard.
    pub(super) fn say_in_mix(&mut self, header: &Header, payload: &[u8]) {
        if self.remote.we_receive
            && self.remote.we_send
            && let Some(voice) = &mut self.voice
        {
            voice.arrived(header, payload);
        }
    }

    /// What it says in the next 20 ms.
    pub(super) fn give_to_mix(&mut self, frame: &mut [i16; WIDE]) {
        if let Some(voice) = &mut self.voice {
            // Silence and what is made up for a lost packet sound as they are.
            let _how = voice.say(frame);
        }
    }

    /// What the others say. A sound that is played to it, or a key, comes first.
    pub(super) fn take_from_mix(&mut self, now: Tick, frame: &[i16; WIDE]) {
        let takes = self.takes_relay();
        let Some(voice) = self.voice.as_mut().filter(|_| takes) else { return };
        let bytes = voice.hear(frame);
        let header = self.out.own(now, self.remote.outgoing.sound, FRAME_UNITS);
        self.send_own(header, &bytes);
    }

    /// Whether its peer understands keys.
    pub(super) fn takes_keys(&self) -> bool {
        self.remote.outgoing.event.is_some()
    }

    // ---- sending ----

    /// Whether packets of another leg may go out now.
    pub(super) fn takes_relay(&self) -> bool {
        self.playing.is_none()
            && !self.keys.is_pressing()
            && self.remote.we_send
            && self.latch.target().is_some()
    }

    /// The header under which a packet of another leg goes out.
    pub(super) fn relayed(&mut self, now: Tick, header: &Header, what: What) -> Option<Header> {
        let payload_type = match what {
            What::Sound => Some(self.remote.outgoing.sound),
            What::Key => self.remote.outgoing.event,
            What::Noise | What::Nothing => None,
        };
        let payload_type = payload_type.filter(|_| self.takes_relay());
        let Some(payload_type) = payload_type else {
            self.out.suppress(now, header);
            return None;
        };
        self.out.relay(now, header, payload_type).ok()
    }

    /// Sends the packet of RTP in the first `length` bytes of a buffer, which holds so many bytes of payload.
    pub(super) fn send(&mut self, buffer: &mut [u8], length: usize, payload: usize) {
        let Some(target) = self.latch.target() else { return };
        let length = match &mut self.protection {
            None => Some(length),
            // A packet whose number is used up, or that has no room for its tag, never goes in clear instead.
            Some(protection) => protection.protect_rtp(buffer, length).ok(),
        };
        let datagram = length.and_then(|length| buffer.get(..length));
        match datagram.map(|datagram| self.rtp.send_to(datagram, target)) {
            Some(Ok(_)) => {
                self.sent += 1;
                self.octets += payload as u64;
            }
            // Full buffers and unreachable peers: the next packet is due in 20 ms, so none is
            // kept; the peer counts the loss.
            Some(Err(_)) | None => self.unsent += 1,
        }
    }

    fn send_own(&mut self, header: Header, payload: &[u8]) {
        let mut datagram = [0; rtp::limits::DATAGRAM_MAX];
        if let Ok(length) = Outgoing::new(header, payload).write(&mut datagram) {
            self.send(&mut datagram, length, payload.len());
        }
    }

    /// Asks for a key to be sent; whether there is room.
    pub(super) fn press(&mut self, press: KeyPress) -> bool {
        self.keys.press(press)
    }

    /// Whether the beat has anything to do here.
    pub(super) fn needs_beat(&self) -> bool {
        self.playing.is_some() || !self.keys.is_idle()
    }

    /// The leg's turn, due at `at`; says which sound is over with it.
    pub(super) fn beat(&mut self, at: Tick, now: Tick) -> Option<PlayId> {
        let pressing = self.send_key(at, now);
        self.play_on(now, pressing)
    }

    /// A key takes the place of the sound; whether it does.
    fn send_key(&mut self, at: Tick, now: Tick) -> bool {
        let Some(packet) = self.keys.due(at, &self.out, now) else {
            return self.keys.is_pressing();
        };
        if let Some(payload_type) = self.remote.outgoing.event {
            let header = self.out.key(now, payload_type, packet.marker, packet.timestamp);
            self.send_own(header, &packet.payload.bytes());
        }
        true
    }

    fn play_on(&mut self, now: Tick, pressing: bool) -> Option<PlayId> {
        let mut playing = self.playing.take()?;
        let Some(frame) = playing.frame(self.remote.codec) else { return Some(playing.play) };
        if !pressing && self.remote.we_send && self.latch.target().is_some() {
            let header = self.out.own(now, self.remote.outgoing.sound, FRAME_UNITS);
            self.send_own(header, frame);
        }
        self.playing = Some(playing);
        None
    }

    /// Sends our report if it is due.
    pub(super) fn report(&mut self, now: Tick) {
        if self.exchange.deadline().0 > now {
            return;
        }
        let (random, sent) = (self.random.next_u64() as u32, self.sent(now));
        let reception = Some(&mut self.reception);
        let mut out = [0; rtp::limits::DATAGRAM_MAX];
        let written = self.exchange.write(now, random, &sent, reception, &self.cname, &mut out);
        if let Ok(length) = written {
            self.send_rtcp(&mut out, length);
        }
    }

    /// Says farewell in RTCP.
    pub(super) fn say_goodbye(&mut self, now: Tick) {
        let mut out = [0; rtp::limits::DATAGRAM_MAX];
        if let Ok(length) = Exchange::goodbye(now, &self.sent(now), &self.cname, &mut out) {
            self.send_rtcp(&mut out, length);
        }
    }

    fn sent(&self, now: Tick) -> Sent {
        let (timestamp, at) = self.out.clock().unwrap_or((0, now));
        let ssrc = self.out.ssrc();
        Sent {
            ssrc,
            packets: self.sent,
            octets: self.octets,
            timestamp,
            at,
            clock_rate: CLOCK_RATE,
        }
    }

    fn send_rtcp(&mut self, buffer: &mut [u8], length: usize) {
        let Some(target) = self.rtcp_target() else { return };
        let length = match &mut self.protection {
            None => Some(length),
            Some(protection) => protection.protect_rtcp(buffer, length).ok(),
        };
        let Some(datagram) = length.and_then(|length| buffer.get(..length)) else { return };
        // A report that is lost is followed by the next.
        let _ = self.rtcp.as_ref().unwrap_or(&self.rtp).send_to(datagram, target);
    }

    fn rtcp_target(&self) -> Option<SocketAddr> {
        let target = self.latch.target()?;
        if self.remote.mux {
            return Some(target);
        }
        let next = || Some(SocketAddr::new(target.ip(), target.port().checked_add(1)?));
        self.rtcp_from.or(self.remote.rtcp).or_else(next)
    }

    /// The leg as it stands.
    pub(super) fn figures(&self) -> Figures {
        let codec = match self.remote.codec {
            ClipCodec::Pcma | ClipCodec::Pcmu => Codec::G711,
            ClipCodec::G722 => Codec::G722,
        };
        let (counts, jitter) = (self.reception.counts(), self.reception.jitter_ms());
        Figures {
            summary: summary(codec, &counts, jitter, self.exchange.round_trip(), FRAME),
            remote: self.exchange.remote(),
            refused: self.latch.refused(),
            sent: self.sent,
            unsent: self.unsent,
        }
    }
}

const fn spoken(codec: ClipCodec) -> Spoken {
    match codec {
        ClipCodec::Pcma => Spoken::Pcma,
        ClipCodec::Pcmu => Spoken::Pcmu,
        ClipCodec::G722 => Spoken::G722,
    }
}

fn rules(remote: &Remote) -> Rules {
    let known = [Some(remote.incoming.sound), remote.incoming.event, Some(COMFORT_NOISE)];
    let mut types = [u8::MAX; 3];
    for (place, it) in types.iter_mut().zip(known) {
        // 255 is no payload type and is left out.
        *place = it.unwrap_or(u8::MAX);
    }
    Rules { payload_types: PayloadTypes::of(&types), other_address: remote.other_address }
}

/// Who speaks in an RTCP packet, of the kinds that begin a compound.
const fn source(packet: &rtcp::Packet<'_>) -> Option<u32> {
    match packet {
        rtcp::Packet::SenderReport { ssrc, .. } | rtcp::Packet::ReceiverReport { ssrc, .. } => {
            Some(*ssrc)
        }
        rtcp::Packet::Goodbye(_) | rtcp::Packet::Description(_) | rtcp::Packet::Unknown(_) => None,
    }
}

/// A first sequence number in the lower half: who listens by SRTP would miss the first roll-over if the packets
/// before it got lost (RFC 4568, 6.4).
pub(crate) const fn first_sequence(random: u64) -> u16 {
    random as u16 >> 1
}

/// A random name in RTCP (RFC 7022 §4.2): 16 letters for 64 bits.
fn name(bits: u64) -> [u8; 16] {
    std::array::from_fn(|place| b"0123456789abcdef"[(bits >> (place * 4)) as usize & 15])
}
