// SPDX-License-Identifier: EUPL-1.2
//! The people around a centre: callers who arrive, wait, lose patience, talk and call again, and
//! agents who come, answer, pause and go. And what goes wrong between them and the centre.
//!
//! They know no clock: whoever drives them, a virtual year or the wall clock, says what time it is.
//! The rule to keep: a contact's redial takes the place of a later first call of the same line, so
//! that the expected number of contacts is the one that was asked for, whatever the load.

mod callers;
mod elsewhere;
mod faults;
mod staff;

use crate::chance;
use crate::spec::{LineTraffic, Spec, TalkLength};
use acd::contact::Parting;
use centre::{Command, Event, Note, SwitchboardEnd};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};
use stdx::{AgentId, ContactId, LineId, Micros, Rng, SwitchboardId, Tick, Timestamp};

/// How long before the first slot the agents may come.
const LEAD: Micros = Micros::from_mins(60);

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
            Command::LetGo { contact, .. } => self.be_handed_on(contact),
            Command::RingOffice { contact, .. } => self.ring_office(now, contact),
            Command::PutThrough { contact, to, .. } => match to {
                Some(agent) => self.begin_talk(now, contact, agent),
                None => self.begin_talk_elsewhere(now, contact),
            },
            Command::StopCallback { contact } => {
                if let Some(caller) = self.callers.get_mut(&contact) {
                    caller.phase = Phase::Promised;
                }
            }
            // A greeting is over when its length is: the centre knows that by itself.
            Command::Announce { .. }
            | Command::WaitAgain { .. }
            | Command::StopOffice { .. }
            | Command::Ring { .. }
            | Command::Dismiss { .. }
            | Command::Release { .. }
            | Command::Deflect { .. }
            | Command::Inform { .. }
            | Command::Notify { .. }
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
                | Note::Transferred { .. }
                | Note::OfficeReturned { .. }
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
                return self.end_callback(now, contact, event);
            }
            Happening::Says(event) => return Some(event),
        }
        None
    }
}

fn talk_length(rng: &mut Rng, talk: TalkLength) -> Micros {
    match talk {
        TalkLength::LogNormal(mean, sigma) => chance::log_normal(rng, mean, sigma),
        TalkLength::Exponential(mean) => chance::exponential(rng, mean),
    }
}
