// SPDX-License-Identifier: EUPL-1.2
//! `serve`: the centre with its telephones.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use crate::config::{self, County, Order};
use crate::data::Data;
use crate::difference::differences;
use crate::pages::Pages;
use crate::service::log::Level;
use crate::service::{Ask, Inbox, Log, certificates, control};
use crate::start::{Keeps, Options, Started, in_use, start};
use crate::{Lang, output};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Where `/healthz` and `/metrics` are, unless something else is said.
const HTTP: &str = "127.0.0.1:9115";

/// How it is called.
pub const COMMAND: Command = Command {
    name: "serve",
    usage: "serve --data ORDNER [--config DATEI] [--http ADRESSE] [--agents ZAHL] [--agents-port-spread ZAHL]",
    summary_de: "der Dienst: nimmt Anrufe an und lässt Telefone klingeln",
    summary_en: "the service: takes calls and lets telephones ring",
    help_de: "  --data ORDNER     der Datenordner; wird angelegt. Darin liegen die Aufzeichnung von allem, was geschieht,\n                    die Passwörter der Telefone und, wenn Sie eigene Ansagen wollen, ein Ordner „prompts“\n                    mit WAV-Dateien\n  --config DATEI    die Konfiguration für einen neuen Datenordner; danach gilt die des Ordners, und nur\n                    „amtsleitung apply“ ändert sie\n  --http ADRESSE    wo /healthz und /metrics sind (sonst 127.0.0.1:9115; „off“ für keine)\n\nNur für einen Prüfstand ([bench] in der Konfiguration):\n  --agents ZAHL              so viele erdachte Beraterinnen und Berater statt der Zahl der Datei\n  --agents-port-spread ZAHL  ihre Telefone auf so viele Ports verteilen, 1 bis 10\n\nEr endet mit Strg-C oder SIGTERM und legt vorher in jedem Gespräch auf.\n",
    help_en: "  --data FOLDER     the data folder; it is made. It holds the log of everything that happens, the\n                    telephones' passwords and, if you want announcements of your own, a folder `prompts`\n                    with WAV files\n  --config FILE     the configuration for a new data folder; afterwards the folder's own holds, and only\n                    `amtsleitung apply` changes it\n  --http ADDRESS    where /healthz and /metrics are (otherwise 127.0.0.1:9115; `off` for none)\n\nOnly for a bench ([bench] in the configuration):\n  --agents NUMBER             so many made-up agents instead of the file's number\n  --agents-port-spread NUMBER spread their telephones over so many ports, 1 to 10\n\nIt ends with Ctrl-C or SIGTERM, and hangs up every call before.\n",
    valued: &["config", "data", "http", "agents", "agents-port-spread"],
    flags: &[],
    run,
};

fn run(arguments: Arguments) -> ExitCode {
    match serve(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn serve(arguments: &Arguments) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    if let Some(extra) = arguments.plain.first() {
        let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
        return Err(arguments.wrong_value(what, &extra.to_string_lossy(), None));
    }
    let folder = PathBuf::from(arguments.required("data")?);
    let config = arguments.value("config").map(PathBuf::from);
    let http = arguments.loopback("http", HTTP)?;
    let (agents, spread) = bench(arguments)?;
    let (data, text) = opened(lang, &folder, config.as_deref())?;
    let county = county(lang, &text)?;
    let failed = |error: io::Error| fail(lang, &error.to_string());
    // Before anything is opened, so that no signal falls between.
    let signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).map_err(failed)?;
    let log = Log::to_stderr().map_err(failed)?;
    let options = Options {
        county: &county,
        data: &folder,
        keeps: Keeps::Log { data: Box::new(data), text: &text.text },
        prompts: config.as_deref().and_then(Path::parent).map(|it| it.join("prompts")),
        http,
        bench: (agents, spread),
        listeners: Vec::new(),
        demo: None,
        log: log.clone(),
        lang,
    };
    let started = start(options).map_err(|why| fail(lang, &why))?;
    say_ready(&started, &log, lang);
    let Started { inbox, service, control, keeper, pages, .. } = started;
    let pages = pages.map(Arc::new);
    stop_on(signals, (inbox.clone(), pages.clone()), (log.clone(), lang)).map_err(failed)?;
    let ended = service.join();
    drop((inbox, control, keeper, pages));
    if ended.as_ref().is_ok_and(|ended| !ended.was_fenced) {
        log.say(Level::Notice, lang.pick("Dienst beendet.", "Service ended."));
    }
    log.finish();
    match ended {
        Ok(ended) if ended.was_fenced => Err(fail(
            lang,
            lang.pick(
                "Ein anderer Dienst hat die Aufzeichnung übernommen; dieser hat sich beendet.",
                "Another service has taken the log over; this one has ended.",
            ),
        )),
        Ok(_) => Ok(()),
        Err(_) => Err(fail(
            lang,
            lang.pick(
                "Eine Zusicherung des Programms ist gebrochen; der Dienst hat sich beendet.",
                "An invariant of the program is broken; the service has ended.",
            ),
        )),
    }
}

/// A county's file, and where it was read.
struct Text {
    name: String,
    text: String,
    order: Order,
}

/// The log of the folder and the configuration that holds: the log's own, or of an empty folder the file's.
/// A file that says something else is refused: what was agreed is changed by `apply` alone.
fn opened(lang: Lang, folder: &Path, config: Option<&Path>) -> Result<(Data, Text), ExitCode> {
    if control::is_answered(folder) {
        return Err(fail(lang, &in_use(lang, folder)));
    }
    let data = Data::open(folder, lang).map_err(|why| fail(lang, &why))?;
    let file = config.map(|path| Source::read(lang, path.as_os_str())).transpose()?;
    let agreed = data.and_then(|data| {
        let agreed = data.recalled.chronicle.configured.clone()?;
        Some((data, agreed))
    });
    match (agreed, file) {
        (Some((data, agreed)), file) => {
            if let Some(file) = file {
                is_the_same(lang, folder, &agreed.text, &file)?;
            }
            let name = folder.display().to_string();
            Ok((data, Text { name, text: agreed.text, order: agreed.ids }))
        }
        (None, Some(file)) => {
            let centre = county_of(lang, &file)?.centre.id;
            let data = Data::make(folder, &centre, lang).map_err(|why| fail(lang, &why))?;
            let (name, text) = (file.name.clone(), file.text().to_owned());
            Ok((data, Text { name, text, order: Order::new() }))
        }
        (None, None) => Err(fail(
            lang,
            lang.pick(
                "Dieser Datenordner ist neu: Es fehlt --config DATEI.",
                "This data folder is new: --config FILE is missing.",
            ),
        )),
    }
}

fn is_the_same(lang: Lang, folder: &Path, agreed: &str, file: &Source) -> Result<(), ExitCode> {
    let found = differences(agreed, file.text());
    if found.is_empty() {
        return Ok(());
    }
    let (name, folder) = (&file.name, folder.display());
    let mut text = lang.pick(
        format!("{name} sagt etwas anderes als die Konfiguration in {folder}:\n"),
        format!("{name} says something else than the configuration in {folder}:\n"),
    );
    for difference in found {
        text.push_str(&format!("  {}\n", difference.said(lang)));
    }
    text.push_str(&lang.pick(
        format!("Übernehmen: amtsleitung apply {name} --data {folder}"),
        format!("To take it up: amtsleitung apply {name} --data {folder}"),
    ));
    Err(fail(lang, &text))
}

fn county_of(lang: Lang, source: &Source) -> Result<County, ExitCode> {
    let mut checked = source.check(lang)?;
    match checked.county.take() {
        Some(county) => Ok(county),
        None => {
            output::err(&checked.printed(&source.name, lang));
            Err(ExitCode::from(BAD_FILE))
        }
    }
}

/// What is in the log was good when it was taken up; a newer program may want more.
fn county(lang: Lang, text: &Text) -> Result<County, ExitCode> {
    let mut checked = config::check_in_order(&text.text, &text.order);
    match checked.county.take() {
        Some(county) => Ok(county),
        None => {
            output::err(&checked.printed(&text.name, lang));
            Err(ExitCode::from(BAD_FILE))
        }
    }
}

fn bench(arguments: &Arguments) -> Result<(Option<u16>, u16), ExitCode> {
    let number = |name: &str, most: u16| {
        let Some(text) = arguments.value(name) else { return Ok(None) };
        match text.parse::<u16>() {
            Ok(number) if (1..=most).contains(&number) => Ok(Some(number)),
            Ok(_) | Err(_) => {
                let what = arguments.lang.pick(
                    format!("Hier wird eine ganze Zahl von 1 bis {most} erwartet"),
                    format!("A whole number from 1 to {most} is expected here"),
                );
                Err(arguments.wrong_value(&what, &format!("--{name} {text}"), None))
            }
        }
    };
    let agents = number("agents", crate::config::county::BENCH_MAX)?;
    let spread = number("agents-port-spread", crate::config::county::SPREAD_MAX)?;
    Ok((agents, spread.unwrap_or(1)))
}

fn say_ready(started: &Started, log: &Log, lang: Lang) {
    let listens: Vec<String> = started.listens.iter().map(ToString::to_string).collect();
    let http = started.http.map_or(String::new(), |at| format!(" http={at}"));
    let web = started.pages.as_ref().map_or(String::new(), |it| format!(" web={}", it.at));
    let word = lang.pick("Bereit", "Ready");
    log.say(Level::Notice, &format!("{word}. sip={}{http}{web}", listens.join(",")));
}

fn stop_on(
    mut signals: Signals,
    (inbox, pages): (Inbox, Option<Arc<Pages>>),
    (log, lang): (Log, Lang),
) -> io::Result<()> {
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            if signal == SIGHUP {
                let (level, said) = renew_certificates(&inbox, lang);
                log.say(level, &said);
                continue;
            }
            if let Some(pages) = &pages {
                pages.leave();
            }
            // A full inbox is empty a moment later; the next signal finds it so.
            let _ = inbox.ask(Ask::Stop);
        }
    })?;
    Ok(())
}

/// Reads the files of the certificates anew, here, where nobody waits for a disk; what has become of it.
fn renew_certificates(inbox: &Inbox, lang: Lang) -> (Level, String) {
    let (to, answer) = sync_channel(1);
    let asked = inbox.ask(Ask::Certificates(to)).ok().and_then(|()| answer.recv().ok());
    let Some(before) = asked else {
        let busy = lang.pick(
            "Zertifikate nicht gelesen: Dienst überlastet.",
            "Certificates not read: the service is overloaded.",
        );
        return (Level::Warning, busy.to_owned());
    };
    let (certificates, defects) = before.again();
    let soon = certificates::expires_soon(&certificates, lang);
    let taken = inbox.ask(Ask::Certify(Box::new(certificates))).is_ok();
    let said: Vec<String> =
        defects.iter().map(|it| lang.pick(it.german(), it.english())).chain(soon).collect();
    if said.is_empty() && taken {
        let done = lang.pick("Zertifikate neu gelesen.", "Certificates read anew.");
        (Level::Notice, done.to_owned())
    } else {
        (Level::Warning, said.join(" "))
    }
}

fn fail(lang: Lang, why: &str) -> ExitCode {
    output::err(&format!("{}: {why}\n", lang.pick("Fehler", "error")));
    ExitCode::from(BAD_FILE)
}
