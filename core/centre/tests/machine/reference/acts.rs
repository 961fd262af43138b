// SPDX-License-Identifier: EUPL-1.2
//! The second opinion on what supervisors do: steering, closures, crisis plans.

use super::agents::Lane;
use super::{Caller, Key, Reference, Running, Stood};
use acd::agent::{AfterCall, State as Doing};
use acd::contact::State as Place;
use acd::{Refusal, SkillNeed};
use centre::{Command, Note, SteeringReason};
use promise::FateReason;
use stdx::limits::{ACT_MAX, SKILL_LEVEL_MAX, SKILLS_MAX};
use stdx::{AgentId, ContactId, LineId, Micros, PlanId, SkillId};

impl Reference {
    /// One who waits while no telephone rings.
    fn unrung(&self, contact: ContactId) -> Result<usize, Refusal> {
        let at = self.inside(contact).ok_or(Refusal::UnknownContact)?;
        match self.callers[at].place {
            Place::Waiting { offered_to: None, .. } => Ok(at),
            Place::Waiting { .. } => Err(Refusal::RingsAlready),
            _ => Err(Refusal::NotWaiting),
        }
    }

    pub(super) fn pull_forward(&mut self, contact: ContactId, reason: SteeringReason) {
        let at = match self.unrung(contact) {
            Ok(at) => at,
            Err(why) => return self.refuse(why),
        };
        let first = self.waiting(self.queue_of(&self.callers[at]))[0];
        if first != contact {
            let it = &self.callers[at];
            let stood = it.stood.or(Some(stands(it)));
            let first = &self.callers[self.inside(first).expect("it waits")];
            let key: Key = (first.key.0 - 1, contact);
            self.callers[at].stood = stood;
            self.callers[at].key = key;
        }
        let position = self.position(at);
        self.said.push(Command::Note(Note::PulledForward { contact, reason, position }));
    }

    pub(super) fn move_to_line(
        &mut self,
        contact: ContactId,
        line: LineId,
        reason: SteeringReason,
    ) {
        let at = match self.unrung(contact) {
            Ok(at) => at,
            Err(why) => return self.refuse(why),
        };
        let Some(rules) = self.setup.lines.get(line.index()) else {
            return self.refuse(Refusal::UnknownLine);
        };
        if rules.queue.is_none() {
            return self.refuse(Refusal::NoQueue);
        }
        let it = &self.callers[at];
        if self.setup.lines[it.line.index()].from_partner {
            return self.refuse(Refusal::FromPartner);
        }
        let stood = it.stood.or(Some(stands(it)));
        self.callers[at].stood = stood;
        self.callers[at].partner_only = None;
        self.callers[at].ours_at = None;
        self.ask_as(at, line);
        let position = self.position(at);
        self.said.push(Command::Note(Note::Moved { contact, line, reason, position }));
    }

    pub(super) fn undo(&mut self, contact: ContactId) {
        let at = match self.unrung(contact) {
            Ok(at) => at,
            Err(why) => return self.refuse(why),
        };
        let Some(stood) = self.callers[at].stood.take() else {
            return self.refuse(Refusal::NotSteered);
        };
        self.callers[at].key = stood.key;
        self.callers[at].partner_only = stood.partner_only;
        self.callers[at].ours_at = stood.ours_at;
        self.ask_as(at, stood.asked);
        let position = self.position(at);
        self.said.push(Command::Note(Note::SteeringUndone { contact, position }));
    }

    fn ask_as(&mut self, at: usize, line: LineId) {
        self.callers[at].asked = line;
        self.choose_stage(at);
        self.plan_overflow(at);
    }

    pub(super) fn set_skill(&mut self, agent: AgentId, skill: SkillId, level: u8) {
        let at = agent.index();
        match self.agents.get(at).map(|it| it.state) {
            None => return self.refuse(Refusal::UnknownAgent),
            Some(Doing::SignedOff) => return self.refuse(Refusal::NotSignedOn),
            Some(_) => {}
        }
        if skill.index() >= SKILLS_MAX || level > SKILL_LEVEL_MAX {
            return self.refuse(Refusal::UnknownSkill);
        }
        let served = self.lanes_of(at);
        self.skills[at].retain(|has| has.skill != skill);
        if level > 0 {
            self.skills[at].push(SkillNeed { skill, level });
        }
        self.said.push(Command::Note(Note::SkillSet { agent, skill, level }));
        let empty = |lane: &Lane| self.signed_on(*lane) == 0;
        let left: Vec<Lane> = served.into_iter().filter(empty).collect();
        self.nobody_left(&left);
    }

    // Closures.

    pub(super) fn close(&mut self, line: LineId, lasts: Micros) {
        if line.index() >= self.setup.lines.len() {
            return self.refuse(Refusal::UnknownLine);
        }
        if lasts == Micros::ZERO || lasts > ACT_MAX {
            return self.refuse(Refusal::OutOfRange);
        }
        let until = self.now.mono + lasts;
        self.closed.retain(|&(closed, _)| closed != line);
        self.closed.push((line, until));
        self.said.push(Command::Note(Note::LineClosed { line, until }));
        let mut here: Vec<ContactId> =
            self.callers.iter().filter(|it| it.line == line).map(|it| it.id).collect();
        here.sort();
        for contact in here {
            let at = self.inside(contact).expect("each leaves once");
            if self.waits_in_vain(at) {
                self.send_away(at, FateReason::NobodyLeft);
            }
        }
    }

    pub(super) fn open(&mut self, line: LineId) {
        let before = self.closed.len();
        self.closed.retain(|&(closed, _)| closed != line);
        if self.closed.len() == before {
            return self.refuse(Refusal::NotClosed);
        }
        self.said.push(Command::Note(Note::LineOpened { line }));
        let mut given: Vec<ContactId> = (self.callers.iter())
            .filter(|it| it.line == line && it.partner_only.is_some())
            .map(|it| it.id)
            .collect();
        given.sort();
        for contact in given {
            let at = self.inside(contact).expect("nobody leaves by this");
            self.ours_again(at);
        }
    }

    // Crisis plans.

    pub(super) fn start(&mut self, plan: PlanId) {
        let Some(rules) = self.setup.plans.get(plan.index()).cloned() else {
            return self.refuse(Refusal::UnknownPlan);
        };
        if self.running.iter().any(|it| it.plan == plan) {
            return self.refuse(Refusal::PlanRuns);
        }
        let until = self.now.mono + rules.lasts;
        self.said.push(Command::Note(Note::PlanStarted { plan, until }));
        let mut helpers = Vec::new();
        for agent in rules.helpers {
            if self.agents[agent.index()].state == Doing::SignedOff {
                self.sign_on(agent.index());
                self.free(agent.index(), self.now.mono);
                helpers.push(agent);
            }
        }
        self.running.push(Running { plan, until, helpers });
        let mut inside: Vec<ContactId> = (self.callers.iter())
            .filter(|it| matches!(it.place, Place::Entering { .. } | Place::Waiting { .. }))
            .filter(|it| self.announcing(it.line) == Some(plan))
            .map(|it| it.id)
            .collect();
        inside.sort();
        for contact in inside {
            self.said.push(Command::Notify { contact, plan });
        }
    }

    pub(super) fn end_plan(&mut self, plan: PlanId) {
        if plan.index() >= self.setup.plans.len() {
            return self.refuse(Refusal::UnknownPlan);
        }
        let Some(at) = self.running.iter().position(|it| it.plan == plan) else {
            return self.refuse(Refusal::PlanRunsNot);
        };
        let ended = self.running.remove(at);
        self.said.push(Command::Note(Note::PlanEnded { plan }));
        for agent in ended.helpers {
            let needs =
                |it: &&mut Running| self.setup.plans[it.plan.index()].helpers.contains(&agent);
            let heir = self.running.iter_mut().filter(needs).min_by_key(|it| it.plan);
            if let Some(heir) = heir {
                heir.helpers.push(agent);
            } else {
                self.wish(agent.index(), AfterCall::SignOff);
            }
        }
    }

    pub(super) fn information_wanted(&mut self, contact: ContactId) {
        let at = match self.unrung(contact) {
            Ok(at) => at,
            Err(why) => return self.refuse(why),
        };
        let informs = |plan: &PlanId| self.setup.plans[plan.index()].information;
        match self.plans_of(self.callers[at].line).into_iter().find(informs) {
            None => self.refuse(Refusal::NoInformation),
            Some(plan) => {
                self.callers[at].informed = true;
                self.said.push(Command::Inform { contact, plan });
            }
        }
    }
}

fn stands(it: &Caller) -> Stood {
    let &Caller { key, asked, partner_only, ours_at, .. } = it;
    Stood { key, asked, partner_only, ours_at }
}
