// SPDX-License-Identifier: EUPL-1.2
//! RTCP, silence and farewell.

use crate::peer::{DEADLINE, Peer, clips, event, latched, place, start};
use rtp::rtcp::{Compound, Packet, Report, ReportBlock};
use std::net::SocketAddr;
use stdx::Micros;
use telephony::clip::ClipCodec::Pcma;
use telephony::media::{Event, PlayId, Repeat};

/// The next report that reaches the peer: what it says of the peer's packets, whether it is a
/// farewell.
fn report(peer: &Peer) -> (Option<ReportBlock>, bool) {
    peer.rtcp.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut buffer = [0; 1_500];
    let length = peer.rtcp.recv(&mut buffer).expect("a report comes");
    let compound = Compound::parse(&buffer[..length]).expect("it is RTCP");
    let (mut block, mut goodbye) = (None, false);
    for packet in compound.packets() {
        match packet {
            Packet::SenderReport { blocks, .. } | Packet::ReceiverReport { blocks, .. } => {
                block = blocks.last();
            }
            Packet::Goodbye(_) => goodbye = true,
            Packet::Description(_) | Packet::Unknown(_) => {}
        }
    }
    (block, goodbye)
}

fn send(peer: &Peer, blocks: &[ReportBlock], goodbye: bool) {
    let report = Report { ssrc: peer.ssrc(), sent: None, blocks, cname: b"peer", goodbye };
    let mut out = [0; 500];
    let length = report.write(&mut out).unwrap();
    let to = SocketAddr::new(peer.local, peer.ports.rtcp);
    peer.rtcp.send_to(&out[..length], to).unwrap();
}

#[test]
fn reports_tell_loss_both_ways_and_the_leg_ends_with_a_farewell() {
    let (mut media, events) = start(1);
    let mut peer = Peer::call(&mut media, place(30), 1, Pcma);
    assert_eq!(peer.ports.rtcp, peer.ports.rtp + 1);
    media.play(peer.leg, PlayId(1), &clips(&[1]), Repeat::Forever).unwrap();
    peer.hear();
    for n in 0..20 {
        peer.say(n);
    }
    peer.lose(10);
    for n in 0..20 {
        peer.say(n);
    }
    latched(&events, peer.leg);
    let (block, goodbye) = report(&peer);
    let block = block.expect("what came is reported");
    assert_eq!((block.ssrc, block.cumulative_lost, goodbye), (peer.ssrc(), 10, false));
    assert_eq!(block.fraction_lost, 52, "10 of 49 in 256ths: the first counts for nothing");

    let ours = ReportBlock { ssrc: 0xa000_0001, fraction_lost: 25, cumulative_lost: 3, ..block };
    send(&peer, &[ours], false);
    let told = event(&events, |it| matches!(it, Event::Reported { .. }));
    let Event::Reported { figures, .. } = told else { unreachable!("asked for above") };
    assert_eq!(figures.remote.map(|it| (it.fraction_lost, it.cumulative_lost)), Some((25, 3)));
    assert_eq!((figures.summary.received, figures.summary.lost), (39, 10));
    assert!(figures.summary.mos.is_some_and(|mos| mos < 3.5));

    send(&peer, &[], true);
    event(&events, |it| *it == Event::PeerLeft { leg: peer.leg });
    media.close(peer.leg).unwrap();
    event(&events, |it| matches!(it, Event::Closed { .. }));
    while !report(&peer).1 {}
}

#[test]
fn one_port_may_carry_both() {
    let (mut media, events) = start(1);
    let mut peer = Peer::call_with(&mut media, place(31), 1, Pcma, |mut remote| {
        (remote.mux, remote.rtcp) = (true, None);
        remote
    });
    assert_eq!(peer.ports.rtcp, peer.ports.rtp);
    peer.rtcp = peer.socket.try_clone().unwrap();
    peer.say(1);
    peer.say(2);
    latched(&events, peer.leg);
    send(&peer, &[], false);
    event(&events, |it| matches!(it, Event::Reported { .. }));
    assert_eq!(report(&peer).0.map(|it| it.ssrc), Some(peer.ssrc()));
}

#[test]
fn reports_from_elsewhere_are_not_believed() {
    let (mut media, events) = start(1);
    let mut peer = Peer::call(&mut media, place(32), 1, Pcma);
    peer.say(1);
    latched(&events, peer.leg);
    let own = std::mem::replace(&mut peer.rtcp, crate::peer::socket(place(108)));
    send(&peer, &[], true);
    peer.rtcp = own;
    send(&peer, &[], false);
    let told = event(&events, |it| !matches!(it, Event::Latched { .. }));
    assert!(matches!(told, Event::Reported { .. }), "no farewell before it: {told:?}");
}

#[test]
fn silence_is_told_once_and_so_is_its_end() {
    let (mut media, events) = start(1);
    let mut peer = Peer::call_with(&mut media, place(33), 1, Pcma, |mut remote| {
        remote.silent_after = Some(Micros::from_millis(100));
        remote
    });
    let leg = peer.leg;
    assert_eq!(events.recv_timeout(DEADLINE), Ok(Event::Silent { leg }));
    peer.say(1);
    assert_eq!(events.recv_timeout(DEADLINE), Ok(Event::Latched { leg, from: peer.address() }));
    assert_eq!(events.recv_timeout(DEADLINE), Ok(Event::SoundAgain { leg }));
    assert_eq!(events.recv_timeout(DEADLINE), Ok(Event::Silent { leg }));
}
