// SPDX-License-Identifier: EUPL-1.2
//! Opening-hours rules, state holidays and one-off closures become timetables for `core/calendar`.
//!
//! An authority writes its hours in the `opening_hours` syntax of OpenStreetMap
//! (`Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off`). [`Rules::parse`] reads them and refuses what would
//! not mean what it seems to; [`expand`] turns them into explicit intervals for a bounded
//! [`LocalDates`]; [`Expansion::explain`] says why it is closed.
//!
//! ```
//! use hours::{LocalDates, Rules, State, Zone, expand, parse_date, parse_datetime};
//! let rules = Rules::parse("Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off")?;
//! let year = LocalDates::new(parse_date("2014-01-01")?, parse_date("2014-12-31")?)?;
//! let hours = expand(&rules, State::LowerSaxony, &[], year, &Zone::berlin())?;
//! assert!(hours.explain(parse_datetime("2014-12-24T12:05")?).is_open());
//! assert!(!hours.explain(parse_datetime("2014-10-03T10:00")?).is_open());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here reads a clock or a file: dates are arguments, the time zone database is compiled in.

mod days;
mod expand;
mod explain;
mod holidays;
mod local;
mod refusal;
mod rules;

pub use expand::{CLOSURES_MAX, Closure, ExpandError, Expansion, expand};
pub use explain::{ClosedBecause, Explained, Explanation};
pub use holidays::{Holiday, State, StateError, holidays};
pub use jiff::civil::{Date as LocalDate, DateTime as LocalDateTime, Time as LocalTime, Weekday};
pub use local::{
    DatesError, HORIZON_YEARS_MAX, HalfHour, LocalDates, LocalTimeError, YEARS, Zone, ZoneError,
    half_hours, parse_date, parse_datetime, rfc3339, weekday_de, weekday_en,
};
pub use refusal::{Expected, Refusal, RuleError};
pub use rules::{DAY_OFFSET_MAX, EXPRESSION_CHARS_MAX, OCCURRENCES_MAX, Rules};
