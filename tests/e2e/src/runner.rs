// SPDX-License-Identifier: EUPL-1.2
//! Runs the cases side by side, and afterwards those that need the machine; says which failed, in the words of
//! Rust's own tests.

use crate::clock::Stopwatch;
use std::collections::VecDeque;
use std::env;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

/// Cases at once: nearly all of their time is waiting, so they are many more than a machine has cores.
const AT_ONCE: usize = 20;

/// Cases at once that keep a processor busy themselves: one for each core of the smallest machine.
const FEW_AT_ONCE: usize = 2;

/// A case: its name and what it does.
pub type Case = (&'static str, fn());

/// Runs the cases whose names contain one of the arguments; without arguments all. Of those that may run side by
/// side the long ones stand first; the busy ones run after them.
///
/// # Panics
/// If the threads cannot be started.
#[must_use]
pub fn run(side_by_side: &[Case], busy: &[Case]) -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "--list") {
        side_by_side.iter().chain(busy).for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let wanted: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|it| name.contains(it.as_str()));
    let chosen = |cases: &[Case]| -> VecDeque<Case> {
        cases.iter().copied().filter(|(it, _)| is_wanted(it)).collect()
    };
    let (crowd, few) = (chosen(side_by_side), chosen(busy));
    let (count, all) = (crowd.len() + few.len(), side_by_side.len() + busy.len());
    println!("\nrunning {count} tests");
    let watch = Stopwatch::start();
    let mut failed = run_all(crowd, AT_ONCE);
    failed.extend(run_all(few, FEW_AT_ONCE));
    let verdict = if failed.is_empty() { "ok" } else { "FAILED" };
    for name in &failed {
        println!("failed: {name}");
    }
    println!(
        "\ntest result: {verdict}. {} passed; {} failed; 0 ignored; 0 measured; {} filtered out; finished in {:.2}s\n",
        count - failed.len(),
        failed.len(),
        all - count,
        watch.read().as_secs_f64()
    );
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_all(chosen: VecDeque<Case>, at_once: usize) -> Vec<&'static str> {
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
        for _ in 0..at_once {
            scope.spawn(work);
        }
    });
    failed.into_inner().expect("no thread panics outside of its case")
}
