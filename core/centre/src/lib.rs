// SPDX-License-Identifier: EUPL-1.2
//! The service centre as one deterministic machine.
//!
//! ```text
//!   Event ──▶ Centre::handle(now, event) ──▶ poll() ──▶ Command, until none is left
//!                       ▲                                   │
//!                       └──── Event::Deadline at deadline() ◀┘
//! ```
//!
//! The same events at the same times give the same commands, byte for byte, live, in the simulator
//! and in the audit. The rule to keep: after every event drain [`Centre::poll`] before the next.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod acts;
mod adopt;
mod agents;
mod audit;
mod callbacks;
mod channels;
mod contacts;
mod door;
mod estimate;
mod event;
mod legs;
mod partners;
mod place;
mod restore;
mod saved;
mod setup;
mod soundness;
mod steering;
mod telling;
mod timers;
mod transfers;

pub use acts::RunningPlan;
pub use adopt::AdoptError;
pub use estimate::{Lessons, LineLessons, Rate};
pub use event::{
    Command, Event, NotReached, Note, OfficeEnd, OverflowCause, PartnerEnd, RefusedBy,
    SteeringReason, SwitchboardEnd, TaskReason, TransferTo, Via,
};
pub use place::{Attempt, Contact, Stood, Transferred, WayOut};
pub use restore::RestoreError;
pub use saved::Saved;
pub use setup::{Setup, SetupError};
pub use telling::Telling;

use acd::agent::{self, Agent};
use acd::contact;
use acd::{Lanes, Queues, ReadyAgents, Refusal, RememberedCallers, SkillNeed};
use acts::Acts;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec;
use alloc::vec::Vec;
use audit::Census;
use callbacks::CallbackEnd;
use channels::Channels;
use estimate::Learned;
use partners::Partner;
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Now, PartnerId, PlanId, QueueId, Tick, TrunkId,
};
use timers::{Timer, Timers};

/// The whole centre: every agent, every contact, the order between them.
#[derive(Clone, Debug)]
pub struct Centre {
    setup: Setup,
    lanes: Lanes,
    agents: Vec<Agent>,
    contacts: BTreeMap<ContactId, Contact>,
    queues: Queues,
    ready: ReadyAgents,
    /// Skills that a supervisor changed until the agent signs off.
    changed_skills: BTreeMap<AgentId, Vec<SkillNeed>>,
    remembered: RememberedCallers,
    /// Who is promised a call-back; never two for one caller.
    callbacks: BTreeMap<CallerToken, ContactId>,
    /// Contacts of each queue that hear their announcement: they have a right to a place.
    entering: Vec<u32>,
    channels: Channels,
    partners: Vec<Partner>,
    /// By switchboard: whether somebody is there, as far as it can tell.
    staffed: Vec<bool>,
    acts: Acts,
    learned: Learned,
    timers: Timers,
    commands: VecDeque<Command>,
    census: Census,
    /// The time of the present event.
    now: Now,
    last_contact: Option<ContactId>,
    /// How often a contact became ours by the clock during the present event: a step that says nothing.
    given_back: u32,
    /// What the present event changed; checked when it has been handled.
    touched_agents: Vec<AgentId>,
    touched_contacts: Vec<ContactId>,
}

impl Centre {
    /// A centre at its first moment: nobody is signed on, nobody calls.
    ///
    /// # Errors
    /// If the setup refers to something that is not there or exceeds a limit.
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        setup.check()?;
        Ok(Centre::of(setup))
    }

    fn of(setup: Setup) -> Self {
        let lanes = Lanes::of(&setup.lines);
        Centre {
            agents: vec![Agent::SIGNED_OFF; setup.agents.len()],
            contacts: BTreeMap::new(),
            queues: Queues::new(setup.queues.len(), lanes.count()),
            ready: ReadyAgents::new(&setup.agents, &lanes),
            changed_skills: BTreeMap::new(),
            remembered: RememberedCallers::default(),
            callbacks: BTreeMap::new(),
            entering: vec![0; setup.queues.len()],
            channels: Channels::new(&setup.trunks, &setup.partners, &setup.switchboards),
            partners: vec![Partner::default(); setup.partners.len()],
            staffed: vec![true; setup.switchboards.len()],
            acts: Acts::default(),
            learned: Learned::new(&setup.lines, setup.partners.len()),
            timers: Timers::default(),
            commands: VecDeque::new(),
            census: Census::default(),
            now: Now { mono: Tick::default(), wall: stdx::Timestamp(0) },
            last_contact: None,
            given_back: 0,
            touched_agents: Vec::new(),
            touched_contacts: Vec::new(),
            lanes,
            setup,
        }
    }

    /// Takes in one event; what is to be done about it is fetched with [`Centre::poll`].
    ///
    /// Deadlines that are due come first, so that an event at the same moment finds them decided.
    ///
    /// # Panics
    /// If time runs backwards, if commands of the event before were not fetched, or if an invariant
    /// is broken: then the event is at fault or we are, and no figure may be made of it.
    pub fn handle(&mut self, now: Now, event: Event) {
        self.begin(now);
        self.settle(now.mono);
        self.happen(now.mono, event);
        self.settle(now.mono);
        self.check_touched();
    }

    fn begin(&mut self, now: Now) {
        assert!(self.commands.is_empty(), "commands of the event before were not fetched");
        let last = self.now.mono;
        assert!(last <= now.mono, "time runs backwards: {now:?} after {last:?}");
        self.now = now;
        self.given_back = 0;
    }

    fn happen(&mut self, now: Tick, event: Event) {
        use agent::Event as Does;
        use contact::Event as Meets;
        match event {
            Event::CallArrived { contact, line, caller, via } => {
                self.arrive(contact, line, caller, via);
            }
            Event::CallRefused { contact, line, by } => self.count_refused(contact, line, by),
            Event::SwitchboardAnswered { contact } => self.switchboard_answered(now, contact),
            Event::SwitchboardFailed { contact, why } => {
                self.switchboard_failed(now, contact, why);
            }
            Event::SwitchboardStaffed { switchboard, staffed } => {
                self.staff_switchboard(now, switchboard, staffed);
            }
            Event::PartnerAnswered { contact } => self.partner_answered(now, contact),
            Event::PartnerFailed { contact, why } => self.partner_failed(now, contact, why),
            Event::Deflected { contact } => self.deflected(now, contact),
            Event::OtherLeft { contact, parting } => {
                self.contact_event(now, contact, Meets::OtherLeft(parting));
            }
            Event::AnnouncementOver { contact } => {
                self.contact_event(now, contact, Meets::AnnouncementOver);
            }
            Event::CallerLeft { contact, parting } => {
                self.contact_event(now, contact, Meets::CallerLeft(parting));
            }
            Event::CallbackWanted { contact } => self.want_callback(now, contact),
            Event::CallbackReached { contact } => self.callback_reached(now, contact),
            Event::CallbackFailed { contact } => {
                self.callback_failed(now, contact, CallbackEnd::Lost);
            }
            Event::CallbackNotReached { contact, why } => {
                self.callback_failed(now, contact, CallbackEnd::Told(why));
            }
            Event::InformationWanted { contact } => self.inform(contact),
            Event::PullForward { contact, reason } => self.pull_forward(contact, reason),
            Event::MoveToLine { contact, line, reason } => self.move_to_line(contact, line, reason),
            Event::UndoSteering { contact } => self.undo_steering(contact),
            Event::SetSkill { agent, skill, level } => self.set_skill(now, agent, skill, level),
            Event::CloseLine { line, lasts } => self.close_line(now, line, lasts),
            Event::OpenLine { line } => self.open_line(line),
            Event::StartPlan { plan } => self.start_plan(now, plan),
            Event::EndPlan { plan } => self.end_plan(now, plan),
            Event::TalkAlive { contact } => self.talk_alive(now, contact),
            Event::SignOn { agent } => self.agent_event(now, agent, Does::SignOn),
            Event::SignOff { agent } | Event::SendHome { agent } => {
                self.agent_event(now, agent, Does::SignOff);
            }
            Event::MakeReady { agent } => self.agent_event(now, agent, Does::MakeReady),
            Event::MakeNotReady { agent, pause } => {
                self.agent_event(now, agent, Does::MakeNotReady(pause));
            }
            Event::Answer { agent, contact } => self.answer(now, agent, contact),
            Event::Decline { agent, contact } => {
                self.agent_event(now, agent, Does::Decline(contact));
            }
            Event::Unreachable { agent, contact } => {
                self.agent_event(now, agent, Does::Unreachable(contact));
            }
            Event::HangUp { agent } => self.hang_up(now, agent),
            Event::BlindTransfer { agent, to } => self.blind_transfer(now, agent, to),
            Event::AttendedTransfer { agent, to } => self.attended_transfer(now, agent, to),
            Event::OfficeAnswered { contact } => self.office_answered(now, contact),
            Event::OfficeFailed { contact, why } => self.office_failed(now, contact, why),
            Event::ExtendWrapUp { agent } => self.agent_event(now, agent, Does::ExtendWrapUp),
            Event::EndWrapUp { agent } => self.agent_event(now, agent, Does::EndWrapUp),
            Event::Deadline => {}
        }
    }

    /// The next thing to be done because of the last event.
    pub fn poll(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When the centre wants an [`Event::Deadline`], and why.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        let (at, timer) = self.timers.first()?;
        let why = match timer {
            Timer::Agent(agent) => self.agents[agent.index()].deadline()?.1,
            Timer::Contact(contact) => self.contacts.get(&contact)?.deadline()?.1,
            Timer::Partner(_) => "the partner may be asked again",
            Timer::Line(_) => "the closure is over",
            Timer::Plan(_) => "the crisis plan is over",
        };
        Some((at, why))
    }

    /// What the setup says.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What an agent is doing; none if there is no such agent.
    #[must_use]
    pub fn agent(&self, agent: AgentId) -> Option<&Agent> {
        self.agents.get(agent.index())
    }

    /// Where a contact is; none if there is no such contact or it is gone.
    #[must_use]
    pub fn contact(&self, contact: ContactId) -> Option<contact::State> {
        self.contacts.get(&contact).map(|it| it.state)
    }

    /// The line that a contact dialled and when it arrived; none if there is no such contact or it
    /// is gone.
    #[must_use]
    pub fn arrival(&self, contact: ContactId) -> Option<(LineId, Tick)> {
        self.contacts.get(&contact).map(|it| (it.line, it.arrived))
    }

    /// Whether the centre calls this contact back, or has done so.
    #[must_use]
    pub fn is_callback(&self, contact: ContactId) -> bool {
        self.contacts.get(&contact).is_some_and(|it| it.callback.is_some())
    }

    /// Whether a supervisor changed the place of a waiting contact.
    #[must_use]
    pub fn is_steered(&self, contact: ContactId) -> bool {
        self.contacts.get(&contact).is_some_and(|it| it.stood.is_some())
    }

    /// The partner that is asked for a waiting contact, or has it.
    #[must_use]
    pub fn at_partner(&self, contact: ContactId) -> Option<PartnerId> {
        self.contacts.get(&contact)?.attempt().map(|attempt| attempt.partner)
    }

    /// The exact position of a waiting contact in its queue, from 1.
    #[must_use]
    pub fn position(&self, contact: ContactId) -> Option<usize> {
        let it = self.contacts.get(&contact)?;
        self.queues.position(it.queue, it.turn)
    }

    /// Who waits in a queue, in order; a ringing telephone does not end the wait, nor does the promise
    /// of a call-back.
    pub fn waiting(&self, queue: QueueId) -> impl Iterator<Item = ContactId> + '_ {
        self.queues.waiting(queue)
    }

    /// How many contacts are in the centre.
    #[must_use]
    pub fn contacts_inside(&self) -> usize {
        self.contacts.len()
    }

    /// How many channels of a trunk are in use; none if there is no such trunk.
    #[must_use]
    pub fn channels_in_use(&self, trunk: TrunkId) -> Option<u32> {
        (trunk.index() < self.setup.trunks.len()).then(|| self.channels.in_use(trunk))
    }

    /// When a line that was closed by an act opens by itself; none if it was not.
    #[must_use]
    pub fn closed_until(&self, line: LineId) -> Option<Tick> {
        self.acts.closed_until(line)
    }

    /// When a running crisis plan ends by itself; none if it does not run.
    #[must_use]
    pub fn runs_until(&self, plan: PlanId) -> Option<Tick> {
        self.acts.runs_until(plan)
    }

    /// Lets everything happen that is due, one after the other, and offers in between: nobody is
    /// sent away at a limit while somebody is ready.
    fn settle(&mut self, now: Tick) {
        self.dispatch(now);
        while let Some((at, timer)) = self.timers.first()
            && at <= now
        {
            let (said, given_back) = (self.commands.len(), self.given_back);
            match timer {
                Timer::Agent(agent) => self.agent_event(now, agent, agent::Event::Timeout),
                Timer::Contact(contact) => self.contact_is_due(now, contact),
                Timer::Partner(partner) => self.wake_partner(partner),
                Timer::Line(line) => self.open_line(line),
                Timer::Plan(plan) => self.end_plan(now, plan),
            }
            let spoke = self.commands.len() > said;
            let refused = spoke && matches!(self.commands.back(), Some(Command::Refuse(_)));
            // Our own hours may begin at the very limit of a wait: each is a step, the first a silent one.
            let changed = spoke || self.given_back > given_back;
            let stayed = !changed && self.timers.first() == Some((at, timer));
            assert!(!refused && !stayed, "the deadline of {timer:?} came to nothing");
            self.dispatch(now);
        }
    }

    /// Lets agents and partners take whom they can.
    fn dispatch(&mut self, now: Tick) {
        self.look_for_channels();
        self.offer(now);
        self.ask_partners(now);
        self.look_for_channels();
        // Whom the partner could not take may be ours again.
        self.offer(now);
        self.set_wakes();
    }

    fn refuse(&mut self, why: Refusal) {
        self.commands.push_back(Command::Refuse(why));
    }

    fn note(&mut self, note: Note) {
        self.commands.push_back(Command::Note(note));
    }
}
