// SPDX-License-Identifier: EUPL-1.2
//! RTP and RTCP without sockets or clock: packets, protection, statistics, key presses, G.711, G.722.
//!
//! ```text
//!            ┌─ demux: RTP, RTCP, STUN or DTLS?
//!  datagram ─┤     (srtp: is it theirs? then in clear)
//!            └─▶ packet ─▶ latch ─▶ reception ─▶ relay ─▶ packet
//!                        (from whom?) (lost? late?) (one stream out)
//!                          ├─▶ keys       which key was pressed
//!                          └─▶ voice, playout, mix    only where three talk, or two speak what is not relayed
//!               rtcp ─▶ exchange ─▶ quality          how it sounded
//! ```
//!
//! The parts decide for themselves and know nothing of each other; the edge joins them for each leg.
//! The rule to keep: whatever arrives from a network is bounded and refused with a reason, never a panic.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod demux;
mod exchange;
mod framer;
pub mod g711;
pub mod g722;
mod halfband;
pub mod keys;
pub mod latch;
pub mod limits;
mod mix;
mod ntp;
mod packet;
mod playout;
pub mod quality;
mod reception;
mod relay;
pub mod rtcp;
pub mod srtp;
mod voice;

pub use demux::{Kind, kind};
pub use exchange::{Exchange, Sent, interval};
pub use framer::FRAME_BYTES;
pub use halfband::WIDE;
pub use mix::{Hears, Mixer};
pub use ntp::NtpTime;
pub use packet::{Extension, Header, Outgoing, Packet, Refused, WriteError, rewrite};
pub use playout::{Played, Playout};
pub use reception::{Arrival, Counts, Reception};
pub use relay::{Dropped, OutStream};
pub use voice::{Spoken, Voice};

/// How many units of an RTP clock pass in a length of time, cut off and modulo 2³² as timestamps are.
#[must_use]
pub const fn clock_units(length: stdx::Micros, clock_rate: u32) -> u32 {
    let units = length.0 as u128 * clock_rate as u128 / 1_000_000;
    units as u32
}
