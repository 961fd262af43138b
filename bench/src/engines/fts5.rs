// SPDX-License-Identifier: EUPL-1.2
//! SQLite's full text search: whole words without accents, any of them, weighed by BM25.

use catalogue::search::Document;
use rusqlite::{Connection, params};

use super::{Engine, WEIGHTS, text, words};
use crate::score::LIMIT;

pub(super) struct Fts5 {
    connection: Connection,
}

impl Fts5 {
    pub(super) fn new(documents: &[Document]) -> Fts5 {
        let connection = Connection::open_in_memory().expect("memory is there");
        let table = "CREATE VIRTUAL TABLE service USING fts5(title, name, summary, body, \
                     tokenize = \"unicode61 remove_diacritics 2\"); BEGIN";
        connection.execute_batch(table).expect("the bundled SQLite has FTS5");
        let row = "INSERT INTO service (rowid, title, name, summary, body) VALUES (?, ?, ?, ?, ?)";
        let mut insert = connection.prepare(row).expect("the table is there");
        for (place, document) in documents.iter().enumerate() {
            let [title, name, summary, body] = WEIGHTS.map(|(field, _)| text(document, field));
            let row = params![place as i64, title, name, summary, body];
            insert.execute(row).expect("memory takes a row");
        }
        drop(insert);
        connection.execute_batch("COMMIT").expect("memory takes them all");
        Fts5 { connection }
    }
}

impl Engine for Fts5 {
    fn search(&self, text: &str) -> Vec<usize> {
        let words: Vec<String> = words(text).iter().map(|word| format!("\"{word}\"")).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let [title, name, summary, body] = WEIGHTS.map(|(_, weight)| weight);
        let query = format!(
            "SELECT rowid FROM service WHERE service MATCH ? \
             ORDER BY bm25(service, {title}, {name}, {summary}, {body}), rowid LIMIT {LIMIT}"
        );
        let mut query = self.connection.prepare_cached(&query).expect("the table is there");
        let rows = query.query_map(params![words.join(" OR ")], |row| row.get::<_, i64>(0));
        let rows = rows.expect("quoted words are a question").map(|row| row.expect("a number"));
        rows.filter_map(|row| usize::try_from(row).ok()).collect()
    }
}
