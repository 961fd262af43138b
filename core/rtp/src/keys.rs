// SPDX-License-Identifier: EUPL-1.2
//! Keys that are pressed during a call, as RTP packets beside the sound (RFC 4733).
//!
//! ```text
//!  packets of one press    1   2   3   4   5   E   E   E       all with the timestamp of its start
//!                          ▲                   └───┴───┴─ the end, three times
//!                          └─ reported here, or at the first that arrives
//! ```
//!
//! The rule to keep: a press is known by its timestamp and reported once, by whichever of its
//! packets comes first. Keys may be a person's secret: they are not printed.

use crate::clock_units;
use crate::limits::{KEY_PRESS_MAX, KEY_SEGMENTS_MAX, KEYS_REMEMBERED};
use crate::packet::Header;
use core::fmt;
use stdx::{Micros, Tick};

/// One of the sixteen keys `0`–`9`, `*`, `#`, `A`–`D`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(u8);

const NAMES: [u8; 16] = *b"0123456789*#ABCD";

impl Key {
    /// The key of an event code, 0 to 15 (RFC 4733 §3.2); other events are no keys.
    #[must_use]
    pub const fn from_event(event: u8) -> Option<Key> {
        if event < 16 { Some(Key(event)) } else { None }
    }

    /// The key with this name.
    #[must_use]
    pub fn from_char(name: char) -> Option<Key> {
        let event = NAMES.iter().position(|&it| char::from(it) == name)?;
        Some(Key(event as u8))
    }

    /// Its event code.
    #[must_use]
    pub const fn event(self) -> u8 {
        self.0
    }

    /// Its name.
    #[must_use]
    pub const fn to_char(self) -> char {
        NAMES[self.0 as usize] as char
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The payload of one packet (RFC 4733 §2.3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Payload {
    /// What happens: 0 to 15 are keys, 16 is hook flash.
    pub event: u8,
    /// Whether it is over.
    pub end: bool,
    /// How much below 0 dBm0, 0 to 63 dB; many senders write anything.
    pub volume: u8,
    /// Since its timestamp, in units of the clock.
    pub duration: u16,
}

impl Payload {
    /// Reads the first event of a payload; events packed behind it are not read, for nobody sends
    /// any.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Payload> {
        let &[event, flags, d0, d1] = payload.first_chunk()?;
        let duration = u16::from_be_bytes([d0, d1]);
        Some(Payload { event, end: flags & 0x80 != 0, volume: flags & 0x3f, duration })
    }

    /// The four bytes to send. A volume above 63 is sent as 63.
    #[must_use]
    pub fn bytes(&self) -> [u8; 4] {
        let [d0, d1] = self.duration.to_be_bytes();
        [self.event, u8::from(self.end) << 7 | self.volume.min(63), d0, d1]
    }
}

/// What one packet tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A key was pressed; this is the first that we hear of it.
    Pressed(Key),
    /// Of a press that was reported.
    Again,
    /// Hook flash or another event that is no key.
    NoKey,
    /// Shorter than four bytes.
    TooShort,
}

/// The keys of one leg, each reported once.
#[derive(Clone, Debug)]
pub struct KeyReceiver {
    clock_rate: u32,
    /// The newest press at `newest`; at the bound the oldest is forgotten.
    presses: [Option<Press>; KEYS_REMEMBERED],
    newest: usize,
}

/// A press that was reported.
#[derive(Clone, Copy, Debug)]
struct Press {
    ssrc: u32,
    key: Key,
    /// Timestamps of the first and the last segment that are known.
    first: u32,
    last: u32,
    ended: bool,
}

/// The longest segment of a press, in units of the clock (RFC 4733 §2.5.1.3).
const SEGMENT: u32 = 0xffff;

impl KeyReceiver {
    /// Nothing was pressed yet; `clock_rate` is that of telephone-event, 8,000 or 48,000.
    #[must_use]
    pub const fn new(clock_rate: u32) -> Self {
        KeyReceiver { clock_rate, presses: [None; KEYS_REMEMBERED], newest: 0 }
    }

    /// A packet of the negotiated telephone-event type arrived.
    pub fn arrived(&mut self, header: &Header, payload: &[u8]) -> Heard {
        let Some(payload) = Payload::parse(payload) else { return Heard::TooShort };
        let Some(key) = Key::from_event(payload.event) else { return Heard::NoKey };
        let slack = self.clock_rate / 20;
        for press in self.presses.iter_mut().flatten() {
            if press.takes(header, key, slack) {
                press.ended |= payload.end;
                return Heard::Again;
            }
        }
        self.newest = (self.newest + 1) % KEYS_REMEMBERED;
        self.presses[self.newest] = Some(Press {
            ssrc: header.ssrc,
            key,
            first: header.timestamp,
            last: header.timestamp,
            ended: payload.end,
        });
        Heard::Pressed(key)
    }
}

impl Press {
    /// Whether a packet belongs to this press, which then reaches to it.
    fn takes(&mut self, header: &Header, key: Key, slack: u32) -> bool {
        if header.ssrc != self.ssrc || key != self.key {
            return false;
        }
        let length = self.last.wrapping_sub(self.first);
        if header.timestamp.wrapping_sub(self.first) <= length {
            return true;
        }
        // A press too long for the field goes on under a later timestamp, without a marker.
        let later = header.timestamp.wrapping_sub(self.last);
        if !self.ended && !header.marker && is_segments(later, slack) {
            self.last = header.timestamp;
            return true;
        }
        // The beginning of such a press may come after its continuation.
        if is_segments(self.first.wrapping_sub(header.timestamp), slack) {
            self.first = header.timestamp;
            return true;
        }
        false
    }
}

/// Whether a step is that of one or more whole segments; some senders end a segment at a packet's
/// boundary, up to 50 ms short of what fits.
fn is_segments(step: u32, slack: u32) -> bool {
    (1..=KEY_SEGMENTS_MAX)
        .any(|n| (n * SEGMENT - n * slack.min(SEGMENT)..=n * SEGMENT).contains(&step))
}

/// A key to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress {
    /// Which.
    pub key: Key,
    /// How much below 0 dBm0, 0 to 63 dB; 10 is usual.
    pub volume: u8,
    /// How long: rounded up to packets of 20 ms, at least 40 ms (ITU-T Q.24), at most
    /// [`KEY_PRESS_MAX`].
    pub length: Micros,
    /// Units of the telephone-event clock in a second, 8,000 or 48,000.
    pub clock_rate: u32,
}

/// One packet of a key that is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyPacket {
    /// Set on the first packet only.
    pub marker: bool,
    /// When the press, or this segment of it, began.
    pub timestamp: u32,
    /// The payload.
    pub payload: Payload,
}

/// Sends one key: a packet every 20 ms while it is held, and its end three times.
#[derive(Clone, Debug)]
pub struct KeySender {
    press: KeyPress,
    start: Tick,
    timestamp: u32,
    /// The next packet, counted from 1; those after `held` repeat the end.
    packet: u64,
    /// Packets until the end.
    held: u64,
    /// Where the present segment began, in units since the start.
    segment: u32,
}

const PACKET: Micros = Micros::from_millis(20);

/// The end is sent three times (RFC 4733 §2.5.1.4).
const ENDS: u64 = 3;

impl KeySender {
    /// A press begins now; `timestamp` is that of the stream at this moment.
    #[must_use]
    pub fn new(now: Tick, timestamp: u32, press: KeyPress) -> Self {
        let held = press.length.0.min(KEY_PRESS_MAX.0).div_ceil(PACKET.0).max(2);
        KeySender { press, start: now, timestamp, packet: 1, held, segment: 0 }
    }

    /// When the next packet is due; `None` once the press is over.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        let is_over = self.packet >= self.held + ENDS;
        (!is_over).then(|| (self.start + PACKET.times(self.packet - 1), "key packet"))
    }

    /// The next packet that is due, if one is. Called until it returns none.
    pub fn poll(&mut self, now: Tick) -> Option<KeyPacket> {
        self.deadline().filter(|(due, _)| *due <= now)?;
        let units = clock_units(PACKET.times(self.packet.min(self.held)), self.press.clock_rate);
        let in_segment = units - self.segment;
        let timestamp = self.timestamp.wrapping_add(self.segment);
        let marker = self.packet == 1 && self.segment == 0;
        // "The sender MUST send a packet reporting this maximum duration but MUST NOT set the E
        // bit", then begins a new segment (RFC 4733 §2.5.1.3).
        let Ok(duration) = u16::try_from(in_segment) else {
            self.segment += SEGMENT;
            let payload = self.payload(false, u16::MAX);
            return Some(KeyPacket { marker, timestamp, payload });
        };
        let payload = self.payload(self.packet >= self.held, duration);
        self.packet += 1;
        Some(KeyPacket { marker, timestamp, payload })
    }

    fn payload(&self, end: bool, duration: u16) -> Payload {
        Payload { event: self.press.key.event(), end, volume: self.press.volume.min(63), duration }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    fn key(name: char) -> Key {
        Key::from_char(name).unwrap()
    }

    /// Packets of a press as `key@timestamp`, with `!` for a marker and `E` for an end; what is
    /// reported is written down.
    #[track_caller]
    fn check(packets: &str, expected: &str) {
        let mut receiver = KeyReceiver::new(8_000);
        let mut reported = String::new();
        for word in packets.split_whitespace() {
            let (name, rest) = word.split_once('@').unwrap();
            let timestamp = rest.trim_end_matches(['!', 'E']).parse::<i64>().unwrap() as u32;
            let header = Header {
                marker: rest.contains('!'),
                payload_type: 101,
                sequence: 0,
                timestamp,
                ssrc: 1,
            };
            let event = name.chars().next().and_then(Key::from_char).map_or(16, Key::event);
            let payload = Payload { event, end: rest.contains('E'), volume: 10, duration: 160 };
            if let Heard::Pressed(key) = receiver.arrived(&header, &payload.bytes()) {
                reported.push(key.to_char());
            }
        }
        assert_eq!(reported, expected);
    }

    #[test]
    fn a_press_is_reported_once_however_many_packets_it_has() {
        check("1@0! 1@0 1@0 1@0E 1@0E 1@0E", "1");
        check("5@0! 5@0E 5@2000! 5@2000E", "55");
    }

    #[test]
    fn a_lost_beginning_or_end_does_not_matter() {
        check("1@0E", "1");
        check("1@0 2@1000", "12");
        check("1@0! 1@1000 1@1000E", "11");
    }

    #[test]
    fn late_packets_of_an_earlier_press_are_known() {
        check("1@0! 2@1000! 1@0E 2@1000E 1@0E", "12");
        check("2@1000! 1@0! 1@0E 2@1000E", "21");
    }

    #[test]
    fn a_long_press_is_one_press_whatever_is_lost() {
        check("1@0! 1@0 1@65535 1@65535E", "1");
        check("1@0! 1@131070 1@131070E", "1");
        check("1@65535 1@0 1@65535E 1@0", "1");
        check("1@0 1@65440 1@65440E", "1");
        check("1@-100 1@65435 1@65435E", "1");
    }

    #[test]
    fn the_same_key_again_after_a_segment_s_length_is_another_press() {
        check("1@0! 1@0E 1@65535! 1@65535E", "11");
        check("1@0! 1@65535!", "11");
        check("1@0! 1@0E 1@65535 1@65535E", "11");
        check("1@0! 2@65535", "12");
    }

    #[test]
    fn hook_flash_and_scraps_are_no_keys() {
        check("x@0! x@0E", "");
        let mut receiver = KeyReceiver::new(8_000);
        let header = Header { marker: true, payload_type: 101, sequence: 0, timestamp: 0, ssrc: 1 };
        assert_eq!(receiver.arrived(&header, &[1, 0, 0]), Heard::TooShort);
        assert_eq!(receiver.arrived(&header, &[16, 0, 0, 0]), Heard::NoKey);
        assert_eq!(receiver.arrived(&header, &[1, 0, 0, 0, 9]), Heard::Pressed(key('1')));
        assert_eq!(receiver.arrived(&header, &[1, 0, 0, 0]), Heard::Again);
    }

    #[test]
    fn all_sixteen_keys_have_their_codes() {
        for (event, name) in (0..).zip("0123456789*#ABCD".chars()) {
            assert_eq!(Key::from_char(name), Key::from_event(event));
            assert_eq!(key(name).to_char(), name);
        }
        assert_eq!((Key::from_event(16), Key::from_char('x')), (None, None));
    }

    fn sent(press: KeyPress) -> Vec<(u64, KeyPacket)> {
        let start = Tick(5_000_000);
        let mut sender = KeySender::new(start, 1_000, press);
        let mut packets = Vec::new();
        while let Some((due, _)) = sender.deadline() {
            assert!(sender.poll(Tick(due.0 - 1)).is_none());
            packets.push((due.since(start).0 / 1_000, sender.poll(due).unwrap()));
        }
        assert!(sender.poll(Tick(u64::MAX)).is_none());
        packets
    }

    #[track_caller]
    fn check_sent(millis: u64, clock_rate: u32, expected: &str) {
        let press =
            KeyPress { key: key('5'), volume: 10, length: Micros::from_millis(millis), clock_rate };
        let mut text = String::new();
        for (at, packet) in sent(press) {
            let Payload { event, end, volume, duration } = packet.payload;
            assert_eq!((event, volume), (5, 10));
            let marker = if packet.marker { "!" } else { "" };
            let end = if end { "E" } else { "" };
            text.push_str(&format!("{at}:{}+{duration}{marker}{end} ", packet.timestamp));
        }
        assert_eq!(text.trim_end(), expected);
    }

    #[test]
    fn a_key_is_sent_every_20_ms_and_its_end_three_times() {
        check_sent(60, 8_000, "0:1000+160! 20:1000+320 40:1000+480E 60:1000+480E 80:1000+480E");
        check_sent(0, 8_000, "0:1000+160! 20:1000+320E 40:1000+320E 60:1000+320E");
        check_sent(
            50,
            48_000,
            "0:1000+960! 20:1000+1920 40:1000+2880E 60:1000+2880E 80:1000+2880E",
        );
    }

    #[test]
    fn a_press_longer_than_the_field_goes_on_in_a_new_segment() {
        let length = Micros::from_millis(1_400);
        let packets = sent(KeyPress { key: key('5'), volume: 10, length, clock_rate: 48_000 });
        // 68 × 960 = 65,280 fits; the 69th does not.
        let (_, last_of_first) = packets[68];
        let expected = Payload { event: 5, end: false, volume: 10, duration: 65_535 };
        assert!(last_of_first.payload == expected && last_of_first.timestamp == 1_000);
        let (at, first_of_second) = packets[69];
        assert_eq!((at, first_of_second.timestamp), (68 * 20, 1_000 + 65_535));
        assert_eq!((first_of_second.marker, first_of_second.payload.duration), (false, 705));
        assert_eq!(packets.iter().filter(|(_, it)| it.payload.end).count(), 3);
        assert_eq!(packets.iter().filter(|(_, it)| it.marker).count(), 1);
    }

    #[test]
    fn a_late_thread_catches_up() {
        let press = KeyPress {
            key: key('5'),
            volume: 10,
            length: Micros::from_millis(60),
            clock_rate: 8_000,
        };
        let mut sender = KeySender::new(Tick(0), 0, press);
        let packets: Vec<_> = core::iter::from_fn(|| sender.poll(Tick(1_000_000))).collect();
        assert_eq!(packets.len(), 5);
    }

    #[test]
    fn a_key_is_not_printed() {
        assert_eq!(format!("{:?}", Heard::Pressed(key('7'))), "Pressed(Key(…))");
    }
}
