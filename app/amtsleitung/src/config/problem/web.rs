// SPDX-License-Identifier: EUPL-1.2
//! The pages, and the telephones in the browsers.

use super::{Said, Severity, quoted, say};
use crate::Lang;

/// What is wrong with the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebProblem {
    /// No address with a port.
    BadSocket {
        /// The text.
        given: String,
    },
    /// Not what a browser shows as the address of a site.
    BadAddress {
        /// The text.
        given: String,
    },
    /// Others than this machine come, and nothing says by which address.
    AddressMissing,
    /// Sound is listened for on all addresses, and nothing says which ones browsers reach.
    SoundAddressMissing,
    /// Sound is listened for where the pages are.
    SoundWithPages,
    /// No address of a machine.
    BadSoundAddress {
        /// The text.
        given: String,
    },
    /// A telephone in a browser with a place of its own.
    BrowserAt,
    /// A telephone in nobody's browser.
    BrowserOfNobody,
    /// A second one of the same agent.
    SecondBrowser {
        /// Where the first one stands.
        first: usize,
    },
    /// Nobody serves the page in which it would be.
    BrowserWithoutWeb,
    /// It speaks to the centre by UDP, on which nobody listens.
    BrowserWithoutUdp,
    /// No address at which somebody can be asked who vouches.
    BadIssuer {
        /// The text.
        given: String,
    },
    /// No word for what is asked for.
    BadScope {
        /// The text.
        given: String,
    },
}

impl WebProblem {
    pub(super) fn severity(&self) -> Severity {
        match self {
            WebProblem::BadSocket { .. }
            | WebProblem::BadAddress { .. }
            | WebProblem::AddressMissing
            | WebProblem::SoundAddressMissing
            | WebProblem::SoundWithPages
            | WebProblem::BadSoundAddress { .. }
            | WebProblem::BrowserAt
            | WebProblem::BrowserOfNobody
            | WebProblem::SecondBrowser { .. }
            | WebProblem::BrowserWithoutWeb
            | WebProblem::BrowserWithoutUdp
            | WebProblem::BadIssuer { .. }
            | WebProblem::BadScope { .. } => Severity::Error,
        }
    }

    pub(super) fn said(&self, lang: Lang, context: &super::Context<'_>) -> Said {
        match self {
            WebProblem::BadSocket { given } => bad_socket(lang, given),
            WebProblem::BadAddress { given } => bad_address(lang, given),
            WebProblem::AddressMissing => address_missing(lang),
            WebProblem::SoundAddressMissing => sound_address_missing(lang),
            WebProblem::SoundWithPages => sound_with_pages(lang),
            WebProblem::BadSoundAddress { given } => bad_sound_address(lang, given),
            WebProblem::BrowserAt => browser_at(lang),
            WebProblem::BrowserOfNobody => browser_of_nobody(lang),
            WebProblem::SecondBrowser { first } => {
                second_browser(lang, context.lines.line_of(*first))
            }
            WebProblem::BrowserWithoutWeb => browser_without_web(lang),
            WebProblem::BrowserWithoutUdp => browser_without_udp(lang),
            WebProblem::BadIssuer { given } => bad_issuer(lang, given),
            WebProblem::BadScope { given } => bad_scope(lang, given),
        }
    }
}

fn bad_socket(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist keine Adresse mit Port.",
        "Erwartet: eine Adresse dieses Rechners mit Port, zum Beispiel \"127.0.0.1:8115\" oder \"0.0.0.0:8115\".",
        "{given} is no address with a port.",
        "Expected: an address of this machine with a port, for example \"127.0.0.1:8115\" or \"0.0.0.0:8115\".",
    )
}

fn bad_address(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist nicht, was ein Browser als Adresse zeigt.",
        "Erwartet: https:// und der Name, ohne Pfad und Schrägstrich am Ende, zum Beispiel \
         \"https://115.landkreis-beispiel.de\". Ohne Verschlüsselung gibt kein Browser das Mikrofon her.",
        "{given} is not what a browser shows as an address.",
        "Expected: https:// and the name, without a path or a slash at the end, for example \
         \"https://115.county.example\". Without encryption no browser hands out the microphone.",
    )
}

fn address_missing(lang: Lang) -> Said {
    say!(
        lang,
        "Die Seiten sind nicht nur auf diesem Rechner zu erreichen, aber address fehlt.",
        "Eintragen, wie Browser sie erreichen, zum Beispiel address = \"https://115.landkreis-beispiel.de\".",
        "The pages can be reached not only from this machine, but address is missing.",
        "Enter how browsers reach them, for example address = \"https://115.county.example\".",
    )
}

fn sound_address_missing(lang: Lang) -> Said {
    say!(
        lang,
        "Auf den Ton wird unter allen Adressen gewartet, aber sound_addresses fehlt.",
        "Eintragen, unter welchen Adressen Browser diesen Rechner erreichen, zum Beispiel \
         sound_addresses = [\"10.1.2.3\"].",
        "Sound is waited for on all addresses, but sound_addresses is missing.",
        "Enter by which addresses browsers reach this machine, for example sound_addresses = [\"10.1.2.3\"].",
    )
}

fn sound_with_pages(lang: Lang) -> Said {
    say!(
        lang,
        "Auf Seiten und Ton wird an derselben Stelle gewartet.",
        "Bei sound einen anderen Port eintragen: Wo kein UDP hinausgeht, schicken Browser ihren Ton über TCP dorthin.",
        "Pages and sound are waited for at the same place.",
        "Enter another port for sound: where no UDP gets out, browsers send their sound there by TCP.",
    )
}

fn bad_sound_address(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist keine Adresse eines Rechners.",
        "Erwartet: eine Adresse ohne Port, zum Beispiel \"10.1.2.3\".",
        "{given} is no address of a machine.",
        "Expected: an address without a port, for example \"10.1.2.3\".",
    )
}

fn browser_at(lang: Lang) -> Said {
    say!(
        lang,
        "Ein Telefon im Browser hat keine eigene Adresse.",
        "at weglassen, oder browser.",
        "A telephone in a browser has no address of its own.",
        "Leave out at, or browser.",
    )
}

fn browser_of_nobody(lang: Lang) -> Said {
    say!(
        lang,
        "Dieses Telefon im Browser gehört niemandem.",
        "agent eintragen: Wer sich mit diesem Platz anmeldet, hat es im Browser.",
        "This telephone in a browser is nobody's.",
        "Enter agent: whoever signs in with this seat has it in the browser.",
    )
}

fn second_browser(lang: Lang, line: usize) -> Said {
    say!(
        lang,
        "Dieser Platz hat schon ein Telefon im Browser: Zeile {line}.",
        "Eines genügt; am Tisch dürfen weitere stehen.",
        "This seat has a telephone in the browser already: line {line}.",
        "One is enough; more may stand on the desk.",
    )
}

fn browser_without_web(lang: Lang) -> Said {
    say!(
        lang,
        "Ein Telefon im Browser braucht die Seiten, aber [web] fehlt.",
        "[web] eintragen; was hineingehört, steht in docs/configuration.md.",
        "A telephone in a browser needs the pages, but [web] is missing.",
        "Enter [web]; docs/configuration.md says what belongs there.",
    )
}

fn browser_without_udp(lang: Lang) -> Said {
    say!(
        lang,
        "Telefone im Browser sprechen über UDP mit dem Servicecenter, aber listen bei [telephony] hat keine solche Adresse.",
        "Dort eine hinzufügen, zum Beispiel \"udp:127.0.0.1:5060\".",
        "Telephones in browsers speak to the centre by UDP, but listen in [telephony] has no such address.",
        "Add one there, for example \"udp:127.0.0.1:5060\".",
    )
}

fn bad_issuer(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist keine Adresse eines Anbieters von OpenID Connect.",
        "Erwartet: https:// und was davor in seiner Adresse „/.well-known/openid-configuration“ steht, zum Beispiel \
         \"https://sso.landkreis-beispiel.de/realms/kreis\".",
        "{given} is no address of a provider of OpenID Connect.",
        "Expected: https:// and what stands before “/.well-known/openid-configuration” in its address, for example \
         \"https://sso.county.example/realms/county\".",
    )
}

fn bad_scope(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist kein Scope.",
        "Erwartet: ein Wort ohne Leerzeichen, zum Beispiel \"profile\" oder \"groups\".",
        "{given} is no scope.",
        "Expected: a word without blanks, for example \"profile\" or \"groups\".",
    )
}
