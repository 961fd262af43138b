// SPDX-License-Identifier: EUPL-1.2
//! One stream out of many: announcement, agent and music reach the caller as a single source.
//!
//! ```text
//!  announcement  7, 8, 9                       ┐
//!  agent                  4001, 4002, 4004     ├─▶  7, 8, 9, 10, 11, 13, 14, 15
//!  music                                0, 1   ┘            (one loss stays visible)
//! ```
//!
//! Sequence numbers go on without a step and timestamps by the time that passed, so that the far
//! end's buffer sees a pause and not an error. Within one source nothing is hidden: what was lost,
//! late or twice before us is so behind us. A number that we used for one packet is never used for
//! another.

use crate::clock_units;
use crate::limits::{CLOCK_JUMP, DROPOUT_MAX, MISORDER_MAX};
use crate::packet::Header;
use stdx::{Micros, Tick};

/// A usual packet: 20 ms.
const FRAME: Micros = Micros::from_millis(20);

/// Why a packet is not passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dropped {
    /// It was sent before the packet with which its source took over: its place is taken.
    BeforeTakeover,
}

/// The stream that one leg sends.
#[derive(Clone, Debug)]
pub struct OutStream {
    ssrc: u32,
    clock_rate: u32,
    /// The highest sequence number used; before the first packet, the one before it.
    sequence: u16,
    /// The newest timestamp of sound, and when its first packet left.
    clock: Clock,
    begun: bool,
    input: Input,
    /// Numbers were inserted or left out: the input's mapping has to be made anew.
    rebase: bool,
    mark_next: bool,
}

/// A timestamp and the moment that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Clock {
    timestamp: u32,
    at: Tick,
}

/// Where the last sound came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    Nothing,
    /// A stream that is relayed.
    Stream(Mapping),
    /// Announcement or music of our own; the number is how long the last packet was.
    Own(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mapping {
    ssrc: u32,
    /// What is added to the input's numbers.
    sequence: u16,
    timestamp: u32,
    /// The lowest output number that may be used.
    floor: u16,
    /// The input's highest number and newest timestamp.
    highest: u16,
    clock: Clock,
}

impl OutStream {
    /// A stream begins; source, first sequence number and first timestamp are drawn by the caller,
    /// at random (RFC 3550 §5.1). `clock_rate` is 8,000 to 48,000 units a second.
    #[must_use]
    pub const fn new(ssrc: u32, clock_rate: u32, sequence: u16, timestamp: u32) -> Self {
        OutStream {
            ssrc,
            clock_rate,
            sequence: sequence.wrapping_sub(1),
            clock: Clock { timestamp, at: Tick(0) },
            begun: false,
            input: Input::Nothing,
            rebase: false,
            mark_next: true,
        }
    }

    /// Our source.
    #[must_use]
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The newest timestamp of sound and when it left, for reports; `None` before the first packet.
    #[must_use]
    pub fn clock(&self) -> Option<(u32, Tick)> {
        self.begun.then_some((self.clock.timestamp, self.clock.at))
    }

    /// The timestamp of something that begins now, a key press for one.
    #[must_use]
    pub fn timestamp_now(&self, now: Tick) -> u32 {
        self.clock.timestamp.wrapping_add(self.step(now))
    }

    /// The header under which a packet of another stream goes out; `payload_type` is what this leg
    /// negotiated for it.
    ///
    /// A new source, or a jump of the old one, takes over at once with the marker set.
    ///
    /// # Errors
    /// If its place in the stream is taken.
    pub fn relay(
        &mut self,
        now: Tick,
        header: &Header,
        payload_type: u8,
    ) -> Result<Header, Dropped> {
        let (mapping, taken_over) = self.mapping_for(now, header)?;
        let out = Header {
            marker: header.marker || taken_over || self.mark_next,
            payload_type,
            sequence: header.sequence.wrapping_add(mapping.sequence),
            timestamp: header.timestamp.wrapping_add(mapping.timestamp),
            ssrc: self.ssrc,
        };
        if is_before(out.sequence, mapping.floor) {
            return Err(Dropped::BeforeTakeover);
        }
        (self.begun, self.rebase, self.mark_next) = (true, false, false);
        self.input = Input::Stream(self.noted(now, mapping, header, out));
        Ok(out)
    }

    /// Where a packet of this source goes, and whether the source is new.
    fn mapping_for(&self, now: Tick, header: &Header) -> Result<(Mapping, bool), Dropped> {
        match self.input {
            Input::Stream(mapping) if mapping.goes_on(now, header, self.clock_rate) => {
                let mapping = if self.rebase { self.rebased(mapping, header)? } else { mapping };
                Ok((mapping, false))
            }
            Input::Nothing | Input::Stream(_) | Input::Own(_) => {
                Ok((self.take_over(now, header), true))
            }
        }
    }

    fn take_over(&self, now: Tick, header: &Header) -> Mapping {
        let sequence = self.sequence.wrapping_add(1);
        Mapping {
            ssrc: header.ssrc,
            sequence: sequence.wrapping_sub(header.sequence),
            timestamp: self.timestamp_now(now).wrapping_sub(header.timestamp),
            floor: sequence,
            highest: header.sequence,
            clock: Clock { timestamp: header.timestamp, at: now },
        }
    }

    /// The same source and clock, but numbers were inserted or left out.
    fn rebased(&self, mapping: Mapping, header: &Header) -> Result<Mapping, Dropped> {
        if !is_before(mapping.highest, header.sequence) {
            return Err(Dropped::BeforeTakeover);
        }
        let floor = self.sequence.wrapping_add(1);
        Ok(Mapping { sequence: floor.wrapping_sub(header.sequence), floor, ..mapping })
    }

    /// Remembers a packet if it is newer than all before.
    fn noted(&mut self, now: Tick, mapping: Mapping, header: &Header, out: Header) -> Mapping {
        if !is_before(self.sequence, out.sequence) {
            return mapping;
        }
        self.sequence = out.sequence;
        if !mapping.repeats(header) || mapping.clock.at == now {
            self.clock = Clock { timestamp: out.timestamp, at: now };
        }
        // The floor follows, so that it never comes to lie ahead on the circle of numbers.
        let above = out.sequence.wrapping_sub(mapping.floor).min(MISORDER_MAX);
        Mapping { floor: out.sequence.wrapping_sub(above), ..mapping.heard(now, header) }
    }

    fn passed(&self, now: Tick) -> u32 {
        clock_units(now.since(self.clock.at), self.clock_rate)
    }

    /// From the last timestamp to one of now: at least a frame, or two sounds would overlap.
    fn step(&self, now: Tick) -> u32 {
        if self.begun { self.passed(now).max(clock_units(FRAME, self.clock_rate)) } else { 0 }
    }

    /// The header of the next packet of our own, which holds `units` of sound.
    ///
    /// The first packet, and one after a pause of half a second, carries the marker.
    pub fn own(&mut self, now: Tick, payload_type: u8, units: u32) -> Header {
        let paused = self.rebase || self.passed(now) > self.clock_rate / 2;
        let (marker, step) = match self.input {
            Input::Own(before) if !paused => (self.mark_next, before),
            Input::Nothing | Input::Stream(_) | Input::Own(_) => (true, self.step(now)),
        };
        self.clock = Clock { timestamp: self.clock.timestamp.wrapping_add(step), at: now };
        self.input = Input::Own(units);
        (self.begun, self.rebase, self.mark_next) = (true, false, false);
        self.append(marker, payload_type, self.clock.timestamp)
    }

    /// The header of a key packet between the others: it has a number of its own and the timestamp
    /// of the press (RFC 4733 §2.5.1.2). While a key is sent, the sound is
    /// [suppressed](Self::suppress).
    pub fn key(&mut self, now: Tick, payload_type: u8, marker: bool, timestamp: u32) -> Header {
        if !self.begun {
            self.clock = Clock { timestamp, at: now };
            self.begun = true;
        }
        self.rebase = true;
        self.append(marker, payload_type, timestamp)
    }

    /// A packet is left out on purpose (a muted leg, a key in its place): the stream goes on after
    /// it without a gap in its numbers, and with the marker, for it was silent.
    pub fn suppress(&mut self, now: Tick, header: &Header) {
        if let Input::Stream(mapping) = &mut self.input
            && mapping.ssrc == header.ssrc
            && is_before(mapping.highest, header.sequence)
        {
            *mapping = mapping.heard(now, header);
            self.rebase = true;
            self.mark_next = true;
        }
    }

    fn append(&mut self, marker: bool, payload_type: u8, timestamp: u32) -> Header {
        self.sequence = self.sequence.wrapping_add(1);
        Header { marker, payload_type, sequence: self.sequence, timestamp, ssrc: self.ssrc }
    }
}

impl Mapping {
    /// Whether a packet belongs where the mapping would put it.
    fn goes_on(&self, now: Tick, header: &Header, clock_rate: u32) -> bool {
        if self.ssrc != header.ssrc {
            return false;
        }
        let ahead = header.sequence.wrapping_sub(self.highest);
        if ahead >= DROPOUT_MAX {
            return ahead > 0_u16.wrapping_sub(MISORDER_MAX);
        }
        // A clock that was set anew without a new source, as some exchanges do on a transfer.
        let passed = clock_units(now.since(self.clock.at), clock_rate);
        let moved = header.timestamp.wrapping_sub(self.clock.timestamp);
        let error = moved.wrapping_sub(passed) as i32;
        error.unsigned_abs() < clock_units(CLOCK_JUMP, clock_rate) || self.repeats(header)
    }

    /// All packets of one key press carry the time of its beginning.
    fn repeats(&self, header: &Header) -> bool {
        header.timestamp == self.clock.timestamp
    }

    fn heard(self, now: Tick, header: &Header) -> Mapping {
        let clock = if self.repeats(header) {
            self.clock
        } else {
            Clock { timestamp: header.timestamp, at: now }
        };
        Mapping { highest: header.sequence, clock, ..self }
    }
}

/// Whether `a` comes before `b` on the circle of sequence numbers.
const fn is_before(a: u16, b: u16) -> bool {
    (a.wrapping_sub(b) as i16) < 0
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn input(ssrc: u32, sequence: u16, timestamp: u32) -> Header {
        Header { marker: false, payload_type: 8, sequence, timestamp, ssrc }
    }

    fn ms(millis: u64) -> Tick {
        Tick(1_000_000 + millis * 1_000)
    }

    /// Sequence, timestamp and marker of what goes out.
    fn out(header: Header) -> (u16, u32, bool) {
        (header.sequence, header.timestamp, header.marker)
    }

    #[test]
    fn announcement_agent_and_music_are_one_stream() {
        let mut stream = OutStream::new(9, 8_000, 65_534, 1_000);
        assert_eq!(out(stream.own(ms(0), 8, 160)), (65_534, 1_000, true));
        assert_eq!(out(stream.own(ms(20), 8, 160)), (65_535, 1_160, false));
        // The agent answers 500 ms later; his clock has nothing to do with ours.
        let agent = |n: u16| input(5, 4_000 + n, 0xffff_ff00_u32.wrapping_add(u32::from(n) * 160));
        let first = stream.relay(ms(520), &agent(0), 8).unwrap();
        assert_eq!((out(first), first.ssrc), ((0, 1_160 + 4_000, true), 9));
        assert_eq!(stream.relay(ms(540), &agent(1), 8).map(out), Ok((1, 5_320, false)));
        // One is lost before us, and one comes late: both stay as they are.
        assert_eq!(stream.relay(ms(580), &agent(3), 8).map(out), Ok((3, 5_640, false)));
        assert_eq!(stream.relay(ms(585), &agent(2), 8).map(out), Ok((2, 5_480, false)));
        // Music begins 10 ms after the last packet: a frame later, not half of one.
        assert_eq!(out(stream.own(ms(590), 8, 160)), (4, 5_800, true));
        assert_eq!(out(stream.own(ms(610), 8, 160)), (5, 5_960, false));
    }

    #[test]
    fn what_a_source_sent_before_it_took_over_is_dropped() {
        let mut stream = OutStream::new(9, 8_000, 0, 0);
        stream.own(ms(0), 8, 160);
        stream.relay(ms(20), &input(5, 100, 16_000), 8).unwrap();
        let late = stream.relay(ms(21), &input(5, 99, 15_840), 8);
        assert_eq!(late, Err(Dropped::BeforeTakeover));
        assert_eq!(stream.relay(ms(40), &input(5, 101, 16_160), 8).map(out), Ok((2, 320, false)));
    }

    #[test]
    fn a_jump_of_numbers_or_clock_is_a_new_source() {
        let mut stream = OutStream::new(9, 8_000, 0, 0);
        stream.relay(ms(0), &input(5, 100, 16_000), 8).unwrap();
        let jumped = stream.relay(ms(20), &input(5, 10_000, 16_160), 8);
        assert_eq!(jumped.map(out), Ok((1, 160, true)));
        let other_clock = stream.relay(ms(40), &input(5, 10_001, 9_000_000), 8);
        assert_eq!(other_clock.map(out), Ok((2, 320, true)));
        // Silence is no jump: the clock went on.
        let after_silence = stream.relay(ms(9_040), &input(5, 10_002, 9_072_000), 8);
        assert_eq!(after_silence.map(out), Ok((3, 72_320, false)));
    }

    #[test]
    fn hours_of_one_source_pass_without_a_drop() {
        let mut stream = OutStream::new(9, 8_000, 7, 0);
        for n in 0..200_000_u32 {
            let header = input(5, n as u16, n.wrapping_mul(160));
            let sent = stream.relay(ms(u64::from(n) * 20), &header, 8).unwrap();
            assert_eq!(sent.sequence, (n as u16).wrapping_add(7));
        }
    }

    #[test]
    fn a_long_key_press_of_the_source_is_no_jump() {
        let mut stream = OutStream::new(9, 8_000, 0, 0);
        stream.relay(ms(0), &input(5, 0, 0), 8).unwrap();
        for n in 1..=200_u16 {
            let header = input(5, n, 160);
            let sent = stream.relay(ms(u64::from(n) * 20), &header, 101).unwrap();
            assert_eq!((sent.timestamp, sent.payload_type), (160, 101));
        }
        let sound = stream.relay(ms(201 * 20), &input(5, 201, 201 * 160), 8);
        assert_eq!(sound.map(out), Ok((201, 201 * 160, false)));
    }

    #[test]
    fn a_key_of_our_own_stands_between_the_sounds() {
        let mut stream = OutStream::new(9, 8_000, 0, 0);
        let agent = |n: u16| input(5, n, u32::from(n) * 160);
        stream.relay(ms(0), &agent(0), 8).unwrap();
        let press = stream.timestamp_now(ms(20));
        for n in 1..=5_u16 {
            let now = ms(u64::from(n) * 20);
            stream.suppress(now, &agent(n));
            assert_eq!(out(stream.key(now, 101, n == 1, press)), (n, 160, n == 1));
        }
        assert_eq!(stream.relay(ms(120), &agent(6), 8).map(out), Ok((6, 960, true)));
        assert_eq!(stream.relay(ms(121), &agent(5), 8), Err(Dropped::BeforeTakeover));
        assert_eq!(stream.relay(ms(140), &agent(7), 8).map(out), Ok((7, 1_120, false)));
    }

    #[test]
    fn music_goes_on_at_its_time_after_a_key() {
        let mut stream = OutStream::new(9, 8_000, 0, 0);
        stream.own(ms(0), 8, 160);
        let press = stream.timestamp_now(ms(20));
        for n in 1..=5_u64 {
            stream.key(ms(n * 20), 101, n == 1, press);
        }
        assert_eq!(out(stream.own(ms(120), 8, 160)), (6, 960, true));
    }

    #[test]
    fn a_muted_leg_leaves_no_gap_in_the_numbers() {
        let mut stream = OutStream::new(9, 8_000, 0, 0);
        let agent = |n: u16| input(5, n, u32::from(n) * 160);
        let mut sent = Vec::new();
        for n in 0..10_u16 {
            let now = ms(u64::from(n) * 20);
            if (3..7).contains(&n) {
                stream.suppress(now, &agent(n));
            } else {
                sent.push(out(stream.relay(now, &agent(n), 8).unwrap()));
            }
        }
        let numbers: Vec<_> = sent.iter().map(|it| it.0).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
        assert_eq!(sent[3], (3, 7 * 160, true));
    }
}
