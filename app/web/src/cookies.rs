// SPDX-License-Identifier: EUPL-1.2
//! The one cookie, and bytes as text.

use crate::sessions::TOKEN_BYTES;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use std::fmt::Write as _;
use stdx::Redacted;

/// The cookie's name; by its prefix a browser takes it only from this very host and over TLS (RFC 6265bis, 4.1.3.2).
const SECURE: &str = "__Host-amtsleitung";

/// Its name where there is no TLS: on this very machine, and behind a proxy that does not say so.
const PLAIN: &str = "amtsleitung";

/// The cookie that gives a browser this token.
pub(crate) fn given(token: &Redacted<[u8; TOKEN_BYTES]>, is_secure: bool) -> String {
    let mut text = String::with_capacity(2 * TOKEN_BYTES);
    for byte in token.expose() {
        let _infallible = write!(text, "{byte:02x}");
    }
    cookie(&text, is_secure)
}

/// The cookie that takes it back.
pub(crate) fn taken(is_secure: bool) -> String {
    format!("{}; Max-Age=0", cookie("", is_secure))
}

fn cookie(value: &str, is_secure: bool) -> String {
    let (name, secure) = if is_secure { (SECURE, "; Secure") } else { (PLAIN, "") };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}")
}

/// The token that a browser sends. Of several cookies of the name the first counts; another site cannot set one.
pub(crate) fn token(headers: &HeaderMap, is_secure: bool) -> Option<Redacted<[u8; TOKEN_BYTES]>> {
    let value = value(headers, if is_secure { SECURE } else { PLAIN })?;
    bytes(value).map(Redacted::new)
}

/// The value of the first cookie of this name.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|it| it.to_str().ok());
    all.flat_map(|it| it.split(';')).find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then_some(value)
    })
}

fn bytes(text: &str) -> Option<[u8; TOKEN_BYTES]> {
    let mut bytes = [0; TOKEN_BYTES];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != TOKEN_BYTES || !rest.is_empty() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let digit = |it: u8| char::from(it).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, text.parse().expect("a header"));
        headers
    }

    #[test]
    fn what_is_given_comes_back() {
        let ours = Redacted::new([0xa7; TOKEN_BYTES]);
        for is_secure in [true, false] {
            let given = given(&ours, is_secure);
            assert!(given.contains("HttpOnly; SameSite=Strict"));
            assert_eq!(given.contains("Secure"), is_secure);
            let (pair, _) = given.split_once(';').expect("attributes");
            let headers = sent(&format!("other=1; {pair}; last=2"));
            let back = token(&headers, is_secure).expect("it is there");
            assert_eq!(back.expose(), ours.expose());
            assert!(token(&headers, !is_secure).is_none(), "the other name");
        }
    }

    #[test]
    fn forged_ones_are_none() {
        let long = format!("amtsleitung={}", "a".repeat(65));
        let short = format!("amtsleitung={}", "a".repeat(62));
        let odd = format!("amtsleitung={}", "ä".repeat(32));
        for text in ["amtsleitung=", "amtsleitung", "=", &long, &short, &odd] {
            let mut headers = HeaderMap::new();
            headers.insert(
                COOKIE,
                axum::http::HeaderValue::from_bytes(text.as_bytes()).expect("bytes"),
            );
            assert!(token(&headers, false).is_none(), "{text}");
        }
    }
}
