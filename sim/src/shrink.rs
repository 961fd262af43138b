// SPDX-License-Identifier: EUPL-1.2
//! From a day of ten thousand events to the few that break something, as a story.

use crate::scenario;
use centre::{Centre, Event, Setup};
use std::panic::{AssertUnwindSafe, catch_unwind};
use stdx::{Now, Tick, Timestamp};

/// How often a shorter day is tried at the most.
const TRIES_MAX: usize = 4_000;

/// An event and when it happened.
pub type Happened = (Now, Event);

/// Whether these events break an assertion of the centre.
#[must_use]
pub fn breaks(setup: &Setup, events: &[Happened]) -> bool {
    let play = || {
        let mut centre = Centre::new(setup.clone()).expect("it made a centre before");
        for &(now, event) in events {
            centre.handle(now, event);
            while centre.poll().is_some() {}
            centre.audit();
        }
    };
    catch_unwind(AssertUnwindSafe(play)).is_err()
}

/// The fewest events that still fail: parts are left out as long as that is so (Zeller and Hildebrandt,
/// Simplifying and Isolating Failure-Inducing Input, 2002).
///
/// # Panics
/// If the whole does not fail.
#[must_use]
pub fn shrink(events: &[Happened], fails: &dyn Fn(&[Happened]) -> bool) -> Vec<Happened> {
    assert!(fails(events), "what does not fail cannot be shrunk");
    let mut kept = events.to_vec();
    let mut parts = 2;
    let mut tries = 0;
    while kept.len() > 1 && tries < TRIES_MAX {
        let size = kept.len().div_ceil(parts);
        let without = |from: usize| -> Vec<Happened> {
            let until = (from + size).min(kept.len());
            kept[..from].iter().chain(&kept[until..]).copied().collect()
        };
        let starts = (0..kept.len()).step_by(size);
        let shorter = starts.map(without).find(|shorter| {
            tries += 1;
            fails(shorter)
        });
        match shorter {
            Some(shorter) => {
                kept = shorter;
                parts = (parts - 1).max(2);
            }
            None if size == 1 => break,
            None => parts = (parts * 2).min(kept.len()),
        }
    }
    kept
}

/// The events as a story. `origin` is the calendar's moment at the log's tick 0.
#[must_use]
pub fn as_story(setup: &Setup, events: &[Happened], origin: Timestamp) -> String {
    let midnight = Tick(Timestamp(0).since(origin).0);
    let told: Vec<(Tick, Event)> = events.iter().map(|&(now, event)| (now.mono, event)).collect();
    scenario::write(setup, &told, midnight)
}
