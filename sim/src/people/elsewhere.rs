// SPDX-License-Identifier: EUPL-1.2
//! Talks that are not with an agent of the centre: at a switchboard in a town hall, at a partner.

use super::{Caller, Happening, People, Phase, talk_length};
use crate::chance;
use acd::Reach;
use acd::contact::Parting;
use centre::{Event, OfficeEnd, PartnerEnd, SwitchboardEnd};
use stdx::{ContactId, Micros, PartnerId, Rng, SwitchboardId, Tick};

impl People {
    pub(super) fn ring_switchboard(
        &mut self,
        now: Tick,
        contact: ContactId,
        switchboard: SwitchboardId,
    ) {
        let behaviour = self.spec.switchboards[switchboard.index()];
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        caller.switchboard = Some(switchboard);
        let busy = self.local_talks[switchboard.index()] >= behaviour.telephones;
        let silent = caller.rng.chance(behaviour.silent);
        let comes_back = caller.rng.chance(behaviour.comes_back);
        let after = chance::exponential(&mut caller.rng, behaviour.answers_after);
        let what = if busy {
            caller.switchboard = None;
            Happening::Says(Event::SwitchboardFailed { contact, why: SwitchboardEnd::Busy })
        } else if comes_back {
            Happening::SwitchboardSendsBack(contact)
        } else if silent {
            return;
        } else {
            Happening::SwitchboardPicksUp(contact)
        };
        self.plan(if busy { now } else { now + after }, what);
    }

    pub(super) fn is_at_switchboard(&self, contact: ContactId) -> bool {
        let rings =
            |caller: &Caller| caller.switchboard.is_some() && caller.phase == Phase::Waiting;
        self.callers.get(&contact).is_some_and(rings)
    }

    pub(super) fn leave_switchboard(&mut self, contact: ContactId) {
        if let Some(caller) = self.callers.get_mut(&contact) {
            caller.switchboard = None;
        }
    }

    pub(super) fn ask_partner(
        &mut self,
        now: Tick,
        contact: ContactId,
        partner: PartnerId,
        reach: Reach,
    ) {
        let behaviour = self.spec.partners[partner.index()];
        self.attempts += 1;
        let attempt = self.attempts;
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        caller.attempt = Some(attempt);
        let second = now + Micros::from_secs(1);
        let (at, event) = if caller.rng.chance(behaviour.refuses) {
            (second, Event::PartnerFailed { contact, why: PartnerEnd::Busy })
        } else if caller.rng.chance(behaviour.silent) {
            return;
        } else if reach == Reach::Deflect {
            (second, Event::Deflected { contact })
        } else {
            let after = chance::exponential(&mut caller.rng, behaviour.answers_after);
            (now + after, Event::PartnerAnswered { contact })
        };
        self.plan(at, Happening::PartnerSays { contact, attempt, event });
    }

    pub(super) fn is_asked(&mut self, contact: ContactId, attempt: u64) -> bool {
        let Some(caller) = self.callers.get_mut(&contact) else { return false };
        let is = caller.attempt == Some(attempt) && caller.phase == Phase::Waiting;
        caller.attempt = caller.attempt.filter(|_| !is);
        is
    }

    /// The agent's leg is gone; the caller hears music.
    pub(super) fn be_handed_on(&mut self, contact: ContactId) {
        if let Some(caller) = self.callers.get_mut(&contact) {
            caller.phase = Phase::Waiting;
            caller.switchboard = None;
        }
    }

    /// Most offices answer soon; of the others the centre hears, or nothing at all.
    pub(super) fn ring_office(&mut self, now: Tick, contact: ContactId) {
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        let after = chance::exponential(&mut caller.rng, Micros::from_secs(8));
        let event = match caller.rng.below(10) {
            0 => Event::OfficeFailed { contact, why: OfficeEnd::Busy },
            1 => return,
            _ => Event::OfficeAnswered { contact },
        };
        self.plan(now + after, Happening::Says(event));
    }

    pub(super) fn begin_talk_elsewhere(&mut self, now: Tick, contact: ContactId) {
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        caller.phase = Phase::Elsewhere;
        let talk = match caller.switchboard {
            Some(switchboard) => {
                self.local_talks[switchboard.index()] += 1;
                self.spec.switchboards[switchboard.index()].talk
            }
            None => self.spec.traffic[caller.line.index()].talk,
        };
        let length = talk_length(&mut caller.rng, talk);
        self.plan(now + length, Happening::HangsUp(contact));
    }
}

/// A talk at a switchboard or a partner is over, whoever hangs up first.
pub(super) fn leaves_elsewhere(contact: ContactId, rng: &mut Rng) -> Event {
    let parting = Parting::HungUp;
    if rng.chance(0.3) {
        Event::OtherLeft { contact, parting }
    } else {
        Event::CallerLeft { contact, parting }
    }
}
