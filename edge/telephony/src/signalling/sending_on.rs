// SPDX-License-Identifier: EUPL-1.2
//! A caller is sent on to the partner: no channel of ours is used any more.
//!
//! ```text
//!   nobody has answered  302 ──▶ the carrier calls there; that is all we hear
//!   answered already     REFER ──▶ the carrier calls there ── reports ──▶ it worked: we hang up
//!                                                              └────────▶ it did not: the caller waits on
//! ```
//!
//! The rule to keep: who was answered keeps the place, and hears music, until the carrier has said that it worked.

use super::elsewhere::{Whom, partner_said, uri};
use super::exchange::Exchange;
use acd::contact::Parting;
use call::{Event, LegState, State};
use centre::{Event as Told, PartnerEnd};
use sip::Status;
use sip::agent::CallId;
use stdx::{ContactId, PartnerId, Redacted, Tick};

impl Exchange {
    /// Sends a caller on, answered or not, and tells the centre as soon as it is known how that went.
    pub(super) fn send_on(&mut self, now: Tick, contact: ContactId, partner: PartnerId) {
        let is_answered = self.is_answered(contact);
        if self.redirect(now, contact, partner) {
            self.tell_sent_on(contact, is_answered);
        } else if !self.refer_on(now, contact, partner) {
            let why = PartnerEnd::Unreachable;
            self.told.push_back(Told::PartnerFailed { contact, why });
        }
    }

    /// Sends a call on that nobody has answered yet (302, RFC 3261, 21.3.3). Says whether that was possible.
    pub(super) fn redirect(&mut self, now: Tick, contact: ContactId, partner: PartnerId) -> bool {
        let Some(target) = self.partner_at(partner) else { return false };
        let Some((call, LegState::Ringing)) = self.caller_of(contact) else { return false };
        let is_sent_on = self.ua.redirect(now, call, [b"<", &target[..], b">"].concat()).is_ok();
        if is_sent_on {
            self.apply(now, contact, Event::Release);
        }
        is_sent_on
    }

    /// Asks the carrier to call the partner in place of us (RFC 5589, 6). Says whether that was possible.
    fn refer_on(&mut self, now: Tick, contact: ContactId, partner: PartnerId) -> bool {
        let Some(target) = self.partner_at(partner) else { return false };
        let Some((call, _)) = self.caller_of(contact) else { return false };
        let by = self.conversations.get(&contact).map(|it| it.line);
        let by = by.and_then(|line| self.line(line).numbers.first());
        let by = by.and_then(|block| uri(block.first, &self.setup.domain));
        let by = by.map(|uri| Redacted::new([b"<", &uri[..], b">"].concat()));
        let is_asked = self.ua.refer(now, call, &Redacted::new(target), by.as_ref()).is_ok();
        if let Some(it) = self.conversations.get_mut(&contact) {
            it.sending_on = is_asked;
        }
        is_asked
    }

    /// The carrier said how it goes.
    pub(super) fn sending_on_went(&mut self, now: Tick, call: CallId, status: Status) {
        let Some(&contact) = self.by_call.get(&call) else { return };
        let is_answered = self.is_answered(contact);
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        if !status.is_final() {
            return;
        }
        let is_awaited = std::mem::take(&mut it.sending_on);
        if status.is_success() {
            // The caller is there by now, whatever has crossed that; who asked for it hangs up (RFC 5589, 6).
            self.tell_sent_on(contact, is_answered || !is_awaited);
            return self.apply(now, contact, Event::Release);
        }
        if !is_awaited {
            return;
        }
        let why = partner_said(status.code()).unwrap_or(PartnerEnd::Unreachable);
        self.told.push_back(Told::PartnerFailed { contact, why });
    }

    /// Nobody waits for the carrier's word any more: an agent has answered, or it took too long.
    pub(super) fn forget_sending_on(&mut self, contact: ContactId) {
        if let Some(it) = self.conversations.get_mut(&contact) {
            it.sending_on = false;
        }
    }

    /// Whether somebody of ours has picked up, which the centre has been told and may not have decided yet.
    fn is_answered(&self, contact: ContactId) -> bool {
        let state = self.conversations.get(&contact).map(|it| it.call.state());
        match state {
            Some(
                State::PickedUp(_)
                | State::Joined(_)
                | State::JoinedElsewhere
                | State::Conference(_),
            ) => true,
            Some(
                State::Arrived | State::Alone | State::Ringing(_) | State::Leaving | State::Over,
            )
            | None => false,
        }
    }

    /// The caller is gone from us: sent on, or out of a talk that began meanwhile.
    fn tell_sent_on(&mut self, contact: ContactId, too_late: bool) {
        let parting = Parting::HungUp;
        self.told.push_back(match too_late {
            true => Told::CallerLeft { contact, parting },
            false => Told::Deflected { contact },
        });
    }

    fn caller_of(&self, contact: ContactId) -> Option<(CallId, LegState)> {
        let it = self.conversations.get(&contact)?;
        Some((it.caller.call, it.call.caller.state()))
    }

    /// The partner's number, as the carrier has to dial it.
    fn partner_at(&self, partner: PartnerId) -> Option<Vec<u8>> {
        let outside = self.outside(Whom::Partner(partner))?;
        Some(self.outward(outside, 0)?.target)
    }
}
