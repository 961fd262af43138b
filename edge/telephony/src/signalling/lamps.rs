// SPDX-License-Identifier: EUPL-1.2
//! Busy lamps: telephones of ours watch others, and see whether somebody rings or talks there.
//!
//! ```text
//!   something happens ──▶ a moment later every watched telephone is looked at ──▶ NOTIFY about those that changed
//! ```
//!
//! The rule to keep: nobody watches but a telephone that has proved who it is, and nobody sees who calls.

use super::door::status;
use super::exchange::Exchange;
use super::leg::{Leg, Peer};
use super::limits::{LAMPS_PER_PHONE, LAMPS_TOGETHER};
use super::words::{Refused, Setup};
use call::LegState;
use sip::agent::{Ceasing, Lamp, SubscribeInfo, SubscriptionId, Watched};
use std::collections::BTreeMap;
use stdx::Tick;

/// Who watches whom.
#[derive(Default)]
pub(super) struct Lamps {
    watchers: BTreeMap<SubscriptionId, Watcher>,
    /// When they are looked at next; none if nothing has happened.
    pub(super) look_at: Option<Tick>,
}

/// One telephone that watches another, both by position in the setup and by id.
struct Watcher {
    by: (usize, String),
    at: (usize, String),
    shown: Lamp,
}

impl Watcher {
    /// Whether both are what they were.
    fn is_known(&self, setup: &Setup) -> bool {
        let is = |(at, id): &(usize, String)| setup.phones.get(*at).is_some_and(|it| it.id == *id);
        is(&self.by) && is(&self.at)
    }
}

impl Lamps {
    /// Something happened.
    pub(super) fn stir(&mut self, now: Tick) {
        if !self.watchers.is_empty() {
            self.look_at.get_or_insert(now + LAMPS_TOGETHER);
        }
    }

    /// Other telephones are known from now on.
    pub(super) fn look_at_once(&mut self) {
        self.stir(Tick::default());
    }

    /// Which one gives way to a new one: none as long as there is room. A telephone that has started anew does not
    /// take back what it watched before, and we do not hear of that.
    fn room_for(&self, new: &Watcher) -> Result<Option<SubscriptionId>, (Refused, u16)> {
        let own = || self.watchers.iter().filter(|(_, it)| it.by == new.by);
        if own().count() < LAMPS_PER_PHONE {
            return Ok(None);
        }
        let oldest = own().find(|(_, it)| it.at == new.at).map(|(&id, _)| id);
        oldest.map(Some).ok_or((Refused::Busy, 503))
    }

    /// It watches no longer.
    pub(super) fn forget(&mut self, id: SubscriptionId) {
        self.watchers.remove(&id);
    }
}

impl Exchange {
    /// Somebody wants to watch one of our telephones.
    pub(super) fn subscribe_came(&mut self, now: Tick, id: SubscriptionId, info: &SubscribeInfo) {
        let watcher = self.watcher_of(info).and_then(|it| Ok((self.lamps.room_for(&it)?, it)));
        match watcher {
            Ok((gives_way, watcher)) => {
                self.cease_watching(now, gives_way.into_iter().collect(), Ceasing::Superseded);
                let (at, name) = &watcher.at;
                let entity = self.door.record(&self.setup.phones[*at]).as_bytes().to_vec();
                let lamp = watcher.shown;
                let watched = Watched { entity, name: name.clone().into_bytes(), lamp };
                self.lamps.watchers.insert(id, watcher);
                // It was given up meanwhile: that it is over is told.
                let _ = self.ua.accept_subscription(now, id, watched);
            }
            Err((why, code)) => {
                self.counters.refuse(why);
                let _ = self.ua.refuse_subscription(now, id, status(code));
            }
        }
    }

    fn watcher_of(&self, info: &SubscribeInfo) -> Result<Watcher, (Refused, u16)> {
        let phone = |at: usize| self.setup.phones.get(at).map(|it| (at, it.id.clone()));
        let by = self.verified.and_then(phone).ok_or((Refused::UnknownPeer, 403))?;
        let record = self.canonical(info.request_uri.expose());
        let is_it = |it: &super::words::Phone| Some(self.door.record(it)) == record;
        let at = self.setup.phones.iter().position(is_it).and_then(phone);
        let at = at.ok_or((Refused::NoSuchNumber, 404))?;
        let shown = self.lamps_now()[at.0];
        Ok(Watcher { by, at, shown })
    }

    /// What every telephone is doing.
    fn lamps_now(&self) -> Vec<Lamp> {
        let mut lamps = vec![Lamp::Idle; self.setup.phones.len()];
        let mut light = |leg: &Leg, lamp: Lamp| {
            if let Peer::Phone(at) = leg.peer
                && let Some(shown) = lamps.get_mut(at)
            {
                *shown = lamp.max(*shown);
            }
        };
        let rings = |up: bool| if up { Lamp::Talking } else { Lamp::Ringing };
        let calls = |up: bool| if up { Lamp::Talking } else { Lamp::Calling };
        for it in self.conversations.values() {
            light(&it.caller, calls(it.call.caller.state() != LegState::Ringing));
            let side = it.side.iter().flat_map(|side| side.legs.iter().map(|leg| (leg, side.up)));
            side.for_each(|(leg, up)| light(leg, rings(up)));
            let elsewhere = it.elsewhere.iter().filter_map(|it| Some((it.leg.as_ref()?, it.up)));
            elsewhere.for_each(|(leg, up)| light(leg, rings(up)));
        }
        for side in self.promises.values().filter_map(super::callback::Promise::side) {
            side.legs.iter().for_each(|leg| light(leg, rings(side.up)));
        }
        for it in self.dialled.values() {
            light(&it.phone, calls(it.is_up));
            it.outs.iter().for_each(|leg| light(leg, rings(it.is_up)));
        }
        lamps
    }

    /// Tells those who watch what has changed, if it is time.
    pub(super) fn look_at_lamps(&mut self, now: Tick) {
        if self.lamps.look_at.is_none_or(|at| now < at) {
            return;
        }
        self.cease_watching_strangers(now);
        let lamps = self.lamps_now();
        for (&id, watcher) in &mut self.lamps.watchers {
            let lamp = lamps.get(watcher.at.0).copied().unwrap_or_default();
            if lamp != watcher.shown {
                watcher.shown = lamp;
                // One that is over is told of, and forgotten then.
                let _ = self.ua.show(now, id, lamp);
            }
        }
        self.collect(now, None);
        self.lamps.look_at = None;
    }

    /// Who is not known any more neither watches nor is watched.
    fn cease_watching_strangers(&mut self, now: Tick) {
        let setup = &self.setup;
        let strangers = self.lamps.watchers.iter().filter(|(_, it)| !it.is_known(setup));
        let strangers: Vec<SubscriptionId> = strangers.map(|(&id, _)| id).collect();
        self.cease_watching(now, strangers, Ceasing::NoResource);
    }

    /// We are leaving.
    pub(super) fn put_out_lamps(&mut self, now: Tick) {
        let all: Vec<SubscriptionId> = self.lamps.watchers.keys().copied().collect();
        self.cease_watching(now, all, Ceasing::Probation);
    }

    fn cease_watching(&mut self, now: Tick, ids: Vec<SubscriptionId>, why: Ceasing) {
        for id in ids {
            self.lamps.forget(id);
            let _ = self.ua.cease(now, id, why);
        }
    }
}
