// SPDX-License-Identifier: EUPL-1.2
//! A page: a WebRTC endpoint with full ICE that speaks one byte again and again, and notes what it hears.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;
use stdx::{Micros, Tick};
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::{Codec, FormatParams};
use str0m::media::{Direction, Frequency, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive, TcpType};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};
use telephony::media::Clock;

/// One packet that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) payload_type: u8,
    pub(crate) sequence: u64,
    pub(crate) ssrc: u32,
    pub(crate) payload: Vec<u8>,
    pub(crate) at: Tick,
}

pub(crate) struct Browser {
    rtc: Rtc,
    socket: UdpSocket,
    /// Its connection, for one whose network lets no UDP out; and what came on it and is no whole datagram yet.
    tcp: Option<(TcpStream, Vec<u8>)>,
    mid: Mid,
    pending: Option<SdpPendingOffer>,
    pub(crate) offer: String,
    pub(crate) connected: bool,
    /// What it says, and by which number.
    pub(crate) says: Option<(u8, u8)>,
    sequence: u64,
    next_at: Tick,
    pub(crate) heard: VecDeque<Heard>,
}

/// So much of what was heard is kept.
const KEPT: usize = 2_000;

impl Browser {
    pub(crate) fn new(clock: &Clock) -> Browser {
        Browser::speaking(clock, [true; 3])
    }

    /// A page that speaks G.722, PCMA and PCMU, each or not.
    pub(crate) fn speaking(clock: &Clock, [g722, pcma, pcmu]: [bool; 3]) -> Browser {
        let mut config = RtcConfig::new()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_g722(g722, false)
            .enable_pcma(pcma, false)
            .enable_pcmu(pcmu, false);
        let (keys, format) = (Codec::Tele, FormatParams::default());
        let frequency = Frequency::EIGHT_KHZ;
        config.codec_config().add_config(126.into(), None, keys, frequency, None, format);
        let mut rtc = config.build(clock.instant(clock.now()));
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port");
        socket.set_nonblocking(true).expect("a socket of ours");
        let here = Candidate::host(socket.local_addr().expect("bound"), "udp").expect("one");
        rtc.add_local_candidate(here);
        let mut changes = rtc.sdp_api();
        let mid = changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = changes.apply().expect("something to offer");
        Browser {
            rtc,
            socket,
            tcp: None,
            mid,
            pending: Some(pending),
            offer: offer.to_sdp_string(),
            connected: false,
            says: None,
            sequence: 1_000,
            next_at: Tick(0),
            heard: VecDeque::new(),
        }
    }

    /// A page whose network lets no UDP out: it opens a connection to there.
    pub(crate) fn by_tcp(clock: &Clock, to: SocketAddr) -> Browser {
        let mut page = Browser::new(clock);
        let stream = TcpStream::connect(to).expect("somebody listens");
        stream.set_nonblocking(true).expect("a socket of ours");
        let here = stream.local_addr().expect("connected");
        let udp = Candidate::host(page.address(), "udp").expect("one");
        page.rtc.direct_api().invalidate_candidate(&udp);
        let tcp = Candidate::builder().tcp().host(here).tcptype(TcpType::Active).build();
        page.rtc.add_local_candidate(tcp.expect("one"));
        page.tcp = Some((stream, Vec::new()));
        page
    }

    /// Takes the answer; the connection begins.
    pub(crate) fn accept(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("an answer");
        let pending = self.pending.take().expect("an offer of ours");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("an answer to our offer");
    }

    /// Starts ICE anew on the same connection: what is offered.
    pub(crate) fn restart_ice(&mut self) -> String {
        let mut changes = self.rtc.sdp_api();
        changes.ice_restart(true);
        let (offer, pending) = changes.apply().expect("something to offer");
        self.pending = Some(pending);
        let offer: SdpOffer = offer;
        offer.to_sdp_string()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("bound")
    }

    /// Sends and receives what is due.
    pub(crate) fn turn(&mut self, clock: &Clock) {
        let now = clock.now();
        self.read_tcp(clock, now);
        let mut buffer = [0; 2_000];
        while let Ok((length, source)) = self.socket.recv_from(&mut buffer) {
            let here = self.address();
            let received = Receive::new(Protocol::Udp, source, here, &buffer[..length]);
            if let Ok(received) = received {
                let input = Input::Receive(clock.instant(now), received);
                self.rtc.handle_input(input).expect("it can be taken");
                self.drain(clock, now);
            }
        }
        let _ = self.rtc.handle_input(Input::Timeout(clock.instant(now)));
        self.drain(clock, now);
        self.speak(clock, now);
    }

    fn read_tcp(&mut self, clock: &Clock, now: Tick) {
        let Some((stream, unread)) = &mut self.tcp else { return };
        let mut part = [0; 4_096];
        while let Ok(length @ 1..) = stream.read(&mut part) {
            unread.extend(&part[..length]);
        }
        let (here, there) = (stream.local_addr(), stream.peer_addr());
        let (here, there) = (here.expect("connected"), there.expect("connected"));
        while let Some((_, unread)) = &mut self.tcp
            && let Some((length, rest)) = unread.split_first_chunk::<2>()
            && let Some(datagram) = rest.get(..usize::from(u16::from_be_bytes(*length)))
        {
            let datagram = datagram.to_vec();
            unread.drain(..2 + datagram.len());
            if let Ok(received) = Receive::new(Protocol::Tcp, there, here, &datagram) {
                let input = Input::Receive(clock.instant(now), received);
                self.rtc.handle_input(input).expect("it can be taken");
                self.drain(clock, now);
            }
        }
    }

    fn speak(&mut self, clock: &Clock, now: Tick) {
        let Some((number, byte)) = self.says.filter(|_| self.connected) else { return };
        while self.next_at <= now {
            self.next_at = self.next_at.max(Tick(now.0.saturating_sub(40_000)));
            self.next_at = self.next_at + Micros::from_millis(20);
            self.sequence += 1;
            let (pt, time) = (Pt::new_with_value(number), self.sequence as u32 * 160);
            let at = clock.instant(now);
            let packet = RtpWrite::new(pt, self.sequence.into(), time, at, vec![byte; 160]);
            let mut direct = self.rtc.direct_api();
            direct.stream_tx_by_mid(self.mid, None).expect("its stream").write_rtp(packet);
            let _ = self.rtc.handle_input(Input::Timeout(at));
            self.drain(clock, now);
        }
    }

    fn drain(&mut self, clock: &Clock, now: Tick) {
        loop {
            match self.rtc.poll_output().expect("it goes on") {
                Output::Transmit(it) => match &mut self.tcp {
                    Some((stream, _)) => {
                        let length = u16::try_from(it.contents.len()).expect("a datagram");
                        let framed = [&length.to_be_bytes()[..], &it.contents].concat();
                        stream.write_all(&framed).expect("it is taken");
                    }
                    None => {
                        let _ = self.socket.send_to(&it.contents, it.destination);
                    }
                },
                Output::Timeout(at) => {
                    if clock.tick(at) > now {
                        return;
                    }
                    let at = clock.instant(now) + Duration::from_micros(1);
                    let _ = self.rtc.handle_input(Input::Timeout(at));
                    return;
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(packet)) => {
                    if self.heard.len() == KEPT {
                        self.heard.pop_front();
                    }
                    self.heard.push_back(Heard {
                        payload_type: *packet.header.payload_type,
                        sequence: *packet.seq_no,
                        ssrc: *packet.header.ssrc,
                        payload: packet.payload.to_vec(),
                        at: now,
                    });
                }
                Output::Event(_) => {}
            }
        }
    }

    /// Whether it hears this byte now: the last packets are full of it.
    pub(crate) fn hears(&self, byte: u8) -> bool {
        let last: Vec<&Heard> = self.heard.iter().rev().take(3).collect();
        last.len() == 3 && last.iter().all(|it| it.payload == [byte; 160])
    }
}
