// SPDX-License-Identifier: EUPL-1.2
//! `prompts`: what callers hear; which recordings there are, and bringing one's own in.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use super::report;
use super::simulate::{self, Format};
use crate::config::County;
use crate::config::near::nearest;
use crate::data::{self, Data};
use crate::prompts::import::{Refused, Target, bring_in, name_of};
use crate::prompts::list::{entries, json, text};
use crate::prompts::look::{folders, look};
use crate::prompts::script;
use crate::{Lang, output};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "prompts",
    usage: "prompts list [--config DATEI] [--data ORDNER] [--format text|json] | prompts import DATEI … --data ORDNER [--as NAME] [--config DATEI] [--replace]",
    summary_de: "was Anrufende hören: zeigt, was aufzunehmen ist, und spielt eigene Aufnahmen ein",
    summary_en: "what callers hear: shows what has to be recorded, and brings your recordings in",
    help_de: "prompts list: jeder Ton mit seinem Text, seiner Länge und Lautheit, und ob er da ist\n  --config DATEI   die Konfiguration; ihre Töne liegen im Ordner „prompts“ daneben\n  --data ORDNER    der Datenordner; die eigenen Töne liegen in „prompts“ darin. Ohne --config gilt die\n                   Konfiguration des Ordners, mit --config zeigt die Liste, was „serve“ mit beiden fände\n  --format FORM    text oder json; docs/operation.md erklärt die Schlüssel\n\nprompts import: macht aus WAV-Dateien Töne für Anrufende und legt sie in „prompts“ des Datenordners\n  DATEI …          die Aufnahmen; jede heißt wie der Ton, der sie werden soll, etwa 115-greeting.wav\n  --as NAME        eine einzelne Aufnahme mit beliebigem Namen wird dieser Ton\n  --config DATEI   die Konfiguration, solange der Datenordner noch keine hat\n  --replace        ersetzt auch, was schon da ist\n\nJede Aufnahme wird geprüft (Länge, Stille, Übersteuerung, Pegel), auf eine Lautheit gebracht und in die Form\nder anderen umgerechnet. Der Dienst spielt sie nach dem nächsten Start.\n",
    help_en: "prompts list: each sound with its words, length and loudness, and whether it is there\n  --config FILE    the configuration; its sounds lie in the folder `prompts` beside it\n  --data FOLDER    the data folder; your own sounds lie in `prompts` within it. Without --config the folder's\n                   configuration holds, with --config the list shows what `serve` would find with both\n  --format FORM    text or json; docs/operation.md explains the keys\n\nprompts import: makes sounds for callers from WAV files and puts them into `prompts` of the data folder\n  FILE …           the recordings; each is called like the sound that it shall be, say 115-greeting.wav\n  --as NAME        a single recording with any name becomes this sound\n  --config FILE    the configuration, as long as the data folder has none\n  --replace        also replaces what is there already\n\nEach recording is checked (length, silence, clipping, level), brought to one loudness and converted to the\nform of the others. The service plays it after its next start.\n",
    valued: &["config", "data", "format", "as"],
    flags: &["replace"],
    run,
};

fn run(arguments: Arguments) -> ExitCode {
    let lang = arguments.lang;
    let done = match arguments.plain.split_first() {
        Some((word, rest)) if word == "list" => list(&arguments, rest),
        Some((word, rest)) if word == "import" => import(&arguments, rest),
        Some((word, _)) => {
            let word = word.to_string_lossy();
            let what = lang.pick(
                "Das gibt es nicht (möglich: list, import)",
                "There is no such thing (possible: list, import)",
            );
            Err(arguments.wrong_value(what, &word, nearest(&word, ["list", "import"])))
        }
        None => {
            let what = lang.pick("Es fehlt, was zu tun ist", "What to do is missing");
            Err(arguments.wrong_value(what, "list, import", None))
        }
    };
    match done {
        Ok(code) | Err(code) => code,
    }
}

fn list(arguments: &Arguments, rest: &[OsString]) -> Result<ExitCode, ExitCode> {
    let lang = arguments.lang;
    if let Some(extra) = rest.first() {
        let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
        return Err(arguments.wrong_value(what, &extra.to_string_lossy(), None));
    }
    let replace = arguments.flag("replace").then_some("--replace");
    refuse(arguments, [arguments.value("as").map(|_| "--as"), replace])?;
    let format = simulate::format(arguments)?;
    let (config, data) = (path(arguments, "config"), path(arguments, "data"));
    let county = county(arguments, config.as_deref(), data.as_deref())?;
    let looked = look(&county, &folders(data.as_deref(), config.as_deref()));
    let entries = entries(&looked);
    output::out(&match format {
        Format::Text => text(lang, &county.centre.name, &entries),
        Format::Json => json(lang, &entries),
    });
    Ok(ExitCode::SUCCESS)
}

fn import(arguments: &Arguments, files: &[OsString]) -> Result<ExitCode, ExitCode> {
    let lang = arguments.lang;
    refuse(arguments, [arguments.value("format").map(|_| "--format"), None])?;
    let data = PathBuf::from(arguments.required("data")?);
    let named = arguments.value("as");
    match (files, &named) {
        ([], _) => {
            let what = lang.pick("Es fehlt die Aufnahme", "The recording is missing");
            return Err(arguments.wrong_value(what, "prompts import 115-greeting.wav", None));
        }
        ([_, second, ..], Some(_)) => {
            let what = lang.pick(
                "--as gilt nur für eine einzelne Aufnahme",
                "--as is for a single recording only",
            );
            return Err(arguments.wrong_value(what, &second.to_string_lossy(), None));
        }
        ([_], Some(_)) | (_, None) => {}
    }
    let county = county(arguments, path(arguments, "config").as_deref(), Some(&data))?;
    let names = script::names(&county);
    let folder = data.join("prompts");
    let target = Target { folder: &folder, names: &names, replaces: arguments.flag("replace") };
    let named = named.map(|name| name.strip_suffix(".wav").unwrap_or(&name).to_owned());
    let brought = bring_all(lang, files, named.as_deref(), &target);
    output::out(&sum(lang, brought, files.len() - brought));
    Ok(if brought == files.len() { ExitCode::SUCCESS } else { ExitCode::from(BAD_FILE) })
}

/// Brings in each by itself, says what became of it, and returns how many are in.
fn bring_all(lang: Lang, files: &[OsString], named: Option<&str>, target: &Target<'_>) -> usize {
    let mut taken = BTreeSet::new();
    let mut brought = 0;
    for file in files.iter().map(Path::new) {
        let name = named.map_or_else(|| name_of(file), str::to_owned);
        let shown = crate::config::problem::visible(&file.display().to_string());
        let done = if taken.contains(&name) {
            Err(Refused::Twice { name: name.clone() })
        } else {
            bring_in(file, &name, target)
        };
        match done {
            Ok(done) => {
                output::out(&done.said(lang, &shown));
                taken.insert(name);
                brought += 1;
            }
            Err(refused) => {
                let error = lang.pick("Fehler", "error");
                output::err(&format!("{shown}: {error}: {}\n", refused.said(lang)));
            }
        }
    }
    brought
}

fn sum(lang: Lang, brought: usize, refused: usize) -> String {
    let not = match refused {
        0 => String::new(),
        _ => lang.pick(format!(", {refused} nicht"), format!(", {refused} not")),
    };
    let then = match brought {
        0 => "",
        _ => lang.pick(
            " Der Dienst spielt sie nach dem nächsten Start.",
            " The service plays them after its next start.",
        ),
    };
    lang.pick(
        format!("{brought} eingespielt{not}.{then}\n"),
        format!("{brought} brought in{not}.{then}\n"),
    )
}

pub(super) fn path(arguments: &Arguments, option: &str) -> Option<PathBuf> {
    arguments.value(option).map(PathBuf::from)
}

/// # Errors
/// With the exit code, after saying so, if an option was given that means nothing here.
fn refuse(arguments: &Arguments, given: [Option<&str>; 2]) -> Result<(), ExitCode> {
    let what =
        arguments.lang.pick("Diese Option passt hier nicht", "This option means nothing here");
    match given.into_iter().flatten().next() {
        Some(option) => Err(arguments.wrong_value(what, option, None)),
        None => Ok(()),
    }
}

/// The county of the file; without one that of the data folder.
///
/// # Errors
/// With the exit code, after saying why there is none.
pub(super) fn county(
    arguments: &Arguments,
    config: Option<&Path>,
    data: Option<&Path>,
) -> Result<County, ExitCode> {
    let lang = arguments.lang;
    match (config, data) {
        (Some(config), _) => {
            let source = Source::read(lang, config.as_os_str())?;
            let mut checked = source.check(lang)?;
            checked.county.take().ok_or_else(|| {
                output::err(&checked.printed(&source.name, lang));
                ExitCode::from(BAD_FILE)
            })
        }
        (None, Some(folder)) => {
            let data = Data::open(folder, lang).map_err(|why| fail(&why))?;
            let data = data.ok_or_else(|| fail(&no_county(lang, folder)))?;
            report::county(&data, lang)
        }
        (None, None) => {
            let what = lang.pick("Es fehlt eine von beiden", "One of the two is missing");
            Err(arguments.wrong_value(what, "--config, --data", None))
        }
    }
}

fn no_county(lang: Lang, folder: &Path) -> String {
    let no_log = data::no_log(lang, folder);
    let hint = lang.pick("Die Konfiguration nennt --config DATEI.", "Name one with --config FILE.");
    format!("{no_log} {hint}")
}

pub(super) fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
