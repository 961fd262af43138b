// SPDX-License-Identifier: EUPL-1.2
//! Values that cannot be what they claim: ids, numbers, durations, dates, keys of places.

use super::{Context, Said, quoted, say};
use crate::Lang;
use crate::config::near::nearest;
use crate::config::number::{BLOCK_MAX, NumberError};
use crate::config::schema::Kind;

/// Ids that a message lists.
const LISTED_MAX: usize = 8;

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueProblem {
    /// An id with other characters than ids have.
    BadId(String),
    /// An id of a line that reports use for all lines together.
    ReservedId(&'static str),
    /// A reference to an id that its list does not have.
    UnknownId {
        /// The list.
        kind: Kind,
        /// The id.
        given: String,
    },
    /// A name that no place has.
    UnknownPlace {
        /// The name.
        given: String,
        /// The one that is most like it.
        near: Option<String>,
    },
    /// A word that is none of those possible.
    UnknownWord {
        /// Its key.
        key: &'static str,
        /// The word.
        given: String,
        /// The possible ones.
        known: &'static [&'static str],
    },
    /// A text without a visible character.
    EmptyText(String),
    /// A text with control characters or characters that turn the direction of writing.
    InvisibleCharacter(String),
    /// A text that is too long.
    LongText {
        /// Its key.
        key: String,
        /// How many characters it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// A number outside its range.
    OutOfRange {
        /// Its key.
        key: String,
        /// The number as it stands in the file.
        given: String,
        /// The least that is allowed.
        min: String,
        /// The most that is allowed.
        max: String,
    },
    /// No duration.
    BadDuration {
        /// Its key.
        key: String,
        /// The text.
        given: String,
    },
    /// No telephone number.
    BadNumber {
        /// The text.
        given: String,
        /// Why.
        error: NumberError,
    },
    /// No regional key.
    BadRegionalKey(String),
    /// A regional key whose length or Verband does not suit the kind of place.
    RegionalKeyOfOtherKind {
        /// The key.
        ars: String,
        /// The kind.
        kind: &'static str,
        /// How many digits such a place has.
        digits: usize,
        /// The sixth digit, if the kind decides it.
        sixth: Option<char>,
    },
    /// No postcode.
    BadPostcode(String),
    /// No area code.
    BadAreaCode(String),
    /// No address of electronic mail.
    BadMailAddress(String),
    /// No mail server with its port.
    BadMailServer(String),
    /// Mail in clear to another machine.
    MailInClear(String),
    /// A format that this program does not know.
    OtherFormat(i64),
}

impl ValueProblem {
    pub(super) fn said(&self, lang: Lang, context: &Context<'_>) -> Said {
        match self {
            ValueProblem::BadId(id) => bad_id(lang, id),
            ValueProblem::ReservedId(id) => say!(
                lang,
                "Die Kennung „{id}“ ist vergeben: Berichte nennen so die Summe aller Leitungen.",
                "Erwartet: eine andere Kennung.",
                "The id “{id}” is taken: reports call the sum of all lines so.",
                "Expected: another id.",
            ),
            ValueProblem::UnknownId { kind, given } => unknown_id(lang, *kind, given, context),
            ValueProblem::UnknownPlace { given, near } => {
                unknown_place(lang, given, near.as_deref())
            }
            ValueProblem::UnknownWord { key, given, known } => {
                unknown_word(lang, key, given, known)
            }
            ValueProblem::EmptyText(key) => empty_text(lang, key),
            ValueProblem::InvisibleCharacter(key) => invisible_character(lang, key),
            ValueProblem::LongText { key, length, max } => {
                let key = quoted(lang, key);
                say!(
                    lang,
                    "Der Text bei {key} hat {length} Zeichen.",
                    "Erwartet: höchstens {max}.",
                    "The text of {key} has {length} characters.",
                    "Expected: {max} at most.",
                )
            }
            ValueProblem::OutOfRange { key, given, min, max } => {
                let (key, given) = (quoted(lang, key), quoted(lang, given));
                say!(
                    lang,
                    "Der Wert {given} bei {key} ist nicht möglich.",
                    "Erwartet: von {min} bis {max}.",
                    "The value {given} of {key} is not possible.",
                    "Expected: from {min} to {max}.",
                )
            }
            ValueProblem::BadDuration { key, given } => bad_duration(lang, key, given),
            ValueProblem::BadNumber { given, error } => bad_number(lang, given, *error),
            ValueProblem::BadRegionalKey(given) => bad_regional_key(lang, given),
            ValueProblem::RegionalKeyOfOtherKind { ars, kind, digits, sixth } => {
                regional_key_of_other_kind(lang, ars, kind, *digits, *sixth)
            }
            ValueProblem::BadPostcode(given) => bad_postcode(lang, given),
            ValueProblem::BadAreaCode(given) => bad_area_code(lang, given),
            ValueProblem::BadMailAddress(given) => say!(
                lang,
                "„{given}“ ist keine E-Mail-Adresse.",
                "Erwartet: eine Adresse wie bauhof@kreis.example, ohne Umlaute.",
                "“{given}” is no address of electronic mail.",
                "Expected: an address such as bauhof@kreis.example, in ASCII.",
            ),
            ValueProblem::BadMailServer(given) => say!(
                lang,
                "„{given}“ ist kein Mailserver.",
                "Erwartet: Name und Port wie mail.kreis.example:587.",
                "“{given}” is no mail server.",
                "Expected: name and port such as mail.kreis.example:587.",
            ),
            ValueProblem::MailInClear(given) => say!(
                lang,
                "Zu „{given}“ ginge die Post im Klartext über das Netz.",
                "Erwartet: protection = \"starttls\" oder \"tls\"; \"off\" nur zu 127.0.0.1.",
                "To “{given}” mail would cross the network in clear.",
                "Expected: protection = \"starttls\" or \"tls\"; \"off\" only to 127.0.0.1.",
            ),
            ValueProblem::OtherFormat(format) => say!(
                lang,
                "Das Format {format} kennt dieses Programm nicht.",
                "Erwartet: format = 1.",
                "This program does not know format {format}.",
                "Expected: format = 1.",
            ),
        }
    }
}

fn empty_text(lang: Lang, key: &str) -> Said {
    let key = quoted(lang, key);
    say!(
        lang,
        "Der Text bei {key} ist leer.",
        "Erwartet: mindestens ein sichtbares Zeichen.",
        "The text of {key} is empty.",
        "Expected: at least one visible character.",
    )
}

fn invisible_character(lang: Lang, key: &str) -> Said {
    let key = quoted(lang, key);
    say!(
        lang,
        "Der Text bei {key} enthält ein unsichtbares Zeichen.",
        "Den Text neu tippen statt einfügen; Steuerzeichen sind nicht erlaubt.",
        "The text of {key} contains an invisible character.",
        "Type the text instead of pasting it; control characters are not allowed.",
    )
}

fn bad_postcode(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist keine Postleitzahl.",
        "Erwartet: genau fünf Ziffern, zum Beispiel \"21629\".",
        "{given} is no postcode.",
        "Expected: exactly five digits, for example \"21629\".",
    )
}

fn bad_area_code(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist keine Vorwahl.",
        "Erwartet: eine 0 und zwei bis fünf weitere Ziffern, zum Beispiel \"04168\".",
        "{given} is no area code.",
        "Expected: a 0 and two to five more digits, for example \"04168\".",
    )
}

fn bad_regional_key(lang: Lang, given: &str) -> Said {
    let given = quoted(lang, given);
    say!(
        lang,
        "{given} ist kein Regionalschlüssel.",
        "Erwartet: 2, 3, 5, 9 oder 12 Ziffern, die ersten beiden von 01 bis 16 (Land).",
        "{given} is no regional key.",
        "Expected: 2, 3, 5, 9 or 12 digits, the first two from 01 to 16 (the Land).",
    )
}

fn regional_key_of_other_kind(
    lang: Lang,
    ars: &str,
    kind: &str,
    digits: usize,
    sixth: Option<char>,
) -> Said {
    let ars = quoted(lang, ars);
    let sixth = match sixth {
        Some(sixth) => {
            lang.pick(format!(", die sechste eine {sixth}"), format!(", the sixth of them {sixth}"))
        }
        None => String::new(),
    };
    say!(
        lang,
        "Der Regionalschlüssel {ars} passt nicht zu kind = \"{kind}\".",
        "Erwartet: {digits} Ziffern{sixth}.",
        "The regional key {ars} does not suit kind = \"{kind}\".",
        "Expected: {digits} digits{sixth}.",
    )
}

fn bad_id(lang: Lang, id: &str) -> Said {
    let shown = quoted(lang, id);
    say!(
        lang,
        "{shown} ist keine Kennung.",
        "Erwartet: 1 bis 40 Kleinbuchstaben a–z, Ziffern und Bindestriche, vorn kein Bindestrich.",
        "{shown} is no id.",
        "Expected: 1 to 40 lower-case letters a–z, digits and hyphens, not beginning with a \
         hyphen.",
    )
}

fn unknown_id(lang: Lang, kind: Kind, given: &str, context: &Context<'_>) -> Said {
    let shown = quoted(lang, given);
    let table = kind.table().header();
    let ids = context.ids.get(&kind).map_or(&[][..], Vec::as_slice);
    let (de, en) = if ids.is_empty() {
        (
            format!("Die Datei hat keinen Eintrag {table}."),
            format!("The file has no entry {table}."),
        )
    } else {
        let mut some: Vec<&str> = Vec::new();
        for id in ids.iter().take(LISTED_MAX).map(String::as_str) {
            if !some.contains(&id) && !id.is_empty() {
                some.push(id);
            }
        }
        let (some, more) = (some.join(", "), if ids.len() > LISTED_MAX { ", …" } else { "" });
        (format!("Bekannt sind: {some}{more}."), format!("Known are: {some}{more}."))
    };
    Said::new(
        lang,
        (format!("Die Kennung {shown} gibt es bei {table} nicht."), de),
        (format!("{table} has no id {shown}."), en),
    )
    .or_rather(nearest(given, ids.iter().map(String::as_str)))
}

fn unknown_place(lang: Lang, given: &str, near: Option<&str>) -> Said {
    let shown = quoted(lang, given);
    say!(
        lang,
        "Einen Ort {shown} gibt es unter [[place]] nicht.",
        "Erwartet: der Name (name) eines Ortes dieser Datei.",
        "There is no place {shown} among [[place]].",
        "Expected: the name (name) of a place of this file.",
    )
    .or_rather(near)
}

fn unknown_word(lang: Lang, key: &str, given: &str, known: &'static [&'static str]) -> Said {
    let shown = quoted(lang, given);
    let list = known.join(", ");
    say!(
        lang,
        "{shown} ist bei „{key}“ nicht möglich.",
        "Möglich sind: {list}.",
        "{shown} is not possible for “{key}”.",
        "Possible are: {list}.",
    )
    .or_rather(nearest(given, known.iter().copied()))
}

fn bad_duration(lang: Lang, key: &str, given: &str) -> Said {
    let (key, given) = (quoted(lang, key), quoted(lang, given));
    say!(
        lang,
        "{given} bei {key} ist keine Dauer.",
        "Erwartet: eine ganze Zahl und direkt dahinter ms, s, min oder h, zum Beispiel \"20s\" \
         oder \"1min 30s\".",
        "{given} of {key} is no duration.",
        "Expected: a whole number directly followed by ms, s, min or h, for example \"20s\" or \
         \"1min 30s\".",
    )
}

fn bad_number(lang: Lang, given: &str, error: NumberError) -> Said {
    let given = quoted(lang, given);
    match error {
        NumberError::Form => say!(
            lang,
            "{given} ist keine Rufnummer.",
            "Erwartet: eine Kurznummer wie \"115\", eine Nummer wie \"+494066969100\" (mit \
             Landesvorwahl, ohne Leerzeichen) oder ein Block wie \
             \"+494066969200..+494066969219\".",
            "{given} is no telephone number.",
            "Expected: a short number such as \"115\", a number such as \"+494066969100\" (with \
             the country code, without blanks) or a block such as \
             \"+494066969200..+494066969219\".",
        ),
        NumberError::National => say!(
            lang,
            "{given} beginnt mit 0.",
            "Erwartet: statt der führenden 0 die Landesvorwahl, also +49 und die Vorwahl ohne 0.",
            "{given} begins with 0.",
            "Expected: the country code instead of the leading 0, so +49 and the area code \
             without 0.",
        ),
        NumberError::Uneven => say!(
            lang,
            "Anfang und Ende des Blocks {given} passen nicht zusammen.",
            "Erwartet: zwei gleich lange Nummern, beide mit + oder beide ohne.",
            "Beginning and end of the block {given} do not match.",
            "Expected: two numbers of equal length, both with + or both without.",
        ),
        NumberError::Reversed => say!(
            lang,
            "Der Block {given} endet vor seinem Anfang.",
            "Erwartet: zuerst die kleinere Nummer.",
            "The block {given} ends before it begins.",
            "Expected: the smaller number first.",
        ),
        NumberError::TooMany => say!(
            lang,
            "Der Block {given} ist zu groß.",
            "Erwartet: höchstens {BLOCK_MAX} Nummern; vielleicht ist eine Ziffer verrutscht.",
            "The block {given} is too large.",
            "Expected: {BLOCK_MAX} numbers at most; perhaps a digit has slipped.",
        ),
    }
}
