// SPDX-License-Identifier: EUPL-1.2
//! A small centre and a way to tell a story about it: time, event, what the centre asks for.
//!
//! The rule to keep: a story may not skip a deadline; the centre's next one is never in the past.

use acd::agent::{NotReadyReason, Pause, ReturnReason, State};
use acd::contact::Parting;
use acd::{
    AgentRules, CallbackRules, CentreRules, CrisisPlan, First, LineRules, LocalFirst, Overflow,
    PartnerRules, QueueRules, Reach, SkillNeed, SwitchboardRules,
};
use calendar::{Interval, Timetable};
use centre::{Centre, Command, Event, Note, Setup, TransferTo, Via};
use promise::ContactRecord;
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, Now, PartnerId, QueueId, SkillId,
    SwitchboardId, TeamId, Tick, Timestamp, TimetableId, TrunkId,
};

/// No greeting, 40 s wrap-up, hanging up within 5 s does not count.
pub(crate) const CITIZENS: LineId = LineId(0);
/// The same queue, one class higher, 10 s greeting, no wrap-up.
pub(crate) const FEDERATION: LineId = LineId(1);
/// A queue of its own, only for those with the skill, 20 s wrap-up.
pub(crate) const TOWN_HALL: LineId = LineId(2);
/// Without a queue.
pub(crate) const ANNOUNCEMENT: LineId = LineId(3);
/// Its timetable ended before the story begins.
pub(crate) const FORGOTTEN: LineId = LineId(4);

/// In the large county: the client's own switchboard first, 15 s.
pub(crate) const LOCAL: LineId = LineId(5);
/// In the large county: the partner helps at once by a second leg.
pub(crate) const HELPED: LineId = LineId(6);
/// In the large county: the partner takes calls that are sent on, at once.
pub(crate) const SENT_ON: LineId = LineId(7);
/// In the large county: whoever waits may be called back, twice, after a minute each.
pub(crate) const CALLED_BACK: LineId = LineId(8);

/// Citizens and federation: 20 s ring, 4 places, 100 s.
pub(crate) const DESK: QueueId = QueueId(0);

/// Has the skill for the town hall.
pub(crate) const ANNA: AgentId = AgentId(0);
/// Has none.
pub(crate) const BEA: AgentId = AgentId(1);
/// Has none either.
pub(crate) const CARL: AgentId = AgentId(2);

pub(crate) const HEAD_START: Micros = Micros::from_secs(30);
pub(crate) const CLOSING: u64 = 10_000;

const TOWN: SkillId = SkillId(0);
const MIDNIGHT: Timestamp = Timestamp::from_secs(1_388_534_400);

pub(crate) fn small_county() -> Setup {
    let day = Interval { from: MIDNIGHT, until: MIDNIGHT + Micros::from_secs(200_000) };
    let hours = Interval { from: MIDNIGHT, until: MIDNIGHT + Micros::from_secs(CLOSING) };
    let yesterday = Interval { from: Timestamp(0), until: MIDNIGHT };
    let line = |queue: Option<u16>, wrap_up| LineRules {
        wrap_up: Micros::from_secs(wrap_up),
        short_abandon: Micros::from_secs(5),
        ..LineRules::plain(queue.map(QueueId), TimetableId(0))
    };
    let town = SkillNeed { skill: TOWN, level: 2 };
    let queue = QueueRules {
        ring: Micros::from_secs(20),
        length_max: 4,
        waiting_max: Micros::from_secs(100),
    };
    Setup {
        lines: vec![
            line(Some(0), 40),
            LineRules { priority: 1, greeting: Some(Micros::from_secs(10)), ..line(Some(0), 0) },
            LineRules { required: vec![town], ..line(Some(1), 20) },
            line(None, 0),
            LineRules { timetable: TimetableId(1), ..line(Some(0), 0) },
        ],
        queues: vec![queue, queue],
        agents: vec![
            AgentRules { team: TeamId(0), skills: vec![town], shift: None },
            AgentRules { team: TeamId(1), skills: vec![], shift: None },
            AgentRules { team: TeamId(1), skills: vec![], shift: None },
        ],
        timetables: vec![
            Timetable::new(day, vec![hours]).expect("the hours lie within the days"),
            Timetable::always(yesterday).expect("yesterday was a day"),
        ],
        ..Setup::empty(CentreRules {
            head_start: HEAD_START,
            no_answer_pause: Micros::from_secs(90),
            decline_pause: Micros::from_secs(45),
            place_kept: Micros::from_mins(1),
        })
    }
}

/// The small county with everything that there is beyond: a switchboard, a partner that has room for
/// two, a trunk of four channels, and a crisis plan of ten minutes for citizens, in which Carl helps.
pub(crate) fn large_county() -> Setup {
    let mut setup = small_county();
    let plain = setup.lines[0].clone();
    let overflow = Overflow {
        partner: PartnerId(0),
        reach: Reach::SecondLeg,
        waited: Some(Micros::ZERO),
        predicted: None,
        calendar: None,
        nobody_signed_on: true,
        closed: true,
        no_channel: false,
    };
    let sent_on = Overflow { reach: Reach::Deflect, no_channel: true, ..overflow };
    let callback = CallbackRules {
        attempts: 2,
        retry_after: Micros::from_mins(1),
        expires_after: Micros::from_mins(60),
        ring: Micros::from_secs(30),
        first: First::Agent,
    };
    let local = LocalFirst { switchboard: SwitchboardId(0), ring: Micros::from_secs(15) };
    setup.lines.extend([
        LineRules { local: Some(local), ..plain.clone() },
        LineRules { overflow: Some(overflow), ..plain.clone() },
        LineRules { overflow: Some(sent_on), ..plain.clone() },
        LineRules { callback: Some(callback), ..plain },
    ]);
    setup.trunks = vec![4];
    let (timetable, trunk) = (TimetableId(0), Some(TrunkId(0)));
    setup.switchboards = vec![SwitchboardRules { timetable, trunk }];
    setup.partners = vec![PartnerRules {
        timetable,
        capacity: 2,
        ring: Micros::from_secs(30),
        pause: Micros::from_secs(20),
        trunk,
    }];
    setup.plans = vec![CrisisPlan {
        lines: vec![CITIZENS],
        announcement: Some(Micros::from_secs(5)),
        information: true,
        length_max: None,
        waiting_max: None,
        helpers: vec![CARL],
        lasts: Micros::from_mins(10),
    }];
    setup
}

/// A centre in the middle of a story.
pub(crate) struct Story {
    pub(crate) centre: Centre,
}

impl Story {
    pub(crate) fn new() -> Self {
        Story::of(small_county())
    }

    pub(crate) fn of(setup: Setup) -> Self {
        Story { centre: Centre::new(setup).expect("the small county is in order") }
    }

    /// A story that begins with these agents ready, at second 0, in this order of idleness.
    pub(crate) fn with_ready(agents: &[AgentId]) -> Self {
        let mut story = Story::new();
        for &agent in agents {
            story.play(tick(0), Event::SignOn { agent });
            story.play(tick(0), Event::MakeReady { agent });
        }
        story
    }

    /// At this second this happens, and the centre asks for exactly that.
    #[track_caller]
    pub(crate) fn at(&mut self, second: u64, event: Event, asked: &[&str]) {
        self.at_tick(tick(second), event, asked);
    }

    #[track_caller]
    pub(crate) fn at_tick(&mut self, now: Tick, event: Event, asked: &[&str]) {
        if let Some((at, why)) = self.centre.deadline() {
            assert!(at > now || event == Event::Deadline, "the story skips {at:?}: {why}");
        }
        let commands = self.play(now, event);
        assert_eq!(commands, asked, "at {now:?}: {event:?}");
    }

    /// The centre wants to be woken at this second, for this reason, and asks for exactly that.
    #[track_caller]
    pub(crate) fn deadline(&mut self, second: u64, why: &str, asked: &[&str]) {
        assert_eq!(self.centre.deadline(), Some((tick(second), why)));
        self.at(second, Event::Deadline, asked);
    }

    /// At this second a new configuration is taken up, and the centre asks for exactly that.
    #[track_caller]
    pub(crate) fn adopts(&mut self, second: u64, setup: Setup, asked: &[&str]) {
        self.centre.adopt(now_at(tick(second)), setup).expect("the new rules are in order");
        let commands: Vec<String> =
            std::iter::from_fn(|| self.centre.poll()).map(in_words).collect();
        self.centre.audit();
        assert_eq!(commands, asked, "at {second}");
    }

    /// Lets something happen that another story tells in detail.
    #[track_caller]
    pub(crate) fn play(&mut self, now: Tick, event: Event) -> Vec<String> {
        self.centre.handle(now_at(now), event);
        let commands = std::iter::from_fn(|| self.centre.poll()).map(in_words).collect();
        self.centre.audit();
        commands
    }

    pub(crate) fn waiting(&self, queue: QueueId) -> Vec<u64> {
        self.centre.waiting(queue).map(|contact| contact.0).collect()
    }
}

pub(crate) fn tick(second: u64) -> Tick {
    Tick(0) + Micros::from_secs(second)
}

pub(crate) fn now_at(mono: Tick) -> Now {
    Now { mono, wall: MIDNIGHT + mono.since(Tick(0)) }
}

pub(crate) fn call(contact: u64, line: LineId) -> Event {
    Event::CallArrived { contact: ContactId(contact), line, caller: None, via: Via::default() }
}

pub(crate) fn call_from(contact: u64, line: LineId, caller: u64) -> Event {
    let caller = Some(CallerToken::new(caller));
    Event::CallArrived { contact: ContactId(contact), line, caller, via: Via::default() }
}

pub(crate) fn hangs_up(contact: u64) -> Event {
    Event::CallerLeft { contact: ContactId(contact), parting: Parting::HungUp }
}

pub(crate) fn is_cut_off(contact: u64) -> Event {
    Event::CallerLeft { contact: ContactId(contact), parting: Parting::CutOff }
}

pub(crate) fn answers(agent: AgentId, contact: u64) -> Event {
    Event::Answer { agent, contact: ContactId(contact) }
}

pub(crate) fn declines(agent: AgentId, contact: u64) -> Event {
    Event::Decline { agent, contact: ContactId(contact) }
}

pub(crate) fn is_unreachable(agent: AgentId, contact: u64) -> Event {
    Event::Unreachable { agent, contact: ContactId(contact) }
}

fn name(agent: AgentId) -> String {
    match agent {
        ANNA => "anna".to_owned(),
        BEA => "bea".to_owned(),
        CARL => "carl".to_owned(),
        AgentId(other) => format!("agent {other}"),
    }
}

pub(crate) fn in_words(command: Command) -> String {
    match command {
        Command::Announce { contact, line, plan } => {
            let plan = plan.map(|plan| format!("{plan:?}, then ")).unwrap_or_default();
            format!("{}: {plan}greeting of {line:?}", contact.0)
        }
        Command::Wait { contact, position, told } => {
            let told = told.map(|told| {
                format!(", told {} to {} s", told.from.as_secs(), told.until.as_secs())
            });
            format!("{} waits, position {position}{}", contact.0, told.unwrap_or_default())
        }
        Command::RingSwitchboard { contact, switchboard, until, .. } => {
            format!("ring {switchboard:?} for {} until {}", contact.0, seconds(until))
        }
        Command::StopSwitchboard { contact, switchboard } => {
            format!("stop ringing {switchboard:?} for {}", contact.0)
        }
        Command::TryPartner { contact, partner, reach, cause, until, .. } => {
            let until = seconds(until);
            format!("try {partner:?} for {} by {reach:?} until {until}: {cause:?}", contact.0)
        }
        Command::StopPartner { contact, partner } => format!("stop {partner:?} for {}", contact.0),
        Command::ConnectElsewhere { contact } => format!("connect {} elsewhere", contact.0),
        Command::Deflect { contact, partner } => format!("send {} on to {partner:?}", contact.0),
        Command::PromiseCallback { contact, .. } => format!("promise {} a call-back", contact.0),
        Command::CallBack { contact, agent, until, .. } => {
            format!("call {} back for {} until {}", contact.0, name(agent), seconds(until))
        }
        Command::StopCallback { contact } => format!("stop calling {} back", contact.0),
        Command::Inform { contact, plan } => format!("{}: information of {plan:?}", contact.0),
        Command::Notify { contact, plan } => format!("{}: news of {plan:?}", contact.0),
        Command::OpenTask { contact, reason, .. } => format!("task for {}: {reason:?}", contact.0),
        Command::Ring { agent, contact, until, .. } => {
            format!("ring {} for {} until {}", name(agent), contact.0, seconds(until))
        }
        Command::StopRinging { agent, contact } => {
            format!("stop ringing {} for {}", name(agent), contact.0)
        }
        Command::Connect { contact, agent } => format!("connect {} to {}", contact.0, name(agent)),
        Command::LetGo { contact, agent } => format!("let {} go from {}", name(agent), contact.0),
        Command::WaitAgain { contact, position } => {
            format!("{} waits again, position {position}", contact.0)
        }
        Command::RingOffice { contact, until } => {
            format!("ring an office for {} until {}", contact.0, seconds(until))
        }
        Command::StopOffice { contact } => format!("stop ringing an office for {}", contact.0),
        Command::PutThrough { contact, by, to } => {
            let to = to.map_or("an office".to_owned(), name);
            format!("put {} through from {} to {to}", contact.0, name(by))
        }
        Command::Dismiss { contact, reason, .. } => format!("dismiss {}: {reason:?}", contact.0),
        Command::Release { contact } => format!("release {}", contact.0),
        Command::AskAlive { contact } => format!("is {} alive?", contact.0),
        Command::Refuse(why) => format!("refused: {why:?}"),
        Command::Note(Note::AgentChanged { agent, state }) => {
            format!("{} {}", name(agent), state_in_words(state))
        }
        Command::Note(Note::AgentPlans { agent, after_call }) => {
            format!("{} plans {after_call:?}", name(agent))
        }
        Command::Note(Note::Returned { contact, agent, why }) => {
            let why = match why {
                ReturnReason::NoAnswer => "no answer",
                ReturnReason::Declined => "declined",
                ReturnReason::Unreachable => "unreachable",
                ReturnReason::SignedOff => "signed off",
            };
            format!("{} returned by {}: {why}", contact.0, name(agent))
        }
        Command::Note(Note::Ended(record)) => record_in_words(&record),
        Command::Note(note) => act_in_words(note),
    }
}

fn act_in_words(note: Note) -> String {
    match note {
        Note::Widened { contact, stage } => format!("{} widened to stage {stage}", contact.0),
        Note::Overflows { contact, cause } => format!("{} overflows: {cause:?}", contact.0),
        Note::PartnerReturned { contact, why, .. } => {
            format!("{} returned by the partner: {why:?}", contact.0)
        }
        Note::SwitchboardReturned { contact, why, .. } => {
            format!("{} returned by the switchboard: {why:?}", contact.0)
        }
        Note::CallbackReturned { contact, again_at, .. } => {
            format!("{} not reached, again at {}", contact.0, seconds(again_at))
        }
        Note::Transferred { contact, to, attended } => {
            let to = match to {
                TransferTo::Agent(agent) => name(agent),
                TransferTo::Line(line) => format!("{line:?}"),
                TransferTo::Partner(partner) => format!("{partner:?}"),
                TransferTo::Office => "an office".to_owned(),
            };
            let how = if attended { "put through" } else { "handed on" };
            format!("{} {how} to {to}", contact.0)
        }
        Note::OfficeReturned { contact, why } => {
            format!("{} returned by the office: {why:?}", contact.0)
        }
        Note::PulledForward { contact, reason, position } => {
            format!("{} pulled forward to {position}: {reason:?}", contact.0)
        }
        Note::Moved { contact, line, reason, position } => {
            format!("{} moved to {line:?}, position {position}: {reason:?}", contact.0)
        }
        Note::SteeringUndone { contact, position } => {
            format!("{} stands at {position} again", contact.0)
        }
        Note::SkillSet { agent, skill, level } => format!("{}: {skill:?} = {level}", name(agent)),
        Note::LineClosed { line, until } => format!("{line:?} closed until {}", seconds(until)),
        Note::LineOpened { line } => format!("{line:?} open"),
        Note::PlanStarted { plan, until } => format!("{plan:?} runs until {}", seconds(until)),
        Note::PlanEnded { plan } => format!("{plan:?} ended"),
        Note::AgentChanged { .. }
        | Note::AgentPlans { .. }
        | Note::Returned { .. }
        | Note::Ended(_) => unreachable!("said before"),
    }
}

fn seconds(at: Tick) -> u64 {
    at.since(Tick(0)).as_secs()
}

fn state_in_words(state: State) -> String {
    match state {
        State::SignedOff => "signed off".to_owned(),
        State::NotReady { reason, until } => {
            let reason = match reason {
                NotReadyReason::SignedOn => "signed on",
                NotReadyReason::Pause(Pause::Break) => "break",
                NotReadyReason::Pause(Pause::DeskWork) => "desk work",
                NotReadyReason::NoAnswer => "no answer",
                NotReadyReason::Declined => "declined",
                NotReadyReason::Unreachable => "unreachable",
            };
            let until = until.map(|until| format!(" until {}", seconds(until)));
            format!("not ready: {reason}{}", until.unwrap_or_default())
        }
        State::Ready { idle_since } => format!("ready since {}", seconds(idle_since)),
        State::Offered { contact, .. } => format!("offered {}", contact.0),
        State::Talking { contact, .. } => format!("talks to {}", contact.0),
        State::WrapUp { until, .. } => format!("wraps up until {}", seconds(until)),
    }
}

/// The line, the fate and its reason; then what is known: queued, answered, by which team, ended.
fn record_in_words(it: &ContactRecord) -> String {
    let after = |name: &str, after: Option<Micros>| {
        after.map(|after| format!(", {name} {}", after.as_secs())).unwrap_or_default()
    };
    let follows = it.follows.map(|old| format!(", follows {}", old.0)).unwrap_or_default();
    let team = it.team.map(|team| format!(" by {team:?}")).unwrap_or_default();
    format!(
        "{}: {}, {:?}{}{}{team}, ended {}{follows}",
        it.contact.0,
        it.fate.key(),
        it.reason,
        after("queued", it.queued_after),
        after("answered", it.answered_after),
        it.ended_after.as_secs(),
    )
}
