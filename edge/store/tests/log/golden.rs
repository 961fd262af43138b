// SPDX-License-Identifier: EUPL-1.2
//! What was written once is read for ever: the bytes of every kind of fact lie in a file for each version
//! of the log. `AMTSLEITUNG_BLESS=1` writes the file of the present version anew, which is right only
//! while no log of it exists anywhere.

use crate::samples::{self, AT};
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use store::{Entry, Link, Row, VERSION};

const CENTRE: &str = "golden";

fn file(version: u8) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/v{version}.txt"))
}

/// Each fact alone in a row of a log of its own.
fn written() -> String {
    let mut text = String::new();
    for fact in samples::facts() {
        let mut entries = Vec::new();
        Link::first(CENTRE).write(1, AT, &fact, &mut entries);
        let hex: String = entries.iter().map(|byte| format!("{byte:02x}")).collect();
        let said = format!("{fact:?}");
        let name = said.split(" text:").next().unwrap_or_default();
        writeln!(text, "{hex} {name}").expect("text takes text");
    }
    text
}

#[test]
fn every_fact_is_written_as_ever() {
    let file = file(VERSION);
    if env::var_os("AMTSLEITUNG_BLESS").is_some() {
        fs::write(&file, written()).expect("the golden file can be written");
    }
    let golden = fs::read_to_string(&file).expect("the golden file is there");
    assert_eq!(written(), golden, "a record was changed: it needs a version of its own");
}

#[test]
fn every_fact_of_the_first_version_is_read() {
    let golden = fs::read_to_string(file(1)).expect("the golden file is there");
    let read: Vec<Entry> = golden.lines().map(|line| read(hex(line))).collect();
    assert!(read.iter().all(|it| (it.tick, it.wall, it.sequence) == (AT.0, AT.1, 1)));
    let facts: Vec<_> = read.into_iter().map(|entry| entry.fact).collect();
    assert_eq!(facts, samples::facts());
}

fn read(entries: Vec<u8>) -> Entry {
    let mut found = Vec::new();
    let row = Row { first: 1, epoch: 1, entries };
    Link::first(CENTRE).read(&row, &mut |entry| found.push(entry)).expect("a golden entry");
    found.pop().expect("one entry")
}

fn hex(line: &str) -> Vec<u8> {
    let digits = line.split(' ').next().unwrap_or_default();
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).expect("ASCII");
        u8::from_str_radix(pair, 16).expect("two digits")
    };
    digits.as_bytes().chunks(2).map(byte).collect()
}
