// SPDX-License-Identifier: EUPL-1.2
//! What this process has used so far, as the kernel counts it (Linux).

use std::fs;

/// Processor time of the main thread, in nanoseconds; it moves on with the kernel's ticks of some
/// milliseconds, so measure a tenth of a second at least.
///
/// # Errors
/// If this system does not say.
pub(crate) fn cpu_nanos() -> Result<u64, String> {
    let path = "/proc/self/schedstat";
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let first = text.split(' ').next().and_then(|it| it.parse().ok());
    first.ok_or_else(|| format!("{path} is not understood: {text}"))
}

/// Memory in use, in bytes: pages that are really there.
///
/// # Errors
/// If this system does not say.
pub(crate) fn resident() -> Result<u64, String> {
    let path = "/proc/self/smaps_rollup";
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let kib = text.lines().find_map(|line| line.strip_prefix("Rss:")?.strip_suffix("kB"));
    let kib: Option<u64> = kib.and_then(|it| it.trim().parse().ok());
    kib.map(|it| it * 1024).ok_or_else(|| format!("{path} is not understood: {text}"))
}
