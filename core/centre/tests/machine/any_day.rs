// SPDX-License-Identifier: EUPL-1.2
//! A day of events drawn by chance from what a centre itself says of its inside.
//!
//! The rule to keep: nothing but the saved centre is looked at, so that a day goes on whatever
//! becomes of the rules, where the second opinion of the random days knows only one setup.

use crate::random_setup::{BEGIN, any_centre};
use acd::agent::{Pause, State as Doing};
use acd::contact::{Parting, State as Place};
use centre::{
    Centre, Command, Event, NotReached, OfficeEnd, PartnerEnd, Saved, Setup, SteeringReason,
    SwitchboardEnd, TransferTo, Via, WayOut,
};
use stdx::limits::{SHIFT_MAX, TALK_CHECK_EVERY};
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, Now, PartnerId, PlanId, Rng, SkillId,
    SwitchboardId, Tick, TrunkId,
};

pub(crate) struct AnyDay {
    rng: Rng,
    pub(crate) now: Now,
    last_contact: u64,
}

/// A centre of the random days, in which some lines tell the wait and overflow by it.
pub(crate) fn any_centre_that_estimates(seed: u64) -> Setup {
    let mut setup = any_centre(seed);
    let mut rng = Rng::new(seed).split(3);
    for line in &mut setup.lines {
        line.tells_wait = rng.chance(0.5);
        if let Some(overflow) = &mut line.overflow {
            overflow.predicted = rng.chance(0.3).then(|| Micros::from_secs(20));
        }
    }
    setup
}

pub(crate) fn commands(centre: &mut Centre, now: Now, event: Event) -> Vec<Command> {
    centre.handle(now, event);
    std::iter::from_fn(|| centre.poll()).collect()
}

impl AnyDay {
    pub(crate) fn new(seed: u64) -> Self {
        let now = Now { mono: Tick(0), wall: BEGIN };
        AnyDay { rng: Rng::new(seed).split(4), now, last_contact: 0 }
    }

    /// A day that goes on with a centre that was saved before.
    pub(crate) fn after(seed: u64, saved: &Saved) -> Self {
        let last_contact = saved.last_contact.map_or(0, |last| last.0);
        AnyDay { now: saved.now, last_contact, ..AnyDay::new(seed) }
    }

    /// The next event and its time.
    pub(crate) fn next(&mut self, centre: &Centre, saved: &Saved) -> (Now, Event) {
        self.pass(centre);
        (self.now, self.event(centre.setup(), saved))
    }

    /// Lets some time pass: often none, often until somebody's deadline, now and then minutes.
    pub(crate) fn pass(&mut self, centre: &Centre) {
        let now = self.now.mono;
        let near = now + TALK_CHECK_EVERY;
        let deadline = centre.deadline().map(|(at, _)| at.max(now)).filter(|&at| at <= near);
        let passed = match self.rng.below(20) {
            0..=6 => Micros::ZERO,
            7..=14 => Micros::from_secs(1 + self.rng.below(9)),
            15..=17 => deadline.map_or(Micros::ZERO, |at| at.since(now)),
            18 => Micros::from_secs(self.rng.below(90)),
            _ => Micros::from_mins(self.rng.below(6)),
        };
        self.now = Now { mono: now + passed, wall: self.now.wall + passed };
    }

    /// Nobody does anything any more: every deadline passes, and nobody is left. What was asked for.
    pub(crate) fn run_out(&mut self, centre: &mut Centre) -> Vec<Command> {
        let mut asked = Vec::new();
        let over = self.now.mono + SHIFT_MAX + TALK_CHECK_EVERY.times(2);
        while let Some((at, why)) = centre.deadline().filter(|_| centre.contacts_inside() > 0) {
            assert!(at <= over, "still waiting for {at:?}: {why}");
            let passed = at.since(self.now.mono);
            self.now = Now { mono: self.now.mono + passed, wall: self.now.wall + passed };
            asked.extend(commands(centre, self.now, Event::Deadline));
            centre.audit();
        }
        assert_eq!(centre.contacts_inside(), 0, "somebody is left when nobody does anything");
        asked
    }

    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.rng.chance(p)
    }

    pub(crate) fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.rng.below(of.len() as u64) as usize])
    }

    fn id(&mut self, count: usize) -> u16 {
        self.rng.below(count.max(1) as u64) as u16
    }

    /// Somebody inside who fits, or one who is not there.
    fn contact(&mut self, saved: &Saved, fits: impl Fn(&centre::Contact) -> bool) -> ContactId {
        let fitting: Vec<ContactId> =
            saved.contacts.iter().filter(|(_, it)| fits(it)).map(|(&id, _)| id).collect();
        self.pick(&fitting).unwrap_or(ContactId(self.last_contact))
    }

    /// An agent who does this, or any.
    fn agent(&mut self, saved: &Saved, does: impl Fn(Doing) -> bool) -> AgentId {
        let all = (0..).map(AgentId).zip(&saved.agents);
        let fitting: Vec<AgentId> =
            all.filter(|(_, it)| does(it.state)).map(|(id, _)| id).collect();
        let any = AgentId(self.id(saved.agents.len()));
        self.pick(&fitting).unwrap_or(any)
    }

    fn event(&mut self, setup: &Setup, saved: &Saved) -> Event {
        let parting = if self.chance(0.5) { Parting::HungUp } else { Parting::CutOff };
        match self.rng.below(44) {
            0..=8 => self.arrival(setup),
            9 => Event::AnnouncementOver { contact: self.contact(saved, enters) },
            10 => Event::CallerLeft { contact: self.contact(saved, |_| true), parting },
            11 => Event::TalkAlive { contact: self.contact(saved, |_| true) },
            12 => Event::CallbackWanted { contact: self.contact(saved, waits) },
            13 | 14 => self.callback(saved),
            15..=18 => self.elsewhere(setup, saved, parting),
            19 | 20 => self.steering(setup, saved),
            21 | 22 => self.act(setup, saved),
            23..=25 => self.hands_on(setup, saved),
            26 => self.at_office(saved),
            _ => self.agent_does(saved),
        }
    }

    fn arrival(&mut self, setup: &Setup) -> Event {
        self.last_contact = self.last_contact.saturating_add(1);
        let trunk = TrunkId(self.id(setup.trunks.len()));
        let trunk = Some(trunk).filter(|_| !setup.trunks.is_empty() && self.chance(0.5));
        Event::CallArrived {
            contact: ContactId(self.last_contact),
            line: LineId(self.id(setup.lines.len())),
            caller: self.rng.chance(0.8).then(|| CallerToken::new(self.rng.below(20))),
            via: Via { trunk, forwarded: self.chance(0.1) },
        }
    }

    fn callback(&mut self, saved: &Saved) -> Event {
        let contact = self.contact(saved, |it| matches!(it.state, Place::CallingBack { .. }));
        if self.chance(0.5) {
            Event::CallbackReached { contact }
        } else {
            Event::CallbackNotReached { contact, why: NotReached::Busy }
        }
    }

    /// What switchboards and partners do.
    fn elsewhere(&mut self, setup: &Setup, saved: &Saved, parting: Parting) -> Event {
        let ringing = self.contact(saved, |it| matches!(it.state, Place::AtSwitchboard { .. }));
        let asked = self.contact(saved, |it| matches!(it.overflow, WayOut::Tried(_)));
        let switchboard = SwitchboardId(self.id(setup.switchboards.len()));
        match self.rng.below(10) {
            0 => Event::SwitchboardAnswered { contact: ringing },
            1 => Event::SwitchboardFailed { contact: ringing, why: SwitchboardEnd::Busy },
            2 => Event::SwitchboardStaffed { switchboard, staffed: self.chance(0.7) },
            3..=5 => Event::PartnerFailed { contact: asked, why: PartnerEnd::Busy },
            6 => Event::Deflected { contact: asked },
            7 | 8 => Event::PartnerAnswered { contact: asked },
            _ => Event::OtherLeft { contact: self.contact(saved, talks_elsewhere), parting },
        }
    }

    fn steering(&mut self, setup: &Setup, saved: &Saved) -> Event {
        let (contact, reason) = (self.contact(saved, waits), SteeringReason::Load);
        let line = LineId(self.id(setup.lines.len()));
        match self.rng.below(5) {
            0 => Event::PullForward { contact, reason },
            1 => Event::MoveToLine { contact, line, reason },
            2 => Event::UndoSteering { contact },
            _ => {
                let agent = self.agent(saved, |state| state != Doing::SignedOff);
                let skill = SkillId(self.id(3));
                Event::SetSkill { agent, skill, level: self.rng.below(4) as u8 }
            }
        }
    }

    fn act(&mut self, setup: &Setup, saved: &Saved) -> Event {
        let line = LineId(self.id(setup.lines.len()));
        let plan = PlanId(self.id(setup.plans.len()));
        match self.rng.below(6) {
            0 => Event::CloseLine { line, lasts: Micros::from_secs(20 + self.rng.below(200)) },
            1 => Event::OpenLine { line },
            2 | 3 => Event::StartPlan { plan },
            4 => Event::EndPlan { plan },
            _ => Event::InformationWanted { contact: self.contact(saved, waits) },
        }
    }

    fn agent_does(&mut self, saved: &Saved) -> Event {
        let offered = self.agent(saved, |state| matches!(state, Doing::Offered { .. }));
        let contact = match saved.agents[offered.index()].state {
            Doing::Offered { contact, .. } => contact,
            Doing::SignedOff
            | Doing::NotReady { .. }
            | Doing::Ready { .. }
            | Doing::Talking { .. }
            | Doing::WrapUp { .. } => ContactId(0),
        };
        let any = self.agent(saved, |_| true);
        match self.rng.below(24) {
            0..=2 => Event::SignOn { agent: self.agent(saved, |it| it == Doing::SignedOff) },
            3..=6 => {
                let agent = self.agent(saved, |it| matches!(it, Doing::NotReady { .. }));
                Event::MakeReady { agent }
            }
            7 => Event::MakeNotReady { agent: any, pause: Pause::Break },
            8..=14 => Event::Answer { agent: offered, contact },
            15 => Event::Decline { agent: offered, contact },
            16 => Event::Unreachable { agent: offered, contact },
            17..=19 => {
                let agent = self.agent(saved, |it| matches!(it, Doing::Talking { .. }));
                Event::HangUp { agent }
            }
            20 => Event::ExtendWrapUp { agent: self.one_who_wraps_up(saved) },
            21 => Event::EndWrapUp { agent: self.one_who_wraps_up(saved) },
            22 if self.chance(0.5) => Event::SignOff { agent: any },
            22 | 23.. => Event::Deadline,
        }
    }

    /// An agent hands on whom that one talks to.
    fn hands_on(&mut self, setup: &Setup, saved: &Saved) -> Event {
        let agent = self.agent(saved, |it| matches!(it, Doing::Talking { .. }));
        let other = self.agent(saved, |it| matches!(it, Doing::Ready { .. }));
        let any = self.agent(saved, |_| true);
        let of = |it: &&centre::Contact| it.state == Place::Talking { agent };
        let line = saved.contacts.values().find(of).map(|it| it.line);
        let overflow = line.and_then(|line| setup.lines[line.index()].overflow);
        let partner = overflow.map_or(PartnerId(0), |rules| rules.partner);
        let line = LineId(self.id(setup.lines.len()));
        let to = match self.rng.below(10) {
            0..=2 => TransferTo::Agent(other),
            3 => TransferTo::Line(line),
            4..=6 => TransferTo::Partner(partner),
            7 => TransferTo::Office,
            8 => return Event::AttendedTransfer { agent, to: Some(any) },
            _ => return Event::AttendedTransfer { agent, to: None },
        };
        Event::BlindTransfer { agent, to }
    }

    fn at_office(&mut self, saved: &Saved) -> Event {
        let contact = self.contact(saved, |it| matches!(it.state, Place::ToOffice { .. }));
        if self.chance(0.5) {
            Event::OfficeAnswered { contact }
        } else {
            Event::OfficeFailed { contact, why: OfficeEnd::Busy }
        }
    }

    fn one_who_wraps_up(&mut self, saved: &Saved) -> AgentId {
        self.agent(saved, |it| matches!(it, Doing::WrapUp { .. }))
    }
}

fn enters(it: &centre::Contact) -> bool {
    matches!(it.state, Place::Entering { .. })
}

fn waits(it: &centre::Contact) -> bool {
    matches!(it.state, Place::Waiting { offered_to: None, .. })
}

fn talks_elsewhere(it: &centre::Contact) -> bool {
    matches!(it.state, Place::Local { .. } | Place::AtPartner { .. } | Place::AtOffice { .. })
}
