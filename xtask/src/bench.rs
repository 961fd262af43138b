// SPDX-License-Identifier: EUPL-1.2
//! Prints what the centre costs; asserts nothing, because machines differ.

pub(crate) mod log;
pub(crate) mod search;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::cargo::{Cargo, build_product, root};
use crate::clock::Stopwatch;

/// The year that the figure is about.
const YEAR: &str = "simulate --config examples/harburg.toml --from 2014-01-01 --to 2014-12-31 \
                    --calls 100000 --seed 115 --format json";

/// How often it is played: the first time may read the program from disk.
const TIMES: u32 = 3;

/// What the kernel counts processor time in: `USER_HZ`, 100 a second on every Linux that Rust builds for.
const TICKS_PER_SECOND: u32 = 100;

/// The processor's time in user code and in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cpu {
    user: Duration,
    system: Duration,
}

/// Events a second through the core, what a waiting contact costs and how all of it grows, then the
/// processor time of a year of calls, then what the log costs.
pub(crate) fn bench() -> Outcome {
    Cargo::new("run --release -p sim --bin bench").run()?;
    let program = build_product()?;
    println!("\namtsleitung {YEAR}");
    for round in 1..=TIMES {
        let before = cpu_of_children()?;
        let watch = Stopwatch::start();
        play(&program)?;
        let wall = watch.read();
        let after = cpu_of_children()?;
        let (user, system) = (after.user - before.user, after.system - before.system);
        println!(
            "  {round}. user {:.2} s + system {:.2} s = {:.2} s of a processor, {:.2} s by the clock",
            user.as_secs_f64(),
            system.as_secs_f64(),
            (user + system).as_secs_f64(),
            wall.as_secs_f64()
        );
    }
    log::bench()
}

fn play(program: &Path) -> Outcome {
    let output = Command::new(program)
        .args(YEAR.split_whitespace())
        .current_dir(root())
        .output()
        .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "The year failed ({}):\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// The processor time of all children that have ended and were waited for.
fn cpu_of_children() -> Result<Cpu, String> {
    let stat = fs::read_to_string("/proc/self/stat")
        .map_err(|error| format!("cannot read /proc/self/stat: {error}"))?;
    parse_stat(&stat).ok_or_else(|| format!("/proc/self/stat is not understood: {stat}"))
}

/// Fields 16 and 17 of proc(5); counted after the name, which may contain spaces.
fn parse_stat(stat: &str) -> Option<Cpu> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(13);
    let user = fields.next()?.parse::<u32>().ok()?;
    let system = fields.next()?.parse::<u32>().ok()?;
    let tick = Duration::from_secs(1) / TICKS_PER_SECOND;
    Some(Cpu { user: tick * user, system: tick * system })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_line_is_understood() {
        let stat = "4711 (a (b) c) R 1 2 3 4 5 6 7 8 9 10 11 12 250 50 20 0 1 0 99";
        let expected =
            Cpu { user: Duration::from_millis(2_500), system: Duration::from_millis(500) };
        assert_eq!(parse_stat(stat), Some(expected));
        assert!(cpu_of_children().is_ok());
    }

    #[test]
    fn a_short_line_is_refused() {
        assert_eq!(parse_stat("4711 (x) R 1 2"), None);
        assert_eq!(parse_stat(""), None);
    }
}
