// SPDX-License-Identifier: EUPL-1.2
//! What the end-to-end tests stand on: the program as a process, and foreign software around it.
//!
//! ```text
//!   sipp, baresip ──▶ amtsleitung serve ──▶ sipp, baresip
//!        tshark ────────┘        └──────────── /metrics, status, calls, log
//! ```
//!
//! The rule to keep: nothing waits by sleeping. Everything is waited for with a deadline, and whatever
//! was started ends with the value that started it.

pub mod baresip;
pub mod browser;
pub mod capture;
pub mod certificates;
pub mod clock;
pub mod county;
pub mod database;
pub mod dns;
pub mod figures;
pub mod folder;
pub mod kamailio;
pub mod linphone;
pub mod log;
pub mod pages;
pub mod ports;
pub mod process;
pub mod programs;
pub mod provider;
pub mod raw;
pub mod relay;
pub mod runner;
pub mod server;
pub mod sipp;
pub mod smtp;
pub mod tone;
