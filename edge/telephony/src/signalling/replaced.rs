// SPDX-License-Identifier: EUPL-1.2
//! A telephone takes the place of another one in a talk: INVITE with Replaces (RFC 3891). So an agent goes on at
//! another telephone without the caller noticing.
//!
//! The rule to keep: nobody takes a talk but the agent who has it; what does not match exactly is refused.

use super::conversation::ELSEWHERE;
use super::door::status;
use super::exchange::Exchange;
use super::incoming::No;
use super::leg::{Leg, Peer};
use super::words::Refused;
use call::Event;
use sip::agent::{CallId, InviteInfo};
use sip::message::{Name, Replaces};
use stdx::{ContactId, Tick};

impl Exchange {
    /// What becomes of an INVITE that wants to take the place of a dialog; none if it wants no such thing.
    pub(super) fn replace(
        &mut self,
        now: Tick,
        call: CallId,
        peer: Peer,
        info: &InviteInfo,
    ) -> Option<Result<(), No>> {
        let mut wanted = info.all(Name::Replaces);
        let replaces = Replaces::parse(wanted.next()?).filter(|_| wanted.next().is_none());
        let Some(replaces) = replaces else { return Some(Err(no(400))) };
        Some(self.place_of(peer, &replaces).and_then(|(contact, old)| {
            let leg = self.leg_beside(call, peer, (contact, info))?;
            self.take_place(now, contact, old, leg);
            Ok(())
        }))
    }

    /// The talk and the leg whose place is wanted (RFC 3891, 3).
    fn place_of(&self, peer: Peer, replaces: &Replaces<'_>) -> Result<(ContactId, CallId), No> {
        let Replaces { call_id, to_tag, from_tag, early_only } = *replaces;
        let Some(found) = self.ua.find_dialog(call_id, to_tag, from_tag) else {
            // Over already, and not unknown.
            let of = self.traces.owner(call_id);
            let is_over = of.is_some_and(|(contact, _)| !self.conversations.contains_key(&contact));
            return Err(no(if is_over { 603 } else { 481 }));
        };
        if early_only && found.is_up {
            return Err(no(486));
        }
        // An early dialog that others began is no match; one of ours rings for an agent and belongs to nobody yet.
        if !found.is_up {
            return Err(no(if found.is_ours { 603 } else { 481 }));
        }
        let has_it = self.handed_by(found.call);
        let (contact, _) =
            has_it.filter(|&(_, agent)| self.agent_of(peer) == Some(agent)).ok_or(no(603))?;
        Ok((contact, found.call))
    }

    /// The leg to the new telephone, answered in what the caller speaks.
    fn leg_beside(
        &mut self,
        call: CallId,
        peer: Peer,
        (contact, info): (ContactId, &InviteInfo),
    ) -> Result<(Leg, Vec<u8>), No> {
        let none = || No(Refused::NoSession, status(488), None);
        let (mut leg, offered) = self.caller_leg(call, peer, info)?;
        let caller = self.conversations.get(&contact).map(|it| &it.caller).ok_or(none())?;
        let (beside, codec) = (caller.sound.id, caller.codec());
        let (media, rng) = (&mut self.media, &mut self.rng);
        leg.sound
            .open(media, rng, offered, Some(beside), &mut self.counters)
            .map_err(|_| No(Refused::Busy, status(503), None))?;
        let capabilities = leg.sound.capabilities_beside(codec);
        let described = match offered {
            Some(_) => leg.answer(capabilities).and_then(|(sdp, remote)| {
                self.media.update(leg.sound.id, &remote).is_ok().then_some(sdp)
            }),
            None => leg.offer(capabilities),
        };
        match described {
            Some(sdp) => Ok((leg, sdp)),
            None => {
                self.close_sound(leg.sound.id);
                Err(none())
            }
        }
    }

    fn take_place(
        &mut self,
        now: Tick,
        contact: ContactId,
        old: CallId,
        (leg, sdp): (Leg, Vec<u8>),
    ) {
        let call = leg.call;
        self.by_call.insert(call, contact);
        self.by_leg.insert(leg.sound.id, contact);
        // Given up in this moment: that ends the talk, as a hang-up does.
        let _ = self.ua.answer(now, call, sdp);
        let side = self.conversations.get_mut(&contact).and_then(|it| it.side.as_mut());
        let place = side.and_then(|side| side.legs.iter_mut().find(|leg| leg.call == old));
        if let Some(place) = place {
            let left = std::mem::replace(place, leg);
            self.end_leg(now, &left, Some(ELSEWHERE));
        }
        self.touch(call);
        // Whoever was on hold there is not here.
        self.apply(now, contact, Event::AgentHolds(false));
        self.join(now, contact);
    }
}

fn no(code: u16) -> No {
    No(Refused::NoSuchNumber, status(code), None)
}
