// SPDX-License-Identifier: EUPL-1.2
//! The loop of the second main: the very core that runs live, on a clock that only jumps.

use crate::people::People;
use crate::spec::Spec;
use account::Outcome;
use centre::{Centre, Command, Event, SetupError};
use stdx::{Now, Tick};

/// How often the whole centre is audited when something may go wrong: every so many events.
const AUDIT_EVERY: u64 = 64;

/// Plays a specification to its end. `watch` is told now and then how much of the time is over,
/// from 0 to 1.
///
/// # Errors
/// If the setup makes no centre.
///
/// # Panics
/// If an invariant of the core is broken, or a contact is left over at the end.
pub fn play(spec: &Spec, seed: u64, watch: &mut dyn FnMut(f64)) -> Result<Outcome, SetupError> {
    play_and_hear(spec, seed, watch, &mut |_, _| {})
}

/// The same, and `hear` is told every event with its time, as the event log will be.
///
/// # Errors
/// If the setup makes no centre.
///
/// # Panics
/// As [`play`].
pub fn play_and_hear(
    spec: &Spec,
    seed: u64,
    watch: &mut dyn FnMut(f64),
    hear: &mut dyn FnMut(Now, Event),
) -> Result<Outcome, SetupError> {
    let mut outcome = Outcome::new(&spec.setup);
    let tell = &mut |at, command: &Command| outcome.note(at, command);
    outcome.events = drive(spec, seed, watch, hear, tell)?;
    Ok(outcome)
}

/// Plays a specification to its end and keeps nothing of it: `tell` is told every command of the
/// centre with its time, among them each contact's record. So memory does not grow with the number of
/// calls, as it does with [`play`]. Returns how many events the centre took in.
///
/// # Errors
/// If the setup makes no centre.
///
/// # Panics
/// As [`play`].
pub fn play_and_tell(
    spec: &Spec,
    seed: u64,
    tell: &mut dyn FnMut(Tick, &Command),
) -> Result<u64, SetupError> {
    drive(spec, seed, &mut |_| {}, &mut |_, _| {}, tell)
}

fn drive(
    spec: &Spec,
    seed: u64,
    watch: &mut dyn FnMut(f64),
    hear: &mut dyn FnMut(Now, Event),
    tell: &mut dyn FnMut(Tick, &Command),
) -> Result<u64, SetupError> {
    let mut centre = Centre::new(spec.setup.clone())?;
    let mut people = People::new(spec.clone(), seed);
    let mut events = 0_u64;
    let mut clock_off_by = 0;
    let mut watched = 0;
    while let Some((at, event)) = next(&mut people, &centre) {
        clock_off_by = people.clock_jump().unwrap_or(clock_off_by);
        let Some(event) = event else { continue };
        let mut wall = people.wall(at);
        wall.0 += clock_off_by;
        let now = Now { mono: at, wall };
        hear(now, event);
        centre.handle(now, event);
        while let Some(command) = centre.poll() {
            people.observe(at, &command);
            tell(at, &command);
        }
        events += 1;
        if events.is_multiple_of(AUDIT_EVERY) && spec.faults.nonsense > 0.0 {
            centre.audit();
        }
        let hundredths = at.0 * 100 / people.end().0.max(1);
        if hundredths > watched {
            watched = hundredths;
            watch((at.0 as f64 / people.end().0 as f64).min(1.0));
        }
    }
    centre.audit();
    assert_eq!(centre.contacts_inside(), 0, "somebody was forgotten at the end");
    Ok(events)
}

/// The next thing to happen and when; deadlines go before people. Some happenings never reach the
/// centre.
fn next(people: &mut People, centre: &Centre) -> Option<(Tick, Option<Event>)> {
    let deadline = centre.deadline().map(|(at, _)| at);
    match (people.next_at(), deadline) {
        (None, None) => None,
        (Some(at), Some(due)) if due <= at => Some((due, Some(Event::Deadline))),
        (None, Some(due)) => Some((due, Some(Event::Deadline))),
        (Some(at), _) => Some((at, people.act(at))),
    }
}
