// SPDX-License-Identifier: EUPL-1.2
//! Where the pages are, and the telephones in the browsers.

use super::{openid, tls};
use crate::config::address::media_address;
use crate::config::county::{Carrier, CertificateFiles, Phone, Telephony, Web};
use crate::config::problem::{Problem, TlsProblem, WebProblem};
use crate::config::reader::{At, Fields, Reader, start};
use crate::config::schema::{Kind, Table};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use stdx::AgentId;

/// Addresses by which browsers reach the sound: two networks, with two families each.
const SOUND_ADDRESSES_MAX: usize = 4;

/// Characters of the address that browsers show.
const ADDRESS_MAX: usize = 255;

fn note(reader: &mut Reader<'_>, at: usize, problem: WebProblem) {
    reader.note(at, Problem::Web(problem));
}

/// Where the pages are, if the file says so.
pub(super) fn web(reader: &mut Reader<'_>, root: &Fields<'_, '_>) -> Option<Web> {
    let fields = reader.table(root, "web", Table::Web)?;
    let listen = socket(reader, &fields, "listen");
    let address = address(reader, &fields);
    let certificate = certificate(reader, &fields);
    let sound = socket(reader, &fields, "sound");
    let sound_addresses = sound_addresses(reader, &fields);
    let openid = openid::openid(reader, &fields);
    let listen = listen?;
    if !listen.value.ip().is_loopback() && fields.get("address").is_none() {
        note(reader, listen.at, WebProblem::AddressMissing);
    }
    let sound = sound?;
    if sound.value.ip().is_unspecified() && fields.get("sound_addresses").is_none() {
        note(reader, sound.at, WebProblem::SoundAddressMissing);
    }
    let is_all = listen.value.ip().is_unspecified() || sound.value.ip().is_unspecified();
    let is_same = is_all || listen.value.ip() == sound.value.ip();
    if listen.value.port() == sound.value.port() && is_same {
        note(reader, sound.at, WebProblem::SoundWithPages);
    }
    let (listen, sound) = (listen.value, sound.value);
    Some(Web { listen, address, certificate, sound, sound_addresses, openid })
}

/// An address with its port.
fn socket(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    key: &'static str,
) -> Option<At<SocketAddr>> {
    let value = reader.required(fields, key)?;
    let text = reader.string(key, value)?;
    match text.parse::<SocketAddr>() {
        Ok(socket) if socket.port() != 0 => Some(At { at: start(value), value: socket }),
        Ok(_) | Err(_) => {
            note(reader, start(value), WebProblem::BadSocket { given: text.to_owned() });
            None
        }
    }
}

/// Where browsers reach the pages, as they show it: `https://` and a host, without a path.
fn address(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<String> {
    let value = fields.get("address")?;
    let text = reader.string("address", value)?;
    let host = text.strip_prefix("https://").unwrap_or_default();
    // The usual port is not in what browsers show.
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        Some(_) | None => (host, "80"),
    };
    let is_port = port != "443" && port.parse::<u16>().is_ok();
    let is_name = !name.is_empty() && name.starts_with('[') == name.contains(':');
    let is_fit = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-.:[]".contains(&it);
    if !is_name || !is_port || text.len() > ADDRESS_MAX || !host.bytes().all(is_fit) {
        note(reader, start(value), WebProblem::BadAddress { given: text.to_owned() });
        return None;
    }
    Some(text.to_owned())
}

/// Who the pages are; none if a proxy before them says so, or nobody but this machine comes.
fn certificate(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<CertificateFiles> {
    let keys = ["certificate", "key"];
    let [certificate, key] = keys.map(|key| tls::file(reader, fields, key));
    for (own, other) in [(0, 1), (1, 0)] {
        let (own, other) = (keys[own], keys[other]);
        if fields.get(other).is_some() && fields.get(own).is_none() && !fields.mistypes(own) {
            let problem = TlsProblem::FileMissing { key: own, listens: false };
            reader.note(fields.place(other), Problem::Tls(problem));
        }
    }
    Some(CertificateFiles { certificate: certificate?, key: key? })
}

fn sound_addresses(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Vec<IpAddr> {
    let texts = reader.optional_texts(fields, "sound_addresses");
    if let Some(beyond) = texts.get(SOUND_ADDRESSES_MAX) {
        let problem = crate::config::problem::Shape::TooMany {
            key: "sound_addresses".to_owned(),
            max: SOUND_ADDRESSES_MAX,
        };
        reader.note(beyond.at, Problem::Shape(problem));
    }
    let mut addresses = Vec::new();
    for text in texts.into_iter().take(SOUND_ADDRESSES_MAX) {
        match media_address(text.value) {
            Some(address) => addresses.push(address),
            None => {
                note(reader, text.at, WebProblem::BadSoundAddress { given: text.value.to_owned() })
            }
        }
    }
    addresses
}

/// A telephone in a browser is one agent's, and somebody has to serve its pages.
pub(super) fn check_browsers(
    reader: &mut Reader<'_>,
    root: &Fields<'_, '_>,
    tables: &[Fields<'_, '_>],
    phones: &[Phone],
    telephony: Option<&Telephony>,
) {
    let mut of_agent: BTreeMap<AgentId, usize> = BTreeMap::new();
    for (index, (phone, fields)) in
        phones.iter().zip(tables).enumerate().filter(|(_, (it, _))| it.browser)
    {
        let at = fields.place("browser");
        if phone.at.is_some() {
            note(reader, at, WebProblem::BrowserAt);
        }
        match phone.agent {
            None => note(reader, at, WebProblem::BrowserOfNobody),
            Some(agent) => {
                if let Some(first) = of_agent.insert(agent, index) {
                    let first = reader.place_of(Kind::Phone, first);
                    note(reader, at, WebProblem::SecondBrowser { first });
                }
            }
        }
        if root.get("web").is_none() {
            note(reader, at, WebProblem::BrowserWithoutWeb);
        }
        let by_udp = |it: &Telephony| it.listen.iter().any(|own| own.carrier == Carrier::Udp);
        if telephony.is_some_and(|it| !by_udp(it)) {
            note(reader, at, WebProblem::BrowserWithoutUdp);
        }
    }
}
