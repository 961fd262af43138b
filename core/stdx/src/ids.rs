// SPDX-License-Identifier: EUPL-1.2
//! Ids are handed in from outside; the core never makes one up.

use core::fmt;

macro_rules! index_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub u16);

        impl $name {
            /// The position in the configuration's list, for indexing.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

index_id!(
    /// A line: a number (or several) with its own greeting, hours and rules.
    LineId, "line "
);
index_id!(
    /// A queue: the lines whose callers wait together.
    QueueId, "queue "
);
index_id!(
    /// An agent, a person who answers. In a centre with a log it is a seat, a pseudonym: persons take seats
    /// anew each day, and only the key of the day tells who had which.
    AgentId, "agent "
);
index_id!(
    /// A team of agents; the smallest unit that reports show.
    TeamId, "team "
);
index_id!(
    /// A skill that a line may ask for and an agent may have.
    SkillId, "skill "
);
index_id!(
    /// A timetable that was handed to the core.
    TimetableId, "timetable "
);

index_id!(
    /// A partner centre, which helps when ours cannot.
    PartnerId, "partner "
);
index_id!(
    /// A client's own switchboard, which is asked before the centre.
    SwitchboardId, "switchboard "
);
index_id!(
    /// A trunk: the connection over which calls come, with so many channels.
    TrunkId, "trunk "
);
index_id!(
    /// A prepared crisis plan.
    PlanId, "plan "
);

/// A contact: one attempt of a caller to reach the centre, from set-up to its one fate.
///
/// Drawn outside the core, never used twice.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContactId(pub u64);

impl fmt::Debug for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "contact {}", self.0)
    }
}

/// A case: a matter to which somebody comes back. Numbered in the order in which they came in, never used twice.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseId(pub u64);

impl fmt::Debug for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "case {}", self.0)
    }
}
