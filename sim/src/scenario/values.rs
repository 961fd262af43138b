// SPDX-License-Identifier: EUPL-1.2
//! Values as stories write them: times of day, durations, hours.

use calendar::Interval;
use std::str::FromStr;
use stdx::{Micros, Tick, Timestamp};

/// A story's first moment is midnight, some way into the log, so that a head start has room.
pub(super) const MIDNIGHT: Micros = Micros::from_mins(24 * 60);

/// `key words value`: the value is the last word.
pub(super) fn setting(cell: &str) -> Result<(&str, &str), String> {
    cell.rsplit_once(' ').ok_or_else(|| format!("wants a value: {cell}"))
}

pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("not a whole number: {text}"))
}

pub(super) fn read_duration(text: &str) -> Result<Micros, String> {
    let units = [("min", 60_000_000), ("ms", 1_000), ("s", 1_000_000), ("h", 3_600_000_000)];
    let found = units.into_iter().find_map(|(unit, micros)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        Some(Micros(number * micros))
    });
    found.ok_or_else(|| format!("not a duration: {text}"))
}

/// A story lasts three days at most; hours are counted on.
const HOURS_MAX: u64 = 72;

/// `09:00:00`, perhaps with a fraction of a second, to the microsecond.
pub(super) fn tick(text: &str) -> Result<Tick, String> {
    let wrong = || format!("not a time of day: {text}");
    let (text, fraction) = match text.split_once('.') {
        Some((text, digits)) if digits.len() <= 6 => {
            (text, format!("{digits:0<6}").parse::<u64>().map_err(|_| wrong())?)
        }
        Some(_) => return Err(wrong()),
        None => (text, 0),
    };
    let parts: Vec<u64> =
        text.split(':').map(|part| part.parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
    match parts[..] {
        [h, m, s] if h < HOURS_MAX && m < 60 && s < 60 => {
            let micros = Micros::from_secs(h * 3600 + m * 60 + s) + Micros(fraction);
            Ok(Tick((MIDNIGHT + micros).0))
        }
        _ => Err(wrong()),
    }
}

pub(super) fn interval(text: &str) -> Result<Interval, String> {
    let (from, until) = text.split_once('-').ok_or_else(|| format!("not hours: {text}"))?;
    let at = |time: &str| tick(&format!("{time}:00")).map(|tick| Timestamp(0) + Micros(tick.0));
    Ok(Interval { from: at(from)?, until: at(until)? })
}

/// The time of day as it is written.
pub(super) fn clock(at: Tick) -> String {
    let since_midnight = at.since(Tick(MIDNIGHT.0));
    let (secs, micros) = (since_midnight.as_secs(), since_midnight.0 % 1_000_000);
    let clock = format!("{:02}:{:02}:{:02}", secs / 3600, secs / 60 % 60, secs % 60);
    if micros == 0 {
        clock
    } else if micros.is_multiple_of(1_000) {
        format!("{clock}.{:03}", micros / 1_000)
    } else {
        format!("{clock}.{micros:06}")
    }
}

/// A duration as it is written.
pub(super) fn duration(length: Micros) -> String {
    let secs = length.as_secs();
    match (secs / 60, secs % 60) {
        (0, secs) => format!("{secs}s"),
        (mins, 0) => format!("{mins}min"),
        (mins, secs) => format!("{mins}min {secs}s"),
    }
}
