// SPDX-License-Identifier: EUPL-1.2
//! Whoever is restored from what was saved goes on as if nothing had happened.

use crate::any_day::{AnyDay, any_centre_that_estimates, commands};
use crate::random_days::Day;
use centre::{Centre, Command, Note, Saved, Setup};
use stdx::Rng;

/// Days beside the second opinion, and days that estimate.
const DAYS: u64 = 60;
const EVENTS_A_DAY: usize = 1_500;
/// One restart in so many events.
const RESTART_EVERY: f64 = 1.0 / 12.0;

/// The centre as it is after a restart; it checks itself.
pub(crate) fn restarted(seed: u64, setup: &Setup, centre: &Centre) -> Centre {
    let saved = centre.save();
    let again = Centre::restore(setup.clone(), saved.clone());
    let again = again.unwrap_or_else(|why| panic!("seed {seed}: {why:?}"));
    again.audit();
    assert_eq!(again.save(), saved, "seed {seed}: what was restored is not what was saved");
    assert_eq!(again.deadline(), centre.deadline(), "seed {seed}");
    again
}

#[test]
fn who_is_restored_asks_for_the_same_as_who_went_on() {
    for seed in 1_000..1_000 + DAYS {
        let mut day = Day::new(seed);
        let mut rng = Rng::new(seed).split(2);
        for _ in 0..EVENTS_A_DAY {
            if rng.chance(RESTART_EVERY) {
                day.twin = restarted(seed, day.centre.setup(), &day.twin);
            }
            let [a, b, c, d, e, ..] = rng.next_u64().to_be_bytes();
            if let Err(difference) = day.step([a, b, c, d, e]) {
                panic!("seed {seed}: {difference}");
            }
            assert_eq!(day.centre.deadline(), day.twin.deadline(), "seed {seed}");
            assert_eq!(day.centre.save(), day.twin.save(), "seed {seed}");
        }
    }
}

#[test]
fn who_is_restored_tells_the_same_waits() {
    let mut told = 0;
    for seed in 0..DAYS {
        let setup = any_centre_that_estimates(seed);
        let mut centre = Centre::new(setup.clone()).expect("the drawn rules are lawful");
        let mut again = centre.clone();
        let mut day = AnyDay::new(seed);
        for _ in 0..EVENTS_A_DAY {
            if day.chance(RESTART_EVERY) {
                again = restarted(seed, &setup, &again);
            }
            let (now, event) = day.next(&centre, &centre.save());
            let asked = commands(&mut centre, now, event);
            assert_eq!(commands(&mut again, now, event), asked, "seed {seed}: {event:?}");
            assert_eq!(again.deadline(), centre.deadline(), "seed {seed}: {event:?}");
            assert_eq!(again.save(), centre.save(), "seed {seed}: {event:?}");
            for &contact in centre.save().contacts.keys().take(3) {
                assert_eq!(again.estimate(contact), centre.estimate(contact), "seed {seed}");
            }
            told += asked.iter().filter(|it| was_told(it)).count();
        }
        day.run_out(&mut again);
    }
    assert!(told > 1_000, "only {told} callers were told their wait");
}

fn was_told(command: &Command) -> bool {
    matches!(command, Command::Note(Note::Ended(record)) if record.told.is_some())
}

#[test]
fn a_centre_that_saw_nothing_is_one_that_was_never_saved() {
    let setup = any_centre_that_estimates(7);
    let centre = Centre::new(setup.clone()).expect("the drawn rules are lawful");
    let again = restarted(7, &setup, &centre);
    assert_eq!(format!("{centre:?}"), format!("{again:?}"));
}

#[test]
#[should_panic(expected = "commands of the last event were not fetched")]
fn nothing_is_saved_while_commands_wait_to_be_fetched() {
    let setup = any_centre_that_estimates(7);
    let mut centre = Centre::new(setup).expect("the drawn rules are lawful");
    let mut day = AnyDay::new(7);
    let nothing: Saved = centre.save();
    for _ in 0..100 {
        let (now, event) = day.next(&centre, &nothing);
        centre.handle(now, event);
        let _ = centre.save();
    }
}
