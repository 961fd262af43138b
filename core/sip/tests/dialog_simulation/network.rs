// SPDX-License-Identifier: EUPL-1.2
//! A network that loses, doubles, delays and reorders, and keeps count.
//!
//! The rule to keep: it watches that nothing is repeated for longer than 64·T1.

use crate::message::{CALLER, Message, owner};
use sip::Method;
use sip::transaction::Timing;
use std::collections::{BTreeMap, BTreeSet};
use stdx::{Micros, Rng, Tick};

const LOSS: f64 = 0.15;
const DOUBLED: f64 = 0.10;
const DELAY_MAX_MILLIS: u64 = 300;

type SentKey = (usize, u32, u64, Method, u32, Option<u16>, Option<u32>, u32);

pub(crate) struct Network {
    rng: Rng,
    under_way: BTreeMap<(Tick, u64), (usize, Message)>,
    sequence: u64,
    /// How many messages were sent.
    pub(crate) sent: u64,
    first_sent: BTreeMap<SentKey, Tick>,
    /// Calls whose INVITE reaches two telephones.
    pub(crate) forked: BTreeSet<u32>,
    /// The call whose messages are printed.
    pub(crate) ladder_of: Option<u32>,
    /// From when on nothing of a call arrives any more.
    pub(crate) dark_from: BTreeMap<u32, Tick>,
}

impl Network {
    pub(crate) fn new(rng: Rng) -> Network {
        Network {
            rng,
            under_way: BTreeMap::new(),
            sequence: 0,
            sent: 0,
            first_sent: BTreeMap::new(),
            forked: BTreeSet::new(),
            ladder_of: None,
            dark_from: BTreeMap::new(),
        }
    }

    pub(crate) fn send(&mut self, now: Tick, message: &Message) {
        self.sent += 1;
        if self.ladder_of == Some(message.call) {
            println!("{}", message.line(now));
        }
        self.watch(now, message);
        for to in self.destinations(message) {
            let copies = if self.rng.chance(DOUBLED) { 2 } else { 1 };
            for _ in 0..copies {
                self.carry(now, to, message);
            }
        }
    }

    pub(crate) fn next_at(&self) -> Option<Tick> {
        self.under_way.first_key_value().map(|(&(at, _), _)| at)
    }

    pub(crate) fn deliver(&mut self, now: Tick) -> Option<(usize, Message)> {
        let first = self.under_way.first_entry()?;
        if first.key().0 > now { None } else { Some(first.remove()) }
    }

    /// Forgets what cannot be repeated any more.
    pub(crate) fn tidy(&mut self, now: Tick) {
        let recent = now.saturating_sub(Micros::from_secs(300));
        self.first_sent.retain(|_, first| *first > recent);
    }

    fn carry(&mut self, now: Tick, to: usize, message: &Message) {
        let dark = self.dark_from.get(&message.call).is_some_and(|&from| from <= now);
        if dark || self.rng.chance(LOSS) {
            return;
        }
        let at = now + Micros::from_millis(1 + self.rng.below(DELAY_MAX_MILLIS));
        self.sequence += 1;
        self.under_way.insert((at, self.sequence), (to, message.clone()));
    }

    /// A stateless proxy before the called side forks an INVITE and its CANCEL.
    fn destinations(&self, message: &Message) -> Vec<usize> {
        let response = message.status.is_some();
        if message.from != CALLER {
            return vec![CALLER];
        }
        let tag = if response { message.from_tag } else { message.to_tag };
        match tag {
            0 if self.forked.contains(&message.call) => vec![1, 2],
            0 => vec![1],
            tag => vec![owner(tag)],
        }
    }

    fn watch(&mut self, now: Tick, message: &Message) {
        // An unreliable 1xx is said again each minute on purpose.
        let provisional = message.status.is_some_and(|status| status.is_provisional());
        if provisional && message.rseq.is_none() {
            return;
        }
        let Message { from, call, branch, method, cseq, status, rseq, .. } = *message;
        let code = status.map(|status| status.code());
        let key = (from, call, branch, method, cseq, code, rseq, message.to_tag);
        let first = *self.first_sent.entry(key).or_insert(now);
        // An ACK follows a repetition that was under way.
        let most = Timing::DEFAULT.patience() + Micros::from_millis(DELAY_MAX_MILLIS + 1);
        assert!(now.since(first) <= most, "repeated for {:?}: {message:?}", now.since(first));
    }
}
