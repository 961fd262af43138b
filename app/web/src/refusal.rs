// SPDX-License-Identifier: EUPL-1.2
//! Why the centre said no, in sentences.

use crate::lang::Lang;
use acd::Refusal;

/// Why nothing was done to a case.
pub(crate) fn case_refusal(lang: Lang, why: case::Refusal) -> &'static str {
    use case::Refusal;
    let (de, en) = match why {
        Refusal::Unknown => ("Diesen Vorgang gibt es nicht.", "There is no such case."),
        Refusal::BeforeItsTime => (
            "Dieser Zeitpunkt liegt vor dem Eingang des Vorgangs.",
            "This moment lies before the case came in.",
        ),
        Refusal::Completed => (
            "Der Vorgang ist abgeschlossen. Öffnen Sie ihn wieder, um etwas zu ändern.",
            "The case is completed. Open it again to change something.",
        ),
        Refusal::Merged => (
            "Der Vorgang geht in einem älteren weiter; dort ist alles einzutragen.",
            "The case goes on in an older one; everything is written there.",
        ),
        Refusal::NotCompleted => ("Der Vorgang ist noch offen.", "The case is still open."),
        Refusal::Paused => ("Die Frist ruht schon.", "The clock is stopped already."),
        Refusal::NotPaused => ("Die Frist läuft.", "The clock runs."),
        Refusal::AtCentre => {
            ("Der Vorgang liegt beim Servicecenter.", "The service centre has the case.")
        }
        Refusal::AlreadyThere => ("Dort liegt der Vorgang schon.", "The case is there already."),
        Refusal::NoNotice => ("Es ist keine E-Mail unterwegs.", "No mail is on its way."),
        Refusal::NotReachable => (
            "Die Person hat keinen Weg hinterlassen, sie zu erreichen.",
            "The person left no way to be reached.",
        ),
        Refusal::WithoutFeedback => (
            "Die Person hat noch keine Rückmeldung. Tragen Sie sie zuerst ein.",
            "Nobody has come back to the person yet. Write that down first.",
        ),
        Refusal::WithFeedback => (
            "Die Person hat schon eine Rückmeldung.",
            "Somebody has come back to the person already.",
        ),
        Refusal::NotTried => (
            "Es gibt noch keinen Versuch, die Person zu erreichen.",
            "Nobody has tried to reach the person yet.",
        ),
        Refusal::NotOlder => (
            "Ein Vorgang geht nur in einem älteren weiter, der selbst noch offen ist.",
            "A case goes on only in an older one that is still open itself.",
        ),
        Refusal::TooMany => (
            "Zu diesem Vorgang steht schon so viel, wie es geht. Bitte schließen Sie ihn ab.",
            "As much as can be is written of this case. Please complete it.",
        ),
        Refusal::Full => (
            "Es gibt so viele Vorgänge, wie das Servicecenter führen kann.",
            "There are as many cases as the centre can keep.",
        ),
    };
    lang.pick(de, en)
}

/// Why it was not done.
#[must_use]
pub fn refusal(lang: Lang, why: Refusal) -> &'static str {
    let (de, en) = match why {
        Refusal::UnknownContact => {
            ("Diesen Anruf gibt es nicht mehr.", "There is no such call any more.")
        }
        Refusal::NotWaiting => ("Der Anruf wartet nicht.", "The call does not wait."),
        Refusal::RingsAlready => {
            ("Für den Anruf klingelt schon ein Telefon.", "A telephone rings for the call already.")
        }
        Refusal::NoQueue => (
            "Diese Linie hat keine Warteschlange, sie gibt nur Ansagen.",
            "This line has no queue, it only plays announcements.",
        ),
        Refusal::FromPartner => (
            "Den Anruf hat der Partner geschickt; er bleibt auf seiner Linie.",
            "The partner has sent this call; it stays on its line.",
        ),
        Refusal::NotSteered => (
            "An der Stelle dieses Anrufs wurde nichts geändert.",
            "The place of this call has not been changed.",
        ),
        Refusal::NotSignedOn => ("Der Platz ist nicht angemeldet.", "The agent is not signed on."),
        Refusal::AlreadySignedOn => {
            ("Der Platz ist schon angemeldet.", "The agent is signed on already.")
        }
        Refusal::NotClosed => (
            "Die Linie ist nicht durch eine Anordnung geschlossen.",
            "The line is not closed by an act.",
        ),
        Refusal::PlanRuns => ("Der Krisenplan läuft schon.", "The crisis plan runs already."),
        Refusal::PlanRunsNot => ("Der Krisenplan läuft nicht.", "The crisis plan does not run."),
        Refusal::NotOffered => {
            ("Dieser Anruf klingelt hier nicht mehr.", "This call does not ring here any more.")
        }
        Refusal::NotTalking => ("Der Platz ist in keinem Gespräch.", "The agent is in no talk."),
        Refusal::NotInWrapUp => {
            ("Die Nachbearbeitung ist schon vorbei.", "The wrap-up is over already.")
        }
        Refusal::ExtendedEnough => (
            "Die Nachbearbeitung wurde so oft verlängert, wie es geht.",
            "The wrap-up was extended as often as can be.",
        ),
        Refusal::NotReachable => (
            "Dorthin kann gerade niemand verbunden werden: geschlossen, voll oder nicht da.",
            "Nobody can be put through there now: it is closed, full, or not there.",
        ),
        Refusal::OutOfRange => ("So lange geht das nicht.", "It cannot last for so long."),
        Refusal::UnknownLine => ("Diese Linie gibt es nicht.", "There is no such line."),
        Refusal::UnknownPlan => {
            ("Diesen Krisenplan gibt es nicht.", "There is no such crisis plan.")
        }
        Refusal::UnknownAgent => ("Diesen Platz gibt es nicht.", "There is no such agent."),
        // None of these answers a person.
        Refusal::NotReady
        | Refusal::NotDue
        | Refusal::UsedContactId
        | Refusal::NotEntering
        | Refusal::NotAtSwitchboard
        | Refusal::NotAtPartner
        | Refusal::NotAtOffice
        | Refusal::NotCallingBack
        | Refusal::NoCallback
        | Refusal::NoNumber
        | Refusal::CallbackTwice
        | Refusal::CallbackTooMany
        | Refusal::NoInformation
        | Refusal::UnknownTrunk
        | Refusal::UnknownSkill
        | Refusal::UnknownSwitchboard => ("Das geht jetzt nicht.", "This cannot be done now."),
    };
    lang.pick(de, en)
}
