// SPDX-License-Identifier: EUPL-1.2
//! Ports, and how legs begin and end.

use crate::peer::{DEADLINE, Peer, event, place, remote, settle, socket, start};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::sync_channel;
use telephony::clip::ClipCodec::Pcma;
use telephony::clip::{Clip, FRAME_BYTES};
use telephony::media::{
    Clips, Config, Drawn, Event, LegId, Media, Opening, PlayId, Refused, Repeat,
};

fn opening(local: IpAddr) -> Opening {
    let address = SocketAddr::new(local, 40_000);
    let drawn = Drawn { ssrc: 1, sequence: 1, timestamp: 1, seed: 1 };
    Opening { local, remote: remote(address, Pcma), drawn, beside: None }
}

#[test]
fn a_taken_port_is_skipped_and_an_exhausted_range_is_said() {
    let config = Config { threads: 1, ports: 23_001..=23_007 };
    let (mut media, events) = Media::start(&config, || {}).unwrap();
    let local = place(40);
    // The first even port, and the odd one of the second pair.
    let _one = UdpSocket::bind(SocketAddr::new(local, 23_002)).unwrap();
    let _two = UdpSocket::bind(SocketAddr::new(local, 23_005)).unwrap();
    let ports = media.open(LegId(1), &opening(local)).unwrap();
    assert_eq!((ports.rtp, ports.rtcp), (23_006, 23_007));
    assert_eq!(media.open(LegId(2), &opening(local)), Err(Refused::PortsExhausted));
    assert_eq!(media.open(LegId(1), &opening(local)), Err(Refused::LegExists));
    media.close(LegId(1)).unwrap();
    event(&events, |it| matches!(it, Event::Closed { .. }));
    assert_eq!(media.legs(), 0);
    assert_eq!(media.open(LegId(2), &opening(local)), Ok(ports), "a closed leg's ports are free");
    // 192.0.2.1 (RFC 5737) is nobody's address.
    let foreign = media.open(LegId(3), &opening("192.0.2.1".parse().unwrap()));
    assert_eq!(foreign, Err(Refused::Bind(std::io::ErrorKind::AddrNotAvailable)));
    assert_eq!(media.legs(), 1);
}

#[test]
fn ipv6() {
    let (mut media, events) = start(1);
    let local = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let mut a = Peer::call(&mut media, local, 1, Pcma);
    let mut b = Peer::call(&mut media, local, 2, Pcma);
    media.join(a.leg, b.leg).unwrap();
    settle(&mut media, &events, &b);
    a.say(1);
    assert_eq!(b.hear().1[0], 1);
    b.say(2);
    assert_eq!(a.hear().1[0], 2);
}

#[test]
fn legs_change_partner_and_thread_again_and_again() {
    let (mut media, events) = start(3);
    let mut peers: Vec<Peer> = (0..4).map(|n| Peer::call(&mut media, place(41), n, Pcma)).collect();
    for round in 0..12_u8 {
        let (a, b) = (usize::from(round) % 4, usize::from(round / 3 + 1 + round) % 4);
        if a == b {
            continue;
        }
        media.join(peers[a].leg, peers[b].leg).unwrap();
        settle(&mut media, &events, &peers[b]);
        peers[a].say(round);
        assert_eq!(peers[b].hear().1[0], round);
        peers[b].say(round + 100);
        assert_eq!(peers[a].hear().1[0], round + 100);
    }
    assert_eq!(media.legs(), 4);
}

#[test]
fn a_stream_of_nonsense_harms_nobody() {
    let (mut media, events) = start(1);
    let mut a = Peer::call(&mut media, place(42), 1, Pcma);
    let b = Peer::call(&mut media, place(42), 2, Pcma);
    media.join(a.leg, b.leg).unwrap();
    settle(&mut media, &events, &b);
    let other = socket(place(42));
    for length in 0..200_usize {
        let bytes: Vec<u8> = (0..length).map(|n| (n * 37 + length) as u8).collect();
        other.send_to(&bytes, a.target()).unwrap();
        let rtcp = SocketAddr::new(a.local, a.ports.rtcp);
        other.send_to(&bytes, rtcp).unwrap();
    }
    other.send_to(&[0x80; 9_000], a.target()).unwrap();
    a.say(7);
    assert_eq!(b.hear().1[0], 7);
    assert!(media.counts().malformed > 100);
}

#[test]
fn signalling_is_woken_after_events_were_queued() {
    let config = Config { threads: 2, ports: 23_100..=23_199 };
    let (waker, woken) = sync_channel(100);
    let wake = move || waker.try_send(()).expect("no more wake-ups than events");
    let (mut media, events) = Media::start(&config, wake).unwrap();
    let clips = Clips { pcma: Clip::new(vec![0xd5; FRAME_BYTES]), ..Clips::default() };
    for n in 0..50 {
        media.open(LegId(n), &opening(place(44))).unwrap();
        media.play(LegId(n), PlayId(n), &clips, Repeat::Once).unwrap();
    }
    let mut told = 0;
    while told < 50 {
        woken.recv_timeout(DEADLINE).expect("events wake");
        told += events.try_iter().count();
    }
}

#[test]
fn gathered_commands_are_carried_out_when_the_threads_are_woken() {
    let (mut media, events) = start(1);
    media.gather();
    let clips = Clips { pcma: Clip::new(vec![0xd5; FRAME_BYTES]), ..Clips::default() };
    media.open(LegId(1), &opening(place(44))).unwrap();
    assert!(media.wake(true), "a leg that was only opened waits for others");
    media.play(LegId(1), PlayId(1), &clips, Repeat::Once).unwrap();
    assert!(!media.wake(true), "what is heard does not wait");
    let played = events.recv_timeout(DEADLINE).expect("it was played");
    assert_eq!(played, Event::PlayedOut { leg: LegId(1), play: PlayId(1) });
    media.close(LegId(1)).unwrap();
    assert!(media.wake(true) && !media.wake(false));
    assert!(matches!(events.recv_timeout(DEADLINE), Ok(Event::Closed { .. })));
    assert_eq!(media.legs(), 0);
}

#[test]
fn events_that_nobody_reads_are_counted_and_hold_nothing_up() {
    let (mut media, events) = start(1);
    let limit = telephony::media::limits::EVENTS_MAX as u64;
    for n in 0..limit + 10 {
        while media.open(LegId(n), &opening(place(43))) == Err(Refused::Busy) {
            std::thread::yield_now();
        }
        while media.close(LegId(n)) == Err(Refused::Busy) {
            std::thread::yield_now();
        }
    }
    let clock = telephony::media::Clock::start();
    while media.legs() > 0 {
        assert!(clock.now().0 < 10_000_000, "the thread goes on");
        std::thread::yield_now();
    }
    let (dropped, told) = (media.counts().events_dropped, events.try_iter().count() as u64);
    assert_eq!((dropped, told), (10, limit));
}
