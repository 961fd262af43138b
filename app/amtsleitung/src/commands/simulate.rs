// SPDX-License-Identifier: EUPL-1.2
//! `simulate`: rehearses a stretch of days with the routing code that runs live, and reports it.

use super::Command;
use super::arguments::{Arguments, BAD_FILE, WRONG_USAGE};
use super::files::Source;
use super::progress::Progress;
use crate::config::County;
use crate::config::near::nearest;
use crate::figures::{Figures, Heading, figures};
use crate::rehearsal::{self, Volume};
use crate::report;
use crate::{Lang, output};
use hours::{LocalDates, YEARS, parse_date};
use std::process::ExitCode;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "simulate",
    usage: "simulate --config DATEI --from TAG --to TAG [--calls ZAHL] [--seed ZAHL] [--load ZAHL] [--format text|json]",
    summary_de: "spielt einen Zeitraum mit erdachten Anrufen durch und berichtet die Zahlen",
    summary_en: "plays a stretch of days with made-up calls and reports the figures",
    help_de: "  --config DATEI   die Konfiguration\n  --from TAG       erster Tag, zum Beispiel 2014-01-01\n  --to TAG         letzter Tag, zum Beispiel 2014-12-31\n  --calls ZAHL     erwartete Anrufe auf allen Leitungen im Zeitraum, erneute Versuche eingeschlossen\n                   (sonst: die Jahresmengen der Datei, auf den Zeitraum umgerechnet)\n  --seed ZAHL      Startwert des Zufalls (sonst 115); derselbe gibt dieselben Zahlen\n  --load ZAHL      vervielfacht die Anrufe (sonst 1)\n  --format FORM    text oder json; docs/figures.md erklärt die Schlüssel\n",
    help_en: "  --config FILE    the configuration\n  --from DAY       first day, for example 2014-01-01\n  --to DAY         last day, for example 2014-12-31\n  --calls NUMBER   expected calls on all lines in these days, repeated attempts included\n                   (otherwise the file's yearly volumes, scaled to these days)\n  --seed NUMBER    seed of chance (otherwise 115); the same gives the same figures\n  --load NUMBER    multiplies the calls (otherwise 1)\n  --format FORM    text or json; docs/figures.md explains the keys\n",
    valued: &["config", "from", "to", "calls", "seed", "load", "format"],
    flags: &[],
    run,
};

/// The most contacts that one rehearsal plays: a hundred years of the model county.
const CALLS_MAX: f64 = 10_000_000.0;
/// The seed if none is given.
const SEED: u64 = 115;

/// How the result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

struct Wanted {
    dates: LocalDates,
    calls: Option<f64>,
    seed: u64,
    load: f64,
    format: Format,
}

/// Plays what the arguments ask for and prints its figures.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    match simulate(&arguments) {
        Ok(text) => {
            output::out(&text);
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

fn simulate(arguments: &Arguments) -> Result<String, ExitCode> {
    let lang = arguments.lang;
    if let Some(extra) = arguments.plain.first() {
        let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
        return Err(arguments.wrong_value(what, &extra.to_string_lossy(), None));
    }
    let config = arguments.required("config")?;
    let wanted = wanted(arguments)?;
    let source = Source::read(lang, config.as_ref())?;
    let checked = source.check(lang)?;
    let Some(county) = &checked.county else {
        output::err(&checked.printed(&source.name, lang));
        return Err(ExitCode::from(BAD_FILE));
    };
    let figures = rehearse(lang, county, &wanted)?;
    Ok(match wanted.format {
        Format::Text => report::text(lang, county, &figures),
        Format::Json => report::json(&figures),
    })
}

fn rehearse(lang: Lang, county: &County, wanted: &Wanted) -> Result<Figures, ExitCode> {
    let by_file = rehearsal::calls_by_file(county, wanted.dates);
    if by_file <= 0.0 {
        return Err(fail(lang.pick(
            "Keine Leitung hat in diesen Tagen Anrufe ([line.rehearsal] mit calls_per_year): Es gibt nichts zu spielen.",
            "No line has calls on these days ([line.rehearsal] with calls_per_year): there is nothing to play.",
        )));
    }
    let volume = Volume { calls: wanted.calls.unwrap_or(by_file), load: wanted.load };
    let horizon = rehearsal::with_margin(wanted.dates);
    let (first, last) = (horizon.from(), horizon.until());
    output::err(&lang.pick(
        format!("Zeitpläne ausgerechnet vom {first} bis zum {last}.\n"),
        format!("Timetables expanded from {first} to {last}.\n"),
    ));
    let mut progress = Progress::new(lang);
    let figures = play(lang, county, wanted.dates, volume, wanted.seed, &mut |share| {
        progress.show(share);
    })?;
    progress.finish();
    Ok(figures)
}

/// Plays so many calls with a seed. `watch` is told how much is done, from 0 to 1.
pub(super) fn play(
    lang: Lang,
    county: &County,
    dates: LocalDates,
    volume: Volume,
    seed: u64,
    watch: &mut dyn FnMut(f64),
) -> Result<Figures, ExitCode> {
    if volume.calls * volume.load > CALLS_MAX {
        return Err(fail(&lang.pick(
            format!("Das sind mehr als {CALLS_MAX} Anrufe."),
            format!("That is more than {CALLS_MAX} calls."),
        )));
    }
    let spec = rehearsal::spec(county, dates, volume)
        .map_err(|error| fail(&lang.pick(error.message_de(), error.message_en())))?;
    let outcome = sim::play(&spec, seed, watch).map_err(|error| fail(&format!("{error:?}")))?;
    let heading = Heading {
        from: dates.from().to_string(),
        to: dates.until().to_string(),
        seed,
        calls: volume.calls,
        load: volume.load,
    };
    Ok(figures(county, heading, &outcome))
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}

// --- What is wanted --------------------------------------------------------------------------

fn wanted(arguments: &Arguments) -> Result<Wanted, ExitCode> {
    Ok(Wanted {
        dates: dates_between(arguments)?,
        calls: number(arguments, "calls", 0.0)?,
        seed: seed(arguments)?,
        load: number(arguments, "load", f64::MIN_POSITIVE)?.unwrap_or(1.0),
        format: format(arguments)?,
    })
}

/// The days between `--from` and `--to`.
pub(super) fn dates_between(arguments: &Arguments) -> Result<LocalDates, ExitCode> {
    let lang = arguments.lang;
    let day = |name: &str| {
        let text = arguments.required(name)?;
        let date = parse_date(&text).map_err(|error| {
            let why = lang.pick(error.message_de(), error.message_en());
            arguments.wrong_value(&why, &text, None)
        })?;
        if YEARS.contains(&date.year()) {
            return Ok(date);
        }
        let what = lang.pick(
            "Für dieses Jahr kennt das Programm keine Feiertage",
            "The program knows no holidays for this year",
        );
        Err(arguments.wrong_value(what, &text, None))
    };
    let (from, to) = (day("from")?, day("to")?);
    LocalDates::new(from, to).map_err(|error| {
        let why = lang.pick(error.message_de(), error.message_en());
        arguments.wrong_value(&why, &format!("{from} … {to}"), None)
    })
}

/// A number at an option, not below `least`.
pub(super) fn number(
    arguments: &Arguments,
    name: &str,
    least: f64,
) -> Result<Option<f64>, ExitCode> {
    let Some(text) = arguments.value(name) else { return Ok(None) };
    match text.parse::<f64>() {
        Ok(number) if (least..=CALLS_MAX).contains(&number) => Ok(Some(number)),
        Ok(_) | Err(_) => {
            let what = arguments.lang.pick(
                "Hier wird eine Zahl bis 10000000 erwartet, nicht kleiner als 0 (Last: größer als 0)",
                "A number up to 10000000 is expected here, not below 0 (load: above 0)",
            );
            Err(arguments.wrong_value(what, &format!("--{name} {text}"), None))
        }
    }
}

fn seed(arguments: &Arguments) -> Result<u64, ExitCode> {
    let Some(text) = arguments.value("seed") else { return Ok(SEED) };
    let parsed = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| {
        let what = arguments.lang.pick(
            "Hier wird eine ganze Zahl ab 0 erwartet, auch als 0x…",
            "A whole number from 0 on is expected here, or 0x…",
        );
        arguments.wrong_value(what, &format!("--seed {text}"), None)
    })
}

/// The form at `--format`.
pub(super) fn format(arguments: &Arguments) -> Result<Format, ExitCode> {
    match arguments.value("format").as_deref() {
        None | Some("text") => Ok(Format::Text),
        Some("json") => Ok(Format::Json),
        Some(other) => {
            let what = arguments.lang.pick(
                "Diese Form gibt es nicht (möglich: text, json)",
                "There is no such form (possible: text, json)",
            );
            let _code = arguments.wrong_value(what, other, nearest(other, ["text", "json"]));
            Err(ExitCode::from(WRONG_USAGE))
        }
    }
}
