// SPDX-License-Identifier: EUPL-1.2
//! Who does what, by chance.

use load::clock::{MILLISECOND, SECOND};
use stdx::Rng;

/// What a caller has in mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Talks for so long, once answered.
    Talks(u64),
    /// Puts the agent on hold once, and talks on.
    Holds(u64),
    /// Gives up after it has rung for so long.
    GivesUp(u64),
    /// Waits where nobody but the partner answers, and leaves after so long at the latest.
    Waits(u64),
}

/// What somebody does whom we let ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Called {
    /// Declines.
    Refuses,
    /// Lets it ring.
    IsAway,
    /// Answers after so long.
    Answers(u64, Then),
}

/// What whoever answered does then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Talks until the other side hangs up.
    Listens,
    /// Puts the other side on hold, comes back, and talks on.
    Holds,
    /// Hangs up after so long.
    HangsUp(u64),
    /// Hands the caller on without asking.
    HandsOn(To),
    /// Asks first, then connects both.
    Asks(To),
}

/// To whom a caller is handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// An agent, by number.
    Colleague(u64),
    /// A line.
    Line,
    /// An office outside.
    Office,
    /// The partner.
    Partner,
}

impl To {
    /// What is dialled.
    pub(crate) fn user(self) -> String {
        match self {
            To::Colleague(number) => format!("a{number}"),
            To::Line => "116".to_owned(),
            To::Office => "+4940123456".to_owned(),
            To::Partner => "+492214710900".to_owned(),
        }
    }
}

impl Caller {
    /// A caller and the number that is dialled.
    pub(crate) fn draw(rng: &mut Rng) -> (Caller, &'static str) {
        let talk = 300 * MILLISECOND + rng.below(4 * SECOND);
        match rng.below(100) {
            // Whoever is answered at once hears the greeting first.
            0..=39 => (Caller::Talks(talk + 2 * SECOND), "115"),
            40..=69 => (Caller::Talks(talk), "116"),
            70..=79 => (Caller::Holds(talk), "116"),
            80..=91 => (Caller::GivesUp(rng.below(SECOND)), "116"),
            92.. => (Caller::Waits(2 * SECOND + rng.below(6 * SECOND)), "117"),
        }
    }
}

impl Called {
    /// An agent's telephone.
    pub(crate) fn draw(rng: &mut Rng, agents: u64) -> Called {
        let answers = 20 * MILLISECOND + rng.below(600 * MILLISECOND);
        let to = match rng.below(10) {
            0..=3 => To::Colleague(rng.below(agents) + 1),
            4..=6 => To::Line,
            7 | 8 => To::Office,
            9.. => To::Partner,
        };
        let then = match rng.below(100) {
            0..=49 => Then::Listens,
            50..=63 => Then::Holds,
            64..=73 => Then::HangsUp(100 * MILLISECOND + rng.below(SECOND)),
            74..=86 => Then::HandsOn(to),
            // Only whoever answers can be asked.
            87.. => match to {
                To::Colleague(_) | To::Office => Then::Asks(to),
                To::Line | To::Partner => Then::Asks(To::Office),
            },
        };
        match rng.below(100) {
            0..=2 => Called::Refuses,
            3 => Called::IsAway,
            4.. => Called::Answers(answers, then),
        }
    }

    /// A colleague, the partner or an office who is asked: never asks others in turn.
    pub(crate) fn draw_outside(rng: &mut Rng) -> Called {
        let answers = 20 * MILLISECOND + rng.below(400 * MILLISECOND);
        match rng.below(10) {
            0 | 1 => Called::Refuses,
            2 => Called::IsAway,
            3..=5 => Called::Answers(answers, Then::HangsUp(rng.below(2 * SECOND))),
            6.. => Called::Answers(answers, Then::Listens),
        }
    }
}
