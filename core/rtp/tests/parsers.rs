// SPDX-License-Identifier: EUPL-1.2
//! Whatever comes from a network: no bytes make a parser panic, and what we write we read.

use proptest::collection::vec;
use proptest::prelude::*;
use rtp::keys::{KeyReceiver, Payload};
use rtp::rtcp::{Compound, Packet as Rtcp, Report, ReportBlock, SenderInfo};
use rtp::{Exchange, Extension, Header, NtpTime, Outgoing, Packet, Reception, kind, rewrite};
use stdx::Tick;

fn headers() -> impl Strategy<Value = Header> {
    (any::<bool>(), 0..=127_u8, any::<u16>(), any::<u32>(), any::<u32>()).prop_map(
        |(marker, payload_type, sequence, timestamp, ssrc)| Header {
            marker,
            payload_type,
            sequence,
            timestamp,
            ssrc,
        },
    )
}

fn blocks() -> impl Strategy<Value = Vec<ReportBlock>> {
    let block = (any::<[u32; 5]>(), any::<u8>(), -0x80_0000..=0x7f_ffff_i32).prop_map(
        |([ssrc, highest_sequence, jitter, last_sr, dlsr], fraction_lost, cumulative_lost)| {
            ReportBlock {
                ssrc,
                fraction_lost,
                cumulative_lost,
                highest_sequence,
                jitter,
                last_sr,
                delay_since_last_sr: dlsr,
            }
        },
    );
    vec(block, 0..=31)
}

fn senders() -> impl Strategy<Value = Option<SenderInfo>> {
    let sender =
        (any::<u64>(), any::<[u32; 3]>()).prop_map(|(ntp, [timestamp, packets, octets])| {
            SenderInfo { ntp: NtpTime(ntp), timestamp, packets, octets }
        });
    prop::option::of(sender)
}

/// Bytes that look like RTP or RTCP at their beginning, so that the parsers get past it.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![any::<u8>(), 0x80..=0xbf_u8];
    let second = prop_oneof![any::<u8>(), 199..=207_u8];
    let length = prop_oneof![any::<u16>(), 0..40_u16];
    (first, second, length, vec(prop_oneof![any::<u8>(), 0..6_u8], 0..200)).prop_map(
        |(first, second, length, tail)| {
            let [l0, l1] = length.to_be_bytes();
            [vec![first, second, l0, l1], tail].concat()
        },
    )
}

/// Everything that is told of a datagram, so that everything in it is read.
fn read_all(bytes: &[u8]) {
    let _ = kind(bytes);
    if let Ok(packet) = Packet::parse(bytes) {
        let parts = packet.csrcs().count() * 4 + packet.payload.len() + 12;
        assert!(parts <= bytes.len());
        let mut keys = KeyReceiver::new(8_000);
        let _ = keys.arrived(&packet.header, packet.payload);
        let mut reception = Reception::new(8_000);
        let _ = reception.arrived(Tick(1), &packet.header);
    }
    if let Ok(compound) = Compound::parse(bytes) {
        assert!(compound.packets().count() > 0);
        for packet in compound.packets() {
            match packet {
                Rtcp::SenderReport { blocks, .. } | Rtcp::ReceiverReport { blocks, .. } => {
                    assert!(blocks.count() <= 31);
                }
                Rtcp::Description(chunks) => assert!(chunks.count() <= 31),
                Rtcp::Goodbye(sources) => assert!(sources.count() <= 31),
                Rtcp::Unknown(_) => {}
            }
        }
        Exchange::new(Tick(0), 7).arrived(Tick(1_000_000), &compound, 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_make_anything_panic(bytes in prop_oneof![vec(any::<u8>(), 0..1_600), plausible()]) {
        read_all(&bytes);
        let mut copy = bytes.clone();
        let header = Header { marker: true, payload_type: 8, sequence: 1, timestamp: 2, ssrc: 3 };
        prop_assert_eq!(rewrite(&mut copy, &header).is_ok(), bytes.len() >= 12);
    }

    #[test]
    fn a_packet_with_flipped_bytes_never_panics(
        header in headers(),
        payload in vec(any::<u8>(), 0..200),
        flips in vec((0..220_usize, any::<u8>()), 0..4),
        cut in 0..220_usize,
    ) {
        let mut bytes = [0; 220];
        let length = Outgoing::new(header, &payload).write(&mut bytes).unwrap();
        for (at, value) in flips {
            bytes[at] = value;
        }
        read_all(&bytes[..length.min(cut)]);
    }

    #[test]
    fn a_packet_that_is_written_is_read_as_it_was(
        header in headers(),
        csrcs in vec(any::<u32>(), 0..=15),
        extension in prop::option::of((any::<u16>(), vec(any::<[u8; 4]>(), 0..20))),
        payload in vec(any::<u8>(), 0..1_000),
        padding in any::<u8>(),
    ) {
        let words = extension.as_ref().map(|(profile, words)| (*profile, words.concat()));
        let extension =
            words.as_ref().map(|(profile, data)| Extension { profile: *profile, data });
        let outgoing = Outgoing { header, csrcs: &csrcs, extension, payload: &payload, padding };
        let mut out = [0xee; 1_500];
        let length = outgoing.write(&mut out).unwrap();
        let packet = Packet::parse(&out[..length]).unwrap();
        prop_assert_eq!(packet.header, header);
        prop_assert_eq!(packet.csrcs().collect::<Vec<_>>(), csrcs);
        prop_assert_eq!(packet.extension, extension);
        prop_assert_eq!(packet.payload, &payload);
    }

    #[test]
    fn rewriting_changes_the_header_and_nothing_else(
        before in headers(), after in headers(), payload in vec(any::<u8>(), 0..200),
    ) {
        let mut out = [0; 220];
        let length = Outgoing::new(before, &payload).write(&mut out).unwrap();
        rewrite(&mut out[..length], &after).unwrap();
        let packet = Packet::parse(&out[..length]).unwrap();
        prop_assert_eq!(packet.header, after);
        prop_assert_eq!(packet.payload, &payload);
    }

    #[test]
    fn a_report_that_is_written_is_read_as_it_was(
        ssrc in any::<u32>(),
        sent in senders(),
        blocks in blocks(),
        cname in vec(any::<u8>(), 0..=255),
        goodbye in any::<bool>(),
    ) {
        let report = Report { ssrc, sent, blocks: &blocks, cname: &cname, goodbye };
        let mut out = [0xee; 1_500];
        let length = report.write(&mut out).unwrap();
        let compound = Compound::parse(&out[..length]).unwrap();
        let mut packets = compound.packets();
        match packets.next() {
            Some(Rtcp::SenderReport { ssrc: from, info, blocks: read }) => {
                prop_assert_eq!((from, Some(info)), (ssrc, sent));
                prop_assert_eq!(read.collect::<Vec<_>>(), blocks);
            }
            Some(Rtcp::ReceiverReport { ssrc: from, blocks: read }) => {
                prop_assert_eq!((from, None), (ssrc, sent));
                prop_assert_eq!(read.collect::<Vec<_>>(), blocks);
            }
            other => prop_assert!(false, "a report comes first, not {:?}", other),
        }
        let Some(Rtcp::Description(chunks)) = packets.next() else { panic!("then the name") };
        prop_assert_eq!(chunks.collect::<Vec<_>>(), [(ssrc, Some(&cname[..]))]);
        match packets.next() {
            Some(Rtcp::Goodbye(sources)) => {
                prop_assert!(goodbye);
                prop_assert_eq!(sources.collect::<Vec<_>>(), [ssrc]);
            }
            other => prop_assert!(other.is_none() && !goodbye),
        }
    }

    #[test]
    fn a_key_payload_that_is_written_is_read_as_it_was(
        event in any::<u8>(), end in any::<bool>(), volume in 0..=63_u8, duration in any::<u16>(),
    ) {
        let payload = Payload { event, end, volume, duration };
        prop_assert!(Payload::parse(&payload.bytes()) == Some(payload));
    }
}
