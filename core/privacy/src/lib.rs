// SPDX-License-Identifier: EUPL-1.2
//! Who may be shown: groups of agents in place of persons, and what a report keeps silent. And what of
//! persons is forgotten when.
//!
//! Figures about a small group are figures about its members. So teams below the smallest size are
//! merged – never left out, because a total stands beside the groups and would give them away – and
//! working times are shown in a way that no two reports can be subtracted: every figure is a sum of
//! *cells*, one group in one whole month, and no cell has fewer agents than the smallest size. Whatever
//! is added or subtracted consists of cells again. Lines and clients are never merged: their figures
//! are about callers.
//!
//! The rule to keep: what a month's cells are depends on that month alone, and is decided when it is
//! over. A report of several months joins their cells; it never cuts one.
//!
//! What this cannot see: an agent counts as one, however short the shift was; each counts in one team of
//! a month; and who knows the roster knows who could have answered a contact of a certain hour.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod groups;
mod report;
mod retention;

pub use groups::{Group, SmallestGroup, merged};
pub use report::{Covers, Hidden, Month, Report, Span, answering_groups, working_times};
pub use retention::{Purpose, Retention, due, due_before};
