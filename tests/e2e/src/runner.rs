// SPDX-License-Identifier: EUPL-1.2
//! Runs the cases side by side and says which failed; in the words of Rust's own tests.

use crate::clock::Stopwatch;
use std::collections::VecDeque;
use std::env;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

/// Cases at once: nearly all of their time is waiting, so they are many more than a machine has cores.
const AT_ONCE: usize = 20;

/// A case: its name and what it does.
pub type Case = (&'static str, fn());

/// Runs the cases whose names contain one of the arguments; without arguments all. The long ones
/// stand first.
///
/// # Panics
/// If the threads cannot be started.
#[must_use]
pub fn run(cases: &[Case]) -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--list") {
        cases.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|it| name.contains(it.as_str()));
    let chosen: VecDeque<Case> = cases.iter().copied().filter(|(it, _)| is_wanted(it)).collect();
    println!("\nrunning {} tests", chosen.len());
    let (count, watch) = (chosen.len(), Stopwatch::start());
    let failed = run_all(chosen);
    let verdict = if failed.is_empty() { "ok" } else { "FAILED" };
    for name in &failed {
        println!("failed: {name}");
    }
    println!(
        "\ntest result: {verdict}. {} passed; {} failed; 0 ignored; 0 measured; {} filtered out; finished in {:.2}s\n",
        count - failed.len(),
        failed.len(),
        cases.len() - count,
        watch.read().as_secs_f64()
    );
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_all(chosen: VecDeque<Case>) -> Vec<&'static str> {
    let (queue, failed) = (Mutex::new(chosen), Mutex::new(Vec::new()));
    let next = || queue.lock().ok().and_then(|mut queue| queue.pop_front());
    let work = || {
        while let Some((name, case)) = next() {
            let watch = Stopwatch::start();
            // A thread of its own, so that what it says when it fails begins with its name.
            let thread = thread::Builder::new().name(name.to_owned()).spawn(case);
            let passed = thread.expect("the system gives threads").join().is_ok();
            let word = if passed { "ok" } else { "FAILED" };
            println!("test {name} ... {word} ({:.1} s)", watch.read().as_secs_f64());
            if !passed && let Ok(mut failed) = failed.lock() {
                failed.push(name);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    failed.into_inner().expect("no thread panics outside of its case")
}
