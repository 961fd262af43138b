// SPDX-License-Identifier: EUPL-1.2
//! `amtsleitung apply` without a service: the log of a rehearsal is gone on with, and every line keeps its number.

mod ground;

use ground::{Ended, Ground, number, program, run};
use std::process::{Child, Stdio};

const ALWAYS: &str = include_str!("always.toml");

/// With a further line before the one that is there.
fn with_line(id: &str, last: u8) -> String {
    let begins = ALWAYS.find("[[line]]").expect("it has a line");
    let (head, line) = ALWAYS.split_at(begins);
    let end = line.find("[line.rehearsal]").expect("it is rehearsed");
    let new = line[..end].replace("\"nacht\"", &format!("\"{id}\""));
    let new = new.replace("[\"115\"]", &format!("[\"+4941716930{last}\"]"));
    format!("{head}{new}{line}")
}

fn apply(ground: &Ground, name: &str, text: &str) -> Ended {
    let file = ground.file(name, text);
    ground.run(&["apply", &file, "--seeds", "2"])
}

#[track_caller]
fn is_taken_up(ended: &Ended) {
    assert_eq!(ended.code, 0, "{ended:?}");
    let said = "Taken up; the service begins with it when it starts.\n";
    assert!(ended.out.ends_with(said), "{ended:?}");
}

fn one_day(ground: &Ground) {
    ground.simulate(ALWAYS, "2014-03-03", "2014-03-03", &["--calls", "100"]);
}

#[test]
fn lines_move_and_keep_their_names() {
    for ground in Ground::both() {
        one_day(&ground);
        let before = ground.month("2014-03", &["--line", "nacht"]);
        let ended = apply(&ground, "new.toml", &with_line("neu", 1));
        is_taken_up(&ended);
        assert!(ended.out.contains("[[line]] neu"), "{ended:?}");
        assert_eq!(ground.month("2014-03", &["--line", "nacht"]), before);
        let new = ground.month("2014-03", &["--line", "neu"]);
        assert_eq!(number(&new, "total.offered"), 0.0);
        let again = apply(&ground, "new.toml", &with_line("neu", 1));
        assert_eq!((again.code, again.out.as_str()), (0, "No difference.\n"), "{again:?}");
        let gone = apply(&ground, "old.toml", ALWAYS);
        assert_eq!((gone.code, gone.out.as_str()), (1, ""), "{gone:?}");
        assert!(gone.err.starts_with("Missing: [[line]] neu. What held once stays"), "{gone:?}");
        let replayed = ground.said(&["replay"]);
        assert!(replayed.contains("State: the same\nViews: the same\n"), "{replayed}");
    }
}

#[test]
fn of_two_at_once_one_is_told() {
    for ground in Ground::both() {
        one_day(&ground);
        let texts = [("one", with_line("eins", 1)), ("two", with_line("zwei", 2))];
        let start = |(name, text): &(&str, String)| -> Child {
            let (file, data) = (ground.file(name, text), ground.data());
            let args = ["--lang", "en", "apply", &file, "--data", &data, "--seeds", "2"];
            let mut command = program(&args);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().expect("the program starts")
        };
        let both = texts.each_ref().map(start);
        let ended = both.map(|it| it.wait_with_output().expect("it ends"));
        let good = ended.iter().filter(|it| it.status.success()).count();
        assert_eq!(good, 1, "{ended:?}");
        let told = ended.iter().find(|it| !it.status.success()).expect("the other one");
        let said = String::from_utf8_lossy(&told.stderr);
        // It may have come before the other one ended, or after.
        let is_known = ["Please try again.", "Missing: [[line]] ", "has the keys already."];
        assert!(is_known.iter().any(|it| said.contains(it)), "{said}");
        assert_eq!(told.status.code(), Some(1));
        let lines = ground.month("2014-03", &[])["lines"].as_array().map_or(0, Vec::len);
        assert_eq!(lines, 2, "one of them was added");
    }
}

#[test]
fn what_cannot_be_applied() {
    let ground = Ground::sqlite();
    let file = ground.file("always.toml", ALWAYS);
    let ended = ground.run(&["apply", &file]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.ends_with(": There is no log in this folder.\n"), "{ended:?}");
    one_day(&ground);
    let wrong = ALWAYS.replace("queue = \"eine\"", "queue = \"keine\"");
    let ended = apply(&ground, "wrong.toml", &wrong);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("wrong.toml:") && ended.err.contains("“keine”"), "{ended:?}");
    let ended = ground.run(&["apply", &file, "--seeds", "1"]);
    assert!(ended.code == 2 && ended.err.contains("from 2 to 30"), "{ended:?}");
    let ended = ground.run(&["apply"]);
    assert!(ended.code == 2 && ended.err.contains("The file is missing"), "{ended:?}");
    let ended = run(&["apply", &file]);
    assert!(ended.code == 2 && ended.err.contains("Diese Option fehlt: „--data“"), "{ended:?}");
}
