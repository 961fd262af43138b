// SPDX-License-Identifier: EUPL-1.2
//! A foreign program as a process: what it writes lies in files, and it ends with its value.

use crate::clock::{poll, wait_for};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// Lines that are shown of a program whose test failed.
const TAIL: usize = 60;

/// A running program.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// With what.
    pub status: ExitStatus,
    /// What it said.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Process {
    /// Starts a program. Its output goes to files of this name in the folder.
    ///
    /// # Panics
    /// If it cannot be started.
    #[must_use]
    pub fn start(folder: &Path, name: &str, command: &mut Command) -> Process {
        Process::spawn(folder, name, command.stdin(Stdio::null()))
    }

    fn spawn(folder: &Path, name: &str, command: &mut Command) -> Process {
        let stdout = folder.join(format!("{name}.stdout"));
        let stderr = folder.join(format!("{name}.stderr"));
        let file = |path: &Path| File::create(path).expect("a file in a folder of our own");
        command.stdout(file(&stdout)).stderr(file(&stderr));
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("{}: {error}", command.get_program().display()),
        };
        Process { name: name.to_owned(), child, stdout, stderr }
    }

    /// Starts a program that is told what to do line by line.
    ///
    /// # Panics
    /// If it cannot be started.
    #[must_use]
    pub fn start_with_keys(
        folder: &Path,
        name: &str,
        command: &mut Command,
    ) -> (Process, ChildStdin) {
        let mut process = Process::spawn(folder, name, command.stdin(Stdio::piped()));
        let keys = process.child.stdin.take().expect("it was given one");
        (process, keys)
    }

    /// What it has said so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        text(&self.stdout)
    }

    /// What it has complained about so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        text(&self.stderr)
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child of ours can be asked")
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it does not end in time.
    #[track_caller]
    pub fn wait(&mut self, time: Duration) -> Ended {
        let what = format!("the end of {}", self.name);
        let status = wait_for(&what, time, || self.ended());
        Ended { status, stdout: self.stdout(), stderr: self.stderr() }
    }

    /// Sends it a signal by its name, such as `TERM`.
    ///
    /// # Panics
    /// If that is not possible.
    pub fn signal(&self, signal: &str) {
        let script = format!("kill -{signal} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &script]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{script}");
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        // One that has ended needs nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end, and ends it if it does not.
    pub fn stop(&mut self, signal: &str, time: Duration) {
        if self.ended().is_none() {
            self.signal(signal);
            let _killed_below = poll(time, || self.ended());
        }
        self.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            for (kind, text) in [("stdout", self.stdout()), ("stderr", self.stderr())] {
                eprintln!("── {} {kind}\n{}", self.name, tail(&text));
            }
        }
    }
}

/// Runs a short program to its end.
///
/// # Panics
/// If it cannot be started, or does not end in time.
#[track_caller]
pub fn run<A: AsRef<OsStr>>(
    folder: &Path,
    name: &str,
    program: impl AsRef<OsStr>,
    args: &[A],
    time: Duration,
) -> Ended {
    Process::start(folder, name, Command::new(program).args(args)).wait(time)
}

fn text(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL)..].join("\n")
}
