// SPDX-License-Identifier: EUPL-1.2
//! XZuFi 2.2 in and out, 2.1 in: messages that write and delete objects, answers that hold them.
//!
//! ```text
//!   <message xzufiVersion="2.2">           the first element, whatever its name
//!     nachrichtenkopf                      who sends
//!     schreibe…   one object in it         an Act::Write
//!     loesche…    klasse, id               an Act::Delete
//!     antwort     ergebnisLeistung … n     each an Act::Write
//! ```
//!
//! A file is read as a stream: what is in memory is one object, whatever the file's size.

mod bounded;
mod object;
mod problem;
mod read;
mod responsibilities;
mod write;

pub use object::{Act, Ident, Kind, Object, object_from_xml};
pub use problem::{Problem, Why};
pub use read::{ATTRIBUTES_MAX, DEPTH_MAX, EVENT_MAX, NODES_MAX, OBJECT_MAX, Read, read};
pub use responsibilities::{Row, rows};
pub use write::Writer;
