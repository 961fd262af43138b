// SPDX-License-Identifier: EUPL-1.2
//! An agent hands on whom they talk to: to a colleague, to the people of a line, to the partner, to an office.
//!
//! The rule to keep: a caller who was handed on is never lost. Whoever cannot be put through stays with the
//! agent; whom nobody takes comes back to that agent, if still there, and else waits at the place that the
//! arrival gave.
//! Therefore the caller has the new place before the agent is let go, who may be the last one to go home.

use crate::place::Transferred;
use crate::{Centre, Command, Note, OfficeEnd, OverflowCause, TransferTo};
use acd::Refusal;
use acd::agent;
use acd::contact::{self, State, Transfer};
use stdx::limits::OFFICE_RING;
use stdx::{AgentId, ContactId, LineId, PartnerId, Tick};

impl Centre {
    /// Hands on at once; whoever is to answer has not been asked. The agent is let go last.
    pub(crate) fn blind_transfer(&mut self, now: Tick, by: AgentId, to: TransferTo) {
        let contact = match self.talks_to(by) {
            Ok(contact) => contact,
            Err(why) => return self.refuse(why),
        };
        if let Err(why) = self.can_be_handed(contact, by, to) {
            return self.refuse(why);
        }
        let until = now + OFFICE_RING;
        let (returns, partner_only) = match to {
            TransferTo::Agent(_) | TransferTo::Office => (true, None),
            TransferTo::Partner(_) => (true, Some(OverflowCause::Transferred)),
            TransferTo::Line(line) => {
                self.ask_as(contact, line);
                (false, None)
            }
        };
        self.is_handed_on(contact, Transferred { by, returns });
        self.alter(contact, |it| it.partner_only = partner_only);
        let step = match to {
            TransferTo::Office => Transfer::ToOffice { ring_until: until },
            TransferTo::Agent(_) | TransferTo::Line(_) | TransferTo::Partner(_) => {
                Transfer::ToQueue { limit_at: self.limit_at(now, contact) }
            }
        };
        self.contact_event(now, contact, contact::Event::Transfer(step));
        self.commands.push_back(Command::LetGo { contact, agent: by });
        self.note(Note::Transferred { contact, to, attended: false });
        match to {
            TransferTo::Agent(agent) => {
                self.wait_again(now, contact);
                self.offer_to(now, agent, contact);
            }
            TransferTo::Line(_) => self.wait_again(now, contact),
            TransferTo::Partner(partner) => {
                self.wait_again(now, contact);
                self.want_partner(contact, OverflowCause::Transferred);
                self.ask_partner(now, partner, contact);
            }
            TransferTo::Office => self.commands.push_back(Command::RingOffice { contact, until }),
        }
        self.end_call(now, by, contact);
    }

    /// What a supervisor did to the first wait is over with it: the place is that of the arrival.
    fn is_handed_on(&mut self, id: ContactId, transfer: Transferred) {
        self.alter(id, |it| {
            it.transfer = Some(transfer);
            it.ours_at = None;
            if let Some(stood) = it.stood.take() {
                it.turn = stood.turn;
            }
        });
    }

    /// Hands on to somebody who was asked before and waits on the line.
    pub(crate) fn attended_transfer(&mut self, now: Tick, by: AgentId, to: Option<AgentId>) {
        let contact = match self.talks_to(by) {
            Ok(contact) => contact,
            Err(why) => return self.refuse(why),
        };
        let to = match self.takes_over(by, to) {
            Ok(to) => to,
            Err(why) => return self.refuse(why),
        };
        self.is_handed_on(contact, Transferred { by, returns: false });
        let step = to.map_or(Transfer::OfficeTakesOver, Transfer::ToAgent);
        self.contact_event(now, contact, contact::Event::Transfer(step));
        if let Some(agent) = to {
            self.agent_event(now, agent, agent::Event::TakeOver(contact));
        }
        self.commands.push_back(Command::PutThrough { contact, by, to });
        let to = to.map_or(TransferTo::Office, TransferTo::Agent);
        self.note(Note::Transferred { contact, to, attended: true });
        self.end_call(now, by, contact);
    }

    /// With whom an agent talks, who may be handed on.
    fn talks_to(&self, by: AgentId) -> Result<ContactId, Refusal> {
        let agent = self.agents.get(by.index()).ok_or(Refusal::UnknownAgent)?;
        match agent.state {
            agent::State::Talking { contact, .. } => match self.contacts[&contact].state {
                State::Talking { .. } => Ok(contact),
                // The caller's telephone rings still.
                State::CallingBack { .. } => Err(Refusal::NotTalking),
                State::AtSwitchboard { .. }
                | State::Local { .. }
                | State::Entering { .. }
                | State::Waiting { .. }
                | State::AtPartner { .. }
                | State::ToOffice { .. }
                | State::AtOffice { .. }
                | State::Promised { .. }
                | State::Gone(_) => unreachable!("its agent talks to it"),
            },
            agent::State::SignedOff => Err(Refusal::NotSignedOn),
            agent::State::NotReady { .. }
            | agent::State::Ready { .. }
            | agent::State::Offered { .. }
            | agent::State::WrapUp { .. } => Err(Refusal::NotTalking),
        }
    }

    /// Whether somebody can be asked there at this moment; else the caller stays with the agent.
    fn can_be_handed(&self, id: ContactId, by: AgentId, to: TransferTo) -> Result<(), Refusal> {
        let can = match to {
            TransferTo::Agent(agent) => {
                let agent = self.agents.get(agent.index()).filter(|_| agent != by);
                let agent = agent.ok_or(Refusal::UnknownAgent)?;
                matches!(agent.state, agent::State::Ready { .. })
            }
            TransferTo::Line(line) => {
                let rules = self.setup.lines.get(line.index()).ok_or(Refusal::UnknownLine)?;
                if self.setup.lines[self.contacts[&id].line.index()].from_partner {
                    return Err(Refusal::FromPartner);
                }
                rules.queue.ok_or(Refusal::NoQueue)?;
                self.has_room(line) && (self.is_open(line) || self.may_answer(line, by))
            }
            TransferTo::Partner(partner) => self.may_take(id, partner),
            TransferTo::Office => true,
        };
        if can { Ok(()) } else { Err(Refusal::NotReachable) }
    }

    /// Whether somebody else stays who may answer on a line, though it is closed by now.
    fn may_answer(&self, line: LineId, but: AgentId) -> bool {
        let lane = self.lanes.widest(line);
        (0..).map(AgentId).take(self.agents.len()).any(|id| id != but && self.stays(id, lane))
    }

    fn may_take(&self, id: ContactId, partner: PartnerId) -> bool {
        let rules = self.setup.lines[self.contacts[&id].line.index()].overflow;
        let helps = rules.filter(|rules| rules.partner == partner);
        helps.is_some_and(|rules| self.can_take(partner, rules.reach))
    }

    /// Who can take over from a colleague. Who is not at work answers as an office does.
    fn takes_over(&self, by: AgentId, to: Option<AgentId>) -> Result<Option<AgentId>, Refusal> {
        let Some(id) = to else { return Ok(None) };
        let agent =
            self.agents.get(id.index()).filter(|_| id != by).ok_or(Refusal::UnknownAgent)?;
        match agent.state {
            agent::State::SignedOff => Ok(None),
            agent::State::NotReady { .. }
            | agent::State::Ready { .. }
            | agent::State::WrapUp { .. } => Ok(Some(id)),
            agent::State::Offered { .. } | agent::State::Talking { .. } => Err(Refusal::NotReady),
        }
    }

    /// When one who waits again is sent away at the latest.
    pub(crate) fn limit_at(&self, now: Tick, id: ContactId) -> Tick {
        let it = &self.contacts[&id];
        now + self.waiting_max(it.line, it.queue)
    }

    /// The caller waits once more: at the place of the arrival, with music.
    fn wait_again(&mut self, now: Tick, id: ContactId) {
        self.choose_stage(now, id);
        let position = self.position(id).expect("it waits");
        self.commands.push_back(Command::WaitAgain { contact: id, position });
    }

    // --- Offices --------------------------------------------------------------------------------

    pub(crate) fn office_answered(&mut self, now: Tick, id: ContactId) {
        if let Err(why) = self.rings_at_office(id) {
            return self.refuse(why);
        }
        let answered = contact::Event::Transfer(Transfer::OfficeAnswered);
        self.contact_event(now, id, answered);
        self.commands.push_back(Command::ConnectElsewhere { contact: id });
    }

    fn rings_at_office(&self, id: ContactId) -> Result<(), Refusal> {
        match self.contact(id) {
            Some(State::ToOffice { .. }) => Ok(()),
            Some(
                State::AtSwitchboard { .. }
                | State::Local { .. }
                | State::Entering { .. }
                | State::Waiting { .. }
                | State::Talking { .. }
                | State::AtPartner { .. }
                | State::AtOffice { .. }
                | State::Promised { .. }
                | State::CallingBack { .. },
            ) => Err(Refusal::NotAtOffice),
            Some(State::Gone(_)) | None => Err(Refusal::UnknownContact),
        }
    }

    pub(crate) fn office_silent(&mut self, now: Tick, id: ContactId) {
        self.commands.push_back(Command::StopOffice { contact: id });
        self.office_failed(now, id, OfficeEnd::NoAnswer);
    }

    pub(crate) fn office_failed(&mut self, now: Tick, id: ContactId, why: OfficeEnd) {
        if let Err(why) = self.rings_at_office(id) {
            return self.refuse(why);
        }
        let limit_at = self.limit_at(now, id);
        let failed = contact::Event::Transfer(Transfer::OfficeFailed { limit_at });
        self.contact_event(now, id, failed);
        self.note(Note::OfficeReturned { contact: id, why });
        self.wait_again(now, id);
        self.come_back(now, id);
    }

    /// Whoever leaves while an office is rung is not rung for any more.
    pub(crate) fn leave_office(&mut self, id: ContactId, after: State) {
        let rings = matches!(self.contacts[&id].state, State::ToOffice { .. });
        if rings && matches!(after, State::Gone(_)) {
            self.commands.push_back(Command::StopOffice { contact: id });
        }
    }

    // --- Back -----------------------------------------------------------------------------------

    /// Agents of ours can be asked again for one whom an agent had given to the partner.
    pub(crate) fn take_back_from_partner(&mut self, id: ContactId) {
        self.alter(id, |it| {
            it.partner_only = None;
            it.stood.iter_mut().for_each(|stood| stood.partner_only = None);
        });
    }

    /// Nobody took whom an agent had handed on: it rings at that agent's, if there and not in another talk.
    /// Otherwise the caller waits on. A supervisor may have let others be asked meanwhile: as long as a
    /// telephone or the partner rings, nothing has come back.
    pub(crate) fn come_back(&mut self, now: Tick, id: ContactId) {
        let it = &self.contacts[&id];
        let Some(Transferred { by, returns: true }) = it.transfer else { return };
        let waits = matches!(it.state, State::Waiting { offered_to: None, .. });
        if !waits || it.attempt().is_some() {
            return;
        }
        self.alter(id, |it| it.transfer = Some(Transferred { by, returns: false }));
        let is_there = match self.agents.get(by.index()).map(|agent| agent.state) {
            Some(agent::State::Ready { .. }) => true,
            Some(agent::State::WrapUp { contact, .. }) => contact == id,
            Some(
                agent::State::SignedOff
                | agent::State::NotReady { .. }
                | agent::State::Offered { .. }
                | agent::State::Talking { .. },
            )
            | None => false,
        };
        if is_there {
            return self.offer_to(now, by, id);
        }
        self.widen_if_nobody_is_there(id);
        if self.is_left_alone(id) {
            self.send_home(now, id);
        }
    }
}
