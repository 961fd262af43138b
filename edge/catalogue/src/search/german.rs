// SPDX-License-Identifier: EUPL-1.2
//! Words of German: taken out of a text, folded, and cut down to what they share with their other forms.

/// The longest word that is looked at, in characters; what is longer is no word.
const WORD_MAX: usize = 60;

/// Words that say nothing about what is meant, folded. Verbs that ask are among them: whoever calls *wants*,
/// *needs* and *has to*. In the order of the alphabet.
const STOP: [&str; 253] = [
    "ab",
    "aber",
    "alle",
    "alles",
    "als",
    "also",
    "am",
    "an",
    "ans",
    "auch",
    "auf",
    "aufs",
    "aus",
    "bei",
    "beim",
    "bekomme",
    "bekommen",
    "bin",
    "bis",
    "bist",
    "bitte",
    "bitteschoen",
    "brauch",
    "brauche",
    "brauchen",
    "bzw",
    "da",
    "dafuer",
    "damit",
    "danke",
    "dann",
    "darf",
    "das",
    "dass",
    "dauert",
    "davon",
    "dazu",
    "dem",
    "den",
    "denn",
    "der",
    "deren",
    "des",
    "deshalb",
    "dessen",
    "die",
    "dies",
    "diese",
    "diesen",
    "dieser",
    "dieses",
    "doch",
    "dort",
    "dran",
    "drauf",
    "drin",
    "du",
    "duerfen",
    "durch",
    "eben",
    "eigentlich",
    "ein",
    "eine",
    "einem",
    "einen",
    "einer",
    "eines",
    "einfach",
    "er",
    "es",
    "etwas",
    "euch",
    "euer",
    "eure",
    "euren",
    "fuer",
    "fuers",
    "ganz",
    "geh",
    "gehe",
    "gehen",
    "geht",
    "gehts",
    "gerade",
    "gern",
    "gerne",
    "gibt",
    "gibts",
    "guten",
    "hab",
    "habe",
    "haben",
    "habt",
    "haette",
    "hallo",
    "halt",
    "hast",
    "hat",
    "hatte",
    "hatten",
    "hier",
    "ich",
    "ihm",
    "ihn",
    "ihnen",
    "ihr",
    "ihre",
    "ihrem",
    "ihren",
    "ihrer",
    "ihres",
    "im",
    "immer",
    "in",
    "ins",
    "irgendwie",
    "irgendwo",
    "ist",
    "ja",
    "jemand",
    "jemandem",
    "jemanden",
    "jetzt",
    "kann",
    "kein",
    "keine",
    "keinen",
    "koennen",
    "koennt",
    "koennte",
    "komm",
    "komme",
    "kommen",
    "kommt",
    "krieg",
    "kriege",
    "kriegen",
    "kriegt",
    "laesst",
    "lang",
    "lange",
    "lass",
    "lassen",
    "liegt",
    "mach",
    "mache",
    "machen",
    "macht",
    "mal",
    "man",
    "mehr",
    "mein",
    "meine",
    "meinem",
    "meinen",
    "meiner",
    "meines",
    "mich",
    "mir",
    "mit",
    "moechte",
    "moechten",
    "muessen",
    "muesste",
    "muss",
    "nach",
    "naemlich",
    "ne",
    "nem",
    "nen",
    "ner",
    "neu",
    "neue",
    "neuen",
    "neuer",
    "neues",
    "nicht",
    "nix",
    "noch",
    "nun",
    "nur",
    "ob",
    "oder",
    "ohne",
    "schon",
    "sehr",
    "seid",
    "sein",
    "seine",
    "seinen",
    "seit",
    "sich",
    "sie",
    "sind",
    "so",
    "soll",
    "sollen",
    "sollte",
    "sowas",
    "sowie",
    "stehen",
    "steht",
    "tag",
    "tun",
    "ueber",
    "um",
    "und",
    "uns",
    "unser",
    "unsere",
    "unserem",
    "unseren",
    "unserer",
    "usw",
    "viel",
    "vom",
    "von",
    "vor",
    "waere",
    "wann",
    "war",
    "warum",
    "was",
    "wegen",
    "weil",
    "weiss",
    "welche",
    "welcher",
    "wem",
    "wen",
    "wenn",
    "wer",
    "werden",
    "wie",
    "wieso",
    "wieviel",
    "wieviele",
    "will",
    "wir",
    "wird",
    "wissen",
    "wo",
    "wohin",
    "wohl",
    "wollen",
    "worden",
    "wuerde",
    "wurde",
    "wurden",
    "zu",
    "zum",
    "zur",
    "zwischen",
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
    // A hyphen itself is no letter: folding joins the halves.
    words.push(fold(whole));
    if whole.contains('-') {
        words.extend(whole.split('-').filter(|part| !part.is_empty()).map(fold));
    }
}

/// A word in small letters of the English alphabet and digits, as far as that is possible.
pub(super) fn fold(word: &str) -> String {
    if word.is_ascii() {
        let letters = word.bytes().filter(u8::is_ascii_alphanumeric);
        return letters.map(|letter| char::from(letter.to_ascii_lowercase())).collect();
    }
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
    STOP.binary_search(&word).is_ok()
}

/// Words of which a title has many and a question any, as stems, and how much they say beside others.
const WEAK: [(f32, &[&str]); 2] = [
    (
        0.4,
        &[
            "beantrag",
            "antrag",
            "antragstell",
            "stell",
            "erhal",
            "ausstell",
            "erteil",
            "bewillig",
            "termi",
            "formular",
            "unterlag",
            "kost",
            "gebuhr",
            "preis",
            "beschei",
            "frist",
            "hole",
            "kauf",
            "gekauf",
            "zahl",
            "find",
            "zeit",
            "erledig",
            "bestell",
            "jahr",
            "alt",
            "gut",
            "gros",
            "klei",
        ],
    ),
    (0.75, &["anmeld", "abmeld", "ummeld", "meld", "anzeig", "ander", "hilf", "bera"]),
];

/// How much a word says beside others, by its stem.
pub(super) fn says(stem: &str) -> f32 {
    let weak = WEAK.iter().find(|(_, stems)| stems.contains(&stem));
    weak.map_or(1.0, |(share, _)| *share)
}

/// What verbs begin with that German parts from them: *anmelden*, *ich melde mich an*.
const PARTICLES: [&str; 13] =
    ["ab", "an", "auf", "aus", "ein", "los", "mit", "nach", "um", "vor", "weg", "zu", "zurueck"];

/// How far behind its verb the other part of it is looked for, in words.
const PARTED_MAX: usize = 8;

/// A verb of a question in the form that stands in a title, if that is known; else the word itself. `behind` are the
/// words that follow.
pub(super) fn infinitive(word: &str, behind: &[String], is_known: impl Fn(&str) -> bool) -> String {
    let parted = behind.iter().take(PARTED_MAX).filter(|it| PARTICLES.contains(&it.as_str()));
    let joined = parted.map(|particle| format!("{particle}{word}")).find(|it| is_known(it));
    if let Some(joined) = joined {
        return joined;
    }
    if is_known(word) {
        return word.to_owned();
    }
    // *anzumelden*, *angemeldet*, *gemeldet*.
    let rest = |begin: &str| word.strip_prefix(begin).map(str::to_owned);
    let inner = PARTICLES.iter().flat_map(|particle| {
        let without = |between: &str| rest(&format!("{particle}{between}"));
        let rests = [without("zu"), without("ge")].into_iter().flatten();
        rests.map(move |rest| format!("{particle}{rest}"))
    });
    let candidates = inner.chain(rest("ge"));
    candidates.filter(|it| it.len() > 4).find(|it| is_known(it)).unwrap_or_else(|| word.to_owned())
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
    without_endings(&word).to_owned()
}

/// What is left of a word without umlauts when its endings are gone.
pub(super) fn without_endings(word: &str) -> &str {
    let mut stem = word;
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
            return stem;
        }
    }
}

/// *Hund* and *Hündin*, *Haus* and *Häuser*: forms change their vowel.
pub(super) fn without_umlauts(stem: &str) -> String {
    let mut out = String::with_capacity(stem.len());
    let mut letters = stem.chars().peekable();
    while let Some(letter) = letters.next() {
        out.push(letter);
        if matches!(letter, 'a' | 'o' | 'u') {
            letters.next_if_eq(&'e');
        }
    }
    out
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
    fn words_that_say_nothing_stand_in_order_and_are_found() {
        assert!(STOP.is_sorted());
        assert!(is_stop("ich") && is_stop("ab") && is_stop("zwischen") && !is_stop("hund"));
    }

    #[test]
    fn parted_verbs_and_their_forms_are_put_together() {
        let known = ["ummelden", "anmelden", "angemeldet", "melden", "abholen"];
        let is_known = |word: &str| known.iter().any(|it| stem(it) == stem(word));
        let behind = words("ich mein Auto um");
        assert_eq!(stem(&infinitive("melde", &behind, is_known)), stem("ummelden"));
        assert_eq!(stem(&infinitive("abzuholen", &[], is_known)), stem("abholen"));
        assert_eq!(stem(&infinitive("abgeholt", &[], is_known)), stem("abholen"));
        assert_eq!(stem(&infinitive("gemeldet", &[], is_known)), stem("melden"));
        assert_eq!(infinitive("geige", &[], is_known), "geige");
    }

    #[test]
    fn words_of_every_title_say_less() {
        for word in
            words("beantragen Antrag ausstellen erledigen holen große Beratung ändern Hilfe")
        {
            assert!(says(&stem(&word)) < 1.0, "{word}");
        }
        assert!(says(&stem("beantragen")) < says(&stem("anmelden")));
        assert_eq!(says(&stem("hund")), 1.0);
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
