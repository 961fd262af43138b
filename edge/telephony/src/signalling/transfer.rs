// SPDX-License-Identifier: EUPL-1.2
//! An agent hands a caller on by the keys of a desk telephone: REFER, blind or after a consultation.
//!
//! ```text
//!   blind     REFER to a number ──▶ the centre decides ──▶ 200 reported, the agent's leg ends, others are asked
//!   attended  REFER with Replaces of the call by which the agent asked before: who answered it takes over
//! ```
//!
//! The rule to keep: as long as the centre has not agreed, the caller stays with the agent (RFC 5589, 6 and 7).

use super::conversation::Side;
use super::dialled::Whither;
use super::door::status;
use super::elsewhere::{Elsewhere, Whom};
use super::exchange::Exchange;
use super::incoming::{is_emergency, user_of};
use super::leg::Peer;
use super::limits::HANGS_UP_BY_ITSELF;
use super::words::Outside;
use call::{Ending, Event, LegState, Sound};
use centre::{Event as Told, TransferTo};
use sip::Status;
use sip::agent::{CallId, ReferInfo, ReplacesInfo};
use stdx::{AgentId, ContactId, PartnerId, Tick};

/// Whoever waits for the centre's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waits {
    /// The call of a feature code: a tone says how it was decided.
    Code(CallId),
    /// The telephone that sent a REFER: it is reported how it was decided.
    Refer(CallId),
    /// The caller, who asked for a call-back by key.
    Promise(ContactId),
    /// Nobody: the agent's telephone has hung up. If the caller cannot wait on, the talk is over.
    Gone(AgentId),
}

/// What became of the last REFER of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Referred {
    /// The centre has not decided.
    Undecided,
    /// It was refused then.
    Refused(Tick),
}

impl Exchange {
    /// A REFER came.
    pub(super) fn refer_came(&mut self, now: Tick, call: CallId, info: &ReferInfo) {
        match self.transfer_wanted(now, call, info) {
            Ok(event) => {
                if self.ua.accept_refer(now, call).is_ok() {
                    self.asked_for.push_back((event, Some(Waits::Refer(call))));
                    self.remember(call, Referred::Undecided);
                }
            }
            Err(status) => {
                // Who gave up meanwhile needs no answer.
                let _ = self.ua.refuse_refer(now, call, status);
                self.remember(call, Referred::Refused(now));
            }
        }
    }

    fn remember(&mut self, call: CallId, referred: Referred) {
        let handed = self.handed_by(call).map(|(contact, _)| contact);
        if let Some(it) = handed.and_then(|contact| self.conversations.get_mut(&contact)) {
            it.referred = Some(referred);
        }
    }

    /// What the centre is asked for, or why not.
    fn transfer_wanted(
        &mut self,
        now: Tick,
        call: CallId,
        info: &ReferInfo,
    ) -> Result<Told, Status> {
        let (contact, agent) = self.handed_by(call).ok_or(status(603))?;
        if let Some(replaces) = &info.replaces {
            let asked = self.asked_before(agent, replaces)?;
            let (is_up, whither) = match self.dialled.get(&asked) {
                Some(it) => (it.is_up, it.whither),
                None => return Err(status(404)),
            };
            if is_up {
                self.putting.insert(contact, asked);
                let to = self.agent_there(whither);
                return Ok(Told::AttendedTransfer { agent, to });
            }
            // It rings still: whoever is rung is handed the caller without being asked (RFC 5589, 7.4).
            let to = self.handed_to(contact, whither)?;
            self.end_dialled(now, asked, Some(status(487)));
            return Ok(Told::BlindTransfer { agent, to });
        }
        let to = self.destination(now, (contact, call), info.refer_to.expose())?;
        Ok(Told::BlindTransfer { agent, to })
    }

    /// The contact that an agent's leg belongs to, while the two talk.
    pub(super) fn handed_by(&self, call: CallId) -> Option<(ContactId, AgentId)> {
        let contact = *self.by_call.get(&call)?;
        let it = self.conversations.get(&contact)?;
        let agent = match it.call.state() {
            call::State::Joined(agent) | call::State::Conference(agent) => agent,
            call::State::Arrived
            | call::State::Alone
            | call::State::Ringing(_)
            | call::State::PickedUp(_)
            | call::State::JoinedElsewhere
            | call::State::Leaving
            | call::State::Over => return None,
        };
        let side = it.side.as_ref().filter(|side| side.up && side.agent == agent)?;
        side.legs.iter().any(|leg| leg.call == call).then_some((contact, agent))
    }

    /// The call by which this agent asked somebody, as the agent's telephone names its dialog (RFC 3891, 3). 481
    /// would end the talk itself (RFC 3261, 12.2.1.2).
    fn asked_before(&self, agent: AgentId, replaces: &ReplacesInfo) -> Result<CallId, Status> {
        let ReplacesInfo { call_id, to_tag, from_tag, early_only } = replaces;
        let found = self.ua.find_dialog(call_id.expose(), to_tag, from_tag);
        let found = found.ok_or(status(404))?;
        if *early_only && found.is_up {
            return Err(status(486));
        }
        let it = self.dialled.get(&found.call).ok_or(status(603))?;
        if self.agent_of(it.phone.peer) == Some(agent) { Ok(found.call) } else { Err(status(603)) }
    }

    /// Whose telephone this is.
    pub(super) fn agent_of(&self, peer: Peer) -> Option<AgentId> {
        match peer {
            Peer::Phone(at) => self.setup.phones.get(at)?.agent,
            Peer::Trunk(_) => None,
        }
    }

    /// Where a caller is to be handed by this URI. An office's number is kept until the centre lets it ring.
    fn destination(
        &mut self,
        now: Tick,
        (contact, call): (ContactId, CallId),
        uri: &[u8],
    ) -> Result<TransferTo, Status> {
        let plan = self.plan_of(Peer::Phone(0));
        let number = user_of(uri).and_then(|user| plan.read(&user));
        // Nobody is handed to an emergency service: who needs one dials it.
        if number.is_some_and(|number| is_emergency(&plan, number)) {
            return Err(status(403));
        }
        if let Some(whither) = self.phone_of(contact, call).and_then(|it| self.whither(it, uri)) {
            let to = self.handed_to(contact, whither)?;
            // What the partner costs is bounded by its capacity.
            let is_bounded = to == TransferTo::Office;
            return match is_bounded && !self.may_leave(now, whither) {
                true => Err(status(503)),
                false => Ok(to),
            };
        }
        let line = number.and_then(|number| self.setup.line_of(number));
        line.map(TransferTo::Line).ok_or(status(404))
    }

    /// The telephone that has this leg of the agent's.
    fn phone_of(&self, contact: ContactId, call: CallId) -> Option<usize> {
        let side = self.conversations.get(&contact)?.side.as_ref()?;
        match side.legs.iter().find(|leg| leg.call == call)?.peer {
            Peer::Phone(at) => Some(at),
            Peer::Trunk(_) => None,
        }
    }

    fn handed_to(&mut self, contact: ContactId, whither: Whither) -> Result<TransferTo, Status> {
        match whither {
            Whither::Phone(phone) => {
                let agent = self.setup.phones.get(phone).and_then(|it| it.agent);
                agent.map(TransferTo::Agent).ok_or(status(404))
            }
            Whither::Outside(outside) | Whither::Behind(outside) => {
                let is_it = |it: &Option<Outside>| *it == Some(outside);
                if let Some(at) = self.setup.partners.iter().position(is_it) {
                    let partner = u16::try_from(at).map(PartnerId).map_err(|_| status(404))?;
                    return Ok(TransferTo::Partner(partner));
                }
                if let Some(it) = self.conversations.get_mut(&contact) {
                    it.office = Some(outside);
                }
                Ok(TransferTo::Office)
            }
            Whither::Help { .. } => Err(status(403)),
        }
    }

    /// An agent's telephone has hung up. If it did so by itself, because a transfer was not possible, the caller
    /// waits on in the queue of the line; otherwise the talk is over.
    pub(super) fn tell_agent_hung_up(&mut self, now: Tick, contact: ContactId, agent: AgentId) {
        let referred = self.conversations.get_mut(&contact).and_then(|it| it.referred.take());
        let by_itself = match referred {
            Some(Referred::Undecided) => true,
            Some(Referred::Refused(at)) => now.since(at) <= HANGS_UP_BY_ITSELF,
            None => false,
        };
        if by_itself {
            self.let_wait_on(contact, agent);
        } else {
            self.told.push_back(Told::HangUp { agent });
        }
    }

    /// Whom the agent has left waits on in the queue of the line, at the old place; if that is not possible, the
    /// talk is over.
    pub(super) fn let_wait_on(&mut self, contact: ContactId, agent: AgentId) {
        match self.conversations.get(&contact).map(|it| it.line) {
            Some(line) => {
                let to = TransferTo::Line(line);
                let asked = Told::BlindTransfer { agent, to };
                self.asked_for.push_back((asked, Some(Waits::Gone(agent))));
            }
            None => self.told.push_back(Told::HangUp { agent }),
        }
    }

    // ---- what the centre decided ----

    /// The centre did not agree: the caller stays with the agent, whose telephone is told so.
    pub(super) fn refer_refused(&mut self, now: Tick, call: CallId) {
        if let Some((contact, _)) = self.handed_by(call) {
            self.putting.remove(&contact);
        }
        self.remember(call, Referred::Refused(now));
        // A telephone that has hung up meanwhile is told nothing.
        let _ = self.ua.report_refer(now, call, status(480), true);
    }

    /// The agent's part is over.
    pub(super) fn let_go(&mut self, now: Tick, contact: ContactId, agent: AgentId) {
        self.report_done(now, contact, agent);
        self.apply(now, contact, Event::LetGo(agent));
    }

    /// The telephone that handed on is told that it worked, before it is hung up. With that the REFER is done:
    /// whoever talks next and hangs up says goodbye.
    fn report_done(&mut self, now: Tick, contact: ContactId, agent: AgentId) {
        if let Some(it) = self.conversations.get_mut(&contact) {
            it.referred = None;
        }
        let side = self.conversations.get(&contact).and_then(|it| it.side.as_ref());
        let call = side.filter(|it| it.agent == agent).and_then(|it| it.legs.first());
        if let Some(call) = call.map(|leg| leg.call) {
            // One that asked for no reports, or was handed on otherwise, is told nothing.
            let _ = self.ua.report_refer(now, call, status(200), true);
        }
    }

    /// Music for a caller who was handed on; what plays already plays on.
    pub(super) fn let_wait_again(&mut self, now: Tick, contact: ContactId) {
        let it = self.conversations.get(&contact);
        // Whom nobody has answered hears it ring on.
        let is_answered = it.is_some_and(|it| it.call.caller.state() != LegState::Ringing);
        let hears = it.and_then(|it| it.call.sound());
        if is_answered && hears != Some(Sound::Music) {
            self.apply(now, contact, Event::Play(Sound::Music));
        }
    }

    /// The office rings to which the agent handed the caller.
    pub(super) fn ring_office(&mut self, now: Tick, contact: ContactId, until: Tick) {
        self.let_wait_again(now, contact);
        let office = self.conversations.get_mut(&contact).and_then(|it| it.office.take());
        self.ring_elsewhere(now, contact, Whom::Office(office), until);
    }

    /// Whoever the agent asked before takes over.
    pub(super) fn put_through(
        &mut self,
        now: Tick,
        contact: ContactId,
        by: AgentId,
        to: Option<AgentId>,
    ) {
        self.report_done(now, contact, by);
        let asked = self.putting.remove(&contact);
        if asked.is_none() && self.put_through_who_stayed(now, contact, to) {
            return;
        }
        let leg = asked.and_then(|asked| self.take_over_leg(now, asked));
        let Some(it) = self.conversations.get_mut(&contact) else {
            // The caller has gone meanwhile.
            if let Some(leg) = leg {
                self.end_elsewhere(now, &leg);
            }
            return;
        };
        let is_there = leg.is_some();
        it.taken = leg;
        self.apply(now, contact, Event::PutThrough(to));
        if is_there {
            return;
        }
        // Whoever was asked has hung up in this very moment: the caller is alone, as after any talk.
        let gone = match to {
            Some(agent) => Event::AgentGone(agent, Ending::HungUp),
            None => Event::Elsewhere(call::Elsewhere::Gone(Ending::HungUp)),
        };
        self.apply(now, contact, gone);
    }

    /// The leg that was taken over is the agent's now, or the one elsewhere.
    pub(super) fn take_leg(&mut self, contact: ContactId, to: Option<AgentId>) {
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        let Some(leg) = it.taken.take() else { return };
        let call = leg.call;
        self.by_call.insert(leg.call, contact);
        self.by_leg.insert(leg.sound.id, contact);
        match to {
            Some(agent) => {
                let worst = Ending::HungUp;
                it.side = Some(Side { agent, legs: vec![leg], up: true, worst });
            }
            None => it.elsewhere = Some(Elsewhere::taken(leg)),
        }
        // It belongs to a contact now, and is hung up by the next start if a crash leaves it.
        self.touch(call);
    }
}
