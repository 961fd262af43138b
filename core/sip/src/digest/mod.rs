// SPDX-License-Identifier: EUPL-1.2
//! Digest authentication (RFC 3261 section 22, RFC 7616, RFC 8760): a password is proved, not sent.
//!
//! ```text
//!   client                                   server
//!     │ ───────────── REGISTER ────────────────▶ │  Challenger::challenges
//!     │ ◀─── 401, WWW-Authenticate (one each) ── │
//!  choose, Session::answer                       │
//!     │ ───── REGISTER, Authorization ─────────▶ │  Answer::read, Challenger::verify
//!     │ ◀──── 200, or 401 again, or 400 ──────── │
//! ```
//!
//! What was decided where the RFCs leave a choice:
//!
//! - **Algorithms.** MD5 and SHA-256. `-sess` is answered, because some servers ask for it, and never
//!   offered: for one user and one nonce it protects nothing more. SHA-512-256 is not spoken; no peer
//!   offers it without SHA-256 beside it.
//! - **Protection.** `qop=auth`, and as client also none at all (RFC 2069). `auth-int` is refused:
//!   whoever changes a body on the way (every session border controller does) would break it. As
//!   server an answer without `qop` is taken with MD5 only, and its nonce serves once.
//! - **Escapes.** In a quoted string a backslash escapes only a quote and a backslash; before any other
//!   byte it stands for itself. So `DOMAIN\user` works with peers that forget to escape, and what we
//!   write is always read back the same. Hashes are taken over the unescaped bytes.
//! - **Names.** `userhash` and `username*` are neither used nor accepted: a quoted string of SIP
//!   carries UTF-8 (RFC 3261, 25.1), and a hashed name would have to be searched for.
//! - **`opaque`** is echoed as client and not sent as server: all that it could carry is in the nonce.
//!
//! The rule to keep: a nonce is judged before the password, so that nobody learns from a nonce that is
//! not ours whether a password is right, and nobody is blamed for a guess that came from elsewhere.
//! An ACK and a CANCEL are never challenged (RFC 3261, 22.1): do not verify them.

mod algorithm;
mod client;
mod fields;
mod nonce;
mod params;
mod replay;
mod secret;
mod server;
mod source;
pub(crate) mod uri;

pub use algorithm::Algorithm;
pub use client::{
    CHALLENGE_TEXT_MAX, CHALLENGES_MAX, Challenge, Credentials, Rejected, Session, TRIES_MAX,
    Unanswerable, choose,
};
pub use fields::{Fault, PARAMS_MAX, Param};
pub use params::{Params, params, scheme};
pub use replay::{NC_WINDOW, NONCES_MAX};
pub use secret::Secret;
pub use server::{Answer, Challenger, Offers, Request, Staleness, Verdict};
pub use source::Source;
