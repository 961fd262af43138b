// SPDX-License-Identifier: EUPL-1.2
//! Gives the catalogue out as one message of XZuFi 2.2 that an import reads back as the same.

use super::every;
use catalogue::xzufi::{Act, Writer};
use std::io::{self, Write};
use store::Catalogue;

/// The order of kinds: what others refer to comes first.
const ORDER: [&str; 5] = [
    "leistung",
    "spezialisierung",
    "organisationseinheit",
    "onlinedienst",
    "zustaendigkeitTransferObjekt",
];

/// Who says so, and when.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The message's own id, a UUID.
    pub id: &'a str,
    /// When it was made, as XML writes it.
    pub at: &'a str,
    /// Who sends it.
    pub sender: &'a str,
}

/// Why nothing more was given out.
#[derive(Debug)]
pub enum ExportError {
    /// The tables cannot be read.
    Store(store::Error),
    /// The message cannot be written.
    Write(io::Error),
}

/// Writes everything; says how many objects there were.
///
/// # Errors
/// If the tables cannot be read or the message cannot be written.
pub fn export(
    catalogue: &mut Catalogue,
    head: Head<'_>,
    to: impl Write,
) -> Result<u64, ExportError> {
    let mut writer = Writer::new(to, head.id, head.at, head.sender).map_err(ExportError::Write)?;
    let kinds: Vec<String> = catalogue.counts().map_err(ExportError::Store)?.into_keys().collect();
    let known = ORDER.into_iter().filter(|kind| kinds.iter().any(|there| there == kind));
    let others = kinds.iter().map(String::as_str).filter(|kind| !ORDER.contains(kind));
    let mut count = 0;
    for kind in known.chain(others) {
        every(catalogue, kind, ExportError::Store, &mut |object| {
            count += 1;
            writer.act(&Act::Write(object)).map_err(ExportError::Write)
        })?;
    }
    writer.end().map_err(ExportError::Write)?;
    Ok(count)
}
