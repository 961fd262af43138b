// SPDX-License-Identifier: EUPL-1.2
//! What is forgotten when.

use privacy::{Purpose, Retention, due, due_before};
use proptest::prelude::*;
use stdx::Day;

fn kept(days: std::ops::RangeInclusive<i32>) -> impl Iterator<Item = (Day, Purpose)> {
    days.flat_map(|day| Purpose::ALL.map(|purpose| (Day(day), purpose)))
}

#[test]
fn each_kind_goes_after_its_own_days() {
    let retention = Retention { tokens: 0, numbers: 30, seats: 3, notes: 10, cases: 20 };
    let due = due(Day(100), &retention, kept(69..=101));
    let oldest_left = |purpose| (69..=101).find(|&day| !due.contains(&(Day(day), purpose)));
    assert_eq!(
        Purpose::ALL.map(oldest_left),
        [Some(100), Some(70), Some(97), Some(99), Some(90), Some(80)]
    );
}

proptest! {
    #[test]
    fn what_is_in_use_is_never_due(
        (today, ahead) in (-40_000..40_000_i32, 0..3_i32),
        days in prop::array::uniform5(0..400_u16),
        before in -50_000..50_000_i32,
    ) {
        let [tokens, numbers, seats, notes, cases] = days;
        let retention = Retention { tokens, numbers, seats, notes, cases };
        let all = || kept(today - 500..=today + ahead);
        let day_is_over = |&(day, _): &(Day, Purpose)| day < Day(today);
        let by_time = due(Day(today), &retention, all());
        prop_assert!(by_time.iter().all(day_is_over));
        prop_assert!(due_before(Day(before), Day(today), all()).iter().all(day_is_over));
        // A day later everything that was due is due still.
        let later = due(Day(today + 1), &retention, all());
        prop_assert!(by_time.iter().all(|it| later.contains(it)));
    }

    #[test]
    fn a_key_is_due_on_the_day_after_its_last(
        today in -40_000..40_000_i32,
        days in prop::array::uniform5(0..400_u16),
    ) {
        let [tokens, numbers, seats, notes, cases] = days;
        let retention = Retention { tokens, numbers, seats, notes, cases };
        for purpose in Purpose::ALL {
            let last = today + i32::from(retention.days(purpose));
            let is_due = |on| !due(Day(on), &retention, [(Day(today), purpose)].into_iter()).is_empty();
            prop_assert!(!is_due(last) && is_due(last + 1));
        }
    }
}
