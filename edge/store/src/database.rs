// SPDX-License-Identifier: EUPL-1.2
//! The two engines behind one SQL: every statement is written once, and both take it.

use crate::error::Error;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, FromRow};
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;
use tokio::runtime::Runtime;

/// The log's file in a data folder without a server.
const FILE: &str = "log.sqlite";

/// The file in a data folder that names a server instead.
const SERVER: &str = "database";

/// How long SQLite waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// How long a server may take to let us in.
const CONNECTS_WITHIN: Duration = Duration::from_secs(5);

/// Where a log is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// In this SQLite file.
    Sqlite(PathBuf),
    /// On this PostgreSQL server; an address like `postgres://user:password@host/database`.
    Postgres(String),
}

impl Place {
    /// Where a data folder keeps its log: on the server that its file `database` names, else in a file of
    /// its own.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn of_folder(folder: &Path) -> Result<Place, Error> {
        match fs::read_to_string(folder.join(SERVER)) {
            Ok(address) => Ok(Place::Postgres(address.trim().to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(Place::Sqlite(folder.join(FILE)))
            }
            Err(error) => Err(Error::Folder(error)),
        }
    }

    /// Whether a log may be there: a server has to be asked.
    #[must_use]
    pub fn may_exist(&self) -> bool {
        match self {
            Place::Sqlite(file) => file.exists(),
            Place::Postgres(_) => true,
        }
    }
}

/// Never the address itself: there is a password in it.
impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Sqlite(file) => write!(f, "SQLite {}", file.display()),
            Place::Postgres(_) => f.write_str("PostgreSQL"),
        }
    }
}

/// A value in a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Number(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// A connection to either, for one who waits for the answer.
pub(crate) struct Database {
    runtime: Runtime,
    connection: Connection,
    /// How long a server may take for an answer; none for as long as it wants.
    patience: Option<Duration>,
    /// Whether the server did not answer in time: what it still says belongs to nothing.
    is_silent: bool,
}

enum Connection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A row of either as a tuple.
pub(crate) trait Tuple:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> Tuple for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

/// The same call on either connection.
macro_rules! on_either {
    ($database:expr, $it:ident => $call:expr) => {{
        let Database { runtime, connection, patience, is_silent } = $database;
        runtime.block_on(async {
            match connection {
                Connection::Sqlite($it) => $call,
                Connection::Postgres($it) => {
                    let answer = in_time(*patience, async { $call }).await;
                    *is_silent |= answer.is_none();
                    answer.unwrap_or_else(|| Err(silent()))
                }
            }
        })
    }};
}

/// A statement with its values.
macro_rules! with_values {
    ($query:expr, $values:expr) => {
        $values.iter().fold($query, |query, value| match *value {
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        })
    };
}

impl Database {
    pub(crate) fn connect(place: &Place) -> Result<Database, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::Folder)?;
        let connection = match place {
            Place::Sqlite(file) => {
                make_private(file)?;
                let options = SqliteConnectOptions::new()
                    .filename(file)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .pragma("secure_delete", "ON")
                    .busy_timeout(BUSY)
                    .disable_statement_logging();
                let connecting = SqliteConnection::connect_with(&options);
                Connection::Sqlite(runtime.block_on(connecting)?)
            }
            Place::Postgres(address) => {
                let options = PgConnectOptions::from_str(address)?
                    .application_name("amtsleitung")
                    .disable_statement_logging();
                let connecting = PgConnection::connect_with(&options);
                let connected = runtime.block_on(in_time(Some(CONNECTS_WITHIN), connecting));
                Connection::Postgres(connected.unwrap_or_else(|| Err(silent()))?)
            }
        };
        Ok(Database { runtime, connection, patience: None, is_silent: false })
    }

    /// From now on a server that does not answer within this time counts as gone.
    pub(crate) fn lose_patience_after(&mut self, time: Duration) {
        self.patience = Some(time);
    }

    /// A new connection to the same.
    pub(crate) fn connect_anew(&mut self, place: &Place) -> Result<(), Error> {
        let patience = self.patience;
        *self = Database { patience, ..Database::connect(place)? };
        Ok(())
    }

    /// Whether the other end is still there.
    pub(crate) fn is_alive(&mut self) -> bool {
        !self.is_silent && on_either!(self, it => it.ping().await).is_ok()
    }

    /// Does something; returns how many rows it concerned.
    pub(crate) fn execute(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, sqlx::Error> {
        on_either!(self, it => {
            let query = with_values!(sqlx::query(statement), values);
            query.execute(it).await.map(|done| done.rows_affected())
        })
    }

    /// Does something with a statement that was made of our own words.
    pub(crate) fn execute_made(
        &mut self,
        statement: String,
        values: &[Value<'_>],
    ) -> Result<u64, sqlx::Error> {
        on_either!(self, it => {
            let query = with_values!(sqlx::query(AssertSqlSafe(statement)), values);
            query.execute(it).await.map(|done| done.rows_affected())
        })
    }

    /// Looks something up.
    pub(crate) fn fetch<T: Tuple>(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<T>, sqlx::Error> {
        on_either!(self, it => {
            let query = with_values!(sqlx::query_as::<_, T>(statement), values);
            query.fetch_all(it).await
        })
    }

    /// Looks something up with a statement that was made of our own words.
    pub(crate) fn fetch_made<T: Tuple>(
        &mut self,
        statement: String,
        values: &[Value<'_>],
    ) -> Result<Vec<T>, sqlx::Error> {
        on_either!(self, it => {
            let query = with_values!(sqlx::query_as::<_, T>(AssertSqlSafe(statement)), values);
            query.fetch_all(it).await
        })
    }

    /// From here on everything is one, until it is committed.
    pub(crate) fn begin(&mut self) -> Result<(), sqlx::Error> {
        let begin = match self.connection {
            Connection::Sqlite(_) => "BEGIN IMMEDIATE",
            Connection::Postgres(_) => "BEGIN",
        };
        self.execute(begin, &[]).map(drop)
    }

    /// Does all of it or nothing.
    pub(crate) fn at_once<T>(
        &mut self,
        all: impl FnOnce(&mut Database) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.begin()?;
        let done = all(self);
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.execute(end, &[]);
        let done = done?;
        ended?;
        Ok(done)
    }

    /// Makes tables, written in the words of both. `OWN_NUMBER` stands for a key that is the row's own number;
    /// what follows `SERVER` is for a server alone.
    pub(crate) fn make(&mut self, statements: &[&str]) -> Result<(), Error> {
        for statement in statements {
            let statement = match self.connection {
                Connection::Sqlite(_) if statement.starts_with("SERVER ") => continue,
                Connection::Sqlite(_) => statement.replace("OWN_NUMBER", "INTEGER PRIMARY KEY"),
                Connection::Postgres(_) => statement
                    .trim_start_matches("SERVER ")
                    .replace("OWN_NUMBER", "BIGINT PRIMARY KEY"),
            };
            let create = sqlx::raw_sql(AssertSqlSafe(statement));
            on_either!(self, it => create.execute(it).await.map(drop))?;
        }
        Ok(())
    }

    /// Waits on this database's own clockwork.
    pub(crate) fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }
}

/// What comes of it; none if it takes longer than this.
async fn in_time<T>(patience: Option<Duration>, what: impl Future<Output = T>) -> Option<T> {
    match patience {
        Some(time) => tokio::time::timeout(time, what).await.ok(),
        None => Some(what.await),
    }
}

fn silent() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(ErrorKind::TimedOut, "the server does not answer"))
}

/// The log holds what is nobody else's business: only the owner may read it, from its first moment. A file
/// that is there and empty has lost what was in it: SQLite would take it for a new one.
fn make_private(file: &Path) -> Result<(), Error> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            match fs::metadata(file).map_err(Error::Folder)?.len() {
                0 => Err(Error::Damaged("file is empty".to_owned())),
                _ => Ok(()),
            }
        }
        Err(error) => Err(Error::Folder(error)),
    }
}
