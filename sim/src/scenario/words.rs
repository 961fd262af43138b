// SPDX-License-Identifier: EUPL-1.2
//! What the right-hand side says, in the story's language.

use acd::Refusal;
use acd::agent::{AfterCall, NotReadyReason, Pause, ReturnReason};
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

    pub(super) fn hears_greeting(self, who: &str) -> String {
        format!("{who} {}", self.pick("hears the greeting", "hört die Ansage"))
    }

    pub(super) fn waits(self, who: &str, position: usize) -> String {
        format!("{who} {} {position}", self.pick("waits, position", "wartet auf Platz"))
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
            FateReason::SwitchboardAnswered => ("switchboard", "Vermittlung vor Ort"),
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
        };
        self.pick(english, german)
    }
}
