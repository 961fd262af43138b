// SPDX-License-Identifier: EUPL-1.2
//! Where the caller lives: places, and what hints at them.
//!
//! Postcodes, area codes and municipalities do not fit on each other: each may have many of the others. So a
//! clue is a hint to be confirmed and never a fact: "040: Neu Wulmstorf or Hamburg?"

use crate::AreaKey;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Places in one gazetteer: 11,004 municipalities and 4,606 associations of all of Germany, 401 counties and 16
/// Länder, and as many districts of the own county as a map has. More are an error.
pub const PLACES_MAX: usize = 65_536;

/// Places that are proposed at once: what a person can look through. The rest is counted.
pub const PROPOSED_MAX: usize = 12;

/// A place that people say they live in: a municipality, an association of them, a county.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its area.
    pub area: AreaKey,
    /// Its name, as people know it.
    pub name: String,
    /// Its parts (Ortsteile), by name.
    pub districts: Vec<String>,
    /// Postcodes of five digits; others may have them too.
    pub postcodes: Vec<String>,
    /// Area codes of telephones, with the 0; others may have them too.
    pub area_codes: Vec<String>,
}

/// Why places make no gazetteer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceError {
    /// More than [`PLACES_MAX`]; how many.
    TooMany(usize),
    /// Two have the same area.
    Twice(AreaKey),
}

/// What hints at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clue<'a> {
    /// The postcode that the caller names.
    Postcode(&'a str),
    /// The name of the place or of a part of it, as the caller says it; its beginning is enough.
    Name(&'a str),
    /// The area of the line that was dialled: a town hall's own number.
    Line(AreaKey),
    /// The area code of the caller's number. Mobile telephones have none.
    AreaCode(&'a str),
}

/// A place that the clues hint at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposed<'g> {
    /// Which.
    pub place: &'g Place,
    /// How many of the clues hint at it.
    pub clues: usize,
}

/// What the clues hint at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal<'g> {
    /// The likeliest first: most clues, then the strongest clue, then by area; at most [`PROPOSED_MAX`].
    pub places: Vec<Proposed<'g>>,
    /// How many more there are.
    pub more: usize,
}

impl Proposal<'_> {
    /// Whether all clues agree on one place and no other: then one word of the caller confirms it.
    #[must_use]
    pub fn is_clear(&self, clues: &[Clue<'_>]) -> bool {
        match self.places.as_slice() {
            [] => false,
            [one] => self.more == 0 && one.clues == clues.len(),
            [first, second, ..] => first.clues == clues.len() && second.clues < first.clues,
        }
    }
}

/// The place that a name, a key or a postcode means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant<'g> {
    /// This one.
    One(&'g Place),
    /// One of several, in the order of areas; at most [`PROPOSED_MAX`], and how many more there are.
    Several(Vec<&'g Place>, usize),
    /// None that is known.
    Nobody,
}

/// All places that callers may name.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    /// In the order of their areas.
    places: Vec<Place>,
    /// Those of the own county: they come before equals from elsewhere.
    own: BTreeSet<AreaKey>,
    by_postcode: BTreeMap<String, Vec<usize>>,
    by_area_code: BTreeMap<String, Vec<usize>>,
    /// Names of places and of their parts, as they are compared.
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Gazetteer {
    /// Puts places in order.
    ///
    /// # Errors
    /// If there are too many, or two of the same area.
    pub fn new(mut places: Vec<Place>) -> Result<Gazetteer, PlaceError> {
        if places.len() > PLACES_MAX {
            return Err(PlaceError::TooMany(places.len()));
        }
        places.sort_by_key(|place| place.area);
        if let Some([first, _]) = places.array_windows().find(|[a, b]| a.area == b.area) {
            return Err(PlaceError::Twice(first.area));
        }
        let mut all = Gazetteer::default();
        for (at, place) in places.iter().enumerate() {
            all.note(at, place);
        }
        all.places = places;
        Ok(all)
    }

    /// The own places beside those of a register. Of a place that both have the name is that of the own file, and what
    /// hints at it is taken from both.
    ///
    /// # Errors
    /// If there are too many, or two of the same area among the own ones or in the register.
    pub fn beside(own: Vec<Place>, register: Vec<Place>) -> Result<Gazetteer, PlaceError> {
        let mut all: BTreeMap<AreaKey, Place> = BTreeMap::new();
        for place in register {
            let area = place.area;
            if all.insert(area, place).is_some() {
                return Err(PlaceError::Twice(area));
            }
        }
        let mut areas = BTreeSet::new();
        for mut place in own {
            if !areas.insert(place.area) {
                return Err(PlaceError::Twice(place.area));
            }
            if let Some(known) = all.remove(&place.area) {
                add_new(&mut place.districts, known.districts);
                add_new(&mut place.postcodes, known.postcodes);
                add_new(&mut place.area_codes, known.area_codes);
                if compared(&known.name) != compared(&place.name) {
                    add_new(&mut place.districts, vec![known.name]);
                }
            }
            all.insert(place.area, place);
        }
        let all = Gazetteer::new(all.into_values().collect())?;
        Ok(Gazetteer { own: areas, ..all })
    }

    fn note(&mut self, at: usize, place: &Place) {
        let add = |to: &mut BTreeMap<String, Vec<usize>>, key: String| {
            let at_key = to.entry(key).or_default();
            if at_key.last() != Some(&at) {
                at_key.push(at);
            }
        };
        place.postcodes.iter().for_each(|it| add(&mut self.by_postcode, it.clone()));
        place.area_codes.iter().for_each(|it| add(&mut self.by_area_code, it.clone()));
        let names = place.districts.iter().chain([&place.name]);
        names.for_each(|it| add(&mut self.by_name, compared(it)));
    }

    /// Every place, in the order of areas.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The place of this area.
    #[must_use]
    pub fn of(&self, area: AreaKey) -> Option<&Place> {
        let at = self.places.binary_search_by_key(&area, |place| place.area).ok()?;
        self.places.get(at)
    }

    /// The smallest place that holds this area: the municipality's name for an area inside it.
    #[must_use]
    pub fn around(&self, area: AreaKey) -> Option<&Place> {
        area.and_above().filter_map(|above| self.of(above)).last()
    }

    /// The area code that a number begins with, dialled as within the country: the longest one that a place has.
    #[must_use]
    pub fn area_code<'n>(&self, number: &'n str) -> Option<&'n str> {
        let longest = self.by_area_code.keys().map(String::len).max().unwrap_or_default();
        let beginnings = (1..=longest).rev().filter_map(|length| number.get(..length));
        beginnings.into_iter().find(|code| self.by_area_code.contains_key(*code))
    }

    /// What the clues hint at.
    #[must_use]
    pub fn propose(&self, clues: &[Clue<'_>]) -> Proposal<'_> {
        let mut hinted: BTreeMap<usize, Vec<Clue<'_>>> = BTreeMap::new();
        for clue in clues {
            for at in self.hinted(clue) {
                hinted.entry(at).or_default().push(*clue);
            }
        }
        let mut order: Vec<(usize, Vec<Clue<'_>>)> = hinted.into_iter().collect();
        for (_, clues) in &mut order {
            clues.sort();
        }
        // Places stand in the order of areas, so the smaller number is the smaller area key.
        order.sort_by_key(|(at, clues)| {
            let is_far = self.places.get(*at).is_none_or(|place| !self.own.contains(&place.area));
            (usize::MAX - clues.len(), clues.first().map(strength), is_far, *at)
        });
        let more = order.len().saturating_sub(PROPOSED_MAX);
        let shown = order.into_iter().take(PROPOSED_MAX);
        let places = shown.filter_map(|(at, clues)| {
            Some(Proposed { place: self.places.get(at)?, clues: clues.len() })
        });
        Proposal { places: places.collect(), more }
    }

    /// The place that somebody means by a name – *Jesteburg*, *Samtgemeinde Jesteburg* –, by the eight digits of a
    /// municipality (AGS) or by a postcode. Of places that lie in each other and are called the same it is the smallest:
    /// what holds in the larger one holds there too. A name counts as a whole before it counts as a beginning, and the own
    /// county before others.
    #[must_use]
    pub fn meant(&self, text: &str) -> Meant<'_> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()) {
            return match text.len() {
                MUNICIPALITY => self.one_of(self.of_municipality(text)),
                _ => self.one_of(self.by_postcode.get(text).cloned().unwrap_or_default()),
            };
        }
        let (kind, name) = KindOfPlace::named(text);
        let is_it = |at: &usize| match (self.places.get(*at), kind) {
            (None, _) => false,
            (Some(_), KindOfPlace::Municipality) => self.is_municipality(*at),
            (Some(place), kind) => kind.fits(place.area),
        };
        let whole = self.by_name.get(&compared(name)).cloned().unwrap_or_default();
        for found in [whole, self.named(name)] {
            let found: Vec<usize> = found.into_iter().filter(is_it).collect();
            if !found.is_empty() {
                return self.one_of(found);
            }
        }
        Meant::Nobody
    }

    /// The municipalities with these eight digits.
    fn of_municipality(&self, ags: &str) -> Vec<usize> {
        let has_it = |place: &Place| place.area.municipality_digits().as_deref() == Some(ags);
        let all = self.places.iter().enumerate().filter(|(_, place)| has_it(place));
        all.map(|(at, _)| at).filter(|at| self.is_municipality(*at)).collect()
    }

    /// Whether it is a municipality: by its key, and what looks like a county by having no parts.
    fn is_municipality(&self, at: usize) -> bool {
        let Some(place) = self.places.get(at) else { return false };
        let next = self.places.get(at + 1);
        let has_parts = next.is_some_and(|next| place.area.contains(next.area));
        place.area.municipality_digits().is_some() && !has_parts
    }

    fn one_of(&self, found: Vec<usize>) -> Meant<'_> {
        let mut found: Vec<&Place> = found.iter().filter_map(|at| self.places.get(*at)).collect();
        if found.iter().any(|place| self.own.contains(&place.area)) {
            found.retain(|place| self.own.iter().any(|own| own.contains(place.area)));
        }
        let areas: Vec<(AreaKey, String)> =
            found.iter().map(|place| (place.area, compared(&place.name))).collect();
        found.retain(|place| {
            let (area, name) = (place.area, compared(&place.name));
            let is_inside = |(other, called): &(AreaKey, String)| {
                *other != area && area.contains(*other) && *called == name
            };
            !areas.iter().any(is_inside)
        });
        match found.as_slice() {
            [] => Meant::Nobody,
            [place] => Meant::One(place),
            [_, _, ..] => {
                let more = found.len().saturating_sub(PROPOSED_MAX);
                found.truncate(PROPOSED_MAX);
                Meant::Several(found, more)
            }
        }
    }

    /// The places that one clue hints at, each once, in order.
    fn hinted(&self, clue: &Clue<'_>) -> Vec<usize> {
        let at = |index: &BTreeMap<String, Vec<usize>>, key: &str| {
            index.get(key).cloned().unwrap_or_default()
        };
        match clue {
            Clue::Postcode(code) => at(&self.by_postcode, code),
            Clue::AreaCode(code) => at(&self.by_area_code, code),
            Clue::Line(area) => self.inside(*area),
            Clue::Name(name) => self.named(name),
        }
    }

    /// The places in this area, or the one that the area lies in.
    fn inside(&self, area: AreaKey) -> Vec<usize> {
        let places = self.places.iter().enumerate();
        let inside = places.filter(|(_, place)| area.contains(place.area)).map(|(at, _)| at);
        inside.collect()
    }

    fn named(&self, name: &str) -> Vec<usize> {
        let name = compared(name);
        if name.is_empty() {
            return Vec::new();
        }
        let from_here = self.by_name.range(name.clone()..);
        let begins = from_here.take_while(|(key, _)| key.starts_with(&name));
        let mut found: Vec<usize> = begins.flat_map(|(_, at)| at.iter().copied()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Digits of a municipality (Amtlicher Gemeindeschlüssel).
const MUNICIPALITY: usize = 8;

/// What a place is, as far as people say so before its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KindOfPlace {
    Any,
    Municipality,
    Association,
    County,
}

/// What people say before a name.
const KINDS: [(&str, KindOfPlace); 9] = [
    ("samtgemeinde ", KindOfPlace::Association),
    ("verbandsgemeinde ", KindOfPlace::Association),
    ("verwaltungsgemeinschaft ", KindOfPlace::Association),
    ("amt ", KindOfPlace::Association),
    ("landkreis ", KindOfPlace::County),
    ("kreis ", KindOfPlace::County),
    ("gemeinde ", KindOfPlace::Municipality),
    ("hansestadt ", KindOfPlace::Municipality),
    ("stadt ", KindOfPlace::Municipality),
];

impl KindOfPlace {
    /// What is said to be what.
    fn named(text: &str) -> (KindOfPlace, &str) {
        let begins = |word: &str| {
            let begin = text.get(..word.len())?;
            begin.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
        };
        let found = KINDS.into_iter().find_map(|(word, kind)| Some((kind, begins(word)?)));
        found.unwrap_or((KindOfPlace::Any, text))
    }

    fn fits(self, area: AreaKey) -> bool {
        match self {
            KindOfPlace::Any => true,
            KindOfPlace::Municipality => area.municipality_digits().is_some(),
            KindOfPlace::Association => area.association() == Some(area),
            KindOfPlace::County => area.county() == Some(area),
        }
    }
}

fn add_new(to: &mut Vec<String>, more: Vec<String>) {
    for text in more {
        if !to.contains(&text) {
            to.push(text);
        }
    }
}

/// The stronger the clue, the smaller the number: what is said comes before what a number suggests.
fn strength(clue: &Clue<'_>) -> u8 {
    match clue {
        Clue::Name(_) => 0,
        Clue::Postcode(_) => 1,
        Clue::Line(_) => 2,
        Clue::AreaCode(_) => 3,
    }
}

/// A name as it is compared: without case, marks and umlauts, so that whoever types fast is understood.
fn compared(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' => text.push_str("ae"),
            'ö' => text.push_str("oe"),
            'ü' => text.push_str("ue"),
            'ß' => text.push_str("ss"),
            letter if letter.is_alphanumeric() => text.push(letter),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned as _;

    fn place(area: &str, name: &str, postcodes: &[&str], codes: &[&str]) -> Place {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        Place {
            area: AreaKey::parse(area).expect("a key"),
            name: name.to_owned(),
            districts: vec![],
            postcodes: owned(postcodes),
            area_codes: owned(codes),
        }
    }

    fn around_hamburg() -> Gazetteer {
        let mut buchholz =
            place("033530005005", "Buchholz in der Nordheide", &["21244"], &["04181"]);
        buchholz.districts = vec!["Trelde".to_owned(), "Holm-Seppensen".to_owned()];
        Gazetteer::new(vec![
            place("020000000000", "Hamburg", &["20095"], &["040"]),
            place("033530026026", "Neu Wulmstorf", &["21629"], &["040", "04168"]),
            place("033530040040", "Winsen (Luhe)", &["21423"], &["04171"]),
            place("033535401007", "Drage", &["21423"], &["04177"]),
            place("033535401", "Elbmarsch", &["21423", "21436", "21395"], &["04176", "04177"]),
            buchholz,
        ])
        .expect("places")
    }

    #[track_caller]
    fn check(clues: &[Clue<'_>], expected: &[&str], is_clear: bool) {
        let all = around_hamburg();
        let proposal = all.propose(clues);
        let names: Vec<&str> = proposal.places.iter().map(|it| it.place.name.as_str()).collect();
        assert_eq!((names.as_slice(), proposal.is_clear(clues)), (expected, is_clear));
    }

    #[test]
    fn a_clue_is_a_hint_and_never_a_fact() {
        check(&[Clue::AreaCode("040")], &["Hamburg", "Neu Wulmstorf"], false);
        check(&[Clue::Postcode("21423")], &["Winsen (Luhe)", "Elbmarsch", "Drage"], false);
        check(&[Clue::Postcode("21244")], &["Buchholz in der Nordheide"], true);
        check(&[Clue::Postcode("99999")], &[], false);
        check(&[], &[], false);
    }

    #[test]
    fn two_clues_tell_more_than_one() {
        let clues = [Clue::Postcode("21423"), Clue::AreaCode("04171")];
        check(&clues, &["Winsen (Luhe)", "Elbmarsch", "Drage"], true);
        let neu_wulmstorf = AreaKey::parse("033530026").expect("a key");
        let clues = [Clue::Line(neu_wulmstorf), Clue::AreaCode("040")];
        check(&clues, &["Neu Wulmstorf", "Hamburg"], true);
        let against = [Clue::Postcode("21244"), Clue::AreaCode("04171")];
        check(&against, &["Buchholz in der Nordheide", "Winsen (Luhe)"], false);
    }

    #[test]
    fn names_are_found_by_their_beginning_and_by_their_parts() {
        check(&[Clue::Name("buch")], &["Buchholz in der Nordheide"], true);
        check(&[Clue::Name("Holm Sepp")], &["Buchholz in der Nordheide"], true);
        check(&[Clue::Name("winsen luhe")], &["Winsen (Luhe)"], true);
        check(&[Clue::Name(" - ")], &[], false);
    }

    #[test]
    fn an_area_has_one_place_and_a_place_around() {
        let all = around_hamburg();
        let tespe = AreaKey::parse("033535401033").expect("a key");
        assert_eq!(all.of(tespe), None);
        assert_eq!(all.around(tespe).map(|it| it.name.as_str()), Some("Elbmarsch"));
        let twice = vec![place("02", "Hamburg", &[], &[]), place("020000000000", "HH", &[], &[])];
        let area = AreaKey::parse("02").expect("a key");
        assert_eq!(Gazetteer::new(twice).err(), Some(PlaceError::Twice(area)));
    }

    fn with_register() -> Gazetteer {
        let own = vec![
            place("033535404", "Jesteburg", &["21266"], &["04183"]),
            place("033530026026", "Neu Wulmstorf", &["21629"], &["040"]),
        ];
        let register = vec![
            place("03353", "Harburg", &[], &[]),
            place("033535404", "Jesteburg", &[], &[]),
            place("033535404020", "Jesteburg", &["21266"], &[]),
            place("033535404004", "Bendestorf", &["21227"], &[]),
            place("033530026026", "Neu Wulmstorf", &["21629", "21630"], &[]),
            place("01061", "Steinburg", &[], &[]),
            place("010610046046", "Itzehoe", &["25524"], &[]),
            place("010625207076", "Steinburg", &["22964"], &[]),
            place("145230320320", "Steinburg", &["99999"], &[]),
            place("02", "Hamburg", &["20095"], &[]),
        ];
        Gazetteer::beside(own, register).expect("places")
    }

    #[track_caller]
    fn check_meant(text: &str, expected: &[&str]) {
        let all = with_register();
        let areas: Vec<String> = match all.meant(text) {
            Meant::One(place) => vec![alloc::format!("{}", place.area)],
            Meant::Several(places, more) => {
                assert_eq!(more, 0);
                places.iter().map(|place| alloc::format!("{}", place.area)).collect()
            }
            Meant::Nobody => vec![],
        };
        assert_eq!(areas, expected, "{text}");
    }

    #[test]
    fn a_name_a_municipalitys_digits_and_a_postcode_mean_a_place() {
        // The municipality lies in the association of its name, whose answers hold there too.
        check_meant("Jesteburg", &["033535404020"]);
        check_meant("jesteburg ", &["033535404020"]);
        check_meant("Samtgemeinde Jesteburg", &["033535404"]);
        check_meant("Gemeinde Jesteburg", &["033535404020"]);
        check_meant("Landkreis Harburg", &["03353"]);
        check_meant("neu wulm", &["033530026"]);
        check_meant("Steinburg", &["01061", "010625207076", "145230320"]);
        check_meant("Kreis Steinburg", &["01061"]);
        check_meant("Gemeinde Steinburg", &["010625207076", "145230320"]);
        check_meant("Bielefeld", &[]);
        check_meant("", &[]);
        check_meant("03353020", &["033535404020"]);
        check_meant("03353026", &["033530026"]);
        check_meant("02000000", &["02"]);
        check_meant("03353000", &[]);
        check_meant("03353999", &[]);
        check_meant("21227", &["033535404004"]);
        check_meant("21630", &["033530026"]);
        check_meant("21266", &["033535404020"]);
        check_meant("12345", &[]);
    }

    #[test]
    fn the_own_county_comes_first_and_a_register_has_no_area_twice() {
        let own = vec![place("033530040040", "Winsen (Luhe)", &["21423"], &[])];
        let register = vec![
            place("010600100100", "Winsen", &[], &[]),
            place("033530040040", "Winsen (Luhe), Stadt", &["21424"], &[]),
        ];
        let all = Gazetteer::beside(own.clone(), register.clone()).expect("places");
        let found = all.propose(&[Clue::Name("winsen")]);
        let names: Vec<&str> = found.places.iter().map(|it| it.place.name.as_str()).collect();
        assert_eq!(names, ["Winsen (Luhe)", "Winsen"]);
        assert_eq!(all.propose(&[Clue::Postcode("21424")]).places.len(), 1);
        let twice = [register.clone(), register].concat();
        assert!(matches!(Gazetteer::beside(vec![], twice), Err(PlaceError::Twice(_))));
        let twice = [own.clone(), own].concat();
        assert!(matches!(Gazetteer::beside(twice, vec![]), Err(PlaceError::Twice(_))));
    }

    #[test]
    fn a_number_begins_with_its_area_code() {
        let all = around_hamburg();
        assert_eq!(all.area_code("0417112345"), Some("04171"));
        assert_eq!(all.area_code("0404171"), Some("040"));
        assert_eq!(all.area_code("041311"), None);
        assert_eq!(all.area_code("0176555"), None);
        assert_eq!(all.area_code(""), None);
        assert_eq!(Gazetteer::default().area_code("0417112345"), None);
    }

    #[test]
    fn what_is_too_much_is_counted() {
        let many = (0..20).map(|n| place(&alloc::format!("0335354{n:02}"), "Ort", &["1"], &[]));
        let all = Gazetteer::new(many.collect()).expect("places");
        let proposal = all.propose(&[Clue::Postcode("1")]);
        assert_eq!((proposal.places.len(), proposal.more), (PROPOSED_MAX, 8));
    }
}
