// SPDX-License-Identifier: EUPL-1.2
//! Every bound of the media threads, with its calculation. Those of the packets are in `rtp`.

use stdx::Micros;

/// Media threads: more than this many cores do nothing but wait for the network.
pub const THREADS_MAX: usize = 64;

/// Commands that one thread has not yet read; a full channel is told to the caller. A call makes
/// some ten, so that 100 calls may begin within one wake-up.
pub const COMMANDS_MAX: usize = 1_024;

/// Events of all threads that signalling has not yet read; what comes then is dropped and counted.
/// 4,096 events of some 200 bytes: 0.8 MiB; 600 legs make 150 a second.
pub const EVENTS_MAX: usize = 4_096;

/// Ends of sounds that one thread keeps while nobody reads: one for each leg that its share of 10,000 port
/// pairs allows, rounded up. Beyond they are dropped and counted like all others.
pub const HELD_MAX: usize = 8_192;

/// Sockets that one wake-up names; the others come with the next.
pub const READY_MAX: usize = 1_024;

/// Datagrams read from one socket before the others have their turn: 640 ms of a talk, so only a
/// flood meets it.
pub const DRAIN_MAX: u32 = 32;

/// One packet of sound.
pub const FRAME: Micros = Micros::from_millis(20);

/// Groups of listeners that are served one after the other within a frame: 1,000 listeners at
/// 4 µs would hold relayed packets back for 4 ms if they were served at once, so for 1 ms.
pub const PHASES: usize = 4;

/// Listeners that fill a group before the next one is begun: few listeners cost one wake-up a frame
/// and not four, and 128 at 6 µs hold relayed packets back for 0.8 ms. If all are full, the smallest
/// takes more.
pub const GROUP_FILLS: usize = 128;

/// The time between two groups.
pub const STEP: Micros = Micros(FRAME.0 / PHASES as u64);

/// Packets that one listener gets at once after the thread came late; what is later still is
/// skipped. Three frames are what the smallest playout buffers hold.
pub const BURST_MAX: u64 = 3;

/// How often every leg is looked at for reports and silence. A report may be late by so much: its
/// time is random within seconds anyway.
pub const SWEEP: Micros = Micros::from_millis(250);

/// Keys that wait to be sent on one leg: a telephone number of 15 digits, `#`, and again.
pub const KEYS_WAITING_MAX: usize = 32;

/// Silence between two keys (ITU-T Q.24: at least 40 ms).
pub const KEY_PAUSE: Micros = Micros::from_millis(40);

/// How long signalling waits for a thread to hand a leg over, which takes one wake-up: far longer
/// than that, so that it only ends if the thread is gone or stuck.
pub const HAND_OVER: Micros = Micros::from_secs(1);

/// Datagrams that are read before they are sent: 48 KiB stay in the processor's cache, and 32 packets
/// at 4 µs hold the first of them back for 0.13 ms.
pub const BATCH_MAX: usize = 32;

/// Datagrams within a frame from which some wait for others (`pace`): 25 relayed calls, so that a
/// gap gathers a packet or more on average.
pub const DENSE_FROM: u64 = 50;

/// A leg wakes the thread no longer if the gap without it is at most this. So two gaps together are
/// longer: at most 5,000 wake-ups a second are left, as a rule 2,700.
pub const GAP_SHORT: Micros = Micros(400);

/// In a gap that is longer than this, a leg that waited wakes the thread from now on. A packet waits
/// for half a gap on average: some 0.2 ms, and 0.6 ms at most; if streams are uneven by some ms, one
/// in a hundred for 1.5 ms. More than [`GAP_SHORT`], so that small differences in time change nothing.
pub const GAP_LONG: Micros = Micros(600);

/// The longest gap if all who should wake the thread fall silent at once; the first that comes
/// waits for so long, and wakes from then on. More than the 4 ms after which the kernel's own timer
/// comes anyway, so that nearly every wait costs no timer of its own: on a virtual machine, setting
/// one costs more than relaying a packet.
pub const GAP_MAX: Micros = Micros::from_millis(5);

/// Legs that wake again after a gap in which nothing came at all. The others follow after the next:
/// 32 at 2 µs are 0.06 ms.
pub const ROUSE_MAX: usize = 32;

/// How long legs that were only opened or closed may wait for other commands, so that one wake-up
/// serves several calls; a port is free that much later.
pub const PATIENCE: Micros = Micros::from_millis(20);

/// Mixes that fill a turn of the beat before the next one is begun: 8 at 60 µs hold relayed packets back for
/// 0.5 ms. If all are full, the one with the fewest takes more.
pub const MIXES_FILL: usize = 8;

/// How long a key is that somebody in a mix pressed, for all others (ITU-T Q.24: at least 40 ms).
pub const KEY_IN_MIX: Micros = Micros::from_millis(100);
