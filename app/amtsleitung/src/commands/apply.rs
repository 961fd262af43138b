// SPDX-License-Identifier: EUPL-1.2
//! `apply`: from now on this configuration holds; a running service takes it up at once.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use super::plan;
use super::simulate::Format;
use crate::clock::wall_now;
use crate::config::{self, County};
use crate::data::{self, Data};
use crate::difference::differences;
use crate::erasure::take_keys;
use crate::service::control;
use crate::start::{agreed_by_seats, cannot_go, holder, no_room_before_bench, setup_now};
use crate::{Lang, output};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::Configured;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "apply",
    usage: "apply DATEI --data ORDNER [--seeds ZAHL]",
    summary_de: "zeigt, was diese Konfiguration ändert, und übernimmt sie; ein laufender Dienst sofort",
    summary_en: "shows what this configuration changes and takes it up; a running service at once",
    help_de: "  DATEI           die neue Konfiguration\n  --data ORDNER   der Datenordner; ein Dienst darf damit laufen\n  --seeds ZAHL    so oft wird jede Seite geprobt, 2 bis 30 (sonst 5)\n\nGespräche und Wartende bleiben, wo sie sind. Nur ansehen: amtsleitung plan\n",
    help_en: "  FILE            the new configuration\n  --data FOLDER   the data folder; a service may run with it\n  --seeds NUMBER  how often each side is rehearsed, 2 to 30 (otherwise 5)\n\nTalks and callers who wait stay where they are. Only to look: amtsleitung plan\n",
    valued: &["data", "seeds"],
    flags: &[],
    run,
};

/// Takes up the file that the arguments name.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    match apply(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn apply(arguments: &Arguments) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    let path = arguments.only_plain()?;
    let folder = PathBuf::from(arguments.required("data")?);
    let seeds = plan::seeds(arguments)?;
    let source = Source::read(lang, path)?;
    let data = Data::open(&folder, lang).map_err(|why| fail(&why))?;
    let data = data.ok_or_else(|| fail(&data::no_log(lang, &folder)))?;
    let agreed = data.recalled.chronicle.configured.clone();
    let agreed = agreed.ok_or_else(|| fail(&data::no_log(lang, &folder)))?;
    let before = config::check_in_order(&agreed.text, &agreed.ids).county;
    let after = good(lang, &source, &agreed)?;
    let found = differences(&agreed.text, source.text());
    if found.is_empty() && agreed.text == source.text() {
        output::out(lang.pick("Kein Unterschied.\n", "No difference.\n"));
        return Ok(());
    }
    // Before the rehearsal, which takes its time.
    let with_bench = after.clone().with_bench_of(&agreed.ids);
    let is_running = control::is_answered(&folder);
    let kept = all_keeps_its_number(lang, &agreed, &with_bench, is_running);
    kept.map_err(|why| fail(&why))?;
    if let Some(before) = &before {
        let said = plan::said(lang, (before, &after), &found, (None, seeds, 1.0), Format::Text)?;
        output::out(&said);
    }
    let answer = if control::is_answered(&folder) {
        control::apply(&folder, lang, (&source.name, source.text()))
            .map_err(|error| fail(&output::why(lang, &error)))?
    } else {
        without_service(lang, &folder, data, &agreed, (source.text(), &with_bench))
    };
    match answer {
        Ok(said) => {
            output::out(&said);
            Ok(())
        }
        Err(why) => Err(fail(why.trim_end())),
    }
}

fn good(lang: Lang, source: &Source, agreed: &Configured) -> Result<County, ExitCode> {
    // What is no text is said as for every file.
    source.check(lang)?;
    let mut checked = config::check_in_order(source.text(), &agreed.ids);
    checked.county.take().ok_or_else(|| {
        output::err(&checked.printed(&source.name, lang));
        ExitCode::from(BAD_FILE)
    })
}

/// What the log calls by a number stays in the file; a running service needs its telephones too.
///
/// # Errors
/// With a sentence for people.
fn all_keeps_its_number(
    lang: Lang,
    agreed: &Configured,
    after: &County,
    is_running: bool,
) -> Result<(), String> {
    let mut known = agreed.ids.clone();
    if !is_running {
        known.remove("phone");
    }
    let gone = config::gone(&known, after);
    if !gone.is_empty() {
        return Err(cannot_go(&gone, lang));
    }
    if config::keeps_positions(&known, after) {
        Ok(())
    } else {
        Err(no_room_before_bench(lang).to_owned())
    }
}

/// Nobody runs: the log is told, and the next start goes on from there.
fn without_service(
    lang: Lang,
    folder: &Path,
    data: Data,
    agreed: &Configured,
    (text, after): (&str, &County),
) -> Result<String, String> {
    all_keeps_its_number(lang, agreed, after, false)?;
    let wall = wall_now();
    let setup = setup_now(after, wall, lang)?;
    let configured = Configured { text: text.to_owned(), ids: after.order(), setup };
    // Whoever has the keys is alone with the folder until it is done.
    let keys = take_keys(folder, lang)?;
    let configured = agreed_by_seats(after, &keys, &data, &configured);
    let mut continued = data.go_on(&holder(folder), wall, &configured, &|_| false, lang)?;
    for warning in &continued.warnings {
        output::err(&format!("{warning}\n"));
    }
    continued.let_go(wall);
    drop(keys);
    Ok(lang
        .pick(
            "Übernommen; der Dienst beginnt damit, wenn er startet.\n",
            "Taken up; the service begins with it when it starts.\n",
        )
        .to_owned())
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
