// SPDX-License-Identifier: EUPL-1.2
//! Moments as XML writes them.

use jiff::Timestamp as Instant;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use stdx::Timestamp;

/// A moment of XML Schema, `2014-05-02T10:00:00+02:00`; without an offset, or as a day alone, it is taken as
/// UTC, because nothing says where it was written. None for anything else.
#[must_use]
pub fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let with_offset = text.parse::<Instant>().ok();
    let utc = |at: DateTime| at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let civil = || utc(text.parse::<DateTime>().ok()?);
    let day = || utc(text.parse::<Date>().ok()?.at(0, 0, 0, 0));
    let at = with_offset.or_else(civil).or_else(day)?;
    Some(Timestamp(at.as_microsecond()))
}

/// A moment as XML Schema writes it, in UTC; empty for what no calendar has.
#[must_use]
pub fn written(at: Timestamp) -> String {
    Instant::from_microsecond(at.0).map(|at| at.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_with_and_without_offset() {
        let noon = Some(Timestamp(1_399_024_800_000_000));
        for text in ["2014-05-02T10:00:00Z", "2014-05-02T12:00:00+02:00", "2014-05-02T10:00:00.000"]
        {
            assert_eq!(moment(text), noon, "{text}");
        }
        assert_eq!(moment(&written(Timestamp(1))), Some(Timestamp(1)));
        assert_eq!(moment("2014-05-02"), Some(Timestamp(1_398_988_800_000_000)));
        for text in ["", "gestern", "2014-13-02", "02.05.2014"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
