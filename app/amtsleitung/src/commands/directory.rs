// SPDX-License-Identifier: EUPL-1.2
//! `directory`: who has which extension behind the exchanges.

use super::Command;
use super::arguments::Arguments;
use super::prompts::{county, fail, path};
use crate::config::problem::visible;
use crate::directory::{Entry, load};
use crate::{Lang, output};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "directory",
    usage: "directory [TEXT] [--config DATEI] [--data ORDNER]",
    summary_de: "wer an den Anlagen welche Nebenstelle hat",
    summary_en: "who has which extension behind the exchanges",
    help_de: "  TEXT             zeigt nur, wo das in Name, Stelle oder Nummer vorkommt\n  --config DATEI   die Konfiguration; die Verzeichnisse liegen daneben\n  --data ORDNER    der Datenordner, in dem sie liegen; ohne --config gilt seine Konfiguration\n\nTelefone des Servicecenters wählen die Nebenstellen der Anlagen ihres Standorts wie im Haus.\n",
    help_en: "  TEXT             shows only where this stands in name, office or number\n  --config FILE    the configuration; the directories lie beside it\n  --data FOLDER    the data folder in which they lie; without --config its configuration holds\n\nTelephones of the centre dial the extensions of the exchanges at their site as in the house.\n",
    valued: &["config", "data"],
    flags: &[],
    run,
};

fn run(arguments: Arguments) -> ExitCode {
    match list(&arguments) {
        Ok(text) => {
            output::out(&text);
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

fn list(arguments: &Arguments) -> Result<String, ExitCode> {
    let lang = arguments.lang;
    let wanted = match &arguments.plain[..] {
        [] => String::new(),
        [text] => text.to_string_lossy().to_lowercase(),
        [_, extra, ..] => {
            let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
            return Err(arguments.wrong_value(what, &extra.to_string_lossy(), None));
        }
    };
    let (config, data) = (path(arguments, "config"), path(arguments, "data"));
    let county = county(arguments, config.as_deref(), data.as_deref())?;
    let beside = config.as_deref().and_then(Path::parent).map(PathBuf::from);
    let folder = data.or(beside).unwrap_or_default();
    let all = load(&county, &folder, lang).map_err(|why| fail(&why))?;
    let mut text = String::new();
    for (trunk, entries) in county.trunks.iter().zip(all) {
        let fits = |it: &&Entry| {
            [&it.name, &it.office, &it.number, &it.extension]
                .iter()
                .any(|field| field.to_lowercase().contains(&wanted))
        };
        let mut found = entries.iter().filter(fits).peekable();
        if found.peek().is_some() {
            text.push_str(&format!("{}\n", trunk.name));
        }
        found.for_each(|it| text.push_str(&row(it)));
    }
    if text.is_empty() {
        text.push_str(nobody(lang));
    }
    Ok(text)
}

fn row(it: &Entry) -> String {
    let Entry { extension, number, name, office } = it;
    let office = if office.is_empty() { String::new() } else { format!(", {}", visible(office)) };
    format!("  {extension:>6}  {number:<16}  {}{office}\n", visible(name))
}

fn nobody(lang: Lang) -> &'static str {
    lang.pick("Niemand gefunden.\n", "Nobody was found.\n")
}
