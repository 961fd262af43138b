// SPDX-License-Identifier: EUPL-1.2
//! When something is said between the music to who waits.
//!
//! Rule: it is decided here that something is due, and elsewhere what there is to say at that moment; what is
//! said then may be nothing.

use stdx::{Micros, Tick};

/// What a line says between the music.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// How many wait before.
    pub position: bool,
    /// How long it takes.
    pub wait: bool,
    /// What is said once, as the wait begins.
    pub once: bool,
    /// How often both are said again; never if none.
    pub every: Option<Micros>,
    /// How long after the wait has begun a call-back is offered; never if none.
    pub offer_after: Option<Micros>,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Place and time are to be said, for the first time in this wait.
    pub first: bool,
    /// Place and time are to be said again.
    pub again: bool,
    /// A call-back is to be offered.
    pub offer: bool,
}

/// One wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    first: Option<Tick>,
    again: Option<Tick>,
    offer: Option<Tick>,
    every: Option<Micros>,
}

impl Between {
    /// A wait that begins now. Place and time are due at once.
    #[must_use]
    pub fn begins(rules: Rules, now: Tick) -> Between {
        let tells = rules.position || rules.wait;
        Between {
            first: (tells || rules.once).then_some(now),
            again: None,
            offer: rules.offer_after.map(|after| now + after),
            every: rules.every.filter(|_| tells),
        }
    }

    /// When something is due next.
    #[must_use]
    pub fn deadline(&self) -> Option<Tick> {
        [self.first, self.again, self.offer].into_iter().flatten().min()
    }

    /// What is due by now; the next time is counted from now, so that nothing is made up for.
    pub fn due(&mut self, now: Tick) -> Due {
        let is_due = |at: &mut Option<Tick>| at.take_if(|at| *at <= now).is_some();
        let due = Due {
            first: is_due(&mut self.first),
            again: is_due(&mut self.again),
            offer: is_due(&mut self.offer),
        };
        if due.first || due.again {
            // None if there is nothing to repeat.
            self.again = self.every.map(|every| now + every);
        }
        due
    }
}
