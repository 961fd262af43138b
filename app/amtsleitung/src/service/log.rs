// SPDX-License-Identifier: EUPL-1.2
//! Lines for the operator, on the error output, as the journal takes them: a level in angle brackets,
//! then words and `key=value`.
//!
//! The rule to keep: no line holds a number, a name or an address of a person, and no decision waits for
//! whoever reads the lines.

use promise::ContactRecord;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Lines that nobody has read yet; further ones are left out and counted.
const LINES_MAX: usize = 10_000;

/// How important a line is, as syslog numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Somebody has to do something.
    Error,
    /// Somebody should look at it soon.
    Warning,
    /// What happened.
    Notice,
    /// Each contact.
    Info,
}

impl Level {
    const fn number(self) -> u8 {
        match self {
            Level::Error => 3,
            Level::Warning => 4,
            Level::Notice => 5,
            Level::Info => 6,
        }
    }
}

/// Where lines go. Clones lead to the same place.
#[derive(Clone, Debug)]
pub struct Log {
    lines: SyncSender<Line>,
    left_out: Arc<AtomicU64>,
    /// The journal reads levels, people at a terminal do not want to.
    with_levels: bool,
}

impl Log {
    /// Starts writing lines to the error output.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn to_stderr() -> io::Result<Log> {
        let (lines, written) = sync_channel(LINES_MAX);
        let with_levels = !io::stderr().is_terminal();
        thread::Builder::new().name("log".to_owned()).spawn(move || write_all(&written))?;
        Ok(Log { lines, left_out: Arc::default(), with_levels })
    }

    /// A log that is not written anywhere.
    #[must_use]
    pub fn silent() -> Log {
        let (lines, _) = sync_channel(1);
        Log { lines, left_out: Arc::default(), with_levels: false }
    }

    /// Writes a line.
    pub fn say(&self, level: Level, line: &str) {
        let line = match self.with_levels {
            true => format!("<{}>{line}\n", level.number()),
            false => format!("{line}\n"),
        };
        if self.lines.try_send(Line::Text(line)).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// One contact is over.
    pub(super) fn contact(&self, record: &ContactRecord, line: &str) {
        let ContactRecord { contact, fate, answered_after, ended_after, .. } = *record;
        let answered = answered_after
            .map_or(String::new(), |after| format!(" answered_after={:.1}s", after.as_secs_f64()));
        let lasted = ended_after.as_secs_f64();
        let text = format!(
            "contact={} line={line} fate={}{answered} ended_after={lasted:.1}s",
            contact.0,
            fate.key()
        );
        self.say(Level::Info, &text);
    }

    /// Waits until everything that was said is written, for who ends the program.
    pub fn finish(&self) {
        let (done, written) = sync_channel(0);
        if self.lines.send(Line::Done(done)).is_ok() {
            // The thread that writes has gone: then nothing is left to write.
            let _ = written.recv();
        }
    }

    /// Lines that were left out because nobody read the ones before.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }
}

/// What the writing thread is told.
#[derive(Debug)]
enum Line {
    Text(String),
    /// Everything before this is written when the other end is dropped.
    Done(SyncSender<()>),
}

fn write_all(lines: &Receiver<Line>) {
    while let Ok(first) = lines.recv() {
        let mut text = String::new();
        let mut done = Vec::new();
        for line in std::iter::once(first).chain(lines.try_iter()) {
            match line {
                Line::Text(line) => text.push_str(&line),
                Line::Done(waits) => done.push(waits),
            }
        }
        // A reader who has gone ends nothing: calls go on.
        let _unheard = io::stderr().lock().write_all(text.as_bytes());
    }
}
