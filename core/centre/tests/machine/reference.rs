// SPDX-License-Identifier: EUPL-1.2
//! A second opinion: the same centre as plain lists that are searched from end to end.
//!
//! The rule to keep: nothing of the core is used but its public types and limits. Where the two
//! differ, one of them is wrong. Nothing is counted along: who is signed on, which channels are in
//! use and what a partner has is looked up anew each time. Only the estimate has no second opinion:
//! its days tell no waits and overflow by none.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "what its days do not know must stop it loudly"
)]

mod acts;
mod agents;
mod callbacks;
mod door;
mod partners;
mod transfers;

use acd::agent::{Agent, Lease, State as Doing};
use acd::contact::{Parting, State as Place};
use acd::{LineRules, Refusal, SkillNeed};
use agents::{Lane, due_of_agent, in_lease};
use callbacks::Attempt;
use centre::{Command, Event, Note, OverflowCause, Setup, TaskReason, Via};
use promise::{ContactRecord, Fate, FateReason};
use stdx::limits::{REMEMBERED_CALLERS_MAX, TALK_CHECK_EVERY, TALK_CHECK_GRACE};
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, Now, PartnerId, PlanId, QueueId,
    SwitchboardId, Tick, Timestamp, TimetableId, TrunkId,
};
use transfers::HandedOn;

/// Smaller comes first: the moment from which waiting counts, then the id.
type Key = (i128, ContactId);

/// How far a caller is on the way to the partner.
#[derive(Clone, Copy, Debug, PartialEq)]
enum ToPartner {
    No,
    From(Tick, OverflowCause),
    Wanted(OverflowCause),
    Asked { until: Tick, cause: OverflowCause },
}

#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) id: ContactId,
    pub(crate) line: LineId,
    /// Whose agents are asked.
    pub(crate) asked: LineId,
    pub(crate) token: Option<CallerToken>,
    follows: Option<ContactId>,
    key: Key,
    /// Where it stood before a supervisor moved it.
    stood: Option<Stood>,
    pub(crate) arrived: Tick,
    set_up_at: Timestamp,
    pub(crate) place: Place,
    queued: Option<Tick>,
    answered: Option<(Tick, Option<AgentId>)>,
    trunk: Option<TrunkId>,
    switchboard: Option<SwitchboardId>,
    stage: usize,
    widen_at: Option<Tick>,
    to_partner: ToPartner,
    /// Why agents are not asked.
    partner_only: Option<OverflowCause>,
    /// When our own hours begin for one whom agents are not asked for.
    ours_at: Option<Tick>,
    pub(crate) called_back: bool,
    /// As it was when agents were looked for: none is asked while there is no channel to call back.
    no_channel: bool,
    informed: bool,
    /// A call-back had been promised, which this call takes the place of.
    owed: bool,
    /// By whom it was handed on last.
    pub(crate) handed_on: Option<HandedOn>,
}

impl Caller {
    pub(crate) fn is_asked_for_at_partner(&self) -> bool {
        matches!(self.to_partner, ToPartner::Asked { .. })
    }

    pub(crate) fn waits(&self) -> bool {
        matches!(self.place, Place::Waiting { .. } | Place::Promised { .. })
    }
}

/// Where a caller stood before a supervisor moved it, and whether agents were asked.
#[derive(Clone, Copy, Debug)]
struct Stood {
    key: Key,
    asked: LineId,
    partner_only: Option<OverflowCause>,
    ours_at: Option<Tick>,
}

#[derive(Clone, Debug)]
struct Kept {
    token: CallerToken,
    line: LineId,
    gone_at: Tick,
    contact: ContactId,
    counted_from: i128,
}

#[derive(Clone, Debug)]
pub(crate) struct Running {
    pub(crate) plan: PlanId,
    pub(crate) until: Tick,
    helpers: Vec<AgentId>,
}

#[derive(Clone, Debug)]
pub(crate) struct Reference {
    setup: Setup,
    now: Now,
    pub(crate) agents: Vec<Agent>,
    /// What each agent can do, as long as the shift lasts.
    skills: Vec<Vec<SkillNeed>>,
    pub(crate) callers: Vec<Caller>,
    kept: Vec<Kept>,
    staffed: Vec<bool>,
    /// By partner: until when it is left alone.
    left_alone: Vec<Tick>,
    pub(crate) closed: Vec<(LineId, Tick)>,
    pub(crate) running: Vec<Running>,
    /// All talks with their wrap-up, by line.
    talks: Vec<Vec<Micros>>,
    highest: Option<ContactId>,
    said: Vec<Command>,
}

impl Reference {
    pub(crate) fn new(setup: &Setup) -> Self {
        Reference {
            setup: setup.clone(),
            now: Now { mono: Tick(0), wall: Timestamp(0) },
            agents: vec![Agent::SIGNED_OFF; setup.agents.len()],
            skills: setup.agents.iter().map(|agent| agent.skills.clone()).collect(),
            callers: Vec::new(),
            kept: Vec::new(),
            staffed: vec![true; setup.switchboards.len()],
            left_alone: vec![Tick(0); setup.partners.len()],
            closed: Vec::new(),
            running: Vec::new(),
            talks: setup.lines.iter().map(callbacks::first_talks).collect(),
            highest: None,
            said: Vec::new(),
        }
    }

    pub(crate) fn handle(&mut self, now: Now, event: Event) -> Vec<Command> {
        self.now = now;
        self.let_time_pass();
        self.happen(event);
        self.let_time_pass();
        std::mem::take(&mut self.said)
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::CallArrived { contact, line, caller, via } => {
                self.call(contact, line, caller, via);
            }
            Event::CallRefused { contact, line, by } => self.refused_before(contact, line, by),
            Event::AnnouncementOver { contact } => self.announcement_over(contact),
            Event::CallerLeft { contact, parting } => self.caller_left(contact, parting),
            Event::SwitchboardAnswered { contact } => self.switchboard_answered(contact),
            Event::SwitchboardFailed { contact, why } => self.switchboard_failed(contact, why),
            Event::SwitchboardStaffed { switchboard, staffed } => self.staff(switchboard, staffed),
            Event::PartnerAnswered { contact } => self.partner_answered(contact),
            Event::PartnerFailed { contact, why } => self.partner_failed(contact, why),
            Event::Deflected { contact } => self.deflected(contact),
            Event::OtherLeft { contact, .. } => self.other_left(contact),
            Event::CallbackWanted { contact } => self.callback_wanted(contact),
            Event::CallbackReached { contact } => self.callback_reached(contact),
            Event::CallbackFailed { contact } => self.callback_failed(contact, Attempt::Lost),
            Event::CallbackNotReached { contact, why } => {
                self.callback_failed(contact, Attempt::Failed(why));
            }
            Event::InformationWanted { contact } => self.information_wanted(contact),
            Event::PullForward { contact, reason } => self.pull_forward(contact, reason),
            Event::MoveToLine { contact, line, reason } => self.move_to_line(contact, line, reason),
            Event::UndoSteering { contact } => self.undo(contact),
            Event::SetSkill { agent, skill, level } => self.set_skill(agent, skill, level),
            Event::CloseLine { line, lasts } => self.close(line, lasts),
            Event::OpenLine { line } => self.open(line),
            Event::StartPlan { plan } => self.start(plan),
            Event::EndPlan { plan } => self.end_plan(plan),
            Event::TalkAlive { contact } => self.talk_alive(contact),
            Event::Unreachable { agent, contact } => self.dead(agent, contact),
            Event::Deadline => {}
            Event::BlindTransfer { agent, to } => self.hand_on(agent, to),
            Event::AttendedTransfer { agent, to } => self.put_through(agent, to),
            Event::OfficeAnswered { contact } => self.office_answered(contact),
            Event::OfficeFailed { contact, why } => self.office_failed(contact, why),
            Event::SendHome { agent } => self.key_pressed(agent, Event::SignOff { agent }),
            Event::SignOn { agent }
            | Event::SignOff { agent }
            | Event::MakeReady { agent }
            | Event::MakeNotReady { agent, .. }
            | Event::Answer { agent, .. }
            | Event::Decline { agent, .. }
            | Event::HangUp { agent }
            | Event::ExtendWrapUp { agent }
            | Event::EndWrapUp { agent } => self.key_pressed(agent, event),
        }
    }

    /// When something happens by itself; for the comparison with the centre's own answer.
    pub(crate) fn next_deadline(&self) -> Option<Tick> {
        let partners = (0..self.setup.partners.len()).filter_map(|at| self.partner_wakes(at));
        self.all_due().map(|(at, ..)| at).chain(partners).min()
    }

    pub(crate) fn waiting(&self, queue: QueueId) -> Vec<ContactId> {
        let mut waiting: Vec<&Caller> =
            self.callers.iter().filter(|it| self.queue_of(it) == queue && it.waits()).collect();
        waiting.sort_by_key(|it| it.key);
        waiting.iter().map(|it| it.id).collect()
    }

    /// The caller whose place was kept last, and the line.
    pub(crate) fn lately_gone(&self) -> Option<(CallerToken, LineId)> {
        self.kept.last().map(|kept| (kept.token, kept.line))
    }

    /// How many channels of a trunk are in use: one for each leg that lives.
    pub(crate) fn channels_in_use(&self, trunk: TrunkId) -> usize {
        let legs = self.callers.iter().flat_map(|it| {
            let own = it.trunk.filter(|_| !matches!(it.place, Place::Promised { .. }));
            let there = matches!(it.place, Place::AtSwitchboard { .. } | Place::Local { .. });
            let to_switchboard = it.switchboard.filter(|_| there);
            let to_switchboard =
                to_switchboard.and_then(|it| self.setup.switchboards[it.index()].trunk);
            let to_partner = self
                .partner_of(it)
                .filter(|_| {
                    self.overflow_of(it).is_some_and(|it| it.reach == acd::Reach::SecondLeg)
                })
                .and_then(|it| self.setup.partners[it.index()].trunk);
            [own, to_switchboard, to_partner]
        });
        legs.flatten().filter(|used| *used == trunk).count()
    }

    /// The partner that is asked for a caller, or has it.
    pub(crate) fn partner_of(&self, it: &Caller) -> Option<PartnerId> {
        let has = matches!(it.place, Place::AtPartner { .. });
        let overflow = self.overflow_of(it).filter(|_| has || it.is_asked_for_at_partner());
        overflow.map(|it| it.partner)
    }

    // What happens by itself.

    /// All that is due one day: when, whose kind, which one.
    fn all_due(&self) -> impl Iterator<Item = (Tick, u8, u64)> + '_ {
        let agents = (0..self.agents.len())
            .filter_map(|at| due_of_agent(&self.agents[at]).map(|due| (due, 0, at as u64)));
        let callers =
            self.callers.iter().filter_map(|it| due_of_caller(it).map(|due| (due, 1, it.id.0)));
        let lines = self.closed.iter().map(|&(line, until)| (until, 3, u64::from(line.0)));
        let plans = self.running.iter().map(|it| (it.until, 4, u64::from(it.plan.0)));
        agents.chain(callers).chain(lines).chain(plans)
    }

    fn let_time_pass(&mut self) {
        loop {
            self.look_for_channels();
            self.ring_whom_it_concerns();
            self.ask_partners();
            self.look_for_channels();
            self.ring_whom_it_concerns();
            let now = self.now.mono;
            let next = self.all_due().filter(|it| it.0 <= now).min();
            match next {
                None => return,
                Some((_, 0, which)) => self.agent_is_due(which as usize),
                Some((_, 1, which)) => self.caller_is_due(ContactId(which)),
                Some((_, 3, which)) => self.open(LineId(which as u16)),
                Some((_, _, which)) => self.end_plan(PlanId(which as u16)),
            }
        }
    }

    fn caller_is_due(&mut self, contact: ContactId) {
        let at = self.inside(contact).expect("only who is inside has a deadline");
        let now = self.now.mono;
        let it = &self.callers[at];
        let may_widen = it.waits() && it.widen_at.is_some_and(|at| at <= now);
        match it.place {
            Place::AtSwitchboard { .. } => self.switchboard_silent(at),
            Place::Local { lease } | Place::AtPartner { lease } | Place::AtOffice { lease } => {
                self.ask_alive(at, lease);
            }
            Place::ToOffice { .. } => self.office_silent(contact),
            Place::Entering { .. } => self.begins_to_wait(at),
            Place::Waiting { .. } | Place::Promised { .. } if may_widen => self.widen(at),
            Place::Waiting { offered_to, .. } => match it.to_partner {
                ToPartner::Asked { until, .. } if until <= now => self.partner_silent(at),
                ToPartner::From(from, cause) if from <= now && offered_to.is_none() => {
                    self.wants_partner(at, cause);
                }
                _ if it.ours_at.is_some_and(|at| at <= now) => self.ours_again(at),
                _ => self.send_away(at, FateReason::WaitedTooLong),
            },
            Place::Promised { expires_at, .. } if expires_at <= now => self.expire(at),
            Place::Promised { .. } => self.rested(at),
            Place::CallingBack { .. } => self.callback_failed(contact, Attempt::RangInVain),
            other => unreachable!("{other:?} has no deadline here"),
        }
    }

    // Callers.

    fn announcement_over(&mut self, contact: ContactId) {
        match self.inside(contact) {
            None => self.refuse(Refusal::UnknownContact),
            Some(at) if matches!(self.callers[at].place, Place::Entering { .. }) => {
                self.begins_to_wait(at);
            }
            Some(_) => self.refuse(Refusal::NotEntering),
        }
    }

    fn begins_to_wait(&mut self, at: usize) {
        let Place::Entering { limit_at, .. } = self.callers[at].place else {
            unreachable!("asked before")
        };
        self.callers[at].place = Place::Waiting { offered_to: None, limit_at };
        self.callers[at].queued = Some(self.now.mono);
        self.choose_stage(at);
        if self.waits_in_vain(at) {
            return self.send_away(at, FateReason::NobodyLeft);
        }
        let (contact, position) = (self.callers[at].id, self.position(at));
        self.said.push(Command::Wait { contact, position, told: None });
        self.plan_overflow(at);
    }

    /// From 1.
    fn position(&self, at: usize) -> usize {
        let it = &self.callers[at];
        let waiting = self.waiting(self.queue_of(it));
        waiting.iter().position(|&other| other == it.id).expect("it waits") + 1
    }

    fn caller_left(&mut self, contact: ContactId, parting: Parting) {
        let Some(at) = self.inside(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        match self.callers[at].place {
            Place::Entering { .. } | Place::Waiting { .. } => {
                self.ask_nobody_any_more(at);
                let (fate, reason) = self.left_unanswered(at, parting);
                self.end(contact, fate, reason, true);
            }
            Place::Talking { agent } => {
                self.after_talk(agent.index(), contact);
                self.end_of_talk(contact, parting);
            }
            Place::AtSwitchboard { .. } => {
                self.stop_switchboard(at);
                self.end(contact, Fate::Local, FateReason::LeftSwitchboard, false);
            }
            Place::Local { .. } | Place::AtPartner { .. } | Place::AtOffice { .. } => {
                self.end_elsewhere(contact);
            }
            Place::ToOffice { .. } => {
                self.said.push(Command::StopOffice { contact });
                let (fate, reason) = self.left_unanswered(at, parting);
                self.end(contact, fate, reason, true);
            }
            // Its leg ended when the call-back was promised.
            Place::Promised { .. } => self.refuse(Refusal::NotWaiting),
            Place::CallingBack { .. } => self.refuse(Refusal::NotTalking),
            Place::Gone(_) => unreachable!("nobody here is gone"),
        }
    }

    fn left_unanswered(&self, at: usize, parting: Parting) -> (Fate, FateReason) {
        let it = &self.callers[at];
        let short = self.setup.lines[it.line.index()].short_abandon;
        match parting {
            Parting::CutOff => (Fate::Abandoned, FateReason::CutOff),
            Parting::HungUp if it.informed => (Fate::Abandoned, FateReason::LeftInformed),
            Parting::HungUp if self.now.mono.since(it.arrived) < short => {
                (Fate::ShortAbandoned, FateReason::HungUp)
            }
            Parting::HungUp => (Fate::Abandoned, FateReason::HungUp),
        }
    }

    /// Telephones of agents and the partner ring no longer for one who waits.
    fn ask_nobody_any_more(&mut self, at: usize) {
        self.stop_partner(at);
        self.stop_ringing(at);
    }

    fn stop_ringing(&mut self, at: usize) {
        let contact = self.callers[at].id;
        if let Place::Waiting { offered_to: Some(agent), .. }
        | Place::Promised { offered_to: Some(agent), .. } = self.callers[at].place
        {
            self.said.push(Command::StopRinging { agent, contact });
            let Doing::Offered { idle_since, .. } = self.agents[agent.index()].state else {
                unreachable!("it rings there")
            };
            self.free(agent.index(), idle_since);
        }
    }

    /// A talk with an agent of ours is over.
    fn end_of_talk(&mut self, contact: ContactId, parting: Parting) {
        let at = self.inside(contact).expect("both talked");
        let it = &self.callers[at];
        let (answered, _) = it.answered.expect("it was a talk");
        let wrap_up = self.setup.lines[it.line.index()].wrap_up;
        let length = self.now.mono.since(answered) + wrap_up;
        // Two talks, or a half, teach nothing.
        if it.handed_on.is_none() {
            self.talks[it.line.index()].push(length);
        }
        let it = &self.callers[at];
        let (fate, reason) = match parting {
            _ if it.called_back => (Fate::CalledBack, FateReason::CallbackReached),
            Parting::HungUp => (Fate::Accepted, FateReason::TalkEnded),
            Parting::CutOff => (Fate::Accepted, FateReason::TalkCutOff),
        };
        self.end(contact, fate, reason, parting == Parting::CutOff);
    }

    fn end_elsewhere(&mut self, contact: ContactId) {
        let at = self.inside(contact).expect("both talked");
        let (fate, reason) = match self.callers[at].place {
            Place::Local { .. } => (Fate::Local, FateReason::SwitchboardAnswered),
            Place::AtPartner { .. } => (Fate::Overflowed, FateReason::PartnerAnswered),
            Place::AtOffice { .. } => (Fate::Accepted, FateReason::TalkEnded),
            other => unreachable!("{other:?} is no talk elsewhere"),
        };
        self.end(contact, fate, reason, false);
    }

    fn other_left(&mut self, contact: ContactId) {
        match self.inside(contact).map(|at| self.callers[at].place) {
            None => self.refuse(Refusal::UnknownContact),
            Some(Place::Local { .. } | Place::AtPartner { .. } | Place::AtOffice { .. }) => {
                self.said.push(Command::Release { contact });
                self.end_elsewhere(contact);
            }
            Some(Place::Talking { .. }) => self.refuse(Refusal::NotAtPartner),
            Some(_) => self.refuse(Refusal::NotTalking),
        }
    }

    fn talk_alive(&mut self, contact: ContactId) {
        let Some(at) = self.inside(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let lease = Lease::Held { check_at: self.now.mono + TALK_CHECK_EVERY };
        match self.callers[at].place {
            Place::Talking { agent } => {
                self.becomes(agent.index(), Doing::Talking { contact, lease });
            }
            Place::Local { .. } => self.callers[at].place = Place::Local { lease },
            Place::AtPartner { .. } => self.callers[at].place = Place::AtPartner { lease },
            Place::AtOffice { .. } => self.callers[at].place = Place::AtOffice { lease },
            _ => self.refuse(Refusal::NotTalking),
        }
    }

    /// A talk that is not with an agent of ours is asked about, or lost.
    fn ask_alive(&mut self, at: usize, lease: Lease) {
        let contact = self.callers[at].id;
        if let Lease::Questioned { .. } = lease {
            self.said.push(Command::Release { contact });
            return self.end_elsewhere(contact);
        }
        let lease = Lease::Questioned { lost_at: self.now.mono + TALK_CHECK_GRACE };
        self.callers[at].place = match self.callers[at].place {
            Place::Local { .. } => Place::Local { lease },
            Place::AtOffice { .. } => Place::AtOffice { lease },
            _ => Place::AtPartner { lease },
        };
        self.said.push(Command::AskAlive { contact });
    }

    fn send_away(&mut self, at: usize, reason: FateReason) {
        let (contact, line) = (self.callers[at].id, self.callers[at].line);
        let fate = Fate::Refused;
        self.said.push(Command::Dismiss { contact, line, fate, reason });
        self.end(contact, fate, reason, false);
    }

    /// The one record of a caller who was inside.
    fn end(&mut self, contact: ContactId, fate: Fate, reason: FateReason, may_come_back: bool) {
        let at = self.inside(contact).expect("only who is inside can end");
        let it = self.callers.remove(at);
        let now = self.now.mono;
        let (fate, reason) = transfers::in_the_end(&it, fate, reason);
        if let (Some(token), true) = (it.token, may_come_back) {
            let counted_from = it.key.0;
            self.kept.push(Kept {
                token,
                line: it.line,
                gone_at: now,
                contact: it.id,
                counted_from,
            });
            assert!(self.kept.len() <= REMEMBERED_CALLERS_MAX, "these days are too busy");
        }
        let gone_unheard =
            matches!(fate, Fate::Abandoned | Fate::ShortAbandoned | Fate::Refused | Fate::Closed)
                && !matches!(reason, FateReason::CallbackExpired | FateReason::CalledAgain);
        if (it.owed || it.called_back) && gone_unheard {
            let reason = match it.called_back {
                true => TaskReason::ReachedInVain,
                false => TaskReason::CalledAgain,
            };
            self.said.push(Command::OpenTask { contact, line: it.line, reason });
        }
        let by = it.answered.and_then(|(_, agent)| agent);
        self.said.push(Command::Note(Note::Ended(ContactRecord {
            contact: it.id,
            line: it.line,
            follows: it.follows,
            set_up_at: it.set_up_at,
            queued_after: it.queued.map(|at| at.since(it.arrived)),
            answered_after: it.answered.map(|(at, _)| at.since(it.arrived)),
            ended_after: now.since(it.arrived),
            team: by.map(|agent| self.setup.agents[agent.index()].team),
            told: None,
            fate,
            reason,
        })));
    }

    // Stages.

    /// The stage that the time gives, or the next at which somebody is there.
    fn choose_stage(&mut self, at: usize) {
        let it = &self.callers[at];
        let rules = &self.setup.lines[it.asked.index()];
        let passed = self.now.mono.since(it.arrived);
        let by_time = rules.stages.iter().filter(|stage| stage.after <= passed).count();
        let last = stages(rules) - 1;
        let mut stage = by_time.saturating_sub(1);
        while stage < last && self.signed_on((it.asked, stage)) == 0 {
            stage += 1;
        }
        let widen_at = rules.stages.get(stage + 1).map(|next| it.arrived + next.after);
        self.callers[at].stage = stage;
        self.callers[at].widen_at = widen_at;
    }

    fn widen(&mut self, at: usize) {
        self.choose_stage(at);
        let (contact, stage) = (self.callers[at].id, self.callers[at].stage as u8);
        self.said.push(Command::Note(Note::Widened { contact, stage }));
    }

    /// Nobody of these lanes is there any more: other agents are asked, or the partner.
    fn nobody_left(&mut self, lanes: &[Lane]) {
        for &lane in lanes {
            let mut left: Vec<(Key, ContactId)> = (self.callers.iter())
                .filter(|it| can_be_offered(it) && self.alike((it.asked, it.stage)) == lane)
                .map(|it| (it.key, it.id))
                .collect();
            left.sort();
            for (_, contact) in left {
                let at = self.inside(contact).expect("nobody leaves by this");
                self.look_after(at);
            }
        }
    }

    fn look_after(&mut self, at: usize) {
        if self.callers[at].widen_at.is_some() {
            self.widen(at);
        }
        self.plan_overflow(at);
        if self.waits_in_vain(at) {
            self.send_away(at, FateReason::NobodyLeft);
        }
    }

    /// Closed by now, nobody who would take another call, and no partner to hope for.
    fn waits_in_vain(&self, at: usize) -> bool {
        let it = &self.callers[at];
        let waits = matches!(it.place, Place::Waiting { offered_to: None, .. });
        let lines = [it.line, it.asked];
        waits
            && it.ours_at.is_none()
            && !lines.iter().any(|&line| self.is_open(line))
            && !self.somebody_stays(self.widest(it.asked))
            && !self.partner_may_help(it)
    }

    // What is looked up.

    fn inside(&self, contact: ContactId) -> Option<usize> {
        self.callers.iter().position(|it| it.id == contact)
    }

    /// In whose queue a caller stands, or would.
    pub(crate) fn queue_of(&self, it: &Caller) -> QueueId {
        self.setup.lines[it.asked.index()].queue.expect("the door lets nobody in without a queue")
    }

    /// Until when a timetable is open, if it is now.
    fn open_until(&self, id: TimetableId) -> Option<Timestamp> {
        self.open_then(id, self.now.wall)
    }

    /// Until when it was open at a moment, if it was.
    fn open_then(&self, id: TimetableId, wall: Timestamp) -> Option<Timestamp> {
        let table = &self.setup.timetables[id.index()];
        let horizon = table.horizon();
        let inside = horizon.from <= wall && wall < horizon.until;
        let open = table.intervals().iter().find(|it| it.from <= wall && wall < it.until);
        open.filter(|_| inside).map(|it| it.until)
    }

    /// When a timetable that is closed now opens by itself.
    fn opens_at(&self, id: TimetableId) -> Option<Tick> {
        if self.is_beyond(id) || self.open_until(id).is_some() {
            return None;
        }
        let begins = self.setup.timetables[id.index()].intervals().iter().map(|it| it.from);
        let next = begins.filter(|&from| from > self.now.wall).min()?;
        Some(self.now.mono + next.since(self.now.wall))
    }

    fn is_beyond(&self, id: TimetableId) -> bool {
        let (wall, horizon) = (self.now.wall, self.setup.timetables[id.index()].horizon());
        wall < horizon.from || horizon.until <= wall
    }

    fn has_channel(&self, trunk: Option<TrunkId>) -> bool {
        trunk.is_none_or(|trunk| {
            self.channels_in_use(trunk) < self.setup.trunks[trunk.index()] as usize
        })
    }

    fn refuse(&mut self, why: Refusal) {
        self.said.push(Command::Refuse(why));
    }
}

fn stages(rules: &LineRules) -> usize {
    rules.stages.len().max(1)
}

/// Whether agents can be asked for this caller at this moment.
fn can_be_offered(it: &Caller) -> bool {
    match it.place {
        Place::Waiting { offered_to: None, .. } => it.partner_only.is_none(),
        Place::Promised { offered_to: None, rests_until: None, .. } => !it.no_channel,
        _ => false,
    }
}

fn due_of_caller(it: &Caller) -> Option<Tick> {
    let asked = it.is_asked_for_at_partner();
    let own = match it.place {
        Place::AtSwitchboard { ring_until }
        | Place::CallingBack { ring_until, .. }
        | Place::ToOffice { ring_until } => Some(ring_until),
        Place::Local { lease } | Place::AtPartner { lease } | Place::AtOffice { lease } => {
            Some(in_lease(lease))
        }
        Place::Entering { until, .. } => Some(until),
        Place::Waiting { offered_to: None, limit_at } if !asked => Some(limit_at),
        Place::Promised { offered_to: None, rests_until, expires_at, .. } => {
            Some(rests_until.map_or(expires_at, |until| until.min(expires_at)))
        }
        _ => None,
    };
    let to_partner = match it.to_partner {
        // Somebody is about to answer.
        ToPartner::From(..) if matches!(it.place, Place::Waiting { offered_to: Some(_), .. }) => {
            None
        }
        ToPartner::From(at, _) => Some(at),
        ToPartner::Asked { until, .. } => Some(until),
        ToPartner::No | ToPartner::Wanted(_) => None,
    };
    let widen = it.widen_at.filter(|_| it.waits());
    let is_here = matches!(it.place, Place::Waiting { .. });
    let to_partner = to_partner.filter(|_| is_here);
    let ours = it.ours_at.filter(|_| is_here);
    [own, widen, ours, to_partner].into_iter().flatten().min()
}
