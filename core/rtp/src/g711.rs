// SPDX-License-Identifier: EUPL-1.2
//! G.711: eight bits a sample by two laws, A in Europe and µ in America and Japan.
//!
//! Both cut the range into eight segments of 16 steps, each segment with steps twice as wide as
//! those of the one below. Linear samples have 16 bits; A-law uses the upper 13, µ-law the upper 14.

macro_rules! tabulate {
    ($of:expr) => {{
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = $of(byte as u8);
            byte += 1;
        }
        table
    }};
}

/// Linear sample of every A-law byte, −32,256 to 32,256 (G.711 table 1a, scaled to 16 bits).
pub const ALAW_TO_LINEAR: [i16; 256] = tabulate!(alaw_decode);

/// Linear sample of every µ-law byte, −32,124 to 32,124 (G.711 table 2a, scaled to 16 bits).
pub const ULAW_TO_LINEAR: [i16; 256] = tabulate!(ulaw_decode);

/// The A-law byte for every µ-law byte: decoded and encoded again.
pub const ULAW_TO_ALAW: [u8; 256] = tabulate!(alaw_of_ulaw);

/// The µ-law byte for every A-law byte: decoded and encoded again.
pub const ALAW_TO_ULAW: [u8; 256] = tabulate!(ulaw_of_alaw);

/// The byte of silence in A-law.
pub const ALAW_SILENCE: u8 = alaw_encode(0);

/// The byte of silence in µ-law.
pub const ULAW_SILENCE: u8 = ulaw_encode(0);

/// Every other bit is inverted in A-law, so that silence still has edges to keep a line in step.
const ALAW_EVEN_BITS: u8 = 0x55;

/// Added to every magnitude of 14 bits before encoding and taken off after decoding: so every µ-law
/// segment begins at a power of two.
const ULAW_BIAS: u16 = 33;

/// One linear sample to A-law.
#[must_use]
pub const fn alaw_encode(sample: i16) -> u8 {
    // One's complement: the steps on both sides of zero are alike.
    let magnitude = if sample < 0 { !sample } else { sample } as u16 >> 4;
    let sign = if sample < 0 { 0 } else { 0x80 };
    // The lowest two segments have the same step; from there on each has its highest bit one up.
    let segment = 12_u32.saturating_sub(magnitude.leading_zeros());
    let step = if segment == 0 { magnitude } else { (magnitude >> (segment - 1)) & 0x0f };
    (sign | (segment as u8) << 4 | step as u8) ^ ALAW_EVEN_BITS
}

/// One linear sample to µ-law. What is too loud becomes the loudest.
#[must_use]
pub const fn ulaw_encode(sample: i16) -> u8 {
    let magnitude = (if sample < 0 { !sample } else { sample } as u16 >> 2) + ULAW_BIAS;
    let magnitude = if magnitude > 0x1fff { 0x1fff } else { magnitude };
    let sign = if sample < 0 { 0 } else { 0x80 };
    // The bias makes bit 5 the lowest that can be highest.
    let segment = 10 - magnitude.leading_zeros();
    let step = (magnitude >> (segment + 1)) & 0x0f;
    // µ-law inverts all bits of the magnitude.
    sign | (0x7f ^ ((segment as u8) << 4 | step as u8))
}

const fn alaw_decode(byte: u8) -> i16 {
    let byte = byte ^ ALAW_EVEN_BITS;
    let segment = byte >> 4 & 7;
    // The middle of the step.
    let step = ((byte & 0x0f) as i16) << 4 | 8;
    let magnitude = if segment == 0 { step } else { (step + 0x100) << (segment - 1) };
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}

const fn ulaw_decode(byte: u8) -> i16 {
    let inverted = !byte;
    let segment = inverted >> 4 & 7;
    let step = ((inverted & 0x0f) as i16) << 3;
    let bias = (ULAW_BIAS as i16) << 2;
    let magnitude = ((step + bias) << segment) - bias;
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}

const fn alaw_of_ulaw(byte: u8) -> u8 {
    alaw_encode(ulaw_decode(byte))
}

const fn ulaw_of_alaw(byte: u8) -> u8 {
    ulaw_encode(alaw_decode(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The conversions as ITU-T G.191 (Software Tool Library, module G.711) states them: shift
    /// until it fits.
    mod itu {
        pub(super) fn alaw_compress(sample: i16) -> u8 {
            let mut value = if sample < 0 { !sample >> 4 } else { sample >> 4 };
            if value > 15 {
                let mut exponent = 1;
                while value > 16 + 15 {
                    value >>= 1;
                    exponent += 1;
                }
                value = value - 16 + (exponent << 4);
            }
            if sample >= 0 {
                value |= 0x80;
            }
            value as u8 ^ 0x55
        }

        pub(super) fn alaw_expand(byte: u8) -> i16 {
            let value = i16::from((byte ^ 0x55) & 0x7f);
            let exponent = value >> 4;
            let mut mantissa = value & 0x0f;
            if exponent > 0 {
                mantissa += 16;
            }
            mantissa = (mantissa << 4) + 8;
            if exponent > 1 {
                mantissa <<= exponent - 1;
            }
            if byte > 127 { mantissa } else { -mantissa }
        }

        pub(super) fn ulaw_compress(sample: i16) -> u8 {
            let absolute = if sample < 0 { (!sample >> 2) + 33 } else { (sample >> 2) + 33 };
            let absolute = absolute.min(0x1fff);
            let mut rest = absolute >> 6;
            let mut segment = 1;
            while rest != 0 {
                segment += 1;
                rest >>= 1;
            }
            let high = 0x8 - segment;
            let low = 0xf - ((absolute >> segment) & 0xf);
            let byte = (high << 4 | low) as u8;
            if sample >= 0 { byte | 0x80 } else { byte }
        }

        pub(super) fn ulaw_expand(byte: u8) -> i16 {
            let sign = if byte < 0x80 { -1 } else { 1 };
            let inverted = i32::from(!byte);
            let exponent = inverted >> 4 & 7;
            let step = 4 << (exponent + 1);
            let magnitude = (0x80 << exponent) + step * (inverted & 0xf) + step / 2 - 4 * 33;
            sign * magnitude as i16
        }
    }

    #[test]
    fn every_sample_becomes_what_the_itu_s_algorithm_makes_of_it() {
        for sample in i16::MIN..=i16::MAX {
            assert_eq!(alaw_encode(sample), itu::alaw_compress(sample), "A-law of {sample}");
            assert_eq!(ulaw_encode(sample), itu::ulaw_compress(sample), "µ-law of {sample}");
        }
    }

    #[test]
    fn every_byte_becomes_what_the_itu_s_algorithm_makes_of_it() {
        for byte in 0..=255_u8 {
            let at = usize::from(byte);
            assert_eq!(ALAW_TO_LINEAR[at], itu::alaw_expand(byte), "A-law {byte:#04x}");
            assert_eq!(ULAW_TO_LINEAR[at], itu::ulaw_expand(byte), "µ-law {byte:#04x}");
        }
    }

    #[test]
    fn known_values() {
        assert_eq!((ALAW_SILENCE, ULAW_SILENCE), (0xd5, 0xff));
        assert_eq!((ALAW_TO_LINEAR[0xd5], ALAW_TO_LINEAR[0x55]), (8, -8));
        assert_eq!((ALAW_TO_LINEAR[0xaa], ALAW_TO_LINEAR[0x2a]), (32_256, -32_256));
        assert_eq!((ULAW_TO_LINEAR[0xff], ULAW_TO_LINEAR[0x7f]), (0, 0));
        assert_eq!((ULAW_TO_LINEAR[0x80], ULAW_TO_LINEAR[0x00]), (32_124, -32_124));
        assert_eq!((alaw_encode(i16::MAX), alaw_encode(i16::MIN)), (0xaa, 0x2a));
        assert_eq!((ulaw_encode(i16::MAX), ulaw_encode(i16::MIN)), (0x80, 0x00));
    }

    /// The digital milliwatt: 1 kHz at 0 dBm0 (G.711 tables 5 and 6).
    #[test]
    fn the_digital_milliwatt_has_its_shape() {
        let alaw = [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4_u8];
        let ulaw = [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e_u8];
        for (a, u) in alaw.into_iter().zip(ulaw) {
            let (a, u) = (ALAW_TO_LINEAR[usize::from(a)], ULAW_TO_LINEAR[usize::from(u)]);
            let near = i32::from(a).abs_diff(i32::from(u)) < 600;
            assert!(a.signum() == u.signum() && near, "{a} and {u}");
        }
    }

    #[test]
    fn decoding_and_encoding_again_changes_nothing() {
        for byte in 0..=255_u8 {
            let at = usize::from(byte);
            assert_eq!(alaw_encode(ALAW_TO_LINEAR[at]), byte);
            // µ-law has two zeros; both are silence.
            let expected = if byte == 0x7f { 0xff } else { byte };
            assert_eq!(ulaw_encode(ULAW_TO_LINEAR[at]), expected);
        }
    }

    /// How far the mapped byte lies from the sample, and how far the nearest does.
    fn distances(sample: i16, mapped: u8, table: &[i16; 256]) -> (u16, Option<u16>) {
        let nearest = table.iter().map(|&it| sample.abs_diff(it)).min();
        (sample.abs_diff(table[usize::from(mapped)]), nearest)
    }

    #[test]
    fn the_direct_maps_take_the_nearest() {
        for byte in 0..=255 {
            let (distance, nearest) =
                distances(ULAW_TO_LINEAR[byte], ULAW_TO_ALAW[byte], &ALAW_TO_LINEAR);
            assert_eq!(Some(distance), nearest, "µ-law {byte:#04x}");
            let sample = ALAW_TO_LINEAR[byte];
            let (distance, nearest) = distances(sample, ALAW_TO_ULAW[byte], &ULAW_TO_LINEAR);
            // This one lies on the edge of a segment, and the encoder's rule puts it outside.
            let expected = if sample.abs() == 8_064 { Some(252) } else { nearest };
            assert_eq!(Some(distance), expected, "A-law {byte:#04x}");
        }
    }

    #[test]
    fn there_and_back_between_the_laws_moves_at_most_one_step() {
        for byte in 0..=255_u8 {
            let back = ULAW_TO_ALAW[usize::from(ALAW_TO_ULAW[usize::from(byte)])];
            let step = |byte: u8| i16::from((byte ^ ALAW_EVEN_BITS) & 0x7f);
            assert!((step(back) - step(byte)).abs() <= 1, "{byte:#04x} came back as {back:#04x}");
        }
    }
}
