// SPDX-License-Identifier: EUPL-1.2
//! What becomes of contacts, and their one record at the end.

use crate::callbacks::CallbackEnd;
use crate::estimate::Forecast;
use crate::place::WayOut;
use crate::{Centre, Command, Note, TaskReason};
use acd::agent::{self, AfterCall};
use acd::contact::{self, ClosedBecause, Departure, Effect, Parting, SentAway, State};
use acd::{First, Refusal};
use promise::{ContactRecord, Fate, FateReason};
use stdx::{AgentId, ContactId, Micros, Tick};

impl Centre {
    /// Whichever of a contact's deadlines has come.
    pub(crate) fn contact_is_due(&mut self, now: Tick, id: ContactId) {
        let it = &self.contacts[&id];
        let rings = matches!(it.state, State::Waiting { offered_to: Some(_), .. });
        let is_waiting = matches!(it.state, State::Waiting { .. });
        let is_promised = matches!(it.state, State::Promised { .. });
        let (overflow, is_ours) = (it.overflow, it.ours_at.is_some_and(|at| at <= now));
        let is_wider = it.widen_at.is_some_and(|at| at <= now);
        match it.state {
            State::AtSwitchboard { .. } => return self.switchboard_silent(now, id),
            State::CallingBack { .. } => return self.callback_failed(now, id, CallbackEnd::Silent),
            State::ToOffice { .. } => return self.office_silent(now, id),
            State::Waiting { .. } | State::Promised { .. } if is_wider => return self.widen(id),
            State::Local { .. }
            | State::Entering { .. }
            | State::Waiting { .. }
            | State::Talking { .. }
            | State::AtPartner { .. }
            | State::AtOffice { .. }
            | State::Promised { .. }
            | State::Gone(_) => {}
        }
        match overflow {
            WayOut::Tried(attempt) if is_waiting && attempt.until <= now => {
                self.partner_silent(now, id);
            }
            WayOut::At(at, cause) if is_waiting && !rings && at <= now => {
                self.want_partner(id, cause);
            }
            WayOut::None | WayOut::At(..) | WayOut::Wanted(..) | WayOut::Tried(_) => {
                if is_waiting && is_ours {
                    self.give_back(id);
                } else {
                    self.contact_event(now, id, contact::Event::Timeout);
                }
                if is_promised && self.contacts.contains_key(&id) {
                    self.widen_if_nobody_is_there(id);
                }
            }
        }
    }

    /// Moves one contact.
    pub(crate) fn contact_event(&mut self, now: Tick, id: ContactId, event: contact::Event) {
        let Some(it) = self.contacts.get(&id) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let (after, effect) = it.state.next(now, event);
        if let Effect::Refused(why) = effect {
            return self.refuse(why);
        }
        self.learn_patience(now, id, after);
        self.leave_partner(id, after);
        if after == State::Gone(Departure::LeftSwitchboard) {
            self.stop_switchboard(id);
        }
        self.leave_office(id, after);
        self.alter(id, |it| {
            if matches!(it.state, State::Entering { .. }) && matches!(after, State::Waiting { .. })
            {
                it.queued_at = Some(now);
            }
            match after {
                State::Talking { agent } => it.answered = it.answered.or(Some((now, Some(agent)))),
                State::AtPartner { .. } | State::Local { .. } => {
                    it.answered = it.answered.or(Some((now, None)));
                }
                State::AtSwitchboard { .. }
                | State::Entering { .. }
                | State::Waiting { .. }
                // Who was handed on there had been answered by an agent.
                | State::ToOffice { .. }
                | State::AtOffice { .. }
                | State::Promised { .. }
                | State::CallingBack { .. }
                | State::Gone(_) => {}
            }
            it.state = after;
        });
        self.carry_out(now, id, effect);
        if let State::Gone(departure) = after {
            self.depart(now, id, departure, event);
        }
    }

    /// However a wait on the line ends, it says how patient callers are; only who leaves by themselves says
    /// how patient exactly.
    fn learn_patience(&mut self, now: Tick, id: ContactId, after: State) {
        let it = &self.contacts[&id];
        let is_over =
            matches!(it.state, State::Waiting { .. }) && !matches!(after, State::Waiting { .. });
        // Who waits for the second time was answered once, or has been called: of patience that says nothing.
        let is_first = it.transfer.is_none() && it.callback.is_none();
        if let Some(queued) = it.queued_at.filter(|_| is_over && is_first) {
            let (line, waited) = (it.line, now.since(queued));
            match after {
                State::Gone(Departure::Unanswered(_)) => self.learned.left(line, waited),
                State::AtSwitchboard { .. }
                | State::Local { .. }
                | State::Entering { .. }
                | State::Waiting { .. }
                | State::Talking { .. }
                | State::AtPartner { .. }
                | State::ToOffice { .. }
                | State::AtOffice { .. }
                | State::Promised { .. }
                | State::CallingBack { .. }
                | State::Gone(_) => self.learned.stayed(line, waited),
            }
        }
    }

    fn carry_out(&mut self, now: Tick, id: ContactId, effect: Effect) {
        let line = self.contacts[&id].line;
        match effect {
            Effect::None | Effect::Refused(_) => {}
            Effect::Waits => self.begin_to_wait(now, id),
            Effect::Withdraw(agent) => {
                self.commands.push_back(Command::StopRinging { agent, contact: id });
                self.agent_event(now, agent, agent::Event::OfferWithdrawn);
            }
            Effect::Part(agent) => self.end_call(now, agent, id),
            Effect::Question => self.commands.push_back(Command::AskAlive { contact: id }),
            Effect::Connect(agent) => {
                self.commands.push_back(Command::Connect { contact: id, agent });
            }
            Effect::CallBack(agent) => {
                let State::CallingBack { ring_until: until, .. } = self.contacts[&id].state else {
                    unreachable!("just begun")
                };
                let is_called_first = self.contacts[&id].is_called_first();
                let first = if is_called_first { First::Caller } else { First::Agent };
                let command = Command::CallBack { contact: id, agent, line, until, first };
                self.commands.push_back(command);
            }
            Effect::GiveUp(agent) => self.let_agent_go(now, agent, id),
        }
    }

    /// Nobody is called back any more: the agent who waited for it, or was reserved, is free; who left meanwhile
    /// is gone already.
    fn let_agent_go(&mut self, now: Tick, id: AgentId, contact: ContactId) {
        match self.agents[id.index()].state {
            agent::State::Talking { contact: with, .. } if with == contact => {
                let nothing_left = agent::Event::CallEnded { wrap_up: Micros::ZERO };
                self.agent_event(now, id, nothing_left);
            }
            agent::State::Offered { contact: to, .. } if to == contact => {
                self.agent_event(now, id, agent::Event::OfferWithdrawn);
            }
            agent::State::SignedOff
            | agent::State::NotReady { .. }
            | agent::State::Ready { .. }
            | agent::State::Offered { .. }
            | agent::State::Talking { .. }
            | agent::State::WrapUp { .. } => {}
        }
    }

    /// The wait begins: who is asked first, whether the partner is to help and when, and what the
    /// caller is told.
    fn begin_to_wait(&mut self, now: Tick, id: ContactId) {
        self.choose_stage(now, id);
        if self.is_left_alone(id) {
            return self.send_home(now, id);
        }
        let is_asked = self.contacts[&id].partner_only.is_none();
        let lane = self.lane_of(id);
        let nobody_ready = !is_asked || self.ready.best(lane).is_none();
        let line = self.contacts[&id].line;
        let tells = nobody_ready && self.setup.lines[line.index()].tells_wait;
        let forecast = if tells { self.forecast(id) } else { None };
        let told = forecast.as_ref().map(Forecast::range);
        self.alter(id, |it| it.told = told);
        let position = self.position(id).expect("it waits since this moment");
        self.commands.push_back(Command::Wait { contact: id, position, told });
        self.plan_overflow_with(now, id, forecast);
    }

    pub(crate) fn lane_of(&self, id: ContactId) -> acd::LaneId {
        let it = &self.contacts[&id];
        self.lanes.lane(it.asked_as, it.stage)
    }

    /// The stage that the time since call set-up gives, or a wider one if nobody of it is signed on.
    pub(crate) fn choose_stage(&mut self, now: Tick, id: ContactId) {
        let it = &self.contacts[&id];
        let (line, arrived) = (it.asked_as, it.arrived);
        let stages = &self.setup.lines[line.index()].stages;
        let passed = now.since(arrived);
        let count = self.setup.lines[line.index()].stage_count();
        let mut stage = stages.iter().rposition(|stage| stage.after <= passed).unwrap_or(0);
        while stage + 1 < count && self.ready.signed_on(self.lanes.lane(line, stage as u8)) == 0 {
            stage += 1;
        }
        let widen_at = stages.get(stage + 1).map(|next| arrived + next.after);
        self.alter(id, |it| {
            it.stage = stage as u8;
            it.widen_at = widen_at;
        });
    }

    fn widen(&mut self, id: ContactId) {
        self.choose_stage(self.now.mono, id);
        let stage = self.contacts[&id].stage;
        self.note(Note::Widened { contact: id, stage });
    }

    /// Agents can be asked again for this one, of whose stage everybody may have left meanwhile.
    pub(crate) fn widen_if_nobody_is_there(&mut self, id: ContactId) {
        let is_empty = self.ready.signed_on(self.lane_of(id)) == 0;
        if is_empty && self.contacts[&id].widen_at.is_some() {
            self.widen(id);
        }
    }

    /// The last one of some lanes signed off: who waits there is taken care of by others now.
    pub(crate) fn nobody_left(&mut self, now: Tick, lanes: &[acd::LaneId]) {
        for &lane in lanes {
            let left: alloc::vec::Vec<ContactId> = self.queues.of_lane(lane).collect();
            for id in left {
                if self.contacts[&id].widen_at.is_some() {
                    self.widen(id);
                }
                self.plan_overflow(now, id);
                if self.is_left_alone(id) {
                    self.send_home(now, id);
                }
            }
        }
    }

    /// Whether somebody who serves a lane takes another call: signed on, and not about to leave.
    pub(crate) fn somebody_stays(&self, lane: acd::LaneId) -> bool {
        let mut agents = (0..).map(AgentId).take(self.agents.len());
        self.ready.signed_on(lane) > 0 && agents.any(|id| self.stays(id, lane))
    }

    pub(crate) fn stays(&self, id: AgentId, lane: acd::LaneId) -> bool {
        let it = self.agents[id.index()];
        it.state != agent::State::SignedOff
            && it.after_call != AfterCall::SignOff
            && self.ready.serves(id, lane)
    }

    /// Whether one who waits does so in vain: the line is closed by now, of those who could answer
    /// nobody stays, and the partner cannot help either. While the line is open somebody may come.
    pub(crate) fn is_left_alone(&self, id: ContactId) -> bool {
        let it = &self.contacts[&id];
        matches!(it.state, State::Waiting { offered_to: None, .. })
            && it.ours_at.is_none()
            && !self.is_open(it.line)
            && !self.is_open(it.asked_as)
            && !self.somebody_stays(self.lanes.widest(it.asked_as))
            && !self.partner_may_help(it)
    }

    pub(crate) fn send_home(&mut self, now: Tick, id: ContactId) {
        let departure = Departure::SentAway(SentAway::NobodyLeft);
        self.contact_event(now, id, contact::Event::TurnedAway(departure));
    }

    /// A contact is gone: its leg is released, its one record written, its place perhaps kept.
    fn depart(&mut self, now: Tick, id: ContactId, departure: Departure, event: contact::Event) {
        let it = self.contacts.remove(&id).expect("it was inside until now");
        let ended_after = now.since(it.arrived);
        let short_abandon = self.setup.lines[it.line.index()].short_abandon;
        let was_talked_to = matches!(departure, Departure::Answered(_)) || it.transfer.is_some();
        let (fate, reason) = if it.callback.is_some() && was_talked_to {
            (Fate::CalledBack, FateReason::CallbackReached)
        } else if it.transfer.is_some() {
            (Fate::Accepted, reason_after_transfer(departure))
        } else if it.informed && departure == Departure::Unanswered(Parting::HungUp) {
            (Fate::Abandoned, FateReason::LeftInformed)
        } else {
            fate_of(departure, ended_after, short_abandon)
        };
        self.release(id, it.line, departure, event);
        let was_called = it.callback.is_some();
        if (it.owed || was_called) && is_unanswered(departure) && it.transfer.is_none() {
            let reason =
                if was_called { TaskReason::ReachedInVain } else { TaskReason::CalledAgain };
            self.commands.push_back(Command::OpenTask { contact: id, line: it.line, reason });
        }
        if it.callback.is_some()
            && let Some(caller) = it.caller
        {
            self.callbacks.remove(&caller);
        }
        if let (Departure::Answered(_), Some((answered, _)), None) =
            (departure, it.answered, it.transfer)
        {
            let wrap_up = self.setup.lines[it.line.index()].wrap_up;
            self.learned.talked(it.line, now.since(answered) + wrap_up);
        }
        if let Some(caller) = it.caller
            && keeps_place(departure)
        {
            let place = acd::KeptPlace { contact: id, turn: it.turn };
            self.remembered.keep(caller, it.line, now, place);
        }
        let by = it.answered.and_then(|(_, agent)| agent);
        self.write_record(ContactRecord {
            contact: id,
            line: it.line,
            follows: it.follows,
            set_up_at: it.set_up_at,
            queued_after: it.queued_at.map(|at| at.since(it.arrived)),
            answered_after: it.answered.map(|(at, _)| at.since(it.arrived)),
            ended_after,
            team: by.map(|agent| self.setup.agents[agent.index()].team),
            told: it.told,
            fate,
            reason,
        });
    }

    /// What is left to do for a leg whose contact is gone.
    fn release(
        &mut self,
        contact: ContactId,
        line: stdx::LineId,
        departure: Departure,
        event: contact::Event,
    ) {
        match departure {
            // Why there is nobody, also if an agent had answered before.
            Departure::Closed(_) | Departure::SentAway(_) => {
                let (fate, reason) = fate_of(departure, Micros::ZERO, Micros::ZERO);
                self.commands.push_back(Command::Dismiss { contact, line, fate, reason });
            }
            Departure::CallbackExpired => {
                let was_tried = matches!(event, contact::Event::CallbackFailed { .. });
                let reason =
                    if was_tried { TaskReason::NotReached } else { TaskReason::CallbackExpired };
                self.commands.push_back(Command::OpenTask { contact, line, reason });
            }
            // No leg is left: the caller hung up long ago.
            Departure::CalledAgain => {}
            Departure::Unanswered(_)
            | Departure::Answered(_)
            | Departure::Local
            | Departure::LeftSwitchboard
            | Departure::Overflowed
            | Departure::Deflected => {
                let is_gone =
                    matches!(event, contact::Event::CallerLeft(_) | contact::Event::Deflected);
                if !is_gone {
                    self.commands.push_back(Command::Release { contact });
                }
            }
        }
    }

    pub(crate) fn write_record(&mut self, record: ContactRecord) {
        assert!(record.reason.belongs_to(record.fate), "a contradiction: {record:?}");
        self.census.gone += 1;
        self.note(Note::Ended(record));
    }

    pub(crate) fn talk_alive(&mut self, now: Tick, contact: ContactId) {
        match self.contacts.get(&contact).map(|it| it.state) {
            Some(State::Talking { agent }) => {
                self.agent_event(now, agent, agent::Event::TalkAlive);
            }
            Some(State::Local { .. } | State::AtPartner { .. } | State::AtOffice { .. }) => {
                self.contact_event(now, contact, contact::Event::TalkAlive);
            }
            Some(
                State::AtSwitchboard { .. }
                | State::Entering { .. }
                | State::Waiting { .. }
                | State::ToOffice { .. }
                | State::Promised { .. }
                | State::CallingBack { .. },
            ) => self.refuse(Refusal::NotTalking),
            Some(State::Gone(_)) | None => self.refuse(Refusal::UnknownContact),
        }
    }
}

/// Whether nobody spoke with the caller, who is gone and was promised nothing instead.
fn is_unanswered(departure: Departure) -> bool {
    match departure {
        Departure::Unanswered(_) | Departure::Closed(_) | Departure::SentAway(_) => true,
        Departure::Answered(_)
        | Departure::Local
        | Departure::LeftSwitchboard
        | Departure::Overflowed
        | Departure::Deflected
        | Departure::CallbackExpired
        | Departure::CalledAgain => false,
    }
}

/// An agent answered and handed on: accepted it stays, whatever came then.
fn reason_after_transfer(departure: Departure) -> FateReason {
    match departure {
        Departure::Answered(Parting::HungUp) | Departure::Overflowed | Departure::Deflected => {
            FateReason::TalkEnded
        }
        Departure::Answered(Parting::CutOff) => FateReason::TalkCutOff,
        Departure::Unanswered(_)
        | Departure::SentAway(_)
        | Departure::Closed(_)
        | Departure::Local
        | Departure::LeftSwitchboard
        | Departure::CallbackExpired
        | Departure::CalledAgain => FateReason::LeftInTransfer,
    }
}

/// Whether the caller may come back to the place: who was cut off before or in the talk, who left the
/// queue (see [`acd::RememberedCallers`]), and who would not wait for a call-back; not who was sent
/// away or said good-bye.
fn keeps_place(departure: Departure) -> bool {
    match departure {
        Departure::Unanswered(_)
        | Departure::Answered(Parting::CutOff)
        | Departure::CalledAgain => true,
        Departure::Answered(Parting::HungUp)
        | Departure::Closed(_)
        | Departure::SentAway(_)
        | Departure::Local
        | Departure::LeftSwitchboard
        | Departure::Overflowed
        | Departure::Deflected
        | Departure::CallbackExpired => false,
    }
}

/// What a departure counts as.
pub(crate) fn fate_of(
    departure: Departure,
    ended_after: Micros,
    short_abandon: Micros,
) -> (Fate, FateReason) {
    match departure {
        Departure::Closed(because) => (Fate::Closed, closed_reason(because)),
        Departure::SentAway(why) => (Fate::Refused, refused_reason(why)),
        Departure::Unanswered(Parting::CutOff) => (Fate::Abandoned, FateReason::CutOff),
        Departure::Unanswered(Parting::HungUp) if ended_after < short_abandon => {
            (Fate::ShortAbandoned, FateReason::HungUp)
        }
        Departure::Unanswered(Parting::HungUp) => (Fate::Abandoned, FateReason::HungUp),
        Departure::Answered(Parting::HungUp) => (Fate::Accepted, FateReason::TalkEnded),
        Departure::Answered(Parting::CutOff) => (Fate::Accepted, FateReason::TalkCutOff),
        Departure::Local => (Fate::Local, FateReason::SwitchboardAnswered),
        Departure::LeftSwitchboard => (Fate::Local, FateReason::LeftSwitchboard),
        Departure::Overflowed => (Fate::Overflowed, FateReason::PartnerAnswered),
        Departure::Deflected => (Fate::Overflowed, FateReason::DeflectedUnproved),
        Departure::CallbackExpired => (Fate::Abandoned, FateReason::CallbackExpired),
        Departure::CalledAgain => (Fate::Abandoned, FateReason::CalledAgain),
    }
}

fn closed_reason(because: ClosedBecause) -> FateReason {
    match because {
        ClosedBecause::Hours => FateReason::OutsideHours,
        ClosedBecause::TimetableEnded => FateReason::TimetableEnded,
        ClosedBecause::AnnouncementOnly => FateReason::AnnouncementOnly,
        ClosedBecause::Act => FateReason::ClosedByAct,
        ClosedBecause::PlanRunsNot => FateReason::PlanRunsNot,
    }
}

fn refused_reason(why: SentAway) -> FateReason {
    match why {
        SentAway::QueueFull => FateReason::QueueFull,
        SentAway::CentreFull => FateReason::CentreFull,
        SentAway::WaitedTooLong => FateReason::WaitedTooLong,
        SentAway::NobodyLeft => FateReason::NobodyLeft,
        SentAway::NoChannel => FateReason::NoChannel,
        SentAway::Carrier => FateReason::RefusedByCarrier,
        SentAway::Door => FateReason::RefusedAtDoor,
    }
}
