// SPDX-License-Identifier: EUPL-1.2
//! Certificates, and what is protected.

use super::{Said, Severity, quoted, say};
use crate::Lang;

/// What is wrong with TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsProblem {
    /// No name of a file.
    BadFile {
        /// The text.
        given: String,
    },
    /// A certificate or its key is not named.
    FileMissing {
        /// Which of both.
        key: &'static str,
        /// Whether the centre listens by TLS; otherwise only the other one is there.
        listens: bool,
    },
    /// Something for TLS where none is spoken.
    Unused {
        /// The key.
        key: &'static str,
        /// Whether it stands at a trunk.
        of_trunk: bool,
    },
    /// Nothing says what a trunk's peers have to prove.
    NameMissing,
    /// No name as certificates have it.
    BadName {
        /// The text.
        given: String,
        /// What it was probably meant to be.
        meant: Option<String>,
    },
    /// A telephone at a fixed address by TLS.
    PhoneAt {
        /// The address.
        address: String,
    },
    /// Encrypted sound whose keys everybody on the way can read.
    KeysInClear {
        /// Where they would go.
        address: String,
    },
    /// The same for a telephone that registers where nobody listens by TLS.
    NoWayForKeys,
    /// Encryption that will never be offered.
    NeverOffered,
}

impl TlsProblem {
    pub(super) fn severity(&self) -> Severity {
        match self {
            TlsProblem::Unused { .. } | TlsProblem::NeverOffered => Severity::Warning,
            TlsProblem::BadFile { .. }
            | TlsProblem::FileMissing { .. }
            | TlsProblem::NameMissing
            | TlsProblem::BadName { .. }
            | TlsProblem::PhoneAt { .. }
            | TlsProblem::KeysInClear { .. }
            | TlsProblem::NoWayForKeys => Severity::Error,
        }
    }

    pub(super) fn said(&self, lang: Lang) -> Said {
        match self {
            TlsProblem::BadFile { given } => bad_file(lang, given),
            TlsProblem::FileMissing { key, listens: true } => file_missing(lang, key),
            TlsProblem::FileMissing { key, listens: false } => half_missing(lang, key),
            TlsProblem::Unused { key, of_trunk: false } => unused(lang, key),
            TlsProblem::Unused { key, of_trunk: true } => unused_at_trunk(lang, key),
            TlsProblem::NameMissing => name_missing(lang),
            TlsProblem::BadName { given, meant } => {
                bad_name(lang, given).or_rather(meant.as_deref())
            }
            TlsProblem::PhoneAt { address } => phone_at(lang, address),
            TlsProblem::KeysInClear { address } => keys_in_clear(lang, address),
            TlsProblem::NoWayForKeys => no_way_for_keys(lang),
            TlsProblem::NeverOffered => never_offered(lang),
        }
    }
}

fn bad_file(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist kein Dateiname.",
        "Erwartet: der Name einer Datei im Datenordner, zum Beispiel \"tls/zertifikat.pem\", oder ein \
         ganzer Pfad.",
        "{given} is no name of a file.",
        "Expected: the name of a file in the data folder, for example \"tls/certificate.pem\", or a \
         whole path.",
    )
}

fn file_missing(lang: Lang, key: &str) -> Said {
    say!(
        lang,
        "Das Servicecenter hört über TLS, aber {key} fehlt.",
        "Bei [telephony] die Dateien eintragen: certificate (Zertifikat mit Zwischenzertifikaten, \
         PEM) und key (sein privater Schlüssel, PEM).",
        "The centre listens over TLS, but {key} is missing.",
        "Enter the files in [telephony]: certificate (with those between it and its authority, PEM) \
         and key (its private key, PEM).",
    )
}

fn half_missing(lang: Lang, key: &str) -> Said {
    say!(
        lang,
        "{key} fehlt; Zertifikat und Schlüssel gehören zusammen.",
        "Beide eintragen, oder keines von beiden.",
        "{key} is missing; a certificate and its key belong together.",
        "Enter both, or none of them.",
    )
}

fn unused(lang: Lang, key: &str) -> Said {
    say!(
        lang,
        "{key} hat keine Wirkung: über TLS hört das Servicecenter nirgends.",
        "Bei listen eine Adresse eintragen, die mit tls: beginnt, zum Beispiel \
         \"tls:0.0.0.0:5061\".",
        "{key} has no effect: the centre listens nowhere over TLS.",
        "Enter an address under listen that begins with tls:, for example \"tls:0.0.0.0:5061\".",
    )
}

fn unused_at_trunk(lang: Lang, key: &str) -> Said {
    say!(
        lang,
        "{key} hat keine Wirkung: zu diesem Trunk führt keine Adresse über TLS.",
        "Bei peers eine Adresse eintragen, die mit tls: beginnt, oder {key} streichen.",
        "{key} has no effect: no address of this trunk is reached over TLS.",
        "Enter an address under peers that begins with tls:, or delete {key}.",
    )
}

fn name_missing(lang: Lang) -> Said {
    say!(
        lang,
        "Niemand sagt, welchen Namen das Zertifikat dieses Trunks haben muss.",
        "tls_name eintragen: den Namen, den der Anbieter nennt, zum Beispiel \"sip.anbieter.example\"; \
         ohne ihn könnte sich jeder als der Trunk ausgeben.",
        "Nothing says which name the certificate of this trunk has to have.",
        "Enter tls_name: the name that the carrier tells, for example \"sip.carrier.example\"; without \
         it anybody could pass for the trunk.",
    )
}

fn bad_name(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist kein Name, wie er in Zertifikaten steht.",
        "Erwartet: ein Rechnername aus a–z, Ziffern, Bindestrichen und Punkten wie \
         \"sip.anbieter.example\", oder eine IPv4-Adresse; ohne Port.",
        "{given} is no name as certificates have it.",
        "Expected: a host name of a–z, digits, hyphens and dots such as \"sip.carrier.example\", or \
         an IPv4 address; without a port.",
    )
}

fn phone_at(lang: Lang, address: &str) -> Said {
    let address = quoted(lang, address);
    say!(
        lang,
        "{address}: Über TLS ist kein Telefon mit fester Adresse möglich.",
        "at streichen und das Telefon mit seinem Passwort über TLS anmelden; das Servicecenter ruft es \
         dann über dieselbe Verbindung.",
        "{address}: no telephone at a fixed address is possible over TLS.",
        "Delete at and let the telephone register over TLS with its password; the centre then calls it \
         over the same connection.",
    )
}

fn keys_in_clear(lang: Lang, address: &str) -> Said {
    let address = quoted(lang, address);
    say!(
        lang,
        "srtp = \"required\": Die Schlüssel gingen offen über {address}.",
        "Die Schlüssel für den Ton stehen in den SIP-Nachrichten; geschützt ist er nur mit TLS. \
         Erwartet: eine Adresse mit tls:, oder srtp = \"off\".",
        "srtp = \"required\": the keys would go in clear over {address}.",
        "The keys of the sound stand in SIP's messages; it is protected with TLS only. Expected: an \
         address with tls:, or srtp = \"off\".",
    )
}

fn no_way_for_keys(lang: Lang) -> Said {
    say!(
        lang,
        "srtp = \"required\": Dieses Telefon kann sich nirgends so anmelden, dass die Schlüssel \
         geheim bleiben.",
        "Bei [telephony] unter listen eine Adresse eintragen, die mit tls: beginnt, oder hier \
         srtp = \"off\".",
        "srtp = \"required\": this telephone can register nowhere so that the keys stay secret.",
        "Enter an address under listen of [telephony] that begins with tls:, or srtp = \"off\" here.",
    )
}

fn never_offered(lang: Lang) -> Said {
    say!(
        lang,
        "srtp = \"offered\" hat keine Wirkung: Ohne TLS werden nie Schlüssel angeboten.",
        "Eine Adresse mit tls: eintragen, oder srtp streichen.",
        "srtp = \"offered\" has no effect: without TLS no keys are ever offered.",
        "Enter an address with tls:, or delete srtp.",
    )
}
