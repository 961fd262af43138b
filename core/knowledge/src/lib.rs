// SPDX-License-Identifier: EUPL-1.2
//! The answer for the place: which unit is responsible for a service here, and why; and where *here* is.
//!
//! ```text
//!   service ──┐
//!   place ────┼─▶ responsible ─▶ units, the most specific first, and where an exception holds
//!   moment ───┘              └─▶ or why there is none
//! ```
//!
//! The rule to keep: no answer without its reason. A service without a unit is not an empty list, it says
//! what is missing, because somebody has to mend it.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod area;
mod closure;
mod coverage;
mod place;
mod responsibility;
mod service;
mod told;

pub use area::{AreaKey, AreaKeyError};
pub use closure::Closure;
pub use coverage::{Coverage, Described, Gap, Reachable, coverage};
pub use place::{
    Clue, Gazetteer, Meant, PLACES_MAX, PROPOSED_MAX, Place, PlaceError, Proposal, Proposed,
};
pub use responsibility::{
    Match, Responsibility, Responsible, Role, Unit, Validity, WhyNone, responsible,
};
pub use service::{ServiceKey, ServiceKeyError};
pub use told::{Opening, Part, Reached, Told, ToldUnit, Who};
