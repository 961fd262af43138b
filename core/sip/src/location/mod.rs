// SPDX-License-Identifier: EUPL-1.2
//! Where a server is that is known by name (RFC 3263, 4.2): its services, then their addresses.
//!
//! ```text
//!   tel.example.net, by TLS ──▶ SRV _sips._tcp.tel.example.net ──▶ A, AAAA of every target
//!                                 └── nothing, or a port is named ──▶ A, AAAA of the name itself
//! ```
//!
//! How a server is reached (UDP, TCP, TLS) is the user's word, so no NAPTR is asked for. Services are tried by
//! priority, and within one by chance according to their weights (RFC 2782), with the generator handed in. Asking the
//! name servers is the edge's.
//!
//! The rule to keep: a failure of the name servers takes nothing away that was known; neither does one that concerns
//! one host of several.

pub mod limits;

use crate::registrar::Transport;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use limits::{ADDRESSES_MAX, AFTER_FAILURE, HOLDS_MAX, HOLDS_MIN, SERVICES_MAX};
use stdx::{Micros, Rng, Tick};

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// The name.
    pub domain: Vec<u8>,
    /// By what.
    pub transport: Transport,
    /// The port, if it is said; then services are not asked for (RFC 3263, 4.2).
    pub port: Option<u16>,
}

/// What a name server is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// SRV of this name.
    Services(Vec<u8>),
    /// A of this name.
    V4(Vec<u8>),
    /// AAAA of this name.
    V6(Vec<u8>),
}

/// One service of a name (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The lowest is tried first.
    pub priority: u16,
    /// Its share among those of the same priority.
    pub weight: u16,
    /// Where it listens.
    pub port: u16,
    /// On which host; empty if the service is decidedly not there.
    pub target: Vec<u8>,
}

/// What name servers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// These services, for so many seconds.
    Services(Vec<Service>, u32),
    /// These addresses, for so many seconds.
    Addresses(Vec<IpAddr>, u32),
    /// There is nothing of that kind.
    Nothing,
    /// Nobody has answered, or nobody can say.
    Failed,
}

/// One search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    wanted: Wanted,
    /// What was found; in the order of the answer.
    services: Vec<Service>,
    /// Addresses by the position of their service.
    addresses: Vec<(usize, IpAddr)>,
    holds: u32,
    /// Whether nobody could say where some host is.
    is_incomplete: bool,
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Services,
    V4(usize),
    V6(usize),
    Done,
    Failed,
}

impl Lookup {
    /// Begins.
    #[must_use]
    pub fn new(wanted: Wanted) -> Lookup {
        let step = if wanted.port.is_some() { Step::V4(0) } else { Step::Services };
        let (services, addresses) = (Vec::new(), Vec::new());
        let (holds, is_incomplete) = (u32::MAX, false);
        let mut lookup = Lookup { wanted, services, addresses, holds, is_incomplete, step };
        if step != Step::Services {
            lookup.take_name_itself();
        }
        lookup
    }

    /// What is looked for.
    #[must_use]
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// What to ask next; none if it is over.
    #[must_use]
    pub fn question(&self) -> Option<Question> {
        let target = |at: usize| self.services.get(at).map(|it| it.target.clone());
        match self.step {
            Step::Services => {
                let prefix: &[u8] = match self.wanted.transport {
                    Transport::Udp => b"_sip._udp.",
                    Transport::Tcp | Transport::WebSocket => b"_sip._tcp.",
                    Transport::Tls => b"_sips._tcp.",
                };
                Some(Question::Services([prefix, &self.wanted.domain].concat()))
            }
            Step::V4(at) => target(at).map(Question::V4),
            Step::V6(at) => target(at).map(Question::V6),
            Step::Done | Step::Failed => None,
        }
    }

    /// What came back.
    pub fn reply(&mut self, reply: Reply) {
        match self.step {
            Step::Services => self.services_came(reply),
            Step::V4(at) => {
                self.is_incomplete |= reply == Reply::Failed;
                self.addresses_came(at, reply);
                self.step = Step::V6(at);
            }
            Step::V6(at) => {
                // Who is found by A is reached; many name servers in front of a carrier know no AAAA at all.
                let has_v4 = self.addresses.iter().any(|(of, _)| *of == at);
                self.is_incomplete |= reply == Reply::Failed && !has_v4;
                self.addresses_came(at, reply);
                let next = at + 1;
                self.step = if next < self.services.len() { Step::V4(next) } else { Step::Done };
            }
            Step::Done | Step::Failed => {}
        }
    }

    fn services_came(&mut self, reply: Reply) {
        match reply {
            Reply::Services(mut services, holds) if !services.is_empty() => {
                services.sort_by_key(|it| it.priority);
                services.truncate(SERVICES_MAX);
                // A target of "." says: decidedly not here (RFC 2782).
                services.retain(|it| !it.target.is_empty());
                self.holds = self.holds.min(holds);
                self.step = if services.is_empty() { Step::Done } else { Step::V4(0) };
                self.services = services;
            }
            Reply::Services(..) | Reply::Addresses(..) | Reply::Nothing => {
                self.take_name_itself();
                self.step = Step::V4(0);
            }
            Reply::Failed => self.step = Step::Failed,
        }
    }

    fn take_name_itself(&mut self) {
        let usual = if self.wanted.transport == Transport::Tls { 5_061 } else { 5_060 };
        let port = self.wanted.port.unwrap_or(usual);
        let target = self.wanted.domain.clone();
        self.services = [Service { priority: 0, weight: 0, port, target }].into();
    }

    fn addresses_came(&mut self, at: usize, reply: Reply) {
        match reply {
            Reply::Addresses(found, holds) => {
                let room = ADDRESSES_MAX.saturating_sub(self.addresses.len());
                self.addresses.extend(found.into_iter().take(room).map(|ip| (at, ip)));
                self.holds = self.holds.min(holds);
            }
            // One host of several that is nowhere leaves the others.
            Reply::Services(..) | Reply::Nothing | Reply::Failed => {}
        }
    }

    /// The addresses in the order in which they are to be tried, and for how long they hold; none if the search
    /// has failed or is not over.
    fn found(&self, rng: &mut Rng) -> Option<(Vec<(u16, SocketAddr)>, Micros)> {
        if self.step != Step::Done || self.addresses.is_empty() {
            return None;
        }
        let mut found = Vec::new();
        for at in order(&self.services, rng) {
            let Service { priority, port, .. } = self.services[at];
            let of_service = self.addresses.iter().filter(|(of, _)| *of == at);
            for address in of_service.map(|&(_, ip)| SocketAddr::new(ip, port)) {
                if !found.iter().any(|(_, it)| *it == address) {
                    found.push((priority, address));
                }
            }
        }
        let holds = Micros::from_secs(u64::from(self.holds)).clamp(HOLDS_MIN, HOLDS_MAX);
        Some((found, holds))
    }
}

/// The positions of services in the order in which they are tried: by priority, and within one by chance, each as
/// often first as its weight says (RFC 2782, "Usage rules").
#[must_use]
pub fn order(services: &[Service], rng: &mut Rng) -> Vec<usize> {
    let mut left: Vec<usize> = (0..services.len()).collect();
    // Those without weight stand first, so that the dice choose them almost never.
    left.sort_by_key(|&at| (services[at].priority, services[at].weight > 0));
    let mut order = Vec::with_capacity(left.len());
    while let Some(&first) = left.first() {
        let priority = services[first].priority;
        let rivals = left.iter().take_while(|&&at| services[at].priority == priority);
        let rivals: Vec<usize> = rivals.copied().collect();
        let sum: u64 = rivals.iter().map(|&at| u64::from(services[at].weight)).sum();
        let drawn = rng.below(sum + 1);
        let mut running = 0;
        let chosen = rivals.iter().position(|&at| {
            running += u64::from(services[at].weight);
            running >= drawn
        });
        order.push(left.remove(chosen.unwrap_or(0)));
    }
    order
}

/// What is known of where a name is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// Each with its priority.
    addresses: Vec<(u16, SocketAddr)>,
    /// When it is to be asked again; at once if never before.
    ask_at: Tick,
    is_asked: bool,
    has_failed: bool,
}

impl Location {
    /// Where it is, as far as that was ever known; in the order in which to try.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.addresses.iter().map(|&(_, address)| address)
    }

    /// Whether the last search has found nothing.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// When it is to be asked; none while it is.
    #[must_use]
    pub fn deadline(&self) -> Option<Tick> {
        (!self.is_asked).then_some(self.ask_at)
    }

    /// Whether it is to be asked now; then it counts as asked.
    pub fn begin(&mut self, now: Tick) -> bool {
        let is_due = self.deadline().is_some_and(|at| at <= now);
        self.is_asked |= is_due;
        is_due
    }

    /// Nobody could be asked: tried again as after a failure.
    pub fn not_asked(&mut self, now: Tick) {
        (self.is_asked, self.has_failed) = (false, true);
        self.ask_at = now + AFTER_FAILURE;
    }

    /// A search is over; whether the addresses or their priorities are others now. The order within a priority,
    /// which chance makes, does not count: whoever is reached stays reached.
    pub fn learn(&mut self, now: Tick, lookup: &Lookup, rng: &mut Rng) -> bool {
        self.is_asked = false;
        let Some((mut found, mut holds)) = lookup.found(rng) else {
            self.not_asked(now);
            return false;
        };
        if lookup.is_incomplete {
            self.complete(&mut found);
            holds = AFTER_FAILURE;
        }
        (self.has_failed, self.ask_at) = (false, now + holds);
        let sorted = |addresses: &[(u16, SocketAddr)]| {
            let mut sorted = addresses.to_vec();
            sorted.sort_unstable();
            sorted
        };
        let is_other = sorted(&found) != sorted(&self.addresses);
        if is_other {
            self.addresses = found;
        }
        is_other
    }

    /// Adds what was known before, where it was: some of it may be what nobody could say now. At the bound what was
    /// found now stays.
    fn complete(&self, found: &mut Vec<(u16, SocketAddr)>) {
        for &(priority, address) in &self.addresses {
            if found.len() < ADDRESSES_MAX && !found.iter().any(|(_, it)| *it == address) {
                found.push((priority, address));
            }
        }
        found.sort_by_key(|&(priority, _)| priority);
    }
}

#[cfg(test)]
mod tests;
