// SPDX-License-Identifier: EUPL-1.2
//! Which objects were written by which commit: whoever keeps the catalogue in memory reads those alone anew.

use super::{Catalogue, ObjectKey};
use crate::database::Value;
use crate::error::Error;
use std::collections::BTreeSet;

/// Objects that a commit names one by one: an editor's work of a day. A commit with more says that everything may be
/// another, and everything is read anew.
pub(super) const NEWS_MAX: usize = 500;

/// Commits whose objects are known. Whoever has read none of them reads everything anew.
const COMMITS_KEPT: i64 = 200;

/// The objects of one commit.
#[derive(Debug, Default)]
pub(super) struct News {
    /// At most one more than [`NEWS_MAX`].
    keys: BTreeSet<ObjectKey>,
}

impl News {
    pub(super) fn add(&mut self, key: &ObjectKey) {
        if self.keys.len() <= NEWS_MAX {
            self.keys.insert(key.clone());
        }
    }
}

impl Catalogue {
    /// Says what is another by the commit that is counted already.
    pub(super) fn tell_news(&mut self) -> Result<(), Error> {
        let everything =
            ObjectKey { kind: String::new(), agency: String::new(), id: String::new() };
        let keys: Vec<&ObjectKey> = match self.news.keys.len() {
            ..=NEWS_MAX => self.news.keys.iter().collect(),
            _ => vec![&everything],
        };
        for key in keys {
            let insert = "INSERT INTO catalogue_news (changes, kind, agency, id) \
                SELECT changes, $1, $2, $3 FROM catalogue_state WHERE number = 1";
            self.database.execute(insert, &key.values())?;
        }
        let old = "DELETE FROM catalogue_news WHERE changes <= \
            (SELECT changes FROM catalogue_state WHERE number = 1) - $1";
        self.database.execute(old, &[Value::Number(COMMITS_KEPT)])?;
        Ok(())
    }

    /// The objects that are others, or gone, since the count of changes was `since`; none if that is not known any
    /// more, and everything is to be read anew.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn news(&mut self, since: i64) -> Result<Option<BTreeSet<ObjectKey>>, Error> {
        if self.changes()?.saturating_sub(since) >= COMMITS_KEPT {
            return Ok(None);
        }
        let select = "SELECT kind, agency, id FROM catalogue_news WHERE changes > $1";
        let rows: Vec<(String, String, String)> =
            self.database.fetch(select, &[Value::Number(since)])?;
        let is_known = rows.iter().all(|(kind, ..)| !kind.is_empty());
        let key = |(kind, agency, id)| ObjectKey { kind, agency, id };
        Ok(is_known.then(|| rows.into_iter().map(key).collect()))
    }
}
