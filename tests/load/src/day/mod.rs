// SPDX-License-Identifier: EUPL-1.2
//! A day as it is, played fast: callers who talk, hold, give up; telephones that refuse, let it ring, hold, hand on at
//! once or after asking; a partner who helps or not; and for each hundred messages a piece of nonsense.
//!
//! ```text
//!  callers (5180) ──▶ server ──▶ telephones (5170 …) ── REFER ──▶ server ──▶ telephones, partner, office (5190)
//!  strangers (5181) ─ nonsense ─▶ server
//! ```
//!
//! Rule: all chance comes from one seed, and every call has to come to the end that its plan says.

mod dialog;
mod nonsense;
mod plan;
mod play;

pub(crate) use play::{Counts, Scene, Seats};
