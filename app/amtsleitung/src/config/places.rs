// SPDX-License-Identifier: EUPL-1.2
//! Where something stands in a county's file that was read already.

use toml::de::{DeTable, DeValue};

/// A file as a tree of values with their places.
#[derive(Debug)]
pub struct Places<'t> {
    tree: DeTable<'t>,
}

/// A table of the file; nowhere, if there is none.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'p, 't> {
    at: usize,
    table: Option<&'p DeTable<'t>>,
}

impl<'t> Places<'t> {
    /// Of a file that is good; of another one everything stands at its beginning.
    #[must_use]
    pub fn of(text: &'t str) -> Places<'t> {
        let (tree, _) = DeTable::parse_recoverable(text);
        Places { tree: tree.into_inner() }
    }

    /// The table with this key, `bench` for `[bench]`.
    #[must_use]
    pub fn table(&self, key: &str) -> Entry<'_, 't> {
        Entry { at: 0, table: Some(&self.tree) }.table(key)
    }

    /// The table of a list with this id, `line` and `115` for `[[line]]` with `id = "115"`.
    #[must_use]
    pub fn entry(&self, list: &str, id: &str) -> Entry<'_, 't> {
        let tables = self.tree.get(list).and_then(|it| it.get_ref().as_array());
        let found = tables.into_iter().flatten().find_map(|it| {
            let table = it.get_ref().as_table()?;
            let named = table.get("id")?;
            let at = named.span().start;
            (named.get_ref().as_str() == Some(id)).then_some(Entry { at, table: Some(table) })
        });
        found.unwrap_or(Entry { at: 0, table: None })
    }
}

impl<'p, 't> Entry<'p, 't> {
    /// Where it stands: its id, or its heading.
    #[must_use]
    pub fn at(self) -> usize {
        self.at
    }

    /// The table in it; itself, if there is none.
    #[must_use]
    pub fn table(self, key: &str) -> Entry<'p, 't> {
        let found = self.table.and_then(|table| table.get_key_value(key));
        let found = found.and_then(|(key, value)| Some((key, value.get_ref().as_table()?)));
        found.map_or(self, |(key, table)| Entry { at: key.span().start, table: Some(table) })
    }

    /// Where the value of a key stands; itself, if there is none.
    #[must_use]
    pub fn key(self, key: &str) -> usize {
        let value = self.table.and_then(|table| table.get(key));
        value.map_or(self.at, |value| value.span().start)
    }

    /// Where a value of a list stands, counted from 0; the list, if it has fewer.
    #[must_use]
    pub fn item(self, key: &str, index: usize) -> usize {
        let list = self.table.and_then(|table| table.get(key)?.get_ref().as_array());
        let item = list.and_then(|list| list.get(index));
        item.map_or_else(|| self.key(key), |item: &toml::Spanned<DeValue<'_>>| item.span().start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_entries_and_items_are_found() {
        let text = "[bench]\n[[line]]\nid = \"a\"\n[[line]]\nid = \"b\"\nnumbers = [\"1\", \"2\"]\n\
                    [line.announcements]\nbusy = \"Voll.\"\n";
        let places = Places::of(text);
        let from = |at: usize| text[at..].lines().next().unwrap_or_default();
        assert_eq!(from(places.table("bench").at()), "bench]");
        let line = places.entry("line", "b");
        assert_eq!(from(line.at()), "\"b\"");
        assert_eq!(from(line.item("numbers", 1)), "\"2\"]");
        assert_eq!(from(line.item("numbers", 2)), "[\"1\", \"2\"]");
        assert_eq!(from(line.table("announcements").key("busy")), "\"Voll.\"");
        assert_eq!(from(line.table("announcements").key("closed")), "announcements]");
        assert_eq!(places.entry("line", "c").key("numbers"), 0);
        assert_eq!(Places::of("no toml at all").table("bench").at(), 0);
    }
}
