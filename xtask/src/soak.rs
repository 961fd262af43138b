// SPDX-License-Identifier: EUPL-1.2
//! Long, short and single runs of the simulation with faults.

use crate::Outcome;
use crate::cargo::Cargo;
use crate::seed::Seed;

/// Seeds of a slice: a few different counties, in seconds.
const SLICE_SEEDS: u32 = 8;

/// Events of a slice: what the tests' profile plays in a few seconds.
const SLICE_EVENTS: u32 = 2_000_000;

/// Seeds of a soak.
const SOAK_SEEDS: u32 = 200;

/// Events of a soak: about ten years of the model county.
const SOAK_EVENTS: u32 = 10_000_000;

/// A short run with the profile that the tests were built with.
pub(crate) fn slice(first: Seed) -> Outcome {
    println!("first seed {first}");
    play("", first, SLICE_SEEDS, SLICE_EVENTS)
}

/// The long run, optimised.
pub(crate) fn soak(first: Seed) -> Outcome {
    println!("first seed {first}");
    play("--release ", first, SOAK_SEEDS, SOAK_EVENTS)
}

/// One seed again, told step by step.
pub(crate) fn replay(seed: Seed) -> Outcome {
    Cargo::new(&format!("run -p sim --bin soak -- --first-seed {seed} --seeds 1 --verbose")).run()
}

fn play(profile: &str, first: Seed, seeds: u32, events: u32) -> Outcome {
    let call = format!(
        "run {profile}-p sim --bin soak -- --first-seed {first} --seeds {seeds} --events-at-least {events}"
    );
    Cargo::new(&call).run()
}
