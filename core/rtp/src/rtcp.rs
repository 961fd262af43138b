// SPDX-License-Identifier: EUPL-1.2
//! RTCP: sender and receiver reports, names, farewells, as compound packets (RFC 3550 §6).
//!
//! A datagram is checked as a whole before anything of it is believed (RFC 3550 A.2); what it holds
//! can then be walked through without errors. Types that we do not know are stepped over.

use crate::limits::{DATAGRAM_MAX, RTCP_COUNT_MAX, TEXT_MAX};
use crate::ntp::NtpTime;
use crate::packet::WriteError;

const SR: u8 = 200;
const RR: u8 = 201;
const SDES: u8 = 202;
const BYE: u8 = 203;
const CNAME: u8 = 1;

/// What a sender says of itself (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderInfo {
    /// When the report was sent, by the sender's clock.
    pub ntp: NtpTime,
    /// The same moment in units of the payload's clock.
    pub timestamp: u32,
    /// Packets sent since the beginning, modulo 2³².
    pub packets: u32,
    /// Bytes of payload sent since the beginning, modulo 2³².
    pub octets: u32,
}

/// What a receiver says of one source (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportBlock {
    /// The source it is about.
    pub ssrc: u32,
    /// Lost since the last report, in 1/256; 0 if duplicates outweigh the losses.
    pub fraction_lost: u8,
    /// Lost since the beginning, −8,388,608 to 8,388,607; duplicates count against it.
    pub cumulative_lost: i32,
    /// Highest sequence number, with the number of wraps in the upper 16 bits.
    pub highest_sequence: u32,
    /// Interarrival jitter in units of the payload's clock.
    pub jitter: u32,
    /// The middle 32 bits of the last SR's NTP time; 0 if none came.
    pub last_sr: u32,
    /// From that SR's arrival to this report, in 1/65,536 s; 0 if none came.
    pub delay_since_last_sr: u32,
}

/// The range of a signed 24-bit count.
const LOST_MAX: i32 = 0x7f_ffff;
const LOST_MIN: i32 = -0x80_0000;

/// Bytes of a report block.
const BLOCK: usize = 24;

impl ReportBlock {
    fn read(bytes: &[u8; BLOCK]) -> ReportBlock {
        let word = |at: usize| {
            u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        ReportBlock {
            ssrc: word(0),
            fraction_lost: bytes[4],
            // Shifted up and down again, so that the sign of the 24 bits spreads.
            cumulative_lost: (word(4) << 8) as i32 >> 8,
            highest_sequence: word(8),
            jitter: word(12),
            last_sr: word(16),
            delay_since_last_sr: word(20),
        }
    }

    fn put(&self, out: &mut Out<'_>) -> Result<(), WriteError> {
        let lost = self.cumulative_lost.clamp(LOST_MIN, LOST_MAX) as u32 & 0xff_ffff;
        out.word(self.ssrc)?;
        out.word(u32::from(self.fraction_lost) << 24 | lost)?;
        out.word(self.highest_sequence)?;
        out.word(self.jitter)?;
        out.word(self.last_sr)?;
        out.word(self.delay_since_last_sr)
    }
}

/// Why a datagram is no RTCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Malformed {
    /// Longer than [`DATAGRAM_MAX`].
    TooLong,
    /// A header of four bytes is cut.
    HeaderCut,
    /// Not version 2.
    Version,
    /// A packet is longer than what is left of the datagram.
    LengthBeyond,
    /// Padding in a packet that is not the last, or more than there is, or no multiple of four.
    Padding,
    /// Fewer bytes than the packet's count of blocks, chunks or sources needs.
    CountBeyond,
}

/// A datagram of one or more RTCP packets, all of them checked.
///
/// It need not begin with a report: phones exist that send a farewell alone, and RFC 5506 allows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compound<'a> {
    bytes: &'a [u8],
}

/// One packet of a compound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// A source that sends says how much, and what it receives.
    SenderReport {
        /// Who reports.
        ssrc: u32,
        /// What it sent.
        info: SenderInfo,
        /// What it receives.
        blocks: Blocks<'a>,
    },
    /// A source that does not send says what it receives.
    ReceiverReport {
        /// Who reports.
        ssrc: u32,
        /// What it receives.
        blocks: Blocks<'a>,
    },
    /// Names of sources.
    Description(Chunks<'a>),
    /// Sources leave. The reason is not read: nobody shows it.
    Goodbye(Sources<'a>),
    /// A type that we do not know, or a feedback that we do not use.
    Unknown(u8),
}

/// Report blocks, at most 31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocks<'a>(&'a [u8]);

impl Iterator for Blocks<'_> {
    type Item = ReportBlock;
    fn next(&mut self) -> Option<ReportBlock> {
        let (block, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(ReportBlock::read(block))
    }
}

/// Synchronisation sources, at most 31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sources<'a>(&'a [u8]);

impl Iterator for Sources<'_> {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        let (source, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*source))
    }
}

/// Chunks of a source description, at most 31: each a source and its CNAME, if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks<'a> {
    left: u8,
    bytes: &'a [u8],
}

impl<'a> Iterator for Chunks<'a> {
    type Item = (u32, Option<&'a [u8]>);
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (chunk, rest) = split_chunk(self.bytes)?;
        self.bytes = rest;
        Some(chunk)
    }
}

type Chunk<'a> = (u32, Option<&'a [u8]>);

/// Cuts a chunk off: a source, items of type, length and text, a zero byte, up to a 32-bit boundary.
fn split_chunk(bytes: &[u8]) -> Option<(Chunk<'_>, &[u8])> {
    let (source, mut items) = bytes.split_first_chunk::<4>()?;
    let mut cname = None;
    loop {
        match *items {
            [0, ..] => break,
            [kind, length, ref rest @ ..] => {
                let (text, rest) = rest.split_at_checked(usize::from(length))?;
                cname = if kind == CNAME { Some(text) } else { cname };
                items = rest;
            }
            [] | [_] => return None,
        }
    }
    // The zero byte at least, and as many as the boundary needs.
    let used = bytes.len() - items.len();
    let rest = bytes.get(used / 4 * 4 + 4..)?;
    Some(((u32::from_be_bytes(*source), cname), rest))
}

impl<'a> Compound<'a> {
    /// Checks a whole datagram.
    ///
    /// # Errors
    /// The first rule of RFC 3550 §6.4 or A.2 that it breaks.
    pub fn parse(datagram: &'a [u8]) -> Result<Compound<'a>, Malformed> {
        if datagram.len() > DATAGRAM_MAX {
            return Err(Malformed::TooLong);
        }
        if datagram.is_empty() {
            return Err(Malformed::HeaderCut);
        }
        let mut rest = datagram;
        while !rest.is_empty() {
            (_, rest) = split_packet(rest)?;
        }
        Ok(Compound { bytes: datagram })
    }

    /// The packets, in their order.
    pub fn packets(&self) -> impl Iterator<Item = Packet<'a>> + use<'a> {
        let mut rest = self.bytes;
        core::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            // Checked in `parse`, so this never ends early.
            let (packet, after) = split_packet(rest).ok()?;
            rest = after;
            Some(packet)
        })
    }
}

fn split_packet(bytes: &[u8]) -> Result<(Packet<'_>, &[u8]), Malformed> {
    let (&[first, kind, l0, l1], _) = bytes.split_first_chunk().ok_or(Malformed::HeaderCut)?;
    if first >> 6 != 2 {
        return Err(Malformed::Version);
    }
    let length = (usize::from(u16::from_be_bytes([l0, l1])) + 1) * 4;
    let (packet, rest) = bytes.split_at_checked(length).ok_or(Malformed::LengthBeyond)?;
    let body = match first & 0x20 {
        0 => &packet[4..],
        _ if rest.is_empty() => without_padding(&packet[4..])?,
        _ => return Err(Malformed::Padding),
    };
    let packet = read(kind, first & 0x1f, body).ok_or(Malformed::CountBeyond)?;
    Ok((packet, rest))
}

fn without_padding(body: &[u8]) -> Result<&[u8], Malformed> {
    let padding = usize::from(*body.last().ok_or(Malformed::Padding)?);
    match body.len().checked_sub(padding) {
        Some(end) if padding > 0 && padding % 4 == 0 => Ok(&body[..end]),
        Some(_) | None => Err(Malformed::Padding),
    }
}

/// The body of one packet; `None` if it is shorter than its count says. What follows the counted
/// part belongs to a profile and is not read (RFC 3550 §6.4.3).
fn read(kind: u8, count: u8, body: &[u8]) -> Option<Packet<'_>> {
    let count_bytes = usize::from(count);
    match kind {
        SR => {
            let (head, rest) = body.split_first_chunk::<24>()?;
            let word = |at: usize| {
                u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]])
            };
            let ntp = NtpTime(u64::from(word(4)) << 32 | u64::from(word(8)));
            let info = SenderInfo { ntp, timestamp: word(12), packets: word(16), octets: word(20) };
            let blocks = Blocks(rest.get(..count_bytes * BLOCK)?);
            Some(Packet::SenderReport { ssrc: word(0), info, blocks })
        }
        RR => {
            let (ssrc, rest) = body.split_first_chunk::<4>()?;
            let blocks = Blocks(rest.get(..count_bytes * BLOCK)?);
            Some(Packet::ReceiverReport { ssrc: u32::from_be_bytes(*ssrc), blocks })
        }
        SDES => {
            let chunks = Chunks { left: count, bytes: body };
            (chunks.count() == count_bytes).then_some(Packet::Description(chunks))
        }
        BYE => Some(Packet::Goodbye(Sources(body.get(..count_bytes * 4)?))),
        unknown => Some(Packet::Unknown(unknown)),
    }
}

/// A compound packet to be written: a report, our name, and a farewell if we leave.
///
/// RFC 3550 §6.1 wants every compound to hold the first two, so there is no way to leave them out.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// Who reports.
    pub ssrc: u32,
    /// What we sent, if we sent since the last report but one.
    pub sent: Option<SenderInfo>,
    /// What we receive, at most 31 sources.
    pub blocks: &'a [ReportBlock],
    /// Our name: random, the same for all streams of a call, no name of a person (RFC 7022 §4.2).
    pub cname: &'a [u8],
    /// Whether this is the last report.
    pub goodbye: bool,
}

impl Report<'_> {
    /// Writes the compound to the beginning of `out` and says how long it is.
    ///
    /// # Errors
    /// What cannot be written; then `out` holds nothing of use.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, WriteError> {
        let end = out.len().min(DATAGRAM_MAX);
        let mut out = Out { bytes: &mut out[..end], used: 0 };
        self.put_report(&mut out)?;
        self.put_name(&mut out)?;
        if self.goodbye {
            out.head(1, BYE, 4)?;
            out.word(self.ssrc)?;
        }
        Ok(out.used)
    }

    fn put_report(&self, out: &mut Out<'_>) -> Result<(), WriteError> {
        if self.blocks.len() > RTCP_COUNT_MAX {
            return Err(WriteError::TooMany);
        }
        let count = self.blocks.len();
        match &self.sent {
            Some(info) => {
                out.head(count, SR, 24 + count * BLOCK)?;
                out.word(self.ssrc)?;
                out.word((info.ntp.0 >> 32) as u32)?;
                out.word(info.ntp.0 as u32)?;
                out.word(info.timestamp)?;
                out.word(info.packets)?;
                out.word(info.octets)?;
            }
            None => {
                out.head(count, RR, 4 + count * BLOCK)?;
                out.word(self.ssrc)?;
            }
        }
        self.blocks.iter().try_for_each(|block| block.put(out))
    }

    fn put_name(&self, out: &mut Out<'_>) -> Result<(), WriteError> {
        if self.cname.len() > TEXT_MAX {
            return Err(WriteError::Text);
        }
        let items = 2 + self.cname.len();
        let zeros = 4 - items % 4;
        out.head(1, SDES, 4 + items + zeros)?;
        out.word(self.ssrc)?;
        out.put(&[CNAME, self.cname.len() as u8])?;
        out.put(self.cname)?;
        out.put(&[0; 4][..zeros])
    }
}

struct Out<'a> {
    bytes: &'a mut [u8],
    used: usize,
}

impl Out<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let end = self.used + bytes.len();
        let here = self.bytes.get_mut(self.used..end).ok_or(WriteError::NoRoom)?;
        here.copy_from_slice(bytes);
        self.used = end;
        Ok(())
    }

    fn word(&mut self, word: u32) -> Result<(), WriteError> {
        self.put(&word.to_be_bytes())
    }

    /// The head of a packet whose body has `body` bytes, a multiple of four.
    fn head(&mut self, count: usize, kind: u8, body: usize) -> Result<(), WriteError> {
        let [l0, l1] = ((body / 4) as u16).to_be_bytes();
        self.put(&[0x80 | count as u8, kind, l0, l1])
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec;
    use std::vec::Vec;

    const BLOCK_OF_7: ReportBlock = ReportBlock {
        ssrc: 7,
        fraction_lost: 64,
        cumulative_lost: -2,
        highest_sequence: 0x0001_0005,
        jitter: 12,
        last_sr: 0xb705_2000,
        delay_since_last_sr: 0x0005_4000,
    };

    /// A sender report with one block, a name and a farewell, written by hand from RFC 3550 §6.
    const BY_HAND: [u8; 76] = [
        0x81, 200, 0, 12, 0, 0, 0, 1, // SR of 1, one block
        0xb4, 0x4d, 0xb7, 0x05, 0x20, 0, 0, 0, // NTP time, as in RFC 3550 figure 2
        0, 0, 0, 160, 0, 0, 0, 2, 0, 0, 1, 64, // timestamp, packets, octets
        0, 0, 0, 7, 64, 0xff, 0xff, 0xfe, 0, 1, 0, 5, 0, 0, 0,
        12, // about 7, lost, seen, jitter
        0xb7, 0x05, 0x20, 0, 0, 0x05, 0x40, 0, // LSR, DLSR
        0x81, 202, 0, 3, 0, 0, 0, 1, 1, 4, b'a', b'-', b'1', b'1', 0, 0, // name "a-11"
        0x81, 203, 0, 1, 0, 0, 0, 1, // farewell of 1
    ];

    fn info() -> SenderInfo {
        let ntp = NtpTime(0xb44d_b705_2000_0000);
        SenderInfo { ntp, timestamp: 160, packets: 2, octets: 320 }
    }

    #[test]
    fn a_compound_is_read_packet_by_packet() {
        let compound = Compound::parse(&BY_HAND).unwrap();
        let mut packets = compound.packets();
        let Some(Packet::SenderReport { ssrc: 1, info: read, blocks }) = packets.next() else {
            panic!("a sender report comes first");
        };
        assert_eq!(read, info());
        assert_eq!(blocks.collect::<Vec<_>>(), [BLOCK_OF_7]);
        let Some(Packet::Description(chunks)) = packets.next() else { panic!("then a name") };
        assert_eq!(chunks.collect::<Vec<_>>(), [(1, Some(&b"a-11"[..]))]);
        let Some(Packet::Goodbye(sources)) = packets.next() else { panic!("then a farewell") };
        assert_eq!(sources.collect::<Vec<_>>(), [1]);
        assert_eq!(packets.next(), None);
    }

    #[test]
    fn the_same_compound_is_written_byte_for_byte() {
        let report = Report {
            ssrc: 1,
            sent: Some(info()),
            blocks: &[BLOCK_OF_7],
            cname: b"a-11",
            goodbye: true,
        };
        let mut out = [0xee; 100];
        assert_eq!(report.write(&mut out), Ok(76));
        assert_eq!(out[..76], BY_HAND);
        assert_eq!(report.write(&mut out[..75]), Err(WriteError::NoRoom));
    }

    #[test]
    fn a_name_always_ends_with_a_zero_on_a_boundary() {
        for length in 0..=255 {
            let cname = vec![b'x'; length];
            let report = Report { ssrc: 1, sent: None, blocks: &[], cname: &cname, goodbye: false };
            let mut out = [0xee; 400];
            let used = report.write(&mut out).unwrap();
            assert_eq!(used % 4, 0);
            let compound = Compound::parse(&out[..used]).unwrap();
            let Some(Packet::Description(mut chunks)) = compound.packets().nth(1) else {
                panic!("a name follows the report");
            };
            assert_eq!(chunks.next(), Some((1, Some(&cname[..]))));
        }
    }

    #[test]
    fn too_much_is_not_written() {
        let mut out = [0; 2_000];
        let report =
            Report { ssrc: 1, sent: None, blocks: &[BLOCK_OF_7; 32], cname: b"", goodbye: false };
        assert_eq!(report.write(&mut out), Err(WriteError::TooMany));
        let report = Report { blocks: &[], cname: &[b'x'; 256], ..report };
        assert_eq!(report.write(&mut out), Err(WriteError::Text));
    }

    #[track_caller]
    fn malformed(bytes: &[u8], why: Malformed) {
        assert_eq!(Compound::parse(bytes), Err(why));
    }

    #[test]
    fn a_broken_compound_is_refused_as_a_whole() {
        malformed(&[], Malformed::HeaderCut);
        malformed(&BY_HAND[..75], Malformed::LengthBeyond);
        malformed(&BY_HAND[..70], Malformed::HeaderCut);
        malformed(&[0; 1_504], Malformed::TooLong);
        malformed(&[0x40, 201, 0, 1, 0, 0, 0, 1], Malformed::Version);
        malformed(&[0x81, 201, 0, 1, 0, 0, 0, 1], Malformed::CountBeyond);
        malformed(&[0x80, 200, 0, 1, 0, 0, 0, 1], Malformed::CountBeyond);
        malformed(&[0x82, 203, 0, 1, 0, 0, 0, 1], Malformed::CountBeyond);
        // A name without its zero byte, and one longer than the packet.
        malformed(&[0x81, 202, 0, 2, 0, 0, 0, 1, 1, 2, b'a', b'b'], Malformed::CountBeyond);
        malformed(&[0x81, 202, 0, 2, 0, 0, 0, 1, 1, 9, b'a', 0], Malformed::CountBeyond);
    }

    #[test]
    fn padding_is_allowed_at_the_end_only() {
        let last = [0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4];
        assert!(Compound::parse(&last).is_ok());
        let mut early = last.to_vec();
        early.extend_from_slice(&BY_HAND);
        malformed(&early, Malformed::Padding);
        for wrong in [0, 3, 12] {
            let mut bytes = last;
            bytes[11] = wrong;
            malformed(&bytes, Malformed::Padding);
        }
    }

    #[test]
    fn unknown_types_are_stepped_over() {
        let mut bytes = vec![0x8f, 206, 0, 1, 1, 2, 3, 4, 0x80, 207, 0, 0];
        bytes.extend_from_slice(&[0x80, 201, 0, 1, 0, 0, 0, 1]);
        let compound = Compound::parse(&bytes).unwrap();
        let packets: Vec<_> = compound.packets().collect();
        let report = Packet::ReceiverReport { ssrc: 1, blocks: Blocks(&[]) };
        assert_eq!(packets, [Packet::Unknown(206), Packet::Unknown(207), report]);
    }

    #[test]
    fn other_items_beside_the_name_are_skipped() {
        // TOOL before CNAME, then a second source with nothing.
        let bytes = [
            0x82, 202, 0, 6, 0, 0, 0, 1, 6, 2, b'x', b'y', 1, 1, b'c', 0, //
            0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        let compound = Compound::parse(&bytes).unwrap();
        let Some(Packet::Description(chunks)) = compound.packets().next() else { panic!() };
        assert_eq!(chunks.collect::<Vec<_>>(), [(1, Some(&b"c"[..])), (2, None)]);
    }

    #[test]
    fn a_loss_beyond_24_bits_stays_at_the_end_of_its_range() {
        for (lost, expected) in
            [(i32::MAX, LOST_MAX), (i32::MIN, LOST_MIN), (-1, -1), (LOST_MAX, LOST_MAX)]
        {
            let block = ReportBlock { cumulative_lost: lost, ..BLOCK_OF_7 };
            let report =
                Report { ssrc: 1, sent: None, blocks: &[block], cname: b"", goodbye: false };
            let mut out = [0; 100];
            let used = report.write(&mut out).unwrap();
            let compound = Compound::parse(&out[..used]).unwrap();
            let Some(Packet::ReceiverReport { mut blocks, .. }) = compound.packets().next() else {
                panic!("a receiver report comes first");
            };
            assert_eq!(blocks.next().map(|it| it.cumulative_lost), Some(expected));
        }
    }
}
