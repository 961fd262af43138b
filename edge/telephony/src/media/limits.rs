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

/// The time from one reading to the next when packets are [dense](DENSE_FROM). A packet waits for
/// half of it on average; with what the kernel adds to a timer (some 100 µs) the added delay stays below
/// 0.3 ms.
pub const REST: Micros = Micros(380);

/// Datagrams within a frame from which a thread rests: 25 relayed calls, so that a rest gathers a
/// packet or more on average.
pub const DENSE_FROM: u64 = 50;

/// How long legs that were only opened or closed may wait for other commands, so that one wake-up
/// serves several calls; a port is free that much later.
pub const PATIENCE: Micros = Micros::from_millis(20);
