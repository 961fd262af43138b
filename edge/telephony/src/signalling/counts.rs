// SPDX-License-Identifier: EUPL-1.2
//! What is counted for metrics. No number of anybody is among it.

use super::words::Refused;

/// Counters since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages that came.
    pub received: u64,
    /// Messages that were sent.
    pub sent: u64,
    /// Calls that came and were told to the centre.
    pub calls: u64,
    /// Calls to emergency services that left.
    pub emergencies: u64,
    /// Calls that did not leave because the trunk's day was used up.
    pub outbound_refused: u64,
    /// Calls of others that were put through to the exchange behind which their number lies.
    pub passed_on: u64,
    /// Telephones of agents that were made to ring.
    pub rings: u64,
    /// Times at which media could not do what was asked: no port, or behind.
    pub media_refused: u64,
    refused: [u64; Refused::ALL.len()],
}

impl Counters {
    /// Counts a refusal.
    pub(super) fn refuse(&mut self, why: Refused) {
        self.refused[why as usize] += 1;
    }

    /// Refusals by reason.
    pub fn refusals(&self) -> impl Iterator<Item = (Refused, u64)> {
        Refused::ALL.into_iter().map(|why| (why, self.refused[why as usize]))
    }
}
