// SPDX-License-Identifier: EUPL-1.2
//! Durations as people write them: `500ms`, `20s`, `3min`, `1h`, `1min 30s`.

use stdx::Micros;

/// The units, longest first, and their length in microseconds.
const UNITS: [(&str, u64); 4] =
    [("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1_000)];

/// Reads a duration; every unit at most once, longer ones first. `None` if it is none, or too long
/// to count.
#[must_use]
pub fn parse(text: &str) -> Option<Micros> {
    let mut units_left = UNITS.as_slice();
    let mut sum: u64 = 0;
    for part in text.split(' ') {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = part.split_at(digits);
        let place = units_left.iter().position(|(name, _)| *name == unit)?;
        let (_, length) = units_left.get(place)?;
        units_left = units_left.get(place + 1..)?;
        sum = number.parse::<u64>().ok()?.checked_mul(*length)?.checked_add(sum)?;
    }
    Some(Micros(sum))
}

/// Writes a duration in the form that [`parse`] reads; what is shorter than a millisecond is cut off.
#[must_use]
pub fn written(length: Micros) -> String {
    let mut left = length.0;
    let mut parts = Vec::new();
    for (name, unit) in UNITS {
        if left / unit > 0 {
            parts.push(format!("{}{name}", left / unit));
        }
        left %= unit;
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for text in ["0s", "500ms", "20s", "3min", "1h", "1min 30s", "24h", "1h 1min 1s 1ms"] {
            assert_eq!(written(parse(text).unwrap()), text);
        }
        assert_eq!(parse("90s"), Some(Micros::from_secs(90)));
        assert_eq!(written(Micros::from_secs(90)), "1min 30s");
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            " ",
            "20",
            "s",
            "20 s",
            "-20s",
            "+20s",
            "20s 1min",
            "1s 1s",
            "1,5s",
            "1.5s",
            "20S",
            "1d",
            "1min  30s",
            "99999999999999999999s",
            "99999999999999999h",
            "NaN",
            "∞",
            "1m",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
