// SPDX-License-Identifier: EUPL-1.2
//! 110 and 112, dialled at a telephone of ours.
//!
//! ```text
//!   telephone ──▶ the trunk of its site, every peer in turn ──▶ both hear each other
//! ```
//!
//! The rule to keep: such a call leaves at once, before every rule, limit and queue, with the number as it is;
//! the centre hears nothing of it. Nothing else ever calls these numbers.

use super::door::status;
use super::exchange::Exchange;
use super::incoming::{No, is_emergency, user_of};
use super::leg::{Leg, Peer, relayed};
use super::limits::{EMERGENCY_RING, EMERGENCY_SIGN, EMERGENCY_TEXT};
use super::words::{EmergencyRoute, Refused};
use crate::media::{PlayId, Repeat};
use sip::agent::limits::MAX_FORWARDS;
use sip::agent::{CallId, Invite, InviteInfo, Way};
use sip::message::Request;
use sip::number::Plan;
use sip::{Method, Status};
use stdx::{Redacted, Tick};

/// A call to an emergency service.
pub(super) struct EmergencyCall {
    /// The telephone's leg; its call is the key.
    phone: Leg,
    /// What it offered; none if it wants our offer.
    offered: Option<crate::media::Remote>,
    /// The leg to the service, while there is one.
    out: Option<Leg>,
    is_up: bool,
    trunk: usize,
    /// How many of the trunk's peers were asked.
    asked: usize,
    number: &'static str,
}

impl Exchange {
    /// Whether this asks for an emergency service: it is taken however far behind we are.
    pub(super) fn is_for_help(&self, request: &Request<'_>) -> bool {
        request.method == Method::Invite
            && emergency_number(&self.plan_of_phones(), request.uri.raw()).is_some()
    }

    /// The emergency number that a telephone of ours dialled, if it did.
    pub(super) fn help_wanted(&self, info: &InviteInfo) -> Option<&'static str> {
        emergency_number(&self.plan_of_phones(), info.request_uri.expose())
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
        let elsewhere = No(Refused::Emergency, status(380), Some(BY_THE_SITES_LINE));
        match self.setup.phones[phone].emergency.clone() {
            EmergencyRoute::Trunk(trunk) => {
                let (leg, offered) = self.caller_leg(call, Peer::Phone(phone), info)?;
                let it = EmergencyCall {
                    phone: leg,
                    offered,
                    out: None,
                    is_up: false,
                    trunk,
                    asked: 0,
                    number,
                };
                self.emergencies.insert(call, it);
                self.counters.emergencies += 1;
                if self.call_next_for_help(now, call) {
                    // The caller hears it ring.
                    let _ = self.ua.ring(now, call);
                } else {
                    self.emergencies.remove(&call);
                    return Err(elsewhere);
                }
                Ok(())
            }
            EmergencyRoute::Nowhere(text) if text.has_sound() => {
                let mut leg = self.code_leg(call, phone, info)?;
                let capabilities = leg.sound.capabilities();
                let id = leg.sound.id;
                let Some((sdp, remote)) = leg.answer(capabilities) else { return Err(elsewhere) };
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
                Ok(())
            }
            EmergencyRoute::Nowhere(_) | EmergencyRoute::Unknown => Err(elsewhere),
        }
    }

    /// Calls by the next peer of the trunk that can be called at all.
    fn call_next_for_help(&mut self, now: Tick, call: CallId) -> bool {
        loop {
            let Some(it) = self.emergencies.get_mut(&call) else { return false };
            let (trunk, nth, number) = (it.trunk, it.asked, it.number);
            it.asked += 1;
            let Some(peer) = self.setup.trunks.get(trunk).and_then(|it| it.peers.get(nth)).copied()
            else {
                return false;
            };
            let Some(&flow) = self.fixed_flows.get(&(peer.carrier, peer.address)) else { continue };
            let mut leg = self.new_leg(call, Peer::Trunk(trunk), &flow);
            leg.sound.wanted = leg.sound.wanted.for_help_outside();
            let (media, rng) = (&mut self.media, &mut self.rng);
            if leg.sound.open(media, rng, None, None, &mut self.counters).is_err() {
                return false;
            }
            let id = leg.sound.id;
            let invite = leg.offer(leg.sound.capabilities()).map(|offer| Invite {
                target: Redacted::new(format!("sip:{number}@{}", peer.address).into_bytes()),
                from: Redacted::new(self.caller_for_help(call)),
                flow,
                way: Way::Routes,
                headers: Vec::new(),
                offer,
                max_forwards: MAX_FORWARDS,
                ring_for: EMERGENCY_RING,
                credentials: None,
            });
            let Some(out) = invite.and_then(|invite| self.ua.invite(now, invite).ok()) else {
                self.close_sound(id);
                continue;
            };
            self.first_signs.insert((now + EMERGENCY_SIGN, out));
            self.trunks[trunk].calls += 1;
            if let Some(it) = self.emergencies.get_mut(&call) {
                it.out = Some(Leg { call: out, ..leg });
            }
            return true;
        }
    }

    fn caller_for_help(&self, call: CallId) -> Vec<u8> {
        let phone = self.emergencies.get(&call).map(|it| it.phone.peer);
        let id = match phone {
            Some(Peer::Phone(at)) => self.setup.phones.get(at).map_or("", |it| it.id.as_str()),
            Some(Peer::Trunk(_)) | None => "",
        };
        format!("<sip:{id}@{}>", self.setup.domain).into_bytes()
    }

    /// The telephone's call of which this is a leg.
    pub(super) fn emergency_of(&self, call: CallId) -> Option<CallId> {
        if self.emergencies.contains_key(&call) {
            return Some(call);
        }
        let is_out = |it: &EmergencyCall| it.out.as_ref().is_some_and(|leg| leg.call == call);
        self.emergencies.iter().find(|(_, it)| is_out(it)).map(|(&call, _)| call)
    }

    /// The service answered: both hear each other.
    pub(super) fn help_answers(&mut self, now: Tick, call: CallId, answer: Option<&[u8]>) {
        let Some(it) = self.emergencies.get_mut(&call) else { return };
        let Some(out) = &mut it.out else { return };
        let agreed = answer.and_then(|sdp| out.accept(sdp));
        let (Some(remote), Some(codec)) = (agreed, out.codec()) else {
            let out = out.call;
            self.hang_up(now, out, None);
            return self.emergency_leg_gone(now, out, call, Some(status(503)));
        };
        it.is_up = true;
        let updated = self.media.update(out.sound.id, &remote);
        self.counters.media_refused += u64::from(updated.is_err());
        let (media, rng) = (&mut self.media, &mut self.rng);
        let opened = it.phone.sound.open(media, rng, it.offered, None, &mut self.counters);
        let mut capabilities = it.phone.sound.capabilities();
        capabilities.codecs.retain(|&own| relayed(own, codec));
        let capabilities = capabilities.preferring(codec);
        let description = opened.ok().and_then(|()| match it.offered {
            Some(_) => {
                let (sdp, remote) = it.phone.answer(capabilities)?;
                let updated = self.media.update(it.phone.sound.id, &remote);
                updated.is_ok().then_some(sdp)
            }
            None => it.phone.offer(capabilities),
        });
        match description {
            Some(sdp) => {
                // A caller who gave up meanwhile tells so.
                let _ = self.ua.answer(now, call, sdp);
                self.join_help(call);
            }
            None => self.end_emergency(now, call, Some(status(488))),
        }
    }

    fn join_help(&mut self, call: CallId) {
        let Some(it) = self.emergencies.get(&call) else { return };
        if let Some(out) = &it.out {
            let joined = self.media.join(it.phone.sound.id, out.sound.id);
            self.counters.media_refused += u64::from(joined.is_err());
        }
    }

    /// The telephone's answer to our offer.
    pub(super) fn phone_for_help_acked(&mut self, call: CallId, answer: Option<&[u8]>) {
        let Some(it) = self.emergencies.get_mut(&call) else { return };
        if let Some(remote) = answer.and_then(|sdp| it.phone.accept(sdp)) {
            let updated = self.media.update(it.phone.sound.id, &remote);
            self.counters.media_refused += u64::from(updated.is_err());
            self.join_help(call);
        }
    }

    /// Either side wants another session: hold, its end, a refresh.
    pub(super) fn change_for_help(
        &mut self,
        call: CallId,
        of: CallId,
        offer: Option<&[u8]>,
    ) -> Result<Vec<u8>, Status> {
        let it = self.emergencies.get_mut(&of).ok_or(status(488))?;
        let is_phone = call == of;
        let other = if is_phone { it.out.as_ref() } else { Some(&it.phone) };
        let codec = other.and_then(Leg::codec);
        let leg = if is_phone { &mut it.phone } else { it.out.as_mut().ok_or(status(488))? };
        let Some(offer) = offer else {
            let again = leg.negotiation.repeat().map_err(|why| why.status())?;
            return Ok(again.session.to_bytes());
        };
        let session = sip::sdp::Session::parse(offer).map_err(|_| status(488))?;
        leg.negotiation.take_offer(session).map_err(|why| why.status())?;
        let mut capabilities = leg.sound.capabilities();
        if let Some(codec) = codec {
            capabilities.codecs.retain(|&own| relayed(own, codec));
            capabilities = capabilities.preferring(codec);
        }
        let Some((sdp, remote)) = leg.answer(capabilities) else {
            let _ = leg.negotiation.rollback();
            return Err(status(488));
        };
        let id = leg.sound.id;
        let updated = self.media.update(id, &remote);
        self.counters.media_refused += u64::from(updated.is_err());
        self.join_help(of);
        Ok(sdp)
    }

    /// A leg is gone. A trunk that is out of order has further peers; a service that hangs up ends the call.
    pub(super) fn emergency_leg_gone(
        &mut self,
        now: Tick,
        call: CallId,
        of: CallId,
        said: Option<Status>,
    ) {
        if call == of {
            return self.end_emergency(now, of, None);
        }
        let was_up = self.emergencies.get(&of).is_some_and(|it| it.is_up);
        self.close_out(of);
        if was_up || !self.call_next_for_help(now, of) {
            // The telephone hears what the last one said, or that nobody was reached.
            self.end_emergency(now, of, Some(said.unwrap_or(status(503))));
        }
    }

    fn close_out(&mut self, of: CallId) {
        let Some(it) = self.emergencies.get_mut(&of) else { return };
        let (out, trunk) = (it.out.take(), it.trunk);
        if let Some(leg) = out {
            self.close_sound(leg.sound.id);
            self.trunks[trunk].calls -= 1;
        }
    }

    /// Ends both legs that are left.
    pub(super) fn end_emergency(&mut self, now: Tick, of: CallId, say: Option<Status>) {
        if let Some(out) = self.emergencies.get(&of).and_then(|it| Some(it.out.as_ref()?.call)) {
            self.hang_up(now, out, None);
        }
        self.close_out(of);
        let Some(it) = self.emergencies.remove(&of) else { return };
        if it.phone.sound.ports.is_some() {
            self.close_sound(it.phone.sound.id);
        }
        let Some(status) = say else { return self.hang_up(now, of, None) };
        // One that was answered already is hung up.
        if self.ua.refuse_call(now, of, status, None, None).is_err() {
            self.hang_up(now, of, None);
        }
    }
}

const BY_THE_SITES_LINE: &str = "Emergency calls leave by the site's own line";

fn emergency_number(plan: &Plan, uri: &[u8]) -> Option<&'static str> {
    let number = plan.read(&user_of(uri)?)?;
    let digits = number.digits().filter(|_| is_emergency(plan, number))?;
    ["110", "112"].into_iter().find(|it| digits.as_bytes().ends_with(it.as_bytes()))
}
