// SPDX-License-Identifier: EUPL-1.2
//! SIP without sockets, clock or randomness: messages, transactions, dialogs, SDP, digest,
//! registration.
//!
//! Bytes and time come in, bytes and deadlines go out. Tags, branches and nonces are drawn at the
//! edge and handed in. The rule to keep: what comes from a peer is data of unknown quality – it is
//! answered, dropped or taken by a stated rule, and never panics.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod agent;
pub mod dialog;
pub mod digest;
pub mod location;
pub mod message;
mod method;
pub mod number;
pub mod registrant;
pub mod registrar;
pub mod sdp;
mod status;
pub mod transaction;

pub use method::Method;
pub use status::Status;
