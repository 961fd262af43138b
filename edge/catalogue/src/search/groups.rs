// SPDX-License-Identifier: EUPL-1.2
//! Groups of words that mean the same, as a text has them, line by line.
//!
//! The rule to keep: a text is taken whole or not at all, and every line that is wrong is named.

use super::german::{is_stop, words};

/// The largest text, in bytes; OpenThesaurus has 2 MB.
pub const BYTES_MAX: usize = 8 << 20;

/// Groups of a text at most; OpenThesaurus has 31,602.
pub const GROUPS_MAX: usize = 200_000;

/// Names in a group at most; more are no synonyms of each other. The largest group of OpenThesaurus has 90.
pub const NAMES_MAX: usize = 120;

/// Words of a name that are looked at together; a longer name is passed by, because nobody says it just so.
pub const WORDS_MAX: usize = 5;

/// The longest line, in characters; the longest one of OpenThesaurus has 1,863.
pub const LINE_MAX: usize = 4_000;

/// What stands between what is said and what it is called.
const LEADS_TO: &str = "=>";

/// A name as its folded words that say something.
pub(super) type Name = Vec<String>;

/// A group: who says one of these may mean each of those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) said: Vec<Name>,
    pub(super) called: Vec<Name>,
}

/// The groups of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    pub(super) all: Vec<Group>,
    lines: Vec<String>,
    passed: usize,
}

/// What is wrong with a text of synonyms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadGroup {
    /// It is larger than [`BYTES_MAX`].
    TooLarge,
    /// It has more groups than [`GROUPS_MAX`].
    TooMany,
    /// A line is longer than [`LINE_MAX`].
    LongLine,
    /// A line has more names than [`NAMES_MAX`].
    ManyNames,
    /// A line holds a character that controls something: this is no text.
    Control,
    /// A name is empty: `;` stands at the beginning, at the end or twice.
    EmptyName,
    /// A bracket is not closed, or was not opened.
    Bracket,
    /// A group has one name alone.
    Alone,
    /// `=>` stands twice.
    LeadsTwice,
}

impl Groups {
    /// Reads a text: one group a line, names parted by `;`, marks in brackets, comments behind `#`, as OpenThesaurus
    /// writes them; or `what is said => what it is called`.
    ///
    /// # Errors
    /// With every line that is wrong, counted from 1, and what is wrong with it.
    pub fn read(text: &str) -> Result<Groups, Vec<(u64, BadGroup)>> {
        if text.len() > BYTES_MAX {
            return Err(vec![(1, BadGroup::TooLarge)]);
        }
        let mut groups = Groups::default();
        let mut bad = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match read_line(line) {
                Ok(_) if groups.lines.len() == GROUPS_MAX => {
                    bad.push((number, BadGroup::TooMany));
                    break;
                }
                Ok((group, passed)) => {
                    groups.passed += passed;
                    groups.lines.push(line.to_owned());
                    groups.all.extend(group);
                }
                Err(why) => bad.push((number, why)),
            }
        }
        if bad.is_empty() { Ok(groups) } else { Err(bad) }
    }

    /// The groups as they are written, without comments, in their order.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// How many names are passed by, because they have more than [`WORDS_MAX`] words.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.passed
    }
}

/// A group, unless too little of it is left, and how many of its names are too long.
fn read_line(line: &str) -> Result<(Option<Group>, usize), BadGroup> {
    if line.chars().count() > LINE_MAX {
        return Err(BadGroup::LongLine);
    }
    if line.chars().any(|letter| letter.is_control() && letter != '\t') {
        return Err(BadGroup::Control);
    }
    let sides: Vec<&str> = line.split(LEADS_TO).collect();
    let (said, called, passed) = match sides.as_slice() {
        [both] => {
            let (names, passed) = names(both)?;
            if names.len() + passed < 2 {
                return Err(BadGroup::Alone);
            }
            (names.clone(), names, passed)
        }
        [said, called] => {
            let ((said, some), (called, others)) = (names(said)?, names(called)?);
            (said, called, some + others)
        }
        [] | [_, _, _, ..] => return Err(BadGroup::LeadsTwice),
    };
    if said.len() + called.len() > NAMES_MAX * 2 {
        return Err(BadGroup::ManyNames);
    }
    let is_left = !said.is_empty() && !called.is_empty();
    Ok((is_left.then_some(Group { said, called }), passed))
}

/// The names of one side, and how many are too long.
fn names(side: &str) -> Result<(Vec<Name>, usize), BadGroup> {
    let (mut names, mut passed) = (Vec::new(), 0);
    for name in side.split(';') {
        if name.trim().is_empty() {
            return Err(BadGroup::EmptyName);
        }
        let name = name_words(&without_brackets(name)?);
        if name.is_empty() || name.len() > WORDS_MAX {
            passed += 1;
        } else {
            names.push(name);
        }
    }
    if names.len() + passed > NAMES_MAX { Err(BadGroup::ManyNames) } else { Ok((names, passed)) }
}

fn name_words(name: &str) -> Name {
    // A hyphen gives the whole and its halves; a name is the whole.
    let whole = name.split_whitespace().filter_map(|word| words(word).into_iter().next());
    let (said, empty): (Name, Name) = whole.partition(|word| !is_stop(word));
    if said.is_empty() { empty } else { said }
}

fn without_brackets(name: &str) -> Result<String, BadGroup> {
    let mut depth = 0_u32;
    let mut out = String::new();
    for letter in name.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or(BadGroup::Bracket)?,
            letter if depth == 0 => out.push(letter),
            _ => {}
        }
    }
    if depth == 0 { Ok(out) } else { Err(BadGroup::Bracket) }
}

impl BadGroup {
    /// In plain German.
    #[must_use]
    pub fn de(self) -> String {
        match self {
            BadGroup::TooLarge => format!("Die Datei ist größer als {BYTES_MAX} Bytes"),
            BadGroup::TooMany => format!("Das sind mehr als {GROUPS_MAX} Gruppen"),
            BadGroup::LongLine => format!("Die Zeile hat mehr als {LINE_MAX} Zeichen"),
            BadGroup::ManyNames => format!("Die Gruppe hat mehr als {NAMES_MAX} Namen"),
            BadGroup::Control => "Das ist kein Text: Die Zeile hat ein Steuerzeichen".to_owned(),
            BadGroup::EmptyName => "Vor oder hinter einem Strichpunkt fehlt das Wort".to_owned(),
            BadGroup::Bracket => "Eine Klammer hat kein Gegenstück".to_owned(),
            BadGroup::Alone => {
                "Ein Wort allein ist keine Gruppe; erwartet: „Perso;Personalausweis“ oder „was gesagt wird => wie es heißt“".to_owned()
            }
            BadGroup::LeadsTwice => "„=>“ steht mehr als einmal".to_owned(),
        }
    }

    /// In plain English.
    #[must_use]
    pub fn en(self) -> String {
        match self {
            BadGroup::TooLarge => format!("The file is larger than {BYTES_MAX} bytes"),
            BadGroup::TooMany => format!("These are more than {GROUPS_MAX} groups"),
            BadGroup::LongLine => format!("The line has more than {LINE_MAX} characters"),
            BadGroup::ManyNames => format!("The group has more than {NAMES_MAX} names"),
            BadGroup::Control => "This is no text: the line has a control character".to_owned(),
            BadGroup::EmptyName => "The word before or behind a semicolon is missing".to_owned(),
            BadGroup::Bracket => "A bracket has no other half".to_owned(),
            BadGroup::Alone => {
                "One word alone is no group; expected: “Perso;Personalausweis” or “what is said => what it is called”".to_owned()
            }
            BadGroup::LeadsTwice => "“=>” stands more than once".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn bad(text: &str) -> Vec<(u64, BadGroup)> {
        Groups::read(text).expect_err(text)
    }

    #[test]
    fn groups_are_read_as_open_thesaurus_writes_them() {
        let text = "# Kopf\r\n Führerschein;Lappen (ugs.);(die) Fahrerlaubnis (fachspr.) \n\n\
            jemandem mit vielen Worten lange etwas erklären wollen;erklären\n";
        let groups = Groups::read(text).expect("it is good");
        assert_eq!(groups.lines().len(), 2);
        assert_eq!(groups.passed(), 0);
        assert_eq!(groups.all[0].said, [["fuehrerschein"], ["lappen"], ["fahrerlaubnis"]]);
        let long = "ein Hund ein Kater eine Maus drei Fische sieben Raben;Zoo\nHund => Tier";
        let groups = Groups::read(long).expect("it is good");
        assert_eq!((groups.lines().len(), groups.passed()), (2, 1));
        assert_eq!(groups.all[1].called, [["tier"]]);
    }

    #[test]
    fn every_line_that_is_wrong_is_named() {
        let text = "a;b\nallein\n#\n;a\na;;b\na (ugs.;b\na);b\nx => y => z\n=> z\na\u{7};b\n";
        let expected = [
            (2, BadGroup::Alone),
            (4, BadGroup::EmptyName),
            (5, BadGroup::EmptyName),
            (6, BadGroup::Bracket),
            (7, BadGroup::Bracket),
            (8, BadGroup::LeadsTwice),
            (9, BadGroup::EmptyName),
            (10, BadGroup::Control),
        ];
        assert_eq!(bad(text), expected);
        for (_, why) in expected {
            assert!(why.de().len() > 10 && why.en().len() > 10);
        }
    }

    #[test]
    fn what_is_too_much_is_refused() {
        assert_eq!(bad(&"wort;".repeat(NAMES_MAX + 1)[..]).len(), 1);
        let many = vec!["wort"; NAMES_MAX + 1].join(";");
        assert_eq!(bad(&many), [(1, BadGroup::ManyNames)]);
        assert_eq!(bad(&"w".repeat(LINE_MAX + 1)), [(1, BadGroup::LongLine)]);
        assert_eq!(bad(&"\n".repeat(BYTES_MAX + 1)), [(1, BadGroup::TooLarge)]);
        let groups = "a;b\n".repeat(GROUPS_MAX + 5);
        assert_eq!(bad(&groups), [(GROUPS_MAX as u64 + 1, BadGroup::TooMany)]);
    }
}
