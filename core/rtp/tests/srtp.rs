// SPDX-License-Identifier: EUPL-1.2
//! Two sides with one key, and a network between them that loses, repeats, turns round and alters.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use rtp::limits::{
    DATAGRAM_MAX, SRTCP_PACKETS_MAX, SRTP_EXTRA_MAX, SRTP_PACKETS_MAX, SRTP_SOURCES_MAX,
    SRTP_WINDOW,
};
use rtp::srtp::{Master, Mki, Progress, Receiver, Refused, Sender, Suite};
use rtp::{Header, Outgoing};
use stdx::Redacted;

const SSRC: u32 = 0xcafe_babe;
const SUITES: [Suite; 2] = [Suite::Tag80, Suite::Tag32];

fn master(first: u8) -> Master {
    Redacted::new(std::array::from_fn(|at| first.wrapping_add(at as u8)))
}

fn sides(suite: Suite) -> (Sender, Receiver) {
    (Sender::new(suite, &master(1)), Receiver::new(suite, &master(1), None))
}

fn plain(ssrc: u32, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let header = Header { marker: false, payload_type: 8, sequence, timestamp: 160, ssrc };
    let mut buffer = vec![0; DATAGRAM_MAX];
    let length = Outgoing::new(header, payload).write(&mut buffer).expect("it fits");
    buffer.truncate(length);
    buffer
}

/// The packet with room behind it.
fn roomy(packet: &[u8]) -> Vec<u8> {
    [packet, &[0; SRTP_EXTRA_MAX]].concat()
}

fn rtp(sender: &mut Sender, packet: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut buffer = roomy(packet);
    let length = sender.protect_rtp(&mut buffer, packet.len())?;
    buffer.truncate(length);
    Ok(buffer)
}

fn rtcp(sender: &mut Sender, packet: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut buffer = roomy(packet);
    let length = sender.protect_rtcp(&mut buffer, packet.len())?;
    buffer.truncate(length);
    Ok(buffer)
}

fn read(receiver: &mut Receiver, datagram: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut bytes = datagram.to_vec();
    let result = receiver.unprotect_rtp(&mut bytes);
    match result {
        Ok(length) => bytes.truncate(length),
        Err(_) => assert_eq!(bytes, datagram, "what is refused stays as it is"),
    }
    result.map(|_| bytes)
}

fn read_rtcp(receiver: &mut Receiver, datagram: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut bytes = datagram.to_vec();
    let result = receiver.unprotect_rtcp(&mut bytes);
    match result {
        Ok(length) => bytes.truncate(length),
        Err(_) => assert_eq!(bytes, datagram, "what is refused stays as it is"),
    }
    result.map(|_| bytes)
}

/// A farewell, with so many bytes of reason.
fn farewell(bytes: usize) -> Vec<u8> {
    [&[0x81, 203, 0, 1][..], &SSRC.to_be_bytes(), &vec![7; bytes]].concat()
}

#[test]
fn the_extra_bytes_are_those_of_the_suite() {
    for (suite, tag) in [(Suite::Tag80, 10), (Suite::Tag32, 4)] {
        let (mut sender, _) = sides(suite);
        let packet = plain(SSRC, 1, &[0x55; 160]);
        assert_eq!(rtp(&mut sender, &packet).map(|it| it.len()), Ok(172 + tag));
        assert_eq!(rtcp(&mut sender, &farewell(0)).map(|it| it.len()), Ok(8 + 14));
    }
}

#[test]
fn no_bit_can_be_altered() {
    for suite in SUITES {
        let (mut sender, mut receiver) = sides(suite);
        let sent = rtp(&mut sender, &plain(SSRC, 1_000, b"good day")).expect("protected");
        let report = rtcp(&mut sender, &farewell(12)).expect("protected");
        for bit in 0..8 * sent.len() {
            let mut altered = sent.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            read(&mut receiver, &altered).expect_err("altered");
        }
        for bit in 0..8 * report.len() {
            let mut altered = report.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            read_rtcp(&mut receiver, &altered).expect_err("altered");
        }
        // Nothing of all this counted as come.
        assert_eq!(receiver.progress().count(), 0);
        read(&mut receiver, &sent).expect("authentic");
        read_rtcp(&mut receiver, &report).expect("authentic");
    }
}

#[test]
fn nothing_can_be_cut_or_added() {
    let (mut sender, mut receiver) = sides(Suite::Tag80);
    let sent = rtp(&mut sender, &plain(SSRC, 1, b"good day")).expect("protected");
    for length in 0..sent.len() {
        read(&mut receiver, &sent[..length]).expect_err("cut");
        read_rtcp(&mut receiver, &sent[..length]).expect_err("cut");
    }
    read(&mut receiver, &[&sent[..], &[0]].concat()).expect_err("longer");
    assert_eq!(read(&mut receiver, &vec![0x80; DATAGRAM_MAX + 1]), Err(Refused::TooLong));
    assert_eq!(read(&mut receiver, &[]), Err(Refused::TooShort));
}

#[test]
fn a_replay_and_what_is_older_than_the_window_are_refused() {
    let (mut sender, mut receiver) = sides(Suite::Tag32);
    let last = SRTP_WINDOW as u16;
    let protect = |it| rtp(&mut sender, &plain(SSRC, it, &[1])).expect("protected");
    let sent: Vec<Vec<u8>> = (0..=last).map(protect).collect();
    read(&mut receiver, &sent[usize::from(last)]).expect("authentic");
    assert_eq!(read(&mut receiver, &sent[usize::from(last)]), Err(Refused::Replayed));
    assert_eq!(read(&mut receiver, &sent[0]), Err(Refused::TooOld));
    read(&mut receiver, &sent[1]).expect("the oldest of the window");
    assert_eq!(read(&mut receiver, &sent[1]), Err(Refused::Replayed));
}

#[test]
fn a_replayed_report_is_refused() {
    let (mut sender, mut receiver) = sides(Suite::Tag80);
    let reports: Vec<_> =
        (0..=SRTP_WINDOW).map(|_| rtcp(&mut sender, &farewell(0)).expect("protected")).collect();
    let last = reports.last().expect("some");
    read_rtcp(&mut receiver, last).expect("authentic");
    assert_eq!(read_rtcp(&mut receiver, last), Err(Refused::Replayed));
    assert_eq!(read_rtcp(&mut receiver, &reports[0]), Err(Refused::TooOld));
    read_rtcp(&mut receiver, &reports[1]).expect("the oldest of the window");
}

#[test]
fn a_sender_uses_no_index_twice() {
    let (mut sender, _) = sides(Suite::Tag80);
    let packet = plain(SSRC, 5, &[1]);
    rtp(&mut sender, &packet).expect("protected");
    assert_eq!(rtp(&mut sender, &packet), Err(Refused::Replayed));
    // A packet that is late itself keeps its number, and has not been sent.
    rtp(&mut sender, &plain(SSRC, 4, &[1])).expect("protected");
}

#[test]
fn a_key_is_used_up_at_its_limits() {
    let at = |rtp, rtcp| Progress { ssrc: SSRC, rtp: Some(rtp), rtcp: Some(rtcp) };
    let last = at(SRTP_PACKETS_MAX - 2, SRTCP_PACKETS_MAX as u32 - 2);
    let mut sender = Sender::new(Suite::Tag80, &master(1)).after(&[last]).expect("one source");
    let receiver = Receiver::new(Suite::Tag80, &master(1), None);
    let mut receiver = receiver.after(&[last]).expect("one source");
    let sent = rtp(&mut sender, &plain(SSRC, u16::MAX, &[1])).expect("the last index");
    read(&mut receiver, &sent).expect("the last index");
    assert_eq!(rtp(&mut sender, &plain(SSRC, 0, &[1])), Err(Refused::Exhausted));
    let sent = rtcp(&mut sender, &farewell(0)).expect("the last index");
    read_rtcp(&mut receiver, &sent).expect("the last index");
    assert_eq!(rtcp(&mut sender, &farewell(0)), Err(Refused::Exhausted));
    let beyond = Progress { ssrc: SSRC, rtp: Some(u64::MAX), rtcp: Some(u32::MAX) };
    let mut sender = Sender::new(Suite::Tag80, &master(1)).after(&[beyond]).expect("one source");
    assert_eq!(rtp(&mut sender, &plain(SSRC, 0, &[1])), Err(Refused::Exhausted));
    assert_eq!(rtcp(&mut sender, &farewell(0)), Err(Refused::Exhausted));
    assert_eq!(beyond.ahead(u32::MAX).rtcp, Some(u32::MAX));
}

#[test]
fn sources_are_bounded_and_come_only_with_the_key() {
    let (mut sender, mut receiver) = sides(Suite::Tag80);
    let mut stranger = Sender::new(Suite::Tag80, &master(2));
    let most = SRTP_SOURCES_MAX as u32;
    for ssrc in 0..most {
        let forged = rtp(&mut stranger, &plain(ssrc + 1_000, 1, &[1])).expect("protected");
        assert_eq!(read(&mut receiver, &forged), Err(Refused::Forged));
        let sent = rtp(&mut sender, &plain(ssrc, 1, &[1])).expect("protected");
        read(&mut receiver, &sent).expect("authentic");
    }
    assert_eq!(rtp(&mut sender, &plain(most, 1, &[1])), Err(Refused::TooManySources));
    assert_eq!(rtcp(&mut sender, &farewell(0)), Err(Refused::TooManySources));
    let mut other = Sender::new(Suite::Tag80, &master(1));
    let late = rtp(&mut other, &plain(most, 1, &[1])).expect("protected");
    assert_eq!(read(&mut receiver, &late), Err(Refused::TooManySources));
    let many: Vec<Progress> = (0..=most).map(|ssrc| Progress::before(ssrc, 1)).collect();
    Sender::new(Suite::Tag80, &master(1)).after(&many).expect_err("one more than there may be");
}

#[test]
fn a_buffer_without_room_and_a_packet_too_long_are_refused() {
    let (mut sender, _) = sides(Suite::Tag80);
    let mut packet = plain(SSRC, 1, &[1]);
    let length = packet.len();
    assert_eq!(sender.protect_rtp(&mut packet, length), Err(Refused::NoRoom));
    assert_eq!(sender.protect_rtp(&mut packet, length + 1), Err(Refused::NoRoom));
    assert_eq!(sender.protect_rtp(&mut packet, usize::MAX), Err(Refused::TooLong));
    let long = vec![0x80; DATAGRAM_MAX - 9];
    assert_eq!(rtp(&mut sender, &long), Err(Refused::TooLong));
    let nothing = Refused::NotRtp(rtp::Refused::TooShort);
    assert_eq!(rtp(&mut sender, &[0x80; 11]), Err(nothing));
    assert_eq!(rtcp(&mut sender, &[0x80; 7]), Err(Refused::TooShort));
    assert_eq!(rtcp(&mut sender, &[0x40; 8]), Err(Refused::NotRtcp));
    rtp(&mut sender, &packet).expect("the refused ones used no index");
}

/// The sender keeps its progress ahead of use, falls over, and goes on from there.
#[test]
fn a_restart_repeats_nothing_and_loses_nothing() {
    let (mut sender, mut receiver) = sides(Suite::Tag80);
    let kept = Progress::before(SSRC, 65_500).ahead(100);
    for sequence in 65_500..65_530 {
        let sent = rtp(&mut sender, &plain(SSRC, sequence, &[1])).expect("protected");
        read(&mut receiver, &sent).expect("authentic");
        let report = rtcp(&mut sender, &farewell(0)).expect("protected");
        read_rtcp(&mut receiver, &report).expect("authentic");
    }
    let kept_by_receiver: Vec<Progress> = receiver.progress().collect();
    let mut sender = Sender::new(Suite::Tag80, &master(1)).after(&[kept]).expect("one source");
    let receiver = Receiver::new(Suite::Tag80, &master(1), None);
    let mut receiver = receiver.after(&kept_by_receiver).expect("one source");
    assert_eq!(rtp(&mut sender, &plain(SSRC, 65_530, &[1])), Err(Refused::Replayed));
    let next = kept.sequence().expect("kept").wrapping_add(1);
    assert_eq!(next, 64);
    let sent = rtp(&mut sender, &plain(SSRC, next, &[1])).expect("protected");
    read(&mut receiver, &sent).expect("authentic");
    let report = rtcp(&mut sender, &farewell(0)).expect("protected");
    read_rtcp(&mut receiver, &report).expect("authentic");
    assert_eq!(receiver.progress().next().map(|it| it.rtcp), Some(Some(100)));
}

#[test]
fn a_stream_before_its_first_packet_is_at_nothing() {
    assert_eq!(Progress::before(1, 0), Progress { ssrc: 1, rtp: None, rtcp: None });
    assert_eq!(Progress::before(1, 0).ahead(0), Progress::before(1, 0));
    let ten = Progress { ssrc: 1, rtp: Some(9), rtcp: Some(9) };
    assert_eq!(Progress::before(1, 0).ahead(10), ten);
    assert_eq!(Progress::before(1, 7).ahead(10).rtp, Some(16));
}

/// The key never stands in a log.
#[test]
fn contexts_print_no_keys() {
    let (sender, receiver) = sides(Suite::Tag80);
    let printed = format!("{sender:?} {receiver:?}");
    assert!(printed.contains("Keys(…)") && !printed.contains("salt"), "{printed}");
}

/// An hour of packets of 20 ms: the sequence numbers roll over twice.
#[test]
fn every_packet_of_an_hour_is_read() {
    let (mut sender, mut receiver) = sides(Suite::Tag80);
    let mut buffer = roomy(&plain(SSRC, 0, &[0x55; 160]));
    for sequence in 0..180_000_u32 {
        buffer[2..4].copy_from_slice(&(sequence as u16).to_be_bytes());
        let length = sender.protect_rtp(&mut buffer, 172).expect("protected");
        let length = receiver.unprotect_rtp(&mut buffer[..length]).expect("authentic");
        assert_eq!(length, 172);
    }
    assert!(buffer[12..172].iter().all(|&byte| byte == 0x55));
}

/// What the network does to one packet.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Comes,
    Lost,
    /// Comes so many packets later.
    Late(usize),
    /// Comes again so many packets later.
    Twice(usize),
    /// Comes altered.
    Altered,
}

fn fates() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Comes),
        2 => Just(Fate::Lost),
        2 => (1..200_usize).prop_map(Fate::Late),
        1 => (1..200_usize).prop_map(Fate::Twice),
        1 => Just(Fate::Altered),
    ]
}

/// When which packet comes: its place, and whether it is altered.
fn arrivals(fates: &[Fate]) -> Vec<(usize, bool)> {
    let mut arrivals: Vec<(usize, usize, bool)> = Vec::new();
    for (at, fate) in fates.iter().enumerate() {
        match *fate {
            Fate::Comes => arrivals.push((at, at, false)),
            Fate::Lost => {}
            Fate::Late(by) => arrivals.push((at + by, at, false)),
            Fate::Twice(by) => arrivals.extend([(at, at, false), (at + by, at, false)]),
            Fate::Altered => arrivals.push((at, at, true)),
        }
    }
    arrivals.sort_by_key(|&(when, ..)| when);
    arrivals.into_iter().map(|(_, at, altered)| (at, altered)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    /// Around the roll-over, through every kind of network: each packet is read once or refused for the
    /// right reason, and what is read is what was sent.
    #[test]
    fn a_bad_network_harms_nothing(
        first in prop_oneof![65_200..=65_535_u32, 1_000..2_000_u32, 131_000..131_100_u32],
        fates in vec(fates(), 1..400),
        suite in prop::sample::select(&SUITES),
    ) {
        let before = [Progress { ssrc: SSRC, rtp: Some(u64::from(first)), rtcp: None }];
        let mut sender = Sender::new(suite, &master(1)).after(&before).expect("one source");
        let receiver = Receiver::new(suite, &master(1), None);
        let mut receiver = receiver.after(&before).expect("one source");
        let index = |at: usize| u64::from(first) + 1 + at as u64;
        let packets: Vec<Vec<u8>> =
            (0..fates.len()).map(|at| plain(SSRC, index(at) as u16, &[at as u8; 20])).collect();
        let sent: Vec<Vec<u8>> =
            packets.iter().map(|it| rtp(&mut sender, it).expect("protected")).collect();
        let (mut highest, mut came) = (u64::from(first), Vec::new());
        for (at, altered) in arrivals(&fates) {
            let mut datagram = sent[at].clone();
            if altered {
                datagram[20] ^= 1;
            }
            let expected = if highest >= index(at) && highest - index(at) >= SRTP_WINDOW {
                Err(Refused::TooOld)
            } else if came.contains(&at) {
                Err(Refused::Replayed)
            } else if altered {
                Err(Refused::Forged)
            } else {
                Ok(packets[at].clone())
            };
            prop_assert_eq!(read(&mut receiver, &datagram), expected.clone());
            if expected.is_ok() {
                came.push(at);
                highest = highest.max(index(at));
            }
        }
    }

    /// Whatever comes without the key is refused, whatever it looks like.
    #[test]
    fn nobody_without_the_key_is_read(
        bytes in vec(any::<u8>(), 0..200), first in 0x80..=0x9f_u8, mki in 0..20_u8,
    ) {
        for suite in SUITES {
            let mut receiver = Receiver::new(suite, &master(1), Mki::new(0, mki));
            let mut bytes = bytes.clone();
            read(&mut receiver, &bytes).expect_err("no key");
            read_rtcp(&mut receiver, &bytes).expect_err("no key");
            if let Some(byte) = bytes.first_mut() {
                *byte = first;
            }
            read(&mut receiver, &bytes).expect_err("no key");
            read_rtcp(&mut receiver, &bytes).expect_err("no key");
            prop_assert_eq!(receiver.progress().count(), 0);
        }
    }

    /// Any packet there and back is the same, and nothing but its header stays readable.
    #[test]
    fn any_packet_goes_there_and_back(
        ssrc in any::<u32>(), sequence in any::<u16>(),
        payload in vec(any::<u8>(), 0..1_400), suite in prop::sample::select(&SUITES),
    ) {
        let (mut sender, mut receiver) = sides(suite);
        let packet = plain(ssrc, sequence, &payload);
        let sent = rtp(&mut sender, &packet).expect("protected");
        prop_assert_eq!(&sent[..12], &packet[..12]);
        if payload.len() >= 16 {
            prop_assert_ne!(&sent[12..packet.len()], &payload[..]);
        }
        prop_assert_eq!(read(&mut receiver, &sent), Ok(packet));
        let report = farewell(payload.len());
        let sent = rtcp(&mut sender, &report).expect("protected");
        prop_assert_eq!(read_rtcp(&mut receiver, &sent), Ok(report));
    }

    /// A datagram with one bit altered is refused, whichever it is.
    #[test]
    fn any_altered_bit_is_found(
        payload in vec(any::<u8>(), 0..200), bit in any::<Index>(),
        suite in prop::sample::select(&SUITES),
    ) {
        let (mut sender, mut receiver) = sides(suite);
        let mut sent = rtp(&mut sender, &plain(SSRC, 9, &payload)).expect("protected");
        let bit = bit.index(8 * sent.len());
        sent[bit / 8] ^= 1 << (bit % 8);
        read(&mut receiver, &sent).expect_err("altered");
    }
}
