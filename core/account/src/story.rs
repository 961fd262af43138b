// SPDX-License-Identifier: EUPL-1.2
//! What befell each contact, step by step: the team is named, never a person.

use acd::agent::ReturnReason;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use centre::{
    Command, NotReached, Note, OfficeEnd, OverflowCause, PartnerEnd, Setup, SteeringReason,
    SwitchboardEnd, TransferTo,
};
use promise::ToldWait;
use stdx::limits::STORY_STEPS_MAX;
use stdx::{AgentId, ContactId, LineId, Micros, PartnerId, PlanId, SwitchboardId, TeamId, Tick};

/// One step of a contact's story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The client's switchboard rang.
    SwitchboardRang(SwitchboardId),
    /// It did not take the call.
    SwitchboardReturned(SwitchboardId, SwitchboardEnd),
    /// The greeting began, with the announcement of a plan before it.
    Greeted(Option<PlanId>),
    /// The wait began at this place, and was told to be so long.
    Waits(u32, Option<ToldWait>),
    /// After it was handed on the contact waited again at this place.
    WaitsAgain(u32),
    /// A telephone of this team rang.
    Rang(TeamId),
    /// It was not answered.
    Returned(TeamId, ReturnReason),
    /// More people were asked.
    Widened(u8),
    /// The contact was to go to the partner.
    Overflows(OverflowCause),
    /// The partner was asked.
    PartnerAsked(PartnerId),
    /// It did not take the call.
    PartnerReturned(PartnerId, PartnerEnd),
    /// The call was sent on to the partner.
    SentOn(PartnerId),
    /// An agent handed the contact on.
    HandedOn(HandedTo),
    /// An agent put the contact through to somebody who had answered before.
    PutThrough(HandedTo),
    /// The office did not take the call.
    OfficeReturned(OfficeEnd),
    /// Somebody of this team answered.
    Answered(TeamId),
    /// The switchboard or the partner answered.
    AnsweredElsewhere,
    /// A supervisor pulled the contact forward.
    PulledForward(SteeringReason),
    /// A supervisor moved the contact to another line's people.
    Moved(LineId, SteeringReason),
    /// That was taken back.
    SteeringUndone,
    /// Heard the information of a plan.
    Informed(PlanId),
    /// A call-back was promised.
    CallbackPromised,
    /// The caller's telephone rang, while somebody of this team waited.
    CalledBack(TeamId),
    /// The caller was not reached and will be tried again.
    CallbackReturned(Option<NotReached>),
    /// A task was left.
    TaskOpened,
    /// There were more steps than are kept.
    AndSoOn,
}

/// Where an agent handed a contact on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandedTo {
    /// To somebody of this team.
    Team(TeamId),
    /// To the people of this line.
    Line(LineId),
    /// To this partner.
    Partner(PartnerId),
    /// To an office.
    Office,
}

/// A contact's story: when, from its first step on, and what.
pub type Story = Vec<(Micros, Step)>;

/// How many tasks it left behind.
#[must_use]
pub fn tasks(story: &[(Micros, Step)]) -> u64 {
    story.iter().filter(|(_, step)| *step == Step::TaskOpened).count() as u64
}

/// Whether somebody else went on with the contact after the first who answered it. Who was handed on in vain and came
/// back was not.
#[must_use]
pub fn was_handed_on(story: &[(Micros, Step)]) -> bool {
    let (mut answered, mut is_on_its_way) = (0, false);
    for (_, step) in story {
        match *step {
            Step::Answered(_) => answered += 1,
            Step::PutThrough(_) => return true,
            Step::HandedOn(_) => is_on_its_way = true,
            Step::OfficeReturned(_) | Step::PartnerReturned(..) | Step::Returned(..) => {
                is_on_its_way = false;
            }
            Step::SwitchboardRang(_)
            | Step::SwitchboardReturned(..)
            | Step::Greeted(_)
            | Step::Waits(..)
            | Step::WaitsAgain(_)
            | Step::Rang(_)
            | Step::Widened(_)
            | Step::Overflows(_)
            | Step::PartnerAsked(_)
            | Step::SentOn(_)
            | Step::AnsweredElsewhere
            | Step::PulledForward(_)
            | Step::Moved(..)
            | Step::SteeringUndone
            | Step::Informed(_)
            | Step::CallbackPromised
            | Step::CalledBack(_)
            | Step::CallbackReturned(_)
            | Step::TaskOpened
            | Step::AndSoOn => {}
        }
    }
    is_on_its_way || answered > 1
}

/// The furthest place in a queue at which the contact began to wait; 0 for who never did.
#[must_use]
pub fn place_in_queue(story: &[(Micros, Step)]) -> u64 {
    let places = story.iter().map(|(_, step)| match *step {
        Step::Waits(position, _) | Step::WaitsAgain(position) => u64::from(position),
        Step::SwitchboardRang(_)
        | Step::SwitchboardReturned(..)
        | Step::Greeted(_)
        | Step::Rang(_)
        | Step::Returned(..)
        | Step::Widened(_)
        | Step::Overflows(_)
        | Step::PartnerAsked(_)
        | Step::PartnerReturned(..)
        | Step::SentOn(_)
        | Step::HandedOn(_)
        | Step::PutThrough(_)
        | Step::OfficeReturned(_)
        | Step::Answered(_)
        | Step::AnsweredElsewhere
        | Step::PulledForward(_)
        | Step::Moved(..)
        | Step::SteeringUndone
        | Step::Informed(_)
        | Step::CallbackPromised
        | Step::CalledBack(_)
        | Step::CallbackReturned(_)
        | Step::TaskOpened
        | Step::AndSoOn => 0,
    });
    places.max().unwrap_or(0)
}

/// Whether the contact waited and heard neither how long nor, from a crisis plan, why; as an
/// [`Outcome`](crate::Outcome) counts it.
#[must_use]
pub fn is_untold(story: &[(Micros, Step)]) -> bool {
    let mut since = None;
    for (at, step) in story {
        if matches!(step, Step::Greeted(Some(_))) {
            return false;
        }
        if matches!(step, Step::Waits(_, None)) {
            since = Some(at);
        }
        // Who is offered to somebody at once needs no telling.
        if matches!(step, Step::Rang(_) | Step::PartnerAsked(_)) && since == Some(at) {
            since = None;
        }
    }
    since.is_some()
}

/// The stories of those who are inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stories {
    /// By contact: when the first step was, and the steps.
    pub open: BTreeMap<ContactId, (Tick, Story)>,
    /// By [`AgentId`].
    pub teams: Vec<TeamId>,
}

impl Stories {
    /// From here on this was agreed.
    pub fn agree(&mut self, setup: &Setup) {
        self.teams = setup.agents.iter().map(|agent| agent.team).collect();
    }

    /// Takes down what befell somebody. Returns the story of who is gone.
    pub fn note(&mut self, now: Tick, command: &Command) -> Option<Story> {
        if let Command::Note(Note::Ended(record)) = command {
            let story = self.open.remove(&record.contact);
            return Some(story.map(|(_, steps)| steps).unwrap_or_default());
        }
        let (contact, step) = self.step(command)?;
        let (began, steps) = self.open.entry(contact).or_insert((now, Vec::new()));
        let at = now.since(*began);
        match steps.len() {
            0..STORY_STEPS_MAX => steps.push((at, step)),
            STORY_STEPS_MAX => steps.push((at, Step::AndSoOn)),
            _ => {}
        }
        None
    }

    fn team(&self, agent: AgentId) -> TeamId {
        self.teams[agent.index()]
    }

    fn handed_to(&self, to: TransferTo) -> HandedTo {
        match to {
            TransferTo::Agent(agent) => HandedTo::Team(self.team(agent)),
            TransferTo::Line(line) => HandedTo::Line(line),
            TransferTo::Partner(partner) => HandedTo::Partner(partner),
            TransferTo::Office => HandedTo::Office,
        }
    }

    fn step(&self, command: &Command) -> Option<(ContactId, Step)> {
        let step = match *command {
            Command::Announce { contact, plan, .. } => (contact, Step::Greeted(plan)),
            Command::Wait { contact, position, told } => {
                let position = u32::try_from(position).unwrap_or(u32::MAX);
                (contact, Step::Waits(position, told))
            }
            Command::WaitAgain { contact, position } => {
                (contact, Step::WaitsAgain(u32::try_from(position).unwrap_or(u32::MAX)))
            }
            Command::RingSwitchboard { contact, switchboard, .. } => {
                (contact, Step::SwitchboardRang(switchboard))
            }
            Command::TryPartner { contact, partner, .. } => (contact, Step::PartnerAsked(partner)),
            Command::Deflect { contact, partner } => (contact, Step::SentOn(partner)),
            Command::ConnectElsewhere { contact } => (contact, Step::AnsweredElsewhere),
            Command::PromiseCallback { contact, .. } => (contact, Step::CallbackPromised),
            Command::CallBack { contact, agent, .. } => {
                (contact, Step::CalledBack(self.team(agent)))
            }
            Command::Inform { contact, plan } => (contact, Step::Informed(plan)),
            Command::OpenTask { contact, .. } => (contact, Step::TaskOpened),
            Command::Ring { contact, agent, .. } => (contact, Step::Rang(self.team(agent))),
            Command::Connect { contact, agent } => (contact, Step::Answered(self.team(agent))),
            Command::Note(note) => return self.step_of_note(&note),
            Command::StopSwitchboard { .. }
            | Command::Notify { .. }
            | Command::StopPartner { .. }
            | Command::LetGo { .. }
            | Command::RingOffice { .. }
            | Command::StopOffice { .. }
            | Command::PutThrough { .. }
            | Command::StopCallback { .. }
            | Command::StopRinging { .. }
            | Command::Dismiss { .. }
            | Command::Release { .. }
            | Command::AskAlive { .. }
            | Command::Refuse(_) => return None,
        };
        Some(step)
    }

    fn step_of_note(&self, note: &Note) -> Option<(ContactId, Step)> {
        match *note {
            Note::Returned { contact, agent, why } => {
                Some((contact, Step::Returned(self.team(agent), why)))
            }
            Note::Widened { contact, stage } => Some((contact, Step::Widened(stage))),
            Note::Overflows { contact, cause } => Some((contact, Step::Overflows(cause))),
            Note::PartnerReturned { contact, partner, why } => {
                Some((contact, Step::PartnerReturned(partner, why)))
            }
            Note::SwitchboardReturned { contact, switchboard, why } => {
                Some((contact, Step::SwitchboardReturned(switchboard, why)))
            }
            Note::Transferred { contact, to, attended } => {
                let to = self.handed_to(to);
                Some((contact, if attended { Step::PutThrough(to) } else { Step::HandedOn(to) }))
            }
            Note::OfficeReturned { contact, why } => Some((contact, Step::OfficeReturned(why))),
            Note::CallbackReturned { contact, why, .. } => {
                Some((contact, Step::CallbackReturned(why)))
            }
            Note::PulledForward { contact, reason, .. } => {
                Some((contact, Step::PulledForward(reason)))
            }
            Note::Moved { contact, line, reason, .. } => Some((contact, Step::Moved(line, reason))),
            Note::SteeringUndone { contact, .. } => Some((contact, Step::SteeringUndone)),
            Note::AgentChanged { .. }
            | Note::AgentPlans { .. }
            | Note::SkillSet { .. }
            | Note::LineClosed { .. }
            | Note::LineOpened { .. }
            | Note::PlanStarted { .. }
            | Note::PlanEnded { .. }
            | Note::Ended(_) => None,
        }
    }
}
