// SPDX-License-Identifier: EUPL-1.2
//! Overflow: when a waiting caller is to go to the partner, and what comes of asking it.
//!
//! The rule to keep: the partner is asked while the place is kept; its refusal, its silence and its
//! closing time cost the caller nothing.

use crate::estimate::Forecast;
use crate::place::{Attempt, Contact, WayOut};
use crate::timers::Timer;
use crate::{Centre, Command, Note, OverflowCause, PartnerEnd};
use acd::contact::{self, State};
use acd::{Overflow, Reach, Refusal, Turn};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use calendar::Opening;
use stdx::limits::PARTNER_PAUSE_MIN;
use stdx::{ContactId, PartnerId, Tick};

/// What is known of a partner, and who is to go there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Partner {
    /// Calls of ours that it has or is asked for.
    pub(crate) in_flight: u32,
    /// It is left alone until then.
    pub(crate) not_before: Tick,
    wants: BTreeSet<Turn>,
    /// When it is looked at again, though nothing happens.
    pub(crate) wake_at: Option<Tick>,
}

impl Partner {
    /// Somebody is to go there.
    pub(crate) fn note(&mut self, turn: Turn) {
        assert!(self.wants.insert(turn), "{turn:?} is to go to the partner twice");
    }

    /// Somebody is not to go there any more, or is on the way.
    pub(crate) fn forget(&mut self, turn: Turn) {
        assert!(self.wants.remove(&turn), "{turn:?} was not to go to the partner");
    }

    pub(crate) fn is_wanted_by(&self, turn: Turn) -> bool {
        self.wants.contains(&turn)
    }

    pub(crate) fn wanted(&self) -> usize {
        self.wants.len()
    }
}

impl Centre {
    fn overflow_of(&self, id: ContactId) -> Option<Overflow> {
        self.setup.lines[self.contacts[&id].line.index()].overflow
    }

    /// Decides for one who waits whether and when the partner is to help.
    pub(crate) fn plan_overflow(&mut self, now: Tick, id: ContactId) {
        self.plan_overflow_with(now, id, None);
    }

    /// The same, with what was forecast just now, if it was.
    pub(crate) fn plan_overflow_with(
        &mut self,
        now: Tick,
        id: ContactId,
        forecast: Option<Forecast>,
    ) {
        let Some(rules) = self.overflow_of(id) else { return };
        let it = &self.contacts[&id];
        // Whom an agent handed on is answered already: only another agent sends such a caller to the partner.
        if !matches!(it.state, State::Waiting { .. }) || it.transfer.is_some() {
            return;
        }
        match it.overflow {
            WayOut::Wanted(..) | WayOut::Tried(_) => return,
            WayOut::None | WayOut::At(..) => {}
        }
        if let Some(cause) = it.partner_only {
            return self.want_partner(id, cause);
        }
        // Who comes back after closing time is served by those who stay, as one who never left.
        if !self.came_while_open(it) {
            return;
        }
        let widest = self.lanes.widest(it.asked_as);
        if rules.nobody_signed_on && self.ready.signed_on(widest) == 0 {
            return self.want_partner(id, OverflowCause::NobodySignedOn);
        }
        let lane = self.lane_of(id);
        let nobody_ready = self.ready.best(lane).is_none();
        let begins = self.contacts[&id].queued_at == Some(now);
        if let Some(longest) = rules.predicted
            && begins
            && nobody_ready
            && forecast.or_else(|| self.forecast(id)).is_some_and(|it| it.median() > longest)
        {
            return self.want_partner(id, OverflowCause::Predicted);
        }
        if let Some(waited) = rules.waited {
            let at = (self.contacts[&id].arrived + waited).max(now);
            if at == now && nobody_ready {
                return self.want_partner(id, OverflowCause::Waited);
            }
            self.alter(id, |it| it.overflow = WayOut::At(at, OverflowCause::Waited));
        }
    }

    /// Whether the partner takes this one sooner or later, as far as hours and rules say.
    pub(crate) fn partner_may_help(&self, it: &Contact) -> bool {
        let is_on_the_way = match it.overflow {
            // It rings there, whatever hours and rules say by now.
            WayOut::Tried(_) => return true,
            WayOut::At(..) | WayOut::Wanted(..) => true,
            WayOut::None => it.partner_only.is_some(),
        };
        let Some(rules) = self.setup.lines[it.line.index()].overflow else { return false };
        let timetable = self.setup.partners[rules.partner.index()].timetable;
        let may_go = (rules.nobody_signed_on || rules.waited.is_some()) && it.transfer.is_none();
        self.timetable(timetable).is_open(self.now.wall)
            && (is_on_the_way || may_go && self.came_while_open(it))
    }

    /// From now on the partner is to take this one as soon as it can.
    pub(crate) fn want_partner(&mut self, id: ContactId, cause: OverflowCause) {
        let Some(rules) = self.overflow_of(id) else { return };
        let now = self.now.mono;
        self.alter(id, |it| {
            it.overflow = WayOut::Wanted(rules.partner, cause);
            it.wanted_since = it.wanted_since.or(Some(now));
        });
        self.note(Note::Overflows { contact: id, cause });
    }

    /// Whether a partner can be asked for one more at this moment.
    pub(crate) fn can_take(&self, id: PartnerId, reach: Reach) -> bool {
        let (partner, rules) = (&self.partners[id.index()], self.setup.partners[id.index()]);
        partner.not_before <= self.now.mono
            && self.timetable(rules.timetable).is_open(self.now.wall)
            && partner.in_flight < rules.capacity
            && (reach == Reach::Deflect || self.channels.has_free(rules.trunk))
    }

    /// Asks partners as long as somebody is to go there and they can be asked.
    pub(crate) fn ask_partners(&mut self, now: Tick) {
        for id in (0..).map(PartnerId).take(self.partners.len()) {
            while let Some(contact) = self.next_for(id) {
                self.ask_partner(now, id, contact);
            }
            self.give_back_waiting(id);
        }
    }

    /// When partners are looked at again, for those who are still to go there.
    pub(crate) fn set_wakes(&mut self) {
        for id in (0..).map(PartnerId).take(self.partners.len()) {
            let wake_at = self.partner_wakes(id);
            let before = core::mem::replace(&mut self.partners[id.index()].wake_at, wake_at);
            self.timers.set(Timer::Partner(id), before, wake_at);
        }
    }

    /// Whoever comes first of those who can go there: who is sent on needs no channel, and does not
    /// stand behind who waits for one.
    fn next_for(&self, id: PartnerId) -> Option<ContactId> {
        let mut wants =
            self.partners[id.index()].wants.iter().map(|turn| turn.contact()).peekable();
        wants.peek()?;
        if self.can_take(id, Reach::SecondLeg) {
            return wants.next();
        }
        let sends_on = |rules: &Overflow| rules.partner == id && rules.reach == Reach::Deflect;
        let is_sent_on = |id: &ContactId| self.overflow_of(*id).as_ref().is_some_and(sends_on);
        // Only where one can be found is anybody looked for.
        let some = self.setup.lines.iter().any(|line| line.overflow.as_ref().is_some_and(sends_on));
        if some && self.can_take(id, Reach::Deflect) { wants.find(is_sent_on) } else { None }
    }

    /// When a partner whom somebody is to go to can be asked again by time alone.
    fn partner_wakes(&self, id: PartnerId) -> Option<Tick> {
        let partner = &self.partners[id.index()];
        let now = self.now;
        if partner.wants.is_empty() {
            return None;
        }
        if partner.not_before > now.mono {
            return Some(partner.not_before);
        }
        let timetable = self.setup.partners[id.index()].timetable;
        match self.timetable(timetable).at(now.wall) {
            Opening::Closed { opens: Some(opens) } => Some(now.mono + opens.since(now.wall)),
            Opening::Closed { opens: None } | Opening::BeyondHorizon | Opening::Open { .. } => None,
        }
    }

    /// A partner may be asked again; [`Centre::ask_partners`] does it.
    pub(crate) fn wake_partner(&mut self, id: PartnerId) {
        let before = self.partners[id.index()].wake_at.take();
        self.timers.set(Timer::Partner(id), before, None);
    }

    pub(crate) fn ask_partner(&mut self, now: Tick, partner: PartnerId, contact: ContactId) {
        let rules = self.overflow_of(contact).expect("only who may overflow is to");
        let until = now + self.setup.partners[partner.index()].ring;
        let WayOut::Wanted(_, cause) = self.contacts[&contact].overflow else {
            unreachable!("it was on the partner's list")
        };
        let attempt = Attempt { partner, reach: rules.reach, until, cause };
        let line = self.alter(contact, |it| {
            it.overflow = WayOut::Tried(attempt);
            it.line
        });
        let (has, capacity) = (
            self.partners[partner.index()].in_flight,
            self.setup.partners[partner.index()].capacity,
        );
        assert!(has <= capacity, "{partner:?} is asked for more than it takes");
        let reach = rules.reach;
        self.commands.push_back(Command::TryPartner {
            contact,
            partner,
            line,
            reach,
            cause,
            until,
        });
    }

    fn attempt_of(&self, id: ContactId) -> Result<Attempt, Refusal> {
        let it = self.contacts.get(&id).ok_or(Refusal::UnknownContact)?;
        let waits = matches!(it.state, State::Waiting { .. });
        it.attempt().filter(|_| waits).ok_or(Refusal::NotAtPartner)
    }

    pub(crate) fn partner_answered(&mut self, now: Tick, id: ContactId) {
        match self.attempt_of(id) {
            Ok(attempt) if attempt.reach == Reach::SecondLeg => {
                self.contact_event(now, id, contact::Event::PartnerAnswered);
                self.commands.push_back(Command::ConnectElsewhere { contact: id });
            }
            Ok(_) => self.refuse(Refusal::NotAtPartner),
            Err(why) => self.refuse(why),
        }
    }

    pub(crate) fn deflected(&mut self, now: Tick, id: ContactId) {
        match self.attempt_of(id) {
            Ok(attempt) if attempt.reach == Reach::Deflect => {
                self.contact_event(now, id, contact::Event::Deflected);
            }
            Ok(_) => self.refuse(Refusal::NotAtPartner),
            Err(why) => self.refuse(why),
        }
    }

    pub(crate) fn partner_silent(&mut self, now: Tick, id: ContactId) {
        if let Some(Attempt { partner, .. }) = self.contacts[&id].attempt() {
            self.commands.push_back(Command::StopPartner { contact: id, partner });
            self.partner_failed(now, id, PartnerEnd::NoAnswer);
        }
    }

    /// The partner did not take the call, and is left alone for a while. Agents of ours may answer
    /// meanwhile, also if the calendar had given the call away, if they are there.
    pub(crate) fn partner_failed(&mut self, now: Tick, id: ContactId, why: PartnerEnd) {
        let attempt = match self.attempt_of(id) {
            Ok(attempt) => attempt,
            Err(why) => return self.refuse(why),
        };
        let partner = attempt.partner;
        let pause = self.setup.partners[partner.index()].pause.max(PARTNER_PAUSE_MIN);
        self.partners[partner.index()].not_before = now + pause;
        // It stays on the list: when the pause is over nobody behind it goes first. A new configuration may
        // have given its line another partner, or none.
        // Whom an agent handed on comes back to that agent instead.
        let is_handed_on = self.contacts[&id].transfer.is_some();
        let rules = self.overflow_of(id).filter(|_| !is_handed_on);
        let next = rules.map(|rules| WayOut::Wanted(rules.partner, attempt.cause));
        self.alter(id, |it| {
            it.overflow = next.unwrap_or(WayOut::None);
            it.wanted_since = it.wanted_since.filter(|_| next.is_some());
        });
        self.note(Note::PartnerReturned { contact: id, partner, why });
        if is_handed_on {
            self.take_back_from_partner(id);
            self.come_back(now, id);
        } else {
            self.give_back(id);
        }
    }

    /// What calendar or closure gave to the partner is ours again, if the line is open: then agents are
    /// asked too.
    pub(crate) fn give_back(&mut self, id: ContactId) {
        let (line, ours_at) = (self.contacts[&id].line, self.contacts[&id].ours_at);
        let is_ours = self.is_open(line);
        let ours_at = match ours_at {
            _ if is_ours => None,
            // The machine's calendar was set back meanwhile, or the line is closed by an act.
            Some(at) if at <= self.now.mono => self.opens_at(line),
            Some(_) | None => ours_at,
        };
        self.given_back += u32::from(ours_at != self.contacts[&id].ours_at);
        let was_given = self.alter(id, |it| {
            it.ours_at = ours_at;
            // What an agent gave to the partner is there until it answers.
            if !is_ours || it.partner_only == Some(OverflowCause::Transferred) {
                return false;
            }
            it.stood.iter_mut().for_each(|stood| stood.partner_only = None);
            it.partner_only.take().is_some()
        });
        if was_given {
            self.widen_if_nobody_is_there(id);
        }
    }

    /// Whoever is given to a partner that cannot be asked now is not kept from our agents.
    fn give_back_waiting(&mut self, id: PartnerId) {
        let wants: Vec<ContactId> =
            self.partners[id.index()].wants.iter().map(|it| it.contact()).collect();
        for contact in wants {
            let it = &self.contacts[&contact];
            if it.partner_only.is_some() && self.is_open(it.line) {
                self.give_back(contact);
            }
        }
    }

    /// Before a contact goes somewhere else the partner is asked no longer.
    pub(crate) fn leave_partner(&mut self, id: ContactId, after: State) {
        let attempt = self.contacts[&id].attempt();
        let goes_there = match after {
            State::AtPartner { .. } | State::Gone(contact::Departure::Deflected) => true,
            State::Waiting { .. } => return,
            State::AtSwitchboard { .. }
            | State::Local { .. }
            | State::Entering { .. }
            | State::Talking { .. }
            | State::ToOffice { .. }
            | State::AtOffice { .. }
            | State::Promised { .. }
            | State::CallingBack { .. }
            | State::Gone(_) => false,
        };
        let waits = matches!(self.contacts[&id].state, State::Waiting { .. });
        // An agent gives a caller only to a partner that can be asked at once: that is no wait to learn from.
        let teaches = waits && self.contacts[&id].transfer.is_none();
        if let Some(since) = self.contacts[&id].wanted_since.filter(|_| teaches)
            && let Some(partner) = self.overflow_of(id).map(|rules| rules.partner)
        {
            let tried = self.now.mono.since(since);
            self.learned.tried_partner(partner, tried, goes_there);
        }
        if goes_there {
            return;
        }
        if let Some(Attempt { partner, .. }) = attempt.filter(|_| waits) {
            self.commands.push_back(Command::StopPartner { contact: id, partner });
        }
        self.alter(id, |it| it.overflow = WayOut::None);
    }
}
