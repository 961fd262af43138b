// SPDX-License-Identifier: EUPL-1.2
//! `practice`: the centre on the wall clock, with made-up callers and the newcomer as an agent.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use crate::config::County;
use crate::config::near::nearest;
use crate::figures::{Heading, rehearsed};
use crate::practice::{
    DEMO, DEMO_PASSWORD, Ended, Options, Practice, at_terminal, without_terminal,
};
use crate::{Lang, output, report};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::fs::read_dir;
use std::io::{self, IsTerminal, stdin, stdout};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use stdx::{AgentId, Micros};

/// How it is called.
pub const COMMAND: Command = Command {
    name: "practice",
    usage: "practice --config DATEI [--agent KENNUNG] [--pace ZAHL] [--seconds ZAHL] [--web ADRESSE]",
    summary_de: "Übung: der Dienst mit erdachten Anrufen in Echtzeit, und Sie sitzen am Telefon",
    summary_en: "practice: the service with made-up calls in real time, and you are at the telephone",
    help_de: "  --config DATEI    die Konfiguration\n  --agent KENNUNG   wessen Platz Sie einnehmen (sonst der erste der Datei)\n  --pace ZAHL       Anrufe je Minute (sonst 10)\n  --seconds ZAHL    wie lange sie ohne Terminal spielt (sonst 60)\n  --web ADRESSE     wo die Seiten sind (sonst 127.0.0.1:8115; ohne Terminal und mit „off“ nirgends)\n\nDer Dienst selbst läuft, mit echten Telefongesprächen innerhalb dieses Rechners; die Trunks der Datei bleiben\naußen vor. Ohne Terminal spielt die Übung eine Minute lang allein und endet mit 0.\n",
    help_en: "  --config FILE     the configuration\n  --agent ID        whose seat you take (otherwise the first of the file)\n  --pace NUMBER     calls a minute (otherwise 10)\n  --seconds NUMBER  how long it plays without a terminal (otherwise 60)\n  --web ADDRESS     where the pages are (otherwise 127.0.0.1:8115; without a terminal and with `off` nowhere)\n\nThe service itself runs, with real telephone calls within this machine; the file's trunks are left out.\nWithout a terminal it plays by itself for a minute and exits with 0.\n",
    valued: &["config", "agent", "pace", "seconds", "web"],
    flags: &[],
    run,
};

/// Calls a minute if nothing else is said, and at the most.
const PACE: f64 = 10.0;
const PACE_MAX: f64 = 600.0;
/// How many seconds it plays without a terminal if nothing else is said, and at the most: a day.
const SECONDS: u64 = 60;
const SECONDS_MAX: u64 = 86_400;

/// Where the pages of a practice are.
const WEB: &str = "127.0.0.1:8115";

/// Runs a practice.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    match practise(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn practise(arguments: &Arguments) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    if let Some(extra) = arguments.plain.first() {
        let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
        return Err(arguments.wrong_value(what, &extra.to_string_lossy(), None));
    }
    let config = arguments.required("config")?;
    let pace = pace(arguments)?;
    let seconds = seconds(arguments)?;
    let source = Source::read(lang, config.as_ref())?;
    let checked = source.check(lang)?;
    let Some(county) = &checked.county else {
        output::err(&checked.printed(&source.name, lang));
        return Err(ExitCode::from(BAD_FILE));
    };
    let seat = newcomer(arguments, county)?;
    let alone = !(stdin().is_terminal() && stdout().is_terminal());
    let prompts = Path::new(&config).parent().map(|folder| folder.join("prompts"));
    let web = arguments.loopback("web", if alone { "off" } else { WEB })?;
    let catalogue = if web.is_some() { catalogue(config.as_ref()) } else { Vec::new() };
    let newcomer = !alone;
    let options = Options { county, prompts, catalogue, seat, newcomer, pace, web, lang };
    let failed = |error: io::Error| fail(&error.to_string());
    let stop = stop_on_signals().map_err(failed)?;
    let mut practice = Practice::start(&options).map_err(|why| fail(&why))?;
    if let Some(at) = practice.pages_at() {
        output::out(&opened(lang, at));
    }
    let played = if alone {
        output::out(&lang.pick(
            format!("Übung ohne Terminal: {seconds} Sekunden, alle Plätze erdacht.\n"),
            format!("Practice without a terminal: {seconds} seconds, all seats made up.\n"),
        ));
        without_terminal(&mut practice, lang, county, Micros::from_secs(seconds), &stop);
        Ok(())
    } else {
        at_terminal(&mut practice, lang, county, &stop)
    };
    let ended = practice.end().map_err(failed)?;
    played.map_err(failed)?;
    output::out(&closing_words(lang, county, &ended));
    Ok(())
}

/// The catalogue beside the configuration: every XML file in its folder `katalog`, by name; none if there is none.
fn catalogue(config: &Path) -> Vec<PathBuf> {
    let folder = config.parent().map(|folder| folder.join("katalog"));
    let entries = folder.and_then(|folder| read_dir(folder).ok()).into_iter().flatten();
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_xml = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "xml");
    let mut files: Vec<PathBuf> = files.filter(is_xml).collect();
    files.sort();
    files
}

/// Where the pages are, and how one signs in there.
fn opened(lang: Lang, at: SocketAddr) -> String {
    let (name, password) = (DEMO, DEMO_PASSWORD);
    lang.pick(
        format!("Im Browser: http://{at}  Anmelden mit {name} und dem Passwort {password}.\n"),
        format!("In a browser: http://{at}  Sign in with {name} and the password {password}.\n"),
    )
}

/// Whoever ends the program wants the calls hung up and the folder gone all the same.
fn stop_on_signals() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::<AtomicBool>::default();
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

fn seconds(arguments: &Arguments) -> Result<u64, ExitCode> {
    let Some(text) = arguments.value("seconds") else { return Ok(SECONDS) };
    match text.parse::<u64>() {
        Ok(seconds) if (1..=SECONDS_MAX).contains(&seconds) => Ok(seconds),
        Ok(_) | Err(_) => {
            let what = arguments.lang.pick(
                format!("Hier wird eine ganze Zahl von 1 bis {SECONDS_MAX} erwartet"),
                format!("A whole number from 1 to {SECONDS_MAX} is expected here"),
            );
            Err(arguments.wrong_value(&what, &format!("--seconds {text}"), None))
        }
    }
}

fn pace(arguments: &Arguments) -> Result<f64, ExitCode> {
    let Some(text) = arguments.value("pace") else { return Ok(PACE) };
    match text.parse::<f64>() {
        Ok(pace) if pace > 0.0 && pace <= PACE_MAX => Ok(pace),
        Ok(_) | Err(_) => {
            let what = arguments.lang.pick(
                "Hier wird eine Zahl größer als 0 und bis 600 erwartet",
                "A number above 0 and up to 600 is expected here",
            );
            Err(arguments.wrong_value(what, &format!("--pace {text}"), None))
        }
    }
}

fn newcomer(arguments: &Arguments, county: &County) -> Result<AgentId, ExitCode> {
    let Some(id) = arguments.value("agent") else { return Ok(AgentId(0)) };
    let ids: Vec<&str> = county.agents.iter().map(|agent| agent.id.as_str()).collect();
    let position = (0..).map(AgentId).zip(&ids).find(|(_, known)| **known == id);
    position.map(|(agent, _)| agent).ok_or_else(|| {
        let what = arguments.lang.pick("Diesen Platz gibt es nicht", "There is no such seat");
        arguments.wrong_value(what, &id, nearest(&id, ids.iter().copied()))
    })
}

fn closing_words(lang: Lang, county: &County, ended: &Ended) -> String {
    let Ended { outcome, inside, .. } = ended;
    let heading = Heading { from: String::new(), to: String::new(), rehearsal: None };
    let figures = rehearsed(county, heading, outcome);
    let still = lang.pick(
        format!("Übung beendet; {inside} Anrufe liefen noch und zählen nicht mit.\n\n"),
        format!("Practice ended; {inside} calls were still going on and are not counted.\n\n"),
    );
    format!("\n{still}{}", report::tables(lang, &figures))
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
