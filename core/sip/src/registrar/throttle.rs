// SPDX-License-Identifier: EUPL-1.2
//! A brake on those who guess passwords and names, by where they come from.
//!
//! Every source has two meters, and one more for each name that it failed with:
//!
//! - **challenges**: a request without an answer that can be judged costs one; an empty meter means
//!   silence until it refills, and no more. (Anybody can send such a request in another's name.)
//! - **a name's failures**: a wrong answer costs one. Beyond the meter the name is blocked for this
//!   source, each time for twice as long.
//! - **a source's failures**: a wrong answer costs one, with a name that did not fail here lately
//!   it costs [`ThrottleRules::new_name`]. Beyond the meter the whole source is blocked.
//!
//! So one phone with a wrong password, which tries the same name for ever, is silenced alone and not
//! the two hundred phones behind the same address; whoever tries name after name is out soon. Known and
//! unknown names cost the same, so being blocked tells nobody which names exist.
//!
//! A wrong answer counts only with a nonce of ours for this very source
//! ([`Verdict::Denied`](crate::digest::Verdict::Denied)), so nobody can be blocked by another's
//! datagrams. An IPv6 /64 counts as one source ([`Source::subscriber`]).
//!
//! The rule to keep: an address that was never refused, and fails less often than the rates allow, is
//! never refused, whatever others do.

use crate::digest::Source;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use sha2::{Digest, Sha256};
use stdx::{Micros, Tick};

/// Sources that are remembered, in each of the two tables: as many as there are devices. At the bound
/// the one that would be forgiven first is forgotten, so a guesser in a block outlasts a flood.
pub const SOURCES_MAX: usize = 4_096;

/// Names that failed from one source and are told apart. At the bound the one that would be forgiven
/// first is forgotten and costs the source like a new one when it comes again.
pub const NAMES_PER_SOURCE_MAX: usize = 32;

/// How often something may happen: `burst` times at once, then once in `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How often at once; at least 1.
    pub burst: u32,
    /// How long one of them takes to come back.
    pub every: Micros,
}

/// The rates and penalties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleRules {
    /// Challenges for one source.
    pub challenges: Rate,
    /// Wrong answers for one name from one source.
    pub name: Rate,
    /// Wrong answers from one source.
    pub source: Rate,
    /// What the first wrong answer with a name costs the source.
    pub new_name: u32,
    /// The first block; each further one is twice as long.
    pub block: Micros,
    /// The longest block.
    pub block_max: Micros,
    /// How long a name is remembered after it failed, and the doubling of a block after its end.
    pub forgive: Micros,
}

impl ThrottleRules {
    /// What fits a centre: two hundred phones that come back behind one address after a power cut and
    /// ask twice each; ten tries at a password and one each half minute after; ten names, and one each
    /// half minute after; blocks of half a minute to ten minutes.
    pub const USUAL: ThrottleRules = ThrottleRules {
        challenges: Rate { burst: 400, every: Micros::from_millis(200) },
        name: Rate { burst: 10, every: Micros::from_secs(30) },
        source: Rate { burst: 100, every: Micros::from_secs(3) },
        new_name: 10,
        block: Micros::from_secs(30),
        block_max: Micros::from_mins(10),
        forgive: Micros::from_mins(60),
    };
}

/// What a source wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ask<'a> {
    /// To be challenged: there is no answer, or the verdict on it is not one that
    /// [shows a nonce of ours](crate::digest::Verdict::shows_our_nonce).
    Challenge,
    /// To have an answer judged that is of this user.
    Verify(&'a [u8]),
}

/// Why a request is not looked at. The right answer is silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Throttled {
    /// Too many challenges asked for.
    Challenges,
    /// Too many wrong answers with this name.
    Name,
    /// Too many wrong answers, or names.
    Source,
}

/// How many requests were refused, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// [`Throttled::Challenges`].
    pub challenges: u64,
    /// [`Throttled::Name`].
    pub names: u64,
    /// [`Throttled::Source`].
    pub sources: u64,
}

/// When tokens come back: full again at this time, one token earlier for each that is left.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    full_at: Tick,
}

impl Bucket {
    /// Takes `cost` tokens; says whether there were as many. What was taken beyond them is owed: a try
    /// that begins a block is not free, or each block would add one to the rate.
    fn take(&mut self, now: Tick, rate: Rate, cost: u32) -> bool {
        let full = now + rate.every.times(u64::from(rate.burst));
        let wanted = self.full_at.max(now) + rate.every.times(u64::from(cost));
        self.full_at = wanted;
        wanted <= full
    }

    fn has(&self, now: Tick, rate: Rate) -> bool {
        self.full_at.max(now) + rate.every <= now + rate.every.times(u64::from(rate.burst))
    }
}

/// A bucket of failures with its blocks.
#[derive(Clone, Copy, Debug, Default)]
struct Meter {
    bucket: Bucket,
    blocked_until: Tick,
    /// Blocks so far.
    blocks: u32,
}

impl Meter {
    fn is_blocked(&self, now: Tick) -> bool {
        now < self.blocked_until
    }

    fn fail(&mut self, now: Tick, rate: Rate, cost: u32, rules: &ThrottleRules) {
        if self.forgiven_at(rules) <= now {
            *self = Meter::default();
        }
        if !self.bucket.take(now, rate, cost) {
            let doubled =
                rules.block.0.saturating_mul(1_u64.checked_shl(self.blocks).unwrap_or(u64::MAX));
            self.blocked_until = now + Micros(doubled).min(rules.block_max);
            self.blocks += 1;
        }
    }

    /// When nothing is left of it.
    fn forgiven_at(&self, rules: &ThrottleRules) -> Tick {
        match self.blocks {
            0 => self.bucket.full_at,
            _ => self.bucket.full_at.max(self.blocked_until + rules.forgive),
        }
    }
}

/// A name that failed.
#[derive(Clone, Copy, Debug)]
struct Name {
    tag: NameTag,
    meter: Meter,
    failed_at: Tick,
}

/// Names are told apart by a part of their hash, so that their length costs nothing.
type NameTag = [u8; 8];

fn tag(name: &[u8]) -> NameTag {
    let hash: [u8; 32] = Sha256::digest(name).into();
    let mut tag = NameTag::default();
    tag.copy_from_slice(&hash[..8]);
    tag
}

impl Name {
    fn forgiven_at(&self, rules: &ThrottleRules) -> Tick {
        self.meter.forgiven_at(rules).max(self.failed_at + rules.forgive)
    }
}

/// A source that failed.
#[derive(Clone, Debug, Default)]
struct Offender {
    all: Meter,
    names: Vec<Name>,
}

impl Offender {
    fn blocks(&self, now: Tick, tag: NameTag) -> bool {
        self.names.iter().any(|name| name.tag == tag && name.meter.is_blocked(now))
    }

    fn fail(&mut self, now: Tick, tag: NameTag, rules: &ThrottleRules) {
        self.names.retain(|name| name.forgiven_at(rules) > now);
        let known = self.names.iter().position(|name| name.tag == tag);
        let cost = if known.is_some() { 1 } else { rules.new_name };
        let at = known.unwrap_or_else(|| self.new_name(now, tag, rules));
        let name = &mut self.names[at];
        name.failed_at = now;
        name.meter.fail(now, rules.name, 1, rules);
        self.all.fail(now, rules.source, cost, rules);
    }

    fn new_name(&mut self, now: Tick, tag: NameTag, rules: &ThrottleRules) -> usize {
        if self.names.len() == NAMES_PER_SOURCE_MAX {
            let names = self.names.iter().enumerate();
            let first = names.min_by_key(|(_, name)| name.forgiven_at(rules)).map(|(at, _)| at);
            self.names.remove(first.expect("a full list is not empty"));
        }
        self.names.push(Name { tag, meter: Meter::default(), failed_at: now });
        self.names.len() - 1
    }

    fn forgiven_at(&self, rules: &ThrottleRules) -> Tick {
        let names = self.names.iter().map(|name| name.forgiven_at(rules));
        names.fold(self.all.forgiven_at(rules), Tick::max)
    }
}

/// At most [`SOURCES_MAX`] entries, each forgotten when it is forgiven, or at the bound when it is the
/// first to be.
#[derive(Clone, Debug)]
struct Table<T> {
    entries: BTreeMap<Source, (Tick, T)>,
    by_forgiveness: BTreeSet<(Tick, Source)>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { entries: BTreeMap::new(), by_forgiveness: BTreeSet::new() }
    }
}

impl<T: Default> Table<T> {
    fn get(&self, source: Source) -> Option<&T> {
        self.entries.get(&source).map(|(_, entry)| entry)
    }

    /// Changes an entry, which is new if there is none; `forgiven_at` is asked of it afterwards.
    fn change<R>(
        &mut self,
        now: Tick,
        source: Source,
        change: impl FnOnce(&mut T) -> R,
        forgiven_at: impl FnOnce(&T) -> Tick,
    ) -> R {
        self.forget(now);
        let mut entry = self.remove(source).unwrap_or_default();
        let result = change(&mut entry);
        if self.entries.len() == SOURCES_MAX {
            self.forget_first();
        }
        let at = forgiven_at(&entry);
        self.by_forgiveness.insert((at, source));
        self.entries.insert(source, (at, entry));
        result
    }

    fn remove(&mut self, source: Source) -> Option<T> {
        let (at, entry) = self.entries.remove(&source)?;
        self.by_forgiveness.remove(&(at, source));
        Some(entry)
    }

    fn forget(&mut self, now: Tick) {
        while self.by_forgiveness.first().is_some_and(|(at, _)| *at <= now) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, source)) = self.by_forgiveness.pop_first() {
            self.entries.remove(&source);
        }
    }
}

/// Who asked and failed how often, by source.
#[derive(Clone, Debug)]
pub struct Throttle {
    rules: ThrottleRules,
    asking: Table<Bucket>,
    failing: Table<Offender>,
    refused: Refused,
}

impl Throttle {
    /// A throttle that knows nobody.
    #[must_use]
    pub fn new(rules: ThrottleRules) -> Throttle {
        let (asking, failing) = (Table::default(), Table::default());
        Throttle { rules, asking, failing, refused: Refused::default() }
    }

    /// Whether a request is looked at; asked before anything is calculated.
    ///
    /// # Errors
    /// If it is not.
    pub fn admit(&mut self, now: Tick, source: Source, ask: Ask<'_>) -> Result<(), Throttled> {
        let source = source.subscriber();
        let answer = match ask {
            Ask::Challenge => self.admit_challenge(now, source),
            Ask::Verify(username) => self.admit_answer(now, source, username),
        };
        match answer {
            Ok(()) => {}
            Err(Throttled::Challenges) => self.refused.challenges += 1,
            Err(Throttled::Name) => self.refused.names += 1,
            Err(Throttled::Source) => self.refused.sources += 1,
        }
        answer
    }

    fn admit_challenge(&mut self, now: Tick, source: Source) -> Result<(), Throttled> {
        let rate = self.rules.challenges;
        // A refused one costs nothing: who goes on asking gets what the rate allows.
        let take = |bucket: &mut Bucket| bucket.has(now, rate) && bucket.take(now, rate, 1);
        match self.asking.change(now, source, take, |bucket| bucket.full_at) {
            true => Ok(()),
            false => Err(Throttled::Challenges),
        }
    }

    fn admit_answer(&self, now: Tick, source: Source, username: &[u8]) -> Result<(), Throttled> {
        let Some(offender) = self.failing.get(source) else {
            return Ok(());
        };
        if offender.all.is_blocked(now) {
            return Err(Throttled::Source);
        }
        match offender.blocks(now, tag(username)) {
            true => Err(Throttled::Name),
            false => Ok(()),
        }
    }

    /// An answer that was admitted was wrong ([`Verdict::Denied`](crate::digest::Verdict::Denied)).
    pub fn failed(&mut self, now: Tick, source: Source, username: &[u8]) {
        let rules = self.rules;
        let fail = |offender: &mut Offender| offender.fail(now, tag(username), &rules);
        let forgiven_at = |offender: &Offender| offender.forgiven_at(&rules);
        self.failing.change(now, source.subscriber(), fail, forgiven_at);
    }

    /// The password of this user was changed: what failed with its name is forgiven everywhere.
    pub fn pardon(&mut self, username: &[u8]) {
        let tag = tag(username);
        for (_, offender) in self.failing.entries.values_mut() {
            offender.names.retain(|name| name.tag != tag);
        }
    }

    /// Somebody vouches for this source: all is forgiven.
    pub fn pardon_source(&mut self, source: Source) {
        self.asking.remove(source.subscriber());
        self.failing.remove(source.subscriber());
    }

    /// How many requests were refused so far.
    #[must_use]
    pub fn refused(&self) -> Refused {
        self.refused
    }

    /// How many sources are remembered; never more than twice [`SOURCES_MAX`].
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.asking.entries.len() + self.failing.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_a_source_are_bounded() {
        let mut offender = Offender::default();
        for name in 0..100_u8 {
            let now = Tick(u64::from(name));
            offender.fail(now, tag(&[name]), &ThrottleRules::USUAL);
            assert_eq!(offender.names.len(), usize::from(name + 1).min(NAMES_PER_SOURCE_MAX));
        }
        assert_eq!(offender.names[0].tag, tag(&[100 - 32]), "the oldest were forgotten");
    }
}
