// SPDX-License-Identifier: EUPL-1.2
//! Where the peers of trunks are, of which some are known by name only.
//!
//! ```text
//!   due ──▶ names (a thread) ──▶ where the name is ──▶ peers, flows, proofs, registrations
//!             └── nobody answers: what was known stays ──▲
//! ```
//!
//! The rule to keep: nothing here waits for a name server, and a name that cannot be found takes no peer away.

use super::exchange::Exchange;
use super::network::Network;
use super::words::{Listen, Place, Trunk};
use crate::names::Names;
use sip::location::{Location, Lookup, Wanted};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use stdx::Tick;

/// Where names are.
#[derive(Default)]
pub(super) struct Places {
    /// Whom to ask; none for those of the machine.
    servers: Vec<SocketAddr>,
    /// Asks; none until there is something to ask.
    names: Option<Names>,
    locations: BTreeMap<Wanted, Location>,
    /// Names of which something else is known since somebody asked.
    changed: BTreeSet<Wanted>,
}

/// How the search for a name has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameFound {
    /// The name.
    pub domain: String,
    /// Whether the last search has found something.
    pub found: bool,
    /// How many addresses are known; also from before, if the last search has failed.
    pub addresses: usize,
}

impl Places {
    pub(super) fn asking(servers: Vec<SocketAddr>) -> Places {
        Places { servers, ..Places::default() }
    }

    /// Other trunks: names that nobody wants any more are forgotten.
    pub(super) fn adopt(&mut self, trunks: &[Trunk]) {
        let wanted: BTreeSet<Wanted> = trunks.iter().flat_map(named).collect();
        self.locations.retain(|name, _| wanted.contains(name));
        for name in wanted {
            self.locations.entry(name).or_default();
        }
    }

    /// The addresses of a trunk's peers, in the order in which they are to be tried.
    pub(super) fn peers(&self, trunk: &Trunk) -> Vec<Listen> {
        trunk.peers.iter().flat_map(|place| self.peers_at(place)).collect()
    }

    fn peers_at(&self, place: &Place) -> Vec<Listen> {
        match place {
            Place::At(listen) => vec![*listen],
            Place::Named { carrier, .. } => {
                let location = place.wanted().and_then(|wanted| self.locations.get(&wanted));
                let addresses = location.into_iter().flat_map(Location::addresses);
                addresses.map(|address| Listen { carrier: *carrier, address }).collect()
            }
        }
    }

    /// The first name of a trunk that has never been found.
    pub(super) fn unknown(&self, trunk: &Trunk) -> Option<String> {
        let is_unknown = |place: &&Place| self.peers_at(place).is_empty();
        trunk.peers.iter().find(is_unknown).and_then(Place::domain).map(str::to_owned)
    }

    fn deadline(&self) -> Option<Tick> {
        self.locations.values().filter_map(Location::deadline).min()
    }
}

fn named(trunk: &Trunk) -> Vec<Wanted> {
    trunk.peers.iter().filter_map(Place::wanted).collect()
}

impl Exchange {
    /// When a name has to be looked for again.
    pub(super) fn names_due(&self) -> Option<Tick> {
        self.places.deadline()
    }

    /// Looks for every name whose time has come.
    pub(super) fn look_up(&mut self, now: Tick, network: &Network) {
        let Places { servers, names, locations, .. } = &mut self.places;
        for (wanted, location) in locations {
            if !location.begin(now) {
                continue;
            }
            if names.is_none() {
                let waker = network.waker();
                let rng = self.rng.split(self.rng.clone().next_u64());
                let _ = self.rng.next_u64();
                // A waker that fails has no loop to wake any more; without a thread it is tried again later.
                let wake = move || drop(waker.wake());
                *names = Names::start(servers.clone(), rng, wake).ok();
            }
            let lookup = Lookup::new(wanted.clone());
            if !names.as_ref().is_some_and(|names| names.look_up(lookup)) {
                location.not_asked(now);
            }
        }
    }

    /// Hears what has come of searches; says whether some peer is elsewhere now.
    pub(super) fn hear_names(&mut self, now: Tick) -> bool {
        let mut has_moved = false;
        while let Some(lookup) = self.places.names.as_ref().and_then(Names::poll) {
            let wanted = lookup.wanted();
            // Nobody wants it any more.
            let Some(location) = self.places.locations.get_mut(wanted) else { continue };
            let had_failed = location.has_failed();
            let is_other = location.learn(now, &lookup, &mut self.rng);
            if is_other || had_failed != location.has_failed() {
                self.places.changed.insert(wanted.clone());
            }
            has_moved |= is_other;
        }
        if has_moved {
            self.settle_peers();
        }
        has_moved
    }

    /// Every trunk's peers, as they are known now.
    pub(super) fn settle_peers(&mut self) {
        for (state, trunk) in self.trunks.iter_mut().zip(&self.setup.trunks) {
            state.peers = self.places.peers(trunk);
        }
        let ids = self.setup.trunks.iter().map(|trunk| trunk.id.clone());
        let peers = self.trunks.iter().map(|state| state.peers.clone());
        self.door.set_trunks(ids.zip(peers).collect());
    }

    /// A name of which something else is known than before.
    pub(super) fn changed_name(&mut self) -> Option<NameFound> {
        let wanted = self.places.changed.pop_first()?;
        let location = self.places.locations.get(&wanted)?;
        Some(NameFound {
            domain: String::from_utf8_lossy(&wanted.domain).into_owned(),
            found: !location.has_failed(),
            addresses: location.addresses().count(),
        })
    }
}
