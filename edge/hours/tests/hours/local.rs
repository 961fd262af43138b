// SPDX-License-Identifier: EUPL-1.2
//! Local time, on ordinary days and on the two strange ones.

use crate::common::{date, dates, time, utc};
use hours::{DatesError, LocalDates, State, Weekday, Zone, half_hours, parse_date, parse_datetime};
use stdx::{Micros, Timestamp};

#[test]
fn texts_are_read_strictly() {
    assert_eq!(date("2014-12-24").to_string(), "2014-12-24");
    assert_eq!(time("2014-12-24T12:05").to_string(), "2014-12-24T12:05:00");
    for wrong in [
        "",
        "2014-12-24 ",
        "2014-1-24",
        "14-12-24",
        "2014-02-29",
        "2014-13-01",
        "+014-01-01",
        "2014-12-24T12:05",
        "2014-12-2٤",
        "-2014-12-24",
        "2014/12/24",
    ] {
        assert!(parse_date(wrong).is_err(), "{wrong}");
    }
    for wrong in [
        "",
        "2014-12-24",
        "2014-12-24 12:05",
        "2014-12-24T12:05:00",
        "2014-12-24T24:00",
        "2014-12-24T1:05",
        "2014-12-24T12:60",
        "2014-12-24T12:05Z",
        "2014-12-24t12:05",
        "2014-12-24T12.05",
    ] {
        assert!(parse_datetime(wrong).is_err(), "{wrong}");
    }
    assert_eq!(
        parse_datetime("Heiligabend").unwrap_err().message_de(),
        "Das gibt es im Kalender nicht (erwartet: eine Angabe wie 2014-12-24T12:05)"
    );
    assert_eq!(
        parse_date("2014-02-29").unwrap_err().message_en(),
        "This is not in the calendar (expected: something like 2014-12-24)"
    );
}

#[test]
fn winter_is_one_hour_ahead_and_summer_two() {
    let zone = Zone::berlin();
    assert_eq!(zone.timestamp(time("2014-01-15T07:00")), utc("2014-01-15T06:00Z"));
    assert_eq!(zone.timestamp(time("2014-07-15T07:00")), utc("2014-07-15T05:00Z"));
    assert_eq!(zone.format(utc("2014-12-24T11:05:59Z")), "2014-12-24 12:05");
    assert_eq!(zone.weekday(utc("2014-12-23T23:00:00Z")), Weekday::Wednesday);
    assert_eq!(hours::weekday_de(Weekday::Wednesday), "Mittwoch");
    assert_eq!(hours::weekday_en(Weekday::Wednesday), "Wednesday");
}

#[test]
fn the_skipped_hour_is_the_moment_of_the_jump() {
    let zone = Zone::berlin();
    let jump = utc("2014-03-30T01:00Z");
    assert_eq!(zone.timestamp(time("2014-03-30T01:59")), utc("2014-03-30T00:59Z"));
    for skipped in ["2014-03-30T02:00", "2014-03-30T02:30", "2014-03-30T02:59", "2014-03-30T03:00"]
    {
        assert_eq!(zone.timestamp(time(skipped)), jump, "{skipped}");
    }
    assert_eq!(zone.timestamp(time("2014-03-30T03:01")), utc("2014-03-30T01:01Z"));
}

#[test]
fn the_doubled_hour_means_its_first_pass() {
    let zone = Zone::berlin();
    assert_eq!(zone.timestamp(time("2014-10-26T02:00")), utc("2014-10-26T00:00Z"));
    assert_eq!(zone.timestamp(time("2014-10-26T02:59")), utc("2014-10-26T00:59Z"));
    assert_eq!(zone.timestamp(time("2014-10-26T03:00")), utc("2014-10-26T02:00Z"));
    assert_eq!(zone.format(utc("2014-10-26T01:30Z")), "2014-10-26 02:30");
}

#[test]
fn later_on_the_wall_is_never_earlier_in_truth() {
    let zone = Zone::berlin();
    for day in ["2014-03-30", "2014-10-26", "2030-03-31", "2030-10-27", "1996-10-27"] {
        let moments: Vec<_> = (0..24 * 60)
            .map(|m| zone.timestamp(date(day).at((m / 60) as i8, (m % 60) as i8, 0, 0)))
            .collect();
        assert!(moments.is_sorted(), "{day}");
    }
}

#[test]
fn extreme_moments_do_not_break() {
    let zone = Zone::berlin();
    assert_eq!(zone.local(Timestamp(i64::MIN)).year(), -9999);
    assert_eq!(zone.local(Timestamp(i64::MAX)).year(), 9999);
    assert!(zone.timestamp(hours::LocalDateTime::MAX) > zone.timestamp(hours::LocalDateTime::MIN));
}

#[test]
fn zones_are_known_by_name() {
    assert!(Zone::parse("Europe/Berlin").is_ok());
    assert_eq!(
        Zone::parse("Berlin").unwrap_err().message_de(),
        "Zeitzone „Berlin“ ist unbekannt; erwartet: ein Name wie Europe/Berlin"
    );
}

#[test]
fn dates_are_bounded() {
    let new = |from, until| LocalDates::new(date(from), date(until));
    assert_eq!(new("2014-01-02", "2014-01-01"), Err(DatesError::Reversed));
    assert_eq!(new("1994-12-31", "1995-01-01"), Err(DatesError::OutsideYears));
    assert_eq!(new("2199-12-31", "2200-01-01"), Err(DatesError::OutsideYears));
    assert_eq!(new("2014-01-01", "2024-01-01"), Err(DatesError::TooLong));
    assert_eq!(new("2014-01-01", "2023-12-31").unwrap().days().count(), 3652);
    assert_eq!(new("2014-01-01", "2014-01-01").unwrap().days().count(), 1);
}

#[test]
fn a_year_of_half_hours() {
    let zone = Zone::berlin();
    let year = dates("2014-01-01", "2014-12-31");
    let all: Vec<_> = half_hours(year, State::LowerSaxony, &zone).collect();
    assert_eq!(all.len(), 365 * 48);
    assert!(all.windows(2).all(|w| w[1].start == w[0].start + Micros::from_mins(30)));
    let on = |day: &str| {
        let halves = all.iter().filter(|h| h.date == date(day));
        halves.map(|h| h.half_hour).collect::<Vec<_>>()
    };
    let ordinary: Vec<u8> = (0..48).collect();
    assert_eq!(on("2014-01-01"), ordinary);
    assert_eq!(on("2014-03-30"), [&ordinary[..4], &ordinary[6..]].concat());
    assert_eq!(on("2014-10-26"), [&ordinary[..6], &ordinary[4..]].concat());
    let unity = all.iter().find(|h| h.start == utc("2014-10-03T08:30Z")).unwrap();
    assert_eq!((unity.year, unity.month, unity.half_hour), (2014, 10, 21));
    assert_eq!((unity.weekday, unity.is_holiday), (Weekday::Friday, true));
    assert_eq!(all.iter().filter(|h| h.is_holiday).count(), 9 * 48);
}
