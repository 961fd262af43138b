// SPDX-License-Identifier: EUPL-1.2
//! `status`, `calls`, `trace`, `steer`: what a running centre says about itself, and is told to do.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use crate::service::control::{Question, ask};
use crate::service::steer;
use crate::{Lang, output};
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

/// How `status` is called.
pub const STATUS: Command = Command {
    name: "status",
    usage: "status --data ORDNER",
    summary_de: "sagt, wie es dem laufenden Dienst geht",
    summary_en: "says how the running service is",
    help_de: "  --data ORDNER   der Datenordner, mit dem der Dienst läuft\n",
    help_en: "  --data FOLDER   the data folder that the service runs with\n",
    valued: &["data"],
    flags: &[],
    run: |arguments| plain(&arguments, Question::Status),
};

/// How `calls` is called.
pub const CALLS: Command = Command {
    name: "calls",
    usage: "calls --data ORDNER",
    summary_de: "zeigt die Anrufe, die jetzt im Haus sind, ohne Rufnummern",
    summary_en: "shows the calls that are inside now, without numbers",
    help_de: "  --data ORDNER   der Datenordner, mit dem der Dienst läuft\n",
    help_en: "  --data FOLDER   the data folder that the service runs with\n",
    valued: &["data"],
    flags: &[],
    run: |arguments| plain(&arguments, Question::Calls),
};

/// How `trace` is called.
pub const TRACE: Command = Command {
    name: "trace",
    usage: "trace ANRUF --data ORDNER",
    summary_de: "zeichnet, welche SIP-Nachrichten ein Anruf gewechselt hat",
    summary_en: "draws which SIP messages a call has exchanged",
    help_de: "  ANRUF           die Nummer des Anrufs, wie „calls“ und das Protokoll sie nennen\n  --data ORDNER   der Datenordner, mit dem der Dienst läuft\n",
    help_en: "  CALL            the call's number, as `calls` and the log name it\n  --data FOLDER   the data folder that the service runs with\n",
    valued: &["data"],
    flags: &[],
    run: trace,
};

/// How `steer` is called.
pub const STEER: Command = Command {
    name: "steer",
    usage: "steer WAS … --data ORDNER",
    summary_de: "steuert den laufenden Dienst: Anrufe vorziehen, abmelden, Linien schließen",
    summary_en: "steers the running service: pull calls forward, sign off, close lines",
    help_de: steer::FORMS_DE,
    help_en: steer::FORMS_EN,
    valued: &["data"],
    flags: &[],
    run: steer,
};

fn plain(arguments: &Arguments, question: Question) -> ExitCode {
    if let Some(extra) = arguments.plain.first() {
        let lang = arguments.lang;
        let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
        return arguments.wrong_value(what, &extra.to_string_lossy(), None);
    }
    put(arguments, &question)
}

fn trace(arguments: Arguments) -> ExitCode {
    let lang = arguments.lang;
    let [call] = arguments.plain.as_slice() else {
        let what = lang.pick("Erwartet wird ein Anruf", "One call is expected");
        return arguments.wrong_value(what, "trace 17", None);
    };
    match call.to_string_lossy().parse() {
        Ok(contact) => put(&arguments, &Question::Trace(contact)),
        Err(_) => {
            let what = lang.pick(
                "Die Nummer eines Anrufs ist eine ganze Zahl",
                "The number of a call is a whole number",
            );
            arguments.wrong_value(what, &call.to_string_lossy(), None)
        }
    }
}

fn steer(arguments: Arguments) -> ExitCode {
    let words: Vec<_> = arguments.plain.iter().map(|word| word.to_string_lossy()).collect();
    put(&arguments, &Question::Steer(words.join(" ")))
}

/// Puts a question to the running service and says the answer.
pub(super) fn put(arguments: &Arguments, question: &Question) -> ExitCode {
    let lang = arguments.lang;
    let folder = match arguments.required("data") {
        Ok(folder) => folder,
        Err(code) => return code,
    };
    match ask(Path::new(&folder), lang, question) {
        Ok(Ok(answer)) => {
            output::out(&answer);
            ExitCode::SUCCESS
        }
        Ok(Err(why)) => {
            output::err(&why);
            ExitCode::from(BAD_FILE)
        }
        Err(error) => {
            let error_word = lang.pick("Fehler", "error");
            let why = reason(lang, &error);
            output::err(&format!("{folder}: {error_word}: {why}\n"));
            ExitCode::from(BAD_FILE)
        }
    }
}

fn reason(lang: Lang, error: &std::io::Error) -> String {
    let kind = error.kind();
    if [ErrorKind::NotFound, ErrorKind::ConnectionRefused].contains(&kind) {
        lang.pick(
            "Mit diesem Datenordner läuft kein Dienst. Starten: amtsleitung serve",
            "No service runs with this data folder. To start it: amtsleitung serve",
        )
        .to_owned()
    } else if kind == ErrorKind::InvalidInput {
        lang.pick("Das sind zu viele Worte.", "These are too many words.").to_owned()
    } else if kind == ErrorKind::PermissionDenied {
        lang.pick(
            "Den laufenden Dienst darf nur fragen, wem der Datenordner gehört.",
            "Only the owner of the data folder may ask the running service.",
        )
        .to_owned()
    } else {
        lang.pick(
            format!("Der Dienst antwortet nicht ({error})."),
            format!("The service does not answer ({error})."),
        )
    }
}
