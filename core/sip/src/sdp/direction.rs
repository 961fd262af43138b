// SPDX-License-Identifier: EUPL-1.2
//! Who sends and who receives (RFC 8866, 6.7), seen from the side that writes it.

/// A stream's direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Both; what holds if nothing is written.
    SendRecv,
    /// Sends only: the other side is on hold.
    SendOnly,
    /// Receives only: is on hold.
    RecvOnly,
    /// Neither; RTCP goes on.
    Inactive,
}

impl Direction {
    /// Every direction.
    pub const ALL: [Direction; 4] =
        [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive];

    /// The direction of one who sends, receives, both or neither.
    #[must_use]
    pub const fn new(sends: bool, receives: bool) -> Direction {
        match (sends, receives) {
            (true, true) => Direction::SendRecv,
            (true, false) => Direction::SendOnly,
            (false, true) => Direction::RecvOnly,
            (false, false) => Direction::Inactive,
        }
    }

    /// Whether the writer sends.
    #[must_use]
    pub const fn sends(self) -> bool {
        match self {
            Direction::SendRecv | Direction::SendOnly => true,
            Direction::RecvOnly | Direction::Inactive => false,
        }
    }

    /// Whether the writer receives.
    #[must_use]
    pub const fn receives(self) -> bool {
        match self {
            Direction::SendRecv | Direction::RecvOnly => true,
            Direction::SendOnly | Direction::Inactive => false,
        }
    }

    /// The same stream seen from the other side.
    #[must_use]
    pub const fn reversed(self) -> Direction {
        Direction::new(self.receives(), self.sends())
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Direction) -> Direction {
        let sends = self.sends() && other.sends();
        Direction::new(sends, self.receives() && other.receives())
    }

    /// The attribute's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        }
    }

    /// The direction of this attribute name.
    #[must_use]
    pub fn of(name: &[u8]) -> Option<Direction> {
        let named = |direction: &Direction| name.eq_ignore_ascii_case(direction.name().as_bytes());
        Direction::ALL.into_iter().find(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_reverse_and_meet() {
        for one in Direction::ALL {
            assert_eq!(Direction::of(one.name().as_bytes()), Some(one));
            assert_eq!(one.reversed().reversed(), one);
            assert_eq!(one.and(Direction::SendRecv), one);
            assert_eq!(one.and(Direction::Inactive), Direction::Inactive);
            for other in Direction::ALL {
                assert_eq!(one.and(other), other.and(one));
                assert_eq!(one.and(other).reversed(), one.reversed().and(other.reversed()));
            }
        }
        assert_eq!(Direction::SendOnly.reversed(), Direction::RecvOnly);
        assert_eq!(Direction::SendOnly.and(Direction::RecvOnly), Direction::Inactive);
    }
}
