// SPDX-License-Identifier: EUPL-1.2
//! The pages of the centre: people sign in, work at desks, look at the wallboard.
//!
//! ```text
//!   browser ── HTTPS: pages, REST ───────────▶ routes ──▶ sessions, accounts
//!      │                                          │
//!      └────── WebSocket: one for each desk ──▶ desk ──▶ hub ──▶ Centre (of the app): ask, and be answered
//!                                                 ▲        └───▶ softphones
//!                                                 └── what was decided, what a telephone tells
//! ```
//!
//! The rule to keep: nothing is decided here. A desk shows what the centre says at this moment, asked anew after
//! every change, so that it can never be out of step; what a person wants becomes an event, and the centre says
//! what came of it.
#![forbid(unsafe_code)]

pub mod accounts;
mod assets;
mod board;
pub mod cases;
pub mod centre;
mod contacts;
mod cookies;
mod desk;
mod directory;
mod fields;
pub mod hub;
pub mod knowledge;
pub mod lang;
pub mod limits;
mod live;
pub mod openid;
mod origin;
mod problem;
mod refusal;
mod routes;
mod serve;
mod sessions;
mod steering;
mod throttle;
pub mod words;
mod wrap_up;

pub use contacts::verdict_words;
pub use directory::{Directory, Entry, EntryKind, OfAgent, OfLine, OfPartner, OfPlan};
pub use refusal::refusal;
pub use routes::documented;
pub use serve::{Demo, Parts, Started, serve};
