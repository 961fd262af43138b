// SPDX-License-Identifier: EUPL-1.2
//! How long callers waited until somebody answered.

use crate::record::ContactRecord;
use alloc::vec::Vec;
use stdx::Micros;

/// Waits from call set-up to the agent, of those who were answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Half waited no longer.
    pub median: Micros,
    /// 90 of 100 waited no longer.
    pub p90: Micros,
    /// 95 of 100 waited no longer.
    pub p95: Micros,
    /// Nobody waited longer.
    pub max: Micros,
}

/// The waits of these contacts; none if nobody was answered. Percentiles by the nearest rank, so
/// each is the wait of a real contact.
#[must_use]
pub fn waits<'a>(records: impl IntoIterator<Item = &'a ContactRecord>) -> Option<Waits> {
    let mut answered: Vec<Micros> =
        records.into_iter().filter_map(|record| record.answered_after).collect();
    if answered.is_empty() {
        return None;
    }
    answered.sort_unstable();
    let rank = |percent: usize| answered[(answered.len() * percent).div_ceil(100) - 1];
    Some(Waits { median: rank(50), p90: rank(90), p95: rank(95), max: rank(100) })
}
