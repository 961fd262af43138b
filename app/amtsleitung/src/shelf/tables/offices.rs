// SPDX-License-Identifier: EUPL-1.2
//! A table of offices: their names, where they are, how to reach them, when they are open.

use super::cell::meant;
use super::{Bad, Change, Edit, Finder, Taken};
use crate::shelf::{every, key};
use crate::table::Table;
use catalogue::edit::{address_part, new_unit, set_address, set_channel, set_hours, set_unit_name};
use catalogue::xzufi::{Ident, Object, object_from_xml};
use catalogue::{Channel, Unit};
use csv::StringRecord;
use store::{Catalogue, Error};

/// The kind of an office.
const UNIT: &str = "organisationseinheit";

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Street,
    HouseNumber,
    Postcode,
    Town,
    Telephone,
    Mobile,
    Fax,
    Email,
    Hours,
}

const ID: &[&str] = &["kennung", "id"];
const NAME: &[&str] =
    &["name", "stelle", "bezeichnung", "dienststelle", "amt", "organisationseinheit", "office"];

/// What the columns may be called, in small letters; the first is the one that we say.
const COLUMNS: [(What, &[&str]); 9] = [
    (What::Street, &["straße", "strasse", "street"]),
    (What::HouseNumber, &["hausnummer", "hausnr.", "hausnr", "nr."]),
    (What::Postcode, &["plz", "postleitzahl", "postcode"]),
    (What::Town, &["ort", "stadt", "town"]),
    (
        What::Telephone,
        &["telefon", "tel.", "tel", "telefonnummer", "rufnummer", "telephone", "phone"],
    ),
    (What::Mobile, &["mobil", "handy", "mobiltelefon", "mobile"]),
    (What::Fax, &["fax", "telefax"]),
    (What::Email, &["e-mail", "email", "mail", "e-mail-adresse"]),
    (What::Hours, &["öffnungszeiten", "oeffnungszeiten", "sprechzeiten", "hours"]),
];

/// Digits of a telephone number: an extension has one, an international one 15 (ITU-T E.164) and what is dialled
/// before them.
const DIGITS: std::ops::RangeInclusive<usize> = 1..=20;

/// Which column is where.
pub(super) struct Columns {
    id: Option<usize>,
    name: usize,
    others: Vec<(What, &'static str, usize)>,
}

impl Columns {
    pub(super) fn of(table: &Table) -> Option<Columns> {
        let others = COLUMNS
            .into_iter()
            .filter_map(|(what, names)| Some((what, *names.first()?, table.column(names)?)));
        Some(Columns { id: table.column(ID), name: table.column(NAME)?, others: others.collect() })
    }

    pub(super) fn unread(&self, table: &Table) -> Vec<String> {
        let read = |at: &usize| {
            self.id == Some(*at) || self.name == *at || self.others.iter().any(|it| it.2 == *at)
        };
        let all = table.head().iter().enumerate();
        all.filter(|(at, name)| !read(at) && !name.is_empty()).map(|(_, it)| it.clone()).collect()
    }

    fn has(&self, what: What) -> bool {
        self.others.iter().any(|(it, ..)| *it == what)
    }
}

/// What the rows want; rows that are wrong go to `bad`.
pub(super) fn edits(
    catalogue: &mut Catalogue,
    table: &Table,
    columns: &Columns,
    bad: &mut Vec<(u64, Bad)>,
) -> Result<Vec<Edit>, Error> {
    let mut finder = Finder::new();
    every(catalogue, UNIT, |error| error, &mut |object| {
        finder.add(&object, &Unit::of(&object).name);
        Ok(())
    })?;
    let feeds = catalogue.feeds(UNIT)?;
    let (mut edits, mut taken) = (Vec::new(), Taken::default());
    for (line, record) in &table.rows {
        let meant = record.as_ref().ok_or(Bad::Columns);
        let meant = meant.and_then(|record| Row::of(record, columns, &finder));
        let row = match meant.and_then(|row| taken.take(&row.key, *line).map(|()| row)) {
            Ok(row) => row,
            Err(why) => {
                bad.push((*line, why));
                continue;
            }
        };
        let there = catalogue.object(&row.key)?.and_then(|xml| object_from_xml(&xml).ok());
        let feed = feeds.get(&row.key).cloned();
        edits.push(row.edit(there, feed, columns));
    }
    Ok(edits)
}

/// A row that makes sense.
struct Row {
    key: store::ObjectKey,
    name: String,
    cells: Vec<(What, &'static str, String)>,
}

impl Row {
    fn of(record: &StringRecord, columns: &Columns, finder: &Finder) -> Result<Row, Bad> {
        let of = |at: usize, column| meant(record.get(at).unwrap_or_default(), column);
        let one_line = |text: String| text.replace('\n', " ");
        let name = one_line(of(columns.name, NAME[0])?);
        let id = columns.id.map(|at| of(at, ID[0])).transpose()?.unwrap_or_default();
        if name.is_empty() {
            return Err(Bad::Empty(NAME[0]));
        }
        let known = if id.is_empty() { finder.by_name(&name)? } else { finder.by_ident(&id)? };
        let key = match known {
            Some(key) => key.clone(),
            None => new_key(&id, &name),
        };
        let cells = columns.others.iter().map(|(what, column, at)| {
            let text = of(*at, column)?;
            let text = if *what == What::Hours { text } else { one_line(text) };
            fits(*what, &text)?;
            Ok((*what, *column, text))
        });
        Ok(Row { key, name, cells: cells.collect::<Result<Vec<_>, Bad>>()? })
    }

    fn edit(self, there: Option<Object>, feed: Option<String>, columns: &Columns) -> Edit {
        let Row { key, name, cells } = self;
        let ident = Ident { agency: key.agency, id: key.id };
        let is_new = there.is_none();
        let mut object = there.unwrap_or_else(|| new_unit(ident, &name));
        let mut changes = Vec::new();
        let mut note = |column, from: String, to: &str| {
            let is_other = from != to;
            if is_other {
                changes.push(Change { column, from, to: to.to_owned() });
            }
            is_other
        };
        let before = Unit::of(&object).name;
        if note(NAME[0], before, &name) {
            set_unit_name(&mut object.element, &name);
        }
        let (mut filled, street_alone) = (1, !columns.has(What::HouseNumber));
        for (what, column, text) in &cells {
            let from = value(&object, *what, street_alone);
            filled += u64::from(!from.is_empty());
            if note(column, from, text) {
                set(&mut object, *what, text, street_alone);
            }
        }
        Edit { object, name, is_new, feed, changes, review: None, filled }
    }
}

/// An id for an office that has none: made of its name, so that the same row means the same office again.
fn new_key(id: &str, name: &str) -> store::ObjectKey {
    let (agency, id) = match id.split_once(':') {
        Some((agency, id)) => (agency.to_owned(), id.to_owned()),
        None if id.is_empty() => (String::new(), slug(name)),
        None => (String::new(), id.to_owned()),
    };
    key(&catalogue::xzufi::Kind::Unit, &Ident { agency, id })
}

fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            letter if letter.is_alphanumeric() => slug.push(letter),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_end_matches('-').to_owned()
}

fn fits(what: What, text: &str) -> Result<(), Bad> {
    let is_good = match what {
        _ if text.is_empty() => true,
        What::Telephone | What::Mobile | What::Fax => is_number(text),
        What::Email => is_address(text),
        What::Postcode => text.len() == 5 && text.bytes().all(|it| it.is_ascii_digit()),
        What::Street | What::HouseNumber | What::Town | What::Hours => true,
    };
    let text = || text.to_owned();
    match what {
        _ if is_good => Ok(()),
        What::Email => Err(Bad::Email(text())),
        What::Postcode => Err(Bad::Postcode(text())),
        What::Telephone | What::Mobile | What::Fax => Err(Bad::Telephone(text())),
        What::Street | What::HouseNumber | What::Town | What::Hours => Ok(()),
    }
}

/// Digits with what people write between them: `4,17E+09`, which office programs make of long ones, is none.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    DIGITS.contains(&digits)
        && rest.chars().all(|it| it.is_ascii_digit() || " /-().–\u{a0}".contains(it))
}

fn is_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    let is_plain = |it: char| !it.is_whitespace() && !",;<>\"".contains(it);
    matches!(parts.as_slice(), [user, host] if !user.is_empty() && !host.is_empty())
        && text.chars().all(is_plain)
}

fn channel(what: What) -> Option<Channel> {
    match what {
        What::Telephone => Some(Channel::Telephone),
        What::Mobile => Some(Channel::Mobile),
        What::Fax => Some(Channel::Fax),
        What::Email => Some(Channel::Email),
        What::Street | What::HouseNumber | What::Postcode | What::Town | What::Hours => None,
    }
}

/// The part of an address that a column is about.
fn part(what: What) -> Option<&'static str> {
    match what {
        What::Street => Some("strasse"),
        What::HouseNumber => Some("hausnummer"),
        What::Postcode => Some("postleitzahl"),
        What::Town => Some("ort"),
        What::Telephone | What::Mobile | What::Fax | What::Email | What::Hours => None,
    }
}

/// What is there; a table without house numbers has them in its streets.
fn value(object: &Object, what: What, street_alone: bool) -> String {
    let unit = Unit::of(object);
    if let Some(channel) = channel(what) {
        return unit.channel(channel).unwrap_or_default().to_owned();
    }
    let of = |part| address_part(&object.element, part);
    match (what, part(what)) {
        (What::Street, Some(street)) if street_alone => {
            format!("{} {}", of(street), of("hausnummer")).trim().to_owned()
        }
        (_, Some(part)) => of(part),
        (_, None) => unit.hours.unwrap_or_default(),
    }
}

fn set(object: &mut Object, what: What, text: &str, street_alone: bool) {
    let element = &mut object.element;
    match (channel(what), part(what)) {
        (Some(channel), _) => set_channel(element, channel, text),
        (None, Some(part)) => {
            set_address(element, part, text);
            if what == What::Street && street_alone {
                set_address(element, "hausnummer", "");
            }
        }
        (None, None) => set_hours(element, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_addresses_are_told_from_what_is_none() {
        for good in ["04171 / 657-0", "+49 (0)4171 657", "115", "0 41 71 – 5"] {
            assert!(is_number(good), "{good}");
        }
        for bad in ["4,17165E+09", "Zimmer 5", "-", "+", "siehe oben", "1".repeat(21).as_str()] {
            assert!(!is_number(bad), "{bad}");
        }
        assert!(is_address("bau@winsen.example"));
        for bad in ["bau", "bau@", "@x", "a@b@c", "a b@c", "a@b;c@d"] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn an_office_without_an_id_gets_the_same_each_time() {
        assert_eq!(slug("Bürgerbüro  (Außenstelle) – Süd"), "buergerbuero-aussenstelle-sued");
        let named = new_key("", "Bauamt");
        assert_eq!((named.agency.as_str(), named.id.as_str()), ("", "bauamt"));
        let given = new_key("L1:7", "Bauamt");
        assert_eq!((given.agency.as_str(), given.id.as_str()), ("L1", "7"));
    }
}
