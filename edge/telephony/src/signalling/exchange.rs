// SPDX-License-Identifier: EUPL-1.2
//! Everything between the sockets and the centre: user agent, media, who may come in, and the calls.
//!
//! The rule to keep: every message is looked at by the door before the user agent keeps anything of it,
//! and what the user agent tells is carried out before the next message is looked at.

use super::callback::{Promise, key_of};
use super::codes::CodeCall;
use super::conversation::Conversation;
use super::counts::Counters;
use super::dialled::DialledCall;
use super::door::{Door, Entry, status};
use super::lamps::Lamps;
use super::leg::{Leg, Peer};
use super::network::{Input, Network};
use super::places::Places;
use super::record::Records;
use super::telling::ToTell;
use super::trace::{self, Party, Traces, What};
use super::transfer::Waits;
use super::trunk::TrunkState;
use super::words::{CallView, Doing, Listen, Moment, Refused, Setup};
use crate::media::{self, LegId, Media};
use call::{Ending, Event as CallEvent};
use centre::Event as Told;
use sip::agent::{CallId, Config, Event, Flow, Transmit, UserAgent};
use sip::dialog::{Carrier, End, Party as Whose};
use sip::message::{Message, Refusal, Request, parse_datagram};
use sip::{Method, Status};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::mpsc::Receiver;
use stdx::{AgentId, ContactId, Rng, Tick};

/// The telephone exchange.
pub(super) struct Exchange {
    pub(super) setup: Setup,
    pub(super) ua: UserAgent,
    pub(super) media: Media,
    media_events: Receiver<media::Event>,
    pub(super) door: Door,
    pub(super) rng: Rng,
    pub(super) conversations: BTreeMap<ContactId, Conversation>,
    pub(super) by_call: BTreeMap<CallId, ContactId>,
    pub(super) by_leg: BTreeMap<LegId, ContactId>,
    /// Telephones of agents that have to say something until then.
    pub(super) first_signs: BTreeSet<(Tick, CallId)>,
    /// When who waits is to be told something; at most one for each.
    pub(super) tellings: BTreeSet<(Tick, ContactId)>,
    /// Who is to be told something now.
    pub(super) to_tell: VecDeque<ToTell>,
    /// What the calendar says at this moment.
    pub(super) moment: Moment,
    pub(super) codes: BTreeMap<CallId, CodeCall>,
    /// Calls that telephones of ours made, by the telephone's call.
    pub(super) dialled: BTreeMap<CallId, DialledCall>,
    /// Who is promised a call-back, or asked for one a moment ago: contacts of the centre, which bounds them.
    pub(super) promises: BTreeMap<ContactId, Promise>,
    /// Whose leg is to take over a contact: the telephone's call that asked before.
    pub(super) putting: BTreeMap<ContactId, CallId>,
    pub(super) trunks: Vec<TrunkState>,
    /// Telephones of each agent, as positions in the setup.
    pub(super) phones_of: BTreeMap<AgentId, Vec<usize>>,
    /// What the centre has to hear.
    pub(super) told: VecDeque<Told>,
    /// Whether new calls are let in.
    pub(super) lets_in: bool,
    /// What still has to happen to calls.
    pub(super) pending: VecDeque<(ContactId, CallEvent)>,
    pub(super) applying: bool,
    pub(super) to_close: Vec<LegId>,
    /// When media threads are woken for legs that were only opened or closed.
    pub(super) wake_media_at: Option<Tick>,
    pub(super) out: VecDeque<Transmit>,
    pub(super) next_contact: u64,
    pub(super) next_leg: u64,
    pub(super) next_play: u64,
    /// The telephone that proved who it is with the message at hand.
    pub(super) verified: Option<usize>,
    pub(super) counters: Counters,
    pub(super) traces: Traces,
    /// What feature codes and keys of telephones ask of the centre; the last event of each with whoever waits.
    pub(super) asked_for: VecDeque<(Told, Option<Waits>)>,
    /// The flows to telephones at fixed addresses and to the peers of trunks.
    pub(super) fixed_flows: BTreeMap<(super::words::Carrier, std::net::SocketAddr), Flow>,
    /// Where peers are that are known by name.
    pub(super) places: Places,
    /// Whether it has to be looked where we register: at the start, and when the setup is another.
    pub(super) enrolment_is_due: bool,
    /// Trunks whose registration has changed since somebody asked; as many as there are, at most one entry each
    /// between two questions of the loop.
    pub(super) trunks_changed: BTreeSet<usize>,
    /// What agents are doing, as far as the centre said.
    pub(super) states: BTreeMap<AgentId, acd::agent::State>,
    /// Whether a telephone registered, or took its leave, since somebody asked.
    pub(super) has_registered: bool,
    /// Who watches telephones of ours.
    pub(super) lamps: Lamps,
    /// What is recorded of the legs; none if nobody keeps it.
    pub(super) records: Option<Records>,
}

impl Exchange {
    pub(super) fn new(
        setup: Setup,
        door: Door,
        media: Media,
        media_events: Receiver<media::Event>,
        first_contact: u64,
    ) -> Exchange {
        let mut media = media;
        media.gather();
        let mut rng = Rng::new(setup.seed);
        let ua = UserAgent::new(Config::default(), rng.split(rng.clone().next_u64()));
        let _ = rng.next_u64();
        let phones_of = phones_of(&setup);
        let mut exchange = Exchange {
            places: Places::asking(setup.name_servers.clone()),
            trunks: vec![TrunkState::default(); setup.trunks.len()],
            setup,
            ua,
            media,
            media_events,
            door,
            rng,
            conversations: BTreeMap::new(),
            by_call: BTreeMap::new(),
            by_leg: BTreeMap::new(),
            first_signs: BTreeSet::new(),
            tellings: BTreeSet::new(),
            to_tell: VecDeque::new(),
            moment: Moment::default(),
            codes: BTreeMap::new(),
            dialled: BTreeMap::new(),
            promises: BTreeMap::new(),
            putting: BTreeMap::new(),
            phones_of,
            told: VecDeque::new(),
            lets_in: true,
            pending: VecDeque::new(),
            applying: false,
            to_close: Vec::new(),
            wake_media_at: None,
            out: VecDeque::new(),
            next_contact: first_contact,
            next_leg: 0,
            next_play: 0,
            verified: None,
            counters: Counters::default(),
            traces: Traces::default(),
            asked_for: VecDeque::new(),
            fixed_flows: BTreeMap::new(),
            enrolment_is_due: true,
            trunks_changed: BTreeSet::new(),
            states: BTreeMap::new(),
            has_registered: false,
            lamps: Lamps::default(),
            records: None,
        };
        exchange.places.adopt(&exchange.setup.trunks);
        exchange.settle_peers();
        exchange
    }

    /// Takes up other lines, telephones and trunks.
    pub(super) fn adopt(&mut self, setup: Setup) {
        self.door.adopt(&setup);
        self.phones_of = phones_of(&setup);
        self.trunks.resize(setup.trunks.len().max(self.trunks.len()), TrunkState::default());
        let Setup { trunks, phones, switchboards, partners, lines, plans, .. } = setup;
        let Setup { phrases, music, certificates, .. } = setup;
        self.lamps.look_at_once();
        self.setup = Setup {
            certificates,
            trunks,
            phones,
            switchboards,
            partners,
            lines,
            plans,
            phrases,
            music,
            ..self.setup.clone()
        };
        self.places.adopt(&self.setup.trunks);
        self.settle_peers();
    }

    /// The addresses of each trunk.
    pub(super) fn peers(&self) -> Vec<Vec<Listen>> {
        self.trunks.iter().map(|state| state.peers.clone()).collect()
    }

    /// Finds the ways to telephones at fixed addresses.
    pub(super) fn find_fixed_flows(&mut self, network: &Network) {
        // Of those who were elsewhere before nothing is kept; their calls have flows of their own.
        self.fixed_flows.clear();
        let peers = self.trunks.iter().flat_map(|state| &state.peers).copied();
        for place in self.setup.phones.iter().filter_map(|phone| phone.at).chain(peers) {
            if let Some(flow) = network.flow_to(place.carrier, place.address) {
                self.fixed_flows.insert((place.carrier, place.address), flow);
            }
        }
        self.enrolment_is_due = true;
    }

    // ---- what comes ----

    /// Something came by a flow; says whether its sender is known.
    pub(super) fn take_in(
        &mut self,
        now: Tick,
        behind: bool,
        flow: Flow,
        input: &Input<'_>,
    ) -> bool {
        self.counters.received += 1;
        let known = match input {
            Input::Datagram(bytes) => match parse_datagram(bytes) {
                Ok(message) => self.take_message(now, behind, flow, &message),
                Err(refusal) => self.take_refusal(now, flow, &refusal),
            },
            Input::Message(message) => self.take_message(now, behind, flow, message),
            Input::Refused(refusal) => self.take_refusal(now, flow, refusal),
        };
        self.collect(now, None);
        known
    }

    fn take_refusal(&mut self, now: Tick, flow: Flow, refusal: &Refusal<'_>) -> bool {
        self.counters.refuse(Refused::Malformed);
        match self.door.tolerate(now, &flow) {
            Entry::In(_) => self.ua.receive_refusal(flow, refusal),
            Entry::Away(why, ..) | Entry::Silence(why) => self.counters.refuse(why),
        }
        false
    }

    fn take_message(&mut self, now: Tick, behind: bool, flow: Flow, message: &Message<'_>) -> bool {
        if let Some((contact, party)) = self.traces.owner(message.headers().call_id) {
            self.note(now, contact, party, trace::label(message, true));
        }
        let (door, ua) = (&mut self.door, &self.ua);
        let entry = door.look(now, &mut self.rng, &flow, message, |it| ua.has_dialog(it));
        let proved = matches!(entry, Entry::In(Some(_)));
        match entry {
            Entry::In(phone) => {
                self.verified = phone;
                match message {
                    Message::Request(request)
                        if behind && begins(request) && !self.is_for_help(request) =>
                    {
                        self.turn_away(flow, request, Refused::Busy, status(503));
                    }
                    Message::Request(_) | Message::Response(_) => {
                        self.ua.receive_message(now, flow, message);
                    }
                }
            }
            Entry::Away(why, status, fields) => {
                self.counters.refuse(why);
                if let Message::Request(request) = message {
                    self.ua.turn_away(flow, request, status, fields);
                }
            }
            Entry::Silence(why) => self.counters.refuse(why),
        }
        while let Some(event) = self.ua.poll_event() {
            self.heard(now, event);
        }
        self.verified = None;
        proved || flow.connection.is_some() && self.door.knows(&flow)
    }

    fn turn_away(&mut self, flow: Flow, request: &Request<'_>, why: Refused, status: Status) {
        self.counters.refuse(why);
        let seconds = sip::agent::limits::RETRY_AFTER.to_string().into_bytes();
        let fields = vec![(sip::message::Name::RetryAfter, seconds)];
        self.ua.turn_away(flow, request, status, fields);
    }

    /// What the user agent tells.
    fn heard(&mut self, now: Tick, event: Event) {
        if let Some(call) = event.call() {
            self.touch(call);
        }
        match event {
            Event::Incoming(call, info) => self.incoming(now, call, &info),
            Event::Register(id, info) => self.register(now, id, &info),
            Event::Cancelled(call, _) => self.leg_gone(now, call, Ending::HungUp),
            Event::Acked(call, sdp) => self.acked(now, call, sdp.as_deref()),
            Event::Provisional(call, _, Some(description)) => {
                if let Some(of) = self.dialled_of(call) {
                    self.dialled_progresses(now, (call, of), &description);
                }
            }
            Event::Provisional(_, _, None) | Event::Withdrawn(_) => {}
            Event::Answered(call, sdp) => self.answered(now, call, sdp.as_deref()),
            Event::Refused { call, status, by, .. } => {
                if let Some(of) = self.dialled_of(call) {
                    return self.dialled_leg_gone(now, call, of, Some(status));
                }
                if let Some(contact) = self.contact_elsewhere(call).filter(|_| by == Whose::Peer) {
                    self.refused_elsewhere(contact, status.code());
                }
                if let Some(contact) = self.called_back(call).filter(|_| by == Whose::Peer) {
                    self.refused_back(contact, call, status.code());
                }
                self.leg_gone(now, call, refusal_means(status, by));
            }
            Event::Ended(call, end) => self.leg_gone(now, call, end_means(end)),
            Event::Reinvite(call, carrier, offer) => {
                self.change_wanted(now, call, carrier, offer.as_deref());
            }
            Event::Changed(call, answer) => {
                self.take_answer(now, call, answer.as_deref());
                self.leg_answers(call);
            }
            Event::NotChanged(call, status) => {
                self.not_changed(call);
                // Everything but silence was said by somebody who is there.
                if status.code() != 408 {
                    self.leg_answers(call);
                }
            }
            Event::Info(call, body) => {
                if let Some((contact, party)) = self.party_of(call) {
                    self.note(now, contact, party, What::Key);
                }
                if let Some(key) = key_of(&body) {
                    self.key_pressed(now, call, key);
                }
            }
            Event::Refer(call, info) => self.refer_came(now, call, &info),
            Event::Referred(call, status) => self.sending_on_went(now, call, status),
            Event::Subscribe(id, info) => self.subscribe_came(now, id, &info),
            Event::Unsubscribed(id) => self.lamps.forget(id),
            Event::Probed(probe, status) => self.probed(probe, status),
            Event::Registration(id) => self.registration_changed(id),
        }
    }

    fn answered(&mut self, now: Tick, call: CallId, sdp: Option<&[u8]>) {
        if let Some(of) = self.dialled_of(call) {
            return self.dialled_answers(now, call, of, sdp);
        }
        if let Some(contact) = self.contact_elsewhere(call) {
            return self.answered_elsewhere(now, contact, sdp);
        }
        if let Some(contact) = self.called_back(call) {
            return self.answered_back(now, contact, call, sdp);
        }
        match self.by_call.get(&call) {
            Some(&contact) => self.agent_answered(now, contact, call, sdp),
            // It was taken back meanwhile.
            None => self.hang_up(now, call, None),
        }
    }

    /// Hangs up, whatever state the call is in. One that is gone already is as good.
    pub(super) fn hang_up(&mut self, now: Tick, call: CallId, reason: Option<&[u8]>) {
        self.touch(call);
        let _ = self.ua.hang_up(now, call, reason);
    }

    pub(super) fn touch(&mut self, call: CallId) {
        if let Some(records) = &mut self.records {
            records.touch(call);
        }
    }

    fn leg_gone(&mut self, now: Tick, call: CallId, ending: Ending) {
        if self.codes.contains_key(&call) {
            return self.end_code(now, call, false);
        }
        if let Some(of) = self.dialled_of(call) {
            return self.dialled_leg_gone(now, call, of, None);
        }
        if let Some(contact) = self.contact_elsewhere(call) {
            return self.elsewhere_gone(now, contact, ending);
        }
        if let Some(contact) = self.called_back(call) {
            return self.gone_back(now, contact, call, ending);
        }
        let Some(&contact) = self.by_call.get(&call) else { return };
        let Some(it) = self.conversations.get(&contact) else { return };
        if it.caller.call == call {
            self.by_call.remove(&call);
            self.apply(now, contact, CallEvent::CallerGone(ending));
        } else {
            self.agent_leg_gone(now, contact, call, ending);
        }
    }

    /// The ACK to our answer; with the answer to our offer if we had to make one.
    fn acked(&mut self, now: Tick, call: CallId, answer: Option<&[u8]>) {
        self.dialling_phone_acked(call, answer);
        self.take_answer(now, call, answer);
        // Before the ACK we could not ask the caller for the agent's codec.
        if let Some(contact) = self.by_call.get(&call).copied().filter(|it| self.is_apart(it)) {
            self.join(now, contact);
        }
    }

    /// Takes the answer to an offer of ours, if there is one, and lets media know. Telephones that dial a
    /// code are never offered anything.
    fn take_answer(&mut self, now: Tick, call: CallId, answer: Option<&[u8]>) {
        let Some(&contact) = self.by_call.get(&call) else { return };
        let Some(leg) = self.leg_mut(contact, call) else { return };
        let id = leg.sound.id;
        let remote = answer.and_then(|sdp| leg.accept(sdp));
        // An answer that is missing or broken ends the exchange as well (RFC 3264, 4).
        leg.forget_offer();
        match remote {
            Some(remote) => self.new_remote(now, contact, id, &remote),
            // Nothing was in force before: there is nothing to hear, and there never will be.
            None if leg.negotiation.negotiated().is_none() => {
                self.hang_up(now, call, None);
                self.leg_gone(now, call, Ending::Lost);
            }
            None => {}
        }
    }

    /// A leg has another remote; joined legs whose codecs do not fit any more are joined anew.
    fn new_remote(&mut self, now: Tick, contact: ContactId, id: LegId, remote: &media::Remote) {
        match self.media.update(id, remote) {
            Ok(()) => {}
            Err(media::Refused::Codecs(..)) => {
                let parted = self.media.part(id).and_then(|()| self.media.update(id, remote));
                self.counters.media_refused += u64::from(parted.is_err());
            }
            Err(_) => self.counters.media_refused += 1,
        }
        if self.conversations.get(&contact).is_some_and(Conversation::is_joined) {
            self.join(now, contact);
        }
    }

    /// Whether both are to hear each other and speak codecs that are not relayed.
    fn is_apart(&self, contact: &ContactId) -> bool {
        let Some(it) = self.conversations.get(contact).filter(|it| it.is_joined()) else {
            return false;
        };
        match (it.caller.codec(), it.other().and_then(Leg::codec)) {
            (Some(caller), Some(other)) => !super::leg::relayed(caller, other),
            (None, _) | (_, None) => false,
        }
    }

    // ---- changes of a session ----

    /// The peer wants another session: hold, its end, another address, or a refresh.
    fn change_wanted(&mut self, now: Tick, call: CallId, carrier: Carrier, offer: Option<&[u8]>) {
        let answer = match self.dialled_of(call) {
            Some(of) => self.change_dialled(call, of, offer),
            None => self.answer_change(now, call, offer),
        };
        let done = match answer {
            Ok(sdp) => self.ua.accept_change(now, call, carrier, Some(sdp)),
            Err(status) => self.ua.refuse_change(now, call, carrier, status),
        };
        // It was withdrawn or the call ended: its event has come or comes.
        let _ = done;
    }

    fn answer_change(
        &mut self,
        now: Tick,
        call: CallId,
        offer: Option<&[u8]>,
    ) -> Result<Vec<u8>, Status> {
        if let Some(contact) = self.called_back(call) {
            return self.change_back(contact, call, offer);
        }
        let contact = *self.by_call.get(&call).ok_or(status(488))?;
        let it = self.conversations.get_mut(&contact).ok_or(status(488))?;
        let party = it.party(call);
        let other = match party {
            // What is mixed may be spoken as each likes best.
            Party::Caller | Party::Agent | Party::Elsewhere if it.is_conference() => None,
            Party::Caller => it.other().and_then(Leg::codec),
            Party::Agent | Party::Elsewhere => it.caller.codec(),
        };
        let leg = it.leg_mut(call).ok_or(status(488))?;
        let (sdp, remote) = leg.take_change(offer, other)?;
        let Some(remote) = remote else { return Ok(sdp) };
        let id = leg.sound.id;
        self.new_remote(now, contact, id, &remote);
        let holds = !remote.we_send;
        let event = match party {
            Party::Caller => CallEvent::CallerHolds(holds),
            Party::Agent => CallEvent::AgentHolds(holds),
            Party::Elsewhere => CallEvent::Elsewhere(call::Elsewhere::Holds(holds)),
        };
        self.apply(now, contact, event);
        Ok(sdp)
    }

    fn not_changed(&mut self, call: CallId) {
        let Some(&contact) = self.by_call.get(&call) else { return };
        if let Some(leg) = self.leg_mut(contact, call) {
            // A refresh by the session timer has nothing of ours pending.
            leg.forget_offer();
        }
    }

    // ---- media ----

    /// What the media threads tell.
    pub(super) fn hear_media(&mut self, now: Tick) {
        for id in std::mem::take(&mut self.to_close) {
            self.close_sound(id);
        }
        while let Ok(event) = self.media_events.try_recv() {
            self.media_told(now, event);
        }
        self.collect(now, None);
    }

    fn media_told(&mut self, now: Tick, event: media::Event) {
        use media::Event as Media;
        match event {
            Media::PlayedOut { leg, play } => self.played_out(now, leg, play),
            Media::Latched { leg, .. } => self.sounded(now, leg, What::SoundBegan),
            Media::Silent { leg } => {
                self.sounded(now, leg, What::SoundStopped);
                if self.was_heard(leg) {
                    self.ask_for_life(now, leg);
                }
            }
            Media::SoundAgain { leg } => self.sounded(now, leg, What::SoundBegan),
            Media::Key { leg, key } => {
                self.sounded(now, leg, What::Key);
                if let Some(call) = self.call_sounding(leg) {
                    self.key_pressed(now, call, key.to_char());
                }
            }
            Media::Failed { leg, .. } => {
                self.counters.media_refused += 1;
                self.close_sound(leg);
            }
            Media::Reported { .. } | Media::PeerLeft { .. } | Media::Closed { .. } => {}
        }
    }

    fn played_out(&mut self, now: Tick, leg: LegId, play: media::PlayId) {
        let Some(&contact) = self.by_leg.get(&leg) else {
            return self.code_played(now, leg);
        };
        if self.conversations.get(&contact).is_some_and(|it| it.plays(play)) {
            self.apply(now, contact, CallEvent::SoundOver);
        }
    }

    fn sounded(&mut self, now: Tick, id: LegId, what: What) {
        let leg = match self.by_leg.get(&id) {
            Some(&contact) => self.sounding_mut(contact, id),
            // Whoever is asked by an agent may come into a talk later.
            None => self.dialled.values_mut().find_map(|it| it.sounding_mut(id)),
        };
        let call = leg.as_ref().map(|leg| leg.call);
        if let Some(leg) = leg {
            leg.sound.latched |= what == What::SoundBegan;
            leg.sound.sounding = match what {
                What::SoundBegan => true,
                What::SoundStopped => false,
                What::Key
                | What::RequestIn(_)
                | What::RequestOut(_)
                | What::ResponseIn(..)
                | What::ResponseOut(..) => leg.sound.sounding,
            };
        }
        if let Some((contact, party)) = call.and_then(|call| self.party_of(call)) {
            self.note(now, contact, party, what);
        }
    }

    /// The leg with this call, in a talk or of a call-back.
    pub(super) fn leg_mut(&mut self, contact: ContactId, call: CallId) -> Option<&mut Leg> {
        let back = self.promises.get_mut(&contact).and_then(|it| it.leg_mut(call));
        match back {
            Some(leg) => Some(leg),
            None => self.conversations.get_mut(&contact)?.leg_mut(call),
        }
    }

    /// The leg with these ports, in a talk or of a call-back.
    pub(super) fn sounding_mut(&mut self, contact: ContactId, id: LegId) -> Option<&mut Leg> {
        let back = self.promises.get_mut(&contact).and_then(|it| it.sounding_mut(id));
        match back {
            Some(leg) => Some(leg),
            None => self.conversations.get_mut(&contact)?.sounding_mut(id),
        }
    }

    /// The call of the leg with these ports: of a contact, or of a telephone of ours that dialled.
    fn call_sounding(&mut self, id: LegId) -> Option<CallId> {
        if let Some(&contact) = self.by_leg.get(&id) {
            return self.sounding_mut(contact, id).map(|leg| leg.call);
        }
        let dialled = self.dialled.values().find(|it| it.phone.sound.id == id)?;
        Some(dialled.phone.call)
    }

    /// Whether a leg was heard since it was opened.
    fn was_heard(&mut self, id: LegId) -> bool {
        let contact = self.by_leg.get(&id).copied();
        contact
            .and_then(|contact| self.sounding_mut(contact, id))
            .is_some_and(|leg| leg.sound.latched)
    }

    /// Asks a silent leg for a sign of life: the same session is offered again, and who does not answer
    /// is gone (RFC 3261, 12.2.1.2). A telephone without power would otherwise hold its talk for ever.
    pub(super) fn ask_for_life(&mut self, now: Tick, id: LegId) {
        let contact = self.by_leg.get(&id).copied();
        let leg = contact.and_then(|contact| self.sounding_mut(contact, id));
        let Some(leg) = leg else { return };
        let call = leg.call;
        let Ok(offer) = leg.negotiation.repeat() else { return };
        let offer = offer.session.to_bytes();
        if self.ua.reinvite(now, call, offer).is_err()
            && let Some(leg) = contact.and_then(|contact| self.leg_mut(contact, call))
        {
            let _ = leg.negotiation.rollback();
        }
    }

    // ---- time ----

    /// When [`Exchange::elapse`] is wanted.
    pub(super) fn deadline(&self) -> Option<Tick> {
        let ua = self.ua.deadline().map(|(at, _)| at);
        let registrar = self.door.registrar.deadline().map(|(at, _)| at);
        let probes = self.trunks.iter().zip(&self.setup.trunks);
        let probe = probes.filter(|(_, trunk)| trunk.probe.is_some()).map(|(it, _)| it.probe_at);
        let code = self.codes.values().map(|code| code.until);
        let (media, lamps) = (self.wake_media_at, self.lamps.look_at);
        let enrolment = self.enrolment_is_due.then_some(Tick(0));
        let sign = self.first_signs.first().map(|&(at, _)| at);
        let tells = self.tellings.first().map(|&(at, _)| at);
        let single = [ua, registrar, media, lamps, sign, enrolment, tells, self.names_due()];
        single.into_iter().flatten().chain(probe).chain(code).min()
    }

    /// Wakes media threads for what they were told in this turn.
    pub(super) fn wake_media(&mut self, now: Tick) {
        let patient = self.wake_media_at.is_none_or(|at| now < at);
        let waits = self.media.wake(patient);
        self.wake_media_at = match waits {
            true => self.wake_media_at.or(Some(now + media::limits::PATIENCE)),
            false => None,
        };
    }

    /// Lets the timers that are due fire.
    pub(super) fn elapse(&mut self, now: Tick, network: &Network) {
        self.look_up(now, network);
        self.enrol(now);
        self.ua.elapse(now);
        while let Some(event) = self.ua.poll_event() {
            self.heard(now, event);
        }
        // Who is not registered any more does not ring with the next call; nobody need be told.
        let _ = self.door.registrar.elapse(now);
        self.probe(now, network);
        self.give_up_the_dead(now);
        self.find_due(now);
        let late: Vec<CallId> =
            self.codes.iter().filter(|(_, it)| it.until <= now).map(|(&call, _)| call).collect();
        for call in late {
            self.end_code(now, call, true);
        }
        self.collect(now, None);
        self.look_at_lamps(now);
    }

    /// A telephone that has said nothing at all is not there: its agent is out of reach, and the
    /// caller goes to the next.
    fn give_up_the_dead(&mut self, now: Tick) {
        while let Some(&(at, call)) = self.first_signs.first().filter(|(at, _)| *at <= now) {
            self.first_signs.remove(&(at, call));
            if self.ua.is_heard(call) {
                continue;
            }
            if let Some(of) = self.dialled_of(call) {
                self.hang_up(now, call, None);
                self.dialled_leg_gone(now, call, of, None);
                continue;
            }
            let Some(&contact) = self.by_call.get(&call) else { continue };
            // An answer that crosses is met with BYE.
            self.hang_up(now, call, None);
            if self.contact_elsewhere(call).is_some() {
                self.elsewhere_gone(now, contact, Ending::Unreachable);
            } else if self.called_back(call).is_some() {
                self.gone_back(now, contact, call, Ending::Unreachable);
            } else {
                self.agent_leg_gone(now, contact, call, Ending::Unreachable);
            }
        }
    }

    // ---- what goes ----

    /// Takes what the user agent wants to send; `of` is whose call it is, if its dialog is new.
    pub(super) fn collect(&mut self, now: Tick, of: Option<(ContactId, Party)>) {
        self.lamps.stir(now);
        while let Some(transmit) = self.ua.poll_transmit() {
            self.counters.sent += 1;
            self.trace_sent(now, &transmit.bytes, of);
            self.out.push_back(transmit);
        }
    }

    /// A connection that we had opened is gone.
    pub(super) fn connection_lost(&mut self, now: Tick, flow: &Flow) {
        self.ua.connection_lost(now, flow);
        while let Some(event) = self.ua.poll_event() {
            self.heard(now, event);
        }
        self.collect(now, None);
    }

    /// A message has no way to its peer: whoever waits for its answer hears that.
    pub(super) fn not_sent(&mut self, now: Tick, transmit: &Transmit) {
        self.ua.transport_failed(now, transmit);
        while let Some(event) = self.ua.poll_event() {
            self.heard(now, event);
        }
        self.collect(now, None);
    }

    fn trace_sent(&mut self, now: Tick, bytes: &[u8], of: Option<(ContactId, Party)>) {
        let Some(call_id) = trace::call_id_of(bytes) else { return };
        let owner = self.traces.owner(call_id).or_else(|| {
            let (contact, party) = of?;
            self.traces.learn(call_id, contact, party);
            Some((contact, party))
        });
        if let Some((contact, party)) = owner
            && let Some(what) = trace::sent(bytes)
        {
            self.note(now, contact, party, what);
        }
    }

    /// Hangs up every leg and lets no new call in.
    pub(super) fn say_goodbye(&mut self, now: Tick) {
        self.ua.drain(true);
        self.enrolment_is_due = false;
        self.withdraw_registrations(now);
        self.put_out_lamps(now);
        for contact in self.promises.keys().copied().collect::<Vec<_>>() {
            self.meet(now, contact, call::CallbackEvent::Stop);
        }
        for contact in self.conversations.keys().copied().collect::<Vec<_>>() {
            let Some(mut it) = self.conversations.remove(&contact) else { continue };
            let elsewhere = it.elsewhere.take().and_then(|it| it.leg);
            let side = it.side.take();
            let legs = side.into_iter().flat_map(|side| side.legs).chain([it.caller]);
            let legs = legs.chain(elsewhere);
            for leg in legs {
                self.end_leg(now, &leg, None);
            }
        }
        for call in self.codes.keys().copied().collect::<Vec<_>>() {
            self.end_code(now, call, true);
        }
        for call in self.dialled.keys().copied().collect::<Vec<_>>() {
            self.end_dialled(now, call, Some(status(503)));
        }
        self.collect(now, None);
    }

    /// Whether every farewell was answered.
    pub(super) fn has_left(&self) -> bool {
        let (calls, ..) = self.ua.sizes();
        calls == 0 && self.ua.has_withdrawn()
    }

    /// The calls at this moment.
    pub(super) fn views(&self) -> Vec<CallView> {
        let view = |(contact, it): (&ContactId, &Conversation)| CallView {
            contact: contact.0,
            line: it.line,
            doing: Doing::Call(it.call.state()),
            since: it.since,
        };
        let called_back = self.promises.iter().filter_map(|(&contact, it)| it.view(contact));
        self.conversations.iter().map(view).chain(called_back).collect()
    }

    /// Whether a call more may come from there.
    pub(super) fn has_channel(&self, peer: Peer) -> bool {
        match peer {
            Peer::Trunk(at) => self.trunks[at].calls < self.setup.trunks[at].channels,
            Peer::Phone(_) => true,
        }
    }
}

/// Whether a request begins something that we may refuse when we are behind.
fn begins(request: &Request<'_>) -> bool {
    let fresh = matches!(request.method, Method::Invite | Method::Options | Method::Register);
    fresh && request.headers.to.tag().is_none()
}

/// What a refusal of an agent's telephone says about the agent.
fn refusal_means(status: Status, by: Whose) -> Ending {
    match (by, status.code()) {
        // We took it back, or nobody answered in time.
        (Whose::Us, _) => Ending::HungUp,
        // Busy, declined, not now: somebody is there.
        (Whose::Peer, 480 | 486 | 487 | 600 | 603) => Ending::TurnedDown,
        (Whose::Peer, _) => Ending::Unreachable,
    }
}

fn end_means(end: End) -> Ending {
    match end {
        End::HungUp(_) => Ending::HungUp,
        End::NotAcknowledged | End::Expired | End::PeerGone => Ending::Lost,
    }
}

/// Telephones of each agent, as positions in the setup.
fn phones_of(setup: &Setup) -> BTreeMap<AgentId, Vec<usize>> {
    let mut phones_of: BTreeMap<AgentId, Vec<usize>> = BTreeMap::new();
    for (at, phone) in setup.phones.iter().enumerate() {
        if let Some(agent) = phone.agent {
            phones_of.entry(agent).or_default().push(at);
        }
    }
    phones_of
}
