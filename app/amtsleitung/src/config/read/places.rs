// SPDX-License-Identifier: EUPL-1.2
//! Places with their keys, and sites with their way for emergency calls.

use crate::config::county::{EmergencyRoute, Place, PlaceKind, Site};
use crate::config::emergency::{self, AreaCodes};
use crate::config::near::nearest;
use crate::config::problem::{Emergency, Problem, Shape, ValueProblem};
use crate::config::reader::{Fields, Reader};
use crate::config::schema::{Kind, Table};
use std::collections::BTreeMap;

/// Characters of a sentence about emergency calls.
const SENTENCE_MAX: usize = 300;

/// Characters of a service centre's name.
const FEDERATION_MAX: usize = 120;

pub(super) fn places(
    reader: &mut Reader<'_>,
    root: &Fields<'_, '_>,
    max: usize,
    codes: &mut AreaCodes,
) -> Vec<Place> {
    let tables = reader.tables(root, "place", Table::Place, max);
    let mut keys = BTreeMap::new();
    let mut places = Vec::new();
    for fields in &tables {
        let place = place(reader, fields);
        for code in &place.area_codes {
            codes.learn(code);
        }
        let at = fields.place("ars");
        if let Some(&first) = keys.get(&place.ars) {
            let problem = Shape::Repeated { entry: place.ars.clone(), first };
            reader.note(at, Problem::Shape(problem));
        } else if !place.ars.is_empty() {
            keys.insert(place.ars.clone(), at);
        }
        places.push(place);
    }
    places
}

fn place(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Place {
    let name = reader.name(fields);
    let kind = reader
        .word(fields, "kind", &PlaceKind::WORDS)
        .and_then(|index| PlaceKind::ALL.get(index))
        .copied();
    let ars = regional_key(reader, fields, kind);
    let postcodes = reader.texts(fields, "postcodes");
    for postcode in &postcodes {
        if !is_digits(postcode.value, 5..=5) {
            let problem = ValueProblem::BadPostcode(postcode.value.to_owned());
            reader.note(postcode.at, Problem::Value(problem));
        }
    }
    let mut area_codes = reader.texts(fields, "area_codes");
    area_codes.retain(|code| {
        let good = is_digits(code.value, 3..=6)
            && code.value.starts_with('0')
            && !code.value.starts_with("00");
        if !good {
            let problem = ValueProblem::BadAreaCode(code.value.to_owned());
            reader.note(code.at, Problem::Value(problem));
        }
        good
    });
    Place {
        name,
        kind: kind.unwrap_or(PlaceKind::Stadt),
        ars,
        postcodes: postcodes.into_iter().map(|text| text.value.to_owned()).collect(),
        area_codes: area_codes.into_iter().map(|text| text.value.to_owned()).collect(),
        federation_115: fields
            .get("federation_115")
            .map(|_| reader.text(fields, "federation_115", FEDERATION_MAX)),
    }
}

/// The place of this name that `place` refers to, as an index into all.
pub(super) fn named(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    places: &[Place],
) -> Option<usize> {
    let given = reader.string("place", fields.get("place")?)?;
    of_name(reader, fields.place("place"), given, places)
}

/// The places that the list `places` names, as indexes into all.
pub(super) fn all_named(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    places: &[Place],
) -> Vec<usize> {
    let given = match fields.get("places") {
        Some(_) => reader.texts(fields, "places"),
        None => Vec::new(),
    };
    given.iter().filter_map(|name| of_name(reader, name.at, name.value, places)).collect()
}

/// The place of this name, which stands at this place of the file.
fn of_name(reader: &mut Reader<'_>, at: usize, given: &str, places: &[Place]) -> Option<usize> {
    let found = places.iter().position(|place| place.name == given);
    if found.is_none() {
        let near = nearest(given, places.iter().map(|place| place.name.as_str()));
        let near = near.map(str::to_owned);
        let problem = ValueProblem::UnknownPlace { given: given.to_owned(), near };
        reader.note(at, Problem::Value(problem));
    }
    found
}

fn is_digits(text: &str, count: std::ops::RangeInclusive<usize>) -> bool {
    count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The regional key, if it is one and suits the kind; otherwise an empty text.
fn regional_key(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    kind: Option<PlaceKind>,
) -> String {
    let Some(value) = reader.required(fields, "ars") else { return String::new() };
    let Some(ars) = reader.string("ars", value) else { return String::new() };
    let at = fields.place("ars");
    let land = ars.get(..2).and_then(|land| land.parse::<u8>().ok());
    let is_key = is_digits(ars, 2..=12)
        && matches!(ars.len(), 2 | 3 | 5 | 9 | 12)
        && land.is_some_and(|land| (1..=16).contains(&land));
    if !is_key {
        reader.note(at, Problem::Value(ValueProblem::BadRegionalKey(ars.to_owned())));
        return String::new();
    }
    if let Some(kind) = kind {
        let (digits, sixth) = kind.regional_key_form();
        let suits =
            ars.len() == digits && sixth.is_none_or(|sixth| ars.chars().nth(5) == Some(sixth));
        if !suits {
            let word = PlaceKind::WORDS.get(kind as usize).copied().unwrap_or("");
            let ars = ars.to_owned();
            let problem = ValueProblem::RegionalKeyOfOtherKind { ars, kind: word, digits, sixth };
            reader.note(at, Problem::Value(problem));
        }
    }
    ars.to_owned()
}

pub(super) fn sites(reader: &mut Reader<'_>, tables: &[Fields<'_, '_>]) -> Vec<Site> {
    let mut sites = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let id = reader.id_of(Kind::Site, index);
        let name = reader.name(fields);
        sites.push(Site { id, name, emergency_route: emergency_route(reader, fields) });
    }
    sites
}

fn emergency_route(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> EmergencyRoute {
    let none = EmergencyRoute::None(String::new());
    match (fields.get("emergency_route"), fields.get("no_emergency_route")) {
        (None, None) => {
            // A mistyped key is said already.
            let routes = ["emergency_route", "no_emergency_route"];
            if !routes.into_iter().any(|route| fields.mistypes(route)) {
                reader.note(fields.at, Problem::Emergency(Emergency::NoRoute));
            }
            none
        }
        (Some(_), Some(_)) => {
            let at = fields.place("no_emergency_route");
            reader.note(at, Problem::Emergency(Emergency::TwoRoutes));
            none
        }
        (None, Some(value)) => {
            EmergencyRoute::None(reader.text_in("no_emergency_route", value, SENTENCE_MAX))
        }
        (Some(_), None) => {
            let Some(route) = reader.table(fields, "emergency_route", Table::EmergencyRoute) else {
                return none;
            };
            let numbers = reader.texts(&route, "numbers");
            let both =
                emergency::NUMBERS.iter().all(|n| numbers.iter().any(|text| text.value == *n));
            if route.get("numbers").is_some() && (!both || numbers.len() != 2) {
                reader.note(route.place("numbers"), Problem::Emergency(Emergency::RouteNumbers));
            }
            let trunk = route.get("trunk").map(|_| reader.reference(&route, "trunk", Kind::Trunk));
            let way = reader.text(&route, "through", SENTENCE_MAX);
            EmergencyRoute::Through { way, trunk }
        }
    }
}
