// SPDX-License-Identifier: EUPL-1.2
//! Every event in every situation: the centre does something, or says why not, or it is so already.
//! Never silence, never a panic.

use crate::story::*;
use acd::Refusal;
use acd::agent::Pause;
use acd::contact::Parting;
use centre::{Centre, Command, Event, Via};
use stdx::limits::{CONTACTS_MAX, REMEMBERED_CALLERS_MAX};
use stdx::{AgentId, ContactId, LineId, Tick};

const SECOND: u64 = 200;

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
    all
}

/// Every event with everybody and everything that could be meant, also what does not exist.
fn events() -> Vec<Event> {
    let contacts = [0, 1, 2, 99].map(ContactId);
    let mut all = vec![Event::Deadline];
    for contact in contacts {
        for line in (0..6).map(LineId) {
            all.push(Event::CallArrived { contact, line, caller: None, via: Via::default() });
        }
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
        ]);
        all.extend(contacts.map(|contact| Event::Answer { agent, contact }));
        all.extend(contacts.map(|contact| Event::Decline { agent, contact }));
        all.extend(contacts.map(|contact| Event::Unreachable { agent, contact }));
    }
    all
}

/// Everything that can be seen of a centre.
fn seen(centre: &Centre) -> String {
    let agents = [ANNA, BEA, CARL].map(|agent| centre.agent(agent).copied());
    let contacts = (0..100).map(ContactId).map(|id| (centre.contact(id), centre.position(id)));
    let contacts: Vec<_> = contacts.filter(|(state, _)| state.is_some()).collect();
    format!("{agents:?} {contacts:?} {:?}", centre.deadline())
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
            let before = seen(&centre);
            let commands = handle(&mut centre, event);
            let after = seen(&centre);
            if let [Command::Refuse(_)] = commands[..] {
                assert_eq!(before, after, "{situation}: {event:?} was refused");
            } else {
                let refused = commands.iter().any(|it| matches!(it, Command::Refuse(_)));
                assert!(!refused, "{situation}: {event:?}: refused and done: {commands:?}");
            }
            if commands.is_empty() && event != Event::Deadline {
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

fn wish(event: Event) -> &'static str {
    if matches!(event, Event::MakeNotReady { pause: Pause::Break, .. }) {
        "a break"
    } else if matches!(event, Event::MakeNotReady { pause: Pause::DeskWork, .. }) {
        "desk work"
    } else if matches!(event, Event::MakeReady { .. }) {
        "ready"
    } else if matches!(event, Event::SignOff { .. }) {
        "signing off"
    } else if matches!(event, Event::TalkAlive { .. }) {
        "alive"
    } else {
        "something else"
    }
}

/// All that is neither refused nor answered by a command: it is so already.
const ANSWERED_WITHOUT_A_COMMAND: [&str; 9] = [
    "bea is ready: ready is so already",
    "bea has a break: a break is so already",
    "it rings for 1: ready is so already",
    "it rings for 1, then a break: a break is so already",
    "1 talks: alive is so already",
    "1 talks: ready is so already",
    "1 talks, then bea signs off: alive is so already",
    "1 talks, then bea signs off: signing off is so already",
    "bea wraps up, then a break: a break is so already",
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
        assert_eq!(refusal(call(99, LineId(5))), Refusal::UnknownLine);
    }
}

#[test]
fn an_event_says_which_agent_did_it() {
    for event in events() {
        let named = [BEA, CARL, AgentId(3)].into_iter().find(|agent| {
            let text = format!("{event:?}");
            text.contains(&format!("agent: {agent:?}"))
        });
        // A telephone that is dead is nobody's deed.
        let named = named.filter(|_| !matches!(event, Event::Unreachable { .. }));
        assert_eq!(event.agent(), named, "{event:?}");
    }
}

#[test]
fn a_call_on_an_unknown_line_uses_up_no_id() {
    let mut s = Story::new();
    s.at(1, call(7, LineId(5)), &["refused: UnknownLine"]);
    s.at(1, call(7, CITIZENS), &["7 waits, position 1"]);
}

#[test]
fn a_deadline_event_before_its_time_changes_nothing() {
    for (situation, story) in situations() {
        let mut centre = story.centre.clone();
        let before = seen(&centre);
        assert_eq!(handle(&mut centre, Event::Deadline), [], "{situation}");
        assert_eq!(seen(&centre), before, "{situation}");
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
