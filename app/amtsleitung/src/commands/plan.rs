// SPDX-License-Identifier: EUPL-1.2
//! `plan`: what differs between two configurations, from when, and what it does to callers.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use super::progress::Progress;
use super::simulate::{Format, Played, dates_between, format, number, play};
use crate::clock::wall_now;
use crate::config::{County, moment};
use crate::difference::{Difference, differences};
use crate::effect::{Compared, LineEffect, SEEDS_MAX, SEEDS_MIN, effects};
use crate::figures::Figures;
use crate::rehearsal::{self, Volume};
use crate::report::{decimal, table};
use crate::{Lang, output};
use hours::{LocalDates, YEARS, parse_date};
use serde::Serialize;
use std::process::ExitCode;

/// How it is called.
pub const COMMAND: Command = Command {
    name: "plan",
    usage: "plan ALT NEU [--from TAG --to TAG] [--seeds ZAHL] [--load ZAHL] [--format text|json]",
    summary_de: "zeigt, worin sich zwei Konfigurationen unterscheiden und was das für Anrufende heißt",
    summary_en: "shows how two configurations differ and what that means for callers",
    help_de: "  ALT, NEU         die beiden Konfigurationen\n  --from, --to TAG erster und letzter Tag der Probe (sonst: das Jahr der ersten datierten Änderung,\n                   ohne eine solche das laufende Jahr)\n  --seeds ZAHL     so oft wird jede Seite mit denselben Anrufenden gespielt, 2 bis 30 (sonst 5)\n  --load ZAHL      vervielfacht die Anrufe (sonst 1)\n  --format FORM    text oder json\nJede Seite hat die Mengen ihrer eigenen Datei. „±“ ist die Hälfte des Bereichs, in dem der Unterschied mit 95 %\nSicherheit liegt; ein Unterschied, der kleiner ist, kann Zufall sein.\n",
    help_en: "  OLD, NEW         the two configurations\n  --from, --to DAY first and last day of the rehearsal (otherwise the year of the first dated\n                   change, without one the present year)\n  --seeds NUMBER   how often each side is played with the same callers, 2 to 30 (otherwise 5)\n  --load NUMBER    multiplies the calls (otherwise 1)\n  --format FORM    text or json\nEach side has the volumes of its own file. “±” is half the range in which the difference lies with 95 %\nconfidence; a difference that is smaller may be chance.\n",
    valued: &["from", "to", "seeds", "load", "format"],
    flags: &[],
    run,
};

/// Seeds if none are asked for: a year of each takes some seconds, and the margin is small enough to
/// decide on.
const SEEDS: usize = 5;
/// The first seed; the others follow.
const FIRST_SEED: u64 = 115;

#[derive(Serialize)]
struct Planned<'a> {
    from: String,
    to: String,
    seeds: usize,
    load: f64,
    differences: &'a [Difference],
    effect: &'a [LineEffect],
}

/// Compares the two files that the arguments name.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    match plan(&arguments) {
        Ok(text) => {
            output::out(&text);
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

fn plan(arguments: &Arguments) -> Result<String, ExitCode> {
    let lang = arguments.lang;
    let (old, new) = match arguments.plain.as_slice() {
        [old, new] => (old, new),
        [] | [_] => {
            let what = lang.pick("Es fehlt eine Datei", "A file is missing");
            return Err(arguments.wrong_value(
                what,
                lang.pick("plan ALT NEU", "plan OLD NEW"),
                None,
            ));
        }
        [_, _, extra, ..] => {
            let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
            return Err(arguments.wrong_value(what, &extra.to_string_lossy(), None));
        }
    };
    let format = format(arguments)?;
    let seeds = seeds(arguments)?;
    let load = number(arguments, "load", f64::MIN_POSITIVE)?.unwrap_or(1.0);
    let (old, new) = (Source::read(lang, old)?, Source::read(lang, new)?);
    let (before, after) = (good(lang, &old)?, good(lang, &new)?);
    let found = differences(old.text(), new.text());
    let dates = match (arguments.value("from"), arguments.value("to")) {
        (None, None) => None,
        (Some(_), _) | (None, Some(_)) => Some(dates_between(arguments)?),
    };
    said(lang, (&before, &after), &found, (dates, seeds, load), format)
}

/// What changes, and what callers notice of it.
pub(super) fn said(
    lang: Lang,
    (before, after): (&County, &County),
    found: &[Difference],
    (dates, seeds, load): (Option<LocalDates>, usize, f64),
    format: Format,
) -> Result<String, ExitCode> {
    let dates = dates.or_else(|| year_of(found, after));
    let dates = dates.ok_or_else(|| ExitCode::from(BAD_FILE))?;
    // The same file twice has no effect that would have to be played.
    let effect = if found.is_empty() {
        Vec::new()
    } else {
        played(lang, (before, after), dates, seeds, load)?
    };
    let (from, to) = (dates.from().to_string(), dates.until().to_string());
    let planned = Planned { from, to, seeds, load, differences: found, effect: &effect };
    Ok(match format {
        Format::Text => text(lang, &planned),
        Format::Json => {
            let mut json =
                serde_json::to_string_pretty(&planned).expect("plain numbers and strings");
            json.push('\n');
            json
        }
    })
}

fn good(lang: Lang, source: &Source) -> Result<County, ExitCode> {
    let checked = source.check(lang)?;
    checked.county.clone().ok_or_else(|| {
        output::err(&checked.printed(&source.name, lang));
        ExitCode::from(BAD_FILE)
    })
}

pub(super) fn seeds(arguments: &Arguments) -> Result<usize, ExitCode> {
    let Some(text) = arguments.value("seeds") else { return Ok(SEEDS) };
    match text.parse::<usize>() {
        Ok(seeds) if (SEEDS_MIN..=SEEDS_MAX).contains(&seeds) => Ok(seeds),
        Ok(_) | Err(_) => {
            let what = arguments.lang.pick(
                "Hier wird eine ganze Zahl von 2 bis 30 erwartet",
                "A whole number from 2 to 30 is expected here",
            );
            Err(arguments.wrong_value(what, &format!("--seeds {text}"), None))
        }
    }
}

/// The year of the first dated change, else the present one.
fn year_of(found: &[Difference], county: &County) -> Option<LocalDates> {
    let days = found.iter().filter_map(|it| it.from.as_deref().or(it.until.as_deref()));
    let first = days.filter_map(|day| parse_date(day.get(..10)?).ok()).min();
    let year = first.map_or_else(|| county.zone().local(wall_now()).year(), |day| day.year());
    let year = year.clamp(*YEARS.start(), *YEARS.end());
    LocalDates::new(moment::date(year, 1, 1)?, moment::date(year, 12, 31)?).ok()
}

fn played(
    lang: Lang,
    (before, after): (&County, &County),
    dates: LocalDates,
    seeds: usize,
    load: f64,
) -> Result<Vec<LineEffect>, ExitCode> {
    let mut progress = Progress::new(lang);
    let all = (seeds * 2) as f64;
    let mut side = |county: &County, done: usize| -> Result<Vec<Figures>, ExitCode> {
        let volume = Volume { calls: rehearsal::calls_by_file(county, dates), load };
        (0..seeds)
            .map(|index| {
                let so_far = (done + index) as f64;
                let seed = FIRST_SEED + index as u64;
                let played = Played { dates, volume, seed, plan: None };
                let watch = &mut |share| progress.show((so_far + share) / all);
                play(lang, county, &played, watch).map(|(_, figures)| figures)
            })
            .collect()
    };
    let (old, new) = (side(before, 0)?, side(after, seeds)?);
    progress.finish();
    Ok(effects(&old, &new))
}

// --- As text ---------------------------------------------------------------------------------

fn text(lang: Lang, planned: &Planned<'_>) -> String {
    if planned.differences.is_empty() {
        return lang.pick("Kein Unterschied.\n", "No difference.\n").to_owned();
    }
    let mut text = String::from(lang.pick("Was sich ändert\n", "What changes\n"));
    for difference in planned.differences {
        text.push_str(&format!("  {}\n", difference.said(lang)));
    }
    let Planned { from, to, seeds, .. } = planned;
    let load = decimal(lang, planned.load, 2);
    text.push_str(&lang.pick(
        format!("\nWas Anrufende davon merken, geprobt vom {from} bis zum {to}, {seeds}-mal mit denselben Anrufenden, Last × {load}\n"),
        format!("\nWhat callers notice, rehearsed from {from} to {to}, {seeds} times with the same callers, load × {load}\n"),
    ));
    let head = lang.pick(
        ["", "vorher", "nachher", "Unterschied", ""],
        ["", "before", "after", "difference", ""],
    );
    let mut rows = vec![row(head[0], &head[1..])];
    for line in planned.effect {
        rows.extend(line_rows(lang, line));
    }
    text.push_str(&table(&rows));
    text
}

fn row(title: &str, cells: &[&str]) -> (String, Vec<String>) {
    (title.to_owned(), cells.iter().map(|&cell| cell.to_owned()).collect())
}

fn line_rows(lang: Lang, line: &LineEffect) -> Vec<(String, Vec<String>)> {
    let name = if line.name.is_empty() { lang.pick("Summe", "total") } else { &line.name };
    let figures = [
        (lang.pick("Anrufe", "calls"), "", 0, line.offered),
        (lang.pick("in der Zeit angenommen", "answered in time"), " %", 1, line.in_time),
        (lang.pick("Annahmequote", "reachability"), " %", 1, line.reached),
        (lang.pick("verloren", "abandoned"), " %", 1, line.abandoned),
        (lang.pick("beim Partner", "at the partner"), " %", 1, line.overflowed),
        (lang.pick("zurückgerufen", "called back"), " %", 1, line.called_back),
        (lang.pick("geschlossen", "closed"), " %", 1, line.closed),
        (lang.pick("abgewiesen", "refused"), " %", 1, line.refused),
        (
            lang.pick("90 von 100 warten höchstens", "90 of 100 wait at most"),
            " s",
            1,
            line.wait_p90,
        ),
    ];
    let is_anything = |it: &Compared| it.old.unwrap_or(0.0) + it.new.unwrap_or(0.0) > 0.0;
    let any = line.offered.as_ref().is_some_and(is_anything);
    let rows = figures.into_iter().filter_map(|(what, unit, decimals, it)| {
        let it = it.filter(is_anything)?;
        Some((format!("{name}, {what}"), cells(lang, it, unit, decimals)))
    });
    rows.filter(|_| any).collect()
}

fn cells(lang: Lang, it: Compared, unit: &str, decimals: usize) -> Vec<String> {
    let plain = |number: Option<f64>| {
        number.map_or("–".to_owned(), |it| format!("{}{unit}", decimal(lang, it, decimals)))
    };
    let (old, new) = (plain(it.old), plain(it.new));
    let Some(between) = it.between else { return vec![old, new] };
    let size = decimal(lang, between.difference.abs(), decimals);
    let margin = decimal(lang, between.margin, decimals);
    // What is lost in rounding nobody can see either.
    let is_seen = between.is_clear() && size != decimal(lang, 0.0, decimals);
    let sign =
        if between.difference < 0.0 && size != decimal(lang, 0.0, decimals) { "−" } else { "+" };
    let word = if is_seen {
        ""
    } else {
        lang.pick("kein Unterschied zu erkennen", "no difference to be seen")
    };
    vec![old, new, format!("{sign}{size} ± {margin}"), word.to_owned()]
}
