// SPDX-License-Identifier: EUPL-1.2
//! `replay`: plays the whole log again, and says whether state and views are what they were.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::progress::Progress;
use crate::data::{self, Data};
use crate::recall::{self, CannotRecall, Recalled};
use crate::{Lang, output};
use std::path::PathBuf;
use std::process::ExitCode;
use store::{Damage, Digest, Error, Fault, Link, Sequence, Snapshot, Store};

/// How it is called.
pub const COMMAND: Command = Command {
    name: "replay",
    usage: "replay --data ORDNER [--mend]",
    summary_de: "spielt die ganze Aufzeichnung noch einmal und sagt, ob alles dasselbe ergibt",
    summary_en: "plays the whole log again and says whether everything comes to the same",
    help_de: "  --data ORDNER   der Datenordner; ein Dienst darf damit laufen\n  --mend          legt die Auswertungen neu an, auch wenn sie stimmen\n\nExitcode 1, wenn etwas nicht dasselbe ergibt oder die Aufzeichnung beschädigt ist.\n",
    help_en: "  --data FOLDER   the data folder; a service may run with it\n  --mend          makes the views anew, even if they are right\n\nExit code 1 if something does not come to the same, or the log is damaged.\n",
    valued: &["data"],
    flags: &["mend"],
    run,
};

/// Replays the log of the folder that the arguments name.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    match replay(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(BAD_FILE),
        Err(code) => code,
    }
}

fn replay(arguments: &Arguments) -> Result<bool, ExitCode> {
    let lang = arguments.lang;
    if let Some(extra) = arguments.plain.first() {
        let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
        return Err(arguments.wrong_value(what, &extra.to_string_lossy(), None));
    }
    let folder = PathBuf::from(arguments.required("data")?);
    let store = Data::store(&folder, lang).map_err(|why| fail(&why))?;
    let mut store = store.ok_or_else(|| fail(&data::no_log(lang, &folder)))?;
    let done =
        if arguments.flag("mend") { mend(&mut store, lang) } else { compare(&mut store, lang) };
    done.map_err(|why| fail(&data::cannot_recall(&folder, &why, lang)))
}

fn mend(store: &mut Store, lang: Lang) -> Result<bool, CannotRecall> {
    store.drop_views()?;
    let mended = recall::recall(store)?;
    output::out(lang.pick("Auswertungen neu angelegt.\n", "The views were made anew.\n"));
    Ok(said_what_is_wrong(&mended, lang))
}

/// Plays up to the place that the stored ones have reached, compares, and plays the rest.
fn compare(store: &mut Store, lang: Lang) -> Result<bool, CannotRecall> {
    if store.has_no_views()? {
        // A service that was killed young; who reports next makes them all the same.
        recall::recall(store)?;
    }
    let (snapshot, stored) = stored(store)?;
    // Without a snapshot that can be read nobody knows how far the views go.
    let last = snapshot.as_ref().map_or(Sequence::MAX, |(link, _)| link.next.saturating_sub(1));
    let (mut again, mut progress) = (Digest::default(), Progress::new(lang));
    let mut keep = |_: &mut Store, it: &mut Recalled| {
        // The rest is short.
        progress.show((it.link.next as f64 / last.max(1) as f64).min(1.0));
        if let Some(views) = &mut it.chronicle.views {
            again.add(&views.take());
        }
        Ok(())
    };
    let replayed = recall::recall_up_to(store, last, &mut keep)?;
    let state = match &snapshot {
        Some((link, it)) if *link == replayed.link && replayed.snapshot().as_ref() == Some(it) => {
            Compared::Same
        }
        Some(_) => Compared::Different,
        None => Compared::Unreadable,
    };
    let is_over = replayed.damage.is_some();
    let mut rest = Digest::default();
    let mut count = |_: &mut Store, it: &mut Recalled| {
        it.chronicle.views.as_mut().into_iter().for_each(|views| rest.add(&views.take()));
        Ok(())
    };
    let whole = if is_over { replayed } else { recall::go_on(store, replayed, &mut count)? };
    progress.finish();
    let views = if again == stored { Compared::Same } else { Compared::Different };
    let contacts = again.contacts + rest.contacts;
    output::out(&said(lang, &whole, contacts, (state, views)));
    let is_whole = said_what_is_wrong(&whole, lang);
    let is_same = state == Compared::Same && views == Compared::Same;
    if !is_same {
        output::out(lang.pick(
            "Neu anlegen: amtsleitung replay --mend\n",
            "To make them anew: amtsleitung replay --mend\n",
        ));
    }
    Ok(is_same && is_whole)
}

/// A snapshot and its place, and the views that go with it.
type Stored = (Option<(Link, Snapshot)>, Digest);

/// How often both are read, if a service goes on with them meanwhile; it does so every few minutes.
const READ_MAX: usize = 5;

/// What is stored: a snapshot and the views that go with it.
fn stored(store: &mut Store) -> Result<Stored, Error> {
    let mut before = store.snapshot()?;
    let mut digest = store.digest()?;
    for _ in 1..READ_MAX {
        let after = store.snapshot()?;
        if after == before {
            break;
        }
        before = after;
        digest = store.digest()?;
    }
    Ok((before, digest))
}

/// What became of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compared {
    Same,
    Different,
    Unreadable,
}

fn said(lang: Lang, it: &Recalled, contacts: u64, (state, views): (Compared, Compared)) -> String {
    let entries = it.chronicle.entries;
    let inside = it.centre.as_ref().map_or(0, centre::Centre::contacts_inside);
    let word = |compared: Compared| match compared {
        Compared::Same => lang.pick("gleich", "the same"),
        Compared::Different => lang.pick("VERSCHIEDEN", "DIFFERENT"),
        Compared::Unreadable => lang.pick("NICHT ZU LESEN", "UNREADABLE"),
    };
    let (state, views) = (word(state), word(views));
    lang.pick(
        format!(
            "{entries} Einträge, {contacts} beendete Anrufe, {inside} im Haus.\nZustand: {state}\nAuswertungen: {views}\n"
        ),
        format!(
            "{entries} entries, {contacts} calls ended, {inside} inside.\nState: {state}\nViews: {views}\n"
        ),
    )
}

/// Says what is wrong with the log itself; whether nothing is.
fn said_what_is_wrong(it: &Recalled, lang: Lang) -> bool {
    for sequence in &it.poisoned {
        output::out(&poisoned(lang, *sequence));
    }
    if let Some(damage) = &it.damage {
        output::out(&damaged(lang, damage));
    }
    it.poisoned.is_empty() && it.damage.is_none()
}

fn poisoned(lang: Lang, sequence: Sequence) -> String {
    lang.pick(
        format!("Eintrag {sequence} verletzt eine Zusicherung des Programms; der nächste Start lässt ihn aus. Bitte melden.\n"),
        format!("Entry {sequence} breaks an invariant of the program; the next start leaves it out. Please report it.\n"),
    )
}

fn damaged(lang: Lang, damage: &Damage) -> String {
    let Damage { sequence, what } = damage;
    let what = match what {
        Fault::Torn => lang.pick("abgerissen", "torn"),
        Fault::Altered => lang.pick("verändert", "altered"),
        Fault::Missing => lang.pick("davor fehlt etwas", "something before it is missing"),
        Fault::OldEpoch => {
            lang.pick("von einem abgelösten Dienst", "by a service that was replaced")
        }
        Fault::Unreadable => lang.pick("nicht zu lesen", "unreadable"),
    };
    lang.pick(
        format!("Beschädigt ab Eintrag {sequence}: {what}. Was davor steht, gilt.\n"),
        format!("Damaged from entry {sequence} on: {what}. What stands before holds.\n"),
    )
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
