// SPDX-License-Identifier: EUPL-1.2
//! Rules, holidays and closures as explicit intervals.

use crate::common::{
    WINSEN, closure, dates, expanded, hours_open, local_openings, openings, rules,
};
use hours::{CLOSURES_MAX, ExpandError, State, Zone, expand};

#[test]
fn a_week_in_october_with_a_holiday() {
    let week = expanded(WINSEN, &[], "2014-09-29", "2014-10-05");
    assert_eq!(
        local_openings(&week),
        [
            "09-29 07:00 to 09-29 18:00",
            "09-30 07:00 to 09-30 18:00",
            "10-01 07:00 to 10-01 18:00",
            "10-02 07:00 to 10-02 18:00",
        ]
    );
}

#[test]
fn seven_is_seven_in_both_seasons() {
    let winter = expanded(WINSEN, &[], "2014-01-15", "2014-01-15");
    assert_eq!(openings(&winter), ["01-15 06:00 to 01-15 17:00"]);
    let summer = expanded(WINSEN, &[], "2014-07-15", "2014-07-15");
    assert_eq!(openings(&summer), ["07-15 05:00 to 07-15 16:00"]);
}

#[test]
fn the_long_and_the_short_day() {
    for always in ["24/7", "Sa-Su 00:00-24:00", "00:00-24:00"] {
        assert_eq!(hours_open(&expanded(always, &[], "2014-03-30", "2014-03-30")), 23.0);
        assert_eq!(hours_open(&expanded(always, &[], "2014-10-26", "2014-10-26")), 25.0);
        assert_eq!(hours_open(&expanded(always, &[], "2014-10-25", "2014-10-25")), 24.0);
    }
    assert_eq!(hours_open(&expanded("24/7", &[], "2014-01-01", "2014-12-31")), 365.0 * 24.0);
}

/// 02:30 does not exist on 30 March 2014: an edge there moves to the jump, 01:00 UTC.
#[test]
fn edges_in_the_skipped_hour() {
    let spring = |times: &str| openings(&expanded(times, &[], "2014-03-30", "2014-03-30"));
    assert_eq!(spring("02:30-04:00"), ["03-30 01:00 to 03-30 02:00"]);
    assert_eq!(spring("01:00-02:30"), ["03-30 00:00 to 03-30 01:00"]);
    assert_eq!(spring("01:00-04:00"), ["03-30 00:00 to 03-30 02:00"]);
    assert_eq!(spring("02:00-02:30,02:40-02:50"), [""; 0]);
    assert_eq!(spring("01:00-02:15,02:45-04:00"), ["03-30 00:00 to 03-30 02:00"]);
}

/// 02:30 comes twice on 26 October 2014: its first pass is meant, and nothing opens twice.
#[test]
fn edges_in_the_doubled_hour() {
    let autumn = |times: &str| openings(&expanded(times, &[], "2014-10-26", "2014-10-26"));
    assert_eq!(autumn("02:30-04:00"), ["10-26 00:30 to 10-26 03:00"]);
    assert_eq!(autumn("01:00-02:30"), ["10-25 23:00 to 10-26 00:30"]);
    assert_eq!(autumn("02:00-03:00"), ["10-26 00:00 to 10-26 02:00"]);
    assert_eq!(
        autumn("02:00-02:15,02:30-02:45"),
        ["10-26 00:00 to 10-26 00:15", "10-26 00:30 to 10-26 00:45"]
    );
}

#[test]
fn a_night_belongs_to_the_evening_it_begins_on() {
    let night = |rules| local_openings(&expanded(rules, &[], "2014-10-03", "2014-10-05"));
    assert_eq!(night("Fr 22:00-02:00"), ["10-03 22:00 to 10-04 02:00"]);
    assert_eq!(night("Fr 22:00-26:00"), ["10-03 22:00 to 10-04 02:00"]);
    assert_eq!(
        night("Fr 22:00-02:00; Sa 10:00-12:00"),
        ["10-03 22:00 to 10-04 02:00", "10-04 10:00 to 10-04 12:00"]
    );
    assert_eq!(
        night("Sa 10:00-12:00; Fr 22:00-02:00"),
        ["10-03 22:00 to 10-04 02:00", "10-04 10:00 to 10-04 12:00"]
    );
    // What the horizon begins in the middle of.
    assert_eq!(night("Th 22:00-02:00"), ["10-03 00:00 to 10-03 02:00"]);
    // And what it ends in the middle of.
    assert_eq!(night("Su 22:00-02:00"), ["10-05 22:00 to 10-06 00:00"]);
    // A replaced evening takes its night with it.
    assert_eq!(
        night("Mo-Su 22:00-02:00; Fr 08:00-12:00"),
        [
            "10-03 00:00 to 10-03 02:00",
            "10-03 08:00 to 10-03 12:00",
            "10-04 22:00 to 10-05 02:00",
            "10-05 22:00 to 10-06 00:00"
        ]
    );
}

#[test]
fn a_holiday_closes_its_calendar_day_and_the_night_that_begins_on_it() {
    let nights = expanded("Mo-Su 22:00-02:00; PH off", &[], "2014-10-02", "2014-10-05");
    assert_eq!(
        local_openings(&nights),
        [
            "10-02 00:00 to 10-02 02:00",
            "10-02 22:00 to 10-03 00:00",
            "10-04 22:00 to 10-05 02:00",
            "10-05 22:00 to 10-06 00:00"
        ]
    );
}

#[test]
fn closed_times_reach_over_midnight() {
    let shut = expanded("24/7; Fr 22:00-02:00 off", &[], "2014-10-03", "2014-10-04");
    assert_eq!(local_openings(&shut), ["10-03 00:00 to 10-03 22:00", "10-04 02:00 to 10-05 00:00"]);
    // A comma and a space before times alone: more times of the same rule.
    let split = expanded("Fr 08:00-12:00, 13:00-18:00, PH off", &[], "2014-10-03", "2014-10-10");
    assert_eq!(
        local_openings(&split),
        ["10-10 08:00 to 10-10 12:00", "10-10 13:00 to 10-10 18:00"]
    );
    let lunch = expanded("Fr 08:00-18:00; 12:00-13:00 off", &[], "2014-10-10", "2014-10-10");
    assert_eq!(
        local_openings(&lunch),
        ["10-10 08:00 to 10-10 12:00", "10-10 13:00 to 10-10 18:00"]
    );
}

#[test]
fn holidays_are_those_of_the_land() {
    let rules = rules("Mo-Fr 08:00-12:00; PH off");
    let on = |state: State, day: &str| {
        let hours = expand(&rules, state, &[], dates(day, day), &Zone::berlin()).unwrap();
        !hours.timetable.intervals().is_empty()
    };
    // A Friday, a Tuesday, a Wednesday.
    assert!(on(State::LowerSaxony, "2014-10-31") && !on(State::SaxonyAnhalt, "2014-10-31"));
    assert!(!on(State::LowerSaxony, "2017-10-31") && !on(State::Bavaria, "2017-10-31"));
    assert!(!on(State::LowerSaxony, "2018-10-31") && on(State::Bavaria, "2018-10-31"));
    assert!(on(State::LowerSaxony, "2014-12-24") && on(State::LowerSaxony, "2014-12-31"));
}

#[test]
fn holidays_may_have_hours_of_their_own() {
    let hours = |rules, day| local_openings(&expanded(rules, &[], day, day));
    let rules = "Mo-Fr 08:00-18:00; PH 10:00-12:00";
    assert_eq!(hours(rules, "2014-10-03"), ["10-03 10:00 to 10-03 12:00"]);
    assert_eq!(
        hours("Mo-Fr 08:00-18:00; PH -1 day 08:00-12:00", "2014-10-02"),
        ["10-02 08:00 to 10-02 12:00"]
    );
    assert_eq!(hours("PH off; Mo-Fr 08:00-18:00", "2014-10-03"), ["10-03 08:00 to 10-03 18:00"]);
}

#[test]
fn closures_cut_and_do_not_extend() {
    let closures = [
        closure("2014-10-08T12:00", "2014-10-08T14:00", "Personalversammlung"),
        closure("2014-10-08T13:00", "2014-10-08T15:00", "Umzug"),
        closure("2014-10-06T00:00", "2014-10-07T08:00", "Netzumstellung"),
        closure("2014-10-09T20:00", "2014-10-09T21:00", "ohnehin zu"),
        closure("2013-01-01T00:00", "2013-02-01T00:00", "lange her"),
        closure("2014-10-10T14:00", "2099-01-01T00:00", "Auflösung"),
    ];
    assert_eq!(
        local_openings(&expanded(WINSEN, &closures, "2014-10-06", "2014-10-17")),
        [
            "10-07 08:00 to 10-07 18:00",
            "10-08 07:00 to 10-08 12:00",
            "10-08 15:00 to 10-08 18:00",
            "10-09 07:00 to 10-09 18:00",
            "10-10 07:00 to 10-10 14:00",
        ]
    );
}

#[test]
fn impossible_closures_are_refused() {
    let with = |closures: &[_]| {
        let horizon = dates("2014-01-01", "2014-12-31");
        expand(&rules(WINSEN), State::LowerSaxony, closures, horizon, &Zone::berlin())
    };
    let good = closure("2014-10-08T12:00", "2014-10-08T14:00", "");
    let empty = closure("2014-10-08T12:00", "2014-10-08T12:00", "");
    assert_eq!(with(&[good.clone(), empty]), Err(ExpandError::ReversedClosure(1)));
    let many = vec![good; CLOSURES_MAX + 1];
    assert_eq!(with(&many), Err(ExpandError::TooManyClosures(CLOSURES_MAX + 1)));
    // It lies in the hour that spring skips: no time at all.
    let nothing = closure("2014-03-30T02:10", "2014-03-30T02:50", "");
    assert_eq!(with(&[nothing]).unwrap().timetable, with(&[]).unwrap().timetable);
}

#[test]
fn too_many_openings_are_refused() {
    let minutes: Vec<_> = (0..80)
        .map(|n| format!("{:02}:{:02}-{:02}:{:02}", n / 4, n % 4 * 15, n / 4, n % 4 * 15 + 5))
        .collect();
    let rules = rules(&minutes.join(","));
    let horizon = dates("2014-01-01", "2016-12-31");
    let refused = expand(&rules, State::LowerSaxony, &[], horizon, &Zone::berlin());
    assert_eq!(refused, Err(ExpandError::TooManyOpenings));
}

#[test]
fn dates_of_many_kinds() {
    let open_on = |expression: &str, from: &str, until: &str| {
        let hours = expanded(expression, &[], from, until);
        let days: Vec<_> = local_openings(&hours).iter().map(|text| text[..5].to_owned()).collect();
        days.join(" ")
    };
    let y2014 = |expression| open_on(expression, "2014-01-01", "2014-12-31");
    assert_eq!(y2014("Dec 24,Dec 31 08:00-12:00"), "12-24 12-31");
    assert_eq!(y2014("Dec 30-Jan 2 08:00-12:00"), "01-01 01-02 12-30 12-31");
    assert_eq!(y2014("2014 Dec 30-2015 Jan 2 08:00-12:00"), "12-30 12-31");
    assert_eq!(y2014("2014 Dec 30-Jan 2 08:00-12:00"), "12-30 12-31");
    assert_eq!(y2014("Dec 30-2014 Jan 2 08:00-12:00"), "01-01 01-02");
    assert_eq!(y2014("easter -2 days-easter +1 day 08:00-12:00"), "04-18 04-19 04-20 04-21");
    assert_eq!(y2014("Jan Mo[1],Feb Fr[-1] 08:00-12:00"), "01-06 02-28");
    assert_eq!(y2014("Jan-Feb Tu[2] 08:00-12:00"), "01-14 02-11");
    assert_eq!(y2014("week 1,2 Mo 08:00-12:00"), "01-06 12-29");
    assert_eq!(y2014("week 1-7/3 Tu 08:00-12:00"), "01-21 02-11 12-30");
    assert_eq!(y2014("2013-2015/2 08:00-12:00"), "");
    assert_eq!(y2014("Feb 29 08:00-12:00"), "");
    assert_eq!(open_on("Feb 29 08:00-12:00", "2013-01-01", "2017-12-31"), "02-29");
    assert_eq!(
        open_on("Feb 27-Mar 1 08:00-12:00", "2016-01-01", "2016-12-31"),
        "02-27 02-28 02-29 03-01"
    );
    assert_eq!(y2014("Jan 1-Feb 29 Su[1] 08:00-12:00"), "01-05 02-02");
    assert_eq!(y2014("2014Jan We[1] 08:00-12:00"), "01-01");
    assert_eq!(y2014("2014Feb-Mar Mo[1] 08:00-12:00"), "02-03 03-03");
    assert_eq!(y2014("2014Dec-Jan Mo[1] 08:00-12:00"), "12-01");
}
