// SPDX-License-Identifier: EUPL-1.2
//! The service centre as one deterministic machine.
//!
//! ```text
//!   Event ──▶ Centre::handle(now, event) ──▶ poll() ──▶ Command, until none is left
//!                       ▲                                   │
//!                       └──── Event::Deadline at deadline() ◀┘
//! ```
//!
//! The same events at the same times give the same commands, byte for byte, live, in the simulator
//! and in the audit. The rule to keep: after every event drain [`Centre::poll`] before the next.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod audit;
mod event;
mod setup;
mod timers;

pub use event::{Command, Event, Note};
pub use setup::{Setup, SetupError};

use acd::agent::{self, Agent};
use acd::contact::{self, Departure, Parting, SentAway};
use acd::{Admission, CentreRules, Load, Queues, ReadyAgents, Refusal, RememberedCallers, Turn};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec;
use alloc::vec::Vec;
use audit::Census;
use calendar::Timetable;
use promise::{ContactRecord, Fate, FateReason};
use stdx::{AgentId, CallerToken, ContactId, LineId, Micros, Now, QueueId, Tick, Timestamp};
use timers::{Timer, Timers};

/// One contact that has not gone yet.
#[derive(Clone, Debug)]
struct Contact {
    state: contact::State,
    line: LineId,
    queue: QueueId,
    caller: Option<CallerToken>,
    follows: Option<ContactId>,
    turn: Turn,
    arrived: Tick,
    set_up_at: Timestamp,
    queued_at: Option<Tick>,
    answered: Option<(Tick, AgentId)>,
}

/// The whole centre: every agent, every contact, the order between them.
#[derive(Clone, Debug)]
pub struct Centre {
    setup: Setup,
    agents: Vec<Agent>,
    contacts: BTreeMap<ContactId, Contact>,
    queues: Queues,
    ready: ReadyAgents,
    remembered: RememberedCallers,
    /// Contacts of each queue that hear their announcement: they have a right to a place.
    entering: Vec<u32>,
    timers: Timers,
    commands: VecDeque<Command>,
    census: Census,
    last: Tick,
    last_contact: Option<ContactId>,
    /// What the present event changed; checked when it has been handled.
    touched_agents: Vec<AgentId>,
    touched_contacts: Vec<ContactId>,
}

impl Centre {
    /// A centre at its first moment: nobody is signed on, nobody calls.
    ///
    /// # Errors
    /// If the setup refers to something that is not there or exceeds a limit.
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        setup.check()?;
        Ok(Centre {
            agents: vec![Agent::SIGNED_OFF; setup.agents.len()],
            contacts: BTreeMap::new(),
            queues: Queues::new(setup.queues.len(), setup.lines.len()),
            ready: ReadyAgents::new(&setup.agents, &setup.lines),
            remembered: RememberedCallers::default(),
            entering: vec![0; setup.queues.len()],
            timers: Timers::default(),
            commands: VecDeque::new(),
            census: Census::default(),
            last: Tick::default(),
            last_contact: None,
            touched_agents: Vec::new(),
            touched_contacts: Vec::new(),
            setup,
        })
    }

    /// Takes in one event; what is to be done about it is fetched with [`Centre::poll`].
    ///
    /// Deadlines that are due come first, so that an event at the same moment finds them decided.
    ///
    /// # Panics
    /// If time runs backwards, if commands of the event before were not fetched, or if an invariant
    /// is broken: then the event is at fault or we are, and no figure may be made of it.
    pub fn handle(&mut self, now: Now, event: Event) {
        assert!(self.commands.is_empty(), "commands of the event before were not fetched");
        assert!(self.last <= now.mono, "time runs backwards: {:?} after {:?}", now, self.last);
        self.last = now.mono;
        self.settle(now.mono);
        match event {
            Event::CallArrived { contact, line, caller } => {
                self.arrive(now, contact, line, caller);
            }
            Event::AnnouncementOver { contact } => {
                self.contact_event(now.mono, contact, contact::Event::AnnouncementOver);
            }
            Event::CallerLeft { contact, parting } => {
                self.contact_event(now.mono, contact, contact::Event::CallerLeft(parting));
            }
            Event::TalkAlive { contact } => self.talk_alive(now.mono, contact),
            Event::SignOn { agent } => self.agent_event(now.mono, agent, agent::Event::SignOn),
            Event::SignOff { agent } => self.agent_event(now.mono, agent, agent::Event::SignOff),
            Event::MakeReady { agent } => {
                self.agent_event(now.mono, agent, agent::Event::MakeReady);
            }
            Event::MakeNotReady { agent, pause } => {
                self.agent_event(now.mono, agent, agent::Event::MakeNotReady(pause));
            }
            Event::Answer { agent, contact } => {
                self.agent_event(now.mono, agent, agent::Event::Answer(contact));
            }
            Event::Decline { agent, contact } => {
                self.agent_event(now.mono, agent, agent::Event::Decline(contact));
            }
            Event::Unreachable { agent, contact } => {
                self.agent_event(now.mono, agent, agent::Event::Unreachable(contact));
            }
            Event::HangUp { agent } => self.hang_up(now.mono, agent),
            Event::ExtendWrapUp { agent } => {
                self.agent_event(now.mono, agent, agent::Event::ExtendWrapUp);
            }
            Event::EndWrapUp { agent } => {
                self.agent_event(now.mono, agent, agent::Event::EndWrapUp);
            }
            Event::Deadline => {}
        }
        self.settle(now.mono);
        self.check_touched();
    }

    /// The next thing to be done because of the last event.
    pub fn poll(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When the centre wants an [`Event::Deadline`], and why.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        let (at, timer) = self.timers.first()?;
        let (_, why) = match timer {
            Timer::Agent(agent) => self.agents[agent.index()].deadline()?,
            Timer::Contact(contact) => self.contacts.get(&contact)?.state.deadline()?,
        };
        Some((at, why))
    }

    /// What the setup says.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What an agent is doing; none if there is no such agent.
    #[must_use]
    pub fn agent(&self, agent: AgentId) -> Option<&Agent> {
        self.agents.get(agent.index())
    }

    /// Where a contact is; none if there is no such contact or it is gone.
    #[must_use]
    pub fn contact(&self, contact: ContactId) -> Option<contact::State> {
        self.contacts.get(&contact).map(|it| it.state)
    }

    /// The line that a contact dialled and when it arrived; none if there is no such contact or it
    /// is gone.
    #[must_use]
    pub fn arrival(&self, contact: ContactId) -> Option<(LineId, Tick)> {
        self.contacts.get(&contact).map(|it| (it.line, it.arrived))
    }

    /// The exact position of a waiting contact in its queue, from 1.
    #[must_use]
    pub fn position(&self, contact: ContactId) -> Option<usize> {
        let it = self.contacts.get(&contact)?;
        self.queues.position(it.queue, it.turn)
    }

    /// Who waits in a queue, in order; a ringing telephone does not end the wait.
    pub fn waiting(&self, queue: QueueId) -> impl Iterator<Item = ContactId> + '_ {
        self.queues.waiting(queue)
    }

    /// How many contacts are in the centre.
    #[must_use]
    pub fn contacts_inside(&self) -> usize {
        self.contacts.len()
    }

    // --- Deadlines ---------------------------------------------------------------------------

    /// Lets everything happen that is due, one after the other, and offers in between: nobody is
    /// sent away at a limit while somebody is ready.
    fn settle(&mut self, now: Tick) {
        self.dispatch(now);
        while let Some((at, timer)) = self.timers.first()
            && at <= now
        {
            let said = self.commands.len();
            match timer {
                Timer::Agent(agent) => self.agent_event(now, agent, agent::Event::Timeout),
                Timer::Contact(contact) => {
                    self.contact_event(now, contact, contact::Event::Timeout);
                }
            }
            let refused = matches!(self.commands.back(), Some(Command::Refuse(_)));
            assert!(self.commands.len() > said && !refused, "a deadline came to nothing");
            self.dispatch(now);
        }
    }

    // --- Contacts ----------------------------------------------------------------------------

    fn arrive(&mut self, now: Now, contact: ContactId, line: LineId, caller: Option<CallerToken>) {
        if self.last_contact.is_some_and(|last| contact <= last) {
            return self.refuse(Refusal::UsedContactId);
        }
        let Some(opening) = self.timetable(line).map(|timetable| timetable.at(now.wall)) else {
            return self.refuse(Refusal::UnknownLine);
        };
        self.last_contact = Some(contact);
        self.census.arrived += 1;
        let queue = self.setup.lines[line.index()].queue;
        let place_kept = self.setup.rules.place_kept;
        let comes_back =
            caller.is_some_and(|caller| self.remembered.holds(caller, line, now.mono, place_kept));
        match acd::admit(opening, queue.map(|queue| self.load(queue)), comes_back) {
            Admission::TurnAway(departure) => self.turn_away(now, contact, line, departure),
            Admission::Enter => {
                let queue = queue.expect("the door lets in only with a queue to wait in");
                self.let_in(now, contact, line, queue, caller);
            }
        }
    }

    fn timetable(&self, line: LineId) -> Option<&Timetable> {
        let line = self.setup.lines.get(line.index())?;
        self.setup.timetables.get(line.timetable.index())
    }

    fn load(&self, queue: QueueId) -> Load {
        let waiting = u32::try_from(self.queues.length(queue)).unwrap_or(u32::MAX);
        Load {
            contacts: self.contacts.len(),
            in_queue: self.entering[queue.index()].saturating_add(waiting),
            length_max: self.setup.queues[queue.index()].length_max,
        }
    }

    fn turn_away(&mut self, now: Now, contact: ContactId, line: LineId, departure: Departure) {
        let (fate, reason) = fate_of(departure, Micros::ZERO, Micros::ZERO);
        self.commands.push_back(Command::Dismiss { contact, line, fate, reason });
        self.write_record(ContactRecord {
            contact,
            line,
            follows: None,
            set_up_at: now.wall,
            queued_after: None,
            answered_after: None,
            ended_after: Micros::ZERO,
            team: None,
            fate,
            reason,
        });
    }

    fn let_in(
        &mut self,
        now: Now,
        contact: ContactId,
        line: LineId,
        queue: QueueId,
        caller: Option<CallerToken>,
    ) {
        let Now { mono, wall } = now;
        let rules = &self.setup.lines[line.index()];
        let greeting = rules.greeting;
        let CentreRules { head_start, place_kept, .. } = self.setup.rules;
        let own = Turn::new(mono, rules.priority, head_start, contact);
        let kept = caller.and_then(|caller| self.remembered.take(caller, line, mono, place_kept));
        let limit_at = mono + self.setup.queues[queue.index()].waiting_max;
        let it = Contact {
            state: contact::State::entering(mono + greeting.unwrap_or(Micros::ZERO), limit_at),
            line,
            queue,
            caller,
            follows: kept.map(|kept| kept.contact),
            turn: kept.map_or(own, |kept| kept.turn.handed_to(contact)),
            arrived: mono,
            set_up_at: wall,
            queued_at: None,
            answered: None,
        };
        self.timers.set(Timer::Contact(contact), None, it.state.deadline().map(|(at, _)| at));
        self.contacts.insert(contact, it);
        self.census.entering += 1;
        self.entering[queue.index()] += 1;
        self.touched_contacts.push(contact);
        match greeting {
            Some(_) => self.commands.push_back(Command::Announce { contact, line }),
            None => self.contact_event(mono, contact, contact::Event::AnnouncementOver),
        }
    }

    /// Moves one contact; the only place that changes a contact's state.
    fn contact_event(&mut self, now: Tick, id: ContactId, event: contact::Event) {
        let Some(it) = self.contacts.get_mut(&id) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let before = it.state;
        let (after, effect) = before.next(now, event);
        it.state = after;
        self.touched_contacts.push(id);
        let deadline = |state: contact::State| state.deadline().map(|(at, _)| at);
        self.timers.set(Timer::Contact(id), deadline(before), deadline(after));
        self.move_place(now, id, before, after);
        match effect {
            contact::Effect::None => {}
            contact::Effect::Refused(why) => self.refuse(why),
            contact::Effect::Waits => {
                let position = self.position(id).expect("it waits since this moment");
                self.commands.push_back(Command::Wait { contact: id, position });
            }
            contact::Effect::Withdraw(agent) => {
                self.commands.push_back(Command::StopRinging { agent, contact: id });
                self.agent_event(now, agent, agent::Event::OfferWithdrawn);
            }
            contact::Effect::Part(agent) => self.end_call(now, agent, id),
        }
        if let contact::State::Gone(departure) = after {
            self.depart(now, id, departure, event);
        }
    }

    /// Keeps queues and census in step with a contact's state.
    fn move_place(&mut self, now: Tick, id: ContactId, from: contact::State, to: contact::State) {
        use contact::State;
        let it = self.contacts.get_mut(&id).expect("only contacts inside are moved");
        let (line, queue, turn) = (it.line, it.queue, it.turn);
        match from {
            State::Entering { .. } => match to {
                State::Entering { .. } => {}
                State::Waiting { .. } => {
                    it.queued_at = Some(now);
                    self.entering[queue.index()] -= 1;
                    self.queues.join(queue, line, turn);
                }
                State::Gone(_) => self.entering[queue.index()] -= 1,
                State::Talking { .. } => unreachable!("nobody answers who was not offered"),
            },
            State::Waiting { offered_to: None, .. } => match to {
                State::Waiting { offered_to: None, .. } => {}
                State::Waiting { offered_to: Some(_), .. } => self.queues.take(line, turn),
                State::Gone(_) => self.queues.leave(queue, line, turn),
                State::Entering { .. } | State::Talking { .. } => {
                    unreachable!("waiting without an offer leads to an offer or away")
                }
            },
            State::Waiting { offered_to: Some(agent), .. } => match to {
                State::Waiting { offered_to: Some(_), .. } => {}
                State::Waiting { offered_to: None, .. } => self.queues.come_back(line, turn),
                State::Talking { .. } => {
                    it.answered = Some((now, agent));
                    self.queues.leave(queue, line, turn);
                }
                State::Gone(_) => self.queues.leave(queue, line, turn),
                State::Entering { .. } => unreachable!("nobody hears the greeting twice"),
            },
            State::Talking { .. } => match to {
                State::Talking { .. } | State::Gone(_) => {}
                State::Entering { .. } | State::Waiting { .. } => {
                    unreachable!("a talk ends only with the contact")
                }
            },
            State::Gone(_) => unreachable!("who is gone is not inside"),
        }
        self.census.moved(from, to);
    }

    /// A contact is gone: its leg is released, its one record written, its place perhaps kept.
    fn depart(&mut self, now: Tick, id: ContactId, departure: Departure, event: contact::Event) {
        let it = self.contacts.remove(&id).expect("it was inside until now");
        let ended_after = now.since(it.arrived);
        let short_abandon = self.setup.lines[it.line.index()].short_abandon;
        let (fate, reason) = fate_of(departure, ended_after, short_abandon);
        match event {
            // The caller's side is gone already: nothing is left to release.
            contact::Event::CallerLeft(_) => {}
            contact::Event::AgentLeft(_) => {
                self.commands.push_back(Command::Release { contact: id });
            }
            contact::Event::Timeout => {
                let line = it.line;
                self.commands.push_back(Command::Dismiss { contact: id, line, fate, reason });
            }
            contact::Event::AnnouncementOver
            | contact::Event::Offered(_)
            | contact::Event::OfferReturned
            | contact::Event::Answered => unreachable!("these do not end a contact"),
        }
        if let Some(caller) = it.caller
            && keeps_place(departure)
        {
            let place = acd::KeptPlace { contact: id, turn: it.turn };
            self.remembered.keep(caller, it.line, now, place);
        }
        self.write_record(ContactRecord {
            contact: id,
            line: it.line,
            follows: it.follows,
            set_up_at: it.set_up_at,
            queued_after: it.queued_at.map(|at| at.since(it.arrived)),
            answered_after: it.answered.map(|(at, _)| at.since(it.arrived)),
            ended_after,
            team: it.answered.map(|(_, agent)| self.setup.agents[agent.index()].team),
            fate,
            reason,
        });
    }

    fn write_record(&mut self, record: ContactRecord) {
        assert!(record.reason.belongs_to(record.fate), "a contradiction: {record:?}");
        self.census.gone += 1;
        self.commands.push_back(Command::Note(Note::Ended(record)));
    }

    fn talk_alive(&mut self, now: Tick, contact: ContactId) {
        match self.contacts.get(&contact).map(|it| it.state) {
            Some(contact::State::Talking { agent }) => {
                self.agent_event(now, agent, agent::Event::TalkAlive);
            }
            Some(contact::State::Entering { .. } | contact::State::Waiting { .. }) => {
                self.refuse(Refusal::NotTalking);
            }
            Some(contact::State::Gone(_)) | None => self.refuse(Refusal::UnknownContact),
        }
    }

    // --- Agents ------------------------------------------------------------------------------

    /// Moves one agent; the only place that changes an agent's state.
    fn agent_event(&mut self, now: Tick, id: AgentId, event: agent::Event) {
        let Some(&before) = self.agents.get(id.index()) else {
            return self.refuse(Refusal::UnknownAgent);
        };
        let rules = self.setup.rules;
        let pauses =
            agent::Pauses { no_answer: rules.no_answer_pause, decline: rules.decline_pause };
        let (after, effect) = before.next(now, event, pauses);
        if let agent::Effect::Refused(why) = effect {
            return self.refuse(why);
        }
        self.replace_agent(id, before, after);
        match effect {
            agent::Effect::None | agent::Effect::Refused(_) => {}
            agent::Effect::Returned(contact, why) => {
                self.commands.push_back(Command::StopRinging { agent: id, contact });
                self.commands.push_back(Command::Note(Note::Returned { contact, agent: id, why }));
                self.contact_event(now, contact, contact::Event::OfferReturned);
            }
            agent::Effect::Connected(contact) => {
                self.commands.push_back(Command::Connect { contact, agent: id });
                self.contact_event(now, contact, contact::Event::Answered);
            }
            agent::Effect::Question(contact) => {
                self.commands.push_back(Command::AskAlive { contact });
            }
            agent::Effect::TalkLost(contact) => {
                self.end_call(now, id, contact);
                let lost = contact::Event::AgentLeft(Parting::CutOff);
                self.contact_event(now, contact, lost);
            }
        }
    }

    fn replace_agent(&mut self, id: AgentId, before: Agent, after: Agent) {
        self.agents[id.index()] = after;
        self.touched_agents.push(id);
        let deadline = |agent: &Agent| agent.deadline().map(|(at, _)| at);
        self.timers.set(Timer::Agent(id), deadline(&before), deadline(&after));
        if before.state == after.state {
            if before.after_call != after.after_call {
                let plan = Note::AgentPlans { agent: id, after_call: after.after_call };
                self.commands.push_back(Command::Note(plan));
            }
            return;
        }
        if let agent::State::Ready { idle_since } = before.state {
            self.ready.remove(id, idle_since);
        }
        if let agent::State::Ready { idle_since } = after.state {
            self.ready.add(id, idle_since);
        }
        if !renews_lease(before.state, after.state) {
            let changed = Note::AgentChanged { agent: id, state: after.state };
            self.commands.push_back(Command::Note(changed));
        }
    }

    fn hang_up(&mut self, now: Tick, id: AgentId) {
        match self.agents.get(id.index()).map(|agent| agent.state) {
            Some(agent::State::Talking { contact, .. }) => {
                self.end_call(now, id, contact);
                let left = contact::Event::AgentLeft(Parting::HungUp);
                self.contact_event(now, contact, left);
            }
            Some(agent::State::SignedOff) => self.refuse(Refusal::NotSignedOn),
            Some(
                agent::State::NotReady { .. }
                | agent::State::Ready { .. }
                | agent::State::Offered { .. }
                | agent::State::WrapUp { .. },
            ) => self.refuse(Refusal::NotTalking),
            None => self.refuse(Refusal::UnknownAgent),
        }
    }

    /// The agent's side of a talk is over: wrap-up as the contact's line grants it.
    fn end_call(&mut self, now: Tick, id: AgentId, contact: ContactId) {
        let line = self.contacts[&contact].line;
        let wrap_up = self.setup.lines[line.index()].wrap_up;
        self.agent_event(now, id, agent::Event::CallEnded { wrap_up });
    }

    fn refuse(&mut self, why: Refusal) {
        self.commands.push_back(Command::Refuse(why));
    }

    // --- Who answers whom --------------------------------------------------------------------

    /// Offers as long as somebody waits for whom somebody is ready: always the caller whose turn
    /// it is among those who can be served, always to the best agent for that line.
    fn dispatch(&mut self, now: Tick) {
        while let Some((contact, line, agent)) = self.next_match() {
            let queue = self.contacts[&contact].queue;
            let ring = self.setup.queues[queue.index()].ring;
            self.agent_event(now, agent, agent::Event::Offer { contact, ring });
            self.contact_event(now, contact, contact::Event::Offered(agent));
            let until = now + ring;
            self.commands.push_back(Command::Ring { agent, contact, line, until });
        }
    }

    fn next_match(&self) -> Option<(ContactId, LineId, AgentId)> {
        let lines = self.ready.ready_lines().and(self.queues.waiting_lines());
        let served = lines.filter_map(|line| {
            let agent = self.ready.best(line)?;
            Some((self.queues.first(line)?, line, agent))
        });
        served.min().map(|(turn, line, agent)| (turn.contact(), line, agent))
    }
}

/// Whether a talk merely goes on, which is no news to anybody.
fn renews_lease(before: agent::State, after: agent::State) -> bool {
    let talks_to = |state| match state {
        agent::State::Talking { contact, .. } => Some(contact),
        agent::State::SignedOff
        | agent::State::NotReady { .. }
        | agent::State::Ready { .. }
        | agent::State::Offered { .. }
        | agent::State::WrapUp { .. } => None,
    };
    talks_to(before).is_some() && talks_to(before) == talks_to(after)
}

/// Whether the caller may come back to the place: who was cut off before or in the talk, and who
/// left the queue (see [`acd::RememberedCallers`]); not who was sent away or said good-bye.
fn keeps_place(departure: Departure) -> bool {
    match departure {
        Departure::Unanswered(Parting::HungUp | Parting::CutOff)
        | Departure::Answered(Parting::CutOff) => true,
        Departure::Answered(Parting::HungUp) | Departure::Closed(_) | Departure::SentAway(_) => {
            false
        }
    }
}

/// What a departure counts as.
fn fate_of(departure: Departure, ended_after: Micros, short_abandon: Micros) -> (Fate, FateReason) {
    match departure {
        Departure::Closed(because) => (Fate::Closed, closed_reason(because)),
        Departure::SentAway(SentAway::QueueFull) => (Fate::Refused, FateReason::QueueFull),
        Departure::SentAway(SentAway::CentreFull) => (Fate::Refused, FateReason::CentreFull),
        Departure::SentAway(SentAway::WaitedTooLong) => (Fate::Refused, FateReason::WaitedTooLong),
        Departure::Unanswered(Parting::CutOff) => (Fate::Abandoned, FateReason::CutOff),
        Departure::Unanswered(Parting::HungUp) if ended_after < short_abandon => {
            (Fate::ShortAbandoned, FateReason::HungUp)
        }
        Departure::Unanswered(Parting::HungUp) => (Fate::Abandoned, FateReason::HungUp),
        Departure::Answered(Parting::HungUp) => (Fate::Accepted, FateReason::TalkEnded),
        Departure::Answered(Parting::CutOff) => (Fate::Accepted, FateReason::TalkCutOff),
    }
}

fn closed_reason(because: contact::ClosedBecause) -> FateReason {
    match because {
        contact::ClosedBecause::Hours => FateReason::OutsideHours,
        contact::ClosedBecause::TimetableEnded => FateReason::TimetableEnded,
        contact::ClosedBecause::AnnouncementOnly => FateReason::AnnouncementOnly,
    }
}
