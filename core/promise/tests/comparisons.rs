// SPDX-License-Identifier: EUPL-1.2
//! How others would count the same contacts: as a table, at the limits, and beside what is promised.

mod contacts;

use contacts::{REASONS, SECOND, contact};
use promise::{
    COMPARISONS, ContactRecord, DEFINITIONS, Definition, Fate, FateReason, Reachability, Tally,
    Verdict, assess, definition, judge,
};
use proptest::prelude::*;
use stdx::Micros;

/// A contact that began to wait after some microseconds, or never.
fn queued(after: Option<u64>, record: ContactRecord) -> ContactRecord {
    ContactRecord { queued_after: after.map(Micros), ..record }
}

fn by_id(id: &str) -> Definition {
    definition(id).expect("a definition of this crate")
}

#[test]
fn each_kind_of_contact_counts_for_each_comparison_as_the_table_says() {
    use Fate::*;
    use FateReason::*;
    use Verdict::{
        AbandonedInTime as LeftInTime, AnsweredAtAll as AtAll, AnsweredElsewhere as Elsewhere,
        AnsweredInTime as InTime, AnsweredLate as Late, FoundClosed as Shut,
        NotAnsweredAtOnce as NotAtOnce, OutAbandoned as LeftOut, OutLeftByKey as Key,
        OutNeverQueued as Never,
    };
    let (lost, refused, local) = (Verdict::Abandoned, Verdict::Refused, Verdict::OutLocal);
    let s = SECOND;
    // Begins to wait after the announcement, or never.
    let (waits, never) = (Some(5 * s), None);
    // Fate, reason, queued, answered and ended after (µs) | Asterisk's first, its second, answered of offered.
    let table = [
        ((Accepted, TalkEnded, waits, Some(5 * s), 60 * s), [InTime, InTime, AtAll]),
        // The announcement is no part of Asterisk's wait.
        ((Accepted, TalkEnded, waits, Some(35 * s), 60 * s), [InTime, InTime, AtAll]),
        ((Accepted, TalkEnded, waits, Some(35 * s + 1), 60 * s), [Late, Late, AtAll]),
        ((Accepted, TalkCutOff, waits, Some(9 * s), 10 * s), [InTime, InTime, AtAll]),
        ((Accepted, TalkCutOff, waits, Some(90 * s), 91 * s), [Late, Late, AtAll]),
        ((Abandoned, HungUp, waits, None, 35 * s), [LeftOut, LeftInTime, lost]),
        ((Abandoned, HungUp, waits, None, 35 * s + 1), [LeftOut, lost, lost]),
        ((Abandoned, HungUp, never, None, 20 * s), [Never, Never, lost]),
        // No line's threshold interests Asterisk.
        ((ShortAbandoned, HungUp, waits, None, 6 * s), [LeftOut, LeftInTime, lost]),
        ((ShortAbandoned, HungUp, waits, None, 50 * s), [LeftOut, lost, lost]),
        ((ShortAbandoned, HungUp, never, None, 2 * s), [Never, Never, lost]),
        ((Abandoned, CutOff, waits, None, 30 * s), [LeftOut, LeftInTime, lost]),
        ((Abandoned, CutOff, waits, None, 60 * s), [LeftOut, lost, lost]),
        ((Abandoned, CutOff, never, None, 3 * s), [Never, Never, lost]),
        ((Abandoned, LeftInformed, waits, None, 30 * s), [LeftOut, LeftInTime, lost]),
        ((Abandoned, LeftInformed, waits, None, 60 * s), [LeftOut, lost, lost]),
        // Who chose a call-back has left the queue by a key.
        ((Abandoned, CallbackExpired, waits, None, 7_200 * s), [Key, Key, NotAtOnce]),
        ((Abandoned, CalledAgain, waits, None, 300 * s), [Key, Key, NotAtOnce]),
        ((CalledBack, CallbackReached, waits, Some(20 * s), 90 * s), [Key, Key, NotAtOnce]),
        ((CalledBack, CallbackReached, waits, Some(900 * s), 950 * s), [Key, Key, NotAtOnce]),
        // Handed on: the queue ran into its time-out, when the partner answered or the call was sent on.
        (
            (Overflowed, PartnerAnswered, waits, Some(30 * s), 90 * s),
            [LeftOut, LeftInTime, Elsewhere],
        ),
        ((Overflowed, PartnerAnswered, waits, Some(50 * s), 90 * s), [LeftOut, lost, Elsewhere]),
        ((Overflowed, DeflectedUnproved, waits, None, 20 * s), [LeftOut, LeftInTime, Elsewhere]),
        ((Overflowed, DeflectedUnproved, waits, None, 36 * s), [LeftOut, lost, Elsewhere]),
        ((Overflowed, DeflectedUnproved, never, None, 0), [Never, Never, Elsewhere]),
        ((Refused, WaitedTooLong, waits, None, 600 * s), [LeftOut, lost, refused]),
        ((Refused, WaitedTooLong, waits, None, 25 * s), [LeftOut, LeftInTime, refused]),
        ((Refused, NobodyLeft, waits, None, 200 * s), [LeftOut, lost, refused]),
        ((Refused, NobodyLeft, waits, None, 35 * s), [LeftOut, LeftInTime, refused]),
        ((Refused, QueueFull, never, None, 0), [Never, Never, refused]),
        ((Refused, CentreFull, never, None, 0), [Never, Never, refused]),
        ((Refused, NoChannel, never, None, 0), [Never, Never, refused]),
        ((Refused, RefusedByCarrier, never, None, 0), [Never, Never, refused]),
        ((Refused, RefusedAtDoor, never, None, 0), [Never, Never, refused]),
        ((Closed, OutsideHours, never, None, 0), [Never, Never, Shut]),
        ((Closed, TimetableEnded, never, None, 0), [Never, Never, Shut]),
        ((Closed, AnnouncementOnly, never, None, 0), [Never, Never, Shut]),
        ((Closed, ClosedByAct, never, None, 0), [Never, Never, Shut]),
        ((Closed, PlanRunsNot, never, None, 0), [Never, Never, Shut]),
        ((Local, SwitchboardAnswered, never, Some(3 * s), 60 * s), [Never, Never, local]),
        ((Local, SwitchboardAnswered, waits, Some(9 * s), 60 * s), [local, local, local]),
        ((Local, LeftSwitchboard, never, None, 12 * s), [Never, Never, local]),
    ];
    for ((fate, reason, queued_after, answered, ended), verdicts) in table {
        assert!(reason.belongs_to(fate), "{reason:?} does not belong to {fate:?}");
        let record = queued(queued_after, contact(fate, reason, answered, ended));
        let found = COMPARISONS.each_ref().map(|definition| judge(definition, &record));
        assert_eq!(found, verdicts, "{record:?}");
    }
    for fate in Fate::ALL {
        for reason in REASONS.into_iter().filter(|reason| reason.belongs_to(fate)) {
            let is_there = table.iter().any(|row| (row.0.0, row.0.1) == (fate, reason));
            assert!(is_there, "{fate:?}, {reason:?} is not in the table");
        }
    }
}

/// A day on which callers hear five seconds of announcement before they wait.
fn a_day() -> Vec<ContactRecord> {
    let s = SECOND;
    let waits = |record| queued(Some(5 * s), record);
    let accepted = |after: u64| {
        waits(contact(Fate::Accepted, FateReason::TalkEnded, Some(after * s), (after + 120) * s))
    };
    let abandoned =
        |after: u64| waits(contact(Fate::Abandoned, FateReason::HungUp, None, after * s));
    let mut calls: Vec<ContactRecord> = [6, 10, 15, 20, 30, 33, 35, 50, 80].map(accepted).into();
    calls.extend([8, 20, 28, 90].map(abandoned));
    calls.extend([
        // Hung up during the announcement, on a line that calls only the first 3 s short.
        contact(Fate::Abandoned, FateReason::HungUp, None, 4 * s),
        contact(Fate::ShortAbandoned, FateReason::HungUp, None, 2 * s),
        waits(contact(Fate::Overflowed, FateReason::PartnerAnswered, Some(25 * s), 60 * s)),
        waits(contact(Fate::CalledBack, FateReason::CallbackReached, Some(900 * s), 960 * s)),
        waits(contact(Fate::Refused, FateReason::WaitedTooLong, None, 600 * s)),
        contact(Fate::Refused, FateReason::QueueFull, None, 0),
        contact(Fate::Closed, FateReason::OutsideHours, None, 0),
        contact(Fate::Closed, FateReason::OutsideHours, None, 0),
        contact(Fate::Local, FateReason::SwitchboardAnswered, Some(2 * s), 60 * s),
    ]);
    calls
}

#[test]
fn the_same_calls_have_seven_figures() {
    let calls = a_day();
    let level = |id| {
        let level = assess(by_id(id), &calls);
        (level.kept, level.counted)
    };
    let reached = Reachability::of(&calls.iter().collect::<Tally>());
    let figures = [
        // 9 accepted, 1 overflowed, 1 called back, 2 refused, 4 abandoned after 5 s and more.
        ("115-published", level("115-published"), (6, 17)),
        // The one after 4 s as well.
        ("centre-abandons-count", level("centre-abandons-count"), (6, 18)),
        // No abandon at all.
        ("centre-abandons-ignored", level("centre-abandons-ignored"), (6, 13)),
        // 9 answered; two of those whom we call late heard the announcement before.
        ("asterisk-1", level("asterisk-1"), (7, 9)),
        // The same, and: 3 abandons in time of 4, the overflowed in time, one sent away too late.
        ("asterisk-2", level("asterisk-2"), (11, 15)),
        // All but the local one.
        ("answered-of-offered", level("answered-of-offered"), (9, 21)),
        // Less 2 closed; the partner helped once.
        ("reachability", (reached.reached, reached.called), (10, 19)),
    ];
    for (id, found, expected) in figures {
        assert_eq!(found, expected, "{id}");
    }
    for (index, &(one, (kept, counted), _)) in figures.iter().enumerate() {
        for &(other, (also_kept, also_counted), _) in &figures[index + 1..] {
            assert_ne!(kept * also_counted, also_kept * counted, "{one} and {other} are the same");
        }
    }
}

#[test]
fn who_gives_up_early_improves_the_second_formula_of_asterisk_and_never_the_first() {
    let mut calls = a_day();
    let before = ["asterisk-1", "asterisk-2"].map(|id| assess(by_id(id), &calls).share());
    let left = contact(Fate::Abandoned, FateReason::HungUp, None, 20 * SECOND);
    calls.extend([queued(Some(5 * SECOND), left); 10]);
    let after = ["asterisk-1", "asterisk-2"].map(|id| assess(by_id(id), &calls).share());
    assert_eq!(after[0], before[0]);
    assert!(after[1] > before[1]);
}

#[test]
fn where_nobody_joined_a_queue_asterisk_has_no_figure() {
    let calls = [
        contact(Fate::Refused, FateReason::QueueFull, None, 0),
        contact(Fate::Closed, FateReason::OutsideHours, None, 0),
    ];
    for id in ["asterisk-1", "asterisk-2"] {
        let level = assess(by_id(id), &calls);
        assert_eq!((level.counted, level.share(), level.met()), (0, None, None), "{id}");
    }
    assert_eq!(assess(by_id("answered-of-offered"), &calls).share(), Some(0.0));
}

#[test]
fn a_name_means_one_definition_and_only_the_delivered_can_be_promised() {
    let all: Vec<Definition> = DEFINITIONS.into_iter().chain(COMPARISONS).collect();
    assert_eq!(all.len(), 6);
    for it in &all {
        assert_eq!(definition(it.id), Some(*it));
        assert_eq!(all.iter().filter(|other| other.id == it.id).count(), 1, "{}", it.id);
        assert_ne!(it.id, Reachability::ID);
    }
    let said = COMPARISONS.map(|it| (it.id, it.version, it.target_permille));
    assert_eq!(said, [("asterisk-1", 1, 0), ("asterisk-2", 1, 0), ("answered-of-offered", 1, 0)]);
    assert_eq!(by_id("answered-of-offered").within, Definition::ANY_TIME);
}

fn any_record() -> impl Strategy<Value = ContactRecord> {
    let pairs: Vec<(Fate, FateReason)> = Fate::ALL
        .into_iter()
        .flat_map(|fate| REASONS.map(|reason| (fate, reason)))
        .filter(|(fate, reason)| reason.belongs_to(*fate))
        .collect();
    let lengths = (0..90 * SECOND, 0..90 * SECOND, 0..90 * SECOND);
    let known = (any::<bool>(), any::<bool>());
    (prop::sample::select(pairs), lengths, known).prop_map(
        |((fate, reason), (entering, waiting, talking), (waits, answered))| {
            let answered = answered || fate == Fate::Accepted;
            let waits = waits || fate == Fate::Accepted;
            let left = entering + waiting;
            let record = contact(fate, reason, answered.then_some(left), left + talking);
            queued(waits.then_some(entering), record)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn never_is_more_kept_than_counted_and_parts_add_up(
        one in prop::collection::vec(any_record(), 0..40),
        other in prop::collection::vec(any_record(), 0..40),
    ) {
        let union = [one.clone(), other.clone()].concat();
        for definition in COMPARISONS {
            let (a, b, both) =
                (assess(definition, &one), assess(definition, &other), assess(definition, &union));
            prop_assert!(both.kept <= both.counted);
            prop_assert_eq!((both.kept, both.counted), (a.kept + b.kept, a.counted + b.counted));
            for (_, verdict) in both.contacts() {
                prop_assert!(!verdict.kept() || verdict.counts(), "{:?}", verdict);
            }
        }
    }

    #[test]
    fn comparisons_agree_with_the_tally(calls in prop::collection::vec(any_record(), 0..60)) {
        let tally: Tally = calls.iter().collect();
        let simplest = assess(by_id("answered-of-offered"), &calls);
        prop_assert_eq!((simplest.kept, simplest.counted), (tally.of(Fate::Accepted), tally.offered()));
        let (first, second) = (assess(by_id("asterisk-1"), &calls), assess(by_id("asterisk-2"), &calls));
        prop_assert_eq!(first.counted, tally.of(Fate::Accepted));
        // The second formula adds the abandoned to both sides.
        let added = (second.kept - first.kept, second.counted - first.counted);
        prop_assert!(added.0 <= added.1);
        prop_assert!(second.counted <= tally.offered());
    }

    #[test]
    fn a_longer_announcement_changes_nothing_for_asterisk(
        record in any_record(),
        longer in 0..60 * SECOND,
    ) {
        let later = |after: Micros| after + Micros(longer);
        let moved = ContactRecord {
            queued_after: record.queued_after.map(later),
            answered_after: record.answered_after.map(later),
            ended_after: later(record.ended_after),
            ..record
        };
        for definition in COMPARISONS {
            prop_assert_eq!(judge(&definition, &record), judge(&definition, &moved));
        }
    }
}
