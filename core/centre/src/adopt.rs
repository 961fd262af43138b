// SPDX-License-Identifier: EUPL-1.2
//! A new configuration is taken up while everything inside goes on.
//!
//! The rule to keep: nobody is lost. No talk ends, no telephone stops ringing, no place and no limit
//! changes, whatever the new rules say; they decide what begins from now on. What follows from rules –
//! queues, lanes, who can answer whom – is worked out anew, as after a restart.

use crate::{Centre, Contact, Learned, Note, OverflowCause, Saved, Setup, SetupError, WayOut};
use acd::agent::Agent;
use acd::contact::State;
use acd::{LineRules, Overflow};
use alloc::vec::Vec;
use stdx::{ContactId, LineId, Now, Tick};

/// Why a setup cannot be taken up; then nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdoptError {
    /// The setup makes no centre.
    Setup(SetupError),
    /// A list is shorter than before: what is inside may refer to what it lacks. What is out of use
    /// keeps its position.
    Shorter {
        /// Which.
        what: &'static str,
        /// How long it was.
        was: usize,
        /// How long it is.
        is: usize,
    },
}

/// What else the new configuration says of a line.
#[derive(Clone, Copy)]
struct Change {
    stages: bool,
    overflow: bool,
    hours: bool,
}

impl Centre {
    /// Takes up a new setup; then commands are to be fetched as after [`Centre::handle`].
    ///
    /// Ids are positions, so no list may be shorter than before, but for that of the timetables, to which
    /// nothing inside refers. What was due by now happens first, by the old rules. Then:
    ///
    /// - Who waits keeps the place by time, in the queue that the line has now; a line that has none any
    ///   more leaves its callers where they are. A stage that is not there any more is the last one.
    /// - Deadlines stay: limits, greetings, rings, wrap-ups, closures, plans. So do skills that a
    ///   supervisor changed for today, until the agent signs off.
    /// - A promise of a call-back holds by the rules under which it was made. A partner that is asked
    ///   goes on being asked. Whoever is only to go to one follows the new rules: to the partner that the
    ///   line has now, at the time that it grants now, or to nobody but us.
    /// - Calls that are up count on the trunk by which their partner or switchboard is reached now, even
    ///   beyond its channels; who is rung for at a switchboard meets the new door when that fails.
    ///
    /// # Errors
    /// If the setup is unlawful, or a list is shorter than before.
    ///
    /// # Panics
    /// As [`Centre::handle`].
    pub fn adopt(&mut self, now: Now, setup: Setup) -> Result<(), AdoptError> {
        setup.check().map_err(AdoptError::Setup)?;
        check_lengths(&self.setup, &setup)?;
        self.begin(now);
        self.settle(now.mono);
        let old = self.take_up(setup);
        let changes: Vec<Change> = (0..)
            .map(LineId)
            .take(old.setup.lines.len())
            .map(|line| self.change(&old, line))
            .collect();
        let inside: Vec<ContactId> = self.contacts.keys().copied().collect();
        for id in inside {
            self.follow(&old, &changes, id);
        }
        self.settle(now.mono);
        self.check_touched();
        self.audit();
        Ok(())
    }

    /// Is the same centre by other rules; as it was before.
    fn take_up(&mut self, setup: Setup) -> Centre {
        let mut known = self.known();
        fit(&mut known, &self.setup, &setup);
        let mut new = Centre::rebuild(setup, known);
        new.commands = core::mem::take(&mut self.commands);
        new.channels.look_again();
        core::mem::replace(self, new)
    }

    fn change(&self, old: &Centre, line: LineId) -> Change {
        let (was, is) = (&old.setup.lines[line.index()], &self.setup.lines[line.index()]);
        Change {
            stages: was.stages != is.stages,
            overflow: was.overflow != is.overflow,
            hours: old.timetable(was.timetable) != self.timetable(is.timetable),
        }
    }

    /// What the new rules mean for one who is on the way to an agent.
    fn follow(&mut self, old: &Centre, changes: &[Change], id: ContactId) {
        let it = &self.contacts[&id];
        let (of_line, of_asked) = (changes[it.line.index()], changes[it.asked_as.index()]);
        let (enters, waits) = match it.state {
            State::Entering { .. } => (true, false),
            State::Waiting { .. } | State::Promised { .. } => (false, true),
            State::AtSwitchboard { .. }
            | State::Local { .. }
            | State::Talking { .. }
            | State::AtPartner { .. }
            | State::ToOffice { .. }
            | State::AtOffice { .. }
            | State::CallingBack { .. }
            | State::Gone(_) => (false, false),
        };
        // Hours have no say in what an agent gave to the partner.
        let is_given = it.partner_only.is_some_and(|cause| cause != OverflowCause::Transferred);
        if (enters || waits) && of_line.hours && is_given {
            self.follow_hours(id);
        }
        if waits && of_asked.stages {
            self.follow_stages(id);
        }
        let is_left = waits && self.lost_all_agents(old, id);
        if is_left {
            self.widen_if_nobody_is_there(id);
        }
        if waits && (is_left || of_line.overflow) {
            self.plan_overflow(self.now.mono, id);
        }
    }

    /// Whom calendar or closure gave to the partner is ours when the new hours say so.
    fn follow_hours(&mut self, id: ContactId) {
        let ours_at = self.opens_at(self.contacts[&id].line);
        self.alter(id, |it| it.ours_at = ours_at);
        self.give_back(id);
    }

    /// The stage that the time gives by the new rules; who was asked before stays asked.
    fn follow_stages(&mut self, id: ContactId) {
        let least = self.contacts[&id].stage;
        self.choose_stage(self.now.mono, id);
        let it = &self.contacts[&id];
        let (stage, arrived) = (it.stage, it.arrived);
        let stages = &self.setup.lines[it.asked_as.index()].stages;
        let next = stages.get(usize::from(least) + 1).map(|next| arrived + next.after);
        if stage < least {
            self.alter(id, |it| (it.stage, it.widen_at) = (least, next));
        } else if stage > least {
            self.note(Note::Widened { contact: id, stage });
        }
    }

    /// Whether agents are asked for this one, but nobody who could answer is signed on any more.
    fn lost_all_agents(&self, old: &Centre, id: ContactId) -> bool {
        let is_asked = |it: &Contact| self.queues.is_unoffered(self.lane_of(id), it.turn);
        is_asked(&self.contacts[&id])
            && old.ready.signed_on(old.lane_of(id)) > 0
            && self.ready.signed_on(self.lane_of(id)) == 0
    }
}

fn check_lengths(old: &Setup, new: &Setup) -> Result<(), AdoptError> {
    let lists = [
        ("lines", old.lines.len(), new.lines.len()),
        ("queues", old.queues.len(), new.queues.len()),
        ("agents", old.agents.len(), new.agents.len()),
        ("partners", old.partners.len(), new.partners.len()),
        ("switchboards", old.switchboards.len(), new.switchboards.len()),
        ("trunks", old.trunks.len(), new.trunks.len()),
        ("plans", old.plans.len(), new.plans.len()),
    ];
    match lists.into_iter().find(|&(_, was, is)| is < was) {
        Some((what, was, is)) => Err(AdoptError::Shorter { what, was, is }),
        None => Ok(()),
    }
}

/// What is known, as it fits other rules.
fn fit(known: &mut Saved, old: &Setup, new: &Setup) {
    known.agents.resize(new.agents.len(), Agent::SIGNED_OFF);
    known.partners_rest_until.resize(new.partners.len(), Tick::default());
    known.staffed.resize(new.switchboards.len(), true);
    let nothing_yet = Learned::new(&new.lines, new.partners.len()).save();
    known.learned.lines.extend(nothing_yet.lines.into_iter().skip(old.lines.len()));
    known.learned.partners.extend(nothing_yet.partners.into_iter().skip(old.partners.len()));
    for it in known.contacts.values_mut() {
        stand_where_asked(it, &new.lines[it.asked_as.index()]);
        let (was, is) = (&old.lines[it.line.index()], &new.lines[it.line.index()]);
        if was.overflow != is.overflow {
            follow_overflow(it, is.overflow);
        }
    }
}

fn stand_where_asked(it: &mut Contact, asked: &LineRules) {
    it.queue = asked.queue.unwrap_or(it.queue);
    it.stage = it.stage.min(asked.stage_count() as u8 - 1);
}

/// A partner that is asked is asked on; whoever is only to go there follows the new rules, and one whose
/// line has none any more is ours.
fn follow_overflow(it: &mut Contact, rules: Option<Overflow>) {
    it.overflow = match (it.overflow, rules) {
        (WayOut::Tried(attempt), _) => WayOut::Tried(attempt),
        (WayOut::Wanted(_, cause), Some(rules)) => WayOut::Wanted(rules.partner, cause),
        (WayOut::Wanted(..), None) => {
            it.wanted_since = None;
            WayOut::None
        }
        // When, is planned anew.
        (WayOut::None | WayOut::At(..), _) => WayOut::None,
    };
    if rules.is_none() {
        (it.partner_only, it.ours_at) = (None, None);
        it.stood.iter_mut().for_each(|stood| (stood.partner_only, stood.ours_at) = (None, None));
    }
}
