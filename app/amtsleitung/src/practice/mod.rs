// SPDX-License-Identifier: EUPL-1.2
//! Practice on the wall clock: the very centre that serves, with its telephones, and a crowd of made-up
//! citizens and colleagues who call it and work in it – and a newcomer at the terminal.
//!
//! ```text
//!   crowd: People ─ SIP, RTP on this machine ─▶ service: signalling, media, centre
//!     ▲                                              │ every command
//!     └────── keys ── desk: screen ◀─────────────────┘
//! ```
//!
//! The rule to keep: there is no second centre here. What can be practised is what is served, and the
//! crowd meets it by telephone alone.

mod callers;
mod crowd;
mod desk;
mod folder;
mod screen;
#[cfg(test)]
mod tests;
mod town;
mod view;

pub use crowd::Left;
pub use desk::{Ended, Options, Practice, at_terminal, without_terminal};
pub use town::{DEMO, DEMO_PASSWORD};
