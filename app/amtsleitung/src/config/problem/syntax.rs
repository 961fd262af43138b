// SPDX-License-Identifier: EUPL-1.2
//! Where the file is no TOML: the parser's words, in German too.

use super::Said;
use crate::Lang;

/// What the parser said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Syntax {
    /// Its message without the expectation.
    pub message: String,
    /// Its expectation, if it had one.
    pub expected: String,
}

impl Syntax {
    /// Takes the parser's one-line message apart.
    #[must_use]
    pub fn new(message: &str) -> Self {
        let (message, expected) = message.split_once(", expected ").unwrap_or((message, ""));
        Syntax { message: message.to_owned(), expected: expected.to_owned() }
    }

    pub(super) fn said(&self, lang: Lang) -> Said {
        let german = GERMAN.iter().find(|(english, _)| *english == self.message);
        let what = match german {
            Some((_, german)) => (*german).to_owned(),
            None => format!("Das ist kein gültiges TOML ({}).", self.message),
        };
        let (de, en) = if self.expected.is_empty() {
            (
                "Die Schreibweise beschreibt docs/configuration.md am Anfang.".to_owned(),
                "The notation is described at the beginning of docs/configuration.md.".to_owned(),
            )
        } else {
            (
                format!("Erwartet: {}.", in_german(&self.expected)),
                format!("Expected: {}.", self.expected),
            )
        };
        Said::new(lang, (what, de), (format!("This is not valid TOML: {}.", self.message), en))
    }
}

/// The parser's expectations, word by word.
fn in_german(expected: &str) -> String {
    let words: Vec<&str> = expected
        .split(", ")
        .map(|word| {
            EXPECTED.iter().find(|(english, _)| *english == word).map_or(word, |(_, german)| german)
        })
        .collect();
    words.join(", ")
}

/// The parser's messages that a person can cause, and their German.
const GERMAN: [(&str, &str); 48] = [
    ("duplicate key", "Dieses Feld steht schon weiter oben in derselben Tabelle."),
    ("string values must be quoted", "Text muss in Anführungszeichen stehen."),
    ("missing value", "Nach dem Gleichheitszeichen fehlt der Wert."),
    ("missing value for key", "Nach dem Gleichheitszeichen fehlt der Wert."),
    ("key with no value", "Nach dem Feldnamen fehlen Gleichheitszeichen und Wert."),
    (
        "missing assignment between key-value pairs",
        "Zwischen Feldname und Wert fehlt das Gleichheitszeichen.",
    ),
    ("extra assignment between key-value pairs", "Hier steht ein Gleichheitszeichen zu viel."),
    ("extra `=`", "Hier steht ein Gleichheitszeichen zu viel."),
    ("unexpected `=` in array", "In einer Liste steht kein Gleichheitszeichen."),
    ("unquoted keys cannot be empty", "Vor dem Gleichheitszeichen fehlt der Feldname."),
    ("invalid unquoted key", "Dieser Feldname braucht Anführungszeichen oder andere Zeichen."),
    ("unexpected content", "Hier steht etwas, das nicht hierher gehört."),
    (
        "unexpected content between comment and newline",
        "Hier steht etwas, das nicht hierher gehört.",
    ),
    (
        "unexpected key or value",
        "Hier steht etwas, das nicht hierher gehört; jedes Feld braucht eine eigene Zeile.",
    ),
    ("invalid value", "Das ist kein gültiger Wert."),
    ("invalid key-value pair", "Das ist kein Feld mit Wert."),
    (
        "invalid basic string",
        "Der Text in Anführungszeichen endet nicht oder enthält ein unerlaubtes Zeichen.",
    ),
    (
        "invalid literal string",
        "Der Text in Hochkommas endet nicht oder enthält ein unerlaubtes Zeichen.",
    ),
    (
        "invalid multi-line basic string",
        "Der mehrzeilige Text endet nicht oder enthält ein unerlaubtes Zeichen.",
    ),
    (
        "invalid multi-line literal string",
        "Der mehrzeilige Text endet nicht oder enthält ein unerlaubtes Zeichen.",
    ),
    ("missing opening quote", "Am Anfang des Textes fehlt das Anführungszeichen."),
    ("missing escaped value", "Diese Zeichenfolge nach \\ gibt es nicht."),
    ("too few unicode value digits", "Das Zeichen nach \\u braucht mehr Ziffern."),
    ("invalid comment character", "Im Kommentar steht ein unerlaubtes Steuerzeichen."),
    (
        "carriage return must be followed by newline",
        "Ein Wagenrücklauf (CR) steht ohne Zeilenende (LF).",
    ),
    ("unclosed array", "Die Liste wird nicht geschlossen."),
    ("missing comma between array elements", "Zwischen den Einträgen der Liste fehlt ein Komma."),
    ("extra comma in array", "In der Liste steht ein Komma zu viel."),
    ("unclosed table", "Die Überschrift der Tabelle wird nicht geschlossen."),
    ("unclosed array table", "Die Überschrift der Tabelle wird nicht geschlossen."),
    ("missing table open", "Der Überschrift der Tabelle fehlt die öffnende Klammer."),
    ("unclosed inline table", "Die geschweifte Klammer wird nicht geschlossen."),
    (
        "missing comma between key-value pairs",
        "Zwischen den Feldern in der geschweiften Klammer fehlt ein Komma.",
    ),
    ("extra comma in inline table", "In der geschweiften Klammer steht ein Komma zu viel."),
    ("missing key for inline table element", "In der geschweiften Klammer fehlt ein Feldname."),
    (
        "invalid inline table element",
        "In der geschweiften Klammer steht etwas, das kein Feld mit Wert ist.",
    ),
    ("cannot recurse further; max recursion depth met", "Die Klammern sind zu tief geschachtelt."),
    ("recursion limit", "Die Punkte im Feldnamen führen zu tief."),
    ("invalid boolean", "Das ist weder true noch false; Text muss in Anführungszeichen stehen."),
    ("invalid date", "Dieses Datum gibt es nicht."),
    ("invalid time", "Diese Uhrzeit gibt es nicht."),
    ("invalid datetime", "Diesen Zeitpunkt gibt es nicht."),
    ("invalid date-time", "Diesen Zeitpunkt gibt es nicht."),
    ("invalid time offset", "Diese Zeitzone gibt es nicht."),
    (
        "unexpected leading zero",
        "Eine Zahl beginnt nicht mit 0; Ziffernfolgen wie Vorwahlen stehen in Anführungszeichen.",
    ),
    ("redundant numeric sign", "Hier steht ein Vorzeichen zu viel."),
    (
        "`_` may only go between digits",
        "Ein Unterstrich in einer Zahl steht nur zwischen zwei Ziffern.",
    ),
    ("keys cannot be multi-line basic strings", "Ein Feldname steht auf einer Zeile."),
];

/// The parser's expectations and their German.
const EXPECTED: [(&str, &str); 16] = [
    ("literal string", "ein Text in Anführungszeichen"),
    ("basic string", "ein Text in Anführungszeichen"),
    ("letters", "Buchstaben"),
    ("numbers", "Ziffern"),
    ("digits", "Ziffern"),
    ("value", "ein Wert"),
    ("key", "ein Feldname"),
    ("newline", "ein Zeilenende"),
    ("nothing", "nichts"),
    ("characters", "Zeichen"),
    ("printable characters", "druckbare Zeichen"),
    ("non-double-quote visible characters", "sichtbare Zeichen außer dem Anführungszeichen"),
    ("non-single-quote visible characters", "sichtbare Zeichen außer dem Hochkomma"),
    ("unicode hexadecimal value", "die Nummer des Zeichens, hexadezimal"),
    ("month between 01 and 12", "ein Monat von 01 bis 12"),
    ("day between 01 and 31", "ein Tag von 01 bis 31"),
];
