// SPDX-License-Identifier: EUPL-1.2
//! Hours, shifts and closures that do not make sense.

use super::{Said, Severity, quoted, say};
use crate::Lang;
use crate::config::moment::MomentError;

/// What is wrong with hours, shifts or closures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The rules cannot be read; the words come from the reader of the rules.
    BadRules {
        /// In German: what is wrong.
        de: String,
        /// In English: what is wrong.
        en: String,
    },
    /// Rules that do not say what happens on holidays.
    NoHolidays(String),
    /// Hours that never open.
    NeverOpen {
        /// The first day looked at.
        from: String,
        /// The last day looked at.
        until: String,
    },
    /// Closures that take away every opening of the years looked at.
    AllClosed {
        /// The first day looked at.
        from: String,
        /// The last day looked at.
        until: String,
    },
    /// A rule for holidays that a later rule overrides.
    HolidaysOverridden,
    /// A time such as `08:00-08:00`, which lasts 24 hours.
    FullCircle {
        /// The time.
        time: String,
    },
    /// A weekday whose hours a later rule replaces by quite different ones.
    ReplacedDay {
        /// The weekday in German.
        de: &'static str,
        /// The weekday in English.
        en: &'static str,
    },
    /// A shift longer than anybody may work.
    LongShift {
        /// The day on which it begins.
        day: String,
        /// How many whole hours it has.
        hours: u64,
        /// How many it may have.
        max: u64,
    },
    /// No local date and time.
    BadMoment {
        /// The text.
        given: String,
        /// Why.
        error: MomentError,
    },
    /// `until` is not after `from`.
    Reversed,
    /// The last day lies before the first.
    DaysReversed,
    /// No day of the calendar, or outside the years that the program knows holidays for.
    BadDay {
        /// The text.
        given: String,
    },
    /// A closure outside the years that the program knows holidays for.
    OutsideYears {
        /// The first year.
        first: i16,
        /// The last year.
        last: i16,
    },
    /// A closure that goes on after the last year that the program knows holidays for.
    WithoutEnd {
        /// The last year.
        last: i16,
    },
    /// A closure while the hours are closed anyway.
    NothingToClose {
        /// The hours.
        hours: String,
    },
}

impl Opening {
    pub(super) fn severity(&self) -> Severity {
        match self {
            Opening::NoHolidays(_)
            | Opening::AllClosed { .. }
            | Opening::HolidaysOverridden
            | Opening::FullCircle { .. }
            | Opening::ReplacedDay { .. }
            | Opening::OutsideYears { .. }
            | Opening::WithoutEnd { .. }
            | Opening::NothingToClose { .. } => Severity::Warning,
            Opening::BadRules { .. }
            | Opening::NeverOpen { .. }
            | Opening::LongShift { .. }
            | Opening::BadMoment { .. }
            | Opening::DaysReversed
            | Opening::BadDay { .. }
            | Opening::Reversed => Severity::Error,
        }
    }

    pub(super) fn said(&self, lang: Lang) -> Said {
        match self {
            Opening::BadRules { de, en } => say!(
                lang,
                "{de}.",
                "Wie Zeiten geschrieben werden, steht in docs/configuration.md unter „Opening hours“.",
                "{en}.",
                "How times are written stands in docs/configuration.md under “Opening hours”.",
            ),
            Opening::NoHolidays(rules) => {
                let rules = quoted(lang, rules);
                say!(
                    lang,
                    "Die Zeiten {rules} sagen nicht, was an Feiertagen gilt.",
                    "Am Ende „; PH off“ anhängen, wenn dann geschlossen ist, sonst „; PH“ mit der \
                     Uhrzeit.",
                    "The times {rules} do not say what holds on public holidays.",
                    "Append “; PH off” if it is closed then, otherwise “; PH” with the time.",
                )
            }
            Opening::NeverOpen { from, until } => say!(
                lang,
                "Nach diesen Zeiten ist vom {from} bis zum {until} nie offen.",
                "Die Zeiten oder die Schließtage berichtigen.",
                "By these times it is never open from {from} to {until}.",
                "Correct the times or the closures.",
            ),
            Opening::AllClosed { from, until } => say!(
                lang,
                "Vom {from} bis zum {until} fallen alle diese Zeiten in Schließungen.",
                "Die Schließungen prüfen, vor allem ihr Ende (until).",
                "From {from} to {until} all of these times fall into closures.",
                "Check the closures, above all their end (until).",
            ),
            Opening::HolidaysOverridden => holidays_overridden(lang),
            Opening::FullCircle { time } => full_circle(lang, time),
            Opening::ReplacedDay { de, en } => replaced_day(lang, de, en),
            Opening::LongShift { day, hours, max } => say!(
                lang,
                "Die Schicht am {day} dauert {hours} Stunden ohne Ende.",
                "Erwartet: höchstens {max} Stunden am Stück.",
                "The shift on {day} lasts {hours} hours without an end.",
                "Expected: {max} hours at a stretch at most.",
            ),
            Opening::BadMoment { given, error } => bad_moment(lang, given, *error),
            Opening::Reversed => say!(
                lang,
                "Das Ende (until) liegt nicht nach dem Anfang (from).",
                "Erwartet: until später als from; der ganze Tag geht von T00:00 bis T24:00.",
                "The end (until) is not after the beginning (from).",
                "Expected: until later than from; a whole day goes from T00:00 to T24:00.",
            ),
            Opening::DaysReversed => say!(
                lang,
                "Der letzte Tag (until) liegt vor dem ersten (from).",
                "Beide Tage gehören dazu; für einen einzigen Tag stehen sie gleich.",
                "The last day (until) lies before the first (from).",
                "Both days are included; for a single day they are the same.",
            ),
            Opening::BadDay { given } => bad_day(lang, given),
            Opening::OutsideYears { first, last } => say!(
                lang,
                "Diese Schließung liegt außerhalb der Jahre, für die das Programm Feiertage \
                 kennt.",
                "Es rechnet mit {first} bis {last}; die Schließung hat keine Wirkung.",
                "This closure lies outside the years for which the program knows holidays.",
                "It reckons with {first} to {last}; the closure has no effect.",
            ),
            Opening::WithoutEnd { last } => without_end(lang, *last),
            Opening::NothingToClose { hours } => say!(
                lang,
                "Zu dieser Zeit ist „{hours}“ ohnehin geschlossen.",
                "Die Schließung hat dort keine Wirkung; Datum und Uhrzeit prüfen.",
                "At this time “{hours}” is closed anyway.",
                "The closure has no effect there; check date and time.",
            ),
        }
    }
}

fn bad_moment(lang: Lang, given: &str, error: MomentError) -> Said {
    let given = quoted(lang, given);
    let (de, en) = match error {
        MomentError::Form => {
            (format!("{given} ist kein Zeitpunkt."), format!("{given} is no date and time."))
        }
        MomentError::NoSuchDay => {
            (format!("Den Tag {given} gibt es nicht."), format!("There is no day {given}."))
        }
        MomentError::NoSuchTime => (
            format!("Die Uhrzeit {given} gibt es nicht; die Uhren springen dann auf Sommerzeit."),
            format!("The time {given} does not exist; the clocks go forward then."),
        ),
    };
    Said::new(
        lang,
        (
            de,
            "Erwartet: Datum und Uhrzeit wie \"2014-12-24T12:00\"; das Ende eines Tages ist T24:00."
                .to_owned(),
        ),
        (
            en,
            "Expected: date and time such as \"2014-12-24T12:00\"; the end of a day is T24:00."
                .to_owned(),
        ),
    )
}

fn holidays_overridden(lang: Lang) -> Said {
    say!(
        lang,
        "Die Regel für Feiertage (PH) hat keine Wirkung: eine spätere Regel ersetzt sie.",
        "Die Regel für PH ans Ende stellen.",
        "The rule for holidays (PH) has no effect: a later rule replaces it.",
        "Put the rule for PH last.",
    )
}

fn full_circle(lang: Lang, time: &str) -> Said {
    say!(
        lang,
        "„{time}-{time}“ dauert 24 Stunden, bis zum nächsten Tag.",
        "Wenn das gemeint ist, besser 00:00-24:00 schreiben; sonst die Endzeit berichtigen.",
        "“{time}-{time}” lasts 24 hours, until the next day.",
        "If that is meant, better write 00:00-24:00; otherwise correct the end.",
    )
}

fn replaced_day(lang: Lang, de: &str, en: &str) -> Said {
    say!(
        lang,
        "Für {de} ersetzt eine spätere Regel die früheren Zeiten, statt sie zu ergänzen.",
        "Sollen beide gelten, vor die spätere Regel ein Komma statt des Semikolons setzen.",
        "For {en} a later rule replaces the earlier times instead of adding to them.",
        "If both are to hold, put a comma instead of the semicolon before the later rule.",
    )
}

fn without_end(lang: Lang, last: i16) -> Said {
    say!(
        lang,
        "Diese Schließung reicht über das Jahr {last} hinaus: bis dahin wird nicht wieder \
         geöffnet.",
        "Wenn „bis auf Weiteres“ gemeint ist, ist nichts zu tun; sonst das Ende (until) \
         berichtigen.",
        "This closure goes on beyond the year {last}: nothing opens again until then.",
        "If “until further notice” is meant, nothing need be done; otherwise correct the end \
         (until).",
    )
}

fn bad_day(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    let (first, last) = (*hours::YEARS.start(), *hours::YEARS.end());
    say!(
        lang,
        "{given} ist kein Tag, den das Programm kennt.",
        "Erwartet: ein Tag von {first} bis {last}, zum Beispiel \"2014-05-01\".",
        "{given} is no day that the program knows.",
        "Expected: a day from {first} to {last}, for example \"2014-05-01\".",
    )
}
