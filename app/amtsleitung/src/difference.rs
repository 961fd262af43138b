// SPDX-License-Identifier: EUPL-1.2
//! What differs between two configurations, entry by entry, and from when.
//!
//! Entries are compared by what they are, not by where they stand: by their id, a place by its name, a
//! target by its formula and lines, a closure by its beginning and hours.

use crate::Lang;
use crate::config::duration;
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// Fields and values of one entry, by the path inside it. A list has several.
type Fields = BTreeMap<String, Vec<String>>;

/// What stands between the entries of a list, where it is shown.
const AND: &str = ", ";

/// Characters of a value that are shown.
const SHOWN_MAX: usize = 60;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// The table, as `[[line]]`.
    pub table: String,
    /// The entry's id, or what stands for it; empty for a table that stands alone.
    pub entry: String,
    /// The field, as `overflow.waited`; empty if the whole entry is new or gone.
    pub field: String,
    /// The value before; none if there was none.
    pub old: Option<String>,
    /// The value after; none if there is none.
    pub new: Option<String>,
    /// The first day on which the entry holds, if it has one.
    pub from: Option<String>,
    /// The last day on which it holds, if it has one.
    pub until: Option<String>,
}

impl Difference {
    /// The difference as a line of text.
    #[must_use]
    pub fn said(&self, lang: Lang) -> String {
        let Difference { table, entry, field, .. } = self;
        let name = if entry.is_empty() { table.clone() } else { format!("{table} {entry}") };
        let what = match (&self.old, &self.new) {
            (Some(old), Some(new)) if old.contains(AND) || new.contains(AND) => {
                format!("{field}: {}", of_lists(old, new))
            }
            (Some(old), Some(new)) => format!("{field}: {} → {}", short(old), short(new)),
            (None, Some(_)) if field.is_empty() => lang.pick("neu", "new").to_owned(),
            (Some(_), None) if field.is_empty() => lang.pick("entfällt", "gone").to_owned(),
            (None, Some(new)) => format!("{field}: {} {}", lang.pick("neu", "new"), short(new)),
            (Some(old), None) => {
                format!("{field}: {} ({})", lang.pick("entfällt", "gone"), short(old))
            }
            (None, None) => String::new(),
        };
        format!("{name}: {what}{}", self.when(lang))
    }

    fn when(&self, lang: Lang) -> String {
        match (&self.from, &self.until) {
            (Some(from), Some(until)) => {
                format!(", {} {from} {} {until}", lang.pick("vom", "from"), lang.pick("bis", "to"))
            }
            (Some(from), None) => format!(", {} {from}", lang.pick("ab", "from")),
            (None, Some(until)) => format!(", {} {until}", lang.pick("bis", "until")),
            (None, None) => String::new(),
        }
    }
}

/// What a list lost and gained; in another order alone it is shown whole.
fn of_lists(old: &str, new: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (old.split(AND).collect(), new.split(AND).collect());
    let lost = before.iter().filter(|it| !after.contains(it)).map(|it| format!("−{it}"));
    let gained = after.iter().filter(|it| !before.contains(it)).map(|it| format!("+{it}"));
    let changes: Vec<String> = lost.chain(gained).collect();
    if changes.is_empty() {
        format!("{} → {}", short(old), short(new))
    } else {
        changes.join(" ")
    }
}

/// A value as it fits into a line: the end tells long texts apart that begin alike, and so does their
/// length.
fn short(value: &str) -> String {
    let count = value.chars().count();
    if count <= SHOWN_MAX {
        return value.to_owned();
    }
    let head: String = value.chars().take(SHOWN_MAX - 20).collect();
    let tail: String = value.chars().skip(count - 15).collect();
    format!("{head} … {tail} ({count})")
}

/// What differs between two texts that are both good configurations, in the order of tables and entries.
#[must_use]
pub fn differences(old: &str, new: &str) -> Vec<Difference> {
    let (old, new) = (entries(old), entries(new));
    let keys: std::collections::BTreeSet<&(String, String)> =
        old.keys().chain(new.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        let (before, after) = (old.get(key), new.get(key));
        let day = |field: &str| after.or(before)?.get(field).map(|day| day.join(AND));
        let difference = |field: &str, old: Option<String>, new: Option<String>| Difference {
            table: key.0.clone(),
            entry: key.1.clone(),
            field: field.to_owned(),
            old,
            new,
            from: dated(&key.0).then(|| day("from")).flatten(),
            until: dated(&key.0).then(|| day("until")).flatten(),
        };
        match (before, after) {
            (Some(before), Some(after)) => {
                let fields: std::collections::BTreeSet<&String> =
                    before.keys().chain(after.keys()).collect();
                for field in
                    fields.into_iter().filter(|field| before.get(*field) != after.get(*field))
                {
                    let whole = |fields: &Fields| fields.get(field).map(|it| it.join(AND));
                    let (old, new) = (whole(before), whole(after));
                    found.push(difference(field, old, new));
                }
            }
            (None, Some(_)) => found.push(difference("", None, Some(key.1.clone()))),
            (Some(_), None) => found.push(difference("", Some(key.1.clone()), None)),
            (None, None) => {}
        }
    }
    found
}

/// The tables whose entries hold from and until a day.
fn dated(table: &str) -> bool {
    matches!(table, "[[line]]" | "[[agent]]" | "[[closure]]")
}

fn entries(text: &str) -> BTreeMap<(String, String), Fields> {
    let (tree, _) = DeTable::parse_recoverable(text);
    let mut entries = BTreeMap::new();
    for (key, value) in tree.get_ref() {
        let key = key.get_ref().as_ref();
        match value.get_ref() {
            DeValue::Array(list) => {
                for entry in list.iter() {
                    let DeValue::Table(table) = entry.get_ref() else { continue };
                    let mut fields = Fields::new();
                    flatten(&mut fields, "", table);
                    let name = name_of(key, &fields);
                    entries.insert((format!("[[{key}]]"), name), fields);
                }
            }
            DeValue::Table(table) => {
                let mut fields = Fields::new();
                flatten(&mut fields, "", table);
                entries.insert((format!("[{key}]"), String::new()), fields);
            }
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {}
        }
    }
    entries
}

/// What tells an entry apart from others of its list.
fn name_of(list: &str, fields: &Fields) -> String {
    let field = |name: &str| fields.get(name).map(|it| it.join(AND)).unwrap_or_default();
    let first =
        |name: &str| fields.get(name).and_then(|it| it.first()).cloned().unwrap_or_default();
    match list {
        "place" => field("name"),
        // One target holds for each formula and line, so the first line tells them apart.
        "target" => format!("{} ({} …)", field("definition"), first("lines")),
        "closure" => format!("{} {}", field("from"), field("hours")),
        _ => field("id"),
    }
}

fn flatten(fields: &mut Fields, path: &str, table: &DeTable<'_>) {
    for (key, value) in table {
        let key = key.get_ref();
        let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
        if let DeValue::Table(inner) = value.get_ref() {
            flatten(fields, &path, inner);
        } else if let DeValue::Array(list) = value.get_ref() {
            let entries = list.iter().map(|entry| written(entry.get_ref()));
            fields.insert(path, entries.collect());
        } else {
            fields.insert(path, vec![written(value.get_ref())]);
        }
    }
}

/// A value in one form: `15min` is `900s`, and 0.80 is 0.8.
fn written(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => {
            duration::parse(text).map_or_else(|| text.to_string(), duration::written)
        }
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => {
            let text = number.to_string();
            text.parse().map_or(text, |number: f64| number.to_string())
        }
        DeValue::Boolean(yes) => yes.to_string(),
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::Array(list) => {
            let entries: Vec<String> = list.iter().map(|entry| written(entry.get_ref())).collect();
            format!("[{}]", entries.join(" "))
        }
        DeValue::Table(table) => {
            let mut fields = Fields::new();
            flatten(&mut fields, "", table);
            let fields = fields.iter().map(|(key, value)| format!("{key} {}", value.join(" ")));
            format!("{{ {} }}", fields.collect::<Vec<String>>().join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "[centre]\nhead_start = \"15s\"\n[[line]]\nid = \"115\"\npriority = 1\n[line.overflow]\nwaited = \"10s\"\n[[agent]]\nid = \"k1\"\nshift = \"Mo 08:00-12:00\"\n";

    fn said(new: &str) -> Vec<String> {
        differences(OLD, new).iter().map(|difference| difference.said(Lang::De)).collect()
    }

    #[test]
    fn the_same_value_written_otherwise_is_no_difference() {
        let new = OLD.replace("\"15s\"", "\"15000ms\"");
        assert_eq!(said(&new), Vec::<String>::new());
        let share = |text: &str| format!("[centre]\nshare = {text}\n");
        assert!(differences(&share("0.80"), &share("0.8")).is_empty());
        assert_eq!(differences(&share("0.80"), &share("0.81")).len(), 1);
    }

    #[test]
    fn the_same_in_another_order_is_the_same() {
        let new = "[[agent]]\nshift = \"Mo 08:00-12:00\"\nid = \"k1\"\n[[line]]\nid = \"115\"\noverflow = { waited = \"10s\" }\npriority = 1\n[centre]\nhead_start = \"15s\" # gleich\n";
        assert_eq!(said(new), Vec::<String>::new());
    }

    #[test]
    fn fields_entries_and_days_are_named() {
        let new = "[centre]\nhead_start = \"20s\"\n[[line]]\nid = \"115\"\npriority = 1\n[line.overflow]\nwaited = \"25s\"\npartner = \"oldenburg\"\n[[line]]\nid = \"jesteburg\"\nfrom = \"2014-05-01\"\n";
        assert_eq!(
            said(new),
            [
                "[[agent]] k1: entfällt",
                "[[line]] 115: overflow.partner: neu oldenburg",
                "[[line]] 115: overflow.waited: 10s → 25s",
                "[[line]] jesteburg: neu, ab 2014-05-01",
                "[centre]: head_start: 15s → 20s",
            ]
        );
    }

    #[test]
    fn lists_say_what_came_and_went() {
        let list = |entries: &str| format!("[[target]]\ndefinition = \"x\"\nlines = [{entries}]\n");
        let lines = |old: &str, new: &str| -> Vec<String> {
            let found = differences(&list(old), &list(new));
            found.iter().map(|difference| difference.said(Lang::En)).collect()
        };
        assert_eq!(
            lines("\"a\", \"b\", \"c\"", "\"a\", \"c\", \"d\""),
            ["[[target]] x (a …): lines: −b +d"]
        );
        assert_eq!(
            lines("\"a\", \"b\", \"c\"", "\"a\", \"c\", \"b\""),
            ["[[target]] x (a …): lines: a, b, c → a, c, b"]
        );
    }

    #[test]
    fn long_texts_that_begin_alike_still_differ() {
        let text = |end: &str| format!("[centre]\nname = \"{}{end}\"\n", "sehr lang ".repeat(20));
        let found = differences(&text("alt"), &text("neu"));
        assert_eq!(found.len(), 1);
        assert_ne!(found[0].old, found[0].new);
    }
}
