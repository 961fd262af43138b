// SPDX-License-Identifier: EUPL-1.2
//! `simulate`: rehearses a stretch of days with the routing code that runs live, and reports it.

use super::Command;
use super::arguments::{Arguments, BAD_FILE, WRONG_USAGE};
use super::files::Source;
use super::new_file::NewFile;
use super::progress::Progress;
use crate::config::County;
use crate::config::near::nearest;
use crate::data::NewLog;
use crate::figures::{Figures, Heading, Rehearsed, rehearsed};
use crate::rehearsal::{self, Volume};
use crate::report;
use crate::{Lang, contacts, output};
use centre::Event;
use hours::{LocalDate, LocalDates, YEARS, parse_date};
use sim::{Outcome, Spec};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use stdx::{Now, PlanId, Timestamp};
use store::Configured;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "simulate",
    usage: "simulate --config DATEI --from TAG --to TAG [--calls ZAHL] [--seed ZAHL] [--load ZAHL] [--plan KENNUNG] [--contacts DATEI] [--log ORDNER] [--format text|json]",
    summary_de: "spielt einen Zeitraum mit erdachten Anrufen durch und berichtet die Zahlen",
    summary_en: "plays a stretch of days with made-up calls and reports the figures",
    help_de: "  --config DATEI   die Konfiguration\n  --from TAG       erster Tag, zum Beispiel 2014-01-01\n  --to TAG         letzter Tag, zum Beispiel 2014-12-31\n  --calls ZAHL     erwartete Anrufe auf allen Leitungen im Zeitraum, erneute Versuche eingeschlossen\n                   (sonst: die Jahresmengen der Datei, auf den Zeitraum umgerechnet)\n  --seed ZAHL      Startwert des Zufalls (sonst 115); derselbe gibt dieselben Zahlen\n  --load ZAHL      vervielfacht die Anrufe (sonst 1)\n  --plan KENNUNG   an jedem Tag, an dem offen ist, beginnt dieser Krisenplan mit der Öffnung\n  --contacts DATEI schreibt jeden Anruf als CSV-Zeile in diese neue Datei\n  --log ORDNER     legt einen Datenordner an, als wäre es geschehen: für „report“ und „replay“\n  --format FORM    text oder json; docs/figures.md erklärt die Schlüssel\n",
    help_en: "  --config FILE    the configuration\n  --from DAY       first day, for example 2014-01-01\n  --to DAY         last day, for example 2014-12-31\n  --calls NUMBER   expected calls on all lines in these days, repeated attempts included\n                   (otherwise the file's yearly volumes, scaled to these days)\n  --seed NUMBER    seed of chance (otherwise 115); the same gives the same figures\n  --load NUMBER    multiplies the calls (otherwise 1)\n  --plan ID        on every day that is open this crisis plan begins with the opening\n  --contacts FILE  writes every call as a line of CSV into this new file\n  --log FOLDER     makes a data folder as if it had happened: for `report` and `replay`\n  --format FORM    text or json; docs/figures.md explains the keys\n",
    valued: &["config", "from", "to", "calls", "seed", "load", "plan", "contacts", "log", "format"],
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
    plan: Option<PlanId>,
    contacts: Option<PathBuf>,
    log: Option<PathBuf>,
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
    let mut wanted = wanted(arguments)?;
    let source = Source::read(lang, config.as_ref())?;
    let checked = source.check(lang)?;
    let Some(county) = &checked.county else {
        output::err(&checked.printed(&source.name, lang));
        return Err(ExitCode::from(BAD_FILE));
    };
    wanted.plan = plan(arguments, county)?;
    let figures = rehearse(lang, county, source.text(), &wanted)?;
    Ok(match wanted.format {
        Format::Text => report::text(lang, county, &figures),
        Format::Json => report::json(&figures),
    })
}

fn rehearse(lang: Lang, county: &County, text: &str, wanted: &Wanted) -> Result<Figures, ExitCode> {
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
    // Before the work: who waits for it wants to know at once that it has no place.
    let file = wanted.contacts.as_deref().map(|path| NewFile::create(lang, path)).transpose()?;
    let mut progress = Progress::new(lang);
    let played = Played { dates: wanted.dates, volume, seed: wanted.seed, plan: wanted.plan };
    let spec = spec(lang, county, &played)?;
    let mut log = match &wanted.log {
        Some(folder) => Some(new_log(lang, county, text, &spec, folder)?),
        None => None,
    };
    let mut hear = |now, event| {
        if let Some(log) = &mut log {
            log.tell(now, event);
        }
    };
    let watch = &mut |share| progress.show(share);
    let (outcome, figures) = play_spec(county, &played, &spec, watch, &mut hear)?;
    if let Some(log) = log {
        log.finish(lang).map_err(|why| fail(&why))?;
    }
    progress.finish();
    if let Some(file) = file {
        file.write(lang, contacts::csv(county, &outcome.records).as_bytes())?;
    }
    Ok(figures)
}

/// A data folder for what is played, as if it had happened.
fn new_log(
    lang: Lang,
    county: &County,
    text: &str,
    spec: &Spec,
    folder: &Path,
) -> Result<NewLog, ExitCode> {
    let (text, ids, setup) = (text.to_owned(), county.order(), spec.setup.clone());
    let begins = spec.slots.first().map_or(Timestamp(0), |slot| slot.start);
    let agreed = Configured { text, ids, setup };
    NewLog::create(folder, &county.centre.id, begins, agreed, lang).map_err(|why| fail(&why))
}

/// What is played.
pub(super) struct Played {
    pub(super) dates: LocalDates,
    pub(super) volume: Volume,
    pub(super) seed: u64,
    pub(super) plan: Option<PlanId>,
}

/// Plays so many calls with a seed. `watch` is told how much is done, from 0 to 1.
pub(super) fn play(
    lang: Lang,
    county: &County,
    played: &Played,
    watch: &mut dyn FnMut(f64),
) -> Result<(Outcome, Figures), ExitCode> {
    let spec = spec(lang, county, played)?;
    play_spec(county, played, &spec, watch, &mut |_, _| {})
}

fn spec(lang: Lang, county: &County, played: &Played) -> Result<Spec, ExitCode> {
    let Played { dates, volume, plan, .. } = *played;
    if volume.calls * volume.load > CALLS_MAX {
        return Err(fail(&lang.pick(
            format!("Das sind mehr als {CALLS_MAX} Anrufe."),
            format!("That is more than {CALLS_MAX} calls."),
        )));
    }
    let mut spec = rehearsal::spec(county, dates, volume)
        .map_err(|error| fail(&lang.pick(error.message_de(), error.message_en())))?;
    if let Some(plan) = plan {
        spec.acts = rehearsal::starts_of(&spec.setup, plan, dates, &county.zone());
    }
    Ok(spec)
}

/// Plays it; `hear` is told every event, as a log is.
fn play_spec(
    county: &County,
    played: &Played,
    spec: &Spec,
    watch: &mut dyn FnMut(f64),
    hear: &mut dyn FnMut(Now, Event),
) -> Result<(Outcome, Figures), ExitCode> {
    let Played { dates, volume, seed, .. } = *played;
    let outcome =
        sim::play_and_hear(spec, seed, watch, hear).map_err(|error| fail(&format!("{error:?}")))?;
    let heading = Heading {
        from: dates.from().to_string(),
        to: dates.until().to_string(),
        rehearsal: Some(Rehearsed { seed, calls: volume.calls, load: volume.load }),
    };
    let figures = rehearsed(county, heading, &outcome);
    Ok((outcome, figures))
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
        plan: None,
        contacts: arguments.value("contacts").map(PathBuf::from),
        log: arguments.value("log").map(PathBuf::from),
        format: format(arguments)?,
    })
}

/// The crisis plan at `--plan`.
fn plan(arguments: &Arguments, county: &County) -> Result<Option<PlanId>, ExitCode> {
    let Some(id) = arguments.value("plan") else { return Ok(None) };
    let known: Vec<&str> = county.plans.iter().map(|plan| plan.id.as_str()).collect();
    if let Some(index) = known.iter().position(|known| *known == id) {
        return Ok(Some(PlanId(u16::try_from(index).expect("the check bounds the plans"))));
    }
    let list = known.join(", ");
    let what = arguments.lang.pick(
        format!("Diesen Krisenplan gibt es nicht (bekannt: {list})"),
        format!("There is no such crisis plan (known: {list})"),
    );
    Err(arguments.wrong_value(&what, &id, nearest(&id, known.iter().copied())))
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
        has_holidays(arguments, date, &text)?;
        Ok::<LocalDate, ExitCode>(date)
    };
    let (from, to) = (day("from")?, day("to")?);
    LocalDates::new(from, to).map_err(|error| {
        let why = lang.pick(error.message_de(), error.message_en());
        arguments.wrong_value(&why, &format!("{from} … {to}"), None)
    })
}

/// Refuses a day, which was written so, of a year that is too far away.
pub(super) fn has_holidays(
    arguments: &Arguments,
    day: LocalDate,
    text: &str,
) -> Result<(), ExitCode> {
    if YEARS.contains(&day.year()) {
        return Ok(());
    }
    let what = arguments.lang.pick(
        "Für dieses Jahr kennt das Programm keine Feiertage",
        "The program knows no holidays for this year",
    );
    Err(arguments.wrong_value(what, text, None))
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
            let what = if least > 0.0 {
                arguments.lang.pick(
                    format!("Hier wird eine Zahl größer als 0 erwartet, höchstens {CALLS_MAX}"),
                    format!("A number above 0 is expected here, {CALLS_MAX} at most"),
                )
            } else {
                arguments.lang.pick(
                    format!("Hier wird eine Zahl von 0 bis {CALLS_MAX} erwartet"),
                    format!("A number from 0 to {CALLS_MAX} is expected here"),
                )
            };
            Err(arguments.wrong_value(&what, &format!("--{name} {text}"), None))
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
