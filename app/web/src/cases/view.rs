// SPDX-License-Identifier: EUPL-1.2
//! A case as a page shows it.

use super::words::{
    ActWord, CaseRow, CaseText, CaseView, DueView, EntryView, FeedbackWord, ProofWord, ReachWord,
    StateWord,
};
use super::{Dossier, Entry, Feedback};
use crate::directory::Directory;
use crate::knowledge::place_named;
use crate::lang::Lang;
use crate::words::{Named, moment};
use ::knowledge::AreaKey;
use case::{
    Act, Acted, Attempt, By, Case, Completion, Holder, PauseReason, Proof, Reach, Source, State,
};
use promise::{Due, FeedbackVerdict};
use stdx::{CaseId, ContactId, Timestamp};

/// What everything is shown with.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) directory: &'a Directory,
    pub(super) feedback: &'a Feedback,
    pub(super) now: Timestamp,
    pub(super) lang: Lang,
}

/// What was written, as far as it can be read.
pub(super) fn text(entry: &Entry) -> Option<CaseText> {
    CaseText::of_bytes(entry.words.as_ref()?.expose())
}

/// What was written when it came in.
fn opening(dossier: &Dossier) -> CaseText {
    dossier.entries.first().and_then(text).unwrap_or_default()
}

pub(super) fn due_view(due: Due) -> DueView {
    match due {
        Due::At(at) => DueView { at: Some(moment(at)), stopped: false },
        Due::Stopped => DueView { at: None, stopped: true },
        Due::BeyondHorizon => DueView { at: None, stopped: false },
    }
}

const fn feedback_word(verdict: FeedbackVerdict) -> FeedbackWord {
    match verdict {
        FeedbackVerdict::InTime(_) => FeedbackWord::InTime,
        FeedbackVerdict::Late(_) => FeedbackWord::Late,
        FeedbackVerdict::Missed => FeedbackWord::Overdue,
        FeedbackVerdict::NotReached => FeedbackWord::NotReached,
        FeedbackVerdict::Open => FeedbackWord::Open,
        FeedbackVerdict::OutUnreachable
        | FeedbackVerdict::OutWithdrawn
        | FeedbackVerdict::OutMerged
        | FeedbackVerdict::OutBeyondHorizon => FeedbackWord::NotCounted,
    }
}

const fn state_word(state: State) -> StateWord {
    match state {
        State::Open => StateWord::Open,
        State::Paused(_) => StateWord::Paused,
        State::Completed { .. } => StateWord::Completed,
        State::Merged { .. } => StateWord::Merged,
    }
}

impl Shown<'_> {
    /// A case in a list.
    pub(super) fn row(self, it: &Dossier) -> CaseRow {
        let (verdict, due) = self.feedback.judge(&it.case, self.now);
        let (unit, taken) = match &it.case.holder {
            Holder::Centre => (None, false),
            Holder::Unit { unit, has_taken, .. } => (Some(unit_named(it, unit)), *has_taken),
        };
        let place = it.matter.place.as_deref().and_then(|key| AreaKey::parse(key).ok());
        CaseRow {
            number: it.case.id.0,
            opened: moment(it.case.opened_at),
            client: self.client(&it.matter.client),
            concern: opening(it).concern,
            place: place.map(|area| place_named(&self.directory.places, area)),
            unit,
            taken,
            state: state_word(it.case.state),
            due: due_view(due),
            feedback: feedback_word(verdict),
        }
    }

    fn client(self, id: &str) -> Named {
        let known = self.directory.clients.iter().find(|(it, _)| it == id);
        let name = known.map_or_else(|| id.to_owned(), |(_, name)| name.clone());
        Named { id: id.to_owned(), name }
    }

    /// A case, and what was done to it.
    pub(super) fn whole(self, it: &Dossier) -> CaseView {
        let CaseText { text, name, address, wish, service, .. } = opening(it);
        let contact = match it.case.opening.source {
            Source::Call(contact) | Source::Message(contact) | Source::LostCallback(contact) => {
                Some(contact.0)
            }
            Source::Relay | Source::Form | Source::Partner(_) | Source::Elsewhere => None,
        };
        let merged_into = match it.case.state {
            State::Merged { into, .. } => Some(into.0),
            State::Open | State::Paused(_) | State::Completed { .. } => None,
        };
        CaseView {
            now: moment(self.now),
            row: self.row(it),
            contact,
            line: it.matter.line.and_then(|line| self.directory.named_line(line)),
            service: it.matter.service.clone().map(|id| Named { id, name: service }),
            reach: reach_word(it.case.opening.reach),
            name,
            address,
            wish,
            said: text,
            told: it.case.told.map(moment),
            answered: it.case.feedback.map(|it| moment(it.at)),
            proof: it.case.feedback.map(|it| proof_word(it.proof)),
            merged_into,
            entries: it.entries.iter().map(|entry| self.entry(entry)).collect(),
            can: can(&it.case, self.now),
        }
    }

    fn entry(self, it: &Entry) -> EntryView {
        let written = text(it);
        let is_opening = matches!(it.acted, Acted::Opened(_));
        EntryView {
            at: moment(it.at),
            team: self.by(it.by),
            what: self.what(&it.acted, written.as_ref()),
            // What was said at the opening stands above all entries.
            text: written.map(|it| if is_opening { String::new() } else { it.text }),
        }
    }

    /// Never the person.
    fn by(self, by: By) -> Option<String> {
        let (de, en) = match by {
            By::Seat(_) => ("Servicecenter", "Service centre"),
            By::Staff => ("Leitung", "Supervisor"),
            By::Unit => ("Fachstelle", "Office"),
            By::Centre => return None,
        };
        Some(self.lang.pick(de, en).to_owned())
    }

    fn what(self, acted: &Acted, written: Option<&CaseText>) -> String {
        let act = match acted {
            Acted::Opened(opening) => return source(self.lang, opening.source).to_owned(),
            Acted::Done(act) => act,
        };
        let pick = |de: &str, en: &str| self.lang.pick(de, en).to_owned();
        match act {
            Act::Note => pick("Notiz", "Note"),
            Act::Forward { unit } => {
                let named = written.map(|it| it.unit.as_str()).filter(|name| !name.is_empty());
                let unit = named.unwrap_or(unit);
                self.lang
                    .pick(format!("Weitergeleitet an: {unit}"), format!("Forwarded to: {unit}"))
            }
            Act::TakeOver => pick("Von der Fachstelle übernommen", "Taken over by the office"),
            Act::Return => pick("Zurück an das Servicecenter", "Back to the service centre"),
            Act::Pause(reason) => {
                let why = pause_reason(self.lang, *reason);
                self.lang.pick(format!("Frist ruht: {why}"), format!("Clock stopped: {why}"))
            }
            Act::Resume => pick("Frist läuft weiter", "Clock goes on"),
            Act::Tell(_) => pick("Frist genannt", "Told by when"),
            Act::Try(attempt) => attempt_words(self.lang, *attempt).to_owned(),
            Act::GiveFeedback(proof) => proof_words(self.lang, *proof).to_owned(),
            Act::Complete(how) => completion_words(self.lang, *how).to_owned(),
            Act::Reopen => pick("Wieder geöffnet", "Opened again"),
            Act::NoticeAccepted => {
                pick("E-Mail an die Fachstelle zugestellt", "Mail to the office accepted")
            }
            Act::NoticeRefused => {
                pick("Keine E-Mail an die Fachstelle möglich", "No mail reaches the office")
            }
            Act::Merge { into } => self.lang.pick(
                format!("Geht weiter in Vorgang {}", into.0),
                format!("Goes on in case {}", into.0),
            ),
        }
    }
}

/// A unit with its name, as it was written when it got the case.
fn unit_named(dossier: &Dossier, unit: &str) -> Named {
    let of = |entry: &Entry| match &entry.acted {
        Acted::Done(Act::Forward { unit: to }) if to == unit => text(entry),
        Acted::Opened(_) | Acted::Done(_) => None,
    };
    let name = dossier.entries.iter().rev().find_map(of).map(|it| it.unit);
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| unit.to_owned());
    Named { id: unit.to_owned(), name }
}

const fn reach_word(reach: Reach) -> ReachWord {
    match reach {
        Reach::None => ReachWord::None,
        Reach::Telephone => ReachWord::Telephone,
        Reach::Mail => ReachWord::Mail,
        Reach::Letter => ReachWord::Letter,
    }
}

const fn proof_word(proof: Proof) -> ProofWord {
    match proof {
        Proof::SpokenCall(_) => ProofWord::SpokenCall,
        Proof::MailAccepted => ProofWord::MailAccepted,
        Proof::StatedByStaff => ProofWord::StatedByStaff,
    }
}

fn source(lang: Lang, source: Source) -> &'static str {
    let (de, en) = match source {
        Source::Call(_) => ("Aus einem Gespräch", "From a call"),
        Source::Message(_) => ("Nachricht außerhalb der Servicezeit", "Message left out of hours"),
        Source::LostCallback(_) => ("Rückruf, der nicht gelang", "Call-back that failed"),
        Source::Relay => ("Vom Gebärdentelefon", "From the sign-language relay"),
        Source::Form => ("Aus dem Formular", "From the form"),
        Source::Partner(_) => ("Vom Partner", "From the partner"),
        Source::Elsewhere => ("Vor Ort oder schriftlich", "In person or in writing"),
    };
    lang.pick(de, en)
}

fn pause_reason(lang: Lang, reason: PauseReason) -> &'static str {
    let (de, en) = match reason {
        PauseReason::CitizenWishes => {
            ("Wunsch nach einem späteren Zeitpunkt", "the citizen wants to be reached later")
        }
        PauseReason::PapersMissing => ("Unterlagen fehlen", "papers are missing"),
        PauseReason::OtherAuthority => ("andere Behörde", "another authority"),
    };
    lang.pick(de, en)
}

fn attempt_words(lang: Lang, attempt: Attempt) -> &'static str {
    let (de, en) = match attempt {
        Attempt::NoAnswer => ("Nicht erreicht: niemand nahm ab", "Not reached: nobody answered"),
        Attempt::Engaged => ("Nicht erreicht: besetzt", "Not reached: busy"),
        Attempt::Mailbox => ("Nicht erreicht: Anrufbeantworter", "Not reached: a mailbox answered"),
        Attempt::MailReturned => ("Nicht erreicht: Post kam zurück", "Not reached: mail came back"),
    };
    lang.pick(de, en)
}

fn proof_words(lang: Lang, proof: Proof) -> &'static str {
    let (de, en) = match proof {
        Proof::SpokenCall(_) => ("Rückmeldung im Gespräch", "Feedback in a call"),
        Proof::MailAccepted => ("Rückmeldung per E-Mail", "Feedback by mail"),
        Proof::StatedByStaff => ("Rückmeldung nach Angabe", "Feedback as stated"),
    };
    lang.pick(de, en)
}

fn completion_words(lang: Lang, how: Completion) -> &'static str {
    let (de, en) = match how {
        Completion::Done => ("Erledigt", "Done"),
        Completion::Withdrawn => ("Zurückgezogen", "Withdrawn"),
        Completion::NotReached => ("Beendet: niemand zu erreichen", "Ended: nobody was reached"),
    };
    lang.pick(de, en)
}

/// What would not be refused now; whether the older case of a merger goes on is seen when it is done.
fn can(case: &Case, now: Timestamp) -> Vec<ActWord> {
    let tried = |act: Act| case.clone().act(now.max(case.acted_at), &act).is_ok();
    let later = Timestamp(i64::MAX);
    let older = CaseId(case.id.0.saturating_sub(1));
    let all = [
        (ActWord::Note, Act::Note),
        (ActWord::Forward, Act::Forward { unit: String::new() }),
        (ActWord::TakeOver, Act::TakeOver),
        (ActWord::GiveBack, Act::Return),
        (ActWord::Pause, Act::Pause(PauseReason::CitizenWishes)),
        (ActWord::Resume, Act::Resume),
        (ActWord::Tell, Act::Tell(later)),
        (ActWord::Try, Act::Try(Attempt::NoAnswer)),
        (ActWord::Feedback, Act::GiveFeedback(Proof::SpokenCall(ContactId(0)))),
        (ActWord::CompleteDone, Act::Complete(Completion::Done)),
        (ActWord::CompleteWithdrawn, Act::Complete(Completion::Withdrawn)),
        (ActWord::CompleteNotReached, Act::Complete(Completion::NotReached)),
        (ActWord::Reopen, Act::Reopen),
        (ActWord::Merge, Act::Merge { into: older }),
    ];
    all.into_iter().filter_map(|(word, act)| tried(act).then_some(word)).collect()
}
