// SPDX-License-Identifier: EUPL-1.2
//! What callers hear: which sounds a county needs, how they are, and what must not go public.
//!
//! ```text
//!  county ─▶ script ─▶ look: the folders ─▶ list, for people and programs
//!               │                      └──▶ production: problems of the county's file
//!               └▶ names ─▶ import: an operator's recordings into a folder
//! ```
//!
//! Rule: the script is the one place that says which sounds there are; the service plays from it too.

pub mod import;
pub mod list;
pub mod look;
pub mod production;
pub mod script;
