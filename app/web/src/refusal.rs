// SPDX-License-Identifier: EUPL-1.2
//! Why the centre said no, in sentences.

use crate::lang::Lang;
use acd::Refusal;

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
