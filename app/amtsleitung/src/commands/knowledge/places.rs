// SPDX-License-Identifier: EUPL-1.2
//! `knowledge places`: the register of municipalities and a table of postcodes, brought in and listed.

use super::{catalogue_to_write, fail};
use crate::commands::arguments::Arguments;
use crate::commands::files::text_of;
use crate::config::problem::visible;
use crate::shelf::places::{BadPlace, FILE_MAX, NotPlaces, Read, kept, read, replace};
use crate::shelf::replaced::Replaced;
use crate::shelf::unreadable;
use crate::{Lang, output};
use knowledge::PLACES_MAX;
use std::path::Path;
use std::process::ExitCode;

/// Rows that are named at once.
const NAMED_MAX: usize = 20;

/// Lists what is kept: key, name, postcodes.
pub(super) fn list(arguments: &Arguments) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    let mut catalogue = catalogue_to_write(arguments)?;
    let places = kept(&mut catalogue).map_err(|error| fail(&unreadable(lang, &error)))?;
    let mut text = String::new();
    for place in &places {
        let (area, name) = (place.area, visible(&place.name));
        text.push_str(&format!("{area} | {name} | {}\n", place.postcodes.join(" ")));
    }
    let count = places.len();
    text.push_str(&lang.pick(format!("{count} Orte\n"), format!("{count} places\n")));
    output::out(&text);
    Ok(())
}

/// Brings files in, one after the other: a register first, because postcodes belong to its places.
pub(super) fn bring_in(arguments: &Arguments, files: &[&str]) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    let texts = files.iter().map(|file| Ok((*file, text_of(lang, Path::new(file), FILE_MAX)?)));
    let texts = texts.collect::<Result<Vec<_>, ExitCode>>()?;
    let mut catalogue = catalogue_to_write(arguments)?;
    let (is_dry, may_delete) = (arguments.flag("dry-run"), arguments.flag("allow-deletions"));
    let mut is_whole = true;
    for (file, text) in texts {
        let name = visible(file);
        let register = kept(&mut catalogue).map_err(|error| fail(&unreadable(lang, &error)))?;
        let (places, bad) = read(&text, &register).map_err(|why| fail(&not(lang, &name, why)))?;
        let difference = replace(&mut catalogue, &places, is_dry, may_delete);
        let difference = difference.map_err(|error| fail(&unreadable(lang, &error)))?;
        output::out(&told(lang, &places, &difference, is_dry));
        output::err(&left_out(lang, &name, &bad));
        if difference.is_kept {
            output::err(&too_many_go(lang, &name, &difference));
        }
        is_whole &= bad.is_empty() && !difference.is_kept;
    }
    if is_whole { Ok(()) } else { Err(ExitCode::from(crate::commands::arguments::BAD_FILE)) }
}

fn not(lang: Lang, name: &str, why: NotPlaces) -> String {
    let why = match why {
        NotPlaces::Neither => lang.pick(
            "Das ist weder das Gemeindeverzeichnis (GV100AD oder die vierteljährliche Tabelle als CSV) noch eine Tabelle mit den Spalten „plz“ und „ags“ oder „ars“".to_owned(),
            "This is neither the register of municipalities (GV100AD, or the quarterly table as CSV) nor a table with the columns `plz` and `ags` or `ars`".to_owned(),
        ),
        NotPlaces::NoRegister => lang.pick(
            "Zuerst das Gemeindeverzeichnis: Postleitzahlen gehören zu seinen Orten".to_owned(),
            "The register of municipalities first: postcodes belong to its places".to_owned(),
        ),
        NotPlaces::TooMany => lang.pick(
            format!("Das sind mehr als {PLACES_MAX} Orte"),
            format!("These are more than {PLACES_MAX} places"),
        ),
    };
    lang.pick(
        format!("{name}: Nicht eingespielt: {why}."),
        format!("{name}: Not brought in: {why}."),
    )
}

fn told(lang: Lang, places: &Read, difference: &Replaced, is_dry: bool) -> String {
    let Replaced { new, same, gone, .. } = difference;
    let what = match places {
        Read::Register(_) => lang.pick("Orte", "Places"),
        Read::Postcodes(_) => lang.pick("Postleitzahlen von Orten", "Postcodes of places"),
    };
    let mut text = difference.list(lang);
    text.push_str(&match is_dry || difference.is_kept {
        true => lang.pick(
            format!("Probelauf: {what}: neu {new}, gleich {same}, gelöscht {gone}. Nichts wurde geschrieben.\n"),
            format!("Dry run: {what}: new {new}, same {same}, deleted {gone}. Nothing was written.\n"),
        ),
        false => lang.pick(
            format!("{what}: neu {new}, gleich {same}, gelöscht {gone}.\n"),
            format!("{what}: new {new}, same {same}, deleted {gone}.\n"),
        ),
    });
    text
}

fn too_many_go(lang: Lang, name: &str, difference: &Replaced) -> String {
    let (gone, all) = (difference.gone, difference.gone + difference.same);
    lang.pick(
        format!("{name}: Nicht eingespielt: {gone} von {all} Einträgen wären gelöscht oder geändert worden. Ist das gewollt: --allow-deletions.\n"),
        format!("{name}: Not brought in: {gone} of {all} entries would have been deleted or changed. If this is meant: --allow-deletions.\n"),
    )
}

fn left_out(lang: Lang, name: &str, bad: &[(u64, BadPlace)]) -> String {
    let mut text = String::new();
    for (line, why) in bad.iter().take(NAMED_MAX) {
        let why = why_bad(lang, why);
        text.push_str(&lang.pick(
            format!("{name}:{line}: Ausgelassen: {why}.\n"),
            format!("{name}:{line}: Left out: {why}.\n"),
        ));
    }
    if let Some(more) = bad.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
        text.push_str(
            &lang.pick(format!("… und {more} weitere\n"), format!("… and {more} more\n")),
        );
    }
    text
}

fn why_bad(lang: Lang, why: &BadPlace) -> String {
    match why {
        BadPlace::Key(key) => lang.pick(
            format!("„{}“ ist kein Schlüssel eines Ortes", visible(key)),
            format!("“{}” is no key of a place", visible(key)),
        ),
        BadPlace::Nameless => {
            lang.pick("Der Name fehlt".to_owned(), "The name is missing".to_owned())
        }
        BadPlace::Twice(area) => lang.pick(
            format!("{area} steht schon weiter oben"),
            format!("{area} stands further up already"),
        ),
        BadPlace::Postcode(code) => lang.pick(
            format!("„{}“ ist keine Postleitzahl aus fünf Ziffern", visible(code)),
            format!("“{}” is no postcode of five digits", visible(code)),
        ),
        BadPlace::Unknown(key) => lang.pick(
            format!("„{}“ steht nicht im Gemeindeverzeichnis", visible(key)),
            format!("“{}” is not in the register of municipalities", visible(key)),
        ),
        BadPlace::Columns => lang.pick(
            "Die Zeile hat mehr oder weniger Spalten als die erste".to_owned(),
            "The row has more or fewer columns than the first line".to_owned(),
        ),
    }
}
