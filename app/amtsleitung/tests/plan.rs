// SPDX-License-Identifier: EUPL-1.2
//! `amtsleitung plan`: differences, and their effect on the same callers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of this test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("plan-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for files");
        Folder(folder)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a writable folder");
        path.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/harburg.toml");
    fs::read_to_string(path).expect("the example lies in examples/")
}

fn plan(args: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_amtsleitung"))
        .args(["--lang", "en", "plan"])
        .args(args)
        .output()
        .expect("the program starts");
    let text = String::from_utf8(output.stdout.clone()).expect("text");
    (output, text)
}

#[test]
fn the_same_file_has_no_difference_and_nothing_is_played() {
    let folder = Folder::new("same");
    let file = folder.file("a.toml", &example());
    let (output, text) = plan(&[&file, &file]);
    assert!(output.status.success());
    assert_eq!(text, "No difference.\n");
}

#[test]
fn less_help_from_the_partner_is_seen_by_the_same_callers() {
    let folder = Folder::new("partner");
    let old = folder.file("old.toml", &example());
    let new = folder.file("new.toml", &example().replace("waited = \"25s\"", "waited = \"90s\""));
    let march = ["--from", "2014-03-01", "--to", "2014-03-31", "--seeds", "4", "--format", "json"];
    let (output, text) = plan(&[&[old.as_str(), new.as_str()], &march[..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let waited = |it: &&serde_json::Value| it["field"] == "overflow.waited";
    let found = json["differences"].as_array().unwrap();
    assert_eq!(found.iter().filter(waited).count(), found.len());
    assert_eq!(found.len(), 5, "every line but 115");
    let jesteburg = found.iter().find(|it| it["entry"] == "jesteburg").unwrap();
    assert_eq!((&jesteburg["from"], &jesteburg["new"]), (&"2014-05-01".into(), &"1min 30s".into()));
    let effect = json["effect"].as_array().unwrap();
    let line = |id: &str| effect.iter().find(|it| it["id"] == id).unwrap();
    let zentrale = line("kreis-zentrale");
    // The same callers: only who is let in by the queue differs, and nobody is sent away in March.
    assert_eq!(zentrale["offered"]["old"], zentrale["offered"]["new"]);
    let (difference, margin) = (
        zentrale["in_time"]["difference"].as_f64().unwrap(),
        zentrale["in_time"]["margin"].as_f64().unwrap(),
    );
    assert!(difference + margin < 0.0, "worse, surely: {difference} ± {margin}");
    assert!(line("jesteburg")["in_time"].is_null(), "not in service in March");
}

#[test]
fn a_new_line_is_named_with_its_first_day_and_its_year_is_played() {
    let folder = Folder::new("jesteburg");
    let new = example();
    let later = new.replace("from = \"2014-05-01\"", "from = \"2015-05-01\"");
    let (old, new) = (folder.file("old.toml", &later), folder.file("new.toml", &new));
    let (output, text) = plan(&[&old, &new, "--seeds", "2"]);
    assert!(output.status.success());
    assert!(
        text.contains("[[line]] jesteburg: from: 2015-05-01 → 2014-05-01, from 2014-05-01\n"),
        "{text}"
    );
    assert!(text.contains("rehearsed from 2014-01-01 to 2014-12-31, 2 times"), "{text}");
    let calls = text.lines().find(|line| line.contains("Jesteburg, calls")).unwrap();
    let cells: Vec<&str> = calls.split("  ").map(str::trim).filter(|it| !it.is_empty()).collect();
    assert_eq!(cells[1], "0", "{calls}");
}

#[test]
fn shorter_hours_show_who_finds_the_line_closed_and_a_new_line_its_own_figures() {
    let folder = Folder::new("hours");
    let old = example().replace("from = \"2014-05-01\"", "from = \"2015-05-01\"");
    let hours = "open = \"Mo-Th 07:00-18:00; Fr 07:00-15:00; PH off\"";
    assert!(old.contains(hours));
    let shorter = example().replace(hours, "open = \"Mo-Th 08:00-17:00; Fr 08:00-12:00; PH off\"");
    let (old, new) = (folder.file("old.toml", &old), folder.file("new.toml", &shorter));
    let june = ["--from", "2014-06-02", "--to", "2014-06-13", "--seeds", "3", "--format", "json"];
    let (output, text) = plan(&[&[old.as_str(), new.as_str()], &june[..]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let effect = json["effect"].as_array().unwrap();
    let line = |id: &str| effect.iter().find(|it| it["id"] == id).unwrap();
    let closed = &line("kreis-zentrale")["closed"];
    let of = |key: &str| closed[key].as_f64().unwrap();
    assert!(of("difference") - of("margin") > 2.0, "surely more: {closed}");
    let jesteburg = &line("jesteburg")["in_time"];
    assert!(jesteburg["old"].is_null() && jesteburg["new"].as_f64().unwrap() > 50.0, "{jesteburg}");
    assert!(jesteburg.get("difference").is_none(), "there is nothing to compare with");
}

#[test]
fn wrong_calls_and_bad_files_are_told_apart() {
    let folder = Folder::new("wrong");
    let good = folder.file("good.toml", &example());
    let bad = folder.file("bad.toml", &example().replace("format = 1", "format = 2"));
    for (args, code, word) in [
        (vec![good.as_str()], 2, "A file is missing"),
        (vec![good.as_str(), good.as_str(), good.as_str()], 2, "one argument too many"),
        (vec![good.as_str(), bad.as_str()], 1, "bad.toml:6:10"),
        (vec![good.as_str(), "/nowhere.toml"], 1, "/nowhere.toml"),
        (vec![good.as_str(), good.as_str(), "--seeds", "31"], 2, "from 2 to 30"),
        (vec![good.as_str(), good.as_str(), "--from", "2014-03-01"], 2, "--to"),
    ] {
        let (output, text) = plan(&args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(word), "{args:?}: {said}");
        assert_eq!(text, "");
    }
}
