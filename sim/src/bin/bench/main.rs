// SPDX-License-Identifier: EUPL-1.2
//! What the centre costs: an event, a contact that waits, and how both grow.
//!
//! The rule to keep: memory is measured first, while nothing that was freed can be used again unseen.
#![forbid(unsafe_code)]

mod cost;
mod estimate;
mod growth;
mod replay;
mod waiting;

use std::process::ExitCode;

fn main() -> ExitCode {
    let measured = waiting::measure()
        .and_then(|()| estimate::measure())
        .and_then(|()| replay::measure())
        .and_then(|()| growth::measure());
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
