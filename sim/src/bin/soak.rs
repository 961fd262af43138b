// SPDX-License-Identifier: EUPL-1.2
//! Plays one random county after another, with faults, until enough events have held every law.
#![forbid(unsafe_code)]

use sim::shrink::{self, Deadlines};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Steps from one seed to the next, so that neighbouring first seeds share none.
const SEED_STEP: u64 = 0x9E37_79B9_7F4A_7C15;

struct Wanted {
    first_seed: u64,
    seeds: u64,
    events: u64,
    verbose: bool,
}

fn main() -> ExitCode {
    match wanted(std::env::args().skip(1)) {
        Ok(wanted) => soak(&wanted),
        Err(problem) => {
            eprintln!("{problem}");
            eprintln!("soak --first-seed 0x… --seeds N [--events-at-least N] [--verbose]");
            ExitCode::from(2)
        }
    }
}

fn wanted(mut args: impl Iterator<Item = String>) -> Result<Wanted, String> {
    let mut wanted = Wanted { first_seed: 0, seeds: 1, events: 0, verbose: false };
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} wants a value"));
        match arg.as_str() {
            "--first-seed" => wanted.first_seed = number(&value()?)?,
            "--seeds" => wanted.seeds = number(&value()?)?,
            "--events-at-least" => wanted.events = number(&value()?)?,
            "--verbose" => wanted.verbose = true,
            other => return Err(format!("unknown option {other}")),
        }
    }
    Ok(wanted)
}

fn number(text: &str) -> Result<u64, String> {
    let parsed = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => text.parse(),
    };
    parsed.map_err(|problem| format!("{text}: {problem}"))
}

/// Prints the few events that break the law, as a story: a file for tests/scenarios, once it is mended.
fn tell(spec: &sim::Spec, seed: u64) {
    // What follows breaks the law again and again; it has been said once how.
    std::panic::set_hook(Box::new(|_| {}));
    let mut events = Vec::new();
    let hear = &mut |now, event| events.push((now, event));
    let play = || sim::play_and_hear(spec, seed, &mut |_| {}, hear);
    let _broken = catch_unwind(AssertUnwindSafe(play));
    let breaks =
        |events: &[shrink::Happened], deadlines| shrink::breaks(&spec.setup, events, deadlines);
    let found = [Deadlines::InTime, Deadlines::Late].into_iter().find(|&it| breaks(&events, it));
    let Some(deadlines) = found else {
        eprintln!("the same events break nothing in the centre alone: the fault is around it");
        return;
    };
    if deadlines == Deadlines::Late {
        eprintln!("only if deadlines come late, which no story can tell:");
    }
    let few = shrink::shrink(&events, &|events| breaks(events, deadlines));
    let origin = sim::People::new(spec.clone(), seed).origin();
    eprintln!("\n{} of {} events are enough:\n", few.len(), events.len());
    eprintln!("{}", shrink::as_story(&spec.setup, &few, origin));
}

fn soak(wanted: &Wanted) -> ExitCode {
    let mut events = 0;
    let mut refused = 0;
    let mut contacts = 0;
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    let mut seed = wanted.first_seed;
    let mut played = 0;
    while played < wanted.seeds || events < wanted.events {
        let spec = sim::any_county(seed);
        if wanted.verbose {
            println!("{spec:#?}");
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| sim::play(&spec, seed, &mut |_| {})));
        let Ok(Ok(outcome)) = outcome else {
            eprintln!("seed {seed:#x} broke a law; to see it again:\ncargo xtask seed {seed:#x}");
            tell(&spec, seed);
            return ExitCode::FAILURE;
        };
        events += outcome.events;
        refused += outcome.refused_events;
        contacts += outcome.records.len();
        for record in &outcome.records {
            *reasons.entry(format!("{:?}", record.reason)).or_default() += 1;
        }
        played += 1;
        seed = seed.wrapping_add(SEED_STEP);
    }
    println!(
        "{played} seeds from {:#x}: {events} events, {refused} of them refused, {contacts} contacts, \
         every law held",
        wanted.first_seed
    );
    let ends: Vec<String> =
        reasons.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
    println!("ends: {}", ends.join(", "));
    ExitCode::SUCCESS
}
