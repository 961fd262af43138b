// SPDX-License-Identifier: EUPL-1.2
//! Announcements and music.

use crate::peer::{Peer, clips, event, place, settle, start};
use telephony::clip::ClipCodec::{G722, Pcma, Pcmu};
use telephony::media::{Clock, Event, PlayId, Refused, Repeat};

#[test]
fn music_reaches_many_legs_evenly_and_begins_again() {
    let (mut media, _events) = start(1);
    let music = clips(&[1, 2, 3]);
    let peers: Vec<Peer> = (0..50).map(|n| Peer::call(&mut media, place(20), n, Pcma)).collect();
    for peer in &peers {
        media.play(peer.leg, PlayId(peer.leg.0), &music, Repeat::Forever).unwrap();
    }
    let clock = Clock::start();
    let frames = 25;
    let first = peers[0].hear();
    let begun = clock.now();
    assert_eq!(first.1[0], 1);
    for n in 1..=frames {
        assert_eq!(peers[0].hear().1[0], 1 + n % 3);
    }
    let took = clock.now().since(begun).0;
    // 25 intervals of 20 ms. A busy machine may deliver the first late or the last late, by what
    // is caught up with: three packets.
    assert!((430_000..1_500_000).contains(&took), "{took} µs");
    for peer in &peers[1..] {
        let mut before = peer.hear();
        for n in 1..u16::from(frames) {
            let (header, payload) = peer.hear();
            assert_eq!(header.sequence, before.0.sequence.wrapping_add(1));
            assert_eq!(header.timestamp, before.0.timestamp.wrapping_add(160));
            assert_eq!(u16::from(payload[0]), 1 + n % 3);
            before = (header, payload);
        }
    }
}

#[test]
fn an_announcement_gives_way_to_another_and_to_the_agent() {
    let (mut media, events) = start(1);
    let caller = Peer::call(&mut media, place(21), 1, Pcmu);
    let mut agent = Peer::call(&mut media, place(21), 2, Pcma);
    media.join(caller.leg, agent.leg).unwrap();
    settle(&mut media, &events, &agent);
    media.play(caller.leg, PlayId(1), &clips(&[1]), Repeat::Forever).unwrap();
    assert_eq!(caller.hear().1[0], 1);
    media.play(caller.leg, PlayId(2), &clips(&[2, 2]), Repeat::Once).unwrap();
    caller.hear_other_than(1);
    event(&events, |it| *it == Event::PlayedOut { leg: caller.leg, play: PlayId(2) });
    assert_eq!(caller.hear().1[0], 2);
    agent.say(0x55);
    assert!(caller.hear().1[0] > 2, "behind the announcement the agent is heard");
    media.play(caller.leg, PlayId(3), &clips(&[1]), Repeat::Forever).unwrap();
    assert_eq!(caller.hear().1[0], 1);
    media.stop_playing(caller.leg).unwrap();
    // What was sent before the stop is still read.
    let spoken = (0..200).any(|_| {
        agent.say(0x55);
        caller.hear().1[0] > 2
    });
    assert!(spoken);
}

#[test]
fn a_sound_that_the_leg_cannot_hear_is_refused() {
    let (mut media, _events) = start(1);
    let wide = Peer::call(&mut media, place(22), 1, G722);
    let played = media.play(wide.leg, PlayId(1), &clips(&[1]), Repeat::Once);
    assert_eq!(played, Err(Refused::NoClip(G722)));
}
