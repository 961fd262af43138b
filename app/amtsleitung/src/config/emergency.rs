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
    /// A text for people, with numbers, dates and rooms in it.
    Text,
    /// A telephone number as a whole: also what only begins as an emergency number is refused.
    Number,
    /// An id, a key such as a postcode, a duration: `11055` is a good one; only the very number is
    /// refused.
    Key,
    /// Opening hours, where only comments are text.
    Rules,
}

/// The emergency number that a value is, begins with or mentions.
pub(super) fn find(text: &str, look: Look, codes: &AreaCodes) -> Option<&'static str> {
    match look {
        Look::Key => {
            let digits: Option<String> = text.trim().chars().map(digits_of).collect();
            exact(&digits?)
        }
        Look::Rules => text.split('"').skip(1).step_by(2).find_map(|said| mentioned(said, codes)),
        Look::Text => mentioned(text, codes),
        Look::Number => mentioned(text, codes)
            .or_else(|| text.split("..").find_map(|part| dialled(part, codes))),
    }
}

/// The emergency number that these digits become with some others behind them, or with none.
pub(super) fn find_behind(stem: &str, codes: &AreaCodes) -> Option<&'static str> {
    NUMBERS.into_iter().find_map(|number| {
        (0..number.len()).find_map(|begun| {
            let (begun, rest) = number.split_at(begun);
            let whole = stem.ends_with(begun).then(|| format!("{stem}{rest}"))?;
            find(&whole, Look::Number, codes)
        })
    })
}

/// Digits that are no ASCII: the first of each row from 0 to 9.
const ZEROS: [u32; 30] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0x1946, 0x1b50, 0xa620, 0xabf0, 0xff10,
    0x2080, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
];

/// Circled and bracketed numbers: the sign for 1, and how many follow each other.
const ONES: [(u32, u32); 8] = [
    (0x2460, 20),
    (0x2474, 20),
    (0x2488, 20),
    (0x2776, 10),
    (0x2780, 10),
    (0x278a, 10),
    (0x24f5, 10),
    (0x1f102, 9),
];

/// The digits that a character stands for: `1` for `1`, `١`, `¹`, `①`, `12` for `⑫`.
fn digits_of(character: char) -> Option<&'static str> {
    const WRITTEN: [&str; 21] = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
        "17", "18", "19", "20",
    ];
    let code = u32::from(character);
    let value = match character {
        '0'..='9' => code - u32::from('0'),
        '⁰' | '⓪' | '⓿' | '🄀' | '🄁' => 0,
        '¹' => 1,
        '²' => 2,
        '³' => 3,
        '⁴'..='⁹' => code - 0x2070,
        '⓫'..='⓴' => code - 0x24eb + 11,
        '\u{1fbf0}'..='\u{1fbf9}' => code - 0x1fbf0,
        _ => {
            let row = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|n| *n < 10));
            let ring = || {
                ONES.iter().find_map(|(one, count)| {
                    code.checked_sub(*one).filter(|n| n < count).map(|n| n + 1)
                })
            };
            row.or_else(ring)?
        }
    };
    WRITTEN.get(value as usize).copied()
}

fn is_hyphen(character: char) -> bool {
    matches!(character, '-' | '_' | '~' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// What may stand between the digits of a number that is dialled as a whole.
fn is_separator(character: char) -> bool {
    character.is_whitespace() || is_hyphen(character) || matches!(character, '/' | '(' | ')' | '.')
}

/// The whole text as a number: is it, or does it begin as, an emergency number?
fn dialled(text: &str, codes: &AreaCodes) -> Option<&'static str> {
    let mut digits = String::new();
    let mut plus = false;
    for character in text.trim().chars() {
        match digits_of(character) {
            Some(more) => digits.push_str(more),
            None if character == '+' && digits.is_empty() => plus = true,
            None if is_separator(character) => {}
            None => return None,
        }
    }
    let begun = forms(&digits, plus)
        .iter()
        .find_map(|form| begins(form).or_else(|| behind_area_code(form, codes)));
    begun.or_else(|| called(&digits, plus, codes))
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

fn exact(digits: &str) -> Option<&'static str> {
    NUMBERS.into_iter().find(|number| digits == *number)
}

fn begins(digits: &str) -> Option<&'static str> {
    NUMBERS.into_iter().find(|number| digits.starts_with(number))
}

fn behind_area_code(form: &str, codes: &AreaCodes) -> Option<&'static str> {
    (2..=5)
        .filter_map(|length| form.split_at_checked(length))
        .find_map(|(code, rest)| if codes.0.contains(code) { begins(rest) } else { None })
}

/// The emergency number that is called by dialling exactly these digits: alone, behind 0, 00 or 49, or
/// behind an area code.
fn called(digits: &str, plus: bool, codes: &AreaCodes) -> Option<&'static str> {
    let alone = forms(digits, plus).iter().find_map(|form| exact(form));
    alone.or_else(|| digits.strip_prefix("49").and_then(exact)).or_else(|| {
        let abroad = if plus { digits.strip_prefix("49") } else { digits.strip_prefix("0049") };
        let national = match abroad {
            Some(rest) => rest.strip_prefix('0').unwrap_or(rest),
            None => digits.strip_prefix('0')?,
        };
        let (code, number) = national.split_at_checked(national.len().checked_sub(3)?)?;
        let is_code = codes.0.contains(code) || is_area_code(code);
        if is_code { exact(number) } else { None }
    })
}

/// Whether digits look like a whole German area code without its 0. No code is the beginning of
/// another: a few cities have two digits, larger towns three, in the east some have five, all others
/// four.
fn is_area_code(code: &str) -> bool {
    const OF_THREE: &str = "201 202 203 208 209 212 214 221 228 231 234 241 251 261 271 281 291 \
        331 335 340 341 345 351 355 361 365 371 375 381 385 391 395 421 431 441 451 461 471 481 491 \
        511 521 531 541 551 561 571 581 591 611 621 631 641 651 661 671 681 711 721 731 741 751 761 \
        771 781 791 811 821 831 841 851 861 871 881 906 911 921 931 941 951 961 971 981 991";
    let length = match code.get(..2) {
        Some("30" | "40" | "69" | "89") => 2..=2,
        Some(_) if code.get(..3).is_some_and(|three| OF_THREE.split(' ').any(|c| c == three)) => {
            3..=3
        }
        Some(two) if two.starts_with('3') => 4..=5,
        Some(two) if two.starts_with(['2', '4', '5', '6', '7', '8', '9']) => 4..=4,
        Some(_) | None => return false,
    };
    length.contains(&code.len())
}

/// Digits that stand together in a text, and what stands before them.
#[derive(Debug)]
struct Token {
    digits: String,
    before: Before,
}

/// What stands between two tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Only blanks, slashes and brackets, which join any digits.
    Joined,
    /// Hyphens or commas too, which join single digits: `1-12` is a range and `1, 12` a list.
    Spelt,
    /// A dot and nothing else, as in a date, in `1.000` and in the number of a room.
    Dot,
    /// A plus sign: a number begins.
    Plus,
    /// Anything else: a number or a date of its own.
    Apart,
}

/// An emergency number in a text, alone or as a number that calls it.
fn mentioned(text: &str, codes: &AreaCodes) -> Option<&'static str> {
    let tokens = tokens(text);
    let mut found = None;
    let mut from = 0;
    while let Some(first) = tokens.get(from) {
        let dotted = tokens.get(from + 1).is_some_and(|next| next.before == Before::Dot);
        let mut until = from + 1;
        while let (Some(last), Some(next)) = (tokens.get(until - 1), tokens.get(until)) {
            let joins = match next.before {
                Before::Joined => !dotted,
                Before::Spelt => !dotted && last.digits.len() == 1 && next.digits.len() == 1,
                Before::Dot => dotted,
                Before::Plus | Before::Apart => false,
            };
            if !joins {
                break;
            }
            until += 1;
        }
        let group = tokens.get(from..until).unwrap_or(&[]);
        let plus = first.before == Before::Plus;
        // A room, a date, a thousand; but not `040.112`.
        let harmless = dotted && !plus && first.digits.len() < 3;
        if !harmless {
            found = found.or_else(|| in_group(group, plus, codes));
        }
        from = until;
    }
    found
}

/// The longest number behind which an emergency number may still hide.
const PREFIX_MAX: usize = 16;

fn in_group(group: &[Token], plus: bool, codes: &AreaCodes) -> Option<&'static str> {
    let alone = |token: &Token| called(&token.digits, false, codes);
    let mut prefix = String::new();
    let begun = group.iter().find_map(|token| {
        if prefix.len() > PREFIX_MAX {
            return None;
        }
        prefix.push_str(&token.digits);
        called(&prefix, plus, codes)
    });
    begun.or_else(|| group.iter().find_map(alone)).or_else(|| spelt(group))
}

/// Three single digits in a row, not more and not fewer.
fn spelt(group: &[Token]) -> Option<&'static str> {
    group.split(|token| token.digits.len() > 1).find_map(|single| {
        exact(&single.iter().map(|token| token.digits.as_str()).collect::<String>())
    })
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut before = Before::Apart;
    let mut inside = false;
    for character in text.chars() {
        if let Some(digits) = digits_of(character) {
            match tokens.last_mut() {
                Some(last) if inside => last.digits.push_str(digits),
                Some(_) | None => tokens.push(Token { digits: digits.to_owned(), before }),
            }
            inside = true;
            continue;
        }
        // What was between grows by one character; right behind a digit it begins anew.
        let between = if inside { None } else { Some(before) };
        inside = false;
        let joins = character.is_whitespace()
            || super::problem::is_invisible(character)
            || matches!(character, '/' | '(' | ')' | '[' | ']' | '\u{ad}');
        before = match (character, between) {
            ('+', _) => Before::Plus,
            ('.', None) => Before::Dot,
            (_, None | Some(Before::Joined)) if joins => Before::Joined,
            (_, Some(Before::Spelt)) if joins => Before::Spelt,
            (_, Some(Before::Plus)) if joins => Before::Plus,
            (',', None | Some(Before::Joined | Before::Spelt)) => Before::Spelt,
            (hyphen, None | Some(Before::Joined | Before::Spelt)) if is_hyphen(hyphen) => {
                Before::Spelt
            }
            (_, _) => Before::Apart,
        };
    }
    tokens
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
    let begun = NUMBERS.into_iter().zip([110, 112]).find_map(|(name, value)| {
        skips.iter().any(|&skip| numbers.any_begins(skip, value, 3)).then_some(name)
    });
    begun.or_else(|| {
        // Behind an area code that the file does not name: the numbers that end in 110 or 112.
        NUMBERS.into_iter().zip([110, 112]).find_map(|(name, value)| {
            let next = numbers.first + (1_000 + value - numbers.first % 1_000) % 1_000;
            let mut ending = (next..=numbers.last).step_by(1_000);
            let is_abroad = numbers.plan == Plan::E164;
            ending.any(|n| called(&n.to_string(), is_abroad, codes).is_some()).then_some(name)
        })
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
    fn emergency_numbers_are_found_in_texts() {
        for text in [
            "110",
            "112",
            " 112 ",
            "1-1-2",
            "1 1 0",
            "1 - 1 - 2",
            "1, 1, 2",
            "(112)",
            "11/2",
            "11 2",
            "1 12",
            "0112",
            "00112",
            "+49112",
            "0049112",
            "0049 112",
            "+49 (0) 112",
            "+49 112 99",
            "040 112",
            "+4940112",
            "+4930110",
            "+49 4168 110",
            "04168/112",
            "040.112",
            "04168-112",
            "112..119",
            "109..112",
            "１１２",
            "Wählen Sie 112.",
            "im Notfall: 110!",
            "1 1 2 ist der Notruf",
            "Notruf 112 24 Stunden",
            "Tel.:112",
            "Tel.112",
            "Tel112",
            "Notruf112",
            "Nr.112a",
            "Notruf 0-112",
            "Notruf +4940112",
            "Tel. 040112",
            "Tel. 089 110",
            "Hauptstraße 112",
            "§ 112",
            "112\u{a0}",
            "1\u{ad}12",
            "١١٢",
            "¹¹²",
            "₁₁₀",
            "①①②",
            "⑪②",
            "𝟏𝟏𝟐",
            "১১২",
        ] {
            assert!(find(text, Look::Text, &codes()).is_some(), "{text:?}");
            assert!(find(text, Look::Number, &codes()).is_some(), "{text:?}");
        }
        for number in ["1.1.2", "1101", "112233", "04168/11200", "04168.1.12", "+49 30 110"] {
            assert!(find(number, Look::Number, &codes()).is_some(), "{number:?}");
        }
    }

    #[test]
    fn dates_rooms_and_other_numbers_are_left_alone() {
        for text in [
            "115",
            "116117",
            "+494066969100",
            "+4940669112",
            "04181 2112",
            "Tel. 04181 62112",
            "Zimmer 1100",
            "1120m",
            "eins eins zwei",
            "Mo 11:00-12:00",
            "2014-12-24T12:00",
            "2014-11-02",
            "1.12.2014",
            "11.02.2015",
            "1. 12. 2014",
            "1.10.",
            "am 11.2.",
            "am 1.12. und 11.2.",
            "vom 1.1.-2.1.",
            "1-12",
            "11-2",
            "Räume 1, 12 und 14",
            "Zimmer 1-10",
            "Zimmer 1.1.2",
            "Zimmer 0.112",
            "1.112 Einwohner",
            "1101",
            "06110 Halle",
            "1,12 Euro",
            "",
            "..",
            "+",
        ] {
            assert_eq!(find(text, Look::Text, &codes()), None, "{text:?}");
        }
        for key in ["110000000000", "11055", "11200", "1101", "11-2", "110s", "11 2"] {
            assert_eq!(find(key, Look::Key, &codes()), None, "{key:?}");
        }
        assert_eq!(find("112", Look::Key, &codes()), Some("112"));
        let rules = "Jan 1 12:00-18:00; Jan 1 10:00-11:00 off";
        assert_eq!(find(rules, Look::Rules, &codes()), None);
        let said = "Mo-Fr 08:00-18:00; PH off \"sonst 112\"";
        assert_eq!(find(said, Look::Rules, &codes()), Some("112"));
    }

    #[test]
    fn stems_are_completed() {
        for stem in
            ["+494168", "+4941681", "+49416811", "+494011", "+49301", "+4989", "+49110", "+491"]
        {
            assert!(find_behind(stem, &codes()).is_some(), "{stem:?}");
        }
        for stem in ["+494066969", "+4940669691", "+49406696911", "+494171889", "+43112"] {
            assert_eq!(find_behind(stem, &codes()), None, "{stem:?}");
        }
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
        assert_eq!(block("+4930109..+4930111"), Some("110"));
        assert_eq!(block("+4989111..+4989119"), Some("112"));
        assert_eq!(block("+4989113..+4989119"), None);
    }
}
