// SPDX-License-Identifier: EUPL-1.2
//! Who vouches for people at the pages, and what its groups give.

use super::tls;
use crate::config::county::{OpenId, OpenIdGroup};
use crate::config::problem::{Problem, Shape, ValueProblem, WebProblem};
use crate::config::reader::{Fields, Reader, start};
use crate::config::schema::{Kind, Table};
use toml::de::DeValue;
use web::accounts::Role;
use web::openid::is_issuer;

/// Characters of an address, of the id of a client, of a claim and of a group.
const TEXT_MAX: usize = 255;

/// Scopes besides `openid`.
const SCOPES_MAX: usize = 20;

/// Groups that give something: five roles for each of forty clients.
const GROUPS_MAX: usize = 200;

/// The claim with the groups, if the file names none: as Keycloak, Entra ID and Authentik call it.
const GROUPS_CLAIM: &str = "groups";

/// Who signs in with an account of the centre.
const ACCOUNTS: [&str; 2] = ["all", "administrators"];

fn note(reader: &mut Reader<'_>, at: usize, problem: WebProblem) {
    reader.note(at, Problem::Web(problem));
}

/// Who vouches, if the file says so.
pub(super) fn openid(reader: &mut Reader<'_>, web: &Fields<'_, '_>) -> Option<OpenId> {
    let fields = reader.table(web, "openid", Table::OpenId)?;
    let name = reader.name(&fields);
    let issuer = issuer(reader, &fields);
    let client_id = reader.text(&fields, "client_id", TEXT_MAX);
    let client_secret = tls::file(reader, &fields, "client_secret");
    let authority = tls::file(reader, &fields, "authority");
    let scopes = scopes(reader, &fields);
    let groups_claim = optional_text(reader, &fields, "groups_claim");
    let agent_claim = optional_text(reader, &fields, "agent_claim");
    let groups = groups(reader, &fields);
    let accounts = match fields.get("accounts") {
        Some(_) => reader.word(&fields, "accounts", &ACCOUNTS),
        None => Some(0),
    };
    Some(OpenId {
        name,
        issuer: issuer?,
        client_id,
        client_secret,
        authority,
        scopes,
        groups_claim: groups_claim.unwrap_or_else(|| GROUPS_CLAIM.to_owned()),
        agent_claim,
        groups,
        only_administrators: accounts == Some(1),
    })
}

fn issuer(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<String> {
    let value = reader.required(fields, "issuer")?;
    let text = reader.string("issuer", value)?;
    if text.len() > TEXT_MAX || !is_issuer(text) {
        note(reader, start(value), WebProblem::BadIssuer { given: text.to_owned() });
        return None;
    }
    Some(text.to_owned())
}

fn optional_text(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    key: &'static str,
) -> Option<String> {
    fields.get(key).map(|value| reader.text_in(key, value, TEXT_MAX))
}

/// Words of RFC 6749, 3.3; `openid` is always among what is asked for.
fn scopes(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Vec<String> {
    if fields.get("scopes").is_none() {
        return vec!["profile".to_owned()];
    }
    let texts = reader.optional_texts(fields, "scopes");
    if let Some(beyond) = texts.get(SCOPES_MAX) {
        let problem = Shape::TooMany { key: "scopes".to_owned(), max: SCOPES_MAX };
        reader.note(beyond.at, Problem::Shape(problem));
    }
    let mut scopes = Vec::new();
    for text in texts.into_iter().take(SCOPES_MAX) {
        let is_fit = |it: u8| it.is_ascii_graphic() && it != b'"' && it != b'\\';
        let is_word = (1..=TEXT_MAX).contains(&text.value.len()) && text.value.bytes().all(is_fit);
        match is_word {
            true if text.value == "openid" => {}
            true => scopes.push(text.value.to_owned()),
            false => note(reader, text.at, WebProblem::BadScope { given: text.value.to_owned() }),
        }
    }
    scopes
}

fn groups(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Vec<OpenIdGroup> {
    let value = reader.required(fields, "groups");
    if let Some(value) = value
        && matches!(value.get_ref(), DeValue::Array(all) if all.is_empty())
    {
        reader.note(start(value), Problem::Shape(Shape::Empty { key: "groups" }));
    }
    let tables = reader.tables(fields, "groups", Table::OpenIdGroup, GROUPS_MAX);
    tables.iter().map(|fields| group(reader, fields)).collect()
}

fn group(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> OpenIdGroup {
    let group = reader.text(fields, "group", TEXT_MAX);
    let mut roles = Vec::new();
    for word in reader.texts(fields, "roles") {
        match Role::of(word.value) {
            Some(role) => roles.push(role),
            None => {
                let given = word.value.to_owned();
                let problem =
                    ValueProblem::UnknownWord { key: "roles", given, known: &Role::WORDS };
                reader.note(word.at, Problem::Value(problem));
            }
        }
    }
    let clients = fields.get("clients").map(|_| {
        let found = reader.references(fields, "clients", Kind::Client);
        found.into_iter().map(|it| reader.id_of(Kind::Client, it.value)).collect()
    });
    OpenIdGroup { group, roles, clients }
}
