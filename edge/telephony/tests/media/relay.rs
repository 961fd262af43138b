// SPDX-License-Identifier: EUPL-1.2
//! Two legs hear each other.

use crate::peer::{
    KEYS, NOT_COMING, Peer, clips, event, latched, place, remote, settle, socket, start,
};
use rtp::g711::{ALAW_TO_ULAW, ULAW_TO_ALAW};
use rtp::keys::Key;
use rtp::latch::OtherAddress;
use stdx::Micros;
use telephony::clip::ClipCodec::{G722, Pcma, Pcmu};
use telephony::media::{Event, PlayId, Refused, Repeat};

#[test]
fn both_ways_with_each_legs_own_numbers() {
    let (mut media, events) = start(1);
    let mut a = Peer::call(&mut media, place(1), 1, Pcma);
    let mut b = Peer::call(&mut media, place(1), 2, Pcma);
    media.join(a.leg, b.leg).unwrap();
    settle(&mut media, &events, &b);
    for n in 0..20_u8 {
        a.say(n);
        let (header, payload) = b.hear();
        assert_eq!(payload, [n; 160]);
        assert_eq!((header.ssrc, header.payload_type), (0xa000_0002, 8));
        assert_eq!(header.sequence, 65_530_u16.wrapping_add(u16::from(n)));
        assert_eq!(header.timestamp, (u32::MAX - 200).wrapping_add(u32::from(n) * 160));
        assert_eq!(header.marker, n == 0);
        b.say(100 + n);
        assert_eq!(a.hear().1, [100 + n; 160]);
    }
}

#[test]
fn announcement_agent_and_music_are_one_stream() {
    let (mut media, events) = start(2);
    let mut caller = Peer::call(&mut media, place(2), 1, Pcma);
    let mut agent = Peer::call(&mut media, place(2), 2, Pcma);
    let mut heard = Vec::new();
    media.play(caller.leg, PlayId(7), &clips(&[1, 2, 3, 4, 5]), Repeat::Once).unwrap();
    for n in 1..=5 {
        let (header, payload) = caller.hear();
        assert_eq!(payload[0], n);
        heard.push(header);
    }
    event(&events, |it| *it == Event::PlayedOut { leg: caller.leg, play: PlayId(7) });
    // The legs live in two threads until they are joined.
    media.join(caller.leg, agent.leg).unwrap();
    settle(&mut media, &events, &agent);
    for _ in 0..5 {
        agent.say(50);
        let (header, payload) = caller.hear();
        assert_eq!(payload[0], 50);
        heard.push(header);
    }
    caller.say(60);
    assert_eq!(agent.hear().1[0], 60);
    media.part(agent.leg).unwrap();
    media.play(caller.leg, PlayId(8), &clips(&[9]), Repeat::Forever).unwrap();
    for _ in 0..5 {
        let (header, payload) = caller.hear();
        assert_eq!(payload[0], 9);
        heard.push(header);
    }
    let sequences: Vec<u16> = heard.iter().map(|it| it.sequence.wrapping_sub(65_530)).collect();
    assert_eq!(sequences, (0..15).collect::<Vec<u16>>());
    assert!(heard.iter().all(|it| it.ssrc == heard[0].ssrc));
    for pair in heard.windows(2) {
        let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp);
        assert!((160..80_000).contains(&step), "sound neither overlaps nor leaps: {step}");
    }
    let marked: Vec<usize> = (0..15).filter(|&n| heard[n].marker).collect();
    assert_eq!(marked, [0, 5, 10]);
}

#[test]
fn among_many_everybody_is_heard_and_later_one_alone_too() {
    let (mut media, events) = start(1);
    let mut peers: Vec<Peer> =
        (0..60).map(|n| Peer::call(&mut media, place(10), n, Pcma)).collect();
    for pair in peers.chunks(2) {
        media.join(pair[0].leg, pair[1].leg).unwrap();
    }
    settle(&mut media, &events, &peers[59]);
    let rounds: u8 = 100;
    for round in 0..rounds {
        peers.iter_mut().for_each(|peer| peer.say(round));
        for (n, peer) in peers.iter().enumerate() {
            let (header, payload) = peer.hear();
            assert_eq!(payload, [round; 160]);
            assert_eq!(header.ssrc, 0xa000_0000 + n as u32);
            assert_eq!(header.sequence, 65_530_u16.wrapping_add(u16::from(round)));
        }
    }
    // Whoever waited for the others while they talked has nobody to wait for any more.
    let [a, b] = &mut peers[..2] else { unreachable!("there are 60") };
    for round in 0..rounds {
        a.say(round);
        assert_eq!(b.hear().1, [round; 160]);
    }
    assert_eq!(media.legs(), 60);
}

#[test]
fn parted_legs_hear_nothing() {
    let (mut media, events) = start(1);
    let mut a = Peer::call(&mut media, place(3), 1, Pcma);
    let b = Peer::call(&mut media, place(3), 2, Pcma);
    media.join(a.leg, b.leg).unwrap();
    settle(&mut media, &events, &b);
    a.say(1);
    b.hear();
    media.part(b.leg).unwrap();
    media.close(b.leg).unwrap();
    event(&events, |it| matches!(it, Event::Closed { leg, .. } if *leg == b.leg));
    a.say(2);
    assert_eq!(b.hear_within(NOT_COMING), None);
    assert_eq!(media.part(b.leg), Err(Refused::UnknownLeg));
}

#[test]
fn the_two_laws_map_to_each_other_and_other_codecs_do_not() {
    let (mut media, events) = start(1);
    let mut a = Peer::call(&mut media, place(4), 1, Pcma);
    let mut u = Peer::call(&mut media, place(4), 2, Pcmu);
    let wide = Peer::call(&mut media, place(4), 3, G722);
    media.join(a.leg, u.leg).unwrap();
    settle(&mut media, &events, &u);
    a.say(0x35);
    let (header, payload) = u.hear();
    assert_eq!((header.payload_type, payload), (0, vec![ALAW_TO_ULAW[0x35]; 160]));
    u.say(0x71);
    let (header, payload) = a.hear();
    assert_eq!((header.payload_type, payload), (8, vec![ULAW_TO_ALAW[0x71]; 160]));
    assert_eq!(media.join(a.leg, wide.leg), Err(Refused::Codecs(Pcma, G722)));
    let widened = remote(u.address(), G722);
    assert_eq!(media.update(u.leg, &widened), Err(Refused::Codecs(G722, Pcma)));
    assert_eq!(media.join(a.leg, a.leg), Err(Refused::SameLeg));
}

#[test]
fn nobody_takes_a_latched_leg_over_but_signalling_moves_it() {
    let (mut media, events) = start(1);
    let mut a = Peer::call(&mut media, place(5), 1, Pcma);
    let mut b = Peer::call(&mut media, place(5), 2, Pcma);
    media.join(a.leg, b.leg).unwrap();
    settle(&mut media, &events, &b);
    a.say(1);
    b.hear();
    latched(&events, a.leg);
    let intruder = socket(place(105));
    for _ in 0..5 {
        let packet = a.packet(8, &[66; 160]);
        intruder.send_to(&packet, a.target()).unwrap();
    }
    b.say(2);
    assert_eq!(a.hear().1[0], 2, "what is said to the peer still goes to the peer");
    a.say(3);
    assert_eq!(b.hear().1[0], 3, "what the intruder said is not heard");
    // A re-INVITE names another address: there it goes at once, and from there it is accepted.
    let elsewhere = socket(place(106));
    media.update(a.leg, &remote(elsewhere.local_addr().unwrap(), Pcma)).unwrap();
    settle(&mut media, &events, &a);
    a.socket = elsewhere;
    a.say(4);
    assert_eq!(b.hear_other_than(3).1[0], 4);
    b.say(5);
    assert_eq!(a.hear().1[0], 5);
    media.close(a.leg).unwrap();
    let closed = event(&events, |it| matches!(it, Event::Closed { .. }));
    let Event::Closed { figures, .. } = closed else { unreachable!("asked for above") };
    assert_eq!(figures.refused.hijack, 5);
}

#[test]
fn a_peer_behind_a_translation_proves_itself_in_a_row() {
    let (mut media, events) = start(1);
    let rule = OtherAddress { within: Micros::from_secs(30), packets: 3 };
    let mut a = Peer::call_with(&mut media, place(6), 1, Pcma, |mut remote| {
        remote.address.set_ip(place(107));
        remote.other_address = Some(rule);
        remote
    });
    let b = Peer::call(&mut media, place(6), 2, Pcma);
    media.join(a.leg, b.leg).unwrap();
    settle(&mut media, &events, &b);
    for n in 1..=3 {
        a.say(n);
    }
    let from = a.address();
    event(&events, |it| *it == Event::Latched { leg: a.leg, from });
    assert_eq!(b.hear().1[0], 3);
}

#[test]
fn a_held_peer_is_neither_heard_nor_spoken_to() {
    let (mut media, events) = start(1);
    let mut a = Peer::call(&mut media, place(7), 1, Pcma);
    let mut b = Peer::call(&mut media, place(7), 2, Pcma);
    media.join(a.leg, b.leg).unwrap();
    settle(&mut media, &events, &b);
    a.say(1);
    let before = b.hear().0;
    let mut held = remote(a.address(), Pcma);
    (held.we_send, held.we_receive) = (false, false);
    media.update(a.leg, &held).unwrap();
    settle(&mut media, &events, &a);
    let mut waiting = 0;
    // The update and the packets travel separately: the first may still come through.
    while b.hear_within(NOT_COMING).is_some() || waiting == 0 {
        a.say(2);
        waiting += 1;
        assert!(waiting < 50, "the hold takes effect");
    }
    b.say(3);
    assert_eq!(a.hear_within(NOT_COMING), None);
    media.update(a.leg, &remote(a.address(), Pcma)).unwrap();
    settle(&mut media, &events, &a);
    let after = loop {
        a.say(4);
        if let Some((header, _)) = b.hear_within(NOT_COMING) {
            break header;
        }
    };
    assert!(after.marker);
    assert!(after.sequence.wrapping_sub(before.sequence) <= waiting, "a pause is no loss");
}

#[test]
fn keys_are_told_once_and_go_on_to_the_other_leg() {
    let (mut media, events) = start(1);
    let mut a = Peer::call(&mut media, place(8), 1, Pcma);
    let b = Peer::call_with(&mut media, place(8), 2, Pcma, |mut remote| {
        remote.outgoing.event = Some(96);
        remote
    });
    media.join(a.leg, b.leg).unwrap();
    settle(&mut media, &events, &b);
    a.say(1);
    b.hear();
    // Key 5: three packets of one press under one timestamp.
    let press = a.packet(KEYS, &[5, 10, 0, 160]);
    for n in 0..3_u8 {
        let mut packet = press.clone();
        packet[3] = packet[3].wrapping_add(n);
        a.socket.send_to(&packet, a.target()).unwrap();
        let (header, payload) = b.hear();
        assert_eq!((header.payload_type, payload[0]), (96, 5));
    }
    let key = Key::from_char('5').unwrap();
    event(&events, |it| *it == Event::Key { leg: a.leg, key });
    a.lose(2);
    a.say(2);
    b.hear();
    assert!(events.try_iter().all(|it| !matches!(it, Event::Key { .. })));
}

#[test]
fn a_key_is_sent_in_the_place_of_sound() {
    let (mut media, _events) = start(1);
    let a = Peer::call(&mut media, place(9), 1, Pcma);
    media.play(a.leg, PlayId(1), &clips(&[1]), Repeat::Forever).unwrap();
    a.hear();
    let nine = Key::from_char('9').unwrap();
    media.send_key(a.leg, nine, Micros::from_millis(100)).unwrap();
    let first = loop {
        let (header, payload) = a.hear();
        if header.payload_type == KEYS {
            break (header, payload);
        }
    };
    assert!(first.0.marker);
    let mut packets = vec![first];
    loop {
        let (header, payload) = a.hear();
        if header.payload_type != KEYS {
            assert!(header.marker && payload[0] == 1);
            break;
        }
        packets.push((header, payload));
    }
    assert_eq!(packets.len(), 5 + 2, "100 ms, and the end twice more");
    assert!(packets.iter().all(|(header, _)| header.timestamp == packets[0].0.timestamp));
    let ends = packets.iter().filter(|(_, payload)| payload[1] & 0x80 != 0).count();
    assert_eq!(ends, 3);
    let deaf = Peer::call_with(&mut media, place(9), 2, Pcma, |mut remote| {
        remote.outgoing.event = None;
        remote
    });
    assert_eq!(media.send_key(deaf.leg, nine, Micros::ZERO), Err(Refused::NoKeys));
}
