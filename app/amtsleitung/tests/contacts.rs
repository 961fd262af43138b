// SPDX-License-Identifier: EUPL-1.2
//! `simulate --contacts`: every percentage of the report can be counted again from its contacts.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

fn simulate(more: &[&str]) -> Output {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/harburg.toml");
    Command::new(env!("CARGO_BIN_EXE_amtsleitung"))
        .args([
            "--lang",
            "en",
            "simulate",
            "--from",
            "2014-05-05",
            "--to",
            "2014-05-09",
            "--format",
            "json",
        ])
        .arg("--config")
        .arg(example)
        .args(more)
        .output()
        .expect("the program starts")
}

#[test]
fn every_figure_is_the_sum_of_its_contacts() {
    let path = std::env::temp_dir().join(format!("contacts-{}.csv", std::process::id()));
    let file = path.to_string_lossy().into_owned();
    let output = simulate(&["--contacts", &file]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let again = simulate(&["--contacts", &file]);
    let csv = std::fs::read_to_string(&path).expect("it was written");
    std::fs::remove_file(&path).expect("it can be removed");
    assert_eq!(again.status.code(), Some(1), "a file that exists is left alone");
    let figures: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut rows = csv.split_terminator("\r\n").map(|row| row.split(',').collect::<Vec<&str>>());
    let head = rows.next().expect("a head");
    let column = |name: &str| head.iter().position(|it| *it == name).expect(name);
    let (line, fate) = (column("line"), column("fate"));
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in rows {
        assert_eq!(row.len(), head.len(), "{row:?}");
        let mut count =
            |what: String| *counts.entry((row[line].to_owned(), what)).or_default() += 1;
        count(row[fate].to_owned());
        for name in head.iter().filter(|name| name.contains("/1")) {
            match row[column(name)] {
                "1" => {
                    count(format!("{name} kept"));
                    count(format!("{name} counted"));
                }
                "0" => count(format!("{name} counted")),
                other => assert_eq!(other, ""),
            }
        }
    }
    let counted = |line: &str, what: &str| {
        counts.get(&(line.to_owned(), what.to_owned())).copied().unwrap_or(0)
    };
    let lines = figures["lines"].as_array().unwrap();
    for it in lines {
        let id = it["id"].as_str().unwrap();
        for fate in ["accepted", "abandoned", "overflowed", "called_back", "closed", "local"] {
            assert_eq!(it[fate], counted(id, fate), "{id} {fate}");
        }
        for (name, level) in it["service_level"].as_object().unwrap() {
            assert_eq!(level["numerator"], counted(id, &format!("{name}/1 kept")), "{id} {name}");
            assert_eq!(
                level["denominator"],
                counted(id, &format!("{name}/1 counted")),
                "{id} {name}"
            );
        }
    }
    assert!(counts.values().sum::<u64>() > 5_000);
}

#[test]
fn a_crisis_plan_can_be_rehearsed_and_an_unknown_one_is_named() {
    let heavy = ["--load", "5", "--plan", "unwetter"];
    let (with, without) = (simulate(&heavy), simulate(&heavy[..2]));
    let total = |output: &Output| -> serde_json::Value {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON")["total"].clone()
    };
    let (with, without) = (total(&with), total(&without));
    let waits = |it: &serde_json::Value| it["waits"]["max"].as_f64().unwrap();
    // The plan caps the wait at six minutes; a telephone that rings then is let ring.
    assert!(waits(&without) > 400.0);
    assert!(with["refused"].as_u64() > without["refused"].as_u64());
    let unknown = simulate(&["--plan", "unweter"]);
    assert_eq!(unknown.status.code(), Some(2));
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(
        said.contains("no such crisis plan (known: unwetter)") && said.contains("“unwetter”?"),
        "{said}"
    );
}

#[test]
fn a_file_without_a_place_is_told_before_the_work() {
    let output = simulate(&["--contacts", "/no/such/folder/contacts.csv", "--load", "1000000"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot be written: there is no such folder or file."), "{said}");
}
