// SPDX-License-Identifier: EUPL-1.2
//! A PostgreSQL server of our own for tests and bench: in a folder that goes with it, reached by a socket in that
//! folder alone, so that it meets no other server and no other check on this machine.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

/// Where tests find the server's address.
pub(crate) const VARIABLE: &str = "AMTSLEITUNG_POSTGRES";

/// How often a new server is asked whether it is there, and how long between.
const ASKED_MAX: u32 = 300;
const ASK_EVERY: Duration = Duration::from_millis(100);

/// A running server; dropping it ends it and removes its folder.
pub(crate) struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    server: Child,
}

impl Postgres {
    /// Starts a server.
    pub(crate) fn start() -> Result<Postgres, String> {
        let programs = programs()?;
        let folder = env::temp_dir().join(format!("amtsleitung-pg-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        if is_root(&folder) {
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let data = folder.join("data");
        // The tests' own laws are about our process; the bench measures on a server that waits for the disk.
        let mut make = as_server(&programs.join("initdb"), &folder);
        run(make
            .args(["-U", "amtsleitung", "-A", "trust", "-E", "UTF8", "--locale", "C", "-D"])
            .arg(&data))?;
        let server = as_server(&programs.join("postgres"), &folder)
            .arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=", "-c"])
            .arg(format!("unix_socket_directories={}", folder.display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("postgres: {error}"))?;
        let postgres = Postgres { folder, programs, server };
        postgres.wait_until_ready()?;
        Ok(postgres)
    }

    /// The address of its database `postgres`.
    pub(crate) fn address(&self) -> String {
        format!("postgres:///postgres?host={}&user=amtsleitung", self.folder.display())
    }

    /// The number of its first process.
    pub(crate) fn pid(&self) -> u32 {
        self.server.id()
    }

    /// Makes an empty database.
    pub(crate) fn make(&self, name: &str) -> Result<(), String> {
        let mut make = Command::new(self.programs.join("createdb"));
        run(make.arg("-h").arg(&self.folder).args(["-U", "amtsleitung", name]))
    }

    /// Whether there is one on this machine.
    pub(crate) fn is_installed() -> bool {
        programs().is_ok()
    }

    fn wait_until_ready(&self) -> Result<(), String> {
        for _ in 0..ASKED_MAX {
            let mut ask = Command::new(self.programs.join("pg_isready"));
            let answer = ask.arg("-q").arg("-h").arg(&self.folder).status();
            if answer.is_ok_and(|it| it.success()) {
                return Ok(());
            }
            thread::park_timeout(ASK_EVERY);
        }
        Err("the PostgreSQL server for the tests does not answer".to_owned())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = as_server(&self.programs.join("pg_ctl"), &self.folder);
        let stopped =
            run(stop.args(["-m", "immediate", "-D"]).arg(self.folder.join("data")).arg("stop"));
        if stopped.is_err() {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The server's programs are not on the path in Debian: the newest version's folder.
fn programs() -> Result<PathBuf, String> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest =
        versions.map(|it| it.path()).filter(|it| number(it).is_some()).max_by_key(|it| number(it));
    let folder = newest.map(|it| it.join("bin")).filter(|it| it.join("postgres").exists());
    folder.ok_or_else(|| {
        "The tests of the store need a PostgreSQL server (Debian: apt install postgresql)."
            .to_owned()
    })
}

/// PostgreSQL refuses to run as root; then its own user is there.
fn as_server(program: &Path, folder: &Path) -> Command {
    let mut command = if fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0) {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir(folder);
    command
}

fn is_root(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|it| it.uid() == 0)
}

fn run(command: &mut Command) -> Result<(), String> {
    let what = format!("{command:?}");
    let Output { status, stderr, .. } =
        command.output().map_err(|error| format!("{what}: {error}"))?;
    let why = String::from_utf8_lossy(&stderr).into_owned();
    if status.success() { Ok(()) } else { Err(format!("{what}: {why}")) }
}
