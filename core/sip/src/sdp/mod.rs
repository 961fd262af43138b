// SPDX-License-Identifier: EUPL-1.2
//! Session descriptions (RFC 8866), and how two sides agree by them (RFC 3264, RFC 6337).
//!
//! [`Session::parse`] reads a description and keeps what it does not know; [`Stream`] is the typed
//! view of one of its streams; [`answer()`], [`Offer`] and [`accept_answer`] agree on one stream of
//! sound; [`Negotiation`] keeps their turns in a dialog. Ids and versions are handed in. The rule to
//! keep: a value of [`Session`] is always within [`limits`] and reads as it was written, so whatever
//! makes one goes through `Session::new`.

mod answer;
mod codec;
mod crypto;
mod describe;
mod direction;
mod fault;
mod host;
pub mod limits;
mod lines;
mod negotiated;
mod negotiation;
mod numbers;
mod offer;
mod parse;
mod protection;
mod refusal;
mod relay;
mod session;
mod stream;
mod terms;
mod text;
mod write;

pub use answer::{Answer, answer};
pub use codec::{Codec, Encoding, Format, Keys};
pub use crypto::{Crypto, MASTER_BYTES, Master, Mki, Suite, Unusable};
pub use direction::Direction;
pub use fault::{Fault, Rule};
pub use host::Host;
pub use lines::{Line, Lines};
pub use negotiated::{KeyPresses, Negotiated, Payload, Remote};
pub use negotiation::{Agreed, Negotiation, State};
pub use numbers::Numbers;
pub use offer::{Offer, accept_answer};
pub use protection::{OwnKey, Protection, SrtpKeys};
pub use refusal::Refusal;
pub use relay::common;
pub use session::{Kind, Media, Origin, Protocol, Security, Session};
pub use stream::{Rtcp, Stream};
pub use terms::{Capabilities, Local, Terms};
pub use text::Text;
