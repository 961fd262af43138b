// SPDX-License-Identifier: EUPL-1.2
//! A database for one case, gone afterwards.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use store::Place;

/// Where the server is, if one was started for the tests.
const SERVER: &str = "AMTSLEITUNG_POSTGRES";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A place for a log.
pub(crate) struct Ground {
    pub(crate) place: Place,
    name: String,
    folder: PathBuf,
}

impl Ground {
    pub(crate) fn sqlite() -> Ground {
        let (name, folder) = fresh();
        Ground { place: Place::Sqlite(folder.join("log.sqlite")), name, folder }
    }

    pub(crate) fn postgres() -> Option<Ground> {
        let Ok(server) = env::var(SERVER) else {
            println!("{SERVER} is not set: no PostgreSQL, nothing tried");
            return None;
        };
        let (name, folder) = fresh();
        psql(&server, &format!("CREATE DATABASE {name}"));
        let address = server.replace("/postgres?", &format!("/{name}?"));
        assert_ne!(address, server, "the server's address names the database postgres");
        Some(Ground { place: Place::Postgres(address), name, folder })
    }

    /// Does something to the database behind the store's back.
    pub(crate) fn spoil(&self, statement: &str) {
        match &self.place {
            Place::Sqlite(file) => {
                let done = Command::new("python3")
                    .args(["-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"])
                    .arg(file)
                    .arg(statement)
                    .status()
                    .expect("python3 is there");
                assert!(done.success(), "{statement}");
            }
            Place::Postgres(address) => psql(address, statement),
        }
    }
}

/// The server's process that serves us, standing still until this is dropped.
pub(crate) struct Frozen(String);

impl Frozen {
    pub(crate) fn of(ground: &Ground) -> Frozen {
        let Place::Postgres(address) = &ground.place else { unreachable!("a server") };
        let select = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
            AND application_name = 'amtsleitung'";
        let asked = Command::new("psql").args(["-qXAt", "-d", address, "-c", select]).output();
        let said = String::from_utf8(asked.expect("psql is there").stdout).expect("a number");
        let process = said.trim().parse::<u32>().expect("one process serves us").to_string();
        signal("STOP", &process);
        Frozen(process)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        signal("CONT", &self.0);
    }
}

fn signal(name: &str, process: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), process]).status();
    assert!(sent.is_ok_and(|it| it.success()), "kill -{name} {process}");
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let (Place::Postgres(_), Ok(server)) = (&self.place, env::var(SERVER)) {
            psql(&server, &format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn fresh() -> (String, PathBuf) {
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("log_{}_{number}", std::process::id());
    let folder = env::temp_dir().join(&name);
    fs::create_dir_all(&folder).expect("a folder for temporary files");
    (name, folder)
}

fn psql(address: &str, statement: &str) {
    let done = Command::new("psql").args(["-qX", "-d", address, "-c", statement]).output();
    let done = done.expect("psql is there");
    assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
}
