// SPDX-License-Identifier: EUPL-1.2
//! The statistics beside the reference code of RFC 3550: A.1, A.3 and A.8, line by line.

use proptest::collection::vec;
use proptest::prelude::*;
use rtp::rtcp::{Compound, Packet, ReportBlock};
use rtp::{Arrival, Exchange, Header, Reception, Sent};
use stdx::Tick;

const RTP_SEQ_MOD: u32 = 1 << 16;
const MAX_DROPOUT: u16 = 3000;
const MAX_MISORDER: u32 = 100;
const MIN_SEQUENTIAL: u32 = 2;

/// `source` of A.1, with the names of the RFC.
#[derive(Default)]
struct Reference {
    max_seq: u16,
    cycles: u32,
    base_seq: u32,
    bad_seq: u32,
    probation: u32,
    received: u32,
    expected_prior: u32,
    received_prior: u32,
    transit: Option<u32>,
    jitter: u32,
}

impl Reference {
    fn new(seq: u16) -> Reference {
        let mut source = Reference::default();
        source.init_seq(seq);
        source.max_seq = seq.wrapping_sub(1);
        source.probation = MIN_SEQUENTIAL;
        source
    }

    fn init_seq(&mut self, seq: u16) {
        self.base_seq = u32::from(seq);
        self.max_seq = seq;
        self.bad_seq = RTP_SEQ_MOD + 1;
        self.cycles = 0;
        self.received = 0;
        self.received_prior = 0;
        self.expected_prior = 0;
    }

    fn update_seq(&mut self, seq: u16) -> bool {
        let udelta = seq.wrapping_sub(self.max_seq);
        if self.probation > 0 {
            if seq == self.max_seq.wrapping_add(1) {
                self.probation -= 1;
                self.max_seq = seq;
                if self.probation == 0 {
                    self.init_seq(seq);
                    self.received += 1;
                    return true;
                }
            } else {
                self.probation = MIN_SEQUENTIAL - 1;
                self.max_seq = seq;
            }
            return false;
        } else if udelta < MAX_DROPOUT {
            if seq < self.max_seq {
                self.cycles += RTP_SEQ_MOD;
            }
            self.max_seq = seq;
        } else if u32::from(udelta) <= RTP_SEQ_MOD - MAX_MISORDER {
            if u32::from(seq) == self.bad_seq {
                self.init_seq(seq);
            } else {
                self.bad_seq = (u32::from(seq) + 1) & (RTP_SEQ_MOD - 1);
                return false;
            }
        }
        self.received += 1;
        true
    }

    /// A.8.
    fn update_jitter(&mut self, arrival: u32, ts: u32) {
        let transit = arrival.wrapping_sub(ts);
        if let Some(before) = self.transit {
            let d = (transit.wrapping_sub(before) as i32).unsigned_abs();
            self.jitter = self.jitter.wrapping_add(d).wrapping_sub((self.jitter + 8) >> 4);
        }
        self.transit = Some(transit);
    }

    /// A.3.
    fn report(&mut self) -> (u32, i32, u8, u32) {
        let extended_max = self.cycles + u32::from(self.max_seq);
        let expected = extended_max - self.base_seq + 1;
        let lost = expected.wrapping_sub(self.received) as i32;
        let expected_interval = expected - self.expected_prior;
        self.expected_prior = expected;
        let received_interval = self.received - self.received_prior;
        self.received_prior = self.received;
        let lost_interval = i64::from(expected_interval) - i64::from(received_interval);
        let fraction = if expected_interval == 0 || lost_interval <= 0 {
            0
        } else {
            (lost_interval << 8) / i64::from(expected_interval)
        };
        (extended_max, lost, fraction as u8, self.jitter >> 4)
    }
}

/// What we tell the sender, read back from the packet.
fn block(reception: &mut Reception) -> Option<ReportBlock> {
    let sent =
        Sent { ssrc: 2, packets: 0, octets: 0, timestamp: 0, at: Tick(0), clock_rate: 8_000 };
    let mut out = [0; 360];
    let mut exchange = Exchange::new(Tick(0), 0);
    let used = exchange.write(Tick(0), 0, &sent, Some(reception), b"a", &mut out).unwrap();
    match Compound::parse(&out[..used]).unwrap().packets().next()? {
        Packet::ReceiverReport { mut blocks, .. } => blocks.next(),
        Packet::SenderReport { .. }
        | Packet::Description(_)
        | Packet::Goodbye(_)
        | Packet::Unknown(_) => None,
    }
}

/// Steps of the sequence number: mostly the next, sometimes any.
fn steps() -> impl Strategy<Value = Vec<u16>> {
    let step = prop_oneof![
        20 => Just(1_u16),
        4 => 0..4_u16,
        3 => (1..130_u16).prop_map(|back| 0_u16.wrapping_sub(back)),
        1 => 2_990..3_010_u16,
        1 => any::<u16>(),
    ];
    vec(step, 1..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_packet_counts_as_in_the_reference(first in any::<u16>(), steps in steps(), every in 1..50_usize) {
        let mut reference = Reference::new(first);
        let mut reception = Reception::new(8_000);
        let mut sequence = first;
        for (n, step) in steps.iter().enumerate() {
            let header = Header {
                marker: false, payload_type: 8, sequence, timestamp: n as u32 * 160, ssrc: 1,
            };
            let valid = match reception.arrived(Tick(n as u64 * 20_000), &header) {
                Arrival::Probation | Arrival::Jump => false,
                Arrival::InOrder { .. } | Arrival::Late | Arrival::Duplicate | Arrival::Restarted => true,
            };
            prop_assert_eq!(valid, reference.update_seq(sequence), "packet {} is {}", n, sequence);
            if n % every == 0 && reference.probation == 0 {
                let told = block(&mut reception).expect("a believed source is reported");
                let (highest, lost, fraction, _) = reference.report();
                prop_assert_eq!(told.highest_sequence, highest);
                prop_assert_eq!(told.cumulative_lost, lost);
                prop_assert_eq!(told.fraction_lost, fraction);
            }
            sequence = sequence.wrapping_add(*step);
        }
    }

    #[test]
    fn jitter_is_that_of_the_reference(delays in vec(0..400_u32, 2..300), first in any::<u32>()) {
        let mut reference = Reference::new(0);
        let mut reception = Reception::new(8_000);
        for (n, delay) in (0_u16..).zip(&delays) {
            let sampled = u32::from(n) * 160;
            let timestamp = first.wrapping_add(sampled);
            let header = Header { marker: false, payload_type: 8, sequence: n, timestamp, ssrc: 1 };
            let arrival = sampled + delay;
            // One unit of the clock is 125 µs.
            reception.arrived(Tick(u64::from(arrival) * 125), &header);
            if reference.update_seq(n) {
                reference.update_jitter(arrival, timestamp);
            }
        }
        let told = block(&mut reception).expect("a believed source is reported");
        prop_assert_eq!(told.jitter, reference.report().3);
    }
}
