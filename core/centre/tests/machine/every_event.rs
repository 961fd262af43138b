// SPDX-License-Identifier: EUPL-1.2
//! Every event in every situation: the centre does something, or says why not, or it is so already.
//! Never silence, never a panic.

use crate::story::*;
use acd::Refusal;
use acd::agent::Pause;
use acd::contact::Parting;
use centre::{
    Centre, Command, Event, NotReached, OfficeEnd, PartnerEnd, RefusedBy, SteeringReason,
    SwitchboardEnd, TransferTo, Via,
};
use stdx::limits::{ACT_MAX, CONTACTS_MAX, REMEMBERED_CALLERS_MAX, SKILL_LEVEL_MAX, SKILLS_MAX};
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, PartnerId, PlanId, SkillId, SwitchboardId,
    Tick, TrunkId,
};

const SECOND: u64 = 200;

const NO_LINE: LineId = LineId(99);

/// Situations at second 200 in which contact 1 is where the name says.
fn situations() -> Vec<(&'static str, Story)> {
    let ready = || Story::with_ready(&[BEA]);
    let mut all = vec![("nobody is there", Story::new())];
    let mut add = |name, mut story: Story, events: &[Event]| {
        for &event in events {
            story.play(tick(SECOND), event);
        }
        all.push((name, story));
    };
    let talk = [call(1, CITIZENS), answers(BEA, 1)];
    let on_break = Event::MakeNotReady { agent: BEA, pause: Pause::Break };
    add("1 hears the greeting", Story::new(), &[call(1, FEDERATION)]);
    add("1 waits", Story::new(), &[call(1, CITIZENS), call(2, TOWN_HALL)]);
    add("1 is gone", Story::new(), &[call(1, CITIZENS), hangs_up(1)]);
    add("bea is ready", ready(), &[]);
    add("bea has a break", ready(), &[on_break]);
    add("it rings for 1", ready(), &[call(1, CITIZENS)]);
    add("it rings for 1, then a break", ready(), &[call(1, CITIZENS), on_break]);
    add("bea declined 1", ready(), &[call(1, CITIZENS), declines(BEA, 1)]);
    add("bea was unreachable for 1", ready(), &[call(1, CITIZENS), is_unreachable(BEA, 1)]);
    add("1 talks", ready(), &talk);
    add("1 talks, then bea signs off", ready(), &[talk[0], talk[1], Event::SignOff { agent: BEA }]);
    add("bea wraps up", ready(), &[talk[0], talk[1], hangs_up(1)]);
    add("bea wraps up, then a break", ready(), &[talk[0], talk[1], hangs_up(1), on_break]);
    all.extend(situations_of_those_handed_on());
    all.extend(situations_of_a_large_county());
    all
}

/// The same for those whom Bea talked to and handed on.
fn situations_of_those_handed_on() -> Vec<(&'static str, Story)> {
    let mut all = Vec::new();
    let mut add = |name, setup, events: &[Event]| {
        let mut story = Story::of(setup);
        let both = [BEA, CARL].map(|agent| [Event::SignOn { agent }, Event::MakeReady { agent }]);
        for &event in both.iter().flatten().chain(events) {
            story.play(tick(SECOND), event);
        }
        all.push((name, story));
    };
    let contact = ContactId(1);
    let blind = |to| Event::BlindTransfer { agent: BEA, to };
    let (rings, takes) = (call(1, CITIZENS), answers(BEA, 1));
    let office = [rings, takes, blind(TransferTo::Office)];
    let [a, b, c] = office;
    add("1 rings at an office", small_county(), &office);
    add("1 talks to an office", small_county(), &[a, b, c, Event::OfficeAnswered { contact }]);
    let back = Event::OfficeFailed { contact, why: OfficeEnd::Busy };
    add("1 came back from an office", small_county(), &[a, b, c, back]);
    let to_line = [rings, takes, blind(TransferTo::Line(TOWN_HALL))];
    add("1 was handed on and waits", small_county(), &to_line);
    let to_carl = [rings, takes, blind(TransferTo::Agent(CARL))];
    add("1 was handed on and rings at a colleague", small_county(), &to_carl);
    let through = Event::AttendedTransfer { agent: BEA, to: Some(CARL) };
    add("1 was put through", small_county(), &[rings, takes, through]);
    let given = [call(1, HELPED), takes, blind(TransferTo::Partner(PartnerId(0)))];
    let [a, b, c] = given;
    add("1 was handed on and rings at the partner", large_county(), &given);
    let reason = SteeringReason::WrongLine;
    let moved = Event::MoveToLine { contact, line: CITIZENS, reason };
    add("… and a supervisor let others be asked", large_county(), &[a, b, c, moved]);
    all
}

/// The same for what only a large county has.
fn situations_of_a_large_county() -> Vec<(&'static str, Story)> {
    let mut all = Vec::new();
    let mut add = |name, events: &[Event]| {
        let mut story = Story::of(large_county());
        for &event in events {
            story.play(tick(SECOND), event);
        }
        all.push((name, story));
    };
    let contact = ContactId(1);
    let (on, ready) = (Event::SignOn { agent: BEA }, Event::MakeReady { agent: BEA });
    let ring = call(1, LOCAL);
    add("the switchboard rings for 1", &[ring]);
    add("1 talks to the switchboard", &[ring, Event::SwitchboardAnswered { contact }]);
    let nobody = Event::SwitchboardStaffed { switchboard: SwitchboardId(0), staffed: false };
    add("nobody is at the switchboard", &[nobody, ring]);
    let asked = call(1, HELPED);
    let why = PartnerEnd::Busy;
    add("the partner is asked for 1", &[asked]);
    add("the partner is asked for 1, and it rings", &[asked, on, ready]);
    add("1 talks to the partner", &[asked, Event::PartnerAnswered { contact }]);
    add("the partner is left alone", &[asked, Event::PartnerFailed { contact, why }]);
    add("1 is to be sent on", &[call(1, SENT_ON)]);
    let trunk = Some(TrunkId(0));
    let over_trunk = |contact, line| Event::CallArrived {
        contact: ContactId(contact),
        line,
        caller: None,
        via: Via { trunk, forwarded: false },
    };
    let three = [1, 2, 3].map(|id| over_trunk(id, CITIZENS));
    add("one channel is free", &three);
    add("no channel is free", &[three[0], three[1], three[2], over_trunk(4, CITIZENS)]);
    let promised = [on, call_from(1, CALLED_BACK, 77), Event::CallbackWanted { contact }];
    let [a, b, c] = promised;
    let takes = answers(BEA, 1);
    let (failed, reached) = (Event::CallbackFailed { contact }, Event::CallbackReached { contact });
    add("a call-back is promised", &promised);
    add("it rings for the call-back", &[a, b, c, ready]);
    add("1 is called back", &[a, b, c, ready, takes]);
    add("1 was not reached", &[a, b, c, ready, takes, failed]);
    add("1 was reached", &[a, b, c, ready, takes, reached]);
    let (plan, reason) = (PlanId(0), SteeringReason::Distress);
    add("the plan runs", &[call(1, CITIZENS), Event::StartPlan { plan }]);
    let home = Event::SendHome { agent: CARL };
    add("the plan runs without its helper", &[call(1, CITIZENS), Event::StartPlan { plan }, home]);
    add(
        "1 is informed",
        &[
            Event::StartPlan { plan },
            home,
            call(1, CITIZENS),
            Event::AnnouncementOver { contact },
            Event::InformationWanted { contact },
        ],
    );
    let lasts = Micros::from_mins(10);
    add("the line is closed", &[call(1, CITIZENS), Event::CloseLine { line: CITIZENS, lasts }]);
    let two = [call(1, CITIZENS), call(2, CITIZENS)];
    add(
        "2 was pulled forward",
        &[two[0], two[1], Event::PullForward { contact: ContactId(2), reason }],
    );
    add("1 was moved", &[two[0], Event::MoveToLine { contact, line: TOWN_HALL, reason }]);
    let skill = SkillId(0);
    add("bea can do more", &[on, ready, Event::SetSkill { agent: BEA, skill, level: 3 }]);
    all
}

/// Every event with everybody and everything that could be meant, also what does not exist.
fn events() -> Vec<Event> {
    let contacts = [0, 1, 2, 99].map(ContactId);
    let mut all = vec![Event::Deadline];
    for contact in contacts {
        for line in (0..9).map(LineId).chain([NO_LINE]) {
            all.push(Event::CallArrived { contact, line, caller: None, via: Via::default() });
        }
        for (trunk, forwarded) in [(None, true), (Some(0), false), (Some(99), false)] {
            let via = Via { trunk: trunk.map(TrunkId), forwarded };
            let caller = Some(CallerToken::new(77));
            all.push(Event::CallArrived { contact, line: LOCAL, caller, via });
            all.push(Event::CallArrived { contact, line: CALLED_BACK, caller, via });
        }
        all.extend(elsewhere(contact));
        all.extend(steering(contact));
        all.push(Event::AnnouncementOver { contact });
        all.push(Event::CallerLeft { contact, parting: Parting::HungUp });
        all.push(Event::CallerLeft { contact, parting: Parting::CutOff });
        all.push(Event::TalkAlive { contact });
    }
    for agent in [BEA, CARL, AgentId(3)] {
        all.extend([
            Event::SignOn { agent },
            Event::SignOff { agent },
            Event::MakeReady { agent },
            Event::MakeNotReady { agent, pause: Pause::Break },
            Event::MakeNotReady { agent, pause: Pause::DeskWork },
            Event::HangUp { agent },
            Event::ExtendWrapUp { agent },
            Event::EndWrapUp { agent },
            Event::SendHome { agent },
        ]);
        all.extend(transfers(agent));
        for (skill, level) in [(0, 0), (0, 3), (0, SKILL_LEVEL_MAX + 1), (SKILLS_MAX as u16, 1)] {
            all.push(Event::SetSkill { agent, skill: SkillId(skill), level });
        }
        all.extend(contacts.map(|contact| Event::Answer { agent, contact }));
        all.extend(contacts.map(|contact| Event::Decline { agent, contact }));
        all.extend(contacts.map(|contact| Event::Unreachable { agent, contact }));
    }
    for line in [CITIZENS, LOCAL, SENT_ON, ANNOUNCEMENT, NO_LINE] {
        let some = [Micros::ZERO, Micros(1), ACT_MAX, ACT_MAX + Micros(1)];
        all.extend(some.map(|lasts| Event::CloseLine { line, lasts }));
        all.push(Event::OpenLine { line });
    }
    for id in [0, 99] {
        let (plan, switchboard) = (PlanId(id), SwitchboardId(id));
        all.extend([Event::StartPlan { plan }, Event::EndPlan { plan }]);
        all.extend([true, false].map(|staffed| Event::SwitchboardStaffed { switchboard, staffed }));
    }
    all
}

/// All ways of an agent to hand on.
fn transfers(agent: AgentId) -> Vec<Event> {
    let agents = [BEA, CARL, AgentId(3)];
    let lines = [CITIZENS, TOWN_HALL, ANNOUNCEMENT, FORGOTTEN, NO_LINE];
    let partners = [0, 9].map(PartnerId);
    let blind = (agents.map(TransferTo::Agent).into_iter())
        .chain(lines.map(TransferTo::Line))
        .chain(partners.map(TransferTo::Partner))
        .chain([TransferTo::Office]);
    let attended = agents.map(Some).into_iter().chain([None]);
    let blind = blind.map(|to| Event::BlindTransfer { agent, to });
    blind.chain(attended.map(|to| Event::AttendedTransfer { agent, to })).collect()
}

/// What the telephone side may say about a contact that is not with an agent.
fn elsewhere(contact: ContactId) -> [Event; 14] {
    let parting = Parting::CutOff;
    [
        Event::SwitchboardAnswered { contact },
        Event::SwitchboardFailed { contact, why: SwitchboardEnd::CameBack },
        Event::PartnerAnswered { contact },
        Event::PartnerFailed { contact, why: PartnerEnd::Closed },
        Event::Deflected { contact },
        Event::OtherLeft { contact, parting },
        Event::OfficeAnswered { contact },
        Event::OfficeFailed { contact, why: OfficeEnd::Unreachable },
        Event::CallbackWanted { contact },
        Event::CallbackReached { contact },
        Event::CallbackFailed { contact },
        Event::CallbackNotReached { contact, why: NotReached::Unreachable },
        Event::InformationWanted { contact },
        Event::CallRefused { contact, line: CITIZENS, by: RefusedBy::Carrier },
    ]
}

/// What a supervisor may do to a contact.
fn steering(contact: ContactId) -> [Event; 7] {
    let reason = SteeringReason::WrongLine;
    let to = |line| Event::MoveToLine { contact, line, reason };
    [
        Event::PullForward { contact, reason },
        Event::UndoSteering { contact },
        to(CITIZENS),
        to(TOWN_HALL),
        to(HELPED),
        to(ANNOUNCEMENT),
        to(NO_LINE),
    ]
}

/// Everything that a centre knows.
fn all_of(centre: &Centre) -> String {
    format!("{centre:?}")
}

fn handle(centre: &mut Centre, event: Event) -> Vec<Command> {
    centre.handle(now_at(tick(SECOND)), event);
    centre.audit();
    std::iter::from_fn(|| centre.poll()).collect()
}

#[test]
fn every_event_in_every_situation_is_answered() {
    let mut without_a_command = Vec::new();
    for (situation, story) in situations() {
        for event in events() {
            let mut centre = story.centre.clone();
            // The time of the present event is known too.
            handle(&mut centre, Event::Deadline);
            let before = all_of(&centre);
            let commands = handle(&mut centre, event);
            let after = all_of(&centre);
            if let [Command::Refuse(_)] = commands[..] {
                assert_eq!(before, after, "{situation}: {event:?} was refused");
            } else {
                let refused = commands.iter().any(|it| matches!(it, Command::Refuse(_)));
                assert!(!refused, "{situation}: {event:?}: refused and done: {commands:?}");
            }
            if commands.is_empty() && event != Event::Deadline && !is_no_news(event) {
                assert!(before == after || lease_only(event), "{situation}: {event:?} in silence");
                without_a_command.push(format!("{situation}: {} is so already", wish(event)));
            }
        }
    }
    assert_eq!(without_a_command, ANSWERED_WITHOUT_A_COMMAND);
}

/// A talk that is alive is asked about later, which is no news to anybody.
fn lease_only(event: Event) -> bool {
    matches!(event, Event::TalkAlive { .. })
}

/// Who is at a switchboard is shown by the switchboard's own side.
fn is_no_news(event: Event) -> bool {
    matches!(event, Event::SwitchboardStaffed { .. })
}

/// Whatever happened: when nobody does anything any more, every deadline passes and nobody is left.
#[test]
fn after_every_event_in_every_situation_time_goes_on() {
    for (situation, story) in situations() {
        for event in events() {
            let mut centre = story.centre.clone();
            handle(&mut centre, event);
            let mut steps = 0;
            while let Some((at, why)) = centre.deadline() {
                centre.handle(now_at(at.max(tick(SECOND))), Event::Deadline);
                while centre.poll().is_some() {}
                steps += 1;
                assert!(steps < 100, "{situation}: {event:?}: {at:?}, {why}, and no end");
            }
            centre.audit();
            assert_eq!(centre.contacts_inside(), 0, "{situation}: {event:?}: who is left?");
        }
    }
}

fn wish(event: Event) -> &'static str {
    if matches!(event, Event::MakeNotReady { pause: Pause::Break, .. }) {
        "a break"
    } else if matches!(event, Event::MakeNotReady { pause: Pause::DeskWork, .. }) {
        "desk work"
    } else if matches!(event, Event::MakeReady { .. }) {
        "ready"
    } else if matches!(event, Event::SignOff { .. } | Event::SendHome { .. }) {
        "going home"
    } else if matches!(event, Event::TalkAlive { .. }) {
        "alive"
    } else {
        "something else"
    }
}

/// All that is neither refused nor answered by a command: it is so already. Going home twice, because an
/// agent signs off or is sent.
const ANSWERED_WITHOUT_A_COMMAND: [&str; 31] = [
    "bea is ready: ready is so already",
    "bea has a break: a break is so already",
    "it rings for 1: ready is so already",
    "it rings for 1, then a break: a break is so already",
    "1 talks: alive is so already",
    "1 talks: ready is so already",
    "1 talks, then bea signs off: alive is so already",
    "1 talks, then bea signs off: going home is so already",
    "1 talks, then bea signs off: going home is so already",
    "bea wraps up, then a break: a break is so already",
    "1 rings at an office: ready is so already",
    "1 talks to an office: alive is so already",
    "1 talks to an office: ready is so already",
    "1 came back from an office: ready is so already",
    "1 came back from an office: ready is so already",
    "1 was handed on and waits: ready is so already",
    "1 was handed on and rings at a colleague: ready is so already",
    "1 was put through: alive is so already",
    "1 was put through: ready is so already",
    "1 was handed on and rings at the partner: ready is so already",
    "… and a supervisor let others be asked: ready is so already",
    "1 talks to the switchboard: alive is so already",
    "the partner is asked for 1, and it rings: ready is so already",
    "1 talks to the partner: alive is so already",
    "it rings for the call-back: ready is so already",
    "1 is called back: ready is so already",
    "1 was not reached: ready is so already",
    "1 was reached: alive is so already",
    "1 was reached: ready is so already",
    "the plan runs: ready is so already",
    "bea can do more: ready is so already",
];

#[test]
fn every_unknown_id_is_refused_by_its_name() {
    for (situation, story) in situations() {
        let refusal = |event| match handle(&mut story.centre.clone(), event)[..] {
            [Command::Refuse(why)] => why,
            ref other => panic!("{situation}: {event:?}: {other:?}"),
        };
        let (agent, contact) = (AgentId(3), ContactId(99));
        assert_eq!(refusal(Event::HangUp { agent }), Refusal::UnknownAgent);
        assert_eq!(refusal(Event::SignOn { agent }), Refusal::UnknownAgent);
        assert_eq!(refusal(Event::Answer { agent, contact }), Refusal::UnknownAgent);
        assert_eq!(refusal(Event::AnnouncementOver { contact }), Refusal::UnknownContact);
        assert_eq!(refusal(hangs_up(99)), Refusal::UnknownContact);
        assert_eq!(refusal(Event::TalkAlive { contact }), Refusal::UnknownContact);
        assert_eq!(refusal(call(99, NO_LINE)), Refusal::UnknownLine);
        for event in elsewhere(contact).into_iter().take(12).chain(steering(contact)) {
            assert_eq!(refusal(event), Refusal::UnknownContact, "{event:?}");
        }
        let via = Via { trunk: Some(TrunkId(99)), forwarded: false };
        let caller = None;
        let arrives = Event::CallArrived { contact, line: CITIZENS, caller, via };
        assert_eq!(refusal(arrives), Refusal::UnknownTrunk);
        let by = RefusedBy::Door;
        let refused = Event::CallRefused { contact, line: NO_LINE, by };
        assert_eq!(refusal(refused), Refusal::UnknownLine);
        let (skill, level) = (SkillId(0), 1);
        assert_eq!(refusal(Event::SetSkill { agent, skill, level }), Refusal::UnknownAgent);
        assert_eq!(refusal(Event::SendHome { agent }), Refusal::UnknownAgent);
        for event in transfers(agent) {
            assert_eq!(refusal(event), Refusal::UnknownAgent, "{event:?}");
        }
        let (line, lasts) = (NO_LINE, Micros(1));
        assert_eq!(refusal(Event::CloseLine { line, lasts }), Refusal::UnknownLine);
        assert_eq!(refusal(Event::OpenLine { line }), Refusal::NotClosed);
        let plan = PlanId(99);
        assert_eq!(refusal(Event::StartPlan { plan }), Refusal::UnknownPlan);
        assert_eq!(refusal(Event::EndPlan { plan }), Refusal::UnknownPlan);
        let (switchboard, staffed) = (SwitchboardId(99), true);
        let there = Event::SwitchboardStaffed { switchboard, staffed };
        assert_eq!(refusal(there), Refusal::UnknownSwitchboard);
    }
}

#[test]
fn an_event_says_which_agent_did_it() {
    for event in events() {
        let named = [BEA, CARL, AgentId(3)].into_iter().find(|agent| {
            let text = format!("{event:?}");
            text.contains(&format!("agent: {agent:?}"))
        });
        // A telephone that is dead is nobody's deed, and what a supervisor does not the agent's.
        let named = named.filter(|_| {
            !matches!(
                event,
                Event::Unreachable { .. } | Event::SendHome { .. } | Event::SetSkill { .. }
            )
        });
        assert_eq!(event.agent(), named, "{event:?}");
    }
}

#[test]
fn a_call_on_an_unknown_line_uses_up_no_id() {
    let mut s = Story::new();
    s.at(1, call(7, NO_LINE), &["refused: UnknownLine"]);
    s.at(1, call(7, CITIZENS), &["7 waits, position 1"]);
}

#[test]
fn a_deadline_event_before_its_time_changes_nothing() {
    for (situation, story) in situations() {
        let mut centre = story.centre.clone();
        // At nobody's time: what was to be known of this moment is known.
        assert_eq!(handle(&mut centre, Event::Deadline), [], "{situation}");
        let before = all_of(&centre);
        assert_eq!(handle(&mut centre, Event::Deadline), [], "{situation}");
        assert_eq!(all_of(&centre), before, "{situation}");
    }
}

#[test]
fn the_centre_is_full_at_its_limit_and_one_who_leaves_makes_room() {
    let mut setup = small_county();
    setup.queues[0].length_max = u32::MAX;
    let mut centre = Centre::new(setup).expect("the small county is in order");
    let mut tell = |event| {
        centre.handle(now_at(tick(1)), event);
        std::iter::from_fn(|| centre.poll()).map(in_words).collect::<Vec<_>>()
    };
    let full = CONTACTS_MAX as u64;
    for contact in 1..=full {
        assert_eq!(tell(call(contact, FEDERATION)), [format!("{contact}: greeting of line 1")]);
    }
    let next = full + 1;
    let dismissed =
        [format!("dismiss {next}: CentreFull"), format!("{next}: refused, CentreFull, ended 0")];
    assert_eq!(tell(call(next, TOWN_HALL)), dismissed);
    tell(hangs_up(1));
    assert_eq!(tell(call(next + 1, TOWN_HALL)), [format!("{} waits, position 1", next + 1)]);
    centre.audit();
}

#[test]
fn a_storm_of_callers_who_are_cut_off_forgets_the_oldest_places_only() {
    let mut s = Story::new();
    s.play(tick(0), call(1, CITIZENS));
    let many = REMEMBERED_CALLERS_MAX as u64 + 1;
    for caller in 0..many {
        let contact = 10 + caller;
        s.play(tick(1), call_from(contact, CITIZENS, caller));
        s.play(tick(1), is_cut_off(contact));
    }
    let first_again = s.play(tick(2), call_from(10_000, CITIZENS, 0));
    assert_eq!(first_again, ["10000 waits, position 2"]);
    let ended = s.play(tick(2), hangs_up(10_000));
    assert_eq!(ended, ["10000: short_abandoned, HungUp, queued 0, ended 0"], "follows nobody");
    s.play(tick(2), call_from(10_001, CITIZENS, many - 1));
    let ended = s.play(tick(2), hangs_up(10_001));
    let follows =
        format!("10001: short_abandoned, HungUp, queued 0, ended 0, follows {}", 9 + many);
    assert_eq!(ended, [follows]);
}

#[test]
#[should_panic(expected = "were not fetched")]
fn commands_have_to_be_fetched_before_the_next_event() {
    let mut centre = Centre::new(small_county()).expect("the small county is in order");
    centre.handle(now_at(Tick(0)), call(1, CITIZENS));
    centre.handle(now_at(Tick(0)), call(2, CITIZENS));
}
