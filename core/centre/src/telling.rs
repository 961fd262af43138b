// SPDX-License-Identifier: EUPL-1.2
//! What is true for a caller who waits, at the moment when it is to be told.
//!
//! Nothing is changed by asking: what the caller was told when the wait began stands in the record
//! ([`Command::Wait`](crate::Command::Wait)), and later words do not change it.

use crate::Centre;
use acd::contact::State;
use calendar::Opening;
use promise::ToldWait;
use stdx::{ContactId, LineId, Micros, Tick, Timestamp, TimetableId};

/// What a caller who waits can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The exact position in the queue, from 1.
    pub position: usize,
    /// How long it takes from now on, at least and at most; none where the estimate says nothing.
    pub wait: Option<(Micros, Micros)>,
    /// Whether a call-back would be promised to who asked for it now.
    pub callback: bool,
}

impl Centre {
    /// Whether these hours are open at the time of the last event.
    #[must_use]
    pub fn is_in_hours(&self, timetable: TimetableId) -> bool {
        let known = self.setup.timetables.get(timetable.index());
        known.is_some_and(|it| it.is_open(self.now.wall))
    }

    /// When a line that is closed by its hours opens by them; none if it is open, closed by hand, or open only
    /// while a plan runs.
    #[must_use]
    pub fn opens(&self, line: LineId) -> Option<Timestamp> {
        let rules = self.setup.lines.get(line.index())?;
        if rules.only_in.is_some() || self.closed_until(line).is_some() {
            return None;
        }
        match self.timetable(rules.timetable).at(self.now.wall) {
            Opening::Closed { opens } => opens,
            Opening::Open { .. } | Opening::BeyondHorizon => None,
        }
    }

    /// What one who waits can be told now; none if nobody is told anything: who does not wait, or for whom a
    /// telephone rings. The first time it is what was recorded as the wait began, later a new estimate, and so for
    /// whom an agent has handed on: what was told before that talk is over.
    #[must_use]
    pub fn telling(&self, now: Tick, contact: ContactId, is_first: bool) -> Option<Telling> {
        let it = self.contacts.get(&contact)?;
        if !matches!(it.state, State::Waiting { offered_to: None, .. }) {
            return None;
        }
        let tells_wait = self.setup.lines[it.line.index()].tells_wait;
        let told = match (is_first, tells_wait) {
            (true, _) if it.transfer.is_none() => it.told,
            (true | false, true) => self.estimate(contact),
            (true | false, false) => None,
        };
        let passed = now.since(it.arrived);
        let left = |at: Micros| Micros(at.0.saturating_sub(passed.0));
        Some(Telling {
            position: self.position(contact).expect("it waits"),
            wait: told.map(|ToldWait { from, until }| (left(from), left(until))),
            callback: self.callback_rules(contact).is_ok(),
        })
    }
}
