// SPDX-License-Identifier: EUPL-1.2
//! The people around a centre: callers who arrive, wait, lose patience, talk and call again, and
//! agents who come, answer, pause and go. And what goes wrong between them and the centre.
//!
//! They know no clock: whoever drives them, a virtual year or the wall clock, says what time it is.
//! The rule to keep: a contact's redial takes the place of a later first call of the same line, so
//! that the expected number of contacts is the one that was asked for, whatever the load.

use crate::chance;
use crate::spec::{Behaviour, LineTraffic, Spec, TalkLength};
use acd::Reach;
use acd::agent::{self, NotReadyReason, Pause};
use acd::contact::Parting;
use centre::{Command, Event, Note, PartnerEnd, RefusedBy, SteeringReason, SwitchboardEnd, Via};
use promise::{ContactRecord, Fate, FateReason};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, PartnerId, PlanId, Rng, SkillId,
    SwitchboardId, Tick, Timestamp,
};

/// How long before the first slot the agents may come.
const LEAD: Micros = Micros::from_mins(60);
/// How often an agent looks whether somebody still waits after closing time.
const LOOKS_AGAIN: Micros = Micros::from_secs(30);
/// How long an agent stays after the shift for those who still wait.
const STAYS_FOR: Micros = Micros::from_mins(30);
/// A break (§ 4 ArbZG) and the shift from which on it is due.
const BREAK: Micros = Micros::from_mins(30);
const SHIFT_WITH_BREAK: Micros = Micros::from_mins(6 * 60);
/// Callers who try again do so at most this often.
const REDIALS_MAX: u8 = 5;

/// Streams of chance, so that one does not move another.
mod stream {
    pub(super) const DAYS: u64 = 1 << 40;
    pub(super) const ARRIVALS: u64 = 2 << 40;
    pub(super) const CALLERS: u64 = 3 << 40;
    pub(super) const AGENTS: u64 = 4 << 40;
    pub(super) const FAULTS: u64 = 5 << 40;
}

/// Something that a person will do, or an event on its way to the centre.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Slot(usize),
    Calls { line: LineId, person: u64 },
    CallsAgain { line: LineId, person: u64, calls: u8 },
    GivesUp(ContactId),
    IsCutOff(ContactId),
    HangsUp(ContactId),
    PicksUp { agent: AgentId, contact: ContactId },
    Declines { agent: AgentId, contact: ContactId },
    CannotBeReached { agent: AgentId, contact: ContactId },
    ShiftBegins { agent: AgentId, shift: usize },
    ShiftEnds { agent: AgentId, shift: usize },
    SwitchboardPicksUp(ContactId),
    SwitchboardSendsBack(ContactId),
    PartnerSays { contact: ContactId, attempt: u64, event: Event },
    WantsCallback(ContactId),
    WantsInformation(ContactId),
    CallbackEnds { contact: ContactId, event: Event },
    Says(Event),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    at: Tick,
    order: u64,
    what: Happening,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    /// Reversed, so that the heap gives the earliest first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Waiting,
    /// Has hung up and been promised a call-back.
    Promised,
    /// The telephone rings at home.
    CalledBack,
    Talking(AgentId),
    /// Talks to a switchboard or a partner.
    Elsewhere,
    /// The legs are gone, but nobody told the centre.
    SilentlyGone,
}

#[derive(Clone, Debug)]
struct Caller {
    person: u64,
    line: LineId,
    calls: u8,
    phase: Phase,
    /// The switchboard that rings or talks.
    switchboard: Option<SwitchboardId>,
    /// The number of the attempt at the partner that is going on.
    attempt: Option<u64>,
    rng: Rng,
}

#[derive(Clone, Debug)]
struct Colleague {
    rng: Rng,
    /// The present shift's number, from sign-on to sign-off.
    at_work: Option<usize>,
    /// For whom the telephone rings.
    rings_for: Option<ContactId>,
}

/// All callers and agents of a rehearsal.
#[derive(Clone, Debug)]
pub struct People {
    spec: Spec,
    seed: Rng,
    faults: Rng,
    agenda: BinaryHeap<Entry>,
    order: u64,
    origin: Timestamp,
    end: Tick,
    callers: BTreeMap<ContactId, Caller>,
    colleagues: Vec<Colleague>,
    last_contact: u64,
    /// Expected contacts of each line per unit of weight.
    rates: Vec<f64>,
    day: Option<(u32, f64)>,
    /// Redials that have not yet taken the place of a first call.
    owed: Vec<u64>,
    newcomer: Option<AgentId>,
    /// Attempts at partners so far.
    attempts: u64,
    /// Talks at each switchboard.
    local_talks: Vec<u32>,
}

impl People {
    /// Everybody, before the first moment.
    #[must_use]
    pub fn new(spec: Spec, seed: u64) -> Self {
        let seed = Rng::new(seed);
        let rate = |line: &LineTraffic| {
            let slots = spec.slots.iter().filter(|slot| line.comes_in(slot));
            let total: f64 = slots.map(|slot| spec.shape.weight(slot)).sum();
            if total > 0.0 { line.calls / total } else { 0.0 }
        };
        let rates: Vec<f64> = spec.traffic.iter().map(rate).collect();
        let first = spec.slots.first().map_or(Timestamp(0), |slot| slot.start);
        let last = spec.slots.last().map_or(first, |slot| slot.start + crate::Slot::LENGTH);
        let origin = first - LEAD;
        let colleague = |id: usize| Colleague {
            rng: seed
                .split(stream::AGENTS)
                .split(spec.agent_streams.get(id).copied().unwrap_or(id as u64)),
            at_work: None,
            rings_for: None,
        };
        let mut people = People {
            rates,
            faults: seed.split(stream::FAULTS),
            agenda: BinaryHeap::new(),
            order: 0,
            origin,
            end: Tick(last.since(origin).0),
            callers: BTreeMap::new(),
            colleagues: (0..spec.shifts.len()).map(colleague).collect(),
            last_contact: 0,
            day: None,
            owed: vec![0; spec.traffic.len()],
            newcomer: None,
            attempts: 0,
            local_talks: vec![0; spec.switchboards.len()],
            seed,
            spec,
        };
        people.plan_shifts();
        for (at, event) in people.spec.acts.clone() {
            people.plan(people.tick(at), Happening::Says(event));
        }
        if !people.spec.slots.is_empty() {
            people.plan(people.tick(first), Happening::Slot(0));
        }
        people
    }

    /// Leaves one agent to somebody else, the newcomer at the terminal.
    pub fn leave_to_newcomer(&mut self, agent: AgentId) {
        self.newcomer = Some(agent);
    }

    /// The calendar's moment at the log's tick 0.
    #[must_use]
    pub fn origin(&self) -> Timestamp {
        self.origin
    }

    /// The first slot's moment.
    #[must_use]
    pub fn begin(&self) -> Tick {
        Tick(LEAD.0)
    }

    /// The moment after the last slot.
    #[must_use]
    pub fn end(&self) -> Tick {
        self.end
    }

    /// When somebody does something next.
    #[must_use]
    pub fn next_at(&self) -> Option<Tick> {
        self.agenda.peek().map(|entry| entry.at)
    }

    /// What somebody does at `now`, if it reaches the centre; call again until [`People::next_at`]
    /// is later than `now`.
    pub fn act(&mut self, now: Tick) -> Option<Event> {
        while let Some(entry) = self.agenda.peek()
            && entry.at <= now
        {
            let what = entry.what;
            self.agenda.pop();
            if let Some(event) = self.happen(now, what) {
                self.go_wrong(now, event);
                return Some(event);
            }
        }
        None
    }

    /// What people make of what the centre does.
    pub fn observe(&mut self, now: Tick, command: &Command) {
        match *command {
            Command::Ring { agent, contact, .. } if self.newcomer != Some(agent) => {
                self.hear_ringing(now, agent, contact);
            }
            Command::Connect { contact, agent } => self.begin_talk(now, contact, agent),
            Command::AskAlive { contact } => self.confirm_alive(now, contact),
            Command::Note(Note::AgentChanged { agent, state }) if self.newcomer != Some(agent) => {
                self.change(now, agent, state);
            }
            Command::Note(Note::Ended(record)) => self.end_contact(now, &record),
            Command::StopRinging { agent, .. } => self.colleagues[agent.index()].rings_for = None,
            Command::Wait { contact, told, .. } => self.begin_wait(now, contact, told.is_some()),
            Command::RingSwitchboard { contact, switchboard, .. } => {
                self.ring_switchboard(now, contact, switchboard);
            }
            Command::StopSwitchboard { contact, .. } => self.leave_switchboard(contact),
            Command::TryPartner { contact, partner, reach, .. } => {
                self.ask_partner(now, contact, partner, reach);
            }
            Command::StopPartner { contact, .. } => {
                if let Some(caller) = self.callers.get_mut(&contact) {
                    caller.attempt = None;
                }
            }
            Command::ConnectElsewhere { contact } => self.begin_talk_elsewhere(now, contact),
            Command::PromiseCallback { contact, .. } => self.be_promised(now, contact),
            Command::CallBack { contact, .. } => self.be_called_back(now, contact),
            Command::StopCallback { contact } => {
                if let Some(caller) = self.callers.get_mut(&contact) {
                    caller.phase = Phase::Promised;
                }
            }
            // A greeting is over when its length is: the centre knows that by itself.
            Command::Announce { .. }
            | Command::Ring { .. }
            | Command::Dismiss { .. }
            | Command::Release { .. }
            | Command::Deflect { .. }
            | Command::Inform { .. }
            | Command::OpenTask { .. }
            | Command::Refuse(_)
            | Command::Note(
                Note::AgentChanged { .. }
                | Note::AgentPlans { .. }
                | Note::Returned { .. }
                | Note::Widened { .. }
                | Note::Overflows { .. }
                | Note::PartnerReturned { .. }
                | Note::SwitchboardReturned { .. }
                | Note::CallbackReturned { .. }
                | Note::PulledForward { .. }
                | Note::Moved { .. }
                | Note::SteeringUndone { .. }
                | Note::SkillSet { .. }
                | Note::LineClosed { .. }
                | Note::LineOpened { .. }
                | Note::PlanStarted { .. }
                | Note::PlanEnded { .. },
            ) => {}
        }
    }

    /// The wall clock at a tick, if no fault moved it.
    #[must_use]
    pub fn wall(&self, now: Tick) -> Timestamp {
        self.origin + Micros(now.0)
    }

    /// A jump of the wall clock, if one happens now: microseconds, either way.
    pub fn clock_jump(&mut self) -> Option<i64> {
        let jumps = self.faults.chance(self.spec.faults.clock_jump);
        jumps.then(|| self.faults.below(7_200_000_000) as i64 - 3_600_000_000)
    }

    fn tick(&self, at: Timestamp) -> Tick {
        Tick(at.since(self.origin).0)
    }

    fn plan(&mut self, at: Tick, what: Happening) {
        self.order += 1;
        self.agenda.push(Entry { at, order: self.order, what });
    }

    fn happen(&mut self, now: Tick, what: Happening) -> Option<Event> {
        match what {
            Happening::Slot(index) => self.begin_slot(now, index),
            Happening::Calls { line, person } => return self.call(now, line, person),
            Happening::CallsAgain { line, person, calls } => {
                return self.call_again(now, line, person, calls);
            }
            Happening::GivesUp(contact) => return self.leave(contact, Parting::HungUp),
            Happening::IsCutOff(contact) => return self.leave(contact, Parting::CutOff),
            Happening::HangsUp(contact) => return self.hang_up(contact),
            Happening::PicksUp { agent, contact } => {
                return self.rings(agent, contact).then_some(Event::Answer { agent, contact });
            }
            Happening::Declines { agent, contact } => {
                return self.rings(agent, contact).then_some(Event::Decline { agent, contact });
            }
            Happening::CannotBeReached { agent, contact } => {
                return self.rings(agent, contact).then_some(Event::Unreachable { agent, contact });
            }
            Happening::ShiftBegins { agent, shift } => {
                return Some(self.begin_shift(now, agent, shift));
            }
            Happening::ShiftEnds { agent, shift } => {
                return self.end_shift(now, agent, shift);
            }
            Happening::SwitchboardPicksUp(contact) => {
                let rings = self.is_at_switchboard(contact);
                return rings.then_some(Event::SwitchboardAnswered { contact });
            }
            Happening::SwitchboardSendsBack(contact) => {
                let rings = self.is_at_switchboard(contact);
                let why = SwitchboardEnd::CameBack;
                self.leave_switchboard(contact);
                return rings.then_some(Event::SwitchboardFailed { contact, why });
            }
            Happening::PartnerSays { contact, attempt, event } => {
                return self.is_asked(contact, attempt).then_some(event);
            }
            Happening::WantsCallback(contact) => {
                return self.waits(contact).then_some(Event::CallbackWanted { contact });
            }
            Happening::WantsInformation(contact) => {
                return self.waits(contact).then_some(Event::InformationWanted { contact });
            }
            Happening::CallbackEnds { contact, event } => {
                return self.is_called_back(contact).then_some(event);
            }
            Happening::Says(event) => return Some(event),
        }
        None
    }

    // --- Callers -----------------------------------------------------------------------------

    /// Draws the calls of one half-hour, each at a moment of its own.
    fn begin_slot(&mut self, now: Tick, index: usize) {
        let slot = self.spec.slots[index];
        let busy = self.busyness(slot.day);
        let weight = self.spec.shape.weight(&slot) * busy;
        let lines = self.spec.traffic.len();
        for line in 0..lines {
            if !self.spec.traffic[line].comes_in(&slot) {
                continue;
            }
            // By the line's stream, else by its place, and by the moment: whatever other lines there are,
            // the same people call.
            let own = match self.spec.traffic[line].stream {
                0 => line as u64,
                stream => stream,
            };
            let mut rng = self.seed.split(stream::ARRIVALS).split(own).split(slot.start.0 as u64);
            let calls = chance::poisson(&mut rng, self.rates[line] * weight);
            let line = LineId(u16::try_from(line).expect("lines are bounded"));
            for _ in 0..calls {
                let at = now + chance::within(&mut rng, crate::Slot::LENGTH);
                let person = rng.next_u64();
                self.plan(at, Happening::Calls { line, person });
            }
        }
        if let Some(next) = self.spec.slots.get(index + 1) {
            let at = self.tick(next.start);
            self.plan(at, Happening::Slot(index + 1));
        }
    }

    fn busyness(&mut self, day: u32) -> f64 {
        match self.day {
            Some((known, busy)) if known == day => busy,
            Some(_) | None => {
                let mut rng = self.seed.split(stream::DAYS | u64::from(day));
                let busy = chance::factor(&mut rng, self.spec.behaviour.day_spread);
                self.day = Some((day, busy));
                busy
            }
        }
    }

    fn call(&mut self, now: Tick, line: LineId, person: u64) -> Option<Event> {
        if self.owed[line.index()] > 0 {
            self.owed[line.index()] -= 1;
            return None;
        }
        Some(self.arrive(now, line, person, 1))
    }

    fn call_again(&mut self, now: Tick, line: LineId, person: u64, calls: u8) -> Option<Event> {
        if now >= self.end {
            return None;
        }
        self.owed[line.index()] += 1;
        Some(self.arrive(now, line, person, calls))
    }

    fn arrive(&mut self, now: Tick, line: LineId, person: u64, calls: u8) -> Event {
        self.last_contact += 1;
        let contact = ContactId(self.last_contact);
        // A stream of its own for each attempt: whatever the centre did to others before, this
        // caller is as patient and talks as long.
        let mut rng = self.seed.split(stream::CALLERS).split(person).split(u64::from(calls));
        let greeting = self.spec.setup.lines[line.index()].greeting.unwrap_or(Micros::ZERO);
        if let Some(patience) = patience(&mut rng, &self.spec.behaviour, greeting) {
            self.plan(now + patience, Happening::GivesUp(contact));
        }
        if rng.chance(self.spec.faults.cut_off_waiting) {
            let lost = chance::within(&mut rng, Micros::from_mins(2));
            self.plan(now + lost, Happening::IsCutOff(contact));
        }
        let caller = CallerToken::new(person);
        let traffic = self.spec.traffic[line.index()];
        // Drawn only where it can happen, so that other rules do not change who calls.
        let forwarded = traffic.forwarded > 0.0 && rng.chance(traffic.forwarded);
        let via = Via { trunk: traffic.trunk, forwarded };
        let phase = Phase::Waiting;
        let known = Caller { person, line, calls, phase, switchboard: None, attempt: None, rng };
        self.callers.insert(contact, known);
        Event::CallArrived { contact, line, caller: Some(caller), via }
    }

    fn waits(&self, contact: ContactId) -> bool {
        self.callers.get(&contact).is_some_and(|caller| caller.phase == Phase::Waiting)
    }

    /// The wait begins: some would rather be called back, some want to know what is going on.
    fn begin_wait(&mut self, now: Tick, contact: ContactId, told: bool) {
        let behaviour = self.spec.behaviour;
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        let offers = self.spec.setup.lines[caller.line.index()].callback.is_some();
        let soon = Micros::from_secs(5);
        if told && offers && caller.rng.chance(behaviour.call_back) {
            self.plan(now + soon, Happening::WantsCallback(contact));
        } else if behaviour.asks_information > 0.0 && caller.rng.chance(behaviour.asks_information)
        {
            self.plan(now + soon, Happening::WantsInformation(contact));
        }
    }

    fn be_promised(&mut self, now: Tick, contact: ContactId) {
        let impatient = self.spec.behaviour.impatient;
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        caller.phase = Phase::Promised;
        if impatient > 0.0 && caller.calls < REDIALS_MAX && caller.rng.chance(impatient) {
            let at = now + chance::exponential(&mut caller.rng, Micros::from_mins(15));
            let (line, person, calls) = (caller.line, caller.person, caller.calls + 1);
            self.plan(at, Happening::CallsAgain { line, person, calls });
        }
    }

    fn be_called_back(&mut self, now: Tick, contact: ContactId) {
        let reached = self.spec.behaviour.reached;
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        caller.phase = Phase::CalledBack;
        let (event, mean) = if caller.rng.chance(reached) {
            (Event::CallbackReached { contact }, Micros::from_secs(8))
        } else {
            (Event::CallbackFailed { contact }, Micros::from_secs(20))
        };
        let at = now + chance::exponential(&mut caller.rng, mean);
        self.plan(at, Happening::CallbackEnds { contact, event });
    }

    fn is_called_back(&mut self, contact: ContactId) -> bool {
        let Some(caller) = self.callers.get_mut(&contact) else { return false };
        let is = caller.phase == Phase::CalledBack;
        if is {
            // Reached, a talk begins at once; not reached, the promise goes on.
            caller.phase = Phase::Promised;
        }
        is
    }

    // --- Switchboards and partners -----------------------------------------------------------

    fn ring_switchboard(&mut self, now: Tick, contact: ContactId, switchboard: SwitchboardId) {
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

    fn is_at_switchboard(&self, contact: ContactId) -> bool {
        let rings =
            |caller: &Caller| caller.switchboard.is_some() && caller.phase == Phase::Waiting;
        self.callers.get(&contact).is_some_and(rings)
    }

    fn leave_switchboard(&mut self, contact: ContactId) {
        if let Some(caller) = self.callers.get_mut(&contact) {
            caller.switchboard = None;
        }
    }

    fn ask_partner(&mut self, now: Tick, contact: ContactId, partner: PartnerId, reach: Reach) {
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

    fn is_asked(&mut self, contact: ContactId, attempt: u64) -> bool {
        let Some(caller) = self.callers.get_mut(&contact) else { return false };
        let is = caller.attempt == Some(attempt) && caller.phase == Phase::Waiting;
        caller.attempt = caller.attempt.filter(|_| !is);
        is
    }

    fn begin_talk_elsewhere(&mut self, now: Tick, contact: ContactId) {
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

    /// Gives up or is cut off, if still waiting.
    fn leave(&mut self, contact: ContactId, parting: Parting) -> Option<Event> {
        let caller = self.callers.get(&contact)?;
        (caller.phase == Phase::Waiting).then_some(Event::CallerLeft { contact, parting })
    }

    fn begin_talk(&mut self, now: Tick, contact: ContactId, agent: AgentId) {
        let faults = self.spec.faults;
        self.colleagues[agent.index()].rings_for = None;
        let Some(caller) = self.callers.get_mut(&contact) else { return };
        caller.phase = Phase::Talking(agent);
        let talk = talk_length(&mut caller.rng, self.spec.traffic[caller.line.index()].talk);
        let cut_off = caller.rng.chance(faults.cut_off_talking);
        let until = if cut_off { chance::within(&mut caller.rng, talk) } else { talk };
        let left = Event::CallerLeft { contact, parting: Parting::CutOff };
        let what = if cut_off { Happening::Says(left) } else { Happening::HangsUp(contact) };
        self.plan(now + until, what);
    }

    /// The talk is over, whoever hangs up first; if all goes well, the centre is told.
    fn hang_up(&mut self, contact: ContactId) -> Option<Event> {
        let hang_up_lost = self.spec.faults.hang_up_lost;
        let caller = self.callers.get_mut(&contact)?;
        let agent = match caller.phase {
            Phase::Talking(agent) => agent,
            Phase::Elsewhere => return Some(leaves_elsewhere(contact, &mut caller.rng)),
            Phase::Waiting | Phase::Promised | Phase::CalledBack | Phase::SilentlyGone => {
                return None;
            }
        };
        if caller.rng.chance(hang_up_lost) {
            caller.phase = Phase::SilentlyGone;
            return None;
        }
        let by_agent = caller.rng.chance(0.3) && self.newcomer != Some(agent);
        Some(if by_agent {
            Event::HangUp { agent }
        } else {
            Event::CallerLeft { contact, parting: Parting::HungUp }
        })
    }

    fn confirm_alive(&mut self, now: Tick, contact: ContactId) {
        match self.callers.get(&contact).map(|caller| caller.phase) {
            Some(Phase::Talking(_) | Phase::Elsewhere) => {
                self.plan(now, Happening::Says(Event::TalkAlive { contact }));
            }
            Some(Phase::Waiting | Phase::Promised | Phase::CalledBack | Phase::SilentlyGone)
            | None => {}
        }
    }

    fn end_contact(&mut self, now: Tick, record: &ContactRecord) {
        let Some(mut caller) = self.callers.remove(&record.contact) else { return };
        if let (Phase::Elsewhere, Some(switchboard)) = (caller.phase, caller.switchboard) {
            self.local_talks[switchboard.index()] -= 1;
        }
        if caller.calls >= REDIALS_MAX {
            return;
        }
        let again = match record.fate {
            // Who would not wait for the call-back has called again already; who knows now need not.
            Fate::Abandoned
                if matches!(record.reason, FateReason::CalledAgain | FateReason::LeftInformed) =>
            {
                0.0
            }
            Fate::Abandoned | Fate::Refused => self.spec.behaviour.redial,
            Fate::Accepted
            | Fate::ShortAbandoned
            | Fate::Overflowed
            | Fate::CalledBack
            | Fate::Closed
            | Fate::Local => 0.0,
        };
        let cut_off = matches!(record.reason, FateReason::CutOff | FateReason::TalkCutOff);
        let pause = if cut_off { Micros::from_secs(20) } else { Micros::from_mins(5) };
        // Who was cut off calls again nearly always, if people call again at all.
        let again = if cut_off && self.spec.behaviour.redial > 0.0 { 0.9 } else { again };
        if caller.rng.chance(again) {
            let at = now + chance::exponential(&mut caller.rng, pause);
            let Caller { line, person, calls, .. } = caller;
            self.plan(at, Happening::CallsAgain { line, person, calls: calls + 1 });
        }
    }

    // --- Agents ------------------------------------------------------------------------------

    fn plan_shifts(&mut self) {
        let begins: Vec<_> = (0u16..)
            .map(AgentId)
            .zip(&self.spec.shifts)
            .flat_map(|(agent, shifts)| {
                let numbered = shifts.iter().enumerate();
                numbered.map(move |(shift, interval)| (agent, shift, interval.from))
            })
            .filter(|&(_, _, from)| from >= self.origin)
            .collect();
        for (agent, shift, from) in begins {
            self.plan(self.tick(from), Happening::ShiftBegins { agent, shift });
        }
    }

    fn begin_shift(&mut self, now: Tick, agent: AgentId, shift: usize) -> Event {
        if self.newcomer == Some(agent) {
            return Event::SignOn { agent };
        }
        let interval = self.spec.shifts[agent.index()][shift];
        let breaks = self.spec.behaviour.breaks;
        let until = self.tick(interval.until);
        let colleague = &mut self.colleagues[agent.index()];
        colleague.at_work = Some(shift);
        let settling = if breaks { Micros::from_mins(1) } else { Micros::ZERO };
        let ready_at = now + chance::within(&mut colleague.rng, settling);
        let length = until.since(now);
        let late = chance::within(&mut colleague.rng, Micros::from_mins(60));
        self.plan(ready_at, Happening::Says(Event::MakeReady { agent }));
        self.plan(until, Happening::ShiftEnds { agent, shift });
        if breaks && length >= SHIFT_WITH_BREAK {
            let begins = now + Micros(length.0 / 2) + late;
            let pause = Event::MakeNotReady { agent, pause: Pause::Break };
            self.plan(begins, Happening::Says(pause));
            self.plan(begins + BREAK, Happening::Says(Event::MakeReady { agent }));
        }
        Event::SignOn { agent }
    }

    /// Goes home, unless somebody still waits: those waiting at closing time are served.
    fn end_shift(&mut self, now: Tick, agent: AgentId, shift: usize) -> Option<Event> {
        let until = self.tick(self.spec.shifts[agent.index()][shift].until);
        let somebody_waits = self.callers.values().any(|caller| caller.phase == Phase::Waiting);
        if somebody_waits && now < until + STAYS_FOR {
            self.plan(now + LOOKS_AGAIN, Happening::ShiftEnds { agent, shift });
            return None;
        }
        let colleague = &mut self.colleagues[agent.index()];
        if colleague.at_work == Some(shift) {
            colleague.at_work = None;
        }
        Some(Event::SignOff { agent })
    }

    fn rings(&self, agent: AgentId, contact: ContactId) -> bool {
        self.colleagues[agent.index()].rings_for == Some(contact)
    }

    fn hear_ringing(&mut self, now: Tick, agent: AgentId, contact: ContactId) {
        let behaviour = self.spec.behaviour;
        self.colleagues[agent.index()].rings_for = Some(contact);
        let dead = self.spec.faults.dead_telephone;
        if dead > 0.0 && self.faults.chance(dead) {
            return self.plan(now, Happening::CannotBeReached { agent, contact });
        }
        let rng = &mut self.colleagues[agent.index()].rng;
        if rng.chance(behaviour.no_answer) {
            return;
        }
        let after = match behaviour.pick_up {
            Micros::ZERO => Micros::ZERO,
            mean => chance::exponential(rng, mean),
        };
        let declines = rng.chance(behaviour.decline);
        let what = if declines {
            Happening::Declines { agent, contact }
        } else {
            Happening::PicksUp { agent, contact }
        };
        self.plan(now + after, what);
    }

    fn change(&mut self, now: Tick, agent: AgentId, state: agent::State) {
        match state {
            agent::State::WrapUp { length, extensions: 0, .. } => {
                self.begin_wrap_up(now, agent, length);
            }
            agent::State::NotReady { reason: NotReadyReason::NoAnswer, .. } => {
                let rng = &mut self.colleagues[agent.index()].rng;
                let back = now + chance::exponential(rng, Micros::from_secs(60));
                self.plan(back, Happening::Says(Event::MakeReady { agent }));
            }
            // Signed off by the centre in the middle of a shift: signs on again.
            agent::State::SignedOff if self.colleagues[agent.index()].at_work.is_some() => {
                self.plan(now, Happening::Says(Event::SignOn { agent }));
                self.plan(now, Happening::Says(Event::MakeReady { agent }));
            }
            agent::State::WrapUp { .. }
            | agent::State::NotReady { .. }
            | agent::State::SignedOff
            | agent::State::Ready { .. }
            | agent::State::Offered { .. }
            | agent::State::Talking { .. } => {}
        }
    }

    fn begin_wrap_up(&mut self, now: Tick, agent: AgentId, length: Micros) {
        let behaviour = self.spec.behaviour;
        let rng = &mut self.colleagues[agent.index()].rng;
        let at = now + chance::within(rng, length);
        if rng.chance(behaviour.wrap_up_ended) {
            self.plan(at, Happening::Says(Event::EndWrapUp { agent }));
        } else if rng.chance(behaviour.wrap_up_extended) {
            self.plan(at, Happening::Says(Event::ExtendWrapUp { agent }));
        }
    }

    // --- What goes wrong ---------------------------------------------------------------------

    fn go_wrong(&mut self, now: Tick, event: Event) {
        let faults = self.spec.faults;
        if faults.told_twice > 0.0 && self.faults.chance(faults.told_twice) {
            let late = now + chance::within(&mut self.faults, Micros::from_secs(5));
            self.plan(late, Happening::Says(event));
        }
        if faults.nonsense > 0.0 && self.faults.chance(faults.nonsense) {
            let nonsense = self.nonsense();
            self.plan(now, Happening::Says(nonsense));
        }
    }

    /// Any event about anybody, likely or not.
    fn nonsense(&mut self) -> Event {
        let agents = self.spec.shifts.len() as u64 + 1;
        let agent = AgentId(self.faults.below(agents) as u16);
        let recent = self.last_contact.saturating_sub(self.faults.below(20));
        let contact = ContactId(recent);
        let line = LineId(self.faults.below(self.spec.traffic.len() as u64 + 1) as u16);
        let partner = PartnerId(self.faults.below(self.spec.partners.len() as u64 + 1) as u16);
        let plan = PlanId(self.faults.below(self.spec.setup.plans.len() as u64 + 1) as u16);
        match self.faults.below(40) {
            0 => Event::CallArrived { contact, line, caller: None, via: Via::default() },
            1 => Event::AnnouncementOver { contact },
            2 => Event::TalkAlive { contact },
            3 => Event::SignOn { agent },
            4 => Event::MakeReady { agent },
            5 => Event::MakeNotReady { agent, pause: Pause::DeskWork },
            6 => Event::Answer { agent, contact },
            7 => Event::Decline { agent, contact },
            8 => Event::HangUp { agent },
            9 => Event::ExtendWrapUp { agent },
            10 => Event::EndWrapUp { agent },
            11 => Event::CallerLeft { contact, parting: Parting::CutOff },
            12 => Event::SignOff { agent },
            13 => Event::Unreachable { agent, contact },
            14 => Event::SwitchboardAnswered { contact },
            15 => Event::SwitchboardFailed { contact, why: SwitchboardEnd::Busy },
            16 => Event::PartnerAnswered { contact },
            17 => Event::PartnerFailed { contact, why: PartnerEnd::Closed },
            18 => Event::Deflected { contact },
            19 => Event::OtherLeft { contact, parting: Parting::HungUp },
            20 => Event::CallbackWanted { contact },
            21 => Event::CallbackReached { contact },
            22 => Event::CallbackFailed { contact },
            23 => Event::InformationWanted { contact },
            24 => Event::PullForward { contact, reason: SteeringReason::Distress },
            25 => Event::MoveToLine { contact, line, reason: SteeringReason::WrongLine },
            26 => Event::UndoSteering { contact },
            27 => Event::SendHome { agent },
            28 => Event::SetSkill {
                agent,
                skill: SkillId(self.faults.below(4) as u16),
                level: self.faults.below(11) as u8,
            },
            29 => Event::CloseLine { line, lasts: Micros::from_secs(self.faults.below(600)) },
            30 => Event::OpenLine { line },
            31 => Event::StartPlan { plan },
            32 => Event::EndPlan { plan },
            33 => Event::SwitchboardStaffed {
                switchboard: SwitchboardId(partner.0),
                staffed: self.faults.chance(0.5),
            },
            34 => Event::CallRefused {
                contact: ContactId(self.last_contact + 1 + self.faults.below(2)),
                line,
                by: RefusedBy::Carrier,
            },
            _ => Event::Deadline,
        }
    }
}

fn talk_length(rng: &mut Rng, talk: TalkLength) -> Micros {
    match talk {
        TalkLength::LogNormal(mean, sigma) => chance::log_normal(rng, mean, sigma),
        TalkLength::Exponential(mean) => chance::exponential(rng, mean),
    }
}

/// A talk at a switchboard or a partner is over, whoever hangs up first.
fn leaves_elsewhere(contact: ContactId, rng: &mut Rng) -> Event {
    let parting = Parting::HungUp;
    if rng.chance(0.3) {
        Event::OtherLeft { contact, parting }
    } else {
        Event::CallerLeft { contact, parting }
    }
}

/// From call set-up; patience with waiting begins when the greeting is over.
fn patience(rng: &mut Rng, behaviour: &Behaviour, greeting: Micros) -> Option<Micros> {
    let misdialled = rng.chance(behaviour.misdialled);
    let soon = Micros::from_secs(1) + chance::within(rng, Micros::from_secs(4));
    let patience = behaviour.patience.map(|mean| greeting + chance::exponential(rng, mean));
    if misdialled { Some(soon) } else { patience }
}
