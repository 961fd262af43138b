// SPDX-License-Identifier: EUPL-1.2
//! Long, short and single runs of the simulation with faults; long ones of SIP on a bad network too.

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

/// Messages of a soak, in each of the tests that let SIP stacks talk on a bad network: some 80,000
/// calls, so that what happens once in ten thousand happens a few times.
const SOAK_MESSAGES: u32 = 1_000_000;

/// The tests that do so, by a part of their names.
const SIP_TESTS: &str = "on_a_bad_network every_call_ends_once";

/// The long run, optimised.
pub(crate) fn soak(first: Seed) -> Outcome {
    println!("first seed {first}");
    play("--release ", first, SOAK_SEEDS, SOAK_EVENTS)?;
    talk(first)
}

/// SIP stacks on a network that loses, doubles, delays and reorders.
fn talk(seed: Seed) -> Outcome {
    println!("SIP on a bad network, seed {seed}");
    talking(seed).run()
}

fn talking(seed: Seed) -> Cargo {
    let call = format!(
        "test --release -p sip --test agent --test dialog_simulation -- --nocapture {SIP_TESTS}"
    );
    Cargo::new(&call)
        .env("AMTSLEITUNG_SIP_SEED", seed.number().to_string())
        .env("AMTSLEITUNG_SIP_MESSAGES", SOAK_MESSAGES.to_string())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cargo, seed};
    use std::fs;

    #[test]
    fn a_run_of_sip_can_be_repeated_by_what_is_printed() {
        let seed = seed::parse("0x73").expect("a seed");
        let call = talking(seed).to_string();
        assert!(
            call.starts_with("AMTSLEITUNG_SIP_SEED=115 AMTSLEITUNG_SIP_MESSAGES=1000000 cargo")
        );
    }

    #[test]
    fn every_test_that_is_named_is_there() {
        let tests = cargo::root().join("core/sip/tests");
        let files = ["agent/pair.rs", "dialog_simulation/main.rs"];
        let text = files.map(|file| fs::read_to_string(tests.join(file)).expect("a test")).concat();
        for name in SIP_TESTS.split(' ') {
            let is_named = |line: &str| line.starts_with("fn ") && line.contains(name);
            assert!(text.lines().any(is_named), "{name}");
        }
    }
}
