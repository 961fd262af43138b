// SPDX-License-Identifier: EUPL-1.2
//! Whatever is done to cases, in whatever order: none is lost, none is damaged, and what was proven once stays.

use case::{
    Act, Acted, Attempt, Cases, Completion, Opening, PauseReason, Proof, Reach, Source, State,
};
use proptest::prelude::*;
use stdx::{CaseId, ContactId, Timestamp};

fn some_reach() -> impl Strategy<Value = Reach> {
    prop::sample::select(vec![Reach::None, Reach::Telephone, Reach::Mail, Reach::Letter])
}

fn some_act() -> impl Strategy<Value = Act> {
    let unit = prop::sample::select(vec!["a", "b"]);
    prop_oneof![
        Just(Act::Note),
        unit.prop_map(|unit| Act::Forward { unit: unit.into() }),
        Just(Act::TakeOver),
        Just(Act::Return),
        Just(Act::Pause(PauseReason::CitizenWishes)),
        Just(Act::Resume),
        (0_i64..9_000).prop_map(|at| Act::Tell(Timestamp::from_secs(at))),
        Just(Act::Try(Attempt::NoAnswer)),
        Just(Act::GiveFeedback(Proof::SpokenCall(ContactId(1)))),
        Just(Act::GiveFeedback(Proof::StatedByStaff)),
        Just(Act::Complete(Completion::Done)),
        Just(Act::Complete(Completion::Withdrawn)),
        Just(Act::Complete(Completion::NotReached)),
        Just(Act::Reopen),
        Just(Act::NoticeAccepted),
        Just(Act::NoticeRefused),
        (0_u64..8).prop_map(|into| Act::Merge { into: CaseId(into) }),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Open(Reach),
    Do(u64, Act),
}

fn some_steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
    let step = prop_oneof![
        1 => some_reach().prop_map(Step::Open),
        6 => (1_u64..8, some_act()).prop_map(|(case, act)| Step::Do(case, act)),
    ];
    prop::collection::vec((0_i64..9_000, step), 0..200)
}

proptest! {
    #[test]
    fn every_case_is_accounted_for(steps in some_steps()) {
        let mut cases = Cases::default();
        let mut opened = 0;
        for (secs, step) in steps {
            let at = Timestamp::from_secs(secs);
            let before = cases.clone();
            let (id, acted) = match step {
                Step::Open(reach) => {
                    opened += 1;
                    (cases.next(), Acted::Opened(Opening { source: Source::Relay, reach }))
                }
                Step::Do(case, act) => (CaseId(case), Acted::Done(act)),
            };
            if cases.act(id, at, &acted).is_err() {
                prop_assert_eq!(&cases, &before, "refused, and changed");
            }
            prop_assert_eq!(cases.count(), opened);
            for old in before.iter() {
                let new = cases.get(old.id).expect("none is lost");
                prop_assert!(new.is_sound());
                prop_assert!(old.feedback.is_none() || new.feedback == old.feedback);
                prop_assert_eq!(new.opened_at, old.opened_at);
                let was_merged = matches!(old.state, State::Merged { .. });
                prop_assert!(!was_merged || new == old, "what goes on elsewhere stays there");
            }
        }
        // Whoever follows a case to where it goes on arrives, always at an older one.
        for case in cases.iter() {
            let mut last = case;
            while let State::Merged { into, .. } = last.state {
                prop_assert!(into < last.id);
                last = cases.get(into).expect("it is there");
            }
        }
        prop_assert_eq!(Cases::of(cases.iter().cloned()), Some(cases.clone()));
    }
}
