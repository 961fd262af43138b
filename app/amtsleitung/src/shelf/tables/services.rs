// SPDX-License-Identifier: EUPL-1.2
//! What editors change of many services at once: given out as a table, edited in an office program, brought in again.

use super::cell::{day, meant, shown};
use super::{Bad, Change, Edit, Finder, Taken};
use crate::shelf::every;
use crate::table::Table;
use catalogue::edit::{set_part, set_terms, set_title};
use catalogue::xzufi::{Object, object_from_xml};
use catalogue::{Element, Service, TextCode};
use csv::{StringRecord, Terminator, WriterBuilder};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use store::{Catalogue, Error};

/// The kind of a service.
const SERVICE: &str = "leistung";

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Title,
    Terms,
    Part(TextCode),
    Review,
}

const ID: &str = "kennung";
const TITLE: &str = "titel";

/// The columns that editors change.
const COLUMNS: [(What, &str); 6] = [
    (What::Title, TITLE),
    (What::Terms, "umgangssprachlich"),
    (What::Part(TextCode::Costs), "kosten"),
    (What::Part(TextCode::Duration), "dauer"),
    (What::Part(TextCode::Deadline), "frist"),
    (What::Review, "prüfdatum"),
];

/// How the row was when it was given out: whoever edits for a week takes nothing back that others did meanwhile.
const STATE: &str = "stand";

/// Digits of a state.
const STATE_DIGITS: usize = 12;

/// What stands between colloquial names in a cell.
const BETWEEN: &str = "; ";

/// Days of reviews by office and id of the service.
type Reviews = BTreeMap<(String, String), String>;

/// Which column is where.
pub(super) struct Columns {
    id: usize,
    state: Option<usize>,
    others: Vec<(What, &'static str, usize)>,
}

impl Columns {
    pub(super) fn of(table: &Table) -> Option<Columns> {
        let (id, _) = (table.column(&[ID])?, table.column(&[TITLE])?);
        let others = COLUMNS.into_iter();
        let others =
            others.filter_map(|(what, column)| Some((what, column, table.column(&[column])?)));
        Some(Columns { id, state: table.column(&[STATE]), others: others.collect() })
    }

    pub(super) fn unread(&self, table: &Table) -> Vec<String> {
        let read = |at: &usize| {
            self.id == *at || self.state == Some(*at) || self.others.iter().any(|it| it.2 == *at)
        };
        let all = table.head().iter().enumerate();
        all.filter(|(at, name)| !read(at) && !name.is_empty()).map(|(_, it)| it.clone()).collect()
    }
}

/// Every service as a row: for office programs in German, with a mark for UTF-8, semicolons and CR LF.
///
/// # Errors
/// If the tables cannot be read.
pub fn export(catalogue: &mut Catalogue) -> Result<(String, u64), Error> {
    let reviews = catalogue.reviews()?;
    let mut writer =
        WriterBuilder::new().delimiter(b';').terminator(Terminator::CRLF).from_writer(Vec::new());
    let head = COLUMNS.iter().map(|(_, column)| *column);
    let head: Vec<&str> = [ID].into_iter().chain(head).chain([STATE]).collect();
    let in_memory = "memory takes it";
    writer.write_record(head).expect(in_memory);
    let mut count = 0;
    every(catalogue, SERVICE, |error| error, &mut |object| {
        let service = Service::of(&object);
        let cells = COLUMNS.map(|(what, _)| value(&object, &service, what, &reviews));
        let row =
            [object.ident.to_string()].into_iter().chain(cells.clone()).chain([state(&cells)]);
        writer.write_record(row.map(|cell| shown(&cell))).expect(in_memory);
        count += 1;
        Ok(())
    })?;
    let rows = writer.into_inner().expect(in_memory);
    Ok((format!("\u{feff}{}", String::from_utf8_lossy(&rows)), count))
}

/// What the rows want; rows that are wrong go to `bad`.
pub(super) fn edits(
    catalogue: &mut Catalogue,
    table: &Table,
    columns: &Columns,
    bad: &mut Vec<(u64, Bad)>,
) -> Result<Vec<Edit>, Error> {
    let (mut finder, reviews) = (Finder::new(), catalogue.reviews()?);
    every(catalogue, SERVICE, |error| error, &mut |object| {
        finder.add(&object, "");
        Ok(())
    })?;
    let feeds = catalogue.feeds(SERVICE)?;
    let (mut edits, mut taken) = (Vec::new(), Taken::default());
    for (line, record) in &table.rows {
        let found = record.as_ref().ok_or(Bad::Columns).and_then(|record| {
            let id = meant(record.get(columns.id).unwrap_or_default(), ID)?;
            let key = finder.by_ident(&id)?.ok_or(Bad::Unknown(id))?;
            taken.take(key, *line)?;
            Ok((record, key))
        });
        let edit = match found {
            Ok((record, key)) => {
                let xml = catalogue.object(key)?;
                let object = xml.and_then(|xml| object_from_xml(&xml).ok());
                let object = object.ok_or_else(|| Bad::Unknown(key.id.clone()));
                let feed = feeds.get(key).cloned();
                object.and_then(|object| edit(object, feed, record, columns, &reviews))
            }
            Err(why) => Err(why),
        };
        match edit {
            Ok(edit) => edits.push(edit),
            Err(why) => bad.push((*line, why)),
        }
    }
    Ok(edits)
}

fn edit(
    mut object: Object,
    feed: Option<String>,
    record: &StringRecord,
    columns: &Columns,
    reviews: &Reviews,
) -> Result<Edit, Bad> {
    let service = Service::of(&object);
    let now = COLUMNS.map(|(what, _)| value(&object, &service, what, reviews));
    let (mut changes, mut review, mut filled) = (Vec::new(), None, 0);
    let mut wanted = Vec::new();
    for (what, column, at) in &columns.others {
        let from = value(&object, &service, *what, reviews);
        filled += u64::from(!from.is_empty());
        let cell = record.get(*at).unwrap_or_default();
        let to = meaning(cell, *what, column)?;
        if cell != shown(&from) && to != meaning(&shown(&from), *what, column)? {
            wanted.push((*what, to.clone()));
            changes.push(Change { column, from, to });
        }
    }
    let given_out = columns.state.map(|at| record.get(at).unwrap_or_default().trim());
    let is_outdated = given_out.is_some_and(|it| !it.is_empty() && it != shown(&state(&now)));
    if is_outdated && !changes.is_empty() {
        return Err(Bad::Outdated);
    }
    for (what, to) in wanted {
        match what {
            What::Review => review = Some(Some(to).filter(|day| !day.is_empty())),
            What::Title | What::Terms | What::Part(_) => set(&mut object.element, what, &to),
        }
    }
    let name = Service::of(&object).title;
    Ok(Edit { object, name, is_new: false, feed, changes, review, filled })
}

/// What is there, as a text.
fn value(object: &Object, service: &Service, what: What, reviews: &Reviews) -> String {
    match what {
        What::Title => service.title.clone(),
        What::Terms => {
            let terms = colloquial(&object.element);
            let parts = terms.iter().any(|term| term.contains(';'));
            terms.join(if parts { "\n" } else { BETWEEN })
        }
        What::Part(code) => service.plain(code).unwrap_or_default(),
        What::Review => {
            let of = (object.ident.agency.clone(), object.ident.id.clone());
            reviews.get(&of).cloned().unwrap_or_default()
        }
    }
}

/// What a cell means, in one form.
fn meaning(cell: &str, what: What, column: &'static str) -> Result<String, Bad> {
    let text = meant(cell, column)?;
    match what {
        What::Title if text.is_empty() => Err(Bad::Empty(column)),
        What::Title => Ok(text.replace('\n', " ")),
        What::Terms => Ok(listed(&text).join("\n")),
        What::Part(_) => Ok(text),
        What::Review => Ok(day(&text)?.map_or_else(String::new, |day| day.to_string())),
    }
}

fn set(element: &mut Element, what: What, text: &str) {
    match what {
        What::Title => set_title(element, text),
        What::Terms => set_terms(element, &listed(text)),
        What::Part(code) => set_part(element, code, text),
        What::Review => unreachable!("a review is no part of the object"),
    }
}

/// The names of a cell, each once: parted by lines, or by semicolons.
fn listed(text: &str) -> Vec<String> {
    let parts: Vec<&str> = match text.contains('\n') {
        true => text.split('\n').collect(),
        false => text.split(';').collect(),
    };
    let mut names: Vec<String> = Vec::new();
    for name in parts.into_iter().map(str::trim).filter(|name| !name.is_empty()) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The words that people use, as the source has them.
fn colloquial(element: &Element) -> Vec<String> {
    let modules = element.all("modulBegriffImKontext");
    let terms = modules.flat_map(|module| module.all("begriffImKontext"));
    terms.filter_map(|term| term.text_at(&["begriff"])).collect()
}

/// What tells one state of a row from another.
fn state(cells: &[String; COLUMNS.len()]) -> String {
    let mut digest = Sha256::new();
    for cell in cells {
        digest.update(cell.as_bytes());
        digest.update([0]);
    }
    let hex = digest.finalize();
    let hex: String = hex.iter().map(|byte| format!("{byte:02x}")).collect();
    // A letter first: office programs take digits alone, and digits with one E, for a number.
    format!("s{}", &hex[..STATE_DIGITS])
}
