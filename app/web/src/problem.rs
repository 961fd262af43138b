// SPDX-License-Identifier: EUPL-1.2
//! What went wrong, in plain words (RFC 9457).

use crate::centre::NotAsked;
use crate::lang::Lang;
use crate::refusal::refusal;
use acd::Refusal;
use axum::http::StatusCode;
use serde::Serialize;
use telephony::softphone::{self, NoAnswer};
use utoipa::ToSchema;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Which kind, as a name that stays: `about:blank#` and a word.
    #[serde(rename = "type")]
    pub kind: String,
    /// What went wrong, in a few words.
    pub title: String,
    /// The status code.
    pub status: u16,
    /// What to do about it.
    pub detail: String,
    /// After how many seconds it may be tried again.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A problem of this kind.
    pub(crate) fn new(status: StatusCode, kind: &str, title: &str, detail: &str) -> Problem {
        Problem {
            kind: format!("about:blank#{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.to_owned(),
            retry_after: None,
        }
    }

    pub(crate) fn not_signed_in(lang: Lang) -> Problem {
        let (title, detail) = lang.pick(
            ("Nicht angemeldet", "Bitte melden Sie sich an."),
            ("Not signed in", "Please sign in."),
        );
        Problem::new(StatusCode::UNAUTHORIZED, "not-signed-in", title, detail)
    }

    pub(crate) fn wrong_credentials(lang: Lang) -> Problem {
        let (title, detail) = lang.pick(
            ("Anmeldung nicht möglich", "Name oder Passwort stimmt nicht."),
            ("Cannot sign in", "The name or the password is wrong."),
        );
        Problem::new(StatusCode::UNAUTHORIZED, "wrong-credentials", title, detail)
    }

    pub(crate) fn only_vouched_for(lang: Lang, name: &str) -> Problem {
        let (title, detail) = lang.pick(
            (
                "Nur für die Administration",
                format!("Mit Name und Kennwort meldet sich hier nur die Administration an. Bitte melden Sie sich mit {name} an."),
            ),
            (
                "For administrators only",
                format!("Only administrators sign in here with name and password. Please sign in with {name}."),
            ),
        );
        Problem::new(StatusCode::FORBIDDEN, "only-vouched-for", title, &detail)
    }

    pub(crate) fn too_many_attempts(lang: Lang, seconds: u64) -> Problem {
        let (title, detail) = lang.pick(
            (
                "Zu viele Versuche",
                "Bitte warten Sie einige Minuten und versuchen Sie es dann noch einmal.",
            ),
            ("Too many attempts", "Please wait for some minutes, then try again."),
        );
        let problem =
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-attempts", title, detail);
        Problem { retry_after: Some(seconds), ..problem }
    }

    pub(crate) fn not_allowed(lang: Lang) -> Problem {
        let (title, detail) = lang.pick(
            ("Das dürfen Sie nicht", "Dafür fehlt Ihrem Konto das Recht."),
            ("You may not do this", "Your account lacks the right to do it."),
        );
        Problem::new(StatusCode::FORBIDDEN, "not-allowed", title, detail)
    }

    pub(crate) fn other_origin(lang: Lang) -> Problem {
        let (title, detail) = lang.pick(
            ("Von einer fremden Seite", "Diese Anfrage kam nicht von den Seiten des Servicecenters. Stimmt die Adresse im Browser mit address bei [web] überein?"),
            ("From another site", "This request did not come from the pages of the centre. Is the address in the browser that of address in [web]?"),
        );
        Problem::new(StatusCode::FORBIDDEN, "other-origin", title, detail)
    }

    pub(crate) fn not_found(lang: Lang) -> Problem {
        let (title, detail) = lang.pick(
            ("Nicht gefunden", "Das gibt es hier nicht, oder nicht mehr."),
            ("Not found", "There is no such thing here, or not any more."),
        );
        Problem::new(StatusCode::NOT_FOUND, "not-found", title, detail)
    }

    pub(crate) fn unreadable(lang: Lang, what: &str) -> Problem {
        let (title, detail) = lang.pick(
            ("Nicht zu verstehen", format!("Mit dieser Anfrage stimmt etwas nicht: {what}")),
            ("Not understood", format!("Something is wrong with this request: {what}")),
        );
        Problem::new(StatusCode::BAD_REQUEST, "unreadable", title, &detail)
    }

    pub(crate) fn no_accounts(lang: Lang) -> Problem {
        let (title, detail) = lang.pick(
            ("Anmeldung nicht möglich", "Die Datei mit den Konten ist nicht lesbar. Wer den Dienst betreibt, findet den Grund mit „amtsleitung account list“."),
            ("Cannot sign in", "The file of the accounts cannot be read. Whoever runs the service finds out why with `amtsleitung account list`."),
        );
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no-accounts", title, detail)
    }

    pub(crate) fn too_busy(lang: Lang) -> Problem {
        let (title, detail) = lang.pick(
            (
                "Gerade überlastet",
                "Das Servicecenter hat nicht geantwortet. Bitte gleich noch einmal versuchen.",
            ),
            ("Too busy", "The centre did not answer. Please try again in a moment."),
        );
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-busy", title, detail);
        Problem { retry_after: Some(5), ..problem }
    }

    pub(crate) fn not_asked(lang: Lang, why: NotAsked) -> Problem {
        match why {
            NotAsked::Full | NotAsked::Silent | NotAsked::Ended => Problem::too_busy(lang),
        }
    }

    pub(crate) fn no_desk(lang: Lang) -> Problem {
        let (title, detail) = lang.pick(
            ("Kein Platz", "Zu Ihrem Konto gehört kein Platz im Servicecenter. Wer die Konten pflegt, kann das ändern."),
            ("No desk", "Your account has no desk in the centre. Whoever keeps the accounts can change this."),
        );
        Problem::new(StatusCode::FORBIDDEN, "no-desk", title, detail)
    }

    /// A browser whose offer leads to nothing.
    pub(crate) fn no_sound(lang: Lang, why: NoAnswer) -> Problem {
        let title = lang.pick("Kein Ton im Browser", "No sound in the browser");
        let detail = match why {
            NoAnswer::NoCodec => lang.pick(
                "Dieser Browser spricht keine Sprache, die auch Telefone sprechen (G.722, G.711).",
                "This browser speaks no codec that telephones speak as well (G.722, G.711).",
            ),
            NoAnswer::NoDesk => lang.pick(
                "Der Platz ist nicht mit dem Browser angemeldet, oder es sind zu viele offen.",
                "The desk is not signed on with the browser, or too many are open.",
            ),
            NoAnswer::TooLong | NoAnswer::Unreadable | NoAnswer::NoAudio | NoAnswer::NoIce => lang
                .pick(
                    "Was der Browser anbot, war nicht zu verstehen. Bitte laden Sie die Seite neu.",
                    "What the browser offered was not understood. Please load the page again.",
                ),
        };
        Problem::new(StatusCode::CONFLICT, "no-sound", title, detail)
    }

    /// A call of one's own did not come about; `status` as SIP says it (RFC 3261, 21).
    pub(crate) fn not_reached(lang: Lang, status: u16) -> Problem {
        let title = lang.pick("Nicht erreicht", "Not reached");
        let (de, en) = match status {
            380 => (
                "Für Notrufe ist an diesem Standort kein Weg eingerichtet. Bitte wählen Sie 110 oder 112 an einem anderen Telefon.",
                "There is no way for emergency calls at this site. Please dial 110 or 112 at another telephone.",
            ),
            403 => (
                "Diese Nummer darf von hier nicht gewählt werden.",
                "This number may not be dialled from here.",
            ),
            404 | 484 => ("Diese Nummer gibt es nicht.", "There is no such number."),
            486 | 600 => ("Dort ist besetzt.", "It is busy there."),
            408 | 480 => ("Dort nimmt niemand ab.", "Nobody answers there."),
            487 => ("Der Anruf wurde abgebrochen.", "The call was given up."),
            603 => ("Der Anruf wurde abgelehnt.", "The call was declined."),
            _ => (
                "Die Verbindung kam nicht zustande. Bitte gleich noch einmal versuchen.",
                "The call did not come about. Please try again in a moment.",
            ),
        };
        Problem::new(StatusCode::CONFLICT, "not-reached", title, lang.pick(de, en))
    }

    /// The browser's telephone cannot do it.
    pub(crate) fn telephone_refused(lang: Lang, why: softphone::Refusal) -> Problem {
        use softphone::Refusal;
        let (de, en) = match why {
            Refusal::NoSuchCall => {
                ("Dieses Gespräch ist schon zu Ende.", "This call is over already.")
            }
            Refusal::NotNow => {
                ("In diesem Augenblick geht das nicht.", "It cannot be done at this moment.")
            }
            Refusal::NoPage => (
                "Der Ton ist noch nicht verbunden. Ist das Mikrofon freigegeben?",
                "Sound is not connected yet. May the page use the microphone?",
            ),
            Refusal::NoRoom => (
                "Mehr als zwei Gespräche zugleich gehen nicht.",
                "More than two calls at once are not possible.",
            ),
            Refusal::NotTogether => (
                "Die drei konnten nicht zusammengeschaltet werden.",
                "The three could not be brought together.",
            ),
            Refusal::NotDialled => {
                ("Diese Nummer kann nicht gewählt werden.", "This number cannot be dialled.")
            }
            Refusal::Exchange => (
                "Die Vermittlung nimmt das gerade nicht an. Bitte gleich noch einmal.",
                "The exchange does not take this now. Please try again in a moment.",
            ),
        };
        Problem::out_of_place(lang, de, en)
    }

    /// The centre said no.
    pub(crate) fn refused(lang: Lang, why: Refusal) -> Problem {
        let title = lang.pick("Das geht gerade nicht", "This cannot be done now");
        let detail = refusal(lang, why);
        Problem::new(StatusCode::CONFLICT, "refused", title, detail)
    }

    /// Something does not fit to what the desk is doing.
    pub(crate) fn out_of_place(lang: Lang, de: &str, en: &str) -> Problem {
        let title = lang.pick("Das geht gerade nicht", "This cannot be done now");
        Problem::new(StatusCode::CONFLICT, "out-of-place", title, lang.pick(de, en))
    }
}
