// SPDX-License-Identifier: EUPL-1.2
//! What signalling and the media threads say to each other.
//!
//! The rule to keep: everything here is plain data, so that one day the media part can live on in a
//! process of its own while the rest restarts.

use crate::clip::{Clip, ClipCodec};
use rtp::latch::{OtherAddress, RefusedCounts};
use rtp::quality::Summary;
use rtp::rtcp::ReportBlock;
use rtp::srtp::{Master, Mki, Suite};
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use stdx::Micros;

/// One leg of a call; signalling gives each its own number and never the same twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LegId(pub u64);

/// One order to play something; signalling gives each its own number, so that the end of one is not
/// taken for the end of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlayId(pub u64);

/// How media is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Media threads, 1 to [`THREADS_MAX`](super::limits::THREADS_MAX); one for each core is usual.
    pub threads: usize,
    /// UDP ports for legs; each leg takes an even one and the next.
    pub ports: RangeInclusive<u16>,
}

/// The payload types of one direction, as its receiver named them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadMap {
    /// Of the sound, 0 to 127.
    pub sound: u8,
    /// Of telephone-event at 8 kHz, if it was negotiated.
    pub event: Option<u8>,
}

/// With what one side protects what it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SrtpKey {
    /// How.
    pub suite: Suite,
    /// Under which key.
    pub master: Master,
    /// What stands in each packet to name the key; ours have none.
    pub mki: Option<Mki>,
}

/// The keys of both directions (RFC 4568, 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Srtp {
    /// What we send with.
    pub send: SrtpKey,
    /// What the peer sends with.
    pub receive: SrtpKey,
}

/// What offer and answer agreed on with one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Where the peer says that it receives; unspecified or port 0 if it does not know or is held.
    pub address: SocketAddr,
    /// Where it receives RTCP if that is not the next port.
    pub rtcp: Option<SocketAddr>,
    /// Whether RTP and RTCP share one port (RFC 5761).
    pub mux: bool,
    /// The codec of both directions.
    pub codec: ClipCodec,
    /// What we receive.
    pub incoming: PayloadMap,
    /// What we send.
    pub outgoing: PayloadMap,
    /// Whether we may send sound: not to a peer that holds us.
    pub we_send: bool,
    /// Whether what the peer sends goes on to others: not while we hold it.
    pub we_receive: bool,
    /// With what packets are protected; none if they go in clear.
    pub srtp: Option<Srtp>,
    /// For peers behind an address translation only.
    pub other_address: Option<OtherAddress>,
    /// After how long without a packet the leg is said to be silent; none for never.
    pub silent_after: Option<Micros>,
}

/// What is drawn at random for a leg, by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Our source.
    pub ssrc: u32,
    /// Our first sequence number.
    pub sequence: u16,
    /// Our first timestamp.
    pub timestamp: u32,
    /// For the times of reports and the canonical name.
    pub seed: u64,
}

/// A leg to be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Our address on the network from which the peer is reached.
    pub local: IpAddr,
    /// The peer.
    pub remote: Remote,
    /// Random values.
    pub drawn: Drawn,
    /// A leg with which it will be joined: both live in one thread, and joining costs nothing.
    pub beside: Option<LegId>,
}

/// Where a leg receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalPorts {
    /// RTP.
    pub rtp: u16,
    /// RTCP; the same with rtcp-mux.
    pub rtcp: u16,
}

/// One sound in every codec in which there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clips {
    /// In A-law.
    pub pcma: Option<Clip>,
    /// In µ-law.
    pub pcmu: Option<Clip>,
    /// In G.722.
    pub g722: Option<Clip>,
}

impl Clips {
    /// Whether there is anything to hear.
    #[must_use]
    pub const fn has_sound(&self) -> bool {
        self.pcma.is_some() || self.pcmu.is_some() || self.g722.is_some()
    }

    /// Sounds one after the other, in the codecs that all of them have; none if there are none, or no such codec.
    #[must_use]
    pub fn joined(sounds: &[Clips]) -> Option<Clips> {
        let in_one = |codec| {
            let clips: Option<Vec<&Clip>> = sounds.iter().map(|it| it.of(codec)).collect();
            Clip::joined(&clips?)
        };
        let joined = Clips {
            pcma: in_one(ClipCodec::Pcma),
            pcmu: in_one(ClipCodec::Pcmu),
            g722: in_one(ClipCodec::G722),
        };
        joined.has_sound().then_some(joined)
    }

    /// The sound in one codec.
    #[must_use]
    pub const fn of(&self, codec: ClipCodec) -> Option<&Clip> {
        match codec {
            ClipCodec::Pcma => self.pcma.as_ref(),
            ClipCodec::Pcmu => self.pcmu.as_ref(),
            ClipCodec::G722 => self.g722.as_ref(),
        }
    }
}

/// How often a sound is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repeat {
    /// Once; its end is told.
    Once,
    /// Until it is stopped.
    Forever,
}

/// Why a command is not carried out. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such leg.
    UnknownLeg,
    /// There is already such a leg.
    LegExists,
    /// A leg cannot be joined with itself.
    SameLeg,
    /// Every port of the range is taken.
    PortsExhausted,
    /// The address cannot be bound, or the process has no more files.
    Bind(io::ErrorKind),
    /// The thread is behind with its commands: try again later.
    Busy,
    /// Relaying between these codecs would take decoding.
    Codecs(ClipCodec, ClipCodec),
    /// The sound does not exist in the leg's codec.
    NoClip(ClipCodec),
    /// The peer did not negotiate telephone-event.
    NoKeys,
    /// The thread has ended.
    Stopped,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::UnknownLeg => f.write_str("there is no such leg"),
            Refused::LegExists => f.write_str("this leg is open already"),
            Refused::SameLeg => f.write_str("a leg cannot be joined with itself"),
            Refused::PortsExhausted => f.write_str("every media port of the range is taken"),
            Refused::Bind(kind) => write!(f, "no media port can be opened: {kind}"),
            Refused::Busy => f.write_str("the media thread is behind with its commands"),
            Refused::Codecs(a, b) => write!(f, "{a:?} is not relayed to {b:?} without decoding"),
            Refused::NoClip(codec) => write!(f, "this sound does not exist in {codec:?}"),
            Refused::NoKeys => f.write_str("the peer takes no telephone-event"),
            Refused::Stopped => f.write_str("the media thread has ended"),
        }
    }
}

impl std::error::Error for Refused {}

/// One leg in figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// What we received, and how it sounded.
    pub summary: Summary,
    /// What the peer last said of what it receives.
    pub remote: Option<ReportBlock>,
    /// What was not accepted.
    pub refused: RefusedCounts,
    /// RTP packets that we sent.
    pub sent: u64,
    /// RTP packets that the kernel did not take.
    pub unsent: u64,
}

/// What the media threads tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The first packet that was believed: from now on the leg sends to where it came from.
    Latched {
        /// Which leg.
        leg: LegId,
        /// From where.
        from: SocketAddr,
    },
    /// The peer pressed a key.
    Key {
        /// Which leg.
        leg: LegId,
        /// Which key.
        key: rtp::keys::Key,
    },
    /// A sound that was to be played once is over.
    PlayedOut {
        /// Which leg.
        leg: LegId,
        /// Which order to play.
        play: PlayId,
    },
    /// Nothing has come for the time that was named; told once, until something comes again.
    Silent {
        /// Which leg.
        leg: LegId,
    },
    /// After silence, something came.
    SoundAgain {
        /// Which leg.
        leg: LegId,
    },
    /// The peer reported.
    Reported {
        /// Which leg.
        leg: LegId,
        /// How it stands.
        figures: Figures,
    },
    /// The peer said farewell in RTCP. That alone ends no call.
    PeerLeft {
        /// Which leg.
        leg: LegId,
    },
    /// The leg is closed, its ports are free.
    Closed {
        /// Which leg.
        leg: LegId,
        /// Its figures, for the record.
        figures: Figures,
    },
    /// The leg could not be watched and holds no ports any more; [`close`](super::Media::close) makes
    /// its number forgotten.
    Failed {
        /// Which leg.
        leg: LegId,
        /// What the kernel said.
        kind: io::ErrorKind,
    },
}

/// What went wrong without anybody to tell it to, since the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events dropped because nobody read them.
    pub events_dropped: u64,
    /// Turns of listeners left out because a thread came late.
    pub turns_skipped: u64,
    /// Datagrams that were neither RTP nor RTCP, or malformed.
    pub malformed: u64,
    /// Keys not sent because too many waited.
    pub keys_dropped: u64,
    /// Packets of protected legs that nobody with the key has written, or that were altered.
    pub srtp_forged: u64,
    /// Packets of protected legs that had come before, or came too late to say.
    pub srtp_replayed: u64,
    /// Packets of protected legs that were refused for something else.
    pub srtp_refused: u64,
}
