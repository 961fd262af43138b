// SPDX-License-Identifier: EUPL-1.2
//! Places and waiting times as German sentences of recorded pieces.
//!
//! Rule: what is said is never more exact than it is known. Ranges are widened outwards to whole minutes, and what
//! would say nothing is not said.

use crate::phrase::Phrase;
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

fn down(minutes: u64) -> u64 {
    if minutes <= EXACT_MAX { minutes } else { minutes / MINUTES_STEP * MINUTES_STEP }
}

fn up(minutes: u64) -> u64 {
    if minutes <= EXACT_MAX { minutes } else { minutes.next_multiple_of(MINUTES_STEP) }
}

fn number(number: u64) -> Phrase {
    Phrase::Number(u8::try_from(number).expect("no more than a hundred is ever counted"))
}
