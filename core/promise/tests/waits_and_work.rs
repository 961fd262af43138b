// SPDX-License-Identifier: EUPL-1.2
//! How long callers waited, and how much of their time agents were with callers.

use promise::{ContactRecord, Fate, FateReason, Occupancy, Waits, WorkTime, waits};
use proptest::prelude::*;
use stdx::{ContactId, LineId, Micros, Timestamp};

fn waited(secs: Option<u64>) -> ContactRecord {
    let answered = secs.map(Micros::from_secs);
    ContactRecord {
        contact: ContactId(1),
        line: LineId(0),
        follows: None,
        set_up_at: Timestamp(0),
        queued_after: Some(Micros::ZERO),
        answered_after: answered,
        ended_after: answered.unwrap_or(Micros::from_secs(9)) + Micros::from_secs(60),
        team: None,
        told: None,
        fate: if secs.is_some() { Fate::Accepted } else { Fate::Abandoned },
        reason: if secs.is_some() { FateReason::TalkEnded } else { FateReason::HungUp },
    }
}

fn of(all: impl IntoIterator<Item = u64>) -> Option<[u64; 4]> {
    let records: Vec<ContactRecord> = all.into_iter().map(|secs| waited(Some(secs))).collect();
    let found = waits(&records);
    found.map(|Waits { median, p90, p95, max }| [median, p90, p95, max].map(Micros::as_secs))
}

#[test]
fn percentiles_are_the_wait_of_a_real_contact_by_nearest_rank() {
    assert_eq!(of([7]), Some([7, 7, 7, 7]));
    assert_eq!(of([20, 10]), Some([10, 20, 20, 20]));
    assert_eq!(of([3, 1, 2]), Some([2, 3, 3, 3]));
    assert_eq!(of(1..=10), Some([5, 9, 10, 10]));
    assert_eq!(of((1..=20).rev()), Some([10, 18, 19, 20]));
    assert_eq!(of(1..=100), Some([50, 90, 95, 100]));
    assert_eq!(of(1..=101), Some([51, 91, 96, 101]));
}

#[test]
fn who_was_not_answered_has_no_wait() {
    assert_eq!(waits(&[waited(None)]), None);
    assert_eq!(waits(&[]), None);
    let found = waits(&[waited(None), waited(Some(4)), waited(None)]);
    assert_eq!(found.map(|it| it.max), Some(Micros::from_secs(4)));
}

#[test]
fn occupancy_is_time_with_callers_in_the_time_there_for_callers() {
    let secs = Micros::from_secs;
    let time = WorkTime {
        ready: secs(400),
        offered: secs(10),
        talking: secs(450),
        wrap_up: secs(140),
        not_ready: secs(2_600),
    };
    let occupancy = Occupancy::of(&time);
    assert_eq!((occupancy.busy, occupancy.there), (secs(600), secs(1_000)));
    assert_eq!(occupancy.share(), Some(0.6), "pauses are in neither");
    assert_eq!(time.signed_on(), secs(3_600));
    assert_eq!(Occupancy::of(&WorkTime::default()).share(), None);
    let mut team = time;
    team.merge(&time);
    assert_eq!(Occupancy::of(&team).busy, secs(1_200));
    assert_eq!(team.signed_on(), secs(7_200));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn at_least_so_many_of_a_hundred_waited_no_longer_and_no_shorter_wait_would_do(
        all in prop::collection::vec(0..100u64, 1..150)
    ) {
        let Some([median, p90, p95, max]) = of(all.iter().copied()) else {
            panic!("somebody was answered")
        };
        for (percent, wait) in [(50, median), (90, p90), (95, p95), (100, max)] {
            let no_longer = all.iter().filter(|&&secs| secs <= wait).count();
            let shorter = all.iter().filter(|&&secs| secs < wait).count();
            prop_assert!(no_longer * 100 >= percent * all.len());
            prop_assert!(shorter * 100 < percent * all.len());
            prop_assert!(all.contains(&wait));
        }
    }
}
