// SPDX-License-Identifier: EUPL-1.2
//! 110 and 112, dialled at a telephone of ours.
//!
//! The rule to keep: such a call leaves at once, before every rule, limit and queue, with the number as it is;
//! the centre hears nothing of it. Nothing else ever calls these numbers.

use super::dialled::Whither;
use super::door::status;
use super::exchange::Exchange;
use super::incoming::{No, is_emergency, user_of};
use super::leg::Peer;
use super::limits::EMERGENCY_TEXT;
use super::words::{EmergencyRoute, Refused};
use crate::media::{Clips, PlayId, Repeat};
use sip::Method;
use sip::agent::{CallId, InviteInfo};
use sip::message::Request;
use sip::number::Plan;
use stdx::Tick;

impl Exchange {
    /// Whether this asks for an emergency service: it is taken however far behind we are.
    pub(super) fn is_for_help(&self, request: &Request<'_>) -> bool {
        request.method == Method::Invite
            && emergency_number(&self.plan_of_phones(), request.uri.raw()).is_some()
    }

    /// The emergency number that a telephone of ours dialled, if it did.
    pub(super) fn help_wanted(&self, uri: &[u8]) -> Option<&'static str> {
        emergency_number(&self.plan_of_phones(), uri)
    }

    fn plan_of_phones(&self) -> Plan {
        self.plan_of(Peer::Phone(0))
    }

    /// A telephone of ours dialled one.
    pub(super) fn call_for_help(
        &mut self,
        now: Tick,
        call: CallId,
        phone: usize,
        (number, info): (&'static str, &InviteInfo),
    ) -> Result<(), No> {
        // The telephone's own emergency account can take it (RFC 3261, 21.3.5).
        let elsewhere = || No(Refused::Emergency, status(380), Some(BY_THE_SITES_LINE));
        match self.setup.phones[phone].emergency.clone() {
            EmergencyRoute::Trunk(trunk) => {
                self.counters.emergencies += 1;
                let whither = Whither::Help { trunk, number };
                self.dial(now, call, phone, (whither, info)).map_err(|_| elsewhere())
            }
            EmergencyRoute::Nowhere(text) if text.has_sound() => {
                self.say_where_help_is(now, call, (phone, info), text)?.ok_or_else(elsewhere)
            }
            EmergencyRoute::Nowhere(_) | EmergencyRoute::Unknown => Err(elsewhere()),
        }
    }

    /// The telephone says where the next one is by which help can be called; none if nothing can be heard there.
    fn say_where_help_is(
        &mut self,
        now: Tick,
        call: CallId,
        (phone, info): (usize, &InviteInfo),
        text: Clips,
    ) -> Result<Option<()>, No> {
        let mut leg = self.code_leg(call, phone, info)?;
        let capabilities = leg.sound.capabilities();
        let id = leg.sound.id;
        let Some((sdp, remote)) = leg.answer(capabilities) else { return Ok(None) };
        self.counters.refuse(Refused::Emergency);
        self.keep_code(call, leg, now + EMERGENCY_TEXT);
        let play = PlayId(self.next_play);
        self.next_play += 1;
        let is_heard = self.ua.answer(now, call, sdp).is_ok()
            && self.media.update(id, &remote).is_ok()
            && self.start(id, play, text, Repeat::Once);
        if !is_heard {
            self.end_code(now, call, true);
        }
        Ok(Some(()))
    }
}

const BY_THE_SITES_LINE: &str = "Emergency calls leave by the site's own line";

fn emergency_number(plan: &Plan, uri: &[u8]) -> Option<&'static str> {
    let number = plan.read(&user_of(uri)?)?;
    let digits = number.digits().filter(|_| is_emergency(plan, number))?;
    ["110", "112"].into_iter().find(|it| digits.as_bytes().ends_with(it.as_bytes()))
}
