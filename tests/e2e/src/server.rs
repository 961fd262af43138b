// SPDX-License-Identifier: EUPL-1.2
//! `amtsleitung serve` as a process, and the questions that an operator asks it.

use crate::clock::{SOON, Stopwatch, wait_for};
use crate::county::County;
use crate::figures::{self, Figures};
use crate::folder::Folder;
use crate::process::{Ended, Process, run};
use crate::tone;
use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

/// Timers B, F, H and J take 32 s, D takes 32 s, K and I 5 s more; what is left after this never goes.
pub const TIMERS: Duration = Duration::from_secs(45);

/// The longest that a leg may live after everybody has gone: a moment, because nobody retransmits.
const GOODBYE: Duration = Duration::from_secs(10);

/// The program that is tested.
///
/// # Panics
/// If it cannot be built.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| built("amtsleitung"))
}

/// A program of this workspace: the one beside our own, fresh.
///
/// # Panics
/// If it cannot be built.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    let own = env::current_exe().expect("a program knows where it is");
    let folder = own.parent().and_then(Path::parent).expect("tests lie in target/…/deps");
    let program = folder.join(name);
    // `cargo test --workspace` has built it; `cargo test -p e2e` has not.
    if !is_fresh(&program) {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let profile: &[&str] = if folder.ends_with("release") { &["--release"] } else { &[] };
        let args = ["build", "--quiet", "--workspace", "--bin", name];
        let built = Command::new(cargo).args(args).args(profile).status();
        assert!(built.is_ok_and(|status| status.success()), "{name} can be built");
    }
    program
}

/// Whether it is newer than every source that cargo says it was made of.
fn is_fresh(program: &Path) -> bool {
    let changed = |path: &Path| std::fs::metadata(path).and_then(|it| it.modified()).ok();
    let Ok(list) = std::fs::read_to_string(program.with_extension("d")) else { return false };
    let Some((_, sources)) = list.split_once(": ") else { return false };
    let made = changed(program);
    made.is_some()
        && sources
            .split_whitespace()
            .all(|source| changed(Path::new(source)).is_some_and(|changed| Some(changed) <= made))
}

/// A running centre.
#[derive(Debug)]
pub struct Server {
    /// Its process.
    pub process: Process,
    /// What it was made of.
    pub county: County,
    /// Its folder: `county.toml`, `data/`, and what the peers write.
    pub folder: Folder,
    http: SocketAddr,
    starts: u32,
}

impl Server {
    /// Starts a centre, with short sounds, and waits until it is ready.
    ///
    /// # Panics
    /// If it does not become ready.
    #[must_use]
    #[track_caller]
    pub fn start(county: County) -> Server {
        Server::start_in(Folder::new(), county)
    }

    /// Starts a centre in this folder, whose data it finds again.
    ///
    /// # Panics
    /// If it does not become ready.
    #[must_use]
    #[track_caller]
    pub fn start_in(folder: Folder, county: County) -> Server {
        for (name, hertz, millis) in SOUNDS {
            folder.write(&format!("data/prompts/{name}.wav"), tone::wav(hertz, millis));
        }
        folder.write("county.toml", county.text());
        let (process, http) =
            launch(&folder, "server", &mut serve(&folder, "127.0.0.1:0", county.spread));
        Server { process, county, folder, http, starts: 1 }
    }

    /// Starts it once more with the data that it left; says how long it took until it was ready.
    ///
    /// # Panics
    /// If it does not become ready.
    #[track_caller]
    pub fn start_again(&mut self) -> Duration {
        self.starts_with(&|folder, spread| serve(folder, "127.0.0.1:0", spread))
    }

    /// The same, and it is told no file: what its folder knows holds.
    ///
    /// # Panics
    /// If it does not become ready.
    #[track_caller]
    pub fn start_again_without_file(&mut self) -> Duration {
        self.starts_with(&|folder, spread| serve_without_file(folder, "127.0.0.1:0", spread))
    }

    #[track_caller]
    fn starts_with(&mut self, command: &dyn Fn(&Folder, u16) -> Command) -> Duration {
        self.process.kill();
        self.starts += 1;
        let watch = Stopwatch::start();
        let name = format!("server-{}", self.starts);
        let mut command = command(&self.folder, self.county.spread);
        let (process, http) = launch(&self.folder, &name, &mut command);
        (self.process, self.http) = (process, http);
        watch.read()
    }

    /// What its data folder is.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Whether it says that it is well; what it says otherwise.
    ///
    /// # Panics
    /// If it does not answer.
    #[track_caller]
    pub fn health(&self) -> Result<(), String> {
        let answer = figures::answer(self.http, "/healthz").expect("/healthz answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("HTTP");
        if head.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(body.to_owned()) }
    }

    /// The address at which it takes calls.
    #[must_use]
    pub fn sip(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.county.sip))
    }

    /// The address of `/metrics`.
    #[must_use]
    pub const fn http(&self) -> SocketAddr {
        self.http
    }

    /// The figures now.
    ///
    /// # Panics
    /// If it does not answer: then it is broken.
    #[must_use]
    #[track_caller]
    pub fn figures(&self) -> Figures {
        Figures::ask(self.http).expect("/metrics answers")
    }

    /// Waits until the figures are so.
    ///
    /// # Panics
    /// If they do not become so.
    #[track_caller]
    pub fn wait_until(&self, what: &str, time: Duration, so: impl Fn(&Figures) -> bool) -> Figures {
        let mut last = Figures::default();
        let found = crate::clock::poll(time, || {
            last = self.figures();
            so(&last).then(|| last.clone())
        });
        match found {
            Some(figures) => figures,
            None => panic!(
                "{what}: not within {:.0} s\n{last:#?}\n{}",
                time.as_secs_f64(),
                self.ask(&["status"])
            ),
        }
    }

    /// Waits until nobody is inside and no port is held, which happens at once.
    #[track_caller]
    pub fn is_empty(&self) -> Figures {
        self.wait_until("nobody is inside, no port is held", GOODBYE, |it| {
            let held = ["contacts", "media_legs", "trunk_calls{trunk=\"amt\"}"];
            held.iter().all(|name| it.of(name) == 0)
                && it.agents("talking") + it.agents("offered") == 0
        })
    }

    /// Waits until nothing is left at all: no leg, dialog, transaction or port, after SIP's timers.
    #[track_caller]
    pub fn is_as_new(&self) -> Figures {
        self.is_empty();
        self.is_as_new_within(TIMERS)
    }

    /// The same, where the timers take longer.
    #[track_caller]
    pub fn is_as_new_within(&self, time: Duration) -> Figures {
        self.wait_until("nothing is left after the timers", time, |it| {
            let left = [
                "contacts",
                "media_legs",
                "sip_legs",
                "sip_dialogs",
                "sip_transactions",
                "trunk_calls{trunk=\"amt\"}",
            ];
            left.iter().all(|name| it.of(name) == 0)
        })
    }

    /// Asks it from the command line.
    ///
    /// # Panics
    /// If it does not answer.
    #[track_caller]
    pub fn ask(&self, words: &[&str]) -> String {
        let data = self.folder.join("data");
        let ended = Command::new(program())
            .args(["--lang", "en"])
            .args(words)
            .arg("--data")
            .arg(data)
            .output()
            .expect("the program can be started");
        assert!(ended.status.success(), "{words:?}: {}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8_lossy(&ended.stdout).into_owned()
    }

    /// Waits until a call is where `words` say it is.
    #[track_caller]
    pub fn wait_for_call(&self, words: &str) {
        wait_for(&format!("a call: {words}"), SOON, || {
            self.ask(&["calls"]).contains(words).then_some(())
        });
    }

    /// The password of a telephone, as an operator finds it.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    #[track_caller]
    pub fn password(&self, phone: &str) -> String {
        let file = self.folder.join("data").join("telephone-passwords.toml");
        let text = std::fs::read_to_string(file).expect("the passwords lie in the data folder");
        let line = text.lines().find(|line| line.starts_with(&format!("\"{phone}\"")));
        line.and_then(|line| line.split('"').nth(3)).expect("every telephone has one").to_owned()
    }
}

/// Starts it and waits until it is ready; where `/metrics` is.
#[track_caller]
fn launch(folder: &Folder, name: &str, command: &mut Command) -> (Process, SocketAddr) {
    let mut process = Process::start(folder.path(), name, command);
    let ready = wait_for("the centre is ready", SOON, || {
        let line = process.stderr().lines().find_map(ready_line);
        assert!(
            line.is_some() || process.ended().is_none(),
            "the centre ended: {}",
            process.stderr()
        );
        line
    });
    (process, ready)
}

/// The sounds: name, frequency, length.
const SOUNDS: [(&str, u32, u32); 6] = [
    ("greeting", 600, 600),
    ("closed", 700, 600),
    ("busy", 800, 600),
    ("callback", 900, 900),
    ("callback-greeting", 1_050, 1_500),
    ("music", 300, 2_000),
];

/// The command that serves what lies in the folder.
#[must_use]
pub fn serve(folder: &Folder, http: &str, spread: u16) -> Command {
    let mut command = serve_without_file(folder, http, spread);
    command.arg("--config").arg(folder.join("county.toml"));
    command
}

/// The same for a folder that knows what was agreed.
fn serve_without_file(folder: &Folder, http: &str, spread: u16) -> Command {
    let mut command = Command::new(program());
    command.args(["--lang", "en", "serve", "--data"]).arg(folder.join("data"));
    command.args(["--http", http, "--agents-port-spread", &spread.to_string()]);
    command
}

/// Runs the program to its end.
#[must_use]
#[track_caller]
pub fn run_program(folder: &Folder, args: &[&str]) -> Ended {
    run_program_within(folder, args, SOON)
}

/// Runs the program to its end, which comes in this time.
#[must_use]
#[track_caller]
pub fn run_program_within(folder: &Folder, args: &[&str], time: Duration) -> Ended {
    run(folder.path(), "program", program(), args, time)
}

/// Where `/metrics` is, if this line says that the centre is ready.
fn ready_line(line: &str) -> Option<SocketAddr> {
    line.contains("Ready.").then_some(())?;
    line.split_once("http=")?.1.split_whitespace().next()?.parse().ok()
}
