// SPDX-License-Identifier: EUPL-1.2
//! What stands between persons and the log: on the one side telephones and supervisors, who know agents,
//! on the other the centre, which knows seats.
//!
//! ```text
//!   signalling, control ──agent──▶ Hiding ──seat──▶ log, centre
//!                       ◀──agent──        ◀──seat──
//! ```
//!
//! The rule to keep: whatever goes either way goes through here; nothing with an agent in it reaches the
//! log unsealed.

use super::sealing::Sealing;
use super::seats::Seats;
use crate::erasure::DayKeys;
use case::{Acted, By, Matter};
use centre::{Command, Event, Note, Setup, TransferTo};
use promise::Resolution;
use sip::number::Number;
use stdx::{AgentId, CaseId, ContactId, Day, Redacted};
use store::{CaseActed, Fact, Sealed, WrappedUp};

/// Hides agents and callers from the log.
#[derive(Debug)]
pub struct Hiding {
    sealing: Sealing,
    seats: Seats,
    /// Those who are nobody.
    made_up: Vec<AgentId>,
    /// The ids of agents as the configuration names them.
    agents: Vec<String>,
}

/// What else was agreed, by seats, until it is known that it can be taken up.
#[derive(Debug)]
pub struct Rearranged {
    seats: Seats,
    /// As the centre takes it.
    pub setup: Setup,
}

impl Hiding {
    /// With the seats that are taken already.
    #[must_use]
    pub const fn new(
        sealing: Sealing,
        seats: Seats,
        made_up: Vec<AgentId>,
        agents: Vec<String>,
    ) -> Hiding {
        Hiding { sealing, seats, made_up, agents }
    }

    /// What else is to be agreed, by seats; `before` is what the centre holds for agreed.
    #[must_use]
    pub fn rearranged(&self, setup: &Setup, before: &Setup) -> Rearranged {
        let (seats, setup) = self.seats.rearrange(setup, &self.made_up, before);
        Rearranged { seats, setup }
    }

    /// It was agreed: what is told from now on is told of these seats and agents.
    pub fn agree(&mut self, rearranged: Rearranged, agents: Vec<String>) {
        self.seats = rearranged.seats;
        self.agents = agents;
    }

    /// An event as the centre and the log know it, and what the log is to know before it.
    pub(super) fn event(
        &mut self,
        event: Event,
        number: Option<Redacted<Number>>,
    ) -> (Event, Vec<Fact>) {
        let mut before = Vec::new();
        if let (Event::CallArrived { contact, .. }, Some(number)) = (event, number) {
            before.extend(self.sealing.caller(contact, number.expose()));
        }
        if let Event::StartPlan { plan } = event {
            for helper in self.seats.helpers_without(plan) {
                self.seat(helper, &mut before);
            }
        }
        (event_at(event, |agent| self.seat(agent, &mut before)), before)
    }

    /// The seat of an agent, who takes one if need be.
    fn seat(&mut self, agent: AgentId, before: &mut Vec<Fact>) -> AgentId {
        if let Some(seat) = self.seats.seat(agent) {
            return seat;
        }
        let sealing = &mut self.sealing;
        let Some(seat) = self.seats.take(agent, |of| sealing.draw(of)) else {
            // Nobody of ours: the centre refuses it.
            return agent;
        };
        before.push(sealing.seated(seat, &self.agents[agent.index()]));
        seat
    }

    /// An event as the others know it; none if nobody has the seat.
    pub(super) fn event_of(&self, event: Event) -> Option<Event> {
        let mut is_known = true;
        let event = event_at(event, |seat| {
            let person = self.seats.person(seat);
            is_known &= person.is_some();
            person.unwrap_or(seat)
        });
        is_known.then_some(event)
    }

    /// A command as the others know it; none if nobody has the seat.
    pub(super) fn command(&self, command: Command) -> Option<Command> {
        command_to(command, |seat| self.seats.person(seat))
    }

    /// Who has this seat.
    pub(super) fn person(&self, seat: AgentId) -> Option<AgentId> {
        self.seats.person(seat)
    }

    /// The seat of this person; none before the first shift of the day.
    pub(super) fn seat_of(&self, person: AgentId) -> Option<AgentId> {
        self.seats.seat(person)
    }

    /// What this person said of a talk, as the log may know it; none without a seat.
    pub(super) fn wrapped_up(
        &mut self,
        person: AgentId,
        contact: ContactId,
        said: (Option<Resolution>, &[u8]),
    ) -> Option<WrappedUp> {
        let seat = self.seats.seat(person)?;
        Some(self.sealing.wrapped_up(seat, contact, said))
    }

    /// What was done to a case, as the log may know it.
    pub(super) fn case_acted(
        &mut self,
        of: (CaseId, By),
        what: (Acted, Option<Matter>),
        words: &[u8],
    ) -> CaseActed {
        self.sealing.case_acted(of, what, words)
    }

    /// What a leg needs to go on, as a file may know it.
    pub(super) fn seal_leg(&mut self, leg: u64, value: &[u8]) -> (Day, Sealed) {
        self.sealing.leg(leg, value)
    }

    /// Nobody is signed on at this seat any more.
    pub(super) fn left(&mut self, seat: AgentId) {
        self.seats.left(seat);
    }

    /// Whether somebody has this seat.
    pub(super) fn is_taken(&self, seat: AgentId) -> bool {
        self.seats.person(seat).is_some()
    }

    /// A day begins: every seat is free at which nobody is signed on.
    pub(super) fn new_day(&mut self, keys: DayKeys, is_away: impl Fn(AgentId) -> bool) {
        self.sealing.new_day(keys);
        self.seats.new_day(keys.day, is_away);
    }
}

/// Whether an event names this agent, or seat.
pub(super) fn names(event: Event, agent: AgentId) -> bool {
    let mut named = false;
    event_at(event, |it| {
        named |= it == agent;
        it
    });
    named
}

/// The event with other agents in it, if there are any.
fn event_at(event: Event, mut at: impl FnMut(AgentId) -> AgentId) -> Event {
    match event {
        Event::SendHome { agent } => Event::SendHome { agent: at(agent) },
        Event::SetSkill { agent, skill, level } => {
            Event::SetSkill { agent: at(agent), skill, level }
        }
        Event::SignOn { agent } => Event::SignOn { agent: at(agent) },
        Event::SignOff { agent } => Event::SignOff { agent: at(agent) },
        Event::MakeReady { agent } => Event::MakeReady { agent: at(agent) },
        Event::MakeNotReady { agent, pause } => Event::MakeNotReady { agent: at(agent), pause },
        Event::Answer { agent, contact } => Event::Answer { agent: at(agent), contact },
        Event::Decline { agent, contact } => Event::Decline { agent: at(agent), contact },
        Event::Unreachable { agent, contact } => Event::Unreachable { agent: at(agent), contact },
        Event::HangUp { agent } => Event::HangUp { agent: at(agent) },
        Event::BlindTransfer { agent, to } => {
            let agent = at(agent);
            let to = match to {
                TransferTo::Agent(to) => TransferTo::Agent(at(to)),
                TransferTo::Line(_) | TransferTo::Partner(_) | TransferTo::Office => to,
            };
            Event::BlindTransfer { agent, to }
        }
        Event::AttendedTransfer { agent, to } => {
            Event::AttendedTransfer { agent: at(agent), to: to.map(at) }
        }
        Event::ExtendWrapUp { agent } => Event::ExtendWrapUp { agent: at(agent) },
        Event::EndWrapUp { agent } => Event::EndWrapUp { agent: at(agent) },
        Event::CallArrived { .. }
        | Event::CallRefused { .. }
        | Event::AnnouncementOver { .. }
        | Event::CallerLeft { .. }
        | Event::SwitchboardAnswered { .. }
        | Event::SwitchboardFailed { .. }
        | Event::SwitchboardStaffed { .. }
        | Event::PartnerAnswered { .. }
        | Event::PartnerFailed { .. }
        | Event::Deflected { .. }
        | Event::OtherLeft { .. }
        | Event::OfficeAnswered { .. }
        | Event::OfficeFailed { .. }
        | Event::CallbackWanted { .. }
        | Event::CallbackReached { .. }
        | Event::CallbackFailed { .. }
        | Event::CallbackNotReached { .. }
        | Event::InformationWanted { .. }
        | Event::PullForward { .. }
        | Event::MoveToLine { .. }
        | Event::UndoSteering { .. }
        | Event::CloseLine { .. }
        | Event::OpenLine { .. }
        | Event::StartPlan { .. }
        | Event::EndPlan { .. }
        | Event::TalkAlive { .. }
        | Event::Deadline => event,
    }
}

/// The command with other agents in it, if there are any.
fn command_to(command: Command, to: impl Fn(AgentId) -> Option<AgentId>) -> Option<Command> {
    Some(match command {
        Command::CallBack { contact, agent, line, until, first } => {
            Command::CallBack { contact, agent: to(agent)?, line, until, first }
        }
        Command::Ring { agent, contact, line, until } => {
            Command::Ring { agent: to(agent)?, contact, line, until }
        }
        Command::StopRinging { agent, contact } => {
            Command::StopRinging { agent: to(agent)?, contact }
        }
        Command::LetGo { contact, agent } => Command::LetGo { contact, agent: to(agent)? },
        Command::PutThrough { contact, by, to: other } => {
            let other = match other {
                Some(agent) => Some(to(agent)?),
                None => None,
            };
            Command::PutThrough { contact, by: to(by)?, to: other }
        }
        Command::Connect { contact, agent } => Command::Connect { contact, agent: to(agent)? },
        Command::Note(note) => Command::Note(note_to(note, to)?),
        Command::RingSwitchboard { .. }
        | Command::StopSwitchboard { .. }
        | Command::TryPartner { .. }
        | Command::StopPartner { .. }
        | Command::ConnectElsewhere { .. }
        | Command::Deflect { .. }
        | Command::PromiseCallback { .. }
        | Command::StopCallback { .. }
        | Command::Inform { .. }
        | Command::Notify { .. }
        | Command::OpenTask { .. }
        | Command::Announce { .. }
        | Command::Wait { .. }
        | Command::WaitAgain { .. }
        | Command::RingOffice { .. }
        | Command::StopOffice { .. }
        | Command::Dismiss { .. }
        | Command::Release { .. }
        | Command::AskAlive { .. }
        | Command::Refuse(_) => command,
    })
}

fn note_to(note: Note, to: impl Fn(AgentId) -> Option<AgentId>) -> Option<Note> {
    Some(match note {
        Note::AgentChanged { agent, state } => Note::AgentChanged { agent: to(agent)?, state },
        Note::AgentPlans { agent, after_call } => {
            Note::AgentPlans { agent: to(agent)?, after_call }
        }
        Note::Returned { contact, agent, why } => {
            Note::Returned { contact, agent: to(agent)?, why }
        }
        Note::SkillSet { agent, skill, level } => {
            Note::SkillSet { agent: to(agent)?, skill, level }
        }
        Note::Transferred { contact, to: TransferTo::Agent(agent), attended } => {
            Note::Transferred { contact, to: TransferTo::Agent(to(agent)?), attended }
        }
        Note::Transferred { .. }
        | Note::OfficeReturned { .. }
        | Note::SteeringUndone { .. }
        | Note::Widened { .. }
        | Note::Overflows { .. }
        | Note::PartnerReturned { .. }
        | Note::SwitchboardReturned { .. }
        | Note::CallbackReturned { .. }
        | Note::PulledForward { .. }
        | Note::Moved { .. }
        | Note::LineClosed { .. }
        | Note::LineOpened { .. }
        | Note::PlanStarted { .. }
        | Note::PlanEnded { .. }
        | Note::Ended(_) => note,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use acd::{AgentRules, CentreRules, CrisisPlan};
    use std::collections::BTreeSet;
    use stdx::{ContactId, Day, LineId, Micros, PlanId, TeamId, Tick};
    use store::Key;

    /// Eight who do the same work; a plan names the last three.
    fn hiding() -> Hiding {
        let rules = CentreRules {
            head_start: Micros::ZERO,
            no_answer_pause: Micros::ZERO,
            decline_pause: Micros::ZERO,
            place_kept: Micros::ZERO,
        };
        let plan = CrisisPlan {
            lines: vec![],
            announcement: None,
            information: false,
            length_max: None,
            waiting_max: None,
            helpers: (5..8).map(AgentId).collect(),
            lasts: Micros::from_mins(60),
        };
        let setup = Setup {
            agents: vec![AgentRules { team: TeamId(0), skills: vec![], shift: None }; 8],
            plans: vec![plan],
            ..Setup::empty(rules)
        };
        let key = Key::new([1; 32]);
        let today = DayKeys {
            day: Day(16_191),
            token: key,
            number: key,
            seat: key,
            leg: key,
            note: key,
            case: key,
        };
        let entropy = Entropy::open().expect("random");
        let sealing = Sealing::new("harburg".to_owned(), today, entropy);
        let ids = (0..8).map(|number| format!("k{number}")).collect();
        let (seats, _) = Seats::arrange(&setup, &[], &setup, &[], today.day);
        Hiding::new(sealing, seats, Vec::new(), ids)
    }

    #[test]
    fn a_plan_finds_each_of_its_helpers_at_a_helper_s_seat() {
        let mut hiding = hiding();
        let (_, before) = hiding.event(Event::SignOn { agent: AgentId(6) }, None);
        assert_eq!(before.len(), 1);
        let start = Event::StartPlan { plan: PlanId(0) };
        let (event, before) = hiding.event(start, None);
        assert_eq!((event, before.len()), (start, 2), "one has a seat already");
        let ring = |agent| {
            let (contact, line, until) = (ContactId(1), LineId(0), Tick(1));
            Command::Ring { agent, contact, line, until }
        };
        let rung: BTreeSet<_> = (5..8)
            .map(|seat| hiding.command(ring(AgentId(seat))).map(|it| format!("{it:?}")))
            .collect();
        let helpers = (5..8).map(|person| Some(format!("{:?}", ring(AgentId(person)))));
        assert_eq!(
            rung,
            helpers.collect(),
            "whichever seat the plan lets ring, a helper's telephone does"
        );
        assert_eq!(hiding.command(ring(AgentId(0))), None, "nobody sits there");
    }

    #[test]
    fn what_goes_in_comes_back() {
        let mut hiding = hiding();
        for agent in (0..8).map(AgentId) {
            let contact = ContactId(1);
            let event = Event::Answer { agent, contact };
            let (hidden, _) = hiding.event(event, None);
            assert_eq!(hiding.event_of(hidden), Some(event));
            let Event::Answer { agent: seat, .. } = hidden else { panic!("somebody answers") };
            let command = hiding.command(Command::Connect { contact, agent: seat });
            assert_eq!(command, Some(Command::Connect { contact, agent }));
        }
        // Who is handed on names two.
        let (agent, to) = (AgentId(0), TransferTo::Agent(AgentId(3)));
        let handed = Event::BlindTransfer { agent, to };
        let (hidden, _) = hiding.event(handed, None);
        assert_eq!(hiding.event_of(hidden), Some(handed));
        let stranger = Event::SignOn { agent: AgentId(99) };
        assert_eq!(hiding.event(stranger, None), (stranger, Vec::new()), "the centre refuses it");
        assert_eq!(hiding.event_of(Event::Deadline), Some(Event::Deadline));
    }
}
