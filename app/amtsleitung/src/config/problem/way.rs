// SPDX-License-Identifier: EUPL-1.2
//! Ways beside the queue that lead nowhere, or not where they seem to.

use super::{Said, Severity, say};
use crate::Lang;

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayProblem {
    /// A partner to whom no line sends and from whom none receives.
    PartnerUnused {
        /// The partner.
        partner: String,
    },
    /// A switchboard that goes first nowhere.
    SwitchboardUnused {
        /// The switchboard.
        switchboard: String,
    },
    /// The hours of an overflow never meet those of its partner.
    PartnerClosedThen {
        /// The partner.
        partner: String,
        /// The overflow's hours.
        hours: String,
    },
    /// The partner would be asked before the last of the line's own stages.
    PartnerBeforeColleagues {
        /// When the partner is asked.
        waited: String,
        /// When the last stage begins.
        after: String,
    },
    /// A stage or an overflow that begins when the longest wait is over.
    NeverSoLong {
        /// The field.
        key: &'static str,
        /// Its time.
        given: String,
        /// The queue.
        queue: String,
        /// The longest wait there.
        longest: String,
    },
    /// A stage in which nobody is asked who was not asked before.
    StageAsksNobody {
        /// Whether it is the first one.
        first: bool,
    },
    /// Ringing at the switchboard, and the greeting, take as long as anybody may wait.
    RingOutlastsWait {
        /// Both together.
        before: String,
        /// The queue.
        queue: String,
        /// The longest wait there.
        longest: String,
    },
    /// A field that means something only where the own switchboard goes first.
    NeedsLocalFirst {
        /// The field.
        key: &'static str,
    },
    /// Something to be said or asked for on a line whose callers hear the ringing tone until an agent is
    /// there.
    Unheard {
        /// The field.
        key: &'static str,
    },
    /// A call-back that nobody is offered.
    CallbackUnoffered,
    /// A call-back whose second attempt would come when the promise has expired.
    RetryTooLate {
        /// When the promise expires.
        expires: String,
    },
    /// A plan that changes nothing.
    PlanDoesNothing,
    /// A plan for a line whose callers it cannot concern.
    PlanWithoutQueue {
        /// The line.
        line: String,
    },
    /// The announcements of a plan take as long as anybody may wait while it runs.
    PlanOutlastsWait {
        /// The line.
        line: String,
        /// All that goes before the wait.
        before: String,
        /// The longest wait.
        longest: String,
    },
    /// A limit of a plan that is none: the queues have a lower one.
    PlanLimitIdle {
        /// The field.
        key: &'static str,
    },
    /// A helper who can serve none of the plan's lines.
    HelperCannotHelp {
        /// The helper.
        helper: String,
    },
    /// Two shares of the same whole that are more than it.
    MoreThanAll {
        /// One field.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// Calls are dialled, and by assumption none ever reaches the centre.
    NothingArrives,
    /// A second leg to the partner over the only channel, which the caller's own call takes.
    NoSecondChannel {
        /// The trunk.
        trunk: String,
        /// The partner.
        partner: String,
    },
    /// Somebody outside is to be called by a whole block of numbers.
    NumberIsBlock,
    /// A number to be called, and no trunk over which.
    NumberWithoutTrunk,
    /// A number to be called that is one of ours.
    CallsUs {
        /// The line.
        line: String,
    },
    /// An entry that holds on none of the days that are checked.
    NotInCheckedYears {
        /// The first day checked.
        from: String,
        /// The last day checked.
        until: String,
    },
}

impl WayProblem {
    pub(super) fn severity(&self) -> Severity {
        match self {
            WayProblem::RingOutlastsWait { .. }
            | WayProblem::PlanOutlastsWait { .. }
            | WayProblem::MoreThanAll { .. }
            | WayProblem::NumberIsBlock
            | WayProblem::NumberWithoutTrunk
            | WayProblem::CallsUs { .. }
            | WayProblem::Unheard { .. } => Severity::Error,
            WayProblem::PartnerUnused { .. }
            | WayProblem::SwitchboardUnused { .. }
            | WayProblem::PartnerClosedThen { .. }
            | WayProblem::PartnerBeforeColleagues { .. }
            | WayProblem::NeverSoLong { .. }
            | WayProblem::StageAsksNobody { .. }
            | WayProblem::NeedsLocalFirst { .. }
            | WayProblem::CallbackUnoffered
            | WayProblem::RetryTooLate { .. }
            | WayProblem::PlanDoesNothing
            | WayProblem::PlanWithoutQueue { .. }
            | WayProblem::PlanLimitIdle { .. }
            | WayProblem::HelperCannotHelp { .. }
            | WayProblem::NothingArrives
            | WayProblem::NoSecondChannel { .. }
            | WayProblem::NotInCheckedYears { .. } => Severity::Warning,
        }
    }

    pub(super) fn said(&self, lang: Lang) -> Said {
        match self {
            WayProblem::PartnerUnused { partner } => say!(
                lang,
                "Zum Partner „{partner}“ führt von keiner Leitung ein Weg, und keine nimmt seine \
                 Anrufe an.",
                "Streichen, oder bei einer Leitung unter overflow oder received_from eintragen.",
                "No line leads to the partner “{partner}”, and none takes its calls.",
                "Delete it, or enter it under overflow or received_from of a line.",
            ),
            WayProblem::SwitchboardUnused { switchboard } => say!(
                lang,
                "Die Vermittlung „{switchboard}“ geht bei keiner Leitung vor.",
                "Streichen, oder bei einer Leitung unter local_first eintragen.",
                "The switchboard “{switchboard}” goes first on no line.",
                "Delete it, or enter it under local_first of a line.",
            ),
            WayProblem::PartnerClosedThen { partner, hours } => say!(
                lang,
                "Während „{hours}“ offen ist, nimmt der Partner „{partner}“ nie Anrufe an.",
                "Die Zeiten hier und bei [[partner]] aufeinander abstimmen; so ginge kein Anruf zu \
                 ihm.",
                "While “{hours}” is open, the partner “{partner}” never takes calls.",
                "Make the hours here and those of [[partner]] agree; as it is, no call would go \
                 there.",
            ),
            WayProblem::PartnerBeforeColleagues { waited, after } => {
                partner_before_colleagues(lang, waited, after)
            }
            WayProblem::NeverSoLong { key, given, queue, longest } => say!(
                lang,
                "„{key}“ = {given} kommt nie: in „{queue}“ wartet niemand länger als {longest}.",
                "Eine kürzere Zeit eintragen, oder bei der Warteschlange waiting_max erhöhen.",
                "“{key}” = {given} never comes: nobody waits longer than {longest} in “{queue}”.",
                "Enter a shorter time, or raise waiting_max of the queue.",
            ),
            WayProblem::StageAsksNobody { first } => stage_asks_nobody(lang, *first),
            WayProblem::RingOutlastsWait { before, queue, longest } => say!(
                lang,
                "Klingeln in der Vermittlung und Begrüßung dauern zusammen {before}; in „{queue}“ \
                 wartet niemand länger als {longest}.",
                "ring verkürzen, oder bei der Warteschlange waiting_max erhöhen; so würde abgewiesen, wer \
                 dort niemanden erreicht.",
                "Ringing at the switchboard and the greeting take {before} together; nobody waits \
                 longer than {longest} in “{queue}”.",
                "Shorten ring, or raise waiting_max of the queue; as it is, whoever reaches nobody there \
                 would be sent away.",
            ),
            WayProblem::NumberIsBlock => say!(
                lang,
                "Angerufen wird eine einzelne Nummer, kein Block.",
                "Die Nummer der Zentrale dort eintragen.",
                "One number is called, not a block.",
                "Enter the number of the switchboard there.",
            ),
            WayProblem::NumberWithoutTrunk => say!(
                lang,
                "Über welchen Trunk soll diese Nummer angerufen werden?",
                "trunk eintragen. Ohne number wird nur geprobt.",
                "Over which trunk is this number to be called?",
                "Enter trunk. Without number it is only rehearsed.",
            ),
            WayProblem::CallsUs { line } => say!(
                lang,
                "Diese Nummer ist eine der Leitung „{line}“: der Anruf käme zu uns zurück.",
                "Die Nummer eintragen, unter der nur dort jemand abnimmt, etwa eine Durchwahl.",
                "This number is one of the line “{line}”: the call would come back to us.",
                "Enter a number that is answered there alone, such as an extension.",
            ),
            WayProblem::NeedsLocalFirst { key } => say!(
                lang,
                "„{key}“ hat nur bei einer Leitung mit local_first einen Sinn.",
                "Streichen, oder die Vermittlung unter local_first eintragen.",
                "“{key}” makes sense only on a line with local_first.",
                "Delete it, or enter the switchboard under local_first.",
            ),
            WayProblem::Unheard { key } => say!(
                lang,
                "„{key}“ ist hier nicht möglich: mit answer = \"with-agent\" hört man den Freiton, \
                 bis jemand abnimmt.",
                "{key} streichen, oder answer = \"at-once\".",
                "“{key}” is not possible here: with answer = \"with-agent\" callers hear the \
                 ringing tone until somebody answers.",
                "Delete {key}, or write answer = \"at-once\".",
            ),
            WayProblem::CallbackUnoffered => say!(
                lang,
                "In einer Probe bittet hier niemand um Rückruf: danach fragt nur, wem die Wartezeit \
                 angesagt wird.",
                "tells_wait = true eintragen.",
                "In a rehearsal nobody asks for a call-back here: only who is told the wait does.",
                "Enter tells_wait = true.",
            ),
            WayProblem::RetryTooLate { expires } => say!(
                lang,
                "Ein zweiter Versuch käme zu spät: der Rückruf verfällt schon nach {expires}.",
                "retry_after kürzer als expires_after wählen, oder attempts = 1.",
                "A second attempt would come too late: the call-back expires after {expires}.",
                "Choose retry_after shorter than expires_after, or attempts = 1.",
            ),
            WayProblem::PlanDoesNothing => plan_does_nothing(lang),
            WayProblem::PlanWithoutQueue { line } => plan_without_queue(lang, line),
            WayProblem::PlanOutlastsWait { line, before, longest } => {
                plan_outlasts_wait(lang, line, before, longest)
            }
            WayProblem::PlanLimitIdle { key } => plan_limit_idle(lang, key),
            WayProblem::HelperCannotHelp { helper } => helper_cannot_help(lang, helper),
            WayProblem::MoreThanAll { one, other } => say!(
                lang,
                "„{one}“ und „{other}“ sind zusammen mehr als alle Anrufe.",
                "Erwartet: zwei Anteile, die zusammen höchstens 1 ergeben.",
                "“{one}” and “{other}” are more than all calls together.",
                "Expected: two shares that are at most 1 together.",
            ),
            WayProblem::NothingArrives => say!(
                lang,
                "Die Vermittlung soll alle Anrufe selbst annehmen: calls_per_year ist 0. Geprobt \
                 wird die Leitung dann nicht.",
                "Eintragen, wie viele Anrufe im Jahr das Servicecenter erreichen.",
                "The switchboard is to answer every call itself: calls_per_year is 0. Then the line \
                 is not rehearsed.",
                "Enter how many calls a year reach the centre.",
            ),
            WayProblem::NoSecondChannel { trunk, partner } => {
                no_second_channel(lang, trunk, partner)
            }
            WayProblem::NotInCheckedYears { from, until } => say!(
                lang,
                "Dieser Eintrag gilt an keinem der geprüften Tage, {from} bis {until}.",
                "Das Datum prüfen; was vorbei ist, kann gestrichen werden.",
                "This entry holds on none of the checked days, {from} to {until}.",
                "Check the date; what is over can be deleted.",
            ),
        }
    }
}

fn no_second_channel(lang: Lang, trunk: &str, partner: &str) -> Said {
    say!(
        lang,
        "Über „{trunk}“ kommt der Anruf und führt der Weg zum Partner „{partner}“, und der Trunk hat nur \
         einen Kanal: Hilfe kommt so nie.",
        "Mehr Kanäle eintragen, einen anderen trunk beim Partner, oder reach = \"deflect\".",
        "The call comes over “{trunk}”, and so leads the way to the partner “{partner}”; the trunk has \
         one channel only: help never comes.",
        "Enter more channels, another trunk for the partner, or reach = \"deflect\".",
    )
}

fn plan_does_nothing(lang: Lang) -> Said {
    say!(
        lang,
        "Dieser Plan ändert nichts.",
        "Erwartet: announcement, information, length_max, waiting_max, helpers, oder eine Leitung mit \
         only_in.",
        "This plan changes nothing.",
        "Expected: announcement, information, length_max, waiting_max, helpers, or a line with \
         only_in.",
    )
}

fn plan_without_queue(lang: Lang, line: &str) -> Said {
    say!(
        lang,
        "Für „{line}“ hat der Plan keine Wirkung: die Leitung hat keine Warteschlange.",
        "Hier streichen.",
        "The plan has no effect on “{line}”: the line has no queue.",
        "Delete it here.",
    )
}

fn plan_outlasts_wait(lang: Lang, line: &str, before: &str, longest: &str) -> Said {
    say!(
        lang,
        "Bei „{line}“ dauert im Plan alles vor dem Warten {before}; länger als {longest} wartet dann \
         niemand.",
        "Die Ansage kürzen oder waiting_max erhöhen; so würden Anrufe abgewiesen, ohne zu warten.",
        "On “{line}” everything before the wait takes {before} in this plan; nobody waits longer than \
         {longest} then.",
        "Shorten the announcement, or raise waiting_max; as it is, calls would be sent away without a wait.",
    )
}

fn plan_limit_idle(lang: Lang, key: &str) -> Said {
    say!(
        lang,
        "„{key}“ hat keine Wirkung: keine Warteschlange des Plans hat eine höhere Grenze.",
        "Streichen, oder niedriger wählen als bei [[queue]].",
        "“{key}” has no effect: no queue of the plan has a higher limit.",
        "Delete it, or choose it lower than that of [[queue]].",
    )
}

fn helper_cannot_help(lang: Lang, helper: &str) -> Said {
    say!(
        lang,
        "„{helper}“ kann keine Leitung dieses Plans bedienen.",
        "Hier streichen, oder die verlangten Fertigkeiten unter skills eintragen.",
        "“{helper}” can serve none of this plan's lines.",
        "Delete it here, or enter the required skills under skills.",
    )
}

fn partner_before_colleagues(lang: Lang, waited: &str, after: &str) -> Said {
    say!(
        lang,
        "Der Partner würde nach {waited} gefragt, bevor nach {after} alle eigenen Stufen gefragt \
         sind.",
        "waited später wählen als das after der letzten Stufe.",
        "The partner would be asked after {waited}, before all own stages are asked after {after}.",
        "Choose waited later than after of the last stage.",
    )
}

fn stage_asks_nobody(lang: Lang, first: bool) -> Said {
    if first {
        return say!(
            lang,
            "In dieser Stufe kann niemand die Leitung bedienen.",
            "Andere Teams eintragen, oder die Stufe streichen.",
            "Nobody in this stage can serve the line.",
            "Enter other teams, or delete the stage.",
        );
    }
    say!(
        lang,
        "In dieser Stufe kommt niemand hinzu, der die Leitung bedienen kann.",
        "Andere Teams eintragen, oder die Stufe streichen.",
        "This stage adds nobody who can serve the line.",
        "Enter other teams, or delete the stage.",
    )
}
