// SPDX-License-Identifier: EUPL-1.2
//! The exchange of reports with one peer: when ours is due, how long a packet is under way.
//!
//! ```text
//!  we ── SR, our time t ──────────▶ peer
//!                                    │ keeps it for DLSR
//!  we ◀── report: LSR = t, DLSR ─────┘      round trip = now − t − DLSR
//! ```

use crate::clock_units;
use crate::limits::{REPORT_EVERY, ROUND_TRIP_MAX};
use crate::ntp::{NtpTime, from_short_units, short_units};
use crate::packet::WriteError;
use crate::reception::Reception;
use crate::rtcp::{Compound, Packet, Report, ReportBlock, SenderInfo};
use stdx::{Micros, Tick};

/// The time from one report to the next for two parties: 5 s, times a random 0.5 to 1.5.
///
/// `random` is uniform over its range and drawn by the caller. The first report comes after half
/// the time (RFC 3550 §6.2). The divisor of RFC 3550 A.7 is left out: it makes up for timer
/// reconsideration, which two parties who never become more do not need.
#[must_use]
pub const fn interval(first: bool, random: u32) -> Micros {
    let mean = if first { REPORT_EVERY.0 / 2 } else { REPORT_EVERY.0 };
    Micros(mean / 2 + ((mean as u128 * random as u128) >> 32) as u64)
}

/// What we sent on this leg, for the sender's part of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Our source.
    pub ssrc: u32,
    /// Packets since the beginning.
    pub packets: u64,
    /// Bytes of payload since the beginning.
    pub octets: u64,
    /// The timestamp of the last packet.
    pub timestamp: u32,
    /// When the last packet left.
    pub at: Tick,
    /// Units of the payload's clock in a second.
    pub clock_rate: u32,
}

/// The reports of one leg.
#[derive(Clone, Debug)]
pub struct Exchange {
    due: Tick,
    last_sr: Option<SenderReportSeen>,
    round_trip: Option<Micros>,
    remote: Option<ReportBlock>,
    sent_at_last_report: u64,
    left: bool,
}

#[derive(Clone, Copy, Debug)]
struct SenderReportSeen {
    ssrc: u32,
    middle: u32,
    at: Tick,
}

impl Exchange {
    /// A leg begins; `random` is uniform over its range.
    #[must_use]
    pub fn new(now: Tick, random: u32) -> Self {
        Exchange {
            due: now + interval(true, random),
            last_sr: None,
            round_trip: None,
            remote: None,
            sent_at_last_report: 0,
            left: false,
        }
    }

    /// When the next report is due.
    #[must_use]
    pub const fn deadline(&self) -> (Tick, &'static str) {
        (self.due, "RTCP report")
    }

    /// The last round trip that the peer's reports tell.
    #[must_use]
    pub const fn round_trip(&self) -> Option<Micros> {
        self.round_trip
    }

    /// What the peer last said of our stream.
    #[must_use]
    pub const fn remote(&self) -> Option<ReportBlock> {
        self.remote
    }

    /// Whether the peer said farewell. That alone ends no call: signalling does.
    #[must_use]
    pub const fn peer_left(&self) -> bool {
        self.left
    }

    /// The peer's packets arrived; `ours` is the source that we send as.
    pub fn arrived(&mut self, now: Tick, compound: &Compound<'_>, ours: u32) {
        for packet in compound.packets() {
            match packet {
                Packet::SenderReport { ssrc, info, blocks } => {
                    let middle = info.ntp.middle();
                    self.last_sr = Some(SenderReportSeen { ssrc, middle, at: now });
                    self.reported(now, blocks.filter(|block| block.ssrc == ours).last());
                }
                Packet::ReceiverReport { blocks, .. } => {
                    self.reported(now, blocks.filter(|block| block.ssrc == ours).last());
                }
                Packet::Goodbye(_) => self.left = true,
                Packet::Description(_) | Packet::Unknown(_) => {}
            }
        }
    }

    fn reported(&mut self, now: Tick, block: Option<ReportBlock>) {
        let Some(block) = block else { return };
        self.left = false;
        self.remote = Some(block);
        self.round_trip = round_trip(NtpTime::from_tick(now).middle(), &block).or(self.round_trip);
    }

    /// Writes the report that is due, and sets the time of the next.
    ///
    /// `reception` is what we receive, if anything came yet; its interval for the loss fraction
    /// begins anew. `random` is uniform over its range.
    ///
    /// # Errors
    /// If `out` is too small for it; 360 bytes suffice for every name.
    pub fn write(
        &mut self,
        now: Tick,
        random: u32,
        sent: &Sent,
        reception: Option<&mut Reception>,
        cname: &[u8],
        out: &mut [u8],
    ) -> Result<usize, WriteError> {
        self.due = now + interval(false, random);
        let block = reception.and_then(|it| self.block(now, it));
        let report = Report {
            ssrc: sent.ssrc,
            sent: (sent.packets > self.sent_at_last_report).then(|| sender_info(now, sent)),
            blocks: block.as_slice(),
            cname,
            goodbye: false,
        };
        self.sent_at_last_report = sent.packets;
        report.write(out)
    }

    /// Writes our last report: what we sent, our name, a farewell (RFC 3550 §6.3.7).
    ///
    /// # Errors
    /// If `out` is too small for it; 360 bytes suffice for every name.
    pub fn goodbye(
        now: Tick,
        sent: &Sent,
        cname: &[u8],
        out: &mut [u8],
    ) -> Result<usize, WriteError> {
        let info = (sent.packets > 0).then(|| sender_info(now, sent));
        Report { ssrc: sent.ssrc, sent: info, blocks: &[], cname, goodbye: true }.write(out)
    }

    fn block(&self, now: Tick, reception: &mut Reception) -> Option<ReportBlock> {
        let block = reception.report()?;
        let seen = self.last_sr.filter(|it| it.ssrc == block.ssrc);
        Some(ReportBlock {
            last_sr: seen.map_or(0, |it| it.middle),
            delay_since_last_sr: seen.map_or(0, |it| short_units(now.since(it.at))),
            ..block
        })
    }
}

/// The timestamp of a report is that of its own moment, not of the last packet (RFC 3550 §6.4.1).
fn sender_info(now: Tick, sent: &Sent) -> SenderInfo {
    SenderInfo {
        ntp: NtpTime::from_tick(now),
        timestamp: sent.timestamp.wrapping_add(clock_units(now.since(sent.at), sent.clock_rate)),
        packets: sent.packets as u32,
        octets: sent.octets as u32,
    }
}

/// RFC 3550 §6.4.1; `None` if the peer saw no report of ours, or cannot be right.
fn round_trip(now_middle: u32, block: &ReportBlock) -> Option<Micros> {
    if block.last_sr == 0 {
        return None;
    }
    let units = now_middle.wrapping_sub(block.last_sr).wrapping_sub(block.delay_since_last_sr);
    let length = from_short_units(units);
    // A result below zero wraps to hours and is dropped with the other mistakes.
    (length <= ROUND_TRIP_MAX).then_some(length)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::packet::Header;
    use std::vec::Vec;

    fn sent(packets: u64) -> Sent {
        Sent {
            ssrc: 1,
            packets,
            octets: packets * 160,
            timestamp: 5_000,
            at: Tick(0),
            clock_rate: 8_000,
        }
    }

    #[test]
    fn the_interval_is_five_seconds_give_or_take_half() {
        assert_eq!(interval(false, 0), Micros(2_500_000));
        assert_eq!(interval(false, 1 << 31), Micros(5_000_000));
        assert_eq!(interval(false, u32::MAX), Micros(7_499_999));
        assert_eq!(interval(true, 1 << 31), Micros(2_500_000));
    }

    #[test]
    fn the_round_trip_is_that_of_the_rfc_s_figure_2() {
        let block = ReportBlock {
            ssrc: 1,
            fraction_lost: 0,
            cumulative_lost: 0,
            highest_sequence: 0,
            jitter: 0,
            last_sr: 0xb705_2000,
            delay_since_last_sr: 0x0005_4000,
        };
        assert_eq!(round_trip(0xb710_8000, &block), Some(Micros(6_125_000)));
        // Earlier than possible, absurdly late, and never seen.
        assert_eq!(round_trip(0xb705_3000, &block), None);
        assert_eq!(round_trip(0xb7f0_8000, &block), None);
        assert_eq!(round_trip(0xb710_8000, &ReportBlock { last_sr: 0, ..block }), None);
    }

    /// Two parties who report to each other over a path of 30 ms each way.
    #[test]
    fn two_parties_learn_their_round_trip_and_loss() {
        let mut reception = Reception::new(8_000);
        for sequence in (0..100_u16).filter(|it| it % 10 != 9) {
            let timestamp = u32::from(sequence) * 160;
            let header = Header { marker: false, payload_type: 8, sequence, timestamp, ssrc: 1 };
            reception.arrived(Tick(u64::from(sequence) * 20_000), &header);
        }
        let (mut ours, mut theirs) = (Exchange::new(Tick(0), 0), Exchange::new(Tick(0), 0));
        let mut bytes = [0; 360];
        let start = Tick(2_000_000);
        let used = ours.write(start, 0, &sent(100), None, b"a", &mut bytes).unwrap();
        let seen_at = start + Micros::from_millis(30);
        theirs.arrived(seen_at, &Compound::parse(&bytes[..used]).unwrap(), 2);
        let reply_at = seen_at + Micros::from_millis(700);
        let theirs_sent = Sent { ssrc: 2, ..sent(0) };
        let used = theirs
            .write(reply_at, 0, &theirs_sent, Some(&mut reception), b"b", &mut bytes)
            .unwrap();
        let back_at = reply_at + Micros::from_millis(30);
        ours.arrived(back_at, &Compound::parse(&bytes[..used]).unwrap(), 1);
        let round_trip = ours.round_trip().unwrap();
        assert!(round_trip.0.abs_diff(60_000) < 50, "{round_trip:?}");
        let remote = ours.remote().unwrap();
        // 99 expected (the last was lost unseen), 9 lost.
        assert_eq!((remote.cumulative_lost, remote.fraction_lost), (9, (9 * 256 / 99) as u8));
        assert_eq!(remote.highest_sequence, 98);
    }

    #[test]
    fn who_sent_nothing_since_the_last_report_reports_as_receiver() {
        let mut exchange = Exchange::new(Tick(0), 0);
        let mut bytes = [0; 360];
        let mut is_sender = |packets| {
            let used =
                exchange.write(Tick(1_000_000), 0, &sent(packets), None, b"a", &mut bytes).unwrap();
            let packets: Vec<_> = Compound::parse(&bytes[..used]).unwrap().packets().collect();
            match packets[0] {
                Packet::SenderReport { info, .. } => Some(info),
                Packet::ReceiverReport { .. }
                | Packet::Description(_)
                | Packet::Goodbye(_)
                | Packet::Unknown(_) => None,
            }
        };
        assert_eq!(is_sender(0), None);
        let info = is_sender(3).unwrap();
        assert_eq!((info.packets, info.octets, info.timestamp), (3, 480, 13_000));
        assert_eq!(is_sender(3), None);
    }

    #[test]
    fn last_sr_is_that_of_the_source_in_the_block() {
        let mut reception = Reception::new(8_000);
        for sequence in 0..3 {
            let header = Header { marker: false, payload_type: 8, sequence, timestamp: 0, ssrc: 1 };
            reception.arrived(Tick(0), &header);
        }
        let mut exchange = Exchange::new(Tick(0), 0);
        let mut bytes = [0; 360];
        for (ssrc, expected) in [(5, (0, 0)), (1, (0x0002_0000, 0x0000_8000))] {
            let (sent_at, now) = (Tick(2_000_000), Tick(3_000_000));
            let peer = Sent { ssrc, ..sent(9) };
            let mut theirs = Exchange::new(Tick(0), 0);
            let used = theirs.write(sent_at, 0, &peer, None, b"b", &mut bytes).unwrap();
            exchange.arrived(now, &Compound::parse(&bytes[..used]).unwrap(), 2);
            let block = exchange.block(now + Micros::from_millis(500), &mut reception).unwrap();
            assert_eq!((block.last_sr, block.delay_since_last_sr), expected, "SR of {ssrc}");
        }
    }

    #[test]
    fn a_farewell_is_noted_and_a_report_takes_it_back() {
        let mut exchange = Exchange::new(Tick(0), 0);
        let mut out = [0; 100];
        let used =
            Exchange::goodbye(Tick(1), &Sent { ssrc: 2, ..sent(5) }, b"b", &mut out).unwrap();
        exchange.arrived(Tick(1), &Compound::parse(&out[..used]).unwrap(), 1);
        assert!(exchange.peer_left());
        let block = ReportBlock {
            ssrc: 1,
            fraction_lost: 0,
            cumulative_lost: 0,
            highest_sequence: 0,
            jitter: 0,
            last_sr: 0,
            delay_since_last_sr: 0,
        };
        let blocks = [block];
        let report = Report { ssrc: 2, sent: None, blocks: &blocks, cname: b"b", goodbye: false };
        let used = report.write(&mut out).unwrap();
        exchange.arrived(Tick(2), &Compound::parse(&out[..used]).unwrap(), 1);
        assert!(!exchange.peer_left());
        assert_eq!(exchange.round_trip(), None);
    }
}
