// SPDX-License-Identifier: EUPL-1.2
//! How often the service that is meant comes first, and how fast, beside SQLite's FTS5 and tantivy's analyser
//! for German.
//!
//! Started as `cargo xtask bench search`. Prints, asserts nothing: what must hold is a test of the catalogue.
//!
//! The rule to keep: all three get the same documents and the same questions, and what somebody else wrote is
//! read where it lies, never copied.

mod catalogues;
mod clock;
mod engines;
mod keywords;
mod questions;
mod score;
mod speed;

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use catalogue::search::{BadGroup, Groups, Synonyms};
use catalogues::{Services, root};
use engines::measure;
use questions::{Question, read};

/// Our own questions: the half that the search was tuned with, and the half that was only measured.
const TEST: &str = "edge/catalogue/tests/samples/questions-test.jsonl";
const TUNING: &str = "edge/catalogue/tests/samples/questions-tuning.jsonl";

/// What the program prints, or a sentence that says what to do.
type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let args: Vec<String> =
        env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let (words, own) = match words.as_slice() {
        [words @ .., "--synonyms", file] => (words, Some(Path::new(*file))),
        words => (words, None),
    };
    let outcome = synonyms(own).and_then(|synonyms| match words {
        [] => everything(&synonyms),
        ["--catalogue", name, "--queries", file] | ["--queries", file, "--catalogue", name] => {
            one_set(name, Path::new(file), &synonyms)
        }
        _ => Err("Expected: [--catalogue munich|berlin|example --queries FILE.jsonl] [--synonyms FILE]"
            .to_owned()),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Those of the program, and those of an operator's file.
fn synonyms(file: Option<&Path>) -> Outcome<Synonyms> {
    let mut synonyms = Synonyms::own();
    if let Some(file) = file {
        let name = file.display();
        let text = fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
        let bad = |bad: Vec<(u64, BadGroup)>| {
            bad.iter().map(|(line, why)| format!("{name}:{line}: {}\n", why.en())).collect()
        };
        synonyms.add(&Groups::read(&text).map_err(|it| -> String { bad(it) })?);
    }
    Ok(synonyms)
}

/// A set of questions that somebody brought.
fn one_set(name: &str, file: &Path, synonyms: &Synonyms) -> Outcome {
    let services = Services::named(name)?;
    let questions = read(file, &services)?;
    print!("{}", measure(&services.documents(true), &questions, synonyms));
    Ok(())
}

/// Our own questions first, then the keywords and titles of two cities, then how fast it is.
fn everything(synonyms: &Synonyms) -> Outcome {
    let example = Services::named("example")?;
    let test = read(&root().join(TEST), &example)?;
    let tuning = read(&root().join(TUNING), &example)?;
    print!("{}", measure(&example.documents(true), &test, synonyms));
    println!(
        "  ↑ our own questions to the example, the half that was only measured ({})",
        test.len()
    );
    show("our own questions, the half that the search was tuned with", &tuning, |questions| {
        measure(&example.documents(true), questions, synonyms)
    });
    cities(synonyms)?;
    speed::show(&example, synonyms);
    Ok(())
}

fn cities(synonyms: &Synonyms) -> Outcome {
    let munich = match Services::named("munich") {
        Ok(munich) => munich,
        Err(why) => {
            println!("\n{why}\nMunich's keywords and Berlin's titles were left out.");
            return Ok(());
        }
    };
    let keywords = munich.keywords();
    show(
        "Munich's keywords, each left out of the catalogue when it is asked for",
        &keywords,
        |it| keywords::left_out(&munich, it, synonyms),
    );
    show("Munich's keywords, of which the catalogue knows none", &keywords, |questions| {
        measure(&munich.documents(false), questions, synonyms)
    });
    show("Munich's keywords, as names of its services", &keywords, |questions| {
        measure(&munich.documents(true), questions, synonyms)
    });
    let berlin = Services::named("berlin")?;
    show("Berlin's titles", &berlin.titles(), |questions| {
        measure(&berlin.documents(true), questions, synonyms)
    });
    show("Berlin's titles with a slip in their longest word", &berlin.titles_with_slips(), |it| {
        measure(&berlin.documents(true), it, synonyms)
    });
    Ok(())
}

fn show(what: &str, questions: &[Question], measured: impl Fn(&[Question]) -> String) {
    println!("\n{what} ({})", questions.len());
    print!("{}", measured(questions));
}
