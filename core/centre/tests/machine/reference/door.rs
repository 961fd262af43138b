// SPDX-License-Identifier: EUPL-1.2
//! The second opinion's door, and the client's own switchboard before it.

use super::{Caller, Kept, Reference, ToPartner, Via};
use acd::agent::Lease;
use acd::contact::State as Place;
use acd::{CrisisPlan, LineRules, LocalFirst, Reach, Refusal};
use centre::{Command, Note, OverflowCause, RefusedBy, SwitchboardEnd};
use promise::{ContactRecord, Fate, FateReason};
use stdx::limits::{CONTACTS_MAX, TALK_CHECK_EVERY};
use stdx::{CallerToken, ContactId, LineId, Micros, PlanId, QueueId, SwitchboardId, Tick};

impl Reference {
    pub(super) fn call(
        &mut self,
        id: ContactId,
        line: LineId,
        token: Option<CallerToken>,
        via: Via,
    ) {
        if let Some(why) = self.unlawful(id, line) {
            return self.refuse(why);
        }
        if via.trunk.is_some_and(|trunk| trunk.index() >= self.setup.trunks.len()) {
            return self.refuse(Refusal::UnknownTrunk);
        }
        self.highest = Some(id);
        if !self.has_channel(via.trunk) {
            return self.without_channel(id, line);
        }
        let had_a_promise = self.does_not_wait_for_the_callback(token, line);
        let found = token.is_some_and(|token| self.find_place(token, line).is_some());
        let kept = found && (self.is_open(line) || self.somebody_stays(self.widest(line)));
        let comes_back = had_a_promise || kept;
        if let Some(local) = self.switchboard_first(line, via).filter(|_| !comes_back) {
            let ring_until = self.now.mono + local.ring;
            self.take_in(id, line, token, via, Place::AtSwitchboard { ring_until });
            let last = self.callers.last_mut().expect("just come in");
            last.switchboard = Some(local.switchboard);
            let (switchboard, until) = (local.switchboard, ring_until);
            let ring = Command::RingSwitchboard { contact: id, switchboard, line, until };
            return self.said.push(ring);
        }
        match self.objection(line, comes_back, self.callers.len()) {
            None => {
                let (until, limit_at) = self.entrance(line, self.now.mono);
                let partner_only = self.partner_only(line);
                self.take_in(id, line, token, via, Place::Entering { until, limit_at });
                let at = self.callers.len() - 1;
                self.callers[at].owed = had_a_promise;
                self.for_partner_only(at, partner_only);
                self.greet(at);
            }
            Some((fate, reason)) => {
                self.said.push(Command::Dismiss { contact: id, line, fate, reason });
                self.record_at_door(id, line, fate, reason);
            }
        }
    }

    fn unlawful(&self, id: ContactId, line: LineId) -> Option<Refusal> {
        if self.highest.is_some_and(|highest| id <= highest) {
            return Some(Refusal::UsedContactId);
        }
        (line.index() >= self.setup.lines.len()).then_some(Refusal::UnknownLine)
    }

    pub(super) fn refused_before(&mut self, id: ContactId, line: LineId, by: RefusedBy) {
        if let Some(why) = self.unlawful(id, line) {
            return self.refuse(why);
        }
        self.highest = Some(id);
        let reason = match by {
            RefusedBy::Carrier => FateReason::RefusedByCarrier,
            RefusedBy::Door => FateReason::RefusedAtDoor,
            RefusedBy::NoChannel => FateReason::NoChannel,
        };
        self.record_at_door(id, line, Fate::Refused, reason);
    }

    fn record_at_door(&mut self, contact: ContactId, line: LineId, fate: Fate, reason: FateReason) {
        self.said.push(Command::Note(Note::Ended(ContactRecord {
            contact,
            line,
            follows: None,
            set_up_at: self.now.wall,
            queued_after: None,
            answered_after: None,
            ended_after: Micros::ZERO,
            team: None,
            told: None,
            fate,
            reason,
        })));
    }

    fn without_channel(&mut self, contact: ContactId, line: LineId) {
        let is_open = self.is_open(line) || self.partner_only(line).is_some();
        let overflow = self.setup.lines[line.index()].overflow;
        let sends_on = overflow.filter(|it| it.no_channel && it.reach == Reach::Deflect);
        match sends_on.map(|it| it.partner) {
            Some(partner) if is_open && self.can_be_asked(partner, Reach::Deflect) => {
                self.said.push(Command::Deflect { contact, partner });
                let (fate, reason) = (Fate::Overflowed, FateReason::DeflectedUnproved);
                self.record_at_door(contact, line, fate, reason);
            }
            _ => {
                let (fate, reason) = (Fate::Refused, FateReason::NoChannel);
                self.said.push(Command::Dismiss { contact, line, fate, reason });
                self.record_at_door(contact, line, fate, reason);
            }
        }
    }

    // Open or closed.

    fn closed_by_act_or_plan(&self, line: LineId) -> Option<FateReason> {
        let rules = &self.setup.lines[line.index()];
        let runs = |plan: PlanId| self.running.iter().any(|it| it.plan == plan);
        if rules.only_in.is_some_and(|plan| !runs(plan)) {
            Some(FateReason::PlanRunsNot)
        } else if self.closed.iter().any(|&(closed, _)| closed == line) {
            Some(FateReason::ClosedByAct)
        } else {
            None
        }
    }

    /// Why this line's callers are for the partner alone, if they are now.
    fn partner_only(&self, line: LineId) -> Option<OverflowCause> {
        let rules = &self.setup.lines[line.index()];
        let overflow = rules.overflow?;
        self.open_until(self.setup.partners[overflow.partner.index()].timetable)?;
        match self.closed_by_act_or_plan(line) {
            None => {
                self.open_until(overflow.calendar?)?;
                Some(OverflowCause::Calendar)
            }
            Some(FateReason::ClosedByAct) if overflow.closed => {
                let by_calendar = overflow.calendar.and_then(|it| self.open_until(it));
                self.open_until(rules.timetable).or(by_calendar)?;
                Some(OverflowCause::Closed)
            }
            Some(_) => None,
        }
    }

    /// Agents are not asked for this one; when our own hours begin they are.
    fn for_partner_only(&mut self, at: usize, cause: Option<OverflowCause>) {
        let timetable = self.setup.lines[self.callers[at].line.index()].timetable;
        self.callers[at].partner_only = cause;
        self.callers[at].ours_at = cause.and_then(|_| self.opens_at(timetable));
    }

    /// Whether our own agents are to be asked for this line's callers.
    pub(super) fn is_open(&self, line: LineId) -> bool {
        let timetable = self.setup.lines[line.index()].timetable;
        self.closed_by_act_or_plan(line).is_none() && self.open_until(timetable).is_some()
    }

    /// Why one more cannot come in; `others` are inside.
    fn objection(
        &self,
        line: LineId,
        comes_back: bool,
        others: usize,
    ) -> Option<(Fate, FateReason)> {
        let rules = &self.setup.lines[line.index()];
        if comes_back && rules.queue.is_some() && others < CONTACTS_MAX {
            return None;
        }
        if self.partner_only(line).is_none() {
            if let Some(reason) = self.closed_by_act_or_plan(line) {
                return Some((Fate::Closed, reason));
            }
            if self.is_beyond(rules.timetable) {
                return Some((Fate::Closed, FateReason::TimetableEnded));
            }
            if self.open_until(rules.timetable).is_none() {
                return Some((Fate::Closed, FateReason::OutsideHours));
            }
        }
        if rules.queue.is_none() {
            return Some((Fate::Closed, FateReason::AnnouncementOnly));
        }
        if others >= CONTACTS_MAX {
            return Some((Fate::Refused, FateReason::CentreFull));
        }
        self.is_full(line).then_some((Fate::Refused, FateReason::QueueFull))
    }

    /// Whether as many wait on a line, or are about to, as may.
    pub(super) fn is_full(&self, line: LineId) -> bool {
        let rules = &self.setup.lines[line.index()];
        let queue = rules.queue.expect("asked before");
        let on_the_way = |it: &&Caller| {
            self.queue_of(it) == queue && (it.waits() || matches!(it.place, Place::Entering { .. }))
        };
        let there = self.callers.iter().filter(on_the_way).count();
        let most = self.setup.queues[queue.index()].length_max;
        let most = self.plans_for(line).filter_map(|it| it.length_max).fold(most, u32::min);
        there >= most as usize
    }

    /// The running plans that concern a line, by id.
    pub(super) fn plans_of(&self, line: LineId) -> Vec<PlanId> {
        let concerns = |plan: &PlanId| self.setup.plans[plan.index()].lines.contains(&line);
        let mut plans: Vec<PlanId> =
            self.running.iter().map(|it| it.plan).filter(concerns).collect();
        plans.sort();
        plans
    }

    fn plans_for(&self, line: LineId) -> impl Iterator<Item = &CrisisPlan> {
        self.plans_of(line).into_iter().map(|plan| &self.setup.plans[plan.index()])
    }

    /// Until when the announcements take, and until when one may wait who came at `arrived`.
    fn entrance(&self, line: LineId, arrived: Tick) -> (Tick, Tick) {
        let rules = &self.setup.lines[line.index()];
        let queue = rules.queue.expect("the door lets nobody in without a queue");
        let most = self.may_wait(line, queue);
        let before = self.plans_for(line).find_map(|it| it.announcement).unwrap_or(Micros::ZERO);
        let until = self.now.mono + before + rules.greeting.unwrap_or(Micros::ZERO);
        (until, arrived + most)
    }

    /// How long callers of a line may wait in a queue.
    pub(super) fn may_wait(&self, line: LineId, queue: QueueId) -> Micros {
        let most = self.setup.queues[queue.index()].waiting_max;
        self.plans_for(line).filter_map(|it| it.waiting_max).fold(most, Micros::min)
    }

    /// The first plan that speaks to callers of a line.
    pub(super) fn announcing(&self, line: LineId) -> Option<PlanId> {
        let speaks = |plan: &PlanId| self.setup.plans[plan.index()].announcement.is_some();
        self.plans_of(line).into_iter().find(speaks)
    }

    fn take_in(
        &mut self,
        id: ContactId,
        line: LineId,
        token: Option<CallerToken>,
        via: Via,
        place: Place,
    ) {
        let now = self.now;
        let rules: &LineRules = &self.setup.lines[line.index()];
        let ahead = i128::from(self.setup.rules.head_start.0) * i128::from(rules.priority);
        let old = token.and_then(|token| self.old_place(token, line));
        let counted_from =
            old.as_ref().map_or(i128::from(now.mono.0) - ahead, |kept| kept.counted_from);
        self.callers.push(Caller {
            id,
            line,
            asked: line,
            token,
            follows: old.map(|kept| kept.contact),
            key: (counted_from, id),
            stood: None,
            arrived: now.mono,
            set_up_at: now.wall,
            place,
            queued: None,
            answered: None,
            trunk: via.trunk,
            switchboard: None,
            stage: 0,
            widen_at: None,
            to_partner: ToPartner::No,
            partner_only: None,
            ours_at: None,
            called_back: false,
            no_channel: false,
            informed: false,
            owed: false,
            handed_on: None,
        });
    }

    fn greet(&mut self, at: usize) {
        let (contact, line) = (self.callers[at].id, self.callers[at].line);
        let plan = self.announcing(line);
        if plan.is_some() || self.setup.lines[line.index()].greeting.is_some() {
            self.said.push(Command::Announce { contact, line, plan });
        } else {
            self.begins_to_wait(at);
        }
    }

    fn old_place(&mut self, token: CallerToken, line: LineId) -> Option<Kept> {
        let at = self.find_place(token, line)?;
        Some(self.kept.remove(at))
    }

    fn find_place(&self, token: CallerToken, line: LineId) -> Option<usize> {
        let kept_for = self.setup.rules.place_kept;
        let now = self.now.mono;
        let fits =
            |it: &Kept| it.token == token && it.line == line && now.since(it.gone_at) <= kept_for;
        self.kept.iter().rposition(fits)
    }

    // The client's own switchboard.

    fn switchboard_first(&self, line: LineId, via: Via) -> Option<LocalFirst> {
        let local = self.setup.lines[line.index()].local?;
        let rules = self.setup.switchboards[local.switchboard.index()];
        let free = rules.trunk.is_none_or(|trunk| {
            // The caller's own leg is not here yet, but needs its channel.
            let own = usize::from(via.trunk == Some(trunk));
            self.channels_in_use(trunk) + own < self.setup.trunks[trunk.index()] as usize
        });
        let is_there =
            self.staffed[local.switchboard.index()] && self.open_until(rules.timetable).is_some();
        let rings = is_there && free && !via.forwarded && self.callers.len() < CONTACTS_MAX;
        rings.then_some(local)
    }

    pub(super) fn switchboard_answered(&mut self, contact: ContactId) {
        let Some(at) = self.inside(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        if !matches!(self.callers[at].place, Place::AtSwitchboard { .. }) {
            return self.refuse(Refusal::NotAtSwitchboard);
        }
        let lease = Lease::Held { check_at: self.now.mono + TALK_CHECK_EVERY };
        self.callers[at].place = Place::Local { lease };
        self.callers[at].answered = Some((self.now.mono, None));
        self.said.push(Command::ConnectElsewhere { contact });
    }

    pub(super) fn switchboard_failed(&mut self, contact: ContactId, why: SwitchboardEnd) {
        match self.inside(contact) {
            None => self.refuse(Refusal::UnknownContact),
            Some(at) if matches!(self.callers[at].place, Place::AtSwitchboard { .. }) => {
                self.turns_to_centre(at, why);
            }
            Some(_) => self.refuse(Refusal::NotAtSwitchboard),
        }
    }

    pub(super) fn switchboard_silent(&mut self, at: usize) {
        self.stop_switchboard(at);
        self.turns_to_centre(at, SwitchboardEnd::NoAnswer);
    }

    pub(super) fn stop_switchboard(&mut self, at: usize) {
        let contact = self.callers[at].id;
        let switchboard = self.callers[at].switchboard.expect("it rings there");
        self.said.push(Command::StopSwitchboard { contact, switchboard });
    }

    fn turns_to_centre(&mut self, at: usize, why: SwitchboardEnd) {
        let it = &self.callers[at];
        let (contact, line, arrived) = (it.id, it.line, it.arrived);
        let switchboard = it.switchboard.expect("it rang");
        let note = Note::SwitchboardReturned { contact, switchboard, why };
        self.said.push(Command::Note(note));
        if let Some((fate, reason)) = self.objection(line, false, self.callers.len() - 1) {
            self.said.push(Command::Dismiss { contact, line, fate, reason });
            return self.end(contact, fate, reason, false);
        }
        let (until, limit_at) = self.entrance(line, arrived);
        let limit_at = limit_at.max(until);
        self.for_partner_only(at, self.partner_only(line));
        self.callers[at].place = Place::Entering { until, limit_at };
        self.greet(at);
    }

    pub(super) fn staff(&mut self, switchboard: SwitchboardId, staffed: bool) {
        if switchboard.index() >= self.staffed.len() {
            return self.refuse(Refusal::UnknownSwitchboard);
        }
        self.staffed[switchboard.index()] = staffed;
        let rings = |it: &&Caller| {
            matches!(it.place, Place::AtSwitchboard { .. }) && it.switchboard == Some(switchboard)
        };
        let mut ringing: Vec<ContactId> =
            self.callers.iter().filter(rings).map(|it| it.id).collect();
        ringing.sort();
        for contact in ringing.into_iter().filter(|_| !staffed) {
            let at = self.inside(contact).expect("one does not end the other");
            self.stop_switchboard(at);
            self.turns_to_centre(at, SwitchboardEnd::NobodyThere);
        }
    }
}
