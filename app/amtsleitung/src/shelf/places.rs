// SPDX-License-Identifier: EUPL-1.2
//! Where callers live: the places of the county's file, and beside them the register of all municipalities and a table of
//! postcodes that the operator brings.
//!
//! ```text
//!   GV100AD, or the quarterly table as CSV ─▶ Register ─▶ kept as a text ─┐
//!   postcode and key of a municipality, CSV ─▶ Postcodes ─▶ kept as a text ─┼─▶ Gazetteer
//!   [[place]] of the county ───────────────────────────────────────────────┘
//! ```
//!
//! The rule to keep: each of both is replaced whole; rows that are wrong are named, and left out.

use super::replaced::Replaced;
use crate::config::County;
use crate::table::{Table, rows};
use knowledge::{AreaKey, Closure, Gazetteer, PLACES_MAX, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use store::{Catalogue, Error, catalogue_place};

/// The largest file, in bytes: the register has 4 MB.
pub const FILE_MAX: u64 = 32 << 20;

/// What they are called among the texts of the catalogue.
const REGISTER: &str = "register";
const POSTCODES: &str = "postcodes";

/// Rows of a table of postcodes: 13,000 for all of Germany.
const ROWS_MAX: usize = 200_000;

/// Digits of the parts of a key: Land, district, county, association, municipality.
const PARTS: [usize; 5] = [2, 1, 2, 4, 3];

/// Kinds of rows (Satzart) that are places, and how many parts of the key they have: a Land, a county, an association, a
/// municipality. The later one names an area that several rows have.
const KINDS: [(&str, usize); 4] = [("10", 1), ("40", 3), ("50", 4), ("60", 5)];

/// What begins rows that are no places: districts of a Land, regions.
const OTHERS: [&str; 2] = ["20", "30"];

/// Where GV100AD has what, in characters from 0 (Destatis, description of the record).
const FIXED_KEY: [(usize, usize); 5] = [(10, 12), (12, 13), (13, 15), (18, 22), (15, 18)];
const FIXED_NAME: (usize, usize) = (22, 72);
const FIXED_POSTCODE: (usize, usize) = (165, 170);
const FIXED_LENGTH_MIN: usize = 72;

/// Where the quarterly table has what.
const TABLE_KEY: [usize; 5] = [2, 3, 4, 5, 6];
const TABLE_NAME: usize = 7;
const TABLE_POSTCODE: usize = 13;

/// What the columns of a table of postcodes may be called.
const POSTCODE: &[&str] = &["plz", "postleitzahl", "postcode"];
const KEY: &[&str] = &[
    "ags",
    "ars",
    "gemeindeschlüssel",
    "gemeindeschluessel",
    "regionalschlüssel",
    "regionalschluessel",
];

/// Why a row is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadPlace {
    /// Its digits make no key of an area.
    Key(String),
    /// It has no name.
    Nameless,
    /// An earlier row of the same kind has the same key.
    Twice(String),
    /// It has no postcode of five digits.
    Postcode(String),
    /// No place of the register has this key.
    Unknown(String),
    /// More or fewer cells than the first line has.
    Columns,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPlaces {
    /// It is neither a register nor a table of postcodes.
    Neither,
    /// There is no register yet to whose places postcodes could belong.
    NoRegister,
    /// It has more places than a gazetteer takes.
    TooMany,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Names by area, with the postcode of the seat if there is one.
    Register(BTreeMap<AreaKey, (String, Option<String>)>),
    /// Postcodes by area.
    Postcodes(BTreeMap<AreaKey, BTreeSet<String>>),
}

/// Rows that are left out, by line.
pub type Bad = Vec<(u64, BadPlace)>;

/// Reads a file; `register` are the places that postcodes may belong to.
///
/// # Errors
/// If it is none of both.
pub fn read(text: &str, register: &[Place]) -> Result<(Read, Bad), NotPlaces> {
    if is_fixed(text) {
        return of_rows(
            text.lines().zip(1..).filter_map(|(line, number)| Some((number, fixed(line)?))),
        );
    }
    let table = Table::of(text);
    if let (Some(postcode), Some(key)) = (table.column(POSTCODE), table.column(KEY)) {
        if register.is_empty() {
            return Err(NotPlaces::NoRegister);
        }
        return Ok(postcodes(&table, (postcode, key), register));
    }
    let rows = rows(text);
    of_rows(rows.iter().filter_map(|(line, cells)| Some((*line, in_table(cells)?))))
}

/// A row of a register, not yet looked at.
struct Row {
    kind: String,
    key: [String; 5],
    name: String,
    postcode: String,
}

/// GV100AD begins with the kind of the row and the day of the register, all digits.
fn is_fixed(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let begin: Vec<char> = first.chars().take(12).collect();
    begin.len() == 12 && begin.iter().all(char::is_ascii_digit)
}

fn fixed(line: &str) -> Option<Row> {
    let letters: Vec<char> = line.chars().collect();
    let of = |(from, until): (usize, usize)| {
        let part = letters.get(from..until.min(letters.len())).unwrap_or_default();
        part.iter().collect::<String>().trim().to_owned()
    };
    let row = Row {
        kind: of((0, 2)),
        key: FIXED_KEY.map(of),
        name: if letters.len() < FIXED_LENGTH_MIN { String::new() } else { of(FIXED_NAME) },
        postcode: of(FIXED_POSTCODE),
    };
    (!line.trim().is_empty()).then_some(row)
}

/// Rows of the quarterly table; above them stand headings, and below them notes.
fn in_table(cells: &csv::StringRecord) -> Option<Row> {
    let of = |at: usize| cells.get(at).unwrap_or_default().trim().to_owned();
    let kind = of(0);
    let is_row = KINDS.iter().any(|(known, _)| *known == kind);
    is_row.then(|| Row {
        kind,
        key: TABLE_KEY.map(of),
        name: of(TABLE_NAME),
        postcode: of(TABLE_POSTCODE),
    })
}

fn of_rows(rows: impl Iterator<Item = (u64, Row)>) -> Result<(Read, Bad), NotPlaces> {
    let mut places: BTreeMap<AreaKey, (usize, String, Option<String>)> = BTreeMap::new();
    let mut bad = Vec::new();
    for (line, row) in rows {
        if OTHERS.contains(&row.kind.as_str()) {
            continue;
        }
        let (area, parts, name) = match place(&row) {
            Ok(place) => place,
            Err(why) => {
                bad.push((line, why));
                continue;
            }
        };
        let postcode = Some(row.postcode).filter(|it| is_postcode(it));
        match places.get(&area) {
            Some((known, ..)) if *known == parts => {
                bad.push((line, BadPlace::Twice(area.to_string())))
            }
            Some((known, ..)) if *known > parts => {}
            Some(_) | None => _ = places.insert(area, (parts, name, postcode)),
        }
    }
    if places.is_empty() {
        return Err(NotPlaces::Neither);
    }
    if places.len() > PLACES_MAX {
        return Err(NotPlaces::TooMany);
    }
    let place = |(area, (_, name, postcode))| (area, (name, postcode));
    Ok((Read::Register(places.into_iter().map(place).collect()), bad))
}

/// The area of a row, how many parts its key has, and its name.
fn place(row: &Row) -> Result<(AreaKey, usize, String), BadPlace> {
    let said = || row.key.concat();
    let parts = KINDS.iter().find(|(kind, _)| *kind == row.kind).map(|(_, parts)| *parts);
    let parts = parts.ok_or_else(|| BadPlace::Key(format!("{} {}", row.kind, said())))?;
    // Office programs take zeros away that begin a number.
    let filled = row.key.iter().zip(PARTS).take(parts).map(|(part, digits)| {
        let is_good = !part.is_empty() && part.len() <= digits;
        is_good.then(|| format!("{part:0>digits$}"))
    });
    let digits: Option<String> = filled.collect();
    let area = digits.and_then(|digits| AreaKey::parse(&digits).ok());
    let area = area.ok_or_else(|| BadPlace::Key(said()))?;
    // *Winsen (Luhe), Stadt*: what it is stands behind the name.
    let name = row.name.split(", ").next().unwrap_or_default().trim();
    if name.is_empty() { Err(BadPlace::Nameless) } else { Ok((area, parts, name.to_owned())) }
}

fn is_postcode(text: &str) -> bool {
    text.len() == 5 && text.bytes().all(|it| it.is_ascii_digit())
}

fn postcodes(table: &Table, (postcode, key): (usize, usize), register: &[Place]) -> (Read, Bad) {
    let mut by_digits: BTreeMap<String, AreaKey> = BTreeMap::new();
    for place in register {
        // A county is not told from a city by its digits; a municipality comes later and is the one.
        by_digits.extend(place.area.municipality_digits().map(|digits| (digits, place.area)));
    }
    let areas: BTreeSet<AreaKey> = register.iter().map(|place| place.area).collect();
    let area = |written: &str| match written.len() {
        7 | 8 => by_digits.get(&format!("{written:0>8}")).copied(),
        11 | 12 => {
            let area = AreaKey::parse(&format!("{written:0>12}")).ok();
            area.filter(|area| areas.contains(area))
        }
        _ => None,
    };
    let mut read: BTreeMap<AreaKey, BTreeSet<String>> = BTreeMap::new();
    let mut bad = Vec::new();
    for (line, record) in table.rows.iter().take(ROWS_MAX) {
        let row = record.as_ref().ok_or(BadPlace::Columns).and_then(|record| {
            let of = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
            let (postcode, key) = (format!("{:0>5}", of(postcode)), of(key));
            if !is_postcode(&postcode) || postcode.starts_with("00") {
                return Err(BadPlace::Postcode(postcode));
            }
            Ok((area(&key).ok_or(BadPlace::Unknown(key))?, postcode))
        });
        match row {
            Ok((area, postcode)) => _ = read.entry(area).or_default().insert(postcode),
            Err(why) => bad.push((line.to_owned(), why)),
        }
    }
    (Read::Postcodes(read), bad)
}

/// Replaces what is kept of the same sort; or only says what would change.
///
/// # Errors
/// If the tables cannot be read or written: then what was kept still is.
pub fn replace(
    catalogue: &mut Catalogue,
    read: &Read,
    is_dry: bool,
    may_delete: bool,
) -> Result<Replaced, Error> {
    let (name, lines): (_, Vec<String>) = match read {
        Read::Register(places) => {
            let line = |(area, (name, postcode)): (&AreaKey, &(String, Option<String>))| {
                format!(
                    "{area}\t{}\t{}",
                    name.replace('\t', " "),
                    postcode.as_deref().unwrap_or_default()
                )
            };
            (REGISTER, places.iter().map(line).collect())
        }
        Read::Postcodes(of) => {
            let of = of.iter().flat_map(|(area, codes)| codes.iter().map(move |code| (area, code)));
            (POSTCODES, of.map(|(area, code)| format!("{area}\t{code}")).collect())
        }
    };
    let before = catalogue.text(name)?;
    let old: BTreeSet<&str> = before.lines().collect();
    let new: BTreeSet<&str> = lines.iter().map(String::as_str).collect();
    let mut difference = Replaced::of(&old, &new, may_delete);
    for (_, line) in &mut difference.listed {
        *line = line.trim_end().replace('\t', " ");
    }
    if !is_dry && !difference.is_kept {
        let mut text = lines.join("\n");
        text.push('\n');
        assert!(
            text.len() as u64 <= FILE_MAX * 2,
            "the bounds of files hold for what is kept of them"
        );
        catalogue.keep_text(name, &text)?;
    }
    Ok(difference)
}

/// The places of the register with their postcodes, in the order of areas.
///
/// # Errors
/// If the tables cannot be read.
pub fn kept(catalogue: &mut Catalogue) -> Result<Vec<Place>, Error> {
    let mut places: BTreeMap<AreaKey, Place> = BTreeMap::new();
    for line in catalogue.text(REGISTER)?.lines() {
        let mut parts = line.split('\t');
        let area = parts.next().and_then(|area| AreaKey::parse(area).ok());
        let (Some(area), Some(name)) = (area, parts.next()) else { continue };
        let postcodes = parts.next().filter(|it| !it.is_empty()).map(str::to_owned);
        let place = Place {
            area,
            name: name.to_owned(),
            districts: Vec::new(),
            postcodes: postcodes.into_iter().collect(),
            area_codes: Vec::new(),
        };
        places.insert(area, place);
    }
    for line in catalogue.text(POSTCODES)?.lines() {
        let Some((area, code)) = line.split_once('\t') else { continue };
        let place = AreaKey::parse(area).ok().and_then(|area| places.get_mut(&area));
        if let Some(place) = place
            && !place.postcodes.iter().any(|known| known == code)
        {
            place.postcodes.push(code.to_owned());
        }
    }
    Ok(places.into_values().collect())
}

/// The same of a data folder that may have no catalogue; then there are none.
///
/// # Errors
/// If there is one that cannot be read.
pub fn of_folder(folder: &Path) -> Result<Vec<Place>, Error> {
    let place = catalogue_place(folder)?;
    if !place.may_exist() {
        return Ok(Vec::new());
    }
    kept(&mut Catalogue::open(&place)?)
}

/// The places of a county's file beside those of the register.
#[must_use]
pub fn gazetteer(county: Option<&County>, register: Vec<Place>) -> Gazetteer {
    let place = |it: &crate::config::county::Place| {
        Some(Place {
            area: AreaKey::parse(&it.ars).ok()?,
            name: it.name.clone(),
            districts: Vec::new(),
            postcodes: it.postcodes.clone(),
            area_codes: it.area_codes.clone(),
        })
    };
    let own = county.into_iter().flat_map(|county| &county.places).filter_map(place).collect();
    // The configuration was checked, and the register has each area once: there is nothing twice.
    Gazetteer::beside(own, register).unwrap_or_default()
}

/// When the offices of a county are closed beside their hours.
#[must_use]
pub fn closures(county: &County) -> Vec<Closure> {
    let zone = county.zone();
    let closures = county.closures.iter().flat_map(|closure| {
        let (from, until) = (zone.timestamp(closure.from), zone.timestamp(closure.until));
        let areas = closure.places.iter().filter_map(|place| county.places.get(*place));
        let areas = areas.filter_map(|place| AreaKey::parse(&place.ars).ok());
        areas.map(move |area| Closure { area, from, until }).collect::<Vec<_>>()
    });
    closures.collect()
}
