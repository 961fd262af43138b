// SPDX-License-Identifier: EUPL-1.2
//! Takes compounds apart: *Geburtsurkunden* into *geburt* and *urkunden*.
//!
//! A word comes apart if all of it is words that stand alone somewhere, joined by letters that German joins
//! words with. Of several ways the one with the fewest and longest parts is taken.

use super::german::{stem, without_endings, without_umlauts};
use super::synonyms::own_words;
use std::collections::BTreeSet;

/// The shortest part, in bytes of a folded word: shorter ones are found in everything.
const PART_MIN: usize = 3;

/// The shortest beginning or end that says something if the rest is unknown.
const EDGE_MIN: usize = 4;

/// A part of the shortest length has to be known well: only these are.
const SHORT: [&str; 24] = [
    "amt", "rat", "tag", "rad", "bau", "pkw", "lkw", "kfz", "weg", "tor", "see", "ort", "tod",
    "ehe", "akt", "bad", "bus", "eis", "gas", "hof", "neu", "alt", "oel", "uhr",
];

/// Letters that join parts, the likeliest first.
const LINKS: [&str; 7] = ["", "s", "n", "en", "es", "er", "e"];

/// Letters that a beginning is looked up by.
const BEGIN: usize = 3;

/// The most parts that a word comes apart into.
const PARTS_MAX: usize = 5;

/// Words of administration that compounds are made of, folded: a small catalogue does not have all of them
/// standing alone.
const KNOWN: &str = "abfall abgabe ablauf abmeldung adresse aenderung amt amts anerkennung anlage anmeldung \
    anschrift antrag anzeige arbeit arbeits arzt aufenthalt aufenthalts auftrag ausbildung ausfuhr auskunft \
    ausland ausnahme ausstellung ausweis auto bahn baum bau bedarf befreiung beglaubigung behinderung behoerde \
    beihilfe beitrag beleg berater beratung berechtigung beruf bescheid bescheinigung beschwerde besitz \
    bestaetigung bestattung betreuung betrieb betriebs bewilligung bewohner bildung brief brand buch buerger \
    buero daten dienst diebstahl druck ehe eigentum einbuergerung einkommen einreise eintrag eltern energie \
    entsorgung erb erlaubnis ermaessigung ersatz fahr fahrer fahrt fahrzeug familie familien feuer fischerei \
    flaeche foerderung formular foto frei freigabe frist fuehrer fuehrung fuehrungs fund gast gaststaette \
    gebaeude gebiet gebuehr gebuehren geburt geburts geld gemeinde genehmigung gericht gesetz gesundheit \
    gesundheits gewerbe grab grenze grund grundstueck halter handel handwerk haus haushalt heim heirat hilfe \
    hochzeit hund hunde hygiene impf industrie jagd jugend karte kasse kataster kauf kennzeichen kind kinder \
    kirche klasse kontroll kosten kraft kranken kreis krippe kurs laerm land leben lebens leistung lizenz \
    luft marke markt melde meldung miete muell mutter nachweis name namen namens natur not nummer nutzung \
    ordnung ordnungs ort papier park parken partner pass person personal pflege pflicht plakette plan platz \
    pruefung rat raum recht register reise rente rettung sache sammlung satzung schaden schein schild schule \
    schul schutz schwer sicherheit sorge sozial sperre sperr sprache staat stadt stand standes stelle \
    sterbe steuer stoerung strasse strassen studium tages tausch tiere tier tod unterhalt unterlagen \
    unterschrift urkunde vater verein verkehr verkehrs verlust vermessung verlaengerung versicherung \
    versorgung vertrag verwaltung vorsorge vormund wahl wasser wechsel wohn wohnung wohnungs zahl zahlung \
    zeit zeugnis zuschuss zulassung zulassungs zustimmung zweit zuzahlung ausleihe schluss tonne sack karten \
    kennung ummeldung umschreibung umzug abschrift befoerderung besuch ermittlung verpflichtung \
    erklaerung uebermittlung gesellschaft betreiber halte verbot bewachung waffe waffen sprengstoff";

/// The words that compounds are made of, as stems.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    words: BTreeSet<String>,
    /// What they begin with: most places in a word begin none of them, and need no further look.
    begin: BTreeSet<[u8; BEGIN]>,
}

impl Lexicon {
    /// Of the words of a catalogue, folded.
    pub(super) fn new<'a>(words: impl Iterator<Item = &'a str>) -> Lexicon {
        let mut own: BTreeSet<String> = words.filter(|word| may_be_part(word)).map(stem).collect();
        own.extend(own_words().iter().filter(|word| may_be_part(word)).map(|word| stem(word)));
        own.extend(KNOWN.split_whitespace().map(stem));
        let begin = own.iter().filter_map(|word| beginning(word)).collect();
        Lexicon { words: own, begin }
    }

    /// The parts of a word as stems; none if it does not come apart.
    pub(super) fn parts(&self, word: &str) -> Vec<String> {
        if word.len() < 2 * PART_MIN + 1 || !word.is_ascii() {
            return Vec::new();
        }
        match self.split(word, PARTS_MAX) {
            Some(parts) if parts.len() > 1 => parts.into_iter().map(stem).collect(),
            Some(_) | None => Vec::new(),
        }
    }

    /// The longest known beginning and end of a word that does not come apart, as stems: half of a compound is
    /// better than nothing. None if it is known itself.
    pub(super) fn edges(&self, word: &str) -> Vec<String> {
        if !word.is_ascii() || self.words.contains(&stem(word)) {
            return Vec::new();
        }
        let places = || 2..word.len().saturating_sub(1);
        let whole = Rest::of(word, 0);
        let begins = places().rev().find(|until| *until >= EDGE_MIN && self.has(&whole, *until));
        let is_end = |from: usize| self.has(&Rest::of(word, from), word.len());
        let ends = places().find(|from| word.len() - from >= EDGE_MIN && is_end(*from));
        let begins = begins.map(|until| stem(&word[..until]));
        begins.into_iter().chain(ends.map(|from| stem(&word[from..]))).collect()
    }

    /// The best way to take a word apart, of at most so many parts; a word that stands alone is one part only
    /// where it is the last.
    fn split<'w>(&self, word: &'w str, parts_max: usize) -> Option<Vec<&'w str>> {
        // For each place in the word the best way to get there: fewest parts, then the longest first ones.
        let mut best: Vec<Option<Vec<&'w str>>> = vec![None; word.len() + 1];
        best[0] = Some(Vec::new());
        for from in 0..word.len() {
            let Some(before) = best[from].clone() else { continue };
            if before.len() == parts_max {
                continue;
            }
            let rest = Rest::of(word, from);
            if !self.begins(&rest) {
                continue;
            }
            for until in from + PART_MIN..=word.len() {
                if from == 0 && until == word.len() || !self.has(&rest, until) {
                    continue;
                }
                let mut way = before.clone();
                way.push(&word[from..until]);
                for link in LINKS {
                    if word[until..].starts_with(link) && (until < word.len() || link.is_empty()) {
                        let to = until + link.len();
                        // A link needs a part behind it.
                        if link.is_empty() || to < word.len() {
                            take_better(&mut best[to], &way);
                        }
                    }
                }
            }
        }
        best.pop().flatten()
    }

    /// Whether a part may begin like this.
    fn begins(&self, rest: &Rest<'_>) -> bool {
        let short = rest.text.get(..PART_MIN).is_some_and(|part| SHORT.contains(&part));
        short || beginning(&rest.plain).is_some_and(|begin| self.begin.contains(&begin))
    }

    /// Whether what stands until there is a part: as it stands, or as a form of a word that is.
    fn has(&self, rest: &Rest<'_>, until: usize) -> bool {
        let length = until - rest.from;
        if length <= PART_MIN {
            return SHORT.contains(&&rest.text[..length]);
        }
        self.words.contains(without_endings(&rest.plain[..rest.lengths[length]]))
    }
}

/// The rest of a word, looked at once for all parts that begin there.
struct Rest<'w> {
    from: usize,
    text: &'w str,
    /// Without the letters that mark an umlaut: a part's stem is a beginning of it.
    plain: String,
    /// For each length of a part its length there.
    lengths: Vec<usize>,
}

impl Rest<'_> {
    /// Of a word of the English alphabet.
    fn of(word: &str, from: usize) -> Rest<'_> {
        let text = &word[from..];
        let plain = without_umlauts(text);
        let mut lengths = Vec::with_capacity(text.len() + 1);
        let (mut length, mut is_marked) = (0, false);
        lengths.push(0);
        for letter in text.bytes() {
            is_marked = letter == b'e' && !is_marked && length > 0 && {
                let before = text.as_bytes()[lengths.len() - 2];
                matches!(before, b'a' | b'o' | b'u')
            };
            length += usize::from(!is_marked);
            lengths.push(length);
        }
        assert_eq!(length, plain.len(), "both leave the same letters out");
        Rest { from, text, plain, lengths }
    }
}

fn beginning(word: &str) -> Option<[u8; BEGIN]> {
    word.as_bytes().get(..BEGIN)?.try_into().ok()
}

fn take_better<'w>(there: &mut Option<Vec<&'w str>>, way: &[&'w str]) {
    let cost = |way: &[&str]| {
        let shortest = way.iter().map(|part| part.len()).min().unwrap_or_default();
        (way.len(), usize::MAX - shortest)
    };
    if there.as_ref().is_none_or(|known| cost(way) < cost(known)) {
        *there = Some(way.to_vec());
    }
}

/// Whether a word of the catalogue may be a part of others: endings of words stand alone in no text, but
/// abbreviations and numbers do.
fn may_be_part(word: &str) -> bool {
    word.len() > PART_MIN && word.len() <= 20 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, parts: &[&str]) {
        let lexicon =
            Lexicon::new(["steuer", "anmeldung", "personalausweis", "abfuhr"].into_iter());
        let expected: Vec<String> = parts.iter().map(|part| stem(part)).collect();
        assert_eq!(lexicon.parts(word), expected, "{word}");
    }

    #[test]
    fn compounds_come_apart_with_their_links() {
        check("geburtsurkunden", &["geburts", "urkunden"]);
        check("geburtsurkunde", &["geburts", "urkunde"]);
        check("hundesteueranmeldung", &["hundesteuer", "anmeldung"]);
        check("wassersteueranmeldung", &["wasser", "steuer", "anmeldung"]);
        check("personalausweisgebuehr", &["personalausweis", "gebuehr"]);
        check("muellabfuhrgebuehrenbescheid", &["muellabfuhr", "gebuehren", "bescheid"]);
        check("wasserabfuhrgebuehrenbescheid", &["wasser", "abfuhr", "gebuehren", "bescheid"]);
        check("standesamt", &["standes", "amt"]);
    }

    #[test]
    fn what_is_no_compound_stays_whole() {
        for word in ["urkunde", "steuer", "passau", "xyzamtq", "rathaus2"] {
            check(word, &[]);
        }
    }
}
