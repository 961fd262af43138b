// SPDX-License-Identifier: EUPL-1.2
//! The thread that appends. Whatever came while it waited for the disk goes into its next row (group
//! commit): one fsync for all of it. A call that comes in is written at once; what else happens waits for a
//! moment that nobody hears, and shares a row with what happens meanwhile. Where much happens, a row follows
//! the other by its pace, and calls that come in share one too: more calls make rows longer, not more.
//!
//! A disk that is slow, full or broken stops nobody who tells facts: they lie in the spool, which is
//! bounded, and are written first when the disk is back. What finds no room is counted, and the count is
//! written where it is missing.

use crate::chain::{Link, Row};
use crate::error::Error;
use crate::fact::{Epoch, Fact, Gap, Sequence};
use crate::store::Store;
use centre::Event;
use std::io;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use stdx::{Tick, Timestamp};

/// Facts that may wait for the disk: half a minute of 200 calls a second with eight facts each.
pub const SPOOL_MAX: u64 = 50_000;

/// How many of them may be when calls are refused at the door: the rest is for calls that are up.
pub const SPOOL_FOR_REFUSED: u64 = SPOOL_MAX / 2;

/// Facts of one row.
const ROW_MAX: usize = 2_000;

/// How long what is not urgent waits for company: nobody hears five milliseconds, which are a quarter of a packet
/// of sound. At 300 calls a second they save every second row.
const COMPANY: Duration = Duration::from_millis(5);

/// Rows begin on average so far from each other, once [`ROWS_AHEAD`] have been written: an fsync costs as much as
/// all else that is done about a call. Twenty calls a second need fewer than these hundred rows and never wait;
/// at several hundred a call waits for half of it, a quarter of what one packet of sound lasts.
const PACE: Duration = Duration::from_millis(10);

/// Rows that may begin at once after a time in which little happened.
const ROWS_AHEAD: u32 = 25;

/// How long a disk that has failed is left alone.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// How long a server may take: one that vanished says nothing for a quarter of an hour else, and one that
/// stands still would keep us from ending. What it does with the old request does no harm: the same row
/// once more is no error.
const SERVER_ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// What stands between a fact and the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The database refuses; its own words. It is tried again and again.
    Fails(String),
    /// Another writer has begun; nothing will ever be appended by this one.
    Fenced,
}

/// A fact on its way, and what stands before it in the same row.
struct Told {
    at: (Tick, Timestamp),
    before: Vec<Fact>,
    fact: Fact,
}

impl Told {
    /// Whether somebody notices every moment of it.
    fn is_urgent(&self) -> bool {
        matches!(self.fact, Fact::Happened(Event::CallArrived { .. }))
    }
}

/// What the thread is asked for.
enum Job {
    Append(Told),
    /// Keep the lease until then.
    Keep(Timestamp),
}

struct Shared {
    durable: AtomicU64,
    in_trouble: AtomicBool,
    is_ending: AtomicBool,
    trouble: Mutex<Option<Trouble>>,
}

impl Shared {
    fn set(&self, trouble: Option<Trouble>) {
        self.in_trouble.store(trouble.is_some(), Ordering::Release);
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

/// Tells facts to the log, without waiting. Dropping it waits until the last of them is durable, or until
/// the disk has failed once more.
pub struct Writer {
    to: Option<Sender<Job>>,
    next: Sequence,
    /// What was lost and is not written down yet.
    gap: Gap,
    /// All that was lost.
    lost: Gap,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "writer before {}, durable up to {}", self.next, self.durable())
    }
}

impl Writer {
    /// Starts the thread, which goes on behind `link` under this epoch. `wake` is called whenever more is
    /// durable, and when trouble begins.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        mut store: Store,
        link: Link,
        epoch: Epoch,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Writer> {
        store.lose_patience_after(SERVER_ANSWERS_WITHIN);
        let (to, jobs) = channel();
        let shared = Arc::new(Shared {
            durable: AtomicU64::new(link.next - 1),
            in_trouble: AtomicBool::new(false),
            is_ending: AtomicBool::new(false),
            trouble: Mutex::new(None),
        });
        let pacer = Pacer { due: now() };
        let appending = Appending { store, pacer, link, epoch, jobs, shared: Arc::clone(&shared) };
        let thread =
            thread::Builder::new().name("log".to_owned()).spawn(move || appending.run(&wake))?;
        Ok(Writer {
            to: Some(to),
            next: link.next,
            gap: Gap::default(),
            lost: Gap::default(),
            shared,
            thread: Some(thread),
        })
    }

    /// Tells a fact. None if the spool has no room for it: then it is counted as lost.
    pub fn tell(&mut self, at: (Tick, Timestamp), fact: Fact) -> Option<Sequence> {
        self.tell_with(at, Vec::new(), fact)
    }

    /// Tells a fact and those that stand before it: all or none, in the same row. The number is that of the
    /// last. None if the spool has no room for them: then they are counted as one that is lost.
    pub fn tell_with(
        &mut self,
        at: (Tick, Timestamp),
        before: Vec<Fact>,
        fact: Fact,
    ) -> Option<Sequence> {
        let is_refused = matches!(fact, Fact::Happened(Event::CallRefused { .. }));
        let room = if is_refused { SPOOL_FOR_REFUSED } else { SPOOL_MAX };
        if self.in_flight() >= room {
            for gap in [&mut self.gap, &mut self.lost] {
                *(if is_refused { &mut gap.refused_calls } else { &mut gap.others }) += 1;
            }
            return None;
        }
        self.tell_gap(at);
        Some(self.push(at, before, fact))
    }

    /// Tells what was lost, once there is room for it again; nothing if nothing was.
    pub fn tell_gap(&mut self, at: (Tick, Timestamp)) {
        if !self.gap.is_none() && self.in_flight() < SPOOL_FOR_REFUSED {
            let gap = mem::take(&mut self.gap);
            self.push(at, Vec::new(), Fact::Lost(gap));
        }
    }

    fn push(&mut self, at: (Tick, Timestamp), before: Vec<Fact>, fact: Fact) -> Sequence {
        let sequence = self.next + before.len() as u64;
        self.next = sequence + 1;
        let told = Told { at, before, fact };
        let is_urgent = told.is_urgent();
        // A thread that has ended was fenced, which is trouble that who tells looks for.
        let _ = self.to.as_ref().map(|to| to.send(Job::Append(told)));
        if let (true, Some(thread)) = (is_urgent, &self.thread) {
            thread.thread().unpark();
        }
        sequence
    }

    /// Keeps the lease until then. Whoever lost it is fenced.
    pub fn keep_lease(&self, until: Timestamp) {
        let _ = self.to.as_ref().map(|to| to.send(Job::Keep(until)));
    }

    /// How many facts are not durable yet.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.next - 1 - self.durable()
    }

    /// What was lost and could not be written down yet.
    #[must_use]
    pub fn gap(&self) -> Gap {
        self.gap
    }

    /// All that was lost since the start, written down or not.
    #[must_use]
    pub fn lost(&self) -> Gap {
        self.lost
    }

    /// Up to which entry the log is durable.
    #[must_use]
    pub fn durable(&self) -> Sequence {
        self.shared.durable.load(Ordering::Acquire)
    }

    /// What stands between the oldest fact that is not durable and the disk, if anything is known of it.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        if !self.shared.in_trouble.load(Ordering::Acquire) {
            return None;
        }
        self.shared.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until everything is durable, or until the disk has failed once more; says how many facts could
    /// not be written.
    #[must_use]
    pub fn close(mut self) -> u64 {
        self.end();
        self.in_flight()
    }

    fn end(&mut self) {
        drop(self.to.take());
        self.shared.is_ending.store(true, Ordering::Release);
        let Some(thread) = self.thread.take() else { return };
        thread.thread().unpark();
        // One that has panicked has said so, and what it did not write is counted.
        let _ = thread.join();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.end();
    }
}

/// What goes into one row.
struct Batch {
    link: Link,
    row: Row,
    keep: Option<Timestamp>,
    jobs: usize,
    is_urgent: bool,
}

impl Batch {
    fn new(link: Link, epoch: Epoch) -> Batch {
        let row = Row { first: link.next, epoch, entries: Vec::new() };
        Batch { link, row, keep: None, jobs: 0, is_urgent: false }
    }

    /// Takes all that is there, as far as a row has room.
    fn take_all(&mut self, jobs: &Receiver<Job>) {
        jobs.try_iter().take(ROW_MAX - self.jobs).for_each(|job| self.take(job));
    }

    fn take(&mut self, job: Job) {
        self.jobs += 1;
        match job {
            Job::Append(told) => {
                self.is_urgent |= told.is_urgent();
                for fact in told.before.iter().chain([&told.fact]) {
                    self.link.write(self.row.epoch, told.at, fact, &mut self.row.entries);
                }
            }
            Job::Keep(until) => self.keep = Some(until),
        }
    }
}

/// When the next row may begin: the generic cell rate algorithm (ITU-T I.371).
#[derive(Debug)]
struct Pacer {
    /// When it would begin if every row kept its distance.
    due: Instant,
}

impl Pacer {
    /// How long a row that is ready now has to wait; counts it.
    fn wait(&mut self, now: Instant) -> Duration {
        let may_begin = self.due.checked_sub(PACE * ROWS_AHEAD).unwrap_or(now);
        self.due = self.due.max(now) + PACE;
        may_begin.saturating_duration_since(now)
    }
}

/// The clock of the pace alone: when a fact happened is told with it.
#[expect(clippy::disallowed_methods, reason = "the pace of rows, which decides nothing")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "what happens meanwhile shall not end it")]
fn rest(wait: Duration) {
    thread::sleep(wait);
}

/// The thread.
struct Appending {
    store: Store,
    pacer: Pacer,
    link: Link,
    epoch: Epoch,
    jobs: Receiver<Job>,
    shared: Arc<Shared>,
}

impl Appending {
    fn run(mut self, wake: &dyn Fn()) {
        while let Ok(first) = self.jobs.recv() {
            let Batch { link, row, keep, .. } = self.gather(first);
            let is_kept = keep.is_none_or(|until| self.insist(wake, |it| it.keep(until)));
            let is_there = is_kept
                && (row.entries.is_empty() || self.insist(wake, |it| it.store.append(&row)));
            if !is_there {
                return;
            }
            self.link = link;
            self.shared.durable.store(link.next - 1, Ordering::Release);
            wake();
        }
        // Who copies the folder of a service that has ended finds all of it in one file.
        let _ = self.store.gather();
    }

    /// What goes into one row.
    fn gather(&mut self, first: Job) -> Batch {
        let mut batch = Batch::new(self.link, self.epoch);
        batch.take(first);
        batch.take_all(&self.jobs);
        if !batch.is_urgent {
            // Ends early with something urgent, and with the writer.
            thread::park_timeout(COMPANY);
            batch.take_all(&self.jobs);
        }
        let wait = self.pacer.wait(now());
        if !wait.is_zero() && batch.jobs < ROW_MAX {
            rest(wait);
            batch.take_all(&self.jobs);
        }
        // Whoever told something urgent has called us; nobody is called twice for the same.
        thread::park_timeout(Duration::ZERO);
        batch
    }

    /// Keeps the lease, which only a writer can who was not replaced.
    fn keep(&mut self, until: Timestamp) -> Result<(), Error> {
        match self.store.keep_lease(self.epoch, until)? {
            true => Ok(()),
            false => Err(Error::Fenced),
        }
    }

    /// Does it, however long that takes; says whether it was possible at all.
    fn insist(
        &mut self,
        wake: &dyn Fn(),
        act: impl Fn(&mut Appending) -> Result<(), Error>,
    ) -> bool {
        loop {
            match act(self) {
                Ok(()) => {
                    if self.shared.in_trouble.load(Ordering::Acquire) {
                        self.shared.set(None);
                    }
                    return true;
                }
                Err(Error::Fenced) => {
                    self.shared.set(Some(Trouble::Fenced));
                    wake();
                    return false;
                }
                Err(error) => self.shared.set(Some(Trouble::Fails(error.to_string()))),
            }
            wake();
            if self.shared.is_ending.load(Ordering::Acquire) {
                return false;
            }
            thread::park_timeout(RETRY_AFTER);
            // Where there is still no server, the next attempt says so.
            let _ = self.store.reconnect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use centre::Via;
    use stdx::{AgentId, ContactId, LineId};

    fn job(event: Event) -> Job {
        let (at, fact) = ((Tick(0), Timestamp(0)), Fact::Happened(event));
        Job::Append(Told { at, before: Vec::new(), fact })
    }

    #[test]
    fn a_call_that_comes_in_is_urgent_and_its_end_is_not() {
        let (contact, line, caller, via) = (ContactId(1), LineId(0), None, Via::default());
        let mut batch = Batch::new(Link::first("harburg"), 1);
        batch.take(job(Event::HangUp { agent: AgentId(0) }));
        assert!(!batch.is_urgent);
        batch.take(job(Event::CallArrived { contact, line, caller, via }));
        batch.take(job(Event::HangUp { agent: AgentId(0) }));
        assert!(batch.is_urgent, "whatever else is in the row");
        assert_eq!(batch.link.next, 4);
    }

    #[test]
    fn rows_follow_each_other_by_their_pace_after_some_that_do_not() {
        let mut now = now();
        let mut pacer = Pacer { due: now };
        let waits = |pacer: &mut Pacer, now| {
            (0..ROWS_AHEAD + 2).map(move |_| pacer.wait(now)).sum::<Duration>()
        };
        assert_eq!(waits(&mut pacer, now), PACE);
        // Whoever waits does so until its row begins; then the next has a whole distance before it.
        now += PACE;
        assert_eq!(pacer.wait(now), PACE);
        now += PACE * (ROWS_AHEAD + 4);
        assert_eq!(waits(&mut pacer, now), PACE, "a rest brings them back, and no more than them");
        // Rows at their distance never wait.
        let mut pacer = Pacer { due: now };
        let mut late = Duration::ZERO;
        for _ in 0..1_000 {
            now += PACE;
            late += pacer.wait(now);
        }
        assert_eq!(late, Duration::ZERO);
    }

    #[test]
    fn a_row_takes_no_more_than_it_may() {
        let (to, jobs) = channel();
        for _ in 0..ROW_MAX + 3 {
            to.send(job(Event::Deadline)).expect("somebody reads");
        }
        let mut batch = Batch::new(Link::first("harburg"), 1);
        batch.take(job(Event::Deadline));
        batch.take_all(&jobs);
        batch.take_all(&jobs);
        assert_eq!((batch.jobs, jobs.try_iter().count()), (ROW_MAX, 4));
    }
}
