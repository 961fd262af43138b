// SPDX-License-Identifier: EUPL-1.2
//! The running centre: one thread that owns the decisions and every call; everything else talks to it
//! through bounded channels.
//!
//! ```text
//!  sockets, media ──▶ Signalling::read ──▶ poll_event ─┐
//!  desk, control ───▶ inbox (bounded, wakes) ──────────┤ Now, stamped once
//!  deadlines ──────────────────────────────────────────┤
//!                                                      ▼
//!                      record ──▶ Centre::handle ──▶ poll ──▶ Signalling::carry_out
//!                                                      └────▶ every listener (bounded)
//! ```
//!
//! The rule to keep: the thread waits for its sockets and for nothing else. A full inbox is told to the
//! sender, who decides; a listener that does not keep up is let go.

mod always_ready;
mod figures;
pub mod log;
mod passwords;
mod telephones;
#[cfg(test)]
mod tests;

pub mod control;
pub(crate) mod http;
pub mod steer;

pub use figures::{LineFigures, Snapshot};
pub use log::Log;
pub use passwords::{FILE as PASSWORDS_FILE, Passwords, PasswordsError};
pub use telephones::{Folders, telephones};

use crate::clock::Clock;
use always_ready::AlwaysReady;
use centre::{Centre, Command, Event, Note};
use figures::Figures;
use log::Level;
use mio::Waker;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use stdx::{AgentId, ContactId, Now, Tick};
use steer::{Outcome, Steering};
use telephony::signalling::limits::FAREWELL;
use telephony::signalling::{CallView, Ladder, Signalling};

/// What may lie in the inbox: half a second of the most that people and programs ask for.
pub const INBOX_MAX: usize = 5_000;

/// Commands that a listener may be behind.
pub const BEHIND_MAX: usize = 50_000;

/// How often the whole centre is audited: every so many events.
const AUDIT_EVERY: u64 = 1_024;

/// The longest wait without a deadline, so that the inbox is seen though a waker failed.
const IDLE: Duration = Duration::from_secs(1);

/// A command and when it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The log's time.
    pub at: Tick,
    /// The event that led to it.
    pub cause: Event,
    /// What is to be done.
    pub command: Command,
}

/// What can be asked of the running centre.
#[derive(Debug)]
pub enum Ask {
    /// Decide this.
    Event(Event),
    /// How is everything? The answer goes here.
    Snapshot(SyncSender<Snapshot>),
    /// Which calls are there?
    Calls(SyncSender<Vec<CallView>>),
    /// The ladder of this call.
    Trace(ContactId, SyncSender<Option<Ladder>>),
    /// Decide this, which a supervisor wants, and say what has become of it.
    Steer(Steering, SyncSender<Outcome>),
    /// Say goodbye to every leg and end.
    Stop,
}

/// Why something was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The inbox is full.
    Full,
    /// The centre has ended.
    Ended,
}

/// Where the running centre is asked. Clones lead to the same one.
#[derive(Clone, Debug)]
pub struct Inbox {
    sender: SyncSender<Ask>,
    waker: Arc<Waker>,
}

impl Inbox {
    /// Hands an event in, without waiting.
    ///
    /// # Errors
    /// If the inbox is full or the centre has ended.
    pub fn tell(&self, event: Event) -> Result<(), NotTaken> {
        self.ask(Ask::Event(event))
    }

    /// Asks something, without waiting for the answer.
    ///
    /// # Errors
    /// If the inbox is full or the centre has ended.
    pub fn ask(&self, ask: Ask) -> Result<(), NotTaken> {
        self.sender.try_send(ask).map_err(|error| match error {
            TrySendError::Full(_) => NotTaken::Full,
            TrySendError::Disconnected(_) => NotTaken::Ended,
        })?;
        self.waker.wake().map_err(|_| NotTaken::Ended)
    }
}

/// A running centre.
#[derive(Debug)]
pub struct Service {
    thread: JoinHandle<Centre>,
}

/// What a service is made of.
pub struct Parts {
    /// The decisions.
    pub centre: Centre,
    /// The telephones.
    pub signalling: Signalling,
    /// The one clock.
    pub clock: Clock,
    /// Agents who are always there, for load tests.
    pub always_ready: Vec<AgentId>,
    /// Where lines for the operator go.
    pub log: Log,
    /// Names of lines, for log and figures.
    pub lines: Vec<String>,
    /// Each is sent every command, in order.
    pub listeners: Vec<SyncSender<Decided>>,
}

impl Service {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(parts: Parts) -> io::Result<(Inbox, Service)> {
        let (sender, inbox) = sync_channel(INBOX_MAX);
        let waker = parts.signalling.waker();
        let running = Running::new(parts, inbox);
        let thread =
            thread::Builder::new().name("decisions".to_owned()).spawn(move || running.run())?;
        Ok((Inbox { sender, waker }, Service { thread }))
    }

    /// Waits until it has ended, after [`Ask::Stop`] or when nobody can ask any more.
    ///
    /// # Errors
    /// With the thread's panic, if an invariant was broken.
    pub fn join(self) -> thread::Result<Centre> {
        self.thread.join()
    }
}

/// A channel for a listener.
#[must_use]
pub fn listener() -> (SyncSender<Decided>, Receiver<Decided>) {
    sync_channel(BEHIND_MAX)
}

struct Running {
    centre: Centre,
    signalling: Signalling,
    clock: Clock,
    inbox: Receiver<Ask>,
    always_ready: AlwaysReady,
    figures: Figures,
    log: Log,
    listeners: Vec<SyncSender<Decided>>,
    events: u64,
}

impl Running {
    fn new(parts: Parts, inbox: Receiver<Ask>) -> Running {
        let Parts { centre, signalling, clock, always_ready, log, lines, listeners } = parts;
        let always_ready = AlwaysReady::new(always_ready);
        let figures = Figures::new(lines, clock.now());
        Running {
            centre,
            signalling,
            clock,
            inbox,
            always_ready,
            figures,
            log,
            listeners,
            events: 0,
        }
    }

    fn run(mut self) -> Centre {
        loop {
            self.signalling.wait(Some(self.timeout()));
            let now = self.clock.now();
            self.signalling.read(now.mono);
            self.decide_all(now);
            self.decide_deadlines(now);
            while let Some(event) = self.always_ready.next() {
                self.decide(now, event);
                self.decide_all(now);
            }
            if self.answer_inbox(now) {
                break;
            }
            self.signalling.flush(now.mono);
        }
        self.leave();
        self.centre
    }

    fn timeout(&self) -> Duration {
        if self.always_ready.has_news() {
            return Duration::ZERO;
        }
        let centre = self.centre.deadline().map(|(at, _)| at);
        let next = [centre, self.signalling.deadline()].into_iter().flatten().min();
        next.map_or(IDLE, |at| self.clock.until(at)).min(IDLE)
    }

    fn decide_all(&mut self, now: Now) {
        while let Some(event) = self.signalling.poll_event(now.mono) {
            self.decide(now, event);
        }
    }

    fn decide_deadlines(&mut self, now: Now) {
        if self.centre.deadline().is_some_and(|(at, _)| at <= now.mono) {
            self.decide(now, Event::Deadline);
            self.decide_all(now);
        }
    }

    /// The one place where an event becomes a fact: from here on it is recorded, decided, and its
    /// commands are carried out.
    fn decide(&mut self, now: Now, event: Event) {
        self.decide_heard(now, event, |_| ());
    }

    /// The same; who wants to know hears every command.
    fn decide_heard(&mut self, now: Now, event: Event, mut hear: impl FnMut(&Command)) {
        self.record(now, event);
        self.centre.handle(now, event);
        while let Some(command) = self.centre.poll() {
            hear(&command);
            let decided = Decided { at: now.mono, cause: event, command };
            self.signalling.carry_out(now.mono, command);
            self.always_ready.hear(&command);
            self.figures.hear(now, &command);
            if let Command::Note(Note::Ended(record)) = command {
                self.log.contact(&record, self.figures.line(record.line));
            }
            self.listeners.retain(|listener| listener.try_send(decided).is_ok());
        }
        self.events += 1;
        if self.events.is_multiple_of(AUDIT_EVERY) {
            self.centre.audit();
        }
    }

    /// Where the event log will append the event before anything is done about it. Until there is a
    /// log, state is in memory alone, and what is kept is how many events there were.
    fn record(&mut self, _now: Now, _event: Event) {
        self.figures.events += 1;
    }

    /// Answers everybody who asked; says whether to stop.
    fn answer_inbox(&mut self, now: Now) -> bool {
        for _ in 0..INBOX_MAX {
            match self.inbox.try_recv() {
                Ok(Ask::Event(event)) => {
                    self.decide(now, event);
                    self.decide_all(now);
                }
                Ok(Ask::Steer(steering, to)) => {
                    let outcome = self.steer(now, steering);
                    // Who does not wait for the answer any more gets none.
                    let _ = to.try_send(outcome);
                }
                Ok(Ask::Stop) => return true,
                Ok(question) => self.answer(now, question),
                Err(TryRecvError::Empty) => return false,
                Err(TryRecvError::Disconnected) => return true,
            }
        }
        false
    }

    fn steer(&mut self, now: Now, steering: Steering) -> Outcome {
        let mut outcome = Ok(None);
        let hear = |command: &Command| outcome = steer::outcome(outcome, command);
        self.decide_heard(now, steering.event(), hear);
        self.decide_all(now);
        let said = steer::logged(steering, &outcome, |line| self.figures.line(line).to_owned());
        self.log.say(Level::Notice, &said);
        outcome
    }

    /// Who asked and does not wait for the answer any more gets none.
    fn answer(&self, now: Now, question: Ask) {
        match question {
            Ask::Snapshot(to) => {
                let snapshot = self.figures.snapshot(now, &self.centre, &self.signalling);
                let _ = to.try_send(snapshot);
            }
            Ask::Calls(to) => {
                let _ = to.try_send(self.signalling.calls());
            }
            Ask::Trace(contact, to) => {
                let _ = to.try_send(self.signalling.ladder(contact));
            }
            Ask::Event(_) | Ask::Steer(..) | Ask::Stop => {
                unreachable!("answered where the inbox is read")
            }
        }
    }

    /// Hangs up every leg, and waits for a moment until the other ends have heard it.
    fn leave(&mut self) {
        let now = self.clock.now().mono;
        let until = now + FAREWELL;
        self.signalling.say_goodbye(now);
        while !self.signalling.has_left() {
            let now = self.clock.now().mono;
            if now >= until {
                return;
            }
            let next = self.signalling.deadline().map_or(until, |at| at.min(until));
            self.signalling.wait(Some(self.clock.until(next)));
            let now = self.clock.now().mono;
            self.signalling.read(now);
            // What the legs still tell is about calls that are over.
            while self.signalling.poll_event(now).is_some() {}
            self.signalling.flush(now);
        }
    }
}
