// SPDX-License-Identifier: EUPL-1.2
//! Three legs hear each other, or two whose codecs are not relayed. Who hears whom is measured as tones.

use crate::peer::{KEYS, NOT_COMING, Peer, event, payload_type, place, remote, settle, start};
use rtp::keys::Key;
use rtp::srtp::{MASTER_BYTES, Receiver, Sender, Suite};
use rtp::{FRAME_BYTES, Packet, Played, Spoken, Voice, WIDE};
use std::f64::consts::TAU;
use stdx::Redacted;
use telephony::clip::ClipCodec::{self, G722, Pcma, Pcmu};
use telephony::media::{Event, Media, Refused, Remote, Srtp, SrtpKey};

/// A telephone with a voice: it says a tone, and keeps what it hears.
struct Telephone {
    peer: Peer,
    mouth: Voice,
    ear: Voice,
    hertz: f64,
    said: usize,
    heard: Vec<i16>,
    protection: Option<(Sender, Receiver)>,
}

impl Telephone {
    fn new(peer: Peer, hertz: f64, protection: Option<(Sender, Receiver)>) -> Telephone {
        let spoken = match peer.codec {
            Pcma => Spoken::Pcma,
            Pcmu => Spoken::Pcmu,
            G722 => Spoken::G722,
        };
        let (mouth, ear) = (Voice::new(spoken), Voice::new(spoken));
        Telephone { peer, mouth, ear, hertz, said: 0, heard: Vec::new(), protection }
    }

    fn open(media: &mut Media, at: u8, number: u64, codec: ClipCodec, hertz: f64) -> Telephone {
        Telephone::new(Peer::call(media, place(at), number, codec), hertz, None)
    }

    fn protected(media: &mut Media, at: u8, number: u64, hertz: f64) -> Telephone {
        let key = |byte| SrtpKey {
            suite: Suite::Tag80,
            master: Redacted::new([byte; MASTER_BYTES]),
            mki: None,
        };
        let srtp = Some(Srtp { send: key(1), receive: key(2) });
        let peer = Peer::call_with(media, place(at), number, Pcma, |it| Remote { srtp, ..it });
        let send = Sender::new(Suite::Tag80, &Redacted::new([2; MASTER_BYTES]));
        let receive = Receiver::new(Suite::Tag80, &Redacted::new([1; MASTER_BYTES]), None);
        Telephone::new(peer, hertz, Some((send, receive)))
    }

    fn say(&mut self) {
        let step = TAU * self.hertz / 16_000.0;
        let frame = std::array::from_fn(|at| {
            (((self.said * WIDE + at) as f64 * step).sin() * 8_000.0) as i16
        });
        self.said += 1;
        let bytes = self.mouth.hear(&frame);
        let packet = self.peer.packet(payload_type(self.peer.codec), &bytes);
        let mut room = [0; 1_500];
        room[..packet.len()].copy_from_slice(&packet);
        let length = match &mut self.protection {
            None => packet.len(),
            Some((send, _)) => send.protect_rtp(&mut room, packet.len()).expect("protected"),
        };
        self.peer.socket.send_to(&room[..length], self.peer.target()).expect("sent");
    }

    /// The next packet; whether it was sound.
    fn hear(&mut self) -> bool {
        let mut buffer = [0; 1_600];
        self.peer.socket.set_read_timeout(Some(crate::peer::DEADLINE)).expect("a socket");
        let length = self.peer.socket.recv(&mut buffer).expect("a packet comes");
        let length = match &mut self.protection {
            None => length,
            Some((_, receive)) => receive.unprotect_rtp(&mut buffer[..length]).expect("authentic"),
        };
        let packet = Packet::parse(&buffer[..length]).expect("it is RTP");
        if packet.header.payload_type == KEYS {
            return false;
        }
        assert_eq!(packet.payload.len(), FRAME_BYTES);
        self.ear.arrived(&packet.header, packet.payload);
        let mut out = [0; WIDE];
        if self.ear.say(&mut out) == Played::Frame {
            self.heard.extend(out);
        }
        true
    }

    /// How loud it heard this tone in its last half second, of the 8,000 that were said.
    fn level(&self, hertz: f64) -> f64 {
        let heard = &self.heard[self.heard.len() - 8_000..];
        let step = TAU * hertz / 16_000.0;
        let part = |f: fn(f64) -> f64| -> f64 {
            heard.iter().enumerate().map(|(at, &it)| f64::from(it) * f(step * at as f64)).sum()
        };
        2.0 * part(f64::sin).hypot(part(f64::cos)) / heard.len() as f64
    }

    #[track_caller]
    fn hears_exactly(&self, wanted: &[f64]) {
        for hertz in TONES {
            let level = self.level(hertz);
            let is_heard = (6_500.0..9_000.0).contains(&level);
            assert!(is_heard || level < 400.0, "{hertz}: {level}");
            assert_eq!(is_heard, wanted.contains(&hertz), "{hertz}: {level}");
        }
    }
}

const TONES: [f64; 3] = [400.0, 1_000.0, 2_200.0];

/// They talk for a second and a half; the beat of the mix is that of the test.
fn talk(all: &mut [&mut Telephone]) {
    for _ in 0..75 {
        for telephone in all.iter_mut() {
            telephone.say();
        }
        for telephone in all.iter_mut() {
            telephone.hear();
        }
    }
}

#[test]
fn three_hear_each_other_in_three_codecs_and_one_is_protected() {
    let (mut media, events) = start(2);
    let mut a = Telephone::protected(&mut media, 60, 1, TONES[0]);
    let mut b = Telephone::open(&mut media, 60, 2, G722, TONES[1]);
    let mut c = Telephone::open(&mut media, 60, 3, Pcmu, TONES[2]);
    media.mix(a.peer.leg, b.peer.leg, Some(c.peer.leg)).expect("mixed");
    talk(&mut [&mut a, &mut b, &mut c]);
    a.hears_exactly(&TONES[1..]);
    b.hears_exactly(&[TONES[0], TONES[2]]);
    c.hears_exactly(&TONES[..2]);

    // The second holds: it hears nothing, and its own music is not heard.
    let mut held = remote(b.peer.address(), G722);
    (held.rtcp, held.we_send) = (b.peer.rtcp.local_addr().ok(), false);
    media.update(b.peer.leg, &held).expect("updated");
    settle(&mut media, &events, &b.peer);
    while b.peer.hear_within(NOT_COMING).is_some() {}
    for _ in 0..75 {
        [&mut a, &mut b, &mut c].into_iter().for_each(Telephone::say);
        assert!(a.hear() && c.hear());
    }
    a.hears_exactly(&TONES[2..]);
    c.hears_exactly(&TONES[..1]);
    assert!(b.peer.hear_within(NOT_COMING).is_none(), "on hold it hears nobody");

    // And leaves: the other two go on, still mixed, for a mix of two costs nothing that they would hear.
    media.close(b.peer.leg).expect("closed");
    talk(&mut [&mut a, &mut c]);
    a.hears_exactly(&TONES[2..]);
    // With the next one to leave the last is alone, and hears nothing more.
    media.close(a.peer.leg).expect("closed");
    event(&events, |it| matches!(it, Event::Closed { leg, .. } if *leg == a.peer.leg));
    settle(&mut media, &events, &c.peer);
    while c.peer.hear_within(NOT_COMING).is_some() {}
    assert_eq!(media.counts().srtp_forged, 0);
    drop(events);
}

#[test]
fn a_key_of_one_is_pressed_for_the_others() {
    let (mut media, events) = start(1);
    let mut a = Telephone::open(&mut media, 61, 1, Pcma, TONES[0]);
    let mut b = Telephone::open(&mut media, 61, 2, Pcma, TONES[1]);
    let deaf = Peer::call_with(&mut media, place(61), 3, Pcma, |mut remote| {
        remote.outgoing.event = None;
        remote
    });
    let mut c = Telephone::new(deaf, TONES[2], None);
    media.mix(a.peer.leg, b.peer.leg, Some(c.peer.leg)).expect("mixed");
    talk(&mut [&mut a, &mut b, &mut c]);
    let press = a.peer.packet(KEYS, &[5, 10, 0, 160]);
    a.peer.socket.send_to(&press, a.peer.target()).expect("sent");
    let key = Key::from_char('5').expect("a key");
    event(&events, |it| *it == Event::Key { leg: a.peer.leg, key });
    let (mut keys, mut sounds) = (0, 0);
    while sounds < 10 {
        [&mut a, &mut b, &mut c].into_iter().for_each(Telephone::say);
        match b.hear() {
            true => sounds += u32::from(keys > 0),
            false => keys += 1,
        }
        // Neither who pressed it nor who takes no keys hears anything of it.
        assert!(a.hear() && c.hear());
    }
    assert_eq!(keys, 5 + 2, "100 ms, and the end twice more");
}

#[test]
fn two_whose_codecs_are_not_relayed_are_mixed_and_can_be_joined_again() {
    let (mut media, events) = start(2);
    let mut a = Telephone::open(&mut media, 62, 1, Pcma, TONES[0]);
    let mut b = Telephone::open(&mut media, 62, 2, G722, TONES[1]);
    let joined = media.join(a.peer.leg, b.peer.leg);
    assert_eq!(joined, Err(Refused::Codecs(Pcma, G722)));
    media.mix(a.peer.leg, b.peer.leg, None).expect("mixed");
    talk(&mut [&mut a, &mut b]);
    a.hears_exactly(&TONES[1..2]);
    b.hears_exactly(&TONES[..1]);
    // The second changes to what the first speaks: then it is relayed, byte for byte.
    let changed = remote(b.peer.address(), Pcma);
    media.update(b.peer.leg, &Remote { rtcp: b.peer.rtcp.local_addr().ok(), ..changed }).unwrap();
    media.join(a.peer.leg, b.peer.leg).expect("joined");
    settle(&mut media, &events, &b.peer);
    while a.peer.hear_within(NOT_COMING).is_some() {}
    b.peer.codec = Pcma;
    b.peer.say(77);
    assert_eq!(a.peer.hear().1, [77; FRAME_BYTES]);
}

#[test]
fn who_is_not_there_or_there_twice_is_not_mixed() {
    let (mut media, _events) = start(1);
    let a = Peer::call(&mut media, place(63), 1, Pcma);
    let b = Peer::call(&mut media, place(63), 2, Pcma);
    assert_eq!(media.mix(a.leg, a.leg, None), Err(Refused::SameLeg));
    assert_eq!(media.mix(a.leg, b.leg, Some(b.leg)), Err(Refused::SameLeg));
    let nobody = telephony::media::LegId(99);
    assert_eq!(media.mix(a.leg, b.leg, Some(nobody)), Err(Refused::UnknownLeg));
    // What was joined stays joined.
    media.join(a.leg, b.leg).expect("joined");
    assert_eq!(media.mix(a.leg, nobody, None), Err(Refused::UnknownLeg));
}
