// SPDX-License-Identifier: EUPL-1.2
//! The door: who is let in, who is asked for first, and who is sent away.

use crate::contacts::fate_of;
use crate::place::{Contact, WayOut};
use crate::{Centre, Command, Note, OverflowCause, RefusedBy, SwitchboardEnd, Via};
use acd::contact::{self, ClosedBecause, Departure, SentAway, State};
use acd::{Admission, CentreRules, Load, LocalFirst, Reach, Refusal, Turn};
use calendar::{Opening, Timetable};
use promise::{ContactRecord, Fate, FateReason};
use stdx::{CallerToken, ContactId, LineId, Micros, QueueId, SwitchboardId, Tick, TimetableId};

/// Who comes in, and how.
#[derive(Clone, Copy)]
struct Arrival {
    contact: ContactId,
    line: LineId,
    caller: Option<CallerToken>,
    via: Via,
    switchboard: Option<SwitchboardId>,
    /// Why no agent of ours is to be asked, if so.
    partner_only: Option<OverflowCause>,
    /// Whether a call-back had been promised, which this call takes the place of.
    owed: bool,
}

/// What a caller meets.
struct Way {
    admission: Admission,
    /// Why no agent of ours is to be asked, if so.
    partner_only: Option<OverflowCause>,
}

impl Centre {
    pub(crate) fn arrive(
        &mut self,
        contact: ContactId,
        line: LineId,
        caller: Option<CallerToken>,
        via: Via,
    ) {
        if self.last_contact.is_some_and(|last| contact <= last) {
            return self.refuse(Refusal::UsedContactId);
        }
        if self.setup.lines.get(line.index()).is_none() {
            return self.refuse(Refusal::UnknownLine);
        }
        if via.trunk.is_some_and(|trunk| trunk.index() >= self.setup.trunks.len()) {
            return self.refuse(Refusal::UnknownTrunk);
        }
        self.last_contact = Some(contact);
        self.census.arrived += 1;
        if !self.channels.has_free(via.trunk) {
            return self.without_channel(contact, line);
        }
        let owed = self.end_promise_of(caller, line);
        let (switchboard, partner_only) = (None, None);
        let arrival = Arrival { contact, line, caller, via, switchboard, partner_only, owed };
        // Who comes back to a place of ours is as one who never left: the switchboard is behind them.
        let comes_back = owed || self.comes_back(line, caller);
        if let Some(local) = self.local_first(line, via).filter(|_| !comes_back) {
            return self.ring_switchboard(arrival, local);
        }
        let way = self.way_in(line, comes_back, self.contacts.len());
        match way.admission {
            Admission::TurnAway(departure) => self.turn_away(contact, line, departure),
            Admission::Enter => {
                let (greeting, limit) = self.entrance(line);
                let now = self.now.mono;
                let arrival = Arrival { partner_only: way.partner_only, ..arrival };
                self.let_in(arrival, State::entering(now + greeting, now + limit));
                self.begin_greeting(contact, line);
            }
        }
    }

    /// The caller calls again instead of waiting for the call-back, or while we call: the new contact
    /// gets its place. Whether there was a promise.
    fn end_promise_of(&mut self, caller: Option<CallerToken>, line: LineId) -> bool {
        let promised = caller.and_then(|caller| self.callbacks.get(&caller).copied());
        let Some(id) = promised else { return false };
        let it = &self.contacts[&id];
        if it.line != line {
            return false;
        }
        match it.state {
            State::CallingBack { .. } => {
                self.commands.push_back(Command::StopCallback { contact: id });
            }
            State::Promised { .. } => {}
            State::AtSwitchboard { .. }
            | State::Local { .. }
            | State::Entering { .. }
            | State::Waiting { .. }
            | State::Talking { .. }
            | State::AtPartner { .. }
            | State::ToOffice { .. }
            | State::AtOffice { .. }
            | State::Gone(_) => return false,
        }
        self.contact_event(self.now.mono, id, contact::Event::CalledAgain);
        true
    }

    /// A place is kept also after closing time, while somebody is still there who may answer.
    fn comes_back(&mut self, line: LineId, caller: Option<CallerToken>) -> bool {
        let place_kept = self.setup.rules.place_kept;
        let now = self.now.mono;
        let holds = caller.filter(|&it| self.remembered.holds(it, line, now, place_kept)).is_some();
        holds && (self.is_open(line) || self.somebody_stays(self.lanes.widest(line)))
    }

    /// Whether the line is open now, whatever its load.
    fn opening(&self, line: LineId) -> (Option<ClosedBecause>, Opening, Option<OverflowCause>) {
        let rules = &self.setup.lines[line.index()];
        let opening = self.timetable(rules.timetable).at(self.now.wall);
        let runs_not = rules.only_in.is_some_and(|plan| !self.acts.runs(plan));
        let closed = if runs_not {
            Some(ClosedBecause::PlanRunsNot)
        } else if self.acts.closed_until(line).is_some() {
            Some(ClosedBecause::Act)
        } else {
            None
        };
        let is_open = |table| self.timetable(table).is_open(self.now.wall);
        // A partner that is closed itself can be given nothing.
        let overflow = rules.overflow.filter(|it| {
            rules.queue.is_some() && is_open(self.setup.partners[it.partner.index()].timetable)
        });
        let by_calendar = overflow.and_then(|it| it.calendar).is_some_and(is_open);
        let in_hours = by_calendar || matches!(opening, Opening::Open { .. });
        let partner_only = match closed {
            None if by_calendar => Some(OverflowCause::Calendar),
            Some(ClosedBecause::Act) if overflow.is_some_and(|it| it.closed) && in_hours => {
                Some(OverflowCause::Closed)
            }
            None | Some(_) => None,
        };
        (closed, opening, partner_only)
    }

    /// Whether agents of ours are to be asked for this line's callers now.
    pub(crate) fn is_open(&self, line: LineId) -> bool {
        let (closed, opening, _) = self.opening(line);
        closed.is_none() && matches!(opening, Opening::Open { .. })
    }

    /// Whether the line was open by its timetable when this contact called.
    pub(crate) fn came_while_open(&self, it: &Contact) -> bool {
        let timetable = self.setup.lines[it.line.index()].timetable;
        self.timetable(timetable).is_open(it.set_up_at)
    }

    /// When a line that is closed by its timetable opens by it.
    pub(crate) fn opens_at(&self, line: LineId) -> Option<Tick> {
        let timetable = self.setup.lines[line.index()].timetable;
        match self.timetable(timetable).at(self.now.wall) {
            Opening::Closed { opens: Some(opens) } => {
                Some(self.now.mono + opens.since(self.now.wall))
            }
            Opening::Closed { opens: None } | Opening::Open { .. } | Opening::BeyondHorizon => None,
        }
    }

    /// When the line closes by its timetable, if it is open by it.
    pub(crate) fn closes_at(&self, line: LineId) -> Option<stdx::Timestamp> {
        let timetable = self.setup.lines[line.index()].timetable;
        match self.timetable(timetable).at(self.now.wall) {
            Opening::Open { until } => Some(until),
            Opening::Closed { .. } | Opening::BeyondHorizon => None,
        }
    }

    /// What one more caller meets, with so many others inside.
    fn way_in(&self, line: LineId, comes_back: bool, others: usize) -> Way {
        let (closed, opening, partner_only) = self.opening(line);
        let open_anyway = Opening::Open { until: self.now.wall };
        let (closed, opening) = match partner_only {
            Some(_) => (None, open_anyway),
            None => (closed, opening),
        };
        let queue = self.setup.lines[line.index()].queue;
        let load = queue.map(|queue| self.load(line, queue, others));
        let admission = acd::admit(closed, opening, load, comes_back);
        Way { admission, partner_only }
    }

    /// Whether one more may wait on a line.
    pub(crate) fn has_room(&self, line: LineId) -> bool {
        let queue = self.setup.lines[line.index()].queue;
        queue.is_some_and(|queue| {
            let load = self.load(line, queue, self.contacts.len());
            load.in_queue < load.length_max
        })
    }

    pub(crate) fn timetable(&self, id: TimetableId) -> &Timetable {
        &self.setup.timetables[id.index()]
    }

    fn load(&self, line: LineId, queue: QueueId, others: usize) -> Load {
        let waiting = u32::try_from(self.queues.length(queue)).unwrap_or(u32::MAX);
        let length_max = self.setup.queues[queue.index()].length_max;
        let cap = self.plans_of(line).filter_map(|plan| plan.length_max).min();
        Load {
            contacts: others,
            in_queue: self.entering[queue.index()].saturating_add(waiting),
            length_max: cap.map_or(length_max, |cap| cap.min(length_max)),
        }
    }

    /// How long the announcements take, and how long a caller may wait, both from now.
    fn entrance(&self, line: LineId) -> (Micros, Micros) {
        let rules = &self.setup.lines[line.index()];
        let mut before = self.plans_of(line).filter_map(|plan| plan.announcement);
        let before = before.next().unwrap_or(Micros::ZERO);
        let greeting = before + rules.greeting.unwrap_or(Micros::ZERO);
        let queue = rules.queue.expect("the door lets in only with a queue to wait in");
        (greeting, self.waiting_max(line, queue))
    }

    /// How long a line's caller may wait in a queue, while the plans run that run now.
    pub(crate) fn waiting_max(&self, line: LineId, queue: QueueId) -> Micros {
        let waiting_max = self.setup.queues[queue.index()].waiting_max;
        let cap = self.plans_of(line).filter_map(|plan| plan.waiting_max).min();
        cap.map_or(waiting_max, |cap| cap.min(waiting_max))
    }

    fn let_in(&mut self, arrival: Arrival, state: State) {
        let Arrival { contact, line, caller, via, switchboard, partner_only, owed } = arrival;
        let (now, rules) = (self.now, &self.setup.lines[line.index()]);
        let CentreRules { head_start, place_kept, .. } = self.setup.rules;
        let own = Turn::new(now.mono, rules.priority, head_start, contact);
        let queue = rules.queue.expect("the door lets in only with a queue to wait in");
        let remembered = &mut self.remembered;
        let kept = caller.and_then(|caller| remembered.take(caller, line, now.mono, place_kept));
        self.enrol(
            contact,
            Contact {
                state,
                line,
                asked_as: line,
                queue,
                caller,
                follows: kept.map(|kept| kept.contact),
                turn: kept.map_or(own, |kept| kept.turn.handed_to(contact)),
                stood: None,
                arrived: now.mono,
                set_up_at: now.wall,
                queued_at: None,
                answered: None,
                trunk: via.trunk,
                switchboard,
                stage: 0,
                widen_at: None,
                overflow: WayOut::None,
                ours_at: partner_only.and_then(|_| self.opens_at(line)),
                wanted_since: None,
                partner_only,
                told: None,
                callback: None,
                no_channel: false,
                transfer: None,
                informed: false,
                owed,
            },
        );
    }

    fn begin_greeting(&mut self, contact: ContactId, line: LineId) {
        let plans = &self.setup.plans;
        let plan = self.acts.plan_with(plans, line, |plan| plan.announcement.is_some());
        if plan.is_some() || self.setup.lines[line.index()].greeting.is_some() {
            self.commands.push_back(Command::Announce { contact, line, plan });
        } else {
            let over = contact::Event::AnnouncementOver;
            self.contact_event(self.now.mono, contact, over);
        }
    }

    pub(crate) fn turn_away(&mut self, contact: ContactId, line: LineId, departure: Departure) {
        let (fate, reason) = fate_of(departure, Micros::ZERO, Micros::ZERO);
        self.commands.push_back(Command::Dismiss { contact, line, fate, reason });
        self.record_at_door(contact, line, fate, reason);
    }

    fn record_at_door(&mut self, contact: ContactId, line: LineId, fate: Fate, reason: FateReason) {
        self.write_record(ContactRecord {
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
        });
    }

    /// A call that was refused before it reached us counts all the same.
    pub(crate) fn count_refused(&mut self, contact: ContactId, line: LineId, by: RefusedBy) {
        if self.last_contact.is_some_and(|last| contact <= last) {
            return self.refuse(Refusal::UsedContactId);
        }
        if self.setup.lines.get(line.index()).is_none() {
            return self.refuse(Refusal::UnknownLine);
        }
        self.last_contact = Some(contact);
        self.census.arrived += 1;
        let why = match by {
            RefusedBy::Carrier => SentAway::Carrier,
            RefusedBy::Door => SentAway::Door,
            RefusedBy::NoChannel => SentAway::NoChannel,
        };
        let (fate, reason) = fate_of(Departure::SentAway(why), Micros::ZERO, Micros::ZERO);
        self.record_at_door(contact, line, fate, reason);
    }

    /// No channel is free for this call: it is sent on at once, which needs none, or refused.
    fn without_channel(&mut self, contact: ContactId, line: LineId) {
        let (closed, opening, partner_only) = self.opening(line);
        let is_open =
            partner_only.is_some() || closed.is_none() && matches!(opening, Opening::Open { .. });
        let overflow = self.setup.lines[line.index()].overflow;
        let sent_on = overflow.filter(|it| it.no_channel && it.reach == Reach::Deflect && is_open);
        match sent_on {
            Some(it) if self.can_take(it.partner, it.reach) => {
                self.commands.push_back(Command::Deflect { contact, partner: it.partner });
                let (fate, reason) = fate_of(Departure::Deflected, Micros::ZERO, Micros::ZERO);
                self.record_at_door(contact, line, fate, reason);
            }
            Some(_) | None => {
                self.turn_away(contact, line, Departure::SentAway(SentAway::NoChannel));
            }
        }
    }

    // --- The client's own switchboard first --------------------------------------------------

    /// Whether the client's own switchboard is to be rung: somebody is there by time and by what it
    /// says, it has not sent the call on itself, and there is a channel for the second leg.
    fn local_first(&self, line: LineId, via: Via) -> Option<LocalFirst> {
        let local = self.setup.lines[line.index()].local?;
        let rules = self.setup.switchboards[local.switchboard.index()];
        let free = |trunk| match (via.trunk, trunk) {
            // Both legs go over the same trunk: two channels are needed.
            (Some(own), Some(other)) if own == other => {
                self.channels.in_use(own) + 1 < self.setup.trunks[own.index()]
            }
            _ => self.channels.has_free(trunk),
        };
        let is_there = !via.forwarded
            && self.staffed[local.switchboard.index()]
            && self.timetable(rules.timetable).is_open(self.now.wall)
            && self.contacts.len() < stdx::limits::CONTACTS_MAX
            && free(rules.trunk);
        is_there.then_some(local)
    }

    fn ring_switchboard(&mut self, arrival: Arrival, local: LocalFirst) {
        let LocalFirst { switchboard, ring } = local;
        let Arrival { contact, line, .. } = arrival;
        let until = self.now.mono + ring;
        let arrival = Arrival { switchboard: Some(switchboard), ..arrival };
        self.let_in(arrival, State::AtSwitchboard { ring_until: until });
        self.commands.push_back(Command::RingSwitchboard { contact, switchboard, line, until });
    }

    pub(crate) fn switchboard_answered(&mut self, now: Tick, id: ContactId) {
        let rings = matches!(self.contact(id), Some(State::AtSwitchboard { .. }));
        self.contact_event(now, id, contact::Event::SwitchboardAnswered);
        if rings {
            self.commands.push_back(Command::ConnectElsewhere { contact: id });
        }
    }

    pub(crate) fn switchboard_silent(&mut self, now: Tick, id: ContactId) {
        self.stop_switchboard(id);
        self.switchboard_failed(now, id, SwitchboardEnd::NoAnswer);
    }

    /// Whoever goes somewhere else while it rings is not rung for any more.
    pub(crate) fn stop_switchboard(&mut self, contact: ContactId) {
        if let Some(switchboard) = self.contacts[&contact].switchboard {
            self.commands.push_back(Command::StopSwitchboard { contact, switchboard });
        }
    }

    /// The switchboard did not take the call: the centre does, at the place of its arrival, if its
    /// door lets it in.
    pub(crate) fn switchboard_failed(&mut self, now: Tick, id: ContactId, why: SwitchboardEnd) {
        let Some(it) = self.contacts.get(&id) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let (State::AtSwitchboard { .. }, Some(switchboard)) = (it.state, it.switchboard) else {
            return self.refuse(Refusal::NotAtSwitchboard);
        };
        let (line, arrived) = (it.line, it.arrived);
        self.note(Note::SwitchboardReturned { contact: id, switchboard, why });
        // Nobody with a kept place is rung for here, and its own seat is not in its way.
        let way = self.way_in(line, false, self.contacts.len() - 1);
        match way.admission {
            Admission::TurnAway(departure) => {
                self.contact_event(now, id, contact::Event::TurnedAway(departure));
            }
            Admission::Enter => {
                let (greeting, limit) = self.entrance(line);
                let event = contact::Event::TurnsToCentre {
                    until: now + greeting,
                    limit_at: (arrived + limit).max(now + greeting),
                };
                let ours_at = way.partner_only.and_then(|_| self.opens_at(line));
                self.alter(id, |it| {
                    it.partner_only = way.partner_only;
                    it.ours_at = ours_at;
                });
                self.contact_event(now, id, event);
                self.begin_greeting(id, line);
            }
        }
    }

    /// Somebody is at a switchboard, or nobody any more: then who rings there comes to the centre.
    pub(crate) fn staff_switchboard(&mut self, now: Tick, id: SwitchboardId, staffed: bool) {
        let Some(known) = self.staffed.get_mut(id.index()) else {
            return self.refuse(Refusal::UnknownSwitchboard);
        };
        *known = staffed;
        if staffed {
            return;
        }
        let rings = |(&contact, it): (&ContactId, &Contact)| {
            let rings = matches!(it.state, State::AtSwitchboard { .. });
            (rings && it.switchboard == Some(id)).then_some(contact)
        };
        let ringing: alloc::vec::Vec<ContactId> = self.contacts.iter().filter_map(rings).collect();
        for contact in ringing {
            self.stop_switchboard(contact);
            self.switchboard_failed(now, contact, SwitchboardEnd::NobodyThere);
        }
    }
}
