// SPDX-License-Identifier: EUPL-1.2
//! What whoever vouches says of itself: where its pages are, and its keys (OpenID Connect Discovery 1.0).
//!
//! Read at the start, once an hour when somebody signs in, and when a key is unknown; one at a time, and not again at
//! once after it failed.

use super::failure::{Failure, Oddity};
use super::token::Keys;
use super::wire::{Answer, Endpoint, Wire};
use crate::limits::{KEYS_AGAIN, KEYS_HOLD, PROVIDER_AGAIN};
use axum::http::StatusCode;
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use stdx::{Micros, Timestamp};

/// Where it says so, below its own address (4.1).
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// What is known of it.
#[derive(Debug)]
pub(super) struct Provider {
    /// Where browsers are sent.
    pub(super) authorization: Endpoint,
    /// Where a code becomes a proof.
    pub(super) token: Endpoint,
    /// Where browsers are sent to sign out there as well, if it offers that.
    pub(super) end_session: Option<Endpoint>,
    /// Whether our secret goes into the form, not into a header.
    pub(super) secret_in_form: bool,
    /// Whether it always says who answers (RFC 9207).
    pub(super) says_issuer: bool,
    /// Its keys.
    pub(super) keys: Keys,
    read: Timestamp,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

/// What was read last, or that it failed.
pub(super) struct Known {
    issuer: String,
    last: Mutex<Option<Arc<Provider>>>,
    /// Held by the one who reads.
    reading: tokio::sync::Mutex<Reading>,
}

#[derive(Default)]
struct Reading {
    /// What failed last, and when.
    failed: Option<(Failure, Timestamp)>,
    /// When keys were looked for last because one was unknown.
    looked: Option<Timestamp>,
}

impl Known {
    pub(super) fn of(issuer: &str) -> Known {
        let issuer = issuer.to_owned();
        Known { issuer, last: Mutex::default(), reading: tokio::sync::Mutex::default() }
    }

    /// What was read last, however long ago.
    pub(super) fn last(&self) -> Option<Arc<Provider>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What holds now.
    pub(super) async fn now(&self, wire: &Wire, now: Timestamp) -> Result<Arc<Provider>, Failure> {
        let fresh = || self.last().filter(|it| is_within(it.read, now, KEYS_HOLD));
        if let Some(provider) = fresh() {
            return Ok(provider);
        }
        let mut reading = self.reading.lock().await;
        // Somebody may have read it meanwhile.
        match fresh() {
            Some(provider) => Ok(provider),
            None => self.anew(&mut reading, wire, now).await,
        }
    }

    /// What holds after a key was unknown in `seen`: read anew, unless somebody did so lately.
    pub(super) async fn after(
        &self,
        seen: &Arc<Provider>,
        wire: &Wire,
        now: Timestamp,
    ) -> Result<Arc<Provider>, Failure> {
        let mut reading = self.reading.lock().await;
        match self.last() {
            Some(other) if !Arc::ptr_eq(&other, seen) => return Ok(other),
            Some(_) | None => {}
        }
        if reading.looked.is_some_and(|at| is_within(at, now, KEYS_AGAIN)) {
            return Ok(Arc::clone(seen));
        }
        reading.looked = Some(now);
        self.anew(&mut reading, wire, now).await
    }

    async fn anew(
        &self,
        reading: &mut Reading,
        wire: &Wire,
        now: Timestamp,
    ) -> Result<Arc<Provider>, Failure> {
        if let Some((why, at)) = reading.failed.as_ref()
            && is_within(*at, now, PROVIDER_AGAIN)
        {
            return Err(why.clone());
        }
        let provider = read(wire, &self.issuer, now).await;
        reading.failed = provider.as_ref().err().map(|why| (why.clone(), now));
        let provider = Arc::new(provider?);
        let last = Some(Arc::clone(&provider));
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = last;
        Ok(provider)
    }
}

/// Whether `at` is less than `time` ago. A clock that was set back makes everything old.
fn is_within(at: Timestamp, now: Timestamp, time: Micros) -> bool {
    at <= now && now.since(at) < time
}

async fn read(wire: &Wire, issuer: &str, now: Timestamp) -> Result<Provider, Failure> {
    let at = format!("{}{WELL_KNOWN}", issuer.trim_end_matches('/'));
    let at = Endpoint::parse(&at).ok_or(Failure::Strange(Oddity::Endpoint("issuer")))?;
    let answer = fine(wire.get(&at).await.map_err(Failure::Away)?)?;
    let said: Metadata =
        serde_json::from_slice(&answer.body).map_err(|_| Failure::Strange(Oddity::Unreadable))?;
    // Whoever answers for somebody else is nobody (4.3).
    if said.issuer != issuer {
        let theirs = said.issuer.chars().filter(|it| !it.is_control()).take(200);
        return Err(Failure::Strange(Oddity::Issuer(theirs.collect())));
    }
    let endpoint = |text: &str, name: &'static str| {
        at.named(text).ok_or(Failure::Strange(Oddity::Endpoint(name)))
    };
    let keys = endpoint(&said.jwks_uri, "jwks_uri")?;
    let keys = fine(wire.get(&keys).await.map_err(Failure::Away)?)?;
    let keys = Keys::read(&keys.body).filter(|it| !it.is_empty());
    let end = said.end_session_endpoint.as_deref();
    // Without a word both ways are meant to work by the header (3).
    let ways = said.token_endpoint_auth_methods_supported.unwrap_or_default();
    let has = |way: &str| ways.iter().any(|it| it == way);
    Ok(Provider {
        authorization: endpoint(&said.authorization_endpoint, "authorization_endpoint")?,
        token: endpoint(&said.token_endpoint, "token_endpoint")?,
        end_session: end.map(|it| endpoint(it, "end_session_endpoint")).transpose()?,
        secret_in_form: has("client_secret_post") && !has("client_secret_basic"),
        says_issuer: said.authorization_response_iss_parameter_supported.unwrap_or(false),
        keys: keys.ok_or(Failure::Strange(Oddity::NoKeys))?,
        read: now,
    })
}

fn fine(answer: Answer) -> Result<Answer, Failure> {
    match answer.status {
        StatusCode::OK => Ok(answer),
        other => Err(Failure::of_status(other)),
    }
}
