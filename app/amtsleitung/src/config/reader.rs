// SPDX-License-Identifier: EUPL-1.2
//! Takes fields out of the spanned tree, or notes why it cannot.
//!
//! Every method returns something usable even when it has noted a problem, so that one pass finds
//! them all; a tree with an error never becomes a [`County`](super::County).

use super::duration;
use super::near::nearest;
use super::number::Numbers;
use super::problem::{Opening, Problem, Shape, Syntax, ValueKind, ValueProblem, is_invisible};
use super::report::Report;
use super::schema::{Kind, Table};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use stdx::Micros;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place.
pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// Characters of a name.
const NAME_MAX: usize = 120;

/// Characters of an id.
const ID_MAX: usize = 40;

/// Entries of a list of plain values, such as a line's numbers or a place's postcodes.
pub(super) const LIST_MAX: usize = 1_000;

/// Keys of one table that are compared with a missing one; no table has as many.
const KEYS_COMPARED_MAX: usize = 40;

/// What stands in for an index that could not be found; no list is that long.
pub(super) const NOWHERE: usize = usize::MAX;

/// Something and the byte where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At<T> {
    pub(super) at: usize,
    pub(super) value: T,
}

/// A table whose keys have been compared with those that it may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a, 'i> {
    pub(super) at: usize,
    kind: Table,
    table: &'a DeTable<'i>,
}

impl<'a, 'i> Fields<'a, 'i> {
    /// The value at `key`, if there is one.
    pub(super) fn get(&self, key: &'static str) -> Option<&'a Value<'i>> {
        assert!(self.kind.keys().contains(&key), "{key} is not in the schema of {:?}", self.kind);
        self.table.get(key)
    }

    /// Whether an unknown key was probably meant to be `key`; then it is not missing as well.
    pub(super) fn mistypes(&self, key: &str) -> bool {
        let known = self.kind.keys();
        let mut others = self.table.iter().map(|(name, _)| name.get_ref()).take(KEYS_COMPARED_MAX);
        others.any(|name| {
            !known.contains(&name.as_ref()) && nearest(name, known.iter().copied()) == Some(key)
        })
    }

    /// Where the value at `key` stands, or the table if it has none.
    pub(super) fn place(&self, key: &'static str) -> usize {
        self.get(key).map_or(self.at, start)
    }
}

/// The ids of one list.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub(super) places: Vec<usize>,
    pub(super) names: Vec<String>,
    index: BTreeMap<String, usize>,
    /// An entry's id could not be read: then an unknown reference may mean that one.
    incomplete: bool,
}

/// Reads one file.
#[derive(Debug)]
pub(super) struct Reader<'s> {
    pub(super) report: Report,
    pub(super) source: &'s str,
    pub(super) ids: BTreeMap<Kind, Ids>,
    /// The names of tables whose header is no TOML, mistyped, or that of one table instead of many: their
    /// entries are not where they should be.
    broken_headers: Vec<String>,
}

/// The limits of a duration, and what holds if the field is missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct DurationRule {
    pub(super) min: Micros,
    pub(super) max: Micros,
    pub(super) default: Option<Micros>,
}

pub(super) fn start(value: &Value<'_>) -> usize {
    value.span().start
}

fn kind_of(value: &Value<'_>) -> ValueKind {
    match value.get_ref() {
        DeValue::String(_) => ValueKind::Text,
        DeValue::Integer(_) => ValueKind::Whole,
        DeValue::Float(_) => ValueKind::Number,
        DeValue::Boolean(_) => ValueKind::YesNo,
        DeValue::Datetime(_) => ValueKind::Date,
        DeValue::Array(_) => ValueKind::List,
        DeValue::Table(_) => ValueKind::Table,
    }
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        let broken_headers = Vec::new();
        Reader { report: Report::default(), source, ids: BTreeMap::new(), broken_headers }
    }

    /// Notes that the file is no TOML at `at`.
    pub(super) fn note_syntax(&mut self, at: usize, message: &str) {
        self.note(at, Problem::Syntax(Syntax::new(message)));
        let line_start =
            self.source.get(..at).and_then(|text| text.rfind('\n')).map_or(0, |n| n + 1);
        let line = self.source.get(line_start..).and_then(|text| text.lines().next()).unwrap_or("");
        if let Some(header) = line.trim_start().strip_prefix('[') {
            let name: String = header
                .trim_start_matches(['[', ' '])
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .take(ID_MAX)
                .collect();
            self.break_header(Some(&name));
        }
    }

    /// What stands under this header is not where it should be.
    fn break_header(&mut self, name: Option<&str>) {
        let Some(name) = name else { return };
        let is_known = self.broken_headers.iter().any(|known| known == name);
        if self.broken_headers.len() < LIST_MAX && !is_known {
            self.broken_headers.push(name.to_owned());
        }
    }

    pub(super) fn note(&mut self, at: usize, problem: Problem) {
        self.report.note(at, problem);
    }

    fn wrong_type(&mut self, key: &str, value: &Value<'_>, expected: ValueKind) {
        let found = kind_of(value);
        let problem = Shape::WrongType { key: key.to_owned(), expected, found };
        self.note(start(value), Problem::Shape(problem));
    }

    /// Opens a table: every key that it may not have is a problem.
    pub(super) fn open<'a, 'i>(
        &mut self,
        at: usize,
        table: &'a DeTable<'i>,
        kind: Table,
    ) -> Fields<'a, 'i> {
        let mut compared = 0;
        for (key, _) in table {
            if !kind.keys().contains(&key.get_ref().as_ref()) {
                let problem = Shape::UnknownKey { key: key.get_ref().to_string(), table: kind };
                self.note(key.span().start, Problem::Shape(problem));
                if kind == Table::Root && compared < KEYS_COMPARED_MAX {
                    compared += 1;
                    self.break_header(nearest(key.get_ref(), kind.keys().iter().copied()));
                }
            }
        }
        Fields { at, kind, table }
    }

    /// The value at `key`, which must be there.
    pub(super) fn required<'a, 'i>(
        &mut self,
        fields: &Fields<'a, 'i>,
        key: &'static str,
    ) -> Option<&'a Value<'i>> {
        let value = fields.get(key);
        let is_echo = self.may_be_meant(fields, key);
        if value.is_none() && !is_echo {
            self.note(fields.at, Problem::Shape(Shape::MissingKey { key, table: fields.kind }));
        }
        value
    }

    /// Whether `key` may be there after all: with a slip in it, or as a header that is no TOML.
    pub(super) fn may_be_meant(&self, fields: &Fields<'_, '_>, key: &str) -> bool {
        fields.mistypes(key)
            || fields.kind == Table::Root && self.broken_headers.iter().any(|name| name == key)
    }

    /// The table at `key`, if it is there.
    pub(super) fn table<'a, 'i>(
        &mut self,
        fields: &Fields<'a, 'i>,
        key: &'static str,
        kind: Table,
    ) -> Option<Fields<'a, 'i>> {
        let value = fields.get(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(key, value, ValueKind::Table);
            return None;
        };
        Some(self.open(start(value), table, kind))
    }

    /// The tables `[[key]]`, at most `max`.
    pub(super) fn tables<'a, 'i>(
        &mut self,
        root: &Fields<'a, 'i>,
        key: &'static str,
        kind: Table,
        max: usize,
    ) -> Vec<Fields<'a, 'i>> {
        let Some(value) = root.get(key) else { return Vec::new() };
        // Within another table they are written in one line.
        let expected =
            if root.kind == Table::Root { ValueKind::Tables } else { ValueKind::InlineTables };
        let DeValue::Array(entries) = value.get_ref() else {
            // A broken header makes the tables below it look like this.
            if !self.broken_headers.iter().any(|name| name == key) {
                self.wrong_type(key, value, expected);
                if root.kind == Table::Root {
                    self.break_header(Some(key));
                }
            }
            return Vec::new();
        };
        self.bound(key, entries, max);
        let mut tables = Vec::new();
        for entry in entries.iter().take(max) {
            if let DeValue::Table(table) = entry.get_ref() {
                tables.push(self.open(start(entry), table, kind));
            } else {
                self.wrong_type(key, entry, expected);
            }
        }
        tables
    }

    fn bound(&mut self, key: &str, entries: &[Value<'_>], max: usize) {
        if let Some(beyond) = entries.get(max) {
            let problem = Shape::TooMany { key: key.to_owned(), max };
            self.note(start(beyond), Problem::Shape(problem));
        }
    }

    /// The entries of the list at `key`, which must be there and hold something.
    pub(super) fn list<'a, 'i>(
        &mut self,
        fields: &Fields<'a, 'i>,
        key: &'static str,
    ) -> &'a [Value<'i>] {
        let Some(value) = self.required(fields, key) else { return &[] };
        let entries = self.list_in(key, value);
        if entries.is_empty() && matches!(value.get_ref(), DeValue::Array(_)) {
            self.note(start(value), Problem::Shape(Shape::Empty { key }));
        }
        entries
    }

    fn list_in<'a, 'i>(&mut self, key: &'static str, value: &'a Value<'i>) -> &'a [Value<'i>] {
        let DeValue::Array(entries) = value.get_ref() else {
            self.wrong_type(key, value, ValueKind::List);
            return &[];
        };
        self.bound(key, entries, LIST_MAX);
        entries.get(..LIST_MAX).unwrap_or(entries)
    }

    /// The texts of the list at `key`, none twice.
    pub(super) fn texts<'a>(
        &mut self,
        fields: &Fields<'a, '_>,
        key: &'static str,
    ) -> Vec<At<&'a str>> {
        let entries = self.list(fields, key);
        self.texts_of(key, entries)
    }

    /// The same for a list that may be missing or empty.
    pub(super) fn optional_texts<'a>(
        &mut self,
        fields: &Fields<'a, '_>,
        key: &'static str,
    ) -> Vec<At<&'a str>> {
        let Some(value) = fields.get(key) else { return Vec::new() };
        let entries = self.list_in(key, value);
        self.texts_of(key, entries)
    }

    fn texts_of<'a>(&mut self, key: &'static str, entries: &'a [Value<'_>]) -> Vec<At<&'a str>> {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut texts = Vec::new();
        for entry in entries {
            let Some(text) = self.string(key, entry) else { continue };
            if let Some(&first) = seen.get(text) {
                let problem = Shape::Repeated { entry: text.to_owned(), first };
                self.note(start(entry), Problem::Shape(problem));
            } else {
                seen.insert(text, start(entry));
                texts.push(At { at: start(entry), value: text });
            }
        }
        texts
    }

    /// The text of a value.
    pub(super) fn string<'a>(&mut self, key: &str, value: &'a Value<'_>) -> Option<&'a str> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, value, ValueKind::Text);
            return None;
        };
        Some(text.as_ref())
    }

    /// A required text of 1 to `max` characters.
    pub(super) fn text(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &'static str,
        max: usize,
    ) -> String {
        match self.required(fields, key) {
            Some(value) => self.text_in(key, value, max),
            None => String::new(),
        }
    }

    /// The text of 1 to `max` characters in `value`; line breaks and runs of blanks become one blank.
    pub(super) fn text_in(&mut self, key: &'static str, value: &Value<'_>, max: usize) -> String {
        let Some(text) = self.string(key, value) else { return String::new() };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let length = text.chars().count();
        let problem = if text.is_empty() {
            ValueProblem::EmptyText(key.to_owned())
        } else if length > max {
            ValueProblem::LongText { key: key.to_owned(), length, max }
        } else if text.chars().any(is_invisible) {
            ValueProblem::InvisibleCharacter(key.to_owned())
        } else {
            return text;
        };
        self.note(start(value), Problem::Value(problem));
        String::new()
    }

    /// The required field `name`.
    pub(super) fn name(&mut self, fields: &Fields<'_, '_>) -> String {
        self.text(fields, "name", NAME_MAX)
    }

    /// The field `name`, or `default` if it is missing.
    pub(super) fn name_or(&mut self, fields: &Fields<'_, '_>, default: &str) -> String {
        match fields.get("name") {
            Some(value) => self.text_in("name", value, NAME_MAX),
            None => default.to_owned(),
        }
    }

    /// The required field `id`, well formed or noted.
    pub(super) fn id(&mut self, fields: &Fields<'_, '_>) -> Option<At<String>> {
        let value = self.required(fields, "id")?;
        let id = self.string("id", value)?;
        if !is_id(id) {
            self.note(start(value), Problem::Value(ValueProblem::BadId(id.to_owned())));
            return None;
        }
        Some(At { at: start(value), value: id.to_owned() })
    }

    /// Whether an entry of a list may be missing because its header is no TOML: then nobody can say what
    /// the list lacks.
    pub(super) fn is_broken(&self, kind: Kind) -> bool {
        let header = kind.table().header();
        self.broken_headers.iter().any(|name| header == format!("[[{name}]]"))
    }

    /// Reads the ids of a whole list, before anything refers to them.
    pub(super) fn collect_ids(&mut self, kind: Kind, tables: &[Fields<'_, '_>]) {
        let mut ids = Ids { incomplete: self.is_broken(kind), ..Ids::default() };
        for fields in tables {
            let id = self.id(fields);
            ids.incomplete |= id.is_none();
            let At { at, value } = id.unwrap_or(At { at: fields.at, value: String::new() });
            if let Some(first) = ids.index.get(&value).and_then(|&index| ids.places.get(index)) {
                let problem = Shape::DuplicateId { id: value.clone(), kind, first: *first };
                self.note(at, Problem::Shape(problem));
            } else if !value.is_empty() {
                ids.index.insert(value.clone(), ids.names.len());
            }
            ids.places.push(at);
            ids.names.push(value);
        }
        self.ids.insert(kind, ids);
    }

    /// The id of an entry that [`Reader::collect_ids`] has read.
    pub(super) fn id_of(&self, kind: Kind, index: usize) -> String {
        self.ids.get(&kind).and_then(|ids| ids.names.get(index)).cloned().unwrap_or_default()
    }

    /// Where that id stands.
    pub(super) fn place_of(&self, kind: Kind, index: usize) -> usize {
        self.ids.get(&kind).and_then(|ids| ids.places.get(index)).copied().unwrap_or(0)
    }

    /// The index of the entry with the id `given`, or [`NOWHERE`].
    pub(super) fn find(&mut self, kind: Kind, at: usize, given: &str) -> usize {
        let ids = self.ids.get(&kind);
        if let Some(&index) = ids.and_then(|ids| ids.index.get(given)) {
            return index;
        }
        if !ids.is_some_and(|ids| ids.incomplete) {
            let problem = ValueProblem::UnknownId { kind, given: given.to_owned() };
            self.note(at, Problem::Value(problem));
        }
        NOWHERE
    }

    /// The required reference at `key`.
    pub(super) fn reference(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &'static str,
        kind: Kind,
    ) -> usize {
        let Some(value) = self.required(fields, key) else { return NOWHERE };
        let Some(given) = self.string(key, value) else { return NOWHERE };
        self.find(kind, start(value), given)
    }

    /// The references in the list at `key`, those that exist.
    pub(super) fn references(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &'static str,
        kind: Kind,
    ) -> Vec<At<usize>> {
        let texts = self.texts(fields, key);
        self.find_all(kind, &texts)
    }

    /// The same for a list that may be missing or empty.
    pub(super) fn optional_references(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &'static str,
        kind: Kind,
    ) -> Vec<At<usize>> {
        let texts = self.optional_texts(fields, key);
        self.find_all(kind, &texts)
    }

    fn find_all(&mut self, kind: Kind, texts: &[At<&str>]) -> Vec<At<usize>> {
        texts
            .iter()
            .map(|text| At { at: text.at, value: self.find(kind, text.at, text.value) })
            .filter(|found| found.value != NOWHERE)
            .collect()
    }

    /// The table at `key` whose keys are ids of `kind` and whose values lie in `range`.
    pub(super) fn levels(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &'static str,
        kind: Kind,
        range: RangeInclusive<i64>,
    ) -> Vec<(At<usize>, u8)> {
        let Some(value) = fields.get(key) else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(key, value, ValueKind::Table);
            return Vec::new();
        };
        let mut levels = Vec::new();
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(id, _)| id.span().start);
        for (id, level) in entries.into_iter().take(LIST_MAX) {
            let at = id.span().start;
            let index = self.find(kind, at, id.get_ref());
            let level = self.whole_in(id.get_ref(), level, range.clone());
            if index != NOWHERE {
                levels.push((At { at, value: index }, u8::try_from(level).unwrap_or(u8::MAX)));
            }
        }
        levels
    }

    /// A whole number within `range`, or `default` if the field is missing and there is one.
    pub(super) fn whole(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &'static str,
        range: RangeInclusive<i64>,
        default: Option<i64>,
    ) -> i64 {
        let value = match default {
            Some(default) => match fields.get(key) {
                Some(value) => value,
                None => return default,
            },
            None => match self.required(fields, key) {
                Some(value) => value,
                None => return *range.start(),
            },
        };
        self.whole_in(key, value, range)
    }

    fn whole_in(&mut self, key: &str, value: &Value<'_>, range: RangeInclusive<i64>) -> i64 {
        let DeValue::Integer(integer) = value.get_ref() else {
            self.wrong_type(key, value, ValueKind::Whole);
            return *range.start();
        };
        match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if range.contains(&number) => number,
            Ok(_) | Err(_) => {
                let (min, max) = (range.start().to_string(), range.end().to_string());
                let given = integer.to_string();
                let problem = ValueProblem::OutOfRange { key: key.to_owned(), given, min, max };
                self.note(start(value), Problem::Value(problem));
                *range.start()
            }
        }
    }

    /// A number, with or without a fraction, within `range`; `default` if the field is missing and
    /// there is one.
    pub(super) fn fraction(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &'static str,
        range: RangeInclusive<f64>,
        default: Option<f64>,
    ) -> f64 {
        let value = match default {
            Some(default) => match fields.get(key) {
                Some(value) => value,
                None => return default,
            },
            None => match self.required(fields, key) {
                Some(value) => value,
                None => return *range.start(),
            },
        };
        let Some(given) = decimal(value) else {
            self.wrong_type(key, value, ValueKind::Number);
            return *range.start();
        };
        match given.parse::<f64>() {
            Ok(number) if range.contains(&number) => number,
            Ok(_) | Err(_) => {
                let (min, max) = (range.start().to_string(), range.end().to_string());
                let problem = ValueProblem::OutOfRange {
                    key: key.to_owned(),
                    given: given.to_owned(),
                    min,
                    max,
                };
                self.note(start(value), Problem::Value(problem));
                *range.start()
            }
        }
    }

    /// A duration by its rule.
    pub(super) fn duration(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &'static str,
        rule: DurationRule,
    ) -> Micros {
        let value = match rule.default {
            Some(default) => match fields.get(key) {
                Some(value) => value,
                None => return default,
            },
            None => match self.required(fields, key) {
                Some(value) => value,
                None => return rule.min,
            },
        };
        let Some(text) = self.string(key, value) else { return rule.min };
        let problem = match duration::parse(text) {
            Some(length) if rule.min <= length && length <= rule.max => return length,
            Some(_) => ValueProblem::OutOfRange {
                key: key.to_owned(),
                given: text.to_owned(),
                min: duration::written(rule.min),
                max: duration::written(rule.max),
            },
            None => ValueProblem::BadDuration { key: key.to_owned(), given: text.to_owned() },
        };
        self.note(start(value), Problem::Value(problem));
        rule.min
    }

    /// `true`, `false`, or `false` if the field is missing.
    pub(super) fn flag(&mut self, fields: &Fields<'_, '_>, key: &'static str) -> bool {
        let Some(value) = fields.get(key) else { return false };
        let DeValue::Boolean(flag) = value.get_ref() else {
            self.wrong_type(key, value, ValueKind::YesNo);
            return false;
        };
        *flag
    }

    /// One of the words `known`: its index.
    pub(super) fn word(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &'static str,
        known: &'static [&'static str],
    ) -> Option<usize> {
        let value = self.required(fields, key)?;
        let given = self.string(key, value)?;
        let index = known.iter().position(|word| *word == given);
        if index.is_none() {
            let problem = ValueProblem::UnknownWord { key, given: given.to_owned(), known };
            self.note(start(value), Problem::Value(problem));
        }
        index
    }

    /// A number or block.
    pub(super) fn numbers(&mut self, text: At<&str>) -> Option<At<Numbers>> {
        match Numbers::parse(text.value) {
            Ok(value) => Some(At { at: text.at, value }),
            Err(error) => {
                let problem = ValueProblem::BadNumber { given: text.value.to_owned(), error };
                self.note(text.at, Problem::Value(problem));
                None
            }
        }
    }

    /// Where byte `offset` of the text in `value` stands in the file; the value's beginning if the text
    /// is written with escapes.
    pub(super) fn inside(&self, value: &Value<'_>, offset: usize) -> usize {
        let span = value.span();
        let DeValue::String(text) = value.get_ref() else { return span.start };
        let written = self.source.get(span.start + 1..span.end.saturating_sub(1));
        if written == Some(text.as_ref()) {
            span.start + 1 + offset.min(text.len())
        } else {
            span.start
        }
    }

    /// Notes a problem of hours, shifts or closures.
    pub(super) fn note_opening(&mut self, at: usize, problem: Opening) {
        self.note(at, Problem::Opening(problem));
    }
}

/// The digits of a number with or without a fraction.
fn decimal<'a>(value: &'a Value<'_>) -> Option<&'a str> {
    match value.get_ref() {
        DeValue::Float(float) => Some(float.as_str()),
        DeValue::Integer(integer) if integer.radix() == 10 => Some(integer.as_str()),
        DeValue::Integer(_)
        | DeValue::String(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    }
}

/// Whether a text is an id.
fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=ID_MAX).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with('-')
}
