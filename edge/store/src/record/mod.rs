// SPDX-License-Identifier: EUPL-1.2
//! How the core's types are written down.
//!
//! Types of core are never serialised: each has a record here, named for the version of the log in which
//! it is written. A record is never changed. What the core calls otherwise tomorrow is written in a new
//! version and the old one goes on being read; golden files hold us to that.
//!
//! The bytes are those of postcard's wire format: integers as varints, variants by their number in the
//! order of the list.

mod snapshot;
mod v1;

use crate::fact::Fact;
use crate::seal::Sealed;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use stdx::{
    AgentId, CallerToken, CaseId, ContactId, Day, LineId, Micros, PartnerId, PlanId, QueueId,
    SkillId, SwitchboardId, TeamId, Tick, Timestamp, TimetableId, TrunkId,
};

/// The version in which facts are written today.
pub const VERSION: u8 = 1;

/// The version in which snapshots and stories are written today.
const SNAPSHOT_VERSION: u8 = 2;

/// A type of core or of ours, and the record in which it is written.
pub(crate) trait Recorded: Sized {
    /// What is written.
    type Record: Serialize + DeserializeOwned;

    /// As it is written.
    fn record(&self) -> Self::Record;

    /// As it was meant; none if nobody can have meant that.
    fn recall(record: Self::Record) -> Option<Self>;
}

/// The bytes of a fact in today's version, without the version.
pub(crate) fn write(fact: &Fact) -> Vec<u8> {
    postcard::to_stdvec(&fact.record()).expect("plain numbers, lists and text can be written")
}

/// The fact that these bytes of this version mean; none if they mean nothing to us.
pub(crate) fn read(version: u8, bytes: &[u8]) -> Option<Fact> {
    match version {
        1 => {
            let (record, rest) = postcard::take_from_bytes(bytes).ok()?;
            rest.is_empty().then_some(record).and_then(Fact::recall)
        }
        _ => None,
    }
}

/// What can be made anew from the log, with its version before it.
pub(crate) fn pack<T: Recorded>(it: &T) -> Vec<u8> {
    let bytes = vec![SNAPSHOT_VERSION];
    postcard::to_extend(&it.record(), bytes).expect("plain numbers, lists and text can be written")
}

/// What these bytes say; none if another version wrote them: then it is made anew from the log.
pub(crate) fn unpack<T: Recorded>(bytes: &[u8]) -> Option<T> {
    let (&version, rest) = bytes.split_first()?;
    if version != SNAPSHOT_VERSION {
        return None;
    }
    let (record, rest) = postcard::take_from_bytes(rest).ok()?;
    rest.is_empty().then_some(record).and_then(T::recall)
}

/// Types that are written as the plain number within them.
macro_rules! plain {
    ($($name:ident: $number:ty),* $(,)?) => {
        $(impl Recorded for $name {
            type Record = $number;
            fn record(&self) -> $number {
                self.0.clone()
            }
            fn recall(record: $number) -> Option<Self> {
                Some($name(record))
            }
        })*
    };
}

plain!(
    AgentId: u16,
    LineId: u16,
    PartnerId: u16,
    PlanId: u16,
    QueueId: u16,
    SkillId: u16,
    SwitchboardId: u16,
    TeamId: u16,
    TimetableId: u16,
    TrunkId: u16,
    ContactId: u64,
    CaseId: u64,
    Micros: u64,
    Tick: u64,
    Timestamp: i64,
    Day: i32,
    Sealed: Vec<u8>,
);

/// Types that are written as they are.
macro_rules! as_it_is {
    ($($name:ty),* $(,)?) => {
        $(impl Recorded for $name {
            type Record = $name;
            fn record(&self) -> $name {
                self.clone()
            }
            fn recall(record: $name) -> Option<Self> {
                Some(record)
            }
        })*
    };
}

as_it_is!(bool, u8, u16, u32, u64, i64, String);

impl Recorded for CallerToken {
    type Record = u64;
    fn record(&self) -> u64 {
        *self.0.expose()
    }
    fn recall(record: u64) -> Option<Self> {
        Some(CallerToken::new(record))
    }
}

impl<T: Recorded> Recorded for Option<T> {
    type Record = Option<T::Record>;
    fn record(&self) -> Self::Record {
        self.as_ref().map(T::record)
    }
    fn recall(record: Self::Record) -> Option<Self> {
        match record {
            None => Some(None),
            Some(record) => T::recall(record).map(Some),
        }
    }
}

impl<T: Recorded> Recorded for Vec<T> {
    type Record = Vec<T::Record>;
    fn record(&self) -> Self::Record {
        self.iter().map(T::record).collect()
    }
    fn recall(record: Self::Record) -> Option<Self> {
        record.into_iter().map(T::recall).collect()
    }
}

impl Recorded for usize {
    type Record = u64;
    fn record(&self) -> u64 {
        u64::try_from(*self).expect("no machine counts further")
    }
    fn recall(record: u64) -> Option<Self> {
        usize::try_from(record).ok()
    }
}

impl<A: Recorded, B: Recorded> Recorded for (A, B) {
    type Record = (A::Record, B::Record);
    fn record(&self) -> Self::Record {
        (self.0.record(), self.1.record())
    }
    fn recall((one, other): Self::Record) -> Option<Self> {
        Some((A::recall(one)?, B::recall(other)?))
    }
}

impl<K: Recorded + Ord, V: Recorded> Recorded for BTreeMap<K, V> {
    type Record = Vec<(K::Record, V::Record)>;
    fn record(&self) -> Self::Record {
        self.iter().map(|(key, value)| (key.record(), value.record())).collect()
    }
    fn recall(record: Self::Record) -> Option<Self> {
        record.into_iter().map(<(K, V)>::recall).collect()
    }
}

impl<T: Recorded + Ord> Recorded for BTreeSet<T> {
    type Record = Vec<T::Record>;
    fn record(&self) -> Self::Record {
        self.iter().map(T::record).collect()
    }
    fn recall(record: Self::Record) -> Option<Self> {
        record.into_iter().map(T::recall).collect()
    }
}

impl<T: Recorded> Recorded for Box<T> {
    type Record = Box<T::Record>;
    fn record(&self) -> Self::Record {
        Box::new((**self).record())
    }
    fn recall(record: Self::Record) -> Option<Self> {
        T::recall(*record).map(Box::new)
    }
}

/// A record for a structure, field by field in this order.
macro_rules! structure {
    ($record:ident = $name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        #[derive(Debug, Serialize, Deserialize)]
        pub(crate) struct $record {
            $($field: <$type as Recorded>::Record,)*
        }

        impl Recorded for $name {
            type Record = $record;
            fn record(&self) -> $record {
                let $name { $($field),* } = self;
                $record { $($field: Recorded::record($field)),* }
            }
            fn recall(record: $record) -> Option<Self> {
                Some($name { $($field: <$type>::recall(record.$field)?),* })
            }
        }
    };
}

/// A record for a choice; the number of a variant is its place in this list.
macro_rules! choice {
    ($record:ident = $name:ident {
        $($variant:ident
            $({ $($field:ident: $type:ty),* $(,)? })?
            $(( $($part:ident: $of:ty),* ))?
        ),* $(,)?
    }) => {
        #[derive(Debug, Serialize, Deserialize)]
        pub(crate) enum $record {
            $($variant $({ $($field: <$type as Recorded>::Record),* })? $(( $(<$of as Recorded>::Record),* ))?,)*
        }

        impl Recorded for $name {
            type Record = $record;
            fn record(&self) -> $record {
                match self {
                    $($name::$variant $({ $($field),* })? $(( $($part),* ))? =>
                        $record::$variant $({ $($field: Recorded::record($field)),* })? $(( $(Recorded::record($part)),* ))?,)*
                }
            }
            fn recall(record: $record) -> Option<Self> {
                Some(match record {
                    $($record::$variant $({ $($field),* })? $(( $($part),* ))? =>
                        $name::$variant $({ $($field: <$type>::recall($field)?),* })? $(( $(<$of>::recall($part)?),* ))?,)*
                })
            }
        }
    };
}

pub(crate) use {choice, structure};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Gap;
    use crate::view::{Day, Snapshot, Told};
    use account::{Outcome, Stories};
    use centre::{Centre, Event, Setup};
    use proptest::prelude::*;
    use stdx::Now;

    fn setup() -> Setup {
        let none = Micros::ZERO;
        Setup::empty(acd::CentreRules {
            head_start: none,
            no_answer_pause: none,
            decline_pause: none,
            place_kept: none,
        })
    }

    fn snapshot() -> Snapshot {
        let setup = setup();
        let mut centre = Centre::new(setup.clone()).expect("nothing is wrong with nothing");
        centre.handle(Now { mono: Tick(7), wall: Timestamp(8) }, Event::Deadline);
        Snapshot {
            saved: centre.save(),
            outcome: Outcome::new(&setup),
            stories: Stories::default(),
            configured: crate::fact::Configured { text: "x".to_owned(), ids: [].into(), setup },
            last: (Tick(7), Timestamp(8)),
            last_contact: ContactId(9),
            gap: Gap::default(),
            lost: Gap { refused_calls: 1, others: 2 },
            entries: 3,
            callers: Vec::new(),
            seated: Vec::new(),
            is_sealed: false,
        }
    }

    #[test]
    fn a_snapshot_is_read_as_it_was_written_and_another_version_not_at_all() {
        let mut bytes = pack(&snapshot());
        assert_eq!(unpack(&bytes), Some(snapshot()));
        bytes.push(0);
        assert_eq!(unpack::<Snapshot>(&bytes), None, "there is more than was written");
        bytes[0] += 1;
        assert_eq!(unpack::<Snapshot>(&bytes), None);
        assert_eq!(unpack::<Snapshot>(&[]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_whoever_reads_them(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(VERSION, &bytes);
            let versioned = [&[SNAPSHOT_VERSION][..], &bytes].concat();
            let _ = (unpack::<Snapshot>(&versioned), unpack::<Told>(&versioned));
            let _ = unpack::<Day>(&versioned);
        }

        #[test]
        fn a_snapshot_with_a_byte_altered_is_none_or_another(at in any::<prop::sample::Index>(), bits in 1_u8..) {
            let mut bytes = pack(&snapshot());
            let at = at.index(bytes.len());
            bytes[at] ^= bits;
            if let Some(Snapshot { saved, configured, .. }) = unpack::<Snapshot>(&bytes) {
                // What makes no centre is refused with a reason.
                let _ = Centre::restore(configured.setup, saved);
            }
        }
    }
}
