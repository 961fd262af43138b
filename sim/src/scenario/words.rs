// SPDX-License-Identifier: EUPL-1.2
//! What the right-hand side says, in the story's language.

use acd::agent::{AfterCall, NotReadyReason, Pause, ReturnReason};
use acd::{First, Reach, Refusal};
use centre::{
    NotReached, OfficeEnd, OverflowCause, PartnerEnd, SteeringReason, SwitchboardEnd, TaskReason,
};
use promise::{Fate, FateReason};

/// A story's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    English,
    German,
}

impl Words {
    pub(super) fn of(german: bool) -> Words {
        if german { Words::German } else { Words::English }
    }

    fn pick<'a>(self, english: &'a str, german: &'a str) -> &'a str {
        match self {
            Words::English => english,
            Words::German => german,
        }
    }

    pub(super) fn hears_greeting(self, who: &str, plan: Option<&str>) -> String {
        let greeting = self.pick("hears the greeting", "hört die Ansage");
        match plan {
            Some(plan) => format!("{who} {greeting} ({plan})"),
            None => format!("{who} {greeting}"),
        }
    }

    pub(super) fn waits(
        self,
        who: &str,
        position: usize,
        told: Option<(String, String)>,
    ) -> String {
        let told = match told {
            Some((from, until)) => match self {
                Words::English => format!(", is told {from} to {until}"),
                Words::German => format!(", hört: {from} bis {until}"),
            },
            None => String::new(),
        };
        format!("{who} {} {position}{told}", self.pick("waits, position", "wartet auf Platz"))
    }

    pub(super) fn offered(self, who: &str, agent: &str) -> String {
        match self {
            Words::English => format!("{who} offered to {agent}"),
            Words::German => format!("{who} klingelt bei {agent}"),
        }
    }

    pub(super) fn talking(self, who: &str, agent: &str, after: &str) -> String {
        match self {
            Words::English => format!("{who} talking to {agent} after {after}"),
            Words::German => format!("{who} spricht mit {agent} nach {after}"),
        }
    }

    pub(super) fn asks_alive(self, who: &str) -> String {
        match self {
            Words::English => format!("is {who} alive?"),
            Words::German => format!("spricht {who} noch?"),
        }
    }

    pub(super) fn refused(self, why: Refusal) -> String {
        format!("{}: {}", self.pick("refused", "abgelehnt"), self.refusal(why))
    }

    pub(super) fn returned(self, who: &str, agent: &str, why: ReturnReason) -> String {
        let why = match why {
            ReturnReason::NoAnswer => self.pick("did not answer", "nimmt nicht ab"),
            ReturnReason::Declined => self.pick("declined", "lehnt ab"),
            ReturnReason::Unreachable => self.pick("cannot be reached", "ist nicht erreichbar"),
            ReturnReason::SignedOff => self.pick("signed off", "meldet sich ab"),
        };
        format!("{who} {}: {agent} {why}", self.pick("keeps its place", "behält den Platz"))
    }

    pub(super) fn ended(
        self,
        who: &str,
        fate: Fate,
        reason: FateReason,
        after: &str,
        follows: Option<&str>,
    ) -> String {
        let after_word = self.pick("after", "nach");
        let reason = self.reason(reason);
        let follows = follows
            .map(|old| format!(", {} {old}", self.pick("follows", "folgt auf")))
            .unwrap_or_default();
        format!("{who} {} {after_word} {after} ({reason}){follows}", self.fate(fate))
    }

    pub(super) fn ready(self, agent: &str) -> String {
        format!("{agent} {}", self.pick("ready", "bereit"))
    }

    pub(super) fn signed_off(self, agent: &str) -> String {
        format!("{agent} {}", self.pick("signed off", "abgemeldet"))
    }

    pub(super) fn wraps_up(self, agent: &str, until: &str) -> String {
        match self {
            Words::English => format!("{agent} wraps up until {until}"),
            Words::German => format!("{agent} arbeitet nach bis {until}"),
        }
    }

    pub(super) fn plans(self, agent: &str, after_call: AfterCall) -> String {
        let plan = match after_call {
            AfterCall::Ready => self.pick("ready", "bereit"),
            AfterCall::Pause(Pause::Break) => self.pick("break", "Pause"),
            AfterCall::Pause(Pause::DeskWork) => self.pick("desk work", "Schreibarbeit"),
            AfterCall::SignOff => self.pick("sign off", "abmelden"),
        };
        format!("{agent} {} {plan}", self.pick("plans after this call:", "plant danach:"))
    }

    pub(super) fn not_ready(
        self,
        agent: &str,
        reason: NotReadyReason,
        until: Option<&str>,
    ) -> String {
        let reason = match reason {
            NotReadyReason::SignedOn => self.pick("signed on", "angemeldet"),
            NotReadyReason::Pause(Pause::Break) => self.pick("break", "Pause"),
            NotReadyReason::Pause(Pause::DeskWork) => self.pick("desk work", "Schreibarbeit"),
            NotReadyReason::NoAnswer => self.pick("no answer", "nicht abgenommen"),
            NotReadyReason::Declined => self.pick("declined", "abgelehnt"),
            NotReadyReason::Unreachable => self.pick("unreachable", "nicht erreichbar"),
        };
        let until = until
            .map(|until| format!(" {} {until}", self.pick("until", "bis")))
            .unwrap_or_default();
        format!("{agent} {} ({reason}){until}", self.pick("not ready", "nicht bereit"))
    }

    pub(super) fn office(self) -> &'static str {
        self.pick("an office", "Amt")
    }

    pub(super) fn line(self, line: &str) -> String {
        format!("{} {line}", self.pick("line", "Leitung"))
    }

    pub(super) fn waits_again(self, who: &str, position: usize) -> String {
        format!(
            "{who} {} {position}",
            self.pick("waits again, position", "wartet wieder auf Platz")
        )
    }

    pub(super) fn transferred(self, who: &str, to: &str, attended: bool) -> String {
        let verb = match attended {
            true => self.pick("put through to", "verbunden mit"),
            false => self.pick("handed on to", "weitergegeben an"),
        };
        format!("{who} {verb} {to}")
    }

    pub(super) fn office_returned(self, who: &str, why: OfficeEnd) -> String {
        let why = match why {
            OfficeEnd::Busy => self.pick("the office is busy", "das Amt ist besetzt"),
            OfficeEnd::NoAnswer => self.pick("the office did not answer", "das Amt nimmt nicht ab"),
            OfficeEnd::Unreachable => {
                self.pick("the office cannot be reached", "das Amt ist nicht erreichbar")
            }
        };
        format!("{who} {}: {why}", self.pick("keeps its place", "behält den Platz"))
    }

    pub(super) fn switchboard(self) -> &'static str {
        self.pick("the switchboard", "der Vermittlung")
    }

    pub(super) fn tries_partner(
        self,
        who: &str,
        partner: &str,
        reach: Reach,
        cause: OverflowCause,
    ) -> String {
        let cause = self.cause(cause);
        match (self, reach) {
            (Words::English, Reach::SecondLeg) => format!("{who} rings at {partner} ({cause})"),
            (Words::English, Reach::Deflect) => format!("{who} sent on to {partner}? ({cause})"),
            (Words::German, Reach::SecondLeg) => format!("{who} klingelt bei {partner} ({cause})"),
            (Words::German, Reach::Deflect) => format!("{who} umleiten zu {partner}? ({cause})"),
        }
    }

    pub(super) fn cause(self, cause: OverflowCause) -> &'static str {
        let (english, german) = match cause {
            OverflowCause::Waited => ("all busy", "alle belegt"),
            OverflowCause::Predicted => ("the wait would be too long", "es würde zu lange dauern"),
            OverflowCause::Calendar => ("calendar", "Kalender"),
            OverflowCause::NobodySignedOn => ("nobody signed on", "niemand angemeldet"),
            OverflowCause::Closed => ("closed", "geschlossen"),
            OverflowCause::NoChannel => ("no channel", "kein Kanal"),
            OverflowCause::Transferred => ("handed on", "weitergegeben"),
        };
        self.pick(english, german)
    }

    pub(super) fn sent_on(self, who: &str, partner: &str) -> String {
        format!("{who} {} {partner}", self.pick("sent on to", "umgeleitet zu"))
    }

    pub(super) fn overflows(self, who: &str, cause: OverflowCause) -> String {
        format!("{who} {} ({})", self.pick("to the partner", "zum Partner"), self.cause(cause))
    }

    pub(super) fn widened(self, who: &str, stage: u8) -> String {
        format!("{who} {} {}", self.pick("asks stage", "fragt Stufe"), stage + 1)
    }

    pub(super) fn promised(self, who: &str, position: usize) -> String {
        match self {
            Words::English => format!("{who} is promised a call-back at position {position}"),
            Words::German => format!("{who} hat einen Rückruf zugesagt auf Platz {position}"),
        }
    }

    pub(super) fn called_back(self, who: &str, agent: &str, first: First) -> String {
        match (self, first) {
            (Words::English, First::Agent) => format!("{agent} calls {who} back"),
            (Words::German, First::Agent) => format!("{agent} ruft {who} zurück"),
            (Words::English, First::Caller) => {
                format!("{who} is called back, {agent} is reserved")
            }
            (Words::German, First::Caller) => {
                format!("{who} wird zurückgerufen, {agent} ist vorgemerkt")
            }
        }
    }

    pub(super) fn not_reached(self, who: &str, again_at: &str, why: Option<NotReached>) -> String {
        let why = match why {
            Some(NotReached::Busy) => self.pick(" (busy)", " (besetzt)"),
            Some(NotReached::Unreachable) => self.pick(" (unreachable)", " (nicht erreichbar)"),
            Some(NotReached::NoAnswer) | None => "",
        };
        match self {
            Words::English => format!("{who} not reached{why}, again at {again_at}"),
            Words::German => format!("{who} nicht erreicht{why}, wieder um {again_at}"),
        }
    }

    pub(super) fn informed(self, who: &str) -> String {
        format!("{who} {}", self.pick("hears the information", "hört die Auskunft"))
    }

    pub(super) fn notified(self, who: &str, plan: &str) -> String {
        let hears = self.pick("hears the announcement of", "hört die Ansage von");
        format!("{who} {hears} {plan}")
    }

    pub(super) fn task(self, who: &str, reason: TaskReason) -> String {
        let reason = match reason {
            TaskReason::CallbackExpired => self.pick("call-back expired", "Rückruf verfallen"),
            TaskReason::NotReached => self.pick("not reached", "nicht erreicht"),
            TaskReason::ReachedInVain => {
                self.pick("answered the call-back in vain", "nahm den Rückruf vergeblich ab")
            }
            TaskReason::CalledAgain => {
                self.pick("called again in vain", "rief vergeblich noch einmal an")
            }
        };
        format!("{} {who} ({reason})", self.pick("task for", "Aufgabe für"))
    }

    pub(super) fn partner_returned(self, who: &str, partner: &str, why: PartnerEnd) -> String {
        let why = match why {
            PartnerEnd::Busy => self.pick("is full", "ist voll"),
            PartnerEnd::Closed => self.pick("is closed", "ist geschlossen"),
            PartnerEnd::NoAnswer => self.pick("did not answer", "nimmt nicht ab"),
            PartnerEnd::Unreachable => self.pick("cannot be reached", "ist nicht erreichbar"),
        };
        format!("{who} {}: {partner} {why}", self.pick("keeps its place", "behält den Platz"))
    }

    pub(super) fn switchboard_returned(
        self,
        who: &str,
        switchboard: &str,
        why: SwitchboardEnd,
    ) -> String {
        let why = match why {
            SwitchboardEnd::Busy => self.pick("is busy", "ist besetzt"),
            SwitchboardEnd::NoAnswer => self.pick("did not answer", "nimmt nicht ab"),
            SwitchboardEnd::Unreachable => self.pick("cannot be reached", "ist nicht erreichbar"),
            SwitchboardEnd::CameBack => self.pick("sent it back", "schickt ihn zurück"),
            SwitchboardEnd::NobodyThere => self.pick("is empty", "ist unbesetzt"),
        };
        format!("{who} {}: {switchboard} {why}", self.pick("to the centre", "ins Servicecenter"))
    }

    fn steering(self, reason: SteeringReason) -> &'static str {
        let (english, german) = match reason {
            SteeringReason::Distress => ("distress", "Notlage"),
            SteeringReason::WaitedLong => ("waited long", "lange gewartet"),
            SteeringReason::WrongLine => ("wrong line", "falsche Leitung"),
            SteeringReason::Load => ("load", "Auslastung"),
        };
        self.pick(english, german)
    }

    pub(super) fn pulled_forward(
        self,
        who: &str,
        reason: SteeringReason,
        position: usize,
    ) -> String {
        let reason = self.steering(reason);
        match self {
            Words::English => format!("{who} pulled forward to position {position} ({reason})"),
            Words::German => format!("{who} vorgezogen auf Platz {position} ({reason})"),
        }
    }

    pub(super) fn moved(
        self,
        who: &str,
        line: &str,
        reason: SteeringReason,
        position: usize,
    ) -> String {
        let reason = self.steering(reason);
        match self {
            Words::English => format!("{who} moved to {line}, position {position} ({reason})"),
            Words::German => format!("{who} jetzt bei {line} auf Platz {position} ({reason})"),
        }
    }

    pub(super) fn put_back(self, who: &str, position: usize) -> String {
        format!("{who} {} {position}", self.pick("back at position", "wieder auf Platz"))
    }

    pub(super) fn skill_set(self, agent: &str, skill: &str, level: u8) -> String {
        match self {
            Words::English => format!("{agent} has {skill} {level} until signing off"),
            Words::German => format!("{agent} hat {skill} {level} bis zur Abmeldung"),
        }
    }

    pub(super) fn line_closed(self, line: &str, until: &str) -> String {
        format!("{line} {} {until}", self.pick("closed until", "geschlossen bis"))
    }

    pub(super) fn line_opened(self, line: &str) -> String {
        format!("{line} {}", self.pick("open as its hours say", "wieder offen nach Zeitplan"))
    }

    pub(super) fn plan_started(self, plan: &str, until: &str) -> String {
        format!("{plan} {} {until}", self.pick("runs until", "läuft bis"))
    }

    pub(super) fn plan_ended(self, plan: &str) -> String {
        format!("{plan} {}", self.pick("ended", "beendet"))
    }

    pub(super) fn still_inside(self, count: usize) -> String {
        format!("{}: {count}", self.pick("still inside", "noch da"))
    }

    pub(super) fn level(self, id: &str, version: u16, kept: u64, counted: u64) -> String {
        format!("{id}/{version}: {kept} {} {counted}", self.pick("of", "von"))
    }

    pub(super) fn fate(self, fate: Fate) -> &'static str {
        let (english, german) = match fate {
            Fate::Accepted => ("accepted", "angenommen"),
            Fate::Abandoned => ("abandoned", "verloren"),
            Fate::ShortAbandoned => ("short-abandoned", "kurz abgebrochen"),
            Fate::Overflowed => ("overflowed", "übergelaufen"),
            Fate::CalledBack => ("called back", "zurückgerufen"),
            Fate::Closed => ("closed", "geschlossen"),
            Fate::Refused => ("refused", "abgewiesen"),
            Fate::Local => ("local", "vor Ort"),
        };
        self.pick(english, german)
    }

    fn reason(self, reason: FateReason) -> &'static str {
        let (english, german) = match reason {
            FateReason::TalkEnded => ("talk ended", "Gespräch beendet"),
            FateReason::TalkCutOff => ("talk cut off", "Gespräch getrennt"),
            FateReason::LeftInTransfer => ("left while handed on", "ging beim Weitergeben"),
            FateReason::HungUp => ("hung up", "aufgelegt"),
            FateReason::CutOff => ("cut off", "getrennt"),
            FateReason::CallbackExpired => ("call-back expired", "Rückruf verfallen"),
            FateReason::PartnerAnswered => ("partner answered", "Partner nahm ab"),
            FateReason::DeflectedUnproved => ("deflected, unproved", "umgeleitet, unbelegt"),
            FateReason::CallbackReached => ("reached", "erreicht"),
            FateReason::OutsideHours => ("outside the hours", "außerhalb der Zeiten"),
            FateReason::TimetableEnded => ("the timetable ended", "Zeitplan abgelaufen"),
            FateReason::AnnouncementOnly => ("announcement only", "nur Ansage"),
            FateReason::QueueFull => ("queue full", "Warteschlange voll"),
            FateReason::CentreFull => ("centre full", "Servicecenter voll"),
            FateReason::WaitedTooLong => ("waited too long", "zu lange gewartet"),
            FateReason::NobodyLeft => ("nobody left", "niemand mehr da"),
            FateReason::SwitchboardAnswered => ("switchboard", "Vermittlung vor Ort"),
            FateReason::LeftInformed => ("informed, then hung up", "nach der Auskunft aufgelegt"),
            FateReason::CalledAgain => ("called again", "rief selbst noch einmal an"),
            FateReason::ClosedByAct => ("closed by an act", "durch Anordnung geschlossen"),
            FateReason::PlanRunsNot => ("the plan does not run", "der Plan läuft nicht"),
            FateReason::NoChannel => ("no channel free", "kein Kanal frei"),
            FateReason::RefusedByCarrier => ("refused by the carrier", "vom Netz abgewiesen"),
            FateReason::RefusedAtDoor => ("refused at the door", "an der Tür abgewiesen"),
            FateReason::LeftSwitchboard => ("hung up at the switchboard", "legte vor Ort auf"),
        };
        self.pick(english, german)
    }

    pub(super) fn refusal(self, why: Refusal) -> &'static str {
        let (english, german) = match why {
            Refusal::AlreadySignedOn => ("already signed on", "schon angemeldet"),
            Refusal::NotSignedOn => ("not signed on", "nicht angemeldet"),
            Refusal::NotReady => ("not ready", "nicht bereit"),
            Refusal::NotOffered => ("not offered", "nicht angeboten"),
            Refusal::NotTalking => ("not talking", "nicht im Gespräch"),
            Refusal::NotInWrapUp => ("not in wrap-up", "nicht in Nachbearbeitung"),
            Refusal::ExtendedEnough => ("extended enough", "oft genug verlängert"),
            Refusal::NotDue => ("not due", "noch nicht fällig"),
            Refusal::UnknownContact => ("no such contact", "kein solcher Anruf"),
            Refusal::UsedContactId => ("used contact id", "Kennung schon benutzt"),
            Refusal::UnknownAgent => ("no such agent", "keine solche Beraterin"),
            Refusal::UnknownLine => ("no such line", "keine solche Leitung"),
            Refusal::NotEntering => ("hears no greeting", "hört keine Ansage"),
            Refusal::NotWaiting => ("not waiting", "wartet nicht"),
            Refusal::NotAtSwitchboard => ("not at the switchboard", "nicht bei der Vermittlung"),
            Refusal::NotAtPartner => ("not at the partner", "nicht beim Partner"),
            Refusal::NotAtOffice => ("not at an office", "nicht bei einem Amt"),
            Refusal::NotReachable => ("cannot be put through there", "dorthin geht es jetzt nicht"),
            Refusal::NotCallingBack => ("not being called back", "wird nicht zurückgerufen"),
            Refusal::NoCallback => ("no call-backs here", "hier gibt es keinen Rückruf"),
            Refusal::NoNumber => ("number not known", "Rufnummer unbekannt"),
            Refusal::CallbackTwice => ("promised already", "Rückruf schon zugesagt"),
            Refusal::CallbackTooMany => {
                ("the shift is too short for it", "dafür reicht die Schicht nicht")
            }
            Refusal::RingsAlready => ("a telephone rings already", "es klingelt schon"),
            Refusal::NoInformation => ("no information now", "jetzt keine Auskunft auf Taste"),
            Refusal::UnknownTrunk => ("no such trunk", "kein solcher Trunk"),
            Refusal::UnknownSkill => {
                ("no such skill or level", "keine solche Fachkenntnis oder Stufe")
            }
            Refusal::UnknownPlan => ("no such plan", "kein solcher Plan"),
            Refusal::UnknownSwitchboard => ("no such switchboard", "keine solche Vermittlung"),
            Refusal::PlanRuns => ("the plan runs already", "der Plan läuft schon"),
            Refusal::PlanRunsNot => ("the plan does not run", "der Plan läuft nicht"),
            Refusal::NotClosed => ("not closed by an act", "nicht durch Anordnung geschlossen"),
            Refusal::NoQueue => ("nobody can wait there", "dort kann niemand warten"),
            Refusal::FromPartner => ("came from a partner", "kam von einem Partner"),
            Refusal::NotSteered => ("nothing to undo", "nichts zurückzunehmen"),
            Refusal::OutOfRange => ("too long or no time at all", "zu lang oder gar keine Zeit"),
        };
        self.pick(english, german)
    }
}
