// SPDX-License-Identifier: EUPL-1.2
//! The event log: what happened, in order, for ever.
//!
//! ```text
//!   decision thread ──fact──▶ Writer (a thread) ──row, one fsync──▶ Store ─▶ SQLite | PostgreSQL
//!          ▲                       │
//!          └──durable up to──wakes─┘
//! ```
//!
//! The rules to keep: a fact is durable before anything is done about it; a writer who was replaced can
//! append nothing; an entry that was written once is read for ever; nothing personal is written but sealed,
//! and its key lies elsewhere.
#![forbid(unsafe_code)]

mod catalogue;
mod chain;
mod database;
mod error;
mod fact;
mod keys;
mod record;
mod seal;
mod size;
mod store;
mod view;
mod writer;

pub use catalogue::{
    AREAS_MAX, Catalogue, OBJECTS_AT_ONCE, ObjectKey, ResponsibilityRow, Run, StoredObject,
    TASKS_MAX, Task, Written, catalogue_place,
};
pub use chain::{Damage, ENTRY_MAX, Fault, Link, Row};
pub use database::Place;
pub use error::Error;
pub use fact::{
    Begun, Caller, CaseActed, Configured, Entry, Epoch, Fact, Gap, Seated, Sequence, WrappedUp,
};
pub use keys::{KEY, KEYS_FILE, Key, Keys, KeysError};
pub use record::VERSION;
pub use seal::{About, NONCE, Sealed};
pub use size::Size;
pub use store::{Held, Store};
pub use view::{CaseEntry, Day, Digest, Heard, Said, Snapshot, Told};
pub use writer::{SPOOL_FOR_REFUSED, SPOOL_MAX, Trouble, Writer};
