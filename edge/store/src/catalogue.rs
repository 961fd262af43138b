// SPDX-License-Identifier: EUPL-1.2
//! The catalogue of services: objects as they came, and who is responsible, to be looked up.
//!
//! It lies in a file of its own beside the log, or in tables of its own on the server: an import writes for
//! minutes, and while it does so nobody else could append to the same file, so that no call would get in.
//!
//! The rule to keep: what was begun is ended by [`Catalogue::commit`] or it never was.

mod edits;
mod news;
mod texts;

use crate::database::{Database, Place, Value};
use crate::error::Error;
use news::News;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The file in a data folder without a server.
const FILE: &str = "catalogue.sqlite";

/// Objects that are written at once: few enough for the values that a statement may have on both engines
/// (32,766 on SQLite), many enough that a statement's cost is shared.
pub const OBJECTS_AT_ONCE: usize = 250;

/// Rows of responsibility that are written at once.
const ROWS_AT_ONCE: usize = 500;

/// Rows of responsibility that one question reads: a service may have a row for each municipality of Germany,
/// but none asks about more than a Land. What is beyond is not looked at.
const ROWS_MAX: i64 = 20_000;

/// Areas that a place lies in; a key of 12 digits has 12 beginnings.
pub const AREAS_MAX: usize = 13;

/// The longest list of tasks; further ones are refused until some are done.
pub const TASKS_MAX: u64 = 10_000;

const TABLES: [&str; 12] = [
    "CREATE TABLE IF NOT EXISTS catalogue_object (number OWN_NUMBER, kind TEXT NOT NULL, agency TEXT NOT NULL, \
     id TEXT NOT NULL, feed TEXT NOT NULL, run BIGINT NOT NULL, xml TEXT NOT NULL, UNIQUE (kind, agency, id))",
    "CREATE TABLE IF NOT EXISTS catalogue_responsibility (object BIGINT NOT NULL, service_agency TEXT NOT NULL, \
     service TEXT NOT NULL, area TEXT NOT NULL, role BIGINT NOT NULL, unit_agency TEXT NOT NULL, \
     unit TEXT NOT NULL, holds_from BIGINT NOT NULL, holds_until BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS catalogue_responsibility_of ON catalogue_responsibility (service, area)",
    "CREATE INDEX IF NOT EXISTS catalogue_responsibility_in ON catalogue_responsibility (object)",
    "CREATE TABLE IF NOT EXISTS catalogue_run (number OWN_NUMBER, feed TEXT NOT NULL, digest TEXT NOT NULL, \
     ended BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS catalogue_file (run BIGINT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, \
     PRIMARY KEY (run, name))",
    "CREATE INDEX IF NOT EXISTS catalogue_object_of ON catalogue_object (feed, run)",
    "CREATE TABLE IF NOT EXISTS catalogue_state (number OWN_NUMBER, changes BIGINT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS catalogue_task (number OWN_NUMBER, at BIGINT NOT NULL, kind TEXT NOT NULL, \
     words TEXT NOT NULL, agency TEXT NOT NULL, service TEXT NOT NULL, area TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS catalogue_news (changes BIGINT NOT NULL, kind TEXT NOT NULL, \
     agency TEXT NOT NULL, id TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS catalogue_review (agency TEXT NOT NULL, id TEXT NOT NULL, due TEXT NOT NULL, \
     PRIMARY KEY (agency, id))",
    "CREATE TABLE IF NOT EXISTS catalogue_text (name TEXT NOT NULL PRIMARY KEY, content TEXT NOT NULL)",
];

/// What an object is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectKey {
    /// What it is, by the name of its element.
    pub kind: String,
    /// The office that has given the id.
    pub agency: String,
    /// The id.
    pub id: String,
}

/// One service, one area, one unit; areas as digits, `00` for everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponsibilityRow {
    /// The office and the id of the service.
    pub service: (String, String),
    /// The key of the area.
    pub area: String,
    /// The role, by a number that the caller gives it.
    pub role: i64,
    /// The office and the id of the unit.
    pub unit: (String, String),
    /// From when on it holds, in microseconds UTC; the least number for always.
    pub from: i64,
    /// Until when, not included; the greatest number for ever.
    pub until: i64,
}

/// An object with what it says about responsibility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// Which.
    pub key: ObjectKey,
    /// Everything that was said about it.
    pub xml: String,
    /// Who is responsible, as far as it says so.
    pub rows: Vec<ResponsibilityRow>,
}

/// What writing an object has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It was not there.
    New,
    /// It was there and is different now.
    Changed,
    /// It was there just so.
    Same,
}

/// An import that goes on, perhaps one that was broken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub number: i64,
    /// The files that are in already, with their digests.
    pub files: BTreeMap<String, String>,
}

/// What the editors are to look at, because somebody asked for it and it was not there or is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number, from 1 on.
    pub number: i64,
    /// When it was told, in microseconds UTC.
    pub at: i64,
    /// What is wrong, by a word that the caller gives it.
    pub kind: String,
    /// What was asked for, or what is wrong.
    pub words: String,
    /// The office and the id of the service that it is about; both empty if none was found.
    pub service: (String, String),
    /// The key of the area that was asked about; may be empty.
    pub area: String,
}

/// Where the catalogue of a data folder lies.
///
/// # Errors
/// If the folder cannot be read.
pub fn catalogue_place(folder: &Path) -> Result<Place, Error> {
    Ok(match Place::of_folder(folder)? {
        Place::Sqlite(_) => Place::Sqlite(folder.join(FILE)),
        server @ Place::Postgres(_) => server,
    })
}

/// The catalogue of one centre.
pub struct Catalogue {
    database: Database,
    /// The last number that an object has.
    last: i64,
    /// Whether something else is in it since the last commit.
    is_changed: bool,
    /// Which objects are others since the last commit.
    news: News,
}

impl Catalogue {
    /// Opens a catalogue; an empty one is made if there is none.
    ///
    /// # Errors
    /// If the database cannot be reached or written.
    pub fn open(place: &Place) -> Result<Catalogue, Error> {
        let mut database = Database::connect(place)?;
        database.make(&TABLES)?;
        let last = "SELECT COALESCE(MAX(number), 0) FROM catalogue_object";
        let last = database.fetch::<(i64,)>(last, &[])?.first().map_or(0, |(last,)| *last);
        Ok(Catalogue { database, last, is_changed: false, news: News::default() })
    }

    /// From here on everything is one: it is there after [`Catalogue::commit`], and not before.
    ///
    /// # Errors
    /// If the database cannot be written, or another import writes.
    pub fn begin(&mut self) -> Result<(), Error> {
        Ok(self.database.begin()?)
    }

    /// Makes it so.
    ///
    /// # Errors
    /// If it cannot be written: then nothing has happened.
    pub fn commit(&mut self) -> Result<(), Error> {
        if self.is_changed {
            let count = "INSERT INTO catalogue_state (number, changes) VALUES (1, 1) \
                ON CONFLICT (number) DO UPDATE SET changes = catalogue_state.changes + 1";
            self.database.execute(count, &[])?;
            self.tell_news()?;
        }
        self.database.execute("COMMIT", &[])?;
        self.is_changed = false;
        self.news = News::default();
        Ok(())
    }

    /// How often something else was in it after a commit: whoever keeps what it says in memory reads anew when
    /// this is another number.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn changes(&mut self) -> Result<i64, Error> {
        let select = "SELECT changes FROM catalogue_state WHERE number = 1";
        let rows: Vec<(i64,)> = self.database.fetch(select, &[])?;
        Ok(rows.first().map_or(0, |(changes,)| *changes))
    }

    /// Lets it be as if nothing had happened.
    ///
    /// # Errors
    /// If the database is away, which has the same effect.
    pub fn roll_back(&mut self) -> Result<(), Error> {
        self.is_changed = false;
        self.news = News::default();
        self.database.execute("ROLLBACK", &[])?;
        Ok(())
    }

    /// Writes objects of a feed; each key at most once, at most [`OBJECTS_AT_ONCE`]. Says what became of each.
    ///
    /// # Errors
    /// If the database cannot be written.
    ///
    /// # Panics
    /// If there are more, or a key comes twice.
    pub fn put(
        &mut self,
        feed: &str,
        run: i64,
        objects: &[StoredObject],
    ) -> Result<Vec<Written>, Error> {
        let keys: BTreeSet<&ObjectKey> = objects.iter().map(|object| &object.key).collect();
        assert_eq!(keys.len(), objects.len(), "each key at most once");
        assert!(objects.len() <= OBJECTS_AT_ONCE, "at most so many at once");
        if objects.is_empty() {
            return Ok(Vec::new());
        }
        let before = self.there(&keys)?;
        let mut done = Vec::with_capacity(objects.len());
        let (mut write, mut keep) = (Vec::new(), Vec::new());
        for object in objects {
            match before.get(&object.key) {
                Some((_, xml)) if *xml == object.xml => {
                    keep.push(&object.key);
                    done.push(Written::Same);
                }
                Some((number, _)) => {
                    write.push((*number, object));
                    done.push(Written::Changed);
                }
                None => {
                    self.last += 1;
                    write.push((self.last, object));
                    done.push(Written::New);
                }
            }
        }
        self.touch(feed, run, &keep)?;
        self.write(feed, run, &write)?;
        Ok(done)
    }

    /// Those of these objects that are there: number and content.
    fn there(
        &mut self,
        keys: &BTreeSet<&ObjectKey>,
    ) -> Result<BTreeMap<ObjectKey, (i64, String)>, Error> {
        let select = format!(
            "SELECT number, kind, agency, id, xml FROM catalogue_object WHERE (kind, agency, id) IN (VALUES {})",
            tuples(0, keys.len(), 3)
        );
        let values: Vec<Value<'_>> = keys.iter().flat_map(|key| key.values()).collect();
        let rows: Vec<(i64, String, String, String, String)> =
            self.database.fetch_made(select, &values)?;
        let entry =
            |(number, kind, agency, id, xml)| (ObjectKey { kind, agency, id }, (number, xml));
        Ok(rows.into_iter().map(entry).collect())
    }

    /// Says that these have come again.
    fn touch(&mut self, feed: &str, run: i64, keys: &[&ObjectKey]) -> Result<(), Error> {
        if keys.is_empty() {
            return Ok(());
        }
        let update = format!(
            "UPDATE catalogue_object SET feed = $1, run = $2 WHERE (kind, agency, id) IN (VALUES {})",
            tuples(2, keys.len(), 3)
        );
        let mut values = vec![Value::Text(feed), Value::Number(run)];
        values.extend(keys.iter().flat_map(|key| key.values()));
        self.database.execute_made(update, &values)?;
        Ok(())
    }

    fn write(
        &mut self,
        feed: &str,
        run: i64,
        objects: &[(i64, &StoredObject)],
    ) -> Result<(), Error> {
        if objects.is_empty() {
            return Ok(());
        }
        self.is_changed = true;
        objects.iter().for_each(|(_, object)| self.news.add(&object.key));
        let insert = format!(
            "INSERT INTO catalogue_object (number, kind, agency, id, feed, run, xml) VALUES {} \
             ON CONFLICT (kind, agency, id) DO UPDATE SET feed = excluded.feed, run = excluded.run, xml = excluded.xml",
            tuples(0, objects.len(), 7)
        );
        let mut values = Vec::with_capacity(objects.len() * 7);
        for (number, object) in objects {
            values.push(Value::Number(*number));
            values.extend(object.key.values());
            values.extend([Value::Text(feed), Value::Number(run), Value::Text(&object.xml)]);
        }
        self.database.execute_made(insert, &values)?;
        self.replace_rows(objects)
    }

    /// Replaces what these objects say about responsibility.
    fn replace_rows(&mut self, objects: &[(i64, &StoredObject)]) -> Result<(), Error> {
        self.forget_rows(objects.iter().map(|(number, _)| *number))?;
        let rows = objects
            .iter()
            .flat_map(|(number, object)| object.rows.iter().map(move |row| (*number, row)));
        self.write_rows(&rows.collect::<Vec<_>>())
    }

    fn forget_rows(&mut self, numbers: impl Iterator<Item = i64>) -> Result<(), Error> {
        let values: Vec<Value<'_>> = numbers.map(Value::Number).collect();
        let delete = format!(
            "DELETE FROM catalogue_responsibility WHERE object IN ({})",
            places(0, values.len())
        );
        self.database.execute_made(delete, &values)?;
        Ok(())
    }

    fn write_rows(&mut self, rows: &[(i64, &ResponsibilityRow)]) -> Result<(), Error> {
        for some in rows.chunks(ROWS_AT_ONCE) {
            let insert = format!(
                "INSERT INTO catalogue_responsibility (object, service_agency, service, area, role, unit_agency, \
                 unit, holds_from, holds_until) VALUES {}",
                tuples(0, some.len(), 9)
            );
            let values = some.iter().flat_map(|(object, row)| {
                [
                    Value::Number(*object),
                    Value::Text(&row.service.0),
                    Value::Text(&row.service.1),
                    Value::Text(&row.area),
                    Value::Number(row.role),
                    Value::Text(&row.unit.0),
                    Value::Text(&row.unit.1),
                    Value::Number(row.from),
                    Value::Number(row.until),
                ]
            });
            self.database.execute_made(insert, &values.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Deletes an object; says whether it was there.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn delete(&mut self, key: &ObjectKey) -> Result<bool, Error> {
        self.is_changed = true;
        self.news.add(key);
        let rows = "DELETE FROM catalogue_responsibility WHERE object IN \
            (SELECT number FROM catalogue_object WHERE kind = $1 AND agency = $2 AND id = $3)";
        self.database.execute(rows, &key.values())?;
        let object = "DELETE FROM catalogue_object WHERE kind = $1 AND agency = $2 AND id = $3";
        Ok(self.database.execute(object, &key.values())? > 0)
    }

    /// Puts a task on the editors' list; its number, or none if the list is full ([`TASKS_MAX`]). What `task` has
    /// as its number does not matter.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn add_task(&mut self, task: &Task) -> Result<Option<i64>, Error> {
        self.database.at_once(|database| {
            let count = "SELECT COUNT(*), COALESCE(MAX(number), 0) FROM catalogue_task";
            let rows: Vec<(i64, i64)> = database.fetch(count, &[])?;
            let (count, last) = rows.first().copied().unwrap_or_default();
            if count.cast_unsigned() >= TASKS_MAX {
                return Ok(None);
            }
            let insert = "INSERT INTO catalogue_task (number, at, kind, words, agency, service, area) \
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
            let number = last + 1;
            let values = [
                Value::Number(number),
                Value::Number(task.at),
                Value::Text(&task.kind),
                Value::Text(&task.words),
                Value::Text(&task.service.0),
                Value::Text(&task.service.1),
                Value::Text(&task.area),
            ];
            database.execute(insert, &values)?;
            Ok(Some(number))
        })
    }

    /// The editors' list, the oldest first; never more than [`TASKS_MAX`].
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn tasks(&mut self) -> Result<Vec<Task>, Error> {
        let select = "SELECT number, at, kind, words, agency, service, area FROM catalogue_task ORDER BY number";
        let rows: Vec<(i64, i64, String, String, String, String, String)> =
            self.database.fetch(select, &[])?;
        let task = |(number, at, kind, words, agency, id, area)| Task {
            number,
            at,
            kind,
            words,
            service: (agency, id),
            area,
        };
        Ok(rows.into_iter().map(task).collect())
    }

    /// A task is done, and gone; says whether there was one.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn task_is_done(&mut self, number: i64) -> Result<bool, Error> {
        let delete = "DELETE FROM catalogue_task WHERE number = $1";
        Ok(self.database.execute(delete, &[Value::Number(number)])? > 0)
    }

    /// How many objects there are of each kind.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn counts(&mut self) -> Result<BTreeMap<String, u64>, Error> {
        let select = "SELECT kind, COUNT(*) FROM catalogue_object GROUP BY kind";
        let rows: Vec<(String, i64)> = self.database.fetch(select, &[])?;
        Ok(rows.into_iter().map(|(kind, count)| (kind, count.cast_unsigned())).collect())
    }

    /// How many objects a feed has, and how many of them this run has not seen.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn unseen(&mut self, feed: &str, run: i64) -> Result<(u64, u64), Error> {
        let all = "SELECT COUNT(*) FROM catalogue_object WHERE feed = $1";
        let all = self.database.fetch::<(i64,)>(all, &[Value::Text(feed)])?;
        let unseen = "SELECT COUNT(*) FROM catalogue_object WHERE feed = $1 AND run <> $2";
        let values = [Value::Text(feed), Value::Number(run)];
        let unseen = self.database.fetch::<(i64,)>(unseen, &values)?;
        let first = |rows: &[(i64,)]| rows.first().map_or(0, |(count,)| count.cast_unsigned());
        Ok((first(&all), first(&unseen)))
    }

    /// Some of the objects of a feed that this run has not seen, by key.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn unseen_keys(
        &mut self,
        feed: &str,
        run: i64,
        limit: i64,
    ) -> Result<Vec<ObjectKey>, Error> {
        let select = "SELECT kind, agency, id FROM catalogue_object WHERE feed = $1 AND run <> $2 \
            ORDER BY kind, agency, id LIMIT $3";
        let values = [Value::Text(feed), Value::Number(run), Value::Number(limit)];
        let rows: Vec<(String, String, String)> = self.database.fetch(select, &values)?;
        Ok(rows.into_iter().map(|(kind, agency, id)| ObjectKey { kind, agency, id }).collect())
    }

    /// Deletes every object of a feed that this run has not seen; says how many.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn delete_unseen(&mut self, feed: &str, run: i64) -> Result<u64, Error> {
        self.is_changed = true;
        let limit = i64::try_from(news::NEWS_MAX).unwrap_or(i64::MAX).saturating_add(1);
        for key in self.unseen_keys(feed, run, limit)? {
            self.news.add(&key);
        }
        let values = [Value::Text(feed), Value::Number(run)];
        let rows = "DELETE FROM catalogue_responsibility WHERE object IN \
            (SELECT number FROM catalogue_object WHERE feed = $1 AND run <> $2)";
        self.database.execute(rows, &values)?;
        let objects = "DELETE FROM catalogue_object WHERE feed = $1 AND run <> $2";
        Ok(self.database.execute(objects, &values)?)
    }

    /// Begins a run over what has this digest, or goes on with one that was broken off.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn run(&mut self, feed: &str, digest: &str) -> Result<Run, Error> {
        let select =
            "SELECT number FROM catalogue_run WHERE feed = $1 AND digest = $2 AND ended = 0";
        let there: Vec<(i64,)> =
            self.database.fetch(select, &[Value::Text(feed), Value::Text(digest)])?;
        if let Some((number,)) = there.first() {
            let files = "SELECT name, digest FROM catalogue_file WHERE run = $1";
            let files: Vec<(String, String)> =
                self.database.fetch(files, &[Value::Number(*number)])?;
            return Ok(Run { number: *number, files: files.into_iter().collect() });
        }
        let next = "SELECT COALESCE(MAX(number), 0) + 1 FROM catalogue_run";
        let next: Vec<(i64,)> = self.database.fetch(next, &[])?;
        let number = next.first().map_or(1, |(next,)| *next);
        let insert =
            "INSERT INTO catalogue_run (number, feed, digest, ended) VALUES ($1, $2, $3, 0)";
        let values = [Value::Number(number), Value::Text(feed), Value::Text(digest)];
        self.database.execute(insert, &values)?;
        Ok(Run { number, files: BTreeMap::new() })
    }

    /// Says that a file is in; in the same stroke as its objects.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn file_is_in(&mut self, run: i64, name: &str, digest: &str) -> Result<(), Error> {
        let insert = "INSERT INTO catalogue_file (run, name, digest) VALUES ($1, $2, $3) \
            ON CONFLICT (run, name) DO UPDATE SET digest = excluded.digest";
        let values = [Value::Number(run), Value::Text(name), Value::Text(digest)];
        self.database.execute(insert, &values)?;
        Ok(())
    }

    /// Says that a run has come to its end.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn run_has_ended(&mut self, run: i64) -> Result<(), Error> {
        self.database.execute(
            "UPDATE catalogue_run SET ended = 1 WHERE number = $1",
            &[Value::Number(run)],
        )?;
        self.database
            .execute("DELETE FROM catalogue_file WHERE run = $1", &[Value::Number(run)])?;
        Ok(())
    }

    /// The objects of a kind behind this one, in the order of keys, at most so many: key and content.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn page(
        &mut self,
        kind: &str,
        after: Option<&ObjectKey>,
        limit: i64,
    ) -> Result<Vec<(ObjectKey, String)>, Error> {
        let (agency, id) = after.map_or(("", ""), |key| (&key.agency, &key.id));
        // No id is empty, so nothing stands at or before the empty one.
        let select = "SELECT kind, agency, id, xml FROM catalogue_object \
            WHERE kind = $1 AND (agency, id) > ($2, $3) ORDER BY agency, id LIMIT $4";
        let values =
            [Value::Text(kind), Value::Text(agency), Value::Text(id), Value::Number(limit)];
        let rows: Vec<(String, String, String, String)> = self.database.fetch(select, &values)?;
        let entry = |(kind, agency, id, xml)| (ObjectKey { kind, agency, id }, xml);
        Ok(rows.into_iter().map(entry).collect())
    }

    /// One object's content.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn object(&mut self, key: &ObjectKey) -> Result<Option<String>, Error> {
        let select = "SELECT xml FROM catalogue_object WHERE kind = $1 AND agency = $2 AND id = $3";
        let rows: Vec<(String,)> = self.database.fetch(select, &key.values())?;
        Ok(rows.into_iter().next().map(|(xml,)| xml))
    }

    /// Who is responsible for a service in one of these areas or inside the last of them, and one row of
    /// elsewhere if there is any: enough to say who answers there, or why nobody does.
    ///
    /// # Errors
    /// If the database cannot be read.
    ///
    /// # Panics
    /// If there is no area or more than [`AREAS_MAX`].
    pub fn responsible(
        &mut self,
        service: (&str, &str),
        areas: &[String],
    ) -> Result<Vec<ResponsibilityRow>, Error> {
        assert!(!areas.is_empty() && areas.len() <= AREAS_MAX, "the areas of one place");
        let place = &areas[areas.len() - 1];
        // Every digit stands before the colon; all of Germany is not the beginning of anything.
        let (from, until) = match place.as_str() {
            "00" => ("0".to_owned(), ":".to_owned()),
            digits => (digits.to_owned(), format!("{digits}:")),
        };
        let here = format!(
            "{ROWS} AND (area IN ({}) OR (area >= $3 AND area < $4)) \
             ORDER BY area, role, unit_agency, unit LIMIT $5",
            places(5, AREAS_MAX)
        );
        let mut values = vec![
            Value::Text(service.1),
            Value::Text(service.0),
            Value::Text(&from),
            Value::Text(&until),
            Value::Number(ROWS_MAX),
        ];
        let filled = areas.iter().chain(std::iter::repeat(place)).take(AREAS_MAX);
        values.extend(filled.map(|area| Value::Text(area)));
        let mut rows: Vec<Row> = self.database.fetch_made(here, &values)?;
        if rows.is_empty() {
            let anywhere = format!("{ROWS} LIMIT 1");
            let values = [Value::Text(service.1), Value::Text(service.0)];
            rows = self.database.fetch_made(anywhere, &values)?;
        }
        Ok(rows.into_iter().map(row).collect())
    }
}

/// A responsibility that names no office means any office's service of that id.
const ROWS: &str = "SELECT service_agency, service, area, role, unit_agency, unit, holds_from, holds_until \
    FROM catalogue_responsibility WHERE service = $1 AND service_agency IN ($2, '')";

type Row = (String, String, String, i64, String, String, i64, i64);

fn row(
    (service_agency, service, area, role, unit_agency, unit, from, until): Row,
) -> ResponsibilityRow {
    let (service, unit) = ((service_agency, service), (unit_agency, unit));
    ResponsibilityRow { service, area, role, unit, from, until }
}

impl ObjectKey {
    fn values(&self) -> [Value<'_>; 3] {
        [Value::Text(&self.kind), Value::Text(&self.agency), Value::Text(&self.id)]
    }
}

/// So many places for values, behind those that are there.
fn places(before: usize, count: usize) -> String {
    let places = (before + 1..=before + count).map(|number| format!("${number}"));
    places.collect::<Vec<_>>().join(", ")
}

/// So many tuples of so many places.
fn tuples(before: usize, count: usize, width: usize) -> String {
    let tuple = |number| format!("({})", places(before + number * width, width));
    (0..count).map(tuple).collect::<Vec<_>>().join(", ")
}
