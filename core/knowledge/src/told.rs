// SPDX-License-Identifier: EUPL-1.2
//! What is told: the answer for a place, as the desk shows it and as it is read aloud.

use crate::{AreaKey, Role, WhyNone};
use alloc::string::String;
use alloc::vec::Vec;
use stdx::Timestamp;

/// A part of what a service says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Which papers are needed.
    Papers,
    /// What it costs.
    Costs,
    /// How long it takes.
    Duration,
    /// By when.
    Deadline,
    /// What has to be so.
    Conditions,
}

/// Whether a unit is open at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Open, and until when, if that is known.
    Open(Option<Timestamp>),
    /// Closed, and when it opens, if that is known.
    Closed(Option<Timestamp>),
    /// The source says it in words that no rule is.
    InWords,
}

/// How a unit is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its id in the catalogue.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Street and town.
    pub address: Option<String>,
    /// Its telephone, as the source writes it.
    pub telephone: Option<String>,
    /// Its mobile telephone.
    pub mobile: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its opening hours, as the source writes them.
    pub hours: Option<String>,
    /// Whether it is open; none without hours.
    pub opening: Option<Opening>,
}

/// Somebody who is responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldUnit {
    /// As what.
    pub role: Role,
    /// Because of the responsibility for this area.
    pub area: AreaKey,
    /// How it is reached; none if the catalogue has no such unit.
    pub reached: Option<Reached>,
}

/// Who is responsible at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Never empty: the smallest area first.
    pub units: Vec<ToldUnit>,
    /// Parts of the place where somebody else is.
    pub exceptions: Vec<AreaKey>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The office that has given the id of the service; may be empty.
    pub agency: String,
    /// The service's id.
    pub id: String,
    /// Its name, as citizens say it.
    pub title: String,
    /// Its first sentences; none if there is no text about it.
    pub text: Option<String>,
    /// What else it says: each part at most once, in order, each line a paragraph or an item that begins
    /// with `- `.
    pub parts: Vec<(Part, String)>,
    /// Who is responsible, or why nobody; none if no place was asked for.
    pub who: Option<Result<Who, WhyNone>>,
    /// When the source was changed last.
    pub changed: Option<Timestamp>,
}

/// What stands before an item of a list.
const ITEM: &str = "- ";

impl Told {
    /// What it says of this.
    #[must_use]
    pub fn part(&self, part: Part) -> Option<&str> {
        let found = self.parts.iter().find(|(it, _)| *it == part);
        found.map(|(_, text)| text.as_str())
    }

    /// The papers one by one, to be ticked off.
    pub fn papers(&self) -> impl Iterator<Item = &str> {
        let lines = self.part(Part::Papers).into_iter().flat_map(str::lines);
        let papers = lines.map(|line| line.strip_prefix(ITEM).unwrap_or(line).trim());
        papers.filter(|paper| !paper.is_empty())
    }

    /// The sentences to be read aloud, in German as the catalogue is: what it is, who is responsible and
    /// where, what it costs, how long it takes. None if nothing is known but the name.
    #[must_use]
    pub fn aloud(&self) -> Option<String> {
        let mut sentences: Vec<String> = self.text.iter().map(|text| ended(text)).collect();
        sentences.extend(self.responsible_aloud());
        let costs =
            self.part(Part::Costs).map(|it| with_number("Das kostet", "Zu den Kosten:", it));
        let lasts = self.part(Part::Duration);
        let lasts = lasts.map(|it| with_number("Das dauert", "Zur Dauer:", it));
        sentences.extend(costs.into_iter().chain(lasts));
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    fn responsible_aloud(&self) -> Option<String> {
        let who = self.who.as_ref()?.as_ref().ok()?;
        let found = who.units.iter().find_map(|unit| Some((unit.role, unit.reached.as_ref()?)));
        let (role, unit) = found?;
        let is_who = match role {
            Role::ContactPoint => "Ansprechpunkt ist",
            Role::Responsible => "Zuständig ist",
            Role::Other(_) => "Beteiligt ist",
        };
        let where_it_is = unit.address.iter().flat_map(|address| [", ", address.as_str()]);
        let parts = [is_who, " ", unit.name.as_str()].into_iter().chain(where_it_is);
        Some(ended(&parts.collect::<String>()))
    }
}

/// The first line of a text as a sentence: `Das kostet 37 Euro.` where it begins with a number, else what
/// leads to words.
fn with_number(before_number: &str, before_words: &str, text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    let first = first.strip_prefix(ITEM).unwrap_or(first);
    let is_number = first.starts_with(|letter: char| letter.is_ascii_digit());
    let before = if is_number { before_number } else { before_words };
    ended(&[before, " ", first].concat())
}

/// With a full stop, if it has no end yet.
fn ended(text: &str) -> String {
    let text = text.trim_end();
    let stop = if text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    [text, stop].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned as _;
    use alloc::vec;

    fn told() -> Told {
        let reached = Reached {
            id: "7".to_owned(),
            name: "Bürgerservice, Samtgemeinde Jesteburg".to_owned(),
            address: Some("Niedersachsenplatz 5, 21266 Jesteburg".to_owned()),
            telephone: None,
            mobile: None,
            email: None,
            hours: None,
            opening: None,
        };
        let unit = ToldUnit {
            role: Role::Responsible,
            area: AreaKey::parse("033535404").expect("a key"),
            reached: Some(reached),
        };
        Told {
            agency: String::new(),
            id: "1001".to_owned(),
            title: "Personalausweis beantragen".to_owned(),
            text: Some("Einen Personalausweis beantragen Sie persönlich".to_owned()),
            parts: vec![
                (Part::Papers, "- Alter Ausweis\n-  Foto \n- ".to_owned()),
                (Part::Costs, "37,00 Euro".to_owned()),
                (Part::Duration, "Zwei bis drei Wochen".to_owned()),
            ],
            who: Some(Ok(Who { units: vec![unit], exceptions: vec![] })),
            changed: None,
        }
    }

    #[test]
    fn it_can_be_read_aloud() {
        assert_eq!(
            told().aloud().as_deref(),
            Some(
                "Einen Personalausweis beantragen Sie persönlich. Zuständig ist Bürgerservice, Samtgemeinde \
                 Jesteburg, Niedersachsenplatz 5, 21266 Jesteburg. Das kostet 37,00 Euro. Zur Dauer: Zwei bis \
                 drei Wochen."
            )
        );
    }

    #[test]
    fn a_name_alone_is_nothing_to_read_aloud() {
        let nothing = Told { text: None, parts: vec![], who: None, ..told() };
        assert_eq!(nothing.aloud(), None);
        let nobody = Told { who: Some(Err(WhyNone::NothingRecorded)), ..nothing };
        assert_eq!(nobody.aloud(), None);
    }

    #[test]
    fn papers_are_ticked_off_one_by_one() {
        assert_eq!(told().papers().collect::<Vec<_>>(), ["Alter Ausweis", "Foto"]);
    }
}
