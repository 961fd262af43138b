// SPDX-License-Identifier: EUPL-1.2
//! Messages: read over one buffer without copying, and written so that we could read them ourselves
//! (RFC 3261, 7, 18.3, 19.1, 20 and 25).
//!
//! ```text
//!   datagram ──▶ parse_datagram ──▶ Message ──▶ typed values on demand
//!   stream ────▶ Framer::poll ───┘      └─▶ Request::reply ──▶ MessageWriter ──▶ bytes
//!                      └──▶ Refusal: an answer that can be sent, or silence
//! ```
//!
//! Header fields are bytes; only what is shown is decoded. The rule to keep: tolerant where a field
//! is sloppy and nothing is left to guess, strict where two readers could see two messages.

mod address;
mod fault;
mod fields;
mod framer;
mod host;
pub mod limits;
mod lines;
mod name;
mod params;
mod parse;
mod reply;
mod scan;
mod text;
mod uri;
mod values;
mod via;
mod write;

#[cfg(test)]
mod linear;

pub use address::Address;
pub use fault::{Answer, DropReason, Fault, Refusal};
pub use fields::{Field, Headers};
pub use framer::{Frame, Framer};
pub use host::Host;
pub use name::Name;
pub use params::{Param, Params};
pub use parse::{Message, Request, Response, parse_datagram};
pub use reply::{Reply, usual_reason};
pub(crate) use scan::is_token;
pub use text::{decode_text, percent_decode, push_percent_encoded, push_quoted, unfold, unquote};
pub use uri::{OtherUri, SipUri, Subscriber, TelUri, Uri, UriParams};
pub use values::{
    Auth, CSeq, EXPIRES_IF_MALFORMED, History, Malformed, MediaType, RAck, Reason, Refresher,
    Replaces, RetryAfter, SessionExpires, UserToUser,
};
pub use via::{Rport, Via};
pub(crate) use write::Checked;
pub use write::{MessageWriter, Unwritable, method_bytes};

/// Prints the type and nothing of its content: numbers, names and addresses are personal data.
macro_rules! sealed_debug {
    ($($name:ident),+) => {$(
        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
use sealed_debug;
