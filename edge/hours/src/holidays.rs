// SPDX-License-Identifier: EUPL-1.2
//! The public holidays of the sixteen Länder, from their laws.

use crate::local::{YEARS, day_after};
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;
use std::fmt;

/// One of the sixteen Länder; holidays are their matter (Art. 70 GG), but for 3 October
/// (Art. 2 Abs. 2 Einigungsvertrag).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// BW, Baden-Württemberg.
    BadenWuerttemberg,
    /// BY, Bayern.
    Bavaria,
    /// BE, Berlin.
    Berlin,
    /// BB, Brandenburg.
    Brandenburg,
    /// HB, Bremen.
    Bremen,
    /// HH, Hamburg.
    Hamburg,
    /// HE, Hessen.
    Hesse,
    /// MV, Mecklenburg-Vorpommern.
    MecklenburgWesternPomerania,
    /// NI, Niedersachsen.
    LowerSaxony,
    /// NW, Nordrhein-Westfalen.
    NorthRhineWestphalia,
    /// RP, Rheinland-Pfalz.
    RhinelandPalatinate,
    /// SL, Saarland.
    Saarland,
    /// SN, Sachsen.
    Saxony,
    /// ST, Sachsen-Anhalt.
    SaxonyAnhalt,
    /// SH, Schleswig-Holstein.
    SchleswigHolstein,
    /// TH, Thüringen.
    Thuringia,
}

/// The text is no code of a Land.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateError {
    found: String,
}

impl StateError {
    /// What is wrong and what was expected, in German.
    #[must_use]
    pub fn message_de(&self) -> String {
        format!("„{}“ ist kein Kürzel eines Landes; erwartet: {}", self.found, codes())
    }

    /// What is wrong and what was expected, in English.
    #[must_use]
    pub fn message_en(&self) -> String {
        format!("\"{}\" is not the code of a German state; expected: {}", self.found, codes())
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message_en())
    }
}

impl std::error::Error for StateError {}

fn codes() -> String {
    State::ALL.map(State::code).join(", ")
}

impl State {
    /// All sixteen, in the order of their official German names.
    pub const ALL: [State; 16] = [
        State::BadenWuerttemberg,
        State::Bavaria,
        State::Berlin,
        State::Brandenburg,
        State::Bremen,
        State::Hamburg,
        State::Hesse,
        State::MecklenburgWesternPomerania,
        State::LowerSaxony,
        State::NorthRhineWestphalia,
        State::RhinelandPalatinate,
        State::Saarland,
        State::Saxony,
        State::SaxonyAnhalt,
        State::SchleswigHolstein,
        State::Thuringia,
    ];

    /// Reads a code such as `NI` or `DE-NI` (ISO 3166-2:DE), in capitals.
    ///
    /// # Errors
    /// If it is none of the sixteen; the error lists them.
    pub fn parse(text: &str) -> Result<State, StateError> {
        let code = text.strip_prefix("DE-").unwrap_or(text);
        let unknown = || StateError { found: text.chars().take(40).collect() };
        State::ALL.into_iter().find(|state| state.code() == code).ok_or_else(unknown)
    }

    /// The two letters of ISO 3166-2:DE without `DE-`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code_and_name().0
    }

    /// The German name.
    #[must_use]
    pub const fn name_de(self) -> &'static str {
        self.code_and_name().1
    }

    const fn code_and_name(self) -> (&'static str, &'static str) {
        match self {
            State::BadenWuerttemberg => ("BW", "Baden-Württemberg"),
            State::Bavaria => ("BY", "Bayern"),
            State::Berlin => ("BE", "Berlin"),
            State::Brandenburg => ("BB", "Brandenburg"),
            State::Bremen => ("HB", "Bremen"),
            State::Hamburg => ("HH", "Hamburg"),
            State::Hesse => ("HE", "Hessen"),
            State::MecklenburgWesternPomerania => ("MV", "Mecklenburg-Vorpommern"),
            State::LowerSaxony => ("NI", "Niedersachsen"),
            State::NorthRhineWestphalia => ("NW", "Nordrhein-Westfalen"),
            State::RhinelandPalatinate => ("RP", "Rheinland-Pfalz"),
            State::Saarland => ("SL", "Saarland"),
            State::Saxony => ("SN", "Sachsen"),
            State::SaxonyAnhalt => ("ST", "Sachsen-Anhalt"),
            State::SchleswigHolstein => ("SH", "Schleswig-Holstein"),
            State::Thuringia => ("TH", "Thüringen"),
        }
    }
}

/// A day that is a public holiday in a whole Land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// The day, in local time.
    pub date: Date,
    /// Its name in German.
    pub name_de: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
}

#[derive(Clone, Copy)]
enum When {
    /// Month and day.
    On(i8, i8),
    /// Days after Easter Sunday, negative before.
    Easter(i32),
    /// The Wednesday before 23 November (§ 1 SächsSFG).
    Repentance,
}

#[derive(Clone, Copy)]
enum Where {
    Everywhere,
    In(&'static [State]),
}

/// One holiday as a law gives it: day, names, Länder, and the years (both included) in which it holds.
struct Statute(When, &'static str, &'static str, Where, i16, i16);

const EVER: i16 = i16::MAX;

use State::{
    BadenWuerttemberg as BW, Bavaria as BY, Berlin as BE, Brandenburg as BB, Bremen as HB,
    Hamburg as HH, Hesse as HE, LowerSaxony as NI, MecklenburgWesternPomerania as MV,
    NorthRhineWestphalia as NW, RhinelandPalatinate as RP, Saarland as SL, Saxony as SN,
    SaxonyAnhalt as ST, SchleswigHolstein as SH, Thuringia as TH,
};

/// The laws, as they stand in 2026: FTG BW § 1, FTG BY Art. 1 Abs. 1 Nr. 1, FeiertG BE § 1 Abs. 1,
/// FTG BB § 2 Abs. 1, FeiertG HB § 2 Abs. 1, FeiertG HH § 1, HFeiertagsG § 1 Abs. 1, FTG M-V § 2,
/// NFeiertagsG § 2 Abs. 1, Feiertagsgesetz NW § 2, LFtG RP § 2, SFG SL § 2 Abs. 1, SächsSFG § 1
/// Abs. 1, FeiertG LSA § 2, SFTG SH § 2, ThürFGtG § 2 Abs. 1.
///
/// Left out, because they do not hold in the whole Land (an authority there writes them as closures):
/// Mariä Himmelfahrt in Bavaria (municipalities with a catholic majority, Art. 1 Abs. 1 Nr. 2 FTG),
/// the Friedensfest in Augsburg (Art. 1 Abs. 2), Fronleichnam in parts of Saxony (§ 1 Abs. 1 SächsSFG
/// with the FronleichnamsVO) and Thuringia (§ 2 Abs. 2 and § 10 Abs. 1 ThürFGtG). Hesse counts all
/// Sundays as holidays (§ 1 Abs. 1 HFeiertagsG); here they are ordinary Sundays.
const STATUTES: &[Statute] = &[
    Statute(When::On(1, 1), "Neujahr", "New Year's Day", Where::Everywhere, 1995, EVER),
    Statute(
        When::On(1, 6),
        "Heilige Drei Könige",
        "Epiphany",
        Where::In(&[BW, BY, ST]),
        1995,
        EVER,
    ),
    Statute(When::On(3, 8), "Frauentag", "International Women's Day", Where::In(&[BE]), 2019, EVER),
    Statute(When::On(3, 8), "Frauentag", "International Women's Day", Where::In(&[MV]), 2023, EVER),
    Statute(When::Easter(-2), "Karfreitag", "Good Friday", Where::Everywhere, 1995, EVER),
    Statute(When::Easter(0), "Ostersonntag", "Easter Sunday", Where::In(&[BB]), 1995, EVER),
    Statute(When::Easter(1), "Ostermontag", "Easter Monday", Where::Everywhere, 1995, EVER),
    Statute(When::On(5, 1), "Tag der Arbeit", "Labour Day", Where::Everywhere, 1995, EVER),
    // Berlin, once each: 75 and 80 years after the liberation, 75 years after the uprising of 1953.
    Statute(When::On(5, 8), "Tag der Befreiung", "Liberation Day", Where::In(&[BE]), 2020, 2020),
    Statute(When::On(5, 8), "Tag der Befreiung", "Liberation Day", Where::In(&[BE]), 2025, 2025),
    Statute(
        When::On(6, 17),
        "Jahrestag des Volksaufstandes in der DDR",
        "Anniversary of the 1953 uprising",
        Where::In(&[BE]),
        2028,
        2028,
    ),
    Statute(
        When::Easter(39),
        "Christi Himmelfahrt",
        "Ascension Day",
        Where::Everywhere,
        1995,
        EVER,
    ),
    Statute(When::Easter(49), "Pfingstsonntag", "Whit Sunday", Where::In(&[BB]), 1995, EVER),
    Statute(When::Easter(50), "Pfingstmontag", "Whit Monday", Where::Everywhere, 1995, EVER),
    Statute(
        When::Easter(60),
        "Fronleichnam",
        "Corpus Christi",
        Where::In(&[BW, BY, HE, NW, RP, SL]),
        1995,
        EVER,
    ),
    Statute(When::On(8, 15), "Mariä Himmelfahrt", "Assumption Day", Where::In(&[SL]), 1995, EVER),
    Statute(When::On(9, 20), "Weltkindertag", "World Children's Day", Where::In(&[TH]), 2019, EVER),
    Statute(
        When::On(10, 3),
        "Tag der Deutschen Einheit",
        "Day of German Unity",
        Where::Everywhere,
        1995,
        EVER,
    ),
    Statute(
        When::On(10, 31),
        "Reformationstag",
        "Reformation Day",
        Where::In(&[BB, MV, SN, ST, TH]),
        1995,
        EVER,
    ),
    // 500 years of the Reformation: every Land without the holiday made it one for 2017 only.
    Statute(
        When::On(10, 31),
        "Reformationstag",
        "Reformation Day",
        Where::In(&[BW, BY, BE, HB, HH, HE, NI, NW, RP, SL, SH]),
        2017,
        2017,
    ),
    // Since 2018 by the four northern laws, in Lower Saxony § 2 Abs. 1 NFeiertagsG as amended 22 June 2018.
    Statute(
        When::On(10, 31),
        "Reformationstag",
        "Reformation Day",
        Where::In(&[HB, HH, NI, SH]),
        2018,
        EVER,
    ),
    Statute(
        When::On(11, 1),
        "Allerheiligen",
        "All Saints' Day",
        Where::In(&[BW, BY, NW, RP, SL]),
        1995,
        EVER,
    ),
    Statute(
        When::Repentance,
        "Buß- und Bettag",
        "Day of Repentance and Prayer",
        Where::In(&[SN]),
        1995,
        EVER,
    ),
    Statute(When::On(12, 25), "1. Weihnachtstag", "Christmas Day", Where::Everywhere, 1995, EVER),
    Statute(
        When::On(12, 26),
        "2. Weihnachtstag",
        "Second Christmas Day",
        Where::Everywhere,
        1995,
        EVER,
    ),
];

/// The public holidays that hold in the whole of `state` in `year`, sorted by date.
///
/// Two holidays may share a day (Ascension Day on 1 May). Years outside [`YEARS`] give an empty list:
/// the laws of before 1995 (before the Day of Repentance was given up) are not recorded here.
#[must_use]
pub fn holidays(state: State, year: i16) -> Vec<Holiday> {
    if !YEARS.contains(&year) {
        return Vec::new();
    }
    let mut found: Vec<Holiday> = STATUTES
        .iter()
        .filter(|statute| statute.holds(state, year))
        .map(|s| s.in_year(year))
        .collect();
    found.sort_unstable();
    found
}

impl Statute {
    fn holds(&self, state: State, year: i16) -> bool {
        let there = match self.3 {
            Where::Everywhere => true,
            Where::In(states) => states.contains(&state),
        };
        there && (self.4..=self.5).contains(&year)
    }

    fn in_year(&self, year: i16) -> Holiday {
        let date = match self.0 {
            When::On(month, day) => {
                Date::new(year, month, day).expect("the table holds days that every year has")
            }
            When::Easter(days) => day_after(easter_sunday(year), days),
            When::Repentance => {
                let eve = Date::new(year, 11, 22).expect("22 November exists every year");
                let back = eve.weekday().since(Weekday::Wednesday);
                day_after(eve, -i32::from(back))
            }
        };
        Holiday { date, name_de: self.1, name_en: self.2 }
    }
}

/// Easter Sunday of the Gregorian calendar.
///
/// The anonymous computus of Nature 13 (20 April 1876), p. 487, as given by Meeus, Astronomical
/// Algorithms, chapter 8; exact for every Gregorian year.
pub(crate) fn easter_sunday(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let days = h + l - 7 * m;
    day_after(Date::new(year, 3, 22).expect("22 March exists every year"), days)
}

/// The holidays of one Land over some years, to look a day up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HolidayCalendar {
    by_date: BTreeMap<Date, Holiday>,
}

impl HolidayCalendar {
    /// The holidays of `state` from one year to another, both included.
    pub(crate) fn new(state: State, from: i16, until: i16) -> Self {
        let mut by_date = BTreeMap::new();
        for holiday in (from..=until).flat_map(|year| holidays(state, year)) {
            by_date.entry(holiday.date).or_insert(holiday);
        }
        HolidayCalendar { by_date }
    }

    pub(crate) fn on(&self, date: Date) -> Option<Holiday> {
        self.by_date.get(&date).copied()
    }

    pub(crate) fn contains(&self, date: Date) -> bool {
        self.by_date.contains_key(&date)
    }
}
