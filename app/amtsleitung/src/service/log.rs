// SPDX-License-Identifier: EUPL-1.2
//! Lines for the operator, on the error output, as the journal takes them: a level in angle brackets,
//! then words and `key=value`.
//!
//! The rule to keep: no line holds a number, a name or an address of a person, and no decision waits for
//! whoever reads the lines.

use promise::ContactRecord;
use std::io::{self, IsTerminal, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Bytes of lines that nobody has read yet; further lines are left out and counted. Some 10,000 lines.
const UNREAD_MAX: usize = 1 << 20;

/// How long lines are gathered before they are written at once: being woken for each line would cost
/// more than the line.
const GATHERED: Duration = Duration::from_millis(100);

/// How long the last lines may take. Whoever does not read them does not keep the program from ending.
const LAST_LINES: Duration = Duration::from_secs(1);

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
    const fn prefix(self) -> &'static str {
        match self {
            Level::Error => "<3>",
            Level::Warning => "<4>",
            Level::Notice => "<5>",
            Level::Info => "<6>",
        }
    }
}

/// Where lines go. Clones lead to the same place.
#[derive(Clone, Debug)]
pub struct Log {
    shared: Arc<Shared>,
    /// The journal reads levels, people at a terminal do not want to.
    with_levels: bool,
}

#[derive(Debug, Default)]
struct Shared {
    lines: Mutex<Lines>,
    changed: Condvar,
}

/// What is to be written.
#[derive(Debug, Default)]
struct Lines {
    text: String,
    left_out: u64,
    /// Whether somebody writes them.
    written: bool,
    /// Whether a part is being written at this moment.
    writing: bool,
    /// Whether somebody waits for the end.
    urgent: bool,
}

impl Shared {
    /// The lines, also after a thread that held them has panicked: they are text.
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// Starts writing lines to the error output.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn to_stderr() -> io::Result<Log> {
        let shared = Arc::<Shared>::default();
        shared.lines().written = true;
        let with_levels = !io::stderr().is_terminal();
        let writes = Arc::clone(&shared);
        thread::Builder::new().name("log".to_owned()).spawn(move || write_all(&writes))?;
        Ok(Log { shared, with_levels })
    }

    /// A log that is not written anywhere.
    #[must_use]
    pub fn silent() -> Log {
        Log { shared: Arc::default(), with_levels: false }
    }

    /// Writes a line.
    pub fn say(&self, level: Level, line: &str) {
        let mut lines = self.shared.lines();
        if !lines.written || lines.text.len() + line.len() > UNREAD_MAX {
            lines.left_out += 1;
            return;
        }
        let first = lines.text.is_empty();
        if self.with_levels {
            lines.text.push_str(level.prefix());
        }
        lines.text.push_str(line);
        lines.text.push('\n');
        drop(lines);
        if first {
            self.shared.changed.notify_all();
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

    /// Waits until everything that was said is written, for who ends the program; but no longer than
    /// a reader may take who still reads. Says whether it was.
    pub fn finish(&self) -> bool {
        let mut lines = self.shared.lines();
        lines.urgent = true;
        self.shared.changed.notify_all();
        let unwritten =
            |lines: &mut Lines| lines.written && (lines.writing || !lines.text.is_empty());
        let waited = self.shared.changed.wait_timeout_while(lines, LAST_LINES, unwritten);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Lines that were left out because nobody read the ones before.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.shared.lines().left_out
    }
}

fn write_all(shared: &Shared) {
    let mut lines = shared.lines();
    loop {
        while lines.text.is_empty() {
            lines = shared.changed.wait(lines).unwrap_or_else(PoisonError::into_inner);
        }
        let gathered = shared.changed.wait_timeout_while(lines, GATHERED, |it| !it.urgent);
        lines = gathered.unwrap_or_else(PoisonError::into_inner).0;
        let text = mem::take(&mut lines.text);
        lines.writing = true;
        drop(lines);
        // A reader who has gone ends nothing: calls go on.
        let _unheard = io::stderr().lock().write_all(text.as_bytes());
        lines = shared.lines();
        lines.writing = false;
        shared.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_read_the_last_lines_does_not_keep_the_program_from_ending() {
        let log = Log::silent();
        log.shared.lines().written = true;
        log.say(Level::Notice, "nobody writes this");
        assert!(!log.finish());
        log.shared.lines().text.clear();
        assert!(log.finish());
    }
}
