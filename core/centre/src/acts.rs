// SPDX-License-Identifier: EUPL-1.2
//! What a supervisor does to whole lines: closures and crisis plans. Each ends by itself.

use crate::place::Contact;
use crate::timers::Timer;
use crate::{Centre, Command, Note};
use acd::contact::State;
use acd::{CrisisPlan, Refusal, agent};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use stdx::limits::ACT_MAX;
use stdx::{AgentId, ContactId, LineId, Micros, PlanId, Tick};

/// A plan that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningPlan {
    /// When it ends by itself.
    pub until: Tick,
    /// Who was signed on by it and has not signed off since.
    pub helpers: Vec<AgentId>,
}

/// What is in force.
#[derive(Clone, Debug, Default)]
pub(crate) struct Acts {
    pub(crate) closed: BTreeMap<LineId, Tick>,
    pub(crate) running: BTreeMap<PlanId, RunningPlan>,
}

impl Acts {
    pub(crate) fn closed_until(&self, line: LineId) -> Option<Tick> {
        self.closed.get(&line).copied()
    }

    pub(crate) fn runs_until(&self, plan: PlanId) -> Option<Tick> {
        self.running.get(&plan).map(|running| running.until)
    }

    pub(crate) fn runs(&self, plan: PlanId) -> bool {
        self.running.contains_key(&plan)
    }

    /// The plans in force for a line, in the order of the setup.
    fn plans_of(&self, plans: &[CrisisPlan], line: LineId) -> impl Iterator<Item = PlanId> {
        self.running.keys().copied().filter(move |plan| plans[plan.index()].lines.contains(&line))
    }

    /// The first plan in force for a line that has something.
    pub(crate) fn plan_with(
        &self,
        plans: &[CrisisPlan],
        line: LineId,
        has: impl Fn(&CrisisPlan) -> bool,
    ) -> Option<PlanId> {
        self.plans_of(plans, line).find(|plan| has(&plans[plan.index()]))
    }

    /// A helper went by himself: no plan signs him off any more.
    pub(crate) fn forget_helper(&mut self, agent: AgentId) {
        for running in self.running.values_mut() {
            running.helpers.retain(|&helper| helper != agent);
        }
    }

    pub(crate) fn deadlines(&self) -> usize {
        self.closed.len() + self.running.len()
    }
}

impl Centre {
    /// The plans in force for a line.
    pub(crate) fn plans_of(&self, line: LineId) -> impl Iterator<Item = &CrisisPlan> {
        let plans = &self.setup.plans;
        self.acts.plans_of(plans, line).map(move |plan| &plans[plan.index()])
    }

    /// Nobody comes in any more; who waits already is served.
    pub(crate) fn close_line(&mut self, now: Tick, line: LineId, lasts: Micros) {
        if line.index() >= self.setup.lines.len() {
            return self.refuse(Refusal::UnknownLine);
        }
        if lasts == Micros::ZERO || lasts > ACT_MAX {
            return self.refuse(Refusal::OutOfRange);
        }
        let until = now + lasts;
        let before = self.acts.closed.insert(line, until);
        self.timers.set(Timer::Line(line), before, Some(until));
        self.note(Note::LineClosed { line, until });
        let waits = |(&id, it): (&ContactId, &Contact)| (it.line == line).then_some(id);
        let waiting: Vec<ContactId> = self.contacts.iter().filter_map(waits).collect();
        for id in waiting {
            if self.is_left_alone(id) {
                self.send_home(now, id);
            }
        }
    }

    pub(crate) fn open_line(&mut self, line: LineId) {
        match self.acts.closed.remove(&line) {
            None => self.refuse(Refusal::NotClosed),
            Some(until) => {
                self.timers.set(Timer::Line(line), Some(until), None);
                self.note(Note::LineOpened { line });
                let given = |(&id, it): (&ContactId, &Contact)| {
                    let comes = matches!(it.state, State::Entering { .. } | State::Waiting { .. });
                    (comes && it.line == line && it.partner_only.is_some()).then_some(id)
                };
                let given: Vec<ContactId> = self.contacts.iter().filter_map(given).collect();
                given.into_iter().for_each(|id| self.give_back(id));
            }
        }
    }

    /// Starts a plan and signs its helpers on, who were not.
    pub(crate) fn start_plan(&mut self, now: Tick, plan: PlanId) {
        let Some(rules) = self.setup.plans.get(plan.index()) else {
            return self.refuse(Refusal::UnknownPlan);
        };
        if self.acts.runs(plan) {
            return self.refuse(Refusal::PlanRuns);
        }
        let (until, named) = (now + rules.lasts, rules.helpers.clone());
        self.timers.set(Timer::Plan(plan), None, Some(until));
        self.note(Note::PlanStarted { plan, until });
        let mut helpers = Vec::new();
        for agent in named {
            // Asked one by one: a plan may name somebody twice.
            if self.agents[agent.index()].state == agent::State::SignedOff {
                self.agent_event(now, agent, agent::Event::SignOn);
                self.agent_event(now, agent, agent::Event::MakeReady);
                helpers.push(agent);
            }
        }
        self.acts.running.insert(plan, RunningPlan { until, helpers });
        self.notify(plan);
    }

    /// Whoever is inside already has heard no announcement of this plan, and hears it now.
    fn notify(&mut self, plan: PlanId) {
        let plans = &self.setup.plans;
        let speaks = |line| self.acts.plan_with(plans, line, |it| it.announcement.is_some());
        let hears = |(&id, it): (&ContactId, &Contact)| {
            let comes = matches!(it.state, State::Entering { .. } | State::Waiting { .. });
            (comes && speaks(it.line) == Some(plan)).then_some(id)
        };
        let inside: Vec<ContactId> = self.contacts.iter().filter_map(hears).collect();
        self.commands.extend(inside.into_iter().map(|contact| Command::Notify { contact, plan }));
    }

    /// Ends a plan; its helpers go when they have finished their calls, unless another plan needs them.
    pub(crate) fn end_plan(&mut self, now: Tick, plan: PlanId) {
        if plan.index() >= self.setup.plans.len() {
            return self.refuse(Refusal::UnknownPlan);
        }
        let Some(RunningPlan { until, helpers }) = self.acts.running.remove(&plan) else {
            return self.refuse(Refusal::PlanRunsNot);
        };
        self.timers.set(Timer::Plan(plan), Some(until), None);
        self.note(Note::PlanEnded { plan });
        for agent in helpers {
            let plans = &self.setup.plans;
            let needs = |plan: &PlanId| plans[plan.index()].helpers.contains(&agent);
            let heir = self.acts.running.keys().copied().find(needs);
            if let Some(heir) = heir.and_then(|heir| self.acts.running.get_mut(&heir)) {
                heir.helpers.push(agent);
            } else {
                self.agent_event(now, agent, agent::Event::SignOff);
            }
        }
    }

    /// Information by key: the caller hears it and keeps the place.
    pub(crate) fn inform(&mut self, contact: ContactId) {
        let Some(it) = self.contacts.get(&contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        match it.state {
            State::Waiting { offered_to: None, .. } => {}
            State::Waiting { offered_to: Some(_), .. } => {
                return self.refuse(Refusal::RingsAlready);
            }
            State::AtSwitchboard { .. }
            | State::Local { .. }
            | State::Entering { .. }
            | State::Talking { .. }
            | State::AtPartner { .. }
            | State::ToOffice { .. }
            | State::AtOffice { .. }
            | State::Promised { .. }
            | State::CallingBack { .. }
            | State::Gone(_) => return self.refuse(Refusal::NotWaiting),
        }
        match self.acts.plan_with(&self.setup.plans, it.line, |plan| plan.information) {
            None => self.refuse(Refusal::NoInformation),
            Some(plan) => {
                self.alter(contact, |it| it.informed = true);
                self.commands.push_back(Command::Inform { contact, plan });
            }
        }
    }
}
