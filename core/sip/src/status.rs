// SPDX-License-Identifier: EUPL-1.2
//! Response status codes.

/// A status code, 100 to 699 (RFC 3261, 7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Status(u16);

impl Status {
    /// A status; none outside 100 to 699.
    #[must_use]
    pub const fn new(code: u16) -> Option<Status> {
        if 100 <= code && code <= 699 { Some(Status(code)) } else { None }
    }

    /// The number.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Whether more is to come: 1xx.
    #[must_use]
    pub const fn is_provisional(self) -> bool {
        self.0 < 200
    }

    /// Whether it is the last word: 2xx to 6xx.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !self.is_provisional()
    }

    /// Whether it says yes: 2xx.
    #[must_use]
    pub const fn is_success(self) -> bool {
        200 <= self.0 && self.0 < 300
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_the_rfc() {
        assert_eq!(Status::new(99), None);
        assert_eq!(Status::new(700), None);
        assert!(Status::new(199).is_some_and(Status::is_provisional));
        assert!(Status::new(200).is_some_and(Status::is_success));
        assert!(Status::new(299).is_some_and(Status::is_success));
        assert!(Status::new(300).is_some_and(|status| status.is_final() && !status.is_success()));
    }
}
