// SPDX-License-Identifier: EUPL-1.2
//! What the lines of a county's file say.

use toml::de::{DeTable, DeValue};

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Saying {
    /// The line's id.
    pub(crate) line: String,
    /// The key: `greeting`, `closed`, `busy`.
    pub(crate) occasion: String,
    /// The words.
    pub(crate) text: String,
}

/// Every announcement of every line; whether the file is right otherwise, the product checks.
pub(crate) fn sayings(file: &str) -> Result<Vec<Saying>, String> {
    let table = DeTable::parse(file).map_err(|error| error.to_string())?;
    let lines = table.get_ref().get("line").and_then(|lines| lines.get_ref().as_array());
    let mut sayings = Vec::new();
    for line in lines.into_iter().flatten().filter_map(|line| line.get_ref().as_table()) {
        let id = line.get("id").and_then(|id| id.get_ref().as_str()).unwrap_or_default();
        let said = line.get("announcements").and_then(|said| said.get_ref().as_table());
        for (key, value) in said.into_iter().flatten() {
            let text = words(value.get_ref()).ok_or_else(|| format!("{id}: no text in {key:?}"))?;
            let occasion = key.get_ref().to_string();
            sayings.push(Saying { line: id.to_owned(), occasion, text: text.to_owned() });
        }
    }
    Ok(sayings)
}

/// The text alone, or that of `{ text, length }`.
fn words<'v>(value: &'v DeValue<'_>) -> Option<&'v str> {
    value.as_str().or_else(|| value.as_table()?.get("text")?.get_ref().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_an_announcement_are_read() {
        let file = "[[line]]\nid = \"a\"\n[line.announcements]\nbusy = \"Voll.\"\n\
                    greeting = { text = \"Tag.\", length = \"1s\" }\n[[line]]\nid = \"b\"\n";
        let of_a = |occasion: &str, text: &str| Saying {
            line: "a".into(),
            occasion: occasion.into(),
            text: text.into(),
        };
        assert_eq!(sayings(file), Ok(vec![of_a("busy", "Voll."), of_a("greeting", "Tag.")]));
        assert!(sayings("[[line]]\n[line.announcements]\nbusy = 1\n").is_err());
        assert!(sayings("no toml").is_err());
    }
}
