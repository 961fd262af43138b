// SPDX-License-Identifier: EUPL-1.2
//! Streams over a network that loses, repeats and reorders: statistics, relaying, keys, playout.

use proptest::collection::vec;
use proptest::prelude::*;
use rtp::keys::{Heard, Key, KeyPress, KeyReceiver, KeySender};
use rtp::{Arrival, Counts, Header, OutStream, Played, Playout, Reception};
use std::collections::{BTreeMap, BTreeSet};
use stdx::{Micros, Tick};

/// What the network does to one packet.
#[derive(Clone, Copy, Debug)]
struct Fate {
    lost: bool,
    repeated: bool,
    /// In packets.
    late: u64,
}

fn fates(count: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<Fate>> {
    let late = prop_oneof![4 => Just(0_u64), 1 => 1..30_u64];
    let fate = (prop::bool::weighted(0.2), prop::bool::weighted(0.1), late)
        .prop_map(|(lost, repeated, late)| Fate { lost, repeated, late });
    vec(fate, count)
}

/// The numbers of the packets in the order of their arrival.
fn arrivals(fates: &[Fate]) -> Vec<u64> {
    let mut queue = BTreeMap::new();
    for (number, fate) in (0_u64..).zip(fates).filter(|(_, fate)| !fate.lost) {
        queue.insert((number + fate.late, number, 0), number);
        if fate.repeated {
            queue.insert((number + fate.late + 1, number, 1), number);
        }
    }
    queue.into_values().collect()
}

fn header(ssrc: u32, number: u64) -> Header {
    let timestamp = (number as u32).wrapping_mul(160);
    Header { marker: false, payload_type: 8, sequence: number as u16, timestamp, ssrc }
}

fn at(number: u64) -> Tick {
    Tick(number * 20_000)
}

/// The simplest way to count: everything that came, in a set.
fn naive_counts(base: u64, after_base: &[u64]) -> Counts {
    let mut counts = Counts { received: 1, ..Counts::default() };
    let mut seen = BTreeSet::from([base]);
    let mut highest = base;
    for &number in after_base {
        if number < base {
            counts.out_of_order += 1;
        } else if !seen.insert(number) {
            counts.duplicate += 1;
        } else {
            counts.received += 1;
            counts.out_of_order += u64::from(number < highest);
            highest = highest.max(number);
        }
    }
    for number in base..=highest {
        let lost = !seen.contains(&number);
        counts.lost += u64::from(lost);
        counts.loss_runs += u64::from(lost && seen.contains(&(number - 1)));
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_statistics_are_those_of_the_naive_model(fates in fates(2..600), first in 1..70_000_u64) {
        let mut reception = Reception::new(8_000);
        // Two in a row end the probation; the second of them is the base.
        reception.arrived(at(first - 1), &header(1, first - 1));
        reception.arrived(at(first), &header(1, first));
        let numbers: Vec<u64> = arrivals(&fates).iter().map(|it| first + 1 + it).collect();
        for &number in &numbers {
            let arrival = reception.arrived(at(number), &header(1, number));
            prop_assert!(!matches!(arrival, Arrival::Jump | Arrival::Restarted));
        }
        let counts = reception.counts();
        prop_assert_eq!(counts, naive_counts(first, &numbers));
        let highest = numbers.iter().copied().max().unwrap_or(first);
        prop_assert_eq!(counts.received + counts.lost, highest - first + 1);
    }

    #[test]
    fn no_packets_whatever_break_the_statistics(
        packets in vec((0..3_u32, any::<u16>(), any::<u32>(), 0..1_000_000_u64), 0..300),
    ) {
        let mut reception = Reception::new(8_000);
        let mut now = Tick(0);
        for (ssrc, sequence, timestamp, step) in packets {
            now = now + Micros(step);
            let header = Header { marker: false, payload_type: 8, sequence, timestamp, ssrc };
            reception.arrived(now, &header);
            prop_assert!(reception.jitter_ms() <= 32_000.0);
        }
        let counts = reception.counts();
        prop_assert!(counts.loss_runs <= counts.lost);
    }

    /// Sources take turns; within each the network does what it wants.
    #[test]
    fn the_outgoing_stream_goes_on_without_a_step(
        turns in vec((0..4_u32, fates(1..60), any::<u16>(), any::<u32>(), 0..200_u64), 1..8),
        sequence in any::<u16>(),
        timestamp in any::<u32>(),
    ) {
        let mut stream = OutStream::new(7, 8_000, sequence, timestamp);
        let mut used: BTreeMap<u16, (u32, u64)> = BTreeMap::new();
        let mut highest = sequence.wrapping_sub(1);
        let mut newest: Option<(u32, Tick)> = None;
        let mut now = Tick(5_000_000);
        let mut source_before = None;
        for (turn, (source, fates, offset, clock, pause)) in (0_u32..).zip(turns) {
            now = now + Micros::from_millis(pause);
            // A source of its own for each turn, and music of our own in place of source 0.
            let start = now;
            let mut first = true;
            for number in arrivals(&fates) {
                now = now.max(start + Micros::from_millis(20).times(number));
                let input = Header {
                    sequence: (number as u16).wrapping_add(offset),
                    timestamp: (number as u32 * 160).wrapping_add(clock),
                    ..header(100 + turn, number)
                };
                let out = match source {
                    0 => stream.own(now, 8, 160),
                    _ => match stream.relay(now, &input, 8) {
                        Ok(out) => out,
                        Err(_) => continue,
                    },
                };
                prop_assert_eq!((out.ssrc, out.payload_type), (7, 8));
                // A number that was used is used again for the same packet only.
                let who = (turn, if source == 0 { u64::from(out.sequence) } else { number });
                prop_assert_eq!(*used.entry(out.sequence).or_insert(who), who);
                let step = out.sequence.wrapping_sub(highest);
                if first {
                    prop_assert_eq!(step, 1, "a takeover is one step");
                    prop_assert!(out.marker || (source, source_before) == (0, Some(0)));
                }
                if (1..0x8000).contains(&step) {
                    highest = out.sequence;
                    if let Some((before, then)) = newest {
                        let moved = out.timestamp.wrapping_sub(before) as i32;
                        let passed = now.since(then).0 as i32 / 125;
                        prop_assert!(moved > 0, "time goes forward");
                        prop_assert!((moved - passed).abs() <= 160 * 32, "{} in {}", moved, passed);
                    }
                    newest = Some((out.timestamp, now));
                }
                first = false;
                source_before = Some(source);
            }
        }
    }

    #[test]
    fn nothing_that_a_stream_is_asked_makes_two_packets_one(
        steps in vec((0..5_u8, any::<u16>(), any::<u32>(), 0..100_000_u64), 0..200),
    ) {
        let mut stream = OutStream::new(7, 8_000, 0, 0);
        let (mut now, mut highest) = (Tick(0), u16::MAX);
        for (what, sequence, timestamp, step) in steps {
            now = now + Micros(step);
            let input = Header { sequence, timestamp, ..header(1, 0) };
            let out = match what {
                0 => Some(stream.own(now, 8, 160)),
                1 => Some(stream.key(now, 101, true, timestamp)),
                2 => {
                    stream.suppress(now, &input);
                    None
                }
                _ => stream.relay(now, &input, 8).ok(),
            };
            if let Some(out) = out {
                let step = out.sequence.wrapping_sub(highest);
                // Ahead by less than a dropout, or late within what may still be in order.
                prop_assert!(step < 3_000 || step > 0_u16.wrapping_sub(101), "step {}", step);
                prop_assert!(what > 1 || step == 1, "our own packets follow each other");
                if step < 3_000 {
                    highest = out.sequence;
                }
            }
        }
    }

    #[test]
    fn every_key_is_reported_once_if_one_packet_of_it_arrives(
        presses in vec((0..16_u8, 0..400_u64, 0..100_u64), 1..10),
        fates in fates(300),
    ) {
        let mut packets = Vec::new();
        let (mut now, start) = (Tick(1_000_000), 0xffff_0000_u32);
        for (press, &(event, length, gap)) in presses.iter().enumerate() {
            let key = Key::from_event(event).unwrap();
            let timestamp = start.wrapping_add((now.0 / 125) as u32);
            let length = Micros::from_millis(length);
            let settings = KeyPress { key, volume: 10, length, clock_rate: 8_000 };
            let mut sender = KeySender::new(now, timestamp, settings);
            while let Some((due, _)) = sender.deadline() {
                now = due;
                packets.push((press, key, sender.poll(due).unwrap()));
            }
            now = now + Micros::from_millis(40 + gap);
        }
        let mut receiver = KeyReceiver::new(8_000);
        let mut reported = vec![0; presses.len()];
        let mut arrived = vec![false; presses.len()];
        let fates: Vec<_> = fates.iter().cycle().copied().take(packets.len()).collect();
        for number in arrivals(&fates) {
            let (press, key, packet) = packets[number as usize];
            let header = Header {
                marker: packet.marker,
                timestamp: packet.timestamp,
                ..header(1, number)
            };
            arrived[press] = true;
            match receiver.arrived(&header, &packet.payload.bytes()) {
                Heard::Pressed(heard) => {
                    prop_assert_eq!(heard, key);
                    reported[press] += 1;
                }
                Heard::Again => {}
                Heard::NoKey | Heard::TooShort => prop_assert!(false, "a key of its own"),
            }
        }
        let expected: Vec<_> = arrived.iter().map(|&it| i32::from(it)).collect();
        prop_assert_eq!(reported, expected);
    }

    /// A press of 10 s at 48 kHz has eight segments; whole ones may be lost.
    #[test]
    fn a_long_press_is_one_press_under_any_loss(
        survivors in prop::collection::btree_set(0..500_usize, 1..40), clock in any::<u32>(),
    ) {
        let length = Micros::from_secs(10);
        let key = Key::from_event(5).unwrap();
        let settings = KeyPress { key, volume: 10, length, clock_rate: 48_000 };
        let mut sender = KeySender::new(Tick(0), clock, settings);
        let packets: Vec<_> = std::iter::from_fn(|| sender.poll(Tick(u64::MAX))).collect();
        prop_assert!(packets.len() > 500);
        let mut receiver = KeyReceiver::new(48_000);
        let mut reported = 0;
        for number in survivors {
            let packet = packets[number];
            let header = Header { marker: packet.marker, timestamp: packet.timestamp, ..header(1, 0) };
            let heard = receiver.arrived(&header, &packet.payload.bytes());
            reported += u32::from(heard == Heard::Pressed(key));
        }
        prop_assert_eq!(reported, 1);
    }

    #[test]
    fn a_playout_buffer_plays_in_order_and_loses_nothing_unseen(
        fates in fates(1..300), first in any::<u16>(), depth in 1..=4_u16,
    ) {
        let mut playout = Playout::<1>::new(depth);
        let mut out = [0];
        let (mut played, mut pushed) = (Vec::new(), 0_u64);
        let fates: Vec<_> = fates.iter().map(|it| Fate { repeated: false, late: it.late % 12, ..*it }).collect();
        let order = arrivals(&fates);
        for &number in &order {
            playout.push(first.wrapping_add(number as u16), &[number as i16 + 1]);
            pushed += 1;
            if playout.pop(&mut out) == Played::Frame {
                played.push(out[0]);
            }
        }
        for _ in 0..20 {
            if playout.pop(&mut out) == Played::Frame {
                played.push(out[0]);
            }
        }
        prop_assert!(played.is_sorted_by(|a, b| a < b), "{:?}", played);
        let told = played.len() as u64 + playout.discarded();
        // At the end less than `depth` frames may wait for more.
        prop_assert!(told <= pushed && pushed - told < u64::from(depth).max(1), "{} of {}", told, pushed);
    }
}
