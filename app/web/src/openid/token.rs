// SPDX-License-Identifier: EUPL-1.2
//! Whether a proof (ID token) is one: OpenID Connect Core 1.0, 3.1.3.7, and RFC 8725.
//!
//! The rule to keep: what the proof says of itself chooses nothing but among our own list of algorithms and the keys
//! that were read from whoever vouches; no claim is looked at before the signature is right.

use crate::lang::Lang;
use crate::limits::{CLOCK_LEEWAY, ID_TOKEN_MAX, PROVIDER_KEYS_MAX};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};
use stdx::{Micros, Timestamp};

/// Signatures that count: only those of whom nobody else has the key. Neither `none` nor a shared secret is among them.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What somebody says of a person, by the names of the claims.
pub(super) type Claims = Map<String, Value>;

/// The public keys of whoever vouches (RFC 7517).
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Jwk>);

impl Keys {
    /// Those of a set that may sign and that we understand; none if it is no set.
    pub(super) fn read(bytes: &[u8]) -> Option<Keys> {
        let set: Value = serde_json::from_slice(bytes).ok()?;
        let keys = set.get("keys")?.as_array()?.iter();
        let keys = keys.filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
        let may_sign = |key: &Jwk| match key.common.public_key_use {
            None | Some(PublicKeyUse::Signature) => true,
            Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_)) => false,
        };
        // A shared secret is no key of a set that everybody can read.
        let is_shared = |key: &Jwk| matches!(key.algorithm, AlgorithmParameters::OctetKey(_));
        let is_known = |key: &Jwk| !is_shared(key) && DecodingKey::from_jwk(key).is_ok();
        Some(Keys(keys.filter(may_sign).filter(is_known).take(PROVIDER_KEYS_MAX).collect()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that may have signed: the one that is named, or all, and only if made for this algorithm.
    fn of<'a>(
        &'a self,
        id: Option<&'a str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = &'a Jwk> {
        let is_it = move |key: &&Jwk| id.is_none_or(|id| key.common.key_id.as_deref() == Some(id));
        let named = format!("{algorithm:?}");
        let fits = move |key: &&Jwk| {
            key.common.key_algorithm.as_ref().is_none_or(|it| it.to_string() == named)
        };
        self.0.iter().filter(is_it).filter(fits)
    }
}

/// Why a proof is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// More than [`ID_TOKEN_MAX`], or no signed token at all (RFC 7519).
    Unreadable,
    /// Signed in a way that does not count, or not signed.
    Algorithm,
    /// By a key that is not among those that were read.
    UnknownKey,
    /// The signature is none of that key.
    Signature,
    /// By somebody else.
    Issuer,
    /// For somebody else.
    Audience,
    /// Of another attempt.
    Nonce,
    /// Nobody is named.
    Subject,
    /// No time in it can be read.
    Times,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    Early,
}

impl Flaw {
    /// Whether clocks are the likely reason.
    pub(super) const fn is_of_clocks(self) -> bool {
        matches!(self, Flaw::Expired | Flaw::Early)
    }

    /// A clause for the operator.
    pub(super) const fn said(self, lang: Lang) -> &'static str {
        let (de, en) = match self {
            Flaw::Unreadable => ("ist kein lesbares ID-Token", "is no readable ID token"),
            Flaw::Algorithm => (
                "ist nicht so unterschrieben, wie es gilt (RS, PS, ES oder EdDSA)",
                "is not signed in a way that counts (RS, PS, ES or EdDSA)",
            ),
            Flaw::UnknownKey => (
                "ist mit einem unbekannten Schlüssel unterschrieben",
                "is signed by an unknown key",
            ),
            Flaw::Signature => ("hat eine falsche Unterschrift", "has a wrong signature"),
            Flaw::Issuer => ("ist von einem anderen Aussteller", "is by another issuer"),
            Flaw::Audience => {
                ("ist für einen anderen Client (aud, azp)", "is for another client (aud, azp)")
            }
            Flaw::Nonce => {
                ("gehört zu einem anderen Versuch (nonce)", "is of another attempt (nonce)")
            }
            Flaw::Subject => ("nennt niemanden (sub)", "names nobody (sub)"),
            Flaw::Times => {
                ("nennt seine Zeiten nicht (exp, iat)", "does not say its times (exp, iat)")
            }
            Flaw::Expired => (
                "ist abgelaufen: Stimmen die Uhren beider Rechner?",
                "has expired: are the clocks of both machines right?",
            ),
            Flaw::Early => (
                "gilt noch nicht: Stimmen die Uhren beider Rechner?",
                "is not valid yet: are the clocks of both machines right?",
            ),
        };
        match lang {
            Lang::De => de,
            Lang::En => en,
        }
    }
}

/// What a proof has to say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    /// Who vouches.
    pub(super) issuer: &'a str,
    /// For whom: our own id there.
    pub(super) client: &'a str,
    /// In which attempt.
    pub(super) nonce: &'a str,
    /// Now, by our clock.
    pub(super) now: Timestamp,
}

/// What the proof says, if it is one.
pub(super) fn checked(token: &str, keys: &Keys, expected: Expected<'_>) -> Result<Claims, Flaw> {
    let claims = signed(token, keys)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(Flaw::Issuer);
    }
    if !is_for(&claims, expected.client) {
        return Err(Flaw::Audience);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(Flaw::Nonce);
    }
    if text("sub").is_none_or(str::is_empty) {
        return Err(Flaw::Subject);
    }
    holds(&claims, expected.now)?;
    Ok(claims)
}

fn signed(token: &str, keys: &Keys) -> Result<Claims, Flaw> {
    if token.len() > ID_TOKEN_MAX || token.bytes().filter(|it| *it == b'.').count() != 2 {
        return Err(Flaw::Unreadable);
    }
    let header = decode_header(token).map_err(|_| Flaw::Algorithm)?;
    // An extension that has to be understood is none that we understand (RFC 7515, 4.1.11).
    if !ALGORITHMS.contains(&header.alg) || header.crit.is_some() {
        return Err(Flaw::Algorithm);
    }
    let mut validation = Validation::new(header.alg);
    // What it says is looked at here, by the clock that is handed in.
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let mut flaw = Flaw::UnknownKey;
    for key in keys.of(header.kid.as_deref(), header.alg) {
        let Ok(key) = DecodingKey::from_jwk(key) else { continue };
        match decode::<Claims>(token, &key, &validation) {
            Ok(decoded) => return Ok(decoded.claims),
            // Who does not name the key may have a new one.
            Err(_) if header.kid.is_none() => {}
            Err(_) => flaw = Flaw::Signature,
        }
    }
    Err(flaw)
}

/// Whether it was made for this client: it is among the audience, and where there are several, it is the one that
/// asked (`azp`).
fn is_for(claims: &Claims, client: &str) -> bool {
    let (is_among, is_alone) = match claims.get("aud") {
        Some(Value::String(one)) => (one == client, true),
        Some(Value::Array(all)) => {
            (all.iter().any(|it| it.as_str() == Some(client)), all.len() == 1)
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
            (false, false)
        }
    };
    match claims.get("azp") {
        Some(azp) => is_among && azp.as_str() == Some(client),
        None => is_among && is_alone,
    }
}

fn holds(claims: &Claims, now: Timestamp) -> Result<(), Flaw> {
    let (ends, made) = (time(claims, "exp"), time(claims, "iat"));
    let (Some(ends), Some(made)) = (ends, made) else { return Err(Flaw::Times) };
    let begins = match claims.contains_key("nbf") {
        true => time(claims, "nbf").ok_or(Flaw::Times)?,
        false => made,
    };
    if ends + CLOCK_LEEWAY <= now {
        return Err(Flaw::Expired);
    }
    if made.max(begins) > now + CLOCK_LEEWAY {
        return Err(Flaw::Early);
    }
    Ok(())
}

/// Seconds since 1970, with a fraction or without (RFC 7519, 2).
fn time(claims: &Claims, name: &str) -> Option<Timestamp> {
    let value = claims.get(name)?;
    let whole = value.as_u64();
    let seconds = whole.or_else(|| value.as_f64().filter(|it| *it >= 0.0).map(|it| it as u64))?;
    Some(Timestamp(0) + Micros(seconds.checked_mul(1_000_000)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;
    use std::sync::OnceLock;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
    const EXPECTED: Expected<'_> =
        Expected { issuer: "https://sso.example", client: "amtsleitung", nonce: "n", now: NOW };

    struct Signer {
        key: EncodingKey,
        public: Value,
        algorithm: Algorithm,
    }

    impl Signer {
        fn elliptic(id: &str) -> Signer {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
            let pkcs8 = pair.to_pkcs8v1().expect("a document");
            Signer::of(EncodingKey::from_ec_der(pkcs8.as_ref()), Algorithm::ES256, id)
        }

        /// Made once: it takes a second.
        fn rsa() -> &'static Signer {
            static ONE: OnceLock<Signer> = OnceLock::new();
            ONE.get_or_init(|| {
                let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).expect("a key");
                let pkcs8: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().expect("a document");
                // Behind 26 bytes that say what it is stands the key alone, as RFC 8017 has it.
                let key = EncodingKey::from_rsa_der(&pkcs8.as_ref()[26..]);
                Signer::of(key, Algorithm::RS256, "rsa")
            })
        }

        fn of(key: EncodingKey, algorithm: Algorithm, id: &str) -> Signer {
            let jwk = Jwk::from_encoding_key(&key, algorithm).expect("a public key");
            let mut public = serde_json::to_value(jwk).expect("JSON");
            public["kid"] = json!(id);
            public["use"] = json!("sig");
            Signer { key, public, algorithm }
        }

        fn signs(&self, claims: &Value) -> String {
            let mut header = Header::new(self.algorithm);
            header.kid = self.public["kid"].as_str().map(str::to_owned);
            encode(&header, claims, &self.key).expect("a signature")
        }
    }

    fn keys(signers: &[&Signer]) -> Keys {
        let set: Vec<&Value> = signers.iter().map(|it| &it.public).collect();
        Keys::read(json!({"keys": set}).to_string().as_bytes()).expect("a set")
    }

    fn claims() -> Value {
        json!({
            "iss": "https://sso.example", "aud": "amtsleitung", "nonce": "n", "sub": "4711",
            "iat": 1_800_000_000 - 1, "exp": 1_800_000_000 + 300,
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn without(name: &str) -> Value {
        let mut claims = claims();
        claims.as_object_mut().expect("claims").remove(name);
        claims
    }

    #[test]
    fn what_is_signed_by_a_known_key_counts() {
        let (one, two) = (Signer::elliptic("one"), Signer::elliptic("two"));
        let keys = keys(&[&one, &two, Signer::rsa()]);
        for signer in [&one, &two, Signer::rsa()] {
            let found = checked(&signer.signs(&claims()), &keys, EXPECTED).expect("it is right");
            assert_eq!(found["sub"], "4711");
        }
        // Whoever does not say which key was taken: one of all.
        let mut unnamed = Header::new(Algorithm::ES256);
        unnamed.kid = None;
        let token = encode(&unnamed, &claims(), &two.key).expect("a signature");
        assert!(checked(&token, &keys, EXPECTED).is_ok());
        // It may be a new one then, for which keys are read anew.
        let new = encode(&unnamed, &claims(), &Signer::elliptic("new").key).expect("a signature");
        assert_eq!(checked(&new, &keys, EXPECTED).err(), Some(Flaw::UnknownKey));
    }

    #[test]
    fn other_keys_and_other_bytes_do_not_count() {
        let (ours, other) = (Signer::elliptic("one"), Signer::elliptic("two"));
        let keys = keys(&[&ours]);
        let of = |token: &str| checked(token, &keys, EXPECTED).err();
        assert_eq!(of(&other.signs(&claims())), Some(Flaw::UnknownKey));
        // Another key under a known name.
        let forger = Signer { public: ours.public.clone(), ..other };
        assert_eq!(of(&forger.signs(&claims())), Some(Flaw::Signature));
        let token = ours.signs(&claims());
        let parts: Vec<&str> = token.split('.').collect();
        let said = Base64UrlUnpadded::encode_string(with("sub", json!("1")).to_string().as_bytes());
        let tampered = format!("{}.{said}.{}", parts[0], parts[2]);
        assert_eq!(of(&tampered), Some(Flaw::Signature));
        assert_eq!(of(&format!("{}.{}.", parts[0], parts[1])), Some(Flaw::Signature));
    }

    /// RFC 8725, 2.1: neither nothing, nor our public key taken for a shared secret.
    #[test]
    fn the_token_does_not_choose_how_it_is_checked() {
        let signer = Signer::elliptic("one");
        let keys = keys(&[&signer, Signer::rsa()]);
        let part = |value: Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        for algorithm in ["none", "None", "NONE", "HS256", "HS512", "ES512", "XX"] {
            let header = part(json!({"alg": algorithm, "kid": "one"}));
            let token = format!("{header}.{}.", part(claims()));
            assert_eq!(
                checked(&token, &keys, EXPECTED).err(),
                Some(Flaw::Algorithm),
                "{algorithm}"
            );
        }
        let public = signer.public.to_string();
        for secret in [public.as_bytes(), b"", b"amtsleitung"] {
            let mut header = Header::new(Algorithm::HS256);
            header.kid = Some("one".to_owned());
            let token = encode(&header, &claims(), &EncodingKey::from_secret(secret));
            let flaw = checked(&token.expect("a token"), &keys, EXPECTED).err();
            assert_eq!(flaw, Some(Flaw::Algorithm));
        }
        // A key made for another algorithm, or for another use, signs nothing.
        for (name, value) in [("alg", "ES384"), ("alg", "HS256"), ("use", "enc")] {
            let mut public = signer.public.clone();
            public[name] = json!(value);
            let keys = Keys::read(json!({"keys": [public]}).to_string().as_bytes()).expect("a set");
            let flaw = checked(&signer.signs(&claims()), &keys, EXPECTED).err();
            assert_eq!(flaw, Some(Flaw::UnknownKey), "{name} {value}");
        }
        let mut header = Header::new(Algorithm::ES256);
        header.crit = Some(vec!["exp".to_owned()]);
        let token = encode(&header, &claims(), &signer.key).expect("a token");
        assert_eq!(checked(&token, &keys, EXPECTED).err(), Some(Flaw::Algorithm));
    }

    #[test]
    fn each_claim_is_looked_at() {
        let signer = Signer::elliptic("one");
        let keys = keys(&[&signer]);
        let flaw = |claims: &Value| checked(&signer.signs(claims), &keys, EXPECTED).err();
        for (claims, expected) in [
            (claims(), None),
            (without("iss"), Some(Flaw::Issuer)),
            (with("iss", json!("https://sso.example/")), Some(Flaw::Issuer)),
            (with("iss", json!("https://sso.example.evil.example")), Some(Flaw::Issuer)),
            (without("aud"), Some(Flaw::Audience)),
            (with("aud", json!("another")), Some(Flaw::Audience)),
            (with("aud", json!([])), Some(Flaw::Audience)),
            (with("aud", json!(["amtsleitung"])), None),
            (with("aud", json!(["another", "amtsleitung"])), Some(Flaw::Audience)),
            (with("azp", json!("another")), Some(Flaw::Audience)),
            (with("azp", json!("amtsleitung")), None),
            (without("nonce"), Some(Flaw::Nonce)),
            (with("nonce", json!("m")), Some(Flaw::Nonce)),
            (with("nonce", Value::Null), Some(Flaw::Nonce)),
            (without("sub"), Some(Flaw::Subject)),
            (with("sub", json!("")), Some(Flaw::Subject)),
        ] {
            assert_eq!(flaw(&claims), expected, "{claims}");
        }
        let mut several = with("aud", json!(["another", "amtsleitung"]));
        several["azp"] = json!("amtsleitung");
        assert_eq!(flaw(&several), None);
    }

    #[test]
    fn times_hold_with_a_minute_of_leeway() {
        let signer = Signer::elliptic("one");
        let keys = keys(&[&signer]);
        let flaw = |claims: &Value| checked(&signer.signs(claims), &keys, EXPECTED).err();
        let now = 1_800_000_000;
        for (claims, expected) in [
            (with("exp", json!(now - 59)), None),
            (with("exp", json!(now - 60)), Some(Flaw::Expired)),
            (with("iat", json!(now + 60)), None),
            (with("iat", json!(now + 61)), Some(Flaw::Early)),
            (with("nbf", json!(now + 61)), Some(Flaw::Early)),
            (with("nbf", json!(now - 100)), None),
            (with("iat", json!(f64::from(now) + 0.5)), None),
            (without("exp"), Some(Flaw::Times)),
            (without("iat"), Some(Flaw::Times)),
            (with("exp", json!("1800000300")), Some(Flaw::Times)),
            (with("exp", json!(-1)), Some(Flaw::Times)),
            (with("exp", json!(u64::MAX)), Some(Flaw::Times)),
            (with("nbf", json!("soon")), Some(Flaw::Times)),
        ] {
            assert_eq!(flaw(&claims), expected, "{claims}");
        }
    }

    #[test]
    fn what_is_no_token_is_none() {
        let keys = keys(&[&Signer::elliptic("one")]);
        let long = "a".repeat(ID_TOKEN_MAX + 1);
        for token in ["", "a", "a.b", "a.b.c.d.e", &long] {
            assert_eq!(checked(token, &keys, EXPECTED).err(), Some(Flaw::Unreadable), "{token}");
        }
        for token in ["..", "a.b.c", "e30.e30.", "ä.ö.ü"] {
            assert_eq!(checked(token, &keys, EXPECTED).err(), Some(Flaw::Algorithm), "{token}");
        }
    }

    #[test]
    fn a_set_may_hold_keys_that_nobody_knows() {
        let signer = Signer::elliptic("one");
        let secret = json!({"kty": "oct", "k": "c2VjcmV0", "kid": "one"});
        let set = json!({"keys": [{"kty": "new"}, 7, secret, {"kty": "RSA"}, signer.public]});
        let keys = Keys::read(set.to_string().as_bytes()).expect("a set");
        assert_eq!(keys.0.len(), 1, "a shared secret is none");
        assert!(checked(&signer.signs(&claims()), &keys, EXPECTED).is_ok());
        assert!(Keys::read(b"{}").is_none() && Keys::read(b"keys").is_none());
        assert!(Keys::read(b"{\"keys\": []}").is_some_and(|it| it.is_empty()));
        let many = vec![signer.public.clone(); 2 * PROVIDER_KEYS_MAX];
        let many = Keys::read(json!({"keys": many}).to_string().as_bytes()).expect("a set");
        assert_eq!(many.0.len(), PROVIDER_KEYS_MAX);
    }

    /// Whatever one letter of a token becomes, it does not count any more.
    #[test]
    fn no_letter_of_a_token_can_be_another() {
        let signer = Signer::elliptic("one");
        let keys = keys(&[&signer]);
        let token = signer.signs(&claims());
        let last = token.len() - 1;
        for at in 0..last {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("letters");
            assert!(checked(&changed, &keys, EXPECTED).is_err(), "letter {at}");
        }
    }
}
