// SPDX-License-Identifier: EUPL-1.2
//! Shows the centre at its main job: check a county, rehearse its year, serve it to those who call.

use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::cargo::{build_product, root};
use crate::ui;

/// What a newcomer sees, in this order; each line is also a command of its own.
const STEPS: [(&str, &str); 5] = [
    ("Is the example county in order?", "check examples/harburg.toml"),
    (
        "What does somebody hear who dials 115 on a Friday afternoon?",
        "when examples/harburg.toml --line 115 --at 2014-03-07T15:30",
    ),
    (
        "A year of calls, played through the code that decides live",
        "simulate --config examples/harburg.toml --from 2014-01-01 --to 2014-12-31 \
         --calls 100000 --seed 115",
    ),
    (
        "A day of storm: five times the calls, and the crisis plan runs",
        "simulate --config examples/harburg.toml --from 2014-03-05 --to 2014-03-05 \
         --load 5 --plan unwetter",
    ),
    (
        "The service starts, citizens call it by real telephone calls, and you are one of the agents: in a browser, or by keys here",
        "practice --config examples/harburg.toml",
    ),
];

/// Builds the product and runs every step; stops at the first that fails.
pub(crate) fn run() -> Outcome {
    println!("Building. The first time takes some minutes.");
    // The pages are part of the program; without them a newcomer still works by keys.
    if let Err(why) = ui::build() {
        println!("The pages are left out: {why}");
    }
    let program = build_product()?;
    for (title, line) in STEPS {
        println!("\n── {title}\n   amtsleitung {line}\n");
        step(&program, line)?;
    }
    Ok(())
}

fn step(program: &Path, line: &str) -> Outcome {
    let status = Command::new(program)
        .args(line.split_whitespace())
        .current_dir(root())
        .status()
        .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
    if status.success() {
        return Ok(());
    }
    Err(format!(
        "The step failed ({status}). To repeat:\n  cargo run --release -p amtsleitung -- {line}"
    ))
}
