// SPDX-License-Identifier: EUPL-1.2
//! Random days in random centres: the core and the second opinion must ask for the same, command
//! by command, and agree on every agent, every caller and every position after every event.

use crate::random_setup::{BEGIN, any_centre};
use crate::reference::{Caller, Reference};
use acd::agent::{Pause, State as Doing};
use acd::contact::{Parting, State as Place};
use acd::{First, Refusal};
use centre::{
    Centre, Command, Event, NotReached, Note, OfficeEnd, OverflowCause, PartnerEnd, RefusedBy,
    Setup, SteeringReason, SwitchboardEnd, TaskReason, TransferTo, Via,
};
use promise::FateReason;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use stdx::limits::{ACT_MAX, SHIFT_MAX, SKILL_LEVEL_MAX, SKILLS_MAX, TALK_CHECK_EVERY};
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, Now, PartnerId, PlanId, QueueId, Rng, SkillId,
    SwitchboardId, Tick, TrunkId,
};

/// Unless `AMTSLEITUNG_DAYS` says how many.
const DAYS: u64 = 400;
const EVENTS_A_DAY: usize = 2_500;
/// What chance says about one event: when, what, who, which, how.
type Dice = [u8; 5];

/// The core and the second opinion side by side.
pub(crate) struct Day {
    pub(crate) centre: Centre,
    /// Told the same; it may be restarted in between.
    pub(crate) twin: Centre,
    reference: Reference,
    setup: Setup,
    now: Now,
    /// By how much the machine's clock is wrong, in minutes.
    wall_is_ahead: i64,
    /// Seconds between events, not minutes.
    is_busy: bool,
    last_contact: u64,
    told: Vec<String>,
    seen: Seen,
}

/// What a day has reached.
#[derive(Default)]
struct Seen {
    refusals: BTreeSet<Refusal>,
    reasons: BTreeSet<FateReason>,
    causes: BTreeSet<OverflowCause>,
    /// The names of commands and notes.
    said: BTreeSet<String>,
    deadlines: BTreeSet<&'static str>,
    /// How often callers were handed on in each way, and what came of it.
    transfers: BTreeMap<String, u32>,
    /// What tasks were opened for.
    tasks: BTreeSet<TaskReason>,
    /// How often what became of those who were called before the agent.
    called_first: BTreeMap<&'static str, u32>,
    /// Who was called first and waits now.
    waits_again: BTreeSet<ContactId>,
    /// Who was handed on without a question, and where to, until somebody answers.
    handed_on: BTreeMap<ContactId, (&'static str, AgentId)>,
    /// Who was let go last.
    let_go: Option<AgentId>,
    /// Who came back just now, who handed on, and where to.
    back: Option<(ContactId, AgentId, String)>,
}

impl Day {
    pub(crate) fn new(seed: u64) -> Self {
        let setup = any_centre(seed);
        let centre = Centre::new(setup.clone()).expect("the drawn rules are lawful");
        Day {
            twin: centre.clone(),
            centre,
            reference: Reference::new(&setup),
            setup,
            now: Now { mono: Tick(0), wall: BEGIN },
            wall_is_ahead: 0,
            is_busy: !seed.is_multiple_of(3),
            last_contact: 0,
            told: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// One event; the difference between the two, if there is one.
    pub(crate) fn step(&mut self, dice: Dice) -> Result<(), String> {
        self.now = self.later(dice[0], dice[3]);
        let event = self.event(dice);
        self.told.push(format!("{:?}: {event:?}", self.now.mono));
        let asked = commands(&mut self.centre, self.now, event);
        self.centre.audit();
        let again = commands(&mut self.twin, self.now, event);
        same("the same event, told twice", &asked, &again)?;
        let expected = self.reference.handle(self.now, event);
        same("commands", &asked, &expected)?;
        self.compare()?;
        self.note(event, &asked);
        Ok(())
    }

    fn compare(&self) -> Result<(), String> {
        let (centre, reference) = (&self.centre, &self.reference);
        for (at, agent) in reference.agents.iter().enumerate() {
            let ours = centre.agent(AgentId(at as u16));
            same(&format!("agent {at}"), &ours, &Some(agent))?;
        }
        same("how many are inside", &centre.contacts_inside(), &reference.callers.len())?;
        for it in &reference.callers {
            same("where", &centre.contact(it.id), &Some(it.place))?;
            same("arrival", &centre.arrival(it.id), &Some((it.line, it.arrived)))?;
            same("partner", &centre.at_partner(it.id), &reference.partner_of(it))?;
        }
        let promised = reference.callers.iter().filter(|it| it.called_back).count();
        same("how many call-backs", &centre.callbacks_promised(), &promised)?;
        for trunk in (0..self.setup.trunks.len()).map(|at| TrunkId(at as u16)) {
            let used = reference.channels_in_use(trunk) as u32;
            same("channels", &centre.channels_in_use(trunk), &Some(used))?;
        }
        for line in (0..self.setup.lines.len()).map(|at| LineId(at as u16)) {
            let closed = reference.closed.iter().find(|(closed, _)| *closed == line);
            same("closed", &centre.closed_until(line), &closed.map(|&(_, until)| until))?;
        }
        for plan in (0..self.setup.plans.len()).map(|at| PlanId(at as u16)) {
            let runs = reference.running.iter().find(|it| it.plan == plan);
            same("runs", &centre.runs_until(plan), &runs.map(|it| it.until))?;
        }
        for queue in (0..self.setup.queues.len()).map(|at| QueueId(at as u16)) {
            let waiting = reference.waiting(queue);
            same("who waits", &centre.waiting(queue).collect::<Vec<_>>(), &waiting)?;
            for (position, contact) in waiting.iter().enumerate() {
                same("position", &centre.position(*contact), &Some(position + 1))?;
            }
        }
        let deadline = centre.deadline();
        same("deadline", &deadline.map(|(at, _)| at), &reference.next_deadline())?;
        Ok(())
    }

    fn note(&mut self, event: Event, commands: &[Command]) {
        self.seen.deadlines.extend(self.centre.deadline().map(|(_, why)| why));
        for command in commands {
            self.seen.note_transfers(command);
            self.seen.note_called_first(command, event);
            let text = format!("{command:?}").replacen("Note(", "", 1);
            let name = text.split([' ', '(']).next().expect("split gives one at least");
            self.seen.said.insert(name.to_owned());
            if let Command::Refuse(why) = command {
                self.seen.refusals.insert(*why);
            }
            if let Command::TryPartner { cause, .. } = command {
                self.seen.causes.insert(*cause);
            }
            if let Command::Note(Note::Ended(record)) = command {
                self.seen.reasons.insert(record.reason);
            }
        }
        if let Some((_, _, from)) = self.seen.back.take() {
            self.seen.count(format!("{from}, waits"));
        }
    }

    /// Often no time at all, often a moment that is somebody's deadline, now and then hours.
    fn later(&mut self, die: u8, other: u8) -> Now {
        let now = self.now.mono;
        let die = if self.is_busy && other < 230 { die % 170 } else { die };
        // The end of a shift is jumped to only now and then, or nobody would ever be there.
        let near = now + if other < 10 { SHIFT_MAX } else { Micros::from_mins(16) };
        let deadline = self.centre.deadline().map(|(at, _)| at.max(now)).filter(|&at| at <= near);
        let mono = match die {
            0..=89 => now,
            90..=169 => now + Micros::from_secs(u64::from(die % 10) + 1),
            170..=199 => deadline.unwrap_or(now),
            200..=213 => deadline.map_or(now, |at| at.saturating_sub(Micros(1)).max(now)),
            214..=229 => now + Micros::from_secs(u64::from(die % 16) * 4),
            230..=240 => now + Micros::from_mins(1),
            241..=246 => now + Micros::from_mins(1) + Micros(1),
            247 | 248 => now + Micros::from_mins(15),
            249 if other < 32 => now + Micros::from_mins(150),
            249..=252 => now + Micros::from_millis(1),
            253..=255 => {
                // Mostly right or a little behind; seldom a day or two away.
                let often = [0, 0, -7][usize::from(other % 3)];
                let seldom = [-1_900, 1_503, 12][usize::from(other % 3)];
                self.wall_is_ahead = if other < 240 { often } else { seldom };
                now
            }
        };
        self.at(mono)
    }

    fn at(&self, mono: Tick) -> Now {
        let wall = BEGIN + mono.since(Tick(0));
        // The machine's clock is set: calendars jump, timers do not.
        let off = Micros::from_mins(self.wall_is_ahead.unsigned_abs());
        let wall = if self.wall_is_ahead < 0 { wall - off } else { wall + off };
        Now { mono, wall }
    }

    fn event(&mut self, dice: Dice) -> Event {
        match dice[4] {
            0..=139 => self.call_or_key(dice),
            140..=186 => self.elsewhere(dice),
            187..=225 => self.act(dice),
            // Mostly only if there is somebody to hand on.
            226..=253 if self.one_who(talks, 0).is_none() => self.call_or_key(dice),
            226..=255 => self.hands_on(dice),
        }
    }

    /// Agents who hand on whom they talk to.
    fn hands_on(&self, dice: Dice) -> Event {
        let [_, what, who, which, how] = dice;
        let is_pending = |it: &Caller| {
            let rings = matches!(it.place, Place::Waiting { offered_to: Some(_), .. });
            it.handed_on.is_some()
                && (rings || rings_at_an_office(it) || was_given_to_the_partner(it))
        };
        if how.is_multiple_of(2) && self.reference.callers.iter().any(is_pending) {
            return self.meets_who_was_handed_on(dice);
        }
        let anybody = self.an_agent(who);
        let agent = self.one_who(talks, who).unwrap_or(anybody);
        let other = self.an_agent(which);
        let ready = self.one_who(is_ready, which).unwrap_or(other);
        let blind = |to| Event::BlindTransfer { agent, to };
        match what {
            0..=4 => Event::BlindTransfer { agent: anybody, to: TransferTo::Agent(other) },
            5..=9 => blind(TransferTo::Agent(other)),
            10..=54 => blind(TransferTo::Agent(ready)),
            55..=74 => blind(TransferTo::Line(self.a_line(which))),
            75..=119 => {
                blind(TransferTo::Partner(self.partner_of_whom(agent).unwrap_or(PartnerId(0))))
            }
            120..=124 => blind(TransferTo::Partner(PartnerId(u16::from(which % 4)))),
            125..=149 => blind(TransferTo::Office),
            150..=154 => Event::AttendedTransfer { agent: anybody, to: Some(other) },
            155..=169 => Event::AttendedTransfer { agent, to: Some(other) },
            170..=179 => Event::AttendedTransfer { agent, to: None },
            180..=255 => self.meets_who_was_handed_on(dice),
        }
    }

    /// What offices, colleagues and the partner do with those who were handed on.
    fn meets_who_was_handed_on(&self, [when, what, who, which, _]: Dice) -> Event {
        let contact = self.a_contact(which);
        let one = |fits: fn(&Caller) -> bool| self.a_caller(fits, which).unwrap_or(contact);
        let rung = one(rings_at_an_office);
        let given = one(was_given_to_the_partner);
        let why =
            [OfficeEnd::Busy, OfficeEnd::NoAnswer, OfficeEnd::Unreachable][usize::from(when % 3)];
        let offer = self.an_offer_of_one_handed_on().unwrap_or((self.an_agent(who), contact));
        let (agent, offered) = offer;
        match what {
            0..=4 => Event::OfficeAnswered { contact },
            5..=44 => Event::OfficeAnswered { contact: rung },
            45..=49 => Event::OfficeFailed { contact, why },
            50..=99 => Event::OfficeFailed { contact: rung, why },
            100..=134 => Event::PartnerFailed { contact: given, why: partner_end(who) },
            135..=154 => Event::PartnerAnswered { contact: given },
            155..=174 => Event::Deflected { contact: given },
            175..=189 => Event::Answer { agent, contact: offered },
            190..=209 => Event::Decline { agent, contact: offered },
            210..=229 => Event::Unreachable { agent, contact: offered },
            230..=249 => Event::SignOff { agent },
            250..=255 => Event::CallerLeft { contact: offered, parting: Parting::HungUp },
        }
    }

    fn an_offer_of_one_handed_on(&self) -> Option<(AgentId, ContactId)> {
        let handed_on = self.reference.callers.iter().filter(|it| it.handed_on.is_some());
        let mut rings = handed_on.filter_map(|it| {
            let Place::Waiting { offered_to, .. } = it.place else { return None };
            Some((offered_to?, it.id))
        });
        rings.next()
    }

    /// The partner of the line whose caller an agent talks to.
    fn partner_of_whom(&self, agent: AgentId) -> Option<PartnerId> {
        let talks = |it: &&Caller| matches!(it.place, Place::Talking { agent: it } if it == agent);
        let line = self.reference.callers.iter().find(talks)?.line;
        self.setup.lines[line.index()].overflow.map(|rules| rules.partner)
    }

    /// Calls, and what agents do.
    fn call_or_key(&mut self, [_, what, who, which, how]: Dice) -> Event {
        let agent = self.an_agent(who);
        let contact = self.a_contact(which);
        match what {
            0..=59 => self.arrival(who, which, how),
            60..=74 => Event::AnnouncementOver { contact },
            75..=99 => {
                let parting = if who % 2 == 0 { Parting::HungUp } else { Parting::CutOff };
                Event::CallerLeft { contact, parting }
            }
            100..=109 => Event::TalkAlive { contact },
            110..=112 => Event::SignOn { agent },
            113..=119 => Event::SignOn { agent: self.one_who(signed_off, who).unwrap_or(agent) },
            120..=122 => Event::SignOff { agent },
            123..=129 => Event::MakeReady { agent },
            130..=159 => {
                Event::MakeReady { agent: self.one_who(is_not_ready, who).unwrap_or(agent) }
            }
            160..=167 => Event::MakeNotReady { agent, pause: Pause::Break },
            168..=171 => Event::MakeNotReady { agent, pause: Pause::DeskWork },
            172..=174 => Event::Answer { agent, contact },
            175..=209 => {
                let (agent, contact) = self.an_offer(who).unwrap_or((agent, contact));
                Event::Answer { agent, contact }
            }
            210 | 211 => Event::Decline { agent, contact },
            212..=219 => {
                let (agent, contact) = self.an_offer(who).unwrap_or((agent, contact));
                Event::Decline { agent, contact }
            }
            220 | 221 => Event::HangUp { agent },
            222..=229 => Event::HangUp { agent: self.one_who(talks, who).unwrap_or(agent) },
            230..=234 => Event::Deadline,
            235 => Event::ExtendWrapUp { agent },
            236..=243 => {
                Event::ExtendWrapUp { agent: self.one_who(wraps_up, who).unwrap_or(agent) }
            }
            244..=250 => Event::EndWrapUp { agent },
            251 => Event::Unreachable { agent, contact },
            252..=255 => {
                let (agent, contact) = self.an_offer(who).unwrap_or((agent, contact));
                Event::Unreachable { agent, contact }
            }
        }
    }

    /// What the switchboards, the partners and the telephones of those to be called back do.
    fn elsewhere(&self, [_, what, who, which, _]: Dice) -> Event {
        let anybody = self.a_contact(which);
        let one = |place: fn(&Caller) -> bool| self.a_caller(place, which).unwrap_or(anybody);
        let at_switchboard = |it: &Caller| matches!(it.place, Place::AtSwitchboard { .. });
        let calling_back = |it: &Caller| matches!(it.place, Place::CallingBack { .. });
        let parting = if who % 2 == 0 { Parting::HungUp } else { Parting::CutOff };
        match what {
            0..=4 => Event::SwitchboardAnswered { contact: anybody },
            5..=24 => Event::SwitchboardAnswered { contact: one(at_switchboard) },
            25..=27 => Event::SwitchboardFailed { contact: anybody, why: switchboard_end(who) },
            28..=54 => {
                Event::SwitchboardFailed { contact: one(at_switchboard), why: switchboard_end(who) }
            }
            55..=69 => Event::SwitchboardStaffed {
                switchboard: self.a_switchboard(who),
                staffed: what > 59,
            },
            70..=74 => Event::PartnerAnswered { contact: anybody },
            75..=99 => Event::PartnerAnswered { contact: one(Caller::is_asked_for_at_partner) },
            100..=102 => Event::PartnerFailed { contact: anybody, why: partner_end(who) },
            103..=129 => {
                let contact = one(Caller::is_asked_for_at_partner);
                Event::PartnerFailed { contact, why: partner_end(who) }
            }
            130..=132 => Event::Deflected { contact: anybody },
            133..=149 => Event::Deflected { contact: one(Caller::is_asked_for_at_partner) },
            150..=154 => Event::OtherLeft { contact: anybody, parting },
            155..=164 => Event::OtherLeft { contact: one(talks_elsewhere), parting },
            165..=169 => Event::TalkAlive { contact: one(talks_elsewhere) },
            170..=174 => Event::CallbackWanted { contact: anybody },
            175..=214 => Event::CallbackWanted { contact: one(could_be_called_back) },
            215..=217 => Event::CallbackReached { contact: anybody },
            218..=234 => Event::CallbackReached { contact: one(calling_back) },
            235..=237 => Event::CallbackFailed { contact: anybody },
            238..=242 => Event::CallbackFailed { contact: one(calling_back) },
            243..=255 => {
                Event::CallbackNotReached { contact: one(calling_back), why: not_reached(who) }
            }
        }
    }

    /// What supervisors do, and callers who want to hear something.
    fn act(&mut self, [when, what, who, which, _]: Dice) -> Event {
        let anybody = self.a_contact(which);
        let waiting = self.a_caller(waits_unrung, which).unwrap_or(anybody);
        let (agent, line) = (self.an_agent(who), self.a_line(who));
        let reason = [
            SteeringReason::Distress,
            SteeringReason::WaitedLong,
            SteeringReason::WrongLine,
            SteeringReason::Load,
        ][usize::from(when % 4)];
        match what {
            0..=9 => Event::InformationWanted { contact: anybody },
            10..=39 => Event::InformationWanted { contact: waiting },
            40..=44 => Event::PullForward { contact: anybody, reason },
            45..=74 => Event::PullForward { contact: waiting, reason },
            75..=79 => Event::MoveToLine { contact: anybody, line, reason },
            80..=114 => Event::MoveToLine { contact: waiting, line, reason },
            115..=119 => Event::UndoSteering { contact: anybody },
            120..=149 => Event::UndoSteering { contact: waiting },
            150..=154 => Event::SendHome { agent },
            155..=194 => {
                let odd = which == 255;
                let skill = if odd { SKILLS_MAX as u16 } else { u16::from(which % 3) };
                let level = if which == 254 { SKILL_LEVEL_MAX + 1 } else { when % 4 };
                Event::SetSkill { agent, skill: SkillId(skill), level }
            }
            195..=209 => Event::CloseLine { line, lasts: a_while(which) },
            210..=212 => Event::OpenLine { line },
            213..=224 => {
                let closed = self.reference.closed.first().map(|&(closed, _)| closed);
                Event::OpenLine { line: closed.unwrap_or(line) }
            }
            225..=237 => Event::StartPlan { plan: self.a_plan(who) },
            238..=244 => Event::EndPlan { plan: self.a_plan(who) },
            245..=255 => {
                let by = [RefusedBy::Carrier, RefusedBy::Door, RefusedBy::NoChannel];
                let by = by[usize::from(when % 3)];
                Event::CallRefused { contact: self.a_new_contact(which), line, by }
            }
        }
    }

    fn arrival(&mut self, who: u8, which: u8, how: u8) -> Event {
        let caller = (who % 6 > 1).then(|| CallerToken::new(u64::from(who % 6)));
        let line = self.a_line(which);
        let promised = self.reference.callers.iter().find(|it| it.called_back);
        let promised = promised.filter(|_| how < 20).and_then(|it| Some((it.token?, it.line)));
        let again = self.reference.lately_gone().filter(|_| who < 80);
        let (caller, line) =
            promised.or(again).map_or((caller, line), |(caller, line)| (Some(caller), line));
        let contact = self.a_new_contact(which);
        let trunks = self.setup.trunks.len() as u16;
        let trunk = match how {
            139 => Some(TrunkId(trunks)),
            20..=138 if trunks > 0 => Some(TrunkId(u16::from(how) % trunks)),
            _ => None,
        };
        let via = Via { trunk, forwarded: how.is_multiple_of(8) };
        Event::CallArrived { contact, line, caller, via }
    }

    fn a_line(&self, which: u8) -> LineId {
        let lines = self.setup.lines.len() as u16;
        LineId(if which == 255 { lines } else { u16::from(which) % lines })
    }

    fn a_plan(&self, which: u8) -> PlanId {
        let plans = self.setup.plans.len() as u16;
        PlanId(if which >= 250 { plans } else { u16::from(which) % plans.max(1) })
    }

    fn a_switchboard(&self, which: u8) -> SwitchboardId {
        let all = self.setup.switchboards.len() as u16;
        SwitchboardId(if which >= 250 { all } else { u16::from(which) % all.max(1) })
    }

    /// Mostly an id that was never used.
    fn a_new_contact(&mut self, which: u8) -> ContactId {
        let contact = match which {
            240..=247 => self.last_contact.saturating_sub(u64::from(which - 240)),
            248..=251 => self.last_contact + 3,
            0..=239 | 252..=255 => self.last_contact + 1,
        };
        self.last_contact = self.last_contact.max(contact);
        ContactId(contact)
    }

    fn a_caller(&self, fits: fn(&Caller) -> bool, which: u8) -> Option<ContactId> {
        let fitting: Vec<ContactId> =
            self.reference.callers.iter().filter(|it| fits(it)).map(|it| it.id).collect();
        fitting.get(usize::from(which) % fitting.len().max(1)).copied()
    }

    fn an_agent(&self, who: u8) -> AgentId {
        let agents = self.setup.agents.len() as u16;
        AgentId(if who == 255 { agents } else { u16::from(who) % agents })
    }

    /// Mostly somebody who is inside; sometimes somebody who is gone or never was.
    fn a_contact(&self, which: u8) -> ContactId {
        let inside = &self.reference.callers;
        match inside.get(usize::from(which) % (inside.len() + 1)) {
            Some(caller) => caller.id,
            None if which.is_multiple_of(2) => ContactId(self.last_contact + 7),
            None => ContactId(self.last_contact.saturating_sub(u64::from(which % 8))),
        }
    }

    fn one_who(&self, does: fn(&Doing) -> bool, who: u8) -> Option<AgentId> {
        let agents = self.reference.agents.iter().zip(0..);
        let fitting: Vec<u16> =
            agents.filter(|(it, _)| does(&it.state)).map(|(_, id)| id).collect();
        fitting.get(usize::from(who) % fitting.len().max(1)).map(|&id| AgentId(id))
    }

    fn an_offer(&self, who: u8) -> Option<(AgentId, ContactId)> {
        let offers = self.reference.agents.iter().zip(0..).filter_map(|(agent, id)| {
            if let Doing::Offered { contact, .. } = agent.state {
                Some((AgentId(id), contact))
            } else {
                None
            }
        });
        let offers: Vec<(AgentId, ContactId)> = offers.collect();
        offers.get(usize::from(who) % offers.len().max(1)).copied()
    }

    /// Nobody does anything any more: every deadline passes, and the centre is empty.
    fn run_out(&mut self) -> Result<(), String> {
        let over = self.now.mono + SHIFT_MAX + TALK_CHECK_EVERY.times(2);
        while let Some((at, why)) = self.centre.deadline() {
            if at > over {
                return Err(format!("still waiting for {at:?}: {why}"));
            }
            let before = (at, self.now.mono);
            self.now = self.at(self.now.mono.max(at));
            let asked = commands(&mut self.centre, self.now, Event::Deadline);
            self.centre.audit();
            same("commands", &asked, &self.reference.handle(self.now, Event::Deadline))?;
            self.compare()?;
            self.note(Event::Deadline, &asked);
            if self.centre.deadline().is_some_and(|(at, _)| (at, self.now.mono) == before)
                && asked.is_empty()
            {
                return Err(format!("nothing happens at {at:?}: {why}"));
            }
        }
        same("who is left when nobody does anything", &self.centre.contacts_inside(), &0)?;
        same("deadline", &self.centre.deadline(), &None)
    }
}

fn waits_unrung(it: &Caller) -> bool {
    matches!(it.place, Place::Waiting { offered_to: None, .. })
}

fn could_be_called_back(it: &Caller) -> bool {
    waits_unrung(it) && it.token.is_some()
}

fn talks_elsewhere(it: &Caller) -> bool {
    matches!(it.place, Place::Local { .. } | Place::AtPartner { .. } | Place::AtOffice { .. })
}

fn was_given_to_the_partner(it: &Caller) -> bool {
    it.handed_on.is_some() && it.is_asked_for_at_partner()
}

fn rings_at_an_office(it: &Caller) -> bool {
    matches!(it.place, Place::ToOffice { .. })
}

fn switchboard_end(die: u8) -> SwitchboardEnd {
    [
        SwitchboardEnd::Busy,
        SwitchboardEnd::NoAnswer,
        SwitchboardEnd::Unreachable,
        SwitchboardEnd::CameBack,
        SwitchboardEnd::NobodyThere,
    ][usize::from(die % 5)]
}

fn partner_end(die: u8) -> PartnerEnd {
    [PartnerEnd::Busy, PartnerEnd::Closed, PartnerEnd::NoAnswer, PartnerEnd::Unreachable]
        [usize::from(die % 4)]
}

/// Mostly lawful.
fn a_while(die: u8) -> Micros {
    match die {
        0..=9 => Micros::ZERO,
        10..=14 => ACT_MAX + Micros(1),
        15..=99 => Micros::from_secs(20),
        100..=199 => Micros::from_mins(3),
        200..=255 => Micros::from_mins(60),
    }
}

fn not_reached(chance: u8) -> NotReached {
    match chance % 3 {
        0 => NotReached::Busy,
        1 => NotReached::NoAnswer,
        _ => NotReached::Unreachable,
    }
}

fn signed_off(state: &Doing) -> bool {
    matches!(state, Doing::SignedOff)
}

fn is_ready(state: &Doing) -> bool {
    matches!(state, Doing::Ready { .. })
}

fn is_not_ready(state: &Doing) -> bool {
    matches!(state, Doing::NotReady { .. })
}

fn talks(state: &Doing) -> bool {
    matches!(state, Doing::Talking { .. })
}

fn wraps_up(state: &Doing) -> bool {
    matches!(state, Doing::WrapUp { .. })
}

fn commands(centre: &mut Centre, now: Now, event: Event) -> Vec<Command> {
    centre.handle(now, event);
    std::iter::from_fn(|| centre.poll()).collect()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, core: &T, second: &T) -> Result<(), String> {
    if core == second {
        return Ok(());
    }
    Err(format!("{what}:\n  the core:           {core:?}\n  the second opinion: {second:?}"))
}

fn fail(day: &Day, seed: u64, difference: &str) -> ! {
    let told = day.told.len();
    let lately = day.told[told.saturating_sub(25)..].join("\n");
    // The timetables are the same every day, and long.
    let setup = Setup { timetables: Vec::new(), ..day.setup.clone() };
    panic!("seed {seed}, event {told}: {difference}\nrules: {setup:#?}\nlately:\n{lately}")
}

#[test]
fn the_core_and_a_second_opinion_agree_on_random_days() {
    let mut seen = Seen::default();
    let days = std::env::var("AMTSLEITUNG_DAYS").ok().and_then(|days| days.parse().ok());
    for seed in 0..days.unwrap_or(DAYS) {
        let mut day = Day::new(seed);
        let mut rng = Rng::new(seed).split(2);
        for _ in 0..EVENTS_A_DAY {
            let [a, b, c, d, e, ..] = rng.next_u64().to_be_bytes();
            if let Err(difference) = day.step([a, b, c, d, e]) {
                fail(&day, seed, &difference);
            }
        }
        assert_eq!(format!("{:?}", day.centre), format!("{:?}", day.twin), "seed {seed}");
        if let Err(difference) = day.run_out() {
            fail(&day, seed, &difference);
        }
        seen.refusals.append(&mut day.seen.refusals);
        seen.reasons.append(&mut day.seen.reasons);
        seen.causes.append(&mut day.seen.causes);
        seen.said.append(&mut day.seen.said);
        seen.deadlines.append(&mut day.seen.deadlines);
        seen.tasks.append(&mut day.seen.tasks);
        for (what, times) in day.seen.called_first {
            *seen.called_first.entry(what).or_default() += times;
        }
        for (what, times) in day.seen.transfers {
            *seen.transfers.entry(what).or_default() += times;
        }
    }
    seen.is_everything();
}

impl Seen {
    /// The days are worth something only if they reach everything that can happen.
    fn is_everything(&self) {
        use Refusal::*;
        let every_refusal = [
            AlreadySignedOn,
            NotSignedOn,
            NotOffered,
            NotTalking,
            NotInWrapUp,
            ExtendedEnough,
            UnknownContact,
            UsedContactId,
            UnknownAgent,
            UnknownLine,
            NotEntering,
            NotWaiting,
            NotAtSwitchboard,
            NotAtPartner,
            NotAtOffice,
            NotCallingBack,
            NoCallback,
            NoNumber,
            CallbackTwice,
            CallbackTooMany,
            RingsAlready,
            NoInformation,
            UnknownTrunk,
            UnknownSkill,
            UnknownPlan,
            UnknownSwitchboard,
            PlanRuns,
            PlanRunsNot,
            NotClosed,
            NoQueue,
            FromPartner,
            NotReachable,
            NotReady,
            NotSteered,
            OutOfRange,
        ];
        assert_eq!(self.refusals, BTreeSet::from(every_refusal));
        // All but a centre that is full, which takes thousands of callers.
        let every_reason = [
            FateReason::TalkEnded,
            FateReason::TalkCutOff,
            FateReason::LeftInTransfer,
            FateReason::HungUp,
            FateReason::CutOff,
            FateReason::CallbackExpired,
            FateReason::PartnerAnswered,
            FateReason::DeflectedUnproved,
            FateReason::CallbackReached,
            FateReason::LeftInformed,
            FateReason::CalledAgain,
            FateReason::OutsideHours,
            FateReason::TimetableEnded,
            FateReason::AnnouncementOnly,
            FateReason::ClosedByAct,
            FateReason::PlanRunsNot,
            FateReason::QueueFull,
            FateReason::WaitedTooLong,
            FateReason::NobodyLeft,
            FateReason::NoChannel,
            FateReason::RefusedByCarrier,
            FateReason::RefusedAtDoor,
            FateReason::SwitchboardAnswered,
            FateReason::LeftSwitchboard,
        ];
        assert_eq!(self.reasons, BTreeSet::from(every_reason));
        // All but the estimate's, and that of no channel, for which nobody waits.
        let every_cause = [
            OverflowCause::Waited,
            OverflowCause::Calendar,
            OverflowCause::NobodySignedOn,
            OverflowCause::Closed,
            OverflowCause::Transferred,
        ];
        assert_eq!(self.causes, BTreeSet::from(every_cause));
        let said: Vec<&str> = self.said.iter().map(String::as_str).collect();
        assert_eq!(said, SAID);
        let every_task = [
            TaskReason::CallbackExpired,
            TaskReason::NotReached,
            TaskReason::CalledAgain,
            TaskReason::ReachedInVain,
        ];
        assert_eq!(self.tasks, BTreeSet::from(every_task));
        let called_first: Vec<&str> = self.called_first.keys().copied().collect();
        assert_eq!(called_first, CALLED_FIRST, "{:?}", self.called_first);
        let deadlines: Vec<&str> = self.deadlines.iter().copied().collect();
        assert_eq!(deadlines, DEADLINES);
        let seldom = self.transfers.iter().filter(|&(_, &times)| times < 20);
        assert_eq!(seldom.collect::<Vec<_>>(), [], "of {:#?}", self.transfers);
        let transfers: Vec<&str> = self.transfers.keys().map(String::as_str).collect();
        assert_eq!(transfers, TRANSFERS);
    }

    /// What becomes of those who are called before the agent.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all else has nothing to do with it")]
    fn note_called_first(&mut self, command: &Command, event: Event) {
        let mut count = |what| *self.called_first.entry(what).or_default() += 1;
        match *command {
            Command::OpenTask { reason, .. } => {
                self.tasks.insert(reason);
            }
            Command::CallBack { first: First::Caller, .. } => count("called"),
            Command::Ring { contact, .. } if event == (Event::CallbackReached { contact }) => {
                self.waits_again.insert(contact);
                count("reached");
            }
            Command::Ring { contact, .. } if self.waits_again.contains(&contact) => {
                count("rings at another");
            }
            Command::Connect { contact, .. } if self.waits_again.remove(&contact) => {
                count("talks");
            }
            Command::ConnectElsewhere { contact } if self.waits_again.remove(&contact) => {
                count("talks to the partner");
            }
            Command::Note(Note::Ended(record)) if self.waits_again.remove(&record.contact) => {
                count("gone unheard");
            }
            _ => {}
        }
    }

    /// Where callers are handed on, who comes back, and what becomes of them then.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all else has nothing to do with it")]
    fn note_transfers(&mut self, command: &Command) {
        match *command {
            Command::LetGo { agent, .. } => self.let_go = Some(agent),
            Command::Note(Note::Transferred { contact, to, attended }) => {
                let to = match to {
                    TransferTo::Agent(_) => "a colleague",
                    TransferTo::Line(_) => "a line",
                    TransferTo::Partner(_) => "the partner",
                    TransferTo::Office => "an office",
                };
                let how = if attended { "put through" } else { "handed on" };
                self.count(format!("{how} to {to}"));
                if let Some(by) = self.let_go.take().filter(|_| to != "a line") {
                    self.handed_on.insert(contact, (to, by));
                }
            }
            Command::Note(Note::Returned { contact, why, .. })
                if self.rings_at_a_colleague(contact) =>
            {
                self.came_back(contact, &format!("{why:?}"));
            }
            Command::Note(Note::PartnerReturned { contact, why, .. }) => {
                let is_silent = why == PartnerEnd::NoAnswer;
                self.came_back(contact, if is_silent { "NoAnswer" } else { "Busy" });
            }
            Command::Note(Note::OfficeReturned { contact, why }) => {
                let is_silent = why == OfficeEnd::NoAnswer;
                self.came_back(contact, if is_silent { "NoAnswer" } else { "Busy" });
            }
            Command::Ring { agent, contact, .. } => {
                self.becomes_of(contact, |by| {
                    if by == agent { "rings at the first" } else { "rings at another" }
                });
            }
            Command::Connect { contact, .. } | Command::ConnectElsewhere { contact } => {
                if let Some((from, _)) = self.handed_on.remove(&contact) {
                    self.count(format!("taken by {from}"));
                }
            }
            Command::Note(Note::Ended(record)) => {
                self.becomes_of(record.contact, |_| "is sent home");
                self.handed_on.remove(&record.contact);
            }
            _ => {}
        }
    }

    fn rings_at_a_colleague(&self, contact: ContactId) -> bool {
        self.handed_on.get(&contact).is_some_and(|&(to, _)| to == "a colleague")
    }

    fn came_back(&mut self, contact: ContactId, why: &str) {
        if let Some((from, by)) = self.handed_on.remove(&contact) {
            self.count(format!("back from {from}: {why}"));
            self.back = Some((contact, by, format!("back from {from}")));
        }
    }

    /// What became at once of one who came back.
    fn becomes_of(&mut self, contact: ContactId, what: impl Fn(AgentId) -> &'static str) {
        if let Some((_, by, from)) = self.back.take_if(|(back, ..)| *back == contact) {
            self.count(format!("{from}, {}", what(by)));
        }
    }

    fn count(&mut self, what: String) {
        *self.transfers.entry(what).or_default() += 1;
    }
}

/// All commands and notes there are, by name.
const SAID: [&str; 45] = [
    "AgentChanged",
    "AgentPlans",
    "Announce",
    "AskAlive",
    "CallBack",
    "CallbackReturned",
    "Connect",
    "ConnectElsewhere",
    "Deflect",
    "Dismiss",
    "Ended",
    "Inform",
    "LetGo",
    "LineClosed",
    "LineOpened",
    "Moved",
    "Notify",
    "OfficeReturned",
    "OpenTask",
    "Overflows",
    "PartnerReturned",
    "PlanEnded",
    "PlanStarted",
    "PromiseCallback",
    "PulledForward",
    "PutThrough",
    "Refuse",
    "Release",
    "Returned",
    "Ring",
    "RingOffice",
    "RingSwitchboard",
    "SkillSet",
    "SteeringUndone",
    "StopCallback",
    "StopOffice",
    "StopPartner",
    "StopRinging",
    "StopSwitchboard",
    "SwitchboardReturned",
    "Transferred",
    "TryPartner",
    "Wait",
    "WaitAgain",
    "Widened",
];

/// All ways to hand a caller on, and all that comes of it.
const TRANSFERS: [&str; 29] = [
    "back from a colleague, is sent home",
    "back from a colleague, rings at another",
    "back from a colleague, rings at the first",
    "back from a colleague, waits",
    "back from a colleague: Declined",
    "back from a colleague: NoAnswer",
    "back from a colleague: SignedOff",
    "back from a colleague: Unreachable",
    "back from an office, is sent home",
    "back from an office, rings at another",
    "back from an office, rings at the first",
    "back from an office, waits",
    "back from an office: Busy",
    "back from an office: NoAnswer",
    "back from the partner, is sent home",
    "back from the partner, rings at another",
    "back from the partner, rings at the first",
    "back from the partner, waits",
    "back from the partner: Busy",
    "back from the partner: NoAnswer",
    "handed on to a colleague",
    "handed on to a line",
    "handed on to an office",
    "handed on to the partner",
    "put through to a colleague",
    "put through to an office",
    "taken by a colleague",
    "taken by an office",
    "taken by the partner",
];

/// All that becomes of those who are called before the agent.
const CALLED_FIRST: [&str; 6] =
    ["called", "gone unheard", "reached", "rings at another", "talks", "talks to the partner"];

/// All deadlines there are.
const DEADLINES: [&str; 20] = [
    "is the talk alive?",
    "more people are asked",
    "our own hours begin",
    "out of reach is over",
    "the announcement is over",
    "the call-back expired",
    "the caller is not reached",
    "the closure is over",
    "the crisis plan is over",
    "the next attempt is due",
    "the office does not answer",
    "the partner does not answer",
    "the partner is to help",
    "the partner may be asked again",
    "the shift is over",
    "the switchboard does not answer",
    "the talk is lost",
    "the telephone rang out",
    "waited too long",
    "wrap-up is over",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn the_core_and_a_second_opinion_agree_on_short_days_that_can_be_shrunk(
        seed in 0..1_000_000u64,
        dice in prop::collection::vec(any::<Dice>(), 1..200),
    ) {
        let mut day = Day::new(seed);
        for dice in dice {
            if let Err(difference) = day.step(dice) {
                fail(&day, seed, &difference);
            }
        }
        if let Err(difference) = day.run_out() {
            fail(&day, seed, &difference);
        }
    }
}
