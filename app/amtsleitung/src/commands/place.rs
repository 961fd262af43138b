// SPDX-License-Identifier: EUPL-1.2
//! The place that an argument names: by its key, by its name, by the digits of the municipality or by a postcode.

use super::arguments::Arguments;
use super::prompts::fail;
use super::report;
use crate::config::County;
use crate::data::Data;
use crate::shelf::places::{gazetteer, kept};
use crate::shelf::unreadable;
use knowledge::{AreaKey, AreaKeyError, Clue, Gazetteer, Meant, Place};
use std::path::Path;
use std::process::ExitCode;
use store::Catalogue;

/// Digits of a postcode, and of a county's key.
const FIVE: usize = 5;

/// Digits of a municipality (AGS).
const MUNICIPALITY: usize = 8;

/// The county of a data folder, if there is one.
///
/// # Errors
/// With the exit code, after saying why it cannot be read.
pub(super) fn county_of(arguments: &Arguments, folder: &Path) -> Result<Option<County>, ExitCode> {
    let lang = arguments.lang;
    let data = Data::open(folder, lang).map_err(|why| fail(&why))?;
    data.map(|data| report::county(&data, lang)).transpose()
}

/// The places of a county, if there is one, and of the register.
///
/// # Errors
/// With the exit code, after saying why they cannot be read.
pub(super) fn known_places(
    arguments: &Arguments,
    county: Option<&County>,
    catalogue: &mut Catalogue,
) -> Result<Gazetteer, ExitCode> {
    let register = kept(catalogue);
    let register = register.map_err(|error| fail(&unreadable(arguments.lang, &error)))?;
    Ok(gazetteer(county, register))
}

/// The area that is meant.
///
/// # Errors
/// With the exit code, after saying why it is none, or which ones it may be.
pub(super) fn area(
    arguments: &Arguments,
    places: &Gazetteer,
    text: &str,
) -> Result<AreaKey, ExitCode> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    match (is_number, text.len()) {
        (true, FIVE) => five(arguments, places, text),
        (true, MUNICIPALITY) | (false, _) => named(arguments, places, text),
        (true, _) => key(arguments, text),
    }
}

/// A regional key.
fn key(arguments: &Arguments, text: &str) -> Result<AreaKey, ExitCode> {
    let lang = arguments.lang;
    AreaKey::parse(text).map_err(|error| {
        let what = match error {
            AreaKeyError::Length(_) => lang.pick(
                "Ein Regionalschlüssel hat 2 bis 12 Ziffern",
                "A regional key has 2 to 12 digits",
            ),
            AreaKeyError::NoDigit(_) => lang.pick(
                "Ein Regionalschlüssel besteht nur aus Ziffern",
                "A regional key has digits only",
            ),
        };
        arguments.wrong_value(what, text, None)
    })
}

/// Five digits are a county or a postcode, whichever is known; a county if none of both is.
fn five(arguments: &Arguments, places: &Gazetteer, text: &str) -> Result<AreaKey, ExitCode> {
    let county = key(arguments, text)?;
    let is_county = !places.propose(&[Clue::Line(county)]).places.is_empty();
    match (is_county, places.meant(text)) {
        (_, Meant::Nobody) => Ok(county),
        (false, Meant::One(place)) => Ok(place.area),
        (false, Meant::Several(several, more)) => {
            Err(several_are_meant(arguments, text, &several, more))
        }
        (true, Meant::One(place)) => {
            let mut both: Vec<&Place> = places.of(county).into_iter().collect();
            both.push(place);
            Err(several_are_meant(arguments, text, &both, 0))
        }
        (true, Meant::Several(several, more)) => {
            Err(several_are_meant(arguments, text, &several, more))
        }
    }
}

fn named(arguments: &Arguments, places: &Gazetteer, text: &str) -> Result<AreaKey, ExitCode> {
    match places.meant(text) {
        Meant::One(place) => Ok(place.area),
        Meant::Several(several, more) => Err(several_are_meant(arguments, text, &several, more)),
        Meant::Nobody => {
            let what = arguments.lang.pick(
                "Diesen Ort kennt hier niemand (erwartet: Regionalschlüssel aus 2 bis 12 Ziffern; oder Name, Postleitzahl, Gemeindeschlüssel aus „knowledge places“ und der Konfiguration)",
                "Nobody here knows this place (expected: a regional key of 2 to 12 digits; or a name, a postcode, the digits of a municipality, of `knowledge places` and the configuration)",
            );
            Err(arguments.wrong_value(what, text, None))
        }
    }
}

fn several_are_meant(
    arguments: &Arguments,
    text: &str,
    several: &[&Place],
    more: usize,
) -> ExitCode {
    let lang = arguments.lang;
    let list = several.iter().map(|place| format!("{} {}", place.area, place.name));
    let mut list = list.collect::<Vec<_>>().join(", ");
    if more > 0 {
        list.push_str(&lang.pick(format!(" und {more} weitere"), format!(" and {more} more")));
    }
    let what = lang.pick(
        format!("Das kann mehreres sein; der Schlüssel sagt, was gemeint ist ({list})"),
        format!("This may be several; the key says which is meant ({list})"),
    );
    arguments.wrong_value(&what, text, None)
}
