// SPDX-License-Identifier: EUPL-1.2
//! The holidays against dates written down by hand, and against a second implementation.

use crate::common::date;
use chrono::Datelike;
use hours::{State, holidays};

/// The movable days in the order of [`Movable`], as calendars print them; worked out a second time with
/// python-dateutil's Easter, and the last column from the first Sunday in Advent, eleven days before.
const MOVABLE: [(i16, [&str; 8]); 23] = [
    (2013, ["03-31", "03-29", "04-01", "05-09", "05-19", "05-20", "05-30", "11-20"]),
    (2014, ["04-20", "04-18", "04-21", "05-29", "06-08", "06-09", "06-19", "11-19"]),
    (2015, ["04-05", "04-03", "04-06", "05-14", "05-24", "05-25", "06-04", "11-18"]),
    (2016, ["03-27", "03-25", "03-28", "05-05", "05-15", "05-16", "05-26", "11-16"]),
    (2017, ["04-16", "04-14", "04-17", "05-25", "06-04", "06-05", "06-15", "11-22"]),
    (2018, ["04-01", "03-30", "04-02", "05-10", "05-20", "05-21", "05-31", "11-21"]),
    (2019, ["04-21", "04-19", "04-22", "05-30", "06-09", "06-10", "06-20", "11-20"]),
    (2020, ["04-12", "04-10", "04-13", "05-21", "05-31", "06-01", "06-11", "11-18"]),
    (2021, ["04-04", "04-02", "04-05", "05-13", "05-23", "05-24", "06-03", "11-17"]),
    (2022, ["04-17", "04-15", "04-18", "05-26", "06-05", "06-06", "06-16", "11-16"]),
    (2023, ["04-09", "04-07", "04-10", "05-18", "05-28", "05-29", "06-08", "11-22"]),
    (2024, ["03-31", "03-29", "04-01", "05-09", "05-19", "05-20", "05-30", "11-20"]),
    (2025, ["04-20", "04-18", "04-21", "05-29", "06-08", "06-09", "06-19", "11-19"]),
    (2026, ["04-05", "04-03", "04-06", "05-14", "05-24", "05-25", "06-04", "11-18"]),
    (2027, ["03-28", "03-26", "03-29", "05-06", "05-16", "05-17", "05-27", "11-17"]),
    (2028, ["04-16", "04-14", "04-17", "05-25", "06-04", "06-05", "06-15", "11-22"]),
    (2029, ["04-01", "03-30", "04-02", "05-10", "05-20", "05-21", "05-31", "11-21"]),
    (2030, ["04-21", "04-19", "04-22", "05-30", "06-09", "06-10", "06-20", "11-20"]),
    (2031, ["04-13", "04-11", "04-14", "05-22", "06-01", "06-02", "06-12", "11-19"]),
    (2032, ["03-28", "03-26", "03-29", "05-06", "05-16", "05-17", "05-27", "11-17"]),
    (2033, ["04-17", "04-15", "04-18", "05-26", "06-05", "06-06", "06-16", "11-16"]),
    (2034, ["04-09", "04-07", "04-10", "05-18", "05-28", "05-29", "06-08", "11-22"]),
    (2035, ["03-25", "03-23", "03-26", "05-03", "05-13", "05-14", "05-24", "11-21"]),
];

/// The columns of [`MOVABLE`].
#[derive(Clone, Copy)]
enum Movable {
    EasterSunday,
    GoodFriday,
    EasterMonday,
    Ascension,
    WhitSunday,
    WhitMonday,
    CorpusChristi,
    Repentance,
}

/// When a holiday is: a day of every year, or a column of [`MOVABLE`].
#[derive(Clone, Copy)]
enum Day {
    Fixed(&'static str),
    Moves(Movable),
}

/// A holiday by a law: its day, its name, the first and the last year of those played here.
type Rule = (Day, &'static str, i16, i16);

const FROM: i16 = 2013;
const UNTIL: i16 = 2035;

const fn always(day: Day, name: &'static str) -> Rule {
    (day, name, FROM, UNTIL)
}

/// The nine that every law has; 3 October by Art. 2 Abs. 2 Einigungsvertrag.
const EVERYWHERE: [Rule; 9] = [
    always(Day::Fixed("01-01"), "Neujahr"),
    always(Day::Moves(Movable::GoodFriday), "Karfreitag"),
    always(Day::Moves(Movable::EasterMonday), "Ostermontag"),
    always(Day::Fixed("05-01"), "Tag der Arbeit"),
    always(Day::Moves(Movable::Ascension), "Christi Himmelfahrt"),
    always(Day::Moves(Movable::WhitMonday), "Pfingstmontag"),
    always(Day::Fixed("10-03"), "Tag der Deutschen Einheit"),
    always(Day::Fixed("12-25"), "1. Weihnachtstag"),
    always(Day::Fixed("12-26"), "2. Weihnachtstag"),
];

const EPIPHANY: Rule = always(Day::Fixed("01-06"), "Heilige Drei Könige");
const CORPUS_CHRISTI: Rule = always(Day::Moves(Movable::CorpusChristi), "Fronleichnam");
const ALL_SAINTS: Rule = always(Day::Fixed("11-01"), "Allerheiligen");
const REFORMATION: Rule = always(Day::Fixed("10-31"), "Reformationstag");
/// 500 years of the Reformation, by laws and ordinances for that one year.
const REFORMATION_ONCE: Rule = (Day::Fixed("10-31"), "Reformationstag", 2017, 2017);
/// In the north for that year, and by the laws of 2018 from then on.
const REFORMATION_SINCE_2017: Rule = (Day::Fixed("10-31"), "Reformationstag", 2017, UNTIL);
const LIBERATION: &str = "Tag der Befreiung";
const UPRISING: &str = "Jahrestag des Volksaufstandes in der DDR";

/// What each law has beyond the nine. What holds in a part of a Land only is no holiday here: Mariä
/// Himmelfahrt in Bavaria (Art. 1 Abs. 1 Nr. 2 FTG), the Friedensfest in Augsburg (Art. 1 Abs. 2),
/// Fronleichnam in Saxony (§ 1 Abs. 1 SächsSFG) and in Thuringia (§ 2 Abs. 2 ThürFGtG). In Hesse the
/// Sundays are holidays (§ 1 Abs. 1 HFeiertagsG): they stay ordinary Sundays here.
const OWN: [(&str, &[Rule]); 16] = [
    // § 1 FTG
    ("BW", &[EPIPHANY, CORPUS_CHRISTI, REFORMATION_ONCE, ALL_SAINTS]),
    // Art. 1 FTG
    ("BY", &[EPIPHANY, CORPUS_CHRISTI, REFORMATION_ONCE, ALL_SAINTS]),
    // § 1 Abs. 1 FeiertG; 8 March and 8 May 2020 by the law of 30 January 2019 (GVBl. p. 22)
    (
        "BE",
        &[
            (Day::Fixed("03-08"), "Frauentag", 2019, UNTIL),
            (Day::Fixed("05-08"), LIBERATION, 2020, 2020),
            (Day::Fixed("05-08"), LIBERATION, 2025, 2025),
            (Day::Fixed("06-17"), UPRISING, 2028, 2028),
            REFORMATION_ONCE,
        ],
    ),
    // § 2 Abs. 1 FTG: the only law that names the two Sundays
    (
        "BB",
        &[
            always(Day::Moves(Movable::EasterSunday), "Ostersonntag"),
            always(Day::Moves(Movable::WhitSunday), "Pfingstsonntag"),
            REFORMATION,
        ],
    ),
    // § 2 of the law on Sundays, days of remembrance and holidays
    ("HB", &[REFORMATION_SINCE_2017]),
    // § 1 FeiertG
    ("HH", &[REFORMATION_SINCE_2017]),
    // § 1 HFeiertagsG
    ("HE", &[CORPUS_CHRISTI, REFORMATION_ONCE]),
    // § 2 FTG M-V; 8 March by the change of 2022
    ("MV", &[(Day::Fixed("03-08"), "Frauentag", 2023, UNTIL), REFORMATION]),
    // § 2 Abs. 1 NFeiertagsG
    ("NI", &[REFORMATION_SINCE_2017]),
    // § 2 Feiertagsgesetz NW
    ("NW", &[CORPUS_CHRISTI, REFORMATION_ONCE, ALL_SAINTS]),
    // § 2 LFtG
    ("RP", &[CORPUS_CHRISTI, REFORMATION_ONCE, ALL_SAINTS]),
    // § 2 SFG
    (
        "SL",
        &[
            CORPUS_CHRISTI,
            always(Day::Fixed("08-15"), "Mariä Himmelfahrt"),
            REFORMATION_ONCE,
            ALL_SAINTS,
        ],
    ),
    // § 1 SächsSFG
    ("SN", &[REFORMATION, always(Day::Moves(Movable::Repentance), "Buß- und Bettag")]),
    // § 2 FeiertG LSA
    ("ST", &[EPIPHANY, REFORMATION]),
    // § 2 SFTG
    ("SH", &[REFORMATION_SINCE_2017]),
    // § 2 Abs. 1 ThürFGtG; 20 September by the law of 19 March 2019 (GVBl. p. 22)
    ("TH", &[(Day::Fixed("09-20"), "Weltkindertag", 2019, UNTIL), REFORMATION]),
];

/// All holidays of a Land in a year as the table has them, each as day and name, by day.
fn by_law(own: &[Rule], year: i16, movable: &[&str; 8]) -> Vec<String> {
    let mut all: Vec<String> = EVERYWHERE
        .iter()
        .chain(own)
        .filter(|&&(_, _, from, until)| (from..=until).contains(&year))
        .map(|&(day, name, ..)| match day {
            Day::Fixed(day) => format!("{year}-{day} {name}"),
            Day::Moves(column) => format!("{year}-{} {name}", movable[column as usize]),
        })
        .collect();
    all.sort();
    all
}

fn days(state: State, year: i16) -> Vec<String> {
    holidays(state, year).iter().map(|h| h.date.strftime("%m-%d").to_string()).collect()
}

fn named(state: State, year: i16) -> Vec<String> {
    holidays(state, year).iter().map(|h| format!("{} {}", h.date, h.name_de)).collect()
}

/// Every Land, every year, nothing more and nothing less.
#[test]
fn every_land_has_the_holidays_of_its_law_in_every_year() {
    assert_eq!(MOVABLE.map(|(year, _)| year).to_vec(), (FROM..=UNTIL).collect::<Vec<_>>());
    assert_eq!(OWN.map(|(code, _)| code), State::ALL.map(State::code), "a Land is missing");
    for (code, own) in OWN {
        let state = State::parse(code).unwrap();
        for (year, movable) in &MOVABLE {
            assert_eq!(named(state, *year), by_law(own, *year, movable), "{code} {year}");
        }
    }
}

/// How many holidays a year has, counted by hand: a third way, as a rule that is missing in both tables
/// would be missed by nobody else.
#[test]
fn every_land_has_as_many_holidays_as_counted_by_hand() {
    let count = |year: i16| State::ALL.map(|state| days(state, year).len());
    //                     BW  BY  BE  BB  HB  HH  HE  MV  NI NW  RP  SL  SN  ST SH  TH
    assert_eq!(count(2016), [12, 12, 9, 12, 9, 9, 10, 10, 9, 11, 11, 12, 11, 11, 9, 10]);
    assert_eq!(count(2017), [13, 13, 10, 12, 10, 10, 11, 10, 10, 12, 12, 13, 11, 11, 10, 10]);
    assert_eq!(count(2018), [12, 12, 9, 12, 10, 10, 10, 10, 10, 11, 11, 12, 11, 11, 10, 10]);
    assert_eq!(count(2019), [12, 12, 10, 12, 10, 10, 10, 10, 10, 11, 11, 12, 11, 11, 10, 11]);
    assert_eq!(count(2020), [12, 12, 11, 12, 10, 10, 10, 10, 10, 11, 11, 12, 11, 11, 10, 11]);
    assert_eq!(count(2023), [12, 12, 10, 12, 10, 10, 10, 11, 10, 11, 11, 12, 11, 11, 10, 11]);
    assert_eq!(count(2025), [12, 12, 11, 12, 10, 10, 10, 11, 10, 11, 11, 12, 11, 11, 10, 11]);
    assert_eq!(count(2028), [12, 12, 11, 12, 10, 10, 10, 11, 10, 11, 11, 12, 11, 11, 10, 11]);
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
        for year in i32::from(FROM)..=i32::from(UNTIL) {
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
