// SPDX-License-Identifier: EUPL-1.2
//! The real register of all German municipalities, read where `AMTSLEITUNG_SHARED` says; nothing is copied.

use knowledge::{AreaKey, Clue, Gazetteer, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Rows of municipalities in the register.
const MUNICIPALITY: &str = "60";

/// Rows of associations of municipalities.
const ASSOCIATION: &str = "50";

/// A row of the register: kind, key, name.
struct Row {
    kind: String,
    ars: String,
    ags: String,
    name: String,
}

fn file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("AMTSLEITUNG_SHARED").map(PathBuf::from)?;
    let file = folder.join("data/gemeinden-de").join(name);
    if !file.is_file() {
        println!("AMTSLEITUNG_SHARED has no {name}: nothing was read");
        return None;
    }
    Some(file)
}

fn register() -> Option<Vec<Row>> {
    let path = file("gemeindeverzeichnis_destatis.csv")?;
    let mut reader = csv::Reader::from_path(path).expect("the register can be read");
    let rows = reader.records().map(|row| {
        let row = row.expect("a row");
        let digits = |columns: &[usize]| columns.iter().map(|&at| &row[at]).collect::<String>();
        Row {
            kind: row[0].trim_start_matches('\u{feff}').to_owned(),
            ars: digits(&[2, 3, 4, 5, 6]),
            ags: digits(&[2, 3, 4, 6]),
            name: row[7].to_owned(),
        }
    });
    Some(rows.collect())
}

fn key(text: &str) -> AreaKey {
    AreaKey::parse(text).expect("a key")
}

#[test]
fn no_two_municipalities_of_germany_have_one_key() {
    let Some(register) = register() else { return };
    let municipalities = || register.iter().filter(|row| row.kind == MUNICIPALITY);
    let keys: BTreeSet<AreaKey> = municipalities().map(|row| key(&row.ars)).collect();
    assert_eq!(keys.len(), municipalities().count());
    assert!(keys.len() > 11_000, "{} municipalities", keys.len());
    // Associations of more than one municipality are other areas than these; a municipality alone is its own.
    let members: BTreeSet<AreaKey> = keys.iter().filter_map(|key| key.association()).collect();
    assert!(members.iter().all(|association| !keys.contains(association)));
    for row in municipalities() {
        let area = key(&row.ars);
        let alone = area.specificity() < 12;
        let of_ags = AreaKey::of_municipality_alone(&row.ags);
        assert!(!alone || of_ags == Some(area), "{} {} {area}", row.name, row.ags);
    }
}

#[test]
fn the_county_of_harburg_is_there_with_its_two_and_forty() {
    let Some(register) = register() else { return };
    let county = key("03353");
    let inside = register.iter().filter(|row| row.ars.len() > 5 && county.contains(key(&row.ars)));
    let (mut municipalities, mut administrations) = (BTreeMap::new(), BTreeMap::new());
    for row in inside {
        if row.kind == MUNICIPALITY {
            municipalities.insert(key(&row.ars), &row.name);
        } else if row.kind == ASSOCIATION {
            administrations.insert(key(&row.ars), &row.name);
        }
    }
    assert_eq!((municipalities.len(), administrations.len()), (42, 12));
    for (area, name) in &municipalities {
        let above = area.association().unwrap_or(*area);
        assert!(administrations.contains_key(&above), "{name} has no town hall");
    }
    assert_eq!(municipalities[&key("033535401007")], "Drage");
    assert_eq!(administrations[&key("033535401")], "Elbmarsch");
}

#[test]
fn postcodes_of_the_county_are_hints_only() {
    let (Some(register), Some(postcodes)) = (register(), file("plz_ort_landkreis.csv")) else {
        return;
    };
    let mut of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(postcodes).expect("the postcodes can be read");
    for row in reader.records() {
        let row = row.expect("a row");
        of.entry(row[1].to_owned()).or_default().insert(row[3].to_owned());
    }
    let municipalities = register.iter().filter(|row| row.kind == MUNICIPALITY);
    let places = municipalities.map(|row| Place {
        area: key(&row.ars),
        name: row.name.clone(),
        districts: Vec::new(),
        postcodes: of.get(&row.ags).into_iter().flatten().cloned().collect(),
        area_codes: Vec::new(),
    });
    let all = Gazetteer::new(places.collect()).expect("all of Germany fits");
    let names = |code| -> Vec<String> {
        let found = all.propose(&[Clue::Postcode(code)]).places;
        found.iter().map(|it| it.place.name.clone()).collect()
    };
    assert_eq!(names("21629"), ["Neu Wulmstorf"]);
    assert!(names("21423").len() >= 2, "Winsen and Drage: {:?}", names("21423"));
    assert!(names("21255").len() >= 5, "Tostedt and its neighbours: {:?}", names("21255"));
}
