// SPDX-License-Identifier: EUPL-1.2
//! Collects problems with their places and prints them in the file's order.

use super::problem::{Context, Problem, Severity, visible};
use crate::Lang;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Problems that are printed; more than this nobody reads before mending the first.
pub const PRINTED_MAX: usize = 200;

/// Problems that are kept at all: two for each of the shortest tables that fit into a file.
const KEPT_MAX: usize = 250_000;

/// A problem and the byte of the file where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The byte offset.
    pub at: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// All problems of one file.
#[derive(Debug, Default)]
pub struct Report {
    found: Vec<Found>,
    dropped: usize,
}

impl Report {
    /// Notes a problem.
    pub fn note(&mut self, at: usize, problem: Problem) {
        if self.found.len() < KEPT_MAX {
            self.found.push(Found { at, problem });
        } else {
            self.dropped += 1;
        }
    }

    /// The problems, sorted by place once [`Report::settle`] has run.
    #[must_use]
    pub fn found(&self) -> &[Found] {
        &self.found
    }

    /// Whether any of them keeps the configuration from being used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.dropped > 0
            || self.found.iter().any(|found| found.problem.severity() == Severity::Error)
    }

    /// Sorts by place and leaves out what only follows from another problem.
    pub fn settle(&mut self, context: &Context<'_>) {
        self.drop_echoes_of_syntax(context);
        let emergencies: BTreeSet<usize> =
            self.places(|p| matches!(p, Problem::Emergency(_))).collect();
        self.found.retain(|found| {
            matches!(found.problem, Problem::Emergency(_)) || !emergencies.contains(&found.at)
        });
        self.found.sort_by_key(|found| (found.at, found.problem.severity()));
        self.found.dedup();
    }

    /// On a line that is no TOML the values are guesses; what is wrong with them says nothing.
    fn drop_echoes_of_syntax(&mut self, context: &Context<'_>) {
        let broken: BTreeSet<usize> = self
            .places(|problem| matches!(problem, Problem::Syntax(_)))
            .map(|at| context.lines.line_of(at))
            .collect();
        if !broken.is_empty() {
            self.found.retain(|found| {
                matches!(found.problem, Problem::Syntax(_))
                    || !broken.contains(&context.lines.line_of(found.at))
            });
        }
    }

    fn places(&self, which: impl Fn(&Problem) -> bool) -> impl Iterator<Item = usize> {
        self.found.iter().filter(move |found| which(&found.problem)).map(|found| found.at)
    }

    /// The report as it is printed: two lines for each problem, at the end a count.
    #[must_use]
    pub fn printed(&self, file: &str, context: &Context<'_>, lang: Lang) -> String {
        let mut text = String::new();
        for found in self.found.iter().take(PRINTED_MAX) {
            print_one(&mut text, file, found, context, lang);
        }
        let rest = self.found.len().saturating_sub(PRINTED_MAX) + self.dropped;
        if rest > 0 {
            let more =
                lang.pick(format!("… und {rest} weitere.\n"), format!("… and {rest} more.\n"));
            text.push_str(&more);
        }
        if !self.found.is_empty() {
            text.push_str(&self.count(lang));
        }
        text
    }

    fn count(&self, lang: Lang) -> String {
        let warnings =
            self.found.iter().filter(|found| found.problem.severity() == Severity::Warning).count();
        let errors = self.found.len() - warnings + self.dropped;
        let plural = |count: usize, one: &str, many: &str| {
            format!("{count} {}", if count == 1 { one } else { many })
        };
        lang.pick(
            format!(
                "{}, {}.\n",
                plural(errors, "Fehler", "Fehler"),
                plural(warnings, "Warnung", "Warnungen")
            ),
            format!(
                "{}, {}.\n",
                plural(errors, "error", "errors"),
                plural(warnings, "warning", "warnings")
            ),
        )
    }
}

fn print_one(text: &mut String, file: &str, found: &Found, context: &Context<'_>, lang: Lang) {
    let place = context.lines.place(found.at);
    let severity = match found.problem.severity() {
        Severity::Error => lang.pick("Fehler", "error"),
        Severity::Warning => lang.pick("Warnung", "warning"),
    };
    let said = found.problem.said(lang, context);
    let meant = match said.meant {
        Some(meant) => {
            lang.pick(format!(" Gemeint „{meant}“?"), format!(" Did you mean “{meant}”?"))
        }
        None => String::new(),
    };
    // Writing to a String cannot fail.
    let _infallible = write!(
        text,
        "{file}:{}:{}: {severity}: {}\n    {}{meant}\n",
        place.line,
        place.column,
        visible(&said.what),
        visible(&said.advice)
    );
}
