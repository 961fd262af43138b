// SPDX-License-Identifier: EUPL-1.2
//! Calls between software that we did not write, through the built program.

mod endings;

use e2e::{programs, runner};
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(sentence) = programs::missing() {
        eprintln!("{sentence}");
        return ExitCode::FAILURE;
    }
    runner::run(&[endings::CASES].concat())
}
