// SPDX-License-Identifier: EUPL-1.2
//! From whom a leg accepts sound, and where it sends its own: symmetric RTP (RFC 4961) that cannot
//! be hijacked.
//!
//! ```text
//!             one packet from the signalled address and port,
//!             or two in a row from another port of that address,
//!             or n in a row from elsewhere (only if allowed, only at the start)
//!  Expecting ───────────────────────────────────────────────────────────────▶ Latched
//!      ▲                                                                         │
//!      └──────────────────── signalling names another address ◀──────────────────┘
//! ```
//!
//! The rule to keep: packets latch once, and a latched leg moves to nowhere but to an address that
//! signalling named. A leg that another port of the named host has latched goes home with the
//! first packet from there.

use crate::limits::PROBATION;
use crate::packet::Header;
use core::net::SocketAddr;
use stdx::{Micros, Tick};

/// A set of payload types, those that were negotiated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PayloadTypes(u128);

impl PayloadTypes {
    /// The set with these, each 0 to 127; others are left out.
    #[must_use]
    pub fn of(types: &[u8]) -> Self {
        let known = types.iter().filter(|&&it| it < 128);
        PayloadTypes(known.fold(0, |set, &it| set | 1 << it))
    }

    /// Whether a payload type is in the set.
    #[must_use]
    pub const fn contains(self, payload_type: u8) -> bool {
        payload_type < 128 && self.0 >> payload_type & 1 == 1
    }
}

/// A peer behind a network address translation sends from another address than it signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherAddress {
    /// How long after signalling another address may still prove itself; seconds, not minutes.
    pub within: Micros,
    /// How many packets in a row it takes, at least 1: one source, numbers without a gap.
    pub packets: u8,
}

/// What a leg accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What was negotiated.
    pub payload_types: PayloadTypes,
    /// For peers that are configured as behind a translation; `None` for all others.
    pub other_address: Option<OtherAddress>,
}

/// Where a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No packet was believed yet.
    Expecting {
        /// When signalling named the address.
        since: Tick,
        /// Who is proving itself from another address.
        candidate: Option<Candidate>,
    },
    /// Accepts from here, sends to here.
    Latched {
        /// The address that packets came from.
        to: SocketAddr,
    },
}

/// An address that is proving itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Where its packets come from.
    pub from: SocketAddr,
    /// Their source.
    pub ssrc: u32,
    /// The number of the last.
    pub sequence: u16,
    /// How many came in a row.
    pub packets: u8,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// From the peer.
    Accepted,
    /// From the peer, and the first: from now on the leg sends there.
    Latched,
    /// Perhaps from the peer; this packet is not passed on.
    OnTrial,
    /// Not from the peer; dropped and counted.
    Refused(Refusal),
}

/// Why a packet is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The payload type was not negotiated.
    PayloadType,
    /// From another address, and none but the signalled one is allowed.
    OtherAddress,
    /// From another address, and too late for it to prove itself.
    TooLate,
    /// The leg is latched, and not to this address: a mistake or an attempt to take the call over.
    Hijack,
}

/// How many packets were refused, for metrics and the call's record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefusedCounts {
    /// With a payload type that was not negotiated.
    pub payload_type: u64,
    /// From an address that is not allowed.
    pub other_address: u64,
    /// From another address, too late.
    pub too_late: u64,
    /// From elsewhere while latched.
    pub hijack: u64,
}

/// One leg's latch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latch {
    signalled: SocketAddr,
    rules: Rules,
    state: State,
    refused: RefusedCounts,
}

impl Latch {
    /// Signalling named the peer's address, in an offer or an answer.
    ///
    /// An unspecified address or port 0 (a peer on hold, or one that does not know its own) is
    /// matched by nobody.
    #[must_use]
    pub fn new(now: Tick, signalled: SocketAddr, rules: Rules) -> Self {
        Latch {
            signalled: canonical(signalled),
            rules,
            state: State::Expecting { since: now, candidate: None },
            refused: RefusedCounts::default(),
        }
    }

    /// Where the leg is.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state
    }

    /// How many packets were refused.
    #[must_use]
    pub const fn refused(&self) -> RefusedCounts {
        self.refused
    }

    /// Where to send: to where the peer's packets come from, until then to where signalling says;
    /// `None` if that is no address.
    #[must_use]
    pub fn target(&self) -> Option<SocketAddr> {
        match self.state {
            State::Latched { to } => Some(to),
            State::Expecting { .. } => is_usable(&self.signalled).then_some(self.signalled),
        }
    }

    /// Whether a datagram that is no RTP (RTCP on its own port) comes from the peer's address.
    /// It never latches.
    #[must_use]
    pub fn is_from_peer(&self, from: SocketAddr) -> bool {
        self.target().is_some_and(|target| canonical(from).ip() == target.ip())
    }

    /// Signalling spoke again. The same address keeps what is latched; another one begins anew.
    pub fn signalled(&mut self, now: Tick, address: SocketAddr, rules: Rules) {
        self.rules = rules;
        let address = canonical(address);
        if address != self.signalled {
            self.signalled = address;
            self.state = State::Expecting { since: now, candidate: None };
        }
    }

    /// The call was answered. A peer that was offered a call long ago sends its first packet only
    /// now, so the time for another address begins anew; what is latched stays.
    pub const fn answered(&mut self, now: Tick) {
        if let State::Expecting { since, .. } = &mut self.state {
            *since = now;
        }
    }

    /// An RTP packet arrived.
    pub fn arrived(&mut self, now: Tick, from: SocketAddr, header: &Header) -> Verdict {
        let from = canonical(from);
        let (state, verdict) = match self.state {
            State::Latched { to } => self.when_latched(to, from, header),
            State::Expecting { since, candidate } => {
                self.when_expecting(now, since, candidate, from, header)
            }
        };
        self.state = state;
        if let Verdict::Refused(why) = verdict {
            *self.refused.of(why) += 1;
        }
        verdict
    }

    fn when_latched(&self, to: SocketAddr, from: SocketAddr, header: &Header) -> (State, Verdict) {
        let home = from == self.signalled && from.ip() == to.ip();
        if from != to && !home {
            return (self.state, Verdict::Refused(Refusal::Hijack));
        }
        if !self.rules.payload_types.contains(header.payload_type) {
            return (self.state, Verdict::Refused(Refusal::PayloadType));
        }
        match from == to {
            true => (self.state, Verdict::Accepted),
            // What came first was another call's, which goes on though its call has ended.
            false => (State::Latched { to: from }, Verdict::Latched),
        }
    }

    fn when_expecting(
        &self,
        now: Tick,
        since: Tick,
        candidate: Option<Candidate>,
        from: SocketAddr,
        header: &Header,
    ) -> (State, Verdict) {
        let refuse = |why| (self.state, Verdict::Refused(why));
        let signalled = is_usable(&self.signalled).then_some(self.signalled);
        if !self.rules.payload_types.contains(header.payload_type) {
            return refuse(Refusal::PayloadType);
        }
        let needed = match (signalled, self.rules.other_address) {
            (Some(signalled), _) if signalled == from => 1,
            // Carriers send all calls from one address: one packet may be the last of another call.
            (Some(signalled), _) if signalled.ip() == from.ip() => PROBATION,
            (Some(_) | None, None) => return refuse(Refusal::OtherAddress),
            (Some(_) | None, Some(other)) if now.since(since) > other.within => {
                return refuse(Refusal::TooLate);
            }
            (Some(_) | None, Some(other)) => other.packets,
        };
        let candidate = Candidate::after(candidate, from, header);
        if candidate.packets >= needed {
            return (State::Latched { to: from }, Verdict::Latched);
        }
        (State::Expecting { since, candidate: Some(candidate) }, Verdict::OnTrial)
    }
}

impl Candidate {
    /// The next in a row, or the first of another.
    fn after(before: Option<Candidate>, from: SocketAddr, header: &Header) -> Candidate {
        let follows = |it: &Candidate| {
            it.from == from
                && it.ssrc == header.ssrc
                && it.sequence.wrapping_add(1) == header.sequence
        };
        let so_far = before.filter(follows).map_or(0, |it| it.packets);
        let packets = so_far.saturating_add(1);
        Candidate { from, ssrc: header.ssrc, sequence: header.sequence, packets }
    }
}

impl RefusedCounts {
    fn of(&mut self, why: Refusal) -> &mut u64 {
        match why {
            Refusal::PayloadType => &mut self.payload_type,
            Refusal::OtherAddress => &mut self.other_address,
            Refusal::TooLate => &mut self.too_late,
            Refusal::Hijack => &mut self.hijack,
        }
    }
}

/// An IPv4 address that a socket for both families shows as IPv6 is the IPv4 address.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn is_usable(address: &SocketAddr) -> bool {
    !address.ip().is_unspecified() && address.port() != 0
}
