// SPDX-License-Identifier: EUPL-1.2
//! The catalogues that are asked: the example, and two cities' that are read where `AMTSLEITUNG_SHARED` says.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::PathBuf;

use catalogue::search::{Document, Field};
use catalogue::xzufi::{Act, Kind, read};
use catalogue::{Service, plain};
use serde_json::Value;

use crate::Outcome;
use crate::questions::Question;

/// The example's catalogue.
const EXAMPLE: &str = "examples/katalog/harburg.xml";

/// Services as they are found.
#[derive(Debug, Default)]
pub(crate) struct Services {
    all: Vec<Found>,
}

/// A service: the source's own id, and what it is found by.
#[derive(Debug)]
struct Found {
    id: String,
    /// Names beside the title: those that people use.
    keywords: Vec<String>,
    document: Document,
}

/// The folder that holds the project.
pub(crate) fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.join("..")
}

impl Services {
    /// Those of the catalogue with this name.
    pub(crate) fn named(name: &str) -> Outcome<Services> {
        match name {
            "example" => example(),
            "munich" => city("munich-services", "Munich"),
            "berlin" => city("berlin-service-index", "Berlin"),
            _ => {
                Err(format!("There is no catalogue {name:?}; there are munich, berlin and example"))
            }
        }
    }

    /// The place of the service with this id.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.all.iter().position(|service| service.id == id)
    }

    /// What each is found by, with what people call it or without.
    pub(crate) fn documents(&self, with_keywords: bool) -> Vec<Document> {
        let none = BTreeSet::new();
        self.all.iter().map(|it| it.document(with_keywords.then_some(&none))).collect()
    }

    /// What each is found by, without these keywords.
    pub(crate) fn documents_without(&self, left_out: &BTreeSet<String>) -> Vec<Document> {
        self.all.iter().map(|it| it.document(Some(left_out))).collect()
    }

    /// Each keyword as a question for the services that have it.
    pub(crate) fn keywords(&self) -> Vec<Question> {
        let mut meant: BTreeMap<String, Question> = BTreeMap::new();
        for (place, service) in self.all.iter().enumerate() {
            for keyword in &service.keywords {
                let question = Question { text: keyword.clone(), accepted: BTreeSet::new() };
                let question = meant.entry(same(keyword)).or_insert(question);
                question.accepted.insert(place);
            }
        }
        meant.into_values().collect()
    }

    /// Each title as a question.
    pub(crate) fn titles(&self) -> Vec<Question> {
        let titles = self.all.iter().map(|service| service.title().to_owned());
        let question = |(place, text)| Question { text, accepted: BTreeSet::from([place]) };
        titles.enumerate().map(question).collect()
    }

    /// Each title as a question, with two letters of its longest word exchanged.
    pub(crate) fn titles_with_slips(&self) -> Vec<Question> {
        let slip = |mut it: Question| {
            it.text = with_slip(&it.text);
            it
        };
        self.titles().into_iter().map(slip).collect()
    }

    /// All that is said anywhere.
    pub(crate) fn text(&self) -> impl Iterator<Item = &str> {
        let fields = self.all.iter().flat_map(|it| &it.document.fields);
        fields.map(|(_, text)| text.as_str())
    }
}

/// A keyword as it is compared: two spellings of one are one.
pub(crate) fn same(keyword: &str) -> String {
    keyword.to_lowercase()
}

impl Found {
    fn title(&self) -> &str {
        let title = self.document.fields.iter().find(|(field, _)| *field == Field::Title);
        title.map_or("", |(_, text)| text)
    }

    /// With all keywords but these; without any if nothing is said.
    fn document(&self, left_out: Option<&BTreeSet<String>>) -> Document {
        let mut document = self.document.clone();
        if let Some(left_out) = left_out {
            let keywords = self.keywords.iter().filter(|it| !left_out.contains(&same(it)));
            let keywords: Vec<&str> = keywords.map(String::as_str).collect();
            document.fields.push((Field::Name, keywords.join("\n")));
        }
        document
    }
}

/// A title whose longest word has two letters in its middle exchanged.
fn with_slip(title: &str) -> String {
    let longest = title.split_whitespace().max_by_key(|word| word.chars().count()).unwrap_or("");
    let mut letters: Vec<char> = longest.chars().collect();
    let middle = letters.len() / 2;
    if middle > 0 {
        letters.swap(middle - 1, middle);
    }
    title.replacen(longest, &letters.iter().collect::<String>(), 1)
}

fn example() -> Outcome<Services> {
    let path = root().join(EXAMPLE);
    let xml = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut all = Vec::new();
    let read = read(xml.as_slice(), &mut |act| {
        if let Act::Write(object) = act
            && object.kind == Kind::Service
        {
            let service = Service::of(&object);
            // Its names are part of the document already.
            let (document, keywords) = (service.document(), Vec::new());
            all.push(Found { id: service.ident.id, keywords, document });
        }
        Ok(())
    });
    read.map_err(|error| format!("{EXAMPLE} cannot be read: {error:?}"))?;
    Ok(Services { all })
}

/// A city's catalogue in the form of it@M's `eappointment`.
fn city(folder: &str, name: &str) -> Outcome<Services> {
    let shared = shared().ok_or_else(|| {
        format!("{name}'s catalogue lies outside of the project: AMTSLEITUNG_SHARED has to name its folder")
    })?;
    let path = shared.join(folder).join("services_de.json");
    let cannot =
        |error: String| format!("{name}'s catalogue {} cannot be read: {error}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| cannot(error.to_string()))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| cannot(error.to_string()))?;
    let list = value["data"].as_array().ok_or_else(|| cannot("it has no \"data\"".to_owned()))?;
    let services: Option<Vec<Found>> = list.iter().map(of_city).collect();
    let all = services.ok_or_else(|| cannot("a service has no id or name".to_owned()))?;
    Ok(Services { all })
}

/// The folder of real data, or the folder `data` in it.
fn shared() -> Option<PathBuf> {
    let beside = || Some(root().join("../shared")).filter(|folder| folder.is_dir());
    let shared = env::var_os("AMTSLEITUNG_SHARED").map(PathBuf::from).or_else(beside)?;
    let data = shared.join("data");
    Some(if data.is_dir() { data } else { shared })
}

fn of_city(value: &Value) -> Option<Found> {
    let text = |key: &str| plain(value[key].as_str().unwrap_or_default());
    let keywords = value["meta"]["keywords"].as_str().unwrap_or_default().split(',');
    let keywords = keywords.map(str::trim).filter(|keyword| !keyword.is_empty());
    let fields = vec![
        (Field::Title, value["name"].as_str()?.to_owned()),
        (Field::Text, text("description")),
        (Field::Text, text("fees")),
    ];
    Some(Found {
        id: value["id"].as_str()?.to_owned(),
        keywords: keywords.map(str::to_owned).collect(),
        document: Document { fields, areas: Vec::new() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_that_nobody_has_is_refused_with_those_that_are() {
        let error = Services::named("hamburg").expect_err("no such catalogue");
        assert!(error.contains("hamburg") && error.contains("munich"), "{error}");
    }

    #[test]
    fn the_example_is_read_with_the_source_s_ids() {
        let example = Services::named("example").expect("it lies in the project");
        assert!(example.all.len() > 200);
        assert_eq!(example.place("1001"), Some(0));
    }

    #[test]
    fn a_slip_changes_one_word_only() {
        assert_eq!(with_slip("Hund anmelden"), "Hund anmleden");
        assert_eq!(with_slip(""), "");
    }

    #[test]
    fn a_keyword_that_is_left_out_is_in_no_document() {
        let found = Found {
            id: "1".to_owned(),
            keywords: vec!["Perso".to_owned(), "Ausweis".to_owned()],
            document: Document::default(),
        };
        let services = Services { all: vec![found] };
        let names = |documents: Vec<Document>| documents[0].fields.clone();
        let left_out = BTreeSet::from(["perso".to_owned()]);
        let name = |text: &str| vec![(Field::Name, text.to_owned())];
        assert_eq!(names(services.documents_without(&left_out)), name("Ausweis"));
        assert_eq!(names(services.documents(true)), name("Perso\nAusweis"));
        assert!(names(services.documents(false)).is_empty());
    }
}
