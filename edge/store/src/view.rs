// SPDX-License-Identifier: EUPL-1.2
//! Views for reports: tables that can be dropped at any time and made anew from the log, together with the
//! snapshot from which they are gone on with.

use crate::chain::Link;
use crate::database::{Database, Value};
use crate::error::Error;
use crate::fact::{Caller, CaseActed, Configured, Gap, Seated, Sequence, WrappedUp};
use crate::record::{pack, unpack};
use crate::store::{Store, number};
use account::{Outcome, Stories, Story};
use centre::Saved;
use promise::{ContactRecord, WorkTime};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use stdx::{ContactId, Tick, Timestamp};

/// The state at one place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What was agreed last.
    pub configured: Configured,
    /// The centre.
    pub saved: Saved,
    /// What the present day has brought so far.
    pub outcome: Outcome,
    /// The stories of those who are inside.
    pub stories: Stories,
    /// When the last entry was written.
    pub last: (Tick, Timestamp),
    /// The highest number of a contact.
    pub last_contact: ContactId,
    /// What could not be written down so far.
    pub gap: Gap,
    /// Of that, on the present day.
    pub lost: Gap,
    /// How many entries there are.
    pub entries: u64,
    /// Who calls, of those who are still inside.
    pub callers: Vec<Caller>,
    /// Who took which seat last, and by which entry.
    pub seated: Vec<(u64, Seated)>,
    /// Whether anything is sealed.
    pub is_sealed: bool,
}

/// A contact that is gone, and its story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its one record.
    pub record: ContactRecord,
    /// What befell it.
    pub story: Story,
}

/// What an agent said last of a talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// By which entry.
    pub entry: Sequence,
    /// What.
    pub wrapped_up: WrappedUp,
}

/// What was done to a case, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEntry {
    /// By which entry.
    pub entry: Sequence,
    /// When.
    pub at: Timestamp,
    /// What.
    pub acted: CaseActed,
}

/// What was heard since the views were written last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Contacts that are gone.
    pub told: Vec<Told>,
    /// What agents said of talks, in the order of the log.
    pub said: Vec<Said>,
    /// What was done to cases, in the order of the log.
    pub cases: Vec<CaseEntry>,
    /// What days have brought, the present one as far as it has come.
    pub days: Vec<Day>,
}

/// One local day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Each team's time, and how many of it were signed on; by [`stdx::TeamId`].
    pub teams: Vec<(WorkTime, u16)>,
    /// Tasks that were opened.
    pub tasks: u64,
    /// Contacts that waited without being told how long.
    pub untold: u64,
    /// The longest that a queue was.
    pub longest_queue: u64,
    /// What could not be written down.
    pub lost: Gap,
}

/// The tables of the views.
pub(crate) const TABLES: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS contact (number OWN_NUMBER, set_up_at BIGINT NOT NULL, told BYTEA NOT NULL)",
    "CREATE INDEX IF NOT EXISTS contact_by_time ON contact (set_up_at)",
    "CREATE TABLE IF NOT EXISTS wrap_up (contact BIGINT NOT NULL, seat BIGINT NOT NULL, entry BIGINT NOT NULL, \
     said BYTEA NOT NULL, PRIMARY KEY (contact, seat))",
    "CREATE TABLE IF NOT EXISTS case_entry (number OWN_NUMBER, acted BYTEA NOT NULL)",
    "CREATE TABLE IF NOT EXISTS day (number OWN_NUMBER, brought BYTEA NOT NULL)",
    "CREATE TABLE IF NOT EXISTS snapshot (number OWN_NUMBER, position BIGINT NOT NULL, \
     link BYTEA NOT NULL, state BYTEA NOT NULL)",
];

/// Contacts that one statement writes.
const AT_ONCE: usize = 100;

impl Store {
    /// The snapshot up to which the views reach, and where to go on behind it; none if there is none that
    /// this program can read.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn snapshot(&mut self) -> Result<Option<(Link, Snapshot)>, Error> {
        let select = "SELECT link, state FROM snapshot WHERE number = 1";
        let found: Vec<(Vec<u8>, Vec<u8>)> = self.database.fetch(select, &[])?;
        Ok(found.first().and_then(|(link, state)| Some((Link::of_bytes(link)?, unpack(state)?))))
    }

    /// Adds to the views what has happened up to this snapshot, which takes the place of the one before. If
    /// somebody else has come further meanwhile there is nothing to add.
    ///
    /// # Errors
    /// If the database cannot be written: then nothing is added.
    pub fn add_to_views(
        &mut self,
        heard: &Heard,
        link: Link,
        snapshot: &Snapshot,
    ) -> Result<(), Error> {
        self.database.at_once(|it| {
            if !replace_snapshot(it, link, snapshot)? {
                return Ok(());
            }
            for contacts in heard.told.chunks(AT_ONCE) {
                insert_contacts(it, contacts)?;
            }
            for said in &heard.said {
                replace_said(it, said)?;
            }
            for entry in &heard.cases {
                insert_case_entry(it, entry)?;
            }
            for day in &heard.days {
                let insert = "INSERT INTO day (number, brought) VALUES ($1, $2) \
                    ON CONFLICT (number) DO UPDATE SET brought = $2";
                let brought = pack(day);
                it.execute(insert, &[Value::Number(day.day), Value::Bytes(&brought)])?;
            }
            Ok(())
        })
    }

    /// Drops the views; the log makes them anew.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn drop_views(&mut self) -> Result<(), Error> {
        self.database.at_once(|it| {
            for table in ["contact", "wrap_up", "case_entry", "day", "snapshot"] {
                it.execute_made(format!("DELETE FROM {table}"), &[])?;
            }
            Ok(())
        })
    }

    /// Contacts whose call set-up lies in this time, in the order of their numbers.
    ///
    /// # Errors
    /// If the database cannot be read, or holds what nobody can have written.
    pub fn contacts(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<Told>, Error> {
        let select =
            "SELECT told FROM contact WHERE set_up_at >= $1 AND set_up_at < $2 ORDER BY number";
        let values = [Value::Number(from.0), Value::Number(until.0)];
        let found: Vec<(Vec<u8>,)> = self.database.fetch(select, &values)?;
        found.iter().map(|(told,)| unpack(told).ok_or(Error::View)).collect()
    }

    /// What agents said of the contacts whose call set-up lies in this time: by contact, and of each the last said
    /// last.
    ///
    /// # Errors
    /// As [`Store::contacts`].
    pub fn said(&mut self, from: Timestamp, until: Timestamp) -> Result<Vec<Said>, Error> {
        let select = "SELECT said FROM wrap_up JOIN contact ON contact.number = wrap_up.contact \
            WHERE set_up_at >= $1 AND set_up_at < $2 ORDER BY wrap_up.contact, wrap_up.entry";
        let values = [Value::Number(from.0), Value::Number(until.0)];
        let found: Vec<(Vec<u8>,)> = self.database.fetch(select, &values)?;
        found.iter().map(|(said,)| unpack(said).ok_or(Error::View)).collect()
    }

    /// Everything that was done to cases, in the order of the log.
    ///
    /// # Errors
    /// As [`Store::contacts`].
    pub fn case_entries(&mut self) -> Result<Vec<CaseEntry>, Error> {
        let select = "SELECT acted FROM case_entry ORDER BY number";
        let found: Vec<(Vec<u8>,)> = self.database.fetch(select, &[])?;
        found.iter().map(|(acted,)| unpack(acted).ok_or(Error::View)).collect()
    }

    /// What these days have brought, the last one included; days on which nothing happened are missing.
    ///
    /// # Errors
    /// As [`Store::contacts`].
    pub fn days(&mut self, from: i64, until: i64) -> Result<Vec<Day>, Error> {
        let select = "SELECT brought FROM day WHERE number >= $1 AND number <= $2 ORDER BY number";
        let values = [Value::Number(from), Value::Number(until)];
        let found: Vec<(Vec<u8>,)> = self.database.fetch(select, &values)?;
        found.iter().map(|(brought,)| unpack(brought).ok_or(Error::View)).collect()
    }
}

/// Says whether this is the latest one.
fn replace_snapshot(
    database: &mut Database,
    link: Link,
    snapshot: &Snapshot,
) -> Result<bool, Error> {
    let insert = "INSERT INTO snapshot (number, position, link, state) VALUES (1, $1, $2, $3) \
        ON CONFLICT (number) DO UPDATE SET position = $1, link = $2, state = $3 \
        WHERE snapshot.position <= $1";
    let (bytes, state) = (link.to_bytes(), pack(snapshot));
    let values = [Value::Number(number(link.next)), Value::Bytes(&bytes), Value::Bytes(&state)];
    Ok(database.execute(insert, &values)? > 0)
}

/// Contacts that are looked at at once.
const LOOKED_AT: i64 = 10_000;

/// What the views say, in few numbers: equal views have equal ones, whatever the order in which they were
/// written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// How many contacts there are.
    pub contacts: u64,
    /// The sum over them of what is written of each.
    sum: u128,
    /// The days, as they are written: whether anybody can read them is another question.
    days: BTreeMap<i64, Vec<u8>>,
    /// What agents said, by contact and seat, as a hash: there is one for most contacts.
    said: BTreeMap<(i64, i64), u128>,
    /// What was done to cases, by entry, as a hash.
    cases: BTreeMap<i64, u128>,
}

/// A contact as it lies in the table: its number, its call set-up, what is told of it.
type StoredContact = (i64, i64, Vec<u8>);

impl Digest {
    /// Takes down what is written.
    pub fn add(&mut self, heard: &Heard) {
        for it in &heard.told {
            let (number, at) = (number(it.record.contact.0), it.record.set_up_at.0);
            self.add_contact(&(number, at, pack(it)));
        }
        for it in &heard.said {
            let (contact, seat) = key(it);
            self.add_said(&(contact, seat, pack(it)));
        }
        for it in &heard.cases {
            self.cases.insert(number(it.entry), hash(&pack(it)));
        }
        self.days.extend(heard.days.iter().map(|day| (day.day, pack(day))));
    }

    fn add_said(&mut self, (contact, seat, said): &(i64, i64, Vec<u8>)) {
        self.said.insert((*contact, *seat), hash(said));
    }

    fn add_contact(&mut self, (number, at, told): &StoredContact) {
        let hash = Sha256::new()
            .chain_update(number.to_le_bytes())
            .chain_update(at.to_le_bytes())
            .chain_update(told)
            .finalize();
        let first = hash.first_chunk().expect("SHA-256 is longer");
        self.sum = self.sum.wrapping_add(u128::from_le_bytes(*first));
        self.contacts += 1;
    }
}

impl Store {
    /// What the views say.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn digest(&mut self) -> Result<Digest, Error> {
        let mut digest = Digest::default();
        let days = "SELECT number, brought FROM day ORDER BY number";
        let days: Vec<(i64, Vec<u8>)> = self.database.fetch(days, &[])?;
        digest.days.extend(days);
        let cases = "SELECT number, acted FROM case_entry ORDER BY number";
        let cases: Vec<(i64, Vec<u8>)> = self.database.fetch(cases, &[])?;
        digest.cases.extend(cases.iter().map(|(entry, acted)| (*entry, hash(acted))));
        let all_said =
            "SELECT contact, seat, said FROM wrap_up WHERE contact > $1 AND contact <= $2";
        let select = "SELECT number, set_up_at, told FROM contact WHERE number > $1 \
            ORDER BY number LIMIT $2";
        let mut last = i64::MIN;
        loop {
            let values = [Value::Number(last), Value::Number(LOOKED_AT)];
            let found: Vec<StoredContact> = self.database.fetch(select, &values)?;
            found.iter().for_each(|it| digest.add_contact(it));
            // What was said of those who are still inside stands behind the last one.
            let next = found.last().map(|(number, ..)| *number);
            let values = [Value::Number(last), Value::Number(next.unwrap_or(i64::MAX))];
            let said: Vec<(i64, i64, Vec<u8>)> = self.database.fetch(all_said, &values)?;
            said.iter().for_each(|it| digest.add_said(it));
            match next {
                Some(number) => last = number,
                None => return Ok(digest),
            }
        }
    }

    /// Whether there are no views at all, not even unreadable ones.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn has_no_views(&mut self) -> Result<bool, Error> {
        let select = "SELECT number FROM snapshot UNION ALL SELECT number FROM contact \
            UNION ALL SELECT number FROM day UNION ALL SELECT contact FROM wrap_up \
            UNION ALL SELECT number FROM case_entry LIMIT 1";
        let found: Vec<(i64,)> = self.database.fetch(select, &[])?;
        Ok(found.is_empty())
    }
}

fn key(said: &Said) -> (i64, i64) {
    (number(said.wrapped_up.contact.0), i64::from(said.wrapped_up.seat.0))
}

/// The first half of a hash.
fn hash(bytes: &[u8]) -> u128 {
    let hash = Sha256::digest(bytes);
    u128::from_le_bytes(*hash.first_chunk().expect("SHA-256 is longer"))
}

/// The last word takes the place of the one before.
fn replace_said(database: &mut Database, said: &Said) -> Result<(), Error> {
    let insert = "INSERT INTO wrap_up (contact, seat, entry, said) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (contact, seat) DO UPDATE SET entry = $3, said = $4";
    let ((contact, seat), bytes) = (key(said), pack(said));
    let entry = Value::Number(number(said.entry));
    let values = [Value::Number(contact), Value::Number(seat), entry, Value::Bytes(&bytes)];
    database.execute(insert, &values)?;
    Ok(())
}

fn insert_case_entry(database: &mut Database, it: &CaseEntry) -> Result<(), Error> {
    let insert = "INSERT INTO case_entry (number, acted) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let bytes = pack(it);
    database.execute(insert, &[Value::Number(number(it.entry)), Value::Bytes(&bytes)])?;
    Ok(())
}

fn insert_contacts(database: &mut Database, contacts: &[Told]) -> Result<(), Error> {
    let rows: Vec<Vec<u8>> = contacts.iter().map(pack).collect();
    let values: Vec<Value<'_>> = contacts
        .iter()
        .zip(&rows)
        .flat_map(|(it, told)| {
            let at = it.record.set_up_at.0;
            [Value::Number(number(it.record.contact.0)), Value::Number(at), Value::Bytes(told)]
        })
        .collect();
    let places: Vec<String> = (0..contacts.len())
        .map(|row| format!("(${}, ${}, ${})", 3 * row + 1, 3 * row + 2, 3 * row + 3))
        .collect();
    let insert = format!(
        "INSERT INTO contact (number, set_up_at, told) VALUES {} ON CONFLICT DO NOTHING",
        places.join(", ")
    );
    database.execute_made(insert, &values)?;
    Ok(())
}
