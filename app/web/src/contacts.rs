// SPDX-License-Identifier: EUPL-1.2
//! The contacts behind a figure of the wallboard: each with the reason why it counts or does not, and the team that
//! answered, never the person.

use crate::accounts::Account;
use crate::board::{definition, shown_as};
use crate::directory::Directory;
use crate::lang::Lang;
use crate::words::{ContactRow, Contacts, DefinitionView, moment};
use promise::{ContactRecord, Verdict, judge};

/// Which contacts are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Chosen<'a> {
    /// Of this line only.
    pub(crate) line: Option<&'a str>,
    /// Of this verdict only.
    pub(crate) verdict: Option<&'a str>,
}

/// Contacts of today, the last first; none if there is no such line or verdict.
pub(crate) fn contacts(
    directory: &Directory,
    account: &Account,
    records: &[ContactRecord],
    chosen: Chosen<'_>,
    lang: Lang,
) -> Option<Contacts> {
    let by = directory.definition?;
    let group = match chosen.verdict {
        None | Some("all") => None,
        Some(word) => Some(VerdictGroup::ALL.into_iter().find(|it| it.word() == word)?),
    };
    if let Some(id) = chosen.line {
        directory.lines.iter().find(|line| line.id == id)?;
    }
    let team = shown_as(directory);
    let within = by.within.as_secs().to_string();
    let row = |record: &ContactRecord| {
        let line = directory.line(record.line)?;
        let client = directory.client_of(record.line)?;
        let verdict = judge(&by, record);
        let is_wanted = account.reaches(&client.id)
            && chosen.line.is_none_or(|id| id == line.id)
            && group.is_none_or(|group| group == VerdictGroup::of(verdict));
        is_wanted.then(|| ContactRow {
            id: record.contact.0,
            line: line.name.clone(),
            client: client.name,
            arrived: moment(record.set_up_at),
            waited: record.answered_after.unwrap_or(record.ended_after).as_secs(),
            talked: record.answered_after.map(|after| (record.ended_after.0 - after.0) / 1_000_000),
            fate: record.fate.key().to_owned(),
            verdict: VerdictGroup::of(verdict).word().to_owned(),
            reason: verdict_words(lang, verdict, &within).1,
            team: record.team.and_then(&team),
        })
    };
    let contacts = records.iter().rev().filter_map(row).collect();
    let definition: DefinitionView = definition(directory);
    Some(Contacts { definition, contacts })
}

/// Verdicts as a wallboard groups them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VerdictGroup {
    InTime,
    Late,
    NotAnswered,
    LeftOut,
}

impl VerdictGroup {
    const ALL: [VerdictGroup; 4] = [
        VerdictGroup::InTime,
        VerdictGroup::Late,
        VerdictGroup::NotAnswered,
        VerdictGroup::LeftOut,
    ];

    const fn word(self) -> &'static str {
        match self {
            VerdictGroup::InTime => "in_time",
            VerdictGroup::Late => "late",
            VerdictGroup::NotAnswered => "not_answered",
            VerdictGroup::LeftOut => "left_out",
        }
    }

    const fn of(verdict: Verdict) -> VerdictGroup {
        match verdict {
            Verdict::AnsweredInTime | Verdict::AnsweredAtAll | Verdict::AbandonedInTime => {
                VerdictGroup::InTime
            }
            Verdict::AnsweredLate => VerdictGroup::Late,
            Verdict::AnsweredElsewhere
            | Verdict::Abandoned
            | Verdict::Refused
            | Verdict::NotAnsweredAtOnce
            | Verdict::FoundClosed => VerdictGroup::NotAnswered,
            Verdict::OutClosed
            | Verdict::OutShortAbandoned
            | Verdict::OutAbandoned
            | Verdict::OutLocal
            | Verdict::OutNeverQueued
            | Verdict::OutLeftByKey => VerdictGroup::LeftOut,
        }
    }
}

/// A verdict as a word for programs and as words for people; `within` are the seconds of the definition.
#[must_use]
pub fn verdict_words(lang: Lang, verdict: Verdict, within: &str) -> (&'static str, String) {
    let (word, de, en) = match verdict {
        Verdict::AnsweredInTime => (
            "answered_in_time",
            format!("binnen {within} s angenommen"),
            format!("answered within {within} s"),
        ),
        Verdict::AnsweredLate => (
            "answered_late",
            format!("später als {within} s angenommen"),
            format!("answered later than {within} s"),
        ),
        Verdict::Abandoned => (
            "abandoned",
            "aufgelegt, bevor jemand abnahm".to_owned(),
            "left before anybody answered".to_owned(),
        ),
        Verdict::Refused => ("refused", "weggeschickt".to_owned(), "sent away".to_owned()),
        Verdict::NotAnsweredAtOnce => (
            "not_answered_at_once",
            "zurückgerufen oder ohne Nachweis weitergeleitet".to_owned(),
            "called back, or sent on without proof".to_owned(),
        ),
        Verdict::AnsweredAtAll => {
            ("answered_at_all", "angenommen".to_owned(), "answered".to_owned())
        }
        Verdict::AbandonedInTime => (
            "abandoned_in_time",
            format!("binnen {within} s aufgelegt, was hier als gehalten zählt"),
            format!("left within {within} s, which counts as kept here"),
        ),
        Verdict::AnsweredElsewhere => (
            "answered_elsewhere",
            "anderswo angenommen".to_owned(),
            "answered elsewhere".to_owned(),
        ),
        Verdict::FoundClosed => {
            ("found_closed", "geschlossen".to_owned(), "found it closed".to_owned())
        }
        Verdict::OutClosed => (
            "out_closed",
            "zählt nicht: geschlossen".to_owned(),
            "does not count: closed".to_owned(),
        ),
        Verdict::OutShortAbandoned => (
            "out_short_abandoned",
            "zählt nicht: gleich wieder aufgelegt".to_owned(),
            "does not count: hung up at once".to_owned(),
        ),
        Verdict::OutAbandoned => (
            "out_abandoned",
            "zählt nicht: aufgelegt".to_owned(),
            "does not count: left".to_owned(),
        ),
        Verdict::OutLocal => (
            "out_local",
            "zählt nicht: vor Ort angenommen".to_owned(),
            "does not count: answered locally".to_owned(),
        ),
        Verdict::OutNeverQueued => (
            "out_never_queued",
            "zählt nicht: nie in der Warteschlange".to_owned(),
            "does not count: never in the queue".to_owned(),
        ),
        Verdict::OutLeftByKey => (
            "out_left_by_key",
            "zählt nicht: auf Tastendruck ausgeschieden".to_owned(),
            "does not count: left by key".to_owned(),
        ),
    };
    (word, lang.pick(de, en))
}
