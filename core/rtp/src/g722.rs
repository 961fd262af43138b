// SPDX-License-Identifier: EUPL-1.2
//! G.722: 7 kHz of speech in 64 kbit/s, one byte for two samples at 16 kHz (mode 1).
//!
//! ```text
//!  samples ─▶ transmit QMF ─┬─ 0–4 kHz ─▶ ADPCM with 6 bits ─┬─▶ byte: hhllllll
//!                           └─ 4–8 kHz ─▶ ADPCM with 2 bits ─┘
//! ```
//!
//! Each band sends how far it is from what its predictor expected, in steps that widen and narrow
//! with the signal. Predictor and steps follow from the sent bits alone, so that both ends keep the
//! same ones.
//!
//! The rule to keep: every sum is a 16-bit word that stays at its limit, every product is rounded
//! down (ITU-T G.722 §6). One bit apart, and the two ends drift apart.
//!
//! The names in brackets are those of the Recommendation, e.g. (QUANTL).

use alloc::vec::Vec;

/// The 24 taps of both filters times 2¹³, those at even and at odd places side by side (table 11).
const QMF: [[i16; 2]; 12] = [
    [3, -11],
    [-11, 53],
    [12, -156],
    [32, 362],
    [-210, -805],
    [951, 3_876],
    [3_876, 951],
    [-805, -210],
    [362, 32],
    [-156, 12],
    [53, -11],
    [-11, 3],
];

/// Where one of the lower band's 30 intervals ends and the next begins, in steps times 2¹² (table 14, Q6).
const LOWER_BOUNDS: [i16; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1_023,
    1_121, 1_219, 1_339, 1_458, 1_612, 1_765, 1_980, 2_195, 2_557, 2_919,
];

/// What stands for each of the 30 intervals, in steps times 2¹² (table 14, QQ6).
const LOWER_LEVELS: [i16; 30] = [
    17, 54, 91, 130, 170, 211, 254, 300, 347, 396, 447, 501, 558, 618, 682, 750, 822, 899, 982,
    1_072, 1_170, 1_279, 1_399, 1_535, 1_689, 1_873, 2_088, 2_376, 2_738, 3_101,
];

/// The same of the upper four bits, which alone steer the predictor: a network may take the lower
/// two for data (table 14, QQ4).
const LOWER_COARSE_LEVELS: [i16; 8] = [0, 150, 323, 530, 786, 1_121, 1_612, 2_557];

/// How much each coarse interval widens the next step, in octaves times 2¹¹ (table 14, WL).
const LOWER_WIDENING: [i16; 8] = [-60, -30, 58, 172, 334, 538, 1_198, 3_042];

/// Where the upper band's first interval ends (table 14, Q2).
const UPPER_BOUND: i16 = 564;

/// What stands for each of the upper band's two intervals (table 14, QQ2).
const UPPER_LEVELS: [i16; 2] = [202, 926];

/// How much each interval of the upper band widens the next step (table 14, WH).
const UPPER_WIDENING: [i16; 2] = [-214, 798];

/// One octave of steps: 2^(i/32), times 2¹¹ (table 15, ILB).
const OCTAVE: [i16; 32] = [
    2_048, 2_093, 2_139, 2_186, 2_233, 2_282, 2_332, 2_383, 2_435, 2_489, 2_543, 2_599, 2_656,
    2_714, 2_774, 2_834, 2_896, 2_960, 3_025, 3_091, 3_158, 3_228, 3_298, 3_371, 3_444, 3_520,
    3_597, 3_676, 3_756, 3_838, 3_922, 4_008,
];

/// The signed level of each of the lower band's codewords (tables 14 and 18).
const LOWER_DECODED: [i16; 64] = lower_decoded();

/// The signed level and the widening of the upper four bits of a codeword (tables 14 and 17).
const LOWER_COARSE: [(i16, i16); 16] = lower_coarse();

/// Makes bytes of samples. A copy of it encodes on its own from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoder {
    filter: Filter,
    lower: Band,
    upper: Band,
}

/// Makes samples of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoder {
    filter: Filter,
    lower: Band,
    upper: Band,
}

impl Encoder {
    /// As after a reset: the steps at their narrowest, everything else zero.
    #[must_use]
    pub const fn new() -> Encoder {
        Encoder { filter: Filter::RESET, lower: Band::RESET, upper: Band::RESET }
    }

    /// The byte of the next two samples.
    #[must_use]
    pub fn byte_of(&mut self, pair: [i16; 2]) -> u8 {
        // Newest first.
        let (even, odd) = self.filter.sums([pair[1], pair[0]]);
        let lower = self.lower.encode_lower(limit((even + odd) >> 14));
        let upper = self.upper.encode_upper(limit((even - odd) >> 14));
        upper << 6 | lower
    }

    /// The bytes of the next samples.
    ///
    /// # Panics
    ///
    /// If the number of samples is odd: a byte is always of two.
    #[must_use]
    pub fn encode(&mut self, samples: &[i16]) -> Vec<u8> {
        let (pairs, rest) = samples.as_chunks();
        assert!(
            rest.is_empty(),
            "G.722 codes pairs, and one of {} samples is alone",
            samples.len()
        );
        pairs.iter().map(|pair| self.byte_of(*pair)).collect()
    }
}

impl Decoder {
    /// As after a reset, like [`Encoder::new`].
    #[must_use]
    pub const fn new() -> Decoder {
        Decoder { filter: Filter::RESET, lower: Band::RESET, upper: Band::RESET }
    }

    /// The next two samples.
    #[must_use]
    pub fn pair_of(&mut self, byte: u8) -> [i16; 2] {
        let lower = self.lower.decode_lower(byte & 0x3f);
        let upper = self.upper.decode_upper(byte >> 6);
        // Both have 15 bits: neither the sum nor the difference needs more than 16.
        let (even, odd) = self.filter.sums([lower - upper, lower + upper]);
        [even, odd].map(|sum| (sum >> 11).clamp(-0x8000, 0x7fff) as i16)
    }

    /// The samples of the next bytes, two of each.
    #[must_use]
    pub fn decode(&mut self, bytes: &[u8]) -> Vec<i16> {
        bytes.iter().flat_map(|byte| self.pair_of(*byte)).collect()
    }
}

impl Default for Encoder {
    fn default() -> Encoder {
        Encoder::new()
    }
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder::new()
    }
}

/// The delay line of a quadrature mirror filter in pairs, the newest word first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Filter([[i16; 2]; 12]);

impl Filter {
    const RESET: Filter = Filter([[0; 2]; 12]);

    /// Takes in two words and weights all; those at even and at odd places each have a sum.
    fn sums(&mut self, newest: [i16; 2]) -> (i32, i32) {
        self.0.copy_within(..11, 1);
        self.0[0] = newest;
        // The taps' magnitudes add up to 12,964: no sum of 16-bit words needs more than 31 bits.
        self.0.iter().zip(&QMF).fold((0, 0), |(even, odd), (words, taps)| {
            let [first, second] = [0, 1].map(|at| i32::from(words[at]) * i32::from(taps[at]));
            (even + first, odd + second)
        })
    }
}

/// One band at either end: how wide its steps are, and what it expects next.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Band {
    /// Octaves of the step above the narrowest, times 2¹¹ (NBL, NBH).
    width: i16,
    predictor: Predictor,
}

impl Band {
    const RESET: Band = Band { width: 0, predictor: Predictor::RESET };

    fn encode_lower(&mut self, word: i16) -> u8 {
        let code = lower_code(word.saturating_sub(self.predictor.estimate), lower_step(self.width));
        self.adapt_lower(code);
        code
    }

    fn decode_lower(&mut self, code: u8) -> i16 {
        let difference = product(LOWER_DECODED[usize::from(code)], lower_step(self.width));
        let word = limit(i32::from(self.predictor.estimate) + i32::from(difference));
        self.adapt_lower(code);
        word
    }

    fn encode_upper(&mut self, word: i16) -> u8 {
        let code = upper_code(word.saturating_sub(self.predictor.estimate), upper_step(self.width));
        let _reconstructed = self.adapt_upper(code);
        code
    }

    fn decode_upper(&mut self, code: u8) -> i16 {
        limit(i32::from(self.adapt_upper(code)))
    }

    fn adapt_lower(&mut self, code: u8) {
        let (level, widening) = LOWER_COARSE[usize::from(code >> 2)];
        let difference = product(level, lower_step(self.width));
        self.width = widened(self.width, widening, LOWER_WIDTH_MAX);
        let _reconstructed = self.predictor.follow(difference);
    }

    fn adapt_upper(&mut self, code: u8) -> i16 {
        // Table 21: two bits, a sign and which interval.
        let interval = usize::from(!code & 1);
        let level = signed(UPPER_LEVELS[interval], code & 2 == 0);
        let difference = product(level, upper_step(self.width));
        self.width = widened(self.width, UPPER_WIDENING[interval], UPPER_WIDTH_MAX);
        self.predictor.follow(difference)
    }
}

/// Steps of the lower band are at most nine octaves wider than the narrowest (LOGSCL).
const LOWER_WIDTH_MAX: i16 = 9 << 11;

/// Eleven octaves in the upper band (LOGSCH).
const UPPER_WIDTH_MAX: i16 = 11 << 11;

/// The next width: the old one is forgotten by 1/128 (LOGSCL, LOGSCH).
fn widened(width: i16, widening: i16, max: i16) -> i16 {
    (product(width, 0x7f00) + widening).clamp(0, max)
}

/// A step of the lower band, from 32 (SCALEL).
const fn lower_step(width: i16) -> i16 {
    step(width, 8)
}

/// A step of the upper band, from 8 (SCALEH).
const fn upper_step(width: i16) -> i16 {
    step(width, 10)
}

/// The step of a width, where 2^`octaves` of the unit of [`OCTAVE`] make one; a multiple of four.
const fn step(width: i16, octaves: i16) -> i16 {
    let within_octave = OCTAVE[(width >> 6 & 31) as usize] << 1;
    // The widest is one octave above the table.
    (within_octave >> (octaves + 1 - (width >> 11))) << 2
}

/// The codeword of a difference in the lower band (QUANTL; table 16).
fn lower_code(difference: i16, step: i16) -> u8 {
    let magnitude = magnitude(difference);
    let within = |bound: &i16| product(*bound << 3, step) <= magnitude;
    let interval = LOWER_BOUNDS.partition_point(within) as u8;
    match (difference < 0, interval) {
        (false, _) => 61 - interval,
        // So that no codeword begins with four zeros: a line needs edges.
        (true, 0 | 1) => 63 - interval,
        (true, _) => 33 - interval,
    }
}

/// The codeword of a difference in the upper band (QUANTH; table 20).
fn upper_code(difference: i16, step: i16) -> u8 {
    let outer = magnitude(difference) >= product(UPPER_BOUND << 3, step);
    let sign = if difference < 0 { 0 } else { 2 };
    sign | u8::from(!outer)
}

/// One's complement: the intervals on both sides of zero are alike.
const fn magnitude(difference: i16) -> i16 {
    if difference < 0 { !difference } else { difference }
}

/// Table 18 with its levels. The four codewords that are never sent count as the smallest.
const fn lower_decoded() -> [i16; 64] {
    let mut table = [0; 64];
    let mut code = 0;
    while code < table.len() {
        table[code] = match code {
            0..=3 => signed(LOWER_LEVELS[0], true),
            4..=31 => signed(LOWER_LEVELS[33 - code], true),
            32..=61 => signed(LOWER_LEVELS[61 - code], false),
            _ => signed(LOWER_LEVELS[63 - code], true),
        };
        code += 1;
    }
    table
}

/// Table 17 with its levels and widenings. The bits that are never sent count as the smallest.
const fn lower_coarse() -> [(i16, i16); 16] {
    let mut table = [(0, 0); 16];
    let mut bits = 0;
    while bits < table.len() {
        let interval = match bits {
            0 => 0,
            1..=7 => 8 - bits,
            _ => 15 - bits,
        };
        let level = signed(LOWER_COARSE_LEVELS[interval], bits < 8);
        table[bits] = (level, LOWER_WIDENING[interval]);
        bits += 1;
    }
    table
}

/// A level of a table, scaled to a fraction of 15 bits.
const fn signed(level: i16, negative: bool) -> i16 {
    if negative { -(level << 3) } else { level << 3 }
}

/// Expects the next word of a band from its last ones: two poles and six zeros, each of which moves
/// a little with the signs of what came.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Predictor {
    /// Fractions of 14 bits (AL, AH).
    poles: [i16; 2],
    /// Fractions of 14 bits (BL, BH).
    zeros: [i16; 6],
    /// The last reconstructed word (RLT, RH).
    reconstructed: i16,
    /// The last differences, the newest first (DLT, DH).
    differences: [i16; 6],
    /// Were the last two sums of difference and zeros below zero, the newest first (PLT, PH)?
    fell: [bool; 2],
    /// What the zeros alone expect (SZL, SZH).
    by_zeros: i16,
    /// What is expected (SL, SH).
    estimate: i16,
}

impl Predictor {
    const RESET: Predictor = Predictor {
        poles: [0; 2],
        zeros: [0; 6],
        reconstructed: 0,
        differences: [0; 6],
        fell: [false; 2],
        by_zeros: 0,
        estimate: 0,
    };

    /// Learns how far off the estimate was, and makes the next. The word as the other end has it.
    fn follow(&mut self, difference: i16) -> i16 {
        let word = self.estimate.saturating_add(difference);
        let falls = self.by_zeros.saturating_add(difference) < 0;
        self.move_poles(falls);
        self.move_zeros(difference);
        self.by_zeros = self.expected_by_zeros();
        let by_poles = product(self.poles[0], word.saturating_mul(2))
            .saturating_add(product(self.poles[1], self.reconstructed.saturating_mul(2)));
        self.estimate = by_poles.saturating_add(self.by_zeros);
        self.reconstructed = word;
        word
    }

    /// UPPOL2, then UPPOL1: the second pole bounds the first, so that the filter stays stable.
    fn move_poles(&mut self, falls: bool) {
        let [first, second] = self.poles;
        let [last, before] = self.fell;
        let pull = first.saturating_mul(4);
        let pull = if falls == last { pull.saturating_neg() } else { pull };
        let push = if falls == before { 128 } else { -128 };
        let second = ((pull >> 7) + push + product(second, 0x7f00)).clamp(-12_288, 12_288);
        let push = if falls == last { 192 } else { -192 };
        let bound = 15_360 - second;
        let first = (product(first, 0x7f80) + push).clamp(-bound, bound);
        self.poles = [first, second];
        self.fell = [falls, last];
    }

    /// UPZERO: each zero moves by whether its difference had the sign of the newest.
    fn move_zeros(&mut self, newest: i16) {
        let push = if newest == 0 { 0 } else { 128 };
        for (zero, difference) in self.zeros.iter_mut().zip(self.differences) {
            let alike = (difference < 0) == (newest < 0);
            *zero = product(*zero, 0x7f80).saturating_add(if alike { push } else { -push });
        }
        self.differences.copy_within(..5, 1);
        self.differences[0] = newest;
    }

    /// FILTEZ: the oldest first, as each sum may stay at a limit.
    fn expected_by_zeros(&self) -> i16 {
        let pairs = self.zeros.iter().zip(&self.differences).rev();
        pairs.fold(0, |sum: i16, (zero, difference)| {
            sum.saturating_add(product(*zero, difference.saturating_mul(2)))
        })
    }
}

/// The product of two fractions of 15 bits, rounded down.
const fn product(a: i16, b: i16) -> i16 {
    // −1 times −1 does not occur: steps and forgetting are positive, poles end at ±1.7 of 2 and a
    // difference doubled at ±24,808.
    ((a as i32 * b as i32) >> 15) as i16
}

/// A word of a band has 15 bits (LIMIT).
fn limit(word: i32) -> i16 {
    word.clamp(-0x4000, 0x3fff) as i16
}

// The steps after a reset (DETL, DETH), and the widest.
const _: () = assert!(lower_step(0) == 32 && upper_step(0) == 8);
const _: () =
    assert!(lower_step(LOWER_WIDTH_MAX) == 16_384 && upper_step(UPPER_WIDTH_MAX) == 16_384);
