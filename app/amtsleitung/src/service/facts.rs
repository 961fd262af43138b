// SPDX-License-Identifier: EUPL-1.2
//! Facts on their way: told to the log first, decided when they are durable, in the order in which they
//! happened and with the time at which they did.
//!
//! While the disk does not keep up nothing is decided: who talks talks on, who waits hears music, and new
//! callers are refused at the door. What happens meanwhile lies in the log's spool, and is decided when the
//! disk is back.

use super::cases::CaseTold;
use super::hiding::names;
use super::steer::{Names, Outcome, Steering};
use case::By;
use centre::Event;
use std::collections::VecDeque;
use std::sync::mpsc::SyncSender;
use stdx::{AgentId, Micros, Now, Tick};
use store::{Configured, Fact, Gap, Sequence, Trouble, WrappedUp, Writer};
use telephony::signalling::Asked;
use web::centre::Reply;

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
    pub(super) what: What,
}

/// What happened.
#[derive(Debug)]
pub(super) enum What {
    /// Something to be decided; and who waits for what has become of it.
    Asked(Asked, Option<Waiter>),
    /// Something was agreed; and who waits until it holds.
    Agreed(Box<Agreement>, SyncSender<Result<(), String>>),
    /// An agent said what came of a talk, and waits until that is durable.
    WrappedUp(Box<WrappedUp>, Reply<bool>),
    /// Something was done to a case, and who did it may wait until that is durable.
    Case(Box<CaseTold>, Option<Reply<web::cases::Outcome>>),
}

/// Who waits for what has become of an event.
#[derive(Debug)]
pub(super) enum Waiter {
    /// A supervisor at the command line.
    Command(Steering, SyncSender<Outcome>),
    /// A supervisor at a page, for a reason; both are told to the operator.
    Supervisor(Steering, Option<String>, Reply<Outcome>),
    /// An agent at a page.
    Desk(Reply<Outcome>),
}

impl What {
    fn fact(&self) -> Fact {
        match self {
            What::Asked(asked, _) => Fact::Happened(asked.event),
            What::Agreed(agreement, _) => Fact::Configured(Box::new(agreement.configured.clone())),
            What::WrappedUp(it, _) => Fact::WrappedUp((**it).clone()),
            What::Case(it, _) => Fact::CaseActed(Box::new(it.sealed.clone())),
        }
    }

    fn is_deadline(&self) -> bool {
        matches!(self, What::Asked(Asked { event: Event::Deadline, .. }, _))
    }
}

/// What is agreed from now on, and all that follows from it.
#[derive(Debug)]
pub struct Agreement {
    /// For the log and the centre.
    pub configured: Configured,
    /// For the telephones.
    pub telephones: telephony::signalling::Setup,
    /// What people call things, for log, figures and who has which seat.
    pub names: Names,
    /// What the pages call them.
    pub directory: web::Directory,
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

    /// Tells what happened, and before it what only the log is to know.
    pub(super) fn tell(&mut self, at: Now, before: Vec<Fact>, what: What) {
        let sequence = match &mut self.kept {
            Kept::InMemory => self.told + 1,
            Kept::InLog(log) => {
                // Without room it is counted as lost, and who waits for it hears nothing.
                let told = log.tell_with((at.mono, at.wall), before, what.fact());
                let Some(sequence) = told else { return };
                sequence
            }
        };
        self.told = sequence;
        self.deadline_waits |= what.is_deadline();
        self.waiting.push_back(Waiting { sequence, at, what });
    }

    /// The next fact that is durable, to be decided.
    pub(super) fn next(&mut self) -> Option<Waiting> {
        let durable = match &self.kept {
            Kept::InMemory => self.told,
            Kept::InLog(log) => log.durable(),
        };
        let next = self.waiting.pop_front_if(|it| it.sequence <= durable)?;
        if next.what.is_deadline() {
            self.deadline_waits = false;
        }
        Some(next)
    }

    /// Whether one that waits names this seat.
    pub(super) fn name(&self, seat: AgentId) -> bool {
        self.waiting.iter().any(|it| match &it.what {
            What::Asked(asked, _) => names(asked.event, seat),
            What::WrappedUp(wrapped_up, _) => wrapped_up.seat == seat,
            What::Case(told, _) => told.sealed.by == By::Seat(seat),
            What::Agreed(..) => false,
        })
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

    /// When that will be so, if nothing becomes durable until then.
    pub(super) fn stalls_at(&self) -> Option<Tick> {
        self.waiting.front().map(|it| it.at.mono + STALLS_AFTER + Micros(1))
    }

    /// What stands between the facts and the disk.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        match &self.kept {
            Kept::InMemory => None,
            Kept::InLog(log) => log.trouble(),
        }
    }

    /// What was told and is not decided yet.
    pub(super) fn undecided(&self) -> impl Iterator<Item = Asked> {
        self.waiting.iter().filter_map(|it| match it.what {
            What::Asked(asked, _) => Some(asked),
            What::Agreed(..) | What::WrappedUp(..) | What::Case(..) => None,
        })
    }

    /// How many facts wait for the disk.
    pub(super) fn waiting_for_disk(&self) -> u64 {
        match &self.kept {
            Kept::InMemory => 0,
            Kept::InLog(log) => log.in_flight(),
        }
    }

    /// What found no room since the start.
    pub(super) fn lost(&self) -> Gap {
        match &self.kept {
            Kept::InMemory => Gap::default(),
            Kept::InLog(log) => log.lost(),
        }
    }

    /// Tells what found no room, once there is room again.
    pub(super) fn tell_gap(&mut self, at: Now) {
        if let Kept::InLog(log) = &mut self.kept {
            log.tell_gap((at.mono, at.wall));
        }
    }

    /// Nothing more is told. Says how many facts could not be written.
    pub(super) fn close(self) -> u64 {
        match self.kept {
            Kept::InMemory => 0,
            Kept::InLog(log) => log.close(),
        }
    }

    /// Keeps the lease of the log until then.
    pub(super) fn keep_lease(&self, until: stdx::Timestamp) {
        if let Kept::InLog(log) = &self.kept {
            log.keep_lease(until);
        }
    }
}
