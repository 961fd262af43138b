// SPDX-License-Identifier: EUPL-1.2
//! Tables as files: compared with what the code does, or written anew with `AMTSLEITUNG_BLESS=1`.

use std::path::PathBuf;

/// Compares a table with the file of this name, or writes the file when asked to.
pub(crate) fn compare(name: &str, table: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if std::env::var_os("AMTSLEITUNG_BLESS").is_some() {
        std::fs::write(&path, table).expect("the folder of the tests can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = expected.lines().zip(table.lines()).position(|(old, new)| old != new);
    let line = differs.unwrap_or_else(|| expected.lines().count().min(table.lines().count()));
    assert!(
        expected == table,
        "tests/{name} differs from line {} on:\n  in the file: {:?}\n  decided now: {:?}\n\
         If every changed row is meant: AMTSLEITUNG_BLESS=1, and read the difference.",
        line + 1,
        expected.lines().nth(line),
        table.lines().nth(line),
    );
}

/// Rows under a heading, each column as wide as its longest cell.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join(" | ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
