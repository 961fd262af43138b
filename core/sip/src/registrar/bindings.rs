// SPDX-License-Identifier: EUPL-1.2
//! The bindings of all addresses-of-record (RFC 3261, 10.3).

use super::binding::{
    AddressOfRecord, Binding, Change, ContactAddress, Contacts, Quality, Refusal, Register,
};
use crate::digest::uri::same_contact;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::cmp::Reverse;
use stdx::{Micros, Redacted, Tick};

/// Addresses-of-record of one registrar: a phone for each of 4,096 agents, doubled for those on
/// doors, in meeting rooms and in spare. More are not taken into the configuration.
pub const RECORDS_MAX: usize = 8_192;

/// Contacts of one address-of-record: desk phone, soft phone and headset, and their leftovers from
/// before a restart. At the bound the one that was refreshed longest ago gives way.
pub const BINDINGS_PER_RECORD_MAX: usize = 8;

/// Bytes of one contact, instance or Call-ID that is kept. The longest in the field have about 250; a
/// full registrar then holds at most 8,192 × 8 × 3 × 512 bytes = 96 MiB, and as much again for paths, if each device
/// stands behind three proxies.
pub const TEXT_MAX: usize = 512;

/// Proxies between a device and us that are kept: the edge of a site, one in the data centre, and two to spare.
pub const PATH_MAX: usize = 4;

/// The longest minimum that a registrar may insist on: an hour (RFC 3261, 10.3 step 7).
const MIN_EXPIRES_MAX: u32 = 3_600;

/// For how many seconds bindings last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    min: u32,
    default: u32,
    max: u32,
}

impl Rules {
    /// The least and the most that is granted, and what is granted to who does not ask. None unless
    /// 0 < min ≤ default ≤ max, and min is no more than an hour.
    #[must_use]
    pub const fn new(min: u32, default: u32, max: u32) -> Option<Rules> {
        let ordered = 0 < min && min <= default && default <= max;
        if ordered && min <= MIN_EXPIRES_MAX { Some(Rules { min, default, max }) } else { None }
    }

    /// How long this contact is granted, in seconds; 0 takes it back.
    fn granted(self, contact: &ContactAddress<'_>, header: Option<u32>) -> Result<u32, Refusal> {
        match contact.expires.or(header).unwrap_or(self.default) {
            0 => Ok(0),
            brief if brief < self.min => Err(Refusal::IntervalTooBrief { min_expires: self.min }),
            asked => Ok(asked.min(self.max)),
        }
    }
}

/// Who can be reached where.
#[derive(Clone, Debug)]
pub struct Registrar {
    rules: Rules,
    known: BTreeSet<AddressOfRecord>,
    /// The bindings of each, in the order in which they were refreshed; no entry without one.
    bindings: BTreeMap<AddressOfRecord, Vec<Binding>>,
    /// When the first binding of each ends: one entry for each entry above.
    due: BTreeSet<(Tick, AddressOfRecord)>,
}

impl Registrar {
    /// A registrar for these addresses-of-record, without bindings. Beyond [`RECORDS_MAX`] they are
    /// not taken; the configuration was to say so before.
    #[must_use]
    pub fn new(rules: Rules, known: impl IntoIterator<Item = AddressOfRecord>) -> Registrar {
        Registrar {
            rules,
            known: known.into_iter().take(RECORDS_MAX).collect(),
            bindings: BTreeMap::new(),
            due: BTreeSet::new(),
        }
    }

    /// Goes on with bindings that were saved. What does not fit – an unknown record, one contact too
    /// many, a contact twice – is handed back.
    #[must_use]
    pub fn restore(
        rules: Rules,
        known: impl IntoIterator<Item = AddressOfRecord>,
        saved: impl IntoIterator<Item = Binding>,
    ) -> (Registrar, Vec<Binding>) {
        let mut registrar = Registrar::new(rules, known);
        let mut unfit = Vec::new();
        let mut saved: Vec<_> = saved.into_iter().collect();
        saved.sort_by_key(|binding| binding.refreshed_at);
        for binding in saved {
            let mut list = registrar.of(&binding.record).to_vec();
            let twice = find(&list, binding.contact.expose()).is_some();
            if twice || list.len() == BINDINGS_PER_RECORD_MAX || !registrar.knows(&binding.record) {
                unfit.push(binding);
                continue;
            }
            let record = binding.record.clone();
            list.push(binding);
            registrar.put(&record, list);
        }
        (registrar, unfit)
    }

    /// All bindings, to be saved and [restored](Registrar::restore).
    pub fn save(&self) -> impl Iterator<Item = &Binding> {
        self.bindings.values().flatten()
    }

    /// Other addresses-of-record from now on; the bindings of those that are gone are withdrawn.
    pub fn set_known(&mut self, known: impl IntoIterator<Item = AddressOfRecord>) -> Vec<Change> {
        self.known = known.into_iter().take(RECORDS_MAX).collect();
        let gone = self.bindings.keys().filter(|record| !self.known.contains(record));
        let mut changes = Vec::new();
        for record in gone.cloned().collect::<Vec<_>>() {
            changes.extend(self.of(&record).iter().cloned().map(Change::Withdrawn));
            self.put(&record, Vec::new());
        }
        changes
    }

    /// Whether this is one of our addresses-of-record.
    #[must_use]
    pub fn knows(&self, record: &AddressOfRecord) -> bool {
        self.known.contains(record)
    }

    /// Where this address-of-record can be reached: the preferred contacts first, among equals the
    /// one that was refreshed last (RFC 3261, 16.6).
    #[must_use]
    pub fn targets(&self, now: Tick, record: &AddressOfRecord) -> Vec<&Binding> {
        let mut targets: Vec<_> = self.of(record).iter().filter(|it| it.expires_at > now).collect();
        targets.sort_by_key(|it| Reverse((it.quality, it.refreshed_at)));
        targets
    }

    /// Carries out a REGISTER. The bindings for the `Contact` headers of the 200 are then
    /// [the targets](Registrar::targets).
    ///
    /// # Errors
    /// If it is refused; then nothing has changed.
    pub fn register(&mut self, now: Tick, request: &Register<'_>) -> Result<Vec<Change>, Refusal> {
        if request.record != request.account {
            return Err(Refusal::NotYours);
        }
        if !self.knows(request.record) {
            return Err(Refusal::UnknownRecord);
        }
        let mut update = Update::begin(now, request, self.of(request.record));
        match request.contacts {
            Contacts::Fetch => {}
            Contacts::All => update.remove_all()?,
            Contacts::These(contacts) => update.set(self.rules, contacts)?,
        }
        update.list.append(&mut update.touched);
        self.put(request.record, update.list);
        Ok(update.changes)
    }

    /// When the next binding ends.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        self.due.first().map(|(at, _)| (*at, "a binding expires"))
    }

    /// Ends the bindings whose time is over.
    pub fn elapse(&mut self, now: Tick) -> Vec<Change> {
        let mut changes = Vec::new();
        while let Some((_, record)) = self.due.first().filter(|(at, _)| *at <= now) {
            let record = record.clone();
            let (list, expired) = living(self.of(&record), now);
            changes.extend(expired.into_iter().map(Change::Expired));
            self.put(&record, list);
        }
        changes
    }

    fn of(&self, record: &AddressOfRecord) -> &[Binding] {
        self.bindings.get(record).map_or(&[], |list| list)
    }

    /// The one place where bindings are written.
    fn put(&mut self, record: &AddressOfRecord, list: Vec<Binding>) {
        let first = |list: &[Binding]| list.iter().map(|it| it.expires_at).min();
        if let Some(at) = first(self.of(record)) {
            self.due.remove(&(at, record.clone()));
        }
        match first(&list) {
            Some(at) => {
                self.due.insert((at, record.clone()));
                self.bindings.insert(record.clone(), list);
            }
            None => {
                self.bindings.remove(record);
            }
        }
    }
}

/// The bindings that still last, and those that do not.
fn living(list: &[Binding], now: Tick) -> (Vec<Binding>, Vec<Binding>) {
    list.iter().cloned().partition(|binding| binding.expires_at > now)
}

fn find(list: &[Binding], uri: &[u8]) -> Option<usize> {
    list.iter().position(|binding| same_contact(binding.contact.expose(), uri))
}

/// One request on its way: a copy of the record's bindings, which replaces them if all goes well.
struct Update<'a> {
    now: Tick,
    request: &'a Register<'a>,
    /// What was there and is left as it was.
    list: Vec<Binding>,
    /// What this request added or refreshed.
    touched: Vec<Binding>,
    changes: Vec<Change>,
}

impl<'a> Update<'a> {
    fn begin(now: Tick, request: &'a Register<'a>, bindings: &[Binding]) -> Update<'a> {
        let (list, expired) = living(bindings, now);
        let changes = expired.into_iter().map(Change::Expired).collect();
        Update { now, request, list, touched: Vec::new(), changes }
    }

    /// RFC 3261, 10.3 step 6.
    fn remove_all(&mut self) -> Result<(), Refusal> {
        if self.request.expires != Some(0) {
            return Err(Refusal::AllButNotZero);
        }
        self.list.iter().try_for_each(|binding| self.in_order(binding))?;
        self.changes.extend(self.list.drain(..).map(Change::Removed));
        Ok(())
    }

    /// RFC 3261, 10.3 step 7.
    fn set(&mut self, rules: Rules, contacts: &[ContactAddress<'_>]) -> Result<(), Refusal> {
        self.check(contacts)?;
        let mut granted = Vec::with_capacity(contacts.len());
        for contact in contacts {
            granted.push((contact, rules.granted(contact, self.request.expires)?));
        }
        let (removals, others): (Vec<_>, Vec<_>) =
            granted.into_iter().partition(|&(_, seconds)| seconds == 0);
        removals.iter().for_each(|(contact, _)| self.remove(contact.uri));
        let (old, new): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|(contact, _)| find(&self.list, contact.uri).is_some());
        old.iter().for_each(|(contact, seconds)| self.refresh(contact, *seconds));
        new.iter().for_each(|(contact, seconds)| self.add(contact, *seconds));
        Ok(())
    }

    fn check(&self, contacts: &[ContactAddress<'_>]) -> Result<(), Refusal> {
        if contacts.len() > BINDINGS_PER_RECORD_MAX {
            return Err(Refusal::TooManyContacts);
        }
        let texts = contacts.iter().flat_map(|it| [it.uri, it.instance.unwrap_or_default()]);
        let path = self.request.path;
        let texts =
            texts.chain([self.request.call_id]).chain(path.iter().map(|it| &it.expose()[..]));
        if path.len() > PATH_MAX || texts.into_iter().any(|text| text.len() > TEXT_MAX) {
            return Err(Refusal::TooLong);
        }
        for (nth, contact) in contacts.iter().enumerate() {
            if contacts[..nth].iter().any(|other| same_contact(other.uri, contact.uri)) {
                return Err(Refusal::ContactTwice);
            }
            find(&self.list, contact.uri).map_or(Ok(()), |at| self.in_order(&self.list[at]))?;
        }
        Ok(())
    }

    /// Whether the request is later than the last one that touched this binding, as far as the two can
    /// be compared.
    fn in_order(&self, binding: &Binding) -> Result<(), Refusal> {
        let same_call = binding.call_id.expose().as_slice() == self.request.call_id;
        match same_call && self.request.cseq <= binding.cseq {
            true => Err(Refusal::OutOfOrder),
            false => Ok(()),
        }
    }

    fn remove(&mut self, uri: &[u8]) {
        if let Some(at) = find(&self.list, uri) {
            let binding = self.list.remove(at);
            self.changes.push(Change::Removed(binding));
        }
    }

    fn refresh(&mut self, contact: &ContactAddress<'_>, seconds: u32) {
        if let Some(at) = find(&self.list, contact.uri) {
            self.list.remove(at);
            self.touch(contact, seconds, Change::Refreshed);
        }
    }

    fn add(&mut self, contact: &ContactAddress<'_>, seconds: u32) {
        // The first of the list was refreshed longest ago. There is one, as the request has no more
        // contacts than there is room for, and those it has touched are in their own list.
        if self.list.len() + self.touched.len() == BINDINGS_PER_RECORD_MAX {
            self.changes.push(Change::Displaced(self.list.remove(0)));
        }
        self.touch(contact, seconds, Change::Added);
    }

    fn touch(&mut self, contact: &ContactAddress<'_>, seconds: u32, how: fn(Binding) -> Change) {
        let binding = self.binding(contact, seconds);
        self.touched.push(binding.clone());
        self.changes.push(how(binding));
    }

    fn binding(&self, contact: &ContactAddress<'_>, seconds: u32) -> Binding {
        Binding {
            record: self.request.record.clone(),
            contact: Redacted::new(contact.uri.to_vec()),
            quality: contact.quality.unwrap_or(Quality::BEST),
            instance: contact.instance.map(|it| Redacted::new(it.to_vec())),
            reg_id: contact.reg_id,
            path: self.request.path.to_vec(),
            flow: self.request.flow,
            call_id: Redacted::new(self.request.call_id.to_vec()),
            cseq: self.request.cseq,
            refreshed_at: self.now,
            expires_at: self.now + Micros::from_secs(u64::from(seconds)),
        }
    }
}
