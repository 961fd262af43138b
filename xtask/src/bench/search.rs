// SPDX-License-Identifier: EUPL-1.2
//! How often the search finds what is meant, beside two others: a program in a workspace of its own, because
//! what it measures beside takes minutes to compile.

use std::path;

use crate::Outcome;
use crate::cargo::Cargo;

const PROGRAM: &str =
    "run --quiet --release --manifest-path bench/Cargo.toml --target-dir target/bench --";

/// What a file follows.
const FILES: [&str; 2] = ["--queries", "--synonyms"];

/// The folder of real data, which may be named from where one stands.
const SHARED: &str = "AMTSLEITUNG_SHARED";

/// Our own questions, two cities' catalogues, and how fast it is; or the questions of a file to one catalogue; with an
/// operator's synonyms or without.
pub(crate) fn bench(words: &[&str]) -> Outcome {
    let mut call = Cargo::new(PROGRAM);
    let mut is_file = false;
    for word in words {
        // Cargo runs in the root of the workspace; the file lies where one stands.
        call = call.arg(&if is_file { absolute(word)? } else { (*word).to_owned() });
        is_file = FILES.contains(word);
    }
    with_shared(call)?.run()
}

fn with_shared(call: Cargo) -> Result<Cargo, String> {
    match std::env::var(SHARED) {
        Ok(folder) if !folder.is_empty() => Ok(call.env(SHARED, absolute(&folder)?)),
        Ok(_) | Err(_) => Ok(call),
    }
}

fn absolute(path: &str) -> Result<String, String> {
    let whole = path::absolute(path).map_err(|error| format!("{path:?}: {error}"))?;
    whole.into_os_string().into_string().map_err(|_| format!("{path:?} is no text"))
}
