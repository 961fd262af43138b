// SPDX-License-Identifier: EUPL-1.2
//! Every situation of a case with every act, as a table that a team leader can read.
//!
//! The rule to keep: a state or an act that is added to the machine is added here.

#[path = "../../acd/tests/common/golden.rs"]
mod golden;

use case::{
    ACTS_MAX, Act, Acted, Attempt, Case, Cases, Completion, Feedback, Holder, Notice, Opening,
    PAUSES_MAX, Pause, PauseReason, Proof, Reach, Refusal, Source, State,
};
use std::fmt::Write as _;
use stdx::{CaseId, ContactId, Timestamp};

const CASE: CaseId = CaseId(7);
const OPENED: Timestamp = Timestamp::from_secs(1_000);
const BEFORE: Timestamp = Timestamp::from_secs(2_000);
const NOW: Timestamp = Timestamp::from_secs(3_000);
const LATER: Timestamp = Timestamp::from_secs(9_000);

fn opened(reach: Reach) -> Case {
    let opening = Opening { source: Source::Call(ContactId(3)), reach };
    Case { acted_at: BEFORE, ..Case::open(CASE, OPENED, opening) }
}

fn at_unit(has_taken: bool) -> Case {
    let notice = if has_taken { Notice::Accepted } else { Notice::Due };
    let holder = Holder::Unit { unit: "tiefbau".into(), has_taken, notice };
    Case { holder, ..opened(Reach::Telephone) }
}

fn paused(case: Case) -> Case {
    let reason = PauseReason::PapersMissing;
    let pause = Pause { from: BEFORE, until: None, reason };
    Case { state: State::Paused(reason), pauses: vec![pause], ..case }
}

fn answered(case: Case) -> Case {
    Case { feedback: Some(Feedback { at: BEFORE, proof: Proof::MailAccepted }), ..case }
}

fn completed(case: Case, how: Completion) -> Case {
    Case { state: State::Completed { at: BEFORE, how }, ..case }
}

fn often_paused() -> Case {
    let at = |secs| Timestamp::from_secs(secs);
    let reason = PauseReason::CitizenWishes;
    let pause = |it: i64| Pause { from: at(1_001 + it), until: Some(at(1_002 + it)), reason };
    Case { pauses: (0..PAUSES_MAX as i64).map(pause).collect(), ..opened(Reach::Mail) }
}

fn situations() -> Vec<(&'static str, Case)> {
    let tried = Case { attempts: 1, ..opened(Reach::Telephone) };
    let used_up = Case { acts: ACTS_MAX, ..opened(Reach::Telephone) };
    let merged =
        Case { state: State::Merged { at: BEFORE, into: CaseId(2) }, ..opened(Reach::Mail) };
    vec![
        ("at the centre", opened(Reach::Telephone)),
        ("citizen cannot be reached", opened(Reach::None)),
        ("at a unit", at_unit(false)),
        ("taken by a unit", at_unit(true)),
        ("tried in vain", tried.clone()),
        ("paused", paused(opened(Reach::Letter))),
        ("paused often", often_paused()),
        ("feedback given", answered(opened(Reach::Telephone))),
        ("done", completed(answered(at_unit(true)), Completion::Done)),
        ("done, citizen unreachable", completed(opened(Reach::None), Completion::Done)),
        ("withdrawn", completed(opened(Reach::Mail), Completion::Withdrawn)),
        ("not reached", completed(tried, Completion::NotReached)),
        ("merged", merged),
        ("acts used up", used_up),
    ]
}

fn acts() -> Vec<Act> {
    vec![
        Act::Note,
        Act::Forward { unit: "tiefbau".into() },
        Act::Forward { unit: "ordnungsamt".into() },
        Act::TakeOver,
        Act::Return,
        Act::Pause(PauseReason::OtherAuthority),
        Act::Resume,
        Act::Tell(LATER),
        Act::Tell(OPENED),
        Act::Try(Attempt::Mailbox),
        Act::GiveFeedback(Proof::SpokenCall(ContactId(9))),
        Act::GiveFeedback(Proof::StatedByStaff),
        Act::Complete(Completion::Done),
        Act::Complete(Completion::Withdrawn),
        Act::Complete(Completion::NotReached),
        Act::Reopen,
        Act::Merge { into: CaseId(3) },
        Act::Merge { into: CASE },
        Act::NoticeAccepted,
        Act::NoticeRefused,
    ]
}

/// What is different afterwards.
fn difference(before: &Case, after: &Case) -> String {
    let mut said = String::new();
    let mut say = |what: String| {
        let _ = write!(said, "{}{what}", if said.is_empty() { "" } else { "; " });
    };
    if before.holder != after.holder {
        say(format!("{:?}", after.holder));
    }
    if before.state != after.state {
        say(format!("{:?}", after.state));
    }
    if before.pauses != after.pauses {
        let last = after.pauses.last().expect("a pause");
        say(format!("pause from {:?} until {:?}", last.from, last.until));
    }
    if before.feedback != after.feedback {
        say(format!("{:?}", after.feedback.expect("feedback")));
    }
    if before.told != after.told {
        say(format!("told {:?}", after.told));
    }
    if before.attempts != after.attempts {
        say(format!("{} attempts", after.attempts));
    }
    if before.reopened != after.reopened {
        say(format!("opened {} times again", after.reopened));
    }
    if said.is_empty() { "noted".into() } else { said }
}

/// Moments by what they are.
fn readable(text: &str) -> String {
    let moments = [(OPENED, "the opening"), (BEFORE, "before"), (NOW, "now"), (LATER, "later")];
    let say = |text: String, (at, name)| text.replace(&format!("{at:?}"), name);
    moments.into_iter().fold(text.to_owned(), say)
}

#[test]
fn every_situation_with_every_act() {
    let mut table = String::from("Every situation of a case with every act.\n");
    for (name, before) in situations() {
        assert!(before.is_sound(), "{name}");
        let _ = write!(table, "\n{name}\n");
        let mut rows = Vec::new();
        for act in acts() {
            let mut after = before.clone();
            let said = match after.act(NOW, &act) {
                Ok(()) => {
                    assert_eq!((after.acts, after.acted_at), (before.acts + 1, NOW));
                    difference(&before, &after)
                }
                Err(why) => {
                    assert_eq!(after, before, "refused, and changed");
                    format!("refused: {why:?}")
                }
            };
            rows.push(vec![format!("  {}", readable(&format!("{act:?}"))), readable(&said)]);
        }
        table.push_str(&golden::table(&rows));
    }
    golden::compare("case_table.txt", &table);
}

#[test]
fn a_clock_that_was_set_back_does_not_change_the_order() {
    let mut case = opened(Reach::Telephone);
    assert_eq!(case.act(Timestamp::from_secs(999), &Act::Note), Err(Refusal::BeforeItsTime));
    assert_eq!(case.act(Timestamp::from_secs(1_500), &Act::Note), Ok(()));
    assert_eq!(case.acted_at, BEFORE);
}

#[test]
fn cases_are_numbered_in_the_order_in_which_they_come_in() {
    let opening = Opening { source: Source::Form, reach: Reach::Mail };
    let mut cases = Cases::default();
    for number in 1..=3 {
        assert_eq!(cases.next(), CaseId(number));
        let opened = cases.act(cases.next(), OPENED, &Acted::Opened(opening));
        assert_eq!(opened.map(|it| it.id), Ok(CaseId(number)));
    }
    let again = cases.act(CaseId(3), OPENED, &Acted::Opened(opening));
    assert_eq!(again, Err(Refusal::Unknown));
    let later = cases.act(CaseId(5), OPENED, &Acted::Opened(opening));
    assert_eq!(later.map(|it| it.id), Ok(CaseId(5)), "one was lost on its way");
    let unknown = cases.act(CaseId(9), OPENED, &Acted::Done(Act::Note));
    assert_eq!(unknown, Err(Refusal::Unknown));
    let kept = Cases::of(cases.iter().cloned());
    assert_eq!(kept, Some(cases.clone()));
    assert_eq!(Cases::of(cases.iter().chain(cases.iter()).cloned()), None);
}

#[test]
fn a_case_goes_on_only_in_an_older_one_that_goes_on() {
    let opening = Opening { source: Source::Form, reach: Reach::Mail };
    let mut cases = Cases::default();
    for number in 1..=3 {
        cases.act(CaseId(number), OPENED, &Acted::Opened(opening)).expect("opened");
    }
    let mut merge = |case, into| {
        let act = Acted::Done(Act::Merge { into: CaseId(into) });
        cases.act(CaseId(case), NOW, &act).map(|it| it.state)
    };
    assert_eq!(merge(2, 1), Ok(State::Merged { at: NOW, into: CaseId(1) }));
    assert_eq!(merge(3, 2), Err(Refusal::NotOlder), "that one has gone on elsewhere");
    assert_eq!(merge(1, 3), Err(Refusal::NotOlder));
    assert_eq!(merge(3, 4), Err(Refusal::Unknown));
    assert_eq!(merge(3, 1), Ok(State::Merged { at: NOW, into: CaseId(1) }));
}
