// SPDX-License-Identifier: EUPL-1.2
//! Media threads against sockets on loopback, each test on an address of its own.
//!
//! The rule to keep: a test waits for a packet or an event with a deadline, never for time to pass.

mod legs;
mod listeners;
mod mixes;
mod peer;
mod protected;
mod relay;
mod reports;
