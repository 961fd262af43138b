// SPDX-License-Identifier: EUPL-1.2
//! A caller behind the trunk: SIP, one port for sound, one codec, one byte that is said.

use rtp::{Header, Outgoing, Packet};
use sip::Status;
use sip::agent::limits::MAX_FORWARDS;
use sip::agent::{CallId, Config, Event, Flow, Invite, UserAgent, Way};
use std::collections::VecDeque;
use std::net::{SocketAddr, UdpSocket};
use stdx::{Micros, Redacted, Rng, Tick};

/// The number of key presses.
pub(crate) const KEYS: u8 = 101;

pub(crate) struct Caller {
    ua: UserAgent,
    sip: UdpSocket,
    rtp: UdpSocket,
    flow: Option<Flow>,
    pub(crate) call: Option<CallId>,
    target: Option<SocketAddr>,
    /// The codec's number.
    codec: u8,
    says: u8,
    /// What it says, packet by packet, again and again.
    pub(crate) frames: Vec<Vec<u8>>,
    sequence: u16,
    next_at: Tick,
    /// Payloads that were heard.
    pub(crate) heard: VecDeque<Vec<u8>>,
    /// Keys that were heard: event codes, each once.
    pub(crate) keys: Vec<u8>,
    last_key: Option<u32>,
    pub(crate) is_up: bool,
    /// Whether it says its byte before it answers a call, and answers at no time by itself.
    pub(crate) plays: bool,
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    socket.set_nonblocking(true).expect("a socket of ours");
    socket
}

impl Caller {
    pub(crate) fn new(codec: u8, says: u8) -> Caller {
        let ua = UserAgent::new(Config::default(), Rng::new(u64::from(says)));
        Caller {
            ua,
            sip: socket(),
            rtp: socket(),
            flow: None,
            call: None,
            target: None,
            codec,
            says,
            frames: vec![vec![says; 160]],
            sequence: 0,
            next_at: Tick(0),
            heard: VecDeque::new(),
            keys: Vec::new(),
            last_key: None,
            is_up: false,
            plays: false,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.sip.local_addr().expect("bound")
    }

    fn sdp(&self) -> Vec<u8> {
        let (port, codec) = (self.rtp.local_addr().expect("bound").port(), self.codec);
        format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP {codec} {KEYS}\r\na=rtpmap:{KEYS} telephone-event/8000\r\n"
        )
        .into_bytes()
    }

    pub(crate) fn dial(&mut self, now: Tick, exchange: SocketAddr) {
        let flow = Flow::udp(self.address(), exchange);
        self.flow = Some(flow);
        let invite = Invite {
            target: Redacted::new(b"sip:115@centre.example".to_vec()),
            from: Redacted::new(b"\"Erika Muster\" <sip:+4940123456@carrier.example>".to_vec()),
            flow,
            way: Way::Flow,
            headers: Vec::new(),
            offer: self.sdp(),
            max_forwards: MAX_FORWARDS,
            ring_for: Micros::from_mins(3),
            credentials: None,
            routes: Vec::new(),
            contact_user: None,
        };
        self.call = Some(self.ua.invite(now, invite).expect("it can be sent"));
    }

    /// Answers the call that came.
    pub(crate) fn answer(&mut self, now: Tick) {
        let (call, sdp) = (self.call.expect("a call"), self.sdp());
        self.ua.answer(now, call, sdp).expect("it waits");
        self.is_up = true;
    }

    pub(crate) fn hang_up(&mut self, now: Tick) {
        let call = self.call.take().expect("a call");
        self.ua.hang_up(now, call, None).expect("it is up");
    }

    pub(crate) fn turn(&mut self, now: Tick) {
        let mut buffer = [0; 4_096];
        while let Ok((length, from)) = self.sip.recv_from(&mut buffer) {
            let flow = self.flow.unwrap_or(Flow::udp(self.address(), from));
            self.ua.receive(now, flow, &buffer[..length]);
        }
        self.ua.elapse(now);
        while let Some(event) = self.ua.poll_event() {
            self.told(now, event);
        }
        while let Some(it) = self.ua.poll_transmit() {
            self.sip.send_to(&it.bytes, it.flow.remote).expect("sent");
        }
        self.listen();
        self.speak(now);
    }

    fn told(&mut self, now: Tick, event: Event) {
        match event {
            Event::Answered(_, Some(sdp)) => {
                self.is_up = true;
                self.target = target(&sdp);
            }
            Event::Reinvite(call, carrier, offer) => {
                self.target = offer.as_deref().and_then(target).or(self.target);
                let sdp = self.sdp();
                let _ = self.ua.accept_change(now, call, carrier, Some(sdp));
            }
            Event::Incoming(call, info) if self.plays => {
                self.call = Some(call);
                self.target = info.offer.as_deref().and_then(target);
                let (session, sdp) = (Status::new(183).expect("one"), self.sdp());
                self.ua.progress(now, call, session, Some(sdp)).expect("it can be said");
            }
            Event::Ended(..) | Event::Cancelled(..) | Event::Refused { .. } => {
                (self.call, self.is_up) = (None, false);
            }
            Event::Answered(_, None)
            | Event::Incoming(..)
            | Event::Acked(..)
            | Event::Provisional(..)
            | Event::Withdrawn(_)
            | Event::Changed(..)
            | Event::NotChanged(..)
            | Event::Info(..)
            | Event::Refer(..)
            | Event::Referred(..)
            | Event::Register(..)
            | Event::Subscribe(..)
            | Event::Unsubscribed(_)
            | Event::Probed(..)
            | Event::Registration(_) => {}
        }
    }

    fn listen(&mut self) {
        let mut buffer = [0; 1_500];
        while let Ok((length, _)) = self.rtp.recv_from(&mut buffer) {
            let Ok(packet) = Packet::parse(&buffer[..length]) else { continue };
            if packet.header.payload_type == KEYS {
                if self.last_key != Some(packet.header.timestamp) {
                    self.last_key = Some(packet.header.timestamp);
                    self.keys.push(packet.payload[0]);
                }
                continue;
            }
            if self.heard.len() == 2_000 {
                self.heard.pop_front();
            }
            self.heard.push_back(packet.payload.to_vec());
        }
    }

    fn speak(&mut self, now: Tick) {
        let is_in_call = self.is_up || self.plays && self.call.is_some();
        let Some(target) = self.target.filter(|_| is_in_call) else { return };
        while self.next_at <= now {
            self.next_at = self.next_at.max(Tick(now.0.saturating_sub(40_000)));
            self.next_at = self.next_at + Micros::from_millis(20);
            self.sequence = self.sequence.wrapping_add(1);
            let timestamp = u32::from(self.sequence) * 160;
            let (payload_type, sequence, ssrc) = (self.codec, self.sequence, u32::from(self.says));
            let header = Header { marker: false, payload_type, sequence, timestamp, ssrc };
            let mut datagram = [0; 1_500];
            let payload = &self.frames[usize::from(self.sequence) % self.frames.len()];
            let length = Outgoing::new(header, payload).write(&mut datagram).expect("it fits");
            let _ = self.rtp.send_to(&datagram[..length], target);
        }
    }

    /// Whether it hears this byte now.
    pub(crate) fn hears(&self, byte: u8) -> bool {
        let last: Vec<&Vec<u8>> = self.heard.iter().rev().take(3).collect();
        last.len() == 3 && last.iter().all(|it| it[..] == [byte; 160])
    }
}

fn target(sdp: &[u8]) -> Option<SocketAddr> {
    let session = sip::sdp::Session::parse(sdp).ok()?;
    let port = session.media().first()?.port();
    (port > 0).then(|| SocketAddr::from(([127, 0, 0, 1], port)))
}
