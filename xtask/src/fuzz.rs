// SPDX-License-Identifier: EUPL-1.2
//! Feeds everything that reads what others wrote with bytes that nobody thought of.
//!
//! libFuzzer on stable Rust: the coverage flags are LLVM's own, so nothing but the ordinary compiler
//! is needed. Rule: what was found stays where it lies until a test has its place.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::cargo::{Cargo, host, root};

/// What makes LLVM count which edges ran, and show comparisons to the fuzzer.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// Seconds for each target in a check, and when asked for without a number.
const SHORT_SECONDS: u32 = 5;
const LONG_SECONDS: u32 = 120;

/// No input may keep a reader busy for longer, in seconds.
const TIMEOUT_SECONDS: u32 = 10;

/// One target: its name, the longest input in bytes, and a file to begin with.
struct Target {
    name: &'static str,
    length_max: u32,
    example: &'static str,
}

const TARGETS: [Target; 8] = [
    Target { name: "configuration", length_max: 20_000, example: "examples/harburg.toml" },
    Target { name: "opening-hours", length_max: 300, example: "fuzz/seeds/opening-hours.txt" },
    Target { name: "sip-message", length_max: 4_000, example: "fuzz/seeds/invite.txt" },
    Target { name: "sdp", length_max: 2_000, example: "fuzz/seeds/offer.txt" },
    Target { name: "crypto", length_max: 200, example: "fuzz/seeds/crypto.txt" },
    Target { name: "rtp", length_max: 400, example: "fuzz/seeds/rtp.txt" },
    Target { name: "srtp", length_max: 400, example: "fuzz/seeds/rtp.txt" },
    Target {
        name: "xzufi",
        length_max: 6_000,
        example: "edge/catalogue/tests/samples/transfer-2.2.xml",
    },
];

/// A few seconds for every target.
pub(crate) fn short() -> Outcome {
    all(SHORT_SECONDS)
}

/// Minutes for every target.
pub(crate) fn long() -> Outcome {
    all(LONG_SECONDS)
}

/// One target for so many seconds.
pub(crate) fn one(name: &str, seconds: &str) -> Outcome {
    let seconds = seconds.parse().map_err(|_| format!("\"{seconds}\" is no number of seconds"))?;
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.ok_or_else(|| format!("no target {name}; there are {names:?}"))?;
    target.run(&build()?, seconds)
}

fn all(seconds: u32) -> Outcome {
    let programs = build()?;
    TARGETS.iter().try_for_each(|target| target.run(&programs, seconds))
}

/// Builds all targets with coverage, in a folder of their own; returns the programs' folder.
fn build() -> Result<PathBuf, String> {
    let host = host()?;
    let call = format!(
        "build --release --manifest-path fuzz/Cargo.toml --target-dir target/fuzz --target {host}"
    );
    // With a target named, the flags are not applied to build scripts.
    Cargo::new(&call).env("RUSTFLAGS", COVERAGE).run()?;
    Ok(root().join("target/fuzz").join(host).join("release"))
}

impl Target {
    fn run(&self, programs: &Path, seconds: u32) -> Outcome {
        let Target { name, length_max, example } = self;
        let corpus = root().join("target/fuzz/corpus").join(name);
        let found = root().join("target/fuzz/found").join(name).join("");
        let prepare = |folder: &Path| {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
        };
        prepare(&corpus)?;
        prepare(&found)?;
        let seed = root().join(example);
        fs::copy(&seed, corpus.join("example"))
            .map_err(|error| format!("{}: {error}", seed.display()))?;
        let status = Command::new(programs.join(name))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={length_max}"))
            .arg(format!("-timeout={TIMEOUT_SECONDS}"))
            .arg(format!("-artifact_prefix={}", found.display()))
            .args(["-verbosity=0", "-print_final_stats=1"])
            .arg(&corpus)
            .current_dir(root())
            .status()
            .map_err(|error| format!("cannot start the target {name}: {error}"))?;
        if status.success() {
            println!("{name}: {seconds} seconds without a finding");
            return Ok(());
        }
        Err(format!(
            "The target {name} found something; it lies in {}. To repeat:\n  {} FILE",
            found.display(),
            programs.join(name).display()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_a_program_of_the_fuzz_crate_and_has_its_example() {
        let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("fuzz/Cargo.toml");
        for target in TARGETS {
            assert!(manifest.contains(&format!("name = \"{}\"", target.name)), "{}", target.name);
            assert!(root().join(target.example).is_file(), "{}", target.example);
        }
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len(), "a target is left out");
    }
}
