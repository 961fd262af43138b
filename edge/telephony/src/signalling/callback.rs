// SPDX-License-Identifier: EUPL-1.2
//! Call-backs: who is promised one, and the attempts: the agent's telephones first, then the citizen's, or the
//! citizen's first.
//!
//! ```text
//!   key 1 ──▶ the centre promises ──▶ text, farewell     no leg is left; line, number and trunk are kept
//!   Ring ──▶ the agent answers ──CallBack──▶ the trunk's peers in turn ──Connect──▶ a Conversation
//!   CallBack, caller first ──▶ the trunk's peers in turn ──▶ a Conversation that waits: who calls, music, Ring
//! ```
//!
//! What crosses what is decided by [`Callback`]; here its actions are carried out.
//!
//! The rules to keep: nobody is called back who could cost more than a normal call; and a number is forgotten
//! with its contact.

use super::conversation::{Conversation, Side, Target, outweighs, parting, shown};
use super::elsewhere::{Fields, uri};
use super::exchange::Exchange;
use super::incoming::is_emergency;
use super::leg::{Leg, Peer};
use super::limits::{FIRST_SIGN, PHONES_RINGING_MAX, RING_MARGIN};
use super::trace::Party;
use super::transfer::Waits;
use super::trunk::Outward;
use super::words::{CallView, Doing, Outside, Promised};
use crate::media::{LegId, PlayId, Remote, Repeat};
use call::{Callback, CallbackAction as Action, CallbackEvent as Event, CallbackState, Ending};
use centre::{Event as Told, NotReached};
use sip::Status;
use sip::agent::{CallId, Invite};
use sip::message::push_quoted;
use sip::number::{Number, Plan};
use sip::sdp::Codec;
use sip::transaction::LINGERS_TOGETHER;
use stdx::{AgentId, ContactId, LineId, Redacted, Tick};

/// What stands before client and line at the agent's telephone.
const CALLBACK: &str = "Rückruf: ";

/// What both legs speak. The agent answers before anybody knows what the citizen's network speaks, and sound is
/// relayed without decoding: G.711 is what every telephone network takes (ITU-T G.711, RFC 3551).
const SPOKEN: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

/// How German numbers begin, behind the country code, that are not to be called back: they are short, cost more
/// than a normal call, or are no subscriber's. Numbering plan of the Bundesnetzagentur (Struktur des
/// Nummernraums für das öffentliche Telefonnetz): (0)10 call-by-call, (0)11 with 110, 112, 115, 116xyz, and 118xy
/// directory inquiries, (0)12 innovative services, (0)13 with 0137 mass traffic, (0)18 with 0180 shared-cost
/// services and user groups, (0)19 online services and routing, (0)700 personal numbers, (0)900 premium rate.
const NOT_CALLED_BACK: [&[u8]; 8] = [b"10", b"11", b"12", b"13", b"18", b"19", b"700", b"900"];

/// The country code whose numbers [`NOT_CALLED_BACK`] is about.
const GERMANY: &[u8] = b"49";

/// One to whom the centre promised a call-back, or who asked for one a moment ago.
pub(super) struct Promise {
    line: LineId,
    /// None if the key is gone under which it was sealed.
    number: Option<Redacted<Number>>,
    /// The trunk by which the call came.
    trunk: usize,
    /// Whether the centre has agreed.
    is_agreed: bool,
    /// Whether the citizen was called first, has answered, and waits in a conversation.
    is_reached: bool,
    attempt: Option<Attempt>,
}

/// The legs of one attempt.
struct Attempt {
    decides: Callback,
    side: Option<Side>,
    citizen: Option<Leg>,
    /// How many of the trunk's peers were asked.
    asked: usize,
    /// The last final response that turned the call to the citizen down.
    said: Option<u16>,
    /// Until when whoever rings now may ring.
    until: Tick,
    since: Tick,
}

impl Attempt {
    fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.side.iter().flat_map(|side| &side.legs).chain(&self.citizen)
    }

    fn legs_mut(&mut self) -> impl Iterator<Item = &mut Leg> {
        self.side.iter_mut().flat_map(|side| &mut side.legs).chain(&mut self.citizen)
    }

    fn is_citizen(&self, call: CallId) -> bool {
        self.citizen.as_ref().is_some_and(|leg| leg.call == call)
    }
}

impl Promise {
    /// The leg with this call.
    pub(super) fn leg_mut(&mut self, call: CallId) -> Option<&mut Leg> {
        self.attempt.as_mut()?.legs_mut().find(|leg| leg.call == call)
    }

    /// The leg with these ports.
    pub(super) fn sounding_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        self.attempt.as_mut()?.legs_mut().find(|leg| leg.sound.id == id)
    }

    /// The agent's side of the attempt that is under way.
    pub(super) fn side(&self) -> Option<&Side> {
        self.attempt.as_ref()?.side.as_ref()
    }

    /// Whether somebody is called at this moment.
    pub(super) fn is_under_way(&self) -> bool {
        self.attempt.is_some()
    }

    pub(super) fn view(&self, contact: ContactId) -> Option<CallView> {
        let attempt = self.attempt.as_ref()?;
        let doing = Doing::Callback(attempt.decides.state());
        Some(CallView { contact: contact.0, line: self.line, doing, since: attempt.since })
    }
}

/// Whether somebody with this number may be called back over a trunk: in its own country, for what a normal call
/// costs. A caller's number is not proved, and whoever forges one must not make us pay.
pub(super) fn may_be_called_back(plan: &Plan, number: Number) -> bool {
    let Number::E164(digits) = number else { return false };
    let Some(national) = digits.as_bytes().strip_prefix(plan.country.as_bytes()) else {
        return false;
    };
    let is_german = plan.country.as_bytes() == GERMANY;
    let costs_more = is_german && NOT_CALLED_BACK.iter().any(|it| national.starts_with(it));
    !is_emergency(plan, number) && !costs_more
}

impl Exchange {
    // ---- what callers and the centre want ----

    /// A key of a telephone. That of a caller who waits alone asks for something: 1 for a call-back, 2 for the
    /// information of a crisis plan. What is asked for twice, or not offered, is refused by the centre.
    pub(super) fn key_pressed(&mut self, now: Tick, call: CallId, key: char) {
        self.key_of_agent(now, call, key);
        let Some(&contact) = self.by_call.get(&call) else { return };
        let waits =
            |it: &Conversation| it.caller.call == call && it.call.state() == call::State::Alone;
        if !self.conversations.get(&contact).is_some_and(waits) {
            return;
        }
        match key {
            '1' => self.callback_wanted(contact),
            '2' => self.told.push_back(Told::InformationWanted { contact }),
            _ => {}
        }
    }

    fn callback_wanted(&mut self, contact: ContactId) {
        let Some(it) = self.conversations.get(&contact) else { return };
        let Peer::Trunk(trunk) = it.caller.peer else { return };
        if !may_be_called_back(&self.plan_of(it.caller.peer), *it.number.expose()) {
            return;
        }
        // Kept from now on: the caller may have hung up when the centre agrees.
        let (line, number) = (it.line, Some(it.number));
        let wanted =
            Promise { line, number, trunk, is_agreed: false, is_reached: false, attempt: None };
        self.promises.entry(contact).or_insert(wanted);
        let event = Told::CallbackWanted { contact };
        self.asked_for.push_back((event, Some(Waits::Promise(contact))));
    }

    /// The centre did not agree: the caller waits on.
    pub(super) fn not_promised(&mut self, contact: ContactId) {
        if self.promises.get(&contact).is_some_and(|it| !it.is_agreed) {
            self.promises.remove(&contact);
        }
    }

    /// The centre agreed: the caller hears so.
    pub(super) fn promised(&mut self, now: Tick, contact: ContactId) {
        if let Some(it) = self.promises.get_mut(&contact) {
            it.is_agreed = true;
        }
        self.apply(now, contact, call::Event::Dismiss(call::Sound::Callback));
    }

    /// The number of who was promised a call-back.
    pub(super) fn promised_number(&self, contact: ContactId) -> Option<Redacted<Number>> {
        self.promises.get(&contact)?.number
    }

    /// Who was promised a call-back before the start. By which trunk the call came is not known any more.
    pub(super) fn recall_promise(&mut self, promised: Promised) {
        let Promised { contact, line, number } = promised;
        let promise =
            Promise { line, number, trunk: 0, is_agreed: true, is_reached: false, attempt: None };
        self.promises.insert(contact, promise);
    }

    /// Whether the centre means a call-back when it lets somebody ring for this contact.
    pub(super) fn is_promised(&self, contact: ContactId) -> bool {
        self.promises.get(&contact).is_some_and(|it| it.is_agreed && !it.is_reached)
    }

    /// The contact is over.
    pub(super) fn forget_promise(&mut self, now: Tick, contact: ContactId) {
        self.meet(now, contact, Event::Stop);
        self.promises.remove(&contact);
    }

    /// The centre lets the agent's telephones ring.
    pub(super) fn ring_back(&mut self, now: Tick, contact: ContactId, agent: AgentId, until: Tick) {
        // The one before is taken back by what follows.
        self.meet(now, contact, Event::Stop);
        let Some(it) = self.promises.get_mut(&contact) else { return };
        let side = Some(Side { agent, legs: Vec::new(), up: false, worst: Ending::Unreachable });
        let decides = Callback::ringing(agent);
        it.attempt =
            Some(Attempt { decides, side, citizen: None, asked: 0, said: None, until, since: now });
        self.traces.begin_again(contact);
        let mut targets = self.targets(now, agent);
        targets.truncate(PHONES_RINGING_MAX);
        let rings = targets.iter().filter(|target| self.ring_one_back(now, contact, target));
        let rings = rings.count();
        self.counters.rings += rings as u64;
        if rings == 0 {
            self.meet(now, contact, Event::AgentGone(Ending::Unreachable));
        }
    }

    /// The centre takes the agent's telephone back.
    pub(super) fn stop_ringing_back(&mut self, now: Tick, contact: ContactId, agent: AgentId) {
        let attempt = self.promises.get(&contact).and_then(|it| it.attempt.as_ref());
        if attempt.is_some_and(|it| it.decides.agent() == agent) {
            self.meet(now, contact, Event::Stop);
        }
    }

    /// The centre lets the citizen's telephone ring.
    pub(super) fn call_back(&mut self, now: Tick, contact: ContactId, until: Tick) {
        // Who still hears the promise would be busy.
        self.apply(now, contact, call::Event::Release);
        self.traces.begin_again(contact);
        if let Some(attempt) = self.attempt_mut(contact) {
            attempt.until = until;
        }
        self.meet(now, contact, Event::Call);
    }

    /// The centre lets the citizen's telephone ring first. Nobody is called for an agent who has no telephone
    /// at this moment.
    pub(super) fn call_first(
        &mut self,
        now: Tick,
        contact: ContactId,
        agent: AgentId,
        until: Tick,
    ) {
        // Who still hears the promise would be busy.
        self.apply(now, contact, call::Event::Release);
        if self.targets(now, agent).is_empty() {
            return self.tell_not_taken(agent, contact, Ending::Unreachable);
        }
        let Some(it) = self.promises.get_mut(&contact) else { return };
        let decides = Callback::calling_first(agent);
        it.attempt = Some(Attempt {
            decides,
            side: None,
            citizen: None,
            asked: 0,
            said: None,
            until,
            since: now,
        });
        self.traces.begin_again(contact);
        self.invite_citizen(now, contact);
    }

    /// The centre gives an attempt up, perhaps in the moment in which the citizen answers.
    pub(super) fn stop_callback(&mut self, now: Tick, contact: ContactId) {
        self.meet(now, contact, Event::Stop);
        if let Some(it) = self.promises.get_mut(&contact).filter(|it| it.is_reached) {
            it.is_reached = false;
            self.apply(now, contact, call::Event::Release);
        }
    }

    /// The centre lets both hear each other; says whether this is about a call-back.
    pub(super) fn connect_back(&mut self, now: Tick, contact: ContactId, agent: AgentId) -> bool {
        if !self.is_promised(contact) {
            return false;
        }
        if self.attempt_mut(contact).is_some_and(|it| it.decides.agent() == agent) {
            self.meet(now, contact, Event::Connect);
        }
        true
    }

    // ---- what is decided, carried out ----

    /// Lets something happen to an attempt, and whatever follows from it.
    pub(super) fn meet(&mut self, now: Tick, contact: ContactId, event: Event) {
        let Some(attempt) = self.attempt_mut(contact) else { return };
        let (before, agent) = (attempt.decides.state(), attempt.decides.agent());
        let actions = attempt.decides.handle(event);
        if attempt.decides.state() != before {
            attempt.since = now;
        }
        let is_over = attempt.decides.state() == CallbackState::Over;
        let goes_on = actions.iter().any(|it| matches!(it, Action::Join | Action::Welcome));
        for action in actions {
            self.act_back(now, contact, agent, action);
        }
        if !is_over || goes_on {
            return;
        }
        if let Some(it) = self.promises.get_mut(&contact) {
            it.attempt = None;
        }
        self.traces.end(contact);
    }

    fn act_back(&mut self, now: Tick, contact: ContactId, agent: AgentId, action: Action) {
        match action {
            Action::DropAgent => self.drop_agent_back(now, contact),
            Action::PlayRinging => self.play_ringing(contact),
            Action::Silence => {
                if let Some(id) = self.agent_sound(contact) {
                    let stopped = self.media.stop_playing(id);
                    self.counters.media_refused += u64::from(stopped.is_err());
                }
            }
            Action::InviteCitizen => self.invite_citizen(now, contact),
            Action::DropCitizen => {
                if let Some(leg) = self.attempt_mut(contact).and_then(|it| it.citizen.take()) {
                    self.end_elsewhere(now, &leg);
                }
            }
            Action::Join => self.join_back(now, contact),
            Action::Welcome => self.welcome(now, contact),
            Action::TellAnswered => self.told.push_back(Told::Answer { agent, contact }),
            Action::TellNotTaken(ending) => self.tell_not_taken(agent, contact, ending),
            Action::TellAgentHungUp => self.told.push_back(Told::HangUp { agent }),
            Action::TellReached => self.told.push_back(Told::CallbackReached { contact }),
            Action::TellNotReached(ending) => {
                let said = self.attempt_mut(contact).and_then(|it| it.said);
                let why = not_reached(said, ending);
                self.told.push_back(Told::CallbackNotReached { contact, why });
            }
            Action::TellCitizenLeft(ending) => {
                let parting = parting(ending);
                self.told.push_back(Told::CallerLeft { contact, parting });
            }
        }
    }

    fn attempt_mut(&mut self, contact: ContactId) -> Option<&mut Attempt> {
        self.promises.get_mut(&contact)?.attempt.as_mut()
    }

    // ---- the agent's legs ----

    fn ring_one_back(&mut self, now: Tick, contact: ContactId, target: &Target) -> bool {
        let Some((from, until)) = self.shown_back(contact) else { return false };
        let peer = Peer::Phone(target.phone);
        let invited =
            self.invite_back(now, peer, target.outward.clone(), (from, Vec::new()), until);
        let Some(leg) = invited else { return false };
        self.by_call.insert(leg.call, contact);
        self.by_leg.insert(leg.sound.id, contact);
        // On the grid of what lingers, so that this wakes nobody by itself.
        let by = (now + FIRST_SIGN).0.next_multiple_of(LINGERS_TOGETHER.0);
        self.first_signs.insert((Tick(by), leg.call));
        if let Some(side) = self.attempt_mut(contact).and_then(|it| it.side.as_mut()) {
            side.legs.push(leg);
        }
        self.collect(now, Some((contact, Party::Agent)));
        true
    }

    /// What the agent's telephone shows, and until when it rings.
    fn shown_back(&self, contact: ContactId) -> Option<(Vec<u8>, Tick)> {
        let it = self.promises.get(&contact)?;
        let until = it.attempt.as_ref()?.until;
        let title = [CALLBACK, &self.line(it.line).shown].concat();
        let number = it.number.map_or(Number::Withheld, |number| *number.expose());
        Some((shown(&title, number, &self.setup.domain), until))
    }

    /// Opens a leg and calls; none without ports.
    fn invite_back(
        &mut self,
        now: Tick,
        peer: Peer,
        outward: Outward,
        (from, headers): (Vec<u8>, Fields),
        until: Tick,
    ) -> Option<Leg> {
        let mut leg = self.new_leg(CallId::NONE, peer, &outward.flow);
        leg.sound.codecs = SPOKEN.to_vec();
        let (media, rng) = (&mut self.media, &mut self.rng);
        leg.sound.open(media, rng, None, None, &mut self.counters).ok()?;
        let ring_for = until.since(now) + RING_MARGIN;
        let invite = leg.offer(leg.sound.capabilities());
        let invite =
            invite.map(|offer| Invite { headers, ..outward.invite(from, offer, ring_for) });
        let Some(call) = invite.and_then(|invite| self.ua.invite(now, invite).ok()) else {
            self.close_sound(leg.sound.id);
            return None;
        };
        Some(Leg { call, ..leg })
    }

    fn drop_agent_back(&mut self, now: Tick, contact: ContactId) {
        let side = self.attempt_mut(contact).and_then(|it| it.side.take());
        for leg in side.iter().flat_map(|side| &side.legs) {
            self.end_leg(now, leg, None);
        }
    }

    fn agent_sound(&mut self, contact: ContactId) -> Option<LegId> {
        let side = self.attempt_mut(contact)?.side.as_ref()?;
        side.legs.first().map(|leg| leg.sound.id)
    }

    /// The agent hears that it rings at the citizen's.
    fn play_ringing(&mut self, contact: ContactId) {
        let Some(id) = self.agent_sound(contact) else { return };
        let play = PlayId(self.next_play);
        self.next_play += 1;
        let ringing = self.setup.ringing.clone();
        self.start(id, play, ringing, Repeat::Forever);
    }

    // ---- the citizen's leg ----

    fn invite_citizen(&mut self, now: Tick, contact: ContactId) {
        if self.outside_back(contact).is_none_or(|outside| !self.may_leave_back(now, outside))
            || !self.invite_next_citizen(now, contact)
        {
            self.meet(now, contact, Event::CitizenGone(Ending::Unreachable));
        }
    }

    /// Whom to call; none whose number is not known any more, or not to be called back over this trunk.
    fn outside_back(&self, contact: ContactId) -> Option<Outside> {
        let it = self.promises.get(&contact)?;
        let (trunk, number) = (it.trunk, *it.number?.expose());
        let plan = self.setup.trunks.get(trunk)?.plan;
        may_be_called_back(&plan, number).then_some(Outside { trunk, number })
    }

    fn may_leave_back(&mut self, now: Tick, outside: Outside) -> bool {
        self.may_leave(now, super::dialled::Whither::Outside(outside))
    }

    /// Calls by the next peer of the trunk that can be called at all.
    fn invite_next_citizen(&mut self, now: Tick, contact: ContactId) -> bool {
        let Some(outside) = self.outside_back(contact) else { return false };
        let peers = self.peer_count(outside.trunk);
        loop {
            let Some(attempt) = self.attempt_mut(contact) else { return false };
            let nth = attempt.asked;
            attempt.asked += 1;
            if nth >= peers || !self.has_channel(Peer::Trunk(outside.trunk)) {
                return false;
            }
            if self.invite_citizen_by(now, contact, outside, nth) {
                return true;
            }
        }
    }

    fn invite_citizen_by(
        &mut self,
        now: Tick,
        contact: ContactId,
        outside: Outside,
        nth: usize,
    ) -> bool {
        let Some(outward) = self.outward(outside, nth) else { return false };
        let Some(it) = self.promises.get(&contact) else { return false };
        let Some(until) = it.attempt.as_ref().map(|it| it.until) else { return false };
        let who = self.line_shown(it.line, outside.trunk);
        let peer = Peer::Trunk(outside.trunk);
        let Some(leg) = self.invite_back(now, peer, outward, who, until) else {
            return false;
        };
        self.by_call.insert(leg.call, contact);
        self.by_leg.insert(leg.sound.id, contact);
        self.trunks[outside.trunk].calls += 1;
        self.first_signs.insert((now + FIRST_SIGN, leg.call));
        if let Some(attempt) = self.attempt_mut(contact) {
            attempt.citizen = Some(leg);
        }
        self.collect(now, Some((contact, Party::Caller)));
        true
    }

    /// Who calls: the line, by its first number, which answers for the call as well (RFC 3325); or where the
    /// carrier does not know that as ours, one that it knows.
    fn line_shown(&self, line: LineId, trunk: usize) -> (Vec<u8>, Fields) {
        let domain = self.domain_at(trunk);
        let mut from = Vec::new();
        push_quoted(&mut from, &self.line(line).shown);
        let own = self.asserted(trunk, Some(line)).and_then(|own| uri(own, domain));
        let asserted = own.as_ref().map(|own| [b"<", &own[..], b">"].concat());
        let own = own.unwrap_or_else(|| format!("sip:{domain}").into_bytes());
        from.extend_from_slice(b" <");
        from.extend_from_slice(&own);
        from.push(b'>');
        let name = self.asserted_in(trunk);
        let fields = asserted.map(|own| (name, Redacted::new(own)));
        (from, fields.into_iter().collect())
    }

    /// Both are up: from now on it is a conversation like any other.
    fn join_back(&mut self, now: Tick, contact: ContactId) {
        let Some(promise) = self.promises.remove(&contact) else { return };
        let Promise { line, number, attempt, .. } = promise;
        let Some(Attempt { decides, side: Some(side), citizen: Some(citizen), .. }) = attempt
        else {
            return;
        };
        let number = number.map_or(Number::Withheld, |number| *number.expose());
        let agent = decides.agent();
        let it = Conversation::called_back(now, line, (agent, side), citizen, number);
        self.conversations.insert(contact, it);
        self.join(now, contact);
    }

    /// The citizen is up: from now on it is a conversation of one who waits, and hears who calls. The promise is
    /// kept until the centre has said what becomes of it.
    fn welcome(&mut self, now: Tick, contact: ContactId) {
        let Some(promise) = self.promises.get_mut(&contact) else { return };
        let citizen = promise.attempt.take().and_then(|attempt| attempt.citizen);
        let Some(citizen) = citizen else { return };
        promise.is_reached = true;
        let number = promise.number.map_or(Number::Withheld, |number| *number.expose());
        let it = Conversation::called_first(now, promise.line, citizen, number);
        self.conversations.insert(contact, it);
        self.apply(now, contact, call::Event::Play(call::Sound::CallbackGreeting));
    }

    // ---- what the legs report ----

    /// Whose call-back has this leg, if one has.
    pub(super) fn called_back(&self, call: CallId) -> Option<ContactId> {
        let contact = *self.by_call.get(&call)?;
        let attempt = self.promises.get(&contact)?.attempt.as_ref()?;
        attempt.legs().any(|leg| leg.call == call).then_some(contact)
    }

    /// On which side of the ladder a leg of a call-back stands.
    pub(super) fn party_back(&self, call: CallId) -> Option<(ContactId, Party)> {
        let contact = self.called_back(call)?;
        let attempt = self.promises.get(&contact)?.attempt.as_ref()?;
        Some((contact, if attempt.is_citizen(call) { Party::Caller } else { Party::Agent }))
    }

    pub(super) fn answered_back(
        &mut self,
        now: Tick,
        contact: ContactId,
        call: CallId,
        answer: Option<&[u8]>,
    ) {
        let Some(attempt) = self.attempt_mut(contact) else { return };
        if attempt.is_citizen(call) {
            let Some(leg) = &mut attempt.citizen else { return };
            let (id, remote) = (leg.sound.id, answer.and_then(|sdp| leg.accept(sdp)));
            return match remote {
                Some(remote) => {
                    self.heard_at(id, &remote);
                    self.meet(now, contact, Event::CitizenAnswered);
                }
                None => {
                    self.hang_up(now, call, None);
                    self.gone_back(now, contact, call, Ending::Lost);
                }
            };
        }
        let Some((id, remote, others)) =
            attempt.side.as_mut().and_then(|side| side.picks_up(call, answer))
        else {
            return;
        };
        for leg in others {
            self.end_leg(now, &leg, Some(super::conversation::ELSEWHERE));
        }
        match remote {
            Some(remote) => {
                self.heard_at(id, &remote);
                self.meet(now, contact, Event::AgentAnswered);
            }
            None => {
                self.drop_agent_back(now, contact);
                self.meet(now, contact, Event::AgentGone(Ending::Unreachable));
            }
        }
    }

    fn heard_at(&mut self, id: LegId, remote: &Remote) {
        let updated = self.media.update(id, remote);
        self.counters.media_refused += u64::from(updated.is_err());
    }

    /// What a final response to the citizen's leg said, before it is gone.
    pub(super) fn refused_back(&mut self, contact: ContactId, call: CallId, status: u16) {
        if let Some(attempt) = self.attempt_mut(contact).filter(|it| it.is_citizen(call)) {
            attempt.said = Some(status);
        }
    }

    /// A leg is gone. Of a trunk that is out of order the next peer is asked.
    pub(super) fn gone_back(
        &mut self,
        now: Tick,
        contact: ContactId,
        call: CallId,
        ending: Ending,
    ) {
        let Some(attempt) = self.attempt_mut(contact) else { return };
        if let Some(leg) = attempt.citizen.take_if(|leg| leg.call == call) {
            let rang = match attempt.decides.state() {
                CallbackState::Calling | CallbackState::CallingFirst => true,
                CallbackState::Ringing
                | CallbackState::PickedUp
                | CallbackState::Reached
                | CallbackState::Over => false,
            };
            self.close_elsewhere(&leg);
            let is_out_of_order = rang && ending == Ending::Unreachable;
            if !is_out_of_order || !self.invite_next_citizen(now, contact) {
                self.meet(now, contact, Event::CitizenGone(ending));
            }
            return;
        }
        let Some((leg, last)) = attempt.side.as_mut().and_then(|side| side.loses(call, ending))
        else {
            return;
        };
        if last.is_some() {
            attempt.side = None;
        }
        self.by_call.remove(&call);
        self.close_sound(leg.sound.id);
        if let Some(worst) = last {
            self.meet(now, contact, Event::AgentGone(worst));
        }
    }

    /// Either side wants another session: hold, its end, a refresh.
    pub(super) fn change_back(
        &mut self,
        contact: ContactId,
        call: CallId,
        offer: Option<&[u8]>,
    ) -> Result<Vec<u8>, Status> {
        let refused = super::door::status(488);
        let leg = self.promises.get_mut(&contact).and_then(|it| it.leg_mut(call));
        let leg = leg.ok_or(refused)?;
        let id = leg.sound.id;
        let (sdp, remote) = leg.take_change(offer, None)?;
        if let Some(remote) = remote {
            self.heard_at(id, &remote);
        }
        Ok(sdp)
    }
}

/// How a citizen was not reached, by what the network said last.
fn not_reached(said: Option<u16>, ending: Ending) -> NotReached {
    match (said, ending) {
        (Some(486 | 600 | 603), _) => NotReached::Busy,
        (Some(408 | 480 | 487), _) | (_, Ending::HungUp | Ending::TurnedDown) => {
            NotReached::NoAnswer
        }
        (_, Ending::Unreachable | Ending::Lost) => NotReached::Unreachable,
    }
}

impl Side {
    /// One telephone was answered: it is the one. Its ports, where it listens if anything was agreed, and the
    /// others.
    pub(super) fn picks_up(
        &mut self,
        call: CallId,
        answer: Option<&[u8]>,
    ) -> Option<(LegId, Option<Remote>, Vec<Leg>)> {
        let at = self.legs.iter().position(|leg| leg.call == call)?;
        let mut leg = self.legs.remove(at);
        let remote = answer.and_then(|sdp| leg.accept(sdp));
        let id = leg.sound.id;
        self.up = true;
        Some((id, remote, std::mem::replace(&mut self.legs, vec![leg])))
    }

    /// One telephone is gone; with the last one the agent is, as the one that said most.
    pub(super) fn loses(&mut self, call: CallId, ending: Ending) -> Option<(Leg, Option<Ending>)> {
        let at = self.legs.iter().position(|leg| leg.call == call)?;
        let leg = self.legs.remove(at);
        if outweighs(ending, self.worst) {
            self.worst = ending;
        }
        Some((leg, self.legs.is_empty().then_some(self.worst)))
    }
}

/// The key that an INFO tells: `Signal=1` of application/dtmf-relay, or the key alone of application/dtmf.
/// Neither has an RFC; telephones without RFC 4733 send them.
pub(super) fn key_of(body: &[u8]) -> Option<char> {
    let text = std::str::from_utf8(body).ok()?;
    let signal = text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        name.trim().eq_ignore_ascii_case("signal").then_some(value)
    });
    let mut key = signal.unwrap_or(text).trim().chars();
    key.next().filter(|_| key.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sip::number::Digits;

    #[test]
    fn only_numbers_that_cost_what_a_normal_call_costs_are_called_back() {
        let digits = |text: &str| Digits::new(text.as_bytes()).expect("digits");
        let plan = Plan { country: digits("49"), area: Some(digits("4171")), stem: None };
        let may = |user: &str| {
            plan.read(user.as_bytes()).is_some_and(|number| may_be_called_back(&plan, number))
        };
        for user in ["+494171693100", "04171693100", "+4915112345678", "01771234567", "03212345678"]
        {
            assert!(may(user), "{user}");
        }
        for user in [
            "110",
            "112",
            "+49112",
            "+49110",
            "115",
            "116117",
            "11833",
            "+4911833",
            "+49900123456",
            "09001234567",
            "+491371234567",
            "+49180512345",
            "+4912345678",
            "+4919123456",
            "+4970012345678",
            "+4910011223344",
            "+43144123456",
            "+88213123456",
        ] {
            assert!(!may(user), "{user}");
        }
        assert!(!may_be_called_back(&plan, Number::Withheld));
        assert!(!may_be_called_back(&plan, Number::Extension(digits("8001"))));
    }

    #[test]
    fn keys_are_read_from_info_as_telephones_write_them() {
        assert_eq!(key_of(b"Signal=1\r\nDuration=160\r\n"), Some('1'));
        assert_eq!(key_of(b"Signal= 2\nDuration= 250"), Some('2'));
        assert_eq!(key_of(b"1\r\n"), Some('1'));
        assert_eq!(key_of(b"*"), Some('*'));
        for body in [&b""[..], b"12", b"Duration=160", b"\xff", b"Signal=12"] {
            assert_eq!(key_of(body), None);
        }
    }
}
