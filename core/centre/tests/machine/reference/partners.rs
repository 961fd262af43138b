// SPDX-License-Identifier: EUPL-1.2
//! The second opinion on partners: who is to go there, and what comes of asking.

use super::{Caller, Key, Reference, ToPartner};
use acd::agent::Lease;
use acd::contact::State as Place;
use acd::{Overflow, Reach, Refusal};
use centre::{Command, Note, OverflowCause, PartnerEnd};
use promise::{Fate, FateReason};
use stdx::limits::{PARTNER_PAUSE_MIN, TALK_CHECK_EVERY};
use stdx::{ContactId, PartnerId, Tick};

impl Reference {
    pub(super) fn overflow_of(&self, it: &Caller) -> Option<Overflow> {
        self.setup.lines[it.line.index()].overflow
    }

    /// Decides for one who waits whether and when the partner is to help.
    pub(super) fn plan_overflow(&mut self, at: usize) {
        let it = &self.callers[at];
        let Some(rules) = self.overflow_of(it) else { return };
        let is_under_way = matches!(it.to_partner, ToPartner::Wanted(_) | ToPartner::Asked { .. });
        if is_under_way || it.handed_on.is_some() || !matches!(it.place, Place::Waiting { .. }) {
            return;
        }
        if let Some(cause) = it.partner_only {
            return self.wants_partner(at, cause);
        }
        // Who came back after closing time is for those of ours who stay.
        let (timetable, came) = (self.setup.lines[it.line.index()].timetable, it.set_up_at);
        if self.open_then(timetable, came).is_none() {
            return;
        }
        if rules.nobody_signed_on && self.signed_on(self.widest(it.asked)) == 0 {
            return self.wants_partner(at, OverflowCause::NobodySignedOn);
        }
        let Some(waited) = rules.waited else { return };
        let from = (it.arrived + waited).max(self.now.mono);
        if from == self.now.mono && self.best_for((it.asked, it.stage)).is_none() {
            self.wants_partner(at, OverflowCause::Waited);
        } else {
            self.callers[at].to_partner = ToPartner::From(from, OverflowCause::Waited);
        }
    }

    /// Whether hours and rules leave a hope that the partner helps this one.
    pub(super) fn partner_may_help(&self, it: &Caller) -> bool {
        let Some(rules) = self.overflow_of(it) else { return false };
        let is_open = self.open_until(self.setup.partners[rules.partner.index()].timetable);
        if is_open.is_none() {
            return matches!(it.to_partner, ToPartner::Asked { .. });
        }
        let came_in_hours =
            self.open_then(self.setup.lines[it.line.index()].timetable, it.set_up_at);
        let would_go = (rules.nobody_signed_on || rules.waited.is_some()) && it.handed_on.is_none();
        !matches!(it.to_partner, ToPartner::No)
            || it.partner_only.is_some()
            || would_go && came_in_hours.is_some()
    }

    pub(super) fn wants_partner(&mut self, at: usize, cause: OverflowCause) {
        self.callers[at].to_partner = ToPartner::Wanted(cause);
        let contact = self.callers[at].id;
        self.said.push(Command::Note(Note::Overflows { contact, cause }));
    }

    /// Whether a partner takes one more.
    pub(super) fn can_be_asked(&self, id: PartnerId, reach: Reach) -> bool {
        let rules = self.setup.partners[id.index()];
        let has = self.callers.iter().filter(|it| self.partner_of(it) == Some(id)).count();
        self.left_alone[id.index()] <= self.now.mono
            && self.open_until(rules.timetable).is_some()
            && has < rules.capacity as usize
            && (reach == Reach::Deflect || self.has_channel(rules.trunk))
    }

    fn wants(&self, it: &Caller, id: PartnerId) -> bool {
        matches!(it.to_partner, ToPartner::Wanted(_))
            && matches!(it.place, Place::Waiting { offered_to: None, .. })
            && self.overflow_of(it).is_some_and(|rules| rules.partner == id)
    }

    /// The callers in their order; each goes if the partner can be asked for it. Whoever cannot go now is
    /// for our agents too, if they are asked for the line.
    pub(super) fn ask_partners(&mut self) {
        for id in (0..self.setup.partners.len()).map(|at| PartnerId(at as u16)) {
            let wanting = self.callers.iter().filter(|it| self.wants(it, id));
            let mut order: Vec<Key> = wanting.map(|it| it.key).collect();
            order.sort();
            let mut asked = Vec::new();
            for &(_, contact) in &order {
                let at = self.inside(contact).expect("asking sends nobody away");
                let rules = self.overflow_of(&self.callers[at]).expect("it wants");
                if self.can_be_asked(id, rules.reach) {
                    self.ask(at, rules);
                    asked.push(contact);
                }
            }
            for contact in order.iter().map(|it| it.1).filter(|it| !asked.contains(it)) {
                let at = self.inside(contact).expect("asking sends nobody away");
                let it = &self.callers[at];
                if it.partner_only.is_some() && self.is_open(it.line) {
                    self.ours_again(at);
                }
            }
        }
    }

    pub(super) fn ask(&mut self, at: usize, rules: Overflow) {
        let ToPartner::Wanted(cause) = self.callers[at].to_partner else {
            unreachable!("it wants")
        };
        let until = self.now.mono + self.setup.partners[rules.partner.index()].ring;
        self.callers[at].to_partner = ToPartner::Asked { until, cause };
        let (contact, line) = (self.callers[at].id, self.callers[at].line);
        let Overflow { partner, reach, .. } = rules;
        self.said.push(Command::TryPartner { contact, partner, line, reach, cause, until });
    }

    /// When a partner to whom somebody is to go can be asked again by time alone.
    pub(super) fn partner_wakes(&self, at: usize) -> Option<Tick> {
        let id = PartnerId(at as u16);
        self.callers.iter().find(|it| self.wants(it, id))?;
        if self.left_alone[at] > self.now.mono {
            return Some(self.left_alone[at]);
        }
        self.opens_at(self.setup.partners[at].timetable)
    }

    /// The caller, if the partner is asked for it in this way.
    fn asked_by(&self, contact: ContactId, reach: Reach) -> Result<usize, Refusal> {
        let at = self.inside(contact).ok_or(Refusal::UnknownContact)?;
        let it = &self.callers[at];
        let fits = self.overflow_of(it).is_some_and(|rules| rules.reach == reach);
        let asked = it.is_asked_for_at_partner() && fits;
        if asked { Ok(at) } else { Err(Refusal::NotAtPartner) }
    }

    pub(super) fn partner_answered(&mut self, contact: ContactId) {
        let at = match self.asked_by(contact, Reach::SecondLeg) {
            Ok(at) => at,
            Err(why) => return self.refuse(why),
        };
        self.stop_ringing(at);
        let lease = Lease::Held { check_at: self.now.mono + TALK_CHECK_EVERY };
        self.callers[at].place = Place::AtPartner { lease };
        self.callers[at].to_partner = ToPartner::No;
        self.callers[at].answered.get_or_insert((self.now.mono, None));
        self.said.push(Command::ConnectElsewhere { contact });
    }

    pub(super) fn deflected(&mut self, contact: ContactId) {
        match self.asked_by(contact, Reach::Deflect) {
            Err(why) => self.refuse(why),
            Ok(at) => {
                self.stop_ringing(at);
                self.end(contact, Fate::Overflowed, FateReason::DeflectedUnproved, false);
            }
        }
    }

    /// Whoever goes somewhere else is not asked for any more.
    pub(super) fn stop_partner(&mut self, at: usize) {
        let it = &self.callers[at];
        if let (ToPartner::Asked { .. }, Some(partner)) = (it.to_partner, self.partner_of(it)) {
            self.said.push(Command::StopPartner { contact: it.id, partner });
        }
        self.callers[at].to_partner = ToPartner::No;
    }

    pub(super) fn partner_silent(&mut self, at: usize) {
        let it = &self.callers[at];
        let (contact, partner) = (it.id, self.partner_of(it).expect("it is asked"));
        self.said.push(Command::StopPartner { contact, partner });
        self.partner_failed(contact, PartnerEnd::NoAnswer);
    }

    /// The caller waits on at the old place, also on the way to the partner, which is left alone for a while.
    pub(super) fn partner_failed(&mut self, contact: ContactId, why: PartnerEnd) {
        let Some(at) = self.inside(contact) else {
            return self.refuse(Refusal::UnknownContact);
        };
        let it = &self.callers[at];
        let (ToPartner::Asked { cause, .. }, Some(partner)) = (it.to_partner, self.partner_of(it))
        else {
            return self.refuse(Refusal::NotAtPartner);
        };
        let pause = self.setup.partners[partner.index()].pause.max(PARTNER_PAUSE_MIN);
        self.left_alone[partner.index()] = self.now.mono + pause;
        let is_handed_on = it.handed_on.is_some();
        self.said.push(Command::Note(Note::PartnerReturned { contact, partner, why }));
        if is_handed_on {
            self.callers[at].to_partner = ToPartner::No;
            self.callers[at].partner_only = None;
            if let Some(stood) = &mut self.callers[at].stood {
                stood.partner_only = None;
            }
            return self.comes_back(at);
        }
        self.callers[at].to_partner = ToPartner::Wanted(cause);
        self.ours_again(at);
    }

    /// Agents are asked for this one too from now on, if they are for the line.
    pub(super) fn ours_again(&mut self, at: usize) {
        let now = self.now.mono;
        let line = self.callers[at].line;
        // What an agent gave to the partner neither hours nor acts take back.
        if self.callers[at].partner_only == Some(OverflowCause::Transferred) {
            return;
        }
        if !self.is_open(line) {
            // Too early by the calendar, if it was set meanwhile.
            if self.callers[at].ours_at.is_some_and(|at| at <= now) {
                let timetable = self.setup.lines[line.index()].timetable;
                self.callers[at].ours_at = self.opens_at(timetable);
            }
            return;
        }
        let it = &mut self.callers[at];
        it.ours_at = None;
        if let Some(stood) = &mut it.stood {
            stood.partner_only = None;
        }
        if it.partner_only.take().is_some() && it.waits() {
            self.ask_wider_if_nobody_is_there(at);
        }
    }

    /// Of a stage that emptied meanwhile nobody can answer.
    pub(super) fn ask_wider_if_nobody_is_there(&mut self, at: usize) {
        let it = &self.callers[at];
        if it.widen_at.is_some() && self.signed_on((it.asked, it.stage)) == 0 {
            self.widen(at);
        }
    }
}
