// SPDX-License-Identifier: EUPL-1.2
//! Words of German: taken out of a text, folded, and cut down to what they share with their other forms.

/// The longest word that is looked at, in characters; what is longer is no word.
const WORD_MAX: usize = 60;

/// Words that say nothing about what is meant, folded. Verbs that ask are among them: whoever calls *wants*,
/// *needs* and *has to*.
const STOP: [&str; 152] = [
    "ab",
    "aber",
    "alle",
    "alles",
    "als",
    "also",
    "am",
    "an",
    "auch",
    "auf",
    "aus",
    "bei",
    "beim",
    "bekomme",
    "bekommen",
    "bin",
    "bis",
    "bitte",
    "brauch",
    "brauche",
    "brauchen",
    "da",
    "damit",
    "dann",
    "darf",
    "das",
    "dass",
    "dem",
    "den",
    "denn",
    "der",
    "des",
    "die",
    "dies",
    "diese",
    "diesen",
    "doch",
    "dort",
    "du",
    "durch",
    "ein",
    "eine",
    "einem",
    "einen",
    "einer",
    "eines",
    "er",
    "es",
    "etwas",
    "fuer",
    "geht",
    "gibt",
    "guten",
    "hab",
    "habe",
    "haben",
    "hallo",
    "hat",
    "haette",
    "hier",
    "ich",
    "ihr",
    "ihre",
    "ihren",
    "im",
    "in",
    "ins",
    "ist",
    "ja",
    "jetzt",
    "kann",
    "kein",
    "keine",
    "keinen",
    "koennen",
    "machen",
    "mal",
    "man",
    "mein",
    "meine",
    "meinem",
    "meinen",
    "meiner",
    "mich",
    "mir",
    "mit",
    "moechte",
    "muss",
    "muessen",
    "nach",
    "neu",
    "neue",
    "neuen",
    "neuer",
    "neues",
    "nicht",
    "noch",
    "nun",
    "nur",
    "ob",
    "oder",
    "ohne",
    "schon",
    "sein",
    "seine",
    "seinen",
    "sich",
    "sie",
    "sind",
    "so",
    "soll",
    "sollen",
    "tag",
    "ueber",
    "um",
    "und",
    "uns",
    "unser",
    "unsere",
    "unseren",
    "von",
    "vor",
    "wann",
    "war",
    "was",
    "weil",
    "welche",
    "welcher",
    "wenn",
    "wer",
    "werden",
    "wie",
    "will",
    "wir",
    "wird",
    "wo",
    "wohin",
    "wollen",
    "wuerde",
    "zu",
    "zum",
    "zur",
    "zwischen",
    "gerne",
    "gern",
    "eigentlich",
    "sowie",
    "bzw",
    "usw",
    "dafuer",
    "davon",
    "dazu",
];

/// The words of a text, folded, in order. A hyphen joins what belongs together and parts what does not: both
/// halves are words, and the whole is one too.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut seen = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_alphanumeric() || letter == '-' {
            seen.push(letter);
        } else if !matches!(
            letter,
            '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '*' | '’' | '\''
        ) {
            add(&mut words, &seen);
            seen.clear();
        }
    }
    words
}

fn add(words: &mut Vec<String>, seen: &str) {
    let whole = seen.trim_matches('-');
    if whole.is_empty() || whole.chars().count() > WORD_MAX {
        return;
    }
    let parts: Vec<&str> = whole.split('-').filter(|part| !part.is_empty()).collect();
    words.push(fold(&parts.concat()));
    if parts.len() > 1 {
        words.extend(parts.iter().map(|part| fold(part)));
    }
}

/// A word in small letters of the English alphabet and digits, as far as that is possible.
pub(super) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len() + 2);
    for letter in word.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'œ' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' => folded.push('a'),
            'ç' | 'č' | 'ć' => folded.push('c'),
            'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'ı' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' => folded.push('o'),
            'ù' | 'ú' | 'û' => folded.push('u'),
            'š' | 'ş' | 'ś' => folded.push('s'),
            'ğ' => folded.push('g'),
            'ž' | 'ź' => folded.push('z'),
            // What is left of a letter that was split into several has no meaning alone.
            letter if letter.is_alphanumeric() => folded.push(letter),
            _ => {}
        }
    }
    folded
}

/// Whether a folded word says nothing about what is meant.
pub(super) fn is_stop(word: &str) -> bool {
    STOP.contains(&word)
}

/// Endings that turn a verb into what is done: *anmelden* and *Anmeldung* are one matter.
const NOUNS: [&str; 6] = ["ungen", "ung", "keiten", "heiten", "keit", "heit"];

/// The part of a folded word that its forms share. After CISTEM (Weissweiler, Fraser 2017) without its
/// prefix, and with the endings of nouns that verbs become.
pub(super) fn stem(word: &str) -> String {
    if word.bytes().any(|byte| byte.is_ascii_digit()) || word.len() <= 3 {
        return word.to_owned();
    }
    // First, so that the lengths below are the same for all forms.
    let word = without_umlauts(word);
    let mut stem = word.as_str();
    for ending in NOUNS {
        if let Some(rest) = stem.strip_suffix(ending)
            && rest.len() >= 4
        {
            stem = rest;
            break;
        }
    }
    loop {
        let length = stem.len();
        let two = ["em", "er", "nd"].iter().find_map(|ending| stem.strip_suffix(ending));
        if let Some(rest) = two.filter(|_| length > 5) {
            stem = rest;
        } else if let Some(rest) = stem.strip_suffix(['e', 's', 'n', 't']).filter(|_| length > 4) {
            stem = rest;
        } else {
            return stem.to_owned();
        }
    }
}

/// *Hund* and *Hündin*, *Haus* and *Häuser*: forms change their vowel.
fn without_umlauts(stem: &str) -> String {
    stem.replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_parted() {
        assert_eq!(
            words("Kfz-Zulassung: Straßen, Übermittlung"),
            ["kfzzulassung", "kfz", "zulassung", "strassen", "uebermittlung"]
        );
        assert_eq!(
            words("Melde\u{ad}bescheinigung Bürger*innen -"),
            ["meldebescheinigung", "buergerinnen"]
        );
        assert!(words(&"a".repeat(80)).is_empty());
    }

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for forms in [
            &["anmelden", "anmeldung", "anmeldungen"][..],
            &["urkunde", "urkunden"],
            &["haus", "haeuser", "hauses"],
            &["zulassung", "zulassen"],
            &["verlaengerung", "verlaengern"],
            &["reisepass", "reisepaesse", "reisepasses"],
        ] {
            let stems: Vec<String> = forms.iter().map(|form| stem(form)).collect();
            assert!(stems.iter().all(|it| *it == stems[0]), "{forms:?}: {stems:?}");
        }
        assert_eq!(stem("115"), "115");
        assert_eq!(stem("kfz"), "kfz");
    }
}
