// SPDX-License-Identifier: EUPL-1.2
//! Protects what we send.

use super::keys::Keys;
use super::sources::{Progress, Sources};
use super::{Master, RTCP_CLEAR, RTCP_INDEX, RTCP_TAG, Refused, Suite, rtcp_ssrc, rtp_parts};
use crate::limits::DATAGRAM_MAX;

/// The bit before an SRTCP index that says: encrypted (RFC 3711 §3.4).
const ENCRYPTED: u32 = 1 << 31;

/// What we send under one key.
///
/// The sequence number with which a source begins belongs below 2¹⁵ (RFC 4568 §6.4): the receiver would
/// miss the first roll-over if the packets before it got lost.
#[derive(Clone, Debug)]
pub struct Sender {
    suite: Suite,
    rtp: Keys,
    rtcp: Keys,
    sources: Sources,
}

impl Sender {
    /// Under a key that nothing was sent with.
    #[must_use]
    pub fn new(suite: Suite, master: &Master) -> Sender {
        let (rtp, rtcp) = (Keys::rtp(master), Keys::rtcp(master));
        Sender { suite, rtp, rtcp, sources: Sources::default() }
    }

    /// Goes on with a key that was in use: nothing up to these indexes is used again. They must not be
    /// lower than what was sent; see [`Progress::ahead`].
    ///
    /// # Errors
    /// [`Refused::TooManySources`].
    pub fn after(self, progress: &[Progress]) -> Result<Sender, Refused> {
        Ok(Sender { sources: Sources::after(progress)?, ..self })
    }

    /// How far each source has come, to be kept and given to [`Sender::after`].
    pub fn progress(&self) -> impl Iterator<Item = Progress> {
        self.sources.progress()
    }

    /// Encrypts the RTP packet in the first `length` bytes of `buffer` and puts the tag behind it; says
    /// how long it is now. Room for [`SRTP_EXTRA_MAX`](crate::limits::SRTP_EXTRA_MAX) bytes more is
    /// always enough.
    ///
    /// # Errors
    /// It is no RTP, there is no room, or its index is used: then nothing has changed.
    pub fn protect_rtp(&mut self, buffer: &mut [u8], length: usize) -> Result<usize, Refused> {
        let tag_length = self.suite.rtp_tag();
        let (packet, tag) = split(buffer, length, tag_length)?;
        let (ssrc, sequence, payload) = rtp_parts(packet)?;
        let mut source = self.sources.of(ssrc)?;
        let index = source.rtp_index(sequence)?;
        source.rtp.take(index);
        self.sources.keep(source)?;
        self.rtp.stream.apply(ssrc, index, &mut packet[payload..]);
        self.rtp.sign(packet, &rolled(index), tag);
        Ok(length + tag_length)
    }

    /// Encrypts the RTCP compound in the first `length` bytes of `buffer` and puts index and tag behind
    /// it; says how long it is now.
    ///
    /// # Errors
    /// It is no RTCP, there is no room, or the key is used up: then nothing has changed.
    pub fn protect_rtcp(&mut self, buffer: &mut [u8], length: usize) -> Result<usize, Refused> {
        let (packet, behind) = split(buffer, length, RTCP_INDEX + RTCP_TAG)?;
        let ssrc = rtcp_ssrc(packet)?;
        let mut source = self.sources.of(ssrc)?;
        let index = source.rtcp.next();
        source.rtcp.check(index)?;
        source.rtcp.take(index);
        self.sources.keep(source)?;
        self.rtcp.stream.apply(ssrc, index, &mut packet[RTCP_CLEAR..]);
        // 31 bits, as was checked.
        let word = (ENCRYPTED | index as u32).to_be_bytes();
        let (place, tag) = behind.split_at_mut(RTCP_INDEX);
        place.copy_from_slice(&word);
        self.rtcp.sign(packet, &word, tag);
        Ok(length + RTCP_INDEX + RTCP_TAG)
    }
}

/// The roll-over counter, over which the tag of RTP goes without its being sent (RFC 3711 §4.2).
pub(super) fn rolled(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}

/// The packet, and the room behind it.
fn split(
    buffer: &mut [u8],
    length: usize,
    behind: usize,
) -> Result<(&mut [u8], &mut [u8]), Refused> {
    if length.saturating_add(behind) > DATAGRAM_MAX {
        return Err(Refused::TooLong);
    }
    let (packet, rest) = buffer.split_at_mut_checked(length).ok_or(Refused::NoRoom)?;
    Ok((packet, rest.get_mut(..behind).ok_or(Refused::NoRoom)?))
}
