// SPDX-License-Identifier: EUPL-1.2
//! Places and waiting times as German sentences of recorded pieces.
//!
//! Rule: what is said is never more exact than it is known. Ranges are widened outwards to whole minutes, and what
//! would say nothing is not said.

use crate::phrase::{NUMBERS, Phrase};
use alloc::vec;
use alloc::vec::Vec;
use stdx::Micros;

/// Up to this number every one is recorded.
const EXACT_MAX: u64 = 20;

/// The most callers that are counted; what is more is "more than a hundred".
const CALLERS_MAX: u64 = 100;

/// The most minutes that are named; what is longer is "more than thirty".
const MINUTES_MAX: u64 = 30;

/// From [`EXACT_MAX`] on minutes are told in such steps.
const MINUTES_STEP: u64 = 5;

/// Days until the same day of the week comes again.
const WEEK: u32 = 7;

const MINUTE: Micros = Micros::from_mins(1);

/// The place of who waits, 1 for the next one.
#[must_use]
pub fn place(position: usize) -> Vec<Phrase> {
    let ahead = (position as u64).saturating_sub(1);
    match ahead {
        0 => vec![Phrase::Next],
        1 => vec![Phrase::OneAhead],
        2..=EXACT_MAX => vec![Phrase::Ahead, number(ahead), Phrase::Callers],
        _ => {
            let tens = ((ahead - 1) / 10 * 10).min(CALLERS_MAX);
            vec![Phrase::Ahead, Phrase::MoreThan, number(tens), Phrase::Callers]
        }
    }
}

/// How long it takes from now on, from at least to at most. Nothing if that is too wide to say anything: less than
/// a minute, or more than half an hour.
#[must_use]
pub fn wait(from: Micros, until: Micros) -> Vec<Phrase> {
    if until <= MINUTE {
        return vec![Phrase::Wait, Phrase::UnderAMinute];
    }
    let least = down(from.0 / MINUTE.0);
    let most = up(until.0.div_ceil(MINUTE.0));
    let mut said = vec![Phrase::Wait];
    match (least, most) {
        (0, MINUTES_MAX..) if most > MINUTES_MAX => return Vec::new(),
        (0, _) => said.extend([Phrase::UpTo, number(most), Phrase::Minutes]),
        (MINUTES_MAX.., _) => said.extend([Phrase::MoreThan, number(MINUTES_MAX), Phrase::Minutes]),
        (1, _) if most > MINUTES_MAX => said.extend([Phrase::MoreThan, Phrase::OneMinute]),
        (_, _) if most > MINUTES_MAX => {
            said.extend([Phrase::MoreThan, number(least), Phrase::Minutes]);
        }
        (_, _) if least == most => said.extend([Phrase::About, number(most), Phrase::Minutes]),
        (_, _) => said.extend([number(least), Phrase::To, number(most), Phrase::Minutes]),
    }
    said
}

/// When it opens again: in so many days, on this day of the week (0 for Monday), at this time. Nothing from a week on,
/// where a day of the week would mislead, nor at a minute that is not recorded.
#[must_use]
pub fn opening(days: u32, weekday: u8, (hour, minute): (u8, u8)) -> Vec<Phrase> {
    // "Ein Uhr" is right, "sieben Uhr ein" is not.
    let is_recorded = |number: &u8| NUMBERS.contains(number);
    let day = match days {
        0 => Phrase::Today,
        1 => Phrase::Tomorrow,
        2..WEEK if weekday < 7 => Phrase::On(weekday),
        _ => return Vec::new(),
    };
    if hour > 23 || !is_recorded(&hour) || minute == 1 || minute > 59 || !is_recorded(&minute) {
        return Vec::new();
    }
    let mut said = vec![Phrase::Open, day, Phrase::From, Phrase::Number(hour), Phrase::Clock];
    said.extend((minute > 0).then_some(Phrase::Number(minute)));
    said.push(Phrase::Again);
    said
}

fn down(minutes: u64) -> u64 {
    if minutes <= EXACT_MAX { minutes } else { minutes / MINUTES_STEP * MINUTES_STEP }
}

fn up(minutes: u64) -> u64 {
    if minutes <= EXACT_MAX { minutes } else { minutes.next_multiple_of(MINUTES_STEP) }
}

fn number(number: u64) -> Phrase {
    Phrase::Number(u8::try_from(number).expect("no more than a hundred is ever counted"))
}
