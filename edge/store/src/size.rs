// SPDX-License-Identifier: EUPL-1.2
//! How much room a log takes.

use crate::Place;
use crate::error::Error;
use crate::store::Store;

/// Bytes on the disk, in whole pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The log.
    pub log: u64,
    /// What can be made anew from it.
    pub views: u64,
    /// The indexes of both.
    pub indexes: u64,
}

/// A table of the log or of the views, or one of their indexes; and its bytes.
type Part = (String, i64);

impl Store {
    /// How much room it takes.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn size(&mut self) -> Result<Size, Error> {
        let select = match self.place() {
            Place::Sqlite(_) => {
                "SELECT CASE WHEN name IN ('log', 'contact', 'day', 'snapshot') THEN name \
                 ELSE 'index' END, SUM(pgsize) FROM dbstat WHERE aggregate = 1 \
                 AND name NOT IN ('about', 'aside', 'lease', 'sqlite_schema') GROUP BY 1"
            }
            Place::Postgres(_) => {
                "SELECT name::TEXT, pg_table_size(name) FROM unnest(ARRAY['log', 'contact', 'day', \
                 'snapshot']::regclass[]) AS name UNION ALL SELECT 'index', \
                 SUM(pg_indexes_size(name))::BIGINT FROM unnest(ARRAY['log', 'contact', 'day', \
                 'snapshot']::regclass[]) AS name"
            }
        };
        let parts: Vec<Part> = self.database.fetch(select, &[])?;
        let mut size = Size::default();
        for (name, bytes) in parts {
            let part = match name.as_str() {
                "log" => &mut size.log,
                "index" => &mut size.indexes,
                _ => &mut size.views,
            };
            *part += bytes.cast_unsigned();
        }
        Ok(size)
    }
}
