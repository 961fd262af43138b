// SPDX-License-Identifier: EUPL-1.2
//! The second opinion on callers whom an agent hands on, and on offices.

use super::{Caller, Reference};
use acd::Refusal;
use acd::agent::{AfterCall, Lease, NotReadyReason, State as Doing};
use acd::contact::State as Place;
use centre::{Command, Note, OfficeEnd, OverflowCause, TransferTo};
use promise::{Fate, FateReason};
use stdx::limits::{OFFICE_RING, TALK_CHECK_EVERY};
use stdx::{AgentId, ContactId, LineId};

/// That an agent handed a caller on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HandedOn {
    by: AgentId,
    /// It comes back there if nobody takes it.
    may_come_back: bool,
}

impl Reference {
    pub(super) fn hand_on(&mut self, by: AgentId, to: TransferTo) {
        let at = match self.talks_with(by) {
            Ok(at) => at,
            Err(why) => return self.refuse(why),
        };
        if let Some(why) = self.objection_to(at, by, to) {
            return self.refuse(why);
        }
        self.is_handed_on(at, by, !matches!(to, TransferTo::Line(_)));
        let (contact, now) = (self.callers[at].id, self.now.mono);
        self.callers[at].partner_only = None;
        if let TransferTo::Line(line) = to {
            self.callers[at].asked = line;
        }
        self.said.push(Command::LetGo { contact, agent: by });
        self.said.push(Command::Note(Note::Transferred { contact, to, attended: false }));
        if to == TransferTo::Office {
            let until = now + OFFICE_RING;
            self.callers[at].place = Place::ToOffice { ring_until: until };
            self.said.push(Command::RingOffice { contact, until });
        } else {
            self.waits_again(at);
        }
        match to {
            TransferTo::Agent(agent) => self.ring_at(agent, at),
            TransferTo::Partner(_) => {
                let cause = OverflowCause::Transferred;
                self.callers[at].partner_only = Some(cause);
                self.wants_partner(at, cause);
                let rules = self.overflow_of(&self.callers[at]).expect("no objection");
                self.ask(at, rules);
            }
            TransferTo::Line(_) | TransferTo::Office => {}
        }
        self.after_talk(by.index(), contact);
    }

    pub(super) fn put_through(&mut self, by: AgentId, to: Option<AgentId>) {
        let at = match self.talks_with(by) {
            Ok(at) => at,
            Err(why) => return self.refuse(why),
        };
        let doing = match to {
            None => Some(Doing::SignedOff),
            Some(to) => self.agents.get(to.index()).filter(|_| to != by).map(|it| it.state),
        };
        let to = match doing {
            None => return self.refuse(Refusal::UnknownAgent),
            Some(Doing::Offered { .. } | Doing::Talking { .. }) => {
                return self.refuse(Refusal::NotReady);
            }
            // Who is not at work answers at the telephone of an office.
            Some(Doing::SignedOff) => None,
            Some(_) => to,
        };
        self.is_handed_on(at, by, false);
        let contact = self.callers[at].id;
        let lease = Lease::Held { check_at: self.now.mono + TALK_CHECK_EVERY };
        if let Some(agent) = to {
            self.callers[at].place = Place::Talking { agent };
            if let Doing::NotReady { reason: NotReadyReason::Pause(pause), .. } =
                self.agents[agent.index()].state
            {
                self.agents[agent.index()].after_call = AfterCall::Pause(pause);
            }
            self.becomes(agent.index(), Doing::Talking { contact, lease });
        } else {
            self.callers[at].place = Place::AtOffice { lease };
        }
        self.said.push(Command::PutThrough { contact, by, to });
        let to = to.map_or(TransferTo::Office, TransferTo::Agent);
        self.said.push(Command::Note(Note::Transferred { contact, to, attended: true }));
        self.after_talk(by.index(), contact);
    }

    /// The caller to whom an agent talks.
    fn talks_with(&self, by: AgentId) -> Result<usize, Refusal> {
        let agent = self.agents.get(by.index()).ok_or(Refusal::UnknownAgent)?;
        if agent.state == Doing::SignedOff {
            return Err(Refusal::NotSignedOn);
        }
        let talks = |it: &Caller| matches!(it.place, Place::Talking { agent } if agent == by);
        self.callers.iter().position(talks).ok_or(Refusal::NotTalking)
    }

    /// Why a caller cannot be handed on there.
    fn objection_to(&self, at: usize, by: AgentId, to: TransferTo) -> Option<Refusal> {
        let it = &self.callers[at];
        let can = match to {
            TransferTo::Agent(agent) => match self.agents.get(agent.index()) {
                None => return Some(Refusal::UnknownAgent),
                Some(_) if agent == by => return Some(Refusal::UnknownAgent),
                Some(other) => matches!(other.state, Doing::Ready { .. }),
            },
            TransferTo::Line(line) => {
                let Some(rules) = self.setup.lines.get(line.index()) else {
                    return Some(Refusal::UnknownLine);
                };
                if self.setup.lines[it.line.index()].from_partner {
                    return Some(Refusal::FromPartner);
                }
                if rules.queue.is_none() {
                    return Some(Refusal::NoQueue);
                }
                let is_served = self.is_open(line) || self.another_stays(line, by);
                is_served && !self.is_full(line)
            }
            TransferTo::Partner(partner) => self
                .overflow_of(it)
                .is_some_and(|it| it.partner == partner && self.can_be_asked(partner, it.reach)),
            TransferTo::Office => true,
        };
        (!can).then_some(Refusal::NotReachable)
    }

    fn another_stays(&self, line: LineId, by: AgentId) -> bool {
        (0..self.agents.len()).filter(|&at| at != by.index()).any(|at| {
            let it = self.agents[at];
            it.state != Doing::SignedOff
                && it.after_call != AfterCall::SignOff
                && self.serves(at, self.widest(line))
        })
    }

    /// What a supervisor did before the talk is over: the place is that of the arrival again.
    fn is_handed_on(&mut self, at: usize, by: AgentId, may_come_back: bool) {
        let it = &mut self.callers[at];
        it.handed_on = Some(HandedOn { by, may_come_back });
        if let Some(stood) = it.stood.take() {
            it.key = stood.key;
        }
    }

    /// At the place of the arrival, for as long as the queue allows from now on.
    fn waits_again(&mut self, at: usize) {
        let queue = self.queue_of(&self.callers[at]);
        let limit_at = self.now.mono + self.may_wait(self.callers[at].line, queue);
        self.callers[at].place = Place::Waiting { offered_to: None, limit_at };
        self.choose_stage(at);
        let (contact, position) = (self.callers[at].id, self.position(at));
        self.said.push(Command::WaitAgain { contact, position });
    }

    /// Whoever was to take a caller did not: back to the agent who handed on, if that one is there for it.
    pub(super) fn comes_back(&mut self, at: usize) {
        let it = &self.callers[at];
        let Some(HandedOn { by, may_come_back: true }) = it.handed_on else { return };
        let rings_elsewhere = !matches!(it.place, Place::Waiting { offered_to: None, .. });
        if rings_elsewhere || it.is_asked_for_at_partner() {
            return;
        }
        let contact = it.id;
        self.callers[at].handed_on = Some(HandedOn { by, may_come_back: false });
        match self.agents[by.index()].state {
            Doing::Ready { .. } => return self.ring_at(by, at),
            Doing::WrapUp { contact: same, .. } if same == contact => {
                return self.ring_at(by, at);
            }
            _ => {}
        }
        self.ask_wider_if_nobody_is_there(at);
        if self.waits_in_vain(at) {
            self.send_away(at, FateReason::NobodyLeft);
        }
    }

    // Offices.

    fn rung_at_office(&self, contact: ContactId) -> Result<usize, Refusal> {
        let at = self.inside(contact).ok_or(Refusal::UnknownContact)?;
        let rings = matches!(self.callers[at].place, Place::ToOffice { .. });
        if rings { Ok(at) } else { Err(Refusal::NotAtOffice) }
    }

    pub(super) fn office_answered(&mut self, contact: ContactId) {
        match self.rung_at_office(contact) {
            Err(why) => self.refuse(why),
            Ok(at) => {
                let lease = Lease::Held { check_at: self.now.mono + TALK_CHECK_EVERY };
                self.callers[at].place = Place::AtOffice { lease };
                self.said.push(Command::ConnectElsewhere { contact });
            }
        }
    }

    pub(super) fn office_failed(&mut self, contact: ContactId, why: OfficeEnd) {
        match self.rung_at_office(contact) {
            Err(why) => self.refuse(why),
            Ok(at) => {
                self.said.push(Command::Note(Note::OfficeReturned { contact, why }));
                self.waits_again(at);
                self.comes_back(at);
            }
        }
    }

    pub(super) fn office_silent(&mut self, contact: ContactId) {
        self.said.push(Command::StopOffice { contact });
        self.office_failed(contact, OfficeEnd::NoAnswer);
    }
}

/// What one counts as whom an agent had answered and handed on, whatever came then.
pub(super) fn in_the_end(it: &Caller, fate: Fate, reason: FateReason) -> (Fate, FateReason) {
    match fate {
        _ if it.handed_on.is_none() => (fate, reason),
        _ if it.called_back => (Fate::CalledBack, FateReason::CallbackReached),
        Fate::Accepted => (fate, reason),
        Fate::Overflowed => (Fate::Accepted, FateReason::TalkEnded),
        _ => (Fate::Accepted, FateReason::LeftInTransfer),
    }
}
