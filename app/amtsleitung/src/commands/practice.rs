// SPDX-License-Identifier: EUPL-1.2
//! `practice`: the centre on the wall clock, with made-up callers and the newcomer as an agent.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use crate::clock::wall_now;
use crate::config::County;
use crate::config::near::nearest;
use crate::figures::{Heading, figures};
use crate::practice::{Practice, at_terminal, without_terminal};
use crate::{Lang, output, rehearsal, report};
use sim::Outcome;
use std::io::{IsTerminal, stdin, stdout};
use std::process::ExitCode;
use stdx::{AgentId, Micros};

/// How it is called.
pub const COMMAND: Command = Command {
    name: "practice",
    usage: "practice --config DATEI [--agent KENNUNG] [--pace ZAHL]",
    summary_de: "Übung: erdachte Anrufe in Echtzeit, und Sie sitzen am Telefon",
    summary_en: "practice: made-up calls in real time, and you are at the telephone",
    help_de: "  --config DATEI    die Konfiguration\n  --agent KENNUNG   wessen Platz Sie einnehmen (sonst der erste der Datei)\n  --pace ZAHL       Anrufe je Minute (sonst 10)\n\nOhne Terminal spielt sie eine Minute lang allein und endet mit 0.\n",
    help_en: "  --config FILE   the configuration\n  --agent ID      whose seat you take (otherwise the first of the file)\n  --pace NUMBER   calls a minute (otherwise 10)\n\nWithout a terminal it plays by itself for a minute and exits with 0.\n",
    valued: &["config", "agent", "pace"],
    flags: &[],
    run,
};

/// Calls a minute if nothing else is said, and at the most.
const PACE: f64 = 10.0;
const PACE_MAX: f64 = 600.0;
/// How long it plays without a terminal.
const ALONE: Micros = Micros::from_mins(1);

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
    let source = Source::read(lang, config.as_ref())?;
    let checked = source.check(lang)?;
    let Some(county) = &checked.county else {
        output::err(&checked.printed(&source.name, lang));
        return Err(ExitCode::from(BAD_FILE));
    };
    let newcomer = newcomer(arguments, county)?;
    let began = wall_now();
    let spec = rehearsal::practice_spec(county, newcomer, began, pace)
        .ok_or_else(|| fail(lang.pick(
            "In dieser Konfiguration gibt es niemanden, der abnehmen könnte, oder keine Leitung mit Anrufen.",
            "In this configuration there is nobody who could answer, or no line with calls.",
        )))?;
    let seed = began.0.unsigned_abs();
    let alone = !(stdin().is_terminal() && stdout().is_terminal());
    let io = |error: std::io::Error| fail(&error.to_string());
    let mut practice = Practice::start(spec, seed, (!alone).then_some(newcomer)).map_err(io)?;
    if alone {
        output::out(lang.pick(
            "Übung ohne Terminal: eine Minute, alle Plätze simuliert.\n",
            "Practice without a terminal: one minute, all seats simulated.\n",
        ));
        without_terminal(&mut practice, lang, county, ALONE);
    } else {
        at_terminal(&mut practice, lang, county).map_err(io)?;
    }
    let (outcome, inside) = practice.end().map_err(io)?;
    output::out(&closing_words(lang, county, &outcome, inside));
    Ok(())
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

fn closing_words(lang: Lang, county: &County, outcome: &Outcome, inside: usize) -> String {
    let heading = Heading {
        from: String::new(),
        to: String::new(),
        seed: 0,
        calls: outcome.records.len() as f64,
        load: 1.0,
    };
    let figures = figures(county, heading, &outcome.records, &outcome.work);
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
