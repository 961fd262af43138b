// SPDX-License-Identifier: EUPL-1.2
//! The far end of a leg, and the near end in few words.

use rtp::{Header, Outgoing, Packet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::Receiver;
use std::time::Duration;
use telephony::clip::{Clip, ClipCodec, FRAME_BYTES};
use telephony::media::{
    Clips, Config, Drawn, Event, LegId, LocalPorts, Media, Opening, PayloadMap, Remote,
};

/// Far longer than anything here takes on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// Long enough for a packet on loopback that should not come.
pub(crate) const NOT_COMING: Duration = Duration::from_millis(100);

pub(crate) const KEYS: u8 = 101;

/// An address of 127.0.0.0/8 for one test alone.
pub(crate) const fn place(test: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(127, 77, 0, test))
}

pub(crate) fn start(threads: usize) -> (Media, Receiver<Event>) {
    Media::start(&Config { threads, ports: 21_000..=22_999 }, || {}).expect("threads start")
}

pub(crate) struct Peer {
    pub(crate) socket: UdpSocket,
    pub(crate) rtcp: UdpSocket,
    pub(crate) leg: LegId,
    pub(crate) ports: LocalPorts,
    pub(crate) local: IpAddr,
    pub(crate) codec: ClipCodec,
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
}

pub(crate) const fn payload_type(codec: ClipCodec) -> u8 {
    match codec {
        ClipCodec::Pcmu => 0,
        ClipCodec::Pcma => 8,
        ClipCodec::G722 => 9,
    }
}

pub(crate) fn remote(address: SocketAddr, codec: ClipCodec) -> Remote {
    let map = PayloadMap { sound: payload_type(codec), event: Some(KEYS) };
    Remote {
        address,
        rtcp: None,
        mux: false,
        codec,
        incoming: map,
        outgoing: map,
        we_send: true,
        we_receive: true,
        srtp: None,
        other_address: None,
        silent_after: None,
    }
}

impl Peer {
    /// A peer whose leg is open.
    pub(crate) fn call(media: &mut Media, local: IpAddr, number: u64, codec: ClipCodec) -> Peer {
        Peer::call_with(media, local, number, codec, |remote| remote)
    }

    pub(crate) fn call_with(
        media: &mut Media,
        local: IpAddr,
        number: u64,
        codec: ClipCodec,
        change: impl FnOnce(Remote) -> Remote,
    ) -> Peer {
        let (socket, rtcp) = (socket(local), socket(local));
        let mut remote = remote(socket.local_addr().unwrap(), codec);
        remote.rtcp = rtcp.local_addr().ok();
        let drawn = Drawn {
            ssrc: 0xa000_0000 + number as u32,
            sequence: 65_530,
            timestamp: u32::MAX - 200,
            seed: number,
        };
        let leg = LegId(number);
        let opening = Opening { local, remote: change(remote), drawn, beside: None };
        let ports = media.open(leg, &opening).expect("a leg opens");
        let ssrc = 0x5000_0000 + number as u32;
        Peer { socket, rtcp, leg, ports, local, codec, ssrc, sequence: 1_000, timestamp: 77_000 }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    /// Where the leg receives.
    pub(crate) fn target(&self) -> SocketAddr {
        SocketAddr::new(self.local, self.ports.rtp)
    }

    pub(crate) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Numbers that are never sent.
    pub(crate) fn lose(&mut self, packets: u16) {
        self.sequence = self.sequence.wrapping_add(packets);
        self.timestamp = self.timestamp.wrapping_add(u32::from(packets) * 160);
    }

    /// The next packet, as bytes.
    pub(crate) fn packet(&mut self, payload_type: u8, payload: &[u8]) -> Vec<u8> {
        let header = Header {
            marker: false,
            payload_type,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
        let mut out = [0; 1_500];
        let length = Outgoing::new(header, payload).write(&mut out).unwrap();
        out[..length].to_vec()
    }

    /// Sends the next packet, filled with one byte.
    pub(crate) fn say(&mut self, byte: u8) {
        let packet = self.packet(payload_type(self.codec), &[byte; FRAME_BYTES]);
        self.socket.send_to(&packet, self.target()).unwrap();
    }

    /// The next packet that arrives.
    pub(crate) fn hear(&self) -> (Header, Vec<u8>) {
        self.hear_within(DEADLINE).expect("a packet comes")
    }

    pub(crate) fn hear_within(&self, wait: Duration) -> Option<(Header, Vec<u8>)> {
        self.socket.set_read_timeout(Some(wait)).unwrap();
        let mut buffer = [0; 1_600];
        let length = self.socket.recv(&mut buffer).ok()?;
        let packet = Packet::parse(&buffer[..length]).expect("it is RTP");
        Some((packet.header, packet.payload.to_vec()))
    }

    /// The next packet with sound that is not `byte`.
    pub(crate) fn hear_other_than(&self, byte: u8) -> (Header, Vec<u8>) {
        loop {
            let (header, payload) = self.hear();
            if payload[0] != byte {
                return (header, payload);
            }
        }
    }
}

pub(crate) fn socket(local: IpAddr) -> UdpSocket {
    UdpSocket::bind(SocketAddr::new(local, 0)).expect("loopback has free ports")
}

/// Frames that are all of one byte, different for each frame.
pub(crate) fn clips(frames: &[u8]) -> Clips {
    let bytes = frames.iter().flat_map(|&byte| [byte; FRAME_BYTES]).collect();
    let clip = Clip::new(bytes);
    Clips { pcma: clip.clone(), pcmu: clip, g722: None }
}

/// Waits until a leg's thread has carried out what it was told so far: it closes a leg that came
/// after. Packets and commands travel separately. Events of before are lost.
pub(crate) fn settle(media: &mut Media, events: &Receiver<Event>, beside: &Peer) {
    let other = LegId(u64::MAX);
    let mut remote = remote(beside.address(), beside.codec);
    remote.rtcp = beside.rtcp.local_addr().ok();
    let drawn = Drawn { ssrc: 1, sequence: 1, timestamp: 1, seed: 1 };
    let opening = Opening { local: beside.local, remote, drawn, beside: Some(beside.leg) };
    media.open(other, &opening).expect("a leg opens");
    media.close(other).expect("it is open");
    event(events, |it| matches!(it, Event::Closed { leg, .. } if *leg == other));
}

/// The next event of the wanted kind.
pub(crate) fn event(events: &Receiver<Event>, wanted: impl Fn(&Event) -> bool) -> Event {
    loop {
        let event = events.recv_timeout(DEADLINE).expect("an event comes");
        if wanted(&event) {
            return event;
        }
    }
}

pub(crate) fn latched(events: &Receiver<Event>, leg: LegId) {
    event(events, |it| matches!(it, Event::Latched { leg: of, .. } if *of == leg));
}
