// SPDX-License-Identifier: EUPL-1.2
//! What each leg needs to go on after a restart, as plain data that the app keeps.
//!
//! Sound lives in this process and ends with it, so no leg goes on yet: whoever starts anew hangs up what the
//! one before has left, and nobody listens to silence until a timer of the peer's.
//!
//! The rule to keep: a leg whose record is old or missing loses nothing but that farewell.

use super::exchange::Exchange;
use super::limits::RECORDS_WAITING_MAX;
use super::trace::Party;
use crate::media::LocalPorts;
use sip::agent::{CallId, SavedCall};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use stdx::{ContactId, Tick};

/// A leg that is up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegRecord {
    /// Whose call it belongs to.
    pub contact: ContactId,
    /// Who is at its other end.
    pub party: Party,
    /// Its dialog, descriptions and timers.
    pub call: SavedCall,
    /// Our address and ports of its sound, if they are open.
    pub sound: Option<(IpAddr, LocalPorts)>,
}

/// What became of a leg since it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegChange {
    /// It is up, and this is what there is to know.
    Up(CallId, Box<LegRecord>),
    /// It is gone.
    Gone(CallId),
}

/// Which legs are recorded.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// Those that are up, as far as somebody has heard of them.
    known: BTreeSet<CallId>,
    /// Those that may have changed since.
    touched: BTreeSet<CallId>,
}

impl Records {
    /// Whether something happened to a leg since somebody asked.
    pub(super) fn has_news(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Something happened to a leg.
    pub(super) fn touch(&mut self, call: CallId) {
        if self.touched.len() < RECORDS_WAITING_MAX {
            self.touched.insert(call);
        }
    }
}

impl Exchange {
    /// What has changed since the last time that this was asked.
    pub(super) fn changed_legs(&mut self, now: Tick) -> Vec<LegChange> {
        let Some(records) = &mut self.records else { return Vec::new() };
        let touched = std::mem::take(&mut records.touched);
        touched.into_iter().filter_map(|call| self.changed_leg(now, call)).collect()
    }

    fn changed_leg(&mut self, now: Tick, call: CallId) -> Option<LegChange> {
        let record = self.record(now, call);
        let known = &mut self.records.as_mut()?.known;
        match record {
            Some(record) => {
                known.insert(call);
                Some(LegChange::Up(call, Box::new(record)))
            }
            None => known.remove(&call).then_some(LegChange::Gone(call)),
        }
    }

    fn record(&mut self, now: Tick, id: CallId) -> Option<LegRecord> {
        let (contact, party) = self.party_of(id)?;
        let call = self.ua.save(now, id)?;
        let sound = &self.leg_mut(contact, id)?.sound;
        Some(LegRecord { contact, party, call, sound: sound.ports.map(|ports| (sound.ip, ports)) })
    }

    /// Takes the legs of the process before; says whether this one could be hung up.
    pub(super) fn hang_up_left_over(
        &mut self,
        now: Tick,
        locals: &[SocketAddr],
        left: LegRecord,
    ) -> bool {
        // A connection has ended with its process, and the peer has seen that.
        let is_reached = left.call.flow.connection.is_none();
        if !is_reached || !locals.contains(&left.call.flow.local) {
            return false;
        }
        let restored = self.ua.restore(now, left.call);
        restored.is_ok_and(|call| self.ua.hang_up(now, call, Some(FAILED)).is_ok())
    }
}

/// Why: a temporary failure (ITU-T Q.850, cause 41; RFC 3326).
const FAILED: &[u8] = b"Q.850;cause=41";
