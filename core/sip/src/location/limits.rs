// SPDX-License-Identifier: EUPL-1.2
//! The bounds of looking for a server by its name, with their calculations.

use stdx::Micros;

/// Services of one name that are looked at: a carrier has two or four edges; the rest is left out.
pub const SERVICES_MAX: usize = 8;

/// Addresses of one name that are kept: two of each edge.
pub const ADDRESSES_MAX: usize = 16;

/// How long an answer holds at least: a name server that says 0 would be asked without an end.
pub const HOLDS_MIN: Micros = Micros::from_secs(5);

/// How long an answer holds at most: whoever moves says so days before, but not everybody cares.
pub const HOLDS_MAX: Micros = Micros::from_mins(60);

/// How soon it is asked again after nobody has answered; what was known before stays known.
pub const AFTER_FAILURE: Micros = Micros::from_secs(15);
