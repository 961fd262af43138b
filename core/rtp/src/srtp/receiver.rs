// SPDX-License-Identifier: EUPL-1.2
//! Reads what comes, if the other side wrote it.
//!
//! The order is that of RFC 3711 §3.3: index, replay, tag; only then is anything decrypted, and only
//! then does the packet count as come. What is refused leaves no trace, in the packet either.

use super::keys::Keys;
use super::sender::rolled;
use super::sources::{Progress, Sources};
use super::{Master, RTCP_CLEAR, RTCP_INDEX, RTCP_TAG, Refused, Suite, rtcp_ssrc, rtp_parts};
use crate::limits::{DATAGRAM_MAX, MKI_MAX};

/// A master key identifier: a number that stands before the tag and names the key (RFC 3711 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mki {
    value: u64,
    length: u8,
}

impl Mki {
    /// A number in so many bytes; none if they are none, more than [`MKI_MAX`], or too few for it.
    #[must_use]
    pub const fn new(value: u64, length: u8) -> Option<Mki> {
        let fits = length >= 8 || value >> (8 * length as u32) == 0;
        if length > 0 && length <= MKI_MAX && fits { Some(Mki { value, length }) } else { None }
    }

    fn is_in(self, bytes: &[u8]) -> bool {
        let number = self.value.to_be_bytes();
        let padding = bytes.len().saturating_sub(number.len());
        let (padding, digits) = bytes.split_at(padding);
        padding.iter().all(|&byte| byte == 0) && number.ends_with(digits)
    }
}

/// What comes under one key.
#[derive(Clone, Debug)]
pub struct Receiver {
    suite: Suite,
    rtp: Keys,
    rtcp: Keys,
    mki: Option<Mki>,
    sources: Sources,
}

impl Receiver {
    /// Under a key that nothing came with. `mki` is what the other side wrote beside its key.
    #[must_use]
    pub fn new(suite: Suite, master: &Master, mki: Option<Mki>) -> Receiver {
        let (rtp, rtcp) = (Keys::rtp(master), Keys::rtcp(master));
        Receiver { suite, rtp, rtcp, mki, sources: Sources::default() }
    }

    /// Goes on after packets with these indexes; none up to them is taken again. Not ahead, as a sender
    /// does: what is still to come would be refused.
    ///
    /// # Errors
    /// [`Refused::TooManySources`].
    pub fn after(self, progress: &[Progress]) -> Result<Receiver, Refused> {
        Ok(Receiver { sources: Sources::after(progress)?, ..self })
    }

    /// How far each source has come, to be kept and given to [`Receiver::after`].
    pub fn progress(&self) -> impl Iterator<Item = Progress> {
        self.sources.progress()
    }

    /// Checks and decrypts a datagram of SRTP; what is left is the RTP packet in its first bytes, as many
    /// as are returned.
    ///
    /// # Errors
    /// Why it is not taken; then nothing has changed.
    pub fn unprotect_rtp(&mut self, datagram: &mut [u8]) -> Result<usize, Refused> {
        let (packet, tag) = self.split(datagram, self.suite.rtp_tag())?;
        let (ssrc, sequence, payload) = rtp_parts(packet)?;
        let mut source = self.sources.of(ssrc)?;
        let index = source.rtp_index(sequence)?;
        if !self.rtp.verifies(packet, &rolled(index), tag) {
            return Err(Refused::Forged);
        }
        source.rtp.take(index);
        self.sources.keep(source)?;
        self.rtp.stream.apply(ssrc, index, &mut packet[payload..]);
        Ok(packet.len())
    }

    /// Checks and decrypts a datagram of SRTCP; what is left is the compound in its first bytes, as many
    /// as are returned.
    ///
    /// # Errors
    /// Why it is not taken; then nothing has changed.
    pub fn unprotect_rtcp(&mut self, datagram: &mut [u8]) -> Result<usize, Refused> {
        let (packet, tag) = self.split(datagram, RTCP_TAG)?;
        let cut = packet.split_last_chunk_mut::<RTCP_INDEX>();
        let (packet, word) = cut.ok_or(Refused::TooShort)?;
        let ssrc = rtcp_ssrc(packet)?;
        let (encrypted, index) = (word[0] >> 7 == 1, u32::from_be_bytes(*word) & u32::MAX >> 1);
        let mut source = self.sources.of(ssrc)?;
        source.rtcp.check(index.into())?;
        if !self.rtcp.verifies(packet, word, tag) {
            return Err(Refused::Forged);
        }
        // It would take UNENCRYPTED_SRTCP (RFC 4568 §6.3.2), which we never agree to.
        if !encrypted {
            return Err(Refused::InClear);
        }
        source.rtcp.take(index.into());
        self.sources.keep(source)?;
        self.rtcp.stream.apply(ssrc, index.into(), &mut packet[RTCP_CLEAR..]);
        Ok(packet.len())
    }

    /// What the tag is over, and the tag, with the identifier between them taken away.
    fn split<'d>(
        &self,
        datagram: &'d mut [u8],
        tag: usize,
    ) -> Result<(&'d mut [u8], &'d [u8]), Refused> {
        if datagram.len() > DATAGRAM_MAX {
            return Err(Refused::TooLong);
        }
        let mki_length = self.mki.map_or(0, |mki| usize::from(mki.length));
        let end = datagram.len().checked_sub(tag + mki_length).ok_or(Refused::TooShort)?;
        let (packet, behind) = datagram.split_at_mut(end);
        let (mki, tag) = behind.split_at(mki_length);
        match self.mki {
            Some(ours) if !ours.is_in(mki) => Err(Refused::OtherKey),
            Some(_) | None => Ok((packet, tag)),
        }
    }
}
