// SPDX-License-Identifier: EUPL-1.2
//! Tables (CSV) that people edit in an office program: offices with their telephones, and what editors change of many
//! services at once.
//!
//! ```text
//!   table ─▶ row by row: what object is meant, what is another ─▶ Edit, or put aside with line and reason
//!         ─▶ not too much is emptied or deleted? ─▶ all of it in one stroke
//! ```
//!
//! The rule to keep: a cell that says what is there already changes nothing, and what has no column stays as it came.

mod cell;
mod offices;
mod services;

use super::import::{LISTED_MAX, is_mass};
use super::stored;
use crate::table::Table;
use catalogue::xzufi::Object;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use store::{Catalogue, OBJECTS_AT_ONCE, ObjectKey, StoredObject};

pub use services::export;

/// The largest table, in bytes.
pub const BYTES_MAX: u64 = 32 << 20;

/// Rows of a table: every service of the national catalogue with the supplements of many towns, or every office of a
/// Land.
pub const ROWS_MAX: usize = 100_000;

/// Characters of a cell.
pub const CELL_MAX: usize = 20_000;

/// How a table is brought in.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// From whom new offices come, and whose offices a whole table deletes.
    pub feed: &'a str,
    /// Whether the table names every office of its source.
    pub is_whole: bool,
    /// Whether only to say what would be.
    pub is_dry: bool,
    /// Whether it is meant that much is emptied or deleted.
    pub may_delete: bool,
}

/// What is another in an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The column.
    pub column: &'static str,
    /// What is there; may be empty.
    pub from: String,
    /// What will be; may be empty.
    pub to: String,
}

/// What a row wants.
struct Edit {
    object: Object,
    name: String,
    is_new: bool,
    /// From whom it came, if it is there.
    feed: Option<String>,
    changes: Vec<Change>,
    /// The day of the next review, if that is another; none inside for no day.
    review: Option<Option<String>>,
    /// How many of its cells say something now.
    filled: u64,
}

/// A difference that is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// `+`, `~` or `-`.
    pub sign: char,
    /// What it is, by the name of its element.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// What is another in it.
    pub changes: Vec<Change>,
}

/// Why a row is put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bad {
    /// More or fewer cells than the first line has, or a quote without its other half.
    Columns,
    /// A cell has more than [`CELL_MAX`] characters, or one that controls something; the column.
    Cell(&'static str),
    /// There is no such object; what was asked for.
    Unknown(String),
    /// Several objects are called so; what was asked for.
    Ambiguous(String),
    /// An earlier row is about the same; its line.
    Twice(u64),
    /// A cell has to say something; the column.
    Empty(&'static str),
    /// This is no telephone number.
    Telephone(String),
    /// This is no e-mail address.
    Email(String),
    /// This is no postcode of five digits.
    Postcode(String),
    /// This is no day.
    Day(String),
    /// The service is another since the table was given out, and the row would take that back.
    Outdated,
}

/// What became of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Objects that are new.
    pub new: u64,
    /// Objects that are different now.
    pub changed: u64,
    /// Objects that are as they were.
    pub same: u64,
    /// Objects that are no more.
    pub deleted: u64,
    /// Some of the differences.
    pub listed: Vec<Listed>,
    /// Rows that were put aside, with their lines.
    pub bad: Vec<(u64, Bad)>,
    /// Columns that nobody reads.
    pub unread: Vec<String>,
    /// Cells that would have been emptied, and of how many: so many that nothing was done.
    pub emptied: Option<(u64, u64)>,
    /// Deletions that were not made, and of how many objects.
    pub kept: Option<(u64, u64)>,
}

/// Why a table is not taken at all.
#[derive(Debug)]
pub enum TableError {
    /// Its first line has neither the columns of offices nor those of services.
    NoColumns,
    /// It has more than [`ROWS_MAX`] rows.
    TooManyRows,
    /// Only offices can be the whole of a source.
    NotWhole,
    /// The tables of the catalogue.
    Store(store::Error),
}

impl From<store::Error> for TableError {
    fn from(error: store::Error) -> TableError {
        TableError::Store(error)
    }
}

/// Brings a table in, or says what it would change.
///
/// # Errors
/// If nothing of it can be taken; then nothing has happened.
pub fn import(
    catalogue: &mut Catalogue,
    text: &str,
    order: Order<'_>,
) -> Result<Outcome, TableError> {
    let table = Table::of(text);
    if table.rows.len() > ROWS_MAX {
        return Err(TableError::TooManyRows);
    }
    let mut outcome = Outcome::default();
    let edits = if let Some(columns) = services::Columns::of(&table) {
        if order.is_whole {
            return Err(TableError::NotWhole);
        }
        outcome.unread = columns.unread(&table);
        services::edits(catalogue, &table, &columns, &mut outcome.bad)?
    } else if let Some(columns) = offices::Columns::of(&table) {
        outcome.unread = columns.unread(&table);
        offices::edits(catalogue, &table, &columns, &mut outcome.bad)?
    } else {
        return Err(TableError::NoColumns);
    };
    let filled = edits.iter().map(|edit| edit.filled).sum();
    let changes = edits.iter().flat_map(|edit| &edit.changes);
    let emptied = changes.filter(|it| it.to.is_empty()).count() as u64;
    if !order.may_delete && is_mass(emptied, filled) {
        outcome.emptied = Some((emptied, filled));
        return Ok(outcome);
    }
    catalogue.begin()?;
    let done = write(catalogue, &edits, digest(text), order, &mut outcome);
    match (&done, order.is_dry) {
        (Ok(()), false) => catalogue.commit()?,
        (Ok(()), true) | (Err(_), _) => catalogue.roll_back()?,
    }
    done?;
    Ok(outcome)
}

fn write(
    catalogue: &mut Catalogue,
    edits: &[Edit],
    digest: String,
    order: Order<'_>,
    outcome: &mut Outcome,
) -> Result<(), TableError> {
    let run = catalogue.run(order.feed, &digest)?.number;
    let is_own = |edit: &&Edit| edit.feed.as_deref().is_none_or(|feed| feed == order.feed);
    // What came from elsewhere stays whose it is; of our own this run has seen it.
    let (own, others): (Vec<&Edit>, Vec<&Edit>) = edits.iter().partition(is_own);
    for some in own.chunks(OBJECTS_AT_ONCE) {
        let objects: Vec<StoredObject> = some.iter().map(|edit| stored(&edit.object)).collect();
        catalogue.put(order.feed, run, &objects)?;
    }
    let others: Vec<&Edit> = others.into_iter().filter(|edit| !edit.changes.is_empty()).collect();
    for some in others.chunks(OBJECTS_AT_ONCE) {
        let objects: Vec<StoredObject> = some.iter().map(|edit| stored(&edit.object)).collect();
        catalogue.edit(&objects)?;
    }
    for edit in edits {
        let ident = (edit.object.ident.agency.as_str(), edit.object.ident.id.as_str());
        if let Some(due) = &edit.review {
            catalogue.set_review(ident, due.as_deref())?;
        }
        note(edit, outcome);
    }
    if order.is_whole && outcome.bad.is_empty() {
        sweep(catalogue, order, run, outcome)?;
    }
    Ok(catalogue.run_has_ended(run)?)
}

fn note(edit: &Edit, outcome: &mut Outcome) {
    let sign = match (edit.is_new, edit.changes.is_empty()) {
        (true, _) => '+',
        (false, false) => '~',
        (false, true) => {
            outcome.same += 1;
            return;
        }
    };
    outcome.new += u64::from(sign == '+');
    outcome.changed += u64::from(sign == '~');
    if outcome.listed.len() < LISTED_MAX {
        let kind = edit.object.kind.element().to_owned();
        let changes = if edit.is_new { Vec::new() } else { edit.changes.clone() };
        outcome.listed.push(Listed { sign, kind, name: edit.name.clone(), changes });
    }
}

/// Deletes what a whole table has not named.
fn sweep(
    catalogue: &mut Catalogue,
    order: Order<'_>,
    run: i64,
    outcome: &mut Outcome,
) -> Result<(), TableError> {
    let (there, unseen) = catalogue.unseen(order.feed, run)?;
    if !order.may_delete && is_mass(unseen, there) {
        outcome.kept = Some((unseen, there));
        return Ok(());
    }
    let room = LISTED_MAX.saturating_sub(outcome.listed.len());
    let limit = i64::try_from(room).unwrap_or_default();
    for ObjectKey { kind, id, .. } in catalogue.unseen_keys(order.feed, run, limit)? {
        outcome.listed.push(Listed { sign: '-', kind, name: id, changes: Vec::new() });
    }
    outcome.deleted = catalogue.delete_unseen(order.feed, run)?;
    Ok(())
}

/// What tells one table from another.
fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first row about an object takes it; a second one is told the line of the first.
#[derive(Default)]
struct Taken(BTreeMap<ObjectKey, u64>);

impl Taken {
    fn take(&mut self, key: &ObjectKey, line: u64) -> Result<(), Bad> {
        match self.0.get(key) {
            Some(first) => Err(Bad::Twice(*first)),
            None => {
                self.0.insert(key.clone(), line);
                Ok(())
            }
        }
    }
}

/// Finds objects by what people write: `office:id`, an id that only one has, or a name that only one has.
struct Finder {
    by_ident: BTreeMap<String, Vec<ObjectKey>>,
    by_name: BTreeMap<String, Vec<ObjectKey>>,
}

impl Finder {
    fn new() -> Finder {
        Finder { by_ident: BTreeMap::new(), by_name: BTreeMap::new() }
    }

    fn add(&mut self, object: &Object, name: &str) {
        let key = super::key(&object.kind, &object.ident);
        let mut note = |ident: String| self.by_ident.entry(ident).or_default().push(key.clone());
        note(object.ident.to_string());
        if !object.ident.agency.is_empty() {
            note(object.ident.id.clone());
        }
        self.by_name.entry(compared(name)).or_default().push(key);
    }

    fn by_ident(&self, ident: &str) -> Result<Option<&ObjectKey>, Bad> {
        only(self.by_ident.get(ident), ident)
    }

    fn by_name(&self, name: &str) -> Result<Option<&ObjectKey>, Bad> {
        only(self.by_name.get(&compared(name)), name)
    }
}

fn only<'k>(found: Option<&'k Vec<ObjectKey>>, asked: &str) -> Result<Option<&'k ObjectKey>, Bad> {
    match found.map_or(&[][..], Vec::as_slice) {
        [] => Ok(None),
        [key] => Ok(Some(key)),
        [_, _, ..] => Err(Bad::Ambiguous(asked.to_owned())),
    }
}

fn compared(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
