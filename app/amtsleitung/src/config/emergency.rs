// SPDX-License-Identifier: EUPL-1.2
//! Finds 110 and 112 wherever they hide: in numbers however written, in blocks, in the middle of texts.

use super::number::{Numbers, Plan};
use std::collections::BTreeSet;

/// The emergency numbers of Germany (§ 164 TKG).
pub(super) const NUMBERS: [&str; 2] = ["110", "112"];

/// Area codes without their leading 0, as far as the file names them.
#[derive(Debug, Default)]
pub(super) struct AreaCodes(BTreeSet<String>);

impl AreaCodes {
    /// Learns an area code such as `04168`.
    pub(super) fn learn(&mut self, code: &str) {
        if let Some(rest) = code.strip_prefix('0') {
            self.0.insert(rest.to_owned());
        }
    }
}

/// How a value is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A text, which may be a number as a whole.
    Text,
    /// A key such as a postcode, of which `11055` is a good one: only the very number is refused.
    Key,
}

/// The emergency number that a value is, begins with or mentions.
pub(super) fn find(text: &str, look: Look, codes: &AreaCodes) -> Option<&'static str> {
    if let Some(number) = mentioned(text) {
        return Some(number);
    }
    match look {
        Look::Key => None,
        Look::Text => text.split("..").find_map(|part| dialled(part, codes)),
    }
}

/// What stands between the digits of a number.
fn is_separator(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}'..='\u{2015}' | '/' | '(' | ')' | '.'
    )
}

/// ASCII for the digits that look like it.
fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(character) - 0xff10, 10),
        _ => None,
    }
}

/// The whole text as a number: is it, or does it begin as, an emergency number?
fn dialled(text: &str, codes: &AreaCodes) -> Option<&'static str> {
    let mut digits = String::new();
    let mut plus = false;
    for character in text.trim().chars() {
        match digit(character) {
            Some(digit) => digits.push(digit),
            None if character == '+' && digits.is_empty() => plus = true,
            None if is_separator(character) => {}
            None => return None,
        }
    }
    let forms = forms(&digits, plus);
    forms.iter().find_map(|form| begins(form).or_else(|| behind_area_code(form, codes)))
}

/// The number without what may be dialled before it, as far as that is certain.
fn forms(digits: &str, plus: bool) -> Vec<&str> {
    let mut forms = vec![digits];
    forms.extend(digits.strip_prefix("0049"));
    forms.extend(digits.strip_prefix("00"));
    forms.extend(digits.strip_prefix('0'));
    if plus {
        forms.extend(digits.strip_prefix("49"));
    }
    let without_zero: Vec<&str> = forms.iter().filter_map(|form| form.strip_prefix('0')).collect();
    forms.extend(without_zero);
    forms
}

fn begins(digits: &str) -> Option<&'static str> {
    NUMBERS.into_iter().find(|number| digits.starts_with(number))
}

fn behind_area_code(form: &str, codes: &AreaCodes) -> Option<&'static str> {
    (2..=5)
        .filter_map(|length| form.split_at_checked(length))
        .find_map(|(code, rest)| if codes.0.contains(code) { begins(rest) } else { None })
}

/// An emergency number as a word of its own, or digit by digit (`1 1 2`, `1-1-2`), in a text.
fn mentioned(text: &str) -> Option<&'static str> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .map(|word| word.chars().map(|c| digit(c).unwrap_or(c)).collect())
        .collect();
    let whole = words.iter().find_map(|word| {
        NUMBERS.into_iter().find(|number| {
            word.strip_suffix(number)
                .is_some_and(|before| ["", "0", "00", "49", "0049"].contains(&before))
        })
    });
    whole.or_else(|| {
        words.windows(3).find_map(|three| NUMBERS.into_iter().find(|number| spelt(three, number)))
    })
}

fn spelt(words: &[String], number: &str) -> bool {
    words.iter().zip(number.chars()).all(|(word, digit)| {
        let mut characters = word.chars();
        characters.next() == Some(digit) && characters.next().is_none()
    })
}

/// The emergency number that a block contains or whose beginning some number of it is.
pub(super) fn find_in_block(numbers: Numbers, codes: &AreaCodes) -> Option<&'static str> {
    let skips = match numbers.plan {
        Plan::Short => vec![0],
        Plan::E164 => {
            let first = numbers.first.to_string();
            let national = first.strip_prefix("49").unwrap_or("");
            let behind = (2..=5).filter(|&length| {
                national.get(..length).is_some_and(|code| codes.0.contains(code))
            });
            [0, 2].into_iter().chain(behind.map(|length| 2 + length as u32)).collect()
        }
    };
    NUMBERS.into_iter().zip([110, 112]).find_map(|(name, value)| {
        skips.iter().any(|&skip| numbers.any_begins(skip, value, 3)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes() -> AreaCodes {
        let mut codes = AreaCodes::default();
        codes.learn("040");
        codes.learn("04168");
        codes
    }

    #[test]
    fn emergency_numbers_are_found_however_written() {
        for text in [
            "110",
            "112",
            " 112 ",
            "1-1-2",
            "1 1 0",
            "(112)",
            "11/2",
            "1.1.2",
            "0112",
            "00112",
            "+49112",
            "0049112",
            "0049 112",
            "+49 (0) 112",
            "+49 112 99",
            "1101",
            "112233",
            "040 112",
            "+4940112",
            "+49 4168 110",
            "04168/112",
            "112..119",
            "109..112",
            "１１２",
            "Wählen Sie 112.",
            "im Notfall: 110!",
            "1 1 2 ist der Notruf",
            "Tel.:112",
            "Notruf 0-112",
            "112\u{a0}",
        ] {
            assert!(find(text, Look::Text, &codes()).is_some(), "{text:?}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "115",
            "116117",
            "+494066969100",
            "+4940669112",
            "Zimmer 1100",
            "1120m",
            "eins eins zwei",
            "Mo 11:00-12:00; PH off",
            "2014-12-24T12:00",
            "am 1.12. und 11.2.",
            "Zimmer 1-10",
            "",
            "..",
            "+",
        ] {
            assert_eq!(find(text, Look::Text, &codes()), None, "{text:?}");
        }
        for key in ["110000000000", "11055", "11200"] {
            assert_eq!(find(key, Look::Key, &codes()), None, "{key:?}");
        }
        assert_eq!(find("112", Look::Key, &codes()), Some("112"));
    }

    #[test]
    fn blocks_are_seen_through() {
        let block = |text: &str| find_in_block(Numbers::parse(text).unwrap(), &codes());
        assert_eq!(block("109..115"), Some("110"));
        assert_eq!(block("111..115"), Some("112"));
        assert_eq!(block("113..119"), None);
        assert_eq!(block("+494010999..+494011001"), Some("110"));
        assert_eq!(block("+49416811199..+49416811201"), Some("112"));
        assert_eq!(block("+494066969200..+494066969219"), None);
    }
}
