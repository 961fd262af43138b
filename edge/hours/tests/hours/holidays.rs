// SPDX-License-Identifier: EUPL-1.2
//! The holidays against dates written down by hand, and against a second implementation.

use crate::common::date;
use chrono::Datelike;
use hours::{State, holidays};

/// Easter Sunday, Good Friday, Easter Monday, Ascension Day, Whit Monday: from printed calendars.
const EASTER: [(i16, [&str; 5]); 23] = [
    (2013, ["03-31", "03-29", "04-01", "05-09", "05-20"]),
    (2014, ["04-20", "04-18", "04-21", "05-29", "06-09"]),
    (2015, ["04-05", "04-03", "04-06", "05-14", "05-25"]),
    (2016, ["03-27", "03-25", "03-28", "05-05", "05-16"]),
    (2017, ["04-16", "04-14", "04-17", "05-25", "06-05"]),
    (2018, ["04-01", "03-30", "04-02", "05-10", "05-21"]),
    (2019, ["04-21", "04-19", "04-22", "05-30", "06-10"]),
    (2020, ["04-12", "04-10", "04-13", "05-21", "06-01"]),
    (2021, ["04-04", "04-02", "04-05", "05-13", "05-24"]),
    (2022, ["04-17", "04-15", "04-18", "05-26", "06-06"]),
    (2023, ["04-09", "04-07", "04-10", "05-18", "05-29"]),
    (2024, ["03-31", "03-29", "04-01", "05-09", "05-20"]),
    (2025, ["04-20", "04-18", "04-21", "05-29", "06-09"]),
    (2026, ["04-05", "04-03", "04-06", "05-14", "05-25"]),
    (2027, ["03-28", "03-26", "03-29", "05-06", "05-17"]),
    (2028, ["04-16", "04-14", "04-17", "05-25", "06-05"]),
    (2029, ["04-01", "03-30", "04-02", "05-10", "05-21"]),
    (2030, ["04-21", "04-19", "04-22", "05-30", "06-10"]),
    (2031, ["04-13", "04-11", "04-14", "05-22", "06-02"]),
    (2032, ["03-28", "03-26", "03-29", "05-06", "05-17"]),
    (2033, ["04-17", "04-15", "04-18", "05-26", "06-06"]),
    (2034, ["04-09", "04-07", "04-10", "05-18", "05-29"]),
    (2035, ["03-25", "03-23", "03-26", "05-03", "05-14"]),
];

fn days(state: State, year: i16) -> Vec<String> {
    holidays(state, year).iter().map(|h| h.date.strftime("%m-%d").to_string()).collect()
}

fn named(state: State, year: i16) -> Vec<String> {
    holidays(state, year).iter().map(|h| format!("{} {}", h.date, h.name_de)).collect()
}

/// § 2 Abs. 1 NFeiertagsG, every year from 2013 to 2035, nothing more and nothing less.
#[test]
fn lower_saxony_is_complete_in_every_year() {
    for (year, [_, good_friday, easter_monday, ascension, whit_monday]) in EASTER {
        let mut expected =
            vec!["01-01", good_friday, easter_monday, "05-01", ascension, whit_monday, "10-03"];
        if year >= 2017 {
            expected.push("10-31");
        }
        expected.extend(["12-25", "12-26"]);
        assert_eq!(days(State::LowerSaxony, year), expected, "{year}");
    }
}

#[test]
fn lower_saxony_in_full() {
    let fixed = |year: i16, easter: [&str; 4], reformation: bool| {
        let mut list = vec![
            format!("{year}-01-01 Neujahr"),
            format!("{year}-{} Karfreitag", easter[0]),
            format!("{year}-{} Ostermontag", easter[1]),
            format!("{year}-05-01 Tag der Arbeit"),
            format!("{year}-{} Christi Himmelfahrt", easter[2]),
            format!("{year}-{} Pfingstmontag", easter[3]),
            format!("{year}-10-03 Tag der Deutschen Einheit"),
        ];
        if reformation {
            list.push(format!("{year}-10-31 Reformationstag"));
        }
        list.push(format!("{year}-12-25 1. Weihnachtstag"));
        list.push(format!("{year}-12-26 2. Weihnachtstag"));
        list
    };
    let ni = State::LowerSaxony;
    assert_eq!(named(ni, 2014), fixed(2014, ["04-18", "04-21", "05-29", "06-09"], false));
    assert_eq!(named(ni, 2016), fixed(2016, ["03-25", "03-28", "05-05", "05-16"], false));
    assert_eq!(named(ni, 2017), fixed(2017, ["04-14", "04-17", "05-25", "06-05"], true));
    assert_eq!(named(ni, 2018), fixed(2018, ["03-30", "04-02", "05-10", "05-21"], true));
    assert_eq!(named(ni, 2024), fixed(2024, ["03-29", "04-01", "05-09", "05-20"], true));
    assert_eq!(named(ni, 2035), fixed(2035, ["03-23", "03-26", "05-03", "05-14"], true));
}

#[test]
fn easter_sunday_is_a_holiday_in_brandenburg_only() {
    for (year, [easter_sunday, ..]) in EASTER {
        for state in State::ALL {
            let there = days(state, year).contains(&easter_sunday.to_owned());
            assert_eq!(there, state == State::Brandenburg, "{state:?} {year}");
        }
    }
}

/// What each Land has beyond the nine of all, without Easter and one-off days, in 2026.
#[test]
fn each_land_has_its_own() {
    let of = |code: &str| {
        let common = days(State::LowerSaxony, 2016).len() - 1;
        let mut own = days(State::parse(code).unwrap(), 2026);
        assert!(own.len() > common);
        let everywhere =
            ["01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "12-25", "12-26"];
        own.retain(|day| !everywhere.contains(&day.as_str()));
        own.join(" ")
    };
    assert_eq!(of("BW"), "01-06 06-04 11-01");
    assert_eq!(of("BY"), "01-06 06-04 11-01");
    assert_eq!(of("BE"), "03-08");
    assert_eq!(of("BB"), "04-05 05-24 10-31");
    assert_eq!(of("HB"), "10-31");
    assert_eq!(of("HH"), "10-31");
    assert_eq!(of("HE"), "06-04");
    assert_eq!(of("MV"), "03-08 10-31");
    assert_eq!(of("NI"), "10-31");
    assert_eq!(of("NW"), "06-04 11-01");
    assert_eq!(of("RP"), "06-04 11-01");
    assert_eq!(of("SL"), "06-04 08-15 11-01");
    assert_eq!(of("SN"), "10-31 11-18");
    assert_eq!(of("ST"), "01-06 10-31");
    assert_eq!(of("SH"), "10-31");
    assert_eq!(of("TH"), "09-20 10-31");
}

#[test]
fn the_laws_changed_in_their_years() {
    let has = |code: &str, day: &str| {
        let state = State::parse(code).unwrap();
        (2013..=2035)
            .filter(|&year| days(state, year).contains(&day.to_owned()))
            .collect::<Vec<_>>()
    };
    for code in ["BW", "BY", "BE", "HE", "NW", "RP", "SL"] {
        assert_eq!(has(code, "10-31"), [2017], "{code}");
    }
    for code in ["HB", "HH", "NI", "SH"] {
        assert_eq!(has(code, "10-31"), (2017..=2035).collect::<Vec<_>>(), "{code}");
    }
    for code in ["BB", "MV", "SN", "ST", "TH"] {
        assert_eq!(has(code, "10-31"), (2013..=2035).collect::<Vec<_>>(), "{code}");
    }
    assert_eq!(has("BE", "03-08"), (2019..=2035).collect::<Vec<_>>());
    assert_eq!(has("MV", "03-08"), (2023..=2035).collect::<Vec<_>>());
    assert_eq!(has("TH", "09-20"), (2019..=2035).collect::<Vec<_>>());
    assert!(has("BE", "05-08").starts_with(&[2020, 2025]));
    assert!(has("BE", "06-17") == [2028]);
}

/// The crate `holiday_de` counts municipal holidays in Bavaria and no Sundays in Brandenburg.
#[test]
fn a_second_implementation_agrees() {
    use holiday_de::{GermanHoliday as H, GermanRegion as R};
    let regions = [
        R::BadenWuerttemberg,
        R::Bayern,
        R::Berlin,
        R::Brandenburg,
        R::Bremen,
        R::Hamburg,
        R::Hessen,
        R::MechlenburgVorpommern,
        R::Niedersachsen,
        R::NordrheinWestfalen,
        R::RheinlandPfalz,
        R::Saarland,
        R::Sachsen,
        R::SachsenAnhalt,
        R::SchleswigHolstein,
        R::Thueringen,
    ];
    for (state, region) in State::ALL.into_iter().zip(regions) {
        for year in 2013..=2035 {
            let mut theirs: Vec<_> = region
                .holidays_in_year(year)
                .into_iter()
                .filter(|h| !(state == State::Bavaria && *h == H::MariaeHimmelfahrt))
                .chain(
                    [H::Ostersonntag, H::Pfingstsonntag]
                        .into_iter()
                        .filter(|_| state == State::Brandenburg),
                )
                .map(|h| h.date(year).unwrap())
                .map(|d| format!("{:02}-{:02}", d.month(), d.day()))
                .collect();
            theirs.sort();
            assert_eq!(days(state, year as i16), theirs, "{state:?} {year}");
        }
    }
}

#[test]
fn codes_are_read_strictly() {
    for state in State::ALL {
        assert_eq!(State::parse(state.code()), Ok(state));
        assert_eq!(State::parse(&format!("DE-{}", state.code())), Ok(state));
    }
    let error = State::parse("Niedersachsen").unwrap_err();
    assert_eq!(
        error.message_de(),
        "„Niedersachsen“ ist kein Kürzel eines Landes; erwartet: BW, BY, BE, BB, HB, HH, HE, MV, NI, NW, \
         RP, SL, SN, ST, SH, TH"
    );
    assert!(State::parse("ni").is_err());
    assert!(State::parse("").is_err());
}

#[test]
fn years_that_are_not_recorded_are_empty() {
    assert!(holidays(State::LowerSaxony, 1994).is_empty());
    assert!(holidays(State::LowerSaxony, 2200).is_empty());
    assert_eq!(holidays(State::LowerSaxony, 2014)[6].date, date("2014-10-03"));
    assert_eq!(holidays(State::LowerSaxony, 2014)[6].name_en, "Day of German Unity");
}
