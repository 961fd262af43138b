// SPDX-License-Identifier: EUPL-1.2
//! The program `amtsleitung`: hands its arguments to the command they name.

use std::process::ExitCode;

fn main() -> ExitCode {
    amtsleitung::commands::run(std::env::args_os().skip(1).collect())
}
