// SPDX-License-Identifier: EUPL-1.2
//! Paths, and who may ask them. The description of the interface is made of the very routes that answer.

use crate::accounts::{Account, Role};
use crate::board::board;
use crate::cases::routes as cases;
use crate::centre::Question;
use crate::desk::{self, Seat};
use crate::hub::Hub;
use crate::knowledge::routes as knowledge;
use crate::lang::Lang;
use crate::limits::{BODY_MAX, MESSAGE_MAX};
use crate::problem::Problem;
use crate::serve::{App, From};
use crate::sessions::{Proof, SignedIn};
use crate::steering::Supervisor;
use crate::words::{
    Board, CloseLine, Contacts, Credentials, DemoAccount, Found, Move, Named, Pull, Session,
    SignIn, SignedOut, SingleSignOn, StartPlan, Steered, WrapUp, WrapUps,
};
use crate::{assets, contacts, cookies, live, openid, origin, wrap_up};
use acd::agent::State as AgentState;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use stdx::{AgentId, Redacted};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Described;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) type Shared = State<Arc<App>>;

/// What a page may do: everything from here, nothing from anywhere else.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

#[derive(OpenApi)]
#[openapi(info(title = "Amtsleitung", description = "Desks and wallboard of the service centre."))]
struct Description;

fn described() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(sign_in_ways))
        .routes(routes!(who, sign_in, sign_out))
        .routes(routes!(openid::door::start))
        .routes(routes!(openid::door::come_back))
        .routes(routes!(search))
        .routes(routes!(knowledge::find_services))
        .routes(routes!(knowledge::tell_service))
        .routes(routes!(knowledge::find_places))
        .routes(routes!(knowledge::note_task))
        .routes(routes!(cases::list, cases::open))
        .routes(routes!(cases::due_now))
        .routes(routes!(cases::one))
        .routes(routes!(cases::act))
        .routes(routes!(board_now))
        .routes(routes!(ended_today))
        .routes(routes!(wrap_ups))
        .routes(routes!(correct))
        .routes(routes!(close_line))
        .routes(routes!(open_line))
        .routes(routes!(start_plan))
        .routes(routes!(end_plan))
        .routes(routes!(pull))
        .routes(routes!(move_to))
        .routes(routes!(undo))
        .routes(routes!(desk_socket))
        .routes(routes!(board_socket))
}

/// What `/api/openapi.json` says.
#[must_use]
pub fn documented() -> Described {
    described().into_openapi()
}

/// Every path.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (routes, description) = described().split_for_parts();
    let description = Arc::new(description);
    let openapi = move || {
        let description = Arc::clone(&description);
        async move { Json((*description).clone()) }
    };
    routes
        .route("/api/openapi.json", axum::routing::get(openapi))
        .route("/api/{*rest}", axum::routing::any(nothing))
        .fallback(assets::page)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn(guarded))
        .with_state(app)
}

async fn nothing(lang: Lang) -> Problem {
    Problem::not_found(lang)
}

/// What every answer says to the browser about itself.
async fn guarded(request: Request<axum::body::Body>, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(HeaderName::from_static("x-content-type-options"), "nosniff");
    set(HeaderName::from_static("referrer-policy"), "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(self), speaker-selection=(self)",
    );
    if is_api {
        set(CACHE_CONTROL, "no-store");
    }
    response
}

impl<S: Send + Sync> FromRequestParts<S> for Lang {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Lang, Self::Rejection> {
        Ok(Lang::asked_for(&parts.headers))
    }
}

/// A request from a page of ours, if it changes something or opens a socket.
struct Ours;

impl FromRequestParts<Arc<App>> for Ours {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Ours, Problem> {
        let is_safe = parts.method == Method::GET && !parts.headers.contains_key("upgrade");
        let is_ours = app.address.is_origin_of(&parts.headers)
            && (parts.method == Method::GET || parts.headers.contains_key(origin::OURS));
        if is_safe || is_ours {
            Ok(Ours)
        } else {
            Err(Problem::other_origin(Lang::asked_for(&parts.headers)))
        }
    }
}

/// Whoever is signed in, asking from a page of ours.
pub(crate) struct Somebody {
    account: Arc<Account>,
    signed_in: SignedIn,
    pub(crate) lang: Lang,
}

impl FromRequestParts<Arc<App>> for Somebody {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Somebody, Problem> {
        let lang = Lang::asked_for(&parts.headers);
        Ours::from_request_parts(parts, app).await?;
        let token = cookies::token(&parts.headers, app.address.is_secure());
        let signed_in = token.and_then(|token| app.signed_in(&token));
        let signed_in = signed_in.ok_or_else(|| Problem::not_signed_in(lang))?;
        Ok(Somebody { account: Arc::clone(&signed_in.account), signed_in, lang })
    }
}

impl Somebody {
    pub(crate) fn must_be_one_of(&self, roles: &[Role]) -> Result<(), Problem> {
        match roles.iter().any(|role| self.account.is(*role)) {
            true => Ok(()),
            false => Err(Problem::not_allowed(self.lang)),
        }
    }

    /// Whether they may look at this client.
    pub(crate) fn reaches(&self, client: &str) -> bool {
        self.account.reaches(client)
    }

    /// The agent whose desk they work at.
    pub(crate) fn agent(&self, hub: &Hub) -> Result<AgentId, Problem> {
        self.must_be_one_of(&[Role::Agent])?;
        let agent = self.account.agent.as_ref().and_then(|id| Some(hub.directory().agent(id)?.0));
        agent.ok_or_else(|| Problem::no_desk(self.lang))
    }

    fn steers<'a>(&'a self, app: &'a App) -> Result<Supervisor<'a>, Problem> {
        Supervisor::new(&app.hub, &self.account, self.lang)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).expect("one of ours");
        let retry_after = self.retry_after;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            axum::http::header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = retry_after {
            headers.insert(axum::http::header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The body as JSON; what is wrong with it is said.
pub(crate) fn body<T: DeserializeOwned>(lang: Lang, bytes: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| Problem::unreadable(lang, &error.to_string()))
}

// ---- signing in ----

/// How one signs in here.
#[utoipa::path(get, path = "/api/sign-in", responses((status = 200, body = SignIn)))]
async fn sign_in_ways(State(app): Shared) -> Json<SignIn> {
    let (id, name) = app.hub.directory().centre.clone();
    let demo = app.demo.as_ref().map(|demo| DemoAccount {
        name: demo.account.name.clone(),
        password: demo.password.expose().clone(),
    });
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let oidc = app.openid.as_ref().map(|openid| SingleSignOn {
        name: openid.settings.name.clone(),
        start: "/api/openid/start".to_owned(),
        only_administrators: openid.settings.only_administrators,
    });
    Json(SignIn { oidc, demo, centre: Named { id, name }, version })
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", responses((status = 200, body = Session), (status = 401, body = Problem)))]
async fn who(somebody: Somebody) -> Json<Session> {
    Json(session(&somebody.account, somebody.signed_in.is_vouched_for))
}

fn session(account: &Account, oidc: bool) -> Session {
    Session {
        name: account.name.clone(),
        shown_name: account.shown.clone(),
        roles: account.roles.iter().map(|role| role.word().to_owned()).collect(),
        clients: account.clients.clone(),
        agent: account.agent.clone(),
        oidc,
    }
}

/// Signs in with a name and a password.
#[utoipa::path(post, path = "/api/session", request_body = Credentials,
    responses((status = 200, body = Session), (status = 401, body = Problem), (status = 429, body = Problem)))]
async fn sign_in(
    State(app): Shared,
    ConnectInfo(from): ConnectInfo<From>,
    _ours: Ours,
    lang: Lang,
    headers: axum::http::HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let Credentials { name, password } = body(lang, &bytes)?;
    let from = app.address.client(from.0.ip(), &headers);
    let proved = app.check(lang, from, &name, Redacted::new(password)).await?;
    if let Some(openid) = app.openid.as_ref().filter(|it| it.settings.only_administrators)
        && !proved.0.is(Role::Administrator)
    {
        return Err(Problem::only_vouched_for(lang, &openid.settings.name));
    }
    let shown = session(&proved.0, false);
    let cookie = cookies::given(&app.begin_session(proved), app.address.is_secure());
    Ok(([(SET_COOKIE, cookie)], Json(shown)).into_response())
}

/// Signs out; of whom somebody else vouches for, there as well.
#[utoipa::path(delete, path = "/api/session", responses((status = 200, body = SignedOut)))]
async fn sign_out(State(app): Shared, _ours: Ours, headers: axum::http::HeaderMap) -> Response {
    let is_secure = app.address.is_secure();
    let token = cookies::token(&headers, is_secure);
    let leads_to = match token.and_then(|token| app.end_session(&token)) {
        Some(Proof::Voucher(proof)) => {
            app.openid.as_ref().and_then(|openid| openid.farewell(proof.as_ref()))
        }
        Some(Proof::Practice | Proof::Password(_)) | None => None,
    };
    ([(SET_COOKIE, cookies::taken(is_secure))], Json(SignedOut { leads_to })).into_response()
}

// ---- the desk ----

#[derive(Deserialize)]
struct Searched {
    #[serde(default)]
    q: String,
}

/// Whoever can be asked, or to whom a caller can be handed on.
#[utoipa::path(get, path = "/api/directory", params(("q" = String, Query, description = "Words that begin words of the entry.")),
    responses((status = 200, body = Found), (status = 401, body = Problem)))]
async fn search(
    State(app): Shared,
    somebody: Somebody,
    Query(searched): Query<Searched>,
) -> Result<Json<Found>, Problem> {
    somebody.must_be_one_of(&[Role::Agent, Role::Supervisor])?;
    let facts = app.hub.ask(Question::Board).await;
    let states = facts.map_or(Vec::new(), |facts| facts.agents);
    let state = |agent: AgentId| states.get(agent.index()).copied().flatten().map(word_of);
    Ok(Json(Found { entries: app.hub.directory().search(&searched.q, state) }))
}

const fn word_of(state: AgentState) -> &'static str {
    match state {
        AgentState::SignedOff => "away",
        AgentState::Ready { .. } => "ready",
        AgentState::NotReady { .. }
        | AgentState::Offered { .. }
        | AgentState::Talking { .. }
        | AgentState::WrapUp { .. } => "busy",
    }
}

/// What was said of the calls of this shift.
#[utoipa::path(get, path = "/api/wrap-ups/mine", responses((status = 200, body = WrapUps), (status = 403, body = Problem)))]
async fn wrap_ups(State(app): Shared, somebody: Somebody) -> Result<Json<WrapUps>, Problem> {
    let agent = somebody.agent(&app.hub)?;
    Ok(Json(WrapUps { wrap_ups: app.hub.wrap_ups(agent) }))
}

/// Corrects what was said of a call.
#[utoipa::path(put, path = "/api/wrap-ups/{contact}", request_body = WrapUp,
    params(("contact" = u64, Path, description = "The contact's number.")),
    responses((status = 200, body = WrapUp), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn correct(
    State(app): Shared,
    somebody: Somebody,
    Path(contact): Path<u64>,
    bytes: Bytes,
) -> Result<Json<WrapUp>, Problem> {
    let agent = somebody.agent(&app.hub)?;
    let wrap_up: WrapUp = body(somebody.lang, &bytes)?;
    if wrap_up.contact != contact {
        return Err(Problem::not_found(somebody.lang));
    }
    wrap_up::keep(&app.hub, (agent, somebody.lang), wrap_up).await.map(Json)
}

/// The desk's socket (RFC 6455): the whole state after every change, requests and their answers.
#[utoipa::path(get, path = "/api/desk", responses((status = 101), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn desk_socket(
    State(app): Shared,
    somebody: Somebody,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let agent = somebody.agent(&app.hub)?;
    let Somebody { account, signed_in, lang } = somebody;
    let seat = Seat { hub: Arc::clone(&app.hub), account, agent, lang };
    let upgrade = upgrade.max_message_size(MESSAGE_MAX).max_frame_size(MESSAGE_MAX);
    Ok(upgrade.on_upgrade(move |socket| desk::serve(socket, seat, signed_in)))
}

// ---- the wallboard ----

const LOOKS: [Role; 4] = [Role::Agent, Role::Supervisor, Role::Reporter, Role::Administrator];

/// How everything stands.
#[utoipa::path(get, path = "/api/board", responses((status = 200, body = Board), (status = 401, body = Problem)))]
async fn board_now(State(app): Shared, somebody: Somebody) -> Result<Json<Board>, Problem> {
    somebody.must_be_one_of(&LOOKS)?;
    let facts = app.hub.ask(Question::Board).await;
    let facts = facts.map_err(|why| Problem::not_asked(somebody.lang, why))?;
    Ok(Json(board(&app.hub.directory(), &somebody.account, &facts)))
}

/// The wallboard's socket (RFC 6455).
#[utoipa::path(get, path = "/api/board/live", responses((status = 101), (status = 401, body = Problem), (status = 503, body = Problem)))]
async fn board_socket(
    State(app): Shared,
    somebody: Somebody,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    somebody.must_be_one_of(&LOOKS)?;
    let place = Arc::clone(&app.boards).try_acquire_owned();
    let place = place.map_err(|_| Problem::too_busy(somebody.lang))?;
    let hub = Arc::clone(&app.hub);
    let upgrade = upgrade.max_message_size(1_024).max_frame_size(1_024);
    Ok(upgrade.on_upgrade(move |socket| async move {
        live::serve(socket, hub, somebody.signed_in).await;
        drop(place);
    }))
}

#[derive(Deserialize)]
struct Chosen {
    line: Option<String>,
    verdict: Option<String>,
}

/// The contacts behind the figures of today, each with the reason why it counts or does not.
#[utoipa::path(get, path = "/api/contacts",
    params(("line" = Option<String>, Query, description = "Of this line only."),
        ("verdict" = Option<String>, Query, description = "in_time, late, not_answered, left_out or all.")),
    responses((status = 200, body = Contacts), (status = 403, body = Problem)))]
async fn ended_today(
    State(app): Shared,
    somebody: Somebody,
    Query(chosen): Query<Chosen>,
) -> Result<Json<Contacts>, Problem> {
    somebody.must_be_one_of(&[Role::Supervisor, Role::Reporter])?;
    let records = app.hub.ask(Question::Contacts).await;
    let records = records.map_err(|why| Problem::not_asked(somebody.lang, why))?;
    let directory = app.hub.directory();
    let chosen =
        contacts::Chosen { line: chosen.line.as_deref(), verdict: chosen.verdict.as_deref() };
    let found = contacts::contacts(&directory, &somebody.account, &records, chosen, somebody.lang);
    found.map(Json).ok_or_else(|| Problem::not_found(somebody.lang))
}

/// Closes a line for so long.
#[utoipa::path(post, path = "/api/lines/{id}/close", request_body = CloseLine,
    params(("id" = String, Path, description = "The line's id.")),
    responses((status = 200, body = Steered), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn close_line(
    State(app): Shared,
    somebody: Somebody,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Json<Steered>, Problem> {
    let CloseLine { minutes, reason } = body(somebody.lang, &bytes)?;
    somebody.steers(&app)?.close_line(&id, minutes, &reason).await.map(Json)
}

/// Takes the closing of a line back.
#[utoipa::path(post, path = "/api/lines/{id}/open",
    params(("id" = String, Path, description = "The line's id.")),
    responses((status = 200, body = Steered), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn open_line(
    State(app): Shared,
    somebody: Somebody,
    Path(id): Path<String>,
) -> Result<Json<Steered>, Problem> {
    somebody.steers(&app)?.open_line(&id).await.map(Json)
}

/// Starts a crisis plan.
#[utoipa::path(post, path = "/api/plans/{id}/start", request_body = StartPlan,
    params(("id" = String, Path, description = "The plan's id.")),
    responses((status = 200, body = Steered), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn start_plan(
    State(app): Shared,
    somebody: Somebody,
    Path(id): Path<String>,
    bytes: Bytes,
) -> Result<Json<Steered>, Problem> {
    let StartPlan { reason } = body(somebody.lang, &bytes)?;
    somebody.steers(&app)?.start_plan(&id, &reason).await.map(Json)
}

/// Ends a crisis plan before its time.
#[utoipa::path(post, path = "/api/plans/{id}/end",
    params(("id" = String, Path, description = "The plan's id.")),
    responses((status = 200, body = Steered), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn end_plan(
    State(app): Shared,
    somebody: Somebody,
    Path(id): Path<String>,
) -> Result<Json<Steered>, Problem> {
    somebody.steers(&app)?.end_plan(&id).await.map(Json)
}

/// Puts a waiting caller at the front.
#[utoipa::path(post, path = "/api/contacts/{number}/pull", request_body = Pull,
    params(("number" = u64, Path, description = "The contact's number.")),
    responses((status = 200, body = Steered), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn pull(
    State(app): Shared,
    somebody: Somebody,
    Path(number): Path<u64>,
    bytes: Bytes,
) -> Result<Json<Steered>, Problem> {
    let Pull { reason } = body(somebody.lang, &bytes)?;
    somebody.steers(&app)?.pull(number, reason).await.map(Json)
}

/// Lets the people of another line answer a waiting caller.
#[utoipa::path(post, path = "/api/contacts/{number}/move", request_body = Move,
    params(("number" = u64, Path, description = "The contact's number.")),
    responses((status = 200, body = Steered), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn move_to(
    State(app): Shared,
    somebody: Somebody,
    Path(number): Path<u64>,
    bytes: Bytes,
) -> Result<Json<Steered>, Problem> {
    let Move { line, reason } = body(somebody.lang, &bytes)?;
    somebody.steers(&app)?.move_to(number, &line, reason).await.map(Json)
}

/// Takes back what was done to a waiting caller.
#[utoipa::path(post, path = "/api/contacts/{number}/undo",
    params(("number" = u64, Path, description = "The contact's number.")),
    responses((status = 200, body = Steered), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn undo(
    State(app): Shared,
    somebody: Somebody,
    Path(number): Path<u64>,
) -> Result<Json<Steered>, Problem> {
    somebody.steers(&app)?.undo(number).await.map(Json)
}
