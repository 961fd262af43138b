// SPDX-License-Identifier: EUPL-1.2
//! Directories of clients' exchanges: whose extension is which, read from tables (CSV) as offices export them.
//!
//! The rule to keep: a table is taken as a whole or not at all, and every line that is wrong is named.

use crate::Lang;
use crate::config::County;
use crate::config::county::Trunk;
use crate::config::problem::visible;
use crate::table::{Table, text_of};
use csv::StringRecord;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The largest table: some 20,000 extensions.
const BYTES_MAX: u64 = 2 << 20;

/// Lines that are named at once.
const NAMED_MAX: usize = 20;

/// Digits of an extension.
const EXTENSION_DIGITS: std::ops::RangeInclusive<usize> = 1..=6;

/// Digits of a number with its country code (ITU-T E.164).
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 4..=15;

/// What is never an extension: whoever dials it needs help.
const HELP: [&str; 2] = ["110", "112"];

/// What the columns may be called.
const EXTENSION: [&str; 3] = ["nebenstelle", "durchwahl", "extension"];
const NUMBER: [&str; 3] = ["rufnummer", "nummer", "number"];
const NAME: [&str; 1] = ["name"];
const OFFICE: [&str; 3] = ["stelle", "amt", "office"];

/// Somebody behind an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is dialled within the house.
    pub extension: String,
    /// The whole number, `+` and digits.
    pub number: String,
    /// Whose it is.
    pub name: String,
    /// Where; may be empty.
    pub office: String,
}

/// Why a table is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// The file cannot be read; the system's word.
    Unreadable(String),
    /// It is larger than a directory is.
    TooLarge,
    /// The first line names no such column.
    NoColumn(&'static str),
    /// A line, from 1 on, and what is wrong with it.
    Line(u64, Wrong),
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It has more or fewer columns than the first.
    Columns,
    /// No extension of 1 to 6 digits.
    Extension(String),
    /// It is 110 or 112.
    Help(String),
    /// Another line has the same extension.
    Twice(String),
    /// No number with `+`, or none at all where the trunk has no `stem`.
    Number(String),
    /// It has no name.
    Nameless,
}

/// Reads a table. Where a line has no number, `stem` and the extension are it.
///
/// # Errors
/// With all that is wrong, or its beginning.
pub fn read(bytes: &[u8], stem: Option<&str>) -> Result<Vec<Entry>, Vec<Defect>> {
    let table = Table::of(&text_of(bytes));
    let column = |names: &[&str]| table.column(names);
    let (extension, name) = (column(&EXTENSION), column(&NAME));
    let (Some(extension), Some(name)) = (extension, name) else {
        let missing = [(extension, EXTENSION[0]), (name, NAME[0])];
        let missing = missing.into_iter().filter(|(it, _)| it.is_none());
        return Err(missing.map(|(_, called)| Defect::NoColumn(called)).collect());
    };
    let columns = Columns { extension, name, number: column(&NUMBER), office: column(&OFFICE) };
    let (mut entries, mut defects) = (Vec::new(), Vec::new());
    let mut taken = BTreeMap::new();
    for (line, record) in table.rows {
        let read = record.ok_or(Wrong::Columns).and_then(|it| columns.entry(&it, stem));
        let fresh = read.and_then(|entry| match taken.insert(entry.extension.clone(), line) {
            Some(_) => Err(Wrong::Twice(entry.extension)),
            None => Ok(entry),
        });
        match fresh {
            Ok(entry) => entries.push(entry),
            Err(wrong) => defects.push(Defect::Line(line, wrong)),
        }
    }
    defects.truncate(NAMED_MAX);
    if defects.is_empty() { Ok(entries) } else { Err(defects) }
}

struct Columns {
    extension: usize,
    name: usize,
    number: Option<usize>,
    office: Option<usize>,
}

impl Columns {
    fn entry(&self, record: &StringRecord, stem: Option<&str>) -> Result<Entry, Wrong> {
        let of = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
        let given = of(self.extension);
        let extension = bare(&given);
        if !is_digits(&extension, EXTENSION_DIGITS) {
            return Err(Wrong::Extension(given));
        }
        if HELP.contains(&extension.as_str()) {
            return Err(Wrong::Help(extension));
        }
        let written = self.number.map_or_else(String::new, of);
        // The zero in brackets is for who dials within the country.
        let number = match (bare(&written.replace("(0)", "")), stem) {
            (number, Some(stem)) if number.is_empty() => format!("{stem}{extension}"),
            (number, _) => number,
        };
        let digits = number.strip_prefix('+').unwrap_or_default();
        if !is_digits(digits, NUMBER_DIGITS) {
            return Err(Wrong::Number(written));
        }
        let name = of(self.name);
        if name.is_empty() {
            return Err(Wrong::Nameless);
        }
        Ok(Entry { extension, number, name, office: self.office.map_or_else(String::new, of) })
    }
}

/// Without what people write between digits.
fn bare(number: &str) -> String {
    number.chars().filter(|it| !matches!(it, ' ' | '-' | '/' | '(' | ')' | '\u{a0}')).collect()
}

fn is_digits(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit())
}

/// The directory of each trunk, in their order; empty where there is none. File names are taken below this folder.
///
/// # Errors
/// With sentences about what is wrong.
pub fn load(county: &County, folder: &Path, lang: Lang) -> Result<Vec<Vec<Entry>>, String> {
    let mut wrong = Vec::new();
    let mut of = |trunk: &Trunk| {
        let Some(file) = &trunk.directory else { return Vec::new() };
        read_file(&folder.join(file), trunk.stem.as_deref()).unwrap_or_else(|defects| {
            let head = format!("[[trunk]] {} ({}): ", trunk.id, visible(file));
            wrong.extend(defects.iter().map(|it| head.clone() + &said(it, lang)));
            Vec::new()
        })
    };
    let all = county.trunks.iter().map(&mut of).collect();
    if wrong.is_empty() { Ok(all) } else { Err(wrong.join("\n")) }
}

fn read_file(path: &Path, stem: Option<&str>) -> Result<Vec<Entry>, Vec<Defect>> {
    let unreadable = |error: std::io::Error| vec![Defect::Unreadable(error.to_string())];
    if fs::metadata(path).map_err(unreadable)?.len() > BYTES_MAX {
        return Err(vec![Defect::TooLarge]);
    }
    read(&fs::read(path).map_err(unreadable)?, stem)
}

fn said(defect: &Defect, lang: Lang) -> String {
    match defect {
        Defect::Unreadable(why) => lang.pick(
            format!("Das Verzeichnis ist nicht zu lesen: {why}."),
            format!("The directory cannot be read: {why}."),
        ),
        Defect::TooLarge => lang.pick(
            "Das Verzeichnis ist größer als 2 MiB.".to_owned(),
            "The directory is larger than 2 MiB.".to_owned(),
        ),
        Defect::NoColumn(column) => lang.pick(
            format!("Die erste Zeile nennt keine Spalte „{column}“. Erwartet: nebenstelle, name und, wo vorhanden, rufnummer und stelle."),
            format!("The first line names no column \"{column}\". Expected: nebenstelle (extension), name and, where there are any, rufnummer (number) and stelle (office)."),
        ),
        Defect::Line(line, wrong) => {
            let word = lang.pick("Zeile", "line");
            format!("{word} {line}: {}", wrong_said(wrong, lang))
        }
    }
}

fn wrong_said(wrong: &Wrong, lang: Lang) -> String {
    match wrong {
        Wrong::Columns => lang.pick(
            "Sie hat mehr oder weniger Spalten als die erste.".to_owned(),
            "It has more or fewer columns than the first.".to_owned(),
        ),
        Wrong::Extension(given) => lang.pick(
            format!("„{}“ ist keine Nebenstelle aus 1 bis 6 Ziffern.", visible(given)),
            format!("\"{}\" is no extension of 1 to 6 digits.", visible(given)),
        ),
        Wrong::Help(number) => lang.pick(
            format!("{number} ist ein Notruf und keine Nebenstelle."),
            format!("{number} calls for help and is no extension."),
        ),
        Wrong::Twice(extension) => lang.pick(
            format!("Die Nebenstelle {extension} steht schon weiter oben."),
            format!("The extension {extension} stands further up already."),
        ),
        Wrong::Number(given) if given.is_empty() => lang.pick(
            "Die Rufnummer fehlt, und der Trunk hat kein „stem“, aus dem sie folgt.".to_owned(),
            "The number is missing, and the trunk has no `stem` from which it would follow."
                .to_owned(),
        ),
        Wrong::Number(given) => lang.pick(
            format!("„{}“ ist keine Rufnummer mit + und Landesvorwahl.", visible(given)),
            format!("\"{}\" is no number with + and country code.", visible(given)),
        ),
        Wrong::Nameless => {
            lang.pick("Der Name fehlt.".to_owned(), "The name is missing.".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEM: Option<&str> = Some("+494171657");

    fn entry(extension: &str, number: &str, name: &str, office: &str) -> Entry {
        let [extension, number, name, office] =
            [extension, number, name, office].map(str::to_owned);
        Entry { extension, number, name, office }
    }

    #[test]
    fn tables_are_read_as_offices_write_them() {
        let german = "\u{feff}Name;Nebenstelle;Stelle\r\n\"Meyer; Anna\";312;Bauamt\r\nSchulz, Jörg; 40 ;\r\n";
        let expected = vec![
            entry("312", "+494171657312", "Meyer; Anna", "Bauamt"),
            entry("40", "+49417165740", "Schulz, Jörg", ""),
        ];
        assert_eq!(read(german.as_bytes(), STEM), Ok(expected));
        // An older program's umlauts, commas, and a number of its own.
        let latin = b"extension,number,name\n7,+49 (4171) 657-0,B\xfcrgermeister\n";
        let expected = vec![entry("7", "+4941716570", "Bürgermeister", "")];
        assert_eq!(read(latin, None), Ok(expected.clone()));
        let latin = b"extension,number,name\n7,+49 (0)4171/657-0,B\xfcrgermeister\n";
        assert_eq!(read(latin, None), Ok(expected));
    }

    #[test]
    fn every_line_that_is_wrong_is_named() {
        let table = "nebenstelle;name;rufnummer\n312;A;\n312;B;\n112;C;\n1234567;D;\n5;;\n6;E;04171\n7\n8;F;\n";
        let wrong = read(table.as_bytes(), STEM).expect_err("six lines are wrong");
        assert_eq!(read(table.replace('\n', "\r\n").as_bytes(), STEM), Err(wrong.clone()));
        let lines: Vec<u64> = wrong
            .iter()
            .map(|it| match it {
                Defect::Line(line, _) => *line,
                Defect::Unreadable(_) | Defect::TooLarge | Defect::NoColumn(_) => 0,
            })
            .collect();
        assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
        let without = read(b"nebenstelle;name\n312;A\n", None).expect_err("no number");
        assert_eq!(without, [Defect::Line(2, Wrong::Number(String::new()))]);
        for lang in [Lang::De, Lang::En] {
            for defect in &wrong {
                assert!(said(defect, lang).len() > 10);
            }
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let columns = vec![Defect::NoColumn("nebenstelle"), Defect::NoColumn("name")];
        for bytes in [&b""[..], b"\n\n", b"a;b\n1;2\n", b"\xff\xfe\0"] {
            assert_eq!(read(bytes, STEM), Err(columns.clone()));
        }
        let mut rng = stdx::Rng::new(115);
        for _ in 0..2_000 {
            let bytes: Vec<u8> = (0..rng.below(200)).map(|_| rng.below(256) as u8).collect();
            let _ = read(&[b"nebenstelle;name;rufnummer\n", &bytes[..]].concat(), STEM);
        }
    }
}
