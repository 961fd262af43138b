// SPDX-License-Identifier: EUPL-1.2
//! Signing in at somebody who vouches: OpenID Connect, by code and PKCE, beside the accounts of our own.
//!
//! ```text
//!   /api/openid/start ──▶ attempt (cookie; state, nonce, challenge made of it) ──▶ browser goes to the provider
//!   /api/openid/return ─▶ attempt again ─▶ wire: code for a proof ─▶ token: is it one? ─▶ person: roles ─▶ a session
//! ```
//!
//! The rule to keep: a browser is sent to two places alone, to the provider and to our own first page; nothing that
//! comes with a request chooses where.

mod attempt;
pub(crate) mod door;
mod failure;
mod person;
mod provider;
mod token;
mod wire;

use crate::accounts::{Account, Role};
use crate::lang::Lang;
use crate::limits::{EXCHANGES_AT_ONCE, ID_TOKEN_SHOWN_MAX, REFUSALS_FOR, REFUSALS_TOLD};
use crate::throttle::{Throttle, Who};
use attempt::{Attempt, Attempts};
use axum::http::{HeaderValue, StatusCode};
use base64ct::{Base64, Encoding as _};
use failure::{Failure, Oddity};
use provider::{Known, Provider};
use serde::Deserialize;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use stdx::{Redacted, Timestamp};
use telephony::tls::Authority;
use token::{Claims, Expected, Flaw};
use tokio::sync::Semaphore;
use wire::{Endpoint, Wire, form};

/// Where browsers come back to, below our own address.
pub const RETURN: &str = "/api/openid/return";

/// What is agreed on with whoever vouches.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How people call it: „Mit … anmelden“.
    pub name: String,
    /// Its address, as it writes it itself.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// By what we prove it; none for a client without a secret.
    pub secret: Option<Redacted<String>>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim with a person's groups, or the way to it, with dots.
    pub groups_claim: String,
    /// The claim with the id of the agent whose desk is theirs.
    pub agent_claim: Option<String>,
    /// What groups give.
    pub groups: Vec<Group>,
    /// Whether only administrators sign in with an account of our own.
    pub only_administrators: bool,
}

/// What a group gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// As whoever vouches writes it.
    pub group: String,
    /// What its people may do.
    pub roles: Vec<Role>,
    /// The clients that they may look at; none if it says nothing of that.
    pub clients: Option<Vec<String>>,
}

/// How important a line for the operator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Somebody should look at it soon.
    Warning,
    /// What happened.
    Notice,
}

/// Takes lines for the operator.
pub type Tell = Box<dyn Fn(Weight, &str) + Send + Sync>;

/// Somebody who vouches, as the program hands it over.
pub struct Voucher {
    /// What is agreed on.
    pub settings: Settings,
    /// Whose signature under its certificate counts.
    pub authority: Authority,
    /// What it says to the operator.
    pub tell: Tell,
    /// In which language.
    pub lang: Lang,
}

/// Whether an address can be asked: `https`, or `http` on this very machine, without query and fragment.
#[must_use]
pub fn is_issuer(text: &str) -> bool {
    Endpoint::parse(text).is_some() && !text.contains('?')
}

/// Who proved what, and the proof, if it may be shown again to sign out.
type Proved = (Account, Option<Redacted<String>>);

/// Somebody who vouches, and the attempts of people to sign in there.
pub(crate) struct OpenId {
    pub(crate) settings: Settings,
    wire: Wire,
    known: Known,
    attempts: Attempts,
    /// Of its own: whoever fails here can still sign in with an account of ours.
    throttle: Mutex<Throttle>,
    exchanges: Semaphore,
    /// Our own address.
    base: String,
    tell: Tell,
    lang: Lang,
    /// The word of what the operator was told last of the provider itself.
    told: Mutex<Option<&'static str>>,
    /// Lines of refused attempts within a time.
    refusals: Mutex<Refusals>,
}

/// What a browser brings back.
#[derive(Clone, Debug, Default)]
struct Returned {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    issuer: Option<String>,
}

/// What a code becomes, or why it does not (RFC 6749, 5).
#[derive(Deserialize)]
struct Exchanged {
    id_token: Option<String>,
    error: Option<String>,
}

/// How many refused attempts the operator was told of, and since when.
#[derive(Debug, Default)]
struct Refusals {
    told: u32,
    since: Timestamp,
}

impl Refusals {
    /// Takes a place for one line; none is left when somebody only wants to fill the log.
    fn may_be_told(&mut self, now: Timestamp) -> bool {
        let is_of_before = now < self.since || now.since(self.since) >= REFUSALS_FOR;
        if is_of_before {
            *self = Refusals { told: 0, since: now };
        }
        let is_within = self.told < REFUSALS_TOLD;
        self.told += u32::from(is_within);
        is_within
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl OpenId {
    /// `base` is our own address; `key` is drawn.
    pub(crate) fn new(voucher: Voucher, base: String, key: [u8; 32]) -> OpenId {
        let Voucher { settings, authority, tell, lang } = voucher;
        OpenId {
            wire: Wire::trusting(&authority),
            known: Known::of(&settings.issuer),
            settings,
            attempts: Attempts::keyed(key),
            throttle: Mutex::default(),
            exchanges: Semaphore::new(EXCHANGES_AT_ONCE),
            base,
            tell,
            lang,
            told: Mutex::default(),
            refusals: Mutex::default(),
        }
    }

    fn redirect_uri(&self) -> String {
        format!("{}{RETURN}", self.base)
    }

    /// Reads at the start what the provider says of itself, so that the operator learns early what is wrong.
    pub(crate) async fn look(&self, now: Timestamp) {
        let found = self.known.now(&self.wire, now).await;
        self.note_provider(found.as_ref().err());
    }

    /// Where a browser goes to sign in, and the cookie that binds the attempt to it.
    async fn begin(&self, now: Timestamp, random: [u8; 32]) -> Result<(String, String), Failure> {
        let _place = self.exchanges.try_acquire().map_err(|_| Failure::Busy)?;
        let provider = self.known.now(&self.wire, now).await;
        self.note_provider(provider.as_ref().err());
        let provider = provider?;
        let (attempt, cookie) = self.attempts.begin(now, random);
        let mut scope = String::from("openid");
        for word in &self.settings.scopes {
            let _infallible = write!(scope, " {word}");
        }
        let (redirect, challenge) = (self.redirect_uri(), attempt.challenge());
        let parameters = [
            ("response_type", "code"),
            ("client_id", self.settings.client_id.as_str()),
            ("redirect_uri", redirect.as_str()),
            ("scope", scope.as_str()),
            ("state", attempt.state.as_str()),
            ("nonce", attempt.nonce.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        Ok((provider.authorization.with(&parameters), cookie))
    }

    /// Who came back, if whoever vouches says so.
    async fn finish(
        &self,
        (now, clock): (Timestamp, impl Fn() -> Timestamp),
        from: IpAddr,
        cookie: Option<&str>,
        returned: Returned,
    ) -> Result<Proved, Failure> {
        let who = [Who::from(from)];
        let may = locked(&self.throttle).may(now, &who);
        may.map_err(|_| Failure::TooOften)?;
        let proved = self.prove(now, clock, cookie, returned).await;
        if proved.as_ref().is_err_and(Failure::is_guess) {
            // At the limit already: whoever was faster has counted.
            let _counted = locked(&self.throttle).begin(now, &who);
        }
        self.note_attempt(now, &proved);
        proved
    }

    async fn prove(
        &self,
        now: Timestamp,
        clock: impl Fn() -> Timestamp,
        cookie: Option<&str>,
        returned: Returned,
    ) -> Result<Proved, Failure> {
        let attempt = cookie.and_then(|it| self.attempts.again(now, it)).ok_or(Failure::Stale)?;
        if returned.state.as_deref() != Some(attempt.state.as_str()) {
            return Err(Failure::Stale);
        }
        let _place = self.exchanges.try_acquire().map_err(|_| Failure::Busy)?;
        let provider = self.known.now(&self.wire, now).await?;
        self.is_answerer(&provider, returned.issuer.as_deref())?;
        if let Some(word) = returned.error {
            return Err(Failure::of_word(&word));
        }
        let code = returned.code.ok_or(Failure::Stale)?;
        let token = self.exchange(&provider, &attempt, &code).await?;
        let claims = self.checked(&provider, &token, &attempt, clock()).await?;
        let account = person::account(&self.settings, &claims)?;
        let token = Some(token).filter(|it| it.expose().len() <= ID_TOKEN_SHOWN_MAX);
        Ok((account, token))
    }

    /// Whoever answers is whoever was asked (RFC 9207).
    fn is_answerer(&self, provider: &Provider, issuer: Option<&str>) -> Result<(), Failure> {
        let is_right = match issuer {
            Some(issuer) => issuer == self.settings.issuer,
            None => !provider.says_issuer,
        };
        if is_right { Ok(()) } else { Err(Failure::Strange(Oddity::Answerer)) }
    }

    /// The proof for a code.
    async fn exchange(
        &self,
        provider: &Provider,
        attempt: &Attempt,
        code: &str,
    ) -> Result<Redacted<String>, Failure> {
        let Settings { client_id, secret, .. } = &self.settings;
        let redirect = self.redirect_uri();
        let mut parameters = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect.as_str()),
            ("code_verifier", attempt.verifier.expose().as_str()),
        ];
        let authorization = match secret {
            Some(secret) if !provider.secret_in_form => Some(basic(client_id, secret)),
            Some(secret) => {
                parameters.push(("client_id", client_id.as_str()));
                parameters.push(("client_secret", secret.expose().as_str()));
                None
            }
            None => {
                parameters.push(("client_id", client_id.as_str()));
                None
            }
        };
        let answer = self.wire.post(&provider.token, form(&parameters), authorization).await;
        let answer = answer.map_err(Failure::Away)?;
        let said = serde_json::from_slice::<Exchanged>(&answer.body);
        match (answer.status, said) {
            (StatusCode::OK, Ok(Exchanged { id_token: Some(token), .. })) => {
                Ok(Redacted::new(token))
            }
            (StatusCode::OK, Ok(_)) => Err(Failure::Strange(Oddity::NoToken)),
            (_, Ok(Exchanged { error: Some(word), .. })) => Err(Failure::of_word(&word)),
            (StatusCode::OK, Err(_)) => Err(Failure::Strange(Oddity::Unreadable)),
            (status, _) => Err(Failure::of_status(status)),
        }
    }

    /// What the proof says; where its key is unknown, with keys that are looked for anew.
    async fn checked(
        &self,
        provider: &Arc<Provider>,
        token: &Redacted<String>,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Claims, Failure> {
        let Settings { issuer, client_id, .. } = &self.settings;
        let expected = Expected { issuer, client: client_id, nonce: &attempt.nonce, now };
        let claims = match token::checked(token.expose(), &provider.keys, expected) {
            Err(Flaw::UnknownKey) => {
                let provider = self.known.after(provider, &self.wire, now).await?;
                token::checked(token.expose(), &provider.keys, expected)
            }
            checked => checked,
        };
        claims.map_err(Failure::Flawed)
    }

    /// Where a browser goes to sign out at the provider as well (OpenID Connect RP-Initiated Logout 1.0), if it offers
    /// that.
    pub(crate) fn farewell(&self, proof: Option<&Redacted<String>>) -> Option<String> {
        let provider = self.known.last()?;
        let end = provider.end_session.as_ref()?;
        let home = format!("{}/", self.base);
        let mut parameters = vec![
            ("client_id", self.settings.client_id.as_str()),
            ("post_logout_redirect_uri", home.as_str()),
        ];
        if let Some(proof) = proof {
            parameters.push(("id_token_hint", proof.expose().as_str()));
        }
        Some(end.with(&parameters))
    }

    /// Tells the operator how the provider is, when it is otherwise than before.
    fn note_provider(&self, failure: Option<&Failure>) {
        let word = failure.map_or("fine", Failure::word);
        if locked(&self.told).replace(word) == Some(word) {
            return;
        }
        match failure.and_then(|why| why.said(self.lang)) {
            Some(said) => (self.tell)(Weight::Warning, &format!("openid={word} {said}")),
            None => (self.tell)(Weight::Notice, &format!("openid={word}")),
        }
    }

    /// Tells the operator how an attempt ended; never whose it was. Whoever signs in has proved who they are, so that
    /// only lines of those who have not are bounded.
    fn note_attempt(&self, now: Timestamp, proved: &Result<Proved, Failure>) {
        match proved {
            Ok((account, _)) => {
                let roles: Vec<&str> = account.roles.iter().map(|role| role.word()).collect();
                let reach = account.clients.as_ref().map_or("all".to_owned(), |it| it.join(","));
                let line = format!("sign_in=openid roles={} clients={reach}", roles.join(","));
                (self.tell)(Weight::Notice, &line);
            }
            Err(why) => {
                if let Some(said) = why.said(self.lang)
                    && locked(&self.refusals).may_be_told(now)
                {
                    let line = format!("sign_in=openid refused={} {said}", why.word());
                    (self.tell)(Weight::Warning, &line);
                }
            }
        }
    }
}

/// Name and secret as a header has them (RFC 6749, 2.3.1): each as in a form.
fn basic(client: &str, secret: &Redacted<String>) -> HeaderValue {
    let escaped = |text: &str| form(&[("", text)]).trim_start_matches('=').to_owned();
    let pair = format!("{}:{}", escaped(client), escaped(secret.expose()));
    let text = format!("Basic {}", Base64::encode_string(pair.as_bytes()));
    let mut value = HeaderValue::from_str(&text).expect("letters of base64");
    value.set_sensitive(true);
    value
}

/// The one value of a name; none if it is there twice (RFC 6749, 3.1).
fn only(pairs: &[(String, String)], name: &str) -> Option<String> {
    let mut values = pairs.iter().filter(|(it, _)| it == name).map(|(_, value)| value);
    let first = values.next()?;
    values.next().is_none().then(|| first.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::Micros;

    #[test]
    fn name_and_secret_are_escaped_before_they_are_joined() {
        let secret = Redacted::new("p:ä+ =".to_owned());
        let header = basic("a b", &secret);
        let text = header.to_str().expect("letters").strip_prefix("Basic ").expect("basic");
        let pair = Base64::decode_vec(text).expect("base64");
        assert_eq!(pair, b"a+b:p%3A%C3%A4%2B+%3D");
        assert!(header.is_sensitive());
    }

    #[test]
    fn nobody_can_fill_the_log_with_refusals() {
        let mut refusals = Refusals::default();
        let now = Timestamp::from_secs(1_800_000_000);
        let told = |refusals: &mut Refusals, now| {
            (0..3 * REFUSALS_TOLD).filter(|_| refusals.may_be_told(now)).count()
        };
        assert_eq!(told(&mut refusals, now), REFUSALS_TOLD as usize);
        assert!(!refusals.may_be_told(now + REFUSALS_FOR - Micros(1)));
        assert_eq!(told(&mut refusals, now + REFUSALS_FOR), REFUSALS_TOLD as usize);
        assert!(refusals.may_be_told(now), "a clock that was set back begins anew");
    }

    #[test]
    fn a_value_that_comes_twice_is_none() {
        let pairs =
            |text| serde_urlencoded::from_str::<Vec<(String, String)>>(text).expect("pairs");
        assert_eq!(only(&pairs("code=1&state=2"), "code").as_deref(), Some("1"));
        assert_eq!(only(&pairs("code=1&code=1"), "code"), None);
        assert_eq!(only(&pairs("state=1"), "code"), None);
    }

    #[test]
    fn an_issuer_is_an_address_alone() {
        assert!(is_issuer("https://sso.example/realms/kreis"));
        assert!(is_issuer("http://127.0.0.1:3000"));
        assert!(!is_issuer("https://sso.example/?realm=kreis"));
        assert!(!is_issuer("http://sso.example") && !is_issuer("sso.example"));
    }
}
