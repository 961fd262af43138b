// SPDX-License-Identifier: EUPL-1.2
//! From a day of ten thousand events to the few that break something, as a story.

use crate::scenario;
use centre::{Centre, Command, Event, Setup};
use std::panic::{AssertUnwindSafe, catch_unwind};
use stdx::{Now, Tick, Timestamp};

/// How often a shorter day is tried at the most.
const TRIES_MAX: usize = 4_000;

/// An event and when it happened.
pub type Happened = (Now, Event);

/// What happens between two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadlines {
    /// They come when they are due, as in a story.
    InTime,
    /// They come with the next event, as after a machine was asleep.
    Late,
}

/// Plays the events through a centre of its own.
///
/// # Panics
/// If they break an assertion of the centre.
pub fn play(
    setup: &Setup,
    events: &[Happened],
    deadlines: Deadlines,
    hear: &mut dyn FnMut(&Command),
) {
    let mut centre = Centre::new(setup.clone()).expect("it made a centre before");
    let mut tell = |centre: &mut Centre, now, event| {
        centre.handle(now, event);
        centre.audit();
        while let Some(command) = centre.poll() {
            hear(&command);
        }
    };
    for &(now, event) in events {
        while let Some((at, _)) = centre.deadline()
            && at < now.mono
            && deadlines == Deadlines::InTime
        {
            let wall = Timestamp(now.wall.0 - now.mono.since(at).0 as i64);
            tell(&mut centre, Now { mono: at, wall }, Event::Deadline);
        }
        tell(&mut centre, now, event);
    }
}

/// Whether these events break an assertion of the centre.
#[must_use]
pub fn breaks(setup: &Setup, events: &[Happened], deadlines: Deadlines) -> bool {
    let play = || play(setup, events, deadlines, &mut |_| {});
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
