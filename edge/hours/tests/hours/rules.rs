// SPDX-License-Identifier: EUPL-1.2
//! What is accepted, what is refused, and in which words.

use crate::common::rules;
use hours::{Expected, Refusal, Rules};

fn refused(expression: &str) -> (usize, Refusal) {
    match Rules::parse(expression) {
        Ok(_) => panic!("{expression} was accepted"),
        Err(error) => (error.offset, error.refusal),
    }
}

#[test]
fn ordinary_hours_are_accepted() {
    for expression in [
        "24/7",
        "off",
        "Mo-Fr 08:00-18:00",
        "Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off",
        "Mo-Su,PH 08:00-18:00; Dec 24,Dec 31 08:00-12:00",
        "Mo-Fr 08:00-12:00,13:00-18:00; PH 10:00-12:00; Dec 24-Jan 1 off \"Betriebsferien\"",
        "2014-2020 Jan 1-Dec 31",
        "1970-9999",
        "week 1-53/2 Mo 08:00-12:00",
        "Mo[1],We[-1] 14:00-16:00",
        "Fr 22:00-02:00",
        "PH -1 day 08:00-12:00",
        "easter -2 days off",
        "Sa-Su 00:00-24:00",
        "Feb 29 10:00-12:00",
        "Mo-Fr 08:00-18:00 open \"nur für Unternehmen\"",
    ] {
        assert_eq!(rules(expression).as_str(), expression);
    }
}

#[test]
fn traps_are_refused_where_they_stand() {
    assert_eq!(refused("SH Mo-Fr 09:00-12:00"), (0, Refusal::SchoolHolidays));
    assert_eq!(refused("Mo-Fr 09:00-12:00; PH,SH off"), (22, Refusal::SchoolHolidays));
    assert_eq!(refused("Mo sunrise-18:00"), (3, Refusal::VariableTime));
    assert_eq!(refused("Mo 08:00-(SunSet+01:00)"), (10, Refusal::VariableTime));
    assert_eq!(refused("Mo unknown"), (3, Refusal::UnknownState));
    assert_eq!(refused("Mo-Fr 08:00-18:00 \"nach Absprache\""), (18, Refusal::LoneComment));
    assert_eq!(refused("\"nach Absprache\""), (0, Refusal::LoneComment));
    assert_eq!(refused("Mo 08:00-12:00 || \"x\""), (15, Refusal::Fallback));
    assert_eq!(refused("Mo 10:00-12:00/00:30"), (14, Refusal::TimeStep));
    assert_eq!(refused("10:00-12:00/24:00"), (11, Refusal::TimeStep));
    assert_eq!(refused("Mo 10:00+"), (8, Refusal::OpenEnd));
    assert_eq!(refused("Mo 10:00-12:00+"), (14, Refusal::OpenEnd));
    assert_eq!(refused("PH Mo 10:00-12:00"), (0, Refusal::HolidayBesideWeekday));
    assert_eq!(refused("PH +1 day Mo 10:00-12:00"), (0, Refusal::HolidayBesideWeekday));
    assert_eq!(refused("Mo-Fr PH 10:00-12:00"), (6, Refusal::HolidayBesideWeekday));
    assert_eq!(refused("Mo[3-1] 10:00-12:00"), (2, Refusal::ReversedOccurrences));
    assert_eq!(refused("2020-2014"), (0, Refusal::ReversedYears));
    assert_eq!(refused("Mo; week 40-10"), (4, Refusal::ReversedWeeks));
    assert_eq!(refused("PH +400 days off"), (4, Refusal::DayOffsetTooLarge));
    assert_eq!(refused("Feb 30 off"), (0, Refusal::NoSuchDay { month: "Feb", day: 30 }));
    assert_eq!(refused("Feb 27-30 off"), (0, Refusal::NoSuchDay { month: "Feb", day: 30 }));
    assert_eq!(refused(""), (0, Refusal::Empty));
    assert_eq!(refused("  "), (0, Refusal::Empty));
    assert_eq!(refused(&"Mo;".repeat(334)), (0, Refusal::TooLong(1002)));
    let many = "Jan Mo[1],".repeat(100);
    assert_eq!(refused(&many[..999]), (86, Refusal::TooManyOccurrences));
}

#[test]
fn a_comment_is_no_syntax() {
    let rules = rules("Mo-Fr 08:00-18:00; PH off \"SH sunset || unknown 10:00+ Mo PH\"");
    assert!(rules.mentions_holidays());
}

#[test]
fn german_words_are_translated() {
    let refusal = |expression| match refused(expression) {
        (offset, Refusal::Spelling { found, instead }) => (offset, found, instead),
        other => panic!("{expression}: {other:?}"),
    };
    assert_eq!(refusal("Mo-Do 08:00-18:00"), (3, "Do".into(), "Th"));
    assert_eq!(refusal("Mo,Di 08:00-18:00"), (3, "Di".into(), "Tu"));
    assert_eq!(refusal("Mai 1 off"), (0, "Mai".into(), "May"));
    assert_eq!(refusal("Mär 1 off"), (0, "Mär".into(), "Mar"));
    assert_eq!(refusal("Mo-Fr 08:00-18:00; Feiertag off"), (19, "Feiertag".into(), "PH"));
    assert_eq!(refusal("ph off"), (0, "ph".into(), "PH"));
}

#[test]
fn a_semicolon_and_blanks_at_the_end_are_no_mistake() {
    for expression in ["Mo-Fr 08:00-18:00; PH off;", " Mo-Fr 08:00-18:00; PH off ", "24/7 ; "] {
        assert_eq!(rules(expression).as_str(), expression);
    }
    assert_eq!(refused("  Mo unknown").0, 5);
}

#[test]
fn hours_as_people_write_them_are_respelled() {
    for (expression, instead) in [
        ("Mo - Fr 08:00-12:00; PH off", "Mo-Fr 08:00-12:00; PH off"),
        ("Mo–Fr 08:00–12:00", "Mo-Fr 08:00-12:00"),
        ("Mo-Fr 8-12 Uhr", "Mo-Fr 08:00-12:00"),
        ("Mo-Fr 8 - 12 Uhr; PH off", "Mo-Fr 08:00-12:00; PH off"),
        ("Mo-Fr 8-12 Uhr; PH off", "Mo-Fr 08:00-12:00; PH off"),
        ("Mo-Th 8.30-12,13-17 Uhr", "Mo-Th 08:30-12:00,13:00-17:00"),
    ] {
        assert_eq!(refused(expression).1, Refusal::Respelled(instead.into()), "{expression}");
    }
}

#[test]
fn a_time_that_comes_full_circle_is_noticed() {
    assert_eq!(rules("Mo-Fr 08:00-08:00; PH off").full_circle(), Some(480));
    assert_eq!(rules("Mo-Fr 00:00-24:00; PH off").full_circle(), None);
    assert_eq!(rules("24/7").full_circle(), None);
}

#[test]
fn a_day_whose_hours_a_later_rule_replaces_is_noticed() {
    let day = |text| rules(text).replaced_weekday();
    assert_eq!(day("Mo-Fr 08:00-12:00; Th 14:00-18:00"), Some(hours::Weekday::Thursday));
    assert_eq!(day("Mo-Fr 08:00-12:00, Th 14:00-18:00"), None);
    assert_eq!(day("Mo-Fr 08:00-18:00; Fr 08:00-15:00"), None);
    assert_eq!(day("Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off"), None);
    assert_eq!(day("Mo-Fr 08:00-12:00; Dec 24 14:00-18:00"), None);
    assert_eq!(day("Mo-Fr 08:00-12:00; Th off; Th 14:00-18:00"), None);
}

#[test]
fn syntax_errors_say_what_was_expected() {
    let (offset, refusal) = refused("Mo-Fr 08:00-18:00; PH aus");
    assert_eq!(offset, 22);
    let Refusal::Syntax { found, expected } = refusal else { panic!("{refusal:?}") };
    assert_eq!(found, "aus");
    assert!(expected.contains(&Expected::State), "{expected:?}");
    for (expression, place) in [("Mo-Fr 08:00-25:99", 15), ("Mo-Fr 8-18", 6), ("Mo-Fr 08:00-", 12)]
    {
        let error = Rules::parse(expression).unwrap_err();
        assert_eq!(error.offset, place, "{expression}: {error}");
        assert!(error.message_de().contains("erwartet"), "{}", error.message_de());
        assert!(error.message_en().contains("expected"), "{}", error.message_en());
    }
}

#[test]
fn messages_are_whole_sentences_in_both_languages() {
    let error = Rules::parse("Mo unknown").unwrap_err();
    assert_eq!(
        error.message_de(),
        "„unknown“ (ungewiss) gibt es nicht: eine Leitung ist offen oder geschlossen; erwartet: open oder off"
    );
    assert_eq!(
        error.to_string(),
        "at byte 3: there is no \"unknown\": a line is open or closed; expected open or off"
    );
}

#[test]
fn holidays_are_noticed() {
    assert!(rules("Mo-Fr 08:00-18:00; PH off").mentions_holidays());
    assert!(rules("Mo-Su,PH 08:00-18:00").mentions_holidays());
    assert!(!rules("Mo-Fr 08:00-18:00").mentions_holidays());
    assert!(!rules("Mo-Fr 08:00-18:00 open \"PH off\"").mentions_holidays());
}
