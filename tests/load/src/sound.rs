// SPDX-License-Identifier: EUPL-1.2
//! Sends and receives RTP: 50 packets a second from every port, each stamped with when it left.
//!
//! Rule: streams begin one after the other, so that packets are spread evenly over the 20 ms.

use crate::player::here;
use load::clock::{Clock, MILLISECOND, SECOND};
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Between two packets of one stream.
const FRAME: u64 = 20 * MILLISECOND;

/// Before measuring begins: both sides have latched and the caches are warm.
pub(crate) const WARM_UP: u64 = SECOND;

/// For what is still under way at the end.
const LATE: u64 = SECOND / 2;

/// 20 ms of G.711 behind an RTP header.
const HEADER: usize = 12;
const PACKET: usize = HEADER + 160;

/// Where ports for sound lie: below those that the system gives away and those of the servers.
const PORTS: std::ops::Range<u16> = 10_000..20_000;

/// Ports of a call: two for sound, and one behind each for RTCP.
const PORTS_OF_A_CALL: u16 = 4;

/// Calls that have room.
pub(crate) const CALLS_MAX: u16 = (PORTS.end - PORTS.start) / PORTS_OF_A_CALL;

/// How far on it is tried again when somebody else has one of the ports.
const STEP: usize = 100;

/// The sockets of both ends of every call, by port.
pub(crate) struct Ends {
    /// The first port.
    pub(crate) first: u16,
    sockets: BTreeMap<u16, std::net::UdpSocket>,
}

impl Ends {
    /// Binds the ports of so many calls, where none of them is taken.
    pub(crate) fn bind(calls: u16) -> Result<Ends, String> {
        let room = calls.min(CALLS_MAX) * PORTS_OF_A_CALL;
        let mut last = String::from("no call, no port");
        for first in (PORTS.start..=PORTS.end - room).step_by(STEP) {
            match Ends::bind_from(first, calls) {
                Ok(ends) => return Ok(ends),
                Err(error) => last = format!("port {first} and on for sound: {error}"),
            }
        }
        Err(last)
    }

    fn bind_from(first: u16, calls: u16) -> io::Result<Ends> {
        let ports = (0..calls.saturating_mul(2)).map(|nth| first + nth * 2);
        let bound = ports.map(|port| {
            let socket = std::net::UdpSocket::bind(here(port))?;
            socket.set_nonblocking(true)?;
            Ok((port, socket))
        });
        Ok(Ends { first, sockets: bound.collect::<io::Result<_>>()? })
    }

    /// The ports of both ends of a call.
    pub(crate) const fn of(&self, call: u16) -> (u16, u16) {
        let a = self.first + call * PORTS_OF_A_CALL;
        (a, a + 2)
    }
}

/// What one run with sound showed.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) sent: u64,
    pub(crate) received: u64,
    /// From leaving to arriving, in nanoseconds.
    pub(crate) delays: Vec<u64>,
}

/// What goes along the paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sound {
    /// Both ends speak, and what one hears is what the other said.
    Talk,
    /// Only the server speaks.
    Music,
    /// The server speaks, and so does who listens.
    MusicAndSpeech,
}

/// Sends along all paths (own port, where to) for so long after the warm-up. `measured` is called
/// when measuring begins, and when it ends.
pub(crate) fn run(
    ends: &Ends,
    paths: &[(u16, u16)],
    sound: Sound,
    nanos: u64,
    measured: &mut dyn FnMut(),
) -> Result<Heard, String> {
    let clock = Clock::start();
    let until = WARM_UP + nanos;
    let text = |error: io::Error| error.to_string();
    let own = |(port, _): &(u16, u16)| {
        let socket = ends.sockets.get(port).ok_or_else(|| format!("port {port} is not bound"))?;
        socket.try_clone().map_err(text)
    };
    let sockets = paths.iter().map(own).collect::<Result<Vec<_>, _>>()?;
    let again = paths.iter().map(own).collect::<Result<Vec<_>, _>>()?;
    let targets = paths.iter().map(|&(_, to)| here(to)).collect();
    let sent = Arc::new(AtomicU64::new(0));
    let until_sent = match sound {
        Sound::Talk | Sound::MusicAndSpeech => until,
        Sound::Music => 0,
    };
    let sending =
        Sending { clock, sockets, targets, until: until_sent, sent: Arc::clone(&sent), number: 0 };
    let sender = thread::spawn(move || sending.run());
    let receiver = thread::spawn(move || receive(clock, again, until, sound == Sound::Talk));
    clock.rest_until(WARM_UP);
    measured();
    clock.rest_until(until);
    measured();
    sender.join().map_err(|_| "the sender failed")?;
    let mut heard = receiver.join().map_err(|_| "the receiver failed")?.map_err(text)?;
    heard.sent = sent.load(Ordering::Relaxed);
    Ok(heard)
}

struct Sending {
    clock: Clock,
    sockets: Vec<std::net::UdpSocket>,
    targets: Vec<SocketAddr>,
    until: u64,
    sent: Arc<AtomicU64>,
    number: u64,
}

impl Sending {
    fn run(mut self) {
        let streams = self.sockets.len() as u64;
        loop {
            let due = self.number * FRAME / streams;
            if due >= self.until {
                return;
            }
            self.clock.rest_until(due);
            let (stream, round) = ((self.number % streams) as usize, self.number / streams);
            let now = self.clock.nanos();
            let packet = stamped(now, round, stream as u32);
            let sent = self.sockets[stream].send_to(&packet, self.targets[stream]);
            // By the stamp, as the receiver counts: one may leave long after it was due.
            if sent.is_ok() && (WARM_UP..self.until).contains(&now) {
                self.sent.fetch_add(1, Ordering::Relaxed);
            }
            self.number += 1;
        }
    }
}

/// An RTP packet (RFC 3550, 5.1) of PCMA whose first bytes of sound say when it left.
fn stamped(nanos: u64, round: u64, ssrc: u32) -> [u8; PACKET] {
    let mut packet = [0xd5; PACKET];
    packet[0] = 0x80;
    packet[1] = 8;
    packet[2..4].copy_from_slice(&(round as u16).to_be_bytes());
    packet[4..8].copy_from_slice(&((round * 160) as u32).to_be_bytes());
    packet[8..HEADER].copy_from_slice(&ssrc.to_be_bytes());
    packet[HEADER..HEADER + 8].copy_from_slice(&nanos.to_be_bytes());
    packet
}

fn stamp(packet: &[u8]) -> u64 {
    let bytes = packet.get(HEADER..HEADER + 8).and_then(|it| it.try_into().ok());
    bytes.map_or(0, u64::from_be_bytes)
}

fn receive(
    clock: Clock,
    sockets: Vec<std::net::UdpSocket>,
    until: u64,
    stamps: bool,
) -> io::Result<Heard> {
    let mut poll = Poll::new()?;
    let mut sockets: Vec<UdpSocket> = sockets.into_iter().map(UdpSocket::from_std).collect();
    for (number, socket) in sockets.iter_mut().enumerate() {
        poll.registry().register(socket, Token(number), Interest::READABLE)?;
    }
    let mut heard = Heard::default();
    heard.delays.reserve((until / FRAME + 50) as usize * sockets.len());
    let mut events = Events::with_capacity(1_024);
    let mut buffer = [0; 1_500];
    while clock.nanos() < until + LATE {
        poll.poll(&mut events, Some(Duration::from_millis(100)))?;
        for event in &events {
            while let Ok(length) = sockets[event.token().0].recv(&mut buffer) {
                let now = clock.nanos();
                let left = if stamps { stamp(&buffer[..length]) } else { now };
                if (WARM_UP..until).contains(&left) {
                    heard.received += 1;
                    heard.delays.push(now - left);
                }
            }
        }
    }
    Ok(heard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_comes_back() {
        let packet = stamped(123_456_789, 70_000, 5);
        assert_eq!(stamp(&packet), 123_456_789);
        assert_eq!((packet[0] >> 6, packet[1]), (2, 8));
        assert_eq!(stamp(&packet[..15]), 0);
    }

    #[test]
    fn who_has_a_port_keeps_it() {
        let one = Ends::bind(2).expect("four ports are free");
        let other = Ends::bind(2).expect("four more are free");
        assert!(one.first.abs_diff(other.first) >= 8, "{} and {}", one.first, other.first);
    }

    #[test]
    fn ends_hear_each_other() {
        let ends = Ends::bind(1).expect("two ports are free");
        let mut times = 0;
        let (a, b) = ends.of(0);
        let paths = [(a, b), (b, a)];
        let heard = run(&ends, &paths, Sound::Talk, 100 * MILLISECOND, &mut || times += 1);
        let heard = heard.expect("the loopback works");
        assert_eq!(times, 2);
        assert!(heard.sent >= 8 && heard.received > 0, "{heard:?}");
        assert!(heard.received <= heard.sent, "{heard:?}");
    }
}
