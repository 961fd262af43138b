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
use store::{Damage, Digest, Fault};

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
    let failed = |why: CannotRecall| fail(&data::cannot_recall(&folder, &why, lang));
    let data = Data::open(&folder, lang).map_err(|why| fail(&why))?;
    let Some(Data { mut store, recalled }) = data else {
        return Err(fail(&data::no_log(lang, &folder)));
    };
    if arguments.flag("mend") {
        store.drop_views().map_err(|error| failed(error.into()))?;
        let mended = recall::recall(&mut store).map_err(failed)?;
        output::out(lang.pick("Auswertungen neu angelegt.\n", "The views were made anew.\n"));
        return Ok(mended.damage.is_none());
    }
    let stored = store.digest().map_err(|error| failed(error.into()))?;
    let (mut again, mut progress) = (Digest::default(), Progress::new(lang));
    let last = recalled.link.next - 1;
    let keep = &mut |_: &mut store::Store, it: &mut Recalled| {
        progress.show(it.link.next as f64 / last.max(1) as f64);
        if let Some(views) = &mut it.chronicle.views {
            let (told, days) = views.take();
            again.add(&told, &days);
        }
        Ok(())
    };
    let replayed = recall::recall_up_to(&mut store, last, keep).map_err(failed)?;
    progress.finish();
    let is_same_state = replayed.snapshot() == recalled.snapshot();
    let is_same_view = again == stored;
    output::out(&said(lang, &replayed, &again, (is_same_state, is_same_view)));
    if let Some(damage) = &replayed.damage {
        output::out(&damaged(lang, damage));
    }
    Ok(is_same_state && is_same_view && replayed.damage.is_none())
}

fn said(lang: Lang, it: &Recalled, digest: &Digest, (state, views): (bool, bool)) -> String {
    let (entries, contacts) = (it.chronicle.entries, digest.contacts);
    let inside = it.centre.as_ref().map_or(0, centre::Centre::contacts_inside);
    let same = |is: bool| {
        if is { lang.pick("gleich", "the same") } else { lang.pick("VERSCHIEDEN", "DIFFERENT") }
    };
    let (state, views) = (same(state), same(views));
    lang.pick(
        format!(
            "{entries} Einträge, {contacts} beendete Anrufe, {inside} im Haus.\nZustand: {state}\nAuswertungen: {views}\n"
        ),
        format!(
            "{entries} entries, {contacts} calls ended, {inside} inside.\nState: {state}\nViews: {views}\n"
        ),
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
