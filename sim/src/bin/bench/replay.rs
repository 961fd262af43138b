// SPDX-License-Identifier: EUPL-1.2
//! Events a second through the centre alone: many random counties, recorded first, then replayed.

use crate::cost::cpu_nanos;
use centre::{Centre, Event};
use stdx::Now;

/// Recorded events that are replayed, at least.
const EVENTS: usize = 3_000_000;
const FIRST_SEED: u64 = 115;

struct Recording {
    centre: Centre,
    events: Vec<(Now, Event)>,
}

/// Prints how long one event takes.
pub(crate) fn measure() -> Result<(), String> {
    let mut recordings = Vec::new();
    let mut recorded = 0;
    let mut seed = FIRST_SEED;
    while recorded < EVENTS {
        let recording = record(seed);
        recorded += recording.events.len();
        recordings.push(recording);
        seed += 1;
    }
    let before = cpu_nanos()?;
    let commands: usize = recordings.into_iter().map(replay).sum();
    let nanos = (cpu_nanos()? - before).max(1);
    let per_event = nanos as f64 / recorded as f64;
    println!(
        "centre: {recorded} events, {commands} commands: {per_event:.0} ns an event, {:.2} million events a second of one core",
        1e3 / per_event
    );
    Ok(())
}

fn record(seed: u64) -> Recording {
    let spec = sim::any_county(seed);
    let centre = Centre::new(spec.setup.clone()).expect("a county of the simulator's own");
    let mut events = Vec::new();
    let _outcome = sim::play_and_hear(&spec, seed, &mut |_| {}, &mut |now, event| {
        events.push((now, event));
    });
    Recording { centre, events }
}

fn replay(recording: Recording) -> usize {
    let Recording { mut centre, events } = recording;
    let mut commands = 0;
    for (now, event) in events {
        centre.handle(now, event);
        while centre.poll().is_some() {
            commands += 1;
        }
    }
    commands
}
