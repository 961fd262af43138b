// SPDX-License-Identifier: EUPL-1.2
//! A number that is not ours yet, or not ours any more: who calls it is put through to the exchange behind which it
//! lies. So a town hall's numbers move to the centre one by one, and back, while all of them can be reached.
//!
//! ```text
//!   carrier ──▶ a line's number ──▶ the centre
//!          └──▶ a number of `extensions` ──▶ that exchange, with the caller's number and all that was said of the way
//! ```
//!
//! The rule to keep: such a call is no contact and nothing decides about it; it never goes back to where it came
//! from, and never to 110 or 112.

use super::dialled::Whither;
use super::door::status;
use super::elsewhere::{Fields, uri};
use super::exchange::Exchange;
use super::incoming::{No, caller, is_emergency, numbers_called};
use super::leg::Peer;
use super::words::{Outside, Refused};
use sip::agent::limits::MAX_FORWARDS;
use sip::agent::{CallId, InviteInfo};
use sip::message::Name;
use sip::number::Number;
use stdx::{Redacted, Tick};

/// What goes on with a call that is put through unchanged.
const UNCHANGED: [Name; 2] = [Name::Diversion, Name::HistoryInfo];

/// Who a caller is who is put through.
pub(super) struct Shown {
    number: Number,
    /// What was said of the way so far.
    way: Fields,
}

impl Exchange {
    /// The exchange behind which a number lies.
    pub(super) fn behind(&self, number: Number) -> Option<Outside> {
        let trunk = self.setup.trunks.iter().position(|it| it.leads_to(number))?;
        Some(Outside { trunk, number })
    }

    /// Where a call from this trunk is put through to; none if it is for a line, for nobody, or for an extension
    /// of the exchange that sends it.
    pub(super) fn passes(&self, from: usize, info: &InviteInfo) -> Option<Outside> {
        let plan = self.plan_of(Peer::Trunk(from));
        if self.is_for_a_line(Peer::Trunk(from), info) {
            return None;
        }
        let mut numbers = numbers_called(&plan, info).filter(|&it| !is_emergency(&plan, it));
        let behind = numbers.find_map(|number| self.behind(number))?;
        (behind.trunk != from).then_some(behind)
    }

    /// Puts it through.
    pub(super) fn pass_on(
        &mut self,
        now: Tick,
        call: CallId,
        (from, to): (usize, Outside),
        info: &InviteInfo,
    ) -> Result<(), No> {
        let peer = Peer::Trunk(from);
        if !self.lets_in {
            return Err(No(Refused::Busy, status(503), None));
        }
        if !self.has_channel(peer) || !self.has_channel(Peer::Trunk(to.trunk)) {
            return Err(No(Refused::NoChannel, status(503), None));
        }
        let hops = info.max_forwards.unwrap_or(MAX_FORWARDS).checked_sub(1);
        let hops = hops.ok_or(No(Refused::NoSession, status(483), None))?;
        let number = caller(&self.plan_of(peer), info);
        let said = |name: Name| info.all(name).map(move |it| (name, Redacted::new(it.to_vec())));
        let shown = Shown { number, way: UNCHANGED.into_iter().flat_map(said).collect() };
        self.begin_dialled(now, (call, peer, Some(shown)), (Whither::Behind(to), hops), info)?;
        self.trunks[from].calls += 1;
        self.counters.passed_on += 1;
        Ok(())
    }

    /// From, and what the exchange has to know: the caller, or that nobody may (RFC 3323, RFC 3325).
    pub(super) fn put_through_as(&self, shown: &Shown, whither: Whither) -> (Vec<u8>, Fields) {
        let trunk = match whither {
            Whither::Behind(to) | Whither::Outside(to) => Some(to.trunk),
            Whither::Help { .. } | Whither::Phone(_) => None,
        };
        let domain = trunk.map_or(&self.setup.domain[..], |trunk| self.domain_at(trunk));
        let mut fields = shown.way.clone();
        let Some(caller) = uri(shown.number, domain) else {
            fields.push((Name::Privacy, Redacted::new(b"id".to_vec())));
            return (b"<sip:anonymous@anonymous.invalid>".to_vec(), fields);
        };
        let caller = [b"<", &caller[..], b">"].concat();
        fields.push((Name::PAssertedIdentity, Redacted::new(caller.clone())));
        (caller, fields)
    }
}
