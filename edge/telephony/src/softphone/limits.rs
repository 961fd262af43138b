// SPDX-License-Identifier: EUPL-1.2
//! Every bound of the browsers' telephones, with its calculation. Those of the calls are in `call::handset`.

use std::time::Duration;
use stdx::Micros;

/// Desks open at once: if all talk, at 0.1 % of a core each, they take half of the core that their one thread has. At
/// the bound a further desk's offer is answered by [`super::NoAnswer::NoDesk`].
pub const DESKS_MAX: usize = 512;

/// Addresses by which browsers reach us: three networks, in both families.
pub const SHOWN_MAX: usize = 8;

/// Orders that the thread has not yet read: two for every desk, so that all pages may come back in one moment.
pub const ORDERS_MAX: usize = 2 * DESKS_MAX;

/// Bytes of an offer: a browser's own, with one stream of sound, has 2 to 5 KiB; a page may add some.
pub const OFFER_MAX: usize = 32 << 10;

/// The longest user part that is dialled.
pub const DESTINATION_MAX: usize = 64;

/// How long a key is pressed (ITU-T Q.24: at least 40 ms).
pub const KEY_LENGTH: Micros = Micros::from_millis(100);

/// How often it is told how a page hears and is heard.
pub const QUALITY_EVERY: Duration = Duration::from_secs(10);

/// How long a call may ring at whom the person dials: the exchange ends it after the same time.
pub const DIALLED_RING: Micros = Micros::from_mins(3);

/// For how long a telephone registers, in seconds; it does so again in time. A crash of ours leaves it that long.
pub const REGISTER_FOR: u32 = 120;

/// Datagrams read from one socket before the others have their turn: 640 ms of a talk, so only a flood meets it.
pub const DRAIN_MAX: usize = 32;

/// Datagrams read from the socket of all browsers, or of SIP, before timers have their turn: 100 talks within 20 ms
/// bring as many; at 10 µs each they hold the timers back for 1 ms.
pub const SHARED_DRAIN_MAX: usize = 100;

/// The buffer of the socket of all browsers in the kernel, in bytes: 512 desks send 25,600 packets a second, each
/// of which takes some 800 bytes there: 200 ms of them.
pub const SOCKET_BUFFER: usize = 4 << 20;

/// How long nothing may come from a page until it is away: browsers ask every 2.5 to 6 s whether we are still there
/// (RFC 7675, 5.1), and one question may be lost.
pub const PAGE_SILENT: Micros = Micros::from_secs(13);

/// The same while the page is heard in a call and has sent sound, which then comes every 20 ms: silence is sound too,
/// and a caller who hears nothing at all thinks that nobody is there. Longer than the change of a microphone takes.
pub const PAGE_SILENT_IN_TALK: Micros = Micros::from_secs(2);

/// Addresses of pages that are remembered: each desk's, and what it had before a change of its network. At the bound
/// all are forgotten, and each is found anew by its next question.
pub const SOURCES_MAX: usize = 4 * DESKS_MAX;

/// How long a page may take from its offer until sound flows, before its connection is given up: browsers try for 15
/// to 30 s.
pub const CONNECT_MAX: Micros = Micros::from_secs(30);

/// How long the farewells of all calls may take at the end.
pub const FAREWELL: Micros = Micros::from_secs(2);

/// Connections by TCP at once: two for each desk, while one network takes the place of another. At the bound the oldest
/// on which no desk was known makes room; if all are known, the new one is closed.
pub const STREAMS_MAX: usize = 2 * DESKS_MAX;

/// Connections that are taken before others have their turn.
pub const ACCEPTED_MAX: usize = 32;

/// How long a connection may stay on which no desk was known: the browser's first question comes within milliseconds.
pub const STRANGER: Micros = Micros::from_secs(5);

/// The longest datagram on a connection: what fits into one packet of a network. A longer one ends the connection.
pub const FRAME_MAX: usize = 1_500;

/// Reads from one connection before the others have their turn: some 16 datagrams of sound each.
pub const STREAM_READS_MAX: usize = 8;

/// Bytes that wait to be sent on one connection: half a second of a talk, which is of no use any later.
pub const UNSENT_MAX: usize = 6 << 10;
