// SPDX-License-Identifier: EUPL-1.2
//! Every bound of the signalling loop, with its calculation. Those of the protocol are in `sip`.

use stdx::Micros;

/// Addresses at which we listen: three transports, two families, two networks.
pub const LISTEN_MAX: usize = 12;

/// Datagrams read from one socket before the timers have their turn: at 30 µs each, 2 ms.
pub const DRAIN_MAX: usize = 64;

/// Bytes of one read from a stream: some ten messages.
pub const STREAM_PART: usize = 4 << 10;

/// Reads from one stream before the others and the timers have their turn: as many messages as
/// [`DRAIN_MAX`], which one peer can send in one piece.
pub const STREAM_READS_MAX: usize = 8;

/// Datagrams read without ever finding the socket empty from which new calls are refused with 503: at
/// 40 µs each we have then been behind for 160 ms, a third of the time after which senders repeat
/// what they sent (T1, RFC 3261, 17.1.1.1). A pause of the machine alone piles up less than that.
pub const BACKLOG_MAX: usize = 4_096;

/// The kernel's buffer of a SIP socket, in bytes: a message takes some 2 KiB of it, so that 1,000 of them
/// wait while we are kept from running for 100 ms at 1,000 calls a second.
pub const SOCKET_BUFFER: usize = 4 << 20;

/// Connections at once: a phone on TCP for each of 4,096 agents. At the bound a stranger's is closed for
/// the next one; if all are known, the next one is.
pub const CONNECTIONS_MAX: usize = 4_096;

/// Bytes that wait to be sent on one connection: some 100 messages. A peer that does not read loses
/// its connection, not our memory.
pub const UNSENT_MAX: usize = 256 << 10;

/// Bytes that TLS is given at once, which it keeps until the kernel takes them: one record (RFC 8446, 5.1).
pub const TLS_PART: usize = 16 << 10;

/// Connections by TLS that are taken within [`HANDSHAKES_WITHIN`]. To prove who we are costs up to 1 ms with a key
/// of RSA, on the thread of all calls: so strangers get a fifth of it, and 600 telephones that come back
/// together after a restart are there again within seconds. Those beyond are closed, and come again.
pub const HANDSHAKES_MAX: u32 = 200;

/// The time for so many.
pub const HANDSHAKES_WITHIN: Micros = Micros::from_secs(1);

/// How long a connection may hold half a message, and how long one may stay whose peer has not said who
/// it is.
pub const HALF_MESSAGE: Micros = Micros::from_secs(30);

/// How often connections are looked at for that.
pub const SWEEP: Micros = Micros::from_secs(5);

/// Telephones of one agent that ring for one caller: what one desk has, and one at home.
pub const PHONES_RINGING_MAX: usize = 8;

/// Telephones that one telephone may watch: the keys of a large switchboard's console. At the bound
/// the oldest that shows the same as the new one ends, as of a telephone that has started anew; without one: 503.
pub const LAMPS_PER_PHONE: usize = 64;

/// How long after something has happened telephones that are watched are looked at: what happens within that time
/// is looked at once, and a lamp is not seen to be late.
pub const LAMPS_TOGETHER: Micros = Micros::from_millis(50);

/// Between the two keys of a code that is pressed within a talk: nobody thinks longer.
pub const CODE_KEYS: Micros = Micros::from_secs(5);

/// How long an agent's telephone may ring beyond the centre's own time: its command comes first.
pub const RING_MARGIN: Micros = Micros::from_secs(5);

/// How long an agent's telephone may take to say anything at all, be it 100 Trying: four times an
/// INVITE is sent in that time (RFC 3261, 17.1.1.2), and a telephone that is there answers the first
/// within milliseconds. Longer, and callers wait for telephones without power.
pub const FIRST_SIGN: Micros = Micros::from_secs(5);

/// How long a leg may stay silent, after it was heard, until its peer is asked for a sign of life.
pub const SILENCE: Micros = Micros::from_secs(60);

/// How long the answer tone of a feature code may take until the call is ended.
pub const CODE_CALL: Micros = Micros::from_secs(10);

/// Legs that have changed until somebody asks which: all that change in ten seconds at 500 calls a second. At
/// the bound a change is forgotten, and a restart does not hang that leg up.
pub const RECORDS_WAITING_MAX: usize = 10_000;

/// How long an emergency service may ring: longer than anybody waits there, and UA timers end it.
pub const EMERGENCY_RING: Micros = Micros::from_mins(3);

/// How long a trunk's peer may take to say anything at all to an emergency call until the next one is called: its
/// first answer is 100 Trying, and three INVITE have been sent by then.
pub const EMERGENCY_SIGN: Micros = Micros::from_secs(2);

/// How long the text of a site without an emergency route may take until the call is ended.
pub const EMERGENCY_TEXT: Micros = Micros::from_mins(1);

/// Lines of one call's ladder that are kept; the first ones stay, the last ones are replaced.
pub const TRACE_LINES: usize = 96;

/// Legs of one call whose messages are drawn: the caller's, and those of the last eight agents, each with
/// as many telephones as ring at once. Older ones are not known any more.
pub const TRACE_DIALOGS: usize = 64;

/// Calls over whose ladder is kept: the last quarter of an hour of a busy county. The oldest goes.
pub const TRACES_KEPT: usize = 512;

/// How long farewells may take when the server stops: a retransmission of each, and no more.
pub const FAREWELL: Micros = Micros::from_secs(2);

/// Calls that one telephone of ours makes at the same time: two keys of a desk telephone, and two that it has not
/// ended yet.
pub const DIALLED_PER_PHONE: usize = 4;

/// How long a call of a telephone of ours may ring.
pub const DIALLED_RING: Micros = Micros::from_mins(3);

/// For how long calls that leave over a trunk are counted together.
pub const OUTBOUND_DAY: Micros = Micros::from_mins(24 * 60);

/// How long after a transfer that was not possible a telephone that hangs up does not mean goodbye: some do so by
/// themselves, at once. A person takes longer to read why.
pub const HANGS_UP_BY_ITSELF: Micros = Micros::from_secs(2);
