// SPDX-License-Identifier: EUPL-1.2
//! Catalogues of services as German administrations exchange them.
//!
//! ```text
//!   XZuFi file ─▶ xzufi::read ─▶ Act (write or delete one object) ─▶ whoever keeps them
//!                                   Object ─▶ Service, Unit, Responsibilities: what we understand of it
//!   XZuFi file ◀─ xzufi::Writer ◀── Object: everything, also what we do not understand
//! ```
//!
//! The rule to keep: an object is kept as it came, with everything that nobody here understands. What we
//! make of it is read from it anew each time, and never written back.
#![forbid(unsafe_code)]

pub mod edit;
mod element;
mod html;
mod moment;
pub mod search;
mod service;
mod unit;
pub mod xzufi;

pub use element::{Element, Name, Node, Space};
pub use html::{plain, safe};
pub use moment::{moment, written};
pub use service::{Service, Text, TextCode};
pub use unit::{Channel, Unit};
