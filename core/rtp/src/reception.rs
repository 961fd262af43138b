// SPDX-License-Identifier: EUPL-1.2
//! What arrives on one leg: what is lost, late, twice, and how unevenly it comes.
//!
//! The algorithm is that of RFC 3550: A.1 validates sequence numbers, A.3 counts losses, A.8
//! estimates jitter. Beyond it a window of the last 128 sequence numbers tells a duplicate from a
//! late packet, and the losses from each other: ten in a row sound worse than ten scattered ones.
//!
//! A peer may change its source within a call (a transfer behind its exchange). A new source is
//! believed after two packets in a row; the totals of the leg span all sources.

use crate::clock_units;
use crate::limits::{CLOCK_JUMP, DROPOUT_MAX, MISORDER_MAX, PROBATION};
use crate::packet::Header;
use crate::rtcp::ReportBlock;
use stdx::Tick;

/// What one packet is to the statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Arrival {
    /// From a source that is not believed yet (RFC 3550 A.1): it counts once the next one follows.
    Probation,
    /// In order; so many before it have not come, 0 to 2,999.
    InOrder {
        /// Sequence numbers between the last packet and this one.
        skipped: u16,
    },
    /// After packets that were sent later.
    Late,
    /// Not for the first time.
    Duplicate,
    /// Far from where the source was; the next one decides whether it began anew.
    Jump,
    /// The source began anew, with the packet before this one.
    Restarted,
}

/// Totals of a leg, over all its sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets that came, each once.
    pub received: u64,
    /// Packets that did not come.
    pub lost: u64,
    /// Packets that came again.
    pub duplicate: u64,
    /// Packets that came after later ones.
    pub out_of_order: u64,
    /// Runs of losses; `lost / loss_runs` is the mean length of one.
    pub loss_runs: u64,
    /// Packets far from where the source was.
    pub jumps: u64,
}

impl Counts {
    fn plus(self, other: Counts) -> Counts {
        Counts {
            received: self.received + other.received,
            lost: self.lost + other.lost,
            duplicate: self.duplicate + other.duplicate,
            out_of_order: self.out_of_order + other.out_of_order,
            loss_runs: self.loss_runs + other.loss_runs,
            jumps: self.jumps + other.jumps,
        }
    }
}

/// The statistics of what one leg receives.
#[derive(Clone, Debug)]
pub struct Reception {
    clock_rate: u32,
    current: Option<Source>,
    candidate: Option<Source>,
    past: Counts,
}

impl Reception {
    /// Nothing has come yet; `clock_rate` is the payload's, in units a second (8,000 for G.711 and,
    /// by an old mistake that is now law, for G.722: RFC 3551 §4.5.2).
    #[must_use]
    pub const fn new(clock_rate: u32) -> Self {
        Reception { clock_rate, current: None, candidate: None, past: ZERO }
    }

    /// A packet arrived.
    pub fn arrived(&mut self, now: Tick, header: &Header) -> Arrival {
        let at = clock_units(now.since(Tick(0)), self.clock_rate);
        let jump = clock_units(CLOCK_JUMP, self.clock_rate);
        let arrival = match &mut self.current {
            Some(source) if source.ssrc == header.ssrc => {
                self.candidate = None;
                source.arrived(header)
            }
            Some(_) | None => return self.on_probation(header, at),
        };
        let Some(source) = &mut self.current else { return arrival };
        match arrival {
            Arrival::InOrder { .. } | Arrival::Late | Arrival::Duplicate => {
                source.jitter.arrived(at, header.timestamp, jump);
            }
            Arrival::Restarted => {
                self.past = self.past.plus(source.counts());
                *source = Source::begun(header, source.jitter);
                source.jitter.restart(at, header.timestamp);
            }
            Arrival::Jump | Arrival::Probation => {}
        }
        arrival
    }

    fn on_probation(&mut self, header: &Header, at: u32) -> Arrival {
        let candidate = match self.candidate.take() {
            Some(candidate) if candidate.ssrc == header.ssrc => candidate.follow(header),
            Some(_) | None => Source::unknown(header),
        };
        if candidate.probation > 0 {
            self.candidate = Some(candidate);
            return Arrival::Probation;
        }
        let mut jitter = Jitter::default();
        if let Some(old) = self.current.take() {
            self.past = self.past.plus(old.counts());
            jitter = old.jitter;
        }
        jitter.restart(at, header.timestamp);
        self.current = Some(Source::begun(header, jitter));
        Arrival::InOrder { skipped: 0 }
    }

    /// The source that is believed.
    #[must_use]
    pub fn source(&self) -> Option<u32> {
        self.current.as_ref().map(|source| source.ssrc)
    }

    /// The totals of the leg.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.past.plus(self.current.as_ref().map_or(ZERO, Source::counts))
    }

    /// Interarrival jitter in milliseconds (RFC 3550 §6.4.1); 0 before two packets came.
    #[must_use]
    pub fn jitter_ms(&self) -> f64 {
        let units = self.current.as_ref().map_or(0, |source| source.jitter.scaled);
        f64::from(units) / 16.0 * 1_000.0 / f64::from(self.clock_rate.max(1))
    }

    /// What to tell the source about its stream, without LSR and DLSR; the interval for the
    /// fraction lost begins anew (RFC 3550 A.3).
    pub(crate) fn report(&mut self) -> Option<ReportBlock> {
        self.current.as_mut().map(Source::report)
    }
}

const ZERO: Counts =
    Counts { received: 0, lost: 0, duplicate: 0, out_of_order: 0, loss_runs: 0, jumps: 0 };

/// RFC 3550 A.1, `struct source`, with its names in our words.
#[derive(Clone, Copy, Debug)]
struct Source {
    ssrc: u32,
    /// `base_seq`.
    base: u16,
    /// `max_seq`.
    highest: u16,
    /// `cycles`, already shifted: wraps in the upper 16 bits and beyond.
    wraps: u64,
    /// `bad_seq`: the number that would prove a restart.
    restart_at: Option<u16>,
    /// `probation`: how many in a row are still wanted.
    probation: u8,
    /// `received`: with duplicates, as the RFC counts.
    received: u64,
    expected_before: u64,
    received_before: u64,
    duplicate: u64,
    out_of_order: u64,
    /// Came late, from before the first packet: nobody expected them.
    early_ones: u64,
    jumps: u64,
    seen: Seen,
    jitter: Jitter,
}

impl Source {
    /// A packet from nowhere: `init_seq` and `probation = MIN_SEQUENTIAL`, less this one.
    fn unknown(header: &Header) -> Source {
        let begun = Source::begun(header, Jitter::default());
        Source { probation: PROBATION - 1, ..begun }
    }

    /// `init_seq`, with this packet received.
    fn begun(header: &Header, jitter: Jitter) -> Source {
        Source {
            ssrc: header.ssrc,
            base: header.sequence,
            highest: header.sequence,
            wraps: 0,
            restart_at: None,
            probation: 0,
            received: 1,
            expected_before: 0,
            received_before: 0,
            duplicate: 0,
            out_of_order: 0,
            early_ones: 0,
            jumps: 0,
            seen: Seen::first(),
            jitter,
        }
    }

    /// One more packet during probation.
    fn follow(self, header: &Header) -> Source {
        if header.sequence == self.highest.wrapping_add(1) {
            Source { highest: header.sequence, probation: self.probation - 1, ..self }
        } else {
            Source::unknown(header)
        }
    }

    /// `update_seq` of a source that is believed.
    fn arrived(&mut self, header: &Header) -> Arrival {
        let ahead = header.sequence.wrapping_sub(self.highest);
        let behind = self.highest.wrapping_sub(header.sequence);
        if (1..DROPOUT_MAX).contains(&ahead) {
            self.advance(ahead)
        } else if behind < MISORDER_MAX {
            self.received += 1;
            self.step_back(behind)
        } else {
            self.jump(header.sequence)
        }
    }

    fn advance(&mut self, ahead: u16) -> Arrival {
        let (highest, wrapped) = self.highest.overflowing_add(ahead);
        self.highest = highest;
        self.wraps += u64::from(wrapped) << 16;
        self.received += 1;
        self.seen.advance(ahead);
        Arrival::InOrder { skipped: ahead - 1 }
    }

    fn step_back(&mut self, behind: u16) -> Arrival {
        match self.seen.insert(behind) {
            Place::Free => {
                self.out_of_order += 1;
                Arrival::Late
            }
            Place::BeforeFirst => {
                self.out_of_order += 1;
                self.early_ones += 1;
                Arrival::Late
            }
            Place::Taken => {
                self.duplicate += 1;
                Arrival::Duplicate
            }
        }
    }

    /// Two in a row prove that the other side began anew without saying so.
    fn jump(&mut self, sequence: u16) -> Arrival {
        if self.restart_at == Some(sequence) {
            return Arrival::Restarted;
        }
        self.restart_at = Some(sequence.wrapping_add(1));
        self.jumps += 1;
        Arrival::Jump
    }

    fn expected(&self) -> u64 {
        self.wraps + u64::from(self.highest) + 1 - u64::from(self.base)
    }

    fn counts(&self) -> Counts {
        let (lost, loss_runs) = self.seen.losses();
        Counts {
            received: self.received - self.duplicate - self.early_ones,
            lost,
            duplicate: self.duplicate,
            out_of_order: self.out_of_order,
            loss_runs,
            jumps: self.jumps,
        }
    }

    /// RFC 3550 A.3.
    fn report(&mut self) -> ReportBlock {
        let expected = self.expected();
        let lost = expected as i64 - self.received as i64;
        let expected_now = expected - self.expected_before;
        let received_now = self.received - self.received_before;
        let lost_now = expected_now.saturating_sub(received_now);
        self.expected_before = expected;
        self.received_before = self.received;
        let fraction = (lost_now << 8).checked_div(expected_now).unwrap_or(0);
        ReportBlock {
            ssrc: self.ssrc,
            // All of them lost would be 256; the field ends at 255.
            fraction_lost: fraction.min(255) as u8,
            cumulative_lost: lost.clamp(-0x80_0000, 0x7f_ffff) as i32,
            highest_sequence: (self.wraps + u64::from(self.highest)) as u32,
            jitter: self.jitter.scaled >> 4,
            last_sr: 0,
            delay_since_last_sr: 0,
        }
    }
}

/// RFC 3550 A.8, in integers: the estimate is kept sixteenfold.
#[derive(Clone, Copy, Debug, Default)]
struct Jitter {
    last: Option<(u32, u32)>,
    scaled: u32,
}

impl Jitter {
    /// `at` and `timestamp` in units of the payload's clock; a change of transit time from `jump`
    /// on is a change of clock.
    fn arrived(&mut self, at: u32, timestamp: u32, jump: u32) {
        let transit = at.wrapping_sub(timestamp);
        let Some((last_transit, last_timestamp)) = self.last else {
            self.last = Some((transit, timestamp));
            return;
        };
        // All packets of one key press carry the time of its beginning: no measure of the network.
        if timestamp == last_timestamp {
            return;
        }
        let change = (transit.wrapping_sub(last_transit) as i32).unsigned_abs();
        if change < jump {
            self.scaled = self.scaled + change - ((self.scaled + 8) >> 4);
        }
        self.last = Some((transit, timestamp));
    }

    /// Another clock, the same network.
    fn restart(&mut self, at: u32, timestamp: u32) {
        self.last = Some((at.wrapping_sub(timestamp), timestamp));
    }
}

/// Which of the last 128 sequence numbers came, and what was lost before them.
///
/// Bit 0 is the highest number. A number that leaves the window without having come is lost: the
/// window is longer than [`MISORDER_MAX`], so nothing can still come for it.
#[derive(Clone, Copy, Debug)]
struct Seen {
    bits: u128,
    /// Numbers in the window, at most 128; those before the first packet do not count.
    filled: u8,
    lost: u64,
    loss_runs: u64,
    /// Whether the last number that left was lost, so that the next loss continues a run.
    in_run: bool,
}

/// What the window held where a late packet belongs.
enum Place {
    Free,
    Taken,
    BeforeFirst,
}

const WINDOW: u32 = u128::BITS;

impl Seen {
    const fn first() -> Seen {
        Seen { bits: 1, filled: 1, lost: 0, loss_runs: 0, in_run: false }
    }

    fn advance(&mut self, ahead: u16) {
        let ahead = u32::from(ahead);
        let spill = (u32::from(self.filled) + ahead).saturating_sub(WINDOW);
        let from_window = spill.min(u32::from(self.filled));
        for age in 0..from_window {
            let oldest = u32::from(self.filled) - 1 - age;
            let came = self.bits >> oldest & 1 == 1;
            (self.lost, self.loss_runs, self.in_run) = self.after(came);
        }
        // Skipped so far at once that they never stood in the window.
        let skipped = u64::from(spill - from_window);
        if skipped > 0 {
            self.loss_runs += u64::from(!self.in_run);
            self.lost += skipped;
            self.in_run = true;
        }
        self.bits = self.bits.checked_shl(ahead).unwrap_or(0) | 1;
        self.filled = (u32::from(self.filled) + ahead).min(WINDOW) as u8;
    }

    fn after(&self, came: bool) -> (u64, u64, bool) {
        match came {
            true => (self.lost, self.loss_runs, false),
            false => (self.lost + 1, self.loss_runs + u64::from(!self.in_run), true),
        }
    }

    /// Marks a number `behind` the highest, and says what stood there.
    fn insert(&mut self, behind: u16) -> Place {
        if u32::from(behind) >= u32::from(self.filled) {
            return Place::BeforeFirst;
        }
        let bit = 1_u128 << behind;
        if self.bits & bit != 0 {
            return Place::Taken;
        }
        self.bits |= bit;
        Place::Free
    }

    /// Losses and runs of them until now; what may still come counts as lost until it does.
    fn losses(&self) -> (u64, u64) {
        let mut so_far = *self;
        for age in (0..u32::from(self.filled)).rev() {
            let came = self.bits >> age & 1 == 1;
            (so_far.lost, so_far.loss_runs, so_far.in_run) = so_far.after(came);
        }
        (so_far.lost, so_far.loss_runs)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use stdx::Micros;

    fn header(ssrc: u32, sequence: u16) -> Header {
        let timestamp = u32::from(sequence) * 160;
        Header { marker: false, payload_type: 8, sequence, timestamp, ssrc }
    }

    fn arrive(reception: &mut Reception, sequence: u16) -> Arrival {
        let at = Tick(u64::from(sequence) * 20_000);
        reception.arrived(at, &header(1, sequence))
    }

    /// A leg that has believed its source at this sequence number.
    fn begun(sequence: u16) -> Reception {
        let mut reception = Reception::new(8_000);
        arrive(&mut reception, sequence.wrapping_sub(1));
        assert_eq!(arrive(&mut reception, sequence), Arrival::InOrder { skipped: 0 });
        reception
    }

    #[test]
    fn a_source_is_believed_after_two_in_a_row() {
        let mut reception = Reception::new(8_000);
        for (sequence, arrival) in [
            (10, Arrival::Probation),
            (12, Arrival::Probation),
            (12, Arrival::Probation),
            (13, Arrival::InOrder { skipped: 0 }),
            (16, Arrival::InOrder { skipped: 2 }),
        ] {
            assert_eq!(arrive(&mut reception, sequence), arrival, "packet {sequence}");
        }
        // As in RFC 3550 A.1, the base is the packet that ended probation.
        let expected = Counts { received: 2, lost: 2, loss_runs: 1, ..ZERO };
        assert_eq!(reception.counts(), expected);
    }

    #[test]
    fn the_sequence_wraps_without_loss() {
        let mut reception = begun(65_534);
        for sequence in [65_535, 0, 1] {
            assert_eq!(arrive(&mut reception, sequence), Arrival::InOrder { skipped: 0 });
        }
        let report = reception.report().unwrap();
        assert_eq!(report.highest_sequence, 0x0001_0001);
        assert_eq!((report.cumulative_lost, report.fraction_lost), (0, 0));
    }

    #[test]
    fn a_late_packet_takes_its_loss_back_and_a_duplicate_does_not() {
        let mut reception = begun(100);
        arrive(&mut reception, 103);
        assert_eq!(reception.counts().lost, 2);
        assert_eq!(arrive(&mut reception, 101), Arrival::Late);
        assert_eq!(arrive(&mut reception, 101), Arrival::Duplicate);
        assert_eq!(arrive(&mut reception, 103), Arrival::Duplicate);
        let expected =
            Counts { received: 3, lost: 1, duplicate: 2, out_of_order: 1, loss_runs: 1, jumps: 0 };
        assert_eq!(reception.counts(), expected);
        // The RFC counts duplicates as received: 4 expected, 5 received.
        assert_eq!(reception.report().unwrap().cumulative_lost, -1);
    }

    #[test]
    fn a_packet_from_before_the_first_is_late_and_changes_no_loss() {
        let mut reception = begun(100);
        assert_eq!(arrive(&mut reception, 98), Arrival::Late);
        assert_eq!(reception.counts(), Counts { received: 1, out_of_order: 1, ..ZERO });
    }

    #[test]
    fn the_bounds_of_dropout_and_misorder_are_those_of_the_rfc() {
        for (sequence, arrival) in [
            (1_000 + 2_999, Arrival::InOrder { skipped: 2_998 }),
            (1_000 + 3_000, Arrival::Jump),
            (1_000 - 99, Arrival::Late),
            (1_000 - 100, Arrival::Jump),
        ] {
            assert_eq!(arrive(&mut begun(1_000), sequence), arrival, "packet {sequence}");
        }
    }

    #[test]
    fn one_stray_packet_changes_nothing_and_two_in_a_row_begin_anew() {
        let mut reception = begun(1_000);
        assert_eq!(arrive(&mut reception, 40_000), Arrival::Jump);
        assert_eq!(arrive(&mut reception, 1_001), Arrival::InOrder { skipped: 0 });
        assert_eq!(arrive(&mut reception, 50_000), Arrival::Jump);
        assert_eq!(arrive(&mut reception, 50_001), Arrival::Restarted);
        assert_eq!(arrive(&mut reception, 50_002), Arrival::InOrder { skipped: 0 });
        let expected = Counts { received: 4, jumps: 2, ..ZERO };
        assert_eq!(reception.counts(), expected);
        assert_eq!(reception.report().unwrap().highest_sequence, 50_002);
    }

    #[test]
    fn another_source_takes_over_after_two_in_a_row() {
        let mut reception = begun(1_000);
        let now = Tick(20_000_000);
        assert_eq!(reception.arrived(now, &header(2, 7)), Arrival::Probation);
        assert_eq!(arrive(&mut reception, 1_001), Arrival::InOrder { skipped: 0 });
        assert_eq!(reception.arrived(now, &header(2, 8)), Arrival::Probation);
        assert_eq!(reception.source(), Some(1));
        assert_eq!(reception.arrived(now, &header(2, 9)), Arrival::InOrder { skipped: 0 });
        assert_eq!(reception.source(), Some(2));
        assert_eq!(reception.counts(), Counts { received: 3, ..ZERO });
    }

    #[test]
    fn the_fraction_lost_is_that_of_the_interval() {
        let mut reception = begun(0);
        for sequence in [1, 2, 3] {
            arrive(&mut reception, sequence);
        }
        assert_eq!(reception.report().unwrap().fraction_lost, 0);
        for sequence in [4, 7] {
            arrive(&mut reception, sequence);
        }
        // Two of four since then.
        let report = reception.report().unwrap();
        assert_eq!((report.fraction_lost, report.cumulative_lost), (128, 2));
        assert_eq!(reception.report().unwrap().fraction_lost, 0);
    }

    #[test]
    fn losses_in_a_row_are_one_run_even_where_the_window_ends() {
        let mut reception = begun(0);
        arrive(&mut reception, 1_000);
        arrive(&mut reception, 1_001);
        arrive(&mut reception, 1_003);
        let counts = reception.counts();
        assert_eq!((counts.lost, counts.loss_runs), (999 + 1, 2));
        for sequence in 1_004..1_400 {
            arrive(&mut reception, sequence);
        }
        let counts = reception.counts();
        assert_eq!((counts.lost, counts.loss_runs), (999 + 1, 2));
    }

    /// RFC 3550 A.8 with the arithmetic written out: D is 0, then 10 ms later than the last.
    #[test]
    fn jitter_follows_the_rfc_s_arithmetic() {
        let mut reception = begun(100);
        let at = |sequence: u16, late_ms: u64| {
            Tick(u64::from(sequence) * 20_000) + Micros::from_millis(late_ms)
        };
        reception.arrived(at(101, 0), &header(1, 101));
        assert_eq!(reception.report().unwrap().jitter, 0);
        // |D| = 80 units: J = 80/16 = 5.
        reception.arrived(at(102, 10), &header(1, 102));
        assert_eq!(reception.report().unwrap().jitter, 5);
        // |D| = 80 again: J = 5 + (80 - 5)/16 = 9.7.
        reception.arrived(at(103, 0), &header(1, 103));
        assert_eq!(reception.report().unwrap().jitter, 9);
        assert!((reception.jitter_ms() - 9.7 / 8.0).abs() < 0.02);
    }

    #[test]
    fn a_steady_10_ms_of_variation_settles_at_10_ms() {
        let mut reception = begun(100);
        for sequence in 101..1_000_u16 {
            let late = Micros::from_millis(if sequence % 2 == 0 { 10 } else { 0 });
            let now = Tick(u64::from(sequence) * 20_000) + late;
            reception.arrived(now, &header(1, sequence));
        }
        assert!((reception.jitter_ms() - 10.0).abs() < 0.2, "{}", reception.jitter_ms());
    }

    #[test]
    fn key_presses_and_another_clock_are_no_jitter() {
        let mut reception = begun(100);
        for sequence in 101..110 {
            let press = Header { timestamp: 101 * 160, ..header(1, sequence) };
            reception.arrived(Tick(u64::from(sequence) * 20_000), &press);
        }
        assert!(reception.jitter_ms() < 0.001);
        for sequence in 110..120 {
            let moved = Header { timestamp: 0x9000_0000, ..header(1, sequence) };
            let timestamp = moved.timestamp + u32::from(sequence) * 160;
            let now = Tick(u64::from(sequence) * 20_000);
            reception.arrived(now, &Header { timestamp, ..moved });
        }
        assert!(reception.jitter_ms() < 0.001);
    }
}
