// SPDX-License-Identifier: EUPL-1.2
//! How far each source has come under one key.

use super::Refused;
use super::index::{Window, guess};
use crate::limits::{SRTCP_PACKETS_MAX, SRTP_PACKETS_MAX, SRTP_SOURCES_MAX};
use alloc::vec::Vec;

/// How far a source has come, as plain data: what has to be known to go on with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Progress {
    /// The source.
    pub ssrc: u32,
    /// The highest index of RTP that was used: the roll-over counter in the upper 32 of 48 bits, the
    /// sequence number in the lower 16.
    pub rtp: Option<u64>,
    /// The highest index of RTCP that was used, of 31 bits.
    pub rtcp: Option<u32>,
}

impl Progress {
    /// A source that has sent nothing, and will begin with this sequence number.
    #[must_use]
    pub fn before(ssrc: u32, sequence: u16) -> Progress {
        Progress { ssrc, rtp: u64::from(sequence).checked_sub(1), rtcp: None }
    }

    /// The same so many packets later: what a sender keeps **before** it uses them. Whoever goes on from
    /// here, with the sequence number after [`Progress::sequence`], repeats none that were sent since.
    #[must_use]
    pub fn ahead(self, packets: u32) -> Progress {
        let later = |used: u64| used.saturating_add(packets.into()).checked_sub(1);
        let rtp = later(self.rtp.map_or(0, |highest| highest.saturating_add(1)));
        let rtcp = later(self.rtcp.map_or(0, |highest| u64::from(highest) + 1));
        // An index beyond the last one is refused when it is used.
        let rtcp = rtcp.map(|highest| u32::try_from(highest).unwrap_or(u32::MAX));
        Progress { ssrc: self.ssrc, rtp, rtcp }
    }

    /// The sequence number of the highest RTP packet.
    #[must_use]
    pub fn sequence(&self) -> Option<u16> {
        self.rtp.map(|index| index as u16)
    }
}

/// One source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    ssrc: u32,
    pub(super) rtp: Window,
    pub(super) rtcp: Window,
}

impl Source {
    fn after(progress: Progress) -> Source {
        let Progress { ssrc, rtp, rtcp } = progress;
        Source {
            ssrc,
            rtp: Window::after(rtp, SRTP_PACKETS_MAX),
            rtcp: Window::after(rtcp.map(u64::from), SRTCP_PACKETS_MAX),
        }
    }

    /// The index of RTP with this number, if it may be used.
    pub(super) fn rtp_index(&self, sequence: u16) -> Result<u64, Refused> {
        let index = guess(self.rtp.highest(), sequence)?;
        self.rtp.check(index).map(|()| index)
    }

    fn progress(&self) -> Progress {
        // 31 bits by its limit.
        let rtcp = self.rtcp.highest().map(|index| index as u32);
        Progress { ssrc: self.ssrc, rtp: self.rtp.highest(), rtcp }
    }
}

/// The sources under one key, at most [`SRTP_SOURCES_MAX`].
#[derive(Clone, Debug, Default)]
pub(super) struct Sources(Vec<Source>);

impl Sources {
    /// Goes on from what was kept; more than there may be are refused.
    pub(super) fn after(progress: &[Progress]) -> Result<Sources, Refused> {
        let mut sources = Sources::default();
        for progress in progress {
            sources.keep(Source::after(*progress))?;
        }
        Ok(sources)
    }

    /// A copy of this source, or of a new one. It counts only when it is kept: whoever has no key must
    /// not fill the list.
    pub(super) fn of(&self, ssrc: u32) -> Result<Source, Refused> {
        match self.0.iter().find(|source| source.ssrc == ssrc) {
            Some(source) => Ok(*source),
            None if self.0.len() >= SRTP_SOURCES_MAX => Err(Refused::TooManySources),
            None => Ok(Source::after(Progress { ssrc, rtp: None, rtcp: None })),
        }
    }

    pub(super) fn keep(&mut self, source: Source) -> Result<(), Refused> {
        match self.0.iter().position(|known| known.ssrc == source.ssrc) {
            Some(at) => self.0[at] = source,
            None if self.0.len() >= SRTP_SOURCES_MAX => return Err(Refused::TooManySources),
            None => self.0.push(source),
        }
        Ok(())
    }

    pub(super) fn progress(&self) -> impl Iterator<Item = Progress> {
        self.0.iter().map(Source::progress)
    }
}
