// SPDX-License-Identifier: EUPL-1.2
//! How entries lie in a row, and the chain over them: each carries a check over itself and over the check
//! of the one before, so that an entry that was torn, altered, left out or put elsewhere is found.
//!
//! ```text
//!   row    first number · epoch · entries
//!   entry  length · body · check, 8 bytes
//!   body   version · tick · wall · fact
//!   check  SHA-256 of (check before · number · epoch · body), its first 8 bytes
//! ```
//!
//! The check finds accidents and clumsy hands. Whoever may write the database can compute it anew: against
//! them stands the system's protection of the folder, not this.

use crate::fact::{Entry, Epoch, Fact, Sequence};
use crate::record;
use sha2::{Digest as _, Sha256};
use stdx::{Tick, Timestamp};

/// Bytes of a check.
const CHECK: usize = 8;

/// The most bytes of one entry. The largest is a configuration with its timetables: 8,192 of them with
/// 22,000 intervals each would be more than any centre has, and than this; such a one is refused.
pub const ENTRY_MAX: usize = 64 << 20;

/// A row of the log: what one append has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number of its first entry.
    pub first: Sequence,
    /// Who wrote it.
    pub epoch: Epoch,
    /// Its entries.
    pub entries: Vec<u8>,
}

impl Row {
    /// Its entries before this one, in a row of their own; none if there are none.
    pub(crate) fn before(&self, sequence: Sequence) -> Option<Row> {
        let mut rest = self.entries.as_slice();
        for _ in self.first..sequence {
            rest = after_one(rest)?;
        }
        let length = self.entries.len() - rest.len();
        (length > 0).then(|| Row { entries: self.entries[..length].to_vec(), ..*self })
    }
}

/// Where the log is damaged. What stands before is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The number of the first entry that cannot be trusted.
    pub sequence: Sequence,
    /// What is wrong with it.
    pub what: Fault,
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// It ends before its end.
    Torn,
    /// Its check, or its place in the chain, is not right.
    Altered,
    /// Entries before it are missing.
    Missing,
    /// It was written by a writer who was none any more.
    OldEpoch,
    /// It was written by a newer program, or by none of ours.
    Unreadable,
}

/// A place in the chain: after some entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The number of the next entry.
    pub next: Sequence,
    /// Who wrote last.
    pub epoch: Epoch,
    check: [u8; CHECK],
}

impl Link {
    /// Before the first entry of this centre's log.
    #[must_use]
    pub fn first(centre: &str) -> Link {
        let mut hash = Sha256::new();
        hash.update(b"amtsleitung log of ");
        hash.update(centre.as_bytes());
        Link { next: 1, epoch: 0, check: cut(hash) }
    }

    /// As bytes, to go on from here later.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        [&self.next.to_le_bytes()[..], &self.epoch.to_le_bytes(), &self.check].concat()
    }

    /// From these bytes; none if they are of another length.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Link> {
        let (next, rest) = bytes.split_first_chunk()?;
        let (epoch, check) = rest.split_first_chunk()?;
        Some(Link {
            next: Sequence::from_le_bytes(*next),
            epoch: Epoch::from_le_bytes(*epoch),
            check: check.try_into().ok()?,
        })
    }

    /// Writes an entry behind the others of a row, and goes on behind it.
    ///
    /// # Panics
    /// If the fact is larger than [`ENTRY_MAX`], or the epoch an older one.
    pub fn write(
        &mut self,
        epoch: Epoch,
        (tick, wall): (Tick, Timestamp),
        fact: &Fact,
        row: &mut Vec<u8>,
    ) {
        assert!(self.epoch <= epoch, "a writer who is none any more");
        let mut body = vec![record::VERSION];
        put(&mut body, tick.0);
        put(&mut body, zigzag(wall.0));
        body.extend_from_slice(&record::write(fact));
        assert!(body.len() <= ENTRY_MAX, "an entry of {} bytes", body.len());
        put(row, body.len() as u64);
        row.extend_from_slice(&body);
        self.follow(epoch, &body);
        row.extend_from_slice(&self.check);
    }

    /// Reads a row's entries and goes on behind each. What stands before a damage has been given to
    /// `each`.
    ///
    /// # Errors
    /// Where the row is damaged.
    pub fn read(&mut self, row: &Row, each: &mut dyn FnMut(Entry)) -> Result<(), Damage> {
        if row.epoch < self.epoch {
            return Err(self.damage(Fault::OldEpoch));
        }
        if row.first != self.next {
            return Err(self.damage(Fault::Missing));
        }
        let mut rest = row.entries.as_slice();
        if rest.is_empty() {
            return Err(self.damage(Fault::Torn));
        }
        while !rest.is_empty() {
            let entry = self.read_one(row.epoch, &mut rest).map_err(|what| self.damage(what))?;
            each(entry);
        }
        Ok(())
    }

    fn read_one(&mut self, epoch: Epoch, rest: &mut &[u8]) -> Result<Entry, Fault> {
        let length = take(rest).and_then(|it| usize::try_from(it).ok()).ok_or(Fault::Torn)?;
        let (body, after) = rest.split_at_checked(length).ok_or(Fault::Torn)?;
        let (check, after) = after.split_first_chunk::<CHECK>().ok_or(Fault::Torn)?;
        let mut link = *self;
        link.follow(epoch, body);
        if link.check != *check {
            return Err(Fault::Altered);
        }
        let entry = entry(self.next, epoch, body).ok_or(Fault::Unreadable)?;
        (*self, *rest) = (link, after);
        Ok(entry)
    }

    fn follow(&mut self, epoch: Epoch, body: &[u8]) {
        let mut hash = Sha256::new();
        hash.update(self.check);
        hash.update(self.next.to_le_bytes());
        hash.update(epoch.to_le_bytes());
        hash.update(body);
        *self = Link { next: self.next + 1, epoch, check: cut(hash) };
    }

    fn damage(&self, what: Fault) -> Damage {
        Damage { sequence: self.next, what }
    }
}

fn entry(sequence: Sequence, epoch: Epoch, body: &[u8]) -> Option<Entry> {
    let (&version, mut rest) = body.split_first()?;
    let tick = Tick(take(&mut rest)?);
    let wall = Timestamp(unzigzag(take(&mut rest)?));
    Some(Entry { sequence, epoch, tick, wall, fact: record::read(version, rest)? })
}

fn cut(hash: Sha256) -> [u8; CHECK] {
    *hash.finalize().first_chunk().expect("SHA-256 is longer")
}

/// A number in sevens of bits, the lowest first (LEB128).
fn put(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn take(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = from.split_first()?;
        *from = rest;
        let bits = u64::from(byte & 0x7F);
        if bits << shift >> shift != bits {
            return None;
        }
        number |= bits << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

const fn zigzag(number: i64) -> u64 {
    (number.wrapping_shl(1) ^ (number >> 63)) as u64
}

const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// How many entries a row holds, as far as it can be read.
pub(crate) fn count(entries: &[u8]) -> i64 {
    let mut rest = after_one(entries);
    let mut count = 0;
    while let Some(entries) = rest {
        rest = after_one(entries);
        count += 1;
    }
    count
}

/// What lies behind the first entry; none if there is no whole one.
fn after_one(mut entries: &[u8]) -> Option<&[u8]> {
    let length = usize::try_from(take(&mut entries)?).ok()?;
    Some(entries.split_at_checked(length.checked_add(CHECK)?)?.1)
}
