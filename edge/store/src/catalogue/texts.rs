// SPDX-License-Identifier: EUPL-1.2
//! What the operator brings beside the objects, each as one text: it is replaced whole or not at all.

use super::Catalogue;
use crate::database::Value;
use crate::error::Error;

impl Catalogue {
    /// The text of this name; empty if there is none.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn text(&mut self, name: &str) -> Result<String, Error> {
        let select = "SELECT content FROM catalogue_text WHERE name = $1";
        let rows: Vec<(String,)> = self.database.fetch(select, &[Value::Text(name)])?;
        Ok(rows.into_iter().next().map_or_else(String::new, |(content,)| content))
    }

    /// Replaces the text of this name, in one stroke; it counts as a change of the catalogue.
    ///
    /// # Errors
    /// If the database cannot be written: then the old one is still there.
    pub fn keep_text(&mut self, name: &str, content: &str) -> Result<(), Error> {
        self.begin()?;
        let insert = "INSERT INTO catalogue_text (name, content) VALUES ($1, $2) \
            ON CONFLICT (name) DO UPDATE SET content = excluded.content";
        let written = self.database.execute(insert, &[Value::Text(name), Value::Text(content)]);
        if let Err(error) = written {
            self.roll_back()?;
            return Err(error.into());
        }
        self.is_changed = true;
        self.commit()
    }
}
