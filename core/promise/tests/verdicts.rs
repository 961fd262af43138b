// SPDX-License-Identifier: EUPL-1.2
//! What every kind of contact means for every delivered definition, as a table and in sums.

mod contacts;

use contacts::{REASONS, SECOND, contact};
use promise::{
    Assessment, ContactRecord, DEFINITIONS, Definition, Fate, FateReason, Tally, Verdict, assess,
    definition, judge,
};
use proptest::prelude::*;
use stdx::{ContactId, Micros};

fn accepted(after_secs: u64) -> ContactRecord {
    let answered = after_secs * SECOND;
    contact(Fate::Accepted, FateReason::TalkEnded, Some(answered), answered + 120 * SECOND)
}

fn abandoned(after_secs: u64) -> ContactRecord {
    contact(Fate::Abandoned, FateReason::HungUp, None, after_secs * SECOND)
}

fn short_abandoned(after_secs: u64) -> ContactRecord {
    contact(Fate::ShortAbandoned, FateReason::HungUp, None, after_secs * SECOND)
}

fn by_id(id: &str) -> Definition {
    definition(id).expect("a delivered definition")
}

#[test]
fn each_kind_of_contact_counts_for_each_definition_as_the_table_says() {
    use Fate::*;
    use FateReason::*;
    use Verdict::{AnsweredInTime as InTime, AnsweredLate as Late, NotAnsweredAtOnce as NotAtOnce};
    let (lost, short) = (Verdict::Abandoned, Verdict::OutShortAbandoned);
    let (left_out, refused) = (Verdict::OutAbandoned, Verdict::Refused);
    let (closed, local) = (Verdict::OutClosed, Verdict::OutLocal);
    let s = SECOND;
    // Fate, reason, answered and ended after (µs) | 115 published, abandons count, abandons ignored.
    let table = [
        ((Accepted, TalkEnded, Some(0), 60 * s), [InTime, InTime, InTime]),
        ((Accepted, TalkEnded, Some(30 * s), 60 * s), [InTime, InTime, InTime]),
        ((Accepted, TalkEnded, Some(30 * s + 1), 60 * s), [Late, Late, Late]),
        ((Accepted, TalkCutOff, Some(10 * s), 11 * s), [InTime, InTime, InTime]),
        ((Accepted, TalkCutOff, Some(40 * s), 41 * s), [Late, Late, Late]),
        ((Abandoned, HungUp, None, 40 * s), [lost, lost, left_out]),
        ((Abandoned, HungUp, None, 5 * s), [lost, lost, left_out]),
        // The line's threshold was shorter than the published one.
        ((Abandoned, HungUp, None, 5 * s - 1), [short, lost, left_out]),
        // The line's threshold was longer than the published one.
        ((ShortAbandoned, HungUp, None, 8 * s), [lost, short, short]),
        ((ShortAbandoned, HungUp, None, 5 * s), [lost, short, short]),
        ((ShortAbandoned, HungUp, None, 5 * s - 1), [short, short, short]),
        ((Abandoned, CutOff, None, 40 * s), [lost, lost, left_out]),
        ((Abandoned, CutOff, None, 2 * s), [short, lost, left_out]),
        ((Abandoned, CallbackExpired, None, 7_200 * s), [NotAtOnce, NotAtOnce, NotAtOnce]),
        ((Abandoned, CalledAgain, None, 300 * s), [NotAtOnce, NotAtOnce, NotAtOnce]),
        ((Abandoned, LeftInformed, None, 40 * s), [lost, lost, left_out]),
        ((Abandoned, LeftInformed, None, 4 * s), [short, lost, left_out]),
        ((Overflowed, PartnerAnswered, Some(20 * s), 90 * s), [InTime, InTime, InTime]),
        ((Overflowed, PartnerAnswered, Some(50 * s), 90 * s), [Late, Late, Late]),
        ((Overflowed, DeflectedUnproved, None, 20 * s), [NotAtOnce, NotAtOnce, NotAtOnce]),
        ((CalledBack, CallbackReached, Some(10 * s), 90 * s), [NotAtOnce, NotAtOnce, NotAtOnce]),
        ((CalledBack, CallbackReached, None, 900 * s), [NotAtOnce, NotAtOnce, NotAtOnce]),
        ((Closed, OutsideHours, None, 0), [closed, closed, closed]),
        ((Closed, TimetableEnded, None, 0), [closed, closed, closed]),
        ((Closed, AnnouncementOnly, None, 0), [closed, closed, closed]),
        ((Closed, ClosedByAct, None, 0), [closed, closed, closed]),
        ((Closed, PlanRunsNot, None, 0), [closed, closed, closed]),
        ((Refused, QueueFull, None, 0), [refused, refused, refused]),
        ((Refused, CentreFull, None, 0), [refused, refused, refused]),
        ((Refused, WaitedTooLong, None, 600 * s), [refused, refused, refused]),
        ((Refused, NobodyLeft, None, 200 * s), [refused, refused, refused]),
        ((Refused, NoChannel, None, 0), [refused, refused, refused]),
        ((Refused, RefusedByCarrier, None, 0), [refused, refused, refused]),
        ((Refused, RefusedAtDoor, None, 0), [refused, refused, refused]),
        ((Local, SwitchboardAnswered, Some(3 * s), 60 * s), [local, local, local]),
        ((Local, LeftSwitchboard, None, 12 * s), [local, local, local]),
    ];
    for ((fate, reason, answered, ended), verdicts) in table {
        let record = contact(fate, reason, answered, ended);
        let found = DEFINITIONS.each_ref().map(|definition| judge(definition, &record));
        assert_eq!(found, verdicts, "{record:?}");
    }
    for reason in REASONS {
        assert!(table.iter().any(|row| row.0.1 == reason), "{reason:?} is not in the table");
    }
}

#[test]
fn the_three_formulas_give_three_percentages_for_the_same_calls() {
    let calls = [
        accepted(5),
        accepted(12),
        accepted(30),
        accepted(29),
        accepted(31),
        accepted(95),
        abandoned(60),
        abandoned(20),
        // Hung up after 4 s on a line that calls only the first 3 s short.
        abandoned(4),
        short_abandoned(2),
        contact(Fate::Closed, FateReason::OutsideHours, None, 0),
        contact(Fate::Local, FateReason::SwitchboardAnswered, Some(0), 60 * SECOND),
    ];
    let level = |id| {
        let assessment = assess(by_id(id), &calls);
        (assessment.kept, assessment.counted)
    };
    // 115: the one after 4 s is short by the published 5 s: 6 answered + 2 abandoned.
    assert_eq!(level("115-published"), (4, 8), "50 %");
    // By the line's own threshold it is an abandon: 6 answered + 3 abandoned.
    assert_eq!(level("centre-abandons-count"), (4, 9), "44.4 %");
    // Only the answered.
    assert_eq!(level("centre-abandons-ignored"), (4, 6), "66.7 %");
}

#[test]
fn three_of_four_and_seventy_five_of_a_hundred_meet_seventy_five_percent() {
    let definition = by_id("115-published");
    let met = |kept, counted| Assessment { definition, kept, counted, records: &[] }.met();
    assert_eq!(met(3, 4), Some(true));
    assert_eq!(met(75, 100), Some(true));
    assert_eq!(met(74, 100), Some(false));
    assert_eq!(met(749_999_999, 1_000_000_000), Some(false), "no rounding upwards");
    assert_eq!(met(750_000_000, 1_000_000_000), Some(true));
    assert_eq!(met(2, 3), Some(false));
    assert_eq!(met(u64::MAX, u64::MAX), Some(true));
    assert_eq!(met(0, 0), None, "nothing counts, nothing is promised");
    assert_eq!(Assessment { definition, kept: 0, counted: 0, records: &[] }.share(), None);
    assert_eq!(Assessment { definition, kept: 3, counted: 4, records: &[] }.share(), Some(0.75));
}

#[test]
fn four_of_five_meet_eighty_percent_and_a_target_of_nothing_is_always_met() {
    let definition = by_id("centre-abandons-count");
    let met = |kept, counted| Assessment { definition, kept, counted, records: &[] }.met();
    assert_eq!(
        (met(4, 5), met(799, 1_000), met(800, 1_000)),
        (Some(true), Some(false), Some(true))
    );
    let modest = Definition { target_permille: 0, ..definition };
    assert_eq!(
        Assessment { definition: modest, kept: 0, counted: 1, records: &[] }.met(),
        Some(true)
    );
}

#[test]
fn delivered_definitions_have_distinct_names_and_say_what_was_published() {
    let said = DEFINITIONS.map(|it| (it.id, it.version, it.within.as_secs(), it.target_permille));
    assert_eq!(
        said,
        [
            ("115-published", 1, 30, 750),
            ("centre-abandons-count", 1, 30, 800),
            ("centre-abandons-ignored", 1, 30, 800),
        ]
    );
    assert_eq!(by_id("115-published").short_abandon, Micros::from_secs(5));
    assert_eq!(definition("115"), None);
}

#[test]
fn every_reason_belongs_to_a_fate_and_every_fate_has_a_reason() {
    for reason in REASONS {
        let fates: Vec<Fate> =
            Fate::ALL.into_iter().filter(|&fate| reason.belongs_to(fate)).collect();
        // Hanging up is one reason; the line's threshold decides between two fates.
        let expected = if reason == FateReason::HungUp { 2 } else { 1 };
        assert_eq!(fates.len(), expected, "{reason:?}: {fates:?}");
    }
    for fate in Fate::ALL {
        assert!(REASONS.iter().any(|reason| reason.belongs_to(fate)), "{fate:?}");
    }
}

#[test]
fn fates_have_the_names_of_the_reports_in_their_order() {
    let keys = Fate::ALL.map(Fate::key);
    let names = [
        "accepted",
        "abandoned",
        "short_abandoned",
        "overflowed",
        "called_back",
        "closed",
        "refused",
        "local",
    ];
    assert_eq!(keys, names);
    assert!(Fate::ALL.into_iter().filter(|fate| !fate.is_offered()).eq([Fate::Local]));
}

#[test]
fn in_time_are_those_accepted_within_thirty_seconds_whatever_a_promise_says() {
    let exactly = contact(Fate::Accepted, FateReason::TalkEnded, Some(30 * SECOND), 60 * SECOND);
    let late = contact(Fate::Accepted, FateReason::TalkEnded, Some(30 * SECOND + 1), 60 * SECOND);
    let partner = contact(Fate::Overflowed, FateReason::PartnerAnswered, Some(SECOND), 60 * SECOND);
    let local = contact(Fate::Local, FateReason::SwitchboardAnswered, Some(SECOND), 60 * SECOND);
    let tally: Tally = [exactly, late, partner, local].iter().collect();
    assert_eq!(tally.accepted_in_time(), 1);
    assert_eq!((tally.of(Fate::Accepted), tally.offered()), (2, 3));
}

#[test]
fn an_explanation_names_every_contact_with_its_verdict() {
    let mut calls = [accepted(5), abandoned(4), abandoned(60)];
    for (call, id) in calls.iter_mut().zip(7..) {
        call.contact = ContactId(id);
    }
    let explained: Vec<(ContactId, Verdict)> =
        assess(by_id("115-published"), &calls).contacts().collect();
    let expected = [
        (ContactId(7), Verdict::AnsweredInTime),
        (ContactId(8), Verdict::OutShortAbandoned),
        (ContactId(9), Verdict::Abandoned),
    ];
    assert_eq!(explained, expected);
}

fn any_record() -> impl Strategy<Value = ContactRecord> {
    let reason = prop::sample::select(REASONS.to_vec());
    let answered = prop_oneof![Just(30 * SECOND), Just(30 * SECOND + 1), 0..90 * SECOND,];
    let ended = prop_oneof![Just(5 * SECOND), Just(5 * SECOND - 1), 0..90 * SECOND];
    (reason, answered, ended, any::<bool>()).prop_map(|(reason, answered, ended, first)| {
        let mut fates = Fate::ALL.into_iter().filter(|&fate| reason.belongs_to(fate));
        let fate = if first { fates.next() } else { fates.next_back() };
        let fate = fate.expect("every reason belongs to a fate");
        let is_answered =
            matches!(fate, Fate::Accepted | Fate::Local) || reason == FateReason::PartnerAnswered;
        contact(fate, reason, is_answered.then_some(answered), ended)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn a_level_over_two_lines_is_the_sum_of_the_parts(
        one in prop::collection::vec(any_record(), 0..40),
        other in prop::collection::vec(any_record(), 0..40),
    ) {
        for definition in DEFINITIONS {
            let (a, b) = (assess(definition, &one), assess(definition, &other));
            let union = [one.clone(), other.clone()].concat();
            let both = assess(definition, &union);
            prop_assert_eq!((both.kept, both.counted), (a.kept + b.kept, a.counted + b.counted));
            prop_assert!(both.kept <= both.counted);
            let verdicts: Vec<Verdict> = assess(definition, &one).contacts().map(|(_, it)| it).collect();
            prop_assert_eq!(verdicts.iter().filter(|it| it.counts()).count() as u64, a.counted);
            prop_assert_eq!(verdicts.iter().filter(|it| it.kept()).count() as u64, a.kept);
        }
    }

    #[test]
    fn a_tally_counts_every_contact_once(
        one in prop::collection::vec(any_record(), 0..40),
        other in prop::collection::vec(any_record(), 0..40),
    ) {
        let both: Tally = one.iter().chain(&other).collect();
        let mut merged: Tally = one.iter().collect();
        merged.merge(&other.iter().collect());
        prop_assert_eq!(merged, both);
        let by_hand = |fate| one.iter().chain(&other).filter(|it| it.fate == fate).count() as u64;
        for fate in Fate::ALL {
            prop_assert_eq!(both.of(fate), by_hand(fate));
        }
        prop_assert_eq!(both.offered() + both.of(Fate::Local), (one.len() + other.len()) as u64);
        prop_assert!(both.accepted_in_time() <= both.of(Fate::Accepted));
    }

    #[test]
    fn who_is_kept_was_answered_within_the_time(record in any_record()) {
        for definition in DEFINITIONS {
            let verdict = judge(&definition, &record);
            prop_assert!(!verdict.kept() || verdict.counts());
            if verdict.kept() {
                prop_assert!(record.answered_after.is_some_and(|after| after <= definition.within));
            }
            if record.fate == Fate::Local || record.fate == Fate::Closed {
                prop_assert!(!verdict.counts());
            }
        }
    }
}
