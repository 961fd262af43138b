// SPDX-License-Identifier: EUPL-1.2
//! `serve`: the centre with its telephones.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use crate::config::County;
use crate::service::log::Level;
use crate::service::{Ask, Inbox, Log};
use crate::start::{Options, Started, start};
use crate::{Lang, output};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

/// Where `/healthz` and `/metrics` are, unless something else is said.
const HTTP: &str = "127.0.0.1:9115";

/// How it is called.
pub const COMMAND: Command = Command {
    name: "serve",
    usage: "serve --config DATEI --data ORDNER [--http ADRESSE] [--agents ZAHL] [--agents-port-spread ZAHL]",
    summary_de: "der Dienst: nimmt Anrufe an und lässt Telefone klingeln",
    summary_en: "the service: takes calls and lets telephones ring",
    help_de: "  --config DATEI    die Konfiguration\n  --data ORDNER     der Datenordner; wird angelegt. Darin liegen die Passwörter der Telefone und, wenn Sie\n                    eigene Ansagen wollen, ein Ordner „prompts“ mit WAV-Dateien\n  --http ADRESSE    wo /healthz und /metrics sind (sonst 127.0.0.1:9115; „off“ für keine)\n\nNur für einen Prüfstand ([bench] in der Konfiguration):\n  --agents ZAHL              so viele erdachte Beraterinnen und Berater statt der Zahl der Datei\n  --agents-port-spread ZAHL  ihre Telefone auf so viele Ports verteilen, 1 bis 10\n\nEr endet mit Strg-C oder SIGTERM und legt vorher in jedem Gespräch auf.\n",
    help_en: "  --config FILE     the configuration\n  --data FOLDER     the data folder; it is made. It holds the telephones' passwords and, if you want\n                    announcements of your own, a folder `prompts` with WAV files\n  --http ADDRESS    where /healthz and /metrics are (otherwise 127.0.0.1:9115; `off` for none)\n\nOnly for a bench ([bench] in the configuration):\n  --agents NUMBER             so many made-up agents instead of the file's number\n  --agents-port-spread NUMBER spread their telephones over so many ports, 1 to 10\n\nIt ends with Ctrl-C or SIGTERM, and hangs up every call before.\n",
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
    let config = PathBuf::from(arguments.required("config")?);
    let data = PathBuf::from(arguments.required("data")?);
    let http = http(arguments)?;
    let (agents, spread) = bench(arguments)?;
    let county = county(lang, &config)?.with_bench(agents, spread);
    let failed = |error: io::Error| fail(lang, &error.to_string());
    // Before anything is opened, so that no signal falls between.
    let signals = Signals::new([SIGINT, SIGTERM]).map_err(failed)?;
    let log = Log::to_stderr().map_err(failed)?;
    let options = Options {
        county: &county,
        data: &data,
        prompts: config.parent().map(|folder| folder.join("prompts")),
        http,
        listeners: Vec::new(),
        log: log.clone(),
        lang,
    };
    let started = start(options).map_err(|why| fail(lang, &why))?;
    say_ready(&started, &log, lang);
    stop_on(signals, started.inbox.clone()).map_err(failed)?;
    let Started { inbox, service, control, .. } = started;
    let ended = service.join();
    drop((inbox, control));
    match ended {
        Ok(_) => {
            log.say(Level::Notice, lang.pick("Dienst beendet.", "Service ended."));
            log.finish();
            Ok(())
        }
        Err(_) => Err(fail(
            lang,
            lang.pick(
                "Eine Zusicherung des Programms ist gebrochen; der Dienst hat sich beendet.",
                "An invariant of the program is broken; the service has ended.",
            ),
        )),
    }
}

fn county(lang: Lang, config: &Path) -> Result<County, ExitCode> {
    let source = Source::read(lang, config.as_os_str())?;
    let mut checked = source.check(lang)?;
    match checked.county.take() {
        Some(county) => Ok(county),
        None => {
            output::err(&checked.printed(&source.name, lang));
            Err(ExitCode::from(BAD_FILE))
        }
    }
}

fn http(arguments: &Arguments) -> Result<Option<SocketAddr>, ExitCode> {
    let text = arguments.value("http").unwrap_or_else(|| HTTP.to_owned());
    if text == "off" {
        return Ok(None);
    }
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(Some(address)),
        Ok(_) | Err(_) => {
            let what = arguments.lang.pick(
                "Hier wird eine Adresse dieses Rechners mit Port erwartet, etwa 127.0.0.1:9115, oder off",
                "An address of this machine with a port is expected here, such as 127.0.0.1:9115, or off",
            );
            Err(arguments.wrong_value(what, &format!("--http {text}"), None))
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
    let word = lang.pick("Bereit", "Ready");
    log.say(Level::Notice, &format!("{word}. sip={}{http}", listens.join(",")));
}

fn stop_on(mut signals: Signals, inbox: Inbox) -> io::Result<()> {
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for _ in signals.forever() {
            // A full inbox is empty a moment later; the next signal finds it so.
            let _ = inbox.ask(Ask::Stop);
        }
    })?;
    Ok(())
}

fn fail(lang: Lang, why: &str) -> ExitCode {
    output::err(&format!("{}: {why}\n", lang.pick("Fehler", "error")));
    ExitCode::from(BAD_FILE)
}
