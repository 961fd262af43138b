// SPDX-License-Identifier: EUPL-1.2
//! When people call an authority: by month, weekday and half-hour.
//!
//! The yearly volume is the configuration's; only the shape is ours. It follows what is generally
//! known of service lines of authorities: mornings busier than afternoons, Monday the busiest day,
//! Friday the shortest, more before Christmas and around the summer holidays, little at night.

use stdx::{Micros, Timestamp};

/// Day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the days need none")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// One local half-hour of the rehearsed time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its first moment.
    pub start: Timestamp,
    /// 1 to 12.
    pub month: u8,
    /// Local weekday.
    pub weekday: Weekday,
    /// 0 for 00:00 to 47 for 23:30, local time.
    pub half_hour: u8,
    /// Whether the local day is a public holiday.
    pub holiday: bool,
    /// Counts the local days, from 0: half-hours of one day share how busy the day is.
    pub day: u32,
}

impl Slot {
    /// How long a slot is.
    pub const LENGTH: Micros = Micros::from_mins(30);
}

/// How calls spread over the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrafficShape {
    /// As people call an authority.
    Authority,
    /// The same at all times; for comparisons with theory.
    Even,
}

/// January to December.
const MONTHS: [f64; 12] = [1.06, 1.00, 1.03, 0.99, 0.97, 1.01, 1.05, 1.00, 1.02, 0.98, 0.97, 0.92];

/// Monday to Sunday.
const WEEKDAYS: [f64; 7] = [1.20, 1.06, 0.94, 1.04, 0.78, 0.03, 0.02];

/// From 06:00 on; before and after it is [`NIGHT`].
const HALF_HOURS_FROM: usize = 12;
const HALF_HOURS: [f64; 28] = [
    0.02, 0.06, 0.35, 0.62, 1.15, 1.50, 1.72, 1.76, 1.70, 1.66, 1.56, 1.42, 1.10, 0.92, 0.90, 1.00,
    1.10, 1.08, 0.98, 0.86, 0.68, 0.54, 0.36, 0.24, 0.10, 0.06, 0.04, 0.03,
];
const NIGHT: f64 = 0.005;

/// People know a holiday when they see one.
const HOLIDAY: f64 = 0.04;

impl TrafficShape {
    /// How busy a slot is, compared with others of this shape.
    #[must_use]
    pub fn weight(self, slot: &Slot) -> f64 {
        match self {
            TrafficShape::Even => 1.0,
            TrafficShape::Authority => {
                let month = MONTHS[usize::from(slot.month - 1)];
                let weekday = WEEKDAYS[slot.weekday as usize];
                let holiday = if slot.holiday { HOLIDAY } else { 1.0 };
                month * weekday * holiday * half_hour_weight(slot.half_hour)
            }
        }
    }
}

fn half_hour_weight(half_hour: u8) -> f64 {
    usize::from(half_hour)
        .checked_sub(HALF_HOURS_FROM)
        .and_then(|i| HALF_HOURS.get(i))
        .copied()
        .unwrap_or(NIGHT)
}
