// SPDX-License-Identifier: EUPL-1.2
//! The deadlines of agents, contacts, partners and acts, each with at most one.

use alloc::collections::BTreeSet;
use stdx::{AgentId, ContactId, LineId, PartnerId, PlanId, Tick};

/// Whose deadline it is. At the same moment agents come
/// first, then contacts, then the rest, by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    Agent(AgentId),
    Contact(ContactId),
    Partner(PartnerId),
    Line(LineId),
    Plan(PlanId),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Timers {
    due: BTreeSet<(Tick, Timer)>,
}

impl Timers {
    pub(crate) fn set(&mut self, timer: Timer, before: Option<Tick>, after: Option<Tick>) {
        if before == after {
            return;
        }
        if let Some(at) = before {
            assert!(self.due.remove(&(at, timer)), "{timer:?} had no deadline at {at:?}");
        }
        if let Some(at) = after {
            assert!(self.due.insert((at, timer)), "{timer:?} has a deadline at {at:?} already");
        }
    }

    pub(crate) fn first(&self) -> Option<(Tick, Timer)> {
        self.due.first().copied()
    }

    pub(crate) fn contains(&self, at: Tick, timer: Timer) -> bool {
        self.due.contains(&(at, timer))
    }

    pub(crate) fn len(&self) -> usize {
        self.due.len()
    }
}
