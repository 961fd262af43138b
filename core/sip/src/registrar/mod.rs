// SPDX-License-Identifier: EUPL-1.2
//! Who can be reached where: bindings of addresses-of-record to contacts (RFC 3261 section 10), and
//! a brake on those who guess passwords.
//!
//! ```text
//!   REGISTER ─▶ Throttle::admit ─▶ Challenger::verify ─▶ Registrar::register ─▶ 200 and changes
//!                    │                   │                     │
//!                 silence         401, 400 (failed)     400, 403, 404, 423, 500
//! ```
//!
//! For the edge, in this order: without an answer that can be read, ask the throttle for
//! [`Ask::Challenge`] and send a 401; with one, ask for [`Ask::Verify`], then verify. A verdict that
//! [shows no nonce of ours](crate::digest::Verdict::shows_our_nonce) needs [`Ask::Challenge`] before its
//! 401 too, and [`Verdict::Denied`](crate::digest::Verdict::Denied) is told to [`Throttle::failed`].
//!
//! What was decided where the RFCs leave a choice:
//!
//! - **Order.** 403 for somebody else's address before 404 for an unknown one (RFC 3261, 10.3 steps 4
//!   and 5), so a device learns nothing about addresses that are not its own.
//! - **All or nothing.** A request is carried out whole or not at all. Its removals come first, then
//!   refreshments, then additions.
//! - **At the bound** of contacts the one that was refreshed longest ago gives way: a phone that comes
//!   back from every power cut with another port must not lock itself out for an hour.
//! - **NAT.** A binding keeps the flow that its request came by (source address, port, transport and
//!   connection). Requests to the contact go to the flow, not to the address written in the contact
//!   (RFC 3581, RFC 5626); so nobody can direct calls at a third party.
//! - **Path** (RFC 3327) is kept with each binding, and calls take it as their Route, also for a device that has not
//!   said that it knows of it; without, its calls would end at the proxy. Only who has said so is told it.
//! - **`+sip.instance` and `reg-id`** are kept and do not yet decide anything (RFC 5626 later).
//!
//! The rule to keep: only authenticated requests get as far as [`Registrar::register`].

mod binding;
mod bindings;
mod throttle;

pub use crate::digest::Source;
pub use binding::{
    AddressOfRecord, Binding, Change, ContactAddress, Contacts, Flow, Quality, Refusal, Register,
    Transport,
};
pub use bindings::{BINDINGS_PER_RECORD_MAX, PATH_MAX, RECORDS_MAX, Registrar, Rules, TEXT_MAX};
pub use throttle::{
    Ask, NAMES_PER_SOURCE_MAX, Rate, Refused, SOURCES_MAX, Throttle, ThrottleRules, Throttled,
};
