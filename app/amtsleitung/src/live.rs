// SPDX-License-Identifier: EUPL-1.2
//! The event loop: one decision thread owns the centre; everything else talks to it through
//! bounded channels.
//!
//! ```text
//!   inbox (bounded) ──▶ stamp once ──▶ Centre::handle ──▶ poll ──▶ every listener (bounded)
//!                            ▲
//!                    deadline of the centre
//! ```
//!
//! The rule to keep: the decision thread waits for its inbox and for nothing else. A full inbox is
//! told to the sender, who decides; a listener that does not keep up is let go.

use crate::clock::Clock;
use centre::{Centre, Command, Event};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use stdx::Tick;

/// Events that may lie in the inbox: half a second of the most that we plan for (a thousand calls
/// a second, ten events each, taken in within microseconds).
pub const INBOX_MAX: usize = 5_000;

/// Commands that a listener may be behind.
pub const BEHIND_MAX: usize = 50_000;

/// How often the whole centre is audited: every so many events.
const AUDIT_EVERY: u64 = 1_024;

/// The longest sleep without a deadline, so that a stop is seen.
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

/// Why an event was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The inbox is full: the sender sends the caller away or tries again.
    Full,
    /// The loop has ended.
    Ended,
}

/// Where events are handed in. Clones lead to the same loop; it ends when all are gone.
#[derive(Clone, Debug)]
pub struct Inbox {
    sender: SyncSender<Event>,
}

impl Inbox {
    /// Hands an event in, without waiting.
    ///
    /// # Errors
    /// If the inbox is full or the loop has ended.
    pub fn tell(&self, event: Event) -> Result<(), NotTaken> {
        self.sender.try_send(event).map_err(|error| match error {
            TrySendError::Full(_) => NotTaken::Full,
            TrySendError::Disconnected(_) => NotTaken::Ended,
        })
    }
}

/// A running loop.
#[derive(Debug)]
pub struct Live {
    thread: JoinHandle<Centre>,
}

impl Live {
    /// Starts the decision thread. Each listener is sent every command, in order.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        centre: Centre,
        clock: Clock,
        listeners: Vec<SyncSender<Decided>>,
    ) -> std::io::Result<(Inbox, Live)> {
        let (sender, inbox) = sync_channel(INBOX_MAX);
        let decisions = Decisions { centre, clock, listeners, events: 0 };
        let thread = thread::Builder::new()
            .name("decisions".to_owned())
            .spawn(move || decisions.run(&inbox))?;
        Ok((Inbox { sender }, Live { thread }))
    }

    /// Waits until every [`Inbox`] is gone and the loop has ended; gives the centre back.
    ///
    /// # Errors
    /// With the decision thread's panic, if an invariant was broken.
    pub fn join(self) -> thread::Result<Centre> {
        self.thread.join()
    }
}

/// A channel for a listener.
#[must_use]
pub fn listener() -> (SyncSender<Decided>, Receiver<Decided>) {
    sync_channel(BEHIND_MAX)
}

struct Decisions {
    centre: Centre,
    clock: Clock,
    listeners: Vec<SyncSender<Decided>>,
    events: u64,
}

impl Decisions {
    fn run(mut self, inbox: &Receiver<Event>) -> Centre {
        loop {
            let wait = self.centre.deadline().map_or(IDLE, |(at, _)| self.clock.until(at));
            match inbox.recv_timeout(wait.min(IDLE)) {
                Ok(event) => self.decide(event),
                Err(RecvTimeoutError::Timeout) => self.decide_deadline(),
                Err(RecvTimeoutError::Disconnected) => return self.centre,
            }
        }
    }

    fn decide_deadline(&mut self) {
        if self.centre.deadline().is_some_and(|(at, _)| at <= self.clock.now().mono) {
            self.decide(Event::Deadline);
        }
    }

    fn decide(&mut self, event: Event) {
        let now = self.clock.now();
        self.centre.handle(now, event);
        while let Some(command) = self.centre.poll() {
            let decided = Decided { at: now.mono, cause: event, command };
            self.listeners.retain(|listener| listener.try_send(decided).is_ok());
        }
        self.events += 1;
        if self.events.is_multiple_of(AUDIT_EVERY) {
            self.centre.audit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acd::{AgentRules, CentreRules, LineRules, QueueRules};
    use calendar::{Interval, Timetable};
    use centre::{Note, Setup};
    use promise::Fate;
    use stdx::{AgentId, ContactId, LineId, Micros, QueueId, TeamId, Timestamp, TimetableId};

    const PATIENCE: Duration = Duration::from_secs(20);

    fn centre(ring: Micros) -> Centre {
        let horizon = Interval { from: Timestamp(0), until: Timestamp(i64::MAX) };
        let line = LineRules {
            queue: Some(QueueId(0)),
            timetable: TimetableId(0),
            priority: 0,
            required: vec![],
            preferred: vec![],
            greeting: None,
            wrap_up: Micros::ZERO,
            short_abandon: Micros::ZERO,
        };
        let rules = CentreRules {
            head_start: Micros::ZERO,
            no_answer_pause: Micros::from_secs(60),
            decline_pause: Micros::from_secs(60),
            place_kept: Micros::ZERO,
        };
        let waiting_max = Micros::from_mins(10);
        Centre::new(Setup {
            rules,
            lines: vec![line],
            queues: vec![QueueRules { ring, length_max: 10, waiting_max }],
            agents: vec![AgentRules { team: TeamId(0), skills: vec![] }],
            timetables: vec![Timetable::always(horizon).unwrap()],
        })
        .unwrap()
    }

    fn until(heard: &Receiver<Decided>, wanted: impl Fn(&Command) -> bool) -> Decided {
        loop {
            let decided = heard.recv_timeout(PATIENCE).expect("the loop decides in time");
            if wanted(&decided.command) {
                return decided;
            }
        }
    }

    #[test]
    fn a_call_goes_through_the_loop_on_the_wall_clock() {
        let (listener, heard) = listener();
        let clock = Clock::starting_at(Tick(0));
        let (inbox, live) =
            Live::start(centre(Micros::from_secs(60)), clock, vec![listener]).unwrap();
        let (agent, contact) = (AgentId(0), ContactId(1));
        inbox.tell(Event::SignOn { agent }).unwrap();
        inbox.tell(Event::MakeReady { agent }).unwrap();
        inbox.tell(Event::CallArrived { contact, line: LineId(0), caller: None }).unwrap();
        until(&heard, |command| matches!(command, Command::Ring { .. }));
        inbox.tell(Event::Answer { agent, contact }).unwrap();
        until(&heard, |command| matches!(command, Command::Connect { .. }));
        inbox.tell(Event::HangUp { agent }).unwrap();
        let ended = |command: &Command| matches!(command, Command::Note(Note::Ended(record)) if record.fate == Fate::Accepted);
        until(&heard, ended);
        drop(inbox);
        assert_eq!(live.join().expect("no invariant broken").contacts_inside(), 0);
    }

    #[test]
    fn a_deadline_fires_without_any_event() {
        let (listener, heard) = listener();
        let clock = Clock::starting_at(Tick(7));
        let (inbox, live) =
            Live::start(centre(Micros::from_secs(1)), clock, vec![listener]).unwrap();
        let (agent, contact) = (AgentId(0), ContactId(1));
        inbox.tell(Event::SignOn { agent }).unwrap();
        inbox.tell(Event::MakeReady { agent }).unwrap();
        inbox.tell(Event::CallArrived { contact, line: LineId(0), caller: None }).unwrap();
        let rings = until(&heard, |command| matches!(command, Command::Ring { .. }));
        let stops = until(&heard, |command| matches!(command, Command::StopRinging { .. }));
        assert!(stops.at.since(rings.at) >= Micros::from_secs(1));
        drop(inbox);
        live.join().expect("no invariant broken").audit();
    }

    #[test]
    fn a_listener_that_does_not_keep_up_is_let_go_and_the_loop_goes_on() {
        let (slow, forgotten) = sync_channel(0);
        let (listener, heard) = listener();
        let clock = Clock::starting_at(Tick(0));
        let (inbox, live) =
            Live::start(centre(Micros::from_secs(60)), clock, vec![slow, listener]).unwrap();
        inbox.tell(Event::SignOn { agent: AgentId(0) }).unwrap();
        until(&heard, |command| matches!(command, Command::Note(_)));
        assert!(forgotten.recv_timeout(PATIENCE).is_err(), "the slow one was let go");
        drop(inbox);
        live.join().expect("no invariant broken");
    }
}
