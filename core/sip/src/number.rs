// SPDX-License-Identifier: EUPL-1.2
//! Telephone numbers as the switching part compares them: E.164, short ones, extensions, withheld.
//!
//! Carriers write the same number in many ways; [`Plan`] says which of them one trunk uses. The rule
//! to keep: a short number such as 115 is never completed with a prefix, and no other number ever
//! turns into one, but for an area code in front of it: that is how the network hands over 115.

use core::fmt;

/// Digits of the longest number (E.164).
pub const DIGITS_MAX: usize = 15;

/// Digits of a short number: 115, 116117.
const SHORT: core::ops::RangeInclusive<usize> = 3..=6;

/// Digits from which a number that begins with the country code is taken as written without `+`:
/// subscriber numbers of the area itself are shorter (at most 8 in Germany, 11 with their area code).
const BARE_INTERNATIONAL_MIN: usize = 11;

/// Up to 15 decimal digits. Never printed: they may lead to a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digits {
    digits: [u8; DIGITS_MAX],
    length: u8,
}

impl Digits {
    /// Takes ASCII digits; none if there are none, too many, or others.
    #[must_use]
    pub fn new(text: &[u8]) -> Option<Digits> {
        let fits = (1..=DIGITS_MAX).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
        if !fits {
            return None;
        }
        let mut digits = [0; DIGITS_MAX];
        digits[..text.len()].copy_from_slice(text);
        // At most 15, see above.
        Some(Digits { digits, length: text.len() as u8 })
    }

    /// Two digits, such as a country code that is written down in code.
    #[must_use]
    pub const fn of_two(first: u8, second: u8) -> Option<Digits> {
        if !first.is_ascii_digit() || !second.is_ascii_digit() {
            return None;
        }
        let mut digits = [0; DIGITS_MAX];
        (digits[0], digits[1]) = (first, second);
        Some(Digits { digits, length: 2 })
    }

    /// These digits and then others.
    #[must_use]
    pub fn followed_by(self, rest: &[u8]) -> Option<Digits> {
        let mut digits = self.digits;
        let (length, whole) = (self.as_bytes().len(), self.as_bytes().len() + rest.len());
        digits.get_mut(length..whole)?.copy_from_slice(rest);
        Digits::new(digits.get(..whole)?)
    }

    /// The digits in ASCII.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.digits[..usize::from(self.length)]
    }

    /// The digits as one number; 15 of them fit.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.as_bytes().iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…({})", self.length)
    }
}

/// What was dialled, or who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Number {
    /// Worldwide: country code first, without `+`.
    E164(Digits),
    /// The same everywhere in the country, never with a prefix: 115.
    Short(Digits),
    /// Within the exchange behind a trunk.
    Extension(Digits),
    /// The caller does not want to be named (RFC 3323, RFC 3325).
    Withheld,
}

impl Number {
    /// The digits, if there are any.
    #[must_use]
    pub fn digits(&self) -> Option<Digits> {
        match *self {
            Number::E164(digits) | Number::Short(digits) | Number::Extension(digits) => {
                Some(digits)
            }
            Number::Withheld => None,
        }
    }
}

/// How a trunk writes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The country code: `49`.
    pub country: Digits,
    /// The area code without its leading zero, if numbers may come without it.
    pub area: Option<Digits>,
    /// What completes an extension to E.164, if extensions come alone.
    pub stem: Option<Digits>,
}

impl Plan {
    /// Reads the user part of a URI; what only helps the eye is left out. None if it is no number.
    ///
    /// In this order: `+…` and `00…` are worldwide; `0…` is national; short numbers as they stand;
    /// then extensions if there is a stem, then a country code without `+`, then a local number.
    #[must_use]
    pub fn read(&self, user: &[u8]) -> Option<Number> {
        let (plus, digits) = plain(user)?;
        let text = digits.as_bytes();
        if plus {
            return Some(self.worldwide(digits));
        }
        if let Some(rest) = text.strip_prefix(b"00") {
            return Digits::new(rest).map(|digits| self.worldwide(digits));
        }
        if let Some(rest) = text.strip_prefix(b"0") {
            // (0)115: the network's form from abroad and from some exchanges.
            let national = Digits::new(rest)?;
            return match self.is_short(rest) {
                true => Some(Number::Short(national)),
                false => Some(self.worldwide(self.country.followed_by(rest)?)),
            };
        }
        if self.is_short(text) {
            return Some(Number::Short(digits));
        }
        self.without_prefix(digits)
    }

    /// Numbers of the network begin with 1, as no subscriber's does. Where extensions come alone some of
    /// them do too: there only the network's own, 11x, are taken for short ones.
    fn is_short(&self, digits: &[u8]) -> bool {
        let own = digits.starts_with(b"11");
        let network = digits.starts_with(b"1") && self.stem.is_none();
        SHORT.contains(&digits.len()) && (own || network)
    }

    fn without_prefix(&self, digits: Digits) -> Option<Number> {
        let text = digits.as_bytes();
        let bare = text.starts_with(self.country.as_bytes());
        if bare && text.len() >= BARE_INTERNATIONAL_MIN {
            return Some(self.worldwide(digits));
        }
        if let Some(stem) = self.stem {
            return stem.followed_by(text).map(Number::E164);
        }
        match self.area {
            Some(area) => {
                let national = self.country.followed_by(area.as_bytes())?;
                national.followed_by(text).map(Number::E164)
            }
            None => Some(Number::Extension(digits)),
        }
    }

    /// An area code of ours with a service number behind it is that number: so landlines reach 115.
    fn worldwide(&self, digits: Digits) -> Number {
        let rest = digits.as_bytes().strip_prefix(self.country.as_bytes());
        let behind_area = rest.and_then(|rest| match self.area {
            Some(area) => rest.strip_prefix(area.as_bytes()).or(Some(rest)),
            None => Some(rest),
        });
        match behind_area.filter(|rest| is_service(rest)).and_then(Digits::new) {
            Some(short) => Number::Short(short),
            None => Number::E164(digits),
        }
    }
}

/// `+` or not, and the digits behind it.
fn plain(user: &[u8]) -> Option<(bool, Digits)> {
    let (plus, rest) = match user.strip_prefix(b"+") {
        Some(rest) => (true, rest),
        None => (false, user),
    };
    let mut digits = [0; DIGITS_MAX + 2];
    let mut length = 0;
    for &byte in rest.iter().filter(|byte| !b"-.() ".contains(byte)) {
        *digits.get_mut(length)? = byte;
        length += 1;
    }
    Some((plus, Digits::new(&digits[..length])?))
}

/// The authority number behind an area code; no other short number is taken out of a long one.
fn is_service(digits: &[u8]) -> bool {
    digits == b"115"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Digits {
        Digits::new(text.as_bytes()).expect("digits")
    }

    fn plan(area: Option<&str>, stem: Option<&str>) -> Plan {
        Plan { country: digits("49"), area: area.map(digits), stem: stem.map(digits) }
    }

    fn e164(text: &str) -> Option<Number> {
        Some(Number::E164(digits(text)))
    }

    #[test]
    fn the_ways_in_which_carriers_write_one_number_are_one_number() {
        let winsen = plan(Some("4171"), None);
        for written in [
            "+494066969100",
            "00494066969100",
            "04066969100",
            "494066969100",
            "+49-40-66969.100",
            "(040) 66969100",
        ] {
            assert_eq!(winsen.read(written.as_bytes()), e164("494066969100"), "{written}");
        }
        assert_eq!(winsen.read(b"693100"), e164("494171693100"));
    }

    #[test]
    fn short_numbers_are_never_completed() {
        for plan in [plan(Some("4171"), Some("494066969")), plan(None, None)] {
            for written in ["115", "0115", "+49115"] {
                let read = plan.read(written.as_bytes());
                assert_eq!(read, Some(Number::Short(digits("115"))), "{written}");
            }
            assert_eq!(plan.read(b"116117"), Some(Number::Short(digits("116117"))));
            assert_eq!(plan.read(b"110"), Some(Number::Short(digits("110"))));
        }
    }

    #[test]
    fn the_authority_number_behind_our_own_area_code_is_the_authority_number() {
        let winsen = plan(Some("4171"), None);
        assert_eq!(winsen.read(b"04171115"), Some(Number::Short(digits("115"))));
        assert_eq!(winsen.read(b"+494171115"), Some(Number::Short(digits("115"))));
        // Another area's 115 reaches another centre, and 110 is never made from a longer number.
        assert_eq!(winsen.read(b"030115"), e164("4930115"));
        assert_eq!(winsen.read(b"04171110"), e164("494171110"));
    }

    #[test]
    fn extensions_are_completed_where_there_is_a_stem() {
        assert_eq!(plan(None, Some("494066969")).read(b"205"), e164("494066969205"));
        assert_eq!(plan(None, Some("494066969")).read(b"19222"), e164("49406696919222"));
        assert_eq!(plan(None, None).read(b"19222"), Some(Number::Short(digits("19222"))));
        assert_eq!(plan(None, None).read(b"205"), Some(Number::Extension(digits("205"))));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "+", "anna", "115a", "*11", "1234567890123456", "00", "0"] {
            assert_eq!(plan(Some("4171"), None).read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn digits_never_print() {
        assert_eq!(alloc::format!("{:?}", digits("115")), "…(3)");
    }
}
