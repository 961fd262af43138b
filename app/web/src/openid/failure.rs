// SPDX-License-Identifier: EUPL-1.2
//! Why somebody was not signed in: a word for the page, which has the sentences, and a sentence for the operator.

use super::token::Flaw;
use super::wire::Away;
use crate::lang::Lang;
use axum::http::StatusCode;

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Whoever vouches does not answer.
    Away(Away),
    /// What it answers does not fit our configuration, or the standard.
    Strange(Oddity),
    /// It, or the person there, said no.
    Denied,
    /// The attempt is none that this browser began lately.
    Stale,
    /// The code is none any more.
    Code,
    /// The proof is none.
    Flawed(Flaw),
    /// No group of theirs gives a role.
    NoRole,
    /// Their groups give roles for clients of which none is common to all of these roles.
    NoReach,
    /// Too many attempts from there have failed.
    TooOften,
    /// Too many sign in at this moment.
    Busy,
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// An answer with this status.
    Status(u16),
    /// It cannot be read.
    Unreadable,
    /// It calls itself otherwise than our configuration does.
    Issuer(String),
    /// The address of this name is none that may be asked.
    Endpoint(&'static str),
    /// It has no keys that we understand.
    NoKeys,
    /// It does not say who answers, or names somebody else (RFC 9207).
    Answerer,
    /// It refuses what we ask, by this word of the standard.
    Refuses(String),
    /// The answer holds no proof.
    NoToken,
}

impl Failure {
    /// What an answer that is not fine means.
    pub(super) fn of_status(status: StatusCode) -> Failure {
        Failure::Strange(Oddity::Status(status.as_u16()))
    }

    /// What a word of the standard means (RFC 6749, 4.1.2.1 and 5.2; OpenID Connect Core, 3.1.2.6).
    pub(super) fn of_word(word: &str) -> Failure {
        match word {
            "access_denied"
            | "login_required"
            | "interaction_required"
            | "consent_required"
            | "account_selection_required" => Failure::Denied,
            "invalid_grant" => Failure::Code,
            other => {
                let is_fit = |it: &char| it.is_ascii_lowercase() || *it == '_';
                Failure::Strange(Oddity::Refuses(other.chars().filter(is_fit).take(40).collect()))
            }
        }
    }

    /// The word by which the page knows the sentences.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Failure::Away(_) => "away",
            Failure::Strange(_) => "strange",
            Failure::Denied => "denied",
            Failure::Stale => "stale",
            Failure::Code => "refused",
            Failure::Flawed(flaw) => match flaw.is_of_clocks() {
                true => "clock",
                false => "refused",
            },
            Failure::NoRole => "no-role",
            Failure::NoReach => "no-reach",
            Failure::TooOften => "too-often",
            Failure::Busy => "busy",
        }
    }

    /// Whether a code was guessed or came from elsewhere, so that it counts against the address. A whole town hall may
    /// have one address: what a wrong clock, a cancelled sign-in or another site's link brings about keeps nobody out.
    pub(super) fn is_guess(&self) -> bool {
        match self {
            Failure::Code => true,
            Failure::Flawed(flaw) => *flaw == Flaw::Nonce,
            Failure::Away(_)
            | Failure::Strange(_)
            | Failure::Denied
            | Failure::Stale
            | Failure::NoRole
            | Failure::NoReach
            | Failure::TooOften
            | Failure::Busy => false,
        }
    }

    /// Whether the attempt can still be ended by the browser that began it: what came back was of another one.
    pub(super) fn leaves_attempt(&self) -> bool {
        *self == Failure::Stale
    }

    /// A sentence for the operator, if there is something to tell: nothing of it is about a person.
    pub(super) fn said(&self, lang: Lang) -> Option<String> {
        let text = |de: &str, en: &str| Some(lang.pick(de, en).to_owned());
        match self {
            Failure::Away(away) => {
                let who = lang.pick("Der Anbieter", "the provider");
                Some(format!("{who}: {}", away.said(lang)))
            }
            Failure::Strange(oddity) => Some(oddity.said(lang)),
            Failure::Code => text(
                "Der Anbieter nimmt den Code nicht (mehr) an.",
                "the provider does not take the code, or not any more.",
            ),
            Failure::Flawed(flaw) => {
                let what =
                    lang.pick("Was der Anbieter ausgestellt hat,", "what the provider issued");
                Some(format!("{what} {}.", flaw.said(lang)))
            }
            Failure::NoRole => text(
                "Keine Gruppe der Person steht in [web.openid] bei groups; groups_claim nennt den Claim dafür.",
                "no group of the person stands in groups of [web.openid]; groups_claim names the claim for them.",
            ),
            Failure::NoReach => text(
                "Die Gruppen der Person geben in [web.openid] Rollen für verschiedene Beteiligte (clients), und keiner ist allen Rollen gemeinsam.",
                "the groups of the person give roles for different clients in [web.openid], and none is common to all of these roles.",
            ),
            // Everybody can bring these about without anybody who vouches for them.
            Failure::Denied | Failure::Stale | Failure::TooOften | Failure::Busy => None,
        }
    }
}

impl Oddity {
    fn said(&self, lang: Lang) -> String {
        match self {
            Oddity::Status(status) => {
                let what = lang.pick("Der Anbieter antwortet mit", "the provider answers with");
                format!("{what} {status}.")
            }
            Oddity::Unreadable => lang
                .pick(
                    "Was der Anbieter über sich sagt, ist nicht zu lesen: Stimmt issuer?",
                    "what the provider says of itself cannot be read: is issuer right?",
                )
                .to_owned(),
            Oddity::Issuer(theirs) => match lang {
                Lang::De => format!(
                    "Der Anbieter nennt sich „{theirs}“, in [web.openid] steht bei issuer etwas anderes; beides muss genau gleich sein."
                ),
                Lang::En => format!(
                    "the provider calls itself “{theirs}”, issuer in [web.openid] says otherwise; both have to be the same to the letter."
                ),
            },
            Oddity::Endpoint(name) => match lang {
                Lang::De => format!("Die Adresse {name} des Anbieters beginnt nicht mit https."),
                Lang::En => format!("the provider's address {name} does not begin with https."),
            },
            Oddity::NoKeys => lang
                .pick(
                    "Der Anbieter hat keinen Schlüssel, der hier gilt (RSA, P-256, P-384, Ed25519).",
                    "the provider has no key that counts here (RSA, P-256, P-384, Ed25519).",
                )
                .to_owned(),
            Oddity::Answerer => lang
                .pick(
                    "Die Antwort nennt nicht den Anbieter, der gefragt wurde (iss).",
                    "the answer does not name the provider that was asked (iss).",
                )
                .to_owned(),
            Oddity::Refuses(word) => match lang {
                Lang::De => format!(
                    "Der Anbieter lehnt die Anfrage ab ({word}): Stimmen client_id, client_secret, scopes und die Adresse für die Rückkehr?"
                ),
                Lang::En => format!(
                    "the provider refuses the request ({word}): are client_id, client_secret, scopes and the address to return to right?"
                ),
            },
            Oddity::NoToken => lang
                .pick(
                    "Die Antwort des Anbieters enthält kein ID-Token: Ist openid unter den erlaubten Scopes?",
                    "the provider's answer holds no ID token: is openid among the scopes that it allows?",
                )
                .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn words_of_the_standard_have_their_meaning() {
        assert_eq!(Failure::of_word("access_denied"), Failure::Denied);
        assert_eq!(Failure::of_word("invalid_grant"), Failure::Code);
        let other = Failure::of_word("invalid_client\n<b>Nr. 4711");
        assert_eq!(other, Failure::Strange(Oddity::Refuses("invalid_clientbr".into())));
    }

    #[test]
    fn clocks_are_told_apart_from_forgery() {
        assert_eq!(Failure::Flawed(Flaw::Expired).word(), "clock");
        assert_eq!(Failure::Flawed(Flaw::Early).word(), "clock");
        assert_eq!(Failure::Flawed(Flaw::Signature).word(), "refused");
    }

    #[test]
    fn only_whoever_guesses_codes_has_to_wait() {
        assert!(Failure::Code.is_guess() && Failure::Flawed(Flaw::Nonce).is_guess());
        assert!(!Failure::Away(Away::Unreachable(ErrorKind::ConnectionRefused)).is_guess());
        assert!(!Failure::Strange(Oddity::NoKeys).is_guess());
        assert!(!Failure::Flawed(Flaw::Expired).is_guess(), "the clock is not theirs");
        assert!(!Failure::Stale.is_guess(), "any other site can bring a browser here");
    }

    #[test]
    fn what_anybody_can_bring_about_fills_no_log() {
        for failure in [Failure::Denied, Failure::Stale, Failure::TooOften, Failure::Busy] {
            assert_eq!(failure.said(Lang::De), None);
        }
        for lang in [Lang::De, Lang::En] {
            let said = Failure::NoReach.said(lang).expect("a sentence");
            assert!(said.contains("clients"), "{said}");
            let said = Failure::NoRole.said(lang).expect("a sentence");
            assert!(said.contains("groups_claim"), "{said}");
        }
    }
}
