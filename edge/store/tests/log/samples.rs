// SPDX-License-Identifier: EUPL-1.2
//! One fact of every kind, each field with a value of its own.

use acd::agent::Pause;
use acd::contact::Parting;
use acd::{
    AgentRules, CallbackRules, CentreRules, CrisisPlan, First, LineRules, LocalFirst, Overflow,
    PartnerRules, QueueRules, Reach, SkillNeed, Stage, SwitchboardRules,
};
use calendar::{Interval, Timetable};
use case::{
    Act, Acted, Attempt, By, Completion, Matter, Opening, PauseReason, Proof, Reach as ReachedBy,
    Source,
};
use centre::{
    Event, NotReached, PartnerEnd, RefusedBy, Setup, SteeringReason, SwitchboardEnd, Via,
};
use privacy::Purpose;
use promise::Resolution;
use stdx::{
    AgentId, CallerToken, CaseId, ContactId, Day, LineId, Micros, PartnerId, PlanId, QueueId,
    SkillId, SwitchboardId, TeamId, Tick, Timestamp, TimetableId, TrunkId,
};
use store::{
    About, Begun, Caller, CaseActed, Configured, Fact, Gap, Key, Sealed, Seated, WrappedUp,
};

/// When a sample happened.
pub(crate) const AT: (Tick, Timestamp) =
    (Tick(31_536_000_000_000), Timestamp(1_398_931_200_000_000));

/// One of every kind.
pub(crate) fn facts() -> Vec<Fact> {
    let mut facts = vec![
        Fact::Begun(Begun { program: "0.1.0".to_owned() }),
        Fact::Configured(Box::new(configured())),
        Fact::Lost(Gap { refused_calls: 17, others: 3 }),
        Fact::Poisoned(4_711),
    ];
    facts.extend(events().into_iter().map(Fact::Happened));
    let (contact, seat, day) = (ContactId(300), AgentId(7), Day(16_191));
    let number = sealed(day, Purpose::Number, contact.0, b"+494171693100");
    let person = sealed(day, Purpose::Seat, 7, b"k1");
    facts.push(Fact::Caller(Caller { contact, day, number }));
    facts.push(Fact::Seated(Seated { seat, day, person }));
    // What came later stands at the end, so that the rows before stay as they are.
    facts.push(Fact::Configured(Box::new(calling_first())));
    let whys = [NotReached::Busy, NotReached::NoAnswer, NotReached::Unreachable];
    facts.extend(whys.map(|why| Fact::Happened(Event::CallbackNotReached { contact, why })));
    let resolutions = [
        None,
        Some(Resolution::Settled),
        Some(Resolution::Transferred),
        Some(Resolution::ToBeAnswered),
        Some(Resolution::Misdial),
        Some(Resolution::Abusive),
    ];
    let words = sealed(day, Purpose::Note, contact.0, b"{}");
    facts.extend(resolutions.map(|resolution| {
        let words = words.clone();
        Fact::WrappedUp(WrappedUp { contact, seat, resolution, day, words })
    }));
    facts.extend(cases());
    facts
}

/// Every way in which a case comes in, and everything that is done to one.
fn cases() -> impl Iterator<Item = Fact> {
    let (contact, day) = (ContactId(300), Day(16_191));
    let sources = [
        (Source::Call(contact), ReachedBy::Telephone),
        (Source::Message(contact), ReachedBy::Mail),
        (Source::LostCallback(contact), ReachedBy::Letter),
        (Source::Relay, ReachedBy::None),
        (Source::Form, ReachedBy::Mail),
        (Source::Partner(PartnerId(2)), ReachedBy::Mail),
        (Source::Elsewhere, ReachedBy::Telephone),
    ];
    let opened = |(source, reach)| Acted::Opened(Opening { source, reach });
    let acts = [
        Act::Note,
        Act::Forward { unit: "tiefbau".to_owned() },
        Act::TakeOver,
        Act::Return,
        Act::Pause(PauseReason::CitizenWishes),
        Act::Pause(PauseReason::PapersMissing),
        Act::Pause(PauseReason::OtherAuthority),
        Act::Resume,
        Act::Tell(AT.1),
        Act::Try(Attempt::NoAnswer),
        Act::Try(Attempt::Engaged),
        Act::Try(Attempt::Mailbox),
        Act::Try(Attempt::MailReturned),
        Act::GiveFeedback(Proof::SpokenCall(contact)),
        Act::GiveFeedback(Proof::MailAccepted),
        Act::GiveFeedback(Proof::StatedByStaff),
        Act::Complete(Completion::Done),
        Act::Complete(Completion::Withdrawn),
        Act::Complete(Completion::NotReached),
        Act::Reopen,
        Act::Merge { into: CaseId(12) },
        Act::NoticeAccepted,
        Act::NoticeRefused,
    ];
    let by = [By::Seat(AgentId(7)), By::Staff, By::Unit, By::Centre];
    let matter = Matter {
        client: "jesteburg".to_owned(),
        line: Some(LineId(2)),
        place: Some("033535404020".to_owned()),
        service: Some("99108008".to_owned()),
    };
    let matters = [Some(matter), None, Some(Matter::default())].into_iter().cycle();
    let all = sources.map(opened).into_iter().chain(acts.map(Acted::Done));
    let words = sealed(day, Purpose::Case, 17, b"{}");
    all.zip(by.into_iter().cycle()).zip(matters).map(move |((acted, by), matter)| {
        let words = words.clone();
        Fact::CaseActed(Box::new(CaseActed { case: CaseId(17), by, acted, matter, day, words }))
    })
}

/// Under a key and with a nonce that are the same in every test.
pub(crate) fn sealed(day: Day, purpose: Purpose, subject: u64, value: &[u8]) -> Sealed {
    let about = About { centre: "golden", day, purpose, subject };
    Sealed::new(&Key::new([3; 32]), &about, [5; 24], value)
}

pub(crate) fn events() -> Vec<Event> {
    let contact = ContactId(300);
    let (agent, line, plan) = (AgentId(7), LineId(2), PlanId(1));
    let caller = Some(CallerToken::new(0x0123_4567_89AB_CDEF));
    let via = Via { trunk: Some(TrunkId(1)), forwarded: true };
    let mut events = vec![
        Event::CallArrived { contact, line, caller, via },
        Event::CallArrived { contact, line, caller: None, via: Via::default() },
        Event::AnnouncementOver { contact },
        Event::SwitchboardAnswered { contact },
        Event::SwitchboardStaffed { switchboard: SwitchboardId(3), staffed: false },
        Event::PartnerAnswered { contact },
        Event::Deflected { contact },
        Event::CallbackWanted { contact },
        Event::CallbackReached { contact },
        Event::CallbackFailed { contact },
        Event::InformationWanted { contact },
        Event::MoveToLine { contact, line, reason: SteeringReason::WrongLine },
        Event::UndoSteering { contact },
        Event::SendHome { agent },
        Event::SetSkill { agent, skill: SkillId(4), level: 9 },
        Event::CloseLine { line, lasts: Micros::from_mins(90) },
        Event::OpenLine { line },
        Event::StartPlan { plan },
        Event::EndPlan { plan },
        Event::TalkAlive { contact },
        Event::SignOn { agent },
        Event::SignOff { agent },
        Event::MakeReady { agent },
        Event::Answer { agent, contact },
        Event::Decline { agent, contact },
        Event::Unreachable { agent, contact },
        Event::HangUp { agent },
        Event::ExtendWrapUp { agent },
        Event::EndWrapUp { agent },
        Event::Deadline,
    ];
    let refused = [RefusedBy::Carrier, RefusedBy::Door, RefusedBy::NoChannel];
    events.extend(refused.map(|by| Event::CallRefused { contact, line, by }));
    for parting in [Parting::HungUp, Parting::CutOff] {
        events.push(Event::CallerLeft { contact, parting });
        events.push(Event::OtherLeft { contact, parting });
    }
    let ends = [
        SwitchboardEnd::Busy,
        SwitchboardEnd::NoAnswer,
        SwitchboardEnd::Unreachable,
        SwitchboardEnd::CameBack,
        SwitchboardEnd::NobodyThere,
    ];
    events.extend(ends.map(|why| Event::SwitchboardFailed { contact, why }));
    let ends =
        [PartnerEnd::Busy, PartnerEnd::Closed, PartnerEnd::NoAnswer, PartnerEnd::Unreachable];
    events.extend(ends.map(|why| Event::PartnerFailed { contact, why }));
    let reasons = [
        SteeringReason::Distress,
        SteeringReason::WaitedLong,
        SteeringReason::WrongLine,
        SteeringReason::Load,
    ];
    events.extend(reasons.map(|reason| Event::PullForward { contact, reason }));
    events
        .extend([Pause::Break, Pause::DeskWork].map(|pause| Event::MakeNotReady { agent, pause }));
    events
}

pub(crate) fn configured() -> Configured {
    let ids = [("line".to_owned(), vec!["115".to_owned(), "jesteburg".to_owned()])].into();
    Configured { text: "[centre]\nid = \"harburg\" # ä\n".to_owned(), ids, setup: setup() }
}

/// The same, where callers are called before agents.
fn calling_first() -> Configured {
    let mut it = configured();
    it.setup.lines.iter_mut().filter_map(|line| line.callback.as_mut()).for_each(|callback| {
        callback.first = First::Caller;
    });
    it
}

fn setup() -> Setup {
    let rules = CentreRules {
        head_start: Micros::from_secs(60),
        no_answer_pause: Micros::from_secs(61),
        decline_pause: Micros::from_secs(62),
        place_kept: Micros::from_mins(5),
    };
    let overflow = |reach, no_channel| Overflow {
        partner: PartnerId(0),
        reach,
        waited: Some(Micros::from_secs(90)),
        predicted: Some(Micros::from_secs(91)),
        calendar: Some(TimetableId(1)),
        nobody_signed_on: true,
        closed: true,
        no_channel,
    };
    let line = LineRules {
        queue: Some(QueueId(0)),
        timetable: TimetableId(0),
        priority: 2,
        required: vec![SkillNeed { skill: SkillId(0), level: 3 }],
        preferred: vec![SkillId(1)],
        greeting: Some(Micros::from_secs(4)),
        wrap_up: Micros::from_secs(20),
        short_abandon: Micros::from_secs(5),
        stages: vec![
            Stage { after: Micros::ZERO, teams: vec![TeamId(1)] },
            Stage { after: Micros::from_secs(20), teams: vec![] },
        ],
        local: Some(LocalFirst { switchboard: SwitchboardId(0), ring: Micros::from_secs(15) }),
        overflow: Some(overflow(Reach::SecondLeg, false)),
        from_partner: false,
        callback: Some(CallbackRules {
            attempts: 3,
            retry_after: Micros::from_mins(30),
            expires_after: Micros::from_mins(480),
            ring: Micros::from_secs(40),
            first: First::Agent,
        }),
        expected_talk: Micros::from_secs(185),
        tells_wait: true,
        only_in: None,
    };
    let sent_on = LineRules {
        overflow: Some(overflow(Reach::Deflect, true)),
        only_in: Some(PlanId(0)),
        ..line.clone()
    };
    Setup {
        lines: vec![line, sent_on, LineRules::plain(None, TimetableId(1))],
        queues: vec![QueueRules {
            ring: Micros::from_secs(20),
            length_max: 40,
            waiting_max: Micros::from_mins(15),
        }],
        agents: vec![AgentRules {
            team: TeamId(1),
            skills: vec![SkillNeed { skill: SkillId(0), level: 5 }],
            shift: Some(TimetableId(0)),
        }],
        timetables: timetables(),
        partners: vec![PartnerRules {
            timetable: TimetableId(1),
            capacity: 6,
            ring: Micros::from_secs(25),
            pause: Micros::from_secs(2),
            trunk: Some(TrunkId(0)),
        }],
        switchboards: vec![SwitchboardRules { timetable: TimetableId(0), trunk: None }],
        trunks: vec![30],
        plans: vec![CrisisPlan {
            lines: vec![LineId(1)],
            announcement: Some(Micros::from_secs(12)),
            information: true,
            length_max: Some(20),
            waiting_max: Some(Micros::from_mins(5)),
            helpers: vec![AgentId(0)],
            lasts: Micros::from_mins(600),
        }],
        ..Setup::empty(rules)
    }
}

/// One in whole seconds, one whose boundaries are finer.
fn timetables() -> Vec<Timetable> {
    let table = |unit: i64, offset: i64| {
        let at = |it: i64| Timestamp(1_388_534_400_000_000 + it * unit + offset);
        let horizon = Interval { from: at(0), until: at(10_000) };
        let open = [(25, 60), (85, 120), (9_000, 10_000)];
        let open = open.map(|(from, until)| Interval { from: at(from), until: at(until) });
        Timetable::new(horizon, open.to_vec()).expect("sorted and apart")
    };
    vec![table(1_000_000, 0), table(1, 7)]
}
