// SPDX-License-Identifier: EUPL-1.2
//! The recording script: what has to be spoken, and how it is with each sound.

use super::look::{Looked, State};
use super::script::{Piece, PlanText, What};
use crate::Lang;
use crate::config::problem::visible;
use crate::report::decimal;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use telephony::prompts::{Inspected, Level, Missing, Occasion};

/// By how many dB a sound may differ from the others before somebody should do something about it:
/// what everybody hears.
const LEVEL_NOTED: f64 = 3.0;

/// By how many seconds a sound may take longer or shorter than the configuration says: people speak at
/// different speeds.
const LENGTH_NOTED: f64 = 3.0;

/// Columns of the file's name in the text.
const NAME_WIDTH: usize = 32;

/// One line of the script: a file, and everybody who says what is in it.
#[derive(Debug)]
pub struct Entry<'l, 'c> {
    /// The file, or how it would be called.
    pub file: String,
    /// Never empty; all have the same words, state and text beside it.
    pub of: Vec<&'l Looked<'c>>,
}

impl<'l, 'c> Entry<'l, 'c> {
    fn first(&self) -> &'l Looked<'c> {
        self.of[0]
    }
}

/// The script in its order; what several lines share stands once.
#[must_use]
pub fn entries<'l, 'c>(looked: &'l [Looked<'c>]) -> Vec<Entry<'l, 'c>> {
    let mut entries: Vec<Entry<'l, 'c>> = Vec::new();
    for one in looked {
        let file = file_of(one, looked);
        let same = entries.iter_mut().find(|entry| {
            entry.file == file
                && entry.of[0].piece.words() == one.piece.words()
                && entry.of[0].state.file() == one.state.file()
        });
        match same {
            Some(entry) => entry.of.push(one),
            None => entries.push(Entry { file, of: vec![one] }),
        }
    }
    entries
}

fn file_of(one: &Looked<'_>, all: &[Looked<'_>]) -> String {
    match one.state.file().and_then(Path::file_name) {
        Some(name) => name.to_string_lossy().into_owned(),
        None => format!("{}.wav", name_to_record(one, all)),
    }
}

/// The name under which a missing sound is best recorded: that of all lines, if all that lack it say the
/// same.
#[must_use]
pub fn name_to_record(one: &Looked<'_>, all: &[Looked<'_>]) -> String {
    let names: Vec<&str> = one.piece.name.names().collect();
    let shared = names.get(1).filter(|shared| {
        let lack = all.iter().filter(|other| {
            other.state.file().is_none() && other.piece.name.names().nth(1) == Some(shared)
        });
        let words: Vec<_> = lack.map(|other| other.piece.words()).collect();
        words.len() > 1 && words.iter().all(|it| *it == one.piece.words())
    });
    shared.unwrap_or(&names[0]).to_string()
}

/// The script for people.
#[must_use]
pub fn text(lang: Lang, centre: &str, entries: &[Entry<'_, '_>]) -> String {
    let mut text = lang.pick(
        format!("Was Anrufende hören: {centre}\n\n"),
        format!("What callers hear: {centre}\n\n"),
    );
    for entry in entries {
        push_entry(&mut text, lang, entry);
    }
    text.push_str(&sum(lang, entries));
    text
}

fn push_entry(text: &mut String, lang: Lang, entry: &Entry<'_, '_>) {
    let Looked { piece, state, text: beside } = entry.first();
    let measured = state.heard().map_or_else(String::new, |sound| measured(lang, sound));
    let word = state_word(lang, state);
    let file = visible(&entry.file);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{}", format!("{file:<NAME_WIDTH$} {word:<12} {measured}").trim_end());
    let _ = writeln!(text, "    {}", purpose(lang, entry));
    if let Some(words) = beside.as_deref().or(piece.words()) {
        let words = visible(words);
        let _ = writeln!(text, "    {}", lang.pick(format!("„{words}“"), format!("“{words}”")));
    }
    for note in notes(lang, entry) {
        let _ = writeln!(text, "    {note}");
    }
    text.push('\n');
}

fn state_word(lang: Lang, state: &State) -> &'static str {
    match state {
        State::There(_) => lang.pick("vorhanden", "there"),
        State::Synthetic(_) => lang.pick("synthetisch", "synthetic"),
        State::Broken(_) => lang.pick("defekt", "broken"),
        State::Missing(_) => lang.pick("fehlt", "missing"),
    }
}

fn measured(lang: Lang, sound: &Inspected) -> String {
    let seconds = decimal(lang, sound.seconds, 1);
    format!("{seconds:>6} s   {}", level(lang, sound.level))
}

/// Loudness and peak in words.
#[must_use]
pub fn level(lang: Lang, level: Level) -> String {
    let (lufs, peak) = (signed(lang, level.lufs), signed(lang, level.peak_dbfs));
    lang.pick(format!("{lufs} LUFS, Spitze {peak} dBFS"), format!("{lufs} LUFS, peak {peak} dBFS"))
}

/// With one digit behind the comma, and a minus that is no hyphen.
#[must_use]
pub fn signed(lang: Lang, number: f64) -> String {
    let sign = if number <= -0.05 { "−" } else { "" };
    format!("{sign}{}", decimal(lang, number.abs(), 1))
}

/// What the sound is for, and for whom.
fn purpose(lang: Lang, entry: &Entry<'_, '_>) -> String {
    match entry.first().piece.what {
        What::OfLine(_, occasion) => {
            let lines: Vec<&str> = lines(entry).collect();
            let word = match occasion {
                Occasion::Greeting => lang.pick("Begrüßung", "Greeting"),
                Occasion::Closed => lang.pick("Außerhalb der Servicezeit", "Outside the hours"),
                Occasion::Busy => lang.pick("Alle Plätze belegt", "All places taken"),
                Occasion::Callback => lang.pick("Rückruf zugesagt", "Call-back promised"),
                Occasion::CallbackGreeting => {
                    lang.pick("Vom Rückruf erreicht", "Reached by a call-back")
                }
                Occasion::CallbackOffer => lang.pick("Rückruf angeboten", "Call-back offered"),
                Occasion::TownHallClosed => {
                    lang.pick("Das Rathaus ist geschlossen", "The town hall is closed")
                }
            };
            let of = match lines.len() {
                1 => lang.pick("Leitung", "line"),
                _ => lang.pick("Leitungen", "lines"),
            };
            format!("{word}, {of} {}", lines.join(", "))
        }
        What::OfGreeting(line, _) => lang.pick(
            format!("Begrüßung zu eigenen Zeiten, Leitung {}", line.id),
            format!("Greeting at hours of its own, line {}", line.id),
        ),
        What::OfPlan(plan, text) => {
            let word = match text {
                PlanText::Announcement => {
                    lang.pick("Ansage vor der Begrüßung", "Announcement before the greeting")
                }
                PlanText::Information => lang.pick("Auskunft auf Taste", "Information by key"),
            };
            lang.pick(
                format!("{word}, Krisenplan {}", plan.id),
                format!("{word}, crisis plan {}", plan.id),
            )
        }
        What::OfSite(site) => lang.pick(
            format!("110 und 112 ohne Notrufweg, Standort {}", site.id),
            format!("110 and 112 without an emergency route, site {}", site.id),
        ),
        What::OfSentence(_) => lang
            .pick("Stück von Platz, Wartezeit und Öffnung", "Piece of place, wait and opening")
            .to_owned(),
        What::Music => lang.pick("Wartemusik", "Hold music").to_owned(),
    }
}

fn lines<'e>(entry: &'e Entry<'_, '_>) -> impl Iterator<Item = &'e str> {
    entry.of.iter().filter_map(|looked| match looked.piece.what {
        What::OfLine(line, _) | What::OfGreeting(line, _) => Some(line.id.as_str()),
        What::OfPlan(..) | What::OfSite(_) | What::OfSentence(_) | What::Music => None,
    })
}

/// What else there is to say: where the file is, what is wrong, what should be looked at.
fn notes(lang: Lang, entry: &Entry<'_, '_>) -> Vec<String> {
    let looked = entry.first();
    let mut notes = Vec::new();
    if let Some(file) = looked.state.file() {
        notes.push(visible(&file.display().to_string()));
    }
    if let State::Broken(Missing { defect, .. }) = &looked.state {
        notes.push(lang.pick(defect.german(), defect.english()));
    }
    if has_other_words(looked) {
        let words = visible(looked.piece.words().unwrap_or_default());
        notes.push(lang.pick(
            format!("Achtung: in der Konfiguration steht „{words}“"),
            format!("Note: the configuration says “{words}”"),
        ));
    }
    let heard = looked.state.heard();
    notes.extend(heard.and_then(|it| wrong_length(lang, &looked.piece, it.seconds)));
    notes.extend(heard.and_then(|it| wrong_level(lang, &looked.piece, it.level)));
    notes
}

/// Rehearsals and told waits count with the length that the configuration says.
fn wrong_length(lang: Lang, piece: &Piece<'_>, seconds: f64) -> Option<String> {
    let expected = piece.length()?.as_secs_f64();
    let said = decimal(lang, expected, 0);
    ((seconds - expected).abs() > LENGTH_NOTED).then(|| {
        lang.pick(
            format!("Achtung: die Konfiguration rechnet mit {said} s (length)"),
            format!("Note: the configuration counts with {said} s (length)"),
        )
    })
}

/// Whether the text beside the sound and the configuration say different things.
fn has_other_words(looked: &Looked<'_>) -> bool {
    let plain = |words: &str| words.split_whitespace().collect::<Vec<_>>().join(" ");
    match (&looked.text, looked.piece.words()) {
        (Some(beside), Some(words)) => plain(beside) != plain(words),
        (Some(_), None) | (None, _) => false,
    }
}

fn wrong_level(lang: Lang, piece: &Piece<'_>, level: Level) -> Option<String> {
    let off = level.lufs - piece.kind().target();
    let by = decimal(lang, off.abs(), 0);
    let said = if off < -LEVEL_NOTED {
        lang.pick(format!("{by} dB leiser"), format!("{by} dB quieter"))
    } else if off > LEVEL_NOTED {
        lang.pick(format!("{by} dB lauter"), format!("{by} dB louder"))
    } else {
        return None;
    };
    Some(lang.pick(
        format!("Achtung: {said} als die anderen; „amtsleitung prompts import“ gleicht das an"),
        format!("Note: {said} than the others; `amtsleitung prompts import` evens that out"),
    ))
}

fn sum(lang: Lang, entries: &[Entry<'_, '_>]) -> String {
    let mut counts = [0; 4];
    for entry in entries {
        match entry.first().state {
            State::There(_) => counts[0] += 1,
            State::Synthetic(_) => counts[1] += 1,
            State::Broken(_) => counts[2] += 1,
            State::Missing(_) => counts[3] += 1,
        }
    }
    let [there, synthetic, broken, missing] = counts;
    let all = entries.len();
    lang.pick(
        format!(
            "{all} Töne: {there} vorhanden, {synthetic} synthetisch (von einer Maschine gesprochen), {broken} defekt, {missing} fehlen.\n"
        ),
        format!(
            "{all} sounds: {there} there, {synthetic} synthetic (spoken by a machine), {broken} broken, {missing} missing.\n"
        ),
    )
}

/// A line of the script, for programs.
#[derive(Debug, Serialize)]
struct Row<'e> {
    file: &'e str,
    part: &'static str,
    lines: BTreeSet<&'e str>,
    plan: Option<&'e str>,
    site: Option<&'e str>,
    played: bool,
    words: Option<&'e str>,
    words_differ: bool,
    state: &'static str,
    path: Option<String>,
    seconds: Option<f64>,
    expected_seconds: Option<f64>,
    lufs: Option<f64>,
    peak_dbfs: Option<f64>,
    defect: Option<String>,
}

#[derive(Debug, Serialize)]
struct Rows<'e> {
    prompts: Vec<Row<'e>>,
}

/// The script for programs; sentences are in the language that is asked for.
#[must_use]
pub fn json(lang: Lang, entries: &[Entry<'_, '_>]) -> String {
    let rows = Rows { prompts: entries.iter().map(|entry| row(lang, entry)).collect() };
    let mut text = serde_json::to_string_pretty(&rows).expect("plain numbers and strings");
    text.push('\n');
    text
}

fn row<'e>(lang: Lang, entry: &'e Entry<'_, '_>) -> Row<'e> {
    let looked = entry.first();
    let (part, plan, site) = match looked.piece.what {
        What::OfLine(_, occasion) => (occasion.word(), None, None),
        What::OfGreeting(..) => ("greeting", None, None),
        What::OfPlan(plan, text) => (text.word(), Some(plan.id.as_str()), None),
        What::OfSite(site) => ("no-emergency", None, Some(site.id.as_str())),
        What::OfSentence(_) => ("sentence", None, None),
        What::Music => ("music", None, None),
    };
    let sound = looked.state.heard();
    let defect = match &looked.state {
        State::Broken(missing) => {
            Some(lang.pick(missing.defect.german(), missing.defect.english()))
        }
        State::There(_) | State::Synthetic(_) | State::Missing(_) => None,
    };
    Row {
        file: &entry.file,
        part,
        lines: lines(entry).collect(),
        plan,
        site,
        // Everything is, by now; whoever reads the list may ask.
        played: true,
        words: looked.text.as_deref().or(looked.piece.words()),
        words_differ: has_other_words(looked),
        state: state_word(Lang::En, &looked.state),
        path: looked.state.file().map(|file| file.display().to_string()),
        seconds: sound.map(|it| to_hundredths(it.seconds)),
        expected_seconds: looked.piece.length().map(|it| to_hundredths(it.as_secs_f64())),
        lufs: sound.map(|it| to_hundredths(it.level.lufs)),
        peak_dbfs: sound.map(|it| to_hundredths(it.level.peak_dbfs)),
        defect,
    }
}

fn to_hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
