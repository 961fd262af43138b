// SPDX-License-Identifier: EUPL-1.2
//! Cells as an office program shows them: no text of ours is ever taken for a formula.

use super::{Bad, CELL_MAX};
use hours::{LocalDate, parse_date};

/// What a formula begins with, or a command to another program.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// What keeps an office program from calculating, and what is taken away again.
const QUOTE: char = '\'';

/// A text as a cell shows it.
pub(super) fn shown(text: &str) -> String {
    let begin = text.trim_start_matches(QUOTE).chars().next();
    match begin.is_some_and(|letter| FORMULA.contains(&letter)) {
        true => format!("{QUOTE}{text}"),
        false => text.to_owned(),
    }
}

/// What a cell means: without what [`shown`] put before it, each line without needless space, none of them empty.
///
/// # Errors
/// If it is too long, or is no text.
pub(super) fn meant(cell: &str, column: &'static str) -> Result<String, Bad> {
    let is_text = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\t' | '\r');
    if cell.chars().count() > CELL_MAX || !cell.chars().all(is_text) {
        return Err(Bad::Cell(column));
    }
    let unquoted = cell.strip_prefix(QUOTE).filter(|rest| shown(rest) == cell);
    let lines = unquoted.unwrap_or(cell).lines();
    let lines = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(lines.filter(|line| !line.is_empty() && line != "-").collect::<Vec<_>>().join("\n"))
}

/// A day as `2014-05-02` or `02.05.2014`, which office programs make of it; an empty cell is none.
///
/// # Errors
/// If it is none of both.
pub(super) fn day(text: &str) -> Result<Option<LocalDate>, Bad> {
    let bad = || Bad::Day(text.to_owned());
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(day) = parse_date(text) {
        return Ok(Some(day));
    }
    let parts: Vec<&str> = text.split('.').collect();
    let [day, month, year] = parts.as_slice() else { return Err(bad()) };
    let number = |part: &str| part.parse::<i8>().map_err(|_| bad());
    let year = year.parse::<i16>().ok().filter(|year| (1_000..=9_999).contains(year));
    let date = LocalDate::new(year.ok_or_else(bad)?, number(month)?, number(day)?);
    date.map(Some).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_each_means_what_it_was() {
        for text in
            ["=1+1", "+49 4171 5", "-5", "@SUM(A1)", "'=x", "'", "''", "5 Euro", "", "'s Amt"]
        {
            let cell = shown(text);
            let begin = cell.chars().next();
            assert!(begin.is_none_or(|it| !FORMULA.contains(&it)), "{cell}");
            assert_eq!(meant(&cell, "x").as_deref(), Ok(text), "{text}");
        }
        assert_eq!(shown("=1+1"), "'=1+1");
        assert_eq!(meant(" a  b \n\n -\n - c", "x").as_deref(), Ok("a b\n- c"));
        assert_eq!(meant("a\u{0}", "x"), Err(Bad::Cell("x")));
        assert_eq!(meant(&"a".repeat(CELL_MAX + 1), "x"), Err(Bad::Cell("x")));
    }

    #[test]
    fn days_are_read_as_offices_write_them() {
        let second = LocalDate::new(2014, 5, 2).ok();
        for text in ["2014-05-02", "02.05.2014", "2.5.2014"] {
            assert_eq!(day(text), Ok(second), "{text}");
        }
        assert_eq!(day(""), Ok(None));
        for text in ["31.02.2014", "2.5.14", "Mai", "2014-13-01", "1.1.1.1"] {
            assert_eq!(day(text), Err(Bad::Day(text.to_owned())), "{text}");
        }
    }
}
