// SPDX-License-Identifier: EUPL-1.2
//! A failing day is shrunk to a story that can be read, kept and played.

use centre::{Command, Note, Setup};
use promise::FateReason;
use sim::shrink::{Deadlines, Happened, as_story, play, shrink};

fn day(seed: u64) -> (Setup, Vec<Happened>, stdx::Timestamp) {
    let spec = sim::any_county(seed);
    let mut events = Vec::new();
    sim::play_and_hear(&spec, seed, &mut |_| {}, &mut |now, event| events.push((now, event)))
        .expect("a county of the simulator's own");
    let origin = sim::People::new(spec.clone(), seed).origin();
    (spec.setup, events, origin)
}

/// Whether somebody's contact ends for this reason: in place of a fault, which the core has not.
fn ends(setup: &Setup, events: &[Happened], reason: FateReason) -> bool {
    let mut found = false;
    play(setup, events, Deadlines::InTime, &mut |command| {
        found |= matches!(command, Command::Note(Note::Ended(it)) if it.reason == reason);
    });
    found
}

#[test]
fn a_day_shrinks_to_the_story_that_matters() {
    let words = [
        (FateReason::CallbackReached, "called back"),
        (FateReason::PartnerAnswered, "overflowed"),
        (FateReason::SwitchboardAnswered, "local"),
        (FateReason::CalledAgain, "(called again)"),
        (FateReason::ClosedByAct, "(closed by an act)"),
        (FateReason::QueueFull, "(queue full)"),
    ];
    for (reason, word) in words {
        let found = (0..400).map(day).find(|(setup, events, _)| ends(setup, events, reason));
        let (setup, events, origin) = found.expect("some day has it");
        let few = shrink(&events, &|events| ends(&setup, events, reason));
        println!("{reason:?}: {} events of {}", few.len(), events.len());
        assert!(few.len() <= 14, "{reason:?}: {few:?}");
        let story = as_story(&setup, &few, origin);
        let played = sim::scenario::play(&story).unwrap_or_else(|why| panic!("{why}\n{story}"));
        assert!(played.contains(word), "{reason:?}:\n{played}");
    }
}

#[test]
fn what_does_not_fail_is_not_shrunk() {
    let (setup, events, _) = day(1);
    assert!(
        !sim::shrink::breaks(&setup, &events[..200], Deadlines::InTime),
        "the core has no such fault"
    );
}
