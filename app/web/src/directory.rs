// SPDX-License-Identifier: EUPL-1.2
//! What things are called, and who can be asked: made anew with every configuration.

use crate::cases::Feedback;
use crate::limits::ENTRIES_SHOWN;
use crate::words::{Both, FoundEntry, Named};
use ::knowledge::{AreaKey, Closure, Gazetteer};
use std::sync::Arc;
use stdx::AgentId;

/// What things are called. Positions are the ids of `core`.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// The centre's id and name.
    pub centre: (String, String),
    /// Lines.
    pub lines: Vec<OfLine>,
    /// Clients: id and name.
    pub clients: Vec<(String, String)>,
    /// Agents.
    pub agents: Vec<OfAgent>,
    /// Teams' names.
    pub teams: Vec<String>,
    /// Partners.
    pub partners: Vec<OfPartner>,
    /// Crisis plans.
    pub plans: Vec<OfPlan>,
    /// Trunks: id and name, in the order in which the centre tells of them.
    pub trunks: Vec<(String, String)>,
    /// By which definition the service level is computed.
    pub definition: Option<promise::Definition>,
    /// Whoever else can be asked: offices, extensions of exchanges.
    pub others: Vec<Entry>,
    /// Where callers live.
    pub places: Gazetteer,
    /// By when somebody comes back to citizens; none if no cases are kept.
    pub feedback: Option<Arc<Feedback>>,
    /// When offices are closed beside their hours.
    pub closures: Vec<Closure>,
    /// What numbers of this country begin with, without the plus.
    pub country_code: String,
}

/// A line.
#[derive(Clone, Debug)]
pub struct OfLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose, by position.
    pub client: usize,
    /// What the agent says first.
    pub greeting: String,
    /// Whether somebody can wait there.
    pub has_queue: bool,
    /// One of its numbers, as it is dialled.
    pub number: Option<String>,
    /// Where its client is, if that is one place.
    pub place: Option<AreaKey>,
}

/// A partner's centre.
#[derive(Clone, Debug)]
pub struct OfPartner {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its number; without one nobody can be handed on.
    pub number: Option<String>,
}

/// An agent.
#[derive(Clone, Debug)]
pub struct OfAgent {
    /// Its id.
    pub id: String,
    /// The team, by position.
    pub team: usize,
    /// The id of the telephone in the browser, if there is one.
    pub browser: Option<String>,
    /// The id of the telephone on the desk, if there is one.
    pub desk_phone: Option<String>,
}

/// A crisis plan.
#[derive(Clone, Debug)]
pub struct OfPlan {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Somebody who can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Team, or site.
    pub detail: Option<String>,
    /// What is dialled.
    pub number: Option<String>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A colleague.
    Agent,
    /// A line and its people.
    Line,
    /// A partner's centre.
    Partner,
    /// A number outside.
    Office,
    /// An extension of an exchange.
    Extension,
}

impl EntryKind {
    const fn word(self) -> &'static str {
        match self {
            EntryKind::Agent => "agent",
            EntryKind::Line => "line",
            EntryKind::Partner => "partner",
            EntryKind::Office => "office",
            EntryKind::Extension => "extension",
        }
    }
}

impl Directory {
    /// The agent of this id.
    #[must_use]
    pub fn agent(&self, id: &str) -> Option<(AgentId, &OfAgent)> {
        let position = self.agents.iter().position(|agent| agent.id == id)?;
        Some((AgentId(u16::try_from(position).ok()?), &self.agents[position]))
    }

    /// The agent whose telephone in the browser this is.
    #[must_use]
    pub fn agent_of_browser(&self, phone: &str) -> Option<AgentId> {
        let is_its = |agent: &OfAgent| agent.browser.as_deref() == Some(phone);
        u16::try_from(self.agents.iter().position(is_its)?).ok().map(AgentId)
    }

    /// A line by its position.
    pub(crate) fn line(&self, line: stdx::LineId) -> Option<&OfLine> {
        self.lines.get(line.index())
    }

    /// Id and name of a line.
    pub(crate) fn named_line(&self, line: stdx::LineId) -> Option<Named> {
        self.line(line).map(|it| Named { id: it.id.clone(), name: it.name.clone() })
    }

    /// Id and name of a line's client.
    pub(crate) fn client_of(&self, line: stdx::LineId) -> Option<Named> {
        let (id, name) = self.clients.get(self.line(line)?.client)?;
        Some(Named { id: id.clone(), name: name.clone() })
    }

    fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        let agents = self.agents.iter().map(|agent| Entry {
            kind: EntryKind::Agent,
            id: agent.id.clone(),
            name: agent.id.clone(),
            detail: self.teams.get(agent.team).cloned(),
            number: agent.browser.clone().or_else(|| agent.desk_phone.clone()),
        });
        let lines = self.lines.iter().filter(|line| line.has_queue).map(|line| Entry {
            kind: EntryKind::Line,
            id: line.id.clone(),
            name: line.name.clone(),
            detail: self.clients.get(line.client).map(|(_, name)| name.clone()),
            number: None,
        });
        let partners = self.partners.iter().filter(|it| it.number.is_some()).map(|it| Entry {
            kind: EntryKind::Partner,
            id: it.id.clone(),
            name: it.name.clone(),
            detail: None,
            number: None,
        });
        agents.chain(lines).chain(partners).chain(self.others.iter().cloned())
    }

    /// Whoever matches a text: every word of it begins a word of the entry. Those whose name begins with the text come
    /// first; then by kind, as they stand in the file.
    pub(crate) fn search(
        &self,
        text: &str,
        state: impl Fn(AgentId) -> Option<&'static str>,
    ) -> Vec<FoundEntry> {
        let wanted: Vec<String> = words(text).collect();
        let mut found: Vec<(usize, Entry)> = Vec::new();
        for entry in self.entries() {
            if let Some(rank) = rank(&entry, &wanted) {
                found.push((rank, entry));
            }
        }
        found.sort_by_key(|(rank, entry)| (*rank, entry.kind));
        let shown = found.into_iter().take(ENTRIES_SHOWN).map(|(_, entry)| {
            let agent = (entry.kind == EntryKind::Agent).then(|| self.agent(&entry.id)).flatten();
            FoundEntry {
                kind: entry.kind.word().to_owned(),
                state: agent.and_then(|(agent, _)| state(agent)).map(str::to_owned),
                transfer: entry.kind != EntryKind::Agent || entry.number.is_some(),
                consult: entry.number.is_some(),
                id: entry.id,
                name: entry.name,
                detail: entry.detail,
                number: entry.number,
            }
        });
        shown.collect()
    }
}

/// How well an entry matches, 0 best; none if a word is missing.
fn rank(entry: &Entry, wanted: &[String]) -> Option<usize> {
    let texts = [Some(&entry.name), Some(&entry.id), entry.number.as_ref(), entry.detail.as_ref()];
    let mut has: Vec<(usize, String)> = Vec::new();
    for (rank, text) in texts.into_iter().enumerate() {
        has.extend(text.into_iter().flat_map(|text| words(text).map(move |word| (rank, word))));
    }
    let mut worst = 0;
    for word in wanted {
        let best = has
            .iter()
            .filter(|(_, it)| it.starts_with(word.as_str()))
            .map(|(rank, _)| *rank)
            .min()?;
        worst = worst.max(best);
    }
    Some(worst)
}

/// The words of a text as people compare them.
fn words(text: &str) -> impl Iterator<Item = String> + use<> {
    folded(text).split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// A text as people compare it: small letters, ä as ae, ß as ss, digits together, spaces between.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' => folded.push_str("ae"),
            'ö' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            letter if letter.is_alphanumeric() => folded.push(letter),
            _ => folded.push(' '),
        }
    }
    folded
}

/// The title of a definition, in both languages.
pub(crate) fn titled(definition: &promise::Definition) -> Both {
    let within = definition.within.as_secs();
    Both {
        de: format!("Innerhalb von {within} Sekunden angenommen ({})", definition.id),
        en: format!("Accepted within {within} seconds ({})", definition.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let agent = |id: &str, browser: Option<&str>| OfAgent {
            id: id.into(),
            team: 0,
            browser: browser.map(str::to_owned),
            desk_phone: None,
        };
        let line = |id: &str, name: &str, has_queue| OfLine {
            id: id.into(),
            name: name.into(),
            client: 0,
            greeting: String::new(),
            has_queue,
            number: None,
            place: None,
        };
        Directory {
            clients: vec![("winsen".into(), "Stadt Winsen (Luhe)".into())],
            teams: vec!["Kreishaus".into()],
            agents: vec![agent("k1", Some("k1-web")), agent("k2", None)],
            lines: vec![line("115", "Behördennummer", true), line("info", "Ansage", false)],
            others: vec![Entry {
                kind: EntryKind::Extension,
                id: "kfz".into(),
                name: "Müller, Zulassung".into(),
                detail: Some("Kreishaus Winsen".into()),
                number: Some("4711".into()),
            }],
            ..Directory::default()
        }
    }

    fn ids(text: &str) -> Vec<String> {
        directory().search(text, |_| None).into_iter().map(|it| it.id).collect()
    }

    #[test]
    fn every_word_begins_a_word() {
        assert_eq!(ids("mueller"), ["kfz"]);
        assert_eq!(ids("Müll zula"), ["kfz"]);
        assert_eq!(ids("471"), ["kfz"]);
        assert_eq!(ids("üller"), Vec::<String>::new(), "not within a word");
        assert_eq!(ids("kreishaus"), ["k1", "k2", "kfz"]);
        assert_eq!(ids("winsen"), ["115", "kfz"], "a line by its client");
        assert_eq!(ids(""), ["k1", "k2", "115", "kfz"], "lines without a queue take nobody");
        assert_eq!(ids("k1 müller"), Vec::<String>::new());
    }

    #[test]
    fn who_has_no_telephone_cannot_be_asked() {
        let found = directory().search("k", |agent| (agent == AgentId(0)).then_some("ready"));
        assert_eq!((found[0].consult, found[0].state.as_deref()), (true, Some("ready")));
        assert_eq!((found[1].consult, found[1].transfer), (false, false));
    }
}
