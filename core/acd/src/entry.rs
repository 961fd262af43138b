// SPDX-License-Identifier: EUPL-1.2
//! The door: what a caller meets at call set-up.

use crate::contact::{ClosedBecause, Departure, SentAway};
use calendar::Opening;
use stdx::limits::CONTACTS_MAX;

/// What the door finds inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Contacts in the whole centre.
    pub contacts: usize,
    /// Contacts of the line's queue that are entering or waiting.
    pub in_queue: u32,
    /// How many there may be.
    pub length_max: u32,
}

/// What the door decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Come in.
    Enter,
    /// Hear why not, and good-bye.
    TurnAway(Departure),
}

/// Whether a caller is let in: open, and room for one more. `closed` goes before the timetable; `load`
/// is none for a line without a queue; `comes_back` says that a place is kept for this caller.
///
/// Who is let in keeps that right: room is counted here, so nobody hears the greeting and is then
/// sent away for want of room; closing time turns away only those who have not come yet; and who
/// was cut off and comes back in time is as one who never left, so a queue may grow beyond its
/// length by those few ([`stdx::limits::REMEMBERED_CALLERS_MAX`] at the very most).
#[must_use]
pub fn admit(
    closed: Option<ClosedBecause>,
    opening: Opening,
    load: Option<Load>,
    comes_back: bool,
) -> Admission {
    if comes_back && load.is_some_and(|load| load.contacts < CONTACTS_MAX) {
        return Admission::Enter;
    }
    if let Some(because) = closed {
        return Admission::TurnAway(Departure::Closed(because));
    }
    match opening {
        Opening::Closed { .. } => Admission::TurnAway(Departure::Closed(ClosedBecause::Hours)),
        Opening::BeyondHorizon => {
            Admission::TurnAway(Departure::Closed(ClosedBecause::TimetableEnded))
        }
        Opening::Open { .. } => match load {
            None => Admission::TurnAway(Departure::Closed(ClosedBecause::AnnouncementOnly)),
            Some(load) if load.contacts >= CONTACTS_MAX => {
                Admission::TurnAway(Departure::SentAway(SentAway::CentreFull))
            }
            Some(load) if load.in_queue >= load.length_max => {
                Admission::TurnAway(Departure::SentAway(SentAway::QueueFull))
            }
            Some(_) => Admission::Enter,
        },
    }
}
