// SPDX-License-Identifier: EUPL-1.2
//! The catalogue of services in a data folder: brought in, looked up, given out.
//!
//! Here the objects of `edge/catalogue` meet the tables of `edge/store`; neither knows the other.

pub mod answer;
pub mod at_hand;
pub mod coverage;
pub mod export;
pub mod import;
pub mod opening;
pub mod places;
pub mod replaced;
pub mod synonyms;
pub mod tables;
pub mod told;

use crate::{Lang, output};
use catalogue::Channel;
use catalogue::xzufi::{Ident, Kind, Object, Row, object_from_xml, rows};
use knowledge::{AreaKey, Responsibility, Role, Unit, Validity};
use std::path::Path;
use stdx::Timestamp;
use store::{Catalogue, ObjectKey, ResponsibilityRow, StoredObject, catalogue_place};

/// Objects that are read at once.
const PAGE: i64 = 500;

/// Opens the catalogue of a data folder; folder and tables are made if there are none.
///
/// # Errors
/// With a sentence for people.
pub fn open(folder: &Path, lang: Lang) -> Result<Catalogue, String> {
    let cannot = |why: &dyn std::fmt::Display| {
        let name = folder.display();
        lang.pick(
            format!("{name}: Der Katalog lässt sich nicht öffnen: {why}."),
            format!("{name}: The catalogue cannot be opened: {why}."),
        )
    };
    std::fs::create_dir_all(folder).map_err(|error| cannot(&output::why(lang, &error)))?;
    let place = catalogue_place(folder).map_err(|error| cannot(&error))?;
    Catalogue::open(&place).map_err(|error| cannot(&error))
}

/// Opens the catalogue of a data folder that has one.
///
/// # Errors
/// With a sentence for people, also if there is none.
pub fn open_there(folder: &Path, lang: Lang) -> Result<Catalogue, String> {
    let is_there = folder.is_dir() && catalogue_place(folder).is_ok_and(|place| place.may_exist());
    let mut catalogue = if is_there { Some(open(folder, lang)?) } else { None };
    let count = match &mut catalogue {
        Some(catalogue) => counted(catalogue, lang)?,
        None => 0,
    };
    catalogue.filter(|_| count > 0).ok_or_else(|| {
        let name = folder.display();
        lang.pick(
            format!(
                "{name}: Hier ist noch kein Katalog. „amtsleitung import DATEI … --data {name}“ spielt einen ein."
            ),
            format!(
                "{name}: There is no catalogue yet. `amtsleitung import FILE … --data {name}` brings one in."
            ),
        )
    })
}

/// How many objects there are.
///
/// # Errors
/// With a sentence for people.
fn counted(catalogue: &mut Catalogue, lang: Lang) -> Result<u64, String> {
    let counts = catalogue.counts().map_err(|error| unreadable(lang, &error))?;
    Ok(counts.values().sum())
}

pub(crate) fn unreadable(lang: Lang, error: &store::Error) -> String {
    lang.pick(
        format!("Der Katalog ist nicht lesbar: {error}."),
        format!("The catalogue cannot be read: {error}."),
    )
}

/// An object as the tables keep it.
fn stored(object: &Object) -> StoredObject {
    // What an object says about responsibility was looked at when it was read.
    let rows = rows(object).unwrap_or_default();
    StoredObject {
        key: key(&object.kind, &object.ident),
        xml: object.to_xml(),
        rows: rows.iter().map(stored_row).collect(),
    }
}

fn key(kind: &Kind, ident: &Ident) -> ObjectKey {
    ObjectKey {
        kind: kind.element().to_owned(),
        agency: ident.agency.clone(),
        id: ident.id.clone(),
    }
}

/// Numbers of roles in the tables: two that we know, and behind them those of the source.
const CONTACT_POINT: i64 = 1;
const RESPONSIBLE: i64 = 2;
const OTHERS: i64 = 10;

fn stored_row(row: &Row) -> ResponsibilityRow {
    ResponsibilityRow {
        service: (row.service.agency.clone(), row.service.id.clone()),
        area: row.area.to_string(),
        role: match row.role {
            Role::ContactPoint => CONTACT_POINT,
            Role::Responsible => RESPONSIBLE,
            Role::Other(code) => OTHERS.saturating_add(i64::try_from(code).unwrap_or(i64::MAX)),
        },
        unit: (row.unit.agency.clone(), row.unit.id.clone()),
        from: row.validity.from.map_or(i64::MIN, |at| at.0),
        until: row.validity.until.map_or(i64::MAX, |at| at.0),
    }
}

/// A row with its unit as a number: its place among `units`.
fn responsibility(row: &ResponsibilityRow, units: &mut Vec<Ident>) -> Option<Responsibility> {
    let ident = Ident { agency: row.unit.0.clone(), id: row.unit.1.clone() };
    let number = units.iter().position(|known| *known == ident).unwrap_or_else(|| {
        units.push(ident);
        units.len() - 1
    });
    let bound = |at: i64, none: i64| (at != none).then_some(Timestamp(at));
    Some(Responsibility {
        area: AreaKey::parse(&row.area).ok()?,
        role: match row.role {
            CONTACT_POINT => Role::ContactPoint,
            RESPONSIBLE => Role::Responsible,
            code => Role::Other(code.saturating_sub(OTHERS).unsigned_abs()),
        },
        unit: Unit(number as u64),
        validity: Validity { from: bound(row.from, i64::MIN), until: bound(row.until, i64::MAX) },
    })
}

/// The address of electronic mail that the catalogue has for the unit of this id; none without such a unit, or such an
/// address.
///
/// # Errors
/// With a sentence for people, if there is no catalogue or it cannot be read.
pub fn mail_of_unit(folder: &Path, id: &str, lang: Lang) -> Result<Option<String>, String> {
    let mut catalogue = open_there(folder, lang)?;
    let mut found = None;
    let cannot = |error| unreadable(lang, &error);
    every(&mut catalogue, Kind::Unit.element(), cannot, &mut |object| {
        if object.ident.id == id && found.is_none() {
            found = catalogue::Unit::of(&object).channel(Channel::Email).map(str::to_owned);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Every object of a kind, in the order of keys, one after the other.
///
/// # Errors
/// If the tables cannot be read, or `each` says so.
fn every<E>(
    catalogue: &mut Catalogue,
    kind: &str,
    cannot: impl Fn(store::Error) -> E,
    each: &mut dyn FnMut(Object) -> Result<(), E>,
) -> Result<(), E> {
    let mut last: Option<ObjectKey> = None;
    loop {
        let page = catalogue.page(kind, last.as_ref(), PAGE).map_err(&cannot)?;
        let Some((key, _)) = page.last() else { return Ok(()) };
        last = Some(key.clone());
        for (_, xml) in &page {
            // It was an object when it was written.
            let object = object_from_xml(xml).expect("the tables hold what was read once");
            each(object)?;
        }
    }
}
