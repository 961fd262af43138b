// SPDX-License-Identifier: EUPL-1.2
//! Questions as callers ask them, to the example's own catalogue: how often the service that is meant comes first,
//! and how often among the first five.

use catalogue::Service;
use catalogue::search::{Document, Index, Query, Synonyms};
use catalogue::xzufi::{Act, Kind, read};
use knowledge::AreaKey;
use std::fs;
use std::path::Path;

/// Of the questions that were only measured, so many in a hundred have the right service first, and among the
/// first five. A change that falls below has to say why.
const FIRST_MIN: usize = 75;
const FIVE_MIN: usize = 90;

fn services() -> Vec<Service> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/katalog/harburg.xml");
    let xml = fs::read(path).expect("the example lies in examples/");
    let mut services = Vec::new();
    let read = read(xml.as_slice(), &mut |act| {
        if let Act::Write(object) = act
            && object.kind == Kind::Service
        {
            services.push(Service::of(&object));
        }
        Ok(())
    });
    read.expect("the example is good");
    services
}

fn index(services: &[Service]) -> Index {
    let documents: Vec<Document> = services.iter().map(Service::document).collect();
    Index::new(&documents, Synonyms::own())
}

struct Question {
    text: &'static str,
    meant: Vec<&'static str>,
}

fn questions() -> Vec<Question> {
    let lines = include_str!("samples/questions.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let question = |line: &'static str| {
        let (text, meant) = line.split_once(" | ").expect("a question and what is meant");
        Question { text, meant: meant.split(';').map(str::trim).collect() }
    };
    lines.map(question).collect()
}

/// The place of the right service, from 0; none if it is not among the first ten.
fn rank(
    index: &Index,
    services: &[Service],
    question: &Question,
    is_typing: bool,
) -> Option<usize> {
    let query = Query { text: question.text, is_typing, place: None };
    let hits = index.search(&query, 10);
    hits.iter().position(|hit| question.meant.contains(&services[hit.document].title.as_str()))
}

#[test]
fn what_is_meant_is_in_the_catalogue() {
    let services = services();
    for question in questions() {
        for meant in question.meant {
            assert!(services.iter().any(|service| service.title == meant), "{meant}");
        }
    }
}

#[test]
fn callers_are_understood() {
    let (services, questions) = (services(), questions());
    let index = index(&services);
    for (half, name) in [(0, "tuned"), (1, "measured")] {
        let asked: Vec<&Question> = questions.iter().skip(half).step_by(2).collect();
        let (mut first, mut five, mut sum) = (0, 0, 0.0);
        for question in &asked {
            let rank = rank(&index, &services, question, false);
            first += usize::from(rank == Some(0));
            five += usize::from(rank.is_some_and(|rank| rank < 5));
            sum += rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
            if rank.is_none_or(|rank| rank >= 5) {
                println!("{name}: not among five: {}", question.text);
            }
        }
        let share = |count: usize| count as f64 / asked.len() as f64;
        let (hit_1, hit_5) = (share(first), share(five));
        let mrr = sum / asked.len() as f64;
        println!("{name} ({}): hit@1 {hit_1:.3} hit@5 {hit_5:.3} MRR {mrr:.3}", asked.len());
        assert!(first * 100 >= FIRST_MIN * asked.len(), "{name}: {first} of {} first", asked.len());
        assert!(five * 100 >= FIVE_MIN * asked.len(), "{name}: {five} of {} in five", asked.len());
    }
}

#[test]
fn while_somebody_types_it_is_found_before_the_word_ends() {
    let services = services();
    let index = index(&services);
    for (typed, meant) in [
        ("persona", "Personalausweis beantragen"),
        ("reisep", "Reisepass beantragen"),
        ("hundeste", "Hund anmelden"),
        ("sperrm", "Sperrmüll abholen lassen"),
        ("führersch", "Führerschein beantragen"),
        ("wohng", "Wohngeld beantragen"),
    ] {
        let question = Question { text: typed, meant: vec![meant] };
        let rank = rank(&index, &services, &question, true);
        assert!(rank.is_some_and(|rank| rank < 5), "{typed}: {rank:?}");
    }
}

#[test]
fn compounds_umlauts_and_slips_are_understood() {
    let services = services();
    let index = index(&services);
    for (text, meant) in [
        ("Geburtsurkunden", "Geburtsurkunde erhalten"),
        ("Hundesteueranmeldung", "Hund anmelden"),
        ("Personalausweisgebühr", "Personalausweis beantragen"),
        ("Personalausweisgebuehr", "Personalausweis beantragen"),
        ("personalausweiss", "Personalausweis beantragen"),
        ("Strassenlaterne", "Straßenlaterne defekt melden"),
        ("kfz anmelden", "Auto anmelden"),
        ("KFZ", "Auto anmelden"),
    ] {
        let question = Question { text, meant: vec![meant] };
        let rank = rank(&index, &services, &question, false);
        assert!(rank.is_some_and(|rank| rank < 5), "{text}: {rank:?}");
    }
}

#[test]
fn what_is_offered_elsewhere_comes_last() {
    let of = |area: &str| Document {
        areas: vec![AreaKey::parse(area).expect("a key")],
        fields: vec![(catalogue::search::Field::Title, "Ferienpass".to_owned())],
    };
    let index = Index::new(&[of("02"), of("03353")], Synonyms::own());
    let place = AreaKey::parse("033530026026").ok();
    let hits = index.search(&Query { text: "Ferienpass", is_typing: false, place }, 5);
    assert_eq!(hits.iter().map(|hit| hit.document).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn any_question_has_an_answer_or_none_and_never_a_panic() {
    let services = services();
    let index = index(&services);
    let long = "wohnung ".repeat(500);
    for text in
        ["", " ", "-", "ä", "🙂🙂", "a b c d e f", "der die das", &long, "\u{0}\u{ad}", "ı̇ĳß"]
    {
        for is_typing in [false, true] {
            let hits = index.search(&Query { text, is_typing, place: None }, 5);
            assert!(hits.len() <= 5 && hits.iter().all(|hit| hit.score.is_finite()), "{text}");
        }
    }
    assert!(index.search(&Query { text: "Pass", is_typing: false, place: None }, 0).is_empty());
}
