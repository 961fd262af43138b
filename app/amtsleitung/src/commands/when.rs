// SPDX-License-Identifier: EUPL-1.2
//! `when`: what would a caller of a line meet at a moment, and when does that change?

use super::arguments::{Arguments, BAD_FILE};
use super::files::Source;
use super::{Command, when_ways};
use crate::config::county::{Announcement, Answering, County, Line, Service, Treatment};
use crate::config::duration;
use crate::config::moment::{self, MomentError};
use crate::config::near::nearest;
use crate::{Lang, output};
use calendar::Opening;
use hours::{
    ClosedBecause, ExpandError, Explained, Explanation, HORIZON_YEARS_MAX, LocalDate,
    LocalDateTime, LocalDates, YEARS,
};
use std::process::ExitCode;
use stdx::{LineId, Timestamp};

/// How it is called.
pub const COMMAND: Command = Command {
    name: "when",
    usage: "when DATEI --line KENNUNG --at ZEITPUNKT",
    summary_de: "sagt, was Anrufende dieser Leitung zu diesem Zeitpunkt erleben, und bis wann",
    summary_en: "says what callers of this line meet at this moment, and until when",
    help_de: "  --line KENNUNG   die Leitung, zum Beispiel neu-wulmstorf\n\
        \x20 --at ZEITPUNKT   Ortszeit, zum Beispiel 2014-12-24T12:05\n",
    help_en: "  --line ID      the line, for example neu-wulmstorf\n\
        \x20 --at MOMENT    local time, for example 2014-12-24T12:05\n",
    valued: &["line", "at"],
    flags: &[],
    run,
};

/// Years after the moment in which the next change is looked for at first; then as far as there are
/// holidays.
const YEARS_AHEAD: i16 = 5;

/// Answers the question that the arguments ask.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    match answer(&arguments) {
        Ok(text) => {
            output::out(&text);
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

fn answer(arguments: &Arguments) -> Result<String, ExitCode> {
    let lang = arguments.lang;
    let path = arguments.only_plain()?;
    let (line, at) = (arguments.required("line")?, arguments.required("at")?);
    let source = Source::read(lang, path)?;
    let checked = source.check(lang)?;
    let Some(county) = &checked.county else {
        output::err(&checked.printed(&source.name, lang));
        return Err(ExitCode::from(BAD_FILE));
    };
    let line = known_line(arguments, county, &line)?;
    let at = known_moment(arguments, county, &at)?;
    told(lang, county, line, at).map_err(|error| {
        let why = lang.pick(error.message_de(), error.message_en());
        arguments.wrong_value(&why, at.date().to_string().as_str(), None)
    })
}

fn known_line(arguments: &Arguments, county: &County, id: &str) -> Result<LineId, ExitCode> {
    county.line(id).ok_or_else(|| {
        let known: Vec<&str> = county.lines.iter().map(|line| line.id.as_str()).collect();
        let list = known.join(", ");
        let what = arguments.lang.pick(
            format!("Diese Leitung gibt es nicht (bekannt: {list})"),
            format!("There is no such line (known: {list})"),
        );
        arguments.wrong_value(&what, id, nearest(id, known.iter().copied()))
    })
}

fn known_moment(
    arguments: &Arguments,
    county: &County,
    text: &str,
) -> Result<LocalDateTime, ExitCode> {
    let what = match moment::read(text, &county.zone()) {
        Ok(moment) if YEARS.contains(&moment.year()) => return Ok(moment),
        Ok(_) => arguments.lang.pick(
            "Für dieses Jahr kennt das Programm keine Feiertage",
            "The program knows no holidays for this year",
        ),
        Err(MomentError::Form) => arguments.lang.pick(
            "Das ist kein Zeitpunkt (erwartet: Datum und Uhrzeit wie 2014-12-24T12:05)",
            "This is no date and time (expected: something like 2014-12-24T12:05)",
        ),
        Err(MomentError::NoSuchDay) => {
            arguments.lang.pick("Diesen Tag gibt es nicht", "There is no such day")
        }
        Err(MomentError::NoSuchTime) => arguments.lang.pick(
            "Diese Uhrzeit gibt es an diesem Tag nicht (die Uhren springen auf Sommerzeit)",
            "This time does not exist on that day (the clocks go forward)",
        ),
    };
    Err(arguments.wrong_value(what, text, None))
}

/// The days that are needed for the reason and for the next change.
fn days_around(at: LocalDateTime) -> Option<LocalDates> {
    let first = (at.year() - 1).max(*YEARS.start());
    let last = (at.year() + YEARS_AHEAD).min(*YEARS.end());
    LocalDates::new(LocalDate::new(first, 1, 1).ok()?, LocalDate::new(last, 12, 31).ok()?).ok()
}

fn told(
    lang: Lang,
    county: &County,
    line: LineId,
    at: LocalDateTime,
) -> Result<String, ExpandError> {
    let found = county.lines.get(line.index());
    let (Some(found), Some(days)) = (found, days_around(at)) else { return Ok(String::new()) };
    let Some(hours) = county.opening(found.hours, days)? else { return Ok(String::new()) };
    let mut explained = hours.explain(at);
    if explained.next_change.is_none() {
        explained.next_change = later_change(county, found, explained.is_open(), days)?;
    }
    let mut text = format!(
        "{}\n{} ({})\n\n",
        moment::spoken(lang, explained.at, &county.zone()),
        found.name,
        found.id
    );
    if let Some(out) = when_ways::out_of_service(lang, found, at.date()) {
        text.push_str(&out);
        return Ok(text);
    }
    if let Some(given) = when_ways::given_away(lang, county, found, explained.at, days)? {
        text.push_str(&given);
        return Ok(text);
    }
    text.push_str(&when_ways::local(lang, county, found, explained.at, days)?);
    if explained.is_open() {
        text.push_str(&open(lang, county, found, &explained));
        text.push_str(&when_ways::ways(lang, county, found, explained.at, days)?);
        if found.service().is_some() {
            text.push_str(&on_shift(lang, county, line, explained.at, days)?);
        }
    } else {
        text.push_str(&closed(lang, county, found, &explained));
    }
    Ok(text)
}

/// The first change after some days, until the last year that the program knows holidays for.
fn later_change(
    county: &County,
    line: &Line,
    is_open: bool,
    days: LocalDates,
) -> Result<Option<Timestamp>, ExpandError> {
    let mut looked_until = days.until().year();
    while looked_until < *YEARS.end() {
        let (first, last) =
            (looked_until + 1, (looked_until + HORIZON_YEARS_MAX).min(*YEARS.end()));
        let days = (LocalDate::new(first, 1, 1).ok()).zip(LocalDate::new(last, 12, 31).ok());
        let days = days.and_then(|(from, until)| LocalDates::new(from, until).ok());
        let Some(hours) = days.map(|days| county.opening(line.hours, days)).transpose()? else {
            return Ok(None);
        };
        let Some(timetable) = hours.map(|hours| hours.timetable) else { return Ok(None) };
        let horizon = timetable.horizon();
        let change = match (timetable.at(horizon.from), is_open) {
            (Opening::Open { until }, true) => Some(until).filter(|until| *until < horizon.until),
            (Opening::Open { .. }, false) | (Opening::Closed { .. }, true) => Some(horizon.from),
            (Opening::Closed { opens }, false) => opens,
            (Opening::BeyondHorizon, _) => None,
        };
        if change.is_some() {
            return Ok(change);
        }
        looked_until = last;
    }
    Ok(None)
}

fn open(lang: Lang, county: &County, line: &Line, explained: &Explanation) -> String {
    let until = change(lang, county, explained.next_change);
    let state = match until {
        Some(until) => lang.pick(
            format!("Offen. Schließt das nächste Mal: {until}.\n"),
            format!("Open. Closes next: {until}.\n"),
        ),
        None => lang.pick(
            format!("Offen, ohne Ende (nachgesehen bis Ende {}).\n", YEARS.end()),
            format!("Open, without an end (looked ahead to the end of {}).\n", YEARS.end()),
        ),
    };
    let meets = match &line.treatment {
        Treatment::Announce(announcement) => hears(lang, announcement),
        Treatment::Queue(service) => waits(lang, county, service),
    };
    state + &meets
}

fn closed(lang: Lang, county: &County, line: &Line, explained: &Explanation) -> String {
    let why = match &explained.state {
        Explained::Closed(ClosedBecause::Holiday(holiday)) => lang.pick(
            format!("Geschlossen, weil Feiertag ist: {}.", holiday.name_de),
            format!("Closed for a public holiday: {} ({}).", holiday.name_en, holiday.name_de),
        ),
        Explained::Closed(ClosedBecause::Closure(reason)) => {
            lang.pick(format!("Geschlossen: {reason}"), format!("Closed: {reason}"))
        }
        Explained::Closed(ClosedBecause::OutsideHours)
        | Explained::Open
        | Explained::BeyondHorizon => lang.pick(
            "Geschlossen, außerhalb der Öffnungszeiten.".to_owned(),
            "Closed, outside the opening hours.".to_owned(),
        ),
    };
    let opens = match change(lang, county, explained.next_change) {
        Some(opens) => lang
            .pick(format!("Öffnet das nächste Mal: {opens}.\n"), format!("Opens next: {opens}.\n")),
        None => lang.pick(
            format!("Öffnet nicht mehr (nachgesehen bis Ende {}).\n", YEARS.end()),
            format!("Does not open again (looked ahead to the end of {}).\n", YEARS.end()),
        ),
    };
    format!("{why}\n{}{opens}", hears(lang, &line.closed))
}

/// The next change in words, if there is one within the years that were looked at.
fn change(lang: Lang, county: &County, at: Option<Timestamp>) -> Option<String> {
    at.map(|at| moment::spoken(lang, at, &county.zone()))
}

fn hears(lang: Lang, announcement: &Announcement) -> String {
    let (text, length) = (&announcement.text, duration::written(announcement.length));
    lang.pick(
        format!("Wer anruft, hört ({length}): „{text}“\n"),
        format!("Callers hear ({length}): “{text}”\n"),
    )
}

fn waits(lang: Lang, county: &County, service: &Service) -> String {
    let mut text = match service.answering {
        Answering::AtOnce => {
            service.greeting.as_ref().map_or_else(String::new, |said| hears(lang, said))
        }
        Answering::WithAgent => lang.pick(
            "Wer anruft, hört den Freiton, bis jemand abnimmt.\n".to_owned(),
            "Callers hear the ringing tone until somebody answers.\n".to_owned(),
        ),
    };
    let Some(queue) = county.queues.get(service.queue.index()) else { return text };
    let longest = duration::written(queue.waiting_max);
    text.push_str(&lang.pick(
        format!(
            "Ist niemand frei, wartet man in der Warteschlange „{}“, höchstens {longest}.\n\
                Danach, oder wenn dort schon {} warten, heißt es: „{}“\n",
            queue.name, queue.length_max, service.busy.text
        ),
        format!(
            "If nobody is free, callers wait in the queue “{}”, {longest} at most.\n\
                After that, or if {} are waiting there already, they hear: “{}”\n",
            queue.name, queue.length_max, service.busy.text
        ),
    ));
    text
}

/// How many of each team who can serve the line are on shift; never who.
fn on_shift(
    lang: Lang,
    county: &County,
    line: LineId,
    at: Timestamp,
    days: LocalDates,
) -> Result<String, ExpandError> {
    let mut counts = vec![0_usize; county.teams.len()];
    for (_, agent) in county.agents_for(line) {
        let belongs = agent.in_force.on(county.zone().local(at).date());
        if belongs
            && county.shifts(agent, days)?.timetable.is_open(at)
            && let Some(count) = counts.get_mut(agent.team.index())
        {
            *count += 1;
        }
    }
    let total: usize = counts.iter().sum();
    let mut text = match total {
        0 => lang.pick(
            "Nach Plan ist niemand im Dienst, der diese Leitung bedienen kann.\n".to_owned(),
            "By plan nobody who can serve this line is on shift.\n".to_owned(),
        ),
        total => lang.pick(
            format!("Nach Plan im Dienst und für diese Leitung befähigt: {total}\n"),
            format!("By plan, on shift and able to serve this line: {total}\n"),
        ),
    };
    for (team, count) in county.teams.iter().zip(counts).filter(|(_, count)| *count > 0) {
        text.push_str(&format!("  {}: {count}\n", team.name));
    }
    Ok(text)
}
