// SPDX-License-Identifier: EUPL-1.2
//! Three in one talk: an agent who talks to a caller and has asked somebody brings both together by pressing `*3`.
//!
//! ```text
//!   caller ── agent's telephone, first call                  caller ──┐
//!             agent's telephone, second call ── asked   ──▶           ├── the telephone, in the call of the keys
//!                                                            asked  ──┘
//! ```
//!
//! The telephone keeps one call, in which the keys were pressed: hanging up hands over, and holding leaves the two
//! others talking. `*3` again takes whoever was asked out of the talk.
//!
//! The rule to keep: nobody comes into a talk unheard, for all hear the tone; and to the centre it is one contact
//! throughout, with the agent until the agent leaves.

use super::conversation::{Conversation, ELSEWHERE};
use super::dialled::{DialledCall, Whither};
use super::exchange::Exchange;
use super::leg::{Leg, Peer};
use super::limits::CODE_KEYS;
use super::transfer::Waits;
use crate::media::{LegId, PlayId, Repeat};
use acd::agent::State;
use call::Event;
use centre::Event as Told;
use sip::agent::CallId;
use stdx::{AgentId, ContactId, Tick};

/// A talk and a call beside it that can become one.
struct Both {
    contact: ContactId,
    /// The telephone's call to whom the agent asked.
    asked: CallId,
}

impl Exchange {
    /// A key on a telephone of ours; `*3` brings together, or takes out again.
    pub(super) fn key_of_agent(&mut self, now: Tick, call: CallId, key: char) {
        let Some(leg) = self.agents_leg_mut(call) else { return };
        let star = leg.star.take();
        match key {
            '*' => leg.star = Some(now),
            '3' if star.is_some_and(|at| now.since(at) <= CODE_KEYS) => {
                self.conference_wanted(now, call);
            }
            _ => {}
        }
    }

    fn agents_leg_mut(&mut self, call: CallId) -> Option<&mut Leg> {
        if let Some(it) = self.dialled.get_mut(&call) {
            // A caller who is put through, and who calls for help, has keys for the other end alone.
            let is_own = matches!(it.phone.peer, Peer::Phone(_));
            let is_help = matches!(it.whither, Whither::Help { .. });
            return (is_own && !is_help).then_some(&mut it.phone);
        }
        let contact = *self.by_call.get(&call)?;
        let side = self.conversations.get_mut(&contact)?.side.as_mut().filter(|it| it.up)?;
        side.legs.iter_mut().find(|leg| leg.call == call)
    }

    fn conference_wanted(&mut self, now: Tick, call: CallId) {
        if let Some((contact, _)) = self.handed_by(call)
            && self.conversations.get(&contact).is_some_and(Conversation::is_conference)
        {
            return self.apply(now, contact, Event::TakeOut);
        }
        match self.both(call) {
            Some(both) => self.confer(now, &both, call),
            None => {
                let leg = self.agents_leg_mut(call).map(|leg| leg.sound.id);
                self.tell_by_tone(leg, false);
            }
        }
    }

    /// The talk of the agent whose telephone has this call, and whom the agent asked. A call for help stays what
    /// it is.
    fn both(&self, call: CallId) -> Option<Both> {
        let can = |it: &DialledCall| it.is_up && !matches!(it.whither, Whither::Help { .. });
        if let Some(it) = self.dialled.get(&call).filter(|it| can(it)) {
            let agent = self.agent_of(it.phone.peer)?;
            let talks = |it: &Conversation| {
                let is_up = it.side.as_ref().is_some_and(|side| side.up && side.agent == agent);
                is_up && it.call.state() == call::State::Joined(agent)
            };
            let (&contact, _) = self.conversations.iter().find(|(_, it)| talks(it))?;
            return Some(Both { contact, asked: call });
        }
        let (contact, agent) = self.handed_by(call)?;
        let is_own = |it: &DialledCall| self.agent_of(it.phone.peer) == Some(agent);
        let mut own = self.dialled.iter().filter(|(_, it)| can(it) && is_own(it));
        let (&asked, _) = own.next()?;
        // Of two who were asked, nobody can say which is meant.
        own.next().is_none().then_some(Both { contact, asked })
    }

    fn confer(&mut self, now: Tick, both: &Both, here: CallId) {
        let &Both { contact, asked } = both;
        let Some(DialledCall { phone, outs, whither, .. }) = self.dialled.remove(&asked) else {
            return;
        };
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        it.third = Some(whither);
        it.taken = outs.into_iter().next();
        let leaves = match it.side.as_mut().and_then(|side| side.legs.first_mut()) {
            Some(place) if here == asked => {
                self.by_call.insert(here, contact);
                self.by_leg.insert(phone.sound.id, contact);
                std::mem::replace(place, phone)
            }
            Some(_) | None => phone,
        };
        self.end_leg(now, &leaves, Some(ELSEWHERE));
        let holds = self.agents_leg_mut(here).is_some_and(|leg| leg.holds());
        self.touch(here);
        self.apply(now, contact, Event::AgentHolds(holds));
        self.apply(now, contact, Event::Confer);
        for leg in self.conversations.get(&contact).map(Conversation::sounding).unwrap_or_default()
        {
            self.tell_by_tone(Some(leg), true);
        }
    }

    /// The tones of the feature codes: done, or not.
    fn tell_by_tone(&mut self, leg: Option<LegId>, is_done: bool) {
        let Some(leg) = leg else { return };
        let clips = if is_done { &self.setup.done } else { &self.setup.refused };
        let clips = clips.clone();
        let play = PlayId(self.next_play);
        self.next_play += 1;
        self.start(leg, play, clips, Repeat::Once);
    }

    /// The agent left: whoever was asked takes over, as after any attended transfer. A colleague whom the centre
    /// has given something else meanwhile takes over as an office does.
    pub(super) fn tell_handed_on(&mut self, contact: ContactId, agent: AgentId) {
        let third = self.conversations.get(&contact).and_then(|it| it.third);
        let to = third.and_then(|whither| self.agent_there(whither)).filter(|to| {
            let state = self.states.get(to);
            !matches!(state, Some(State::Offered { .. } | State::Talking { .. })) && *to != agent
        });
        let asked = Told::AttendedTransfer { agent, to };
        self.asked_for.push_back((asked, Some(Waits::Gone(agent))));
    }

    /// The centre agreed: whoever stayed in a conference has the talk. Says whether that is what it was.
    pub(super) fn put_through_who_stayed(
        &mut self,
        now: Tick,
        contact: ContactId,
        to: Option<AgentId>,
    ) -> bool {
        let Some(it) = self.conversations.get_mut(&contact) else { return false };
        if it.call.state() != call::State::JoinedElsewhere {
            return false;
        }
        if to.is_some() {
            it.taken = it.elsewhere.take().and_then(|it| it.leg);
        }
        self.apply(now, contact, Event::PutThrough(to));
        true
    }

    /// The caller is gone: the two others go on with the call by which one asked the other.
    pub(super) fn separate(&mut self, contact: ContactId) {
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        let phone = it.side.take().and_then(|side| side.legs.into_iter().next());
        let third = it.elsewhere.take().and_then(|it| it.leg);
        let (Some(phone), Some(third), Some(whither)) = (phone, third, it.third) else {
            unreachable!("three talk");
        };
        let hops = it.hops;
        for leg in [&phone, &third] {
            self.by_call.remove(&leg.call);
            self.by_leg.remove(&leg.sound.id);
        }
        let calls = [phone.call, third.call];
        let [call, _] = calls;
        self.dialled.insert(call, DialledCall::going_on(phone, third, whither, hops));
        self.join_dialled(call);
        // They are no contact's any more.
        calls.into_iter().for_each(|call| self.touch(call));
    }
}
