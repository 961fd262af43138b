// SPDX-License-Identifier: EUPL-1.2
//! One centre's log in its database: append with an epoch, read from a number, lease, wait for more.
//!
//! The fence is the log itself. A writer begins by appending under its new epoch; whoever wrote before
//! knows nothing of that entry, so its next append meets a number that is taken, and is refused. The lease
//! only says who may begin at all.

use crate::chain::{Damage, Link, Row};
use crate::database::{Database, Place, Value};
use crate::error::Error;
use crate::fact::{Entry, Epoch, Sequence};
use sqlx::postgres::PgListener;
use std::time::Duration;
use stdx::{Micros, Timestamp};

/// The form of the tables; raised with every change that an older program could not read.
const FORMAT: &str = "1";

/// How often a log without a server is looked at by who waits for more.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Rows that are read at once.
const ROWS_AT_ONCE: i64 = 2_000;

/// The channel on which a server wakes who waits for more.
const CHANNEL: &str = "amtsleitung_log";

/// Who holds the lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// By which name.
    pub holder: String,
    /// Until when, unless it is renewed.
    pub until: Timestamp,
}

/// One centre's log.
pub struct Store {
    place: Place,
    centre: String,
    pub(crate) database: Database,
    waits: Option<PgListener>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "log of {:?} in {:?}", self.centre, self.place)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // A listener says goodbye on the clockwork that it lived on.
        if let Some(listener) = self.waits.take() {
            self.database.wait(async { drop(listener) });
        }
    }
}

/// A row as it lies in the table.
type Stored = (i64, i64, Vec<u8>);

impl Store {
    /// Opens the log of a centre; an empty one is made if there is none.
    ///
    /// # Errors
    /// If the database cannot be reached or written, holds the log of another centre, or was made by a
    /// newer program.
    pub fn open(place: &Place, centre: &str) -> Result<Store, Error> {
        let mut database = Database::connect(place)?;
        make_tables(&mut database)?;
        for (name, value) in [("centre", centre), ("format", FORMAT)] {
            let insert = "INSERT INTO about (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            database.execute(insert, &[Value::Text(name), Value::Text(value)])?;
        }
        match about(&mut database, "centre")? {
            Some(other) if other != centre => return Err(Error::OtherCentre(other)),
            Some(_) | None => {}
        }
        match about(&mut database, "format")? {
            Some(format) if format != FORMAT => Err(Error::Newer),
            Some(_) | None => {
                let (place, centre) = (place.clone(), centre.to_owned());
                Ok(Store { place, centre, database, waits: None })
            }
        }
    }

    /// Opens the log that is there, whichever centre's; none if there is none.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_any(place: &Place) -> Result<Option<Store>, Error> {
        if !place.may_exist() {
            return Ok(None);
        }
        let mut database = Database::connect(place)?;
        make_tables(&mut database)?;
        let Some(centre) = about(&mut database, "centre")? else { return Ok(None) };
        Store::open(place, &centre).map(Some)
    }

    /// Where it is kept.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Which centre's log it is.
    #[must_use]
    pub fn centre(&self) -> &str {
        &self.centre
    }

    /// Takes a new connection if the present one is broken: a server may have been away.
    ///
    /// # Errors
    /// If it still is.
    pub fn reconnect(&mut self) -> Result<(), Error> {
        if !self.database.is_alive() {
            self.database.connect_anew(&self.place)?;
        }
        Ok(())
    }

    /// Brings everything into the one file, so that it can be copied while nobody writes.
    ///
    /// # Errors
    /// If the database cannot be written: then it stays beside it, and nothing is lost.
    pub fn gather(&mut self) -> Result<(), Error> {
        if let Place::Sqlite(_) = self.place {
            self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", &[])?;
        }
        Ok(())
    }

    /// From now on a server that does not answer within this time counts as gone, and what it was asked
    /// for has failed.
    pub fn lose_patience_after(&mut self, time: Duration) {
        self.database.lose_patience_after(time);
    }

    /// Appends a row, and returns when it is durable. Appending the same row again is no error: who does
    /// not know whether it came through may ask again.
    ///
    /// # Errors
    /// [`Error::Fenced`] if another writer has begun; otherwise nothing was appended, or it is not known.
    pub fn append(&mut self, row: &Row) -> Result<(), Error> {
        match insert(&mut self.database, row) {
            Ok(()) => Ok(()),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                let there = self.rows_from(row.first, 1)?;
                if there.first() == Some(row) { Ok(()) } else { Err(Error::Fenced) }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The rows that hold this entry and those after it, at most so many.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn rows_from(&mut self, from: Sequence, limit: i64) -> Result<Vec<Row>, Error> {
        let select = "SELECT seq, epoch, entries FROM log WHERE seq >= \
            (SELECT COALESCE(MAX(seq), 0) FROM log WHERE seq <= $1) ORDER BY seq LIMIT $2";
        let values = [Value::Number(number(from)), Value::Number(limit)];
        let rows: Vec<Stored> = self.database.fetch(select, &values)?;
        let row = |(first, epoch, entries): Stored| Row {
            first: first.cast_unsigned(),
            epoch: epoch.cast_unsigned(),
            entries,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Reads every entry from a place in the chain on; says where it has ended.
    ///
    /// # Errors
    /// If the database cannot be read. Damage is no error: what stands before it has been read.
    pub fn read_from(
        &mut self,
        mut link: Link,
        each: &mut dyn FnMut(Entry),
    ) -> Result<(Link, Option<Damage>), Error> {
        loop {
            let before = link.next;
            for row in self.rows_from(before, ROWS_AT_ONCE)? {
                // A place in the chain is always between two rows: what lies before it was read.
                if row.first < before {
                    continue;
                }
                if let Err(damage) = link.read(&row, each) {
                    return Ok((link, Some(damage)));
                }
            }
            if link.next == before {
                return Ok((link, None));
            }
        }
    }

    /// Puts aside every row from the damaged entry's on, so that the log can go on before it. What stands
    /// before the damage in its own row stays. Returns how many entries are lost, as far as they can be told
    /// apart.
    ///
    /// # Errors
    /// If the database cannot be read or written: then nothing is put aside.
    pub fn put_aside(&mut self, damage: &Damage) -> Result<u64, Error> {
        let rows = self.rows_from(damage.sequence, i64::MAX)?;
        let count = |row: &Row| crate::chain::count(&row.entries).cast_unsigned();
        let all: u64 = rows.iter().map(count).sum();
        let whole = rows.into_iter().next().and_then(|row| row.before(damage.sequence));
        let lost = all - whole.as_ref().map_or(0, count);
        let from = whole.as_ref().map_or(damage.sequence, |row| row.first);
        self.database.at_once(|it| {
            let from = [Value::Number(number(from))];
            let keep = "INSERT INTO aside (seq, epoch, entries) \
                SELECT seq, epoch, entries FROM log WHERE seq >= $1";
            it.execute(keep, &from)?;
            it.execute("DELETE FROM log WHERE seq >= $1", &from)?;
            if let Some(row) = &whole {
                insert(it, row)?;
            }
            Ok(lost)
        })
    }

    /// Takes the lease, if nobody else holds it: a new epoch, above every one before and above this one.
    ///
    /// # Errors
    /// If the database cannot be written. That somebody else holds it is no error of the database.
    pub fn take_lease(
        &mut self,
        holder: &str,
        now: Timestamp,
        lasts: Micros,
        above: Epoch,
    ) -> Result<Result<Epoch, Held>, Error> {
        let take = "INSERT INTO lease (centre, epoch, holder, until_at) VALUES ($1, $5 + 1, $2, $3) \
            ON CONFLICT (centre) DO UPDATE SET \
            epoch = CASE WHEN lease.epoch < $5 THEN $5 ELSE lease.epoch END + 1, \
            holder = $2, until_at = $3 \
            WHERE lease.until_at <= $4 OR lease.holder = $2 RETURNING epoch";
        let values = [
            Value::Text(&self.centre),
            Value::Text(holder),
            Value::Number((now + lasts).0),
            Value::Number(now.0),
            Value::Number(number(above)),
        ];
        let epochs: Vec<(i64,)> = self.database.fetch(take, &values)?;
        match epochs.first() {
            Some((epoch,)) => Ok(Ok(epoch.cast_unsigned())),
            None => Ok(Err(self.lease()?.ok_or(Error::Fenced)?)),
        }
    }

    /// Who held the lease last, and until when; none if nobody ever did.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn lease(&mut self) -> Result<Option<Held>, Error> {
        let select = "SELECT holder, until_at FROM lease WHERE centre = $1";
        let held: Vec<(String, i64)> = self.database.fetch(select, &[Value::Text(&self.centre)])?;
        let held = held.into_iter().next();
        Ok(held.map(|(holder, until)| Held { holder, until: Timestamp(until) }))
    }

    /// Keeps the lease until then; says whether it was still ours.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn keep_lease(&mut self, epoch: Epoch, until: Timestamp) -> Result<bool, Error> {
        let keep = "UPDATE lease SET until_at = $3 WHERE centre = $1 AND epoch = $2";
        let values =
            [Value::Text(&self.centre), Value::Number(number(epoch)), Value::Number(until.0)];
        Ok(self.database.execute(keep, &values)? == 1)
    }

    /// Waits until there is an entry of this number, but no longer than this; says whether there is.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn wait_for(&mut self, sequence: Sequence, patience: Duration) -> Result<bool, Error> {
        if let (None, Place::Postgres(address)) = (&self.waits, &self.place) {
            self.waits = Some(self.database.wait(listen(address))?);
        }
        let mut left = patience;
        while !self.is_there(sequence)? {
            if left.is_zero() {
                return Ok(false);
            }
            left = match &mut self.waits {
                Some(listener) => {
                    let woken = async { tokio::time::timeout(left, listener.recv()).await.is_ok() };
                    if self.database.wait(woken) { left } else { Duration::ZERO }
                }
                None => {
                    let nap = left.min(LOOK_EVERY);
                    self.database.wait(async { tokio::time::sleep(nap).await });
                    left - nap
                }
            };
        }
        Ok(true)
    }

    fn is_there(&mut self, sequence: Sequence) -> Result<bool, Error> {
        let last = "SELECT seq, entries FROM log ORDER BY seq DESC LIMIT 1";
        let last: Vec<(i64, Vec<u8>)> = self.database.fetch(last, &[])?;
        // A row's last number is not written down; its entries are few.
        let is_there = |(first, entries): &(i64, Vec<u8>)| {
            number(sequence) < first + crate::chain::count(entries)
        };
        Ok(last.first().is_some_and(is_there))
    }
}

const TABLES: &[&str] = &[
    // Two who find nothing at the same time make it one after the other.
    "SERVER SELECT pg_advisory_xact_lock(115)",
    "CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS log (seq OWN_NUMBER, epoch BIGINT NOT NULL, entries BYTEA NOT NULL)",
    "CREATE TABLE IF NOT EXISTS aside (seq BIGINT NOT NULL, epoch BIGINT NOT NULL, entries BYTEA NOT NULL)",
    "CREATE TABLE IF NOT EXISTS lease (centre TEXT PRIMARY KEY, epoch BIGINT NOT NULL, \
     holder TEXT NOT NULL, until_at BIGINT NOT NULL)",
    // A wake-up and no more: who was not listening looks for itself.
    "SERVER CREATE OR REPLACE FUNCTION amtsleitung_wake() RETURNS trigger LANGUAGE plpgsql AS \
     $$ BEGIN PERFORM pg_notify('amtsleitung_log', ''); RETURN NULL; END $$",
    "SERVER CREATE OR REPLACE TRIGGER wake AFTER INSERT ON log \
     FOR EACH STATEMENT EXECUTE FUNCTION amtsleitung_wake()",
];

fn make_tables(database: &mut Database) -> Result<(), Error> {
    if about(database, "format").is_ok() {
        return Ok(());
    }
    database.at_once(|it| {
        it.make(TABLES)?;
        it.make(crate::view::TABLES)
    })
}

fn about(database: &mut Database, name: &str) -> Result<Option<String>, Error> {
    let select = "SELECT value FROM about WHERE name = $1";
    let found: Vec<(String,)> = database.fetch(select, &[Value::Text(name)])?;
    Ok(found.into_iter().next().map(|(value,)| value))
}

fn insert(database: &mut Database, row: &Row) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO log (seq, epoch, entries) VALUES ($1, $2, $3)";
    let (first, epoch) = (number(row.first), number(row.epoch));
    let values = [Value::Number(first), Value::Number(epoch), Value::Bytes(&row.entries)];
    database.execute(insert, &values).map(drop)
}

async fn listen(address: &str) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect(address).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Both engines know signed numbers only; ours never come near the end of them.
pub(crate) fn number(of: u64) -> i64 {
    i64::try_from(of).expect("a log of 9 quintillion entries")
}
