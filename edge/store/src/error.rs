// SPDX-License-Identifier: EUPL-1.2
//! What can go wrong with a database.

use std::fmt;
use std::io;

/// SQLite's numbers for a damaged file and for one that is no database; a server's have five places.
const DAMAGED: [&str; 2] = ["11", "26"];

/// Why something could not be read or written.
#[derive(Debug)]
pub enum Error {
    /// The data folder.
    Folder(io::Error),
    /// The database; its own words.
    Database(String),
    /// The file is no database, or a damaged one; the database's own words.
    Damaged(String),
    /// The server cannot be reached.
    Unreachable(io::Error),
    /// The database holds another centre's log; its id.
    OtherCentre(String),
    /// The database was made by a newer program.
    Newer,
    /// A view holds what nobody can have written: it has to be made anew.
    View,
    /// Another writer has begun: this one can append nothing any more.
    Fenced,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Folder(error) | Error::Unreachable(error) => write!(f, "{error}"),
            Error::Database(why) | Error::Damaged(why) => f.write_str(why),
            Error::OtherCentre(id) => write!(f, "the log belongs to the centre \"{id}\""),
            Error::Newer => f.write_str("the log was made by a newer version of the program"),
            Error::View => f.write_str("a view is damaged; `replay --mend` makes it anew"),
            Error::Fenced => f.write_str("another process has taken the log over"),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        let code = error.as_database_error().and_then(|it| it.code());
        let is_damaged = code.is_some_and(|code| DAMAGED.contains(&&*code));
        let text = error.to_string();
        if let sqlx::Error::Io(error) = error {
            Error::Unreachable(error)
        } else if is_damaged {
            Error::Damaged(text)
        } else {
            Error::Database(text)
        }
    }
}
