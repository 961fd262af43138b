// SPDX-License-Identifier: EUPL-1.2
//! When offices are closed beside their hours: on a bridge day, at a works outing.

use crate::AreaKey;
use stdx::Timestamp;

/// A time at which the offices of a place are closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closure {
    /// The place.
    pub area: AreaKey,
    /// The first closed moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

/// Digits of a county's key.
const COUNTY: u8 = 5;

impl Closure {
    /// Whether it closes an office that answers for this area: that of the place itself, or of a part of a municipality or
    /// of an association of them. A county that closes leaves the town halls in it open.
    #[must_use]
    pub fn closes(&self, area: AreaKey) -> bool {
        let is_town = self.area.specificity() > COUNTY;
        area == self.area || (is_town && self.area.contains(area))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_closes_with_its_parts_and_a_county_by_itself() {
        let closes = |place: &str, area: &str| {
            let key = |text| AreaKey::parse(text).expect("a key");
            let closure = Closure { area: key(place), from: Timestamp(0), until: Timestamp(1) };
            closure.closes(key(area))
        };
        assert!(closes("033535404", "033535404"));
        assert!(closes("033535404", "033535404020"));
        assert!(!closes("033535404", "033535405"));
        assert!(!closes("033535404", "03353"));
        assert!(closes("03353", "03353"));
        assert!(!closes("03353", "033535404"));
    }
}
