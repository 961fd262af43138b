// SPDX-License-Identifier: EUPL-1.2
//! Facts on their way: told to the log first, decided when they are durable, in the order in which they
//! happened and with the time at which they did.
//!
//! While the disk does not keep up nothing is decided: who talks talks on, who waits hears music, and new
//! callers are refused at the door. What happens meanwhile lies in the log's spool, and is decided when the
//! disk is back.

use super::hiding::agent_in;
use super::steer::{Outcome, Steering};
use centre::Event;
use std::collections::VecDeque;
use std::sync::mpsc::SyncSender;
use stdx::{AgentId, Micros, Now};
use store::{Fact, Gap, Sequence, Trouble, Writer};
use telephony::signalling::Asked;

/// How old the oldest fact that is not durable may be before new calls are refused: callers would hear
/// nothing for longer than that.
pub const STALLS_AFTER: Micros = Micros::from_millis(1_000);

/// Where facts are kept.
#[derive(Debug)]
pub enum Kept {
    /// Nowhere: a practice leaves nothing behind.
    InMemory,
    /// In the log.
    InLog(Writer),
}

/// A fact that waits to be decided.
#[derive(Debug)]
pub(super) struct Waiting {
    sequence: Sequence,
    /// When it happened.
    pub(super) at: Now,
    /// What happened.
    pub(super) asked: Asked,
    /// Who waits for what has become of it.
    pub(super) steered: Option<(Steering, SyncSender<Outcome>)>,
}

/// Facts on their way.
#[derive(Debug)]
pub(super) struct Facts {
    kept: Kept,
    told: Sequence,
    waiting: VecDeque<Waiting>,
    /// Whether the last deadline that was told has not been decided yet.
    deadline_waits: bool,
}

impl Facts {
    pub(super) fn new(kept: Kept) -> Facts {
        let told = match &kept {
            Kept::InMemory => 0,
            Kept::InLog(log) => log.durable(),
        };
        Facts { kept, told, waiting: VecDeque::new(), deadline_waits: false }
    }

    /// Tells what happened, and before it what only the log is to know. Whoever waits for it is given back if
    /// there is no room for it.
    pub(super) fn tell(
        &mut self,
        at: Now,
        before: Vec<Fact>,
        asked: Asked,
        steered: Option<(Steering, SyncSender<Outcome>)>,
    ) {
        let sequence = match &mut self.kept {
            Kept::InMemory => self.told + 1,
            Kept::InLog(log) => {
                // Without room it is counted as lost, and who waits for it hears nothing.
                let fact = Fact::Happened(asked.event);
                let told = log.tell_with((at.mono, at.wall), before, fact);
                let Some(sequence) = told else { return };
                sequence
            }
        };
        self.told = sequence;
        self.deadline_waits |= asked.event == Event::Deadline;
        self.waiting.push_back(Waiting { sequence, at, asked, steered });
    }

    /// The next fact that is durable, to be decided.
    pub(super) fn next(&mut self) -> Option<Waiting> {
        let durable = match &self.kept {
            Kept::InMemory => self.told,
            Kept::InLog(log) => log.durable(),
        };
        let next = self.waiting.pop_front_if(|it| it.sequence <= durable)?;
        if next.asked.event == Event::Deadline {
            self.deadline_waits = false;
        }
        Some(next)
    }

    /// Whether one that waits names this seat.
    pub(super) fn name(&self, seat: AgentId) -> bool {
        self.waiting.iter().any(|it| agent_in(it.asked.event) == Some(seat))
    }

    /// Whether everything was decided.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether a deadline may be told: one at a time, and none while nothing is decided.
    pub(super) fn takes_deadlines(&self, now: Now) -> bool {
        !self.deadline_waits && !self.is_stalled(now)
    }

    /// Whether what happens cannot be decided in time.
    pub(super) fn is_stalled(&self, now: Now) -> bool {
        let is_old = |it: &Waiting| now.mono.since(it.at.mono) > STALLS_AFTER;
        self.waiting.front().is_some_and(is_old) || self.trouble().is_some()
    }

    /// What stands between the facts and the disk.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        match &self.kept {
            Kept::InMemory => None,
            Kept::InLog(log) => log.trouble(),
        }
    }

    /// How many facts wait for the disk, and what found no room.
    pub(super) fn on_their_way(&self) -> (u64, Gap) {
        match &self.kept {
            Kept::InMemory => (0, Gap::default()),
            Kept::InLog(log) => (log.in_flight(), log.gap()),
        }
    }

    /// Keeps the lease of the log until then.
    pub(super) fn keep_lease(&self, until: stdx::Timestamp) {
        if let Kept::InLog(log) = &self.kept {
            log.keep_lease(until);
        }
    }
}
