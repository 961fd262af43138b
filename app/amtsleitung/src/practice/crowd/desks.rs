// SPDX-License-Identifier: EUPL-1.2
//! Colleagues, and the newcomer, at their telephones.

use super::living::{Living, Whose};
use super::numbers::shown;
use super::press::{Code, Press};
use super::registration::{Account, Registration};
use super::sockets::EXCHANGE;
use super::sound::{Sound, Voice};
use acd::agent::{NotReadyReason, State};
use centre::{Command, Note};
use sip::Status;
use sip::agent::limits::MAX_FORWARDS;
use sip::agent::{CallId, Flow, Invite, InviteInfo, Way};
use sip::message::Response;
use std::net::SocketAddr;
use stdx::{AgentId, ContactId, LineId, Micros, Redacted, Rng, Tick};

/// How much earlier than agreed ringing may end to count as having rung to the end: clocks and
/// messages take their time.
const RANG_OUT: Micros = Micros::from_secs(1);

/// How long a code's call may take.
const CODE_RINGS: Micros = Micros::from_secs(10);

/// Callers who are none of ours are numbered from here on.
const STRANGERS: u64 = 1 << 40;

/// A call at a desk.
#[derive(Debug)]
struct AtDesk {
    call: CallId,
    contact: ContactId,
    line: Option<LineId>,
    offer: Vec<u8>,
    rings_since: Tick,
    /// From the moment it is picked up.
    sound: Option<Sound>,
    talks: bool,
}

/// A desk with its telephone.
pub(super) struct Desk {
    agent: AgentId,
    registration: Registration,
    local: SocketAddr,
    at_desk: Option<AtDesk>,
    /// Signing on makes ready: the wish to be ready that follows is granted already.
    signs_on: bool,
    /// Signs on as soon as the telephone is registered: a telephone that cannot be reached rings for
    /// nobody.
    waits: bool,
}

impl Desk {
    pub(super) fn new(
        now: Tick,
        agent: AgentId,
        account: Account,
        local: SocketAddr,
        makes_way: bool,
        rng: &mut Rng,
    ) -> Desk {
        let registration = Registration::new(now, account, local, makes_way, rng);
        Desk { agent, registration, local, at_desk: None, signs_on: false, waits: false }
    }

    pub(super) fn local(&self) -> SocketAddr {
        self.local
    }

    pub(super) fn deadline(&self) -> Tick {
        self.registration.deadline()
    }

    pub(super) fn stands_back(&self) -> bool {
        self.registration.stands_back()
    }

    pub(super) fn sound_mut(&mut self) -> Option<&mut Sound> {
        self.at_desk.as_mut()?.sound.as_mut()
    }

    /// What its registration sends now.
    pub(super) fn register(&mut self, now: Tick, rng: &mut Rng) -> Option<Vec<u8>> {
        self.registration.due(now, rng)
    }

    /// Its registration was answered; what it sends now.
    pub(super) fn registered(
        &mut self,
        now: Tick,
        response: &Response<'_>,
        rng: &mut Rng,
    ) -> Option<Vec<u8>> {
        self.registration.answered(now, response, rng)
    }
}

impl Living {
    /// A made-up colleague wants something.
    pub(super) fn wish_at_desk(
        &mut self,
        now: Tick,
        agent: AgentId,
        press: Press,
        contact: Option<ContactId>,
    ) {
        // The newcomer decides when the day begins.
        if self.newcomer == Some(agent) {
            return;
        }
        let Some(desk) = self.desks.iter_mut().find(|desk| desk.agent == agent) else { return };
        if press == Press::Dial(Code::Ready) && std::mem::take(&mut desk.signs_on) {
            return;
        }
        desk.signs_on = press == Press::Dial(Code::SignOn);
        desk.waits |= desk.signs_on && !desk.registration.is_reached();
        if !desk.waits {
            self.press(now, agent, press, contact);
        }
    }

    /// Who has waited for the telephone signs on.
    pub(super) fn sign_on(&mut self, now: Tick) {
        for at in 0..self.desks.len() {
            let desk = &mut self.desks[at];
            if desk.waits && desk.registration.is_reached() {
                desk.waits = false;
                self.dial(now, at, Code::SignOn);
            }
        }
    }

    /// Somebody does something at a telephone; for this contact only, if one is named.
    pub(super) fn press(
        &mut self,
        now: Tick,
        agent: AgentId,
        press: Press,
        contact: Option<ContactId>,
    ) {
        let Some(at) = self.desks.iter().position(|desk| desk.agent == agent) else { return };
        let meant = |it: &&AtDesk| contact.is_none_or(|contact| it.contact == contact);
        let call = self.desks[at].at_desk.as_ref().filter(meant);
        let call = call.map(|it| (it.call, it.sound.is_some()));
        match (press, call) {
            (Press::Dial(code), _) => self.dial(now, at, code),
            (Press::PickUp, Some((call, false))) => self.pick_up(now, at, call),
            (Press::Decline, Some((call, false))) => {
                // It was cancelled meanwhile: its event has come or comes.
                let _ = self.ua.refuse_call(now, call, status(603), None, None);
            }
            (Press::HangUp, Some((call, true))) => {
                // Gone already is as good.
                let _ = self.ua.hang_up(now, call, None);
            }
            // A button without a call to go with it.
            (Press::PickUp | Press::Decline | Press::HangUp, _) => {}
        }
    }

    fn dial(&mut self, now: Tick, at: usize, code: Code) {
        let Some((sound, offer)) = self.sounds.offer(Voice::Colleague) else { return };
        let desk = &self.desks[at];
        let Account { id, domain, credentials } = desk.registration.account();
        let target = format!("sip:{}@{}", code.dialled(), self.server);
        let invite = Invite {
            target: Redacted::new(target.into_bytes()),
            from: Redacted::new(format!("<sip:{id}@{domain}>").into_bytes()),
            flow: Flow::udp(desk.local, self.server),
            way: Way::Flow,
            headers: Vec::new(),
            offer,
            max_forwards: MAX_FORWARDS,
            ring_for: CODE_RINGS,
            credentials: Some(credentials.clone()),
            routes: Vec::new(),
            contact_user: None,
        };
        match self.ua.invite(now, invite) {
            Ok(call) => drop(self.calls.insert(call, Whose::Code(Box::new(sound)))),
            Err(_) => self.sounds.close(sound),
        }
    }

    /// The telephone rings.
    pub(super) fn rings(&mut self, now: Tick, call: CallId, info: &InviteInfo) {
        let place = self.sockets.place(info.flow.local).filter(|&place| place != EXCHANGE);
        let Some(at) = place.map(|place| place.0 - 1) else { return self.not_here(now, call) };
        let Some(offer) = info.offer.clone().filter(|_| self.desks[at].at_desk.is_none()) else {
            // In a call already, or nothing that could be heard. If it was cancelled meanwhile, that is
            // its answer.
            let _ = self.ua.refuse_call(now, call, status(486), None, None);
            return;
        };
        let number = shown(info.from.expose());
        let known = number.and_then(|number| self.by_number.get(&number)).copied();
        let line = known.and_then(|contact| Some(self.citizens.get(&contact)?.line()));
        let contact = known.unwrap_or_else(|| {
            self.strangers += 1;
            ContactId(STRANGERS + self.strangers)
        });
        let rings_since = now;
        let it = AtDesk { call, contact, line, offer, rings_since, sound: None, talks: false };
        let desk = &mut self.desks[at];
        desk.at_desk = Some(it);
        let agent = desk.agent;
        self.calls.insert(call, Whose::Desk(at));
        let _ = self.ua.ring(now, call);
        let (line, until) = (line.unwrap_or(LineId(0)), now);
        self.people.observe(now, &Command::Ring { agent, contact, line, until });
    }

    fn pick_up(&mut self, now: Tick, at: usize, call: CallId) {
        let Some(it) = self.desks[at].at_desk.as_mut() else { return };
        // If it was cancelled meanwhile, its event has come or comes.
        let _ = match self.sounds.answer(Voice::Colleague, &it.offer) {
            Some((sound, answer)) => {
                it.sound = Some(sound);
                self.ua.answer(now, call, answer)
            }
            None => self.ua.refuse_call(now, call, status(488), None, None),
        };
    }

    /// The centre has heard that we picked up: now we talk.
    pub(super) fn acked(&mut self, now: Tick, call: CallId) {
        let Some(Whose::Desk(at)) = self.calls.get(&call) else { return };
        let desk = &mut self.desks[*at];
        let Some(it) = desk.at_desk.as_mut().filter(|it| !it.talks) else { return };
        it.talks = true;
        if let Some(sound) = &it.sound {
            self.sounds.speak(sound);
        }
        let (contact, agent) = (it.contact, desk.agent);
        self.begin_talk(now, contact, agent);
    }

    /// The call at a desk is over; who sits there knows what comes next.
    pub(super) fn desk_over(&mut self, now: Tick, at: usize) {
        let desk = &mut self.desks[at];
        let Some(it) = desk.at_desk.take() else { return };
        let AtDesk { contact, line, rings_since, sound, talks, .. } = it;
        let agent = desk.agent;
        if let Some(sound) = sound {
            self.sounds.close(sound);
        }
        let known = line.and_then(|line| self.lines.get(line.index()));
        let (ring, wrap_up) =
            known.map_or((Micros::ZERO, Micros::ZERO), |it| (it.ring, it.wrap_up));
        let mut notice = |command| self.people.observe(now, &command);
        if !talks {
            notice(Command::StopRinging { agent, contact });
        }
        let rang = now.since(rings_since);
        let state = if talks {
            let until = now + wrap_up;
            State::WrapUp { contact, until, length: wrap_up, extensions: 0 }
        } else if ring > Micros::ZERO && rang + RANG_OUT >= ring {
            State::NotReady { reason: NotReadyReason::NoAnswer, until: None }
        } else {
            return;
        };
        // How long wrap-up is depends on the line; without one nothing is known of it.
        if !talks || wrap_up > Micros::ZERO {
            notice(Command::Note(Note::AgentChanged { agent, state }));
        }
    }
}

/// A status that is written down in the code.
pub(super) const fn status(code: u16) -> Status {
    match Status::new(code) {
        Some(status) => status,
        None => unreachable!(),
    }
}
