// SPDX-License-Identifier: EUPL-1.2
//! Packets of any length become frames of 20 ms, each with the number of its place in time.
//!
//! The number comes from the timestamp, so that a pause, a packet that was left out on purpose, and packets of
//! 10, 30 or 60 ms all end where they belong.

use crate::limits::CLOCK_JUMP;
use crate::packet::Header;
use crate::{clock_units, halfband::NARROW};

/// Bytes of 20 ms: one for each unit of the clock, in G.711 and in G.722 (RFC 3551 §4.5.2).
pub const FRAME_BYTES: usize = NARROW;

const CLOCK_RATE: u32 = 8_000;

/// Cuts one leg's packets into frames.
#[derive(Clone)]
pub(crate) struct Framer {
    source: Option<u32>,
    /// A timestamp and the number of its frame.
    base: u32,
    first: u16,
    newest: u16,
    /// The timestamp behind the last packet.
    end: u32,
    /// What is there of the next frame.
    partial: [u8; FRAME_BYTES],
    filled: usize,
}

impl Default for Framer {
    fn default() -> Self {
        let (source, partial) = (None, [0; FRAME_BYTES]);
        Framer { source, base: 0, first: 0, newest: 0, end: 0, partial, filled: 0 }
    }
}

impl Framer {
    /// A packet of sound arrived: `each` gets every frame that is complete, with its number.
    pub(crate) fn arrived(
        &mut self,
        header: &Header,
        payload: &[u8],
        mut each: impl FnMut(u16, &[u8; FRAME_BYTES]),
    ) {
        let jump = clock_units(CLOCK_JUMP, CLOCK_RATE);
        let step = (header.timestamp.wrapping_sub(self.end) as i32).unsigned_abs();
        if self.source != Some(header.ssrc) || step > jump {
            // Another clock: it goes on behind what was there.
            self.source = Some(header.ssrc);
            self.base = header.timestamp;
            self.first = self.newest.wrapping_add(1);
            self.filled = 0;
        } else if step != 0 {
            // Something is missing in between, or this came late: what was begun stays unfinished.
            self.filled = 0;
        }
        self.end = header.timestamp.wrapping_add(payload.len() as u32);
        let mut begins = header.timestamp.wrapping_sub(self.filled as u32);
        for &byte in payload {
            self.partial[self.filled] = byte;
            self.filled += 1;
            if self.filled == FRAME_BYTES {
                self.filled = 0;
                self.newest = self.number(begins);
                begins = begins.wrapping_add(FRAME_BYTES as u32);
                each(self.newest, &self.partial);
            }
        }
    }

    /// The frame that lies nearest.
    fn number(&self, timestamp: u32) -> u16 {
        let length = FRAME_BYTES as i32;
        let from_base = timestamp.wrapping_sub(self.base) as i32;
        let frames = from_base.wrapping_add(length / 2).div_euclid(length);
        self.first.wrapping_add(frames as u16)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec;
    use std::vec::Vec;

    /// Packets by source, timestamp and length, and the numbers of the frames that they complete.
    fn numbers(packets: &[(u32, u32, usize)]) -> Vec<u16> {
        let (mut framer, mut numbers) = (Framer::default(), Vec::new());
        for &(ssrc, timestamp, length) in packets {
            let header = Header { marker: false, payload_type: 8, sequence: 0, timestamp, ssrc };
            framer.arrived(&header, &vec![0x55; length], |number, _| numbers.push(number));
        }
        numbers
    }

    #[test]
    fn a_packet_of_20_ms_is_a_frame_also_across_the_end_of_the_clock() {
        let start = u32::MAX - 200;
        let packets: Vec<_> = (0..4).map(|it| (7, start.wrapping_add(it * 160), 160)).collect();
        assert_eq!(numbers(&packets), [1, 2, 3, 4]);
    }

    #[test]
    fn other_lengths_are_cut_and_put_together() {
        assert_eq!(numbers(&[(7, 0, 80), (7, 80, 80), (7, 160, 80)]), [1]);
        assert_eq!(numbers(&[(7, 0, 240), (7, 240, 240)]), [1, 2, 3]);
        assert_eq!(numbers(&[(7, 0, 480), (7, 480, 480)]), [1, 2, 3, 4, 5, 6]);
        assert_eq!(numbers(&[(7, 0, 0)]), []);
    }

    #[test]
    fn what_is_missing_leaves_its_place_free() {
        assert_eq!(numbers(&[(7, 0, 160), (7, 480, 160), (7, 320, 160)]), [1, 4, 3]);
        // Of 30 ms each: half a frame is lost with the second one.
        assert_eq!(numbers(&[(7, 0, 240), (7, 480, 240), (7, 720, 240)]), [1, 4, 5, 6]);
    }

    #[test]
    fn another_source_and_another_clock_go_on_behind() {
        assert_eq!(numbers(&[(7, 0, 160), (8, 9_999, 160), (8, 10_159, 160)]), [1, 2, 3]);
        assert_eq!(numbers(&[(7, 0, 160), (7, 1_000_000, 160)]), [1, 2]);
    }
}
