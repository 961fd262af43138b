// SPDX-License-Identifier: EUPL-1.2
//! A small buffer before a mix: frames that come unevenly leave evenly.
//!
//! ```text
//!            `depth` frames are there
//!  Filling ──────────────────────────▶ Playing ──┐ a frame for every tick: the next one, or
//!     ▲                                  │       │ the last one again, fading
//!     └───── nothing for so long that ◀──┘ ◀─────┘
//!            the fade has ended
//! ```
//!
//! Only a leg that is mixed has one; what is relayed is not delayed.

use crate::limits::{MISORDER_MAX, PLAYOUT_MAX};
use core::fmt;

/// What a tick played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Played {
    /// The frame whose turn it was.
    Frame,
    /// It is missing: the last one again, at half, a quarter, an eighth of its level.
    Concealed,
    /// Nothing to play: not filled yet, or the fade is over.
    Silence,
}

/// After so many repetitions a fade is silence: 60 ms, as G.711 appendix I.
const FADE: u8 = 3;

/// A buffer of frames with `N` samples each, 20 ms: 160 at 8 kHz, 320 at 16 kHz.
///
/// What it holds is what somebody says: it is not printed.
#[derive(Clone)]
pub struct Playout<const N: usize> {
    slots: [Option<[i16; N]>; PLAYOUT_MAX],
    depth: u16,
    /// The number whose turn comes next; `None` while nothing has come.
    next: Option<u16>,
    playing: bool,
    last: [i16; N],
    /// The number after that of `last`.
    after_last: u16,
    repeated: u8,
    discarded: u64,
}

impl<const N: usize> Playout<N> {
    /// An empty buffer that delays by `depth` frames, 1 to [`PLAYOUT_MAX`] / 2.
    ///
    /// # Panics
    /// If `depth` is out of its range.
    #[must_use]
    pub const fn new(depth: u16) -> Self {
        assert!(depth >= 1 && depth as usize <= PLAYOUT_MAX / 2, "depth is 1 to PLAYOUT_MAX / 2");
        Playout {
            slots: [None; PLAYOUT_MAX],
            depth,
            next: None,
            playing: false,
            last: [0; N],
            after_last: 0,
            repeated: FADE,
            discarded: 0,
        }
    }

    /// Frames that came too late or too early to be played.
    #[must_use]
    pub const fn discarded(&self) -> u64 {
        self.discarded
    }

    /// A frame arrived; `sequence` is its packet's.
    pub fn push(&mut self, sequence: u16, frame: &[i16; N]) {
        let next = self.next.unwrap_or(sequence);
        let ahead = sequence.wrapping_sub(next);
        let behind = next.wrapping_sub(sequence);
        if (1..MISORDER_MAX).contains(&behind) {
            self.discarded += 1;
            return;
        }
        if !self.playing && self.waiting() == 0 {
            self.next = Some(sequence);
        } else if usize::from(ahead) >= PLAYOUT_MAX {
            self.make_room(sequence, usize::from(ahead));
        }
        self.slots[slot(sequence)] = Some(*frame);
        self.playing |= self.waiting() >= usize::from(self.depth);
    }

    fn waiting(&self) -> usize {
        self.slots.iter().flatten().count()
    }

    /// Too early: the sender's clock is faster, or a pause was made up. The oldest frames go.
    fn make_room(&mut self, sequence: u16, ahead: usize) {
        if ahead < 2 * PLAYOUT_MAX {
            while let Some(next) = self.next
                && usize::from(sequence.wrapping_sub(next)) >= usize::from(self.depth)
            {
                self.discarded += u64::from(self.slots[slot(next)].take().is_some());
                self.next = Some(next.wrapping_add(1));
            }
        } else {
            self.discarded += self.waiting() as u64;
            self.slots = [None; PLAYOUT_MAX];
            self.next = Some(sequence);
            self.playing = false;
        }
    }

    /// One tick of 20 ms: fills `out`, and says with what.
    pub fn pop(&mut self, out: &mut [i16; N]) -> Played {
        let Some(next) = self.next.filter(|_| self.playing) else {
            return self.conceal(out);
        };
        self.next = Some(next.wrapping_add(1));
        let Some(frame) = self.slots[slot(next)].take() else {
            let played = self.conceal(out);
            // The sender paused. It may go on with the number after the last that was played.
            if played == Played::Silence && self.waiting() == 0 {
                self.next = Some(self.after_last);
                self.playing = false;
            }
            return played;
        };
        self.after_last = next.wrapping_add(1);
        self.last = frame;
        self.repeated = 0;
        *out = frame;
        Played::Frame
    }

    fn conceal(&mut self, out: &mut [i16; N]) -> Played {
        if self.repeated >= FADE {
            out.fill(0);
            return Played::Silence;
        }
        self.repeated += 1;
        for (out, last) in out.iter_mut().zip(self.last) {
            *out = last / (1 << self.repeated);
        }
        Played::Concealed
    }
}

impl<const N: usize> fmt::Debug for Playout<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Playout { depth, next, playing, discarded, .. } = self;
        let waiting = self.waiting();
        write!(f, "playout of {depth}: {waiting} wait, next {next:?}, ")?;
        write!(f, "playing {playing}, discarded {discarded}")
    }
}

fn slot(sequence: u16) -> usize {
    usize::from(sequence) % PLAYOUT_MAX
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::format;
    use std::string::String;

    /// Plays a script: numbers are packets that arrive (each full of its own number), `.` is a tick.
    #[track_caller]
    fn check(script: &str, expected: &str) {
        let mut playout = Playout::<2>::new(2);
        let mut heard = String::new();
        for word in script.split_whitespace() {
            if word != "." {
                let sequence: i32 = word.parse().unwrap();
                playout.push(sequence as u16, &[sequence as i16; 2]);
                continue;
            }
            let mut out = [0; 2];
            let played = playout.pop(&mut out);
            assert_eq!(out[0], out[1]);
            let word = match played {
                Played::Frame => format!("{} ", out[0]),
                Played::Concealed => format!("({}) ", out[0]),
                Played::Silence => "- ".into(),
            };
            heard.push_str(&word);
        }
        assert_eq!(heard.trim_end(), expected);
    }

    #[test]
    fn plays_in_order_once_it_is_filled() {
        check("1 . 2 . 3 . 4 . . .", "- 1 2 3 4 (2)");
    }

    #[test]
    fn puts_back_in_order_what_came_in_disorder() {
        check("8 9 . 11 . 10 . . ", "8 9 10 11");
    }

    #[test]
    fn repeats_and_fades_what_is_missing() {
        check("79 80 . . 82 . .", "79 80 (40) 82");
        check("79 80 . . . . . . .", "79 80 (40) (20) (10) - -");
    }

    #[test]
    fn drops_what_comes_too_late_and_what_came_before() {
        check("8 9 . . . 10 11 . 11 . .", "8 9 (4) 11 (5) (2)");
    }

    #[test]
    fn fills_again_after_a_pause_with_any_number() {
        check("8 9 . . . . . . 500 . 501 . .", "8 9 (4) (2) (1) - - 500 501");
    }

    #[test]
    fn goes_on_after_a_pause_with_the_next_number() {
        check("8 9 . . . . . . 10 11 . .", "8 9 (4) (2) (1) - 10 11");
        check("8 9 . . . . . . 9 10 . 11 .", "8 9 (4) (2) (1) - - 10");
    }

    #[test]
    fn crosses_the_end_of_the_numbers() {
        check("65534 65535 . 0 . 1 . .", "-2 -1 0 1");
    }

    #[test]
    fn keeps_its_delay_when_the_sender_is_faster() {
        // Ten frames come at once into room for eight: the oldest are left out.
        check("1 2 3 4 5 6 7 8 9 10 . . .", "8 9 10");
    }

    #[test]
    fn begins_anew_when_the_sender_does() {
        check("8 9 . 30000 . 30001 . .", "8 (4) 30000 30001");
    }
}
