// SPDX-License-Identifier: EUPL-1.2
//! Feedback in time: how often somebody came back to citizens by when it was due, by each clock, and the cases behind.
//!
//! The keys of the JSON form are documented in docs/figures.md; they are an interface.

use crate::Lang;
use crate::config::County;
use crate::config::county::Definition;
use crate::explain::Form;
use crate::figures::bounds;
use crate::report::{certainty, decimal, percent, table};
use case::{Act, Acted, Case, Cases, Matter};
use hours::{LocalDate, LocalDates, Zone, rfc3339};
use promise::{
    Due, FEEDBACK_DEFINITIONS, FeedbackDefinition, FeedbackShare, FeedbackVerdict, Feedbacks,
    Proof, Service, judge_case,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use stdx::{CaseId, LineId, Timestamp};
use store::CaseEntry;

/// Years after the days that are asked for in whose calendar is reckoned: what came in on the last day is
/// due behind it.
const YEARS_AFTER: i16 = 1;

/// A case as a report knows it: nothing of a person.
#[derive(Clone, Debug)]
pub struct Known {
    /// How it stands.
    pub case: Case,
    /// What it is about.
    pub matter: Matter,
    /// What was done, and when.
    pub acts: Vec<(Timestamp, Act)>,
}

/// All cases, from what was done to them in the order of the log.
#[must_use]
pub fn known(entries: Vec<CaseEntry>) -> Vec<Known> {
    let mut cases = Cases::default();
    let mut known: BTreeMap<CaseId, (Matter, Vec<(Timestamp, Act)>)> = BTreeMap::new();
    for CaseEntry { at, acted, .. } in entries {
        // What was refused when it was decided is refused now.
        if cases.act(acted.case, at, &acted.acted).is_err() {
            continue;
        }
        let (matter, acts) = known.entry(acted.case).or_default();
        if let Some(now) = acted.matter {
            *matter = now;
        }
        if let Acted::Done(act) = acted.acted {
            acts.push((at, act));
        }
    }
    let with = |case: &Case| {
        let (matter, acts) = known.remove(&case.id).unwrap_or_default();
        Known { case: case.clone(), matter, acts }
    };
    cases.iter().map(with).collect()
}

/// Which of them are asked for: those that came in on these days, of this client, or on one of these lines.
#[must_use]
pub fn wanted(
    mut known: Vec<Known>,
    (from, until): (Timestamp, Timestamp),
    client: Option<&str>,
    lines: Option<&[LineId]>,
) -> Vec<Known> {
    known.retain(|it| {
        let is_its = match (client, lines) {
            (Some(client), _) => it.matter.client == client,
            (None, Some(lines)) => it.matter.line.is_some_and(|line| lines.contains(&line)),
            (None, None) => true,
        };
        is_its && from <= it.case.opened_at && it.case.opened_at < until
    });
    known
}

/// How often somebody came back in time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FeedbackFigures {
    /// The id of the definition that is agreed.
    pub agreed: &'static str,
    /// Cases that came in.
    pub cases: u64,
    /// By the id of each definition.
    pub definitions: BTreeMap<&'static str, ClockFigures>,
}

/// How often somebody came back in time, by one definition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClockFigures {
    /// The definition's version.
    pub version: u16,
    /// Feedback in time.
    pub numerator: u64,
    /// Feedback that was due.
    pub denominator: u64,
    /// Between 0 and 1; none if nothing was due.
    pub share: Option<f64>,
    /// Between which shares it lies with 95 % certainty; none if nothing was due.
    pub interval: Option<[f64; 2]>,
    /// In time, by how it is proven.
    pub in_time: ProofFigures,
    /// Late, by how it is proven.
    pub late: ProofFigures,
    /// See [`FeedbackVerdict::Missed`].
    pub missed: u64,
    /// See [`FeedbackVerdict::NotReached`].
    pub not_reached: u64,
    /// See [`FeedbackVerdict::Open`].
    pub open: u64,
    /// See [`FeedbackVerdict::OutUnreachable`].
    pub unreachable: u64,
    /// See [`FeedbackVerdict::OutWithdrawn`].
    pub withdrawn: u64,
    /// See [`FeedbackVerdict::OutMerged`].
    pub merged: u64,
    /// See [`FeedbackVerdict::OutBeyondHorizon`].
    pub beyond_horizon: u64,
}

/// How feedback is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ProofFigures {
    /// See [`Proof::SpokenCall`].
    pub spoken_call: u64,
    /// See [`Proof::MailAccepted`].
    pub mail_accepted: u64,
    /// See [`Proof::StatedByStaff`].
    pub stated_by_staff: u64,
}

/// Of these cases, as they are at this moment; none if the county keeps none.
#[must_use]
pub fn figures(
    county: &County,
    dates: LocalDates,
    known: &[Known],
    now: Timestamp,
) -> Option<FeedbackFigures> {
    let calendar = calendar(county, dates)?;
    let service = Service { open: &calendar.open, wall: &calendar.wall };
    let of = |definition: &FeedbackDefinition| {
        let mut counts = Feedbacks::default();
        for it in known {
            counts.add(judge_case(definition, &web::cases::record(&it.case), service, now).0);
        }
        assert_eq!(counts.total(), known.len() as u64, "every case is in exactly one place");
        (definition.id, clock_figures(definition, &counts))
    };
    Some(FeedbackFigures {
        agreed: calendar.definition.id,
        cases: known.len() as u64,
        definitions: FEEDBACK_DEFINITIONS.iter().map(of).collect(),
    })
}

/// The calendar of these days and of those on which the last is due.
fn calendar(county: &County, dates: LocalDates) -> Option<web::cases::Feedback> {
    let last = LocalDate::new(dates.until().year() + YEARS_AFTER, 12, 31).ok()?;
    county.feedback(LocalDates::new(dates.from(), last).ok()?)
}

fn clock_figures(definition: &FeedbackDefinition, it: &Feedbacks) -> ClockFigures {
    let share = FeedbackShare::of(it);
    let proofs = |[spoken_call, mail_accepted, stated_by_staff]: [u64; 3]| ProofFigures {
        spoken_call,
        mail_accepted,
        stated_by_staff,
    };
    ClockFigures {
        version: definition.version,
        numerator: share.kept,
        denominator: share.counted,
        share: share.share(),
        interval: bounds(share.kept, share.counted),
        in_time: proofs(it.in_time),
        late: proofs(it.late),
        missed: it.missed,
        not_reached: it.not_reached,
        open: it.open,
        unreachable: it.unreachable,
        withdrawn: it.withdrawn,
        merged: it.merged,
        beyond_horizon: it.beyond_horizon,
    }
}

/// What is counted of a clock.
type Count = fn(&ClockFigures) -> u64;

const COLUMNS: [(&str, &str, Count); 6] = [
    ("Gespräch", "by call", |it| it.in_time.spoken_call),
    ("E-Mail", "by mail", |it| it.in_time.mail_accepted),
    ("nach Angabe", "as stated", |it| it.in_time.stated_by_staff),
    ("zu spät", "late", |it| {
        it.late.spoken_call + it.late.mail_accepted + it.late.stated_by_staff
    }),
    ("überfällig", "overdue", |it| it.missed),
    ("nicht erreicht", "not reached", |it| it.not_reached),
];

const OUTSIDE: [(&str, &str, Count); 5] = [
    ("noch nicht fällig", "not due yet", |it| it.open),
    ("ohne Kontaktweg", "without a way to be reached", |it| it.unreachable),
    ("zurückgezogen", "withdrawn", |it| it.withdrawn),
    ("zusammengelegt", "merged", |it| it.merged),
    ("Kalender reicht nicht", "beyond the calendar", |it| it.beyond_horizon),
];

/// As a table; empty if there was no case.
#[must_use]
pub fn text(lang: Lang, county: &County, figures: &FeedbackFigures) -> String {
    if figures.cases == 0 {
        return String::new();
    }
    let cases = decimal(lang, figures.cases as f64, 0);
    let title = lang
        .pick(format!("Rückmeldung in {cases} Vorgängen"), format!("Feedback in {cases} cases"));
    let first = lang.pick("in der Frist", "in time").to_owned();
    let columns = COLUMNS.iter().map(|(de, en, _)| lang.pick(*de, *en).to_owned());
    let mut rows = vec![(title, std::iter::once(first).chain(columns).collect())];
    for definition in &FEEDBACK_DEFINITIONS {
        let Some(it) = figures.definitions.get(definition.id) else { continue };
        let is_agreed = definition.id == figures.agreed;
        let agreed = if is_agreed { lang.pick(" (vereinbart)", " (agreed)") } else { "" };
        let of = lang.pick("von", "of");
        let share = it.share.map_or("–".to_owned(), |share| percent(lang, share));
        let share = share + &certainty(lang, it.denominator, it.interval);
        let share = format!("{} {of} {} = {share}", it.numerator, it.denominator);
        let counts = COLUMNS.iter().map(|(_, _, count)| count(it).to_string());
        let name = format!("  {}/{}{agreed}", definition.id, it.version);
        rows.push((name, std::iter::once(share).chain(counts).collect()));
    }
    format!("\n{}{}{}", table(&rows), outside(lang, figures), target(lang, county))
}

/// What does not count, by the definition that is agreed.
fn outside(lang: Lang, figures: &FeedbackFigures) -> String {
    let Some(it) = figures.definitions.get(figures.agreed) else { return String::new() };
    let counted = OUTSIDE.iter().filter(|(_, _, count)| count(it) > 0);
    let said: Vec<String> =
        counted.map(|(de, en, count)| format!("{} {}", count(it), lang.pick(*de, *en))).collect();
    if said.is_empty() {
        return String::new();
    }
    format!("{}: {}\n", lang.pick("Nicht gezählt", "Not counted"), said.join(", "))
}

fn target(lang: Lang, county: &County) -> String {
    let lines: Vec<LineId> = (0..).map(LineId).take(county.lines.len()).collect();
    let Some(target) = county.promised(Definition::Feedback, &lines) else { return String::new() };
    let share = percent(lang, target.share);
    lang.pick(format!("Ziel: {share}\n"), format!("Target: {share}\n"))
}

/// The cases behind feedback in time, by the definition that is agreed.
#[derive(Clone, Debug, Serialize)]
struct Explanation {
    figure: &'static str,
    definition: &'static str,
    version: u16,
    from: String,
    to: String,
    numerator: u64,
    denominator: u64,
    cases: Vec<Behind>,
}

/// One case behind it.
#[derive(Clone, Debug, Serialize)]
struct Behind {
    case: u64,
    client: String,
    opened_at: String,
    due_at: Option<String>,
    answered_at: Option<String>,
    counts: bool,
    kept: bool,
    verdict: &'static str,
    because: &'static str,
    contact: Option<u64>,
    story: Vec<Happened>,
    #[serde(skip)]
    shown: (String, String),
}

#[derive(Clone, Debug, Serialize)]
struct Happened {
    at: String,
    act: &'static str,
}

/// The cases behind feedback in time; none if the county keeps none.
#[must_use]
pub fn explained(
    lang: Lang,
    county: &County,
    (dates, known): (LocalDates, &[Known]),
    now: Timestamp,
    form: Form,
) -> Option<String> {
    let calendar = calendar(county, dates)?;
    let service = Service { open: &calendar.open, wall: &calendar.wall };
    let behind = |it: &Known| {
        let judged = judge_case(&calendar.definition, &web::cases::record(&it.case), service, now);
        behind(lang, &county.zone(), it, judged)
    };
    let cases: Vec<Behind> = known.iter().map(behind).collect();
    let explanation = Explanation {
        figure: "feedback",
        definition: calendar.definition.id,
        version: calendar.definition.version,
        from: dates.from().to_string(),
        to: dates.until().to_string(),
        numerator: cases.iter().filter(|it| it.kept).count() as u64,
        denominator: cases.iter().filter(|it| it.counts).count() as u64,
        cases,
    };
    Some(match form {
        Form::Text => explained_text(lang, &explanation),
        Form::Json => {
            serde_json::to_string_pretty(&explanation).expect("plain numbers and strings") + "\n"
        }
        Form::Csv => explained_csv(&explanation),
    })
}

fn behind(lang: Lang, zone: &Zone, it: &Known, (verdict, due): (FeedbackVerdict, Due)) -> Behind {
    let due = match due {
        Due::At(at) => Some(at),
        Due::Stopped | Due::BeyondHorizon => None,
    };
    let (word, de, en) = verdict_words(verdict);
    let contact = match it.case.opening.source {
        case::Source::Call(contact)
        | case::Source::Message(contact)
        | case::Source::LostCallback(contact) => Some(contact.0),
        case::Source::Relay
        | case::Source::Form
        | case::Source::Partner(_)
        | case::Source::Elsewhere => None,
    };
    let shown_due = due.map_or_else(|| "–".to_owned(), |at| zone.format(at));
    Behind {
        case: it.case.id.0,
        client: it.matter.client.clone(),
        opened_at: rfc3339(it.case.opened_at),
        due_at: due.map(rfc3339),
        answered_at: it.case.feedback.map(|it| rfc3339(it.at)),
        counts: verdict.counts(),
        kept: matches!(verdict, FeedbackVerdict::InTime(_)),
        verdict: word,
        because: lang.pick(de, en),
        contact,
        story: it
            .acts
            .iter()
            .map(|(at, act)| Happened { at: rfc3339(*at), act: act_word(act) })
            .collect(),
        shown: (zone.format(it.case.opened_at), shown_due),
    }
}

fn verdict_words(verdict: FeedbackVerdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        FeedbackVerdict::InTime(Proof::SpokenCall) => {
            ("in_time_spoken_call", "in der Frist, im Gespräch", "in time, in a call")
        }
        FeedbackVerdict::InTime(Proof::MailAccepted) => {
            ("in_time_mail_accepted", "in der Frist, per E-Mail", "in time, by mail")
        }
        FeedbackVerdict::InTime(Proof::StatedByStaff) => {
            ("in_time_stated_by_staff", "in der Frist, nach Angabe", "in time, as stated")
        }
        FeedbackVerdict::Late(Proof::SpokenCall) => {
            ("late_spoken_call", "zu spät, im Gespräch", "late, in a call")
        }
        FeedbackVerdict::Late(Proof::MailAccepted) => {
            ("late_mail_accepted", "zu spät, per E-Mail", "late, by mail")
        }
        FeedbackVerdict::Late(Proof::StatedByStaff) => {
            ("late_stated_by_staff", "zu spät, nach Angabe", "late, as stated")
        }
        FeedbackVerdict::Missed => {
            ("missed", "überfällig, ohne Rückmeldung", "overdue, without feedback")
        }
        FeedbackVerdict::NotReached => {
            ("not_reached", "niemand zu erreichen", "nobody was reached")
        }
        FeedbackVerdict::Open => ("open", "noch nicht fällig", "not due yet"),
        FeedbackVerdict::OutUnreachable => {
            ("out_unreachable", "kein Kontaktweg", "no way to be reached")
        }
        FeedbackVerdict::OutWithdrawn => ("out_withdrawn", "zurückgezogen", "withdrawn"),
        FeedbackVerdict::OutMerged => {
            ("out_merged", "geht in einem älteren weiter", "goes on in an older one")
        }
        FeedbackVerdict::OutBeyondHorizon => {
            ("out_beyond_horizon", "der Kalender reicht nicht so weit", "beyond the calendar")
        }
    }
}

const fn act_word(act: &Act) -> &'static str {
    match act {
        Act::Note => "note",
        Act::Forward { .. } => "forward",
        Act::TakeOver => "take_over",
        Act::Return => "return",
        Act::Pause(_) => "pause",
        Act::Resume => "resume",
        Act::Tell(_) => "tell",
        Act::Try(_) => "try",
        Act::GiveFeedback(_) => "feedback",
        Act::Complete(_) => "complete",
        Act::Reopen => "reopen",
        Act::Merge { .. } => "merge",
        Act::NoticeAccepted => "notice_accepted",
        Act::NoticeRefused => "notice_refused",
    }
}

fn explained_text(lang: Lang, it: &Explanation) -> String {
    let head = lang.pick(
        ["Vorgang", "eingegangen", "fällig", "", "aus Anruf"],
        ["Case", "came in", "due", "", "from call"],
    );
    let mut rows =
        vec![(head[0].to_owned(), head[1..].iter().map(|it| (*it).to_owned()).collect())];
    for case in &it.cases {
        let (opened, due) = case.shown.clone();
        let contact = case.contact.map_or(String::new(), |it| it.to_string());
        let name = format!("{} {}", case.case, case.client);
        rows.push((name, vec![opened, due, case.because.to_owned(), contact]));
    }
    let of = lang.pick("von", "of");
    format!(
        "{}/{}: {} {of} {}\n{}",
        it.definition,
        it.version,
        it.numerator,
        it.denominator,
        table(&rows)
    )
}

fn explained_csv(it: &Explanation) -> String {
    let mut text =
        String::from("case,client,opened_at,due_at,answered_at,counts,kept,verdict,contact\r\n");
    for case in &it.cases {
        let none = String::new();
        let contact = case.contact.map_or(String::new(), |it| it.to_string());
        let _infallible = write!(
            text,
            "{},{},{},{},{},{},{},{},{contact}\r\n",
            case.case,
            case.client,
            case.opened_at,
            case.due_at.as_ref().unwrap_or(&none),
            case.answered_at.as_ref().unwrap_or(&none),
            case.counts,
            case.kept,
            case.verdict,
        );
    }
    text
}
