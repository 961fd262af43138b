// SPDX-License-Identifier: EUPL-1.2
//! Practice on the wall clock: citizens who are not real, colleagues who are not either, and a
//! newcomer at the terminal – around the loop and the centre that run live.
//!
//! The rule to keep: nothing here knows more than an edge would. People and screen hear commands
//! and tell events, as telephones and browsers will.

mod citizens;
mod desk;
mod screen;
mod view;

pub use desk::{Practice, at_terminal, without_terminal};
