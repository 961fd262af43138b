// SPDX-License-Identifier: EUPL-1.2
//! `erase`: destroys the keys of past days, beside a running service or without one.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::ask::put;
use crate::clock::wall_now;
use crate::erasure::{self, KeyRing};
use crate::output;
use crate::service::control::{self, Question};
use hours::{LocalDate, Zone, parse_date};
use privacy::Retention;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "erase",
    usage: "erase --data ORDNER --before TAG",
    summary_de: "vernichtet, was von Personen aus der Zeit vor diesem Tag noch lesbar ist",
    summary_en: "destroys what can still be read of persons from before this day",
    help_de: "  --data ORDNER   der Datenordner; ein Dienst darf damit laufen\n  --before TAG    zum Beispiel 2014-05-02: Rufnummern, Anruferkennungen und die Zuordnung der Plätze aller\n                  Tage davor werden für immer unlesbar. Was heute in Gebrauch ist, bleibt, bis der Tag vorbei\n                  ist. Auswertungen ändern sich nicht\n",
    help_en: "  --data FOLDER   the data folder; a service may run with it\n  --before DAY    for example 2014-05-02: numbers, caller tokens and who sat where become unreadable for ever\n                  for all days before it. What is in use today stays until the day is over. Reports do not\n                  change\n",
    valued: &["data", "before"],
    flags: &[],
    run: |arguments| erase(&arguments).unwrap_or_else(|code| code),
};

fn erase(arguments: &Arguments) -> Result<ExitCode, ExitCode> {
    let lang = arguments.lang;
    if let Some(extra) = arguments.plain.first() {
        let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
        return Err(arguments.wrong_value(what, &extra.to_string_lossy(), None));
    }
    let folder = PathBuf::from(arguments.required("data")?);
    let before = before(arguments)?;
    if control::is_answered(&folder) {
        return Ok(put(arguments, &Question::Erase(before.to_string())));
    }
    match alone(&folder, before, arguments) {
        Ok(said) => {
            output::out(&(said + "\n"));
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            let word = lang.pick("Fehler", "error");
            output::err(&format!("{word}: {why}\n"));
            Err(ExitCode::from(BAD_FILE))
        }
    }
}

fn before(arguments: &Arguments) -> Result<LocalDate, ExitCode> {
    let text = arguments.required("before")?;
    parse_date(&text).map_err(|_| {
        let what = arguments.lang.pick(
            "Hier wird ein Tag erwartet, zum Beispiel 2014-05-02",
            "A day is expected here, 2014-05-02 for example",
        );
        arguments.wrong_value(what, &format!("--before {text}"), None)
    })
}

/// No service runs: nobody else has the keys.
fn alone(folder: &Path, before: LocalDate, arguments: &Arguments) -> Result<String, String> {
    let lang = arguments.lang;
    let mut ring = KeyRing::take(folder, Retention::USUAL, Zone::berlin(), lang)?;
    let gone = ring.erase(erasure::day_of(before), wall_now());
    let gone = gone.map_err(|error| erasure::cannot_write(&error, lang))?;
    Ok(erasure::destroyed(&gone, lang))
}
