// SPDX-License-Identifier: EUPL-1.2
//! How mail reaches offices.

use crate::config::county::{Mail, PROTECTION_WORDS, PROTECTIONS};
use crate::config::problem::{Problem, ValueProblem};
use crate::config::reader::{At, Fields, Reader, start};
use crate::config::schema::Table;
use ::mail::Protection;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Offices with an address of their own: those of all units of a large county.
const OFFICES_MAX: usize = 5_000;

/// Characters of a unit's id, of a file's name, and of a user's.
const TEXT_MAX: usize = 200;

/// The table; none if it is not there.
pub(super) fn mail(reader: &mut Reader<'_>, root: &Fields<'_, '_>) -> Option<Mail> {
    let fields = reader.table(root, "mail", Table::Mail)?;
    let server = server(reader, &fields);
    let protection = match fields.get("protection") {
        None => Some(0),
        Some(_) => reader.word(&fields, "protection", &PROTECTION_WORDS),
    };
    let protection = protection.and_then(|index| PROTECTIONS.get(index)).copied();
    let from = address(reader, &fields, "from");
    let optional = |reader: &mut Reader<'_>, key| {
        let value = fields.get(key)?;
        Some(reader.text_in(key, value, TEXT_MAX)).filter(|text| !text.is_empty())
    };
    let authority = optional(reader, "authority").map(PathBuf::from);
    let user = optional(reader, "user");
    let offices = offices(reader, &fields);
    let At { at, value: (server, port) } = server?;
    if protection == Some(Protection::Off) && server != "127.0.0.1" {
        let given = format!("{server}:{port}");
        reader.note(at, Problem::Value(ValueProblem::MailInClear(given)));
    }
    let (protection, from) = (protection?, from?);
    Some(Mail { server, port, protection, authority, user, from, offices })
}

/// A name and a port.
fn server(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<At<(String, u16)>> {
    let value = reader.required(fields, "server")?;
    let text = reader.string("server", value)?;
    let is_fit = |it: u8| it.is_ascii_alphanumeric() || b"-.".contains(&it);
    let parted = text.rsplit_once(':').and_then(|(name, port)| {
        let is_name = (1..=TEXT_MAX).contains(&name.len()) && name.bytes().all(is_fit);
        let port = port.parse::<u16>().ok().filter(|port| *port != 0)?;
        is_name.then(|| (name.to_owned(), port))
    });
    if parted.is_none() {
        let problem = ValueProblem::BadMailServer(text.to_owned());
        reader.note(start(value), Problem::Value(problem));
    }
    parted.map(|parted| At { at: start(value), value: parted })
}

fn address(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, key: &'static str) -> Option<String> {
    let value = reader.required(fields, key)?;
    let text = reader.string(key, value)?;
    if !::mail::is_address(text) {
        let problem = ValueProblem::BadMailAddress(text.to_owned());
        reader.note(start(value), Problem::Value(problem));
        return None;
    }
    Some(text.to_owned())
}

fn offices(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> BTreeMap<String, String> {
    let tables = reader.tables(fields, "offices", Table::Office, OFFICES_MAX);
    let mut offices = BTreeMap::new();
    for office in &tables {
        let unit = reader.text(office, "unit", TEXT_MAX);
        if let Some(mail) = address(reader, office, "mail") {
            offices.insert(unit, mail);
        }
    }
    offices
}
