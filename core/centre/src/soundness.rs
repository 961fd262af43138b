// SPDX-License-Identifier: EUPL-1.2
//! Whether a centre of a setup can have saved this: what comes from a disk may be damaged.
//!
//! The rule to keep: whatever [`Saved::check`] lets pass makes a centre whose laws hold, and which
//! no later event breaks. What follows from something else needs no check, for it is not saved.

use crate::setup::{are_sane, check_callback};
use crate::{Contact, RestoreError, RunningPlan, Saved, Setup, WayOut};
use acd::agent::{self, AfterCall, Agent, Lease};
use acd::contact::State;
use acd::{Reach, Remembered};
use alloc::collections::BTreeSet;
use stdx::limits::{
    CONTACTS_MAX, REMEMBERED_CALLERS_MAX, RULE_DURATION_MAX, TIME_MAX, WRAP_UP_EXTENSIONS_MAX,
};
use stdx::{AgentId, ContactId, LineId, PartnerId, PlanId, Tick};

/// What is wrong.
type Fault = &'static str;

/// The machine's clock can be wrong, but by no more than this many microseconds from 1970: 142 years.
const WALL_MAX: u64 = 1 << 52;

/// Contacts that can have gone: more than anybody counts to.
const GONE_MAX: u64 = 1 << 50;

fn must(holds: bool, fault: Fault) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(fault) }
}

fn is_time(at: Tick) -> bool {
    at.since(Tick(0)) <= TIME_MAX
}

fn length(what: &'static str, saved: usize, setup: usize) -> Result<(), RestoreError> {
    if saved == setup { Ok(()) } else { Err(RestoreError::Length { what, saved, setup }) }
}

fn at_most(what: &'static str, count: usize, max: usize) -> Result<(), RestoreError> {
    if count > max { Err(RestoreError::TooMany(what, count)) } else { Ok(()) }
}

impl Saved {
    /// Whether a centre of this setup, which is lawful, can have saved this.
    pub(crate) fn check(&self, setup: &Setup) -> Result<(), RestoreError> {
        self.check_sizes(setup)?;
        for (id, agent) in (0..).map(AgentId).zip(&self.agents) {
            self.check_agent(id, agent).map_err(|fault| RestoreError::Agent(id, fault))?;
        }
        for (&id, it) in &self.contacts {
            self.check_contact(setup, id, it).map_err(|fault| RestoreError::Contact(id, fault))?;
        }
        self.check_callers()?;
        self.check_remembered(setup)?;
        self.check_acts(setup)
    }

    fn check_sizes(&self, setup: &Setup) -> Result<(), RestoreError> {
        length("agents", self.agents.len(), setup.agents.len())?;
        length("partners", self.partners_rest_until.len(), setup.partners.len())?;
        length("switchboards", self.staffed.len(), setup.switchboards.len())?;
        length("lines that were learned", self.learned.lines.len(), setup.lines.len())?;
        length("partners that were learned", self.learned.partners.len(), setup.partners.len())?;
        at_most("contacts", self.contacts.len(), CONTACTS_MAX)?;
        at_most("remembered callers", self.remembered.len(), REMEMBERED_CALLERS_MAX)?;
        for (id, &until) in (0..).map(PartnerId).zip(&self.partners_rest_until) {
            must(is_time(until), "rests for ever").map_err(|it| RestoreError::Partner(id, it))?;
        }
        let now = is_time(self.now.mono) && self.now.wall.0.unsigned_abs() <= WALL_MAX;
        must(now, "now")
            .and_then(|()| must(self.gone <= GONE_MAX, "gone"))
            .and_then(|()| must(self.learned.are_sound(), "learned"))
            .map_err(RestoreError::OutOfRange)
    }

    fn is_signed_on(&self, id: AgentId) -> bool {
        self.agents.get(id.index()).is_some_and(|it| it.state != agent::State::SignedOff)
    }

    // --- Agents -------------------------------------------------------------------------------

    fn check_agent(&self, id: AgentId, it: &Agent) -> Result<(), Fault> {
        let inside = |contact: ContactId| self.contacts.get(&contact);
        let is_over = is_time(it.shift_until);
        must(is_over, "a shift without end")?;
        match it.state {
            agent::State::SignedOff => must(*it == Agent::SIGNED_OFF, "signed off with a plan"),
            agent::State::NotReady { until, .. } => {
                must(until.is_none_or(is_time), "out of reach without end")?;
                must(it.after_call == AfterCall::Ready, "a plan without a call")
            }
            agent::State::Ready { idle_since } => {
                must(idle_since <= self.now.mono, "idle since a time to come")?;
                must(it.after_call == AfterCall::Ready, "a plan without a call")
            }
            agent::State::Offered { contact, idle_since, ring_until } => {
                must(idle_since <= self.now.mono, "idle since a time to come")?;
                must(is_time(ring_until), "rings without end")?;
                let rings = inside(contact).and_then(rings_at) == Some(id);
                must(rings, "rings for a contact that says otherwise")
            }
            agent::State::Talking { contact, lease } => {
                must(is_time(end_of(lease)), "talks without being asked")?;
                let it = inside(contact);
                let talks = it.and_then(talks_with) == Some(id);
                must(talks, "talks to a contact that says otherwise")?;
                // Only a talk is asked about: the caller's telephone never rings so long.
                let state = it.map(|it| it.state);
                let Some(State::CallingBack { ring_until, .. }) = state else { return Ok(()) };
                must(ring_until < end_of(lease), "calls back longer than a talk goes unasked")
            }
            agent::State::WrapUp { until, length, extensions, .. } => {
                must(is_time(until) && length <= RULE_DURATION_MAX, "wraps up without end")?;
                must(extensions <= WRAP_UP_EXTENSIONS_MAX, "wraps up extended too often")
            }
        }
    }

    // --- Contacts -----------------------------------------------------------------------------

    fn check_contact(&self, setup: &Setup, id: ContactId, it: &Contact) -> Result<(), Fault> {
        self.check_ids(id, it)?;
        check_references(setup, it)?;
        self.check_times(it)?;
        check_history(it)?;
        check_way_out(setup, it)?;
        check_promise(it)?;
        let agent = |agent: AgentId| self.agents.get(agent.index()).map(|it| it.state);
        if let Some(at) = rings_at(it) {
            let rings =
                matches!(agent(at), Some(agent::State::Offered { contact, .. }) if contact == id);
            must(rings, "offered to an agent who says otherwise")?;
        }
        if let Some(with) = talks_with(it) {
            let talks =
                matches!(agent(with), Some(agent::State::Talking { contact, .. }) if contact == id);
            must(talks, "talks to an agent who says otherwise")?;
        }
        Ok(())
    }

    fn check_ids(&self, id: ContactId, it: &Contact) -> Result<(), Fault> {
        must(Some(id) <= self.last_contact, "came after the last one")?;
        must(it.follows.is_none_or(|before| before < id), "follows one who came later")?;
        let turns = it.turn.contact() == id && it.stood.is_none_or(|it| it.turn.contact() == id);
        must(turns, "another's turn")
    }

    fn check_times(&self, it: &Contact) -> Result<(), Fault> {
        let answered = it.answered.map(|(at, _)| at);
        let past = [Some(it.arrived), it.queued_at, answered, Some(self.now.mono)];
        must(past.into_iter().flatten().is_sorted(), "a past out of order")?;
        must(it.wanted_since.is_none_or(|at| at <= self.now.mono), "wanted since a time to come")?;
        let until = it.attempt().map(|attempt| attempt.until);
        let from = if let WayOut::At(at, _) = it.overflow { Some(at) } else { None };
        let stood = it.stood.and_then(|it| it.ours_at);
        let ahead = [it.widen_at, it.ours_at, stood, until, from];
        let ahead = ahead.into_iter().chain(ends_of(it.state)).flatten();
        must(ahead.into_iter().all(is_time), "a time that never comes")?;
        must(it.told.is_none_or(|told| told.until <= TIME_MAX), "was told an endless wait")
    }

    /// Two call-backs are never promised to one caller.
    fn check_callers(&self) -> Result<(), RestoreError> {
        let mut callers = BTreeSet::new();
        for (&id, it) in self.contacts.iter().filter(|(_, it)| it.callback.is_some()) {
            must(callers.insert(it.caller), "promised a call-back twice")
                .map_err(|fault| RestoreError::Contact(id, fault))?;
        }
        Ok(())
    }

    fn check_remembered(&self, setup: &Setup) -> Result<(), RestoreError> {
        let mut before = Tick(0);
        for (at, it) in self.remembered.iter().enumerate() {
            let Remembered { line, gone_at, place, .. } = *it;
            must(line.index() < setup.lines.len(), "dialled no line")
                .and_then(|()| must(place.turn.contact() == place.contact, "another's turn"))
                .and_then(|()| must(Some(place.contact) <= self.last_contact, "never came"))
                .and_then(|()| must(before <= gone_at && gone_at <= self.now.mono, "out of order"))
                .map_err(|fault| RestoreError::Remembered(at, fault))?;
            before = gone_at;
        }
        Ok(())
    }

    // --- Acts ---------------------------------------------------------------------------------

    fn check_acts(&self, setup: &Setup) -> Result<(), RestoreError> {
        for (&agent, skills) in &self.changed_skills {
            must(self.is_signed_on(agent), "changed skills outside a shift")
                .and_then(|()| must(are_sane(skills), "skills that nobody can have"))
                .map_err(|fault| RestoreError::Agent(agent, fault))?;
        }
        for (&line, &until) in &self.closed {
            must(line.index() < setup.lines.len(), "is not there")
                .and_then(|()| must(is_time(until), "is closed without end"))
                .map_err(|fault| RestoreError::Line(line, fault))?;
        }
        let mut helpers = BTreeSet::new();
        for (&plan, running) in &self.running {
            self.check_running(setup, plan, running, &mut helpers)
                .map_err(|fault| RestoreError::Plan(plan, fault))?;
        }
        Ok(())
    }

    fn check_running(
        &self,
        setup: &Setup,
        plan: PlanId,
        running: &RunningPlan,
        known: &mut BTreeSet<AgentId>,
    ) -> Result<(), Fault> {
        must(plan.index() < setup.plans.len(), "is not there")?;
        must(is_time(running.until), "runs without end")?;
        let mut helpers = running.helpers.iter();
        let sound = helpers.all(|&agent| self.is_signed_on(agent) && known.insert(agent));
        must(sound, "a helper who is not there, or helps twice")
    }
}

/// Whatever a contact refers to is there, and its queue and stage are those of the line whose agents
/// are asked.
fn check_references(setup: &Setup, it: &Contact) -> Result<(), Fault> {
    let is_line = |line: LineId| line.index() < setup.lines.len();
    let stood = it.stood.is_none_or(|it| is_line(it.asked_as));
    must(is_line(it.line) && is_line(it.asked_as) && stood, "a line that is not there")?;
    must(it.queue.index() < setup.queues.len(), "a queue that is not there")?;
    let asked = &setup.lines[it.asked_as.index()];
    must(asked.queue.is_none_or(|queue| queue == it.queue), "in another line's queue")?;
    must(usize::from(it.stage) < asked.stage_count(), "a stage that is not there")?;
    let trunk = it.trunk.is_none_or(|trunk| trunk.index() < setup.trunks.len());
    must(trunk, "a trunk that is not there")?;
    let switchboard = it.switchboard.is_none_or(|it| it.index() < setup.switchboards.len());
    must(switchboard, "a switchboard that is not there")?;
    let is_agent = |id: AgentId| id.index() < setup.agents.len();
    let by = it.answered.and_then(|(_, by)| by).is_none_or(is_agent);
    must(by, "answered by an agent who is not there")?;
    must(it.transfer.is_none_or(|it| is_agent(it.by)), "handed on by an agent who is not there")?;
    let partner = it.attempt().is_none_or(|it| it.partner.index() < setup.partners.len());
    must(partner, "a partner that is not there")
}

/// What has happened to it is what leads to its state.
fn check_history(it: &Contact) -> Result<(), Fault> {
    let rings = it.switchboard.is_some();
    let (was_queued, answered_by) = match it.state {
        State::AtSwitchboard { .. } => {
            must(rings, "at no switchboard")?;
            (false, None)
        }
        State::Local { .. } => {
            must(rings, "at no switchboard")?;
            (false, Some(None))
        }
        State::Entering { .. } => (false, None),
        State::Waiting { .. } | State::Promised { .. } | State::CallingBack { .. } => (true, None),
        State::Talking { agent } => (true, Some(Some(agent))),
        State::AtPartner { .. } => (true, Some(None)),
        State::ToOffice { .. } | State::AtOffice { .. } => {
            must(it.transfer.is_some(), "at an office to which nobody handed it on")?;
            (true, None)
        }
        State::Gone(_) => return Err("is gone and still here"),
    };
    must(it.queued_at.is_some() == was_queued, "the beginning of its wait")?;
    let by = it.answered.map(|(_, by)| by);
    match it.transfer {
        Some(_) => {
            must(was_queued && may_be_handed_on(it.state), "handed on and not in our hands")?;
            must(matches!(by, Some(Some(_))), "handed on by nobody who answered")
        }
        None => must(by == answered_by, "who answered it"),
    }
}

/// Whether an agent may have handed on who is there.
fn may_be_handed_on(state: State) -> bool {
    match state {
        State::Waiting { .. }
        | State::Talking { .. }
        | State::AtPartner { .. }
        | State::ToOffice { .. }
        | State::AtOffice { .. } => true,
        State::AtSwitchboard { .. }
        | State::Local { .. }
        | State::Entering { .. }
        | State::Promised { .. }
        | State::CallingBack { .. }
        | State::Gone(_) => false,
    }
}

/// It is on no way to a partner but the one that its line has, unless that is asked already.
fn check_way_out(setup: &Setup, it: &Contact) -> Result<(), Fault> {
    let partner = setup.lines[it.line.index()].overflow.map(|rules| rules.partner);
    let given = it.partner_only.or(it.stood.and_then(|it| it.partner_only));
    must(given.is_none() || partner.is_some(), "given to a partner that its line has not")?;
    let waits = matches!(it.state, State::Waiting { .. });
    let talks = matches!(it.state, State::AtPartner { .. });
    match it.overflow {
        WayOut::None => must(!talks, "at no partner"),
        WayOut::At(..) => must(waits && partner.is_some(), "a partner to come"),
        WayOut::Wanted(wanted, _) => must(waits && partner == Some(wanted), "to go to a partner"),
        WayOut::Tried(attempt) => {
            let is_there = talks && attempt.reach == Reach::SecondLeg;
            must(waits || is_there, "a partner is asked")
        }
    }
}

/// Whether it is called back agrees with what was promised.
fn check_promise(it: &Contact) -> Result<(), Fault> {
    let Some(rules) = it.callback else {
        let none = !matches!(it.state, State::Promised { .. } | State::CallingBack { .. });
        return must(none, "called back without a promise");
    };
    must(it.caller.is_some(), "promised a call-back without a number")?;
    must(check_callback(it.line, rules).is_ok(), "promised by rules that cannot be")?;
    match it.state {
        State::Promised { attempts, .. } => must(attempts < rules.attempts, "tried too often"),
        State::CallingBack { attempts, .. } => {
            must((1..=rules.attempts).contains(&attempts), "tried too often, or never")
        }
        State::Talking { .. } => Ok(()),
        // Called first, who waits again may go to a partner like everybody.
        State::Waiting { .. } | State::AtPartner { .. } if it.is_called_first() => Ok(()),
        State::Waiting { .. }
        | State::AtPartner { .. }
        | State::ToOffice { .. }
        | State::AtOffice { .. }
            if it.transfer.is_some() =>
        {
            Ok(())
        }
        State::AtSwitchboard { .. }
        | State::Local { .. }
        | State::Entering { .. }
        | State::Waiting { .. }
        | State::AtPartner { .. }
        | State::ToOffice { .. }
        | State::AtOffice { .. }
        | State::Gone(_) => Err("promised a call-back and on the line"),
    }
}

fn end_of(lease: Lease) -> Tick {
    match lease {
        Lease::Held { check_at } => check_at,
        Lease::Questioned { lost_at } => lost_at,
    }
}

/// The times to come that a state names.
fn ends_of(state: State) -> [Option<Tick>; 2] {
    match state {
        State::AtSwitchboard { ring_until } => [Some(ring_until), None],
        State::ToOffice { ring_until } => [Some(ring_until), None],
        State::Local { lease } | State::AtPartner { lease } | State::AtOffice { lease } => {
            [Some(end_of(lease)), None]
        }
        State::Entering { until, limit_at } => [Some(until), Some(limit_at)],
        State::Waiting { limit_at, .. } => [Some(limit_at), None],
        State::Promised { rests_until, expires_at, .. } => [rests_until, Some(expires_at)],
        State::CallingBack { ring_until, expires_at, .. } => [Some(ring_until), Some(expires_at)],
        State::Talking { .. } | State::Gone(_) => [None; 2],
    }
}

/// At whose telephone it rings for a contact, or will when the caller has answered.
fn rings_at(it: &Contact) -> Option<AgentId> {
    match it.state {
        State::Waiting { offered_to, .. } | State::Promised { offered_to, .. } => offered_to,
        State::CallingBack { agent, .. } if it.is_called_first() => Some(agent),
        State::AtSwitchboard { .. }
        | State::Local { .. }
        | State::Entering { .. }
        | State::Talking { .. }
        | State::AtPartner { .. }
        | State::ToOffice { .. }
        | State::AtOffice { .. }
        | State::CallingBack { .. }
        | State::Gone(_) => None,
    }
}

/// Which agent a contact has.
fn talks_with(it: &Contact) -> Option<AgentId> {
    match it.state {
        State::CallingBack { .. } if it.is_called_first() => None,
        State::Talking { agent } | State::CallingBack { agent, .. } => Some(agent),
        State::AtSwitchboard { .. }
        | State::Local { .. }
        | State::Entering { .. }
        | State::Waiting { .. }
        | State::AtPartner { .. }
        | State::ToOffice { .. }
        | State::AtOffice { .. }
        | State::Promised { .. }
        | State::Gone(_) => None,
    }
}
