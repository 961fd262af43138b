// SPDX-License-Identifier: EUPL-1.2
//! Who the centre is by TLS, and what the other side has to prove.
//!
//! Rule: files are named here and read elsewhere; a check of the text alone looks at no other file.

use crate::config::address::{is_domain, nearest_domain};
use crate::config::county::{Carrier, CertificateFiles, Peer, Proof, SipAddress, SrtpUse};
use crate::config::problem::{Problem, TlsProblem};
use crate::config::reader::{At, Fields, Reader, start};

/// Characters of the name of a file: what systems take (`PATH_MAX`, without its end).
const PATH_MAX: usize = 4_095;

fn note(reader: &mut Reader<'_>, at: usize, problem: TlsProblem) {
    reader.note(at, Problem::Tls(problem));
}

/// The name of a file, if the key is there.
pub(super) fn file(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    key: &'static str,
) -> Option<String> {
    let value = fields.get(key)?;
    let text = reader.string(key, value)?;
    if text.is_empty() || text.len() > PATH_MAX || text.chars().any(char::is_control) {
        note(reader, start(value), TlsProblem::BadFile { given: text.to_owned() });
        return None;
    }
    Some(text.to_owned())
}

/// Who the centre is: whoever listens by TLS has to say it.
pub(super) fn certificate(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    listen: &[SipAddress],
) -> Option<CertificateFiles> {
    let keys = ["certificate", "key"];
    let [certificate, key] = keys.map(|key| file(reader, fields, key));
    let listens = listen.iter().any(|it| it.carrier == Carrier::Tls);
    for (own, other) in [(0, 1), (1, 0)] {
        let (own, other) = (keys[own], keys[other]);
        let is_there = |key| fields.get(key).is_some();
        if (listens || is_there(other)) && !is_there(own) && !fields.mistypes(own) {
            let problem = TlsProblem::FileMissing { key: own, listens };
            note(reader, fields.place(other), problem);
        }
    }
    if !listens && certificate.is_some() && key.is_some() {
        let problem = TlsProblem::Unused { key: "certificate", of_trunk: false };
        note(reader, fields.place("certificate"), problem);
    }
    Some(CertificateFiles { certificate: certificate?, key: key? })
}

/// What the peers of a trunk have to prove: a name, for their addresses prove nothing.
pub(super) fn proof(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    peers: &[Peer],
) -> Option<Proof> {
    let authority = file(reader, fields, "authority");
    let name = name(reader, fields);
    let is_secure = peers.iter().any(|it| it.carrier() == Carrier::Tls);
    for key in ["tls_name", "authority"] {
        if !is_secure && fields.get(key).is_some() {
            note(reader, fields.place(key), TlsProblem::Unused { key, of_trunk: true });
        }
    }
    let is_there = fields.get("tls_name").is_some() || fields.mistypes("tls_name");
    if is_secure && !is_there {
        note(reader, fields.place("peers"), TlsProblem::NameMissing);
    }
    Some(Proof { name: name?, authority })
}

fn name(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<String> {
    let value = fields.get("tls_name")?;
    let text = reader.string("tls_name", value)?;
    // Certificates have no brackets around addresses.
    if is_domain(text) && !text.starts_with('[') {
        return Some(text.to_owned());
    }
    let meant = nearest_domain(text).filter(|meant| !meant.starts_with('['));
    note(reader, start(value), TlsProblem::BadName { given: text.to_owned(), meant });
    None
}

/// A telephone that we connect to would have to prove a name; none has a certificate for one.
pub(super) fn check_phone(reader: &mut Reader<'_>, at: At<SipAddress>) {
    if at.value.carrier == Carrier::Tls {
        note(reader, at.at, TlsProblem::PhoneAt { address: at.value.to_string() });
    }
}

/// Whether sound is encrypted with who is reached by one of these addresses.
pub(super) fn srtp(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, ways: &[Peer]) -> SrtpUse {
    let given = srtp_word(reader, fields);
    let keeps = |way: &&Peer| match way {
        Peer::At(address) => keeps_keys(address),
        Peer::Named { carrier, .. } => *carrier == Carrier::Tls,
    };
    let in_clear = ways.iter().find(|way| !keeps(way));
    let is_secure = ways.iter().any(|way| way.carrier() == Carrier::Tls);
    match (given, in_clear) {
        (Some(SrtpUse::Required), Some(way)) => {
            let problem = TlsProblem::KeysInClear { address: way.to_string() };
            note(reader, fields.place("srtp"), problem);
        }
        (Some(SrtpUse::Offered), _) if !is_secure && !ways.is_empty() => {
            note(reader, fields.place("srtp"), TlsProblem::NeverOffered);
        }
        (Some(SrtpUse::Off | SrtpUse::Offered | SrtpUse::Required) | None, _) => {}
    }
    given.unwrap_or_default()
}

/// The same for a telephone that chooses one of these addresses itself.
pub(super) fn srtp_of_registering(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    listen: &[SipAddress],
) -> SrtpUse {
    let given = srtp_word(reader, fields);
    let is_secure = listen.iter().any(|way| way.carrier == Carrier::Tls);
    let keeps = listen.iter().any(keeps_keys) || listen.is_empty();
    match given {
        Some(SrtpUse::Required) if !keeps => {
            note(reader, fields.place("srtp"), TlsProblem::NoWayForKeys);
        }
        Some(SrtpUse::Offered) if !is_secure && !listen.is_empty() => {
            note(reader, fields.place("srtp"), TlsProblem::NeverOffered);
        }
        Some(SrtpUse::Off | SrtpUse::Offered | SrtpUse::Required) | None => {}
    }
    given.unwrap_or_default()
}

/// Whether nobody on the way reads what is said there.
fn keeps_keys(way: &SipAddress) -> bool {
    way.carrier == Carrier::Tls || way.address.ip().is_loopback()
}

fn srtp_word(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<SrtpUse> {
    fields.get("srtp")?;
    let index = reader.word(fields, "srtp", &SrtpUse::WORDS)?;
    SrtpUse::ALL.get(index).copied()
}
