// SPDX-License-Identifier: EUPL-1.2
//! `export`: gives the catalogue of services out as one message of XZuFi 2.2.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use crate::clock::wall_now;
use crate::entropy::Entropy;
use crate::shelf::export::{ExportError, Head, export};
use crate::shelf::{open_there, unreadable};
use crate::{Lang, output};
use std::fs::File;
use std::io::{BufWriter, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "export",
    usage: "export DATEI --data ORDNER",
    summary_de: "gibt den Leistungskatalog als XZuFi 2.2 aus",
    summary_en: "gives the catalogue of services out as XZuFi 2.2",
    help_de: "  DATEI           die neue Datei; eine, die es schon gibt, bleibt, wie sie ist\n  --data ORDNER   der Datenordner\n\nWas eingespielt wurde, steht wieder darin, auch was dieses Programm nicht versteht.\n",
    help_en: "  FILE            the new file; one that is there already stays as it is\n  --data FOLDER   the data folder\n\nWhat was brought in stands in it again, also what this program does not understand.\n",
    valued: &["data"],
    flags: &[],
    run,
};

fn run(arguments: Arguments) -> ExitCode {
    match give_out(&arguments) {
        Ok(text) => {
            output::out(&text);
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

fn give_out(arguments: &Arguments) -> Result<String, ExitCode> {
    let lang = arguments.lang;
    let path = PathBuf::from(arguments.only_plain()?);
    let data = PathBuf::from(arguments.required("data")?);
    let mut catalogue = open_there(&data, lang).map_err(|why| fail(&why))?;
    let file = File::create_new(&path).map_err(|error| cannot_write(lang, &path, &error))?;
    let (id, at) = (message_id().map_err(|error| cannot_write(lang, &path, &error))?, wall_now());
    let at = catalogue::written(at);
    let head = Head { id: &id, at: &at, sender: "Amtsleitung" };
    match export(&mut catalogue, head, BufWriter::new(file)) {
        Ok(count) => Ok(lang.pick(
            format!("{}: {count} Objekte.\n", path.display()),
            format!("{}: {count} objects.\n", path.display()),
        )),
        Err(error) => {
            // Half a catalogue must not be taken for one; what cannot be removed has been complained about.
            let _ = std::fs::remove_file(&path);
            Err(match error {
                ExportError::Store(error) => fail(&unreadable(lang, &error)),
                ExportError::Write(error) => cannot_write(lang, &path, &error),
            })
        }
    }
}

/// A UUID that nobody else gives (RFC 9562, version 4).
fn message_id() -> std::io::Result<String> {
    let mut bytes = Entropy::open()?.bytes::<16>();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    Ok(parts.join("-"))
}

fn cannot_write(lang: Lang, path: &Path, error: &std::io::Error) -> ExitCode {
    let name = path.display();
    if error.kind() == ErrorKind::AlreadyExists {
        return fail(&lang.pick(
            format!("{name}: Diese Datei gibt es schon; sie bleibt, wie sie ist."),
            format!("{name}: This file exists already; it stays as it is."),
        ));
    }
    let why = output::why(lang, error);
    fail(&lang.pick(
        format!("{name}: Die Datei lässt sich nicht schreiben: {why}."),
        format!("{name}: The file cannot be written: {why}."),
    ))
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
