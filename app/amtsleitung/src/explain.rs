// SPDX-License-Identifier: EUPL-1.2
//! A figure opens into its contacts: each with the reason why it counts, and with its story. Who answered is
//! named by group of teams, never by person; the group is as large as privacy wants.

use crate::Lang;
use crate::commands::report::{Asked, Explained, Found};
use crate::config::County;
use crate::report::{decimal, percent};
use account::{HandedTo, Step};
use acd::agent::ReturnReason;
use centre::{NotReached, OfficeEnd, OverflowCause, PartnerEnd, SteeringReason, SwitchboardEnd};
use privacy::{Group, SmallestGroup, answering_groups};
use promise::{
    ContactRecord, Definition, Fate, FateReason, FirstContact, Reachability, Resolution,
    Resolutions, Resolved, ToldWait, definition, judge,
};
use serde::Serialize;
use std::fmt::Write as _;
use stdx::{LineId, Micros, PartnerId, PlanId, SwitchboardId, TeamId};
use store::Told;
use web::verdict_words;

/// The definition by which a service level is explained if none is named: the centre's own.
const OWN: &str = "centre-abandons-count";

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For spreadsheets (RFC 4180).
    Csv,
}

/// A figure with the contacts behind it.
#[derive(Clone, Debug, Serialize)]
struct Explanation {
    figure: &'static str,
    definition: &'static str,
    version: u16,
    from: String,
    to: String,
    numerator: u64,
    denominator: u64,
    contacts: Vec<Behind>,
}

/// One contact behind a figure.
#[derive(Clone, Debug, Serialize)]
struct Behind {
    contact: u64,
    line: String,
    set_up_at: String,
    fate: &'static str,
    /// Whether it is in the denominator.
    counts: bool,
    /// Whether it is in the numerator.
    kept: bool,
    verdict: &'static str,
    because: String,
    /// Seconds until somebody answered.
    answered_after: Option<f64>,
    story: Vec<Happened>,
}

/// One step of a contact's story.
#[derive(Clone, Debug, Serialize)]
struct Happened {
    /// Seconds since its first step.
    after: f64,
    what: String,
}

/// What one contact means for a figure: whether it counts, whether it is kept, the word, and the reason.
type Judged = (bool, bool, &'static str, String);

/// A figure with every contact behind it.
#[must_use]
pub fn explained(
    lang: Lang,
    county: &County,
    found: &Found,
    asked: &Asked,
    figure: Explained,
    form: Form,
) -> String {
    let plain = asked.definition.or_else(|| definition(OWN)).expect("the centre's own is known");
    let groups = answering_groups(&found.months(), SmallestGroup::USUAL).unwrap_or_default();
    let words = Words { lang, county, groups };
    let behind = |told: &Told| {
        let judged = match figure {
            Explained::ServiceLevel => by_definition(lang, county, plain, &told.record),
            Explained::Reachability => by_reach(lang, &told.record),
            Explained::FirstContact => {
                let resolved = found.resolved.get(&told.record.contact).copied();
                by_resolution(lang, told.record.fate, resolved)
            }
        };
        words.behind(told, judged)
    };
    let contacts: Vec<Behind> = found.told.iter().map(behind).collect();
    let count = |of: fn(&Behind) -> bool| contacts.iter().filter(|it| of(it)).count() as u64;
    let (id, version) = match figure {
        Explained::ServiceLevel => (plain.id, plain.version),
        Explained::Reachability => (Reachability::ID, Reachability::VERSION),
        Explained::FirstContact => (FirstContact::ID, FirstContact::VERSION),
    };
    let explanation = Explanation {
        figure: match figure {
            Explained::ServiceLevel => "service_level",
            Explained::Reachability => "reachability",
            Explained::FirstContact => "first_contact_resolution",
        },
        definition: id,
        version,
        from: asked.dates.from().to_string(),
        to: asked.dates.until().to_string(),
        numerator: count(|it| it.kept),
        denominator: count(|it| it.counts),
        contacts,
    };
    match form {
        Form::Text => text(lang, &explanation),
        Form::Json => json(&explanation),
        Form::Csv => csv(&explanation),
    }
}

/// With the line's own time, if it has promised one.
fn by_definition(lang: Lang, county: &County, plain: Definition, record: &ContactRecord) -> Judged {
    let definition = county.target(plain.id, &[record.line]).unwrap_or(plain);
    let verdict = judge(&definition, record);
    let within = decimal(lang, definition.within.as_secs_f64(), 0);
    let (word, because) = verdict_words(lang, verdict, &within);
    (verdict.counts(), verdict.kept(), word, because)
}

fn by_resolution(lang: Lang, fate: Fate, resolved: Option<Resolved>) -> Judged {
    let mut one = Resolutions::default();
    one.add(fate, resolved);
    let first = FirstContact::of(&one);
    let (word, de, en) = match resolved {
        _ if one == Resolutions::default() => {
            ("left_out", "sprach mit niemandem von uns", "spoke to nobody of ours")
        }
        None => ("unsaid", "kein Ergebnis angegeben", "no result was said"),
        Some(Resolved { last: Resolution::Settled, by_one: true }) => {
            ("at_first_contact", "im ersten Gespräch erledigt", "settled in the first talk")
        }
        Some(Resolved { last: Resolution::Settled, by_one: false }) => {
            ("settled", "nach einer Weitergabe erledigt", "settled after it was handed on")
        }
        Some(Resolved { last: Resolution::Transferred, .. }) => {
            ("transferred", "weitergegeben", "handed on")
        }
        Some(Resolved { last: Resolution::ToBeAnswered, .. }) => {
            ("to_be_answered", "jemand meldet sich", "somebody comes back to the citizen")
        }
        Some(Resolved { last: Resolution::Misdial, .. }) => ("misdial", "verwählt", "a misdial"),
        Some(Resolved { last: Resolution::Abusive, .. }) => {
            ("abusive", "kein Gespräch möglich", "no talk could be had")
        }
    };
    (first.matters > 0, first.settled > 0, word, lang.pick(de, en).to_owned())
}

fn by_reach(lang: Lang, record: &ContactRecord) -> Judged {
    let (counts, kept, word, because) = match Reachability::reached(record.fate) {
        Some(true) => {
            (true, true, "reached", lang.pick("jemand hat abgenommen", "somebody answered"))
        }
        Some(false) => {
            (true, false, "not_reached", lang.pick("niemand hat abgenommen", "nobody answered"))
        }
        None => (
            false,
            false,
            "out",
            lang.pick("niemand war zugesagt", "nobody was promised to be there"),
        ),
    };
    (counts, kept, word, because.to_owned())
}

// --- Stories ---------------------------------------------------------------------------------

/// What names things are told by.
struct Words<'a> {
    lang: Lang,
    county: &'a County,
    groups: Vec<Group>,
}

impl Words<'_> {
    fn behind(&self, told: &Told, (counts, kept, verdict, because): Judged) -> Behind {
        let record = &told.record;
        let local = self.county.zone().local(record.set_up_at);
        Behind {
            contact: record.contact.0,
            line: self.line(record.line).to_owned(),
            set_up_at: local.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            fate: record.fate.key(),
            counts,
            kept,
            verdict,
            because,
            answered_after: record.answered_after.map(Micros::as_secs_f64),
            story: self.story(told),
        }
    }

    /// Every step; and of who spoke to nobody how it ended. When talks ended would be somebody's working time.
    fn story(&self, told: &Told) -> Vec<Happened> {
        let steps = told.story.iter().map(|&(after, step)| self.happened(after, step));
        let record = &told.record;
        let end = end_words(self.lang, record.reason).filter(|_| record.answered_after.is_none());
        let end = end.map(|what| Happened {
            after: record.ended_after.as_secs_f64(),
            what: what.to_owned(),
        });
        steps.chain(end).collect()
    }

    fn happened(&self, after: Micros, step: Step) -> Happened {
        Happened { after: after.as_secs_f64(), what: self.step(step) }
    }

    fn line(&self, line: LineId) -> &str {
        self.county.lines.get(line.index()).map_or("?", |line| line.id.as_str())
    }

    /// The group that a team belongs to, by its teams.
    fn group(&self, team: TeamId) -> String {
        let group = self.groups.iter().find(|group| group.teams.contains(&team));
        let Some(group) = group else {
            return self.lang.pick("Servicecenter", "the centre").to_owned();
        };
        let name = |team: &TeamId| self.county.teams.get(team.index()).map(|it| it.name.as_str());
        group.teams.iter().filter_map(name).collect::<Vec<_>>().join(" / ")
    }

    fn partner(&self, partner: PartnerId) -> &str {
        self.county.partners.get(partner.index()).map_or("?", |it| it.name.as_str())
    }

    fn switchboard(&self, switchboard: SwitchboardId) -> &str {
        self.county.switchboards.get(switchboard.index()).map_or("?", |it| it.name.as_str())
    }

    fn plan(&self, plan: PlanId) -> &str {
        self.county.plans.get(plan.index()).map_or("?", |it| it.name.as_str())
    }

    fn step(&self, step: Step) -> String {
        let lang = self.lang;
        let of = |de: &str, en: &str, whom: &str| {
            let what = lang.pick(de, en);
            format!("{what}: {whom}")
        };
        let plain = |de: &'static str, en: &'static str| lang.pick(de, en).to_owned();
        match step {
            Step::SwitchboardRang(it) => {
                of("Vermittlung klingelt", "switchboard rings", self.switchboard(it))
            }
            Step::SwitchboardReturned(it, why) => {
                let why = switchboard_end(lang, why);
                of(
                    "Vermittlung nimmt nicht ab",
                    "switchboard does not answer",
                    self.switchboard(it),
                ) + &format!(" ({why})")
            }
            Step::Greeted(None) => plain("Ansage", "greeting"),
            Step::Greeted(Some(plan)) => {
                of("Ansage mit Krisenplan", "greeting with crisis plan", self.plan(plan))
            }
            Step::Waits(position, told) => self.waits(position, told),
            Step::Rang(team) => of("klingelt", "rings", &self.group(team)),
            Step::Returned(team, why) => {
                let why = return_reason(lang, why);
                of("nicht angenommen", "not taken", &self.group(team)) + &format!(" ({why})")
            }
            Step::Widened(stage) => of(
                "mehr Stellen gefragt, Stufe",
                "more people asked, stage",
                &(stage + 1).to_string(),
            ),
            Step::Overflows(cause) => {
                of("soll zum Partner", "is to go to the partner", overflow_cause(lang, cause))
            }
            Step::PartnerAsked(it) => of("Partner gefragt", "partner asked", self.partner(it)),
            Step::PartnerReturned(it, why) => {
                let why = partner_end(lang, why);
                of("Partner nimmt nicht", "partner does not take it", self.partner(it))
                    + &format!(" ({why})")
            }
            Step::SentOn(it) => of("weitergeleitet", "sent on", self.partner(it)),
            Step::Answered(team) => of("angenommen", "answered", &self.group(team)),
            Step::AnsweredElsewhere => plain("anderswo angenommen", "answered elsewhere"),
            Step::HandedOn(to) => of("weitergegeben an", "handed on to", &self.handed_to(to)),
            Step::PutThrough(to) => of("verbunden mit", "put through to", &self.handed_to(to)),
            Step::OfficeReturned(why) => {
                of("das Amt nimmt nicht", "the office does not take it", office_end(lang, why))
            }
            Step::WaitsAgain(position) => {
                of("wartet wieder an Stelle", "waits again at position", &position.to_string())
            }
            Step::PulledForward(why) => of("vorgezogen", "pulled forward", steering(lang, why)),
            Step::Moved(line, why) => {
                of("verschoben auf", "moved to", self.line(line))
                    + &format!(" ({})", steering(lang, why))
            }
            Step::SteeringUndone => plain("Eingriff zurückgenommen", "steering undone"),
            Step::Informed(plan) => of("Information gehört", "heard information", self.plan(plan)),
            Step::CallbackPromised => plain("Rückruf zugesagt", "call-back promised"),
            Step::CalledBack(team) => of("Rückruf", "called back", &self.group(team)),
            Step::CallbackReturned(None) => plain("Rückruf abgebrochen", "call-back broken off"),
            Step::CallbackReturned(Some(NotReached::Busy)) => {
                plain("nicht erreicht: besetzt", "not reached: busy")
            }
            Step::CallbackReturned(Some(NotReached::NoAnswer)) => {
                plain("nicht erreicht: nimmt nicht ab", "not reached: no answer")
            }
            Step::CallbackReturned(Some(NotReached::Unreachable)) => {
                plain("nicht erreicht: nicht erreichbar", "not reached: unreachable")
            }
            Step::TaskOpened => plain("Aufgabe hinterlegt", "task left"),
            Step::AndSoOn => plain("und so weiter", "and so on"),
        }
    }

    fn handed_to(&self, to: HandedTo) -> String {
        match to {
            HandedTo::Team(team) => self.group(team),
            HandedTo::Line(line) => self.line(line).to_owned(),
            HandedTo::Partner(partner) => self.partner(partner).to_owned(),
            HandedTo::Office => self.lang.pick("ein Amt", "an office").to_owned(),
        }
    }

    fn waits(&self, position: u32, told: Option<ToldWait>) -> String {
        let lang = self.lang;
        let mut text = lang
            .pick(format!("wartet an Stelle {position}"), format!("waits at position {position}"));
        if let Some(ToldWait { from, until }) = told {
            let [from, until] = [from, until].map(|it| decimal(lang, it.as_secs_f64(), 0));
            text += &lang.pick(
                format!(", angesagt {from} bis {until} s ab Anruf"),
                format!(", told {from} to {until} s from call set-up"),
            );
        }
        text
    }
}

/// How it ended for who spoke to nobody; none for who spoke or was sent on.
fn end_words(lang: Lang, reason: FateReason) -> Option<&'static str> {
    let (de, en) = match reason {
        FateReason::TalkEnded
        | FateReason::TalkCutOff
        | FateReason::PartnerAnswered
        | FateReason::DeflectedUnproved
        | FateReason::CallbackReached
        | FateReason::SwitchboardAnswered => return None,
        FateReason::HungUp | FateReason::LeftSwitchboard => ("aufgelegt", "hung up"),
        FateReason::LeftInTransfer => {
            ("ging, während weitergegeben wurde", "left while being handed on")
        }
        FateReason::CutOff => ("Verbindung verloren", "connection lost"),
        FateReason::CallbackExpired => {
            ("Rückruf war nicht rechtzeitig möglich", "call-back was not possible in time")
        }
        FateReason::LeftInformed => {
            ("nach der Information aufgelegt", "hung up after the information")
        }
        FateReason::CalledAgain => (
            "rief noch einmal an, statt auf den Rückruf zu warten",
            "called again instead of waiting for the call-back",
        ),
        FateReason::OutsideHours => ("außerhalb der Öffnungszeit", "outside the opening hours"),
        FateReason::TimetableEnded => (
            "der Zeitplan reicht nicht bis zu diesem Tag",
            "the timetable does not reach to this day",
        ),
        FateReason::AnnouncementOnly => {
            ("hier gibt es nur eine Ansage", "there is only an announcement here")
        }
        FateReason::ClosedByAct => ("von Hand geschlossen", "closed by hand"),
        FateReason::PlanRunsNot => ("der Krisenplan läuft nicht", "the crisis plan does not run"),
        FateReason::QueueFull => ("die Warteschlange war voll", "the queue was full"),
        FateReason::CentreFull => ("das Servicecenter war voll", "the centre was full"),
        FateReason::WaitedTooLong => {
            ("die längste Wartezeit war erreicht", "the limit on waiting was reached")
        }
        FateReason::NobodyLeft => ("niemand war mehr da", "nobody was left"),
        FateReason::NoChannel => ("kein Kanal war frei", "no channel was free"),
        FateReason::RefusedByCarrier => ("vom Netzbetreiber abgewiesen", "refused by the carrier"),
        FateReason::RefusedAtDoor => ("an der Tür abgewiesen", "refused at the door"),
    };
    Some(lang.pick(de, en))
}

fn office_end(lang: Lang, why: OfficeEnd) -> &'static str {
    match why {
        OfficeEnd::Busy => lang.pick("besetzt", "busy"),
        OfficeEnd::NoAnswer => lang.pick("nimmt nicht ab", "no answer"),
        OfficeEnd::Unreachable => lang.pick("nicht erreichbar", "unreachable"),
    }
}

fn switchboard_end(lang: Lang, why: SwitchboardEnd) -> &'static str {
    match why {
        SwitchboardEnd::Busy => lang.pick("besetzt", "busy"),
        SwitchboardEnd::NoAnswer => lang.pick("nimmt nicht ab", "no answer"),
        SwitchboardEnd::Unreachable => lang.pick("nicht erreichbar", "unreachable"),
        SwitchboardEnd::CameBack => lang.pick("kam zurück", "came back"),
        SwitchboardEnd::NobodyThere => lang.pick("niemand da", "nobody there"),
    }
}

fn partner_end(lang: Lang, why: PartnerEnd) -> &'static str {
    match why {
        PartnerEnd::Busy => lang.pick("besetzt", "busy"),
        PartnerEnd::Closed => lang.pick("geschlossen", "closed"),
        PartnerEnd::NoAnswer => lang.pick("nimmt nicht ab", "no answer"),
        PartnerEnd::Unreachable => lang.pick("nicht erreichbar", "unreachable"),
    }
}

fn return_reason(lang: Lang, why: ReturnReason) -> &'static str {
    match why {
        ReturnReason::NoAnswer => lang.pick("klingelte vergebens", "rang in vain"),
        ReturnReason::Declined => lang.pick("abgelehnt", "declined"),
        ReturnReason::Unreachable => lang.pick("Telefon nicht erreichbar", "telephone unreachable"),
        ReturnReason::SignedOff => lang.pick("abgemeldet", "signed off"),
    }
}

fn overflow_cause(lang: Lang, cause: OverflowCause) -> &'static str {
    match cause {
        OverflowCause::Waited => lang.pick("lange gewartet", "has waited long"),
        OverflowCause::Predicted => lang.pick("würde lange warten", "would wait long"),
        OverflowCause::Calendar => lang.pick("Kalender", "calendar"),
        OverflowCause::NobodySignedOn => lang.pick("niemand angemeldet", "nobody signed on"),
        OverflowCause::Closed => lang.pick("geschlossen", "closed"),
        OverflowCause::NoChannel => lang.pick("kein Kanal frei", "no channel free"),
        OverflowCause::Transferred => lang.pick("weitergegeben", "handed on"),
    }
}

fn steering(lang: Lang, why: SteeringReason) -> &'static str {
    match why {
        SteeringReason::Distress => lang.pick("Notlage", "distress"),
        SteeringReason::WaitedLong => lang.pick("wartet lange", "has waited long"),
        SteeringReason::WrongLine => lang.pick("falsche Leitung", "wrong line"),
        SteeringReason::Load => lang.pick("Last", "load"),
    }
}

// --- Forms -----------------------------------------------------------------------------------

fn text(lang: Lang, it: &Explanation) -> String {
    let Explanation { definition, version, from, to, numerator, denominator, .. } = it;
    let share = (*denominator > 0).then(|| *numerator as f64 / *denominator as f64);
    let share = share.map_or("–".to_owned(), |share| percent(lang, share));
    let [kept, counted] = [numerator, denominator].map(|it| decimal(lang, *it as f64, 0));
    let mut text = lang.pick(
        format!("{definition}/{version}, {from} bis {to}: {kept} von {counted} = {share}\n"),
        format!("{definition}/{version}, {from} to {to}: {kept} of {counted} = {share}\n"),
    );
    for contact in &it.contacts {
        let Behind { contact: id, line, set_up_at, because, .. } = contact;
        let mark = match (contact.counts, contact.kept) {
            (true, true) => '+',
            (true, false) => '-',
            (false, _) => ' ',
        };
        let _ = writeln!(text, "\n{mark} {id}  {set_up_at}  {line}: {because}");
        for Happened { after, what } in &contact.story {
            let _ = writeln!(text, "    {:>8} s  {what}", decimal(lang, *after, 1));
        }
    }
    text
}

fn json(it: &Explanation) -> String {
    let mut text = serde_json::to_string_pretty(it).expect("plain numbers and strings");
    text.push('\n');
    text
}

fn csv(it: &Explanation) -> String {
    let mut text = String::from(
        "contact,line,set_up_at,fate,counts,kept,verdict,because,answered_after,story\r\n",
    );
    for contact in &it.contacts {
        let Behind { contact: id, line, set_up_at, fate, counts, kept, verdict, .. } = contact;
        let after = contact.answered_after.map(|it| format!("{it:.6}")).unwrap_or_default();
        let steps: Vec<String> = contact
            .story
            .iter()
            .map(|Happened { after, what }| format!("{after:.1} {what}"))
            .collect();
        let (because, story) = (quoted(&contact.because), quoted(&steps.join("; ")));
        let (counts, kept) = (u8::from(*counts), u8::from(*kept));
        let _ = write!(
            text,
            "{id},{line},{set_up_at},{fate},{counts},{kept},{verdict},{because},{after},{story}\r\n"
        );
    }
    text
}

/// A field that may hold anything (RFC 4180, 2.5–2.7).
fn quoted(field: &str) -> String {
    format!("\"{}\"", field.replace('"', "\"\""))
}
