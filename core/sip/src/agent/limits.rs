// SPDX-License-Identifier: EUPL-1.2
//! The bounds of the user agent, with their calculations.

use stdx::Micros;

/// Calls at once: every contact of the core (8,192) has a caller's leg and rings at most one agent at
/// a time, whose telephones may be a few; thrice that. Half is kept for the calls that we make for
/// those who are in. At the bound: 503 with Retry-After, stateless.
pub const CALLS_MAX: usize = 24_576;

/// Timers that fire in one [`super::UserAgent::elapse`]: what is sent for them fits into a socket's
/// buffer. The rest stays due.
pub const ELAPSE_MAX: usize = 256;

/// Values of header fields of an INVITE that are copied for the user: a History-Info of a call that was
/// forwarded ten times. Further ones are left out.
pub const COPIES_MAX: usize = 16;

/// The longest value that is copied; a longer one is left out.
pub const COPY_MAX: usize = 1_024;

/// The longest body of an INFO that is handed to the user; `application/dtmf-relay` has 30 bytes.
pub const INFO_MAX: usize = 256;

/// Contacts of one REGISTER that are handed to the user; more than a device has interfaces.
pub const CONTACTS_MAX: usize = 16;

/// Realms that one call of ours proves its password to: the proxy of the trunk, one more behind it, and
/// the server that is called. At the bound the call is refused with the 401 or 407 that asked.
pub const REALMS_MAX: usize = 3;

/// How often one call of ours is sent again with credentials: once for each realm ([`REALMS_MAX`]),
/// and once more for each because its nonce was stale. A server with a new realm in every answer would
/// otherwise keep us busy for ever. At the bound as above.
pub const AUTHENTICATION_ROUNDS_MAX: u8 = 2 * REALMS_MAX as u8;

/// Proxies that a registrar may put before our calls (Service-Route): the edge of its network, its server, and
/// some to spare. A longer list is not followed.
pub const SERVICE_ROUTES_MAX: usize = 8;

/// How long our user may take to answer a re-INVITE or UPDATE. It is a program, which takes
/// milliseconds; and timer F of the peer's UPDATE ends at 32 s, before which our answer has to be there
/// though it is lost twice (T2 is 4 s). At the bound: 488 or 504, and the session stays as it was.
pub const CHANGE_ANSWER_MAX: Micros = Micros::from_secs(20);

/// How long our user may take to answer a REFER: as [`CHANGE_ANSWER_MAX`], for the same reasons. At the
/// bound: 500.
pub const REFER_ANSWER_MAX: Micros = CHANGE_ANSWER_MAX;

/// How long a transferor is told how it goes: as long as the call that it wants may ring. RFC 3261
/// (16.6, timer C) gives an INVITE more than three minutes. At the bound it is told so, and that this
/// was the last report.
pub const REFER_REPORTS_MAX: Micros = Micros::from_mins(4);

/// How long we wait for the next report about a REFER of ours, from the 2xx or from the last one: as
/// long as the call may ring without a word (RFC 3261, 16.6, timer C), and a moment more. At the bound
/// it counts as 408.
pub const REFER_SILENCE_MAX: Micros = Micros::from_secs(200);

/// How many numbers a restored call leaves out: the agent before may have sent some requests after it
/// was saved, and a number that the peer has seen is refused with 500 (RFC 3261, 12.2.2). More than a
/// call sends between two changes of its data; gaps are lawful, and 2³¹ are there.
pub const RESTORED_CSEQ_LEAP: u32 = 256;

/// How long a restored call waits before it asks again for a session that it wanted: until a peer that
/// has taken it already must have repeated its 2xx (T2).
pub const RESTORED_CHANGE_AFTER: Micros = Micros::from_secs(4);

/// Subscriptions at once: 128 telephones with 64 lamps each. At 2 KiB each that is 16 MiB. At the bound: 503 with
/// Retry-After.
pub const SUBSCRIPTIONS_MAX: usize = 8_192;

/// Seconds for which one may watch: at least, unasked (RFC 4235, 3.4), at most.
pub const SUBSCRIPTION_LEAST: u32 = 60;
/// See [`SUBSCRIPTION_LEAST`].
pub const SUBSCRIPTION_USUAL: u32 = 3_600;
/// See [`SUBSCRIPTION_LEAST`].
pub const SUBSCRIPTION_MOST: u32 = 3_600;

/// How long our user may take to answer a SUBSCRIBE: as [`CHANGE_ANSWER_MAX`]. At the bound: 500.
pub const SUBSCRIBE_ANSWER_MAX: Micros = CHANGE_ANSWER_MAX;

/// Between two NOTIFYs to one who watches (RFC 4235, 3.10: no faster than once a second).
pub const NOTIFY_EVERY: Micros = Micros::from_secs(1);

/// Seconds after which one whose subscription we ended may try again: a restart takes less.
pub const PROBATION: u32 = 10;

/// Seconds that a caller is asked to wait at a bound or while draining.
pub const RETRY_AFTER: u32 = 10;

/// How many hops a request of ours may take (RFC 3261, 8.1.1.6).
pub const MAX_FORWARDS: u8 = 70;
