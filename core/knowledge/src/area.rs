// SPDX-License-Identifier: EUPL-1.2
//! Keys of areas: the regional key (Amtlicher Regionalschlüssel, ARS) and every prefix of it.
//!
//! ```text
//!   03 3 53 5401 007     Land, district, county, association of municipalities, municipality
//! ```
//!
//! The rule to keep: one area has one key here. Registers write the same area in several ways – a county
//! padded with zeros, a municipality without association as 9 or as 12 digits –, and a comparison of digits
//! would then miss who is responsible.

use alloc::string::String;
use core::fmt;

/// The most digits of a key: a municipality's.
const DIGITS_MAX: u8 = 12;

/// The fewest: a Land's.
const DIGITS_MIN: u8 = 2;

/// An area, by its shortest key.
///
/// Keys are ordered as text is: an area stands before its parts, and they before its neighbour.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaKey {
    /// The digits, filled up with zeros to twelve.
    padded: u64,
    /// How many digits count: 0 for all of Germany, else 2 to 12.
    length: u8,
}

/// Why a text is no key of an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaKeyError {
    /// It has fewer than 2 or more than 12 characters; how many.
    Length(usize),
    /// It has a character that is no digit; where, counted in bytes from 0.
    NoDigit(usize),
}

impl AreaKey {
    /// All of Germany.
    pub const GERMANY: AreaKey = AreaKey { padded: 0, length: 0 };

    /// Reads a key of 2 to 12 digits: an ARS or the beginning of one.
    ///
    /// Zeros that only fill up are left out: `033530000000` is the county `03353`. A municipality without
    /// association repeats its own number in the place of the association's: `033530026026` is the area
    /// `033530026`. Zeros alone are all of Germany, for no Land has the number 00.
    ///
    /// # Errors
    /// If it has another length, or a character that is no digit.
    pub fn parse(text: &str) -> Result<AreaKey, AreaKeyError> {
        if let Some(at) = text.bytes().position(|byte| !byte.is_ascii_digit()) {
            return Err(AreaKeyError::NoDigit(at));
        }
        let length = u8::try_from(text.len()).ok();
        let length = length.filter(|length| (DIGITS_MIN..=DIGITS_MAX).contains(length));
        let length = length.ok_or(AreaKeyError::Length(text.len()))?;
        let digits = text.bytes().fold(0, |sum, byte| sum * 10 + u64::from(byte - b'0'));
        Ok(AreaKey { padded: digits * power(DIGITS_MAX - length), length }.shortest())
    }

    /// The key of a municipality by its eight digits (Amtlicher Gemeindeschlüssel, AGS), if it belongs to no
    /// association; of another one only a register knows the association.
    #[must_use]
    pub fn of_municipality_alone(ags: &str) -> Option<AreaKey> {
        let alone = ags.len() == 8 && ags.bytes().all(|byte| byte.is_ascii_digit());
        let (county, municipality) = ags.split_at_checked(5).filter(|_| alone)?;
        AreaKey::parse(&alloc::format!("{county}0{municipality}")).ok()
    }

    /// The same area with as few digits as say it.
    fn shortest(self) -> AreaKey {
        let mut key = self;
        if key.length == 12 && (key.part(9, 12) == 0 || key.repeats_its_number()) {
            key = key.cut(9);
        }
        for (length, begins) in [(9, 5), (5, 3), (3, 2), (2, 0)] {
            if key.length == length && key.part(begins, length) == 0 {
                key = key.cut(begins);
            }
        }
        key
    }

    /// Whether the municipality belongs to no association: its number stands there in the association's place.
    fn repeats_its_number(self) -> bool {
        self.part(5, 6) == 0 && self.part(6, 9) == self.part(9, 12)
    }

    /// The number that these digits make, counted from the left.
    fn part(self, from: u8, until: u8) -> u64 {
        self.padded / power(DIGITS_MAX - until) % power(until - from)
    }

    fn cut(self, length: u8) -> AreaKey {
        let rest = power(DIGITS_MAX - length);
        AreaKey { padded: self.padded / rest * rest, length }
    }

    /// How many digits name it: the more, the smaller the area. 0 for all of Germany.
    #[must_use]
    pub fn specificity(self) -> u8 {
        self.length
    }

    /// Whether `other` is this area or lies in it.
    #[must_use]
    pub fn contains(self, other: AreaKey) -> bool {
        self.length <= other.length && other.cut(self.length).padded == self.padded
    }

    /// Every area that this one lies in, from all of Germany to itself: what a look-up asks for.
    pub fn and_above(self) -> impl Iterator<Item = AreaKey> {
        let lengths = [0].into_iter().chain(DIGITS_MIN..=DIGITS_MAX);
        let above = lengths.take_while(move |&length| length < self.length);
        // A prefix that ends in zeros is written shorter: it is the same area as the one before.
        let above = above.map(move |length| self.cut(length)).filter(|key| *key == key.shortest());
        above.chain([self])
    }

    /// The eight digits of the municipality that it is (Amtlicher Gemeindeschlüssel, AGS), or of the city that is a county
    /// or a Land of its own; none for what is no municipality by its key. A county is not told from a city without one.
    #[must_use]
    pub fn municipality_digits(self) -> Option<String> {
        let is_alone = self.length == 9 && self.part(5, 6) == 0;
        let municipality = match self.length {
            12 => self.part(9, 12),
            9 if is_alone => self.part(6, 9),
            2 | 5 => 0,
            _ => return None,
        };
        Some(alloc::format!("{:05}{municipality:03}", self.padded / power(7)))
    }

    /// The county that it lies in, or the city that is none of a county's; none for what is larger.
    #[must_use]
    pub fn county(self) -> Option<AreaKey> {
        (self.length >= 5).then(|| self.cut(5))
    }

    /// The association of municipalities (Samtgemeinde, Amt, Verbandsgemeinde) that it belongs to or is; none
    /// for a municipality that belongs to none, and for what is larger.
    #[must_use]
    pub fn association(self) -> Option<AreaKey> {
        (self.length >= 9 && self.part(5, 6) != 0).then(|| self.cut(9))
    }
}

/// The digits; `00` for all of Germany.
impl fmt::Display for AreaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            0 => f.write_str("00"),
            length => {
                let digits = self.padded / power(DIGITS_MAX - length);
                write!(f, "{digits:0width$}", width = usize::from(length))
            }
        }
    }
}

impl fmt::Debug for AreaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

const fn power(digits: u8) -> u64 {
    10_u64.pow(digits as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;
    use alloc::vec::Vec;

    fn key(text: &str) -> AreaKey {
        AreaKey::parse(text).expect("a key")
    }

    #[test]
    fn one_area_has_one_key() {
        for (written, area) in [
            ("03", "03"),
            ("030000000000", "03"),
            ("03353", "03353"),
            ("033530000000", "03353"),
            ("03360", "03360"),
            ("033600000000", "03360"),
            ("033535401", "033535401"),
            ("033535401000", "033535401"),
            ("033535401007", "033535401007"),
            ("033530026026", "033530026"),
            ("033530026", "033530026"),
            ("020000000000", "02"),
            ("02000", "02"),
            ("091620000000", "09162"),
            ("000000000000", "00"),
            ("00", "00"),
        ] {
            assert_eq!(key(written).to_string(), area, "{written}");
        }
    }

    #[test]
    fn what_is_no_key_says_why() {
        assert_eq!(AreaKey::parse(""), Err(AreaKeyError::Length(0)));
        assert_eq!(AreaKey::parse("0"), Err(AreaKeyError::Length(1)));
        assert_eq!(AreaKey::parse("0335300260261"), Err(AreaKeyError::Length(13)));
        assert_eq!(AreaKey::parse("03 353"), Err(AreaKeyError::NoDigit(2)));
        assert_eq!(AreaKey::parse("０３"), Err(AreaKeyError::NoDigit(0)));
    }

    #[test]
    fn an_area_contains_its_parts_and_no_neighbour() {
        let drage = key("033535401007");
        for above in ["00", "03", "033", "03353", "0335354", "033535401", "033535401007"] {
            assert!(key(above).contains(drage), "{above}");
        }
        for other in ["04", "03354", "033535402", "033535401023", "033530040040"] {
            assert!(!key(other).contains(drage), "{other}");
        }
        assert!(!drage.contains(key("033535401")));
    }

    #[test]
    fn what_lies_above_is_what_a_look_up_asks_for() {
        let above: Vec<_> = key("033530026026").and_above().map(|key| key.to_string()).collect();
        // 0335300 and 03353002 are no areas that anybody names, yet a prefix may have any length.
        let expected =
            ["00", "03", "033", "0335", "03353", "033530", "0335300", "03353002", "033530026"];
        assert_eq!(above, expected);
        assert_eq!(
            key("02").and_above().map(|it| it.to_string()).collect::<Vec<_>>(),
            ["00", "02"]
        );
    }

    #[test]
    fn a_municipality_knows_its_county_and_its_association() {
        assert_eq!(key("033535401007").association(), Some(key("033535401")));
        assert_eq!(key("033530026026").association(), None);
        assert_eq!(key("033535401007").county(), Some(key("03353")));
        assert_eq!(key("03").county(), None);
        assert_eq!(AreaKey::of_municipality_alone("03353026"), Some(key("033530026")));
        assert_eq!(AreaKey::of_municipality_alone("09162000"), Some(key("09162")));
        assert_eq!(AreaKey::of_municipality_alone("0335302"), None);
        for (area, ags) in [
            ("033535401007", Some("03353007")),
            ("033530026026", Some("03353026")),
            ("02", Some("02000000")),
            ("091620000000", Some("09162000")),
            ("033535401", None),
            ("033", None),
            ("00", None),
        ] {
            assert_eq!(key(area).municipality_digits().as_deref(), ags, "{area}");
        }
    }
}
