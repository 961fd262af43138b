// SPDX-License-Identifier: EUPL-1.2
//! Every bound of media, with its calculation. What happens at a bound stands where it is used.

use stdx::Micros;

/// The longest datagram that is looked at: an Ethernet frame. G.711 with the longest packet time in
/// use, 120 ms, has 972 bytes.
pub const DATAGRAM_MAX: usize = 1_500;

/// Contributing sources in one packet: four bits count them (RFC 3550 §5.1).
pub const CSRC_MAX: usize = 15;

/// Report blocks, chunks or sources in one RTCP packet: five bits count them (RFC 3550 §6.4.1).
pub const RTCP_COUNT_MAX: usize = 31;

/// Bytes of a CNAME or of a reason to leave: one byte counts them (RFC 3550 §6.5).
pub const TEXT_MAX: usize = 255;

/// Consecutive packets before a source is believed (RFC 3550 A.1, `MIN_SEQUENTIAL`).
pub const PROBATION: u8 = 2;

/// A step forward this large is no loss but a restart (RFC 3550 A.1, `MAX_DROPOUT`): a minute of packets.
pub const DROPOUT_MAX: u16 = 3_000;

/// A packet this much too late is no reordering but a restart (RFC 3550 A.1, `MAX_MISORDER`): 2 s of packets.
pub const MISORDER_MAX: u16 = 100;

/// A change of transit time this large is another clock and no jitter; receivers that still play
/// after such a delay do not exist.
pub const CLOCK_JUMP: Micros = Micros::from_secs(2);

/// The shortest time between compound RTCP packets, before randomness (RFC 3550 §6.2).
pub const REPORT_EVERY: Micros = Micros::from_secs(5);

/// A round trip longer than this is a mistake of the peer's report.
pub const ROUND_TRIP_MAX: Micros = Micros::from_secs(30);

/// Key presses that are remembered so that a late packet is not taken for a new press: nobody
/// presses eight keys within the time that a network holds a packet back.
pub const KEYS_REMEMBERED: usize = 8;

/// Segments of one key press that are recognised across a loss: 8 × 8.2 s at 8 kHz.
pub const KEY_SEGMENTS_MAX: u32 = 8;

/// The longest key press that is sent. Longer is of no use to any menu.
pub const KEY_PRESS_MAX: Micros = Micros::from_secs(10);

/// Frames in a playout buffer: 160 ms, four times the depth that a mixed leg uses.
pub const PLAYOUT_MAX: usize = 8;

/// Frames that a party of a mix is held back by: with two there is always one, whatever the moment at which
/// packets come and however uneven by 20 ms.
pub const MIX_DEPTH: u16 = 2;

/// How much louder a party of a mix becomes from frame to frame after it was too loud, in 1/32,768: as before
/// within half a second, so that nobody hears it breathe.
pub const MIX_RECOVERY: u16 = (1 << 15) / 25;

/// Synchronisation sources under one key in one direction: one for a call, another for each time that
/// the peer's exchange puts other music or another telephone in its place. At the bound a new source
/// is refused; to forget an old one would be to forget which of its packets have come.
pub const SRTP_SOURCES_MAX: usize = 16;

/// How far behind the newest packet one may be that is still taken (RFC 3711 §3.3.2 wants 64 at least):
/// 2.5 s of packets, more than [`MISORDER_MAX`].
pub const SRTP_WINDOW: u64 = 128;

/// Packets of RTP of one source under one key (RFC 3711 §9.2): 2¹⁶ sequence numbers for each of the
/// 2³² values of the roll-over counter.
pub const SRTP_PACKETS_MAX: u64 = 1 << 48;

/// Packets of RTCP of one source under one key (RFC 3711 §9.2).
pub const SRTCP_PACKETS_MAX: u64 = 1 << 31;

/// Bytes of a master key identifier (RFC 4568 §6.1).
pub const MKI_MAX: u8 = 128;

/// What protecting adds to a packet at most: the index of SRTCP, and a tag of 80 bits.
pub const SRTP_EXTRA_MAX: usize = 4 + 10;
