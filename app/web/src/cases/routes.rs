// SPDX-License-Identifier: EUPL-1.2
//! Paths of cases, and who may ask them.

use super::view::{Shown, due_view, text};
use super::words::{
    AttemptWord, CaseAct, CaseList, CaseRow, CaseText, CaseView, CompletionWord, DueNow,
    FeedbackWord, NewCase, PauseReasonWord, ReachWord, StateWord,
};
use super::{Dossier, Feedback, Wanted, Whose};
use crate::accounts::Role;
use crate::centre::Question;
use crate::directory::folded;
use crate::hub::{Hub, Seen};
use crate::lang::Lang;
use crate::limits::{CASE_FIELD_MAX, CASE_TEXT_MAX, CASES_SHOWN, CONCERN_MAX, LOOKED_UP_MAX};
use crate::problem::Problem;
use crate::refusal::case_refusal;
use crate::routes::{Shared, Somebody, body};
use crate::words::moment;
use ::knowledge::AreaKey;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use case::{
    Act, Acted, Attempt, Completion, Matter, Opening, PauseReason, Proof, Reach, Refusal, Source,
};
use promise::Due;
use serde::Deserialize;
use std::cmp::Reverse;
use std::sync::Arc;
use stdx::{AgentId, CaseId, ContactId, LineId, Redacted, Timestamp};

/// Who works on cases.
const WORKS: [Role; 2] = [Role::Agent, Role::Supervisor];

#[derive(Deserialize)]
pub(crate) struct Chosen {
    /// Which, as [`Show::named`] has it.
    show: Option<String>,
    /// Words that stand in it.
    #[serde(default)]
    q: String,
}

/// Which cases are wanted.
#[derive(Clone, Copy)]
enum Show {
    Open,
    Overdue,
    Completed,
    All,
}

impl Show {
    fn named(name: &str) -> Option<Show> {
        match name {
            "open" => Some(Show::Open),
            "overdue" => Some(Show::Overdue),
            "completed" => Some(Show::Completed),
            "all" => Some(Show::All),
            _ => None,
        }
    }

    fn wants(self, row: &CaseRow) -> bool {
        let goes_on = match row.state {
            StateWord::Open | StateWord::Paused => true,
            StateWord::Completed | StateWord::Merged => false,
        };
        match self {
            Show::Open => goes_on,
            Show::Overdue => goes_on && row.feedback == FeedbackWord::Overdue,
            Show::Completed => !goes_on,
            Show::All => true,
        }
    }
}

/// Somebody who works on cases, and what they are shown with.
struct Worker {
    hub: Arc<Hub>,
    somebody: Somebody,
    feedback: Arc<Feedback>,
}

impl Worker {
    fn new(hub: &Arc<Hub>, somebody: Somebody) -> Result<Worker, Problem> {
        somebody.must_be_one_of(&WORKS)?;
        let feedback = hub.directory().feedback.clone();
        let feedback = feedback.ok_or_else(|| no_cases(somebody.lang))?;
        Ok(Worker { hub: Arc::clone(hub), somebody, feedback })
    }

    const fn lang(&self) -> Lang {
        self.somebody.lang
    }

    fn agent(&self) -> Option<AgentId> {
        self.somebody.agent(&self.hub).ok()
    }

    fn whose(&self) -> Whose {
        self.agent().map_or(Whose::Staff, Whose::Agent)
    }

    /// Those that may be looked at, the first first.
    async fn all(&self) -> Result<Vec<Arc<Dossier>>, Problem> {
        let all = self.hub.ask(Question::Cases).await;
        let mut all = all.map_err(|why| Problem::not_asked(self.lang(), why))?;
        all.retain(|it| self.somebody.reaches(&it.matter.client));
        Ok(all)
    }

    async fn one(&self, number: u64) -> Result<Arc<Dossier>, Problem> {
        let all = self.all().await?;
        let found = all.into_iter().find(|it| it.case.id.0 == number);
        found.ok_or_else(|| Problem::not_found(self.lang()))
    }

    fn shown<T>(&self, show: impl FnOnce(Shown<'_>) -> T) -> T {
        let directory = self.hub.directory();
        let (now, lang) = (self.hub.now(), self.lang());
        show(Shown { directory: &directory, feedback: &self.feedback, now, lang })
    }

    /// Has it done, and waits until it is durable.
    async fn have(&self, wanted: Wanted) -> Result<Arc<Dossier>, Problem> {
        let lang = self.lang();
        let outcome = self.hub.ask(|to| Question::Case(Box::new(wanted), to)).await;
        let outcome = outcome.map_err(|why| Problem::not_asked(lang, why))?;
        outcome.map_err(|why| refused(lang, why))
    }

    async fn act(&self, id: CaseId, act: Act, words: &CaseText) -> Result<Arc<Dossier>, Problem> {
        let words = Redacted::new(words.to_bytes());
        let (by, acted) = (self.whose(), Acted::Done(act));
        self.have(Wanted { case: Some(id), by, acted, matter: None, words }).await
    }
}

fn no_cases(lang: Lang) -> Problem {
    Problem::out_of_place(
        lang,
        "In diesem Servicecenter werden keine Vorgänge geführt. Wer es betreibt, richtet sie mit [cases] ein.",
        "This centre keeps no cases. Whoever runs it sets them up with [cases].",
    )
}

fn refused(lang: Lang, why: Refusal) -> Problem {
    if why == Refusal::Unknown {
        return Problem::not_found(lang);
    }
    let (de, en) = (case_refusal(Lang::De, why), case_refusal(Lang::En, why));
    Problem::out_of_place(lang, de, en)
}

/// The cases that may be looked at.
#[utoipa::path(get, path = "/api/cases",
    params(("show" = Option<String>, Query, description = "open (if nothing is said), overdue, completed or all."),
        ("q" = Option<String>, Query, description = "Words that stand in it.")),
    responses((status = 200, body = CaseList), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn list(
    State(app): Shared,
    somebody: Somebody,
    Query(Chosen { show, q }): Query<Chosen>,
) -> Result<Json<CaseList>, Problem> {
    let worker = Worker::new(&app.hub, somebody)?;
    let show = Show::named(show.as_deref().unwrap_or("open"));
    let show = show.ok_or_else(|| Problem::not_found(worker.lang()))?;
    let all = worker.all().await?;
    let looked_up: String = q.chars().take(LOOKED_UP_MAX).collect();
    Ok(Json(worker.shown(|shown| listed(shown, &all, show, &looked_up))))
}

fn listed(shown: Shown<'_>, all: &[Arc<Dossier>], show: Show, looked_up: &str) -> CaseList {
    let rows: Vec<CaseRow> = all.iter().map(|it| shown.row(it)).collect();
    let count = |show: Show| rows.iter().filter(|row| show.wants(row)).count();
    let (open, overdue) = (count(Show::Open), count(Show::Overdue));
    let wanted = folded(looked_up);
    let fits = |row: &CaseRow, it: &Dossier| {
        let has = if wanted.is_empty() { String::new() } else { haystack(row, it) };
        wanted.split_whitespace().all(|word| has.contains(word))
    };
    let found = rows.into_iter().zip(all).filter(|(row, it)| show.wants(row) && fits(row, it));
    let mut found: Vec<CaseRow> = found.map(|(row, _)| row).collect();
    // What goes on by when it is due, what is stopped behind it, what is over by when it came in, the last first.
    let goes_on = |row: &CaseRow| Show::Open.wants(row);
    found.sort_by_cached_key(|row| match goes_on(row) {
        true => (0, row.due.at.is_none(), row.due.at.clone(), Reverse(0)),
        false => (1, false, None, Reverse(row.number)),
    });
    let more = found.len().saturating_sub(CASES_SHOWN);
    found.truncate(CASES_SHOWN);
    CaseList { now: moment(shown.now), cases: found, more, open, overdue }
}

/// Everything of a case that can be looked for.
fn haystack(row: &CaseRow, it: &Dossier) -> String {
    let named = [Some(&row.client), row.unit.as_ref()].into_iter().flatten();
    let mut words: Vec<String> = named.map(|it| it.name.clone()).collect();
    words.push(row.number.to_string());
    words.extend(row.place.iter().map(|it| it.name.clone()));
    for CaseText { concern, text, name, address, wish, service, unit } in
        it.entries.iter().filter_map(text)
    {
        words.extend([concern, text, name, address, wish, service, unit]);
    }
    folded(&words.join(" "))
}

/// A case, and what was done to it.
#[utoipa::path(get, path = "/api/cases/{number}",
    params(("number" = u64, Path, description = "The case's number.")),
    responses((status = 200, body = CaseView), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn one(
    State(app): Shared,
    somebody: Somebody,
    Path(number): Path<u64>,
) -> Result<Json<CaseView>, Problem> {
    let worker = Worker::new(&app.hub, somebody)?;
    let dossier = worker.one(number).await?;
    Ok(Json(worker.shown(|shown| shown.whole(&dossier))))
}

/// By when feedback would be due for something that comes in now.
#[utoipa::path(get, path = "/api/cases/due",
    responses((status = 200, body = DueNow), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn due_now(
    State(app): Shared,
    somebody: Somebody,
) -> Result<Json<DueNow>, Problem> {
    let worker = Worker::new(&app.hub, somebody)?;
    Ok(Json(DueNow { due: due_view(worker.feedback.due(worker.hub.now())) }))
}

/// Lets a case come in.
#[utoipa::path(post, path = "/api/cases", request_body = NewCase,
    responses((status = 201, body = CaseView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn open(
    State(app): Shared,
    somebody: Somebody,
    bytes: Bytes,
) -> Result<(StatusCode, Json<CaseView>), Problem> {
    let worker = Worker::new(&app.hub, somebody)?;
    let new: NewCase = body(worker.lang(), &bytes)?;
    let (unit, told) = (new.unit.clone(), new.told);
    if let Some(unit) = &unit {
        within(worker.lang(), unit)?;
    }
    let wanted = worker.opening(new)?;
    let mut dossier = worker.have(wanted).await?;
    let id = dossier.case.id;
    if let Some(unit) = unit {
        let words = CaseText { unit: unit.name, ..CaseText::default() };
        dossier = worker.act(id, Act::Forward { unit: unit.id }, &words).await?;
    }
    if let Some(act) = worker.telling(told, dossier.case.opened_at) {
        dossier = worker.act(id, act, &CaseText::default()).await?;
    }
    Ok((StatusCode::CREATED, Json(worker.shown(|shown| shown.whole(&dossier)))))
}

/// Does something to a case.
#[utoipa::path(post, path = "/api/cases/{number}/acts", request_body = CaseAct,
    params(("number" = u64, Path, description = "The case's number.")),
    responses((status = 200, body = CaseView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn act(
    State(app): Shared,
    somebody: Somebody,
    Path(number): Path<u64>,
    bytes: Bytes,
) -> Result<Json<CaseView>, Problem> {
    let worker = Worker::new(&app.hub, somebody)?;
    let wanted: CaseAct = body(worker.lang(), &bytes)?;
    let dossier = worker.one(number).await?;
    if let CaseAct::Merge { into } = wanted {
        // Who may not look at the older one may not say that it is the same.
        worker.one(into).await?;
    }
    let (act, words) = worker.act_of(&dossier, wanted)?;
    let dossier = worker.act(dossier.case.id, act, &words).await?;
    Ok(Json(worker.shown(|shown| shown.whole(&dossier))))
}

impl Worker {
    /// What is to come in, looked at before it goes anywhere.
    fn opening(&self, new: NewCase) -> Result<Wanted, Problem> {
        let lang = self.lang();
        let called = new.contact.map(|contact| self.own_call(contact)).transpose()?;
        let client = self.client(new.client, called.as_ref().map(|it| it.line))?;
        let reach = reach(new.reach);
        let service = new.service.map(|it| within(lang, &it).map(|()| it)).transpose()?;
        let words = CaseText {
            concern: field(lang, &new.concern, CONCERN_MAX)?,
            text: field(lang, &new.said, CASE_TEXT_MAX)?,
            name: field(lang, &new.name, CASE_FIELD_MAX)?,
            address: field(lang, &new.address, CASE_FIELD_MAX)?,
            wish: field(lang, &new.wish, CASE_FIELD_MAX)?,
            service: service.as_ref().map_or_else(String::new, |it| it.name.clone()),
            unit: String::new(),
        };
        if words.concern.is_empty() {
            return Err(Problem::out_of_place(
                lang,
                "Worum geht es? Bitte schreiben Sie es in wenigen Worten.",
                "What is it about? Please write it in a few words.",
            ));
        }
        if reach != Reach::None && words.address.is_empty() {
            return Err(Problem::out_of_place(
                lang,
                "Unter welcher Nummer oder Adresse möchte die Person erreicht werden? Ohne eine solche wählen Sie „keine Rückmeldung möglich“.",
                "Under which number or address does the person want to be reached? Without one choose “no feedback possible”.",
            ));
        }
        let place = new.place.as_deref().map(AreaKey::parse).transpose();
        let place = place.map_err(|_| Problem::unreadable(lang, "place"))?;
        let source = called.as_ref().map_or(Source::Elsewhere, |it| Source::Call(it.contact));
        let matter = Matter {
            client,
            line: called.map(|it| it.line),
            place: place.map(|area| area.to_string()),
            service: service.map(|it| it.id),
        };
        Ok(Wanted {
            case: None,
            by: self.whose(),
            acted: Acted::Opened(Opening { source, reach }),
            matter: Some(matter),
            words: Redacted::new(words.to_bytes()),
        })
    }

    /// A call that this agent had, or has.
    fn own_call(&self, contact: u64) -> Result<Seen, Problem> {
        let seen = self.agent().and_then(|agent| self.hub.had(agent, ContactId(contact)));
        seen.ok_or_else(|| not_own(self.lang()))
    }

    /// That of the call, or the one that is named and may be looked at.
    fn client(&self, named: Option<String>, line: Option<LineId>) -> Result<String, Problem> {
        let directory = self.hub.directory();
        let of_line = || line.and_then(|line| directory.client_of(line)).map(|it| it.id);
        let is_known = |id: &String| {
            directory.clients.iter().any(|(it, _)| it == id) && self.somebody.reaches(id)
        };
        let client = named.or_else(of_line).filter(is_known);
        client.ok_or_else(|| {
            Problem::out_of_place(
                self.lang(),
                "Für welche Verwaltung ist der Vorgang? Bitte wählen Sie eine, für die Sie arbeiten.",
                "For which authority is the case? Please choose one that you work for.",
            )
        })
    }

    /// The citizen was told what is due, if anything is.
    fn telling(&self, told: bool, opened: Timestamp) -> Option<Act> {
        match self.feedback.due(opened) {
            Due::At(at) if told => Some(Act::Tell(at)),
            Due::At(_) | Due::Stopped | Due::BeyondHorizon => None,
        }
    }

    fn act_of(&self, dossier: &Dossier, wanted: CaseAct) -> Result<(Act, CaseText), Problem> {
        let lang = self.lang();
        let written = |text: &str| {
            let text = field(lang, text, CASE_TEXT_MAX)?;
            Ok::<_, Problem>(CaseText { text, ..CaseText::default() })
        };
        Ok(match wanted {
            CaseAct::Note { text } => (Act::Note, must_say(lang, written(&text)?)?),
            CaseAct::Forward { unit, text } => {
                within(lang, &unit)?;
                (Act::Forward { unit: unit.id }, CaseText { unit: unit.name, ..written(&text)? })
            }
            CaseAct::TakeOver => (Act::TakeOver, CaseText::default()),
            CaseAct::GiveBack { text } => (Act::Return, written(&text)?),
            CaseAct::Pause { reason, text } => (Act::Pause(pause(reason)), written(&text)?),
            CaseAct::Resume => (Act::Resume, CaseText::default()),
            CaseAct::Tell => (self.tell(dossier)?, CaseText::default()),
            CaseAct::Try { attempt, text } => (Act::Try(tried(attempt)), written(&text)?),
            CaseAct::Feedback { contact: Some(contact), text } => {
                (Act::GiveFeedback(self.spoken(dossier, contact)?), written(&text)?)
            }
            CaseAct::Feedback { contact: None, text } => {
                (Act::GiveFeedback(Proof::StatedByStaff), must_say(lang, written(&text)?)?)
            }
            CaseAct::Complete { how, text } => (Act::Complete(completion(how)), written(&text)?),
            CaseAct::Reopen { text } => (Act::Reopen, written(&text)?),
            CaseAct::Merge { into } => (Act::Merge { into: CaseId(into) }, CaseText::default()),
        })
    }

    fn tell(&self, dossier: &Dossier) -> Result<Act, Problem> {
        match self.feedback.judge(&dossier.case, self.hub.now()).1 {
            Due::At(at) => Ok(Act::Tell(at)),
            Due::Stopped | Due::BeyondHorizon => Err(Problem::out_of_place(
                self.lang(),
                "Die Frist ruht; es gibt gerade keinen Zeitpunkt zu nennen.",
                "The clock is stopped; there is no moment to tell now.",
            )),
        }
    }

    /// The call in which the matter came in proves nothing, and neither does one that was over before.
    fn spoken(&self, dossier: &Dossier, contact: u64) -> Result<Proof, Problem> {
        let call = self.own_call(contact)?;
        let is_source = dossier.case.opening.source == Source::Call(call.contact);
        if is_source || call.ended.is_some_and(|ended| ended < dossier.case.opened_at) {
            return Err(Problem::out_of_place(
                self.lang(),
                "In diesem Gespräch kann es noch keine Rückmeldung gegeben haben: Es war vor dem Vorgang, oder er kam darin herein.",
                "There can have been no feedback in this call: it was before the case, or the case came in by it.",
            ));
        }
        Ok(Proof::SpokenCall(call.contact))
    }
}

fn not_own(lang: Lang) -> Problem {
    Problem::out_of_place(
        lang,
        "Das ist kein Gespräch, das Sie in dieser Schicht selbst geführt haben.",
        "This is no call that you had yourself in this shift.",
    )
}

const fn reach(word: ReachWord) -> Reach {
    match word {
        ReachWord::None => Reach::None,
        ReachWord::Telephone => Reach::Telephone,
        ReachWord::Mail => Reach::Mail,
        ReachWord::Letter => Reach::Letter,
    }
}

const fn pause(word: PauseReasonWord) -> PauseReason {
    match word {
        PauseReasonWord::CitizenWishes => PauseReason::CitizenWishes,
        PauseReasonWord::PapersMissing => PauseReason::PapersMissing,
        PauseReasonWord::OtherAuthority => PauseReason::OtherAuthority,
    }
}

const fn tried(word: AttemptWord) -> Attempt {
    match word {
        AttemptWord::NoAnswer => Attempt::NoAnswer,
        AttemptWord::Engaged => Attempt::Engaged,
        AttemptWord::Mailbox => Attempt::Mailbox,
        AttemptWord::MailReturned => Attempt::MailReturned,
    }
}

const fn completion(word: CompletionWord) -> Completion {
    match word {
        CompletionWord::Done => Completion::Done,
        CompletionWord::Withdrawn => Completion::Withdrawn,
        CompletionWord::NotReached => Completion::NotReached,
    }
}

/// A text within its bound.
fn field(lang: Lang, text: &str, max: usize) -> Result<String, Problem> {
    let text = text.trim();
    if text.chars().count() > max {
        let (de, en) = (
            format!("Hier sind höchstens {max} Zeichen erlaubt: „{}…“", beginning(text)),
            format!("At most {max} characters are allowed here: “{}…”", beginning(text)),
        );
        return Err(Problem::out_of_place(lang, &de, &en));
    }
    Ok(text.to_owned())
}

fn beginning(text: &str) -> String {
    text.chars().take(20).collect()
}

/// A service or a unit within its bounds.
fn within(lang: Lang, it: &crate::words::Named) -> Result<(), Problem> {
    field(lang, &it.name, CASE_FIELD_MAX)?;
    let id = field(lang, &it.id, CASE_FIELD_MAX)?;
    if id.is_empty() { Err(Problem::unreadable(lang, "id")) } else { Ok(()) }
}

fn must_say(lang: Lang, words: CaseText) -> Result<CaseText, Problem> {
    if words.text.is_empty() {
        return Err(Problem::out_of_place(
            lang,
            "Bitte schreiben Sie dazu, was geschah: wer wen wann erreicht hat.",
            "Please write what happened: who reached whom, and when.",
        ));
    }
    Ok(words)
}
