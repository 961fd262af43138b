// SPDX-License-Identifier: EUPL-1.2
//! The clock of RTCP reports: 32.32 fixed-point seconds that never jump.

use stdx::{Micros, Tick};

/// A time in RTCP: seconds in the upper 32 bits, their fraction in the lower (RFC 3550 §4).
///
/// Ours is the log's own time and not the calendar's: RFC 3550 §6.4.1 lets a sender use the time
/// since it began, and a round trip must not become wrong when the machine's clock is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NtpTime(pub u64);

impl NtpTime {
    /// A moment of the log's time, modulo 2³² seconds.
    #[must_use]
    pub const fn from_tick(tick: Tick) -> Self {
        NtpTime((((tick.0 as u128) << 32) / 1_000_000) as u64)
    }

    /// The middle 32 bits, in units of 1/65,536 s: what a report repeats as "last SR".
    #[must_use]
    pub const fn middle(self) -> u32 {
        (self.0 >> 16) as u32
    }
}

/// A length of time in units of 1/65,536 s; 18 hours and longer become the largest.
pub(crate) fn short_units(length: Micros) -> u32 {
    u32::try_from((u128::from(length.0) << 16) / 1_000_000).unwrap_or(u32::MAX)
}

/// Units of 1/65,536 s as a length of time.
pub(crate) const fn from_short_units(units: u32) -> Micros {
    Micros((units as u64 * 1_000_000) >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_and_a_half_is_one_and_a_half() {
        let time = NtpTime::from_tick(Tick(1_500_000));
        assert_eq!(time, NtpTime(0x0000_0001_8000_0000));
        assert_eq!(time.middle(), 0x0001_8000);
    }

    #[test]
    fn short_units_go_there_and_back_within_their_size() {
        for micros in [0, 15, 16, 20_000, 5_250_000, 60_000_000] {
            let back = from_short_units(short_units(Micros(micros)));
            assert!(back.0 <= micros && micros - back.0 <= 16, "{micros} became {back:?}");
        }
        assert_eq!(short_units(Micros::from_secs(100_000)), u32::MAX);
    }
}
