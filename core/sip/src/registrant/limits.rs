// SPDX-License-Identifier: EUPL-1.2
//! The bounds of a registration, with their calculations.

use stdx::Micros;

/// How long a registrar may take to answer: its request has gone out five times by then (0, 0.5, 1.5, 3.5
/// and 7.5 s, RFC 3261, 17.1.2.2). Timer F would end it only at 32 s, and calls do not come in meanwhile.
/// At the bound the next peer is asked.
pub const ANSWER_WITHIN: Micros = Micros::from_secs(10);

/// The base of the pause after every peer has failed (RFC 5626, 4.5, `base-time` when all flows have failed).
pub const PAUSE_BASE: Micros = Micros::from_secs(30);

/// The longest pause after every peer has failed. RFC 5626 (4.5) proposes half an hour, for a telephone among
/// thousands; behind a trunk there are all callers of an authority.
pub const PAUSE_MAX: Micros = Micros::from_mins(5);

/// The pause after the registrar has said no, to the password or to something else: whoever asks again soon is
/// locked out. Who has mended the cause begins anew.
pub const PAUSE_REFUSED: Micros = Micros::from_mins(30);

/// How long after a registration was granted the next one begins at the earliest because its connection is lost:
/// a registrar that closes after each answer would be asked again and again without a pause. At the bound we
/// wait until then, and cannot be called meanwhile.
pub const LOST_AGAIN_AFTER: Micros = Micros::from_secs(30);

/// Seconds for which a registration may be asked for: what RFC 3261 (10.2.1.1) recommends is an hour; beyond a
/// day nobody notices that the registrar has forgotten us.
pub const EXPIRES_MAX: u32 = 86_400;

/// Seconds that a registration holds at least: of a registrar that grants less it is taken as so much, or we
/// would do nothing but register.
pub const EXPIRES_MIN: u32 = 10;

/// How often one registrar is asked in one go: once for each of two realms and once more because its nonce was
/// stale, and once with a longer time. At the bound it counts as refused.
pub const ROUNDS_MAX: u8 = 6;
