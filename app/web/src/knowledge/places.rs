// SPDX-License-Identifier: EUPL-1.2
//! Where the caller may live, by what a call tells: hints, never facts.

use super::words::{FoundPlaces, PlaceWord, ProposedPlaces};
use crate::directory::Directory;
use ::knowledge::{AreaKey, Clue, Gazetteer, Meant, Place, Proposal};
use stdx::LineId;

/// Digits of a postcode.
const POSTCODE: usize = 5;

/// Digits of a municipality (AGS).
const MUNICIPALITY: usize = 8;

pub(super) fn word(place: &Place) -> PlaceWord {
    PlaceWord { area: place.area.to_string(), name: place.name.clone() }
}

/// What an area is called: by its place, by the place around it and its digits, or by its digits alone.
pub(crate) fn named(gazetteer: &Gazetteer, area: AreaKey) -> PlaceWord {
    let digits = area.to_string();
    let name = match (gazetteer.of(area), gazetteer.around(area)) {
        (Some(place), _) => place.name.clone(),
        (None, Some(around)) => format!("{} ({digits})", around.name),
        (None, None) => digits.clone(),
    };
    PlaceWord { area: digits, name }
}

/// The places whose names or parts begin so, or that have this postcode, area code or number of a municipality.
pub(super) fn found(gazetteer: &Gazetteer, text: &str) -> FoundPlaces {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if is_number && text.len() == MUNICIPALITY {
        return match gazetteer.meant(text) {
            Meant::One(place) => FoundPlaces { places: vec![word(place)], more: 0 },
            Meant::Several(places, more) => {
                FoundPlaces { places: places.into_iter().map(word).collect(), more }
            }
            Meant::Nobody => FoundPlaces { places: Vec::new(), more: 0 },
        };
    }
    let clue = match is_number {
        true if text.len() == POSTCODE && gazetteer.area_code(text) != Some(text) => {
            Clue::Postcode(text)
        }
        true => Clue::AreaCode(text),
        false => Clue::Name(text),
    };
    let Proposal { places, more } = gazetteer.propose(&[clue]);
    FoundPlaces { places: places.iter().map(|it| word(it.place)).collect(), more }
}

/// Where somebody may live who dialled this line from this number.
pub(crate) fn proposed(
    directory: &Directory,
    line: LineId,
    number: Option<&str>,
) -> ProposedPlaces {
    let gazetteer = &directory.places;
    let of_line = directory.line(line).and_then(|line| line.place);
    let number = number.map(|number| within_country(number, &directory.country_code));
    let area_code = number.as_deref().and_then(|number| gazetteer.area_code(number));
    let clues = of_line.map(Clue::Line).into_iter().chain(area_code.map(Clue::AreaCode));
    let clues: Vec<Clue<'_>> = clues.collect();
    let proposal = gazetteer.propose(&clues);
    let first = proposal.places.first().map(|it| it.place.area);
    // A town hall's own number is dialled by its own people, whatever their telephones say.
    let likely = proposal.is_clear(&clues) || (first.is_some() && first == of_line);
    ProposedPlaces {
        places: proposal.places.iter().map(|it| word(it.place)).collect(),
        likely,
        area_code: area_code.map(str::to_owned),
    }
}

/// As it is dialled within the country.
fn within_country(number: &str, country_code: &str) -> String {
    let national = number.strip_prefix('+').and_then(|it| it.strip_prefix(country_code));
    national.map_or_else(|| number.to_owned(), |national| format!("0{national}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::OfLine;

    fn key(area: &str) -> AreaKey {
        AreaKey::parse(area).expect("a key")
    }

    fn place(area: &str, name: &str, postcode: &str, codes: &[&str]) -> Place {
        Place {
            area: key(area),
            name: name.to_owned(),
            districts: vec![],
            postcodes: vec![postcode.to_owned()],
            area_codes: codes.iter().map(|&code| code.to_owned()).collect(),
        }
    }

    fn line(place: Option<&str>) -> OfLine {
        OfLine {
            id: String::new(),
            name: String::new(),
            client: 0,
            greeting: String::new(),
            has_queue: true,
            number: None,
            place: place.map(key),
        }
    }

    /// The lines are those of the county, of Jesteburg, and of Neu Wulmstorf.
    fn county() -> Directory {
        let places = vec![
            place("033530026026", "Neu Wulmstorf", "21629", &["040", "04168"]),
            place("033530029029", "Rosengarten", "21224", &["040", "04105"]),
            place("033535404", "Jesteburg", "21266", &["04183"]),
        ];
        Directory {
            lines: vec![line(None), line(Some("033535404")), line(Some("033530026"))],
            places: Gazetteer::new(places).expect("places"),
            country_code: "49".to_owned(),
            ..Directory::default()
        }
    }

    #[track_caller]
    fn check(line: u16, number: Option<&str>, names: &[&str], likely: bool, code: Option<&str>) {
        let told = proposed(&county(), LineId(line), number);
        let told_names: Vec<&str> = told.places.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(
            (told_names.as_slice(), told.likely, told.area_code.as_deref()),
            (names, likely, code)
        );
    }

    #[test]
    fn line_and_area_code_are_hints() {
        check(0, None, &[], false, None);
        check(0, Some("+49404711"), &["Neu Wulmstorf", "Rosengarten"], false, Some("040"));
        check(0, Some("+4941834711"), &["Jesteburg"], true, Some("04183"));
        check(0, Some("+491761234567"), &[], false, None);
        check(0, Some("+43404711"), &[], false, None);
        check(1, Some("201"), &["Jesteburg"], true, None);
        check(1, None, &["Jesteburg"], true, None);
        check(2, Some("+49404711"), &["Neu Wulmstorf", "Rosengarten"], true, Some("040"));
        check(1, Some("+4941684711"), &["Jesteburg", "Neu Wulmstorf"], true, Some("04168"));
    }

    #[test]
    fn places_are_found_by_name_postcode_and_area_code() {
        let names = |text: &str| -> Vec<String> {
            found(&county().places, text).places.into_iter().map(|it| it.name).collect()
        };
        assert_eq!(names("jes"), ["Jesteburg"]);
        assert_eq!(names(" 21629 "), ["Neu Wulmstorf"]);
        assert_eq!(names("040"), ["Neu Wulmstorf", "Rosengarten"]);
        assert_eq!(names("04183"), ["Jesteburg"]);
        assert_eq!(names(""), Vec::<String>::new());
        assert_eq!(names("99999"), Vec::<String>::new());
        assert_eq!(names("03353029"), ["Rosengarten"]);
        assert_eq!(names("03353999"), Vec::<String>::new());
    }

    #[test]
    fn areas_have_names_where_there_is_one() {
        let county = county();
        let name = |area| named(&county.places, key(area)).name;
        assert_eq!(name("033535404"), "Jesteburg");
        assert_eq!(name("033535404007"), "Jesteburg (033535404007)");
        assert_eq!(name("06412"), "06412");
    }
}
