// SPDX-License-Identifier: EUPL-1.2
//! The configuration of a centre: one TOML file in, a checked [`County`] or every problem out.
//!
//! Rule: [`check`] never panics and never hangs, whatever the bytes are, and never stops at the first
//! problem.

pub mod address;
mod bench;
pub mod county;
pub mod duration;
mod emergency;
pub mod moment;
pub mod near;
pub mod number;
pub mod place_in_file;
pub mod places;
pub mod problem;
mod read;
mod reader;
pub mod report;
pub mod schema;
pub mod ways;

pub use county::{
    Agent, Announcement, Answering, Bench, Carrier, County, Line, LineRehearsal, Phone, Queue,
    Rehearsal, Service, SipAddress, SkillLevel, Target, Team, Telephony, Treatment, Trunk,
};

use crate::Lang;
use hours::LocalDates;
use place_in_file::Lines;
use problem::Context;
use reader::Reader;
use report::{Found, Report};
use std::collections::BTreeMap;
use toml::de::DeTable;

/// Bytes of a configuration. The example's county has 12 kB; the largest centre that is planned for,
/// with 2,000 agents and their telephones, has 600 kB.
pub const FILE_MAX: usize = 1 << 20;

/// A file that has been looked at.
#[derive(Debug)]
pub struct Checked<'s> {
    /// The configuration, if there is no error.
    pub county: Option<County>,
    /// The days for which opening hours were expanded and checked.
    pub checked: Option<LocalDates>,
    report: Report,
    context: Context<'s>,
}

impl Checked<'_> {
    /// The problems, in the file's order.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The problems as they are printed.
    #[must_use]
    pub fn printed(&self, file: &str, lang: Lang) -> String {
        self.report.printed(file, &self.context, lang)
    }

    /// Notes what else was found in a file that is good.
    pub fn note(&mut self, found: Vec<Found>) {
        found.into_iter().for_each(|it| self.report.note(it.at, it.problem));
        self.report.settle(&self.context);
    }

    /// Line and column of a byte.
    #[must_use]
    pub fn place(&self, at: usize) -> place_in_file::LineColumn {
        self.context.lines.place(at)
    }
}

/// Why bytes are no text that could be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoText {
    /// More than [`FILE_MAX`] bytes.
    TooLarge,
    /// Not UTF-8 from this place on.
    NotUtf8(place_in_file::LineColumn),
}

impl NoText {
    /// The place to name.
    #[must_use]
    pub fn place(self) -> place_in_file::LineColumn {
        match self {
            NoText::TooLarge => place_in_file::LineColumn { line: 1, column: 1 },
            NoText::NotUtf8(place) => place,
        }
    }
}

/// The text of a file: not too large, UTF-8, without a byte order mark.
///
/// # Errors
/// If it is too large or not UTF-8.
pub fn text_of(bytes: &[u8]) -> Result<&str, NoText> {
    if bytes.len() > FILE_MAX {
        return Err(NoText::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or(bytes);
        let good = without_mark(std::str::from_utf8(good).unwrap_or(""));
        NoText::NotUtf8(Lines::new(good).place(good.len()))
    })?;
    Ok(without_mark(text))
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Ids of a list in the order of their positions, by the list's key: what a number of core means.
pub type Order = BTreeMap<String, Vec<String>>;

/// What has left a county that had these ids: the list's key and the id.
#[must_use]
pub fn gone<'o>(order: &'o Order, county: &County) -> Vec<(&'o str, &'o str)> {
    let now = county.order();
    let is_there = |key: &String, id: &String| now.get(key).is_some_and(|ids| ids.contains(id));
    let all = order.iter().flat_map(|(key, ids)| ids.iter().map(move |id| (key, id)));
    all.filter(|(key, id)| !is_there(key, id))
        .map(|(key, id)| (key.as_str(), id.as_str()))
        .collect()
}

/// Whether everything that had an id keeps its position. Only the agents of a bench do not: they come behind
/// all others.
#[must_use]
pub fn keeps_positions(order: &Order, county: &County) -> bool {
    let now = county.order();
    order.iter().all(|(key, ids)| now.get(key).is_some_and(|now| now.starts_with(ids)))
}

/// Reads and checks a whole configuration.
#[must_use]
pub fn check(text: &str) -> Checked<'_> {
    check_in_order(text, &Order::new())
}

/// The same, but entries of known ids have their positions from `order`, wherever they stand in the file;
/// new ones come behind them. So a line keeps its number for ever.
#[must_use]
pub fn check_in_order<'t>(text: &'t str, order: &Order) -> Checked<'t> {
    let (tree, syntax_errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader::new(text);
    for error in &syntax_errors {
        let at = error.span().map_or(0, |span| span.start);
        reader.note_syntax(at, error.message());
    }
    let read = read::read(&mut reader, tree.get_ref(), order);
    let Reader { mut report, ids, .. } = reader;
    let ids = ids.into_iter().map(|(kind, ids)| (kind, ids.names)).collect();
    let context = Context { lines: Lines::new(text), ids };
    let good = !report.has_errors();
    report.settle(&context);
    let (county, checked) = match read {
        Some(read) if good => (Some(read.county), Some(read.checked)),
        Some(_) | None => (None, None),
    };
    assert!(good == county.is_some(), "a file is refused with a reason, and only then");
    Checked { county, checked, report, context }
}
