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
    AgentId, CallerToken, ContactId, Day, LineId, Micros, PartnerId, PlanId, QueueId, SkillId,
    SwitchboardId, TeamId, Tick, Timestamp, TimetableId, TrunkId,
};

/// The version in which facts are written today.
pub const VERSION: u8 = 1;

/// The version in which snapshots and stories are written today.
const SNAPSHOT_VERSION: u8 = 1;

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
