// SPDX-License-Identifier: EUPL-1.2
//! Callers who were cut off: for a minute their place is kept.
//!
//! The network cannot tell a dropped mobile call from a caller who hangs up, so both are kept; who
//! calls again gets no more than the place that staying would have given.

use crate::order::Turn;
use alloc::collections::VecDeque;
use stdx::limits::REMEMBERED_CALLERS_MAX;
use stdx::{CallerToken, ContactId, LineId, Micros, Tick};

/// A place that is kept for a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptPlace {
    /// The contact that was cut off.
    pub contact: ContactId,
    /// Its place in the order.
    pub turn: Turn,
}

/// One caller who was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Who.
    pub caller: CallerToken,
    /// The line that was dialled; the place is kept on no other.
    pub line: LineId,
    /// Since when the caller is gone.
    pub gone_at: Tick,
    /// What is kept.
    pub place: KeptPlace,
}

/// Who was cut off lately, the oldest first; at the bound the oldest is forgotten.
#[derive(Clone, Debug, Default)]
pub struct RememberedCallers {
    callers: VecDeque<Remembered>,
}

impl RememberedCallers {
    /// A caller is gone whose place is kept.
    pub fn keep(&mut self, caller: CallerToken, line: LineId, gone_at: Tick, place: KeptPlace) {
        if self.callers.len() == REMEMBERED_CALLERS_MAX {
            self.callers.pop_front();
        }
        self.callers.push_back(Remembered { caller, line, gone_at, place });
    }

    /// Who is remembered, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Remembered> {
        self.callers.iter()
    }

    /// Whether a place is kept for a caller who dials a line (again).
    pub fn holds(
        &mut self,
        caller: CallerToken,
        line: LineId,
        now: Tick,
        place_kept: Micros,
    ) -> bool {
        self.latest(caller, line, now, place_kept).is_some()
    }

    /// The place that is kept for a caller, if one is. It is given out once.
    pub fn take(
        &mut self,
        caller: CallerToken,
        line: LineId,
        now: Tick,
        place_kept: Micros,
    ) -> Option<KeptPlace> {
        let latest = self.latest(caller, line, now, place_kept)?;
        self.callers.remove(latest).map(|it| it.place)
    }

    /// Forgets those whose time is over, and finds the latest of this caller on this line.
    fn latest(
        &mut self,
        caller: CallerToken,
        line: LineId,
        now: Tick,
        place_kept: Micros,
    ) -> Option<usize> {
        while self.callers.front().is_some_and(|first| first.gone_at + place_kept < now) {
            self.callers.pop_front();
        }
        self.callers.iter().rposition(|it| it.caller == caller && it.line == line)
    }

    /// How many are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.callers.len()
    }

    /// Whether nobody is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.callers.is_empty()
    }
}
