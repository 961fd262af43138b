// SPDX-License-Identifier: EUPL-1.2
//! What a process and its children have used so far, read from `/proc` (proc(5)).

use std::fs;

/// What the kernel counts processor time in: `USER_HZ`, 100 a second on every Linux that Rust builds for.
const NANOS_PER_TICK: u64 = 10_000_000;

/// Generations of children that are looked at.
const GENERATIONS: usize = 4;

/// A process and all that came from it.
#[derive(Clone, Debug)]
pub struct Family(Vec<u32>);

impl Family {
    /// The process with this number, and its children at this moment.
    pub fn of(root: u32) -> Result<Family, String> {
        let mut members = vec![root];
        for _ in 0..GENERATIONS {
            for (pid, parent) in all()? {
                if members.contains(&parent) && !members.contains(&pid) {
                    members.push(pid);
                }
            }
        }
        let family = Family(members);
        family.cpu_nanos()?;
        Ok(family)
    }

    /// Processor time, user and system, in nanoseconds.
    pub fn cpu_nanos(&self) -> Result<u64, String> {
        let mut sum = 0;
        for pid in &self.0 {
            let path = format!("/proc/{pid}/stat");
            let stat = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
            sum += ticks(&stat).ok_or_else(|| format!("{path} is not understood: {stat}"))?;
        }
        Ok(sum * NANOS_PER_TICK)
    }

    /// Resident memory of the first of them, in KiB.
    pub fn resident_kib(&self) -> Result<u64, String> {
        let path = format!("/proc/{}/status", self.0[0]);
        let status = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        resident(&status).ok_or_else(|| format!("{path} names no VmRSS"))
    }
}

/// Every process with its parent.
fn all() -> Result<Vec<(u32, u32)>, String> {
    let folder = fs::read_dir("/proc").map_err(|error| format!("/proc: {error}"))?;
    let names = folder.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let pids = names.filter_map(|name| name.parse::<u32>().ok());
    let parent = |pid: u32| {
        // One that has ended meanwhile has no file any more.
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        Some((pid, after_name(&stat)?.nth(1)?.parse().ok()?))
    };
    Ok(pids.filter_map(parent).collect())
}

/// The fields from the third on; counted after the name, which may contain spaces.
fn after_name(stat: &str) -> Option<std::str::SplitWhitespace<'_>> {
    Some(stat.rsplit_once(')')?.1.split_whitespace())
}

/// Fields 14 and 15.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = after_name(stat)?.skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_lines_are_understood() {
        let stat = "4711 (a (b) c) R 1 2 3 4 5 6 7 8 9 10 250 50 7 8 20 0 1 0 99";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("4711 (x) R 1 2"), None);
        assert_eq!(resident("Name:\tx\nVmRSS:\t   10860 kB\n"), Some(10_860));
        assert_eq!(resident("Name:\tx\n"), None);
    }

    #[test]
    fn this_process_has_used_something() {
        let family = Family::of(std::process::id()).expect("it runs");
        assert!(family.resident_kib().is_ok_and(|kib| kib > 0));
        assert!(Family::of(u32::MAX).is_err());
    }
}
