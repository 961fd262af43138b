// SPDX-License-Identifier: EUPL-1.2
//! Paths of the catalogue, and who may ask them.

use super::words::{Answer, FoundPlaces, FoundServices, NewTask, TaskKept, TaskKind};
use super::{Asked, Missed, MissedKind, Noted, places, view};
use crate::accounts::Role;
use crate::lang::Lang;
use crate::limits::{LOOKED_UP_MAX, SERVICES_SHOWN, TASK_WORDS_MAX};
use crate::problem::Problem;
use crate::routes::{Shared, Somebody, body};
use ::knowledge::AreaKey;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

/// Who looks things up.
const READS: [Role; 3] = [Role::Agent, Role::Supervisor, Role::Editor];

#[derive(Deserialize)]
pub(crate) struct LookedUp {
    #[serde(default)]
    q: String,
    place: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Named {
    q: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Opened {
    #[serde(default)]
    agency: String,
    place: Option<String>,
}

fn area(lang: Lang, key: Option<&str>) -> Result<Option<AreaKey>, Problem> {
    let key = key.map(str::trim).filter(|key| !key.is_empty());
    let parsed = key.map(AreaKey::parse).transpose();
    parsed.map_err(|_| Problem::unreadable(lang, "place"))
}

fn beginning(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

/// The services that fit what somebody types.
#[utoipa::path(get, path = "/api/knowledge/search",
    params(("q" = String, Query, description = "The caller's words, as far as they are typed."),
        ("place" = Option<String>, Query, description = "Where the caller lives: a regional key of 2 to 12 digits.")),
    responses((status = 200, body = FoundServices), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn find_services(
    State(app): Shared,
    somebody: Somebody,
    Query(LookedUp { q, place }): Query<LookedUp>,
) -> Result<Json<FoundServices>, Problem> {
    somebody.must_be_one_of(&READS)?;
    let (words, limit) = (beginning(&q, LOOKED_UP_MAX), SERVICES_SHOWN + 1);
    let place = area(somebody.lang, place.as_deref())?;
    let asked = app.hub.look_up(|to| Asked::Search { words, place, limit, to }).await;
    let searched = asked.map_err(|why| Problem::not_asked(somebody.lang, why))?;
    Ok(Json(view::found(searched, SERVICES_SHOWN)))
}

/// The answer about a service for a place: what is read aloud, papers, costs, who is responsible there and when.
#[utoipa::path(get, path = "/api/knowledge/services/{id}",
    params(("id" = String, Path, description = "The service's id."),
        ("agency" = Option<String>, Query, description = "The office that has given the id."),
        ("place" = Option<String>, Query, description = "Where the caller lives: a regional key of 2 to 12 digits.")),
    responses((status = 200, body = Answer), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn tell_service(
    State(app): Shared,
    somebody: Somebody,
    Path(id): Path<String>,
    Query(Opened { agency, place }): Query<Opened>,
) -> Result<Json<Answer>, Problem> {
    somebody.must_be_one_of(&READS)?;
    let lang = somebody.lang;
    let place = area(lang, place.as_deref())?;
    let (service, at) = ((agency, id), app.hub.now());
    let closures = app.hub.directory().closures.clone();
    let asked = app.hub.look_up(|to| Asked::Tell { service, place, at, closures, to }).await;
    let told = asked.map_err(|why| Problem::not_asked(lang, why))?;
    let told = told.ok_or_else(|| Problem::not_found(lang))?;
    Ok(Json(view::answer(told, place, &app.hub.directory().places, lang)))
}

/// The places that fit what somebody types: the beginning of a name, a postcode, an area code.
#[utoipa::path(get, path = "/api/knowledge/places",
    params(("q" = String, Query, description = "The beginning of a name, a postcode, or an area code.")),
    responses((status = 200, body = FoundPlaces), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn find_places(
    State(app): Shared,
    somebody: Somebody,
    Query(Named { q }): Query<Named>,
) -> Result<Json<FoundPlaces>, Problem> {
    somebody.must_be_one_of(&READS)?;
    let text = beginning(&q.unwrap_or_default(), LOOKED_UP_MAX);
    Ok(Json(places::found(&app.hub.directory().places, &text)))
}

/// Tells the editors what was asked for and is not in the catalogue, or wrong in it.
#[utoipa::path(post, path = "/api/knowledge/tasks", request_body = NewTask,
    responses((status = 201, body = TaskKept), (status = 400, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn note_task(
    State(app): Shared,
    somebody: Somebody,
    bytes: Bytes,
) -> Result<(StatusCode, Json<TaskKept>), Problem> {
    somebody.must_be_one_of(&READS)?;
    let lang = somebody.lang;
    let missed = missed(lang, body(lang, &bytes)?, app.hub.now())?;
    let asked = app.hub.look_up(|to| Asked::Note(missed, to)).await;
    match asked.map_err(|why| Problem::not_asked(lang, why))? {
        Noted::Kept(number) => Ok((StatusCode::CREATED, Json(TaskKept { number }))),
        Noted::Full => Err(Problem::out_of_place(
            lang,
            "Die Liste der Redaktion ist voll. Bitte sagen Sie dort Bescheid.",
            "The editors' list is full. Please tell them.",
        )),
        Noted::Failed => Err(Problem::too_busy(lang)),
    }
}

fn missed(lang: Lang, it: NewTask, at: stdx::Timestamp) -> Result<Missed, Problem> {
    let words = it.words.trim().to_owned();
    let length = words.chars().count();
    if !(1..=TASK_WORDS_MAX).contains(&length) {
        let (de, en) = (
            format!("Bitte schreiben Sie, worum es geht, mit höchstens {TASK_WORDS_MAX} Zeichen."),
            format!("Please write what it is about, with {TASK_WORDS_MAX} characters at most."),
        );
        return Err(Problem::out_of_place(lang, &de, &en));
    }
    let kind = match it.kind {
        TaskKind::NotFound => MissedKind::NotFound,
        TaskKind::Wrong => MissedKind::Wrong,
    };
    let is_long = |text: &String| text.chars().count() > LOOKED_UP_MAX;
    let service = it.service.map(|it| (it.agency, it.id));
    if service.as_ref().is_some_and(|(agency, id)| is_long(agency) || is_long(id)) {
        return Err(Problem::unreadable(lang, "service"));
    }
    let place = area(lang, it.place.as_deref())?;
    Ok(Missed { at, kind, words, service, place })
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::Timestamp;

    fn task(words: &str, place: Option<&str>) -> Result<Missed, Problem> {
        let task = NewTask {
            kind: TaskKind::NotFound,
            words: words.to_owned(),
            service: None,
            place: place.map(str::to_owned),
        };
        missed(Lang::De, task, Timestamp(0))
    }

    #[test]
    fn a_task_is_bounded_and_says_something() {
        assert_eq!(task(" Wanderschein ", None).expect("fits").words, "Wanderschein");
        assert!(task(&"ä".repeat(TASK_WORDS_MAX), None).is_ok());
        assert!(task(&"ä".repeat(TASK_WORDS_MAX + 1), None).is_err());
        assert!(task(" \n", None).is_err());
        assert!(task("x", Some("Jesteburg")).is_err());
        assert_eq!(task("x", Some("")).expect("fits").place, None);
    }
}
