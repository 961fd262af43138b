// SPDX-License-Identifier: EUPL-1.2
//! Calls between software that we did not write, through the built program.

mod agents;
mod endings;
mod process;
mod sessions;
mod sound;

use e2e::{programs, runner};
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(sentence) = programs::missing() {
        eprintln!("{sentence}");
        return ExitCode::FAILURE;
    }
    runner::run(
        &[
            sessions::LONG,
            endings::CASES,
            agents::CASES,
            sessions::CASES,
            process::CASES,
            sound::CASES,
        ]
        .concat(),
    )
}
