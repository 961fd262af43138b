// SPDX-License-Identifier: EUPL-1.2
//! Why it is closed, said exactly, and never against the timetable.

use crate::common::{WINSEN, closure, expanded, time, utc};
use calendar::Opening;
use hours::{ClosedBecause, Closure, Expansion, Explained, Zone};
use stdx::{Micros, Rng, Timestamp};

fn closures() -> Vec<Closure> {
    vec![
        closure("2014-12-24T12:00", "2014-12-25T00:00", "Heiligabend"),
        closure("2014-10-08T12:00", "2014-10-08T14:00", "Personalversammlung"),
        closure("2014-10-03T00:00", "2014-10-04T00:00", "Brückentag"),
        closure("2014-10-12T00:00", "2014-10-13T00:00", "Wartung"),
    ]
}

fn year(expression: &str) -> Expansion {
    expanded(expression, &closures(), "2014-01-01", "2014-12-31")
}

/// Reason and next change in a few words.
fn said(hours: &Expansion, at: &str) -> String {
    let explanation = hours.explain(time(at));
    let next = explanation.next_change.map_or("never".into(), |at| Zone::berlin().format(at));
    let state = match explanation.state {
        Explained::Open => "open".into(),
        Explained::Closed(ClosedBecause::Holiday(holiday)) => holiday.name_de.to_owned(),
        Explained::Closed(ClosedBecause::Closure(reason)) => reason,
        Explained::Closed(ClosedBecause::OutsideHours) => "outside hours".into(),
        Explained::BeyondHorizon => "beyond horizon".into(),
    };
    format!("{state} until {next}")
}

#[test]
fn the_reason_is_exact() {
    let winsen = year(WINSEN);
    let says = |at, text: &str| assert_eq!(said(&winsen, at), text, "{at}");
    says("2014-10-02T10:00", "open until 2014-10-02 18:00");
    says("2014-10-03T10:00", "Tag der Deutschen Einheit until 2014-10-06 07:00");
    // In the evening of a holiday that would have been a working day.
    says("2014-10-03T20:00", "Tag der Deutschen Einheit until 2014-10-06 07:00");
    // After midnight the holiday is over.
    says("2014-10-04T00:00", "outside hours until 2014-10-06 07:00");
    // Easter Sunday is no holiday, Saturday no working day.
    says("2014-04-20T10:00", "outside hours until 2014-04-22 07:00");
    says("2014-04-21T10:00", "Ostermontag until 2014-04-22 07:00");
    says("2014-12-24T11:59", "open until 2014-12-24 12:00");
    says("2014-12-24T12:05", "Heiligabend until 2014-12-29 07:00");
    says("2014-12-24T20:00", "Heiligabend until 2014-12-29 07:00");
    says("2014-10-08T13:59", "Personalversammlung until 2014-10-08 14:00");
    says("2014-10-08T14:00", "open until 2014-10-08 18:00");
    // A Sunday with a closure: nothing would have opened.
    says("2014-10-12T10:00", "outside hours until 2014-10-13 07:00");
    says("2014-12-31T18:00", "outside hours until never");
    says("2015-01-01T10:00", "beyond horizon until never");
    says("2013-12-31T23:59", "beyond horizon until never");
}

#[test]
fn what_never_closes_has_no_next_change() {
    let always = expanded("24/7", &[], "2014-01-01", "2020-12-31");
    assert_eq!(said(&always, "2015-06-02T12:05"), "open until never");
    let closed_once = expanded(
        "24/7",
        &[closure("2014-10-12T00:00", "2014-10-13T00:00", "Wartung")],
        "2014-01-01",
        "2020-12-31",
    );
    assert_eq!(said(&closed_once, "2014-06-02T12:05"), "open until 2014-10-12 00:00");
    assert_eq!(said(&closed_once, "2014-10-13T00:00"), "open until never");
}

#[test]
fn holidays_that_a_later_rule_overrides_do_not_matter() {
    let dates = |text| expanded(text, &[], "2014-01-01", "2015-12-31");
    assert!(dates("Mo-Fr 08:00-18:00; PH off").holidays_matter());
    assert!(!dates("PH off; Mo-Fr 08:00-18:00").holidays_matter());
    assert!(!dates("Mo-Fr 08:00-18:00").holidays_matter());
    let last = |text| crate::common::rules(text).with_holidays_last();
    assert_eq!(last("Mo-Fr 08:00-18:00; PH off"), None);
    assert_eq!(last("Mo-Fr,PH 08:00-18:00; Sa off"), None);
    assert!(last("PH off; Mo-Fr 08:00-18:00").is_some());
}

#[test]
fn a_holiday_without_a_rule_is_no_reason() {
    let hours = expanded("Mo-Fr 08:00-18:00", &[], "2014-01-01", "2014-12-31");
    assert_eq!(said(&hours, "2014-10-03T10:00"), "open until 2014-10-03 18:00");
    assert_eq!(said(&hours, "2014-10-03T20:00"), "outside hours until 2014-10-06 08:00");
    // 26 December 2021 is a Sunday: the holiday takes nothing away.
    let sunday = expanded(WINSEN, &[], "2021-12-01", "2021-12-31");
    assert_eq!(said(&sunday, "2021-12-26T10:00"), "outside hours until 2021-12-27 07:00");
}

#[test]
fn shorter_hours_on_a_holiday() {
    let hours = expanded("Mo-Fr 08:00-18:00; PH 10:00-12:00", &[], "2014-01-01", "2014-12-31");
    assert_eq!(
        said(&hours, "2014-10-03T09:00"),
        "Tag der Deutschen Einheit until 2014-10-03 10:00"
    );
    assert_eq!(said(&hours, "2014-10-03T11:00"), "open until 2014-10-03 12:00");
    let eve = expanded("Mo-Fr 08:00-18:00; PH -1 day 08:00-12:00", &[], "2014-01-01", "2014-12-31");
    assert_eq!(said(&eve, "2014-10-02T15:00"), "Tag der Deutschen Einheit until 2014-10-03 08:00");
}

#[test]
fn nights_around_a_holiday() {
    let hours = expanded("Mo-Su 22:00-02:00; PH off", &[], "2014-01-01", "2014-12-31");
    assert_eq!(said(&hours, "2014-10-02T23:00"), "open until 2014-10-03 00:00");
    assert_eq!(
        said(&hours, "2014-10-03T01:00"),
        "Tag der Deutschen Einheit until 2014-10-04 22:00"
    );
    assert_eq!(
        said(&hours, "2014-10-04T01:00"),
        "Tag der Deutschen Einheit until 2014-10-04 22:00"
    );
    assert_eq!(said(&hours, "2014-10-04T03:00"), "outside hours until 2014-10-04 22:00");
    assert_eq!(said(&hours, "2014-10-05T03:00"), "outside hours until 2014-10-05 22:00");
}

#[test]
fn the_second_pass_of_the_doubled_hour_has_a_moment_of_its_own() {
    let hours = expanded("Su 02:00-02:30", &[], "2014-10-01", "2014-10-31");
    assert!(hours.explain(time("2014-10-26T02:15")).is_open());
    assert!(hours.explain_at(utc("2014-10-26T00:15Z")).is_open());
    assert!(!hours.explain_at(utc("2014-10-26T01:15Z")).is_open());
}

/// 20,000 moments over four kinds of hours: what is explained is what the timetable says.
#[test]
fn explanations_agree_with_the_timetable() {
    let kinds = [
        WINSEN,
        "Mo-Su 22:00-02:00; PH off; Dec 24 off",
        "Mo-Fr 08:00-12:00,13:00-18:00; PH 10:00-11:00; Sa[1] 01:00-05:00",
        "24/7; PH -1 day 02:15-02:45 off",
    ];
    let mut rng = Rng::new(0x5eed_0005);
    for kind in kinds {
        let hours = year(kind);
        let horizon = hours.timetable.horizon();
        let length = horizon.until.since(horizon.from).0;
        for _ in 0..5_000 {
            let at = random_moment(&mut rng, &hours, horizon.from, length);
            let explained = hours.explain_at(at);
            assert_eq!(explained.is_open(), hours.timetable.is_open(at), "{kind} {at:?}");
            let next = match hours.timetable.at(at) {
                // The horizon's end is no closing.
                Opening::Open { until } => Some(until).filter(|until| *until < horizon.until),
                Opening::Closed { opens } => opens,
                Opening::BeyondHorizon => None,
            };
            assert_eq!(explained.next_change, next, "{kind} {at:?}");
            let local = hours.explain(Zone::berlin().local(at));
            if Zone::berlin().timestamp(Zone::berlin().local(at)) == at {
                assert_eq!(local, explained);
            }
        }
    }
}

/// Anywhere from a day before to a day after the horizon, half of the time right at an edge.
fn random_moment(rng: &mut Rng, hours: &Expansion, from: Timestamp, length: u64) -> Timestamp {
    let day = 24 * 3_600_000_000;
    let open = hours.timetable.intervals();
    if rng.chance(0.5) {
        let interval = open[rng.below(open.len() as u64) as usize];
        let edge = if rng.chance(0.5) { interval.from } else { interval.until };
        edge + Micros(rng.below(3)) - Micros(1)
    } else {
        from - Micros(day) + Micros(rng.below(length + 2 * day))
    }
}
