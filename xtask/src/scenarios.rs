// SPDX-License-Identifier: EUPL-1.2
//! Plays the stories of `tests/scenarios`.

use crate::Outcome;
use crate::cargo::{BLESS, Cargo};

const CALL: &str = "test -p sim --test scenarios";

/// Plays every story and compares its right side.
pub(crate) fn play() -> Outcome {
    Cargo::new(CALL).run()
}

/// Plays every story and writes its right side anew; the difference is then read line by line.
pub(crate) fn bless() -> Outcome {
    Cargo::new(CALL).env(BLESS, "1").run()?;
    println!("The right sides were written anew. Read every line of the difference.");
    Ok(())
}
