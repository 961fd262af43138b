// SPDX-License-Identifier: EUPL-1.2
//! The telephone side of contacts: what the centre orders and what the legs report, carried out.
//!
//! ```text
//!   centre::Command ─▶ call::Event ─▶ Call ─▶ call::Action ─▶ user agent, media
//!   user agent, media ─▶ call::Event ─▶ Call ─▶ Action::Tell… ─▶ centre::Event
//! ```
//!
//! The rule to keep: [`Call`] decides; here its actions are carried out, and what cannot be carried out
//! comes back as an event of the leg that failed.

use super::dialled::Whither;
use super::elsewhere::{Elsewhere, Whom};
use super::exchange::Exchange;
use super::leg::{Leg, Peer, Sound, Wanted, relayed};
use super::limits::{FIRST_SIGN, PHONES_RINGING_MAX, RING_MARGIN};
use super::trace::{Party, What};
use super::trunk::Outward;
use super::words::{Answering, Line, PlanSounds};
use crate::media::{Clips, LegId, PlayId, Refused, Repeat};
use acd::contact::Parting;
use acd::{First, Reach};
use call::between::Between;
use call::{Action, Call, CallbackEvent, Ending, Event, LegState, Sound as Heard};
use centre::Note;
use promise::{Fate, FateReason};
use sip::agent::limits::MAX_FORWARDS;
use sip::agent::{CallId, Flow, Invite};
use sip::message::push_quoted;
use sip::number::Number;
use sip::sdp::{Codec, Negotiation, Origin, Session};
use sip::transaction::LINGERS_TOGETHER;
use stdx::{AgentId, ContactId, LineId, PlanId, Redacted, Tick};

/// Why an agent's other telephones stop ringing (RFC 3326): so that they show no missed call.
pub(super) const ELSEWHERE: &[u8] = b"SIP;cause=200;text=\"Call completed elsewhere\"";

/// One contact's telephone side.
pub(super) struct Conversation {
    pub(super) line: LineId,
    pub(super) call: Call,
    pub(super) caller: Leg,
    /// Who calls, as an agent's telephone shows it.
    pub(super) number: Redacted<Number>,
    /// Hops that a call to an agent may still take (RFC 7332: a loop through us ends).
    pub(super) hops: u8,
    /// What the offer would come to; none if there was no offer.
    pub(super) offered: Option<crate::media::Remote>,
    pub(super) side: Option<Side>,
    pub(super) elsewhere: Option<Elsewhere>,
    /// The office to which the agent hands the caller, until it rings.
    pub(super) office: Option<super::words::Outside>,
    /// Whether the carrier was asked to call the partner in place of us, and has not said how that went.
    pub(super) sending_on: bool,
    /// What became of the agent's last REFER.
    pub(super) referred: Option<super::transfer::Referred>,
    /// Whom the agent brought in, when three talk or did.
    pub(super) third: Option<Whither>,
    /// The leg of one who takes over, until it has its place.
    pub(super) taken: Option<Leg>,
    /// What is told between the music, and when.
    pub(super) between: Option<Between>,
    /// The greeting that follows what is said before it.
    greeting: Option<Clips>,
    /// The message that is told now, or next.
    pub(super) message: Clips,
    /// When the call came.
    pub(super) came: Tick,
    pub(super) since: Tick,
    /// Legs that were asked for a sign of life, for the centre.
    pub(super) asked: Vec<CallId>,
    play: Option<PlayId>,
    /// How long the agent's telephone may ring.
    ring_until: Tick,
}

/// The agent's side: every telephone of the agent while they ring, then the one that was answered.
pub(super) struct Side {
    pub(super) agent: AgentId,
    pub(super) legs: Vec<Leg>,
    pub(super) up: bool,
    /// The ending of the telephone that said most: one that was turned down outweighs one that was
    /// not reached.
    pub(super) worst: Ending,
}

impl Conversation {
    pub(super) fn new(
        now: Tick,
        line: LineId,
        caller: Leg,
        number: Number,
        hops: u8,
        offered: Option<crate::media::Remote>,
    ) -> Conversation {
        Conversation {
            line,
            call: Call::arrived(),
            caller,
            number: Redacted::new(number),
            hops,
            offered,
            side: None,
            elsewhere: None,
            office: None,
            sending_on: false,
            referred: None,
            third: None,
            taken: None,
            between: None,
            message: Clips::default(),
            came: now,
            since: now,
            asked: Vec::new(),
            greeting: None,
            play: None,
            ring_until: now,
        }
    }

    /// One that we called: both have answered.
    pub(super) fn called_back(
        now: Tick,
        line: LineId,
        (agent, side): (AgentId, Side),
        caller: Leg,
        number: Number,
    ) -> Conversation {
        let call = Call::called_back(agent);
        let it = Conversation::new(now, line, caller, number, MAX_FORWARDS, None);
        Conversation { call, side: Some(side), ..it }
    }

    /// One that we called: the caller has answered, and waits for an agent.
    pub(super) fn called_first(
        now: Tick,
        line: LineId,
        caller: Leg,
        number: Number,
    ) -> Conversation {
        let it = Conversation::new(now, line, caller, number, MAX_FORWARDS, None);
        Conversation { call: Call::called_first(), ..it }
    }

    fn legs_mut(&mut self) -> impl Iterator<Item = &mut Leg> {
        let agents = self.side.iter_mut().flat_map(|side| &mut side.legs);
        let elsewhere = self.elsewhere.iter_mut().filter_map(|it| it.leg.as_mut());
        std::iter::once(&mut self.caller).chain(agents).chain(elsewhere)
    }

    /// The leg with whom the caller talks, or will in a moment.
    pub(super) fn other(&self) -> Option<&Leg> {
        let elsewhere = self.elsewhere.as_ref().filter(|it| it.up).and_then(|it| it.leg.as_ref());
        match self.call.state() {
            call::State::JoinedElsewhere => elsewhere,
            call::State::Joined(_)
            | call::State::Conference(_)
            | call::State::PickedUp(_)
            | call::State::Arrived
            | call::State::Alone
            | call::State::Ringing(_)
            | call::State::Leaving
            | call::State::Over => {
                self.side.as_ref().filter(|side| side.up).and_then(|side| side.legs.first())
            }
        }
    }

    /// The leg with this call.
    pub(super) fn leg_mut(&mut self, call: CallId) -> Option<&mut Leg> {
        self.legs_mut().find(|leg| leg.call == call)
    }

    /// The leg with these ports.
    pub(super) fn sounding_mut(&mut self, id: LegId) -> Option<&mut Leg> {
        self.legs_mut().find(|leg| leg.sound.id == id)
    }

    /// Whether this sound is the one that plays.
    pub(super) fn plays(&self, play: PlayId) -> bool {
        self.play == Some(play)
    }

    /// Whether caller and agent are to hear each other.
    pub(super) fn is_joined(&self) -> bool {
        match self.call.state() {
            call::State::Joined(_) | call::State::JoinedElsewhere | call::State::Conference(_) => {
                true
            }
            call::State::Arrived
            | call::State::Alone
            | call::State::Ringing(_)
            | call::State::PickedUp(_)
            | call::State::Leaving
            | call::State::Over => false,
        }
    }

    /// Whether three talk.
    pub(super) fn is_conference(&self) -> bool {
        matches!(self.call.state(), call::State::Conference(_))
    }

    /// The leg of whom the agent brought in, while three talk.
    fn brought_in(&self) -> Option<&Leg> {
        self.elsewhere.as_ref().filter(|_| self.is_conference())?.leg.as_ref()
    }

    /// The legs of all who talk.
    fn talking(&self) -> impl Iterator<Item = &Leg> {
        std::iter::once(&self.caller).chain(self.other()).chain(self.brought_in())
    }

    /// The ports of all who talk.
    pub(super) fn sounding(&self) -> Vec<LegId> {
        self.talking().map(|leg| leg.sound.id).collect()
    }

    pub(super) fn party(&self, call: CallId) -> Party {
        let is_elsewhere = |it: &Elsewhere| it.leg.as_ref().is_some_and(|leg| leg.call == call);
        if self.caller.call == call {
            Party::Caller
        } else if self.elsewhere.as_ref().is_some_and(is_elsewhere) {
            Party::Elsewhere
        } else {
            Party::Agent
        }
    }
}

impl Exchange {
    /// Carries out what the centre orders.
    pub(super) fn carry_out(&mut self, now: Tick, command: centre::Command) {
        use centre::Command;
        match command {
            Command::Announce { contact, plan, .. } => {
                let sound = plan.map_or(Heard::Greeting, Heard::Notice);
                self.apply(now, contact, Event::Play(sound));
            }
            Command::Wait { contact, .. } => self.let_wait(now, contact),
            Command::Ring { agent, contact, until, .. } if self.is_promised(contact) => {
                self.ring_back(now, contact, agent, until);
            }
            Command::Ring { agent, contact, until, .. } => {
                if let Some(it) = self.conversations.get_mut(&contact) {
                    it.ring_until = until;
                }
                self.apply(now, contact, Event::Ring(agent));
            }
            Command::StopRinging { agent, contact } => {
                self.stop_ringing_back(now, contact, agent);
                self.apply(now, contact, Event::StopRinging(agent));
            }
            Command::LetGo { contact, agent } => self.let_go(now, contact, agent),
            Command::WaitAgain { contact, .. } => {
                self.let_wait_again(now, contact);
                self.begin_telling(now, contact);
            }
            Command::RingOffice { contact, until } => self.ring_office(now, contact, until),
            Command::StopOffice { contact } => {
                self.apply_elsewhere(now, contact, call::Elsewhere::Stop);
            }
            Command::PutThrough { contact, by, to } => self.put_through(now, contact, by, to),
            Command::Connect { contact, agent } => {
                if !self.connect_back(now, contact, agent) {
                    self.apply(now, contact, Event::Connect(agent));
                }
            }
            Command::Dismiss { contact, fate, reason, .. } => {
                self.apply(now, contact, Event::Dismiss(farewell(fate, reason)));
            }
            Command::Release { contact } => {
                self.meet(now, contact, CallbackEvent::Stop);
                self.apply(now, contact, Event::Release);
            }
            Command::AskAlive { contact } => self.tell_alive(now, contact),
            Command::RingSwitchboard { contact, switchboard, until, .. } => {
                self.ring_elsewhere(now, contact, Whom::Switchboard(switchboard), until);
            }
            Command::TryPartner { contact, partner, reach, until, .. } => match reach {
                Reach::SecondLeg => {
                    self.ring_elsewhere(now, contact, Whom::Partner(partner), until);
                }
                Reach::Deflect => self.send_on(now, contact, partner),
            },
            Command::StopSwitchboard { contact, .. } | Command::StopPartner { contact, .. } => {
                self.forget_sending_on(contact);
                self.apply_elsewhere(now, contact, call::Elsewhere::Stop);
            }
            Command::ConnectElsewhere { contact } => {
                self.apply_elsewhere(now, contact, call::Elsewhere::Connect);
            }
            Command::Deflect { contact, partner } => {
                if !self.redirect(now, contact, partner) {
                    self.apply(now, contact, Event::Dismiss(Heard::Busy));
                }
            }
            Command::PromiseCallback { contact, .. } => self.promised(now, contact),
            Command::CallBack { contact, agent, until, first, .. } => match first {
                First::Agent => self.call_back(now, contact, until),
                First::Caller => self.call_first(now, contact, agent, until),
            },
            Command::StopCallback { contact } => self.stop_callback(now, contact),
            // The attempt is over, also where the centre found no channel for it.
            Command::Note(Note::CallbackReturned { contact, .. }) => {
                self.meet(now, contact, CallbackEvent::Stop);
            }
            Command::Note(Note::Ended(record)) => self.forget_promise(now, record.contact),
            Command::Inform { contact, plan } => {
                self.apply(now, contact, Event::Play(Heard::Information(plan)));
            }
            Command::Notify { contact, plan } => {
                self.apply(now, contact, Event::Tell(Heard::News(plan)));
            }
            Command::OpenTask { .. } | Command::Refuse(_) | Command::Note(_) => {}
        }
    }

    /// On a line that answers with the agent nothing is played: the caller hears the ringing tone.
    fn let_wait(&mut self, now: Tick, contact: ContactId) {
        let Some(it) = self.conversations.get(&contact) else { return };
        let unanswered = it.call.caller.state() == LegState::Ringing;
        match self.line(it.line).answering {
            Answering::WithAgent if unanswered => {
                let call = it.caller.call;
                // A call that was cancelled meanwhile tells so itself.
                let _ = self.ua.ring(now, call);
            }
            Answering::WithAgent | Answering::AtOnce => {
                self.apply(now, contact, Event::Play(Heard::Music));
                self.begin_telling(now, contact);
            }
        }
    }

    /// Whether all legs of a talk are alive: who is heard is; who is not is asked, and who does not
    /// answer in time is not.
    fn tell_alive(&mut self, now: Tick, contact: ContactId) {
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        if !it.is_joined() {
            return;
        }
        // In a conference the two others may die without ending it, and are found by their silence.
        let is_asked = |leg: &&Leg| !it.is_conference() || leg.call == it.caller.call;
        let quiet = it.talking().filter(|leg| !leg.sound.sounding).filter(is_asked);
        let quiet: Vec<(CallId, LegId)> = quiet.map(|leg| (leg.call, leg.sound.id)).collect();
        it.asked = quiet.iter().map(|&(call, _)| call).collect();
        for (_, leg) in quiet {
            self.ask_for_life(now, leg);
        }
        self.tell_if_alive(contact);
    }

    /// Tells the centre when every leg that was asked has answered.
    pub(super) fn tell_if_alive(&mut self, contact: ContactId) {
        let alive = |it: &Conversation| it.is_joined() && it.asked.is_empty();
        if self.conversations.get(&contact).is_some_and(alive) {
            self.told.push_back(centre::Event::TalkAlive { contact });
        }
    }

    /// A leg answered our offer, whatever it said.
    pub(super) fn leg_answers(&mut self, call: CallId) {
        if let Some(&contact) = self.by_call.get(&call) {
            self.no_longer_asked(contact, call);
        }
    }

    /// A leg has answered, or is gone: nobody waits for its sign of life.
    pub(super) fn no_longer_asked(&mut self, contact: ContactId, call: CallId) {
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        let asked = it.asked.len();
        it.asked.retain(|&of| of != call);
        if it.asked.len() < asked {
            self.tell_if_alive(contact);
        }
    }

    pub(super) fn line(&self, line: LineId) -> &Line {
        &self.setup.lines[line.index()]
    }

    /// Lets something happen to a contact's call, and whatever follows from it.
    pub(super) fn apply(&mut self, now: Tick, contact: ContactId, event: Event) {
        self.pending.push_back((contact, event));
        if self.applying {
            return;
        }
        self.applying = true;
        while let Some((contact, event)) = self.pending.pop_front() {
            let Some(it) = self.conversations.get_mut(&contact) else { continue };
            let before = it.call.state();
            let actions = it.call.handle(event);
            if it.call.state() != before {
                it.since = now;
            }
            for action in actions {
                self.act(now, contact, action);
            }
            self.tidy_up(now, contact);
        }
        self.applying = false;
    }

    fn act(&mut self, now: Tick, contact: ContactId, action: Action) {
        match action {
            Action::Answer => self.answer_caller(now, contact),
            Action::Play(sound) => self.play(contact, sound),
            Action::Silence => self.silence(contact),
            Action::Invite(agent) => self.invite(now, contact, agent),
            Action::Cancel(agent) | Action::HangUpAgent(agent) => {
                self.drop_side(now, contact, agent);
            }
            Action::TakeLeg(to) => self.take_leg(contact, to),
            Action::Join(_) | Action::Confer(_) => self.join(now, contact),
            Action::Separate(_) => self.separate(contact),
            Action::TellHandedOn(agent) => self.tell_handed_on(contact, agent),
            Action::HangUpCaller => self.hang_up_caller(now, contact),
            Action::TellAnnouncementOver => {
                self.told.push_back(centre::Event::AnnouncementOver { contact });
            }
            Action::TellCallerLeft(ending) => {
                let parting = parting(ending);
                self.told.push_back(centre::Event::CallerLeft { contact, parting });
            }
            Action::TellAnswered(agent) => {
                self.told.push_back(centre::Event::Answer { agent, contact });
            }
            Action::TellNotTaken(agent, ending) => self.tell_not_taken(agent, contact, ending),
            Action::TellAgentHungUp(agent, _) => self.tell_agent_hung_up(now, contact, agent),
            Action::TellUnheard(agent) => self.let_wait_on(contact, agent),
            Action::InviteElsewhere => self.invite_elsewhere(now, contact),
            Action::HangUpElsewhere => self.drop_elsewhere(now, contact),
            Action::JoinElsewhere => self.join(now, contact),
            Action::TellAnsweredElsewhere => self.tell_answered_elsewhere(contact),
            Action::TellNotTakenElsewhere(ending) => {
                self.tell_not_taken_elsewhere(contact, ending);
            }
            Action::TellOtherLeft(ending) => self.tell_other_left(contact, ending),
        }
    }

    pub(super) fn tell_not_taken(&mut self, agent: AgentId, contact: ContactId, ending: Ending) {
        self.told.push_back(match ending {
            Ending::HungUp | Ending::TurnedDown => centre::Event::Decline { agent, contact },
            Ending::Unreachable | Ending::Lost => centre::Event::Unreachable { agent, contact },
        });
    }

    // ---- the caller's leg ----

    fn answer_caller(&mut self, now: Tick, contact: ContactId) {
        let other_speaks = self.other_codec(contact);
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        let beside = it.other().map(|leg| leg.sound.id);
        let leg = &mut it.caller;
        let opened =
            leg.sound.open(&mut self.media, &mut self.rng, it.offered, beside, &mut self.counters);
        let capabilities = leg.sound.capabilities_beside(other_speaks);
        let call = leg.call;
        let description = opened.ok().and_then(|()| match it.offered {
            Some(_) => {
                let (sdp, remote) = leg.answer(capabilities)?;
                let agreed = self.media.update(leg.sound.id, &remote);
                agreed.is_ok().then_some(sdp)
            }
            None => leg.offer(capabilities),
        });
        if let Some(id) = it.caller.sound.ports.map(|_| it.caller.sound.id) {
            self.by_leg.insert(id, contact);
        }
        match description {
            Some(sdp) => {
                // A caller who gave up meanwhile tells so.
                let _ = self.ua.answer(now, call, sdp);
            }
            None => self.fail_caller(now, contact),
        }
    }

    /// The caller cannot be answered: no port, or nothing agreed. Says so, and is gone.
    fn fail_caller(&mut self, now: Tick, contact: ContactId) {
        let Some(it) = self.conversations.get(&contact) else { return };
        let call = it.caller.call;
        let status = super::door::status(503);
        let after = Some(sip::agent::limits::RETRY_AFTER);
        let refused = self.ua.refuse_call(now, call, status, None, after);
        if refused.is_err() {
            // It was answered before: then it is hung up; what is over already needs nothing.
            self.hang_up(now, call, None);
        }
        self.by_call.remove(&call);
        self.pending.push_back((contact, Event::CallerGone(Ending::Lost)));
    }

    fn hang_up_caller(&mut self, now: Tick, contact: ContactId) {
        if let Some(it) = self.conversations.get(&contact) {
            let call = it.caller.call;
            self.by_call.remove(&call);
            // Gone already is as good.
            self.hang_up(now, call, None);
        }
    }

    fn other_codec(&self, contact: ContactId) -> Option<Codec> {
        self.conversations.get(&contact)?.other()?.codec()
    }

    // ---- what the caller hears ----

    fn play(&mut self, contact: ContactId, sound: Heard) {
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        let play = PlayId(self.next_play);
        self.next_play += 1;
        it.play = Some(play);
        let line = &self.setup.lines[it.line.index()];
        let none = PlanSounds::default();
        let of_plan = |plan: PlanId| self.setup.plans.get(plan.index()).unwrap_or(&none);
        let now_greets = line.greeting_at(&self.moment);
        // What is said before it takes its time, in which other calls ask what the calendar says.
        if matches!(sound, Heard::Notice(_)) {
            it.greeting = Some(now_greets.clone());
        }
        let greeting = if sound == Heard::Greeting { it.greeting.take() } else { None };
        let closed = match sound {
            Heard::Closed => line.closed_at(&self.moment, &self.setup.phrases),
            Heard::Notice(_)
            | Heard::Greeting
            | Heard::Information(_)
            | Heard::News(_)
            | Heard::Message
            | Heard::Music
            | Heard::Busy
            | Heard::Callback
            | Heard::CallbackGreeting => Clips::default(),
        };
        let (clips, repeat) = match sound {
            Heard::Notice(plan) | Heard::News(plan) => (&of_plan(plan).announcement, Repeat::Once),
            Heard::Information(plan) => (&of_plan(plan).information, Repeat::Once),
            Heard::Message => (&it.message, Repeat::Once),
            Heard::Callback => (&line.callback, Repeat::Once),
            Heard::CallbackGreeting => (&line.callback_greeting, Repeat::Once),
            Heard::Greeting => (greeting.as_ref().unwrap_or(now_greets), Repeat::Once),
            Heard::Closed => (&closed, Repeat::Once),
            Heard::Busy => (&line.busy, Repeat::Once),
            Heard::Music => (&self.setup.music, Repeat::Forever),
        };
        let clips = clips.clone();
        let id = it.caller.sound.id;
        if !self.start(id, play, clips, repeat) && repeat == Repeat::Once {
            // What cannot be played is over: nobody waits for ever for a sound that never comes.
            self.pending.push_back((contact, Event::SoundOver));
        }
    }

    /// Plays something on a leg; says whether it will be heard.
    pub(super) fn start(&mut self, leg: LegId, play: PlayId, clips: Clips, repeat: Repeat) -> bool {
        let started = self.media.play(leg, play, &clips, repeat);
        self.counters.media_refused += u64::from(started.is_err());
        started.is_ok()
    }

    fn silence(&mut self, contact: ContactId) {
        if let Some(it) = self.conversations.get_mut(&contact) {
            it.play = None;
            let stopped = self.media.stop_playing(it.caller.sound.id);
            self.counters.media_refused += u64::from(stopped.is_err());
        }
    }

    // ---- the agent's legs ----

    /// Lets every telephone of the agent ring.
    fn invite(&mut self, now: Tick, contact: ContactId, agent: AgentId) {
        let mut targets = self.targets(now, agent);
        targets.truncate(PHONES_RINGING_MAX);
        let worst = Ending::Unreachable;
        let side = Side { agent, legs: Vec::new(), up: false, worst };
        if let Some(it) = self.conversations.get_mut(&contact) {
            it.side = Some(side);
        }
        let rings =
            targets.into_iter().filter(|target| self.invite_one(now, contact, target)).count();
        self.counters.rings += rings as u64;
        if rings == 0 {
            let gone = Event::AgentGone(agent, Ending::Unreachable);
            self.pending.push_back((contact, gone));
        }
    }

    fn invite_one(&mut self, now: Tick, contact: ContactId, target: &Target) -> bool {
        let Some((leg, invite)) = self.agent_leg(now, contact, target) else { return false };
        let id = leg.sound.id;
        let Ok(call) = self.ua.invite(now, invite) else {
            self.close_sound(id);
            return false;
        };
        self.by_call.insert(call, contact);
        self.by_leg.insert(id, contact);
        // On the grid of what lingers, so that this wakes nobody by itself.
        let by = (now + FIRST_SIGN).0.next_multiple_of(LINGERS_TOGETHER.0);
        self.first_signs.insert((Tick(by), call));
        if let Some(side) = self.conversations.get_mut(&contact).and_then(|it| it.side.as_mut()) {
            side.legs.push(Leg { call, ..leg });
        }
        self.collect(now, Some((contact, Party::Agent)));
        true
    }

    /// Opens a leg to an agent's telephone and says how it is called. The leg has the caller's call id
    /// until it has its own. None without ports, or if the call went round too often.
    fn agent_leg(
        &mut self,
        now: Tick,
        contact: ContactId,
        target: &Target,
    ) -> Option<(Leg, Invite)> {
        let it = self.conversations.get(&contact)?;
        let max_forwards = it.hops.checked_sub(1)?.min(MAX_FORWARDS);
        let beside = it.caller.sound.ports.map(|_| it.caller.sound.id);
        let line = &self.setup.lines[it.line.index()];
        let from = shown(&line.shown, *it.number.expose(), &self.setup.domain);
        let ring_for = it.ring_until.since(now) + RING_MARGIN;
        let (placeholder, codecs) = (it.caller.call, codecs_beside(it));
        let peer = Peer::Phone(target.phone);
        let mut leg = self.new_leg(placeholder, peer, &target.outward.flow);
        leg.sound.codecs = codecs;
        let (media, rng) = (&mut self.media, &mut self.rng);
        leg.sound.open(media, rng, None, beside, &mut self.counters).ok()?;
        let capabilities = leg.sound.capabilities();
        let Some(offer) = leg.offer(capabilities) else {
            self.close_sound(leg.sound.id);
            return None;
        };
        let outward = target.outward.clone();
        let invite = Invite { max_forwards, ..outward.invite(from, offer, ring_for) };
        Some((leg, invite))
    }

    /// A leg without ports.
    pub(super) fn new_leg(&mut self, call: CallId, peer: Peer, flow: &Flow) -> Leg {
        let (ip, wanted) = (flow.local.ip(), Wanted::on(flow, self.srtp_with(peer)));
        let session = self.rng.next_u64() as u32;
        let negotiation = Negotiation::new(Origin::ours(session, 1, ip));
        let id = LegId(self.next_leg);
        self.next_leg += 1;
        Leg { call, peer, negotiation, sound: Sound::new(id, ip, wanted), star: None }
    }

    /// One of the agent's telephones was answered: it is the one, the others stop.
    pub(super) fn agent_answered(
        &mut self,
        now: Tick,
        contact: ContactId,
        call: CallId,
        answer: Option<&[u8]>,
    ) {
        let Some(side) = self.conversations.get_mut(&contact).and_then(|it| it.side.as_mut())
        else {
            return;
        };
        let Some((id, remote, others)) = side.picks_up(call, answer) else { return };
        let agent = side.agent;
        let agreed = side.legs[0].codec().is_some();
        if let Some(remote) = remote {
            let updated = self.media.update(id, &remote);
            self.counters.media_refused += u64::from(updated.is_err());
        }
        for leg in others {
            self.end_leg(now, &leg, Some(ELSEWHERE));
        }
        if agreed {
            self.apply(now, contact, Event::AgentAnswered(agent));
        } else {
            self.drop_side(now, contact, agent);
            self.apply(now, contact, Event::AgentGone(agent, Ending::Unreachable));
        }
    }

    /// One of the agent's telephones is gone; with the last one the agent is.
    pub(super) fn agent_leg_gone(
        &mut self,
        now: Tick,
        contact: ContactId,
        call: CallId,
        ending: Ending,
    ) {
        let Some(side) = self.conversations.get_mut(&contact).and_then(|it| it.side.as_mut())
        else {
            return;
        };
        let Some((leg, last)) = side.loses(call, ending) else { return };
        let agent = side.agent;
        self.by_call.remove(&call);
        self.close_sound(leg.sound.id);
        if let Some(worst) = last {
            if let Some(it) = self.conversations.get_mut(&contact) {
                it.side = None;
            }
            self.apply(now, contact, Event::AgentGone(agent, worst));
        }
    }

    /// Takes every telephone of the agent back.
    fn drop_side(&mut self, now: Tick, contact: ContactId, agent: AgentId) {
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        let Some(side) = it.side.take_if(|side| side.agent == agent) else { return };
        for leg in &side.legs {
            self.end_leg(now, leg, None);
        }
    }

    pub(super) fn end_leg(&mut self, now: Tick, leg: &Leg, reason: Option<&[u8]>) {
        self.by_call.remove(&leg.call);
        self.close_sound(leg.sound.id);
        self.hang_up(now, leg.call, reason);
    }

    /// Closes a leg's ports. A thread that is behind is asked again with the next turn.
    pub(super) fn close_sound(&mut self, id: LegId) {
        self.by_leg.remove(&id);
        if self.media.close(id) == Err(Refused::Busy) {
            self.to_close.push(id);
        }
    }

    /// Lets caller and agent hear each other, or all three.
    pub(super) fn join(&mut self, now: Tick, contact: ContactId) {
        let Some(it) = self.conversations.get(&contact) else { return };
        let Some(leg) = it.other() else { return };
        let (caller, other) = (it.caller.sound.id, leg.sound.id);
        let joined = match it.brought_in() {
            Some(third) => self.media.mix(caller, other, Some(third.sound.id)),
            None => self.media.join(caller, other),
        };
        match joined {
            Ok(()) => {}
            Err(Refused::Codecs(..)) => {
                let mixed = self.media.mix(caller, other, None);
                self.counters.media_refused += u64::from(mixed.is_err());
                self.change_caller_codec(now, contact);
            }
            Err(_) => self.counters.media_refused += 1,
        }
    }

    /// The other telephone speaks a codec that the caller's leg does not: the caller is asked to change (RFC 3264,
    /// 8), for relaying costs less than decoding, and sounds better. Until then, and if not, they are mixed.
    fn change_caller_codec(&mut self, now: Tick, contact: ContactId) {
        let Some(codec) = self.other_codec(contact) else { return };
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        let named = offered_codecs(&it.caller.negotiation);
        if named.is_some_and(|named| !named.iter().any(|&theirs| relayed(theirs, codec))) {
            return;
        }
        let capabilities = it.caller.sound.capabilities().only(codec);
        let call = it.caller.call;
        if let Some(offer) = it.caller.offer(capabilities)
            && self.ua.reinvite(now, call, offer).is_err()
        {
            // Its ACK is still to come, or it changes something itself; after either we join again.
            let _ = it.caller.negotiation.rollback();
        }
    }

    // ---- the end ----

    /// A call that is over leaves nothing behind.
    fn tidy_up(&mut self, now: Tick, contact: ContactId) {
        let over = |it: &Conversation| it.call.state() == call::State::Over;
        if !self.conversations.get(&contact).is_some_and(over) {
            return;
        }
        self.stop_telling(contact);
        let Some(it) = self.conversations.remove(&contact) else { return };
        self.by_call.remove(&it.caller.call);
        if it.caller.sound.ports.is_some() {
            self.close_sound(it.caller.sound.id);
        }
        if let Peer::Trunk(at) = it.caller.peer {
            self.trunks[at].calls -= 1;
        }
        // Who was about to take over has nobody to talk to any more.
        if let Some(leg) = it.taken {
            self.end_elsewhere(now, &leg);
        }
        self.putting.remove(&contact);
        self.traces.end(contact);
    }

    /// Who a call id belongs to, for the ladder.
    pub(super) fn party_of(&self, call: CallId) -> Option<(ContactId, Party)> {
        if let Some(back) = self.party_back(call) {
            return Some(back);
        }
        let contact = *self.by_call.get(&call)?;
        Some((contact, self.conversations.get(&contact)?.party(call)))
    }

    pub(super) fn note(&mut self, now: Tick, contact: ContactId, party: Party, what: What) {
        self.traces.add(now, contact, party, what);
    }
}

/// Where a telephone of an agent can be reached.
pub(super) struct Target {
    pub(super) phone: usize,
    pub(super) outward: Outward,
}

/// What an agent's telephone, or one elsewhere, is offered: what the caller speaks first; something else only if the
/// caller could change to it.
pub(super) fn codecs_beside(it: &Conversation) -> Vec<Codec> {
    let spoken = it.caller.codec();
    let offered = offered_codecs(&it.caller.negotiation);
    let mut codecs: Vec<Codec> = it.caller.sound.codecs.clone();
    codecs.retain(|&codec| {
        offered.as_ref().is_none_or(|all| all.iter().any(|&theirs| relayed(theirs, codec)))
    });
    codecs
        .sort_by_key(|&codec| (spoken != Some(codec), spoken.is_none_or(|it| !relayed(it, codec))));
    codecs
}

/// The codecs that the caller named; none if it named nothing yet.
fn offered_codecs(negotiation: &Negotiation) -> Option<Vec<Codec>> {
    let theirs: &Session = match &negotiation.state {
        sip::sdp::State::HaveRemoteOffer(offer) => offer,
        sip::sdp::State::Stable | sip::sdp::State::HaveLocalOffer(_) => {
            &negotiation.agreed.as_ref()?.theirs
        }
    };
    let formats = theirs.streams().flat_map(|stream| stream.formats().collect::<Vec<_>>());
    let sounds = formats.filter_map(|(_, format)| match format {
        sip::sdp::Format::Audio(codec) => Some(codec),
        sip::sdp::Format::Events { .. } => None,
    });
    Some(sounds.collect())
}

/// From of a call to an agent: client and line, and who calls.
pub(super) fn shown(line: &str, number: Number, domain: &str) -> Vec<u8> {
    let mut from = Vec::new();
    push_quoted(&mut from, line);
    let plus = if matches!(number, Number::E164(_)) { "+" } else { "" };
    match number.digits() {
        Some(digits) => {
            from.extend_from_slice(format!(" <sip:{plus}").as_bytes());
            from.extend_from_slice(digits.as_bytes());
            from.extend_from_slice(format!("@{domain}>").as_bytes());
        }
        None => from.extend_from_slice(b" <sip:anonymous@anonymous.invalid>"),
    }
    from
}

fn farewell(fate: Fate, reason: FateReason) -> Heard {
    match (fate, reason) {
        (Fate::Closed, FateReason::AnnouncementOnly) => Heard::Greeting,
        (Fate::Closed, _) | (_, FateReason::NobodyLeft) => Heard::Closed,
        (_, _) => Heard::Busy,
    }
}

pub(super) fn parting(ending: Ending) -> Parting {
    match ending {
        Ending::HungUp | Ending::TurnedDown => Parting::HungUp,
        Ending::Unreachable | Ending::Lost => Parting::CutOff,
    }
}

/// Of several telephones of one agent: the one whose user said no decides.
pub(super) fn outweighs(one: Ending, other: Ending) -> bool {
    let weight = |ending| match ending {
        Ending::TurnedDown => 3,
        Ending::HungUp => 2,
        Ending::Lost => 1,
        Ending::Unreachable => 0,
    };
    weight(one) > weight(other)
}
