// SPDX-License-Identifier: EUPL-1.2
//! Keys and tables: unknown, missing, of the wrong type, twice, too many.

use super::{Context, Said, quoted, say};
use crate::Lang;
use crate::config::near::nearest;
use crate::config::schema::{Kind, Table};

/// The type of a value, as the file's author sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Text in quotes.
    Text,
    /// A whole number.
    Whole,
    /// A number, perhaps with a fraction.
    Number,
    /// `true` or `false`.
    YesNo,
    /// A date or time without quotes.
    Date,
    /// `[…]`.
    List,
    /// `[name]` or `{…}`.
    Table,
    /// `[[name]]`, any number of times.
    Tables,
    /// `[{…}]` within another table.
    InlineTables,
}

impl ValueKind {
    fn named(self, lang: Lang) -> &'static str {
        match self {
            ValueKind::Text => lang.pick("ein Text in Anführungszeichen", "a text in quotes"),
            ValueKind::Whole => lang.pick("eine ganze Zahl", "a whole number"),
            ValueKind::Number => lang.pick("eine Zahl", "a number"),
            ValueKind::YesNo => lang.pick("true oder false", "true or false"),
            ValueKind::Date => {
                lang.pick("ein Datum ohne Anführungszeichen", "a date without quotes")
            }
            ValueKind::List => lang.pick("eine Liste [ … ]", "a list [ … ]"),
            ValueKind::Table => lang.pick("eine Tabelle", "a table"),
            ValueKind::Tables => {
                lang.pick("eine Folge von Tabellen [[…]]", "a sequence of tables [[…]]")
            }
            ValueKind::InlineTables => {
                lang.pick("eine Liste von Tabellen [{ … }]", "a list of tables [{ … }]")
            }
        }
    }
}

/// What is wrong with the shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A key that the table does not have.
    UnknownKey {
        /// The key.
        key: String,
        /// The table.
        table: Table,
    },
    /// A key that the table needs.
    MissingKey {
        /// The key.
        key: &'static str,
        /// The table.
        table: Table,
    },
    /// A value of another type.
    WrongType {
        /// Its key.
        key: String,
        /// What belongs there.
        expected: ValueKind,
        /// What stands there.
        found: ValueKind,
    },
    /// An id that another entry of the list has.
    DuplicateId {
        /// The id.
        id: String,
        /// Its list.
        kind: Kind,
        /// Where it stands first.
        first: usize,
    },
    /// The same entry twice in one list, or the same value where each must differ.
    Repeated {
        /// The entry.
        entry: String,
        /// Where it stands first.
        first: usize,
    },
    /// More entries than the program is built for.
    TooMany {
        /// What there are too many of.
        key: String,
        /// How many there may be.
        max: usize,
    },
    /// A list that must hold something.
    Empty {
        /// Its key.
        key: &'static str,
    },
}

impl Shape {
    pub(super) fn said(&self, lang: Lang, context: &Context<'_>) -> Said {
        match self {
            Shape::UnknownKey { key, table } => unknown_key(lang, key, *table),
            Shape::MissingKey { key, table } => missing_key(lang, key, *table),
            Shape::WrongType { key, expected, found } => wrong_type(lang, key, *expected, *found),
            Shape::DuplicateId { id, kind, first } => {
                let (id, line) = (quoted(lang, id), context.lines.place(*first).line);
                let table = kind.table().header();
                say!(
                    lang,
                    "Die Kennung {id} gibt es bei {table} zweimal.",
                    "Zuerst steht sie in Zeile {line}; einer der beiden Einträge braucht eine \
                     andere.",
                    "The id {id} is used twice for {table}.",
                    "It stands first in line {line}; one of the two needs another.",
                )
            }
            Shape::Repeated { entry, first } => {
                let (entry, line) = (quoted(lang, entry), context.lines.place(*first).line);
                say!(
                    lang,
                    "{entry} steht zweimal da.",
                    "Zuerst in Zeile {line}; einmal genügt.",
                    "{entry} stands here twice.",
                    "First in line {line}; once is enough.",
                )
            }
            Shape::TooMany { key, max } => Said::new(
                lang,
                (
                    format!("Von {} gibt es hier zu viele Einträge.", quoted(lang, key)),
                    format!("Erwartet: höchstens {max}; die weiteren wurden nicht geprüft."),
                ),
                (
                    format!("There are too many entries of {} here.", quoted(lang, key)),
                    format!("Expected: {max} at most; those beyond were not checked."),
                ),
            ),
            Shape::Empty { key } => say!(
                lang,
                "Die Liste „{key}“ ist leer.",
                "Erwartet: mindestens ein Eintrag.",
                "The list “{key}” is empty.",
                "Expected: at least one entry.",
            ),
        }
    }
}

fn unknown_key(lang: Lang, key: &str, table: Table) -> Said {
    let shown = quoted(lang, key);
    let known = table.keys().join(", ");
    let (de, en) = if table == Table::Root {
        (
            format!("Eine Tabelle oder ein Feld {shown} gibt es nicht."),
            format!("There is no table or field {shown}."),
        )
    } else {
        let table = table.header();
        (format!("In {table} gibt es kein Feld {shown}."), format!("{table} has no field {shown}."))
    };
    Said::new(lang, (de, format!("Bekannt sind: {known}.")), (en, format!("Known are: {known}.")))
        .or_rather(nearest(key, table.keys().iter().copied()))
}

fn missing_key(lang: Lang, key: &str, table: Table) -> Said {
    let (de, en) = if table == Table::Root {
        (format!("In der Datei fehlt „{key}“."), format!("The file lacks “{key}”."))
    } else {
        let table = table.header();
        (format!("In {table} fehlt das Feld „{key}“."), format!("{table} lacks the field “{key}”."))
    };
    Said::new(
        lang,
        (de, "Es ist nötig; was hineingehört, steht in docs/configuration.md.".to_owned()),
        (en, "It is required; docs/configuration.md says what belongs there.".to_owned()),
    )
}

fn wrong_type(lang: Lang, key: &str, expected: ValueKind, found: ValueKind) -> Said {
    let (shown, expected, found) = (quoted(lang, key), expected.named(lang), found.named(lang));
    say!(
        lang,
        "Bei {shown} steht {found}.",
        "Erwartet: {expected}.",
        "At {shown} stands {found}.",
        "Expected: {expected}.",
    )
}
