// SPDX-License-Identifier: EUPL-1.2
//! One attempt to sign in, bound to the browser that began it.
//!
//! Nothing is kept here: what an attempt needs is made of the browser's cookie and a key that is drawn at every start,
//! so that nobody can fill a memory by beginning attempts and never ending them.

use crate::cookies;
use crate::limits::SIGN_IN_LASTS;
use axum::http::HeaderMap;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use stdx::{Redacted, Timestamp};

/// Bytes of the cookie: a random number, and when it was given.
const COOKIE_BYTES: usize = 40;

/// The cookie's name, as that of the session (see there).
const SECURE: &str = "__Host-amtsleitung-openid";
const PLAIN: &str = "amtsleitung-openid";

/// Where attempts begin and end.
pub(super) struct Attempts {
    key: Redacted<[u8; 32]>,
}

/// What one attempt is recognised by.
pub(super) struct Attempt {
    /// Comes back with the browser (RFC 6749, 10.12).
    pub(super) state: String,
    /// Comes back within the proof (OpenID Connect Core, 3.1.2.1).
    pub(super) nonce: String,
    /// Proves that whoever fetches the proof began the attempt (RFC 7636).
    pub(super) verifier: Redacted<String>,
}

impl Attempt {
    /// What is said of the verifier before it is shown (RFC 7636, 4.2, S256).
    pub(super) fn challenge(&self) -> String {
        Base64UrlUnpadded::encode_string(&Sha256::digest(self.verifier.expose().as_bytes()))
    }
}

impl Attempts {
    pub(super) fn keyed(key: [u8; 32]) -> Attempts {
        Attempts { key: Redacted::new(key) }
    }

    /// A new attempt, and the value of its cookie.
    pub(super) fn begin(&self, now: Timestamp, random: [u8; 32]) -> (Attempt, String) {
        let mut bytes = [0; COOKIE_BYTES];
        bytes[..32].copy_from_slice(&random);
        bytes[32..].copy_from_slice(&now.0.to_be_bytes());
        (self.of(&bytes), Base64UrlUnpadded::encode_string(&bytes))
    }

    /// The attempt of a cookie's value; none if it is no such cookie, or began too long ago. That its time was not
    /// changed the state says, which is made of it.
    pub(super) fn again(&self, now: Timestamp, value: &str) -> Option<Attempt> {
        let mut bytes = [0; COOKIE_BYTES];
        let length = Base64UrlUnpadded::decode(value, &mut bytes).ok()?.len();
        let (_, time) = bytes.split_last_chunk::<8>()?;
        let began = Timestamp(i64::from_be_bytes(*time));
        let is_fresh = began <= now && now.since(began) < SIGN_IN_LASTS;
        (length == COOKIE_BYTES && is_fresh).then(|| self.of(&bytes))
    }

    fn of(&self, cookie: &[u8; COOKIE_BYTES]) -> Attempt {
        let made = |of: &str| {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(self.key.expose()).expect("any length will do");
            mac.update(of.as_bytes());
            mac.update(cookie);
            Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes())
        };
        Attempt {
            state: made("state"),
            nonce: made("nonce"),
            verifier: Redacted::new(made("verifier")),
        }
    }
}

/// The cookie that binds an attempt to its browser. It comes back from another site, so it is not as strict as that of
/// the session; it signs nobody in.
pub(super) fn given(value: &str, is_secure: bool) -> String {
    let (name, secure) = if is_secure { (SECURE, "; Secure") } else { (PLAIN, "") };
    let lasts = SIGN_IN_LASTS.as_secs();
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={lasts}{secure}")
}

/// The cookie that takes it back.
pub(super) fn taken(is_secure: bool) -> String {
    let (name, secure) = if is_secure { (SECURE, "; Secure") } else { (PLAIN, "") };
    format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}")
}

/// What a browser sends back.
pub(super) fn sent(headers: &HeaderMap, is_secure: bool) -> Option<&str> {
    cookies::value(headers, if is_secure { SECURE } else { PLAIN })
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::Micros;

    const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

    #[test]
    fn a_cookie_leads_back_to_its_attempt_for_some_minutes() {
        let attempts = Attempts::keyed([7; 32]);
        let (begun, cookie) = attempts.begin(NOW, [3; 32]);
        let before_the_end = NOW + (Micros(SIGN_IN_LASTS.0 - 1));
        let again = attempts.again(before_the_end, &cookie).expect("it is the same");
        assert_eq!((&again.state, &again.nonce), (&begun.state, &begun.nonce));
        assert_eq!(again.verifier.expose(), begun.verifier.expose());
        assert!(attempts.again(NOW + SIGN_IN_LASTS, &cookie).is_none(), "too late");
        assert!(attempts.again(Timestamp(NOW.0 - 1), &cookie).is_none(), "before its time");
    }

    #[test]
    fn nothing_of_an_attempt_can_be_guessed_from_another() {
        let attempts = Attempts::keyed([7; 32]);
        let (one, cookie) = attempts.begin(NOW, [3; 32]);
        let (two, _) = attempts.begin(NOW, [4; 32]);
        assert_ne!(one.state, two.state);
        assert!(one.state != one.nonce && one.nonce != *one.verifier.expose());
        let restarted = Attempts::keyed([8; 32]).again(NOW, &cookie).expect("it is fresh");
        assert_ne!(restarted.state, one.state, "after a start the old ones are over");
        // Another time within the cookie is another attempt.
        let mut bytes = [0; COOKIE_BYTES];
        Base64UrlUnpadded::decode(&cookie, &mut bytes).expect("ours");
        bytes[COOKIE_BYTES - 1] ^= 1;
        let forged = Base64UrlUnpadded::encode_string(&bytes);
        let forged = attempts.again(Timestamp(NOW.0 + 1), &forged).expect("it is fresh");
        assert_ne!(forged.state, one.state);
    }

    #[test]
    fn forged_cookies_are_none() {
        let attempts = Attempts::keyed([7; 32]);
        let (_, cookie) = attempts.begin(NOW, [3; 32]);
        let long = format!("{cookie}{cookie}");
        for value in ["", "x", "ä", &cookie[1..], &long, "=", &"A".repeat(54)] {
            assert!(attempts.again(NOW, value).is_none(), "{value}");
        }
    }

    #[test]
    fn the_verifier_is_as_long_as_it_has_to_be() {
        // RFC 7636, 4.1: 43 to 128 characters; appendix B has the example.
        let verifier = Redacted::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        let attempt = Attempt { state: String::new(), nonce: String::new(), verifier };
        assert_eq!(attempt.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        let (ours, _) = Attempts::keyed([7; 32]).begin(NOW, [3; 32]);
        assert_eq!(ours.verifier.expose().len(), 43);
    }

    #[test]
    fn the_cookie_is_hidden_from_scripts_and_comes_back() {
        for is_secure in [true, false] {
            let given = given("abc", is_secure);
            assert!(given.contains("HttpOnly; SameSite=Lax; Max-Age=600"));
            assert_eq!(given.contains("Secure"), is_secure);
            let mut headers = HeaderMap::new();
            let pair = given.split(';').next().expect("a pair").to_owned();
            headers.insert("cookie", pair.parse().expect("a header"));
            assert_eq!(sent(&headers, is_secure), Some("abc"));
            assert_eq!(sent(&headers, !is_secure), None);
            assert!(taken(is_secure).contains("Max-Age=0"));
        }
    }
}
