// SPDX-License-Identifier: EUPL-1.2
//! A leg whose packets only the two ends can read, beside one whose packets anybody can.

use crate::peer::{DEADLINE, NOT_COMING, Peer, clips, payload_type, place, remote, settle, start};
use rtp::rtcp::Compound;
use rtp::srtp::{MASTER_BYTES, Mki, Receiver, Sender, Suite};
use rtp::{Header, Packet};
use stdx::Redacted;
use telephony::clip::ClipCodec::{G722, Pcma, Pcmu};
use telephony::media::{Media, PlayId, Remote, Repeat, Srtp, SrtpKey};

fn key(byte: u8) -> SrtpKey {
    SrtpKey { suite: Suite::Tag80, master: Redacted::new([byte; MASTER_BYTES]), mki: None }
}

/// A peer with keys.
struct Protected {
    peer: Peer,
    send: Sender,
    receive: Receiver,
}

impl Protected {
    fn call(media: &mut Media, local: std::net::IpAddr, number: u64, keys: Srtp) -> Protected {
        let with = |it| Remote { srtp: Some(keys), ..it };
        let peer = Peer::call_with(media, local, number, Pcma, with);
        let send = Sender::new(keys.receive.suite, &keys.receive.master);
        let receive = Receiver::new(keys.send.suite, &keys.send.master, keys.send.mki);
        Protected { peer, send, receive }
    }

    /// Protects the next packet without sending it.
    fn sealed(&mut self, byte: u8) -> Vec<u8> {
        let packet = self.peer.packet(payload_type(Pcma), &[byte; 160]);
        let mut room = [0; 1_500];
        room[..packet.len()].copy_from_slice(&packet);
        let length = self.send.protect_rtp(&mut room, packet.len()).expect("protected");
        room[..length].to_vec()
    }

    /// Sends the next packet, filled with one byte; what went out.
    fn say(&mut self, byte: u8) -> Vec<u8> {
        let datagram = self.sealed(byte);
        self.peer.socket.send_to(&datagram, self.peer.target()).expect("sent");
        datagram
    }

    /// The next datagram as it comes, and what is in it.
    fn hear(&mut self) -> (Vec<u8>, Header, Vec<u8>) {
        self.peer.socket.set_read_timeout(Some(DEADLINE)).expect("a socket");
        let mut buffer = [0; 1_600];
        let length = self.peer.socket.recv(&mut buffer).expect("a packet comes");
        let raw = buffer[..length].to_vec();
        let length = self.receive.unprotect_rtp(&mut buffer[..length]).expect("it is authentic");
        let packet = Packet::parse(&buffer[..length]).expect("it is RTP");
        (raw, packet.header, packet.payload.to_vec())
    }
}

fn keys() -> Srtp {
    Srtp { send: key(1), receive: key(2) }
}

#[test]
fn one_leg_is_protected_and_the_other_is_not() {
    let (mut media, events) = start(1);
    let mut secret = Protected::call(&mut media, place(40), 1, keys());
    let mut open = Peer::call(&mut media, place(40), 2, Pcma);
    media.join(secret.peer.leg, open.leg).expect("joined");
    settle(&mut media, &events, &open);
    // Our first numbers are just before the roll-over (`Peer`), so its counter is used as well.
    for n in 0..20_u8 {
        secret.say(n);
        assert_eq!(open.hear().1, [n; 160]);
        open.say(100 + n);
        let (raw, header, payload) = secret.hear();
        assert_eq!(payload, [100 + n; 160]);
        assert_eq!(header.sequence, 65_530_u16.wrapping_add(u16::from(n)));
        assert_eq!(raw.len(), 12 + 160 + 10, "the tag stands behind");
        assert!(!raw.windows(8).any(|it| it == [100 + n; 8]), "nothing of it in clear");
    }
    let counts = media.counts();
    assert_eq!((counts.srtp_forged, counts.srtp_replayed, counts.srtp_refused), (0, 0, 0));
}

#[test]
fn laws_are_mapped_and_texts_are_protected_as_well() {
    let (mut media, events) = start(2);
    let mut secret = Protected::call(&mut media, place(41), 1, keys());
    media.play(secret.peer.leg, PlayId(7), &clips(&[1, 2, 3]), Repeat::Once).expect("played");
    for n in 1..=3 {
        assert_eq!(secret.hear().2[0], n);
    }
    let mut american = Peer::call(&mut media, place(41), 2, Pcmu);
    media.join(secret.peer.leg, american.leg).expect("joined");
    settle(&mut media, &events, &american);
    secret.say(0xd5);
    assert_eq!(american.hear().1, [rtp::g711::ALAW_TO_ULAW[0xd5]; 160]);
    american.say(0xff);
    assert_eq!(secret.hear().2, [rtp::g711::ULAW_TO_ALAW[0xff]; 160]);
}

#[test]
fn what_somebody_else_wrote_or_sends_again_is_refused_and_counted() {
    let (mut media, events) = start(1);
    let mut secret = Protected::call(&mut media, place(42), 1, keys());
    let open = Peer::call(&mut media, place(42), 2, Pcma);
    media.join(secret.peer.leg, open.leg).expect("joined");
    settle(&mut media, &events, &open);
    let first = secret.say(1);
    assert_eq!(open.hear().1[0], 1);
    let target = secret.peer.target();
    // Sent again; altered; in clear.
    let mut altered = secret.sealed(2);
    altered[20] ^= 1;
    let clear = secret.peer.packet(8, &[9; 160]);
    for datagram in [&first, &altered, &clear] {
        secret.peer.socket.send_to(datagram, target).expect("sent");
    }
    assert!(open.hear_within(NOT_COMING).is_none(), "none of them is heard");
    secret.say(3);
    assert_eq!(open.hear().1[0], 3);
    let counts = media.counts();
    assert_eq!((counts.srtp_forged, counts.srtp_replayed), (2, 1));
}

#[test]
fn reports_and_farewells_are_protected_too() {
    let (mut media, _events) = start(1);
    let mut secret = Protected::call(&mut media, place(43), 1, keys());
    secret.say(1);
    secret.say(2);
    media.close(secret.peer.leg).expect("it is open");
    secret.peer.rtcp.set_read_timeout(Some(DEADLINE)).expect("a socket");
    let mut buffer = [0; 1_600];
    let length = secret.peer.rtcp.recv(&mut buffer).expect("a farewell comes");
    assert!(
        !buffer[8..length].windows(4).any(|it| it == [0x81, 0xcb, 0, 1]),
        "nobody reads that it is one"
    );
    let length = secret.receive.unprotect_rtcp(&mut buffer[..length]).expect("authentic");
    assert!(Compound::parse(&buffer[..length]).is_ok());
}

#[test]
fn a_new_key_begins_another_stream_and_the_old_one_goes_on_elsewhere() {
    let (mut media, events) = start(1);
    let suite = Suite::Tag32;
    let mki = Mki::new(1, 4);
    let keys = Srtp { send: SrtpKey { suite, ..key(1) }, receive: key(2) };
    let mut secret = Protected::call(&mut media, place(44), 1, keys);
    let mut open = Peer::call(&mut media, place(44), 2, Pcma);
    media.join(secret.peer.leg, open.leg).expect("joined");
    settle(&mut media, &events, &open);
    open.say(1);
    let (_, before, _) = secret.hear();
    // The same again changes nothing.
    let address = secret.peer.address();
    let agreed = |srtp| Remote { srtp, ..remote(address, Pcma) };
    media.update(secret.peer.leg, &agreed(Some(keys))).expect("updated");
    settle(&mut media, &events, &open);
    let fresh = Srtp { send: key(3), receive: SrtpKey { mki, ..key(4) } };
    let (same, other) = (agreed(Some(keys)), agreed(Some(fresh)));
    media.update(secret.peer.leg, &same).expect("updated");
    open.say(2);
    let (_, after, _) = secret.hear();
    assert_eq!((after.ssrc, after.sequence), (before.ssrc, before.sequence.wrapping_add(1)));
    media.update(secret.peer.leg, &other).expect("updated");
    settle(&mut media, &events, &open);
    secret.receive = Receiver::new(fresh.send.suite, &fresh.send.master, None);
    open.say(3);
    let (_, after, payload) = secret.hear();
    assert_eq!(payload[0], 3);
    assert_ne!(after.ssrc, before.ssrc, "a roll-over counter that begins anew");
    assert!(after.sequence < 1 << 15);
    // And in clear, when that is what was agreed on.
    let plain = agreed(None);
    media.update(secret.peer.leg, &plain).expect("updated");
    settle(&mut media, &events, &open);
    open.say(4);
    assert_eq!(secret.peer.hear().1, [4; 160]);
    assert!(media.join(secret.peer.leg, open.leg).is_ok());
    let wide = Peer::call(&mut media, place(44), 3, G722);
    assert!(media.join(secret.peer.leg, wide.leg).is_err(), "nothing is decoded for it");
}
