// SPDX-License-Identifier: EUPL-1.2
//! The words of registration, as plain data.

use crate::Status;
use crate::digest::Source;
use alloc::vec::Vec;
use stdx::{Redacted, Tick};

/// An address-of-record in its canonical form: no parameters, no escapes, the host in lower case
/// (RFC 3261, 10.3 step 5). Whoever reads the message brings it into that form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressOfRecord(Redacted<Vec<u8>>);

impl AddressOfRecord {
    /// From its canonical bytes.
    #[must_use]
    pub fn new(canonical: &[u8]) -> AddressOfRecord {
        AddressOfRecord(Redacted::new(canonical.to_vec()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.expose()
    }
}

/// What a request came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A connection.
    Tcp,
    /// An encrypted connection.
    Tls,
    /// RFC 7118.
    WebSocket,
}

/// The way back to a device: where its request really came from (RFC 3581, 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// By what.
    pub transport: Transport,
    /// The source address.
    pub source: Source,
    /// The source port.
    pub port: u16,
    /// Which connection, drawn at the edge; none for datagrams.
    pub connection: Option<u64>,
}

/// How much a contact is preferred, in thousandths; 1 if the device does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quality(u16);

impl Quality {
    /// `q=1`.
    pub const BEST: Quality = Quality(1_000);

    /// From thousandths; none above 1,000.
    #[must_use]
    pub const fn from_thousandths(thousandths: u16) -> Option<Quality> {
        if thousandths <= 1_000 { Some(Quality(thousandths)) } else { None }
    }

    /// In thousandths.
    #[must_use]
    pub const fn thousandths(self) -> u16 {
        self.0
    }
}

/// A contact by which an address-of-record can be reached for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Whose.
    pub record: AddressOfRecord,
    /// The contact's address as the device wrote it.
    pub contact: Redacted<Vec<u8>>,
    /// How much it is preferred.
    pub quality: Quality,
    /// `+sip.instance` (RFC 5626, 4.1), as the device wrote it.
    pub instance: Option<Redacted<Vec<u8>>>,
    /// `reg-id` (RFC 5626, 4.2).
    pub reg_id: Option<u32>,
    /// The proxies on the way, as they stand in Path (RFC 3327), the one next to us first.
    pub path: Vec<Redacted<Vec<u8>>>,
    /// The way there.
    pub flow: Flow,
    /// The Call-ID of the last request that touched it.
    pub call_id: Redacted<Vec<u8>>,
    /// The CSeq of the same.
    pub cseq: u32,
    /// When that was.
    pub refreshed_at: Tick,
    /// When it ends.
    pub expires_at: Tick,
}

impl Binding {
    /// What is left of it, in seconds, for the `expires` parameter of the 200; rounded up, because 0
    /// would say that it is gone.
    #[must_use]
    pub fn expires_in(&self, now: Tick) -> u64 {
        self.expires_at.since(now).0.div_ceil(1_000_000)
    }
}

/// What became of a binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added(Binding),
    /// It lasts longer, and may have another flow.
    Refreshed(Binding),
    /// The device took it back.
    Removed(Binding),
    /// It gave way to a newer one, at the bound.
    Displaced(Binding),
    /// Its time is over.
    Expired(Binding),
    /// Its address-of-record is not ours any more.
    Withdrawn(Binding),
}

impl Change {
    /// The binding that changed.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        match self {
            Change::Added(binding)
            | Change::Refreshed(binding)
            | Change::Removed(binding)
            | Change::Displaced(binding)
            | Change::Expired(binding)
            | Change::Withdrawn(binding) => binding,
        }
    }
}

/// One `Contact` of a REGISTER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactAddress<'a> {
    /// The address between the angle brackets.
    pub uri: &'a [u8],
    /// Its `expires` parameter; none if missing or no number (RFC 3261, 20.10).
    pub expires: Option<u32>,
    /// Its `q` parameter.
    pub quality: Option<Quality>,
    /// Its `+sip.instance` parameter.
    pub instance: Option<&'a [u8]>,
    /// Its `reg-id` parameter.
    pub reg_id: Option<u32>,
}

/// What a REGISTER says about contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contacts<'a> {
    /// Nothing: it asks which there are.
    Fetch,
    /// `*`: all of them.
    All,
    /// These. A `*` among them is no address and is refused where the message is read.
    These(&'a [ContactAddress<'a>]),
}

/// An authenticated REGISTER.
#[derive(Clone, Copy, Debug)]
pub struct Register<'a> {
    /// The address-of-record to be changed: the `To`.
    pub record: &'a AddressOfRecord,
    /// The address-of-record that the credentials belong to.
    pub account: &'a AddressOfRecord,
    /// The Call-ID.
    pub call_id: &'a [u8],
    /// The number of the CSeq.
    pub cseq: u32,
    /// The `Expires` header.
    pub expires: Option<u32>,
    /// The contacts.
    pub contacts: Contacts<'a>,
    /// The values of Path.
    pub path: &'a [Redacted<Vec<u8>>],
    /// Where it came from.
    pub flow: Flow,
}

/// Why a REGISTER changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The credentials belong to another address-of-record.
    NotYours,
    /// There is no such address-of-record.
    UnknownRecord,
    /// A contact wants to last for less than this many seconds: the `Min-Expires` of the response.
    IntervalTooBrief {
        /// The least that is granted.
        min_expires: u32,
    },
    /// It was overtaken by a later request of the same Call-ID.
    OutOfOrder,
    /// `*` without `Expires: 0`.
    AllButNotZero,
    /// It names a contact twice.
    ContactTwice,
    /// It names more contacts than an address-of-record may have.
    TooManyContacts,
    /// A contact, instance or Call-ID is longer than we keep.
    TooLong,
}

impl Refusal {
    /// The response that it calls for.
    #[must_use]
    pub fn status(self) -> Status {
        let code = match self {
            Refusal::NotYours | Refusal::TooManyContacts => 403,
            Refusal::UnknownRecord => 404,
            Refusal::IntervalTooBrief { .. } => 423,
            Refusal::OutOfOrder => 500,
            Refusal::AllButNotZero | Refusal::ContactTwice | Refusal::TooLong => 400,
        };
        Status::new(code).expect("all codes above are between 100 and 699")
    }
}
