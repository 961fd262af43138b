// SPDX-License-Identifier: EUPL-1.2
//! How it is with the registrations of trunks, in words.

use super::log::Level;
use super::passwords::TRUNKS_FILE;
use crate::Lang;
use sip::registrant::Trouble;
use telephony::signalling::{NameFound, TrunkHealth, TrunkRegistration, TrunkTrouble};

/// The line for the log.
pub(super) fn logged(id: &str, registration: TrunkRegistration) -> (Level, String) {
    let TrunkRegistration { is_registered, trouble } = registration;
    let (level, registered) = match (is_registered, trouble) {
        (true, None) => (Level::Notice, "yes"),
        // It is asked for the first time.
        (false, Some(TrunkTrouble::Registrar(Trouble::NotYet))) => (Level::Notice, "no"),
        (true, Some(_)) => (Level::Warning, "yes"),
        (false, _) => (Level::Warning, "no"),
    };
    let why = trouble.map_or_else(String::new, |it| format!(" why={}", it.word()));
    let status = trouble.and_then(TrunkTrouble::status);
    let status = status.map_or_else(String::new, |code| format!(" status={code}"));
    (level, format!("trunk={id} registered={registered}{why}{status}"))
}

/// What `status` says of a registration, behind a comma; nothing if there is to be none.
pub(super) fn said(lang: Lang, registration: Option<TrunkRegistration>) -> String {
    let Some(TrunkRegistration { is_registered, trouble }) = registration else {
        return String::new();
    };
    let state = if is_registered {
        lang.pick("angemeldet", "registered")
    } else {
        lang.pick("NICHT ANGEMELDET", "NOT REGISTERED")
    };
    let why = trouble.map_or_else(String::new, |it| format!(" ({})", because(lang, it)));
    format!(", {state}{why}")
}

fn because(lang: Lang, trouble: TrunkTrouble) -> String {
    let words = |german: &str, english: &str| lang.pick(german, english).to_owned();
    match trouble {
        TrunkTrouble::NoPassword => lang.pick(
            format!("kein Passwort in {TRUNKS_FILE}"),
            format!("no password in {TRUNKS_FILE}"),
        ),
        TrunkTrouble::Registrar(trouble) => match trouble {
            Trouble::NotYet => words("Anmeldung läuft", "registration under way"),
            Trouble::NoPeer => words("keine Adresse bekannt", "no address known"),
            Trouble::Silent => words("keine Antwort", "no answer"),
            Trouble::WrongPassword => {
                words("Name oder Passwort ist falsch", "name or password is wrong")
            }
            Trouble::NoProof => {
                words("verlangt ein unbekanntes Anmeldeverfahren", "wants an unknown kind of proof")
            }
            Trouble::Unavailable(status) => lang.pick(
                format!("zurzeit nicht verfügbar, Antwort {}", status.code()),
                format!("not available at present, answer {}", status.code()),
            ),
            Trouble::Refused(status) => lang.pick(
                format!("abgelehnt, Antwort {}", status.code()),
                format!("refused, answer {}", status.code()),
            ),
        },
    }
}

/// The line for the log when something else is known of a name than before.
pub(super) fn logged_name(name: &NameFound) -> (Level, String) {
    let NameFound { domain, found, addresses } = name;
    let (level, word) = if *found { (Level::Notice, "yes") } else { (Level::Warning, "no") };
    (level, format!("name={domain} found={word} addresses={addresses}"))
}

/// What `status` says of a name that was never found, behind a comma; nothing without one.
pub(super) fn unknown(lang: Lang, name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| {
        lang.pick(format!(", {name} NICHT GEFUNDEN"), format!(", {name} NOT FOUND"))
    })
}

/// Whether calls can leave over a trunk, as far as that is known.
pub(super) fn is_usable(trunk: &TrunkHealth) -> Option<bool> {
    let registered = trunk.registration.map(|it| it.is_registered);
    match (trunk.answers, registered) {
        (None, known) | (known, None) => known,
        (Some(answers), Some(registered)) => Some(answers && registered),
    }
}

/// Each trunk that is not registered and should be, as a line for machines.
pub(super) fn unregistered(trunks: &[TrunkHealth]) -> String {
    let line = |trunk: &TrunkHealth| {
        let registration = trunk.registration.filter(|it| !it.is_registered)?;
        let (_, said) = logged(&trunk.id, registration);
        Some(said + "\n")
    };
    trunks.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(answers: Option<bool>, registered: Option<bool>) -> TrunkHealth {
        let trouble = Some(TrunkTrouble::Registrar(Trouble::WrongPassword));
        let registration = registered.map(|is_registered| TrunkRegistration {
            is_registered,
            trouble: trouble.filter(|_| !is_registered),
        });
        let (id, fault) = ("telekom".to_owned(), None);
        let unknown_name = None;
        TrunkHealth { id, answers, fault, unknown_name, registration, calls: 0, channels: 1 }
    }

    #[test]
    fn a_trunk_is_usable_if_nothing_speaks_against_it_and_something_for_it() {
        for (answers, registered, usable) in [
            (None, None, None),
            (Some(true), None, Some(true)),
            (None, Some(true), Some(true)),
            (Some(true), Some(false), Some(false)),
            (Some(false), Some(true), Some(false)),
        ] {
            assert_eq!(is_usable(&health(answers, registered)), usable);
        }
    }

    #[test]
    fn why_a_trunk_is_not_registered_is_said_to_everybody() {
        let it = health(None, Some(false));
        assert_eq!(
            said(Lang::De, it.registration),
            ", NICHT ANGEMELDET (Name oder Passwort ist falsch)"
        );
        assert_eq!(said(Lang::En, None), "");
        assert_eq!(
            unregistered(&[it, health(None, Some(true))]),
            "trunk=telekom registered=no why=wrong_password\n"
        );
    }
}
