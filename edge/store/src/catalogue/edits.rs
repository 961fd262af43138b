// SPDX-License-Identifier: EUPL-1.2
//! What editors change in objects that came from elsewhere, and when they want to look at a service again.

use super::{Catalogue, OBJECTS_AT_ONCE, ObjectKey, StoredObject};
use crate::database::Value;
use crate::error::Error;
use std::collections::{BTreeMap, BTreeSet};

impl Catalogue {
    /// From whom each object of a kind came.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn feeds(&mut self, kind: &str) -> Result<BTreeMap<ObjectKey, String>, Error> {
        let select = "SELECT kind, agency, id, feed FROM catalogue_object WHERE kind = $1";
        let rows: Vec<(String, String, String, String)> =
            self.database.fetch(select, &[Value::Text(kind)])?;
        let entry = |(kind, agency, id, feed)| (ObjectKey { kind, agency, id }, feed);
        Ok(rows.into_iter().map(entry).collect())
    }

    /// Replaces what is said about objects that are there. From whom they came, and which run has seen them last, stays:
    /// an import that goes on later takes them for what they were.
    ///
    /// # Errors
    /// If the database cannot be written.
    ///
    /// # Panics
    /// If there are more than [`OBJECTS_AT_ONCE`], or one that is not there.
    pub fn edit(&mut self, objects: &[StoredObject]) -> Result<(), Error> {
        assert!(objects.len() <= OBJECTS_AT_ONCE, "at most so many at once");
        if objects.is_empty() {
            return Ok(());
        }
        let keys: BTreeSet<&ObjectKey> = objects.iter().map(|object| &object.key).collect();
        let there = self.there(&keys)?;
        self.is_changed = true;
        let mut numbered = Vec::with_capacity(objects.len());
        for object in objects {
            let (number, _) = there.get(&object.key).expect("an object that is there");
            let update = "UPDATE catalogue_object SET xml = $1 WHERE number = $2";
            let values = [Value::Text(&object.xml), Value::Number(*number)];
            self.database.execute(update, &values)?;
            self.news.add(&object.key);
            numbered.push((*number, object));
        }
        self.replace_rows(&numbered)
    }

    /// When each service is to be looked at again: a day as `2014-05-02`, by office and id.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn reviews(&mut self) -> Result<BTreeMap<(String, String), String>, Error> {
        let select = "SELECT agency, id, due FROM catalogue_review";
        let rows: Vec<(String, String, String)> = self.database.fetch(select, &[])?;
        Ok(rows.into_iter().map(|(agency, id, due)| ((agency, id), due)).collect())
    }

    /// Says when a service is to be looked at again, or that nobody needs to.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn set_review(&mut self, service: (&str, &str), due: Option<&str>) -> Result<(), Error> {
        let (agency, id) = (Value::Text(service.0), Value::Text(service.1));
        match due {
            Some(due) => {
                let insert = "INSERT INTO catalogue_review (agency, id, due) VALUES ($1, $2, $3) \
                    ON CONFLICT (agency, id) DO UPDATE SET due = excluded.due";
                self.database.execute(insert, &[agency, id, Value::Text(due)])?;
            }
            None => {
                let delete = "DELETE FROM catalogue_review WHERE agency = $1 AND id = $2";
                self.database.execute(delete, &[agency, id])?;
            }
        }
        Ok(())
    }
}
