// SPDX-License-Identifier: EUPL-1.2
//! The key of a service in the catalogue of all German administrations (Leistungskatalog, LeiKa).

use core::fmt;

/// How many digits a key has.
const DIGITS: usize = 14;

/// The instance of keys that hold in all of Germany.
const FEDERAL: u8 = 99;

/// The key of a service: 14 digits.
///
/// ```text
///   99 115 005 104 001     instance, group, object, what is done, detail
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceKey(u64);

/// A text is no key of a service: it has other characters than digits, or not 14 of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceKeyError;

impl ServiceKey {
    /// Reads a key.
    ///
    /// # Errors
    /// If it has not exactly 14 digits.
    pub fn parse(text: &str) -> Result<ServiceKey, ServiceKeyError> {
        let is_key = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = is_key.then(|| text.parse().ok()).flatten();
        number.map(ServiceKey).ok_or(ServiceKeyError)
    }

    /// Whether it is the same in all of Germany; otherwise a Land has given it.
    #[must_use]
    pub fn is_federal(self) -> bool {
        self.0 / 10_u64.pow(12) == u64::from(FEDERAL)
    }

    /// The object that something is done with, as the first eight digits: *Personalausweis* for every service
    /// about it.
    #[must_use]
    pub fn object(self) -> u64 {
        self.0 / 10_u64.pow(6)
    }
}

impl fmt::Display for ServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn fourteen_digits_and_nothing_else() {
        let key = ServiceKey::parse("99115005104001").expect("a key");
        assert_eq!((key.object(), key.is_federal()), (99_115_005, true));
        let of_a_land = ServiceKey::parse("03115005104001").expect("a key");
        assert!(!of_a_land.is_federal());
        assert_eq!(of_a_land.to_string(), "03115005104001");
        for wrong in ["", "9911500510400", "991150051040011", "9911500510400a", "+9911500510400"] {
            assert_eq!(ServiceKey::parse(wrong), Err(ServiceKeyError), "{wrong}");
        }
    }
}
