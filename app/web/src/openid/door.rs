// SPDX-License-Identifier: EUPL-1.2
//! The two paths by which browsers leave to sign in, and come back.

use super::{Failure, Returned, attempt, only};
use crate::limits::RETURNED_MAX;
use crate::serve::{App, From};
use crate::sessions::Proof;
use crate::{cookies, lang::Lang, problem::Problem};
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use std::sync::Arc;

/// Sends the browser to whoever vouches.
#[utoipa::path(get, path = "/api/openid/start", responses((status = 303), (status = 404, body = Problem)))]
pub(crate) async fn start(State(app): State<Arc<App>>, lang: Lang) -> Result<Response, Problem> {
    let openid = app.openid.as_ref().ok_or_else(|| Problem::not_found(lang))?;
    let is_secure = app.address.is_secure();
    Ok(match openid.begin(app.hub.now(), app.fresh()).await {
        Ok((leads_to, cookie)) => {
            let cookie = attempt::given(&cookie, is_secure);
            (StatusCode::SEE_OTHER, [(LOCATION, leads_to), (SET_COOKIE, cookie)]).into_response()
        }
        Err(why) => told(&why, is_secure),
    })
}

/// Takes the browser back: with a session, or with a word that the page knows.
#[utoipa::path(get, path = "/api/openid/return", responses((status = 303), (status = 404, body = Problem)))]
pub(crate) async fn come_back(
    State(app): State<Arc<App>>,
    ConnectInfo(from): ConnectInfo<From>,
    RawQuery(query): RawQuery,
    lang: Lang,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let openid = app.openid.as_ref().ok_or_else(|| Problem::not_found(lang))?;
    let is_secure = app.address.is_secure();
    let from = app.address.client(from.0.ip(), &headers);
    let cookie = attempt::sent(&headers, is_secure);
    let clock = (app.hub.now(), || app.hub.now());
    let proved = openid.finish(clock, from, cookie, returned(query.as_deref())).await;
    let (account, proof) = match proved {
        Ok(proved) => proved,
        Err(why) => return Ok(told(&why, is_secure)),
    };
    let session = app.begin_session((account, Proof::Voucher(proof)));
    let cookies = AppendHeaders([
        (SET_COOKIE, cookies::given(&session, is_secure)),
        (SET_COOKIE, attempt::taken(is_secure)),
    ]);
    Ok((StatusCode::SEE_OTHER, [(LOCATION, "/")], cookies).into_response())
}

/// Back to the first page, which has the sentences for this word.
fn told(why: &Failure, is_secure: bool) -> Response {
    let place = [(LOCATION, format!("/?sign_in={}", why.word()))];
    let over = (!why.leaves_attempt()).then(|| (SET_COOKIE, attempt::taken(is_secure)));
    (StatusCode::SEE_OTHER, place, AppendHeaders(over)).into_response()
}

/// What stands in the query; nothing if it is too long, or no query.
fn returned(query: Option<&str>) -> Returned {
    let query = query.filter(|it| it.len() <= RETURNED_MAX).unwrap_or_default();
    let pairs = serde_urlencoded::from_str::<Vec<(String, String)>>(query).unwrap_or_default();
    Returned {
        state: only(&pairs, "state"),
        code: only(&pairs, "code"),
        error: only(&pairs, "error"),
        issuer: only(&pairs, "iss"),
    }
}
