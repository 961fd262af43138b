// SPDX-License-Identifier: EUPL-1.2
//! Questions, one a line: `{"query": "…", "accepted_ids": ["…"]}`; the ids are those of the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Outcome;
use crate::catalogues::Services;

/// What is asked, and the services that are meant, by their place in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) text: String,
    pub(crate) accepted: BTreeSet<usize>,
}

/// Reads a file of questions to these services.
///
/// An id that the catalogue does not have stays: the question counts as not answered, and it is said.
pub(crate) fn read(path: &Path, services: &Services) -> Outcome<Vec<Question>> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("The questions {} cannot be read: {error}", path.display()))?;
    let mut questions = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let question = question(line, services);
        let place = || format!("{}, line {}", path.display(), at + 1);
        let (question, unknown) = question.map_err(|why| format!("{}: {why}", place()))?;
        for id in unknown {
            eprintln!("{}: the catalogue has no service {id:?}", place());
        }
        questions.push(question);
    }
    if questions.is_empty() {
        return Err(format!("There is no question in {}", path.display()));
    }
    Ok(questions)
}

/// A question, and the ids that nobody has.
fn question(line: &str, services: &Services) -> Outcome<(Question, Vec<String>)> {
    let value: Value = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
    let text = value["query"].as_str().ok_or("\"query\" has to be a text")?;
    let ids = value["accepted_ids"].as_array().ok_or("\"accepted_ids\" has to be a list")?;
    if ids.is_empty() {
        return Err("\"accepted_ids\" is empty".to_owned());
    }
    let mut question = Question { text: text.to_owned(), accepted: BTreeSet::new() };
    let mut unknown = Vec::new();
    for id in ids {
        let id = id.as_str().ok_or("an id in \"accepted_ids\" has to be a text")?;
        match services.place(id) {
            Some(place) => _ = question.accepted.insert(place),
            None => unknown.push(id.to_owned()),
        }
    }
    Ok((question, unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(line: &str) -> String {
        question(line, &Services::default()).expect_err(line)
    }

    #[test]
    fn lines_that_are_no_questions_say_why() {
        assert!(why("{").starts_with("no JSON"));
        assert_eq!(why("{\"accepted_ids\":[\"1\"]}"), "\"query\" has to be a text");
        assert_eq!(
            why("{\"query\":\"a\",\"accepted_ids\":\"1\"}"),
            "\"accepted_ids\" has to be a list"
        );
        assert_eq!(why("{\"query\":\"a\",\"accepted_ids\":[]}"), "\"accepted_ids\" is empty");
        assert!(why("{\"query\":\"a\",\"accepted_ids\":[1]}").ends_with("has to be a text"));
    }

    #[test]
    fn an_id_that_nobody_has_is_told() {
        let read = question("{\"query\":\"a\",\"accepted_ids\":[\"7\"]}", &Services::default());
        let (question, unknown) = read.expect("a good line");
        assert!(question.accepted.is_empty());
        assert_eq!(unknown, ["7"]);
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read(Path::new("/nowhere.jsonl"), &Services::default()).expect_err("no file");
        assert!(error.contains("/nowhere.jsonl"), "{error}");
    }
}
