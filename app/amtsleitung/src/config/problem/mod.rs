// SPDX-License-Identifier: EUPL-1.2
//! Everything that can be wrong with a configuration, and how it is said in both languages.

mod emergency;
mod opening;
mod plan;
mod production;
mod shape;
mod syntax;
mod telephony;
mod tls;
mod value;
mod way;
mod web;

pub use emergency::Emergency;
pub use opening::Opening;
pub use plan::PlanProblem;
pub use production::ProductionProblem;
pub use shape::{Shape, ValueKind};
pub use syntax::Syntax;
pub use telephony::TelephonyProblem;
pub use tls::TlsProblem;
pub use value::ValueProblem;
pub use way::WayProblem;
pub use web::WebProblem;

use super::place_in_file::Lines;
use super::schema::Kind;
use crate::Lang;
use std::collections::BTreeMap;

/// Characters of a file's value that a message repeats.
const SHOWN_MAX: usize = 60;

/// Whether a problem keeps the configuration from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It does.
    Error,
    /// It does not, but somebody should look.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The file is no TOML.
    Syntax(Syntax),
    /// A key or table is unknown, missing or of the wrong type.
    Shape(Shape),
    /// A value cannot be what it claims.
    Value(ValueProblem),
    /// An emergency number stands where it must not, or its route is missing.
    Emergency(Emergency),
    /// Hours, shifts or closures do not make sense.
    Opening(Opening),
    /// Lines, queues, skills and teams do not fit together.
    Plan(PlanProblem),
    /// Partners, switchboards, stages, call-backs or crisis plans lead nowhere.
    Way(WayProblem),
    /// Where the centre listens, trunks, telephones or the bench are wrong.
    Telephony(TelephonyProblem),
    /// Certificates are missing, or something for TLS does not fit.
    Tls(TlsProblem),
    /// The pages, or the telephones in the browsers.
    Web(WebProblem),
    /// It may be tried out, but must not go public.
    Production(ProductionProblem),
}

/// What a message may look up while it is written: other places, and the names that exist.
#[derive(Debug)]
pub struct Context<'s> {
    /// For naming a second place.
    pub lines: Lines<'s>,
    /// The ids of every list, for "did you mean".
    pub ids: BTreeMap<Kind, Vec<String>>,
}

/// A message, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What is wrong.
    pub what: String,
    /// What was expected, or what to do.
    pub advice: String,
    /// What was probably meant.
    pub meant: Option<String>,
}

/// A message from four texts with `{names}` in them: what is wrong and what to do, in German, then
/// in English.
macro_rules! say {
    ($lang:expr, $de:literal, $de_advice:literal, $en:literal, $en_advice:literal $(,)?) => {
        Said::new($lang, (format!($de), format!($de_advice)), (format!($en), format!($en_advice)))
    };
}
use say;

impl Said {
    fn new(lang: Lang, de: (String, String), en: (String, String)) -> Self {
        let (what, advice) = lang.pick(de, en);
        Said { what, advice, meant: None }
    }

    fn or_rather(mut self, meant: Option<&str>) -> Self {
        self.meant = meant.map(str::to_owned);
        self
    }
}

impl Problem {
    /// Whether it is an error.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Problem::Syntax(_) | Problem::Shape(_) | Problem::Value(_) | Problem::Emergency(_) => {
                Severity::Error
            }
            Problem::Opening(problem) => problem.severity(),
            Problem::Plan(problem) => problem.severity(),
            Problem::Way(problem) => problem.severity(),
            Problem::Telephony(problem) => problem.severity(),
            Problem::Tls(problem) => problem.severity(),
            Problem::Web(problem) => problem.severity(),
            Problem::Production(problem) => problem.severity(),
        }
    }

    /// The message.
    #[must_use]
    pub fn said(&self, lang: Lang, context: &Context<'_>) -> Said {
        match self {
            Problem::Syntax(problem) => problem.said(lang),
            Problem::Shape(problem) => problem.said(lang, context),
            Problem::Value(problem) => problem.said(lang, context),
            Problem::Emergency(problem) => problem.said(lang),
            Problem::Opening(problem) => problem.said(lang),
            Problem::Plan(problem) => problem.said(lang, context),
            Problem::Way(problem) => problem.said(lang),
            Problem::Telephony(problem) => problem.said(lang, context),
            Problem::Tls(problem) => problem.said(lang),
            Problem::Web(problem) => problem.said(lang, context),
            Problem::Production(problem) => problem.said(lang),
        }
    }
}

/// A value from the file in quotes, short and without control characters.
#[must_use]
pub fn quoted(lang: Lang, value: &str) -> String {
    let mut shown: String = value.chars().take(SHOWN_MAX).collect();
    if shown.len() < value.len() {
        shown.push('…');
    }
    let shown = visible(&shown);
    lang.pick(format!("„{shown}“"), format!("“{shown}”"))
}

/// The text with control characters spelt out, so that a hostile file cannot write to a terminal.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_invisible(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Control characters and those that turn the direction of writing.
pub(super) fn is_invisible(character: char) -> bool {
    character.is_control()
        || ('\u{200b}'..='\u{200f}').contains(&character)
        || ('\u{2028}'..='\u{202e}').contains(&character)
        || ('\u{2060}'..='\u{206f}').contains(&character)
        || character == '\u{feff}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_write_to_the_terminal() {
        assert_eq!(quoted(Lang::De, "a\u{1b}[31m\nb"), "„a\\u{1b}[31m\\nb“");
        assert_eq!(quoted(Lang::En, &"ä".repeat(100)).chars().count(), SHOWN_MAX + 3);
    }
}
