// SPDX-License-Identifier: EUPL-1.2
//! `report`: the figures of what happened, from the log, and the contacts behind each.

use super::Command;
use super::arguments::{Arguments, BAD_FILE};
use super::new_file::NewFile;
use super::simulate::{dates_between, has_holidays};
use crate::config::near::nearest;
use crate::config::{self, County};
use crate::data::{self, Data};
use crate::explain::Form;
use crate::feedback::{self, Known};
use crate::figures::{Counted, Figures, GroupTime, Heading, LostFigures, Wanted, figures};
use crate::views::number_of;
use crate::{Lang, explain, output, report, workbook};
use hours::{LocalDates, parse_date};
use privacy::{Covers, Group, Hidden, Month, Report, SmallestGroup, Span, working_times};
use promise::{DEFINITIONS, Definition, Resolution, Resolved, WorkTime};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use stdx::{ContactId, LineId, TeamId, Timestamp};
use store::{Day, Error, Said, Store, Told};

/// How it is called.
pub const COMMAND: Command = Command {
    name: "report",
    usage: "report --data ORDNER (--month MONAT | --from TAG --to TAG) [--line KENNUNG | --client KENNUNG] [--definition KENNUNG] [--explain service_level|reachability|first_contact_resolution|feedback] [--format text|json|csv|xlsx] [--output DATEI]",
    summary_de: "berichtet die Zahlen eines Monats aus der Aufzeichnung, bis zu den einzelnen Anrufen",
    summary_en: "reports a month's figures from the log, down to each call",
    help_de: "  --data ORDNER         der Datenordner; ein Dienst darf damit laufen\n  --month MONAT         zum Beispiel 2014-05\n  --from TAG, --to TAG  statt eines Monats: erster und letzter Tag\n  --line KENNUNG        nur diese Leitung\n  --client KENNUNG      nur die Leitungen dieses Mandanten\n  --definition KENNUNG  nach dieser Formel statt nach den drei ausgelieferten; auch die zum Vergleich:\n                        asterisk-1, asterisk-2, answered-of-offered\n  --explain ZAHL        was hinter service_level, reachability, first_contact_resolution oder feedback steht:\n                        jeder Anruf, jeder Vorgang mit Grund und Verlauf\n  --format FORM         text, json, csv oder xlsx (nur mit --output); docs/figures.md erklärt die Schlüssel\n  --output DATEI        in diese neue Datei statt auf den Schirm\n",
    help_en: "  --data FOLDER         the data folder; a service may run with it\n  --month MONTH         for example 2014-05\n  --from DAY, --to DAY  instead of a month: first and last day\n  --line ID             this line only\n  --client ID           the lines of this client only\n  --definition ID       by this definition instead of the three delivered ones; also those for\n                        comparison: asterisk-1, asterisk-2, answered-of-offered\n  --explain FIGURE      what is behind service_level, reachability, first_contact_resolution or feedback:\n                        each call, each case with reason and story\n  --format FORM         text, json, csv or xlsx (only with --output); docs/figures.md explains the keys\n  --output FILE         into this new file instead of onto the screen\n",
    valued: &[
        "data",
        "month",
        "from",
        "to",
        "line",
        "client",
        "definition",
        "explain",
        "format",
        "output",
    ],
    flags: &[],
    run,
};

/// Which figure is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explained {
    /// The service level, by a definition.
    ServiceLevel,
    /// Reachability.
    Reachability,
    /// What was settled at first contact.
    FirstContact,
}

/// What can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    /// A figure of contacts.
    Contacts(Explained),
    /// Whether somebody came back in time: a figure of cases.
    Feedback,
}

const EXPLAINED: [(&str, Figure); 4] = [
    ("service_level", Figure::Contacts(Explained::ServiceLevel)),
    ("reachability", Figure::Contacts(Explained::Reachability)),
    ("first_contact_resolution", Figure::Contacts(Explained::FirstContact)),
    ("feedback", Figure::Feedback),
];

/// Reports what the arguments ask for.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    match run_or(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn run_or(arguments: &Arguments) -> Result<(), ExitCode> {
    let lang = arguments.lang;
    if let Some(extra) = arguments.plain.first() {
        let what = lang.pick("Das ist ein Argument zu viel", "This is one argument too many");
        return Err(arguments.wrong_value(what, &extra.to_string_lossy(), None));
    }
    let folder = PathBuf::from(arguments.required("data")?);
    let dates = dates(arguments)?;
    let shape = shape(arguments)?;
    let explained = explained(arguments)?;
    let definition = definition(arguments)?;
    let word = arguments.value("explain").unwrap_or_default();
    let has_definitions =
        matches!(explained, None | Some(Figure::Contacts(Explained::ServiceLevel)));
    if let Some(definition) = definition.filter(|_| !has_definitions) {
        let what = lang
            .pick(format!("Das passt nicht zu {word}"), format!("This does not go with {word}"));
        return Err(arguments.wrong_value(&what, &format!("--definition {}", definition.id), None));
    }
    let file = arguments.value("output").map(PathBuf::from);
    let file = file.as_deref().map(|path| NewFile::create(lang, path)).transpose()?;
    let data = Data::open(&folder, lang).map_err(|why| fail(&why))?;
    let mut data = data.ok_or_else(|| fail(&data::no_log(lang, &folder)))?;
    let county = county(&data, lang)?;
    let lines = lines(arguments, &county)?;
    let client = arguments.value("client");
    let asked = Asked { dates, lines, client, definition };
    let found = found(&mut data.store, &county, &asked);
    let found = found.map_err(|error| fail(&data::said(&error, lang)))?;
    let form = match shape {
        Shape::Text(form) => form,
        Shape::Workbook => {
            let figures = counted_up(&county, &found, &asked);
            let made = workbook::workbook(lang, &county, &figures, &found);
            let bytes = made.map_err(|error| fail(&error.to_string()))?;
            return file.map_or(Ok(()), |file| file.write(lang, &bytes));
        }
    };
    let text = match explained {
        Some(Figure::Feedback) => {
            let of = (asked.dates, &found.cases[..]);
            feedback::explained(lang, &county, of, crate::clock::wall_now(), form)
                .ok_or_else(|| fail(no_cases(lang)))?
        }
        Some(Figure::Contacts(figure)) => {
            explain::explained(lang, &county, &found, &asked, figure, form)
        }
        None => {
            let figures = counted_up(&county, &found, &asked);
            match form {
                Form::Text => report::text(lang, &county, &figures),
                Form::Json => report::json(&figures),
                Form::Csv => report::csv(&figures),
            }
        }
    };
    match file {
        Some(file) => file.write(lang, text.as_bytes()),
        None => {
            output::out(&text);
            Ok(())
        }
    }
}

/// What is asked for.
#[derive(Debug)]
pub struct Asked {
    /// Which local days.
    pub dates: LocalDates,
    /// Which lines; none for all.
    pub lines: Option<Vec<LineId>>,
    /// Whose lines these are, if a client's are asked for: whose cases, too, that came without a call.
    pub client: Option<String>,
    /// By which definition; none for those that are delivered.
    pub definition: Option<Definition>,
}

/// What the views hold of it.
#[derive(Debug)]
pub struct Found {
    /// The contacts, in the order of their numbers.
    pub told: Vec<Told>,
    /// What came of them, as agents said.
    pub resolved: BTreeMap<ContactId, Resolved>,
    /// The cases that came in.
    pub cases: Vec<Known>,
    /// The days.
    pub days: Vec<Day>,
    /// Agents of each team on the day of each month on which most of them were there, by month; and whether
    /// the month is over.
    months: Vec<(Vec<u16>, bool)>,
    /// Whether the days are exactly these months.
    is_whole: bool,
}

impl Found {
    /// The months, as privacy sees them.
    #[must_use]
    pub fn months(&self) -> Vec<Month<'_>> {
        self.months.iter().map(|(agents, is_over)| Month { agents, is_over: *is_over }).collect()
    }
}

fn found(store: &mut Store, county: &County, asked: &Asked) -> Result<Found, Error> {
    let (zone, dates) = (county.zone(), asked.dates);
    let begins = |day: hours::LocalDate| zone.timestamp(day.at(0, 0, 0, 0));
    let after = dates.until().tomorrow().unwrap_or(dates.until());
    let mut told = store.contacts(begins(dates.from()), begins(after))?;
    let said = store.said(begins(dates.from()), begins(after))?;
    let cases = feedback::wanted(
        feedback::known(store.case_entries()?),
        (begins(dates.from()), begins(after)),
        asked.client.as_deref(),
        asked.lines.as_deref(),
    );
    if let Some(lines) = &asked.lines {
        told.retain(|it| lines.contains(&it.record.line));
    }
    let days = store.days(number_of(dates.from()), number_of(dates.until()))?;
    let wall = crate::clock::wall_now();
    let mut months = Vec::new();
    let mut first = dates.from().first_of_month();
    while first <= dates.until() {
        let last = first.last_of_month();
        let of_month = store.days(number_of(first), number_of(last))?;
        let next = last.tomorrow().unwrap_or(last);
        months.push((most_there(&of_month), is_over(begins(next), wall)));
        if next <= last {
            break;
        }
        first = next;
    }
    let is_whole = dates.from() == dates.from().first_of_month()
        && dates.until() == dates.until().last_of_month();
    let resolved = resolved(&said, &told);
    Ok(Found { told, resolved, cases, days, months, is_whole })
}

/// What came of the contacts, from the words of all who had them and from their stories.
fn resolved(said: &[Said], told: &[Told]) -> BTreeMap<ContactId, Resolved> {
    let mut words: BTreeMap<ContactId, Vec<Resolution>> = BTreeMap::new();
    for it in said.iter().map(|it| &it.wrapped_up) {
        words.entry(it.contact).or_default().extend(it.resolution);
    }
    let resolved = told.iter().filter_map(|it| {
        let words = words.get(&it.record.contact)?;
        Some((it.record.contact, Resolved::of(words, account::was_handed_on(&it.story))?))
    });
    resolved.collect()
}

fn is_over(next: Timestamp, wall: Timestamp) -> bool {
    next <= wall
}

/// Whoever was there on the busiest day: there may have been more in the month, never fewer. Seats change
/// from day to day, so that nobody can count people over several days.
fn most_there(days: &[Day]) -> Vec<u16> {
    let teams = days.iter().map(|day| day.teams.len()).max().unwrap_or(0);
    let there = |day: &Day, team: usize| day.teams.get(team).map_or(0, |(_, there)| *there);
    (0..teams).map(|team| days.iter().map(|day| there(day, team)).max().unwrap_or(0)).collect()
}

/// The figures of what was found.
fn counted_up(county: &County, found: &Found, asked: &Asked) -> Figures {
    let heading = Heading {
        from: asked.dates.from().to_string(),
        to: asked.dates.until().to_string(),
        rehearsal: None,
    };
    let everything = Wanted::everything(county);
    let wanted = Wanted {
        lines: asked.lines.clone().unwrap_or(everything.lines),
        definitions: asked.definition.map_or(DEFINITIONS.to_vec(), |it| vec![it]),
    };
    let (told, days) = (&found.told, &found.days);
    let counted = Counted {
        records: told.iter().map(|it| it.record).collect(),
        work: work(found, asked),
        // From the stories, so that they are about the lines that are asked for.
        tasks: told.iter().map(|it| account::tasks(&it.story)).sum(),
        untold: told.iter().filter(|it| account::is_untold(&it.story)).count() as u64,
        longest_queue: told.iter().map(|it| account::place_in_queue(&it.story)).max().unwrap_or(0),
        lost: LostFigures {
            refused_calls: days.iter().map(|day| day.lost.refused_calls).sum(),
            others: days.iter().map(|day| day.lost.others).sum(),
        },
        // Where nobody said anything there is nothing to count.
        resolved: Some(found.resolved.clone()).filter(|it| !it.is_empty()),
    };
    let wall = crate::clock::wall_now();
    let feedback = feedback::figures(county, asked.dates, &found.cases, wall);
    Figures { feedback, ..figures(county, heading, &counted, &wanted) }
}

/// Working times, as far as they may be shown.
fn work(found: &Found, asked: &Asked) -> Result<Vec<GroupTime>, Hidden> {
    let months = found.months();
    let span = if found.is_whole { Span::WholeMonths(&months) } else { Span::PartsOfMonths };
    let covers = if asked.lines.is_some() { Covers::SomeLines } else { Covers::WholeCentre };
    let groups = working_times(Report { span, covers }, SmallestGroup::USUAL)?;
    let of_team = |team: TeamId| {
        let mut time = WorkTime::default();
        let days = found.days.iter().filter_map(|day| day.teams.get(team.index()));
        days.for_each(|(work, _)| time.merge(work));
        time
    };
    let of_group = |group: Group| {
        let mut time = WorkTime::default();
        group.teams.iter().for_each(|&team| time.merge(&of_team(team)));
        GroupTime { teams: group.teams, time }
    };
    Ok(groups.into_iter().map(of_group).collect())
}

// --- What is wanted --------------------------------------------------------------------------

fn dates(arguments: &Arguments) -> Result<LocalDates, ExitCode> {
    let is_given = |name: &&&str| arguments.value(name).is_some();
    let other = ["from", "to"].iter().find(is_given);
    let (month, other) = match (arguments.value("month"), other) {
        (None, Some(_)) => return dates_between(arguments),
        (None, None) => (arguments.required("month")?, None),
        (Some(month), other) => (month, other),
    };
    if let Some(other) = other {
        let what =
            arguments.lang.pick("Das passt nicht zu --month", "This does not go with --month");
        return Err(arguments.wrong_value(what, &format!("--{other}"), None));
    }
    let first = (month.len() == "2014-05".len()).then(|| parse_date(&format!("{month}-01")).ok());
    let Some(first) = first.flatten() else {
        let what = arguments.lang.pick(
            "Hier wird ein Monat erwartet, zum Beispiel 2014-05",
            "A month is expected here, for example 2014-05",
        );
        return Err(arguments.wrong_value(what, &month, None));
    };
    has_holidays(arguments, first, &month)?;
    LocalDates::new(first, first.last_of_month()).map_err(|error| {
        let why = arguments.lang.pick(error.message_de(), error.message_en());
        arguments.wrong_value(&why, &month, None)
    })
}

/// As what a report is given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// As text of this form.
    Text(Form),
    /// As a workbook, with everything that is behind the figures.
    Workbook,
}

const SHAPES: [(&str, Shape); 4] = [
    ("text", Shape::Text(Form::Text)),
    ("json", Shape::Text(Form::Json)),
    ("csv", Shape::Text(Form::Csv)),
    ("xlsx", Shape::Workbook),
];

fn shape(arguments: &Arguments) -> Result<Shape, ExitCode> {
    let lang = arguments.lang;
    let Some(word) = arguments.value("format") else { return Ok(Shape::Text(Form::Text)) };
    let Some((_, shape)) = SHAPES.iter().find(|(known, _)| *known == word) else {
        let what = lang.pick(
            "Diese Form gibt es nicht (möglich: text, json, csv, xlsx)",
            "There is no such form (possible: text, json, csv, xlsx)",
        );
        let near = nearest(&word, SHAPES.map(|(known, _)| known));
        return Err(arguments.wrong_value(what, &word, near));
    };
    if *shape == Shape::Workbook {
        if arguments.value("output").is_none() {
            let what = lang.pick(
                "Eine Arbeitsmappe braucht eine Datei (--output)",
                "A workbook needs a file (--output)",
            );
            return Err(arguments.wrong_value(what, &word, None));
        }
        if arguments.value("explain").is_some() {
            let what = lang.pick(
                "In einer Arbeitsmappe steht ohnehin, was dahinter steht; das passt nicht dazu",
                "A workbook holds what is behind its figures anyway; this does not go with it",
            );
            return Err(arguments.wrong_value(what, "--explain", None));
        }
    }
    Ok(*shape)
}

fn explained(arguments: &Arguments) -> Result<Option<Figure>, ExitCode> {
    let Some(word) = arguments.value("explain") else { return Ok(None) };
    if let Some((_, figure)) = EXPLAINED.iter().find(|(known, _)| *known == word) {
        return Ok(Some(*figure));
    }
    let what = arguments.lang.pick(
        "Diese Zahl lässt sich nicht aufschlüsseln (möglich: service_level, reachability, first_contact_resolution, feedback)",
        "This figure cannot be explained (possible: service_level, reachability, first_contact_resolution, feedback)",
    );
    Err(arguments.wrong_value(what, &word, nearest(&word, EXPLAINED.map(|(known, _)| known))))
}

fn definition(arguments: &Arguments) -> Result<Option<Definition>, ExitCode> {
    let Some(id) = arguments.value("definition") else { return Ok(None) };
    if let Some(definition) = promise::definition(&id) {
        return Ok(Some(definition));
    }
    let known: Vec<&str> =
        DEFINITIONS.iter().chain(&promise::COMPARISONS).map(|known| known.id).collect();
    let list = known.join(", ");
    let what = arguments.lang.pick(
        format!("Diese Formel gibt es nicht (möglich: {list})"),
        format!("There is no such definition (possible: {list})"),
    );
    Err(arguments.wrong_value(&what, &id, nearest(&id, known.iter().copied())))
}

/// The county as it was agreed last; what has left it keeps its number.
/// The county that the log says holds.
///
/// # Errors
/// With the exit code, after saying so, if this program cannot read it any more.
pub(super) fn county(data: &Data, lang: Lang) -> Result<County, ExitCode> {
    let agreed = data.recalled.chronicle.configured.as_ref();
    let county = agreed.and_then(|it| config::check_in_order(&it.text, &it.ids).county);
    county.ok_or_else(|| {
        fail(lang.pick(
            "Die Konfiguration in der Aufzeichnung ist mit dieser Fassung des Programms nicht zu lesen.",
            "The configuration in the log cannot be read by this version of the program.",
        ))
    })
}

fn lines(arguments: &Arguments, county: &County) -> Result<Option<Vec<LineId>>, ExitCode> {
    let lang = arguments.lang;
    let unknown = |what: &str, id: &str, known: Vec<&str>| {
        let list = known.join(", ");
        let what = lang.pick(
            format!("{what} gibt es nicht (bekannt: {list})"),
            format!("{what} does not exist (known: {list})"),
        );
        arguments.wrong_value(&what, id, nearest(id, known.iter().copied()))
    };
    match (arguments.value("line"), arguments.value("client")) {
        (None, None) => Ok(None),
        (Some(id), None) => match county.line(&id) {
            Some(line) => Ok(Some(vec![line])),
            None => {
                let known = county.lines.iter().map(|line| line.id.as_str()).collect();
                Err(unknown(lang.pick("Diese Leitung", "This line"), &id, known))
            }
        },
        (None, Some(id)) => match county.clients.iter().position(|client| client.id == id) {
            Some(client) => {
                let lines = (0..).map(LineId).zip(&county.lines);
                Ok(Some(lines.filter(|(_, it)| it.client == client).map(|(id, _)| id).collect()))
            }
            None => {
                let known = county.clients.iter().map(|client| client.id.as_str()).collect();
                Err(unknown(lang.pick("Diesen Mandanten", "This client"), &id, known))
            }
        },
        (Some(_), Some(id)) => {
            let what = lang.pick("Das passt nicht zu --line", "This does not go with --line");
            Err(arguments.wrong_value(what, &format!("--client {id}"), None))
        }
    }
}

fn no_cases(lang: Lang) -> &'static str {
    lang.pick(
        "In diesem Servicecenter werden keine Vorgänge geführt: In der Konfiguration fehlt [cases].",
        "This centre keeps no cases: the configuration has no [cases].",
    )
}

fn fail(why: &str) -> ExitCode {
    output::err(&format!("{why}\n"));
    ExitCode::from(BAD_FILE)
}
