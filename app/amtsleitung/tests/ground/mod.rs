// SPDX-License-Identifier: EUPL-1.2
//! A folder for one case, on either engine, gone afterwards; and the built program that works in it.
#![expect(dead_code, reason = "each program of tests uses its part")]

use serde_json::Value;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Names a PostgreSQL server, if one was started for the tests.
const SERVER: &str = "AMTSLEITUNG_POSTGRES";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Runs a statement behind the program's back, and prints what it gives.
const SQLITE: &str = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\n\
    for row in c.execute(sys.argv[2]): print('|'.join(map(str, row)))\nc.commit()";

/// A folder with a data folder in it.
pub(crate) struct Ground {
    folder: PathBuf,
    /// The server's address, the name of our database, its address.
    server: Option<[String; 3]>,
}

/// How the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ground {
    pub(crate) fn sqlite() -> Ground {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("ground-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        Ground { folder, server: None }
    }

    /// With a database of its own on the tests' server; none without a server.
    pub(crate) fn postgres() -> Option<Ground> {
        let Ok(server) = env::var(SERVER) else {
            println!("{SERVER} is not set: no PostgreSQL, nothing tried");
            return None;
        };
        let mut ground = Ground::sqlite();
        let name = ground.folder.file_name().and_then(|it| it.to_str()).expect("plain letters");
        let name = name.replace('-', "_");
        psql(&server, &format!("CREATE DATABASE {name}"));
        let address = server.replace("/postgres?", &format!("/{name}?"));
        assert_ne!(address, server, "the server's address names the database postgres");
        fs::create_dir_all(ground.path("data")).expect("a folder of our own");
        ground.file("data/database", &format!("{address}\n"));
        ground.server = Some([server, name, address]);
        Some(ground)
    }

    /// On both engines, as far as they are there.
    pub(crate) fn both() -> Vec<Ground> {
        [Some(Ground::sqlite()), Ground::postgres()].into_iter().flatten().collect()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).expect("a folder of our own");
        path.to_string_lossy().into_owned()
    }

    pub(crate) fn data(&self) -> String {
        self.path("data").to_string_lossy().into_owned()
    }

    /// Runs a command with this data folder, in English.
    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        let data = self.data();
        run(&[&["--lang", "en"], args, &["--data", &data]].concat())
    }

    /// The same, and it ends well; what it prints.
    #[track_caller]
    pub(crate) fn said(&self, args: &[&str]) -> String {
        let ended = self.run(args);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{args:?}: {}", ended.out);
        ended.out
    }

    /// A report of these days, as JSON.
    #[track_caller]
    pub(crate) fn report(&self, from: &str, to: &str, more: &[&str]) -> Value {
        let days = ["report", "--from", from, "--to", to, "--format", "json"];
        json(&self.said(&[&days[..], more].concat()))
    }

    /// A report of a month, as JSON.
    #[track_caller]
    pub(crate) fn month(&self, month: &str, more: &[&str]) -> Value {
        let month = ["report", "--month", month, "--format", "json"];
        json(&self.said(&[&month[..], more].concat()))
    }

    /// Rehearses these days into the data folder; the figures.
    #[track_caller]
    pub(crate) fn simulate(&self, config: &str, from: &str, to: &str, more: &[&str]) -> Value {
        let (config, data) = (self.file("county.toml", config), self.data());
        let args = ["simulate", "--config", &config, "--from", from, "--to", to, "--log", &data];
        let ended = run(&[&args[..], &["--format", "json"], more].concat());
        assert_eq!(ended.code, 0, "{}", ended.err);
        json(&ended.out)
    }

    /// Does something to the database behind the program's back, and gives what it says.
    #[track_caller]
    pub(crate) fn execute(&self, statement: &str) -> String {
        match &self.server {
            Some([_, _, address]) => psql(address, statement),
            None => {
                let mut command = Command::new("python3");
                said(command.args(["-c", SQLITE]).arg(self.path("data/log.sqlite")).arg(statement))
            }
        }
    }

    /// Turns every bit of one byte of a field.
    #[track_caller]
    pub(crate) fn spoil(&self, table: &str, field: &str, wher: &str, at: usize) {
        if self.server.is_some() {
            let turned = format!("set_byte({field}, {at}, 255 - get_byte({field}, {at}))");
            self.execute(&format!("UPDATE {table} SET {field} = {turned} WHERE {wher}"));
            return;
        }
        let hex = self.execute(&format!("SELECT hex({field}) FROM {table} WHERE {wher}"));
        let hex = hex.trim();
        let byte = !u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal");
        let turned = format!("{}{byte:02X}{}", &hex[..2 * at], &hex[2 * at + 2..]);
        self.execute(&format!("UPDATE {table} SET {field} = x'{turned}' WHERE {wher}"));
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some([server, name, _]) = &self.server {
            psql(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
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

/// Runs the built program.
pub(crate) fn run(args: &[&str]) -> Ended {
    let output = program(args).output().expect("the program starts");
    Ended {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

pub(crate) fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amtsleitung"));
    command.args(args).env_remove("LC_ALL").env_remove("LC_MESSAGES").env_remove("LANG");
    command
}

#[track_caller]
pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The model county.
pub(crate) fn harburg() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/harburg.toml");
    fs::read_to_string(path).expect("the example lies in examples/")
}

/// The number at a path of keys, such as `total.offered`.
#[track_caller]
pub(crate) fn number(of: &Value, path: &str) -> f64 {
    let found = path.split('.').try_fold(of, |it, key| it.get(key));
    found.and_then(Value::as_f64).unwrap_or_else(|| panic!("{path}: {of}"))
}

/// Rows of CSV as RFC 4180 has it.
#[track_caller]
pub(crate) fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut chars = text.chars().peekable();
    let mut is_quoted = false;
    while let Some(next) = chars.next() {
        match (next, is_quoted) {
            ('"', true) if chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            ('"', _) => is_quoted = !is_quoted,
            (',', false) => row.push(std::mem::take(&mut field)),
            ('\r', false) => {
                assert_eq!(chars.next(), Some('\n'), "a row ends with CR LF");
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            (other, _) => field.push(other),
        }
    }
    assert!(row.is_empty() && field.is_empty() && !is_quoted, "the last row has its end");
    rows
}
