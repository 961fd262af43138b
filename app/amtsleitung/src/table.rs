// SPDX-License-Identifier: EUPL-1.2
//! Texts and tables as offices export them: UTF-8 or what older German programs write, with semicolons or commas.

use csv::{ReaderBuilder, StringRecord};
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// The characters of Windows-1252 from 0x80 to 0x9f, which ISO 8859-1 has no signs for; what Windows has no sign for
/// either stays what it is in ISO 8859-1.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// UTF-8 with or without its mark, or Windows-1252. Line ends become `\n`.
#[must_use]
pub fn text_of(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text: Cow<'_, str> = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&byte| windows(byte)).collect()),
    };
    text.replace("\r\n", "\n")
}

fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// A file's text, unless it is larger than this.
///
/// # Errors
/// If it cannot be read, is no regular file, or is larger ([`io::ErrorKind::FileTooLarge`]).
pub fn read(path: &Path, bytes_max: u64) -> io::Result<String> {
    // Asked before it is opened: opening a pipe waits until somebody writes to it.
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !kind.is_file() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text_of(&bytes))
}

/// The rows of a table that has no line with the names of its columns, or something above it: each with its line, counted
/// from 1. Its columns are parted by what its first lines have most of.
#[must_use]
pub fn rows(text: &str) -> Vec<(u64, StringRecord)> {
    const LOOKED_AT: usize = 50;
    let begin: Vec<&str> = text.lines().take(LOOKED_AT).collect();
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(&begin.join("\n")))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    rows.map(|row| (row.position().map_or(0, csv::Position::line), row)).collect()
}

/// Semicolon, comma or tab, whichever the text has most of; a semicolon, if there is none of them.
fn delimiter(text: &str) -> u8 {
    let count = |delimiter: u8| text.bytes().filter(|byte| *byte == delimiter).count();
    [b'\t', b',', b';'].into_iter().max_by_key(|it| count(*it)).unwrap_or(b';')
}

/// A table: what its first line calls the columns, and the rows below.
#[derive(Debug)]
pub struct Table {
    /// The names of the columns, in small letters.
    head: Vec<String>,
    /// Each row with its line, counted from 1, as its fields; none where it has more or fewer than the first line, or
    /// a quote without its other half.
    pub rows: Vec<(u64, Option<StringRecord>)>,
}

impl Table {
    /// Reads a table; its columns are parted by what its first line has more of, semicolons or commas or tabs.
    #[must_use]
    pub fn of(text: &str) -> Table {
        let delimiter = delimiter(text.lines().next().unwrap_or_default());
        let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
        let head = reader.headers().cloned().unwrap_or_default();
        let head = head.iter().map(|it| it.trim().to_lowercase()).collect();
        let rows = reader.records().map(|record| {
            let position = match &record {
                Ok(record) => record.position(),
                Err(error) => error.position(),
            };
            (position.map_or(0, csv::Position::line), record.ok())
        });
        Table { head, rows: rows.collect() }
    }

    /// The place of the first column with one of these names, which are in small letters.
    #[must_use]
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        self.head.iter().position(|it| names.contains(&it.as_str()))
    }

    /// The names of the columns.
    #[must_use]
    pub fn head(&self) -> &[String] {
        &self.head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_windows_writes_is_understood() {
        assert_eq!(text_of(b"\xef\xbb\xbf\xc3\xa4\r\nb"), "ä\nb");
        assert_eq!(text_of(b"B\xfcro \x84x\x93 \x80 5\r\n"), "Büro „x“ € 5\n");
        assert_eq!(WINDOWS[0x1f], 'Ÿ');
        assert_eq!(text_of(b""), "");
    }

    #[test]
    fn a_table_says_in_which_line_a_row_begins() {
        let table = Table::of("Name; Tel \na;\"1\n2\"\nb\nc;3;4\nd;5\n");
        assert_eq!((table.column(&["telefon", "tel"]), table.column(&["ort"])), (Some(1), None));
        let rows: Vec<(u64, Option<String>)> = table
            .rows
            .iter()
            .map(|(line, row)| (*line, row.as_ref().map(|row| row[1].to_owned())))
            .collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(rows, [(2, text("1\n2")), (4, None), (5, None), (6, text("5"))]);
        assert_eq!(Table::of("a,b;c,d\n1,2;3,4\n").head(), ["a", "b;c", "d"]);
        assert_eq!(Table::of("a\tb\n").head(), ["a", "b"]);
        assert!(Table::of("").head().is_empty());
    }
}
