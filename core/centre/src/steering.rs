// SPDX-License-Identifier: EUPL-1.2
//! What a supervisor does to single callers and agents, and how it is taken back.

use crate::{Centre, Note, SteeringReason};
use acd::agent;
use acd::contact::State;
use acd::{AgentRules, Refusal, SkillNeed};
use alloc::vec::Vec;
use stdx::limits::{SKILL_LEVEL_MAX, SKILLS_MAX};
use stdx::{AgentId, ContactId, LineId, SkillId, Tick};

impl Centre {
    /// Whether a contact can be given another place: it waits, and no telephone rings for it.
    fn can_be_moved(&self, id: ContactId) -> Result<(), Refusal> {
        match self.contacts.get(&id).map(|it| it.state) {
            Some(State::Waiting { offered_to: None, .. }) => Ok(()),
            Some(State::Waiting { offered_to: Some(_), .. }) => Err(Refusal::RingsAlready),
            Some(
                State::AtSwitchboard { .. }
                | State::Local { .. }
                | State::Entering { .. }
                | State::Talking { .. }
                | State::AtPartner { .. }
                | State::ToOffice { .. }
                | State::AtOffice { .. }
                | State::Promised { .. }
                | State::CallingBack { .. },
            ) => Err(Refusal::NotWaiting),
            Some(State::Gone(_)) | None => Err(Refusal::UnknownContact),
        }
    }

    /// Puts a contact at the front of its queue; first already is first again.
    pub(crate) fn pull_forward(&mut self, id: ContactId, reason: SteeringReason) {
        if let Err(why) = self.can_be_moved(id) {
            return self.refuse(why);
        }
        let it = &self.contacts[&id];
        let (turn, stood) = (it.turn, it.stood_at_first());
        let first = self.queues.turns(it.queue).next().unwrap_or(turn);
        if first != turn {
            self.alter(id, |it| {
                it.stood = Some(stood);
                it.turn = first.ahead_for(id);
            });
        }
        let position = self.position(id).expect("it waits");
        self.note(Note::PulledForward { contact: id, reason, position });
    }

    /// Lets the agents of another line answer; the place follows from the time of arrival as before.
    pub(crate) fn move_to_line(&mut self, id: ContactId, line: LineId, reason: SteeringReason) {
        if let Err(why) = self.can_be_moved(id) {
            return self.refuse(why);
        }
        let Some(rules) = self.setup.lines.get(line.index()) else {
            return self.refuse(Refusal::UnknownLine);
        };
        if rules.queue.is_none() {
            return self.refuse(Refusal::NoQueue);
        }
        let it = &self.contacts[&id];
        if self.setup.lines[it.line.index()].from_partner {
            return self.refuse(Refusal::FromPartner);
        }
        let stood = it.stood_at_first();
        self.alter(id, |it| it.stood = Some(stood));
        // Agents are to answer, also if the calendar or a closure had given the call to the partner.
        self.alter(id, |it| (it.partner_only, it.ours_at) = (None, None));
        self.ask_as(id, line);
        let position = self.position(id).expect("it waits");
        self.note(Note::Moved { contact: id, line, reason, position });
    }

    pub(crate) fn undo_steering(&mut self, id: ContactId) {
        if let Err(why) = self.can_be_moved(id) {
            return self.refuse(why);
        }
        let Some(stood) = self.contacts[&id].stood else {
            return self.refuse(Refusal::NotSteered);
        };
        self.alter(id, |it| {
            it.stood = None;
            it.turn = stood.turn;
            it.partner_only = stood.partner_only;
            it.ours_at = stood.ours_at;
        });
        self.ask_as(id, stood.asked_as);
        let position = self.position(id).expect("it waits");
        self.note(Note::SteeringUndone { contact: id, position });
    }

    /// The agents of this line are asked from now on, at the stage that the time gives. A line that was
    /// asked before may have lost its queue to a new configuration; then its caller stays where it is.
    pub(crate) fn ask_as(&mut self, id: ContactId, line: LineId) {
        let queue = self.setup.lines[line.index()].queue;
        self.alter(id, |it| {
            it.asked_as = line;
            it.queue = queue.unwrap_or(it.queue);
            it.stage = 0;
        });
        self.choose_stage(self.now.mono, id);
        self.plan_overflow(self.now.mono, id);
    }

    /// Changes a skill until the agent signs off.
    pub(crate) fn set_skill(&mut self, now: Tick, id: AgentId, skill: SkillId, level: u8) {
        let Some(agent) = self.agents.get(id.index()) else {
            return self.refuse(Refusal::UnknownAgent);
        };
        if agent.state == agent::State::SignedOff {
            return self.refuse(Refusal::NotSignedOn);
        }
        if skill.index() >= SKILLS_MAX || level > SKILL_LEVEL_MAX {
            return self.refuse(Refusal::UnknownSkill);
        }
        let own = &self.setup.agents[id.index()].skills;
        let mut skills = self.changed_skills.get(&id).unwrap_or(own).clone();
        skills.retain(|has| has.skill != skill);
        if level > 0 {
            skills.push(SkillNeed { skill, level });
        }
        let left = self.relearn(id, &skills);
        self.changed_skills.insert(id, skills);
        self.note(Note::SkillSet { agent: id, skill, level });
        if !left.is_empty() {
            self.nobody_left(now, &left);
        }
    }

    /// Takes up other skills of one who is signed on; the lanes for which nobody is left.
    fn relearn(&mut self, id: AgentId, skills: &[SkillNeed]) -> Vec<acd::LaneId> {
        let state = self.agents[id.index()].state;
        if let agent::State::Ready { idle_since } = state {
            self.ready.remove(id, idle_since);
        }
        self.ready.go(id);
        let lost: Vec<acd::LaneId> = self.ready.lanes(id).iter().map(|&(lane, _)| lane).collect();
        self.teach(id, skills);
        self.ready.come(id);
        if let agent::State::Ready { idle_since } = state {
            self.ready.add(id, idle_since);
        }
        lost.into_iter().filter(|&lane| self.ready.signed_on(lane) == 0).collect()
    }

    /// One who is not signed on, or counted as such, has other skills than the setup says.
    pub(crate) fn teach(&mut self, id: AgentId, skills: &[SkillNeed]) {
        let own = &self.setup.agents[id.index()];
        let rules = AgentRules { team: own.team, skills: skills.to_vec(), shift: own.shift };
        self.ready.learn(id, &rules, &self.lanes);
    }

    /// With the shift ends what was changed for it.
    pub(crate) fn forget_skills(&mut self, id: AgentId) {
        if self.changed_skills.remove(&id).is_some() {
            let own = &self.setup.agents[id.index()];
            self.ready.learn(id, own, &self.lanes);
        }
    }
}
