// SPDX-License-Identifier: EUPL-1.2
//! Why an expression is refused: where, what is wrong, and what was expected.

use crate::rules::{DAY_OFFSET_MAX, EXPRESSION_CHARS_MAX, OCCURRENCES_MAX};
use std::fmt;

/// An expression that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// Where in the expression, in bytes from its beginning; always at the edge of a character.
    pub offset: usize,
    /// What is wrong there.
    pub refusal: Refusal,
}

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is written.
    Empty,
    /// Longer than [`EXPRESSION_CHARS_MAX`] characters; so many there are.
    TooLong(usize),
    /// `SH`: there is no table of school holidays, and `SH Mo-Fr` would mean "SH *or* Mo-Fr".
    SchoolHolidays,
    /// `sunrise`, `sunset`, `dawn`, `dusk`: a telephone line has no place on earth.
    VariableTime,
    /// `unknown`: a line is open or closed.
    UnknownState,
    /// A comment that does not follow `open` or `off`: on its own it means "unknown".
    LoneComment,
    /// `||`, which says what holds where nothing is known.
    Fallback,
    /// `/` behind a time: moments at a regular distance, no hours.
    TimeStep,
    /// `+` behind a time: an end that nobody knows.
    OpenEnd,
    /// `PH Mo` or `Mo PH`: "both" by the standard, "either" by most programs.
    HolidayBesideWeekday,
    /// More than [`OCCURRENCES_MAX`] brackets as in `Mo[1]`.
    TooManyOccurrences,
    /// `[3-1]`: from the third to the first.
    ReversedOccurrences,
    /// `2020-2014`.
    ReversedYears,
    /// `week 40-10`.
    ReversedWeeks,
    /// `+ N days` further than [`DAY_OFFSET_MAX`] days.
    DayOffsetTooLarge,
    /// A day that no year has, such as `Feb 30`.
    NoSuchDay {
        /// The month as it is written in expressions.
        month: &'static str,
        /// The day of the month.
        day: u8,
    },
    /// A German word, or a short form that differs in German.
    Spelling {
        /// What is written.
        found: String,
        /// What to write instead.
        instead: &'static str,
    },
    /// Written as people write it, with a spelling that the syntax knows: the whole expression.
    Respelled(String),
    /// Something that the syntax knows but that has no meaning here.
    Unsupported,
    /// The expression breaks off or goes on in a way that the syntax does not know.
    Syntax {
        /// What stands there; empty at the end.
        found: String,
        /// What could stand there, most likely first; may be empty.
        expected: Vec<Expected>,
    },
}

/// What could stand at a place of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    /// `Mo`, `Tu`, `We`, `Th`, `Fr`, `Sa`, `Su`.
    Weekday,
    /// `07:00-18:00`.
    Times,
    /// `PH`.
    Holiday,
    /// `off` or `open`.
    State,
    /// `Jan` to `Dec`.
    Month,
    /// `Dec 24`.
    Day,
    /// `2014`.
    Year,
    /// `week 10`.
    Week,
    /// `[1]`.
    Occurrence,
    /// `+1 day`.
    DayOffset,
    /// `;` or `,` and the next rule.
    NextRule,
    /// The end.
    End,
}

impl Expected {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Expected::Weekday => (
                "ein Wochentag (Mo, Tu, We, Th, Fr, Sa, Su)",
                "a weekday (Mo, Tu, We, Th, Fr, Sa, Su)",
            ),
            Expected::Times => ("Zeiten wie 07:00-18:00", "times such as 07:00-18:00"),
            Expected::Holiday => ("PH (Feiertage)", "PH (public holidays)"),
            Expected::State => ("off (geschlossen) oder open", "off or open"),
            Expected::Month => ("ein Monat (Jan bis Dec)", "a month (Jan to Dec)"),
            Expected::Day => ("ein Tag wie Dec 24", "a day such as Dec 24"),
            Expected::Year => ("ein Jahr wie 2014", "a year such as 2014"),
            Expected::Week => ("eine Woche wie week 10", "a week such as week 10"),
            Expected::Occurrence => ("eine Angabe wie [1]", "an occurrence such as [1]"),
            Expected::DayOffset => ("ein Versatz wie +1 day", "an offset such as +1 day"),
            Expected::NextRule => ("; und die nächste Regel", "; and the next rule"),
            Expected::End => ("das Ende", "the end"),
        }
    }
}

impl Refusal {
    /// What is wrong and what was expected, in German.
    fn de(&self) -> String {
        match self {
            Refusal::Empty => {
                "keine Öffnungszeiten angegeben; erwartet: etwa Mo-Fr 08:00-18:00".into()
            }
            Refusal::TooLong(chars) => {
                format!("{chars} Zeichen sind zu lang; erwartet: höchstens {EXPRESSION_CHARS_MAX}")
            }
            Refusal::SchoolHolidays => {
                "Schulferien (SH) sind nicht hinterlegt, und „SH Mo-Fr“ hieße „Ferien \
                 oder Mo-Fr“; erwartet: die Ferien als Datum, etwa Jul 31-Sep 10"
                    .into()
            }
            Refusal::VariableTime => {
                "Zeiten nach dem Sonnenstand kennt eine Telefonleitung nicht; erwartet: \
                 eine Uhrzeit wie 08:00"
                    .into()
            }
            Refusal::UnknownState => {
                "„unknown“ (ungewiss) gibt es nicht: eine Leitung ist offen oder \
                 geschlossen; erwartet: open oder off"
                    .into()
            }
            Refusal::LoneComment => {
                "eine Bemerkung allein bedeutet „ungewiss“; erwartet: open oder off \
                 vor der Bemerkung"
                    .into()
            }
            Refusal::Fallback => {
                "die Ersatzregel || wird nicht unterstützt; erwartet: ; zwischen den Regeln, \
                 die spätere gilt"
                    .into()
            }
            Refusal::TimeStep => {
                "/ hinter einer Uhrzeit meint einzelne Zeitpunkte, keine Öffnung; \
                 erwartet: von-bis, etwa 08:00-18:00"
                    .into()
            }
            Refusal::OpenEnd => {
                "+ hinter einer Uhrzeit lässt das Ende offen; erwartet: eine Endzeit, etwa \
                 08:00-18:00"
                    .into()
            }
            Refusal::HolidayBesideWeekday => {
                "PH und Wochentag nebeneinander sind mehrdeutig; erwartet: ein \
                 Komma für „oder“ (PH,Su), oder eine eigene Regel für PH"
                    .into()
            }
            Refusal::TooManyOccurrences => {
                format!("zu viele Angaben wie [1]; erwartet: höchstens {OCCURRENCES_MAX}")
            }
            Refusal::ReversedOccurrences => {
                "die Angabe in [ ] läuft rückwärts; erwartet: die kleinere Zahl zuerst".into()
            }
            Refusal::ReversedYears => {
                "die Jahre laufen rückwärts; erwartet: das frühere zuerst".into()
            }
            Refusal::ReversedWeeks => {
                "die Wochen laufen rückwärts; erwartet: zwei Bereiche, etwa week 40-53,1-10".into()
            }
            Refusal::DayOffsetTooLarge => {
                format!("so viele Tage Versatz; erwartet: höchstens {DAY_OFFSET_MAX}")
            }
            Refusal::NoSuchDay { month, day } => {
                format!(
                    "den Tag {month} {day} gibt es in keinem Jahr; erwartet: ein Tag des Monats"
                )
            }
            Refusal::Spelling { found, instead } => {
                format!("„{found}“ kennt die Schreibweise nicht; erwartet: {instead}")
            }
            Refusal::Respelled(instead) => {
                format!("diese Schreibweise ist nicht bekannt; erwartet: {instead}")
            }
            Refusal::Unsupported => {
                "diese Angabe wird nicht unterstützt; erwartet: Tage und Zeiten von-bis".into()
            }
            Refusal::Syntax { found, expected } => {
                let start = if found.is_empty() {
                    "hier fehlt etwas".to_owned()
                } else {
                    format!("„{found}“ passt hier nicht")
                };
                start + &listed("; erwartet: ", " oder ", expected.iter().map(|e| e.words().0))
            }
        }
    }

    /// What is wrong and what was expected, in English.
    fn en(&self) -> String {
        match self {
            Refusal::Empty => {
                "no opening hours are given; expected something like Mo-Fr 08:00-18:00".into()
            }
            Refusal::TooLong(chars) => {
                format!("{chars} characters are too long; expected at most {EXPRESSION_CHARS_MAX}")
            }
            Refusal::SchoolHolidays => {
                "there is no table of school holidays (SH), and \"SH Mo-Fr\" would mean \
                 \"SH or Mo-Fr\"; expected the dates, such as Jul 31-Sep 10"
                    .into()
            }
            Refusal::VariableTime => {
                "a telephone line does not know the sun; expected a time such as 08:00".into()
            }
            Refusal::UnknownState => {
                "there is no \"unknown\": a line is open or closed; expected open or off".into()
            }
            Refusal::LoneComment => {
                "a comment alone means \"unknown\"; expected open or off before the comment".into()
            }
            Refusal::Fallback => {
                "the fallback || is not supported; expected ; between rules, of which the later \
                 holds"
                    .into()
            }
            Refusal::TimeStep => {
                "/ behind a time means single moments, no opening; expected from-to, such as \
                 08:00-18:00"
                    .into()
            }
            Refusal::OpenEnd => {
                "+ behind a time leaves the end open; expected an end, such as 08:00-18:00".into()
            }
            Refusal::HolidayBesideWeekday => {
                "PH and a weekday side by side are ambiguous; expected a comma for \
                 \"or\" (PH,Su), or a rule of its own for PH"
                    .into()
            }
            Refusal::TooManyOccurrences => {
                format!("too many occurrences such as [1]; expected at most {OCCURRENCES_MAX}")
            }
            Refusal::ReversedOccurrences => {
                "the numbers in [ ] run backwards; expected the smaller first".into()
            }
            Refusal::ReversedYears => "the years run backwards; expected the earlier first".into(),
            Refusal::ReversedWeeks => {
                "the weeks run backwards; expected two ranges, such as week 40-53,1-10".into()
            }
            Refusal::DayOffsetTooLarge => {
                format!("an offset of so many days; expected at most {DAY_OFFSET_MAX}")
            }
            Refusal::NoSuchDay { month, day } => {
                format!("no year has a day {month} {day}; expected a day of the month")
            }
            Refusal::Spelling { found, instead } => {
                format!("the syntax does not know \"{found}\"; expected {instead}")
            }
            Refusal::Respelled(instead) => {
                format!("this way of writing is not known; expected {instead}")
            }
            Refusal::Unsupported => "this is not supported; expected days and times from-to".into(),
            Refusal::Syntax { found, expected } => {
                let start = if found.is_empty() {
                    "something is missing here".to_owned()
                } else {
                    format!("\"{found}\" does not fit here")
                };
                start + &listed("; expected ", " or ", expected.iter().map(|e| e.words().1))
            }
        }
    }
}

/// `lead` and the words, or nothing if there are none.
fn listed<'w>(lead: &str, or: &str, words: impl Iterator<Item = &'w str>) -> String {
    let words: Vec<&str> = words.collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => format!("{lead}{last}"),
        Some((last, before)) => format!("{lead}{}{or}{last}", before.join(", ")),
    }
}

impl RuleError {
    /// What is wrong and what was expected, in German; the place stands in [`RuleError::offset`].
    #[must_use]
    pub fn message_de(&self) -> String {
        self.refusal.de()
    }

    /// What is wrong and what was expected, in English; the place stands in [`RuleError::offset`].
    #[must_use]
    pub fn message_en(&self) -> String {
        self.refusal.en()
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.offset, self.message_en())
    }
}

impl std::error::Error for RuleError {}
