// SPDX-License-Identifier: EUPL-1.2
//! Where a server keeps its log, met behind its back: held, altered, taken away.

use crate::clock::{SOON, wait_for};
use crate::folder::Folder;
use crate::process::Process;
use std::env;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names a PostgreSQL server, if one was started for the tests.
const SERVER: &str = "AMTSLEITUNG_POSTGRES";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Writes and shows what a statement gives, one row a line.
const SQLITE: &str = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\n\
    for row in c.execute(sys.argv[2]): print('|'.join(map(str, row)))\nc.commit()";

/// Holds the right to write until it is ended.
const HOLDS: &str = "import sqlite3, sys, time\n\
    c = sqlite3.connect(sys.argv[1], timeout=15, isolation_level=None)\n\
    c.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\ntime.sleep(120)";

/// A log's database.
#[derive(Debug)]
pub enum Database {
    /// This file.
    Sqlite(PathBuf),
    /// A database of its own on the tests' server; it goes with this value.
    Postgres {
        /// The server's own database.
        server: String,
        /// Ours.
        name: String,
        /// Where it is.
        address: String,
    },
}

/// Nobody writes until this is dropped.
#[derive(Debug)]
pub enum Held {
    /// Another process has the file.
    Sqlite(Process),
    /// The server's process that serves us stands still.
    Postgres(Vec<String>),
    /// The server lets nobody in.
    Away {
        /// The server's own database.
        server: String,
        /// Ours.
        name: String,
    },
    /// This file fills the disk.
    Full(PathBuf),
}

impl Database {
    /// The file in the folder's data.
    #[must_use]
    pub fn sqlite(folder: &Folder) -> Database {
        Database::Sqlite(folder.join("data/log.sqlite"))
    }

    /// A new one on the tests' server, which the folder's data name; none without a server.
    #[must_use]
    pub fn postgres(folder: &Folder) -> Option<Database> {
        let Ok(server) = env::var(SERVER) else {
            println!("{SERVER} is not set: no PostgreSQL, nothing tried");
            return None;
        };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("e2e_{}_{number}", std::process::id());
        psql(&server, &format!("CREATE DATABASE {name}"));
        let address = server.replace("/postgres?", &format!("/{name}?"));
        assert_ne!(address, server, "the server's address names the database postgres");
        let database = Database::Postgres { server, name, address };
        database.is_named_in(folder);
        Some(database)
    }

    /// Lets the data of another folder name it too.
    pub fn is_named_in(&self, folder: &Folder) {
        if let Database::Postgres { address, .. } = self {
            folder.write("data/database", address);
        }
    }

    /// Does something to it behind the service's back, and gives what it says.
    ///
    /// # Panics
    /// If that is not possible.
    #[track_caller]
    pub fn execute(&self, statement: &str) -> String {
        match self {
            Database::Sqlite(file) => {
                let mut command = Command::new("python3");
                said(command.args(["-c", SQLITE]).arg(file).arg(statement))
            }
            Database::Postgres { address, .. } => psql(address, statement),
        }
    }

    /// Lets nobody write any more.
    ///
    /// # Panics
    /// If that is not possible.
    #[must_use]
    pub fn hold(&self, folder: &Folder) -> Held {
        match self {
            Database::Sqlite(file) => {
                let mut command = Command::new("python3");
                command.args(["-c", HOLDS]).arg(file);
                let process = Process::start(folder.path(), "holds", &mut command);
                wait_for("the file is held", SOON, || {
                    process.stdout().contains("held").then_some(())
                });
                Held::Sqlite(process)
            }
            Database::Postgres { address, .. } => {
                let select = "SELECT pid FROM pg_stat_activity WHERE \
                    datname = current_database() AND application_name = 'amtsleitung'";
                let serving: Vec<String> =
                    psql(address, select).lines().map(str::to_owned).collect();
                assert!(!serving.is_empty(), "somebody is served");
                serving.iter().for_each(|it| signal("STOP", it));
                Held::Postgres(serving)
            }
        }
    }

    /// Lets nobody in any more, and throws out who is in: what a server that goes away looks like.
    ///
    /// # Panics
    /// If it is a file.
    #[must_use]
    pub fn goes_away(&self) -> Held {
        let Database::Postgres { server, name, .. } = self else { panic!("a file stays") };
        psql(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname";
        psql(server, &format!("{end} = '{name}'"));
        Held::Away { server: server.clone(), name: name.clone() }
    }

    /// Turns every bit of the last byte of the row that holds this entry: its check is not right any more.
    pub fn alter_row_of(&self, sequence: u64) {
        let row = format!("(SELECT MAX(seq) FROM log WHERE seq <= {sequence})");
        match self {
            Database::Sqlite(_) => {
                let read = format!("SELECT hex(entries) FROM log WHERE seq = {row}");
                let hex = self.execute(&read);
                let (whole, last) = hex.trim().split_at(hex.trim().len() - 2);
                let last = !u8::from_str_radix(last, 16).expect("hexadecimal");
                self.execute(&format!(
                    "UPDATE log SET entries = x'{whole}{last:02X}' WHERE seq = {row}"
                ));
            }
            Database::Postgres { .. } => {
                let last = "length(entries) - 1";
                self.execute(&format!(
                    "UPDATE log SET entries = \
                     set_byte(entries, {last}, 255 - get_byte(entries, {last})) WHERE seq = {row}"
                ));
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Database::Postgres { server, name, .. } = self {
            psql(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        match self {
            Held::Sqlite(process) => process.kill(),
            Held::Postgres(serving) => serving.iter().for_each(|it| signal("CONT", it)),
            Held::Away { server, name } => {
                psql(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
            }
            Held::Full(filler) => {
                let _gone_is_as_good = std::fs::remove_file(filler);
            }
        }
    }
}

impl Held {
    /// In a word.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Held::Sqlite(_) => "SQLite, held",
            Held::Postgres(_) => "PostgreSQL, standing still",
            Held::Away { .. } => "PostgreSQL, away",
            Held::Full(_) => "SQLite, disk full",
        }
    }

    /// Fills the disk of this folder.
    ///
    /// # Panics
    /// If it cannot be filled.
    #[must_use]
    pub fn full(folder: &Path) -> Held {
        let path = folder.join("filler");
        let mut file = File::create(&path).expect("a folder of our own");
        for size in [65_536, 4_096, 512, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        Held::Full(path)
    }
}

fn signal(name: &str, process: &str) {
    // One that has ended needs nothing.
    let _ = Command::new("kill").args([&format!("-{name}"), process]).status();
}

#[track_caller]
fn psql(address: &str, statement: &str) -> String {
    said(Command::new("psql").args(["-qXAt", "-d", address, "-c", statement]))
}

#[track_caller]
fn said(command: &mut Command) -> String {
    let done = command.output().expect("the program is there");
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}
