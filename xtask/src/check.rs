// SPDX-License-Identifier: EUPL-1.2
//! All that must hold before a change is shared, part by part, with the time of each.
//!
//! Rule: every part uses the same target folder and profile, so that nothing is built twice.

use std::env;
use std::time::Duration;

use serde_json::Value;

use crate::Outcome;
use crate::cargo::{self, Cargo};
use crate::clock::Stopwatch;
use crate::fuzz;
use crate::postgres::{self, Postgres};
use crate::seed::Seed;
use crate::soak;
use crate::tidy;
use crate::ui;

/// A part ends with a remark for the table, or with what to do.
type Verdict = Result<String, String>;

/// One line of the table at the end.
struct Row {
    name: &'static str,
    time: Option<Duration>,
    remark: String,
}

/// Runs every part; stops at the first that fails; prints the table in any case.
pub(crate) fn check(seed: Seed) -> Outcome {
    let simulation = move || soak::slice(seed).map(|()| format!("first seed {seed}"));
    let parts: [(&'static str, &dyn Fn() -> Verdict); 9] = [
        ("format", &|| silent("fmt --all --check")),
        ("lints", &|| silent("clippy --workspace --all-targets -- -D warnings")),
        ("core alone", &core_alone),
        ("pages", &ui::check),
        ("tests", &tests),
        ("simulation", &simulation),
        ("fuzz", &|| fuzz::short().map(|()| String::new())),
        ("tidy", &|| tidy::tidy().map(|()| String::new())),
        ("docs", &docs),
    ];
    if env::var_os("AMTSLEITUNG_SHARED").is_none() {
        println!(
            "AMTSLEITUNG_SHARED is not set: tests that read real data will say so and pass without."
        );
    }
    let whole = Stopwatch::start();
    let mut rows = Vec::new();
    let mut outcome = Ok(());
    for (name, act) in parts {
        rows.push(match outcome {
            Ok(()) => run_part(name, act, &mut outcome),
            Err(_) => Row { name, time: None, remark: "not run".to_owned() },
        });
    }
    print!("{}", table(&rows, whole.read()));
    outcome
}

fn run_part(name: &'static str, act: &dyn Fn() -> Verdict, outcome: &mut Outcome) -> Row {
    println!("\n── {name} {}", "─".repeat(70 - name.len()));
    let watch = Stopwatch::start();
    let verdict = act();
    let time = Some(watch.read());
    match verdict {
        Ok(remark) => Row { name, time, remark },
        Err(message) => {
            *outcome = Err(format!("[{name}] {message}"));
            Row { name, time, remark: "FAILED".to_owned() }
        }
    }
}

fn table(rows: &[Row], whole: Duration) -> String {
    let mut text = format!("\n{:<12} {:>9}\n", "part", "seconds");
    for row in rows {
        let time = row.time.map_or("–".to_owned(), |time| format!("{:.1}", time.as_secs_f64()));
        let line = format!("{:<12} {time:>9}  {}", row.name, row.remark);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str(&format!("{:<12} {:>9.1}\n", "together", whole.as_secs_f64()));
    text
}

fn silent(call: &str) -> Verdict {
    Cargo::new(call).run().map(|()| String::new())
}

fn docs() -> Verdict {
    let call = Cargo::new("doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings");
    call.run().map(|()| String::new())
}

/// Each core crate by itself, so that a feature that another crate switches on cannot hide a clock.
fn core_alone() -> Verdict {
    let metadata = cargo::metadata()?;
    let names = core_packages(&metadata);
    if names.is_empty() {
        return Err("No package was found below core/.".to_owned());
    }
    for name in &names {
        Cargo::new(&format!("clippy -p {name} --lib -- -D warnings")).run()?;
    }
    Ok(format!("{} crates", names.len()))
}

fn core_packages(metadata: &Value) -> Vec<String> {
    let core = format!("{}/core/", metadata["workspace_root"].as_str().unwrap_or_default());
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages
        .filter(|package| package["manifest_path"].as_str().is_some_and(|p| p.starts_with(&core)))
        .filter_map(|package| package["name"].as_str().map(str::to_owned))
        .collect()
}

/// All tests of the workspace, scenarios among them, with a server for those of the store; counts them over all
/// their programs.
fn tests() -> Verdict {
    let mut sum = Counts::default();
    let postgres = Postgres::start()?;
    let tests = Cargo::new("test --workspace").env(postgres::VARIABLE, postgres.address());
    tests.run_with(|line| {
        println!("{line}");
        sum.add(line);
    })?;
    match sum.passed {
        0 => Err("Not a single test ran.".to_owned()),
        _ => Ok(format!("{} passed, {} ignored", sum.passed, sum.ignored)),
    }
}

/// Tests that were counted so far.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    ignored: u64,
}

impl Counts {
    /// Adds what a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …` says.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        for clause in result.split([';', '.']) {
            match clause.split_whitespace().collect::<Vec<_>>()[..] {
                [count, "passed"] => self.passed += count.parse().unwrap_or(0),
                [count, "ignored"] => self.ignored += count.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_over_all_programs() {
        let mut sum = Counts::default();
        sum.add("running 3 tests");
        sum.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        sum.add("test result: ok. 40 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out");
        assert_eq!(sum, Counts { passed: 43, ignored: 1 });
    }

    #[test]
    fn the_table_names_what_was_not_run() {
        let rows = [
            Row {
                name: "lints",
                time: Some(Duration::from_millis(1_250)),
                remark: "FAILED".into(),
            },
            Row { name: "tests", time: None, remark: "not run".into() },
        ];
        let text = table(&rows, Duration::from_secs(2));
        assert_eq!(
            text,
            "\npart           seconds\n\
             lints              1.2  FAILED\n\
             tests                –  not run\n\
             together           2.0\n"
        );
    }

    #[test]
    fn core_packages_are_those_below_core() {
        let metadata = serde_json::json!({
            "workspace_root": "/x",
            "packages": [
                { "name": "acd", "manifest_path": "/x/core/acd/Cargo.toml" },
                { "name": "hours", "manifest_path": "/x/edge/hours/Cargo.toml" },
                { "name": "itoa", "manifest_path": "/registry/core/itoa/Cargo.toml" },
            ]
        });
        assert_eq!(core_packages(&metadata), ["acd"]);
    }
}
