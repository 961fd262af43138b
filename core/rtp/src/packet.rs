// SPDX-License-Identifier: EUPL-1.2
//! RTP packets: read without copying, written, and rewritten in place (RFC 3550 §5.1).
//!
//! ```text
//!  0                   1                   2                   3
//!  |V=2|P|X|  CC   |M|     PT      |       sequence number         |
//!  |                           timestamp                           |
//!  |                             SSRC                              |
//!  |                        CSRC, 0 to 15                          |
//!  |     extension profile         |  length in 32-bit words       |
//! ```

use crate::limits::{CSRC_MAX, DATAGRAM_MAX};
use core::fmt;

/// Bytes of the fixed header.
const FIXED: usize = 12;

/// The part of an RTP header that a relay reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// For audio: the first packet after silence (RFC 3551 §4.1).
    pub marker: bool,
    /// 0 to 127.
    pub payload_type: u8,
    /// Counts packets, modulo 2¹⁶.
    pub sequence: u16,
    /// When the first sample was taken, in units of the payload's clock, modulo 2³².
    pub timestamp: u32,
    /// The synchronisation source: who says so.
    pub ssrc: u32,
}

/// A header extension (RFC 3550 §5.3.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Extension<'a> {
    /// Defined by the profile; 0xBEDE for RFC 8285.
    pub profile: u16,
    /// A multiple of four bytes.
    pub data: &'a [u8],
}

/// One RTP packet, as it lies in its datagram.
///
/// The payload is what somebody says: it is not printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The fixed part of the header.
    pub header: Header,
    csrcs: &'a [u8],
    /// The header extension, if there is one.
    pub extension: Option<Extension<'a>>,
    /// The payload without padding; may be empty (a keep-alive, RFC 6263 §4.1).
    pub payload: &'a [u8],
}

/// Why a datagram is no RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// Longer than [`DATAGRAM_MAX`].
    TooLong,
    /// Shorter than the fixed header of 12 bytes.
    TooShort,
    /// Not version 2.
    Version,
    /// Ends within the list of contributing sources.
    CsrcCut,
    /// Ends within the header extension.
    ExtensionCut,
    /// Padding of no byte, or of more bytes than there are.
    Padding,
}

/// Why a packet could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WriteError {
    /// The buffer is too small, or the packet longer than [`DATAGRAM_MAX`].
    NoRoom,
    /// A payload type above 127.
    PayloadType,
    /// More than 15 contributing sources, or 31 blocks of a report.
    TooMany,
    /// An extension that is not a multiple of four bytes, or above 65,535 of these.
    Extension,
    /// A text above 255 bytes.
    Text,
}

impl<'a> Packet<'a> {
    /// Reads a datagram.
    ///
    /// # Errors
    /// The first rule of RFC 3550 §5.1 that it breaks.
    pub fn parse(datagram: &'a [u8]) -> Result<Packet<'a>, Refused> {
        if datagram.len() > DATAGRAM_MAX {
            return Err(Refused::TooLong);
        }
        let (fixed, rest) = datagram.split_first_chunk::<FIXED>().ok_or(Refused::TooShort)?;
        if fixed[0] >> 6 != 2 {
            return Err(Refused::Version);
        }
        let csrc_bytes = usize::from(fixed[0] & 0x0f) * 4;
        let (csrcs, rest) = rest.split_at_checked(csrc_bytes).ok_or(Refused::CsrcCut)?;
        let (extension, rest) = match fixed[0] & 0x10 {
            0 => (None, rest),
            _ => split_extension(rest)?,
        };
        let payload = match fixed[0] & 0x20 {
            0 => rest,
            _ => without_padding(rest)?,
        };
        Ok(Packet { header: Header::read(fixed), csrcs, extension, payload })
    }

    /// The contributing sources, at most 15.
    pub fn csrcs(&self) -> impl Iterator<Item = u32> + 'a {
        self.csrcs.as_chunks::<4>().0.iter().map(|bytes| u32::from_be_bytes(*bytes))
    }
}

impl fmt::Debug for Packet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} with {} bytes", self.header, self.payload.len())
    }
}

impl fmt::Debug for Extension<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "extension {:#06x} of {} bytes", self.profile, self.data.len())
    }
}

/// Where the payload of a packet begins, read from what stands in clear also when it is encrypted.
pub(crate) fn payload_start(packet: &[u8]) -> Result<usize, Refused> {
    let (fixed, rest) = packet.split_first_chunk::<FIXED>().ok_or(Refused::TooShort)?;
    if fixed[0] >> 6 != 2 {
        return Err(Refused::Version);
    }
    let csrc_bytes = usize::from(fixed[0] & 0x0f) * 4;
    let rest = rest.get(csrc_bytes..).ok_or(Refused::CsrcCut)?;
    let payload = match fixed[0] & 0x10 {
        0 => rest,
        _ => split_extension(rest)?.1,
    };
    Ok(packet.len() - payload.len())
}

fn split_extension(rest: &[u8]) -> Result<(Option<Extension<'_>>, &[u8]), Refused> {
    let (head, rest) = rest.split_first_chunk::<4>().ok_or(Refused::ExtensionCut)?;
    let words = u16::from_be_bytes([head[2], head[3]]);
    let (data, rest) =
        rest.split_at_checked(usize::from(words) * 4).ok_or(Refused::ExtensionCut)?;
    let profile = u16::from_be_bytes([head[0], head[1]]);
    Ok((Some(Extension { profile, data }), rest))
}

/// The last byte counts the padding, itself included.
fn without_padding(rest: &[u8]) -> Result<&[u8], Refused> {
    let padding = usize::from(*rest.last().ok_or(Refused::Padding)?);
    match rest.len().checked_sub(padding) {
        Some(end) if padding > 0 => Ok(&rest[..end]),
        Some(_) | None => Err(Refused::Padding),
    }
}

impl Header {
    fn read(fixed: &[u8; FIXED]) -> Header {
        let [_, kind, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3] = *fixed;
        Header {
            marker: kind & 0x80 != 0,
            payload_type: kind & 0x7f,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
        }
    }

    /// Everything but the first byte.
    fn put(&self, fixed: &mut [u8; FIXED]) -> Result<(), WriteError> {
        if self.payload_type > 127 {
            return Err(WriteError::PayloadType);
        }
        fixed[1] = u8::from(self.marker) << 7 | self.payload_type;
        fixed[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        fixed[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        fixed[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        Ok(())
    }
}

/// Gives a packet another header where it lies; sources, extension, padding and payload stay.
///
/// # Errors
/// [`WriteError::NoRoom`] if it is too short to be RTP, [`WriteError::PayloadType`] above 127; then
/// nothing has changed.
pub fn rewrite(datagram: &mut [u8], header: &Header) -> Result<(), WriteError> {
    let fixed = datagram.first_chunk_mut::<FIXED>().ok_or(WriteError::NoRoom)?;
    header.put(fixed)
}

/// A packet to be written.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// The fixed part of the header.
    pub header: Header,
    /// Contributing sources, at most 15.
    pub csrcs: &'a [u32],
    /// A header extension.
    pub extension: Option<Extension<'a>>,
    /// The payload.
    pub payload: &'a [u8],
    /// Bytes of padding after it; 0 for none.
    pub padding: u8,
}

impl<'a> Outgoing<'a> {
    /// A packet of header and payload only, as all of ours are.
    #[must_use]
    pub const fn new(header: Header, payload: &'a [u8]) -> Self {
        Outgoing { header, csrcs: &[], extension: None, payload, padding: 0 }
    }

    /// Writes the packet to the beginning of `out` and says how long it is.
    ///
    /// # Errors
    /// What cannot be written; then `out` holds nothing of use.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, WriteError> {
        let length = self.length()?;
        let out = out.get_mut(..length).ok_or(WriteError::NoRoom)?;
        // The sum of all parts is `length`, so that every split below finds its bytes.
        let (fixed, mut rest) = out.split_first_chunk_mut::<FIXED>().ok_or(WriteError::NoRoom)?;
        self.header.put(fixed)?;
        let flags = u8::from(self.padding > 0) << 5 | u8::from(self.extension.is_some()) << 4;
        fixed[0] = 0x80 | flags | self.csrcs.len() as u8;
        for csrc in self.csrcs {
            rest = put(rest, &csrc.to_be_bytes());
        }
        if let Some(extension) = self.extension {
            rest = put(rest, &extension.profile.to_be_bytes());
            rest = put(rest, &((extension.data.len() / 4) as u16).to_be_bytes());
            rest = put(rest, extension.data);
        }
        rest = put(rest, self.payload);
        rest.fill(0);
        if let Some(last) = rest.last_mut() {
            *last = self.padding;
        }
        Ok(length)
    }

    fn length(&self) -> Result<usize, WriteError> {
        if self.csrcs.len() > CSRC_MAX {
            return Err(WriteError::TooMany);
        }
        let extension = match self.extension {
            Some(Extension { data, .. }) if data.len() % 4 != 0 || data.len() > 4 * 0xffff => {
                return Err(WriteError::Extension);
            }
            Some(Extension { data, .. }) => 4 + data.len(),
            None => 0,
        };
        let length = FIXED
            + self.csrcs.len() * 4
            + extension
            + self.payload.len()
            + usize::from(self.padding);
        if length > DATAGRAM_MAX { Err(WriteError::NoRoom) } else { Ok(length) }
    }
}

/// Copies to the beginning and returns what is left.
fn put<'o>(out: &'o mut [u8], bytes: &[u8]) -> &'o mut [u8] {
    let (here, rest) = out.split_at_mut(bytes.len());
    here.copy_from_slice(bytes);
    rest
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::format;
    use std::vec::Vec;

    /// Version 2, PCMA with marker, sequence 0x1234, timestamp 0x89abcdef, SSRC 0xdeadbeef.
    const PLAIN: [u8; 12] =
        [0x80, 0x88, 0x12, 0x34, 0x89, 0xab, 0xcd, 0xef, 0xde, 0xad, 0xbe, 0xef];

    fn with(first: u8, tail: &[u8]) -> Vec<u8> {
        let mut bytes = PLAIN.to_vec();
        bytes[0] = first;
        bytes.extend_from_slice(tail);
        bytes
    }

    #[test]
    fn every_field_is_read_from_its_place() {
        let packet = Packet::parse(&PLAIN).unwrap();
        let header = Header {
            marker: true,
            payload_type: 8,
            sequence: 0x1234,
            timestamp: 0x89ab_cdef,
            ssrc: 0xdead_beef,
        };
        assert_eq!(packet.header, header);
        assert_eq!((packet.csrcs().count(), packet.extension, packet.payload), (0, None, &[][..]));
    }

    #[test]
    fn sources_extension_and_padding_are_cut_off() {
        let tail = [0, 0, 0, 7, 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 0x55, 0xd5, 0, 0, 3];
        let bytes = with(0xb1, &tail);
        let packet = Packet::parse(&bytes).unwrap();
        assert_eq!(packet.csrcs().collect::<Vec<_>>(), [7]);
        assert_eq!(packet.extension, Some(Extension { profile: 0xbede, data: &[1, 2, 3, 4] }));
        assert_eq!(packet.payload, [0x55, 0xd5]);
    }

    #[track_caller]
    fn refused(bytes: &[u8], why: Refused) {
        assert_eq!(Packet::parse(bytes), Err(why));
    }

    #[test]
    fn a_broken_packet_is_refused_with_its_reason() {
        refused(&[], Refused::TooShort);
        refused(&PLAIN[..11], Refused::TooShort);
        refused(&with(0x80, &[0; DATAGRAM_MAX]), Refused::TooLong);
        for version in [0x00, 0x40, 0xc0] {
            refused(&with(version, &[]), Refused::Version);
        }
        refused(&with(0x82, &[0; 7]), Refused::CsrcCut);
        refused(&with(0x90, &[0xbe, 0xde, 0]), Refused::ExtensionCut);
        refused(&with(0x90, &[0xbe, 0xde, 0, 2, 1, 2, 3, 4]), Refused::ExtensionCut);
        refused(&with(0xa0, &[]), Refused::Padding);
        refused(&with(0xa0, &[1, 0]), Refused::Padding);
        refused(&with(0xa0, &[1, 3]), Refused::Padding);
        // Padding must not reach back into the extension.
        refused(&with(0xb0, &[0xbe, 0xde, 0, 0, 2]), Refused::Padding);
    }

    #[test]
    fn a_packet_of_nothing_but_padding_is_empty() {
        assert_eq!(Packet::parse(&with(0xa0, &[0, 0, 3])).unwrap().payload, []);
    }

    #[test]
    fn rewriting_leaves_the_rest_alone() {
        let mut bytes = with(0xb1, &[0, 0, 0, 7, 0xbe, 0xde, 0, 0, 0x55, 1]);
        let before = bytes.clone();
        let header = Header { marker: false, payload_type: 9, sequence: 1, timestamp: 2, ssrc: 3 };
        rewrite(&mut bytes, &header).unwrap();
        assert_eq!(Packet::parse(&bytes).unwrap().header, header);
        assert_eq!((bytes[0], &bytes[12..]), (before[0], &before[12..]));
        assert_eq!(rewrite(&mut bytes[..11], &header), Err(WriteError::NoRoom));
        let wrong = Header { payload_type: 128, ..header };
        assert_eq!(rewrite(&mut bytes, &wrong), Err(WriteError::PayloadType));
        assert_eq!(Packet::parse(&bytes).unwrap().header, header);
    }

    #[test]
    fn what_no_parser_would_take_is_not_written() {
        let header = Packet::parse(&PLAIN).unwrap().header;
        let mut out = [0; 2_000];
        let plain = Outgoing::new(header, &[1, 2, 3]);
        assert_eq!(plain.write(&mut out[..14]), Err(WriteError::NoRoom));
        assert_eq!(plain.write(&mut out[..15]), Ok(15));
        assert_eq!(Outgoing { csrcs: &[0; 16], ..plain }.write(&mut out), Err(WriteError::TooMany));
        let odd = Some(Extension { profile: 0, data: &[0; 3] });
        assert_eq!(
            Outgoing { extension: odd, ..plain }.write(&mut out),
            Err(WriteError::Extension)
        );
        let long = Outgoing::new(header, &[0; DATAGRAM_MAX]);
        assert_eq!(long.write(&mut out), Err(WriteError::NoRoom));
    }

    #[test]
    fn what_is_said_is_not_printed() {
        let bytes = with(0x80, b"secret");
        let printed = format!("{:?}", Packet::parse(&bytes).unwrap());
        assert!(printed.ends_with("with 6 bytes"), "{printed}");
    }
}
